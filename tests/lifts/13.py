"""Stand-in inputs for what lesson 13 offers to lift, and what must be true afterwards."""

LIFTS = {
    "embed": {
        "given": """
import sys

sys.modules.setdefault("tensorflow", None)
import numpy as np
import pandas as pd
import umap
from sklearn.neighbors import NearestNeighbors

rng = np.random.default_rng(5)
names = ["s1_area", "s1_rise", "s1_width", "s2_area", "s2_rise", "s2_width", "s2_length", "s2_peak", "other"]
features = pd.DataFrame(rng.lognormal(size=(300, 9)), columns=names)
features.loc[:49, "s2_width"] *= 1e4
features.loc[299, "s1_area"] = np.nan
""",
        "then": """
table = prepare(features)
assert table.loc[299, "s1_area"] == -5 and np.allclose(table.drop(index=299).median(), 0, atol=0.1)
points = embed(table, random_state=1, n_neighbors=10)
assert points.shape == (300, 2) and np.isfinite(points).all()
centre = points[50:].mean(axis=0)
far = np.linalg.norm(points - centre, axis=1)
assert np.median(far[:50]) > np.median(far[50:]), "the fifty odd ones lie elsewhere"
""",
    },
    "clusters": {
        "given": """
import numpy as np
import pandas as pd
from sklearn.cluster import DBSCAN
from sklearn.neighbors import NearestNeighbors
from sklearn.tree import DecisionTreeClassifier

rng = np.random.default_rng(5)
points = np.concatenate([rng.normal(size=(950, 2)), rng.normal(20, 0.1, (50, 2))])
""",
        "then": """
labels = cluster(points)
odd = small(labels)
assert odd[950:].all() and not odd[:950].any()
features = pd.DataFrame({"width": rng.normal(size=1000) + 9 * odd, "height": rng.normal(size=1000)})
assert first_question(features, odd).startswith("width >")
""",
    },
    "monitor": {
        "given": """
import numpy as np
import pandas as pd
""",
        "then": """
change = alarm(pd.Series({"a": 100, "b": 100, "c": 0}), pd.Series({"a": 100, "b": 200, "c": 0}))
assert change["a"] == change["c"] == 0 and abs(change["b"] - 100 / 300**0.5) < 1e-9
""",
    },
}
