"""From a rate to numbers of events and to energies: right integrals, samples that follow their rate."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad

from helpers import recoils, spectra


def wimp(mass):
    """A WIMP's rate at 1e-45 cm²."""
    return lambda energy: recoils.wimp_rate(energy, mass, 1e-45)


def integral(rate, low, high):
    """Events per tonne·year by another route: adaptive quadrature in the logarithm of the energy, piece by piece."""
    edges = np.log(np.geomspace(max(low, 1e-9), high, 60))
    pieces = (
        quad(lambda x: np.exp(x) * float(rate(np.exp(x))), a, b, epsrel=1e-7)[0]
        for a, b in zip(edges, edges[1:], strict=False)
    )
    return sum(pieces)


# Right values of steep rates [events/(t y)]: an even grid of 65 points gives 1.9 to 4.2 times as much.
STEEP = [
    (recoils.b8_rate, (0, 100), 935.4),
    (wimp(5), (0, 100), 195.9),
    (wimp(1), (0, 10), 112.7),
    (wimp(0.5), (0, 100), 124.9),
]


@pytest.mark.parametrize("rate, energy_range, events", STEEP)
def test_a_steep_rate_is_counted_right(rate, energy_range, events):
    assert integral(rate, *energy_range) == pytest.approx(events, rel=3e-4)
    assert spectra.expected_events(rate, 1, energy_range) == pytest.approx(events, rel=1e-3)
    assert spectra.binned_events(rate, 1, energy_range)[0] == pytest.approx(events, rel=1e-3)


@given(st.floats(0.3, 1000), st.floats(0, 0.5), st.floats(1, 300))
@settings(max_examples=15, deadline=None)
def test_any_wimp_is_counted_right_in_any_range(mass, low, width):
    events = integral(wimp(mass), low, low + width)
    assert spectra.expected_events(wimp(mass), 1, (low, low + width)) == pytest.approx(
        events, rel=2e-3, abs=1e-9
    )


def test_the_lightest_recoils_are_sampled_where_they_are():
    energies = spectra.sample_energies(wimp(0.5), 100_000, (0, 100), rng=np.random.default_rng(1))
    assert np.median(energies) == pytest.approx(
        3.06e-3, rel=0.02
    )  # keV; an even grid of 4001 points gives 7.3 eV


def test_a_smooth_rate_keeps_its_even_points():
    for rate, energy_range in [(wimp(500), (0.1, 100)), (lambda e: recoils.flat_er_rate(e, 1), (0.2, 18))]:
        energy, values = spectra.tabulate(rate, energy_range)
        assert np.array_equal(energy, np.linspace(*energy_range, 4001)) and np.array_equal(
            values, rate(energy)
        )


def test_two_generators_draw_different_energies_and_one_goes_on():
    draw = spectra.sampler(recoils.b8_rate, (0, 4))
    rng = np.random.default_rng(1)
    first, second = draw(50, rng=rng), draw(50, rng=rng)
    assert not np.any(first == second) and not np.any(first == draw(50, rng=np.random.default_rng(2)))


@pytest.mark.parametrize(
    "rate, energy_range",
    [
        (lambda e: recoils.wimp_rate(e, 500, 1e-47), (0, 100)),
        (lambda e: recoils.wimp_rate(e, 4, 1e-47), (0, 100)),
        (lambda e: recoils.flat_er_rate(e, 3), (0.2, 18)),
        (([0, 1, 2, 5], [0, 4, 1, 0]), (0.5, 4)),
    ],
)
def test_samples_follow_their_rate(rate, energy_range):
    energies = spectra.sampler(rate, energy_range)(100_000, rng=np.random.default_rng(3))
    energy, density = spectra.tabulate(rate, energy_range, points=40_001)
    fine = np.linspace(*energy_range, 100_001)
    values = np.interp(fine, energy, density)
    cdf = np.concatenate([[0], np.cumsum((values[1:] + values[:-1]) / 2)])
    assert energies.min() >= energy_range[0] and energies.max() <= energy_range[1]
    assert stats.kstest(energies, lambda e: np.interp(e, fine, cdf / cdf[-1])).pvalue > 0.001


def test_the_same_generator_draws_the_same_energies():
    draw = spectra.sampler(recoils.b8_rate, (0, 4))
    assert np.array_equal(draw(100, rng=np.random.default_rng(4)), draw(100, rng=np.random.default_rng(4)))
    assert draw(0, rng=np.random.default_rng(4)).shape == (0,)


@given(st.lists(st.floats(0, 10), min_size=2, max_size=20), st.integers(0, 2**32))
def test_samples_stay_where_the_rate_is(rates, seed):
    table = (np.arange(len(rates)), rates)
    if sum(rates) < 1e-9:
        return
    energies = spectra.sample_energies(table, 50, (0, len(rates)), rng=np.random.default_rng(seed))
    assert np.all((energies >= 0) & (energies <= len(rates) - 1))
    cell = np.minimum(energies.astype(int), len(rates) - 2)
    assert np.all(np.array(rates)[cell] + np.array(rates)[cell + 1] > 0)


def test_expected_events_of_a_flat_rate_is_a_product():
    flat = ([0, 30], [40, 40])
    assert spectra.expected_events(flat, 2.5, (5, 15)) == pytest.approx(1000)
    assert spectra.expected_events(
        lambda e: 40 + 0 * e, 2.5, (5, 15), lambda e: 0.5 + 0 * e
    ) == pytest.approx(500)


@given(st.floats(3, 1000))
@settings(max_examples=20)
def test_bins_add_up_to_the_whole(mass):
    def rate(energy):
        return recoils.wimp_rate(energy, mass, 1e-45)

    binned = spectra.binned_events(rate, 3, np.maximum([0, 0.2, 0.4, 1, 4, 10, 20, 60], 0.3))
    assert binned[0] == 0
    assert binned.sum() == pytest.approx(spectra.expected_events(rate, 3, (0.3, 60)), rel=1e-3)


@pytest.mark.parametrize(
    "name, call",
    [
        ("energy_range", lambda: spectra.sampler(recoils.b8_rate, (4, 0))),
        ("energy_range", lambda: spectra.sampler(([0, 1], [1, 1]), (2, 3))),
        ("rate", lambda: spectra.sampler(recoils.b8_rate, (10, 20))),
        ("rate", lambda: spectra.sampler(np.ones(3), (0, 1))),
        ("rate", lambda: spectra.sampler(lambda e: -e, (0, 1))),
        ("rate", lambda: spectra.sampler(lambda e: 1.0, (0, 1))),
        ("rate[0]", lambda: spectra.sampler(([1, 0], [1, 1]), (0, 1))),
        ("n", lambda: spectra.sample_energies(recoils.b8_rate, -1, (0, 4), rng=np.random.default_rng(1))),
        ("rng", lambda: spectra.sample_energies(recoils.b8_rate, 1, (0, 4), rng=np.random)),
        ("exposure", lambda: spectra.expected_events(recoils.b8_rate, -1, (0, 4))),
        ("efficiency", lambda: spectra.expected_events(recoils.b8_rate, 1, (0, 4), lambda e: 2 + e)),
        ("efficiency", lambda: spectra.expected_events(recoils.b8_rate, 1, (0, 4), 0.5)),
        ("edges", lambda: spectra.binned_events(recoils.b8_rate, 1, [1, 0])),
        ("rate", lambda: spectra.binned_events(([0, 1], [1, 1]), 1, [0, 1])),
    ],
)
def test_bad_input_is_named(name, call):
    with pytest.raises(ValueError, match="^" + re.escape(name)):
        call()
