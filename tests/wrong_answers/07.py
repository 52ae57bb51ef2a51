"""Plausible wrong answers to the exercises of lesson 07, each with the hint that names the mistake."""


def padding(body, why, hint):
    """One wrong `padding_share`; the batches are at hand as `parts`."""
    return {
        "exercise": "1",
        "why": why,
        "code": f"""def padding_share(lengths, size):
    lengths = np.asarray(lengths)
    parts = [lengths[start : start + size] for start in range(0, len(lengths), size)]
    read, true = sum(len(part) * part.max() for part in parts), lengths.sum()
    {body}
""",
        "hint": hint,
    }


def step(body, why, hint):
    """One wrong `score_after`."""
    return {
        "exercise": "2",
        "why": why,
        "code": f"def score_after(scores, lengths, fraction):\n    n = len(lengths)\n    {body}\n",
        "hint": hint,
    }


def ruler(body, why, hint):
    """One wrong `sturdy_score` without training."""
    return {
        "exercise": "3",
        "why": why,
        "code": f"""def sturdy_score(waveforms, drift_time, label):
    def score(waveforms, drift_time):
        table = features(waveforms, 750)
        expected = pulses.expected_width(drift_time, sample_width=750)
        {body}
    return score
""",
        "hint": hint,
    }


SORTED = (
    "lengths = np.sort(lengths){}\n    parts = [lengths[k : k + size] for k in range(0, len(lengths), size)]"
)
SHARE = "return 1 - true / sum(len(part) * part.max() for part in parts)"
READ = "np.maximum(np.ceil(fraction * lengths).astype(int), 1)"
AT = "scores[np.arange(n), {}]"
WRONG = [
    padding(
        "return 1 - true / (len(lengths) * lengths.max())", "the longest of all", "not to the longest of all"
    ),
    padding("return true / read", "the share that is used", "subtract it from 1"),
    padding(
        "full = [p for p in parts if len(p) == size]\n    true = sum(p.sum() for p in full)\n    "
        "return 1 - true / sum(size * p.max() for p in full)",
        "the last batch left out",
        "do not leave it out",
    ),
    padding(
        "whole = lengths[: len(lengths) // size * size].reshape(-1, size)\n    "
        "return 1 - true / (size * whole.max(axis=1).sum())",
        "the last batch left out below the line",
        "missing below",
    ),
    padding("return 1 - true / sum(size * p.max() for p in parts)", "the last filled up", "not filled up"),
    padding(
        "return np.mean([1 - p.sum() / (len(p) * p.max()) for p in parts])",
        "a mean of shares",
        "no mean of shares",
    ),
    padding(
        "return np.average([1 - p.mean() / p.max() for p in parts], weights=[len(p) for p in parts])",
        "weighted with pulses",
        "not with its number of pulses",
    ),
    padding(f"{SORTED.format('')}\n    {SHARE}", "sorted first", "You sort the lengths first"),
    padding(f"{SORTED.format('[::-1]')}\n    {SHARE}", "sorted downwards", "You sort the lengths first"),
    padding(f"parts = np.array_split(lengths, size)\n    {SHARE}", "so many batches", "not of batches"),
    padding(
        f"parts = np.array_split(lengths, -(-len(lengths) // size))\n    {SHARE}",
        "equal batches",
        "not equal ones",
    ),
    padding(
        f"k = -(-len(lengths) // size)\n    parts = [lengths[j::k] for j in range(k)]\n    {SHARE}",
        "every k-th pulse",
        "every 16th pulse",
    ),
    padding("return (read - true) / true", "over the true samples", "divide by all samples that are read"),
    padding("return 1 - read / true", "upside down", "Upside down"),
    padding("return true / read - 1", "the sign turned", "The sign is turned"),
    padding("return read - true", "a number of samples", "the number of padded samples"),
    padding("return read", "the samples that are read", "the number of samples that are read"),
    padding("return 100 * (1 - true / read)", "per cent", "In per cent"),
    padding("return 1 - true / sum(len(p) * p.mean() for p in parts)", "the mean length", "not as its mean"),
    padding(
        "return 1 - lengths.mean() / np.mean([p.max() for p in parts])", "an unweighted mean", "not weighted"
    ),
    padding("return 1 - true / sum(len(p) * p[-1] for p in parts)", "the last pulse", "Not its last pulse"),
    padding("return 1 - true / sum(len(p) * p[0] for p in parts)", "the first pulse", "Not its first pulse"),
    padding(
        "return np.mean(np.concatenate([p < p.max() for p in parts]))", "pulses that are padded", "not pulses"
    ),
    padding(
        "return 1 - sum(p.max() for p in parts) / true", "one sample line a batch", "Each pulse of a batch"
    ),
    padding(
        "for part in parts:\n        return 1 - part.sum() / (len(part) * part.max())",
        "a return too soon",
        "first batch",
    ),
    padding(
        "for part in parts:\n        share = 1 - part.sum() / (len(part) * part.max())\n    return share",
        "the last batch alone",
        "the last batch alone",
    ),
    padding(
        "return [1 - p.sum() / (len(p) * p.max()) for p in parts]", "a list", "One number for all batches"
    ),
    padding("share = 1 - true / read", "no return", "is there a return"),
    padding(
        "return 1 - true / (len(parts) * parts.max())",
        "a list has no max",
        "Your code stopped with AttributeError",
    ),
    padding("return 0.4860", "a number", "Your share of padding is 0.486"),
    padding("return 1 - true / sum(len(p) * p.min() for p in parts)", "the shortest", "not as its shortest"),
    padding(
        "read = sum(len(p) * p.max() for p in (lengths[k : k + 64] for k in range(0, len(lengths), 64)))\n"
        "    return 1 - true / read",
        "64 written in",
        "is 64 written",
    ),
    padding(
        "parts = [lengths[k : k + size] for k in range(1, len(lengths), size)]\n    "
        "return 1 - true / sum(len(p) * p.max() for p in parts)",
        "range from 1",
        "range begins at 0",
    ),
    padding(
        "parts = [lengths[k : k + size + 1] for k in range(0, len(lengths), size)]\n    "
        "return 1 - true / sum(len(p) * p.max() for p in parts)",
        "one pulse too many",
        "first pulse along",
    ),
    padding(
        "return 1 - true / sum(len(p) * 2 ** np.ceil(np.log2(p.max())) for p in parts)",
        "powers of two",
        "power of two",
    ),
    padding(
        "return 1 - true / sum(len(p) * 8 * np.ceil(p.max() / 8) for p in parts)", "eights", "multiple of 8"
    ),
    padding("return 1 - true // read", "whole numbers", "A whole number"),
    padding(
        "tops = np.maximum.accumulate([p.max() for p in parts])\n    "
        "return 1 - true / sum(len(p) * top for p, top in zip(parts, tops))",
        "the longest so far",
        "longest so far",
    ),
    padding(
        "return 1 - true / (len(lengths) * parts[0].max())", "the first's longest", "yours have the first's"
    ),
    padding("return max(1 - p.mean() / p.max() for p in parts)", "the worst batch", "worst batch"),
    padding("return sum(1 - p.mean() / p.max() for p in parts)", "a sum of shares", "Shares do not add up"),
    padding("return 1 - np.median(lengths) / lengths.max()", "a median", "Medians do not add up"),
    padding("return round(1 - true / read, 2)", "rounded", "Rounded"),
    padding("return (read - true) / (read + true)", "true samples twice", "count twice"),
    padding("return 0.66", "another number", "is a number written"),
    padding(
        "lengths = np.random.default_rng(0).permutation(lengths)\n"
        "    parts = [lengths[k : k + size] for k in range(0, len(lengths), size)]\n    "
        "return 1 - true / sum(len(p) * p.max() for p in parts)",
        "shuffled",
        "moved to another batch",
    ),
    padding("return lengths.reshape(-1, size)", "reshaped", "the last holds 43"),
    padding("return lengths[size:size].max()", "an empty batch", "a batch is empty"),
    padding("return len(size)", "arguments exchanged", "the two arguments exchanged"),
    step(
        "return scores[:, int(np.ceil(fraction * scores.shape[1])) - 1]",
        "the padded length",
        "not of the padded",
    ),
    step(
        f"read = np.minimum(max(int(np.ceil(fraction * scores.shape[1])), 1), lengths)\n    return {AT.format('read - 1')}",
        "the padded length, capped",
        "That stops at the pulse's end, and yet",
    ),
    step("return scores[:, -1]", "the last column", "That is the last column"),
    step(f"return {AT.format(READ)}", "one too far", "One step too far"),
    step(f"return {AT.format(READ + ' - 2')}", "one too early", "One step too early"),
    step(
        f"read = np.maximum((fraction * lengths).astype(int), 1)\n    return {AT.format('read - 1')}",
        "rounded down",
        "You round down",
    ),
    step(
        f"read = np.maximum(np.round(fraction * lengths).astype(int), 1)\n    return {AT.format('read - 1')}",
        "rounded to the nearest",
        "You round to the nearest",
    ),
    step(
        f"return {AT.format('(fraction * (lengths - 1)).astype(int)')}", "n - 1 steps", "not of n - 1 steps"
    ),
    step(
        f"return {AT.format('np.ceil(fraction * (lengths - 1)).astype(int)')}",
        "n - 1, up",
        "not of n - 1 steps",
    ),
    step(
        f"return {AT.format('np.ceil(fraction * lengths).astype(int) - 1')}",
        "nothing read",
        "at least one sample",
    ),
    step(f"return {AT.format('lengths - 1')}", "the fraction forgotten", "whatever the fraction"),
    step(
        f"read = np.maximum(np.ceil((1 - fraction) * lengths).astype(int), 1)\n    return {AT.format('read - 1')}",
        "what is left",
        "1 - fraction",
    ),
    step(
        f"start = scores.shape[1] - lengths\n    return {AT.format('start + ' + READ + ' - 1')}",
        "padding in front",
        "stands behind the pulse",
    ),
    step(f"return {AT.format('-' + READ)}", "from the end", "from the padded end"),
    step(f"return [s[:r].mean() for s, r in zip(scores, {READ})]", "a mean so far", "Not the mean"),
    step(f"return [s[:r].max() for s, r in zip(scores, {READ})]", "the largest so far", "Not the largest"),
    step(f"return {READ}", "samples read", "how many samples have been read"),
    step(f"return {READ} - 1", "the step", "That is the step"),
    step(f"return scores[:, {READ} - 1]", "all with all", "Every pulse with every step"),
    step(f"return scores[{READ} - 1]", "rows for steps", "pair each pulse with its own step"),
    step(
        f"return scores[{READ} - 1, np.arange(n)]",
        "rows and columns exchanged",
        "Your code stopped with IndexError",
    ),
    step(f"return scores[0, {READ}[0] - 1]", "one pulse", "One score for each pulse"),
    step(f"return [s[:r] for s, r in zip(scores, {READ})]", "all scores so far", "One score"),
    step(
        "return scores[np.arange(n), np.ceil(fraction * lengths) - 1]",
        "a step that is no integer",
        "whole number",
    ),
    step(
        f"return {AT.format('np.full(n, ' + READ + '.max() - 1)')}",
        "the longest pulse's step",
        "longest pulse",
    ),
    step("scores[:, 0]", "no return", "is there a return"),
    step(
        f"return {AT.format('np.maximum(np.ceil(fraction * lengths).astype(int) - 1, 1)')}",
        "the second at the start",
        "you take the second sample",
    ),
    step(
        f"return {AT.format('np.maximum(np.ceil(fraction * lengths).astype(int), 2) - 1')}",
        "at least two",
        "you take the second sample",
    ),
    step(
        f"k = np.ceil(fraction * lengths).astype(int) - 1\n    return np.where(k < 0, 0, {AT.format('k')})",
        "zero at the start",
        "Zeros: where nothing",
    ),
    step(
        "return [np.interp(fraction * m - 1, np.arange(len(s)), s) for m, s in zip(lengths, scores)]",
        "between two steps",
        "two steps are mixed",
    ),
    step(
        "return [np.interp(fraction, np.linspace(0, 1, m), s[:m]) for m, s in zip(lengths, scores)]",
        "between two steps, from 0 to 1",
        "two steps are mixed",
    ),
    step(
        "return [np.quantile(s[:m], fraction) for m, s in zip(lengths, scores)]", "a quantile", "A quantile"
    ),
    step("return np.quantile(scores, fraction, axis=1)", "a quantile with padding", "A quantile"),
    step(
        f"return {AT.format('np.ceil(0.5 * lengths).astype(int) - 1')}",
        "half written in",
        "Half of the pulse, whatever",
    ),
    step(
        f"return {AT.format('np.maximum((fraction * lengths + 0.5).astype(int), 1) - 1')}",
        "half up",
        "You round to the nearest",
    ),
    step(f"lengths = np.sort(lengths)\n    return {AT.format(READ + ' - 1')}", "sorted", "Sorted lengths"),
    step(f"return 1 / (1 + np.exp(-{AT.format(READ + ' - 1')}))", "a sigmoid", "A sigmoid"),
    step(
        "c = np.cumsum(np.abs(scores), axis=1)\n    k = (c < fraction * c[:, -1:]).sum(axis=1)\n"
        f"    return {AT.format('np.minimum(k, scores.shape[1] - 1)')}",
        "a share of the summed scores",
        "not of the summed scores",
    ),
    step(f"return scores[{READ} - 1, np.arange(n)]", "rows and columns", "rows are pulses"),
    step("return scores[:, int(fraction * lengths)]", "int of an array", "int() and math take one number"),
    {
        "exercise": "3",
        "why": "trained on the test events",
        "code": "def sturdy_score(waveforms, drift_time, label):\n    waveforms, drift_time, label = test_set\n"
        "    return lambda waveforms, drift_time: drift_time\n",
        "hint": "looks at the test events",
    },
    ruler("return (table.width / expected).to_numpy()", "the rms", "plain widths find"),
    ruler("return ((table.t90 - table.t10) / expected).to_numpy()", "10–90 %", "plain widths find"),
    ruler("return ((table.t75 - table.t25) / expected).to_numpy()", "25–75 %", "plain widths find"),
    ruler("return -((table.t75 - table.t25) / expected).to_numpy()", "the sign", "turn its sign"),
    ruler("return ((table.t75 - table.t25) / expected).rank().to_numpy()", "ranks", "no ranks"),
    ruler("return np.zeros(len(table)) + np.nan", "not finite", "not finite"),
    ruler(
        "return ((table.t75 - table.t25) / expected).to_numpy()[:, None]", "a column", "One score an event"
    ),
    ruler("return None", "nothing", "is there a return"),
    ruler("pass", "no return", "is there a return"),
]
