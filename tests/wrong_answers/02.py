"""Plausible wrong answers to the exercises of lesson 02, each with the hint that names the mistake."""

_MEDIAN = """def median_limit(limits_by_count, background):
    n = np.arange(len(limits_by_count))
    chance = stats.poisson.pmf(n, background)
    middle = int(stats.poisson.ppf(0.5, background))
    return {}
"""

_EXCLUDED = """def excluded_cross_section(n_observed, background, efficiency, recoils_at_reference, reference=1e-47):
    lower, upper = counting.feldman_cousins(n_observed, background)
    return {}
"""

_PROPOSAL = """proposal = {{"target": target, "window": (low, high), "reach": reach, "reason": (
    "The threshold decides for so light a WIMP; each target was scanned from its lowest threshold upwards, "
    "and above the end of the spectrum a window only adds background of both kinds.")}}
{}
"""


def _median(why, hint, answer):
    return {"exercise": "1", "why": why, "code": _MEDIAN.format(answer), "hint": hint}


def _excluded(why, hint, events="upper", rest="/ (efficiency * recoils_at_reference)", answer=None):
    answer = answer or f"reference * ({events}) {rest}"
    return {"exercise": "2", "why": why, "code": _EXCLUDED.format(answer), "hint": hint}


def _search(why, hint, change):
    scan = (
        "target, low, high = 'Xe', 0.7, 3.5\n"
        "s, nu, flat = world_of(target, (low, high))\n"
        "reach = reach_for(s, nu + flat)\n"
    )
    return {"exercise": "3", "why": why, "code": scan + _PROPOSAL.format(change), "hint": hint}


def _reach(why, hint, events):
    """A wrong reach: `events` is the limit in events, from the window's signal s, neutrinos nu and flat part."""
    return _search(why, hint, f"proposal['reach'] = 1e-43 * ({events}) / s")


_FC = "counting.feldman_cousins(int(stats.poisson.median({0})), {0})[1]"

WRONG = [
    _median("the mean", "the mean of the limits", "chance @ limits_by_count"),
    _median("rounded down", "rounded down", "limits_by_count[int(background)]"),
    _median("rounded", "the background rounded.", "limits_by_count[round(background)]"),
    _median("rounded up", "rounded up", "limits_by_count[int(np.ceil(background))]"),
    _median("the likeliest count", "rounded down", "limits_by_count[chance.argmax()]"),
    _median("no event at all", "the lucky, who count nothing", "limits_by_count[0]"),
    _median("the last count", "the last limit of the table", "limits_by_count[-1]"),
    _median("between two counts", "only whole ones occur", "np.interp(background, n, limits_by_count)"),
    _median(
        "between two chances", "only whole ones occur", "np.interp(0.5, chance.cumsum(), limits_by_count)"
    ),
    _median("the 90 % quantile", "0.9 quantile", "limits_by_count[int(stats.poisson.ppf(0.9, background))]"),
    _median("the 10 % quantile", "0.1 quantile", "limits_by_count[int(stats.poisson.ppf(0.1, background))]"),
    _median("one sigma above", "0.84 quantile", "limits_by_count[int(stats.poisson.ppf(0.84, background))]"),
    _median("all counts alike", "all counts weigh alike", "np.median(limits_by_count)"),
    _median("weighted, then the median", "A chance times a limit", "np.median(chance * limits_by_count)"),
    _median("one too many", "One count too many", "limits_by_count[middle + 1]"),
    _median("one too few", "One count too few", "limits_by_count[middle - 1]"),
    _median("the count itself", "That is the median count", "middle"),
    _median("the background itself", "That is the background", "background"),
    _median(
        "the table left alone, Feldman and Cousins' in its place",
        "The table is another recipe's",
        "counting.sensitivity(background).median",
    ),
    _median(
        "the table left alone, the classical in its place",
        "the third is another recipe's",
        "counting.sensitivity(background, upper_limit=counting.poisson_upper).median",
    ),
    _median(
        "nearest to one half", "must reach it", "limits_by_count[np.abs(chance.cumsum() - 0.5).argmin()]"
    ),
    _median(
        "the last below one half", "One count too few", "limits_by_count[np.sum(chance.cumsum() < 0.5) - 1]"
    ),
    _median(
        "toys, and their mean",
        "no entry of the table",
        "limits_by_count[np.random.default_rng(0).poisson(background, 9999)].mean()",
    ),
    _median("the middle of the table", "all counts weigh alike", "limits_by_count[len(n) // 2]"),
    _median("the mean of the table", "all counts weigh alike", "limits_by_count.mean()"),
    _median(
        "the 95 % quantile", "0.95 quantile", "limits_by_count[int(stats.poisson.ppf(0.95, background))]"
    ),
    _median(
        "the lower quartile", "0.25 quantile", "limits_by_count[int(stats.poisson.ppf(0.25, background))]"
    ),
    _median(
        "between the median and the next",
        "only whole ones occur",
        "limits_by_count[middle : middle + 2].mean()",
    ),
    _median("the background subtracted", "subtract no background", "limits_by_count[middle] - background"),
    _median("all limits added", "Limits were added", "limits_by_count.sum()"),
    _median("a NaN", "A NaN is no limit", "np.nan"),
    _median("a text", "not a text", "str(limits_by_count[middle])"),
    _median("arguments swapped", "NaN", "limits_by_count[int(stats.poisson.ppf(background, 0.5))]"),
    _median("a name misspelt", "is the name spelt so", "limits_by_count[midle]"),
    _median("indexed by a float", "int(…)", "limits_by_count[stats.poisson.ppf(0.5, background)]"),
    _median("nothing is returned", "is there a return?", "None"),
    _median("the whole table", "Return one number", "limits_by_count"),
    _median("a list of one", "Return one number", "limits_by_count[[middle]]"),
    _median("a mistake that no hint knows", "the course's is [", "1.37 * background"),
    _median(
        "the largest product", "One count too many", "limits_by_count[(chance * limits_by_count).argmax()]"
    ),
    _median(
        "no event left out",
        "those of all counts from 0 on",
        "limits_by_count[np.searchsorted(chance[1:].cumsum(), 0.5)]",
    ),
    _median("half a life", "times ln 2", "limits_by_count[int(background * np.log(2))]"),
    _median(
        "a signal added",
        "*without* signal",
        "limits_by_count[int(stats.poisson.median(background + limits_by_count[0]))]",
    ),
    _median("a word for an index", "no text", "limits_by_count['median']"),
    _median("a piece of the table", "a piece of the table", "np.median(limits_by_count[:10])"),
    _median(
        "twenty toys",
        "few toys",
        "np.median(limits_by_count[np.random.default_rng(0).poisson(background, 20)])",
    ),
    _median("turned round", "was turned round", "np.sort(limits_by_count)[::-1][middle]"),
    _median(
        "the first limit above the background",
        "first limit above the background",
        "limits_by_count[np.argmax(limits_by_count > background)]",
    ),
    _median("added up to the median", "Limits were added", "limits_by_count[:middle].sum()"),
    _median(
        "Feldman and Cousins' at the background rounded",
        "another recipe's",
        "counting.feldman_cousins(round(background), background)[1]",
    ),
    _excluded(
        "the efficiency forgotten", "recoils that survive the cuts are counted", rest="/ recoils_at_reference"
    ),
    _excluded("times the efficiency", "on the wrong side", rest="* efficiency / recoils_at_reference"),
    _excluded("the lost share", "the share that is lost", rest="/ ((1 - efficiency) * recoils_at_reference)"),
    _excluded(
        "the background forgotten",
        "is the background missing, or added",
        "counting.feldman_cousins(n_observed, 0)[1]",
    ),
    _excluded("the background added", "is the background missing, or added", "upper + background"),
    _excluded(
        "the background off the count",
        "subtracted from the count first",
        "counting.feldman_cousins(int(n_observed - background), 0)[1]",
    ),
    _excluded(
        "the background off the count, rounded",
        "subtracted from the count first",
        "counting.feldman_cousins(round(n_observed - background), 0)[1]",
    ),
    _excluded("the background off the limit", "subtracted from the limit", "upper - background"),
    _excluded("the lower end", "the lower end of the interval", "lower"),
    _excluded("the width", "the interval's width", "upper - lower"),
    _excluded("the middle", "the middle of the interval", "(lower + upper) / 2"),
    _excluded("one-sided", "the classical one-sided limit", "counting.poisson_upper(n_observed, background)"),
    _excluded("one-sided over nothing", "without any background", "counting.poisson_upper(n_observed)"),
    _excluded(
        "the likelihood",
        "the likelihood's limit",
        "limits.ProfileLikelihood(1.0, background, n_observed).upper_limit()",
    ),
    _excluded(
        "95 %", "That is a 95 % interval", "counting.feldman_cousins(n_observed, background, cl=0.95)[1]"
    ),
    _excluded(
        "10 %", "That is a 10 % interval", "counting.feldman_cousins(n_observed, background, cl=0.1)[1]"
    ),
    _excluded("the sensitivity", "That is the sensitivity", "counting.sensitivity(background).median"),
    _excluded("the best estimate", "count less background", "n_observed - background"),
    _excluded("the count", "the count itself", "n_observed"),
    _excluded(
        "the background cut",
        "what is left after the cuts",
        "counting.feldman_cousins(n_observed, efficiency * background)[1]",
    ),
    _excluded(
        "the count corrected",
        "The count is what it is",
        "counting.feldman_cousins(int(n_observed / efficiency), background)[1]",
    ),
    _excluded("no recoils", "The recoils at the reference are missing", rest="/ efficiency"),
    _excluded("times the recoils", "on the wrong side", rest="* recoils_at_reference / efficiency"),
    _excluded("neither", "Efficiency and recoils are missing", rest=""),
    _excluded("no reference", "a signal strength", answer="upper / (efficiency * recoils_at_reference)"),
    _excluded("upside down", "Upside down", answer="reference * efficiency * recoils_at_reference / upper"),
    _excluded("events", "a number of events", answer="upper"),
    _excluded("per cent", "not per cent", rest="/ (efficiency / 100 * recoils_at_reference)"),
    _excluded("the pair", "Return one number", answer="(lower, upper)"),
    _excluded("arguments swapped", "at `", "counting.feldman_cousins(background, n_observed)[1]"),
    _excluded("nothing", "is there a return?", answer="None"),
    _excluded(
        "numbers of the check written in",
        "Is a number of the first experiment written into your function?",
        answer="1e-47 * upper / (0.35 * 15.0)",
    ),
    _excluded("a mistake that no hint knows", "the course's is", "upper * 1.37"),
    _excluded(
        "the background taken off a limit on both, which more events than background hide",
        "Take no background off a limit",
        "counting.feldman_cousins(n_observed, 0)[1] - background",
    ),
    _excluded(
        "the same, kept above zero",
        "Take no background off a limit",
        "max(counting.feldman_cousins(n_observed, 0)[1] - background, 0)",
    ),
    _excluded(
        "power-constrained",
        "That is power-constrained",
        "max(upper, counting.sensitivity(background).minus_one)",
    ),
    _excluded(
        "the reference written in",
        "It is the reference cross-section",
        rest="/ (efficiency * recoils_at_reference) * 1e-47 / reference",
    ),
    _excluded("the efficiency twice", "counts twice", rest="/ (efficiency**2 * recoils_at_reference)"),
    _excluded(
        "over signal and background",
        "signal at the reference alone",
        rest="/ (efficiency * recoils_at_reference + background)",
    ),
    _excluded(
        "over signal less background",
        "signal at the reference alone",
        rest="/ (efficiency * recoils_at_reference - background)",
    ),
    _excluded("the count subtracted", "it is in it already", "upper - n_observed"),
    _excluded(
        "its logarithm",
        "That is the logarithm",
        answer="np.log10(reference * upper / (efficiency * recoils_at_reference))",
    ),
    _excluded(
        "the efficiency as background",
        "where the background belongs",
        "counting.feldman_cousins(n_observed, efficiency)[1]",
    ),
    _excluded(
        "the recoils as background",
        "where the background belongs",
        "counting.feldman_cousins(n_observed, recoils_at_reference)[1]",
    ),
    _excluded(
        "the background as efficiency",
        "where the efficiency belongs",
        rest="/ (background * recoils_at_reference)",
    ),
    _excluded(
        "a Gaussian", "a Gaussian approximation", "n_observed - background + 1.645 * np.sqrt(n_observed)"
    ),
    _excluded(
        "80 %", "That is an 80 % interval", "counting.feldman_cousins(n_observed, background, cl=0.8)[1]"
    ),
    _excluded(
        "a level in per cent",
        "cl must be below 1",
        "counting.feldman_cousins(n_observed, background, cl=90)[1]",
    ),
    _excluded(
        "one more",
        "one event more than was counted",
        "counting.feldman_cousins(n_observed + 1, background)[1]",
    ),
    _excluded(
        "both cut",
        "after the cuts already",
        "counting.feldman_cousins(int(n_observed * efficiency), background * efficiency)[1]",
    ),
    _excluded("a coarse grid", "the step of a grid", "np.floor(upper / 0.1) * 0.1"),
    _excluded("the sign", "The sign is turned", "-upper"),
    _excluded(
        "the background doubled",
        "The background counts twice",
        "counting.feldman_cousins(n_observed, 2 * background)[1]",
    ),
    _excluded("exchanged", "exchanged", "counting.feldman_cousins(round(background), n_observed)[1]"),
    _excluded(
        "both corrected",
        "divided by the efficiency first",
        "counting.feldman_cousins(round(n_observed / efficiency), background / efficiency)[1]",
        "/ recoils_at_reference",
    ),
    _excluded("central", "a central interval", "stats.chi2.ppf(0.95, 2 * (n_observed + 1)) / 2 - background"),
    _excluded("1.96 σ", "Gaussian", "n_observed - background + 1.96 * n_observed**0.5"),
    _excluded("the count added", "The count is added", "n_observed + upper"),
    _excluded("square metres", "That is in m²", "1e-4 * upper"),
    _excluded("whole numbers", "cuts off the decimals", rest="// (efficiency * recoils_at_reference)"),
    _excluded("over the count", "divided by the count", "upper / max(n_observed, 1)"),
    _excluded("a root", "under a root", rest="/ (efficiency**0.5 * recoils_at_reference)"),
    _excluded("a step of 0.5", "the step of your grid", "np.floor(2 * upper) / 2"),
    _search(
        "flat background per keV, in a wide window",
        "The flat background is a rate",
        "target, low, high = 'Ar', 0.6, 3.4\ns, nu, flat = world_of(target, (low, high))\n"
        "proposal |= {'target': target, 'window': (low, high), 'reach': reach_for(s, nu + flat / (high - low))}",
    ),
    _search(
        "flat background without exposure",
        "The flat background is a rate",
        "target, low, high = 'Ar', 0.6, 3.4\ns, nu, flat = world_of(target, (low, high))\n"
        "proposal |= {'target': target, 'window': (low, high), 'reach': reach_for(s, nu + flat / 2)}",
    ),
    _search("no dictionary", "The proposal is a dictionary", "proposal = (target, low, high, reach)"),
    _search("no reason", "The proposal lacks reason", "del proposal['reason']"),
    _search("a reason of nothing", "The reason is missing", "proposal['reason'] = None"),
    _search("too short a reason", "The reason has 3 words", "proposal['reason'] = 'Xenon is best'"),
    _search("one word often", "over and over", "proposal['reason'] = 'best ' * 30"),
    _search("letters", "The reason has 0 words", "proposal['reason'] = 'a b c d ' * 10"),
    _search("no such target", "The target is one of four", "proposal['target'] = 'He'"),
    _search("a list of targets", "The target is one of four", "proposal['target'] = ['Xe', 'Ar']"),
    _search("a window of one edge", "The window is a pair", "proposal['window'] = 0.7"),
    _search("a window in words", "The window is a pair", "proposal['window'] = 'from 0.7 to 3'"),
    _search("a window upside down", "in this order", "proposal['window'] = (high, low)"),
    _search("a window without end", "The window is a pair", "proposal['window'] = (0.7, np.inf)"),
    _search("a window of nothing", "The window is a pair", "proposal['window'] = (None, 3.0)"),
    _search("below the threshold", "sees nothing below its threshold", "proposal['window'] = (0.1, 3.0)"),
    _search("in eV", "No recoil of a 5 GeV WIMP", "proposal['window'] = (70, 350)"),
    _search("no reach", "nothing", "proposal['reach'] = None"),
    _search("a reach in words", "'tiny'", "proposal['reach'] = 'tiny'"),
    _search("a wish", "the course's is", "proposal['reach'] = 1e-46"),
    _search("a negative reach", "A cross-section is positive", "proposal['reach'] = -reach"),
    _reach("the lucky", "the limit of the lucky", "counting.feldman_cousins(0, nu + flat)[1]"),
    _reach("no neutrinos", "The solar neutrinos are left out", _FC.format("flat")),
    _reach("no flat part", "The flat background is left out", _FC.format("nu")),
    _reach("no background", "All background is left out", "counting.feldman_cousins(0, 0.0)[1]"),
    _reach("no width", "The flat background is a rate", _FC.format("(nu + flat / (high - low))")),
    _reach(
        "classical",
        "the classical limit",
        "counting.poisson_upper(int(stats.poisson.median(nu + flat)), nu + flat)",
    ),
    _reach("events", "That is a number of events", f"s * 1e43 * {_FC.format('(nu + flat)')}"),
    _reach(
        "95 %",
        "a 95 % limit",
        "counting.feldman_cousins(int(stats.poisson.median(nu + flat)), nu + flat, cl=0.95)[1]",
    ),
    _reach(
        "one too many",
        "not the background rounded",
        "counting.feldman_cousins(int(stats.poisson.median(nu + flat)) + 1, nu + flat)[1]",
    ),
    _reach(
        "one sigma below",
        "a lucky one",
        "counting.feldman_cousins(int(stats.poisson.ppf(0.16, nu + flat)), nu + flat)[1]",
    ),
    _search(
        "a heavier WIMP",
        "a WIMP of 10 GeV",
        "e = np.linspace(low, high, 2000)\n"
        "proposal['reach'] *= s / (0.8 * np.trapezoid(recoils.wimp_rate(e, 10.0, 1e-43), e))",
    ),
    _search(
        "xenon's recoils in germanium",
        "Recoils of xenon stand in",
        "window = (0.2, 1.0)\ne = np.linspace(*window, 2000)\n"
        "s = 0.05 * np.trapezoid(recoils.wimp_rate(e, 5.0, 1e-43), e)\n_, nu, flat = world_of('Ge', window)\n"
        "proposal |= {'target': 'Ge', 'window': window, 'reach': reach_for(s, nu + flat)}",
    ),
    _search(
        "no exposure in silicon",
        "missing everywhere",
        "window = (0.1, 1.0)\nwithout = [part / 0.01 for part in world_of('Si', window)]\n"
        "proposal |= {'target': 'Si', 'window': window, 'reach': reach_for(without[0], sum(without[1:]))}",
    ),
    _search("a table improved", "has changed", "OPTIONS.loc['Xe', 'exposure_ty'] = 100.0"),
]
