"""Stand-in inputs for what lesson 17 offers to lift, and what must be true afterwards."""

EVENTS = """
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(1)
rng = np.random.default_rng(5)
signal = rng.normal(0.8, 1, (4000, 2)).astype("float32")
alone = rng.normal(-0.8, 1, (4000, 2)).astype("float32")
electrons = np.stack([alone + np.float32([shift, 0]) for shift in (0, -1, 1)])  # the first feature moves


def moved_by(net):
    low, high = (net(electrons[k]).numpy().mean() for k in (1, 2))
    return abs(high - low) / net(electrons[0]).numpy().std()


def apart(net):
    return net(signal).numpy().mean() > net(electrons[0]).numpy().mean()
"""

LIFTS = {
    "pivot": {
        "given": EVENTS,
        "then": """
free, still = network(), network()
still.set_weights(free.get_weights())
pivot(free, signal, electrons, 0.0, steps=200, n=256)
pivot(still, signal, electrons, 10.0, steps=250, n=256)
assert moved_by(still) < 0.4 * moved_by(free), "the adversary is left guessing"
assert apart(free) and apart(still)
""",
    },
    "aware": {
        "given": EVENTS,
        "then": """
assert np.isclose(spread(0.5, np.float32([99, 99, 99]), 0.0), np.log(100 / 0.25))
assert np.isclose(spread(1.0, np.float32([99, 96, 104]), 0.0), np.log(100 + 4**2))
assert np.isclose(spread(1.0, np.float32([99, 96, 104]), 0.0, shift=0.0), np.log(100)), "the control"
keras.utils.set_random_seed(1)
net = aware(network(), signal, electrons, 10_000, steps=150, n=1024)
assert moved_by(net) < 0.5 and apart(net), "it leans on the feature that does not move"
""",
    },
    "reweight": {
        "given": """
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import PolynomialFeatures

rng = np.random.default_rng(5)
simulated = rng.normal([1.2, 2.3], 0.3, (40_000, 2))
real = rng.normal([1.2, 2.2], 0.3, (20_000, 2))
""",
        "then": """
weight = reweighting(simulated, real)(simulated)
assert abs(np.average(simulated[:, 1], weights=weight) - 2.2) < 0.01
assert abs(weight.mean() - 1) < 0.05
""",
    },
}
