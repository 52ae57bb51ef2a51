"""Stand-in inputs for what lesson 02 offers to lift, and what must be true afterwards."""

LIFTS = {
    "feldman-cousins": {
        "given": """
import numpy as np
from scipy import stats
""",
        "then": """
accept_three = [signal for signal in np.arange(0, 20, 0.01) if 3 in accepted(signal, 0.5)]
assert abs(max(accept_three) - 6.92) < 0.03, "the paper's table: 3 events over 0.5"
""",
    },
    "likelihood": {
        "given": "import numpy as np\n",
        "then": """
assert misfit(6.0, 10, 4.0) == 0, "the best signal is the count less the background"
assert np.allclose(misfit(3.0, 0, 2.0), 6.0), "no event: twice the signal"
""",
    },
    "coverage": {
        "given": """
import numpy as np
from scipy import stats
""",
        "then": """
signals = np.array([1.0, 5.0])
claims = np.arange(60) + 2.3 >= signals[:, None]  # any count: the limit is the count and a bit
assert np.allclose(share_true(claims, signals, 0.0), [1.0, 1 - stats.poisson.cdf(2, 5.0)])
""",
    },
    "expected-counts": {
        "given": """
from types import SimpleNamespace

import numpy as np

from helpers import spectra

response = SimpleNamespace(
    energy_low=np.array([0.0, 1.0]),
    energy_high=np.array([1.0, 2.0]),
    fraction=np.array([[0.5, 0.0], [0.5, 0.5]]),
)
""",
        "then": """
counts = expected_s2(lambda energy: 10.0 + 0 * energy, response, 2.0, cut_off=0.5)
assert np.allclose(counts, [15.0, 10.0]), "half a keV and one keV, at 20 events a keV"
""",
    },
}
