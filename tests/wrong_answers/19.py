"""Plausible wrong answers to the exercises of lesson 19, each with the hint that names the mistake."""


def along(body, why, hint):
    """One wrong `turned_along`; `f` and `m` are the answers to the patterns and to their mirror images."""
    code = (
        "def turned_along(say, patterns):\n"
        "    p = patterns\n"
        "    f, m = say(p), say(p[:, ::-1])\n"
        f"    {body}\n"
    )
    return {"exercise": "1", "why": why, "code": code, "hint": hint}


def shares(body, why, hint):
    """One wrong `shares_of`; `each` are the shares in each order, `r` their mean, `whole` the difference."""
    code = (
        "def shares_of(say, reference, event):\n"
        "    d, x, x0 = len(event), event, reference\n"
        "    one = lambda v: say(np.array(v, dtype=float)[None])[0]\n"
        "    def steps(order):\n"
        "        now, out = np.array(x0, dtype=float), np.zeros(d)\n"
        "        for k in order:\n"
        "            before = one(now)\n"
        "            now[k] = x[k]\n"
        "            out[k] = one(now) - before\n"
        "        return out\n"
        "    each = np.array([steps(o) for o in itertools.permutations(range(d))])\n"
        "    r, whole, eye = each.mean(axis=0), one(x) - one(x0), np.eye(d, dtype=bool)\n"
        "    first = np.array([one(np.where(k, x, x0)) - one(x0) for k in eye])\n"
        "    last = np.array([one(x) - one(np.where(k, x0, x)) for k in eye])\n"
        "    slope = lambda at: np.array([(one(at + 1e-5 * k) - one(at - 1e-5 * k)) / 2e-5 for k in np.eye(d)])\n"
        f"    {body}\n"
    )
    return {"exercise": "2", "why": why, "code": code, "hint": hint}


LOOPS = (
    "def shares_of(say, reference, event):\n"
    "    d, shares = len(event), np.zeros(len(event))\n"
    "    orders = list(itertools.permutations(range(d)))\n"
    "    {first}\n"
    "    for order in orders:\n"
    "        now = reference.copy()\n"
    "        before = say(now[None])[0]\n"
    "        for i, k in enumerate(order):\n"
    "            now[k] = event[k]\n"
    "            after = say(now[None])[0]\n"
    "            shares[k] += after - before\n"
    "            before = after\n"
    "    return shares / len(orders)\n"
)


def loops(first, old, new, why, hint):
    """One wrong `shares_of` of two loops: a line before them, and `new` where `old` stood."""
    code = LOOPS.format(first=first or "pass").replace(old, new)
    return {"exercise": "2", "why": why, "code": code, "hint": hint}


WEIGHTS = [
    ("math.factorial(n) * math.factorial(d - n) / math.factorial(d)", "weights of d - n"),
    ("1 / d", "every set a d-th"),
    ("1 / d / math.comb(d, n)", "sizes among all d"),
]


def sets(weight, why):
    """One wrong `shares_of` over the sets of the other inputs, with a wrong weight of a set of n."""
    code = (
        "def shares_of(say, reference, event):\n"
        "    d, shares = len(event), np.zeros(len(event))\n"
        "    value = lambda s: say(np.where(np.isin(np.arange(d), s), event, reference)[None])[0]\n"
        "    for k in range(d):\n"
        "        for n in range(d):\n"
        "            for s in itertools.combinations([i for i in range(d) if i != k], n):\n"
        f"                shares[k] += {weight} * (value([*s, k]) - value(list(s)))\n"
        "    return shares\n"
    )
    return {"exercise": "2", "why": why, "code": code, "hint": "The sets have other weights"}


def formula(code, why, hint):
    """One wrong pair of `terms` and `coefficients`."""
    return {"exercise": "3", "why": why, "code": code, "hint": hint}


WRONG = [
    along("return f", "the network's own", "own answer"),
    along("return m", "the mirror's alone", "mirror image's answer alone"),
    along("return -m", "the mirror's alone, turned", "mirror image's answer alone"),
    along("return (f + m) / 2", "plus", "the same for a pattern and its mirror image"),
    along("return f + m", "plus, no half", "the same for a pattern and its mirror image"),
    along("return f - m", "no half", "a half is missing"),
    along("return m - f", "no half, turned", "And the sign is turned"),
    along("return (m - f) / 2", "turned", "The sign is turned"),
    along("return (f - say(p[::-1])) / 2", "events reversed", "The *events* are reversed"),
    along("return (f - say(p[::-1, ::-1])) / 2", "both reversed", "Tubes *and* events are reversed"),
    along("return (f - m[::-1]) / 2", "answers reversed", "Tubes *and* events are reversed"),
    along("return say((p - p[:, ::-1]) / 2)", "asked once", "The network is asked once"),
    along("return say((p + p[:, ::-1]) / 2)", "asked about the mean", "The network is asked once"),
    along("return (f - say(-p)) / 2", "counts negative", "as counts of the other sign give, or no light"),
    along("return f - f.mean()", "mean taken off", "own answer +3.463 for all"),
    along("return ((f - m) / 2).mean()", "one number", "one number: an answer for each"),
    along("return np.where(f < 0, -m, f)", "chosen by sign", "That is the frame"),
    along(
        "lean = p @ (np.arange(p.shape[1]) - (p.shape[1] - 1) / 2)\n    return np.where(lean < 0, -m, f)",
        "frame",
        "That is the frame",
    ),
    along("return (f - say(p[:, ::-1][:, ::-1])) / 2", "mirrored twice", "or a pattern mirrored twice"),
    along("return f - m / 2", "no brackets", "are brackets missing?"),
    along("return f / 2 - m", "no brackets, the other", "are brackets missing?"),
    along(
        "lean = p @ (np.arange(p.shape[1]) - (p.shape[1] - 1) / 2)\n    return np.where(lean < 0, m, f)",
        "frame, no sign",
        "a frame whose sign was not brought back",
    ),
    along("p[:] = p[:, ::-1]\n    return (f - say(p)) / 2", "in place", "changes `patterns` itself"),
    along("return (f - m) * np.nan", "no numbers", "no finite numbers"),
    along("return (f - np.flip(m, 1)) / 2", "an axis too many", "answers have one axis"),
    along("return np.maximum(f, -m)", "larger", "The larger of the two is chosen"),
    along("return np.abs(f - m) / 2", "sizes", "the same for a pattern and its mirror image"),
    along("return (f - say(np.roll(p, 1, axis=1))) / 2", "rolled", "The tubes are moved along"),
    along("return np.stack([f, -m], axis=1)", "both", "side by side"),
    along("return (f - m) / 4", "halved twice", "Divided by two twice"),
    along("return np.round((f - m) / 2)", "rounded", "the right ones, rounded"),
    along("return 0.3 * f - 0.7 * m", "unequal weights", "0.3 times the patterns' answers"),
    along("return list((f - m) / 2)[:-1]", "one missing", "The last one is missing"),
    along("(f - m) / 2", "no return", "is there a return?"),
    along("return (f - m[:, ::-1]) / 2", "answers mirrored", "answers have one axis"),
    along("return np.zeros(len(p))", "zeros", "was no network asked"),
    along("return np.ones(len(p))", "ones", "All are 1"),
    along("return f - say(np.zeros_like(p))", "less no light", "or no light"),
    along("return f - say(np.ones_like(p))", "less even light", "for all patterns alike"),
    along("return f - np.mean(f + m) / 2", "one constant", "for all patterns alike"),
    along("return -(f + m) / 2", "minus before the mean", "the same for a pattern and its mirror image"),
    along("return (f + 15 - m) / 2", "tubes counted from the end", "the right ones plus 7.5"),
    along("return (f + 200 - m) / 2", "mm from the end", "the right ones plus 100"),
    along("return say(p + p[:, ::-1]) / 2", "asked once, halved", "The network is asked once"),
    along(
        "return np.array([(say(x) - say(x[::-1])) / 2 for x in p])",
        "rows alone",
        "One pattern alone is `x[None]`",
    ),
    along(
        "return np.array([(say(x[None]) - say(x[None, ::-1])) / 2 for x in p])",
        "an axis",
        "their shape is not",
    ),
    along("return (f - say(p[:, -1])) / 2", "last tube", "was given shape (200,)"),
    along("return (f - say(p[:, -1:])) / 2", "last tube, an axis", "Each row holds all tubes"),
    along("return (f - say(p[:, :0:-1])) / 2", "first tube lost", "was given shape (200, 15)"),
    along("return (f - say(p.T)) / 2", "transposed", "was given shape (16, 200)"),
    along("return f[:, ::-1]", "answers mirrored alone", "answers have one axis"),
    along(
        "q, n = p.copy(), p.shape[1]\n"
        "    for i in range(n):\n"
        "        q[:, i] = q[:, n - 1 - i]\n"
        "    return (f - say(q)) / 2",
        "mirror written over itself",
        "Half of the tubes keep their counts",
    ),
    along(
        "q, n = p.copy(), p.shape[1]\n"
        "    for i in range(n):\n"
        "        q[:, n - 1 - i] = q[:, i]\n"
        "    return (f - say(q)) / 2",
        "mirror written over itself, the other half",
        "Half of the tubes keep their counts",
    ),
    along(
        "q = p.copy()\n    q[:, [0, -1]] = q[:, [-1, 0]]\n    return (f - say(q)) / 2",
        "ends exchanged",
        "The first and the last tube alone",
    ),
    along("return (f - say(np.roll(p, p.shape[1] // 2, axis=1))) / 2", "halves", "The tubes are moved along"),
    along("return (f - say(np.sort(p, axis=1))) / 2", "sorted", "sorted by size"),
    along("return np.sign(f) * (np.abs(f) + np.abs(m)) / 2", "sizes and a sign", "a sign is put on"),
    along("return (f + np.copysign(m, f)) / 2", "copysign", "a sign is put on"),
    along("return (np.abs(f) - np.abs(m)) / 2", "sizes subtracted", "The sizes are subtracted"),
    along("return np.sqrt(np.abs(f * m))", "geometric", "the root of a product"),
    along("return np.sign(f - m) * np.sqrt(np.abs(f * m))", "geometric, signed", "the root of a product"),
    along("return np.where(np.abs(f) < np.abs(m), f, -m)", "smaller", "The smaller of the two"),
    along("return (2 * f - m) / 3", "two thirds", "0.667 times the patterns' answers"),
    along("return np.round((f - m) / 2, 3)", "rounded to 3", "the right ones, rounded"),
    along("return ((f - m) / 2).astype(int)", "whole numbers", "the right ones, rounded"),
    along("return (f - m) // 2", "floor", "the right ones, rounded"),
    along("return np.mean([f, -m], axis=1)", "other axis", "means over the events"),
    along("return np.mean([f, -m])", "no axis", "one number: an answer for each"),
    along("return f, -m", "a pair", "one above the other"),
    along("return np.concatenate([f, -m])", "one behind the other", "one behind the other"),
    along("return (network(p) - network(p[:, ::-1])) / 2", "`network` written in", "this one has nine tubes"),
    along(
        "return (f - say(p[:, np.arange(15, -1, -1)])) / 2", "sixteen written in", "this one has nine tubes"
    ),
    along("return (say(patterns) - say(p[:, :0:-1])) / 2", "a tube lost", "Each row holds all tubes"),
    along("return (f + 1 / m) / 2", "brought back by 1 / m", "do not turn along"),
    {
        "exercise": "1",
        "why": "the patterns of the first case written in",
        "code": "given = patterns\n\n\ndef turned_along(say, patterns):\n"
        "    return (say(given) - say(given[:, ::-1])) / 2\n",
        "hint": "The case of sixteen tubes passed",
    },
    shares("return steps(range(d))", "one order", "One order alone"),
    shares("return steps(range(d)[::-1])", "one order, backwards", "One order alone"),
    shares("return (steps(range(d)) + steps(range(d)[::-1])) / 2", "two orders", "Two orders alone"),
    shares("return first", "each alone", "Each input is replaced alone"),
    shares("return last", "each last", "Each input is taken back alone"),
    shares("return -first", "each alone, turned", "And the sign is turned"),
    shares("return (first + last) / 2", "first and last", "The first and the last place alone"),
    shares("return first / first.sum() * whole", "scaled", "Scaled to add up"),
    shares("return each.sum(axis=0)", "not divided", "Not divided by the number of orders"),
    shares("return each.sum(axis=0) / d", "divided by d", "By d, it is"),
    shares("return r / d", "divided by d as well", "Divided by d as well"),
    shares("return each", "each order", "the shares in each order"),
    shares("return -r", "turned", "The sign is turned"),
    shares("return np.abs(r)", "sizes", "The sizes alone"),
    shares("return np.abs(each).mean(axis=0)", "mean sizes", "The sizes alone"),
    shares("return slope(x) * (x - x0)", "slope", "slopes times distances"),
    shares("return slope(x0) * (x - x0)", "slope at the reference", "slopes times distances"),
    shares("return slope(x)", "slopes", "Those are slopes"),
    shares(
        "at = [x0 + s * (x - x0) for s in (np.arange(400) + 0.5) / 400]\n"
        "    return (x - x0) * np.mean([slope(a) for a in at], axis=0)",
        "the lesson's walk",
        "Those are integrated gradients",
    ),
    shares(
        "sets = [np.array(s) for s in itertools.product((False, True), repeat=d)]\n"
        "    value = lambda s: one(np.where(s, x, x0))\n"
        "    return np.array([np.mean([value(s | k) - value(s) for s in sets if not (s & k).any()]) for k in eye])",
        "every set alike",
        "Every *set* of the others counts alike",
    ),
    shares("return np.full(d, whole / d)", "equal", "Equal parts"),
    shares(
        "at = [x0 + s * (x - x0) for s in (np.arange(64) + 0.5) / 64]\n"
        "    return (x - x0) * np.mean([slope(a) for a in at], axis=0)",
        "the walk in few steps",
        "integrated gradients",
    ),
    shares("return slope((x + x0) / 2) * (x - x0)", "slope at the midpoint", "The slope at the midpoint"),
    shares(
        "at = [x0 + s * (x - x0) for s in (np.arange(400) + 0.5) / 400]\n"
        "    return np.mean([slope(a) for a in at], axis=0)",
        "the walk without its length",
        "slopes along a walk",
    ),
    shares(
        "return np.mean([each[i][list(o)] for i, o in enumerate(itertools.permutations(range(d)))], axis=0)",
        "at the place in the order",
        "written at its place in the order",
    ),
    shares("return each[:-1].mean(axis=0)", "last order dropped", "The last order is left out"),
    shares("return each[1:].mean(axis=0)", "first order dropped", "The first order is left out"),
    shares("return each[0] / len(each)", "copy made once", "is the working copy new in each"),
    shares("return each[-1] / len(each)", "= for +=", "`=` stands where `+=` is wanted"),
    shares(
        "def grown(order):\n"
        "        now, out = np.array(x0, dtype=float), np.zeros(d)\n"
        "        for k in order:\n"
        "            now[k] = x[k]\n"
        "            out[k] = one(now) - one(x0)\n"
        "        return out\n"
        "    return np.mean([grown(o) for o in itertools.permutations(range(d))], axis=0)",
        "the answer before is never updated",
        "stays the reference's",
    ),
    shares(
        "return np.mean([steps(o) for o in itertools.permutations(range(d), 2)], axis=0)",
        "orders of two",
        "Two inputs alone are replaced in each order",
    ),
    shares(
        "return np.mean([steps(o) for o in itertools.permutations(range(3))], axis=0)",
        "three written in",
        "The first case passed, but this one has 4 inputs",
    ),
    shares(
        "say = score_2\n    return np.mean([steps(o) for o in itertools.permutations(range(d))], axis=0)",
        "the score written in",
        "`score_2` is written in",
    ),
    shares("return np.array([one(x) - one(np.where(k, 0, x)) for k in eye])", "set to zero", "Set to zero"),
    shares(
        "draw = np.random.default_rng(1)\n"
        "    return np.mean([steps(draw.permutation(d)) for _ in range(40)], axis=0)",
        "random orders",
        "each of the d! orders counts, and once",
    ),
    shares("return r * np.nan", "no numbers", "no finite numbers"),
    shares("return whole", "the whole", "That is the whole difference"),
    shares("return r / whole", "of one", "Shares of one"),
    shares("return 100 * r / whole", "per cent", "Per cent"),
    shares("return np.median(each, axis=0)", "median", "The median over the orders"),
    shares(
        "return np.mean([steps(np.roll(range(d), -k)) for k in range(d)], axis=0)",
        "d orders",
        "Only d orders",
    ),
    shares("return each.std(axis=0)", "spread", "the spread over the orders"),
    shares("return r[::-1]", "reversed", "in the reverse order"),
    shares("return r + 0.1 * np.arange(d)", "something else", "They add up to"),
    shares("return dict(enumerate(r))", "dictionary", "dict"),
    shares("each.mean(axis=0)", "no return", "is there a return?"),
    shares(
        "event[:] = reference\n    return r", "changes the event", "changes `reference` or `event` itself"
    ),
    shares("return say(event)", "one event", "one event is `x[None]`"),
    loops("", "say(now[None])[0]", "say(now)", "one event of one axis", "one event is `x[None]`"),
    loops("", "say(now[None])[0]", "float(say(now[None]))", "float", "`[0]` takes the first"),
    loops(
        "",
        "list(itertools.permutations(range(d)))",
        "itertools.permutations(range(d))",
        "no list",
        "`list(…)` first",
    ),
    loops(
        "",
        "orders = list(itertools.permutations(range(d)))",
        "orders, shares = itertools.permutations(range(d)), np.zeros(d)\n    n = len(list(orders))",
        "run through already",
        "`permutations` runs once",
    ),
    loops("", "range(d)", "event", "orders of values", "permutations of `range(d)`, not of values"),
    loops("", "range(d)", "range(1, d)", "orders from 1", "The first input is never replaced"),
    loops("", "range(d)", "range(1, d + 1)", "orders from 1 to d", "inputs count from 0 to d - 1"),
    loops("", "permutations(range(d))", "combinations(range(d), 2)", "pairs", "Those are sets, not orders"),
    loops("", "permutations(range(d))", "product(range(d), repeat=d)", "product", "`product` repeats inputs"),
    loops(
        "",
        "list(itertools.permutations(range(d)))",
        "[c for n in range(1, d + 1) for c in itertools.combinations(range(d), n)]",
        "sets of all sizes",
        "Those are sets, not orders",
    ),
    loops("", "before = say(now[None])[0]", "before = 0", "before is 0", "yours is another (0?)"),
    loops(
        "",
        "before = say(now[None])[0]",
        "before = say(0 * now[None])[0]",
        "of zeros",
        "yours is another (0?)",
    ),
    loops(
        "before = say(reference[None])[0]",
        "before = say(now[None])[0]",
        "pass",
        "before set once",
        "left over from the order before?",
    ),
    loops(
        "",
        "now[k] = event[k]",
        "now = reference.copy(); now[k] = event[k]",
        "copies",
        "made anew at each *step*",
    ),
    loops("", "before = after", "break", "break", "One replacement alone is counted"),
    loops(
        "",
        "        before = after",
        "        return shares / len(orders)",
        "return inside",
        "One replacement was made",
    ),
    loops("", "before = after", "pass", "before not updated", "stays the reference's"),
    loops(
        "", "shares[k] += after - before", "shares[k] = after - before", "= for +=", "`=` stands where `+=`"
    ),
    loops("", "after - before", "after", "values", "The answers themselves are added up"),
    loops("", "after - before", "after / before", "quotients", "Quotients are added up"),
    loops("", "after - before", "(after - before) ** 2", "squares", "Squares are added up"),
    loops("", "after - before", "int(after - before)", "whole numbers", "cut to whole numbers"),
    loops("shares = np.zeros(d, int)", "pass", "pass", "whole numbers held", "cut to whole numbers"),
    loops("", "now[k] = event[k]", "now[k] += event[k]", "added", "The event's inputs are added"),
    loops(
        "",
        "now[k] = event[k]",
        "now[k] = (event[k] + now[k]) / 2",
        "half way",
        "The inputs go half of the way",
    ),
    loops("", "now[k] = event[k]", "now[i] = event[k]", "at its place", "stands at its place in the *order*"),
    loops("", "shares[k]", "shares[order[(i + 1) % d]]", "the next", "credited to a neighbour"),
    loops("", "shares[k]", "shares[order[i - 1]]", "the one before", "credited to a neighbour"),
    loops(
        "", "reference.copy()", "reference_2.copy()", "`reference_2` written in", "this one has four inputs"
    ),
    loops("", "/ len(orders)", "/ 6", "six orders written in", "so 24 orders, not 6"),
    loops("", "/ len(orders)", "/ math.factorial(d - 1)", "divided by (d - 1)!", "over their number: d!"),
    shares("return each[-1]", "the last order", "add up with `+=`"),
    shares("return (x - x0) / (x - x0).sum() * whole", "by distances", "Split by the distances alone"),
    shares(
        "return np.abs(x - x0) / np.abs(x - x0).sum() * whole", "by sizes", "Split by the distances alone"
    ),
    shares("return r * (x - x0)", "times the distance", "Times or over the distances"),
    shares("return np.abs(r) / np.abs(r).sum()", "sizes of one", "Sizes, scaled to 1"),
    shares("return np.cumsum(r)", "summed", "added up one after the other"),
    shares("return np.round(r, 2)", "rounded", "the right ones, rounded"),
    shares(
        "at = [x0 + s * (x - x0) for s in (np.arange(8) + 0.5) / 8]\n"
        "    return (x - x0) * np.mean([slope(a) for a in at], axis=0)",
        "the walk in eight steps",
        "in few steps",
    ),
    *[sets(weight, why) for weight, why in WEIGHTS],
    formula(
        "def terms(x):\n    return x\n\n\ncoefficients = np.array([0.0, 0.0])\n",
        "nothing",
        "every event gets the same score",
    ),
    formula(
        "def terms(x):\n    return np.column_stack([x[:, 1] - x[:, 0] / 2])\n\n\ncoefficients = [1.0]\n",
        "turned round",
        "the score is turned round",
    ),
    formula(
        "def terms(x):\n    return np.column_stack([x[:, 1] - x[:, 0] / 2])\n\n\ncoefficients = [-1.0]\n",
        "a straight line",
        "Not yet: 1 term,",
    ),
    formula(
        "def terms(x):\n    return x[:, 0]\n\n\ncoefficients = [-1.0]\n",
        "one-dimensional",
        "a row for each event, a column a term",
    ),
    formula("def terms(x):\n    return x\n\n\ncoefficients = [-1.0]\n", "too few numbers", "as many numbers"),
    formula(
        "def terms(x):\n    return np.log(x - 1)\n\n\ncoefficients = [-1.0, 1.0]\n",
        "logarithm of what is negative",
        "Some terms are not finite",
    ),
    formula(
        "def terms(x):\n    return x\n\n\ncoefficients = [1.0, -2.0, 3.0]\n",
        "the constant appended",
        "A constant moves all scores alike",
    ),
    formula(
        "def terms(x):\n"
        "    height = x[:, 1] - x[:, 0] / 2 - 3\n"
        "    return np.column_stack([height * (x[:, 0] < 1.3), height * (x[:, 0] >= 1.3)])\n"
        "\n\ncoefficients = [-1.0, -1.0]\n",
        "two formulas, cut at an S1",
        "a condition is no term",
    ),
    formula(
        "def terms(x):\n    return np.column_stack([x, x[:, 1] - x[:, 0] / 2])\n\n\n"
        "coefficients = [1.0, -1.0, -1.0]\n",
        "a column made of others",
        "can be made of the others",
    ),
    formula(
        "def terms(x):\n"
        "    a, b = x.T\n"
        "    return np.column_stack([a, b, a * a, a * b, b * b])\n"
        "\n\n"
        "spread = terms(x_learn).std(axis=0)\n"
        "coefficients = LogisticRegression(C=1e5, max_iter=2000).fit(terms(x_learn) / spread, nuclear).coef_[0]\n",
        "scaled for the fit, not scaled back",
        "were the terms scaled for the fit?",
    ),
    formula("def terms(x):\n    return x[:10]\n\n\ncoefficients = [-1.0, 1.0]\n", "few rows", "10 rows for"),
    formula(
        "def terms(x):\n"
        "    a, b = (x[:, 0] - 1.3) / 0.3, 5 * (x[:, 1] - x[:, 0] / 2 - 3)\n"
        "    return np.stack([a**i * b**j for i in range(5) for j in range(5 - i) if i + j], axis=1)\n"
        "\n\n"
        "fit = LogisticRegression(C=1e5, max_iter=2000).fit(terms(x_learn), nuclear)\n"
        "coefficients = fit.coef_[0]\n",
        "too many terms",
        "good has at most 9 terms",
    ),
    formula(
        "def whole(x):\n"
        "    a, b = (x[:, 0] - 1.3) / 0.3, 5 * (x[:, 1] - x[:, 0] / 2 - 3)\n"
        "    return np.stack([a**i * b**j for i in range(4) for j in range(4 - i) if i + j], axis=1)\n"
        "\n\n"
        "fit = LogisticRegression(C=1e5, max_iter=2000).fit(whole(x_learn), nuclear)\n"
        "terms = lambda x: (whole(x) @ fit.coef_[0])[:, None]\n"
        "coefficients = [1.0]\n",
        "a formula in one column",
        "it is a whole formula",
    ),
    formula(
        "terms = lambda x: (x - x.mean(axis=0)) / x.std(axis=0)\ncoefficients = [1.0, -2.0]\n",
        "standardised within",
        "depend on the other events",
    ),
    formula(
        "terms = lambda x: np.column_stack([np.ones(len(x)), x])\ncoefficients = [3.0, 1.0, -2.0]\n",
        "a constant column",
        "a constant is not counted",
    ),
    formula("terms = lambda x: x\ncoefficients = np.array([[1.0, -2.0]])\n", "a row", "`coef_[0]`"),
]
