import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from helpers import counting

backgrounds = st.floats(0, 20)
levels = st.floats(0.5, 0.99)


# Feldman and Cousins, Phys. Rev. D 57, 3873, table IV: 90 % intervals, a column a background.
TABLE_BACKGROUND = [0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0]
TABLE = {
    0: [(0, 2.44), (0, 1.94), (0, 1.61), (0, 1.26), (0, 1.08), (0, 1.01), (0, 0.98)],
    1: [(0.11, 4.36), (0, 3.86), (0, 3.36), (0, 2.53), (0, 1.88), (0, 1.39), (0, 1.22)],
    3: [(1.10, 7.42), (0.60, 6.92), (0.10, 6.42), (0, 5.42), (0, 4.42), (0, 3.53), (0, 2.78)],
    5: [(1.84, 9.99), (1.53, 9.49), (1.25, 8.99), (0.43, 7.99), (0, 6.99), (0, 5.99), (0, 4.99)],
}


@pytest.mark.parametrize("n_observed", TABLE)
def test_feldman_cousins_reproduces_the_published_table(n_observed):
    found = [counting.feldman_cousins(n_observed, background) for background in TABLE_BACKGROUND]
    np.testing.assert_allclose(found, TABLE[n_observed], atol=0.0101)


@settings(max_examples=30, deadline=None)
@given(n=st.integers(0, 30), background=backgrounds, cl=levels)
def test_feldman_cousins_is_ordered_and_rises_with_the_count(n, background, cl):
    lower, upper = counting.feldman_cousins(n, background, cl)
    more = counting.feldman_cousins(n + 1, background, cl)
    assert 0 <= lower <= upper and upper > 0
    assert lower <= more[0] + 1e-6 and upper <= more[1] + 1e-6
    assert upper <= counting.feldman_cousins(n, background, (cl + 1) / 2)[1] + 1e-6


@settings(max_examples=30, deadline=None)
@given(n=st.integers(0, 8), background=st.floats(0, 10), more=st.floats(0, 3))
def test_more_background_never_weakens_the_upper_end_for_the_same_count(n, background, more):
    weaker = counting.feldman_cousins(n, background)[1]
    assert counting.feldman_cousins(n, background + more)[1] <= weaker + 0.02  # the table's own digits


@settings(max_examples=15, deadline=None)
@given(signal=st.floats(0, 12), background=st.floats(0, 8), cl=st.sampled_from([0.68, 0.9, 0.95]))
def test_feldman_cousins_covers_by_exact_sums(signal, background, cl):
    outcomes = range(int(stats.poisson.isf(1e-6, signal + background)) + 1)
    intervals = [counting.feldman_cousins(n, background, cl) for n in outcomes]
    inside = [lower - 1e-9 <= signal <= upper + 1e-9 for lower, upper in intervals]
    assert stats.poisson.pmf(outcomes, signal + background)[inside].sum() >= cl - 1e-5


def test_poisson_upper_is_the_textbook_s():
    # Particle Data Group, Statistics, table of limits for n = 0, 1, 2, 10 without background.
    np.testing.assert_allclose(counting.poisson_upper([0, 1, 2, 10]), [2.30, 3.89, 5.32, 15.41], atol=0.005)
    assert counting.poisson_upper(0, cl=0.95) == pytest.approx(-np.log(0.05))
    assert counting.poisson_upper(0, background=5) == 0


@settings(deadline=None)
@given(n=st.integers(0, 200), background=backgrounds, cl=levels)
def test_poisson_upper_leaves_the_right_probability(n, background, cl):
    limit = counting.poisson_upper(n, background, cl)
    assume(limit > 0)
    assert stats.poisson.cdf(n, limit + background) == pytest.approx(1 - cl, rel=1e-6)
    assert counting.poisson_upper(n + 1, background, cl) > limit


def test_counting_sensitivity_is_what_toys_give():
    band = counting.sensitivity(3.6)
    counts = np.random.default_rng(1).poisson(3.6, 4000)
    toys = np.array([counting.feldman_cousins(int(n), 3.6)[1] for n in counts])
    for value, sigma in zip(band, (-2, -1, 0, 1, 2), strict=True):
        assert np.mean(toys < value - 1e-9) <= stats.norm.cdf(sigma) + 0.02
        assert np.mean(toys <= value + 1e-9) >= stats.norm.cdf(sigma) - 0.02
    assert counting.sensitivity(0).median == pytest.approx(2.44, abs=0.01)
    assert counting.sensitivity(0, upper_limit=counting.poisson_upper).median == pytest.approx(
        2.3026, abs=1e-4
    )


@settings(max_examples=15, deadline=None)
@given(background=backgrounds)
def test_counting_sensitivity_is_ordered_and_worsens_with_background(background):
    band = counting.sensitivity(background, upper_limit=counting.poisson_upper)
    assert list(band) == sorted(band)
    worse = counting.sensitivity(background + 10, upper_limit=counting.poisson_upper)
    assert worse.median > band.median


def test_power_constraint_lifts_only_what_is_too_low():
    found = counting.power_constrained([0.5, 1.5, 5.0], [2.0] * 3, [1.0] * 3)
    np.testing.assert_array_equal(found, [1.0, 1.5, 5.0])
    np.testing.assert_array_equal(
        counting.power_constrained([0.5, 1.5, 5.0], [2.0] * 3, [1.0] * 3, at="median"), [2.0, 2.0, 5.0]
    )
    # The floor is where the power is: 0.16 of background-only outcomes lie below the −1 sigma quantile.
    band = counting.sensitivity(30.0)
    counts = np.random.default_rng(2).poisson(30.0, 3000)
    tops = np.array([counting.feldman_cousins(int(n), 30.0)[1] for n in counts])
    assert np.mean(counting.power_constrained(tops, band.median, band.minus_one) > tops) == pytest.approx(
        0.16, abs=0.08
    )


def test_large_counts_are_gaussian():
    n = np.array([10**6, 10**10, 10**15])
    away = (counting.poisson_upper(n) - n) / np.sqrt(n)
    np.testing.assert_allclose(away, stats.norm.ppf(0.9), atol=2e-3)
    for n, background in ((10**6, 0.0), (10**6, 5e5), (10**9, 1e8)):
        interval = (np.array(counting.feldman_cousins(n, background)) - (n - background)) / np.sqrt(n)
        np.testing.assert_allclose(interval, [-1.645, 1.645], atol=3e-3)


def accepted(n_observed, signal, background, cl):
    """The acceptance region as the paper's table I builds it, outcome by outcome."""
    outcomes = np.arange(int(stats.poisson.isf(1e-13, signal + background)) + 2)
    probability = stats.poisson.pmf(outcomes, signal + background)
    ratio = probability / stats.poisson.pmf(outcomes, np.maximum(outcomes, background))
    order = np.argsort(-ratio, kind="stable")
    region = order[: 1 + np.searchsorted(np.cumsum(probability[order]), cl)]
    return n_observed in region


@settings(max_examples=60, deadline=None)
@given(n=st.integers(0, 25), background=backgrounds, share=st.floats(0.01, 0.99), cl=levels)
def test_an_interval_holds_the_signals_that_accept_the_count(n, background, share, cl):
    lower, upper = counting.feldman_cousins(n, background, cl)
    if n > background:  # elsewhere the upper end is that of a larger background
        assert accepted(n, lower + share * (upper - lower), background, cl)
        assert not accepted(n, upper * (1 + 0.2 * share) + 1e-6, background, cl)
    if lower > 0.01:
        assert not accepted(n, lower * (1 - 0.2 * share) - 1e-9, background, cl)


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: counting.poisson_upper(-1), "n_observed"),
        (lambda: counting.poisson_upper(1.5), "n_observed"),
        (lambda: counting.poisson_upper(1, -0.1), "background"),
        (lambda: counting.poisson_upper(1, cl=1.0), "cl"),
        (lambda: counting.poisson_upper(1, cl=90), "cl"),
        (lambda: counting.feldman_cousins(2.5, 1), "n_observed"),
        (lambda: counting.feldman_cousins([1, 2], 1), "n_observed"),
        (lambda: counting.feldman_cousins(2, np.nan), "background"),
        (lambda: counting.feldman_cousins(2, 1, 0), "cl"),
        (lambda: counting.sensitivity(-3), "background"),
        (lambda: counting.sensitivity(3, cl="90"), "cl"),
        (lambda: counting.power_constrained(-1, 2, 1), "limit"),
        (lambda: counting.power_constrained(1, 1, 2), "minus_one_sigma"),
        (lambda: counting.power_constrained(1, 2, 1, at="mean"), "at"),
        (lambda: counting.poisson_upper(1e20), "n_observed"),
        (lambda: counting.poisson_upper([1, 10**15 + 1]), "n_observed"),
        (lambda: counting.feldman_cousins(1e20, 0), "n_observed"),
        (lambda: counting.feldman_cousins(0, 1e20), "background"),
        (lambda: counting.sensitivity(1e20), "background"),
    ],
)
def test_bad_input_is_a_value_error_naming_the_argument(call, argument):
    with pytest.raises(ValueError, match=argument):
        call()
