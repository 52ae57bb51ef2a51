"""Stand-in inputs for what lesson 24 offers to lift, and what must be true afterwards."""

LIFTS = {
    "fit": {
        "given": """
from types import SimpleNamespace

import numpy as np

from helpers import lattice

crystal = lattice.silicon()
family = SimpleNamespace(
    matrices=crystal.matrices(crystal.wavevectors([[0.07, 0.03, 0.11], [0.31, 0.12, 0.05]])),
    centre=crystal.vector(lattice.SILICON),
    width=np.ones(8),
)
truth = np.random.default_rng(5).uniform(-0.3, 0.3, (6, 8))
""",
        "then": """
wanted = forward(truth, family)[0]
found, rms = levenberg_marquardt(np.zeros_like(truth), wanted, lambda units: forward(units, family), 20)
assert (rms[-1] < 1e-3).all() and (np.diff(rms, axis=0) <= 0).all() and np.abs(found - truth).max() < 0.05
""",
    },
    "start": {
        "given": """
import keras
import numpy as np
from keras import layers
from sklearn.linear_model import Ridge

keras.utils.set_random_seed(5)
units = np.random.default_rng(5).uniform(-1, 1, (2000, 2))
energies = np.stack([units.sum(axis=1), units[:, 0] + units[:, 1] ** 2, units[:, 0]], axis=1)[:, None]
""",
        "then": """
rows = features(energies, np.zeros((1, 3)))
line = straight_line(rows, units)
rest = units - line.predict(rows) + 0.1 * np.sin(3 * units)
trained = train(rows, rest, 80)
left = rest - rest.std(axis=0) * trained.predict(rows, verbose=0)
assert left.std() < 0.5 * rest.std()
""",
    },
}
