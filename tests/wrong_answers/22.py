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
HONEST = (
    "rest = label_levels - predicted_levels[labels]\n"
    "    levels = predicted_levels[candidates] + rest.mean(axis=0)\n"
    "    errors = spectra(label_levels, fine) - spectra(predicted_levels[labels] + rest.mean(axis=0), fine)\n"
    "    predicted = spectra(levels, fine)\n"
    "    c = (0.01 * seen.max(axis=1).mean()) ** 2 * np.eye(len(fine)) + errors.T @ errors / len(errors)\n"
    "    root = np.linalg.cholesky(np.linalg.inv(c))\n"
    "    of = lambda: -cdist(seen @ root, predicted @ root, 'sqeuclidean')\n    "
)
WRONG = [
    label("return int(free[np.argmax((mean / spread)[free])])", "divided", "or divides by it"),
    label(
        "return int(free[np.argmax((kappa * mean + spread)[free])])",
        "kappa of the mean",
        "multiplies the mean",
    ),
    label("return int(free[np.argmax(bound[free])]), bound[free].max()", "a pair", "Several things"),
    label("return int(np.argmax(bound[~labelled]))", "not, of numbers", "~ is for masks"),
    label("bound[-labelled] = -np.inf\n    return int(np.argmax(bound))", "minus", "counts from the end"),
    chi("return of(sigma**2 * unit + outer).astype(str)", "texts", "That is text"),
    chi(
        "d = d - errors.mean(axis=0)\n    return of(sigma**2 * unit + outer)", "no mean", "mean is taken off"
    ),
    chi(
        "d = d - errors.mean(axis=0)\n    return of(sigma**2 * unit + np.cov(errors.T))",
        "np.cov",
        "taken off",
    ),
    chi("return (d @ np.linalg.inv(sigma**2 * unit + outer)) * d", "no sum", "Not summed"),
    chi("return cdist(measured, predicted, 'mahalanobis') ** 2", "cdist alone", "handed VI"),
    chi("d = abs(d)\n    return of(sigma**2 * unit + outer)", "no sign", "no absolute values"),
    chi("return of(len(errors) * sigma**2 * unit + outer)", "n noises", "not a multiple of it"),
    chi("return of(sigma**2 * unit + outer) / 7", "a seventh", "the right ones times 0.142857"),
    chi(
        "return of(sigma**2 * np.eye(100) + errors @ errors.T / 100)",
        "the other side",
        "two factors of einsum",
    ),
    score(
        "levels = predicted_levels + 0.3 * (pbe - predicted_levels)\n"
        "    return -cdist(seen, spectra(levels[candidates], fine), 'sqeuclidean')",
        "a share of the truth",
        "they are in your score",
    ),
    score(f"return (-{PLAIN}).astype(str)", "texts", "That is text"),
    score(PLAIN, "no return", "is there a return?"),
    label("return int(np.argmax(bound))", "labelled ones too", "labelled already"),
    label("return int(np.argmax(bound[free]))", "a place in the sublist", "not its number in the list"),
    label("return int(free[np.argmax(mean[free])])", "greedy", "trusts the mean alone"),
    label("return int(free[np.argmax(spread[free])])", "curious", "looks at the spread alone"),
    label(
        "return int(free[np.argmax((mean - kappa * spread)[free])])", "minus", "the lower confidence bound"
    ),
    label("return int(free[np.argmax((mean + kappa * spread**2)[free])])", "variance", "is squared"),
    label(
        "return int(free[np.argmax((mean + kappa * spread**0.5)[free])])", "a root", "A root of the spread"
    ),
    label("return int(free[np.argmax((mean + spread)[free])])", "no kappa", "kappa has no effect"),
    label("return int(free[np.argmax((mean + spread / kappa)[free])])", "over kappa", "divides by kappa"),
    label("return int(free[np.argmin(bound[free])])", "the smallest", "the largest is wanted"),
    label("return bound[free].max()", "the value", "the candidate's number is wanted"),
    label("return free[np.argsort(-bound[free])]", "a ranking", "not a ranking"),
    label("int(free[np.argmax(bound[free])])", "no return", "is there a return?"),
    *[
        label(
            f"return int(free[np.argmax((mean + {k} * spread)[free])])", f"kappa {k}", "kappa has no effect"
        )
        for k in (0.5, 1.645, 2)
    ],
    label("return int(free[np.argsort(bound[free])[-2]])", "second best", "the second best"),
    label(
        "return int(free[np.argmax((abs(mean) + kappa * spread)[free])])", "|mean|", "The sign of the mean"
    ),
    label("bound[labelled] = 0; return int(np.argmax(bound))", "a zero", "all bounds are below zero"),
    label("bound[labelled] *= 0; return int(np.argmax(bound))", "times zero", "all bounds are below zero"),
    label("bound[labelled] = -1; return int(np.argmax(bound))", "minus one", "all bounds are below zero"),
    label("bound[labelled] *= -1; return int(np.argmax(bound))", "sign turned", "a change of sign"),
    label("return int(labelled[np.argmax(bound[labelled])])", "inside out", "the best among the labelled"),
    label("return int(np.argmax(bound[labelled]))", "inside out, a place", "the best among the labelled"),
    label("return int(free[np.argmax((kappa * spread * mean)[free])])", "a product", "added, not multiplied"),
    label("return int(free[np.argmax((kappa * mean + spread)[free])])", "swapped", "divides by kappa"),
    label("return int(free[np.argmax(bound[free])]) + 1", "one-based", "counts from one"),
    label("return 17", "a constant", "The same number each time"),
    label("return np.nan", "NaN", "NaN is no candidate"),
    label("return str(free[np.argmax(bound[free])])", "text", "not a text"),
    label(
        "mean, spread, labelled = (globals()[name] for name in ('mean', 'spread', 'labelled'))\n"
        "    bound = mean + kappa * spread\n    bound[labelled] = -9\n    return int(np.argmax(bound))",
        "globals",
        "the notebook's own belief",
    ),
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
    chi("return -of(sigma**2 * unit + outer)", "minus", "The sign is turned"),
    chi(
        "w = -0.5 * of(sigma**2 * unit + outer); w = np.exp(w - w.max(axis=1, keepdims=True))\n"
        "    return w / w.sum(axis=1, keepdims=True)",
        "softmax",
        "a posterior",
    ),
    chi("return cdist(measured, predicted)", "Euclid", "weights nothing"),
    chi("return of(outer)", "errors alone", "is the noise missing"),
    chi("return of(sigma**2 * unit + errors.T @ errors / (len(errors) - 1))", "n - 1", "Divided by n − 1"),
    chi(
        "return of(sigma**2 * unit + errors.T @ errors / len(unit))",
        "points",
        "Divided by the number of points",
    ),
    chi("return of(sigma**2 * unit + np.diag(np.var(errors, axis=0)))", "np.var", "the diagonal alone"),
    chi("return of(sigma**2 + outer)", "all entries", "not on the diagonal alone"),
    chi("return of(2 * sigma**2 * unit + outer)", "twice", "not a multiple of it"),
    chi("return of((sigma / 2) ** 2 * unit + outer)", "half of sigma", "not a multiple of it"),
    chi(
        "return np.einsum('mcg,gh,mch->mc', d, 1 / (sigma**2 * unit + outer), d, optimize=True)",
        "1 / C",
        "inverts each entry",
    ),
    chi(
        "a = np.linalg.cholesky(np.linalg.inv(sigma**2 * unit + outer)).T\n"
        "    return cdist(measured @ a, predicted @ a, 'sqeuclidean')",
        "root transposed",
        "the wrong side",
    ),
    chi(
        "a = np.linalg.inv(np.linalg.cholesky(sigma**2 * unit + outer))\n"
        "    return cdist(measured @ a, predicted @ a, 'sqeuclidean')",
        "inverse root",
        "the wrong side",
    ),
    chi(
        "c = sigma**2 * unit + outer; return of(c) + np.linalg.slogdet(c)[1]", "log det", "log determinant is"
    ),
    chi("return of(sigma**2 * unit + np.cov(measured.T))", "np.cov of spectra", "of the spectra"),
    chi("return of(sigma**2 * unit + measured.T @ measured / len(measured))", "of spectra", "of the spectra"),
    chi(
        "e = measured[:7] - predicted[:7] if len(measured) == 7 else measured - predicted\n"
        "    return of(sigma**2 * unit + e.T @ e / len(e))",
        "asked pairs",
        "the asked pairs",
    ),
    chi("return np.zeros((len(measured), len(predicted)))", "zeros", "All zeros"),
    chi("return np.full((len(measured), len(predicted)), np.nan)", "NaN", "There is a NaN"),
    chi("return of(sigma**2 * unit + outer)[0]", "one row", "the course's is an array"),
    chi("w = of(sigma**2 * unit + outer); w[3, 4] += 5; return w", "one entry", "They differ most at [3, 4]"),
    chi(
        "return of(sigma**2 * unit + globals()['errors'].T @ globals()['errors'] / 100)",
        "global errors",
        "still has the first errors",
    ),
    chi("of(sigma**2 * unit + outer)", "no return", "is there a return?"),
    score("return np.zeros((490, 490))", "a constant", "all are alike"),
    score(f"return {PLAIN}", "a distance", "Upside down"),
    score(f"return -{PLAIN}", "the baseline", "no more than the nearest spectrum"),
    score(f"return -{PLAIN}[:, :100]", "too few", "the course's is"),
    score("return -cdist(seen, truth)", "the truth", "or its true spectra"),
    score("return -cdist(seen, spectra(pbe[candidates], fine))", "PBE levels", "the true posterior"),
    score("return np.full((490, 490), np.nan)", "NaN", "NaN or infinite"),
    score("return np.eye(490) + 0.1 * np.arange(490)[::-1, None]", "the diagonal", "knows the list's order"),
    score(
        f"s = np.eye(490); s[:30] = -{PLAIN}[:30]; return s",
        "the diagonal, not for all",
        "knows the list's order",
    ),
    score(HONEST + "return of() / abs(of()).mean() + 5 * np.eye(490)", "a bonus", "knows the list's order"),
    score(
        HONEST + "e = seen - predicted; c = np.eye(len(fine)) * 1e-4 + e.T @ e / len(e)\n"
        "    root = np.linalg.cholesky(np.linalg.inv(c)); return of()",
        "the asked list's errors",
        "knows the list's order",
    ),
    score(HONEST + "return of().T", "transposed", "Rows and columns are exchanged"),
    score("return np.random.default_rng(1).random((490, 490))", "random", "no more than guessing"),
    score(HONEST + "of()", "no return", "is there a return?"),
]
