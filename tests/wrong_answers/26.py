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
    mean("return spread * np.sqrt(abs(1 + 2 * rho.sum()) / n)", "all lags", "All lags"),
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
    mean("return [spread, n]", "a list", "One number is wanted"),
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
    chi("return off**2", "not summed", "Not summed"),
    chi("return (off**2).sum(axis=0)", "wrong axis", "over the shapes"),
    chi("return (off**2).sum()", "one sum", "All is summed"),
    chi("return (off**2).sum(axis=1).min()", "the best", "best χ² alone"),
    chi("return np.sort((off**2).sum(axis=1))", "sorted", "keep the order"),
    chi("return np.array([np.corrcoef(row, target)[0, 1] for row in shapes])", "correlation", "correlations"),
    chi("return np.full(len(shapes), np.nan)", "NaN", "There is a NaN"),
    chi("(off**2).sum(axis=1)", "no return", "is there a return?"),
    chi("return (off**2).sum(axis=1).astype(str)", "texts", "That is text"),
    share(
        ALONE + "return np.array([100 * 0 + best, np.full(300, inner**-0.5)])",
        "one cation",
        "of the intervals hold",
    ),
    share("return np.array([np.full(300, 7.0), np.full(300, 3.4)])", "the prior", "% wide"),
    share("return np.array([truth, np.full(300, 0.1)])", "the truth", "of the intervals hold"),
    share("return patterns.mean(axis=1)", "one row", "Two rows of 300"),
    share("return None", "nothing", "nothing"),
]
