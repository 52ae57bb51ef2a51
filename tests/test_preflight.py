"""A machine with something wrong: `course.begin` names the trouble and one thing to do, or works around it.

Each is broken for real, in a process of its own: packages hidden, memory and threads capped, folders closed,
other Pythons started. Only where that cannot be done here is a test skipped.
"""

import ctypes
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import course

ROOT = Path(__file__).resolve().parent.parent
BEGIN = "from helpers import course; course.begin('x', memory_gb=0.01)\n"
on_linux = pytest.mark.skipif(
    sys.platform != "linux", reason="limits and closed folders are tried on Linux alone"
)
SET_ELSEWHERE = (
    "COURSE_SEED",
    "COURSE_DATA_CACHE",
    "NUMBA_CACHE_DIR",
    "MPLCONFIGDIR",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
)


def started(script, *options, python=sys.executable, cwd=None, preexec_fn=None, **settings):
    """Run a script as a learner's Python would, with the course importable."""
    environment = {name: value for name, value in os.environ.items() if name not in SET_ELSEWHERE}
    environment |= {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"} | settings
    return subprocess.run(
        [python, *options, "-c", script],
        cwd=cwd,
        env=environment,
        preexec_fn=preexec_fn,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def trouble(run):
    """The one line that a learner reads when `begin` stops."""
    assert run.returncode, run.stdout
    kind, _, said = run.stderr.strip().splitlines()[-1].partition(": ")
    assert kind == "helpers.course.NotReady", run.stderr
    return said


def keep_to_modes():
    """Give up root's right to write everywhere, so that a closed folder is closed."""
    if os.geteuid() == 0:
        ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)  # PR_CAPBSET_DROP, CAP_DAC_OVERRIDE: holds after exec


@pytest.fixture
def closed(tmp_path):
    """A folder that may be read and not written."""
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o555)
    tried = started("open('file', 'w')", cwd=folder, preexec_fn=keep_to_modes)
    if "PermissionError" not in tried.stderr:
        pytest.skip("this machine lets us write into a folder that is closed")
    return folder


HIDE = """import sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "{0}":
            raise ModuleNotFoundError("No module named '{0}'", name="{0}")
sys.meta_path.insert(0, Hidden())
"""


@pytest.mark.parametrize("name", ["numpy", "sklearn", "numba", "psutil", "packaging", "threadpoolctl"])
def test_a_missing_package_is_named_with_the_way_to_get_it(name):
    said = trouble(started(HIDE.format(name) + BEGIN))
    assert said.startswith(f"Missing here: {name}. Close this notebook and start it with `make lab`")


def test_a_python_without_any_package_hears_of_all_of_them():
    said = trouble(started(BEGIN, "-S"))
    assert re.match(r"Missing here: numpy, pandas, matplotlib, scipy, .*\. Close this notebook", said)


def test_what_the_helpers_import_is_looked_for(helpers_imports):
    own = {"helpers", *sys.stdlib_module_names}
    elsewhere = {
        "nestpy",  # where it has wheels
        "keras",  # named by the lessons that use it
        "IPython",  # a kernel is made of it
    }
    assert helpers_imports - own - elsewhere == set(course._HELPERS_NEED)


@pytest.fixture
def helpers_imports():
    import ast

    found = set()
    for path in (ROOT / "helpers").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize("version", ["3.8", "3.9", "3.10", "3.14"])
def test_another_python_is_told_which_ones_do(version):
    python = shutil.which(f"python{version}")
    if python is None or started("", python=python).returncode:
        pytest.skip(f"there is no Python {version} here to try")
    said = trouble(started(BEGIN, python=python))
    assert said.startswith(f"This course needs Python 3.11, 3.12 or 3.13; this kernel runs {version}.")
    assert "`make lab`" in said


def test_a_package_of_another_version_is_named_with_the_tested_one(tmp_path):
    """What Python finds first is an old pandas' own word."""
    (tmp_path / "pandas-2.0.3.dist-info").mkdir()
    (tmp_path / "pandas-2.0.3.dist-info" / "METADATA").write_text("Name: pandas\nVersion: 2.0.3\n")
    run = started(BEGIN, PYTHONPATH=os.pathsep.join([str(tmp_path), str(ROOT)]))
    assert run.returncode == 0, run.stderr
    assert "pandas 2.0.3" in run.stdout.splitlines()[0]
    assert f"The course was tested with pandas {course._pins()['pandas']}: " in run.stdout.splitlines()[1]
    assert "%pip install -r" in run.stdout


@on_linux
def test_a_limit_on_the_kernel_s_memory_is_named_with_its_own_remedy():
    import resource

    cap = 2 * 1024**3
    run = started(
        BEGIN.replace("0.01", "3.0"), preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (cap, cap))
    )
    said = trouble(run)
    shown = float(re.search(r"needs 3 GB of free memory, and ([\d.]+) GB are left to this kernel", said)[1])
    assert 1 < shown < cap / 1e9 and said.endswith("Run `ulimit -v unlimited` before you start JupyterLab.")


@on_linux
def test_a_machine_that_starts_no_thread_says_so():
    """Root is bound by no such limit: it becomes another user first."""
    script = f"import os, resource\n{BEGIN}os.geteuid() or os.setuid(65534)\n"
    script += f"resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))\n{BEGIN}"
    said = trouble(started(script))
    assert said.startswith("No more threads can be started here (ulimit -u). Shut down other kernels")


@on_linux
def test_a_folder_that_cannot_be_written_is_a_warning(closed, tmp_path):
    run = started(BEGIN, cwd=closed, preexec_fn=keep_to_modes)
    assert run.returncode == 0, run.stderr
    assert [line.partition(":")[0] for line in run.stdout.splitlines()[1:]] == [
        "This folder cannot be written"
    ]
    assert len(started(BEGIN, cwd=tmp_path, preexec_fn=keep_to_modes).stdout.splitlines()) == 1


@on_linux
@pytest.mark.parametrize("shut", ["HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"])
def test_without_a_home_to_write_in_caches_go_to_a_temporary_folder(closed, tmp_path, shut):
    """Matplotlib would complain in red, and numba stop."""
    places = {"HOME": str(tmp_path), "TMPDIR": str(tmp_path)} | {shut: str(closed)}
    script = f"{BEGIN}import matplotlib, os\n"
    script += "print(matplotlib.get_cachedir(), os.environ.get('COURSE_DATA_CACHE'))"
    run = started(script, preexec_fn=keep_to_modes, **places)
    assert run.returncode == 0 and run.stderr == ""
    ready, warning, used = run.stdout.splitlines()
    for_fonts, for_data = used.split()
    assert re.match(
        rf"{closed}\S* cannot be written: .* To keep it, set {shut} to a folder of yours", warning
    )
    assert for_fonts.startswith(str(tmp_path / "faint-signals-"))
    assert (for_data == "None") == (shut == "XDG_CONFIG_HOME")
    assert not list(tmp_path.glob("faint-signals-*")), "it went with the kernel"


@on_linux
def test_a_home_that_is_not_there_is_none(closed, tmp_path):
    """A container's user may have no home at all."""
    home = closed / "nowhere"
    run = started(BEGIN, HOME=str(home), TMPDIR=str(tmp_path), preexec_fn=keep_to_modes)
    assert f"{home}/.cache cannot be written: " in run.stdout


@on_linux
def test_nowhere_to_write_at_all_stops_with_what_to_set(closed):
    script = f"import tempfile; tempfile.tempdir = {str(closed)!r}\n{BEGIN}"
    said = trouble(started(script, HOME=str(closed), preexec_fn=keep_to_modes))
    assert said.startswith(
        f"Neither {closed}/.cache nor a folder for temporary files can be written here. Set TMPDIR"
    )


def test_in_a_notebook_the_trouble_is_one_line():
    options = (
        "-m",
        "IPython",
        "--quick",
        "--no-banner",
        "--colors=nocolor",
        "--HistoryManager.enabled=False",
    )
    run = subprocess.run(
        [sys.executable, *options, "-c", HIDE.format("seaborn") + BEGIN],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )
    lines = [line for line in (run.stdout + run.stderr).splitlines() if line.strip()]
    assert len(lines) == 1 and lines[0].startswith("✘ Missing here: seaborn. Close this notebook")


@pytest.fixture
def checkout(closed, tmp_path):
    """What a lesson needs of the course, closed for writing."""
    root = tmp_path / "course"
    for name in ("helpers", "data"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "notebooks").mkdir()
    shutil.copy(ROOT / "notebooks" / "02_events_to_limit.ipynb", root / "notebooks")
    shutil.copy(ROOT / "requirements.txt", root)
    for path in [root, *root.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield root
    for path in [root, *root.rglob("*")]:
        if path.is_dir():
            path.chmod(0o755)


@on_linux
def test_compiled_helpers_load_in_a_closed_checkout_without_a_home_once_the_lesson_has_begun(
    checkout, closed, tmp_path
):
    places = {"cwd": checkout, "PYTHONPATH": str(checkout), "HOME": str(closed), "TMPDIR": str(tmp_path)}
    load = "from helpers import scattering"
    assert "cannot cache function" in started(load, preexec_fn=keep_to_modes, **places).stderr
    run = started(BEGIN + load, preexec_fn=keep_to_modes, **places)
    assert run.returncode == 0 and run.stderr == ""


RUN = """import json, sys
import nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
notebook.cells.append(nbformat.v4.new_code_cell("import helpers; helpers.__path__[0]"))
place = {"metadata": {"path": sys.argv[2]}}
NotebookClient(notebook, timeout=600, kernel_name="python3", resources=place).execute()
outputs = [cell.get("outputs", []) for cell in notebook.cells]
errors = [out.text for outs in outputs for out in outs if out.get("name") == "stderr"]
said = [out.data["text/plain"] for out in next(filter(None, outputs)) + outputs[-1]]
print(json.dumps([errors, said]))
"""


@on_linux
def test_a_lesson_runs_in_a_closed_checkout_without_a_home(checkout, closed, tmp_path):
    """Jupyter's own runtime folder stands where the server that started the kernel has it."""
    lesson = next((checkout / "notebooks").iterdir())
    places = {"PYTHONPATH": str(checkout), "HOME": str(closed), "TMPDIR": str(tmp_path)}
    places |= {"JUPYTER_RUNTIME_DIR": str(tmp_path), "IPYTHONDIR": str(tmp_path)}
    script = RUN.replace("sys.argv[1]", repr(str(lesson))).replace("sys.argv[2]", repr(str(lesson.parent)))
    run = started(script, preexec_fn=keep_to_modes, **places)
    assert run.returncode == 0, run.stderr
    errors, said = json.loads(run.stdout.splitlines()[-1])
    assert errors == []
    assert [line.partition(":")[0] for line in said[1:]] == [
        f"{closed}/.cache cannot be written",
        "This folder cannot be written",
        repr(str(checkout / "helpers")),
    ]
