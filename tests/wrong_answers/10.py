"""Plausible wrong answers to the exercises of lesson 10, each with the hint that names the mistake."""

WRONG = [
    {
        "exercise": "1",
        "why": "takes the softmax for the densities and forgets what it was fed",
        "code": """def score_of(chance, prior, expected, share):
    n = len(expected)
    return np.log(chance[:, n:] @ share) - np.log(chance[:, :n] @ expected)
""",
        "hint": "divide by the priors",
    },
    {
        "exercise": "1",
        "why": "sums logs in place of taking the log of the sum",
        "code": """def score_of(chance, prior, expected, share):
    log_ratio, n = np.log(chance / prior), len(expected)
    return log_ratio[:, n:] @ share - log_ratio[:, :n] @ expected / np.sum(expected)
""",
        "hint": "take the log of the sum",
    },
    {
        "exercise": "1",
        "why": "weighs all backgrounds equally",
        "code": """def score_of(chance, prior, expected, share):
    ratio, n = chance / prior, len(expected)
    return np.log(ratio[:, n:] @ share) - np.log(ratio[:, :n].mean(axis=1))
""",
        "hint": "each counts as often as it is expected",
    },
    {
        "exercise": "1",
        "why": "exchanges the columns: the energy ranges first, then the backgrounds",
        "code": """def score_of(chance, prior, expected, share):
    ratio, n = chance / prior, len(share)
    return np.log(ratio[:, :n] @ share) - np.log(ratio[:, n:] @ expected)
""",
        "hint": "the first columns are the backgrounds",
    },
    {
        "exercise": "2",
        "why": "takes the whole way from -1 to +1 sigma for one",
        "code": """def limits_of(counts, signal, at):
    shape = (at[1] - at[-1]).sum(axis=0)
    rigid = limits.ProfileLikelihood(signal, at[0], counts, search.UNCERTAINTY)
    profiled = limits.ProfileLikelihood(signal, at[0], counts, search.UNCERTAINTY, shapes=shape)
    return rigid.upper_limit(one_sided=True), profiled.upper_limit(one_sided=True)
""",
        "hint": "half of what lies between",
    },
    {
        "exercise": "2",
        "why": "gives the change as a share of the background, not in events",
        "code": """def limits_of(counts, signal, at):
    shape = (at[1] - at[-1]).sum(axis=0) / 2 / at[0].sum(axis=0)
    rigid = limits.ProfileLikelihood(signal, at[0], counts, search.UNCERTAINTY)
    profiled = limits.ProfileLikelihood(signal, at[0], counts, search.UNCERTAINTY, shapes=shape)
    return rigid.upper_limit(one_sided=True), profiled.upper_limit(one_sided=True)
""",
        "hint": "in events",
    },
    {
        "exercise": "2",
        "why": "looks at one side alone",
        "code": """def limits_of(counts, signal, at):
    shape = (at[1] - at[0]).sum(axis=0)
    rigid = limits.ProfileLikelihood(signal, at[0], counts, search.UNCERTAINTY)
    profiled = limits.ProfileLikelihood(signal, at[0], counts, search.UNCERTAINTY, shapes=shape)
    return rigid.upper_limit(one_sided=True), profiled.upper_limit(one_sided=True)
""",
        "hint": "take the slope from both sides",
    },
    {
        "exercise": "2",
        "why": "lets each background have a shift of its own",
        "code": """def limits_of(counts, signal, at):
    shapes = (at[1] - at[-1]) / 2
    rigid = limits.ProfileLikelihood(signal, at[0], counts, search.UNCERTAINTY)
    profiled = limits.ProfileLikelihood(signal, at[0], counts, search.UNCERTAINTY, shapes=shapes)
    return rigid.upper_limit(one_sided=True), profiled.upper_limit(one_sided=True)
""",
        "hint": "one shift for both",
    },
    {
        "exercise": "3",
        "why": "takes the rows as they come, as if they were alike",
        "code": """def compress(training, rate):
    trees = HistGradientBoostingClassifier(max_iter=30, random_state=seed)
    trees.fit(search.coordinates(training), training["kind"] == search.SIGNAL)
    return lambda events: trees.decision_function(search.coordinates(events))
""",
        "hint": "weighted as in the search",
    },
    {
        "exercise": "3",
        "why": "reads the recoil energy, which a simulation knows and a detector does not",
        "code": """def compress(training, rate):
    def table(events):
        return np.column_stack([search.coordinates(events), events["energy"]])

    trees = HistGradientBoostingClassifier(max_iter=10, random_state=seed)
    trees.fit(table(training), *balanced(training))
    return lambda events: trees.decision_function(table(events))
""",
        "hint": "it reads more than the four numbers",
    },
    {
        "exercise": "3",
        "why": "one tree, grown until it knows each training event",
        "code": """def compress(training, rate):
    trees = HistGradientBoostingClassifier(
        max_iter=1, learning_rate=1, max_leaf_nodes=None, min_samples_leaf=1, random_state=seed
    )
    trees.fit(search.coordinates(training), *balanced(training))
    return lambda events: trees.decision_function(search.coordinates(events))
""",
        "hint": "it knows them by heart",
    },
]
