"""Stand-in inputs for what lesson 14 offers to lift, and what must be true afterwards."""

LIFTS = {
    "vae": {
        "given": """
import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

rng = np.random.default_rng(5)
inputs = rng.normal(size=(4000, 3)).astype("float32")
""",
        "then": """
vae = train(inputs, epochs=4, batch_size=100, beta=0.1, widths=(16,))
error, bracket = parts(vae, lambda x: x, inputs)
assert error.shape == bracket.shape == (4000,) and bracket.min() >= 0
far = parts(vae, lambda x: 4 + x, inputs)
assert np.mean(far[0] + 0.1 * far[1]) > 2 * np.mean(error + 0.1 * bracket)
""",
    },
    "residual": {
        "given": """
import numpy as np

from helpers import blind

rng = np.random.default_rng(5)
background = np.column_stack([rng.uniform(0.5, 2, 20_000), np.zeros(20_000)])
background[:, 1] = 3 + background[:, 0] + 0.1 * background[:, 0] * rng.normal(size=20_000)
background[:1000, 0] = 0
""",
        "then": """
made = residual_inputs(background)(background)
assert made.shape == (20_000, 2) and made.dtype == np.float32
small, large = (np.std(made[(background[:, 0] > a) & (background[:, 0] < a + 0.3), 1]) for a in (0.6, 1.6))
assert 0.9 < small < 1.1 and 0.9 < large < 1.1, "the same width at any first number"
""",
    },
}
