"""Train what lesson 25 reads: networks that look at patterns of molecules.

    OMP_NUM_THREADS=1 PYTHONPATH=. .venv/bin/python tools/build_structure_networks.py    # resumes; one core, an hour

An architecture is written once: what is trained here are the lesson's own cells, those tagged `preflight`, `world` and
`model`. Each network's weights are kept as soon as they are there, and gathered into `data/structure_networks`.
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


def interval(cells, short, steps):
    """Train one network that answers a Gaussian in the visible directions."""
    asked = problem(cells, short)
    middle, see = cells["scale"](asked)[0], cells["eyes"](asked).transform
    directions = cells["visible"](asked, see)
    shapes = np.random.default_rng(25).standard_normal((20_000, asked.n_modes))
    unit = (asked.distances(shapes) @ directions).std(axis=0)
    n_visible = cells["N_VISIBLE"]
    cells["keras"].utils.set_random_seed(SEED)
    network = cells["perceptron"](20, n_visible + len(cells["LOWER"][0]))

    def target(found):
        return (found - middle) @ directions / unit

    return cells["learn"](network, asked, see, target, steps, loss=cells["surprise"])


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
    jobs = {name: (distances, *asked) for name, asked in DISTANCES.items()}
    jobs |= {name: (interval, name.split()[0], steps) for name, steps in INTERVALS.items()}
    jobs |= {name: (attempt, *asked) for name, asked in ATTEMPTS.items()}
    missing = [name for name in jobs if not (options.cache / f"{name}.npz").is_file()]
    cells = defined_by(LESSON) if missing and not options.gather else {}
    for name in [] if options.gather else tqdm(missing, "networks"):
        make, *asked = jobs[name]
        part = options.cache / f".{name}.npz"
        np.savez(part, *make(cells, *asked).get_weights())
        part.rename(options.cache / f"{name}.npz")
    gather(options.cache, jobs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
