"""Train the table that lesson 05 reads: five forms of the picture, 5 and 20 epochs, three trainings each.

    python tools/build_image_trainings.py       # one core, about 15 minutes; resumes where it stopped

An architecture is written once: what is trained here are the lesson's own cells, those tagged `preflight`, `world`
and `model`. Each training has training events, an order and first weights of its own; thresholds come from the
lesson's validation events and all are judged on the same test events.
"""

import os
from pathlib import Path

import numpy as np
import pandas as pd
from lesson_cells import defined_by

ROOT = Path(__file__).resolve().parent.parent
LESSON = ROOT / "notebooks" / "05_event_images.ipynb"
TABLE = ROOT / "data" / "image_trainings" / "trainings.csv"
SEED = 2026
EPOCHS, TRAININGS = (5, 20), (1, 2, 3)
KEY = ["inputs", "epochs", "training"]


def bounds(cells):
    """Return the balanced accuracies of the optimum of the picture and of that of its four sums."""
    test, label = cells["events"]["test"], cells["label"]["test"]
    raw = [
        np.log10(np.stack([d.s1, d.s2 / d.s1], axis=1))
        for d in (cells["deep"]["NR"], cells["deep"]["ER"], test)
    ]
    sums = cells["optimum"].LikelihoodRatio(*raw[:2]).score(raw[2])
    return cells["bound"], cells["balanced_accuracy"](label, sums)


def training_events(cells, training):
    """Return pictures to train on, from events that belong to this training alone."""
    cells["rng"], cells["seed"] = np.random.default_rng([SEED, training]), training
    events, label = cells["make_set"](cells["sizes"]["training"])
    return cells["Batches"](cells["photograph"](events), label)


def main():
    os.environ["COURSE_SEED"] = str(SEED)
    cells = defined_by(LESSON)
    best, best_of_sums = bounds(cells)
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    rows = pd.read_csv(TABLE).to_dict("records") if TABLE.is_file() else []
    done = {tuple(row[key] for key in KEY) for row in rows}
    for training in TRAININGS:
        batches = training_events(cells, training)
        for name, build in cells["controls"].items():
            for epochs in EPOCHS:
                if (name, epochs, training) in done:
                    continue
                cells["keras"].utils.set_random_seed(SEED + training)
                network = build()
                cells["train"](network, batches, epochs, f"{name}, {epochs} epochs")
                reached = cells["balanced_accuracy"](cells["label"]["test"], *cells["judge"](network))
                gaps = {"gap": round(best - reached, 5), "sums_gap": round(best - best_of_sums, 5)}
                rows.append(dict(zip(KEY, (name, epochs, training), strict=True)) | gaps)
                pd.DataFrame(rows).to_csv(TABLE, index=False)
                cells["keras"].backend.clear_session()
    order = {name: k for k, name in enumerate(cells["controls"])}
    table = pd.DataFrame(rows).sort_values(KEY, key=lambda c: c.map(order) if c.name == "inputs" else c)
    table.to_csv(TABLE, index=False)
    print(f"wrote {TABLE.relative_to(ROOT)}: {len(table)} rows; now run tools/checksums.py")


if __name__ == "__main__":
    main()
