"""Tight binding: no level cares how a molecule lies; all answer as Hellmann and Feynman say; H2 by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from helpers import molecules
from helpers.tightbinding import ELEMENTS, N_LEVELS, TightBinding

HYDROGEN = np.array([[1, 1]]), np.array([[[0, 0, 0], [0, 0, 0.74]]])
WATER = np.array([[8, 1, 1]]), np.array([[[0, 0, 0], [0.96, 0, 0], [-0.24, 0.93, 0]]])
SEEDS = st.integers(0, 10**6)
few_examples = settings(max_examples=10, deadline=None)


@pytest.fixture(scope="module")
def some():
    """Twenty molecules of all kinds, of one padding, among them fewer and more than sixteen levels."""
    found = molecules.load("pbe", "small")
    return found.select(np.arange(0, len(found), len(found) // 20)[:20])


@pytest.fixture(scope="module")
def binding(some):
    return TightBinding(some.numbers, some.positions)


def random_coefficients(binding, seed, size=0.1):
    """Textbook coefficients, each shaken."""
    start = binding.start()
    return start + size * np.random.default_rng(seed).normal(size=len(start))


def filled(levels):
    """Levels with what is missing as a number, so that missing ones are compared too."""
    return np.nan_to_num(levels, nan=99.0)


@few_examples
@given(seed=SEEDS, shift=st.lists(st.floats(-50, 50), min_size=3, max_size=3), mirror=st.booleans())
def test_moving_turning_mirroring_and_listing_anew_change_no_level(some, binding, seed, shift, mirror):
    rng = np.random.default_rng(seed)
    turned = some.positions @ Rotation.random(random_state=rng).as_matrix() * (-1 if mirror else 1) + shift
    order = rng.permutation(some.numbers.shape[1])
    coefficients = random_coefficients(binding, seed)
    moved = TightBinding(some.numbers[:, order], turned[:, order])
    before, vectors = binding.levels(coefficients, vectors=True)
    after, turned_vectors = moved.levels(coefficients, vectors=True)
    np.testing.assert_allclose(filled(after), filled(before), atol=1e-5)
    gap = np.abs(np.diff(before[:, :2])).ravel() > 0.01  # where two levels meet, their vectors mix at will
    shares = binding.populations(vectors)[:, 0][:, order], moved.populations(turned_vectors)[:, 0]
    np.testing.assert_allclose(shares[1][gap], shares[0][gap], atol=2e-3)


def test_padding_is_nothing(some, binding):
    coefficients = random_coefficients(binding, 1)
    wide = np.pad(some.numbers, ((0, 0), (0, 4))), np.pad(some.positions, ((0, 0), (0, 4), (0, 0)))
    wide[1][:, -4:] = np.nan
    np.testing.assert_allclose(
        filled(TightBinding(*wide).levels(coefficients)), filled(binding.levels(coefficients)), atol=1e-9
    )
    alone = [TightBinding(some.numbers[[k]], some.positions[[k]]).levels(coefficients)[0] for k in (0, 7, 19)]
    np.testing.assert_allclose(filled(np.array(alone)), filled(binding.levels(coefficients))[[0, 7, 19]])


@few_examples
@given(seed=SEEDS, factor=st.floats(-3, 3))
def test_the_hamiltonian_is_symmetric_and_linear_in_its_coefficients(binding, seed, factor):
    one, other = (random_coefficients(binding, seed + k, 1.0) for k in (0, 1))
    h = binding.hamiltonian(one)
    np.testing.assert_allclose(h, h.transpose(0, 2, 1), atol=1e-12)
    nothing = binding.hamiltonian(0 * one)  # what is padded: 1000 eV on the diagonal, and no more
    assert np.count_nonzero(nothing) == np.sum(binding.orbital_atom < 0)
    both = binding.hamiltonian(one + factor * other) - nothing
    np.testing.assert_allclose(both, h - nothing + factor * (binding.hamiltonian(other) - nothing), atol=1e-9)
    np.testing.assert_array_equal(binding.hamiltonian(one, slice(5, 9)), h[5:9])


@settings(max_examples=5, deadline=None)
@given(seed=SEEDS)
def test_a_level_answers_as_finite_differences_do(some, seed):
    rng = np.random.default_rng(seed)
    chosen = rng.choice(len(some), 3, replace=False)
    shaken = some.positions[chosen] + rng.normal(scale=0.05, size=some.positions[chosen].shape)
    binding = TightBinding(some.numbers[chosen], shaken)
    coefficients = random_coefficients(binding, seed)
    direction = rng.normal(size=binding.n_coefficients) / np.sqrt(binding.n_coefficients)
    levels, vectors = binding.levels(coefficients, vectors=True)
    step = 1e-5
    up, down = (binding.levels(coefficients + sign * step * direction) for sign in (1, -1))
    measured = (up - down) / (2 * step)
    answer = binding.jacobian(vectors).astype(float) @ direction
    spectrum = np.linalg.eigvalsh(binding.hamiltonian(coefficients))
    apart = np.abs(levels[:, :, None] - spectrum[:, None])
    neighbour = np.sort(apart, axis=-1)[:, :, 1]
    clear = neighbour > 0.02  # nearer than that, a level bends within the step
    assert clear.mean() > 0.5
    np.testing.assert_allclose(answer[clear], measured[clear], atol=2e-6)
    assert np.abs(answer[np.isnan(levels)]).max(initial=0) == 0


def test_every_single_coefficient_is_answered():
    binding = TightBinding(*WATER, n_radial=3)
    coefficients = random_coefficients(binding, 3)
    _, vectors = binding.levels(coefficients, vectors=True)
    answer, step = binding.jacobian(vectors)[0], 1e-5
    assert binding.n_valence[0] == 4 and answer.shape == (N_LEVELS, binding.n_coefficients)
    for k, unit in enumerate(np.eye(binding.n_coefficients) * step):
        measured = binding.levels(coefficients + unit) - binding.levels(coefficients - unit)
        np.testing.assert_allclose(answer[:4, k], measured[0, :4] / (2 * step), atol=1e-6)
    needed = np.abs(answer[:4]).max(axis=0) > 0
    assert 15 < needed.sum() < binding.n_coefficients / 2  # elements that are not there have no part


def test_hydrogen_by_hand():
    binding = TightBinding(*HYDROGEN)
    start = binding.start()
    h = binding.hamiltonian(start)[0]
    assert h.shape == (2, 2) and h[0, 0] == h[1, 1] == -13.6 and -20 < h[0, 1] < -1
    harrison = -1.32 * 7.62 * np.exp(-(0.74 - 1.4) / 0.6) / 1.4**2
    far = TightBinding(HYDROGEN[0], 1.5 * HYDROGEN[1]).hamiltonian(start)[0, 0, 1]
    assert h[0, 1] < far < 0 and far == pytest.approx(harrison * np.exp(-0.37 / 0.6), rel=0.2)
    levels, vectors = binding.levels(start, vectors=True)
    assert levels[0, 0] == pytest.approx(-13.6 - abs(h[0, 1])) and np.isnan(levels[0, 1:]).all()
    np.testing.assert_allclose(binding.populations(vectors)[0, 0], [0.5, 0.5], atol=1e-6)
    # on the atoms: each sees the other once
    shaken = random_coefficients(binding, 5)
    own, hop = binding.hamiltonian(shaken)[0, 0]
    assert binding.levels(shaken)[0, 0] == pytest.approx(own - abs(hop))


def test_two_p_orbitals_along_and_across_the_bond():
    """Slater and Koster: along z sigma alone, across pi alone, and s of one with p of the other along z."""
    binding = TightBinding(np.array([[6, 6]]), np.array([[[0, 0, 0], [0, 0, 1.4]]]))
    h = binding.hamiltonian(binding.start())[0]
    between = h[:4, 4:]  # s, x, y, z of the first with those of the second
    assert between[0, 0] < 0 and between[3, 3] > 0 and between[1, 1] == between[2, 2] < 0
    assert between[3, 3] / between[1, 1] == pytest.approx(-2.22 / 0.63)
    assert between[0, 3] == -between[3, 0] != 0 and abs(between[0, 3] / between[0, 0]) == pytest.approx(
        1.42 / 1.32
    )
    rest = between.copy()
    rest[[0, 1, 2, 3, 0, 3], [0, 1, 2, 3, 3, 0]] = 0
    assert np.abs(rest).max() < 1e-12
    np.testing.assert_allclose(h[:4, :4], np.diag([-19.4, -11.1, -11.1, -11.1]))


@few_examples
@given(seed=SEEDS)
def test_what_is_beyond_the_cutoff_is_another_molecule(seed):
    rng = np.random.default_rng(seed)
    first, second = (np.array([[0, 0, 0], [0, 0, length]]) for length in rng.uniform(0.6, 1.2, 2))
    pair = np.concatenate([first, second + [20, 0, 0]])[None]
    both = TightBinding(np.ones((1, 4), int), pair)
    singles = TightBinding(np.ones((2, 2), int), np.stack([first, second]))
    coefficients = random_coefficients(both, seed)
    union = np.sort(singles.levels(coefficients)[:, 0])[::-1]
    np.testing.assert_allclose(both.levels(coefficients)[0, :2], union, atol=1e-9)
    eigenvalues = [np.linalg.eigvalsh(each.hamiltonian(coefficients)) for each in (both, singles)]
    np.testing.assert_allclose(eigenvalues[0][0], np.sort(eigenvalues[1].ravel()), atol=1e-9)


def test_the_end_of_sight_is_no_step():
    def hopping(distance):
        binding = TightBinding(HYDROGEN[0], HYDROGEN[1] / 0.74 * distance, cutoff=4.0)
        return binding.hamiltonian(random_coefficients(binding, 2, 1.0))[0, 0, 1]

    assert hopping(4.001) == 0 and 0 < abs(hopping(3.999)) < 1e-4 < abs(hopping(3.0))


def test_levels_are_counted_and_placed_as_the_table_says(some, binding):
    np.testing.assert_array_equal(binding.n_valence, some.table["n_valence"])
    assert len(binding) == len(some) and len(set(binding.n_valence > N_LEVELS)) == 2
    coefficients = random_coefficients(binding, 4)
    levels, vectors = binding.levels(coefficients, vectors=True)
    np.testing.assert_array_equal(np.isfinite(levels).sum(axis=1), np.minimum(binding.n_valence, N_LEVELS))
    eigenvalues = np.linalg.eigvalsh(binding.hamiltonian(coefficients))
    for row, place in enumerate(binding.level_place):
        there = place >= 0
        np.testing.assert_allclose(levels[row, there], eigenvalues[row, place[there]], atol=1e-9)
        assert place[0] == binding.n_valence[row] - 1 and (np.diff(place[there]) == -1).all()
        assert (place[~there] == -1).all() and np.isnan(levels[row, ~there]).all()
    total = binding.populations(vectors).sum(axis=2)
    np.testing.assert_allclose(total, np.isfinite(levels), atol=1e-5)
    assert binding.populations(vectors)[:, 0][some.numbers == 0].max(initial=0) == 0


def test_orbitals_sit_where_they_are_said_to():
    numbers, positions = np.array([[1, 8, 0, 6], [1, 1, 0, 0]]), np.zeros((2, 4, 3))
    positions[:, :, 0] = 1.2 * np.arange(4)
    binding = TightBinding(numbers, positions)
    assert binding.orbital_atom.tolist() == [[0, 1, 1, 1, 1, 3, 3, 3, 3], [0, 1, *[-1] * 7]]
    p = [False, False, True, True, True, False, True, True, True]
    assert binding.orbital_is_p.tolist() == [p, [False] * 9]
    assert binding.n_valence.tolist() == [5, 1]
    own = binding.hamiltonian(binding.start())
    assert own[0].diagonal().tolist() == [-13.6, -32.4, *[-15.9] * 3, -19.4, *[-11.1] * 3]
    assert own[1].diagonal().tolist() == [-13.6, -13.6, *[1000] * 7]


def test_a_coefficient_is_what_it_is_described_to_be():
    """Moved alone, each changes the elements of H that its description names, and no others."""
    numbers = np.array([[6, 7, 1]])
    binding = TightBinding(numbers, np.array([[[0, 0, 0], [1.4, 0, 0], [-1.0, 0.3, 0]]]), n_radial=3)
    table = binding.describe()
    assert len(table) == binding.n_coefficients and not table.duplicated().any()
    np.testing.assert_array_equal(table.loc[table["quantity"] == "own s", "first"], ELEMENTS)
    owner, is_p = numbers[0, binding.orbital_atom[0]], binding.orbital_is_p[0]
    nothing = binding.hamiltonian(np.zeros(len(table)))[0]
    orbitals = {"s": (False, False), "p": (True, True), "p along": (True, True), "s with p": (False, True)}
    orbitals |= {"ss": (False, False), "sp": (False, True), "pp sigma": (True, True), "pp pi": (True, True)}
    for row, unit in zip(table.itertuples(), np.eye(len(table)), strict=True):
        changed = np.argwhere(np.abs(binding.hamiltonian(unit)[0] - nothing) > 1e-12)
        if not {row.first, row.second} <= {0, *numbers[0]} or row.first == row.second:
            assert len(changed) == 0
            continue
        assert len(changed) > 0
        kinds = {frozenset([(owner[i], is_p[i]), (owner[j], is_p[j])]) for i, j in changed}
        between = row.quantity in ("ss", "sp", "pp sigma", "pp pi")
        p_first, p_second = orbitals.get(row.quantity, [row.quantity == "own p"] * 2)
        assert kinds == {frozenset([(row.first, p_first), (row.second if between else row.first, p_second)])}


def test_a_population_sums_the_squares_on_an_atom():
    binding = TightBinding(*WATER)
    _, vectors = binding.levels(random_coefficients(binding, 6), vectors=True)
    highest = vectors[0, 0] ** 2
    by_hand = [highest[:4].sum(), highest[4], highest[5]]
    np.testing.assert_allclose(binding.populations(vectors)[0, 0], by_hand, atol=1e-6)


@few_examples
@given(seed=SEEDS, weighted=st.booleans())
def test_normal_equations_are_those_of_the_jacobian_without_what_is_missing(some, seed, weighted):
    rng = np.random.default_rng(seed)
    few = TightBinding(some.numbers[::5], some.positions[::5], n_radial=2)
    _, vectors = few.levels(random_coefficients(few, seed), vectors=True)
    rest = rng.normal(size=(len(few), N_LEVELS))
    rest[rng.uniform(size=rest.shape) < 0.3] = np.nan
    weight = rng.uniform(0.1, 1, rest.shape) if weighted else None
    matrix, right = few.normal_equations(vectors, rest, weight)
    counts = np.isfinite(rest)
    jacobian = few.jacobian(vectors).astype(float)[counts]
    w = weight[counts] if weighted else np.ones(counts.sum())
    np.testing.assert_allclose(matrix, jacobian.T * w @ jacobian, atol=2e-4)
    np.testing.assert_allclose(right, jacobian.T @ (w * rest[counts]), atol=2e-4)


def test_many_molecules_are_the_same_as_few(some, binding, monkeypatch):
    coefficients = random_coefficients(binding, 8)
    levels, vectors = binding.levels(coefficients, vectors=True)
    rest = np.where(np.isfinite(levels), 1.0, np.nan)
    matrix, right = binding.normal_equations(vectors, rest)
    monkeypatch.setattr("helpers.tightbinding._CHUNK", 7)  # several, the last of them shorter
    np.testing.assert_allclose(filled(binding.levels(coefficients)), filled(levels), atol=1e-9)
    again = binding.normal_equations(vectors, rest)
    np.testing.assert_allclose(again[0], matrix, atol=1e-2)
    np.testing.assert_allclose(again[1], right, atol=1e-2)


def test_one_regression_finds_a_coefficient_that_was_moved(some, binding):
    """From the right answer, a level's rest is the jacobian times what is missing: one step takes it away."""
    truth = random_coefficients(binding, 9)
    carbon = truth.copy()
    carbon[ELEMENTS.index(6)] += 0.05
    now, vectors = binding.levels(carbon, vectors=True)
    matrix, right = binding.normal_equations(vectors, binding.levels(truth) - now)
    stepped = carbon + np.linalg.solve(matrix + 1e-3 * np.eye(len(matrix)), right)
    error = [np.nanmax(np.abs(binding.levels(each) - binding.levels(truth))) for each in (carbon, stepped)]
    assert error[1] < 0.1 * error[0]


@pytest.mark.parametrize(
    "numbers, positions, settings, says",
    [
        ([[16, 1, 1]], WATER[1], {}, "numbers"),
        ([8, 1, 1], WATER[1], {}, "numbers"),
        ([[8, 1, 1.5]], WATER[1], {}, "numbers"),
        ([[8, -1, 1]], WATER[1], {}, "numbers"),
        (WATER[0], WATER[1][:, :2], {}, "positions"),
        (WATER[0], WATER[1][0], {}, "positions"),
        (WATER[0], np.where(WATER[1] == 0, np.nan, WATER[1]), {}, "positions"),
        (WATER[0], np.where(WATER[1] == 0, np.inf, WATER[1]), {}, "positions"),
        (WATER[0], 0 * WATER[1], {}, "positions"),
        (*WATER, {"cutoff": 1.0}, "cutoff"),
        (*WATER, {"cutoff": np.nan}, "cutoff"),
        (*WATER, {"n_radial": 1}, "n_radial"),
        (*WATER, {"n_radial": 2.5}, "n_radial"),
    ],
)
def test_molecules_are_checked(numbers, positions, settings, says):
    with pytest.raises(ValueError, match=says):
        TightBinding(numbers, positions, **settings)


@pytest.mark.parametrize(
    "coefficients",
    [
        lambda start: start[:-1],
        lambda start: np.append(start, 0),
        lambda start: start[None],
        lambda start: start * np.nan,
    ],
)
def test_coefficients_are_checked(coefficients):
    binding = TightBinding(*WATER)
    for call in (binding.levels, binding.hamiltonian):
        with pytest.raises(ValueError, match="coefficients"):
            call(coefficients(binding.start()))


def test_what_the_normal_equations_take_is_checked():
    binding = TightBinding(*WATER)
    _, vectors = binding.levels(binding.start(), vectors=True)
    rest = np.zeros((1, N_LEVELS))
    for wrong in (np.zeros((1, 4)), np.zeros(N_LEVELS)):
        with pytest.raises(ValueError, match="rest"):
            binding.normal_equations(vectors, wrong)
        with pytest.raises(ValueError, match="weight"):
            binding.normal_equations(vectors, rest, wrong)
        with pytest.raises(ValueError, match="vectors"):
            binding.normal_equations(wrong, rest)
