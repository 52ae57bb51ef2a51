"""helpers/course.py: preflight, progress, claims."""

import json
import os
import platform
import subprocess
import sys
import types

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import course

finite = st.floats(allow_nan=False, allow_infinity=False, width=32)


@pytest.fixture(autouse=True)
def settings_put_back(monkeypatch):
    """`begin` writes to the environment; put it back, and start from none of its settings."""
    before = dict(os.environ)
    monkeypatch.delenv("COURSE_SEED", raising=False)
    yield
    os.environ.clear()
    os.environ.update(before)


def test_begin_says_that_the_lesson_is_ready_and_returns_the_seed(capsys):
    assert course.begin("02 Trees", seed=7, memory_gb=0.01, packages=("numpy", "sklearn")) == 7
    said = capsys.readouterr().out
    assert said.startswith("Lesson 02 Trees: ready. Seed 7, one thread; numpy ") and "sklearn " in said


def test_the_environment_overrides_the_seed(monkeypatch):
    monkeypatch.setenv("COURSE_SEED", "5")
    assert course.begin("x", seed=7, memory_gb=0.01, packages=()) == 5


@pytest.mark.parametrize("seed", ["-1", "one", "1.5"])
def test_a_seed_that_is_no_whole_number_is_refused(monkeypatch, seed):
    monkeypatch.setenv("COURSE_SEED", seed)
    with pytest.raises(ValueError, match=f"COURSE_SEED.*{seed}"):
        course.begin("x", memory_gb=0.01, packages=())


def test_begin_sets_one_thread_and_silence_before_anything_heavy_loads():
    script = (
        "import sys, os; from helpers import course\n"
        "assert not {'numpy', 'tensorflow', 'pandas', 'matplotlib'} & set(sys.modules)\n"
        "course.begin('x', memory_gb=0.01, packages=('numpy',))\n"
        "assert 'numpy' not in sys.modules\n"
        "import json; print(json.dumps(dict(os.environ)))"
    )
    threads = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "TF_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(threads)}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment
    )
    settings = json.loads(done.stdout.splitlines()[-1])
    for library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR"):
        assert settings[f"{library}_NUM_THREADS"] == "1"
    assert settings["TF_NUM_INTRAOP_THREADS"] == settings["TF_NUM_INTEROP_THREADS"] == "1"
    assert settings["TF_CPP_MIN_LOG_LEVEL"] == "3" and settings["TF_ENABLE_ONEDNN_OPTS"] == "0"


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="a setting of Linux's usual C library")
def test_begin_lets_freed_memory_be_kept():
    code = """
import resource
from helpers import course

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        bytearray(50 << 20)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

given_back = faults()
course.begin("x", memory_gb=0.01, packages=())
faults()
print(given_back, faults())
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    given_back, kept = map(int, done.stdout.split()[-2:])
    assert kept < given_back / 10, "twenty times 50 MB, asked for anew each time, or once"


def test_begin_caps_the_threads_of_a_numpy_that_is_already_loaded():
    script = (
        "import numpy, threadpoolctl; from helpers import course\n"
        "threads = lambda: [pool['num_threads'] for pool in threadpoolctl.threadpool_info()]\n"
        "before = threads(); course.begin('x', memory_gb=0.01, packages=())\n"
        "print(before, threads(), sep='\\n')"
    )
    environment = os.environ | {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment
    )
    before, after = map(json.loads, done.stdout.splitlines()[-2:])
    if max(before, default=1) == 1:
        pytest.skip("this machine gives NumPy one thread only")
    assert set(after) == {1}


def test_begin_explains_another_python(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 14, 0))
    with pytest.raises(RuntimeError, match="needs Python 3.11, 3.12 or 3.13.*make lab"):
        course.begin("x", packages=())


def test_begin_names_other_versions_and_how_to_mend_them(monkeypatch, capsys):
    monkeypatch.setattr(course, "_version", lambda name: {"numpy": "1.26.4"}.get(name, course._pins()[name]))
    course.begin("x", memory_gb=0.01, packages=("numpy", "sklearn"))
    said = capsys.readouterr().out
    assert f"tested with numpy {course._pins()['numpy']}: " in said and "%pip install -r" in said


def test_begin_says_nothing_of_versions_that_are_the_lists(capsys):
    course.begin("x", memory_gb=0.01, packages=("numpy", "sklearn", "pandas", "tensorflow"))
    assert "tested with" not in capsys.readouterr().out


def test_begin_explains_a_missing_package():
    with pytest.raises(RuntimeError, match="Missing here: no_such_package.*make lab"):
        course.begin("x", packages=("numpy", "no_such_package"))


@pytest.mark.parametrize("free, shown", [(0.4, "0.4"), (1.4999, "1.4"), (1.499999999, "1.4"), (0, "0.0")])
def test_begin_explains_too_little_memory(monkeypatch, free, shown):
    monkeypatch.setattr(course, "_free_memory_gb", lambda: free)
    with pytest.raises(
        RuntimeError, match=f"needs 1.5 GB of free memory, and {shown} GB are free.*Shut down"
    ):
        course.begin("x", packages=())


def test_enough_memory_is_enough(monkeypatch):
    monkeypatch.setattr(course, "_free_memory_gb", lambda: 1.5)
    assert course.begin("x", memory_gb=1.5, packages=()) == 1


@pytest.mark.parametrize(
    "cap, used, free",
    [
        ("2000000000\n", "1250000000\n", 0.75),
        ("9000000000\n", "1000000000\n", 3.0),  # the machine itself has less
        ("max\n", "1250000000\n", 3.0),
        (None, None, 3.0),
    ],
)
def test_free_memory_is_the_machines_or_its_containers(monkeypatch, tmp_path, cap, used, free):
    """A container's files as Linux shows them; without a limit the cap reads "max"."""
    import psutil

    class Machine:
        available = 3e9

    monkeypatch.setattr(psutil, "virtual_memory", Machine)
    for name, text in {"memory.max": cap, "memory.current": used, "memory.stat": "anon 5"}.items():
        if text is not None:
            (tmp_path / name).write_text(text)
    assert course._free_memory_gb(tmp_path) == free


def test_progress_counts_and_leaves_one_line(capsys):
    assert list(course.progress([3, 1, 2], "Scan")) == [3, 1, 2]
    assert "Scan: 0 of 3" in capsys.readouterr().out


class Screen:
    """Stands for a notebook's output area: one output, replaced by each update."""

    def __init__(self, monkeypatch):
        self.shown = None
        monkeypatch.setattr(course, "_display", self.display)

    def display(self, bundle, display_id=False):
        self.shown = bundle
        return self

    def update(self, bundle, raw):
        self.shown = bundle


def test_a_closed_progress_bar_holds_no_clock_and_no_bar(monkeypatch):
    screen = Screen(monkeypatch)
    bar = course.progress(total=10, description="Scan <all>")
    bar.update(4)
    bar._show()
    assert "Scan <all>: 4 of 10" in screen.shown["text/plain"]
    assert 'value="4" max="10"' in screen.shown["text/html"] and "<all>" not in screen.shown["text/html"]
    bar.close()
    assert screen.shown["text/plain"] == "Scan <all>: 4 of 10 done."
    assert "<progress" not in screen.shown["text/html"]


def test_a_progress_bar_is_drawn_at_most_four_times_a_second_and_says_how_long(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(course.time, "monotonic", lambda: now[0])
    screen = Screen(monkeypatch)
    bar = course.progress(total=8, description="Scan")
    now[0] += 2.0
    bar.update(2)
    assert screen.shown["text/plain"] == "Scan: 2 of 8, about 6 s left"
    now[0] += 0.2
    bar.update()
    assert "2 of 8" in screen.shown["text/plain"]
    now[0] += 0.1
    bar.update()
    assert "4 of 8" in screen.shown["text/plain"]


def test_training_progress_counts_epochs_of_a_fit_that_may_stop_early(monkeypatch):
    """Stands for Keras, whose callback it makes: importing it takes seconds and 650 MB."""
    made = {}
    keras = types.ModuleType("keras")
    keras.callbacks = types.SimpleNamespace(LambdaCallback=lambda **calls: made.update(calls))
    monkeypatch.setitem(sys.modules, "keras", keras)
    screen = Screen(monkeypatch)
    course.training_progress(40, "Trees")
    for epoch in range(3):
        made["on_epoch_end"](epoch, {})
    made["on_train_end"]({})
    assert screen.shown["text/plain"] == "Trees: 3 of 40 done."


def test_progress_needs_to_know_how_many_steps_there_are():
    with pytest.raises(ValueError, match="total"):
        course.progress(iter([1, 2]))
    with pytest.raises(ValueError, match="total.*-1"):
        course.progress(total=-1)
    with pytest.raises(ValueError, match="iterable"):
        list(course.progress(total=2))


@given(measured=finite, bound=finite)
def test_a_claim_holds_exactly_when_its_bounds_do(measured, bound):
    for bounds, holds in (({"at_most": bound}, measured <= bound), ({"at_least": bound}, measured >= bound)):
        if holds:
            course.claim("x", measured, **bounds)
        else:
            with pytest.raises(AssertionError, match="claim x does not hold") as caught:
                course.claim("x", measured, **bounds)
            # Rows are rounded; the reason to fail is not.
            assert str(caught.value).endswith(f"[measured {measured!r}]")


@pytest.mark.parametrize("measured", [float("nan"), float("inf")])
def test_a_claim_that_is_not_finite_does_not_hold(measured):
    with pytest.raises(AssertionError, match="claim x"):
        course.claim("x", measured)


def test_a_claim_needs_a_name_and_a_published_figure_its_source():
    with pytest.raises(ValueError, match="name"):
        course.claim("", 1)
    with pytest.raises(ValueError, match="source.*x"):
        course.claim("x", 1, published=2)


def test_a_claim_is_stored_as_json_beside_its_words(monkeypatch):
    shown = []
    monkeypatch.setattr(course, "_display", lambda bundle, **keywords: shown.append(bundle))
    course.claim(
        "gap",
        1.23456e-4,
        at_most=3e-4,
        optimum=0.0,
        published="none",
        source="A & B",
        unit="mm",
        says="it is small",
    )
    row = shown[0][course.CLAIM_MIME]
    assert row == {
        "name": "gap",
        "measured": 1.23e-4,
        "unit": "mm",
        "holds": True,
        "at_most": 3e-4,
        "optimum": 0.0,
        "published": "none",
        "source": "A & B",
        "says": "it is small",
    }
    plain = shown[0]["text/plain"]
    assert plain == "✔ gap 0.000123 mm (at most 0.0003); optimum 0; published none [A & B]: it is small"
    assert "<code>gap</code>" in shown[0]["text/html"] and "A &amp; B" in shown[0]["text/html"]


def test_a_broken_claim_is_shown_and_stored_before_it_fails(monkeypatch):
    shown = []
    monkeypatch.setattr(course, "_display", lambda bundle, **keywords: shown.append(bundle))
    with pytest.raises(AssertionError, match="gap"):
        course.claim("gap", 2, at_most=1)
    assert shown[0][course.CLAIM_MIME]["holds"] is False and shown[0]["text/plain"].startswith("✘ gap 2")


@pytest.mark.parametrize("value", [1.23456789e-4, 0.99951, 98765.0, -2.0, 0.0])
def test_a_stored_number_has_three_digits(monkeypatch, value):
    shown = []
    monkeypatch.setattr(course, "_display", lambda bundle, **keywords: shown.append(bundle))
    course.claim("gap", value, at_least=-5)
    stored = shown[0][course.CLAIM_MIME]["measured"]
    assert stored == pytest.approx(value, rel=5.1e-3) and stored == float(f"{stored:.3g}")


def test_a_claim_that_was_not_measured_is_no_stored_claim(monkeypatch):
    shown = []
    monkeypatch.setattr(course, "_display", lambda bundle, **keywords: shown.append(bundle))
    course.not_run("gap", "there is no network")
    assert shown[0]["text/plain"] == "– gap was not measured in this run: there is no network"
    assert course.CLAIM_MIME not in shown[0]


@pytest.mark.parametrize(
    "row, words",
    [
        ({"at_most": 0.03}, "at most 0.03"),
        ({"at_least": 2}, "at least 2"),
        ({"at_least": 0.345, "at_most": 0.36}, "within 0.345 to 0.36"),
        ({"at_least": 1, "at_most": 1}, "equal to 1"),
        ({}, "recorded"),
    ],
)
def test_bounds_in_words(row, words):
    assert course.bound_text(row) == words


@pytest.mark.parametrize("stored", [{"name": "a"}, '{"name": "a"}', ['{"name":', ' "a"}']])
def test_stored_claims_are_found_however_the_file_holds_them(stored):
    output = {"output_type": "display_data", "data": {course.CLAIM_MIME: stored}}
    cells = [{"source": "text"}, {"outputs": [{"text": "x"}, output]}]
    assert course.claims_of({"cells": cells}) == [{"name": "a"}]


def test_a_bound_that_the_baseline_keeps_says_nothing(capsys):
    course.claim("gap", 0.001, at_most=0.002, baseline=0.004)
    assert "at most 0.002); baseline 0.004" in capsys.readouterr().out
    course.claim("gap", 0.001, at_least=-0.001, at_most=0.002, baseline=-0.5)  # it breaks the lower one
    course.claim("clock", 3.0, baseline=1.0)  # recorded: there is no bound to keep
    with pytest.raises(AssertionError, match="claim gap says nothing: its baseline, 0.0015"):
        course.claim("gap", 0.001, at_most=0.002, baseline=0.0015)


def test_a_score_above_the_best_possible_breaks_its_claim():
    with pytest.raises(AssertionError, match="gap does not hold"):
        course.claim("gap", -0.01, at_least=-0.003, at_most=0.002)


@pytest.mark.parametrize(
    "names",
    [
        ("memory.max", "memory.current", "memory.stat"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat"),
    ],
)
def test_a_containers_file_cache_counts_as_free(tmp_path, names):
    """2 GB, of which 1.6 are in use, 1.1 of these a cache of files: 1.5 GB are free, not 0.4."""
    (tmp_path / "memory").mkdir()
    stat = "anon 500000000\ninactive_file 700000000\nactive_file 400000000\nfile_mapped 5\n"
    for name, text in zip(names, ("2000000000\n", "1600000000\n", stat), strict=True):
        (tmp_path / name).write_text(text)
    assert course._free_memory_gb(tmp_path) == pytest.approx(1.5)
    (tmp_path / names[0]).write_text("max\n")
    assert course._free_memory_gb(tmp_path) > 1.5  # no cap: the machine's own
