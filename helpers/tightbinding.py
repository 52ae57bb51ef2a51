"""Tight binding: molecules → Hamiltonians that are linear in their coefficients → levels, and how they answer.

A molecule's Hamiltonian in an orthogonal basis of one s orbital for hydrogen, one s and three p orbitals for
carbon, nitrogen, oxygen and fluorine. Its elements are sums of radial functions with coefficients, so that
`H = sum_k c_k B_k` with matrices `B_k` that the geometry alone fixes:

- between two atoms, the two-centre integrals ss, sp, pp-sigma and pp-pi turned into the bond's direction
  (Slater and Koster, Phys. Rev. 94 (1954) 1498);
- on an atom, the element's own s and p energy, and what each neighbour does to it: shifts of s and of p, a
  split of p along the direction to the neighbour, a mixing of s with p (environment-dependent on-site terms:
  Cohen, Mehl and Papaconstantopoulos, Phys. Rev. B 50 (1994) 14694, here with directions).

A level answers a coefficient by `d e_i / d c_k = v_i' B_k v_i` (Hellmann and Feynman; Phys. Rev. 56 (1939) 340).

Throughout: distances in Å, energies in eV; `coefficients` has shape (n_coefficients,); `numbers` (n, n_atoms)
and `positions` (n, n_atoms, 3) as in `molecules`, padded with 0 and NaN; levels are the highest occupied ones,
HOMO first, NaN where a molecule has fewer.
"""

import numpy as np
import pandas as pd

from helpers import check

ELEMENTS = (1, 6, 7, 8, 9)
N_LEVELS = 16
_VALENCE = np.array([1, 4, 5, 6, 7])  # electrons of each element
_TYPES = len(ELEMENTS) ** 2  # ordered pairs of elements
_ON_SITE = ("s", "p", "p along", "s with p")  # what a neighbour does
_HOPPING = ("ss", "sp", "pp sigma", "pp pi")  # sp: the first atom's s, the second's p
_CHUNK = 128  # molecules at a time, so that temporaries stay small
# where a fit may begin: ionisation energies of the free atoms, and hoppings by Harrison's universal rule,
# eta hbar^2 / (m d^2) (W. A. Harrison, Electronic Structure and the Properties of Solids, 1980)
_START_S = (-13.6, -19.4, -25.6, -32.4, -40.2)
_START_P = (0.0, -11.1, -13.2, -15.9, -18.7)
_HARRISON = {"ss": -1.32, "sp": 1.42, "pp sigma": 2.22, "pp pi": -0.63}
_HBAR2_OVER_M = 7.62  # eV Å²


class TightBinding:
    """The Hamiltonians of some molecules, as functions of the coefficients that all molecules share.

    Parameters
    ----------
    numbers : array_like, shape (n, n_atoms)
        Atomic numbers of H, C, N, O, F, padded with 0.
    positions : array_like, shape (n, n_atoms, 3)
        Å, padded with NaN.
    cutoff : float
        Å; atoms farther apart do not see each other.
    n_radial : int
        How many radial functions stand for a dependence on distance.

    Attributes
    ----------
    n_coefficients : int
        How many coefficients there are.
    n_valence : ndarray, shape (n,)
        Doubly occupied levels of each molecule.
    orbital_atom : ndarray, shape (n, n_orbitals)
        Which atom each orbital sits on, -1 where there is none.
    orbital_is_p : ndarray of bool, shape (n, n_orbitals)
        Whether it is a p orbital.
    level_place : ndarray, shape (n, 16)
        Where each stored level stands among all eigenvalues, lowest first; -1 where a molecule has fewer.

    Raises
    ------
    ValueError
        For another element, positions that are not finite where there is an atom, two atoms at one place, or
        unequal shapes.
    """

    def __init__(self, numbers, positions, *, cutoff=6.0, n_radial=8):  # noqa: D107
        numbers = check.array("numbers", numbers, ndim=2, at_least=0, integer=True)
        cutoff = check.number("cutoff", cutoff, above=1.5)
        self.n_radial = check.number("n_radial", n_radial, at_least=2, integer=True)
        positions = np.asarray(positions, dtype=float)
        if positions.shape != (*numbers.shape, 3):
            raise ValueError(f"positions must have shape {(*numbers.shape, 3)}, got {positions.shape}")
        if not np.isin(numbers, (0, *ELEMENTS)).all():
            raise ValueError(f"numbers must be of H, C, N, O, F or 0, got {set(numbers.ravel())}")
        if not np.isfinite(positions[numbers > 0]).all():
            raise ValueError("positions must be finite where there is an atom")
        self._kind = np.where(numbers > 0, np.searchsorted(ELEMENTS, numbers), -1)
        self.n_valence = np.where(numbers > 0, _VALENCE[self._kind], 0).sum(axis=1) // 2
        size = np.select([self._kind == 0, self._kind > 0], [1, 4], 0)
        self._first = np.cumsum(size, axis=1) - size  # where an atom's orbitals begin
        self._orbitals = size.sum(axis=1)
        self._width = int(self._orbitals.max())
        atom = (
            np.arange(self._width)[None, :, None]
            >= np.where(self._kind >= 0, self._first, self._width)[:, None]
        )
        within = np.arange(self._width) < self._orbitals[:, None]
        last = np.where(atom, np.arange(numbers.shape[1]), -1).max(axis=2)  # padding may stand anywhere
        self.orbital_atom = np.where(within, last, -1)
        first = np.take_along_axis(self._first, np.maximum(self.orbital_atom, 0), axis=1)
        self.orbital_is_p = within & (np.arange(self._width) > first)
        self.level_place = np.maximum(self.n_valence[:, None] - 1 - np.arange(N_LEVELS), -1)
        self._pair(positions, cutoff)
        self._columns()

    def __len__(self):
        """Return the number of molecules."""
        return len(self._kind)

    def _pair(self, positions, cutoff):
        """List all ordered pairs of atoms below the cutoff: who, type, direction, radial functions."""
        there = self._kind >= 0
        apart = positions[:, None] - positions[:, :, None]
        distance = np.linalg.norm(apart, axis=-1)
        near = there[:, :, None] & there[:, None] & ~np.eye(there.shape[1], dtype=bool)
        near[near] = distance[near] < cutoff
        molecule, a, b = np.nonzero(near)
        distance = distance[molecule, a, b]
        if (distance == 0).any():
            raise ValueError("positions must differ, got two atoms at one place")
        self._molecule, self._a, self._b = molecule, self._first[molecule, a], self._first[molecule, b]
        kind_a, kind_b = self._kind[molecule, a], self._kind[molecule, b]
        self._heavy_a, self._heavy_b = kind_a > 0, kind_b > 0
        self._type = kind_a * len(ELEMENTS) + kind_b
        self._direction = apart[molecule, a, b] / distance[:, None]
        centres = np.linspace(np.log(0.9), np.log(0.8 * cutoff), self.n_radial)
        self._centres, self._cutoff = centres, cutoff
        self._radial = self._radial_functions(distance)
        self._bounds = np.searchsorted(molecule, np.arange(len(self) + 1))

    def _radial_functions(self, distance):
        """Return Gaussians in the logarithm of the distance that end smoothly at the cutoff."""
        width = self._centres[1] - self._centres[0]
        bell = np.exp(-0.5 * ((np.log(distance)[:, None] - self._centres) / width) ** 2)
        return bell * (0.5 + 0.5 * np.cos(np.pi * distance / self._cutoff))[:, None]

    def _columns(self):
        """Number the coefficients: which of the full table (quantity, type of pair, radial function) exist."""
        first, second = np.divmod(np.arange(_TYPES), len(ELEMENTS))
        p_first, p_second, once = first > 0, second > 0, first <= second
        every = np.ones(_TYPES, dtype=bool)
        exists = [every, p_first, p_first, p_first, once, p_second, once & p_first, once & p_first]
        table = np.repeat(np.array(exists)[:, :, None], self.n_radial, axis=2)
        self._exists = np.concatenate(
            [np.r_[np.ones(5, bool), np.zeros(1, bool), np.ones(4, bool)], table.ravel()]
        )
        self.n_coefficients = int(self._exists.sum())
        # a pair that is listed both ways hops once: b < a of the same element belong to the other entry
        self._once = once[self._type] & ~((first == second)[self._type] & (self._b < self._a))

    def _unpack(self, coefficients):
        """Return the atoms' own energies (2, elements) and the full table (quantity, type, radial function)."""
        coefficients = check.array("coefficients", coefficients, ndim=1)
        if len(coefficients) != self.n_coefficients:
            raise ValueError(f"coefficients must have {self.n_coefficients} entries, got {len(coefficients)}")
        full = np.zeros(len(self._exists))
        full[self._exists] = coefficients
        own, table = np.split(full, [2 * len(ELEMENTS)])
        return own.reshape(2, -1), table.reshape(-1, _TYPES, self.n_radial)

    def describe(self):
        """Return what each coefficient stands for.

        Returns
        -------
        DataFrame
            A row for each coefficient, in order. `quantity`: an atom's "own s" and "own p"; what a neighbour does
            to it, "s", "p", "p along", "s with p"; between two atoms, "ss", "sp", "pp sigma", "pp pi". `first` and
            `second`: the atomic numbers of the atom and its neighbour (0 for an atom's own). `distance`: where the
            radial function peaks, Å (NaN for an atom's own).
        """
        elements = np.array(ELEMENTS)
        own = {"quantity": np.repeat(["own s", "own p"], len(elements)), "first": np.tile(elements, 2)}
        shape = (len(_ON_SITE) + len(_HOPPING), len(elements), len(elements), self.n_radial)
        quantity, first, second, radial = (axis.ravel() for axis in np.indices(shape))
        pairs = {"quantity": np.array(_ON_SITE + _HOPPING)[quantity], "first": elements[first]}
        pairs |= {"second": elements[second], "distance": np.exp(self._centres)[radial]}
        table = pd.concat([pd.DataFrame(own), pd.DataFrame(pairs)], ignore_index=True)
        return table[self._exists].fillna({"second": 0}).astype({"second": int}).reset_index(drop=True)

    def start(self):
        """Return coefficients that a fit may begin with: free atoms, and Harrison's universal hoppings."""
        distance = np.linspace(0.9, 0.8 * self._cutoff, 200)
        radial = self._radial_functions(distance)
        rule = np.exp(-(distance - 1.4) / 0.6) / 1.4**2
        shape = np.linalg.lstsq(radial, _HBAR2_OVER_M * rule, rcond=1e-3)[0]
        table = np.zeros((len(_ON_SITE) + len(_HOPPING), _TYPES, self.n_radial))
        for place, name in enumerate(_HOPPING, len(_ON_SITE)):
            table[place] = _HARRISON[name] * shape
        return np.concatenate([_START_S, _START_P, table.ravel()])[self._exists]

    def hamiltonian(self, coefficients, rows=None):
        """Return the Hamiltonians.

        Parameters
        ----------
        coefficients : array_like, shape (n_coefficients,)
            The numbers that all molecules share.
        rows : slice, optional
            Which molecules; all if not given.

        Returns
        -------
        ndarray, shape (n, n_orbitals, n_orbitals)
            eV. Places of a smaller molecule that hold no orbital have 1000 eV on the diagonal.
        """
        own, table = self._unpack(coefficients)
        rows = slice(0, len(self)) if rows is None else rows
        kind, first = self._kind[rows], self._first[rows]
        h = np.zeros((len(kind), self._width, self._width))
        diagonal = np.arange(self._width)
        h[:, diagonal, diagonal] = 1000.0 * (diagonal >= self._orbitals[rows, None])
        molecule, atom = np.nonzero(kind >= 0)
        kind, first = kind[molecule, atom], first[molecule, atom]
        h[molecule, first, first] = own[0, kind]
        for axis in (1, 2, 3):
            place = first[kind > 0] + axis
            h[molecule[kind > 0], place, place] = own[1, kind[kind > 0]]
        pairs = slice(*self._bounds[[rows.start, rows.stop]])
        value = np.einsum("qpr,pr->qp", table[:, self._type[pairs]], self._radial[pairs])
        self._add_on_site(h, pairs, rows.start, value[:4])
        self._add_hopping(h, pairs, rows.start, value[4:])
        return h

    def _add_on_site(self, h, pairs, start, value):
        """Add what neighbours do to an atom: s, p, p along the direction, s with p."""
        molecule, a, u = self._molecule[pairs] - start, self._a[pairs], self._direction[pairs]
        np.add.at(h, (molecule, a, a), value[0])
        heavy = self._heavy_a[pairs]
        molecule, a, u, value = molecule[heavy], a[heavy], u[heavy], value[:, heavy]
        for k in range(3):
            np.add.at(h, (molecule, a + 1 + k, a + 1 + k), value[1])
            mixed = value[3] * u[:, k]
            np.add.at(h, (molecule, a, a + 1 + k), mixed)
            np.add.at(h, (molecule, a + 1 + k, a), mixed)
            for j in range(3):
                np.add.at(h, (molecule, a + 1 + k, a + 1 + j), value[2] * u[:, k] * u[:, j])

    def _add_hopping(self, h, pairs, start, value):
        """Add what happens between two atoms, each pair once, and its mirror image."""
        molecule, a, b = self._molecule[pairs] - start, self._a[pairs], self._b[pairs]
        u, once, sp = self._direction[pairs], self._once[pairs], self._heavy_b[pairs]

        def add(chosen, i, j, amount):
            h[molecule[chosen], i[chosen], j[chosen]] += amount[chosen]
            h[molecule[chosen], j[chosen], i[chosen]] += amount[chosen]

        add(once, a, b, value[0])
        pp = once & self._heavy_a[pairs] & self._heavy_b[pairs]
        for k in range(3):
            add(sp, a, b + 1 + k, -value[1] * u[:, k])
            for j in range(3):
                along = u[:, k] * u[:, j]
                add(pp, a + 1 + k, b + 1 + j, value[2] * along + value[3] * ((k == j) - along))

    def levels(self, coefficients, *, vectors=False):
        """Return the occupied levels, and if wanted their eigenvectors.

        Returns
        -------
        levels : ndarray, shape (n, 16)
            eV, HOMO first, NaN where a molecule has fewer.
        vectors : ndarray, shape (n, 16, n_orbitals)
            Only if asked for; float32, zero where there is no level.
        """
        found, eigenvectors = [], []
        for rows in self._chunks():
            energy, vector = np.linalg.eigh(self.hamiltonian(coefficients, rows))
            there, place = self.level_place[rows] >= 0, np.maximum(self.level_place[rows], 0)
            found.append(np.where(there, np.take_along_axis(energy, place, axis=1), np.nan))
            chosen = np.take_along_axis(vector, place[:, None, :], axis=2).transpose(0, 2, 1)
            eigenvectors.append((chosen * there[:, :, None]).astype(np.float32) if vectors else None)
        return (np.concatenate(found), np.concatenate(eigenvectors)) if vectors else np.concatenate(found)

    def _chunks(self):
        """Yield slices that together hold all molecules."""
        for start in range(0, len(self), _CHUNK):
            yield slice(start, min(start + _CHUNK, len(self)))

    def normal_equations(self, vectors, rest, weight=None):
        """Return J'WJ and J'W rest, for J the answer of each level to each coefficient.

        Parameters
        ----------
        vectors : ndarray, shape (n, 16, n_orbitals)
            Eigenvectors as `levels` gives them.
        rest : array_like, shape (n, 16)
            Wanted minus present levels, eV; NaN where there is nothing to fit.
        weight : array_like, shape (n, 16), optional
            W, the weight of each level; one if not given.

        Returns
        -------
        tuple of ndarray, shapes (n_coefficients, n_coefficients) and (n_coefficients,)
        """
        rest = np.asarray(rest, dtype=float)
        if rest.shape != (len(self), N_LEVELS):
            raise ValueError(f"rest must have shape {(len(self), N_LEVELS)}, got {rest.shape}")
        weight = np.ones_like(rest) if weight is None else np.asarray(weight, dtype=float)
        if weight.shape != rest.shape:
            raise ValueError(f"weight must have shape {rest.shape}, got {weight.shape}")
        if np.shape(vectors) != (*rest.shape, self._width):
            raise ValueError(f"vectors must have shape {(*rest.shape, self._width)}, got {np.shape(vectors)}")
        matrix = np.zeros((self.n_coefficients, self.n_coefficients))
        right = np.zeros(self.n_coefficients)
        for rows in self._chunks():
            counts = np.isfinite(rest[rows])
            answer = self.jacobian(vectors[rows], rows)[counts]
            scale = np.sqrt(weight[rows][counts])
            answer *= scale[:, None].astype(np.float32)
            matrix += answer.T @ answer
            right += answer.T @ (scale * rest[rows][counts]).astype(np.float32)
        return matrix, right

    def jacobian(self, vectors, rows=None):
        """Return how each level answers each coefficient (Hellmann and Feynman).

        Parameters
        ----------
        vectors : ndarray, shape (n, 16, n_orbitals)
            Eigenvectors of the molecules of `rows`.
        rows : slice, optional
            Which molecules; all if not given.

        Returns
        -------
        ndarray of float32, shape (n, 16, n_coefficients)
        """
        rows = slice(0, len(self)) if rows is None else rows
        n, n_quantities = rows.stop - rows.start, len(_ON_SITE) + len(_HOPPING)
        full = np.zeros((n, N_LEVELS, len(self._exists)), dtype=np.float32)
        kind, first = self._kind[rows], self._first[rows]
        for element in range(len(ELEMENTS)):
            molecule, atom = np.nonzero(kind == element)
            at = first[molecule, atom]
            np.add.at(full[:, :, element], molecule, vectors[molecule, :, at] ** 2)
            if element:
                p = sum(vectors[molecule, :, at + k] ** 2 for k in (1, 2, 3))
                np.add.at(full[:, :, len(ELEMENTS) + element], molecule, p)
        table = full[:, :, 2 * len(ELEMENTS) :].reshape(n, N_LEVELS, n_quantities, -1)
        for molecule in range(n):
            pairs = slice(*self._bounds[rows.start + molecule : rows.start + molecule + 2])
            answer = self._answers(vectors[molecule], pairs)
            types = self._type[pairs]
            expanded = np.zeros((len(types), _TYPES, self.n_radial), dtype=np.float32)
            expanded[np.arange(len(types)), types] = self._radial[pairs]
            product = answer.reshape(-1, len(types)) @ expanded.reshape(len(types), -1)
            table[molecule] = product.reshape(n_quantities, N_LEVELS, -1).transpose(1, 0, 2)
        full[:, :, 2 * len(ELEMENTS) :] = table.reshape(n, N_LEVELS, -1)
        return full[:, :, self._exists]

    def _answers(self, vectors, pairs):
        """Return v' B v of one molecule: a number for each quantity, level and pair."""
        u, heavy_a, heavy_b = (
            self._direction[pairs].T.astype(np.float32),
            self._heavy_a[pairs],
            self._heavy_b[pairs],
        )
        a, b = self._a[pairs], self._b[pairs]
        last = vectors.shape[1] - 1
        s_a, s_b = vectors[:, a], vectors[:, b]
        p_a = np.stack([vectors[:, np.minimum(a + k, last)] * heavy_a for k in (1, 2, 3)])
        p_b = np.stack([vectors[:, np.minimum(b + k, last)] * heavy_b for k in (1, 2, 3)])
        along_a, along_b = np.einsum("klp,kp->lp", p_a, u), np.einsum("klp,kp->lp", p_b, u)
        both = (p_a * p_b).sum(axis=0)
        once = self._once[pairs]
        return np.stack(
            [
                s_a**2,
                (p_a**2).sum(axis=0),
                along_a**2,
                2 * s_a * along_a,
                2 * s_a * s_b * once,
                -2 * s_a * along_b,
                2 * along_a * along_b * once,
                2 * (both - along_a * along_b) * once,
            ]
        )

    def populations(self, vectors):
        """Return the share of each level on each atom.

        Parameters
        ----------
        vectors : ndarray, shape (n, 16, n_orbitals)
            Eigenvectors as `levels` gives them.

        Returns
        -------
        ndarray, shape (n, 16, n_atoms)
            The squares summed over an atom's orbitals: one in all for each level.
        """
        on = self.orbital_atom[:, :, None] == np.arange(self._kind.shape[1])
        return np.asarray(vectors) ** 2 @ on.astype(np.float32)
