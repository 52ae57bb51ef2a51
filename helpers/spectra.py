"""From a rate to what is seen of it: sampled energies, expected and binned events.

Everywhere here a `rate` [events/(keV t y)] is a function of an array of recoil energies [keV], or a table (energies,
rates) with straight lines between its points and zero outside them. An `energy_range` is (lowest, highest) [keV], an
`exposure` is in t y. A ValueError names the argument that is at fault: a rate that is negative, not finite or not of
one value an energy, a table whose energies do not increase or lie outside the range, a range that is empty.

A rate may fall by many powers of ten within the range (light dark matter, ⁸B neutrinos), so that no fixed grid will
do. The trapezoids are halved until that changes the integral by less than `TOLERANCE` of itself; a rate that is smooth
on `CELLS` equal cells keeps these. A line narrower than such a cell wants a range of its own, unless it lies at the
lowest energy.
"""

import ast
import operator

import numpy as np

from helpers import check

TOLERANCE = 1e-5  # of an integral: what halving all its cells may still change

CELLS = 4000  # equal cells at first, of a range; a bin has BIN_CELLS

BIN_CELLS = 32

_HALVINGS = 20  # of the lowest cell at once: the spectrum of a light particle may end within it

_MOST_NODES = 500_000  # a rate that needs more is noise and has no integral


def sampler(rate, energy_range):
    """Return a function that draws recoil energies from a rate, for `detector.sample`.

    Parameters
    ----------
    rate : callable or pair of array_like
        In any unit.
    energy_range : pair of float

    Returns
    -------
    callable
        `energies(n, rng=rng)`: `n` recoil energies [keV], shape (n,), drawn with a numpy.random.Generator.

    Raises
    ------
    ValueError
        Also when the rate is nowhere above zero in the range.
    """
    energy, density = _nodes(rate, energy_range)
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
    """Return `n` recoil energies [keV], shape (n,), drawn from a rate once: see `sampler`."""
    return sampler(rate, energy_range)(n, rng=rng)


def expected_events(rate, exposure, energy_range, efficiency=None):
    """Return the mean number of events that an exposure collects in an energy range.

    Parameters
    ----------
    rate : callable or pair of array_like
    exposure : float
    energy_range : pair of float
    efficiency : callable, optional
        Fraction of recoils that is detected, a function of the energy [keV].

    Returns
    -------
    float
        Mean number of events.

    Raises
    ------
    ValueError
        Also when the exposure is negative or the efficiency leaves 0 to 1.
    """
    exposure = check.number("exposure", exposure, at_least=0)
    if efficiency is not None and not callable(efficiency):
        raise ValueError("efficiency must be a function of the energy")
    energy, density = _nodes(rate, energy_range, efficiency)
    return float(exposure * np.trapezoid(density, energy))


def binned_events(rate, exposure, edges):
    """Return the mean number of recoils that an exposure collects in each energy bin.

    Steep rates change within a bin: the rate is integrated over it, not read off at its centre.

    Parameters
    ----------
    rate : callable
        No table here.
    exposure : float
    edges : array_like
        Bin edges [keV], shape (bins + 1,), not decreasing: an analysis threshold is `np.maximum(edges, threshold)`.

    Returns
    -------
    numpy.ndarray
        Mean numbers of events, shape (bins,).

    Raises
    ------
    ValueError
        Also when the exposure is negative or the edges decrease.
    """
    exposure = check.number("exposure", exposure, at_least=0)
    edges = check.array("edges", edges, ndim=1, at_least=0)
    if len(edges) < 2 or np.any(np.diff(edges) < 0):
        raise ValueError("edges must be at least two energies that do not decrease")
    if not callable(rate):
        raise ValueError("rate must be a function of the energy")
    bins = np.flatnonzero(np.diff(edges) > 0)
    events = np.zeros(len(edges) - 1)
    if len(bins):
        low, width = edges[bins, None], np.diff(edges)[bins, None]
        nodes = np.append(low + width * np.arange(BIN_CELLS) / BIN_CELLS, edges[-1])
        energy, density = _refined(lambda e: _values("rate", rate, e), nodes, np.repeat(bins, BIN_CELLS))
        cells = (density[1:] + density[:-1]) / 2 * np.diff(energy)
        events += np.bincount(np.searchsorted(edges, energy[:-1], side="right") - 1, cells, len(events))
    return exposure * events


def folded(rate, energies, response):
    """Return what a detector sees of a rate, whose answer is known at some energies.

    Parameters
    ----------
    rate : callable or pair of array_like
    energies : array_like
        Where the answer is known [keV], shape (n,), increasing. Between them it is a straight line; recoils below the
        first and above the last are not seen.
    response : array_like
        Events for one recoil of that energy a tonne and year, shape (n, ...).

    Returns
    -------
    numpy.ndarray
        Events, shape (...).
    """
    energies = check.array("energies", energies, ndim=1)
    if len(energies) < 2 or np.any(np.diff(energies) <= 0):
        raise ValueError("energies must be at least two that increase")
    response = check.array("response", response)
    check.same_length(energies=energies, response=response)
    energy, density = _nodes(rate, (energies[0], energies[-1]))
    half = np.diff(energy, prepend=energy[0]) + np.diff(energy, append=energy[-1])
    recoils = density * half / 2  # of each node, the trapezoid's
    left = np.clip(np.searchsorted(energies, energy, side="right") - 1, 0, len(energies) - 2)
    share = (energy - energies[left]) / (energies[left + 1] - energies[left])
    weights = np.bincount(left, recoils * (1 - share), len(energies))
    weights += np.bincount(left + 1, recoils * share, len(energies))
    return np.tensordot(weights, response, 1)


def typed(text, energy_range):
    """Return the rate that somebody typed, a formula in E [keV]: ``"20*exp(-E/0.5)"`` [events/(keV t y)].

    It may hold numbers, E, pi, parentheses, + - * / ** and exp, log, sqrt; nothing of it is executed as Python.

    Parameters
    ----------
    text : str
    energy_range : pair of float
        Where it must be a rate: finite, nowhere negative, somewhere above zero.

    Returns
    -------
    callable

    Raises
    ------
    ValueError
        For anything else: a sentence that says what is the matter.
    """
    low, high = check.span("energy_range", energy_range, at_least=0)
    try:
        tree = ast.parse(str(text).strip(), mode="eval").body if len(str(text)) <= 200 else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        tree = None
    if tree is None:
        raise ValueError("this is no formula of up to 200 characters, such as 20*exp(-E/0.5)")

    def rate(energy):
        energy = np.asarray(energy, dtype=float)
        with np.errstate(all="ignore"):
            return np.broadcast_to(_value(tree, energy), energy.shape) + 0.0

    values = rate(np.linspace(low, high, 1001))
    for bad, what in ((~np.isfinite(values), "is no number"), (values < 0, "is negative")):
        if np.any(bad):
            at = np.linspace(low, high, 1001)[bad][0]
            raise ValueError(f"the rate {what} at {at:.2g} keV, and must not be from {low:g} to {high:g} keV")
    if not np.any(values > 0):
        raise ValueError(f"the rate is zero everywhere from {low:g} to {high:g} keV")
    return rate


_TYPED = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow, ast.USub: operator.neg, ast.UAdd: operator.pos,
    "exp": np.exp, "log": np.log, "sqrt": np.sqrt,
}  # fmt: skip


def _value(node, energy):
    """Return what a typed formula is worth at the energies."""
    match node:
        case ast.Constant(value=float() | int() as number) if (
            not isinstance(number, bool) and abs(number) < 1e300
        ):
            return np.float64(number)
        case ast.Name(id="E"):
            return energy
        case ast.Name(id="pi"):
            return np.float64(np.pi)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _TYPED:
            return _TYPED[type(op)](_value(left, energy), _value(right, energy))
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _TYPED:
            return _TYPED[type(op)](_value(operand, energy))
        case ast.Call(func=ast.Name(id="exp" | "log" | "sqrt" as name), args=[argument], keywords=[]):
            return _TYPED[name](_value(argument, energy))
    said = ast.unparse(node)
    raise ValueError(f"{said!r} is not understood: use numbers, E, pi, + - * / **, exp, log, sqrt")


def _nodes(rate, energy_range, efficiency=None):
    """Return energies and the rate there (times the efficiency) between which straight lines are good enough."""
    low, high = check.span("energy_range", energy_range, at_least=0)
    if callable(rate):
        nodes = np.linspace(low, high, CELLS + 1)
    else:
        energy, values = _table(rate)
        low, high = max(low, energy[0]), min(high, energy[-1])
        if low >= high:
            raise ValueError(
                f"energy_range must overlap the table ({energy[0]:g} to {energy[-1]:g}), got {energy_range}"
            )
        nodes = np.concatenate([[low], energy[(energy > low) & (energy < high)], [high]])
        if efficiency is None:  # straight lines already
            return nodes, np.interp(nodes, energy, values)
        nodes = np.union1d(nodes, np.linspace(low, high, CELLS + 1))

    def seen(at):
        result = _values("rate", rate, at) if callable(rate) else np.interp(at, energy, values)
        return result if efficiency is None else result * _values("efficiency", efficiency, at, at_most=1)

    return _refined(seen, nodes, np.zeros(len(nodes) - 1, dtype=int))


def _table(rate):
    """Return the energies and the rates of a table."""
    if not isinstance(rate, tuple | list) or len(rate) != 2:
        raise ValueError("rate must be a function of the energy or a pair (energies, rates)")
    energy = check.array("rate[0]", rate[0], ndim=1)
    values = check.array("rate[1]", rate[1], ndim=1, at_least=0)
    check.same_length(**{"rate[0]": energy, "rate[1]": values})
    if np.any(np.diff(energy) <= 0):
        raise ValueError("rate[0] (energies) must increase")
    return energy, values


def _values(name, function, energy, **bounds):
    values = check.array(name, function(energy), at_least=0, **bounds)
    if values.shape != energy.shape:
        raise ValueError(
            f"{name} must return one value an energy, got shape {values.shape} for {energy.shape}"
        )
    return values


def _refined(function, energy, bins):
    """Return nodes, and a function there, that are close enough for the integral over each bin.

    `energy`: the nodes to begin with, increasing; `bins`: for each cell between them its bin's number.
    """
    values, share = function(energy), TOLERANCE / np.bincount(bins)[bins]
    new = np.arange(len(bins))  # cells that have not been halved yet
    lowest = np.append(True, bins[1:] != bins[:-1])
    while True:
        at, owner = (energy[new] + energy[new + 1]) / 2, new
        if lowest is not None:
            first, steps = np.flatnonzero(lowest), 0.5 ** np.arange(2, _HALVINGS + 1)
            at = np.append(at, energy[first, None] + (energy[first + 1] - energy[first])[:, None] * steps)
            owner, lowest = np.append(owner, np.repeat(first, len(steps))), None
        # All together, once: what the cells are worth with and without the nodes that were put between.
        order = np.argsort(np.append(energy, at), kind="stable")
        finer, fine = np.append(energy, at)[order], np.append(values, function(at))[order]
        cells = (fine[1:] + fine[:-1]) / 2 * np.diff(finer)
        parent = np.append(np.arange(len(energy)), owner)[order][:-1]
        worth, before = (
            np.bincount(parent, cells, len(bins)),
            (values[1:] + values[:-1]) / 2 * np.diff(energy),
        )
        change = np.abs(worth - before)
        total = np.bincount(bins, worth)[bins]
        split = (change > share * total) & (np.bincount(bins, change)[bins] > TOLERANCE * total)
        if not split.any():
            return energy, values
        kept = np.append(np.full(len(energy), True), split[owner])[order]
        energy, values, parent = finer[kept], fine[kept], parent[kept[:-1]]
        if len(energy) > _MOST_NODES:
            raise ValueError(f"rate must be smooth: {len(energy)} energies do not settle its integral")
        bins, share, new = bins[parent], share[parent], np.flatnonzero(split[parent])
