"""Plausible wrong answers to the exercises of lesson 06, each with the hint that names the mistake."""


def stretch(body, why, hint):
    """One wrong `stretch`."""
    return {
        "exercise": "1",
        "why": why,
        "code": f"def stretch(centroids, positions):\n    {body}\n",
        "hint": hint,
    }


def mend(body, why, hint):
    """One wrong `mend`."""
    return {"exercise": "2", "why": why, "code": f"def mend(error, sigma):\n    {body}\n", "hint": hint}


def told(body, why, hint):
    """One wrong network that is told, without its training."""
    return {
        "exercise": "3",
        "why": why,
        "code": f"def train_told():\n    return lambda patterns, alive: {body}\n",
        "hint": hint,
    }


C, P = "centroids", "positions"
SIZE = "abs(error) / sigma[:, None]"
FIT = "positions.maximum_likelihood"
WRONG = [
    stretch(f"return np.sum({C} * {P}) / np.sum({P}**2)", "the factor for the positions", "Which of the two"),
    stretch(f"return np.sum({C}**2) / np.sum({C} * {P})", "upside down", "Upside down"),
    stretch(f"return np.sqrt(np.sum({P}**2) / np.sum({C}**2))", "the ratio of the rms", "have noise"),
    stretch(f"return np.std({P}) / np.std({C})", "the ratio of the spreads", "ratio of the spreads"),
    stretch(f"return np.sum({P}**2) / np.sum({C} * {P})", "the other regression", "turned round"),
    stretch(f"return np.sum({P}**2) / np.sum({C}**2)", "the ratio of the squares", "is not squared"),
    stretch(f"return np.mean({P} / {C})", "the mean of ratios", "mean of positions / centroids"),
    stretch(f"return np.median({P} / {C})", "the median of ratios", "median of positions / centroids"),
    stretch(f"return np.mean({P}) / np.mean({C})", "the ratio of the means", "ratio of the means"),
    stretch(
        f"return np.mean(np.hypot(*{P}.T)) / np.mean(np.hypot(*{C}.T))",
        "the ratio of mean distances",
        "mean distances from the middle",
    ),
    stretch(
        f"return np.median(np.hypot(*{P}.T) / np.hypot(*{C}.T))",
        "the median ratio of distances",
        "median ratio of distances",
    ),
    stretch(
        f"return np.sum({C} * {P}, axis=0) / np.sum({C}**2, axis=0)",
        "a factor for each axis",
        "not one for each axis",
    ),
    stretch(
        f"return np.mean(np.sum({C} * {P}, axis=0) / np.sum({C}**2, axis=0))",
        "the mean of the axes' factors",
        "mean of the two axes",
    ),
    stretch(f"return np.polyfit({C}.ravel(), {P}.ravel(), 1)[0]", "a line with an offset", "with an offset"),
    stretch(f"return np.polyfit({C}.ravel(), {P}.ravel(), 1)", "slope and offset", "both axes"),
    stretch(f"return np.sum({C} * {P}) / np.sum({C}**2) * {C}", "the stretched centroids", "factor alone"),
    stretch(f"return np.linalg.lstsq({C}, {P})[0]", "a matrix of factors", "One number is wanted"),
    stretch(f"return np.corrcoef({C}.ravel(), {P}.ravel())[0, 1]", "a correlation", "has no scale"),
    stretch(
        "from scipy.optimize import minimize_scalar\n    return minimize_scalar("
        f"lambda k: np.mean(np.hypot(*({P} - k * {C}).T))).x",
        "the mean distance made least",
        "mean distance, not in the rms",
    ),
    stretch(
        f"return {FIT}({C}, {P})", "a name that the arguments hide", "Your code stopped with AttributeError"
    ),
    stretch("return 1.163", "a number that fits the toy events", "other events"),
    stretch(f"k = np.sum({C} * {P}) / np.sum({C}**2)", "no return", "is there a return"),
    stretch(
        f"return {C} @ {P} / np.sum({C}**2)", "a matrix product that does not fit", "columns of the left"
    ),
    mend(f"return 1 / np.quantile({SIZE}, 0.683)", "sigma over error", "Upside down"),
    mend("return np.std(error / sigma[:, None])", "the spread of error over sigma", "spread of error/σ"),
    mend("return np.sqrt(np.mean((error / sigma[:, None]) ** 2))", "its rms", "rms of error/σ"),
    mend("return np.mean((error / sigma[:, None]) ** 2)", "its mean square", "mean square"),
    mend(f"return np.mean({SIZE})", "its mean size", "mean of |error|/σ"),
    mend(f"return 1.4826 * np.median({SIZE})", "a Gaussian's median", "for a Gaussian's"),
    mend("return np.quantile(np.hypot(*error.T) / sigma, 0.683)", "the plane", "distances in the plane"),
    mend("return np.quantile(error / sigma[:, None], 0.683)", "errors with their sign", "Without the sign"),
    mend(f"return np.quantile({SIZE}, 0.683, axis=0)", "a factor for each axis", "count x and y together"),
    mend(f"return np.quantile({SIZE}, 0.683, axis=0).mean()", "their mean", "mean of two axes"),
    mend(f"return np.quantile(({SIZE}).max(axis=1), 0.683)", "both within", "both coordinates are within"),
    mend(f"return np.quantile({SIZE}, 0.683) * sigma", "the mended errors", "not the mended σ"),
    mend(f"return np.quantile({SIZE}, 1 - 0.683)", "the other side", "lie *outside*"),
    mend(f"return np.median({SIZE})", "the median", "half of the coordinates"),
    mend(f"return np.percentile({SIZE}, 0.683)", "a percentile", "np.percentile wants"),
    mend(f"return np.mean({SIZE} < 1)", "the coverage", "coverage of σ as it is"),
    mend(f"return 0.683 / np.mean({SIZE} < 1)", "in proportion", "in proportion to σ"),
    mend("return np.quantile(abs(error), 0.683)", "in mm", "in mm"),
    mend("return np.quantile(abs(error), 0.683) / np.mean(sigma)", "one sigma for all", "One σ for all"),
    mend(
        "low, high = np.quantile(error / sigma[:, None], [0.1585, 0.8415])\n    return (high - low) / 2",
        "half a width round the errors' own middle",
        "errors' own middle",
    ),
    mend("return np.quantile(abs(error) / sigma, 0.683)", "shapes that do not fit", "different lengths"),
    mend("return 0.5", "a written number", "Your factor is 0.5"),
    told(
        f"{FIT}(patterns, response, dead_share=6 / 127)",
        "flags that nobody reads",
        "does not look at `alive`",
    ),
    told("position + 0.001 * alive[:, :2]", "the truth leaks in", "did the truth leak in"),
    told("positions.centroid(patterns, pmts) + alive[:, :2]", "a centroid", "two thirds"),
    told("0 * position[:, 0]", "one number an event", "shape of the positions"),
]
