"""Plausible wrong answers to the exercises of lesson 22, each with the hint that names the mistake."""


def label(body, why, hint):
    """One wrong `next_label`; `free` holds the unlabelled candidates, `bound` all upper confidence bounds."""
    code = (
        "def next_label(mean, spread, labelled, kappa):\n"
        "    free = np.setdiff1d(np.arange(len(mean)), labelled)\n"
        f"    bound = mean + kappa * spread\n    {body}\n"
    )
    return {"exercise": "1", "why": why, "code": code, "hint": hint}


def chi(body, why, hint):
    """One wrong `chi_squared`; `outer` is the errors' covariance, `unit` the unit matrix."""
    code = (
        "def chi_squared(measured, predicted, errors, sigma):\n"
        "    unit, outer = np.eye(errors.shape[1]), errors.T @ errors / len(errors)\n"
        "    d = measured[:, None] - predicted\n"
        "    of = lambda c: np.einsum('mcg,gh,mch->mc', d, np.linalg.inv(c), d, optimize=True)\n"
        f"    {body}\n"
    )
    return {"exercise": "2", "why": why, "code": code, "hint": hint}


def score(body, why, hint):
    """One wrong `score_candidates`."""
    code = f"def score_candidates(seen, predicted_levels, labels, label_levels, candidates):\n    {body}\n"
    return {"exercise": "3", "why": why, "code": code, "hint": hint}


PLAIN = "cdist(seen, spectra(predicted_levels[candidates], fine), 'sqeuclidean')"
WRONG = [
    label("return int(np.argmax(bound))", "labelled ones too", "labelled already"),
    label("return int(np.argmax(bound[free]))", "a place in the sublist", "not its number in the whole list"),
    label("return int(free[np.argmax(mean[free])])", "greedy", "trusts the mean alone"),
    label("return int(free[np.argmax(spread[free])])", "curious", "looks at the spread alone"),
    label(
        "return int(free[np.argmax((mean - kappa * spread)[free])])", "minus", "the lower confidence bound"
    ),
    label("return int(free[np.argmax((mean + kappa * spread**2)[free])])", "variance", "no square, no root"),
    label("return int(free[np.argmax((mean + kappa * spread**0.5)[free])])", "a root", "no square, no root"),
    label("return int(free[np.argmax((mean + spread)[free])])", "no kappa", "kappa has no effect"),
    label("return int(free[np.argmax((mean + spread / kappa)[free])])", "over kappa", "divides by kappa"),
    label("return int(free[np.argmin(bound[free])])", "the smallest", "the largest is wanted"),
    label("return bound[free].max()", "the value", "the candidate's number is wanted"),
    label("return free[np.argsort(-bound[free])]", "a ranking", "not a ranking"),
    label("int(free[np.argmax(bound[free])])", "no return", "is there a return?"),
    chi("return (d**2).sum(axis=2)", "no weight", "weights nothing"),
    chi("return of(sigma**2 * unit)", "noise alone", "knows the noise alone"),
    chi("return of(sigma * unit + outer)", "sigma", "enters squared"),
    chi("return of(sigma**2 * unit + errors.T @ errors)", "a sum", "take their mean"),
    chi("return of(sigma**2 * unit + np.cov(errors.T))", "np.cov", "takes the mean out"),
    chi("return of(np.diag(np.diag(sigma**2 * unit + outer)))", "the diagonal", "the diagonal alone"),
    chi(
        "return np.einsum('mcg,gh,mch->mc', d, sigma**2 * unit + outer, d, optimize=True)",
        "not inverted",
        "its inverse that weights",
    ),
    chi("return np.sqrt(of(sigma**2 * unit + outer))", "a root", "wanted squared"),
    chi("return of(sigma**2 * unit + outer).T", "transposed", "measured spectra are the rows"),
    chi("return -0.5 * of(sigma**2 * unit + outer)", "a likelihood", "the log-likelihood"),
    chi("return of(sigma**2 * unit + outer) / len(unit)", "a point", "χ² a point"),
    chi("return np.diag(of(sigma**2 * unit + outer))", "own candidates", "all pairs are wanted"),
    chi("return of(sigma**2 * unit + outer).argmin(axis=1)", "the best", "χ² itself is wanted"),
    chi("return of(0.05**2 * unit + outer)", "sigma written in", "still has the first noise"),
    score("return np.zeros((490, 490))", "a constant", "all are alike"),
    score(f"return {PLAIN}", "a distance", "Upside down"),
    score(f"return -{PLAIN}", "the baseline", "no more than the nearest spectrum"),
    score(f"return -{PLAIN}[:, :100]", "too few", "the course's is"),
    score("return -cdist(seen, truth)", "the truth", "the true posterior"),
    score("return np.full((490, 490), np.nan)", "NaN", "NaN or infinite"),
]
