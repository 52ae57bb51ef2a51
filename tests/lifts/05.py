"""Stand-in inputs for what lesson 05 offers to lift, and what must be true afterwards."""

KERAS = """
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(5)
pictures = np.random.default_rng(5).poisson(5.0, (3, 13, 13, 4)).astype("float32")
"""

LIFTS = {
    "picture-and-sums": {
        "given": KERAS,
        "then": """
network = network_with_sums()
assert np.asarray(network(pictures)).shape == (3, 1)
size, share = (np.asarray(part) for part in parts(pictures))
assert size.shape == (3, 4) and np.allclose((share**2).sum(axis=(1, 2)), 1, atol=0.01)
brighter, same = (np.asarray(part) for part in parts(2 * pictures))
assert np.allclose(brighter - size, np.log(2), atol=0.01) and np.allclose(same, share, atol=0.01)
""",
    },
    "parameterised": {
        "given": KERAS
        + """

def parts(photons):
    return ops.log1p(ops.sum(photons, axis=(1, 2))), photons


def look(picture):
    return layers.Dense(8, activation="relu")(layers.Flatten()(picture))


def decide(numbers):
    return layers.Dense(1)(layers.Dense(8, activation="relu")(numbers))
""",
        "then": """
network = parameterised_network()
answers = [np.asarray(network([pictures, np.full((3, 1), mass, "float32")])) for mass in (1.0, 3.0)]
assert answers[0].shape == (3, 1) and not np.allclose(*answers), "it listens to its parameter"
""",
    },
    "saliency": {
        "given": KERAS + "import tensorflow as tf\n",
        "then": """
given = keras.Input((13, 13, 4))
weight = np.zeros((13, 13, 4), "float32")
weight[4, 5, 2] = 2
summed = keras.Model(given, ops.sum(given * weight, axis=(1, 2, 3), keepdims=False)[:, None])
slopes = saliency(summed, pictures)
assert slopes.shape == pictures.shape
assert np.allclose(slopes, pictures * weight), "the slope with the logarithm is the count times the weight"
""",
    },
}
