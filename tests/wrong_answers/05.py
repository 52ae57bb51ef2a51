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
    precision("return s * r / s * r + (1 - s) * f", "brackets missing", "Brackets are missing"),
    precision("return s * r / (s * r + 1 - s * f)", "brackets missing below", "Brackets are missing"),
    precision(
        "s = 0.3516\n    return s * r / (s * r + (1 - s) * f)", "the talk's share", "The talk's share is"
    ),
    precision("f = 0.02\n    return s * r / (s * r + (1 - s) * f)", "the talk's alarms", "rate is written"),
    precision(
        "r = 0.9807\n    return s * r / (s * r + (1 - s) * f)", "the talk's recall", "recall is written"
    ),
    precision("return s * f / (s * f + (1 - s) * r)", "the rates exchanged", "rate are exchanged"),
    precision("return 0.9639 * s / 0.3516", "the talk's precision scaled", "scale otherwise"),
    precision(
        "return 0.9639 * s / (0.9639 * s + (1 - s) * (1 - 0.9639))", "precision for recall", "recall belongs"
    ),
    precision("return 1 - (1 - s) * f / (s * r)", "one less false over found", "False over found"),
    precision("return s * r / (s * r + (s - 1) * f)", "a sign", "1 - share, not share - 1"),
    precision("return s * r / (s * r + (100 - s) * f)", "per cent inside", "not to 100"),
    precision("return np.log(s * r / ((1 - s) * f))", "log odds", "The logarithm of found"),
    precision(
        "return s * (1 - r) / (s * (1 - r) + (1 - s) * (1 - f))", "those missed", "among those *not* called"
    ),
    precision("return s / (s * r + (1 - s) * f)", "recall missing above", "recall is missing above"),
    precision("return r / (s * r + (1 - s) * f)", "share missing above", "share is missing above"),
    precision("return s**2 * r / (s**2 * r + (1 - s) ** 2 * f)", "squared", "enter squared"),
    precision("return (s + r) / 2", "a mean", "A mean of share and recall"),
    precision("return 2 * s * r / (s + r)", "F1 of the wrong two", "F1 of share and recall"),
    precision("return round(s * r / (s * r + (1 - s) * f), 3)", "rounded", "Rounded"),
    precision("return 0.04678", "a number", "The answer for one mix"),
    precision(
        "found, false = int(1000 * s * r), int(1000 * (1 - s) * f)\n    return found / (found + false)",
        "whole events",
        "whole numbers",
    ),
    precision("return s.r", "a dot for a star", "a number has no parts"),
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
    hexagon(
        "return centre * pictures + ring * sum(cut(a, b) for a, b in [*six, (1, 1)])",
        "seven",
        "Seven neighbours",
    ),
    hexagon(
        "return centre * pictures + ring * sum(cut(a, b) for a, b in [*six[:4], (-1, -1), (1, -1)])",
        "two corners on one side",
        "lie on one side",
    ),
    hexagon(
        "return centre * pictures + ring * sum(cut(a, b) for a, b in six[::2])",
        "three neighbours",
        "Your weights in the window",
    ),
    hexagon(
        "return (centre - ring) * pictures + ring * sum(cut(a, b) for a, b in six)",
        "the ring taken off the middle",
        "[0.7, 4.3, 0.7]",
    ),
    hexagon(
        "wide = np.pad(pictures, ((0, 0), (2, 2), (2, 2)))\n    return centre * pictures + ring * "
        "sum(wide[:, 2 + 2 * a : 15 + 2 * a, 2 + 2 * b : 15 + 2 * b] for a, b in six)",
        "two steps away",
        "reaches too far",
    ),
    hexagon(
        "return centre * pictures + ring * sum(np.roll(pictures, s, axis=(0, 1)) for s in six)",
        "np.roll over pictures",
        "along the wrong axes",
    ),
    hexagon(
        "return centre * pictures + ring * sum(np.roll(pictures, 13 * a + b) for a, b in six)",
        "np.roll without an axis",
        "along the wrong axes",
    ),
    hexagon(
        "out = pictures.astype(float)\n    out[:, 1:12, 1:12] = (centre * pictures + ring * sum(cut(a, b) "
        "for a, b in six))[:, 1:12, 1:12]\n    return out",
        "the edge left",
        "left as they came",
    ),
    hexagon(
        "out = centre * pictures\n    for i in range(13):\n        for j in range(13):\n            for a, b in six:\n"
        "                if i + a < 13 and j + b < 13:\n"
        "                    out[:, i, j] += ring * pictures[:, i + a, j + b]\n    return out",
        "below zero not asked",
        "counts from the other end",
    ),
    hexagon(
        "out = pictures.astype(float)\n    for i in range(13):\n        for j in range(13):\n"
        "            near = [(i + a, j + b) for a, b in six if 0 <= i + a < 13 and 0 <= j + b < 13]\n"
        "            out[:, i, j] = centre * out[:, i, j] + ring * sum(out[:, a, b] for a, b in near)\n    return out",
        "in place",
        "write into another array",
    ),
    hexagon(
        "once = centre * pictures + ring * sum(cut(a, b) for a, b in six)\n"
        "    padded = np.pad(once, ((0, 0), (1, 1), (1, 1)))\n"
        "    return centre * once + ring * sum(cut(a, b) for a, b in six)",
        "twice",
        "applied twice",
    ),
    hexagon(
        "return (centre * pictures + ring * sum(cut(a, b) for a, b in six))[:, ::-1]",
        "flipped",
        "upside down",
    ),
    hexagon(
        "return (centre * pictures + ring * sum(cut(a, b) for a, b in six)).transpose(0, 2, 1)",
        "transposed",
        "exchanged on the way",
    ),
    hexagon(
        "return centre * pictures + ring * np.max([cut(a, b) for a, b in six], axis=0)", "maximum", "maximum"
    ),
    hexagon(
        "padded = np.pad(pictures, ((0, 0), (1, 1), (1, 1)), constant_values=1)\n"
        "    return centre * pictures + ring * sum(cut(a, b) for a, b in six)",
        "a one beyond",
        "a one beyond the edge",
    ),
    hexagon(
        "pictures, padded = pictures > 0, padded > 0\n"
        "    return centre * pictures + ring * sum(1.0 * cut(a, b) for a, b in six)",
        "light or none",
        "the counts themselves",
    ),
    hexagon(
        "return (centre * pictures + ring * sum(cut(a, b) for a, b in six)).astype(np.uint16)",
        "whole numbers",
        "after the point is cut off",
    ),
    hexagon(
        "from scipy.ndimage import correlate\n"
        "    kernel = np.array([[0, ring, ring], [ring, centre, ring], [ring, ring, 0]])\n"
        "    return correlate(pictures.astype(float), kernel, mode='constant')",
        "a flat filter for a stack",
        "one picture at a time",
    ),
    hexagon(
        "tubes = pmts.from_grid(pictures)\n    full = np.column_stack([tubes, np.zeros(len(tubes))])\n"
        "    return pmts.to_grid(centre * tubes + ring * full[:, pmts.neighbours].sum(axis=1))",
        "summed over tubes",
        "along the *last* axis",
    ),
    {
        "exercise": "3",
        "why": "trained on the test events",
        "code": "def train_with_depth(images, drift_time, label):\n    known = events['test']\n"
        "    return lambda x, t: np.asarray(t)\n",
        "hint": "looks at the test events",
    },
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
