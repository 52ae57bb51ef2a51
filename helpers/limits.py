"""From counts, templates or scores to limits, significances and coverage.

Everywhere below, a *signal* is the expected number of events at signal strength 1 (say, at a reference
cross-section), so that a limit on the strength times the reference is the limit itself. A scalar is one
bin; arrays hold the bins in their last axis. With a scalar `background_uncertainty` the background is one
component, shape (n_bins,); with an array of n_components, it has the shape (n_components, n_bins), and
each component's normalisation floats on its own, held by a Gaussian of that *relative* width.
"""

import copy
import functools
from typing import NamedTuple

import numpy as np
from scipy import optimize, stats
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
    limit = np.maximum(stats.chi2.ppf(_level(cl), 2 * (n_observed + 1)) / 2 - background, 0)
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
    return _feldman_cousins(n_observed, background, _level(cl))


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


def counting_sensitivity(background, cl=0.9, upper_limit=None):
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
    cl = _level(cl)
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


def cls_upper(signal, background, observed, background_uncertainty=0.0, cl=0.9):
    """Return the CLs upper limit on the signal strength, computed by pyhf with asymptotic formulas.

    CLs divides the p-value of the signal by that of the background alone, so that a signal to which
    there is no sensitivity is not excluded; the limit covers more often than `cl`
    (A. Read, J. Phys. G 28, 2693; q̃ of G. Cowan et al., Eur. Phys. J. C 71, 1554). The asymptotic
    distributions need more than a handful of events.

    Parameters
    ----------
    signal : array_like, shape () or (n_bins,)
        Events expected at strength 1.
    background : array_like, shape () or (n_bins,) or (n_components, n_bins)
        Events expected without signal, above 0 in each bin.
    observed : array_like, shape () or (n_bins,)
        Events seen (Asimov data need not be whole).
    background_uncertainty : float or array_like, shape (n_components,)
        Relative, Gaussian.
    cl : float
        Confidence level, between 0 and 1.

    Returns
    -------
    float
        Limit on the strength.

    Raises
    ------
    ValueError
        For shapes that do not agree, numbers that are not counts, or a level outside (0, 1).
    """
    import pyhf  # only here: it costs a second, and most lessons never need it

    signal, background, uncertainty, observed = _templates(
        signal, background, background_uncertainty, observed
    )
    if np.any(background.sum(axis=0) <= 0):
        raise ValueError("background must be above 0 in every bin for the asymptotic CLs limit")
    cl = _level(cl)
    # In units of events, a root is easy to bracket.
    total = signal.sum()
    shifts = []
    samples = [_pyhf_sample("signal", signal / total, [{"name": "mu", "type": "normfactor", "data": None}])]
    for index, (component, relative) in enumerate(zip(background, uncertainty, strict=True)):
        # histosys between (1 ± relative) × component is linear: the same Gaussian normalisation as ours.
        # Its shift is kept where the component stays at or above 0.
        band = {"hi_data": list(component * (1 + relative)), "lo_data": list(component * (1 - relative))}
        modifiers = [{"name": f"background_{index}", "type": "histosys", "data": band}] if relative else []
        if relative:
            shifts.append({"name": f"background_{index}", "bounds": [[-0.999 / relative, 10.0]]})
        samples.append(_pyhf_sample(f"background_{index}", component, modifiers))
    spread = float(background.sum() ** 0.5 + background.sum(axis=1) @ uncertainty)
    most = 10 * (1 + poisson_upper(int(np.ceil(observed.sum())), cl=cl) + spread)
    poi = {"name": "mu", "bounds": [[0, 2 * most]], "inits": [1.0]}
    channel = {"name": "bins", "samples": samples}
    model = pyhf.Model({"channels": [channel], "parameters": [poi, *shifts]}, poi_name="mu", validate=False)
    data = [float(count) for count in observed] + model.config.auxdata

    def excess(events):
        return float(pyhf.infer.hypotest(events, data, model, test_stat="qtilde")) - (1 - cl)

    # From above: for a vanishing signal the asymptotic formula divides zero by zero.
    low = most / 2
    while excess(low) < 0:
        low /= 2
    return float(optimize.brentq(excess, low, 2 * low, rtol=1e-6)) / total


def _pyhf_sample(name, values, modifiers):
    return {"name": name, "data": [float(value) for value in values], "modifiers": modifiers}


class ProfileLikelihood:
    """A binned Poisson likelihood whose background (and signal) normalisations float within Gaussians.

    Expected events in a bin: strength × signal × (1 + its shift) + Σ component × (1 + its shift).
    Shifts are profiled out; normalisations and the strength stay at or above 0. The test statistic
    is t̃ of G. Cowan et al., Eur. Phys. J. C 71, 1554, equation 11 (two-sided, as arXiv 2105.00599
    recommends) or q̃, equation 16 (one-sided).

    Parameters
    ----------
    signal : array_like, shape () or (n_bins,)
        Events expected at strength 1.
    background : array_like, shape () or (n_bins,) or (n_components, n_bins)
        Events expected without signal.
    observed : array_like, shape () or (n_bins,)
        Events seen (Asimov data need not be whole).
    background_uncertainty : float or array_like, shape (n_components,)
        Relative, Gaussian; 0 fixes a component.
    signal_uncertainty : float
        The same for the signal.

    Attributes
    ----------
    best_fit : float
        The strength of largest likelihood, at least 0.

    Raises
    ------
    ValueError
        For shapes that do not agree, numbers that are not counts, or events where none can be.
    """

    def __init__(self, signal, background, observed, background_uncertainty=0.0, signal_uncertainty=0.0):
        """Check the templates and keep them."""
        self.signal, self.background, self.background_uncertainty, self.observed = _templates(
            signal, background, background_uncertainty, observed
        )
        self.signal_uncertainty = check.number(
            "signal_uncertainty", signal_uncertainty, at_least=0, at_most=1
        )
        empty = (self.signal == 0) & (self.background.sum(axis=0) == 0)
        if np.any(self.observed[empty] > 0):
            raise ValueError("observed has events in a bin where neither signal nor background is expected")
        # Where the measurements behind the Gaussians came out, in sigma: toys move it. Signal last.
        self._measured = np.zeros(len(self.background) + 1)

    @functools.cached_property
    def best_fit(self):
        """The strength of largest likelihood, at least 0."""
        return float(self._fit_all(self.observed, self._measured)[0])

    def q(self, strength, one_sided=False):
        """Return the profile-likelihood test statistic of a signal strength.

        Parameters
        ----------
        strength : float
            At least 0.
        one_sided : bool
            Whether an upward fluctuation (best fit above `strength`) counts as agreement.

        Returns
        -------
        float
            −2 ln of the likelihood ratio, at least 0.

        Raises
        ------
        ValueError
            For a negative strength.
        """
        strength = check.number("strength", strength, at_least=0)
        if one_sided and strength < self.best_fit:
            return 0.0
        return float(self._q(strength, self.observed, self._measured))

    def interval(self, cl=0.9, threshold=None):
        """Return the two-sided interval on the strength: all with t̃ up to the threshold.

        Parameters
        ----------
        cl : float
            Confidence level, between 0 and 1.
        threshold : float or callable, optional
            By default the asymptotic one, 2.71 at 90 %; with few events, take `critical_value`.

        Returns
        -------
        lower, upper : float
            `lower` is 0 where no signal is compatible.

        Raises
        ------
        ValueError
            For a level outside (0, 1) or a negative threshold.
        """
        threshold = _threshold(threshold, stats.chi2.ppf(_level(cl), 1))

        def distance(strength):
            return self.q(strength) - threshold(strength)

        lower = optimize.brentq(distance, 0, self.best_fit, rtol=1e-9) if distance(0) > 0 else 0.0
        return float(lower), self._root(distance)

    def upper_limit(self, cl=0.9, one_sided=False, threshold=None):
        """Return the upper limit on the strength.

        Parameters
        ----------
        cl : float
            Confidence level, between 0 and 1.
        one_sided : bool
            False: the upper end of `interval`. True: q̃ up to the threshold, asymptotically 1.64 at 90 %.
        threshold : float or callable, optional
            In place of the asymptotic one.

        Returns
        -------
        float

        Raises
        ------
        ValueError
            As `interval`.
        """
        if not one_sided:
            return self.interval(cl, threshold)[1]
        threshold = _threshold(threshold, max(stats.norm.ppf(_level(cl)), 0) ** 2)
        return self._root(lambda strength: self.q(strength, one_sided=True) - threshold(strength))

    def significance(self):
        """Return the asymptotic discovery significance in sigma, √q₀ (Cowan et al., equation 52)."""
        return self.q(0.0) ** 0.5

    def asimov(self, strength=0.0):
        """Return the same likelihood with the expectation at `strength` (at least 0) as its observation."""
        strength = check.number("strength", strength, at_least=0)
        expected = strength * self.signal + self.background.sum(axis=0)
        return self._with(expected, np.zeros_like(self._measured))

    def toy(self, strength, rng):
        """Return the same likelihood with counts and constraints drawn anew at `strength`.

        The shifts' true values are those that fit the observation best at that strength.

        Parameters
        ----------
        strength : float
            At least 0.
        rng : numpy.random.Generator

        Returns
        -------
        ProfileLikelihood
        """
        counts, measured = self._draw(strength, 1, rng)
        return self._with(counts[0], measured[0])

    def critical_value(self, strength, rng, cl=0.9, n_toys=1000, one_sided=False):
        """Return the threshold that a true `strength` stays below in a share `cl` of toys.

        The shifts' true values are those that fit the observation best at that strength (the
        "profile construction").

        Parameters
        ----------
        strength : float
            At least 0.
        rng : numpy.random.Generator
        cl : float
            Confidence level, between 0 and 1.
        n_toys : int
            The statistical error of the share is about √(cl (1 − cl) / n_toys).
        one_sided : bool
            As in `q`.

        Returns
        -------
        float

        Raises
        ------
        ValueError
            For a negative strength, a level outside (0, 1), no toys, or no generator.
        """
        n_toys = check.number("n_toys", n_toys, at_least=1, integer=True)
        counts, measured = self._draw(strength, n_toys, rng)
        statistic = self._q(float(strength), counts, measured)
        if one_sided:
            statistic = np.where(self._fit_all(counts, measured)[0] > strength, 0.0, statistic)
        return float(np.quantile(statistic, _level(cl)))

    def _with(self, observed, measured):
        other = copy.copy(self)
        other.__dict__.pop("best_fit", None)
        other.observed, other._measured = observed, measured
        return other

    def _draw(self, strength, n, rng):
        strength = check.number("strength", strength, at_least=0)
        check.generator("rng", rng)
        shifts = self._fit_shifts(strength, self.observed, self._measured)[0]
        expected = self._expected(strength, shifts)
        return rng.poisson(expected, (n, expected.size)), rng.normal(shifts, 1.0, (n, shifts.size))

    def _expected(self, strength, shifts):
        return (1 + self.background_uncertainty * shifts[:-1]) @ self.background + strength * (
            1 + self.signal_uncertainty * shifts[-1]
        ) * self.signal

    def _slopes(self, strength):
        slopes = self.background * self.background_uncertainty[:, None]
        return np.vstack([slopes, strength * self.signal_uncertainty * self.signal])

    def _lowest(self):
        with np.errstate(divide="ignore", over="ignore"):
            return -1 / np.append(self.background_uncertainty, self.signal_uncertainty)

    def _fit_shifts(self, strength, counts, measured):
        base = self.background.sum(axis=0) + strength * self.signal
        return _minimise(
            counts, base, self._slopes(strength), measured, np.ones(measured.shape[-1]), self._lowest()
        )

    def _fit_all(self, counts, measured):
        # Strength and the signal's own shift act as a product, so that the latter stays where measured.
        own = np.maximum(1 + self.signal_uncertainty * measured[..., -1], 1e-3)
        slopes = self._slopes(0.0)
        slopes[-1] = self.signal / self.signal.sum()
        start = np.array(measured)
        start[..., -1] = np.maximum(counts.sum(axis=-1) - self.background.sum(), 0.1)
        weight = np.append(np.ones(len(self.background)), 0.0)
        lowest = np.append(self._lowest()[:-1], 0.0)
        fitted, least = _minimise(counts, self.background.sum(axis=0), slopes, start, weight, lowest)
        return fitted[..., -1] / self.signal.sum() / own, least

    def _q(self, strength, counts, measured):
        constrained = self._fit_shifts(strength, counts, measured)[1]
        return np.maximum(2 * (constrained - self._fit_all(counts, measured)[1]), 0)

    def _root(self, distance):
        inside = self.best_fit
        step = (1 + self.observed.sum() ** 0.5) / self.signal.sum()
        while distance(inside + step) < 0:
            step *= 2
        return float(optimize.brentq(distance, inside, inside + step, rtol=1e-9))


def asimov_significance(signal, background, background_uncertainty=0.0):
    """Return the median significance with which a signal of strength 1 would be discovered.

    √q₀ of the Asimov data set (Cowan et al., Eur. Phys. J. C 71, 1554, section 4.3), each background
    component's normalisation profiled within its Gaussian. In one bin it tends to S/√B, and for a
    large background it stops at S/(uncertainty × B): there only a difference in shape helps.

    Parameters
    ----------
    signal : array_like, shape () or (..., n_bins)
        Events expected; leading axes are separate experiments (exposures, masses…).
    background : array_like, shape () or (..., n_bins) or (..., n_components, n_bins)
        Events expected without signal, above 0 wherever the signal is.
    background_uncertainty : float or array_like, shape (n_components,)
        Relative, Gaussian.

    Returns
    -------
    float or ndarray, shape (...)
        In sigma.

    Raises
    ------
    ValueError
        For shapes that do not agree, negative numbers, or signal in a bin without background.
    """
    signal, background, uncertainty = _experiments(signal, background, background_uncertainty)
    significance = _asimov_significance(signal, background, uncertainty)
    return significance if significance.ndim else float(significance)


def discovery_reach(signal, background, background_uncertainty=0.0, significance=3.0):
    """Return the signal strength that would be discovered with the given median significance.

    Inverts `asimov_significance`. Against exposure it shows the neutrino fog: the reach falls about as
    1/exposure without background, as 1/√exposure over a known one, stands still once the background's
    uncertainty exceeds its fluctuations, and falls again when its shape tells the two apart.

    Parameters
    ----------
    signal, background, background_uncertainty
        As in `asimov_significance`, the signal at strength 1.
    significance : float
        In sigma, above 0.

    Returns
    -------
    float or ndarray, shape (...)
        Strength: times the reference cross-section it is the reach.

    Raises
    ------
    ValueError
        As `asimov_significance`.
    """
    signal, background, uncertainty = _experiments(signal, background, background_uncertainty)
    significance = check.number("significance", significance, above=0)
    shape = signal / signal.sum(axis=-1, keepdims=True)
    # Bisection in the logarithm of the number of signal events, from what a plain count would need.
    spread = np.sqrt(background.sum(axis=(-2, -1))) + background.sum(axis=-1) @ uncertainty
    high = np.log(np.broadcast_to(10 + 10 * significance * (significance + spread), signal.shape[:-1]))
    low = np.full(high.shape, -40.0)
    for _ in range(60):
        middle = (low + high) / 2
        found = (
            _asimov_significance(np.exp(middle)[..., None] * shape, background, uncertainty) >= significance
        )
        low, high = np.where(found, low, middle), np.where(found, middle, high)
    strength = np.exp(high) / signal.sum(axis=-1)
    return strength if strength.ndim else float(strength)


def _asimov_significance(signal, background, uncertainty):
    base = background.sum(axis=-2)
    counts = base + signal
    slopes = background * uncertainty[:, None]
    with np.errstate(divide="ignore", over="ignore"):
        lowest = -1 / uncertainty
    start = np.zeros((*counts.shape[:-1], uncertainty.size))
    least = _minimise(counts, base, slopes, start, np.ones(uncertainty.size), lowest)[1]
    return np.sqrt(2 * np.maximum(least, 0))


def _minimise(counts, base, slopes, start, weight, lowest):
    """Minimise −ln L over linear parameters: Newton with projection on the bounds, many data sets at once.

    Expected events are base + parameters @ slopes; each parameter has a Gaussian of width
    1/√weight around its `start` (none for weight 0) and stays at or above `lowest`. The function is
    convex, so that Newton with step halving finds the minimum from anywhere (D. Bertsekas, SIAM J.
    Control Optim. 20, 221 for the projection).

    Returns
    -------
    parameters : ndarray, shape (..., n_parameters)
    value : ndarray, shape (...)
        −ln L, 0 where every bin holds what is expected of it.
    """

    def value(parameters):
        expected = base + np.einsum("...k,...kb->...b", parameters, slopes)
        # n (x − ln(1 + x)) with x = (expected − n)/n keeps its digits where they agree.
        x = (expected - counts) / np.where(counts > 0, counts, 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            misfit = np.where(counts > 0, counts * (x - np.log1p(x)), expected).sum(axis=-1)
        penalty = np.sum(weight * (parameters - start) ** 2, axis=-1) / 2
        return np.where(np.all(expected >= 0, axis=-1), misfit + penalty, np.inf)

    parameters = np.maximum(start, lowest)
    now = value(parameters)
    for _ in range(200):
        expected = np.maximum(base + np.einsum("...k,...kb->...b", parameters, slopes), 1e-100)
        ratio = counts / expected
        gradient = np.einsum("...kb,...b->...k", slopes, 1 - ratio) + weight * (parameters - start)
        curvature = np.einsum("...kb,...b,...lb->...kl", slopes, ratio / expected, slopes)
        curvature = curvature + np.diag(weight + 1e-12)
        free = ~((parameters <= lowest) & (gradient > 0))
        curvature = curvature * (free[..., :, None] & free[..., None, :])
        curvature = curvature + np.eye(weight.size) * ~free[..., None, :]
        step = -np.linalg.solve(curvature, (gradient * free)[..., None])[..., 0]
        moved = np.maximum(parameters + step, lowest)
        # What this step can still gain; a last one squares the error.
        settled = -np.sum(gradient * free * step, axis=-1) < 1e-10
        length = np.ones_like(now)
        for _ in range(40):
            new = value(moved)
            worse = ~(new <= now) & ~settled
            if not np.any(worse):
                break
            length = np.where(worse, length / 2, length)
            moved = np.maximum(parameters + length[..., None] * step, lowest)
        parameters = np.where(worse[..., None], parameters, moved)
        now = np.where(worse, now, new)
        if np.all(settled | worse):  # worse even after 40 halvings: at the end of the digits
            break
    return parameters, now


def _level(cl):
    cl = check.number("cl", cl, above=0)
    if cl >= 1:
        raise ValueError(f"cl must be below 1, got {cl:g}")
    return cl


def _threshold(threshold, asymptotic):
    if callable(threshold):
        return threshold
    value = asymptotic if threshold is None else check.number("threshold", threshold, at_least=0)
    return lambda strength: value


def _experiments(signal, background, background_uncertainty):
    """Return signal (..., n_bins), background (..., n_components, n_bins), uncertainty (n_components,)."""
    signal = np.atleast_1d(check.array("signal", signal, at_least=0))
    background = np.atleast_1d(check.array("background", background, at_least=0))
    uncertainty = check.array("background_uncertainty", background_uncertainty, at_least=0)
    if uncertainty.ndim > 1:
        raise ValueError(f"background_uncertainty must be a number or a list, got shape {uncertainty.shape}")
    if uncertainty.ndim == 0:
        background, uncertainty = background[..., None, :], uncertainty[None]
    if background.ndim < 2 or background.shape[-2] != uncertainty.size:
        raise ValueError(
            f"background must have one component for each of the {uncertainty.size} uncertainties in its "
            f"last axis but one, got shape {background.shape}"
        )
    try:
        np.broadcast_shapes(signal.shape, background.sum(axis=-2).shape)
    except ValueError:
        raise ValueError(
            f"background must have the bins of the signal, got shapes {background.shape} and {signal.shape}"
        ) from None
    if signal.shape[-1] != background.shape[-1]:
        raise ValueError(
            f"background must have {signal.shape[-1]} bin(s) like the signal, got {background.shape[-1]}"
        )
    if np.any(signal.sum(axis=-1) <= 0):
        raise ValueError("signal must be above 0 in at least one bin")
    signal, total = np.broadcast_arrays(signal, background.sum(axis=-2))
    if np.any((total <= 0) & (signal > 0)):
        raise ValueError(
            "background must be above 0 in every bin with signal: the Asimov significance is infinite there"
        )
    return signal, background, uncertainty


def _templates(signal, background, background_uncertainty, observed):
    """Return the same for one experiment, and its observed counts (n_bins,)."""
    signal = np.atleast_1d(check.array("signal", signal, at_least=0))
    observed = np.atleast_1d(check.array("observed", observed, at_least=0))
    background = np.atleast_1d(check.array("background", background, at_least=0))
    uncertainty = check.array("background_uncertainty", background_uncertainty, at_least=0)
    if uncertainty.ndim == 0:
        background, uncertainty = background[None], uncertainty[None]
    if signal.ndim != 1 or observed.shape != signal.shape:
        raise ValueError(
            f"observed must have the bins of the signal, got {observed.shape} and {signal.shape}"
        )
    if uncertainty.ndim != 1 or background.shape != (uncertainty.size, signal.size):
        raise ValueError(
            f"background must have {uncertainty.size} component(s) of {signal.size} bin(s), got shape {background.shape}"
        )
    if signal.sum() <= 0:
        raise ValueError("signal must be above 0 in at least one bin")
    return signal, background, uncertainty, observed


class Fit(NamedTuple):
    """What `fit_templates` found: parameters (..., n_templates), and the misfit (...) that is left."""

    parameters: np.ndarray
    deviance: np.ndarray


def fit_templates(counts, templates, centre, width, *, fixed=0.0, lowest=0.0):
    """Fit how much of each template the counts hold, for many data sets at once.

    Expected counts are fixed + Σ parameter × template. A template may be negative in places: the change of a
    shape with a detector's property, in events per sigma, is one ("morphing", linear in the property). A
    parameter is held by a Gaussian round its centre, as far as its width is finite.

    Parameters
    ----------
    counts : array_like, shape (..., n_bins)
        Events seen; the leading axes are separate data sets (toys). Asimov data need not be whole.
    templates : array_like, shape (n_templates, n_bins)
    centre : array_like, shape (n_templates,) or (..., n_templates)
        What was measured elsewhere; for a free parameter, a guess. At the centre, no bin may expect less than 0.
    width : array_like, shape (n_templates,)
        Standard deviations round the centre; `numpy.inf` leaves a parameter free.
    fixed : float or array_like, shape (n_bins,)
        Expected events that do not float, such as those of the signal that is tested.
    lowest : float or array_like, shape (n_templates,)
        Parameters stay at or above it; −`numpy.inf` where they may be anything.

    Returns
    -------
    Fit
        `deviance` is −2 ln of the likelihood over that of the saturated model, which expects in each bin what was
        seen, plus the squared pulls of the parameters. Differences between nested fits are profile-likelihood
        ratios; by itself, held against toys, it is a goodness of fit (S. Baker, R. Cousins, Nucl. Instrum.
        Methods 221, 437 (1984), section 5).

    Raises
    ------
    ValueError
        For shapes that do not agree, negative counts, widths not above 0, or a centre that expects too little.
    """
    counts = check.array("counts", counts, at_least=0)
    templates = check.array("templates", templates, ndim=2)
    bins = templates.shape[1:]
    if counts.shape[-1:] != bins:
        raise ValueError(f"templates must have {counts.shape[-1:]} bins like counts, got {bins}")
    shape = (*counts.shape[:-1], len(templates))
    try:
        centre = np.broadcast_to(check.array("centre", centre), shape)
        fixed = np.broadcast_to(check.array("fixed", fixed), bins)
        width, lowest = (np.broadcast_to(np.asarray(x, dtype=float), shape[-1:]) for x in (width, lowest))
    except ValueError as problem:
        raise ValueError(
            f"centre, width, fixed and lowest must fit {shape[-1]} templates of {bins[0]} bins: {problem}"
        ) from None
    if not np.all(width > 0):
        raise ValueError(f"width must be above 0, got {width}")
    if np.any(fixed + np.maximum(centre, lowest) @ templates < 0):
        raise ValueError("centre must expect at least 0 events in every bin")
    parameters, value = _minimise(counts, fixed, templates, centre, 1 / width**2, lowest)
    return Fit(parameters, 2 * value)
