"""Build or resume the molecular data set: `python tools/molecules/make.py [--jobs 2] [--status]`.

Safe to kill at any moment and to start again. The same calls move to a Dask cluster with
`with joblib.parallel_config(backend="dask"): build(store)`.
"""

import argparse
import fcntl
from importlib.metadata import version
from pathlib import Path

import joblib
import levels
import numpy as np
import structures
from shards import Store, pack
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[2]
SEED = 2026
SHARD = 100
SUBSETS = ("small", "isomers", "peptides", "heterocycles")
# how many shards of 100 have which level, always the first of their subset
N_GW = {"small": 6}
N_PBE = {"small": 27, "isomers": 6}
N_SEVEN, N_LARGE, N_ISOMERS, N_HETEROCYCLES = 3600, 1000, 1100, 1550
CONFORMERS = {"amino acid": 30, "dipeptide": 15}


# --- which molecules --------------------------------------------------------------------------


def choose(seed=SEED, sizes=(N_SEVEN, N_LARGE, N_ISOMERS, N_HETEROCYCLES)):
    """Return the list of all molecules of the set, in the order of the shards, as a dict of arrays.

    Ordered so that the first shards of a subset are those with the expensive levels.
    """
    n_seven, n_large, n_isomers, n_heterocycles = sizes

    def draw(*name):
        return structures.seeded(seed, *name)

    def one_isomer(smiles, rng):
        isomers = structures.stereoisomers(smiles)
        return isomers[rng.integers(len(isomers))] if isomers else None

    rng = draw("stereo")
    by_size = {n: list(draw("order", n).permutation(structures.enumerate_molecules(n))) for n in range(1, 8)}
    by_size[7] = by_size[7][:n_seven]
    small, keys = {}, set()
    for n, found in by_size.items():
        isomers = {structures.inchikey(s): s for s in (one_isomer(str(x), rng) for x in found) if s}
        small[n] = [s for key, s in isomers.items() if key not in keys]  # tautomers share an InChIKey
        keys |= isomers.keys()
    # G0W0: all up to 4 heavy atoms, 150 of 5, the rest of 6; PBE: all up to 5, then 6 and 7 in turn
    first = small[1] + small[2] + small[3] + small[4] + small[5][:150]
    n_six = SHARD * N_GW["small"] - len(first)
    second = small[5][150:] + small[6][n_six : n_six + 1150] + small[7][:650]
    rest = small[6][n_six + 1150 :] + small[7][650:]
    order = draw("second").permutation(len(second))
    large = [one_isomer(s, rng) for s in structures.grown_set(draw("large"), n_large, structures.draw_large)]
    ordered = [*first, *small[6][:n_six], *(second[i] for i in order)]
    ordered += [(rest + large)[i] for i in draw("rest").permutation(len(rest) + len(large))]

    isomers = []
    for smiles in structures.grown_set(draw("isomers"), n_isomers, structures.draw_isomer):
        isomers += structures.stereoisomers(smiles)
    heterocycles = structures.grown_set(draw("heterocycles"), n_heterocycles, structures.draw_heterocycle)
    heterocycles = [one_isomer(s, rng) for s in heterocycles]
    peptides = []
    for smiles, name in structures.peptides().items():
        peptides += [smiles] * CONFORMERS["amino acid" if len(name) == 1 else "dipeptide"]
    peptides = [peptides[i] for i in draw("peptides").permutation(len(peptides))]

    rows, seen = [], {}
    for subset, found in zip(SUBSETS, (ordered, isomers[:n_isomers], peptides, heterocycles), strict=True):
        for smiles in found:
            if smiles is None:
                continue
            key = structures.inchikey(smiles)
            conformer = seen.get(key, 0)
            if conformer and subset != "peptides":
                continue  # a tautomer, or a molecule that another subset has already
            seen[key] = conformer + 1
            rows.append((f"{key}_{conformer:02d}", smiles, subset, conformer, structures.n_heavy(smiles)))
    name, smiles, subset, conformer, heavy = zip(*rows, strict=True)
    heavy = np.array(heavy, dtype=np.uint8)
    return {
        "key": np.array(name),
        "smiles": np.array(smiles),
        "subset": np.array(subset),
        "conformer": np.array(conformer, dtype=np.uint8),
        "heavy": heavy,
        **splits([n[:14] for n in name], smiles, heavy, draw),
    }


def splits(blocks, smiles, heavy, draw):
    """Return three splits as arrays of 0 (train), 1 (validation), 2 (test), about 80, 10 and 10 %.

    Random: by the first block of the InChIKey, so that no conformer or stereoisomer of a molecule straddles.
    Scaffold: whole Bemis-Murcko scaffolds; those with more than 2 % of the set, and the acyclic, are for training.
    Size: up to six heavy atoms for training (a tenth of them, by block, for validation), larger ones for the test.
    """
    unique, row = np.unique(blocks, return_inverse=True)
    random = _portions(np.ones(len(unique)), draw("split random"))[row]
    names = np.array([structures.scaffold(s) for s in smiles])
    scaffolds, group, size = np.unique(names, return_inverse=True, return_counts=True)
    large = (scaffolds == "") | (size > 0.02 * len(smiles))
    code = np.zeros(len(scaffolds), dtype=np.uint8)
    code[~large] = _portions(size[~large], draw("split scaffold"), of=len(smiles))
    by_size = np.where(heavy > 6, 2, np.where(random == 1, 1, 0)).astype(np.uint8)
    return {"split_random": random, "split_scaffold": code[group], "split_size": by_size}


def scaffolds(molecules):
    """Return the Bemis-Murcko scaffold of each key, as a dict of arrays: the lessons have no RDKit."""
    found = [structures.scaffold(str(smiles)) for smiles in molecules["smiles"]]
    return {"key": molecules["key"], "scaffold": np.array(found)}


def _portions(size, rng, of=None):
    """Return 0, 1 or 2 for groups of this size: in random order a tenth goes to 1, a tenth to 2, the rest to 0."""
    code = np.zeros(len(size), dtype=np.uint8)
    order = rng.permutation(len(size))
    share = np.cumsum(size[order]) / (of or np.sum(size))
    code[order[share <= 0.2]] = 2
    code[order[share <= 0.1]] = 1
    return code


# --- the shards -------------------------------------------------------------------------------


def plan(molecules):
    """Return the list of (level, subset, shard number, rows), the most needed first and all levels early."""
    rows = {s: np.flatnonzero(molecules["subset"] == s) for s in SUBSETS}

    def part(level, subset, start, stop=None):
        count = -(-len(rows[subset]) // SHARD)
        count = min(count, {"gw": N_GW, "pbe": N_PBE}.get(level, {}).get(subset, count))
        numbers = range(start, min(count, stop or count))
        return [(level, subset, k, rows[subset][k * SHARD : (k + 1) * SHARD]) for k in numbers]

    return [
        *part("xtb", "small", 0, 12), *part("pbe", "small", 0, 1), *part("gw", "small", 0, 1),
        *part("xtb", "isomers", 0, 1), *part("pbe", "isomers", 0, 1), *part("xtb", "peptides", 0, 1),
        *part("xtb", "heterocycles", 0, 1), *part("gw", "small", 1, 3), *part("pbe", "small", 1, 5),
        *part("xtb", "isomers", 1, 5), *part("pbe", "small", 5, 10), *part("gw", "small", 3),
        *part("xtb", "small", 12, 40), *part("xtb", "isomers", 5), *part("pbe", "small", 10),
        *part("pbe", "isomers", 1), *part("xtb", "peptides", 1), *part("xtb", "heterocycles", 1),
        *part("xtb", "small", 40),
    ]  # fmt: skip


def shard_name(level, subset, number):
    """Return the file name of one shard."""
    return f"{level}-{subset}-{number:03d}.npz"


def label(level, key, *inputs):
    """Return (key, record) of one molecule at one level: what joblib sends out."""
    run = {"xtb": levels.label_xtb, "pbe": levels.label_pbe, "gw": levels.label_gw}[level]
    return key, run(*inputs)


def build(store, molecules, jobs=2, only=None, show=True):
    """Compute every shard of the plan that is not whole yet."""
    steps = [s for s in plan(molecules) if only is None or s[0] in only]
    total = sum(len(rows) for *_, rows in steps)
    with tqdm(total=total, unit="labels", disable=not show, mininterval=10) as bar:
        for level, subset, number, rows in steps:
            name = shard_name(level, subset, number)
            bar.set_postfix_str(name)
            if store.is_whole(name):
                bar.update(len(rows))
                continue
            inputs = _inputs(store, molecules, level, subset, number, rows)

            def run(missing, level=level, inputs=inputs):
                calls = (joblib.delayed(label)(level, key, *inputs[key]) for key in missing)
                pool = joblib.Parallel(n_jobs=jobs, return_as="generator_unordered", pre_dispatch="2*n_jobs")
                yield from pool(calls)

            store.collect(name, list(inputs), run, on_record=bar.update)
            bar.update(len(rows) - len(inputs))  # those without a geometry have no further level


def _inputs(store, molecules, level, subset, number, rows):
    """Return {key: arguments of the label function} of the molecules of a shard that can have this level."""
    keys = molecules["key"][rows]
    if level == "xtb":
        seeds = {key: structures.seeded(SEED, key).integers(2**31) for key in keys}
        smiles = dict(zip(keys, molecules["smiles"][rows], strict=True))
        return {str(key): (str(smiles[key]), str(key[:27]), int(seeds[key])) for key in keys}
    geometry = store.read(shard_name("xtb", subset, number))
    found = {}
    for key, numbers, positions in zip(
        geometry["key"], geometry["numbers"], geometry["positions"], strict=True
    ):
        atoms = numbers > 0
        if atoms.any():
            found[str(key)] = (numbers[atoms], positions[atoms])
    return found


def versions():
    """Return the versions of the programs that make the numbers."""
    return {name: version(name) for name in ("rdkit", "tblite", "pyscf", "ase", "numpy", "scipy", "joblib")}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", nargs="+", choices=["xtb", "pbe", "gw"])
    parser.add_argument("--status", action="store_true", help="say what is there, compute nothing")
    parser.add_argument("--data", type=Path, default=ROOT / "data" / "molecules")
    parser.add_argument("--scratch", type=Path, default=ROOT / "build" / "molecules")
    arguments = parser.parse_args()
    store = Store(arguments.data, arguments.scratch)
    arguments.scratch.mkdir(parents=True, exist_ok=True)
    with open(arguments.scratch / "lock", "w") as lock:
        if not arguments.status:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise SystemExit("another build is running in this folder") from None
        if not store.is_whole("molecules.npz"):
            print("choosing the molecules (two minutes) …", flush=True)
            store.put("molecules.npz", pack(choose()), seed=SEED, versions=versions())
        molecules = store.read("molecules.npz")
        if not arguments.status and not store.is_whole("scaffolds.npz"):
            store.put("scaffolds.npz", pack(scaffolds(molecules)))
        if arguments.status:
            steps = plan(molecules)
            done = [s for s in steps if store.is_whole(shard_name(*s[:3]))]
            for level in ("xtb", "pbe", "gw"):
                print(
                    level, sum(s[0] == level for s in done), "of", sum(s[0] == level for s in steps), "shards"
                )
            return
        with joblib.parallel_config(backend="loky", inner_max_num_threads=1):
            build(store, molecules, arguments.jobs, arguments.only)


if __name__ == "__main__":
    main()
