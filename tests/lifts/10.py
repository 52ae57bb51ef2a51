"""Stand-in inputs for what lesson 10 offers to lift, and what must be true afterwards."""

LIFTS = {
    "score": {
        "given": """
import numpy as np

N_BACKGROUNDS, expected = 2, np.array([90.0, 10.0])
log_ratio = np.log([[1.0, 2.0, 4.0, 1.0], [1.0, 1.0, 1.0, 1.0]])  # two backgrounds, two groups of recoils
share = np.array([1.0, 0.0])
""",
        "then": """
assert np.allclose(score(log_ratio, share), np.log([4 / 110, 1 / 100]))
""",
    },
    "mine": {
        "given": """
import keras
import numpy as np
import tensorflow as tf
from keras import layers

seed, rng = 5, np.random.default_rng(5)
y = rng.integers(0, 2, (4096, 1)).astype("float32")
x = np.concatenate([y + 0.1 * rng.normal(size=(4096, 1)), rng.normal(size=(4096, 3))], 1).astype("float32")
""",
        "then": """
shuffled = rng.permutation(y)
before = float(bound(x, y, shuffled))
for _ in range(150):
    ascend(x, y, rng.permutation(y))
after = float(bound(x, y, shuffled))
assert before < 0.2 < after < np.log(2) + 0.05, "it climbs towards one bit, and not beyond"
""",
    },
    "variance": {
        "given": """
import numpy as np
import tensorflow as tf

from helpers import search

rng = np.random.default_rng(5)
kinds = np.eye(6, dtype="float32")[np.repeat(np.arange(6), 100)]
weight = np.full(600, 0.1, "float32")
at = [kinds * 8, kinds * 8, kinds * 8]  # whoever sees them tells the kinds apart
""",
        "then": """
def blind(z):
    return 0 * z


def sees(z):
    return tf.convert_to_tensor(z)


told, untold = (float(variance(head, at, kinds, weight)) for head in (sees, blind))
assert told < untold, "who tells signal from background knows the strength better"
""",
    },
}
