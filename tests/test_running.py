"""What docs/teaching/running.md promises of its tools: the link, nbgrader's source, slides."""

import ast
import contextlib
import io
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import exercises
import nbformat
import nbgrader_source
import pytest
import results
import slides

import notebooks

ROOT = Path(__file__).resolve().parent.parent
RUNNING = (ROOT / "docs" / "teaching" / "running.md").read_text("utf-8")
each_solution = pytest.mark.parametrize("path", exercises.solution_files(), ids=lambda path: path.stem)


def test_the_link_that_it_builds_says_repository_tag_and_lesson():
    block = next(b for b in re.findall(r"```python\n(.*?)```", RUNNING, re.S) if "git-pull" in b)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(block, "running.md", "exec"), {})
    link = urlsplit(printed.getvalue().strip())
    asked = {name: value[0] for name, value in parse_qs(link.query).items()}
    assert link.path == "/hub/user-redirect/git-pull" and link.scheme == "https"
    assert asked["branch"] == "2027-spring" and asked["repo"].endswith("/faint-signals")
    opened = asked["urlpath"].removeprefix("lab/tree/faint-signals/")
    assert (ROOT / opened).is_file()


def test_the_memory_that_it_states_is_the_one_that_is_held():
    assert f"more than {notebooks.MEMORY_GB:g} GB" in RUNNING


def test_its_commands_are_there():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in set(re.findall(r"`make ([a-z]+)`", RUNNING)) - {"test"}:
        assert re.search(rf"^{target}:", makefile, re.M), target
    for tool in set(re.findall(r"tools/(\w+\.py)", RUNNING)):
        assert (ROOT / "tools" / tool).is_file(), tool


@each_solution
def test_nbgrader_s_source_hides_each_solution_and_locks_each_check(path):
    solution = nbformat.read(path, as_version=4)
    source = nbgrader_source.source_from(solution)
    nbformat.validate(source)
    ids, kept = [], {}
    for cell in source.cells:
        if cell.cell_type != "code":
            continue
        says = cell.metadata.nbgrader
        ids.append(says.grade_id)
        marks = (cell.source.count(nbgrader_source.BEGIN), cell.source.count(nbgrader_source.END))
        assert says.solution == (marks != (0, 0)) and says.locked != says.solution and marks[0] == marks[1]
        ast.parse(exercises.plain_code(cell.source))
        hidden = re.sub(
            rf" *{nbgrader_source.BEGIN}.*?{nbgrader_source.END}", "    ...", cell.source, flags=re.DOTALL
        )
        kept.setdefault(says.solution, []).append(hidden)
    assert len(ids) == len(set(ids))
    solved = [c for c in solution.cells if c.cell_type == "code" and "solution" in exercises.tags(c)]
    assert len(kept[True]) == len(solved)
    for hidden, cell in zip(kept[True], solved, strict=True):
        bodies = [n.body[-1] for n in ast.parse(cell.source).body if isinstance(n, ast.FunctionDef)]
        assert all(ast.unparse(last) not in hidden for last in bodies), hidden
    points = sum(c.metadata.nbgrader.get("points", 0) for c in source.cells if c.cell_type == "code")
    assert points == pytest.approx(sum(nbgrader_source.POINTS.values()))


def test_slides_begin_at_each_section_hide_the_code_and_hold_answers_back():
    path = results.lesson_files()[0]
    lesson = nbformat.read(path, as_version=4)
    cells = slides.marked(lesson).cells
    kinds = [cell.metadata.slideshow.slide_type for cell in cells]
    headings = [c.source.splitlines()[0][3:] for c in cells if c.source.startswith("## ")]
    taught = [heading for heading in headings if heading not in slides.AFTER]
    assert kinds.count("slide") == 1 + len(taught)
    assert headings == re.findall(
        r"^## (.+)$", "\n".join(c.source for c in lesson.cells if c.cell_type == "markdown"), re.M
    )
    answers = [n + 1 for n, cell in enumerate(cells) if "predict" in exercises.tags(cell)]
    assert len(answers) > 5 and all(kinds[n] in ("fragment", "skip") for n in answers)
    page = slides.html(path, "reveal")
    assert "reveal/dist/reveal.js" in page and page.count("<section") > len(taught)
    assert "figures.show(" not in page
