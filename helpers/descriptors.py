"""Descriptors: a molecule's atoms as numbers that do not change when it is moved, turned or listed anew.

Everywhere `numbers` are atomic numbers, shape (n, n_atoms), padded with 0, and `positions` are in Å, shape
(n, n_atoms, 3), padded with whatever one likes (NaN in `helpers.molecules`). `elements` are the atomic numbers
that may occur: each has its own block, so it is the same tuple for all molecules that are to be compared.
"""

import dataclasses

import numpy as np

from helpers import check

BOHR = 0.529177210903  # Å (CODATA 2018)
ELEMENTS = (1, 6, 7, 8, 9)
SYMBOLS = {1: "H", 6: "C", 7: "N", 8: "O", 9: "F", 16: "S"}
# The axis of each order of the many-body tensor, the width of its Gaussians, and how its weight falls per Å
TENSOR = {
    2: {"low": 0.05, "high": 1.45, "width": 0.02, "decay": 1.5},  # 1/distance [1/Å]
    3: {"low": -1.0, "high": 1.0, "width": 0.12, "decay": 0.7},  # cosine of the angle
}
FAINTEST = 0.01  # a triple's weight falls to 0 where the exponential is this small
NEAREST = 0.85  # Å: where the axis of an atom's neighbours begins
_AT_ONCE = 1000  # molecules whose triples are held in memory together
_ROWS = 1000  # atoms whose Gaussians are


@dataclasses.dataclass(frozen=True)
class Environments:
    """What surrounds each atom heavier than hydrogen.

    Attributes
    ----------
    molecule : ndarray of int, shape (n_heavy,)
        The molecule that each atom belongs to, rising.
    element : ndarray of int, shape (n_heavy,)
        Its atomic number.
    features : ndarray of float32, shape (n_heavy, n_features)
        Its neighbours by element and distance, and pairs of neighbours by elements and angle.
    n_molecules : int
        How many molecules there are (one without a heavy atom has no row).
    """

    molecule: np.ndarray
    element: np.ndarray
    features: np.ndarray
    n_molecules: int


def coulomb_matrix(numbers, positions):
    """Return each molecule's Coulomb matrix: 0.5 Z^2.4 on the diagonal, Z_i Z_j / distance off it.

    The diagonal is close to the energy of a free atom, the rest is the repulsion of the nuclei. Rows stand in
    the order in which the atoms are listed: sort, diagonalise or shuffle them (Rupp et al., Phys. Rev. Lett.
    108 (2012) 058301; Montavon et al., New J. Phys. 15 (2013) 095003).

    Parameters
    ----------
    numbers, positions : array_like
        See the module.

    Returns
    -------
    ndarray, shape (n, n_atoms, n_atoms)
        In hartree; padding is 0.

    Raises
    ------
    ValueError
        For an atom without a place, or two at one place.
    """
    numbers, distance = _geometry(numbers, positions)
    charge = numbers.astype(float)
    repulsion = (
        charge[:, :, None] * charge[:, None] * BOHR / np.where(np.isfinite(distance), distance, np.inf)
    )
    diagonal = np.arange(numbers.shape[1])
    repulsion[:, diagonal, diagonal] = 0.5 * charge**2.4
    return repulsion


def many_body_tensor(numbers, positions, order, elements=ELEMENTS, width=None, decay=None):
    """Return one order of the many-body tensor: atoms (1), 1/distance of pairs (2) or angles of triples (3).

    Each pair is a Gaussian at its 1/distance, as high as exp(−decay · distance). Each triple is a Gaussian at
    the cosine of the angle at its middle atom, as high as exp(−decay · perimeter), less 0.01, which ends it
    without a step (Huo and Rupp, arXiv:1704.06439, whose weights and axes differ a little).

    Parameters
    ----------
    numbers, positions : array_like
        See the module.
    order : int
        1, 2 or 3.
    elements : sequence of int
        Atomic numbers that may occur.
    width : float, optional
        Standard deviation of the Gaussians and distance of two places on the axis (0.02/Å; 0.12).
    decay : float, optional
        How fast weights fall, per Å (1.5; 0.7).

    Returns
    -------
    ndarray, shape (n, n_kinds, n_axis)
        Kinds and axis are those of `tensor_axis`; order 1 counts atoms and has one place on its axis.

    Raises
    ------
    ValueError
        For an element that is not listed, an atom without a place, or two at one place.
    """
    kind, distance = _kinds(numbers, positions, elements)
    n_elements = len(elements)
    kinds, axis = tensor_axis(order, elements, width)
    if order == 1:
        return np.stack([(kind == e).sum(axis=1) for e in range(n_elements)], axis=1)[:, :, None].astype(
            float
        )
    width = TENSOR[order]["width"] if width is None else width
    decay = check.number("decay", TENSOR[order]["decay"] if decay is None else decay, above=0)
    parts = []
    for start in range(0, len(kind), _AT_ONCE):
        here, r = kind[start : start + _AT_ONCE], distance[start : start + _AT_ONCE]
        molecule, which, value, weight = (_pairs if order == 2 else _angles)(here, r, decay, n_elements)
        slot = molecule * len(kinds) + which
        blurred = _blur(slot, len(here) * len(kinds), value, weight, axis, width)
        parts.append(blurred.reshape(len(here), len(kinds), len(axis)))
    return np.concatenate(parts)


def tensor_axis(order, elements=ELEMENTS, width=None):
    """Return what the rows and columns of an order of the many-body tensor stand for.

    Parameters
    ----------
    order : int
        1, 2 or 3.
    elements : sequence of int
        Atomic numbers that may occur.
    width : float, optional
        As for `many_body_tensor`.

    Returns
    -------
    kinds : list of str
        `O`, `H–O`, or `H–O–H` with the middle atom in the middle.
    axis : ndarray
        1/distance [1/Å] or cosines; [0.0] for order 1.
    """
    check.choice("order", order, (1, 2, 3))
    elements = _elements(elements)
    names = [SYMBOLS.get(int(z), str(z)) for z in elements]
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i:]]
    if order == 1:
        return names, np.zeros(1)
    kinds = (
        [f"{a}–{b}" for a, b in pairs] if order == 2 else [f"{a}–{c}–{b}" for c in names for a, b in pairs]
    )
    low, high, usual = (TENSOR[order][key] for key in ("low", "high", "width"))
    width = check.number("width", usual if width is None else width, above=0, at_most=high - low)
    return kinds, np.linspace(low, high, int(np.ceil((high - low) / width)) + 1)


def atom_environments(
    numbers, positions, elements=ELEMENTS, reach=5.0, radial_width=0.03, angular_width=0.45
):
    """Return what each heavy atom sees: its neighbours by distance, and pairs of them by angle.

    A neighbour is a Gaussian at the logarithm of its distance (so bonds are told apart sharply, what is far
    away roughly), as high as 1/distance²; two neighbours within 4 Å are one at their angle, as high as
    1/(product of their distances). Both end smoothly, by half a cosine. Symmetry functions are Behler's
    (J. Chem. Phys. 134 (2011) 074106), the logarithm and the falling weights those of FCHL19 (Christensen et
    al., arXiv:1909.01946), simplified.

    Parameters
    ----------
    numbers, positions : array_like
        See the module.
    elements : sequence of int
        Atomic numbers that may occur.
    reach : float
        How far an atom sees [Å]; 4 Å at most for angles.
    radial_width : float
        Width of a neighbour's Gaussian, as a share of its distance, and step of the axis.
    angular_width : float
        The same for angles [rad].

    Returns
    -------
    Environments

    Raises
    ------
    ValueError
        As for `many_body_tensor`.
    """
    kind, distance = _kinds(numbers, positions, elements)
    reach = check.number("reach", reach, above=1)
    radial_width = check.number("radial_width", radial_width, above=0, at_most=1)
    angular_width = check.number("angular_width", angular_width, above=0, at_most=np.pi)
    radii = np.geomspace(NEAREST, reach, int(np.log(reach / NEAREST) / radial_width) + 2)
    angles = np.linspace(0, np.pi, int(np.pi / angular_width) + 1)
    hydrogen = list(elements).index(1) if 1 in elements else -2
    parts = []
    for start in range(0, len(kind), _AT_ONCE):
        here, r = kind[start : start + _AT_ONCE], distance[start : start + _AT_ONCE]
        molecule, atom = np.nonzero((here >= 0) & (here != hydrogen))
        row = np.full(here.shape, -1)
        row[molecule, atom] = np.arange(len(molecule))
        radial = _neighbours(row, here, r, len(elements), reach, radii, radial_width)
        angular = _neighbour_pairs(row, here, r, len(elements), min(reach, 4.0), angles, angular_width)
        features = np.concatenate([radial, angular], axis=1).astype(np.float32)
        parts.append((molecule + start, np.asarray(elements)[here[molecule, atom]], features))
    return Environments(*(np.concatenate(part) for part in zip(*parts, strict=True)), len(kind))


def local_kernel(one, other, width, weights=None):
    """Return how alike molecules are: Gaussians of all pairs of their atoms of one element, summed.

    It is the kernel of a property that is a sum over atoms, each determined by what surrounds it. With weights
    it is a weighted sum: what an orbital that lies on some of the atoms has of each.

    Parameters
    ----------
    one, other : Environments
        Made with the same settings; if they are the same object, half of the work is saved.
    width : float
        Standard deviation of the Gaussian, in units of the features.
    weights : pair of array_like, shapes (n_heavy of one,) and (n_heavy of other,), optional
        What each atom counts, row by row as in the two; a pair of atoms counts the product. Atoms of weight 0
        cost nothing.

    Returns
    -------
    ndarray of float32, shape (one.n_molecules, other.n_molecules)

    Raises
    ------
    ValueError
        If the two have another number of features, or the weights another length.
    """
    width = check.number("width", width, above=0)
    if one.features.shape[1] != other.features.shape[1]:
        raise ValueError(
            f"one and other must have the same features, got {one.features.shape[1]} and "
            f"{other.features.shape[1]}: made with the same elements and settings?"
        )
    kernel = np.zeros((one.n_molecules, other.n_molecules), np.float32)
    if weights is not None:
        one, other, weights = _weighted(one, other, weights)
    for element in np.intersect1d(one.element, other.element):
        _add_element(kernel, one, other, element, width, weights)
    if one is other:  # only the upper triangle was computed
        lower = np.tril_indices(len(kernel), -1)
        kernel[lower] = kernel.T[lower]
    return kernel


def local_kernel_diagonal(environments, width, weights=None):
    """Return the local kernel of each molecule with itself, without the others.

    Parameters
    ----------
    environments : Environments
        The molecules.
    width : float
        As for `local_kernel`.
    weights : array_like, shape (n_heavy,), optional
        What each atom counts.

    Returns
    -------
    ndarray, shape (n_molecules,)
    """
    width = check.number("width", width, above=0)
    weights = np.ones(len(environments.element)) if weights is None else _weight(environments, weights)
    found = np.zeros(environments.n_molecules)
    start = np.searchsorted(environments.molecule, np.arange(environments.n_molecules + 1))
    for molecule, (low, high) in enumerate(zip(start[:-1], start[1:], strict=True)):
        features = environments.features[low:high].astype(float)
        square = (features**2).sum(axis=1)
        apart = np.maximum(square[:, None] + square - 2 * features @ features.T, 0)
        same = environments.element[low:high, None] == environments.element[low:high]
        counts = weights[low:high, None] * weights[low:high]
        found[molecule] = (counts * np.exp(-apart / (2 * width**2)))[same].sum()
    return found


def _geometry(numbers, positions):
    """Return clean numbers, and the distances of all atoms: inf for padding, NaN for an atom to itself."""
    numbers = check.array("numbers", numbers, ndim=2, at_least=0, integer=True)
    positions = check.unmasked("positions", positions)
    if positions.shape != (*numbers.shape, 3) or positions.dtype.kind not in "iuf":
        raise ValueError(f"positions must be numbers of shape {(*numbers.shape, 3)}, got {positions.shape}")
    is_atom = numbers > 0
    check.array("positions", positions[is_atom], empty=True)
    places = np.where(is_atom[:, :, None], positions, 0.0).astype(float)
    square = np.zeros((*numbers.shape, numbers.shape[1]))
    for axis in range(3):
        square += (places[:, :, None, axis] - places[:, None, :, axis]) ** 2
    distance = np.where(is_atom[:, :, None] & is_atom[:, None], np.sqrt(square), np.inf)
    diagonal = np.arange(numbers.shape[1])
    distance[:, diagonal, diagonal] = np.nan
    if (distance < 0.1).any():
        molecule = np.argwhere(distance < 0.1)[0][0]
        raise ValueError(f"positions must not have two atoms at one place, got that in molecule {molecule}")
    return numbers, distance


def _elements(elements):
    elements = check.array("elements", elements, ndim=1, at_least=1, at_most=118, integer=True)
    if len(set(elements)) < len(elements):
        raise ValueError(f"elements must name each element once, got {elements.tolist()}")
    return elements


def _kinds(numbers, positions, elements):
    """Return each atom's place in `elements` (−1 for padding), and all distances."""
    numbers, distance = _geometry(numbers, positions)
    elements = _elements(elements)
    unknown = np.setdiff1d(numbers, [0, *elements])
    if len(unknown):
        raise ValueError(
            f"elements must hold all elements of the molecules, {elements.tolist()} lacks {unknown.tolist()}"
        )
    index = np.full(119, -1)
    index[elements] = np.arange(len(elements))
    return index[numbers], distance


def _pair_kind(a, b, n_elements):
    """Number an unordered pair of elements."""
    low, high = np.minimum(a, b), np.maximum(a, b)
    return low * n_elements - low * (low - 1) // 2 + high - low


def _pairs(kind, distance, decay, n_elements):
    """Return molecule, kind, 1/distance and weight of each pair of atoms."""
    first, second = np.triu_indices(kind.shape[1], 1)
    apart = distance[:, first, second]
    molecule, pair = np.nonzero(np.isfinite(apart))
    apart = apart[molecule, pair]
    which = _pair_kind(kind[molecule, first[pair]], kind[molecule, second[pair]], n_elements)
    return molecule, which, 1 / apart, np.exp(-decay * apart)


def _angles(kind, distance, decay, n_elements):
    """Return molecule, kind, cosine and weight of each triple of atoms, one of them its middle."""
    longest = -np.log(FAINTEST) / decay
    molecule, middle, a, b = _triples(distance, longest / 2)  # no side is longer than half of the perimeter
    to_a, to_b, apart = distance[molecule, middle, a], distance[molecule, middle, b], distance[molecule, a, b]
    weight = np.maximum(np.exp(-decay * (to_a + to_b + apart)) - FAINTEST, 0)
    pair = _pair_kind(kind[molecule, a], kind[molecule, b], n_elements)
    which = kind[molecule, middle] * (n_elements * (n_elements + 1) // 2) + pair
    return molecule, which, _cosine(to_a, to_b, apart), weight


def _triples(distance, reach, is_middle=None):
    """Return molecule, middle atom and two neighbours of it, for all pairs of neighbours within reach."""
    near = distance < reach
    if is_middle is not None:
        near &= is_middle[:, :, None]
    first, second = np.triu_indices(distance.shape[1], 1)
    parts = [[np.zeros(0, int)] * 4]
    for middle in range(distance.shape[1]):
        molecule, pair = np.nonzero(near[:, middle, first] & near[:, middle, second])
        parts.append([molecule, np.full(len(molecule), middle), first[pair], second[pair]])
    return [np.concatenate(part) for part in zip(*parts, strict=True)]


def _cosine(to_a, to_b, apart):
    return np.clip((to_a**2 + to_b**2 - apart**2) / (2 * to_a * to_b), -1, 1)


def _blur(slot, n_slots, value, weight, axis, width):
    """Return the sum of Gaussians of these heights in each slot, shape (n_slots, len(axis))."""
    blurred = np.empty((len(axis), n_slots))
    for row, place in zip(blurred, axis, strict=True):
        row[:] = np.bincount(slot, weight * np.exp(-0.5 * ((value - place) / width) ** 2), n_slots)
    return blurred.T


def _fade(distance, reach):
    """Return half a cosine: 1 at no distance, 0 at the end."""
    return 0.5 * (np.cos(np.pi * np.minimum(distance / reach, 1)) + 1)


def _neighbours(row, kind, distance, n_elements, reach, radii, width):
    """Return each heavy atom's neighbours by element and distance."""
    molecule, atom, other = np.nonzero((distance < reach) & (row >= 0)[:, :, None])
    apart = distance[molecule, atom, other]
    slot = row[molecule, atom] * n_elements + kind[molecule, other]
    n_rows = row.max(initial=-1) + 1
    weight = _fade(apart, reach) / apart**2
    found = _blur(slot, n_rows * n_elements, np.log(apart), weight, np.log(radii), width)
    return found.reshape(n_rows, n_elements * len(radii))


def _neighbour_pairs(row, kind, distance, n_elements, reach, angles, width):
    """Return each heavy atom's pairs of neighbours by elements and angle."""
    molecule, middle, a, b = _triples(distance, reach, row >= 0)
    to_a, to_b, apart = distance[molecule, middle, a], distance[molecule, middle, b], distance[molecule, a, b]
    angle = np.arccos(_cosine(to_a, to_b, apart))
    n_pairs, n_rows = n_elements * (n_elements + 1) // 2, row.max(initial=-1) + 1
    slot = row[molecule, middle] * n_pairs + _pair_kind(kind[molecule, a], kind[molecule, b], n_elements)
    weight = _fade(to_a, reach) * _fade(to_b, reach) / (to_a * to_b)
    found = _blur(slot, n_rows * n_pairs, angle, weight, angles, width)
    return found.reshape(n_rows, n_pairs * len(angles))


def _weight(environments, weight):
    """Return what each atom counts, checked."""
    weight = check.array("weights", weight, ndim=1, empty=True)
    if len(weight) != len(environments.element):
        raise ValueError(
            f"weights must have an entry a heavy atom, {len(environments.element)}, got {len(weight)}"
        )
    return weight.astype(float)


def _weighted(one, other, weights):
    """Return both sides without the atoms that count nothing, and the others' weights."""
    if not isinstance(weights, tuple | list) or len(weights) != 2:
        raise ValueError("weights must be a pair: those of one's atoms and those of other's")
    sides, left = [], []
    for environments, weight in zip((one, other), weights, strict=True):
        weight = _weight(environments, weight)
        kept = np.flatnonzero(weight)
        fields = (getattr(environments, name)[kept] for name in ("molecule", "element", "features"))
        sides.append(Environments(*fields, environments.n_molecules))
        left.append(weight[kept].astype(np.float32))
    if one is other and np.array_equal(*left) and np.array_equal(sides[0].molecule, sides[1].molecule):
        sides[1] = sides[0]
    return *sides, left


def _add_element(kernel, one, other, element, width, weights=None):
    """Add the Gaussians of one element's atoms; only the upper triangle where both sides are the same."""
    is_mine, is_theirs = one.element == element, other.element == element
    mine, theirs = one.features[is_mine] / width, other.features[is_theirs] / width
    varies = theirs.std(axis=0) + mine.std(axis=0) + np.abs(mine[0] - theirs[0]) > 1e-6
    mine, theirs = mine[:, varies], theirs[:, varies]
    square, molecule = (theirs**2).sum(axis=1), one.molecule[is_mine]
    columns, starts = np.unique(other.molecule[is_theirs], return_index=True)
    for start in range(0, len(mine), _ROWS):
        block, owner = mine[start : start + _ROWS], molecule[start : start + _ROWS]
        skip = np.searchsorted(columns, owner[0]) if one is other else 0
        first = starts[skip]
        alike = block @ theirs[first:].T
        alike -= 0.5 * square[first:]
        alike -= 0.5 * (block**2).sum(axis=1)[:, None]
        np.exp(np.minimum(alike, 0, out=alike), out=alike)
        if weights is not None:
            alike *= weights[0][is_mine][start : start + _ROWS, None]
            alike *= weights[1][is_theirs][first:]
        rows, ends = np.unique(owner, return_index=True)
        summed = np.add.reduceat(np.add.reduceat(alike, starts[skip:] - first, axis=1), ends, axis=0)
        kernel[np.ix_(rows, columns[skip:])] += summed
