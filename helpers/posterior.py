"""The posterior: which shapes of a molecule a noisy pattern leaves possible, and the best answer that follows.

Before anything is measured, the molecule is one of Wigner's geometries: its normal coordinates z, in standard
deviations, are independent standard normal numbers (`pools.displacements`). A pattern with Gaussian noise turns this
prior into the posterior, and no estimate errs less in the mean square than the posterior's mean. It is curved and has
several hills, so it is sampled: many geometries walk from the prior to the posterior while the data gain weight step
by step (Neal, Stat. Comput. 11 (2001) 125; Del Moral, Doucet and Jasra, J. R. Stat. Soc. B 68 (2006) 411), moved by
Hamiltonian dynamics (Duane et al., Phys. Lett. B 195 (1987) 216).

Throughout: z has shape (n, n_modes), patterns (n, n_data): I0 at each q and, for aligned molecules, then S2 at each q.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from scipy.special import logsumexp

from helpers import check, pools, scattering

_STEP = 0.01  # Å, of the tables of pair patterns
_MARGIN = 1.2  # Å that a pair may be farther apart than at the minimum
_NEAREST = 0.6  # Å, the shortest distance in the tables
_LOST = 2e-3  # of the noise: what the compression may leave out of a pair's pattern, root mean square
_SHARE = 0.5  # of the geometries that count after a step of the data's weight
_ACCEPTED = 0.8  # the share of moves that the step length aims at
_compiled = njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract", "nsz", "arcp", "reassoc"})


class Posterior(NamedTuple):
    """Equally likely geometries z; what the data say of the molecule as a whole; how the walk went.

    Attributes
    ----------
    z : ndarray, shape (n, n_modes)
    log_evidence : float
        Logarithm of the likelihood's mean over the prior, as `log_likelihood` has it: without constants.
    n_steps : int
        In which the data's weight grew from 0 to 1.
    acceptance : float
        Of the last move.
    """

    z: np.ndarray
    log_evidence: float
    n_steps: int
    acceptance: float


class Problem:
    """A molecule, a grid of q and a noise: what a pattern says of the molecule's shape.

    Parameters
    ----------
    molecule : pools.Molecule
    q : array_like, shape (n_q,)
        Evenly spaced or not [1/Å].
    noise : float
        Standard deviation of the noise of I0, as a share of the prior's mean I0 at each q.
    temperature, lowest : float
        Of the prior, as in `pools.wigner`.
    p2 : float
        ⟨P2⟩ of the alignment of the molecule's longest axis; with 0 the pattern is I0 alone. S2 is what a pattern
        holds of p2 P2(cos angle): from the same photons its noise is √5 σ / p2 and independent of I0's, where q
        points all ways alike (on a flat detector, in a plane with the polarisation, it is 1.89 σ / p2).

    Attributes
    ----------
    n_modes, n_data : int
    sigma : ndarray, shape (n_data,)
        Standard deviation of the noise [electrons²].
    images : ndarray of int, shape (n_symmetries, n_pairs)
        How the molecule's symmetries exchange its heavy-atom distances.
    fisher : ndarray, shape (n_modes, n_modes)
        The Fisher information about the modes, averaged over the prior.
    """

    def __init__(self, molecule, q, noise, temperature=300.0, lowest=100.0, p2=0.0):
        """See the class: all parameters are explained there."""
        self.molecule, self.q = molecule, check.array("q", q, ndim=1, above=0)
        noise, self.p2 = check.number("noise", noise, above=0), check.number("p2", p2, at_least=0, at_most=1)
        self._moves = pools.displacements(molecule, temperature, lowest)
        self.n_modes, self.images = len(self._moves), _exchanged(molecule)
        if not self.n_modes:
            raise ValueError(f"lowest must leave at least one mode, got {lowest:g}")
        self._factors = scattering.form_factors(molecule.symbols, self.q)
        z = np.random.default_rng(0).standard_normal((4000, self.n_modes))
        self.sigma = sigma = noise * self.pattern(z)[:, : len(self.q)].mean(axis=0)
        if self.p2:
            self.sigma = np.concatenate([sigma, np.sqrt(5) * sigma / self.p2])
        self.n_data = len(self.sigma)
        self._tabulate(pools.pair_distances(self.positions(z), range(len(molecule.symbols))))
        slopes = self.slopes(z[:64])
        self.fisher = np.einsum("nam,nak->mk", slopes, slopes) / len(slopes)

    def positions(self, z):
        """Return the geometries, shape (n, n_atoms, 3) [Å]."""
        return self.molecule.positions + np.tensordot(self._z(z), self._moves, 1)

    def distances(self, z):
        """Return the distances of heavy atoms, shape (n, n_pairs) [Å], in the order of `pools.pair_distances`."""
        return pools.pair_distances(self.positions(z), self.molecule.heavy)

    def pattern(self, z):
        """Return the patterns without noise, shape (n, n_data) [electrons²]."""
        positions = self.positions(z)
        found = scattering.intensity(positions, self._factors, self.q)
        if self.p2:
            other = scattering.anisotropic(positions, self._factors, self.q, (0, 0, 1))
            found = np.concatenate([found, other], axis=1)
        return found

    def slopes(self, z):
        """Return how the pattern, in units of the noise, answers each mode, shape (n, n_data, n_modes)."""
        z = self._z(z)
        out, step = np.empty((len(z), self.n_data, self.n_modes)), 1e-3
        for k, change in enumerate(step * np.eye(self.n_modes)):
            out[:, :, k] = (self.pattern(z + change) - self.pattern(z - change)) / (2 * step)
        return out / self.sigma[:, None]

    def _z(self, z):
        z = check.array("z", z, ndim=2)
        if z.shape[1] != self.n_modes:
            raise ValueError(f"z must have {self.n_modes} columns, one a mode, got {z.shape[1]}")
        return z

    def _tabulate(self, prior):
        """Tabulate each kind of pair's pattern over the distance, in the few directions in which it can differ.

        A pair's pattern is a wave in q of a frequency of at most the molecule's size: some twenty numbers hold it.
        """
        self._first, self._second, self._group, weights = scattering.pair_groups(self._factors)
        at = self.molecule.positions
        longest = np.linalg.norm(at[self._first] - at[self._second], axis=1).max() + _MARGIN
        if prior.min() < _NEAREST or prior.max() > longest:
            raise ValueError(
                f"lowest and temperature must keep the atoms {_NEAREST} to {longest:.1f} Å apart, "
                f"got {prior.min():.1f} to {prior.max():.1f} Å: soft modes go too far"
            )
        distance = np.arange(_NEAREST, longest, _STEP)
        qr = distance[:, None] * self.q
        n = len(self.q)
        wave = (weights / self.sigma[:n])[:, None] * np.sinc(qr / np.pi)
        tables = [wave]
        if self.p2:
            bessel = ((3 / qr**2 - 1) * np.sin(qr) - 3 * np.cos(qr) / qr) / qr
            tables.append((-5 * weights / self.sigma[n:])[:, None] * bessel)
        self._bases, values = [], []
        for table in tables:
            rows = table.reshape(-1, n)
            _, size, directions = np.linalg.svd(rows, full_matrices=False)
            self._bases.append(directions[size > _LOST * np.sqrt(len(rows))])
            values.append(table @ self._bases[-1].T)
        if not self.p2:
            values.append(np.zeros((*values[0].shape[:2], 0)))
        slope = [np.gradient(table, _STEP, axis=1, edge_order=2) for table in values]
        self._tables = [np.stack(both, axis=2) for both in zip(values, slope, strict=True)]

    def compress(self, patterns):
        """Return what patterns, shape (n, n_data), say in units of the noise, shape (n, about 20): the rest is noise.

        The compressed noise is standard normal and independent, and what is left out hardly depends on the molecule.
        """
        patterns = check.array("patterns", patterns, ndim=2)
        if patterns.shape[1] != self.n_data:
            raise ValueError(f"patterns must have {self.n_data} columns, got {patterns.shape[1]}")
        n = len(self.q)
        scaled = patterns.copy()
        scaled[:, :n] -= (self._factors**2).sum(axis=0)
        scaled /= self.sigma
        return np.concatenate(
            [scaled[:, k * n : (k + 1) * n] @ base.T for k, base in enumerate(self._bases)], axis=1
        )

    def log_likelihood(self, z, seen):
        """Return the log-likelihood without its constants, shape (n,), and its gradient, shape (n, n_modes).

        Parameters
        ----------
        z : array_like, shape (n, n_modes)
        seen : array_like, shape (n, n_seen) or (1, n_seen)
            From `compress`.
        """
        z, seen = self._z(z), check.array("seen", seen, ndim=2, empty=True)
        n_seen = sum(len(base) for base in self._bases)
        if seen.shape not in ((1, n_seen), (len(z), n_seen)):
            raise ValueError(
                f"seen must have {n_seen} columns and a row for each z, or one, got {seen.shape}"
            )
        return self._weigh(z, seen)

    def _weigh(self, z, seen):
        """Return what `log_likelihood` does, unchecked: a walk that runs away ends outside of every door."""
        shape = (len(z), 3 * len(self.molecule.symbols))
        moves = self._moves.reshape(self.n_modes, -1)
        positions = self.molecule.positions.ravel() + z @ moves
        seen = np.broadcast_to(seen, (len(z), seen.shape[1]))
        value, pull = np.empty(len(z)), np.zeros(shape)
        pairs = self._first, self._second, self._group
        _log_likelihood(positions, *pairs, *self._tables, seen, value, pull)
        return value, pull @ moves.T

    def sample(self, pattern, n, moves=2, *, rng):
        """Return n geometries of the posterior, by steps of the data's weight from 0 to 1, a `Posterior`.

        Parameters
        ----------
        pattern : array_like, shape (n_data,)
        n : int
        moves : int
            Hamiltonian moves after each step (twice as many after the last).
        rng : numpy.random.Generator
        """
        n = check.number("n", n, at_least=2, integer=True)
        moves = check.number("moves", moves, at_least=1, integer=True)
        rng = check.generator("rng", rng)
        seen = self.compress(check.array("pattern", pattern, ndim=1)[None])
        z = rng.standard_normal((n, self.n_modes))
        value, gradient = self._weigh(z, seen)
        weight = evidence = 0.0
        length, n_steps = 0.35, 0
        while weight < 1:
            more = _next(value, 1 - weight)
            logs = more * value
            evidence += logsumexp(logs) - np.log(n)
            chosen = np.exp(logs - logsumexp(logs)).cumsum()
            kept = np.searchsorted(chosen, (rng.random() + np.arange(n)) / n).clip(0, n - 1)
            z, value, gradient = z[kept], value[kept], gradient[kept]
            weight, n_steps = min(1.0, weight + more), n_steps + 1
            for _ in range(moves if weight < 1 else 2 * moves):
                z, value, gradient, accepted = self.move(z, value, gradient, seen, weight, length, rng=rng)
                length = min(1.0, length * np.exp(0.8 * (accepted.mean() - _ACCEPTED)))
        return Posterior(z, evidence, n_steps, accepted.mean())

    def move(self, z, value, gradient, seen, weight, length, *, rng):
        """Return z, its log-likelihood and gradient after one Hamiltonian move, and each move's acceptance.

        The mass is the posterior's average curvature, so that one step length suits narrow and wide directions.

        Parameters
        ----------
        z, value, gradient : ndarray
            As `log_likelihood` takes and returns them.
        seen : ndarray, shape (n, n_seen) or (1, n_seen)
        weight : float
            Of the data, 0 to 1: the move leaves prior × likelihood^weight as it is.
        length : float
            Step length, about 0.3.
        rng : numpy.random.Generator
        """
        rng = check.generator("rng", rng)
        mass = np.eye(self.n_modes) + weight * self.fisher
        inverse = np.linalg.inv(mass)
        momentum = rng.standard_normal(z.shape) @ np.linalg.cholesky(mass).T
        step = (length * rng.uniform(0.8, 1.2, len(z)))[:, None]

        def energy(z, value, momentum):
            return 0.5 * (z**2).sum(1) - weight * value + 0.5 * ((momentum @ inverse) * momentum).sum(1)

        before, n_steps = energy(z, value, momentum), rng.integers(6, 13)
        new, new_gradient = z, gradient
        for k in range(n_steps):
            momentum = momentum + (0.5 if k == 0 else 1) * step * (weight * new_gradient - new)
            new = new + step * (momentum @ inverse)
            new_value, new_gradient = self._weigh(new, seen)
        momentum = momentum + 0.5 * step * (weight * new_gradient - new)
        with np.errstate(all="ignore"):  # a walk that runs away is refused
            change = np.nan_to_num(before - energy(new, new_value, momentum), nan=-np.inf)
        accepted = np.exp(np.minimum(change, 0))
        goes = rng.random(len(z)) < accepted
        z = np.where(goes[:, None], new, z)
        gradient = np.where(goes[:, None], new_gradient, gradient)
        return z, np.where(goes, new_value, value), gradient, accepted

    def mean(self, z):
        """Return the mean and the covariance of the heavy-atom distances over geometries z and their mirror images.

        A symmetric molecule's image has the same pattern and the same prior: it belongs to the posterior.

        Returns
        -------
        tuple of ndarray
            Shapes (n_pairs,) and (n_pairs, n_pairs).
        """
        distances = self.distances(z)
        everything = np.concatenate([distances[:, image] for image in self.images])
        return everything.mean(axis=0), np.cov(everything.T, bias=True)


def _next(value, most):
    """Return by how much the data's weight may grow so that half of the geometries still count."""

    def count(more):
        return np.exp(2 * logsumexp(more * value) - logsumexp(2 * more * value))

    low, high = 0.0, most
    if count(high) >= _SHARE * len(value):
        return high
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if count(middle) > _SHARE * len(value) else (low, middle)
    return high


def _exchanged(molecule):
    """Return how each symmetry exchanges the pairs of heavy atoms, shape (n_symmetries, n_pairs)."""
    heavy = molecule.heavy
    first, second = np.triu_indices(len(heavy), 1)
    number = np.zeros((len(molecule.symbols),) * 2, dtype=int)
    number[heavy[first], heavy[second]] = number[heavy[second], heavy[first]] = np.arange(len(first))
    found = [number[row[heavy[first]], row[heavy[second]]] for row in pools.symmetries(molecule)]
    return np.unique(found, axis=0)


def ceiling(distances, images):
    """Return the R² of who knows a molecule exactly, but not which of its like atoms is which.

    Parameters
    ----------
    distances : array_like, shape (n, n_pairs)
        Of the prior.
    images : array_like of int, shape (n_symmetries, n_pairs)
        `Problem.images`.
    """
    distances = check.array("distances", distances, ndim=2)
    images = check.array("images", images, ndim=2, integer=True, at_least=0, at_most=distances.shape[1] - 1)
    best = np.mean([distances[:, image] for image in images], axis=0)
    everything = np.concatenate([distances[:, image] for image in images])
    return 1 - ((distances - best) ** 2).sum() / (len(distances) * everything.var(axis=0).sum())


@_compiled
def _look_up(x, i, j, last):
    """Return a pair's distance vector, its length, and its place in the tables: a row, and how far to the next."""
    dx, dy, dz = x[i] - x[j], x[i + 1] - x[j + 1], x[i + 2] - x[j + 2]
    r = np.sqrt(dx * dx + dy * dy + dz * dz)
    u = (r - _NEAREST) / _STEP
    k = min(max(int(u), 0), last)
    return dx, dy, dz, r, k, u - k


@_compiled
def _log_likelihood(positions, first, second, group, isotropic, aligned, seen, value, pull):
    """Fill the log-likelihood and its slope in the positions; tables hold value and slope (cubic Hermite between)."""
    n0, n2 = isotropic.shape[3], aligned.shape[3]
    last = isotropic.shape[1] - 2
    off = np.empty(n0 + n2)
    for n in range(len(positions)):
        x = positions[n]
        off[:] = -seen[n]
        for p in range(len(first)):
            i, j, g = 3 * first[p], 3 * second[p], group[p]
            dx, dy, dz, r, k, u = _look_up(x, i, j, last)
            a, b = u * u * (3 - 2 * u), u * (1 - u)
            c, d = b * (1 - u) * _STEP, -b * u * _STEP
            left, right = isotropic[g, k], isotropic[g, k + 1]
            for m in range(n0):
                off[m] += left[0, m] + a * (right[0, m] - left[0, m]) + c * left[1, m] + d * right[1, m]
            if n2:
                p2 = 1.5 * (dz / r) ** 2 - 0.5
                left, right = aligned[g, k], aligned[g, k + 1]
                for m in range(n2):
                    off[n0 + m] += p2 * (
                        left[0, m] + a * (right[0, m] - left[0, m]) + c * left[1, m] + d * right[1, m]
                    )
        total = 0.0
        for m in range(n0 + n2):
            total += off[m] * off[m]
        value[n] = -0.5 * total
        for p in range(len(first)):
            i, j, g = 3 * first[p], 3 * second[p], group[p]
            dx, dy, dz, r, k, u = _look_up(x, i, j, last)
            a, b = u * u * (3 - 2 * u), u * (1 - u)
            c, d = b * (1 - u) * _STEP, -b * u * _STEP
            e, f, h = 6 * b / _STEP, (1 - u) * (1 - 3 * u), u * (3 * u - 2)
            left, right = isotropic[g, k], isotropic[g, k + 1]
            along = 0.0
            for m in range(n0):
                along -= off[m] * (e * (right[0, m] - left[0, m]) + f * left[1, m] + h * right[1, m])
            turn = 0.0
            if n2:
                p2 = 1.5 * (dz / r) ** 2 - 0.5
                left, right = aligned[g, k], aligned[g, k + 1]
                for m in range(n2):
                    along -= (
                        off[n0 + m] * p2 * (e * (right[0, m] - left[0, m]) + f * left[1, m] + h * right[1, m])
                    )
                    turn -= off[n0 + m] * (
                        left[0, m] + a * (right[0, m] - left[0, m]) + c * left[1, m] + d * right[1, m]
                    )
                turn *= 3 * dz / (r * r)  # times (e_z - cos r/|r|): the slope of P2(cos)
            along = along / r - turn * dz / (r * r)
            fx, fy, fz = along * dx, along * dy, along * dz + turn
            pull[n, i] += fx
            pull[n, i + 1] += fy
            pull[n, i + 2] += fz
            pull[n, j] -= fx
            pull[n, j + 1] -= fy
            pull[n, j + 2] -= fz
