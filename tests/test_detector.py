"""The simulation against nestpy, and the physics that must hold whatever the numbers."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from helpers import detector, nest

BANDS = Path(__file__).parents[1] / "data" / "nest_bands"
NAMES = list(nest.DETECTORS)
RECOILS = list(nest.RECOILS)
both = pytest.mark.parametrize("name", NAMES)
each = pytest.mark.parametrize("recoil_type", RECOILS)


def rng(seed=0):
    return np.random.default_rng(seed)


def flat(n, rng):
    return rng.uniform(1, 10, n)


# --- against nestpy ---------------------------------------------------------------------------------------


@both
@pytest.mark.parametrize("spectrum", ["flat ER", "flat NR", "falling NR"])
def test_closes_on_nestpy_run_beside_it(name, spectrum, nest_source):
    recoil_type = spectrum[-2:]
    n, draw = 150_000, rng(1)
    energy = {
        "flat ER": lambda: draw.uniform(0.2, 18, n),
        "flat NR": lambda: draw.uniform(1, 60, n),
        "falling NR": lambda: draw.exponential(9, n),
    }[spectrum]()
    theirs = detector.reference(energy, recoil_type, detector=name, rng=draw)
    ours = detector.simulate(
        energy, recoil_type, detector=name, rng=draw, position=theirs[["x", "y", "z"]].to_numpy()
    )
    np.testing.assert_allclose(ours["drift_time"], theirs["drift_time"], rtol=1e-4)
    for column in ("n_photons", "n_electrons"):
        assert ours[column].mean() == pytest.approx(theirs[column].mean(), rel=0.01)

    # efficiency, over all and where it rises
    for low, high in ((0, 60), (1, 3), (3, 8)):
        part = (energy >= low) & (energy < high)
        seen = [(e["s1"].notna() & e["s2"].notna())[part].mean() for e in (ours, theirs)]
        error = np.sqrt(2 * seen[1] * (1 - seen[1]) / part.sum())
        assert abs(seen[0] - seen[1]) < 0.02 * seen[1] + 4 * error

    a, b = (detector.bands(e["s1c"], e["s2c"]) for e in (ours, theirs))
    enough = b["n_events"] > 1000
    assert enough.sum() >= 8
    for what, allowed in (("median", 0.005), ("width", 0.03 * b["width"])):
        shift = (a[what] - b[what])[enough]
        error = np.hypot(a[what + "_error"], b[what + "_error"])[enough]
        assert np.all(np.abs(shift) < (allowed + 4 * error)[enough])
        # a common offset would hide in the noise of single bins
        weight = 1 / error**2
        mean, sigma = np.average(shift, weights=weight), weight.sum() ** -0.5
        typical = 0.0015 if what == "median" else 0.01 * b["width"][enough].mean()
        assert abs(mean) < typical + 4 * sigma


def test_every_shipped_bin_is_full():
    table = pd.read_csv(BANDS / "bands.csv")
    assert len(table) == 60 and table["n_events"].min() >= 50_000


@both
@each
def test_closes_on_the_shipped_bands(name, recoil_type):
    table = pd.read_csv(BANDS / "bands.csv").query("detector == @name and recoil_type == @recoil_type")
    spectrum = re.search(rf"{recoil_type} ([\d.]+)–([\d.]+) keV", (BANDS / "README.md").read_text("utf-8"))
    low, high = map(float, spectrum.groups())
    events = detector.sample(
        lambda n, rng: rng.uniform(low, high, n),
        recoil_type,
        1_600_000,
        detector=name,
        rng=rng(2),
        s1c=(5, 80),
    )
    ours = detector.bands(events["s1c"], events["s2c"])
    assert ours["n_events"].min() > 50_000
    table = table.reset_index(drop=True)
    assert np.abs(ours["median"] - table["median"]).max() <= 0.005
    assert np.abs(ours["width"] / table["width"] - 1).max() <= 0.03


# --- the physics ------------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(NAMES), st.sampled_from(RECOILS), st.floats(0.02, 300), st.integers(0, 2**32))
def test_quanta_are_conserved(name, recoil_type, energy, seed):
    events = detector.simulate(np.full(200, energy), recoil_type, detector=name, rng=rng(seed))
    quanta = events["n_photons"] + events["n_electrons"]
    most = energy / nest.parameters(name).work_function  # all energy into quanta, none into heat
    assert (events[["n_photons", "n_electrons"]] >= 0).all(axis=None)
    assert quanta.mean() <= most * (1 + 1e-3) + 5 * np.sqrt(most / 200)
    if recoil_type == "ER" and energy > 1:
        assert quanta.mean() == pytest.approx(most, rel=0.01 + 3 / np.sqrt(200 * most))


@both
@each
def test_no_energy_no_signal(name, recoil_type):
    events = detector.simulate(np.zeros(1000), recoil_type, detector=name, rng=rng())
    assert (events[["n_photons", "n_electrons"]] == 0).all(axis=None)
    assert events[["s1", "s2", "s1c", "s2c"]].isna().all(axis=None)
    assert (nest.yields([0.0], recoil_type, detector=name)[["n_photons", "n_electrons"]] == 0).all(axis=None)


@both
def test_corrected_signals_do_not_know_the_position(name):
    p = nest.parameters(name)
    n, draw = 40_000, rng(6)
    height = {z: np.column_stack((draw.uniform(0, 0.9 * p.fiducial_radius, n), np.zeros(n), np.full(n, z)))
              for z in (p.cathode + 50, (p.cathode + p.surface) / 2, p.surface - 50)}  # fmt: skip
    events = [
        detector.simulate(np.full(n, 40.0), "NR", detector=name, rng=draw, position=x)
        for x in height.values()
    ]
    for raw, corrected in (("s1", "s1c"), ("s2", "s2c")):
        raw = np.array([e[raw].mean() for e in events])
        flat = np.array([e[corrected].mean() for e in events])
        assert np.ptp(raw) > 4 * np.ptp(flat)  # the raw signal does know it
        # LUX's field changes with height, and with it the yields themselves
        quanta = np.array([e["n_photons" if corrected == "s1c" else "n_electrons"].mean() for e in events])
        error = max(e[corrected].std() / flat.mean() for e in events) / np.sqrt(n)
        np.testing.assert_allclose(flat / flat[0], quanta / quanta[0], atol=6 * error + 0.001)


@both
def test_drift_time_grows_with_depth(name):
    p = nest.parameters(name)
    z = np.linspace(p.surface, p.cathode, 20_000)
    position = np.column_stack((np.zeros(len(z)), np.zeros(len(z)), z))
    time = detector.simulate(np.full(len(z), 5.0), "ER", detector=name, rng=rng(), position=position)[
        "drift_time"
    ]
    assert time.iloc[0] == 0 and np.all(np.diff(time) > 0)
    shortest, longest = p.fiducial_drift_time
    assert longest < time.iloc[-1]
    inside = detector.simulate(np.full(20_000, 5.0), "ER", detector=name, rng=rng())
    assert inside["drift_time"].between(shortest - 0.1, longest + 0.1).all()
    assert np.hypot(inside["x"], inside["y"]).max() <= p.fiducial_radius * 1.0001


@both
@given(seed=st.integers(0, 2**32))
@settings(max_examples=5, deadline=None)
def test_corrections_and_heights_are_those_of_the_simulation(name, seed):
    draw = rng(seed)
    events = detector.simulate(draw.uniform(2, 12, 3000), "ER", detector=name, rng=draw)
    place = detector.corrections(events[["x", "y", "z"]], detector=name)
    np.testing.assert_allclose(place["drift_time"], events["drift_time"], rtol=1e-5)
    for signal in ("s1", "s2"):
        seen = events[signal].notna()
        ratio = events[signal][seen] / events[signal + "c"][seen]
        np.testing.assert_allclose(place[signal][seen], ratio, rtol=1e-5)
    height = detector.height(events["drift_time"], detector=name)
    np.testing.assert_allclose(height, events["z"], atol=2e-3)


@both
def test_the_shortest_drift_starts_at_the_surface(name):
    p = nest.parameters(name)
    assert detector.height(0.0, detector=name) == p.surface
    assert np.all(np.diff(detector.height([0, 1, 50, 200], detector=name)) < 0)


@both
@each
@pytest.mark.parametrize("field", [50.0, 180.0, 1000.0])
def test_another_field_changes_yields_and_drift_alone(name, recoil_type, field):
    energy = np.full(20_000, 15.0)
    own, there = nest.parameters(name), nest.parameters(name, field=field)
    position = np.tile([30.0, 0.0, (own.cathode + own.surface) / 2], (len(energy), 1))
    events = detector.simulate(energy, recoil_type, detector=name, rng=rng(), position=position, field=field)
    mean = nest.yields([15.0], recoil_type, detector=name, field=field).iloc[0]
    for column in ("n_photons", "n_electrons"):
        assert events[column].mean() == pytest.approx(mean[column], rel=0.02)
    assert events["drift_time"][0] == pytest.approx(
        (own.surface - position[0, 2]) / there.drift_velocity, rel=1e-4
    )
    assert there.drift_field == field
    assert (there.g1, there.g2, there.electron_lifetime) == (own.g1, own.g2, own.electron_lifetime)
    heights = [
        p.surface - p.drift_velocity * np.array(p.fiducial_drift_time)
        for p in (there, nest.parameters(name, field=own.drift_field))
    ]
    np.testing.assert_allclose(*heights, rtol=1e-6)  # the same volume is fiducial


def test_a_stronger_field_parts_electrons_from_ions():
    fields = (30, 100, 300, 1000)
    electrons = [
        detector.simulate(np.full(20_000, 10.0), "ER", rng=rng(), field=field)["n_electrons"].mean()
        for field in fields
    ]
    velocity = [nest.parameters(field=field).drift_velocity for field in fields]
    assert np.diff(electrons).min() > 0 and np.diff(velocity).min() > 0


@both
def test_electrons_are_lost_with_the_electron_lifetime(name):
    p = nest.parameters(name)
    n = 20_000
    top, bottom = ([[0, 0, z]] * n for z in (p.surface - 1, p.cathode + 1))
    a, b = (
        detector.simulate(np.full(n, 40.0), "ER", detector=name, rng=rng(7), position=x)
        for x in (top, bottom)
    )
    lost = np.log((a["s2"] / a["n_electrons"]).mean() / (b["s2"] / b["n_electrons"]).mean())
    assert lost == pytest.approx((b["drift_time"] - a["drift_time"]).iloc[0] / p.electron_lifetime, abs=0.01)


@both
def test_combined_energy_is_the_energy(name):
    events = detector.simulate(np.full(20_000, 30.0), "ER", detector=name, rng=rng(8))
    energy = detector.combined_energy(events["s1c"], events["s2c"], detector=name)
    assert np.mean(energy) == pytest.approx(30, rel=0.01)
    known = {
        "LUX_Run03": 0.013474 * (50 / 0.117 + 1e4 / 12.445),
        "LZ_WS2022": 0.013496 * (50 / 0.11357 + 1e4 / 47.067),
    }
    assert detector.combined_energy(50.0, 1e4, detector=name) == pytest.approx(known[name], rel=2e-4)
    assert np.isnan(detector.combined_energy([np.nan], [1.0], detector=name)).all()


# mean S1c and S2c [phd] of what is seen, and the shares seen: 60 000 recoils of `reference`, recorded
SIZES = {
    ("LUX_Run03", "NR", 2): (2.44, 247, 0.284, 0.306),
    ("LUX_Run03", "NR", 10): (9.38, 715.5, 0.9987, 1),
    ("LUX_Run03", "NR", 50): (74.29, 2152, 1, 1),
    ("LUX_Run03", "ER", 10): (54.51, 3380, 1, 1),
    ("LZ_WS2022", "NR", 2): (3.16, 832, 0.0911, 0.309),
    ("LZ_WS2022", "NR", 10): (9.20, 2733, 0.9939, 1),
    ("LZ_WS2022", "NR", 50): (72.64, 8220, 1, 1),
    ("LZ_WS2022", "ER", 10): (52.75, 12983, 1, 1),
}


@pytest.mark.parametrize("name, recoil_type, energy", SIZES)
def test_signals_are_of_the_known_size(name, recoil_type, energy):
    n, (s1c, s2c, s1_seen, s2_seen) = 60_000, SIZES[name, recoil_type, energy]
    events = detector.simulate(np.full(n, energy), recoil_type, detector=name, rng=rng(17))
    assert events["s1c"].mean() == pytest.approx(s1c, rel=0.01)
    assert events["s2c"].mean() == pytest.approx(s2c, rel=0.006)
    for column, share in (("s1", s1_seen), ("s2", s2_seen)):
        error = np.sqrt(share * (1 - share) / n)
        assert events[column].notna().mean() == pytest.approx(
            share, abs=6 * error + 0.02 * share * (1 - share) + 1e-4
        )


@both
def test_no_pulse_seen_is_below_the_thresholds(name, nest_source):
    """600.0 and 163.9 phd; and of two photoelectrons at least, or three, an S1 is more than one."""
    events = detector.simulate(rng().uniform(0.5, 4, 100_000), "NR", detector=name, rng=rng(18))
    least = {"LUX_Run03": 192.29 / 1.173, "LZ_WS2022": 728.4 / 1.214}[name]
    assert least <= events["s2"].min() < 1.005 * least
    theirs = detector.reference(events["recoil_energy"][:20_000], "NR", detector=name, rng=rng(19))
    assert least <= theirs["s2"].min() < 1.02 * least


@both
@pytest.mark.parametrize("way", [detector.simulate, detector.reference])
def test_recoils_are_even_in_the_fiducial_volume(name, way):
    p = nest.parameters(name)
    events = way(np.full(20_000, 5.0), "ER", detector=name, rng=rng(20))
    lowest, highest = detector.height(p.fiducial_drift_time[::-1], detector=name)
    r2 = (events["x"] ** 2 + events["y"] ** 2) / p.fiducial_radius**2
    phi = np.arctan2(events["y"], events["x"]) / (2 * np.pi) + 0.5
    for share in (r2, phi, (events["z"] - lowest) / (highest - lowest)):
        assert stats.kstest(share, "uniform").pvalue > 1e-4


@both
def test_samples_are_even_in_the_fiducial_volume(name):
    p = nest.parameters(name)
    events = detector.sample(
        lambda n, rng: rng.uniform(3, 10, n), "ER", 20_000, detector=name, rng=rng(21), columns=("z",)
    )
    lowest, highest = detector.height(p.fiducial_drift_time[::-1], detector=name)
    assert stats.kstest((events["z"] - lowest) / (highest - lowest), "uniform").pvalue > 1e-4


def test_the_drift_is_slower_in_lux_at_its_field():
    """175.2 V/cm at mid-height: an electron from there needs 163.2 µs."""
    p = nest.parameters("LUX_Run03")
    assert p.drift_field == pytest.approx(175.2, abs=0.05)
    middle = detector.corrections([[0, 0, (p.cathode + p.surface) / 2]], detector="LUX_Run03")
    assert middle["drift_time"][0] == pytest.approx(163.2, rel=0.01)


RANDOM = {
    "simulate": lambda rng: detector.simulate(np.full(40_000, 8.0), "NR", rng=rng),
    "reference": lambda rng: detector.reference(np.full(300, 8.0), "NR", rng=rng),
    "reference at one place": lambda rng: detector.reference(np.full(300, 8.0), "NR", rng=rng, position=[[0, 0, 700]] * 300),
    "sample": lambda rng: detector.sample(  # all that is drawn is kept: rows stay beside each other
        lambda n, rng: rng.uniform(40, 60, n), "ER", 3000, rng=rng, s1c=(0, 1e6),
        columns=("recoil_energy", "z", "n_photons", "n_electrons", "s1c", "s2c")),
}  # fmt: skip


@pytest.mark.parametrize("way", RANDOM)
def test_other_generators_and_other_calls_give_other_events(way):
    """No column repeats: neither with another seed, nor when one generator is used twice, nor block after block."""
    draw = rng(22)
    tables = [RANDOM[way](draw), RANDOM[way](draw), RANDOM[way](rng(23))]
    same = {"sample": set(), "reference at one place": {"recoil_energy", "x", "y", "z", "drift_time"}}
    for name in set(tables[0].columns) - {"recoil_type"} - same.get(way, {"recoil_energy"}):
        one, two, three = (table[name].to_numpy(float) for table in tables)
        for other in (two, three):
            both_seen = np.isfinite(one) & np.isfinite(other)
            assert np.mean(one[both_seen] == other[both_seen]) < 0.3, name
    again = RANDOM[way](rng(22))
    pd.testing.assert_frame_equal(again, tables[0])
    if way == "simulate":
        first, second = (tables[0].iloc[k : k + 7000] for k in (0, detector._BLOCK))
        for name in ("x", "z", "n_photons", "n_electrons", "s1c", "s2c"):
            assert np.mean(first[name].to_numpy() == second[name].to_numpy()) < 0.3, name


def test_where_recoils_are_does_not_tell_what_they_are():
    """Each random number is used once: no column that has nothing to do with another follows it."""
    events = detector.simulate(np.full(60_000, 20.0), "ER", rng=rng(24))
    events = events.assign(r2=events["x"] ** 2 + events["y"] ** 2, phi=np.arctan2(events["y"], events["x"]))
    for one in ("r2", "phi", "z"):
        for other in ("n_photons", "n_electrons", "s1c", "s2c"):
            assert abs(np.corrcoef(events[one], events[other])[0, 1]) < 0.02, (one, other)


@pytest.mark.parametrize("p", [0.02, 0.1, 0.5, 0.8, 0.98])
def test_binomial_numbers_are_binomial(p):
    for trials in (1, 3, 20, 60, 300, 3000):
        drawn = detector._binomial(
            np.full(200_000, trials, np.float32), np.full(200_000, p, np.float32), rng(9)
        )
        count = np.bincount(drawn.astype(int), minlength=trials + 1)[: trials + 1]
        exact = stats.binom.cdf(np.arange(trials + 1), trials, np.float32(p))
        assert np.abs(np.cumsum(count) / 200_000 - exact).max() < 0.004
        assert drawn.min() >= 0 and drawn.max() <= trials


# --- the interface ----------------------------------------------------------------------------------------


@each
def test_same_seed_same_events(recoil_type):
    energy = rng().uniform(0, 30, 70_000)  # more than two blocks
    a, b, c = (detector.simulate(energy, recoil_type, rng=rng(seed)) for seed in (11, 11, 12))
    pd.testing.assert_frame_equal(a, b)
    assert not a["s2"].equals(c["s2"])
    assert list(a.columns) == list(detector.COLUMNS)
    assert (a["recoil_type"] == recoil_type).all()


def test_sample_returns_exactly_what_was_asked_for():
    events = detector.sample(
        lambda n, rng: rng.uniform(0.2, 18, n),
        "ER",
        50_000,
        rng=rng(13),
        columns=("s1c", "s2c", "recoil_energy"),
    )
    assert events.shape == (50_000, 3) and (events.dtypes == np.float32).all()
    assert events["s1c"].between(3, 80, inclusive="left").all() and events["s2c"].gt(0).all()
    energy = rng(14).uniform(0.2, 18, 200_000)
    whole = detector.simulate(energy, "ER", rng=rng(15))
    whole = whole[whole["s1c"].between(3, 80, inclusive="left") & whole["s2c"].notna()]
    for column in ("s1c", "s2c", "recoil_energy"):
        quantiles = np.linspace(0.1, 0.9, 9)
        np.testing.assert_allclose(
            events[column].quantile(quantiles), whole[column].quantile(quantiles), rtol=0.02
        )


def test_no_recoils_no_rows():
    assert detector.simulate([], "ER", rng=rng()).shape == (0, len(detector.COLUMNS))
    assert len(detector.sample(lambda n, rng: np.full(n, 5.0), "ER", 0, rng=rng())) == 0


def test_nestpy_without_recoils_has_no_rows(nest_source):
    assert detector.reference([], "ER", rng=rng()).shape == (0, len(detector.COLUMNS))


@given(st.floats(500, 6500), st.floats(-0.5, 0.5))
@settings(max_examples=8, deadline=None)
def test_altered_events_lose_what_the_lifetime_and_the_tilt_take(lifetime, tilt):
    draw = rng(5)
    events = detector.simulate(np.full(20_000, 100.0), "ER", rng=draw)  # far above threshold
    later = detector.altered(events, lifetime=lifetime, tilt=tilt, rng=draw)
    factor = np.exp(-events["drift_time"] * (1 / lifetime - 1 / 6500)) * (1 + tilt * events["x"] / 688)
    np.testing.assert_allclose(later["arrived"], factor, rtol=1e-4)
    assert (later["s2"] / events["s2"] / factor).mean() == pytest.approx(1, abs=0.002)
    np.testing.assert_allclose(later["s2c"] / events["s2c"], later["s2"] / events["s2"], rtol=1e-4)


def test_unaltered_events_are_the_same_and_a_loss_is_binomial():
    draw = rng(6)
    events = detector.simulate(np.full(40_000, 10.0), "NR", rng=draw)
    np.testing.assert_allclose(detector.altered(events, rng=draw)["s2"], events["s2"], rtol=1e-6)
    assert events["s2"].notna().mean() > 0.99
    later = detector.altered(events, lifetime=1000, rng=draw)
    seen = later["s2"].notna() & events["s2"].notna()
    lost = 1 - later["arrived"][seen]
    noise = later["s2"][seen] - later["arrived"][seen] * events["s2"][seen]
    electrons = events["s2"][seen] / nest.parameters().single_electron
    expected = later["arrived"][seen] * lost * electrons * nest.parameters().single_electron ** 2
    assert np.mean(noise**2 / expected) == pytest.approx(1, abs=0.03)
    assert later["s2"].isna().sum() >= events["s2"].isna().sum()


@pytest.mark.parametrize(
    "argument, change",
    [
        ("lifetime", {"lifetime": 7000}),
        ("lifetime", {"lifetime": 0}),
        ("tilt", {"tilt": 0.6}),
        ("rng", {"rng": 1}),
        ("events", {"events": pd.DataFrame({"s2": [1.0]})}),
    ],
)
def test_what_cannot_be_altered_is_named(argument, change):
    given_ = {"events": detector.simulate([10.0], "ER", rng=rng()), "rng": rng()} | change
    with pytest.raises(ValueError, match=f"^{argument} must"):
        detector.altered(given_.pop("events"), **given_)


def test_bands_of_known_numbers():
    draw = rng(16)
    s1c = draw.uniform(5, 15, 200_000)
    table = detector.bands(s1c, s1c * 10 ** draw.normal(2.0, 0.1, len(s1c)), [5, 10, 15, 20])
    np.testing.assert_allclose(table["median"][:2], 2.0, atol=4 * table["median_error"][0])
    np.testing.assert_allclose(table["width"][:2], 0.1 * 0.99446, atol=4 * table["width_error"][0])
    assert table["median_error"][0] == pytest.approx(0.1 * 1.2533 / np.sqrt(100_000), rel=0.1)
    assert table["width_error"][0] == pytest.approx(0.1 * 0.964 / np.sqrt(100_000), rel=0.1)
    assert table["n_events"].tolist()[2] == 0 and np.isnan(table["median"][2])


def test_errors_of_bands_are_the_scatter_of_repeated_draws():
    draw, tables = rng(25), []
    for _ in range(400):
        s1c = draw.uniform(5, 10, 2000)
        shape = draw.gumbel(0, 0.1, 2000)  # skewed: both sides' densities enter
        tables.append(detector.bands(s1c, s1c * 10**shape, [5, 10]))
    table = pd.concat(tables)
    for what in ("median", "width"):
        assert table[what + "_error"].mean() == pytest.approx(table[what].std(), rel=0.08)


def test_bands_count_from_the_lower_edge_to_below_the_upper_and_leave_out_what_is_not_seen():
    s1c, s2c = [5, 9.9, 10, 14.9, 15, 4.9, np.nan, 7, 7, 7], [1, 1, 1, 1, 1, 1, 1, np.nan, 0, 2]
    assert detector.bands(s1c, s2c, [5, 10, 15])["n_events"].tolist() == [3, 2]
    masked = np.ma.masked_array(np.full(10, 7.0), mask=[True] * 4 + [False] * 6)
    assert detector.bands(masked, np.ones(10), [5, 10])["n_events"].tolist() == [6]


@pytest.mark.parametrize(
    "argument, call",
    [
        ("recoil_energy", lambda: detector.simulate([-1.0], "ER", rng=rng())),
        ("recoil_energy", lambda: detector.simulate([np.nan], "ER", rng=rng())),
        ("recoil_energy", lambda: detector.simulate([301.0], "NR", rng=rng())),
        ("recoil_energy", lambda: detector.simulate(5.0, "ER", rng=rng())),
        ("recoil_energy", lambda: detector.reference([[5.0]], "ER", rng=rng())),
        ("recoil_type", lambda: detector.simulate([5.0], "er", rng=rng())),
        ("detector", lambda: detector.simulate([5.0], "ER", detector="LZ", rng=rng())),
        ("rng", lambda: detector.simulate([5.0], "ER", rng=0)),
        ("position", lambda: detector.simulate([5.0], "ER", rng=rng(), position=[0, 0, 100])),
        ("position", lambda: detector.simulate([5.0], "ER", rng=rng(), position=[[0, 0, 100]] * 2)),
        ("position", lambda: detector.simulate([5.0], "ER", rng=rng(), position=[[0, 800, 100]])),
        ("position", lambda: detector.simulate([5.0], "ER", rng=rng(), position=[[0, 0, 1500]])),
        ("position", lambda: detector.reference([5.0], "ER", rng=rng(), position=[[0, 0, np.inf]])),
        ("energies", lambda: detector.sample([5.0], "ER", 10, rng=rng())),
        ("energies", lambda: detector.sample(lambda n, rng: np.ones(3), "ER", 10, rng=rng())),
        ("energies", lambda: detector.sample(lambda n, rng: np.full(n, np.nan), "ER", 10, rng=rng())),
        ("energies", lambda: detector.sample(lambda n, rng: np.zeros(n), "ER", 10, rng=rng())),
        ("n", lambda: detector.sample(flat, "ER", 1.5, rng=rng())),
        ("s1c", lambda: detector.sample(flat, "ER", 10, rng=rng(), s1c=(80, 3))),
        ("s1c", lambda: detector.sample(flat, "ER", 10, rng=rng(), s1c=3)),
        ("columns", lambda: detector.sample(flat, "ER", 10, rng=rng(), columns=("S1",))),
        ("columns must be a sequence", lambda: detector.sample(flat, "ER", 10, rng=rng(), columns="s1c")),
        ("rng", lambda: detector.reference([5.0], "ER", rng=None)),
        ("rng", lambda: detector.sample(flat, "ER", 10, rng=3)),
        ("field", lambda: detector.simulate([5.0], "ER", rng=rng(), field=5)),
        ("position", lambda: detector.corrections([0, 0, 100])),
        ("position", lambda: detector.corrections([[0, 0, 1500]])),
        ("detector", lambda: detector.corrections([[0, 0, 100]], detector="LZ")),
        ("drift_time", lambda: detector.height([-1.0])),
        ("drift_time", lambda: detector.height(1e5)),
        ("s1c", lambda: detector.combined_energy("a", [1.0])),
        ("s2c", lambda: detector.combined_energy([1.0], [1.0, 2.0])),
        ("edges", lambda: detector.bands([1.0], [1.0], [5, 5])),
    ],
)
def test_bad_input_is_named(argument, call):
    with pytest.raises(ValueError, match=rf"\b{argument}\b"):
        call()


def test_the_errors_of_a_band_are_those_of_quantiles():
    """Of a Gaussian, laid out evenly: its densities at 16, 50 and 84 % are known."""
    n, width = 100_000, 0.1
    ratio = 2.0 + width * stats.norm.ppf((np.arange(n) + 0.5) / n)
    band = detector.bands(np.full(n, 10.0), 10.0 * 10**ratio, [5, 15]).iloc[0]
    density = stats.norm.pdf(stats.norm.ppf(0.16)) / width
    variance = 2 * (0.16 * 0.84 - 0.16**2) / density**2
    assert band["width_error"] == pytest.approx(np.sqrt(variance / n) / 2, rel=0.01)
    assert band["median_error"] == pytest.approx(0.5 * width / stats.norm.pdf(0) / np.sqrt(n), rel=0.01)
