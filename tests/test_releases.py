"""What the collaborations' files mean: counts and expectations as published, and no pickle that does more than hold arrays."""

import os
import pickle

import h5py
import numpy as np
import pytest

from helpers import data, releases

OWN = {name: os.environ.get(name) for name in ("COURSE_DATA_MIRROR", "COURSE_DATA_CACHE")}


@pytest.fixture(autouse=True)
def world(monkeypatch, tmp_path):
    """An empty cache and no mirror."""
    monkeypatch.delenv("COURSE_DATA_MIRROR", raising=False)
    monkeypatch.setenv("COURSE_DATA_CACHE", str(tmp_path / "cache"))
    data.retry()
    yield
    data.retry()


def real(monkeypatch, release, names):
    """Let the mirror or the reader's cache serve a real release, or skip; tests use no outside network."""
    for variable, value in OWN.items():
        if value:
            monkeypatch.setenv(variable, value)
        else:
            monkeypatch.delenv(variable, raising=False)
    monkeypatch.setitem(data.RELEASES[release], "url", "http://127.0.0.1:1/")
    here = data.available(names)
    if not here:
        pytest.skip(here.reason)


@pytest.fixture
def release(monkeypatch):
    real(monkeypatch, "xenon1t_s2only", "xenon1t_s2only")
    return releases.xenon1t_s2only()


def test_xenon1t_release_is_what_its_readme_says(release):
    assert len(release.events) == 170
    assert release.events["s2_area_pe"].between(90, 3000).all()
    assert release.s2_edges[0] == 90 and np.all(np.diff(release.s2_edges) > 0)
    assert release.training_exposure == pytest.approx(0.41862, abs=1e-5)
    assert len(release.background) == len(release.s2_edges) - 1
    for response in (release.nuclear, release.electronic):
        assert response.fraction.shape == (len(response.energy), len(release.s2_edges) - 1)
        assert np.all(response.fraction >= 0) and np.all(response.fraction.sum(axis=1) < 1)
        assert np.all((response.energy_low < response.energy) & (response.energy < response.energy_high))
        np.testing.assert_allclose(response.energy_low[1:], response.energy_high[:-1])
    assert release.nuclear.energy.min() == pytest.approx(0.4, abs=0.02)  # keV
    assert release.nuclear.energy.max() == pytest.approx(50, rel=0.02)


def test_xenon1t_electron_recoils_free_more_electrons_than_nuclear_ones(release):
    """The two responses are not each other's: at 1.5 keV the mean S2 differs by a factor of a few."""
    centre = (release.s2_edges[1:] + release.s2_edges[:-1]) / 2
    mean = {}
    for name, response in (("NR", release.nuclear), ("ER", release.electronic)):
        row = response.fraction[np.argmin(np.abs(response.energy - 1.5))]
        mean[name] = row @ centre / row.sum()
    assert 2 < mean["ER"] / mean["NR"] < 12


def test_xenon1t_counts_in_the_regions_of_interest_are_the_published_ones(release):
    table = release.limits
    area = release.events["s2_area_pe"].to_numpy()
    low, high = table["s2_roi_min"].to_numpy(), table["s2_roi_max"].to_numpy()
    counts = ((area >= low[:, None]) & (area <= high[:, None])).sum(axis=1)
    np.testing.assert_array_equal(counts, table["n_observed"])


class Malicious:
    def __init__(self, action, *arguments):
        self.call = (action, arguments)

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize("protocol", [3, 4])
def test_a_pickle_of_arrays_is_read(tmp_path, protocol):
    arrays = [np.array([(1.5, 2)], dtype=[("cs2", float), ("source", int)]), np.arange(3)]
    (tmp_path / "arrays.pkl").write_bytes(pickle.dumps(arrays, protocol))
    for read, wanted in zip(releases._pickled_arrays(tmp_path / "arrays.pkl"), arrays, strict=True):
        np.testing.assert_array_equal(read, wanted)


@pytest.mark.parametrize("action", [os.system, eval, exec, open, np.load, np.fromfile, getattr, os.mkdir])
@pytest.mark.parametrize("where", ["alone", "in the list", "in an array"])
def test_a_malicious_pickle_is_refused_unexecuted(tmp_path, action, where):
    trace = tmp_path / "trace"
    evil = Malicious(action, f"touch {trace}" if action is os.system else str(trace))
    if where != "alone":
        evil = [np.array([evil, 1], dtype=object) if where == "in an array" else evil]
    (tmp_path / "evil.pkl").write_bytes(pickle.dumps(evil, 4))
    with pytest.raises(data.DataUnavailable, match="only arrays may enter"):
        releases._pickled_arrays(tmp_path / "evil.pkl")
    assert not trace.exists()


@pytest.mark.parametrize("content", [np.arange(3), [np.array([{}, None])], [1.5], {"a": 1}, None])
def test_a_pickle_of_anything_else_is_refused(tmp_path, content):
    (tmp_path / "other.pkl").write_bytes(pickle.dumps(content, 4))
    with pytest.raises(data.DataUnavailable, match="something else than a list of arrays"):
        releases._pickled_arrays(tmp_path / "other.pkl")


def test_xenonnt_takes_only_what_a_mass_needs():
    common, six = releases.xenonnt_files(), releases.xenonnt_files(6)
    assert (len(common), len(six)) == (202, 98)
    assert all("/wimp_si/" in name and "_si_6_" in name for name in six)
    needed = {name for mass in (None, *releases.XENONNT_MASSES) for name in releases.xenonnt_files(mass)}
    listed = {f"xenonnt_light_wimp/{path}" for path in data.RELEASES["xenonnt_light_wimp"]["files"]}
    assert needed == listed


@pytest.mark.parametrize("mass", [7, 3.5, "6", True, np.nan])
def test_xenonnt_masses_without_templates_are_refused(mass):
    for read in (releases.xenonnt_files, releases.xenonnt_wimp):
        with pytest.raises(ValueError, match="mass must be one of"):
            read(mass)


def test_xenonnt_templates_are_laid_out_as_said(monkeypatch, tmp_path):
    """Files that hold their own place: run, shift of the light yield, shift of the charge yield, bin."""

    def made_up(name):
        run, x, y = (
            float(name.split(mark)[1].split("_")[0].removesuffix(".h5")) for mark in ("_sr", "tly_", "tqy_")
        )
        path = tmp_path / name.rsplit("/", 1)[1]
        with h5py.File(path, "w") as file:
            place = np.arange(81.0).reshape(3, 3, 3, 3)
            file["templates/template"] = 1e4 * run + 1e3 * (x + 4) + 100 * (y + 4) + place
        return path

    monkeypatch.setattr(data, "fetch", made_up)
    template = releases.xenonnt_wimp(6)
    assert template.shape == (7, 7, 162)
    for x, y, run, place in ((0, 6, 0, 5), (6, 0, 1, 80), (3, 4, 1, 0)):
        made = 1e4 * run + 1e3 * (x + 1) + 100 * (y + 1) + place
        live_time = (1.174398, 2.342593)[run]
        assert template[x, y, 81 * run + place] == pytest.approx(live_time * made)


@pytest.fixture
def light_wimp(monkeypatch):
    real(monkeypatch, "xenonnt_light_wimp", releases.xenonnt_files())
    return releases.xenonnt_light_wimp()


def test_xenonnt_release_holds_the_published_numbers(light_wimp):
    """The events, the expectations of table I of the paper's companion on ⁸B (arXiv 2408.02877), the limits."""
    assert list(light_wimp.events.groupby("run").size()) == [9, 28]
    assert light_wimp.observed.sum() == 37 and light_wimp.observed[:81].sum() == 9
    assert light_wimp.b8[3, 3].sum() == pytest.approx(11.9, abs=0.05)
    assert light_wimp.accidental.sum(axis=1) == pytest.approx([7.5, 17.8], abs=0.05)
    assert light_wimp.electronic.sum() == pytest.approx(0.7, abs=0.05)
    assert light_wimp.neutron[3, 3].sum() == pytest.approx(0.47, abs=0.01)
    assert set(light_wimp.measured.values()) == {0.0, 1.0}
    assert list(light_wimp.measured) == [*light_wimp.constraints, "light_yield", "charge_yield"]
    limits = light_wimp.limits.set_index("dm_mass_gev")
    assert limits.loc[6, "upper_limit_cm2"] == pytest.approx(2.5e-45, rel=0.02)
    assert set(releases.XENONNT_MASSES) <= set(limits.index)


def test_xenonnt_templates_grow_with_the_yields(light_wimp):
    for template in (light_wimp.b8, light_wimp.neutron):
        assert template.shape == (7, 7, 162) and np.all(template > 0)
    assert np.all(np.diff(light_wimp.b8.sum(axis=-1), axis=0) > 0)
    assert np.all(np.diff(light_wimp.b8.sum(axis=-1), axis=1) > 0)


def test_xenonnt_signal_of_six_gev_looks_like_boron(light_wimp, monkeypatch):
    """The neutrino fog: recoils of 6 GeV/c² dark matter and of ⁸B neutrinos are all but one shape."""
    real(monkeypatch, "xenonnt_light_wimp", releases.xenonnt_files(6))
    six, boron = releases.xenonnt_wimp(6)[3, 3], light_wimp.b8[3, 3]
    assert np.abs(six / six.sum() - boron / boron.sum()).sum() / 2 < 0.1
