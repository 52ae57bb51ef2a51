"""Stand-in inputs for what lesson 15 offers to lift, and what must be true afterwards."""

LIFTS = {
    "combine": {
        "given": """
import numpy as np

rng = np.random.default_rng(1)
band = rng.normal(size=(60_000, 2))


def pull(events):
    return events[:, 1]
""",
        "then": """
values = alarms(lambda events: events[:, 0])
odd, dull = values(np.array([[3.0, -3.0]])), values(np.array([[0.0, 0.0]]))
assert set(odd) == {"classifier", "anomaly", "both", "classifier and a die", "below the band"}
assert odd["both"][0] > odd["classifier"][0] > dull["both"][0], "two alarms are more alarming than one"
assert abs(np.exp(-odd["classifier"][0]) - 0.00135) < 0.0005, "one in 740 lies above three sigma"
""",
    },
    "sets": {
        "given": """
import keras
import numpy as np
from keras import layers, ops

rng = np.random.default_rng(1)
numbers = rng.normal(1.2, 0.3, (64, 9, 2)).astype("float32")
filled = (rng.uniform(size=(64, 9)) < 0.7).astype("float32")
""",
        "then": """
network, each = set_network(n_answers=3)
answer = network.predict([numbers, filled], verbose=0)
turned = network.predict([numbers[:, ::-1], filled[:, ::-1]], verbose=0)
assert answer.shape == (64, 3) and np.allclose(answer, turned, atol=1e-4), "order means nothing"
longer = [np.pad(numbers, ((0, 0), (0, 5), (0, 0))), np.pad(filled, ((0, 0), (0, 5)))]
assert np.allclose(answer, network.predict(longer, verbose=0), atol=1e-4), "nor do empty places"
loss = pinball(np.zeros((2, 1), "float32"), np.array([[-1, 0, 1], [1, 0, -1]], "float32"))
assert loss[0] < loss[1], "an interval is cheaper the right way round"
""",
    },
}
