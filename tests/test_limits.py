import joblib
import numpy as np
import pyhf
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from iminuit import Minuit
from scipy import optimize, stats

from helpers import counting, limits

SIGNAL = [3.0, 2.0, 1.0]
BACKGROUND = [[5.0, 3.0, 2.0], [1.0, 2.0, 4.0]]
UNCERTAINTY = [0.2, 0.3]


def pyhf_model(signal_uncertainty=0.0, signal=SIGNAL):
    def sample(name, values, modifiers, relative):
        values = np.array(values)
        band = {"hi_data": list(values * (1 + relative)), "lo_data": list(values * (1 - relative))}
        shift = [{"name": f"{name}_shift", "type": "histosys", "data": band}] if relative else []
        return {"name": name, "data": list(values), "modifiers": modifiers + shift}

    mu = [{"name": "mu", "type": "normfactor", "data": None}]
    samples = [sample("signal", signal, mu, signal_uncertainty)]
    samples += [
        sample(f"b{i}", b, [], u) for i, (b, u) in enumerate(zip(BACKGROUND, UNCERTAINTY, strict=True))
    ]
    return pyhf.Model({"channels": [{"name": "bins", "samples": samples}]}, poi_name="mu", validate=False)


@pytest.mark.parametrize("observed", [[8, 4, 6], [14, 9, 8], [3, 3, 2]])
@pytest.mark.parametrize("signal_uncertainty", [0.0, 0.15])
def test_profile_likelihood_agrees_with_pyhf(observed, signal_uncertainty):
    model = pyhf_model(signal_uncertainty)
    data = list(observed) + model.config.auxdata
    ours = limits.ProfileLikelihood(SIGNAL, BACKGROUND, observed, UNCERTAINTY, signal_uncertainty)
    start, bounds, fixed = (
        model.config.suggested_init(),
        model.config.suggested_bounds(),
        model.config.suggested_fixed(),
    )
    for strength in (0.1, 0.7, 1.5, 3.0):
        theirs = pyhf.infer.test_statistics.tmu_tilde(strength, data, model, start, bounds, fixed)
        assert ours.q(strength) == pytest.approx(float(theirs), abs=1e-3)
        theirs = pyhf.infer.test_statistics.qmu_tilde(strength, data, model, start, bounds, fixed)
        assert ours.q(strength, one_sided=True) == pytest.approx(float(theirs), abs=1e-3)
    theirs = pyhf.infer.test_statistics.q0(0.0, data, model, start, bounds, fixed)
    assert ours.significance() ** 2 == pytest.approx(float(theirs), abs=1e-3)
    fitted = pyhf.infer.mle.fit(data, model)[model.config.poi_index]
    assert ours.best_fit == pytest.approx(float(fitted), abs=2e-3)


def iminuit_limit(observed, signal_uncertainty, one_sided, cl=0.9):
    """The upper limit from the likelihood as one would write it down, minimised by Minuit, and a root."""
    signal, background = np.array(SIGNAL), np.array(BACKGROUND)

    def fit(strength=None):
        def cost(x):
            expected = x[0] * (1 + signal_uncertainty * x[3]) * signal + x[1:3] @ background
            expected = np.maximum(expected, 1e-9)  # Minuit tries shifts that leave nothing
            pulls = (x[1:] - [1, 1, 0]) / [*UNCERTAINTY, 1]
            return 2 * np.sum(expected - observed * np.log(expected)) + pulls @ pulls

        found = Minuit(cost, np.array([1.0 if strength is None else strength, 1, 1, 0]))
        found.limits = [(0, None), (0, None), (0, None), (None, None)]
        found.fixed[0], found.fixed[3] = strength is not None, signal_uncertainty == 0
        found.strategy, found.tol = 2, 1e-6
        found.migrad()
        return found

    best = fit()
    level = stats.norm.ppf(cl) ** 2 if one_sided else stats.chi2.ppf(cl, 1)
    low = best.values[0]
    return optimize.brentq(lambda s: fit(s).fval - best.fval - level, low, low + 20, xtol=1e-9, rtol=1e-9)


@pytest.mark.parametrize("observed", [[8, 4, 6], [14, 9, 8], [3, 3, 2]])
@pytest.mark.parametrize("signal_uncertainty", [0.0, 0.15])
@pytest.mark.parametrize("one_sided", [False, True])
def test_limits_agree_with_iminuit_and_a_root(observed, signal_uncertainty, one_sided):
    ours = limits.ProfileLikelihood(SIGNAL, BACKGROUND, observed, UNCERTAINTY, signal_uncertainty)
    theirs = iminuit_limit(observed, signal_uncertainty, one_sided)
    assert ours.upper_limit(one_sided=one_sided) == pytest.approx(theirs, rel=1e-4)


def test_interval_ends_where_the_statistic_says():
    model = limits.ProfileLikelihood(SIGNAL, BACKGROUND, [14, 9, 8], UNCERTAINTY, 0.1)
    lower, upper = model.interval(0.9)
    assert 0 < lower < model.best_fit < upper
    np.testing.assert_allclose([model.q(lower), model.q(upper)], 2.7055, atol=1e-3)
    one_sided = model.upper_limit(0.9, one_sided=True)
    assert model.q(one_sided) == pytest.approx(1.6424, abs=1e-3) and one_sided < upper
    wider = model.interval(0.9, threshold=lambda strength: 4.0)
    assert wider[0] < lower and wider[1] > upper


def test_one_known_background_is_the_closed_form():
    n, s, b = 12, 2.0, 5.0
    model = limits.ProfileLikelihood(s, b, n)
    assert model.best_fit == pytest.approx((n - b) / s, rel=1e-6)
    expected = 2 * (s * 4 + b - n + n * np.log(n / (s * 4 + b)))
    assert model.q(4.0) == pytest.approx(expected, rel=1e-8)


@settings(max_examples=25, deadline=None)
@given(
    counts=st.lists(st.integers(0, 25), min_size=3, max_size=3),
    scale=st.floats(1e-6, 1e6),
    bin_=st.integers(0, 2),
)
def test_profile_limits_scale_with_the_reference_and_rise_with_counts(counts, scale, bin_):
    signal = np.array(SIGNAL)
    model = limits.ProfileLikelihood(signal, BACKGROUND, counts, UNCERTAINTY)
    lower, upper = model.interval()
    assert 0 <= lower <= model.best_fit <= upper
    scaled = limits.ProfileLikelihood(signal * scale, BACKGROUND, counts, UNCERTAINTY)
    np.testing.assert_allclose(np.array(scaled.interval()) * scale, (lower, upper), rtol=1e-5, atol=1e-7)
    more = list(counts)
    more[0] += 1  # the bin of best signal to background
    assert limits.ProfileLikelihood(signal, BACKGROUND, more, UNCERTAINTY).upper_limit() > upper
    # Nothing is gained by cutting the events into equal halves, nor lost by the order of the bins.
    order = np.roll(np.arange(3), bin_)
    turned = limits.ProfileLikelihood(
        signal[order], np.array(BACKGROUND)[:, order], np.array(counts)[order], UNCERTAINTY
    )
    assert turned.upper_limit() == pytest.approx(upper, rel=1e-6)


def test_background_uncertainty_can_only_weaken_the_expected_limit():
    def expected(uncertainty):
        model = limits.ProfileLikelihood(SIGNAL, BACKGROUND, [0, 0, 0], uncertainty).asimov()
        return model.upper_limit()

    tops = [expected([u, u]) for u in (0, 0.05, 0.2, 0.5, 1.0)]
    assert all(np.diff(tops) > 0)


def test_a_free_background_stays_above_zero():
    model = limits.ProfileLikelihood([0.0, 1.0], [10.0, 0.0], [0, 3], 1.0)
    assert model.best_fit == pytest.approx(3.0, rel=1e-5)
    assert np.isfinite(model.q(1.0)) and model.q(0.0) > 100  # three events where there is no background


def test_asimov_data_fit_themselves():
    model = limits.ProfileLikelihood(SIGNAL, BACKGROUND, [1, 2, 3], UNCERTAINTY).asimov(1.5)
    assert model.best_fit == pytest.approx(1.5, rel=1e-6) and model.q(1.5) == pytest.approx(0, abs=1e-9)


def test_toys_are_covered_and_their_threshold_is_asymptotic_for_many_events():
    rng = np.random.default_rng(3)
    many = limits.ProfileLikelihood(
        np.array(SIGNAL) * 20, np.array(BACKGROUND) * 20, [200, 140, 140], [0.05, 0.05]
    )
    threshold, error = many.critical_value(0.6, rng=rng, n_toys=4000)
    assert threshold == pytest.approx(2.71, abs=4 * error) and error < 0.1
    truth = 1.0
    model = limits.ProfileLikelihood(SIGNAL, BACKGROUND, [9, 7, 7], UNCERTAINTY, 0.1)
    toys = model.toys(truth, 400, rng=rng)
    critical, _ = model.critical_value(truth, rng=rng, n_toys=4000)
    # Through the ends of intervals here and the statistic itself there: two ways to the same answer.
    lower, upper = toys.interval(threshold=critical)
    inside = toys.q(truth) <= critical
    np.testing.assert_array_equal((lower <= truth) & (truth <= upper), inside)
    assert np.mean(inside) == pytest.approx(0.9, abs=0.06)  # 4 sigma


@pytest.mark.parametrize("observed", [[8, 4, 6], [3, 3, 2], [16, 9, 9]])
def test_cls_is_pyhfs_and_weaker_than_the_one_sided_limit(observed):
    likelihood = limits.ProfileLikelihood(SIGNAL, BACKGROUND, observed, UNCERTAINTY)
    ours = likelihood.cls_limit()
    model = pyhf_model()
    data = list(observed) + model.config.auxdata
    theirs = pyhf.infer.hypotest(ours, data, model, test_stat="qtilde")
    assert float(theirs) == pytest.approx(0.1, abs=1e-3)
    assert ours >= likelihood.upper_limit(one_sided=True)


def test_cls_tends_to_the_exact_ratio_of_poisson_probabilities():
    n, background = 100, 90.0
    limit = limits.ProfileLikelihood(1.0, background, n).cls_limit()
    exact = stats.poisson.cdf(n, limit + background) / stats.poisson.cdf(n, background)
    assert exact == pytest.approx(0.1, abs=0.015)
    assert limit >= counting.poisson_upper(n, background)


@settings(max_examples=4, deadline=None)
@given(background=st.floats(3, 100), factor=st.floats(1.1, 4), uncertainty=st.sampled_from([0.0, 0.1, 0.4]))
def test_cls_expected_limit_worsens_with_background_and_scales(background, factor, uncertainty):
    def limit(signal, background, observed):
        return limits.ProfileLikelihood(signal, background, observed, uncertainty).cls_limit()

    found = limit(1.0, background, background)
    assert limit(1.0, background * factor, background * factor) > found
    assert limit(1e3, background, background) * 1e3 == pytest.approx(found, rel=1e-6)
    assert limit(1.0, background, background + 3) > found


HYPOTHESES = np.array([SIGNAL, [1.0, 2.0, 3.0], [0.5, 0.1, 0.0]])


@pytest.mark.parametrize("name", ["two-sided", "one-sided", "CLs"])
def test_limits_of_a_batch_agree_with_pyhf(name):
    observed = [9, 4, 7]
    batch = limits.ProfileLikelihood(HYPOTHESES, BACKGROUND, observed, UNCERTAINTY)
    ours = batch.cls_limit() if name == "CLs" else batch.upper_limit(one_sided=name == "one-sided")
    assert ours.shape == (3,)
    for signal, limit in zip(HYPOTHESES, ours, strict=True):
        model = pyhf_model(signal=signal)
        data = list(observed) + model.config.auxdata
        bounds = model.config.suggested_bounds()
        bounds[model.config.poi_index] = (0, 1000)
        settings = model.config.suggested_init(), bounds, model.config.suggested_fixed()

        def distance(strength, model=model, data=data, settings=settings):
            if name == "CLs":
                theirs = pyhf.infer.hypotest(strength, data, model, *settings, test_stat="qtilde")
                return float(theirs) - 0.1
            statistics = pyhf.infer.test_statistics
            statistic = statistics.qmu_tilde if name == "one-sided" else statistics.tmu_tilde
            return (
                float(statistic(strength, data, model, *settings))
                - stats.norm.ppf(0.9 if name == "one-sided" else 0.95) ** 2
            )

        theirs = optimize.brentq(distance, 0.97 * limit, 1.03 * limit, rtol=1e-6)
        assert limit == pytest.approx(theirs, rel=2e-4)


SHAPES = [[0.8, -0.2, -0.5]]


def test_toys_true_events_are_what_their_shifts_say():
    for signal_uncertainty, strength in ((0.0, 1.3), (0.15, 1.3), (0.15, 0.0)):
        model = limits.ProfileLikelihood(
            SIGNAL, BACKGROUND, [14, 9, 8], UNCERTAINTY, signal_uncertainty, SHAPES
        )
        expected, shifts, width = model._truth(model._laid("strength", strength))
        np.testing.assert_array_equal(width, np.ones(4))
        by_hand = (
            strength * (1 + signal_uncertainty * shifts[3]) * np.array(SIGNAL)
            + (1 + UNCERTAINTY * shifts[:2]) @ BACKGROUND
            + shifts[2] * np.array(SHAPES[0])
        )
        np.testing.assert_allclose(expected, by_hand, rtol=1e-9)
        np.testing.assert_allclose(model.fit(strength).expected, expected, rtol=1e-9)
        assert np.all(np.abs(shifts[:3]) > 0.05) and (shifts[3] != 0) == (signal_uncertainty * strength > 0)
        # The same fit, all parameters at once.
        world = np.array([14, 9, 8]), np.array(SIGNAL), np.array(BACKGROUND), np.array(UNCERTAINTY)
        least = full_fit(*world, signal_uncertainty, np.array(SHAPES), strength=strength)
        twice = -2 * stats.poisson.logpmf([14, 9, 8], expected).sum() + shifts @ shifts
        assert twice == pytest.approx(least, abs=1e-6)


def test_toys_redraw_every_measurement_by_one_sigma():
    model = limits.ProfileLikelihood(SIGNAL, BACKGROUND, [14, 9, 8], UNCERTAINTY, 0.15, SHAPES)
    n_toys, strength = 20_000, 1.3
    expected, shifts, _ = model._truth(model._laid("strength", strength))
    toys = model.toys(strength, n_toys, rng=np.random.default_rng(2))
    pulls = toys._measured - shifts
    np.testing.assert_allclose(pulls.mean(axis=0), 0, atol=4 / np.sqrt(n_toys))
    np.testing.assert_allclose(np.cov(pulls.T), np.eye(4), atol=4 * np.sqrt(2 / n_toys))
    assert np.all(np.abs(toys.observed.mean(axis=0) - expected) < 4 * np.sqrt(expected / n_toys))
    # As predicted: the toys of Asimov data.
    predicted = model.toys(strength, 50, rng=np.random.default_rng(3), truth="predicted")
    asimov = model.asimov(strength).toys(strength, 50, rng=np.random.default_rng(3))
    np.testing.assert_array_equal(predicted.observed, asimov.observed)
    np.testing.assert_allclose(predicted._measured, asimov._measured, atol=1e-5)


def test_q_of_moved_measurements_is_that_of_a_fit_of_everything():
    """Where the measurements behind the Gaussians came out moves the fit, not where they were predicted."""
    model = limits.ProfileLikelihood(SIGNAL, BACKGROUND, [14, 9, 8], UNCERTAINTY, 0.15, SHAPES)
    toys = model.toys(1.3, 6, rng=np.random.default_rng(4))
    for k, strength in ((k, strength) for k in range(3) for strength in (0.4, 2.0)):
        centre = toys._measured[k]

        def twice(x, k=k, strength=strength, centre=centre):
            events = (1 + UNCERTAINTY * x[:2]) @ BACKGROUND + x[2] * np.array(SHAPES[0])
            events = events + (x[4] if strength is None else strength) * (1 + 0.15 * x[3]) * np.array(SIGNAL)
            if events.min() <= 0 or (1 + UNCERTAINTY * x[:2]).min() < 0 or x[-1] < 0 and strength is None:
                return np.inf
            return -2 * stats.poisson.logpmf(toys.observed[k], events).sum() + np.sum((x[:4] - centre) ** 2)

        def least(strength, twice=twice):
            start = np.r_[np.zeros(4), [1.0] * (strength is None)]
            options = {"xatol": 1e-8, "fatol": 1e-9, "maxfev": 20_000}
            for _ in range(3):
                found = optimize.minimize(
                    lambda x: twice(x, strength=strength), start, method="Nelder-Mead", options=options
                )
                start = found.x
            return found.fun

        assert toys.q(strength)[k] == pytest.approx(max(least(strength) - least(None), 0), abs=1e-4)


@pytest.mark.parametrize(
    ("n", "background"), [(0, 1.0), (0, 30.0), (0, 1e5), (60, 100.0), (9000, 1e4), (110, 100.0)]
)
@pytest.mark.parametrize("cl", [0.9, 0.95])
def test_cls_far_below_the_background_keeps_its_digits(n, background, cl):
    """Cowan et al., equations 64 to 66, written down with SciPy's tails."""

    def log_cls(strength):
        best = max(n - background, 0.0)

        def q(count):
            least = [e - count * np.log(e) for e in (strength + background, max(count, background))]
            return 2 * (least[0] - least[1]) if strength > best or count != n else 0.0

        z, a = np.sqrt(q(n)), np.sqrt(q(background))
        t = z - a if z <= a else (z**2 - a**2) / (2 * a)
        return stats.norm.logsf(t + a) - stats.norm.logsf(t)

    right = optimize.brentq(lambda s: log_cls(s) - np.log(1 - cl), max(n - background, 0) + 1e-3, 1e3)
    found = limits.ProfileLikelihood(1.0, background, n).cls_limit(cl)
    assert found == pytest.approx(right, rel=1e-5)
    if n == 0 and background > 1e4:  # exact there: exp(−s) = 1 − cl
        assert found == pytest.approx(-np.log(1 - cl), rel=1e-4)


def full_fit(observed, signal, background, uncertainty, signal_uncertainty, shapes, strength=None):
    """Twice −ln L by SciPy's simplex over all parameters at once, written down anew."""
    floating, known = np.flatnonzero(uncertainty), np.isfinite(uncertainty)
    n = len(floating)
    start = np.r_[np.ones(n), np.zeros(len(shapes) + 1), [1.0] * (strength is None)]

    def twice(parameters):
        normalisation = np.ones(len(background))
        normalisation[floating] = parameters[:n]
        shifts, own = parameters[n : n + len(shapes)], parameters[n + len(shapes)]
        mu = parameters[-1] if strength is None else strength
        expected = normalisation @ background + shifts @ shapes + mu * (1 + signal_uncertainty * own) * signal
        if min(normalisation.min(), mu, expected.min()) < 0:
            return np.inf
        pulls = (normalisation - 1)[known & (uncertainty > 0)] / uncertainty[known & (uncertainty > 0)]
        return -2 * stats.poisson.logpmf(observed, expected).sum() + pulls @ pulls + shifts @ shifts + own**2

    for _ in range(3):  # a simplex that has shrunk is begun anew
        found = optimize.minimize(
            twice, start, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-10, "maxfev": 20_000}
        )
        start = found.x
    return found.fun


@pytest.mark.parametrize(
    ("uncertainty", "signal_uncertainty", "shapes"),
    [
        ([0.2, 0.3], 0.0, np.zeros((0, 3))),
        ([np.inf, 0.3], 0.0, np.zeros((0, 3))),
        ([0.0, 0.3], 0.2, np.zeros((0, 3))),
        ([0.1, 0.0], 0.0, np.array([[0.8, -0.2, -0.5]])),
        ([0.1, np.inf], 0.1, np.array([[0.8, -0.2, -0.5]])),
    ],
)
def test_limits_agree_with_a_fit_of_everything_at_once(uncertainty, signal_uncertainty, shapes):
    observed, signal, background = np.array([9, 4, 7]), np.array(SIGNAL), np.array(BACKGROUND)
    uncertainty = np.array(uncertainty)
    model = limits.ProfileLikelihood(
        signal, background, observed, uncertainty, signal_uncertainty, shapes if len(shapes) else None
    )
    world = (observed, signal, background, uncertainty, signal_uncertainty, shapes)
    best = full_fit(*world)

    def distance(strength):
        return full_fit(*world, strength=strength) - best - stats.chi2.ppf(0.9, 1)

    ours = model.upper_limit()
    theirs = optimize.brentq(distance, 0.99 * ours, 1.01 * ours, rtol=1e-6)
    assert ours == pytest.approx(theirs, rel=1e-4)


def test_a_free_background_beside_a_sideband_is_li_and_ma():
    on, off, alpha = np.array([12.0, 30.0, 3.0]), np.array([40.0, 100.0, 2.0]), 0.2
    total = on + off  # T. Li and Y. Ma, Astrophys. J. 272, 317, equation 17
    ratio = on * np.log((1 + alpha) / alpha * on / total) + off * np.log((1 + alpha) * off / total)
    model = limits.ProfileLikelihood([1, 0], [[alpha, 1]], np.stack([on, off], axis=-1), [np.inf])
    np.testing.assert_allclose(model.significance(), np.sqrt(2 * ratio), rtol=1e-8)
    found = model.fit()
    np.testing.assert_allclose(found.normalisations[:, 0], off, rtol=1e-6)
    np.testing.assert_allclose(found.strength, on - alpha * off, rtol=1e-6)
    np.testing.assert_allclose(found.statistic, 0, atol=1e-8)


def test_a_shape_empties_a_bin_and_stops_there():
    # Bin 2 expects 1 − 1.5 shifts and holds nothing: up to a shift of 2/3 the pull is all that it costs.
    model = limits.ProfileLikelihood([1, 0], [4, 1], [4, 0], shapes=[[0, -1.5]])
    found = model.fit(0.0)
    assert found.shifts == pytest.approx(2 / 3, abs=1e-4) and found.expected[1] == pytest.approx(0, abs=1e-4)
    assert found.statistic == pytest.approx((2 / 3) ** 2, abs=1e-4)
    toys = model.toys(0.5, 300, rng=np.random.default_rng(2))
    np.testing.assert_allclose(toys.q(toys.upper_limit()), stats.chi2.ppf(0.9, 1), rtol=1e-4)


def test_what_two_free_backgrounds_can_imitate_is_limited_only_where_they_end():
    model = limits.ProfileLikelihood([0.9, 0.1], [[0.1, 2.0], [1.0, 0.2]], [21, 6], [np.inf, np.inf])
    assert model.q(5.0) == pytest.approx(0, abs=1e-7)
    assert model.q(model.upper_limit()) == pytest.approx(stats.chi2.ppf(0.9, 1), rel=1e-4)


@settings(max_examples=8, deadline=None)
@given(
    seed=st.integers(0, 2**31), order=st.permutations(range(3)), signal_uncertainty=st.sampled_from([0, 0.2])
)
def test_a_batch_is_its_members_in_any_order(seed, order, signal_uncertainty):
    rng = np.random.default_rng(seed)
    backgrounds = rng.exponential(3, (3, 2, 3)) + 0.01
    observed = rng.poisson(backgrounds.sum(axis=1)[:, None], (3, 10, 3))
    shapes = [[0.1, -0.05, 0.002]]

    def model(which, *toy):
        signal, background = HYPOTHESES[which], backgrounds[which]
        if not toy and np.ndim(which):
            signal, background = signal[:, None], background[:, None]
        return limits.ProfileLikelihood(
            signal, background, observed[(which, *toy)], [0.3, np.inf], signal_uncertainty, shapes
        )

    batch = model(np.array(order))
    assert batch.shape == (3, 10)
    for statistic in (
        lambda one: one.best_fit,
        lambda one: one.q(0.7),
        lambda one: one.interval()[0],
        lambda one: one.upper_limit(),
        lambda one: one.cls_limit(0.95),
        lambda one: one.fit(0.3).statistic,
    ):
        found = statistic(batch)
        alone = [[statistic(model(which, toy)) for toy in (0, 7)] for which in order]
        np.testing.assert_allclose(found[:, [0, 7]], alone, rtol=1e-6, atol=1e-7)


@settings(max_examples=10, deadline=None)
@given(
    counts=st.lists(st.integers(0, 12), min_size=3, max_size=3),
    share=st.floats(0.05, 0.95),
    cl=st.sampled_from([0.68, 0.9, 0.95]),
)
@example(counts=[9, 5, 0], share=0.13872092151105617, cl=0.68)  # two parameters meet their bounds at once
def test_cutting_bins_at_equal_signal_to_background_changes_nothing(counts, share, cl):
    parts = np.array([share, 1 - share])

    def cut(values):
        return np.concatenate(
            [np.multiply.outer(np.asarray(values)[..., k], parts) for k in range(3)], axis=-1
        )

    whole = limits.ProfileLikelihood(HYPOTHESES, BACKGROUND, counts, [0.3, np.inf])
    parted = limits.ProfileLikelihood(cut(HYPOTHESES), cut(BACKGROUND), cut(counts), [0.3, np.inf])
    np.testing.assert_allclose(parted.upper_limit(cl), whole.upper_limit(cl), rtol=1e-6)
    np.testing.assert_allclose(parted.cls_limit(cl), whole.cls_limit(cl), rtol=1e-6)


def test_limits_rise_with_the_count_in_the_best_bin():
    counts = np.column_stack([np.arange(30), np.full(30, 3), np.full(30, 4)])
    model = limits.ProfileLikelihood(SIGNAL, BACKGROUND, counts, UNCERTAINTY)
    for rising in (model.upper_limit(), model.cls_limit(), model.upper_limit(one_sided=True)):
        assert rising.shape == (30,) and np.all(np.diff(rising) > 0)
    assert np.all(model.cls_limit() >= model.upper_limit(one_sided=True))


def test_calibrated_thresholds_cover_where_asymptotic_ones_do_not():
    rng = np.random.default_rng(8)
    few = np.array(BACKGROUND) / 4
    model = limits.ProfileLikelihood(HYPOTHESES[:2] / 4, few, [1, 1, 2], UNCERTAINTY)
    threshold = model.thresholds(np.linspace(0.2, 8, 9), rng=rng, n_toys=2000)
    assert threshold.value.shape == (2, 9) and threshold.strength.shape == (2, 9)
    np.testing.assert_array_equal(threshold(threshold.strength[:, 4]), threshold.value[:, 4])
    truth = np.array([0.5, 1.33])
    toys = model.toys(truth, 2000, rng=rng)
    assert toys.shape == (2, 2000)
    inside = toys.q(truth[:, None]) <= threshold(truth)[:, None]
    lower, upper = toys.interval(threshold=threshold)
    covered = (lower <= truth[:, None]) & (truth[:, None] <= upper)
    error = np.sqrt(0.9 * 0.1 / 2000)
    # Four errors, of the toys here and of those behind the thresholds.
    np.testing.assert_allclose(covered.mean(axis=-1), 0.9, atol=4 * np.sqrt(2) * error)
    assert np.mean(inside == covered) > 0.99  # a threshold that falls with the strength can part them
    asymptotic = toys.q(truth[:, None]) <= stats.chi2.ppf(0.9, 1)
    assert asymptotic[0].mean() > 0.9 + 4 * error


def interval_of(seed):
    """One task of a parallel run: its own generator, whoever runs it."""
    rng = np.random.default_rng(seed)
    model = limits.ProfileLikelihood(HYPOTHESES, BACKGROUND, [9, 4, 7], UNCERTAINTY, 0.1)
    return np.array(model.interval(threshold=model.thresholds([0.5, 2.0, 5.0], rng=rng, n_toys=50)))


def test_tasks_give_the_same_bits_here_and_in_other_processes():
    seeds = np.random.SeedSequence(12).spawn(3)
    here = [interval_of(seed) for seed in seeds]
    with joblib.parallel_config(backend="loky", n_jobs=2):
        there = joblib.Parallel()(joblib.delayed(interval_of)(seed) for seed in seeds)
    np.testing.assert_array_equal(here, there)
    assert not np.array_equal(here[0], here[1])


def test_significance_of_a_known_background_is_the_closed_form():
    signal, background = np.array([0.1, 5.0, 20.0, 300.0]), np.array([0.5, 2.0, 100.0, 50.0])
    # Cowan et al., equation 97
    expected = np.sqrt(2 * ((signal + background) * np.log1p(signal / background) - signal))
    found = limits.asimov_significance(signal[:, None], background[:, None])
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    binned = limits.asimov_significance(signal, background)
    assert binned == pytest.approx(np.sqrt(np.sum(expected**2)), rel=1e-6)


@settings(deadline=None)
@given(background=st.floats(1e4, 1e9), sigma=st.floats(0.01, 0.5), uncertainty=st.floats(0, 0.2))
@example(background=1e8, sigma=0.1, uncertainty=0.005)  # half a per cent of very many is not nothing
def test_significance_of_a_small_signal_is_that_of_a_gaussian(background, sigma, uncertainty):
    spread = np.sqrt(background + (uncertainty * background) ** 2)
    signal = sigma * np.sqrt(background)
    found = limits.asimov_significance(signal, background, uncertainty)
    assert found == pytest.approx(signal / spread, rel=0.02)


def test_significance_is_the_profile_likelihoods_own():
    for strength in (0.3, 1.0, 4.0):
        signal = np.array(SIGNAL) * strength
        model = limits.ProfileLikelihood(signal, BACKGROUND, [0, 0, 0], UNCERTAINTY).asimov(1.0)
        assert limits.asimov_significance(signal, BACKGROUND, UNCERTAINTY) == pytest.approx(
            model.significance(), rel=1e-5
        )


def test_reach_inverts_the_significance_for_each_experiment():
    exposure = np.geomspace(0.1, 1e4, 7)
    signal = exposure[:, None] * np.array(SIGNAL)
    background = exposure[:, None, None] * np.array(BACKGROUND)
    reach = limits.discovery_reach(signal, background, UNCERTAINTY, significance=3.0)
    assert reach.shape == (7,)
    found = limits.asimov_significance(signal * reach[:, None], background, UNCERTAINTY)
    np.testing.assert_allclose(found, 3.0, rtol=1e-6)
    one = limits.discovery_reach(signal[3], background[3], UNCERTAINTY)
    assert isinstance(one, float) and one == pytest.approx(reach[3])


def test_reach_shows_the_fog_and_what_lies_behind_it():
    exposure = np.geomspace(1e-6, 1e9, 76)
    energy = np.linspace(1, 5, 20)
    neutrinos = 100 * np.exp(-energy / 0.5)
    nearly = np.exp(-energy / 0.55)
    background = exposure[:, None] * neutrinos

    def slope(reach, low, high):
        inside = (exposure > low) & (exposure < high)
        return np.polyfit(np.log(exposure[inside]), np.log(reach[inside]), 1)[0]

    binned = limits.discovery_reach(exposure[:, None] * nearly, background, 0.02)
    count = limits.discovery_reach(
        exposure[:, None] * nearly.sum(), background.sum(axis=1, keepdims=True), 0.02
    )
    assert slope(binned, 1e-6, 1e-5) < -0.85  # no background yet: nearly one over the exposure
    assert slope(count, 1e7, 1e9) == pytest.approx(0, abs=0.01)  # a count never leaves the fog
    assert slope(binned, 1e7, 1e9) == pytest.approx(-0.5, abs=0.01)  # a shape does
    assert max(np.diff(np.log(binned)) / np.diff(np.log(exposure))) > -0.35  # but is slowed on the way
    assert np.all(binned <= count * (1 + 1e-6))


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: limits.ProfileLikelihood([1, -1], [1, 1], [1, 1]), "signal"),
        (lambda: limits.ProfileLikelihood([1, 1], [1, 1], [1, 1, 1]), "observed"),
        (lambda: limits.ProfileLikelihood([0, 0], [1, 1], [1, 1]), "signal"),
        (lambda: limits.ProfileLikelihood([1, 1], [1, 1, 1], [1, 1]), "background"),
        (lambda: limits.ProfileLikelihood([1, 1], [[1, 1]], [1, 1], [0.1, 0.1]), "background"),
        (lambda: limits.ProfileLikelihood([1, 1], [1, 1], [1, 1], -0.1), "background_uncertainty"),
        (lambda: limits.ProfileLikelihood([1, 1], [1, 1], [1, 1], 0.1, 2), "signal_uncertainty"),
        (lambda: limits.ProfileLikelihood([1, 0], [1, 0], [1, 2]), "observed"),
        (lambda: limits.ProfileLikelihood(1, 1, 1).q(-1), "strength"),
        (lambda: limits.ProfileLikelihood(1, 1, 1).interval(2), "cl"),
        (lambda: limits.ProfileLikelihood(1, 1, 1).interval(threshold=-2), "threshold"),
        (lambda: limits.ProfileLikelihood(1, 1, 1).toys(1, 5, rng=42), "rng"),
        (
            lambda: limits.ProfileLikelihood(1, 1, 1).critical_value(
                1, rng=np.random.default_rng(1), n_toys=0
            ),
            "n_toys",
        ),
        (lambda: limits.ProfileLikelihood([1, 1], [1, 1], [1, 1], np.nan), "background_uncertainty"),
        (lambda: limits.ProfileLikelihood(np.ones((3, 2)), [1, 1], np.ones((4, 2))), "observed"),
        (lambda: limits.ProfileLikelihood(np.ones((3, 2)), np.ones((4, 1, 2)), [1, 1], [0.1]), "background"),
        (lambda: limits.ProfileLikelihood([1, 1], [1, 1], [1, 1], shapes=[1, 1, 1]), "shapes"),
        (lambda: limits.ProfileLikelihood([[1, 1]] * 3, [1, 1], [1, 1]).q([1, 2]), "strength"),
        (lambda: limits.ProfileLikelihood(1, 1, 1).fit(-1), "strength"),
        (lambda: limits.ProfileLikelihood(1, 1, 1).asimov(-1), "strength"),
        (lambda: limits.ProfileLikelihood(1, 1, 1).toys(1, 0, rng=np.random.default_rng(1)), "n_toys"),
        (lambda: limits.ProfileLikelihood(1, 1, 1).cls_limit(0.3), "cl"),
        (
            lambda: limits.ProfileLikelihood(1, 1, 1).thresholds([2, 1], rng=np.random.default_rng(1)),
            "strengths",
        ),
        (lambda: limits.asimov_significance([1, 1], [1, 0]), "background"),
        (lambda: limits.asimov_significance([1, 1], [1, 1, 1]), "background"),
        (lambda: limits.asimov_significance([1, 1], [1, 1], [0.1, 0.1]), "background"),
        (lambda: limits.asimov_significance([1, 1], [1, 1], -1), "background_uncertainty"),
        (lambda: limits.discovery_reach([1, 1], [1, 1], 0.1, significance=0), "significance"),
    ],
)
def test_bad_input_is_a_value_error_naming_the_argument(call, argument):
    with pytest.raises(ValueError, match=argument):
        call()
