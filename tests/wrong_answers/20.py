"""Plausible wrong answers to the exercises of lesson 20, each with the hint that names the mistake."""

UNFINISHED = """def coulomb(numbers, positions):
    charge, n = numbers.astype(float), len(numbers)
    matrix = np.zeros((n, n))
    for i in range(n - 1):
        matrix[i, i] = 0.5 * charge[i] ** 2.4
        for j in range(i + 1, n):
            apart = np.linalg.norm(positions[i] - positions[j]) / BOHR
            matrix[i, j] = matrix[j, i] = charge[i] * charge[j] / apart
    return matrix
"""
MATRIX = """def coulomb(numbers, positions):
    charge = numbers.astype(float)
    difference = positions[:, None] - positions
    distance = {distance}{unit}
    np.fill_diagonal(distance, 1.0)
    matrix = {pair}
    np.fill_diagonal(matrix, {diagonal})
    return {result}
"""
REGRESSION = """def grouped_error(kernel, label, group, ridge):
    missed = {start}
    fold = {fold}
    for k in {folds}:
        test = fold == k
        train = {train}
        inner, y = {inner}, label[train]
        alpha = np.linalg.solve({system}, {y})
        missed[test] = kernel[np.ix_(test, train)] @ alpha - label[test]{back}
    each = [np.abs(missed[fold == k]).mean() for k in range(5)]
    return {result}
"""
LIBRARY = """def grouped_error(kernel, label, group, ridge):
    from sklearn.kernel_ridge import KernelRidge
    missed = np.empty(len(label))
    for k in range(5):
        test = group % 5 == k
        model = KernelRidge({settings}).fit(kernel[np.ix_(~test, ~test)], label[~test])
        missed[test] = model.predict(kernel[np.ix_(test, ~test)]) - label[test]
    return np.abs(missed).mean()
"""
GROUP_FOLDS = """def grouped_error(kernel, label, group, ridge):
    missed = np.empty(len(label))
    for train, test in GroupKFold(5).split(label, groups=group):
        alpha = np.linalg.solve(kernel[np.ix_(train, train)] + ridge * np.eye(len(train)), label[train])
        missed[test] = kernel[np.ix_(test, train)] @ alpha - label[test]
    return np.abs(missed).mean()
"""
CHANGED = """def grouped_error(kernel, label, group, ridge):
    {change}
    missed = np.empty(len(label))
    for k in range(5):
        test = group % 5 == k
        inner = kernel[np.ix_(~test, ~test)] + ridge * np.eye(np.sum(~test))
        missed[test] = kernel[np.ix_(test, ~test)] @ np.linalg.solve(inner, label[~test]) - label[test]
    return np.abs(missed).mean()
"""
EXCHANGED = """def grouped_error(kernel, label, group, ridge):
    missed = np.zeros(len(label))
    for k in range(5):
        test = group % 5 != k
        inner = kernel[np.ix_(~test, ~test)] + ridge * np.eye(np.sum(~test))
        missed[test] = kernel[np.ix_(test, ~test)] @ np.linalg.solve(inner, label[~test]) - label[test]
    return np.abs(missed).mean()
"""
SCORES = """def grouped_error(kernel, label, group, ridge):
    from sklearn.kernel_ridge import KernelRidge
    from sklearn.model_selection import PredefinedSplit, cross_val_score
    settings = {"cv": PredefinedSplit(group % 5), "scoring": "neg_mean_absolute_error"}
    return -cross_val_score(KernelRidge(alpha=ridge), kernel, label, **settings).mean()
"""
BY_GROUP = "np.mean([np.abs(missed[group == g]).mean() for g in np.unique(group)])"
IN_PLACE = """def coulomb(numbers, positions):
    charge = numbers.astype(float)
    positions /= BOHR
    distance = np.linalg.norm(positions[:, None] - positions, axis=-1)
    np.fill_diagonal(distance, 1.0)
    matrix = charge[:, None] * charge / distance
    np.fill_diagonal(matrix, 0.5 * charge**2.4)
    return matrix
"""
WITHOUT_DIAGONAL = """def coulomb(numbers, positions):
    charge = numbers.astype(float)
    distance = np.linalg.norm(positions[:, None] - positions, axis=-1) / BOHR
    with np.errstate(all="ignore"):
        return charge[:, None] * charge / {distance}
"""


def matrix(why, hint, **changed):
    """One wrong `coulomb`."""
    usual = {"unit": " / BOHR", "pair": "charge[:, None] * charge / distance"}
    usual |= {"diagonal": "0.5 * charge**2.4", "result": "matrix"}
    usual["distance"] = "np.linalg.norm(difference, axis=-1)"
    return {"exercise": "1", "why": why, "code": MATRIX.format(**usual | changed), "hint": hint}


def regression(why, hint, **changed):
    """One wrong `grouped_error`."""
    usual = {"fold": "group % 5", "folds": "range(5)", "train": "~test", "start": "np.empty(len(label))"}
    usual |= {
        "inner": "kernel[np.ix_(train, train)]",
        "y": "y",
        "back": "",
        "result": "np.abs(missed).mean()",
    }
    usual["system"] = f"inner + {changed.pop('ridge', 'ridge * np.eye(train.sum())')}"
    return {"exercise": "2", "why": why, "code": REGRESSION.format(**usual | changed), "hint": hint}


def other(exercise, why, hint, code):
    """One wrong answer that follows no template."""
    return {"exercise": exercise, "why": why, "code": code, "hint": hint}


def model(body, why, hint):
    """One wrong `predict`."""
    return other("3", why, hint, f"def predict(train, train_homo, test):\n    {body}\n")


def order(key, rows=""):
    """The result of a `coulomb` whose atoms are sorted."""
    return f"matrix[np.argsort({key}, kind='stable')]" + (rows or f"[:, np.argsort({key}, kind='stable')]")


NORM = "np.linalg.norm(matrix, axis=1)"
EIGENVALUES = "np.linalg.eigvalsh(matrix)"
RIDGE = " * np.eye(train.sum())"
WANTED = "the matrix itself is wanted"
BY_ROW = "by group, not by row"
XTB = "test.levels['xtb'][:, 0].astype(float)"
ALL_LABELS = """every = molecules.load(("xtb", "pbe"), "small")
    homo = dict(zip(every.table.key, every.levels["pbe"][:, 0].astype(float)))
"""
LINEAR = """
    def described(one):
        count = (one.numbers[:, :, None] == (1, 6, 7, 8, 9)).sum(axis=1)
        return np.column_stack([np.ones(len(one)), count, one.levels["xtb"][:, 0]])
"""
WRONG = [
    matrix("Å", "Those distances are in Å", unit=""),
    matrix("Å times bohr", "Å become bohr by dividing", unit=" * BOHR"),
    matrix("no half", "The factor of one half", diagonal="charge**2.4"),
    matrix("a square", "is 2.4, not 2", diagonal="0.5 * charge**2"),
    matrix("a product", "stands a power", diagonal="0.5 * charge * 2.4"),
    matrix("the half inside", "One half stands before the power", diagonal="(0.5 * charge) ** 2.4"),
    matrix("the half in the power", "One half stands before the power", diagonal="charge ** (0.5 * 2.4)"),
    matrix("another power", "2.4, not 0.4", diagonal="0.5 * charge**0.4"),
    matrix("a negative diagonal", "The diagonal is positive", diagonal="-0.5 * charge**2.4"),
    matrix("an empty diagonal", "The diagonal is empty", diagonal="0.0"),
    matrix("the diagonal like the rest", "a rule of its own", diagonal="charge**2"),
    matrix("the diagonal in bohr", "BOHR belongs to the distances", diagonal="0.5 * charge**2.4 / BOHR"),
    matrix("two mistakes", "Those distances are in Å", unit="", diagonal="charge**2.4"),
    matrix("added charges", "multiplied, not added", pair="(charge[:, None] + charge) / distance"),
    matrix("one charge", "Only one of the two charges", pair="charge[:, None] / distance"),
    matrix(
        "the other charge",
        "Only one of the two charges",
        pair="np.ones((len(charge), 1)) * charge / distance",
    ),
    matrix("no charge", "The charges are missing", pair="1 / distance"),
    matrix("no distance", "The distance is missing", pair="charge[:, None] * charge"),
    matrix("attraction", "no minus sign", pair="-charge[:, None] * charge / distance"),
    matrix(
        "half everywhere",
        "The half belongs to the diagonal",
        pair="0.5 * charge[:, None] * charge / distance",
    ),
    matrix("1/r²", "not 1/r²", pair="charge[:, None] * charge / distance**2"),
    matrix("no root", "not 1/r²", distance="(difference**2).sum(axis=-1)"),
    matrix("Manhattan", "root of summed squares", distance="np.abs(difference).sum(axis=-1)"),
    matrix(
        "from the origin",
        "from the origin",
        distance="np.linalg.norm(positions, axis=1) * np.ones((len(charge), 1))",
    ),
    matrix("norm over rows", "x, y, z are the last axis", distance="np.linalg.norm(difference, axis=0)"),
    matrix("norm over columns", "x, y, z are the last axis", distance="np.linalg.norm(difference, axis=1)"),
    matrix("by positions", "of the difference of two places", distance="positions"),
    matrix("times the distance", "divided by the distance", pair="charge[:, None] * charge * distance"),
    matrix("overflow", "overflows", pair="(numbers[:, None] * numbers) / distance"),
    matrix("one triangle", "Only one triangle", result="np.triu(matrix)"),
    matrix("a strict triangle", "Only one triangle", result="np.tril(matrix, -1)"),
    matrix(
        "a triangle as a vector", "One triangle as a vector", result="matrix[np.triu_indices(len(matrix))]"
    ),
    matrix("a strict one", "One triangle as a vector", result="matrix[np.triu_indices(len(matrix), 1)]"),
    matrix("its diagonal", "One number for each atom", result="np.diag(matrix)"),
    matrix("flat", "It is flattened", result="matrix.ravel()"),
    matrix("twice", "Each pair is counted twice", result="matrix + matrix.T"),
    matrix("eV", "hartree are wanted", result="matrix * 27.2114"),
    matrix("BOHR on all", "not to the whole matrix", unit="", result="matrix * BOHR"),
    matrix("whole numbers", "make it of floats", result="matrix.astype(int)"),
    matrix("the numbers' type", "make it of floats", result="matrix.astype(numbers.dtype)"),
    matrix("eigenvalues", WANTED, result=EIGENVALUES),
    matrix("eigenvalues, falling", WANTED, result=EIGENVALUES + "[::-1]"),
    matrix("eigenvalues by size", WANTED, result=f"np.sort(np.abs({EIGENVALUES}))[::-1]"),
    matrix("sorted by norm", "in another order than listed", result=order("-" + NORM)),
    matrix("sorted, rising", "in another order than listed", result=order(NORM)),
    matrix("sorted by charge", "in another order than listed", result=order("-charge")),
    matrix("rows alone sorted", "The rows are sorted, the columns", result=order("-" + NORM, " * 1")),
    matrix("a molecule too many", "One axis too many", result="matrix[None]"),
    matrix(
        "one entry off", "Your entry [2, 3]", result="matrix + (np.indices(matrix.shape).sum(axis=0) == 5)"
    ),
    matrix("infinite", "no distance from itself", diagonal="np.inf"),
    matrix("no return", "is there a return?", result="None"),
    other("1", "in place", "changed the positions", IN_PLACE),
    matrix("Å², times bohr", "not 1/r²", unit=" * BOHR", pair="charge[:, None] * charge / distance**2"),
    matrix("a root of a sum", "root of summed squares", distance="np.abs(difference).sum(axis=-1) ** 0.5"),
    matrix("by n", "the right ones times 0.333333", result="matrix / len(matrix)"),
    other("1", "the last one missed", "1 of 9 are zero", UNFINISHED),
    matrix("a floor", "rounded", diagonal="charge**2.4 // 2"),
    matrix("texts", "That is text", result="matrix.astype(str)"),
    matrix("padded", "Padded, or cut", result="np.pad(matrix, (0, 20))"),
    matrix("a pair", "Several things are returned", result="(matrix, distance)"),
    matrix("a dictionary", "not a dict", result="{0: matrix}"),
    other("1", "0/0", "no distance from itself", WITHOUT_DIAGONAL.format(distance="distance")),
    other("1", "nearly 0", "no distance from itself", WITHOUT_DIAGONAL.format(distance="(distance + 1e-9)")),
    regression("row by row", BY_ROW, fold="np.arange(len(label)) % 5"),
    regression("blocks of rows", BY_ROW, fold="np.arange(len(label)) * 5 // len(label)"),
    regression(
        "shuffled rows",
        "Folds by row give about that",
        fold="np.random.default_rng(5).permutation(len(label)) % 5",
    ),
    regression(
        "shuffled again",
        "Folds by row give about that",
        fold="np.random.default_rng(6).permutation(len(label)) % 5",
    ),
    regression("one row out", "One row left out", fold="np.arange(len(label))", folds="range(len(label))"),
    regression("one group out", "One group left out", fold="group", folds="range(group.max() + 1)"),
    other("2", "the library's folds", "but GroupKFold's", GROUP_FOLDS),
    regression("trained on the test", "trained too", train="np.ones(len(label), bool)"),
    regression("rms", "That is the rms", result="np.sqrt((missed**2).mean())"),
    regression(
        "rms by fold",
        "That is the rms",
        result="np.mean([np.sqrt((missed[fold == k]**2).mean()) for k in range(5)])",
    ),
    regression("squares", "Those are squares", result="(missed**2).mean()"),
    regression("signed", "plus and minus cancel", result="missed.mean()"),
    regression("the median", "That is the median", result="np.median(np.abs(missed))"),
    regression("the spread", "a standard deviation", result="missed.std()"),
    regression("the sum", "That is a sum", result="np.abs(missed).sum()"),
    regression("the sum of folds", "That is a sum", result="sum(each)"),
    regression("the worst", "That is the worst one", result="np.abs(missed).max()"),
    regression("fold 0", "fold 0 alone", result="each[0]"),
    regression("the last fold", "fold 4 alone", result="np.abs(missed[test]).mean()"),
    regression("the best fold", "alone: all five count", result="min(each)"),
    regression("the mean of means", "folds differ in size", result="np.mean(each)"),
    regression("four folds", "Fold 4 is missing", folds="range(4)", start="np.zeros(len(label))"),
    regression(
        "four folds, NaN", "every geometry predicted", folds="range(4)", start="np.full(len(label), np.nan)"
    ),
    regression("four folds' mean", "Fold 4 is missing", result="np.abs(missed[fold < 4]).mean()"),
    regression("meV", "eV are wanted", result="1000 * np.abs(missed).mean()"),
    regression("negative", "An error is positive", result="-np.abs(missed).mean()"),
    regression("R²", "That is R²", result="1 - (missed**2).mean() / label.var()"),
    regression("a text", "That is a text", result="f'{np.abs(missed).mean():.2f} eV'"),
    regression("a pair", "Two numbers", result="(np.abs(missed).mean(), np.abs(missed).std())"),
    regression("predictions", "Those are predictions", result="missed + label"),
    regression("no ridge", "The ridge is missing", ridge="0"),
    regression("ridge squared", "The ridge is squared", ridge="ridge**2" + RIDGE),
    regression("root of the ridge", "root of the ridge", ridge="ridge**0.5" + RIDGE),
    regression("half of the ridge", "half of the ridge", ridge="ridge / 2" + RIDGE),
    regression("1/γ", "That is 1/γ", ridge="1 / ridge" + RIDGE),
    regression("−γ", "not taken from it", ridge="-ridge" + RIDGE),
    regression("n times", "not n times", ridge="ridge * train.sum()" + RIDGE),
    regression("no eye", "on the diagonal", ridge="ridge"),
    regression("ridge written in", "written into your function", ridge="0.01" + RIDGE),
    regression("centred", "You centred the labels", y="y - y.mean()", back=" + y.mean()"),
    regression("centred on all", "You centred the labels", y="y - label.mean()", back=" + label.mean()"),
    regression("mean forgotten", "not added again", y="y - y.mean()"),
    other("2", "in place", "changed `label` in place", CHANGED.format(change="label -= label.mean()")),
    other(
        "2",
        "ridge in place",
        "changed `kernel` in place",
        CHANGED.format(change="kernel[np.diag_indices(len(label))] += ridge"),
    ),
    other("2", "exchanged", "Train on four folds", EXCHANGED),
    regression("a diagonal", "is its diagonal alone", inner="kernel[train, train]"),
    regression("fold 5", "Fold 0 is missing", folds="range(1, 6)", start="np.zeros(len(label))"),
    regression("the sum by five", "That is a sum", result="np.abs(missed).sum() / 5"),
    regression("a score's sign", "An error is positive", result="-np.mean(each)"),
    regression("relative", "That is relative", result="np.abs(missed / label).mean()"),
    regression("by spread", "That is relative", result="np.abs(missed).mean() / label.std()"),
    regression("group by group", "not each group", result=BY_GROUP),
    regression("by n", "divided by n", ridge="ridge / len(kernel)" + RIDGE),
    other("2", "features, by fold", "kernel='precomputed'", SCORES),
    regression("one mask", "np.ix_ chooses", inner="kernel[train][train]"),
    regression("all of them", "An error for each geometry", result="np.abs(missed)"),
    regression("by fold", "An error for each fold", result="each"),
    regression("no return", "is there a return?", result="None"),
    other("2", "scikit-learn's ridge", "alpha=ridge", LIBRARY.format(settings="kernel='precomputed'")),
    other("2", "kernel as features", "kernel='precomputed'", LIBRARY.format(settings="alpha=ridge")),
    model("return np.full(len(test), train_homo.mean())", "the mean", "a line from xTB's HOMO does as well"),
    model(f"return {XTB}", "xTB itself", "Off by electronvolts"),
    model(
        "line = np.polyfit(train.levels['xtb'][:, 0].astype(float), train_homo, 1)\n"
        f"    return np.polyval(line, {XTB})",
        "the line",
        "a line from xTB's HOMO does as well",
    ),
    model(f"return -{XTB}", "turned", "is the sign turned"),
    model(f"return 1000 * {XTB}", "meV", "are those meV"),
    model(f"return ({XTB}).astype(str)", "texts", "That is text"),
    model("return train_homo.mean()", "one number", "One number"),
    model(
        ALL_LABELS + f"    truth = np.array([homo[key] for key in test.table.key])\n"
        f"    base = {XTB} + np.mean(train_homo - train.levels['xtb'][:, 0])\n"
        "    return base + 0.6 * (truth - base)",
        "a share of the labels",
        "or from other labels?",
    ),
    model("return train_homo", "too few", "the 500 that trained"),
    model("return test.levels['xtb'].sum(axis=1)", "NaN", "NaN"),
    model(f"return {XTB}[:, None]", "a column", "flatten it"),
    model(
        ALL_LABELS + "    return np.array([homo[key] for key in test.table.key])",
        "the labels",
        "Do PBE's labels",
    ),
    model(
        ALL_LABELS + LINEAR + "    y = every.levels['pbe'][:, 0].astype(float)\n"
        "    return described(test) @ np.linalg.lstsq(described(every), y, rcond=None)[0]",
        "all other labels",
        "or from other labels?",
    ),
    model(
        LINEAR.strip()
        + "\n    return described(test) @ np.linalg.lstsq(described(train), train_homo, rcond=None)[0]",
        "no structure",
        "Let the structure say",
    ),
]
