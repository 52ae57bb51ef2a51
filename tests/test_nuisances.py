"""helpers/nuisances.py: detectors that move as told, planes that add up, limits that keep their order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import nest, nuisances


@pytest.fixture(scope="module")
def plane():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nuisances, "_SIZES", {"wimp": 200_000, "line": 200_000})
        return nuisances.Plane("line", "gain", rng=np.random.default_rng(1))


@settings(max_examples=50, deadline=None)
@given(st.floats(0.5, 1.9), st.floats(1, 3), st.floats(-3, 3))
def test_a_band_that_moves_keeps_the_energy_and_falls_as_told(s1, height, shift):
    before = np.array([[s1, height]])
    after = nuisances.moved(before, "band", shift)
    quanta = nest.parameters(nuisances.DETECTOR)

    def total(x):
        light = 10.0 ** x[0, 0]
        return light / quanta.g1 + light * 10.0 ** x[0, 1] / quanta.g2

    assert np.isclose(total(after), total(before), rtol=1e-5), "quanta change sides, none is lost"
    assert np.isclose(after[0, 1], height - nuisances.BAND * shift, atol=1e-5)


def test_a_gain_of_five_per_cent_leaves_s2_alone():
    before = np.array([[1.0, 2.0], [1.5, 1.2]])
    after = nuisances.moved(before, "gain", 1)
    assert np.allclose(10 ** (after[:, 0] - before[:, 0]), 1.05, rtol=1e-5)
    assert np.allclose(after.sum(axis=1), before.sum(axis=1), atol=1e-5)
    assert np.allclose(nuisances.moved(before, "gain", [0, 1])[0], before[0], atol=1e-6), "a shift an event"


def test_events_are_drawn_wider_than_they_are_searched():
    events = nuisances.sample("electron", 20_000, rng=np.random.default_rng(2))
    assert events.shape == (20_000, 2) and events.dtype == np.float32
    inside = nuisances.searched(events)
    assert 0.5 < inside.mean() < 1
    assert np.array_equal(inside, (10.0 ** events[:, 0] >= 3 - 1e-5) & (10.0 ** events[:, 0] < 80 + 1e-4))


def test_a_plane_adds_up(plane):
    here = nuisances.NOMINAL
    assert np.allclose(plane.electrons[:, here].sum(axis=1), nuisances.ELECTRONS)
    assert np.allclose(plane.signal[:, here].sum(axis=1), 1)
    events = plane.places[::97]
    assert np.array_equal(plane.cells(events), np.arange(len(plane.places))[::97]), "a middle is in its cell"
    assert np.allclose(plane.height(plane.places).reshape(80, -1)[:, 160], 0.005, atol=1e-4)


def test_bins_divide_the_electrons_and_the_full_ones_divide_them_further(plane):
    ratio = plane.ratio()
    signal, electrons = plane.binned(plane.bins(ratio))
    assert np.allclose(electrons.sum(axis=1), plane.electrons[1].sum(axis=1))
    purity = signal[nuisances.NOMINAL] / electrons[nuisances.NOMINAL]
    assert np.all(np.diff(purity[-8:-3]) < 0) and purity[-3:].max() < purity[-5], "the best bins first"
    pairs = np.unique(np.column_stack([plane.full(ratio), plane.bins(ratio)]), axis=0)
    assert len(pairs) == plane.full(ratio).max() + 1, "no full bin lies in two of the score's"


def test_limits_keep_their_order(plane):
    ratio = plane.ratio()
    found = plane.count(ratio)
    assert found.known < found.profiled
    assert found.profiled < plane.count(ratio, safe=True).profiled
    whole, full = plane.binned(plane.bins(ratio)), plane.binned(plane.full(ratio))
    assert nuisances.expected_limit(*full) < nuisances.expected_limit(*whole) < found.profiled
    assert nuisances.known_limit(*full) < nuisances.known_limit(*whole)
    assert nuisances.known_limit(*whole) <= nuisances.expected_limit(*whole), "to know more never hurts"
    behind = plane.electrons[1, nuisances.NOMINAL][found.cells].sum()
    assert np.isclose(behind, found.electrons[1])


def test_a_count_in_one_bin_is_the_textbook_one():
    n = len(nuisances.SHIFTS)
    signal, electrons = np.ones((n, 1)), np.full((n, 1), 1000.0)
    expected = 1.645 * (1000 + 10**2) ** 0.5  # √n and one per cent of it
    assert np.isclose(nuisances.expected_limit(signal, electrons), expected, rtol=0.04)
    moving = electrons * (1 + 0.05 * nuisances.SHIFTS[:, None])
    expected = 1.645 * (1000 + 10**2 + 50**2) ** 0.5
    assert np.isclose(nuisances.expected_limit(signal, moving), expected, rtol=0.06)
    assert np.isclose(
        nuisances.known_limit(signal, moving), nuisances.known_limit(signal, electrons), rtol=1e-3
    )
    rigid = nuisances.rigid(signal, moving).upper_limit()
    assert np.isclose(nuisances.known_limit(signal, moving), rigid, rtol=1e-3), "held is as good as known"
    assert nuisances.weakest_limit(signal, moving) > nuisances.known_limit(signal, moving) + 40


def test_a_calibration_that_knows_the_shift_is_believed():
    n = len(nuisances.SHIFTS)
    signal, electrons = np.ones((n, 1)), 1000 * (1 + 0.05 * nuisances.SHIFTS[:, None])
    seen = np.array([[1050.0]])
    told, wrong = (nuisances.likelihood(signal, electrons, seen, [where]).best_fit[0] for where in (1, -1))
    assert told < 1 < wrong, "an excess that the calibration foresaw is none"


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda rng: nuisances.sample("muon", 5, rng=rng), "kind"),
        (lambda rng: nuisances.moved(np.ones((3, 3)), "gain", 1), "events must have two columns"),
        (lambda rng: nuisances.moved(np.ones((3, 2)), "lifetime", 1), "nuisance"),
        (lambda rng: nuisances.Plane("electron", "gain", rng=rng), "signal"),
        (lambda rng: nuisances.Plane("line", "gain", rng=1), "rng"),
        (lambda rng: nuisances.rigid(np.ones((13, 1)), np.ones((13, 1)), shift=0.3), "shift must be one of"),
    ],
)
def test_what_cannot_be_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call(np.random.default_rng(1))


def test_a_score_of_another_length_is_refused(plane):
    with pytest.raises(ValueError, match="score"):
        plane.count(np.ones(5))


def test_thinning_the_bulk_keeps_its_weight():
    """The tail's share of all electron recoils is that of the very events, none left out."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nuisances, "_SIZES", {"wimp": 400_000, "line": 0})
        plane = nuisances.Plane("wimp", "band", rng=np.random.default_rng(5))
        events = nuisances.sample("electron", 400_000, rng=np.random.default_rng(5))
    events = events[nuisances.searched(events)]
    tail = plane.height(events) < nuisances._BULK
    here = plane.height(plane.places) < nuisances._BULK
    share = plane.electrons[:, nuisances.NOMINAL][:, here].sum() / (2 * nuisances.ELECTRONS)
    assert share == pytest.approx(tail.mean(), rel=0.01)
