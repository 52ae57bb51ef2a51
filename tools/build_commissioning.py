"""Make what lesson 13 compares and does not compute: rivals over days and severities, UMAP over seeds, a gallery.

    python tools/build_commissioning.py     # one core, about 25 minutes; keeps rows that are there

What is run are the lesson's own cells, those tagged `preflight`, `world` and `model`. Delete a file to make it again.
"""

import argparse
import itertools
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from lesson_cells import defined_by
from scipy.stats import spearmanr
from sklearn.manifold import TSNE
from sklearn.metrics import adjusted_rand_score

ROOT = Path(__file__).resolve().parent.parent
LESSON = ROOT / "notebooks" / "13_commissioning_anomalies.ipynb"
FOLDER = ROOT / "data" / "commissioning"
SEVERITIES = ("1", "subtle", "0.1", "0.2", "0.3", "0.45", "0.6", "0.8")
OTHER_SEED = 101  # of UMAP


def severity_of(name, cells):
    return cells["commissioning"].SUBTLE if name == "subtle" else float(name)


def rivals(cells, name, draw, labelled, one_each):
    """Return the rows of one day: every rival's recall of each kind and its false flags.

    `labelled` is the test for all faults, `one_each` a list of one test a fault (empty: left out).
    """
    day, kind = cells["take"](draw, severity_of(name, cells))
    features = cells["commissioning"].reconstruct(day)
    table = cells["prepare"](features)
    labels = cells["cluster"](cells["embed"](table, draw))
    flags = {("UMAP + DBSCAN", "own"): cells["small"](labels)}
    flags["UMAP + DBSCAN + trees", "own"] = cells["with_trees"](table, labels)
    flags["DBSCAN on features", "own"] = cells["small"](cells["cluster"](table))
    n = max(int(flags["UMAP + DBSCAN", "own"].sum()), 60)
    for rival, score in cells["anomaly_scores"](table, draw).items():
        flags[rival, "same looks"] = cells["most"](score, n)
        flags[rival, "told"] = cells["told"](score, kind)
    flags["labelled test", "told"] = cells["told"](labelled(features), kind)
    if one_each:
        rank = cells["highest_rank"]([test(features) for test in one_each], kind)
        flags["labelled tests, one a fault", "told"] = cells["told"](rank, kind)
    rows = [
        {"severity": name, "draw": draw, "rival": rival, "threshold": threshold} | cells["recall"](flag, kind)
        for (rival, threshold), flag in flags.items()
    ]
    one = cells["best_feature"](features, kind)
    row = {"severity": name, "draw": draw, "rival": "best single feature", "threshold": "told"}
    return [*rows, row | one | {"worst": min(one.values()), "false flags": 0.01}]


def make_rivals(cells, days):
    """Fill rivals.csv."""
    file = FOLDER / "rivals.csv"
    rows = pd.read_csv(file, dtype={"severity": str}).to_dict("records") if file.is_file() else []
    done = {(row["severity"], row["draw"]) for row in rows}
    for name in SEVERITIES:
        todo = [draw for draw in range(days if name in ("1", "subtle") else 4) if (name, draw) not in done]
        if not todo:
            continue
        faulty, severity = cells["FAULTY"], severity_of(name, cells)
        taught = [faulty, *([fault] for fault in faulty if name == "subtle")]
        labelled, *one_each = (
            cells["taught"](severity, np.random.default_rng([13, 1000]), faults) for faults in taught
        )
        for draw in todo:
            rows += rivals(cells, name, draw, labelled, one_each)
            pd.DataFrame(rows).round(4).to_csv(file, index=False, lineterminator="\n")
            print(name, draw, flush=True)


def islands(points, labels):
    """Return the distances between the centres of clusters in a picture."""
    centres = np.array([points[labels == one].mean(axis=0) for one in np.unique(labels)])
    pairs = itertools.combinations(range(len(centres)), 2)
    return np.array([np.linalg.norm(centres[a] - centres[b]) for a, b in pairs])


def make_stability(cells, days):
    """Fill stability.csv and labels.npz: a day's clusters from another UMAP seed, and from four fifths of it."""
    file = FOLDER / "stability.csv"
    if file.is_file():
        return
    rows, stored = [], {}
    for draw in range(days):
        day, kind = cells["take"](draw)
        table = cells["prepare"](cells["commissioning"].reconstruct(day))
        points = [cells["embed"](table, random_state) for random_state in (draw, OTHER_SEED)]
        first, second = (cells["cluster"](one) for one in points)
        part = np.sort(
            np.random.default_rng([13, draw, 1]).choice(len(kind), len(kind) * 4 // 5, replace=False)
        )
        fewer = cells["cluster"](cells["embed"](table.iloc[part], draw))
        true = kind.codes if hasattr(kind, "codes") else pd.Categorical(kind).codes
        anywhere = [cells["embed"](table, random_state, init="random") for random_state in (draw, OTHER_SEED)]
        rows.append(
            {
                "draw": draw,
                "ari_seeds": adjusted_rand_score(first, second),
                "ari_subsample": adjusted_rand_score(first[part], fewer),
                "ari_truth": adjusted_rand_score(true, first),
                "distance_seeds": spearmanr(*(islands(one, true) for one in points)).statistic,
                "distance_random": spearmanr(*(islands(one, true) for one in anywhere)).statistic,
                "ari_random": adjusted_rand_score(*(cells["cluster"](one) for one in anywhere)),
                "distance_features": spearmanr(
                    islands(points[0], true), islands(table.to_numpy(), true)
                ).statistic,
            }
        )
        stored[f"kind_{draw}"], stored[f"cluster_{draw}"] = true.astype(np.int8), second.astype(np.int8)
        print(rows[-1], flush=True)
    np.savez_compressed(FOLDER / "labels.npz", **stored)
    pd.DataFrame(rows).round(4).to_csv(file, index=False, lineterminator="\n")


def make_gallery(cells):
    """Fill gallery.npz: half a day in six pictures; clouds and a day without faults in three each."""
    file = FOLDER / "gallery.npz"
    found = dict(np.load(file, allow_pickle=False)) if file.is_file() else {}
    day, kind = cells["take"](0)
    half = cells["prepare"](cells["commissioning"].reconstruct(day)).iloc[:3000]
    todo = {"tsne": lambda: TSNE(random_state=1, init="pca").fit_transform(half.to_numpy())}
    for n, min_dist in ((5, 0.0), (15, 0.0), (100, 0.0), (15, 0.5), (15, 1.0)):
        todo[f"umap_{n}_{min_dist}"] = partial(cells["embed"], half, 1, n, min_dist)
    for name, cloud in nulls(cells, half[kind[:3000] == "good"]).items():
        todo |= {f"null_{name}_{n}": partial(cells["embed"], cloud, 1, n) for n in (5, 15, 50)}
    new = {key: make().astype(np.float16) for key, make in todo.items() if key not in found}
    if new:
        found["kind"] = pd.Categorical(kind).codes[:3000].astype(np.int8)
        np.savez_compressed(file, **found, **new)


def nulls(cells, good):
    """Return 3000 points each in which there is nothing to find: Gaussian clouds, and a day without faults."""
    rng = np.random.default_rng([13, 2000])
    clouds = {str(n): rng.normal(size=(3000, n)) for n in (2, 4, 12)}
    clouds["bulk"] = rng.multivariate_normal(np.zeros(good.shape[1]), good.cov(), 3000)
    commissioning = cells["commissioning"]
    shares = {"s2_only": commissioning.SHARES["s2_only"]}
    day = commissioning.take_day(3000, rng=np.random.default_rng([13, 2001]), shares=shares)
    clouds["day"] = cells["prepare"](commissioning.reconstruct(day, look_back=commissioning.QUIET))
    return clouds


def main():
    """Make what is not there yet."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--days", type=int, help="how many (the lesson's own number by default)")
    days = parser.parse_args().days
    cells = defined_by(LESSON)
    FOLDER.mkdir(parents=True, exist_ok=True)
    make_gallery(cells)
    make_stability(cells, days or cells["N_DAYS"])
    make_rivals(cells, days or cells["N_DAYS"])
    print("now run tools/checksums.py")


if __name__ == "__main__":
    main()
