"""For all tests: one thread, `tools/` importable, and eyes on what nbval's lax run does not look at."""

import os
import re
import sys
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

# Before anything loads NumPy: two test workers share two cores.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
os.environ.setdefault("MPLBACKEND", "Agg")

# `make test` draws the same examples each time, so that what turns red has been changed; the weekly workflow looks
# for new ones (--hypothesis-profile=explore). No deadlines: a busy machine is no error.
settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile("same")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call():
    """Skip what asks for nestpy where it has no wheels (Windows, ARM Linux, Python 3.13)."""
    try:
        return (yield)
    except ModuleNotFoundError as error:
        if error.name != "nestpy":
            raise
        pytest.skip("nestpy has no wheels for this Python and platform")


@pytest.fixture(scope="session")
def nest_source():
    """nestpy through `helpers.nest_source`: the judge of the shipped tables, where it has wheels."""
    pytest.importorskip("nestpy", reason="nestpy has no wheels for this Python and platform")
    from helpers import nest_source

    return nest_source


class NotebookWatch:
    """Fails a notebook for what is only seen while it runs, and which nbval passes without a word."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item):
        if hasattr(item, "cell") and os.environ.get("COURSE_SEED"):
            item.options["check"] = False  # what is stored belongs to the lesson's own seed
        result = yield
        if hasattr(item, "cell"):
            outputs = item.test_outputs or []
            if item.options["check_exception"] and not any(out.output_type == "error" for out in outputs):
                pytest.fail("the cell is tagged raises-exception and did not raise", pytrace=False)
            stderr = [out.text for out in outputs if out.output_type == "stream" and out.name == "stderr"]
            if stderr:
                pytest.fail(f"the cell wrote to stderr: {stderr[0].strip()[:300]}", pytrace=False)
            _compare_claims(item.cell.outputs, outputs)
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item, nextitem):
        last = hasattr(item, "cell") and (nextitem is None or nextitem.parent is not item.parent)
        found = _watch_kernel(item.parent) if last else []
        result = yield
        if found:
            pytest.fail(f"{item.parent.name}: {'; '.join(found)}", pytrace=False)
        return result


def _compare_claims(stored, fresh):
    """A claim that this run makes must be stored with the same bound: else the results table is stale.

    A bound may be made of an error that is measured (three of them, say), which differs between processors in its last
    digits: such bounds are the same within a tenth.
    """
    from helpers import course

    known = {row["name"]: row for row in _claims(stored, course)}
    stale = [row["name"] for row in _claims(fresh, course) if not _same_bounds(row, known.get(row["name"]))]
    if stale:
        pytest.fail(f"not stored as it is claimed: {sorted(stale)} (run make notebooks)", pytrace=False)


def _same_bounds(row, known):
    if known is None:
        return False
    for bound in ("at_least", "at_most"):
        here, there = row.get(bound), known.get(bound)
        if (here is None) != (there is None) or (here is not None and abs(here - there) > 0.1 * abs(there)):
            return False
    return True


def _claims(outputs, course):
    return course.claims_of({"cells": [{"outputs": outputs}]})


def _watch_kernel(notebook):
    """What a lesson's kernel held when its last cell had run; Linux tells it at no cost."""
    from audit import uses_keras

    from notebooks import MEMORY_GB, peak_memory_gb

    process = getattr(notebook.kernel.km, "provisioner", None) if notebook.kernel else None
    memory = peak_memory_gb(process.pid) if process and process.pid else None
    found = []
    if memory is None:
        return found
    if memory > MEMORY_GB:
        found.append(f"its kernel took {memory:.2f} GB, and a lesson may take {MEMORY_GB} GB")
    libraries = Path(f"/proc/{process.pid}/maps").read_text()
    if re.search(r"/tensorflow/", libraries) and not uses_keras(notebook.nb):
        found.append("it does not use Keras, and something that it imports loaded TensorFlow (650 MB)")
    return found


def pytest_configure(config):
    config.pluginmanager.register(NotebookWatch(), "notebook-watch")
