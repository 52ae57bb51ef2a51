"""Pools: Wigner's variances in theory, benzene's measured vibrations, symmetries as groups, the ring that opens conrotatorily."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import constants
from scipy.spatial.transform import Rotation

from helpers import pools

SEEDS = st.integers(0, 10**6)
few_examples = settings(max_examples=10, deadline=None)
each_molecule = pytest.mark.parametrize("name", pools.names())
each_lesson = pytest.mark.parametrize("name", pools.LESSON)
# e2u, e2g, a2u, b2g, e1g, e2u, a1g, b2g, b1u, e1u, b2u, e2g, b2u, a2g, e1u, e2g, and the six C-H stretches:
# Shimanouchi, Tables of Molecular Vibrational Frequencies I, NSRDS-NBS 39 (1972)
BENZENE = [
    410,
    410,
    606,
    606,
    673,
    703,
    849,
    849,
    975,
    975,
    992,
    995,
    1010,
    1038,
    1038,
    1150,
    1178,
    1178,
    1310,
]
BENZENE += [1326, 1486, 1486, 1596, 1596, 3047, 3047, 3062, 3063, 3063, 3068]


def dihedral(positions, a, b, c, d):
    """Return the dihedral angle [degrees] of four atoms in each geometry."""
    first, axis, last = (positions[..., j, :] - positions[..., i, :] for i, j in ((a, b), (b, c), (c, d)))
    return signed(first, axis, last)


def signed(first, axis, last):
    left, right = np.cross(first, axis), np.cross(axis, last)
    height = np.linalg.norm(axis, axis=-1) * (first * right).sum(axis=-1)
    return np.degrees(np.arctan2(height, (left * right).sum(axis=-1)))


# --- molecules ------------------------------------------------------------------------------------


def test_the_lessons_molecules_come_first_and_none_comes_twice():
    assert pools.names()[:4] == pools.LESSON and len(pools.names()) >= 52
    keys = [pools.molecule(name).inchikey for name in pools.names()]
    assert len(set(keys)) == len(keys)
    assert [key.split("-")[0] for key in keys[:4]] == [
        "SJRJJKPEHAURKC",
        "MGNZXYYWBUKAII",
        "CXWGKAYMVASWDQ",
        "AFVDZBIIBXWASR",
    ]
    assert keys[3] == "AFVDZBIIBXWASR-AATRIKPKSA-N"  # E


@each_molecule
def test_a_molecule_lies_in_its_frame_and_has_no_imaginary_mode(name):
    one = pools.molecule(name)
    n, weight = len(one.symbols), one.masses[:, None]
    assert one.positions.shape == (n, 3) and one.modes.shape == (3 * n - 6, n, 3)
    assert one.frequencies[0] > 0 and (np.diff(one.frequencies) >= 0).all()
    np.testing.assert_allclose((weight * one.positions).sum(axis=0), 0, atol=1e-2)
    products = (weight * one.positions).T @ one.positions
    np.testing.assert_allclose(products - np.diag(np.diag(products)), 0, atol=1e-2 * products.max())
    assert products[0, 0] <= products[1, 1] <= products[2, 2]
    assert (np.array(one.symbols)[one.heavy] != "H").all() and "H" in one.symbols


@each_molecule
def test_modes_are_orthonormal_and_neither_move_nor_turn_the_molecule(name):
    one = pools.molecule(name)
    flat = one.modes.reshape(len(one.modes), -1)
    np.testing.assert_allclose(flat @ flat.T, np.eye(len(flat)), atol=1e-10)
    moment = one.modes * np.sqrt(one.masses)[:, None]
    np.testing.assert_allclose(moment.sum(axis=1), 0, atol=1e-6)
    np.testing.assert_allclose(np.cross(one.positions, moment).sum(axis=1), 0, atol=1e-4)


def test_benzene_vibrates_as_measured_within_what_xtb_knows():
    ratio = pools.molecule("benzene").frequencies / BENZENE
    assert np.abs(ratio - 1).max() < 0.12 and np.abs(ratio - 1).mean() < 0.04


def test_cyclohexadiene_stretches_its_double_bonds_in_two_modes_near_1600():
    """Measured at 1578 and 1603 cm⁻¹ (hexatriene's three at 1573 to 1626); GFN2-xTB is some 5 % too stiff."""
    one = pools.molecule("1,3-cyclohexadiene")
    high = (one.frequencies > 1550) & (one.frequencies < 1720)
    bond = one.positions[[1, 3]] - one.positions[[0, 2]]
    moves = (one.modes / np.sqrt(one.masses)[:, None])[high]
    stretch = ((moves[:, [1, 3]] - moves[:, [0, 2]]) * bond).sum(axis=2)
    assert high.sum() == 2
    assert sorted(np.sign(stretch.prod(axis=1))) == [-1, 1]  # against each other, and together


def test_the_right_minima_were_found():
    ring = pools.molecule("N-methylmorpholine").positions
    chair = [dihedral(ring, *four) for four in ((1, 2, 3, 4), (2, 3, 4, 5), (3, 4, 5, 6), (4, 5, 6, 1))]
    assert np.all(np.abs(np.abs(chair) - 58) < 4) and (np.diff(np.sign(chair)) != 0).all()
    assert abs(dihedral(ring, 0, 1, 2, 3)) > 170  # methyl is equatorial: axial would be near 77
    ring = pools.molecule("1,2-dithiane").positions
    chair = [dihedral(ring, *np.roll(range(6), -i)[:4]) for i in range(6)]
    assert np.all(np.abs(np.abs(chair) - 63) < 5) and (np.diff(np.sign(chair)) != 0).all()
    ring = pools.molecule("1,3-cyclohexadiene").positions
    assert 10 < abs(dihedral(ring, 0, 1, 2, 3)) < 20  # twisted, as measured (18°)
    chain = pools.molecule("1,3,5-hexatriene").positions
    assert all(abs(dihedral(chain, *range(i, i + 4))) > 179 for i in range(3))
    chain = pools.molecule("cZc-1,3,5-hexatriene").positions
    assert all(abs(dihedral(chain, *range(i, i + 4))) < 60 for i in range(3))


# --- the harmonic well ----------------------------------------------------------------------------


def test_variances_are_those_of_theory_cold_and_hot():
    one = pools.molecule("1,3-cyclohexadiene")
    omega = 2 * np.pi * 100 * constants.c * one.frequencies  # 1/s
    unit = constants.atomic_mass * 1e-20
    cold = pools.spreads(one, 0) ** 2 * unit
    np.testing.assert_allclose(cold, constants.hbar / (2 * omega), rtol=1e-12)
    hot = pools.spreads(one, 1e6) ** 2 * unit
    np.testing.assert_allclose(hot, constants.k * 1e6 / omega**2, rtol=1e-5)
    # the mean energy of an oscillator, ω² times its variance, is Planck's with the zero point
    warm = pools.spreads(one, 300) ** 2 * unit
    quanta = 1 / np.expm1(constants.hbar * omega / (constants.k * 300))
    np.testing.assert_allclose(omega**2 * warm, constants.hbar * omega * (quanta + 0.5), rtol=1e-12)


@few_examples
@given(temperature=st.floats(0, 2000), more=st.floats(1, 500), name=st.sampled_from(pools.names()))
def test_heat_spreads_and_never_below_the_zero_point(temperature, more, name):
    one = pools.molecule(name)
    cold, warm = (pools.spreads(one, kelvin) for kelvin in (temperature, temperature + more))
    assert (warm >= cold).all() and (cold >= pools.spreads(one, 0)).all()


def test_soft_modes_are_left_out_below_the_limit():
    one = pools.molecule("1,3,5-hexatriene")
    soft = (one.frequencies < 100).sum()
    assert soft == 1
    assert len(pools.spreads(one, 300)) == len(one.frequencies) - soft
    assert pools.displacements(one, 300, lowest=0).shape == one.modes.shape
    np.testing.assert_array_equal(pools.displacements(one, 300, lowest=0)[1:], pools.displacements(one, 300))


@few_examples
@given(seed=SEEDS, temperature=st.sampled_from([0, 300]), name=st.sampled_from(pools.LESSON))
def test_geometries_scatter_as_the_displacements_say(seed, temperature, name):
    one, n = pools.molecule(name), 4000
    drawn = pools.wigner(one, n, temperature, rng=np.random.default_rng(seed))
    moves = pools.displacements(one, temperature)
    # back to normal coordinates in units of their spread: they must be n independent standard normal numbers
    weighted = (drawn - one.positions) * one.masses[:, None]
    z = np.einsum("nai,kai->nk", weighted, moves) / pools.spreads(one, temperature) ** 2
    np.testing.assert_allclose(np.tensordot(z, moves, 1), drawn - one.positions, atol=1e-12)
    assert np.abs(z.mean(axis=0)).max() < 5.5 / n**0.5
    assert np.abs(z.T @ z / n - np.eye(len(moves))).max() < 5.5 * (2 / n) ** 0.5
    np.testing.assert_allclose((weighted.sum(axis=1)), 0, atol=1e-4)  # the centre of mass stays


def test_the_same_seed_draws_the_same():
    one = pools.molecule("benzene")
    first, second = (pools.wigner(one, 5, rng=np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


# --- symmetries, distances, superposition ---------------------------------------------------------


@pytest.mark.parametrize(
    "name, order",
    [
        ("1,3-cyclohexadiene", 2),  # C2
        ("1,2-dithiane", 2),  # C2
        ("N-methylmorpholine", 2),  # Cs
        ("1,3,5-hexatriene", 2),  # C2h; its plane's mirror moves no atom
        ("benzene", 12),  # D6h, likewise
        ("cyclohexane", 12),  # D3d
        ("1,4-dioxane", 4),  # C2h
        ("imidazole", 1),
    ],
)
def test_symmetries_are_a_group_that_keeps_the_molecule(name, order):
    one = pools.molecule(name)
    found = pools.symmetries(one)
    assert found.shape == (order, len(one.symbols))
    np.testing.assert_array_equal(found[0], np.arange(len(one.symbols)))
    rows = {tuple(row) for row in found.tolist()}
    assert len(rows) == order and {tuple(a[b]) for a in found for b in found} == rows
    for row in found:
        assert [one.symbols[i] for i in row] == list(one.symbols)
        assert pools.aligned_rmsd(one.positions[row], one.positions, mirror=True) < 0.02


def test_a_deformed_molecule_has_no_symmetry_until_the_tolerance_forgives_it():
    """With a tolerance as wide as the molecule, all like atoms may be exchanged: 5! hydrogens and 4! carbons."""
    one = pools.molecule("pyrrole")
    drawn = pools.wigner(one, 1, rng=np.random.default_rng(1))[0]
    deformed = dataclasses.replace(one, positions=drawn)
    assert [len(pools.symmetries(deformed, width)) for width in (0.01, 0.5, 9)] == [1, 2, 120 * 24]


@few_examples
@given(seed=SEEDS)
def test_rotations_translations_and_mirrors_change_no_distance(seed):
    rng = np.random.default_rng(seed)
    places = rng.normal(size=(3, 7, 3))
    other = rng.normal(size=(7, 3))
    moved = places @ Rotation.random(random_state=seed).as_matrix().T + rng.normal(size=3)
    np.testing.assert_allclose(pools.pair_distances(moved, range(7)), pools.pair_distances(places, range(7)))
    assert pools.aligned_rmsd(moved, places).max() < 1e-7
    np.testing.assert_allclose(pools.aligned_rmsd(moved, other), pools.aligned_rmsd(places, other))
    np.testing.assert_allclose(pools.aligned_rmsd(other, places), pools.aligned_rmsd(places, other))
    reflected = places * [1, 1, -1]
    assert pools.aligned_rmsd(reflected, places).min() > 0.1
    assert pools.aligned_rmsd(reflected, places, mirror=True).max() < 1e-7
    plain = np.sqrt(((places - other) ** 2).sum(axis=2).mean(axis=1))
    assert (pools.aligned_rmsd(places, other) <= plain).all()


@few_examples
@given(seed=SEEDS)
def test_the_superposition_is_the_best(seed):
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(2, 5, 3))
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    _, distance = Rotation.align_vectors(a, b)
    np.testing.assert_allclose(pools.aligned_rmsd(a, b), distance / 5**0.5, atol=1e-7)


def test_distances_by_hand():
    right = np.array([[0, 0, 0], [3, 0, 0], [0, 4, 0], [9, 9, 9.0]])
    np.testing.assert_allclose(pools.pair_distances(right, [0, 1, 2]), [3, 4, 5])
    np.testing.assert_allclose(pools.pair_distances(right[None], [2, 1]), [[5]])
    stretched = [[0, 0, 0], [0, 0, 2]], [[5, 0, 0], [6.0, 0, 0]]
    assert pools.aligned_rmsd(*stretched) == pytest.approx(0.5)


# --- wrong input ----------------------------------------------------------------------------------

CHD = pools.molecule("1,3-cyclohexadiene")


@pytest.mark.parametrize(
    "call, word",
    [
        (lambda: pools.molecule("CHD"), "name must be one of"),
        (lambda: pools.spreads("benzene", 300), "molecule must be a Molecule"),
        (lambda: pools.symmetries(CHD.positions), "molecule must be a Molecule"),
        (lambda: pools.spreads(CHD, -1), "temperature must be"),
        (lambda: pools.spreads(CHD, None), "temperature must be"),
        (lambda: pools.displacements(CHD, 300, lowest=-1), "lowest must be"),
        (lambda: pools.wigner(CHD, 0, rng=np.random.default_rng()), "n must be"),
        (lambda: pools.wigner(CHD, 5, rng=3), "rng must be"),
        (lambda: pools.dynamics("benzene"), "name must be one of"),
        (lambda: pools.torsions("benzene"), "name must be one of"),
        (lambda: pools.symmetries(CHD, 0), "tolerance must be"),
        (lambda: pools.pair_distances(CHD.positions, [0]), "at least two"),
        (lambda: pools.pair_distances(CHD.positions, [0, 14]), "atoms must be"),
        (lambda: pools.pair_distances([1.0, 2, 3], [0, 1]), "positions must have shape"),
        (lambda: pools.aligned_rmsd(CHD.positions, CHD.positions[1:]), "same atoms"),
        (lambda: pools.aligned_rmsd(CHD.positions[:, :2], CHD.positions), "a must have shape"),
        (lambda: pools.aligned_rmsd(CHD.positions, np.nan * CHD.positions), "b must be finite"),
    ],
)
def test_wrong_input_is_said(call, word):
    with pytest.raises(ValueError, match=word):
        call()
