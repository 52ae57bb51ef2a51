"""Likelihoods whose templates change shape with the detector's properties, given on a grid of them.

`limits.ProfileLikelihood` moves its templates along straight lines. Here a template bends: its events are
known at the points of a grid (light yield × charge yield, say) and interpolated between them, and a factor
that is common to several templates (an efficiency) multiplies other factors. Many toys are fitted at once.

What all likelihoods share stands in `helpers.likelihood`, and the words `strength`, `cl`, `rng` and "..." are
explained there. What cannot be is a ValueError that names the argument.
"""

import copy
import functools
import math
from typing import NamedTuple

import numpy as np

from helpers import check
from helpers.likelihood import NOTHING, Likelihood, minimise

ROUNDING = 0.2  # of the grid's step, on either side of a grid point
CHUNK = 400  # data sets fitted together: what fits into a processor's cache, more or less


class Template(NamedTuple):
    """Events expected, in each bin (n_bins,) or in each bin for every point of the grid (..., n_bins).

    `scaled_by` names the normalisations that multiply them.
    """

    events: np.ndarray
    scaled_by: tuple = ()


class MorphedFit(NamedTuple):
    """What fits best: floats, or arrays of the likelihood's leading shape (...)."""

    strength: float
    nuisances: dict  # name: value, normalisations and shifts
    expected: np.ndarray  # (..., n_bins), in events
    statistic: float  # −2 ln of the likelihood over that of a model that meets every count (saturated)


class MorphedLikelihood(Likelihood):
    """A binned Poisson likelihood, its templates interpolated on a grid, its nuisances within Gaussians.

    Expected events in a bin: strength × signal + Σ background, each template times its normalisations and
    at the present shifts. Every normalisation was measured elsewhere as 1 within its width, every shift as
    0 within 1; all are profiled out. Between the points of the grid the templates are interpolated
    linearly in each shift, as XENON's statistical models are (`blueice`, 10.5281/zenodo.10932172); within
    `ROUNDING` of a grid point the kink is rounded to a parabola, so that the slope is continuous and a
    Newton step finds the minimum.

    Parameters
    ----------
    signal : Template
        Events expected at strength 1.
    backgrounds : sequence of Template
    observed : array_like, shape (..., n_bins)
        Events seen.
    normalisations : dict of str to (float, float, float)
        Relative width of the Gaussian (`numpy.inf` leaves it free), lowest and highest value.
    shifts : dict of str to array_like
        The grid: for each shift, in the order of the templates' axes, its points [sigma]. A shift stays
        between the first and the last.

    Attributes
    ----------
    names : tuple of str
        The nuisances, normalisations first.
    """

    def __init__(self, signal, backgrounds, observed, *, normalisations, shifts):
        """Check the templates and lay them out."""
        self.names = (*normalisations, *shifts)
        self._grid = [check.array(f"shifts[{name!r}]", grid, ndim=1) for name, grid in shifts.items()]
        for name, grid in zip(shifts, self._grid, strict=True):
            if grid.size < 2 or np.any(np.diff(grid) <= 0) or not grid[0] <= 0 <= grid[-1]:
                raise ValueError(f"shifts[{name!r}] must rise and hold 0, got {grid}")
        for name, (width, low, high) in normalisations.items():
            if not (width > 0 and 0 <= low <= 1 <= high and low < high):
                raise ValueError(
                    f"normalisations[{name!r}] must have a width above 0 and a range of positive numbers "
                    f"that holds 1, got {(width, low, high)}"
                )
        widths, lowest, highest = np.reshape([*normalisations.values()], (-1, 3)).T
        n_shifts = len(self._grid)
        # The first parameter is the number of signal events as predicted: it has a scale whatever the reference.
        self._nominal = np.r_[0.0, np.ones(widths.size), np.zeros(n_shifts)]
        self._width = np.r_[np.inf, widths, np.ones(n_shifts)]
        self._lowest = np.r_[0.0, lowest, [grid[0] for grid in self._grid]]
        self._highest = np.r_[np.inf, highest, [grid[-1] for grid in self._grid]]
        self._lay_out([signal, *backgrounds], list(normalisations))
        bins = self._still.shape[-1:]
        observed = check.array("observed", observed, at_least=0)
        if observed.shape[-1:] != bins:
            raise ValueError(
                f"observed must have the {bins[0]} bins of the signal, got shape {observed.shape}"
            )
        self.shape = observed.shape[:-1]
        self._counts = observed.reshape(-1, *bins)
        self._measured = np.broadcast_to(self._nominal, (len(self._counts), self._nominal.size))
        background = self._expect(self._nominal[None])[0]
        expected = self._expect(self._nominal[None] + np.eye(1, self._nominal.size))[0]
        if np.any((self._counts > 0) & (expected <= 0)):
            raise ValueError("observed has events in a bin where nothing is predicted")
        self._start = np.tile(self._nominal, (len(self._counts), 1))
        self._start[:, 0] = np.maximum(self._counts.sum(axis=1) - background.sum(), 1)

    def _lay_out(self, templates, normalisations):
        """Check the templates and keep those that bend and those that do not, the signal of one event."""
        lengths = tuple(grid.size for grid in self._grid)
        bins = np.shape(templates[0].events)[-1:]
        bends, still = [], []
        for k, (events, scaled_by) in enumerate(templates):
            events = check.array(f"backgrounds[{k - 1}]" if k else "signal", events, at_least=0)
            if events.shape not in (bins, lengths + bins):
                raise ValueError(
                    f"templates must have the shape {bins} or {lengths + bins}, got {events.shape}"
                )
            for name in scaled_by:
                check.choice("scaled_by", name, normalisations)
            factors = [1 + self.names.index(name) for name in scaled_by] + [0] * (k == 0)
            (still if events.shape == bins else bends).append((events.reshape(-1, *bins), factors))
        self._factors = [factors for _, factors in bends + still]
        self._n_bends = len(bends)
        n_points = math.prod(lengths)
        bending = np.reshape([events for events, _ in bends], (len(bends), n_points, *bins))
        self._bending = bending.transpose(1, 0, 2).reshape(n_points, -1)
        self._still = np.reshape([events for events, _ in still], (len(still), *bins))
        signal = [0 in factors for factors in self._factors].index(True)
        self._total = self._bent(self._nominal[None])[0, signal].sum()
        if self._total <= 0:
            raise ValueError("signal must be above 0 in at least one bin")
        if signal < self._n_bends:
            self._bending.reshape(n_points, self._n_bends, -1)[:, signal] /= self._total
        else:
            self._still[signal - self._n_bends] /= self._total
        self._signal = signal

    def fit(self, strength=None):
        """Return the `MorphedFit` to the observation, at a given strength or (by default) at the best."""
        if strength is None:
            parameters, value = self._best
        else:
            parameters, value, _ = self._profile(self._laid("strength", strength))
        return MorphedFit(
            self._results(self._strength(parameters)),
            {name: self._results(parameters[:, 1 + k]) for k, name in enumerate(self.names)},
            self._results(self._expect(parameters)),
            self._results(2 * value),
        )

    def measured(self, **where):
        """Return the same likelihood where measurements of nuisances came out elsewhere than predicted.

        Parameters
        ----------
        **where : float or array_like, shape (...)
            Of the nuisances named: a normalisation as a factor, a shift in sigma.

        Returns
        -------
        MorphedLikelihood
        """
        other = copy.copy(self)
        for cached in ("best_fit", "_best"):
            other.__dict__.pop(cached, None)
        other._measured, other._start = np.array(self._measured), np.array(self._start)
        for name, value in where.items():
            k = 1 + self.names.index(check.choice("where", name, self.names))
            value = np.broadcast_to(check.array(name, value), self.shape).ravel()
            other._measured[:, k] = value
            other._start[:, k] = np.clip(value, self._lowest[k], self._highest[k])
        return other

    @functools.cached_property
    def _best(self):
        """Parameters (n_sets, n_parameters) and −ln L (n_sets,) of the best fits."""
        return self._minimise(self._start, self._lowest, self._highest, np.arange(len(self._counts)))

    def _profile(self, strength, which=None, start=None):
        """Return parameters, −ln L and its slope in the strength, of fits at strengths (n_sets,)."""
        parameters = np.array(self._start if start is None else start)
        parameters[:, 0] = strength * self._total
        lowest, highest = (np.tile(bound, (len(strength), 1)) for bound in (self._lowest, self._highest))
        lowest[:, 0] = highest[:, 0] = parameters[:, 0]
        rows = np.arange(len(strength)) if which is None else np.flatnonzero(which)
        least, slope = np.zeros(len(strength)), np.zeros(len(strength))
        parameters[rows], least[rows] = self._minimise(parameters, lowest, highest, rows)
        counts, here = self._counts[rows], parameters[rows]
        signal = self._bent(here)[:, self._signal] * self._scale(here, but=0)[:, [self._signal]]
        missing = 1 - counts / np.maximum(self._expect(here), 1e-100)
        slope[rows] = np.sum(signal * missing, axis=1) * self._total
        return parameters, least, slope

    def _strength(self, parameters):
        return parameters[:, 0] / self._total

    def _truth(self, strength, fitted):
        """Return the expected events, the nuisances' true values and the width of their measurements."""
        if fitted:
            true = self._profile(strength)[0]
        else:
            true = np.column_stack([strength * self._total, np.tile(self._nominal[1:], (len(strength), 1))])
        width = np.where(np.isinf(self._width), 0, self._width)
        return (*(part.reshape(*self.shape, -1) for part in (self._expect(true), true)), width)

    def _redrawn(self, counts, measured, true):
        """Return the same likelihood of other data; it starts its fits at the truth."""
        toys = copy.copy(self)
        for cached in ("best_fit", "_best"):
            toys.__dict__.pop(cached, None)
        toys.shape = counts.shape[:-1]
        toys._counts = counts.reshape(-1, counts.shape[-1])
        toys._measured = measured.reshape(-1, measured.shape[-1])
        toys._start = np.tile(true, (counts.shape[-2], 1)).reshape(-1, measured.shape[-1])
        return toys

    def _minimise(self, start, lowest, highest, rows):
        """Return the parameters (n_rows, n_parameters) that minimise −ln L within bounds, and −ln L."""
        lowest, highest = (np.broadcast_to(bound, start.shape) for bound in (lowest, highest))
        found = [(start[:0], np.zeros(0))]
        for first in range(0, len(rows), CHUNK):
            part = rows[first : first + CHUNK]
            counts = np.maximum(self._counts[part], NOTHING)
            problem = _Bent(self, counts, self._measured[part], lowest[part], highest[part])
            safe = np.broadcast_to(self._nominal, start[part].shape)
            found.append(minimise(problem, start[part], safe))
        return tuple(np.concatenate(column) for column in zip(*found, strict=True))

    def _expect(self, parameters):
        """Return the expected events, (n_sets, n_bins)."""
        scale = self._scale(parameters)
        bent = (scale[:, None, : self._n_bends] @ self._bend(parameters))[:, 0]
        return bent + scale[:, self._n_bends :] @ self._still

    def _scale(self, parameters, but=None):
        """Return the product of each template's factors (but one), (n_sets, n_templates)."""
        factors = [[factor for factor in of if factor != but] for of in self._factors]
        return np.stack([np.prod(parameters[:, of], axis=1) for of in factors], axis=1)

    def _bent(self, parameters):
        """Return all templates at the shifts, (n_sets, n_templates, n_bins)."""
        still = np.broadcast_to(self._still, (len(parameters), *self._still.shape))
        return np.concatenate([self._bend(parameters), still], axis=1)

    def _bend(self, parameters, axis=None, order=0):
        """Return the bending templates at the shifts, (n_sets, n_bends, n_bins), or a derivative along one."""
        shifts = parameters[:, parameters.shape[1] - len(self._grid) :].T
        weights = np.ones((len(parameters), 1))
        for k, (shift, grid) in enumerate(zip(shifts, self._grid, strict=True)):
            along = _weights(shift, grid, order if k == axis else 0)
            weights = (weights[:, :, None] * along[:, None, :]).reshape(len(parameters), -1)
        return (weights @ self._bending).reshape(len(parameters), self._n_bends, self._still.shape[-1])


class _Bent(NamedTuple):
    """The fit of some data sets.

    The curvature leaves out second derivatives but for those of the rounded kinks, where these are all that
    stops a step from jumping back and forth.
    """

    of: MorphedLikelihood
    counts: np.ndarray  # (n_sets, n_bins)
    measured: np.ndarray  # (n_sets, n_parameters), as the bounds
    lowest: np.ndarray
    highest: np.ndarray
    patience = 10
    enough = 1e-6  # a step less than to the last digit: its curvature is not the exact one

    def take(self, rows):
        """Return the problem of some data sets."""
        return _Bent(self.of, *(values[rows] for values in self[1:]))

    def value(self, parameters):
        """Return −ln L, 0 where every bin and every measurement holds what is expected, and the events."""
        counts, expected = self.counts, self.of._expect(parameters)
        excess = expected + NOTHING - counts
        with np.errstate(divide="ignore", invalid="ignore"):
            misfit = excess - counts * np.log1p(excess / counts)
        pulls = (parameters - self.measured) / self.of._width
        return misfit.sum(axis=1) + np.sum(pulls**2, axis=1) / 2, expected

    def slopes(self, parameters, expected):
        """Return the gradient (n_sets, n_parameters) and the curvature."""
        of, (n_sets, n_parameters) = self.of, parameters.shape
        first_shift = n_parameters - len(of._grid)
        bent, bend_scale = of._bent(parameters), of._scale(parameters)[:, None, : of._n_bends]
        jacobian = np.zeros((n_sets, n_parameters, expected.shape[1]))
        for factor in range(first_shift):
            scale = of._scale(parameters, but=factor)
            for k, factors in enumerate(of._factors):
                if factor in factors:
                    jacobian[:, factor] += scale[:, k, None] * bent[:, k]
        for axis in range(len(of._grid)):
            jacobian[:, first_shift + axis] = (bend_scale @ of._bend(parameters, axis, 1))[:, 0]
        ratio = self.counts / np.maximum(expected, 1e-90)
        pulls = (parameters - self.measured) / of._width**2
        gradient = (jacobian @ (1 - ratio)[..., None])[..., 0] + pulls
        curvature = (jacobian * (ratio * ratio / self.counts)[:, None, :]) @ jacobian.swapaxes(1, 2)
        diagonal = np.einsum("sii->si", curvature)
        diagonal += of._width**-2.0
        for axis, grid in enumerate(of._grid):
            shift = first_shift + axis
            near = np.flatnonzero(np.any(_weights(parameters[:, shift], grid, 2) != 0, axis=1))
            if near.size:
                bending = (bend_scale[near] @ of._bend(parameters[near], axis, 2))[:, 0]
                diagonal[near, shift] += np.maximum(np.sum(bending * (1 - ratio[near]), axis=1), 0)
        return gradient, curvature


def light_wimp_search(release, wimp=None, *, yields=True):
    """Return the likelihood of XENONnT's search for light dark matter, as the release's own model has it.

    The signal's efficiency is common to ⁸B neutrinos and dark matter; light and charge yield bend both and
    the neutrons. Source: E. Aprile et al. (XENON), arXiv 2409.17868 and its data release.

    Parameters
    ----------
    release : helpers.releases.LightWimp
    wimp : ndarray, shape (7, 7, 162), optional
        The signal, from `helpers.releases.xenonnt_wimp`; its strength is in units of 10⁻⁴⁵ cm². By default ⁸B
        itself is the signal, in units of its predicted flux, which then floats freely.
    yields : bool
        False holds light and charge yield at their prediction, as if they were known.

    Returns
    -------
    MorphedLikelihood
    """
    constraints = dict(release.constraints)
    shifts = {"light_yield": release.shifts, "charge_yield": release.shifts} if yields else {}
    predicted = ... if yields else tuple(np.flatnonzero(release.shifts == 0)) * 2
    backgrounds = [
        Template(release.accidental[0], ("accidental_run0",)),
        Template(release.accidental[1], ("accidental_run1",)),
        Template(release.electronic, ("electronic",)),
        Template(release.neutron[predicted], ("neutron",)),
    ]
    if wimp is None:
        del constraints["b8_flux"]
        signal = Template(release.b8[predicted], ("efficiency",))
    else:
        signal = Template(wimp[predicted], ("efficiency",))
        backgrounds.append(Template(release.b8[predicted], ("efficiency", "b8_flux")))
    return MorphedLikelihood(signal, backgrounds, release.observed, normalisations=constraints, shifts=shifts)


def continued(events, shifts):
    """Return templates known at −1, 0 and 1 σ of two yields at more shifts: outside, each σ is worth the same factor.

    Parameters
    ----------
    events : array_like, shape (3, 3, ...)
        Events at −1, 0 and 1 σ of the light and of the charge yield.
    shifts : array_like
        Whole numbers of σ.

    Returns
    -------
    numpy.ndarray, shape (n_shifts, n_shifts, ...)
        The given ones within ±1. (On XENONnT's release of 2026, which holds all shifts to ±3: limits on
        spin-independent scattering from 4 to 12 GeV/c² are the same to three digits, at 3 GeV/c² 5 % stronger.)
    """
    events = np.maximum(check.array("events", events, at_least=0), 1e-12)
    shifts = check.array("shifts", shifts, ndim=1, integer=True)
    if events.shape[:2] != (3, 3):
        raise ValueError(f"events must have the shape (3, 3, ...), got {events.shape}")
    nearest = np.clip(shifts, -1, 1).astype(int) + 1
    beyond = np.abs(shifts) - (shifts != 0)
    for axis in (0, 1):
        known = np.take(events, nearest, axis)
        factor = known / np.take(events, [1], axis)
        events = known * factor ** np.expand_dims(beyond, [k for k in range(events.ndim) if k != axis])
    return events


def _weights(shift, grid, order=0):
    """Return how much each point of the grid counts at a shift, (n_sets, n_points), or a derivative of it."""
    away = shift[:, None] - grid
    reach = ROUNDING * np.diff(grid).min()
    near = np.abs(away) < reach
    far, rounded = [
        (np.maximum(away, 0), (away + reach) ** 2 / (4 * reach)),
        (np.where(away > 0, 1.0, 0.0), (away + reach) / (2 * reach)),
        (np.zeros(away.shape), np.full(away.shape, 1 / (2 * reach))),
    ][order]
    ramp = np.where(near, rounded, far)
    ramp[:, 0], ramp[:, -1] = [(away[:, 0], 0), (1, 0), (0, 0)][order]  # the ends are no kinks
    passed = -np.diff(ramp, axis=1) / np.diff(grid)  # the fraction of each step that lies behind
    return -np.diff(passed, axis=1, prepend=float(order == 0), append=0)
