"""Plausible wrong answers to the exercises of lesson 07, each with the hint that names the mistake."""

WRONG = [
    {
        "exercise": "1",
        "why": "padded to the longest of all",
        "code": """def padding_share(lengths, size):
    lengths = np.asarray(lengths)
    return 1 - lengths.sum() / (len(lengths) * lengths.max())
""",
        "hint": "not to the longest of all",
    },
    {
        "exercise": "1",
        "why": "the share that is used",
        "code": """def padding_share(lengths, size):
    parts = [lengths[start : start + size] for start in range(0, len(lengths), size)]
    return np.sum(lengths) / sum(len(part) * max(part) for part in parts)
""",
        "hint": "subtract it from 1",
    },
    {
        "exercise": "1",
        "why": "the last, smaller batch is left out",
        "code": """def padding_share(lengths, size):
    lengths = np.asarray(lengths)[: len(lengths) // size * size].reshape(-1, size)
    return 1 - lengths.sum() / (size * lengths.max(axis=1).sum())
""",
        "hint": "do not leave it out",
    },
    {
        "exercise": "1",
        "why": "the batches' shares averaged without weight",
        "code": """def padding_share(lengths, size):
    parts = [np.asarray(lengths[start : start + size]) for start in range(0, len(lengths), size)]
    return np.mean([1 - part.sum() / (len(part) * part.max()) for part in parts])
""",
        "hint": "do not average the batches' shares",
    },
    {
        "exercise": "2",
        "why": "the last column, which is padding",
        "code": """def score_after(scores, lengths, fraction):
    return scores[:, int(np.ceil(fraction * scores.shape[1])) - 1]
""",
        "hint": "that is the last column, which is padding",
    },
    {
        "exercise": "2",
        "why": "one step too far",
        "code": """def score_after(scores, lengths, fraction):
    return scores[np.arange(len(lengths)), np.ceil(fraction * lengths).astype(int)]
""",
        "hint": "one step too far",
    },
    {
        "exercise": "2",
        "why": "half of the padded length, capped at the pulse's end",
        "code": """def score_after(scores, lengths, fraction):
    read = np.minimum(int(np.ceil(fraction * scores.shape[1])), lengths)
    return scores[np.arange(len(lengths)), read - 1]
""",
        "hint": "half of the pulse's own length",
    },
]
