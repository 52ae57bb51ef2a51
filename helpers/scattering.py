"""Scattering: a molecule's geometry → its pattern of X-rays or electrons, atom by atom as if each were free.

In this independent-atom model a molecule turned every way scatters, at momentum transfer q, as Debye said (Ann. Phys.
351 (1915) 809): `I0(q) = sum_ij f_i(q) f_j(q) sin(q r_ij) / (q r_ij)`, in electrons squared. A pattern knows its
molecule by the distances r_ij alone. If a laser has picked molecules whose axis lies near its polarisation, I0 stays,
and a second pattern S2(q) shows (Baskin and Zewail, ChemPhysChem 7 (2006) 1562; Lorenz, Møller and Henriksen, New J.
Phys. 12 (2010) 113022): `I(q, angle) = I0(q) + P2 P2(cos angle) S2(q)`, where P2 = ⟨P2(cos)⟩ of the axis about the
polarisation. For axes distributed as 1 + 5 P2 P2(cos), as one photon makes them (P2 at most 0.4), that is all; for
narrower distributions there are further terms, without which the sum may be negative, and S2 is still what a pattern
holds of P2(cos angle).

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
_NOTHING = 1e-100  # stands for q = 0, where sin(q r) / (q r) is a limit
_BLOCK = 32  # values of q whose sines are made at once: a power of two
_compiled = njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract", "nsz", "arcp"})


def form_factors(symbols, q):
    """Return each atom's X-ray form factor, in electrons: the sums of Gaussians of Waasmaier and Kirfel.

    Acta Cryst. A51 (1995) 416: neutral atoms, five Gaussians and a constant, for q up to 75/Å.

    Parameters
    ----------
    symbols : sequence of str
        The atoms' elements: H to Ar, Br, I.
    q : array_like, shape (n_q,)

    Returns
    -------
    ndarray, shape (n_atoms, n_q)
    """
    a, b, c = _gaussians(symbols)
    square = (_checked_q(q) / (4 * np.pi)) ** 2
    return (a[:, None] * np.exp(-b[:, None] * square[:, None])).sum(axis=2) + c[:, None]


def electron_factors(symbols, q):
    """Return each atom's form factor for electrons, in Å: Mott and Bethe's `2 (Z - f(q)) / (a0 q²)`.

    Mott, Proc. R. Soc. A 127 (1930) 658; Bethe, Ann. Phys. 397 (1930) 325. For Z stands f(0) of the same Gaussians,
    which differs by up to 0.006, so that no difference of two sources is divided by a small q². A fast electron's
    factor is larger by its Lorentz factor, the same for all atoms.

    Parameters
    ----------
    symbols : sequence of str
        The atoms' elements.
    q : array_like, shape (n_q,)

    Returns
    -------
    ndarray, shape (n_atoms, n_q)
    """
    a, b, _ = _gaussians(symbols)
    square = np.maximum((_checked_q(q) / (4 * np.pi)) ** 2, _NOTHING)
    lost = -(a[:, None] * np.expm1(-b[:, None] * square[:, None])).sum(axis=2)
    return lost / (8 * np.pi**2 * _BOHR * square)


def compton(symbols, q):
    """Return what the atoms scatter incoherently, in electrons squared, shape (n_q,): the same for every geometry.

    Hubbell et al., J. Phys. Chem. Ref. Data 4 (1975) 471, the root on straight lines between the table's rows.

    Parameters
    ----------
    symbols : sequence of str
        The atoms' elements.
    q : array_like, shape (n_q,)
    """
    symbols, q = check.names("symbols", symbols, _elements()), _checked_q(q)
    head, *rows = _table("hubbell")
    rows = np.array(rows, dtype=float)
    return sum(np.interp(q, rows[:, 0], rows[:, head.index(symbol)] ** 0.5) ** 2 for symbol in symbols)


def _checked_q(q):
    return check.array("q", q, ndim=1, at_least=0, at_most=HIGHEST_Q)


@functools.cache
def _table(name):
    lines = data.shipped(f"form_factors/{name}.csv").read_text(encoding="utf-8").splitlines()
    return [line.split(",") for line in lines]


def _elements():
    """Return the symbols of the elements that have tables."""
    return tuple(row[0] for row in _table("waasmaier_kirfel")[1:])


def _gaussians(symbols):
    """Return weights and widths [Å²] of each atom's Gaussians, (n_atoms, 5) each, and its constant."""
    symbols = check.names("symbols", symbols, _elements())
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
    first, second, group, weights = pair_groups(factors)
    out = np.empty((len(positions), len(q)))
    _intensity(positions, first, second, group, weights / q, q, _even(q), out)
    out += (factors**2).sum(axis=0)
    return out


def jacobian(positions, factors, q):
    """Return how I0(q) answers each coordinate [1/Å], shape (n, n_q, n_atoms, 3).

    Parameters
    ----------
    positions, factors, q : array_like
        See the module.
    """
    positions, factors, q = _checked(positions, factors, q)
    first, second, group, weights = pair_groups(factors)
    out = np.zeros((len(positions), factors.shape[0], 3, len(q)))
    _jacobian(positions, first, second, group, weights, q, _even(q), out)
    return out.transpose(0, 3, 1, 2)


def anisotropic(positions, factors, q, axis):
    """Return S2(q), what aligned molecules show besides: `-5 sum_ij f_i f_j P2(cos_ij) j2(q r_ij)`, shape (n, n_q).

    cos_ij is that of the angle between r_ij and the axis; molecules lie any way about it.

    Parameters
    ----------
    positions, factors, q : array_like
        See the module.
    axis : array_like, shape (3,) or (n, 3)
        The molecule's axis (of the transition that the laser drives), of any length.
    """
    positions, factors, q = _checked(positions, factors, q)
    axis = check.array("axis", axis)
    length = np.linalg.norm(axis, axis=-1, keepdims=True)
    if axis.shape not in ((3,), (len(positions), 3)) or not np.all(length > 0):
        raise ValueError(f"axis must be a direction, or one for each molecule, got shape {axis.shape}")
    axis = np.ascontiguousarray(np.broadcast_to(axis / length, (len(positions), 3)))
    first, second, group, weights = pair_groups(factors)
    out = np.empty((len(positions), len(q)))
    _anisotropic(positions, axis, first, second, group, -5 * weights, q, _even(q), out)
    return out


def pixels(n_pixels, highest_q):
    """Return each pixel's q [1/Å] and its angle to the laser's polarisation (upwards), shape (n_pixels, n_pixels).

    Scattering angles are small: q grows with the distance from the image's centre, to `highest_q` at the middle of
    each edge, and lies across the beam.

    Parameters
    ----------
    n_pixels : int
        Along each side.
    highest_q : float
    """
    n_pixels = check.number("n_pixels", n_pixels, at_least=2, integer=True)
    highest_q = check.number("highest_q", highest_q, above=0)
    at = (2 * np.arange(n_pixels) + 1 - n_pixels) / n_pixels
    return highest_q * np.hypot(at, at[:, None]), np.arctan2(at, -at[:, None])


def detector_image(isotropic, anisotropic, q, p2, photons, n_pixels, *, rng):
    """Return images of photon counts, int64, shape (n, n_pixels, n_pixels); `pixels(n_pixels, q[-1])` are their places.

    Counts are Poisson's about I0(q) + P2 P2(cos angle) S2(q). Where the pattern is not given, nearer the centre than
    q[0] or beyond q[-1], there are none. The polarisation of the X-rays does not matter at small angles.

    Parameters
    ----------
    isotropic, anisotropic : array_like, shape (n, n_q)
        From `intensity` (with `compton`, if wanted) and `anisotropic`.
    q : array_like, shape (n_q,)
        Rising.
    p2 : float
        ⟨P2⟩ of the molecules' axis about the laser's polarisation, -0.5 to 1.
    photons : float or array_like of shape (n,)
        How many are expected in an image.
    n_pixels : int
        Along each side.
    rng : numpy.random.Generator

    Raises
    ------
    ValueError
        Besides: if the pattern would be negative somewhere, for alignment beyond what these two terms describe.
    """
    isotropic = check.array("isotropic", isotropic, ndim=2)
    anisotropic = check.array("anisotropic", anisotropic, ndim=2)
    q, p2 = _checked_q(q), check.number("p2", p2, at_least=-0.5, at_most=1)
    photons = np.broadcast_to(check.array("photons", photons, at_least=0), len(isotropic))
    check.generator("rng", rng)
    if isotropic.shape != anisotropic.shape or isotropic.shape[1] != len(q):
        raise ValueError(f"isotropic and anisotropic must have shape (n, n_q), at {len(q)} values of q")
    if len(q) < 2 or np.any(np.diff(q) <= 0):
        raise ValueError("q must be two values or more, rising")
    place, angle = pixels(n_pixels, q[-1])
    lit = (place >= q[0]) & (place <= q[-1])
    after = np.clip(np.searchsorted(q, place[lit]), 1, len(q) - 1)
    share = (place[lit] - q[after - 1]) / (q[after] - q[after - 1])
    turned = p2 * (1.5 * np.cos(angle[lit]) ** 2 - 0.5)
    expected = np.zeros((len(isotropic), *place.shape))
    for part, weight in ((after - 1, 1 - share), (after, share)):
        expected[:, lit] += weight * (isotropic[:, part] + turned * anisotropic[:, part])
    if expected.min() < 0:
        raise ValueError(
            "p2 must leave the pattern at least 0 everywhere: it is too large for these two terms"
        )
    return rng.poisson(expected * (photons / expected.sum(axis=(1, 2)))[:, None, None])


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
    return positions, factors, np.maximum(q, _NOTHING)


def pair_groups(factors):
    """Return each pair's atoms and group, and the groups' 2 f_i f_j: pairs of like atoms are summed before."""
    kinds, kind = np.unique(factors, axis=0, return_inverse=True)
    first, second = np.triu_indices(len(factors), 1)
    both = np.sort(kind.ravel()[np.stack([first, second])], axis=0)
    groups, group = np.unique(both, axis=1, return_inverse=True)
    return first, second, group.ravel(), 2 * kinds[groups[0]] * kinds[groups[1]]


def _even(q):
    return len(q) > 1 and np.allclose(q, np.linspace(q[0], q[-1], len(q)), rtol=0, atol=1e-13)


@_compiled
def _start(distance, q, table):
    """Fill sin(k t) and cos(k t) for the step t between values of q r; return sin and cos of q[0] r and of a block."""
    step = distance * (q[-1] - q[0]) / (len(q) - 1)
    s, c = math.sin(step), math.cos(step)
    table[0, 0], table[1, 0], done = 0.0, 1.0, 1
    while done < table.shape[1]:  # twice as many each time
        for k in range(done):
            table[0, done + k] = table[0, k] * c + table[1, k] * s
            table[1, done + k] = table[1, k] * c - table[0, k] * s
        s, c, done = 2 * s * c, c * c - s * s, 2 * done
    return math.sin(q[0] * distance), math.cos(q[0] * distance), s, c


@_compiled
def _waves(distance, q, even, waves, table):
    """Return sin(q r) and cos(q r): one by one, or by sums of angles where q is evenly spaced."""
    sine, cosine = waves[0].reshape(waves[0].size), waves[1].reshape(waves[1].size)
    if even:
        s, c, turn_s, turn_c = _start(distance, q, table)
        for b in range(waves.shape[1]):
            for k in range(table.shape[1]):
                waves[0, b, k] = s * table[1, k] + c * table[0, k]
                waves[1, b, k] = c * table[1, k] - s * table[0, k]
            s, c = s * turn_c + c * turn_s, c * turn_c - s * turn_s
    else:
        for k in range(len(q)):
            sine[k], cosine[k] = math.sin(q[k] * distance), math.cos(q[k] * distance)
    return sine, cosine


@_compiled
def _apart(positions, i, j):
    x, y, z = (
        positions[i, 0] - positions[j, 0],
        positions[i, 1] - positions[j, 1],
        positions[i, 2] - positions[j, 2],
    )
    return x, y, z, max(math.sqrt(x * x + y * y + z * z), _NEAREST)


@_compiled
def _add_up(weights, sums, out):
    out[:] = 0
    for g in range(len(weights)):
        for k in range(len(out)):
            out[k] += weights[g, k] * sums[g, k]


@_compiled
def _intensity(positions, first, second, group, weights, q, even, out):
    blocks = (len(q) + _BLOCK - 1) // _BLOCK
    table, sums = np.empty((2, _BLOCK)), np.empty((len(weights), blocks, _BLOCK))
    flat = sums.reshape(len(weights), blocks * _BLOCK)
    for n in range(len(positions)):
        sums[:] = 0
        for p in range(len(first)):
            g, distance = group[p], _apart(positions[n], first[p], second[p])[3]
            if even:  # as in _waves, but without writing them down
                s, c, turn_s, turn_c = _start(distance, q, table)
                s, c, total = s / distance, c / distance, sums[g]
                for b in range(blocks):
                    for k in range(table.shape[1]):
                        total[b, k] += s * table[1, k] + c * table[0, k]
                    s, c = s * turn_c + c * turn_s, c * turn_c - s * turn_s
            else:
                for k in range(len(q)):
                    flat[g, k] += math.sin(q[k] * distance) / distance
        _add_up(weights, flat, out[n])


@_compiled
def _anisotropic(positions, axis, first, second, group, weights, q, even, out):
    waves, table = np.empty((2, (len(q) + _BLOCK - 1) // _BLOCK, _BLOCK)), np.empty((2, _BLOCK))
    sums = np.empty((len(weights), len(q)))
    for n in range(len(positions)):
        sums[:] = 0
        for p in range(len(first)):
            x, y, z, distance = _apart(positions[n], first[p], second[p])
            sine, cosine = _waves(distance, q, even, waves, table)
            along = (x * axis[n, 0] + y * axis[n, 1] + z * axis[n, 2]) / distance
            p2, total = 1.5 * along * along - 0.5, sums[group[p]]
            for k in range(len(q)):
                at = q[k] * distance
                square = at * at
                if at < 0.1:  # where the closed form would lose its digits
                    bessel = square / 15 * (1 - square / 14 * (1 - square / 36))
                else:
                    bessel = ((3 - square) * sine[k] / at - 3 * cosine[k]) / square
                total[k] += p2 * bessel
        _add_up(weights, sums, out[n])


@_compiled
def _jacobian(positions, first, second, group, weights, q, even, out):
    waves, table = np.empty((2, (len(q) + _BLOCK - 1) // _BLOCK, _BLOCK)), np.empty((2, _BLOCK))
    for n in range(len(positions)):
        for p in range(len(first)):
            i, j, weight = first[p], second[p], weights[group[p]]
            x, y, z, distance = _apart(positions[n], i, j)
            sine, cosine = _waves(distance, q, even, waves, table)
            for k in range(len(q)):
                slope = weight[k] * (cosine[k] - sine[k] / (q[k] * distance)) / distance**2
                out[n, i, 0, k] += slope * x
                out[n, i, 1, k] += slope * y
                out[n, i, 2, k] += slope * z
                out[n, j, 0, k] -= slope * x
                out[n, j, 1, k] -= slope * y
                out[n, j, 2, k] -= slope * z
