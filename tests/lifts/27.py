"""Stand-in inputs for what lesson 27 offers to lift, and what must be true afterwards."""

NUMPY = """
import numpy as np

rng = np.random.default_rng(5)
"""
KERAS = """
import keras
import numpy as np
from keras import layers

rng = np.random.default_rng(5)
first, second = np.triu_indices(5, 1)
members = np.tile(np.eye(5)[first] + np.eye(5)[second], (2, 1, 1)).astype("float32")
tokens = rng.normal(size=(2, 10, 7)).astype("float32")
"""
READS = """
network = {name}(7, width=12, n_layers=2)
network.set_weights([0.3 * rng.normal(size=part.shape) for part in network.get_weights()])
said = network.predict([tokens, members], verbose=0)
assert said.shape == (2, 10) and said.std() > 0
order = rng.permutation(10)
turned = network.predict([tokens[:, order], members[:, order]], verbose=0)
assert np.allclose(turned, said[:, order], atol=1e-4)  # pairs have no order
fewer = network.predict([tokens[:, :6], members[:, :6]], verbose=0)
assert fewer.shape == (2, 6) and not np.allclose(fewer, said[:, :6], atol=1e-4)  # and they ask each other
"""

LIFTS = {
    "gaussians": {
        "given": NUMPY,
        "then": """
shapes = rng.dirichlet(np.full(6, 400.0), size=(2, 500))
tight = np.array([[1, 1, 1, 1, 1, 1], [1.1, 1, 1, 1, 1, 0.9]])[:, None] * shapes
tight /= tight.sum(axis=2, keepdims=True)
counts = rng.poisson(1e6 * tight[:, :200]).reshape(400, 6)
named = by_gaussians(counts / counts.sum(axis=1, keepdims=True), tight, 1e6)
assert np.mean(named == np.repeat([0, 1], 200)) > 0.7
""",
    },
    "pair-transformer": {"given": KERAS, "then": READS.format(name="pair_transformer")},
    "graph-network": {"given": KERAS, "then": READS.format(name="graph_network")},
    "two-moments": {
        "given": NUMPY,
        "then": """
at = np.linspace(-1, 1, 20)
place, angle = np.hypot(at, at[:, None]), np.arctan2(at, -at[:, None])
lit = place < 1
even = np.ones((1, 20, 20))
longer = even * (1 + 0.3 * (1.5 * np.cos(angle) ** 2 - 0.5))
plain, turned = moments(even, place, angle, lit, n_rings=5)
assert np.isclose(plain.sum(), lit.sum()) and plain.shape == turned.shape == (1, 5)
assert np.all(moments(longer, place, angle, lit, n_rings=5)[1] > turned)
""",
    },
}
