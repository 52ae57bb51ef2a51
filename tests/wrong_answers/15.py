"""Plausible wrong answers to the exercises of lesson 15, each with the hint that names the mistake."""


def tail(body, why, hint):
    """One wrong `combined_tail`; `t` is the product."""
    code = f"def combined_tail(p, q):\n    t = np.asarray(p) * q\n    return {body}\n"
    return {"exercise": "1", "why": why, "code": code, "hint": hint}


def widen(body, why, hint):
    """One wrong `widening`; `outside` is how far each truth lies outside."""
    code = (
        "def widening(low, high, truth):\n"
        "    outside = np.maximum(low - truth, truth - high)\n"
        f"    return {body}\n"
    )
    return {"exercise": "2", "why": why, "code": code, "hint": hint}


WRONG = [
    tail("t", "the product itself", "That is the product"),
    tail("np.minimum(p, q)", "the smaller one", "the smaller of the two"),
    tail("2 * np.minimum(p, q)", "Bonferroni", "twice the smaller one"),
    tail("1 - (1 - np.minimum(p, q)) ** 2", "the smaller of two", "the smaller of two is as small"),
    tail("np.maximum(p, q) ** 2", "both below the larger", "below the larger one"),
    tail("(p + q) / 2", "the mean", "That is the mean"),
    tail("np.sqrt(t)", "the geometric mean", "an ordering, no probability"),
    tail("t * (1 - np.log10(t))", "the wrong logarithm", "natural one"),
    tail("t * (1 + np.log(t))", "a sign", "A sign"),
    tail("-t * np.log(t)", "the 1 forgotten", "The 1 is missing"),
    tail("1 - t * (1 - np.log(t))", "the other side", "larger product"),
    tail("stats.chi2.sf(-np.log(t), 4)", "no factor of two", "−2 ln t"),
    tail("stats.chi2.sf(-2 * np.log(t), 2)", "two degrees of freedom", "That is the product"),
    tail("np.maximum(p, q)", "the larger one", "the duller alarm alone"),
    tail("p + q - t", "one or the other", "one *or* the other"),
    tail("t * (1 - np.log(p))", "the logarithm of one", "not of p alone"),
    tail("stats.norm.sf((stats.norm.isf(p) + stats.norm.isf(q)) / 2**0.5)", "Stouffer", "adds sigmas"),
    widen("np.quantile(outside, 0.32)", "the wrong side", "32 % quantile"),
    widen("np.quantile(outside, 0.84)", "one end's quantile", "one end alone"),
    widen("np.quantile(outside, 0.95)", "95 %", "covers 95 %"),
    widen("np.median(outside)", "the median", "covers a half"),
    widen("outside.mean()", "the mean", "promises no share"),
    widen("outside.std()", "a standard deviation", "to a Gaussian alone"),
    widen("np.quantile(abs(truth - (low + high) / 2), 0.68)", "from the middle", "a half width"),
    widen("np.quantile(low - truth, 0.68)", "the lower end alone", "Only the lower end"),
    widen("np.quantile(truth - high, 0.68)", "the upper end alone", "Only the upper end"),
    widen("np.quantile(np.minimum(low - truth, truth - high), 0.68)", "the smaller", "The larger of the two"),
    widen("np.quantile(np.maximum(truth - low, high - truth), 0.68)", "signs", "The signs are turned"),
    widen("np.quantile(outside[outside > 0], 0.68)", "only those outside", "Those inside count"),
    widen("np.quantile(outside, 0.68) / 2", "halved", "do not halve it"),
    widen("2 * np.quantile(outside, 0.68)", "doubled", "do not double it"),
    widen("outside", "an array", "One number for all"),
    widen("np.quantile(abs(outside), 0.68)", "no sign", "Keep the sign"),
    widen("-np.quantile(outside, 0.68)", "the sign", "a positive c widens"),
    widen("np.percentile(outside, 0.68)", "a percentile", "np.percentile wants 68"),
    widen("np.mean(outside <= 0)", "the coverage", "how much must be added"),
]
