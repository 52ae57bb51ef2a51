"""Plausible wrong answers to the exercises of lesson 01, each with the hint that names the mistake."""

_RECOILS = """def expected_recoils(mass, cross_section, kilograms, days, threshold):
    tonnes, years = kilograms / 1000, days / 365.25
    rate = lambda e: recoils.wimp_rate(e, mass, cross_section)
    return {}
"""
_COUNT = "spectra.expected_events(rate, {}, ({}, {}))"

_GAINS = """def gains(low_line, high_line, low_energy, high_energy, work_function):
    signals = np.array([line[["s1c", "s2c"]].mean() for line in (low_line, high_line)], dtype=float)
    energies = np.array([low_energy, high_energy])
    solve = lambda quanta: 1 / np.linalg.solve(signals, quanta)
    return {}
"""


def _recoils(why, hint, exposure="tonnes * years", low="threshold", high="300", answer=None):
    answer = answer or _COUNT.format(exposure, low, high)
    return {"exercise": "1", "why": why, "code": _RECOILS.format(answer), "hint": hint}


def _gains(why, hint, answer):
    return {"exercise": "2", "why": why, "code": _GAINS.format(answer), "hint": hint}


WRONG = [
    _recoils("kilograms taken for tonnes", "kilograms are taken for tonnes", "kilograms * years"),
    _recoils("days taken for years", "days are taken for years", "tonnes * days"),
    _recoils("nothing converted", "neither kilograms nor days are converted", "kilograms * days"),
    _recoils("the mass forgotten", "the mass is left out", "years"),
    _recoils("the time forgotten", "the time is left out", "tonnes"),
    _recoils("the exposure forgotten", "the exposure is left out", "1.0"),
    _recoils("tonnes the wrong way", "where a tonne has 1000 kg", "kilograms * 1000 * years"),
    _recoils("years the wrong way", "where a year has 365.25 days", "tonnes * days * 365.25"),
    _recoils("the threshold forgotten", "starts at zero, not at the threshold", low="0"),
    _recoils("the wrong side of the threshold", "recoils below the threshold", low="0", high="threshold"),
    _recoils(
        "a rate in place of an integral",
        "the rate at the threshold, not its integral",
        answer="tonnes * years * rate(threshold)",
    ),
    _recoils("a mean for a sum", "An integral is not a mean", "tonnes * years / (300 - threshold)"),
    _recoils(
        "rounded", "do not round", answer="round(" + _COUNT.format("tonnes * years", "threshold", "300") + ")"
    ),
    _recoils(
        "the lesson's cross-section", "not the one handed over", "tonnes * years * 1e-47 / cross_section"
    ),
    _recoils("mass and cross-section swapped", "wants the mass before", answer="0.0"),
    _recoils(
        "the check's own numbers",
        "are its numbers written in?",
        answer="spectra.expected_events("
        "lambda e: recoils.wimp_rate(e, 50, 1e-46), 0.26 * 110 / 365.25, (5, 300))",
    ),
    _recoils("nothing is returned", "is there a return?", answer="None"),
    _recoils("an array is returned", "One number is wanted", answer="rate(np.linspace(threshold, 300, 9))"),
    _recoils(
        "a mistake that no hint knows", "the course's is", answer="spectra.expected_events(rate, 7, (1, 9))"
    ),
    {
        "exercise": "2",
        "why": "signals as seen",
        "code": """def gains(low_line, high_line, low_energy, high_energy, work_function):
    signals = np.array([line[["s1", "s2"]].mean() for line in (low_line, high_line)], dtype=float)
    return 1 / np.linalg.solve(signals, np.array([low_energy, high_energy]) / work_function)
""",
        "hint": "take the corrected columns",
    },
    {
        "exercise": "2",
        "why": "only s2 is uncorrected",
        "code": """def gains(low_line, high_line, low_energy, high_energy, work_function):
    signals = np.array([line[["s1c", "s2"]].mean() for line in (low_line, high_line)], dtype=float)
    return 1 / np.linalg.solve(signals, np.array([low_energy, high_energy]) / work_function)
""",
        "hint": "only s2 is uncorrected",
    },
    {
        "exercise": "2",
        "why": "only s1 is uncorrected",
        "code": """def gains(low_line, high_line, low_energy, high_energy, work_function):
    signals = np.array([line[["s1", "s2c"]].mean() for line in (low_line, high_line)], dtype=float)
    return 1 / np.linalg.solve(signals, np.array([low_energy, high_energy]) / work_function)
""",
        "hint": "only s1 is uncorrected",
    },
    _gains("the wrong order", "g1 first", "solve(energies / work_function)[::-1]"),
    _gains("the inverse", "quanta per phd", "1 / solve(energies / work_function)"),
    _gains("W forgotten", "W is left out", "solve(energies)"),
    _gains("times W", "E is multiplied by W", "solve(energies * work_function)"),
    _gains("W taken for eV", "not in one unit", "solve(energies / (1000 * work_function))"),
    _gains("energies in eV", "not in one unit", "solve(1000 * energies / work_function)"),
    _gains("each signal alone", "each taken for all quanta", "signals[1] * work_function / high_energy"),
    _gains("energies exchanged", "The two energies are exchanged", "solve(energies[::-1] / work_function)"),
    _gains("NEST's own numbers", "That is LZ's", "(0.11357, 47.067)"),
    _gains("a pair of an array and a number", "A pair (g1, g2) is wanted", "(signals[0], 47.0)"),
    _gains("one number", "A pair (g1, g2) is wanted", "solve(energies / work_function)[0]"),
    _gains("nothing is returned", "A pair (g1, g2) is wanted", "None"),
    _gains("a mistake that no hint knows", "the course's is", "1.2 * solve(energies / work_function)"),
    _recoils(
        "sum over keV forgotten: one keV each", "One number is wanted", answer="rate(np.arange(5, 300.0))"
    ),
    _recoils("up to twice the threshold", "ends at twice the threshold", high="2 * threshold"),
    _recoils(
        "the rate times the range", "the rate falls on the way", answer="tonnes * years * rate(5.0) * 295"
    ),
    _recoils("backwards", "Below zero", answer="-" + _COUNT.format("tonnes * years", "threshold", "300")),
    _gains("light alone", "share", "signals[0] * work_function / low_energy"),
    _gains("half and half", "half and half", "2 * signals[1] * work_function / high_energy"),
    _gains(
        "rows for columns",
        "one line is one equation",
        "1 / np.linalg.solve(signals.T, energies / work_function)",
    ),
    _gains("text", "A pair (g1, g2) is wanted", "'0.11 and 47'"),
    _recoils("ends at the sampler's 200 keV", "ends at 200 keV", high="200"),
    _recoils("ends at 80 keV", "ends at 80 keV", high="80"),
    _recoils("ends at 30 keV", "ends at 30 keV", high="30"),
    _recoils("starts at 0.5 keV", "starts at 0.5 keV", low="0.5"),
    _recoils("a year of 360 days", "a year has 360 days", "tonnes * days / 360"),
    _recoils("months", "those are months", "tonnes * days / 30"),
    _recoils("hours", "no hours occur here", "tonnes * years / 24"),
    _recoils("one day", "the time is one day", "tonnes / 365.25"),
    _recoils("mass over time", "an exposure is their product", "tonnes / years"),
    _recoils(
        "a coarse grid",
        "too coarse",
        answer="(lambda e: tonnes * years * np.trapezoid(rate(e), e))(np.linspace(threshold, 300, 20))",
    ),
    _recoils(
        "rates added",
        "also takes the step",
        answer="tonnes * years * rate(np.linspace(threshold, 300, 1000)).sum()",
    ),
    _recoils(
        "an integral without its energies",
        "Which energies go with the rates?",
        answer="tonnes * years * np.trapezoid(rate(np.geomspace(threshold, 300, 300)))",
    ),
    _recoils(
        "steps of a keV",
        "in steps of 1 keV",
        answer="tonnes * years * rate(np.arange(threshold, 300)).sum()",
    ),
    _recoils(
        "kilograms for the WIMP's mass",
        "The kilograms of xenon stand where",
        answer="spectra.expected_events(lambda e: recoils.wimp_rate(e, kilograms, cross_section), "
        "tonnes * years, (threshold, 300))",
    ),
    _recoils(
        "the lesson's WIMP",
        "a WIMP of 100 GeV",
        answer="spectra.expected_events(lambda e: recoils.wimp_rate(e, 100, cross_section), "
        "tonnes * years, (threshold, 300))",
    ),
    _recoils("the threshold written in", "the first search's threshold", low="5.0"),
    _recoils(
        "a Poisson draw",
        "do not draw",
        answer="np.random.default_rng(1).poisson("
        + _COUNT.format("tonnes * years", "threshold", "300")
        + ")",
    ),
    _recoils(
        "the chance of one or more",
        "chance of at least one",
        answer="1 - np.exp(-" + _COUNT.format("tonnes * years", "threshold", "300") + ")",
    ),
    _gains(
        "the lines' difference, half and half",
        "half and half",
        "2 * np.diff(signals, axis=0)[0] / np.diff(energies / work_function)",
    ),
    _gains(
        "g1 from one line, g2 from the other",
        "g1 comes from one line",
        "np.diag(signals) * work_function / energies",
    ),
    _gains("both lines given one energy", "given the low energy", "solve(energies[[0, 0]] / work_function)"),
    _gains("per cent", "in per cent", "solve(energies / work_function) * [100, 1]"),
    _gains(
        "the slope for g1",
        "g1 is −g2/slope",
        "tuple(np.polyfit(*(signals * work_function / energies[:, None]).T, 1))",
    ),
    _gains(
        "tables in the equations", "as many equations as unknowns", "np.linalg.solve(low_line, high_line)"
    ),
    _gains(
        "a fit to all events",
        "single events, whose light and charge scatter",
        """1 / np.linalg.lstsq(
        np.concatenate([line[["s1c", "s2c"]] for line in (low_line, high_line)]),
        np.repeat(energies / work_function, [len(low_line), len(high_line)]), rcond=None)[0]""",
    ),
    {
        "exercise": "2",
        "why": "medians",
        "code": _GAINS.replace(".mean()", ".median()").format("solve(energies / work_function)"),
        "hint": "come from medians",
    },
    {
        "exercise": "2",
        "why": "root mean squares",
        "code": _GAINS.replace('[["s1c", "s2c"]].mean()', '[["s1c", "s2c"]].pow(2).mean() ** 0.5').format(
            "solve(energies / work_function)"
        ),
        "hint": "root mean squares",
    },
    {
        "exercise": "3",
        "why": "one answer for all",
        "code": "def better_cut(events):\n    return True\n",
        "hint": "not one for all",
    },
    {
        "exercise": "3",
        "why": "row numbers",
        "code": "def better_cut(events):\n    return np.arange(len(events))\n",
        "hint": "True or False for each event",
    },
    {
        "exercise": "3",
        "why": "the other way round",
        "code": "def better_cut(events):\n    return (events['s2c'] / events['s1c'] > 300).to_numpy()\n",
        "hint": "the other way round",
    },
    {
        "exercise": "3",
        "why": "a constant ratio",
        "code": "def better_cut(events):\n    return (events['s2c'] / events['s1c'] < 200).to_numpy()\n",
        "hint": "nuclear recoils",
    },
]
