"""Stand-in inputs for what lesson 16 offers to lift, and what must be true afterwards."""

LIFTS = {
    "prior": {
        "given": """
import numpy as np

chance = np.array([[0.9, 0.1], [0.5, 0.5]])
""",
        "then": """
turned = for_mix(chance, (0.9, 0.1), (0.5, 0.5))
assert np.allclose(turned[0], 0.5), "what said no more than the mix says nothing in equal shares"
assert np.allclose(for_mix(turned, (0.5, 0.5), (0.9, 0.1)), chance), "and back"
assert np.allclose(find_mix(np.eye(2)[[0, 0, 0, 1]], (0.5, 0.5)), (0.75, 0.25)), "who is sure needs no search"
""",
    },
    "temperature": {
        "given": """
import numpy as np

rng = np.random.default_rng(5)
true = rng.dirichlet([1, 1, 1], 20_000)
kind = (true.cumsum(axis=1) < rng.random((20_000, 1))).sum(axis=1)
stated = true**2 / np.sum(true**2, axis=1, keepdims=True)  # twice as sure as it may be
""",
        "then": """
assert abs(best_temperature(stated, kind) - 2) < 0.1
assert abs(best_temperature(true, kind) - 1) < 0.05
""",
    },
    "ensemble": {
        "given": """
import keras
import numpy as np
from keras import layers
""",
        "then": """
members = ensemble(3, 2, 4)
assert members.predict(np.zeros((5, 3, 2)), verbose=0).shape == (5, 3, 4)
sure = np.eye(2)[[[0, 0], [0, 1]]]  # two members, two events: they agree on the first
assert np.allclose(disagreement(sure), [0, np.log(2)])
""",
    },
    "conformal": {
        "given": """
import numpy as np

rng = np.random.default_rng(5)
chance = rng.dirichlet([1, 1, 1], 40_000)
kind = (chance.cumsum(axis=1) < rng.random((40_000, 1))).sum(axis=1)
""",
        "then": """
rows = np.arange(20_000)
fresh, later = chance[:20_000], chance[20_000:]
threshold = conformal_threshold(fresh[rows, kind[:20_000]])
assert abs((later[rows, kind[20_000:]] >= threshold).mean() - 0.9) < 0.01
assert abs(threshold - believed_threshold(later)) < 0.02, "chances that keep their word need no fresh events"
assert conformal_threshold(fresh[:5, 0]) == -1, "five events promise nothing: name all"
""",
    },
}
