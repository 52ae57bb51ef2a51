"""Likelihoods whose templates change shape with the detector's properties, given on a grid of them.

`limits.ProfileLikelihood` moves its templates along straight lines. Here a template bends: its events are
known at the points of a grid (light yield × charge yield, say) and interpolated between them, and a factor
that is common to several templates (an efficiency) multiplies other factors. Many toys are fitted at once.
"""

import copy
import functools
import math
from typing import NamedTuple

import numpy as np
from scipy import stats

from helpers import check

ROUNDING = 0.2  # of the grid's step, on either side of a grid point
CHUNK = 400  # data sets fitted together: what fits into a processor's cache, more or less


class Template(NamedTuple):
    """Events expected, in each bin (n_bins,) or in each bin for every point of the grid (..., n_bins).

    `scaled_by` names the normalisations that multiply them.
    """

    events: np.ndarray
    scaled_by: tuple = ()


class MorphedFit(NamedTuple):
    """What fits best: floats, or arrays with one entry a data set."""

    strength: float
    nuisances: dict  # name: value, normalisations and shifts
    expected: np.ndarray  # (..., n_bins), in events
    statistic: float  # −2 ln of the likelihood over that of a model that meets every count (saturated)


class MorphedLikelihood:
    """A binned Poisson likelihood, its templates interpolated on a grid, its nuisances within Gaussians.

    Expected events in a bin: strength × signal + Σ background, each template times its normalisations and
    at the present shifts. Every normalisation was measured elsewhere as 1 within its width, every shift as
    0 within 1; all are profiled out. Between the points of the grid the templates are interpolated
    linearly in each shift, as XENON's statistical models are (`blueice`, 10.5281/zenodo.10932172); within
    `ROUNDING` of a grid point the kink is rounded to a parabola, so that the slope is continuous and a
    Newton step finds the minimum. The test statistic is t̃ of G. Cowan et al., Eur. Phys. J. C 71, 1554,
    equation 11, two-sided as arXiv 2105.00599 recommends.

    Parameters
    ----------
    signal : Template
        Events expected at strength 1.
    backgrounds : sequence of Template
    observed : array_like, shape (n_bins,) or (n_sets, n_bins)
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
    best_fit : float or ndarray, shape (n_sets,)
        The strength of largest likelihood, at least 0.

    Raises
    ------
    ValueError
        For templates that do not fit the grid or each other, unknown names, numbers that are not counts,
        or events where none can be.
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
        self._nominal = np.r_[0.0, np.ones(widths.size), np.zeros(n_shifts)]
        self._width = np.r_[np.inf, widths, np.ones(n_shifts)]
        self._lowest = np.r_[0.0, lowest, [grid[0] for grid in self._grid]]
        self._highest = np.r_[np.inf, highest, [grid[-1] for grid in self._grid]]

        templates = [signal, *backgrounds]
        lengths = tuple(grid.size for grid in self._grid)
        bins = np.shape(signal.events)[-1:]
        bends, still = [], []
        for k, (events, scaled_by) in enumerate(templates):
            events = check.array("signal" if k == 0 else f"backgrounds[{k - 1}]", events, at_least=0)
            if events.shape not in (bins, lengths + bins):
                raise ValueError(
                    f"templates must have the shape {bins} or {lengths + bins}, got {events.shape}"
                )
            for name in scaled_by:
                check.choice("scaled_by", name, list(normalisations))
            factors = [1 + self.names.index(name) for name in scaled_by] + [0] * (k == 0)
            (still if events.shape == bins else bends).append((events.reshape(-1, *bins), factors))
        self._factors = [factors for _, factors in bends + still]
        self._n_bends = len(bends)
        n_points = math.prod(lengths)
        bending = np.reshape([events for events, _ in bends], (len(bends), n_points, *bins))
        self._bending = bending.transpose(1, 0, 2).reshape(n_points, -1)
        self._still = np.reshape([events for events, _ in still], (len(still), *bins))

        observed = check.array("observed", observed, at_least=0)
        if observed.shape[-1:] != bins or observed.ndim > 2:
            raise ValueError(
                f"observed must have the {bins[0]} bins of the signal, got shape {observed.shape}"
            )
        self.shape = observed.shape[:-1]
        self._counts = observed.reshape(-1, *bins)
        self._measured = np.broadcast_to(self._nominal, (len(self._counts), self._nominal.size))
        background = self._expect(self._nominal[None])[0]
        expected = self._expect(self._nominal[None] + np.eye(1, self._nominal.size))[0]
        if np.sum(expected - background) <= 0:
            raise ValueError("signal must be above 0 in at least one bin")
        if np.any((self._counts > 0) & (expected <= 0)):
            raise ValueError("observed has events in a bin where nothing is expected")
        excess = np.maximum(self._counts.sum(axis=1) - background.sum(), 1)
        self._start = np.tile(self._nominal, (len(self._counts), 1))
        self._start[:, 0] = excess / np.sum(expected - background)

    @functools.cached_property
    def best_fit(self):
        """The strength of largest likelihood, at least 0."""
        return self._results(self._best[0][:, 0])

    def fit(self, strength=None):
        """Return what fits the observation best, at a given strength or (by default) at the best.

        Parameters
        ----------
        strength : float or array_like, shape (n_sets,), optional
            At least 0.

        Returns
        -------
        MorphedFit

        Raises
        ------
        ValueError
            For a negative strength.
        """
        parameters, value = self._best if strength is None else self._minimise(self._strengths(strength))
        return MorphedFit(
            self._results(parameters[:, 0]),
            {name: self._results(parameters[:, 1 + k]) for k, name in enumerate(self.names)},
            self._results(self._expect(parameters)),
            self._results(2 * value),
        )

    def q(self, strength):
        """Return the two-sided profile-likelihood test statistic of a signal strength.

        Parameters
        ----------
        strength : float or array_like, shape (n_sets,)
            At least 0.

        Returns
        -------
        float or ndarray, shape (n_sets,)
            −2 ln of the likelihood ratio, at least 0.

        Raises
        ------
        ValueError
            For a negative strength.
        """
        value = self._minimise(self._strengths(strength))[1]
        return self._results(np.maximum(2 * (value - self._best[1]), 0))

    def significance(self):
        """Return √q₀, the significance with which the signal is seen [sigma].

        Returns
        -------
        float or ndarray, shape (n_sets,)
        """
        return self.q(0.0) ** 0.5

    def upper_limit(self, cl=0.9, threshold=None):
        """Return the upper end of the interval of strengths with t̃ up to the threshold.

        Parameters
        ----------
        cl : float
            Confidence level, between 0 and 1.
        threshold : float or callable, optional
            By default the asymptotic one, 2.71 at 90 %. A callable gives the threshold at a strength.

        Returns
        -------
        float or ndarray, shape (n_sets,)

        Raises
        ------
        ValueError
            For a level outside (0, 1) or a negative threshold.
        """
        if threshold is None:
            threshold = stats.chi2.ppf(check.number("cl", cl, above=0, at_most=1 - 1e-9), 1)
        if not callable(threshold):
            threshold = check.number("threshold", threshold, at_least=0)

        def inside(strength):
            level = threshold(strength) if callable(threshold) else threshold
            return np.reshape(self.q(strength), -1) <= check.array("threshold", level, at_least=0)

        low = np.array(self._best[0][:, 0])
        high = np.maximum(2 * low, self._start[:, 0])
        while (still := inside(high)).any():
            low, high = np.where(still, high, low), np.where(still, 2 * high, high)
        while np.any(high - low > 1e-4 * high):
            middle = (low + high) / 2
            still = inside(middle)
            low, high = np.where(still, middle, low), np.where(still, high, middle)
        return self._results((low + high) / 2)

    def toys(self, strength, n_toys, *, rng, truth="fitted"):
        """Return a likelihood of many made-up observations, the measurements behind the Gaussians redrawn.

        Parameters
        ----------
        strength : float
            The true strength, at least 0.
        n_toys : int
        rng : numpy.random.Generator
        truth : {"fitted", "predicted"}
            The true nuisances: what fits the observation best at that strength (the profile
            construction), or the values measured elsewhere, whatever was observed.

        Returns
        -------
        MorphedLikelihood
            Of n_toys data sets; it starts its fits at the truth.

        Raises
        ------
        ValueError
            For a negative strength, no toys, another truth, or if this is no single observation.
        """
        strength = check.number("strength", strength, at_least=0)
        n_toys = check.number("n_toys", n_toys, at_least=1, integer=True)
        if self.shape:
            raise ValueError(f"toys must come from one observation, got {self.shape[0]}")
        if check.choice("truth", truth, ["fitted", "predicted"]) == "fitted":
            true = self._minimise(self._strengths(strength))[0][0]
        else:
            true = np.r_[strength, self._nominal[1:]]
        toys = copy.copy(self)
        toys.__dict__.pop("best_fit", None)
        toys.__dict__.pop("_best", None)
        toys.shape = (n_toys,)
        toys._counts = rng.poisson(self._expect(true[None])[0], (n_toys, self._counts.shape[1])).astype(float)
        moves = np.where(np.isinf(self._width), 0, self._width)
        toys._measured = true + moves * rng.standard_normal((n_toys, true.size))
        toys._start = np.tile(true, (n_toys, 1))
        return toys

    def critical_value(self, strength, *, rng, cl=0.9, n_toys=1000, truth="fitted"):
        """Return the threshold that t̃ of a true strength stays below with probability `cl`, from toys.

        Parameters
        ----------
        strength : float
            At least 0.
        rng : numpy.random.Generator
        cl : float
            Confidence level, between 0 and 1.
        n_toys : int
        truth : {"fitted", "predicted"}
            As in `toys`.

        Returns
        -------
        threshold, error : float
            The error is the toys' own, one standard deviation.

        Raises
        ------
        ValueError
            As `toys`.
        """
        cl = check.number("cl", cl, above=0, at_most=1 - 1e-9)
        q = self.toys(strength, n_toys, rng=rng, truth=truth).q(strength)
        spread = (cl * (1 - cl) / n_toys) ** 0.5
        below, threshold, above = np.quantile(q, np.clip([cl - spread, cl, cl + spread], 0, 1))
        return float(threshold), float(above - below) / 2

    @functools.cached_property
    def _best(self):
        return self._minimise()

    def _results(self, values):
        return values if self.shape else (values[0] if values.ndim > 1 else float(values[0]))

    def _strengths(self, strength):
        strength = check.array("strength", strength, at_least=0)
        if strength.shape not in ((), (len(self._counts),)):
            raise ValueError(f"strength must be one number or one a data set, got shape {strength.shape}")
        return np.broadcast_to(strength, len(self._counts))

    def _minimise(self, strength=None):
        """Return the parameters (n_sets, n_parameters) that minimise −ln L, and −ln L (n_sets,)."""
        parts = [slice(first, first + CHUNK) for first in range(0, len(self._counts), CHUNK)]
        fits = [self._newton(part, None if strength is None else strength[part]) for part in parts]
        return tuple(np.concatenate(column) for column in zip(*fits, strict=True))

    def _newton(self, part, strength):
        """Minimise by Gauss–Newton steps, projected on the bounds and halved until they gain.

        The curvature leaves out second derivatives but for those of the rounded kinks, where these are
        all that stops a step from jumping back and forth. What has settled is set aside.
        """
        counts, measured, here = self._counts[part], self._measured[part], self._start[part].copy()
        held = np.zeros(here.shape[1], dtype=bool)
        if strength is not None:
            here[:, 0], held[0] = strength, True
        best, least = here.copy(), self._value(here, counts, measured)
        value, todo = least.copy(), np.arange(len(here))
        diagonal = np.arange(held.size)
        for iteration in range(80):
            gradient, curvature = self._slopes(here, counts, measured)
            stuck = (
                held | ((here <= self._lowest) & (gradient > 0)) | ((here >= self._highest) & (gradient < 0))
            )
            gradient = np.where(stuck, 0, gradient)
            curvature = np.where(stuck[:, :, None] | stuck[:, None, :], 0, curvature)
            curvature[:, diagonal, diagonal] = np.where(
                stuck, 1, curvature[:, diagonal, diagonal] * (1 + 1e-9)
            )
            step = -np.linalg.solve(curvature, gradient[..., None])[..., 0]
            settled = -np.sum(gradient * step, axis=1) < 1e-5

            length = 1.0 if iteration < 10 else 0.5  # from side to side of a kink: meet in the middle
            moved, new = here.copy(), value.copy()
            worse = np.arange(len(here))
            while worse.size and length > 1e-4:
                moved[worse] = np.clip(here[worse] + length * step[worse], self._lowest, self._highest)
                new[worse] = self._value(moved[worse], counts[worse], measured[worse])
                worse = worse[~(new[worse] <= value[worse])]
                length /= 2
            moved[worse], new[worse], settled[worse] = here[worse], value[worse], True
            here, value = moved, new
            best[todo], least[todo] = here, value
            if settled.all():
                break
            go = ~settled
            todo, here, value = todo[go], here[go], value[go]
            counts, measured = counts[go], measured[go]
        return best, least

    def _value(self, parameters, counts, measured):
        """Return −ln L, 0 where every bin and every measurement holds what is expected of it."""
        expected = self._expect(parameters)
        with np.errstate(divide="ignore", invalid="ignore"):
            misfit = expected - counts + np.where(counts > 0, counts * np.log(counts / expected), 0)
        return misfit.sum(axis=1) + np.sum(((parameters - measured) / self._width) ** 2, axis=1) / 2

    def _slopes(self, parameters, counts, measured):
        """Return the gradient (n_sets, n_parameters) and the curvature of −ln L."""
        n_sets, n_bins = counts.shape
        n_parameters = parameters.shape[1]
        first_shift = n_parameters - len(self._grid)
        bent = self._bend(parameters)
        scale = self._scale(parameters)
        bend_scale = scale[:, None, : self._n_bends]
        expected = (bend_scale @ bent)[:, 0] + scale[:, self._n_bends :] @ self._still
        jacobian = np.zeros((n_sets, n_parameters, n_bins))
        for k, factors in enumerate(self._factors):
            template = bent[:, k] if k < self._n_bends else self._still[k - self._n_bends]
            for factor in factors:
                others = [other for other in factors if other != factor]
                jacobian[:, factor] += np.prod(parameters[:, others], axis=1)[:, None] * template
        for axis in range(len(self._grid)):
            jacobian[:, first_shift + axis] = (bend_scale @ self._bend(parameters, axis, 1))[:, 0]
        excess = 1 - counts / expected
        gradient = (jacobian @ excess[..., None])[..., 0] + (parameters - measured) / self._width**2
        curvature = (jacobian * (counts / expected**2)[:, None, :]) @ jacobian.swapaxes(1, 2)
        diagonal = np.arange(n_parameters)
        curvature[:, diagonal, diagonal] += self._width**-2.0 + 1e-10
        for axis, grid in enumerate(self._grid):
            shift = first_shift + axis
            near = np.flatnonzero(np.any(_weights(parameters[:, shift], grid, 2) != 0, axis=1))
            if near.size:
                bending = (bend_scale[near] @ self._bend(parameters[near], axis, 2))[:, 0]
                curvature[near, shift, shift] += np.maximum(np.sum(bending * excess[near], axis=1), 0)
        return gradient, curvature

    def _expect(self, parameters):
        """Return the expected events, (n_sets, n_bins)."""
        scale = self._scale(parameters)
        bent = (scale[:, None, : self._n_bends] @ self._bend(parameters))[:, 0]
        return bent + scale[:, self._n_bends :] @ self._still

    def _scale(self, parameters):
        """Return the product of each template's normalisations, (n_sets, n_templates)."""
        return np.stack([np.prod(parameters[:, factors], axis=1) for factors in self._factors], axis=1)

    def _bend(self, parameters, axis=None, order=0):
        """Return the templates at the shifts, (n_sets, n_bends, n_bins), or a derivative along one shift."""
        shifts = parameters[:, parameters.shape[1] - len(self._grid) :].T
        weights = np.ones((len(parameters), 1))
        for k, (shift, grid) in enumerate(zip(shifts, self._grid, strict=True)):
            along = _weights(shift, grid, order if k == axis else 0)
            weights = (weights[:, :, None] * along[:, None, :]).reshape(len(parameters), -1)
        return (weights @ self._bending).reshape(len(parameters), self._n_bends, self._still.shape[-1])


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
