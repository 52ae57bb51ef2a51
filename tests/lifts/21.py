"""Stand-in inputs for what lesson 21 offers to lift, and what must be true afterwards."""

MOLECULES = """
rng = np.random.default_rng(5)
numbers = np.zeros((60, 5), dtype=int)
positions = np.full((60, 5, 3), np.nan)
for row in range(60):
    atoms = rng.choice([6, 7, 8], rng.integers(2, 5))
    numbers[row, : len(atoms)] = atoms
    positions[row, : len(atoms)] = 1.3 * np.arange(len(atoms))[:, None] * [1.0, 0.3, 0.1]
    positions[row, : len(atoms)] += rng.normal(0, 0.05, (len(atoms), 3))
"""
LIFTS = {
    "kernel": {
        "given": "import numpy as np\nfrom scipy.linalg import cho_factor, cho_solve\n\nfrom helpers import descriptors\n"
        + MOLECULES
        + """
class small:
    positions = positions
""",
        "then": """
assert kernel.shape == (60, 60) and np.allclose(kernel.diagonal(), 1, atol=1e-4)
carbon = (numbers == 6).sum(axis=1)
wanted = np.stack([carbon - carbon[:50].mean(), 0 * carbon], axis=1)
learn, ask = np.arange(50), np.arange(50, 60)
found = krr(kernel, learn, wanted[learn], kernel[ask], 1e-3)
assert found.shape == (10, 2) and np.abs(found[:, 1]).max() < 1e-6
error = found[:, 0] - wanted[ask, 0]
assert np.mean(error**2) < 0.2 * np.var(wanted[:, 0])
""",
    },
    "graph": {
        "given": """
import keras
import numpy as np
from keras import layers, ops

N_ATOMS, N_LEVELS = 5, 3
keras.utils.set_random_seed(1)
rng = np.random.default_rng(5)
""",
        "then": """
kind = np.array([[6, 8, 1, 1, 0]], dtype="int32")
places = rng.normal(size=(1, 5, 3))
distance = np.linalg.norm(places[:, :, None] - places[:, None], axis=-1).astype("float32")
there = kind > 0
distance = np.where(there[:, :, None] & there[:, None], distance, 0)
order = [3, 1, 4, 0, 2]
for tensor in (True, False):
    network = graph_network(tensor, rounds=2)
    found = keras.ops.convert_to_numpy(network([kind, distance]))
    anew = keras.ops.convert_to_numpy(network([kind[:, order], distance[:, order][:, :, order]]))
    assert found.shape == (1, 3) and np.abs(found).max() > 0
    assert np.allclose(found, anew, atol=1e-5), "the order of the atoms says nothing"
    farther = keras.ops.convert_to_numpy(network([kind, 1.5 * distance]))
    assert np.abs(found - farther).max() > 1e-5, "distances do"
""",
    },
    "gauss-newton": {
        "given": """
import numpy as np

from helpers import course

rng = np.random.default_rng(5)
own, hop = rng.normal(size=(40, 4, 4, 4)), np.array([-1.0, 0.5, 2.0, 0.3])
parts = own + own.transpose(0, 1, 3, 2)  # molecules, coefficients, orbitals, orbitals


class Binding:
    '''Whatever is linear inside an eigensolver: here four random matrices for each of forty molecules.'''

    def start(self):
        return np.array([-0.8, 0.4, 1.7, 0.2])

    def levels(self, coefficients, vectors=False):
        levels, found = np.linalg.eigh(np.einsum("k,nkij->nij", coefficients, parts))
        return (levels, found) if vectors else levels

    def normal_equations(self, vectors, rest, weight):
        there = np.isfinite(rest)
        answer = np.einsum("nil,nkij,njl->nlk", vectors, parts, vectors)[there]
        return answer.T * weight[there] @ answer, answer.T @ (weight * rest)[there]


wanted = Binding().levels(hop)
wanted[::7, 1] = np.nan  # a level that nobody measured
""",
        "then": """
coefficients, film = gauss_newton(Binding(), wanted, ridge=1e-6)
assert np.allclose(coefficients, hop, atol=1e-4)
assert film[0] > 0.1 and film[-1] < 1e-4 and len(film) == 12
pulled, _ = gauss_newton(Binding(), wanted, ridge=1e6)
assert np.allclose(pulled, Binding().start(), atol=0.01), "a strong ridge holds the start"
""",
    },
    "neural": {
        "given": """
import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

N_ATOMS = 3
keras.utils.set_random_seed(1)
rng = np.random.default_rng(5)
matrix = rng.normal(size=(40, 6, 6))
matrix = (matrix + matrix.transpose(0, 2, 1)).astype("float32")
atoms = rng.normal(size=(40, N_ATOMS, 5)).astype("float32")
owner = np.tile([0, 1, 2, 3, 6, 6], (40, 1)).astype("int32")  # s and p of two atoms; two places that stay
place = np.tile([3, 2, 1], (40, 1)).astype("int32")
""",
        "then": """
network = HamiltonianNetwork(width=8)
levels = np.linalg.eigvalsh(matrix)[:, [3, 2, 1]]
inputs = [matrix, atoms, owner, place]
assert np.allclose(network.predict(inputs, verbose=0), levels, atol=1e-4), "it begins at no shifts"
shift = np.zeros((40, 6))
shift[:, :2], shift[:, 2:4] = 0.5 * atoms[:, 0, :1], 0.5 * atoms[:, 1, :1]  # an atom's first number moves it
wanted = np.linalg.eigvalsh(matrix + shift[:, :, None] * np.eye(6))[:, [3, 2, 1]].astype("float32")
network.compile(keras.optimizers.Adam(0.02), "mse")
network.fit(inputs, wanted, epochs=60, verbose=0)
before, after = np.mean((levels - wanted) ** 2), np.mean((network.predict(inputs, verbose=0) - wanted) ** 2)
assert after < 0.2 * before, "the gradient goes through the eigensolver"
""",
    },
}
