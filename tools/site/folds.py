"""A folded cell as plain `<details>`, like those in the lessons' text; its summary says what is in it."""

from html import escape

from myst_nb.sphinx_ import HideCodeCellNode


def enter(translator, node):
    translator.body.append(f'<details class="fold"><summary>{escape(node["prompt_show"])}</summary>\n')


def leave(translator, node):
    translator.body.append("</details>\n")


def setup(app):
    app.add_node(HideCodeCellNode, override=True, html=(enter, leave))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
