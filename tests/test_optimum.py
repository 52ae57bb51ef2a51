"""helpers/optimum.py: against worlds whose best answer is known, and errors against repeated draws."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import binomtest, norm
from sklearn import metrics

from helpers import detector, optimum, recoils, spectra

DISTANCE = 2.0  # between the two Gaussians, in standard deviations


def gaussians(n, seed, distance=DISTANCE):
    rng = np.random.default_rng(seed)
    label = np.arange(n) % 2
    features = rng.normal(size=(n, 2)) + distance * label[:, None] * [1, 0]
    # A curved band: the ratio does not feel it
    features[:, 1] = 0.3 * features[:, 1] + np.sin(features[:, 0])
    return label, features


def labelled(draw_scores):
    """Labels with both classes beside scores with many ties."""
    return st.integers(4, 60).flatmap(
        lambda n: st.tuples(
            hnp.arrays(np.int64, n, elements=st.integers(0, 1)).filter(lambda x: 0 < x.sum() < len(x)),
            hnp.arrays(float, n, elements=draw_scores),
        )
    )


tied = labelled(st.integers(0, 5).map(float))
spread = labelled(st.floats(-1e3, 1e3))


@pytest.fixture(scope="module")
def world():
    """A world whose optimum is known: the score is the first feature."""
    label, features = gaussians(1_000_000, seed=1)
    return optimum.LikelihoodRatio(features[label == 1], features[label == 0])


@pytest.fixture(scope="module")
def test_events():
    return gaussians(1_000_000, seed=2)


# --- the likelihood ratio --------------------------------------------------------------------------------


def test_the_likelihood_ratio_reaches_the_known_optimum(world, test_events):
    label, features = test_events
    score = world.score(features)
    exact = features[:, 0]
    short = missing(world, label, features)
    assert -3 * short.error < short.value < 1e-4
    assert optimum.auc(label, exact).value == pytest.approx(norm.cdf(DISTANCE / np.sqrt(2)), abs=1.5e-3)
    ours, best = (optimum.leakage(s[label == 0], s[label == 1]) for s in (score, exact))
    assert ours.value == pytest.approx(best.value, rel=0.01)
    assert best.value == pytest.approx(norm.sf(DISTANCE), rel=0.03)


def test_the_score_is_the_logarithm_of_the_ratio(world):
    x = np.linspace(-1, 3, 9)
    points = np.stack([x, np.sin(x)], axis=1)
    assert world.score(points) == pytest.approx(DISTANCE * x - DISTANCE**2 / 2, abs=0.1)


def test_the_score_is_centred_and_goes_smoothly_from_cell_to_cell(world):
    x = np.linspace(-1, 3, 2001)
    score = world.score(np.stack([x, np.sin(x)], axis=1))
    # Half a cell's shift would be 0.06; the kernel flattens the slope alike on both sides of the middle.
    assert np.mean(score - (DISTANCE * x - DISTANCE**2 / 2)) == pytest.approx(0, abs=0.01)
    assert np.polyfit(x, score, 1)[0] == pytest.approx(DISTANCE, rel=0.025)
    assert np.mean(np.diff(score) > 0) > 0.9  # steps would be flat between their edges


def test_a_lone_event_counts_as_one_under_the_widest_kernel_where_nothing_counts_as_half():
    """1 + 2 √2 e^(-½ (d/4)²) at d bandwidths from it: a kernel's peak and its effective size, by hand."""
    rng = np.random.default_rng(16)
    core = rng.normal(size=(2, 2000, 1))
    signal, background = core[0], core[1]
    signal[0], background[0] = 8.0, 14.0
    model = optimum.LikelihoodRatio(signal, background)
    bandwidth = model.bandwidth[0]
    assert bandwidth == pytest.approx(2000**-0.2, rel=0.05)
    for d in (0, 4, 8):
        expected = np.log(1 + 2**1.5 * np.exp(-((d / 4) ** 2) / 2))
        assert model.score([[8.0 - d * bandwidth]])[0] == pytest.approx(expected, abs=0.06)
    # The other lone event lies at the grid's edge, which reflects: it is no slope.
    assert model.score([[14.0]])[0] == pytest.approx(-np.log(1 + 2 * 2**1.5), abs=0.06)


@pytest.mark.parametrize("events, narrow", [(20, 1), (27, 4)])
def test_thirty_events_under_a_kernel_are_enough_for_the_narrowest(events, narrow):
    """m events in one place are √2 m at a kernel's peak: 28 take the widest, 38 the one that peaks four times higher."""
    signal, background = np.random.default_rng(17).normal(size=(2, 2000, 1))
    signal[:events], background[0] = 8.0, 14.0
    model = optimum.LikelihoodRatio(signal, background)
    expected = np.log(1 + narrow * events * 2**1.5)
    assert model.score([[8.0]])[0] == pytest.approx(expected, abs=0.1)


def test_thinned_keeps_the_first_events_of_each_class():
    label, features = gaussians(8000, seed=18)
    signal, background = features[label == 1], features[label == 0]
    half = optimum.LikelihoodRatio(signal, background).thinned(0.5)
    by_hand = optimum.LikelihoodRatio(signal[:2000], background[:2000])
    np.testing.assert_array_equal(half.score(features), by_hand.score(features))


def test_the_bandwidth_is_scotts(world):
    """σ n^(-1/6): 0.112 for half a million events; the second feature is straightened to unit width."""
    np.testing.assert_allclose(world.bandwidth, 500_000 ** (-1 / 6), rtol=0.02)
    np.testing.assert_allclose(world.refined(2).bandwidth, world.bandwidth / 2)
    np.testing.assert_allclose(world.refined(0.5).bandwidth, world.bandwidth * 2)
    assert world.refined(2).scale == 0.5
    np.testing.assert_allclose(world.thinned(0.125).bandwidth, world.bandwidth * 2**0.5, rtol=0.02)


def missing(model, label, features):
    """By how much a model's AUC falls short of the best possible, and the error of that."""
    return optimum.auc_difference(label, features[:, 0], model.score(features))


def test_halving_the_bins_does_not_move_the_auc(world, test_events):
    label, features = test_events
    own, fine = (optimum.auc(label, m.score(features)).value for m in (world, world.refined(2)))
    assert fine != own and abs(fine - own) < 1e-4
    # Coarse bins fall short: the convergence can be seen.
    assert missing(world.refined(1 / 16), *test_events).value > missing(world, *test_events).value + 1e-4


def test_more_events_bring_it_closer(world, test_events):
    few, more, all_ = (missing(world.thinned(f), *test_events).value for f in (0.01, 0.1, 1))
    assert few > more > all_ and few - more > more - all_
    assert np.prod(world.thinned(0.01).bins) < np.prod(world.bins)


def test_nothing_beats_it(world, test_events):
    label, features = test_events
    best = world.score(features)
    rng = np.random.default_rng(3)
    rivals = {
        "noise": best + rng.normal(size=len(best)),
        "a tilted cut": features @ [1, 0.2],
        "steps": np.floor(2 * best),
        "the other feature": features[:, 1],
    }
    for name, rival in rivals.items():
        lead = optimum.auc_difference(label, best, rival)
        assert lead.value > 3 * lead.error, name
        leaks = [optimum.leakage(s[label == 0], s[label == 1]) for s in (best, rival)]
        assert leaks[0].value < leaks[1].high, name


def test_its_roc_curve_is_concave(world, test_events):
    label, features = test_events
    curve = optimum.roc(label, world.score(features))
    grid = np.linspace(0, 1, 51)
    passed = np.interp(grid, curve.background_acceptance, curve.signal_acceptance)
    assert np.all(np.diff(passed, 2) < 3e-3 * np.diff(passed)[:-1] + 5e-4)


def test_one_feature_is_enough():
    rng = np.random.default_rng(4)
    signal, background = rng.normal(1, 1, (100_000, 1)), rng.normal(0, 1, (100_000, 1))
    model = optimum.LikelihoodRatio(signal, background)
    x = np.linspace(-2, 3, 11)[:, None]
    assert model.score(x) == pytest.approx(x[:, 0] - 0.5, abs=0.1)
    assert model.score([[1e6], [-1e6]])[0] > model.score([[1e6], [-1e6]])[1]


def test_a_lone_event_far_out_does_not_stretch_the_grid():
    _, features = gaussians(20_000, seed=5)
    model = optimum.LikelihoodRatio(features, np.vstack([features, [[1e6, 0.0]]]))
    assert np.prod(model.bins) < 1e6
    assert np.all(np.isfinite(model.score([[1e6, 1e6], [-1e6, 0]])))


def test_what_lies_within_fifteen_widths_keeps_its_place():
    rng = np.random.default_rng(11)
    core, tenth = rng.normal(size=(50_000, 1)), np.arange(50_000)[:, None] % 10 == 0
    model = optimum.LikelihoodRatio(core + 9 * tenth, core + 12 * tenth)
    near, far, nowhere = model.score([[9.0], [12.0], [50.0]])
    assert near > 2 and far < -2 and nowhere == pytest.approx(far, abs=5)


def test_where_nothing_was_simulated_it_says_so():
    """Half an event under the widest kernel for either class: with as many events of both, the score is 0."""
    rng = np.random.default_rng(12)
    signal, background = rng.normal(size=(2, 20_000, 2)) + np.array([3.0, 0])[:, None, None]
    model = optimum.LikelihoodRatio(signal, background, scale=0.5)
    assert model.score([[-3.0, 6.0]])[0] == pytest.approx(0, abs=0.3)
    assert 3 < abs(model.score([[3.0, 3.0]])[0]) < np.log(20_000 / 0.5)


def named(features):
    return pd.DataFrame(features, columns=["s1", "s2"])


def test_columns_are_read_by_name(world, test_events):
    label, features = gaussians(40_000, seed=13)
    table = named(features)
    plain = optimum.LikelihoodRatio(features[label == 1], features[label == 0])
    model = optimum.LikelihoodRatio(table[label == 1], table[label == 0])
    best = plain.score(features)
    assert plain.columns is None and model.columns == ("s1", "s2")
    others = {
        "as they were": table,
        "swapped": table[["s2", "s1"]],
        "among others": table.assign(s0="text")[["s0", "s2", "s1"]],
        "objects": table.astype(object),
        "numbers alone": features,
        "without names": pd.DataFrame(features),
    }
    for name, other in others.items():
        if name == "without names":
            with pytest.raises(ValueError, match="^features must be a table with the columns"):
                model.score(other)
        else:
            np.testing.assert_array_equal(model.score(other), best, err_msg=name)
    for again in (
        optimum.LikelihoodRatio(table[label == 1], table.loc[label == 0, ["s2", "s1"]]),
        optimum.LikelihoodRatio(features[label == 1], table[label == 0]),
        model.refined(1),
        model.thinned(1),
    ):
        assert again.columns == ("s1", "s2")
        np.testing.assert_array_equal(again.score(table[["s2", "s1"]]), best)
    with pytest.raises(ValueError, match=r"^features must be a table .*'s1', 's2'.*lacks \['s2'\]"):
        model.score(table.rename(columns={"s2": "S2"}))
    with pytest.raises(ValueError, match=r"^background must be a table .*lacks \['s1'\]"):
        optimum.LikelihoodRatio(table, table.rename(columns={"s1": "S1"}))


def test_lz_bands_are_told_apart_at_the_same_optimum_with_half_the_bins():
    rng = np.random.default_rng(6)
    energies = {
        "NR": spectra.sampler(lambda e: recoils.wimp_rate(e, 500, 1e-46), (0, 150)),
        "ER": spectra.sampler(lambda e: recoils.flat_er_rate(e, 1), (0.2, 18)),
    }

    def features(recoil_type, n):
        events = detector.sample(energies[recoil_type], recoil_type, n, rng=rng)
        return np.log10(np.stack([events.s1c, events.s2c / events.s1c], axis=1))

    model = optimum.LikelihoodRatio(features("NR", 1_000_000), features("ER", 1_000_000))
    label = np.repeat([1, 0], 400_000)
    tested = np.vstack([features("NR", 400_000), features("ER", 400_000)])
    scores = [m.score(tested) for m in (model.refined(0.5), model, model.refined(2))]
    areas = [optimum.auc(label, score).value for score in scores]
    assert np.all(np.abs(np.diff(areas)) < 1e-4)
    assert 0.98 < areas[1] < 1
    assert optimum.leakage(scores[1][label == 0], scores[1][label == 1]).value < 0.005


# --- curves and areas ------------------------------------------------------------------------------------


@given(tied)
def test_roc_and_auc_are_those_of_scikit_learn(sample):
    label, score = sample
    curve = optimum.roc(label, score)
    background, signal, threshold = metrics.roc_curve(label, score, drop_intermediate=False)
    assert curve.background_acceptance == pytest.approx(background)
    assert curve.signal_acceptance == pytest.approx(signal)
    assert np.array_equal(curve.threshold, threshold)
    assert optimum.auc(label, score).value == pytest.approx(metrics.roc_auc_score(label, score))


@given(spread)
def test_turning_the_score_round_turns_the_auc_round(sample):
    label, score = sample
    area, turned = optimum.auc(label, score), optimum.auc(label, -score)
    assert turned.value == pytest.approx(1 - area.value)
    assert turned.error == pytest.approx(area.error)


@given(tied)
def test_only_the_order_of_the_scores_counts(sample):
    label, score = sample
    bent = np.exp(score) - 7
    assert optimum.auc(label, bent) == pytest.approx(optimum.auc(label, score))
    assert optimum.mutual_information(label, bent) == pytest.approx(optimum.mutual_information(label, score))
    leaks = [optimum.leakage(s[label == 0], s[label == 1], 0.3) for s in (score, bent)]
    assert leaks[0] == pytest.approx(leaks[1])


def test_the_error_of_the_auc_by_hand():
    """1 and 3 against 2 and 4: the shares on the right side are ½, 1 and 1, ½, their variances 1/8."""
    assert optimum.auc([0, 0, 1, 1], [1, 3, 2, 4]) == pytest.approx((0.75, np.sqrt(1 / 8 / 2 * 2)))
    assert optimum.auc([0, 1], [1, 1]) == (0.5, 0)


@pytest.fixture(scope="module")
def repetitions():
    """Many small experiments: the scatter of their values is known to 1/√(2 · 2000) = 1.6 %."""
    rng, found = np.random.default_rng(14), []
    for _ in range(2000):
        label = (rng.random(400) < 0.25).astype(int)  # three times as much background
        score = rng.normal(size=400) + DISTANCE * label
        other = score + 0.7 * rng.normal(size=400)
        found.append(
            [
                *optimum.auc(label, score),
                *optimum.auc_difference(label, score, other),
                *optimum.mutual_information(label, score, bins=8),
            ]
        )
    return np.reshape(found, (2000, 3, 2))


@pytest.mark.parametrize("k", [0, 1, 2], ids=["auc", "difference of two", "mutual information"])
def test_an_error_is_the_scatter_of_repetitions(repetitions, k):
    value, error = repetitions[:, k].T
    assert np.sqrt(np.mean(error**2)) == pytest.approx(value.std(), rel=0.06)


def test_the_auc_is_unbiased(repetitions):
    value = repetitions[:, 0, 0]
    assert value.mean() == pytest.approx(norm.cdf(DISTANCE / np.sqrt(2)), abs=4 * value.std() / np.sqrt(2000))


def test_a_paired_difference_is_known_better_than_the_areas(test_events):
    label, features = test_events
    score = features[:, 0]
    close = score + 0.1 * np.random.default_rng(7).normal(size=len(score))
    difference = optimum.auc_difference(label, score, close)
    area = optimum.auc(label, score)
    assert difference.value == pytest.approx(area.value - optimum.auc(label, close).value)
    assert 0 < difference.error < area.error / 5
    assert optimum.auc_difference(label, score, score) == (0, 0)


def test_a_thinned_curve_lies_on_the_exact_one(test_events):
    label, features = test_events
    exact = optimum.roc(label, features[:, 0])
    thin = optimum.roc(label, features[:, 0], points=200)
    assert 150 < len(thin.threshold) <= 202
    rare = thin.background_acceptance < 1e-3
    assert (
        30 < rare.sum() < 60 and thin.background_acceptance[1] <= 2 / 500_000
    )  # half of them by the logarithm
    assert np.all(np.isin(thin.threshold, exact.threshold))
    assert (thin.signal_acceptance[0], thin.signal_acceptance[-1]) == (0, 1)
    area = np.trapezoid(thin.signal_acceptance, thin.background_acceptance)
    assert area == pytest.approx(optimum.auc(label, features[:, 0]).value, abs=1e-3)


# --- leakage ---------------------------------------------------------------------------------------------


@given(tied, st.floats(0.01, 1))
def test_leakage_lies_on_the_roc_curve_also_where_scores_tie(sample, acceptance):
    label, score = sample
    found = optimum.leakage(score[label == 0], score[label == 1], acceptance)
    curve = optimum.roc(label, score)
    # Where the curve rises straight up, the leftmost of its points: the strictest threshold.
    left = np.searchsorted(curve.signal_acceptance, acceptance - 1e-12)
    a, b = curve.signal_acceptance[left - 1 : left + 1]
    x, y = curve.background_acceptance[left - 1 : left + 1]
    assert found.value == pytest.approx(x + (y - x) * (acceptance - a) / (b - a), abs=1e-9)
    assert found.low <= found.value + 1e-12 and found.value <= found.high + 1e-12


def test_a_useless_score_leaks_what_it_accepts():
    same = np.zeros(1000)  # all tied
    assert optimum.leakage(same, same, 0.5).value == 0.5
    assert optimum.leakage(same, same, 0.2).value == pytest.approx(0.2)


def test_the_interval_of_the_leakage_is_that_of_clopper_and_pearson():
    for cl in (0.6827, 0.9):
        found = optimum.leakage(np.arange(100), np.array([96.5]), 1.0, cl=cl)
        expected = binomtest(3, 100).proportion_ci(cl, method="exact")
        assert found.events == 3 and found.value == 0.03
        assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_three_of_a_hundred_that_leak_are_1_4_to_5_8_per_cent():
    """The standard interval at 68.27 %."""
    found = optimum.leakage(np.arange(100), np.array([96.5]), 1.0)
    assert (found.low, found.high) == pytest.approx((0.0137, 0.0583), abs=5e-5)


def test_the_interval_of_the_leakage_holds_the_truth_as_often_as_it_says():
    """For 5 % of 200, counted exactly: discrete counts make it a little wider than asked for."""
    rng = np.random.default_rng(15)
    held = []
    for _ in range(2000):
        found = optimum.leakage(rng.random(200), np.array([0.95]), 1.0)
        held.append(found.low <= 0.05 <= found.high)
    assert 0.6827 - 0.03 < np.mean(held) < 0.83


def test_all_or_nothing_that_leaks_has_an_open_interval():
    nothing = optimum.leakage(np.arange(100), np.array([200]), 1.0)
    assert nothing[:2] == (0, 0) and nothing.high == pytest.approx(1 - 0.15865**0.01, rel=1e-3)
    everything = optimum.leakage(np.arange(100), np.array([-1]), 1.0)
    assert everything.value == everything.high == 1 and everything.low == pytest.approx(
        0.15865**0.01, rel=1e-3
    )


# --- mutual information ----------------------------------------------------------------------------------


def test_a_perfect_score_tells_one_bit_and_a_useless_one_none():
    rng = np.random.default_rng(8)
    label = np.arange(100_000) % 2
    assert optimum.mutual_information(label, label).value == pytest.approx(1, abs=1e-4)
    useless = np.array([optimum.mutual_information(label, rng.normal(size=len(label))) for _ in range(20)])
    assert abs(useless[:, 0].mean()) < 2e-4  # uncorrected, 200 bins would show 14e-4 bit
    assert optimum.mutual_information(label, np.zeros(len(label))).value == pytest.approx(0, abs=1e-12)


def test_mutual_information_agrees_with_the_integral(test_events):
    label, features = test_events
    x = np.linspace(-8, 10, 20_001)
    signal, background = norm.pdf(x, DISTANCE), norm.pdf(x)
    mean = (signal + background) / 2
    exact = np.trapezoid((signal * np.log2(signal / mean) + background * np.log2(background / mean)) / 2, x)
    found = optimum.mutual_information(label, features[:, 0])
    assert found.value == pytest.approx(exact, abs=4 * found.error)
    assert 0 < found.error < 0.002


def test_a_copy_of_the_data_tells_no_more(test_events):
    label, features = test_events
    whole = optimum.mutual_information(label, features[:, 0])
    noisy = optimum.mutual_information(
        label, features[:, 0] + np.random.default_rng(9).normal(size=len(label))
    )
    assert noisy.value < whole.value


@settings(max_examples=50)
@given(tied)
def test_mutual_information_without_its_correction_is_between_nothing_and_the_entropy(sample):
    label, score = sample
    share = label.mean()
    entropy = -(share * np.log2(share) + (1 - share) * np.log2(1 - share))
    cells = len(np.unique(np.stack([label, score]), axis=1).T)
    correction = (cells - len(np.unique(score)) - 1) / (2 * len(label) * np.log(2))
    value = optimum.mutual_information(label, score, bins=200).value + correction
    assert -1e-9 <= value <= entropy + 1e-9


# --- the conditional tail -------------------------------------------------------------------------------


def sloping_band(n, seed):
    """A band that bends and widens, the share of it below each event, and its level there."""
    rng = np.random.default_rng(seed)
    first, pull = rng.uniform(0, 2, n), rng.normal(size=n)
    return np.column_stack([first, np.sin(2 * first) + (1 + first) * pull]), norm.cdf(pull)


@pytest.fixture(scope="module")
def tail():
    return optimum.ConditionalTail(sloping_band(400_000, 1)[0])


def test_the_conditional_tail_is_the_known_one(tail):
    events, share = sloping_band(50_000, 2)
    found = tail.below(events)
    # binomial, of the 8333 events in each of two slices, and what the width changes within a slice
    assert np.abs(found - share).max() < 5 * np.sqrt(0.25 / 8333) + 0.005
    assert np.isclose(np.mean(found < 0.01), 0.01, atol=0.0015), "flat on background, in the tail too"


def test_the_conditional_tail_says_half_an_event_beyond_the_outermost(tail):
    events = np.array([[1.0, -1e3], [1.0, 1e3], [-5.0, 1e3]])
    per_slice = 400_000 / 48
    assert np.allclose(
        tail.below(events) * (per_slice + 1), [0.5, per_slice + 0.5, per_slice + 0.5], rtol=1e-3
    )


@given(st.floats(-5, 5), st.floats(0.1, 10))
@settings(max_examples=10, deadline=None)
def test_the_conditional_tail_knows_no_units(shift, stretch):
    background, events = sloping_band(5000, 3)[0], sloping_band(300, 4)[0]
    changed = [np.column_stack([np.exp(x[:, 0]), shift + stretch * x[:, 1]]) for x in (background, events)]
    plain = optimum.ConditionalTail(background).below(events)
    # only the straight line between slices feels the first feature's scale
    assert np.allclose(optimum.ConditionalTail(changed[0]).below(changed[1]), plain, atol=0.03)


def test_equal_features_are_ranked_half_way():
    background = np.column_stack([np.arange(1000.0), np.zeros(1000)])
    tail = optimum.ConditionalTail(background, slices=5)
    assert np.allclose(tail.below([[500.0, 0.0]]), 0.5)


def test_a_conditional_tail_needs_a_first_feature_that_varies():
    with pytest.raises(ValueError, match="first feature"):
        optimum.ConditionalTail(np.ones((1000, 2)), slices=4)
    with pytest.raises(ValueError, match="background must have 4800"):
        optimum.ConditionalTail(np.ones((1000, 2)))
    with pytest.raises(ValueError, match="two columns"):
        optimum.ConditionalTail(np.ones((1000, 3)))


# --- bad input -------------------------------------------------------------------------------------------

good = np.random.default_rng(10).normal(size=(1000, 2))


@pytest.mark.parametrize(
    "name, call",
    [
        ("signal", lambda: optimum.LikelihoodRatio(good[:, 0], good)),
        ("signal", lambda: optimum.LikelihoodRatio(good[:, :1], good)),
        ("signal", lambda: optimum.LikelihoodRatio(good[:10], good)),
        ("background", lambda: optimum.LikelihoodRatio(good, np.hstack([good, good]))),
        ("background", lambda: optimum.LikelihoodRatio(good, good * [1, 0])),
        ("background", lambda: optimum.LikelihoodRatio(good, np.where(good > 2, np.nan, good))),
        ("scale", lambda: optimum.LikelihoodRatio(good, good, scale=0)),
        ("scale", lambda: optimum.LikelihoodRatio(good, good, scale=1e-4)),
        ("features", lambda: optimum.LikelihoodRatio(good, good).score(good[:, :1])),
        ("features", lambda: optimum.LikelihoodRatio(good, good).score([[np.inf, 0]])),
        ("factor", lambda: optimum.LikelihoodRatio(good, good).refined(-1)),
        ("fraction", lambda: optimum.LikelihoodRatio(good, good).thinned(2)),
        ("label", lambda: optimum.auc([0, 0], [1, 2])),
        ("label", lambda: optimum.auc([0, 2], [1, 2])),
        ("label", lambda: optimum.mutual_information([1, 1], [1, 2])),
        ("score", lambda: optimum.auc([0, 1], [1, np.nan])),
        ("score must not be masked", lambda: optimum.auc([0, 1], np.ma.masked_equal([1, 2], 2))),
        ("other must be finite", lambda: optimum.auc_difference([0, 1], [1, 2], [1, np.inf])),
        ("these must have the same length: label has 2, score has 3", lambda: optimum.roc([0, 1], [1, 2, 3])),
        (
            "these must have the same length: label has 2, other has 1",
            lambda: optimum.auc_difference([0, 1], [1, 2], [1]),
        ),
        ("points", lambda: optimum.roc([0, 1], [1, 2], points=1)),
        ("score_background", lambda: optimum.leakage([], [1])),
        ("score_signal", lambda: optimum.leakage([1], [np.nan])),
        ("acceptance", lambda: optimum.leakage([1], [1], 0)),
        ("cl", lambda: optimum.leakage([1], [1], 0.5, cl=2)),
        ("bins", lambda: optimum.mutual_information([0, 1], [1, 2], bins=1)),
    ],
)
def test_bad_input_is_named(name, call):
    with pytest.raises(ValueError, match="^" + re.escape(name)):
        call()


def test_a_steep_band_is_ranked_at_each_value_of_its_first_feature():
    """Five widths from slice to slice: the share below is the normal one about the line."""
    draw = np.random.default_rng(31)
    x = draw.uniform(0, 10, (2, 40_000))
    height = draw.standard_normal(x.shape)
    background, events = np.stack([x, 5 * x + height], axis=-1)
    inside = np.abs(events[:, 0] - 5) < 3  # beyond the outer medians nothing levels the band
    share = optimum.ConditionalTail(background, slices=10).below(events)
    np.testing.assert_allclose(share[inside], norm.cdf(height[1][inside]), atol=0.03)
