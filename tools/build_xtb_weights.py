"""Solve for the weights that lesson 20 reads: xTB's HOMO of 8019 molecules, without each of eleven folds.

    python tools/build_xtb_weights.py     # two gigabytes, some minutes

Kernel, distance and inverse are the lesson's own cells, those tagged `preflight`, `world` and `model`. Width and ridge
are chosen on molecules that have no PBE label, so never on one that the lesson tests.
"""

from pathlib import Path

import numpy as np
from lesson_cells import defined_by

from helpers import descriptors, molecules

ROOT = Path(__file__).resolve().parent.parent
LESSON = ROOT / "notebooks" / "20_kernel_regression.ipynb"
PLACE = ROOT / "data" / "xtb_weights" / "weights.npz"
SETTINGS = ((6, 3e-4), (10, 1e-4), (10, 3e-4))
FOLDS, FOLDING = 11, 0


def distances(lesson):
    """Return the squared distances of all molecules in units of the median over those with PBE labels, and that unit."""
    many, small = molecules.load("xtb", "small"), lesson["small"]
    atoms = descriptors.atom_environments(many.numbers, many.positions.astype(float))
    squared = lesson["sum_and_distance"](atoms, atoms)[1]
    has_pbe = np.flatnonzero(many.table.key.isin(small.table.key))
    unit = np.median(squared[np.ix_(has_pbe, has_pbe)])
    return squared / unit, unit


def folds_of_all(lesson):
    """Return the fold that leaves each of the 8019 molecules out, and folds of those that have no PBE label."""
    many, small = molecules.load("xtb", "small"), lesson["small"]
    fold = dict(zip(small.table.connectivity, small.folds(FOLDS, seed=FOLDING), strict=True))
    tested = many.table.connectivity.map(fold).fillna(-1).astype(int).to_numpy()
    free = np.full(len(many), -1)
    free[tested < 0] = many.select(tested < 0).folds(FOLDS, seed=FOLDING)
    return tested, free


def main():
    lesson = defined_by(LESSON)
    many, small = molecules.load("xtb", "small"), lesson["small"]
    homo = many.levels["xtb"][:, 0].astype(float)
    distance, unit = distances(lesson)
    tested, free = folds_of_all(lesson)
    best = (np.inf, None, None)
    for width, ridge in SETTINGS:
        inverted = lesson["inverse"](lesson["gaussian"](distance, width), ridge)
        predicted = lesson["held_out"](inverted, homo, free)
        off = np.abs(predicted - homo)[free >= 0].mean()
        print(f"width {width}, ridge {ridge:g}: {off:.4f} eV on molecules without a PBE label", flush=True)
        if off < best[0]:
            best = (off, (width, ridge), solutions(inverted, homo, tested))
        del inverted
    _, (width, ridge), (alpha, predicted) = best
    places = many.table.key.reset_index().set_index("key")["index"].loc[small.table.key].to_numpy()
    PLACE.parent.mkdir(exist_ok=True)
    np.savez_compressed(
        PLACE,
        alpha=alpha,
        predicted=predicted[places].astype(np.float32),
        width=width,
        ridge=ridge,
        unit=unit,
    )
    off = np.abs(predicted - homo)[places].mean()
    print(f"{PLACE.relative_to(ROOT)}: xTB's HOMO of the tested molecules to {off:.4f} eV")


def solutions(inverted, homo, tested):
    """Return each fold's weights (0 for what it leaves out), and the predictions of what is left out."""
    alpha, predicted = inverted @ homo, np.full(len(homo), np.nan)
    found = np.zeros((FOLDS, len(homo)))
    for k in range(FOLDS):
        out = tested == k
        missed = np.linalg.solve(inverted[np.ix_(out, out)], alpha[out])
        found[k] = np.where(out, 0, alpha - inverted[:, out] @ missed)
        predicted[out] = homo[out] - missed
    return found, predicted


if __name__ == "__main__":
    main()
