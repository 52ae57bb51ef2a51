"""The array's symmetry, where every photon goes, and position fits against their bound."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import pdist, squareform
from scipy.stats import chisquare, multinomial

from helpers import hits, positions

ARRAYS = {n: hits.array(n) for n in hits.RINGS}
ARRAY = ARRAYS[127]
RESPONSE = hits.LightResponse(ARRAY)
both = pytest.mark.parametrize("array", ARRAYS.values(), ids=ARRAYS)
few = settings(max_examples=25, deadline=None)
inside = st.tuples(st.floats(0, 1), st.floats(0, 2 * np.pi))  # share of the radius, angle


def rng(seed=0):
    return np.random.default_rng(seed)


def turned(positions, angle=np.pi / 3):
    """Positions (n, 2), turned about the detector's axis."""
    cos, sin = np.cos(angle), np.sin(angle)
    return positions @ np.array([[cos, sin], [-sin, cos]])


def turned_tubes(array):
    """For each tube, the number of the one that lies where it comes to lie after a sixth of a turn."""
    apart = np.linalg.norm(turned(array.positions)[:, None] - array.positions, axis=-1)
    assert np.all(apart.min(axis=1) < 1e-6 * array.pitch)
    return apart.argmin(axis=1)


def xy(place, array=ARRAY):
    r, angle = place[0] * array.radius, place[1]
    return [r * np.cos(angle)], [r * np.sin(angle)]


def rms(estimate, x, y):
    return np.sqrt(np.mean((estimate - np.column_stack([x, y])) ** 2))


# --- the array --------------------------------------------------------------------------------------------


@both
def test_array_is_a_hexagon_that_a_sixth_of_a_turn_leaves_alone(array):
    assert array.n_pmts in (127, 253) and array.positions.shape == array.axial.shape == (array.n_pmts, 2)
    assert len(set(map(tuple, array.axial))) == array.n_pmts
    assert sorted(turned_tubes(array)) == list(range(array.n_pmts))
    np.testing.assert_allclose(array.positions.mean(axis=0), 0, atol=1e-9)
    assert array.n_pmts * np.sqrt(0.75) * array.pitch**2 == pytest.approx(np.pi * array.radius**2)


def test_the_253_lack_three_tubes_at_each_corner():
    axial = ARRAYS[253].axial
    ring = np.abs(np.column_stack([axial, axial.sum(axis=1)])).max(axis=1)
    assert np.bincount(ring).tolist() == [1, *(6 * k for k in range(1, 9)), 54 - 18]
    farthest = np.linalg.norm(ARRAYS[253].positions, axis=1).max()
    assert farthest == pytest.approx(np.sqrt(67) * ARRAYS[253].pitch)  # (7, 2) on the lattice


@both
def test_neighbours_are_the_tubes_one_pitch_away(array):
    near = np.abs(squareform(pdist(array.positions)) - array.pitch) < 1e-6 * array.pitch
    graph = np.zeros_like(near)
    graph[tuple(array.edges.T)] = True
    np.testing.assert_array_equal(graph | graph.T, near)
    assert np.all(array.edges[:, 0] < array.edges[:, 1])

    padded = np.append(np.ones(array.n_pmts), 0)[array.neighbours]
    np.testing.assert_array_equal(padded.sum(axis=1), near.sum(axis=1))
    if array.n_pmts == 127:
        assert np.bincount(near.sum(axis=1)).tolist() == [0, 0, 0, 6, 30, 0, 91]
        assert len(array.edges) == 342


@both
@pytest.mark.parametrize("channels", [(), (4,)], ids=["one channel", "four"])
def test_grid_and_image_keep_what_they_show(array, channels):
    patterns = rng().poisson(3.0, (20, array.n_pmts, *channels))
    grid, image = array.to_grid(patterns), array.to_image(patterns)
    side = {127: 13, 253: 19}[array.n_pmts]
    assert grid.shape == (20, side, side, *channels) and image.shape == (20, 32, 32, *channels)
    assert grid.dtype == image.dtype == np.float32
    np.testing.assert_array_equal(array.from_grid(grid), patterns)
    np.testing.assert_array_equal(grid.sum((1, 2)), patterns.sum(1))
    np.testing.assert_allclose(image.sum((1, 2)), patterns.sum(1), rtol=1e-5)


@both
def test_neighbours_are_adjacent_cells_of_the_grid(array):
    cells = np.stack(np.nonzero(array.to_grid(np.ones((1, array.n_pmts)))[0]), axis=1)
    one = array.to_grid(np.eye(array.n_pmts)).reshape(array.n_pmts, -1).argmax(axis=1)
    side = len(array.to_grid(np.ones((1, array.n_pmts)))[0])
    assert len(cells) == array.n_pmts
    steps = np.column_stack(np.divmod(one, side))[array.edges]
    assert {tuple(step) for step in steps[:, 1] - steps[:, 0]} == {(0, 1), (1, 0), (1, -1)}


@both
def test_image_puts_each_tube_where_it_is(array):
    image = array.to_image(np.eye(array.n_pmts), size=64)
    half = max(array.radius, np.abs(array.positions).max() + array.pitch / 2)
    line = ((np.arange(64) + 0.5) / 32 - 1) * half
    drawn = np.column_stack([image.sum(1) @ line, image.sum(2) @ line])
    np.testing.assert_allclose(drawn, array.positions, atol=half / 64)


# --- the light response -----------------------------------------------------------------------------------


@given(inside, st.floats(10, 300), st.floats(0, 1), st.floats(0, 1))
@few
def test_shares_are_shares(place, height, reflectivity, diffuse):
    response = hits.LightResponse(ARRAY, height, reflectivity, diffuse)
    shares = response.expected(*xy(place))
    assert shares.shape == (1, 127) and shares.min() >= diffuse / 127 * (1 - 1e-9)
    assert shares.sum() == pytest.approx(1, abs=1e-12)


@both
@given(place=inside)
@few
def test_turning_the_light_by_a_sixth_turns_the_pattern(array, place):
    response = hits.LightResponse(array)
    there = np.column_stack(xy(place, array))
    shares = response.expected(*there.T)
    np.testing.assert_allclose(
        response.expected(*turned(there).T)[:, turned_tubes(array)], shares, rtol=1e-6, atol=1e-12
    )
    one, other = (positions.cramer_rao(*where.T, 100, response) for where in (there, turned(there)))
    np.testing.assert_allclose(one, other, rtol=1e-6)


def test_direct_light_falls_as_the_solid_angle():
    response = hits.LightResponse(ARRAY, height=50, reflectivity=0, diffuse=0)
    shares = response.expected([30.0], [-70.0])[0]
    away2 = np.sum((ARRAY.positions - [30, -70]) ** 2, axis=1)
    solid_angle = 50 / (50**2 + away2) ** 1.5
    np.testing.assert_allclose(shares, solid_angle / solid_angle.sum(), rtol=1e-9)


def test_the_response_integrates_to_the_light_through_a_disc():
    """Tubes that are small beside the height sample the solid angle of a whole disc: 2π (1 - h/√(h² + a²))."""
    array = hits.array(253, radius=500.0)
    height = 300.0
    shares = hits.LightResponse(array, height, reflectivity=0, diffuse=0).expected([0.0], [0.0])[0]
    a = 4.4 * array.pitch
    near = np.linalg.norm(array.positions, axis=1) < a

    def through(area):
        return 1 - 1 / np.sqrt(1 + area / np.pi / height**2)

    cell = np.sqrt(0.75) * array.pitch**2
    assert shares[near].sum() == pytest.approx(through(near.sum() * cell) / through(253 * cell), rel=0.01)


def test_wall_adds_the_light_of_the_mirror_image():
    x, y = [0.9 * ARRAY.radius], [0.0]
    weight = {}
    for place in (0.9, 1 / 0.9):
        away2 = np.sum((ARRAY.positions - [place * ARRAY.radius, 0]) ** 2, axis=1)
        weight[place] = (1 + away2 / 65**2) ** -1.5
    both = weight[0.9] + 0.7 * weight[1 / 0.9]
    shares = hits.LightResponse(ARRAY, 65, reflectivity=0.7, diffuse=0).expected(x, y)[0]
    np.testing.assert_allclose(shares, both / both.sum(), rtol=1e-9)

    # Light at the wall is its own image; in the middle there is none.
    for place in ([ARRAY.radius], [0.0]):
        black, mirror = (hits.LightResponse(ARRAY, reflectivity=k).expected(place, [0.0]) for k in (0, 1))
        np.testing.assert_allclose(black, mirror, rtol=1e-9)


def test_an_s1_lights_all_tubes_alike_and_gain_scales_them():
    shares = RESPONSE.altered(diffuse=1.0).expected([100.0], [200.0])
    np.testing.assert_allclose(shares, 1 / 127, rtol=1e-12)
    gain = rng().uniform(0.5, 2, 127)
    plain, scaled = (r.expected([100.0], [200.0]) for r in (RESPONSE, RESPONSE.altered(gain=gain)))
    np.testing.assert_allclose(scaled, plain * gain / np.sum(plain * gain), rtol=1e-12)
    known = RESPONSE.without([3, 70]).expected([100.0], [200.0])[0]
    assert known[3] == known[70] == 0 and known.sum() == pytest.approx(1)


# --- counts -----------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=8), st.integers(0, 2**32 - 1))
@few
def test_no_photon_is_lost(n_photons, seed):
    draw = rng(seed)
    x, y = hits.uniform(len(n_photons), ARRAY, rng=draw)
    patterns = hits.simulate(x, y, n_photons, RESPONSE, rng=draw)
    assert patterns.dtype == np.float32 and np.all(patterns == np.rint(patterns)) and patterns.min() >= 0
    np.testing.assert_array_equal(patterns.sum(axis=1), n_photons)


def test_counts_follow_the_shares():
    n, x, y = 4000, 210.0, -330.0
    patterns = hits.simulate(np.full(n, x), np.full(n, y), 500, RESPONSE, rng=rng(1))
    shares = RESPONSE.expected([x], [y])[0]
    assert chisquare(patterns.sum(axis=0), 500 * n * shares).pvalue > 1e-4
    spread = patterns.var(axis=0) / (500 * shares * (1 - shares))
    assert abs(np.mean(spread) - 1) < 4 * np.sqrt(2 / (n * 127))


def test_a_seed_gives_the_same_patterns():
    x, y = hits.uniform(3000, ARRAY, rng=rng(2))
    one, other = (hits.simulate(x, y, 50, RESPONSE, rng=rng(3)) for _ in range(2))
    np.testing.assert_array_equal(one, other)


def test_dead_tubes_count_nothing_and_the_others_go_on():
    x, y = hits.uniform(2000, ARRAY, rng=rng(4))
    dead = [0, 63, 100]
    whole, broken = (hits.simulate(x, y, 400, RESPONSE, rng=rng(5), dead=d) for d in ((), dead))
    assert not broken[:, dead].any() and whole[:, dead].any()
    live = np.setdiff1d(np.arange(127), dead)
    np.testing.assert_array_equal(broken[:, live], whole[:, live])
    known = hits.simulate(x, y, 400, RESPONSE.without(dead), rng=rng(5))
    assert not known[:, dead].any() and np.all(known.sum(axis=1) == 400)


def test_uniform_fills_the_disc_evenly():
    x, y = hits.uniform(100_000, ARRAY, rng=rng(6), within=0.9)
    share = (x**2 + y**2) / (0.9 * ARRAY.radius) ** 2
    assert share.max() <= 1
    sectors = np.histogram2d(share, np.arctan2(y, x), bins=(10, 12))[0]
    assert chisquare(sectors.ravel()).pvalue > 1e-4


def some_events(n=3000, seed=7):
    draw = rng(seed)
    x, y = hits.uniform(n, ARRAY, rng=draw)
    columns = {"x": x, "y": y, "z": draw.uniform(60, 540, n)}
    return pd.DataFrame(columns | {"s1": draw.uniform(0, 100, n), "s2": draw.uniform(0, 4000, n)})


@given(st.integers(0, 2**32 - 1), st.floats(0, 1), st.floats(0, 1))
@few
def test_event_images_conserve_s1_and_s2(seed, s1_bottom, s2_bottom):
    events = some_events(40, seed)
    images = hits.event_images(events, RESPONSE, rng=rng(seed), bottom=(s1_bottom, s2_bottom))
    assert images.shape == (40, 127, 4) and images.dtype == np.float32
    np.testing.assert_array_equal(images[..., :2].sum((1, 2)), np.rint(events["s1"]))
    np.testing.assert_array_equal(images[..., 2:].sum((1, 2)), np.rint(events["s2"]))


def test_event_images_split_as_they_say_and_only_the_upper_s2_knows_where():
    events = some_events()
    bottom = hits.bottom_fractions(events["z"], "LUX_Run03")
    images = hits.event_images(events, RESPONSE, rng=rng(8), bottom=bottom)
    s1_top, s1_bottom, s2_top, s2_bottom = np.moveaxis(images, -1, 0)
    for top, below, share in ((s1_top, s1_bottom, bottom[:, 0]), (s2_top, s2_bottom, bottom[:, 1])):
        n = (top + below).sum(axis=1)
        error = np.sqrt(np.sum(n * share * (1 - share)))
        assert abs(below.sum() - n @ share) < 4 * error
    for flat in (s1_top, s1_bottom, s2_bottom):
        assert chisquare(flat.sum(axis=0)).pvalue > 1e-4
    expected = s2_top.sum(axis=1) @ RESPONSE.expected(events["x"], events["y"])
    assert chisquare(s2_top.sum(axis=0), expected).pvalue > 1e-4


def test_dead_tubes_of_either_array():
    events = some_events(200)
    images = hits.event_images(events, RESPONSE, rng=rng(9), dead=[5, 127 + 9])
    assert not images[:, 5, 0::2].any() and images[:, 5, 1::2].any()
    assert not images[:, 9, 1::2].any() and images[:, 9, 0::2].any()


def test_bottom_fractions_are_nests():
    lux = hits.bottom_fractions([60, 300, 540], "LUX_Run03")
    assert (
        np.all(np.diff(lux[:, 0]) < 0) and np.ptp(lux[:, 1]) == 0
    )  # the deeper, the more of the S1 goes down
    np.testing.assert_allclose(hits.bottom_fractions([100, 1300]), [[0.6, 0.323]] * 2, rtol=1e-6)


# --- positions --------------------------------------------------------------------------------------------


def patterns_at(n, n_photons, seed, response=RESPONSE, within=0.95, dead=()):
    draw = rng(seed)
    x, y = hits.uniform(n, response.array, rng=draw, within=within)
    return x, y, hits.simulate(x, y, n_photons, response, rng=draw, dead=dead)


def test_centroid_of_one_tube_is_that_tube():
    np.testing.assert_allclose(positions.centroid(np.eye(127), ARRAY), ARRAY.positions, atol=1e-9)


def test_log_likelihood_is_the_multinomials():
    _, _, patterns = patterns_at(3, 200, 10)
    grid = hits.disc_grid(ARRAY, 60.0)
    ours = positions.log_likelihood_grid(patterns, RESPONSE, grid)
    shares = RESPONSE.expected(*grid.T)
    theirs = np.array([multinomial.logpmf(p, 200, shares) for p in patterns])
    np.testing.assert_allclose(ours - ours[:, :1], theirs - theirs[:, :1], atol=1e-7)


def test_information_is_the_mean_curvature_of_the_likelihood():
    response = RESPONSE.altered(gain=rng(11).uniform(0.5, 2, 127))
    x, y = hits.uniform(20, ARRAY, rng=rng(11), within=0.99)
    x[0] = y[0] = 0
    e = 1e-3
    slope = [(response.expected(x + e * a, y + e * b) - response.expected(x - e * a, y - e * b)) / (2 * e)
             for a, b in ((1, 0), (0, 1))]  # fmt: skip
    expected = 700 * np.einsum("ant,bnt->nab", slope / response.expected(x, y), slope)
    np.testing.assert_allclose(
        positions.fisher_information(x, y, 700, response), expected, rtol=1e-5, atol=1e-9
    )


@given(inside, st.floats(1, 1e5))
@few
def test_bound_falls_with_the_root_of_the_light(place, n_photons):
    one, many = (positions.cramer_rao(*xy(place), n, RESPONSE) for n in (n_photons, 4 * n_photons))
    np.testing.assert_allclose(one, 2 * many, rtol=1e-9)


def test_bound_for_light_in_the_middle_of_a_fine_array():
    """Photons that fall on a plane from height h have information 0.6/h² per axis: ∫ (∂ log p)² p."""
    response = hits.LightResponse(hits.array(253, radius=1e5), height=3e4, reflectivity=0, diffuse=0)
    wide = response.altered(height=1.2e4)
    assert positions.cramer_rao([0.0], [0.0], 100, wide)[0] == pytest.approx(
        1.2e4 / np.sqrt(0.6 * 100), rel=0.03
    )


def test_a_response_that_knows_nothing_has_no_bound_and_no_better_guess_than_the_middle():
    flat = RESPONSE.altered(diffuse=1.0)
    assert positions.cramer_rao([50.0], [0.0], 100, flat)[0] == np.inf
    posterior = positions.posterior_mean(np.ones((1, 127)), flat)
    np.testing.assert_allclose(posterior.mean, 0, atol=0.5)
    np.testing.assert_allclose(posterior.covariance[0], np.eye(2) * ARRAY.radius**2 / 4, rtol=0.01, atol=50)


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
    assert np.all(np.hypot(*estimate.T) <= ARRAY.radius * (1 + 1e-9))
    grid = hits.disc_grid(ARRAY, 6.0)
    best = positions.log_likelihood_grid(patterns, RESPONSE, grid).max(axis=1)
    reached = [
        positions.log_likelihood_grid(p[None], RESPONSE, e[None])[0, 0]
        for p, e in zip(patterns, estimate, strict=True)
    ]
    assert np.all(np.array(reached) > best - 0.01)
    near = positions.maximum_likelihood(patterns, RESPONSE, start=np.column_stack([x, y]))
    assert np.mean(np.linalg.norm(near - estimate, axis=1) < 1) > 0.97


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


@pytest.mark.parametrize("n_photons, spacing", [(8, 5.0), (100, 2.0), (3000, 0.25)])
@pytest.mark.parametrize("place", [0.3, 0.93, 1.0])
def test_posterior_is_that_of_a_fine_grid(n_photons, spacing, place):
    n = 6
    angle = np.linspace(0, 5, n)
    x, y = place * ARRAY.radius * np.cos(angle), place * ARRAY.radius * np.sin(angle)
    patterns = hits.simulate(x, y, n_photons, RESPONSE, rng=rng(15))
    posterior = positions.posterior_mean(patterns, RESPONSE)
    line = np.arange(-60, 61) * spacing * (3 if n_photons == 8 else 1)
    for pattern, mean, covariance in zip(patterns, *posterior, strict=True):
        grid = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2) + mean
        grid = grid[np.hypot(*grid.T) <= ARRAY.radius]
        weight = positions.log_likelihood_grid(pattern[None], RESPONSE, grid)[0]
        weight = np.exp(weight - weight.max())
        weight /= weight.sum()
        exact = weight @ grid
        spread = (weight[:, None] * (grid - exact)).T @ (grid - exact)
        width = np.sqrt(np.trace(spread) / 2)
        assert np.linalg.norm(mean - exact) < 0.2 * width
        assert np.sqrt(np.trace(covariance) / 2) == pytest.approx(width, rel=0.1)


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


def test_posterior_grid_gives_the_outside_of_the_disc_no_weight():
    x, y = 0.9 * ARRAY.radius * np.stack([np.cos(np.arange(50)), np.sin(np.arange(50))])
    patterns = hits.simulate(x, y, 1000, RESPONSE, rng=rng(20))
    points, probability = positions.posterior_grid(patterns, RESPONSE, within=0.9)
    outside = np.linalg.norm(points, axis=2) > 0.9 * ARRAY.radius + 10
    inside = outside.sum(axis=1) < points.shape[1]
    assert np.any(outside)
    assert (probability * outside).sum(axis=1)[inside].max() < 0.01


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


def test_no_patterns_give_no_positions():
    none = np.empty((0, 127))
    assert hits.simulate([], [], 5, RESPONSE, rng=rng()).shape == (0, 127)
    assert positions.centroid(none, ARRAY).shape == (0, 2)
    assert positions.maximum_likelihood(none, RESPONSE).shape == (0, 2)
    assert positions.posterior_mean(none, RESPONSE).covariance.shape == (0, 2, 2)
    assert positions.posterior_grid(none, RESPONSE)[0].shape == (0, 25, 2)


# --- at the door ------------------------------------------------------------------------------------------

EVENTS = some_events(5)
DRAW = rng()


@pytest.mark.parametrize(
    "name, call",
    [
        ("n_pmts", lambda: hits.array(128)),
        ("radius", lambda: hits.array(radius=0)),
        ("pitch", lambda: hits.array(pitch=-1)),
        ("array", lambda: hits.LightResponse(127)),
        ("height", lambda: hits.LightResponse(ARRAY, height=0)),
        ("reflectivity", lambda: hits.LightResponse(ARRAY, reflectivity=1.1)),
        ("diffuse", lambda: RESPONSE.altered(diffuse=-0.1)),
        ("gain", lambda: hits.LightResponse(ARRAY, gain=[1, 2])),
        ("gain", lambda: hits.LightResponse(ARRAY, gain=np.zeros(127))),
        ("changes", lambda: RESPONSE.altered(width=3)),
        ("dead", lambda: RESPONSE.without([127])),
        ("gain", lambda: RESPONSE.without(range(127))),
        ("x, y", lambda: RESPONSE.expected([480.0], [0.0])),
        ("x", lambda: RESPONSE.expected([np.nan], [0.0])),
        ("same length", lambda: RESPONSE.expected([1.0], [0.0, 2.0])),
        ("spacing", lambda: hits.disc_grid(ARRAY, 0)),
        ("within", lambda: hits.uniform(3, ARRAY, rng=DRAW, within=0)),
        ("rng", lambda: hits.uniform(3, ARRAY, rng=1)),
        ("n_photons", lambda: hits.simulate([0.0], [0.0], -1, RESPONSE, rng=DRAW)),
        ("n_photons", lambda: hits.simulate([0.0], [0.0], 1.5, RESPONSE, rng=DRAW)),
        ("n_photons", lambda: hits.simulate([0.0], [0.0], [1, 2], RESPONSE, rng=DRAW)),
        ("rng", lambda: hits.simulate([0.0], [0.0], 1, RESPONSE, rng=None)),
        ("dead", lambda: hits.simulate([0.0], [0.0], 1, RESPONSE, rng=DRAW, dead=[-1])),
        ("which", lambda: hits.bottom_fractions([1.0], "XENON10")),
        ("events", lambda: hits.event_images(EVENTS.drop(columns="s2"), RESPONSE, rng=DRAW)),
        ("s1", lambda: hits.event_images(EVENTS.assign(s1=np.nan), RESPONSE, rng=DRAW)),
        ("bottom", lambda: hits.event_images(EVENTS, RESPONSE, rng=DRAW, bottom=(0.5, 1.5))),
        ("bottom", lambda: hits.event_images(EVENTS, RESPONSE, rng=DRAW, bottom=0.5)),
        ("columns", lambda: hits.event_images(EVENTS, RESPONSE, rng=DRAW, columns=("s1",))),
        ("dead", lambda: hits.event_images(EVENTS, RESPONSE, rng=DRAW, dead=[254])),
        ("patterns", lambda: ARRAY.to_grid(np.ones((2, 126)))),
        ("grid", lambda: ARRAY.from_grid(np.ones((2, 13, 12)))),
        ("size", lambda: ARRAY.to_image(np.ones((2, 127)), size=8)),
        ("patterns", lambda: positions.centroid(np.zeros((2, 127)), ARRAY)),
        ("patterns", lambda: positions.maximum_likelihood(-np.ones((2, 127)), RESPONSE)),
        ("start", lambda: positions.maximum_likelihood(np.ones((2, 127)), RESPONSE, start=[[0, 0]])),
        ("start", lambda: positions.maximum_likelihood(np.ones((1, 127)), RESPONSE, start=[[0, 480]])),
        ("within", lambda: positions.posterior_mean(np.ones((1, 127)), RESPONSE, within=2)),
        ("within", lambda: positions.posterior_grid(np.ones((1, 127)), RESPONSE, within=0)),
        ("side", lambda: positions.posterior_grid(np.ones((1, 127)), RESPONSE, side=2)),
        ("grid", lambda: positions.log_likelihood_grid(np.ones((1, 127)), RESPONSE, [[1, 2, 3]])),
        ("n_photons", lambda: positions.cramer_rao([0.0], [0.0], 0, RESPONSE)),
    ],
)
def test_bad_input_is_named(name, call):
    with pytest.raises(ValueError, match=rf"\b{name}\b"):
        call()


def test_events_outside_the_prior_are_placed_at_its_edge():
    array = hits.array(127)
    response = hits.LightResponse(array)
    rng = np.random.default_rng(1)
    angle = rng.uniform(0, 2 * np.pi, 200)
    x, y = 0.99 * array.radius * np.cos(angle), 0.99 * array.radius * np.sin(angle)
    patterns = hits.simulate(x, y, 1000, response, rng=rng)
    posterior = positions.posterior_mean(patterns, response, within=0.95)
    assert np.all(np.abs(np.hypot(*posterior.mean.T) / array.radius - 0.95) < 0.02)
    assert np.all(np.linalg.eigvalsh(posterior.covariance) > 0)
