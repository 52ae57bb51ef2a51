"""Stand-in inputs for what lesson 23 offers to lift, and what must be true afterwards."""

LIFTS = {
    "scaling": {
        "given": """
import numpy as np

size = np.random.default_rng(5).integers(20, 200, 400)
seconds = 3e-6 * size**2.5 * np.exp(0.1 * np.random.default_rng(6).normal(size=400))
""",
        "then": """
exponent, prefactor = power_law(size, seconds)
assert abs(exponent - 2.5) < 0.1 and 0.5 < prefactor / 3e-6 < 2
""",
    },
    "learn": {
        "given": """
import numpy as np
from scipy import linalg

rng = np.random.default_rng(5)
place = rng.uniform(0, 10, 200)
apart = (place[:, None] - place) ** 2
value = 3 * place + np.sin(place)
""",
        "then": """
known, wanted = np.arange(60), np.arange(60, 200)
guess, unsure = learn(apart, place[:, None], value, known, wanted)
assert np.abs(guess - value[wanted]).mean() < 0.05 and (unsure > 0).all()
line = np.polyval(np.polyfit(place[known], value[known], 1), place[wanted])
assert np.abs(guess - value[wanted]).mean() < 0.2 * np.abs(line - value[wanted]).mean()
again, _ = learn(apart, place[:, None], value + 7 - 2 * place, known, wanted)
assert np.allclose(again, guess + 7 - 2 * place[wanted]), "what is a line, the line takes"
""",
    },
    "orbital": {
        "given": """
import numpy as np

from helpers import descriptors, molecules

few = molecules.load("pbe", "small").select(np.arange(12))
seen = descriptors.atom_environments(few.numbers, few.positions)
""",
        "then": """
ones = np.ones(len(seen.element))
plain, weighted = distance(seen, seen, 1.0), distance(seen, seen, 1.0, (ones, ones))
assert np.allclose(plain, weighted) and np.allclose(np.diag(plain), 0, atol=1e-4) and plain.min() > -1e-4
first = np.where(np.arange(len(ones)) % 2, 0, ones)
assert not np.allclose(distance(seen, seen, 1.0, (first, first)), plain)
""",
    },
    "two-level": {
        "given": """
import numpy as np
from scipy import linalg

rng = np.random.default_rng(5)
place = np.sort(rng.uniform(0, 10, 90))
kernel = np.exp(-0.5 * (place[:, None] - place) ** 2) + 1e-4 * np.eye(90)
root = np.linalg.cholesky(kernel)
lower = root @ rng.normal(size=90)
upper = 0.7 * lower + 0.1 * (root @ rng.normal(size=90))
""",
        "then": """
order = rng.permutation(90)
wanted, high, low = order[:40], order[40:50], order[40:]
given = low, high, wanted, lower[low], upper[high]
guess, likely = two_levels(kernel, 0.7, 0.1, *given)
wrong, unlikely = two_levels(kernel, -0.7, 0.1, *given)
assert np.std(guess - upper[wanted]) < 0.5 * np.std(upper[wanted]) and likely > unlikely
assert np.std(guess - upper[wanted]) < np.std(wrong - upper[wanted])
""",
    },
}
