"""Plausible wrong answers to the exercises of lesson 02, each with the hint that names the mistake."""

_MEDIAN = """def median_limit(limits_by_count, background):
    n = np.arange(len(limits_by_count))
    chance = stats.poisson.pmf(n, background)
    return {}
"""

_EXCLUDED = """def excluded_cross_section(n_observed, background, efficiency, recoils_at_reference, reference=1e-47):
    lower, upper = counting.feldman_cousins(n_observed, background)
    return {}
"""


def _median(why, hint, answer):
    return {"exercise": "1", "why": why, "code": _MEDIAN.format(answer), "hint": hint}


def _excluded(why, hint, events="upper", rest="/ (efficiency * recoils_at_reference)", answer=None):
    answer = answer or f"reference * ({events}) {rest}"
    return {"exercise": "2", "why": why, "code": _EXCLUDED.format(answer), "hint": hint}


WRONG = [
    _median("the mean", "this is the mean", "chance @ limits_by_count"),
    _median("rounded down", "rounded down", "limits_by_count[int(background)]"),
    _median("rounded", "the background rounded,", "limits_by_count[round(background)]"),
    _median("rounded up", "rounded up", "limits_by_count[int(np.ceil(background))]"),
    _median("no event at all", "the lucky, who count nothing", "limits_by_count[0]"),
    _median("between two counts", "only whole ones occur", "np.interp(background, n, limits_by_count)"),
    _median("the 90 % quantile", "90 % quantile", "limits_by_count[int(stats.poisson.ppf(0.9, background))]"),
    _median("the 10 % quantile", "10 % quantile", "limits_by_count[int(stats.poisson.ppf(0.1, background))]"),
    _median("all counts alike", "every count weighs the same", "np.median(limits_by_count)"),
    _median(
        "one too many", "one count too many", "limits_by_count[int(stats.poisson.ppf(0.5, background)) + 1]"
    ),
    _median("nothing is returned", "return one number", "None"),
    _median("the whole table", "return one number", "limits_by_count"),
    _median("a mistake that no hint knows", "the course gets", "background"),
    _excluded("the efficiency forgotten", "the efficiency is missing", rest="/ recoils_at_reference"),
    _excluded("times the efficiency", "on the wrong side", rest="* efficiency / recoils_at_reference"),
    _excluded(
        "the background forgotten", "the background is missing", "counting.feldman_cousins(n_observed, 0)[1]"
    ),
    _excluded("the background added", "the background is added", "upper + background"),
    _excluded(
        "the background off the count",
        "subtracted from the count first",
        "counting.feldman_cousins(int(n_observed - background), 0)[1]",
    ),
    _excluded("the background off the limit", "subtracted from the limit", "upper - background"),
    _excluded("the lower end", "the lower end of the interval", "lower"),
    _excluded("one-sided", "the classical one-sided limit", "counting.poisson_upper(n_observed, background)"),
    _excluded(
        "95 %", "this is a 95 % interval", "counting.feldman_cousins(n_observed, background, cl=0.95)[1]"
    ),
    _excluded("the best estimate", "count less background", "n_observed - background"),
    _excluded("the count", "the count itself is converted", "n_observed"),
    _excluded("no recoils", "the recoils at the reference are missing", rest="/ efficiency"),
    _excluded("no reference", "a signal strength", answer="upper / (efficiency * recoils_at_reference)"),
    _excluded("events", "this is a number of events", answer="upper"),
    _excluded("the pair", "return one number", answer="(lower, upper)"),
    _excluded(
        "numbers of the check written in",
        "is a number of the first one written into it",
        answer="1e-47 * upper / (0.35 * 12.0)",
    ),
    _excluded("a mistake that no hint knows", "the course's is", "upper * 1.37"),
    _excluded(
        "the background taken off a limit on both, which 8 events over 3.5 hide",
        "the background taken off the limit",
        answer="reference * (counting.feldman_cousins(n_observed, 0)[1] - background)"
        " / (efficiency * recoils_at_reference)",
    ),
    _excluded(
        "the reference written in",
        "is a number of the first one written into it",
        rest="/ (efficiency * recoils_at_reference) * 1e-47 / reference",
    ),
]
