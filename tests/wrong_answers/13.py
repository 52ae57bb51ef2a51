"""Plausible wrong answers to the exercises of lesson 13, each with the hint that names the mistake."""

FOUND = "distance = NearestNeighbors(n_neighbors={}).fit(points).kneighbors(points)[0]\n    "


def eps(body, why, hint, n="k + 1"):
    """One wrong `eps_at_the_knee`; `distance` holds the distances to so many neighbours."""
    code = f"def eps_at_the_knee(points, k):\n    {FOUND.format(n)}{body}\n"
    return {"exercise": "1", "why": why, "code": code, "hint": hint}


def cut(body, why, hint):
    """One wrong `place_cut`."""
    code = f"def place_cut(feature, members, cost):\n    outside, inside = feature[~members], feature[members]\n    {body}\n"
    return {"exercise": "2", "why": why, "code": code, "hint": hint}


def score(body, why, hint):
    """One wrong `double_score`."""
    return {"exercise": "3", "why": why, "code": f"def double_score(features):\n    {body}\n", "hint": hint}


WIDTH = "pulses.expected_width(features['drift_time'].fillna(400.0), sample_width=100)"
WRONG = [
    eps("return 1.5 * np.quantile(distance[:, -1], 0.99)", "itself counted", "is the point itself", "k"),
    eps("return 1.5 * np.quantile(distance[:, -1], 0.99)", "one too many", "one neighbour too many", "k + 2"),
    eps("return np.quantile(distance[:, k], 0.99)", "no factor", "The factor of 1.5 is missing"),
    eps("return 1.5 * np.quantile(distance[:, 1], 0.99)", "the nearest", "That is the nearest neighbour"),
    eps("return 1.5 * np.median(distance[:, k])", "the median", "at the end of the sorted curve"),
    eps("return 1.5 * np.quantile(distance[:, k], 0.9)", "90 %", "at the end of the sorted curve"),
    eps("return 1.5 * np.quantile(distance[:, k], 0.01)", "the wrong end", "the small end of the curve"),
    eps("return 1.5 * np.percentile(distance[:, k], 0.99)", "a percentile", "np.percentile wants 99"),
    eps("return 1.5 * distance[:, k].mean()", "the mean", "That is the mean"),
    eps("return 1.5 * distance[:, k].max()", "the largest", "The loneliest point"),
    eps(
        "return 1.5 * np.quantile(distance[:, 1:].mean(axis=1), 0.99)", "a mean", "averages over k neighbours"
    ),
    eps("return 1.5 * np.quantile(distance[:, k] ** 2, 0.99)", "squared", "take the root"),
    eps("return 1.5 * np.quantile(distance[:, 1:], 0.99)", "all distances", "All k distances are mixed"),
    eps("return 1.5 * distance[:, k]", "no quantile", "one number is wanted"),
    eps("return 1.5 * np.quantile(distance[:, 10], 0.99)", "k written in", "again k = 10", "11"),
    eps("1.5 * np.quantile(distance[:, k], 0.99)", "no return", "is there a return?"),
    cut("return np.quantile(outside, 1 - cost)", "NaN", "have no rise time, leave them out"),
    cut("return np.quantile(np.nan_to_num(outside), 1 - cost)", "NaN taken for 0", "NaN is not 0"),
    cut("return np.nanquantile(feature, 1 - cost)", "of all events", "outside the cluster"),
    cut("return np.nanquantile(inside, 1 - cost)", "of the members", "That comes from the members"),
    cut("return np.nanquantile(inside, cost)", "of the members, low", "keeps a share of the members"),
    cut("return np.nanquantile(outside, cost)", "the wrong end", "must lie above, not below"),
    cut("return np.nanpercentile(outside, 1 - cost)", "a percentile", "np.nanpercentile wants 99"),
    cut("return np.nanmax(outside)", "no cost", "That costs nothing"),
    cut("return np.nanmin(inside)", "every member", "whatever it costs"),
    cut("return np.nanmedian(outside)", "the median", "That is the median"),
    cut("return np.nanmean(outside) + 3 * np.nanstd(outside)", "three sigmas", "no Gaussian"),
    cut(
        "return np.nanmean(inside > np.nanquantile(outside, 1 - cost))",
        "an efficiency",
        "the threshold is wanted",
    ),
    cut("return feature > np.nanquantile(outside, 1 - cost)", "a mask", "One threshold is wanted"),
    cut("return np.nanquantile(outside, 0.99)", "the cost written in", "Again the threshold for 1 %"),
    score("return np.zeros(len(features))", "a constant", "takes many values"),
    score("return features['s2_width'].to_numpy()", "the raw width", "The raw width does as well"),
    score(f"return (features['s2_width'] / {WIDTH})[:100]", "too few", "the course's is"),
    score(f"return -features['s2_width'] / {WIDTH}", "upside down", "Upside down"),
    score("return features['drift_time'].to_numpy()", "NaN", "A score is NaN"),
]
