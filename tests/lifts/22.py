"""Stand-in inputs for what lesson 22 offers to lift, and what must be true afterwards."""

POSTERIOR = """
import numpy as np
from scipy import linalg

rng = np.random.default_rng(5)
place = np.sort(rng.uniform(0, 10, 60))
alike = np.exp(-0.5 * (place[:, None] - place) ** 2)
value = np.linalg.cholesky(alike + 1e-2 * np.eye(60)) @ rng.normal(size=60)
flat = np.zeros(60)
"""
# what the lesson's cell of the same name defines, so that a lift can lean on it as on an import
FOUR_LINES = """

def posterior(mean, covariance, known, values, wanted, noise):
    across = covariance[np.ix_(known, wanted)]
    gain = linalg.solve(covariance[np.ix_(known, known)] + noise * np.eye(len(known)), across, assume_a="pos")
    return mean[wanted] + gain.T @ (values - mean[known]), covariance[np.ix_(wanted, wanted)] - across.T @ gain
"""
LEFT_OUT = """

def leave_one_out(mean, covariance, known, values, noise):
    inverse = linalg.inv(covariance[np.ix_(known, known)] + noise * np.eye(len(known)))
    return (inverse @ (values - mean[known])) / np.diag(inverse), 1 / np.diag(inverse)
"""

LIFTS = {
    "posterior": {
        "given": POSTERIOR,
        "then": """
known, wanted = np.arange(0, 60, 2), np.arange(1, 60, 2)
guess, left = posterior(flat, alike, known, value[known], wanted, 1e-2)
assert np.std(guess - value[wanted]) < 0.6 * np.std(value[wanted]) and (np.diag(left) > -1e-9).all()
error, stated = leave_one_out(flat, alike, known, value[known], 1e-2)
others = known[1:]
by_hand, variance = posterior(flat, alike, others, value[others], known[:1], 1e-2)
assert np.isclose(error[0], value[0] - by_hand[0]) and np.isclose(stated[0], variance[0, 0] + 1e-2)
""",
    },
    "calibrated": {
        "given": POSTERIOR + "wanted = 3 * value" + FOUR_LINES + LEFT_OUT,
        "then": """
labelled, pool = np.arange(0, 60, 2), np.arange(1, 60, 2)
(mean, covariance, left), factor = calibrated((flat, alike, 1e-2), labelled, pool)
inside = np.abs(wanted[pool] - mean) < factor * np.sqrt(np.diag(covariance) + left)
assert factor > 3 and inside.mean() > 0.7, "values three times as large as believed need a larger factor"
""",
    },
    "choose": {
        "given": POSTERIOR + "wanted = value" + FOUR_LINES,
        "then": """
order = choose((flat, alike, 1e-2), np.array([0, 30, 59]), np.arange(60), 0.5, n=15)
assert len(order) == len(set(order)) == 18 and np.argmax(value) in order
""",
    },
    "identify": {
        "given": """
import numpy as np
from scipy.spatial.distance import cdist

NOISE = 0.01
rng = np.random.default_rng(5)
pbe = rng.normal(size=(200, 3))
spectra = lambda levels, grid: levels[:, :1] + 0 * grid + np.sin(grid * levels[:, 1:2])
""",
        "then": """
grid = np.linspace(0, 3, 40)
errors = error_spectra(np.arange(100), np.array([1.0, 0.01, 0.0]) * rng.normal(size=(100, 3)), grid)
truth = spectra(pbe[100:], grid)
predicted = truth + rng.normal(size=(100, 1))
noise = 0.0001 * np.eye(40)
right = lambda covariance: np.mean(likelihood(truth, predicted, covariance).argmax(axis=1) == np.arange(100))
assert right(noise + errors.T @ errors / 100) > right(noise) + 0.2
assert np.allclose(np.diag(noise_matrix(np.full((2, 40), 3.0))), 0.0009)
""",
    },
    "temperature": {
        "given": """
import numpy as np
from scipy.special import logsumexp

rng = np.random.default_rng(5)
truth = rng.normal(size=(300, 4))
seen = truth + 0.5 * rng.normal(size=(300, 4))
""",
        "then": """
score = -0.5 * ((seen[:, None] - truth) ** 2).sum(axis=2) / 0.25
assert temperature(score) < 1.4 and 3 < temperature(5 * score) < 7
""",
    },
}
