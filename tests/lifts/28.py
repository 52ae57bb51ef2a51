"""Stand-in inputs for what lesson 28 offers to lift, and what must be true afterwards."""

LIFTS = {
    "surprise": {
        "given": """
import keras
import numpy as np
from scipy import stats

N_VISIBLE, rng = 3, np.random.default_rng(5)
truth, answer = rng.normal(size=(7, 3)), 0.5 * rng.normal(size=(7, 9))  # 3 means, 6 of a triangle
""",
        "then": """
said = keras.ops.convert_to_numpy(surprise(truth.astype("float32"), answer.astype("float32")))
for one, wanted, row in zip(said, truth, answer):
    root = np.zeros((3, 3))
    root[np.tril_indices(3)] = row[3:]
    root[np.arange(3), np.arange(3)] = np.exp(root.diagonal())
    gaussian = stats.multivariate_normal(row[:3], np.linalg.inv(root.T @ root))
    assert np.isclose(one, -gaussian.logpdf(wanted) - 1.5 * np.log(2 * np.pi), atol=1e-4)
""",
    },
    "refine": {
        "given": """
import numpy as np


class Problem:  # two unknowns, and four bins that answer them along a curve
    n_modes, sigma = 2, np.full(4, 0.01)

    def pattern(self, z):
        a, b = z.T
        return np.column_stack([a, b, a * b, a + 0.3 * b**2])

    def slopes(self, z):
        a, b = z.T
        one, none = np.ones_like(a), np.zeros_like(a)
        rows = [[one, none], [none, one], [b, a], [one, 0.6 * b]]
        return np.array(rows).transpose(2, 0, 1) / self.sigma[:, None]


problem, rng = Problem(), np.random.default_rng(5)
z = rng.normal(size=(50, 2))
seen = problem.pattern(z) + problem.sigma * rng.normal(size=(50, 4))
""",
        "then": """
found = refine(problem, seen, np.zeros((50, 2)))
assert np.abs(found - z).max() < 0.1 and chi2(problem, seen, found).mean() < 1
""",
    },
}
