"""Stand-in inputs for what lesson 09 offers to lift, and what must be true afterwards."""

LIFTS = {
    "rivals": {
        "given": """
import numpy as np

from helpers import limits

wires_seen, bulk_seen = 50.0, 0.1
signal, alike, apart = np.array([0.5, 0.5]), np.array([0.5, 0.5]), np.array([1.0, 0.0])
""",
        "then": """
assert expected_limit(signal, apart) < expected_limit(signal, alike), "a background that lies elsewhere hides less"
known = expected_limit(signal, alike, wires_known=0.01)
assert known < expected_limit(signal, alike), "and one that is known hides less"
""",
    },
    "recipes": {
        "given": """
import numpy as np
from scipy import optimize, stats

from helpers import counting
""",
        "then": """
assert np.isclose(both_low(0, 0.0, 0.0, 0.0), np.log(10)), "no events: 2.30"
assert np.isclose(averaged(0, 0.0, 0.0, 0.0), np.log(10), rtol=1e-6)
assert averaged(3, 1.0, 0.0, 0.3) > averaged(3, 1.0, 0.0, 0.0), "an unknown efficiency weakens a limit"
assert both_low(3, 1.0, 0.5, 0.0) > both_low(3, 1.0, 0.0, 0.0)
""",
    },
}
