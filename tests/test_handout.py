"""`make handout`: a class gets everything that runs, and nothing of the solutions."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import exercises
import handout
import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.skipif(
    not shutil.which("git") or subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True).returncode != 0,
    reason="the handout is made of what git knows, and this is no checkout",
)  # fmt: skip


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    file = tmp_path_factory.mktemp("handout") / f"faint-signals-{handout.version()}.zip"
    handout.write(file)
    return file


@pytest.fixture(scope="module")
def unpacked(archive, tmp_path_factory):
    """The handout, unpacked into a folder whose name has a space and a letter that is not ASCII."""
    place = tmp_path_factory.mktemp("my üb ungen")
    with zipfile.ZipFile(archive) as zipped:
        zipped.extractall(place)
    return place / archive.stem


def test_all_lies_in_one_folder_named_with_the_version(archive):
    with zipfile.ZipFile(archive) as zipped:
        names = zipped.namelist()
    assert {name.split("/")[0] for name in names} == {f"faint-signals-{handout.version()}"}
    assert re.search(r"-\d+\.\d+\.\d+$", archive.stem)
    assert not any("/my/" in name or "/.git/" in name for name in names)


def test_nothing_of_solutions_tests_and_teachers_is_in_it(unpacked):
    names = [path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()]
    assert [name for name in names if re.search("solution|wrong_answers|teaching|test_", name)] == []
    assert not (unpacked / "tests").exists()


def bodies(source):
    """What the functions and statements of a solution do, as text without its spelling: {…}."""
    found = set()
    for node in ast.parse(exercises.plain_code(source)).body:
        if isinstance(node, ast.FunctionDef):
            rest = node.body[1:] if ast.get_docstring(node) else node.body
            found.add("".join(ast.unparse(statement) + "\n" for statement in rest))
        elif not isinstance(node, ast.Import | ast.ImportFrom):
            found.add(ast.unparse(node) + "\n")
    return {text for text in found if len(text) > 60}  # shorter ones are any code's


def test_no_solution_s_code_stands_in_an_exercise_or_a_helper(unpacked):
    code = "\n".join(
        ast.unparse(ast.parse(exercises.plain_code(cell.source)))
        for path in sorted((unpacked / "notebooks" / "exercises").glob("*.ipynb"))
        for cell in nbformat.read(path, as_version=4).cells
        if cell.cell_type == "code"
    )
    code += "\n".join(ast.unparse(ast.parse(path.read_text("utf-8"))) for path in unpacked.rglob("*.py"))
    flat = re.sub(r"^ +", "", code, flags=re.MULTILINE)
    looked_at, found = 0, []
    for path in exercises.solution_files():
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code" and "solution" in exercises.tags(cell):
                for text in bodies(cell.source):
                    looked_at += 1
                    if re.sub(r"^ +", "", text, flags=re.MULTILINE) in flat:
                        found.append(f"{path.name}: {text[:80]}")
    assert looked_at >= 2 * len(exercises.solution_files())
    assert found == []


def test_no_cell_of_a_solution_is_in_it_whole(unpacked):
    """Lessons are looked at, too: an exercise whose answer the lesson prints would be none."""
    cells = {
        cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        for path in unpacked.rglob("*.ipynb")
        for cell in json.loads(path.read_text("utf-8"))["cells"]
    }
    for path in exercises.solution_files():
        for cell in nbformat.read(path, as_version=4).cells:
            if "solution" in exercises.tags(cell):
                assert cell.source not in cells, f"{path.name}: {cell.source[:80]}"


def test_what_make_lab_and_make_copy_read_is_in_it(unpacked):
    for name in (
        *("Makefile", "pyproject.toml", "requirements.txt", "tools/make_venv.sh", "tools/copy_lessons.py"),
        *("README.md", "LICENSE", "LICENSE-TEXT.md", "data/checksums.txt", "helpers/__init__.py"),
    ):
        assert (unpacked / name).is_file(), name
    ours = {path.relative_to(ROOT).as_posix() for path in (ROOT / "notebooks").glob("*.ipynb")}
    ours |= {path.relative_to(ROOT).as_posix() for path in (ROOT / "notebooks" / "exercises").glob("*.ipynb")}
    ours |= {path.relative_to(ROOT).as_posix() for path in (ROOT / "helpers").glob("*.py")}
    assert [name for name in sorted(ours) if not (unpacked / name).is_file()] == []
    sums = (unpacked / "data" / "checksums.txt").read_text("utf-8").splitlines()
    assert all((unpacked / "data" / row.split("  ")[1]).is_file() for row in sums)
    recipes = subprocess.run(["make", "-n", "-C", unpacked, "lab", "copy"], capture_output=True, text=True)
    if shutil.which("make"):
        assert recipes.returncode == 0, recipes.stderr


def test_its_links_lead_somewhere(unpacked):
    broken = []
    for path in [*unpacked.rglob("*.md"), *unpacked.rglob("*.ipynb")]:
        text = path.read_text("utf-8")
        if path.suffix == ".ipynb":
            cells = nbformat.reads(text, as_version=4).cells
            text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        text = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            file = target.partition("#")[0]
            if not re.match(r"[a-z]+:", target) and file and not (path.parent / file).exists():
                broken.append(f"{path.relative_to(unpacked)}: {target}")
    assert broken == []


def test_the_same_commit_makes_the_same_bytes(archive, tmp_path):
    again = tmp_path / archive.name
    handout.write(again)
    assert again.read_bytes() == archive.read_bytes()


ANSWER = """def expected_recoils(mass, cross_section, kilograms, days, threshold):
    def rate(e):
        return recoils.wimp_rate(e, mass, cross_section)

    return spectra.expected_events(rate, {exposure}, (threshold, 300))
"""


def test_an_exercise_runs_in_it_refuses_a_wrong_answer_and_takes_a_right_one(unpacked, monkeypatch):
    """Lesson 01's warm-up in the unpacked folder, with the unpacked helpers."""
    path = unpacked / "notebooks" / "exercises" / "01_exercises.ipynb"
    code = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    setup = [cell for cell in code if exercises.exercise_of(cell) is None][:1]
    first = [cell for cell in code if exercises.exercise_of(cell) == "1"]
    stub, check = (
        next(cell for cell in first if kind in exercises.tags(cell)) for kind in ("solution", "check")
    )
    judge = [cell for cell in first if "judge" in exercises.tags(cell)]
    answers = [
        stub.source,
        *(ANSWER.format(exposure=e) for e in ("kilograms * days", "kilograms / 1000 * days / 365.25")),
    ]
    tried = [nbformat.v4.new_code_cell(source) for answer in answers for source in (answer, check.source)]
    where = nbformat.v4.new_code_cell("import helpers\n\nprint(helpers.__file__)")
    notebook = nbformat.v4.new_notebook(cells=[*setup, *judge, *tried, where])
    monkeypatch.setenv("PYTHONPATH", str(unpacked))
    place = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=120, kernel_name="python3", allow_errors=True, resources=place).execute()
    said = [json.dumps(cell.outputs, ensure_ascii=False) for cell in tried[1::2]]
    assert "NotImplementedError" in said[0] or "NotSolved" in said[0]
    assert "neither kilograms nor days are converted" in said[1]
    assert "✔" in said[2] and "error" not in {output.output_type for output in tried[5].outputs}
    assert str(unpacked / "helpers") in where.outputs[0].text


def test_a_new_handout_leaves_what_a_student_changed(archive, tmp_path):
    """`make copy`, a change, and the next version unpacked over it (two lessons are enough here)."""

    def unpack_and_copy():
        with zipfile.ZipFile(archive) as zipped:
            zipped.extractall(
                tmp_path, [name for name in zipped.namelist() if re.search("/0[12]_|/tools/", name)]
            )
        copying = [sys.executable, "tools/copy_lessons.py"]
        subprocess.run(copying, cwd=tmp_path / archive.stem, capture_output=True, check=True)

    unpack_and_copy()
    mine = tmp_path / archive.stem / "my" / "01_exercises.ipynb"
    assert len(list(mine.parent.glob("*.ipynb"))) == 4
    mine.write_text("mine")
    unpack_and_copy()
    assert mine.read_text() == "mine"
    assert os.listdir(tmp_path) == [archive.stem]
