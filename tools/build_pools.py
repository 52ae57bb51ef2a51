"""Make data/pools: small molecules' geometries and vibrations, and how four of them move.

    OMP_NUM_THREADS=1 .venv-build/bin/python tools/build_pools.py [molecules motion opening]    # resumes; 45 minutes

All on GFN2-xTB's surface. Each molecule's record, and each run's, is kept in build/pools until all are there.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from ase import Atoms, units
from ase.data import chemical_symbols
from ase.optimize import BFGS
from rdkit import Chem
from rdkit.Chem import AllChem, rdMolTransforms
from scipy.spatial.transform import Rotation
from tblite.ase import TBLite
from tblite.interface import Calculator
from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools" / "molecules"))
import levels  # noqa: E402
import structures  # noqa: E402

DATA, WORK = ROOT / "data" / "pools", ROOT / "build" / "pools"
SEED, N_CONFORMERS, N_TRIED, STEP = 25, 40, 10, 0.005  # Å
TEMPERATURE = 300.0  # K
HYDROGEN = (
    3.0  # u, where no time runs: heavier than it is, for longer steps; structures do not depend on masses
)
WARM_UP, N_FRAMES, BETWEEN = 3000, 300, 50  # steps of 1 fs, frames, steps
KCAL = units.kcal / units.mol

LESSON = {
    "N-methylmorpholine": "CN1CCOCC1",
    "1,3-cyclohexadiene": "C1=CC=CCC1",
    "1,2-dithiane": "C1CCSSC1",
    "1,3,5-hexatriene": "C=C/C=C/C=C",
}
HAIRPIN = "cZc-1,3,5-hexatriene"  # what the ring's opening leads to
MOLECULES = LESSON | {
    HAIRPIN: r"C=C/C=C\C=C",
    # rings without a heteroatom
    "cyclopentane": "C1CCCC1",
    "cyclopentene": "C1=CCCC1",
    "cyclopentadiene": "C1=CCC=C1",
    "cyclohexane": "C1CCCCC1",
    "cyclohexene": "C1=CCCCC1",
    "1,4-cyclohexadiene": "C1=CCC=CC1",
    "methylcyclohexane": "CC1CCCCC1",
    "cyclohexanone": "O=C1CCCCC1",
    "cycloheptatriene": "C1=CC=CCC=C1",
    "norbornane": "C1C[C@H]2CC[C@@H]1C2",
    "norbornadiene": "C1=C[C@H]2C=C[C@@H]1C2",
    # rings with one
    "pyrrolidine": "C1CCNC1",
    "tetrahydrofuran": "C1CCOC1",
    "tetrahydrothiophene": "C1CCSC1",
    "piperidine": "C1CCNCC1",
    "N-methylpiperidine": "CN1CCCCC1",
    "tetrahydropyran": "C1CCOCC1",
    "thiane": "C1CCSCC1",
    "morpholine": "C1COCCN1",
    "thiomorpholine": "C1CSCCN1",
    "piperazine": "C1CNCCN1",
    "1,4-dioxane": "C1COCCO1",
    "1,3-dithiane": "C1CSCSC1",
    "1,4-dithiane": "C1CSCCS1",
    "quinuclidine": "C1CN2CCC1CC2",
    # aromatic ones
    "benzene": "c1ccccc1",
    "toluene": "Cc1ccccc1",
    "fluorobenzene": "Fc1ccccc1",
    "1,4-difluorobenzene": "Fc1ccc(F)cc1",
    "phenol": "Oc1ccccc1",
    "aniline": "Nc1ccccc1",
    "anisole": "COc1ccccc1",
    "thiophenol": "Sc1ccccc1",
    "benzonitrile": "N#Cc1ccccc1",
    "styrene": "C=Cc1ccccc1",
    "pyridine": "c1ccncc1",
    "pyrimidine": "c1cncnc1",
    "pyrrole": "c1cc[nH]c1",
    "imidazole": "c1c[nH]cn1",
    "furan": "c1ccoc1",
    "thiophene": "c1ccsc1",
    "thiazole": "c1cscn1",
    "indole": "c1ccc2[nH]ccc2c1",
    "uracil": "O=c1cc[nH]c(=O)[nH]1",
    "naphthalene": "c1ccc2ccccc2c1",
    # chains
    "isoprene": "C=CC(=C)C",
    "hexane": "CCCCCC",
    "diethyl ether": "CCOCC",
    "dimethyl disulfide": "CSSC",
    "diethyl sulfide": "CCSCC",
    "ethyl acetate": "CCOC(C)=O",
    "N,N-dimethylacetamide": "CN(C)C(C)=O",
    "glycine": "NCC(=O)O",
}


def surface(numbers, positions):
    """Return atoms with the surface on which everything here lives, its field converged tightly."""
    atoms = Atoms(numbers, positions)
    atoms.calc = TBLite(method="GFN2-xTB", accuracy=0.1, verbosity=0)
    return atoms


# --- minima and vibrations ----------------------------------------------------------------------


def conformers(smiles):
    """Return the molecule with hydrogens, and starting geometries that differ: MMFF94's minima, lowest first."""
    mol = Chem.AddHs(Chem.MolFromSmiles(smiles))
    settings = AllChem.ETKDGv3()
    settings.randomSeed, settings.useSmallRingTorsions = SEED, True
    try:
        AllChem.EmbedMultipleConfs(mol, N_CONFORMERS, settings)
    except RuntimeError:  # its line search fails on some small rings
        settings.useSmallRingTorsions = False
        AllChem.EmbedMultipleConfs(mol, N_CONFORMERS, settings)
    relaxed = AllChem.MMFFOptimizeMoleculeConfs(mol, maxIters=5000)
    found = []
    for k in np.argsort([energy for _, energy in relaxed]):
        positions = mol.GetConformer(int(k)).GetPositions()
        shape = np.append(np.sort(Atoms(numbers_of(mol), positions).get_moments_of_inertia()), relaxed[k][1])
        if not any(np.allclose(shape, other, rtol=1e-3, atol=1e-2) for other, _ in found):
            found.append((shape, positions))
    return mol, [positions for _, positions in found[:N_TRIED]]


def numbers_of(mol):
    """Return the atomic numbers."""
    return np.array([atom.GetAtomicNum() for atom in mol.GetAtoms()])


def minima(name, smiles):
    """Return the molecule and its minima as (energy [eV], positions), lowest first."""
    mol, starts = conformers(smiles)
    found = []
    for start in [hairpin(mol)] if name == HAIRPIN else starts:
        atoms = surface(numbers_of(mol), start)
        if not BFGS(atoms, logfile=None).run(fmax=0.01, steps=500):
            continue
        if not any(abs(atoms.get_potential_energy() - energy) < 1e-3 for energy, _ in found):
            found.append((atoms.get_potential_energy(), atoms.positions.copy()))
    return mol, sorted(found, key=lambda pair: pair[0])


def hairpin(mol):
    """Return the start that has both single bonds between the double ones turned to the same side of s-cis, as in the ring."""
    one = mol.GetConformer(0)
    for k in (0, 2):
        rdMolTransforms.SetDihedralDeg(one, k, k + 1, k + 2, k + 3, -40.0)
    return one.GetPositions()


def hessian(atoms):
    """Return the second derivatives [eV/Å²] by central differences of the forces."""
    centre, result = atoms.positions.copy(), []
    for i in range(centre.size):
        moved = []
        for sign in (1, -1):
            atoms.positions.flat[i] = centre.flat[i] + sign * STEP
            moved.append(atoms.get_forces().ravel())
        atoms.positions = centre
        result.append((moved[1] - moved[0]) / (2 * STEP))
    return (np.array(result) + np.array(result).T) / 2


def turned(atoms):
    """Place the centre of mass at the origin and the principal axes along x, y, z, the longest extent along z."""
    place = atoms.positions - atoms.get_center_of_mass()
    axes = atoms.get_moments_of_inertia(vectors=True)[1][::-1]  # rows, the largest moment first
    place = place @ axes.T
    sign = np.where((atoms.get_masses()[:, None] * place**3).sum(axis=0) < -1e-6, -1, 1)
    sign[0] = sign[1] * sign[2] * round(np.linalg.det(axes))  # a molecule is not mirrored
    atoms.positions = place * sign


def record(name, smiles):
    """Return one molecule's record; raise levels.Failure if it is not what was asked for."""
    mol, found = minima(name, smiles)
    key = structures.inchikey(smiles)
    atoms = surface(numbers_of(mol), found[0][1])
    for _ in range(3):
        if not BFGS(atoms, logfile=None).run(fmax=1e-4, steps=2000):
            raise levels.Failure(f"{name} does not converge")
        lowest, mode = levels.lowest_mode(atoms)
        if lowest > 0:
            break
        atoms.positions += 0.2 * mode / np.abs(mode).max()
    else:
        raise levels.Failure(f"{name} is a saddle point")
    levels.check_structure(mol, atoms.positions, key)
    turned(atoms)
    return {
        "smiles": smiles,
        "inchikey": key,
        "numbers": atoms.numbers.astype(np.uint8),
        "positions": atoms.positions,
        "hessian": hessian(atoms)[np.triu_indices(3 * len(atoms))].astype(np.float32),
        "lowest": lowest,
        "minima": (np.array([energy for energy, _ in found]) - found[0][0]) / KCAL,
        "other": np.array([place for _, place in found[1:2]]),
    }


def molecules():
    """Write molecules.npz: the records end to end."""
    for name, smiles in tqdm(MOLECULES.items(), desc="molecules"):
        if not part(name).is_file():
            write(part(name), record(name, smiles))
    records = {name: read(part(name)) for name in MOLECULES}
    write(
        DATA / "molecules.npz",
        {
            "names": np.array(list(records)),
            "n_atoms": np.array([len(one["numbers"]) for one in records.values()], dtype=np.uint8),
            "smiles": np.array([str(one["smiles"]) for one in records.values()]),
            "inchikeys": np.array([str(one["inchikey"]) for one in records.values()]),
            "numbers": np.concatenate([one["numbers"] for one in records.values()]),
            "positions": np.concatenate([one["positions"] for one in records.values()]),
            "hessians": np.concatenate([one["hessian"] for one in records.values()]),
        },
    )
    for name, one in records.items():
        others = ", ".join(f"{energy:.2f}" for energy in one["minima"][1:])
        formula = Atoms([chemical_symbols[z] for z in one["numbers"]]).get_chemical_formula()
        print(f"{name:24} {formula:10} lowest {one['lowest']:6.1f} cm⁻¹; other minima at {others} kcal/mol")


# --- motion -------------------------------------------------------------------------------------


class Forces:
    """GFN2-xTB's energy [eV] and forces [eV/Å] at positions [Å], each field starting from the last one."""

    def __init__(self, numbers, positions, electrons=300.0):
        self.calculator = Calculator("GFN2-xTB", numbers, positions / units.Bohr)
        self.calculator.set("verbosity", 0)
        self.calculator.set("temperature", electrons * units.kB / units.Hartree)
        self.last = None

    def __call__(self, positions):
        """Return energy and forces; a field that does not converge from the last one is started anew."""
        self.calculator.update(positions / units.Bohr)
        try:
            self.last = self.calculator.singlepoint(self.last)
        except RuntimeError:
            self.last = self.calculator.singlepoint()
        force = -self.last.get("gradient") * units.Hartree / units.Bohr
        return self.last.get("energy") * units.Hartree, force


def langevin(forces, masses, state, n_steps, step, friction, rng):
    """Move (positions, velocities, forces) on by Langevin's equation at TEMPERATURE.

    Leimkuhler and Matthews' splitting BAOAB (J. Chem. Phys. 138 (2013) 174102): kick, drift, noise, drift, kick.
    """
    place, speed, force = state
    keep = np.exp(-friction * step)
    noise = np.sqrt((1 - keep**2) * TEMPERATURE * units.kB / masses)
    for _ in range(n_steps):
        speed = speed + step / 2 * force / masses
        place = place + step / 2 * speed
        speed = keep * speed + noise * rng.standard_normal(place.shape)
        place = place + step / 2 * speed
        force = forces(place)[1]
        speed = speed + step / 2 * force / masses
    return place, speed, force


def aligned(place, reference, masses):
    """Return positions turned onto the reference, centres of mass at the origin, heavier atoms weighing more."""
    place, weight = place - np.average(place, axis=0, weights=masses), masses[:, None]
    u, _, v = np.linalg.svd((place * weight).T @ reference)
    u[:, -1] *= np.sign(np.linalg.det(u @ v))
    return place @ (u @ v)


def thermal(masses, shape, rng):
    """Return velocities drawn from Maxwell's and Boltzmann's distribution."""
    return np.sqrt(TEMPERATURE * units.kB / masses) * rng.standard_normal(shape)


def dynamics(name):
    """Return frames of Langevin dynamics from the minimum, the first WARM_UP steps thrown away."""
    start, rng = read(part(name)), np.random.default_rng([SEED, list(LESSON).index(name)])
    masses = Atoms(start["numbers"]).get_masses()[:, None]
    forces, place = Forces(start["numbers"], start["positions"]), start["positions"]
    settings = (forces, masses), (units.fs, 0.01 / units.fs, rng)
    state = (place, thermal(masses, place.shape, rng), forces(place)[1])
    state = langevin(*settings[0], state, WARM_UP, *settings[1])
    frames = []
    for _ in tqdm(range(N_FRAMES), desc=f"{name} dynamics"):
        state = langevin(*settings[0], state, BETWEEN, *settings[1])
        frames.append(aligned(state[0], start["positions"], masses[:, 0]))
    return {"positions": np.array(frames, dtype=np.float32)}


def turns(name):
    """Return the single bonds outside of rings, each as its two atoms and the atoms on the second one's side."""
    mol = Chem.AddHs(Chem.MolFromSmiles(MOLECULES[name]))
    found = []
    for i, j in mol.GetSubstructMatches(Chem.MolFromSmarts("[!D1]-!@[!D1]")):
        cut = Chem.FragmentOnBonds(mol, [mol.GetBondBetweenAtoms(i, j).GetIdx()], addDummies=False)
        found.append((i, j, next(list(side) for side in Chem.GetMolFrags(cut) if j in side)))
    return found


def turn_bond(place, bond, by):
    """Return positions with one side of a bond turned about it."""
    i, j, side = bond
    place, about = place.copy(), (place[j] - place[i]) / np.linalg.norm(place[j] - place[i])
    place[side] = place[i] + (place[side] - place[i]) @ Rotation.from_rotvec(by * about).as_matrix().T
    return place


def monte_carlo(name):
    """Return frames of Metropolis Monte Carlo: turns about single bonds by any angle, and paths.

    A path is a hybrid Monte-Carlo move (Duane et al., Phys. Lett. B 195 (1987) 216): new velocities, some steps of
    Newton's equation, taken or not by the change of the whole energy.
    """
    start, rng = read(part(name)), np.random.default_rng([SEED, 10 + list(LESSON).index(name)])
    real = Atoms(start["numbers"]).get_masses()
    masses = np.where(start["numbers"] == 1, HYDROGEN, real)[:, None]
    forces, place, bonds = Forces(start["numbers"], start["positions"]), start["positions"], turns(name)
    (energy, force), frames, taken = forces(place), [], []
    for frame in tqdm(range(-N_FRAMES // 10, N_FRAMES), desc=f"{name} Monte Carlo"):
        for path in 4 * [False] * bool(bonds) + 2 * [True]:
            if path:
                speed = thermal(masses, place.shape, rng)
                before = energy + (masses * speed**2).sum() / 2
                state = langevin(
                    forces, masses, (place, speed, force), rng.integers(20, 41), 1.5 * units.fs, 0, rng
                )
                new = (state[0], *forces(state[0]))
                after = new[1] + (masses * state[1] ** 2).sum() / 2
            else:
                trial = turn_bond(place, bonds[rng.integers(len(bonds))], rng.uniform(-np.pi, np.pi))
                new, before = (trial, *forces(trial)), energy
                after = new[1]
            accepted = rng.random() < np.exp(min((before - after) / (TEMPERATURE * units.kB), 0))
            taken.append((path, accepted))
            if accepted:
                place, energy, force = new
        if frame >= 0:
            frames.append(aligned(place, start["positions"], real))
    shares = [np.mean([yes for kind, yes in taken if kind == path] or [np.nan]) for path in (False, True)]
    return {"positions": np.array(frames, dtype=np.float32), "taken": np.array(shares)}


def motion():
    """Write motion.npz: both kinds of frames of each of the lessons' molecules."""
    arrays = {}
    for name in LESSON:
        for kind, make in (("dynamics", dynamics), ("torsions", monte_carlo)):
            file = part(f"{name} {kind}")
            if not file.is_file():
                write(file, make(name))
            arrays[f"{name} {kind}"] = read(file)["positions"]
        print(name, "turns and paths taken:", read(file)["taken"])
    write(DATA / "motion.npz", arrays)


# --- the ring opens -----------------------------------------------------------------------------

# of the breaking bond's length [Å], closer where the orbitals cross and the structures would slip past
WINDOWS = (
    np.concatenate([np.arange(1350, 2150, 50), np.arange(2150, 2500, 25), np.arange(2500, 5601, 50)]) / 1000
)
N_RUNS, MOVE, SETTLE, N_KEPT, EVERY = 6, 50, 50, 25, 10  # steps of 1 fs; frames; steps
SPRING = 0.5 * units.Hartree / units.Bohr**2  # eV/Å²
ALIKE, TURN = 3.0, 3.0  # eV/rad²: both groups the same angle; each the window's angle
OPEN = 2.8  # Å: here both groups have turned
ELECTRONS = 5000.0  # K: the orbitals cross on the way


def angle(first, axis, last):
    """Return the dihedral angle of three vectors in a row, and its derivatives by each of them."""
    left, right, length = np.cross(first, axis), np.cross(axis, last), np.linalg.norm(axis)
    phi = np.arctan2(length * first @ right, left @ right)
    by_first = length * left / (left @ left)
    by_last = length * right / (right @ right)
    by_axis = -(first @ axis) / length**2 * by_first - (last @ axis) / length**2 * by_last
    return phi, by_first, by_axis, by_last


class Opening:
    """The surface with the bias: the bond's length, and both CH2 groups turning alike (conrotatory).

    A group's angle is the dihedral of the line between its hydrogens, the bond to the ring and the ring's next bond.
    """

    bond = (4, 5)
    ring = ((4, 3, 2), (5, 0, 1))  # the group's carbon and the next two

    def __init__(self, numbers, positions):
        self.surface = Forces(numbers, positions, ELECTRONS)
        distance = np.linalg.norm(positions[:, None] - positions, axis=-1)
        self.groups = []
        for carbons in self.ring:
            near = [i for i in np.argsort(distance[carbons[0]])[1:5] if numbers[i] == 1]
            lines = [near, near[::-1]]
            angles = [self.turn(positions, (*line, *carbons))[0] for line in lines]
            self.groups.append((*lines[int(angles[0] < 0)], *carbons))
        self.start = np.mean([self.turn(positions, group)[0] for group in self.groups])
        self.window(WINDOWS[0])

    def window(self, length):
        """Set the window: the bond's length and with it the groups' angle."""
        self.length = length
        done = np.clip((length - 1.55) / (OPEN - 1.55), 0, 1)
        self.target = self.start + done * (np.pi - self.start)

    @staticmethod
    def turn(place, group):
        """Return a group's angle and its derivatives by the places of its five atoms."""
        a, b, c, d, e = place[list(group)]
        phi, by_first, by_axis, by_last = angle(b - a, d - c, e - d)
        return phi, np.array([-by_first, by_first, -by_axis, by_axis - by_last, by_last])

    def __call__(self, place):
        """Return the biased energy and forces."""
        energy, force = self.surface(place)
        i, j = self.bond
        apart = place[i] - place[j]
        length = np.linalg.norm(apart)
        pull = SPRING * (length - self.length) * apart / length
        force[i] -= pull
        force[j] += pull
        (phi, by_phi), (psi, by_psi) = (self.turn(place, group) for group in self.groups)
        for group, slope, one, other in ((0, by_phi, phi, psi), (1, by_psi, psi, phi)):
            push = ALIKE * np.sin(one - other) + TURN * np.sin(one - self.target)
            force[list(self.groups[group])] -= push * slope
        energy += SPRING / 2 * (length - self.length) ** 2 + ALIKE * (1 - np.cos(phi - psi))
        energy += TURN * (2 - np.cos(phi - self.target) - np.cos(psi - self.target))
        return energy, force


def open_ring(run):
    """Return one run's frames: window by window, each from where the last one ended."""
    start = read(part("1,3-cyclohexadiene"))
    rng = np.random.default_rng([SEED, run])
    real = Atoms(start["numbers"]).get_masses()
    masses = np.where(start["numbers"] == 1, HYDROGEN, real)[:, None]
    forces, place = Opening(start["numbers"], start["positions"]), start["positions"]
    state, frames = (place, thermal(masses, place.shape, rng), forces(place)[1]), []
    settings = (units.fs, 0.02 / units.fs, rng)
    for k, length in enumerate(tqdm(WINDOWS, desc=f"ring opening, run {run}")):
        before = WINDOWS[max(k - 1, 0)]
        for step in range(MOVE):
            forces.window(before + (length - before) * (step + 1) / MOVE)
            state = langevin(forces, masses, state, 1, *settings)
        state = langevin(forces, masses, state, SETTLE, *settings)
        for _ in range(N_KEPT):
            state = langevin(forces, masses, state, EVERY, *settings)
            frames.append(aligned(state[0], start["positions"], real))
    return {"positions": np.round(1000 * np.array(frames)).astype(np.int16)}


def opening():
    """Write ring_opening.npz: the runs end to end."""
    for run in range(N_RUNS):
        if not part(f"run {run}").is_file():
            write(part(f"run {run}"), open_ring(run))
    frames = [read(part(f"run {run}"))["positions"] for run in range(N_RUNS)]
    window = np.repeat(np.arange(len(WINDOWS)), N_KEPT)
    write(
        DATA / "ring_opening.npz",
        {
            "positions": np.concatenate(frames),
            "run": np.repeat(np.arange(N_RUNS, dtype=np.uint8), len(window)),
            "window": np.tile(window, N_RUNS).astype(np.uint8),
        },
    )


def part(name):
    """Return the file that keeps one record until all are there."""
    return WORK / f"{name}.npz"


def read(file):
    """Return a file's arrays."""
    with np.load(file, allow_pickle=False) as stored:
        return {key: stored[key] for key in stored.files}


def write(file, arrays):
    """Write the file whole."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name}")
    np.savez_compressed(unfinished, **arrays)
    unfinished.rename(file)


STEPS = {"molecules": molecules, "motion": motion, "opening": opening}


def main():
    """Take the steps named, or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("steps", nargs="*", choices=[*STEPS, []], help="default: all")
    for step in parser.parse_args().steps or STEPS:
        STEPS[step]()
    print("now run tools/checksums.py")


if __name__ == "__main__":
    main()
