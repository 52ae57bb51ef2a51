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
        "all pulses move alike",
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
        "the whole numbers between",
    ),
    (
        "half as far: takes reach for the whole width",
        _jitter("rng.integers(-(reach // 2), reach // 2 + 1, len(waveforms))"),
        "only half as far",
    ),
    (
        "takes reach for a standard deviation",
        _jitter("np.rint(rng.normal(0, reach, len(waveforms))).astype(int)"),
        "farther than 8",
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
        "pulse and label of an event no longer belong together",
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
]

WRONG = [
    {"exercise": number, "why": why, "code": code, "hint": hint}
    for number, answers in (("1", JITTERED), ("2", SHARES))
    for why, code, hint in answers
]
