"""Train what lesson 07 reads: four kinds of network, two seeds each; CNN and GRU longer, and on more events.

    python tools/build_recurrent_networks.py    # resumes where it stopped; one core, about 15 minutes

An architecture is written once: what is trained here are the lesson's own cells, those tagged `preflight`,
`world` and `model`. Every row is written as soon as it is there.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from lesson_cells import defined_by
from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent
LESSON = ROOT / "notebooks" / "07_recurrent_networks.ipynb"
FOLDER = ROOT / "data" / "recurrent_networks"
TABLE, WEIGHTS = FOLDER / "trainings.csv", FOLDER / "weights.npz"
SEEDS = (1, 2)
KEY, MEASURED = ["network", "events", "epochs", "seed"], ["auc", "found"]


def read():
    """Return the rows that are there, without the spreads that `finish` adds."""
    columns = [*KEY, *MEASURED]
    return pd.read_csv(TABLE)[columns] if TABLE.is_file() else pd.DataFrame(columns=columns)


def finish(rows, tasks):
    """Return all rows in order, with the trainings' standard deviations within a kind, pooled over the kinds."""
    rows = rows.set_index(KEY).loc[tasks].reset_index()
    for column in MEASURED:
        variance = rows.groupby(KEY[:3])[column].var().dropna()  # one training has no spread
        rows[f"{column}_spread"] = np.sqrt(variance.mean())
    return rows


def keep(kind, network):
    """Add a network's weights to the shipped ones."""
    arrays = dict(np.load(WEIGHTS, allow_pickle=False)) if WEIGHTS.is_file() else {}
    arrays |= {f"{kind}_{k}": weights for k, weights in enumerate(network.get_weights())}
    np.savez(WEIGHTS, **arrays)


def main():
    """Train what is missing and write table and weights."""
    cells = defined_by(LESSON)
    few = cells["EVENTS"]
    epochs, pair = cells["EPOCHS"], ("CNN", "GRU")
    tasks = [(kind, 10 * few, epochs[kind], 1) for kind in pair]
    tasks += [(kind, few, epochs[kind], seed) for seed in SEEDS for kind in epochs]
    tasks += [(kind, cells["HERE"], cells["LONG"], seed) for seed in SEEDS for kind in pair]
    tasks += [("χ² ruler", 0, 0, 0)]
    FOLDER.mkdir(parents=True, exist_ok=True)
    done = set(read()[KEY].itertuples(index=False, name=None))
    for task in tqdm([task for task in tasks if task not in done], desc="trainings"):
        kind, events, length, seed = task
        if kind in epochs:
            auc, found, network = cells["table_row"](kind, seed, events, length)
        else:
            auc, found = cells["judged"](
                lambda waveforms, depth: cells["rulers"](waveforms, depth)["χ² ruler"]
            )
        if events > few:
            keep(kind, network)
        row = pd.DataFrame([dict(zip(KEY, task, strict=True)) | {"auc": auc, "found": found}])
        row.to_csv(TABLE, mode="a", header=not TABLE.is_file(), index=False, float_format="%.8g")
        cells["keras"].backend.clear_session()
    finish(read(), tasks).to_csv(TABLE, index=False, float_format="%.6g")
    print(f"wrote {TABLE.relative_to(ROOT)}: {len(tasks)} rows; now run tools/checksums.py")


if __name__ == "__main__":
    main()
