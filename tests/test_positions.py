"""helpers/positions.py: estimates of a position against the likelihood itself and against their bound."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multinomial, poisson

from helpers import hits, positions

ARRAYS = {n: hits.array(n) for n in hits.RINGS}
ARRAY = ARRAYS[127]
RESPONSE = hits.LightResponse(ARRAY)
both = pytest.mark.parametrize("array", ARRAYS.values(), ids=ARRAYS)
few = settings(max_examples=25, deadline=None)
inside = st.tuples(st.floats(0, 1), st.floats(0, 2 * np.pi))  # share of the radius, angle


def rng(seed=0):
    return np.random.default_rng(seed)


def xy(place, array=ARRAY):
    r, angle = place[0] * array.radius, place[1]
    return [r * np.cos(angle)], [r * np.sin(angle)]


def rms(estimate, x, y):
    return np.sqrt(np.mean((estimate - np.column_stack([x, y])) ** 2))


def patterns_at(n, n_photons, seed, response=RESPONSE, within=0.95, dead=()):
    draw = rng(seed)
    x, y = hits.uniform(n, response.array, rng=draw, within=within)
    return x, y, hits.simulate(x, y, n_photons, response, rng=draw, dead=dead)


def log_likelihood(patterns, response, places):
    """Of each pattern at each place, (n, m), less the multinomial coefficient: from the shares alone."""
    return np.asarray(patterns, float) @ np.log(response.expected(*np.transpose(places))).T


def square(half, spacing, middle=(0.0, 0.0), array=ARRAY):
    """A square grid round a place, less what lies outside of the detector."""
    line = np.arange(-half, half + spacing / 2, spacing)
    grid = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2) + middle
    return grid[np.hypot(*grid.T) <= array.radius]


def test_log_likelihood_of_these_tests_is_the_multinomials():
    _, _, patterns = patterns_at(3, 200, 10)
    grid = square(470, 60.0)
    ours = log_likelihood(patterns, RESPONSE, grid)
    theirs = np.array([multinomial.logpmf(p, 200, RESPONSE.expected(*grid.T)) for p in patterns])
    np.testing.assert_allclose(ours - ours[:, :1], theirs - theirs[:, :1], atol=1e-7)


def test_centroid_is_the_mean_place_of_the_photons():
    np.testing.assert_allclose(positions.centroid(np.eye(127), ARRAY), ARRAY.positions, atol=1e-9)
    two = np.zeros((1, 127))
    two[0, [4, 90]] = 1, 3
    expected = (ARRAY.positions[4] + 3 * ARRAY.positions[90]) / 4
    np.testing.assert_allclose(positions.centroid(two, ARRAY)[0], expected, atol=1e-9)


# --- the bound --------------------------------------------------------------------------------------------


def bound_by_hand(x, y, n_photons, response):
    e = 1e-3
    slope = np.stack(
        [response.expected(x + dx, y + dy) - response.expected(x - dx, y - dy) for dx, dy in ((e, 0), (0, e))]
    ) / (2 * e)
    information = n_photons * np.einsum("ant,bnt->nab", slope / response.expected(x, y), slope)
    return np.sqrt(np.trace(np.linalg.inv(information), axis1=1, axis2=2) / 2)


def test_bound_is_the_inverse_of_the_mean_curvature_of_the_likelihood():
    # Unequal gains: x and y are then tied to each other.
    response = RESPONSE.altered(gain=rng(11).uniform(0.1, 2, 127))
    x, y = hits.uniform(200, ARRAY, rng=rng(11), within=0.99)
    x[0] = y[0] = 0
    n_photons = rng(12).uniform(10, 1e4, 200)
    for n in (n_photons, 700):
        found = positions.cramer_rao(x, y, n, response)
        np.testing.assert_allclose(found, bound_by_hand(x, y, np.reshape(n, (-1, 1, 1)), response), rtol=1e-5)


@given(inside, st.floats(1, 1e5))
@few
def test_bound_falls_with_the_root_of_the_light(place, n_photons):
    one, many = (positions.cramer_rao(*xy(place), n, RESPONSE) for n in (n_photons, 4 * n_photons))
    np.testing.assert_allclose(one, 2 * many, rtol=1e-9)


@both
@given(place=inside)
@few
def test_bound_is_the_same_after_a_sixth_of_a_turn(array, place):
    response = hits.LightResponse(array)
    there = xy(place, array)
    turned = xy((place[0], place[1] + np.pi / 3), array)
    one, other = (positions.cramer_rao(*where, 100, response) for where in (there, turned))
    np.testing.assert_allclose(one, other, rtol=1e-6)


def test_bound_for_light_in_the_middle_of_a_fine_array():
    """Photons that fall on a plane from height h have information 0.6/h² per axis: ∫ (∂ log p)² p."""
    wide = hits.LightResponse(hits.array(253, radius=1e5), height=1.2e4, reflectivity=0, diffuse=0)
    expected = 1.2e4 / np.sqrt(0.6 * 100)
    assert positions.cramer_rao([0.0], [0.0], 100, wide)[0] == pytest.approx(expected, rel=0.03)


@pytest.mark.parametrize("n_pmts, bound", [(127, 9.484), (253, 9.993)])
def test_bound_in_the_middle_for_hundred_photons(n_pmts, bound):
    """Pinned [mm]: with the default response, what lesson 06 measures everything against."""
    response = hits.LightResponse(ARRAYS[n_pmts])
    assert positions.cramer_rao([0.0], [0.0], 100, response)[0] == pytest.approx(bound, abs=0.001)


def test_a_response_that_knows_nothing_has_no_bound_and_no_better_guess_than_the_middle():
    flat = RESPONSE.altered(diffuse=1.0)
    assert positions.cramer_rao([50.0], [0.0], 100, flat)[0] == np.inf
    posterior = positions.posterior_mean(np.ones((1, 127)), flat)
    np.testing.assert_allclose(posterior.mean, 0, atol=0.5)
    np.testing.assert_allclose(posterior.covariance[0], np.eye(2) * ARRAY.radius**2 / 4, rtol=0.01, atol=50)


# --- maximum likelihood -----------------------------------------------------------------------------------


@both
def test_maximum_likelihood_is_unbiased_and_at_the_bound(array):
    response = hits.LightResponse(array)
    n = 10_000
    x, y, patterns = patterns_at(n, 3000, 12, response, within=0.85)
    estimate = positions.maximum_likelihood(patterns, response)
    away = estimate - np.column_stack([x, y])
    bound = np.sqrt(np.mean(positions.cramer_rao(x, y, 3000, response) ** 2))
    assert rms(estimate, x, y) == pytest.approx(bound, rel=0.03)
    assert np.all(np.abs(away.mean(axis=0)) < 4 * bound / np.sqrt(n))
    radial = np.sum(away * np.column_stack([x, y]), axis=1) / np.hypot(x, y)
    assert abs(radial.mean()) < 4 * bound / np.sqrt(n)


def test_maximum_likelihood_is_the_maximum_and_stays_inside():
    x, y, patterns = patterns_at(300, 60, 13, within=1.0)
    estimate = positions.maximum_likelihood(patterns, RESPONSE)
    r = np.hypot(*estimate.T)
    assert np.all(r <= ARRAY.radius * (1 + 1e-9))
    reached = np.diagonal(log_likelihood(patterns, RESPONSE, estimate))
    assert np.all(reached > log_likelihood(patterns, RESPONSE, square(480, 6.0)).max(axis=1) - 0.01)
    near = positions.maximum_likelihood(patterns, RESPONSE, start=np.column_stack([x, y]))
    assert np.mean(np.linalg.norm(near - estimate, axis=1) < 1) > 0.97
    # No small step leads higher: in any direction in the middle, along the wall at the wall.
    at_wall = r > ARRAY.radius * (1 - 1e-9)
    assert 5 < at_wall.sum() < 150
    bound = positions.cramer_rao(*estimate.T, 60, RESPONSE)
    for k, (where, step) in enumerate(zip(estimate, 0.03 * bound, strict=True)):
        if at_wall[k]:
            angle = np.arctan2(where[1], where[0]) + np.array([-1, 1]) * step / ARRAY.radius
            beside = ARRAY.radius * np.column_stack([np.cos(angle), np.sin(angle)])
        elif r[k] < ARRAY.radius - 1:
            beside = where + step * np.array([[1, 0], [-1, 0], [0, 1], [0, -1]])
        else:
            continue
        assert np.all(log_likelihood(patterns[k], RESPONSE, beside) < reached[k])


def test_dead_tubes_that_are_known_are_not_read():
    dead = [20, 63, 64, 99]
    _, _, patterns = patterns_at(100, 500, 22)
    quiet = patterns.copy()
    quiet[:, dead] = 0
    known = RESPONSE.without(dead)
    for estimate in (
        lambda p: positions.maximum_likelihood(p, known),
        lambda p: positions.posterior_mean(p, known).mean,
        lambda p: positions.posterior_grid(p, known)[0],
    ):
        np.testing.assert_array_equal(estimate(patterns), estimate(quiet))


def test_a_fit_pays_for_a_wrong_response_and_for_dead_tubes_that_it_does_not_know():
    truth = RESPONSE.altered(gain=rng(16).lognormal(0, 0.2, 127), reflectivity=0.8)
    x, y, patterns = patterns_at(1500, 3000, 17, truth)
    right, wrong = (rms(positions.maximum_likelihood(patterns, r), x, y) for r in (truth, RESPONSE))
    assert wrong > 1.5 * right

    dead = [20, 63, 64, 99]
    x, y, patterns = patterns_at(1500, 3000, 18, dead=dead)
    known, unknown = (
        rms(positions.maximum_likelihood(patterns, r), x, y) for r in (RESPONSE.without(dead), RESPONSE)
    )
    assert unknown > 1.5 * known


def doubtful_likelihood(pattern, shares, dead_share):
    """Of one pattern at places with these shares (m, n_pmts), the true size profiled: from Poisson itself."""
    sizes = pattern.sum() * np.geomspace(0.9, 2.5, 400)[:, None, None]
    alive = np.log(1 - dead_share) + poisson.logpmf(pattern, sizes * shares)
    value = np.where(pattern == 0, np.logaddexp(alive, np.log(dead_share)), alive)
    return value.sum(axis=2).max(axis=0)


def test_told_that_tubes_may_be_dead_the_fit_is_the_maximum_of_that_likelihood():
    dead = [20, 63, 64, 99]
    x, y, patterns = patterns_at(40, 300, 24, dead=dead)
    estimate = positions.maximum_likelihood(patterns, RESPONSE, dead_share=0.05)
    assert np.all(np.hypot(*estimate.T) <= ARRAY.radius * (1 + 1e-9))
    for pattern, place in zip(patterns, estimate, strict=True):
        grid = square(80, 20.0, place)
        grid = grid[np.hypot(*grid.T) < ARRAY.radius]
        reached = doubtful_likelihood(pattern, RESPONSE.expected(*place[:, None]), 0.05)[0]
        assert reached > doubtful_likelihood(pattern, RESPONSE.expected(*grid.T), 0.05).max() - 0.02


def test_told_that_tubes_may_be_dead_the_fit_is_as_good_as_one_told_which():
    x, y, patterns = patterns_at(1500, 1000, 25, dead=[20, 63, 64, 99])
    fit = positions.maximum_likelihood
    which, may_be, not_told = (
        rms(estimate, x, y)
        for estimate in (
            fit(patterns, RESPONSE.without([20, 63, 64, 99])),
            fit(patterns, RESPONSE, dead_share=4 / 127),
            fit(patterns, RESPONSE),
        )
    )
    assert may_be == pytest.approx(which, rel=0.03)
    assert not_told > 1.5 * may_be


def test_where_no_tube_is_dead_a_small_doubt_changes_nothing():
    """Poisson with its size fitted is the multinomial: with a doubt that goes to 0 both fits are one."""
    x, y, patterns = patterns_at(200, 500, 26)
    plain = positions.maximum_likelihood(patterns, RESPONSE)
    np.testing.assert_allclose(
        positions.maximum_likelihood(patterns, RESPONSE, dead_share=1e-12), plain, atol=0.1
    )
    np.testing.assert_array_equal(positions.maximum_likelihood(patterns, RESPONSE, dead_share=0), plain)


# --- the posterior ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("n_photons, n", [(100, 2500), (3000, 2500)])
def test_posterior_mean_beats_maximum_likelihood_and_knows_its_error(n_photons, n):
    x, y, patterns = patterns_at(n, n_photons, 14)
    posterior = positions.posterior_mean(patterns, RESPONSE, within=0.95)
    assert rms(posterior.mean, x, y) <= rms(positions.maximum_likelihood(patterns, RESPONSE), x, y)
    variance = np.diagonal(posterior.covariance, axis1=1, axis2=2)
    foreseen = np.sqrt(variance.mean())
    assert rms(posterior.mean, x, y) == pytest.approx(foreseen, rel=0.04)
    within_one = np.abs(posterior.mean - np.column_stack([x, y])) < np.sqrt(variance)
    assert within_one.mean() == pytest.approx(0.683, abs=0.02)


@pytest.mark.parametrize("n_photons, spacing", [(8, 15.0), (100, 2.0), (3000, 0.25)])
@pytest.mark.parametrize(
    "place, of_mean, of_width", [(0.3, 1e-3, 1e-3), (0.93, 0.15, 0.03), (1.0, 0.15, 0.06)]
)
def test_posterior_is_that_of_a_fine_grid(n_photons, spacing, place, of_mean, of_width):
    """In the middle the sum over 169 points is exact; at the wall, which cuts the posterior, nearly so."""
    angle = np.linspace(0, 5, 6)
    x, y = place * ARRAY.radius * np.cos(angle), place * ARRAY.radius * np.sin(angle)
    patterns = hits.simulate(x, y, n_photons, RESPONSE, rng=rng(15))
    posterior = positions.posterior_mean(patterns, RESPONSE)
    for pattern, mean, covariance in zip(patterns, *posterior, strict=True):
        grid = square(60 * spacing, spacing, mean)
        weight = log_likelihood(pattern, RESPONSE, grid)
        weight = np.exp(weight - weight.max())
        weight /= weight.sum()
        exact = weight @ grid
        spread = (weight[:, None] * (grid - exact)).T @ (grid - exact)
        width = np.sqrt(np.trace(spread) / 2)
        assert np.linalg.norm(mean - exact) < of_mean * width
        assert np.sqrt(np.trace(covariance) / 2) == pytest.approx(width, rel=of_width)


@pytest.mark.parametrize("n_photons", [300, 3000])
def test_posterior_grid_has_the_posteriors_mean_and_width(n_photons):
    _, _, patterns = patterns_at(300, n_photons, 19)
    posterior = positions.posterior_mean(patterns, RESPONSE)
    for side, tolerance in ((5, 0.1), (9, 0.03)):
        points, probability = positions.posterior_grid(patterns, RESPONSE, side=side)
        assert points.shape == (300, side**2, 2)
        np.testing.assert_allclose(probability.sum(axis=1), 1)
        mean = np.einsum("np,npa->na", probability, points)
        variance = np.einsum("np,npa->n", probability, (points - mean[:, None]) ** 2)
        width2 = np.trace(posterior.covariance, axis1=1, axis2=2)
        assert np.median(np.linalg.norm(mean - posterior.mean, axis=1) / np.sqrt(width2)) < tolerance
        assert np.median(variance / width2) == pytest.approx(1, abs=tolerance)


def test_posterior_grid_has_its_points_one_bound_apart():
    """Five points a bound apart have a variance of two bounds squared along each axis."""
    _, _, patterns = patterns_at(20, 100, 23, within=0.8)
    points, _ = positions.posterior_grid(patterns, RESPONSE)
    apart = np.sqrt(points.var(axis=1).sum(axis=1) / 2 / 2)
    bound = positions.cramer_rao(*points.mean(axis=1).T, 100, RESPONSE)
    np.testing.assert_allclose(apart, bound, rtol=2e-3)


def test_posterior_grid_gives_the_outside_of_the_disc_no_weight():
    x, y = 0.9 * ARRAY.radius * np.stack([np.cos(np.arange(50)), np.sin(np.arange(50))])
    patterns = hits.simulate(x, y, 1000, RESPONSE, rng=rng(20))
    points, probability = positions.posterior_grid(patterns, RESPONSE, within=0.9)
    outside = np.linalg.norm(points, axis=2) > 0.9 * ARRAY.radius + 10
    inside = outside.sum(axis=1) < points.shape[1]
    assert np.any(outside)
    assert (probability * outside).sum(axis=1)[inside].max() < 0.01


def test_events_outside_the_prior_are_placed_at_its_edge():
    angle = rng(1).uniform(0, 2 * np.pi, 200)
    x, y = 0.99 * ARRAY.radius * np.cos(angle), 0.99 * ARRAY.radius * np.sin(angle)
    patterns = hits.simulate(x, y, 1000, RESPONSE, rng=rng(2))
    posterior = positions.posterior_mean(patterns, RESPONSE, within=0.95)
    inwards = 0.95 - np.hypot(*posterior.mean.T) / ARRAY.radius
    assert -0.03 < inwards.min() and inwards.max() < 0.05 and np.median(np.abs(inwards)) < 0.008
    assert np.all(np.linalg.eigvalsh(posterior.covariance) > 0)


def test_no_patterns_give_no_positions():
    none = np.empty((0, 127))
    assert positions.centroid(none, ARRAY).shape == (0, 2)
    assert positions.maximum_likelihood(none, RESPONSE).shape == (0, 2)
    assert positions.maximum_likelihood(none, RESPONSE, start=np.empty((0, 2))).shape == (0, 2)
    assert positions.maximum_likelihood(none, RESPONSE, dead_share=0.1).shape == (0, 2)
    assert positions.posterior_mean(none, RESPONSE).covariance.shape == (0, 2, 2)
    assert positions.posterior_grid(none, RESPONSE)[0].shape == (0, 25, 2)
    assert positions.cramer_rao([], [], 10, RESPONSE).shape == (0,)


# --- at the door ------------------------------------------------------------------------------------------

ONE = np.ones((1, 127))
NO_MASK = np.ma.masked_equal([[1.0] * 126 + [2.0]], 2)


@pytest.mark.parametrize(
    "name, call",
    [
        ("patterns", lambda: positions.centroid(np.zeros((2, 127)), ARRAY)),
        ("patterns", lambda: positions.centroid(ONE[0], ARRAY)),
        ("patterns", lambda: positions.centroid(ONE[:, 1:], ARRAY)),
        ("patterns must not be masked", lambda: positions.centroid(NO_MASK, ARRAY)),
        ("patterns must not be masked", lambda: positions.maximum_likelihood(NO_MASK, RESPONSE)),
        ("patterns", lambda: positions.maximum_likelihood(-ONE, RESPONSE)),
        ("patterns", lambda: positions.posterior_mean(np.eye(127)[:1], RESPONSE.without([0]))),
        ("start", lambda: positions.maximum_likelihood(np.ones((2, 127)), RESPONSE, start=[[0, 0]])),
        ("start", lambda: positions.maximum_likelihood(ONE, RESPONSE, start=[[0, 480]])),
        ("dead_share", lambda: positions.maximum_likelihood(ONE, RESPONSE, dead_share=1)),
        ("within", lambda: positions.posterior_mean(ONE, RESPONSE, within=2)),
        ("within", lambda: positions.posterior_grid(ONE, RESPONSE, within=0)),
        ("side", lambda: positions.posterior_grid(ONE, RESPONSE, side=2)),
        ("n_photons", lambda: positions.cramer_rao([0.0], [0.0], 0, RESPONSE)),
        ("n_photons must be one number or 1", lambda: positions.cramer_rao([0.0], [0.0], [1, 2], RESPONSE)),
        ("n_photons", lambda: positions.cramer_rao([0.0], [0.0], np.ma.masked_equal([1.0], 1), RESPONSE)),
        ("x, y", lambda: positions.cramer_rao([480.0], [0.0], 1, RESPONSE)),
    ],
)
def test_bad_input_is_named(name, call):
    with pytest.raises(ValueError, match=rf"^{name}\b"):
        call()


def test_with_doubtful_tubes_the_search_begins_near_the_flash():
    dead = [20, 63, 64, 99]
    x, y, patterns = patterns_at(300, 1000, 25, within=0.8, dead=dead)
    start = positions._best_of_doubtful_grid(patterns, RESPONSE, 0.05)
    assert np.median(np.hypot(*(start - np.column_stack([x, y])).T)) < 10  # mm; two tubes lie 71 mm apart
