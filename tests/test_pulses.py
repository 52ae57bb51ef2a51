"""Pulses against nestpy's own waveforms, and the physics that must hold whatever the numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from helpers import detector, nest, pulses
from helpers.waveforms import features

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


def nestpy_pulses(nest_source, name, drift_time, n, energy, seed, **modes):
    """Nestpy's events on the detector's axis, with the drift time that it really has there."""
    at = pulses.constants([drift_time], detector=name)
    theirs = nest_source.DETECTORS[name]()
    position = np.tile([0.0, 0.0, at["z"][0]], (n, 1))
    modes = {"calculate_times": True} | modes
    return nest_source.nestpy.array.runNESTvec(
        theirs, nest_source.nestpy.interactions.beta, full(n, energy), position, seed=seed, **modes
    )


@pytest.mark.parametrize(
    "name, drift_time, n", [("LZ_WS2022", 400.0, 150), ("LUX_Run03", 50.0, 220), ("LUX_Run03", 300.0, 220)]
)
def test_s2_widths_are_nestpys(name, drift_time, n, nest_source):
    energy = {"LZ_WS2022": 0.6, "LUX_Run03": 1.5}[name]  # keV: nestpy's time grows as light squared
    theirs = nestpy_pulses(
        nest_source, name, drift_time, n, energy, 7, s2_mode=nest_source.nestpy.S2CalculationMode.Waveform
    )
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
@pytest.mark.parametrize("energy, drift_time", [(8.0, 150.0), (1.5, 20.0)])
def test_s1_times_are_nestpys(name, recoil_type, interaction, energy, drift_time, nest_source):
    """Photon by photon: nestpy's emission times, its excitons first, and its way to the photomultipliers."""
    n = 30_000
    at = pulses.constants([drift_time], detector=name).iloc[0]
    d = nest_source.DETECTORS[name]()
    calculator = nest_source.nestpy.NESTcalc(d)
    species = getattr(nest_source.nestpy.interactions, interaction)
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
    seen = theirs + rng(3).normal(0, 10, n)  # ns: NEST's PULSE_WIDTH
    for q in (0.1, 0.5, 0.9, 0.97):
        here = np.interp(q, total / total[-1], edges)
        assert np.mean(seen < here) == pytest.approx(q, abs=4 * np.sqrt(2 * q * (1 - q) / n) + 0.002)


@both
def test_excitons_are_nestpys_own_share(name, nest_source):
    """Of the mean yields at mid-height's field: nuclear recoils excite far more than electrons do."""
    column, p = pulses.Column.of(name), nest.parameters(name)
    d = nest_source.DETECTORS[name]()
    calculator = nest_source.nestpy.NESTcalc(d)
    for recoil_type, interaction in nest_source.RECOILS.items():
        for energy in (1.0, 30.0):
            mean = calculator.GetYields(
                interaction, energy=energy, density=d.density_liquid, drift_field=p.drift_field
            )
            excitons = (mean.PhotonYield + mean.ElectronYield) * mean.ExcitonRatio / (1 + mean.ExcitonRatio)
            found = column.exciton_share(recoil_type, np.array([energy]))[0]
            assert found == pytest.approx(excitons / mean.PhotonYield, rel=0.01)
    nuclear, electron = (column.exciton_share(r, np.array([5.0]))[0] for r in ("NR", "ER"))
    assert nuclear > 0.8 and electron < 0.1


@both
def test_a_single_electron_has_nestpys_area(name, nest_source):
    n = 20_000
    light = pulses.s2(np.ones(n, int), full(n, 0), detector=name, rng=rng(), window=(-1, 9), sample_width=50)
    area = light.sum(axis=1)
    p, d = nest.parameters(name), nest_source.DETECTORS[name]()
    assert area.mean() == pytest.approx(p.single_electron, rel=0.005)
    # photons with the Fano factor's spread, thinned; then double photoelectrons and the area's resolution
    hits = p.single_electron
    variance = hits * (1 + d.g1_gas * (d.s2Fano - 1))
    double = p.double_photoelectron
    variance += hits * double * (1 - double) / (1 + double) ** 2 + d.sPEres**2 * hits / (1 + double)
    assert area.std() == pytest.approx(np.sqrt(variance), rel=0.025)


@both
def test_one_photons_area_is_one_or_two_photoelectrons(name, nest_source):
    """In S1s of one photon: mean 1 phd; two photoelectrons with NEST's chance; no area is negative."""
    n = 40_000
    d = nest_source.DETECTORS[name]()
    light = pulses.s1(
        np.ones(n, int), "NR", full(n, 5), full(n, 100), detector=name, rng=rng(), sample_width=10_000,
        window=(-5.0, 5.0),
    )  # fmt: skip
    area = light.sum(axis=1) * (1 + d.P_dphe)  # in photoelectrons
    # Gaussians of mean 1 after the cut at 0, whose width the cut takes little of
    one, two = (stats.norm(k, d.sPEres * np.sqrt(k)) for k in (1, 2))
    assert area.mean() == pytest.approx(1 + d.P_dphe, rel=0.01)
    assert area.min() >= 0 and np.mean(area == 0) < 1e-3  # the tail in 1/t² leaves any window
    mixed = (1 - d.P_dphe) * one.sf(1.8) + d.P_dphe * two.sf(1.8)
    assert np.mean(area > 1.8) == pytest.approx(mixed, abs=0.012)
    assert area.std() == pytest.approx(
        np.sqrt(d.sPEres**2 * (1 + d.P_dphe) + d.P_dphe * (1 - d.P_dphe)), rel=0.03
    )


@both
def test_the_area_is_that_of_the_events(name):
    """The same electrons as in helpers.detector: their S2s agree."""
    p = nest.parameters(name)
    n = 2000
    position = np.tile([0.0, 0.0, p.surface - 60], (n, 1))
    events = detector.simulate(full(n, 10), "ER", detector=name, rng=rng(), position=position)
    chance = p.extraction_efficiency * np.exp(-events["drift_time"] / p.electron_lifetime)
    reached = rng(1).binomial(events["n_electrons"], chance)
    light = pulses.s2(reached, events["drift_time"], detector=name, rng=rng(2), sample_width=200)
    assert light.sum(axis=1).mean() == pytest.approx(events["s2"].mean(), rel=0.02)


# --- what shapes a pulse ----------------------------------------------------------------------------------


@both
def test_constants_are_nestpys(name, nest_source):
    times = np.array([0.0, *DRIFT_TIMES[name]])
    table = pulses.constants(times, detector=name)
    d, calculator = nest_source.DETECTORS[name](), nest_source.nestpy.NESTcalc(nest_source.DETECTORS[name]())
    for row in table.itertuples():
        field = d.get_field(0.0, 0.0, row.z)
        velocity = calculator.SetDriftVelocity(d.T_Kelvin, d.density_liquid, field, d.p_bar)
        assert row.field == pytest.approx(field, rel=1e-4)
        assert row.drift_velocity == pytest.approx(velocity, rel=1e-4)
        assert (d.TopDrift - row.z) / velocity == pytest.approx(row.drift_time, rel=1e-4, abs=1e-6)
    assert (np.diff(table["spread"]) > 0).all()


def test_constants_that_nestpy_does_not_offer_are_nests():
    """By hand from NEST.cpp at LZ's 192 V/cm: GetDiffLong_Liquid (LZ 2023), GetS2's tauTrap and Diff_Long_Gas."""
    table = pulses.constants([0.0, 400.0])
    assert table["field"].to_numpy() == pytest.approx([192, 192])
    assert table["diffusion"][1] == pytest.approx(
        18.13, rel=1e-3
    )  # 66.35 · 192^-0.24855 + 36.85 e^(-192/35.661)
    assert table["escape_time"][1] == pytest.approx(0.42711, rel=1e-4)  # 0.28326 + 5303 / 192²
    # sqrt(2 · 18.13 cm²/s · 400 µs) = 1.2043 mm, at 1.5175 mm/µs
    assert table["spread"][1] == pytest.approx(0.79363, rel=1e-3)
    # at no drift the gas alone is left: 4.265 + 19097/E - 1.7397e6/E² + 1.2477e8/E³ = 6.5076 cm²/s
    # (E = 8424 V/cm), for 1.2966 µs and 8 mm
    assert table["spread"][0] == pytest.approx(0.0066581, rel=2e-4)


@both
def test_the_gap_is_crossed_at_nestpys_velocity(name, nest_source):
    d = nest_source.DETECTORS[name]()
    velocity = nest_source.nestpy.NESTcalc(d).calculate_drift_velocity_gas(
        d.T_Kelvin, d.p_bar, d.density_gas, 1e3 * d.E_gas
    )
    gap = pulses.constants([10.0], detector=name)["gap_time"][0]
    assert gap == pytest.approx(d.extraction_parameters["gasGap"] / velocity)


def test_photons_from_the_gas_come_with_nests_decay_times():
    """One singlet (3.27 ns) to ten triplets (25.89 ns), by hand; LZ_WS2022 has no optical transport."""
    column = pulses.Column.of("LZ_WS2022")
    assert column.delay_mean == pytest.approx(23.83, rel=1e-3)  # (0.1 · 3.27 + 25.89) / 1.1
    assert column.delay_variance == pytest.approx(
        652.5, rel=0.002
    )  # (0.1 · 2 · 3.27² + 2 · 25.89²) / 1.1 - mean²
    drawn = column.gas_delay(200_000, rng()) * 1e3
    assert drawn.mean() == pytest.approx(23.83, abs=4 * 25.5 / np.sqrt(200_000))
    assert drawn.std() == pytest.approx(np.sqrt(652.5), rel=0.01)


def test_optical_transport_is_nestpys(nest_source):
    name = "LUX_Run03"
    column, d = pulses.Column.of(name), nest_source.DETECTORS[name]()
    for z in (d.cathode + 30, d.TopDrift - 30):
        theirs = np.array([d.OptTrans(0.0, 0.0, z) for _ in range(4000)])
        ours = column.transport(full(20_000, z), rng())
        assert ours.mean() == pytest.approx(theirs.mean(), abs=4 * theirs.std() / np.sqrt(3000))
        assert ours.std() == pytest.approx(theirs.std(), rel=0.08)
    gas = np.array(
        [d.OptTrans(0.0, 0.0, d.TopDrift + d.extraction_parameters["gasGap"] / 2) for _ in range(4000)]
    )
    assert column._ways[-1].mean() == pytest.approx(gas.mean(), abs=4 * gas.std() / np.sqrt(2000))
    assert column.delay_mean == pytest.approx(23.83 + gas.mean(), abs=4 * gas.std() / np.sqrt(2000))
    assert not pulses.Column.of("LZ_WS2022")._ways.any()


@pytest.mark.parametrize("width", [2.0, 10.0, 100.0])  # ns
def test_the_photoelectrons_shape_is_a_gaussian_of_10_ns(width):
    """From anywhere in a sample: the kernel against draws."""
    kernel = pulses._photoelectron_kernel(width * 1e-3)
    reach = len(kernel) // 2
    draw = rng(1)
    moved = np.floor(draw.random(400_000) + 10 / width * draw.standard_normal(400_000)).astype(int)
    seen = np.bincount(np.clip(moved, -reach, reach) + reach, minlength=len(kernel)) / len(moved)
    assert kernel.sum() == pytest.approx(1)
    np.testing.assert_allclose(kernel, seen, atol=4 * np.sqrt(kernel.max() / len(moved)))


# --- electrons and their light ----------------------------------------------------------------------------


@both
def test_electrons_drift_spread_and_wait(name):
    n, (early, _, late) = 100_000, DRIFT_TIMES[name]
    electrons = pulses.drift([n, 0, n], [early, early, late], detector=name, rng=rng())
    assert electrons.n_events == 3 and electrons.time.dtype == np.float32
    np.testing.assert_array_equal(electrons.event, np.repeat([0, 2], n))
    at = pulses.constants([early, late], detector=name)
    for row, event in zip(at.itertuples(), (0, 2), strict=True):
        time = electrons.time[electrons.event == event].astype(float) - row.drift_time
        sigma = np.hypot(row.spread, row.escape_time)
        assert time.mean() == pytest.approx(row.escape_time, abs=4 * sigma / np.sqrt(n))
        assert time.std() == pytest.approx(sigma, rel=0.015)
        shape = stats.exponnorm(row.escape_time / row.spread, scale=row.spread)
        assert stats.kstest(time[:20_000], shape.cdf).pvalue > 1e-3


@both
def test_light_comes_evenly_while_an_electron_crosses_the_gap(name):
    """Electrons that all enter at 0: mean and variance of their light, from gap, photons and photoelectrons."""
    n, column = 4000, pulses.Column.of(name)
    electrons = pulses.Electrons(np.zeros(n, np.float32), np.arange(n), n)
    axis = {"sample_width": 5, "window": (-0.5, 2.5)}
    light = pulses.luminesce(electrons, np.zeros(n), detector=name, rng=rng(), **axis).sum(
        axis=0, dtype=float
    )
    time = pulses.sample_times(**axis)
    gap, delay, variance = column.gap_time, column.delay_mean * 1e-3, column.delay_variance * 1e-6
    mean = light @ time / light.sum()
    square = light @ (time - mean) ** 2 / light.sum()
    error = gap / np.sqrt(12 * n * nest.parameters(name).single_electron)
    assert mean == pytest.approx(gap / 2 + delay, abs=5 * error + 1e-4)
    assert square == pytest.approx(gap**2 / 12 + variance + 1e-4, rel=0.01)
    thirds = [light[(time > a * gap) & (time < (a + 0.2) * gap)].mean() for a in (0.3, 0.5, 0.7)]
    np.testing.assert_allclose(thirds, np.mean(thirds), rtol=0.02)


def test_the_square_of_the_width_grows_straight_with_drift_time():
    """In a uniform field its slope is 2 D_L / v_d², and its start the surface, the gap and the photons."""
    time = np.repeat(np.linspace(50, 950, 10), 250)
    n = 80
    light = pulses.s2(np.full(len(time), n), time, rng=rng(), sample_width=40)
    square = (features(light, 40)["width"] ** 2).to_numpy() * n / (n - 1)
    slope, start = np.polyfit(time, square, 1)
    c = pulses.constants([100.0]).iloc[0]
    assert slope == pytest.approx(2e-4 * c["diffusion"] / c["drift_velocity"] ** 2, rel=0.03)
    assert start == pytest.approx(c["escape_time"] ** 2 + c["gap_time"] ** 2 / 12, rel=0.06)


@both
@pytest.mark.parametrize("sample_width", [10, 100, 1000])
def test_expected_width_is_that_of_many_electrons(name, sample_width):
    time, n = DRIFT_TIMES[name][1], 200
    electrons = pulses.drift(np.full(800, n), full(800, time), detector=name, rng=rng())
    light = pulses.luminesce(electrons, full(800, time), detector=name, rng=rng(1), sample_width=sample_width)
    square = (features(light, sample_width)["width"] ** 2).mean() * n / (n - 1)
    expected = pulses.expected_width([time], detector=name, sample_width=sample_width)[0]
    assert np.sqrt(square) == pytest.approx(expected, rel=0.01)


def test_expected_width_by_hand():
    """LZ at 400 µs: 0.7937² + 0.4271² + 1.2966²/12 + photons' 0.0255² µs²; photoelectron and samples on top."""
    fine, wide = (pulses.expected_width([400.0], sample_width=w)[0] for w in (1, 1000))
    bare = 0.79366**2 + 0.42711**2 + 1.29661**2 / 12 + 652.5e-6 + 100e-6
    assert fine**2 == pytest.approx(bare, rel=1e-4)
    # a sample of 1 µs adds 1/12 for the counting; what the kernel moves to the next is pdf(0) · 2 · 10 ns
    assert wide**2 == pytest.approx(bare - 100e-6 + 1 / 12 + 2 * 0.39894 * 0.01, rel=1e-3)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.integers(0, 40), min_size=1, max_size=20),
    st.sampled_from([20, 40, 100, 1000]),
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
    light = pulses.s1(n_photons, "NR", energy, time, rng=rng(), window=(-1, 999), sample_width=1000)
    area = light.sum(axis=1)
    assert area[0] == 0
    slope = np.polyfit(n_photons, area, 1)[0]
    assert slope == pytest.approx(1, abs=0.02)


def test_samples_are_half_open_and_what_lies_outside_is_lost():
    axis = {"sample_width": 100, "window": (-0.2, 0.3)}
    assert pulses.sample_times(**axis) == pytest.approx([-0.15, -0.05, 0.05, 0.15, 0.25])
    time = np.array([-0.21, -0.19, -0.01, 0.01, 0.02, 0.29, 0.31, 0.15], np.float32)
    electrons = pulses.Electrons(7 + time, np.array([0, 0, 0, 0, 0, 0, 0, 2]), 3)
    counted = pulses.histogram(electrons, [7, 7, 7], **axis)
    np.testing.assert_array_equal(counted, [[1, 1, 2, 0, 1], [0, 0, 0, 0, 0], [0, 0, 0, 1, 0]])
    assert counted.dtype == np.float32
    # an electron just before the window's end: most of its light is lost, and none comes round to the beginning
    late = pulses.luminesce(pulses.Electrons(np.float32([0.25]), np.array([0]), 1), [0.0], rng=rng(), **axis)
    assert not late[0, :3].any() and 0 < late[0, 4] < 20


def test_a_waveforms_origin_is_the_electrons_mean_drift_time():
    numbers, times = np.array([[30, 10], [0, 0], [0, 7]]), np.array([[200.0, 204.0], [200, 206], [200, 206]])
    ours = pulses.s2(numbers, times, rng=rng(4), sample_width=100)
    asked = pulses.s2(numbers, times, rng=rng(4), sample_width=100, origin=[201, 203, 206])
    np.testing.assert_array_equal(ours, asked)
    assert not ours[1].any()
    later = pulses.s2(numbers, times, rng=rng(4), sample_width=100, origin=[200, 203, 206])
    np.testing.assert_array_equal(later[0, 10:], ours[0, :-10])


def test_blocks_do_not_show(monkeypatch):
    """Memory is bounded by working on blocks of whole events; no event is lost between them or larger than one."""
    numbers = np.array([0, 3, 0, 500, 1, 0, 40, 40, 0])
    electrons = pulses.drift(np.tile(numbers, 40), full(360, 100), rng=rng())
    means, counts = [], []
    for block in (1 << 20, 100):
        monkeypatch.setattr(pulses, "_BLOCK", block)
        monkeypatch.setattr(pulses, "_BATCH", block)
        light = pulses.s2(np.tile(numbers, 40), full(360, 100), rng=rng(), sample_width=100)
        means.append(light.sum(axis=1).reshape(40, -1))
        counts.append(pulses.histogram(electrons, full(360, 100), sample_width=100))
    np.testing.assert_array_equal(*counts)
    np.testing.assert_array_equal(counts[0].sum(axis=1), np.tile(numbers, 40))
    np.testing.assert_array_equal(means[0] == 0, means[1] == 0)
    ours = nest.parameters().single_electron * numbers
    for mean in means:
        np.testing.assert_allclose(mean.mean(axis=0), ours, rtol=0.1)


# --- seeds and the door -----------------------------------------------------------------------------------


def some_electrons():
    return pulses.drift([30, 40], [100, 100], rng=rng())


DRAWS = {
    "drift": lambda draw: pulses.drift([3, 4], [100, 100], rng=draw).time,
    "luminesce": lambda draw: pulses.luminesce(some_electrons(), [100, 100], rng=draw, sample_width=100),
    "s2": lambda draw: pulses.s2([3, 4], [100, 100], rng=draw, sample_width=100),
    "s1": lambda draw: pulses.s1([9, 9], "ER", [3, 3], [100, 100], rng=draw, detector="LUX_Run03"),
}


@pytest.mark.parametrize("draw_from", DRAWS.values(), ids=DRAWS)
def test_draws_follow_the_generator(draw_from):
    """The same seed gives the same; another seed, and the same generator once more, give something else."""
    draw = rng(1)
    first, next_ = draw_from(draw), draw_from(draw)
    np.testing.assert_array_equal(draw_from(rng(1)), first)
    for other in (next_, draw_from(rng(2))):
        assert other.shape == first.shape and not np.array_equal(other, first)


def test_no_events_are_no_waveforms():
    empty = np.empty(0)
    assert pulses.s2(empty, empty, rng=rng(), sample_width=100).shape == (0, 400)
    assert pulses.s1(empty, "NR", empty, empty, rng=rng()).shape == (0, 200)


def unsorted():
    return pulses.Electrons(np.zeros(3, np.float32), np.array([0, 1, 0]), 2)


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
    (lambda: pulses.s2([1], [100], rng=rng(), window=(0, 0)), "window must hold a whole number"),
    (lambda: pulses.s2([1], [100], rng=rng(), origin=[1, 2]), "origin must have a value for each of 1 events"),
    (lambda: pulses.s1([1], "GR", [1], [1], rng=rng()), "recoil_type must be one of .*'GR'"),
    (lambda: pulses.s1([1], "NR", [0], [1], rng=rng()), "recoil_energy must be above 0"),
    (lambda: pulses.s1([1], "NR", [1, 2], [1], rng=rng()), "must have the same length: n_photons has 1"),
    (lambda: pulses.s1([1], "NR", [1], [1], rng=7), "rng must be a numpy.random.Generator"),
    (lambda: pulses.drift([1], [1], rng=None), "rng must be a numpy.random.Generator"),
    (lambda: pulses.luminesce([1, 2], [1], rng=rng()), "electrons must be Electrons"),
    (lambda: pulses.luminesce(unsorted(), [1, 1], rng=rng()), "electrons must come event after event"),
    (lambda: pulses.luminesce(some_electrons(), [1, 1], rng=1), "rng must be a numpy.random.Generator"),
    (lambda: pulses.histogram(some_electrons(), [1]), "origin must have a value for each of 2 events, got 1"),
    (lambda: pulses.histogram(unsorted(), [1, 1]), "electrons must come event after event"),
    (lambda: pulses.constants([-1]), "drift_time must be at least 0, got -1"),
    (lambda: pulses.constants([np.nan]), "drift_time must be finite"),
    (lambda: pulses.expected_width([1.0], sample_width=-1), "sample_width must be above 0"),
]  # fmt: skip


@pytest.mark.parametrize("call, message", BAD, ids=[message[:40] for _, message in BAD])
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
