import os
import pickle
import re

import h5py
import numpy as np
import pandas as pd
import pytest
import scipy.io

from helpers import data, pools, recoils, releases, spectra


def real(monkeypatch, release, names):
    """Let the mirror or the reader's cache serve a real release, or skip; tests use no outside network."""
    monkeypatch.setitem(data.RELEASES[release], "url", "http://127.0.0.1:1/")
    data.retry()
    here = data.available(names)
    data.retry()
    if not here:
        pytest.skip(here.reason)


# --- XENON1T, S2 only ----------------------------------------------------------------------------------------


def made_up_xenon1t(folder):
    """A release of three S2 bins whose every number says where it belongs, its columns and rows in disorder."""

    def response(kind):
        return pd.DataFrame(
            {
                "energy_bin_end_kev": [kind + 0.3, kind + 0.5],
                "s2_bin_002": [kind / 10 + 0.02, kind / 10 + 0.05],
                "energy_kev": [kind + 0.2, kind + 0.4],
                "s2_bin_000": [kind / 10 + 0.00, kind / 10 + 0.03],
                "energy_bin_start_kev": [kind + 0.1, kind + 0.3],
                "s2_bin_001": [kind / 10 + 0.01, kind / 10 + 0.04],
            }
        )

    tables = {
        "s2_binning_info.csv": pd.DataFrame(
            {"end_pe": [200, 120, 150], "s2_bin_number": [2, 0, 1], "start_pe": [150, 90, 120]}
        ),
        "s2_response_nr.csv": response(1),
        "s2_response_er.csv": response(2),
        **{
            name: pd.DataFrame({"file": [name]})
            for name in (
                "events_after_cuts.csv",
                "events_after_cuts_training.csv",
                "er_and_cevns_background.csv",
                "limits/5a_results_si_nr.csv",
                "limits/5a_results_si_nr_nestv201.csv",
            )
        },
    }

    def fetch(name):
        path = name.removeprefix("xenon1t_s2only/")
        tables[path].to_csv(folder / "table.csv", index=False)
        return folder / "table.csv"

    return fetch


def test_xenon1t_fields_hold_what_their_names_say(monkeypatch, tmp_path):
    monkeypatch.setattr(data, "fetch", made_up_xenon1t(tmp_path))
    release = releases.xenon1t_s2only()
    assert list(release.s2_edges) == [90, 120, 150, 200]
    for kind, response in ((1, release.nuclear), (2, release.electronic)):
        assert response.energy_low == pytest.approx([kind + 0.1, kind + 0.3])
        assert response.energy == pytest.approx([kind + 0.2, kind + 0.4])
        assert response.energy_high == pytest.approx([kind + 0.3, kind + 0.5])
        assert response.fraction == pytest.approx(kind / 10 + 0.01 * np.arange(6).reshape(2, 3))
    files = {
        "events": "events_after_cuts.csv",
        "training_events": "events_after_cuts_training.csv",
        "background": "er_and_cevns_background.csv",
        "limits": "limits/5a_results_si_nr.csv",
        "limits_nest": "limits/5a_results_si_nr_nestv201.csv",
    }
    assert {field: getattr(release, field)["file"][0] for field in files} == files
    assert release.exposure == 0.97678  # t y, as the release's README states it
    assert release.training_exposure == pytest.approx(0.41862, abs=1e-5)


@pytest.fixture
def release(monkeypatch):
    real(monkeypatch, "xenon1t_s2only", "xenon1t_s2only")
    return releases.xenon1t_s2only()


def test_xenon1t_release_is_what_its_readme_says(release):
    assert len(release.events) == 170 and len(release.training_events) == 73
    assert release.events["s2_area_pe"].between(90, 3000).all()
    assert release.s2_edges[0] == 90 and np.all(np.diff(release.s2_edges) > 0)
    assert len(release.background) == len(release.s2_edges) - 1
    expected = release.background[["er_background_events", "cevns_background_events"]].sum()
    assert expected.to_numpy() == pytest.approx([10.85, 3.84], abs=0.01)
    for response in (release.nuclear, release.electronic):
        assert response.fraction.shape == (len(response.energy), len(release.s2_edges) - 1)
        assert np.all(response.fraction >= 0) and np.all(response.fraction.sum(axis=1) < 1)
        assert np.all((response.energy_low < response.energy) & (response.energy < response.energy_high))
        np.testing.assert_allclose(response.energy_low[1:], response.energy_high[:-1])


def test_a_kev_of_an_electron_makes_several_times_the_charge_of_a_nucleus_kev(release):
    centre = (release.s2_edges[1:] + release.s2_edges[:-1]) / 2

    def mean_s2(response):
        seen = response.fraction[np.argmin(np.abs(response.energy - 1))]
        return seen @ centre / seen.sum()

    assert 5 < mean_s2(release.electronic) / mean_s2(release.nuclear) < 12


def test_xenon1t_counts_in_the_regions_of_interest_are_the_published_ones(release):
    area = release.events["s2_area_pe"].to_numpy()
    for table in (release.limits, release.limits_nest):
        low, high = table["s2_roi_min"].to_numpy(), table["s2_roi_max"].to_numpy()
        counts = ((area >= low[:, None]) & (area <= high[:, None])).sum(axis=1)
        np.testing.assert_array_equal(counts, table["n_observed"])


@pytest.mark.parametrize("mass", [4, 6, 20])
def test_the_published_limit_is_where_our_rate_and_the_response_give_the_published_signal(release, mass):
    """Rate, exposure, response to nuclear recoils, cut-off and window together, against the release's own number."""
    row = release.limits.iloc[np.argmin(np.abs(release.limits["mass_gev"] - mass))]
    halo = recoils.Halo(v0=220, v_earth=232)
    edges = np.append(release.nuclear.energy_low, release.nuclear.energy_high[-1])
    recoiling = spectra.binned_events(
        lambda e: recoils.wimp_rate(e, row.mass_gev, row.limit_cm2, halo=halo),
        release.exposure,
        np.maximum(edges, 0.7),
    )
    low, high = release.s2_edges[:-1], release.s2_edges[1:]
    inside = np.clip(
        (np.minimum(high, row.s2_roi_max) - np.maximum(low, row.s2_roi_min)) / (high - low), 0, 1
    )
    signal = (recoiling @ release.nuclear.fraction) @ inside
    assert signal == pytest.approx(row.n_expected_signal_mean, rel=0.03)


# --- pickles ---------------------------------------------------------------------------------------------------


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


# --- XENONnT, light dark matter --------------------------------------------------------------------------------


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


def test_xenonnt_fields_hold_what_their_names_say(monkeypatch, tmp_path):
    """A pickle with its columns in disorder, and templates that hold their kind and run."""
    theirs = ["s2_bdt_score", "cs2", "s1_bdt_score", "s2_shadow_s2_time_shadow", "source"]
    ours = ["s2_bdt_score", "cs2", "s1_bdt_score", "s2_time_shadow"]
    runs = [
        np.array([(0.4, 10.0, 0.3, 0.2, 1)] * n, dtype=[(name, float) for name in theirs]) for n in (2, 1)
    ]
    measured = dict(reversed(releases._XENONNT_MEASURED.items()))
    ancillary = np.zeros(1, dtype=[(name, float) for name in measured.values()])
    for place, name in enumerate(measured.values()):
        ancillary[name] = place
    axes = {
        "cs2": [0, 9, 11, 12],
        "s2_shadow_s2_time_shadow": [0, 0.1, 0.15, 1],
        "s1_bdt_score": [0, 0.5, 0.6, 1],
        "s2_bdt_score": [0, 0.1, 0.5, 1],
    }
    names = list(axes)

    def fetch(name):
        path = tmp_path / "file"
        if name.endswith(".pkl"):
            path.write_bytes(pickle.dumps([*runs, ancillary], 4))
        elif name.endswith(".csv"):
            path.write_text("index,dm_mass_gev\n0,6\n")
        else:
            kind, run = ("b8", "rg", "ac", "er").index(name.split("/")[3]), "_sr1_" in name
            with h5py.File(path, "w") as file:
                file["templates/template"] = np.full((3, 3, 3, 3), 10.0 * kind + run)
                for axis, quantity in enumerate(names):
                    file[f"bins/{axis}"] = axes[quantity]
                    file[f"bins/{axis}"].attrs["name"] = quantity
        return path

    monkeypatch.setattr(data, "fetch", fetch)
    found = releases.xenonnt_light_wimp()
    assert found.events[["run", *ours]].to_numpy().tolist() == [[r, 0.4, 10.0, 0.3, 0.2] for r in (0, 0, 1)]
    place = np.ravel_multi_index((1, 2, 0, 1), (3, 3, 3, 3))
    assert found.observed[place] == 2 and found.observed[81 + place] == 1 and found.observed.sum() == 3
    assert found.measured == {name: float(place) for place, name in enumerate(measured)}
    live = np.repeat([1.174398, 2.342593], 81)
    for kind, template in ((0, found.b8[0, 6]), (1, found.neutron[6, 0]), (3, found.electronic)):
        assert template == pytest.approx(live * (10 * kind + np.repeat([0, 1], 81)))
    assert found.accidental == pytest.approx(
        np.array([20 * live[:1] * ([1] * 81 + [0] * 81), 21 * live[-1:] * ([0] * 81 + [1] * 81)])
    )
    assert [[list(axis) for axis in run] for run in found.edges] == 2 * [list(axes.values())]
    names[0], names[1] = names[1], names[0]
    with pytest.raises(data.DataUnavailable, match="does not hold the quantities"):
        releases.xenonnt_light_wimp()


def test_xenonnt_floats_what_its_statistical_model_floats():
    # copied from the release's own statistical model, for no file that is read holds it
    assert releases._XENONNT_CONSTRAINTS == {
        "efficiency": (0.25, 0.5, 1.5),
        "b8_flux": (0.0381, 0, np.inf),
        "accidental_run0": (0.0904, 0, np.inf),
        "accidental_run1": (0.0576, 0, np.inf),
        "electronic": (1, 0, np.inf),
        "neutron": (0.58, 0, np.inf),
    }


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


# --- XENONnT, three runs, 2026 ----------------------------------------------------------------------------------


def test_cevns_files_are_those_listed():
    """What the reader asks for, without one file."""
    wanted = {
        name
        for kind in ("ac", "er", "rg", "mono")
        for run in (0, 1, 2)
        for name in releases._cevns_files(kind, run).flat
    }
    listed = {f"xenonnt_cevns/{path}" for path in data.RELEASES["xenonnt_cevns"]["files"]}
    assert wanted == {name for name in listed if "/templates/" in name} and len(wanted) == 1275
    assert {name.split("/")[1] for name in listed - wanted} == {"data", "limits"}


def test_cevns_fields_hold_what_their_names_say(monkeypatch, tmp_path):
    """Templates that hold their own place: energy, run, shift of the light yield, shift of the charge yield, bin."""
    theirs = ["s2_bdt_score", "cs2", "s1_bdt_score", "s2_shadow_s2_time_shadow_quantile"]
    place = np.arange(81.0).reshape(3, 3, 3, 3)

    def fetch(name):
        path = tmp_path / "file"
        if "/limits/" in name:
            path.write_text(",mass,upper_limit\n0,6,1\n")
        elif name.endswith(".csv"):
            run = int(name[-5])
            pd.DataFrame([[0.4, 10.0, 0.3, 0.2]] * (run + 1), columns=theirs).to_csv(path)
        else:
            value = {"/er/": 7.0, "/ac/": 20.0, "/rg/": 0.0, "mono": 0.0}[
                re.search("/er/|/ac/|/rg/|mono", name)[0]
            ]
            if "tly_" in name:
                x, y = (
                    float(name.split(mark)[1].split("_")[0].removesuffix(".h5")) for mark in ("tly_", "tqy_")
                )
                value += 1e4 * (x + 2) + 1e3 * (y + 2)
            if "_mono_" in name:
                value += 1e6 * float(name.split("_mono_")[1].split("_")[0])
            with h5py.File(path, "w") as file:
                file["templates/template"] = value + place
                for axis, quantity in enumerate(releases._XENONNT_QUANTITIES.values()):
                    file[f"bins/{axis}"] = [0, 9, 11, 12] if axis == 0 else [0, 0.25, 0.35, 1]
                    file[f"bins/{axis}"].attrs["name"] = quantity
        return path

    monkeypatch.setattr(data, "fetch", fetch)
    found = releases.xenonnt_cevns()
    live = (1.174398, 2.342593, 3.249665)
    assert found.events["run"].tolist() == [0, 1, 1, 2, 2, 2] and found.live_times.tolist() == list(live)
    assert found.events[["cs2", "s2_time_shadow", "s1_bdt_score", "s2_bdt_score"]].iloc[-1].tolist() == [
        10,
        0.2,
        0.3,
        0.4,
    ]
    at = np.ravel_multi_index((1, 0, 1, 2), (3, 3, 3, 3))
    assert [found.observed[81 * run + at] for run in (0, 1, 2)] == [1, 2, 3] and found.observed.sum() == 6
    assert found.response.shape == (46, 3, 3, 243) and found.neutron.shape == (3, 3, 243)
    assert found.response[5, 0, 2, 81 + 4] == pytest.approx(live[1] * (1e6 + 1e4 + 3e3 + 4))
    assert found.neutron[2, 0, 162 + 80] == pytest.approx(live[2] * (3e4 + 1e3 + 80))
    assert found.electronic[81 + 3] == pytest.approx(live[1] * 10)
    assert found.accidental[1, 81:162] == pytest.approx(live[1] * (20 + place.ravel()))
    assert found.accidental.sum(axis=1) == pytest.approx([time * (81 * 20 + place.sum()) for time in live])
    assert set(found.limits) == set(releases.CEVNS_LIMITS) and found.limits["wimp_si"].index.tolist() == [6]


@pytest.fixture
def cevns(monkeypatch):
    real(monkeypatch, "xenonnt_cevns", "xenonnt_cevns")
    return releases.xenonnt_cevns()


def test_cevns_release_holds_what_its_notes_say(cevns, monkeypatch):
    """62 events; ⁸B in runs 0 and 1 9.65; five tables that are one; events and accidental rates as in 2024."""
    assert cevns.observed.sum() == len(cevns.events) == 62
    boron = spectra.folded(recoils.b8_rate, cevns.energies, cevns.response)[1, 1]
    assert boron[:162].sum() == pytest.approx(9.65, abs=0.02)
    assert all(table.equals(cevns.limits["wimp_si"]) for table in cevns.limits.values())
    efficiency = cevns.response[5, 1, 1].reshape(3, 81).sum(axis=1) / cevns.live_times
    assert cevns.energies[5] == 1.0 and efficiency[2] == pytest.approx(0.0051, abs=5e-5)
    real(monkeypatch, "xenonnt_light_wimp", releases.xenonnt_files())
    older = releases.xenonnt_light_wimp()
    assert np.array_equal(older.observed, cevns.observed[:162])
    assert older.accidental == pytest.approx(cevns.accidental[:2, :162])


# --- X-rays -----------------------------------------------------------------------------------------------------


def made_up_xtructure(folder, symbols="CHO", shift=0.0):
    """Outputs of three atoms whose every number says where it belongs; of the last model the truths are shifted."""

    def fetch(name):
        path = folder / "file"
        model = releases.XTRUCTURE_MODELS.index(name.split("/")[2].removeprefix("report-"))
        if name.endswith(".mat"):
            scipy.io.savemat(path, {"train_losses": np.arange(4.0) + model, "test_loss": -1.0})
            return path
        kind, number = name.split("/")[-1].removesuffix(".xyz").rsplit("-", 1)[::-1]
        start = 10.0 * (number == "-1") + (100 * (model + 1) if kind == "predicted" else shift * (model == 6))
        rows = [f"{symbol} {start + k} 0.5 -{k}" for k, symbol in enumerate(symbols)]
        path.write_text("\n".join(["3", "", *rows, ""]), encoding="utf-8")
        return path

    return fetch


def test_xtructure_fields_hold_what_their_names_say(monkeypatch, tmp_path):
    monkeypatch.setattr(data, "fetch", made_up_xtructure(tmp_path))
    found = releases.xtructure()
    assert found.symbols == ("C", "H", "O")
    atoms = np.array([[0, 0.5, 0], [1, 0.5, -1], [2, 0.5, -2]])
    np.testing.assert_array_equal(found.truths, [atoms, atoms + [10, 0, 0]])
    for k, model in enumerate(releases.XTRUCTURE_MODELS):
        np.testing.assert_array_equal(found.predictions[model], found.truths + [100 * (k + 1), 0, 0])
        np.testing.assert_array_equal(found.losses[model], np.arange(4) + k)


def test_xtructure_models_must_share_their_truths(monkeypatch, tmp_path):
    monkeypatch.setattr(data, "fetch", made_up_xtructure(tmp_path, shift=0.01))
    with pytest.raises(data.DataUnavailable, match="do not share their two true geometries"):
        releases.xtructure()


def test_xtructure_reads_every_file_that_is_listed(monkeypatch, tmp_path):
    made_up, asked = made_up_xtructure(tmp_path), set()
    monkeypatch.setattr(data, "fetch", lambda name: asked.add(name) or made_up(name))
    releases.xtructure()
    assert asked == {f"xtructure/{path}" for path in data.RELEASES["xtructure"]["files"]}


def test_xtructure_predicts_one_structure_for_two(monkeypatch):
    real(monkeypatch, "xtructure", "xtructure")
    found = releases.xtructure()
    assert "".join(sorted(found.symbols)) == 5 * "C" + 11 * "H" + "NO"
    assert pools.aligned_rmsd(*found.truths) == pytest.approx(0.767, abs=5e-4)
    apart = [pools.aligned_rmsd(*found.predictions[model]) for model in releases.XTRUCTURE_MODELS]
    assert apart == pytest.approx([0.000, 0.151, 0.069, 0.165, 0.217, 0.103, 0.137], abs=5e-4)
    assert all(loss.shape == (2500,) and np.all(loss > 0) for loss in found.losses.values())
    # the atoms are in one order: in every true structure what is bonded is near
    bonded = [(0, 1), (1, 3), (3, 5), (3, 6), (5, 10), (10, 12), (12, 0), (6, 7), (6, 8), (6, 9)]
    for truth in found.truths:
        assert all(0.9 < np.linalg.norm(truth[i] - truth[j]) < 1.7 for i, j in bonded)


def test_nmm_xray_fields_hold_what_their_names_say(monkeypatch, tmp_path):
    stored = {
        "q": [[0.3, 0.4]],
        "t": [[-1.0], [0.0], [1.0]],
        "iso": np.eye(2, 3),
        "iso_stdx": np.full((2, 3), 0.1),
    }
    scipy.io.savemat(tmp_path / "file.mat", stored)
    monkeypatch.setattr(data, "fetch", lambda name: tmp_path / "file.mat")
    found = releases.nmm_xray()
    np.testing.assert_array_equal(found.q, [0.3, 0.4])
    np.testing.assert_array_equal(found.t, [-1, 0, 1])
    np.testing.assert_array_equal(found.iso, np.eye(2, 3))
    np.testing.assert_array_equal(found.iso_std, np.full((2, 3), 0.1))


def test_nmm_xray_holds_the_known_numbers(monkeypatch):
    real(monkeypatch, "nmm_xray", "nmm_xray")
    found = releases.nmm_xray()
    assert found.iso.shape == found.iso_std.shape == (len(found.q), len(found.t)) == (39, 99)
    assert found.q[[0, -1]] == pytest.approx([0.332, 4.373], abs=5e-4)
    np.testing.assert_allclose(found.t[::98], [-1, 4])
    assert np.all(found.iso_std > 0) and np.median(found.iso_std) == pytest.approx(0.02, abs=0.005)
    late = found.iso[:, found.t > 2].mean(axis=1)
    at = [late[np.abs(found.q - q).argmin()] for q in (1.4, 2.3, 3.4)]
    assert at == pytest.approx([-0.43, 0.92, -0.31], abs=0.02)
    # before the flash nothing changes, afterwards much
    assert np.std(found.iso[:, found.t < -0.5]) < 0.3 * np.std(found.iso[:, found.t > 2])
