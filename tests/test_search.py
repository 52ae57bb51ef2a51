"""What the search simulates stands for real events, and no count of them is lost on the way to a template."""

import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from helpers import backgrounds, limits, nest, operators, recoils, search

LUX = nest.parameters(search.DETECTOR)
# events expected; of the signal at 48 GeV and 1e-46 cm²; from 60 000 (a hundredth of the time is enough for 1 %)
EXPECTED = {"nuclear": 2.51, "beta": 1049.6, "gamma": 818.8, "wall": 19.5, "b8": 0.157, "accidental": 2.0}
COLUMNS = "kind r2 phi drift_time s1 s2 s1c s2c prompt_fraction energy weight".split()
SHAPE = (3, 2, 4, 6)
STANDARD = 6  # the row of SI at 48 GeV
seeds = st.integers(0, 2**32 - 1)
each_kind = pytest.mark.parametrize("kind", search.KINDS)


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.fixture(scope="module")
def rates():
    return search.spectra(search.ENERGIES)


@pytest.fixture(scope="module")
def events():
    return search.simulate(20_000, rng=rng(1))


@pytest.fixture(scope="module")
def few(events):
    return events.groupby("kind", observed=True).sample(300, random_state=2).reset_index(drop=True)


@pytest.fixture(scope="module")
def score(events):
    return -search.coordinates(events)[:, 3].astype(float)


def counted(events, rate, power=1):
    """The events that rows stand for, (weight × rate)^power of each row."""
    nuclear = events["kind"] == search.SIGNAL
    return (events["weight"] * np.where(nuclear, rate[events["energy"]], 1.0)) ** power


def per_kind(events, rate, power=1):
    return counted(events, rate, power).groupby(events["kind"], observed=True).sum()


def agree(one, other, rate):
    error = np.sqrt(per_kind(one, rate, 2) + per_kind(other, rate, 2))
    return np.all(np.abs(per_kind(one, rate) - per_kind(other, rate)) < 4 * error)


def expected_limit(templates):
    observed = templates.background.sum(axis=0)
    return limits.ProfileLikelihood(
        templates.signal, templates.background, observed, search.UNCERTAINTY
    ).upper_limit()


def test_the_searchs_own_numbers():
    """3.35e4 kg d of LUX (arXiv 1608.07648), table I of 1512.03506 for the backgrounds' uncertainties."""
    assert search.DETECTOR == "LUX_Run03"
    assert search.EXPOSURE == pytest.approx(0.091718, rel=1e-4)  # t y
    assert search.S1C == (1, 100) and (search.PROMPT, search.START_ERROR) == (0.032, 0.008)
    assert search.BACKGROUNDS == ("beta", "gamma", "wall", "b8", "accidental")
    assert search.UNCERTAINTY.tolist() == [0.1, 0.1, 0.3, 0.25, 0.35]
    # a network's classes: below 3 keV, twelve even steps in the logarithm up to 60 keV, and above
    ends = 3 * 20 ** (np.arange(13) / 12)
    assert [np.sum(end > search.ENERGIES) for end in ends] == np.cumsum(np.bincount(search.GROUPS))[
        :-1
    ].tolist()


# --- hypotheses -------------------------------------------------------------------------------------------


def test_there_are_360_hypotheses_and_a_spectrum_of_each(rates):
    table = search.hypotheses()
    assert len(table) == len(search.MODELS) * len(search.MASSES) == 360
    assert not table.duplicated().any()
    assert table["model"].unique().tolist() == list(search.MODELS)
    np.testing.assert_array_equal(table["mass"][:24], search.MASSES)
    assert rates.shape == (360, len(search.ENERGIES))
    assert np.all(np.isfinite(rates)) and np.all(rates >= 0) and np.all(rates.max(axis=1) > 0)


@given(row=st.integers(0, 359), energies=st.lists(st.floats(0, 120), min_size=1, max_size=4))
@settings(max_examples=10, deadline=None)
def test_each_spectrum_is_the_rate_of_its_row(row, energies):
    model, mass = search.hypotheses().loc[row, ["model", "mass"]]
    if model == "SI":
        rate = recoils.wimp_rate(energies, mass, 1e-46)
    else:
        rate = operators.eft_rate(energies, mass, {model: 1.0})
    np.testing.assert_allclose(search.spectra(energies)[row], rate, rtol=1e-9)


def test_energies_are_even_in_the_logarithm_and_in_fourteen_groups():
    np.testing.assert_allclose(np.diff(np.log(search.ENERGIES)), search.LOG_STEP)
    assert search.ENERGIES[0] > 1 and search.ENERGIES[-1] < 120
    assert np.unique(search.GROUPS).tolist() == list(range(14)) and np.all(np.diff(search.GROUPS) >= 0)


# --- the simulation ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("prescale", [1, 50])
def test_events_lie_where_they_are_searched_in_the_columns_promised(prescale):
    events = search.simulate(4000, rng=rng(3), prescale=prescale)
    assert sorted(events.columns) == sorted(COLUMNS)
    assert events["kind"].cat.categories.tolist() == list(search.KINDS)
    assert set(events["kind"]) == set(search.KINDS)
    assert events.notna().all(axis=None) and events.index.equals(pd.RangeIndex(len(events)))
    assert events["s1c"].between(*search.S1C).all()
    assert events["s2"].min() >= np.float32(LUX.s2_threshold) and events["s1"].min() > 0
    assert events["r2"].between(0, LUX.fiducial_radius**2 * (1 + 1e-5)).all()
    assert events["phi"].between(-np.float32(np.pi), np.float32(np.pi)).all()
    earliest, latest = LUX.fiducial_drift_time
    assert events["drift_time"].between(earliest - 0.01, latest + 0.01).all()
    assert events["prompt_fraction"].between(0, 1).all() and (events["weight"] >= 0).all()
    nuclear = events["kind"] == search.SIGNAL
    assert events["energy"][nuclear].between(0, len(search.ENERGIES) - 1).all()
    assert (events["energy"][~nuclear] == -1).all()


def test_the_backgrounds_are_of_the_size_that_the_docstring_says(events, rates):
    found, square = (per_kind(events, rates[STANDARD], power) for power in (1, 2))
    for kind, expected in EXPECTED.items():
        assert found[kind] == pytest.approx(expected, abs=4 * np.sqrt(square[kind]) + 0.005 * expected)


@pytest.mark.parametrize("n, prescale", [(4000, 1), (60_000, 1), (60_000, 50), (20_000, 7)])
def test_neither_more_events_nor_a_prescale_are_more_real_ones(events, rates, n, prescale):
    assert agree(events, search.simulate(n, rng=rng(4), prescale=prescale), rates[STANDARD])


@pytest.mark.parametrize("kind", ["beta", "gamma"])
def test_a_prescale_thins_the_upper_band_and_leaves_the_rows_below_as_they_are(kind):
    whole, thinned = (search.simulate(8000, rng=rng(5), kinds=[kind], prescale=k) for k in (1, 50))
    (low, upper), (kept_low, kept_upper) = (
        (table[place < -0.13], table[place > -0.11])
        for table, place in ((table, search.coordinates(table)[:, 3]) for table in (whole, thinned))
    )
    same = [name for name in COLUMNS if name != "prompt_fraction"]
    pd.testing.assert_frame_equal(low[same].reset_index(drop=True), kept_low[same].reset_index(drop=True))
    assert 0.01 < len(low) / len(whole) < 0.03
    assert len(kept_upper) == pytest.approx(len(upper) / 50, abs=4 * np.sqrt(len(upper) / 50))
    np.testing.assert_allclose(kept_upper["weight"], 50 * upper["weight"].iloc[0], rtol=1e-5)


def test_a_prescale_leaves_all_but_beta_and_gamma_alone():
    kinds = [search.SIGNAL, "wall", "b8", "accidental"]
    one, other = (search.simulate(2000, rng=rng(6), kinds=kinds, prescale=k) for k in (1, 50))
    pd.testing.assert_frame_equal(one, other)


def test_many_blocks_are_one(monkeypatch, rates):
    whole = search.simulate(8000, rng=rng(7))
    monkeypatch.setattr(search, "_BLOCK", 1200)
    parts = search.simulate(8000, rng=rng(8))
    assert agree(whole, parts, rates[STANDARD])
    for kind in (search.SIGNAL, "beta", "gamma", "accidental"):
        one, other = (
            table["weight"] / search.ENERGIES[table["energy"]] if kind == search.SIGNAL else table["weight"]
            for table in (table[table["kind"] == kind] for table in (whole, parts))
        )
        np.testing.assert_allclose(other, one.iloc[0], rtol=1e-5)


def test_blocks_of_unequal_size_keep_the_weight_of_a_row(monkeypatch):
    monkeypatch.setattr(search, "_BLOCK", 1000)
    weight = search.simulate(841, rng=rng(9), kinds=["beta"])["weight"]
    assert weight.max() / weight.min() == pytest.approx(1, abs=1e-5)


@each_kind
def test_other_generators_and_other_calls_give_other_events(kind):
    draw = rng(13)
    tables = [search.simulate(1500, rng=r, kinds=[kind]) for r in (draw, draw, rng(14))]
    for name in ("r2", "phi", "drift_time", "s1", "s2", "s1c", "s2c"):
        sets = [set(table[name]) for table in tables]
        for other in sets[1:]:
            assert len(sets[0] & other) < 0.2 * len(sets[0]), name
    shares = [table["prompt_fraction"].to_numpy() for table in tables]
    n = min(map(len, shares))
    assert np.mean(shares[0][:n] == shares[1][:n]) < 0.5 and np.mean(shares[0][:n] == shares[2][:n]) < 0.5


@pytest.mark.parametrize("kind", [k for k in search.KINDS if k != "accidental"])
def test_azimuths_are_even(events, kind):
    angle = events["phi"][events["kind"] == kind] / (2 * np.pi) + 0.5
    assert stats.kstest(angle, "uniform").pvalue > 1e-4


def test_blocks_are_not_the_same_draws(monkeypatch):
    monkeypatch.setattr(search, "_BLOCK", 2000)
    table = search.simulate(1000, rng=rng(15), kinds=["beta"])
    assert table["s2c"].duplicated().mean() < 0.01


def test_prompt_photons_are_drawn_anew(events, monkeypatch):
    """The counting of photons does not repeat: shares at one size and chance hardly ever agree."""
    part = events[(events["kind"] == "beta") & events["s1"].between(48, 52)]
    search._prompt_chance("ER")
    monkeypatch.setattr(search, "START_ERROR", 0)
    draw = rng(18)
    one, two, three = (search._prompt_fraction(part, "beta", r) for r in (draw, draw, rng(19)))
    assert len(part) > 1000 and np.mean(one == two) < 0.2 and np.mean(one == three) < 0.2


def test_prompt_shares_are_of_the_known_size(events):
    """Light of 40 to 60 phd: 60 % of a nuclear recoil's is prompt, 44.6 % of an electron's, at a spread of 13.6 %."""
    part = events[events["s1"].between(40, 60)]
    for kinds, mean in (([search.SIGNAL], 0.5995), (["beta", "gamma"], 0.4464)):
        share = part["prompt_fraction"][part["kind"].isin(kinds)]
        assert share.mean() == pytest.approx(mean, abs=5 * share.std() / np.sqrt(len(share)) + 0.002)
        assert share.std() == pytest.approx(0.1355, rel=5 / np.sqrt(2 * len(share)) + 0.01)


@each_kind
@given(seed=seeds)
@settings(max_examples=3, deadline=None)
def test_the_same_generator_gives_the_same_events(kind, seed):
    one, other = (search.simulate(200, rng=rng(seed), kinds=[kind], prescale=3) for _ in range(2))
    pd.testing.assert_frame_equal(one, other)
    assert set(one["kind"]) <= {kind}


def test_nuclear_weights_times_a_rate_are_the_recoils_that_the_detector_sees(events):
    rate = recoils.wimp_rate(search.ENERGIES, 50, 1e-46)
    ours = events[events["kind"] == search.SIGNAL]
    theirs = backgrounds.nuclear_recoils(
        100_000,
        lambda energy: recoils.wimp_rate(energy, 50, 1e-46),
        exposure=search.EXPOSURE,
        energy_range=(1.0, 120.0),
        detector=search.DETECTOR,
        rng=rng(10),
    )
    theirs = theirs[theirs["s1c"].between(*search.S1C) & (theirs["s2c"] > 0)]
    for name, edges in (("s1c", [1, 3, 6, 10, 20, 40, 100]), ("s2c", [0, 400, 800, 1600, 1e9])):
        found, square = (
            np.histogram(ours[name], edges, weights=counted(ours, rate, power))[0] for power in (1, 2)
        )
        truth, other = (
            np.histogram(theirs[name], edges, weights=theirs["weight"].astype(float) ** power)[0]
            for power in (1, 2)
        )
        assert np.all(np.abs(found - truth) < 4 * np.sqrt(square + other)), name


def test_what_is_seen_does_not_depend_on_how_many_nuclear_recoils_are_simulated(rates):
    """Also where their number is no multiple of that of the energies: here 4.5 of each."""
    found = [
        per_kind(search.simulate(1800, rng=rng(seed), kinds=[search.SIGNAL]), rates[0])[search.SIGNAL]
        for seed in range(30)
    ]
    many = per_kind(search.simulate(60_000, rng=rng(11), kinds=[search.SIGNAL]), rates[0])[search.SIGNAL]
    assert np.mean(found) == pytest.approx(many, abs=4 * np.std(found) / np.sqrt(30) + 0.01 * many)


def test_light_of_nuclear_recoils_is_prompter(events):
    mean = events.groupby("kind", observed=True)["prompt_fraction"].mean()
    for nuclear in (search.SIGNAL, "b8"):
        for electron in ("beta", "gamma", "wall"):
            assert mean[nuclear] > mean[electron] + 0.08
    large = events[events["s1"] > 50]
    prompter = large.groupby("kind", observed=True)["prompt_fraction"].median()
    assert prompter[search.SIGNAL] > prompter["beta"] + 0.1


def test_prompt_photons_are_counted_one_by_one_and_blurred_by_the_start(events):
    photons = np.maximum(np.rint(events["s1"]), 1)
    prompt = events["prompt_fraction"] * photons
    np.testing.assert_allclose(prompt, np.rint(prompt), atol=1e-3)
    beta = events[(events["kind"] == "beta") & events["s1"].between(79, 81)]["prompt_fraction"]
    chance = beta.mean()
    assert beta.std() > 1.5 * np.sqrt(chance * (1 - chance) / 80)


# --- cells ------------------------------------------------------------------------------------------------


def test_coordinates_are_on_the_axes_named(events):
    found = search.coordinates(events)
    assert found.shape == (len(events), len(search.AXES)) and found.dtype == np.float32
    r6, drift_time, log_s1c, below = found.T
    np.testing.assert_allclose(r6, (events["r2"] / LUX.fiducial_radius**2) ** 3, rtol=1e-4)
    assert r6.min() >= 0 and r6.max() <= 1 + 1e-5
    np.testing.assert_allclose(drift_time, events["drift_time"])
    np.testing.assert_allclose(10**log_s1c, events["s1c"], rtol=1e-5)
    for low, high in ((0.4, 0.8), (0.8, 1.2), (1.2, 1.6), (1.6, 2)):
        part = (events["kind"] == "beta") & (log_s1c >= low) & (log_s1c < high)
        assert (below[part] < 0).mean() == pytest.approx(0.2, abs=0.015)
    whole = events["kind"].isin(["beta", "gamma"])
    assert (below[whole] < 0).mean() == pytest.approx(0.2, abs=0.004)


shapes = st.tuples(*[st.integers(1, 9)] * 4)


@given(shape=shapes)
@settings(max_examples=20, deadline=None)
def test_each_event_lies_in_one_cell_of_the_grid(few, shape):
    cell = search.cells(few, shape)
    assert cell.shape == (len(few),) and cell.dtype == np.int64
    assert cell.min() >= 0 and cell.max() < np.prod(shape)
    assert np.bincount(cell, minlength=np.prod(shape)).sum() == len(few)


@given(shape=shapes, factor=st.tuples(*[st.integers(1, 4)] * 4))
@settings(max_examples=20, deadline=None)
def test_a_finer_grid_nests_in_the_coarse_one(few, shape, factor):
    fine = tuple(np.multiply(shape, factor))
    place = np.unravel_index(search.cells(few, fine), fine)
    coarse = np.ravel_multi_index(tuple(p // f for p, f in zip(place, factor, strict=True)), shape)
    differ = coarse != search.cells(few, shape)
    assert differ.sum() <= 1  # the last digit of a float32


def test_the_last_axis_is_fastest_and_ends_hold_what_lies_beyond(few):
    one = few.iloc[[0, 0]].copy()
    one["s2c"] = [1e-3, 1e9]
    first, last = search.cells(one, (1, 1, 1, 7))
    assert (first, last) == (0, 6)
    # one bin is 0.1 wide: from -0.9 to 0.1 below the band, from 1 to 100 phd in s1c, over all fiducial drift times
    edge = 10 ** (np.log10(few["s2c"].iloc[0]) - search.coordinates(few)[0, 3])
    ten = few.iloc[[0] * 10].assign(s2c=edge * 10 ** (-0.85 + 0.1 * np.arange(10)))
    assert search.cells(ten, (1, 1, 1, 10)).tolist() == list(range(10))
    four = few.iloc[[0] * 4].assign(s1c=10.0 ** np.array([0.25, 0.75, 1.25, 1.75]))
    assert search.cells(four, (1, 1, 4, 1)).tolist() == list(range(4))
    earliest, latest = LUX.fiducial_drift_time
    five = few.iloc[[0] * 5].assign(drift_time=earliest + (np.arange(5) + 0.5) / 5 * (latest - earliest))
    assert search.cells(five, (1, 5, 1, 1)).tolist() == list(range(5))
    one = few.iloc[[0, 0]].assign(r2=[0.0, 2 * LUX.fiducial_radius**2], drift_time=[0.0, 1e4])
    assert search.cells(one, (3, 1, 1, 1)).tolist() == [0, 2]
    assert search.cells(one, (1, 5, 1, 1)).tolist() == [0, 4]
    assert np.diff(search.cells(one, (3, 5, 1, 1))) == [2 * 5 + 4]


# --- templates --------------------------------------------------------------------------------------------


@given(seed=seeds, factors=st.tuples(*[st.floats(0, 1e3)] * 2), n_cells=st.integers(1, 50))
@settings(max_examples=20, deadline=None)
def test_templates_are_linear_in_the_rates_and_lose_nothing(few, seed, factors, n_cells):
    rates = rng(seed).exponential(size=(2, len(search.ENERGIES)))
    cell = rng(seed).integers(n_cells, size=len(few))
    signal, background = search.templates(few, cell, n_cells, rates)
    assert signal.shape == (2, n_cells) and background.shape == (len(search.BACKGROUNDS), n_cells)
    mixed, same = search.templates(few, cell, n_cells, [np.dot(factors, rates)])
    np.testing.assert_allclose(mixed[0], np.dot(factors, signal), rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(same, background)
    for k, rate in enumerate(rates):
        total = per_kind(few, rate)
        assert signal[k].sum() == pytest.approx(total[search.SIGNAL])
    np.testing.assert_allclose(background.sum(axis=1), total[list(search.BACKGROUNDS)])


def test_templates_count_what_lies_in_each_cell(few, rates):
    cell = search.cells(few, SHAPE)
    signal, background = search.templates(few, cell, np.prod(SHAPE).item(), rates[[STANDARD]])
    weight = counted(few, rates[STANDARD])
    for at in np.unique(cell):
        here = weight[cell == at].groupby(few["kind"], observed=False).sum()
        assert signal[0, at] == pytest.approx(here[search.SIGNAL])
        np.testing.assert_allclose(background[:, at], here[list(search.BACKGROUNDS)])


def test_360_templates_at_once_are_360_single_ones(few, rates):
    cell, n_cells = search.cells(few, SHAPE), np.prod(SHAPE).item()
    together = search.templates(few, cell, n_cells, rates)[0]
    single = [search.templates(few, cell, n_cells, rates[[k]])[0][0] for k in range(360)]
    np.testing.assert_allclose(together, single, rtol=1e-9)


def test_a_kind_that_is_not_there_has_an_empty_template(few, rates):
    part = few[few["kind"] == "wall"]
    signal, background = search.templates(part, np.zeros(len(part)), 1, rates)
    assert np.all(signal == 0) and np.count_nonzero(background) == 1


def test_shares_of_the_groups_are_those_of_the_recoils_counted(events, rates):
    found = search.group_shares(events, rates)
    assert found.shape == (360, 14) and np.all(found >= 0)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    nuclear = events[events["kind"] == search.SIGNAL]
    for row in (0, STANDARD, 200, 359):
        each = counted(nuclear, rates[row]).groupby(search.GROUPS[nuclear["energy"]]).sum()
        np.testing.assert_allclose(found[row], each.reindex(range(14), fill_value=0) / each.sum(), rtol=1e-9)
    np.testing.assert_allclose(search.group_shares(events, 7 * rates), found)


# --- tables by name, not by position ----------------------------------------------------------------------


def through_csv(table):
    return pd.read_csv(io.StringIO(table.to_csv(index=False)))


TABLES = {
    "CSV": through_csv,
    "all columns categories": lambda table: table.astype("category"),
    "categories as they come": lambda table: table.assign(kind=table["kind"].astype(str).astype("category")),
    "categories reversed": lambda table: table.assign(
        kind=table["kind"].cat.reorder_categories(search.KINDS[::-1])
    ),
    "only categories that are there": lambda table: table.assign(
        kind=table["kind"].cat.remove_unused_categories()
    ),
    "names": lambda table: table.assign(kind=table["kind"].astype(str)),
    "objects": lambda table: table.astype(object),
    "energies missing where there are none": lambda table: table.assign(
        energy=table["energy"].where(table["kind"] == search.SIGNAL)
    ),
    "columns in another order": lambda table: table[table.columns[::-1]],
    "another index": lambda table: table.set_index(np.arange(len(table))[::-1]),
}


@pytest.mark.parametrize("missing", [None, "gamma", search.SIGNAL])
@pytest.mark.parametrize("table", TABLES)
def test_a_table_is_read_by_its_names_whatever_their_type(events, rates, table, missing):
    few = events.groupby("kind", observed=True).sample(200, random_state=3).reset_index(drop=True)
    few = few[few["kind"] != missing].reset_index(drop=True)
    other = TABLES[table](few)
    np.testing.assert_allclose(search.coordinates(other), search.coordinates(few), rtol=1e-5, atol=1e-5)
    cell = rng(16).integers(40, size=len(few))
    for one, two in zip(
        search.templates(few, cell, 40, rates), search.templates(other, cell, 40, rates), strict=True
    ):
        np.testing.assert_allclose(two, one, rtol=1e-6)
    if missing == search.SIGNAL:
        return
    np.testing.assert_allclose(search.group_shares(other, rates), search.group_shares(few, rates), rtol=1e-6)
    score = rng(17).normal(size=len(few))
    one, two = (search.score_templates(score, part, rates[STANDARD], 8) for part in (few, other))
    for expected, found in zip(one, two, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize("value", [np.nan, np.inf, -1.0, None])
@pytest.mark.parametrize("name", ["r2", "drift_time", "s1c", "s2c"])
def test_a_row_without_a_place_or_a_signal_is_in_no_cell(few, name, value):
    table = few.assign(**{name: few[name].astype(float)})
    table.loc[5, name] = value
    for call in (search.coordinates, lambda e: search.cells(e, SHAPE)):
        with pytest.raises(ValueError, match=f'events."{name}"'):
            call(table)


@pytest.mark.parametrize(
    "name, value", [("kind", "muon"), ("kind", None), ("weight", np.nan), ("weight", -1.0), ("energy", 240),
                    ("energy", -1), ("energy", 3.5), ("energy", np.nan)]
)  # fmt: skip
def test_a_row_that_stands_for_nothing_is_not_counted(few, rates, name, value):
    table = few.astype({"kind": object, "energy": float})
    at = np.flatnonzero(few["kind"] == search.SIGNAL)[3]
    table.loc[at, name] = value
    score = zeros(few) + np.arange(len(few))
    for call in (
        lambda: search.templates(table, np.zeros(len(few)), 1, rates),
        lambda: search.group_shares(table, rates),
        lambda: search.score_templates(score, table, rates[STANDARD]),
    ):
        with pytest.raises(ValueError, match=f'events."{name}"'):
            call()


# --- bins of a score --------------------------------------------------------------------------------------


@given(
    seed=seeds,
    n_bins=st.integers(4, 90),
    noise=st.floats(0, 2),
    scale=st.floats(1e-6, 1e6),
    discrete=st.booleans(),
    row=st.integers(0, 359),
)
@settings(max_examples=40, deadline=None)
def test_bins_of_a_score_lose_nothing_and_hold_enough_background(
    few, rates, seed, n_bins, noise, scale, discrete, row
):
    score = -search.coordinates(few)[:, 3] + noise * rng(seed).standard_normal(len(few))
    score = scale * (np.round(score, 1) if discrete else score)
    found = search.score_templates(score, few, rates[row], n_bins)
    for part, again in zip(
        found, search.score_templates(score, search.counted(few), rates[row], n_bins), strict=True
    ):
        np.testing.assert_array_equal(part, again)
    assert found.signal.shape == (n_bins,) and found.edges.shape == (n_bins - 1,)
    assert found.background.shape == (len(search.BACKGROUNDS), n_bins)
    total = per_kind(few, rates[row])
    assert found.signal.sum() == pytest.approx(total[search.SIGNAL])
    np.testing.assert_allclose(found.background.sum(axis=1), total[list(search.BACKGROUNDS)])

    used = np.isfinite(found.edges).sum() + 1
    edges = found.edges[: used - 1]
    assert np.all(np.diff(edges) > 0) and np.all(np.isinf(found.edges[used - 1 :]))
    assert np.all(found.signal[used:] == 0) and np.all(found.background[:, used:] == 0)
    at = np.searchsorted(found.edges, score, side="right")
    rows = np.bincount(at[few["kind"] != search.SIGNAL], minlength=n_bins)
    step = np.ptp(score) / search._FINE
    close = np.abs(score[:, None] - edges).min(axis=1, initial=np.inf) < step * (1e-6 if not discrete else 1)
    assert np.all(rows[:used] >= search.LEAST_ROWS - close.sum())
    signal, background = search.templates(few, at, n_bins, rates[[row]])
    moved = per_kind(few[close], rates[row]).reindex(list(search.KINDS), fill_value=0)
    difference = np.abs(np.vstack([signal, background]) - np.vstack([found.signal, found.background]))
    assert np.all(difference.max(axis=1) <= moved.to_numpy() + 1e-9 * total.to_numpy())


def test_bins_hold_equal_shares_of_the_signal_and_of_the_background(events, score, rates):
    found = search.score_templates(score, events, rates[STANDARD], 12)
    cumulative = np.cumsum(found.signal)[:-1] / found.signal.sum()
    both = np.cumsum(found.background.sum(axis=0))[:-1] / found.background.sum()
    for wanted in np.arange(1, 9) / 9:
        assert np.min(np.abs(cumulative - wanted)) < 0.01
    for wanted in np.arange(1, 4) / 4:
        assert np.min(np.abs(both - wanted)) < 0.01


@pytest.mark.parametrize(
    "transform", [lambda s: 3 * s + 1, lambda s: s / 1e4, np.exp, np.arctan, lambda s: s + s**3]
)
def test_a_rising_function_of_the_score_is_as_good(events, score, rates, transform):
    rate = rates[STANDARD]
    nuclear = (events["kind"] == search.SIGNAL).to_numpy()
    found, step = [], 0
    for values in (score, transform(score)):
        found.append(search.score_templates(values, events, rate, 12))
        span = values.min(), values.max()
        weight = counted(events[nuclear], rate)
        step += np.histogram(values[nuclear], search._FINE, span, weights=weight)[0].max()
    one, other = (np.cumsum(templates.signal) for templates in found)
    assert np.max(np.abs(one - other)) <= step
    assert step < 0.02 * one[-1]
    assert expected_limit(found[0]) == pytest.approx(expected_limit(found[1]), rel=0.02)


def test_more_bins_do_not_make_the_limit_worse(events, score, rates):
    found = [
        expected_limit(search.score_templates(score, events, rates[STANDARD], n)) for n in (4, 8, 16, 32, 64)
    ]
    assert np.all(np.diff(found) < 0.01 * np.array(found[:-1]))
    assert found[-1] < 0.7 * found[0]


def test_too_little_background_is_one_bin(few, rates):
    background = few[few["kind"] == "beta"].iloc[: 2 * search.LEAST_ROWS - 1]
    part = pd.concat([few[few["kind"] == search.SIGNAL], background], ignore_index=True)
    found = search.score_templates(rng(12).random(len(part)), part, rates[STANDARD], 10)
    assert np.all(np.isinf(found.edges)) and found.signal[0] == pytest.approx(found.signal.sum())


def test_a_score_that_says_nothing_is_one_bin(few, rates):
    found = search.score_templates(np.ones(len(few)), few, rates[STANDARD])
    assert np.all(np.isinf(found.edges)) and np.count_nonzero(found.signal) == 1


def test_one_far_score_does_not_blur_the_others(events, score, rates):
    far = score.copy()
    far[np.argmin(far)] = -1e6
    one, other = (search.score_templates(values, events, rates[STANDARD]) for values in (score, far))
    assert expected_limit(other) == pytest.approx(expected_limit(one), rel=0.02)


# --- the door ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call, name",
    [
        (lambda e: search.spectra([-1.0]), "energy"),
        (lambda e: search.spectra([np.nan]), "energy"),
        (lambda e: search.spectra(3.0), "energy"),
        (lambda e: search.simulate(0, rng=rng()), "n must"),
        (lambda e: search.simulate(1.5, rng=rng()), "n must"),
        (lambda e: search.simulate(5, rng=3), "rng"),
        (lambda e: search.simulate(5, rng=rng(), kinds=["muon"]), "kinds"),
        (lambda e: search.simulate(5, rng=rng(), kinds="beta"), "kinds"),
        (lambda e: search.simulate(5, rng=rng(), kinds=[]), "kinds"),
        (lambda e: search.simulate(5, rng=rng(), kinds=3), "kinds"),
        (lambda e: search.simulate(5, rng=rng(), prescale=0), "prescale"),
        (lambda e: search.simulate(5, rng=rng(), prescale=1.5), "prescale"),
        (lambda e: search.cells(e, (2, 2, 2)), "shape"),
        (lambda e: search.cells(e, (2, 2, 2, 0)), "shape"),
        (lambda e: search.cells(e, (2, 2, 2, 1.5)), "shape"),
        (lambda e: search.cells(e, 4), "shape"),
        (lambda e: search.cells(e.drop(columns="r2"), SHAPE), "r2"),
        (lambda e: search.coordinates(e.to_numpy()), "events"),
        (lambda e: search.templates(e.drop(columns="kind"), zeros(e), 1, ones(2, 240)), "kind"),
        (lambda e: search.group_shares(e.drop(columns="energy"), ones(2, 240)), "energy"),
        (lambda e: search.score_templates(zeros(e), e.drop(columns="weight"), ones(240)), "weight"),
        (lambda e: search.templates(e, zeros(e), 1, ones(2, 239)), "rates"),
        (lambda e: search.templates(e, zeros(e), 1, ones(240)), "rates"),
        (lambda e: search.templates(e, zeros(e), 1, -ones(2, 240)), "rates"),
        (lambda e: search.templates(e, zeros(e)[1:], 1, ones(2, 240)), "cell"),
        (lambda e: search.templates(e, zeros(e) + 1, 1, ones(2, 240)), "cell"),
        (lambda e: search.templates(e, zeros(e) - 1, 1, ones(2, 240)), "cell"),
        (lambda e: search.templates(e, zeros(e) + 0.5, 2, ones(2, 240)), "cell"),
        (lambda e: search.templates(e, zeros(e), 0, ones(2, 240)), "n_cells"),
        (lambda e: search.templates(e, zeros(e), 1.5, ones(2, 240)), "n_cells"),
        (lambda e: search.group_shares(e, ones(2, 239)), "rates"),
        (lambda e: search.group_shares(e, -ones(2, 240)), "rates"),
        (lambda e: search.group_shares(e, 0 * ones(2, 240)), "rates"),
        (lambda e: search.group_shares(e[e["kind"] == "beta"], ones(2, 240)), "rates"),
        (lambda e: search.score_templates(zeros(e)[1:], e, ones(240)), "score"),
        (lambda e: search.score_templates(zeros(e) * np.nan, e, ones(240)), "score"),
        (lambda e: search.score_templates(zeros(e), e, ones(239)), "rate"),
        (lambda e: search.score_templates(zeros(e), e, -ones(240)), "rate"),
        (lambda e: search.score_templates(zeros(e), e, ones(1, 240)), "rate"),
        (lambda e: search.score_templates(zeros(e), e, ones(240), 3), "n_bins"),
        (lambda e: search.score_templates(zeros(e), e, ones(240), 5.5), "n_bins"),
        (lambda e: search.score_templates(zeros(e), e, 0 * ones(240)), "signal"),
        (lambda e: alone(e, "beta"), "signal"),
        (lambda e: alone(e, search.SIGNAL), "background"),
    ],
)
def test_bad_arguments_are_named(few, call, name):
    with pytest.raises(ValueError, match=rf"\b{name}\b"):
        call(few)


def zeros(events):
    return np.zeros(len(events))


def ones(*shape):
    return np.ones(shape)


def alone(events, kind):
    part = events[events["kind"] == kind]
    return search.score_templates(zeros(part), part, ones(240))


def test_very_few_events_are_no_error():
    for seed in range(20):
        search.simulate(1, rng=rng(seed))


def test_searches_are_drawn_as_often_as_rows_weigh_and_without_a_signal(events):
    expected = EXPECTED | {"nuclear": 0.0}
    drawn = search.draw(400, events, rng=rng(3))
    assert set(drawn["search"]) == set(range(400)) and list(drawn.columns) == [*events.columns, "search"]
    for kind, number in drawn["kind"].value_counts().items():
        mean = events.loc[events["kind"] == kind, "weight"].sum()
        assert abs(mean / expected[kind] - 1) < 0.1 if kind != search.SIGNAL else number == 0
        if kind != search.SIGNAL:
            assert abs(number - 400 * mean) < 5 * np.sqrt(400 * mean)
    per_search = drawn["search"].value_counts()
    assert 0.8 < per_search.var() / per_search.mean() < 1.2
    wall = events[events["kind"] == "wall"]
    heavy = pd.concat([wall.head(1).assign(weight=3.0), wall.iloc[1:2].assign(weight=1.0)])
    found = search.draw(2000, heavy, rng=rng(4))
    assert abs(np.mean(found["s1c"] == heavy["s1c"].iloc[0]) - 0.75) < 0.03
    assert found.equals(search.draw(2000, heavy, rng=rng(4)))


def test_empty_cells_are_one_whose_content_is_that_of_single_rows():
    signal, background = np.arange(12.0).reshape(2, 6), np.array([[1.0, 0, 2, 0, 3, 0], [0, 0, 1, 0, 0, 0]])
    own, others, place = search.merge_empty(signal, background, [1, 0, 2, 0, 1, 0])
    np.testing.assert_array_equal(place, [0, 3, 1, 3, 2, 3])
    np.testing.assert_array_equal(own, [[0, 2, 4, 9], [6, 8, 10, 27]])
    np.testing.assert_allclose(others, [[1, 2, 3, 4], [0, 1, 0, 1e-6]])


def test_what_is_expected_in_empty_cells_is_what_others_find_there(events, rates):
    shape = (4, 3, 12, 38)
    cell, n_cells = search.cells(events, shape), int(np.prod(shape))
    rows = np.bincount(cell[(events["kind"] != search.SIGNAL).to_numpy()], minlength=n_cells)
    signal, background = search.templates(events, cell, n_cells, rates[[STANDARD]])
    _, others, place = search.merge_empty(signal, background, rows)
    fresh = search.simulate(20_000, rng=rng(7), kinds=search.BACKGROUNDS)
    in_empty = rows[search.cells(fresh, shape)] == 0
    assert place[rows == 0].min() == others.shape[1] - 1 and rows[rows > 0].min() == 1
    assert (
        0.6 < others[:, -1].sum() / fresh["weight"][in_empty].sum() < 1.6
    )  # draws are more even than chance


@settings(deadline=None, max_examples=20)
@given(seeds, st.integers(1, 4))
def test_cells_that_were_not_hit_can_be_one(seed, n):
    random = np.random.default_rng(seed)
    signal, background = random.uniform(0.01, 1, 30), random.uniform(0.05, 1, (5, 30))
    counts = random.poisson(background.sum(axis=0), (n, 30))
    small = search.occupied(signal, background, counts)
    assert small[0].shape == (n, np.count_nonzero(counts, axis=1).max() + 1)
    few, all_cells = (
        limits.ProfileLikelihood(*sets, search.UNCERTAINTY) for sets in (small, (signal, background, counts))
    )
    np.testing.assert_allclose(few.upper_limit(), all_cells.upper_limit(), rtol=1e-6)
    np.testing.assert_allclose(few.q(1.0), all_cells.q(1.0), rtol=1e-5, atol=1e-8)
    for part, total in zip(small, (signal.sum(), background.sum(axis=1), counts.sum(axis=1)), strict=True):
        np.testing.assert_allclose(part.sum(axis=-1), np.broadcast_to(total, part.shape[:-1]))


@pytest.mark.parametrize(
    "call, name",
    [
        (lambda e: search.draw(0, e, rng=rng()), "n"),
        (lambda e: search.draw(1, e, rng=3), "rng"),
        (lambda e: search.draw(1, e.drop(columns="kind"), rng=rng()), "kind"),
        (lambda e: search.merge_empty(np.ones(3), np.ones((5, 4)), np.ones(4, int)), "signal"),
        (lambda e: search.merge_empty(np.ones(4), np.ones((5, 3)), np.ones(4, int)), "background"),
        (lambda e: search.merge_empty(np.ones(4), np.ones((5, 4)), [1.5, 1, 1, 1]), "rows"),
        (lambda e: search.occupied(np.ones(4), np.ones((5, 4)), np.ones((1, 3))), "counts"),
        (lambda e: search.occupied(-np.ones(4), np.ones((5, 4)), np.ones((1, 4))), "signal"),
    ],
)
def test_bad_arguments_to_the_judges_are_named(few, call, name):
    with pytest.raises(ValueError, match=name):
        call(few)


@settings(max_examples=60, deadline=None)
@given(seed=seeds, size=st.integers(1, 9000), ties=st.booleans(), ordered=st.booleans())
def test_the_inner_range_of_a_score_is_what_sorting_it_gives(seed, size, ties, ordered):
    values = rng(seed).integers(0, 9, size).astype(float) if ties else rng(seed).normal(size=size)
    values = np.sort(values) if ordered else values
    end = min(search.LEAST_ROWS, (size - 1) // 2)
    in_order = np.sort(values)
    assert search._inner_range(values, end) == (in_order[end], in_order[-1 - end])
