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


def test_levels_are_counted_not_padded():
    everything = molecules.load()
    electrons = everything.numbers.sum(axis=1)
    assert (electrons % 2 == 0).all()
    core = np.select([everything.numbers == 16, everything.numbers > 1], [5, 1], 0).sum(axis=1)
    expected = np.minimum(16, electrons // 2 - core)
    levels = everything.levels["xtb"]
    assert (np.isfinite(levels).sum(axis=1) == expected).all()
    assert (np.isfinite(levels) == (np.arange(16) < expected[:, None])).all()


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


def test_keys_are_unique_and_name_a_conformer():
    table = molecules.load().table
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


def test_g0w0_lies_below_pbe0_and_follows_it():
    found = shipped("pbe0", "gw")
    shift = found.levels["gw"] - found.levels["pbe0"]
    assert np.nanmax(shift[:, 0]) < -0.5 and np.nanmin(shift[:, 0]) > -6
    assert np.nanmin(found.levels["gw"]) > -20
    first_ionisation = -np.nanmax(found.levels["gw"], axis=1)
    assert np.corrcoef(first_ionisation, -found.levels["pbe0"][:, 0])[0, 1] > 0.95


def test_costs_are_positive_and_rise_with_the_level():
    table = shipped("xtb", "pbe", "pbe0", "gw").table
    cost = table[["cpu_xtb", "cpu_pbe", "cpu_pbe0", "cpu_gw", "cpu_geometry"]]
    assert (cost > 0).all(axis=None)
    assert (table["cpu_pbe"] > table["cpu_xtb"]).all()


# --- the loader ---------------------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path):
    """A made-up set of six molecules in the layout of the real one; one has no geometry, another no PBE levels."""
    rng = np.random.default_rng(3)
    store = shards.Store(tmp_path, tmp_path)
    keys = np.array([f"{letter * 14}-UHFFFAOYSA-N_00" for letter in "ABCDEF"])
    chosen = {"key": keys, "smiles": np.array(["C"] * 6), "subset": np.array(["small"] * 4 + ["isomers"] * 2)}
    chosen |= {"conformer": np.zeros(6, np.uint8), "heavy": np.ones(6, np.uint8)}
    chosen |= {f"split_{name}": np.array([0, 0, 0, 1, 2, 2], np.uint8) for name in molecules.SPLITS}
    store.put("molecules.npz", shards.pack(chosen))
    for name, rows, atoms in (("small-000", [0, 1], 3), ("small-001", [2, 3], 5), ("isomers-000", [4, 5], 4)):
        shard = {
            "key": keys[rows],
            "reason": np.array(["", "saddle point" if name == "small-001" else ""]),
            "numbers": np.ones((2, atoms), np.uint8),
            "positions": rng.normal(size=(2, atoms, 3)).astype(np.float32),
            "levels": rng.normal(size=(2, 16)).astype(np.float32),
            "cpu": np.ones(2, np.float32),
            "cpu_geometry": np.full(2, 10, np.float32),
        }
        store.put(f"xtb-{name}.npz", shards.pack(shard))
    shard |= {"key": keys[[1, 0]], "reason": np.array(["", "SCF does not converge"])}
    shard |= {"cpu": np.array([5, 6], np.float32)}
    store.put("pbe-small-000.npz", shards.pack(shard))
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
