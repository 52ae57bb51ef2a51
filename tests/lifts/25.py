"""Stand-in inputs for what lesson 25 offers to lift, and what must be true afterwards."""

LIFTS = {
    "linear-bayes": {
        "given": """
import numpy as np

rng = np.random.default_rng(5)
slopes = rng.normal(size=(40, 3)) * np.array([10.0, 1.0, 0.0])
""",
        "then": """
gain, covariance = linear_bayes(slopes)
z = rng.normal(size=(4000, 3))
off = z @ slopes.T + rng.normal(size=(4000, 40))
missed = off @ gain.T - z
assert np.allclose((missed**2).mean(axis=0), np.diag(covariance), rtol=0.15)
assert np.isclose(covariance[2, 2], 1), "what has no slope keeps its variance"
""",
    },
    "honesty": {
        "given": """
import numpy as np

rng = np.random.default_rng(5)
truth = rng.normal(size=(5000, 3))
best = truth + 0.5 * rng.normal(size=truth.shape)
pair = best[:, None] + 0.8 * rng.normal(size=(5000, 2, 3))  # two samplings of each mean, both noisy
upper = np.tile([0.25, 0.1, 0.1, 0.25, 0.1, 0.25], (5000, 1))
""",
        "then": """
assert np.isclose(misses(pair, truth).mean(), 0.75, rtol=0.1), "the samplings' noise is not in it"
assert np.allclose(stated(upper), 0.75)
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
