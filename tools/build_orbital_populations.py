"""Make data/orbital_populations: on which atoms the orbitals of small molecules lie, at GFN2-xTB.

    OMP_NUM_THREADS=1 PYTHONPATH=. .venv-build/bin/python tools/build_orbital_populations.py    # half a minute

It needs tblite, so it runs with the Python of the molecular set (.venv-build, see the Makefile), which lacks
scikit-learn. Every molecule is held against its stored levels and against tblite's own atomic charges.
"""

from importlib.metadata import version
from pathlib import Path

import numpy as np
from pyscf.data.nist import BOHR, HARTREE2EV
from tblite.interface import Calculator
from tqdm import tqdm

from helpers import molecules

FOLDER = Path(__file__).resolve().parent.parent / "data" / "orbital_populations"
VALENCE = np.array([0, 1, 0, 0, 0, 0, 4, 5, 6, 7])  # electrons by atomic number
N_LEVELS, UNIT = 16, 250

CARD = """# Where the occupied orbitals lie

| | |
|---|---|
| what | Mulliken populations of the highest {levels} occupied orbitals on every atom of {n} molecules: p_a = Σ_µ∈a C_µ (S C)_µ, with the coefficients C of an orbital and the overlap matrix S of the atomic orbitals µ; they sum to one |
| files | `populations.npz`: `key` (as in the table of `helpers.molecules`), `population` (n, {levels}, {width}) in units of 1/{unit}, HOMO first, in the order of the molecule's atoms, 0 behind the last one and where a molecule has no more orbitals |
| molecules | the {n} of the subset `small` that have levels at GFN2-xTB and PBE, in the order of the table |
| level of theory | GFN2-xTB (Bannwarth et al., JCTC 15, 1652 (2019)) at the stored geometry; minimal basis (H s; C, N, O, F s and p), tblite {tblite} |
| how made | `tools/build_orbital_populations.py`, half a minute on one core, with the Python of `.venv-build` |
| checked | before rounding each sum is one within 1e-6; each level agrees with the stored one within 0.01 eV (largest difference: {off:.1g} eV); populations of all occupied orbitals together give tblite's own atomic charges within 1e-4 |
| beware | where two levels lie close ({close} molecules have HOMO−1 within 0.1 eV of the HOMO), a small change of the geometry mixes their orbitals. Mulliken's populations are no probabilities: they can fall below zero (here down to {lowest:.1g}, stored as 0); rounding moves one by at most {half:.3f} |
| licence | CC BY 4.0, The Faint Signals developers |
"""


def populations(numbers, positions):
    """Return the populations of the highest occupied orbitals on each atom (16, n_atoms), and their levels in eV."""
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
    n_occupied = VALENCE[numbers].sum() // 2
    chosen = n_occupied - 1 - np.arange(min(n_occupied, N_LEVELS))
    found, level = np.zeros((N_LEVELS, len(numbers))), np.full(N_LEVELS, np.nan)
    found[: len(chosen)], level[: len(chosen)] = (
        population[:, chosen].T,
        (result.get("orbital-energies") * HARTREE2EV)[chosen],
    )
    return found, level


def packed(population):
    """Return populations as they are stored: in units of 1/250, none below zero."""
    return np.round(UNIT * np.clip(population, 0, 255 / UNIT)).astype(np.uint8)


def main():
    """Compute the populations and write them with their card."""
    known = molecules.load(("xtb", "pbe"), "small")
    every = np.zeros((len(known), N_LEVELS, known.numbers.shape[1]))
    level = np.zeros((len(known), N_LEVELS))
    for i in tqdm(range(len(known)), desc="molecules"):
        n = np.count_nonzero(known.numbers[i])
        every[i, :, :n], level[i] = populations(known.numbers[i, :n], known.positions[i, :n])
    off = np.nanmax(np.abs(level - known.levels["xtb"]))
    assert off < 0.01, f"a level is {off} eV away from the stored one"
    assert (np.isnan(level) == np.isnan(known.levels["xtb"])).all()
    FOLDER.mkdir(parents=True, exist_ok=True)
    key = known.table["key"].to_numpy(dtype=str)
    np.savez_compressed(FOLDER / "populations.npz", key=key, population=packed(every))
    card = CARD.format(
        n=len(known),
        levels=N_LEVELS,
        unit=UNIT,
        width=known.numbers.shape[1],
        tblite=version("tblite"),
        off=off,
        close=np.sum(level[:, 0] - level[:, 1] < 0.1),
        lowest=every.min(),
        half=0.5 / UNIT,
    )
    (FOLDER / "README.md").write_text(card, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
