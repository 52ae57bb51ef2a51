"""What the shipped tables say is what nestpy does, and its numbers are the detectors' published ones."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from helpers import detector, nest

NAMES = list(nest.DETECTORS)
RECOILS = list(nest.RECOILS)
both = pytest.mark.parametrize("name", NAMES)
each = pytest.mark.parametrize("recoil_type", RECOILS)


def rng(seed=0):
    return np.random.default_rng(seed)


# --- numbers that are known otherwise -----------------------------------------------------------------------

# nestpy 2.1.3; LUX Run 3: arXiv 1512.03506 and 1712.05696 (field 180 V/cm on average, g1 0.117, g2 12.1 ± 0.8),
# LZ 2022: arXiv 2207.03764 (193 V/cm, g1 0.114, g2 47.1; fiducial drift times 86 to 936.5 µs, radius 688 mm)
KNOWN = {
    "LUX_Run03": dict(g1=0.117, g2=12.445, single_electron=22.915, extraction_efficiency=0.5431, drift_field=175.2,
                      electron_lifetime=800, drift_velocity=1.4984, work_function=0.013474, radius=235,
                      fiducial_radius=200, cathode=55.9, surface=544.95, fiducial_drift_time=(38, 305), coincidence=2,
                      s2_threshold=192.3 / 1.173, double_photoelectron=0.173),
    "LZ_WS2022": dict(g1=0.11357, g2=47.067, single_electron=58.487, extraction_efficiency=0.8048, drift_field=192,
                      electron_lifetime=6500, drift_velocity=1.5175, work_function=0.013496, radius=728,
                      fiducial_radius=688, cathode=0, surface=1461, fiducial_drift_time=(86, 936.5), coincidence=3,
                      s2_threshold=728.4 / 1.214, double_photoelectron=0.214),
}  # fmt: skip


@both
@pytest.mark.parametrize("quantity", KNOWN["LUX_Run03"])
def test_parameters_are_the_known_ones(name, quantity):
    assert getattr(nest.parameters(name), quantity) == pytest.approx(KNOWN[name][quantity], rel=2e-4)


@both
def test_parameters_agree_with_each_other(name, nest_source):
    p, d = nest.parameters(name), nest_source.DETECTORS[name]()
    assert p.name == name and p.g2 == pytest.approx(d.g2)
    assert p.g2 == pytest.approx(p.single_electron * p.extraction_efficiency)


def test_the_default_detector_is_lz():
    assert nest.parameters() == nest.parameters("LZ_WS2022")
    pd.testing.assert_frame_equal(nest.yields([5.0], "ER"), nest.yields([5.0], "ER", detector="LZ_WS2022"))


def test_a_detector_is_read_once():
    assert nest.response_of("LUX_Run03") is nest.response_of("LUX_Run03")
    assert nest.response_of("LUX_Run03", 100) is nest.response_of("LUX_Run03", 100.0)


# nestpy's GetYields, detectors' own fields
YIELDS = {
    ("LUX_Run03", "NR", 2): (9.32, 14.08),
    ("LUX_Run03", "NR", 50): (640.42, 173.78),
    ("LUX_Run03", "ER", 10): (469.57, 272.62),
    ("LZ_WS2022", "NR", 2): (9.24, 14.16),
    ("LZ_WS2022", "NR", 50): (639.43, 174.77),
    ("LZ_WS2022", "ER", 10): (464.88, 276.10),
}


@pytest.mark.parametrize("name, recoil_type, energy", YIELDS)
def test_yields_are_the_known_ones(name, recoil_type, energy):
    table = nest.yields([energy], recoil_type, detector=name)
    assert table.columns.tolist() == ["recoil_energy", "n_photons", "n_electrons"]
    assert table.iloc[0].tolist() == pytest.approx([energy, *YIELDS[name, recoil_type, energy]], abs=0.01)


@both
@each
@pytest.mark.parametrize("field", [30.0, 900.0])
def test_yields_in_a_field_are_nestpys(name, recoil_type, field, nest_source):
    d = nest_source.DETECTORS[name]()
    calculator = nest_source.nestpy.NESTcalc(d)
    density = calculator.SetDensity(d.T_Kelvin, d.p_bar)
    with nest_source.quiet():
        theirs = calculator.GetYields(
            nest_source.RECOILS[recoil_type], energy=20.0, density=density, drift_field=field
        )
    ours = nest.yields([20.0], recoil_type, detector=name, field=field).iloc[0]
    assert ours["n_photons"] == pytest.approx(theirs.PhotonYield, rel=1e-5)
    assert ours["n_electrons"] == pytest.approx(theirs.ElectronYield, rel=1e-5)


@both
@each
def test_mean_quanta_grow_with_energy(name, recoil_type):
    table = nest.yields(np.geomspace(0.5, 300, 200), recoil_type, detector=name)
    quanta = table["n_photons"] + table["n_electrons"]
    assert np.all(np.diff(quanta) > 0)
    assert quanta.iloc[-1] <= 300 / nest.parameters(name).work_function * (1 + 1e-7)


# --- thresholds, judged by nestpy and by counting photomultipliers --------------------------------------------


def test_the_chance_of_a_coincidence_is_that_of_different_photomultipliers():
    lux, lz = (nest.coincidence(name) for name in ("LUX_Run03", "LZ_WS2022"))
    assert lux[:2].tolist() == [0, 0] and lz[:3].tolist() == [0, 0, 0]
    assert lux[2] == pytest.approx(1 - 1 / 119, rel=1e-6)
    assert lz[3] == pytest.approx(483 * 482 / 484**2, abs=5e-5)
    for chance in (lux, lz):
        assert chance.shape == (12,) and np.all(np.diff(chance) >= 0) and chance[11] == 1


@pytest.mark.parametrize("name, window", [("LUX_Run03", 100), ("LZ_WS2022", 300)])
def test_the_last_photon_needed_comes_in_time(name, window):
    """Photons of a 20 ns decay, in a window [ns] that only counts where no photon can be missed."""
    p = nest.parameters(name)
    share = nest.response_of(name).coincidence[1:] / np.maximum(nest.coincidence(name)[1:], 1e-9)
    assert share[p.coincidence - 1] == pytest.approx((1 - np.exp(-window / 20)) ** p.coincidence, rel=1e-5)
    assert np.all(share[p.coincidence :] == 1)


def own_pulses(nest_source, name, energy, n):
    """nestpy's own S1s and S2s of nuclear recoils at mid-height, with the sign that marks what is below threshold."""
    source, p = nest_source.Source(name), nest.parameters(name)
    z = (p.cathode + p.surface) / 2
    field = source.field([z])[0]
    velocity = source.velocity([field])[0]
    calculator, kind = source.calculator, nest_source.RECOILS["NR"]
    light, charge = nest_source.nestpy.S1CalculationMode.Full, nest_source.nestpy.S2CalculationMode.Full
    place, gain = (0, 0, z, 0, 0, z), calculator.CalculateG2(False)
    time = (p.surface - z) / velocity
    mean = calculator.GetYields(kind, energy=energy, density=source.density, drift_field=field)
    quanta = [calculator.GetQuanta(mean, source.density) for _ in range(n)]
    s1 = [calculator.GetS1(q, *place, velocity, velocity, kind, k, field, energy, light, 0, [], [])
          for k, q in enumerate(quanta)]  # fmt: skip
    s2 = [calculator.GetS2(q.electrons, *place, time, velocity, k, field, charge, 0, [], [], gain)
          for k, q in enumerate(quanta)]  # fmt: skip
    return np.array(s1), np.array(s2), z


@both
@pytest.mark.parametrize("energy", [2.0, 4.0])
def test_thresholds_are_those_of_nestpys_own_pulses(name, energy, nest_source):
    n = 40_000
    s1, s2, z = own_pulses(nest_source, name, energy, n)
    ours = detector.simulate(np.full(n, energy), "NR", detector=name, rng=rng(1), position=[[0, 0, z]] * n)
    judged = detector.reference(np.full(n, energy), "NR", detector=name, rng=rng(2), position=[[0, 0, z]] * n)
    for column, theirs in (("s1", (s1[:, 0] > 0).mean()), ("s2", (s2[:, 6] > 0).mean())):
        error = np.sqrt(theirs * (1 - theirs) / n)
        assert ours[column].notna().mean() == pytest.approx(theirs, abs=0.003 + 6 * error)
        assert judged[column].notna().mean() == pytest.approx(theirs, abs=0.002 + 6 * error)

    # S2: nothing above the threshold is lost, nothing below is kept
    area, seen = np.abs(s2[:, 6]), s2[:, 6] > 0
    threshold = nest.parameters(name).s2_threshold
    assert area[~seen].max() <= threshold <= area[seen].min()
    assert area[seen].min() - area[~seen].max() < 0.02 * threshold

    # S1: the chance to count, by the number of spikes (of which those too late are no longer in nestpy's number)
    chance = nest.coincidence(name)
    for spikes in range(5):
        part = s1[:, 8] == spikes
        error = np.sqrt(chance[spikes] * (1 - chance[spikes]) / part.sum())
        theirs = (s1[part, 0] > 0).mean()
        assert theirs == pytest.approx(chance[spikes], abs=5 * error + 1e-4)


# --- tables -----------------------------------------------------------------------------------------------


@given(energy=st.floats(0.011, 299), row=st.integers(0, 15))
@settings(max_examples=50, deadline=None)
def test_the_row_of_an_energy_is_the_nearest(energy, row):
    nodes = np.geomspace(0.01, 300, 2048)
    found = nest.quanta_row(np.float32([energy]), row)[0] - 2048 * row
    assert abs(np.log(energy / nodes[found])) < 0.505 * np.log(nodes[1] / nodes[0])


def test_energies_beyond_the_tables_have_their_ends():
    assert nest.quanta_row(np.float32([0, 1e-3, 300]), 1).tolist() == [2048, 2048, 4095]


@both
def test_the_tables_follow_the_field_along_the_drift(name, nest_source):
    """LUX's field falls with depth: quanta at each height are drawn in the nearest of 16 fields."""
    response = nest.response_of(name)
    p = response.parameters
    z = np.linspace(p.cathode + 1, p.surface - 1, 40)
    field = nest_source.Source(name).field(z)
    there = np.array([nest.yields([30.0], "ER", detector=name, field=f)["n_electrons"][0] for f in field])
    _, _, field_row = response.along_z(z.astype(np.float32))
    assert len(np.unique(field_row)) == {"LUX_Run03": 16, "LZ_WS2022": 1}[name]
    row = nest.quanta_row(np.full(40, 30, np.float32), field_row)
    table = response.quanta["ER"]
    np.testing.assert_allclose(30 * table["ions"][row] * table["escape"][row], there, rtol=0.004)


@both
def test_reads_the_maps_and_the_noise_that_nestpy_keeps(name, nest_source):
    ours = nest.response_of(name)
    p = ours.parameters
    r, z = rng(4).uniform(0, p.radius, 200), rng(5).uniform(p.cathode, p.surface - 1, 200)
    seen = nest_source.Source(name).probe(r, z)
    s1_map = np.asarray(seen["s1r_phd"]) / np.asarray(seen["s1c_phd"])
    cell, _, _ = ours.along_z(z.astype(np.float32))
    row = np.minimum(r**2 / p.radius**2 * nest.MAP_SHAPE[0], nest.MAP_SHAPE[0] - 1).astype(int)
    np.testing.assert_allclose(ours.s1_map[row, cell], s1_map, rtol=0.01)


@both
def test_the_maps_are_one_at_the_centre_of_the_detector(name):
    """g1 and g2 belong to the centre: there S1 needs no correction, and S2 only that of the lifetime."""
    p = nest.parameters(name)
    z = np.float32((p.cathode + p.surface) / 2)
    place = nest.response_of(name).place(np.zeros(1, np.float32), z[None])
    assert place.s1[0] == pytest.approx(1, abs=0.02)
    assert nest.response_of(name).s2_map[place.r_cell[0]] == pytest.approx(1, abs=0.02)
    assert place.drift_time[0] == pytest.approx((p.surface - z) / p.drift_velocity, rel=0.02)
    assert -np.log(place.survival[0]) == pytest.approx(place.drift_time[0] / p.electron_lifetime, rel=1e-4)


# Relative noise of S1 and S2, and of a photoelectron's baseline [phe]: nestpy's C++ headers LUX_Run03.hh, LZ_SR1.hh
NOISE = {"LUX_Run03": (0.0, 0.09, 0.08), "LZ_WS2022": (0.0, 0.0, 0.0)}


@both
def test_the_noise_is_the_known_one(name, nest_source):
    ours = nest.response_of(name)
    assert (ours.s1_noise, ours.s2_noise) == pytest.approx(NOISE[name][:2], abs=1e-6)
    assert nest.shipped(name)[0]["baseline_noise"] == pytest.approx([0, NOISE[name][2]], abs=1e-6)
    # S1's by the same draw with and without noise: nestpy scales it
    none, tenth = (
        nest_source.Source(name, noiseLinear=(s, 0.0)).probe([0.0], 300.0)["s1r_phd"][0] for s in (0.0, 0.1)
    )
    shipped = nest_source.Source(name).probe([0.0], 300.0)["s1r_phd"][0]
    assert ours.s1_noise == pytest.approx(0.1 * (shipped - none) / (tenth - none), abs=1e-6)


@pytest.mark.parametrize("noise", [0.05, 0.2])
def test_another_noise_is_found(monkeypatch, noise, nest_source):
    """The trick that reads the S2's noise finds what is put in."""
    import build_nest

    def source(name, **changes):
        return nest_source.Source(name, **({"noiseLinear": (0.0, noise)} | changes))

    monkeypatch.setattr(build_nest, "Source", source)
    assert build_nest.s2_noise("LUX_Run03") == pytest.approx(noise, abs=1e-6)


@both
def test_the_tables_are_what_nestpy_says(name, nest_source):
    """Made anew, they are the shipped ones: to the last bits that another processor's `exp` may change."""
    import build_nest

    numbers, tables = build_nest.read(name)
    shipped_numbers, shipped_tables = nest.shipped(name)
    assert shipped_numbers == numbers | {"widths": shipped_numbers["widths"]}
    assert shipped_numbers["widths"] == list(nest_source.nestpy.default_nr_er_width_parameters)
    assert shipped_tables.keys() == tables.keys()
    for key, table in tables.items():
        assert shipped_tables[key].dtype == table.dtype
        np.testing.assert_allclose(shipped_tables[key], table, rtol=1e-6, atol=1e-12, err_msg=key)


@both
@each
@given(field=st.floats(10, 10_000))
@settings(max_examples=10, deadline=None)
def test_the_tables_of_another_field_are_nestpys(name, recoil_type, field, nest_source):
    source = nest_source.Source(name)
    for energy, close in ((np.geomspace(1, 300, 40), dict(rtol=1e-5, atol=1e-3)),
                          (np.geomspace(0.01, 1, 40), dict(rtol=0, atol=0.5))):  # fmt: skip
        theirs = source.yields(recoil_type, energy, [field])[:, 0]
        ours = nest.yields_in_field(name, recoil_type, energy, field)
        np.testing.assert_allclose(ours[:2], theirs[:2], **close)
        np.testing.assert_allclose(ours[2], theirs[2], atol=0.01)
    there = nest.parameters(name, field=field)
    assert there.drift_velocity == pytest.approx(source.velocity([field])[0], rel=1e-5)


@both
def test_single_photons_and_electrons_are_nestpys(name, nest_source):
    """Area of one spike, chance to see it, S2 of one electron: their mean and spread from nestpy's events."""
    ours = nest.response_of(name)
    n = 30_000
    innermost = ours.parameters.radius * np.sqrt(0.5 / nest.RADII)  # centre of the S2 map's first cell
    position = np.tile([innermost, 0.0, (ours.parameters.cathode + ours.parameters.surface) / 2], (n, 1))
    events = nest_source.Source(name).events("NR", np.full(n, 40.0), position, seed=3)
    hits, spikes, electrons = (np.asarray(events[c], float) for c in ("s1_nhits", "s1_nhits_thr", "s2_Nee"))
    s1, s2 = (np.asarray(events[c], float) for c in ("s1r_phd", "s2r_phd"))

    assert ours.hit.seen == pytest.approx(spikes.sum() / hits.sum(), abs=0.001)
    assert ours.hit.mean == pytest.approx(s1.sum() / spikes.sum(), rel=0.003)
    assert ours.hit.width == pytest.approx(
        np.sqrt(np.mean((s1 - ours.hit.mean * spikes) ** 2 / spikes)), rel=0.025
    )

    mean, spread = ours.s2_mean[0], ours.s2_spread[0]
    assert mean == pytest.approx(s2.sum() / electrons.sum(), rel=0.003)
    width = np.sqrt(spread**2 * electrons + (ours.s2_noise * mean * electrons) ** 2)
    assert np.std((s2 - mean * electrons) / width) == pytest.approx(1, rel=0.025)


@both
@pytest.mark.parametrize(
    "recoil_type, energy", [("ER", e) for e in (1.5, 5, 15, 60, 200)] + [("NR", e) for e in (2, 10, 50)]
)
def test_fluctuations_of_the_quanta_are_nestpys(name, recoil_type, energy, nest_source):
    """The formulas for Fano factor, ω and skewness are written in nest.py: nestpy's own draws judge them."""
    source = nest_source.Source(name)
    p = nest.parameters(name)
    place = [0, 0, (p.cathode + p.surface) / 2]
    n = 40_000
    ours = detector.simulate(np.full(n, energy), recoil_type, detector=name, rng=rng(3), position=[place] * n)
    with nest_source.quiet():
        mean = source.calculator.GetYields(
            nest_source.RECOILS[recoil_type],
            energy=energy,
            density=source.density,
            drift_field=nest_source.Source(name).field([place[2]])[0],
        )
        draws = [source.calculator.GetQuanta(mean, source.density) for _ in range(n)]
    theirs = pd.DataFrame(
        {"n_photons": [q.photons for q in draws], "n_electrons": [q.electrons for q in draws]}
    )
    for quantity in (lambda e: e["n_electrons"], lambda e: e["n_photons"] + e["n_electrons"]):
        a, b = (quantity(e).to_numpy(float) for e in (ours, theirs))
        assert abs(a.mean() - b.mean()) < 4 * b.std() * np.sqrt(2 / n) + 0.004 * b.mean()
        assert a.std() == pytest.approx(b.std(), rel=0.025)
        skewness = [(((x - x.mean()) / x.std()) ** 3).mean() for x in (a, b)]
        assert skewness[0] == pytest.approx(skewness[1], abs=0.09)


@both
def test_another_field_is_fiducial_between_the_same_heights(name):
    p, there = nest.parameters(name), nest.parameters(name, field=80.0)
    shortest, longest = there.fiducial_drift_time
    assert 0 < shortest < longest
    heights = [there.surface - there.drift_velocity * t for t in (longest, shortest)]
    np.testing.assert_allclose(heights, detector.height(p.fiducial_drift_time[::-1], detector=name), atol=2)


def test_the_skewness_of_recombination_is_that_of_lux():
    """The fit in NEST's GetQuanta, by hand where its two halves weigh the same, 26.7 keV, and far from there."""
    found = nest._skewness_er(np.array([26.7, 26.7, 2.0, 80.0]), np.array([225.0, 1000.0, 225.0, 225.0]))
    np.testing.assert_allclose(found, [2.5441, 0.8758, 1.7651, 0.8475], rtol=1e-3)


def test_the_shape_of_one_photons_pulse_is_that_of_drawn_ones(nest_source):
    """LZ's: one photoelectron or two, each a Gaussian without its negative part, above the tube's threshold."""
    d, draw, n = nest_source.DETECTORS["LZ_WS2022"](), rng(30), 2_000_000
    areas = draw.normal(1 / nest.truncated_mean(d.sPEres), d.sPEres, (2 * n, 2))
    areas = areas[(areas > 0).all(axis=1)][:n]
    area = areas[:, 0] + np.where(draw.random(len(areas)) < d.P_dphe, areas[:, 1], 0)
    above = area > d.sPEthr
    hit, seen = nest.response_of("LZ_WS2022").hit, area[above] / (1 + d.P_dphe)
    assert hit.seen == pytest.approx(above.mean(), abs=2e-3)
    assert (hit.mean, hit.width) == pytest.approx((seen.mean(), seen.std()), rel=3e-3)
    assert hit.skew == pytest.approx(stats.skew(seen), abs=0.02)
    assert hit.kurtosis == pytest.approx(stats.kurtosis(seen), abs=0.05)


@both
def test_one_electrons_signal_has_the_spread_of_its_parts(name, nest_source):
    """Photons with a Fano factor, thinned; one photoelectron or two from each; the resolution of each."""
    d, response = nest_source.DETECTORS[name](), nest.response_of(name)
    double, photons = d.P_dphe, response.s2_mean[0]
    chance = photons / d.extraction_parameters["elYield"]
    variance = (
        1 + chance * (d.s2Fano - 1) + double * (1 - double) / (1 + double) ** 2 + d.sPEres**2 / (1 + double)
    )
    assert response.s2_spread[0] ** 2 == pytest.approx(photons * variance, rel=0.01)


# --- small tools ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mean", [10.0, 100.0])
def test_the_expansion_has_a_gammas_quantiles(mean):
    """A gamma distribution of mean and variance m has skewness 2/√m and excess kurtosis 6/m."""
    z = np.linspace(-2, 2, 11)
    found = mean + nest.cornish_fisher(z, np.sqrt(mean), 2.0, 6.0)
    right = stats.gamma.ppf(stats.norm.cdf(z), mean)
    np.testing.assert_allclose(found, right, atol=0.06 / np.sqrt(mean))


@pytest.mark.parametrize("width", [0.1, 0.37, 0.8])
def test_the_mean_of_a_truncated_gaussian(width):
    assert nest.truncated_mean(width) == pytest.approx(stats.truncnorm(-1 / width, np.inf, 1, width).mean())


@pytest.mark.parametrize(
    "argument, call",
    [
        ("detector", lambda: nest.parameters("XENON")),
        ("detector", lambda: nest.response_of("LZ")),
        ("field", lambda: nest.parameters(field=np.nan)),
        ("field", lambda: nest.response_of("LZ_WS2022", 9)),
        ("field", lambda: nest.response_of("LZ_WS2022", 10_001)),
        ("field", lambda: nest.yields([5.0], "ER", field=0)),
        ("recoil_type", lambda: nest.yields([5.0], "er")),
        ("recoil_energy", lambda: nest.yields([301.0], "ER")),
        ("recoil_energy", lambda: nest.yields(5.0, "ER")),
    ],
)
def test_bad_input_is_named(argument, call):
    with pytest.raises(ValueError, match=rf"\b{argument}\b"):
        call()


def test_the_fano_factor_is_the_one_nestpy_draws_with(nest_source):
    """In a field of next to nothing its constant part is half of it: 40,000 draws tell it to 0.7 %."""
    d = nest_source.DETECTORS["LZ_WS2022"]()
    calculator = nest_source.nestpy.NESTcalc(d)
    density = calculator.SetDensity(d.T_Kelvin, d.p_bar)
    with nest_source.quiet():
        means = calculator.GetYields(nest_source.RECOILS["ER"], energy=10.0, density=density, drift_field=1.0)
        drawn = [calculator.GetQuanta(means, density) for _ in range(40_000)]
    quanta = np.array([one.photons + one.electrons for one in drawn])
    expected = nest._fano(quanta.mean(keepdims=True), 1.0, density, nest.shipped("LZ_WS2022")[0]["widths"])
    assert quanta.var() / quanta.mean() == pytest.approx(expected.item(), rel=0.025)
