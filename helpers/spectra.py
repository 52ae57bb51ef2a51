"""From a rate to what is seen of it: tables, sampled energies, expected and binned events."""

import numpy as np
from scipy.integrate import cumulative_trapezoid

from helpers import check

# A cell is not halved again when that would change the whole integral by less than this share of it.
UNCHANGED = 1e-6


def tabulate(rate, energy_range, points=4001):
    """Return a rate as a table of energies and rates, with straight lines between.

    Parameters
    ----------
    rate : callable or pair of array_like
        A function of the energy [keV], or a table (energies, rates), zero outside its energies.
    energy_range : pair of float
        Lowest and highest energy [keV].
    points : int
        Even points that a function's table begins with; a table keeps its own.

    Returns
    -------
    energy, rate : numpy.ndarray
        Both of shape (points,), or longer where a function is steep.

    Raises
    ------
    ValueError
        When the range is empty, a rate is negative or a table's energies do not increase.
    """
    low, high = check.span("energy_range", energy_range, at_least=0)
    if callable(rate):
        return _refined(
            rate, np.linspace(low, high, check.number("points", points, at_least=2, integer=True))
        )
    if not isinstance(rate, tuple | list) or len(rate) != 2:
        raise ValueError("rate must be a function of the energy or a pair (energies, rates)")
    energy = check.array("rate[0]", rate[0], ndim=1)
    values = check.array("rate[1]", rate[1], ndim=1, at_least=0)
    check.same_length(**{"rate[0]": energy, "rate[1]": values})
    if np.any(np.diff(energy) <= 0):
        raise ValueError("rate[0] (energies) must increase")
    low, high = max(low, energy[0]), min(high, energy[-1])
    if low >= high:
        raise ValueError(
            f"energy_range must overlap the table ({energy[0]:g} to {energy[-1]:g}), got {energy_range}"
        )
    grid = np.concatenate([[low], energy[(energy > low) & (energy < high)], [high]])
    return grid, np.interp(grid, energy, values)


def _refined(rate, energy):
    """Return energies and rates, each cell halved until halving it again would not change the whole.

    A light particle's recoils all lie in the first of four thousand even cells; a smooth rate keeps its even points.
    """
    values = _values(rate, energy)
    new = np.arange(len(energy) - 1)  # cells not yet tried, by their lower end
    for _ in range(60):
        low, high = energy[new], energy[new + 1]
        middle = (low + high) / 2
        at_middle = _values(rate, middle)
        change = np.abs(at_middle - (values[new] + values[new + 1]) / 2) * (high - low) / 2
        whole = np.trapezoid(values, energy)
        coarse = (change > UNCHANGED * max(whole, np.sum(change))) & (low < middle) & (middle < high)
        if not coarse.any():
            break
        place = new[coarse] + 1
        energy, values = np.insert(energy, place, middle[coarse]), np.insert(values, place, at_middle[coarse])
        first = place - 1 + np.arange(len(place))  # where the lower halves begin now
        new = np.sort(np.concatenate([first, first + 1]))
    return energy, values


def _values(rate, energy):
    values = check.array("rate", rate(energy), at_least=0, empty=True)
    if values.shape != energy.shape:
        raise ValueError(f"rate must return one value an energy, got shape {values.shape} for {energy.shape}")
    return values


def sampler(rate, energy_range):
    """Return a function that draws recoil energies from a rate, for `detector.sample`.

    Parameters
    ----------
    rate : callable or pair of array_like
        As for `tabulate`.
    energy_range : pair of float
        Lowest and highest energy [keV].

    Returns
    -------
    callable
        `energies(n, rng=rng)`: `n` recoil energies [keV], shape (n,), drawn with a numpy.random.Generator.

    Raises
    ------
    ValueError
        When the rate is nowhere above zero in the range, or as `tabulate`.
    """
    energy, density = tabulate(rate, energy_range)
    width = np.diff(energy)
    cumulative = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2 * width)])
    if not cumulative[-1] > 0:
        raise ValueError(f"rate must be above zero somewhere in energy_range, got none in {energy_range}")

    def energies(n, *, rng):
        """Draw `n` recoil energies [keV] with `rng`."""
        n = check.number("n", n, at_least=0, integer=True)
        aim = check.generator("rng", rng).random(n) * cumulative[-1]
        cell = np.minimum(np.searchsorted(cumulative, aim, side="right") - 1, len(width) - 1)
        rest = aim - cumulative[cell]
        # The density is a straight line in a cell: its inverse CDF solves a quadratic, here in the form without
        # cancellation.
        start, slope = density[cell], (density[cell + 1] - density[cell]) / width[cell]
        return energy[cell] + 2 * rest / (start + np.sqrt(np.maximum(start**2 + 2 * slope * rest, 0.0)))

    return energies


def sample_energies(rate, n, energy_range, *, rng):
    """Return recoil energies drawn from a rate.

    Parameters
    ----------
    rate : callable or pair of array_like
        As for `tabulate`.
    n : int
        How many.
    rng : numpy.random.Generator
        The source of randomness.
    energy_range : pair of float
        Lowest and highest energy [keV].

    Returns
    -------
    numpy.ndarray
        Recoil energies [keV], shape (n,).

    Raises
    ------
    ValueError
        As `sampler`.
    """
    return sampler(rate, energy_range)(n, rng=rng)


def expected_events(rate, exposure, energy_range, efficiency=None):
    """Return the mean number of events that an exposure collects in an energy range.

    Parameters
    ----------
    rate : callable or pair of array_like
        As for `tabulate` [events/(keV t y)].
    exposure : float
        Exposure [t y].
    energy_range : pair of float
        Lowest and highest energy [keV].
    efficiency : callable, optional
        Fraction of recoils that is detected, a function of the energy [keV].

    Returns
    -------
    float
        Mean number of events.

    Raises
    ------
    ValueError
        When the exposure is negative, the efficiency leaves 0 to 1, or as `tabulate`.
    """
    exposure = check.number("exposure", exposure, at_least=0)
    energy, density = tabulate(rate, energy_range)
    if efficiency is not None:
        if not callable(efficiency):
            raise ValueError("efficiency must be a function of the energy")
        density = density * check.array("efficiency", efficiency(energy), at_least=0, at_most=1)
    return float(exposure * np.trapezoid(density, energy))


def binned_events(rate, exposure, edges):
    """Return the mean number of recoils that an exposure collects in each energy bin.

    Steep rates change within a bin: the rate is integrated over it, not read off at its centre.

    Parameters
    ----------
    rate : callable
        A function of the energy [keV], as for `tabulate` [events/(keV t y)].
    exposure : float
        Exposure [t y].
    edges : array_like
        Bin edges [keV], shape (bins + 1,), not decreasing: an analysis threshold is `np.maximum(edges, threshold)`.

    Returns
    -------
    numpy.ndarray
        Mean numbers of events, shape (bins,).

    Raises
    ------
    ValueError
        When the exposure is negative, the edges decrease or the rate is not a function.
    """
    exposure = check.number("exposure", exposure, at_least=0)
    edges = check.array("edges", edges, ndim=1, at_least=0)
    if len(edges) < 2 or np.any(np.diff(edges) < 0):
        raise ValueError("edges must be at least two energies that do not decrease")
    if not callable(rate):
        raise ValueError("rate must be a function of the energy")
    energy, density = _refined(rate, np.unique(np.linspace(edges[:-1], edges[1:], 65)))
    reached = cumulative_trapezoid(density, energy, initial=0)
    return exposure * np.diff(reached[np.searchsorted(energy, edges)])
