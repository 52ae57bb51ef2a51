"""Plausible wrong answers to the exercises of lesson 11, each with the hint that names the mistake."""

WRONG = [
    {
        "exercise": "1",
        "why": "draws the signal alone and forgets that the background is counted too",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal, n_toys)
    return np.mean(counting.poisson_upper(counts, background) >= signal)
""",
        "hint": "What is counted is signal and background",
    },
    {
        "exercise": "1",
        "why": "draws the background alone",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(background, n_toys)
    return np.mean(counting.poisson_upper(counts, background) >= signal)
""",
        "hint": "hold no signal",
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
        "why": "turns the comparison round",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    return np.mean(signal >= counting.poisson_upper(counts, background))
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
        "why": "draws one count for all toys",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    count = rng.poisson(signal + background)
    return np.mean(counting.poisson_upper(count, background) >= signal)
""",
        "hint": "draw n_toys counts",
    },
    {
        "exercise": "1",
        "why": "averages the limits before comparing",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    return np.mean(counting.poisson_upper(counts, background)) >= signal
""",
        "hint": "compare before you average",
    },
    {
        "exercise": "1",
        "why": "makes a generator of its own, with the same seed each time",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = np.random.default_rng(3).poisson(signal + background, n_toys)
    return np.mean(counting.poisson_upper(counts, background) >= signal)
""",
        "hint": "draw from the generator handed over",
    },
    {
        "exercise": "1",
        "why": "makes a generator of its own, without a seed",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = np.random.default_rng().poisson(signal + background, n_toys)
    return np.mean(counting.poisson_upper(counts, background) >= signal)
""",
        "hint": "draw from the one handed over",
    },
    {
        "exercise": "1",
        "why": "draws from NumPy's global generator",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = np.random.poisson(signal + background, n_toys)
    return np.mean(counting.poisson_upper(counts, background) >= signal)
""",
        "hint": "draw from the one handed over",
    },
    {
        "exercise": "1",
        "why": "sums over all outcomes in place of toys",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    return exact_coverage(signal, background)
""",
        "hint": "Every call gives the same toys",
    },
    {
        "exercise": "1",
        "why": "a number of toys of its own",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, 10_000)
    return np.mean(counting.poisson_upper(counts, background) >= signal)
""",
        "hint": "draw n_toys counts",
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
        "why": "nothing of the background anywhere",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal, n_toys)
    return np.mean(counting.poisson_upper(counts) >= signal)
""",
        "hint": "Nothing is said of the background",
    },
    {
        "exercise": "1",
        "why": "subtracts the background twice",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    return np.mean(counting.poisson_upper(counts, background) - background >= signal)
""",
        "hint": "taken off twice",
    },
    {
        "exercise": "1",
        "why": "subtracts the rounded background from the counts too",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    return np.mean(counting.poisson_upper(np.maximum(counts - round(background), 0)) >= signal)
""",
        "hint": "not count by count",
    },
    {
        "exercise": "1",
        "why": "subtracts the background from the counts, which are then not whole",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    return np.mean(counting.poisson_upper(counts - background, background) >= signal)
""",
        "hint": "Your code stopped with ValueError",
    },
    {
        "exercise": "1",
        "why": "draws the background that is handed over",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    return np.mean(counting.poisson_upper(counts, rng.poisson(background, n_toys)) >= signal)
""",
        "hint": "not a drawn one",
    },
    {
        "exercise": "1",
        "why": "draws signal and background apart and hands the drawn one over",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    b = rng.poisson(background, n_toys)
    return np.mean(counting.poisson_upper(rng.poisson(signal, n_toys) + b, b) >= signal)
""",
        "hint": "not a drawn one",
    },
    {
        "exercise": "1",
        "why": "compares the limit with all that was expected",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    return np.mean(counting.poisson_upper(counts, background) >= signal + background)
""",
        "hint": "taken off twice",
    },
    {
        "exercise": "1",
        "why": "hands over all that is expected as background",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    return np.mean(counting.poisson_upper(counts, signal + background) >= signal)
""",
        "hint": "The background is b",
    },
    {
        "exercise": "1",
        "why": "takes 95 %, the habit of colliders",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    return np.mean(counting.poisson_upper(counts, background, 0.95) >= signal)
""",
        "hint": "Limits of 95 %",
    },
    {
        "exercise": "1",
        "why": "hands over what may be lost in place of what is kept",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    return np.mean(counting.poisson_upper(counts, background, 0.1) >= signal)
""",
        "hint": "Limits of 10 %",
    },
    {
        "exercise": "1",
        "why": "one sigma",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    return np.mean(counting.poisson_upper(counts, background, 0.68) >= signal)
""",
        "hint": "Limits of 68 %",
    },
    {
        "exercise": "1",
        "why": "the level in per cent",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    return np.mean(counting.poisson_upper(counts, background, 90) >= signal)
""",
        "hint": "Your code stopped with ValueError",
    },
    {
        "exercise": "1",
        "why": "asks for a central interval",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    low = stats.chi2.ppf(0.05, 2 * np.maximum(counts, 1e-9)) / 2 - background
    return np.mean((low <= signal) & (signal <= counting.poisson_upper(counts, background, 0.95)))
""",
        "hint": "the limit is one-sided",
    },
    {
        "exercise": "1",
        "why": "takes a Gaussian limit",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    return np.mean(counts + 1.2816 * counts**0.5 - background >= signal)
""",
        "hint": "n + 1.28 √n is no Poisson limit",
    },
    {
        "exercise": "1",
        "why": "takes a Gaussian limit with the two-sided factor",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    return np.mean(counts + 1.645 * np.sqrt(counts) - background >= signal)
""",
        "hint": "n + 1.64 √n is no Poisson limit",
    },
    {
        "exercise": "1",
        "why": "one √n",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    return np.mean(counts + np.sqrt(counts) - background >= signal)
""",
        "hint": "n + √n is no Poisson limit",
    },
    {
        "exercise": "1",
        "why": "a quantile of the Poisson distribution around each count",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    return np.mean(stats.poisson.ppf(0.9, counts) - background >= signal)
""",
        "hint": "A quantile of counts around n",
    },
    {
        "exercise": "1",
        "why": "χ² with two degrees of freedom too few",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    limit = stats.chi2.ppf(0.9, 2 * np.maximum(counts, 1e-9)) / 2 - background
    return np.mean(limit >= signal)
""",
        "hint": "has 2 (n + 1)",
    },
    {
        "exercise": "1",
        "why": "compares the counts",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    return np.mean(counts >= signal)
""",
        "hint": "each count's limit",
    },
    {
        "exercise": "1",
        "why": "compares the counts less the background",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    return np.mean(counts - background >= signal)
""",
        "hint": "each count's limit",
    },
    {
        "exercise": "1",
        "why": "asks whether the counts are below what is expected",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    return np.mean(counts <= signal + background)
""",
        "hint": "take its limit",
    },
    {
        "exercise": "1",
        "why": "the mean limit",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    return np.mean(counting.poisson_upper(counts, background))
""",
        "hint": "mean limit",
    },
    {
        "exercise": "1",
        "why": "in per cent",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    return 100 * np.mean(counting.poisson_upper(counts, background) >= signal)
""",
        "hint": "in per cent",
    },
    {
        "exercise": "1",
        "why": "counts the toys that hold",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    return np.sum(counting.poisson_upper(counts, background) >= signal)
""",
        "hint": "the share of the toys was asked",
    },
    {
        "exercise": "1",
        "why": "returns the answer of each toy",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    return counting.poisson_upper(counts, background) >= signal
""",
        "hint": "One number, please",
    },
    {
        "exercise": "1",
        "why": "returns an error as well",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    kept = np.mean(counting.poisson_upper(counts, background) >= signal)
    return kept, np.sqrt(kept * (1 - kept) / n_toys)
""",
        "hint": "the share alone",
    },
    {
        "exercise": "1",
        "why": "no return",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    kept = np.mean(counting.poisson_upper(counts, background) >= signal)
""",
        "hint": "is there a return",
    },
    {
        "exercise": "1",
        "why": "a name that is not there",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    counts = rng.poisson(signal + background, n_toys)
    return np.mean(poisson_upper(counts, background) >= signal)
""",
        "hint": "spelt so",
    },
    {
        "exercise": "1",
        "why": "says 90 % without looking",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    return 0.9
""",
        "hint": "the course's",
    },
    {
        "exercise": "1",
        "why": "1.64 times the root of what is expected",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    n = rng.poisson(signal + background, n_toys)
    return np.mean(n - background + 1.645 * np.sqrt(signal + background) >= signal)
""",
        "hint": "n - b + k √(s + b)",
    },
    {
        "exercise": "1",
        "why": "the root of n + 1",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    n = rng.poisson(signal + background, n_toys)
    return np.mean(n - background + 1.28 * np.sqrt(n + 1) >= signal)
""",
        "hint": "n - b + k √(n + 1)",
    },
    {
        "exercise": "1",
        "why": "twice the exposure",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    n = rng.poisson(2 * (signal + background), n_toys)
    return np.mean(counting.poisson_upper(n, background) >= signal)
""",
        "hint": "Twice as many",
    },
    {
        "exercise": "1",
        "why": "Gaussian counts",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    mean = signal + background
    n = np.maximum(np.rint(rng.normal(mean, np.sqrt(mean), n_toys)), 0)
    return np.mean(counting.poisson_upper(n, background) >= signal)
""",
        "hint": "Gaussian counts",
    },
    {
        "exercise": "1",
        "why": "Gaussian counts, not rounded",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    mean = signal + background
    n = np.maximum(rng.normal(mean, np.sqrt(mean), n_toys), 0)
    return np.mean(counting.poisson_upper(n, background) >= signal)
""",
        "hint": "one toy's count",
    },
    {
        "exercise": "1",
        "why": "a thousand toys",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    n = rng.poisson(signal + background, 1000)
    return np.mean(counting.poisson_upper(n, background) >= signal)
""",
        "hint": "a whole number of 1000ths",
    },
    {
        "exercise": "1",
        "why": "a rounded background",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    n = rng.poisson(signal, n_toys) + round(background)
    return np.mean(counting.poisson_upper(n, background) >= signal)
""",
        "hint": "rounded and not drawn",
    },
    {
        "exercise": "1",
        "why": "a background that is not drawn",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    n = rng.poisson(signal, n_toys) + background
    return np.mean(counting.poisson_upper(n, background) >= signal)
""",
        "hint": "one toy's count",
    },
    {
        "exercise": "1",
        "why": "a rounded mean",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    n = rng.poisson(round(signal + background), n_toys)
    return np.mean(counting.poisson_upper(n, background) >= signal)
""",
        "hint": "The mean is rounded",
    },
    {
        "exercise": "1",
        "why": "the count for the background",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    n = rng.poisson(signal + background, n_toys)
    return np.mean(counting.poisson_upper(n, n) >= signal)
""",
        "hint": "The count stands for the background",
    },
    {
        "exercise": "1",
        "why": "signal and background exchanged",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    n = rng.poisson(signal + background, n_toys)
    return np.mean(counting.poisson_upper(n, signal) >= background)
""",
        "hint": "background are exchanged",
    },
    {
        "exercise": "1",
        "why": "the signal for the background",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    n = rng.poisson(signal + background, n_toys)
    return np.mean(counting.poisson_upper(n, signal) >= signal)
""",
        "hint": "handed over as background",
    },
    {
        "exercise": "1",
        "why": "toys without a count left out",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    n = rng.poisson(signal + background, n_toys)
    n = n[n > 0]
    return np.mean(counting.poisson_upper(n, background) >= signal)
""",
        "hint": "Toys are left out",
    },
    {
        "exercise": "1",
        "why": "toys below the background left out",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    n = rng.poisson(signal + background, n_toys)
    n = n[n >= background]
    return np.mean(counting.poisson_upper(n, background) >= signal)
""",
        "hint": "Toys are left out",
    },
    {
        "exercise": "1",
        "why": "two-sided in part",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    n = rng.poisson(signal + background, n_toys)
    low = n - 1.645 * np.sqrt(n) - background
    return np.mean((counting.poisson_upper(n, background, 0.95) >= signal) & (low <= signal))
""",
        "hint": "two-sided intervals",
    },
    {
        "exercise": "1",
        "why": "a likelihood ratio",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    n = rng.poisson(signal + background, n_toys)
    mu = signal + background
    q = 2 * (mu - n + n * np.log(np.maximum(n, 1e-9) / mu))
    return np.mean(q <= 2.71)
""",
        "hint": "makes two-sided intervals",
    },
    {
        "exercise": "1",
        "why": "a quantile of the limits",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    n = rng.poisson(signal + background, n_toys)
    return np.quantile(counting.poisson_upper(n, background), 0.9)
""",
        "hint": "a quantile of the limits",
    },
    {
        "exercise": "1",
        "why": "the limit of what is expected",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    n = rng.poisson(signal + background, n_toys)
    return np.mean(n <= counting.poisson_upper(signal + background, 0))
""",
        "hint": "one toy's count",
    },
    {
        "exercise": "1",
        "why": "arguments exchanged",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    n = rng.poisson(signal + background, n_toys)
    return np.mean(counting.poisson_upper(background, n) >= signal)
""",
        "hint": "which comes first",
    },
    {
        "exercise": "1",
        "why": "the sum over outcomes, drawn from",
        "code": """def coverage_by_toys(signal, background, n_toys, rng):
    return rng.binomial(n_toys, exact_coverage(signal, background)) / n_toys
""",
        "hint": "a little above 1",
    },
    {
        "exercise": "2",
        "why": "n_jobs written in",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        return np.quantile(statistic(point, n_toys, np.random.default_rng([seed, *point])), 0.9)

    return np.array(joblib.Parallel(n_jobs=2)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "With n_jobs = 1 others computed",
    },
    {
        "exercise": "2",
        "why": "an unsorted toy",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        return statistic(point, n_toys, np.random.default_rng([seed, *point]))[int(0.9 * n_toys)]

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "as single toys do",
    },
    {
        "exercise": "2",
        "why": "a generator from the process alone",
        "code": """import os


def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        return np.quantile(statistic(point, n_toys, np.random.default_rng([1, os.getpid()])), 0.9)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "Points share their toys",
    },
    {
        "exercise": "2",
        "why": "delayed forgotten",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    return np.array(joblib.Parallel(n_jobs=n_jobs)(np.quantile(statistic(point, n_toys, np.random.default_rng([seed, *point])), 0.9) for point in points))
""",
        "hint": "joblib.delayed(f)(arguments)",
    },
    {
        "exercise": "2",
        "why": "delayed round a value",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(np.quantile(statistic(point, n_toys, np.random.default_rng([seed, *point])), 0.9)) for point in points))
""",
        "hint": "joblib.delayed(f)(arguments)",
    },
    {
        "exercise": "2",
        "why": "the point unpacked",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        return np.quantile(statistic(*point, n_toys, np.random.default_rng([seed, *point])), 0.9)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "the point stays one, a pair",
    },
    {
        "exercise": "2",
        "why": "a text for a seed",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        return np.quantile(statistic(point, n_toys, np.random.default_rng(f'{seed}{point}')), 0.9)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "a seed is a whole number",
    },
    {
        "exercise": "2",
        "why": "one generator for all points, in the order in which they come",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    rng = np.random.default_rng(seed)
    return np.array([np.quantile(statistic(point, n_toys, rng), 0.9) for point in points])
""",
        "hint": "seed a point by what it is",
    },
    {
        "exercise": "2",
        "why": "generators spawned in the order of the list",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    children = np.random.SeedSequence(seed).spawn(len(points))

    def threshold(point, child):
        return np.quantile(statistic(point, n_toys, np.random.default_rng(child)), 0.9)

    tasks = (joblib.delayed(threshold)(*pair) for pair in zip(points, children, strict=True))
    return np.array(joblib.Parallel(n_jobs=n_jobs)(tasks))
""",
        "hint": "seed a point by what it is",
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
        q = statistic(point, n_toys, np.random.default_rng([seed, n_jobs, *point]))
        return np.quantile(q, 0.9)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "seed points, not workers",
    },
    {
        "exercise": "2",
        "why": "a seed from the process",
        "code": """import os


def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, np.random.default_rng([seed, os.getpid(), *point]))
        return np.quantile(q, 0.9)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "seed points, not workers",
    },
    {
        "exercise": "2",
        "why": "the same seed for every point: all points share their toys",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, np.random.default_rng(seed))
        return np.quantile(q, 0.9)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "Points share their toys",
    },
    {
        "exercise": "2",
        "why": "model and mass added: points on a diagonal share their toys",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, np.random.default_rng([seed, sum(point)]))
        return np.quantile(q, 0.9)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "Points share their toys",
    },
    {
        "exercise": "2",
        "why": "model times mass",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, np.random.default_rng([seed, point[0] * point[1]]))
        return np.quantile(q, 0.9)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "Points share their toys",
    },
    {
        "exercise": "2",
        "why": "the model alone",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, np.random.default_rng([seed, point[0]]))
        return np.quantile(q, 0.9)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "Points share their toys",
    },
    {
        "exercise": "2",
        "why": "the mass alone",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, np.random.default_rng([seed, point[1]]))
        return np.quantile(q, 0.9)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "Points share their toys",
    },
    {
        "exercise": "2",
        "why": "ten models to a mass, and there are more",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, np.random.default_rng([seed, 10 * point[0] + point[1]]))
        return np.quantile(q, 0.9)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "Points share their toys",
    },
    {
        "exercise": "2",
        "why": "digits set side by side",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, np.random.default_rng([seed, int(f'{point[0]}{point[1]}')]))
        return np.quantile(q, 0.9)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "Points share their toys",
    },
    {
        "exercise": "2",
        "why": "seed and point added: the next seed repeats the toys",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, np.random.default_rng(seed + 100 * point[0] + point[1]))
        return np.quantile(q, 0.9)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "hand over a list, not a sum",
    },
    {
        "exercise": "2",
        "why": "the sum of all three",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, np.random.default_rng(seed + point[0] + point[1]))
        return np.quantile(q, 0.9)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "Points share their toys",
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
        "hint": "seed a point by what it is",
    },
    {
        "exercise": "2",
        "why": "the number of points in the seed",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, np.random.default_rng([seed, len(points), *point]))
        return np.quantile(q, 0.9)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "which others are computed",
    },
    {
        "exercise": "2",
        "why": "seeds nothing",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, np.random.default_rng())
        return np.quantile(q, 0.9)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "no seed, a clock",
    },
    {
        "exercise": "2",
        "why": "seeds from the clock",
        "code": """import time


def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, np.random.default_rng([seed, time.time_ns(), *point]))
        return np.quantile(q, 0.9)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "no seed, a clock",
    },
    {
        "exercise": "2",
        "why": "takes the notebook's generator",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, rng)
        return np.quantile(q, 0.9)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "a generator that remembers",
    },
    {
        "exercise": "2",
        "why": "forgets the seed that is handed over",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, np.random.default_rng(point))
        return np.quantile(q, 0.9)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "the seed changes nothing",
    },
    {
        "exercise": "2",
        "why": "on one core",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, np.random.default_rng([seed, *point]))
        return np.quantile(q, 0.9)

    return np.array([threshold(p) for p in points])
""",
        "hint": "all was computed here",
    },
    {
        "exercise": "2",
        "why": "n_jobs is fixed to one",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, np.random.default_rng([seed, *point]))
        return np.quantile(q, 0.9)

    return np.array(joblib.Parallel(n_jobs=1)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "all was computed here",
    },
    {
        "exercise": "2",
        "why": "shares the toys out among the processes",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys // n_jobs, np.random.default_rng([seed, *point]))
        return np.quantile(q, 0.9)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "depends on the number of processes",
    },
    {
        "exercise": "2",
        "why": "takes the lower tail",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, np.random.default_rng([seed, *point]))
        return np.quantile(q, 0.1)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "the 10 %",
    },
    {
        "exercise": "2",
        "why": "halves the 10 %",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, np.random.default_rng([seed, *point]))
        return np.quantile(q, 0.95)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "the 95 %",
    },
    {
        "exercise": "2",
        "why": "takes the mean",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, np.random.default_rng([seed, *point]))
        return np.mean(q)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "That is the mean",
    },
    {
        "exercise": "2",
        "why": "takes the median",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, np.random.default_rng([seed, *point]))
        return np.median(q)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "the 50 %",
    },
    {
        "exercise": "2",
        "why": "the spread",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, np.random.default_rng([seed, *point]))
        return np.std(q)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "That is the spread",
    },
    {
        "exercise": "2",
        "why": "a Gaussian's quantile",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, np.random.default_rng([seed, *point]))
        return np.mean(q) + 1.2816 * np.std(q)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "a Gaussian's quantile",
    },
    {
        "exercise": "2",
        "why": "the root",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, np.random.default_rng([seed, *point]))
        return np.sqrt(np.quantile(q, 0.9))

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "root of the 90 %",
    },
    {
        "exercise": "2",
        "why": "2.71 for all",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, np.random.default_rng([seed, *point]))
        return stats.chi2.ppf(0.9, 1)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "what many events would need",
    },
    {
        "exercise": "2",
        "why": "throws all toys together",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    toys = [statistic(point, n_toys, np.random.default_rng([seed, *point])) for point in points]
    return np.full(len(points), np.quantile(np.concatenate(toys), 0.9))
""",
        "hint": "One threshold for all points",
    },
    {
        "exercise": "2",
        "why": "the mean threshold",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    toys = [statistic(point, n_toys, np.random.default_rng([seed, *point])) for point in points]
    return np.mean([np.quantile(q, 0.9) for q in toys])
""",
        "hint": "one a point",
    },
    {
        "exercise": "2",
        "why": "returns the toys",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, np.random.default_rng([seed, *point]))
        return q

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "one a point",
    },
    {
        "exercise": "2",
        "why": "sorts the points first and returns them so",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, np.random.default_rng([seed, *point]))
        return np.quantile(q, 0.9)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in sorted(points)))
""",
        "hint": "keep the points' order",
    },
    {
        "exercise": "2",
        "why": "a dictionary",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, np.random.default_rng([seed, *point]))
        return np.quantile(q, 0.9)

    return dict(zip(points, joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points)))
""",
        "hint": "dict",
    },
    {
        "exercise": "2",
        "why": "a fixed number of toys",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, 300, np.random.default_rng([seed, *point]))
        return np.quantile(q, 0.9)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "not asked for n_toys toys",
    },
    {
        "exercise": "2",
        "why": "twice the toys",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, 2 * n_toys, np.random.default_rng([seed, *point]))
        return np.quantile(q, 0.9)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "not asked for n_toys toys",
    },
    {
        "exercise": "2",
        "why": "percentile for quantile",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, np.random.default_rng([seed, *point]))
        return np.percentile(q, 0.9)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "counts to 100",
    },
    {
        "exercise": "2",
        "why": "quantile for percentile",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, np.random.default_rng([seed, *point]))
        return np.quantile(q, 90)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "Your code stopped with ValueError",
    },
    {
        "exercise": "2",
        "why": "the largest",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, np.random.default_rng([seed, *point]))
        return np.max(q)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "the largest",
    },
    {
        "exercise": "2",
        "why": "the smallest",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, np.random.default_rng([seed, *point]))
        return np.min(q)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "the smallest",
    },
    {
        "exercise": "2",
        "why": "the share below 2.71",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, np.random.default_rng([seed, *point]))
        return np.mean(q <= 2.71)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points))
""",
        "hint": "the course's",
    },
    {
        "exercise": "2",
        "why": "no return",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, np.random.default_rng([seed, *point]))
        return np.quantile(q, 0.9)

    found = joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(threshold)(p) for p in points)
""",
        "hint": "is there a return",
    },
    {
        "exercise": "2",
        "why": "delayed forgotten",
        "code": """def thresholds_of(points, n_toys, seed, n_jobs):
    def threshold(point):
        q = statistic(point, n_toys, np.random.default_rng([seed, *point]))
        return np.quantile(q, 0.9)

    return np.array(joblib.Parallel(n_jobs=n_jobs)(threshold(p) for p in points))
""",
        "hint": "Your code stopped with",
    },
    {
        "exercise": "3",
        "why": "SI's score for every spectrum",
        "code": """def limit_of(rate, n_toys, rng):
    share = search.group_shares(events, search.spectra(search.ENERGIES)[7][None])[0]
    score = np.log(np.exp(log_density[:, 5:]) @ share + 1e-30) - np.log(np.exp(log_density[:, :5]) @ expected)
    own, others, _ = search.score_templates(score, events, rate, 60)
    model = limits.ProfileLikelihood(own, others, others.sum(axis=0), search.UNCERTAINTY)
    asymptotic = calibrated = model.upper_limit()
    for _ in range(3):
        toys = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng)
        threshold = np.quantile(toys.q(calibrated), 0.9)
        calibrated = model.upper_limit(threshold=threshold)
    q = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng).q(calibrated)
    return {
        "asymptotic": asymptotic, "calibrated": calibrated, "threshold": threshold,
        "covered_asymptotic": np.mean(q <= stats.chi2.ppf(0.9, 1)), "covered": np.mean(q <= threshold),
    }
""",
        "hint": "score of SI",
    },
    {
        "exercise": "3",
        "why": "SI's templates for every spectrum",
        "code": """def limit_of(rate, n_toys, rng):
    share = search.group_shares(events, search.spectra(search.ENERGIES)[7][None])[0]
    score = np.log(np.exp(log_density[:, 5:]) @ share + 1e-30) - np.log(np.exp(log_density[:, :5]) @ expected)
    own, others, _ = search.score_templates(score, events, search.spectra(search.ENERGIES)[7], 60)
    model = limits.ProfileLikelihood(own, others, others.sum(axis=0), search.UNCERTAINTY)
    asymptotic = calibrated = model.upper_limit()
    for _ in range(3):
        toys = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng)
        threshold = np.quantile(toys.q(calibrated), 0.9)
        calibrated = model.upper_limit(threshold=threshold)
    q = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng).q(calibrated)
    return {
        "asymptotic": asymptotic, "calibrated": calibrated, "threshold": threshold,
        "covered_asymptotic": np.mean(q <= stats.chi2.ppf(0.9, 1)), "covered": np.mean(q <= threshold),
    }
""",
        "hint": "asymptotic limit for a line",
    },
    {
        "exercise": "3",
        "why": "all groups alike",
        "code": """def limit_of(rate, n_toys, rng):
    share = search.group_shares(events, rate[None])[0]
    score = np.log(np.exp(log_density[:, 5:]) @ np.full(14, 1 / 14) + 1e-30) - np.log(np.exp(log_density[:, :5]) @ expected)
    own, others, _ = search.score_templates(score, events, rate, 60)
    model = limits.ProfileLikelihood(own, others, others.sum(axis=0), search.UNCERTAINTY)
    asymptotic = calibrated = model.upper_limit()
    for _ in range(3):
        toys = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng)
        threshold = np.quantile(toys.q(calibrated), 0.9)
        calibrated = model.upper_limit(threshold=threshold)
    q = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng).q(calibrated)
    return {
        "asymptotic": asymptotic, "calibrated": calibrated, "threshold": threshold,
        "covered_asymptotic": np.mean(q <= stats.chi2.ppf(0.9, 1)), "covered": np.mean(q <= threshold),
    }
""",
        "hint": "not the rate's",
    },
    {
        "exercise": "3",
        "why": "2.71 for a threshold",
        "code": """def limit_of(rate, n_toys, rng):
    share = search.group_shares(events, rate[None])[0]
    score = np.log(np.exp(log_density[:, 5:]) @ share + 1e-30) - np.log(np.exp(log_density[:, :5]) @ expected)
    own, others, _ = search.score_templates(score, events, rate, 60)
    model = limits.ProfileLikelihood(own, others, others.sum(axis=0), search.UNCERTAINTY)
    asymptotic = calibrated = model.upper_limit()
    for _ in range(3):
        toys = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng)
        threshold = stats.chi2.ppf(0.9, 1)
        calibrated = model.upper_limit(threshold=threshold)
    q = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng).q(calibrated)
    return {
        "asymptotic": asymptotic, "calibrated": calibrated, "threshold": threshold,
        "covered_asymptotic": np.mean(q <= stats.chi2.ppf(0.9, 1)), "covered": np.mean(q <= threshold),
    }
""",
        "hint": "take one from toys",
    },
    {
        "exercise": "3",
        "why": "2.7055 for a threshold",
        "code": """def limit_of(rate, n_toys, rng):
    share = search.group_shares(events, rate[None])[0]
    score = np.log(np.exp(log_density[:, 5:]) @ share + 1e-30) - np.log(np.exp(log_density[:, :5]) @ expected)
    own, others, _ = search.score_templates(score, events, rate, 60)
    model = limits.ProfileLikelihood(own, others, others.sum(axis=0), search.UNCERTAINTY)
    asymptotic = calibrated = model.upper_limit()
    for _ in range(3):
        toys = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng)
        threshold = 2.7055
        calibrated = model.upper_limit(threshold=threshold)
    q = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng).q(calibrated)
    return {
        "asymptotic": asymptotic, "calibrated": calibrated, "threshold": threshold,
        "covered_asymptotic": np.mean(q <= stats.chi2.ppf(0.9, 1)), "covered": np.mean(q <= threshold),
    }
""",
        "hint": "take one from toys",
    },
    {
        "exercise": "3",
        "why": "2.71, rounded, as if from toys",
        "code": """def limit_of(rate, n_toys, rng):
    share = search.group_shares(events, rate[None])[0]
    score = np.log(np.exp(log_density[:, 5:]) @ share + 1e-30) - np.log(np.exp(log_density[:, :5]) @ expected)
    own, others, _ = search.score_templates(score, events, rate, 60)
    model = limits.ProfileLikelihood(own, others, others.sum(axis=0), search.UNCERTAINTY)
    asymptotic = calibrated = model.upper_limit()
    for _ in range(3):
        toys = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng)
        threshold = 2.71
        calibrated = model.upper_limit(threshold=threshold)
    q = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng).q(calibrated)
    return {
        "asymptotic": asymptotic, "calibrated": calibrated, "threshold": threshold,
        "covered_asymptotic": np.mean(q <= stats.chi2.ppf(0.9, 1)), "covered": np.mean(q <= threshold),
    }
""",
        "hint": "the 90 % quantile of q was asked",
    },
    {
        "exercise": "3",
        "why": "a number that looks like toys",
        "code": """def limit_of(rate, n_toys, rng):
    share = search.group_shares(events, rate[None])[0]
    score = np.log(np.exp(log_density[:, 5:]) @ share + 1e-30) - np.log(np.exp(log_density[:, :5]) @ expected)
    own, others, _ = search.score_templates(score, events, rate, 60)
    model = limits.ProfileLikelihood(own, others, others.sum(axis=0), search.UNCERTAINTY)
    asymptotic = calibrated = model.upper_limit()
    for _ in range(3):
        toys = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng)
        threshold = 2.93
        calibrated = model.upper_limit(threshold=threshold)
    q = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng).q(calibrated)
    return {
        "asymptotic": asymptotic, "calibrated": calibrated, "threshold": threshold,
        "covered_asymptotic": np.mean(q <= stats.chi2.ppf(0.9, 1)), "covered": np.mean(q <= threshold),
    }
""",
        "hint": "the 90 % quantile of q was asked",
    },
    {
        "exercise": "3",
        "why": "95 % of q",
        "code": """def limit_of(rate, n_toys, rng):
    share = search.group_shares(events, rate[None])[0]
    score = np.log(np.exp(log_density[:, 5:]) @ share + 1e-30) - np.log(np.exp(log_density[:, :5]) @ expected)
    own, others, _ = search.score_templates(score, events, rate, 60)
    model = limits.ProfileLikelihood(own, others, others.sum(axis=0), search.UNCERTAINTY)
    asymptotic = calibrated = model.upper_limit()
    for _ in range(3):
        toys = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng)
        threshold = np.quantile(toys.q(calibrated), 0.95)
        calibrated = model.upper_limit(threshold=threshold)
    q = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng).q(calibrated)
    return {
        "asymptotic": asymptotic, "calibrated": calibrated, "threshold": threshold,
        "covered_asymptotic": np.mean(q <= stats.chi2.ppf(0.9, 1)), "covered": np.mean(q <= threshold),
    }
""",
        "hint": "the 95 %",
    },
    {
        "exercise": "3",
        "why": "the limit not found again",
        "code": """def limit_of(rate, n_toys, rng):
    share = search.group_shares(events, rate[None])[0]
    score = np.log(np.exp(log_density[:, 5:]) @ share + 1e-30) - np.log(np.exp(log_density[:, :5]) @ expected)
    own, others, _ = search.score_templates(score, events, rate, 60)
    model = limits.ProfileLikelihood(own, others, others.sum(axis=0), search.UNCERTAINTY)
    asymptotic = calibrated = model.upper_limit()
    for _ in range(3):
        toys = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng)
        threshold = np.quantile(toys.q(calibrated), 0.9)
        calibrated = asymptotic
    q = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng).q(calibrated)
    return {
        "asymptotic": asymptotic, "calibrated": calibrated, "threshold": threshold,
        "covered_asymptotic": np.mean(q <= stats.chi2.ppf(0.9, 1)), "covered": np.mean(q <= threshold),
    }
""",
        "hint": "not found again",
    },
    {
        "exercise": "3",
        "why": "the limit scaled by the threshold",
        "code": """def limit_of(rate, n_toys, rng):
    share = search.group_shares(events, rate[None])[0]
    score = np.log(np.exp(log_density[:, 5:]) @ share + 1e-30) - np.log(np.exp(log_density[:, :5]) @ expected)
    own, others, _ = search.score_templates(score, events, rate, 60)
    model = limits.ProfileLikelihood(own, others, others.sum(axis=0), search.UNCERTAINTY)
    asymptotic = calibrated = model.upper_limit()
    for _ in range(3):
        toys = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng)
        threshold = np.quantile(toys.q(calibrated), 0.9)
        calibrated = asymptotic * threshold / 2.7055
    q = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng).q(calibrated)
    return {
        "asymptotic": asymptotic, "calibrated": calibrated, "threshold": threshold,
        "covered_asymptotic": np.mean(q <= stats.chi2.ppf(0.9, 1)), "covered": np.mean(q <= threshold),
    }
""",
        "hint": "not in proportion to the threshold",
    },
    {
        "exercise": "3",
        "why": "the limit scaled by its root",
        "code": """def limit_of(rate, n_toys, rng):
    share = search.group_shares(events, rate[None])[0]
    score = np.log(np.exp(log_density[:, 5:]) @ share + 1e-30) - np.log(np.exp(log_density[:, :5]) @ expected)
    own, others, _ = search.score_templates(score, events, rate, 60)
    model = limits.ProfileLikelihood(own, others, others.sum(axis=0), search.UNCERTAINTY)
    asymptotic = calibrated = model.upper_limit()
    for _ in range(3):
        toys = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng)
        threshold = np.quantile(toys.q(calibrated), 0.9)
        calibrated = asymptotic * (threshold / 2.7055) ** 0.5
    q = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng).q(calibrated)
    return {
        "asymptotic": asymptotic, "calibrated": calibrated, "threshold": threshold,
        "covered_asymptotic": np.mean(q <= stats.chi2.ppf(0.9, 1)), "covered": np.mean(q <= threshold),
    }
""",
        "hint": "not in proportion to √",
    },
    {
        "exercise": "3",
        "why": "own homework",
        "code": """def limit_of(rate, n_toys, rng):
    share = search.group_shares(events, rate[None])[0]
    score = np.log(np.exp(log_density[:, 5:]) @ share + 1e-30) - np.log(np.exp(log_density[:, :5]) @ expected)
    own, others, _ = search.score_templates(score, events, rate, 60)
    model = limits.ProfileLikelihood(own, others, others.sum(axis=0), search.UNCERTAINTY)
    asymptotic = model.upper_limit()
    q = model.asimov(asymptotic).toys(asymptotic, n_toys, rng=rng).q(asymptotic)
    threshold = np.quantile(q, 0.9)
    return {
        "asymptotic": asymptotic, "calibrated": model.upper_limit(threshold=threshold), "threshold": threshold,
        "covered_asymptotic": np.mean(q <= stats.chi2.ppf(0.9, 1)), "covered": np.mean(q <= threshold),
    }
""",
        "hint": "tested on the toys that set the threshold",
    },
    {
        "exercise": "3",
        "why": "toys at half the limit",
        "code": """def limit_of(rate, n_toys, rng):
    share = search.group_shares(events, rate[None])[0]
    score = np.log(np.exp(log_density[:, 5:]) @ share + 1e-30) - np.log(np.exp(log_density[:, :5]) @ expected)
    own, others, _ = search.score_templates(score, events, rate, 60)
    model = limits.ProfileLikelihood(own, others, others.sum(axis=0), search.UNCERTAINTY)
    asymptotic = model.upper_limit()
    true = asymptotic / 2
    threshold = np.quantile(model.asimov(true).toys(true, n_toys, rng=rng).q(true), 0.9)
    calibrated = model.upper_limit(threshold=threshold)
    q = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng).q(calibrated)
    return {
        "asymptotic": asymptotic, "calibrated": calibrated, "threshold": threshold,
        "covered_asymptotic": np.mean(q <= stats.chi2.ppf(0.9, 1)), "covered": np.mean(q <= threshold),
    }
""",
        "hint": "toys at the limit are asked",
    },
    {
        "exercise": "3",
        "why": "coverage of toys without signal",
        "code": """def limit_of(rate, n_toys, rng):
    share = search.group_shares(events, rate[None])[0]
    score = np.log(np.exp(log_density[:, 5:]) @ share + 1e-30) - np.log(np.exp(log_density[:, :5]) @ expected)
    own, others, _ = search.score_templates(score, events, rate, 60)
    model = limits.ProfileLikelihood(own, others, others.sum(axis=0), search.UNCERTAINTY)
    asymptotic = calibrated = model.upper_limit()
    for _ in range(3):
        toys = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng)
        threshold = np.quantile(toys.q(calibrated), 0.9)
        calibrated = model.upper_limit(threshold=threshold)
    q = model.asimov(0.0).toys(0.0, n_toys, rng=rng).q(0.0)
    return {
        "asymptotic": asymptotic, "calibrated": calibrated, "threshold": threshold,
        "covered_asymptotic": np.mean(q <= stats.chi2.ppf(0.9, 1)), "covered": np.mean(q <= threshold),
    }
""",
        "hint": "calibrated limits, not at one",
    },
    {
        "exercise": "3",
        "why": "coverage of toys at twice the limit",
        "code": """def limit_of(rate, n_toys, rng):
    share = search.group_shares(events, rate[None])[0]
    score = np.log(np.exp(log_density[:, 5:]) @ share + 1e-30) - np.log(np.exp(log_density[:, :5]) @ expected)
    own, others, _ = search.score_templates(score, events, rate, 60)
    model = limits.ProfileLikelihood(own, others, others.sum(axis=0), search.UNCERTAINTY)
    asymptotic = calibrated = model.upper_limit()
    for _ in range(3):
        toys = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng)
        threshold = np.quantile(toys.q(calibrated), 0.9)
        calibrated = model.upper_limit(threshold=threshold)
    q = model.asimov(2 * calibrated).toys(2 * calibrated, n_toys, rng=rng).q(2 * calibrated)
    return {
        "asymptotic": asymptotic, "calibrated": calibrated, "threshold": threshold,
        "covered_asymptotic": np.mean(q <= stats.chi2.ppf(0.9, 1)), "covered": np.mean(q <= threshold),
    }
""",
        "hint": "calibrated limits, not at one",
    },
    {
        "exercise": "3",
        "why": "coverage written down",
        "code": """def limit_of(rate, n_toys, rng):
    share = search.group_shares(events, rate[None])[0]
    score = np.log(np.exp(log_density[:, 5:]) @ share + 1e-30) - np.log(np.exp(log_density[:, :5]) @ expected)
    own, others, _ = search.score_templates(score, events, rate, 60)
    model = limits.ProfileLikelihood(own, others, others.sum(axis=0), search.UNCERTAINTY)
    asymptotic = calibrated = model.upper_limit()
    for _ in range(3):
        toys = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng)
        threshold = np.quantile(toys.q(calibrated), 0.9)
        calibrated = model.upper_limit(threshold=threshold)
    q = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng).q(calibrated)
    return {
        "asymptotic": asymptotic, "calibrated": calibrated, "threshold": threshold,
        "covered_asymptotic": np.mean(q <= stats.chi2.ppf(0.9, 1)), "covered": 0.9,
    }
""",
        "hint": "of no toys of yours",
    },
    {
        "exercise": "3",
        "why": "coverage of the wrong threshold",
        "code": """def limit_of(rate, n_toys, rng):
    share = search.group_shares(events, rate[None])[0]
    score = np.log(np.exp(log_density[:, 5:]) @ share + 1e-30) - np.log(np.exp(log_density[:, :5]) @ expected)
    own, others, _ = search.score_templates(score, events, rate, 60)
    model = limits.ProfileLikelihood(own, others, others.sum(axis=0), search.UNCERTAINTY)
    asymptotic = calibrated = model.upper_limit()
    for _ in range(3):
        toys = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng)
        threshold = np.quantile(toys.q(calibrated), 0.9)
        calibrated = model.upper_limit(threshold=threshold)
    q = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng).q(calibrated)
    return {
        "asymptotic": asymptotic, "calibrated": calibrated, "threshold": threshold,
        "covered_asymptotic": np.mean(q <= stats.chi2.ppf(0.9, 1)), "covered": np.mean(q <= stats.chi2.ppf(0.9, 1)),
    }
""",
        "hint": "of no toys of yours",
    },
    {
        "exercise": "3",
        "why": "the share that misses",
        "code": """def limit_of(rate, n_toys, rng):
    share = search.group_shares(events, rate[None])[0]
    score = np.log(np.exp(log_density[:, 5:]) @ share + 1e-30) - np.log(np.exp(log_density[:, :5]) @ expected)
    own, others, _ = search.score_templates(score, events, rate, 60)
    model = limits.ProfileLikelihood(own, others, others.sum(axis=0), search.UNCERTAINTY)
    asymptotic = calibrated = model.upper_limit()
    for _ in range(3):
        toys = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng)
        threshold = np.quantile(toys.q(calibrated), 0.9)
        calibrated = model.upper_limit(threshold=threshold)
    q = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng).q(calibrated)
    return {
        "asymptotic": asymptotic, "calibrated": calibrated, "threshold": threshold,
        "covered_asymptotic": np.mean(q <= stats.chi2.ppf(0.9, 1)), "covered": np.mean(q > threshold),
    }
""",
        "hint": "of no toys of yours",
    },
    {
        "exercise": "3",
        "why": "one-sided limits",
        "code": """def limit_of(rate, n_toys, rng):
    share = search.group_shares(events, rate[None])[0]
    score = np.log(np.exp(log_density[:, 5:]) @ share + 1e-30) - np.log(np.exp(log_density[:, :5]) @ expected)
    own, others, _ = search.score_templates(score, events, rate, 60)
    model = limits.ProfileLikelihood(own, others, others.sum(axis=0), search.UNCERTAINTY)
    asymptotic = calibrated = model.upper_limit(one_sided=True)
    for _ in range(3):
        toys = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng)
        threshold = np.quantile(toys.q(calibrated), 0.9)
        calibrated = model.upper_limit(one_sided=True, threshold=threshold)
    q = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng).q(calibrated)
    return {
        "asymptotic": asymptotic, "calibrated": calibrated, "threshold": threshold,
        "covered_asymptotic": np.mean(q <= stats.chi2.ppf(0.9, 1)), "covered": np.mean(q <= threshold),
    }
""",
        "hint": "one-sided",
    },
    {
        "exercise": "3",
        "why": "95 %",
        "code": """def limit_of(rate, n_toys, rng):
    share = search.group_shares(events, rate[None])[0]
    score = np.log(np.exp(log_density[:, 5:]) @ share + 1e-30) - np.log(np.exp(log_density[:, :5]) @ expected)
    own, others, _ = search.score_templates(score, events, rate, 60)
    model = limits.ProfileLikelihood(own, others, others.sum(axis=0), search.UNCERTAINTY)
    asymptotic = calibrated = model.upper_limit(0.95)
    for _ in range(3):
        toys = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng)
        threshold = np.quantile(toys.q(calibrated), 0.9)
        calibrated = model.upper_limit(threshold=threshold)
    q = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng).q(calibrated)
    return {
        "asymptotic": asymptotic, "calibrated": calibrated, "threshold": threshold,
        "covered_asymptotic": np.mean(q <= stats.chi2.ppf(0.9, 1)), "covered": np.mean(q <= threshold),
    }
""",
        "hint": "limit of 95 %",
    },
    {
        "exercise": "3",
        "why": "in events",
        "code": """def limit_of(rate, n_toys, rng):
    share = search.group_shares(events, rate[None])[0]
    score = np.log(np.exp(log_density[:, 5:]) @ share + 1e-30) - np.log(np.exp(log_density[:, :5]) @ expected)
    own, others, _ = search.score_templates(score, events, rate, 60)
    model = limits.ProfileLikelihood(own, others, others.sum(axis=0), search.UNCERTAINTY)
    asymptotic = calibrated = model.upper_limit() * own.sum()
    for _ in range(3):
        toys = model.asimov((calibrated / own.sum())).toys((calibrated / own.sum()), n_toys, rng=rng)
        threshold = np.quantile(toys.q(calibrated / own.sum()), 0.9)
        calibrated = model.upper_limit(threshold=threshold) * own.sum()
    q = model.asimov(calibrated / own.sum()).toys(calibrated / own.sum(), n_toys, rng=rng).q(calibrated / own.sum())
    return {
        "asymptotic": asymptotic, "calibrated": calibrated, "threshold": threshold,
        "covered_asymptotic": np.mean(q <= stats.chi2.ppf(0.9, 1)), "covered": np.mean(q <= threshold),
    }
""",
        "hint": "Those are events",
    },
    {
        "exercise": "3",
        "why": "eight bins",
        "code": """def limit_of(rate, n_toys, rng):
    share = search.group_shares(events, rate[None])[0]
    score = np.log(np.exp(log_density[:, 5:]) @ share + 1e-30) - np.log(np.exp(log_density[:, :5]) @ expected)
    own, others, _ = search.score_templates(score, events, rate, 8)
    model = limits.ProfileLikelihood(own, others, others.sum(axis=0), search.UNCERTAINTY)
    asymptotic = calibrated = model.upper_limit()
    for _ in range(3):
        toys = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng)
        threshold = np.quantile(toys.q(calibrated), 0.9)
        calibrated = model.upper_limit(threshold=threshold)
    q = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng).q(calibrated)
    return {
        "asymptotic": asymptotic, "calibrated": calibrated, "threshold": threshold,
        "covered_asymptotic": np.mean(q <= stats.chi2.ppf(0.9, 1)), "covered": np.mean(q <= threshold),
    }
""",
        "hint": "what the rate's own score gives in 60 bins",
    },
    {
        "exercise": "3",
        "why": "ten toys",
        "code": """def limit_of(rate, n_toys, rng):
    share = search.group_shares(events, rate[None])[0]
    score = np.log(np.exp(log_density[:, 5:]) @ share + 1e-30) - np.log(np.exp(log_density[:, :5]) @ expected)
    own, others, _ = search.score_templates(score, events, rate, 60)
    model = limits.ProfileLikelihood(own, others, others.sum(axis=0), search.UNCERTAINTY)
    asymptotic = calibrated = model.upper_limit()
    for _ in range(3):
        toys = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng)
        threshold = np.quantile(model.asimov(calibrated).toys(calibrated, 10, rng=rng).q(calibrated), 0.9)
        calibrated = model.upper_limit(threshold=threshold)
    q = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng).q(calibrated)
    return {
        "asymptotic": asymptotic, "calibrated": calibrated, "threshold": threshold,
        "covered_asymptotic": np.mean(q <= stats.chi2.ppf(0.9, 1)), "covered": np.mean(q <= threshold),
    }
""",
        "hint": "the 90 % quantile of q was asked",
    },
    {
        "exercise": "3",
        "why": "a tuple",
        "code": """def limit_of(rate, n_toys, rng):
    share = search.group_shares(events, rate[None])[0]
    score = np.log(np.exp(log_density[:, 5:]) @ share + 1e-30) - np.log(np.exp(log_density[:, :5]) @ expected)
    own, others, _ = search.score_templates(score, events, rate, 60)
    model = limits.ProfileLikelihood(own, others, others.sum(axis=0), search.UNCERTAINTY)
    asymptotic = calibrated = model.upper_limit()
    for _ in range(3):
        toys = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng)
        threshold = np.quantile(toys.q(calibrated), 0.9)
        calibrated = model.upper_limit(threshold=threshold)
    q = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng).q(calibrated)
    return asymptotic, calibrated, threshold
""",
        "hint": "A dictionary is wanted",
    },
    {
        "exercise": "3",
        "why": "a key is missing",
        "code": """def limit_of(rate, n_toys, rng):
    share = search.group_shares(events, rate[None])[0]
    score = np.log(np.exp(log_density[:, 5:]) @ share + 1e-30) - np.log(np.exp(log_density[:, :5]) @ expected)
    own, others, _ = search.score_templates(score, events, rate, 60)
    model = limits.ProfileLikelihood(own, others, others.sum(axis=0), search.UNCERTAINTY)
    asymptotic = calibrated = model.upper_limit()
    for _ in range(3):
        toys = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng)
        threshold = np.quantile(toys.q(calibrated), 0.9)
        calibrated = model.upper_limit(threshold=threshold)
    q = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng).q(calibrated)
    return {"asymptotic": asymptotic, "calibrated": calibrated, "threshold": threshold}
""",
        "hint": "A dictionary is wanted",
    },
    {
        "exercise": "3",
        "why": "the background is forgotten",
        "code": """def limit_of(rate, n_toys, rng):
    share = search.group_shares(events, rate[None])[0]
    score = np.log(np.exp(log_density[:, 5:]) @ share + 1e-30)
    own, others, _ = search.score_templates(score, events, rate, 60)
    model = limits.ProfileLikelihood(own, others, others.sum(axis=0), search.UNCERTAINTY)
    asymptotic = calibrated = model.upper_limit()
    for _ in range(3):
        toys = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng)
        threshold = np.quantile(toys.q(calibrated), 0.9)
        calibrated = model.upper_limit(threshold=threshold)
    q = model.asimov(calibrated).toys(calibrated, n_toys, rng=rng).q(calibrated)
    return {
        "asymptotic": asymptotic, "calibrated": calibrated, "threshold": threshold,
        "covered_asymptotic": np.mean(q <= stats.chi2.ppf(0.9, 1)), "covered": np.mean(q <= threshold),
    }
""",
        "hint": "what the rate's own score gives in 60 bins",
    },
]
