"""Lattices: atoms in a repeated cell → Hamiltonians that are linear in their parameters → bands, and how they answer.

A crystal's Hamiltonian at a wavevector k is a sum of *terms*. Each hops from an orbital to another one, perhaps in a
neighbouring cell, at a displacement d, and carries a parameter p_c: `H_ij(k) = sum p_c value exp(i k d)`. So
`H(k) = sum_c p_c B_c(k)` with matrices B_c that geometry alone fixes, and a band answers a parameter by
`d e_i / d p_c = v_i' B_c v_i` (Hellmann and Feynman; Phys. Rev. 56 (1939) 340), as a molecule's level does in
`tightbinding`. Where two bands meet, an eigenvector may be any mixture and the answer of a *sorted* band is not
defined; wavevectors off the symmetry lines avoid that.

- Graphene: one orbital an atom. The hopping is piecewise linear in the distance, with knots at the distances of the
  perfect sheet's neighbour shells: there it is the shell's parameter (t1, t2, …), between them it is interpolated.
  Near a defect, atoms lie in zones; an atom's own energy and some hoppings have parameters of their own.
- Silicon: s, three p and an excited s orbital, nearest neighbours (Vogl, Hjalmarson and Dow, J. Phys. Chem. Solids 44
  (1983) 365).

Throughout: distances in Å, wavevectors in 1/Å, energies in eV; `parameters` has shape (..., n_parameters). What is out
of its range, or of another length, raises ValueError.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from helpers import check

BOND = 1.42  # between neighbours in graphene
SHELLS = BOND * np.sqrt([1, 3, 4, 7, 9, 12, 13, 16, 19, 21, 25, 27, 28, 31])
_NEAR = 1e-6  # what counts as one distance, and as no weight
# bonds (or second neighbours) between zones that have a parameter of their own
_DEFECT_HOPPINGS = {
    "vacancy": {"bond 1-2": (0, 1, 2), "bond 2-3": (0, 2, 3), "bond 2-4": (0, 2, 4), "rim 1-1": (1, 1, 1)},
    "flower": {"bond 2-3": (0, 2, 3), "bond 3-3": (0, 3, 3), "bond 3-4": (0, 3, 4), "bond 4-4": (0, 4, 4)},
}
# parameters of silicon [eV]: Vogl, Hjalmarson and Dow (1983), table 1
SILICON = {
    "E s": -4.2,
    "E p": 1.715,
    "E s*": 6.685,
    "V s s": -8.3,
    "V x x": 1.715,
    "V x y": 4.575,
    "V s p": 5.7292,
    "V s* p": 5.3749,
}
SILICON_CELL = 5.431  # edge of the cubic cell


@dataclass(frozen=True)
class Sheet:
    """A repeated cell of graphene.

    Attributes
    ----------
    positions : ndarray, shape (n, 2)
    cell : ndarray, shape (2, 2)
        The vectors by which the sheet repeats, one a row.
    zone : ndarray of int, shape (n,)
        Which ring of the defect an atom belongs to, from 1 outwards; 0 is none.
    defect : str
        "none", "vacancy" or "flower".
    """

    positions: np.ndarray
    cell: np.ndarray
    zone: np.ndarray
    defect: str = "none"

    def pairs(self, reach):
        """Return all ordered pairs closer than `reach`: first atom, second atom, displacement, distance."""
        heights = abs(np.linalg.det(self.cell)) / np.linalg.norm(self.cell[::-1], axis=1)
        n = np.ceil(reach / heights).astype(int) + 1
        shifts = np.stack(np.meshgrid(*(np.arange(-m, m + 1) for m in n)), -1).reshape(-1, 2) @ self.cell
        apart = self.positions + shifts[:, None, None] - self.positions[:, None]  # shift, from, to
        distance = np.linalg.norm(apart, axis=-1)
        image, first, second = np.nonzero((distance < reach) & (distance > _NEAR))
        return first, second, apart[image, first, second], distance[image, first, second]

    def bonds(self):
        """Return the bonds, both ways: first atom, second atom, displacement."""
        return self.pairs(1.2 * BOND)[:3]


def graphene(n):
    """Return n × n cells of perfect graphene.

    Parameters
    ----------
    n : int
        At least 1.
    """
    n = check.number("n", n, at_least=1, integer=True)
    one = BOND * np.array([[1.5, 3**0.5 / 2], [1.5, -(3**0.5) / 2]])
    steps = np.stack(np.meshgrid(np.arange(n), np.arange(n), indexing="ij"), -1).reshape(-1, 1, 2) @ one
    positions = (steps + np.array([[0, 0], [BOND, 0]])).reshape(-1, 2)
    return Sheet(positions, n * one, np.zeros(2 * n * n, dtype=int))


def _from(place, sheet):
    """Return each atom's displacement from a place, to its nearest image."""
    apart = (sheet.positions - place) @ np.linalg.inv(sheet.cell)
    shifts = np.stack(np.meshgrid([-1, 0, 1], [-1, 0, 1]), -1).reshape(-1, 1, 2)
    images = (apart - np.round(apart) + shifts) @ sheet.cell
    nearest = np.argmin(np.linalg.norm(images, axis=-1), axis=0)
    return images[nearest, np.arange(len(apart))]


def vacancy(n):
    """Return n × n cells of graphene with one atom missing; zones 1 to 4 are its shells of neighbours.

    Parameters
    ----------
    n : int
        At least 4, so that zones of neighbouring vacancies do not meet.
    """
    n = check.number("n", n, at_least=4, integer=True)
    whole = graphene(n)
    distance = np.linalg.norm(_from(whole.positions[0], whole), axis=1)
    zone = np.zeros(len(distance), dtype=int)
    for k in range(4):
        zone[np.abs(distance - SHELLS[k]) < _NEAR] = k + 1
    return Sheet(whole.positions[1:], whole.cell, zone[1:], "vacancy")


def flower(n):
    """Return n × n cells of graphene with the flower defect, relaxed.

    The 24 atoms round a hexagon's centre are turned by 30° and bond anew: a ring of pentagons and heptagons, six
    each (Cockayne et al., Phys. Rev. B 83 (2011) 195425). Springs for bond lengths and angles, in the sheet's fixed
    cell, find the positions. Zones 1 to 3 are the turned atoms from the centre outwards, 4 the atoms bonded to them.

    Parameters
    ----------
    n : int
        At least 5, so that the defect fits.
    """
    n = check.number("n", n, at_least=5, integer=True)
    whole = graphene(n)
    centre = whole.positions[1] + [BOND, 0]  # a hexagon's
    apart = _from(centre, whole)
    distance = np.linalg.norm(apart, axis=1)
    inner = distance < (SHELLS[3] + SHELLS[4]) / 2
    zone = np.select([distance < 2.0, distance < 3.3, inner], [1, 2, 3], 0)
    turn = np.array([[3**0.5, 1], [-1, 3**0.5]]) / 2
    turned = centre + np.where(inner[:, None], apart @ turn, apart)
    first, second = _three_nearest(Sheet(turned, whole.cell, zone))
    zone[second[(zone[first] == 3) & (zone[second] == 0)]] = 4
    relaxed = _relax(turned, whole.cell, first, second)
    return Sheet(relaxed, whole.cell, zone, "flower")


def _three_nearest(sheet):
    """Return each atom's three nearest, atom by atom."""
    first, second, _, distance = sheet.pairs(2 * BOND)
    order = np.lexsort((distance, first))
    rank = np.arange(len(order)) - np.searchsorted(first[order], first[order])
    return first[order][rank < 3], second[order][rank < 3]


def _relax(positions, cell, first, second):
    """Return positions at the least energy of springs between bonded atoms and between their neighbours."""
    apart = (positions[second] - positions[first]) @ np.linalg.inv(cell)
    shift = -np.round(apart) @ cell
    legs = np.arange(len(first)).reshape(-1, 3)
    one, other = legs.ravel(), np.roll(legs, 1, axis=1).ravel()  # two bonds of one atom

    def energy(flat):
        place = flat.reshape(-1, 2)
        bond = place[second] - place[first] + shift
        across = bond[one] - bond[other]
        length, wide = np.linalg.norm(bond, axis=1), np.linalg.norm(across, axis=1)
        stretch, spread = length - BOND, wide - BOND * 3**0.5
        force = 2 * (stretch / length)[:, None] * bond
        pull = 0.4 * (spread / wide)[:, None] * across
        np.add.at(force, one, pull)
        np.add.at(force, other, -pull)
        slope = np.zeros_like(place)
        np.add.at(slope, second, force)
        np.add.at(slope, first, -force)
        return (stretch**2).sum() + 0.2 * (spread**2).sum(), slope.ravel()

    options = {"maxiter": 2000, "ftol": 1e-14, "gtol": 1e-9}
    return minimize(energy, positions.ravel(), jac=True, method="L-BFGS-B", options=options).x.reshape(-1, 2)


def rings(sheet):
    """Return the sizes of all rings of bonds, sorted.

    Parameters
    ----------
    sheet : Sheet
        Flat, so that the walk that always turns to the right goes once round each ring.
    """
    first, second, apart = sheet.bonds()
    reverse = {
        (a, b, *np.round(d, 3)): k for k, (a, b, d) in enumerate(zip(first, second, apart, strict=True))
    }
    angle = np.arctan2(apart[:, 1], apart[:, 0])
    following = np.empty(len(first), dtype=int)
    for k, (a, b, d) in enumerate(zip(first, second, apart, strict=True)):
        back = reverse[(b, a, *(np.round(-d, 3) + 0.0))]
        out = np.flatnonzero(first == b)
        turn = (angle[out] - angle[back]) % (2 * np.pi)
        following[k] = out[np.argmin(np.where(out == back, 9, turn))]
    sizes, seen = [], np.zeros(len(first), dtype=bool)
    for k in range(len(first)):
        size = 0
        while not seen[k]:
            seen[k], k, size = True, following[k], size + 1
        sizes += [size] if size else []
    return np.sort(sizes)


class Bloch:
    """A crystal's Hamiltonian, linear in its parameters.

    Parameters
    ----------
    cell : array_like, shape (d, d)
        The vectors by which the crystal repeats, one a row.
    n_orbitals : int
        Orbitals in a cell.
    names : sequence of str
        The parameters' names.
    terms : tuple of array_like
        Row, column, displacement (n, d), value, and number of the parameter of each term; Hermitian in all.

    Attributes
    ----------
    names : list of str
    n_orbitals : int
    cell : ndarray, shape (d, d)
    """

    def __init__(self, cell, n_orbitals, names, terms):
        """See the class: all parameters are explained there."""
        self.cell, self.n_orbitals, self.names = np.asarray(cell, dtype=float), int(n_orbitals), list(names)
        self._row, self._column, self._apart, self._value, self._parameter = map(np.asarray, terms)

    def wavevectors(self, fractions):
        """Return wavevectors [1/Å] from fractions of the reciprocal cell's vectors, shape (n, d)."""
        fractions = check.array("fractions", fractions, ndim=2)
        return fractions @ (2 * np.pi * np.linalg.inv(self.cell).T)

    def matrices(self, wavevectors):
        """Return the B_c(k), shape (n_k, n_parameters, n_orbitals, n_orbitals), Hermitian each.

        Parameters
        ----------
        wavevectors : array_like, shape (n_k, d)
        """
        phase = self._value * np.exp(1j * (np.atleast_2d(wavevectors) @ self._apart.T))
        b = np.zeros((len(phase), len(self.names), self.n_orbitals, self.n_orbitals), dtype=complex)
        for k, values in enumerate(phase):
            np.add.at(b[k], (self._parameter, self._row, self._column), values)
        return b

    def hamiltonian(self, parameters, wavevectors):
        """Return H(k), shape (n_k, n_orbitals, n_orbitals), without the B_c: for large cells.

        Parameters
        ----------
        parameters : array_like, shape (n_parameters,)
        wavevectors : array_like, shape (n_k, d)
        """
        parameters = check.array("parameters", parameters, ndim=1)
        if len(parameters) != len(self.names):
            raise ValueError(f"parameters must have {len(self.names)} entries, got {len(parameters)}")
        weight = self._value * parameters[self._parameter]
        h = np.zeros((len(wavevectors), self.n_orbitals, self.n_orbitals), dtype=complex)
        for k, wavevector in enumerate(wavevectors):
            np.add.at(h[k], (self._row, self._column), weight * np.exp(1j * (self._apart @ wavevector)))
        return h

    def vector(self, named):
        """Return parameters in order from {name: value}; what is not named is 0."""
        if unknown := set(named) - set(self.names):
            raise ValueError(f"there is no parameter {sorted(unknown)}, only {self.names}")
        return np.array([named.get(name, 0.0) for name in self.names])


def carbon(sheet, n_shells=10, *, disorder=False):
    """Return the Hamiltonian of one orbital an atom of a sheet of graphene.

    Parameters
    ----------
    sheet : Sheet
        Where the atoms are.
    n_shells : int
        How many shells of neighbours hop, 1 to 13.
    disorder : bool
        Whether each atom has an energy of its own besides ("atom 0", "atom 1", …).

    Returns
    -------
    Bloch
        Parameters: "t1" …; for a defect "zone 1" … "zone 4" (the atoms' energies) and changes of hoppings between
        zones ("bond 1-2": neighbours; "rim 1-1": second neighbours).
    """
    n_shells = check.number("n_shells", n_shells, at_least=1, at_most=len(SHELLS) - 1, integer=True)
    first, second, apart, distance = sheet.pairs(SHELLS[n_shells])
    names, parts = [f"t{k + 1}" for k in range(n_shells)], []
    for k in range(n_shells):
        weight = _hat(distance, k)
        chosen = np.abs(weight) > _NEAR
        parts.append((first[chosen], second[chosen], apart[chosen], weight[chosen]))
    own = np.arange(len(sheet.positions))
    if sheet.defect != "none":
        names += [f"zone {k}" for k in (1, 2, 3, 4)]
        parts += [_on_site(own[sheet.zone == k]) for k in (1, 2, 3, 4)]
        for name, (shell, one, other) in _DEFECT_HOPPINGS[sheet.defect].items():
            near = distance < 1.2 * BOND if shell == 0 else np.abs(distance - SHELLS[shell]) < 0.2
            zones = np.sort(np.stack([sheet.zone[first], sheet.zone[second]]), axis=0)
            chosen = near & (zones[0] == one) & (zones[1] == other)
            names.append(name)
            parts.append((first[chosen], second[chosen], apart[chosen], np.ones(chosen.sum())))
    if disorder:
        names += [f"atom {k}" for k in own]
        parts += [_on_site(own[[k]]) for k in own]
    number = np.repeat(np.arange(len(parts)), [len(part[0]) for part in parts])
    return Bloch(
        sheet.cell, len(own), names, (*(np.concatenate(x) for x in zip(*parts, strict=True)), number)
    )


def _on_site(atoms):
    return atoms, atoms, np.zeros((len(atoms), 2)), np.ones(len(atoms))


def _hat(distance, k):
    """Return the weight of shell k at a distance: one there, linear to zero at its neighbours."""
    lower = SHELLS[k - 1] if k else -np.inf
    if not k:  # nearer than the first shell the line to the second is drawn on
        return np.maximum((SHELLS[1] - distance) / (SHELLS[1] - SHELLS[0]), 0)
    if k == 1:  # … so the second's weight goes on below zero, too
        rising = (distance - lower) / (SHELLS[1] - lower)
        return np.where(distance < SHELLS[1], rising, _hat_falling(distance, k))
    rising = (distance - lower) / (SHELLS[k] - lower)
    return np.clip(np.minimum(rising, _hat_falling(distance, k)), 0, None)


def _hat_falling(distance, k):
    return np.clip((SHELLS[k + 1] - distance) / (SHELLS[k + 1] - SHELLS[k]), 0, None)


def silicon():
    """Return silicon's Hamiltonian: s, x, y, z and s* on two atoms, nearest neighbours; `SILICON` is its truth.

    Returns
    -------
    Bloch
        Ten bands; parameters as in `SILICON`: atoms' energies E, and four times a neighbour's matrix element V.
    """
    edge = SILICON_CELL / 2
    cell = edge * (1 - np.eye(3))
    names, terms = list(SILICON), []
    for atom in (0, 5):
        for orbital, name in enumerate(("E s", "E p", "E p", "E p", "E s*")):
            terms.append((atom + orbital, atom + orbital, np.zeros(3), 1.0, names.index(name)))
    for sign in np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]):
        apart = edge / 2 * sign
        for a, b, value, name in _silicon_bond(sign):
            terms.append((a, 5 + b, apart, value / 4, names.index(name)))
            terms.append((5 + b, a, -apart, value / 4, names.index(name)))
    return Bloch(cell, 10, names, tuple(np.array(x) for x in zip(*terms, strict=True)))


def _silicon_bond(sign):
    """Yield first and second orbital, sign and parameter of one bond (Slater and Koster 1954)."""
    yield 0, 0, 1, "V s s"
    for p in (0, 1, 2):
        yield 0, 1 + p, sign[p], "V s p"
        yield 1 + p, 0, -sign[p], "V s p"
        yield 4, 1 + p, sign[p], "V s* p"
        yield 1 + p, 4, -sign[p], "V s* p"
        for q in (0, 1, 2):
            yield 1 + p, 1 + q, sign[p] * sign[q], "V x x" if p == q else "V x y"


def bands(parameters, matrices):
    """Return the sorted bands of one or many sets of parameters.

    Parameters
    ----------
    parameters : array_like, shape (..., n_parameters)
    matrices : ndarray, shape (n_k, n_parameters, n, n)
        The B_c, as `Bloch.matrices` gives them.

    Returns
    -------
    ndarray, shape (..., n_k, n)
    """
    parameters = np.asarray(parameters, dtype=float)
    flat = parameters.reshape(-1, parameters.shape[-1])
    parts = [np.linalg.eigvalsh(_sum(flat[k : k + 200], matrices)) for k in range(0, len(flat), 200)]
    return np.concatenate(parts).reshape(*parameters.shape[:-1], len(matrices), matrices.shape[-1])


def bands_and_answers(parameters, matrices):
    """Return the sorted bands and what each answers to each parameter.

    Parameters
    ----------
    parameters : array_like, shape (n, n_parameters)
    matrices : ndarray, shape (n_k, n_parameters, n, n)

    Returns
    -------
    tuple of ndarray, shapes (n, n_k, n_bands) and (n, n_k, n_bands, n_parameters)
    """
    energy, vectors = np.linalg.eigh(_sum(np.asarray(parameters, dtype=float), matrices))
    return energy, hellmann_feynman(vectors, matrices)


def _sum(parameters, matrices):
    return np.tensordot(parameters, matrices, axes=(1, 1))


def hellmann_feynman(vectors, matrices):
    """Return v' B_c v: what each level answers to each parameter of a Hamiltonian that is linear in them.

    Any such Hamiltonian will do, a crystal's or, with one "wavevector" and real B_c, a molecule's of `tightbinding`.

    Parameters
    ----------
    vectors : ndarray, shape (n, n_k, n_orbitals, n_levels)
        Eigenvectors in columns, as `numpy.linalg.eigh` gives them.
    matrices : ndarray, shape (n_k, n_parameters, n_orbitals, n_orbitals)

    Returns
    -------
    ndarray, shape (n, n_k, n_levels, n_parameters)
    """
    n, n_k, size, n_levels = vectors.shape
    answer = np.empty((n, n_k, n_levels, matrices.shape[1]))
    for k in range(n_k):
        b = matrices[k].reshape(-1, size * size).T
        v = vectors[:, k].transpose(0, 2, 1)
        outer = (v.conj()[..., None] * v[..., None, :]).reshape(n * n_levels, -1)
        product = outer.real @ b.real
        if np.iscomplexobj(outer) or np.iscomplexobj(b):
            product -= outer.imag @ b.imag
        answer[:, k] = product.reshape(n, n_levels, -1)
    return answer


def density_of_states(model, parameters, grid, width, n_k):
    """Return states per eV and orbital, each level a Gaussian, on an even grid of wavevectors.

    Parameters
    ----------
    model : Bloch
    parameters : array_like, shape (n_parameters,)
    grid : array_like, shape (n_energies,)
    width : float
        Standard deviation of the Gaussians.
    n_k : int
        Wavevectors along each direction; k and −k have the same levels, of which one is computed.

    Returns
    -------
    ndarray, shape (n_energies,)
    """
    width = check.number("width", width, above=0)
    n_k = check.number("n_k", n_k, at_least=1, integer=True)
    d = len(model.cell)
    steps = (np.arange(n_k) + 0.5) / n_k - 0.5
    fractions = np.stack(np.meshgrid(*[steps] * d, indexing="ij"), -1).reshape(-1, d)
    fractions = fractions[: (len(fractions) + 1) // 2] if n_k % 2 == 0 else fractions
    total = np.zeros(len(grid))
    for wavevector in model.wavevectors(fractions):
        level = np.linalg.eigvalsh(model.hamiltonian(parameters, wavevector[None]))[0]
        total += np.exp(-0.5 * ((np.asarray(grid)[:, None] - level) / width) ** 2).sum(axis=1)
    return total / (len(fractions) * model.n_orbitals * width * np.sqrt(2 * np.pi))
