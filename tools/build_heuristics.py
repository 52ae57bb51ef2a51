"""Train the table that lesson 04 reads: 15 recipes and two learning curves, five seeds each.

    python tools/build_heuristics.py            # resumes where it stopped; one core, about 20 minutes
    python tools/build_heuristics.py --jobs 4

An architecture is written once: what is trained here are the lesson's own cells, those tagged `preflight`,
`world` and `model`. Every row is written as soon as it is there. The training events and the first weights
come from the row's seed, so rows do not depend on how many processes made them.
"""

import argparse
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from lesson_cells import defined_by
from tqdm import tqdm

from helpers import optimum

ROOT = Path(__file__).resolve().parent.parent
LESSON = ROOT / "notebooks" / "04_neural_networks.ipynb"
TABLE = ROOT / "data" / "heuristics" / "trainings.csv"
SEEDS = (1, 2, 3, 4, 5)
SIZES = (300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000)
KEY = ["model", "name", "events", "seed"]
COLUMNS = [*KEY, "auc", "auc_gap", "leakage_ratio"]
DENSITY_EVENTS = 6_000_000  # a class
DENSITY_SEED = 2022  # no training uses it
_lesson = {}


def lesson():
    """Return what the lesson's tagged cells define, executed once a process."""
    if not _lesson:
        _lesson.update(defined_by(LESSON))
    return _lesson


def tasks():
    """Return the keys of all rows, in order."""
    recipes, reference = lesson()["recipes"], lesson()["reference"]
    rows = [("recipe", name, (reference | recipes[name])["events"]) for name in recipes]
    rows += [(model, "learning curve", events) for model in ("network", "trees") for events in SIZES]
    return [(*row, seed) for row in rows for seed in SEEDS]


def judge(label, score, best):
    """Return AUC, its distance from the optimum's, and the leakage at 50 % acceptance over the optimum's."""
    auc = optimum.auc(label, score).value
    leaks = [optimum.leakage(s[label == 0], s[label == 1]).value for s in (score, best)]
    return auc, optimum.auc(label, best).value - auc, leaks[0] / leaks[1]


def one(task, label, events, best):
    """Train one row and judge it."""
    model, name, size, seed = task
    cells = lesson()
    if model == "recipe":
        scorer = cells["train_recipe"](cells["recipes"][name], seed)
    else:
        scorer = cells["train_curve" if model == "network" else "grow_trees"](size, seed)
    values = judge(label, scorer(events), best)
    cells["keras"].backend.clear_session()
    return dict(zip(COLUMNS, (*task, *values), strict=True))


def best_scores(events):
    """Return the likelihood ratio of the test events, from densities of their own."""
    rng = np.random.default_rng(DENSITY_SEED)
    nuclear, electron = (lesson()["simulate"](kind, DENSITY_EVENTS, rng) for kind in ("NR", "ER"))
    return optimum.LikelihoodRatio(nuclear, electron).score(events)


def read(table=TABLE):
    """Return the rows that are there, without the spreads that `finish` adds."""
    return pd.read_csv(table)[COLUMNS] if table.is_file() else pd.DataFrame(columns=COLUMNS)


def finish(rows):
    """Return all rows in order, each with the standard deviation over its five seeds beside it."""
    rows = rows.set_index(KEY).loc[tasks()].reset_index()
    for column in ("auc", "leakage_ratio"):
        rows[f"{column}_spread"] = rows.groupby(KEY[:-1])[column].transform("std")
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=1, help="processes at a time")
    jobs = parser.parse_args().jobs
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    done = set(read()[KEY].itertuples(index=False, name=None))
    left = [task for task in tasks() if task not in done]
    if left:
        label, events = lesson()["table_test"]()
        best = best_scores(events)
        run = joblib.Parallel(n_jobs=jobs, return_as="generator")
        found = run(joblib.delayed(one)(task, label, events, best) for task in left)
        for row in tqdm(found, total=len(left), desc="trainings"):
            new = pd.DataFrame([row])
            new.to_csv(TABLE, mode="a", header=not TABLE.is_file(), index=False, float_format="%.8g")
    finish(read()).to_csv(TABLE, index=False, float_format="%.8g")
    print(f"wrote {TABLE.relative_to(ROOT)}: {len(tasks())} rows; now run tools/checksums.py")


if __name__ == "__main__":
    from build_heuristics import main  # by its name, so that other processes find these functions

    main()
