"""Make the coverage map that lesson 11 reads: how often 90 % limits on 360 hypotheses hold, before and after toys.

    python tools/build_coverage_map.py             # two cores, about 2 minutes; resumes where it stopped
    python tools/build_coverage_map.py --jobs 1 --calibration 400 --test 800 --folder /tmp/trial

What is computed here are the lesson's own cells, those tagged `preflight` and `world`. First the templates of the
network's scores, from one simulation; then, a model a task, the thresholds from one set of toys and the coverage from
another. A row has its own seeds, so that it does not depend on what else is computed, nor on where. To start anew,
for another network, delete both files.
"""

import argparse
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from lesson_cells import defined_by
from scipy import stats
from tqdm import tqdm

from helpers import limits, search

ROOT = Path(__file__).resolve().parent.parent
LESSON = ROOT / "notebooks" / "11_any_model_to_limit.ipynb"
FOLDER = ROOT / "data" / "coverage_map"
SEED = 2201
CALIBRATION, TEST = 1, 2  # the two kinds of toys, in their seeds
ASYMPTOTIC = stats.chi2.ppf(0.9, 1)


def make_templates(cells, file):
    """Write the templates of all scores, from one simulation with a seed of its own."""
    events = search.simulate(cells["EVENTS"], rng=np.random.default_rng(SEED), prescale=50)
    signal, background = cells["all_templates"](events)
    arrays = {"signal": signal.astype(np.float32), "background": background.astype(np.float32)}
    np.savez_compressed(file, **arrays, uncertainty=search.UNCERTAINTY)


def rows_of(task, file, number, strengths, n_calibration, n_test):
    """Return one model's rows: the lesson's own task, run on toys that set thresholds and on toys that test them."""
    with np.load(file, allow_pickle=False) as arrays:
        signal, background = (
            arrays[part][24 * number : 24 * number + 24] for part in ("signal", "background")
        )
    observed = background.sum(axis=1, dtype=float)
    median = limits.ProfileLikelihood(signal, background, observed, search.UNCERTAINTY).upper_limit()
    calibration = task(file, number, strengths, n_calibration, [SEED, CALIBRATION])
    test = task(file, number, strengths, n_test, [SEED, TEST])
    rows = []
    for mass, step in np.ndindex(len(search.MASSES), len(strengths)):
        threshold = round(float(np.quantile(calibration[mass, step], 0.9)), 4)
        rows.append(
            {
                "model": search.MODELS[number],
                "mass": float(f"{search.MASSES[mass]:.6g}"),
                "times_median": strengths[step],
                "strength": strengths[step] * median[mass],
                "signal_events": strengths[step] * median[mass] * signal[mass].sum(dtype=float),
                "n_calibration": n_calibration,
                "n_test": n_test,
                "asymptotic": np.mean(test[mass, step] <= ASYMPTOTIC),
                "threshold": threshold,
                "calibrated": np.mean(test[mass, step] <= threshold),
            }
        )
    return rows


def main():
    """Make what is missing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--calibration", type=int, default=3000, help="toys a point that set the threshold")
    parser.add_argument("--test", type=int, default=6000, help="toys a point that test it")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    file, table = arguments.folder / "templates.npz", arguments.folder / "coverage.csv"
    cells = defined_by(LESSON, ("preflight", "world"))
    if not file.is_file():
        make_templates(cells, file)
    rows = pd.read_csv(table).to_dict("records") if table.is_file() else []
    done = {row["model"] for row in rows}
    todo = [k for k, name in enumerate(search.MODELS) if name not in done]
    work = (
        joblib.delayed(rows_of)(
            cells["toy_task"], file, k, cells["STRENGTHS"], arguments.calibration, arguments.test
        )
        for k in todo
    )
    order = {name: k for k, name in enumerate(search.MODELS)}
    found = joblib.Parallel(n_jobs=arguments.jobs, return_as="generator_unordered")(work)
    for some in tqdm(found, desc="models", total=len(todo)):
        rows = sorted(rows + some, key=lambda row: (order[row["model"]], row["mass"], row["times_median"]))
        pd.DataFrame(rows).to_csv(table, index=False, float_format="%.6g", lineterminator="\n")
    print("wrote coverage.csv; now run tools/checksums.py")


if __name__ == "__main__":
    main()
