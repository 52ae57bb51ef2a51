"""Plausible wrong answers to the exercises of lesson 03, each with the hint that names the mistake."""

WRONG = [
    {
        "exercise": "1",
        "why": "the quantile upside down: the acceptance taken as the share below the threshold",
        "code": """def leakage_at(acceptance, score_nuclear, score_electron):
    threshold = np.quantile(score_nuclear, acceptance)
    return np.mean(score_electron >= threshold)
""",
        "hint": "lie above the threshold, not below",
    },
    {
        "exercise": "1",
        "why": "the acceptance of the electron recoils",
        "code": """def leakage_at(acceptance, score_nuclear, score_electron):
    threshold = np.quantile(score_electron, 1 - acceptance)
    return np.mean(score_electron >= threshold)
""",
        "hint": "the acceptance is that of nuclear recoils",
    },
    {
        "exercise": "1",
        "why": "the rejected share",
        "code": """def leakage_at(acceptance, score_nuclear, score_electron):
    threshold = np.quantile(score_nuclear, 1 - acceptance)
    return np.mean(score_electron < threshold)
""",
        "hint": "the share that is rejected",
    },
    {
        "exercise": "1",
        "why": "the threshold taken from both kinds together",
        "code": """def leakage_at(acceptance, score_nuclear, score_electron):
    threshold = np.quantile(np.concatenate([score_nuclear, score_electron]), 1 - acceptance)
    return np.mean(score_electron >= threshold)
""",
        "hint": "taken from the nuclear recoils alone",
    },
    {
        "exercise": "2",
        "why": "stops by the training loss, which never rises",
        "code": """def best_number_of_trees(trees, x_train, y_train, x_validation, y_validation):
    losses = [log_loss(y_train, p) for p in trees.staged_predict_proba(x_train)]
    return 1 + int(np.argmin(losses))
""",
        "hint": "the training loss never stops falling",
    },
    {
        "exercise": "2",
        "why": "an index taken for a number of trees",
        "code": """def best_number_of_trees(trees, x_train, y_train, x_validation, y_validation):
    losses = [log_loss(y_validation, p) for p in trees.staged_predict_proba(x_validation)]
    return int(np.argmin(losses))
""",
        "hint": "Python counts from 0, trees from 1",
    },
    {
        "exercise": "2",
        "why": "a loss maximised like a score",
        "code": """def best_number_of_trees(trees, x_train, y_train, x_validation, y_validation):
    losses = [log_loss(y_validation, p) for p in trees.staged_predict_proba(x_validation)]
    return 1 + int(np.argmax(losses))
""",
        "hint": "you want the smallest loss, not the largest",
    },
    {
        "exercise": "2",
        "why": "hard labels in place of probabilities",
        "code": """def best_number_of_trees(trees, x_train, y_train, x_validation, y_validation):
    losses = [log_loss(y_validation, p > 0.5) for p in trees.staged_predict_proba(x_validation)]
    return 1 + int(np.argmin(losses))
""",
        "hint": "Did you use probabilities, not hard labels",
    },
]
