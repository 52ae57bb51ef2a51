"""From counts to limits: Poisson, Feldman–Cousins, sensitivity, the power constraint."""

import functools
from typing import NamedTuple

import numpy as np
from scipy import stats
from scipy.special import gammaln, xlogy

from helpers import check


class Band(NamedTuple):
    """Quantiles of the upper limit over background-only outcomes, at −2, −1, 0, 1 and 2 sigma."""

    minus_two: float
    minus_one: float
    median: float
    plus_one: float
    plus_two: float


def poisson_upper(n_observed, background=0.0, cl=0.9):
    """Return the classical one-sided upper limit on a Poisson signal over a known background.

    The signal s for which n_observed events or fewer would be seen with probability 1 − cl: closed
    form through the χ² quantile (Particle Data Group, Statistics, "Poisson data"). Where even s = 0
    is excluded the interval is empty, and 0 is returned.

    Parameters
    ----------
    n_observed : array_like of int
        Events seen.
    background : array_like
        Events expected without signal, known exactly.
    cl : float
        Confidence level, between 0 and 1.

    Returns
    -------
    float or ndarray
        Limit in events.

    Raises
    ------
    ValueError
        For negative or non-integer counts, a negative background or a level outside (0, 1).
    """
    n_observed = check.array("n_observed", n_observed, at_least=0, integer=True)
    background = check.array("background", background, at_least=0)
    limit = np.maximum(stats.chi2.ppf(level(cl), 2 * (n_observed + 1)) / 2 - background, 0)
    return limit if limit.ndim else float(limit)


def feldman_cousins(n_observed, background, cl=0.9):
    """Return the Feldman–Cousins interval on a Poisson signal over a known background.

    For each signal the outcomes n enter the acceptance region in the order of
    P(n|s + b) / P(n|max(0, n − b) + b) until it holds `cl` of the probability; the interval is all
    signals that accept n_observed. It is never empty and turns from one- to two-sided by itself
    (G. Feldman and R. Cousins, Phys. Rev. D 57, 3873, section IV, arXiv physics/9711021; the upper end
    is kept from rising with the background, as there).

    Parameters
    ----------
    n_observed : int
        Events seen.
    background : float
        Events expected without signal, known exactly.
    cl : float
        Confidence level, between 0 and 1.

    Returns
    -------
    lower, upper : float
        In events.

    Raises
    ------
    ValueError
        For a negative or non-integer count, a negative background or a level outside (0, 1).
    """
    n_observed = check.number("n_observed", n_observed, at_least=0, integer=True)
    background = check.number("background", background, at_least=0)
    return _feldman_cousins(n_observed, background, level(cl))


@functools.lru_cache(maxsize=4096)
def _feldman_cousins(n_observed, background, cl):
    # The ends lie within the classical central interval of a far higher level, background ignored.
    tail = (1 - cl) / 10
    top = stats.chi2.ppf(1 - tail, 2 * (n_observed + 1)) / 2
    bottom = max(stats.chi2.ppf(tail, 2 * n_observed) / 2 - background, 0) if n_observed else 0.0

    def edge(inside, outside, accepts):
        for _ in range(40):
            middle = (inside + outside) / 2
            inside, outside = (middle, outside) if accepts(middle) else (inside, middle)
        return inside

    def accepts(signal):
        return _accepts(n_observed, signal, background, cl)

    # A scan before the bisection: the accepted signals can have gaps, and the outermost counts.
    signals = np.linspace(bottom, top, 2001)
    inside = np.flatnonzero(accepts(signals))
    first, last = inside[0], inside[-1]
    lower = edge(signals[first], signals[first - 1], accepts) if first else signals[0]
    upper = edge(signals[last], signals[last + 1], accepts)
    if n_observed >= background:
        return float(lower), float(upper)

    # With few events over a larger background the discrete counts make the upper end jump up as the
    # background grows; as in the paper's tables, it is not allowed to: any larger background's counts.
    backgrounds = background + np.linspace(0, 2, 201)

    def accepts_any(signal):
        return _accepts(n_observed, np.reshape(signal, (-1, 1)), backgrounds, cl).any(axis=1)

    signals = upper + np.linspace(0, 1, 41) * max(1.0, upper)
    last = np.flatnonzero(accepts_any(signals[1:]))
    last = 1 + last[-1] if last.size else 0
    return float(lower), float(edge(signals[last], signals[min(last + 1, 40)], accepts_any))


def _accepts(n_observed, signal, background, cl):
    """Say whether the acceptance region of each signal holds n_observed: arrays broadcast."""
    expected = (np.asarray(signal, dtype=float) + background)[..., None]
    outcomes = np.arange(stats.poisson.isf(1e-13, expected.max()) + 2)
    best = np.maximum(outcomes, np.asarray(background, dtype=float)[..., None])  # max(0, n − b) + b
    order = xlogy(outcomes, expected) - expected - xlogy(outcomes, best) + best
    probability = np.exp(xlogy(outcomes, expected) - expected - gammaln(outcomes + 1))
    # Accepted unless the outcomes that rank before it hold `cl` already.
    before = np.sum(probability, axis=-1, where=order > order[..., [n_observed]] + 1e-12)
    return before < cl


def sensitivity(background, cl=0.9, upper_limit=None):
    """Return the upper limits that a counting experiment can expect if there is no signal.

    Every outcome's limit, weighted by its Poisson probability: exact, no toys.

    Parameters
    ----------
    background : float
        Events expected without signal, known exactly.
    cl : float
        Confidence level, between 0 and 1.
    upper_limit : callable, optional
        ``upper_limit(n_observed, background, cl)`` in events, such as `poisson_upper`; by default
        the upper end of `feldman_cousins`.

    Returns
    -------
    Band
        Quantiles of the limit [events].

    Raises
    ------
    ValueError
        For a negative background or a level outside (0, 1).
    """
    background = check.number("background", background, at_least=0)
    cl = level(cl)
    if upper_limit is None:

        def upper_limit(n_observed, background, cl):
            return feldman_cousins(n_observed, background, cl)[1]

    outcomes = np.arange(int(stats.poisson.isf(1e-4, background)) + 1)
    outcome_limits = np.array([upper_limit(int(n), background, cl) for n in outcomes])
    order = np.argsort(outcome_limits, kind="stable")
    cumulative = np.cumsum(stats.poisson.pmf(outcomes, background)[order])
    at = np.searchsorted(cumulative, stats.norm.cdf([-2, -1, 0, 1, 2]))
    return Band(*(float(value) for value in outcome_limits[order][at]))


def power_constrained(limit, median, minus_one_sigma, at="minus_one_sigma"):
    """Return the limit, but not below what the experiment had the power to exclude.

    A downward fluctuation of the background can exclude signals to which the experiment is not
    sensitive. The power to reject a signal is the probability, if there is none, of a limit below
    it; at the median expected limit it is 0.5, at the −1 sigma quantile 0.16. A power-constrained
    limit (G. Cowan et al., arXiv 1105.3166) stops where the power falls below a threshold that is
    chosen in advance. Its use with two-sided profile-likelihood intervals is recommended in
    arXiv 2105.00599, section 2.2.1; experiments differ in the threshold, so it is an argument here.

    Parameters
    ----------
    limit : array_like
        Unconstrained upper limit, in any unit.
    median, minus_one_sigma : array_like
        Quantiles of the unconstrained limit over background-only outcomes, in the same unit.
    at : {"minus_one_sigma", "median"}
        Where to stop: at power 0.16 or, more cautiously, at 0.5.

    Returns
    -------
    float or ndarray

    Raises
    ------
    ValueError
        For negative numbers, a −1 sigma quantile above the median, or another `at`.
    """
    limit = check.array("limit", limit, at_least=0)
    median = check.array("median", median, at_least=0)
    minus_one_sigma = check.array("minus_one_sigma", minus_one_sigma, at_least=0)
    if np.any(minus_one_sigma > median):
        raise ValueError(f"minus_one_sigma must not exceed the median, got {minus_one_sigma} above {median}")
    floor = median if check.choice("at", at, ["minus_one_sigma", "median"]) == "median" else minus_one_sigma
    constrained = np.maximum(limit, floor)
    return constrained if constrained.ndim else float(constrained)


def level(cl):
    cl = check.number("cl", cl, above=0)
    if cl >= 1:
        raise ValueError(f"cl must be below 1, got {cl:g}")
    return cl
