"""Lay down a new lesson from the template (`make lesson NAME=13_my_subject`): small, running, to be changed cell by cell.

Lesson, solution, quiz, wrong answers and the stand-in inputs of what can be lifted; the exercise comes with `make exercises`.
"""

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = Path(__file__).resolve().parent / "template"


def places(name, root=ROOT):
    """Return {file of the template: where it goes} for a lesson's name.

    Parameters
    ----------
    name : str
        Two digits and words: `13_my_subject`.
    root : pathlib.Path
        The course's folder.

    Raises
    ------
    ValueError
        When the name has another form, or its number is taken.
    """
    if not re.fullmatch(r"\d\d_[a-z][a-z0-9_]*", name):
        raise ValueError(f"NAME must be two digits and words, like 13_my_subject, got {name!r}")
    taken = sorted((root / "notebooks").glob(f"{name[:2]}_*.ipynb"))
    if taken:
        raise ValueError(f"lesson {name[:2]} is there already: {taken[0].name}")
    return {
        "lesson.ipynb": root / "notebooks" / f"{name}.ipynb",
        "solution.ipynb": root / "notebooks" / "solutions" / f"{name}.ipynb",
        "quiz.toml": root / "notebooks" / "solutions" / "quizzes" / f"{name[:2]}.toml",
        "wrong_answers.py": root / "tests" / "wrong_answers" / f"{name[:2]}.py",
        "lifts.py": root / "tests" / "lifts" / f"{name[:2]}.py",
    }


def named(text, name):
    """Return a template's text with a lesson's number, title and claims in place of its own."""
    number, words = name.split("_", 1)
    title = words.replace("_", " ").capitalize()
    for old, new in {
        "00_template": name,
        "00_exercises": f"{number}_exercises",
        "00 · The template": f"{number} · {title}",
        "lesson 00": f"lesson {number}",
        '\\"00: exercises\\"': f'\\"{number}: exercises\\"',
        "template-": f"{words.replace('_', '-')}-",
    }.items():
        text = text.replace(old, new)
    return text


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", help="two digits and words: 13_my_subject")
    name = parser.parse_args(arguments).name
    try:
        files = places(name)
    except ValueError as reason:
        print(f"✘ {reason}", file=sys.stderr)
        return 1
    for template, path in files.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(named((TEMPLATE / template).read_text("utf-8"), name), encoding="utf-8", newline="\n")
        print(f"wrote {path.relative_to(ROOT)}")
    print(
        f"Next: make notebooks ARGS={name[:2]}, make exercises, make results; CONTRIBUTING.md has the ten steps."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
