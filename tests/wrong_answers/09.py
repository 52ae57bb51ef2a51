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
    first="pass",
    closed="fingerprint(cuts) != committed",
    answer="int(({passed}).sum())",
):
    """Return the code of an answer to exercise 2 with this fingerprint, refusal and selection."""
    return f"""def fingerprint(cuts):
    return {stamp}


def unblind(cuts, committed, events):
    {first}
    if {closed}:
        {refuse}
    large = {s2}
    return {answer.format(passed=passed)}
"""


GAINS = [
    ("the ratio upside down", _gain(answer="upper(after) / kept / upper(n)"), "Upside down"),
    ("upside down, not divided by kept", _gain(answer="upper(after) / upper(n)"), "Upside down, and"),
    ("forgets what the cut keeps", _gain(answer="upper(n) / upper(after)"), "before* the cut"),
    ("multiplies by what is kept", _gain(answer="upper(n) / (upper(after) * kept)"), "do not multiply"),
    ("divides by what leaks", _gain(answer="upper(n) / (upper(after) / leaked)"), "not by what leaks"),
    ("divides twice", _gain(answer="upper(n) * kept**2 / upper(after)"), "enters twice"),
    (
        "leaves the bulk's background whole",
        _gain("round(n * (1 - wires_share + wires_share * leaked))"),
        "The cut thins the bulk's background",
    ),
    ("forgets the bulk's background", _gain("round(n * wires_share * leaked)"), "background is still there"),
    ("forgets the wires", _gain("round(n * (1 - wires_share) * kept)"), "wires' events are still there"),
    (
        "the wires alone, before and behind",
        _gain("round(n * wires_share * leaked)", "upper(round(n * wires_share)) * kept / upper(after)"),
        "before and behind",
    ),
    ("all leak", _gain("round(n * leaked)"), "of them the share `kept` passes"),
    ("all are kept", _gain("round(n * kept)"), "the share `leaked` passes"),
    (
        "the product for the sum",
        _gain("round(n * kept * leaked)"),
        "a sum is wanted",
    ),
    (
        "the wires thinned twice",
        _gain("round(n * kept * (1 - wires_share + wires_share * leaked))"),
        "not kept × leaked",
    ),
    (
        "takes the wires for the bulk",
        _gain("round(n * (wires_share * kept + (1 - wires_share) * leaked))"),
        "changed places",
    ),
    ("the ratio of counts", _gain(answer="n / after"), "ratio of counts"),
    (
        "the ratio of shares",
        _gain(answer="1 / ((1 - wires_share) * kept + wires_share * leaked)"),
        "ratio of counts",
    ),
    ("square roots in place of limits", _gain(answer="(n / after) ** 0.5 * kept"), "A square root is"),
    (
        "a Gaussian limit",
        _gain(answer="(n + 1.2816 * n**0.5) * kept / (after + 1.2816 * after**0.5)"),
        "plus some square roots",
    ),
    ("95 %", _gain(answer="upper(n, cl=0.95) * kept / upper(after, cl=0.95)"), "a limit of 95 %"),
    (
        "subtracts the background",
        _gain(answer="upper(n, n) * kept / upper(after, after)"),
        "Nothing is subtracted",
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
        "cuts off the fraction",
        _gain("int(n * ((1 - wires_share) * kept + wires_share * leaked))"),
        "Round once",
    ),
    (
        "does not round at all",
        _gain("n * ((1 - wires_share) * kept + wires_share * leaked)"),
        "Round the expected count",
    ),
    (
        "divides the count by kept",
        _gain(
            "round(n * ((1 - wires_share) * kept + wires_share * leaked) / kept)", "upper(n) / upper(after)"
        ),
        "not the count",
    ),
    ("the limit behind the cut", _gain(answer="upper(after) / kept"), "limit behind the cut"),
    (
        "a thousand events always",
        _gain(
            "round(1000 * ((1 - wires_share) * kept + wires_share * leaked))",
            "upper(1000) * kept / upper(after)",
        ),
        "not always 1000",
    ),
    ("the gain in per cent", _gain(answer="100 * (upper(n) * kept / upper(after) - 1)"), "in per cent"),
    ("the difference", _gain(answer="upper(n) - upper(after) / kept"), "a difference"),
    ("purity", _gain(answer="kept / leaked"), "how pure"),
    ("a rule of thumb", _gain(answer="kept / leaked**0.5"), "rule of thumb"),
    ("the count", _gain(answer="after"), "the count behind the cut"),
    ("a number that fits one case", _gain(answer="2.32"), "The same for all searches"),
    ("no factor", _gain(answer="None"), "is there a return"),
    ("a text", _gain(answer='f"{upper(n) * kept / upper(after):.2f}"'), "of type str"),
    ("a pair", _gain(answer="upper(n), upper(after) / kept"), "One number is wanted"),
    ("a misspelt name", _gain(answer="uper(n)"), "Your code stopped with NameError"),
]

BOXES = [
    (
        "Python's hash, salted anew in each session",
        _box("str(hash(tuple(sorted(cuts.items()))))"),
        "every session",
    ),
    ("Python's hash as it is", _box("hash(tuple(sorted(cuts.items())))"), "of type int"),
    (
        "bytes in place of digits",
        _box("hashlib.sha256(json.dumps(cuts, sort_keys=True).encode()).digest()"),
        "hexdigest",
    ),
    ("the hash object", _box("hashlib.sha256(json.dumps(cuts, sort_keys=True).encode())"), "hexdigest"),
    (
        "a short one",
        _box("hashlib.sha256(json.dumps(cuts, sort_keys=True).encode()).hexdigest()[:16]"),
        "has 16",
    ),
    ("text not encoded", _box("hashlib.sha256(json.dumps(cuts, sort_keys=True)).hexdigest()"), "TypeError"),
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
        "numbers to six digits",
        _box("hashlib.sha256(str(sorted(f'{k}={v:.6g}' for k, v in cuts.items())).encode()).hexdigest()"),
        "not with all their digits",
    ),
    (
        "names and numbers run together",
        _box("hashlib.sha256(''.join(sorted(f'{k}{v}' for k, v in cuts.items())).encode()).hexdigest()"),
        "between a name and its number",
    ),
    (
        "three names that it knows",
        _box(
            "hashlib.sha256(str([cuts[k] for k in ('score_above', 's2_min', 's2_max')]).encode()).hexdigest()"
        ),
        "take all entries",
    ),
    (
        "salted with a random number",
        _box("hashlib.sha256((json.dumps(cuts, sort_keys=True) + str(rng.random())).encode()).hexdigest()"),
        "two fingerprints",
    ),
    (
        "counts first, compares afterwards",
        _box(first='seen = (events["s2"] > 0).sum()'),
        "touched before you know",
    ),
    ("looks how many there are", _box(first="n = len(events)"), "touched before you know"),
    ("returns 0 for other cuts", _box(refuse="return 0"), "is not to refuse"),
    ("prints", _box(refuse='print("the box stays closed")'), "is not to refuse"),
    ("never refuses", _box(closed="fingerprint(cuts) != fingerprint(cuts)"), "For other cuts it gave"),
    ("another exception", _box(refuse='raise RuntimeError("no")'), "It raises RuntimeError"),
    (
        "asserts",
        _box(refuse='assert fingerprint(cuts) == committed, "no"'),
        "gone under python -O",
    ),
    ("compares the cuts with a fingerprint", _box(closed="cuts != committed"), "does it compare fingerprint"),
    ("turned round", _box(closed="fingerprint(cuts) == committed"), "the right way round"),
    (
        "lets s2_max in",
        _box(s2='events["s2"].between(cuts["s2_min"], cuts["s2_max"])'),
        "counted if s2_max itself passes",
    ),
    (
        "lets s2_max in, and s2_min not",
        _box(s2='events["s2"].between(cuts["s2_min"], cuts["s2_max"], inclusive="right")'),
        "if s2_min itself does not pass, and s2_max itself passes",
    ),
    (
        "leaves s2_min out",
        _box(s2='(events["s2"] > cuts["s2_min"]) & (events["s2"] < cuts["s2_max"])'),
        "if s2_min itself does not pass.",
    ),
    (
        "lets the score's edge in",
        _box(passed='large & (events["score"] >= cuts["score_above"])'),
        "if a score equal to score_above passes",
    ),
    (
        "takes the lower scores",
        _box(passed='large & (events["score"] <= cuts["score_above"])'),
        "if scores up to score_above pass",
    ),
    ("or in place of and", _box(passed='large | (events["score"] > cuts["score_above"])'), "Both must hold"),
    ("the share", _box(answer="float(({passed}).mean())"), "a count was asked"),
    ("the events themselves", _box(answer="events[{passed}]"), "how many are they"),
    ("which events pass", _box(answer="{passed}"), "how many are they"),
    (
        "`and` between columns",
        _box(s2='events["s2"] >= cuts["s2_min"] and events["s2"] < cuts["s2_max"]'),
        "write &",
    ),
]


def _limits(body, first="pass"):
    return f"def limits_of(counts):\n    {first}\n    return {body}\n"


RIGID = "rigid(counts{}).upper_limit(one_sided=True)"
PROMISES = [
    ("the rigid model", _limits(RIGID.format("")), "what the rigid model gives"),
    ("half as much again", _limits("1.5 * " + RIGID.format("")), "87 % are asked"),
    ("the stretch fixed at 1 σ", _limits(RIGID.format(", wires_shares[1]")), "too dearly"),
    ("the same for all", _limits("np.full(len(counts), 100.0)"), "does not look at the counts"),
    ("never below the truth", _limits(f"np.maximum({RIGID.format('')}, 80)"), "for every true signal"),
    ("one for all, as a number", _limits("100.0"), "One limit for each row"),
    ("limits that are missing", _limits("np.full(len(counts), np.nan)"), "no finite numbers"),
    ("nothing", _limits("None"), "is there a return"),
    ("a bug", _limits("rigid(count)"), "NameError"),
]

WRONG = [
    {"exercise": number, "why": why, "code": code, "hint": hint}
    for number, answers in (("1", GAINS), ("2", BOXES), ("3", PROMISES))
    for why, code, hint in answers
]
