"""Stand-in inputs for what lesson 12 offers to lift, and what must be true afterwards."""

LIFTS = {
    "search": {
        "given": """
from types import SimpleNamespace

import numpy as np

from helpers import morphing

bent = lambda n: n * np.ones((3, 3, 2)) * np.array([0.8, 1.0, 1.2])[:, None, None]
names = ("efficiency", "b8_flux", "accidental_run0", "accidental_run1", "electronic", "neutron")
release = SimpleNamespace(
    shifts=np.array([-1.0, 0.0, 1.0]), observed=np.array([5.0, 9.0]), b8=bent(2.0), neutron=bent(0.1),
    accidental=np.array([[4.0, 0.0], [0.0, 6.0]]), electronic=np.array([0.1, 0.1]),
    constraints={name: (0.1, 0.0, np.inf) for name in names},
)
""",
        "then": """
model = likelihood(templates_of(bent(1.0)), release.observed)
assert set(model.names) == {*names, "light_yield", "charge_yield"}
assert 0 < model.upper_limit() < likelihood(templates_of(bent(0.5)), release.observed).upper_limit()
""",
    },
    "wall": {
        "given": """
from scipy import optimize, stats
""",
        "then": """
assert abs(wall_threshold(4.0) - 2.7055) < 1e-3 and abs(wall_threshold(1e-4) - 1.6424) < 1e-3
""",
    },
    "fold": {
        "given": """
from types import SimpleNamespace

import numpy as np

from helpers import morphing, spectra

SHIFTS = np.arange(-3.0, 4.0)
newest = SimpleNamespace(energies=np.array([1.0, 2.0]), response=np.ones((2, 3, 3, 4)))
""",
        "then": """
events = seen(lambda energy: 5.0 + 0 * energy)
assert events.shape == (7, 7, 4) and np.allclose(events, 5)
""",
    },
}
