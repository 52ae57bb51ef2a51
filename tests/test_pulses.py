"""Pulses against nestpy's own waveforms, and the physics that must hold whatever the numbers."""

import nestpy
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from helpers import detector, nest, optimum, pulses, scatters, waveforms

NAMES = list(nest.DETECTORS)
both = pytest.mark.parametrize("name", NAMES)
DRIFT_TIMES = {"LZ_WS2022": (100.0, 400.0, 900.0), "LUX_Run03": (50.0, 150.0, 300.0)}


def rng(seed=0):
    return np.random.default_rng(seed)


def full(n, value):
    return np.full(n, value, dtype=float)


def rms(waveforms, times, n_electrons):
    """The mean rms width, freed of the bias of few electrons (times: one array, or one for each waveform)."""
    squares = []
    for waveform, time, n in zip(waveforms, times, n_electrons, strict=True):
        mean = waveform @ time / waveform.sum()
        squares.append(waveform @ (time - mean) ** 2 / waveform.sum() * n / (n - 1))
    return np.sqrt(np.mean(squares))


# --- against nestpy ---------------------------------------------------------------------------------------


def nestpy_pulses(name, drift_time, n, energy, seed, **modes):
    """Nestpy's events on the detector's axis, with the drift time that it really has there."""
    at = pulses.constants([drift_time], detector=name)
    theirs = nest.DETECTORS[name]()
    position = np.tile([0.0, 0.0, at["z"][0]], (n, 1))
    modes = {"calculate_times": True} | modes
    return nestpy.array.runNESTvec(
        theirs, nestpy.interactions.beta, full(n, energy), position, seed=seed, **modes
    )


@pytest.mark.parametrize("name, drift_time", [(name, t) for name in NAMES for t in DRIFT_TIMES[name]])
def test_s2_widths_are_nestpys(name, drift_time):
    n, energy = 220, {"LZ_WS2022": 0.6, "LUX_Run03": 1.5}[name]  # keV: nestpy's time grows as light squared
    theirs = nestpy_pulses(name, drift_time, n, energy, 7, s2_mode=nestpy.S2CalculationMode.Waveform)
    electrons = np.asarray(theirs["s2_Nee"])
    kept = electrons > 5
    assert kept.sum() > 0.9 * n
    shapes = [np.asarray(a, float) for a, k in zip(theirs["s2_waveform_amp"], kept, strict=True) if k]
    times = [np.asarray(t) * 1e-3 for t, k in zip(theirs["s2_waveform_time"], kept, strict=True) if k]
    electrons = electrons[kept]
    width = rms(shapes, times, electrons)

    ours = pulses.s2(np.repeat(electrons, 5), full(5 * len(electrons), drift_time), detector=name, rng=rng(1))
    axis = pulses.sample_times()
    assert rms(ours, [axis] * len(ours), np.repeat(electrons, 5)) == pytest.approx(width, rel=0.05)
    assert pulses.expected_width([drift_time], detector=name)[0] == pytest.approx(width, rel=0.05)

    # when the light comes, and how much of it (nestpy drops samples below 0.005 phe: up to 1 %)
    mean = np.mean([a @ t / a.sum() for a, t in zip(shapes, times, strict=True)])
    assert ours.mean(axis=0) @ axis / ours.mean(axis=0).sum() + drift_time == pytest.approx(mean, abs=0.04)
    double = nest.parameters(name).double_photoelectron
    light = np.mean([a.sum() for a in shapes]) / (1 + double)
    assert ours.sum(axis=1).mean() == pytest.approx(light, rel=0.025)


@both
@pytest.mark.parametrize("recoil_type, interaction", [("ER", "beta"), ("NR", "NR")])
def test_s1_times_are_nestpys(name, recoil_type, interaction):
    """Photon by photon: nestpy's emission times, its excitons first, and its way to the photomultipliers."""
    energy, drift_time, n = 8.0, 150.0, 30_000
    at = pulses.constants([drift_time], detector=name).iloc[0]
    d = nest.DETECTORS[name]()
    calculator = nestpy.NESTcalc(d)
    species = getattr(nestpy.interactions, interaction)
    yields = calculator.GetYields(species, energy=energy, density=d.density_liquid, drift_field=at["field"])
    ratio = yields.ExcitonRatio
    excitons = (yields.PhotonYield + yields.ElectronYield) * ratio / (1 + ratio) / yields.PhotonYield
    theirs = calculator.GetPhotonTimes(species, n, int(excitons * n), at["field"], energy)
    theirs = np.asarray(calculator.AddPhotonTransportTime(theirs, 0.0, 0.0, at["z"]))
    window = (-0.1, 1.9)
    ours = pulses.s1(
        np.full(300, n // 300), recoil_type, full(300, energy), full(300, drift_time), detector=name, rng=rng(2),
        sample_width=1, window=window,
    )  # fmt: skip
    total = np.cumsum(ours.sum(axis=0))
    edges = pulses.sample_times(sample_width=1, window=window) * 1e3 + 0.5
    seen = theirs + rng(3).normal(0, pulses.PHOTOELECTRON_WIDTH, n)
    for q in (0.1, 0.5, 0.9, 0.97):
        here = np.interp(q, total / total[-1], edges)
        assert np.mean(seen < here) == pytest.approx(q, abs=4 * np.sqrt(2 * q * (1 - q) / n) + 0.002)


@both
def test_a_single_electron_has_nestpys_area_and_the_gaps_length(name):
    n = 20_000
    waveforms = pulses.s2(np.ones(n, int), full(n, 0), detector=name, rng=rng(), window=(-1, 9))
    area = waveforms.sum(axis=1)
    p, d = nest.parameters(name), nest.DETECTORS[name]()
    assert area.mean() == pytest.approx(p.single_electron, rel=0.005)
    # photons with the Fano factor's spread, thinned; then double photoelectrons and the area's resolution
    hits = p.single_electron
    variance = hits * (1 + d.g1_gas * (d.s2Fano - 1))
    double = p.double_photoelectron
    variance += hits * double * (1 - double) / (1 + double) ** 2 + d.sPEres**2 * hits / (1 + double)
    assert area.std() == pytest.approx(np.sqrt(variance), rel=0.03)
    gap = pulses.constants([0.0], detector=name)["gap_time"][0]
    inside = waveforms.features(waveforms, 10)
    assert (inside["t95"] - inside["t05"]).mean() == pytest.approx(0.9 * gap, rel=0.1)


@both
def test_the_area_is_that_of_the_events(name):
    """The same electrons as in helpers.detector: their S2s agree."""
    p = nest.parameters(name)
    position = np.tile([0.0, 0.0, p.surface - 60], (3000, 1))
    events = detector.simulate(full(3000, 10), "ER", detector=name, rng=rng(), position=position)
    chance = p.extraction_efficiency * np.exp(-events["drift_time"] / p.electron_lifetime)
    reached = rng(1).binomial(events["n_electrons"], chance)
    waveforms = pulses.s2(reached, events["drift_time"], detector=name, rng=rng(2), sample_width=100)
    assert waveforms.sum(axis=1).mean() == pytest.approx(events["s2"].mean(), rel=0.02)


# --- the physics ------------------------------------------------------------------------------------------


def test_the_square_of_the_width_grows_straight_with_drift_time():
    """In a uniform field its slope is 2 D_L / v_d², and its start the surface, the gap and the photons."""
    time = np.repeat(np.linspace(50, 950, 10), 400)
    n = 100
    waveforms = pulses.s2(np.full(len(time), n), time, rng=rng())
    square = (waveforms.features(waveforms, 10)["width"] ** 2).to_numpy() * n / (n - 1)
    slope, start = np.polyfit(time, square, 1)
    c = pulses.constants([100.0]).iloc[0]
    assert slope == pytest.approx(2e-4 * c["diffusion"] / c["drift_velocity"] ** 2, rel=0.02)
    assert start == pytest.approx(c["escape_time"] ** 2 + c["gap_time"] ** 2 / 12, rel=0.05)


@both
def test_constants_are_nestpys(name):
    times = np.array([0.0, *DRIFT_TIMES[name]])
    table = pulses.constants(times, detector=name)
    d, calculator = nest.DETECTORS[name](), nestpy.NESTcalc(nest.DETECTORS[name]())
    for row in table.itertuples():
        field = d.get_field(0.0, 0.0, row.z)
        velocity = calculator.SetDriftVelocity(d.T_Kelvin, d.density_liquid, field, d.p_bar)
        assert row.field == pytest.approx(field, rel=1e-4)
        assert row.drift_velocity == pytest.approx(velocity, rel=1e-4)
        assert (d.TopDrift - row.z) / velocity == pytest.approx(row.drift_time, rel=1e-4, abs=1e-6)
    assert (np.diff(table["spread"]) > 0).all()
    assert table["spread"][0] < 0.05


@both
@pytest.mark.parametrize("sample_width", [10, 40, 100, 400])
def test_expected_width_is_that_of_many_electrons(name, sample_width):
    time, n = DRIFT_TIMES[name][1], 400
    waveforms = pulses.s2(
        np.full(1500, n), full(1500, time), detector=name, rng=rng(), sample_width=sample_width
    )
    square = (waveforms.features(waveforms, sample_width)["width"] ** 2).mean() * n / (n - 1)
    expected = pulses.expected_width([time], detector=name, sample_width=sample_width)[0]
    assert np.sqrt(square) == pytest.approx(expected, rel=0.01)


@both
@pytest.mark.parametrize("light", [False, True])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_arrival_density_is_what_is_drawn(name, light, place):
    time, n = DRIFT_TIMES[name][place], 200_000
    axis = np.linspace(time - 15, time + 15, 6001)
    density = scatters.arrival_density(axis, full(len(axis), time), detector=name, light=light)
    assert (density >= 0).all()
    assert integrate.trapezoid(density, axis) == pytest.approx(1, abs=1e-6)
    electrons = pulses.drift([n], [time], detector=name, rng=rng())
    edges = np.linspace(time - 10, time + 10, 201)
    total = np.interp(edges, axis, integrate.cumulative_trapezoid(density, axis, initial=0))
    if light:
        photons = pulses.luminesce(electrons, [time], detector=name, rng=rng(1), window=(-10, 10))[0]
        seen = np.concatenate([[0], np.cumsum(photons)])[::10] / photons.sum()
    else:
        seen = np.searchsorted(np.sort(electrons.time), edges) / n
    np.testing.assert_allclose(seen, total, atol=0.006 if light else 4 / np.sqrt(4 * n))


def test_arrival_density_neither_overflows_nor_vanishes_in_the_tails():
    time = 100 + np.array([-1e4, -100.0, -9.0, 9.0, 100.0, 1e4])
    density = scatters.arrival_density(time, full(6, 100))
    assert np.isfinite(density).all() and density[3] > density[4] > 0
    assert density[3] / density[4] == pytest.approx(np.exp(91 / pulses.constants([100.0])["escape_time"][0]))
    # at no drift the spread is far below the wait: an exponential with a steep front
    at = pulses.constants([0.0]).iloc[0]
    near = scatters.arrival_density([0.5, 1.0], [0.0, 0.0])
    expected = np.exp(-np.array([0.5, 1.0]) / at["escape_time"]) / at["escape_time"]
    np.testing.assert_allclose(near, expected, rtol=1e-3)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(0, 60), min_size=1, max_size=30),
    st.sampled_from([10, 40, 100, 1000]),
    st.sampled_from(NAMES),
    st.integers(0, 1000),
)
def test_every_photoelectron_is_in_the_waveform(numbers, sample_width, name, seed):
    """The same draws in wide samples and in one: shape and sampling move area, they make none."""
    time = full(len(numbers), 100)
    window = (-20.0, 20.0)
    electrons = pulses.drift(numbers, time, detector=name, rng=rng(seed))
    fine = pulses.luminesce(
        electrons, time, detector=name, rng=rng(seed), sample_width=sample_width, window=window
    )
    # a sample more on either side, for what little of the photoelectrons' pulses leaves the middle one
    whole = pulses.luminesce(
        electrons, time, detector=name, rng=rng(seed), sample_width=40_000, window=(-60.0, 60.0)
    )
    assert fine.dtype == np.float32 and fine.shape == (len(numbers), 40_000 // sample_width)
    np.testing.assert_allclose(fine.sum(axis=1), whole.sum(axis=1), rtol=1e-4, atol=1e-3)
    assert (fine >= 0).all() and not fine[np.array(numbers) == 0].any()
    counted = pulses.histogram(electrons, time, sample_width=sample_width, window=window)
    np.testing.assert_array_equal(counted.sum(axis=1), numbers)


def test_s1_photons_are_all_in_a_long_window():
    n_photons = np.arange(200)
    energy, time = full(200, 5), full(200, 100)
    waveforms = pulses.s1(n_photons, "NR", energy, time, rng=rng(), window=(-1, 999), sample_width=100)
    area = waveforms.sum(axis=1)
    assert area[0] == 0
    slope = np.polyfit(n_photons, area, 1)[0]
    assert slope == pytest.approx(1, abs=0.02)


def test_blocks_do_not_show(monkeypatch):
    """Memory is bounded by working on blocks of whole events; no event is lost between them or larger than one."""
    numbers = np.array([0, 3, 0, 500, 1, 0, 40, 40, 0])
    means, ratios = [], []
    for block in (1 << 20, 100):
        monkeypatch.setattr(pulses, "_BLOCK", block)
        monkeypatch.setattr(pulses, "_EVENTS", block)
        waveforms = pulses.s2(np.tile(numbers, 40), full(360, 100), rng=rng(), sample_width=100)
        means.append(waveforms.sum(axis=1).reshape(40, -1))
        electrons = pulses.drift(np.tile(numbers, 40), full(360, 100), rng=rng())
        counted = pulses.histogram(electrons, full(360, 100), sample_width=100)
        np.testing.assert_array_equal(counted.sum(axis=1), np.tile(numbers, 40))
        events = full(360, 100), full(360, 3), full(360, 0.5)
        ratios.append(scatters.binned_log_ratio(counted, *events, sample_width=100))
    np.testing.assert_array_equal(*ratios)
    np.testing.assert_array_equal(means[0] == 0, means[1] == 0)
    ours = nest.parameters().single_electron * numbers
    for mean in means:
        np.testing.assert_allclose(mean.mean(axis=0), ours, rtol=0.1)


# --- multiple scatters ------------------------------------------------------------------------------------


def test_a_double_scatter_is_the_sum_of_two_singles():
    n = 4000
    numbers, times = np.tile([40, 20], (n, 1)), np.tile([400.0, 404.0], (n, 1))
    options = {"sample_width": 200, "origin": full(n, 400)}
    double = pulses.s2(numbers, times, rng=rng(1), **options)
    singles = [pulses.s2(numbers[:, k], times[:, k], rng=rng(2 + k), **options) for k in (0, 1)]
    summed = singles[0] + singles[1]
    error = np.sqrt((double.var(axis=0) + summed.var(axis=0)) / n)
    assert np.all(np.abs(double.mean(axis=0) - summed.mean(axis=0)) < 5 * error + 1e-3)
    seen = double.mean(axis=0) > 5
    np.testing.assert_allclose(double.std(axis=0)[seen], summed.std(axis=0)[seen], rtol=0.1)


def test_at_no_distance_a_double_scatter_is_a_single_one():
    n = 300
    numbers = np.full(n, 80)
    upper, lower = scatters.vertices(full(n, 500), full(n, 0), full(n, 0.3))
    np.testing.assert_allclose(upper, 500, rtol=1e-12)
    np.testing.assert_allclose(lower, 500, rtol=1e-12)
    single = pulses.s2(numbers, full(n, 500), rng=rng(5))
    double = pulses.s2(np.tile([50, 30], (n, 1)), np.column_stack([upper, lower]), rng=rng(5))
    np.testing.assert_array_equal(single, double)
    electrons = pulses.drift(numbers, full(n, 500), rng=rng(6))
    ratio = scatters.multiscatter_log_ratio(electrons, full(n, 500), full(n, 0), full(n, 0.3))
    np.testing.assert_allclose(ratio, 0, atol=1e-6)


@both
def test_vertices_keep_the_mean_depth_and_the_distance(name):
    time, distance, share = full(50, DRIFT_TIMES[name][1]), np.linspace(0, 20, 50), np.linspace(0.1, 0.9, 50)
    upper, lower = scatters.vertices(time, distance, share, detector=name)
    z = [pulses.constants(t, detector=name)["z"].to_numpy() for t in (time, upper, lower)]
    np.testing.assert_allclose(z[1] - z[2], distance, atol=1e-3)
    np.testing.assert_allclose(share * z[1] + (1 - share) * z[2], z[0], atol=1e-3)
    assert (upper <= lower).all()


def test_scatters_give_away_nothing_but_the_shape():
    n = 20_000
    single, double = (scatters.simulate(n, multiple=m, rng=rng(m)) for m in (False, True))
    label = np.repeat([0, 1], n)
    for column in ("n_electrons", "drift_time", "delta_z", "share"):
        area = optimum.auc(label, np.concatenate([single[column], double[column]]))
        assert abs(area.value - 0.5) < 4 * area.error
    for events in (single, double):
        np.testing.assert_array_equal(events["n_upper"] + events["n_lower"], events["n_electrons"])
        assert events["n_electrons"].min() == 20 and events["n_electrons"].max() == 200
    assert (single["n_lower"] == 0).all()
    mean = double["share"] * double["drift_time_upper"] + (1 - double["share"]) * double["drift_time_lower"]
    np.testing.assert_allclose(mean, double["drift_time"], atol=1e-3)


def samples(n, multiple, seed, **ranges):
    events = scatters.simulate(n, multiple=multiple, rng=rng(seed), **ranges)
    electrons = pulses.drift(
        events[["n_upper", "n_lower"]], events[["drift_time_upper", "drift_time_lower"]], rng=rng(seed + 100)
    )
    return events, electrons


def test_log_ratios_are_likelihood_ratios():
    """Averaged over single scatters, a ratio of likelihoods is 1, and 1/ratio over double scatters."""
    ranges = {"n_electrons": (2, 8), "delta_z": (0.0, 2.0)}
    prior = {"delta_z": ranges["delta_z"], "points": (12, 6)}
    for multiple, sign in ((False, 1), (True, -1)):
        events, electrons = samples(10_000, multiple, 3, **ranges)
        known = scatters.multiscatter_log_ratio(
            electrons, events["drift_time"], events["delta_z"], events["share"]
        )
        mean = scatters.multiscatter_mean_log_ratio(electrons, events["drift_time"], **prior)
        for ratio in (known, mean):
            weight = np.exp(sign * ratio)
            assert weight.mean() == pytest.approx(1, abs=4 * weight.std() / np.sqrt(len(weight)))
            assert weight.std() > 0.1


def test_who_knows_more_separates_better():
    """Nuisances known ≥ electrons' times with priors ≥ the width against what diffusion gives."""
    n = 1500
    classes = [samples(n, multiple, 11 + multiple) for multiple in (False, True)]
    label = np.repeat([0, 1], n)
    scores = {"known": [], "priors": [], "binned": [], "width": []}
    for seed, (events, electrons) in enumerate(classes):
        time = events["drift_time"].to_numpy()
        nuisances = time, events["delta_z"], events["share"]
        waveforms = pulses.luminesce(electrons, time, rng=rng(seed), sample_width=200)
        scores["known"].append(scatters.multiscatter_log_ratio(electrons, *nuisances))
        scores["priors"].append(scatters.multiscatter_mean_log_ratio(electrons, time, points=(20, 4)))
        scores["binned"].append(scatters.binned_log_ratio(waveforms, *nuisances, sample_width=200))
        width = waveforms.features(waveforms, 200)["width"]
        scores["width"].append(width / pulses.expected_width(time, sample_width=200))
    scores = {name: np.concatenate(parts) for name, parts in scores.items()}
    assert optimum.auc(label, scores["width"]).value > 0.94
    for more, less in (("known", "priors"), ("priors", "width"), ("known", "binned")):
        gain = optimum.auc_difference(label, scores[more], scores[less])
        assert gain.value > -2 * gain.error, (more, less)
    assert optimum.auc(label, scores["known"]).value > 0.99


# --- events from the wires --------------------------------------------------------------------------------

GRIDS = {name: scatters.grid_drift_times(detector=name) for name in NAMES}


def bulk(n_electrons, seed, name="LUX_Run03", range_=None):
    low, high = range_ or tuple(GRIDS[name].values())
    times = rng(seed).uniform(low, high, len(n_electrons))
    return times, pulses.drift(n_electrons, times, detector=name, rng=rng(seed + 1))


@both
def test_the_grids_are_where_nestpy_has_them(name):
    d, times = nest.DETECTORS[name](), GRIDS[name]
    z = pulses.constants(list(times.values()), detector=name)["z"]
    np.testing.assert_allclose(z, [d.gate, d.cathode], atol=0.1)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(0, 60), min_size=1, max_size=30),
    st.floats(0, 1),
    st.sampled_from(NAMES),
    st.integers(0, 1000),
)
def test_stretching_delays_electrons_and_loses_none(numbers, cathode, name, seed):
    events, electrons = scatters.grid_events(numbers, cathode=cathode, detector=name, rng=rng(seed))
    assert set(events["grid"]) <= {"gate", "cathode"} and events["n_electrons"].tolist() == numbers
    assert np.bincount(electrons.event, minlength=len(numbers)).tolist() == numbers
    np.testing.assert_allclose(events["drift_time"], events["grid"].map(GRIDS[name]))
    later = scatters.stretch(electrons, 0.8, rng=rng(seed))
    assert (later.time >= electrons.time).all() and later.time.dtype == np.float32
    np.testing.assert_array_equal(later.event, electrons.event)
    window = {"sample_width": 100, "window": (-30.0, 70.0)}
    origin, each = events["drift_time"], {"detector": name, **window}
    light = [pulses.luminesce(x, origin, rng=rng(seed), **each).sum(axis=1) for x in (electrons, later)]
    np.testing.assert_allclose(*light, rtol=1e-3, atol=1e-2)


def test_no_stretch_is_a_pulse_of_the_bulk():
    n = np.full(200, 30)
    events, electrons = scatters.grid_events(n, stretched={"gate": 0, "cathode": 0}, rng=rng(3), cathode=1)
    plain = pulses.drift(n, full(200, GRIDS["LZ_WS2022"]["cathode"]), rng=rng(4))
    centred = [np.sort(x.time) - GRIDS["LZ_WS2022"]["cathode"] for x in (electrons, plain)]
    quantiles = [np.quantile(x, (0.1, 0.5, 0.9)) for x in centred]
    np.testing.assert_allclose(*quantiles, atol=0.12)
    np.testing.assert_array_equal(scatters.stretch(plain, 0, rng=rng()).time, plain.time)
    np.testing.assert_array_equal(scatters.stretch(plain, full(200, 0), rng=rng()).time, plain.time)


@both
@pytest.mark.parametrize("grid", ["gate", "cathode"])
def test_asymmetry_and_width_grow_with_the_stretch(name, grid):
    means = []
    for scale in (0, 0.4, 0.8, 1.6):
        events, electrons = scatters.grid_events(
            np.full(800, 80),
            cathode=float(grid == "cathode"),
            stretched={"gate": scale, "cathode": scale},
            detector=name,
            rng=rng(5),
        )
        light = pulses.luminesce(electrons, events["drift_time"], detector=name, rng=rng(6), sample_width=100)
        means.append(waveforms.features(light, 100)[["asymmetry", "width", "fall"]].mean())
    assert (np.diff(means, axis=0) > 0).all()


@both
@pytest.mark.parametrize("grid", ["gate", "cathode"])
@pytest.mark.parametrize("delay", [0.0, 0.5, 0.9])
def test_the_density_of_delayed_electrons_is_what_is_drawn(name, grid, delay):
    n, axis = 200_000, np.linspace(-10, 30, 8001)
    density = scatters._delayed_density(pulses.column_of(name), axis, GRIDS[name][grid], delay)
    total = integrate.cumulative_trapezoid(density, axis, initial=0)
    assert total[-1] == pytest.approx(1, abs=1e-5)
    delays = dict.fromkeys(("gate", "cathode"), delay)
    share = float(grid == "cathode")
    _, electrons = scatters.grid_events([n], cathode=share, stretched=delays, detector=name, rng=rng())
    late = np.sort(electrons.time.astype(float) - GRIDS[name][grid])
    np.testing.assert_allclose(np.searchsorted(late, axis) / n, total, atol=4 / np.sqrt(4 * n))


def test_the_density_has_no_seam_where_delay_and_wait_are_equal():
    column, axis = pulses.column_of("LUX_Run03"), np.linspace(-2, 8, 101)
    wait = float(column.at(100.0)["escape_time"])
    at, near = (scatters._delayed_density(column, axis, 100.0, wait * x) for x in (1, 1.01))
    np.testing.assert_allclose(at, near, atol=0.01)


def test_the_bulks_log_ratio_is_a_ratio_of_likelihoods():
    """Averaged over grid events it is 1, and its inverse over the bulk's; and it knows no absolute time."""
    n = rng(7).integers(3, 12, 15_000)
    events, grid = scatters.grid_events(n, detector="LUX_Run03", rng=rng(8))
    _, ours = bulk(n, 9)
    for electrons, sign in ((grid, 1), (ours, -1)):
        ratio = scatters.bulk_log_ratio(electrons, detector="LUX_Run03")
        weight = np.exp(sign * ratio)
        assert weight.mean() == pytest.approx(1, abs=4 * weight.std() / np.sqrt(len(n)) + 0.01)
        assert weight.std() > 0.3
        moved = electrons._replace(time=electrons.time + np.float32(128))
        np.testing.assert_allclose(
            scatters.bulk_log_ratio(moved, detector="LUX_Run03"), ratio, atol=0.1, rtol=0.05
        )


def test_the_bulks_log_ratio_gains_next_to_nothing_from_finer_cells():
    n = np.full(2000, 9)
    parts = scatters.grid_events(n, detector="LUX_Run03", rng=rng(8))[1], bulk(n, 9)[1]
    label = np.repeat([0, 1], len(n))
    coarse, fine = (
        np.concatenate([scatters.bulk_log_ratio(x, detector="LUX_Run03", **cells) for x in parts])
        for cells in ({}, {"points": 40, "step": 0.05})
    )
    assert np.corrcoef(coarse, fine)[0, 1] > 0.99
    assert abs(optimum.auc_difference(label, fine, coarse).value) < 0.005


def test_no_feature_of_the_waveform_beats_the_bulks_log_ratio():
    n = np.full(4000, 9)
    events, grid = scatters.grid_events(n, detector="LUX_Run03", rng=rng(10))
    times, ours = bulk(n, 11)
    label = np.repeat([1, 0], len(n))
    best = np.concatenate([scatters.bulk_log_ratio(x, detector="LUX_Run03") for x in (ours, grid)])
    light = [
        pulses.luminesce(x, origin, detector="LUX_Run03", rng=rng(12), sample_width=100)
        for x, origin in ((ours, times), (grid, events["drift_time"]))
    ]
    shape = waveforms.features(np.concatenate(light), 100)
    assert optimum.auc(label, best).value > 0.7
    for column in ("width", "asymmetry", "rise", "fall", "prompt_1000ns", "height"):
        score = shape[column] if column.startswith(("prompt", "height")) else -shape[column]
        gain = optimum.auc_difference(label, best, score)
        assert gain.value > -2 * gain.error, column


def test_equal_hypotheses_and_no_electrons_say_nothing():
    n = np.array([5, 0, 12])
    time = GRIDS["LUX_Run03"]["cathode"]
    same = {"cathode": 1, "stretched": {"gate": 0, "cathode": 0}, "drift_time": (time, time)}
    _, electrons = scatters.grid_events(n, cathode=1, detector="LUX_Run03", rng=rng())
    np.testing.assert_allclose(scatters.bulk_log_ratio(electrons, detector="LUX_Run03", **same), 0, atol=1e-6)
    assert scatters.bulk_log_ratio(electrons, detector="LUX_Run03")[1] == pytest.approx(0, abs=1e-6)


# --- features, alignment, lengths -------------------------------------------------------------------------


def test_features_of_a_pulse_known_by_hand():
    waveforms = np.zeros((2, 100), np.float32)
    waveforms[0, 20:40] = 2.0  # flat from 2 to 4 µs
    table = waveforms.features(waveforms, 100)
    row = table.iloc[0]
    assert row["area"] == 40 and row["height"] == pytest.approx(20)
    for percent in waveforms.FRACTIONS:
        assert row[f"t{percent:02d}"] == pytest.approx(2 + 2 * percent / 100)
    assert row["rise"] == pytest.approx(0.9) and row["fall"] == pytest.approx(0.9)
    assert row["asymmetry"] == pytest.approx(0, abs=1e-12)
    assert row["width"] == pytest.approx(0.1 * np.sqrt((20**2 - 1) / 12))
    # t05 is at 2.1 µs: a quarter of the area comes in the next half a microsecond
    assert [row[f"prompt_{ns}ns"] for ns in (500, 1000, 2000)] == pytest.approx([0.25, 0.5, 0.95])
    assert table.iloc[1][["area", "height"]].tolist() == [0, 0]
    assert table.iloc[1].drop(["area", "height"]).isna().all()


def test_features_scale_and_shift_as_they_must():
    waveforms = pulses.s2(np.full(50, 30), full(50, 200), rng=rng(), sample_width=100)
    before = waveforms.features(waveforms, 100)
    louder = waveforms.features(3 * waveforms, 100)
    moved = waveforms.features(np.roll(waveforms, 17, axis=1), 100)
    for column in before:
        is_time, is_size = column[0] == "t", column in ("area", "height")
        np.testing.assert_allclose(louder[column], before[column] * (3 if is_size else 1), rtol=1e-4)
        np.testing.assert_allclose(moved[column], before[column] + 1.7 * is_time, rtol=1e-4, atol=1e-5)


@settings(max_examples=20, deadline=None)
@given(st.integers(-60, 60), st.sampled_from(["t05", "t50", "t95"]), st.integers(0, 1000))
def test_alignment_forgets_where_the_pulse_was(shift, on, seed):
    waveforms = pulses.s2(np.full(20, 25), full(20, 300), rng=rng(seed), sample_width=100)
    first = waveforms.align(waveforms, on)
    second = waveforms.align(np.roll(waveforms, shift, axis=1), on)
    np.testing.assert_array_equal(first, second)
    pd.testing.assert_frame_equal(waveforms.features(first, 100), waveforms.features(second, 100))
    np.testing.assert_array_equal(waveforms.align(first, on), first)


def test_alignment_puts_the_median_where_it_is_asked():
    waveforms = pulses.s2(np.full(200, 50), full(200, 300), rng=rng(), sample_width=50)
    for n_samples, at in ((400, 0.25), (None, 0.5), (1200, 0.75)):
        aligned = waveforms.align(waveforms, n_samples=n_samples, at=at)
        assert aligned.dtype == np.float32
        place = int(at * ((n_samples or waveforms.shape[1]) - 1))
        median = waveforms.features(aligned, 50)["t50"] / 0.05
        assert median.between(place, place + 1).all()
        np.testing.assert_allclose(aligned.sum(axis=1), waveforms.sum(axis=1), rtol=1e-5)
    empty = np.zeros((1, 10), np.float32)
    np.testing.assert_array_equal(waveforms.align(empty), empty)


def test_absolute_time_leaks_and_alignment_removes_it():
    """With the upper vertex as the origin, a double scatter's light comes late: that tells the class."""
    n, label = 2000, np.repeat([0, 1], 2000)
    parts = []
    for multiple in (False, True):
        events, electrons = samples(n, multiple, 31 + multiple)
        parts.append(
            pulses.luminesce(electrons, events["drift_time_upper"], rng=rng(multiple), sample_width=100)
        )
    waveforms = np.concatenate(parts)
    leak = waveforms.features(waveforms, 100)["t50"]
    assert optimum.auc(label, leak).value > 0.8
    aligned = waveforms.features(waveforms.align(waveforms), 100)["t50"] % 0.1
    area = optimum.auc(label, aligned)
    assert abs(area.value - 0.5) < 4 * area.error


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=1, max_size=8), st.integers(0, 5))
def test_padding_and_its_mask(lengths, more):
    rows = [np.arange(1, n + 1, dtype=np.float32) for n in lengths]
    padded, found = waveforms.pad(rows, max(lengths) + more)
    assert padded.dtype == np.float32 and padded.shape == (len(rows), max(lengths) + more)
    assert found.tolist() == lengths
    real = waveforms.mask(found, padded.shape[1])
    np.testing.assert_array_equal(real, padded > 0)
    np.testing.assert_array_equal(padded[real], np.concatenate(rows))
    np.testing.assert_array_equal(waveforms.pad(rows)[0], padded[:, : max(lengths)])


def test_cropped_pulses_have_unequal_lengths_and_lose_nothing():
    numbers = np.array([1, 5, 0, 80])
    waveforms = pulses.s2(numbers, full(4, 600), rng=rng(), sample_width=100)
    cropped = waveforms.crop(waveforms)
    assert len({len(row) for row in cropped}) == 4 and len(cropped[2]) == 0
    np.testing.assert_allclose([row.sum() for row in cropped], waveforms.sum(axis=1), rtol=1e-5)
    assert all(row[0] > 0 and row[-1] > 0 for row in cropped if len(row))
    padded, lengths = waveforms.pad(cropped)
    shape, same = waveforms.features(waveforms, 100), waveforms.features(padded, 100)
    for column in ("area", "width", "rise", "fall"):
        np.testing.assert_allclose(same[column], shape[column], rtol=1e-3)
    wider = waveforms.crop(waveforms, margin=2)
    assert len(wider[3]) == lengths[3] + 4
    faint = waveforms.crop(waveforms, threshold=waveforms.max() + 1)
    assert all(len(row) == 0 for row in faint)


def test_noise_is_white_and_of_its_width():
    waveforms = np.zeros((300, 400), np.float32)
    noisy = pulses.add_noise(waveforms, 0.2, rng=rng())
    assert noisy.dtype == np.float32 and not waveforms.any()
    assert noisy.std() == pytest.approx(0.2, rel=0.01) and abs(noisy.mean()) < 0.003
    assert abs(np.mean(noisy[:, 1:] * noisy[:, :-1])) < 0.001
    np.testing.assert_array_equal(pulses.add_noise(waveforms, 0, rng=rng()), waveforms)


# --- seeds and the door -----------------------------------------------------------------------------------


def everything(seed):
    draw = rng(seed)
    events = scatters.simulate(20, multiple=True, rng=draw)
    electrons = pulses.drift(
        events[["n_upper", "n_lower"]], events[["drift_time_upper", "drift_time_lower"]], rng=draw
    )
    s2 = pulses.luminesce(electrons, events["drift_time"], rng=draw, sample_width=100)
    s1 = pulses.s1(
        np.full(20, 9), "ER", full(20, 3), events["drift_time"] / 4, rng=draw, detector="LUX_Run03"
    )
    return [events.to_numpy(), electrons.time, s2, s1, pulses.add_noise(s1, 0.1, rng=draw)]


def test_the_same_seed_gives_the_same_pulses():
    first, again, other = everything(1), everything(1), everything(2)
    for a, b, c in zip(first, again, other, strict=True):
        np.testing.assert_array_equal(a, b)
        assert a.shape != c.shape or not np.array_equal(a, c)


def test_the_table_of_optical_transport_is_always_the_same():
    """It is made of nestpy's own draws, whose seed is set first."""
    tables = [pulses._Column("LUX_Run03")._ways for _ in range(2)]
    np.testing.assert_array_equal(*tables)
    assert tables[0].mean() == pytest.approx(10, abs=3) and not pulses.column_of("LZ_WS2022")._ways.any()


def test_no_events_are_no_waveforms():
    empty = np.empty(0)
    assert pulses.s2(empty, empty, rng=rng(), sample_width=100).shape == (0, 400)
    assert pulses.s1(empty, "NR", empty, empty, rng=rng()).shape == (0, 200)
    assert len(waveforms.features(np.empty((0, 10)), 10)) == 0
    assert waveforms.align(np.empty((0, 10))).shape == (0, 10)
    assert waveforms.pad([])[0].shape == (0, 0)
    assert len(scatters.simulate(0, multiple=True, rng=rng())) == 0
    events, electrons = scatters.grid_events(empty, rng=rng())
    assert len(events) == 0 and scatters.bulk_log_ratio(electrons).shape == (0,)


def electrons():
    return pulses.drift([3, 4], [100, 100], rng=rng())


BAD = [
    (lambda: pulses.s2([-1], [100], rng=rng()), "n_electrons must be at least 0, got -1"),
    (lambda: pulses.s2([1.5], [100], rng=rng()), "n_electrons must be a whole number, got 1.5"),
    (lambda: pulses.s2([1], [5000], rng=rng()), "drift_time must be at most .*, got 5000"),
    (lambda: pulses.s2([1, 2], [100], rng=rng()), r"n_electrons and drift_time must have the same shape"),
    (lambda: pulses.s2([[[1]]], [[[100]]], rng=rng()), r"n_electrons must have shape"),
    (lambda: pulses.s2([1], [100], rng=7), "rng must be a numpy.random.Generator"),
    (lambda: pulses.s2([1], [100], rng=rng(), detector="LUX"), "LUX_Run03.*got 'LUX'"),
    (lambda: pulses.s2([1], [100], rng=rng(), sample_width=0), "sample_width must be above 0"),
    (lambda: pulses.s2([1], [100], rng=rng(), window=(5, -5)), r"window must be \(lowest, highest\)"),
    (lambda: pulses.s2([1], [100], rng=rng(), window=(0, 0.015)), "window must hold a whole number"),
    (lambda: pulses.s2([1], [100], rng=rng(), origin=[1, 2]), "origin must have a value for each of 1 events"),
    (lambda: pulses.s1([1], "GR", [1], [1], rng=rng()), "recoil_type must be one of .*'GR'"),
    (lambda: pulses.s1([1], "NR", [0], [1], rng=rng()), "recoil_energy must be above 0"),
    (lambda: pulses.s1([1], "NR", [1, 2], [1], rng=rng()), "must have the same length: n_photons has 1"),
    (lambda: pulses.luminesce([1, 2], [1], rng=rng()), "electrons must be Electrons"),
    (lambda: pulses.histogram(electrons(), [1]), "origin must have a value for each of 2 events, got 1"),
    (lambda: pulses.constants([-1]), "drift_time must be at least 0, got -1"),
    (lambda: pulses.constants([np.nan]), "drift_time must be finite"),
    (lambda: scatters.simulate(-1, multiple=True, rng=rng()), "n must be at least 0, got -1"),
    (lambda: scatters.simulate(1, multiple="yes", rng=rng()), "multiple must be True or False, got 'yes'"),
    (lambda: scatters.simulate(1, multiple=True, rng=rng(), share=(0.1, 2)), "share must be at most 1, got 2"),
    (lambda: scatters.simulate(1, multiple=True, rng=rng(), drift_time=(0, 0)), "delta_z must leave both"),
    (lambda: scatters.vertices([1.0], [-2], [0.5]), "delta_z must be at least 0, got -2"),
    (lambda: scatters.arrival_density([1, 2], [1]), "must have the same length: time has 2"),
    (lambda: scatters.multiscatter_log_ratio(electrons(), [9], [0], [0.5]), "drift_time must have a value for"),
    (lambda: scatters.multiscatter_mean_log_ratio(electrons(), [9], points=(4, 4)), "drift_time must have a"),
    (lambda: scatters.multiscatter_mean_log_ratio(electrons(), [9, 9], points=(0, 4)), "points must be at least 1"),
    (lambda: scatters.multiscatter_mean_log_ratio(electrons(), [9, 9], points=(4,)), "points must be two"),
    (lambda: scatters.binned_log_ratio(np.ones((1, 5)), [99], [1], [0.5]), "waveforms must have the window's"),
    (lambda: scatters.stretch([1, 2], 1, rng=rng()), "electrons must be Electrons"),
    (lambda: scatters.stretch(electrons(), -1, rng=rng()), "scale must be at least 0, got -1"),
    (lambda: scatters.stretch(electrons(), [1, 2, 3], rng=rng()), "scale must be one number or one for each of 2"),
    (lambda: scatters.grid_events([-1], rng=rng()), "n_electrons must be at least 0, got -1"),
    (lambda: scatters.grid_events([1], cathode=2, rng=rng()), "cathode must be at most 1, got 2"),
    (lambda: scatters.grid_events([1], stretched=0.7, rng=rng()), "stretched must be a dict .*got 0.7"),
    (lambda: scatters.grid_events([1], stretched={"gate": 1, "cathode": -2}, rng=rng()), "stretched must be at"),
    (lambda: scatters.grid_events([1], rng=7), "rng must be a numpy.random.Generator"),
    (lambda: scatters.bulk_log_ratio([1]), "electrons must be Electrons"),
    (lambda: scatters.bulk_log_ratio(electrons(), drift_time=(5, 1)), r"drift_time must be \(lowest, highest\)"),
    (lambda: scatters.bulk_log_ratio(electrons(), step=0), "step must be above 0, got 0"),
    (lambda: waveforms.features([1, 2], 10), "waveforms must have 2 dimension"),
    (lambda: waveforms.features([[np.inf]], 10), "waveforms must be finite"),
    (lambda: waveforms.features(np.full((1, 2), np.nan, np.float32), 10), "waveforms must be finite"),
    (lambda: waveforms.features([[1.0]], -1), "sample_width must be above 0"),
    (lambda: waveforms.align([[1.0]], on="t42"), "on must be one of .*'t42'"),
    (lambda: waveforms.align([[1.0]], at=2), "at must be at most 1, got 2"),
    (lambda: waveforms.crop([[1.0]], threshold=-1), "threshold must be at least 0, got -1"),
    (lambda: waveforms.pad([[1.0, 2.0]], 1), "n_samples must be at least the longest waveform's 2, got 1"),
    (lambda: waveforms.mask([3], 2), "lengths must be at most 2, got 3"),
    (lambda: pulses.add_noise([[1.0]], -1, rng=rng()), "noise must be at least 0, got -1"),
]  # fmt: skip


@pytest.mark.parametrize("call, message", BAD, ids=[message[:40] for _, message in BAD])
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
