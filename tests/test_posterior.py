import dataclasses

import numpy as np
import pytest
from scipy import stats

from helpers import pools, posterior, scattering

Q = np.linspace(0.2, 8, 100)
CHD = "1,3-cyclohexadiene"


@pytest.fixture(scope="module")
def isotropic():
    return posterior.Problem(pools.molecule(CHD), Q, 1e-3)


@pytest.fixture(scope="module")
def aligned():
    return posterior.Problem(pools.molecule(CHD), Q[:60], 1e-3, p2=0.5)


@pytest.fixture(scope="module")
def furan():
    return posterior.Problem(pools.molecule("furan"), Q, 1e-3)


@pytest.fixture(params=["isotropic", "aligned"])
def either(request):
    return request.getfixturevalue(request.param)


def measured(problem, z, rng):
    return problem.pattern(z) + problem.sigma * rng.standard_normal((len(z), problem.n_data))


# --- what a pattern says --------------------------------------------------------------------------------------


def test_the_noise_is_a_share_of_the_priors_mean(isotropic, aligned):
    at = pools.wigner(isotropic.molecule, 4000, rng=np.random.default_rng(1))
    factors = scattering.form_factors(isotropic.molecule.symbols, Q)
    mean = scattering.intensity(at, factors, Q).mean(axis=0)
    np.testing.assert_allclose(isotropic.sigma, 1e-3 * mean, rtol=3e-3)
    assert (isotropic.n_data, aligned.n_data, isotropic.n_modes) == (100, 120, 36)
    np.testing.assert_allclose(aligned.sigma[:60], isotropic.sigma[:60])
    np.testing.assert_allclose(aligned.sigma[60:], np.sqrt(5) * isotropic.sigma[:60] / 0.5)


def test_a_flat_detector_has_the_noise_that_the_class_states():
    """Unit noise at angles all round a circle, fitted by a constant and P2: 1.89; over a sphere √5."""
    angle = np.linspace(0, 2 * np.pi, 360, endpoint=False)
    for weight, wanted in ((np.ones(360), 1.886), (np.abs(np.sin(angle)), np.sqrt(5))):
        terms = np.stack([np.ones(360), 1.5 * np.cos(angle) ** 2 - 0.5])
        covariance = np.linalg.inv((weight * terms) @ terms.T / weight.sum())
        assert np.sqrt(covariance[1, 1]) == pytest.approx(wanted, abs=2e-3)


def test_compressed_noise_is_standard_and_independent(either):
    unit = np.concatenate([np.zeros((1, either.n_data)), np.diag(either.sigma)])
    none, *each = either.compress(unit)
    directions = np.array(each) - none
    assert directions.shape[1] < 0.4 * either.n_data
    np.testing.assert_allclose(directions.T @ directions, np.eye(directions.shape[1]), atol=1e-9)


def test_the_compressed_likelihood_is_the_direct_one_but_for_a_constant(either):
    rng = np.random.default_rng(2)
    truth = rng.standard_normal((1, either.n_modes))
    data = measured(either, truth, rng)
    z = truth + 0.1 * rng.standard_normal((200, either.n_modes))
    direct = -0.5 * (((either.pattern(z) - data) / either.sigma) ** 2).sum(axis=1)
    found, _ = either.log_likelihood(z, either.compress(data))
    assert np.std(direct) > 100
    assert np.ptp(direct - found) < 0.02 * np.std(direct)
    near = direct > direct.max() - 50
    assert near.sum() > 5 and np.std((direct - found)[near]) < 0.05


def test_the_compressed_likelihood_holds_over_the_whole_prior(either):
    rng = np.random.default_rng(3)
    z = rng.standard_normal((300, either.n_modes))
    data = measured(either, z, rng)
    direct = -0.5 * (((either.pattern(z[::-1]) - data) / either.sigma) ** 2).sum(axis=1)
    found, _ = either.log_likelihood(z[::-1], either.compress(data))
    # what is left out of the noise is chi-squared of all numbers less those that are kept
    lost = either.n_data - either.compress(data).shape[1]
    np.testing.assert_allclose(
        direct - found, -lost / 2, atol=6 * np.sqrt(lost / 2) + 1e-3 * np.abs(direct).max()
    )


def test_the_gradient_is_that_of_differences(either):
    rng = np.random.default_rng(4)
    z = rng.standard_normal((4, either.n_modes))
    seen = either.compress(measured(either, z + 0.2, rng))
    _, gradient = either.log_likelihood(z, seen)
    step, found = 1e-5, np.empty_like(gradient)
    for k in range(either.n_modes):
        change = step * np.eye(either.n_modes)[k]
        after, before = (either.log_likelihood(z + sign * change, seen)[0] for sign in (1, -1))
        found[:, k] = (after - before) / (2 * step)
    np.testing.assert_allclose(gradient, found, atol=2e-5 * np.abs(found).max())


def test_one_pattern_may_serve_for_all(isotropic):
    rng = np.random.default_rng(5)
    z = rng.standard_normal((3, isotropic.n_modes))
    seen = isotropic.compress(measured(isotropic, z[:1], rng))
    for one, many in zip(
        isotropic.log_likelihood(z, seen),
        isotropic.log_likelihood(z, np.repeat(seen, 3, axis=0)),
        strict=True,
    ):
        np.testing.assert_array_equal(one, many)


def test_slopes_are_the_jacobian_along_the_modes(isotropic, aligned):
    z = np.random.default_rng(6).standard_normal((3, isotropic.n_modes))
    moves = pools.displacements(isotropic.molecule, 300)
    factors = scattering.form_factors(isotropic.molecule.symbols, Q)
    wanted = np.einsum("nqax,max->nqm", scattering.jacobian(isotropic.positions(z), factors, Q), moves)
    wanted /= isotropic.sigma[:, None]
    np.testing.assert_allclose(isotropic.slopes(z), wanted, atol=1e-5 * np.abs(wanted).max())
    np.testing.assert_allclose(aligned.slopes(z)[:, :60], wanted[:, :60], atol=1e-5 * np.abs(wanted).max())


def test_slopes_are_what_the_gradient_answers(either):
    """The gradient of -|J (z - truth)|²/2 is -J^T J (z - truth), for z so near that J is one."""
    rng = np.random.default_rng(7)
    truth = rng.standard_normal((1, either.n_modes))
    change = 1e-3 * rng.standard_normal(either.n_modes)
    _, gradient = either.log_likelihood(truth + change, either.compress(either.pattern(truth)))
    slopes = either.slopes(truth)[0]
    wanted = -slopes.T @ slopes @ change
    np.testing.assert_allclose(gradient[0], wanted, atol=0.03 * np.abs(wanted).max())


def test_fisher_is_the_slopes_square_over_the_prior(either):
    slopes = either.slopes(np.random.default_rng(8).standard_normal((64, either.n_modes)))
    wanted = np.einsum("nam,nak->mk", slopes, slopes) / 64
    fisher = either.fisher
    np.testing.assert_allclose(fisher, fisher.T, rtol=1e-12, atol=1e-9)
    assert np.trace(fisher) == pytest.approx(np.trace(wanted), rel=0.1)
    assert np.linalg.norm(fisher - wanted) < 0.2 * np.linalg.norm(wanted)


# --- symmetry ---------------------------------------------------------------------------------------------------


def test_a_geometrys_image_has_the_same_pattern_and_the_same_prior(either):
    molecule = either.molecule
    z = np.random.default_rng(9).standard_normal((3, either.n_modes))
    rows = pools.symmetries(molecule)
    assert len(rows) == len(either.images) == 2
    reference, moves = molecule.positions, pools.displacements(molecule, 300)
    # the exchange of atoms, turned back onto the minimum, is another geometry of the same modes
    left, _, right = np.linalg.svd(reference[rows[1]].T @ reference)
    images = either.positions(z)[:, rows[1]] @ (left @ right)
    flat = (moves * molecule.masses[:, None] ** 0.5).reshape(either.n_modes, -1)
    change = ((images - reference) * molecule.masses[:, None] ** 0.5).reshape(3, -1)
    image = np.linalg.lstsq(flat.T, change.T, rcond=None)[0].T
    np.testing.assert_allclose(either.positions(image), images, atol=1e-3)
    np.testing.assert_allclose((image**2).sum(axis=1), (z**2).sum(axis=1), rtol=1e-3)
    assert np.abs(image - z).max() > 1
    assert np.abs((either.pattern(image) - either.pattern(z)) / either.sigma).max() < 0.1
    exchanged = next(row for row in either.images if np.any(row != np.arange(len(row))))
    np.testing.assert_allclose(either.distances(image), either.distances(z)[:, exchanged], atol=1e-3)


def test_the_mean_is_over_all_images(furan):
    z = np.random.default_rng(10).standard_normal((50, furan.n_modes))
    mean, covariance = furan.mean(z)
    distances = furan.distances(z)
    everything = np.concatenate([distances[:, row] for row in furan.images])
    np.testing.assert_allclose(mean, everything.mean(axis=0))
    np.testing.assert_allclose(covariance, (everything - mean).T @ (everything - mean) / 100)
    for row in furan.images:  # what cannot be told apart has one mean
        np.testing.assert_allclose(mean, mean[row])


def test_the_ceiling_is_one_where_all_atoms_differ():
    problem = posterior.Problem(pools.molecule("imidazole"), Q[::10], 1e-3)
    assert len(problem.images) == 1
    z = np.random.default_rng(11).standard_normal((100, problem.n_modes))
    assert posterior.ceiling(problem.distances(z), problem.images) == 1


def test_the_ceiling_of_two_exchanged_distances():
    """Independent and alike: their mean keeps half of the variance. One number twice: all. Opposite: none."""
    one, other = np.random.default_rng(12).standard_normal((2, 20_000))
    for second, wanted in ((other, 0.5), (one, 1), (-one, 0)):
        distances = 2 + np.stack([one, second], axis=1)
        assert posterior.ceiling(distances, [[0, 1], [1, 0]]) == pytest.approx(wanted, abs=0.01)


def test_the_ceiling_of_cyclohexadiene(isotropic):
    z = np.random.default_rng(13).standard_normal((20_000, isotropic.n_modes))
    assert posterior.ceiling(isotropic.distances(z), isotropic.images) == pytest.approx(0.594, abs=0.006)


# --- sampling problems whose answer is known --------------------------------------------------------------------


def test_without_information_the_posterior_is_the_prior():
    problem = posterior.Problem(pools.molecule("furan"), Q, 10.0)
    rng = np.random.default_rng(14)
    data = measured(problem, np.zeros((1, problem.n_modes)), rng)
    found = problem.sample(data[0], 4000, rng=rng)
    assert found.n_steps == 1 and found.acceptance > 0.5
    level = problem.log_likelihood(np.zeros((1, problem.n_modes)), problem.compress(data))[0][0]
    assert found.log_evidence == pytest.approx(level, abs=0.02)
    assert np.abs(found.z.mean(axis=0)).max() < 5 / np.sqrt(4000)
    assert np.abs(np.cov(found.z.T) - np.eye(problem.n_modes)).max() < 6 / np.sqrt(4000)


@pytest.mark.parametrize(("p2", "noise"), [(0.0, 2e-5), (1.0, 5e-5)])
def test_a_linear_problem_has_the_gaussian_answer(p2, noise):
    """A molecule so heavy that it hardly moves, measured with as much less noise."""
    molecule = pools.molecule("furan")
    molecule = dataclasses.replace(molecule, masses=1e5 * molecule.masses)
    problem, rng = posterior.Problem(molecule, Q, noise, p2=p2), np.random.default_rng(15)
    truth = rng.standard_normal((1, problem.n_modes))
    data = measured(problem, truth, rng)
    slopes = problem.slopes(np.zeros((1, problem.n_modes)))[0]
    covariance = np.linalg.inv(np.eye(problem.n_modes) + slopes.T @ slopes)
    start = problem.pattern(np.zeros((1, problem.n_modes)))
    mean = covariance @ slopes.T @ ((data - start) / problem.sigma)[0]
    compressed = problem.compress(problem.sigma * slopes.T) - problem.compress(np.zeros((1, problem.n_data)))
    off = (problem.compress(data) - problem.compress(start))[0]
    spread = np.eye(len(off)) + compressed.T @ compressed
    evidence = -0.5 * (off @ np.linalg.solve(spread, off) + np.linalg.slogdet(spread)[1])
    size = np.linalg.eigvalsh(covariance)
    assert size[0] < 0.05 and size[-1] > 0.9  # some of it is seen sharply, some not at all

    found = problem.sample(data[0], 1000, rng=rng)
    assert found.log_evidence == pytest.approx(evidence, abs=0.5)
    assert found.n_steps > 5 and 0.6 < found.acceptance < 0.95
    # in the posterior's own directions it is a standard normal
    turned = np.linalg.solve(np.linalg.cholesky(covariance), (found.z - mean).T)
    assert np.abs(turned.mean(axis=1)).max() < 0.2
    assert np.abs(np.cov(turned) - np.eye(problem.n_modes)).max() < 0.3


def test_a_move_leaves_the_posterior_as_it_is(furan):
    """From the prior at weight 0, and at a weight from many geometries of a sharp posterior: means stay."""
    rng = np.random.default_rng(16)
    z = rng.standard_normal((3000, furan.n_modes))
    seen = furan.compress(measured(furan, z[:1], rng))
    value, gradient = furan.log_likelihood(z, seen)
    for _ in range(5):
        z, value, gradient, accepted = furan.move(z, value, gradient, seen, 0.0, 0.4, rng=rng)
        assert 0.9 < accepted.mean() <= 1
    assert np.abs(z.mean(axis=0)).max() < 5 / np.sqrt(3000)
    assert np.abs(z.var(axis=0) - 1).max() < 6 * np.sqrt(2 / 3000)
    again, slope = furan.log_likelihood(z, seen)
    np.testing.assert_allclose(value, again, rtol=1e-9)
    np.testing.assert_allclose(gradient, slope, rtol=1e-9, atol=1e-9 * np.abs(slope).max())


def test_sampling_is_the_same_from_the_same_seed(furan):
    data = furan.pattern(np.ones((1, furan.n_modes)))[0]
    first, second, other = (furan.sample(data, 20, 1, rng=np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.z, second.z)
    assert first.log_evidence == second.log_evidence != other.log_evidence
    assert first.z.shape == (20, furan.n_modes)


def test_the_posterior_is_calibrated(furan):
    """Over structures drawn from the prior, the truth is one of the posterior's members, and errs as they say."""
    rng = np.random.default_rng(17)
    truths = rng.standard_normal((30, furan.n_modes))
    patterns = measured(furan, truths, rng)
    axes = np.linalg.svd(furan.distances(rng.standard_normal((2000, furan.n_modes))) - 2)[2][1:5]
    ranks, errors, variances, evidence = [], [], [], []
    for truth, pattern in zip(furan.distances(truths), patterns, strict=True):
        found = furan.sample(pattern, 100, rng=rng)
        distances = furan.distances(found.z)
        members = np.concatenate([distances[:, row] for row in furan.images])
        ranks.append((members @ axes.T < axes @ truth).mean(axis=0))
        mean, covariance = furan.mean(found.z)
        errors.append(((truth - mean) ** 2).sum())
        variances.append(np.trace(covariance))
        evidence.append(found.log_evidence)
    for rank in np.transpose(ranks):
        assert stats.kstest(rank, "uniform").pvalue > 0.01
    assert np.abs(np.ravel(ranks) - 0.5).mean() == pytest.approx(0.25, abs=0.04)
    difference = np.array(errors) - variances
    assert np.abs(difference.mean()) < 3 * difference.std() / np.sqrt(30)
    # and the posterior knows more than the prior, less than symmetry lets it
    prior = furan.distances(rng.standard_normal((4000, furan.n_modes)))
    everything = np.concatenate([prior[:, row] for row in furan.images])
    explained = 1 - np.mean(variances) / everything.var(axis=0).sum()
    assert 0.2 < explained < posterior.ceiling(prior, furan.images)


# --- at the door ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"molecule": "furan"}, "molecule must be a Molecule"),
        ({"q": [0.0, 1.0]}, "q must be above 0"),
        ({"q": [1.0, 30.0]}, "q must be at most 20"),
        ({"q": 1.0}, "q must have 1 dimension"),
        ({"noise": 0}, "noise must be above 0"),
        ({"noise": np.nan}, "noise must be finite"),
        ({"temperature": -1}, "temperature must be at least 0"),
        ({"lowest": 1e4}, "lowest must leave at least one mode"),
        ({"temperature": 3e4}, "lowest and temperature must keep the atoms"),
        ({"p2": 1.5}, "p2 must be at most 1"),
        ({"p2": -0.1}, "p2 must be at least 0"),
    ],
)
def test_a_wrong_problem_is_refused(change, says):
    given = {"molecule": pools.molecule("furan"), "q": Q[::20], "noise": 1e-3} | change
    with pytest.raises(ValueError, match=says):
        posterior.Problem(**given)


def test_wrong_inputs_are_refused(furan):
    good, rng = np.zeros((2, furan.n_modes)), np.random.default_rng(0)
    pattern = furan.pattern(good)
    seen = furan.compress(pattern)
    for method in (furan.positions, furan.distances, furan.pattern, furan.slopes, furan.mean):
        with pytest.raises(ValueError, match=r"z must have 21 columns, one a mode, got 20"):
            method(good[:, :-1])
        with pytest.raises(ValueError, match="z must have 2 dimension"):
            method(good[0])
    with pytest.raises(ValueError, match="patterns must have 100 columns, got 99"):
        furan.compress(pattern[:, :-1])
    with pytest.raises(ValueError, match="z must have 21 columns"):
        furan.log_likelihood(good[:, :-1], seen)
    with pytest.raises(ValueError, match="seen must have"):
        furan.log_likelihood(good, pattern)
    with pytest.raises(ValueError, match="seen must have"):
        furan.log_likelihood(np.zeros((3, furan.n_modes)), seen)
    for wrong, says in (
        ({"pattern": pattern}, "pattern must have 1 dimension"),
        ({"pattern": pattern[0, :-1]}, "patterns must have 100 columns"),
        ({"pattern": [None] * 100}, "pattern must be numbers"),
        ({"n": 1}, "n must be at least 2"),
        ({"n": 2.5}, "n must be a whole number"),
        ({"moves": 0}, "moves must be at least 1"),
        ({"rng": 1}, "rng must be a numpy.random.Generator"),
    ):
        with pytest.raises(ValueError, match=says):
            furan.sample(**({"pattern": pattern[0], "n": 10, "rng": rng} | wrong))


@pytest.mark.parametrize(
    ("distances", "images", "says"),
    [
        ([1.0, 2.0], [[0, 1]], "distances must have 2 dimension"),
        ([[1.0, 2.0]], [0, 1], "images must have 2 dimension"),
        ([[1.0, 2.0]], [[0, 2]], "images must be at most 1"),
        ([[1.0, 2.0]], [[0.5, 1]], "images must be a whole number"),
    ],
)
def test_a_wrong_ceiling_is_refused(distances, images, says):
    with pytest.raises(ValueError, match=says):
        posterior.ceiling(distances, images)


def test_what_moves_hydrogens_alone_exchanges_no_heavy_atoms():
    molecule = pools.molecule("cyclopentadiene")
    rows = posterior._exchanged(molecule)
    assert len(pools.symmetries(molecule)) == 4 and len(rows) == 2
    assert np.array_equal(rows[0], np.arange(rows.shape[1])) and np.any(rows[1] != rows[0])
