"""Stand-in inputs for what lesson 08 offers to lift, and what must be true afterwards."""

LIFTS = {
    "size-weights": {
        "given": "import numpy as np\n",
        "then": """
size = np.array([5, 5, 5, 9, 5, 9, 9, 9])
label = np.repeat([0, 1], 4)
weight = size_weights(size, label, goal=np.array([5, 9]))
for k in (0, 1):
    of_label = label == k
    small = of_label & (size == 5)
    assert np.isclose(weight[small].sum() / weight[of_label].sum(), 0.5), "half are small, as wanted"
""",
    },
    "electrons-thinned": {
        "given": """
import numpy as np
from scipy.ndimage import convolve1d

from helpers import pulses

AXIS = {"sample_width": 100, "window": (-5.0, 9.0)}
rng = np.random.default_rng(5)
response = np.array([0.25, 0.5, 0.25])


def light(origin, electrons, rng):
    waveforms = np.zeros((electrons.n_events, 140))
    np.add.at(waveforms, (electrons.event, ((electrons.time + 5) / 0.1).astype(int)), 1)
    return waveforms
""",
        "then": """
large = np.zeros((2000, 140))
large[:, 39:42] = 10 * response
large[:, 99:102] += 30 * response
few = electrons_thinned(large, np.full(2000, 40), np.full(2000, 7), rng)
assert np.all(few.sum(axis=1) == 7), "seven electrons each"
assert abs(few[:, :70].sum() / few.sum() - 0.25) < 0.02, "a quarter from the first hill"
""",
    },
    "large-enough": {
        "given": "import numpy as np\n",
        "then": """
rng = np.random.default_rng(5)
size = rng.integers(5, 40, 3000)
goal = rng.integers(5, 30, 3000)
which = large_enough(size, goal, rng)
assert np.all(size[which] >= goal), "none is too small"
assert np.all(which[size >= goal] == np.flatnonzero(size >= goal)), "and whoever is large enough stays"
""",
    },
    "mixtures": {
        "given": """
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier


def search_sizes(n, rng):
    return np.full(n, 7)


def bulk_pulses(n_electrons, rng):
    return pd.DataFrame({"width": rng.normal(0, 1, len(n_electrons))})


def grid_pulses(n_electrons, rng):
    return pd.DataFrame({"width": rng.normal(2, 1, len(n_electrons))})
""",
        "then": """
rng = np.random.default_rng(5)
table, month = mixed_set(10_000, rng)
assert len(table) == len(month) == 20_000 and month.mean() == 0.5
trees = train(table, month, 5)
bulk, wires = (trees.decision_function(draw(np.ones(5000), rng)) for draw in (bulk_pulses, grid_pulses))
assert np.mean(bulk[:, None] > wires[:500]) > 0.88, "months tell the kinds apart (best possible: 0.92)"
""",
    },
    "frozen-cut": {
        "given": """
import numpy as np
import pandas as pd

MASSES = (5,)
test_bulk = {5: pd.DataFrame({"x": np.linspace(-1, 0, 1001)})}


def score(model, table):
    return table["x"].to_numpy()


def rejection(bulk, grid):
    return 2.0
""",
        "then": """
table, label = pd.DataFrame({"x": np.r_[np.linspace(-1, 1, 2001), np.zeros(5)]}), np.r_[np.ones(2001), np.zeros(5)]
promised, frozen, passing = promise(None, table, label)
assert promised == 2 and abs(frozen + 0.2) < 1e-3, "the cut keeps 60 % of the labelled"
assert abs(passing[0] - 0.2) < 2e-3, "and a fifth of the others"
""",
    },
}
