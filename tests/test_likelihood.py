"""What both likelihoods share, asked of both: `limits.ProfileLikelihood` and `morphing.MorphedLikelihood`."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from helpers import likelihood
from helpers.limits import ProfileLikelihood
from helpers.morphing import MorphedLikelihood, Template

FREE = (0.0, np.inf)
SIGNAL, FLAT, FALLING, OBSERVED = [4.0, 2, 1, 0.5], [1.5] * 4, [3.0, 2, 1, 1], [9, 4, 4, 1]


def profile(signal, backgrounds, observed, widths):
    return ProfileLikelihood(signal, backgrounds, observed, widths)


def morphed(signal, backgrounds, observed, widths):
    names = [f"b{k}" for k in range(len(widths))]
    return MorphedLikelihood(
        Template(signal),
        [Template(events, (name,)) for events, name in zip(backgrounds, names, strict=True)],
        observed,
        normalisations={name: (width, *FREE) for name, width in zip(names, widths, strict=True)},
        shifts={},
    )


def example(kind, signal=SIGNAL, observed=OBSERVED):
    return kind(signal, [FLAT, FALLING], observed, [0.3, 0.1])


both = pytest.mark.parametrize("kind", [profile, morphed])


def fitted(signal, background, width, observed, strength):
    """Least −ln L at a strength over one background's normalisation, by SciPy."""
    signal, background, observed = (np.asarray(part, dtype=float) for part in (signal, background, observed))

    def value(normalisation):
        expected = strength * signal + normalisation * background
        return -stats.poisson.logpmf(observed, expected).sum() + ((normalisation - 1) / width) ** 2 / 2

    return optimize.minimize_scalar(value, bounds=(1e-9, 5), method="bounded", options={"xatol": 1e-11}).fun


@both
@pytest.mark.parametrize(
    ("signal", "observed", "best", "significance", "limit"),
    [([1, 2, 0], [9, 8, 0], 2.0904, 1.7468, None), ([1, 2, 1], [2, 2, 0], 0.0, 0.0, 0.4797)],
)
def test_empty_bins_are_no_trouble(kind, signal, observed, best, significance, limit):
    background = [5, 5, 0]
    model = kind(signal, [background], observed, [0.1])
    assert model.best_fit == pytest.approx(best, abs=2e-4)
    assert model.significance() == pytest.approx(significance, abs=2e-4)
    world = signal, background, 0.1, observed
    least = optimize.minimize_scalar(
        lambda strength: fitted(*world, strength), bounds=(0, 20), method="bounded", options={"xatol": 1e-9}
    ).fun
    least = min(least, fitted(*world, 0))
    top = optimize.brentq(
        lambda strength: 2 * (fitted(*world, strength) - least) - stats.chi2.ppf(0.9, 1), best + 0.05, 30
    )
    assert model.upper_limit() == pytest.approx(top, rel=1e-4)
    assert limit is None or top == pytest.approx(limit, abs=1e-4)


@both
@settings(max_examples=20, deadline=None)
@given(
    signal=st.lists(st.sampled_from([0.0, 0.5, 2.0]), min_size=4, max_size=4).filter(any),
    background=st.lists(st.sampled_from([0.0, 1.0, 5.0]), min_size=4, max_size=4).filter(any),
    seed=st.integers(0, 1000),
)
def test_any_pattern_of_empty_bins_gives_the_minimum(kind, signal, background, seed):
    expected = np.array(signal) + background
    observed = np.random.default_rng(seed).poisson(expected * [0, 1, 1, 2])
    model = kind(signal, [background], observed, [0.2])
    saturated = -stats.poisson.logpmf(observed, observed).sum()
    for strength in (0.3, 1.0, 4.0):
        least = fitted(signal, background, 0.2, observed, strength) - saturated
        assert model.fit(strength).statistic == pytest.approx(2 * least, abs=1e-5)


@both
def test_units_of_the_signal_do_not_matter(kind):
    def found(scale):
        model = kind(np.array([1.0, 2.0]) * scale, [[5.0, 5.0]], [2, 3], [0.1])
        toys = model.toys(0.0, 20, rng=np.random.default_rng(2))
        return np.r_[
            model.critical_value(2 / scale, rng=np.random.default_rng(1), n_toys=500).value,
            scale * model.upper_limit(),
            scale * toys.best_fit,
            scale * toys.upper_limit(),
        ]

    one = found(1.0)
    for scale in (1e-6, 1e-17, 1e-100, 1e17):
        np.testing.assert_allclose(found(scale), one, rtol=1e-6, atol=1e-9)


def test_a_threshold_in_small_units_is_what_unit_scale_gives():
    """Pinned: 2.84 with this seed; fitted in units of the reference it came out at 1.12."""
    found = morphed([1e-6, 2e-6], [[5, 5]], [2, 3], [0.1]).critical_value(2e6, rng=np.random.default_rng(1))
    assert found.value == pytest.approx(2.84, abs=0.005)


@both
def test_limits_of_toys_without_signal_end(kind):
    toys = example(kind).toys(0.0, 300, rng=np.random.default_rng(3))
    assert np.mean(toys.best_fit == 0) > 0.2
    top = toys.upper_limit()
    assert np.all(np.isfinite(top)) and np.all(top > 0)
    np.testing.assert_allclose(toys.q(top), stats.chi2.ppf(0.9, 1), rtol=1e-4)


def uncertain(kind, observed, width):
    """A signal of 4.167 events over 0.11, itself known to a relative width only."""
    if kind is profile:
        return ProfileLikelihood(4.167, 0.11, observed, 0.0, width)
    signal, others = Template([4.167], ("efficiency",)), [Template([0.11])]
    known = {"efficiency": (width, *FREE)}
    return MorphedLikelihood(signal, others, np.atleast_1d(observed), normalisations=known, shifts={})


@both
@pytest.mark.parametrize("observed", [0, 3])
def test_a_limit_that_is_never_reached_is_infinite(kind, observed):
    """With no efficiency at all any strength is unseen: q saturates at 1/width² or below."""
    for width in (0.5, 0.6, 1.0):
        model = uncertain(kind, observed, width)
        assert model.q(1e6) == pytest.approx(width**-2, rel=1e-4)
        below = model.upper_limit(threshold=0.99 * width**-2)
        assert np.isfinite(below) and model.q(below) == pytest.approx(0.99 * width**-2, rel=1e-4)
        assert model.upper_limit(threshold=1.01 * width**-2) == np.inf
        assert np.isinf(model.upper_limit()) == (width**-2 < stats.chi2.ppf(0.9, 1))
        assert model.interval()[1] == model.upper_limit()
    assert ProfileLikelihood(4.167, 0.11, 0, 1.0, 1.0).upper_limit() == np.inf


def test_a_signal_measured_below_nothing_is_fitted_with_its_pull():
    """Toys of a signal known to 100 %, against the likelihood written down anew."""
    model = ProfileLikelihood(4.0, 1.0, 5, 0.0, 1.0)
    toys = model.toys(1.0, 40, rng=np.random.default_rng(6))
    measured = 1 + toys._measured[:, -1]
    assert np.sum(measured < 0) > 3
    for k, strength in ((k, strength) for k in range(40) for strength in (0.2, 1.0, 5.0)):
        n, own = toys.observed[k, 0], measured[k]

        def value(events, strength=strength, n=n, own=own):
            pull = 0 if strength is None else events / (4 * strength) - own
            return -stats.poisson.logpmf(n, events + 1) + pull**2 / 2

        def least(strength, value=value):
            return optimize.minimize_scalar(
                lambda x: value(x, strength), bounds=(0, 60), method="bounded", options={"xatol": 1e-9}
            ).fun

        best = least(None) if own > 0 else min(value(0, None), least(None) + own**2 / 2)
        expected = max(2 * (least(strength) - best), 0)
        assert toys.q(strength)[k] == pytest.approx(expected, abs=1e-4)


@both
def test_the_statistic_at_an_end_is_its_threshold(kind):
    model = example(kind)
    for threshold in (0.1, 1.0, 2.0, 6.0):
        lower, upper = model.interval(threshold=threshold)
        assert model.q(upper) == pytest.approx(threshold, rel=1e-4)
        assert lower == 0 or model.q(lower) == pytest.approx(threshold, rel=1e-4)
        assert (lower == 0) == (model.q(0.0) <= threshold)
        assert model.upper_limit(threshold=threshold) == upper
    assert model.q(model.upper_limit(threshold=2)) == pytest.approx(2, rel=1e-4)
    assert model.q(model.upper_limit(0.95)) == pytest.approx(stats.chi2.ppf(0.95, 1), rel=1e-4)
    one_sided = model.upper_limit(0.95, one_sided=True)
    assert model.q(one_sided, one_sided=True) == pytest.approx(1.6449**2, rel=1e-4)
    assert model.q(0.9 * model.best_fit, one_sided=True) == 0 < model.q(0.9 * model.best_fit)
    # A threshold that moves with the strength.
    rising = model.upper_limit(threshold=lambda strength: 1 + strength)
    assert model.q(rising) == pytest.approx(1 + rising, rel=1e-4)
    assert model.significance() == pytest.approx(model.q(0.0) ** 0.5)


@both
@pytest.mark.parametrize("truth", ["fitted", "predicted"])
def test_toys_are_drawn_around_the_truth(kind, truth):
    n_toys, strength, widths = 20_000, 0.7, np.array([0.3, 0.1])
    model = example(kind)
    toys = model.toys(strength, n_toys, rng=np.random.default_rng(4), truth=truth)
    if kind is profile:
        true = model.fit(strength).normalisations if truth == "fitted" else np.ones(2)
        draws, counts = 1 + toys._measured[:, :2] * widths, toys.observed
    else:
        nuisances = model.fit(strength).nuisances
        true = np.array([*nuisances.values()]) if truth == "fitted" else np.ones(2)
        draws, counts = toys._measured[:, 1:], toys._counts
    pulls = (draws - true) / widths
    np.testing.assert_allclose(pulls.mean(axis=0), 0, atol=4 / np.sqrt(n_toys))
    np.testing.assert_allclose(pulls.std(axis=0), 1, atol=4 / np.sqrt(2 * n_toys))
    assert abs(np.corrcoef(pulls.T)[0, 1]) < 4 / np.sqrt(n_toys)
    expected = strength * np.array(SIGNAL) + true @ [FLAT, FALLING]
    assert np.all(np.abs(counts.mean(axis=0) - expected) < 4 * np.sqrt(expected / n_toys))
    np.testing.assert_allclose(counts.var(axis=0), expected, rtol=4 * np.sqrt(3 / n_toys))


@both
def test_every_generator_gives_toys_of_its_own(kind):
    model = example(kind)
    tried = [0.5, 2.0]
    for draw in (
        lambda rng: model.toys(1.0, 60, rng=rng).q(1.0),
        lambda rng: model.toys(1.0, 60, rng=rng).best_fit,
        lambda rng: model.critical_value(1.0, rng=rng, n_toys=60),
        lambda rng: model.thresholds(tried, rng=rng, n_toys=60).value,
    ):
        rng = np.random.default_rng(5)
        first, more = draw(rng), draw(rng)
        np.testing.assert_array_equal(first, draw(np.random.default_rng(5)))
        assert not np.array_equal(first, more), "the same generator twice"
        assert not np.array_equal(first, draw(np.random.default_rng(6))), "another generator"
    # The points of a grid, too, have toys of their own.
    rng = np.random.default_rng(5)
    one_by_one = [model.critical_value(strength, rng=rng, n_toys=60).value for strength in tried]
    np.testing.assert_array_equal(
        model.thresholds(tried, rng=np.random.default_rng(5), n_toys=60).value, one_by_one
    )


@both
def test_a_critical_value_tells_its_own_error(kind):
    model = example(kind)
    found = [model.critical_value(1.0, rng=np.random.default_rng([7, k]), n_toys=400) for k in range(60)]
    assert all(isinstance(one, likelihood.CriticalValue) for one in found)
    value, error = np.transpose(found)
    assert isinstance(found[0].value, float) and isinstance(found[0].error, float)
    assert np.mean(error) == pytest.approx(np.std(value), rel=0.45)  # 4 errors of a spread of 60, and its own
    # The quantile of the toys themselves, of another share and of the one-sided statistic.
    toys = model.toys(1.0, 400, rng=np.random.default_rng(8))
    for cl, one_sided in ((0.9, False), (0.68, False), (0.9, True)):
        found = model.critical_value(
            1.0, rng=np.random.default_rng(8), cl=cl, n_toys=400, one_sided=one_sided
        )
        assert found.value == pytest.approx(np.quantile(toys.q(1.0, one_sided), cl))


@both
def test_a_threshold_from_toys_covers_other_toys(kind):
    model = example(kind, observed=[4, 4, 3, 1])
    for truth in ("fitted", "predicted"):
        critical = model.critical_value(1.0, rng=np.random.default_rng(9), n_toys=3000, truth=truth)
        toys = model.toys(1.0, 3000, rng=np.random.default_rng(10), truth=truth)
        inside = toys.q(1.0) <= critical.value
        assert np.mean(inside) == pytest.approx(0.9, abs=4 * np.sqrt(2 * 0.09 / 3000))
        lower, upper = toys.interval(threshold=critical.value)
        assert np.mean(((lower <= 1.0) & (upper >= 1.0)) == inside) > 0.999


@both
def test_thresholds_are_interpolated_and_can_be_given_to_a_limit(kind):
    model = example(kind)
    grid = model.thresholds([0.5, 1.0, 2.0], rng=np.random.default_rng(11), n_toys=200)
    assert grid.value.shape == grid.error.shape == (3,) and np.all(grid.error > 0)
    assert grid(1.0) == grid.value[1] and grid(9.0) == grid.value[2]
    assert grid(1.5) == pytest.approx((grid.value[1] + grid.value[2]) / 2)
    top = model.upper_limit(threshold=grid)
    assert model.q(top) == pytest.approx(float(grid(top)), rel=1e-3)


@both
def test_observations_keep_their_axes(kind):
    observed = np.random.default_rng(12).poisson(np.add(SIGNAL, FLAT), (2, 3, 4))
    model = example(kind, observed=observed)
    assert model.shape == model.best_fit.shape == model.upper_limit().shape == (2, 3)
    alone = example(kind, observed=observed[1, 2])
    assert model.upper_limit()[1, 2] == pytest.approx(alone.upper_limit(), rel=1e-5)
    assert model.q(np.full((2, 3), 1.5))[1, 2] == pytest.approx(alone.q(1.5), abs=1e-5)
    toys = model.toys([[0.5], [2.0]], 400, rng=np.random.default_rng(13))
    assert toys.shape == (2, 3, 400)
    more = toys.fit().expected.sum(axis=-1).mean(axis=-1)
    assert np.all(more[1] > more[0])
    assert model.critical_value(1.0, rng=np.random.default_rng(1), n_toys=50).error.shape == (2, 3)


@both
@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda model, rng: model.q(-1), "strength"),
        (lambda model, rng: model.q([1, 2]), "strength"),
        (lambda model, rng: model.fit(-1), "strength"),
        (lambda model, rng: model.interval(2), "cl"),
        (lambda model, rng: model.upper_limit(cl=1), "cl"),
        (lambda model, rng: model.upper_limit(threshold=-1), "threshold"),
        (lambda model, rng: model.upper_limit(threshold=[1, 2]), "threshold"),
        (lambda model, rng: model.upper_limit(threshold=lambda strength: strength - 50), "threshold"),
        (lambda model, rng: model.toys(1, 0, rng=rng), "n_toys"),
        (lambda model, rng: model.toys(1, 5, rng=42), "rng"),
        (lambda model, rng: model.toys(1, 5, rng=rng, truth="nominal"), "truth"),
        (lambda model, rng: model.critical_value(1, rng=rng, cl=90), "cl"),
        (lambda model, rng: model.critical_value(1, rng=rng, n_toys=0), "n_toys"),
        (lambda model, rng: model.thresholds([2, 1], rng=rng), "strengths"),
    ],
)
def test_bad_requests_are_named(kind, ask, says):
    with pytest.raises(ValueError, match=says):
        ask(example(kind), np.random.default_rng(1))


class Bowl:
    """(parameters − centre)² with a third power, data set by data set."""

    lowest, highest, enough = np.array([0.0, -np.inf]), np.array([np.inf, 1.0]), 1e-8
    patience = 10

    def __init__(self, centre, bad=np.inf):
        self.centre, self.bad = centre, bad

    def take(self, rows):
        return Bowl(self.centre[rows], self.bad)

    def value(self, parameters):
        away = parameters - self.centre
        return np.sum(away**2 + away**4, axis=1), away

    def slopes(self, parameters, away):
        gradient, bend = 2 * away + 4 * away**3, 2 + 12 * away**2
        gradient[away[:, 0] > self.bad] = np.nan
        return gradient, bend[:, :, None] * np.eye(2)


def test_the_fit_stops_at_bounds_and_a_step_that_is_not_finite_raises():
    centre = np.array([[2.0, 0.5], [-1.0, 0.5], [2.0, 3.0], [40.0, -30.0]])
    start = np.ones((4, 2))
    found, least = likelihood.minimise(Bowl(centre), start, start)
    right = np.clip(centre, Bowl.lowest, Bowl.highest)
    np.testing.assert_allclose(found, right, atol=1e-3)
    np.testing.assert_allclose(least, Bowl(centre).value(right)[0], atol=1e-6)
    with pytest.raises(ArithmeticError, match="not finite"):
        likelihood.minimise(Bowl(centre, bad=1.5), start, start)
