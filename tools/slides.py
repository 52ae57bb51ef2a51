"""Make slides from a lesson: `python tools/slides.py 01` writes build/slides/01.html (reveal.js, by nbconvert).

`jupyter nbconvert --to slides` alone puts a whole lesson on one slide, for the notebooks carry no slide marks. Here each
section begins a slide, each prediction one below it, and what answers it comes by a key press; code is hidden, and what is
not taught (references, what to lift, the appendix) is left out. The notebook on disk is not touched.
"""

import argparse
import sys
from pathlib import Path

import nbformat
from exercises import tags
from nbconvert import SlidesExporter
from results import lesson_files
from teaching import AFTER

ROOT = Path(__file__).resolve().parent.parent


def sections(notebook):
    """Return a notebook's cells, those that hold several sections split at their headings.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
    """
    cells = []
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            cells.append(cell)
            continue
        first, *rest = ("\n" + cell.source).split("\n## ")
        for text in ([first.strip()] if first.strip() else []) + [f"## {part}" for part in rest]:
            part = nbformat.v4.new_markdown_cell(text.strip())
            part.metadata.tags = sorted(tags(cell))
            cells.append(part)
    return cells


def marked(notebook):
    """Return the notebook with slide marks: slides, slides below them, fragments, and what is skipped."""
    taught, after_predict, cells = True, False, []
    for number, cell in enumerate(sections(notebook)):
        kind = "-"
        if cell.cell_type == "markdown":
            after_predict = "predict" in tags(cell)
            if cell.source.startswith("## "):
                taught = cell.source.splitlines()[0].removeprefix("## ") not in AFTER
                kind = "slide"
            elif after_predict:
                kind = "subslide"
            elif number == 0:
                kind = "slide"
        elif cell.outputs:
            kind = "fragment" if after_predict else "subslide"
        else:
            kind = "skip"  # code that shows nothing
        cell.metadata.slideshow = {"slide_type": kind if taught else "skip"}
        cells.append(cell)
    return nbformat.v4.new_notebook(cells=cells, metadata=notebook.metadata)


def html(path, reveal=None):
    """Return a lesson's slides as HTML.

    Parameters
    ----------
    path : pathlib.Path
        The lesson.
    reveal : str, optional
        Where reveal.js lies, and require.js in it: a folder beside the slides. Their homes on the net by default.
    """
    ours = {"reveal_url_prefix": reveal, "require_js_url": f"{reveal}/require.js"} if reveal else {}
    exporter = SlidesExporter(exclude_input=True, **ours)
    return exporter.from_notebook_node(marked(nbformat.read(path, as_version=4)))[0]


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lesson", help="a lesson's number: 01")
    parser.add_argument(
        "--reveal", help="a folder with reveal.js and require.js, for a room without a network"
    )
    options = parser.parse_args(arguments)
    path = next((path for path in lesson_files() if path.name.startswith(options.lesson)), None)
    if path is None:
        parser.error(f"there is no lesson {options.lesson}")
    file = ROOT / "build" / "slides" / f"{path.name[:2]}.html"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(html(path, options.reveal), encoding="utf-8")
    print(f"wrote {file.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
