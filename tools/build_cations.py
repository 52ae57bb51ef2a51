"""Make data/cations: where N-methylmorpholine rests with and without one electron, and how it vibrates there.

    OMP_NUM_THREADS=1 .venv-build/bin/python tools/build_cations.py    # a minute or two

The cation stands in for the core of the Rydberg state that a pump pulse makes: a distant electron hardly scatters.
All on GFN2-xTB's surface, the cation as a doublet. Each of the neutral's minima is relaxed with and without the
electron; so is the lowest with its nitrogen flattened.
"""

import numpy as np
from ase import Atoms
from ase.optimize import BFGS
from build_pools import KCAL, MOLECULES, ROOT, aligned, conformers, hessian, numbers_of, read, write
from tblite.ase import TBLite
from tqdm import tqdm

NAME, DATA = "N-methylmorpholine", ROOT / "data" / "cations"
NITROGEN, METHYL, RING = 1, 0, (2, 6)  # atoms: nitrogen and its three carbons
SAME = 0.02  # kcal/mol: minima nearer than this are one


def surface(numbers, positions, charge):
    """Return atoms with GFN2-xTB's surface, with or without one electron."""
    atoms = Atoms(numbers, positions)
    atoms.calc = TBLite(method="GFN2-xTB", charge=charge, multiplicity=1 + charge, accuracy=0.1, verbosity=0)
    return atoms


def flattened(positions):
    """Return positions with the methyl group moved into the plane of the ring's carbons and the nitrogen."""
    at, (left, right) = positions[NITROGEN], positions[list(RING)]
    out = 2 * at - left - right
    bond = positions[METHYL] - at
    new = at + out / np.linalg.norm(out) * np.linalg.norm(bond)
    methyl = [METHYL, *(np.argsort(np.linalg.norm(positions - positions[METHYL], axis=1))[1:5])]
    methyl = [i for i in methyl if i != NITROGEN]
    place = positions.copy()
    place[methyl] += new - positions[METHYL]
    return place


def relaxed(numbers, start, charge):
    """Return energy [eV] and positions of the minimum below a start, or None if there is no minimum."""
    atoms = surface(numbers, start, charge)
    if not BFGS(atoms, logfile=None).run(fmax=5e-4, steps=1500):
        return None
    return atoms.get_potential_energy(), atoms.positions.copy()


def minima(numbers, starts, charge):
    """Return the different minima as (energy, positions), lowest first."""
    found = []
    for start in tqdm(starts, desc=f"charge {charge}"):
        one = relaxed(numbers, start, charge)
        if one and not any(abs(one[0] - energy) < SAME * KCAL for energy, _ in found):
            found.append(one)
    return sorted(found, key=lambda pair: pair[0])


def height(positions):
    """Return how far the nitrogen lies above the plane of its three carbons [Å]."""
    a, b, c = positions[[METHYL, *RING]]
    normal = np.cross(b - a, c - a)
    return abs((positions[NITROGEN] - a) @ normal) / np.linalg.norm(normal)


def like(place, origin, mol, masses):
    """Return positions turned onto others, like atoms exchanged and the molecule mirrored if that brings them nearer."""
    rows = mol.GetSubstructMatches(mol, uniquify=False, maxMatches=10_000)
    tried = [
        aligned(sign * place[list(row)], origin, masses)
        for row in rows
        for sign in np.array([[1, 1, 1], [-1, 1, 1]])
    ]
    return min(tried, key=lambda one: ((one - origin) ** 2).sum())


def main():
    mol, starts = conformers(MOLECULES[NAME])
    numbers = numbers_of(mol)
    masses = Atoms(numbers).get_masses()
    neutral = minima(numbers, starts, 0)
    origin = read(DATA.parent / "pools" / "molecules.npz")["positions"][
        : len(numbers)
    ]  # the pool's first molecule
    places = [place for _, place in neutral]
    cation = minima(numbers, [*places, flattened(places[0])], 1)
    arrays = {"numbers": numbers.astype(np.uint8)}
    for name, found, charge in (("neutral", neutral, 0), ("cation", cation, 1)):
        arrays[f"{name} energy"] = (np.array([energy for energy, _ in found]) - found[0][0]) / KCAL
        turned = [like(place, origin, mol, masses) for _, place in found]
        arrays[f"{name} positions"] = np.array(turned)
        second = [hessian(surface(numbers, place, charge)) for place in tqdm(turned, desc=name)]
        upper = np.triu_indices(3 * len(numbers))
        arrays[f"{name} hessian"] = np.array([one[upper] for one in second], dtype=np.float32)
        print(name, arrays[f"{name} energy"].round(2), [round(float(height(place)), 3) for place in turned])
    from_neutral = like(relaxed(numbers, places[0], 1)[1], origin, mol, masses)
    apart = [np.abs(from_neutral - place).max() for place in arrays["cation positions"]]
    arrays["relaxed"] = np.array(int(np.argmin(apart)))
    print("the lowest neutral minimum relaxes to cation", arrays["relaxed"], "within", min(apart), "Å")
    write(DATA / "minima.npz", arrays)


if __name__ == "__main__":
    main()
