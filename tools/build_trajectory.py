"""Make what lesson 23 reads of a moving molecule: glycine at 300 K, its levels at xTB, PBE0 and G0W0@PBE0.

    OMP_NUM_THREADS=1 PYTHONPATH=. .venv-build/bin/python tools/build_trajectory.py    # resumes; about 50 minutes

Molecular dynamics on GFN2-xTB's surface (classical nuclei, Langevin thermostat), started at the minimum; the
first 5 ps are thrown away, then a frame is kept every 50 fs. Labels are those of the molecular set, made by
the same functions at each frame's geometry.
"""

import sys
from pathlib import Path

import numpy as np
from ase import Atoms, units
from ase.md.langevin import Langevin
from ase.md.velocitydistribution import MaxwellBoltzmannDistribution, Stationary, ZeroRotation
from build_orbital_populations import packed, populations
from tblite.ase import TBLite
from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools" / "molecules"))
import levels  # noqa: E402
import structures  # noqa: E402

FILE = ROOT / "data" / "trajectory" / "glycine.npz"
SMILES, SEED = "NCC(=O)O", 23
N_FRAMES, STEP, EVERY, WARM_UP = 400, 0.5, 100, 10_000  # fs; steps
TEMPERATURE, FRICTION = 300, 0.01 / units.fs  # K
SAVE_EVERY = 10


def move():
    """Return the numbers, the minimum and the frames of the dynamics, all in Å."""
    start = levels.label_xtb(SMILES, structures.inchikey(SMILES), SEED)
    atoms = Atoms(start["numbers"], start["positions"])
    atoms.calc = TBLite(method="GFN2-xTB", verbosity=0)
    rng = np.random.RandomState(SEED)  # what ASE takes
    MaxwellBoltzmannDistribution(atoms, temperature_K=TEMPERATURE, rng=rng)
    Stationary(atoms)
    ZeroRotation(atoms)
    dynamics = Langevin(
        atoms, STEP * units.fs, temperature_K=TEMPERATURE, friction=FRICTION, rng=rng, fixcm=False
    )
    dynamics.run(WARM_UP)
    frames = []
    for _ in tqdm(range(N_FRAMES), desc="dynamics"):
        dynamics.run(EVERY)
        frames.append(atoms.positions - atoms.get_center_of_mass())
    return start["numbers"], start["positions"], np.array(frames, dtype=np.float32)


def label(numbers, positions):
    """Return the record of one geometry at all levels."""
    energy, occupied, lumo = levels.xtb_levels(numbers, positions)
    found = levels.label_gw(numbers, positions)
    if found["reason"]:
        raise RuntimeError(f"a frame has no label: {found['reason']}")
    return {
        "xtb": levels._top(occupied, len(occupied)),
        "xtb_lumo": np.float32(lumo),
        "pbe0": found["pbe0"],
        "pbe0_lumo": found["lumo"],
        "gw": found["gw"],
        "cpu": np.float32(found["cpu_pbe0"] + found["cpu_gw"]),
    }


def write(arrays):
    """Write the file whole."""
    FILE.parent.mkdir(parents=True, exist_ok=True)
    part = FILE.with_name(f".{FILE.name}")
    np.savez_compressed(part, **arrays)
    part.rename(FILE)


def main():
    """Label what has no label yet; frame 0 is the minimum."""
    if not FILE.is_file():
        numbers, minimum, frames = move()
        write({"numbers": numbers, "positions": np.concatenate([minimum[None], frames])})
    with np.load(FILE, allow_pickle=False) as stored:
        arrays = {key: stored[key] for key in stored.files}
    numbers, positions = arrays["numbers"], arrays["positions"]
    for k in tqdm(range(len(positions)), desc="labels"):
        if "gw" in arrays and np.isfinite(arrays["gw"][k, 0]):
            continue
        for name, value in label(numbers, positions[k]).items():
            arrays.setdefault(name, np.full((len(positions), *np.shape(value)), np.nan, dtype=np.float32))
            arrays[name][k] = value
        if k % SAVE_EVERY == 0:
            write(arrays)
    found = [populations(numbers.astype(int), frame)[0] for frame in positions]
    write(arrays | {"population": packed(np.array(found))})
    print(f"wrote {FILE.relative_to(ROOT)}; now run tools/checksums.py")


if __name__ == "__main__":
    main()
