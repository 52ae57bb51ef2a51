"""The numbers of the capstone's worked example (docs/teaching/capstone_example.md), in about half a minute.

A 30 GeV/c² WIMP in LUX's third run, told from flat electron recoils by S1 and S2: the median cut, a straight line,
boosted trees and the likelihood ratio; what each is worth for a limit; and what becomes of trees that were trained for
another detector. `python tools/capstone_example.py` writes the table of the report; tests/test_capstone.py runs it again
and compares.
"""

import sys
from pathlib import Path

import numpy as np
from scipy.stats import poisson
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from helpers import counting, detector, optimum, recoils, spectra

REPORT = Path(__file__).resolve().parent.parent / "docs" / "teaching" / "capstone_example.md"
MASS, HERE, THERE = 30.0, "LUX_Run03", "LZ_WS2022"  # GeV/c², the detector asked about, the one of the lessons
S1C = (3.0, 50.0)  # phd: the search's window
ELECTRONS = 2000.0  # electron recoils that the search expects in its window
# of each kind, see `numbers`
N = {"train": 100_000, "threshold": 20_000, "test": 150_000, "density": 1_000_000}
TREES = {"max_leaf_nodes": 12, "min_samples_leaf": 200, "learning_rate": 0.1, "validation_fraction": 0.2}
HEAD = "| what | value | error |\n|---|---|---|\n"


def events(kind, n, rng, place=HERE):
    """Return n events of one kind: log10 S1, and log10 S2/S1."""
    rate = {
        "NR": lambda e: recoils.wimp_rate(e, MASS, 1e-46),
        "ER": lambda e: recoils.flat_er_rate(e, rate=1.0),
    }[kind]
    energies = spectra.sampler(rate, (0.1, 60) if kind == "NR" else (0.2, 18))
    seen = detector.sample(energies, kind, n, detector=place, rng=rng, s1c=S1C)
    s1, s2 = (seen[name].to_numpy(float) for name in ("s1c", "s2c"))
    return np.column_stack([np.log10(s1), np.log10(s2 / s1)])


def both(n, rng, place=HERE):
    """Return inputs and labels of n nuclear and n electron recoils."""
    inputs = np.concatenate([events("NR", n, rng, place), events("ER", n, rng, place)])
    return inputs, np.repeat([1, 0], n)


def median_cut(train):
    """Return the score of the plain cut: how far below the nuclear recoils' median, at this S1."""
    edges = np.quantile(train[:, 0], np.linspace(0, 1, 21))
    cell = np.clip(np.digitize(train[:, 0], edges) - 1, 0, 19)
    middle = [np.median(train[cell == k], axis=0) for k in range(20)]
    return lambda inputs: np.interp(inputs[:, 0], *np.transpose(middle)) - inputs[:, 1]


def grown(x, y):
    """Return boosted trees that stop when a fifth of their events, held out, gain no more."""
    return HistGradientBoostingClassifier(max_iter=300, early_stopping=True, random_state=0, **TREES).fit(
        x, y
    )


def scores(rng):
    """Return {rival: score} and the same trees trained for the other detector."""
    x, y = both(N["train"], rng)
    line = make_pipeline(StandardScaler(), LogisticRegression()).fit(x, y)
    trees = grown(x, y)
    ratio = optimum.LikelihoodRatio(events("NR", N["density"], rng), events("ER", N["density"], rng))
    stranger = grown(*both(N["train"] // 2, rng, THERE))
    rivals = {
        "median cut": median_cut(x[y == 1]),
        "straight line": line.decision_function,
        "boosted trees": trees.decision_function,
        "likelihood ratio": ratio.score,
    }
    return rivals, stranger.decision_function


def numbers(seed=1):
    """Return {what: (value, error)}: all that the report states.

    Parameters
    ----------
    seed : int
        Of every event drawn.
    """
    rng = np.random.default_rng(seed)
    rivals, stranger = scores(rng)
    nuclear, electron = events("NR", N["test"], rng), events("ER", 4 * N["test"], rng)  # the rarer passes
    found, passed, limits = {}, {}, {}
    for name, score in rivals.items():
        leak = optimum.leakage(score(electron), score(nuclear))
        found[f"leakage at half of the signal, {name} [per 10,000]"] = _share(leak)
        passed[name] = score(electron) > np.quantile(score(nuclear), 0.5)
        limits[name] = [mean_limit(ELECTRONS * leakage) for leakage in (leak.value, leak.low, leak.high)]
    for name in ("median cut", "straight line", "boosted trees"):
        found[f"leakage over the optimum's, {name}"] = _ratio(passed[name], passed["likelihood ratio"])
    for name in ("straight line", "boosted trees", "likelihood ratio"):
        (cut, *_), (limit, low, high) = limits["median cut"], limits[name]
        found[f"mean limit, median cut's over that of the {name}"] = (
            cut / limit,
            cut * (high - low) / 2 / limit**2,
        )
    found |= _abroad(stranger, rng, nuclear, electron)
    found |= _dimmed(rivals["boosted trees"], nuclear, electron)
    found["share of the limits that hold, trees, 4 signal events"] = _coverage(
        passed["boosted trees"].mean(), rng
    )
    return found


def mean_limit(background):
    """Return the mean of the Feldman–Cousins limits that background alone leads to [events after the cut]."""
    counts = np.arange(int(background + 6 * np.sqrt(background) + 8))
    upper = [counting.feldman_cousins(n, background)[1] for n in counts]
    return float(np.dot(poisson.pmf(counts, background), upper))


def _share(leak):
    return 1e4 * leak.value, 1e4 * (leak.high - leak.low) / 2


def _ratio(ours, best):
    """The ratio of two counts of the same events: what both let pass has no say in its error."""
    ratio = ours.sum() / best.sum()
    return ratio, np.sqrt((ours & ~best).sum() + (best & ~ours).sum() * ratio**2) / best.sum()


def _abroad(stranger, rng, nuclear, electron):
    """What becomes of the other detector's trees, threshold and all, among this one's events."""
    cut = np.quantile(stranger(events("NR", N["threshold"], rng, THERE)), 0.5)
    kept, leaked = stranger(nuclear) > cut, stranger(electron) > cut
    return {
        "signal that the other detector's trees keep here [%]": _passing(kept, 100),
        "electron recoils that they keep here [%]": _passing(leaked, 100),
    }


def _dimmed(score, nuclear, electron):
    """What becomes of our own trees' frozen cut when every S2 comes out 5 % smaller."""
    cut, less = np.quantile(score(nuclear), 0.5), np.array([0.0, np.log10(0.95)])
    return {
        "signal kept by the frozen cut, S2 smaller by 5 % [%]": _passing(score(nuclear + less) > cut, 100),
        "leakage through the frozen cut, S2 smaller by 5 % [per 10,000]": _passing(
            score(electron + less) > cut, 1e4
        ),
    }


def _passing(passed, unit):
    error = unit * np.sqrt(passed.mean() * (1 - passed.mean()) / len(passed))
    return unit * passed.mean(), max(error, 0.1)  # a frozen cut is not known better


def _coverage(leakage, rng, signal=4.0, toys=20_000):
    """How often the Feldman–Cousins limit on the signal holds, by toys."""
    background = ELECTRONS * leakage
    counts = rng.poisson(signal + background, toys)
    upper = np.array([counting.feldman_cousins(n, background)[1] for n in range(counts.max() + 1)])
    held = upper[counts] >= signal
    return held.mean(), np.sqrt(held.mean() * (1 - held.mean()) / toys)


def table(found):
    """Return the report's table, each number rounded to its error."""
    rows = []
    for what, (value, error) in found.items():
        digits = max(0, -int(np.floor(np.log10(error))))
        rows.append(f"| {what} | {value:.{digits}f} | {error:.{digits}f} |")
    return HEAD + "\n".join(rows) + "\n"


def main():
    start, end = "<!-- numbers -->\n", "<!-- /numbers -->"
    before, rest = REPORT.read_text("utf-8").split(start)
    text = before + start + table(numbers()) + end + rest.split(end)[1]
    REPORT.write_text(text, encoding="utf-8", newline="\n")
    print(text.split(start)[1].split(end)[0])


if __name__ == "__main__":
    sys.exit(main())
