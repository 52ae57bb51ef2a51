"""Stand-in inputs for what lesson 18 offers to lift, and what must be true afterwards."""

LIFTS = {
    "reverse": {
        "given": """
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)
x = rng.normal(size=(2048, 6)).astype("float32")
x[:, 5] = np.repeat([0, 1], 1024)
label = (x[:1024, 0] > 0).astype(int)
""",
        "then": """
import tensorflow as tf

at = tf.Variable([[2.0, -1.0]])
with tf.GradientTape() as tape:
    forwards = Reverse(3.0)(at)
    total = tf.reduce_sum(forwards)
assert np.allclose(forwards, at), "nothing forwards"
assert np.allclose(tape.gradient(total, at), -3), "turned round backwards"
target, weights = tasks(label, 1024)
assert weights["recoil"][1024:].sum() == 0, "what has no label teaches no label"
model = compiled(network(1.0, True, True, True), 30 * 16)
model.fit(x, target, sample_weight=weights, batch_size=128, epochs=30, verbose=0)
said = model.predict(x[:1024], verbose=0)["recoil"][:, 0]
assert np.mean((said > 0) == label) > 0.9, "what has labels is learned"
""",
    },
    "cwola": {
        "given": """
import keras
import numpy as np
from keras import layers, ops

from helpers import course

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)
kind = rng.integers(0, 2, 2000)
x = np.repeat((rng.normal(size=2000) + 2 * kind)[:, None, None], 2, axis=1).astype("float32")
source = np.where(rng.random((2000, 2)) < (0.0, 0.2), 1 - kind[:, None], kind[:, None])
""",
        "then": """
said = learn(x, source, rounds=4)(x)
assert said.shape == (2000, 2)
assert np.all(np.mean((said > 0) == kind[:, None], axis=0) > 0.8), "one pure, one impure: both name the kinds"
assert np.allclose(surprise(np.zeros((4, 1)), np.ones((4, 1))), np.log(2))
""",
    },
    "impure": {
        "given": """
import numpy as np
from keras import layers, ops

r = np.geomspace(0.02, 50, 30)
logit = np.log(np.stack([r, r], axis=1)).astype("float32")
""",
        "then": """
mixed = ops.convert_to_numpy(Impure((0.1, 0.3))(logit))
for k, f in enumerate((0.1, 0.3)):
    assert np.allclose(mixed[:, k], np.log(((1 - f) * r + f) / (f * r + 1 - f)), atol=1e-5)
""",
    },
    "share": {
        "given": """
import numpy as np

rng = np.random.default_rng(3)
kind = rng.random(40_000) < 0.1
x = rng.normal(size=40_000) + 2 * kind
logit = 2 * x - 2  # of two Gaussians, learned at equal shares
""",
        "then": """
assert abs(nuclear_share(logit) - 0.1) < 0.01
assert abs(nuclear_share(logit + np.log(0.2 / 0.8), 0.2) - 0.1) < 0.01, "learned at another share: the same"
""",
    },
}
