"""Train the networks that lessons 10 and 11 read: on corrected signals, on raw ones, and with the S1's shape.

    python tools/build_compression_networks.py    # resumes where it stopped; one core, about 4 minutes

An architecture is written once: what is trained here are lesson 10's own cells, those tagged `preflight` and
`model`, on more events and for longer. Each network is calibrated on events of its own before it is kept.
"""

import time
from pathlib import Path

import numpy as np
import pandas as pd
from lesson_cells import defined_by
from tqdm import tqdm

from helpers import search

ROOT = Path(__file__).resolve().parent.parent
LESSON = ROOT / "notebooks" / "10_network_compression.ipynb"
FOLDER = ROOT / "data" / "compression_networks"
EVENTS, EPOCHS, BATCH, RATE, SEED = 1_200_000, 20, 2048, 4e-3, 8


def main():
    """Train what is missing."""
    cells = defined_by(LESSON, ("preflight", "model"))
    keras = cells["keras"]
    FOLDER.mkdir(parents=True, exist_ok=True)
    todo = [kind for kind in cells["INPUTS"] if not (FOLDER / f"{kind}.keras").is_file()]
    if not todo:
        return
    training, rest = (
        search.simulate(n, rng=np.random.default_rng([2201, 5734, k]), prescale=50)
        for k, n in enumerate((EVENTS, EVENTS // 2))
    )
    for kind in tqdm(todo, desc="networks"):
        start = time.process_time()
        network, history = cells["train"](kind, training, SEED, EPOCHS, BATCH, RATE, quiet=True)
        seconds = time.process_time() - start
        cells["calibrate"](network, rest, kind)
        bare = keras.models.clone_model(network)  # without the optimiser's memory, two thirds of the file
        bare.set_weights(network.get_weights())
        bare.save(FOLDER / f"{kind}.keras")
        row = {
            "network": kind,
            "events": len(training),
            "epochs": EPOCHS,
            "batch": BATCH,
            "seed": SEED,
            "validation_loss": round(history["val_loss"][-1], 5),
            "cpu_seconds": round(seconds),
        }
        table = FOLDER / "trainings.csv"
        pd.DataFrame([row]).to_csv(table, mode="a", header=not table.is_file(), index=False)
        keras.backend.clear_session()
    print("trained; now run tools/checksums.py")


if __name__ == "__main__":
    main()
