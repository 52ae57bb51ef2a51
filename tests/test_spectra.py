import re

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad

from helpers import operators, recoils, spectra


def wimps(mass, cross_section=1e-45):
    return lambda energy: recoils.wimp_rate(energy, mass, cross_section)


def integral(rate, low, high):
    """The rate's integral by Gauss and Legendre in the logarithm of the energy: it shares no grid with ours."""
    start = max(
        low, 1e-7
    )  # below it a rate is flat; a grid from 1e-129 would have no nodes where the rate is
    edges = np.linspace(np.log(start), np.log(high), 401)
    node, weight = np.polynomial.legendre.leggauss(12)
    half = np.diff(edges)[:, None] / 2
    energy = np.exp(edges[:-1, None] + half * (1 + node))
    below = float(rate(np.array([low]))[0]) * (start - low)
    return np.sum(half * weight * energy * rate(energy.ravel()).reshape(energy.shape)) + below


# --- integrals -----------------------------------------------------------------------------------------------

STEEP = [  # events at 1e-45 cm² in 1 t y, by `integral`; on the equal cells of old some were four times as many
    ("neutrinos", recoils.b8_rate, 0, 100, 935.4),
    ("5 GeV", wimps(5), 0, 100, 195.9),
    ("1 GeV", wimps(1), 0, 10, 112.7),
    ("0.5 GeV", wimps(0.5), 0, 100, 124.9),
]


@pytest.mark.parametrize("rate, low, high, events", [row[1:] for row in STEEP], ids=[row[0] for row in STEEP])
def test_steep_spectra_have_the_events_of_their_integral(rate, low, high, events):
    edges = np.log(np.geomspace(1e-9, high, 25))
    scipys = sum(
        quad(lambda t: float(rate(np.exp(t))) * np.exp(t), a, b, epsabs=1e-5, epsrel=1e-5)[0]
        for a, b in zip(edges, edges[1:], strict=False)
    )
    assert scipys == pytest.approx(events, rel=4e-4)
    assert integral(rate, low, high) == pytest.approx(scipys, rel=4e-4)
    assert spectra.expected_events(rate, 1, (low, high)) == pytest.approx(events, rel=4e-4)
    assert spectra.binned_events(rate, 1, [low, high]) == pytest.approx([events], rel=4e-4)


@given(st.floats(0.02, 2000), st.floats(0, 5), st.floats(1, 200))
@example(0.125, 4.6e-129, 1.0)
@settings(max_examples=15, deadline=None)
def test_expected_events_are_the_integral_for_any_mass_and_range(mass, low, width):
    whole = integral(wimps(mass), low, low + width)
    assert spectra.expected_events(wimps(mass), 2, (low, low + width)) == pytest.approx(2 * whole, rel=1e-4)
    assert spectra.binned_events(wimps(mass), 2, [low, low + width]) == pytest.approx([2 * whole], rel=1e-4)


@pytest.mark.parametrize("mass", [0.1, 0.2, 1])
def test_a_rate_that_begins_at_zero_and_ends_in_the_first_cell_is_found(mass):
    def rate(energy):  # rises with the square of the momentum, and ends at an electronvolt for the lightest
        return operators.eft_rate(energy, mass, {"O11": 1})

    whole = integral(rate, 0, 100)
    assert whole > 0
    assert spectra.expected_events(rate, 1, (0, 100)) == pytest.approx(whole, rel=1e-3)
    assert spectra.binned_events(rate, 1, [0, 100]) == pytest.approx([whole], rel=1e-3)


@given(st.floats(3, 1000))
@settings(max_examples=20, deadline=None)
def test_bins_add_up_to_the_whole(mass):
    binned = spectra.binned_events(wimps(mass), 3, np.maximum([0, 0.2, 0.4, 1, 4, 10, 20, 60], 0.3))
    assert binned[0] == 0
    assert binned.sum() == pytest.approx(spectra.expected_events(wimps(mass), 3, (0.3, 60)), rel=1e-4)


def test_every_bin_is_right_to_its_own_size():
    edges = np.array([0, 0, 1, 2, 2, 2.5, 3.5, 7.0, 7.0])
    binned = spectra.binned_events(wimps(5), 1, edges)
    assert binned[1] > 5e4 * binned[5] > 0  # the rare bin is not judged by the full one's error
    right = [0 if a == b else integral(wimps(5), a, b) for a, b in zip(edges, edges[1:], strict=False)]
    assert binned == pytest.approx(right, rel=1e-4)


def test_a_line_and_a_step_are_found_between_the_first_nodes():
    line = stats.norm(41.5, 0.05).pdf
    assert spectra.expected_events(line, 10, (0, 100)) == pytest.approx(10, rel=1e-4)
    assert spectra.expected_events(lambda e: 3.0 * (e < 7), 1, (0, 100)) == pytest.approx(21, rel=1e-4)


def test_noise_has_no_integral():
    rng = np.random.default_rng(5)
    with pytest.raises(ValueError, match="^rate must be smooth"):
        spectra.expected_events(lambda e: rng.random(len(e)), 1, (0, 1))


def test_expected_events_of_a_flat_rate_is_a_product():
    flat = ([0, 30], [40, 40])
    assert spectra.expected_events(flat, 2.5, (5, 15)) == pytest.approx(1000)
    half = spectra.expected_events(lambda e: 40 + 0 * e, 2.5, (5, 15), lambda e: 0.5 + 0 * e)
    assert half == pytest.approx(500)
    assert spectra.expected_events(flat, 1, (20, 90)) == pytest.approx(400)  # a table is zero outside itself


@pytest.mark.parametrize("rate", [([0, 100], [40, 40]), lambda e: 40 + 0 * e], ids=["table", "function"])
def test_an_efficiency_is_folded_in_wherever_it_changes(rate):
    def threshold(energy):
        return 1 / (1 + np.exp(-(energy - 3.3) / 0.01))

    assert spectra.expected_events(rate, 1, (0, 100), threshold) == pytest.approx(40 * 96.7, rel=1e-5)
    window = stats.norm(41.5, 0.05).pdf  # up to 8 per keV: a tenth of it is an efficiency
    found = spectra.expected_events(rate, 1, (0, 100), lambda energy: window(energy) / 10)
    assert found == pytest.approx(40 / 10, rel=1e-4)


# --- samples -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rate, low, high",
    [
        (wimps(500), 0, 100),
        (wimps(4), 0, 100),
        (wimps(0.5), 0, 100),
        (recoils.b8_rate, 0, 100),
        (lambda e: recoils.flat_er_rate(e, 3), 0.2, 18),
        (lambda e: np.interp(e, [0, 1, 2, 5], [0, 4, 1, 0]), 0.5, 4),
        (([0, 1, 2, 5], [0, 4, 1, 0]), 0.5, 4),
    ],
)
def test_samples_follow_their_rate(rate, low, high):
    energies = spectra.sampler(rate, (low, high))(100_000, rng=np.random.default_rng(3))
    assert energies.min() >= low and energies.max() <= high
    if not callable(rate):
        table = rate
        rate = lambda e: np.interp(e, *table)  # noqa: E731
    # the distribution on nodes of its own, dense at low energies
    nodes = np.unique(np.concatenate([np.geomspace(max(low, 1e-7), high, 40_001), [low]]))
    values = rate(nodes)
    cdf = np.concatenate([[0], np.cumsum((values[1:] + values[:-1]) / 2 * np.diff(nodes))])
    assert stats.kstest(energies, lambda e: np.interp(e, nodes, cdf / cdf[-1])).pvalue > 0.001


def test_half_of_the_lightest_particles_recoils_have_three_electronvolts():
    energies = spectra.sample_energies(wimps(0.5), 200_000, (0, 100), rng=np.random.default_rng(1))
    assert np.median(energies) == pytest.approx(3.06e-3, rel=0.01)


def test_smooth_rates_stay_on_equal_cells():
    # what lessons draw from: a finer table would change their events, and nothing else
    for rate in (wimps(500), wimps(50), lambda e: recoils.flat_er_rate(e, 1)):
        nodes, values = spectra._nodes(rate, (0.1, 100))
        np.testing.assert_array_equal(nodes, np.linspace(0.1, 100, 4001))
        np.testing.assert_array_equal(values, rate(nodes))


def test_a_flat_rate_is_drawn_by_a_straight_line():
    drawn = spectra.sampler(lambda e: recoils.flat_er_rate(e, 1), (0.2, 18))(
        1000, rng=np.random.default_rng(8)
    )
    assert drawn == pytest.approx(0.2 + 17.8 * np.random.default_rng(8).random(1000), rel=1e-12)


def test_the_generator_is_the_only_source_of_randomness():
    def draw(rng):
        return spectra.sampler(recoils.b8_rate, (0, 4))(100, rng=rng)

    rng = np.random.default_rng(4)
    first, second = draw(rng), draw(rng)
    assert np.array_equal(first, draw(np.random.default_rng(4)))
    assert np.array_equal(
        first, spectra.sample_energies(recoils.b8_rate, 100, (0, 4), rng=np.random.default_rng(4))
    )
    assert not np.any(first == second) and not np.any(first == draw(np.random.default_rng(5)))
    assert draw(rng)[:0].shape == spectra.sampler(recoils.b8_rate, (0, 4))(0, rng=rng).shape == (0,)


@given(st.lists(st.floats(0, 10), min_size=2, max_size=20), st.integers(0, 2**32))
@settings(deadline=None)
def test_samples_stay_where_the_rate_is(rates, seed):
    table = (np.arange(len(rates)), rates)
    if sum(rates) < 1e-9:
        return
    energies = spectra.sample_energies(table, 50, (0, len(rates)), rng=np.random.default_rng(seed))
    assert np.all((energies >= 0) & (energies <= len(rates) - 1))
    cell = np.minimum(energies.astype(int), len(rates) - 2)
    assert np.all(np.array(rates)[cell] + np.array(rates)[cell + 1] > 0)


# --- bad input -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name, call",
    [
        ("energy_range", lambda: spectra.sampler(recoils.b8_rate, (4, 0))),
        ("energy_range", lambda: spectra.sampler(recoils.b8_rate, (-1, 4))),
        ("energy_range", lambda: spectra.sampler(([0, 1], [1, 1]), (2, 3))),
        ("rate", lambda: spectra.sampler(recoils.b8_rate, (10, 20))),
        ("rate", lambda: spectra.sampler(np.ones(3), (0, 1))),
        ("rate", lambda: spectra.sampler(lambda e: -e, (0, 1))),
        ("rate", lambda: spectra.sampler(lambda e: 1.0, (0, 1))),
        ("rate[0]", lambda: spectra.sampler(([1, 0], [1, 1]), (0, 1))),
        ("rate[1]", lambda: spectra.sampler(([0, 1], [1, -1]), (0, 1))),
        ("these", lambda: spectra.sampler(([0, 1, 2], [1, 1]), (0, 1))),
        ("n", lambda: spectra.sample_energies(recoils.b8_rate, -1, (0, 4), rng=np.random.default_rng(1))),
        ("rng", lambda: spectra.sample_energies(recoils.b8_rate, 1, (0, 4), rng=np.random)),
        ("exposure", lambda: spectra.expected_events(recoils.b8_rate, -1, (0, 4))),
        ("efficiency", lambda: spectra.expected_events(recoils.b8_rate, 1, (0, 4), lambda e: 2 + e)),
        ("efficiency", lambda: spectra.expected_events(recoils.b8_rate, 1, (0, 4), lambda e: 0.5)),
        ("efficiency", lambda: spectra.expected_events(recoils.b8_rate, 1, (0, 4), 0.5)),
        ("exposure", lambda: spectra.binned_events(recoils.b8_rate, -1, [0, 1])),
        ("edges", lambda: spectra.binned_events(recoils.b8_rate, 1, [1, 0])),
        ("edges", lambda: spectra.binned_events(recoils.b8_rate, 1, [1])),
        ("rate", lambda: spectra.binned_events(([0, 1], [1, 1]), 1, [0, 1])),
        ("rate", lambda: spectra.binned_events(lambda e: 1.0, 1, [0, 1])),
    ],
)
def test_bad_input_is_named(name, call):
    with pytest.raises(ValueError, match="^" + re.escape(name) + r"\b|^" + re.escape(name) + " "):
        call()


# --- folded and typed ----------------------------------------------------------------------------------------


def test_folding_is_the_integral_of_rate_times_response():
    energies = np.array([0.5, 1.0, 2.0, 5.0])
    response = np.stack(
        [energies, energies**0, 10 * energies], axis=1
    )  # straight lines: known between the points
    seen = spectra.folded(lambda energy: np.exp(-energy), energies, response)
    first, none = (quad(lambda e, k=k: e**k * np.exp(-e), 0.5, 5)[0] for k in (1, 0))
    assert seen == pytest.approx([first, none, 10 * first], rel=1e-5)
    assert spectra.folded(([0, 10], [2, 2]), energies, response)[1] == pytest.approx(9)


def test_folding_keeps_the_shape_of_the_response():
    assert spectra.folded(lambda e: e, [1, 2, 3], np.ones((3, 4, 5))) == pytest.approx(np.full((4, 5), 4.0))


@pytest.mark.parametrize(
    "energies, response", [([1.0], np.ones(1)), ([2, 1], np.ones(2)), ([1, 2], np.ones(3))]
)
def test_folding_says_what_is_wrong(energies, response):
    with pytest.raises(ValueError, match="energies"):
        spectra.folded(lambda e: e, energies, response)


@pytest.mark.parametrize(
    "text, at_two",
    [
        ("20*exp(-E/0.5)", 20 * np.exp(-4)),
        (" 3 ", 3),
        ("E**-2 + sqrt(E)", 0.25 + 2**0.5),
        ("-log(E/10)", np.log(5)),
    ],
)
def test_a_typed_formula_is_worth_what_it_says(text, at_two):
    rate = spectra.typed(text, (0.5, 5))
    assert rate(np.array([2.0, 2.0])) == pytest.approx([at_two, at_two])


@pytest.mark.parametrize(
    "text, says",
    [
        ("", "no formula"), ("20*exp(-E/0.5", "no formula"), ("import os", "no formula"), ("E" * 201, "no formula"),
        ("(" * 150, "no formula"), ("a\0b", "no formula"),
        ("__import__('os').system('ls')", "not understood"), ("E.real", "not understood"), ("x", "not understood"),
        ("exp(E, E)", "not understood"), ("exp", "not understood"), ("True", "not understood"), ("'a'", "not understood"),
        ("1j*E", "not understood"), ("[E]", "not understood"), ("lambda: 1", "not understood"), (None, "not understood"),
        ("1 - E", "negative at 1 keV"), ("log(E - 1)", "no number at 0.5 keV"), ("9**9**9**9", "no number"),
        ("0", "zero everywhere"),
    ],
)  # fmt: skip
def test_nonsense_gets_a_sentence(text, says):
    with pytest.raises(ValueError, match=says):
        spectra.typed(text, (0.5, 5))
