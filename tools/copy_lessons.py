"""Lay a copy of the lessons and exercises into `my/`, outputs cleared, for you to change (`make copy`).

What already lies there is yours and never overwritten, so that `git pull` brings new lessons and leaves your work
alone. `make copy` again adds what is new and says what it left.
"""

import re
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)\s]+)\)")


def copied(path, root=ROOT):
    """Return a notebook without outputs, its links leading where they led from its own folder.

    Parameters
    ----------
    path : pathlib.Path
        A lesson or an exercise.
    root : pathlib.Path
        The course's folder, which holds `my/`.
    """
    notebook = nbformat.read(path, as_version=4)
    home = path.parent.relative_to(root)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            cell.metadata.get("jupyter", {}).pop("outputs_hidden", None)
        else:
            cell.source = LINK.sub(lambda link: f"](../{(home / link[1]).as_posix()})", cell.source)
    return notebook


def main(root=ROOT):
    folder = root / "my"
    folder.mkdir(exist_ok=True)
    lessons = sorted((root / "notebooks").glob("[0-9]*.ipynb"))
    exercises = sorted((root / "notebooks" / "exercises").glob("[0-9]*.ipynb"))
    laid = 0
    for path in [*lessons, *exercises]:
        mine = folder / path.name
        if mine.exists():
            continue
        nbformat.write(copied(path, root), mine)
        laid += 1
    kept = len(lessons) + len(exercises) - laid
    print(f"{laid} notebooks laid into my/" + (f", {kept} of yours left as they are" if kept else ""))


if __name__ == "__main__":
    sys.exit(main())
