"""Train what lesson 27 reads: networks for any molecule, and networks that look at detector images.

    OMP_NUM_THREADS=1 PYTHONPATH=. .venv/bin/python tools/build_interpreter_networks.py    # resumes; one core, an hour
    ... tools/build_interpreter_networks.py unseen_graph    # one of them

An architecture is written once: what is trained here are the lesson's own cells, those tagged `preflight`, `world` and
`model`. Each network is kept in `data/interpreter_networks` as soon as it is there.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from lesson_cells import defined_by
from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent
LESSON = ROOT / "notebooks" / "27_one_interpreter.ipynb"
FOLDER = ROOT / "data" / "interpreter_networks"
SEED = 27
# network: kind, molecules, the pool that they are told, rounds, width
ANY = {
    "unseen_graph": ("graph_network", "others", "springs_pool", 40, 64),
    "unseen_pair": ("pair_transformer", "others", "springs_pool", 40, 48),
    "untold_graph": ("graph_network", "others", "at_rest", 120, 64),  # thrice as long: too little training?
    "untold_pair": ("pair_transformer", "others", "at_rest", 40, 48),
    "joint_graph": ("graph_network", "three", "springs_pool", 1200, 64),
    "joint_pair": ("pair_transformer", "three", "springs_pool", 800, 48),
}
IMAGES = {"image": False, "image_aligned": True}  # are the molecules aligned, by the lesson's ⟨P2⟩?


def any_molecule(cells, kind, which, told, rounds, width):
    """Train one network that reads any molecule; keep its eyes."""
    names = {"others": cells["others"], "three": list(cells["SHORT"].values())}[which]
    molecules = [cells["world"][name] for name in names]
    known = {name: cells["Known"](one, *cells[told](one)) for name, one in zip(names, molecules, strict=True)}
    eyes = cells["eyes_of"](known.values(), molecules, np.random.default_rng(1))
    np.savez_compressed(FOLDER / f"eyes_{which}_{told}.npz", mean=eyes[0], turn=eyes[1])
    cells["keras"].utils.set_random_seed(SEED)
    n_features = len(eyes[1].T) + known[names[0]].pairs.shape[1]
    network = cells[kind](n_features, width)
    return cells["learn"](network, names, known, eyes, rounds, np.random.default_rng([27, 4]))


def image(cells, aligned):
    """Train one network that looks at detector images."""
    p2 = cells["ALIGNED"] if aligned else 0.0
    seen, distances = cells["images"](p2, cells["N_IMAGES"], np.random.default_rng([27, 5]))
    cells["keras"].utils.set_random_seed(SEED)
    network = cells["image_network"](distances.shape[1])
    wanted = (distances - distances.mean(axis=0)) / cells["UNIT"]
    return cells["fit"](network, cells["in_view"](seen, cells["retina"](seen)), wanted, 8)


def main():
    """Train what is not there yet."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="networks (all by default)")
    options = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    jobs = {name: (any_molecule, *asked) for name, asked in ANY.items()}
    jobs |= {name: (image, aligned) for name, aligned in IMAGES.items()}
    missing = [name for name in options.names or jobs if not (FOLDER / f"{name}.keras").is_file()]
    cells = defined_by(LESSON) if missing else {}
    for name in tqdm(missing, "networks"):
        make, *asked = jobs[name]
        network = make(cells, *asked)
        bare = cells["keras"].models.clone_model(network)  # without the optimiser: a third of the file
        bare.set_weights(network.get_weights())
        bare.save(FOLDER / f"{name}.keras")
    print("trained; now run tools/checksums.py")
    return 0


if __name__ == "__main__":
    sys.exit(main())
