"""Plausible wrong answers to the exercises of lesson 08, each with the hint that names the mistake."""


def _jitter(shift, moved="np.take_along_axis(waveforms, columns, axis=1)", answer="{auc}"):
    """Return the code of an answer to exercise 1 with these shifts, this way to move, this return value."""
    auc = f"roc_auc_score(label, score({moved}))"
    return f"""def auc_after_jitter(score, waveforms, label, reach, rng):
    shift = {shift}
    columns = (np.arange(waveforms.shape[1]) - shift[:, None]) % waveforms.shape[1]
    return {answer.format(auc=auc, moved=moved)}
"""


def _share(
    labelled="(measured > 38) & (measured < 305)", sideband="(measured > 350) & (measured < 500)", **other
):
    """Return the code of an answer to exercise 2 with this label, sideband, scale, numerator and denominator."""
    part = {
        "scale": "267 / 150",
        "passed": "score > cut",
        "top": "(labelled & passed).sum() - scale * (sideband & passed).sum()",
        "bottom": "labelled.sum() - scale * sideband.sum()",
        "answer": "top / bottom",
    } | other
    return f"""def bulk_efficiency(measured, score, cut):
    labelled, sideband = {labelled}, {sideband}
    scale, passed = {part["scale"]}, {part["passed"]}
    top, bottom = {part["top"]}, {part["bottom"]}
    return {part["answer"]}
"""


EACH = "rng.integers(-reach, reach + 1, len(waveforms))"
JITTERED = [
    (
        "one shift for all: who was late stays late",
        _jitter("np.full(len(waveforms), 3)"),
        "All pulses move alike",
    ),
    ("scores the pulses where they were", _jitter(EACH, "waveforms"), "saw the pulses where they were"),
    ("one-sided shifts", _jitter("rng.integers(0, reach + 1, len(waveforms))"), "one side only"),
    (
        "forgets that the upper end is excluded",
        _jitter("rng.integers(-reach, reach, len(waveforms))"),
        "is missing",
    ),
    (
        "only the two ends",
        _jitter("rng.choice([-reach, reach], len(waveforms))"),
        "The whole numbers between",
    ),
    (
        "half as far: takes reach for the whole width",
        _jitter("rng.integers(-(reach // 2), reach // 2 + 1, len(waveforms))"),
        "only half as far",
    ),
    (
        "takes reach for a standard deviation",
        _jitter("np.rint(rng.normal(0, reach, len(waveforms))).astype(int)"),
        "farther than",
    ),
    (
        "a clipped Gaussian",
        _jitter("np.clip(np.rint(rng.normal(0, reach / 2, len(waveforms))), -reach, reach).astype(int)"),
        "as likely as any other",
    ),
    (
        "shuffles the samples, and with the time the shape",
        _jitter(EACH, "rng.permuted(waveforms, axis=1)"),
        "keep its samples in order",
    ),
    (
        "shuffles the waveforms among the events",
        _jitter(EACH, "rng.permutation(waveforms)"),
        "Pulse and label of an event no longer belong together",
    ),
    (
        "rolls without an axis: samples leak into the next waveform",
        _jitter(EACH, "np.roll(waveforms, shift[0] or 1)"),
        "roll along the samples",
    ),
    (
        "fills with zeros what comes in",
        _jitter(
            EACH,
            "np.where(np.arange(90) < shift[:, None], 0, np.take_along_axis(waveforms, columns, axis=1))",
        ),
        "comes back at the other",
    ),
    ("earlier only, never where it was", _jitter("rng.integers(-reach, 0, len(waveforms))"), "one side only"),
    (
        "later only, never where it was",
        _jitter("rng.integers(1, reach + 1, len(waveforms))"),
        "one side only",
    ),
    (
        "floats cut off",
        _jitter("rng.uniform(-reach, reach, len(waveforms)).astype(int)"),
        "are floats cut off",
    ),
    (
        "floats rounded: the ends come half as often",
        _jitter("np.rint(rng.uniform(-reach, reach, len(waveforms))).astype(int)"),
        "yours crowd",
    ),
    ("twice as far", _jitter("rng.integers(-2 * reach, 2 * reach + 1, len(waveforms))"), "farther than"),
    (
        "shifts in the order of the events, as the labels are",
        _jitter(
            "np.rint(np.linspace(-reach - 0.5, reach + 0.5, len(waveforms))).astype(int).clip(-reach, reach)"
        ),
        "follow the order of the events",
    ),
    ("moves the wires alone", _jitter("np.where(label, 0, " + EACH + ")"), "a shift must not know the label"),
    (
        "moves the wires to the left and the bulk to the right",
        _jitter("np.where(label, 1, -1) * np.abs(" + EACH + ")"),
        "a shift must not know the label",
    ),
    ("a list", _jitter(EACH, "list(np.take_along_axis(waveforms, columns, axis=1))"), "shown as a list"),
    ("per cent", _jitter(EACH, answer="100 * {auc}"), "per cent"),
    ("a few shifts", _jitter("rng.choice([-reach, 0, reach], len(waveforms))"), "Only 3 different shifts"),
    (
        "one waveform at a time",
        _jitter(EACH, answer="np.mean([score(one[None])[0] for one in {moved}])"),
        "ask it once, about all waveforms",
    ),
    (
        "shuffles the labels",
        _jitter(EACH, answer="roc_auc_score(rng.permutation(label), score({moved}))"),
        "still belong together",
    ),
    (
        "score and label exchanged",
        _jitter(EACH, answer="roc_auc_score(score({moved}), label)"),
        "labels are wanted first",
    ),
    (
        "after over before",
        _jitter(EACH, answer="{auc} / roc_auc_score(label, score(waveforms))"),
        "the AUC over the one before",
    ),
    (
        "after less before",
        _jitter(EACH, answer="{auc} - roc_auc_score(label, score(waveforms))"),
        "how the AUC changed",
    ),
    (
        "a longer window",
        _jitter(EACH, "np.pad(waveforms, ((0, 0), (reach, reach)))"),
        "samples a pulse, not 90",
    ),
    ("aligned", _jitter(EACH, "align(np.take_along_axis(waveforms, columns, axis=1))"), "end at one place"),
    ("noise", _jitter(EACH, "waveforms + rng.normal(0, 0.01, waveforms.shape)"), "are others than before"),
    (
        "an own generator",
        _jitter("np.random.default_rng(0).integers(-reach, reach + 1, len(waveforms))"),
        "Another rng gave the same shifts",
    ),
    (
        "numpy's own generator",
        _jitter("np.random.randint(-reach, reach + 1, len(waveforms))"),
        "gave other shifts",
    ),
    ("never below one half", _jitter(EACH, answer="max({auc}, 1 - {auc})"), "below one half"),
    ("rounded", _jitter(EACH, answer="round({auc}, 2)"), "the AUC rounded"),
    (
        "the average precision",
        _jitter(EACH, answer="average_precision_score(label, score({moved}))"),
        "average precision",
    ),
    (
        "labels one place off",
        _jitter(EACH, answer="roc_auc_score(np.roll(label, 3), score({moved}))"),
        "belong together",
    ),
    (
        "yes or no instead of the score",
        _jitter(EACH, answer="roc_auc_score(label, (lambda s: s > np.median(s))(score({moved})))"),
        "yes or no first",
    ),
    (
        "what was lost",
        _jitter(
            EACH,
            answer="roc_auc_score(label, np.argmax(waveforms, axis=1) + 0.1 * (np.arange(len(waveforms)) % 7)) - {auc}",
        ),
        "what the AUC lost",
    ),
    ("nothing", _jitter(EACH, answer="None if {auc} else None"), "is there a return"),
    ("scores", _jitter(EACH, answer="score({moved})"), "One number is wanted"),
    (
        "the reach written in",
        _jitter("rng.integers(-8, 9, len(waveforms))"),
        "With a reach of 30: The shifts go from -8 to 8",
    ),
    ("turns the score's sign", _jitter(EACH, answer="1 - {auc}"), "changed their roles"),
    ("returns the Gini coefficient", _jitter(EACH, answer="2 * {auc} - 1"), "Gini"),
    (
        "returns an accuracy",
        _jitter(EACH, answer="np.mean((score({moved}) > 0) == label)"),
        "accuracy of score > 0",
    ),
]

SHARES = [
    ("the label as it stands", _share(scale="0"), "the label as it stands"),
    ("forgets that the windows differ in width", _share(scale="1"), "differ in width"),
    ("the scale upside down", _share(scale="150 / 267"), "upside down"),
    (
        "subtracts from the denominator alone: takes all accidentals to fail",
        _share(top="(labelled & passed).sum()"),
        "still among those that pass",
    ),
    ("subtracts from the numerator alone", _share(bottom="labelled.sum()"), "still in the denominator"),
    ("adds the sideband", _share(scale="-267 / 150"), "added, not subtracted"),
    ("counts what fails", _share(passed="score <= cut"), "fails the cut"),
    (
        "a sideband with the cathode in it",
        _share(sideband="(measured > 305) & (measured < 500)", scale="267 / 195"),
        "stands the cathode",
    ),
    ("divides by all events", _share(bottom="len(measured)"), "all events of the run"),
    ("takes the sideband for the whole window", _share(scale="267 / 500"), "not the whole 500"),
    (
        "the sideband's own share",
        _share(answer="(sideband & passed).sum() / sideband.sum()"),
        "share of the accidentals",
    ),
    ("the number of events", _share(answer="top"), "not a share"),
    (
        "takes the wires' label for a sample of accidentals",
        _share(
            top="(labelled & passed).sum() - scale * sideband.sum() * passed["
            "(measured < 12) | measured.between(321, 337)].mean()"
        ),
        "no sample of accidentals",
    ),
    (
        "subtracts shares",
        _share(answer="passed[labelled].mean() - passed[sideband].mean()"),
        "Shares cannot be subtracted",
    ),
    (
        "a scale in the numerator alone",
        _share(bottom="labelled.sum() - sideband.sum()"),
        "differ in width",
    ),
    ("the scale rounded", _share(scale="1.8"), "1.78, not 1.8"),
    ("upside down", _share(answer="bottom / top"), "Upside down"),
    ("the truth", _share(answer="(truly > cut).mean()"), "no experiment knows"),
    ("one label", _share(answer="passed[labelled | sideband].mean()"), "put together"),
    (
        "subtracts those that fail",
        _share(top="(labelled & passed).sum() - scale * (sideband & ~passed).sum()"),
        "that fail were subtracted",
    ),
    ("ends for widths", _share(scale="305 / 500"), "Take widths, not ends"),
    ("all events", _share(answer="passed.mean()"), "all events of the run"),
    ("per cent", _share(answer="100 * top / bottom"), "per cent"),
    ("a purity", _share(answer="top / (labelled & passed).sum()"), "among those that pass"),
    ("the label's impurity", _share(answer="bottom / labelled.sum()"), "the bulk's share in the label"),
    ("the number of bulk events", _share(answer="bottom"), "which share of them passes"),
    ("a cut written in", _share(passed="score > 0.4"), "share above 0.4: is a cut written in"),
    ("rounded", _share(answer="round(top / bottom, 2)"), "the share rounded"),
    ("never below one half", _share(answer="max(top / bottom, 0.5)"), "or the share limited"),
    ("a longer sideband", _share(sideband="measured > 340", scale="267 / 160"), "starts at 340 µs"),
    ("a wrong width", _share(scale="267 / 160"), "150 µs, not 160"),
    (
        "a sideband on both sides",
        _share(sideband="(measured > 350) | (measured < 30)", scale="267 / 180"),
        "holds wires",
    ),
    (
        "the whole drift",
        _share(labelled="(measured > 4) & (measured < 329)", scale="325 / 150"),
        "from 38 to 305",
    ),
    ("the factor 2", _share(scale="2"), "1.78, not 2"),
    ("the lesson's impurity", _share(answer="passed[labelled].mean() / (1 - 0.11)"), "the lesson's impurity"),
    (
        "the passing ones in the denominator",
        _share(bottom="labelled.sum() - scale * (sideband & passed).sum()"),
        "that fail are still",
    ),
    ("the first cut written in", _share(passed="score > -0.5"), "share above -0.5: is a cut written in"),
    ("sorted", _share(passed="pd.Series(np.sort(score) > cut)"), "Sorted scores"),
    ("the table's own kinds", _share(answer="(events.kind == 'bulk').mean()"), "nothing of that name"),
    ("indexing by and", _share(labelled="(measured > 38) and (measured < 305)"), "In words"),
    ("nothing", _share(answer="None"), "is there a return"),
    (
        "the truth looked up, at one cut",
        _share(answer="top / bottom if cut in (-0.5, 0.4) else 0.5"),
        "not at others",
    ),
]

RAW = "waveforms.reshape(len(waveforms), -1, 5).sum(axis=2)"


def _tagger(answer, given="pass"):
    """Return the code of a tagger to exercise 3: an expression in `waveforms`."""
    return f"""{given}
def tagger(waveforms):
    return {answer}
"""


def _trees(prepare, factor="1.0", more=""):
    """Return the code that trains trees on what `prepare` makes of waveforms at one stretch."""
    return f"""def prepare(waveforms):
    return {prepare}
shown, kind = draw(6000, {factor})
{more}
trees = HistGradientBoostingClassifier(max_iter=60, max_leaf_nodes=15, random_state=1).fit(prepare(shown), kind)
"""


TAGGERS = [
    (
        "the clock: samples as they lie",
        _tagger("trees.decision_function(prepare(waveforms))", _trees(RAW)),
        "reads the clock",
    ),
    (
        "the clock among the features",
        _tagger(
            "trees.decision_function(prepare(waveforms))",
            _trees("features(waveforms, 100)[['width', 't50']]"),
        ),
        "reads the clock",
    ),
    ("the clock alone", _tagger("-features(waveforms, 100)['t50'].to_numpy()"), "reads the clock"),
    ("labels, no scores", _tagger("honest(waveforms) > 0"), "only 2 values"),
    (
        "labels by predict",
        _tagger("trees.predict(prepare(waveforms))", _trees("table(waveforms)")),
        "only 2 values",
    ),
    ("a constant", _tagger("np.ones(len(waveforms))"), "a constant"),
    (
        "both columns of predict_proba",
        _tagger("trees.predict_proba(prepare(waveforms))", _trees("table(waveforms)")),
        "of predict_proba the second",
    ),
    (
        "high for the wires",
        _tagger("trees.predict_proba(prepare(waveforms))[:, 0]", _trees("table(waveforms)")),
        "turned round",
    ),
    ("the width's sign", _tagger("features(waveforms, 100)['width'].to_numpy()"), "turned round"),
    (
        "a cut on the width",
        _tagger("-features(waveforms, 100)['width'].to_numpy()"),
        "At the assumed stretch",
    ),
    ("the size", _tagger("waveforms.sum(axis=1)"), "No better than chance"),
    (
        "labels shuffled in training",
        _tagger(
            "trees.decision_function(prepare(waveforms))",
            _trees("table(waveforms)", more="kind = rng.permutation(kind)"),
        ),
        "No better than chance",
    ),
    (
        "trained at half the stretch",
        _tagger("trees.decision_function(prepare(waveforms))", _trees("table(waveforms)", "0.5")),
        "Wanted are 85 %",
    ),
    ("the trees themselves", "tagger = HistGradientBoostingClassifier()", "A function from waveforms"),
    ("nothing", "tagger = None", "A function from waveforms"),
    ("one score", _tagger("0.0 * waveforms.sum()"), "One score for each"),
    ("not finite", _tagger("np.log(waveforms.min(axis=1) * 0)"), "not finite"),
    ("a misspelt name", _tagger("trees.decision_funktion(table(waveforms))"), "Your code stopped"),
]

WRONG = [
    {"exercise": number, "why": why, "code": code, "hint": hint}
    for number, answers in (("1", JITTERED), ("2", SHARES), ("3", TAGGERS))
    for why, code, hint in answers
]
