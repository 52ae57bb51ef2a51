"""The physics of each background, and that its weights count real events."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from helpers import backgrounds, detector, nest, recoils, spectra

NAME = "LUX_Run03"  # where one detector is enough: the smaller
LUX = nest.parameters(NAME)
RADIUS = LUX.fiducial_radius
LOWEST, HIGHEST = detector.height(LUX.fiducial_drift_time[::-1], detector=NAME)
seeds = st.integers(0, 2**32 - 1)


def rng(seed=0):
    return np.random.default_rng(seed)


def flat(energy):
    return recoils.flat_er_rate(energy, 5.0)


def falling(energy):
    return 300 * np.exp(-energy / 4)


def pulses(name=NAME, seed=0, n=3000):
    return detector.simulate(rng(seed).uniform(1, 10, n), "ER", detector=name, rng=rng(seed + 1))


EVERY = {
    "betas": lambda n, **kw: backgrounds.betas(n, flat, exposure=2.0, **kw),
    "nuclear_recoils": lambda n, **kw: backgrounds.nuclear_recoils(n, falling, exposure=2.0, **kw),
    "gammas": lambda n, **kw: backgrounds.gammas(n, expected=30.0, **kw),
    "wall": lambda n, **kw: backgrounds.wall(n, expected=30.0, **kw),
    "accidentals": lambda n, detector="LZ_WS2022", **kw: backgrounds.accidentals(
        n, pulses(detector), expected=30.0, detector=detector, **kw
    ),
}
each = pytest.mark.parametrize("kind", EVERY)
both = pytest.mark.parametrize("name", nest.DETECTORS)


# --- all of them ------------------------------------------------------------------------------------------


@both
@each
def test_events_lie_in_the_fiducial_volume_in_the_columns_of_the_card(kind, name):
    events, p = EVERY[kind](20_000, detector=name, rng=rng(1)), nest.parameters(name)
    assert tuple(events.columns) == backgrounds.COLUMNS and len(events) == 20_000
    assert (events.dtypes == np.float32).all()
    assert (events["weight"] >= 0).all() and events["weight"].sum() > 0
    placed = events.dropna(subset=["x"])
    assert np.hypot(placed["x"], placed["y"]).max() <= p.fiducial_radius * (1 + 1e-6)
    lowest, highest = detector.height(p.fiducial_drift_time[::-1], detector=name)
    assert events["z"].between(lowest - 0.01, highest + 0.01).all()
    earliest, latest = p.fiducial_drift_time
    assert events["drift_time"].between(earliest - 0.02, latest + 0.02).all()
    assert events["s2"].min() >= np.float32(p.s2_threshold)
    angle = np.arctan2(placed["y"], placed["x"]) / (2 * np.pi) + 0.5
    if kind == "accidentals":
        placed = placed.drop_duplicates("s2")  # each pulse is drawn many times, with its x and y
        angle = angle[placed.index]
    assert stats.kstest(angle, "uniform").pvalue > 1e-4


@each
def test_the_default_detector_is_lz(kind):
    one, other = EVERY[kind](50, rng=rng(2)), EVERY[kind](50, detector="LZ_WS2022", rng=rng(2))
    pd.testing.assert_frame_equal(one, other)


@both
@each
def test_raw_and_corrected_signals_differ_by_the_place_alone(kind, name):
    events = EVERY[kind](5000, detector=name, rng=rng(2)).dropna()
    place = detector.corrections(events[["x", "y", "z"]], detector=name)
    np.testing.assert_allclose(events["s1"] / events["s1c"], place["s1"], rtol=2e-3)
    np.testing.assert_allclose(events["s2"] / events["s2c"], place["s2"], rtol=2e-3)


@each
@given(seed=seeds)
@settings(max_examples=3, deadline=None)
def test_the_same_generator_gives_the_same_events(kind, seed):
    one, other = (EVERY[kind](50, rng=rng(seed)) for _ in range(2))
    pd.testing.assert_frame_equal(one, other)


@each
def test_other_generators_and_other_calls_give_other_events(kind):
    draw = rng(3)
    one, two, three = EVERY[kind](4000, rng=draw), EVERY[kind](4000, rng=draw), EVERY[kind](4000, rng=rng(4))
    for name in ("x", "y", "z", "drift_time", "s1", "s2", "s1c", "s2c"):
        for other in (two, three):
            seen = one[name].notna() & other[name].notna()
            assert np.mean(one[name][seen] == other[name][seen]) < 0.2, name
    angle = [np.arctan2(table["y"], table["x"]) for table in (one, two)]
    assert np.mean(np.abs(angle[0] - angle[1]) < 1e-5) < 0.2


@each
def test_more_simulated_events_are_not_more_real_ones(kind):
    few, many = (EVERY[kind](n, detector=NAME, rng=rng(n)).dropna() for n in (40_000, 160_000))
    error = np.sqrt((few["weight"] ** 2).sum() + (many["weight"] ** 2).sum())
    assert abs(few["weight"].sum() - many["weight"].sum()) < 4 * error


# Events with both pulses seen and S1c below 100 phd, of what `EVERY` expects; two runs of 100 000
SIZES = {
    ("LUX_Run03", "betas"): 163.4, ("LUX_Run03", "nuclear_recoils"): 1021.4, ("LUX_Run03", "gammas"): 16.38,
    ("LUX_Run03", "wall"): 0.0980, ("LUX_Run03", "accidentals"): 30.0,
    ("LZ_WS2022", "betas"): 166.3, ("LZ_WS2022", "nuclear_recoils"): 883.0, ("LZ_WS2022", "gammas"): 16.73,
    ("LZ_WS2022", "accidentals"): 30.0,
}  # fmt: skip


@pytest.mark.parametrize("name, kind", SIZES)
def test_what_is_seen_is_of_the_known_size(name, kind):
    events = EVERY[kind](60_000, detector=name, rng=rng(5)).dropna()
    weight = events["weight"][events["s1c"] < 100].astype(float)
    error = np.sqrt((weight**2).sum())
    assert weight.sum() == pytest.approx(SIZES[name, kind], abs=5 * error if kind != "accidentals" else 1e-3)


# --- weights against counting -----------------------------------------------------------------------------


@given(exposure=st.floats(0, 1e4), low=st.floats(0.1, 5), width=st.floats(1, 50))
@settings(max_examples=15, deadline=None)
def test_betas_add_up_to_the_integral_of_the_rate(exposure, low, width):
    energies = (low, low + width)
    events = backgrounds.betas(300, flat, exposure=exposure, energy_range=energies, detector=NAME, rng=rng())
    assert events["weight"].sum() == pytest.approx(
        spectra.expected_events(flat, exposure, energies), rel=1e-4
    )


def test_without_a_range_betas_are_those_from_0_1_to_30_keV_and_nuclear_recoils_those_from_0_5_to_100():
    """A rate of 5/(keV t y) over 29.9 keV and 2 t y; one of 1/E, drawn as it is, has equal weights: ln 200 of them."""
    assert backgrounds.betas(10, flat, exposure=2.0, rng=rng())["weight"].sum() == pytest.approx(
        299, rel=1e-5
    )
    events = backgrounds.nuclear_recoils(10, lambda energy: 1 / energy, exposure=2.0, rng=rng())
    assert events["weight"].sum() == pytest.approx(2 * np.log(200))


def test_nuclear_recoils_drawn_flat_in_log_energy_count_like_those_drawn_from_the_rate():
    energies, n = (0.5, 40.0), 200_000
    events = backgrounds.nuclear_recoils(
        n, falling, exposure=2.0, energy_range=energies, detector=NAME, rng=rng(5)
    )
    total = spectra.expected_events(falling, 2.0, energies)
    spread = events["weight"].std() * np.sqrt(n)
    assert abs(events["weight"].sum() - total) < 4 * spread

    energy = spectra.sample_energies(falling, n, energies, rng=rng(6))
    plain = detector.simulate(energy, "NR", detector=NAME, rng=rng(7)).dropna()
    events = events.dropna()
    edges = [0, 5, 10, 20, 40, 1e9]
    ours, square = (np.histogram(events["s1c"], edges, weights=events["weight"] ** k)[0] for k in (1, 2))
    theirs = np.histogram(plain["s1c"], edges)[0]
    error = np.sqrt(square + theirs * (total / n) ** 2)
    assert np.all(np.abs(ours - theirs * total / n) < 4 * error)


# --- gamma rays: the attenuation is the one asked for -----------------------------------------------------


@given(attenuation=st.floats(15, 400), seed=seeds)
@settings(max_examples=8, deadline=None)
def test_gammas_fall_off_with_the_attenuation_length(attenuation, seed):
    n, height = 20_000, HIGHEST - LOWEST

    def draw(*shares):
        return backgrounds.gammas(
            n, expected=7.0, attenuation=attenuation, shares=shares, detector=NAME, rng=rng(seed)
        )

    def depth_below(edge):
        return stats.truncexpon(height / attenuation, scale=attenuation).cdf(edge)

    for depth in (draw(0, 1, 0)["z"] - LOWEST, HIGHEST - draw(0, 0, 1)["z"]):
        assert stats.kstest(depth, depth_below).pvalue > 1e-5
    from_wall = draw(1, 0, 0)
    assert from_wall["weight"].sum() == pytest.approx(7, rel=1e-4)
    r = np.sort(np.hypot(from_wall["x"], from_wall["y"]))
    grid = np.linspace(0, RADIUS, 20_001)
    density = grid * np.exp((grid - RADIUS) / attenuation)
    total = np.concatenate([[0], np.cumsum((density[1:] + density[:-1]) / 2)])
    assert stats.kstest(r, lambda at: np.interp(at, grid, total / total[-1])).pvalue > 1e-5
    assert stats.kstest((from_wall["z"] - LOWEST) / height, "uniform").pvalue > 1e-5


def test_gammas_of_a_very_long_attenuation_are_even():
    events = backgrounds.gammas(50_000, expected=1.0, attenuation=1e6, detector=NAME, rng=rng(10))
    assert stats.kstest((events["x"] ** 2 + events["y"] ** 2) / RADIUS**2, "uniform").pvalue > 1e-4
    assert stats.kstest((events["z"] - LOWEST) / (HIGHEST - LOWEST), "uniform").pvalue > 1e-4


def test_gammas_come_from_where_they_are_said_to():
    shares = np.array([0.5, 0.3, 0.2])
    events = backgrounds.gammas(
        60_000, expected=1.0, attenuation=5.0, shares=shares, detector=NAME, rng=rng(16)
    )
    near = [
        RADIUS - np.hypot(events["x"], events["y"]) < 10,
        events["z"] - LOWEST < 10,
        HIGHEST - events["z"] < 10,
    ]
    height = HIGHEST - LOWEST
    inside = 1 - np.exp(
        -2
    )  # of a surface's own, within two lengths; of the others' what lies there by chance
    ring, slab = 1 - (1 - 10 / RADIUS) ** 2, 10 / height
    chance = [
        shares[0] * inside + (1 - shares[0]) * ring,
        shares[1] * inside + shares[0] * slab,
        shares[2] * inside + shares[0] * slab,
    ]
    for found, expected in zip(near, chance, strict=True):
        assert found.mean() == pytest.approx(expected, abs=0.01)
    # even along the surface
    for end in near[1:]:
        r2 = (events["x"] ** 2 + events["y"] ** 2)[end & ~near[0]] / (RADIUS - 10) ** 2
        assert stats.kstest(r2, "uniform").pvalue > 1e-4


# --- the wall ---------------------------------------------------------------------------------------------


def test_the_walls_weights_are_the_share_that_plain_simulation_finds_inside():
    n, resolution = 200_000, 30.0
    events = backgrounds.wall(n, expected=n, resolution=resolution, detector=NAME, rng=rng(11)).dropna(
        subset=["s2"]
    )
    # The same pulses, but with the radius drawn from its whole distribution: most are then outside.
    width = resolution * np.sqrt(backgrounds.REFERENCE_S2 / events["s2"])
    inside = rng(12).normal(LUX.radius, width) < RADIUS
    assert inside.mean() < 0.2
    for low, high in ((0, 300), (300, 600), (600, 1e6)):
        part = events["s2"].between(low, high)
        counted, weighted = inside[part].sum(), events["weight"][part].sum()
        assert abs(counted - weighted) < 4 * np.sqrt(counted) + 1
    # and the radii are those that would have been found inside
    plain = rng(13).normal(LUX.radius, width)
    plain = plain[plain < RADIUS]
    r = np.hypot(events["x"], events["y"])
    edges = RADIUS - np.array([400, 60, 40, 25, 12, 0])
    found, square = (np.histogram(r, edges, weights=events["weight"] ** k)[0] for k in (1, 2))
    counted = np.histogram(plain, edges)[0]
    assert np.all(np.abs(found - counted) < 4 * np.sqrt(counted + square) + 1)


def test_the_wall_takes_charge_and_leaves_light():
    whole = backgrounds.wall(40_000, expected=1.0, collected=(1e6, 1.0), detector=NAME, rng=rng(14))
    half = backgrounds.wall(40_000, expected=1.0, collected=(1e6, 1e6), detector=NAME, rng=rng(14))
    assert half["s2"].count() < whole["s2"].count()
    np.testing.assert_allclose(half["s1"].mean(), whole["s1"].mean(), rtol=1e-6)
    both = half["s2"].notna() & whole["s2"].notna() & (whole["s2"] > 1000)
    assert (half["s2"][both] / whole["s2"][both]).mean() == pytest.approx(0.5, abs=0.005)
    # binomial: of n electrons a share f arrives, with variance f (1 - f) n
    n = whole["s2"][both] / LUX.single_electron
    pull = (half["s2"][both] / LUX.single_electron - n / 2) / np.sqrt(n / 4)
    assert pull.std() == pytest.approx(1, abs=0.03)


def test_the_walls_thinning_is_drawn_anew():
    """Of half the charge, what is above or below a half does not repeat with another generator."""
    draw = {"expected": 1.0, "detector": NAME, "energy_range": (10, 30)}
    pulls = []
    for seed in (27, 28):
        whole, half = (
            backgrounds.wall(5000, collected=c, rng=rng(seed), **draw) for c in ((1e9, 1e-6), (1e9, 1e9))
        )
        pulls.append((half["s2"] - whole["s2"] / 2) / np.sqrt(whole["s2"]))
    seen = np.isfinite(pulls[0]) & np.isfinite(pulls[1])
    assert seen.sum() > 3000
    assert abs(np.corrcoef(pulls[0][seen], pulls[1][seen])[0, 1]) < 0.1


def test_the_wall_keeps_a_third_of_the_charge_and_of_200_phd_one_in_25_is_found_inside():
    """A beta distribution of (1.5, 3) has mean 1/3 and standard deviation 0.2010."""
    draw = {"expected": 1.0, "detector": NAME, "energy_range": (20, 30)}
    whole, part = (
        backgrounds.wall(40_000, collected=c, rng=rng(24), **draw) for c in ((1e8, 1.0), (1.5, 3.0))
    )
    # as many draws are used for any beta, but not the same: compare averages
    assert part["s2"].fillna(0).mean() / whole["s2"].mean() == pytest.approx(1 / 3, abs=0.02)
    near = part[part["s2"].between(190, 210)]
    assert len(near) > 100
    share = stats.norm.cdf((200 - 235) / 20 * np.sqrt(near["s2"] / 200))
    np.testing.assert_allclose(near["weight"] * 40_000, share, rtol=1e-3)


def test_a_radius_is_never_drawn_beyond_the_middle_however_bad_the_resolution():
    resolution, n = 400.0, 20_000
    events = backgrounds.wall(n, expected=n, resolution=resolution, detector=NAME, rng=rng(29)).dropna()
    width = resolution * np.sqrt(backgrounds.REFERENCE_S2 / events["s2"])
    inside = stats.norm.cdf(RADIUS, LUX.radius, width) - stats.norm.cdf(0, LUX.radius, width)
    np.testing.assert_allclose(events["weight"], inside, rtol=1e-4)


def test_the_walls_events_keep_their_azimuth_and_height():
    events = backgrounds.wall(30_000, expected=1.0, detector=NAME, rng=rng(25)).dropna()
    assert stats.kstest(np.arctan2(events["y"], events["x"]) / (2 * np.pi) + 0.5, "uniform").pvalue > 1e-4
    assert stats.kstest((events["z"] - LOWEST) / (HIGHEST - LOWEST), "uniform").pvalue > 1e-8
    assert abs(np.corrcoef(events["x"], events["y"])[0, 1]) < 0.03


def test_a_sharper_resolution_keeps_the_wall_outside():
    inside = [
        backgrounds.wall(20_000, expected=1.0, resolution=width, detector=NAME, rng=rng(15))
        .dropna()["weight"]
        .sum()
        for width in (8, 16, 32)
    ]
    assert inside[0] < 0.1 * inside[1] < 0.1 * inside[2]


# --- accidental coincidences ------------------------------------------------------------------------------


def test_scrambling_keeps_each_pulse_and_breaks_their_bond():
    source = pulses(seed=20, n=30_000)
    pairs = backgrounds.accidentals(60_000, source, expected=3.0, detector=NAME, rng=rng(21))
    assert pairs["weight"].sum() == pytest.approx(3, rel=1e-4)
    for name in ("s1", "s2"):
        assert stats.ks_2samp(pairs[name], source[name].dropna()).pvalue > 1e-4
    together = source.dropna()
    assert stats.spearmanr(together["s1"], together["s2"])[0] > 0.5
    for one, other in (("s1", "s2"), ("s1", "drift_time"), ("s2", "drift_time"), ("s1", "x")):
        assert abs(stats.spearmanr(pairs[one], pairs[other])[0]) < 5 / np.sqrt(len(pairs))
    # an S2 stays where it was seen: x and y are its own
    bond = (
        source.dropna(subset=["s2"])
        .astype({"s2": np.float32})
        .drop_duplicates("s2", keep=False)
        .set_index("s2")
    )
    known = pairs[pairs["s2"].isin(bond.index)]
    assert len(known) > 50_000
    np.testing.assert_array_equal(known["x"], bond.loc[known["s2"], "x"])


def test_accidental_drift_times_are_flat():
    pairs = backgrounds.accidentals(50_000, pulses(), expected=1.0, detector=NAME, rng=rng(22))
    earliest, latest = LUX.fiducial_drift_time
    assert stats.kstest((pairs["drift_time"] - earliest) / (latest - earliest), "uniform").pvalue > 1e-4


def test_tables_of_pulses_are_read_by_name():
    table = pulses()[["y", "s2", "x", "s1"]]
    one = backgrounds.accidentals(100, pulses(), expected=1.0, detector=NAME, rng=rng(26))
    for other in (table, table.astype("category"), table.astype(object)):
        found = backgrounds.accidentals(100, other, expected=1.0, detector=NAME, rng=rng(26))
        pd.testing.assert_frame_equal(found, one)


def test_pulses_without_a_partner_pair_too():
    lone = pd.DataFrame({"s1": [5.0, np.nan], "s2": [np.nan, 400.0], "x": [np.nan, 3.0], "y": [np.nan, 4.0]})
    pairs = backgrounds.accidentals(10, lone, expected=1.0, detector=NAME, rng=rng(23))
    assert (pairs["s1"] == 5).all() and (pairs["s2"] == 400).all() and (pairs["x"] == 3).all()


# --- the door ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call, name",
    [
        (lambda: backgrounds.betas(0, flat, exposure=1, rng=rng()), "n must"),
        (lambda: backgrounds.betas(5, flat, exposure=-1, rng=rng()), "exposure"),
        (lambda: backgrounds.betas(5, flat, exposure=1, energy_range=(3, 2), rng=rng()), "energy_range"),
        (lambda: backgrounds.betas(5, flat, exposure=1, rng=3), "rng"),
        (lambda: backgrounds.nuclear_recoils(5, 3.0, exposure=1, rng=rng()), "rate"),
        (lambda: backgrounds.nuclear_recoils(5, lambda e: -e, exposure=1, rng=rng()), "rate"),
        (lambda: backgrounds.nuclear_recoils(5, falling, exposure=1, energy_range=(0, 2), rng=rng()), "ener"),
        (lambda: backgrounds.betas(5, flat, exposure=1, detector="LZ", rng=rng()), "detector"),
        (lambda: backgrounds.accidentals(5, pulses().assign(x="here"), expected=1, rng=rng()), "events"),
        (lambda: backgrounds.gammas(5, expected=-1, rng=rng()), "expected"),
        (lambda: backgrounds.gammas(5, expected=1, attenuation=0, rng=rng()), "attenuation"),
        (lambda: backgrounds.gammas(5, expected=1, shares=(1, 1, 1), rng=rng()), "shares"),
        (lambda: backgrounds.gammas(5, expected=1, shares=(1, 0), rng=rng()), "shares"),
        (lambda: backgrounds.wall(5, expected=1, collected=(0, 1), rng=rng()), "collected"),
        (lambda: backgrounds.wall(5, expected=1, collected=(1, 1, 1), rng=rng()), "collected"),
        (lambda: backgrounds.wall(5, expected=1, resolution=0, rng=rng()), "resolution"),
        (lambda: backgrounds.accidentals(5, pd.DataFrame({"s1": [1.0]}), expected=1, rng=rng()), "events"),
        (lambda: backgrounds.accidentals(5, [1, 2], expected=1, rng=rng()), "events"),
        (lambda: backgrounds.accidentals(5, pulses().assign(s2=np.nan), expected=1, rng=rng()), "one S2"),
    ],
)
def test_bad_arguments_are_named(call, name):
    with pytest.raises(ValueError, match=name):
        call()
