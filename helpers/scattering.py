"""Scattering: a molecule's geometry → its pattern of X-rays or electrons, atom by atom as if each were free.

In this independent-atom model a molecule turned every way scatters, at momentum transfer q, as Debye said (Ann. Phys.
351 (1915) 809): `I0(q) = sum_ij f_i(q) f_j(q) sin(q r_ij) / (q r_ij)`, in electrons squared. A pattern knows its
molecule by the distances r_ij alone. If a laser has picked molecules whose axis lies near its polarisation, I0 stays,
and a second pattern S2(q) shows (Baskin and Zewail, ChemPhysChem 7 (2006) 1562; Lorenz, Møller and Henriksen, New J.
Phys. 12 (2010) 113022): `I(q, angle) = I0(q) + P2 P2(cos angle) S2(q)`, where P2 = ⟨P2(cos)⟩ of the axis about the
polarisation. For axes distributed as 1 + 5 P2 P2(cos), as one photon makes them (P2 at most 0.4), that is all; for
narrower distributions there are further terms, and S2 is still what a pattern holds of P2(cos angle).

Throughout: positions in Å, shape (n, n_atoms, 3); q in 1/Å; `factors` from `form_factors` or `electron_factors`,
shape (n_atoms, n_q). Each function runs on one thread and lets others run: give parts of the positions to several.
What is out of its range, or of another length, raises ValueError.
"""

import functools
import math

import numpy as np
from numba import njit

from helpers import check, data

HIGHEST_Q = 20.0  # 1/Å, where the tables end
_BOHR = 0.529177210903  # Å (CODATA 2018)
_NEAREST = 1e-9  # Å: what lies nearer than this has one place
_BLOCK = 8  # values of q whose sines are made at once
_compiled = njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract", "nsz", "arcp"})


def form_factors(symbols, q):
    """Return each atom's X-ray form factor, in electrons: the sums of Gaussians of Waasmaier and Kirfel.

    Acta Cryst. A51 (1995) 416: neutral atoms, five Gaussians and a constant, for q up to 75/Å.

    Parameters
    ----------
    symbols : sequence of str
        The atoms' elements, `elements()` lists those that are known.
    q : array_like, shape (n_q,)

    Returns
    -------
    ndarray, shape (n_atoms, n_q)
    """
    a, b, c = _gaussians(symbols)
    square = (_checked_q(q) / (4 * np.pi)) ** 2
    return (a[:, None] * np.exp(-b[:, None] * square[:, None])).sum(axis=2) + c[:, None]


def _checked_q(q):
    return check.array("q", q, ndim=1, at_least=0, at_most=HIGHEST_Q)


@functools.cache
def _table(name):
    lines = data.shipped(f"form_factors/{name}.csv").read_text(encoding="utf-8").splitlines()
    return [line.split(",") for line in lines]


def elements():
    """Return the symbols of the elements that have tables."""
    return tuple(row[0] for row in _table("waasmaier_kirfel")[1:])


def _gaussians(symbols):
    """Return weights and widths [Å²] of each atom's Gaussians, (n_atoms, 5) each, and its constant."""
    symbols = check.names("symbols", symbols, elements())
    rows = {row[0]: np.array(row[2:], dtype=float) for row in _table("waasmaier_kirfel")[1:]}
    chosen = np.array([rows[symbol] for symbol in symbols])
    return chosen[:, :5], chosen[:, 5:10], chosen[:, 10]


def intensity(positions, factors, q):
    """Return I0(q) of molecules turned every way, shape (n, n_q). Evenly spaced q are ten times as quick.

    Parameters
    ----------
    positions, factors, q : array_like
        See the module.
    """
    positions, factors, q = _checked(positions, factors, q)
    first, second, group, weights = _pairs(factors)
    out = np.empty((len(positions), len(q)))
    _intensity(positions, first, second, group, weights, (factors**2).sum(axis=0), q, _even(q), out)
    return out


def jacobian(positions, factors, q):
    """Return how I0(q) answers each coordinate [1/Å], shape (n, n_q, n_atoms, 3).

    Parameters
    ----------
    positions, factors, q : array_like
        See the module.
    """
    positions, factors, q = _checked(positions, factors, q)
    first, second, group, weights = _pairs(factors)
    out = np.zeros((len(positions), factors.shape[0], 3, len(q)))
    _jacobian(positions, first, second, group, weights, q, _even(q), out)
    return out.transpose(0, 3, 1, 2)


def _checked(positions, factors, q):
    q = _checked_q(q)
    positions = np.ascontiguousarray(check.array("positions", positions, ndim=3))
    factors = check.array("factors", factors, ndim=2)
    wanted = (positions.shape[1], len(q))
    if positions.shape[2] != 3 or factors.shape != wanted:
        raise ValueError(
            "positions must have shape (n, n_atoms, 3) and factors (n_atoms, n_q), got "
            f"{positions.shape} and {factors.shape} at {len(q)} values of q"
        )
    return positions, factors, q


def _pairs(factors):
    """Return each pair's atoms and group, and the groups' 2 f_i f_j: pairs of like atoms are summed before."""
    kinds, kind = np.unique(factors, axis=0, return_inverse=True)
    first, second = np.triu_indices(len(factors), 1)
    both = np.sort(kind.ravel()[np.stack([first, second])], axis=0)
    groups, group = np.unique(both, axis=1, return_inverse=True)
    return first, second, group.ravel(), 2 * kinds[groups[0]] * kinds[groups[1]]


def _even(q):
    step = np.diff(q)
    return len(q) > 1 and bool(np.all(np.abs(step - step.mean()) < 1e-13 * q[-1]))


@_compiled
def _turn(sine, cosine, s, c, n):
    """Fill sin(x + k t) and cos(x + k t) for k < n from k = 0 and s, c = sin t, cos t, twice as many each time."""
    done = 1
    while done < n:
        for k in range(min(done, n - done)):
            sine[done + k] = sine[k] * c + cosine[k] * s
            cosine[done + k] = cosine[k] * c - sine[k] * s
        s, c = 2 * s * c, c * c - s * s
        done *= 2
    return s, c


@_compiled
def _waves(distance, q, even, sine, cosine, small, large):
    """Fill sin(q r) and cos(q r): one by one, or by sums of angles where q is evenly spaced."""
    if not even:
        for k in range(len(q)):
            sine[k], cosine[k] = math.sin(q[k] * distance), math.cos(q[k] * distance)
        return
    n = (len(q) + _BLOCK - 1) // _BLOCK
    step = distance * (q[-1] - q[0]) / (len(q) - 1)
    small[0, 0], small[1, 0] = 0.0, 1.0
    s, c = _turn(small[0], small[1], math.sin(step), math.cos(step), _BLOCK)
    large[0, 0], large[1, 0] = math.sin(q[0] * distance), math.cos(q[0] * distance)
    _turn(large[0], large[1], s, c, n)
    for b in range(n):
        s, c = large[0, b], large[1, b]
        for k in range(_BLOCK):
            sine[b * _BLOCK + k] = s * small[1, k] + c * small[0, k]
            cosine[b * _BLOCK + k] = c * small[1, k] - s * small[0, k]


@_compiled
def _apart(positions, i, j):
    x = positions[i, 0] - positions[j, 0]
    y = positions[i, 1] - positions[j, 1]
    z = positions[i, 2] - positions[j, 2]
    return x, y, z, max(math.sqrt(x * x + y * y + z * z), _NEAREST)


@_compiled
def _room(q):
    n = (len(q) + _BLOCK - 1) // _BLOCK
    return np.empty(n * _BLOCK), np.empty(n * _BLOCK), np.empty((2, _BLOCK)), np.empty((2, n))


@_compiled
def _intensity(positions, first, second, group, weights, alone, q, even, out):
    sine, cosine, small, large = _room(q)
    sums = np.empty((len(weights), len(q)))
    for n in range(len(positions)):
        sums[:] = 0
        for p in range(len(first)):
            distance = _apart(positions[n], first[p], second[p])[3]
            _waves(distance, q, even, sine, cosine, small, large)
            sum_, inverse = sums[group[p]], 1 / distance
            for k in range(len(q)):
                sum_[k] += sine[k] * inverse
        for k in range(len(q)):
            pairs = 0.0
            for g in range(len(weights)):
                pairs += weights[g, k] * sums[g, k]
            out[n, k] = alone[k] + pairs / q[k]


@_compiled
def _jacobian(positions, first, second, group, weights, q, even, out):
    sine, cosine, small, large = _room(q)
    for n in range(len(positions)):
        for p in range(len(first)):
            i, j, g = first[p], second[p], group[p]
            x, y, z, distance = _apart(positions[n], i, j)
            _waves(distance, q, even, sine, cosine, small, large)
            inverse = 1 / distance
            for k in range(len(q)):
                slope = weights[g, k] * (cosine[k] - sine[k] * inverse / q[k]) * inverse * inverse
                out[n, i, 0, k] += slope * x
                out[n, i, 1, k] += slope * y
                out[n, i, 2, k] += slope * z
                out[n, j, 0, k] -= slope * x
                out[n, j, 1, k] -= slope * y
                out[n, j, 2, k] -= slope * z
