"""The meta-test: what a lax nbval run passes in silence is planted, and our own test run must fail on it.

Each hole is one cell in a notebook that is otherwise sound. Three things are shown: plain
`pytest --nbval-lax` passes every one of them (so the hole is real), a sound notebook passes our test run
(so it does not fail on everything), and our test run, the very line of `make test`, fails each notebook.
"""

import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import audit
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

ROOT = Path(__file__).resolve().parent.parent
CLAIM = {"name": "sound", "measured": 1.0, "unit": "", "holds": True, "at_most": 2.0}
BIG = "block = bytearray(b'x') * 1_600_000_000\ndel block"
TENSORFLOW = "import importlib\nlibrary = importlib.import_module('tensor' + 'flow')"


def stream(text, name="stdout"):
    return new_output("stream", name=name, text=text)


def error():
    return new_output("error", ename="ValueError", evalue="no", traceback=["ValueError: no"])


PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
# What is planted: the cell's code, what is stored below it, its tags, and what our run says of it.
HOLES = {
    "stripped_output": ("print('a word')", None, [], "stripped"),
    "stale_number": ("print(0.98)", [stream("0.97\n")], [], "unchecked output"),
    "unknown_magic": ("%no_such_magic", [], [], "magic"),
    "false_shell": ("!false", [], [], "shell escape"),
    "raises_nothing": ("quiet = 1", [error()], ["raises-exception"], "did not raise"),
    "raises_nothing_stored": ("quiet = 1", [], ["raises-exception"], "holds no error"),
    "swallowed": ("try:\n    1 / 0\nexcept ZeroDivisionError:\n    pass", [], [], "swallowed"),
    "suppressed": ("import contextlib\nwith contextlib.suppress(ZeroDivisionError):\n    1 / 0", [], [], "swallowed"),
    "wide_filter": ("import warnings\nwarnings.filterwarnings('ignore', category=UserWarning)", [], [], "message"),
    "stderr": ("import warnings\nwarnings.warn('look here', stacklevel=1)", [], [], "wrote to stderr"),
    "stored_stderr": ("quiet = 1", [stream("UserWarning: look\n", "stderr")], [], "stored stderr"),
    "no_alt_text": ("quiet = 1", [new_output("display_data", {"image/png": PIXEL})], [], "alt text"),
    "skipped": ("# NBVAL_SKIP\n1 / 0", [], [], "told to skip"),
    "renamed_claim": ("course.claim('renamed', 1.0, at_most=2)", [], [], "not stored as it is claimed"),
    "broken_stored_claim": (
        "quiet = 1",
        [new_output("display_data", {"application/vnd.faint-signals.claim+json": {**CLAIM, "name": "b", "measured": 3.0}})],
        [],
        "does not hold",
    ),
    "memory": (BIG, [], [], "GB, and a lesson may take"),
    "hidden_tensorflow": (TENSORFLOW, [], [], "loaded TensorFlow"),
}  # fmt: skip


CONTRACT = """## The contract

**You will** count.

**You will learn** to count.

**You need** fingers. <!-- budget -->about 1 minute<!-- /budget -->

*Necessary earlier lessons:* none. No `helpers`? Start with `make lab`."""
SECTIONS = "## What could be wrong\n\n## What we measured\n\n## Summary"


def planted(source=None, outputs=(), tags=(), number="no"):
    """A small sound lesson, with one more cell."""
    sound = new_output(
        "display_data", {"application/vnd.faint-signals.claim+json": CLAIM, "text/plain": "sound"}
    )
    cells = [
        new_markdown_cell(f"# {number} · A lesson"),
        new_markdown_cell(CONTRACT),
        new_markdown_cell(SECTIONS),
        new_code_cell("from helpers import course; course.begin('A lesson', packages=())", execution_count=1),
        new_code_cell("course.claim('sound', 1.0, at_most=2)", outputs=[sound], execution_count=2),
    ]
    if source is not None:
        stripped = outputs is None
        cell = new_code_cell(source, outputs=list(outputs or []), execution_count=None if stripped else 3)
        cell.metadata.tags = list(tags)
        cells.append(cell)
    return new_notebook(cells=cells)


def failures_of(command, folder):
    """Run a test command in a folder; return its exit status and [(the failing test, what it says)]."""
    report = folder / "report.xml"
    command = [sys.executable, *command, "-p", "no:cacheprovider", f"--junitxml={report}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=400)
    cases = [case for case in ElementTree.parse(report).iter("testcase")]
    assert cases, done.stdout + done.stderr
    failed = [
        (f"{case.get('classname')} {case.get('name')}", (trouble.get("message") or "") + (trouble.text or ""))
        for case in cases
        for trouble in [*case.findall("failure"), *case.findall("error")]
    ]
    return done.returncode, failed


def file_name(hole):
    return f"{10 + list(HOLES).index(hole)}_{hole}"


@pytest.fixture(scope="module")
def lax_run(tmp_path_factory):
    """Plain nbval, away from our tests and settings, all holes in one kernel."""
    folder = tmp_path_factory.mktemp("plain")
    (folder / "pytest.ini").write_text("[pytest]\n")
    whole = planted()
    for source, outputs, tags, _ in HOLES.values():
        whole.cells.append(planted(source, outputs, tags).cells[-1])
    nbformat.write(whole, folder / "holes.ipynb")
    return failures_of(["-m", "pytest", "--nbval-lax", "--nbval-current-env", "holes.ipynb"], folder)


@pytest.fixture(scope="module")
def our_run(tmp_path_factory):
    """The line of `make test`, in a copy of the course with planted notebooks and the tests that watch them."""
    root = tmp_path_factory.mktemp("a course")  # with a space in its path
    (root / "tests").mkdir()
    (root / "notebooks" / "solutions").mkdir(parents=True)
    for name in (
        "Makefile",
        "pyproject.toml",
        "requirements.txt",
        "tests/conftest.py",
        "tests/test_notebooks.py",
    ):
        shutil.copy(ROOT / name, root / name)
    shutil.copytree(ROOT / "tools", root / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    nbformat.write(planted(number="01"), root / "notebooks" / "01_sound.ipynb")
    for hole, (source, outputs, tags, _) in HOLES.items():
        notebook = planted(source, outputs, tags, number=file_name(hole)[:2])
        nbformat.write(notebook, root / "notebooks" / f"{file_name(hole)}.ipynb")
    recipe = subprocess.run(
        ["make", "-n", "test"], cwd=root, capture_output=True, text=True, check=True
    ).stdout
    line = next(line for line in recipe.splitlines() if "-m pytest" in line)
    return failures_of(shlex.split(line)[1:], root)


def test_plain_nbval_passes_every_hole(lax_run):
    assert lax_run == (0, [])


def test_our_run_passes_a_sound_notebook(our_run):
    assert [name for name, _ in our_run[1] if "01_sound" in name] == []


@pytest.mark.parametrize("hole", HOLES)
def test_our_run_fails_on_the_hole(our_run, hole):
    status, failed = our_run
    said = [text for name, text in failed if file_name(hole) in name]
    assert status == 1
    assert any(HOLES[hole][3] in text for text in said), said


# What is against the house's rules and shows in the code alone: no kernel is needed.
RULES = {
    "fig.show()": "fig.show(): show figures",
    "np.random.seed(1)": "a global seed",
    "pickle.load(file)": "opens a pickle",
    "np.load(name, allow_pickle=True)": "allow_pickle",
    "# TODO: later": "an open TODO",
    "os.system('false')": "does not fail",
    "%%bash\nfalse": "magic",
    "lines = !ls": "shell escape",
    "try:\n    f()\nexcept:\n    print(1)": "swallowed",
    "try:\n    f()\nexcept Exception as e:\n    print(e)": "swallowed",
    "warnings.simplefilter('ignore')": "silences",
    "with warnings.catch_warnings(action='ignore'):\n    f()": "silences",
    "warnings.filterwarnings('ignore', message='.*', category=UserWarning)": "without the warning's message",
    "x = (1": "does not parse",
    "\n".join(f"x = {k}" for k in range(26)): "26 lines",
}


@pytest.mark.parametrize("source", RULES)
def test_the_audit_names_what_is_against_the_rules(source, tmp_path):
    nbformat.write(planted(source), tmp_path / "notebook.ipynb")
    assert any(RULES[source] in finding for finding in audit.audit(tmp_path / "notebook.ipynb"))


@pytest.mark.parametrize(
    "source",
    [
        "%matplotlib inline",
        "warnings.filterwarnings('ignore', message='a named one', category=UserWarning)",
        "warnings.simplefilter('error')",
        "try:\n    f()\nexcept ValueError as reason:\n    print(reason)",
        "np.load(name, allow_pickle=False)",
    ],
)
def test_the_audit_allows_what_is_sound(source, tmp_path):
    (tmp_path / "notebooks").mkdir()
    nbformat.write(planted(source), tmp_path / "notebooks" / "notebook.ipynb")
    assert audit.audit(tmp_path / "notebooks" / "notebook.ipynb") == []


@pytest.mark.parametrize(
    "text, stale",
    [
        ("AUC 0.98", True),
        ("1e-5 of all", True),
        ("170 events", False),
        ("numpy 2.4.6", False),
        ("lesson_1.2", False),
        ("[figure: at 0.5]", True),
    ],
)
def test_a_number_in_an_unchecked_output_is_seen(text, stale):
    assert (audit.DECIMAL.search(text) is not None) == stale


def test_a_claim_and_a_function_in_two_notebooks_are_seen(tmp_path):
    for name, function in {
        "01": "def f(x):\n    'One.'\n    return x",
        "02": "def g(x):\n    return x",
    }.items():
        nbformat.write(planted(function), tmp_path / f"{name}.ipynb")
    found = audit.together(sorted(tmp_path.glob("*.ipynb")))
    assert len(found) == 2 and "claim sound" in found[0] and "f in" in found[1] and "g in" in found[1]


def test_the_audit_counts_code_cells_without_a_sentence_between(tmp_path):
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for n_in_a_row, named in ((audit.LONGEST_RUN, False), (audit.LONGEST_RUN + 1, True)):
        cells = [nbformat.v4.new_code_cell("x = 1", execution_count=n + 1) for n in range(n_in_a_row)]
        cells += [nbformat.v4.new_markdown_cell("A sentence."), nbformat.v4.new_code_cell("x = 2")]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "01_rows.ipynb")
        found = audit.audit(folder / "01_rows.ipynb")
        assert any("code cells in a row" in finding for finding in found) == named


def test_the_audit_measures_a_lesson_s_lines(tmp_path):
    for line, named in (("word " * 22, False), ("word " * 23, True), ("| word " * 23, False)):
        cells = [nbformat.v4.new_markdown_cell(line), nbformat.v4.new_code_cell("x = 1", execution_count=1)]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "01_lines.ipynb")
        assert any("a line of" in finding for finding in audit.audit(tmp_path / "01_lines.ipynb")) == named
