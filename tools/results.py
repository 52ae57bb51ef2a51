"""Write the README's course map and headline results, and docs/results.md, from what the lessons stored (`make results`).

In README.md the map stands between `<!-- map -->` and `<!-- /map -->` (each lesson's title, its question, its minutes
and memory as its contract states them), and between `<!-- results -->` and `<!-- /results -->` one row a lesson: the
claim that it calls its headline, else its first that has a bound beside an optimum or a baseline. docs/results.md holds every claim. `--check` writes
nothing and fails when one of the two differs.
"""

import argparse
import re
import sys
from pathlib import Path

import nbformat
from exercises import exercise_file

from helpers import course
from notebooks import BUDGET

ROOT = Path(__file__).resolve().parent.parent
MAP_HEAD = "| lesson | question | time and memory | exercises |\n|---|---|---|---|\n"
RESULTS_HEAD = (
    "| lesson | what | measured | bound | baseline | optimum | published |\n|---|---|---|---|---|---|---|\n"
)
RESULTS = Path("docs/results.md")
RESULTS_TEXT = """# What we measured

Every claim that a lesson makes, as its stored run has it; gathered by `make results`, and a test fails when the two
differ. A claim with a bound breaks the lesson when it is not kept; *recorded* ones are clocks, and what a lesson
honestly fails to reach. A baseline breaks the bound that stands beside it, or the claim would say nothing.

"""


def lesson_files(root=ROOT):
    """Return the lessons, in order."""
    return sorted((root / "notebooks").glob("[0-9]*.ipynb"))


def results(root=ROOT):
    """Return the text of docs/results.md: a row for each stored claim of each lesson."""
    rows = [
        _claim_row(path, claim, "../notebooks")
        for path in lesson_files(root)
        for claim in course.claims_of(nbformat.read(path, as_version=4))
    ]
    return RESULTS_TEXT + RESULTS_HEAD + "".join(rows)


def headlines(root=ROOT):
    """Return the README's table: for each lesson the claim that stands for it."""
    rows = []
    for path in lesson_files(root):
        claims = course.claims_of(nbformat.read(path, as_version=4))
        chosen = [claim for claim in claims if "headline" in claim]
        bounded = [claim for claim in claims if course.bound_text(claim) != "recorded"]
        chosen += [claim for claim in bounded if {"optimum", "baseline"} & claim.keys()] + bounded + claims
        rows += [_claim_row(path, claim, "notebooks") for claim in chosen[:1]]
    return RESULTS_HEAD + "".join(rows) if rows else "No lesson has stored a claim yet.\n"


def _claim_row(path, claim, folder):
    says = claim.get("says", "")
    published = f"{_number(claim['published'])} [{claim['source']}]" if "published" in claim else ""
    return _row(
        f"[{path.stem[:2]}]({folder}/{path.name})",
        f"{says[:1].upper()}{says[1:]} (`{claim['name']}`)" if says else f"`{claim['name']}`",
        f"{claim['measured']:g} {claim['unit']}",
        course.bound_text(claim),
        _number(claim.get("baseline")),
        _number(claim.get("optimum")),
        published,
    )


def course_map(root=ROOT):
    """Return the course map: a row for each lesson, from its first cells."""
    rows = []
    for path in lesson_files(root):
        notebook = nbformat.read(path, as_version=4)
        texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
        title = re.search(r"^# *(.+)$", "\n".join(texts), re.MULTILINE)
        # The lesson's one question: the bold sentence below the title, up to its question mark.
        question = re.search(r"^\*\*([A-Z].*?\?)\*\*", "\n".join(texts), re.MULTILINE | re.DOTALL)
        exercises = exercise_file(path, root)
        rows.append(
            _row(
                f"[{title[1] if title else path.stem}](notebooks/{path.name})",
                " ".join(question[1].split()) if question else "",
                next((place[2].strip() for text in texts if (place := BUDGET.search(text))), ""),
                f"[3](notebooks/exercises/{exercises.name})" if exercises.exists() else "",
            )
        )
    return MAP_HEAD + "".join(rows) if rows else "No lesson yet.\n"


def _row(*cells):
    return "| " + " | ".join(cell.strip().replace("|", "\\|") for cell in cells) + " |\n"


def _number(value):
    return "" if value is None else value if isinstance(value, str) else f"{value:g}"


def filled(readme, root=ROOT):
    """Return the README's text with map and headlines as the lessons have them now.

    Raises
    ------
    ValueError
        When the README has no place for one of them, or more than one.
    """
    for name, text in {"map": course_map(root), "results": headlines(root)}.items():
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
    wanted = {
        ROOT / "README.md": filled((ROOT / "README.md").read_text("utf-8")),
        ROOT / RESULTS: results(),
    }
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    if options.check:
        names = " and ".join(str(path.relative_to(ROOT)) for path in stale)
        print(f"{names} differ from the lessons; run `make results`" if stale else "results: up to date")
        return bool(stale)
    for path in stale:
        path.write_text(wanted[path], encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
