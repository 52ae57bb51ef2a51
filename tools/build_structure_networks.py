"""Train what lessons 25 and 28 read: networks that look at patterns of molecules.

    OMP_NUM_THREADS=1 PYTHONPATH=. .venv/bin/python tools/build_structure_networks.py    # resumes; one core, an hour

An architecture is written once: what is trained here are the lessons' own cells, those tagged `preflight`, `world` and
`model`; lesson 28's for networks that state an error or learn at many noises. Each network's weights are kept as soon
as they are there, and gathered into `data/structure_networks`; what is shipped there counts as done.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from lesson_cells import defined_by
from tqdm import tqdm

from helpers import pools, posterior

ROOT = Path(__file__).resolve().parent.parent
LESSON = ROOT / "notebooks" / "25_seeing_structure.ipynb"
SURE = ROOT / "notebooks" / "28_how_sure.ipynb"
FILE = ROOT / "data" / "structure_networks" / "weights.npz"
SEED = 25
# network: molecule, kind, ⟨P2⟩, steps
DISTANCES = {
    "CHD perceptron": ("CHD", "perceptron", 0.0, 5000),
    "DT perceptron": ("DT", "perceptron", 0.0, 5000),
    "NMM perceptron": ("NMM", "perceptron", 0.0, 5000),
    "CHD aligned": ("CHD", "perceptron", 1.0, 3000),
    "CHD convolutional": ("CHD", "convolutional", 0.0, 3000),
    "CHD recurrent": ("CHD", "recurrent", 0.0, 3000),
}
INTERVALS = {"CHD interval": 3000}  # steps
NOISES = {f"CHD noise, {kind}": (kind, 5000) for kind in ("scaled and told", "told", "not told")}
ATTEMPTS = {
    f"{name}, {habits}": (name, *habits.split(", "))
    for name in ("decoder", "transformer")
    for habits in ("raw, turned", "standardised, own frame")
}
N_ATTEMPTED, EPOCHS, RATE = 4000, 10, 1e-3


def problem(cells, short, p2=0.0):
    """Return a molecule's `posterior.Problem`."""
    return posterior.Problem(pools.molecule(cells["NAMES"][short]), cells["Q"], cells["NOISE"], p2=p2)


def distances(cells, short, kind, p2, steps):
    """Train one network that answers distances."""
    asked = problem(cells, short, p2)
    middle, spread = cells["scale"](asked)
    n_components = 40 if p2 else 20
    look = cells["eyes"](asked, n_components)
    n_in, see = (n_components, look.transform) if kind == "perceptron" else (asked.n_data, look[0].transform)
    cells["keras"].utils.set_random_seed(SEED)
    network = cells[kind](n_in, len(middle))
    return cells["learn"](network, asked, see, lambda found: (found - middle) / spread, steps)


def world(cells):
    """Return lesson 28's problem, its components, and its directions with the pool's mean and spreads."""
    asked = posterior.Problem(pools.molecule(cells["CHD"]), cells["Q"], cells["NOISE"])
    look = cells["components"](asked)
    cells["keras"].utils.set_random_seed(SEED)
    return asked, look, *cells["visible"](asked, look)


def interval(cells, steps):
    """Train one network that answers a Gaussian along the visible directions."""
    asked, look, directions, middle, unit = world(cells)
    network = cells["perceptron"](20, len(unit) + len(cells["LOWER"][0]))
    draw = cells["for_interval"](asked, look, lambda found: (found - middle) @ directions / unit)
    return cells["learn"](network, draw, steps, cells["surprise"])


def noise(cells, kind, steps):
    """Train one network that answers distances at any noise."""
    asked, look, _, middle, _ = world(cells)
    network = cells["perceptron"](21, len(middle), 128)
    return cells["learn"](network, cells["for_noise"](asked, look, kind, middle), steps, "mse")


def attempt(cells, name, kind, frame):
    """Train one network that answers coordinates, with bad habits or without."""
    asked = problem(cells, "NMM")
    patterns, own_frame, turned = cells["atoms"](asked, N_ATTEMPTED, np.random.default_rng([SEED, 8]))
    seen = patterns if kind == "raw" else cells["eyes"](asked)[0].transform(patterns)
    places = turned if frame == "turned" else own_frame
    return cells["attempt"](cells[name], seen, places, RATE, EPOCHS, SEED)


def gather(cache, names):
    """Write the shipped file from all networks that are there."""
    found = {}
    for name in names:
        if (cache / f"{name}.npz").is_file():
            with np.load(cache / f"{name}.npz", allow_pickle=False) as stored:
                weights = [stored[f"arr_{k}"] for k in range(len(stored.files))]
            found |= {f"{name} {k}": part.astype(np.float16) for k, part in enumerate(weights)}
    FILE.parent.mkdir(parents=True, exist_ok=True)
    part = FILE.with_name(f".{FILE.name}")
    np.savez_compressed(part, **found)
    part.rename(FILE)


def main():
    """Train what is not there yet, then write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, default=ROOT / ".cache" / "structure_networks")
    parser.add_argument("--gather", action="store_true", help="train nothing, write what is there")
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    jobs = {name: (LESSON, distances, *asked) for name, asked in DISTANCES.items()}
    jobs |= {name: (LESSON, attempt, *asked) for name, asked in ATTEMPTS.items()}
    jobs |= {name: (SURE, interval, steps) for name, steps in INTERVALS.items()}
    jobs |= {name: (SURE, noise, *asked) for name, asked in NOISES.items()}
    unpack(options.cache, jobs)
    missing = [name for name in jobs if not (options.cache / f"{name}.npz").is_file()]
    cells = {}
    for name in [] if options.gather else tqdm(missing, "networks"):
        lesson, make, *asked = jobs[name]
        cells[lesson] = cells.get(lesson) or defined_by(lesson)
        part = options.cache / f".{name}.npz"
        np.savez(part, *make(cells[lesson], *asked).get_weights())
        part.rename(options.cache / f"{name}.npz")
    gather(options.cache, jobs)
    return 0


def unpack(cache, names):
    """Put the shipped weights into the cache, so that only what is missing is trained."""
    if not FILE.is_file():
        return
    with np.load(FILE, allow_pickle=False) as stored:
        for name in [name for name in names if f"{name} 0" in stored.files]:
            file, k = cache / f"{name}.npz", 0
            while not file.is_file() and f"{name} {k + 1}" in stored.files:
                k += 1
            if k:
                np.savez(file, *(stored[f"{name} {j}"] for j in range(k + 1)))


if __name__ == "__main__":
    sys.exit(main())
