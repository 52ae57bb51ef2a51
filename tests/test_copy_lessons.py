"""`make copy`: what is laid into my/ is the learner's, and is never written over."""

import copy_lessons
import nbformat
import pytest


@pytest.fixture
def root(tmp_path):
    """A course of one lesson with a stored output and a link, and its exercises."""
    for folder in ("notebooks/exercises", "data"):
        (tmp_path / folder).mkdir(parents=True)
    output = nbformat.v4.new_output("stream", text="42")
    cells = [
        nbformat.v4.new_markdown_cell(
            "[Exercises](exercises/01_exercises.ipynb), [a page](https://example.org/x)"
        ),
        nbformat.v4.new_code_cell("print(42)", outputs=[output], execution_count=1),
    ]
    cells[1].metadata["jupyter"] = {"outputs_hidden": True}
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "notebooks" / "01_first.ipynb")
    lesson = nbformat.v4.new_markdown_cell("[Lesson](../01_first.ipynb)")
    nbformat.write(
        nbformat.v4.new_notebook(cells=[lesson]), tmp_path / "notebooks/exercises/01_exercises.ipynb"
    )
    return tmp_path


def test_lessons_and_exercises_are_laid_down_without_outputs(root):
    copy_lessons.main(root)
    assert sorted(path.name for path in (root / "my").iterdir()) == ["01_exercises.ipynb", "01_first.ipynb"]
    text, code = nbformat.read(root / "my" / "01_first.ipynb", as_version=4).cells
    assert code.outputs == [] and code.execution_count is None and not code.metadata.get("jupyter")
    assert "https://example.org/x" in text.source


def test_links_lead_where_they_led(root):
    copy_lessons.main(root)
    for path in (root / "my").iterdir():
        for link in copy_lessons.LINK.findall(nbformat.read(path, as_version=4).cells[0].source):
            assert (path.parent / link).exists(), link


def test_what_is_yours_stays(root, capsys):
    copy_lessons.main(root)
    (root / "my" / "01_first.ipynb").write_text("mine")
    (root / "my" / "01_exercises.ipynb").unlink()
    copy_lessons.main(root)
    assert (root / "my" / "01_first.ipynb").read_text() == "mine"
    assert (root / "my" / "01_exercises.ipynb").exists()
    assert "1 notebooks laid into my/, 1 of yours left as they are" in capsys.readouterr().out
