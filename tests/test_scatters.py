"""Multiple scatters and events from the wires: what is drawn, and likelihood ratios against brute force."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from helpers import nest, optimum, pulses, scatters
from helpers.waveforms import features

NAMES = list(nest.DETECTORS)
both = pytest.mark.parametrize("name", NAMES)
DRIFT_TIMES = {"LZ_WS2022": (100.0, 400.0, 900.0), "LUX_Run03": (50.0, 150.0, 300.0)}
GRIDS = {name: scatters.grid_drift_times(detector=name) for name in NAMES}


def rng(seed=0):
    return np.random.default_rng(seed)


def full(n, value):
    return np.full(n, value, dtype=float)


# --- when an electron comes -------------------------------------------------------------------------------


@both
@pytest.mark.parametrize("place", [0, 1, 2])
def test_arrival_density_is_diffusion_and_then_a_wait(name, place):
    """Against the convolution by quadrature: a Gaussian, an exponential, and for the light even emission."""
    time = DRIFT_TIMES[name][place]
    column, at = pulses.Column.of(name), pulses.constants([time], detector=name).iloc[0]
    late = np.array([-1.5, -0.5, 0.0, 0.3, 1.0, 2.5, 4.0])

    node, weight = np.polynomial.legendre.leggauss(1000)
    wait = 6 * (node + 1)  # 0 to 12 µs
    weight = 6 * weight * stats.expon.pdf(wait, scale=at["escape_time"])

    def density(x, spread):
        return stats.norm.pdf(np.asarray(x)[..., None] - wait, scale=spread) @ weight

    found = scatters.arrival_density(time + late, full(7, time), detector=name)
    np.testing.assert_allclose(found, density(late, at["spread"]), rtol=1e-6, atol=1e-12)
    # light: photons' delay by its mean and variance, the photoelectron's σ of 10 ns, then the gap
    spread = np.sqrt(at["spread"] ** 2 + 1e-6 * (column.delay_variance + 100))
    gap, delay = column.gap_time, 1e-3 * column.delay_mean
    found = scatters.arrival_density(time + late, full(7, time), detector=name, light=True)
    steps = np.linspace(0, gap, 201)
    crossing = density((late - delay)[:, None] - steps, spread)
    np.testing.assert_allclose(found, integrate.simpson(crossing, x=steps) / gap, rtol=1e-5, atol=1e-9)


@both
@pytest.mark.parametrize("light", [False, True])
def test_arrival_density_is_what_is_drawn(name, light):
    time, n = DRIFT_TIMES[name][1], 100_000
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


# --- multiple scatters ------------------------------------------------------------------------------------


def samples(n, multiple, seed, **ranges):
    events = scatters.simulate(n, multiple=multiple, rng=rng(seed), **ranges)
    electrons = pulses.drift(
        events[["n_upper", "n_lower"]], events[["drift_time_upper", "drift_time_lower"]], rng=rng(seed + 100)
    )
    return events, electrons


def test_a_double_scatter_is_the_sum_of_two_singles():
    n = 2500
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
    n = 100
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


def test_what_simulate_draws_fills_its_ranges_evenly():
    n = 20_000
    events = scatters.simulate(n, multiple=True, rng=rng(), delta_z=(2.0, 12.0), share=(0.2, 0.7))
    low, high = nest.parameters().fiducial_drift_time
    for column, (lowest, highest) in {
        "drift_time": (low, high),
        "delta_z": (2, 12),
        "share": (0.2, 0.7),
    }.items():
        assert stats.kstest((events[column] - lowest) / (highest - lowest), "uniform").pvalue > 1e-3, column
    counts = np.bincount(events["n_electrons"], minlength=201)[20:]
    assert counts.sum() == n and stats.chisquare(counts).pvalue > 1e-3
    expected = events["share"] * events["n_electrons"]
    pull = (events["n_upper"] - expected) / np.sqrt(expected * (1 - events["share"]))
    assert abs(pull.mean()) < 4 / np.sqrt(n) and pull.std() == pytest.approx(1, abs=0.02)


def test_what_simulate_draws_is_independent():
    n = 20_000
    events = scatters.simulate(n, multiple=True, rng=rng())
    table = events[["n_electrons", "drift_time", "delta_z", "share"]].rank()
    np.testing.assert_allclose(np.corrcoef(table.T), np.eye(4), atol=4 / np.sqrt(n))


def test_by_default_the_upper_vertex_has_a_tenth_to_nine_tenths():
    share = scatters.simulate(20_000, multiple=True, rng=rng())["share"]
    assert (share.min(), share.max()) == pytest.approx((0.1, 0.9), abs=1e-3) and share.between(0.1, 0.9).all()


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
        assert 0 <= events["delta_z"].min() and 19.9 < events["delta_z"].max() <= 20
    assert (single["n_lower"] == 0).all()
    np.testing.assert_array_equal(single["drift_time_upper"], single["drift_time"])
    np.testing.assert_array_equal(single["drift_time_lower"], single["drift_time"])
    mean = double["share"] * double["drift_time_upper"] + (1 - double["share"]) * double["drift_time_lower"]
    np.testing.assert_allclose(mean, double["drift_time"], atol=1e-3)


@both
def test_the_log_ratio_is_that_of_the_densities(name):
    """Electron by electron, with the density of `arrival_density`; no electrons say nothing."""
    numbers, time = np.array([3, 0, 25]), full(3, DRIFT_TIMES[name][1])
    distance, share = np.array([4.0, 5, 15]), np.array([0.2, 0.5, 0.7])
    electrons = pulses.drift(numbers, time, detector=name, rng=rng(3))
    upper, lower = scatters.vertices(time, distance, share, detector=name)
    each = electrons.event
    single, above, below = (
        scatters.arrival_density(electrons.time, t[each], detector=name) for t in (time, upper, lower)
    )
    mixed = share[each] * above + (1 - share[each]) * below
    expected = [np.log(mixed / single)[each == k].sum() for k in range(3)]
    found = scatters.multiscatter_log_ratio(electrons, time, distance, share, detector=name)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
    assert found[1] == 0 and found[2] < 0


def test_the_mean_log_ratio_averages_over_midpoints():
    time = full(3, 500.0)
    electrons = pulses.drift([[5, 5], [0, 0], [20, 0]], np.tile([497.0, 503], (3, 1)), rng=rng(3))
    prior = {"delta_z": (2.0, 10.0), "share": (0.1, 0.5)}
    found = scatters.multiscatter_mean_log_ratio(electrons, time, points=(2, 2), **prior)
    each = [
        scatters.multiscatter_log_ratio(electrons, time, full(3, z), full(3, share))
        for z in (4.0, 8.0)
        for share in (0.2, 0.4)
    ]
    np.testing.assert_allclose(found, np.log(np.mean(np.exp(each), axis=0)), rtol=1e-9, atol=1e-12)


def test_the_log_ratios_defaults_are_those_of_simulate():
    events, electrons = samples(20, True, 1)
    time = events["drift_time"]
    plain = scatters.multiscatter_mean_log_ratio(electrons, time, points=(4, 2))
    asked = scatters.multiscatter_mean_log_ratio(
        electrons, time, points=(4, 2), delta_z=(0, 20), share=(0.1, 0.9)
    )
    np.testing.assert_array_equal(plain, asked)


def test_the_mean_log_ratio_has_settled_at_its_default_points():
    events, electrons = samples(6, False, 2)
    plain, finer = (
        scatters.multiscatter_mean_log_ratio(electrons, events["drift_time"], **points)
        for points in ({}, {"points": (80, 16)})
    )
    np.testing.assert_allclose(plain, finer, atol=0.02)


def test_log_ratios_are_likelihood_ratios():
    """Averaged over single scatters, a ratio of likelihoods is 1, and 1/ratio over double scatters."""
    ranges = {"n_electrons": (2, 8), "delta_z": (0.0, 2.0)}
    prior = {"delta_z": ranges["delta_z"], "points": (8, 4)}
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
    n = 700
    classes = [samples(n, multiple, 11 + multiple) for multiple in (False, True)]
    label = np.repeat([0, 1], n)
    scores = {"known": [], "priors": [], "width": []}
    for seed, (events, electrons) in enumerate(classes):
        time = events["drift_time"].to_numpy()
        nuisances = time, events["delta_z"], events["share"]
        light = pulses.luminesce(electrons, time, rng=rng(seed), sample_width=200)
        scores["known"].append(scatters.multiscatter_log_ratio(electrons, *nuisances))
        scores["priors"].append(scatters.multiscatter_mean_log_ratio(electrons, time, points=(10, 3)))
        width = features(light, 200)["width"]
        scores["width"].append(width / pulses.expected_width(time, sample_width=200))
    scores = {name: np.concatenate(parts) for name, parts in scores.items()}
    assert optimum.auc(label, scores["width"]).value > 0.94
    for more, less in (("known", "priors"), ("priors", "width")):
        gain = optimum.auc_difference(label, scores[more], scores[less])
        assert gain.value > -2 * gain.error, (more, less)
    assert optimum.auc(label, scores["known"]).value > 0.99


# --- events from the wires --------------------------------------------------------------------------------


def bulk(n_electrons, seed, name="LUX_Run03"):
    times = rng(seed).uniform(*GRIDS[name].values(), len(n_electrons))
    return times, pulses.drift(n_electrons, times, detector=name, rng=rng(seed + 1))


@both
def test_the_grids_are_where_nestpy_has_them(name, nest_source):
    d, times = nest_source.DETECTORS[name](), GRIDS[name]
    z = pulses.constants(list(times.values()), detector=name)["z"]
    np.testing.assert_allclose(z, [d.gate, d.cathode], atol=0.1)
    assert times["gate"] < 5 and times["cathode"] > 300


@settings(max_examples=15, deadline=None)
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


def test_a_stretch_is_exponential_and_each_events_own():
    n = 40_000
    electrons = pulses.drift([n, n, n], [100, 100, 100], rng=rng())
    delay = scatters.stretch(electrons, [0.5, 0, 2.0], rng=rng(1)).time.astype(float) - electrons.time
    for event, scale in enumerate((0.5, 0, 2.0)):
        mine = delay[electrons.event == event]
        if scale:
            assert mine.mean() == pytest.approx(scale, rel=4 / np.sqrt(n))
            assert mine.std() == pytest.approx(scale, rel=0.03)
            assert stats.kstest(mine, "expon", args=(0, scale)).pvalue > 1e-3
        else:
            assert not mine.any()
    same = scatters.stretch(electrons, 0.5, rng=rng(1))
    np.testing.assert_array_equal(same.time, scatters.stretch(electrons, full(3, 0.5), rng=rng(1)).time)


@both
def test_grid_events_are_late_by_the_assumed_delay(name):
    """0.75 µs at the gate and 0.9 µs at the cathode, our assumption; a third of the events from the cathode."""
    n = 6000
    events, electrons = scatters.grid_events(np.full(n, 20), cathode=1 / 3, detector=name, rng=rng(3))
    deep = (events["grid"] == "cathode").to_numpy()
    assert deep.mean() == pytest.approx(1 / 3, abs=4 * np.sqrt(2 / 9 / n))
    late = electrons.time.astype(float) - events["drift_time"].to_numpy()[electrons.event]
    for is_deep, grid, delay in ((False, "gate", 0.75), (True, "cathode", 0.9)):
        mine = late[deep[electrons.event] == is_deep]
        at = pulses.constants([GRIDS[name][grid]], detector=name).iloc[0]
        assert mine.mean() == pytest.approx(
            at["escape_time"] + delay, abs=4 * mine.std() / np.sqrt(len(mine))
        )
        assert mine.std() == pytest.approx(
            np.sqrt(at["spread"] ** 2 + at["escape_time"] ** 2 + delay**2), rel=0.02
        )


@both
@pytest.mark.parametrize("grid", ["gate", "cathode"])
def test_asymmetry_and_width_grow_with_the_stretch(name, grid):
    means = []
    for scale in (0, 0.4, 0.8, 1.6):
        events, electrons = scatters.grid_events(
            np.full(400, 80),
            cathode=float(grid == "cathode"),
            stretched={"gate": scale, "cathode": scale},
            detector=name,
            rng=rng(5),
        )
        light = pulses.luminesce(electrons, events["drift_time"], detector=name, rng=rng(6), sample_width=100)
        means.append(features(light, 100)[["asymmetry", "width", "fall"]].mean())
    assert (np.diff(means, axis=0) > 0).all()


def delayed_density(late, drift_time, delay, name):
    """The density of an electron from the wires by brute force: arrivals, convolved with the delay on a fine grid."""
    step = 0.004
    axis = np.arange(-12, 25, step)
    density = scatters.arrival_density(drift_time + axis, full(len(axis), drift_time), detector=name)
    if delay:
        kernel = np.exp(-(np.arange(0, 20 * delay, step) + step / 2) / delay)
        density = np.convolve(density, kernel / kernel.sum())[: len(axis)]
        return np.interp(late, axis + step / 2, density)
    return np.interp(late, axis, density)


@both
@pytest.mark.parametrize("delay", [0.0, 0.3, 0.9])
def test_the_density_of_delayed_electrons(name, delay):
    late = np.linspace(-2, 8, 41)
    for time in GRIDS[name].values():
        found = scatters._delayed_density(pulses.Column.of(name), late, time, delay)
        expected = delayed_density(late, time, delay, name)
        steep = (
            pulses.constants([time], detector=name)["spread"][0] < 0.1
        )  # the gate's: brute force is coarse there
        np.testing.assert_allclose(found, expected, atol=0.02 if steep else 1e-4)


def test_the_density_has_no_seam_where_delay_and_wait_are_equal():
    column, late = pulses.Column.of("LUX_Run03"), np.linspace(-2, 8, 101)
    wait = float(column.at(100.0)["escape_time"])
    for delay in (wait, 1.0005 * wait, 0.9995 * wait):
        found = scatters._delayed_density(column, late, 100.0, delay)
        np.testing.assert_allclose(found, delayed_density(late, 100.0, delay, "LUX_Run03"), atol=1e-3)


@pytest.mark.parametrize("cathode", [0.25, 1.0])
def test_the_bulks_log_ratio_by_brute_force(cathode):
    """For a few events: the likelihoods averaged over depths, grids and moments, by quadrature."""
    name, delays, span = "LUX_Run03", {"gate": 0.6, "cathode": 1.1}, (40.0, 280.0)
    electrons = scatters.grid_events([1, 2, 4, 9], stretched=delays, detector=name, rng=rng(2))[1]
    found = scatters.bulk_log_ratio(
        electrons, cathode=cathode, stretched=delays, drift_time=span, detector=name, points=4, step=0.02
    )
    depths = span[0] + (span[1] - span[0]) * (np.arange(4) + 0.5) / 4
    grids = [(GRIDS[name]["gate"], 0.6, 1 - cathode), (GRIDS[name]["cathode"], 1.1, cathode)]
    moments = np.arange(-8, 6, 0.005)

    def averaged(time, shapes):
        total = 0
        for drift_time, delay, weight in shapes:
            density = [delayed_density(t - moments, drift_time, delay, name) for t in time]
            total += weight * np.prod(density, axis=0).sum()
        return np.log(total)

    for event in range(4):
        time = electrons.time[electrons.event == event].astype(float)
        time -= np.median(time)
        expected = averaged(time, [(t, 0.0, 1 / 4) for t in depths]) - averaged(time, grids)
        assert found[event] == pytest.approx(expected, abs=0.03), event


def test_the_bulks_log_ratio_is_a_ratio_of_likelihoods():
    """Averaged over grid events it is 1, and its inverse over the bulk's; and it knows no absolute time."""
    n = rng(7).integers(3, 12, 4000)
    events, grid = scatters.grid_events(n, detector="LUX_Run03", rng=rng(8))
    _, ours = bulk(n, 9)
    for electrons, sign in ((grid, 1), (ours, -1)):
        ratio = scatters.bulk_log_ratio(electrons, detector="LUX_Run03", points=12)
        weight = np.exp(sign * ratio)
        assert weight.mean() == pytest.approx(1, abs=4 * weight.std() / np.sqrt(len(n)) + 0.01)
        assert weight.std() > 0.3
    few = pulses.drift(n[:50], full(50, 100), detector="LUX_Run03", rng=rng())
    moved = few._replace(time=few.time + np.float32(128))
    here, there = (scatters.bulk_log_ratio(x, detector="LUX_Run03", points=6) for x in (few, moved))
    np.testing.assert_allclose(here, there, atol=0.1, rtol=0.05)


def test_the_bulks_log_ratio_gains_next_to_nothing_from_finer_cells():
    n = np.full(600, 9)
    parts = scatters.grid_events(n, detector="LUX_Run03", rng=rng(8))[1], bulk(n, 9)[1]
    label = np.repeat([0, 1], len(n))
    coarse, fine = (
        np.concatenate([scatters.bulk_log_ratio(x, detector="LUX_Run03", **cells) for x in parts])
        for cells in ({}, {"points": 36, "step": 0.05})
    )
    assert np.corrcoef(coarse, fine)[0, 1] > 0.99
    assert abs(optimum.auc_difference(label, fine, coarse).value) < 0.005


def test_no_feature_of_the_waveform_beats_the_bulks_log_ratio():
    n = np.full(2000, 9)
    events, grid = scatters.grid_events(n, detector="LUX_Run03", rng=rng(10))
    times, ours = bulk(n, 11)
    label = np.repeat([1, 0], len(n))
    best = np.concatenate([scatters.bulk_log_ratio(x, detector="LUX_Run03", points=12) for x in (ours, grid)])
    light = [
        pulses.luminesce(x, origin, detector="LUX_Run03", rng=rng(12), sample_width=100)
        for x, origin in ((ours, times), (grid, events["drift_time"]))
    ]
    shape = features(np.concatenate(light), 100)
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


def test_the_bulk_reaches_from_the_gate_to_the_cathode_and_blocks_do_not_show(monkeypatch):
    _, electrons = scatters.grid_events(np.full(7, 6), detector="LUX_Run03", rng=rng())
    asked = {"detector": "LUX_Run03", "drift_time": tuple(GRIDS["LUX_Run03"].values()), "points": 3}
    plain = scatters.bulk_log_ratio(electrons, detector="LUX_Run03", points=3)
    np.testing.assert_array_equal(plain, scatters.bulk_log_ratio(electrons, **asked))
    monkeypatch.setattr(scatters, "_BATCH", 3)
    np.testing.assert_allclose(scatters.bulk_log_ratio(electrons, **asked), plain, atol=1e-4)


# --- seeds and the door -----------------------------------------------------------------------------------


def electrons():
    return pulses.drift([3, 4], [100, 100], rng=rng())


def evenly_shared(n, draw, share=(0.5, 0.5)):
    return scatters.simulate(n, multiple=True, n_electrons=(200, 200), share=share, rng=draw)


def from_the_gate(delay, draw):
    stretched = {"gate": delay, "cathode": delay}
    return scatters.grid_events(np.full(9, 3), cathode=0, stretched=stretched, rng=draw)[1].time


DRAWS = {
    "simulate": lambda draw: scatters.simulate(5, multiple=True, rng=draw).to_numpy(),
    "single": lambda draw: scatters.simulate(5, multiple=False, rng=draw).to_numpy(),
    "shares": lambda draw: evenly_shared(60, draw)["n_upper"].to_numpy(),
    **{
        column: lambda draw, column=column: evenly_shared(60, draw, share=(0.1, 0.9))[column].to_numpy()
        for column in ("drift_time", "delta_z", "share")
    },
    "stretch": lambda draw: scatters.stretch(electrons(), 1.0, rng=draw).time,
    "grid_events": lambda draw: scatters.grid_events(np.full(9, 3), rng=draw)[1].time,
    "grids": lambda draw: scatters.grid_events(np.full(60, 3), rng=draw)[0]["drift_time"].to_numpy(),
    "arrivals": lambda draw: from_the_gate(0.0, draw),
    "delays": lambda draw: np.round(from_the_gate(1e6, draw), -3),  # beside them diffusion is nothing
}


@pytest.mark.parametrize("draw_from", DRAWS.values(), ids=DRAWS)
def test_draws_follow_the_generator(draw_from):
    """The same seed gives the same; another seed, and the same generator once more, give something else."""
    draw = rng(1)
    first, next_ = draw_from(draw), draw_from(draw)
    np.testing.assert_array_equal(draw_from(rng(1)), first)
    for other in (next_, draw_from(rng(2))):
        assert other.shape == first.shape and not np.array_equal(other, first)


def test_no_events_are_no_events():
    assert len(scatters.simulate(0, multiple=True, rng=rng())) == 0
    events, none = scatters.grid_events(np.empty(0), rng=rng())
    assert len(events) == 0 and scatters.bulk_log_ratio(none, points=2).shape == (0,)


BAD = [
    (lambda: scatters.simulate(-1, multiple=True, rng=rng()), "n must be at least 0, got -1"),
    (lambda: scatters.simulate(1, multiple="yes", rng=rng()), "multiple must be True or False, got 'yes'"),
    (lambda: scatters.simulate(1, multiple=True, rng=rng(), share=(0.1, 2)), "share must be at most 1, got 2"),
    (lambda: scatters.simulate(1, multiple=True, rng=rng(), drift_time=(0, 0)), "delta_z must leave both"),
    (lambda: scatters.simulate(1, multiple=True, rng=rng(), drift_time=(2000, 2000)), "drift_time must be at most"),
    (lambda: scatters.simulate(1, multiple=True, rng=3), "rng must be a numpy.random.Generator"),
    (lambda: scatters.vertices([1.0], [-2], [0.5]), "delta_z must be at least 0, got -2"),
    (lambda: scatters.vertices([400.0, 1.0], [9, 9], [0.5, 0.5]), "got 9 mm at a drift time of 1 µs"),
    (lambda: scatters.vertices([962.0], [9], [0.5]), "delta_z must leave both"),
    (lambda: scatters.arrival_density([1, 2], [1]), "must have the same length: time has 2"),
    (lambda: scatters.arrival_density([1], [-1]), "drift_time must be at least 0"),
    (lambda: scatters.multiscatter_log_ratio(electrons(), [9], [0], [0.5]), "drift_time must have a value for"),
    (lambda: scatters.multiscatter_log_ratio(electrons(), [9, 9], [0], [0.5]), "must have the same length"),
    (lambda: scatters.multiscatter_mean_log_ratio(electrons(), [9], points=(4, 4)), "drift_time must have a"),
    (lambda: scatters.multiscatter_mean_log_ratio(electrons(), [9, 9], points=(0, 4)), "points must be at least 1"),
    (lambda: scatters.multiscatter_mean_log_ratio(electrons(), [9, 9], points=(4,)), "points must be two"),
    (lambda: scatters.stretch([1, 2], 1, rng=rng()), "electrons must be Electrons"),
    (lambda: scatters.stretch(electrons(), -1, rng=rng()), "scale must be at least 0, got -1"),
    (lambda: scatters.stretch(electrons(), [1, 2, 3], rng=rng()), "scale must be one number or one for each of 2"),
    (lambda: scatters.stretch(electrons(), 1, rng=7), "rng must be a numpy.random.Generator"),
    (lambda: scatters.grid_drift_times(detector="LUX"), "LUX_Run03.*got 'LUX'"),
    (lambda: scatters.grid_events([-1], rng=rng()), "n_electrons must be at least 0, got -1"),
    (lambda: scatters.grid_events([1], cathode=2, rng=rng()), "cathode must be at most 1, got 2"),
    (lambda: scatters.grid_events([1], stretched=0.7, rng=rng()), "stretched must be a dict .*got 0.7"),
    (lambda: scatters.grid_events([1], stretched={"gate": 1, "cathode": -2}, rng=rng()), "stretched must be at"),
    (lambda: scatters.grid_events([1], rng=7), "rng must be a numpy.random.Generator"),
    (lambda: scatters.bulk_log_ratio([1]), "electrons must be Electrons"),
    (lambda: scatters.bulk_log_ratio(electrons(), drift_time=(5, 1)), r"drift_time must be \(lowest, highest\)"),
    (lambda: scatters.bulk_log_ratio(electrons(), drift_time=(5, 2000)), "drift_time must be at most"),
    (lambda: scatters.bulk_log_ratio(electrons(), step=0), "step must be above 0, got 0"),
]  # fmt: skip


@pytest.mark.parametrize("call, message", BAD, ids=[message[:40] for _, message in BAD])
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_unless_told_otherwise_the_bulks_rivals_come_from_both_grids_alike():
    few = pulses.drift([5, 9], [100.0, 300.0], detector="LUX_Run03", rng=rng(3))
    usual, told, other = (
        scatters.bulk_log_ratio(few, detector="LUX_Run03", points=6, **given)
        for given in ({}, {"cathode": 0.5}, {"cathode": 0.6})
    )
    np.testing.assert_array_equal(usual, told)
    assert np.all(usual != other)
