"""Lattices: graphene by hand, Lieb's zero mode, the flower's rings, silicon's gap; bands answer as Hellmann and Feynman say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import lattice, molecules, tightbinding

SEEDS = st.integers(0, 10**6)
few_examples = settings(max_examples=10, deadline=None)
OFF = [[0.13, 0.05], [0.31, 0.22]]  # wavevectors without symmetry


@pytest.fixture(scope="module")
def hole():
    return lattice.carbon(lattice.vacancy(4))


@pytest.fixture(scope="module")
def blossom():
    return lattice.flower(5)


def at(model, fractions=OFF):
    return model.matrices(model.wavevectors(fractions))


def test_graphene_by_hand():
    """Two bands ±t |1 + exp(ika) + exp(ikb)|: ±3t at Γ, 0 at K, ±t at M."""
    model = lattice.carbon(lattice.graphene(1), 1)
    bands = lattice.bands([-2.8], at(model, [[0, 0], [1 / 3, -1 / 3], [0.5, 0]]))
    np.testing.assert_allclose(bands, [[-8.4, 8.4], [0, 0], [-2.8, 2.8]], atol=1e-12)


def test_each_shell_has_its_number_of_neighbours():
    """At Γ the lowest band's answer to t_n is the number of atoms in shell n: 3, 6, 3, 6, 6, 6, 6, 3, 6, 12."""
    model = lattice.carbon(lattice.graphene(1))
    energy, answers = lattice.bands_and_answers([[-1.0] + [0] * 9], at(model, [[0, 0]]))
    np.testing.assert_allclose(answers[0, 0, 0], [3, 6, 3, 6, 6, 6, 6, 3, 6, 12], atol=1e-12)


@few_examples
@given(seed=SEEDS)
def test_a_larger_cell_has_the_same_states(seed):
    """Cells of 2 × 2 fold four wavevectors of the small cell into one."""
    parameters = np.random.default_rng(seed).normal(size=10)
    small, large = (lattice.carbon(lattice.graphene(n)) for n in (1, 2))
    k = np.random.default_rng(seed).uniform(-0.5, 0.5, 2)
    folded = [(k + shift) / 2 for shift in ([0, 0], [1, 0], [0, 1], [1, 1])]
    np.testing.assert_allclose(
        np.sort(lattice.bands(parameters, at(small, folded)).ravel()),
        lattice.bands(parameters, at(large, [k]))[0],
        atol=1e-10,
    )


@few_examples
@given(k=st.tuples(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5)), bond=st.floats(-1, 1))
def test_a_vacancy_has_one_zero_mode_by_lieb(hole, k, bond):
    """Hops between the sublattices alone, of 16 and 15 atoms: at least one level is zero, whatever they are."""
    named = {"t1": -2.8, "t3": -0.2, "bond 1-2": bond}
    bands = lattice.bands(hole.vector(named), at(hole, [k]))[0]
    assert np.abs(bands).min() < 1e-10
    np.testing.assert_allclose(bands, -bands[::-1], atol=1e-10)  # and the bands are their own mirror image


def test_zones_of_a_vacancy_are_its_shells():
    assert np.bincount(lattice.vacancy(4).zone).tolist() == [13, 3, 6, 3, 6]
    assert np.bincount(lattice.vacancy(6).zone)[1:].tolist() == [3, 6, 3, 6]


def test_rings_of_graphene_and_of_a_vacancy():
    assert lattice.rings(lattice.graphene(4)).tolist() == [6] * 16
    assert lattice.rings(lattice.vacancy(4)).tolist() == [6] * 13 + [12]


@pytest.mark.parametrize("n", [5, 6])
def test_the_flower_has_six_pentagons_and_six_heptagons_and_lacks_nothing(n):
    flower = lattice.flower(n)
    sizes, counts = np.unique(lattice.rings(flower), return_counts=True)
    assert len(flower.positions) == 2 * n * n
    assert dict(zip(sizes, counts, strict=True)) == {5: 6, 6: n * n - 12, 7: 6}
    first, _, apart = flower.bonds()
    assert (np.bincount(first) == 3).all(), "each atom has three bonds"
    length = np.linalg.norm(apart, axis=1)
    assert 1.37 < length.min() and length.max() < 1.45
    assert np.bincount(flower.zone)[1:].tolist() == [6, 6, 12, 12]


def test_the_flower_turns_into_itself_by_sixty_degrees(blossom):
    """The relaxed defect keeps its symmetry: distances from the centre come in sixes or twelves."""
    centre = blossom.positions[blossom.zone == 1].mean(axis=0)
    for zone, n in ((1, 6), (2, 6), (3, 12)):
        radius = np.linalg.norm(lattice._from(centre, blossom)[blossom.zone == zone], axis=1)
        assert len(radius) == n and np.ptp(radius) < 1e-3


@pytest.mark.parametrize("make", [lambda: lattice.carbon(lattice.vacancy(4)), lattice.silicon])
@few_examples
@given(seed=SEEDS)
def test_bands_answer_as_hellmann_and_feynman_say(make, seed):
    model = make()
    rng = np.random.default_rng(seed)
    b = at(model, rng.uniform(-0.5, 0.5, (2, len(model.cell))))
    np.testing.assert_allclose(b, b.conj().swapaxes(2, 3), atol=1e-12)  # Hermitian
    parameters = rng.normal(size=(2, len(model.names)))
    energy, answers = lattice.bands_and_answers(parameters, b)
    np.testing.assert_allclose(energy, lattice.bands(parameters, b), atol=1e-10)
    # what is linear in its parameters is the sum of its answers (Euler), wherever bands lie
    np.testing.assert_allclose(np.einsum("nkbc,nc->nkb", answers, parameters), energy, atol=1e-9)
    step, gap = 1e-5, np.diff(energy, axis=-1).min()
    if gap > 1e-2:
        move = rng.normal(size=parameters.shape)
        change = lattice.bands(parameters + step * move, b) - lattice.bands(parameters - step * move, b)
        np.testing.assert_allclose(change / (2 * step), np.einsum("nkbc,nc->nkb", answers, move), atol=1e-3)


@few_examples
@given(seed=SEEDS)
def test_the_hamiltonian_is_the_sum_of_its_parts_and_k_and_minus_k_agree(hole, seed):
    parameters = np.random.default_rng(seed).normal(size=len(hole.names))
    k = hole.wavevectors(OFF)
    direct = hole.hamiltonian(parameters, k)
    np.testing.assert_allclose(direct, np.tensordot(parameters, hole.matrices(k), axes=(0, 1)), atol=1e-10)
    np.testing.assert_allclose(
        np.linalg.eigvalsh(direct), np.linalg.eigvalsh(hole.hamiltonian(parameters, -k)), atol=1e-10
    )


def test_the_molecules_of_lesson_21_have_the_same_gradient():
    """`tightbinding` writes its answers for pairs of atoms; the general function needs B_c alone."""
    some = molecules.load("pbe", "small").select([700])
    binding = tightbinding.TightBinding(some.numbers, some.positions)
    c = binding.start()
    nothing = binding.hamiltonian(0 * c)
    pieces = np.stack([binding.hamiltonian(one) - nothing for one in np.eye(len(c))], axis=1)
    vectors = np.linalg.eigh(binding.hamiltonian(c))[1]
    general = lattice.hellmann_feynman(vectors[None], pieces)[0, 0]
    there = binding.level_place[0] >= 0
    special = binding.jacobian(binding.levels(c, vectors=True)[1])[0][there]
    np.testing.assert_allclose(general[binding.level_place[0][there]], special, atol=1e-5)


def test_silicon_has_the_published_levels_and_gap():
    """Γ: −12.5, 0, 3.43, 4.1; the gap is indirect, 1.17 eV, at 0.73 of the way to X (Vogl et al. 1983)."""
    model = lattice.silicon()
    truth = model.vector(lattice.SILICON)
    gamma = lattice.bands(truth, at(model, [[0, 0, 0]]))[0]
    np.testing.assert_allclose(gamma, [-12.5, 0, 0, 0, 3.43, 3.43, 3.43, 4.1, 6.685, 6.685], atol=1e-9)
    way = np.linspace(0, 0.5, 101)[:, None] * [1, 1, 0]
    bands = lattice.bands(truth, at(model, way))
    assert abs(bands[:, 4].min() - 1.171) < 0.002 and abs(2 * way[bands[:, 4].argmin(), 0] - 0.73) < 0.02


def test_the_density_of_states_counts_all_states_and_is_the_perfect_sheets_by_hand():
    model, grid = lattice.carbon(lattice.graphene(1), 1), np.arange(-12, 12, 0.02)
    density = lattice.density_of_states(model, [-2.8], grid, 0.1, 60)
    assert abs(density.sum() * 0.02 - 1) < 1e-6
    assert abs(abs(grid[density.argmax()]) - 2.8) < 0.15  # van Hove's singularity, at ±t
    odd = lattice.density_of_states(model, [-2.8], grid, 0.1, 61)
    assert np.abs(odd - density).sum() * 0.02 < 0.1


def test_between_shells_a_hopping_is_interpolated(blossom):
    """Parameters on a straight line in the distance give hoppings on that line, also below the first shell."""
    model = lattice.carbon(blossom, 10)
    line = 1 - lattice.SHELLS[:10] / lattice.SHELLS[10]  # zero where the last hat ends
    h = model.hamiltonian(np.concatenate([line, np.zeros(8)]), np.zeros((1, 2)))[0].real
    first, second, _, distance = blossom.pairs(lattice.SHELLS[10])
    wanted = np.zeros_like(h)
    np.add.at(wanted, (first, second), 1 - distance / lattice.SHELLS[10])
    np.testing.assert_allclose(h, wanted, atol=1e-9)


def test_disorder_adds_each_atoms_own_energy():
    sheet = lattice.vacancy(4)
    model = lattice.carbon(sheet, 1, disorder=True)
    h = model.hamiltonian(model.vector({"atom 3": 0.5, "zone 1": 1.0}), np.zeros((1, 2)))[0].real
    wanted = 1.0 * (sheet.zone == 1)
    wanted[3] += 0.5
    np.testing.assert_allclose(np.diag(h), wanted)


@pytest.mark.parametrize(
    "call, word",
    [
        (lambda: lattice.graphene(0), "n must be"),
        (lambda: lattice.vacancy(3), "n must be"),
        (lambda: lattice.flower(4), "n must be"),
        (lambda: lattice.carbon(lattice.graphene(1), 14), "n_shells"),
        (lambda: lattice.silicon().vector({"V": 1}), "no parameter"),
        (lambda: lattice.silicon().hamiltonian([1.0], np.zeros((1, 3))), "8 entries"),
    ],
)
def test_wrong_input_is_said(call, word):
    with pytest.raises(ValueError, match=word):
        call()
