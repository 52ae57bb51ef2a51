"""Plausible wrong answers to the exercises of lesson 18, each with the hint that names the mistake."""


def error(body, why, hint):
    """One wrong `rms_error`."""
    return {
        "exercise": "1",
        "why": why,
        "code": f"def rms_error(estimate, truth):\n    {body}\n",
        "hint": hint,
    }


def place(body, why, hint):
    """One wrong `estimate_places`."""
    return {"exercise": "2", "why": why, "code": f"def estimate_places(photons):\n    {body}\n", "hint": hint}


WRONG = [
    error("return np.mean((estimate - truth) ** 2)", "no root", "the root is missing"),
    error("return np.std(estimate - truth)", "a standard deviation", "a common shift is an error too"),
    error("return np.mean(abs(estimate - truth))", "absolute", "square first"),
    error("return np.mean(estimate - truth)", "signed", "both signs cancel"),
    error("return np.sqrt(np.sum((estimate - truth) ** 2))", "a sum", "divide by how many"),
    error("return np.sqrt(np.mean(estimate**2))", "no truth", "not subtracted"),
    error("return np.median(abs(estimate - truth))", "a median", "the median error"),
    error("return np.sqrt(np.sum((estimate - truth) ** 2) / (len(truth) - 1))", "n − 1", "not by n − 1"),
    place("return photons.mean(axis=1)", "the baseline", "far photons pull it"),
    place("return photons[:, 0]", "one photon", "one photon alone"),
    place("return photons[:, 12]", "the middle, not sorted", "sort them first"),
    place("return (photons.min(axis=1) + photons.max(axis=1)) / 2", "the mid-range", "they know the least"),
    place("return photons.min(axis=1)", "the leftmost", "the leftmost photon"),
    place("return photons.max(axis=1)", "the rightmost", "the rightmost photon"),
    place("return np.zeros(len(photons))", "a constant", "That is a constant"),
    place("return place", "the truth", "Better than the bound"),
    place("return np.median(photons, axis=0)", "the wrong axis", "4000 numbers, not shape (25,)"),
    place("return np.median(photons)", "no axis", "4000 numbers, not shape ()"),
]
