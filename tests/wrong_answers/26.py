"""Plausible wrong answers to the exercises of lesson 26, each with the hint that names the mistake."""


def mean(body, why, hint):
    """One wrong `error_of_mean`; `rho` holds the autocorrelations at lags 1, 2, …, `end` of them before the first negative."""
    code = (
        "def error_of_mean(values):\n"
        "    off, n, spread = values - values.mean(), len(values), values.std(ddof=1)\n"
        "    rho = np.array([(off[k:] * off[:-k]).sum() / (off**2).sum() for k in range(1, n)])\n"
        "    end = int(np.argmax(rho < 0))\n"
        f"    {body}\n"
    )
    return {"exercise": "1", "why": why, "code": code, "hint": hint}


def chi(body, why, hint):
    """One wrong `misfits`; `factor` holds each shape's best factor, `off` the misfits in units of the error."""
    code = (
        "def misfits(shapes, target, sigma):\n"
        "    weight = 1 / sigma**2\n"
        "    factor = (shapes * target * weight).sum(axis=1) / (shapes**2 * weight).sum(axis=1)\n"
        "    off = (target - factor[:, None] * shapes) / sigma\n"
        f"    {body}\n"
    )
    return {"exercise": "2", "why": why, "code": code, "hint": hint}


def share(body, why, hint):
    """One wrong `excited_share`."""
    code = f"def excited_share(patterns, sigma):\n    {body}\n"
    return {"exercise": "3", "why": why, "code": code, "hint": hint}


ALONE = (
    "one = pattern(cations[1].positions[None])[0] / 100\n"
    "    inner = (one**2 / sigma**2).sum()\n"
    "    best = (patterns * one / sigma**2).sum(axis=1) / inner\n    "
)
LIBRARY = (
    "ways = np.linspace(0.2, 1.2, 51)[:, None, None]\n"
    "    paths = [neutral.positions + ways * (one.positions - neutral.positions) for one in cations]\n"
    "    library = np.concatenate([pattern(path) for path in paths]) / 100\n"
    "    inner, across = (library**2 / sigma**2).sum(axis=1), patterns / sigma**2 @ library.T\n    "
)
FREE = (  # the share and the shape that fit best
    LIBRARY + "top = (across**2 / inner * (across > 0)).argmax(axis=1)\n"
    "    best = across[np.arange(len(top)), top] / inner[top]\n    "
)
PROFILE = (  # the same for shares between 2 and 12 %
    LIBRARY + "fit = np.clip(across / inner, 2, 12)\n"
    "    top = (across * fit - fit**2 * inner / 2).argmax(axis=1)\n"
    "    best = fit[np.arange(len(top)), top]\n    "
)
POSTERIOR = (
    LIBRARY + "grid = np.linspace(2, 12, 101)\n"
    "    log = across[:, :, None] * grid - inner[:, None] * grid**2 / 2\n"
    "    weight = np.exp(log - log.max(axis=(1, 2), keepdims=True)).sum(axis=1)\n"
    "    weight /= weight.sum(axis=1, keepdims=True)\n"
    "    mean = weight @ grid\n"
    "    width = np.sqrt(weight @ grid**2 - mean**2)\n    "
)
SPREAD = (  # each shape's best share, weighed by how well it fits there
    LIBRARY + "fit = across / inner\n"
    "    log = across**2 / inner / 2\n"
    "    weight = np.exp(log - log.max(axis=1, keepdims=True))\n"
    "    weight /= weight.sum(axis=1, keepdims=True)\n"
    "    mean = (weight * fit).sum(axis=1)\n"
    "    width = np.sqrt((weight * (fit - mean[:, None]) ** 2).sum(axis=1))\n    "
)
KEPT = SPREAD.replace("across / inner\n", "np.clip(across / inner, 2, 12)\n").replace(
    "across**2 / inner / 2", "across * fit - inner * fit**2 / 2"
)
REDRAWN = "share = experiments(300, np.random.default_rng([26, seed, 3]))[1]\n    "
WRONG = [
    mean("return spread / np.sqrt(n)", "no memory", "without memory"),
    mean("return spread", "the scatter", "scatter of one value"),
    mean("return spread * np.sqrt((1 + rho[:end].sum()) / n)", "no 2", "The 2 before the sum"),
    mean("return spread * np.sqrt((1 + 2 * rho[0]) / n)", "lag one", "first lag alone"),
    mean("return spread * np.sqrt((1 + 2 * rho[: end + 1].sum()) / n)", "one too far", "stop before it"),
    mean("return spread * np.sqrt((3 + 2 * rho[:end].sum()) / n)", "lag 0", "Lag 0"),
    mean("return spread * (1 + 2 * rho[:end].sum()) / np.sqrt(n)", "half a root", "over the bracket"),
    mean("return spread / np.sqrt(n * (1 + 2 * rho[:end].sum()))", "upside down", "in the denominator"),
    mean("return spread**2 * (1 + 2 * rho[:end].sum()) / n", "a variance", "take the root"),
    mean("return n / (1 + 2 * rho[:end].sum())", "how many", "how many independent"),
    mean("return spread * np.sqrt(abs(1 + 2 * rho.sum()) / n)", "all lags", "or all lags are summed"),
    mean(
        "return spread * np.sqrt((1 + 2 * rho[rho > 0].sum()) / n)", "all positive", "Positive lags far out"
    ),
    mean("return spread * np.sqrt((1 + 2 * abs(rho).sum()) / n)", "absolute", "Absolute values"),
    mean("return values.std() * np.sqrt((1 + 2 * rho[:end].sum()) / n)", "n", "divides by n − 1"),
    mean("return spread * np.sqrt(1 + 2 * rho[:end].sum())", "no n", "The n is missing"),
    mean("return float(0.12273)", "written in", "Your error of the mean of"),
    mean("return str(spread)", "text", "That is text"),
    mean("spread / np.sqrt(n)", "no return", "is there a return?"),
    mean("return np.nan", "NaN", "Your error of the mean of"),
    mean("return 2 * spread / np.sqrt(n)", "twice, always", "Your error of the mean of"),
    mean(
        "return spread * np.sqrt((1 + rho[0]) / (1 - rho[0]) / n)",
        "AR(1)",
        "memory that falls off geometrically",
    ),
    mean(
        "return spread * np.sqrt((1 + 2 * rho[: end - 1].sum()) / n)",
        "one lag too few",
        "The last lag before the first negative",
    ),
    mean("return spread * np.sqrt((1 + 2 * rho[1:end].sum()) / n)", "from lag 2", "Lag 1 is missing"),
    *[
        mean(
            f"return spread * np.sqrt((1 + 2 * (off**2).sum() / {by} * rho[:end].sum()) / n)",
            f"covariances, over {by}",
            "not divided by the sum of squared",
        )
        for by in ("1", "n")
    ],
    mean(
        "rho = np.array([(off[k:] * off[:-k]).mean() for k in range(1, n)])\n"
        "    return spread * np.sqrt((1 + 2 * rho[: np.argmax(rho < 0)].sum()) / n)",
        "mean products",
        "not divided by the sum of squared",
    ),
    mean(
        "rho = np.array([(off * np.roll(off, k)).sum() for k in range(1, n)]) / (off**2).sum()\n"
        "    return spread * np.sqrt((1 + 2 * rho[: np.argmax(rho < 0)].sum()) / n)",
        "circular",
        "np.roll pairs the last",
    ),
    mean(
        "rho = np.array([np.corrcoef(off[k:], off[:-k])[0, 1] for k in range(1, n - 1)])\n"
        "    return spread * np.sqrt((1 + 2 * rho[: np.argmax(rho < 0)].sum()) / n)",
        "corrcoef",
        "np.corrcoef takes off",
    ),
    mean(
        "return spread * np.sqrt((1 + 2 * rho[:end].sum()) / (n - 1))", "n - 1", "n − 1 stands under the root"
    ),
    mean("return values.std() / np.sqrt(n)", "no memory, ddof 0", "without memory, and the sample"),
    mean("return spread / np.sqrt(n - 1)", "no memory, n - 1", "Your error of the mean of"),
    mean("return 0.0", "zero", "It is zero: nothing is filled in"),
    mean(
        "return spread * np.sqrt(abs(2 * rho.sum() + 1 + 1e-13) / n)",
        "all lags, rounded",
        "or all lags are summed",
    ),
    mean("return None", "None", "is there a return?"),
    mean(
        "off, n = slow - slow.mean(), 200\n"
        "    rho = np.array([(off[k:] * off[:-k]).sum() / (off**2).sum() for k in range(1, n)])\n"
        "    return slow.std(ddof=1) * np.sqrt((1 + 2 * rho[: np.argmax(rho < 0)].sum()) / n)",
        "the notebook's values",
        "error of `slow`",
    ),
    mean("return [spread, n]", "a list", "One number is wanted"),
    *[
        mean(f"return spread * np.sqrt((1 + 2 * rho[:{k}].sum()) / n)", f"{k} lags", f"That sums {k} lags")
        for k in (10, 20, 50)
    ],
    mean(
        "stop = np.argmax(rho < 1.96 / np.sqrt(n))\n    return spread * np.sqrt((1 + 2 * rho[:stop].sum()) / n)",
        "cut at 1.96/√n",
        "as one cut at 1.96/√n does",
    ),
    *[
        mean(
            f"rho = np.correlate(off, off, 'full')[{first}:] / (off**2).sum()\n"
            "    return spread * np.sqrt((1 + 2 * rho[: np.argmax(rho < 0)].sum()) / n)",
            f"correlate from {first}",
            "first lag of mode='full'",
        )
        for first in (0, 1)
    ],
    mean("return spread * np.sqrt(1 + 2 * rho[:end].sum() / n)", "parenthesis", "n divides the sum alone"),
    mean("return spread * np.sqrt((1 + 2 * (rho[:end] ** 2).sum()) / n)", "ρ²", "ρ is squared"),
    *[
        mean(f"return {k} * spread * np.sqrt((1 + 2 * rho[:end].sum()) / n)", f"times {k}", f"one times {k}.")
        for k in (100, 0.01)
    ],
    mean(
        "rho = np.array([(values[k:] * values[:-k]).sum() for k in range(1, n)]) / (values**2).sum()\n"
        "    return spread * np.sqrt((1 + 2 * rho.sum()) / n)",
        "no mean taken off",
        "The mean is not taken off",
    ),
    mean(
        "rho = np.array([(off[k:] * off[:-k]).mean() for k in range(1, n)]) / (off**2).mean()\n"
        "    return spread * np.sqrt((1 + 2 * rho[: np.argmax(rho < 0)].sum()) / n)",
        "means over means",
        "Products are averaged over n − k",
    ),
    *[
        chi(
            f"factor = {factor}\n    return ((target - factor[:, None] * shapes) ** 2 * weight).sum(axis=1)",
            why,
            hint,
        )
        for factor, why, hint in (
            ("np.full(len(shapes), 0.05)", "5 % for all", "not one for all"),
            ("target.std() / shapes.std(axis=1)", "standard deviations", "a ratio of sizes"),
            ("np.linalg.norm(target) / np.linalg.norm(shapes, axis=1)", "norms", "a ratio of sizes"),
            ("abs(target).max() / abs(shapes).max(axis=1)", "largest", "a ratio of sizes"),
            ("target.max() / shapes.max(axis=1)", "maxima", "a ratio of sizes"),
            ("target.mean() / shapes.mean(axis=1)", "means", "a ratio of sizes"),
            ("(target / shapes).mean(axis=1)", "mean of ratios", "Ratios are averaged"),
            (
                "(shapes * target / sigma).sum(axis=1) / (shapes**2 / sigma).sum(axis=1)",
                "1/sigma",
                "with 1/sigma²",
            ),
            (
                "np.array([np.polyfit(row, target, 1, w=1 / sigma)[0] for row in shapes])",
                "line",
                "is thrown away",
            ),
            ("np.array([np.polyfit(row, target, 1)[0] for row in shapes])", "plain line", "is thrown away"),
        )
    ],
    chi(
        "fits = [np.polyfit(row, target, 1, w=weight) for row in shapes]\n"
        "    return np.array([(((target - np.polyval(fit, row)) / sigma) ** 2).sum() for fit, row in zip(fits, shapes)])",
        "an offset, squared weights",
        "An offset is fitted too",
    ),
    *[
        chi(
            f"tried = [((target - k * shapes) ** 2 * weight).sum(axis=1) for k in {grid}]\n"
            "    return np.min(tried, axis=0)",
            f"grid {grid}",
            "from a grid too coarse",
        )
        for grid in (
            "np.linspace(-1, 1, 101)",
            "np.linspace(0, 1, 100)",
            "np.arange(-0.5, 0.5, 0.01)",
            "np.linspace(-10, 10, 1001)",
        )
    ],
    chi(
        "return ((target - factor[:, None] * shapes) ** 2 / sigma).sum(axis=1)",
        "/sigma",
        "is weighted by 1/sigma",
    ),
    chi(
        "factor = (shapes * target / sigma).sum(axis=1) / (shapes**2 / sigma).sum(axis=1)\n"
        "    return ((target - factor[:, None] * shapes) ** 2 / sigma).sum(axis=1)",
        "/sigma throughout",
        "Weighted by 1/sigma",
    ),
    chi("return (off**2).sum(axis=1) / 2", "half", "half of χ²"),
    chi("for row in off:\n        return (row**2).sum()", "return in the loop", "or a return inside a loop"),
    chi(
        "from scipy.stats import chi2\n\n    return chi2.sf((off**2).sum(axis=1), 38)",
        "p-values",
        "or p-values, which are zero",
    ),
    chi("return ((target - shapes) ** 2 * weight).sum(axis=1)", "no factor", "No factor is fitted"),
    chi("return ((target - factor[0] * shapes) ** 2 * weight).sum(axis=1)", "the first's", "not one for all"),
    chi(
        "return ((target - factor.mean() * shapes) ** 2 * weight).sum(axis=1)",
        "the mean's",
        "not one for all",
    ),
    chi(
        "factor = (shapes * target).sum(axis=1) / (shapes**2).sum(axis=1)\n"
        "    return ((target - factor[:, None] * shapes) ** 2).sum(axis=1)",
        "no weights",
        "Nothing is weighted",
    ),
    chi(
        "factor = (shapes * target).sum(axis=1) / (shapes**2).sum(axis=1)\n"
        "    return ((target - factor[:, None] * shapes) ** 2 * weight).sum(axis=1)",
        "a plain factor",
        "fitted without weights",
    ),
    chi("return ((target - factor[:, None] * shapes) ** 2).sum(axis=1)", "plain χ²", "χ² is without"),
    chi("return (off**2 * sigma).sum(axis=1)", "a sigma too few", "by its square"),
    chi(
        "factor = np.maximum(factor, 0)\n    return ((target - factor[:, None] * shapes) ** 2 * weight).sum(axis=1)",
        "positive",
        "Negative factors are cut off",
    ),
    chi(
        "return ((target - abs(factor)[:, None] * shapes) ** 2 * weight).sum(axis=1)",
        "no sign",
        "sign is lost",
    ),
    chi("return ((target - shapes / factor[:, None]) ** 2 * weight).sum(axis=1)", "inverse", "upside down"),
    chi("return abs(off).sum(axis=1)", "absolute", "Absolute misfits"),
    chi("return off.sum(axis=1)", "signed", "with their signs"),
    chi("return (off**2).mean(axis=1)", "a mean", "per degree of freedom"),
    chi("return (off**2).sum(axis=1) / (len(target) - 1)", "reduced", "per degree of freedom"),
    chi("return -0.5 * (off**2).sum(axis=1)", "a likelihood", "log-likelihood"),
    chi("return np.sqrt((off**2).sum(axis=1))", "a root", "wanted squared"),
    chi("return factor", "factors", "Those are the factors"),
    chi("return factor, (off**2).sum(axis=1)", "a pair", "return χ² alone, the sum over q"),
    chi("return (off**2).sum(axis=1), factor", "a pair, turned", "one of the 2 things"),
    chi(
        "return factor, (off**2).sum(axis=1) / (len(target) - 1)",
        "as the lesson's judge",
        "return χ² alone, the sum over q",
    ),
    chi(
        "factor = (shapes * target * weight).sum(axis=1) / (target**2 * weight).sum()\n"
        "    return ((factor[:, None] * target - shapes) ** 2 * weight).sum(axis=1)",
        "the target scaled",
        "scales the target to the shape",
    ),
    chi(
        "factor = (shapes * target * weight).sum(axis=1) / (target**2 * weight).sum()\n"
        "    return ((target - factor[:, None] * shapes) ** 2 * weight).sum(axis=1)",
        "the target's squares",
        "divides by the target's squares",
    ),
    *[
        chi(
            f"factor = (shapes * target / sigma**{a}).sum(axis=1) / (shapes**2 / sigma**{a}).sum(axis=1)\n"
            f"    return ((target - factor[:, None] * shapes) ** 2 / sigma**{b}).sum(axis=1)",
            f"powers {a} and {b}",
            hint,
        )
        for a, b, hint in ((4, 4, "sigma is squared twice"), (4, 2, "factor's weights are 1/sigma⁴"))
    ],
    chi(
        "fits = [np.polyfit(row, target, 1, w=1 / sigma) for row in shapes]\n"
        "    return np.array([(((target - np.polyval(fit, row)) / sigma) ** 2).sum() for fit, row in zip(fits, shapes)])",
        "an offset",
        "An offset is fitted too",
    ),
    chi(
        "fits = [np.polyfit(row, target, 1) for row in shapes]\n"
        "    return np.array([(((target - np.polyval(fit, row)) / sigma) ** 2).sum() for fit, row in zip(fits, shapes)])",
        "an offset, without weights",
        "An offset is fitted too",
    ),
    chi(
        "shapes, target = shapes - shapes.mean(axis=1, keepdims=True), target - target.mean()\n"
        "    factor = (shapes * target * weight).sum(axis=1) / (shapes**2 * weight).sum(axis=1)\n"
        "    return ((target - factor[:, None] * shapes) ** 2 * weight).sum(axis=1)",
        "means taken off",
        "An offset is fitted too",
    ),
    chi(
        "factor = (shapes * target * weight).sum(axis=0) / (shapes**2 * weight).sum(axis=0)\n"
        "    return ((target - factor * shapes) ** 2 * weight).sum(axis=1)",
        "factors over the shapes",
        "summed over the shapes, axis 0",
    ),
    chi(
        "factor = np.clip(factor, 0, 1)\n    return ((target - factor[:, None] * shapes) ** 2 * weight).sum(axis=1)",
        "clipped to 0 and 1",
        "Negative factors are cut off",
    ),
    *[
        chi(
            f"{name} = globals()['{name}']\n    weight = 1 / sigma**2\n"
            "    factor = (shapes * target * weight).sum(axis=1) / (shapes**2 * weight).sum(axis=1)\n"
            "    return ((target - factor[:, None] * shapes) ** 2 * weight).sum(axis=1)",
            f"the notebook's {name}",
            f"with the notebook's `{name}`: use",
        )
        for name in ("shapes", "target", "sigma")
    ],
    chi(
        "return misfits_of(*given)\n\n\n"
        "def misfits_of(shapes, target, sigma):\n"
        "    weight = 1 / sigma**2\n"
        "    factor = (shapes * target * weight).sum(axis=1) / (shapes**2 * weight).sum(axis=1)\n"
        "    return ((target - factor[:, None] * shapes) ** 2 * weight).sum(axis=1)",
        "all from the notebook",
        "χ² of the notebook's `shapes`",
    ),
    chi("return np.zeros(len(shapes))", "zeros", "All are exactly zero"),
    chi("return None", "None", "the course's is an array of shape (200,) that begins with 2.282e+04."),
    chi("return off**2", "not summed", "Not summed"),
    chi("return (off**2).sum(axis=0)", "wrong axis", "over the shapes"),
    chi("return (off**2).sum()", "one sum", "A single number, not one χ² a shape"),
    chi("return (off**2).sum(axis=1).min()", "the best", "A single number, not one χ² a shape"),
    chi("return np.sort((off**2).sum(axis=1))", "sorted", "keep the order"),
    chi("return np.array([np.corrcoef(row, target)[0, 1] for row in shapes])", "correlation", "correlations"),
    chi("return np.full(len(shapes), np.nan)", "NaN", "There is a NaN"),
    chi("(off**2).sum(axis=1)", "no return", "is there a return?"),
    chi("return (off**2).sum(axis=1).astype(str)", "texts", "That is text"),
    share(
        ALONE + "return np.array([best, np.full(300, inner**-0.5)])", "one cation", "further than 7 for all"
    ),
    share("return np.array([np.full(300, 7.0), np.full(300, 3.4)])", "the prior", "below 1.0 % is wanted"),
    share("return np.array([truth, np.full(300, 0.1)])", "the truth", "reads `truth`"),
    share(
        "noise = np.random.default_rng(1).normal(0, 0.5, 300)\n"
        "    return np.array([truth + noise, np.full(300, 0.5)])",
        "the truth, blurred",
        "reads `truth`",
    ),
    share(
        PROFILE
        + "close = np.quantile(abs(best - truth), 0.68)\n    return np.array([best, np.full(300, close)])",
        "tuned on the shown",
        "reads `truth`",
    ),
    share("return patterns[:, :2].T / (1 // 0)", "an error", "ZeroDivisionError"),
    {
        "exercise": "3",
        "why": "kept from the shown",
        "code": "kept = np.array([truth + np.random.default_rng(1).normal(0, 0.5, 300), np.full(300, 0.5)])\n"
        "def excited_share(patterns, sigma):\n    return kept\n",
        "hint": "further than 7 for all",
    },
    share(
        PROFILE + "return np.array([best, inner[top] ** -0.5])",
        "χ²'s error",
        "is all of the unknown shape",
    ),
    share(
        FREE + "return np.array([best, inner[top] ** -0.5])",
        "χ²'s error, any share",
        "is all of the unknown shape",
    ),
    share(
        PROFILE + "return np.array([best, 0.3 + 0 * best])",
        "too narrow",
        "is all of the unknown shape",
    ),
    share(PROFILE + "return np.array([best, 1.2 + 0 * best])", "too wide", "below 1.0 % is wanted."),
    share(POSTERIOR + "return np.array([mean / 100, width / 100])", "fractions", "is it a fraction?"),
    share(POSTERIOR + "return np.array([mean / 100, width])", "a share as fraction", "is it a fraction?"),
    share(POSTERIOR + "return np.array([mean, width / 100])", "a width as fraction", "are they fractions?"),
    share(POSTERIOR + "return np.array([mean, 2 * width])", "full width", "are they full widths"),
    share(POSTERIOR + "return np.array([mean, 1.96 * width])", "95 %", "are they full widths"),
    share(POSTERIOR + "return np.array([mean, 1.45 * width])", "wide", "is wanted."),
    share(POSTERIOR + "return np.array([mean, 0.7 * width])", "narrow", "your half widths too narrow"),
    share(
        POSTERIOR + "return np.array([mean, inner[(log.max(axis=2)).argmax(axis=1)] ** -0.5])",
        "the mean, χ²'s error",
        "your half widths too narrow",
    ),
    share(
        "sigma = sigma**2\n    " + POSTERIOR + "return np.array([mean, width])",
        "sigma²",
        "those of weights 1/sigma⁴",
    ),
    share(
        "sigma = sigma**2\n    " + PROFILE + "return np.array([best, inner[top] ** -0.5])",
        "sigma², χ²'s error",
        "those of weights 1/sigma⁴",
    ),
    share(
        POSTERIOR + "return np.array([mean, width / 39**0.5])",
        "a mean's",
        "your half widths too narrow",
    ),
    share(
        POSTERIOR + "return np.array([mean, 0 * width + 0.12])",
        "fixed",
        "your half widths too narrow",
    ),
    share(
        "sigma = sigma**0.5\n    " + POSTERIOR + "return np.array([mean, width])",
        "√sigma",
        "those of weights 1/sigma:",
    ),
    *[
        share(how + "return np.array([mean, width])", why, "your half widths too narrow")
        for how, why in (
            (SPREAD, "spread alone"),
            (KEPT, "spread alone, 2 to 12 %"),
            (SPREAD.replace("log = across**2 / inner / 2", "log = across**2 / inner"), "no ½"),
            (KEPT.replace("fit - inner * fit**2 / 2", "fit * 2 - inner * fit**2"), "no ½, 2 to 12 %"),
            (POSTERIOR.replace("np.exp(log -", "np.exp(2 * log - 2 *"), "the posterior without ½"),
            (POSTERIOR + "width = width**2\n    ", "a variance"),
        )
    ],
    *[
        share(how + "return np.array([mean, width])", why, "Have you used that shares run from 2 to 12 %")
        for how, why in (
            (POSTERIOR.replace("linspace(2, 12, 101)", "linspace(0, 30, 301)"), "shares to 30 %"),
            (POSTERIOR.replace("linspace(0.2, 1.2, 51)", "linspace(0.02, 2, 100)"), "way to 2"),
            (SPREAD + "width = 1.1 * np.sqrt(width**2 + (weight / inner).sum(axis=1))\n    ", "any share"),
        )
    ],
    share(
        "sigma = sigma**0\n    " + POSTERIOR + "return np.array([mean, width])", "no sigma", "of weights 1:"
    ),
    *[
        share(
            REDRAWN
            + f"return np.array([share + {off} * np.random.default_rng(1).normal(size=300), {half} + 0 * share])",
            f"redrawn, {off} off, {half}",
            "no analysis of the patterns is so sure",
        )
        for off, half in ((0, 0.01), (0, 0.9), (0.5, 0.5), (0.7, 0.7))
    ],
    share("return np.array([fresh, 0.9 + 0 * fresh])", "the new shares", "reads `fresh`"),
    share(POSTERIOR + "return np.array([mean, width]).T", "transposed", "Two rows of 300"),
    share(POSTERIOR + "return mean, 0.9", "one width", "One half width stands for all"),
    share(POSTERIOR + "return np.array([mean, 0 * width])", "no width", "not above zero"),
    share(POSTERIOR + "return np.array([mean, np.nan * width])", "NaN", "A NaN"),
    share("return patterns.mean(axis=1)", "one row", "Two rows of 300"),
    share("return None", "nothing", "nothing"),
]
