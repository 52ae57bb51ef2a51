"""Make data/homo_populations: on which atoms the highest occupied orbital of 300 molecules lies, at GFN2-xTB.

    OMP_NUM_THREADS=1 PYTHONPATH=. .venv-build/bin/python tools/build_homo_populations.py    # ten seconds

It needs tblite, so it runs with the Python of the molecular set (.venv-build, see the Makefile), which lacks
scikit-learn. Every molecule is held against its stored level and against tblite's own atomic charges.
"""

from importlib.metadata import version
from pathlib import Path

import numpy as np
from pyscf.data.nist import BOHR, HARTREE2EV
from tblite.interface import Calculator
from tqdm import tqdm

from helpers import molecules

FOLDER = Path(__file__).resolve().parent.parent / "data" / "homo_populations"
SEED, N_MOLECULES, AT_LEAST = 2026, 300, 3  # heavy atoms
VALENCE = np.array([0, 1, 0, 0, 0, 0, 4, 5, 6, 7])  # electrons by atomic number

CARD = """# Where the highest occupied orbital lies

| | |
|---|---|
| what | Mulliken populations of the HOMO on every atom of {n} molecules: p_a = Σ_µ∈a C_µ (S C)_µ, with the coefficients C of the HOMO and the overlap matrix S of the atomic orbitals µ; they sum to one |
| files | `populations.npz`: `key` (as in the table of `helpers.molecules`), `population` (n, {width}), in the order of the molecule's atoms, 0 behind the last one; `homo`, the level, and `gap`, how far below it HOMO−1 lies, both in eV |
| molecules | drawn at random among the {total} of the subset `small` that have levels at GFN2-xTB and PBE and at least {heavy} heavy atoms; rows in the order of the table |
| seed | {seed} |
| level of theory | GFN2-xTB (Bannwarth et al., JCTC 15, 1652 (2019)) at the stored geometry; minimal basis (H s; C, N, O, F s and p), tblite {tblite} |
| how made | `tools/build_homo_populations.py`, ten seconds on one core, with the Python of `.venv-build` |
| checked | each sum is one within 1e-6; each HOMO agrees with the stored level within 0.01 eV (largest difference, in the stored single precision: {off:.1g} eV); populations of all occupied orbitals together give tblite's own atomic charges within 1e-4 |
| beware | where HOMO−1 lies close below ({close} molecules within 0.1 eV, {degenerate} within 0.001 eV), a small change of the geometry mixes the two: leave these out by `gap`. Mulliken's populations are no probabilities: they can fall below zero (here down to {lowest:.0e}) |
| licence | CC BY 4.0, The Faint Signals developers |
"""


def homo(numbers, positions):
    """Return the populations of the HOMO on each atom, its energy and its distance to HOMO−1 in eV."""
    calculator = Calculator("GFN2-xTB", numbers, positions.astype(float) / BOHR)
    calculator.set("verbosity", 0)
    calculator.set("save-integrals", 1)
    result = calculator.singlepoint()
    orbitals = result.get("orbital-coefficients")  # one a column
    atom = calculator.get("shell-map")[calculator.get("orbital-map")]
    by_orbital = orbitals * (result.get("overlap-matrix") @ orbitals)
    population = (atom == np.arange(len(numbers))[:, None]).astype(float) @ by_orbital  # (atom, orbital)
    assert np.allclose(population.sum(axis=0), 1, rtol=0, atol=1e-6)
    charges = VALENCE[numbers] - population @ result.get("orbital-occupations")
    assert np.allclose(charges, result.get("charges"), rtol=0, atol=1e-4)
    energy = result.get("orbital-energies") * HARTREE2EV
    highest = VALENCE[numbers].sum() // 2 - 1
    return population[:, highest], energy[highest], energy[highest] - energy[highest - 1]


def main():
    """Compute the populations and write them with their card."""
    known = molecules.load(("xtb", "pbe"), "small")
    eligible = np.flatnonzero(known.table["heavy"] >= AT_LEAST)
    chosen = np.random.default_rng(SEED).choice(eligible, N_MOLECULES, replace=False)
    known = known.select(np.sort(chosen))
    arrays = {
        "key": known.table["key"].to_numpy(dtype=str),
        "population": np.zeros(known.numbers.shape, np.float32),
        "gap": np.zeros(len(known), np.float32),
        "homo": np.zeros(len(known), np.float32),
    }
    for i in tqdm(range(len(known)), desc="molecules"):
        n = np.count_nonzero(known.numbers[i])
        found, arrays["homo"][i], arrays["gap"][i] = homo(known.numbers[i, :n], known.positions[i, :n])
        arrays["population"][i, :n] = found
    off = np.abs(arrays["homo"] - known.levels["xtb"][:, 0]).max()
    assert off < 0.01, f"a HOMO is {off} eV away from the stored level"
    assert np.allclose(arrays["population"].sum(axis=1), 1, rtol=0, atol=1e-6)
    FOLDER.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(FOLDER / "populations.npz", **arrays)
    card = CARD.format(
        n=len(known),
        width=known.numbers.shape[1],
        total=len(eligible),
        heavy=AT_LEAST,
        seed=SEED,
        tblite=version("tblite"),
        off=off,
        close=np.sum(arrays["gap"] < 0.1),
        degenerate=np.sum(arrays["gap"] < 0.001),
        lowest=arrays["population"].min(),
    )
    (FOLDER / "README.md").write_text(card, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
