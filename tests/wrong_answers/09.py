"""Plausible wrong answers to the exercises of lesson 09, each with the hint that names the mistake."""


def _gain(
    after="round(n * ((1 - wires_share) * kept + wires_share * leaked))",
    answer="upper(n) * kept / upper(after)",
):
    """Return the code of an answer to exercise 1 with this count after the cut and this factor."""
    return f"""def gain(wires_share, kept, leaked, n=1000):
    upper, after = counting.poisson_upper, {after}
    return {answer}
"""


def _box(
    stamp="hashlib.sha256(json.dumps(cuts, sort_keys=True).encode()).hexdigest()",
    refuse='raise ValueError("not the committed cuts")',
    s2='(events["s2"] >= cuts["s2_min"]) & (events["s2"] < cuts["s2_max"])',
    passed='large & (events["score"] > cuts["score_above"])',
    first="",
):
    """Return the code of an answer to exercise 2 with this fingerprint, refusal and selection."""
    return f"""def fingerprint(cuts):
    return {stamp}


def unblind(cuts, committed, events):
    {first or "pass"}
    if fingerprint(cuts) != committed:
        {refuse}
    large = {s2}
    return int(({passed}).sum())
"""


GAINS = [
    ("the ratio upside down", _gain(answer="upper(after) / kept / upper(n)"), "upside down"),
    ("forgets what the cut keeps", _gain(answer="upper(n) / upper(after)"), "before the cut"),
    ("multiplies by what is kept", _gain(answer="upper(n) / (upper(after) * kept)"), "do not multiply"),
    (
        "leaves the bulk's background whole",
        _gain("round(n * (1 - wires_share + wires_share * leaked))"),
        "the cut thins the bulk's background",
    ),
    ("forgets the bulk's background", _gain("round(n * wires_share * leaked)"), "background is still there"),
    (
        "takes the wires for the bulk",
        _gain("round(n * (wires_share * kept + (1 - wires_share) * leaked))"),
        "changed places",
    ),
    ("the ratio of counts", _gain(answer="n / after"), "ratio of counts"),
    ("square roots in place of limits", _gain(answer="(n / after) ** 0.5 * kept"), "a square root"),
    (
        "subtracts the background",
        _gain(answer="upper(n, n) * kept / upper(after, after)"),
        "nothing is subtracted",
    ),
    (
        "takes leaked for what is rejected",
        _gain("round(n * ((1 - wires_share) * kept + wires_share * (1 - leaked)))"),
        "not what is thrown away",
    ),
    (
        "cuts off the fractions of both parts",
        _gain("int(n * (1 - wires_share) * kept) + int(n * wires_share * leaked)"),
        "to the nearest",
    ),
    (
        "does not round at all",
        _gain("n * ((1 - wires_share) * kept + wires_share * leaked)"),
        "round the expected count",
    ),
]

BOXES = [
    (
        "Python's hash, salted anew in each session",
        _box("str(hash(tuple(sorted(cuts.items()))))"),
        "every session",
    ),
    (
        "bytes in place of digits",
        _box("hashlib.sha256(json.dumps(cuts, sort_keys=True).encode()).digest()"),
        "hexdigest",
    ),
    ("MD5", _box("hashlib.md5(json.dumps(cuts, sort_keys=True).encode()).hexdigest()"), "that is MD5"),
    ("SHA-1", _box("hashlib.sha1(json.dumps(cuts, sort_keys=True).encode()).hexdigest()"), "that is SHA-1"),
    (
        "the dictionary as it was typed",
        _box("hashlib.sha256(str(cuts).encode()).hexdigest()"),
        "sort the entries first",
    ),
    (
        "JSON in the order of typing",
        _box("hashlib.sha256(json.dumps(cuts).encode()).hexdigest()"),
        "sort the entries",
    ),
    (
        "the sorted numbers without their names",
        _box("hashlib.sha256(str(sorted(cuts.values())).encode()).hexdigest()"),
        "take the names with their numbers",
    ),
    (
        "the names alone",
        _box("hashlib.sha256(str(sorted(cuts)).encode()).hexdigest()"),
        "the numbers do not enter",
    ),
    (
        "numbers to two digits",
        _box("hashlib.sha256(str(sorted((k, round(v, 2)) for k, v in cuts.items())).encode()).hexdigest()"),
        "not with all their digits",
    ),
    (
        "salted with a random number",
        _box("hashlib.sha256((json.dumps(cuts, sort_keys=True) + str(rng.random())).encode()).hexdigest()"),
        "two fingerprints",
    ),
    (
        "counts first, compares afterwards",
        _box(first='seen = (events["s2"] > 0).sum()'),
        "you looked into the box",
    ),
    ("returns 0 for other cuts", _box(refuse="return 0"), "returning is not refusing"),
    (
        "asserts",
        _box(refuse='assert fingerprint(cuts) == committed, "no"'),
        "gone under python -O",
    ),
    (
        "lets s2_max in",
        _box(s2='events["s2"].between(cuts["s2_min"], cuts["s2_max"])'),
        "s2_max itself does not pass",
    ),
    (
        "leaves s2_min out",
        _box(s2='(events["s2"] > cuts["s2_min"]) & (events["s2"] < cuts["s2_max"])'),
        "s2_min itself passes",
    ),
    (
        "lets the score's edge in",
        _box(passed='large & (events["score"] >= cuts["score_above"])'),
        "a score equal to score_above",
    ),
    (
        "takes the lower scores",
        _box(passed='large & (events["score"] <= cuts["score_above"])'),
        "fail the score",
    ),
    ("or in place of and", _box(passed='large | (events["score"] > cuts["score_above"])'), "both must hold"),
]

WRONG = [
    {"exercise": number, "why": why, "code": code, "hint": hint}
    for number, answers in (("1", GAINS), ("2", BOXES))
    for why, code, hint in answers
]
