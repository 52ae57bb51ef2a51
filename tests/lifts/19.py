"""Stand-in inputs for what lesson 19 offers to lift, and what must be true afterwards."""

LIFTS = {
    "turns": {
        "given": """
import itertools
from types import SimpleNamespace

import numpy as np

sixths = np.pi / 3 * np.arange(6)
ring = np.column_stack([np.cos(sixths), np.sin(sixths)])
pmts = SimpleNamespace(positions=np.concatenate([[[0, 0]], ring]), n_pmts=7)  # one tube and six round it
""",
        "then": """
assert turns.shape == (12, 7) and len(np.unique(turns, axis=0)) == 12
rng = np.random.default_rng(5)
patterns = rng.poisson(3, (200, 7)).astype(float)
assert np.array_equal(np.sort(turned(patterns, rng)), np.sort(patterns)), "no photon is lost"
for turn in turns:
    assert np.array_equal(framed(patterns[:, turn]), framed(patterns)), "twelve patterns become one"
weights = rng.normal(size=7)
say = lambda p: p @ weights
assert np.allclose(mean_over_turns(say, patterns[:, turns[5]]), mean_over_turns(say, patterns))
""",
    },
    "set": {
        "given": """
import keras
import numpy as np
from keras import layers, ops
""",
        "then": """
network = deep_set(5)
times = np.random.default_rng(5).normal(size=(10, 5)).astype("float32")
assert network.predict(times, verbose=0).shape == (10, 1)
said = network(times).numpy()
assert np.allclose(said, network(times[:, ::-1]).numpy(), atol=1e-6), "in any order"
""",
    },
    "train": {
        "given": """
import keras
import numpy as np

rng = np.random.default_rng(5)
x = rng.normal(size=(500, 2)).astype("float32")
network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])


def batches(m):
    rows = rng.integers(0, 400, m)
    return x[rows], x[rows, :1] - 2 * x[rows, 1:]
""",
        "then": """
least = train(network, batches, x[400:], x[400:, 0] - 2 * x[400:, 1], updates=2000, rounds=5)
assert least < 0.1 and abs(rms(network(x[400:]).numpy()[:, 0] - x[400:, 0] + 2 * x[400:, 1]) - least) < 1e-6
""",
    },
    "importance": {
        "given": """
import numpy as np

rng = np.random.default_rng(5)
x = rng.normal(size=(2000, 3))
""",
        "then": """
lost = permutation_importance(lambda z: np.corrcoef(z[:, 0] + 0.3 * z[:, 1], x[:, 0])[0, 1], x, rng)
assert lost[0] > 0.8 > lost[1] and abs(lost[2]) < 1e-12, "what is not looked at costs nothing"
""",
    },
    "partial": {
        "given": """
import numpy as np

x = np.random.default_rng(5).normal(size=(100, 2))
""",
        "then": """
means = partial_dependence(lambda z: z[:, 0] ** 2 + 3 * z[:, 1], x, 1, [0.0, 2.0])
assert np.isclose(means[1] - means[0], 6)
""",
    },
    "gradients": {
        "given": """
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(5)
network = keras.Sequential([keras.Input((3,)), keras.layers.Dense(8, "tanh"), keras.layers.Dense(1)])
x = np.random.default_rng(5).normal(size=(20, 3)).astype("float32")
reference = np.zeros(3, "float32")
""",
        "then": """
shares = integrated_gradients(network, reference, x)
difference = network(x).numpy()[:, 0] - network(reference[None]).numpy()[0, 0]
assert np.allclose(shares.sum(axis=1), difference, atol=2e-3), "nothing is lost"
""",
    },
    "formula": {
        "given": """
import numpy as np

rng = np.random.default_rng(5)
x = np.column_stack([rng.uniform(0.6, 1.9, 3000), rng.uniform(3, 4.5, 3000)])
""",
        "then": """
columns, powers = terms(x)
target = 2 - 3 * columns[:, powers.index((1, 1))] + columns[:, powers.index((0, 2))]
chosen, coefficients = grow(columns, target, np.ones(len(x)))[1]
assert {powers[c] for c in chosen} == {(0, 0), (1, 1), (0, 2)}
assert np.allclose(columns[:, chosen] @ coefficients, target)
""",
    },
}
