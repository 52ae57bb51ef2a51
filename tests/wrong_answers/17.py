"""Plausible wrong answers to the exercises of lesson 17, each with the hint that names the mistake."""


def error(body, why, hint):
    """One wrong `strength_error`; `s`, `b`, `t`, `u` are signal, electrons, slopes and normalisation."""
    code = (
        "def strength_error(signal, electrons, slopes, normalisation):\n"
        "    s, b, t, u = signal, electrons, slopes, normalisation\n"
        "    scale, shift = (u * b) ** 2, (t**2).sum(axis=0)\n"
        f"    return {body}\n"
    )
    return {"exercise": "1", "why": why, "code": code, "hint": hint}


def region(body, why, hint):
    """One wrong `best_region`; `cut(rank)` is the region of highest ranks with the smallest error."""
    code = (
        "def best_region(signal, electrons, slope):\n"
        "    s, b, t = signal, electrons, slope\n"
        "    def cut(rank, with_slope=True, share=None):\n"
        "        order = np.argsort(-rank, kind='stable')\n"
        "        S, B, T = (np.cumsum(part[order]) for part in (s, b, t))\n"
        "        wrong = np.sqrt(B + (0.01 * B) ** 2 + with_slope * T**2) / S\n"
        "        k = wrong.argmin() if share is None else np.searchsorted(S, share)\n"
        "        return np.isin(np.arange(len(s)), order[: k + 1])\n"
        f"    {body}\n"
    )
    return {"exercise": "2", "why": why, "code": code, "hint": hint}


def searched(steps, why, hint, inside="np.maximum(b + c * t, 1e-9)"):
    """One wrong search of c on s/(b + c·b′), the region chosen by its true error."""
    body = (
        f"tried = [cut(s / ({inside})) for c in {steps}]\n"
        "    of = lambda r: np.sqrt(b[r].sum() + (0.01 * b[r].sum()) ** 2 + t[r].sum() ** 2) / s[r].sum()\n"
        "    return min(tried, key=of)"
    )
    return region(body, why, hint)


def scored(body, why, hint):
    """One wrong `score`."""
    code = (
        f"def score(features):\n    light, charge = features[:, 0], features.sum(axis=1)\n    return {body}\n"
    )
    return {"exercise": "3", "why": why, "code": code, "hint": hint}


WRONG = [
    error("(b + scale + shift) / s**2", "a variance", "That is the variance"),
    error("(b + scale + shift) / s", "no root", "The root is missing"),
    error("np.sqrt(b + scale + shift)", "not divided", "Not divided by the signal"),
    error("np.sqrt((b + scale + shift) / s)", "the signal in the root", "outside the root"),
    error("s / np.sqrt(b + scale + shift)", "a significance", "Upside down"),
    error("(np.sqrt(b) + u * b + abs(t).sum(axis=0)) / s", "added", "The errors are added"),
    error("np.sqrt(b + scale + t.sum(axis=0) ** 2) / s", "slopes added", "The slopes are added first"),
    error("np.sqrt(b + scale + abs(t).sum(axis=0)) / s", "not squared", "not squared"),
    error("np.sqrt(b + scale + t[0] ** 2) / s", "one nuisance", "Only the first nuisance"),
    error("np.sqrt(b + scale + (t**2).mean(axis=0)) / s", "a mean", "their sum"),
    error("np.sqrt(b) / s", "the dice alone", "the dice's error alone"),
    error("np.sqrt(b + shift) / s", "no normalisation", "The normalisation is missing"),
    error("np.sqrt(b + scale) / s", "no nuisances", "The nuisances are missing"),
    error("np.sqrt(scale + shift) / s", "no dice", "The dice are missing"),
    error("np.sqrt(b**2 + scale + shift) / s", "the count squared", "not its square"),
    error("np.sqrt(b + u * b + shift) / s", "normalisation not squared", "The normalisation is not squared"),
    error("np.sqrt(b + u**2 + shift) / s", "relative", "The normalisation is relative"),
    error(
        "np.sqrt(b + scale + (t * b)[0] ** 2 + (t * b)[1] ** 2 + (t * b)[2] ** 2) / s", "times b", "already"
    ),
    error("np.sqrt(s + b + scale + shift) / s", "the signal scatters", "The signal scatters, too"),
    error("np.sqrt(b + scale + (t**2).sum()) / s", "no axis", "over nuisances, axis=0"),
    error("np.sqrt(b + scale + shift) / b", "over electrons", "Divided by the electrons"),
    error("np.sqrt(b + scale + abs(t).sum(axis=0) ** 2) / s", "sizes added", "sizes are added, then squared"),
    error("np.sqrt(b + scale + (t**2).sum(axis=1)) / s", "the wrong axis", "is it axis 0"),
    error("np.sqrt(b + scale + t**2) / s", "no sum", "One error a cut"),
    error("np.sqrt(b + u * b**2 + shift) / s", "u not squared", "The normalisation is not squared"),
    error("np.sqrt(b + (u * b + t.sum(axis=0)) ** 2) / s", "added first", "added before they are squared"),
    error("np.sqrt(b + (u * s) ** 2 + shift) / s", "on the signal", "not the signal's"),
    error("np.sqrt(1 + b + scale + shift) / s", "the lesson's 1", "One event too many"),
    error("np.sqrt(b + (0.01 * b) ** 2 + shift) / s", "the lesson's 0.01", "The lesson's 0.01"),
    error("np.sqrt(b + scale + shift / 4) / s", "slopes halved", "not to be halved"),
    error("np.log((b + scale + shift) / s**2)", "the lesson's log", "no logarithm"),
    error("np.sqrt(b + scale + shift / s**2)", "the wrong bracket", "A bracket"),
    error("np.sqrt(b + scale - 1e6 * shift) / s", "below zero", "Some errors are NaN"),
    error("np.sqrt(b + (0.02 * b) ** 2 + shift) / s", "2 % written in", "0.02 is written in"),
    error("np.sqrt(b + scale + t[0] ** 2 + t[1] ** 2 + t[2] ** 2) / s", "three slopes", "has rows, here two"),
    error(
        "np.sqrt(electrons_1 + scale + shift) / s",
        "a name from outside",
        "do all numbers come from the arguments",
    ),
    error("(np.sqrt(b) + u * b + np.sqrt(shift)) / s", "three added", "add in quadrature, all three"),
    error("(np.sqrt(b) + np.sqrt(scale + shift)) / s", "two added", "add in quadrature, all three"),
    error("np.log((1 + b + scale + shift) / s**2)", "the lesson's loss", "That is the lesson's loss"),
    error("np.sqrt(s + scale + shift) / s", "the signal's dice", "The dice are the electrons'"),
    error("np.sqrt(np.sqrt(b) + scale + shift) / s", "root in the root", "its square, b, is wanted"),
    error("np.sqrt(b + (u * (s + b)) ** 2 + shift) / s", "signal normalised", "the electrons' alone"),
    error("np.sqrt(b + scale / 100**2 + shift) / s", "per cent", "a share already"),
    error("np.sqrt(b + scale + u**2 * shift) / s", "slopes times u", "do not shrink"),
    error("np.sqrt(b + shift) / s * (1 + u)", "a factor", "no factor"),
    error("np.sqrt(b + scale + shift) / (s + b)", "over all", "by the signal alone"),
    error("np.sqrt(1 / b + u**2 + ((t / b) ** 2).sum(axis=0)) / s", "shares", "Relative to the electrons"),
    error("np.sqrt(b + scale + t.var(axis=0, ddof=1)) / s", "a variance", "sum the slopes' squares"),
    error(
        "np.max([np.sqrt(b), u * b, np.sqrt(shift)], axis=0) / s", "the largest", "The largest of the three"
    ),
    error("np.full(len(s), 0.2)", "the example", "The same error for every cut"),
    error("np.round(np.sqrt(b + scale + shift) / s)", "rounded", "They are rounded"),
    region("return cut(s / b)", "the likelihood ratio", "does c take both signs"),
    searched("(4,)", "one c, near the best", "second plane (few electrons, the light falls) is 101"),
    searched("(0, 1, 2, 3, 4, 6)", "one sign of c", "does c take both signs"),
    searched("np.linspace(-1, 1, 21)", "narrow", "best cut at c near 1: is c searched"),
    searched("(2,)", "one c", "best cut at c near 2"),
    searched("(-4.75,)", "the sign turned", "best cut at c near -4.75"),
    searched("np.linspace(-10, 10, 81)", "put behind", "your rank puts them last", "b + c * t"),
    searched("np.linspace(-10, 10, 201)", "put behind, finer", "your rank puts them last", "b + c * t"),
    searched("np.linspace(-10, 10, 81)", "the size", "your rank takes its size", "abs(b + c * t)"),
    searched("np.linspace(0, 10, 41)", "squares", "Each slope is squared alone", "b + c * t**2"),
    region(
        "def found(c):\n"
        "        order = np.argsort(-s / np.maximum(b + c * t, 1e-9))\n"
        "        S, B, T = (np.cumsum(part[order]) for part in (s, b, t))\n"
        "        wrong = np.sqrt(B + T**2) / S\n"
        "        return wrong.min(), c, np.isin(np.arange(len(s)), order[: wrong.argmin() + 1])\n"
        "    return min(map(found, np.linspace(-10, 10, 81)))[2]",
        "without the 1 %",
        "by the whole error",
    ),
    region(
        "def found(c):\n"
        "        order = np.argsort(-s / np.maximum(b + c * t, 1e-9))\n"
        "        S, B, T = (np.cumsum(part[order]) for part in (s, b, t))\n"
        "        inside = np.isin(np.arange(len(s)), order[: (np.sqrt(B + T**2) / S).argmin() + 1])\n"
        "        S, B, T = (part[inside].sum() for part in (s, b, t))\n"
        "        return np.sqrt(B + (0.01 * B) ** 2 + T**2) / S, c, inside\n"
        "    return min(map(found, np.linspace(-10, 10, 81)))[2]",
        "thresholds without the 1 %",
        "Is the 1 % of the electrons' number in your error?",
    ),
    region(
        "inside = cut(s / np.maximum(b + 4.75 * t, 1e-9))\n    return np.arange(len(s)) < inside.sum()",
        "left in sorted order",
        "put back from the sorted order",
    ),
    region(
        "return ~cut(s / np.maximum(b + 4.75 * t, 1e-9))", "the best, outside", "Those are the cells outside"
    ),
    region("return np.roll(cut(s / np.maximum(b + 4.75 * t, 1e-9)), 1)", "rolled", "shifted by one cell"),
    region("return cut(s / b, share=0.6)", "60 % of the signal", "their order does not ask the slope"),
    region("return s / b > np.median(s / b)", "above the median", "their order does not ask the slope"),
    region("return cut(s, share=0.9)", "90 % by signal", "the electrons are not asked"),
    region("return cut(s / np.maximum(b + 4.75 * t, 1e-9), share=0.5)", "right order", "cut elsewhere"),
    region(
        "return np.sqrt(b + t**2) / s < 2 * (np.sqrt(b + t**2) / s).min()", "each", "errors of cells do not"
    ),
    region("return cut(np.where(t < 0, s / b, 0))", "one sign", "Only cells of one sign"),
    region("return abs(light) < 0.2", "a strip of light", "A cut on the light alone"),
    region("return abs(charge) < 0.2", "a strip of charge", "A cut on the charge alone"),
    region("return cut(s / s.sum() - b / b.sum())", "a difference", "A difference of shares"),
    region("return cut(-s / b)", "sorted upwards", "begin with the worst"),
    region("return cut(s / (b - 0.0 * t))", "only c of one sign", "does c take both signs"),
    region("return s > s.mean()", "much signal", "the electrons are not asked"),
    region(
        "tried = [cut(s / (b + c * t)) for c in np.linspace(-100, 100, 401)]\n"
        "    of = lambda r: np.sqrt(b[r].sum() + (0.01 * b[r].sum()) ** 2 + t[r].sum() ** 2) / s[r].sum()\n"
        "    return min(tried, key=of)",
        "the formula as it stands",
        "belong in front",
    ),
    region("return cut(s / b, False)", "no slope at all", "chosen without the slope"),
    region("return cut(s / b, share=0.5)", "half of the signal", "Half of the signal"),
    region("return cut(s / b, share=0.9)", "nine tenths", "Nine tenths"),
    region("return cut(s)", "most signal", "The cells with most signal first"),
    region("return cut(s / np.sqrt(b))", "a cell's s/√b", "errors of cells do not add up"),
    region("return cut(s / (b + abs(t)))", "the slope's size", "slopes of two signs cancel"),
    region("return cut(s / np.maximum(b + 1.0 * t, 1e-9))", "the slope once", "is c searched"),
    region("return cut(s / np.maximum(b - 1.0 * t, 1e-9))", "the slope once, turned", "is c searched"),
    region("return np.ones(len(s), bool)", "everything", "That is the whole plane"),
    region("return ~cut(s / b)", "outside", "Those are the cells outside"),
    region("return t <= 0", "by sign", "by the sign of the slope"),
    region("return cut(-abs(t) / b)", "the stillest", "the signal is not asked"),
    region("return cut(-abs(charge))", "charge alone", "A cut on the charge alone"),
    region("return cut(-abs(light))", "light alone", "A cut on the light alone"),
    region("return np.zeros(len(s), bool)", "nothing", "Your region is empty"),
    region("return s / b", "no truth values", "A region is true or false"),
    region("return np.flatnonzero(cut(s / b))", "row numbers", "A truth value for each cell"),
    scored("np.zeros(len(features))", "all equal", "nothing to cut on"),
    scored("features", "two columns", "One score an event"),
    scored("light", "light", "Is a large score like the line?"),
    scored("-abs(light - np.median(line_events[:, 0]))", "light alone", "does a gain of S1 leave alone"),
    scored("-abs(charge - 3.5) - 0 * light", "a place in S2", "Not yet"),
    scored("plane_3.ratio(-5)", "the judge's plane", "is not to be read"),
    scored("nuisances.Plane('line', 'gain', rng=draw_3).ratio(-6)", "a plane of one's own", "or one's own"),
    scored("(abs(charge - line_events.sum(axis=1).mean()) < 0.05) * 1.0", "true or false", "2 values"),
    scored("-abs(charge - line_events.sum(axis=1).mean())", "S2 alone", "It stands still, but is not sharp"),
    scored("np.arange(len(features)) % 97", "the place in the list", "not on its place"),
]
