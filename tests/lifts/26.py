"""Stand-in inputs for what lesson 26 offers to lift, and what must be true afterwards."""

NUMPY = """
import numpy as np

rng = np.random.default_rng(5)
"""
JUDGE = """

def judge(shapes, target, sigma):
    factor = (shapes * target / sigma**2).sum(axis=1) / (shapes**2 / sigma**2).sum(axis=1)
    return factor, ((target - factor[:, None] * shapes) ** 2 / sigma**2).sum(axis=1) / (len(target) - 1)
"""

LIFTS = {
    "height": {
        "given": NUMPY + 'AT = {"methyl": 0, "nitrogen": 1, "left": 2, "right": 3}',
        "then": """
flat = np.array([[1.0, 0, 0], [0, 0, 0.3], [-0.5, 0.8, 0], [-0.5, -0.8, 0]])
turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
turn *= np.linalg.det(turn)
assert np.isclose(abs(height(flat)), 0.3) and np.allclose(height(np.stack([flat, flat @ turn + 5])), height(flat))
assert np.isclose(height(flat * [1, 1, -1]), -height(flat))
""",
    },
    "effective": {
        "given": NUMPY,
        "then": """
white = rng.normal(size=(40, 120))
slow = white.copy()
for k in range(1, 120):
    slow[:, k] = 0.6 * slow[:, k - 1] + 0.8 * white[:, k]
assert 95 < effective(white) <= 125 and 20 < effective(slow) < 45  # theory: 120 * 0.4 / 1.6 = 30
""",
    },
    "judge": {
        "given": NUMPY,
        "then": """
shapes, sigma = rng.normal(size=(3, 50)), rng.uniform(0.5, 2, 50)
target = 0.3 * shapes[1] + 1e-9 * rng.normal(size=50)
factor, chi = judge(shapes, target, sigma)
assert np.isclose(factor[1], 0.3) and chi.argmin() == 1 and chi[1] < 1e-9
noisy = shapes[1] + sigma * rng.normal(size=(2000, 50))
assert abs(np.mean([judge(shapes[1:2], one, sigma)[1][0] for one in noisy]) - 1) < 0.02
""",
    },
    "refine": {
        "given": NUMPY,
        "then": """
class Bent:
    def __init__(self):
        self.line, self.curve = rng.normal(size=(2, 40)), rng.normal(size=40)

    def __call__(self, place):
        a = place.reshape(len(place), 2)
        return a @ self.line + (a[:, :1] ** 2) * self.curve + 1

    def slopes(self, place, moves):
        a = place.ravel()
        return (self.line.T + 2 * a[0] * np.column_stack([self.curve, 0 * self.curve])) @ moves.reshape(-1, 2).T

model, sigma = Bent(), np.full(40, 0.001)
target = 0.1 * model(np.array([[0.7, -0.4]]))[0] + sigma * rng.normal(size=40)
p, covariance, chi = refine(model, np.zeros((1, 2)), np.eye(2)[:, None], target, sigma, 3.0)
assert np.abs((p - [0.1, 0.7, -0.4]) / np.sqrt(np.diag(covariance))).max() < 4 and chi < 2
""",
    },
    "surrogates": {
        "given": NUMPY + "from scipy.signal import lfilter",
        "then": """
table = np.cumsum(rng.normal(size=(3, 64)), axis=1)
phases, delays = shuffled_phases(table, rng), shuffled_delays(table, rng)
strength = lambda one: np.abs(np.fft.rfft(one, axis=1))
assert np.allclose(strength(phases)[:, :-1], strength(table)[:, :-1]) and not np.allclose(phases, table)
assert np.allclose(np.sort(delays, axis=1), np.sort(table, axis=1))
noise = np.linalg.cholesky([[1, 0.6], [0.6, 1]]) @ lfilter([0.8], [1, -0.6], rng.normal(size=(2, 20_000)))
alike = remembering(noise, rng)
assert np.allclose(np.cov(alike), np.cov(noise), atol=0.1)
assert abs(np.corrcoef(alike[0, 1:], alike[0, :-1])[0, 1] - 0.6) < 0.05
""",
    },
    "macro": {
        "given": NUMPY,
        "then": """
truth = np.r_[np.full(1000, 0.1), np.full(50, 0.3), np.full(5, 0.5)]
error, middles, each = macro_error(truth + np.where(truth > 0.2, 0.3, 0.1), truth)
assert np.isclose(error, 0.2) and np.allclose(middles, [0.1, 0.3]) and np.allclose(each, [0.1, 0.3])
""",
    },
    "scaling": {
        "given": NUMPY,
        "then": """
places = rng.normal(size=(4, 6, 3))
first, second = np.triu_indices(6, 1)
lengths = lambda x: np.linalg.norm(x[:, first] - x[:, second], axis=2)
assert np.allclose(lengths(positions_from(lengths(places), 6)), lengths(places))
""",
    },
    "chosen": {
        "given": NUMPY + JUDGE,
        "then": """
model = lambda place: place.reshape(len(place), 30)
parts = 0.1 * rng.normal(size=(8, 10, 3))
target, sigma, start = 5 * (parts[2] + parts[5] + parts[6]).ravel(), np.ones(30), np.zeros((10, 3))
few, more = (chosen(model, start, parts, target, sigma, n) for n in (1, 3))
assert more < 1e-12 < few
""",
    },
}
