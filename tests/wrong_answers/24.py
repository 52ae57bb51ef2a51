"""Plausible wrong answers to the exercises of lesson 24, each with the hint that names the mistake."""


def slopes(body, why, hint):
    """One wrong `slopes_of`."""
    return {
        "exercise": "1",
        "why": why,
        "code": f"def slopes_of(vectors, pieces):\n    v, b = vectors, pieces\n    {body}\n",
        "hint": hint,
    }


def bound(body, why, hint):
    """One wrong `smallest_error`."""
    code = (
        "def smallest_error(slopes, sigma):\n    f = slopes.T @ slopes\n    c = np.linalg.inv(f) * sigma**2\n"
    )
    return {"exercise": "2", "why": why, "code": f"{code}    {body}\n", "hint": hint}


def start(body, why, hint):
    """One wrong `starts`."""
    return {
        "exercise": "3",
        "why": why,
        "code": f"def starts(targets):\n    n = len(targets)\n    {body}\n",
        "hint": hint,
    }


LINE = (
    "u, e = draw(400, np.random.default_rng(3)); line = Ridge(1e-2).fit(e.reshape(400, -1), u)\n"
    "    guess = line.predict(targets.reshape(n, -1))\n    "
)
RIGHT = "np.einsum('ib,cij,jb->bc', v.conj(), b, v, optimize=True)"

WRONG = [
    slopes("return np.einsum('ib,cij,jb->bc', v, b, v).real", "no conjugate", "conjugate is missing"),
    slopes("return abs(np.einsum('ib,cij,jb->bc', v, b, v))", "no conjugate, size", "conjugate is missing"),
    slopes(f"return {RIGHT}", "complex", "Take the real part"),
    slopes(f"return {RIGHT}.real.T", "transposed", "bands are the rows"),
    slopes("return np.einsum('bi,cij,bj->bc', v.conj(), b, v).real", "rows", "stand in columns"),
    slopes(
        "return np.einsum('ib,cij,jb->bc', v, b, v.conj()).real", "the other one", "The wrong one of the two"
    ),
    slopes(f"return abs({RIGHT})", "a size", "The sign is lost"),
    slopes(f"return -{RIGHT}.real", "a sign", "The sign is turned"),
    slopes(f"return 2 * {RIGHT}.real", "twice", "A factor of two"),
    slopes(f"return {RIGHT}.imag", "imaginary", "imaginary part is taken"),
    slopes("return np.zeros((v.shape[1], len(b)))", "zeros", "All zeros"),
    slopes("return np.einsum('ib,cij,jb->bc', v, b, v)", "no conjugate, complex", "conjugate is missing"),
    slopes(f"return {RIGHT}.tolist()", "list of complex", "Take the real part"),
    slopes("return v.conj().T @ b @ v", "whole", "of each band with each band"),
    slopes("return (v.conj().T @ b @ v).real", "whole, real", "of each band with each band"),
    slopes("return np.diagonal(v.conj().T @ b @ v).real", "first axes", "takes the first two axes"),
    slopes(
        "return np.einsum('ib,cij,jb->bc', v.real, b, v.real).real",
        "real vectors",
        "imaginary parts are lost",
    ),
    slopes(
        "return np.diagonal(v.conj() @ b @ v, axis1=1, axis2=2).T.real",
        "no transpose",
        "One of the two vectors is a row",
    ),
    slopes(f"return {RIGHT}.real * some_parameters", "times parameters", "multiplied by the parameters"),
    slopes(
        "return np.einsum('ib,cij,jb->bc', v.conj(), np.triu(b), v).real", "a half", "the upper triangle of B"
    ),
    slopes("return np.einsum('ib,cij,jb->bc', v.conj(), b, v * 1j)", "turned", "Imaginary parts up to"),
    slopes("return np.linalg.norm(np.einsum('cij,jb->bci', b, v), axis=2)", "a length", "the length of B v"),
    slopes("return np.einsum('ib,cii,ib->bc', v.conj(), b, v).real", "a diagonal", "the diagonal of B alone"),
    slopes(f"return {RIGHT}.real.sum(axis=0)", "a trace", "summed over the bands"),
    slopes(f"return {RIGHT}.real.mean(axis=0)", "a mean", "a mean over the bands"),
    slopes(f"return {RIGHT}.real.sum(axis=1)", "all parameters", "summed over the parameters"),
    slopes(f"{RIGHT}.real", "no return", "is there a return?"),
    slopes("return 'v.T @ b @ v'", "text", "That is text"),
    slopes("return np.full((v.shape[1], len(b)), np.nan)", "NaN", "There is a NaN"),
    slopes(
        "v, b = globals()['vectors'], globals()['pieces']\n    return " + RIGHT + ".real",
        "globals",
        "still has the first vectors",
    ),
    slopes(f"return {RIGHT}.real.tolist()[0]", "one band", "the course's is"),
    bound("return sigma / np.sqrt(np.diag(f))", "others known", "if all other parameters were known"),
    bound("return sigma**2 / np.diag(f)", "others known, variance", "if all other parameters were known"),
    bound("return np.diag(c)", "variance", "the root is missing"),
    bound("return np.sqrt(np.diag(c)) / sigma", "no noise", "The noise is missing"),
    bound("return np.sqrt(np.diag(np.linalg.inv(f / sigma)))", "noise not squared", "enters squared"),
    bound("return np.sqrt(np.diag(np.linalg.inv(f * sigma**2)))", "wrong side", "wrong side"),
    bound("return c", "whole covariance", "the whole covariance"),
    bound("return np.sqrt(np.diag(c) / len(slopes))", "over n", "no division by their number"),
    bound("return np.sqrt(np.diag(c) * len(slopes))", "mean information", "not a mean"),
    bound("return np.sqrt(np.diag(f)) / sigma", "information's root", "root of the information"),
    bound("return np.diag(f) / sigma**2", "information", "the information itself"),
    bound("return 1 / np.sqrt(np.diag(c))", "inverse", "one over the bound"),
    bound("return np.sqrt(np.diag(c)).mean()", "mean", "each parameter has its own"),
    bound("return np.sqrt(np.linalg.eigvalsh(c))", "eigenvalues", "axes of the error ellipsoid"),
    bound(
        "g = slopes @ slopes.T; return np.sqrt(abs(np.diag(np.linalg.pinv(g)))) * sigma",
        "J Jᵀ",
        "a row for each band",
    ),
    bound("return np.zeros(slopes.shape[1])", "zeros", "All zeros"),
    bound("return np.sqrt(np.diag(c)) * 0.002 / sigma", "noise written in", "still has the first noise"),
    bound("return None", "nothing", "is there a return?"),
    bound("return np.full(slopes.shape[1], np.nan)", "NaN", "There is a NaN"),
    bound("return 'sqrt(diag(inv(J.T J)))'", "text", "That is text"),
    bound(
        "g = slopes @ slopes.T + 1e-12 * np.eye(len(slopes))\n"
        "    return np.sqrt(np.diag(np.linalg.inv(g)) * -(sigma**2))",
        "J Jᵀ, NaN",
        "a row for each band",
    ),
    bound("return np.sqrt(c)", "roots of all", "take the diagonal first"),
    bound("return np.sqrt(np.diag(c)) * sigma", "σ² outside", "Outside of the root it is sigma"),
    bound("return 1000 * np.sqrt(np.diag(c))", "meV", "in meV"),
    bound("return 1.96 * np.sqrt(np.diag(c))", "95 %", "an interval of 95 %"),
    bound("n, p = slopes.shape\n    return np.sqrt(np.diag(c) * n / (n - p))", "n − p", "The noise is known"),
    bound("return 1 / np.sqrt(np.diag(f))", "others known, no noise", "And the noise is missing"),
    start("return np.zeros((n, 18))", "neutral", "All starts are the same"),
    start("return np.random.default_rng().uniform(-1, 1, (n, 18))", "random", "or chance"),
    start("return draw(60, np.random.default_rng([24, seed, 77]))[0]", "the truths", "the truths themselves"),
    start(LINE + "return CENTRE + WIDE * guess", "eV", "as t1 is in eV"),
    start(LINE + "return guess[:, :10]", "hoppings alone", "shape of the starts"),
    start(LINE + "guess", "no return", "is there a return?"),
    start("return np.full((n, 18), np.nan)", "NaN", "NaN or infinite"),
    start(LINE + "return 0.01 * guess", "next to neutral", "what do the bands say?"),
]
