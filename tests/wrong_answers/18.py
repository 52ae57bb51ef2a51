"""Plausible wrong answers to the exercises of lesson 18, each with the hint that names the mistake."""


def ratio(body, why, hint):
    """One wrong `pure_ratio`; `m` is the mixed ratio, `a` and `b` the electron and nuclear shares."""
    code = (
        "def pure_ratio(mixed, electron_share, nuclear_share):\n"
        "    m, a, b = mixed, electron_share, nuclear_share\n"
        "    solve = lambda m, a, b: (m * (1 - b) - a) / (1 - a - m * b)\n"
        f"    {body}\n"
    )
    return {"exercise": "1", "why": why, "code": code, "hint": hint}


def life(body, why, hint):
    """One wrong `electron_lifetime`; `d` and `s` are the slopes in data and simulation, `k` is ln 10."""
    code = (
        "def electron_lifetime(events, simulated):\n"
        "    k = np.log(10)\n"
        "    def slope(sample, light=True, value=np.log10):\n"
        "        given = [np.log10(sample['s1'])] * light + [sample['drift_time']]\n"
        "        return LinearRegression().fit(np.column_stack(given), value(sample['s2'])).coef_[-1]\n"
        "    d, s = slope(events), slope(simulated)\n"
        "    good = 1 / (1 / 6500 - k * (d - s))\n"
        f"    {body}\n"
    )
    return {"exercise": "2", "why": why, "code": code, "hint": hint}


def later(scores, why, hint):
    """Wrong scores of the later events; `c` is their log10 S2/S1, `n` their number."""
    code = (
        "n, c = len(later_events), np.log10(later_events['s2'] / later_events['s1'])\n"
        f"later_scores = {scores}\n"
    )
    return {"exercise": "3", "why": why, "code": code, "hint": hint}


WRONG = [
    ratio("return m", "nothing done", "nothing is undone"),
    ratio("return solve(m, b, a)", "shares exchanged", "The two shares are exchanged"),
    ratio("return solve(m, a, a)", "electron share twice", "Only `electron_share` appears"),
    ratio("return solve(m, b, b)", "nuclear share twice", "Only `nuclear_share` appears"),
    ratio("return solve(m, (a + b) / 2, (a + b) / 2)", "mean share", "mean of the two"),
    ratio("return solve(m, a, 0)", "tritium pure", "The tritium data are taken for pure"),
    ratio("return solve(m, 0, b)", "neutrons pure", "The neutron data are taken for pure"),
    ratio("return solve(m, a + b, 0)", "both above", "Both shares are put into the neutron data"),
    ratio("return ((1 - a) * m + a) / (b * m + 1 - b)", "mixed again", "mixes the ratio once more"),
    ratio("return 1 / solve(m, a, b)", "upside down", "Upside down"),
    ratio("return m * (1 - b) - a", "numerator", "The numerator alone"),
    ratio("return 1 - a - m * b", "denominator", "the denominator alone"),
    ratio("return (m * (1 - b) + a) / (1 - a + m * b)", "both signs", "Both signs are wrong"),
    ratio("return (m * (1 - b) + a) / (1 - a - m * b)", "sign above", "A sign is wrong above"),
    ratio("return (m * (1 - b) - a) / (1 - a + m * b)", "sign below", "A sign is wrong below"),
    ratio("return (m * (1 - b) - a) / (1 - a - b)", "b for m b", "Below stands b where m b belongs"),
    ratio("return (m - a) / (1 - a - m * b)", "factor above", "is not multiplied by 1"),
    ratio("return (m - a) / (1 - a - b)", "as shares", "unmixed as if they were shares"),
    ratio("q = (m / (1 + m) - a) / (1 - a - b)\n    return q", "chances", "Those are chances, unmixed"),
    ratio("q = (m / (1 + m) - a) / (1 - a - b)\n    return q / (1 - q)", "odds", "Chances were unmixed"),
    ratio("r = solve(m, a, b)\n    return r / (1 + r)", "a chance", "Those are chances: the ratio"),
    ratio("return np.log(solve(m, a, b))", "logarithm", "That is the logarithm"),
    ratio("return solve(m, a, b).mean()", "mean", "That is the mean"),
    ratio("solve(m, a, b)", "no return", "is there a return?"),
    ratio("return solve(m, 0.25, 0.05)", "typed in", "0.25 and 0.05, written in"),
    ratio("return (1 - a - m * b) / (m * (1 - b) - a)", "upside down by hand", "Upside down"),
    ratio("return (1 - a - b) / (1 - a - m * b)", "bracket", "was not multiplied into its bracket"),
    ratio("return m * (1 - b) / (1 - a - m * b)", "one foreign share", "Above, the foreign share"),
    ratio("return m * (1 - b) / (1 - a)", "purities", "Purities rescale"),
    life("return 1 / (1 / 6500 - (d - s))", "no ln 10", "log₁₀ is not ln"),
    life("return 1 / (1 / 6500 - (d - s) / k)", "divided", "Divided by ln 10"),
    life("return 1 / (1 / 6500 + k * (d - s))", "sign", "The sign: in the data"),
    life("return -1 / (k * (d - s))", "no 6500", "The simulation's own 6500 µs are missing"),
    life("return -1 / (d - s)", "no 6500, no ln 10", "own 6500 µs and the ln 10 are missing"),
    life("return 1 / (k * (d - s))", "negative", "A lifetime is positive; and the"),
    life("return -1 / (k * d)", "data alone", "From the data alone: S1 and S2"),
    life("return -1 / d", "data alone, no ln 10", "From the data alone, and"),
    life("return 1 / (1 / 6500 - k * d)", "simulation's slope left", "slope is not taken off"),
    life(
        "return 1 / (1 / 6500 - k * (slope(events, False) - slope(simulated, False)))",
        "not at equal S1",
        "Not at equal S1: put",
    ),
    life("return good / 1000", "ms", "Those are milliseconds"),
    life("return good * np.log(2)", "half-life", "That is the half-life"),
    life("return 1 / good", "rate", "That is the rate"),
    life("return d", "slope", "That is a slope of the data"),
    life("return d - s", "difference of slopes", "the difference of the slopes"),
    life("return 6500 - good", "difference", "by how much the lifetime is shorter"),
    life("return good / 6500", "share", "a share of 6500"),
    life("return 6500", "the simulation's", "That is the simulation's lifetime"),
    life("good", "no return", "is there a return?"),
    life("return 1850.0", "typed in", "of another data set"),
    life("return 1 / (1 / 6500 - k**2 * (d - s))", "ln 10 twice", "Multiplied by ln 10 twice"),
    life("return 6500 * s / d", "ratio of slopes", "The ratio of the slopes"),
    life("return 1 / (1 / 6500 - 1e3 * k * (d - s))", "drift time in ms", "A drift time in ms"),
    life("return 6500 - 1 / (k * d) + 1 / (k * s)", "lifetimes added", "Lifetimes were added"),
    later("np.zeros(n)", "nothing", "larger scores are for nuclear"),
    later("c", "upside down", "larger scores are for nuclear"),
    later("-c", "a cut", "Not yet"),
    later("np.zeros(5)", "another length", "One score for each later event"),
    later("np.full(n, np.nan)", "not finite", "not finite"),
    later("np.arange(n) >= n // 2", "the order in which they were drawn", "Did labels get in?"),
]
