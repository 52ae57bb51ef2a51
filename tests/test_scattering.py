"""Scattering: Debye's formula against a turned molecule, Guinier, hydrogen by hand, and other people's tables."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from helpers import data, scattering

SEEDS = st.integers(0, 10**6)
few_examples = settings(max_examples=15, deadline=None)
EVEN = np.linspace(0.2, 8, 100)
GRIDS = {"even": EVEN, "uneven": np.geomspace(0.1, 8, 60), "from zero": np.linspace(0, 8, 41)}
each_grid = pytest.mark.parametrize("q", GRIDS.values(), ids=GRIDS)
SYMBOLS = ("C", "C", "O", "N", "H", "H", "H", "S")
BOHR = 0.529177210903


def molecule(seed, n=3):
    """Geometries like a molecule's: no two atoms nearer than 0.9 Å."""
    rng = np.random.default_rng(seed)
    lattice = np.stack(np.meshgrid(*[np.arange(3)] * 3), -1).reshape(-1, 3)
    places = np.array([rng.permutation(lattice)[: len(SYMBOLS)] for _ in range(n)])
    return 1.4 * places + rng.uniform(-0.14, 0.14, (n, len(SYMBOLS), 3))


def debye(positions, factors, q):
    """The formula as it is written."""
    r = np.linalg.norm(positions[:, :, None] - positions[:, None], axis=-1)
    return np.einsum("iq,jq,nijq->nq", factors, factors, np.sinc(r[..., None] * q / np.pi))


def p2(x):
    return 1.5 * x**2 - 0.5


@each_grid
@few_examples
@given(seed=SEEDS)
def test_the_formula_as_it_is_written(q, seed):
    positions, factors = molecule(seed), scattering.form_factors(SYMBOLS, q)
    np.testing.assert_allclose(
        scattering.intensity(positions, factors, q), debye(positions, factors, q), rtol=1e-12
    )


@few_examples
@given(seed=SEEDS, n_q=st.integers(1, 200), start=st.floats(0, 3))
def test_the_quick_way_is_the_slow_way(seed, n_q, start):
    """A grid moved by nothing at one place is no longer even; atoms far apart and nearly at one place included."""
    q = start + 0.05 * np.arange(n_q)
    positions = molecule(seed)
    positions[1] *= 20
    positions[2, 1] = positions[2, 0] + 1e-4
    factors, axis = scattering.form_factors(SYMBOLS, q), [0.3, -0.2, 1]
    for function in (
        scattering.intensity,
        scattering.jacobian,
        lambda *a: scattering.anisotropic(*a, axis),
    ):
        ways = []
        for even in (scattering._even, lambda q: False):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(scattering, "_even", even)
                ways.append(function(positions, factors, q))
        np.testing.assert_allclose(*ways, rtol=1e-11, atol=1e-11 * np.abs(ways[1]).max())
    assert n_q == 1 or scattering._even(q)


@each_grid
@few_examples
@given(seed=SEEDS)
def test_a_moved_turned_mirrored_or_relisted_molecule_scatters_alike(q, seed):
    rng, factors = np.random.default_rng(seed), scattering.form_factors(SYMBOLS, q)
    positions = molecule(seed)
    turn = Rotation.random(random_state=seed).as_matrix() * rng.choice([-1, 1])
    moved = positions @ turn.T + rng.uniform(-9, 9, 3)
    order = rng.permutation(len(SYMBOLS))
    first = scattering.intensity(positions, factors, q)
    np.testing.assert_allclose(scattering.intensity(moved, factors, q), first, rtol=1e-11)
    np.testing.assert_allclose(
        scattering.intensity(positions[:, order], factors[order], q), first, rtol=1e-12
    )
    swapped = positions[:, [1, 0, 2, 3, 5, 6, 4, 7]]  # like atoms
    np.testing.assert_allclose(scattering.intensity(swapped, factors, q), first, rtol=1e-12)
    # a molecule's axis turns with it; the Jacobian does, too
    second = scattering.anisotropic(positions, factors, q, [0, 0, 2.0])
    np.testing.assert_allclose(scattering.anisotropic(moved, factors, q, turn @ [0, 0, 1]), second, atol=1e-9)
    np.testing.assert_allclose(
        scattering.jacobian(moved, factors, q),
        scattering.jacobian(positions, factors, q) @ turn.T,
        atol=1e-9,
    )


@few_examples
@given(seed=SEEDS)
def test_limits(seed):
    """I(0) = (Σf)², beyond all distances Σf² but for Σf²/(qr), between them at least 0; S2(0) = 0."""
    positions, charge = molecule(seed), np.array([6.0, 6, 8, 7, 1, 1, 1, 16])
    q = np.linspace(0, 20, 201)
    constant = np.repeat(charge[:, None], len(q), axis=1)
    pattern = scattering.intensity(positions, constant, q)
    np.testing.assert_allclose(pattern[:, 0], charge.sum() ** 2, rtol=1e-14)
    assert np.all(scattering.intensity(positions, scattering.form_factors(SYMBOLS, q), q) > 0)
    assert np.all(pattern > 0)
    wide = scattering.intensity(1e7 * positions, constant, q)[:, 1:]
    np.testing.assert_allclose(wide, (charge**2).sum(), rtol=1e-5)
    second = scattering.anisotropic(positions, constant, q, [0, 0, 1])
    np.testing.assert_allclose(second[:, 0], 0, atol=1e-100)
    assert np.all(np.abs(scattering.jacobian(positions, constant, q)[:, 0]) < 1e-12)
    # molecules lie across or along the polarisation at most: no such pattern is negative anywhere
    for alignment in (-0.2, 0.4):
        for along in (-0.5, 1):
            assert np.all(pattern + alignment * along * second > 0)


@few_examples
@given(seed=SEEDS)
def test_guinier(seed):
    """I = I(0) (1 - q² Rg²/3 + …), the radius of gyration weighted by the factors."""
    positions, charge = molecule(seed), np.array([6.0, 6, 8, 7, 1, 1, 1, 16])
    q = np.array([1e-3, 3e-3])
    pattern = scattering.intensity(positions, np.repeat(charge[:, None], 2, axis=1), q)
    centre = (charge[:, None] * positions).sum(axis=1, keepdims=True) / charge.sum()
    square = (charge * ((positions - centre) ** 2).sum(axis=2)).sum(axis=1) / charge.sum()
    np.testing.assert_allclose(
        3 * (1 - pattern / charge.sum() ** 2) / q**2, np.stack([square] * 2, 1), rtol=1e-4
    )


@each_grid
@few_examples
@given(seed=SEEDS)
def test_jacobian_is_the_slope(q, seed):
    positions, factors = molecule(seed, 1), scattering.form_factors(SYMBOLS, q)
    answers = scattering.jacobian(positions, factors, q)
    assert answers.shape == (1, len(q), len(SYMBOLS), 3)
    np.testing.assert_allclose(answers.sum(axis=2), 0, atol=1e-10)  # a moved molecule scatters alike
    step = 1e-4
    moves = step * np.eye(3 * len(SYMBOLS)).reshape(-1, len(SYMBOLS), 3)
    slope = scattering.intensity(positions + moves, factors, q) - scattering.intensity(
        positions - moves, factors, q
    )
    np.testing.assert_allclose(
        answers[0].reshape(len(q), -1).T, slope / (2 * step), atol=2e-6 * answers.max()
    )


@pytest.mark.parametrize("alignment", [-0.2, 0.0, 0.4])
def test_debye_and_the_aligned_pattern_against_turned_molecules(alignment):
    """The square of the amplitude, averaged over axes with density 1 + 5 ⟨P2⟩ P2(cos) and turns about them."""
    positions, axis = molecule(7, 1)[0], np.array([1.0, -2, 0.5])
    q = np.linspace(0.3, 3, 5)
    factors = scattering.form_factors(SYMBOLS, q)
    tilt, weight = np.polynomial.legendre.leggauss(24)
    weight = weight / 2 * (1 + 5 * alignment * p2(tilt))
    assert abs(weight.sum() - 1) < 1e-12 and abs((weight * p2(tilt)).sum() - alignment) < 1e-12
    upright = Rotation.align_vectors([[0, 0, 1]], [axis])[0]  # its axis along z, the polarisation
    around = Rotation.from_euler("z", np.arange(40)[:, None] * 2 * np.pi / 40)
    about_axis = (around * upright).as_matrix() @ positions.T
    turned = np.einsum(
        "tij,cja->tcia", Rotation.from_euler("y", np.arccos(tilt)[:, None]).as_matrix(), about_axis
    )
    first = scattering.intensity([positions], factors, q)[0]
    second = scattering.anisotropic([positions], factors, q, axis)[0]
    for angle in (0.0, 0.5, np.pi / 2):
        # to turn q about the polarisation is to turn the molecule the other way
        ways = around.apply([np.sin(angle), 0, np.cos(angle)])
        phase = np.einsum("tcia,wi->tcwa", turned, ways)
        for k in range(len(q)):
            power = np.abs(np.exp(1j * q[k] * phase) @ factors[:, k]) ** 2
            expected = first[k] + alignment * p2(np.cos(angle)) * second[k]
            np.testing.assert_allclose(weight @ power.mean(axis=(1, 2)), expected, rtol=1e-10)


def test_two_atoms_by_hand():
    """I0 = 2 f² (1 + sin(q r)/(q r)); S2 with the pair along the axis -10 f² j2(q r), across it minus a half of that."""
    q, r = np.array([0.05, 1.0, 3.0]), 1.5
    x = q * r
    bessel = (3 / x**3 - 1 / x) * np.sin(x) - 3 * np.cos(x) / x**2
    positions, factors = np.array([[[0, 0, 0], [0, 0, r]]]), np.full((2, 3), 2.0)
    np.testing.assert_allclose(
        scattering.intensity(positions, factors, q)[0], 8 * (1 + np.sin(x) / x), rtol=1e-14
    )
    along = scattering.anisotropic(positions, factors, q, [0, 0, 1])
    np.testing.assert_allclose(along[0], -40 * bessel, rtol=1e-10)
    np.testing.assert_allclose(scattering.anisotropic(positions, factors, q, [[3, 0, 0]]), -along / 2)


def test_one_atom_and_no_molecule():
    factors = scattering.form_factors(["O"], EVEN)
    np.testing.assert_array_equal(
        scattering.intensity(np.zeros((2, 1, 3)), factors, EVEN), [factors[0] ** 2] * 2
    )
    assert not scattering.jacobian(np.zeros((2, 1, 3)), factors, EVEN).any()
    assert not scattering.anisotropic(np.zeros((2, 1, 3)), factors, EVEN, [1, 0, 0]).any()


def test_hydrogen_by_hand():
    """f = 1 / (1 + (q a0 / 2)²)², S = 1 - f², and electrons see (2 / a0 q²) (1 - f), a0 at q = 0."""
    q = np.linspace(0, 20, 401)
    exact = 1 / (1 + (q * BOHR / 2) ** 2) ** 2
    np.testing.assert_allclose(scattering.form_factors(["H"], q)[0], exact, atol=5e-4)
    np.testing.assert_allclose(scattering.compton(["H"], q), 1 - exact**2, atol=5e-4)
    electrons = scattering.electron_factors(["H"], q)[0]
    np.testing.assert_allclose(electrons[1:], 2 / BOHR * (1 - exact[1:]) / q[1:] ** 2, atol=0.01)
    assert abs(electrons[0] / BOHR - 1) < 0.02


def test_published_electron_factors():
    """Sums of Gaussians of Peng et al., Acta Cryst. A52 (1996) 257 (International Tables C, table 4.3.2.2)."""
    published = {
        "C": (
            [0.0893, 0.2563, 0.7570, 1.0487, 0.3575],
            [0.2465, 1.7100, 6.4094, 18.6113, 50.2523],
        ),
        "N": (
            [0.1022, 0.3219, 0.7982, 0.8197, 0.1715],
            [0.2451, 1.7481, 6.1925, 17.3894, 48.1431],
        ),
        "O": (
            [0.0974, 0.2921, 0.6910, 0.6990, 0.2039],
            [0.2067, 1.3815, 4.6943, 12.7105, 32.4726],
        ),
        "S": (
            [0.2497, 0.5628, 1.3899, 2.1865, 0.7715],
            [0.2681, 1.6711, 7.0267, 19.5377, 50.3888],
        ),
    }
    q = np.linspace(0, 12, 61)
    for symbol, (a, b) in published.items():
        wanted = np.array(a) @ np.exp(-np.outer(b, (q / (4 * np.pi)) ** 2))
        np.testing.assert_allclose(scattering.electron_factors([symbol], q)[0], wanted, rtol=0.02)


def test_all_electrons_scatter_somehow():
    """At q = 0 all of them elastically, at large q each alone."""
    number = {row[0]: int(row[1]) for row in scattering._table("waasmaier_kirfel")[1:]}
    assert set(number) == set(scattering._elements()) and {"H", "C", "N", "O", "F", "S"} <= set(number)
    for symbol, z in number.items():
        assert abs(scattering.form_factors([symbol], [0.0])[0, 0] - z) < 0.004 * max(z, 1) ** 0.5
        incoherent = scattering.compton([symbol], np.linspace(0, 20, 201))
        assert incoherent[0] == 0 and np.all(np.diff(incoherent) >= 0) and incoherent[-1] <= z
        if z <= 9:
            assert incoherent[-1] > 0.9 * z
    both = scattering.compton(["C", "H", "H"], EVEN)
    np.testing.assert_allclose(
        both, scattering.compton(["C"], EVEN) + 2 * scattering.compton(["H"], EVEN), rtol=1e-14
    )


def test_ase_debye_with_the_atomic_numbers():
    ase, xrdebye = pytest.importorskip("ase"), pytest.importorskip("ase.utils.xrdebye")
    positions = molecule(11, 1)
    atoms = ase.Atoms(SYMBOLS, positions[0])
    factors = np.repeat(atoms.numbers[:, None].astype(float), len(EVEN), axis=1)
    theirs = xrdebye.XrDebye(atoms, 1.0, damping=0, method=None).calc_pattern(EVEN, mode="SAXS")
    np.testing.assert_allclose(scattering.intensity(positions, factors, EVEN)[0], theirs, rtol=1e-12)


@pytest.mark.parametrize("judge", ["periodictable", "xraydb"])
def test_form_factors_are_those_of_other_tables(judge):
    library = pytest.importorskip(judge)
    q = np.linspace(0, 20, 201)
    for symbol in scattering._elements():
        if judge == "xraydb":
            theirs = library.f0(symbol, q / (4 * np.pi))
        else:
            theirs = __import__("periodictable.cromermann").cromermann.fxrayatq(symbol, q)
        np.testing.assert_allclose(scattering.form_factors([symbol], q)[0], theirs, rtol=1e-12)


def test_compton_is_xraylibs():
    """The table's rows, and what lies between them."""
    library = pytest.importorskip("xraylib")
    q = np.linspace(0.05, 20, 700)
    for symbol in scattering._elements():
        z = library.SymbolToAtomicNumber(symbol)
        theirs = [library.SF_Compt(z, one / (4 * np.pi)) for one in q]
        np.testing.assert_allclose(scattering.compton([symbol], q), theirs, atol=1e-3 * z)


def pattern(alignment=0.4):
    factors = scattering.form_factors(SYMBOLS, EVEN)
    first = scattering.intensity(molecule(3, 1), factors, EVEN)
    return first, scattering.anisotropic(molecule(3, 1), factors, EVEN, [0, 0, 1]), alignment


def test_an_image_has_the_patterns_mean_and_poissons_spread():
    first, second, alignment = pattern()
    n, photons = 400, 2e5
    rng = np.random.default_rng(1)
    images = scattering.detector_image(
        np.repeat(first, n, axis=0), np.repeat(second, n, axis=0), EVEN, alignment, photons, 32, rng=rng
    )
    assert images.shape == (n, 32, 32) and images.dtype == np.int64
    q, angle = scattering.pixels(32, 8.0)
    wanted = np.interp(q, EVEN, first[0]) + alignment * p2(np.cos(angle)) * np.interp(q, EVEN, second[0])
    wanted *= (q >= 0.2) & (q <= 8)
    wanted *= photons / wanted.sum()
    dark = wanted == 0
    assert np.all(images[:, dark] == 0) and dark[0, 0] and not dark[16, 0]
    pull = (images.mean(axis=0) - wanted)[~dark] / np.sqrt(wanted[~dark] / n)
    assert abs(pull.mean()) < 4 / np.sqrt(len(pull)) and abs(pull.std() - 1) < 0.15
    spread = images.var(axis=0)[~dark] / wanted[~dark]
    assert abs(spread.mean() - 1) < 0.02
    assert abs(images.sum() / (n * photons) - 1) < 5 / np.sqrt(n * photons)
    few = scattering.detector_image(first, second, EVEN, alignment, [0], 32, rng=rng)
    assert few.sum() == 0


def test_places_of_pixels():
    q, angle = scattering.pixels(5, 10.0)
    np.testing.assert_allclose(q[2], [8, 4, 0, 4, 8])
    np.testing.assert_allclose(q, q.T)
    np.testing.assert_allclose(np.cos(angle[[0, 4, 2, 2], [2, 2, 0, 4]]), [1, -1, 0, 0], atol=1e-15)
    np.testing.assert_allclose(scattering.pixels(2, 1.0)[0], np.full((2, 2), 0.5**0.5))


@pytest.mark.parametrize(
    "call, word",
    [
        (lambda: scattering.form_factors("CH", EVEN), "symbols"),
        (lambda: scattering.form_factors(["C", "Xx"], EVEN), "symbols"),
        (lambda: scattering.form_factors(["C"], [21.0]), "q must be"),
        (lambda: scattering.electron_factors(["C"], [-1.0]), "q must be"),
        (lambda: scattering.compton(["C"], 1.0), "q must have"),
        (lambda: scattering.intensity(np.zeros((2, 3)), np.ones((2, 1)), [1.0]), "positions"),
        (lambda: scattering.intensity(np.zeros((1, 2, 2)), np.ones((2, 1)), [1.0]), "factors"),
        (lambda: scattering.intensity(np.zeros((1, 2, 3)), np.ones((3, 1)), [1.0]), "factors"),
        (lambda: scattering.jacobian(np.zeros((1, 2, 3)), np.ones((2, 2)), [1.0]), "factors"),
        (lambda: scattering.jacobian([[[np.nan] * 3] * 2], np.ones((2, 1)), [1.0]), "positions"),
        (lambda: scattering.anisotropic(np.ones((1, 2, 3)), np.ones((2, 1)), [1.0], [0, 0, 0]), "axis"),
        (lambda: scattering.anisotropic(np.ones((1, 2, 3)), np.ones((2, 1)), [1.0], np.eye(3)), "axis"),
        (lambda: scattering.pixels(1, 8.0), "n_pixels"),
        (lambda: scattering.pixels(8, 0.0), "highest_q"),
    ],
)
def test_wrong_input_is_said(call, word):
    with pytest.raises(ValueError, match=word):
        call()


def test_wrong_input_of_an_image_is_said():
    first, second, alignment = pattern()
    good = {"q": EVEN, "p2": alignment, "photons": 10, "n_pixels": 8, "rng": np.random.default_rng(1)}
    for wrong, word in (
        ({"q": EVEN[::-1]}, "rising"),
        ({"q": EVEN[1:]}, "shape"),
        ({"q": np.full(100, 1.0)}, "rising"),
        ({"p2": 1.1}, "p2"),
        ({"photons": -1}, "photons"),
        ({"rng": 3}, "rng"),
    ):
        with pytest.raises(ValueError, match=word):
            scattering.detector_image(first, second, **(good | wrong))
    with pytest.raises(ValueError, match="too large for these two terms"):
        scattering.detector_image(first, 6 * first, **good)


# --- against molecules' own electrons ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def computed():
    with np.load(data.shipped("ab_initio_pattern/patterns.npz")) as stored:
        return dict(stored)


def test_neon_scatters_as_hartree_and_fock_have_it(computed):
    factor = scattering.form_factors(["Ne"], computed["q"])[0]
    assert np.abs(factor - np.sqrt(computed["neon"])).max() < 0.006


@pytest.mark.parametrize(
    ("symbol", "length", "least", "most"), [("H", 0.7414, 0.5, 0.65), ("N", 1.0977, 0.05, 0.07)]
)
def test_free_atoms_are_not_bonded_ones(computed, symbol, length, least, most):
    """Hydrogen's cloud is drawn together, nitrogen's drawn between the atoms; forwards all electrons count."""
    pattern = computed["hydrogen" if symbol == "H" else "nitrogen"]
    q = computed["q"]
    atoms = scattering.intensity([[[0, 0, 0], [0, 0, length]]], scattering.form_factors([symbol] * 2, q), q)[
        0
    ]
    assert least < np.abs(atoms / pattern - 1).max() < most
    assert abs(atoms[0] / pattern[0] - 1) < 0.005


def test_where_the_independent_atoms_fail(computed):
    """A tenth of the pattern; most of it is the same at every geometry, and a quarter of the changes is not right."""
    q, positions, pattern = (computed[key] for key in ("q", "positions", "hartree_fock"))
    atoms = scattering.intensity(positions, scattering.form_factors(computed["symbols"].tolist(), q), q)
    off = atoms[0] / pattern[0] - 1
    assert 0.12 < np.abs(off).max() < 0.16 and abs(off[0]) < 0.004
    assert 2 < q[np.abs(off).argmax()] < 5
    change, wanted = ((x[1:] - x[0]) / x[0] for x in (atoms, pattern))
    assert np.corrcoef(change.ravel(), wanted.ravel())[0, 1] == pytest.approx(0.969, abs=0.003)
    left = np.mean((change - wanted) ** 2) / np.mean(wanted**2)
    assert np.sqrt(left) == pytest.approx(0.271, abs=0.005)


def test_two_levels_of_theory_agree_better_than_either_with_atoms(computed):
    q, first, second = (computed[key] for key in ("q", "hartree_fock", "pbe0"))
    few = len(second)
    factors = scattering.form_factors(computed["symbols"].tolist(), q)
    atoms = scattering.intensity(computed["positions"][:few], factors, q)
    assert np.abs(second / first[:few] - 1).max() < 0.03 < 0.12 < np.abs(atoms / first[:few] - 1).max()
    of_first, of_second, of_atoms = ((x[1:few] - x[0]) / x[0] for x in (first, second, atoms))
    size = np.std(of_first)
    assert np.std(of_second - of_first) < 0.05 * size < 0.12 * size < np.std(of_atoms - of_first)
