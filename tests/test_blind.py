"""helpers/blind.py: worlds that share no event, bins that no signal has chosen, and the judge's known answers."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import blind, limits


def small(monkeypatch, n=4000):
    monkeypatch.setattr(blind, "_SIZES", {name: n for name in blind._SIZES})
    monkeypatch.setattr(blind, "_ALBUM_SIZE", 600)
    monkeypatch.setattr(blind, "_ALBUM_NUCLEAR", 300)
    return blind.world(1)


def test_a_world_is_the_same_each_time_and_its_samples_share_no_event(monkeypatch):
    first, again = small(monkeypatch), blind.world(1)
    assert np.array_equal(first.templates, again.templates)
    rows = np.concatenate([first.train, first.frozen, first.templates, first.density])
    assert len(np.unique(rows, axis=0)) > 0.999 * len(rows), "float32 pairs hardly ever agree by accident"


def test_a_world_counts_what_it_should(monkeypatch):
    world = small(monkeypatch)
    assert np.isclose(world.er_weight * len(blind.both(world.templates)), blind.ER_RATE)
    struck = {mass: world.weight[mass] * len(events) for mass, events in world.nuclear.items()}
    # 13.7 recoils/(t y) of 10 GeV/c² above 0.1 keV, of which a fifth is recorded (`recoils`, `detector`)
    assert 2.5 < struck[10] < 3.2 and struck[30] > struck[100] > struck[500]
    lone = [len(blind.alone(events)) / len(events) for events in world.nuclear.values()]
    assert 0.7 < lone[0] < 0.8 and np.all(np.diff(lone) < 0), "the lighter, the more often without S1"


def test_electron_recoils_are_flat_from_50_eV_to_18_keV():
    energy = blind._ELECTRONS(1_000_000, rng=np.random.default_rng(1))
    assert np.allclose([energy.min(), energy.max()], [0.05, 18], rtol=3e-3)
    assert np.isclose(energy.mean(), (0.05 + 18) / 2, atol=0.03)


def test_every_event_is_in_one_channel(monkeypatch):
    events = small(monkeypatch).train
    assert len(blind.both(events)) + len(blind.alone(events)) == len(events)
    assert blind.both(events)[:, 0].min() >= np.log10(3) - 1e-6 and events[:, 0].max() < np.log10(80)


def test_an_s1_of_less_than_three_is_none():
    events = pd.DataFrame({"s1c": [np.nan, 2.9, 3.0, 50.0], "s2c": [1e3, 1e3, 1e3, 1e4]})
    assert np.allclose(blind.numbers(events)[:, 0], [0, 0, np.log10(3), np.log10(50)])


def test_an_albums_sums_are_its_events(monkeypatch):
    world = small(monkeypatch)
    album = blind.album(2, world)
    assert album.train.shape == (600, 127, 4) and album.nuclear[30].shape == (300, 127, 4)
    sums = blind.totals(album.templates)
    assert np.allclose(10 ** sums[:, 0], album.templates[:, :, :2].sum(axis=(1, 2)))
    assert 3 <= 10 ** sums[:, 0].min() + 0.5 and 10 ** sums[:, 0].max() < 80.5
    for mass in blind.HEAVY:
        seen = world.weight[mass] * len(blind.both(world.nuclear[mass]))
        assert np.isclose(album.weight[mass] * 300, seen)
    assert np.isclose(album.er_weight * 600, blind.ER_RATE)


@given(st.integers(200, 3000), st.integers(0, 100))
@settings(max_examples=25, deadline=None)
def test_frozen_bins_hold_enough_from_the_top_down(n, seed):
    score = np.random.default_rng(seed).normal(size=n)
    edges = blind.frozen_edges(score)
    counts = blind.filled(score, edges)[::-1]
    assert counts.sum() == n and np.all(np.diff(edges) > 0)
    assert np.array_equal(counts[:-1], 100 * 2 ** np.maximum(np.arange(len(edges)) - 1, 0)[: len(edges)])
    assert counts[-1] >= 100 or len(edges) == 1 or counts[-1] > 0


def test_a_known_score_has_the_known_significance():
    rng = np.random.default_rng(1)
    sample = lambda n, shift=0.0: np.column_stack([np.ones(n), rng.normal(shift, 1, n)])  # noqa: E731
    world = blind.World(sample(10), sample(20_000), sample(500_000), er_weight=300 / 500_000)
    world.nuclear[30], world.weight[30] = sample(100_000, 3.0), 10 / 100_000
    signal, background = blind.templates(lambda x: x[:, 1], world, [30])
    assert np.isclose(signal.sum(), 10) and np.isclose(background.sum(), 300)
    # the same bins hold these shares of a standard normal, and of one three widths higher
    from scipy.stats import norm

    edges = blind.frozen_edges(blind.both(world.frozen)[:, 1])
    share = [np.diff(norm.cdf(np.concatenate([[-np.inf], edges - m, [np.inf]]))) for m in (0, 3)]
    exact = limits.asimov_significance(10 * share[1], 300 * share[0], 0.1)
    assert np.isclose(blind.significance(lambda x: x[:, 1], world, [30])[0], exact, rtol=0.03)
    assert blind.significance(lambda x: rng.normal(size=len(x)), world, [30])[0] < 1, "a score of noise"


def test_all_events_are_the_channel_of_an_album():
    assert np.array_equal(blind.everything(np.arange(3)), [0, 1, 2])


@pytest.mark.parametrize(
    "name, call",
    [
        ("kind", lambda: blind.recorded("NR", 10, rng=np.random.default_rng(1))),
        ("mass", lambda: blind.recorded(-5, 10, rng=np.random.default_rng(1))),
        ("n", lambda: blind.recorded("ER", 0, rng=np.random.default_rng(1))),
        ("rng", lambda: blind.recorded("ER", 10, rng=1)),
        ("events", lambda: blind.numbers(np.zeros((3, 2)))),
        ("score", lambda: blind.frozen_edges(np.zeros(150))),
        ("score", lambda: blind.frozen_edges([np.nan] * 300)),
        ("edges", lambda: blind.filled([1.0], [np.nan])),
        ("weight", lambda: blind.filled([1.0], [0.0], -1)),
        ("masses", lambda: blind.templates(len, blind.World(*[np.zeros((3, 2))] * 3), [30])),
    ],
)
def test_bad_input_is_named(name, call):
    with pytest.raises(ValueError, match="^" + re.escape(name)):
        call()
