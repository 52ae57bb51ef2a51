"""helpers/hits.py: the array's symmetry, how light shares, and where every photon goes."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import pdist, squareform
from scipy.stats import chisquare

from helpers import hits

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


# --- the array --------------------------------------------------------------------------------------------


@both
def test_array_is_a_hexagon_that_a_sixth_of_a_turn_leaves_alone(array):
    assert array.n_pmts in (127, 253) and array.positions.shape == array.axial.shape == (array.n_pmts, 2)
    assert len(set(map(tuple, array.axial))) == array.n_pmts
    assert sorted(turned_tubes(array)) == list(range(array.n_pmts))
    np.testing.assert_allclose(array.positions.mean(axis=0), 0, atol=1e-9)
    order = np.lexsort(np.round(array.positions, 6).T)
    np.testing.assert_array_equal(order, np.arange(array.n_pmts))  # by y, then x


@pytest.mark.parametrize("n_pmts, radius, pitch", [(127, 479.0, 80.95), (253, 728.0, 87.17)])
def test_by_default_it_is_xenon1ts_and_lzs(n_pmts, radius, pitch):
    array = ARRAYS[n_pmts]
    assert array.radius == radius
    assert pdist(array.positions).min() == pytest.approx(pitch, abs=0.005)
    cells = n_pmts * np.sqrt(0.75) * pdist(array.positions).min() ** 2
    assert cells == pytest.approx(np.pi * radius**2)


@given(radius=st.floats(10, 2000), pitch=st.floats(1, 500))
@few
def test_pitch_and_radius_are_those_asked_for(radius, pitch):
    array = hits.array(127, radius=radius, pitch=pitch)
    assert (array.radius, array.pitch) == (radius, pitch)
    apart = pdist(array.positions)
    assert apart.min() == pytest.approx(pitch) and apart.max() == pytest.approx(12 * pitch)


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
    # Each covers a disc as wide as the pitch: along an axis its variance is a quarter of its radius squared.
    away2 = (line[None] - drawn[:, :1]) ** 2
    variance = np.sum(image.sum(1) * away2, axis=1) - (2 * half / 64) ** 2 / 12
    np.testing.assert_allclose(variance, (array.pitch / 2) ** 2 / 4, rtol=0.15)
    np.testing.assert_allclose(image.sum((1, 2)), 1, rtol=1e-5)


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


def test_by_default_the_wall_reflects_half_and_a_tenth_is_diffuse():
    """Pinned: these numbers are in every shipped set of weights and in every claim of two lessons."""
    x, y = 150.0, -240.0
    image = np.array([x, y]) * ARRAY.radius**2 / (x**2 + y**2)
    direct, mirror = (
        (1 + np.sum((ARRAY.positions - p) ** 2, axis=1) / 65.0**2) ** -1.5 for p in ([x, y], image)
    )
    weight = direct + 0.5 * mirror
    expected = 0.9 * weight / weight.sum() + 0.1 / 127
    np.testing.assert_allclose(RESPONSE.expected([x], [y])[0], expected, rtol=1e-9)


@given(inside, st.floats(30, 300), st.floats(0, 1), st.floats(0, 0.9), st.integers(0, 2**32 - 1))
@few
def test_slopes_are_those_of_the_shares(place, height, reflectivity, diffuse, seed):
    response = hits.LightResponse(ARRAY, height, reflectivity, diffuse, gain=rng(seed).uniform(0.5, 2, 127))
    x, y = np.array(xy((0.998 * place[0], place[1])))
    shares, slope = hits.light_shares(response, x, y, slope=True)
    np.testing.assert_array_equal(shares, response.expected(x, y))
    e = 1e-3
    for axis, (dx, dy) in enumerate(((e, 0), (0, e))):
        change = response.expected(x + dx, y + dy) - response.expected(x - dx, y - dy)
        np.testing.assert_allclose(slope[axis], change / (2 * e), rtol=1e-4, atol=1e-9)


def test_direct_light_falls_as_the_solid_angle():
    response = hits.LightResponse(ARRAY, height=50, reflectivity=0, diffuse=0)
    shares = response.expected([30.0], [-70.0])[0]
    away2 = np.sum((ARRAY.positions - [30, -70]) ** 2, axis=1)
    solid_angle = 50 / (50**2 + away2) ** 1.5
    np.testing.assert_allclose(shares, solid_angle / solid_angle.sum(), rtol=1e-9)


def test_the_response_integrates_to_the_light_through_a_disc():
    """Tubes small beside the height sample the solid angle of a whole disc: 2π (1 - h/√(h² + a²))."""
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


SAME = pd.DataFrame({"x": [100.0], "y": [50.0], "z": [300.0], "s1": [200.0], "s2": [900.0]})
SAME = SAME.loc[np.zeros(1500, int)]  # more than one block of events that differ in nothing but chance
BRIGHT = SAME.assign(s1=2e5, s2=2e5)  # their sums hardly ever agree by chance


def polar(x, y):
    return np.round(np.column_stack([np.hypot(x, y), np.arctan2(y, x)]), 9)


@pytest.mark.parametrize(
    "draw",
    [
        lambda rng: np.stack(hits.uniform(1500, ARRAY, rng=rng), axis=1),
        lambda rng: polar(*hits.uniform(1500, ARRAY, rng=rng))[:, :1],
        lambda rng: polar(*hits.uniform(1500, ARRAY, rng=rng))[:, 1:],
        lambda rng: hits.simulate(SAME["x"], SAME["y"], 50, RESPONSE, rng=rng),
        lambda rng: hits.event_images(SAME, RESPONSE, rng=rng).sum(axis=1),
        *[lambda rng, k=k: hits.event_images(SAME, RESPONSE, rng=rng)[..., k] for k in range(4)],
        *[
            lambda rng, k=k: hits.event_images(BRIGHT, RESPONSE, rng=rng)[..., k].sum(1)[:, None]
            for k in (1, 3)
        ],
    ],
    ids=["uniform", "radius", "angle", "simulate", "totals", *hits.CHANNELS, "s1 below", "s2 below"],
)
def test_chance_comes_from_the_generator_and_from_nowhere_else(draw):
    one, again, other = draw(rng(3)), draw(rng(3)), draw(rng(4))
    np.testing.assert_array_equal(one, again)
    same = rng(3)
    first, second = draw(same), draw(same)
    for a, b in ((one, other), (first, second), (one[:400], one[400:800]), (one[:400], one[1024:1424])):
        assert np.mean(np.all(a == b, axis=1)) < 0.05


@pytest.mark.parametrize("bottom, channel", [(0.0, 0), (1.0, 1), (0.0, 2), (1.0, 3)])
def test_each_channel_draws_its_own_photons(monkeypatch, bottom, channel):
    """All the light in one array: its channel then holds as many photons whatever the generator."""
    monkeypatch.setattr(hits, "_bottom_shares", lambda z, detector: np.full((len(z), 2), bottom))
    one, other = (hits.event_images(SAME, RESPONSE, rng=rng(seed))[..., channel] for seed in (1, 2))
    np.testing.assert_array_equal(one.sum(axis=1), other.sum(axis=1))
    for a, b in ((one, other), (one[:400], one[400:800]), (one[:400], one[1024:1424])):
        assert np.mean(np.all(a == b, axis=1)) < 0.05


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


@given(st.integers(0, 2**32 - 1), st.sampled_from(["LZ_WS2022", "LUX_Run03"]))
@few
def test_event_images_conserve_s1_and_s2(seed, detector):
    events = some_events(40, seed)
    images = hits.event_images(events, RESPONSE, rng=rng(seed), detector=detector)
    assert images.shape == (40, 127, 4) and images.dtype == np.float32
    np.testing.assert_array_equal(images[..., :2].sum((1, 2)), np.rint(events["s1"]))
    np.testing.assert_array_equal(images[..., 2:].sum((1, 2)), np.rint(events["s2"]))


@pytest.mark.parametrize("detector", ["LZ_WS2022", "LUX_Run03"])
def test_event_images_split_as_the_detector_does_and_only_the_upper_s2_knows_where(detector):
    events = some_events()
    images = hits.event_images(events, RESPONSE, rng=rng(8), detector=detector)
    s1_top, s1_bottom, s2_top, s2_bottom = np.moveaxis(images, -1, 0)
    share = np.full((len(events), 2), (0.6, 0.323))  # LZ, at all heights
    if detector == "LUX_Run03":
        share = hits._bottom_shares(events["z"].to_numpy(), detector)
    for top, below, p in ((s1_top, s1_bottom, share[:, 0]), (s2_top, s2_bottom, share[:, 1])):
        n = (top + below).sum(axis=1)
        assert abs(below.sum() - n @ p) < 4 * np.sqrt(np.sum(n * p * (1 - p)))
    for flat in (s1_top, s1_bottom, s2_bottom):
        assert chisquare(flat.sum(axis=0)).pvalue > 1e-4
    expected = s2_top.sum(axis=1) @ RESPONSE.expected(events["x"], events["y"])
    assert chisquare(s2_top.sum(axis=0), expected).pvalue > 1e-4


def test_gains_weigh_all_four_channels():
    gain = np.where(np.arange(127) % 2, 1.0, 0.5)
    images = hits.event_images(some_events(), RESPONSE.altered(gain=gain), rng=rng(21))
    for channel in (0, 1, 3):
        counts = images[..., channel].sum(axis=0)
        assert chisquare(counts, counts.sum() * gain / gain.sum()).pvalue > 1e-4


def test_event_images_read_their_table_by_name():
    events = some_events(300)
    images = hits.event_images(events, RESPONSE, rng=rng(22))
    others = {
        "turned round": events[events.columns[::-1]].assign(s3=1.0),
        "categories": events.astype("category"),
        "objects": events.astype(object),
        "other names": events.rename(columns={"s1": "s2", "s2": "s1"}),
    }
    for name, other in others.items():
        columns = ("s2", "s1") if name == "other names" else ("s1", "s2")
        again = hits.event_images(other, RESPONSE, rng=rng(22), columns=columns)
        np.testing.assert_array_equal(again, images, err_msg=name)


def test_dead_tubes_of_either_array():
    events = some_events(200)
    images = hits.event_images(events, RESPONSE, rng=rng(9), dead=[5, 127 + 9])
    assert not images[:, 5, 0::2].any() and images[:, 5, 1::2].any()
    assert not images[:, 9, 1::2].any() and images[:, 9, 0::2].any()
    whole = hits.event_images(events, RESPONSE, rng=rng(9))
    live = np.ones((127, 4), bool)
    live[5, 0::2] = live[9, 1::2] = False
    np.testing.assert_array_equal(images[:, live], whole[:, live])


def test_the_deeper_the_more_of_the_s1_goes_down():
    lux = hits._bottom_shares(np.array([60.0, 300.0, 540.0]), "LUX_Run03")
    assert np.all(np.diff(lux[:, 0]) < 0) and np.ptp(lux[:, 1]) == 0


def test_no_events_give_no_counts():
    assert RESPONSE.expected([], []).shape == (0, 127)
    assert hits.simulate([], [], 5, RESPONSE, rng=rng()).shape == (0, 127)
    assert hits.event_images(some_events(0), RESPONSE, rng=rng()).shape == (0, 127, 4)


@given(st.integers(0, 5000), st.integers(1, 2000))
def test_blocks_hold_every_row_once(n, size):
    rows = np.arange(n)
    blocks = [rows[block] for block in hits.row_blocks(n, size)]
    assert all(0 < len(block) <= size for block in blocks)
    np.testing.assert_array_equal(np.concatenate([[], *blocks]), rows)
    np.testing.assert_array_equal(hits.by_blocks(lambda block: rows[block], n), rows)


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
        ("gain must not be all 0", lambda: hits.LightResponse(ARRAY, gain=np.zeros(127))),
        ("gain", lambda: hits.LightResponse(ARRAY, gain=np.ma.masked_equal(np.arange(127.0), 3))),
        ("changes", lambda: RESPONSE.altered(width=3)),
        ("dead", lambda: RESPONSE.without([127])),
        ("gain", lambda: RESPONSE.without(range(127))),
        ("x, y must be within 479 mm of the axis, got 480", lambda: RESPONSE.expected([480.0], [0.0])),
        ("x, y must be within 479 mm of the axis, got 479.005", lambda: RESPONSE.expected([0.0], [479.005])),
        ("x", lambda: RESPONSE.expected([np.nan], [0.0])),
        ("y", lambda: RESPONSE.expected([0.0], np.ma.masked_greater([1.0], 0))),
        ("same length", lambda: RESPONSE.expected([1.0], [0.0, 2.0])),
        ("within", lambda: hits.uniform(3, ARRAY, rng=DRAW, within=0)),
        ("rng", lambda: hits.uniform(3, ARRAY, rng=1)),
        ("n_photons", lambda: hits.simulate([0.0], [0.0], -1, RESPONSE, rng=DRAW)),
        ("n_photons", lambda: hits.simulate([0.0], [0.0], 1.5, RESPONSE, rng=DRAW)),
        ("n_photons", lambda: hits.simulate([0.0], [0.0], [1, 2], RESPONSE, rng=DRAW)),
        ("rng", lambda: hits.simulate([0.0], [0.0], 1, RESPONSE, rng=None)),
        ("dead", lambda: hits.simulate([0.0], [0.0], 1, RESPONSE, rng=DRAW, dead=[-1])),
        ("detector", lambda: hits.event_images(EVENTS, RESPONSE, rng=DRAW, detector="XENON10")),
        (r"lacks \['s2'\]", lambda: hits.event_images(EVENTS.drop(columns="s2"), RESPONSE, rng=DRAW)),
        ("events", lambda: hits.event_images(EVENTS.to_numpy(), RESPONSE, rng=DRAW)),
        ("s1", lambda: hits.event_images(EVENTS.assign(s1=np.nan), RESPONSE, rng=DRAW)),
        ("z", lambda: hits.event_images(EVENTS.assign(z=np.nan), RESPONSE, rng=DRAW)),
        (
            "columns must be several names",
            lambda: hits.event_images(EVENTS, RESPONSE, rng=DRAW, columns="s1"),
        ),
        (
            "columns must name the S1 and the S2",
            lambda: hits.event_images(EVENTS, RESPONSE, rng=DRAW, columns=("s1",)),
        ),
        ("dead", lambda: hits.event_images(EVENTS, RESPONSE, rng=DRAW, dead=[254])),
        ("patterns", lambda: ARRAY.to_grid(np.ones((2, 126)))),
        ("patterns must not be masked", lambda: ARRAY.to_grid(np.ma.masked_less(np.eye(127), 1))),
        ("grid", lambda: ARRAY.from_grid(np.ones((2, 13, 12)))),
        ("size", lambda: ARRAY.to_image(np.ones((2, 127)), size=8)),
    ],
)
def test_bad_input_is_named(name, call):
    with pytest.raises(ValueError, match=name if " " in name else rf"\b{name}\b"):
        call()
