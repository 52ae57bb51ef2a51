"""Plausible wrong answers to the exercises of lesson 12, each with the hint that names the mistake."""


def _significance(body):
    return f"""def significance(q_toys, q_observed):
    n = len(q_toys)
    p = (1 + np.sum(q_toys >= q_observed)) / (1 + n)
    return {body}
"""


def _limit(level, toys='model.toys(strength, n_toys, rng=rng, truth="predicted")', end=None):
    end = end or "model.upper_limit(threshold=lambda s: np.interp(s, strengths, levels))"
    return f"""def calibrated_limit(model, strengths, n_toys, rng):
    levels = []
    for strength in strengths:
        toys = {toys}
        levels.append({level})
    return {end}
"""


QUANTILE = "np.quantile(toys.q(strength), 0.9)"

WRONG = [
    {
        "exercise": "1",
        "why": "halves the tail, as for a measurement that may err to both sides",
        "code": _significance("stats.norm.isf(p / 2)"),
        "hint": "a two-sided tail",
    },
    {
        "exercise": "1",
        "why": "a χ² of one degree of freedom for the tail, which is the same two sides",
        "code": _significance("stats.chi2.isf(p, 1) ** 0.5"),
        "hint": "a two-sided tail",
    },
    {
        "exercise": "1",
        "why": "takes the asymptotic formula",
        "code": _significance("q_observed**0.5"),
        "hint": "no toy was asked",
    },
    {
        "exercise": "1",
        "why": "returns the p-value",
        "code": _significance("p"),
        "hint": "turn the probability into sigma",
    },
    {
        "exercise": "1",
        "why": "uses the share below the data as if it were the tail",
        "code": _significance("stats.norm.isf(np.mean(q_toys < q_observed))"),
        "hint": "the tail lies above it",
    },
    {
        "exercise": "1",
        "why": "leaves ties out",
        "code": _significance("stats.norm.isf((1 + np.sum(q_toys > q_observed)) / (1 + n))"),
        "hint": "toys that tie with the data",
    },
    {
        "exercise": "1",
        "why": "does not count the observation, and finds infinity",
        "code": _significance("stats.norm.isf(np.mean(q_toys >= q_observed))"),
        "hint": "the observation is not among the toys",
    },
    {
        "exercise": "1",
        "why": "counts the observation above the line only",
        "code": _significance("stats.norm.isf((1 + np.sum(q_toys >= q_observed)) / n)"),
        "hint": "counted above the line but not below it",
    },
    {
        "exercise": "1",
        "why": "counts the observation below the line only",
        "code": _significance("stats.norm.isf(np.sum(q_toys >= q_observed) / (1 + n))"),
        "hint": "counted below the line but not above it",
    },
    {
        "exercise": "1",
        "why": "a pull: distance from the mean in standard deviations",
        "code": _significance("(q_observed - np.mean(q_toys)) / np.std(q_toys)"),
        "hint": "q is no Gaussian",
    },
    {
        "exercise": "1",
        "why": "the lower quantile, with its negative sign",
        "code": _significance("stats.norm.ppf(p)"),
        "hint": "the sign is turned round",
    },
    {
        "exercise": "1",
        "why": "one significance a toy",
        "code": _significance("np.sqrt(q_toys)"),
        "hint": "one number, please",
    },
    {
        "exercise": "2",
        "why": "makes the thresholds and does not hand them over",
        "code": _limit(QUANTILE, end="model.upper_limit()"),
        "hint": "that is 2.71's limit",
    },
    {
        "exercise": "2",
        "why": "leaves the truth at its default, fitted",
        "code": _limit(QUANTILE, toys="model.toys(strength, n_toys, rng=rng)"),
        "hint": "toys around the fitted nuisances",
    },
    {
        "exercise": "2",
        "why": "halves the 10 % for an upper limit",
        "code": _limit("np.quantile(toys.q(strength), 0.95)"),
        "hint": "the 95 % quantile",
    },
    {
        "exercise": "2",
        "why": "takes the lower tail",
        "code": _limit("np.quantile(toys.q(strength), 0.1)"),
        "hint": "the 10 % quantile",
    },
    {
        "exercise": "2",
        "why": "toys of the background alone, tested at each strength",
        "code": _limit(QUANTILE, toys='model.toys(0.0, n_toys, rng=rng, truth="predicted")'),
        "hint": "toys without signal",
    },
    {
        "exercise": "2",
        "why": "the discovery statistic, q of no signal",
        "code": _limit("np.quantile(toys.q(0.0), 0.9)"),
        "hint": "test the strength that was drawn",
    },
    {
        "exercise": "2",
        "why": "toys at the best fit, whatever the strength",
        "code": _limit(QUANTILE, toys='model.toys(model.best_fit, n_toys, rng=rng, truth="predicted")'),
        "hint": "each strength needs",
    },
    {
        "exercise": "2",
        "why": "averages the thresholds",
        "code": _limit(QUANTILE, end="model.upper_limit(threshold=float(np.mean(levels)))"),
        "hint": "one threshold for all strengths, their mean",
    },
    {
        "exercise": "2",
        "why": "takes the largest threshold to be safe",
        "code": _limit(QUANTILE, end="model.upper_limit(threshold=float(np.max(levels)))"),
        "hint": "one threshold for all strengths, the largest",
    },
    {
        "exercise": "2",
        "why": "reads the limit off the grid",
        "code": _limit(QUANTILE, end="max(s for s, level in zip(strengths, levels) if model.q(s) <= level)"),
        "hint": "interpolate the threshold",
    },
    {
        "exercise": "2",
        "why": "thinks in sigma and takes √q",
        "code": _limit("np.quantile(toys.q(strength) ** 0.5, 0.9)"),
        "hint": "√q in place of q",
    },
    {
        "exercise": "2",
        "why": "returns the best fit",
        "code": _limit(QUANTILE, end="model.best_fit"),
        "hint": "not the best fit",
    },
    {
        "exercise": "2",
        "why": "makes a generator of its own, which happens to have the course's seed",
        "code": _limit(QUANTILE).replace(
            "    levels = []", "    levels, rng = [], np.random.default_rng(11)"
        ),
        "hint": "draw from the generator that is handed over",
    },
]
