"""Stand-in inputs for what lesson 04 offers to lift, and what must be true afterwards."""

LOGITS = """
import numpy as np
from scipy import optimize

rng = np.random.default_rng(5)
honest = rng.normal(0, 3, 60_000)
happened = (rng.random(60_000) < 1 / (1 + np.exp(-honest))).astype(float)
"""

LIFTS = {
    "mlp": {
        "given": """
import math

import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(5)
x = np.random.default_rng(5).normal(size=(2000, 2))
label = (x.sum(axis=1) > 0).astype("float32")
""",
        "then": """
network = mlp((4,))
history = train(network, x, label, epochs=5, batch_size=50, rate=0.05)
assert history["loss"].iloc[-1] < 0.3 * history["loss"].iloc[0]
assert np.mean((logits(network, x) > 0) == (label == 1)) > 0.95
""",
    },
    "temperature": {
        "given": LOGITS,
        "then": """
assert abs(temperature(honest, happened) - 1) < 0.05
assert abs(temperature(2 * honest, happened) - 2) < 0.1, "logits twice as sure want a temperature of two"
""",
    },
    "observed-odds": {
        "given": LOGITS,
        "then": """
said, seen = observed_odds(honest, happened)
assert np.allclose(said, seen, atol=0.3), "honest logits are what happens"
""",
    },
    "events-needed": {
        "given": "import numpy as np\n",
        "then": """
assert np.isclose(events_needed([100, 10_000, 1000], [1e-2, 1e-4, 1e-3], 1e-3), 1000)
assert 1000 < events_needed([100, 1000, 10_000], [1e-2, 1e-3, 1e-4], 3e-4) < 10_000
assert events_needed([100, 1000], [1e-2, 1e-3], 1e-5) == np.inf
""",
    },
}
