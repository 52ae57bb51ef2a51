"""Plausible wrong answers to the exercises of lesson 05, each with the hint that names the mistake."""

WRONG = [
    {
        "exercise": "1",
        "why": "the precision of an even mix: the share of WIMPs is forgotten",
        "code": """def precision_at(signal_fraction, recall, false_positive_rate):
    return recall / (recall + false_positive_rate)
""",
        "hint": "the share of WIMPs has to enter",
    },
    {
        "exercise": "1",
        "why": "the false-positive rate taken as a share of all events",
        "code": """def precision_at(signal_fraction, recall, false_positive_rate):
    found = signal_fraction * recall
    return found / (found + false_positive_rate)
""",
        "hint": "false alarms come from the electron recoils alone",
    },
    {
        "exercise": "1",
        "why": "the accuracy instead of the precision",
        "code": """def precision_at(signal_fraction, recall, false_positive_rate):
    return signal_fraction * recall + (1 - signal_fraction) * (1 - false_positive_rate)
""",
        "hint": "that is the accuracy",
    },
    {
        "exercise": "2",
        "why": "all eight cells of the square window",
        "code": """def hex_convolution(pictures, centre, ring):
    padded = np.pad(pictures, ((0, 0), (1, 1), (1, 1)))
    result = (centre - ring) * pictures
    for row in range(3):
        for column in range(3):
            result = result + ring * padded[:, row : row + 13, column : column + 13]
    return result
""",
        "hint": "on a hexagon it has six neighbours",
    },
    {
        "exercise": "2",
        "why": "the other diagonal",
        "code": """def hex_convolution(pictures, centre, ring):
    padded = np.pad(pictures, ((0, 0), (1, 1), (1, 1)))
    result = centre * pictures
    for row, column in ((0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, -1)):
        result = result + ring * padded[:, 1 + row : 14 + row, 1 + column : 14 + column]
    return result
""",
        "hint": "the wrong two corners",
    },
    {
        "exercise": "2",
        "why": "np.roll, which wraps round the edge",
        "code": """def hex_convolution(pictures, centre, ring):
    result = centre * pictures
    for step in ((0, 1), (0, -1), (1, 0), (-1, 0), (1, -1), (-1, 1)):
        result = result + ring * np.roll(pictures, step, axis=(1, 2))
    return result
""",
        "hint": "pad it with zeros",
    },
]
