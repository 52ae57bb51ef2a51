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
}
