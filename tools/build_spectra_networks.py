"""Train what lesson 21 reads: the Hamiltonian's coefficients and four networks, each in five folds.

    python tools/build_spectra_networks.py            # resumes where it stopped; one core, about three hours
    python tools/build_spectra_networks.py --epochs   # how long each network should be trained; two hours more

An architecture is written once: what is trained here are the lesson's own cells, those tagged `preflight`,
`world` and `model`. Everything is written as soon as it is there. What is shipped was trained on a graphics
card, by the same cells on Keras's JAX backend (KERAS_BACKEND=jax), in five minutes.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from lesson_cells import defined_by
from tqdm import tqdm

from helpers import tightbinding

ROOT = Path(__file__).resolve().parent.parent
LESSON = ROOT / "notebooks" / "21_deep_spectroscopy.ipynb"
FOLDER = ROOT / "data" / "spectra_networks"
TRIED = {
    "MLP": (20, 40, 60, 200, 600),
    "CNN": (30, 100, 300, 900),
    "DTNN": (40, 120, 360),
    "SchNet-style": (40, 120, 360),
}


def read(name):
    """Return the arrays of one shipped file, none if it is not there yet."""
    path = FOLDER / name
    if not path.is_file():
        return {}
    with np.load(path, allow_pickle=False) as stored:
        return {key: stored[key] for key in stored.files}


def write(name, arrays):
    """Write one file whole."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(FOLDER / f".{name}", **arrays)
    (FOLDER / f".{name}").rename(FOLDER / name)


def empty(cells):
    """Return an array of missing levels."""
    return np.full(cells["levels"].shape, np.nan, dtype=np.float32)


def hamiltonian(cells, k):
    """Fit the coefficients on all folds but one and predict that one; the last fold, none, is fitted to all."""
    arrays = read("levels.npz")
    arrays.setdefault("hamiltonian", empty(cells))
    small, fold = cells["small"], cells["fold"]
    train, test = (small.select(rows) for rows in (fold != k, fold == k))
    binding = tightbinding.TightBinding(train.numbers, train.positions)
    coefficients, _ = cells["gauss_newton"](binding, cells["levels"][fold != k])
    arrays.setdefault("coefficients", np.full((cells["N_FOLDS"] + 1, len(coefficients)), np.nan))
    arrays["coefficients"][k] = coefficients
    if len(test):
        asked = tightbinding.TightBinding(test.numbers, test.positions)
        arrays["hamiltonian"][fold == k] = asked.levels(coefficients)
    write("levels.npz", arrays)


def network(cells, name, k):
    """Train one network on all folds but one, predict that one, keep weights and levels."""
    inputs = cells["network_inputs"]()[name]
    trained, mean = cells["train_network"](name, k, inputs)
    test = np.flatnonzero(cells["fold"] == k)
    if k in cells["FOLDS"]:
        weights = read(f"weights_{k}.npz")
        weights |= {f"{name}_{place}": array for place, array in enumerate(trained.get_weights())}
        write(f"weights_{k}.npz", weights)
    arrays = read("levels.npz")
    arrays.setdefault(name, empty(cells))
    arrays[name][test] = trained.predict(cells["chosen"](inputs, test), verbose=0, batch_size=128) + mean
    write("levels.npz", arrays)
    cells["keras"].backend.clear_session()


def try_epochs(cells):
    """Train each network on folds 2, 3 and 4 for several numbers of epochs, judge on fold 1, write the errors."""
    inputs, judged, rows = cells["network_inputs"](), np.flatnonzero(cells["fold"] == 1), []
    cells["fold"][cells["fold"] == 0] = 1  # neither is learned from
    for name, epochs in tqdm([(name, epochs) for name, tried in TRIED.items() for epochs in tried]):
        cells["EPOCHS"][name] = epochs
        trained, mean = cells["train_network"](name, 1, inputs[name])
        answer = trained.predict(cells["chosen"](inputs[name], judged), verbose=0, batch_size=128) + mean
        error = np.sqrt(np.nanmean((answer - cells["levels"][judged]) ** 2))
        rows.append({"network": name, "epochs": epochs, "rmse": error})
        cells["keras"].backend.clear_session()
    table = pd.DataFrame(rows)
    table.to_csv(FOLDER / "epochs.csv", index=False, float_format="%.4f", lineterminator="\n")


def main():
    """Train what is missing, or try how long to train."""
    cells = defined_by(LESSON)
    if "--epochs" in sys.argv:
        try_epochs(cells)
        return
    first = [np.flatnonzero(cells["fold"] == k)[0] for k in range(cells["N_FOLDS"])]
    tasks = [("hamiltonian", k) for k in range(cells["N_FOLDS"] + 1)]
    tasks += [(name, k) for k in range(cells["N_FOLDS"]) for name in cells["NETWORKS"]]
    for name, k in tqdm(tasks, desc="trainings"):
        done = read("levels.npz")
        if name == "hamiltonian" and "coefficients" in done and np.isfinite(done["coefficients"][k, 0]):
            continue
        if name in cells["NETWORKS"] and name in done and np.isfinite(done[name][first[k], 0]):
            continue
        if name == "hamiltonian":
            hamiltonian(cells, k)
        else:
            network(cells, name, k)
    print(f"wrote {FOLDER.relative_to(ROOT)}; now run tools/checksums.py")


if __name__ == "__main__":
    main()
