"""Folds as plain `<details>`, those of cells like those in the lessons' text; each summary says what is in it."""

import re
from html import escape

from myst_nb.sphinx_ import HideCodeCellNode

UNNAMED = re.compile(r">([^<]+)</a>\s*<details([^>]*)>\s*<summary>")


def enter(translator, node):
    translator.body.append(f'<details class="fold"><summary>{escape(node["prompt_show"])}</summary>\n')


def leave(translator, node):
    translator.body.append("</details>\n")


def named(sidebar):
    """Return the sidebar's HTML with a name for each fold: the theme gives it an icon alone.

    Parameters
    ----------
    sidebar : str
        Links, each followed by the fold of the pages below it.
    """
    return UNNAMED.sub(r'>\1</a><details\2><summary aria-label="What belongs to \1">', sidebar)


def name_folds(app, pagename, templatename, context, doctree):
    made = context["generate_toctree_html"]
    context["generate_toctree_html"] = lambda *given, **options: named(str(made(*given, **options)))


def setup(app):
    app.add_node(HideCodeCellNode, override=True, html=(enter, leave))
    app.connect("html-page-context", name_folds, priority=900)  # after the theme's own
    return {"parallel_read_safe": True, "parallel_write_safe": True}
