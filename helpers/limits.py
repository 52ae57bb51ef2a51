"""From counts, templates or scores to limits, significances and coverage.

Everywhere below, a *signal* is the expected number of events at signal strength 1 (say, at a reference
cross-section), so that a limit on the strength times the reference is the limit itself. A scalar is one
bin; arrays hold the bins in their last axis. With a scalar `background_uncertainty` the background is one
component, shape (n_bins,); with an array of n_components, it has the shape (n_components, n_bins), and
each component's normalisation floats on its own, held by a Gaussian of that *relative* width.

What all likelihoods share stands in `helpers.likelihood`, and the words `strength`, `cl`, `rng` and "..." are
explained there. What cannot be is a ValueError that names the argument.
"""

import copy
import functools
import math
from typing import NamedTuple

import numpy as np
from scipy.special import erfcx, log_ndtr

from helpers import check, counting
from helpers.likelihood import NOTHING, Likelihood, minimise

# Where a shape would take an empty bin below 0 expected events, this times their square is added to −ln L: it ends
# within 1/20 000 of an event, and a Newton step sees a parabola where a wall would stop it for good.
WALL = 1e4


class BestFit(NamedTuple):
    """What fits best: floats or arrays of the likelihood's leading shape (...)."""

    strength: float
    normalisations: np.ndarray  # (..., n_components), 1 as predicted
    shifts: np.ndarray  # (..., n_shapes), in sigma
    expected: np.ndarray  # (..., n_bins), in events
    statistic: float  # −2 ln of the likelihood over that of a model that meets every count (saturated)


class ProfileLikelihood(Likelihood):
    """Binned Poisson likelihoods, one or very many at once, with backgrounds that float within Gaussians.

    Expected events in a bin: strength × (1 + its shift) × signal + Σ normalisation × component
    + Σ shift × shape. Each normalisation has been measured elsewhere as 1 within its uncertainty, each
    shift as 0 within 1; all are profiled out, and normalisations, the strength and the signal's events stay
    at or above 0. The leading axes of signal, background and observed broadcast.

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
        shapes = np.zeros((0, n_bins)) if shapes is None else np.atleast_2d(check.array("shapes", shapes))
        self.shapes = shapes
        for name, bins in (("observed", self.observed), ("shapes", self.shapes)):
            if bins.shape[-1] != n_bins:
                raise ValueError(
                    f"{name} must have the {n_bins} bin(s) of the signal, got shape {bins.shape}"
                )
        leading = self.signal.shape[:-1], self.background.shape[:-2], self.shapes.shape[:-2]
        try:
            self._templates_shape = np.broadcast_shapes(*leading)
            self.shape = np.broadcast_shapes(self._templates_shape, self.observed.shape[:-1])
        except ValueError:
            raise ValueError(
                "observed must have leading axes that broadcast with those of the templates, got shapes "
                f"{self.observed.shape}, {self.signal.shape} and {self.background.shape}"
            ) from None
        empty = (self.signal == 0) & np.all(self.background == 0, axis=-2) & np.all(shapes == 0, axis=-2)
        if np.any((self.observed > 0) & empty):
            raise ValueError("observed has events in a bin where neither signal nor background is expected")
        # Where the measurements behind the Gaussians came out, in sigma (toys move them): the components',
        # the shapes', the signal's own.
        self._measured = np.zeros((*self.shape, self.background_uncertainty.size + shapes.shape[-2] + 1))
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
        signal = grouped(self.signal[..., None, :])
        self._total = signal.sum(axis=-1)
        parts = [signal / self._total[..., None], grouped(self.background[..., floating, :])]
        self._slopes = np.concatenate([*parts, grouped(self.shapes)], axis=1)
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

    def fit(self, strength=None):
        """Return the `BestFit` to the observation, at a given strength or (by default) at the best."""
        if strength is None:
            (parameters, least), strength = self._best, self.best_fit
        else:
            strength = self._laid("strength", strength)
            parameters, least, _ = self._profile(strength)
            strength = self._results(strength)
        shapes = 1 + self._floating.sum()
        normalisations = np.ones((*least.shape, self._floating.size))
        normalisations[..., self._floating] = parameters[..., 1:shapes]
        return BestFit(
            strength,
            self._results(normalisations),
            self._results(parameters[..., shapes:]),
            self._results(self._expected(parameters)),
            self._results(2 * least),
        )

    def cls_limit(self, cl=0.9):
        """Return the CLs upper limit on the strength, asymptotic.

        CLs divides the p-value of the signal by that of the background alone, so that a signal to which
        there is no sensitivity is not excluded; the limit covers more often than `cl`
        (A. Read, J. Phys. G 28, 2693; q̃ and its asymptotic distributions, which need more than a
        handful of events, from G. Cowan et al., Eur. Phys. J. C 71, 1554, equations 64–66).

        Parameters
        ----------
        cl : float
            Between 0.5 and 1.

        Returns
        -------
        float or ndarray, shape (...)
        """
        cl = check.number("cl", counting.level(cl), above=0.5)
        expected, measured, _ = self._truth(np.zeros(self._counts.shape[:-1]))
        alone = self._with(expected, measured)

        def excess(strength, least, slope, active):
            # ln(1 − cl) − ln CLs, with CLs = tail(t + a) / tail(t): t the statistic less its expectation
            # without signal, a the distance of the signal from no signal, both in sigma.
            z = np.sqrt(2 * np.maximum(least - self._best[1], 0))
            _, apart, a_slope = alone._profile(strength, active)
            a = np.sqrt(2 * np.maximum(apart, 1e-30))
            z_slope, a_slope = slope / z, a_slope / a
            near = z <= a
            t = np.where(near, z - a, (z - a) * (z + a) / (2 * a))
            rise = np.where(near, z_slope - a_slope, (z * z_slope - a * a_slope - t * a_slope) / a)
            ratio, here, there = _tails(t, a, np.where(near, z, (z**2 + a**2) / (2 * a)), z)
            return np.log(1 - cl) - ratio, there * (rise + a_slope) - here * rise

        return self._results(self._cross(1, excess))

    def asimov(self, strength=0.0):
        """Return the same likelihoods with the expectation at `strength` as observation."""
        strength = check.array("strength", strength, at_least=0)
        expected = strength[..., None] * self.signal + self.background.sum(axis=-2)
        return self._with(np.broadcast_to(expected, (*self.shape, self.signal.shape[-1])), 0.0)

    def _redrawn(self, counts, measured, true):
        return self._with(counts, measured, toys=True)

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

    def _strength(self, parameters):
        # Strength and the signal's own shift act as a product, so that the latter stays where measured. A
        # signal measured below 0 is as strong as can be (see `_best`).
        return parameters[..., 0] / self._total / np.maximum(self._own, 1e-9)

    def _expected(self, parameters):
        return np.maximum(self._base[:, None] + parameters @ self._slopes, 0)

    def _truth(self, strength, fitted=True):
        """Return the expected events, all nuisances in sigma, and the width of their measurements."""
        width = np.ones(self._measured.shape[-1])
        if not fitted:
            truth = self.asimov(self._results(strength))
            return truth.observed, truth._measured, width
        parameters = self._profile(strength)[0]
        shifts = self._measured.reshape(*strength.shape, -1).copy()
        shifts[..., self._moving] = (parameters[..., 1:] - self._predicted) * np.sqrt(self._weight)
        if self.signal_uncertainty:
            ratio = parameters[..., 0] / self._total / np.where(strength > 0, strength, 1)
            shifts[..., -1] = np.where(strength > 0, (ratio - 1) / self.signal_uncertainty, shifts[..., -1])
        expected = self._expected(parameters)
        return expected.reshape(*self.shape, -1), shifts.reshape(*self.shape, -1), width

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
            start = np.column_stack([events, centre])
            safe = np.column_stack([events, np.broadcast_to(self._predicted, centre.shape)])
            problem = _Linear.of(counts, base, slopes, start, weight, lowest)
            parameters[index], least[index] = minimise(problem, start, safe)
        if np.any(below := self._own <= 0):
            # The signal was measured below nothing: any at all costs that pull, no signal does not.
            least += np.where(below, self._own / self.signal_uncertainty, 0) ** 2 / 2
            without, none, _ = self._profile(np.zeros(least.shape), below, parameters)
            better = below & (none <= least)
            parameters, least = (
                np.where(better[..., None], without, parameters),
                np.where(better, none, least),
            )
        return parameters, least

    def _profile(self, strength, which=None, start=None):
        """Return parameters, −ln L and its slope in the strength, of fits at strengths (n_groups, n_sets)."""
        start = self._best[0] if start is None else start
        parameters = np.zeros(start.shape)
        least, slope = np.zeros(strength.shape), np.zeros(strength.shape)
        events = strength * self._total
        profile = self._with_own_shift if self.signal_uncertainty else self._at_events
        for index, slopes, base in self._blocks(which):
            found, least[index], share = profile(index, slopes, base, events[index], start[index][:, 1:])
            parameters[index] = found
            missing = 1 - self._counts[index] / np.maximum(base + _mix(found, slopes), 1e-100)
            slope[index] = share * np.sum(slopes[..., 0, :] * missing, axis=-1)
        return parameters, least, slope * self._total

    def _at_events(self, index, slopes, base, events, start):
        """Fit all but the signal's events to a block; return parameters, −ln L and events per strength."""
        centre = self._centre[index]
        offset = base + events[:, None] * slopes[..., 0, :]
        problem = _Linear.of(
            self._counts[index], offset, slopes[..., 1:, :], centre, self._weight, self._lowest
        )
        found, least = minimise(problem, start, np.broadcast_to(self._predicted, centre.shape))
        return np.column_stack([events, found]), least, 1.0

    def _with_own_shift(self, index, slopes, base, events, start):
        """Do the same where the signal is uncertain: its events float, held by the Gaussian of its shift."""
        own, centre = self._own[index], self._centre[index]
        weight = np.maximum(self.signal_uncertainty * events, 1e-15) ** -2  # at strength 0 it holds
        weight = np.column_stack([weight, np.broadcast_to(self._weight, centre.shape)])
        signal = events * np.maximum(own, 1e-3)
        start, safe = (
            np.column_stack([signal, rest])
            for rest in (start, np.broadcast_to(self._predicted, centre.shape))
        )
        centre = np.column_stack([events * own, centre])
        lowest = np.append(0.0, self._lowest)
        problem = _Linear.of(self._counts[index], base, slopes, centre, weight, lowest)
        found, least = minimise(problem, start, safe)
        some = events > 0
        found[~some, 0] = 0.0
        return found, least, np.where(some, found[:, 0] / np.where(some, events, 1), own)


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


class _Linear(NamedTuple):
    """The fit of linear parameters: expected events are base + parameters @ slopes.

    Each parameter has a Gaussian of width 1/√weight around its centre (none for weight 0) and stays at or
    above `lowest`.
    """

    counts: np.ndarray  # (n_sets, n_bins)
    base: np.ndarray  # ([n_sets,] n_bins)
    templates: np.ndarray  # ([n_sets,] n_parameters, n_bins)
    products: np.ndarray  # ([n_sets,] n_pairs, n_bins)
    centre: np.ndarray  # (n_sets, n_parameters)
    weight: np.ndarray  # ([n_sets,] n_parameters)
    lowest: np.ndarray  # (n_parameters,)
    walls: bool  # whether a shape can take a bin below 0
    highest = np.inf
    enough, patience = 1e-8, np.inf

    @classmethod
    def of(cls, counts, base, templates, centre, weight, lowest):
        first, second = np.triu_indices(centre.shape[-1])
        products = templates[..., first, :] * templates[..., second, :]
        walls = bool(np.any(templates < 0))
        return cls(np.maximum(counts, NOTHING), base, templates, products, centre, weight, lowest, walls)

    def take(self, rows):
        """Return the problem of some data sets."""
        own = {"counts": self.counts[rows], "centre": self.centre[rows]}
        own |= {"base": self.base[rows]} if self.base.ndim == 2 else {}
        own |= {"weight": self.weight[rows]} if self.weight.ndim == 2 else {}
        if self.templates.ndim == 3:
            own |= {"templates": self.templates[rows], "products": self.products[rows]}
        return self._replace(**own)

    def value(self, parameters):
        """Return −ln L, 0 where every bin holds what is expected of it, and the expected events."""
        counts, expected = self.counts, self.base + _mix(parameters, self.templates)
        # n (x − ln(1 + x)) with x = (expected − n)/n keeps its digits where they agree.
        low = self._below(expected)
        excess = expected - low + NOTHING - counts
        with np.errstate(divide="ignore", invalid="ignore"):
            misfit = excess - counts * np.log1p(excess / counts)
        if self.walls:
            misfit = misfit + low + WALL * low**2
        spread = self.weight * (parameters - self.centre) ** 2
        # Not a number for counts where none can be.
        return misfit.sum(axis=-1) + spread.sum(axis=-1) / 2, expected

    def slopes(self, parameters, expected):
        """Return the gradient and the curvature."""
        ratio, low = self.counts / np.maximum(expected, 1e-90), self._below(expected)
        pull = self.weight * (parameters - self.centre)
        gradient = _mix(1 - ratio + 2 * WALL * low, self.templates.swapaxes(-1, -2)) + pull
        bend = ratio * ratio / self.counts
        if self.walls:
            bend = bend + 2 * WALL * (low < 0)
        n = parameters.shape[-1]
        pair = np.zeros((n, n), int)
        first, second = np.triu_indices(n)
        pair[first, second] = pair[second, first] = np.arange(len(first))
        curvature = _mix(bend, self.products.swapaxes(-1, -2))[:, pair]
        curvature[:, np.arange(n), np.arange(n)] += self.weight
        return gradient, curvature

    def _below(self, expected):
        """Return how far below 0 empty bins are expected to be."""
        return np.where(self.counts > NOTHING, 0.0, np.minimum(expected, 0.0)) if self.walls else 0.0


def _mix(parameters, templates):
    """Return parameters @ templates, the templates shared or each data set's own."""
    if templates.ndim == 2:
        return parameters @ templates
    return (parameters[:, None, :] @ templates)[:, 0]


def _tails(t, a, above, z):
    """Return ln of tail(t + a)/tail(t) of a standard normal, and the hazards −d ln tail at t and at t + a.

    `above` is t + a and z² = 2 a t + a² where t is above 0: with the scaled complementary error function
    both tails keep their digits, however far out.
    """
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        near, far = erfcx(t / np.sqrt(2)), erfcx(above / np.sqrt(2))
        ratio = np.where(t > 0, np.log(far / near) - z**2 / 2, log_ndtr(-above) - log_ndtr(-t))
        return ratio, np.sqrt(2 / np.pi) / near, np.sqrt(2 / np.pi) / far


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
