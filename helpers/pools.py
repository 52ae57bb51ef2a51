"""Pools: what a molecule may look like, as geometries that a pattern is computed from.

Everything lives on GFN2-xTB's surface (Bannwarth, Ehlert and Grimme, J. Chem. Theory Comput. 15 (2019) 1652); the card
of `data/pools` says how it was made. Four molecules are those of the lessons, "N-methylmorpholine",
"1,3-cyclohexadiene", "1,2-dithiane" and "1,3,5-hexatriene"; the others are company.

- `wigner`: nuclei as quantum mechanics spreads them in the harmonic well of the minimum. Each normal coordinate
  (mass-weighted, Å u^½) is a Gaussian of variance ħ/2ω coth(ħω/2kT). Soft modes, of which the harmonic well says
  little, are left out below `lowest` (cm⁻¹).
- `dynamics`, `torsions`: classical nuclei at 300 K on the whole surface, by Langevin's equation and by Monte Carlo;
  cyclohexadiene's ring swings to its mirror image in them.
- `ring_opening`: structures along the opening of cyclohexadiene; no time runs in it.

Throughout: positions (..., n_atoms, 3) in Å, frequencies in cm⁻¹, masses in u, temperatures in K. What is out of its
range raises ValueError.
"""

import functools
from dataclasses import dataclass, replace

import numpy as np
from scipy import constants

from helpers import check, data

LESSON = ("N-methylmorpholine", "1,3-cyclohexadiene", "1,2-dithiane", "1,3,5-hexatriene")
BREAKING = (4, 5)  # the atoms of cyclohexadiene whose bond breaks
_SYMBOLS = {1: "H", 6: "C", 7: "N", 8: "O", 9: "F", 16: "S"}
_MASSES = {"H": 1.008, "C": 12.011, "N": 14.007, "O": 15.999, "F": 18.998, "S": 32.06}
_C = 100 * constants.c  # cm/s
_WAVENUMBER = np.sqrt(constants.e / constants.atomic_mass) * 1e10 / (2 * np.pi * _C)  # of 1 eV/(Å² u)
_ZERO_POINT = (
    constants.hbar / (4 * np.pi * _C * constants.atomic_mass) * 1e20
)  # Å² u cm⁻¹: variance times wavenumber
_THERMAL = constants.h * _C / (2 * constants.k)  # K cm: half of a wavenumber's temperature


@dataclass(frozen=True)
class Molecule:
    """A molecule at its lowest minimum, and how it vibrates there.

    Attributes
    ----------
    name, smiles, inchikey : str
    symbols : tuple of str
    positions : ndarray, shape (n_atoms, 3)
        The centre of mass at the origin, principal axes along x, y and z, the longest extent along z.
    masses : ndarray, shape (n_atoms,)
    frequencies : ndarray, shape (n_modes,)
        Ascending; 3 n_atoms − 6, what turns or moves the molecule is taken out.
    modes : ndarray, shape (n_modes, n_atoms, 3)
        Orthonormal in mass-weighted coordinates.
    """

    name: str
    smiles: str
    inchikey: str
    symbols: tuple
    positions: np.ndarray
    masses: np.ndarray
    frequencies: np.ndarray
    modes: np.ndarray

    @property
    def heavy(self):
        """Return the indices of the atoms that are not hydrogen."""
        return np.flatnonzero(np.array(self.symbols) != "H")

    @property
    def hessian(self):
        """Return the energy's second derivatives [eV/Å²], shape (3 n_atoms, 3 n_atoms)."""
        moves = self.modes.reshape(len(self.modes), -1) * np.repeat(np.sqrt(self.masses), 3)
        stiffness = np.sign(self.frequencies) * (self.frequencies / _WAVENUMBER) ** 2
        return moves.T * stiffness @ moves

    def with_hessian(self, hessian, positions=None):
        """Return the molecule as it would vibrate with another Hessian, at other positions if they are given.

        Parameters
        ----------
        hessian : array_like, shape (3 n_atoms, 3 n_atoms)
            Symmetric [eV/Å²].
        positions : array_like, shape (n_atoms, 3), optional
        """
        hessian = check.array("hessian", hessian, ndim=2)
        positions = self.positions if positions is None else check.array("positions", positions, ndim=2)
        if positions.shape != self.positions.shape:
            raise ValueError(f"positions must have shape {self.positions.shape}, got {positions.shape}")
        if hessian.shape != (3 * len(self.symbols),) * 2 or not np.allclose(hessian, hessian.T, atol=1e-6):
            raise ValueError(
                f"hessian must be symmetric, of {3 * len(self.symbols)} rows, got {hessian.shape}"
            )
        frequencies, modes = _vibrations(hessian, positions, self.masses)
        return replace(self, positions=positions, frequencies=frequencies, modes=modes)


@dataclass(frozen=True)
class RingOpening:
    """Structures of C6H8 from cyclohexadiene to hexatriene, atoms in cyclohexadiene's order: a pool, not a film.

    Attributes
    ----------
    positions : ndarray, shape (n, 14, 3)
    run : ndarray of int, shape (n,)
        Which of the independent runs a structure is from.
    window : ndarray of int, shape (n,)
        Which of the windows along the coordinate, in each run.
    coordinate : ndarray, shape (n,)
        The distance of the two atoms `BREAKING`.
    """

    positions: np.ndarray
    run: np.ndarray
    window: np.ndarray
    coordinate: np.ndarray


@functools.cache
def _shipped(file, folder="pools"):
    with np.load(data.shipped(f"{folder}/{file}.npz"), allow_pickle=False) as stored:
        return {key: stored[key] for key in stored.files}


def names():
    """Return the molecules' names, the four of the lessons first."""
    return tuple(_shipped("molecules")["names"].tolist())


@functools.cache
def _molecule(k):
    table = _shipped("molecules")
    n = table["n_atoms"].astype(int)
    first, size = n[:k].sum(), 3 * n
    numbers, positions = (table[key][first : first + n[k]] for key in ("numbers", "positions"))
    before = (size[:k] * (size[:k] + 1) // 2).sum()
    hessian = _unfolded(table["hessians"][before : before + size[k] * (size[k] + 1) // 2], size[k])
    symbols = tuple(_SYMBOLS[number] for number in numbers.tolist())
    masses = np.array([_MASSES[symbol] for symbol in symbols])
    names = (str(table[key][k]) for key in ("names", "smiles", "inchikeys"))
    return Molecule(*names, symbols, positions, masses, *_vibrations(hessian, positions, masses))


def _unfolded(upper, size):
    """Return the symmetric matrix whose upper triangle is stored row by row."""
    matrix = np.zeros((size, size))
    matrix[np.triu_indices(size)] = upper
    return matrix + np.triu(matrix, 1).T


def _vibrations(hessian, positions, masses):
    """Return wavenumbers and mass-weighted modes, without the six motions of a rigid body."""
    root = np.repeat(np.sqrt(masses), 3)
    arm = positions - np.average(positions, axis=0, weights=masses)
    rigid = [np.tile(axis, len(masses)) for axis in np.eye(3)]
    rigid += [np.cross(axis, arm).ravel() for axis in np.eye(3)]
    basis = np.linalg.svd((np.array(rigid) * root).T)[0][:, 6:]
    values, vectors = np.linalg.eigh(basis.T @ (hessian / np.outer(root, root)) @ basis)
    modes = (basis @ vectors).T
    # the sign is free: the first large entry is positive (the largest has equals where the molecule is symmetric)
    size = np.abs(modes)
    first = (size > 0.7 * size.max(axis=1, keepdims=True)).argmax(axis=1)
    modes *= np.sign(modes[np.arange(len(modes)), first])[:, None]
    return _WAVENUMBER * np.sign(values) * np.sqrt(np.abs(values)), modes.reshape(len(modes), -1, 3)


def molecule(name):
    """Return a `Molecule`.

    Parameters
    ----------
    name : str
        One of `names()`.
    """
    return _molecule(names().index(check.choice("name", name, names())))


# --- the harmonic well --------------------------------------------------------------------------


def spreads(molecule, temperature, lowest=100.0):
    """Return each kept normal coordinate's standard deviation [Å u^½]: sqrt(ħ/2ω coth(ħω/2kT)).

    Parameters
    ----------
    molecule : Molecule
    temperature : float
        0 is allowed: zero-point motion alone.
    lowest : float
        Modes of lower wavenumber are left out.

    Returns
    -------
    ndarray, shape (n_kept,)
    """
    _asked(molecule)
    temperature = check.number("temperature", temperature, at_least=0)
    wavenumber = molecule.frequencies[_kept(molecule, lowest)]
    variance = _ZERO_POINT / wavenumber
    if temperature > 0:
        with np.errstate(over="ignore"):  # a breath above zero: the quotient is endless, its tanh is 1
            variance = variance / np.tanh(_THERMAL * wavenumber / temperature)
    return np.sqrt(variance)


def _asked(molecule):
    if not isinstance(molecule, Molecule):
        raise ValueError(f"molecule must be a Molecule, such as pools.molecule('benzene'), got {molecule!r}")


def _kept(molecule, lowest):
    return molecule.frequencies >= check.number("lowest", lowest, at_least=0)


def displacements(molecule, temperature, lowest=100.0):
    """Return the change of positions for one standard deviation of each kept mode, shape (n_kept, n_atoms, 3).

    With standard normal z, `molecule.positions + np.tensordot(z, displacements, 1)` are Wigner's geometries.
    Parameters: see `spreads`.
    """
    spread = spreads(molecule, temperature, lowest)
    modes = molecule.modes[_kept(molecule, lowest)]
    return spread[:, None, None] * modes / np.sqrt(molecule.masses)[:, None]


def wigner(molecule, n, temperature=300.0, lowest=100.0, *, rng):
    """Return n geometries drawn from the harmonic well's Wigner function (Phys. Rev. 40 (1932) 749).

    Parameters
    ----------
    n : int
    temperature, lowest
        As in `spreads`.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (n, n_atoms, 3)
    """
    n = check.number("n", n, at_least=1, integer=True)
    rng = check.generator("rng", rng)
    moves = displacements(molecule, temperature, lowest)
    change = rng.standard_normal((n, len(moves))) @ moves.reshape(len(moves), -1)
    return molecule.positions + change.reshape(n, -1, 3)


# --- what is shipped ----------------------------------------------------------------------------


def dynamics(name):
    """Return frames of molecular dynamics at 300 K, shape (n, n_atoms, 3), 50 fs apart, in `molecule`'s frame.

    Parameters
    ----------
    name : str
        One of `LESSON`.
    """
    name = check.choice("name", name, LESSON)
    return _shipped("motion")[f"{name} dynamics"].astype(float)


def torsions(name):
    """Return frames of Monte Carlo at 300 K: turns about single bonds outside of rings, and Hamiltonian moves.

    Parameters and result as in `dynamics`; here no time lies between frames.
    """
    name = check.choice("name", name, LESSON)
    return _shipped("motion")[f"{name} torsions"].astype(float)


def minima(kind):
    """Return minima of N-methylmorpholine as (energies [kcal/mol] above the lowest, list of `Molecule`), lowest first.

    Parameters
    ----------
    kind : str
        "neutral", or "cation": without one electron, as a distant electron's core is.
    """
    table, like = _shipped("minima", "cations"), molecule(LESSON[0])
    kind = check.choice("kind", kind, ("neutral", "cation"))
    size = 3 * len(like.symbols)
    found = []
    for positions, upper in zip(table[f"{kind} positions"], table[f"{kind} hessian"], strict=True):
        found.append(like.with_hessian(_unfolded(upper, size), positions))
    return table[f"{kind} energy"], found


def ring_opening():
    """Return the pool of structures along cyclohexadiene's ring opening, a `RingOpening`."""
    table = _shipped("ring_opening")
    positions = table["positions"] / 1000  # stored in thousandths of an Å
    first, second = BREAKING
    coordinate = np.linalg.norm(positions[:, first] - positions[:, second], axis=1)
    return RingOpening(positions, table["run"].astype(int), table["window"].astype(int), coordinate)


# --- comparing geometries -----------------------------------------------------------------------


def symmetries(molecule, tolerance=0.05):
    """Return the exchanges of like atoms that leave all distances of the minimum as they are, the identity first.

    Each is a rotation of the molecule or a reflection: a pattern, which knows distances alone, tells neither.

    Parameters
    ----------
    molecule : Molecule
    tolerance : float
        How far [Å] distances may differ.

    Returns
    -------
    ndarray of int, shape (n_symmetries, n_atoms)
        `positions[row]` is the molecule again, turned or mirrored.
    """
    _asked(molecule)
    tolerance = check.number("tolerance", tolerance, above=0)
    distance = np.linalg.norm(molecule.positions[:, None] - molecule.positions, axis=-1)
    symbols = np.array(molecule.symbols)
    rows = np.zeros((1, 0), dtype=int)  # what the first atoms may become
    for k in range(len(symbols)):
        near = np.abs(distance[rows] - distance[:k, k, None]) < tolerance  # row, earlier atom, new atom
        fits = near.all(axis=1) & (symbols == symbols[k])
        fits &= ~(rows[:, :, None] == np.arange(len(symbols))).any(axis=1)
        row, new = np.nonzero(fits)
        rows = np.column_stack([rows[row], new])
    return rows


def pair_distances(positions, atoms):
    """Return the distances of all pairs of these atoms, shape (..., n_pairs), in the order 01, 02, …, 12, ….

    Parameters
    ----------
    positions : ndarray, shape (..., n_atoms, 3)
    atoms : sequence of int
        At least two.
    """
    positions = _positions("positions", positions)
    atoms = check.array("atoms", atoms, ndim=1, at_least=0, at_most=positions.shape[-2] - 1, integer=True)
    if len(atoms) < 2:
        raise ValueError(f"atoms must be at least two, got {len(atoms)}")
    first, second = np.triu_indices(len(atoms), 1)
    return np.linalg.norm(positions[..., atoms[first], :] - positions[..., atoms[second], :], axis=-1)


def aligned_rmsd(a, b, mirror=False):
    """Return the root mean square distance [Å] of atoms after the best rotation (Kabsch, Acta Cryst. A32 (1976) 922).

    Parameters
    ----------
    a, b : ndarray, shape (..., n_atoms, 3)
        Of shapes that broadcast; all atoms weigh the same.
    mirror : bool
        Whether a mirror image counts as the same.
    """
    a, b = _positions("a", a), _positions("b", b)
    if a.shape[-2] != b.shape[-2]:
        raise ValueError(f"a and b must have the same atoms, got {a.shape[-2]} and {b.shape[-2]}")
    a, b = (x - x.mean(axis=-2, keepdims=True) for x in (a, b))
    covariance = np.swapaxes(a, -1, -2) @ b
    overlap = np.linalg.svd(covariance, compute_uv=False)
    if not mirror:
        overlap[..., 2] *= np.sign(np.linalg.det(covariance))
    square = (a**2).sum(axis=(-2, -1)) + (b**2).sum(axis=(-2, -1)) - 2 * overlap.sum(axis=-1)
    return np.sqrt(np.maximum(square, 0) / a.shape[-2])


def _positions(name, value):
    value = check.array(name, value)
    if value.ndim < 2 or value.shape[-1] != 3:
        raise ValueError(f"{name} must have shape (..., n_atoms, 3), got {value.shape}")
    return value
