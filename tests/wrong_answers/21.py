"""Plausible wrong answers to the exercises of lesson 21, each with the hint that names the mistake."""


def answers(body, why, hint):
    """One wrong `level_answers`; `vectors` holds the eigenvectors in columns."""
    code = f"def level_answers(h, change):\n    vectors = np.linalg.eigh(h)[1]\n    {body}\n"
    return {"exercise": "1", "why": why, "code": code, "hint": hint}


def errors(body, why, hint):
    """One wrong `fold_errors`."""
    code = f"def fold_errors(predicted, levels, fold):\n    rest = predicted - levels\n    return {body}\n"
    return {"exercise": "2", "why": why, "code": code, "hint": hint}


def each(of_rows, why, hint, before=""):
    """One wrong `fold_errors` that has one number for each fold; `rows` is the fold's mask."""
    loop = f"np.array([{of_rows} for rows in [fold == k for k in range(fold.max() + 1)]])"
    code = f"def fold_errors(predicted, levels, fold):\n    {before}rest = predicted - levels\n    return {loop}\n"
    return {"exercise": "2", "why": why, "code": code, "hint": hint}


def better(body, why, hint):
    """One wrong `better_levels`."""
    code = f"def better_levels(learn, wanted, asked):\n    {body}\n"
    return {"exercise": "3", "why": why, "code": code, "hint": hint}


LEAK = "np.nan_to_num(levels[asked_rows] - recipe_levels)"
STEP = "np.linalg.eigvalsh(h + {0} * change) - np.linalg.eigvalsh(h)"
WRONG = [
    answers("return np.diag(vectors @ change @ vectors.T)", "rows", "The eigenvectors are the columns"),
    answers("return np.array([v @ change @ v for v in vectors])", "rows, in a loop", "are the columns"),
    answers("return np.diag(vectors.T @ change @ vectors)[::-1]", "highest first", "highest first"),
    answers("return np.diag(change)", "the diagonal", "how each site moves"),
    answers("return -np.diag(vectors.T @ change @ vectors)", "sign turned", "sign is turned"),
    answers("return vectors.T @ change", "one side only", "on both sides"),
    answers("return (vectors[:, 0] @ change @ vectors[:, 0])", "lowest only", "lowest level alone"),
    answers(
        "v = np.linalg.eigh(h + change)[1]; return np.diag(v.T @ change @ v)",
        "vectors after",
        "vectors of h + change",
    ),
    answers("v = np.linalg.eigh(change)[1]; return np.diag(v.T @ h @ v)", "exchanged", "are exchanged"),
    errors(
        "np.full(fold.max() + 1, np.sqrt(np.nanmean(rest**2)))",
        "the whole, repeated",
        "same number for each fold",
    ),
    errors("np.sqrt(np.nanmean(rest**2, axis=1))", "per molecule", "each molecule's error"),
    errors("np.sqrt(np.nanmean(rest**2, axis=0))", "per rank", "each rank's error"),
    each("1000 * np.sqrt(np.nanmean(rest[rows] ** 2))", "meV", "Those are meV"),
    answers("return np.linalg.eigvalsh(change)", "eigenvalues of the change", "where is h?"),
    answers("return np.linalg.eigvalsh(h)", "the levels", "Those are the levels:"),
    answers("return np.linalg.eigvalsh(h + change)", "the levels afterwards", "the levels afterwards"),
    answers("return " + STEP.format("1.0"), "a whole step", "on the way the vectors turn"),
    answers("return " + STEP.format("1e-4"), "a step not divided by", "was t divided out?"),
    answers(
        "vectors = np.linalg.eig(h)[1]\n    return np.diag(vectors.T @ change @ vectors)",
        "eig",
        "has no order",
    ),
    answers("return " + STEP.format(0.1), "a step of a tenth", "divide by the step"),
    answers(f"return ({STEP.format(0.1)}) / 0.1", "too large a step", "is too large"),
    answers("return 0.5 * np.diag(vectors.T @ change @ vectors)", "half", "the right ones times 0.5"),
    answers("return (change @ vectors).sum(axis=0)", "one side, summed", "on both sides"),
    answers("return np.diag(vectors.T @ change @ change @ vectors)", "squared", "is in it twice"),
    answers(
        "return np.diag(vectors.T @ change @ vectors) / np.linalg.eigvalsh(h)",
        "relative",
        "Divided by the levels",
    ),
    answers("return vectors, np.diag(vectors.T @ change @ vectors)", "a pair", "one of the 2 things"),
    answers("return np.diag(vectors.T @ change @ vectors).astype(str)", "texts", "That is text"),
    answers("return vectors.T**2 @ np.diag(change)", "squares alone", "what stands beside the diagonal"),
    answers("return np.diag(vectors.T @ np.triu(change) @ vectors)", "upper triangle", "Only a triangle"),
    answers("return np.diag(vectors.T @ np.tril(change) @ vectors)", "lower triangle", "Only a triangle"),
    answers("return np.diag(vectors.T @ (change + change.T) @ vectors)", "doubled", "Twice:"),
    answers(
        "return np.einsum('ni,nm,mi->i', vectors, change, vectors) / len(h)", "mean", "An average over n"
    ),
    answers("return (vectors * change * vectors).sum(axis=0)", "elementwise", "a matrix product is `@`"),
    answers("return vectors.T @ change @ vectors", "the whole matrix", "its diagonal is wanted"),
    answers("return np.trace(vectors.T @ change @ vectors)", "a sum", "the sum over all levels"),
    answers("return abs(np.diag(vectors.T @ change @ vectors))", "no sign", "leave the sign"),
    answers("return np.sort(np.diag(vectors.T @ change @ vectors))", "sorted", "the order of their levels"),
    answers("return np.linalg.norm(change @ vectors, axis=0)", "a length", "A length has no sign"),
    answers("np.diag(vectors.T @ change @ vectors)", "no return", "is there a return?"),
    each("np.sqrt(np.mean(rest[rows] ** 2))", "NaN", "must not enter the mean"),
    each(
        "np.sqrt(np.mean(rest[rows] ** 2))",
        "NaN taken for 0",
        "a level at 0 eV",
        "levels = np.nan_to_num(levels)\n    ",
    ),
    each("np.sqrt(np.mean(np.nan_to_num(rest[rows]) ** 2))", "missing ones perfect", "count as perfect"),
    each("np.sqrt(np.nanmean(rest[rows] ** 2, axis=1)).mean()", "by molecule", "each molecule's rmse"),
    each(
        "np.sqrt(np.nanmean(rest[rows] ** 2, axis=1).mean())", "molecules alike", "Each molecule counts alike"
    ),
    each("np.sqrt(np.nanmean(rest[rows] ** 2, axis=0)).mean()", "by rank", "each rank's rmse"),
    each("np.sqrt(np.nanmean(rest[rows] ** 2, axis=0).mean())", "ranks alike", "Each rank counts alike"),
    each(
        "np.sqrt(np.mean(rest[rows & np.isfinite(levels).all(axis=1)] ** 2))",
        "whole molecules alone",
        "their other levels exist",
    ),
    each("np.nanmean(abs(rest[rows]))", "absolute", "the mean absolute error"),
    each("np.nanmedian(abs(rest[rows]))", "median", "the median error"),
    each("np.nanmean(rest[rows] ** 2)", "no root", "the root is missing"),
    each("np.nanstd(rest[rows])", "a standard deviation", "forgives a common shift"),
    each("np.nanmean(rest[rows])", "signed", "both signs cancel"),
    each("np.sqrt(np.nansum(rest[rows] ** 2))", "a sum", "divide by how many levels exist"),
    each("np.sqrt(np.nansum(rest[rows] ** 2) / rows.sum())", "per molecule", "not by how many levels"),
    each("np.sqrt(np.nanmean(rest[rows, 0] ** 2))", "HOMO", "the HOMO alone"),
    each("np.sqrt(np.nanmean(rest[~rows] ** 2))", "the others", "outside the fold"),
    errors("np.sqrt(np.nanmean(rest**2))", "one number", "one number for all molecules"),
    errors(
        "np.mean([np.sqrt(np.nanmean(rest[fold == k] ** 2)) for k in range(5)])",
        "mean over folds",
        "the mean over the folds",
    ),
    errors(
        "np.array([np.sqrt(np.nanmean(rest[fold == k] ** 2)) for k in np.unique(fold)])",
        "fold -1 counted",
        "Fold −1 is no fold",
    ),
    errors(
        "[np.sqrt(np.nanmean(rest[fold == k] ** 2)) for k in range(fold.max())]",
        "a fold short",
        "The last one is missing",
    ),
    errors(
        "[np.sqrt(np.nanmean(rest[fold == k] ** 2)) for k in range(1, fold.max() + 2)]",
        "folds from one",
        "shifted by one place",
    ),
    errors(
        "[np.sqrt(np.nanmean(rest[fold == k] ** 2)) for k in range(5)]",
        "five written in",
        "is the number written in?",
    ),
    errors(
        "[f'{np.sqrt(np.nanmean(rest[fold == k] ** 2)):.4f}' for k in range(fold.max() + 1)]",
        "texts",
        "That is text",
    ),
    errors(
        "{k: np.sqrt(np.nanmean(rest[fold == k] ** 2)) for k in range(fold.max() + 1)}",
        "a dictionary",
        "not a dict",
    ),
    errors(
        "np.sort([np.sqrt(np.nanmean(rest[fold == k] ** 2)) for k in range(fold.max() + 1)])",
        "sorted",
        "in another order",
    ),
    each("np.sqrt(np.nanmean(rest[rows] ** 2, axis=0))", "by rank, not pooled", "pool the ranks"),
    each("np.sqrt(abs(np.nanmean(rest[rows])))", "root of a mean", "square before the mean"),
    better("return recipe_levels[:, ::-1]", "HOMO last, with its NaN", "lowest first"),
    better("return recipe_levels.astype(str)", "texts", "That is text"),
    better("return recipe_levels[1:]", "one short", "the course's is [400, 16]"),
    better("return recipe_levels.T", "turned", "Rows are molecules"),
    better("return recipe", "coefficients", "Are those coefficients?"),
    better("recipe_levels", "no return", "is there a return?"),
    better(
        "return tightbinding.TightBinding(*learn).levels(recipe)",
        "those that trained",
        "the asked are wanted",
    ),
    better(f"return recipe_levels + 0.3 * {LEAK}", "a share of the truth", "from these 300 labels alone"),
    better(
        f"return recipe_levels + 0.5 * kernel_on(asked, {LEAK}, asked)",
        "a kernel of the truth",
        "labels alone",
    ),
    better(
        "noise = np.random.default_rng(0).normal(size=(400, 16))\n    return levels[asked_rows] + 0.15 * noise",
        "the truth with noise",
        "labels alone",
    ),
    better("return recipe_levels", "the recipe again", "the lesson's recipe, unchanged"),
    better("return recipe_levels[:300]", "too few", "the course's is"),
    better("return np.sort(recipe_levels, axis=1)", "lowest first", "lowest first"),
    better("return np.full((400, 16), np.nanmean(wanted))", "a constant", "a line in the composition"),
    better("return np.tile(np.nanmean(wanted, axis=0), (400, 1))", "mean levels", "a line in the"),
    better(
        "return np.where(levels[asked_rows] > -20, recipe_levels, np.nan)", "NaN", "is NaN in your answer"
    ),
    better("return levels[asked_rows]", "a leak", "does it see the asked"),
    better(
        "binding = tightbinding.TightBinding(*learn)\n    "
        "coefficients = gauss_newton(binding, wanted, steps=2)\n    "
        "return tightbinding.TightBinding(*asked).levels(coefficients)",
        "two steps",
        "the lesson's recipe has",
    ),
    better(
        "rest = wanted - tightbinding.TightBinding(*learn).levels(recipe)\n    "
        "return recipe_levels + kernel_on(learn, rest, asked)",
        "the kernel alone",
        "not yet by 8 %",
    ),
]
