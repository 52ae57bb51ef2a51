"""Train what lesson 24 reads: a line and a network for each of two defects, and eight small trainings.

    python tools/build_hamiltonian_networks.py    # resumes where it stopped; one core, about an hour and a half

An architecture is written once: what is trained here are the lesson's own cells, those tagged `preflight`,
`world` and `model`. Everything is written as soon as it is there. What is shipped was trained on a graphics card, by
the same cells on Keras's JAX backend (KERAS_BACKEND=jax).
"""

from pathlib import Path

import numpy as np
from lesson_cells import defined_by
from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent
LESSON = ROOT / "notebooks" / "24_bands_to_hamiltonian.ipynb"
FOLDER = ROOT / "data" / "hamiltonian_networks"
LARGE = {"vacancy": (300_000, 40), "flower": (60_000, 40)}  # Hamiltonians, epochs
ENTRIES = 8


def large(cells, defect):
    """Train line and network of one defect; return their arrays."""
    n, epochs = LARGE[defect]
    sheet = cells["lattice"].vacancy(4) if defect == "vacancy" else cells["lattice"].flower(5)
    family = cells["graphene_family"](sheet)
    units, energies = family.draw(n, np.random.default_rng([24, 0, n]))
    rows = cells["features"](energies, family.neutral)
    line = cells["straight_line"](rows, units)
    rest = units - line.predict(rows)
    cells["keras"].utils.set_random_seed(24)
    trained = cells["train"](rows, rest, epochs)
    arrays = {"slope": line.coef_, "offset": line.intercept_, "spread": rest.std(axis=0)}
    arrays |= {f"layer_{k}": array for k, array in enumerate(trained.get_weights())}
    return {name: array.astype(np.float32) for name, array in arrays.items()}


def main():
    """Train what is missing."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    cells = defined_by(LESSON)
    for defect in tqdm([d for d in LARGE if not (FOLDER / f"{d}.npz").is_file()], desc="defects"):
        np.savez_compressed(FOLDER / f"{defect}.npz", **large(cells, defect))
    errors = FOLDER / "small_trainings.txt"
    if not errors.is_file():
        rows = [cells["small_training"](entry)[-1] for entry in tqdm(range(ENTRIES), desc="small trainings")]
        np.savetxt(
            errors, rows, fmt="%.5f", header="line and network: rms error of the units, entries 0 to 7"
        )
    print(f"wrote {FOLDER.relative_to(ROOT)}; now run tools/checksums.py")


if __name__ == "__main__":
    main()
