"""Stand-in inputs for what lesson 07 offers to lift, and what must be true afterwards."""

LIFTS = {
    "padding": {
        "given": """
import keras
import numpy as np
""",
        "then": """
filled = padded([np.array([1.0, 3.0]), np.array([0.0, 1.0, 7.0])])
assert filled.shape == (2, 3, 1)
assert np.allclose(filled[0, :, 0], [np.log(2), np.log(4), -1]) and filled[1, 0, 0] == 0, "0 phd is no padding"
""",
    },
    "bucketing": {
        "given": """
import numpy as np

rng = np.random.default_rng(5)
""",
        "then": """
length = rng.integers(1, 100, 1000)
parts = {how: batches(length, how, rng, size=50) for how in ("random", "buckets")}
for batch in parts.values():
    assert np.array_equal(np.sort(np.concatenate(batch)), np.arange(1000)), "each pulse once"
assert padding_share(parts["buckets"], length) < 0.1 < padding_share(parts["random"], length)
assert padding_share(parts["random"], length) < padding_share(parts["random"], length, length.max())
""",
    },
    "chi2-ruler": {
        "given": """
import numpy as np
from scipy.stats import chi2

from helpers import pulses
from helpers.waveforms import features

BIN, ELECTRON_AREA = 750, 58.0
""",
        "then": """
rng = np.random.default_rng(5)
n = rng.integers(20, 200, 2000)
depth = rng.uniform(100, 900, 2000)
one = pulses.s2(n, depth, rng=rng, sample_width=BIN, window=(-24.0, 24.0))
surprise = rulers(one, depth)["χ² ruler"]
assert np.isfinite(surprise).all()
assert 0.3 < np.mean(surprise > np.log(2)) < 0.7, "half of the single scatters are wider than the median"
few, many = surprise[n < 60], surprise[n > 160]
assert abs(np.mean(few > 3) - np.mean(many > 3)) < 0.05, "as surprising for few electrons as for many"
""",
    },
    "sequence-networks": {
        "given": """
import keras
import numpy as np
from keras import layers

STEPS = 32
""",
        "then": """
rng = np.random.default_rng(5)
y = np.repeat([0, 1], 1024)
x = rng.normal(size=(2048, STEPS, 2)).astype("float32")
x[:, 10, 0] += 4 * y
for kind in ("CNN", "RNN", "LSTM", "GRU"):
    assert make_network(kind).output_shape[-1] == 1
network, history = train("CNN", x, y, 1)
score = final_score(network, x)
assert score.shape == (2048,) and score[y == 1].mean() > score[y == 0].mean() + 1
""",
    },
    "late-answer": {
        "given": """
import keras
import numpy as np
from keras import layers

from helpers import course

seed = 1
""",
        "then": """
rng = np.random.default_rng(5)
counts = rng.poisson(0.5, (1024, 20)).astype("float32")
light = np.pad(counts, ((0, 0), (3, 0)))[:, :20]  # comes three bins late
found = {}
for wait in (0, 3):
    layer = layers.GRU(16, return_sequences=True)
    network = counting_network(layer, light, counts, wait, "test", epochs=12)
    answer = counted_by(network, light, wait)
    assert answer.shape == counts.shape
    found[wait] = np.sqrt(np.mean((answer - counts)[:, :17] ** 2))
assert found[3] < 0.6 * found[0], "who waits for the light counts better"
""",
    },
}
