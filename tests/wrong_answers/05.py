"""Plausible wrong answers to the exercises of lesson 05, each with the hint that names the mistake."""


def precision(body, why, hint):
    """One wrong `precision_at`; s, r, f are its arguments."""
    code = "def precision_at(signal_fraction, recall, false_positive_rate):\n"
    code += f"    s, r, f = signal_fraction, recall, false_positive_rate\n    {body}\n"
    return {"exercise": "1", "why": why, "code": code, "hint": hint}


def hexagon(body, why, hint):
    """One wrong `hex_convolution`; `padded` has a row and a column of zeros more on each side."""
    code = "def hex_convolution(pictures, centre, ring):\n"
    code += "    padded = np.pad(pictures, ((0, 0), (1, 1), (1, 1)))\n"
    code += "    cut = lambda a, b: padded[:, 1 + a : 14 + a, 1 + b : 14 + b]\n"
    code += "    six = [(0, 1), (0, -1), (1, 0), (-1, 0), (1, -1), (-1, 1)]\n"
    return {"exercise": "2", "why": why, "code": f"{code}    {body}\n", "hint": hint}


def depth(body, why, hint):
    """One wrong function of pictures x and drift times t, without its training."""
    code = f"def train_with_depth(images, drift_time, label):\n    return lambda x, t: {body}\n"
    return {"exercise": "3", "why": why, "code": code, "hint": hint}


ROLL = "ring * sum(np.roll(pictures, step, axis=(1, 2)) for step in {steps})"
WRONG = [
    precision("return r / (r + f)", "the share of WIMPs is forgotten", "an even mix"),
    precision(
        "return s * r / (s * r + f)", "the false alarms are not weighted", "from the electron recoils alone"
    ),
    precision("return s * r / (s * r + s * f)", "both weighted alike", "an even mix"),
    precision("return r / (r + (1 - s) * f)", "only the false alarms are weighted", "are not weighted"),
    precision("return (1 - s) * r / ((1 - s) * r + s * f)", "the shares exchanged", "are exchanged"),
    precision("return s / (s + (1 - s) * f)", "the recall left out", "the recall is missing"),
    precision("return s * r / (s * r + 1 - s)", "all electron recoils pass", "their rate is missing"),
    precision("return s * r / (s * r + (1 - s) * (1 - f))", "specificity for its opposite", "kept *out*"),
    precision(
        "return s * r / (s * r + (1 - s) * (1 - r))", "missed WIMPs as false alarms", "WIMPs that is missed"
    ),
    precision("return s * r / ((1 - s) * f)", "found over false", "all that are called"),
    precision("return (1 - s) * f / (s * r + (1 - s) * f)", "the false discovery rate", "the rest is wanted"),
    precision("return s * r + (1 - s) * (1 - f)", "the accuracy", "That is the accuracy"),
    precision("return (r + 1 - f) / 2", "the balanced accuracy", "the balanced accuracy"),
    precision("return s * r", "the share found", "divide by all that are called one"),
    precision("return s * r + (1 - s) * f", "the share called a WIMP", "which part of it is right"),
    precision("return r", "the recall", "That is the recall"),
    precision("return s * r / (s + (1 - s) * f)", "over all WIMPs", "Not all WIMPs are called"),
    precision("return s * r // (s * r + (1 - s) * f)", "whole numbers", "what comes after the point"),
    precision("return s", "the share of WIMPs", "before anyone classified"),
    precision("p = s * r / (s * r + (1 - s) * f)\n    return 2 * p * r / (p + r)", "F1", "That is F1"),
    precision("return 100 * s * r / (s * r + (1 - s) * f)", "in per cent", "not per cent"),
    precision("return 0.9639", "the talk's number", "the talk's own"),
    precision("return s * r, (1 - s) * f", "two counts", "One number, please"),
    precision("p = s * r / (s * r + (1 - s) * f)", "no return", "is there a return"),
    precision(
        "return (1 - s) * (1 - f) / ((1 - s) * (1 - f) + s * (1 - r))",
        "the negative predictive value",
        "called an electron",
    ),
    hexagon(
        "return (centre - ring) * pictures + ring * sum(cut(a, b) for a in (-1, 0, 1) for b in (-1, 0, 1))",
        "all eight cells of the window",
        "All eight cells",
    ),
    hexagon(
        "return centre * pictures + ring * sum(cut(a, b) for a, b in [*six[:4], (1, 1), (-1, -1)])",
        "the other diagonal",
        "The wrong two corners",
    ),
    hexagon(
        "return centre * pictures + ring * sum(cut(a, b) for a, b in six[:4])", "four", "two more lie on"
    ),
    hexagon(
        f"return centre * pictures + {ROLL.format(steps='six')}",
        "np.roll wraps round",
        "comes back on the other",
    ),
    hexagon(
        f"return centre * pictures + {ROLL.format(steps='[*six[:4], (1, 1), (-1, -1)]')}",
        "np.roll, and the other diagonal",
        "comes back on the other",
    ),
    hexagon("return ring * pictures + centre * sum(cut(a, b) for a, b in six)", "exchanged", "are exchanged"),
    hexagon(
        "return centre * pictures + ring / 6 * sum(cut(a, b) for a, b in six)", "the mean", "ring's *mean*"
    ),
    hexagon("return ring * sum(cut(a, b) for a, b in six)", "the tube is missing", "its weight is `centre`"),
    hexagon(
        "return (centre + ring) * pictures + ring * sum(cut(a, b) for a, b in six)", "seven", "counts twice"
    ),
    hexagon(
        "return centre * pictures + ring * sum(cut(a, b) for a, b in six[:5])",
        "five",
        "neighbours is missing",
    ),
    hexagon("return pictures + ring * sum(cut(a, b) for a, b in six)", "centre unused", "has the weight 1"),
    hexagon("return centre * pictures + sum(cut(a, b) for a, b in six)", "ring unused", "should be `ring`"),
    hexagon(
        "return (centre * pictures + ring * sum(cut(a, b) for a, b in six)) / (centre + 6 * ring)",
        "normalised",
        "not to be normalised",
    ),
    hexagon(
        "wide = np.pad(pictures, ((0, 0), (1, 1), (1, 1)), mode='edge')\n    return centre * pictures + ring * "
        "sum(wide[:, 1 + a : 14 + a, 1 + b : 14 + b] for a, b in six)",
        "the edge repeated",
        "The edge is repeated",
    ),
    hexagon(
        "return centre * pictures[:, 1:-1, 1:-1] + ring * sum("
        "pictures[:, 1 + a : 12 + a, 1 + b : 12 + b] for a, b in six)",
        "without padding",
        "The window stops at the edge",
    ),
    hexagon(
        "for a, b in six:\n        padded[:, 1:14, 1:14] += ring * cut(a, b)\n"
        "    return padded[:, 1:14, 1:14] + (centre - 1) * pictures",
        "written while it is read",
        "that are changed already",
    ),
    hexagon(
        "return centre * (pictures + ring * sum(cut(a, b) for a, b in six))",
        "a bracket",
        "with `centre` as well",
    ),
    hexagon(
        "from scipy.ndimage import correlate\n    kernel = np.array([[ring, ring, 0], [ring, centre, ring], "
        "[0, ring, ring]])\n    return np.array([correlate(p, kernel) for p in pictures])",
        "the other diagonal, and SciPy's own edge",
        "SciPy's `reflect`",
    ),
    hexagon(
        "seen = pmts.from_grid(pictures)\n    around = seen[:, pmts.neighbours % 127].sum(axis=2)\n"
        "    return pmts.to_grid(centre * seen + ring * around)",
        "the number of no tube taken for tube 0",
        "a zero belongs there",
    ),
    hexagon("return pmts.to_grid(pmts.from_grid(pictures)[:, pmts.neighbours])", "index", "out of bounds"),
    hexagon("return pictures", "untouched", "returned as they came"),
    hexagon(
        "return (centre * pictures + ring * sum(cut(a, b) for a, b in six))[0]", "the first", "One picture"
    ),
    hexagon("result = centre * pictures + ring * sum(cut(a, b) for a, b in six)", "no return", "None"),
    hexagon("return centre * pictures + ring * sum(cut(a, b) for a, b in neighbours)", "a name", "NameError"),
    hexagon("return pmts.from_grid(centre * pictures)", "tubes", "Tubes, not a grid"),
    depth(
        "line.decision_function(np.log1p(x.sum(axis=(1, 2), dtype=float)))",
        "no drift time",
        "what do they tell",
    ),
    depth("np.zeros((len(x), 1))", "a column", "one number an event"),
    depth("np.full(len(x), np.nan)", "NaN", "not finite"),
    depth(
        "-line.decision_function(np.log1p(x.sum(axis=(1, 2), dtype=float)))",
        "upside down",
        "Are higher scores",
    ),
    depth("np.asarray(t)", "the drift time alone", "Yours"),
]
