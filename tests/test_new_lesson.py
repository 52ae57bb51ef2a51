"""A lesson made by `make lesson` runs, passes the audit, and its wrong answers and lifts hold."""

import shutil
from pathlib import Path

import audit
import exercises
import nbformat
import new_lesson
import pytest
import quizzes
import test_lifts

import notebooks
from helpers import course

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("a course")
    for folder in (
        "notebooks/solutions/quizzes",
        "notebooks/exercises",
        "tests/wrong_answers",
        "tests/lifts",
    ):
        (root / folder).mkdir(parents=True)
    for template, path in new_lesson.places("98_my_subject", root).items():
        text = (new_lesson.TEMPLATE / template).read_text("utf-8")
        path.write_text(new_lesson.named(text, "98_my_subject"), encoding="utf-8")
    return root


@pytest.mark.parametrize("folder", ["notebooks", "notebooks/solutions"])
def test_it_runs_and_passes_the_audit(root, folder):
    path = root / folder / "98_my_subject.ipynb"
    done = notebooks.run(path)
    assert done.failure is None
    nbformat.write(done.notebook, path)
    assert audit.audit(path) == []
    assert [row["name"] for row in done.claims] == (["my-subject-rms-ratio"] if folder == "notebooks" else [])
    assert "template" not in path.read_text("utf-8").lower()


def test_its_claim_fails_for_the_baseline(root):
    path = root / "notebooks" / "98_my_subject.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = cell.source.replace('rms["sorted"] / bound', 'rms["mean"] / bound')
    broken = root / "notebooks" / "97_broken.ipynb"
    nbformat.write(notebook, broken)
    assert "claim my-subject-rms-ratio does not hold" in notebooks.run(broken).failure


def test_its_lifts_and_its_exercise_hold_together(root):
    path = root / "notebooks" / "98_my_subject.ipynb"
    lifts = test_lifts.stand_ins("98", root / "tests" / "lifts")
    for name, code in test_lifts.offered(path).items():
        test_lifts.lift(code, lifts[name]["given"], lifts[name]["then"])
    solution = root / "notebooks" / "solutions" / path.name
    made = exercises.exercise_from(nbformat.read(solution, as_version=4), path.name)
    assert sum("check" in exercises.tags(cell) for cell in made.cells) == 3
    (quiz,) = quizzes.quiz_files(root)
    assert exercises.quiz_file(quiz, root) in exercises.generated(root)
    claims = {row["name"] for row in course.claims_of(nbformat.read(path, as_version=4))}
    assert {one["figures"] for one in quizzes.read(quiz)} <= claims | {None}


@pytest.mark.parametrize("name", ["my_subject", "1_x", "13-x", "01_again"])
def test_a_bad_name_or_a_taken_number_is_refused(name):
    with pytest.raises(ValueError):
        new_lesson.places(name, ROOT)


def test_nothing_is_left_of_a_copy(tmp_path):
    shutil.copytree(new_lesson.TEMPLATE, tmp_path / "template")
    assert sorted(p.name for p in (tmp_path / "template").iterdir() if p.is_file()) == sorted(
        new_lesson.places("98_x", tmp_path)
    )
