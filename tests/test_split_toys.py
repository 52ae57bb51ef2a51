"""The toys of lesson 11, its own task: the same bits on one core, on processes and on a Dask cluster."""

import logging
from pathlib import Path

import joblib
import nbformat
import numpy as np
import pytest
from dask.distributed import Client, LocalCluster
from exercises import plain_code, tags
from joblib.externals.loky import get_reusable_executor

from helpers import limits, search

LESSON = Path(__file__).resolve().parent.parent / "notebooks" / "11_any_model_to_limit.ipynb"
N_TOYS, MODELS, KEY = 20, (0, 3, 7), [5, 1]


@pytest.fixture(scope="module")
def task():
    """The lesson's task, without the rest of the lesson."""
    names = {"np": np, "limits": limits}
    for cell in nbformat.read(LESSON, as_version=4).cells:
        if "toys" in tags(cell):
            exec(compile(plain_code(cell.source), LESSON.name, "exec"), names)
    return names["toy_task"]


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """Templates of 15 models, small enough for a test."""
    rng = np.random.default_rng(1)
    signal = rng.uniform(0.1, 1, (360, 4)).astype(np.float32)
    background = rng.uniform(0.5, 5, (360, 5, 4)).astype(np.float32)
    path = tmp_path_factory.mktemp("toys") / "templates.npz"
    np.savez_compressed(path, signal=signal, background=background, uncertainty=search.UNCERTAINTY)
    return path


def run(task, file, models=MODELS, strengths=(0.5, 1.0)):
    """The lesson's call."""
    return np.stack(
        joblib.Parallel()(joblib.delayed(task)(file, model, strengths, N_TOYS, KEY) for model in models)
    )


@pytest.fixture(scope="module")
def serial(task, file):
    """What one core finds."""
    return run(task, file)


def test_processes_give_the_same_bits(task, file, serial):
    with joblib.parallel_config(backend="loky", n_jobs=2):
        found = run(task, file)
    get_reusable_executor().shutdown()
    np.testing.assert_array_equal(found, serial)


def test_a_dask_cluster_gives_the_same_bits(task, file, serial):
    options = {"dashboard_address": None, "silence_logs": logging.CRITICAL}
    with LocalCluster(n_workers=2, threads_per_worker=1, **options) as workers, Client(workers):
        with joblib.parallel_config(backend="dask"):
            found = run(task, file)
    np.testing.assert_array_equal(found, serial)


def test_a_point_does_not_depend_on_what_else_is_computed(task, file, serial):
    np.testing.assert_array_equal(run(task, file, models=MODELS[::-1])[::-1], serial)
    np.testing.assert_array_equal(run(task, file, models=(3,), strengths=(1.0,))[0, :, 0], serial[1, :, 1])


def test_points_have_toys_of_their_own(task, file, serial):
    assert serial.shape == (len(MODELS), 24, 2, N_TOYS)
    assert len(np.unique(serial[..., 0])) > 0.9 * serial[..., 0].size


def test_another_key_gives_other_toys(task, file, serial):
    other = joblib.Parallel()([joblib.delayed(task)(file, MODELS[0], (0.5, 1.0), N_TOYS, [5, 2])])[0]
    assert np.mean(other == serial[0]) < 0.1
