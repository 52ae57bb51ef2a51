"""Plausible wrong answers to the exercises of lesson 23, each with the hint that names the mistake."""


def price(body, why, hint):
    """One wrong `saving`; `full` is the price of G0W0 for all, `label` of one label, `asked` the lower level's."""
    code = (
        "def saving(n_asked, n_labels, cheap, dear, contained):\n"
        "    label, full, asked = dear if contained else dear + cheap, n_asked * dear, n_asked * cheap\n"
        f"    {body}\n"
    )
    return {"exercise": "1", "why": why, "code": code, "hint": hint}


def joint(body, why, hint):
    """One wrong `two_level`; `of` solves the joint process from its blocks."""
    code = (
        "def two_level(rho, first, second, low, high, wanted, lower_labels, upper_labels):\n"
        "    top, corner = rho**2 * first + second, rho * first\n"
        "    def of(corner, top, to_low, to_high):\n"
        "        side = corner[np.ix_(low, high)]\n"
        "        inner = np.block([[first[np.ix_(low, low)], side], [side.T, top[np.ix_(high, high)]]])\n"
        "        across = np.hstack([to_low[np.ix_(wanted, low)], to_high[np.ix_(wanted, high)]])\n"
        "        return across @ np.linalg.pinv(inner) @ np.concatenate([lower_labels, upper_labels])\n"
        "    def one(k, known, values, asked):\n"
        "        return k[np.ix_(asked, known)] @ np.linalg.solve(k[np.ix_(known, known)], values)\n"
        f"    {body}\n"
    )
    return {"exercise": "2", "why": why, "code": code, "hint": hint}


def orbital(body, why, hint):
    """One wrong `predict_second`."""
    code = f"def predict_second(labelled, labels, asked):\n    {body}\n"
    return {"exercise": "3", "why": why, "code": code, "hint": hint}


WRONG = [
    price("return (n_labels * label + asked) / full", "inverse", "Upside down"),
    price("return full / (n_labels * (dear + cheap) + asked)", "paid twice", "paid twice"),
    price("return full / (n_labels * dear + asked)", "not paid", "paid on top"),
    price("return full / (n_labels * label)", "asked are free", "each of them pays it"),
    price("return full / asked", "labels are free", "The labels are forgotten"),
    price("return dear / cheap", "one molecule", "The labels are forgotten"),
    price("return (n_asked - n_labels) * dear / (n_labels * label + asked)", "minus", "no part of the asked"),
    price("return (n_asked + n_labels) * dear / (n_labels * label + asked)", "plus", "no labels are needed"),
    price("return full / (n_labels * label + asked - n_labels * cheap)", "fewer", "counted as others"),
    price("return full - n_labels * label - asked", "difference", "a factor is wanted"),
    price("return 1 - (n_labels * label + asked) / full", "share", "the share that is saved"),
    price("return n_labels * label + asked", "price", "the campaign's price"),
    price("return (n_labels * label + asked) / 3600", "hours", "price in hours"),
    price("return full / (n_labels * label + asked) / 3600", "hours", "no unit"),
    price(
        "return (full + asked) / (n_labels * label + asked)",
        "xTB for all too",
        "contains what it starts from",
    ),
    price("return full / (n_labels + asked)", "a count", "added to seconds"),
    price("return full / (n_labels * cheap + full)", "exchanged", "exchanged"),
    price("return n_asked / n_labels", "ceiling", "the ceiling"),
    price("return 48.8", "written in", "The same number each time"),
    price(
        "return full / (n_labels * (dear + cheap if contained else dear) + asked)",
        "turned",
        "wrong way round",
    ),
    price(
        "return full / (n_labels * label + (0 if contained else asked))", "asked free", "about the labelled"
    ),
    price("return full / (n_labels * label + n_asked * (cheap + 0.26))", "geometry", "not in these prices"),
    price(
        "return full / (n_labels * (label + 0.26) + n_asked * (cheap + 0.26))",
        "geometry for all",
        "not in these prices",
    ),
    price("return full / n_labels * label + asked", "no brackets", "Brackets are missing"),
    price("return full / (n_labels * label) + asked", "half a bracket", "Brackets are missing"),
    price(
        "return full / (n_labels * (dear - cheap if contained else dear) + asked)", "minus cheap", "too cheap"
    ),
    price("return 100 * full / (n_labels * label + asked)", "per cent", "not per cent"),
    price(
        "return 100 * (1 - (n_labels * label + asked) / full)", "per cent saved", "the share that is saved"
    ),
    price("return full / (n_labels * label + asked) - 1", "gain over price", "one less than the factor"),
    price("return round(full / (n_labels * label + asked))", "rounded", "Rounded"),
    price("return round(full / (n_labels * label + asked), 2)", "rounded", "Rounded"),
    price("return str(full)", "text", "not a text"),
    price("return np.nan", "NaN", "NaN"),
    price("return [full, asked]", "a list", "One number is wanted"),
    price("full / asked", "no return", "is there a return?"),
    joint(
        "return of(corner, rho * first + second, corner, rho * first + second)", "ρ once", "ρ enters twice"
    ),
    joint("return of(corner, rho * first + second, corner, top)", "ρ once inside", "ρ enters twice"),
    joint("return of(corner, first + second, corner, top)", "no ρ² inside", "the ρ² is missing"),
    joint(
        "return of(corner, rho**2 * first, corner, rho**2 * first)", "no step", "The step's own covariance"
    ),
    joint(
        "return of(corner, rho**2 * (first + second), corner, top)", "step scaled", "belongs to `first` alone"
    ),
    joint("return of(first, top, corner, top)", "corner without ρ", "among the labels: ρ `first`"),
    joint("return of(corner, top, first, top)", "across without ρ", "Wanted with lower labels"),
    joint("return of(first, top, first, top)", "no ρ", "missing in both places"),
    joint("return of(rho**2 * first, top, rho**2 * first, top)", "ρ²", "not ρ² `first`"),
    joint("return of(0 * first, top, corner, top)", "no corner", "correlated"),
    joint("return of(0 * first, top, 0 * first, top)", "no lower", "have no say"),
    joint("return of(corner + second, top, top, top)", "step below", "no part of the lower level"),
    joint("return of(corner, top, corner, rho**2 * first)", "no step across", "`second` is missing there"),
    joint("return of(corner, top, corner, corner)", "ρ across", "as upper with upper"),
    joint("return of(corner, top, first, corner)", "lower level", "That is the lower level"),
    joint("return rho * of(corner, top, first, corner)", "ρ lower", "the step is forgotten"),
    joint("return one(first, low, lower_labels, wanted)", "lower labels", "from its own labels alone"),
    joint("return rho * one(first, low, lower_labels, wanted)", "ρ lower labels", "the step is forgotten"),
    joint("return one(top, high, upper_labels, wanted)", "upper labels", "the upper labels alone"),
    joint(
        "rest = upper_labels - rho * one(first, low, lower_labels, high)\n"
        "    return rho * one(first, low, lower_labels, wanted) + one(second, high, rest, wanted)",
        "a chain",
        "That is a chain",
    ),
    joint("return of(corner, top, corner, top), 0.0", "with a likelihood", "one of the 2 things"),
    joint(
        "top = (rho**2 + 1) * first; return of(corner, top, corner, top)",
        "a is 1",
        "`first` stands in its place",
    ),
    joint(
        "rest = upper_labels - rho * one(first, low, lower_labels, high)\n"
        "    return rho * one(first, low, lower_labels, wanted) + one(first, high, rest, wanted)",
        "a chain with the first covariance",
        "`first` stands in its place",
    ),
    joint(
        "return rho * one(first, low, lower_labels, wanted) + one(second, high, upper_labels, wanted)",
        "a sum",
        "Two separate processes",
    ),
    joint(
        "return rho * one(first, low, lower_labels, wanted) + one(top, high, upper_labels, wanted)",
        "a sum of both",
        "Two separate processes",
    ),
    joint(
        "keep = ~np.isin(low, high)\n    low, lower_labels = low[keep], lower_labels[keep]\n"
        "    return of(corner, top, corner, top)",
        "doubles dropped below",
        "keeps both",
    ),
    joint(
        "keep = ~np.isin(high, low)\n    high, upper_labels = high[keep], upper_labels[keep]\n"
        "    return of(corner, top, corner, top)",
        "doubles dropped above",
        "keeps both",
    ),
    joint(
        "both = np.concatenate([upper_labels, lower_labels])\n"
        "    lower_labels, upper_labels = both[: len(low)], both[len(low) :]\n"
        "    return of(corner, top, corner, top)",
        "stacked upside down",
        "another order than the blocks",
    ),
    joint(
        "lower_labels, upper_labels = lower[low], upper[high]; return of(corner, top, corner, top)",
        "the notebook's labels",
        "the first labels",
    ),
    joint("return -of(corner, top, corner, top)", "sign", "The sign is turned"),
    joint(
        "wanted = np.arange(90); return of(corner, top, corner, top)", "all molecules", "those of `wanted`"
    ),
    joint("return np.zeros(len(wanted))", "zeros", "All zeros"),
    joint("return np.full(len(wanted), np.nan)", "NaN", "There is a NaN"),
    joint("of(corner, top, corner, top)", "no return", "is there a return?"),
    joint("return 'many'", "text", "the course's is"),
    joint(
        "rho, top, corner = 0.7, 0.49 * first + second, 0.7 * first; return of(corner, top, corner, top)",
        "ρ written in",
        "the first ρ",
    ),
    joint(
        "first, second = globals()['first'], globals()['second']\n"
        "    top, corner = rho**2 * first + second, rho * first\n    return of(corner, top, corner, top)",
        "global covariances",
        "the first covariances",
    ),
    orbital("return np.full(len(asked), labels.mean())", "the mean", "no better than a line"),
    orbital("return np.polyval(np.polyfit(xtb[labelled, 1], labels, 1), xtb[asked, 1])", "line", "no better"),
    orbital("return second_level[asked]", "the truth", "hidden it changes"),
    orbital("return second_level[asked] + 0.1", "the truth, shifted", "hidden it changes"),
    orbital("return labels", "the labels", "the course's is"),
    orbital("return labels.mean() - xtb[labelled, 1].mean() + 0 * xtb[asked, 1]", "a step", "added back"),
    orbital("return np.full(len(asked), np.nan)", "NaN", "A prediction is NaN"),
    orbital("labels.mean()", "no return", "is there a return?"),
    orbital(
        "return second_level[asked] + 0.2 * np.cos(np.arange(len(asked)))", "by order", "must follow `asked`"
    ),
    orbital(
        "return second_level[asked] + 0.3 * np.cos(97 * asked)", "the truth, blurred", "hidden it changes"
    ),
    orbital(
        "return 0.35 * second_level[asked] + 0.65 * (xtb[asked, 1] + (labels - xtb[labelled, 1]).mean())",
        "a third of the truth",
        "hidden it changes",
    ),
    orbital(
        "tries = [xtb[asked, 1] + shift for shift in np.arange(-3, 3, 0.05)]\n"
        "    return min(tries, key=lambda guess: np.abs(guess - second_level[asked]).mean())",
        "chosen on the asked",
        "hidden it changes",
    ),
    orbital(
        "rows = globals()['labelled']\n"
        "    x = np.column_stack([np.ones(len(xtb)), np.nan_to_num(xtb[:, :3], nan=-20), xtb_lumo])\n"
        "    on = [(population[:, 1] * (dear.numbers == z)).sum(axis=1) for z in (1, 6, 7, 8)]\n"
        "    x = np.column_stack([x, *on])\n"
        "    fit = np.linalg.lstsq(x[rows], second_level[rows], rcond=None)[0]\n    return x[asked] @ fit",
        "labels unused",
        "are `labelled` and `labels`",
    ),
    orbital(
        "x = np.column_stack([np.ones(len(xtb)), np.nan_to_num(xtb[:, :3], nan=-20), xtb_lumo])\n"
        "    on = [(population[:, 1] * (dear.numbers == z)).sum(axis=1) for z in (1, 6, 7, 8)]\n"
        "    x = np.column_stack([x, *on])\n"
        "    fit = np.linalg.lstsq(x[labelled], labels, rcond=None)[0]\n    return x[asked] @ fit",
        "numbers alone",
        "whose atoms count",
    ),
]
