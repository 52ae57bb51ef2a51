"""Stand-in inputs for what lesson 11 offers to lift, and what must be true afterwards."""

LIFTS = {
    "equal-quality": {
        "given": """
import numpy as np
import pandas as pd
""",
        "then": """
loss = pd.Series([0.4, 0.04, 0.004], index=[1e5, 1e6, 1e7])
assert abs(np.log10(units_for(loss)) - 6.602) < 1e-3
assert units_for(loss, 0.5) == 1e5 and units_for(loss, 1e-3) == np.inf
""",
    },
    "ratio-of-a-histogram": {
        "given": """
import numpy as np

from helpers import search
""",
        "then": """
background = np.array([[4.0, 2.0, 0.0, 0.0], [0.0, 2.0, 0.0, 0.0]])
found = log_ratio(np.array([1.0, 2.0, 3.0, 5.0]), background, np.array([1, 2, 0, 0]))
assert np.allclose(found, np.log([1 / 4, 2 / 4, 8 / 4, 8 / 4]), atol=1e-5)
""",
    },
    "toys-that-split": {
        "given": """
import os
import tempfile

import numpy as np

from helpers import limits
""",
        "then": """
random = np.random.default_rng(1)
with tempfile.TemporaryDirectory() as folder:
    file = os.path.join(folder, "templates.npz")
    signal, background = random.uniform(0.1, 1, (360, 4)), random.uniform(0.5, 5, (360, 5, 4))
    np.savez(file, signal=signal, background=background, uncertainty=np.full(5, 0.2))
    q = toy_task(file, 3, (0.5, 1.0), 5, [1])
    assert q.shape == (24, 2, 5) and np.array_equal(q[:, 1:], toy_task(file, 3, (1.0,), 5, [1]))
""",
    },
    "which-cause": {
        "given": """
import numpy as np
from scipy import optimize, stats

from helpers import limits
""",
        "then": """
signal, background = np.array([1.0, 0.2]), np.array([[0.3, 5.0]])
few, many = misses(signal, background, np.array([0.1]), 1.645, 2000, np.random.default_rng(1))
assert 0.02 < few + many < 0.3 and min(few, many) >= 0
""",
    },
}
