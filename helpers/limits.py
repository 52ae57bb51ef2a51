"""From counts, templates or scores to limits, significances and coverage.

Everywhere below, a *signal* is the expected number of events at signal strength 1 (say, at a reference
cross-section), so that a limit on the strength times the reference is the limit itself. A scalar is one
bin; arrays hold the bins in their last axis. With a scalar `background_uncertainty` the background is one
component, shape (n_bins,); with an array of n_components, it has the shape (n_components, n_bins), and
each component's normalisation floats on its own, held by a Gaussian of that *relative* width.
"""

import copy
import functools
import math
from typing import NamedTuple

import numpy as np
from scipy import stats
from scipy.special import log_ndtr, ndtri_exp

from helpers import check, counting

# In place of 0 counts: too few to matter, and to divide by them needs no case of its own.
NOTHING = 1e-200

# Where a shape would take an empty bin below 0 expected events, this times their square is added to −ln L: it ends
# within 1/20 000 of an event, and a Newton step sees a parabola where a wall would stop it for good.
WALL = 1e4


class Thresholds(NamedTuple):
    """Toy-calibrated thresholds on a grid of strengths, and (when called) between its points.

    Both are arrays of shape (..., n_strengths), one grid for each likelihood. Beyond a grid's ends its last
    value holds.
    """

    strength: np.ndarray
    value: np.ndarray

    def __call__(self, strength):
        """Return the threshold at strengths of shape (...) or (..., n_toys)."""
        grid, value = np.asarray(self.strength), np.asarray(self.value)
        strength = np.asarray(strength, dtype=float)
        flat = strength.reshape(math.prod(grid.shape[:-1]), -1)
        rows = zip(flat, grid.reshape(-1, grid.shape[-1]), value.reshape(-1, grid.shape[-1]), strict=True)
        return np.reshape([np.interp(*row) for row in rows], strength.shape)


class BestFit(NamedTuple):
    """What fits best: floats or arrays of the likelihood's leading shape (...)."""

    strength: float
    normalisations: np.ndarray  # (..., n_components), 1 as predicted
    shifts: np.ndarray  # (..., n_shapes), in sigma
    expected: np.ndarray  # (..., n_bins), in events
    statistic: float  # −2 ln of the likelihood over that of a model that meets every count (saturated)


class ProfileLikelihood:
    """Binned Poisson likelihoods, one or very many at once, with backgrounds that float within Gaussians.

    Expected events in a bin: strength × (1 + its shift) × signal + Σ normalisation × component
    + Σ shift × shape. Each normalisation has been measured elsewhere as 1 within its uncertainty, each
    shift as 0 within 1; all are profiled out, and normalisations and the strength stay at or above 0. The
    test statistic is t̃ of G. Cowan et al., Eur. Phys. J. C 71, 1554, equation 11 (two-sided, as
    arXiv 2105.00599 recommends) or q̃, equation 16 (one-sided).

    The leading axes "..." of signal, background and observed are independent likelihoods (hypotheses, toys);
    they broadcast, and every result has their shape: a float where there are none.

    Parameters
    ----------
    signal : array_like, shape () or (..., n_bins)
        Events expected at strength 1.
    background : array_like, shape () or (..., n_bins) or (..., n_components, n_bins)
        Events expected without signal.
    observed : array_like, shape () or (..., n_bins)
        Events seen (Asimov data need not be whole).
    background_uncertainty : float or array_like, shape (n_components,)
        Relative, Gaussian; 0 fixes a component and infinity leaves it free.
    signal_uncertainty : float
        The same for the signal, at most 1.
    shapes : array_like, shape (..., n_shapes, n_bins), optional
        Events that each uncertainty of shape adds at +1 sigma (below 0 where it takes some away).

    Attributes
    ----------
    shape : tuple
        The leading axes.
    best_fit : float or ndarray, shape (...)
        The strength of largest likelihood, at least 0.

    Raises
    ------
    ValueError
        For shapes that do not agree, numbers that are not counts, or events where none can be.
    """

    def __init__(
        self, signal, background, observed, background_uncertainty=0.0, signal_uncertainty=0.0, shapes=None
    ):
        """Check the templates and keep them."""
        self.signal, self.background, self.background_uncertainty = _templates(
            signal, background, background_uncertainty
        )
        n_bins = self.signal.shape[-1]
        self.observed = np.atleast_1d(check.array("observed", observed, at_least=0))
        self.signal_uncertainty = check.number(
            "signal_uncertainty", signal_uncertainty, at_least=0, at_most=1
        )
        self.shapes = (
            np.zeros((0, n_bins)) if shapes is None else np.atleast_2d(check.array("shapes", shapes))
        )
        for name, bins in (("observed", self.observed), ("shapes", self.shapes)):
            if bins.shape[-1] != n_bins:
                raise ValueError(
                    f"{name} must have the {n_bins} bin(s) of the signal, got shape {bins.shape}"
                )
        try:
            self._templates_shape = np.broadcast_shapes(
                self.signal.shape[:-1], self.background.shape[:-2], self.shapes.shape[:-2]
            )
            self.shape = np.broadcast_shapes(self._templates_shape, self.observed.shape[:-1])
        except ValueError:
            raise ValueError(
                "observed must have leading axes that broadcast with those of the templates, got shapes "
                f"{self.observed.shape}, {self.signal.shape} and {self.background.shape}"
            ) from None
        empty = (self.signal == 0) & np.all(self.background == 0, axis=-2)
        empty = empty & np.all(self.shapes == 0, axis=-2)
        if np.any((self.observed > 0) & empty):
            raise ValueError("observed has events in a bin where neither signal nor background is expected")
        # Where the measurements behind the Gaussians came out, in sigma (toys move them): the components',
        # the shapes', the signal's own.
        self._measured = np.zeros((*self.shape, len(self.background_uncertainty) + self.shapes.shape[-2] + 1))
        self._arrange()

    def _arrange(self):
        """Lay everything out as (n_groups, n_sets, ...): the sets of a group share their templates."""
        lead = (1,) * (len(self.shape) - len(self._templates_shape)) + self._templates_shape
        n_axes = max((axis + 1 for axis, length in enumerate(lead) if length > 1), default=0)
        groups = self.shape[:n_axes] + (1,) * (len(self.shape) - n_axes)
        n_groups, n_sets = math.prod(groups), math.prod(self.shape[n_axes:])

        def grouped(templates):
            rest = templates.shape[-2:]
            return np.broadcast_to(templates, groups + rest).reshape(n_groups, *rest)

        uncertainty = self.background_uncertainty
        self._floating = floating = uncertainty > 1e-9  # below, nothing would move
        n_shapes = self.shapes.shape[-2]
        # The first parameter is the number of signal events: it has a scale whatever the reference.
        self._total = grouped(self.signal[..., None, :]).sum(axis=-1)
        self._slopes = np.concatenate(
            [
                grouped(self.signal[..., None, :]) / self._total[..., None],
                grouped(self.background[..., floating, :]),
                grouped(self.shapes),
            ],
            axis=1,
        )
        self._base = grouped(self.background[..., ~floating, :]).sum(axis=1)
        n_bins, n_measured = self.signal.shape[-1], self._measured.shape[-1]
        self._counts = np.broadcast_to(self.observed, (*self.shape, n_bins)).reshape(n_groups, n_sets, n_bins)
        measured = self._measured.reshape(n_groups, n_sets, n_measured)
        # Of the parameters but the first: prediction, centre and weight of the Gaussian, lowest value.
        width = np.append(uncertainty[floating], np.ones(n_shapes))
        self._moving = np.append(floating, [True] * n_shapes + [False])
        self._predicted = np.append(np.ones(floating.sum()), np.zeros(n_shapes))
        self._centre = self._predicted + np.where(np.isinf(width), 0, width) * measured[..., self._moving]
        self._weight = width**-2
        self._lowest = np.append(np.zeros(floating.sum()), np.full(n_shapes, -np.inf))
        self._own = 1 + self.signal_uncertainty * measured[..., -1]

    @functools.cached_property
    def best_fit(self):
        """The strength of largest likelihood, at least 0."""
        return self._results(self._strength(self._best[0]))

    def fit(self, strength=None):
        """Return what fits the observation best, at a given strength or (by default) at the best.

        Parameters
        ----------
        strength : float or array_like, shape (...), optional
            At least 0.

        Returns
        -------
        BestFit

        Raises
        ------
        ValueError
            For a negative strength.
        """
        if strength is None:
            (parameters, least), strength = self._best, self.best_fit
        else:
            strength = self._strengths(strength)
            parameters, least, _ = self._profile(strength)
            strength = self._results(strength)
        shapes = 1 + self._floating.sum()
        normalisations = np.ones((*least.shape, self._floating.size))
        normalisations[..., self._floating] = parameters[..., 1:shapes]
        expected = np.maximum(self._base[:, None] + parameters @ self._slopes, 0)
        return BestFit(
            strength,
            self._results(normalisations),
            self._results(parameters[..., shapes:]),
            self._results(expected),
            self._results(2 * least),
        )

    def q(self, strength, one_sided=False):
        """Return the profile-likelihood test statistic of a signal strength.

        Parameters
        ----------
        strength : float or array_like, shape (...)
            At least 0.
        one_sided : bool
            Whether an upward fluctuation (best fit above `strength`) counts as agreement.

        Returns
        -------
        float or ndarray, shape (...)
            −2 ln of the likelihood ratio, at least 0.

        Raises
        ------
        ValueError
            For a negative strength.
        """
        strength = self._strengths(strength)
        statistic = np.maximum(2 * (self._profile(strength)[1] - self._best[1]), 0)
        if one_sided:
            statistic = np.where(self._strength(self._best[0]) > strength, 0.0, statistic)
        return self._results(statistic)

    def interval(self, cl=0.9, threshold=None):
        """Return the two-sided interval on the strength: all with t̃ up to the threshold.

        Parameters
        ----------
        cl : float
            Confidence level, between 0 and 1.
        threshold : float, array_like of shape (...) or callable, optional
            By default the asymptotic one, 2.71 at 90 %; with few events, take `thresholds`.

        Returns
        -------
        lower, upper : float or ndarray, shape (...)
            `lower` is 0 where no signal is compatible.

        Raises
        ------
        ValueError
            For a level outside (0, 1) or a negative threshold.
        """
        level = self._level(threshold, stats.chi2.ppf(counting.level(cl), 1))
        return self._results(self._cross(-1, level)), self._results(self._cross(1, level))

    def upper_limit(self, cl=0.9, one_sided=False, threshold=None):
        """Return the upper limit on the strength.

        Parameters
        ----------
        cl : float
            Confidence level, between 0 and 1.
        one_sided : bool
            False: the upper end of `interval`. True: q̃ up to the threshold, asymptotically 1.64 at 90 %.
        threshold : float, array_like of shape (...) or callable, optional
            In place of the asymptotic one.

        Returns
        -------
        float or ndarray, shape (...)

        Raises
        ------
        ValueError
            As `interval`.
        """
        cl = counting.level(cl)
        asymptotic = max(stats.norm.ppf(cl), 0) ** 2 if one_sided else stats.chi2.ppf(cl, 1)
        return self._results(self._cross(1, self._level(threshold, asymptotic)))

    def cls_limit(self, cl=0.9):
        """Return the CLs upper limit on the strength, asymptotic.

        CLs divides the p-value of the signal by that of the background alone, so that a signal to which
        there is no sensitivity is not excluded; the limit covers more often than `cl`
        (A. Read, J. Phys. G 28, 2693; q̃ and its asymptotic distributions, which need more than a
        handful of events, from G. Cowan et al., Eur. Phys. J. C 71, 1554, equations 64–66).

        Parameters
        ----------
        cl : float
            Confidence level, between 0.5 and 1.

        Returns
        -------
        float or ndarray, shape (...)

        Raises
        ------
        ValueError
            For a level outside (0.5, 1).
        """
        cl = check.number("cl", counting.level(cl), above=0.5)
        expected, measured = self._truth(0.0)
        alone = self._with(expected, measured)

        def level(strength, z, active):
            # Tail(t + alone_z) = (1 − cl) Tail(t), t the statistic less its expectation without signal.
            alone_z = np.sqrt(2 * np.maximum(alone._profile(strength, active)[1], 1e-12))
            t = np.where(z <= alone_z, z - alone_z, (z**2 - alone_z**2) / (2 * alone_z))
            t = -ndtri_exp(np.log(1 - cl) + log_ndtr(-t)) - alone_z
            return np.where(t <= 0, t + alone_z, np.sqrt(alone_z**2 + 2 * alone_z * np.maximum(t, 0)))

        return self._results(self._cross(1, level))

    def significance(self):
        """Return the asymptotic discovery significance in sigma, √q₀ (Cowan et al., equation 52)."""
        return self.q(0.0) ** 0.5

    def goodness_of_fit(self, *, rng, n_toys=1000, strength=None):
        """Return how badly the best fit misses the counts, and how often toys miss them worse.

        The statistic is the likelihood ratio to a model that meets every count ("saturated"; S. Baker and
        R. Cousins, Nucl. Instrum. Meth. 221, 437); toys are drawn from the best fit and fitted as it was.

        Parameters
        ----------
        rng : numpy.random.Generator
        n_toys : int
        strength : float or array_like, shape (...), optional
            Where given, it is not fitted: 0 asks whether the background alone can be what was seen.

        Returns
        -------
        statistic, p_value : float or ndarray, shape (...)
            The observation counts as one of the toys, so that the p-value is never 0.

        Raises
        ------
        ValueError
            For a negative strength, no toys, or no generator.
        """
        found = self.fit(strength).statistic
        toys = self.toys(self.best_fit if strength is None else strength, n_toys, rng=rng)
        strength = None if strength is None else np.asarray(strength, dtype=float)[..., None]
        worse = toys.fit(strength).statistic >= np.asarray(found)[..., None]
        return found, (1 + worse.sum(axis=-1)) / (1 + n_toys)

    def asimov(self, strength=0.0):
        """Return the same likelihoods with the expectation at `strength` (at least 0) as observation."""
        strength = check.array("strength", strength, at_least=0)
        expected = strength[..., None] * self.signal + self.background.sum(axis=-2)
        return self._with(np.broadcast_to(expected, (*self.shape, self.signal.shape[-1])), 0.0)

    def toys(self, strength, n_toys, *, rng):
        """Return the same likelihoods with counts and constraints drawn anew at `strength`.

        The true normalisations and shifts are those that fit the observation best at that strength (the
        "profile construction"); what was measured of them elsewhere is drawn too.

        Parameters
        ----------
        strength : float or array_like, shape (...)
            At least 0.
        n_toys : int
        rng : numpy.random.Generator

        Returns
        -------
        ProfileLikelihood
            Of the shape (..., n_toys).

        Raises
        ------
        ValueError
            For a negative strength, no toys, or no generator.
        """
        n_toys = check.number("n_toys", n_toys, at_least=1, integer=True)
        check.generator("rng", rng)
        expected, true = self._truth(strength)
        counts = rng.poisson(expected[..., None, :], (*self.shape, n_toys, expected.shape[-1]))
        measured = rng.normal(true[..., None, :], 1.0, (*self.shape, n_toys, true.shape[-1]))
        return self._with(counts.astype(float), measured, toys=True)

    def critical_value(self, strength, *, rng, cl=0.9, n_toys=1000, one_sided=False):
        """Return the threshold that a true `strength` stays below in a share `cl` of `toys`.

        Parameters
        ----------
        strength : float or array_like, shape (...)
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
        float or ndarray, shape (...)

        Raises
        ------
        ValueError
            For a negative strength, a level outside (0, 1), no toys, or no generator.
        """
        cl = counting.level(cl)
        toys = self.toys(strength, n_toys, rng=rng)
        statistic = toys.q(np.asarray(strength, dtype=float)[..., None], one_sided)
        threshold = np.quantile(statistic, cl, axis=-1)
        return threshold if threshold.ndim else float(threshold)

    def thresholds(self, strengths, *, rng, cl=0.9, n_toys=1000, one_sided=False):
        """Return `critical_value` on a grid of strengths (a Neyman construction), interpolated.

        Where hardly an event is expected, the counts' steps make the threshold jump with the strength: the
        grid must then be finer than an event.

        Parameters
        ----------
        strengths : array_like, shape (n_strengths,) or (..., n_strengths)
            Rising, around where the limits will be.
        rng, cl, n_toys, one_sided
            As in `critical_value`; the toys are drawn anew at each strength.

        Returns
        -------
        Thresholds
            To be given to `interval` or `upper_limit`, of these likelihoods or of their toys.

        Raises
        ------
        ValueError
            As `critical_value`, and for strengths that do not rise.
        """
        strengths = check.array("strengths", strengths, at_least=0)
        if strengths.ndim == 0 or np.any(np.diff(strengths) <= 0):
            raise ValueError(f"strengths must be a rising list, got {strengths}")
        strengths = np.broadcast_to(strengths, (*self.shape, strengths.shape[-1]))
        values = [
            self.critical_value(strengths[..., k], rng=rng, cl=cl, n_toys=n_toys, one_sided=one_sided)
            for k in range(strengths.shape[-1])
        ]
        return Thresholds(strengths, np.stack(values, axis=-1))

    def sensitivity(self, *, rng, cl=0.9, n_toys=1000, one_sided=False, threshold=None):
        """Return the quantiles of `upper_limit` over `toys` without signal.

        Parameters
        ----------
        rng : numpy.random.Generator
        cl, one_sided, threshold
            As in `upper_limit`.
        n_toys : int

        Returns
        -------
        Band
            Each a float or an ndarray of shape (...).

        Raises
        ------
        ValueError
            As `upper_limit` and `toys`.
        """
        found = self.toys(0.0, n_toys, rng=rng).upper_limit(cl, one_sided, threshold)
        band = np.quantile(found, stats.norm.cdf([-2, -1, 0, 1, 2]), axis=-1)
        return counting.Band(*(value if value.ndim else float(value) for value in band))

    def _with(self, observed, measured, toys=False):
        other = copy.copy(self)
        for cached in ("best_fit", "_best"):
            other.__dict__.pop(cached, None)
        if toys:
            other.signal, other.background = self.signal[..., None, :], self.background[..., None, :, :]
            other.shapes = self.shapes[..., None, :, :]
            other._templates_shape = (*self._templates_shape, 1)
        other.shape = observed.shape[:-1]
        other.observed = observed
        other._measured = np.broadcast_to(measured, (*other.shape, self._measured.shape[-1]))
        other._arrange()
        return other

    def _strengths(self, strength):
        strength = check.array("strength", strength, at_least=0)
        try:
            strength = np.broadcast_to(strength, self.shape)
        except ValueError:
            raise ValueError(f"strength must have the shape {self.shape}, got {strength.shape}") from None
        return strength.reshape(self._counts.shape[:2])

    def _results(self, values):
        """Return values (n_groups, n_sets, ...) in the shape that the caller knows."""
        values = values.reshape(self.shape + values.shape[2:])
        return values if values.ndim else float(values)

    def _strength(self, parameters):
        # Strength and the signal's own shift act as a product, so that the latter stays where measured.
        return parameters[..., 0] / self._total / np.maximum(self._own, 1e-3)

    def _truth(self, strength):
        """Return the expected events and, in sigma, all shifts that fit best at a strength."""
        strength = self._strengths(strength)
        parameters = self._profile(strength)[0]
        shifts = self._measured.reshape(*strength.shape, -1).copy()
        shifts[..., self._moving] = (parameters[..., 1:] - self._predicted) * np.sqrt(self._weight)
        if self.signal_uncertainty:
            ratio = parameters[..., 0] / self._total / np.where(strength > 0, strength, 1)
            shifts[..., -1] = np.where(strength > 0, (ratio - 1) / self.signal_uncertainty, shifts[..., -1])
        expected = np.maximum(self._base[:, None] + parameters @ self._slopes, 0)
        return expected.reshape(*self.shape, -1), shifts.reshape(*self.shape, -1)

    def _blocks(self, which=None):
        """Yield indices of data sets, a block at a time, and their templates."""
        n_groups, n_sets, n_bins = self._counts.shape
        size = max(1, 2**15 // n_bins)  # what a processor's own memory holds
        which = np.ones((n_groups, n_sets), bool) if which is None else which
        if n_sets < 8:  # too few to gain from shared templates
            sets = np.argwhere(which)
            for at in range(0, len(sets), size):
                group, member = sets[at : at + size].T
                yield (group, member), self._slopes[group], self._base[group]
            return
        for group in range(n_groups):
            members = np.flatnonzero(which[group])
            for at in range(0, len(members), size):
                yield (group, members[at : at + size]), self._slopes[group], self._base[group]

    @functools.cached_property
    def _best(self):
        """Parameters (n_groups, n_sets, n_parameters) and −ln L of the best fits."""
        weight, lowest = np.append(0.0, self._weight), np.append(0.0, self._lowest)
        parameters = np.empty((*self._counts.shape[:2], weight.size))
        least = np.empty(parameters.shape[:2])
        for index, slopes, base in self._blocks():
            counts, centre = self._counts[index], self._centre[index]
            without = base.sum(axis=-1) + _mix(centre, slopes[..., 1:, :]).sum(axis=-1)
            events = np.maximum(counts.sum(axis=-1) - without, 0.1)
            start, safe = (
                np.column_stack([events, rest])
                for rest in (centre, np.broadcast_to(self._predicted, centre.shape))
            )
            parameters[index], least[index] = _minimise(
                counts, base, slopes, start, safe, start, weight, lowest
            )
        return parameters, least

    def _profile(self, strength, which=None, start=None):
        """Return parameters, −ln L and its slope in the strength, of fits at strengths (n_groups, n_sets)."""
        start = self._best[0] if start is None else start
        parameters = np.zeros(start.shape)
        least, slope = np.zeros(strength.shape), np.zeros(strength.shape)
        events = strength * self._total
        for index, slopes, base in self._blocks(which):
            counts, centre, fixed = self._counts[index], self._centre[index], events[index]
            safe = np.broadcast_to(self._predicted, centre.shape)
            if self.signal_uncertainty:
                # The Gaussian of the signal's shift, written for its number of events; at strength 0 it holds.
                own = self._own[index]
                weight = np.maximum(self.signal_uncertainty * fixed, 1e-15) ** -2
                weight = np.column_stack([weight, np.broadcast_to(self._weight, centre.shape)])
                centre = np.column_stack([fixed * own, centre])
                signal = fixed * np.maximum(own, 1e-3)
                begin, safe = (np.column_stack([signal, rest]) for rest in (start[index][:, 1:], safe))
                lowest = np.append(0.0, self._lowest)
                found, least[index] = _minimise(counts, base, slopes, begin, safe, centre, weight, lowest)
                found[fixed == 0, 0] = 0.0
                share = np.where(fixed > 0, found[:, 0] / np.where(fixed > 0, fixed, 1), own)
            else:
                signal = slopes[..., 0, :]
                offset = base + fixed[:, None] * signal
                begin = start[index][:, 1:]
                found, least[index] = _minimise(
                    counts, offset, slopes[..., 1:, :], begin, safe, centre, self._weight, self._lowest
                )
                found, share = np.column_stack([fixed, found]), 1.0
            parameters[index] = found
            missing = 1 - counts / np.maximum(base + _mix(found, slopes), 1e-100)
            slope[index] = share * np.sum(slopes[..., 0, :] * missing, axis=-1)
        return parameters, least, slope * self._total

    def _level(self, threshold, asymptotic):
        """Return the threshold on √q as a function of strength and √q, both (n_groups, n_sets)."""
        if not callable(threshold):
            value = asymptotic if threshold is None else check.array("threshold", threshold, at_least=0)
            level = np.sqrt(np.broadcast_to(value, self.shape).reshape(self._counts.shape[:2]))
            return lambda strength, z, active: level

        def level(strength, z, active):
            value = np.asarray(threshold(strength.reshape(self.shape)), dtype=float)
            return np.sqrt(np.broadcast_to(value, self.shape).reshape(strength.shape))

        return level

    def _cross(self, side, level):
        """Return the strengths above (side 1) or below (−1) the best fit where √q meets the level.

        Newton on √q, which is nearly straight, within a bracket; all data sets at once.
        """
        parameters, least = self._best
        best = np.maximum(self._strength(parameters), 0)
        if side > 0:
            step = (1 + self._counts.sum(axis=-1) ** 0.5) / self._total
            low, high, strength = best, np.full_like(best, np.inf), best + step
            active = np.ones(best.shape, bool)
        else:
            low, high, strength = np.zeros_like(best), best, best / 2
            at_zero = np.sqrt(2 * np.maximum(self._profile(low)[1] - least, 0))
            active = at_zero > level(low, at_zero, None)
        strength = np.where(active, strength, 0.0)
        before = None
        for _ in range(100):
            parameters, now, slope = self._profile(strength, active, parameters)
            z = np.sqrt(2 * np.maximum(now - least, 0))
            goal = level(strength, z, active)
            excess = side * (z - goal)
            low, high = np.where(excess > 0, low, strength), np.where(excess > 0, strength, high)
            with np.errstate(divide="ignore", invalid="ignore"):
                rise = slope / z
                if before is not None:  # the level's own slope, nothing for a constant one
                    rise = rise - np.nan_to_num((goal - before[1]) / (strength - before[0]))
                moved = strength - side * excess / rise
            before = strength, goal
            ends = np.where(np.isinf(high), 2 * strength - best + step, high) if side > 0 else high
            settled = np.abs(excess) < 1e-5  # this step squares the error
            inside = (side * rise > 0) & (moved > low) & (moved < ends)
            moved = np.where(inside, moved, np.where(settled, strength, (low + ends) / 2))
            strength = np.where(active, moved, strength)
            active = active & ~settled & (ends - low > 1e-12 * ends)
            if not active.any():
                break
        return strength


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
    return _asimov_significance(*_experiments(signal, background, background_uncertainty))


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
    model = ProfileLikelihood(signal, background, signal + background.sum(axis=-2), uncertainty)
    return model.fit(0.0).statistic ** 0.5


def _minimise(counts, base, slopes, start, safe, centre, weight, lowest):
    """Minimise −ln L over linear parameters: Newton with projection on the bounds, many data sets at once.

    Expected events are base + parameters @ slopes; each parameter has a Gaussian of width 1/√weight
    around its centre (none for weight 0) and stays at or above `lowest`. The function is convex, so that
    Newton with step halving finds the minimum from anywhere (D. Bertsekas, SIAM J. Control Optim. 20, 221
    for the projection). What has settled is set aside.

    Parameters
    ----------
    counts : ndarray, shape (n_sets, n_bins)
    base, slopes : ndarray, shape ([n_sets,] n_bins), ([n_sets,] n_parameters, n_bins)
    start, safe, centre : ndarray, shape (n_sets, n_parameters)
        `safe` is where to start instead if there are counts where `start` expects none.
    weight, lowest : ndarray, shape ([n_sets,] n_parameters), (n_parameters,)

    Returns
    -------
    parameters : ndarray, shape (n_sets, n_parameters)
    value : ndarray, shape (n_sets,)
        −ln L, 0 where every bin holds what is expected of it.
    """

    def expect(parameters, rows=slice(None)):
        return (base if base.ndim == 1 else base[rows]) + _mix(
            parameters, slopes if slopes.ndim == 2 else slopes[rows]
        )

    def below(expected, rows=slice(None)):
        return np.where(counts[rows] > NOTHING, 0.0, np.minimum(expected, 0.0)) if shapes else 0.0

    def value(parameters, expected, rows=slice(None)):
        low = below(expected, rows)
        expected = expected - low
        # n (x − ln(1 + x)) with x = (expected − n)/n keeps its digits where they agree.
        excess = expected + NOTHING - counts[rows]
        with np.errstate(divide="ignore", invalid="ignore"):
            misfit = excess - counts[rows] * np.log1p(excess / counts[rows]) + low + WALL * low**2
        spread = (weight if weight.ndim == 1 else weight[rows]) * (parameters - centre[rows]) ** 2
        return misfit.sum(axis=-1) + spread.sum(axis=-1) / 2  # not a number for counts where none can be

    counts = np.maximum(counts, NOTHING)
    shapes = np.any(slopes < 0)
    first, second = np.triu_indices(start.shape[-1])
    products = slopes[..., first, :] * slopes[..., second, :]
    best, least = np.empty(start.shape), np.empty(len(start))
    todo = np.arange(len(start))
    parameters = np.maximum(start, lowest)
    lost = ~np.isfinite(value(parameters, expect(parameters)))
    parameters[lost] = np.maximum(safe, lowest)[lost]
    expected = expect(parameters)
    now = value(parameters, expected)
    for _ in range(200):
        ratio, low = counts / np.maximum(expected, 1e-90), below(expected)
        gradient = _mix(1 - ratio + 2 * WALL * low, slopes.swapaxes(-1, -2)) + weight * (parameters - centre)
        bend = ratio * ratio / counts + 2 * WALL * (low < 0)
        curvature = _mix(bend, products.swapaxes(-1, -2))
        free = ~((parameters <= lowest) & (gradient > 0))
        step = _newton_step(curvature, weight, gradient, free)
        # What this step can still gain; a last one squares the error.
        settled = -np.sum(gradient * step, axis=-1) < 1e-8
        moved = np.maximum(parameters + step, lowest)
        expected = expect(moved)
        new = value(moved, expected)
        worse = np.flatnonzero(~(new <= now) & ~settled)
        length = 1.0
        while worse.size and length > 1e-20:
            length /= 2
            moved[worse] = np.maximum(parameters[worse] + length * step[worse], lowest)
            expected[worse] = expect(moved[worse], worse)
            new[worse] = value(moved[worse], expected[worse], worse)
            worse = worse[~(new[worse] <= now[worse])]
        moved[worse], new[worse], settled[worse] = parameters[worse], now[worse], True  # the digits' end
        parameters, now = moved, new
        best[todo[settled]], least[todo[settled]] = parameters[settled], now[settled]
        if settled.all():
            break
        if settled.any():
            on = ~settled
            todo, counts, centre, parameters = todo[on], counts[on], centre[on], parameters[on]
            expected, now = expected[on], now[on]
            weight = weight if weight.ndim == 1 else weight[on]
            if slopes.ndim == 3:
                base, slopes, products = base[on], slopes[on], products[on]
            elif base.ndim == 2:
                base = base[on]
    else:
        best[todo], least[todo] = parameters, now
    return best, least


def _mix(parameters, templates):
    """Return parameters @ templates, the templates shared or each data set's own."""
    if templates.ndim == 2:
        return parameters @ templates
    return (parameters[:, None, :] @ templates)[:, 0]


def _newton_step(curvature, weight, gradient, free):
    """Solve (curvature + weight) step = −gradient for the free parameters, elementwise over data sets.

    The curvature's columns are those of the upper triangle. Elimination by hand: a call of a library for
    each little matrix would cost more than all the rest.
    """
    n = gradient.shape[-1]
    pairs = zip(*np.triu_indices(n), strict=True)
    column = dict(zip(pairs, np.ascontiguousarray(curvature.T), strict=True))
    free, right = np.ascontiguousarray(free.T), -np.ascontiguousarray(gradient.T) * free.T
    weight = np.broadcast_to(weight.T if weight.ndim == 2 else weight[:, None], free.shape)
    for i, j in column:
        column[i, j] = column[i, j] * (free[i] & free[j])
    floor = []
    for k in range(n):
        column[k, k] = column[k, k] + np.where(free[k], weight[k], 1.0)
        floor.append(1e-12 * column[k, k] + 1e-300)  # two templates alike leave nothing
    for k in range(n):
        column[k, k] = np.maximum(column[k, k], floor[k])
        for i in range(k + 1, n):
            factor = column[k, i] / column[k, k]
            right[i] -= factor * right[k]
            for j in range(i, n):
                column[i, j] = column[i, j] - factor * column[k, j]
    for k in reversed(range(n)):
        for j in range(k + 1, n):
            right[k] -= column[k, j] * right[j]
        right[k] /= column[k, k]
    return right.T


def _templates(signal, background, background_uncertainty):
    """Return signal (..., n_bins), background (..., n_components, n_bins), uncertainty (n_components,)."""
    signal = np.atleast_1d(check.array("signal", signal, at_least=0))
    background = np.atleast_1d(check.array("background", background, at_least=0))
    uncertainty = np.asarray(background_uncertainty)
    free = uncertainty == np.inf
    uncertainty = check.array("background_uncertainty", np.where(free, 0, uncertainty), at_least=0)
    uncertainty = np.where(free, np.inf, uncertainty)
    if uncertainty.ndim > 1:
        raise ValueError(f"background_uncertainty must be a number or a list, got shape {uncertainty.shape}")
    if uncertainty.ndim == 0:
        background, uncertainty = background[..., None, :], uncertainty[None]
    if background.ndim < 2 or background.shape[-2] != uncertainty.size:
        raise ValueError(
            f"background must have one component for each of the {uncertainty.size} uncertainties in its "
            f"last axis but one, got shape {background.shape}"
        )
    if signal.shape[-1] != background.shape[-1]:
        raise ValueError(
            f"background must have {signal.shape[-1]} bin(s) like the signal, got {background.shape[-1]}"
        )
    try:
        np.broadcast_shapes(signal.shape[:-1], background.shape[:-2])
    except ValueError:
        raise ValueError(
            f"background must broadcast with the signal, got shapes {background.shape} and {signal.shape}"
        ) from None
    if np.any(signal.sum(axis=-1) <= 0):
        raise ValueError("signal must be above 0 in at least one bin")
    return signal, background, uncertainty


def _experiments(signal, background, background_uncertainty):
    """Return the same where an Asimov significance is asked, the signal in its full shape."""
    signal, background, uncertainty = _templates(signal, background, background_uncertainty)
    signal, total = np.broadcast_arrays(signal, background.sum(axis=-2))
    if np.any((total <= 0) & (signal > 0)):
        raise ValueError(
            "background must be above 0 in every bin with signal: the Asimov significance is infinite there"
        )
    return signal, background, uncertainty
