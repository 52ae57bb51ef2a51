"""Plausible wrong answers to the exercises of lesson 10, each with the hint that names the mistake."""


def _score(
    upper="np.log(r[:, n:] @ share)",
    lower="np.log(r[:, :n] @ expected)",
    r="chance / prior",
    out="upper - lower",
):
    """Return the code of an answer to exercise 1 with these ratios, logs and result."""
    return f"""def score_of(chance, prior, expected, share):
    n, r = len(expected), {r}
    upper, lower = {upper}, {lower}
    return {out}
"""


SUM_OF_LOGS = "np.log(r[:, n:]) @ share", "np.log(r[:, :n]) @ expected"
SCORES = [
    ("forgets what the softmax was fed", _score(r="chance"), "divide each output by its own prior"),
    ("multiplies by the priors", _score(r="chance * prior"), "The priors multiply here"),
    ("divides by the priors twice", _score(r="chance / prior**2"), "divide twice"),
    ("forgets the ranges' priors", _score("np.log(chance[:, n:] @ share)"), "Above the line: what was fed"),
    (
        "forgets the backgrounds' priors",
        _score(lower="np.log(chance[:, :n] @ expected)"),
        "Below the line: what was fed",
    ),
    ("sums logs", _score(SUM_OF_LOGS[0]), "not the sum of logs"),
    ("sums logs below the line", _score(lower=f"{SUM_OF_LOGS[1]} / sum(expected)"), "not a sum of logs"),
    ("sums both logs", _score(*SUM_OF_LOGS), "not the sum of logs"),
    ("the best range", _score("np.log((r[:, n:] * share).max(axis=1))"), "not the largest"),
    (
        "weighs all backgrounds equally",
        _score(lower="np.log(r[:, :n].mean(axis=1))"),
        "as often as it is expected",
    ),
    ("weighs all ranges equally", _score("np.log(r[:, n:].sum(axis=1))"), "shares its recoils, w"),
    (
        "the ranges first",
        _score("np.log(r[:, :len(share)] @ share)", "np.log(r[:, len(share):] @ expected)"),
        "The first columns are the backgrounds",
    ),
    ("turned round", _score(out="lower - upper"), "above the line"),
    ("log10", _score(out="(upper - lower) / np.log(10)"), "not log10"),
    ("the ratio itself", _score(out="np.exp(upper - lower)"), "its logarithm was asked"),
    ("the share of signal", _score(out="1 / (1 + np.exp(lower - upper))"), "share of signal among all"),
    ("signal alone", _score(out="upper"), "The backgrounds are missing"),
    ("background alone", _score(out="-lower"), "The signal is missing"),
    (
        "signal over background as fed",
        _score(out="np.log(chance[:, n:].sum(axis=1) / chance[:, :n].sum(axis=1))"),
        "as fed",
    ),
    ("a column of scores", _score(out="(upper - lower)[:, None]"), "One score an event"),
    ("one score for all", _score(out="(upper - lower).mean()"), "One score an event"),
    ("no return", _score(out="None"), "is there a return"),
    ("a text", _score(out='"score"'), "text"),
    ("shapes that do not fit", _score("np.log(r[:, :n] @ share)"), "Your code stopped with ValueError"),
    (
        "two backgrounds written in",
        _score("np.log(r[:, 2:] @ share)", "np.log(r[:, :2] @ expected)"),
        "ValueError",
    ),
]


def _band(
    shape="(at[1] - at[-1]).sum(axis=0) / 2",
    middle="at[0]",
    known="search.UNCERTAINTY",
    how="one_sided=True",
    out="rigid.upper_limit({how}), profiled.upper_limit({how})",
):
    """Return the code of an answer to exercise 2 with this shape, these templates and limits."""
    return f"""def limits_of(counts, signal, at):
    shape = {shape}
    rigid = limits.ProfileLikelihood(signal, {middle}, counts, {known})
    profiled = limits.ProfileLikelihood(signal, {middle}, counts, {known}, shapes=shape)
    return {out.format(how=how)}
"""


BANDS = [
    ("the whole way from −1 to +1 σ", _band("(at[1] - at[-1]).sum(axis=0)"), "half of what lies between"),
    ("a share, not events", _band("(at[1] - at[-1]).sum(axis=0) / 2 / at[0].sum(axis=0)"), "in events"),
    ("one side", _band("(at[1] - at[0]).sum(axis=0)"), "from 0 to +1 σ alone"),
    ("the other side", _band("(at[0] - at[-1]).sum(axis=0)"), "from −1 σ to 0 alone"),
    ("each background a shift of its own", _band("(at[1] - at[-1]) / 2"), "move together"),
    ("the templates themselves", _band("at[1].sum(axis=0)"), "what a shift *adds*"),
    ("a mean of both ends", _band("(at[1] + at[-1]).sum(axis=0) / 2"), "not the mean of what is there"),
    ("without a sign", _band("abs(at[1] - at[-1]).sum(axis=0) / 2"), "with its sign"),
    ("a shape for each end", _band("np.array([(at[k] - at[0]).sum(axis=0) for k in (-1, 1)])"), "not two"),
    ("two-sided limits", _band(how=""), "one-sided ones of 90 %"),
    ("sizes taken for known", _band(known="np.zeros(5)"), "hand it over"),
    ("no uncertainties", _band(known="0.0"), "with five uncertainties"),
    ("95 %", _band(how="cl=0.95, one_sided=True"), "of 95 %"),
    ("the middle at +1 σ", _band(middle="at[1]"), "not `at[1]`"),
    ("no shape", _band("None"), "The shift moves nothing"),
    (
        "exchanged",
        _band(out="profiled.upper_limit({how}), rigid.upper_limit({how})"),
        "Are the two exchanged",
    ),
    ("one of the two", _band(out="profiled.upper_limit({how})"), "Two arrays are wanted"),
    ("best fits", _band(out="rigid.best_fit, profiled.best_fit"), "Your first row of limits"),
    ("no return", _band(out="None"), "Two arrays are wanted"),
    ("a misspelt name", _band("(at[1] - at[2]).sum(axis=0)"), "Your code stopped with KeyError"),
]


def _compress(fit, made="lambda events: trees.decision_function(search.coordinates(events))"):
    return f"def compress(training, rate):\n    {fit}\n    return {made}\n"


TREES = "trees = HistGradientBoostingClassifier(max_iter={n}, random_state=seed{more})"
FIT = "; trees.fit(search.coordinates(training), {y})"
READS = "lambda events: trees.decision_function({table})"
TABLE = "np.column_stack([search.coordinates({of}), {of}['energy']])"
COMPRESSIONS = [
    (
        "takes the rows as they come, as if they were alike",
        _compress(TREES.format(n=30, more="") + FIT.format(y="training['kind'] == search.SIGNAL")),
        "weighted as in the search",
    ),
    (
        "reads the recoil energy, which a simulation knows and a detector does not",
        _compress(
            TREES.format(n=10, more="") + f"; trees.fit({TABLE.format(of='training')}, *balanced(training))",
            READS.format(table=TABLE.format(of="events")),
        ),
        "It reads more than the four numbers",
    ),
    (
        "one tree, grown until it knows each training event",
        _compress(
            TREES.format(n=1, more=", learning_rate=1, max_leaf_nodes=None, min_samples_leaf=1")
            + FIT.format(y="*balanced(training)")
        ),
        "knows them by heart",
    ),
    ("scores in place of a function", _compress("pass", "np.ones(len(training))"), "A function from events"),
    ("one score for all", _compress("pass", "lambda events: np.ones(len(events))"), "same score"),
    ("one number", _compress("pass", "lambda events: 1.0"), "One score an event"),
    ("a bug", _compress("pass", "lambda events: event['s1c']"), "NameError"),
]

WRONG = [
    {"exercise": number, "why": why, "code": code, "hint": hint}
    for number, answers in (("1", SCORES), ("2", BANDS), ("3", COMPRESSIONS))
    for why, code, hint in answers
]
