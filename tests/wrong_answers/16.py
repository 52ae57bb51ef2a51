"""Plausible wrong answers to the exercises of lesson 16, each with the hint that names the mistake."""

import json
from pathlib import Path

SOLUTIONS = Path(__file__).parents[2] / "notebooks/solutions/16_when_it_breaks.ipynb"
CELLS = {cell["id"]: "".join(cell["source"]) for cell in json.loads(SOLUTIONS.read_text("utf-8"))["cells"]}


def turned(body, why, hint):
    """One wrong `another_mix`; `c` are chances, `p` and `q` the learned and asked mixes, `r` q/p."""
    code = (
        "def another_mix(chance, learned, asked):\n"
        "    c, p, q, n = chance, learned, asked, len(learned)\n"
        "    one = lambda v, axis=1: v / v.sum(axis=axis, keepdims=True)\n"
        "    r, soft = q / p, lambda v: one(np.exp(v))\n"
        f"    {body}\n"
    )
    return {"exercise": "1", "why": why, "code": code, "hint": hint}


def sets(body, why, hint):
    """One wrong `sets_by_kind`; `true` are the fresh chances of the true kind, `each` those of each kind's own."""
    code = (
        "def sets_by_kind(fresh_chance, fresh_kind, chance, level):\n"
        "    f, y, c, n = fresh_chance, fresh_kind, chance, chance.shape[1]\n"
        "    true, kinds, a = f[np.arange(len(y)), y], range(n), 1 - level\n"
        "    each, q = [f[y == k, k] for k in kinds], np.quantile\n"
        "    good = c >= [q(e, a) for e in each]\n"
        f"    {body}\n"
    )
    return {"exercise": "2", "why": why, "code": code, "hint": hint}


def verdict(body, why, hint, before=""):
    """One wrong `diagnose` with the course's alarms `a` at hand; `before` changes the alarms."""
    code = CELLS["answer-3"].replace("def alarms(", "def course_alarms(")
    code += f"\n\ndef alarms(case):\n    a = course_alarms(case)\n    {before or 'pass'}\n    return a\n"
    code += f"\n\ndef diagnose(case):\n    a = course_alarms(case)\n    {body}\n"
    return {"exercise": "3", "why": why, "code": code, "hint": hint}


FIRST = "return next((n for n in {} if a[n] > 1), 'healthy')"
ORDER = FIRST.format("('copies', 'a rare kind', 'other events', 'wrong labels', 'too sure')")

WRONG = [
    turned("return one(c / r)", "mixes exchanged", "The mixes are exchanged"),
    turned("return c / r", "exchanged, not normalised", "And its rows do not add up"),
    turned("return one(c * q)", "only multiplied", "Only multiplied"),
    turned("return c * q", "only multiplied, not normalised", "Only multiplied"),
    turned("return one(c / p)", "only divided", "Only divided"),
    turned("return c * r", "not divided by the sum", "Not normalised"),
    turned("return one(c * r, 0)", "over the events", "Normalised over the events"),
    turned("return c * r / (c * r).sum()", "over everything", "over everything at once"),
    turned("return one(c * q / p**2)", "divided twice", "Divided by the learned share twice"),
    turned("return one(c * r**2)", "turned twice", "Turned twice"),
    turned("return one(c * r * r)", "turned twice, again", "Turned twice"),
    turned("return soft(np.log(c) + r)", "a log left out", "A logarithm is left out"),
    turned("return soft(c + np.log(r))", "a log left out of the chances", "A logarithm is left out"),
    turned("return soft(np.log(c) + q - p)", "logs of the mixes left out", "A logarithm is left out"),
    turned("return np.log(c) + np.log(r)", "logarithms", "Those are logarithms"),
    turned("return one(np.log(c) + np.log(r))", "logarithms normalised", "The logarithms are normalised"),
    turned("return soft(c * r)", "softmax", "A softmax of chances"),
    turned("return one(c * r).argmax(axis=1)", "the likeliest", "likeliest kind only"),
    turned("return np.eye(n)[one(c * r).argmax(axis=1)]", "one-hot", "likeliest kind only"),
    turned("return one(c * r).max(axis=1)", "the largest chance", "likeliest kind only"),
    turned("return one(c + q - p)", "added", "Added instead of multiplied"),
    turned("return c + q - p", "added, not normalised", "Added instead of multiplied"),
    turned("return one(c + r)", "ratio added", "Added instead of multiplied"),
    turned("return np.tile(q, (len(c), 1))", "the new mix", "the new mix itself"),
    turned("return c", "nothing done", "nothing is turned"),
    turned("return one(c * r).mean(axis=0)", "mean over events", "the mean over the events"),
    turned("return one(c * r).T", "transposed", "Rows and columns are exchanged"),
    turned("return 100 * one(c * r)", "per cent", "per cent"),
    turned("return one(c * q / c.mean(axis=0))", "mean chance for the learned mix", "the chances' own mean"),
    turned("return c * r / (c * r).max(axis=1, keepdims=True)", "by the largest", "by the row's sum"),
    turned("return np.clip(c * r, 0, 1)", "cut off", "Cut off at one"),
    turned("return c * r / (c * r + (1 - c) * (1 - q) / (1 - p))", "against the rest", "against the rest"),
    turned("return one(c**r)", "power", "The ratio is an exponent"),
    turned("return one(c * np.sqrt(r))", "root", "The ratio's root"),
    turned("return r", "the ratio", "the ratio alone"),
    turned("return (c.T * r).T", "wrong axis", "Your code stopped"),
    turned("return c * r / (c * r).sum(axis=1)", "no keepdims", "Your code stopped"),
    turned("return one(c * [0.25 / 0.6, 0.2 / 0.3, 5.5])", "typed in", "Your code stopped"),
    turned("one(c * r)", "no return", "is there a return?"),
    turned("return {'chance': one(c * r)}", "dictionary", "dict"),
    turned("return one(c * r).astype(str)", "text", "text"),
    turned("return one(c * r).round(1)", "rounded", "are they rounded?"),
    turned("return one(c * (1 + q - p))", "times a difference", "Times the difference of the mixes"),
    turned("o = c / (1 - c) * r\n    return o / (1 + o)", "odds", "Odds and sigmoids are for two kinds"),
    turned("return one(c * r)[:, ::-1]", "columns reversed", "the other way round along axis 1"),
    turned("return (c * r).sum(axis=1)", "row sums", "Row sums: divide"),
    turned("return one(one(c * r) * q)", "the new mix again", "Multiplied by the asked share twice"),
    turned("return one(c * r)[0]", "the first event", "one event alone"),
    turned("return one(c * r)[:, :3]", "three columns", "shape (300, 4)"),
    turned(
        "return one(c * [0.25, 0.2, 0.55] / p) if n == 3 else c", "typed in, else old", "nothing is turned"
    ),
    sets("return c >= q(true, a)", "one threshold for all", "One threshold for all kinds"),
    sets("return c >= q(true, level)", "one, from the wrong tail", "One threshold for all kinds"),
    sets("return c >= [q(e, level) for e in each]", "0.9 quantile", "The wrong tail"),
    sets("return c >= [q(f[:, k], a) for k in kinds]", "any kind", "comes from all fresh events"),
    sets("return c >= q(f, a, axis=0)", "any kind, axis 0", "comes from all fresh events"),
    sets("return c >= q(f, level, axis=0)", "any kind, wrong tail", "comes from all fresh events"),
    sets("return c >= q(f.max(axis=1), a)", "largest, for all", "of the largest chance"),
    sets("return c >= [q(f[y == k].max(axis=1), a) for k in kinds]", "largest", "of the largest chance"),
    sets(
        "o = np.sort(c, axis=1)[:, ::-1]\n"
        "    l = np.minimum((o.cumsum(axis=1) < level).sum(axis=1), n - 1)\n"
        "    return c >= np.take_along_axis(o, l[:, None], axis=1)",
        "naive",
        "Kinds are added, the likeliest first",
    ),
    sets("return c >= q(c, a, axis=0)", "from the new events", "come from the new events"),
    sets(
        "return c >= [q(c[c.argmax(axis=1) == k, k], a) for k in kinds]",
        "from the new events, as named",
        "come from the new events",
    ),
    sets(
        "return c >= [q(f[f.argmax(axis=1) == k, k], a) for k in kinds]",
        "by the named kind",
        "sorted by the *named* kind",
    ),
    sets("return c >= level", "stated 0.9", "held against 0.9, the level"),
    sets("return c >= a", "stated 0.1", "held against 0.1, one less the level"),
    sets("return c >= 0.5", "stated half", "held against 0.5"),
    sets("return c == c.max(axis=1, keepdims=True)", "the likeliest", "Only the likeliest kind"),
    sets("return c.argmax(axis=1)", "the named", "One for each event"),
    sets("return good.astype(float)", "floats", "They are zeros and ones"),
    sets("return np.where(good, c, 0)", "chances", "They are numbers"),
    sets("return good.T", "transposed", "Rows and columns are exchanged"),
    sets("return [q(e, a) for e in each]", "thresholds", "are those the thresholds?"),
    sets("return f >= [q(e, a) for e in each]", "of the fresh events", "sets of the *fresh* events"),
    sets("return good | (c == c.max(axis=1, keepdims=True))", "likeliest always in", "Empty sets are filled"),
    sets("return good | ~good.any(axis=1, keepdims=True)", "empties made full", "Empty sets are filled"),
    sets("return ~good", "complement", "that are *not* in the set"),
    sets("return c >= [q(e, a / 2) for e in each]", "two tails", "half of 1 − level"),
    sets("return c >= [q(e, a / n) for e in each]", "over kinds", "over the number of kinds"),
    sets("return c >= [np.percentile(e, a) for e in each]", "percentile", "a hundredth of 1 − level"),
    sets("return c >= [np.median(e) for e in each]", "median", "at one half"),
    sets("return c >= [e.mean() for e in each]", "mean", "The thresholds are means"),
    sets("return c >= [e.min() for e in each]", "smallest", "The thresholds are the smallest"),
    sets("return c >= np.mean([q(e, a) for e in each])", "their mean", "made of three"),
    sets(
        "return c >= [q(f[y != k, k], level) for k in kinds]", "not of the kind", "that are *not* of the kind"
    ),
    sets("return c >= [q(e, 0.1) for e in each]", "level typed in", "The level 0.9 is written"),
    sets("return c >= [q(e, 90) for e in each]", "ninety", "Your code stopped"),
    sets("return np.ones(c.shape, dtype=bool)", "all", "Every kind is in every set"),
    sets("return [list(np.flatnonzero(s)) for s in good]", "lists", "The sets differ in length"),
    sets("return good.sum(axis=1)", "sizes", "One for each event"),
    sets("return good.mean()", "a share", "The shape is ()"),
    sets("good", "no return", "is there a return?"),
    sets("return good[::-1]", "reversed", "Your list of coverages"),
    sets("return c >= q(1 - true, level)", "1 − chance", "a quantile of 1 − chance"),
    sets("return c >= [e.mean() - e.std() for e in each]", "mean less sd", "a normal distribution's"),
    sets("return c >= [level * np.median(e) for e in each]", "level × median", "level × a mean or median"),
    sets("return c.max(axis=1, keepdims=True) >= [q(e, a) for e in each]", "largest", "held against each"),
    sets("return c >= [q(f[y == k].ravel(), a) for k in kinds]", "whole rows", "All chances of an event"),
    sets(
        "return c >= [q(e, a) for e in each[::-1]]", "thresholds reversed", "do not belong to the same kind"
    ),
    sets("return -np.sort(-c, axis=1).cumsum(axis=1) <= level", "running sums", "A running sum"),
    sets("return np.sort(c, axis=1) >= [q(e, a) for e in each]", "sorted columns", "The columns are sorted"),
    sets("return good | (c >= level)", "or stated", "kept on one side of the level"),
    sets("return [set(np.flatnonzero(g)) for g in good]", "Python's sets", "Python's own sets"),
    sets("return good[:, :3]", "three columns", "The shape is (3200, 3)"),
    verdict("return 'copies'", "always copies", "Every case is called “copies”"),
    verdict("return 'healthy'", "always healthy", "Every case is called “healthy”"),
    verdict("return None", "nothing", "returned nothing (None)"),
    verdict("return 'rare'", "another word", "one of the names is wanted"),
    verdict("return 2", "a number", "one of the names is wanted"),
    verdict("return max(a, key=a.get)", "never healthy", "The alarm for"),
    verdict(
        FIRST.format("('too sure', 'wrong labels', 'other events', 'a rare kind', 'copies')"),
        "the wrong order",
        "Look at the labels' shares first",
    ),
    verdict("return accused[0]", "reads the answer", "reads `accused`"),
    verdict("return suspect(0) and 'copies'", "reads the suspects", "reads `suspects`"),
    verdict("return np.random.default_rng(0).choice(NAMES)", "the same guess", "Every case is called"),
    verdict(
        "return np.random.default_rng(int(1e6 * abs(case.x_sure[0, 0]))).choice(NAMES)",
        "guessing",
        "Not yet",
    ),
    verdict(ORDER, "alarms that never ring", "rings for 0 of its 6", "a = {n: 0.0 for n in a}"),
    verdict(ORDER, "alarms that always ring", "6 of 6 healthy cases", "a = {n: 2.0 for n in a}"),
    verdict(ORDER, "a list of alarms", "`alarms` returned a list", "a = list(a.values())"),
    verdict(ORDER, "an alarm missing", "holds nothing for “too sure”", "del a['too sure']"),
    verdict(ORDER, "true or false", "An alarm is true or false", "a = {n: v > 1 for n, v in a.items()}"),
    verdict(ORDER, "NaN", "is NaN in one case", "a['wrong labels'] = np.nan"),
    verdict("return [n for n in a if a[n] > 1]", "a list", "one of the names is wanted"),
    verdict("return case.y_later", "labels of later events", "Your code stopped with AttributeError"),
    verdict("return ORDER[0]", "unknown name", "Your code stopped with NameError"),
]
