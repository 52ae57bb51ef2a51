"""Pools: Wigner's variances in theory, benzene's measured vibrations, symmetries as groups, the ring that opens conrotatorily."""

import dataclasses

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import constants
from scipy.spatial.transform import Rotation

from helpers import pools

SEEDS = st.integers(0, 10**6)
few_examples = settings(max_examples=10, deadline=None)
CHD = pools.molecule("1,3-cyclohexadiene")
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


@each_lesson
def test_a_molecule_with_its_own_hessian_vibrates_as_before(name):
    molecule = pools.molecule(name)
    again = molecule.with_hessian(molecule.hessian)
    assert np.allclose(again.frequencies, molecule.frequencies, atol=1e-3)
    overlap = np.einsum("kai,kai->k", again.modes, molecule.modes)
    assert np.median(np.abs(overlap)) > 0.999 and again.positions is molecule.positions


def test_a_hessian_four_times_as_stiff_doubles_the_frequencies():
    assert np.allclose(CHD.hessian, CHD.hessian.T) and CHD.hessian.shape == (42, 42)
    assert np.allclose(CHD.with_hessian(4 * CHD.hessian).frequencies, 2 * CHD.frequencies, atol=1e-3)


def test_a_hessian_can_come_with_positions_of_its_own():
    moved = CHD.with_hessian(CHD.hessian, CHD.positions + 1)
    assert np.array_equal(moved.positions, CHD.positions + 1)
    assert np.allclose(moved.frequencies, CHD.frequencies, atol=1e-3)  # where it is does not matter


@pytest.mark.parametrize(
    "hessian", [np.eye(41), np.ones((42, 41)), np.triu(np.ones((42, 42))), np.ones(42), "stiff"]
)
def test_what_is_no_hessian_of_the_molecule_is_refused(hessian):
    with pytest.raises(ValueError, match="hessian"):
        CHD.with_hessian(hessian)
    with pytest.raises(ValueError, match="positions"):
        CHD.with_hessian(CHD.hessian, CHD.positions[1:])


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
@example(temperature=2.3e-313, more=1.0, name="furan")
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


# --- what is shipped --------------------------------------------------------------------------------


def bonds(one):
    """Return the pairs of bonded atoms of the minimum."""
    distance = np.linalg.norm(one.positions[:, None] - one.positions, axis=-1)
    light = np.array(one.symbols) == "H"
    sulfur = np.array(one.symbols) == "S"
    reach = np.where(light[:, None] | light, 1.4, np.where(sulfur[:, None] | sulfur, 2.2, 1.7))
    return np.argwhere(np.triu(distance < reach, 1))


@pytest.mark.parametrize("frames", [pools.dynamics, pools.torsions])
@each_lesson
def test_frames_are_the_molecule_moving(name, frames):
    one, moving = pools.molecule(name), frames(name)
    assert moving.shape == (300, len(one.symbols), 3)
    np.testing.assert_allclose(np.average(moving, axis=1, weights=one.masses), 0, atol=1e-3)
    first, second = bonds(one).T
    length = np.linalg.norm(moving[:, first] - moving[:, second], axis=-1)
    rest = np.linalg.norm(one.positions[first] - one.positions[second], axis=-1)
    assert np.abs(length / rest - 1).max() < 0.25
    assert np.abs(length.mean(axis=0) / rest - 1).max() < 0.02


@each_lesson
def test_two_samplers_of_one_distribution_agree(name):
    """Bond lengths and their spreads, by dynamics and by Monte Carlo; classical, so below Wigner's where C-H stretch."""
    one = pools.molecule(name)
    first, second = bonds(one).T
    two = [pools.dynamics(name), pools.torsions(name)]
    length = [np.linalg.norm(moving[:, first] - moving[:, second], axis=-1) for moving in two]
    np.testing.assert_allclose(*(x.mean(axis=0) for x in length), atol=0.012)
    np.testing.assert_allclose(np.std(length[0]) / np.std(length[1]), 1, atol=0.1)
    drawn = pools.wigner(one, 1000, rng=np.random.default_rng(2))
    quantum = np.linalg.norm(drawn[:, first] - drawn[:, second], axis=-1).std(axis=0)
    light = np.array([one.symbols[i] for i in second]) == "H"
    for classical in length:
        assert (classical.std(axis=0)[light] < 0.7 * quantum[light]).all()


@pytest.mark.parametrize("name", pools.LESSON[:3])
def test_rings_spread_as_the_classical_well_says(name):
    """Mean square changes of the ring's distances: kT/ω² a mode, in a well that is nearly harmonic."""
    one = pools.molecule(name)
    pairs = [pools.pair_distances(f(name), one.heavy) for f in (pools.dynamics, pools.torsions)]
    # at a million kelvin Wigner's variances are classical; what is linear in them is scaled down to 300 K
    moves = pools.displacements(one, 1e6) * (300 / 1e6) ** 0.5
    i, j = one.heavy[np.triu_indices(len(one.heavy), 1)[0]], one.heavy[np.triu_indices(len(one.heavy), 1)[1]]
    along = one.positions[i] - one.positions[j]
    along /= np.linalg.norm(along, axis=1)[:, None]
    expected = (((moves[:, i] - moves[:, j]) * along).sum(axis=2) ** 2).sum()
    for distances in pairs:
        assert 0.8 < distances.var(axis=0).sum() / expected < 1.3


def turned(positions):
    """Return how far [degrees] each CH2 group of cyclohexadiene has turned since the ring was closed.

    A group's angle: the line between its hydrogens, the bond to the ring, the ring's next bond. The molecule's twofold
    axis takes one group to the other and keeps angles' signs: alike is conrotatory, a mirror would change one sign.
    """
    result = []
    for carbon, near, far, one, other in ((4, 3, 2, 10, 11), (5, 0, 1, 12, 13)):
        angle = [
            signed(
                x[..., one, :] - x[..., other, :],
                x[..., near, :] - x[..., carbon, :],
                x[..., far, :] - x[..., near, :],
            )
            for x in (positions, CHD.positions)
        ]
        result.append((angle[0] - angle[1] + 180) % 360 - 180)
    return np.array(result)


def test_the_ring_opens_along_the_whole_way_in_every_run():
    pool = pools.ring_opening()
    assert len(set(pool.window.tolist())) >= 40 and len(set(pool.run.tolist())) >= 6
    assert pool.positions.shape[1:] == (14, 3)
    for shift in (0, 0.05):
        edges = np.arange(1.4, 5.61 - shift, 0.1) + shift
        assert np.histogram(pool.coordinate, edges)[0].min() >= 100
        for run in set(pool.run.tolist()):
            assert np.histogram(pool.coordinate[pool.run == run], edges)[0].min() >= 10


def test_both_groups_turn_alike_and_a_disrotatory_pool_would_be_noticed():
    pool = pools.ring_opening()
    for run in set(pool.run.tolist()):
        apart = pool.positions[(pool.run == run) & (pool.coordinate > 2.5)]
        one, other = turned(apart)
        assert (one * other > 0).mean() > 0.95
        assert np.abs(np.median(one - other)) < 3 and 45 < abs(np.median(one)) < 75
        exchanged = apart[:, [*range(12), 13, 12]]  # the group's hydrogens: it has turned the other way
        one, other = turned(exchanged)
        assert (one * other > 0).mean() < 0.05


def test_only_one_bond_breaks_and_the_double_bonds_move():
    pool = pools.ring_opening()
    pairs = np.array([pair for pair in bonds(CHD).tolist() if tuple(pair) != pools.BREAKING])
    length = np.linalg.norm(pool.positions[:, pairs[:, 0]] - pool.positions[:, pairs[:, 1]], axis=-1)
    assert len(pairs) == 13 and length[:, (pairs < 6).all(axis=1)].max() < 1.75 and length.max() < 1.75
    names = [tuple(pair) for pair in pairs.tolist()]
    closed, opened = (length[where].mean(axis=0) for where in (pool.coordinate < 1.6, pool.coordinate > 3))
    short = {pair for pair, value in zip(names, closed, strict=True) if max(pair) < 6 and value < 1.4}
    assert short == {(0, 1), (2, 3)}
    short = {pair for pair, value in zip(names, opened, strict=True) if max(pair) < 6 and value < 1.4}
    assert short == {(0, 5), (1, 2), (3, 4)}
    ends = [
        (1.45, 1.6, "1,3-cyclohexadiene", [*range(6)]),
        (3.2, 3.4, "cZc-1,3,5-hexatriene", [4, 3, 2, 1, 0, 5]),
    ]
    for low, high, name, carbons in ends:
        there = pool.positions[(pool.coordinate > low) & (pool.coordinate < high)][:, carbons]
        assert np.median(pools.aligned_rmsd(there, pools.molecule(name).positions[:6])) < 0.15


# --- wrong input ----------------------------------------------------------------------------------


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


def test_a_molecule_rests_elsewhere_without_an_electron():
    neutral, cation = (pools.minima(kind) for kind in ("neutral", "cation"))
    reference = pools.molecule("N-methylmorpholine")
    for energy, found in (neutral, cation):
        assert energy[0] == 0 and (np.diff(energy) > 0).all() and len(found) == 3
        for one in found:  # one frame, like atoms in like places
            moved = np.sqrt(((one.positions - reference.positions) ** 2).sum(axis=1).mean())
            assert moved < 1.2 and abs(moved - pools.aligned_rmsd(one.positions, reference.positions)) < 0.1
    assert np.abs(neutral[1][0].positions - reference.positions).max() < 1e-3
    assert np.allclose(neutral[1][0].frequencies, reference.frequencies, atol=2)
    imaginary = [[(one.frequencies < 0).sum() for one in found] for _, found in (neutral, cation)]
    assert imaginary == [[0, 0, 0], [0, 1, 0]]  # the second cation is the saddle of its methyl group's turn
    with pytest.raises(ValueError, match="kind"):
        pools.minima("anion")
