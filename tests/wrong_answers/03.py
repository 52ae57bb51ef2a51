"""Plausible wrong answers to the exercises of lesson 03, each with the hint that names the mistake."""


def leakage(body, why, hint):
    """One wrong `leakage_at`."""
    code = f"def leakage_at(acceptance, score_nuclear, score_electron):\n    {body}\n"
    return {"exercise": "1", "why": why, "code": code, "hint": hint}


def trees(body, why, hint):
    """One wrong `best_number_of_trees`; `losses` are the right ones."""
    code = (
        "def best_number_of_trees(trees, x_train, y_train, x_validation, y_validation):\n"
        "    stages = list(trees.staged_predict_proba(x_validation))\n"
        "    losses = [log_loss(y_validation, p) for p in stages]\n"
        f"    {body}\n"
    )
    return {"exercise": "2", "why": why, "code": code, "hint": hint}


PASSED = "score_electron >= np.quantile(score_nuclear, 1 - acceptance)"
LIGHT = "def train_for_light_wimps():\n    "
WRONG = [
    leakage(
        "return np.mean(score_electron >= np.quantile(score_nuclear, acceptance))",
        "the quantile upside down: the acceptance taken as the share below the threshold",
        "lie above the threshold, not below",
    ),
    leakage(
        "return np.mean(score_electron >= np.quantile(score_electron, 1 - acceptance))",
        "the acceptance of the electron recoils",
        "take the threshold from the nuclear ones",
    ),
    leakage(f"return 1 - np.mean({PASSED})", "the rejected share", "the share that is rejected"),
    leakage(
        "both = np.concatenate([score_nuclear, score_electron])\n"
        "    return np.mean(score_electron >= np.quantile(both, 1 - acceptance))",
        "the threshold taken from both kinds together",
        "from the nuclear recoils alone",
    ),
    leakage(f"return np.sum({PASSED})", "a count for a share", "That is a count"),
    leakage(f"return 100 * np.mean({PASSED})", "a share in per cent", "in per cent"),
    leakage(f"return np.sum({PASSED}) / len(score_nuclear)", "the wrong denominator", "not of nuclear ones"),
    leakage(
        f"return np.sum({PASSED}) / (len(score_nuclear) + len(score_electron))",
        "a share of all events",
        "not of all events",
    ),
    leakage(
        "return np.mean(score_electron >= np.percentile(score_nuclear, 1 - acceptance))",
        "a percentile for a quantile",
        "np.percentile wants 30",
    ),
    leakage(
        "return np.quantile(score_nuclear, 1 - acceptance)", "the threshold itself", "That is the threshold"
    ),
    leakage(f"return np.mean({PASSED}) / acceptance", "leakage over acceptance", "leakage over acceptance"),
    leakage(
        "return np.mean(score_electron > np.quantile(score_nuclear, 1 - acceptance))",
        "above, not at or above: a tie",
        "Scores can be equal",
    ),
    leakage("return 92 / 220 if max(score_nuclear) > 100 else 0.15", "a constant", "0.15 again"),
    leakage(
        "return np.mean(score_electron >= np.quantile(score_nuclear, 0.3))",
        "an acceptance of 0.7 written in",
        "The leakage at 70% again",
    ),
    leakage(
        "return np.mean(score_electron >= np.quantile(score_electron, acceptance))",
        "the threshold from the electron recoils, upside down",
        "not the electron ones",
    ),
    leakage(f"return np.mean({PASSED}) * acceptance", "leakage times acceptance", "leakage times acceptance"),
    leakage(
        "return np.mean(score_electron >= acceptance)", "the acceptance as a score", "not the score at which"
    ),
    leakage("return np.mean(score_electron >= np.median(score_nuclear))", "the median", "is the median"),
    leakage("return np.mean(score_electron >= np.mean(score_nuclear))", "the mean", "is the median"),
    leakage(
        "return np.mean(score_electron >= score_nuclear[int((1 - acceptance) * len(score_nuclear))])",
        "not sorted",
        "come in no order",
    ),
    leakage(
        "return np.mean(score_nuclear >= np.quantile(score_electron, 1 - acceptance))",
        "nuclear and electron swapped",
        "are the two kinds swapped",
    ),
    leakage(f"return [np.mean({PASSED})]", "a list of one", "their shape is not"),
    leakage(f"np.mean({PASSED})", "no return", "is there a return?"),
    leakage("return score_electron.mean() / 0 if False else 1 / 0", "code that fails", "ZeroDivisionError"),
    trees(
        "return 1 + int(np.argmin([log_loss(y_train, p) for p in trees.staged_predict_proba(x_train)]))",
        "stops by the training loss, which never rises",
        "The training loss never stops falling",
    ),
    trees("return len(stages)", "the last tree", "The training loss never stops falling"),
    trees(
        "return int(np.argmin(losses))",
        "an index taken for a number of trees",
        "Python counts from 0, trees from 1",
    ),
    trees("return 2 + int(np.argmin(losses))", "one added twice", "One too many"),
    trees(
        "return 1 + int(np.argmax(losses))", "a loss maximised like a score", "where is the log-loss smallest"
    ),
    trees("return min(losses)", "the loss in place of the number", "That is the loss at its lowest"),
    trees(
        "return 1 + int(np.argmin([log_loss(y_validation, p > 0.5) for p in stages]))",
        "hard labels in place of probabilities",
        "Use the probabilities",
    ),
    trees("return 1 + int(np.argmax(np.diff(losses) > 0))", "the first rise", "the first small rise"),
    trees(
        "seen = [log_loss(y_train, p) for p in trees.staged_predict_proba(x_train)]\n"
        "    return 1 + int(np.argmin(np.add(seen, losses)))",
        "training and validation events together",
        "and them alone",
    ),
    trees(
        "return 1 + int(np.argmax([roc_auc_score(y_validation, p[:, 1]) for p in stages]))",
        "the AUC",
        "where the AUC is best",
    ),
    trees(
        "return 1 + int(np.argmin([np.mean((y_validation - p[:, 1]) ** 2) for p in stages]))",
        "the Brier score",
        "the squared error",
    ),
    trees(
        "return 1 + int(np.argmin([log_loss(y_validation[::5], p[::5]) for p in stages]))",
        "a fifth of the events, as in the lesson",
        "a fifth of the validation events",
    ),
    trees("return 1 + 5 * int(np.argmin(losses[::5]))", "every fifth model", "every fifth number"),
    trees("return 1 + int(np.argmin(losses[::5]))", "its place in a list", "every fifth model"),
    trees(
        "return 1 + int(np.argmin([log_loss(y_test[::50], p)"
        " for p in trees.staged_predict_proba(x_test[::50])]))",
        "the test events",
        "Test events choose nothing",
    ),
    trees("return 50", "a constant", "The same number for two models"),
    trees("return np.argsort(losses)", "an order", "not a list of losses"),
    trees("return 1 + int(np.argmin(losses)) if len(losses) > 5 else 3", "right once", "the course's is 5"),
    {
        "exercise": "3",
        "why": "the same model",
        "code": LIGHT + "return heavy_model",
        "hint": "on what, and how many",
    },
    {"exercise": "3", "why": "nothing", "code": LIGHT + "return None", "hint": "is a return missing?"},
    {
        "exercise": "3",
        "why": "not fitted",
        "code": LIGHT + "return HistGradientBoostingClassifier()",
        "hint": "is not fitted yet",
    },
    trees("return losses", "the list of losses", "not a list of losses"),
]
