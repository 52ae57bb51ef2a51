"""Stand-in inputs for what lesson 01 offers to lift, and what must be true afterwards."""

LIFTS = {
    "rotation": {
        "given": """
import numpy as np
import pandas as pd

from helpers import data
""",
        "then": """
assert np.sqrt(atoms_squared.iloc[-1]) < 0.6 * galaxy["observed"].iloc[-1], "atoms alone are too slow"
""",
    },
    "band": {
        "given": """
import numpy as np
import pandas as pd

from helpers import detector

rng = np.random.default_rng(5)
light = rng.uniform(3, 80, 60_000)
nuclear = pd.DataFrame({"s1c": light, "s2c": light * 10 ** rng.normal(2.0, 0.1, len(light))})
""",
        "then": """
depth = below_median(nuclear, nuclear_band)
assert abs((depth > 0).mean() - 0.5) < 0.01, "half of a band lies below its median"
higher = nuclear.assign(s2c=2 * nuclear["s2c"])
assert np.allclose(depth - below_median(higher, nuclear_band), np.log10(2)), "twice the charge, 0.3 up"
""",
    },
}
