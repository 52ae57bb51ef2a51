"""What a lesson offers to lift runs alone: each in an empty namespace, on stand-in inputs."""

import importlib.util
import re
import sys
from pathlib import Path

import exercises
import matplotlib
import nbformat
import pytest

matplotlib.use("Agg")
ROOT = Path(__file__).resolve().parent.parent
LIFTS = ROOT / "tests" / "lifts"


def offered(lesson):
    """{name: the code of its cells} for the cells of a lesson that are tagged `lift-<name>`."""
    found = {}
    for cell in nbformat.read(lesson, as_version=4).cells:
        for tag in sorted(exercises.tags(cell)):
            if tag.startswith("lift-") and cell.cell_type == "code":
                found[tag[5:]] = found.get(tag[5:], "") + exercises.plain_code(cell.source) + "\n"
    return found


def stand_ins(number, folder=LIFTS):
    """The stand-in inputs of a lesson's lifts."""
    spec = importlib.util.spec_from_file_location(f"lifts_{number}", folder / f"{number}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.LIFTS


def named_in_the_section(lesson):
    """The names that the section "To lift from here" gives in backticks at the start of its lines."""
    text = "\n".join(c.source for c in nbformat.read(lesson, as_version=4).cells if c.cell_type == "markdown")
    section = re.search(r"^## To lift from here\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return set(re.findall(r"^(?:- )?`([\w-]+)`", section[1], re.MULTILINE)) if section else set()


def lift(code, given, then):
    """Run a lift alone: its stand-in inputs, its cells, and what must be true afterwards."""
    names, kept_out = {}, "tensorflow" not in sys.modules
    try:
        for part in (given, code, then):
            exec(compile(part, "<lift>", "exec"), names)
    finally:
        if (
            kept_out and sys.modules.get("tensorflow", ...) is None
        ):  # as lesson 13 does; the next lift may need it
            del sys.modules["tensorflow"]


LESSONS = {path.stem[:2]: path for path in sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))}
CASES = [(number, name) for number, path in LESSONS.items() for name in offered(path)]


@pytest.mark.parametrize("number, name", CASES)
def test_a_lift_runs_alone(number, name):
    given = stand_ins(number)[name]
    lift(offered(LESSONS[number])[name], given["given"], given["then"])


@pytest.mark.parametrize("path", [p for p in LESSONS.values() if offered(p)], ids=lambda path: path.stem)
def test_the_section_the_tags_and_the_stand_ins_name_the_same(path):
    assert named_in_the_section(path) == set(offered(path)) == set(stand_ins(path.stem[:2]))


def test_a_cell_that_leans_on_the_rest_of_its_lesson_is_found():
    lift("y = x + 1", "x = 1", "assert y == 2")
    with pytest.raises(NameError):
        lift("y = x + z", "x = 1", "")
