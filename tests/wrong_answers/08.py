"""Plausible wrong answers to the exercises of lesson 08, each with the hint that names the mistake."""

WRONG = [
    {
        "exercise": "1",
        "why": "one shift for all: who was late stays late",
        "code": """def auc_after_jitter(score, waveforms, label, reach, rng):
    return roc_auc_score(label, score(np.roll(waveforms, rng.integers(-reach, reach + 1), axis=1)))
""",
        "hint": "if all pulses move alike",
    },
    {
        "exercise": "1",
        "why": "shuffles the samples, and with the time the shape",
        "code": """def auc_after_jitter(score, waveforms, label, reach, rng):
    return roc_auc_score(label, score(rng.permuted(waveforms, axis=1)))
""",
        "hint": "keep its samples in order",
    },
    {
        "exercise": "1",
        "why": "shuffles the waveforms among the events",
        "code": """def auc_after_jitter(score, waveforms, label, reach, rng):
    return roc_auc_score(label, score(rng.permutation(waveforms)))
""",
        "hint": "pulse and label of an event no longer belong together",
    },
    {
        "exercise": "2",
        "why": "Python's hash, salted anew in each session",
        "code": """def fingerprint(cuts):
    return str(hash(tuple(sorted(cuts.items()))))


def unblind(cuts, committed, events):
    if fingerprint(cuts) != committed:
        raise ValueError("These are not the cuts that were committed.")
    inside = (events["s2"] >= cuts["s2_min"]) & (events["s2"] < cuts["s2_max"])
    return int((inside & (events["score"] > cuts["score_above"])).sum())
""",
        "hint": "another one in every session",
    },
    {
        "exercise": "2",
        "why": "the dictionary as it was typed",
        "code": """def fingerprint(cuts):
    return hashlib.sha256(str(cuts).encode()).hexdigest()


def unblind(cuts, committed, events):
    if fingerprint(cuts) != committed:
        raise ValueError("These are not the cuts that were committed.")
    inside = (events["s2"] >= cuts["s2_min"]) & (events["s2"] < cuts["s2_max"])
    return int((inside & (events["score"] > cuts["score_above"])).sum())
""",
        "hint": "sort the entries first",
    },
    {
        "exercise": "2",
        "why": "the sorted numbers without their names",
        "code": """def fingerprint(cuts):
    return hashlib.sha256(str(sorted(cuts.values())).encode()).hexdigest()


def unblind(cuts, committed, events):
    if fingerprint(cuts) != committed:
        raise ValueError("These are not the cuts that were committed.")
    inside = (events["s2"] >= cuts["s2_min"]) & (events["s2"] < cuts["s2_max"])
    return int((inside & (events["score"] > cuts["score_above"])).sum())
""",
        "hint": "take the names with their numbers",
    },
    {
        "exercise": "2",
        "why": "counts first, compares afterwards",
        "code": """def fingerprint(cuts):
    return hashlib.sha256(json.dumps(cuts, sort_keys=True).encode()).hexdigest()


def unblind(cuts, committed, events):
    inside = (events["s2"] >= cuts["s2_min"]) & (events["s2"] < cuts["s2_max"])
    count = int((inside & (events["score"] > cuts["score_above"])).sum())
    if fingerprint(cuts) != committed:
        raise ValueError("These are not the cuts that were committed.")
    return count
""",
        "hint": "you looked into the box",
    },
]
