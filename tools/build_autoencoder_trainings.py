"""Train what lesson 14 reads: VAEs of two numbers and of pictures, in five worlds each.

    python tools/build_autoencoder_trainings.py    # resumes where it stopped; one core, about 20 minutes

An architecture is written once: what is trained here are the lesson's own cells, those tagged `preflight`,
`world` and `model`. Every task's rows are written as soon as they are there.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from lesson_cells import defined_by
from tqdm import tqdm

from helpers import blind

ROOT = Path(__file__).resolve().parent.parent
LESSON = ROOT / "notebooks" / "14_variational_autoencoder.ipynb"
FOLDER = ROOT / "data" / "autoencoder_trainings"
TABLE, WEIGHTS = FOLDER / "trainings.csv", FOLDER / "weights.npz"
SEEDS = (1, 2, 3, 4, 5)
BETA, RAW_BETA = 0.05, 0.005  # the stated one, and raw inputs' own: with five seeds
WIDE_BETA = 0.5  # with two
SHIPPED = 1  # the seed whose pictures' networks are shipped
KEY = ["kind", "beta", "seed"]


def tasks():
    """Return (kind, beta, seed) of all trainings, those of a world one after another."""
    found = []
    for seed in SEEDS:
        betas = (BETA, RAW_BETA, *([WIDE_BETA] if seed <= 2 else []))
        found += [("|residual|", BETA, seed), ("pictures", 0.0, seed)]
        found += [(kind, beta, seed) for kind in ("residual", "raw") for beta in betas]
    return found


def rows(cells, world, task):
    """Return the rows of one task: a mass each, with the share of the signal-blind reference's significance."""
    kind, beta, seed = task
    reference = blind.significance(cells["signal_blind"](world.density), world)
    if kind == "pictures":
        album = blind.album([seed, 5], world)
        networks, shares = cells["picture_rows"](album, world, seed)
        if seed == SHIPPED:
            keep(networks)
        return [row for name, share in shares.items() for row in laid((name, beta, seed), share)]
    if kind == "|residual|":
        band = cells["residual"](world.train)
        plain = blind.significance(lambda x: np.abs(band(x)), world)
        return laid(task, plain / reference)
    plain, ranked = cells["trained_rows"](kind, world, beta, seed)
    return laid(task, plain / reference, ranked / reference)


def laid(task, fraction, ranked=(np.nan,) * 3):
    """Return one row a mass."""
    return [
        dict(zip(KEY, task, strict=True)) | {"mass": mass, "fraction": one, "ranked": other}
        for mass, one, other in zip(blind.HEAVY, fraction, ranked, strict=True)
    ]


def keep(networks):
    """Write the pictures' networks: encoder's arrays, then decoder's."""
    arrays = {}
    for name, vae in networks.items():
        weights = vae.encoder.get_weights() + vae.decoder.get_weights()
        arrays |= {f"{name}_{k}": array for k, array in enumerate(weights)}
    np.savez(WEIGHTS, **arrays)


def main():
    """Train what is missing and write table and weights."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    done = set()
    if TABLE.is_file():
        done = set(
            pd.read_csv(TABLE)[KEY]
            .replace({"kind": {"plain": "pictures"}})
            .itertuples(index=False, name=None)
        )
    missing = [task for task in tasks() if task not in done]
    cells, world, made_of = defined_by(LESSON), None, None
    for task in tqdm(missing, desc="trainings"):
        if made_of != task[2]:
            world, made_of = blind.world(task[2]), task[2]
        table = pd.DataFrame(rows(cells, world, task))
        table.to_csv(TABLE, mode="a", header=not TABLE.is_file(), index=False, float_format="%.5g")
        cells["keras"].backend.clear_session()
    table = pd.read_csv(TABLE).sort_values([*KEY, "mass"])
    table.to_csv(TABLE, index=False, float_format="%.5g")
    print(f"wrote {TABLE.relative_to(ROOT)}: {len(table)} rows; now run tools/checksums.py")


if __name__ == "__main__":
    main()
