"""What all likelihoods of counts share: the statistic, intervals, limits, toys, thresholds, and the fit itself.

`limits.ProfileLikelihood` and `morphing.MorphedLikelihood` say what they expect and what was measured
elsewhere; everything that follows from it stands here, once. The leading axes "..." of a likelihood are
independent ones (hypotheses, toys); every result has their shape, and is a float where there are none.

In all that follows, `strength` is at least 0, a number or of shape (...); `cl` is a confidence level between
0 and 1, and `rng` a numpy.random.Generator. What cannot be is a ValueError that names the argument.

The statistic is −2 ln of the profile-likelihood ratio: t̃ of G. Cowan et al., Eur. Phys. J. C 71, 1554,
equation 11 (two-sided, as arXiv 2105.00599 recommends), or q̃, equation 16 (one-sided).
"""

import functools
import math
from typing import NamedTuple

import numpy as np
from scipy import stats

from helpers import check, counting

# In place of 0 counts: too few to matter, and to divide by them needs no case of its own.
NOTHING = 1e-200

# In steps of about one sigma from the best fit: where the statistic is still below its threshold here, it will
# never reach it.
ENDLESS = 1e10


class CriticalValue(NamedTuple):
    """A threshold from toys and the toys' own error on it (one standard deviation), shape (...)."""

    value: float
    error: float


class Thresholds(NamedTuple):
    """Toy-calibrated thresholds on a grid of strengths, and (when called) between its points.

    Arrays of shape (..., n_strengths), one grid for each likelihood. Beyond a grid's ends its last value holds.
    """

    strength: np.ndarray
    value: np.ndarray
    error: np.ndarray

    def __call__(self, strength):
        """Return the threshold at strengths of shape (...) or (..., n_toys)."""
        grid, value = np.asarray(self.strength), np.asarray(self.value)
        strength = np.asarray(strength, dtype=float)
        flat = strength.reshape(math.prod(grid.shape[:-1]), -1)
        rows = zip(flat, grid.reshape(-1, grid.shape[-1]), value.reshape(-1, grid.shape[-1]), strict=True)
        return np.reshape([np.interp(*row) for row in rows], strength.shape)


class Likelihood:
    """Binned Poisson likelihoods of a signal's strength, all else profiled out.

    A subclass keeps its data sets in some layout of its own, the shape of `_counts` less the bins, and has

    - `_best`: the best fits' parameters (layout, n_parameters) and −ln L (layout);
    - `_profile(strength, which, start)`: the same at given strengths, and the slope of −ln L in the strength;
    - `_strength(parameters)`, and `_total`, the signal's events at strength 1;
    - `_truth(strength, fitted)`: expected events and the nuisances' true values, (..., n_bins) and
      (..., n_measured), with the widths of their measurements;
    - `_redrawn(counts, measured, true)`: the same likelihood with one more axis of data sets.

    Attributes
    ----------
    shape : tuple
        The leading axes.
    """

    @functools.cached_property
    def best_fit(self):
        """The strength of largest likelihood, at least 0."""
        return self._results(self._strength(self._best[0]))

    def q(self, strength, one_sided=False):
        """Return the profile-likelihood test statistic of a strength, at least 0.

        One-sided, an upward fluctuation (best fit above `strength`) counts as agreement.
        """
        strength = self._laid("strength", strength)
        statistic = np.maximum(2 * (self._profile(strength)[1] - self._best[1]), 0)
        if one_sided:
            statistic = np.where(self._strength(self._best[0]) > strength, 0.0, statistic)
        return self._results(statistic)

    def significance(self):
        """Return the asymptotic discovery significance in sigma, √q₀ (Cowan et al., equation 52)."""
        return self.q(0.0) ** 0.5

    def interval(self, cl=0.9, threshold=None):
        """Return the two-sided interval on the strength: all with t̃ up to the threshold.

        Parameters
        ----------
        cl : float
        threshold : float, array_like of shape (...) or callable, optional
            By default the asymptotic one, 2.71 at 90 %; with few events, take `thresholds`.

        Returns
        -------
        lower, upper : float or ndarray, shape (...)
            `lower` is 0 where no signal is compatible, `upper` infinite where every strong one is.
        """
        asymptotic = stats.chi2.ppf(counting.level(cl), 1)
        return tuple(self._results(self._cross(side, self._over(threshold, asymptotic))) for side in (-1, 1))

    def upper_limit(self, cl=0.9, one_sided=False, threshold=None):
        """Return the upper limit on the strength.

        Parameters
        ----------
        cl : float
        one_sided : bool
            False: the upper end of `interval`. True: q̃ up to the threshold, asymptotically 1.64 at 90 %.
        threshold : float, array_like of shape (...) or callable, optional
            In place of the asymptotic one.

        Returns
        -------
        float or ndarray, shape (...)
            Infinite where the statistic never reaches the threshold: a signal as uncertain as that can be
            strong and unseen.
        """
        cl = counting.level(cl)
        asymptotic = max(stats.norm.ppf(cl), 0) ** 2 if one_sided else stats.chi2.ppf(cl, 1)
        return self._results(self._cross(1, self._over(threshold, asymptotic)))

    def toys(self, strength, n_toys, *, rng, truth="fitted"):
        """Return the same likelihoods with counts and constraints drawn anew at a true `strength`.

        Parameters
        ----------
        strength : float or array_like, shape (...)
        n_toys : int
        rng : numpy.random.Generator
        truth : {"fitted", "predicted"}
            The true nuisances: what fits the observation best at that strength (the profile construction),
            or what is predicted, whatever was observed. What was measured of them elsewhere is drawn around
            the truth too.

        Returns
        -------
        Likelihood
            Of the shape (..., n_toys).
        """
        n_toys = check.number("n_toys", n_toys, at_least=1, integer=True)
        check.generator("rng", rng)
        fitted = check.choice("truth", truth, ["fitted", "predicted"]) == "fitted"
        expected, true, width = self._truth(self._laid("strength", strength), fitted)
        counts = rng.poisson(expected[..., None, :], (*self.shape, n_toys, expected.shape[-1]))
        pulls = rng.standard_normal((*self.shape, n_toys, true.shape[-1]))
        return self._redrawn(counts.astype(float), true[..., None, :] + width * pulls, true[..., None, :])

    def critical_value(self, strength, *, rng, cl=0.9, n_toys=1000, one_sided=False, truth="fitted"):
        """Return the threshold that the statistic of a true `strength` stays below in a share `cl` of `toys`.

        Parameters
        ----------
        strength : float or array_like, shape (...)
        rng : numpy.random.Generator
        cl : float
        n_toys : int
            The statistical error of the share is √(cl (1 − cl) / n_toys).
        one_sided : bool
            As in `q`.
        truth : {"fitted", "predicted"}
            As in `toys`.

        Returns
        -------
        CriticalValue
        """
        cl = counting.level(cl)
        toys = self.toys(strength, n_toys, rng=rng, truth=truth)
        statistic = toys.q(np.asarray(strength, dtype=float)[..., None], one_sided)
        spread = (cl * (1 - cl) / n_toys) ** 0.5
        shares = np.clip([cl - spread, cl, cl + spread], 0, 1)
        below, value, above = np.quantile(statistic, shares, axis=-1)
        error = (above - below) / 2
        return CriticalValue(value, error) if self.shape else CriticalValue(float(value), float(error))

    def thresholds(self, strengths, **how):
        """Return `critical_value` on a grid of strengths (a Neyman construction), interpolated.

        Where hardly an event is expected, the counts' steps make the threshold jump with the strength: the
        grid must then be finer than an event.

        Parameters
        ----------
        strengths : array_like, shape (n_strengths,) or (..., n_strengths)
            Rising, around where the limits will be.
        **how
            `rng`, `cl`, `n_toys`, `one_sided`, `truth` as in `critical_value`; each strength has its own toys.

        Returns
        -------
        Thresholds
            To be given to `interval` or `upper_limit`, of these likelihoods or of their toys.
        """
        strengths = check.array("strengths", strengths, at_least=0)
        if strengths.ndim == 0 or np.any(np.diff(strengths) <= 0):
            raise ValueError(f"strengths must be a rising list, got {strengths}")
        strengths = np.broadcast_to(strengths, (*self.shape, strengths.shape[-1]))
        found = [self.critical_value(strengths[..., k], **how) for k in range(strengths.shape[-1])]
        return Thresholds(strengths, *(np.stack(column, axis=-1) for column in zip(*found, strict=True)))

    def _laid(self, name, values):
        """Return numbers of shape (...) in the layout of the data sets."""
        values = check.array(name, values, at_least=0)
        try:
            values = np.broadcast_to(values, self.shape)
        except ValueError:
            raise ValueError(f"{name} must have the shape {self.shape}, got {values.shape}") from None
        return values.reshape(self._counts.shape[:-1])

    def _results(self, values):
        """Return values (layout, ...) in the shape that the caller knows."""
        values = values.reshape(self.shape + values.shape[self._counts.ndim - 1 :])
        return values if values.ndim else float(values)

    def _over(self, threshold, asymptotic):
        """Return how far √q lies above the threshold's root, and its slope, as `_cross` asks for it."""
        fixed = asymptotic if threshold is None else None if callable(threshold) else threshold
        if fixed is not None:
            fixed = np.sqrt(self._laid("threshold", fixed))
        before = None

        def excess(strength, least, slope, active):
            nonlocal before
            z = np.sqrt(2 * np.maximum(least - self._best[1], 0))
            if fixed is not None:
                return z - fixed, slope / z
            goal = np.sqrt(self._laid("threshold", threshold(strength.reshape(self.shape))))
            rise = slope / z
            if before is not None:
                rise = rise - np.nan_to_num((goal - before[1]) / (strength - before[0]))
            before = strength, goal
            return z - goal, rise

        return excess

    def _cross(self, side, excess):
        """Return the strengths above (side 1) or below (−1) the best fit where an excess over a level is 0.

        Newton on what is nearly straight (√q less its threshold), within a bracket; all data sets at once.
        `excess(strength, least, slope, active)` is given −ln L and its slope, and returns itself and its own.
        """
        parameters, _ = self._best
        best = self._strength(parameters)
        step = (1 + self._counts.sum(axis=-1) ** 0.5) / self._total
        low, high = (best, np.full_like(best, np.inf)) if side > 0 else (np.zeros_like(best), best)
        active = np.ones(best.shape, bool)
        endless = np.zeros(best.shape, bool)
        strength = best + step if side > 0 else low
        for iteration in range(100):
            parameters, least, slope = self._profile(strength, active, parameters)
            with np.errstate(divide="ignore", invalid="ignore"):
                above, rise = excess(strength, least, slope, active)
                moved = strength - above / rise
            if side < 0 and iteration == 0:  # is strength 0 compatible?
                active &= above > 0
                moved = best / 2
            beyond = (above > 0) == (side > 0)
            low, high = np.where(beyond, low, strength), np.where(beyond, strength, high)
            endless |= active & np.isinf(high) & (strength - best > ENDLESS * step)
            ends = np.where(np.isinf(high), 2 * strength - best + step, high)
            # A step after these squares the error.
            settled = (np.abs(above) < 1e-5) & (np.abs(moved - strength) < 1e-3 * np.abs(strength - best))
            inside = (side * rise > 0) & (moved > low) & (moved < ends)
            moved = np.where(inside, moved, np.where(settled, strength, (low + ends) / 2))
            strength = np.where(active, moved, strength)
            active = active & ~settled & ~endless & (ends - low > 1e-12 * ends)
            if not active.any():
                break
        return np.where(endless, np.inf, strength)


def minimise(problem, start, safe):
    """Minimise −ln L of many data sets at once: Newton, projected on the bounds, halved until it gains.

    For a convex function it finds the minimum from anywhere (D. Bertsekas, SIAM J. Control Optim. 20, 221
    for the projection). What has settled is set aside.

    Parameters
    ----------
    problem : object
        With `lowest` and `highest`, the parameters' bounds; `enough`, what a last step may still gain; `patience`,
        the full steps before steps are halved; ``value(parameters)``, −ln L (n_sets,) and the
        expected events; ``slopes(parameters, expected)``, the gradient (n_sets, n_parameters) and the
        curvature (n_sets, n_parameters, n_parameters); ``take(rows)``, the problem of some data sets.
    start, safe : ndarray, shape (n_sets, n_parameters)
        `safe` is where to start instead if there are counts where `start` expects none.

    Returns
    -------
    parameters : ndarray, shape (n_sets, n_parameters)
    value : ndarray, shape (n_sets,)

    Raises
    ------
    ArithmeticError
        For a step that is not finite.
    """
    here = np.clip(start, problem.lowest, problem.highest)
    now, expected = problem.value(here)
    lost = ~np.isfinite(now)
    if lost.any():
        here[lost] = np.clip(safe, problem.lowest, problem.highest)[lost]
        now, expected = problem.value(here)
    best, least, todo = here.copy(), now.copy(), np.arange(len(here))
    for iteration in range(200):
        gradient, curvature = problem.slopes(here, expected)
        step = _step(gradient, curvature, here, problem)
        # What this step can still gain; a last one squares the error.
        settled = -np.sum(gradient * step, axis=-1) < problem.enough
        # From side to side of a kink: later on, meet in the middle.
        step *= np.where(settled | (iteration < problem.patience), 1.0, 0.5)[:, None]
        here, now, expected, stopped = _search(problem, here, now, expected, step, settled)
        if stopped.any():
            # Clipped at two bounds at once a Newton step may lead uphill; the gradient's own step cannot.
            step = -gradient / np.maximum(np.einsum("sii->si", curvature), 1e-300)
            again = np.where(stopped[:, None], step, 0)
            here, now, expected, stuck = _search(problem, here, now, expected, again, ~stopped)
            stopped &= stuck
        best[todo], least[todo] = here, now
        on = ~(settled | stopped)
        if not on.any():
            break
        if not on.all():
            here, now, expected, todo, problem = here[on], now[on], expected[on], todo[on], problem.take(on)
    return best, least


def _step(gradient, curvature, here, problem):
    """Return the Newton step of the parameters that are not held by a bound."""
    stuck = ((here <= problem.lowest) & (gradient > 0)) | ((here >= problem.highest) & (gradient < 0))
    if stuck.any():
        gradient = np.where(stuck, 0, gradient)
        curvature[stuck[:, :, None] | stuck[:, None, :]] = 0
    diagonal = np.einsum("sii->si", curvature)
    # Two templates alike leave nothing: the least bit more keeps the matrix regular.
    diagonal += 1e-12 * diagonal + 1e-300 + stuck
    step = -np.linalg.solve(curvature, gradient[..., None])[..., 0]
    if not np.all(np.isfinite(step)):
        raise ArithmeticError(
            "a fit met a step that is not finite: its templates or counts are out of all scale"
        )
    return step


def _search(problem, here, now, expected, step, settled):
    """Return where steps lead, −ln L and expected events there, and who found no gain at the digits' end."""
    moved = np.clip(here + step, problem.lowest, problem.highest)
    new, there = problem.value(moved)
    worse = np.flatnonzero(~(new <= now) & ~(settled & np.isfinite(new)))
    length = 1.0
    while worse.size and length > 1e-20:
        length /= 2
        part = problem.take(worse)
        moved[worse] = np.clip(here[worse] + length * step[worse], part.lowest, part.highest)
        new[worse], there[worse] = part.value(moved[worse])
        worse = worse[~(new[worse] <= now[worse])]
    moved[worse], new[worse], there[worse] = here[worse], now[worse], expected[worse]
    stopped = np.zeros(len(here), bool)
    stopped[worse] = True
    return moved, new, there, stopped
