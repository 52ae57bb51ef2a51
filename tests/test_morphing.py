import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from helpers import data, limits, releases
from helpers.likelihood import NOTHING
from helpers.morphing import MorphedLikelihood, Template, _Bent, _weights, continued, light_wimp_search

GRID = np.array([-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0])
FREE = (0.0, np.inf)


def small(observed, n_points=7):
    """A toy of the real thing: one common efficiency, one flux, a template that bends in two shifts."""
    x, y = np.meshgrid(GRID, GRID, indexing="ij")
    bins = np.arange(5)
    bent = np.exp(0.2 * x[..., None] + 0.1 * y[..., None] * (bins - 2) / 2) * np.array([3.0, 2, 1, 0.5, 0.2])
    other = np.exp(0.1 * x[..., None] - 0.2 * y[..., None]) * np.array([1.0, 2, 3, 2, 1])
    return MorphedLikelihood(
        Template(bent, ("efficiency",)),
        [Template(other, ("efficiency", "flux")), Template(np.full(5, 1.5), ("flat",))],
        observed,
        normalisations={"efficiency": (0.25, 0.5, 1.5), "flux": (0.04, *FREE), "flat": (0.3, *FREE)},
        shifts={"light_yield": GRID, "charge_yield": GRID},
    )


@given(st.lists(st.floats(-3, 3), min_size=1, max_size=20))
def test_weights_are_a_partition_that_reproduces_lines(shifts):
    shifts = np.array(shifts)
    weights = _weights(shifts, GRID)
    assert np.all(weights >= -1e-12)
    np.testing.assert_allclose(weights.sum(axis=1), 1)
    np.testing.assert_allclose(weights @ (2 * GRID + 1), 2 * shifts + 1, atol=1e-12)
    np.testing.assert_allclose(_weights(shifts, GRID, 1) @ GRID, 1)


def test_weights_are_linear_interpolation_away_from_the_grid_points_and_smooth_at_them():
    values = GRID**2
    between = np.linspace(-3, 3, 1201)
    away = np.abs(between - np.round(between)) > 0.2
    inside = np.interp(between, GRID, values)
    np.testing.assert_allclose((_weights(between, GRID) @ values)[away], inside[away], atol=1e-12)
    assert np.max(np.abs(_weights(between, GRID) @ values - inside)) <= 0.2 / 4 * 2 + 1e-12
    step = 1e-6
    for order in (1, 2):
        numeric = (_weights(between + step, GRID, order - 1) - _weights(between - step, GRID, order - 1)) / (
            2 * step
        )
        edge = np.abs(np.abs(between - np.round(between)) - 0.2) < 2 * step  # where the parabola begins
        edge |= np.abs(np.abs(between) - 3) < 2 * step
        np.testing.assert_allclose(_weights(between, GRID, order)[~edge], numeric[~edge], atol=1e-4)


@given(st.lists(st.integers(0, 12), min_size=4, max_size=4), st.floats(0, 3))
@settings(max_examples=25, deadline=None)
def test_without_a_grid_it_is_the_profile_likelihood(observed, strength):
    signal, flat, falling = np.array([4.0, 2, 1, 0.5]), np.full(4, 1.5), np.array([3.0, 2, 1, 1])
    ours = MorphedLikelihood(
        Template(signal),
        [Template(flat, ("flat",)), Template(falling, ("falling",))],
        observed,
        normalisations={"flat": (0.3, *FREE), "falling": (0.1, *FREE)},
        shifts={},
    )
    theirs = limits.ProfileLikelihood(signal, [flat, falling], observed, background_uncertainty=[0.3, 0.1])
    assert ours.q(strength) == pytest.approx(theirs.q(strength), abs=1e-5)
    assert ours.best_fit == pytest.approx(theirs.best_fit, abs=3e-4)
    assert ours.upper_limit() == pytest.approx(theirs.upper_limit(), rel=1e-5)
    assert ours.interval() == pytest.approx(theirs.interval(), rel=1e-5, abs=1e-7)
    assert ours.q(strength, one_sided=True) == pytest.approx(theirs.q(strength, one_sided=True), abs=1e-5)


@pytest.mark.parametrize("observed", [[5, 4, 6, 3, 1], [0, 0, 0, 0, 0], [12, 9, 3, 1, 0], [1, 2, 9, 8, 7]])
def test_a_general_minimiser_finds_nothing_lower(observed):
    """Powell's method knows no derivatives and starts elsewhere."""
    likelihood = small(observed)
    low, high = likelihood._lowest, np.minimum(likelihood._highest, 30)
    problem = _Bent(likelihood, np.maximum(observed, NOTHING)[None], likelihood._measured, low, high)

    def value(parameters):
        inside = np.clip(parameters, low, high)[None]
        return problem.value(inside)[0][0]

    for strength in (None, 0.0, 1.5):
        fitted = likelihood.fit(strength).statistic / 2
        bounds = list(zip(low, high, strict=True))
        start = np.r_[0.7, 0.8, 1.05, 0.9, 0.4, -0.6]
        if strength is not None:
            events = strength * likelihood._total
            bounds[0], start[0] = (events, events + 1e-9), events
        other = optimize.minimize(
            value, start, method="Powell", bounds=bounds, options={"xtol": 1e-7, "ftol": 1e-10}
        )
        assert fitted <= other.fun + 1e-4
        assert fitted == pytest.approx(other.fun, abs=0.05)  # it may stop short in a valley


def test_gradient_is_the_slope_of_the_value():
    likelihood = small([5, 4, 6, 3, 1])
    here = np.array([[0.7, 0.8, 1.05, 0.9, 0.43, -0.61], [1.2, 1.1, 0.97, 1.3, 0.05, 1.95]])
    here[:, 0] *= likelihood._total
    counts, measured = np.tile(likelihood._counts, (2, 1)), np.tile(likelihood._measured, (2, 1))
    problem = _Bent(likelihood, counts, measured, likelihood._lowest, likelihood._highest)
    gradient, curvature = problem.slopes(here, problem.value(here)[1])
    for k in range(here.shape[1]):
        step = np.zeros(here.shape)
        step[:, k] = 1e-6
        up, down = (problem.value(here + sign * step)[0] for sign in (1, -1))
        np.testing.assert_allclose(gradient[:, k], (up - down) / 2e-6, rtol=1e-5, atol=1e-6)
    assert np.all(np.linalg.eigvalsh(curvature) > 0)


def test_efficiency_pulls_signal_and_background_together():
    """Their product with the strength is what data fix: half the efficiency, twice the strength."""
    fit = small([9, 8, 9, 6, 3]).fit(0.5)
    assert fit.nuisances["efficiency"] > 1
    assert set(fit.nuisances) == {"efficiency", "flux", "flat", "light_yield", "charge_yield"}
    low = small([0, 0, 0, 0, 0]).fit(2.0)
    assert low.nuisances["efficiency"] < 1 and low.nuisances["light_yield"] < 0
    assert 0.5 <= low.nuisances["efficiency"] and low.nuisances["light_yield"] >= -3


def test_many_data_sets_are_many_single_ones():
    observed = np.random.default_rng(1).poisson(3, (7, 5))
    together = small(observed)
    for k, one in enumerate(observed):
        assert together.q(1.0)[k] == pytest.approx(small(one).q(1.0), abs=1e-4)
    assert together.upper_limit()[3] == pytest.approx(small(observed[3]).upper_limit(), rel=1e-3)
    assert together.fit().expected.shape == (7, 5)


def test_a_normalisation_that_was_measured_elsewhere_is_pulled_there():
    model = MorphedLikelihood(
        Template(np.array([1.0])),
        [Template(np.array([100.0]), ("flat",))],
        np.array([[100.0], [100.0]]),
        normalisations={"flat": (0.1, *FREE)},
        shifts={},
    )
    told = model.measured(flat=[1.0, 1.3])
    # n/f − 100 = 100 (f − where), in hundreds: f² + (1 − where) f − 1 = 0
    expected = [1.0, (0.3 + (0.09 + 4) ** 0.5) / 2]
    np.testing.assert_allclose(told.fit(0.0).nuisances["flat"], expected, rtol=1e-4)
    np.testing.assert_allclose(model.fit(0.0).nuisances["flat"], 1.0, rtol=1e-6)
    with pytest.raises(ValueError, match="where"):
        model.measured(steep=1.0)


def test_statistic_grows_away_from_the_best_fit_and_limits_lie_on_the_threshold():
    likelihood = small([7, 6, 5, 3, 1])
    best = likelihood.best_fit
    assert best > 0 and likelihood.q(best) == pytest.approx(0, abs=1e-4)
    strengths = best + np.arange(6)
    assert np.all(np.diff([likelihood.q(strength) for strength in strengths]) > 0)
    assert likelihood.q(likelihood.upper_limit()) == pytest.approx(2.7055, abs=2e-3)
    assert likelihood.upper_limit(threshold=1.5) < likelihood.upper_limit()
    rising = likelihood.upper_limit(threshold=lambda strength: 1.5 + 0 * strength)
    assert rising == pytest.approx(likelihood.upper_limit(threshold=1.5), rel=1e-3)
    assert likelihood.significance() == pytest.approx(likelihood.q(0.0) ** 0.5)


def test_toys_redraw_counts_and_measurements_round_the_truth():
    likelihood = small([2, 1, 2, 1, 0])
    n_toys = 4000
    for truth in ("fitted", "predicted"):
        toys = likelihood.toys(2.0, n_toys, rng=np.random.default_rng(6), truth=truth)
        fit = likelihood.fit(2.0)
        true = list(fit.nuisances.values()) if truth == "fitted" else [1, 1, 1, 0, 0]
        widths = np.array([0.25, 0.04, 0.3, 1, 1])
        pulls = (toys._measured[:, 1:] - true) / widths
        assert np.all(np.abs(pulls.mean(axis=0)) < 4 / np.sqrt(n_toys))
        np.testing.assert_allclose(pulls.std(axis=0), 1, atol=4 / np.sqrt(2 * n_toys))
        if truth == "fitted":
            error = np.sqrt(fit.expected / n_toys)
            assert np.all(np.abs(toys._counts.mean(axis=0) - fit.expected) < 4 * error)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (dict(observed=[1, 2]), "observed"),
        (dict(observed=[1, 2, -3, 4, 5]), "observed"),
        (dict(normalisations={"a": (0.0, 0, 2)}), "normalisations"),
        (dict(normalisations={"a": (0.1, 1.2, 2)}), "normalisations"),
        (dict(normalisations={}), "scaled_by"),
        (dict(shifts={"s": [1.0, 2.0]}), "shifts"),
        (dict(shifts={"s": [1.0, 0.0, -1.0]}), "shifts"),
        (dict(signal=Template(np.ones((2, 5)))), "templates"),
        (dict(signal=Template(np.zeros(5))), "signal"),
        (dict(backgrounds=[Template(-np.ones(5))]), r"backgrounds\[0\]"),
        (dict(backgrounds=[], signal=Template([1, 1, 1, 1, 0])), "observed has events"),
    ],
)
def test_bad_input_is_named(change, says):
    good = dict(
        signal=Template(np.ones((3, 5)), ("a",)),
        backgrounds=[Template(np.ones(5))],
        observed=np.arange(5),
        normalisations={"a": (0.1, *FREE)},
        shifts={"s": [-1.0, 0.0, 1.0]},
    )
    arguments = good | change
    with pytest.raises(ValueError, match=says):
        MorphedLikelihood(
            arguments.pop("signal"), arguments.pop("backgrounds"), arguments.pop("observed"), **arguments
        )


@pytest.fixture
def release(monkeypatch):
    """The real release where the mirror or the cache has it; no test asks the network."""
    monkeypatch.setitem(data.RELEASES["xenonnt_light_wimp"], "url", "http://127.0.0.1:1/")
    data.retry()
    here = data.available([*releases.xenonnt_files(), *releases.xenonnt_files(12)])
    data.retry()
    if not here:
        pytest.skip(here.reason)
    return releases.xenonnt_light_wimp()


def test_boron_is_seen_as_published(release):
    """2.73 σ in arXiv 2408.02877; the release's bins and constraints give 2.66 to 2.68."""
    search = light_wimp_search(release)
    assert search.significance() == pytest.approx(2.67, abs=0.02)
    assert search.fit().nuisances["light_yield"] == pytest.approx(0.18, abs=0.05)


def test_asymptotic_limit_at_twelve_gev_is_too_weak_by_a_third(release):
    search = light_wimp_search(release, releases.xenonnt_wimp(12))
    published = release.limits.set_index("dm_mass_gev").loc[12, "unconstrained_upper_limit_cm2"]
    assert search.upper_limit() * 1e-45 / published == pytest.approx(1.345, abs=0.01)
    threshold, error = search.critical_value(0.085, rng=np.random.default_rng(1), n_toys=1000)
    assert threshold + 3 * error < 2.71


def test_no_other_start_leads_lower(release):
    """The likelihood in the yields is not convex by construction: other starts must end where ours does."""
    search = light_wimp_search(release, releases.xenonnt_wimp(12))
    toys = search.toys(0.08, 100, rng=np.random.default_rng(2))
    found = toys.fit(0.08).statistic
    for light, charge in ((-1.5, -1.5), (-1.5, 1.5), (1.5, -1.5), (1.5, 1.5)):
        toys._start[:, -2:] = light, charge
        assert np.all(toys.fit(0.08).statistic > found - 2e-3)


def test_known_yields_give_stronger_limits(release):
    wimp = releases.xenonnt_wimp(12)
    assert (
        light_wimp_search(release, wimp, yields=False).upper_limit()
        < light_wimp_search(release, wimp).upper_limit()
    )


# --- continued -----------------------------------------------------------------------------------------------


def test_continued_templates_that_grow_by_a_factor_a_sigma_are_exact():
    def made(shifts):
        light, charge = np.meshgrid(shifts, shifts, indexing="ij")
        return 1.2 ** light[..., None] * 1.5 ** charge[..., None] * np.array([1.0, 7.0])

    known, all_shifts = np.array([-1.0, 0, 1]), np.arange(-3.0, 4)
    assert continued(made(known), all_shifts) == pytest.approx(made(all_shifts))


def test_continued_keeps_what_was_given_and_bends_at_one_sigma():
    events = np.ones((3, 3, 1))
    events[2] = 2  # grows above 0, is flat below
    found = continued(events, np.arange(-3.0, 4))[:, 3, 0]
    assert found == pytest.approx([1, 1, 1, 1, 2, 4, 8])


@pytest.mark.parametrize(
    "events, shifts, says", [(np.ones((7, 7, 2)), [0], "shape"), (np.ones((3, 3)), [0.5], "whole")]
)
def test_continued_says_what_is_wrong(events, shifts, says):
    with pytest.raises(ValueError, match=says):
        continued(events, shifts)
