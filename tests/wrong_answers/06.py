"""Plausible wrong answers to the exercises of lesson 06, each with the hint that names the mistake."""

WRONG = [
    {
        "exercise": "1",
        "why": "the regression of the centroids on the positions, not the other way round",
        "code": """def stretch(centroids, positions):
    return np.sum(centroids * positions) / np.sum(positions**2)
""",
        "hint": "which of the two is to be multiplied",
    },
    {
        "exercise": "1",
        "why": "the ratio of the spreads, as if the centroids had no noise",
        "code": """def stretch(centroids, positions):
    return np.sqrt(np.sum(positions**2) / np.sum(centroids**2))
""",
        "hint": "does noise in the centroids drive yours up",
    },
    {
        "exercise": "1",
        "why": "a factor for each axis",
        "code": """def stretch(centroids, positions):
    return np.sum(centroids * positions, axis=0) / np.sum(centroids**2, axis=0)
""",
        "hint": "one number for all events and both axes",
    },
    {
        "exercise": "2",
        "why": "sigma over error",
        "code": """def mend(error, sigma):
    return 1 / np.quantile(abs(error) / sigma[:, None], 0.683)
""",
        "hint": "upside down",
    },
    {
        "exercise": "2",
        "why": "the spread of error over sigma, which tails drive up",
        "code": """def mend(error, sigma):
    return np.std(error / sigma[:, None])
""",
        "hint": "a few far events drive a mean of squares up",
    },
    {
        "exercise": "2",
        "why": "distances in the plane",
        "code": """def mend(error, sigma):
    return np.quantile(np.hypot(*error.T) / sigma, 0.683)
""",
        "hint": "you count distances in the plane",
    },
]
