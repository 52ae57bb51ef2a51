import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import norm
from sklearn import metrics

from helpers import detector, optimum, recoils, spectra

DISTANCE = 2.0  # between the two Gaussians, in standard deviations


def gaussians(n, seed, distance=DISTANCE):
    rng = np.random.default_rng(seed)
    label = np.arange(n) % 2
    features = rng.normal(size=(n, 2)) + distance * label[:, None] * [1, 0]
    # a curved band: the ratio does not feel it
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


# --- the likelihood ratio ------------------------------------------------------------------------------------


def test_the_likelihood_ratio_reaches_the_known_optimum(world, test_events):
    label, features = test_events
    score = world.score(features)
    exact = features[:, 0]
    missing = optimum.auc_difference(label, exact, score)
    assert -3 * missing.error < missing.value < 1e-4
    assert optimum.auc(label, exact).value == pytest.approx(norm.cdf(DISTANCE / np.sqrt(2)), abs=1.5e-3)
    ours, best = (optimum.leakage(s[label == 0], s[label == 1]) for s in (score, exact))
    assert ours.value == pytest.approx(best.value, rel=0.01)
    assert best.value == pytest.approx(norm.sf(DISTANCE), rel=0.03)


def test_the_score_is_the_logarithm_of_the_ratio(world):
    x = np.linspace(-1, 3, 9)
    points = np.stack([x, np.sin(x)], axis=1)
    assert world.score(points) == pytest.approx(DISTANCE * x - DISTANCE**2 / 2, abs=0.1)


def test_halving_the_bins_does_not_move_the_auc(world, test_events):
    table = world.auc_by_bins(*test_events, factors=(0.0625, 1, 2))
    assert abs(table.auc[2] - table.auc[1]) < 1e-4
    assert table.auc[0] < table.auc[1] - 1e-4  # coarse bins fall short: the convergence can be seen
    assert table.bins.is_monotonic_increasing


def test_more_events_bring_it_closer(world, test_events):
    table = world.auc_by_events(*test_events, fractions=(0.01, 0.1, 1))
    assert table.events.tolist() == [5_000, 50_000, 500_000]
    assert table.auc.is_monotonic_increasing
    assert table.auc[2] - table.auc[1] < table.auc[1] - table.auc[0]


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
    table = model.auc_by_bins(
        label, np.vstack([features("NR", 400_000), features("ER", 400_000)]), factors=(0.5, 1, 2)
    )
    assert np.all(np.abs(np.diff(table.auc)) < 1e-4)
    assert 0.98 < table.auc[1] < 1 and table.leakage[1] < 0.005


# --- curves and areas ----------------------------------------------------------------------------------------


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


def test_the_error_of_the_auc_is_the_scatter_of_repetitions():
    areas = [optimum.auc(label, x[:, 0]) for label, x in (gaussians(2_000, seed) for seed in range(300))]
    value, error = np.array(areas).T
    assert error.mean() == pytest.approx(value.std(), rel=0.15)
    assert value.mean() == pytest.approx(norm.cdf(DISTANCE / np.sqrt(2)), abs=4 * value.std() / np.sqrt(300))


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
    assert len(thin.threshold) <= 202
    assert np.all(np.isin(thin.threshold, exact.threshold))
    assert (thin.signal_acceptance[0], thin.signal_acceptance[-1]) == (0, 1)
    area = np.trapezoid(thin.signal_acceptance, thin.background_acceptance)
    assert area == pytest.approx(optimum.auc(label, features[:, 0]).value, abs=1e-3)


# --- leakage -------------------------------------------------------------------------------------------------


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
    from scipy.stats import binomtest

    found = optimum.leakage(np.arange(100), np.array([96.5]), 1.0, cl=0.9)
    expected = binomtest(3, 100).proportion_ci(0.9, method="exact")
    assert found.events == 3
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert optimum.leakage(np.arange(100), np.array([200]), 1.0)[:2] == (0, 0)


# --- mutual information --------------------------------------------------------------------------------------


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


# --- bad input -----------------------------------------------------------------------------------------------

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
        ("these must have the same length: label has 2, score has 3", lambda: optimum.roc([0, 1], [1, 2, 3])),
        ("these must have the same length: score", lambda: optimum.auc_difference([0, 1], [1, 2], [1])),
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
