"""Plausible wrong answers to the exercises of lesson 11, each with the hint that names the mistake."""

WRONG = [
    {
        "exercise": "1",
        "why": "draws the signal alone and forgets that the background is counted too",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal, n_toys)
    return np.mean(counting.poisson_upper(counts, background) >= signal)
""",
        "hint": "what is counted is signal and background",
    },
    {
        "exercise": "1",
        "why": "asks how often the limit excludes the truth",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    return np.mean(counting.poisson_upper(counts, background) < signal)
""",
        "hint": "held means not below the truth",
    },
    {
        "exercise": "1",
        "why": "takes the expected count for every toy",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = np.full(n_toys, round(signal + background))
    return np.mean(counting.poisson_upper(counts, background) >= signal)
""",
        "hint": "draw n_toys counts",
    },
    {
        "exercise": "1",
        "why": "makes a generator of its own, with the same seed each time",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = np.random.default_rng(3).poisson(signal + background, n_toys)
    return np.mean(counting.poisson_upper(counts, background) >= signal)
""",
        "hint": "draw from the generator that is handed over",
    },
    {
        "exercise": "2",
        "why": "one generator for all points, in the order in which they come",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    rng = np.random.default_rng(seed)
    return np.array([np.quantile(statistic(point, n_toys, rng), 0.9) for point in points])
""",
        "hint": "seed a point by what it is, not by when it comes",
    },
    {
        "exercise": "2",
        "why": "a seed a worker: each takes every n_jobs-th point",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def share(worker):
        rng = np.random.default_rng([seed, worker])
        mine = sorted(range(len(points)), key=lambda k: points[k])[worker::n_jobs]
        return {k: np.quantile(statistic(points[k], n_toys, rng), 0.9) for k in mine}

    shares = joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(share)(k) for k in range(n_jobs))
    found = {k: value for part in shares for k, value in part.items()}
    return np.array([found[k] for k in range(len(points))])
""",
        "hint": "a point must not know which others are computed",
    },
    {
        "exercise": "2",
        "why": "a seed a worker, made from the point's neighbours on it: right on one process alone",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        rng = np.random.default_rng([seed, n_jobs, *point])
        return np.quantile(statistic(point, n_toys, rng), 0.9)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "seed points, not workers",
    },
    {
        "exercise": "2",
        "why": "the same seed for every point: all points share their toys",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        return np.quantile(statistic(point, n_toys, np.random.default_rng(seed)), 0.9)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "points share their toys",
    },
    {
        "exercise": "2",
        "why": "model and mass added: points on a diagonal share their toys",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        rng = np.random.default_rng(seed + 10 * point[0] + 10 * point[1])
        return np.quantile(statistic(point, n_toys, rng), 0.9)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "a seed for each",
    },
    {
        "exercise": "1",
        "why": "hands no background over",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    return np.mean(counting.poisson_upper(counts) >= signal)
""",
        "hint": "hand the known background over",
    },
    {
        "exercise": "1",
        "why": "compares the limit with all that was expected",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    return np.mean(counting.poisson_upper(counts, background) >= signal + background)
""",
        "hint": "compare it with the signal alone",
    },
    {
        "exercise": "1",
        "why": "takes 95 %, the habit of colliders",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    return np.mean(counting.poisson_upper(counts, background, 0.95) >= signal)
""",
        "hint": "limits of 95 %",
    },
    {
        "exercise": "1",
        "why": "hands over what may be lost in place of what is kept",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    return np.mean(counting.poisson_upper(counts, background, 0.1) >= signal)
""",
        "hint": "limits of 10 %",
    },
    {
        "exercise": "1",
        "why": "asks for a central interval",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    n = rng.poisson(signal + background, n_toys)
    low = stats.chi2.ppf(0.05, 2 * np.maximum(n, 1e-9)) / 2 - background
    return np.mean((low <= signal) & (signal <= counting.poisson_upper(n, background, 0.95)))
""",
        "hint": "the limit is one-sided",
    },
    {
        "exercise": "1",
        "why": "takes a Gaussian limit",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    n = rng.poisson(signal + background, n_toys)
    return np.mean(n + 1.2816 * n**0.5 - background >= signal)
""",
        "hint": "is no Poisson limit",
    },
    {
        "exercise": "1",
        "why": "counts the toys that hold",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    return np.sum(counting.poisson_upper(counts, background) >= signal)
""",
        "hint": "the share of the toys",
    },
    {
        "exercise": "1",
        "why": "returns the answer of each toy",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    return counting.poisson_upper(counts, background) >= signal
""",
        "hint": "one number, please",
    },
    {
        "exercise": "2",
        "why": "takes the place in the list for a seed",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(k):
        return np.quantile(statistic(points[k], n_toys, np.random.default_rng([seed, k])), 0.9)

    tasks = (joblib.delayed(threshold)(k) for k in range(len(points)))
    return np.array(joblib.Parallel(n_jobs=n_jobs)(tasks))
""",
        "hint": "seed a point by what it is, not by when it comes",
    },
    {
        "exercise": "2",
        "why": "seeds nothing",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        return np.quantile(statistic(point, n_toys, np.random.default_rng()), 0.9)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "no seed, a clock",
    },
    {
        "exercise": "2",
        "why": "forgets the seed that is handed over",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        return np.quantile(statistic(point, n_toys, np.random.default_rng(point)), 0.9)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "the seed changes nothing",
    },
    {
        "exercise": "2",
        "why": "takes the lower tail",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        return np.quantile(statistic(point, n_toys, np.random.default_rng([seed, *point])), 0.1)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "the 10 % of the statistic",
    },
    {
        "exercise": "2",
        "why": "halves the 10 %",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        return np.quantile(statistic(point, n_toys, np.random.default_rng([seed, *point])), 0.95)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "the root of the 90 %",
    },
    {
        "exercise": "2",
        "why": "takes the mean",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        return np.mean(statistic(point, n_toys, np.random.default_rng([seed, *point])))

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "a mean or a median",
    },
    {
        "exercise": "2",
        "why": "throws all toys together",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    toys = [statistic(point, n_toys, np.random.default_rng([seed, *point])) for point in points]
    return np.full(len(points), np.quantile(np.concatenate(toys), 0.9))
""",
        "hint": "one threshold for all",
    },
    {
        "exercise": "2",
        "why": "sorts the points first and returns them so",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        return np.quantile(statistic(point, n_toys, np.random.default_rng([seed, *point])), 0.9)

    tasks = (joblib.delayed(threshold)(p) for p in sorted(points))
    return np.array(joblib.Parallel(n_jobs=n_jobs)(tasks))
""",
        "hint": "keep the order of the points",
    },
    {
        "exercise": "2",
        "why": "a fixed number of toys",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        return np.quantile(statistic(point, 300, np.random.default_rng([seed, *point])), 0.9)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "was not asked for n_toys toys",
    },
    {
        "exercise": "2",
        "why": "percentile for quantile",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        return np.percentile(statistic(point, n_toys, np.random.default_rng([seed, *point])), 0.9)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "counts to 100",
    },
    {
        "exercise": "2",
        "why": "the largest",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        return np.max(statistic(point, n_toys, np.random.default_rng([seed, *point])))

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "the largest of the statistic",
    },
    {
        "exercise": "2",
        "why": "a seed from the process",
        "code": """import os


def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        return np.quantile(statistic(point, n_toys, np.random.default_rng([seed, os.getpid(), *point])), 0.9)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "seed points, not workers",
    },
]
