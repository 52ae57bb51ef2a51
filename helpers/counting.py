"""From counts to limits: Poisson, Feldman–Cousins, sensitivity, the power constraint.

Everywhere below `n_observed` is a whole number of events, `background` the events expected without signal, known
exactly, and `cl` a confidence level between 0 and 1; limits are in events. What cannot be is a ValueError that names
the argument.
"""

import functools
from typing import NamedTuple

import numpy as np
from scipy import stats
from scipy.special import pdtr, xlogy

from helpers import check

MOST = 10**15  # counts: beyond, one event more or less is lost in a float
MOST_UNIFIED = 10**9  # the same for sums over outcomes


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
    background : array_like
    cl : float

    Returns
    -------
    float or ndarray
    """
    n_observed = check.array("n_observed", n_observed, at_least=0, at_most=MOST, integer=True)
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
    background : float
    cl : float

    Returns
    -------
    lower, upper : float
    """
    n_observed = check.number("n_observed", n_observed, at_least=0, at_most=MOST_UNIFIED, integer=True)
    background = check.number("background", background, at_least=0, at_most=MOST_UNIFIED)
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
    expected = np.asarray(signal, dtype=float) + background

    def rank(n):
        best = np.maximum(n, background)  # max(0, n − b) + b
        return xlogy(n, expected) - expected - xlogy(n, best) + best

    # The order rises with n up to the expected count and falls beyond: what ranks before n_observed lies
    # between it and a place of equal rank on the other side.
    own, few = rank(n_observed) + 1e-12, n_observed < expected
    near = np.where(few, np.floor(expected), np.ceil(expected))
    far = np.where(few, np.ceil(np.e * expected) + 1, -1.0)
    while np.any(np.abs(far - near) > 1):
        middle = np.where(few, np.floor((near + far) / 2), np.ceil((near + far) / 2))
        before = rank(np.maximum(middle, 0)) > own
        near, far = np.where(before, middle, near), np.where(before, far, middle)
    far = np.where(
        rank(near) > own, far, np.where(few, n_observed + 1, n_observed - 1)
    )  # at signal 0 all are equal
    first, last = np.where(few, n_observed, far), np.where(few, far, n_observed) - 1
    # Accepted unless the outcomes that rank before it hold `cl` already.
    return pdtr(last, expected) - np.where(first < 0, 0, pdtr(np.maximum(first, 0), expected)) < cl


def sensitivity(background, cl=0.9, upper_limit=None):
    """Return the upper limits that a counting experiment can expect if there is no signal.

    Every outcome's limit, weighted by its Poisson probability: exact, no toys.

    Parameters
    ----------
    background : float
        At most a million.
    cl : float
    upper_limit : callable, optional
        ``upper_limit(n_observed, background, cl)``, such as `poisson_upper`; by default the upper end of
        `feldman_cousins`.

    Returns
    -------
    Band
    """
    background = check.number("background", background, at_least=0, at_most=1e6)
    cl = level(cl)
    if upper_limit is None:

        def upper_limit(n_observed, background, cl):
            return feldman_cousins(n_observed, background, cl)[1]

    outcomes = np.arange(*(int(end) for end in stats.poisson.ppf([1e-12, 1 - 1e-4], background) + [0, 1]))
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
    """Return a confidence level, checked.

    Parameters
    ----------
    cl : float
    """
    cl = check.number("cl", cl, above=0)
    if cl >= 1:
        raise ValueError(f"cl must be below 1, got {cl:g}")
    return cl
