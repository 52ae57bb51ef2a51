"""Write the README's course map and results table from what the lessons stored (`make results`).

The map stands between `<!-- map -->` and `<!-- /map -->`: each lesson's title, its question, its minutes and
memory as its contract states them. The table stands between `<!-- results -->` and `<!-- /results -->`: each
stored claim. `--check` writes nothing and fails when the README differs.
"""

import argparse
import re
import sys
from pathlib import Path

import nbformat

from helpers import course
from notebooks import BUDGET

ROOT = Path(__file__).resolve().parent.parent
MAP_HEAD = "| lesson | question | time and memory | exercises |\n|---|---|---|---|\n"
RESULTS_HEAD = "| lesson | claim | measured | bound | optimum | published |\n|---|---|---|---|---|---|\n"


def lesson_files(root=ROOT):
    """Return the lessons, in order."""
    return sorted((root / "notebooks").glob("[0-9]*.ipynb"))


def results(root=ROOT):
    """Return the results table: a row for each stored claim of each lesson."""
    rows = []
    for path in lesson_files(root):
        for claim in course.claims_of(nbformat.read(path, as_version=4)):
            published = f"{_number(claim['published'])} [{claim['source']}]" if "published" in claim else ""
            rows.append(
                _row(
                    f"[{path.stem[:2]}](notebooks/{path.name})",
                    f"`{claim['name']}`",
                    f"{claim['measured']:g} {claim['unit']}",
                    course.bound_text(claim),
                    _number(claim.get("optimum")),
                    published,
                )
            )
    return RESULTS_HEAD + "".join(rows) if rows else "No lesson has stored a claim yet.\n"


def course_map(root=ROOT):
    """Return the course map: a row for each lesson, from its first cells."""
    rows = []
    for path in lesson_files(root):
        notebook = nbformat.read(path, as_version=4)
        texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
        title = re.search(r"^# *(.+)$", "\n".join(texts), re.MULTILINE)
        # The lesson's one question: the bold sentence below the title, up to its question mark.
        question = re.search(r"^\*\*([A-Z].*?\?)\*\*", "\n".join(texts), re.MULTILINE | re.DOTALL)
        exercises = root / "notebooks" / "exercises" / path.name
        rows.append(
            _row(
                f"[{title[1] if title else path.stem}](notebooks/{path.name})",
                " ".join(question[1].split()) if question else "",
                next((place[2].strip() for text in texts if (place := BUDGET.search(text))), ""),
                f"[3](notebooks/exercises/{path.name})" if exercises.exists() else "",
            )
        )
    return MAP_HEAD + "".join(rows) if rows else "No lesson yet.\n"


def _row(*cells):
    return "| " + " | ".join(cell.strip().replace("|", "\\|") for cell in cells) + " |\n"


def _number(value):
    return "" if value is None else value if isinstance(value, str) else f"{value:g}"


def filled(readme, root=ROOT):
    """Return the README's text with map and table as the lessons have them now.

    Raises
    ------
    ValueError
        When the README has no place for one of them, or more than one.
    """
    for name, text in {"map": course_map(root), "results": results(root)}.items():
        start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        if readme.count(start) != 1 or readme.count(end) != 1:
            raise ValueError(f"README.md needs one {start} … {end}")
        before, rest = readme.split(start)
        readme = f"{before}{start}\n{text}{end}{rest.split(end)[1]}"
    return readme


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail when the README differs")
    options = parser.parse_args(arguments)
    readme = ROOT / "README.md"
    before = readme.read_text("utf-8")
    after = filled(before)
    if options.check:
        print(
            "README.md: "
            + ("up to date" if after == before else "differs from the lessons; run `make results`")
        )
        return after != before
    readme.write_text(after, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
