"""Write the generated parts of the teaching kit (`make teaching`): timetables, the lessons' index, the paths' tables.

A lesson's timetable stands in docs/teaching/lessons/NN.md between `<!-- timetable -->` and `<!-- /timetable -->`; what
its paragraph **Skip** names in “…” is marked so. A lesson without notes gets a page with its contract and timetable,
to be filled in. docs/teaching/lessons.md is written whole; in docs/teaching/paths.md the tables, from paths.toml.
`--check` writes nothing and fails when a file differs.

The class minutes are estimates: words read at `WORDS` a minute, a code cell run and looked at in `CELL` minutes, a
prediction written down, answered and compared with a neighbour in `PREDICTION` minutes, the exercises in `EXERCISES`.
"""

import argparse
import re
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import nbformat
from exercises import exercise_file, tags
from results import lesson_files

from notebooks import BUDGET

ROOT = Path(__file__).resolve().parent.parent
KIT = Path("docs/teaching")
WORDS, CELL, PREDICTION = 130, 0.3, 3.0  # words a minute, minutes a code cell, minutes a prediction
EXERCISES = {1: 20, 2: 40, 3: 90}  # minutes: warm-up, apply, open-ended
AFTER = ("Exercises", "To lift from here", "References", "For the curious")  # sections that are not taught
TIMETABLE = re.compile(r"(<!-- timetable -->\n).*?(<!-- /timetable -->)", re.DOTALL)
PATH = re.compile(r"(<!-- path: (.+?) -->\n).*?(<!-- /path -->)", re.DOTALL)
QUOTED = re.compile(r"“([^”]+)”")


class Section(NamedTuple):
    """A section of a lesson: its heading, and the minutes that it takes in class."""

    heading: str
    teach: int
    work: int


class Lesson(NamedTuple):
    """What the kit needs to know of a lesson."""

    path: Path
    title: str
    you_will: str
    run: float
    necessary: tuple
    sections: tuple

    @property
    def number(self):
        """The lesson's two digits."""
        return self.path.stem[:2]


def read(path):
    """Return what the kit needs to know of one lesson.

    Parameters
    ----------
    path : pathlib.Path
        The notebook.
    """
    notebook = nbformat.read(path, as_version=4)
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    contract = re.sub(r"[ \n]+", " ", texts[1])
    earlier = re.search(r"\*Necessary earlier lessons:\*(.*?)(?:\*Helpful|\*If the next)", contract)[1]
    return Lesson(
        path,
        re.match(r"# (.+)", texts[0])[1],
        re.search(r"\*\*You will\*\* ?(.*?) ?\*\*You will learn\*\*", contract)[1],
        float(re.search(r"([\d.]+) minutes?", BUDGET.search(texts[1])[2])[1]),
        tuple(re.findall(r"\b\d\d\b", earlier)),
        tuple(_sections(notebook)),
    )


def _sections(notebook):
    """Yield the sections that are taught, each with its minutes."""
    counted, heading = {}, None
    for cell in notebook.cells:
        if cell.cell_type == "code":
            if heading:
                counted[heading][1] += 1
            continue
        for line in cell.source.splitlines():
            if line.startswith("## "):
                heading = line.removeprefix("## ")
                counted[heading] = [0, 0, 0]
            elif heading:
                counted[heading][0] += len(line.split())
        if heading and "predict" in tags(cell):
            counted[heading][2] += 1
    for name, (words, cells, predictions) in counted.items():
        if name not in AFTER:
            teach = max(1, round(words / WORDS + cells * CELL))
            yield Section(name, teach, round(predictions * PREDICTION))


def page(lesson, root=ROOT):
    """Return the file of a lesson's notes."""
    return root / KIT / "lessons" / f"{lesson.number}.md"


def skipped(text):
    """Return the headings that a page's paragraph **Skip** names."""
    paragraph = re.search(r"^\*\*Skip\*\*.*?(?=\n\n|\Z)", text, re.MULTILINE | re.DOTALL)
    return QUOTED.findall(re.sub(r"\s+", " ", paragraph[0])) if paragraph else []


def core(lesson, text):
    """Return the sections that are not skipped."""
    left_out = set(skipped(text))
    return [section for section in lesson.sections if section.heading not in left_out]


def minutes(sections):
    """Return the minutes of some sections in class."""
    return sum(section.teach + section.work for section in sections)


def timetable(lesson, text):
    """Return a lesson's timetable, a row a section."""
    kept = core(lesson, text)
    rows = ["| section | you teach [min] | they predict [min] | |", "|---|---|---|---|"]
    rows += [
        f"| {s.heading} | {s.teach} | {s.work or ''} | {'core' if s in kept else 'skip'} |"
        for s in lesson.sections
    ]
    both = [f"{sum(s.teach for s in part)} | {sum(s.work for s in part)}" for part in (kept, lesson.sections)]
    rows += [f"| **core** | {both[0]} | {minutes(kept)} in all |"]
    rows += [f"| **everything** | {both[1]} | {minutes(lesson.sections)} in all |"]
    times = ", ".join(f"{n}: {m}" for n, m in EXERCISES.items())
    unit = "minute" if lesson.run == 1 else "minutes"
    return (
        "\n".join(rows)
        + f"\n\nExercises, at their own pace [min]: {times}. The lesson runs in {lesson.run:g} {unit}.\n"
    )


def blank(lesson, root=ROOT):
    """Return a page for a lesson that nobody has written notes to."""
    up = "../../../notebooks"
    return (
        f"# {lesson.title}: for the teacher\n\n[Lesson]({up}/{lesson.path.name}) · "
        f"[exercises]({up}/exercises/{exercise_file(lesson.path, root).name}) · "
        f"[solutions]({up}/solutions/{lesson.path.name})\n\n"
        f"Notes are not written yet. What the lesson sets out to do: {lesson.you_will}\n\n"
        "## Timetable\n\n<!-- timetable -->\n<!-- /timetable -->\n"
    )


def index(lessons, pages):
    """Return the index of the lessons, a row each."""
    rows = []
    for lesson in lessons:
        text = pages[lesson.number]
        notes = "" if "Notes are not written yet" not in text else " (timetable alone)"
        rows.append(
            f"| [{lesson.title}](lessons/{lesson.number}.md){notes} | {', '.join(lesson.necessary) or 'none'} "
            f"| {lesson.run:g} | {minutes(core(lesson, text))} | {minutes(lesson.sections)} |"
        )
    return INDEX.format(rows="\n".join(rows), words=WORDS, cell=round(60 * CELL), prediction=PREDICTION) + (
        f"an exercise {EXERCISES[1]} (warm-up), {EXERCISES[2]} (apply) and {EXERCISES[3]} minutes (open-ended). Time your\n"
        "own first lesson, and scale the others by what you find.\n"
    )


INDEX = """# Lesson by lesson

A page each: what your students can do afterwards, a timetable, what to stress and what to skip, three misconceptions
that the exercises catch, two questions to discuss. Written by `make teaching`, timetables too; the words are by hand.

| lesson | needs | runs [min] | class, core [min] | class, all [min] |
|---|---|---|---|---|
{rows}

**Where the minutes come from.** The run time is measured (`make budget`) and stands in each lesson's contract. The class
minutes are *estimates*; nobody has timed a class. Text is read at {words} words a minute, a code cell is run and
looked at in {cell} seconds, a prediction is written down, answered and compared with a neighbour in {prediction:g} minutes,
"""


def paths(root=ROOT):
    """Return {name: path} as paths.toml has them."""
    return {
        path["name"]: path for path in tomllib.loads((root / KIT / "paths.toml").read_text("utf-8"))["path"]
    }


def taught(item, lesson, text):
    """Return the sections that a path takes of a lesson: named ones, its core, or everything."""
    wanted = item.get("sections", "core")
    if wanted == "core":
        return core(lesson, text)
    return [s for s in lesson.sections if wanted == "all" or s.heading in wanted]


def path_table(path, lessons, pages):
    """Return one path's table and its totals."""
    known = {lesson.number: lesson for lesson in lessons}
    rows, run, lesson_minutes, exercise_minutes = [], 0.0, 0, 0
    for item in path["item"]:
        if "lesson" not in item:
            rows.append(f"| {item['when']} | {item['other']} | | {item['minutes']} | |")
            lesson_minutes += item["minutes"]
            continue
        lesson = known[item["lesson"]]
        sections = taught(item, lesson, pages[lesson.number])
        does = sum(EXERCISES[n] for n in item.get("exercises", []))
        what = item.get("sections", "core")
        what = f" ({what})" if isinstance(what, str) else ": " + "; ".join(f"“{heading}”" for heading in what)
        if item.get("exercises"):
            what += ", exercise " + " and ".join(map(str, item["exercises"]))
        rows.append(
            f"| {item['when']} | [{lesson.title}](lessons/{lesson.number}.md){what} | {lesson.run:g} "
            f"| {minutes(sections)} | {does or ''} |"
        )
        run, lesson_minutes = run + lesson.run, lesson_minutes + minutes(sections)
        exercise_minutes += does
    total = lesson_minutes + exercise_minutes
    return (
        "| when | what | runs [min] | lesson [min] | exercises [min] |\n|---|---|---|---|---|\n"
        + "\n".join(rows)
        + f"\n| **total** | {total} minutes in class | {run:.1f} | {lesson_minutes} | {exercise_minutes} |\n"
    )


def left_over(lessons, root=ROOT):
    """Return the sentence that names the lessons which no path takes."""
    on_the_way = {item.get("lesson") for path in paths(root).values() for item in path["item"]}
    rest = [
        f"[{lesson.title}](lessons/{lesson.number}.md)"
        for lesson in lessons
        if lesson.number not in on_the_way
    ]
    return f"Lessons on none of these paths: {', '.join(rest) or 'none'}.\n"


def wanted(root=ROOT):
    """Return {file: its text} for all that is generated, as the lessons have it now."""
    lessons = [read(path) for path in lesson_files(root)]
    pages = {}
    for lesson in lessons:
        file = page(lesson, root)
        text = file.read_text("utf-8") if file.exists() else blank(lesson, root)
        pages[lesson.number] = TIMETABLE.sub(
            lambda m, lesson=lesson, text=text: m[1] + timetable(lesson, text) + m[2], text
        )
    files = {page(lesson, root): pages[lesson.number] for lesson in lessons}
    files[root / KIT / "lessons.md"] = index(lessons, pages)
    plans = paths(root) | {"none of these": None}

    def filled(match):
        path = plans[match[2]]
        table = path_table(path, lessons, pages) if path else left_over(lessons, root)
        return match[1] + table + match[3]

    file = root / KIT / "paths.md"
    files[file] = PATH.sub(filled, file.read_text("utf-8"))
    return files


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file differs")
    options = parser.parse_args(arguments)
    files = wanted()
    stale = [file for file, text in files.items() if not file.exists() or file.read_text("utf-8") != text]
    if options.check:
        names = ", ".join(str(file.relative_to(ROOT)) for file in stale)
        print(f"{names} differ from the lessons; run `make teaching`" if stale else "teaching: up to date")
        return bool(stale)
    for file in stale:
        file.write_text(files[file], encoding="utf-8", newline="\n")
        print(f"wrote {file.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
