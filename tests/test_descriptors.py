"""Descriptors: nothing changes when a molecule is moved, turned, mirrored or listed anew; simple cases by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from helpers import descriptors, molecules
from helpers.descriptors import (
    BOHR,
    atom_environments,
    coulomb_matrix,
    local_kernel,
    local_kernel_diagonal,
    many_body_tensor,
    tensor_axis,
)

HYDROGEN = np.array([[1, 1]]), np.array([[[0, 0, 0], [0, 0, 0.74]]])
ANGLE = np.radians(104.5)
WATER = (
    np.array([[8, 1, 1]]),
    0.96 * np.array([[[0, 0, 0], [1, 0, 0], [np.cos(ANGLE), np.sin(ANGLE), 0]]]),
)


@pytest.fixture(scope="module")
def some():
    """Forty molecules of all kinds, of one padding."""
    found = molecules.load("pbe", "small")
    found = found.select(np.arange(0, len(found), len(found) // 40)[:40])
    return found.numbers, found.positions.astype(float)


def every_descriptor(numbers, positions):
    """All that must not change, with atoms in one order for the Coulomb matrix."""
    eigenvalues = np.sort(np.linalg.eigvalsh(coulomb_matrix(numbers, positions)), axis=1)
    environments = atom_environments(numbers, positions)
    order = np.lexsort((*environments.features.T.round(3), environments.element, environments.molecule))
    return [
        eigenvalues,
        *(many_body_tensor(numbers, positions, order) for order in (1, 2, 3)),
        local_kernel_diagonal(environments, 1.0),
        environments.features[order].sum(axis=0),
    ]


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    shift=st.lists(st.floats(-50, 50), min_size=3, max_size=3),
    mirror=st.booleans(),
)
def test_moving_turning_mirroring_and_listing_anew_change_nothing(some, seed, shift, mirror):
    numbers, positions = (one[:8] for one in some)
    rng = np.random.default_rng(seed)
    turned = positions @ Rotation.random(random_state=rng).as_matrix() * (-1 if mirror else 1) + shift
    order = rng.permutation(numbers.shape[1])
    for before, after in zip(
        every_descriptor(numbers, positions),
        every_descriptor(numbers[:, order], turned[:, order]),
        strict=True,
    ):
        np.testing.assert_allclose(after, before, rtol=1e-4, atol=1e-4)


def test_a_coulomb_matrix_follows_its_atoms_and_padding_is_nothing(some):
    numbers, positions = some
    order = np.random.default_rng(1).permutation(numbers.shape[1])
    here = coulomb_matrix(numbers, positions)
    np.testing.assert_allclose(
        coulomb_matrix(numbers[:, order], positions[:, order]), here[:, order][:, :, order]
    )
    np.testing.assert_array_equal(here, here.transpose(0, 2, 1))
    wide = np.pad(numbers, ((0, 0), (0, 3))), np.pad(positions, ((0, 0), (0, 3), (0, 0)))
    for before, after in zip(every_descriptor(*some)[1:], every_descriptor(*wide)[1:], strict=True):
        np.testing.assert_allclose(after, before, rtol=1e-5, atol=1e-5)


def test_the_coulomb_matrix_of_hydrogen_and_water_by_hand():
    np.testing.assert_allclose(coulomb_matrix(*HYDROGEN)[0], [[0.5, BOHR / 0.74], [BOHR / 0.74, 0.5]])
    water = coulomb_matrix(*WATER)[0]
    assert water[0, 0] == pytest.approx(0.5 * 8**2.4) and water[0, 1] == pytest.approx(8 * BOHR / 0.96)
    assert water[1, 2] == pytest.approx(BOHR / (2 * 0.96 * np.sin(ANGLE / 2)))


def test_two_sulfurs_do_not_overflow():
    numbers = np.array([[16, 16]], dtype=np.uint8)
    found = coulomb_matrix(numbers, np.array([[[0, 0, 0], [2.0, 0, 0]]]))
    assert found[0, 0, 1] == pytest.approx(256 * BOHR / 2)


def test_hydrogen_is_one_gaussian_at_its_inverse_distance():
    kinds, axis = tensor_axis(2)
    found = many_body_tensor(*HYDROGEN, 2)[0]
    assert found[[kind != "H–H" for kind in kinds]].max() == 0
    expected = np.exp(-1.5 * 0.74) * np.exp(-0.5 * ((axis - 1 / 0.74) / 0.02) ** 2)
    np.testing.assert_allclose(found[kinds.index("H–H")], expected, atol=1e-12)
    assert many_body_tensor(*HYDROGEN, 3).max() == 0 and np.diff(axis).max() <= 0.02 + 1e-12


def test_water_counts_its_atoms_has_two_bonds_and_its_angle():
    kinds, _ = tensor_axis(1)
    counts = dict(zip(kinds, many_body_tensor(*WATER, 1)[0, :, 0], strict=True))
    assert counts == {"H": 2, "C": 0, "N": 0, "O": 1, "F": 0}
    kinds, axis = tensor_axis(2)
    bonds = many_body_tensor(*WATER, 2)[0, kinds.index("H–O")]
    expected = 2 * np.exp(-1.5 * 0.96) * np.exp(-0.5 * ((axis - 1 / 0.96) / 0.02) ** 2)
    np.testing.assert_allclose(bonds, expected, atol=1e-12)
    kinds, axis = tensor_axis(3, width=0.05)
    triples = many_body_tensor(*WATER, 3, width=0.05)[0]
    angle = triples[kinds.index("H–O–H")]
    perimeter = 0.96 * (2 + 2 * np.sin(ANGLE / 2))
    assert axis[angle.argmax()] == pytest.approx(np.cos(ANGLE), abs=0.026)
    weight = np.exp(-0.7 * perimeter) - descriptors.FAINTEST
    np.testing.assert_allclose(angle, weight * np.exp(-0.5 * ((axis - np.cos(ANGLE)) / 0.05) ** 2))
    # the same triangle, seen from a hydrogen
    at_hydrogen = np.cos((np.pi - ANGLE) / 2)
    assert axis[triples[kinds.index("H–H–O")].argmax()] == pytest.approx(at_hydrogen, abs=0.026)


def test_triples_end_without_a_step():
    numbers = np.array([[6, 6, 6]])

    def total(side):
        triangle = side * np.array([[[0, 0, 0], [1, 0, 0], [0.5, 3**0.5 / 2, 0]]])
        return many_body_tensor(numbers, triangle, 3).sum()

    end = -np.log(descriptors.FAINTEST) / 0.7 / 3
    assert total(end + 1e-6) == 0 and 0 < total(end - 1e-6) < 1e-5 < total(end - 0.2)


def test_an_environment_is_what_behler_writes():
    found = atom_environments(*WATER, elements=(1, 8))
    assert found.element.tolist() == [8] and found.molecule.tolist() == [0] and found.n_molecules == 1
    radii = np.geomspace(0.85, 5.0, int(np.log(5.0 / 0.85) / 0.03) + 2)
    angles = np.linspace(0, np.pi, 7)
    radial, angular = np.split(found.features[0], [2 * len(radii)])
    fade = 0.5 * (np.cos(np.pi * 0.96 / 5) + 1)
    bonds = 2 * fade / 0.96**2 * np.exp(-0.5 * (np.log(radii / 0.96) / 0.03) ** 2)
    np.testing.assert_allclose(radial, np.concatenate([bonds, 0 * radii]), rtol=1e-5, atol=1e-6)
    bend = (
        (0.5 * (np.cos(np.pi * 0.96 / 4) + 1)) ** 2 / 0.96**2 * np.exp(-0.5 * ((angles - ANGLE) / 0.45) ** 2)
    )
    np.testing.assert_allclose(angular[:7], bend, rtol=1e-5, atol=1e-6)
    assert np.abs(angular[7:]).max() == 0


def test_what_is_far_away_is_not_seen():
    near = atom_environments(np.array([[6, 8]]), np.array([[[0, 0, 0], [1.4, 0, 0]]]))
    far = atom_environments(np.array([[6, 8, 9]]), np.array([[[0, 0, 0], [1.4, 0, 0], [30, 0, 0]]]))
    np.testing.assert_array_equal(near.features, far.features[:2])


def test_the_local_kernel_is_symmetric_positive_and_adds_up_over_elements(some):
    found = atom_environments(*some)
    kernel = local_kernel(found, found, 1.0)
    np.testing.assert_array_equal(kernel, kernel.T)
    assert np.linalg.eigvalsh(kernel.astype(float)).min() > -1e-4
    np.testing.assert_allclose(local_kernel_diagonal(found, 1.0), np.diag(kernel), rtol=1e-5)
    total = np.zeros_like(kernel)
    for element in np.unique(found.element):
        chosen = found.element == element
        part = descriptors.Environments(
            found.molecule[chosen], found.element[chosen], found.features[chosen], found.n_molecules
        )
        total += local_kernel(part, part, 1.0)
    np.testing.assert_allclose(total, kernel, rtol=1e-5)


def test_the_local_kernel_by_hand_and_between_two_sets(some, monkeypatch):
    everything = atom_environments(*some)
    few = atom_environments(some[0][5:9], some[1][5:9])
    monkeypatch.setattr(descriptors, "_ROWS", 13)  # several blocks, that end within molecules
    kernel = local_kernel(few, everything, 1.5)
    assert kernel.shape == (4, 40)
    np.testing.assert_allclose(kernel, local_kernel(everything, everything, 1.5)[5:9], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(kernel, local_kernel(everything, few, 1.5).T, rtol=1e-4, atol=1e-5)
    by_hand = 0
    for a in np.flatnonzero(few.molecule == 0):
        for b in np.flatnonzero(everything.molecule == 17):
            if few.element[a] == everything.element[b]:
                apart = few.features[a].astype(float) - everything.features[b]
                by_hand += np.exp(-(apart @ apart) / (2 * 1.5**2))
    assert kernel[0, 17] == pytest.approx(by_hand, rel=1e-4)


def test_weights_of_one_change_nothing_and_weights_add_up(some):
    found = atom_environments(*some)
    few = atom_environments(some[0][5:9], some[1][5:9])
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=(2, len(few.element)))
    c = rng.normal(size=len(found.element))
    ones = np.ones(len(found.element)), np.ones(len(found.element))
    np.testing.assert_array_equal(local_kernel(found, found, 1.0, ones), local_kernel(found, found, 1.0))
    both, first, second = (local_kernel(few, found, 1.0, (w, c)) for w in (2 * a + 3 * b, a, b))
    np.testing.assert_allclose(both, 2 * first + 3 * second, atol=1e-4)
    np.testing.assert_allclose(first, local_kernel(found, few, 1.0, (c, a)).T, atol=1e-4)
    own = local_kernel(found, found, 1.0, (c, c))
    np.testing.assert_allclose(own, local_kernel(found, found, 1.0, (c, c + 1e-7)), atol=1e-4)
    np.testing.assert_allclose(np.diag(own), local_kernel_diagonal(found, 1.0, c), rtol=1e-4, atol=1e-4)
    assert np.linalg.eigvalsh(own.astype(float)).min() > -1e-3


def test_an_atom_of_weight_zero_is_not_there(some):
    found = atom_environments(*some)
    kept = np.random.default_rng(4).random(len(found.element)) < 0.4
    without = descriptors.Environments(
        found.molecule[kept], found.element[kept], found.features[kept], found.n_molecules
    )
    weight = kept.astype(int)
    kernel = local_kernel(found, found, 1.0, (weight, weight))
    np.testing.assert_allclose(kernel, local_kernel(without, without, 1.0), rtol=1e-5)
    assert not local_kernel(found, found, 1.0, (0 * weight, weight)).any()


def test_a_molecule_twice_has_twice_the_kernel():
    """What is local adds up: two waters far apart are to water as two."""
    one, two = WATER[1], np.concatenate([WATER[1], WATER[1] + 90], axis=1)
    single = atom_environments(WATER[0], one)
    double = atom_environments(np.tile(WATER[0], 2), two)
    assert local_kernel(single, double, 1.0)[0, 0] == pytest.approx(2)
    assert local_kernel_diagonal(double, 1.0)[0] == pytest.approx(4)
    nothing = atom_environments(*HYDROGEN)
    assert len(nothing.element) == 0 and local_kernel(nothing, single, 1.0).tolist() == [[0]]


def test_sulfur_is_allowed_where_it_is_named():
    numbers, positions = np.array([[16, 1, 1]]), WATER[1] * 1.4
    with pytest.raises(ValueError, match="elements must hold all"):
        many_body_tensor(numbers, positions, 2)
    kinds, _ = tensor_axis(2, (1, 16))
    assert many_body_tensor(numbers, positions, 2, (1, 16))[0, kinds.index("H–S")].max() > 0
    assert atom_environments(numbers, positions, (1, 16)).element.tolist() == [16]


@pytest.mark.parametrize(
    "function", [coulomb_matrix, lambda n, p: many_body_tensor(n, p, 2), atom_environments]
)
@pytest.mark.parametrize(
    "numbers, positions, says",
    [
        ([8, 1, 1], WATER[1], "numbers"),
        ([[8, 1, 1.5]], WATER[1], "numbers"),
        ([[8, -1, 1]], WATER[1], "numbers"),
        (WATER[0], WATER[1][:, :2], "positions"),
        (WATER[0], np.where(WATER[1] == 0, np.nan, WATER[1]), "positions"),
        (WATER[0], 0 * WATER[1], "two atoms at one place"),
        (WATER[0], WATER[1].astype(str), "positions"),
    ],
)
def test_input_is_checked(function, numbers, positions, says):
    with pytest.raises(ValueError, match=says):
        function(numbers, positions)


@pytest.mark.parametrize(
    "call, says",
    [
        (lambda: many_body_tensor(*WATER, 4), "order"),
        (lambda: many_body_tensor(*WATER, 2, width=0), "width"),
        (lambda: many_body_tensor(*WATER, 2, decay=-1), "decay"),
        (lambda: many_body_tensor(*WATER, 2, elements=(1, 1, 8)), "elements"),
        (lambda: atom_environments(*WATER, reach=0.5), "reach"),
        (lambda: atom_environments(*WATER, radial_width=9), "radial_width"),
        (lambda: atom_environments(*WATER, angular_width=0), "angular_width"),
        (lambda: local_kernel(atom_environments(*WATER), atom_environments(*WATER), 0), "width"),
        (lambda: local_kernel(atom_environments(*WATER), atom_environments(*WATER, (1, 8)), 1), "features"),
        (lambda: local_kernel_diagonal(atom_environments(*WATER), -1), "width"),
        (lambda: local_kernel(atom_environments(*WATER), atom_environments(*WATER), 1, [1.0]), "pair"),
        (lambda: local_kernel(*[atom_environments(*WATER)] * 2, 1, ([1.0], [1.0, 2.0])), "heavy atom"),
        (lambda: local_kernel(*[atom_environments(*WATER)] * 2, 1, ([1.0], [np.nan])), "weights"),
        (lambda: local_kernel_diagonal(atom_environments(*WATER), 1, [[1.0]]), "weights"),
    ],
)
def test_settings_are_checked(call, says):
    with pytest.raises(ValueError, match=says):
        call()
