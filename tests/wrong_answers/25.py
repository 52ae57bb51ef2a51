"""Plausible wrong answers to the exercises of lesson 25, each with the hint that names the mistake."""


def wave(body, why, hint):
    """One wrong `debye`; `apart` are the distances, `qr` their products with q, `of` sums over pairs."""
    code = (
        "def debye(positions, factors, q):\n"
        "    apart = np.linalg.norm(positions[:, None] - positions, axis=-1)\n"
        "    qr = q * apart[:, :, None]\n"
        "    of = lambda waves: np.einsum('iq,jq,ijq->q', factors, factors, waves)\n"
        f"    {body}\n"
    )
    return {"exercise": "1", "why": why, "code": code, "hint": hint}


def left(body, why, hint):
    """One wrong `variance_left`; `of` is the covariance with one more column."""
    code = (
        "def variance_left(slopes, pattern, sigma, scale):\n"
        "    def of(column, a=slopes):\n"
        "        every = np.column_stack([a, column])\n"
        "        return np.linalg.inv(np.eye(every.shape[1]) + every.T @ every)\n"
        "    column = scale * pattern / sigma\n"
        "    every = np.column_stack([slopes, column])\n"
        "    fisher, unit = every.T @ every, np.eye(every.shape[1])\n"
        f"    {body}\n"
    )
    return {"exercise": "2", "why": why, "code": code, "hint": hint}


def tool(body, why, hint):
    """One wrong `instrument`."""
    return {"exercise": "3", "why": why, "code": f"def instrument(rng):\n    {body}\n", "hint": hint}


RIGHT = "of(np.sinc(qr / np.pi))"
WRONG = [
    wave("return of(np.sinc(qr))", "no π", "has a π in it"),
    wave("return of(np.sinc(np.pi * qr))", "times π", "divide by π"),
    wave("return of(np.sin(qr))", "a sine", "it is divided by qr"),
    wave("return of(np.sin(qr) / qr)", "0/0", "its limit is 1"),
    wave("return of(np.nan_to_num(np.sin(qr) / qr))", "nan_to_num", "its limit is 1, not 0"),
    wave("return of(np.sin(qr) / (qr + 1e-9))", "a tiny number", "its limit is 1, not 0"),
    wave(
        "factors = factors * (factors[:, :1] > 2)\n    return of(np.sinc(qr / np.pi))",
        "no H",
        "hydrogens are left out",
    ),
    wave(
        "return np.einsum('ijq,ijq->q', factors[:, None] + factors, np.sinc(qr / np.pi))",
        "f_i + f_j",
        "they are multiplied",
    ),
    wave(
        "apart = np.abs(positions[:, None] - positions).sum(axis=-1)\n"
        "    return of(np.sinc(q * apart[:, :, None] / np.pi))",
        "Manhattan",
        "the root of squares",
    ),
    wave("return of(np.cos(qr))", "a cosine", "That is a cosine"),
    wave("return of(np.sinc(qr / np.pi) ** 2)", "squared wave", "The wave is squared"),
    wave("return of(np.sinc(q * apart[:, :, None] ** 2 / np.pi))", "squared distance", "is a root missing"),
    wave("return of(np.sinc(qr / 10 / np.pi))", "nanometres", "in Å already"),
    wave("return of(np.sinc(apart[:, :, None] / np.pi) + 0 * q)", "no q", "q is missing"),
    wave(f"return ({RIGHT} + (factors**2).sum(axis=0)) / 2", "pairs once", "Each pair counts twice"),
    wave(f"return ({RIGHT} - (factors**2).sum(axis=0)) / 2", "i < j alone", "with itself is missing"),
    wave(f"return {RIGHT} - (factors**2).sum(axis=0)", "i ≠ j", "Each atom with itself is missing"),
    wave(f"return {RIGHT} + (factors**2).sum(axis=0)", "i = j twice", "itself is counted twice"),
    wave(f"return 2 * {RIGHT}", "twice", "All is counted twice"),
    wave(
        "return np.einsum('iq,ijq->q', factors, np.sinc(qr / np.pi))",
        "one factor",
        "One form factor is missing",
    ),
    wave("return np.einsum('iq,ijq->q', factors**2, np.sinc(qr / np.pi))", "f_i²", "in place of f_i f_j"),
    wave("return np.sinc(qr / np.pi).sum(axis=(0, 1))", "no factors", "The form factors are missing"),
    wave("return factors.sum(axis=0) ** 2", "no wave", "all at one place"),
    wave(
        "return np.einsum('i,j,ijq->q', *2 * [factors[:, 0]], np.sinc(qr / np.pi))",
        "factors at q = 0",
        "The form factors fall",
    ),
    wave(f"return np.sqrt({RIGHT})", "a root", "That is an amplitude"),
    wave(f"return {RIGHT} / len(factors)", "an atom", "That is per atom"),
    wave(f"return {RIGHT}.sum()", "summed over q", "one intensity for each q"),
    wave("return factors[:, None] * factors * np.sinc(qr / np.pi)", "no sum", "Not summed over the pairs"),
    wave(f"return {RIGHT}[1:]", "one short", "The first one is missing"),
    wave(f"return {RIGHT}[:, None]", "a column", "their shape is not"),
    wave(f"return {RIGHT}.astype(str)", "texts", "That is text"),
    wave(RIGHT, "no return", "is there a return?"),
    wave("return np.einsum('iq,jq,ijq->q', factors.T, factors, np.sinc(qr / np.pi))", "transposed", "einsum"),
    wave("return scattering.intensity(pyrrole.positions[None], factors, q)[0]", "global", "Your"),
    left("return np.diag(of(column))", "the scale too", "own share is among them"),
    left("return np.diag(of(column))[1:]", "first cut off", "was its column put first"),
    left("return np.diag(of(0 * column))[:-1]", "scale known", "with the scale known"),
    left("return np.diag(of(pattern / sigma))[:-1]", "no scale", "The column lacks `scale`"),
    left("return np.diag(of(scale * pattern))[:-1]", "no sigma", "not in units of the noise"),
    left("return np.diag(of(np.full(len(sigma), scale)))[:-1]", "a flat column", "the same for all bins"),
    left("return np.diag(of(scale / sigma))[:-1]", "no pattern", "The column lacks `pattern`"),
    left("return np.diag(of(scale * column))[:-1]", "scale squared", "scale is squared"),
    left("return np.diag(of(column / sigma))[:-1]", "sigma squared", "sigma is squared"),
    left(
        "return np.diag(of(column, slopes / sigma[:, None]))[:-1]",
        "slopes over σ",
        "in units of the noise already",
    ),
    left(
        "return np.diag(of(0 * column, slopes / np.hypot(1, column)[:, None]))[:-1]",
        "an error of each bin",
        "an error of each bin by itself",
    ),
    left("return 1 / np.diag(unit + fisher)[:-1]", "one over the diagonal", "invert first"),
    left("return np.diag(np.linalg.inv((unit + fisher)[:-1, :-1]))", "cut before", "with the scale known"),
    left(
        "return np.diag(np.linalg.inv(fisher + 1e-9 * unit))[:-1]", "no prior", "is the unit matrix missing"
    ),
    left("return np.sqrt(np.diag(of(column))[:-1])", "a root", "a root or a square"),
    left("return 1 - np.diag(of(column))[:-1]", "what is taken", "what is left is wanted"),
    left("return np.diag(fisher)[:-1]", "information", "its inverse"),
    left("return np.diag(np.linalg.inv(unit + fisher / len(sigma)))[:-1]", "a mean", "no mean"),
    left("return np.linalg.eigvalsh(of(column))[:-1]", "eigenvalues", "Those are eigenvalues"),
    left("return of(column)", "the covariance", "the whole covariance"),
    left("return np.diag(of(column))[:-1].mean()", "a mean", "one number for each mode"),
    left("return np.diag(of(column))[:-1] < 0.5", "true or false", "true or false"),
    left(
        "return np.diag(of(column.mean() + 0 * column))[:-1]",
        "a flat column of the right size",
        "same for all bins",
    ),
    left("return np.diag(of(scale * pattern / pattern.mean()))[:-1]", "relative, no sigma", "not in units"),
    left(
        "p = (pattern / sigma)[:, None]\n    s = slopes - p @ np.linalg.lstsq(p, slopes, rcond=None)[0]\n"
        "    return np.diag(np.linalg.inv(unit[1:, 1:] + s.T @ s))",
        "projected out",
        "nothing is known of the scale",
    ),
    left("return np.full(len(unit) - 1, np.nan)", "NaN", "There is a NaN"),
    left("return np.diag(of(0.001 * pattern / sigma))[:-1]", "written in", "still has the first scale"),
    left("np.diag(of(column))[:-1]", "no return", "is there a return?"),
    tool("return np.linspace(0.2, 8, 100), np.full(100, 0.01)", "equal times", "no more than equal times"),
    tool("return np.linspace(0.2, 8, 100), np.ones(100)", "all the time each", "more time than there is"),
    tool("return np.linspace(0.2, 30, 100), np.full(100, 0.01)", "too far", "between 0.2 and 20"),
    tool("return np.linspace(20, 0.2, 100), np.full(100, 0.01)", "falling", "must rise"),
    tool("return np.linspace(0.2, 8, 50), np.full(50, 0.02)", "fifty", "number of values"),
    tool("return np.linspace(0.2, 8, 100), np.r_[-0.01, np.full(99, 0.0101)]", "negative", "is negative"),
    tool("return np.linspace(0.2, 8, 100), np.full(100, np.nan)", "NaN", "There is a NaN"),
    tool("return np.linspace(0.2, 8, 100)", "q alone", "Two things are wanted"),
    tool("return np.linspace(0.2, 12, 100), np.full(100, 0.01)", "a longer range", "Few bins may be enough"),
    tool("q = np.linspace(0.2, 20, 100)\n    return q, q**2 / (q**2).sum()", "all far out", "no more than"),
    tool("return np.linspace(0.2, 8, 100), np.full(100, 0.005)", "half the time", "is not used"),
    tool("return np.linspace(0.2, 8, 100), np.full((100, 1), 0.01)", "a column", "one row of 100"),
    tool("np.linspace(0.2, 8, 100), np.full(100, 0.01)", "no return", "Two things are wanted"),
]
