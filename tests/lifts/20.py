"""Stand-in inputs for what lesson 20 offers to lift, and what must be true afterwards."""

LIFTS = {
    "kernel": {
        "given": "import numpy as np\n",
        "then": """
points = np.random.default_rng(1).normal(size=50)
distance = in_medians((points[:, None] - points) ** 2)
assert abs(np.median(distance) - 1) < 1e-5
kernel = gaussian(distance, 2.0)
assert np.allclose(np.diag(kernel), COMMON + 1) and kernel.min() >= COMMON
assert np.allclose(kernel, COMMON + np.exp(-distance / 2.0))
""",
    },
    "folds": {
        "given": """
import numpy as np
from scipy.linalg import inv

rng = np.random.default_rng(1)
points = rng.normal(size=60)
kernel = np.exp(-((points[:, None] - points) ** 2))
folds = np.arange(60) % 5
folds[:4] = -1
""",
        "then": """
target = np.sin(points)
predicted = held_out(inverse(kernel.copy(), 0.1), target, folds)
train = folds != 2
alpha = np.linalg.solve(kernel[np.ix_(train, train)] + 0.1 * np.eye(train.sum()), target[train])
assert np.allclose(predicted[~train], kernel[np.ix_(~train, train)] @ alpha)
assert np.isnan(predicted[:4]).all() and np.isfinite(predicted[4:]).all()
""",
    },
    "tune": {
        "given": """
import numpy as np
from scipy.linalg import solve


def gaussian(distance, width):
    return np.exp(-distance / width)


rng = np.random.default_rng(1)
points = rng.uniform(-3, 3, 200)
distance = (points[:, None] - points) ** 2
""",
        "then": """
target = np.sin(3 * points) + rng.normal(0, 0.02, 200)
width, ridge, off = tune(distance, target, np.arange(150), np.arange(150, 200))
assert width in WIDTHS and ridge in RIDGES and off < 0.05
""",
    },
    "local": {
        "given": """
import numpy as np

from helpers import descriptors

water = np.array([[8, 1, 1]]), np.array([[[0, 0, 0.117], [0, 0.757, -0.469], [0, -0.757, -0.469]]])
bent = water[0], water[1] * [1, 1.1, 1]
one, other = (descriptors.atom_environments(*molecule) for molecule in (water, bent))
""",
        "then": """
alike, apart = sum_and_distance(one, one)
assert np.allclose(alike, 1) and np.allclose(apart, 0, atol=1e-5)
alike, apart = sum_and_distance(one, other)
assert 0 < alike[0, 0] < 1 and np.isclose(apart[0, 0], 2 - 2 * alike[0, 0], atol=1e-5)
""",
    },
}
