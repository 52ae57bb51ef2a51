"""Molecules with their geometries and levels: the course's own quantum-chemistry set, loaded and checked.

The set lies in `data/molecules`, with a card (`README.md`). Energies in eV, distances in Å. Levels are the highest 16
doubly occupied valence levels, HOMO first; where a molecule has fewer, or a level was left out, the entry is NaN.
"""

import dataclasses
import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import check

FOLDER = Path(__file__).resolve().parents[1] / "data" / "molecules"
SUBSETS = ("small", "isomers", "peptides", "heterocycles")
# each level of theory: the shards that hold it, the array in them, and its CPU seconds
LEVELS = {
    "xtb": ("xtb", "levels", "cpu"),
    "pbe": ("pbe", "levels", "cpu"),
    "pbe0": ("gw", "pbe0", "cpu_pbe0"),
    "gw": ("gw", "gw", "cpu_gw"),
}
NAMES = {
    "xtb": "GFN2-xTB",
    "pbe": "PBE/def2-SVP",
    "pbe0": "PBE0/def2-SVP",
    "gw": "G0W0@PBE0/def2-SVP, about 0.6–0.8 eV short of the basis-set limit",
}
SPLITS = ("random", "scaffold", "size")
PARTS = ("train", "validation", "test")


@dataclasses.dataclass(frozen=True)
class Molecules:
    """A choice of molecules, row by row the same in all fields.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a molecule: `key` (InChIKey and conformer), `smiles`, `subset`, `conformer`, `heavy` (heavy atoms),
        `random`, `scaffold`, `size` (train, validation or test), `cpu_geometry` and `cpu_<level>` (CPU seconds).
    numbers : ndarray, shape (n, n_atoms)
        Atomic numbers, padded with 0.
    positions : ndarray, shape (n, n_atoms, 3)
        GFN2-xTB geometries in Å, padded with NaN.
    levels : dict of ndarray, shape (n, 16)
        For each level of theory the occupied levels in eV, HOMO first, NaN where missing. `pbe0` and `gw` are matched
        by orbital (in the order of PBE0), so `gw` need not fall: the first ionisation is `-numpy.nanmax(gw, axis=1)`.
    """

    table: pd.DataFrame
    numbers: np.ndarray
    positions: np.ndarray
    levels: dict

    def __len__(self):
        """Return the number of molecules."""
        return len(self.table)

    def select(self, rows):
        """Return the molecules of these rows as another Molecules.

        Parameters
        ----------
        rows : array_like
            A boolean mask of all molecules (a pandas Series is matched by its index), or places in the table.

        Raises
        ------
        ValueError
            For a mask of another size or a place that is not there.
        """
        if isinstance(rows, pd.Series) and rows.dtype == bool:
            if set(rows.index) != set(self.table.index):
                raise ValueError("rows must be a mask with the index of `table`")
            rows = rows[self.table.index]
        if np.ma.is_masked(rows):
            raise ValueError("rows must say of every row whether it is chosen, got masked entries")
        if np.asarray(rows).dtype == bool:
            rows = np.asarray(rows)
            if rows.shape != (len(self),):
                raise ValueError(f"rows must be a mask of {len(self)} entries, got shape {rows.shape}")
            rows = np.flatnonzero(rows)
        else:
            last = len(self) - 1
            rows = check.array(
                "rows", rows, ndim=1, at_least=-last - 1, at_most=last, integer=True, empty=True
            )
        levels = {name: values[rows] for name, values in self.levels.items()}
        table = self.table.iloc[rows].reset_index(drop=True)
        return Molecules(table, self.numbers[rows], self.positions[rows], levels)

    def split(self, name):
        """Return the molecules for training, validation and test of one of the shipped splits.

        Parameters
        ----------
        name : str
            `random`, `scaffold` or `size`; conformers and stereoisomers of a molecule are always in one part.

        Returns
        -------
        tuple of Molecules
        """
        check.choice("name", name, SPLITS)
        return tuple(self.select((self.table[name] == part).to_numpy()) for part in PARTS)


def load(levels=("xtb",), subsets=SUBSETS, folder=FOLDER):
    """Load the molecules that have all of these levels of theory.

    Every file that is read must have the checksum of the manifest. A level that was computed for a part of the set
    only (the card says for which) limits the answer to that part.

    Parameters
    ----------
    levels : str or sequence of str
        Any of `xtb`, `pbe`, `pbe0`, `gw`.
    subsets : str or sequence of str
        Any of `small`, `isomers`, `peptides`, `heterocycles`.
    folder : path
        Where the set lies.

    Returns
    -------
    Molecules

    Raises
    ------
    ValueError
        For an unknown level or subset, a file with a wrong checksum, or if no molecule has all of the levels.
    FileNotFoundError
        If the manifest, or a file that it lists, is not there.
    """
    levels, subsets = _named("levels", levels, LEVELS), _named("subsets", subsets, SUBSETS)
    folder = Path(folder)
    sums = json.loads((folder / "manifest.json").read_text())["files"]
    every = pd.DataFrame(_read(folder, sums, "molecules.npz")).rename(
        columns=lambda c: c.removeprefix("split_")
    )
    every[list(SPLITS)] = every[list(SPLITS)].apply(lambda code: np.array(PARTS, dtype=object)[code])

    blocks = [
        _block(folder, sums, name, levels)
        for name in sorted(sums)
        if name.startswith("xtb-") and name.split("-")[1] in subsets
    ]
    blocks = [block for block in blocks if block is not None]
    if not blocks:
        raise ValueError(f"no molecule of {list(subsets)} has all of the levels {list(levels)}")

    def joined(field):
        return np.concatenate([block[field] for block in blocks])

    table = every.set_index("key").loc[joined("key")].reset_index()
    for cost in ("cpu_geometry", *(f"cpu_{level}" for level in levels)):
        table[cost] = joined(cost)
    return Molecules(
        table,
        _join([block["numbers"] for block in blocks], 0),
        _join([block["positions"] for block in blocks], np.nan),
        {level: joined(level) for level in levels},
    )


def _named(name, value, options):
    """Return one or several of `options` as a tuple."""
    value = (value,) if isinstance(value, str) else tuple(value)
    if not value:
        raise ValueError(f"{name} must name at least one of {list(options)}")
    for one in value:
        check.choice(name, one, options)
    return value


def _block(folder, sums, name, levels):
    """Return the fields of one shard's molecules that have all of the levels, or None where a level has no shard.

    `name` is the shard of the geometries; the shard of another level has the same name but for its beginning.
    """
    kinds = {"xtb", *(LEVELS[level][0] for level in levels)}
    names = {kind: name.replace("xtb", kind, 1) for kind in kinds}
    if any(file not in sums for file in names.values()):
        return None
    shards = {kind: _read(folder, sums, file) for kind, file in names.items()}
    good = {kind: shard["key"][shard["reason"] == ""] for kind, shard in shards.items()}
    keys = good["xtb"][np.all([np.isin(good["xtb"], found) for found in good.values()], axis=0)]
    if not len(keys):
        return None
    at = {kind: pd.Index(shard["key"]).get_indexer(keys) for kind, shard in shards.items()}
    block = {"key": keys}
    for field in ("numbers", "positions", "cpu_geometry"):
        block[field] = shards["xtb"][field][at["xtb"]]
    for level in levels:
        kind, values, cpu = LEVELS[level]
        block[level], block[f"cpu_{level}"] = shards[kind][values][at[kind]], shards[kind][cpu][at[kind]]
    return block


def _read(folder, sums, name):
    """Return the arrays of one file as a dict, after its checksum was compared."""
    path = folder / name
    if not path.exists():
        raise FileNotFoundError(
            f"{path} is missing: restore it with `git checkout data/molecules` or `make data`"
        )
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != sums.get(name):
        raise ValueError(
            f"{path} has the checksum {found[:12]}…, the manifest says {str(sums.get(name))[:12]}…: it is damaged. "
            "Restore it with `git checkout data/molecules` or make it anew with `make data`"
        )
    with np.load(path, allow_pickle=False) as file:
        return {field: file[field] for field in file.files}


def _join(blocks, missing):
    """Return blocks of different second length as one array, padded with `missing`."""
    longest = max(block.shape[1] for block in blocks)
    padded = []
    for block in blocks:
        width = [(0, 0), (0, longest - block.shape[1])] + [(0, 0)] * (block.ndim - 2)
        padded.append(np.pad(block, width, constant_values=missing))
    return np.concatenate(padded)
