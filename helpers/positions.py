"""From a pattern of light to a place: centroid, likelihood, posterior, Fisher information, Cramér–Rao bound.

Where the light response of `helpers.hits` is known exactly, so is the likelihood of a pattern, and with it
the best possible answer: `posterior_mean` has the smallest rms of all estimates, `maximum_likelihood` needs
no prior, and `cramer_rao` is the rms that no unbiased estimate can beat.

In all functions

- `patterns`, shape (n, n_pmts), holds counts, at least one in each pattern; those of tubes with gain 0 are
  left out;
- `response` is the hits.LightResponse that the estimate believes in, and positions are within its detector,
  in mm;
- `within`, above 0 and at most 1, is the radius of the disc over which the prior is uniform, as a share of
  the
  detector's: as in `hits.uniform`;
- what cannot be is a ValueError that names the argument.
"""

import functools
import itertools
from typing import NamedTuple

import numpy as np

from helpers import check, hits

_FEW = 16  # events at a time, each on a grid of its own

_POINTS = 13  # of a posterior's own grid along each axis, which spans

_SPAN = 4.5  # standard deviations to either side


class Posterior(NamedTuple):
    """What a pattern tells about its position: `mean` (n, 2) [mm] and `covariance` (n, 2, 2) [mm²]."""

    mean: np.ndarray
    covariance: np.ndarray


def centroid(patterns, array):
    """Estimate positions as the mean of the tubes' positions, weighted with their counts.

    Parameters
    ----------
    patterns : array_like, shape (n, n_pmts)
    array : PmtArray
        The tubes, none of them without gain.

    Returns
    -------
    numpy.ndarray
        Shape (n, 2) [mm].

    Notes
    -----
    Anger's camera (Rev. Sci. Instrum. 29 (1958) 27). Diffuse light and the array's edge pull it inwards.
    """
    patterns = _counts(patterns, array, np.ones(array.n_pmts))
    return patterns @ array.positions / patterns.sum(axis=1, keepdims=True)


def maximum_likelihood(patterns, response, start=None, *, dead_share=0.0):
    """Estimate positions as those at which the patterns are most likely.

    Parameters
    ----------
    patterns : array_like, shape (n, n_pmts)
    response : LightResponse
    start : array_like, shape (n, 2), optional
        Where to start [mm]. By default the best point of a grid.
    dead_share : float
        The chance, 0 to 0.9, that a tube is dead and nobody said so.

    Returns
    -------
    numpy.ndarray
        Shape (n, 2) [mm], within the detector's radius.

    Notes
    -----
    Fisher scoring of the multinomial likelihood, all patterns at once: each step is the inverse of the
    expected information times the slope, halved until the likelihood rises. A position at the wall moves
    along it. With a `dead_share` ε a tube that should see µ photons and sees n has the likelihood
    (1 - ε) Poisson(n | µ) + ε [n = 0], in each event apart, and the pulse's true size is fitted as well
    (expectation and maximisation in turn: how surely is each silent tube alive, then the fit).
    """
    dead_share = check.number("dead_share", dead_share, at_least=0, at_most=0.9)
    patterns = _counts(patterns, response.array, response.gain)
    if start is not None:
        start = check.array("start", start, ndim=2, empty=True)
        if start.shape != (len(patterns), 2):
            raise ValueError(f"start must have shape ({len(patterns)}, 2), got {start.shape}")
        start = np.column_stack(hits.within_wall(*start.T, response.array, name="start"))
    if dead_share == 0:
        return _most_likely(patterns, response, start)
    if start is None:
        start = _best_of_doubtful_grid(patterns, response, dead_share)
    work = lambda rows: _fit_doubtful(patterns[rows], response, start[rows], dead_share)  # noqa: E731
    return hits.by_blocks(work, len(patterns))


def posterior_mean(patterns, response, *, within=1.0):
    """Estimate positions as the mean of the posterior, with a prior uniform over a disc.

    No estimate has a smaller rms over positions uniform in that disc. Near its edge it beats `cramer_rao`,
    which knows no prior.

    Parameters
    ----------
    patterns : array_like, shape (n, n_pmts)
    response : LightResponse
    within : float

    Returns
    -------
    Posterior
        `mean` (n, 2) [mm] and `covariance` (n, 2, 2) [mm²].

    Notes
    -----
    Summed over a grid of 13 × 13 points round the likelihood's maximum, as wide as the posterior; where that
    is wider than a quarter of the response's height, over a grid of the whole disc.
    """
    patterns = _counts(patterns, response.array, response.gain)
    edge = response.array.radius * check.number("within", within, above=0, at_most=1)
    mean, covariance = _foreseen(patterns, response)
    spacing = response.height / 4
    wide = np.flatnonzero(np.linalg.eigvalsh(covariance)[:, 1] > spacing**2)
    for rows in hits.row_blocks(len(wide), _FEW):
        k = wide[rows]
        mean[k], covariance[k] = _sum_over_disc(patterns[k], response, edge)
    sharp = np.ones(len(patterns), bool)
    sharp[wide] = np.linalg.eigvalsh(covariance[wide])[:, 0] < spacing**2
    covariance[wide] += np.eye(2) * (spacing**2 / 4 * sharp[wide])[:, None, None]  # too coarse to see less
    for rows in hits.row_blocks(np.count_nonzero(sharp), _FEW):
        k = np.flatnonzero(sharp)[rows]
        for _ in range(4):
            foreseen = mean[k], covariance[k]
            mean[k], covariance[k] = _sum_nearby(patterns[k], response, *foreseen, edge)
            covariance[k] = _not_flat(covariance[k], (spacing / 100) ** 2)
            k = k[_differs(*foreseen, mean[k], covariance[k])]
            if len(k) == 0:
                break
    return Posterior(mean, covariance)


def posterior_grid(patterns, response, *, within=1.0, side=5):
    """Lay a grid round each pattern's most likely position, and weigh its points by the posterior.

    The sum of probability times f(position) is then f with the position integrated out.

    Parameters
    ----------
    patterns : array_like, shape (n, n_pmts)
        Of hundreds of photons, so that the posterior is narrower than the response: nothing beyond the grid
        is summed.
    response : LightResponse
    within : float
    side : int
        Points along each side of the grid, 3 to 15. They lie one standard deviation apart (Cramér and Rao's).

    Returns
    -------
    points : numpy.ndarray
        Shape (n, side², 2) [mm]; some may lie outside of the disc, with no probability to speak of.
    probability : numpy.ndarray
        Shape (n, side²); each row sums to 1.
    """
    patterns = _counts(patterns, response.array, response.gain)
    edge = response.array.radius * check.number("within", within, above=0, at_most=1)
    side = check.number("side", side, at_least=3, at_most=15, integer=True)
    line = np.arange(side) - (side - 1) / 2
    best, covariance = _foreseen(patterns, response)
    points = np.empty((len(patterns), side**2, 2))
    probability = np.empty((len(patterns), side**2))
    for rows in hits.row_blocks(len(patterns), _FEW):
        points[rows], log_weight = _nearby(patterns[rows], response, best[rows], covariance[rows], edge, line)
        probability[rows] = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    return points, probability / probability.sum(axis=1, keepdims=True)


def cramer_rao(x, y, n_photons, response):
    """Return the Cramér–Rao bound: the rms error per axis that no unbiased estimate of a position can beat.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        Where the light is made [mm], within the detector's radius.
    n_photons : float or array_like, shape (n,)
        Photons that the tubes of the response detect.
    response : LightResponse

    Returns
    -------
    numpy.ndarray
        Shape (n,) [mm]: the root of half the trace of the inverse Fisher information. Over many positions,
        take the root of the mean of its square.
    """
    x, y = hits.within_wall(x, y, response.array)
    n_photons = check.array("n_photons", n_photons, above=0, empty=True)
    if n_photons.shape not in ((), x.shape):
        raise ValueError(f"n_photons must be one number or {len(x)}, got shape {n_photons.shape}")
    information = _information(x, y, np.broadcast_to(n_photons, x.shape), response)
    determinant = np.maximum(np.linalg.det(information), 0)
    with np.errstate(divide="ignore", invalid="ignore"):  # a response that tells nothing has no bound
        variance = np.trace(information, axis1=1, axis2=2) / determinant / 2
    return np.sqrt(np.where(determinant > 0, variance, np.inf))


def _information(x, y, n_photons, response):
    """Fisher information, shape (n, 2, 2) [1/mm²]: n_photons Σ ∂p ∂p / p over the tubes' shares p."""

    def block(rows):
        shares, slope = hits.light_shares(response, x[rows], y[rows], slope=True)
        return np.einsum("ant,bnt->nab", slope / np.maximum(shares, 1e-300), slope)

    return n_photons[:, None, None] * hits.by_blocks(block, len(x))


def _at_least(response):
    """An information that no position can do without: that it lies in the detector."""
    return np.eye(2) / response.array.radius**2


def _foreseen(patterns, response):
    """The most likely positions, and the covariances that Cramér and Rao foresee there."""
    best = _most_likely(patterns, response)
    information = _information(*best.T, patterns.sum(axis=1), response)
    return best, np.linalg.inv(information + _at_least(response))


def _most_likely(patterns, response, start=None):
    if start is None:
        start = hits.by_blocks(lambda rows: _best_of_grid(patterns[rows], response), len(patterns))
    return hits.by_blocks(lambda rows: _fit(patterns[rows], response, start[rows]), len(patterns))


@functools.lru_cache(maxsize=4)
def _coarse(response):
    """A square grid all over the disc, (m, 2), and the logarithms of the shares there, (n_pmts, m)."""
    radius, spacing = response.array.radius, response.height / 4
    half = int(radius / spacing)
    line = spacing * np.arange(-half, half + 1)
    points = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
    points = points[np.hypot(*points.T) <= radius]
    log_shares = np.log(np.maximum(hits.light_shares(response, *points.T), 1e-30)) * (response.gain > 0)
    return points, log_shares.T.astype(np.float32)


def _best_of_grid(patterns, response):
    points, log_shares = _coarse(response)
    return points[np.argmax(patterns.astype(np.float32) @ log_shares, axis=1)]


def _likelihood(patterns, response, position, alive=1.0):
    shares = hits.light_shares(response, *position.T)
    likelihood = np.einsum("nt,nt->n", patterns, np.log(np.maximum(shares, 1e-300)))
    return likelihood - patterns.sum(axis=1) * np.log((alive * shares).sum(axis=1))


def _fit(patterns, response, position, alive=None, most_steps=30, enough=1e-3):
    """Fisher scoring; a step is at most half of the response's height, and ends below `enough` [mm].

    `alive`, (n, n_pmts), is how surely each tube is alive: 1 where it saw light.
    """
    alive = np.ones((len(patterns), 1)) if alive is None else alive
    radius, longest = response.array.radius, response.height / 2
    position = position.copy()
    moving = np.arange(len(patterns))
    likelihood = _likelihood(patterns, response, position, alive)
    for _ in range(most_steps):
        counts, here, sure = patterns[moving], position[moving], alive[moving]
        shares, slope = hits.light_shares(response, *here.T, slope=True)
        relative = slope / np.maximum(shares, 1e-300)
        seen = sure * shares / (sure * shares).sum(axis=1, keepdims=True)
        relative -= np.einsum("ant,nt->an", relative, seen)[..., None]
        score = np.einsum("ant,nt->na", relative, counts)
        information = np.einsum("ant,bnt,nt->nab", relative, relative, seen)
        information *= counts.sum(axis=1)[:, None, None]
        step = np.linalg.solve(information + _at_least(response), score[..., None])[..., 0]
        r = np.linalg.norm(here, axis=1)
        stuck = (r >= radius * (1 - 1e-9)) & (np.einsum("na,na->n", step, here) > 0)
        along = here[stuck][:, ::-1] * [-1, 1] / radius
        push = np.einsum("na,na->n", along, score[stuck])
        stiff = np.einsum("na,nab,nb->n", along, information[stuck], along)
        step[stuck] = (push / stiff)[:, None] * along
        step *= np.minimum(1, longest / np.maximum(np.linalg.norm(step, axis=1), 1e-12))[:, None]
        # Halve the steps that went too far.
        better = np.zeros(len(moving), bool)
        moved = np.zeros(len(moving))
        for _ in range(8):
            k = np.flatnonzero(~better)
            to = here[k] + step[k]
            to *= np.minimum(1, radius / np.maximum(np.linalg.norm(to, axis=1), 1e-12))[:, None]
            value = _likelihood(counts[k], response, to, sure[k])
            rose = value >= likelihood[moving[k]]
            position[moving[k[rose]]], likelihood[moving[k[rose]]] = to[rose], value[rose]
            moved[k[rose]] = np.linalg.norm(to - here[k], axis=1)[rose]
            better[k[rose]] = True
            step *= 0.5
            if better.all():
                break
        moving = moving[moved > enough]
        if len(moving) == 0:
            break
    return position


def _best_of_doubtful_grid(patterns, response, dead_share):
    """Of a grid in place and true size the best point of the likelihood with unknown dead tubes."""
    points, log_shares = _coarse(response)
    shares, silent = np.exp(log_shares), (patterns == 0).astype(np.float32)
    shares *= (response.gain > 0)[:, None]
    size = patterns.sum(axis=1)
    bins = np.rint(np.log(size) / 0.1)  # of nearly equal sizes, so that a silent tube is looked up once
    best, start = np.full(len(size), -np.inf), np.zeros((len(size), 2))
    for bin_, larger in itertools.product(np.unique(bins), (1.0, 1.15, 1.4)):  # part may have gone unseen
        true_size = larger * np.exp(0.1 * bin_)
        doubt = np.log((1 - dead_share) * np.exp(-true_size * shares) + dead_share) + true_size * shares
        for rows in hits.row_blocks(np.count_nonzero(bins == bin_)):
            k = np.flatnonzero(bins == bin_)[rows]
            value = patterns[k].astype(np.float32) @ log_shares + silent[k] @ doubt
            value -= true_size * shares.sum(axis=0)
            value += (size[k] * np.log(true_size))[:, None]
            place = value.argmax(axis=1)
            value = value[np.arange(len(k)), place]
            better = value > best[k]
            best[k[better]], start[k[better]] = value[better], points[place[better]]
    return start


def _fit_doubtful(patterns, response, position, dead_share, most_rounds=60, enough=0.01):
    """Expectation and maximisation; it ends when a round moves a position by less than `enough` [mm]."""
    position, alive = position.copy(), np.ones(patterns.shape)
    moving = np.arange(len(patterns))
    for _ in range(most_rounds):
        counts, here = patterns[moving], position[moving]
        shares = hits.light_shares(response, *here.T)
        true_size = counts.sum(axis=1) / (alive[moving] * shares).sum(axis=1)
        chance = (1 - dead_share) * np.exp(-true_size[:, None] * shares)
        alive[moving] = np.where(counts > 0, 1, chance / (chance + dead_share))
        position[moving] = _fit(counts, response, here, alive[moving], most_steps=1)
        moving = moving[np.linalg.norm(position[moving] - here, axis=1) > enough]
        if len(moving) == 0:
            break
    return position


def _log_inside(points, spacing, edge):
    """Logarithm of each point's share of its cell within the edge, which is taken as straight."""
    share = (edge - np.linalg.norm(points, axis=-1)) / spacing + 0.5
    return np.log(np.clip(share, 1e-300, 1))


def _moments(points, log_weight):
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    weight /= weight.sum(axis=1, keepdims=True)
    mean = np.einsum("np,npa->na", weight, points)
    away = points - mean[:, None]
    return mean, np.einsum("np,npa,npb->nab", weight, away, away)


def _sum_over_disc(patterns, response, edge):
    points, log_shares = _coarse(response)
    log_weight = (patterns.astype(np.float32) @ log_shares).astype(float)
    log_weight += _log_inside(points, response.height / 4, edge)
    return _moments(np.broadcast_to(points, (len(patterns), *points.shape)), log_weight)


def _sum_nearby(patterns, response, mean, covariance, edge):
    """Sum over a grid along the axes of the posterior that is foreseen."""
    line = np.linspace(-_SPAN, _SPAN, _POINTS)
    return _moments(*_nearby(patterns, response, mean, covariance, edge, line))


def _nearby(patterns, response, mean, covariance, edge, line):
    """Points along the axes of the posterior that is foreseen, and the logarithms of their weights."""
    unit = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
    points = mean[:, None] + np.einsum("nab,pb->npa", np.linalg.cholesky(covariance), unit)
    shares = hits.light_shares(response, *points.reshape(-1, 2).T).reshape(*points.shape[:2], -1)
    log_weight = np.einsum("npt,nt->np", np.log(np.maximum(shares, 1e-300)), patterns)
    spacing = (line[1] - line[0]) * np.sqrt(np.trace(covariance, axis1=1, axis2=2) / 2)[:, None]
    return points, log_weight + _log_inside(points, spacing, edge)


def _not_flat(covariance, least):
    """Widen the covariances of events outside the prior: their posterior is a sliver along its edge."""
    flat = np.flatnonzero(np.linalg.eigvalsh(covariance)[:, 0] < least)
    values, axes = np.linalg.eigh(covariance[flat])
    covariance[flat] = np.einsum("nab,nb,ncb->nac", axes, np.maximum(values, least), axes)
    return covariance


def _differs(mean, covariance, new_mean, new_covariance):
    """Whether a posterior is so far from the foreseen one that it needs a grid of its own."""
    shift = np.linalg.solve(covariance, (new_mean - mean)[..., None])[..., 0]
    far = np.einsum("na,na->n", shift, new_mean - mean) > 1
    ratio = np.linalg.eigvals(np.linalg.solve(covariance, new_covariance)).real
    return far | (ratio.min(axis=1) < 0.5) | (ratio.max(axis=1) > 1.5)


def _counts(patterns, array, gain):
    patterns = check.array("patterns", patterns, ndim=2, at_least=0, empty=True)
    if patterns.shape[1] != array.n_pmts:
        raise ValueError(f"patterns must have shape (n, {array.n_pmts}), got {patterns.shape}")
    if not gain.all():
        patterns = patterns * (gain > 0)
    if np.any(patterns.sum(axis=1) == 0):
        raise ValueError("patterns must hold at least one photon each, got an empty one")
    return patterns
