"""Stand-in inputs for what lesson 18 offers to lift, and what must be true afterwards."""

LIFTS = {
    "sorted": {
        "given": """
import numpy as np
from sklearn.linear_model import LinearRegression

rng = np.random.default_rng(1)
place, train_place = rng.normal(size=100), rng.normal(size=400)
photons, train_photons = place[:, None] + rng.laplace(size=(100, 9)), train_place[:, None] + rng.laplace(size=(400, 9))
rms = {}
""",
        "then": "assert 0 < rms['sorted'] < 1",
    },
}
