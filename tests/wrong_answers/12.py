"""Plausible wrong answers to the exercises of lesson 12, each with the hint that names the mistake."""


def _significance(body, p="(1 + np.sum(q_toys >= q_observed)) / (1 + n)"):
    return f"""def significance(q_toys, q_observed):
    n = len(q_toys)
    p = {p}
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


ISF, QUANTILE = "stats.norm.isf(p)", "np.quantile(toys.q(strength), 0.9)"
PREDICTED = 'model.toys({}, n_toys, rng=rng, truth="predicted")'

SIGNIFICANCES = [
    (
        "halves the tail, as for an error to both sides",
        _significance("stats.norm.isf(p / 2)"),
        "a two-sided tail",
    ),
    (
        "a χ² for the tail, the same two sides",
        _significance("stats.chi2.isf(p, 1) ** 0.5"),
        "a two-sided tail",
    ),
    ("the asymptotic formula", _significance("q_observed**0.5"), "No toy was asked"),
    ("returns the p-value", _significance("p"), "turn it into sigma"),
    ("the p-value in per cent", _significance("100 * p"), "in per cent"),
    ("the other tail", _significance(ISF, "np.mean(q_toys < q_observed)"), "the tail lies above it"),
    (
        "leaves ties out",
        _significance(ISF, "(1 + np.sum(q_toys > q_observed)) / (1 + n)"),
        "tie with the data count",
    ),
    (
        "without the observation, infinity",
        _significance(ISF, "np.mean(q_toys >= q_observed)"),
        "not among the toys",
    ),
    ("above the line only", _significance(ISF, "(1 + np.sum(q_toys >= q_observed)) / n"), "but not below it"),
    ("below the line only", _significance(ISF, "np.sum(q_toys >= q_observed) / (1 + n)"), "but not above it"),
    ("a pull", _significance("(q_observed - np.mean(q_toys)) / np.std(q_toys)"), "q is no Gaussian"),
    ("the lower quantile, with its sign", _significance("stats.norm.ppf(p)"), "The sign is turned round"),
    ("a tail of a tail", _significance("stats.norm.sf(p)"), "the inverse is asked"),
    ("a count", _significance("np.sum(q_toys >= q_observed)"), "toys, counted"),
    ("one significance a toy", _significance("np.sqrt(q_toys)"), "One number is wanted"),
    ("one number for all", _significance("3.1"), "The same in all three cases"),
    ("no return", _significance("None"), "is there a return"),
    ("a text", _significance('f"{stats.norm.isf(p):.1f} σ"'), "of type str"),
    ("a misspelt name", _significance("stats.norm.isf(p_value)"), "Your code stopped with NameError"),
]

CALIBRATED = [
    ("thresholds not handed over", _limit(QUANTILE, end="model.upper_limit()"), "That is 2.71's limit"),
    (
        "the truth at its default",
        _limit(QUANTILE, "model.toys(strength, n_toys, rng=rng)"),
        "around the fitted",
    ),
    (
        "halves the 10 % for an upper limit",
        _limit("np.quantile(toys.q(strength), 0.95)"),
        "the 95 % quantile",
    ),
    ("the lower tail", _limit("np.quantile(toys.q(strength), 0.1)"), "the 10 % quantile"),
    ("percentile for quantile", _limit("np.percentile(toys.q(strength), 0.9)"), "np.percentile wants 90"),
    ("the mean", _limit("np.mean(toys.q(strength))"), "the mean of q"),
    ("the median", _limit("np.median(toys.q(strength))"), "the median"),
    ("toys of the background alone", _limit(QUANTILE, PREDICTED.format("0.0")), "toys without signal"),
    ("the discovery statistic", _limit("np.quantile(toys.q(0.0), 0.9)"), "test the strength that was drawn"),
    ("toys at the best fit", _limit(QUANTILE, PREDICTED.format("model.best_fit")), "each strength needs"),
    (
        "averages the thresholds",
        _limit(QUANTILE, end="model.upper_limit(threshold=float(np.mean(levels)))"),
        "one threshold for all strengths, their mean",
    ),
    (
        "the largest threshold, to be safe",
        _limit(QUANTILE, end="model.upper_limit(threshold=float(np.max(levels)))"),
        "one threshold for all strengths, the largest",
    ),
    (
        "reads the limit off the grid",
        _limit(QUANTILE, end="max(s for s, level in zip(strengths, levels) if model.q(s) <= level)"),
        "interpolate the threshold",
    ),
    (
        "a straight line through the thresholds",
        _limit(
            QUANTILE,
            end="model.upper_limit(threshold=lambda s: np.polyval(np.polyfit(strengths, levels, 1), s))",
        ),
        "interpolate them",
    ),
    ("√q", _limit("np.quantile(toys.q(strength) ** 0.5, 0.9)"), "√q in place of q"),
    ("the best fit", _limit(QUANTILE, end="model.best_fit"), "That is the best fit"),
    ("the thresholds", _limit(QUANTILE, end="np.array(levels)"), "not a threshold at each strength"),
    ("a threshold", _limit(QUANTILE, end="levels[-1]"), "a limit is a strength"),
    (
        "a generator of its own, which happens to have the course's seed",
        _limit(QUANTILE).replace("    levels = []", "    levels, rng = [], np.random.default_rng(11)"),
        "draw from the generator that is handed over",
    ),
    (
        "a number of toys written in",
        _limit(QUANTILE, 'model.toys(strength, 1000, rng=rng, truth="predicted")'),
        "Other random numbers move it as much",
    ),
    ("no return", _limit(QUANTILE, end="None"), "is there a return"),
    (
        "a float that the method wants as a function",
        _limit(QUANTILE, end="model.upper_limit(levels)"),
        "Your code stopped",
    ),
]


def _defended(kept="np.mean(q <= threshold)", threshold="np.interp(limit, strengths, levels)", **more):
    world = more.get("world", "own_search(signal, bend, efficiency)")
    returned = more.get(
        "returned", '{"limit": limit, "threshold": threshold, "n_test": n_toys, "kept": kept}'
    )
    limit = more.get("limit", "own.upper_limit(threshold=lambda s: np.interp(s, strengths, levels))")
    return f"""def defended(signal, bend, n_toys, rng):
    own = own_search(signal, bend)
    strengths = np.linspace(0.4, 1.2, 6) * own.upper_limit()
    toys = [own.toys(strength, n_toys, rng=rng, truth="predicted").q(strength) for strength in strengths]
    levels = [np.quantile(q, 0.9) for q in toys]
    limit = {limit}
    threshold = {threshold}
    kept = {{}}
    for efficiency in (0.75, 1.0, 1.25):
        q = {world}.toys(limit, n_toys, rng=rng, truth="predicted").q(limit)
        kept[efficiency] = {kept}
    return {returned}
"""


DEFENCES = [
    (
        "2.71 all along",
        _defended(threshold="stats.chi2.ppf(0.9, 1)", limit="own.upper_limit()"),
        "was it made by toys",
    ),
    ("counts the truths that are lost", _defended("np.mean(q > threshold)"), "in some world it is off"),
    ("95 %", _defended(threshold="3.84"), "one of 90 % lies between"),
    ("tested on its own toys", _defended("np.mean(q <= np.quantile(q, 0.9))"), "Exactly 90 %"),
    ("toys judged against √q", _defended("np.mean(q**0.5 <= threshold)"), "in some world it is off"),
    ("the coverage alone", _defended(returned="kept"), "is missing"),
    ("a pair", _defended(returned="limit, kept"), "A dictionary with limit"),
    ("per cent", _defended("100 * np.mean(q <= threshold)"), "three shares from 0 to 1"),
    ("a bug", _defended("np.mean(q <= treshold)"), "NameError"),
]

WRONG = [
    {"exercise": number, "why": why, "code": code, "hint": hint}
    for number, answers in (("1", SIGNIFICANCES), ("2", CALIBRATED), ("3", DEFENCES))
    for why, code, hint in answers
]
