"""Plausible wrong answers to the exercises of lesson 28, each with the hint that names the mistake."""

import json
from pathlib import Path

SOLUTIONS = Path(__file__).parents[2] / "notebooks/solutions/28_how_sure.ipynb"
CELLS = {cell["id"]: "".join(cell["source"]) for cell in json.loads(SOLUTIONS.read_text("utf-8"))["cells"]}


def factor(body, why, hint):
    """One wrong factor of `calibrate`; `p` are errors over standard deviations, `a` their absolute values."""
    code = (
        "def calibrate(errors, sd, test_errors, test_sd):\n"
        "    p, q = errors / sd, lambda v, s=0.683: np.quantile(v, s, axis=0)\n"
        "    a, test = np.abs(p), np.abs(test_errors) / test_sd\n"
        f"    f = {body}\n"
        "    return np.array([f, (np.abs(test_errors) < f * test_sd).mean(axis=0)])\n"
    )
    return {"exercise": "1", "why": why, "code": code, "hint": hint}


def shares(body, why, hint):
    """One wrong answer with the right factors `f` at hand."""
    code = (
        "def calibrate(errors, sd, test_errors, test_sd):\n"
        "    f = np.quantile(np.abs(errors) / sd, 0.683, axis=0)\n"
        "    inside = np.abs(test_errors) < f * test_sd\n"
        "    right = inside.mean(axis=0)\n"
        f"    {body}\n"
    )
    return {"exercise": "1", "why": why, "code": code, "hint": hint}


def rings(body, why, hint):
    """One wrong `alarm`; `look` is fitted to `known`, `far` gives distances, `z` and `o` are components."""
    code = (
        "def alarm(known, others, new, k):\n"
        "    def fit(x, k=k):\n"
        "        return make_pipeline(StandardScaler(), PCA(k, whiten=True, svd_solver='full')).fit(x)\n"
        "    q = lambda v, s=0.95: np.quantile(v, s)\n"
        "    look = fit(known)\n"
        "    far = lambda x, look=look: np.sum(look.transform(x) ** 2, axis=1)\n"
        "    z, o = look.transform(new), look.transform(others)\n"
        "    d, limit = far(new), q(far(others))\n"
        f"    {body}\n"
    )
    return {"exercise": "2", "why": why, "code": code, "hint": hint}


def hand(scale, why, hint, base="known", turn="vt[:k].T"):
    """One wrong `alarm` with an SVD by hand; `scale` sets each bin's mean and spread."""
    code = (
        "def alarm(known, others, new, k):\n"
        f"    {scale}\n"
        f"    u, _, vt = np.linalg.svd(({base} - m) / s, full_matrices=False)\n"
        f"    turn = {turn}\n"
        "    width = ((known - m) / s @ turn).std(axis=0)\n"
        "    far = lambda x: np.sum(((x - m) / s @ turn / width) ** 2, axis=1)\n"
        "    return far(new) / np.quantile(far(others), 0.95)\n"
    )
    return {"exercise": "2", "why": why, "code": code, "hint": hint}


BINS = (
    "edges, group = np.geomspace(QUIET, LOUD, 7), np.digitize(noise, np.geomspace(QUIET, LOUD, 7)[1:-1])\n"
    "    m, s, d = np.empty(len(noise)), np.empty(len(noise)), np.empty(len(noise))\n"
    "    draw = np.random.default_rng(7)\n"
    "    for b in range(6):\n"
    "        level = edges[b] * (edges[b + 1] / edges[b]) ** draw.random(4000)\n"
    "        t, x = simulate(level, draw)\n"
    "        look = make_pipeline(StandardScaler(), PCA(20, whiten=True, random_state=0)).fit(x)\n"
    "        c, new, at = look.transform(x), look.transform(patterns), group == b\n"
    "        ridge = Ridge(1.0).fit(c[:2000], t[:2000])\n"
    "        m[at], s[at] = ridge.predict(new[at]), np.std(t[2000:] - ridge.predict(c[2000:]))\n"
    "        d[at] = np.sum(new[at] ** 2, axis=1) / np.quantile(np.sum(c[2000:] ** 2, axis=1), 0.95)\n"
    "    "
)


def reader(body, why, hint):
    """One wrong `read`; `m`, `s` and `d` are answer, width and distance over the limit, each by noise."""
    code = f"def read(patterns, noise):\n    {BINS}{body}\n"
    return {"exercise": "3", "why": why, "code": code, "hint": hint}


def blind(body, why, hint):
    """One wrong `read` that knows nothing of the noise; `m`, `s` and `d` as above."""
    code = (
        "def read(patterns, noise):\n"
        "    draw = np.random.default_rng(7)\n"
        "    t, x = simulate(QUIET * (LOUD / QUIET) ** draw.random(9000), draw)\n"
        "    look = make_pipeline(StandardScaler(), PCA(20, whiten=True, random_state=0)).fit(x)\n"
        "    c, new = look.transform(x), look.transform(patterns)\n"
        "    ridge = Ridge(1.0).fit(c[:6000], t[:6000])\n"
        "    m = ridge.predict(new)\n"
        "    s = np.full(len(m), np.std(t[6000:] - ridge.predict(c[6000:])))\n"
        "    d = np.sum(new**2, axis=1) / np.quantile(np.sum(c[6000:] ** 2, axis=1), 0.95)\n"
        f"    {body}\n"
    )
    return {"exercise": "3", "why": why, "code": code, "hint": hint}


def bare(body, why, hint):
    """One wrong `read` without anything."""
    return {
        "exercise": "3",
        "why": why,
        "code": f"def read(patterns, noise):\n    {body}\n",
        "hint": hint,
    }


CLASSIFIER = "\n".join(  # two kinds of strangers, a classifier and no alarm
    line for line in CELLS["answer-3"].splitlines() if "trusted &=" not in line
)
CLASSIFIER = CLASSIFIER.replace(
    'noisy(clean_of("1,4-cyclohexadiene", n, rng), level[:n], rng)',
    "rng.permutation(noisy(np.vstack([draw(n // 2, rng) for draw in STRANGERS.values()]), level[:n], rng))",
).replace("tell = make_pipeline(PolynomialFeatures(2), Ridge(1.0))", "tell = Ridge(1.0)")


def rescaled(body, why, hint):
    """The course's own `read`, its answers and widths changed at the end."""
    code = CELLS["answer-3"].replace("    return said", f"    {body}\n    return said")
    return {"exercise": "3", "why": why, "code": code, "hint": hint}


WRONG = [
    factor("q(p)", "signed", "keep their signs"),
    factor("np.abs(q(p))", "signed, then absolute", "keep their signs"),
    factor("(q(p, 0.8415) - q(p, 0.1585)) / 2", "half the central interval", "not around the answer"),
    factor("q(p, 0.8415) - q(p, 0.1585)", "the central interval", "not around the answer"),
    factor("q(p, 0.8415)", "the upper quantile", "not around the answer"),
    factor("(q(p, 0.84) - q(p, 0.16)) / 2", "half, rounded", "not around the answer"),
    factor("q(a, 0.95)", "95 %", "That holds 95 %"),
    factor("q(a, 0.68)", "68 %", "That holds 68 %"),
    factor("q(a, 0.317)", "the share outside", "the share outside"),
    factor("q(a, 0.683 / 2)", "one side", "That holds 34 %"),
    factor("q(a, 0.8415)", "both tails", "That holds 84 %"),
    factor("q(a, 68.3)", "per cent", "Quantiles must be in the range"),
    factor("np.percentile(a, 0.683, axis=0)", "percentile of a share", "np.percentile counts in per cent"),
    factor("np.median(a, axis=0)", "median", "That holds half"),
    factor("a.mean(axis=0)", "the mean", "average size of the errors"),
    factor("np.sqrt((p**2).mean(axis=0))", "the rms", "average size of the errors"),
    factor("p.std(axis=0)", "the standard deviation", "average size of the errors"),
    factor("q(test)", "on the test set", "Calibrated on the test set"),
    factor("q(np.vstack([a, test]))", "on both", "Calibrated on both sets"),
    factor("np.full(a.shape[1], np.quantile(a, 0.683))", "one for all", "one factor for all directions"),
    factor("np.full(a.shape[1], q(a).mean())", "their mean", "one factor for all directions"),
    factor("np.quantile(a, 0.683)", "one number", "axis=0"),
    factor("q(a.max(axis=1)) + np.zeros(a.shape[1])", "all at once", "all directions at once"),
    factor("1 / q(a)", "inverse", "one over the factor"),
    factor("q(1 / a)", "sd over error", "one over the factor"),
    factor("q(np.abs(errors))", "a width", "a width by itself"),
    factor("q(sd)", "quantile of the widths", "quantile of the stated widths"),
    factor("q(np.abs(errors)) / sd.mean(axis=0)", "apart", "summed up apart"),
    factor("q(np.abs(errors)) / q(sd)", "apart, two quantiles", "summed up apart"),
    factor("errors.std(axis=0) / sd.mean(axis=0)", "apart, spreads", "summed up apart"),
    factor("np.ones(a.shape[1])", "as stated", "what the reader stated"),
    factor("np.full(a.shape[1], 0.476)", "normal, one-sided", "what a normal distribution"),
    factor("q(np.abs(errors) * sd)", "multiplied", "multiplied with sd"),
    factor("q(np.abs(errors) / sd**2)", "variance", "a standard deviation already"),
    factor("q(np.abs(errors) / np.sqrt(sd))", "root of sd", "a standard deviation already"),
    factor("q(p**2)", "squares", "Errors are squared"),
    factor("a.max(axis=0)", "largest", "it holds all of them"),
    factor("q(a) * sd.mean(axis=0)", "a width again", "the factor alone is asked"),
    factor("q(a) - 1", "how much wider", "how much wider"),
    factor("100 * q(a)", "per cent of factor", "no percentage"),
    factor("np.full(a.shape[1], np.nan)", "NaN", "There is a NaN"),
    factor("q(a.T)", "transposed", "Your code stopped"),
    shares("return np.array([f, 1 - right])", "outside", "the share outside"),
    shares("return np.array([f, 100 * right])", "per cent", "Those are per cent"),
    shares("return np.array([f, inside.sum(axis=0)])", "counts", "Those are counts"),
    shares(
        "return np.array([f, (np.abs(errors) < f * sd).mean(axis=0)])",
        "the calibration set",
        "whose own factor is used",
    ),
    shares(
        "g = np.quantile(np.abs(test_errors) / test_sd, 0.683, axis=0)\n"
        "    return np.array([f, (np.abs(test_errors) < g * test_sd).mean(axis=0)])",
        "factor of the test set",
        "whose own factor is used",
    ),
    shares(
        "return np.array([f, (np.abs(test_errors) < test_sd).mean(axis=0)])", "no factor", "factor is missing"
    ),
    shares(
        "return np.array([f, (np.abs(test_errors) < test_sd / f).mean(axis=0)])",
        "divided",
        "sd over factor: multiply",
    ),
    shares("return np.array([f, (np.abs(test_errors) < f).mean(axis=0)])", "no sd", "the factor alone: sd"),
    shares(
        "return np.array([f, (np.abs(test_errors) < f * test_sd.mean(axis=0)).mean(axis=0)])",
        "mean sd",
        "as the mean sd says",
    ),
    shares(
        "return np.array([f, (test_errors < f * test_sd).mean(axis=0)])", "signed share", "keep their signs"
    ),
    shares(
        "return np.array([f, np.full(len(f), inside.mean())])",
        "one share",
        "The share is over all directions",
    ),
    shares("return np.array([f, np.full(len(f), 0.683)])", "typed", "whose own factor is used"),
    shares("return np.array([f, f])", "factors twice", "the factors again"),
    shares("return np.array([right, f])", "exchanged", "the factors come first"),
    shares("return np.array([f, right]).T", "transposed", "Rows and columns are exchanged"),
    shares("return [f, 0.65]", "ragged", "and the second 1: 5 in each"),
    shares("return f", "factors alone", "That is one row"),
    shares("return f, inside.mean()", "a share for all", "and the second 1: 5 in each"),
    shares("return f.mean(), right.mean()", "one number each", "use axis=0"),
    shares("return np.array([f, right]).astype(str)", "texts", "text"),
    shares("return {'factor': f, 'share': right}", "a dictionary", "Numbers are wanted"),
    shares("np.array([f, right])", "no return", "is there a return?"),
    shares(
        "return np.array([[1.06, 0.8, 0.9, 0.6, 1.5], [0.65] * 5])", "typed in", "numbers written into it"
    ),
    rings("return d / q(far(known))", "limit from the same", "use `others`"),
    rings("return d / q(d)", "limit from the new", "comes from the new patterns"),
    rings("return d / q(np.r_[far(known), far(others)])", "limit from both", "`others` alone"),
    rings("return d / stats.chi2.ppf(0.95, k)", "χ² table", "from a χ² table"),
    rings("return d / stats.chi2.ppf(0.95, new.shape[1])", "χ² table of all bins", "from a χ² table"),
    rings("return d / q(far(others), 0.05)", "0.05", "below which 5 % lie"),
    rings("return d / q(far(others), 95)", "95", "Quantiles must be in the range"),
    rings("return d / np.percentile(far(others), 0.95)", "percentile", "np.percentile counts"),
    rings("return d / q(far(others), 0.99)", "0.99", "at 0.99"),
    rings("return d / q(far(others), 0.975)", "two-sided", "at 0.975"),
    rings("return d / far(others).mean()", "mean", "The limit is a mean"),
    rings("return d / (far(others).mean() + 2 * far(others).std())", "mean + 2 sd", "The limit is a mean"),
    rings("return d / far(others).max()", "largest", "the largest of the others"),
    rings("return d / k", "over k", "Divided by k"),
    rings(
        "l = fit(new)\n    return far(new, l) / q(far(others, l))",
        "fitted on new",
        "its own components",
    ),
    rings("l = fit(others)\n    return far(new, l) / q(far(known, l))", "exchanged", "fitted to `others`"),
    rings(
        "l = fit(others)\n    return far(new, l) / q(far(others, l))", "others alone", "fitted to `others`"
    ),
    rings(
        "l = fit(np.vstack([known, others]))\n    return far(new, l) / q(far(others, l))",
        "fitted on both",
        "fitted to `known` and `others`",
    ),
    rings(
        "l = fit(np.vstack([known, others, new]))\n    return far(new, l) / q(far(others, l))",
        "fitted on all",
        "fitted to all patterns",
    ),
    rings("return far(new, fit(new)) / q(far(others, fit(others)))", "each its own", "fitted anew"),
    rings("return far(new, fit(new)) / limit", "fit_transform of new", "its own components"),
    rings(
        "s = lambda x: StandardScaler().fit_transform(x)\n"
        "    p = PCA(k, whiten=True, svd_solver='full').fit(s(known))\n"
        "    return (p.transform(s(new)) ** 2).sum(axis=1) / q((p.transform(s(others)) ** 2).sum(axis=1))",
        "scaler fitted twice",
        "a scaler fitted twice",
    ),
    rings(
        "l = make_pipeline(StandardScaler(), PCA(k, svd_solver='full')).fit(known)\n"
        "    return far(new, l) / q(far(others, l))",
        "not whitened",
        "Not whitened",
    ),
    rings(
        "w = look[1].explained_variance_**0.5\n"
        "    return ((z / w) ** 2).sum(axis=1) / q(((o / w) ** 2).sum(axis=1))",
        "variances",
        "Divided by variances",
    ),
    rings(
        "l = PCA(k, whiten=True, svd_solver='full').fit(known)\n    return far(new, l) / q(far(others, l))",
        "bins not standardised",
        "The bins are not standardised",
    ),
    rings(
        "l = PCA(k, svd_solver='full').fit(known)\n    return far(new, l) / q(far(others, l))",
        "nothing divided",
        "Neither bins nor components",
    ),
    rings(
        "s = known.std(axis=0)\n    v = np.linalg.svd((known - known.mean(axis=0)) / s)[2][:k].T\n"
        "    w = (known / s @ v).std(axis=0)\n"
        "    return ((new / s @ v / w) ** 2).sum(axis=1) / q(((others / s @ v / w) ** 2).sum(axis=1))",
        "no mean",
        "mean of `known` is not taken off",
    ),
    rings("return np.sqrt(d) / np.sqrt(limit)", "root", "That is the root"),
    rings("return np.sqrt(d) / limit", "half a root", "The root is over the distance alone"),
    rings("return d", "distances", "divide by the limit"),
    rings("return limit / d", "inverse", "the other way round"),
    rings("return np.log(d / limit)", "logarithm", "That is a logarithm"),
    rings("return d - limit", "difference", "distance minus limit"),
    rings("return d > limit", "booleans", "whether it rings"),
    rings("return d < limit", "booleans, below", "whether it rings"),
    rings("return (d > limit).astype(int)", "zeros and ones", "whether it rings"),
    rings("return (d > limit).mean()", "a share", "That is a share"),
    rings("return limit", "the limit", "the limit alone"),
    rings("return 100 * d / limit", "per cent", "no percentage"),
    rings("return np.abs(z).sum(axis=1) / q(np.abs(o).sum(axis=1))", "absolute", "Absolute values"),
    rings("return z.sum(axis=1) / q(o.sum(axis=1))", "signed", "summed with their signs would be"),
    rings("return np.abs(z).max(axis=1) / q(np.abs(o).max(axis=1))", "largest one", "largest component"),
    rings(
        "return (z**2 / np.quantile(o**2, 0.95, axis=0)).sum(axis=1)",
        "a limit each",
        "Each component has its own",
    ),
    rings("return (z**2).sum(axis=0) / limit", "axis 0", "Summed over the patterns"),
    rings("return z**2 / limit", "no sum", "Not summed"),
    rings("return d / q(o**2)", "single squares", "single squares"),
    rings("l = fit(known, 20)\n    return far(new, l) / q(far(others, l))", "20", "of 20, not k"),
    rings(
        "l = fit(known, k - 1)\n    return far(new, l) / q(far(others, l))", "k - 1", "of k − 1 components"
    ),
    rings("l = fit(known, None)\n    return far(new, l) / q(far(others, l))", "all", "of all components"),
    rings(
        "l = fit(known, 16)\n    return far(new, l) / q(far(others, l))",
        "first k",
        "written into your function",
    ),
    rings(
        "s, m = known.std(axis=0), known.mean(axis=0)\n"
        "    v = np.linalg.eigh(np.cov(((known - m) / s).T))[1][:, :k]\n"
        "    w = ((known - m) / s @ v).std(axis=0)\n"
        "    return (((new - m) / s @ v / w) ** 2).sum(axis=1) / q((((others - m) / s @ v / w) ** 2).sum(axis=1))",
        "eigh upwards",
        "the last k components",
    ),
    rings(
        "s, m = known.std(axis=0), known.mean(axis=0)\n"
        "    v = np.linalg.eigh(np.cov(((known - m) / s).T))[1][:, ::-1][:k].T\n"
        "    w = ((known - m) / s @ v).std(axis=0)\n"
        "    return (((new - m) / s @ v / w) ** 2).sum(axis=1) / q((((others - m) / s @ v / w) ** 2).sum(axis=1))",
        "rows of eigenvectors",
        "eigenvectors are columns",
    ),
    rings(
        "left = lambda x: look[0].transform(x) - look[1].inverse_transform(look.transform(x))\n"
        "    return (left(new) ** 2).sum(axis=1) / q((left(others) ** 2).sum(axis=1))",
        "residuals",
        "Those are residuals",
    ),
    rings(
        "s = look[0]\n    return (s.transform(new) ** 2).sum(axis=1) / q((s.transform(others) ** 2).sum(axis=1))",
        "no components",
        "Bins are standardised and no more",
    ),
    rings("return far(others) / limit", "others judged", "as long as `others`"),
    rings("return np.full(len(new), np.nan)", "NaN", "There is a NaN"),
    rings("d / limit", "no return", "is there a return?"),
    rings("return (d / limit).astype(str)", "texts", "text"),
    rings("return d / limit, limit", "a pair", "one of the 2 things"),
    rings("return np.linspace(0.5, 2, len(new))", "typed in", "Your ratio is"),
    factor("q(np.abs(errors - errors.mean(axis=0)) / sd)", "mean off first", "shift and all"),
    factor("q(np.abs(p - np.median(p, axis=0)))", "median off first", "shift and all"),
    factor("(p**2).mean(axis=0)", "mean square", "a mean square, without its root"),
    factor("np.full(p.shape[1], np.quantile((p**2).sum(axis=1) ** 0.5, 0.683))", "one radius", "one radius"),
    factor("np.full(p.shape[1], stats.chi2.ppf(0.683, p.shape[1]) ** 0.5)", "radius, table", "one radius"),
    factor("np.percentile(a, 0.68, axis=0)", "percentile 0.68", "np.percentile counts"),
    factor("q(a, 2 / 3)", "two thirds", "two thirds"),
    factor("q(a, 0.954)", "95.4 %", "95.4 %"),
    factor("1.4826 * np.median(a, axis=0)", "1.4826 × median", "1.4826 ×"),
    factor("np.maximum(abs(q(p, 0.1585)), abs(q(p, 0.8415)))", "the larger side", "the larger of two"),
    factor("q(np.abs(sd) / errors)", "exchanged", "one over the factor"),
    shares("return np.array([f, np.full(len(f), inside.all(axis=1).mean())])", "all at once", "at once"),
    shares(
        "return np.array([f, (abs(test_errors) < f.mean() * test_sd).mean(axis=0)])", "mean f", "One factor"
    ),
    shares(
        "return np.array([f, (abs(test_errors) < 2 * f * test_sd).mean(axis=0)])", "twice", "twice as wide"
    ),
    shares(
        "return np.array([f, (abs(test_errors) < f * sd[:len(test_sd)]).mean(axis=0)])",
        "sd",
        "one set are held",
    ),
    shares(
        "e, s = np.vstack([errors, test_errors]), np.vstack([sd, test_sd])\n"
        "    return np.array([f, (abs(e) < f * s).mean(axis=0)])",
        "both counted",
        "Both sets are counted",
    ),
    shares(
        "return np.array([f, (test_errors > -f * test_sd).mean(axis=0)])", "from below", "keep their signs"
    ),
    shares("return np.array([f, np.full(len(f), right.min())])", "the smallest", "one direction's share"),
    shares("return np.array([f, np.full(len(f), right[1])])", "one share for all", "one direction's share"),
    shares("return np.array([f, inside.sum(axis=0) / len(errors)])", "length", "the length is the other's"),
    rings(
        "p = make_pipeline(StandardScaler(), PCA(k, whiten=True, svd_solver='full'))\n"
        "    return (p.fit_transform(new) ** 2).sum(axis=1) / limit",
        "fit_transform of new, full solver",
        "its own components",
    ),
    rings(
        "return (fit(new).transform(new) ** 2).sum(axis=1) / q(far(known))",
        "fit_transform, limit from known",
        "its own components",
    ),
    rings("return d / q(far(others, fit(others)))", "fit_transform of others", "others' own components"),
    rings(
        "s = lambda x: StandardScaler().fit_transform(x)\n"
        "    return (s(z) ** 2).sum(axis=1) / q((s(o) ** 2).sum(axis=1))",
        "components scaled by set",
        "each set",
    ),
    rings(
        "l = fit(np.vstack([known, new]))\n    return far(new, l) / q(far(others, l))",
        "fitted on known and new",
        "`known` and `new`",
    ),
    rings(
        "s = StandardScaler().fit(others)\n    l = PCA(k, whiten=True, svd_solver='full').fit(s.transform(known))\n"
        "    g = lambda x: (l.transform(s.transform(x)) ** 2).sum(axis=1)\n    return g(new) / q(g(others))",
        "bins scaled by others",
        "spreads come from `others`",
    ),
    rings(
        "r = lambda x: (x - x.mean(axis=1)[:, None]) / x.std(axis=1)[:, None]\n"
        "    l = fit(r(known))\n    return far(r(new), l) / q(far(r(others), l))",
        "rows",
        "standardised by itself (axis 1)",
    ),
    rings(
        "s = problem.sigma\n    l = PCA(k, whiten=True, svd_solver='full').fit(known / s)\n"
        "    return far(new / s, l) / q(far(others / s, l))",
        "over the noise",
        "divided by their noise",
    ),
    rings("return d / (far(others).mean() + 1.645 * far(others).std())", "mean + 1.645 sd", "a mean, plus"),
    rings("return d / stats.chi2.ppf(0.95, 20)", "χ² of 20", "χ² table"),
    rings("return np.sqrt(d / stats.chi2.ppf(0.95, k))", "roots, χ²", "And no root is asked"),
    rings("return (far(others) < d[:, None]).mean(axis=1)", "ranks", "share of others that lie nearer"),
    rings("return (far(others) >= d[:, None]).mean(axis=1)", "p-value", "share of others that lie farther"),
    rings("return d / (0.95 * far(others).max())", "0.95 × largest", "0.95 × the largest"),
    rings("return d / k / limit", "mean over sum", "both are sums"),
    rings("return np.ones(len(new))", "constant", "All are the same number"),
    rings("return (d / limit)[d > limit]", "the ringing ones", "patterns that ring"),
    rings("return (d / limit)[:500]", "the first", "the first ratios alone"),
    rings("return d / np.quantile(o**2, 0.95, axis=0).sum()", "summed limits", "limit for each component"),
    rings("d / limit", "None", "is there a return?"),
    rings("return 'rings'", "a word", "rings"),
    rings("return z", "components", "Those are the components"),
    rings("return -d / limit", "turned sign", "The sign is turned"),
    factor(
        "np.sort(a, axis=0)[int(0.683 * len(test_errors))]",
        "rank of the other set",
        "in the other set's length",
    ),
    factor("q(a[:len(a) // 2])", "half of the calibration set", "a part of the calibration set"),
    factor("q(a) * test_sd.mean(axis=0)", "a width on the test day", "That is a width"),
    factor("q(a) * np.median(test_sd, axis=0)", "a median width", "That is a width"),
    factor(
        "np.mean([q(np.take_along_axis(a, o, axis=0)) for o in np.array_split(np.argsort(sd, axis=0), 5)], axis=0)",
        "mean over fifths",
        "Averaged over fifths",
    ),
    factor(
        "np.mean([q(a[o]) for o in np.array_split(np.argsort(sd[:, 0]), 5)], axis=0)",
        "mean over fifths by the first sd",
        "Averaged over fifths",
    ),
    factor("q(a[np.argsort(sd[:, 0])[: len(sd) // 5]])", "the narrowest fifth's factor", "of one fifth"),
    factor("stats.norm.ppf(0.8415) * p.std(axis=0)", "normal, from the spread", "a normal distribution"),
    shares(
        "t = test_errors - test_errors.mean(axis=0)\n"
        "    return np.array([f, (abs(t) < f * test_sd).mean(axis=0)])",
        "test mean off",
        "test errors' mean is taken off",
    ),
    shares(
        "t = test_errors - np.median(test_errors, axis=0)\n"
        "    return np.array([f, (abs(t) < f * test_sd).mean(axis=0)])",
        "test median off",
        "test errors' median is taken off",
    ),
    shares(
        "h = len(errors) // 2\n    g = np.quantile(np.abs(errors[:h]) / sd[:h], 0.683, axis=0)\n"
        "    return np.array([g, (abs(errors[h:]) < g * sd[h:]).mean(axis=0)])",
        "split in halves",
        "a part of the calibration set",
    ),
    shares(
        "h = len(errors) // 2\n    return np.array([f, (abs(errors[h:]) < f * sd[h:]).mean(axis=0)])",
        "shares on a half",
        "half of the calibration set",
    ),
    shares(
        "return np.array([f, (abs(test_errors / 1.06) < f * test_sd).mean(axis=0)])",
        "without the day's noise",
        "extra noise is taken out",
    ),
    shares(
        "return np.array([f, ((test_errors > -f * test_sd) & (test_errors < 0)).mean(axis=0)])",
        "below alone",
        "One side only",
    ),
    shares(
        "return np.array([f, ((test_errors < f * test_sd) & (test_errors > 0)).mean(axis=0)])",
        "above alone",
        "One side only",
    ),
    shares(
        "o = np.argsort(test_sd[:, 0])[:len(test_sd) // 5]\n    return np.array([f, inside[o].mean(axis=0)])",
        "the narrowest fifth",
        "one fifth of the test set",
    ),
    shares(
        "o = np.array_split(np.argsort(test_sd, axis=0), 5)\n"
        "    return np.array([f, np.min([np.take_along_axis(inside, i, axis=0).mean(axis=0) for i in o], axis=0)])",
        "the smallest share over fifths",
        "one fifth of the test set",
    ),
    shares(
        "o = np.array_split(np.argsort(test_sd[:, 0]), 5)\n"
        "    return np.array([f, np.min([inside[i].mean(axis=0) for i in o], axis=0)])",
        "the smallest share over fifths by the first sd",
        "one fifth of the test set",
    ),
    shares(
        "return np.array([[0.94, 0.73, 0.8, 0.5, 1.3], [0.65] * 5])", "constants", "numbers written into it"
    ),
    shares(
        "return np.array([f, [0.66, 0.65, 0.655, 0.65, 0.65]])", "shares typed", "numbers written into it"
    ),
    shares(
        "g = np.quantile(np.abs(errors) / sd, 0.683, axis=1)\n"
        "    return np.array([g, np.mean(np.abs(test_errors) < 1, axis=1)])",
        "axis 1",
        "axis=0",
    ),
    shares(
        "g = np.quantile(np.abs(errors) / sd, 0.683, axis=1)\n"
        "    return g, np.mean(np.abs(test_errors) < 1, axis=1)",
        "axis 1, a pair",
        "axis=0",
    ),
    {
        "exercise": "1",
        "why": "a name misspelt",
        "code": CELLS["answer-1"].replace("(errors, sd,", "(error, sd,"),
        "hint": "reads the notebook's `errors`",
    },
    rings(
        "p = make_pipeline(StandardScaler(), PCA(k, whiten=True))\n"
        "    f = lambda x: np.sum(p.fit_transform(x) ** 2, axis=1)\n"
        "    return f(new) / q(f(others))",
        "fit_transform of each",
        "fitted anew",
    ),
    rings(
        "p = make_pipeline(StandardScaler(), PCA(k, whiten=True))\n"
        "    return np.sum(p.fit_transform(new) ** 2, axis=1) / limit",
        "fit_transform of new, default solver",
        "its own components",
    ),
    rings(
        "p = make_pipeline(StandardScaler(), PCA(k, whiten=True))\n"
        "    f = lambda x: np.sum(p.fit(x).transform(x) ** 2, axis=1)\n"
        "    return f(new) / q(f(others))",
        "fit and transform of each",
        "fitted anew",
    ),
    hand("m, s = known.mean(axis=0), known.std(axis=0)", "components of new", "fitted to `new`", "new"),
    hand(
        "m, s = known.mean(axis=0), known.std(axis=0)", "components of others", "fitted to `others`", "others"
    ),
    hand("m, s = others.mean(axis=0), others.std(axis=0)", "bins by others", "come from `others`"),
    rings(
        "m, s = others.mean(axis=0), others.std(axis=0)\n"
        "    p = PCA(k, whiten=True, svd_solver='full').fit((known - m) / s)\n"
        "    g = lambda x: np.sum(p.transform((x - m) / s) ** 2, axis=1)\n"
        "    return g(new) / q(g(others))",
        "bins by others, a PCA of known",
        "come from `others`",
    ),
    hand("m, s = known.mean(), known.std(axis=0)", "one mean", "One mean for all bins"),
    hand("m, s = known.mean(axis=0), known.mean(axis=0)", "over the mean", "divided by their mean"),
    hand("m, s = known.min(axis=0), np.ptp(known, axis=0)", "min–max", "from their least to their largest"),
    rings(
        "m, s = known.min(axis=0), np.ptp(known, axis=0)\n"
        "    p = PCA(k, whiten=True, svd_solver='full').fit((known - m) / s)\n"
        "    g = lambda x: np.sum(p.transform((x - m) / s) ** 2, axis=1)\n"
        "    return g(new) / q(g(others))",
        "min–max, a PCA",
        "from their least to their largest",
    ),
    hand("m, s = known.mean(axis=0), known.std(axis=0)", "columns", "columns of vt", turn="vt[:, :k]"),
    hand("m, s = known.mean(axis=0), known.std(axis=0)", "left vectors", "u holds patterns", turn="u[:k].T"),
    rings("return np.r_[far(others), d] / limit", "others and new", "`others` and `new` together"),
    {
        "exercise": "2",
        "why": "a name misspelt",
        "code": CELLS["answer-2"].replace("def alarm(known,", "def alarm(kn,"),
        "hint": "reads the notebook's `known`",
    },
    rescaled("said[1] *= 0.7", "right answers, 0.7 of the widths", "all three would"),
    rescaled("said[1] *= 1.35", "right answers, wider", "all three would"),
    rescaled("said[1] *= 1.645", "right answers, widths for 90 %", "all three would"),
    rescaled("said[1] += 0.5 - said[1]", "right answers, one width", "One width stands for all noises"),
    rescaled("said[1] += 0.1 - said[1]", "right answers, width 0.1", "One width stands for all noises"),
    rescaled("said[np.isnan(said)] = 0", "right answers, 0 for NaN", "silence is NaN"),
    bare(
        "with np.load(data.shipped('ab_initio_pattern/patterns.npz')) as stored:\n"
        "        own = stored['hartree_fock']\n"
        "    return np.array([0 * noise + own.mean(), 0 * noise + 1])",
        "the third stranger looked up",
        "loads the third stranger",
    ),
    reader("return np.array([m, 0 * s + 0.1])", "one small width", "Not yet"),
    reader("return np.array([np.where(d > 1, 0, m), np.where(d > 1, 0, s)])", "0 for NaN", "silence is NaN"),
    reader(
        "return np.array([np.where(d > 1, np.nan, m * unit + middle @ direction), s * unit])",
        "in Å, with the mean",
        "the mean `middle @ direction` in them",
    ),
    bare(
        "draw = np.random.default_rng(7)\n"
        "    t, x = simulate(np.full(6000, QUIET), draw)\n"
        "    look = make_pipeline(StandardScaler(), PCA(20, whiten=True), Ridge(1.0)).fit(x, t)\n"
        "    return np.array([look.predict(patterns), 0 * noise + 0.3])",
        "learned at the least noise",
        "learned at low noise alone",
    ),
    bare("return np.full((2, len(noise)), np.nan)", "silent", "It never answers"),
    bare("return np.array([0 * noise, 0 * noise + 1])", "the pool", "All answers are the same number"),
    bare(
        "draw = np.random.default_rng(5)\n    return np.array([draw.normal(size=len(noise)), 0 * noise + 1])",
        "guesses",
        "hardly follow the truth",
    ),
    blind("return np.array([m, s])", "answers all", "1.00 of 1,4-cyclohexadiene"),
    blind("return np.array([np.where(d > 1, np.nan, m), s])", "one alarm", "of 1,4-cyclohexadiene"),
    blind("return np.array([np.where(d > 0.5, np.nan, m), s])", "one tight alarm", "Not yet"),
    blind("return np.array([np.where(d > 0.3, np.nan, m), s])", "one very tight alarm", "Not yet"),
    blind(
        "return np.array([np.where((d > 1) | (noise > 0.01), np.nan, m), s])",
        "one alarm, the quiet alone",
        "times what is stated",
    ),
    reader("return np.array([m, s])", "widths by noise, no alarm", "it answers 1.00 of 1,3,5"),
    reader("return np.array([np.where(d > 1, np.nan, m), s / 2])", "half widths", "times what is stated"),
    reader("return np.array([np.where(d > 1, np.nan, m), 2 * s])", "double widths", "times what is stated"),
    reader("return np.array([np.where(d > 1, np.nan, m), s**2])", "variances", "take the root"),
    reader("return np.array([np.where(d < 1, np.nan, m), s])", "silent on CHD", "It hardly ever answers CHD"),
    reader("return np.array([np.where(d > 1, np.nan, -m), s])", "sign", "the wrong sign"),
    reader("return np.array([np.where(d > 1, np.nan, m * unit), s * unit])", "in Å", "Your answers are in Å"),
    reader("return np.array([np.where(d > 1, np.nan, m), s]).T", "transposed", "Two rows of 4000"),
    reader("return np.where(d > 1, np.nan, m), s[0]", "one width", "One standard deviation stands for all"),
    reader("return np.array([m, np.where(d > 1, np.nan, s)])", "NaN in one row", "NaN belongs in both rows"),
    reader("return np.array([m, 0 * s])", "no width", "not above zero"),
    reader("return m", "no widths at all", "Two rows of 4000"),
    reader(
        "return np.array([np.where(d > 1, np.nan, m), s])[:, np.argsort(noise)]", "sorted", "in their order"
    ),
    reader("np.array([m, s])", "no return", "is there a return?"),
    bare("return np.array([fresh, 0 * noise + 0.01])", "the truth", "reads `fresh`"),
    bare("return np.array([np.where(who > 0, np.nan, 0), 0 * noise + 1])", "who", "reads `who`"),
    bare(
        "t = world(4000, np.random.default_rng([28, seed, 30]))[2]\n    return np.array([t, 0 * t + 0.01])",
        "redrawn",
        "Not yet",
    ),
    bare(
        "with np.load(data.shipped('ab_initio_pattern/patterns.npz'), allow_pickle=False) as stored:\n"
        "        own = stored['hartree_fock']\n"
        "    more = STRANGERS | {'x': lambda n, rng: own[rng.integers(0, len(own), n)]}\n"
        "    t = world(4000, np.random.default_rng([28, seed, 30]), more)[2]\n"
        "    return np.array([t, 0 * t + 0.01])",
        "redrawn with all",
        "loads the third stranger",
    ),
    {
        "exercise": "3",
        "why": "a classifier of the two known strangers, no alarm",
        "code": CLASSIFIER,
        "hint": "of the third stranger, whom nobody suspects",
    },
    {
        "exercise": "3",
        "why": "the same, silent above 5 %",
        "code": CLASSIFIER.replace("    return said", "    said[:, noise > 0.05] = np.nan\n    return said"),
        "hint": "an alarm with a limit for each noise",
    },
    bare(
        "draw = np.random.default_rng(7)\n"
        "    t, x = simulate(np.full(6000, QUIET), draw)\n"
        "    look = make_pipeline(StandardScaler(), PCA(20, whiten=True, random_state=0)).fit(x[:3000])\n"
        "    c, new = look.transform(x), look.transform(patterns)\n"
        "    ridge = make_pipeline(PolynomialFeatures(2), Ridge(1.0)).fit(c[:3000], t[:3000])\n"
        "    silent = np.sum(new**2, axis=1) > np.quantile(np.sum(c[3000:] ** 2, axis=1), 0.95)\n"
        "    return np.where(silent, np.nan, np.array([ridge.predict(new), 0 * noise + 0.2]))",
        "learned at the least noise, its limit too",
        "limit set at low noise",
    ),
]
