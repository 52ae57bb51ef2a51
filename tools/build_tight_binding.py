"""Fit the tight-binding coefficients that lesson 22 loads: five folds of the small molecules, and all of them.

    python tools/build_tight_binding.py     # one core, about 10 minutes

Gauss–Newton steps with a weak pull to the start (free atoms, Harrison's hoppings), as lesson 21 explains them.
"""

from pathlib import Path

import numpy as np

from helpers import molecules, tightbinding

FILE = Path(__file__).resolve().parent.parent / "data" / "tight_binding" / "coefficients.npz"
N_FOLDS, SEED = 5, 0
N_STEPS, PULL, LARGE = 13, 0.01, 1.5  # Gauss–Newton steps; ridge; rests above this [eV] count less


def fit(numbers, positions, levels):
    """Return the coefficients that bring a Hamiltonian's levels closest to these [eV].

    Parameters
    ----------
    numbers, positions : ndarray
        As in `helpers.molecules`.
    levels : ndarray, shape (n, 16)
        HOMO first, NaN where a molecule has fewer.
    """
    model = tightbinding.TightBinding(numbers, positions)
    start = model.start()
    coefficients = start.copy()
    for _ in range(N_STEPS):
        found, vectors = model.levels(coefficients, vectors=True)
        rest = levels - found
        matrix, right = model.normal_equations(vectors, rest, 1 / (1 + (rest / LARGE) ** 2))
        matrix[np.diag_indices_from(matrix)] += PULL
        coefficients = coefficients + np.linalg.solve(matrix, right - PULL * (coefficients - start))
    return coefficients


def main():
    """Fit each fold's complement, then everything, and store the six rows."""
    small = molecules.load(("pbe",), "small")
    levels, folds = small.levels["pbe"].astype(float), small.folds(N_FOLDS, seed=SEED)
    rows = []
    for fold in [*range(N_FOLDS), -1]:  # no molecule is in fold −1: the last row is fitted to all
        chosen = folds != fold
        part = small.select(chosen)
        rows.append(fit(part.numbers, part.positions, levels[chosen]))
        print(f"fold {fold}: fitted to {len(part)} molecules")
    FILE.parent.mkdir(exist_ok=True)
    np.savez_compressed(FILE, coefficients=np.array(rows))


if __name__ == "__main__":
    main()
