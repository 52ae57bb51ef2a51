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
        "hint": "the limit is not below the truth",
    },
    {
        "exercise": "1",
        "why": "takes the expected count for every toy",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = np.full(n_toys, round(signal + background))
    return np.mean(counting.poisson_upper(counts, background) >= signal)
""",
        "hint": "a toy is a count that is drawn",
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
]
