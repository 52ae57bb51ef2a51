"""Stand-in inputs for what lesson 03 offers to lift, and what must be true afterwards."""

LIFTS = {
    "boosted-trees": {
        "given": """
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

seed, rng = 5, np.random.default_rng(5)
y_train = np.repeat([1, 0], 2000)
x_train = rng.normal(size=(4000, 2)) + y_train[:, None]
""",
        "then": """
assert trees.n_iter_ < 150, "it stops early"
assert (trees.predict(x_train) == y_train).mean() > 0.7
""",
    },
    "reliability": {
        "given": """
import numpy as np
from scipy.special import expit

rng = np.random.default_rng(5)
y_test = np.repeat([1, 0], [20_000, 400_000])
score = rng.normal(size=420_000) * 2 + 4 * y_test  # two Gaussians: the log-odds of equal mixes are score − 2
log_odds = score - 2
""",
        "then": """
said, true, error = reliability(log_odds)
assert said.shape == true.shape == error.shape == (5,)
assert np.all(true[1:] < said[1:]), "odds of 1 : 1 are far too high in a mix of 1 : 1000"
shifted, true, error = reliability(log_odds + np.log(odds))
assert np.nanmax(np.abs(shifted[:4] - true[:4])) < 0.2, "shifted, they are near the truth"
""",
    },
}
