"""Molecules with their geometries and levels: the course's own quantum-chemistry set, loaded and checked.

The set lies in `data/molecules`, with a card (`README.md`). Energies in eV, distances in Å. Levels are the
highest 16 doubly occupied valence levels, HOMO first; where a molecule has fewer, or a level was left out,
the entry is NaN. Most molecules have more than 16: a spectrum is complete only down to `completeness_limit`.
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
# each level of theory: the shards that hold it, and the arrays in them (G0W0 has no LUMO or energy)
LEVELS = {
    "xtb": {"shard": "xtb", "levels": "levels", "lumo": "lumo", "energy": "energy", "cpu": "cpu"},
    "pbe": {"shard": "pbe", "levels": "levels", "lumo": "lumo", "energy": "energy", "cpu": "cpu"},
    "pbe0": {"shard": "gw", "levels": "pbe0", "lumo": "lumo", "energy": "energy", "cpu": "cpu_pbe0"},
    "gw": {"shard": "gw", "levels": "gw", "weight": "z", "cpu": "cpu_gw"},
}
FIELDS = ("levels", "lumo", "energy", "weight")
NAMES = {
    "xtb": "GFN2-xTB",
    "pbe": "PBE/def2-SVP",
    "pbe0": "PBE0/def2-SVP",
    "gw": "G0W0@PBE0/def2-SVP, about 0.6–0.8 eV short of the basis-set limit",
}
SPLITS = ("random", "scaffold", "size")
PARTS = ("train", "validation", "test")
GROUPS = {"connectivity": "connectivity", "scaffold": "scaffold_id"}


@dataclasses.dataclass(frozen=True)
class Molecules:
    """A choice of molecules, row by row the same in all fields.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a molecule: `key` (InChIKey and conformer), `smiles`, `subset`, `conformer`, `heavy` (heavy
        atoms), `random`, `scaffold`, `size` (train, validation or test), `connectivity` (first block of the
        InChIKey: the same for all conformers and stereoisomers), `scaffold_smiles` (Bemis–Murcko scaffold, ""
        if acyclic), `scaffold_id` (its number), `n_valence` (doubly occupied valence levels that the molecule
        has, of which at most 16 are stored), `cpu_geometry` and `cpu_<level>` (CPU seconds).
    numbers : ndarray of int64, shape (n, n_atoms)
        Atomic numbers, padded with 0.
    positions : ndarray, shape (n, n_atoms, 3)
        GFN2-xTB geometries in Å, padded with NaN.
    levels : dict of ndarray, shape (n, 16)
        For each level of theory the occupied levels in eV, HOMO first, NaN where missing. `pbe0` and `gw` are
        matched by orbital (in the order of PBE0), so `gw` need not fall: see `first_ionisation`.
    lumo : dict of ndarray, shape (n,)
        The lowest unoccupied level in eV at `xtb`, `pbe` and `pbe0`.
    energy : dict of ndarray, shape (n,)
        The total energy in eV at `xtb`, `pbe` and `pbe0`; zero is another one for each of them.
    weight : dict of ndarray, shape (n, 16)
        For `gw` alone the renormalisation factor Z of each level: the share of it that is one electron's.
        Below 0.6 satellites have the rest; above 1 (44 levels, all below −12.9 eV) the energy lies on a pole:
        distrust it.
    """

    table: pd.DataFrame
    numbers: np.ndarray
    positions: np.ndarray
    levels: dict
    lumo: dict
    energy: dict
    weight: dict

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
        chosen = {
            field: {level: values[rows] for level, values in getattr(self, field).items()} for field in FIELDS
        }
        table = self.table.iloc[rows].reset_index(drop=True)
        return Molecules(table, self.numbers[rows], self.positions[rows], **chosen)

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

    def folds(self, n_folds, by="connectivity", seed=0):
        """Return the number of the fold that tests each molecule, so that no group is on both sides.

        Parameters
        ----------
        n_folds : int
            Two or more.
        by : str
            `connectivity`: conformers and stereoisomers of a molecule stay together. `scaffold`: all
            molecules with one scaffold do; acyclic ones, and those whose scaffold more than 2 % of the
            molecules here have, are in every training set.
        seed : int
            Which of the possible foldings. Scaffolds are few and of unlike size, so the largest that is left
            goes into the emptiest fold, and the seed shuffles those of equal size.

        Returns
        -------
        ndarray of int, shape (n,)
            0 … n_folds − 1, or −1 for a molecule that is never tested. Train on `folds != k`, test on
            `folds == k`.

        Raises
        ------
        ValueError
            If there are fewer groups than folds.
        """
        # here, because the tools that build the set have no scikit-learn
        from sklearn.model_selection import GroupKFold

        check.choice("by", by, GROUPS)
        n_folds = check.number("n_folds", n_folds, at_least=2, integer=True)
        seed = check.number("seed", seed, at_least=0, at_most=2**32 - 1, integer=True)
        group = pd.factorize(self.table[GROUPS[by]], sort=True)[0]
        tested = np.arange(len(self))
        if by == "scaffold":
            is_large = np.bincount(group)[group] > 0.02 * len(self)
            tested = np.flatnonzero((self.table["scaffold_smiles"] != "") & ~is_large)
        n_groups = len(np.unique(group[tested]))
        if n_folds > n_groups:
            raise ValueError(
                f"n_folds must be at most the number of groups by {by} to test on, {n_groups}, got {n_folds}"
            )
        splitter = GroupKFold(n_folds, shuffle=True, random_state=seed)
        if by == "scaffold":
            group = np.random.default_rng(seed).permutation(group.max() + 1)[group]
            splitter = GroupKFold(n_folds)
        folds = np.full(len(self), -1)
        for fold, (_, test) in enumerate(splitter.split(tested, groups=group[tested])):
            folds[tested[test]] = fold
        return folds


def load(levels=("xtb",), subsets=SUBSETS, folder=FOLDER):
    """Load the molecules that have all of these levels of theory.

    Every file that is read must have the checksum of the manifest. A level that was computed for a part of
    the set only (the card says for which) limits the answer to that part.

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
    every = _list(folder, sums)
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

    numbers = _join([block["numbers"] for block in blocks], 0).astype(np.int64)
    table = every.set_index("key").loc[joined("key")].reset_index()
    table["n_valence"] = _n_valence(numbers)
    table["cpu_geometry"] = joined("cpu_geometry")
    for level in levels:
        table[f"cpu_{level}"] = joined(("cpu", level))
    return Molecules(
        table,
        numbers,
        _join([block["positions"] for block in blocks], np.nan),
        **{
            field: {level: joined((field, level)) for level in levels if field in LEVELS[level]}
            for field in FIELDS
        },
    )


def first_ionisation(levels):
    """Return each molecule's energy to take an electron away: minus its highest level, wherever that stands.

    Parameters
    ----------
    levels : array_like, shape (n, n_levels)
        Occupied levels in eV, NaN where missing. They are stored in the order of PBE0, and G0W0 has another
        for some.

    Returns
    -------
    ndarray, shape (n,)
        In eV.

    Raises
    ------
    ValueError
        For a molecule without any level.
    """
    levels = _levels(levels)
    if np.isnan(levels).all(axis=1).any():
        raise ValueError("levels must have at least one level of each molecule, got a row of NaN alone")
    return -np.nanmax(levels, axis=1)


def completeness_limit(levels, n_valence, sigma):
    """Return the energy above which each molecule's broadened spectrum is complete.

    A missing level lies below those that stand before it. Three widths above the lowest of these, its
    Gaussian has fallen to 1 % of its height. (The rare level that G0W0 lifts past others by more is not
    foreseen.)

    Parameters
    ----------
    levels : array_like, shape (n, n_levels)
        Stored levels in eV, NaN where missing.
    n_valence : array_like of int, shape (n,)
        How many levels each molecule has (`table["n_valence"]`).
    sigma : float
        Width of each level's Gaussian in eV.

    Returns
    -------
    ndarray, shape (n,)
        In eV; −inf where all levels are stored, inf where the first is missing already.
    """
    levels, n_valence = _counted(levels, n_valence)
    sigma = check.number("sigma", sigma, above=0)
    is_stored = np.isfinite(levels)
    before_gap = np.logical_and.accumulate(is_stored, axis=1)
    lowest = np.min(levels, axis=1, where=before_gap, initial=np.inf)
    return np.where(is_stored.sum(axis=1) < n_valence, lowest + 3 * sigma, -np.inf)


def broaden(levels, n_valence, grid, sigma):
    """Return spectra: each level a Gaussian of area one; NaN where levels that are not stored would be seen.

    Parameters
    ----------
    levels : array_like, shape (n, n_levels)
        Stored levels in eV, NaN where missing.
    n_valence : array_like of int, shape (n,)
        How many levels each molecule has (`table["n_valence"]`).
    grid : array_like, shape (n_grid,)
        Energies in eV at which the spectra are wanted.
    sigma : float
        Width of each level's Gaussian in eV.

    Returns
    -------
    ndarray, shape (n, n_grid)
        Levels per eV; NaN below `completeness_limit`.
    """
    levels, n_valence = _counted(levels, n_valence)
    grid = check.array("grid", grid, ndim=1)
    limit = completeness_limit(levels, n_valence, sigma)
    height = 1 / (sigma * np.sqrt(2 * np.pi))
    spectra = np.zeros((len(levels), len(grid)))
    for level in levels.T:  # the HOMO of all molecules, then the level below it, …
        gaussians = height * np.exp(-0.5 * ((grid - level[:, None]) / sigma) ** 2)
        spectra += np.where(np.isnan(level)[:, None], 0, gaussians)
    return np.where(grid >= limit[:, None], spectra, np.nan)


def _levels(levels):
    """Return levels as floats, shape (n, n_levels): finite, or NaN where one is missing."""
    levels = check.unmasked("levels", levels)
    if levels.dtype.kind not in "iuf" or levels.ndim != 2:
        raise ValueError(
            "levels must be numbers of shape (n molecules, n levels), such as levels['pbe'], "
            f"got {levels.dtype} of shape {levels.shape}"
        )
    check.array("levels", levels[~np.isnan(levels)], empty=True)
    return levels.astype(float)


def _counted(levels, n_valence):
    """Return levels, and how many each molecule has: no fewer than are stored."""
    levels = _levels(levels)
    n_valence = check.array("n_valence", n_valence, ndim=1, integer=True, empty=True)
    check.same_length(levels=levels, n_valence=n_valence)
    stored = np.isfinite(levels).sum(axis=1)
    return levels, check.array("n_valence", n_valence, at_least=stored, integer=True, empty=True)


def _n_valence(numbers):
    """Return the number of doubly occupied valence levels: half of the electrons that are not in the core."""
    core_levels = np.select([numbers == 16, numbers > 1], [5, 1], 0)  # sulfur; carbon … fluorine; hydrogen
    return numbers.sum(axis=1) // 2 - core_levels.sum(axis=1)


def _list(folder, sums):
    """Return the table of all molecules of the set: what was chosen, in which part, with which scaffold."""
    table = pd.DataFrame(_read(folder, sums, "molecules.npz"))
    table = table.rename(columns=lambda name: name.removeprefix("split_"))
    table[list(SPLITS)] = table[list(SPLITS)].apply(lambda code: np.array(PARTS, dtype=object)[code])
    table["connectivity"] = table["key"].str[:14]
    found = _read(folder, sums, "scaffolds.npz")
    table["scaffold_smiles"] = pd.Series(found["scaffold"], found["key"]).loc[table["key"]].to_numpy()
    table["scaffold_id"] = pd.factorize(table["scaffold_smiles"], sort=True)[0]
    return table


def _named(name, value, options):
    """Return one or several of `options` as a tuple."""
    value = (value,) if isinstance(value, str) else tuple(value)
    if not value:
        raise ValueError(f"{name} must name at least one of {list(options)}")
    for one in value:
        check.choice(name, one, options)
    return value


def _block(folder, sums, name, levels):
    """Return the fields of one shard's molecules that have all levels, or None where a level has no shard.

    `name` is the shard of the geometries; the shard of another level has the same name but for its beginning.
    """
    kinds = {"xtb", *(LEVELS[level]["shard"] for level in levels)}
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
        kind = LEVELS[level]["shard"]
        for field in ("cpu", *FIELDS):
            if field in LEVELS[level]:
                block[field, level] = shards[kind][LEVELS[level][field]][at[kind]]
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
            f"{path} has the checksum {found[:12]}…, the manifest says {str(sums.get(name))[:12]}…: "
            "it is damaged. Restore it with `git checkout data/molecules` or make it anew with `make data`"
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
