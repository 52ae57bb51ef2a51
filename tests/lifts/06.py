"""Stand-in inputs for what lesson 06 offers to lift, and what must be true afterwards."""

ARRAY = """
import numpy as np
from keras import layers, ops

from helpers import hits

pmts = hits.array(127)
"""

LIFTS = {
    "error-of-its-own": {
        "given": """
import numpy as np
from keras import ops
""",
        "then": """
truth = np.zeros((1, 2), "float32")
log_errors = np.linspace(-2, 2, 401)
answers = np.array([[3.0, 4.0, s] for s in log_errors], "float32")
costs = np.asarray(surprise(np.repeat(truth, 401, axis=0), answers))
best = np.exp(log_errors[costs.argmin()])
assert abs(best - 5 / np.sqrt(2)) < 0.05, "surprise is least where the error is the rms per axis"
assert float(squared_error(truth, answers[:1])[0]) == 25
""",
    },
    "learned-centroid": {
        "given": ARRAY,
        "then": """
answers = np.zeros((2, 127, 4), "float32")
answers[:, 40, 0] = 30  # all the weight on one tube
answers[1, 40, 1:3] = 0.25, -0.5
place = np.asarray(LearnedCentroid()(answers))[:, :2]
assert np.allclose(place[0], pmts.positions[40] / pmts.pitch, atol=1e-4)
assert np.allclose(place[1] - place[0], [0.25, -0.5], atol=1e-4)
""",
    },
    "message-passing": {
        "given": ARRAY,
        "then": """
layer = MessagePassing(8)
assert np.asarray(layer(np.ones((3, 127, 5), "float32"))).shape == (3, 127, 8)
neighbours = (adjacency > 0).sum(axis=1)
assert neighbours.max() == 6 and neighbours.min() == 3, "six in the middle, three at a corner"
""",
    },
    "said-and-true": {
        "given": """
import numpy as np

rng = np.random.default_rng(5)
foreseen = np.exp(rng.uniform(0, 2, 20_000))
missed = rng.normal(size=(20_000, 2)) * 2 * foreseen[:, None]


def rms(error):
    return np.sqrt(np.mean(np.square(error)))
""",
        "then": """
assert np.allclose(true / said, 2, rtol=0.05), "twice as wrong as foreseen, in every group"
""",
    },
}
