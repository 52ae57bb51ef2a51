"""Plausible wrong answers to the exercises of lesson 20, each with the hint that names the mistake."""

MATRIX = """def coulomb(numbers, positions):
    charge = numbers.astype(float)
    distance = np.linalg.norm(positions[:, None] - positions, axis=-1){unit}
    np.fill_diagonal(distance, 1.0)
    matrix = {pair}
    np.fill_diagonal(matrix, {diagonal})
    return {result}
"""
REGRESSION = """def grouped_error(kernel, label, group, ridge):
    missed = np.empty(len(label))
    fold = {fold}
    for k in range(5):
        test = fold == k
        train = {train}
        alpha = np.linalg.solve(kernel[np.ix_(train, train)] + {ridge}, label[train])
        missed[test] = kernel[np.ix_(test, train)] @ alpha - label[test]
    return {result}
"""


def matrix(why, hint, **changed):
    """One wrong `coulomb`."""
    usual = {"unit": " / BOHR", "pair": "charge[:, None] * charge / distance"}
    usual |= {"diagonal": "0.5 * charge**2.4", "result": "matrix"}
    return {"exercise": "1", "why": why, "code": MATRIX.format(**usual | changed), "hint": hint}


def regression(why, hint, **changed):
    """One wrong `grouped_error`."""
    usual = {"fold": "group % 5", "train": "~test", "ridge": "ridge * np.eye(train.sum())"}
    usual |= {"result": "np.abs(missed).mean()"}
    return {"exercise": "2", "why": why, "code": REGRESSION.format(**usual | changed), "hint": hint}


def model(body, why, hint):
    """One wrong `predict`."""
    return {
        "exercise": "3",
        "why": why,
        "code": f"def predict(train, train_homo, test):\n    {body}\n",
        "hint": hint,
    }


XTB = "test.levels['xtb'][:, 0].astype(float)"
WRONG = [
    matrix("Å", "Those distances are in Å", unit=""),
    matrix("Å times bohr", "Å become bohr by dividing", unit=" * BOHR"),
    matrix("no half", "The factor of one half", diagonal="charge**2.4"),
    matrix("a square", "is 2.4, not 2", diagonal="0.5 * charge**2"),
    matrix("a product", "stands a power", diagonal="0.5 * charge * 2.4"),
    matrix("the half inside", "One half stands before the power", diagonal="(0.5 * charge) ** 2.4"),
    matrix("an empty diagonal", "The diagonal is empty", diagonal="0.0"),
    matrix("the diagonal like the rest", "a rule of its own", diagonal="charge**2"),
    matrix("added charges", "multiplied, not added", pair="(charge[:, None] + charge) / distance"),
    matrix("1/r²", "not 1/r²", pair="charge[:, None] * charge / distance**2"),
    matrix("times the distance", "divided by the distance", pair="charge[:, None] * charge * distance"),
    matrix("overflow", "overflows", pair="(numbers[:, None] * numbers) / distance"),
    matrix("one triangle", "Only one triangle", result="np.triu(matrix)"),
    matrix("eigenvalues", "its eigenvalues", result="np.linalg.eigvalsh(matrix)"),
    matrix("infinite", "no distance from itself", diagonal="np.inf"),
    matrix("no return", "is there a return?", result="None"),
    regression("row by row", "by group, not by row", fold="np.arange(len(label)) % 5"),
    regression("blocks of rows", "by group, not by row", fold="np.arange(len(label)) * 5 // len(label)"),
    regression("trained on the test", "trained too", train="np.ones(len(label), bool)"),
    regression("rms", "That is the rms", result="np.sqrt((missed**2).mean())"),
    regression("squares", "Those are squares", result="(missed**2).mean()"),
    regression("signed", "plus and minus cancel", result="missed.mean()"),
    regression("the median", "That is the median", result="np.median(np.abs(missed))"),
    regression("the sum", "That is the sum", result="np.abs(missed).sum()"),
    regression("the worst", "That is the worst one", result="np.abs(missed).max()"),
    regression("fold 0", "fold 0 alone", result="np.abs(missed[fold == 0]).mean()"),
    regression("no ridge", "The ridge is missing", ridge="0"),
    regression("ridge squared", "The ridge is squared", ridge="ridge**2 * np.eye(train.sum())"),
    regression("root of the ridge", "root of the ridge", ridge="ridge**0.5 * np.eye(train.sum())"),
    regression("all of them", "An error for each geometry", result="np.abs(missed)"),
    regression(
        "by fold", "An error for each fold", result="[np.abs(missed[fold == k]).mean() for k in range(5)]"
    ),
    regression("ridge written in", "written into your function", ridge="0.01 * np.eye(train.sum())"),
    model("return np.full(len(test), train_homo.mean())", "the mean", "a line from xTB's HOMO does as well"),
    model(f"return {XTB}", "xTB itself", "Off by electronvolts"),
    model(
        "line = np.polyfit(train.levels['xtb'][:, 0].astype(float), train_homo, 1)\n"
        f"    return np.polyval(line, {XTB})",
        "the line",
        "a line from xTB's HOMO does as well",
    ),
    model("return train_homo", "too few", "the course's is"),
    model("return test.levels['xtb'].sum(axis=1)", "NaN", "NaN"),
]
