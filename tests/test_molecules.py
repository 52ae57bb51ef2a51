"""The molecular set: what is shipped is whole and consistent; the store survives kills and damage."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import molecules

ROOT = Path(__file__).resolve().parents[1]
spec = importlib.util.spec_from_file_location("shards", ROOT / "tools" / "molecules" / "shards.py")
shards = importlib.util.module_from_spec(spec)
spec.loader.exec_module(shards)


def shipped(*levels):
    return molecules.load(levels, "small")


@pytest.fixture(scope="module")
def small():
    return shipped("xtb")


@pytest.fixture(scope="module")
def everything():
    return molecules.load()


@pytest.fixture(scope="module")
def best():
    return shipped("pbe0", "gw")


# --- what is shipped ----------------------------------------------------------------------------


def test_every_file_has_its_checksum_and_no_file_is_unknown():
    sums = json.loads((molecules.FOLDER / "manifest.json").read_text())["files"]
    assert sums.keys() == {path.name for path in molecules.FOLDER.glob("*.npz")}
    assert all(shards.sha256(molecules.FOLDER / name) == checksum for name, checksum in sums.items())


@pytest.mark.parametrize(
    ("level", "subsets", "promised"),
    [
        ("xtb", molecules.SUBSETS, 10_000),
        ("pbe", "small", 2500),
        ("pbe", "isomers", 500),
        ("pbe0", "small", 500),
        ("gw", "small", 500),
    ],
)
def test_the_set_is_as_large_as_promised(level, subsets, promised):
    assert len(molecules.load(level, subsets)) >= promised


def test_the_set_is_below_ten_megabytes():
    assert sum(path.stat().st_size for path in molecules.FOLDER.iterdir()) < 10e6


def test_levels_are_counted_not_padded(everything):
    electrons = everything.numbers.sum(axis=1)
    assert (electrons % 2 == 0).all()
    core = np.select([everything.numbers == 16, everything.numbers > 1], [5, 1], 0).sum(axis=1)
    expected = np.minimum(16, electrons // 2 - core)
    levels = everything.levels["xtb"]
    assert (np.isfinite(levels).sum(axis=1) == expected).all()
    assert (np.isfinite(levels) == (np.arange(16) < expected[:, None])).all()
    assert (everything.table["n_valence"] == electrons // 2 - core).all()


@pytest.mark.parametrize(
    ("smiles", "count"),
    [("O", 4), ("C", 4), ("N#N", 5), ("C=O", 6), ("F", 4), ("CC", 7), ("c1ccccc1", 15), ("C1CCCCC1", 18)],
)
def test_valence_levels_are_half_of_the_valence_electrons(everything, smiles, count):
    table = everything.table
    assert set(table.loc[table["smiles"] == smiles, "n_valence"]) == {count}


def test_sulfur_has_six_valence_electrons(everything):
    cysteine = everything.table["smiles"].str.fullmatch(r"N\[C@@?H\]\(CS\)C\(=O\)O")
    # C3H7NO2S: 12 + 7 + 5 + 12 + 6 electrons
    assert set(everything.table.loc[cysteine, "n_valence"]) == {21}


def test_most_molecules_have_more_levels_than_are_stored(everything):
    assert (everything.table["n_valence"] > 16).mean() == pytest.approx(0.888, abs=0.001)
    pbe = molecules.load("pbe")
    is_cut = pbe.table["n_valence"].to_numpy() > 16
    assert is_cut.mean() == pytest.approx(0.697, abs=0.001)
    assert np.nanmin(pbe.levels["pbe"][is_cut], axis=1).max() == pytest.approx(-11.6, abs=0.05)


def test_atomic_numbers_can_be_multiplied(everything):
    sulfur = everything.numbers.max()
    assert sulfur == 16 and sulfur * sulfur == 256 and everything.numbers.dtype == np.int64


@pytest.mark.parametrize("level", ["xtb", "pbe", "pbe0"])
def test_levels_fall_from_the_homo_in_every_mean_field(level):
    values = shipped(level).levels[level]
    assert not (np.diff(values, axis=1) > 1e-4).any()
    assert (values[:, 0] < 0).all()


def test_geometries_have_the_atoms_of_the_smiles(small):
    assert ((small.numbers > 1).sum(axis=1) == small.table["heavy"]).all()
    assert (np.isfinite(small.positions).all(axis=2) == (small.numbers > 0)).all()
    distance = np.linalg.norm(small.positions[:, :, None] - small.positions[:, None], axis=-1)
    assert np.nanmin(np.where(distance == 0, np.nan, distance)) > 0.7


@pytest.mark.parametrize(
    "smiles, pair, length",
    [  # Å: GFN2-xTB's own (water 0.9593), all within 0.03 of experiment, in brackets
        ("O", (8, 1), 0.9593),  # (0.958)
        ("N", (7, 1), 1.0125),  # (1.012)
        ("C", (6, 1), 1.0820),  # (1.087)
        ("N#N", (7, 7), 1.0982),  # (1.098)
        ("C#C", (6, 6), 1.1938),  # (1.203)
        ("C=O", (6, 8), 1.1920),  # (1.205)
        ("CC", (6, 6), 1.5214),  # (1.535)
        ("F", (9, 1), 0.9325),  # (0.917)
    ],
)
def test_bonds_have_the_length_of_the_molecule_that_the_table_names(small, smiles, pair, length):
    found = small.select((small.table["smiles"] == smiles).to_numpy())
    assert len(found) == 1
    numbers, positions = found.numbers[0], found.positions[0]
    one, other = positions[numbers == pair[0]], positions[numbers == pair[1]]
    distance = np.linalg.norm(one[:, None] - other[None], axis=-1)
    assert distance[distance > 0].min() == pytest.approx(length, abs=0.001)


def test_waters_levels_are_waters(small):
    water = small.select((small.table["smiles"] == "O").to_numpy())
    # NIST: 12.62 eV to take an electron away; GFN2-xTB has 12.15
    assert water.levels["xtb"][0, :4] == pytest.approx([-12.147, -13.902, -15.465, -18.506], abs=0.002)
    assert np.isnan(water.levels["xtb"][0, 4:]).all()


def test_waters_energies_and_lumo_are_waters():
    found = shipped("xtb", "pbe", "pbe0", "gw")
    water = found.select(found.table["smiles"] == "O")
    # 27.2114 eV a hartree; all ten electrons, or the eight of GFN2-xTB
    assert water.energy["xtb"] / 27.2114 == pytest.approx(-5.070, abs=0.001)
    assert water.energy["pbe"] / 27.2114 == pytest.approx(-76.25, abs=0.1)
    assert water.energy["pbe0"] / 27.2114 == pytest.approx(-76.25, abs=0.1)
    for level in ("xtb", "pbe", "pbe0"):
        assert water.lumo[level] > 0 > water.levels[level][0, 0]  # an electron more is not held
        assert (found.lumo[level] > found.levels[level][:, 0]).all()
        assert found.energy[level].dtype == np.float64
    assert water.lumo["pbe"] - water.levels["pbe"][0, 0] < water.lumo["pbe0"] - water.levels["pbe0"][0, 0]


def test_g0w0_has_weights_and_nothing_of_its_own_beside():
    found = shipped("xtb", "pbe0", "gw")
    assert found.levels.keys() == {"xtb", "pbe0", "gw"}
    assert found.lumo.keys() == found.energy.keys() == {"xtb", "pbe0"}
    assert found.weight.keys() == {"gw"}
    weight = found.weight["gw"]
    np.testing.assert_array_equal(np.isnan(weight), np.isnan(found.levels["gw"]))
    assert np.nanmin(weight) > 0.1 and weight[:, 0].min() > 0.8 and weight[:, 0].max() < 0.95
    assert (weight > 1).sum() == 44 and found.levels["gw"][weight > 1].max() < -12.9


def test_scaffolds_are_those_of_the_shipped_split(everything):
    table = everything.table
    assert table.groupby("scaffold_id")["scaffold_smiles"].nunique().eq(1).all()
    assert table.groupby("scaffold_smiles")["scaffold_id"].nunique().eq(1).all()
    assert table.groupby("scaffold_id")["scaffold"].nunique().eq(1).all()
    acyclic = table["scaffold_smiles"] == ""
    assert acyclic.mean() == pytest.approx(0.430, abs=0.001) and set(table.loc[acyclic, "scaffold_id"]) == {0}
    assert set(table.loc[acyclic, "scaffold"]) == {"train"}
    assert not table.loc[acyclic, "smiles"].str.contains(r"\d", regex=True).any()
    assert table.loc[~acyclic, "smiles"].str.contains(r"\d", regex=True).all()
    for smiles, scaffold in (("c1ccccc1", "c1ccccc1"), ("CC1CC1", "C1CC1"), ("CCO", "")):
        assert set(table.loc[table["smiles"] == smiles, "scaffold_smiles"]) == {scaffold}


def test_keys_are_unique_and_name_a_conformer(everything):
    table = everything.table
    assert (table["connectivity"] == table["key"].str[:14]).all() and table["connectivity"].str.len().eq(
        14
    ).all()
    assert table["key"].is_unique
    assert table["key"].str.fullmatch(r"[A-Z]{14}-[A-Z]{10}-[A-Z]_\d\d").all()
    assert (table.loc[table["subset"] != "peptides", "conformer"] == 0).all()


@pytest.mark.parametrize("name", ["random", "scaffold"])
def test_no_molecule_straddles_a_split(name):
    chosen = shards.unpack(molecules.FOLDER / "molecules.npz")
    blocks = {}
    for key, part in zip(chosen["key"], chosen[f"split_{name}"], strict=True):
        assert blocks.setdefault(key[:14], part) == part
    train, validation, test = np.bincount(chosen[f"split_{name}"]) / len(chosen["key"])
    assert train == pytest.approx(0.8, abs=0.03)
    assert validation == pytest.approx(0.1, abs=0.02) and test == pytest.approx(0.1, abs=0.02)


def test_the_size_split_tests_on_larger_molecules():
    train, validation, test = molecules.load(subsets="small").split("size")
    assert train.table["heavy"].max() <= 6 and validation.table["heavy"].max() <= 6
    assert test.table["heavy"].min() >= 7
    assert not set(train.table["key"].str[:14]) & set(validation.table["key"].str[:14])


def test_g0w0_lies_below_pbe0_and_follows_it(best):
    found = best
    shift = found.levels["gw"] - found.levels["pbe0"]
    assert np.nanmax(shift[:, 0]) < -0.5 and np.nanmin(shift[:, 0]) > -6
    assert np.nanmin(found.levels["gw"]) > -20
    ionisation = molecules.first_ionisation(found.levels["gw"])
    assert np.corrcoef(ionisation, -found.levels["pbe0"][:, 0])[0, 1] > 0.95


def test_g0w0_puts_another_level_first_in_seventeen_molecules(best):
    assert len(best) == 593
    gained = -best.levels["gw"][:, 0] - molecules.first_ionisation(best.levels["gw"])
    assert (gained >= 0).all() and (gained > 0).sum() == 17
    assert gained.max() == pytest.approx(0.219, abs=0.001)
    # in a mean field the HOMO is the first
    np.testing.assert_allclose(
        molecules.first_ionisation(best.levels["pbe0"]), -best.levels["pbe0"][:, 0], atol=1e-4
    )


def test_costs_are_positive_and_rise_with_the_level():
    table = shipped("xtb", "pbe", "pbe0", "gw").table
    cost = table[["cpu_xtb", "cpu_pbe", "cpu_pbe0", "cpu_gw", "cpu_geometry"]]
    assert (cost > 0).all(axis=None)
    assert (table["cpu_pbe"] > table["cpu_xtb"]).all()


# --- the loader ---------------------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path):
    """Six made-up molecules in the layout of the real set; one has no geometry, another no PBE levels.

    A and B are acyclic, C and D share a scaffold; B has PBE0 and G0W0 too.
    """
    rng = np.random.default_rng(3)
    store = shards.Store(tmp_path, tmp_path)
    keys = np.array([f"{letter * 14}-UHFFFAOYSA-N_00" for letter in "ABCDEF"])
    chosen = {"key": keys, "smiles": np.array(["C"] * 6), "subset": np.array(["small"] * 4 + ["isomers"] * 2)}
    chosen |= {"conformer": np.zeros(6, np.uint8), "heavy": np.ones(6, np.uint8)}
    chosen |= {f"split_{name}": np.array([0, 0, 0, 1, 2, 2], np.uint8) for name in molecules.SPLITS}
    store.put("molecules.npz", shards.pack(chosen))
    scaffolds = {
        "key": keys[::-1],
        "scaffold": np.array(["", "", "C1CC1", "C1CC1", "C1CO1", "c1ccccc1"])[::-1],
    }
    store.put("scaffolds.npz", shards.pack(scaffolds))
    for name, rows, atoms in (("small-000", [0, 1], 3), ("small-001", [2, 3], 5), ("isomers-000", [4, 5], 4)):
        shard = {
            "key": keys[rows],
            "reason": np.array(["", "saddle point" if name == "small-001" else ""]),
            "numbers": np.ones((2, atoms), np.uint8),
            "positions": rng.normal(size=(2, atoms, 3)).astype(np.float32),
            "levels": rng.normal(size=(2, 16)).astype(np.float32),
            "lumo": rng.normal(size=2).astype(np.float32),
            "energy": rng.normal(size=2),
            "cpu": np.ones(2, np.float32),
            "cpu_geometry": np.full(2, 10, np.float32),
        }
        store.put(f"xtb-{name}.npz", shards.pack(shard))
    shard |= {"key": keys[[1, 0]], "reason": np.array(["", "SCF does not converge"])}
    shard |= {"cpu": np.array([5, 6], np.float32), "lumo": np.array([1, np.nan], np.float32)}
    shard |= {"energy": np.array([-1000.5, np.nan])}
    store.put("pbe-small-000.npz", shards.pack(shard))
    shard |= {"pbe0": shard["levels"], "gw": shard["levels"] - 2, "z": np.full((2, 16), 0.9, np.float32)}
    shard |= {"cpu_pbe0": np.full(2, 7, np.float32), "cpu_gw": np.full(2, 8, np.float32)}
    store.put("gw-small-000.npz", shards.pack(shard))
    return tmp_path


def test_load_pads_what_the_shards_hold(copy):
    everything = molecules.load(folder=copy)
    assert "".join(key[0] for key in everything.table["key"]) == "EFABC"
    assert everything.positions.shape == (5, 5, 3) and everything.numbers.shape == (5, 5)
    assert everything.numbers.sum(axis=1).tolist() == [4, 4, 3, 3, 5]
    assert np.isnan(everything.positions[2, 3:]).all() and np.isfinite(everything.positions[4]).all()
    parts = everything.split("random")
    assert [len(part) for part in parts] == [3, 0, 2]
    for part, name in zip(parts, ("train", "validation", "test"), strict=True):
        assert set(part.table["random"]) <= {name}


def test_load_joins_levels_by_molecule(copy):
    both = molecules.load(["xtb", "pbe"], "small", copy)
    alone = molecules.load("xtb", "small", copy)
    assert both.table["key"].str[0].tolist() == ["B"]
    pbe = shards.unpack(copy / "pbe-small-000.npz")
    np.testing.assert_array_equal(both.levels["pbe"][0], pbe["levels"][0])
    np.testing.assert_array_equal(both.levels["xtb"][0], alone.levels["xtb"][1])
    assert (both.table["cpu_geometry"][0], both.table["cpu_xtb"][0], both.table["cpu_pbe"][0]) == (10, 1, 5)
    np.testing.assert_array_equal(both.positions[0], alone.positions[1][:3])
    assert (both.lumo["pbe"][0], both.energy["pbe"][0]) == (1, -1000.5)
    np.testing.assert_array_equal(both.energy["xtb"][0], alone.energy["xtb"][1])
    assert both.weight == {}


def test_load_hands_out_pbe0s_energies_once(copy):
    gw = molecules.load("gw", folder=copy)
    assert gw.levels.keys() == gw.weight.keys() == {"gw"} and gw.lumo == gw.energy == {}
    both = molecules.load(("pbe0", "gw"), folder=copy)
    assert both.lumo.keys() == both.energy.keys() == {"pbe0"}
    assert (both.lumo["pbe0"][0], both.energy["pbe0"][0]) == (1, -1000.5)
    np.testing.assert_allclose(both.levels["pbe0"] - both.levels["gw"], 2, rtol=1e-6)
    assert (both.table["cpu_pbe0"][0], both.table["cpu_gw"][0]) == (7, 8)


def test_load_names_the_groups(copy):
    table = molecules.load(folder=copy).table.set_index("connectivity")
    table.index = table.index.str[0]
    assert table["scaffold_smiles"].to_dict() == {
        "A": "", "B": "", "C": "C1CC1", "E": "C1CO1", "F": "c1ccccc1"
    }  # fmt: skip
    assert table["scaffold_id"].to_dict() == {"A": 0, "B": 0, "C": 1, "E": 2, "F": 3}
    assert table["n_valence"].to_dict() == {"A": 1, "B": 1, "C": 2, "E": 2, "F": 2}  # 3, 5 and 4 hydrogens


def test_load_refuses_a_wrong_checksum(copy):
    path = copy / "xtb-small-001.npz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match="xtb-small-001.npz has the checksum .* it is damaged"):
        molecules.load(folder=copy)


def test_load_names_a_missing_file(copy):
    (copy / "molecules.npz").unlink()
    with pytest.raises(FileNotFoundError, match="molecules.npz is missing"):
        molecules.load(folder=copy)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"levels": "ccsd"}, "levels must be one of .*'ccsd'"),
        ({"subsets": "proteins"}, "subsets must be one of .*'proteins'"),
        ({"levels": ()}, "at least one"),
        ({"levels": "gw", "subsets": "peptides"}, "no molecule of .'peptides'. has all of the levels .'gw'"),
    ],
)
def test_load_says_what_is_wrong(arguments, message):
    with pytest.raises(ValueError, match=message):
        molecules.load(**arguments)


def test_select_and_split_say_what_is_wrong(copy):
    found = molecules.load(folder=copy)
    with pytest.raises(ValueError, match="name must be one of"):
        found.split("colour")
    for rows in ([True, False], np.ma.masked_array([0, 1], [False, True]), [len(found)], [0.5], [[0]], "all"):
        with pytest.raises(ValueError, match="rows must"):
            found.select(rows)
    with pytest.raises(ValueError, match="rows must be a mask with the index of"):
        found.select(found.table["heavy"][1:] > 0)


def test_a_series_of_rows_is_matched_by_its_index(copy):
    found = molecules.load(folder=copy)
    wanted = found.table["key"].str[0].isin(["A", "F"])
    for rows in (wanted, wanted.sort_index(ascending=False), np.flatnonzero(wanted), wanted.to_list()):
        assert found.select(rows).table["key"].str[0].to_list() == ["F", "A"]
    assert len(found.select([])) == 0 and found.select([-1]).table["key"][0] == found.table["key"].iloc[-1]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_select_keeps_rows_together(small, seed):
    rows = np.random.default_rng(seed).choice(len(small), 5, replace=False)
    chosen = small.select(rows)
    assert list(chosen.table["key"]) == list(small.table["key"].iloc[rows])
    np.testing.assert_array_equal(chosen.levels["xtb"], small.levels["xtb"][rows])
    np.testing.assert_array_equal(chosen.numbers, small.numbers[rows])
    np.testing.assert_array_equal(chosen.positions, small.positions[rows])
    np.testing.assert_array_equal(chosen.lumo["xtb"], small.lumo["xtb"][rows])
    np.testing.assert_array_equal(chosen.energy["xtb"], small.energy["xtb"][rows])


def test_select_keeps_weights_with_their_levels(best):
    chosen = best.select([7, 3])
    np.testing.assert_array_equal(chosen.weight["gw"], best.weight["gw"][[7, 3]])
    np.testing.assert_array_equal(chosen.energy["pbe0"], best.energy["pbe0"][[7, 3]])


# --- folds ----------------------------------------------------------------------------------------


@settings(max_examples=10, deadline=None)
@given(st.integers(2, 10), st.integers(0, 2**32 - 1))
def test_folds_keep_conformers_and_stereoisomers_together(everything, n_folds, seed):
    folds = everything.folds(n_folds, seed=seed)
    assert pd.Series(folds).groupby(everything.table["connectivity"]).nunique().eq(1).all()
    sizes = np.bincount(folds, minlength=n_folds)
    assert sizes.sum() == len(everything)
    # the groups are dealt out evenly; peptides have up to 30 conformers in one
    groups = everything.table.assign(fold=folds).groupby("fold")["connectivity"].nunique()
    assert groups.max() - groups.min() <= 1
    assert (abs(sizes / sizes.mean() - 1) < 0.2).all()


def test_molecules_in_two_subsets_are_in_one_fold(everything):
    table = everything.table.assign(fold=everything.folds(5))
    by_molecule = table.groupby("connectivity").agg(
        {"subset": "nunique", "fold": "nunique", "smiles": "first"}
    )
    shared = by_molecule[by_molecule["subset"] == 2]
    # glycine, alanine, and an isomer of which *small* drew the other side of the double bond
    assert set(shared["smiles"]) == {"NCC(=O)O", "C[C@H](N)C(=O)O", "CO/C(C)=C1/C=CCO1"}
    assert (shared["fold"] == 1).all()


@settings(max_examples=10, deadline=None)
@given(st.integers(2, 10), st.integers(0, 2**32 - 1))
def test_folds_by_scaffold_test_on_scaffolds_never_seen(everything, n_folds, seed):
    table = everything.table
    folds = everything.folds(n_folds, "scaffold", seed)
    assert pd.Series(folds).groupby(table["scaffold_id"]).nunique().eq(1).all()
    share = table["scaffold_id"].map(table["scaffold_id"].value_counts(normalize=True))
    always_trained = (table["scaffold_smiles"] == "") | (share > 0.02)
    np.testing.assert_array_equal(folds == -1, always_trained)
    assert always_trained.mean() == pytest.approx(0.520, abs=0.001)
    sizes = np.bincount(folds[folds >= 0], minlength=n_folds)
    assert sizes.max() - sizes.min() <= 1


def test_two_per_cent_are_counted_in_the_chosen_set(small):
    sizes = small.table["scaffold_id"].value_counts()
    common = sizes[(sizes >= 20) & (sizes <= 0.02 * len(small))].index[:2]
    few = small.select(small.table["scaffold_id"].isin(common))
    assert (small.folds(2, "scaffold")[small.table["scaffold_id"].isin(common)] >= 0).all()
    with pytest.raises(
        ValueError, match="n_folds must be at most the number of groups by scaffold to test on, 0"
    ):
        few.folds(2, "scaffold")
    assert set(few.folds(2)) == {0, 1}


@pytest.mark.parametrize("by", ["connectivity", "scaffold"])
def test_folds_depend_on_the_seed_and_not_on_the_order(small, by):
    first = small.folds(5, by, seed=3)
    np.testing.assert_array_equal(first, small.folds(5, by, seed=3))
    assert (first != small.folds(5, by, seed=4)).mean() > 0.2
    order = np.random.default_rng(0).permutation(len(small))
    np.testing.assert_array_equal(small.select(order).folds(5, by, seed=3), first[order])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n_folds": 1}, "n_folds must be at least 2"),
        ({"n_folds": 2.5}, "n_folds must be a whole number"),
        ({"n_folds": "5"}, "n_folds must be a single number"),
        ({"n_folds": 6}, "n_folds must be at most the number of groups by connectivity to test on, 5, got 6"),
        ({"n_folds": 2, "by": "scaffold"}, "n_folds must be at most the number of groups by scaffold"),
        ({"n_folds": 2, "by": "subset"}, "by must be one of .*'subset'"),
        ({"n_folds": 2, "seed": -1}, "seed must be at least 0"),
        ({"n_folds": 2, "seed": 0.5}, "seed must be a whole number"),
        ({"n_folds": 2, "seed": 2**32}, "seed must be at most"),
        ({"n_folds": 2, "seed": None}, "seed must be a single number"),
    ],
)
def test_folds_say_what_is_wrong(copy, arguments, message):
    with pytest.raises(ValueError, match=message):
        molecules.load(folder=copy).folds(**arguments)


# --- spectra --------------------------------------------------------------------------------------

# eV in 64ths, so that sums and differences are exact
energies = st.integers(-25 * 64, -5 * 64).map(lambda number: number / 64)
widths = st.integers(4, 64).map(lambda number: number / 64)
falling = st.lists(energies, min_size=1, max_size=30).map(lambda row: np.sort(row)[::-1])


def stored(levels, n_levels=16):
    """What a file would hold of all the levels of one molecule: the highest, padded with NaN."""
    row = np.full((1, n_levels), np.nan)
    row[0, : len(levels)] = levels[:n_levels]
    return row


def wide_grid(levels, sigma):
    return np.arange(levels.min() - 8 * sigma, levels.max() + 8 * sigma, sigma / 8)


def test_one_level_is_one_gaussian():
    grid = np.array([-10.5, -10.0, -9.5])
    spectrum = molecules.broaden([[-10.0, np.nan]], [1], grid, 0.25)
    height = 1 / (0.25 * np.sqrt(2 * np.pi))
    assert height == pytest.approx(1.5958, abs=1e-4)
    np.testing.assert_allclose(spectrum, [[height * np.exp(-2), height, height * np.exp(-2)]])


@given(falling, widths)
def test_the_area_of_a_spectrum_is_the_number_of_its_levels(levels, sigma):
    row, grid = stored(levels, 30), wide_grid(levels, sigma)
    spectrum = molecules.broaden(row, [len(levels)], grid, sigma)
    assert np.trapezoid(spectrum[0], grid) == pytest.approx(len(levels), rel=1e-9)


@given(falling, widths)
def test_a_spectrum_is_the_sum_of_its_levels_spectra(levels, sigma):
    grid = np.linspace(-25, -5, 41)
    one_by_one = molecules.broaden(levels[:, None], np.ones(len(levels)), grid, sigma)
    together = molecules.broaden(levels[None], [len(levels)], grid, sigma)
    np.testing.assert_allclose(together[0], one_by_one.sum(axis=0), rtol=1e-12, atol=1e-300)


@given(falling, widths, st.integers(-640, 640).map(lambda number: number / 64))
def test_a_shift_of_all_energies_shifts_the_spectrum(levels, sigma, shift):
    row, grid = stored(levels), np.arange(-25, -5, 0.25)
    still = molecules.broaden(row, [len(levels)], grid, sigma)
    shifted = molecules.broaden(row + shift, [len(levels)], grid + shift, sigma)
    np.testing.assert_allclose(shifted, still, rtol=1e-12)
    limit = molecules.completeness_limit(row, [len(levels)], sigma)
    np.testing.assert_array_equal(
        molecules.completeness_limit(row + shift, [len(levels)], sigma), limit + shift
    )


@given(falling, widths, st.data())
def test_above_the_limit_no_missing_level_is_seen(levels, sigma, data):
    """Deep levels cut off, and others left out between stored ones as in G0W0."""
    row = stored(levels)
    left_out = data.draw(st.lists(st.integers(0, 15), max_size=3))
    row[:, left_out] = np.nan
    grid = np.arange(-26, -4, 0.125)
    spectrum = molecules.broaden(row, [len(levels)], grid, sigma)[0]
    truth = molecules.broaden(levels[None], [len(levels)], grid, sigma)[0]
    limit = molecules.completeness_limit(row, [len(levels)], sigma)[0]
    np.testing.assert_array_equal(np.isnan(spectrum), grid < limit)
    n_missing = len(levels) - np.isfinite(row).sum()
    height = 1 / (sigma * np.sqrt(2 * np.pi))
    seen = truth - spectrum
    assert (np.nan_to_num(seen) <= n_missing * height * np.exp(-4.5) + 1e-12).all()
    assert (np.nan_to_num(seen) >= -1e-12).all()
    if n_missing == 0:
        np.testing.assert_array_equal(spectrum, truth)


@given(falling, widths, widths)
def test_the_limit_rises_with_the_width_and_falls_with_each_level_more(levels, narrow, wide):
    narrow, wide = sorted((narrow, wide))
    rows = np.concatenate([stored(levels[:count], 30) for count in range(len(levels) + 1)])
    n_valence = np.full(len(rows), len(levels))
    limits = molecules.completeness_limit(rows, n_valence, narrow)
    assert (molecules.completeness_limit(rows, n_valence, wide) >= limits).all()
    assert (limits[1:] <= limits[:-1]).all()
    assert limits[0] == np.inf and limits[-1] == -np.inf
    np.testing.assert_array_equal(limits[1:-1], levels[:-1] + 3 * narrow)


def test_the_limit_stands_before_a_level_left_out():
    levels = [[-9, -12, -11, np.nan], [-9, np.nan, -12, -13], [-9, -12, np.nan, np.nan], [np.nan] * 4]
    limits = molecules.completeness_limit(levels, [4, 4, 2, 4], 0.5)
    assert limits.tolist() == [-10.5, -7.5, -np.inf, np.inf]


def test_no_shipped_spectrum_shows_where_its_levels_end(best):
    n_valence = best.table["n_valence"].to_numpy()
    gw = best.levels["gw"]
    limits = molecules.completeness_limit(gw, n_valence, 0.25)
    assert np.isfinite(limits).all()  # below −20 eV each molecule has a level that G0W0 leaves out
    before = np.isfinite(gw).cumprod(axis=1).sum(axis=1)
    assert (before < np.isfinite(gw).sum(axis=1)).sum() == 64
    water = best.select(best.table["smiles"] == "O")
    grid = np.linspace(-25, -5, 201)
    spectrum = molecules.broaden(water.levels["pbe0"], water.table["n_valence"], grid, 0.25)
    assert np.isfinite(spectrum).all()
    assert np.trapezoid(spectrum[0], grid) == pytest.approx(3, abs=0.001)  # O 2s lies deeper than the grid


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("levels", [-9.0, -10.0]),
        ("levels", [[-9.0, np.inf]]),
        ("levels", [["a", "b"]]),
        ("levels", {"pbe": [[-9.0]]}),
        ("levels", [[-9.0], [-9.0, -10.0]]),
        ("levels", np.ma.masked_array([[-9.0, -10.0]], [[False, True]])),
        ("levels", [[-9.0, -10.0]] * 2),
        ("n_valence", [[2]]),
        ("n_valence", [1]),
        ("n_valence", [2.5]),
        ("n_valence", [np.nan]),
        ("n_valence", 2),
        ("n_valence", [2, 2]),
        ("grid", []),
        ("grid", [[-9.0]]),
        ("grid", [np.nan]),
        ("grid", -9.0),
        ("sigma", 0),
        ("sigma", -0.1),
        ("sigma", np.nan),
        ("sigma", [0.1]),
        ("sigma", "wide"),
    ],
)
def test_spectra_say_what_is_wrong(name, value):
    good = {"levels": [[-9.0, -10.0]], "n_valence": [2], "grid": [-9.0, -8.0], "sigma": 0.1}
    assert np.isfinite(molecules.broaden(**good)).all()
    with pytest.raises(ValueError, match=name):
        molecules.broaden(**(good | {name: value}))
    if name != "grid":
        del good["grid"]
        with pytest.raises(ValueError, match=name):
            molecules.completeness_limit(**(good | {name: value}))


def test_an_ionisation_needs_a_level():
    assert molecules.first_ionisation([[-9, np.nan, -8.5], [np.nan, -7, -8]]).tolist() == [8.5, 7]
    for wrong in ([[-9.0], [np.nan]], [-9.0], [[np.inf]], "deep", {}):
        with pytest.raises(ValueError, match="levels must"):
            molecules.first_ionisation(wrong)


# --- the store: killed, damaged, resumed ----------------------------------------------------------

BUILD = """
import importlib.util, sys, time
import numpy as np
spec = importlib.util.spec_from_file_location("shards", sys.argv[1])
shards = importlib.util.module_from_spec(spec)
spec.loader.exec_module(shards)
store = shards.Store(sys.argv[2], sys.argv[3])

def run(keys):
    for key in keys:
        time.sleep(0.005)
        with open(sys.argv[4], "a") as log:
            log.write(key + "\\n")
        number = int(key[1:])
        yield key, {"value": np.float32(number), "row": np.arange(number % 4, dtype=np.float32)}

for shard in range(4):
    store.collect(f"shard-{shard}.npz", [f"k{n}" for n in range(20 * shard, 20 * shard + 20)], run)
"""


def start(folder):
    paths = [ROOT / "tools" / "molecules" / "shards.py", folder / "data", folder / "scratch", folder / "log"]
    return subprocess.Popen([sys.executable, "-c", BUILD, *map(str, paths)])


def computed(folder):
    log = folder / "log"
    return log.read_text().split() if log.exists() else []


def check_complete(folder):
    store = shards.Store(folder / "data", folder / "scratch")
    for shard in range(4):
        content = store.read(f"shard-{shard}.npz")
        numbers = np.arange(20 * shard, 20 * shard + 20)
        assert list(content["key"]) == [f"k{n}" for n in numbers]
        np.testing.assert_array_equal(content["value"], numbers)
        np.testing.assert_array_equal(np.isfinite(content["row"]).sum(axis=1), numbers % 4)
    assert not list((folder / "scratch").iterdir())


def test_a_killed_build_is_resumed_without_loss_or_double(tmp_path):
    kills, rng = 0, np.random.default_rng(4)
    for _ in range(40):
        process, before = start(tmp_path), len(computed(tmp_path))
        target = before + int(rng.integers(5, 25))
        while process.poll() is None and len(computed(tmp_path)) < target:
            time.sleep(0.002)
        if process.poll() is not None:
            break
        process.send_signal(signal.SIGKILL)
        process.wait()
        kills += 1
    assert process.returncode == 0 and kills >= 3
    check_complete(tmp_path)
    done = computed(tmp_path)
    assert set(done) == {f"k{n}" for n in range(80)}
    # a kill costs at most the one record that was being computed
    assert len(done) <= 80 + kills


@pytest.mark.parametrize("damage", ["truncated", "one bit", "deleted", "not in the manifest"])
def test_a_damaged_shard_is_found_and_redone(tmp_path, damage):
    assert start(tmp_path).wait() == 0
    path, manifest = tmp_path / "data" / "shard-2.npz", tmp_path / "data" / "manifest.json"
    content = path.read_bytes()
    if damage == "truncated":
        path.write_bytes(content[:-10])
    elif damage == "one bit":
        path.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    elif damage == "deleted":
        path.unlink()
    else:
        sums = json.loads(manifest.read_text())
        del sums["files"]["shard-2.npz"]
        manifest.write_text(json.dumps(sums))
    store = shards.Store(tmp_path / "data", tmp_path / "scratch")
    with pytest.raises(ValueError, match="shard-2.npz is missing or damaged"):
        store.read("shard-2.npz")
    assert start(tmp_path).wait() == 0
    check_complete(tmp_path)
    assert path.read_bytes() == content
    # 80 at first, and the 20 of the damaged shard: nothing else again
    assert computed(tmp_path)[80:] == [f"k{n}" for n in range(40, 60)]


def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "file"
    shards.write_atomically(path, b"old")

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        shards.write_atomically(path, b"new")
    assert path.read_bytes() == b"old"


def test_only_plain_arrays_are_stored():
    with pytest.raises(ValueError, match="holds Python objects"):
        shards.pack({"name": np.array([None, "a"], dtype=object)})


def test_a_killed_scratch_record_is_never_half_a_record(tmp_path):
    store = shards.Store(tmp_path / "data", tmp_path / "scratch")
    parts = tmp_path / "scratch" / "one"
    parts.mkdir(parents=True)
    (parts / ".a.npz.1.tmp").write_bytes(b"PK half")  # what a kill during a write leaves
    calls = []

    def run(keys):
        calls.extend(keys)
        return ((key, {"value": np.float32(1)}) for key in keys)

    store.collect("one.npz", ["a", "b"], run)
    assert calls == ["a", "b"]
    np.testing.assert_array_equal(store.read("one.npz")["value"], [1, 1])
