"""Plausible wrong answers to the exercises of lesson 27, each with the hint that names the mistake."""

SI = (
    "mu = first * second / (first + second)\n    k, m = constant * EV * 1e20, mu * DALTON\n"
    "    right = np.sqrt(k / m) / (2 * np.pi * LIGHT)\n    "
)
ROWS = (
    "rows = np.zeros((len(pairs), len(positions), 3))\n"
    "    for row, (i, j) in zip(rows, pairs):\n"
    "        row[i] = (positions[i] - positions[j]) / np.linalg.norm(positions[i] - positions[j])\n"
    "        row[j] = -row[i]\n"
    "    flat = rows.reshape(len(rows), -1)\n"
    "    right = np.einsum('m,ma,mb->ab', constants, flat, flat)\n    "
)
LONG = ROWS.replace(" / np.linalg.norm(positions[i] - positions[j])", "")
PUSHED = ROWS.replace("row[j] = -row[i]", "row[j] = row[i]")
BLOCKS = (
    "n = len(positions)\n    blocks, square = np.ones((n, n)), np.ones((3, 3))\n    return right * np.kron("
)
END = "rows = rows.copy()\n    "
SUM = "\n    flat = rows.reshape(len(rows), -1)\n    return flat.T @ (flat * constants[:, None])"
FILL = (
    "n = len(positions)\n    blocks = np.zeros((n, n, 3, 3))\n    for (i, j), k in zip(pairs, constants):\n"
    "        d = positions[i] - positions[j]\n        d = d / np.linalg.norm(d)\n"
    "        blocks[i, i] += k * np.outer(d, d)\n        blocks[j, j] += k * np.outer(d, d)\n"
    "        blocks[i, j] = blocks[j, i] = -k * np.outer(d, d)\n"
    "    return blocks.transpose(0, 2, 1, 3).reshape(3 * n, 3 * n)"
)
MASS = "m = "
ON = "\n    return np.sqrt(k / m) / (2 * np.pi * LIGHT)"
EACH = "each = [np.sqrt(k / (one * DALTON)) / (2 * np.pi * LIGHT) for one in (first, second)]\n    "
VECTORS = (
    "i, j = pairs.T\n    ends, n = positions[i] - positions[j], len(positions)\n"
    "    size = np.linalg.norm(ends, axis=1)[:, None]\n    "
)
STRETCH = (
    "\n    rows, at = np.zeros((len(pairs), n, 3)), range(len(pairs))\n    rows[at, i], rows[at, j] = d, -d"
    "\n    flat = rows.reshape(len(pairs), -1)\n    return flat.T @ (flat * constants[:, None])"
)
TRAP = (
    "b = constants[:, None, None] * (ends / size)[:, :, None] * (ends / size)[:, None]\n"
    "    found = np.zeros((n, n, 3, 3))\n    found[i, i] += b\n    found[j, j] += b\n"
    "    found[i, j] -= b\n    found[j, i] -= b\n    return found.transpose(0, 2, 1, 3).reshape(3 * n, 3 * n)"
)
APART = (
    "found = 0 * right\n    for (i, j), k in zip(pairs, constants):\n"
    "        d = (positions[i] - positions[j]) / np.linalg.norm(positions[i] - positions[j])\n"
    "        b, at, to = k * np.outer(d, d), slice(i, i + 3), slice(j, j + 3)\n"
    "        found[at, at] += b\n        found[to, to] += b\n        found[at, to] -= b\n"
    "        found[to, at] -= b\n    return found"
)
SOME = "size = np.linalg.norm(positions[pairs[:, 0]] - positions[pairs[:, 1]], axis=1)\n    kept = "
LEFT = "\n    return flat[kept].T @ (flat * constants[:, None])[kept]"
OWN = "own = np.kron(np.eye(len(positions)), np.ones((3, 3)))\n    "
WEIGHTED = "root = np.repeat(np.sqrt(benzene.masses), 3)\n    return "
LOOP = "total = np.zeros(right.shape, float)\n    for s, k in zip(flat, constants):\n        "
STEPS = (
    "rest = np.linalg.norm(positions[pairs[:, 0]] - positions[pairs[:, 1]], axis=1)\n"
    "    def energy(x):\n        x = x.reshape(-1, 3)\n"
    "        size = np.linalg.norm(x[pairs[:, 0]] - x[pairs[:, 1]], axis=1)\n"
    "        return (constants * (size - rest) ** 2).sum() / 2\n"
    "    x, h = positions.ravel(), 0.1 * np.eye(positions.size)\n"
    "    e = lambda a, b: energy(x + a + b) - energy(x + a - b) - energy(x - a + b) + energy(x - a - b)\n"
    "    return np.array([[e(a, b) / 0.04 for a in h] for b in h])"
)
SPRINGS = "flat = np.concatenate(list(kinds(molecule).values()))\n    total = 3 * flat.T @ flat\n    "


ROOT = "root = np.repeat(np.sqrt(molecule.masses), 3)\n    return "
BONDS = (
    "found = kinds(molecule)\n    bonds = [v for k, v in found.items() if k[0] in '1m']\n"
    "    return sum(30 * part.T @ part for part in bonds)"
)
PLAIN = (
    "stiff = {'1': 30, 'm': 45, '2': 6, '3': 0.8, '4': 0.2}\n"
    "    plain = sum(stiff[k[0]] * part.T @ part for k, part in kinds(molecule).items())\n    "
)


def swing(body, why, hint):
    """One wrong `wavenumber`; `right` holds the right answer, `k` and `m` constant and reduced mass in SI."""
    code = f"def wavenumber(constant, first, second):\n    {SI}{body}\n"
    return {"exercise": "1", "why": why, "code": code, "hint": hint}


def springs(body, why, hint, rows=ROWS):
    """One wrong `hessian_of`; `flat` holds the stretches, `right` the right answer."""
    code = f"def hessian_of(positions, pairs, constants):\n    {rows}{body}\n"
    return {"exercise": "2", "why": why, "code": code, "hint": hint}


def unseen(body, why, hint):
    """One wrong `guess_hessian`; `total` holds springs with one constant."""
    code = f"def guess_hessian(molecule, library):\n    {SPRINGS}{body}\n"
    return {"exercise": "3", "why": why, "code": code, "hint": hint}


WRONG = [
    swing("return np.sqrt(k / m) / LIGHT", "no 2π", "The 2π is missing"),
    swing("return k / m / (2 * np.pi * LIGHT) ** 2", "no root", "The root is missing"),
    swing(
        "return np.sqrt(k / ((first + second) * DALTON)) / (2 * np.pi * LIGHT)",
        "the sum",
        "on the sum of the masses",
    ),
    swing(
        "return np.sqrt(k / ((first + second) / 2 * DALTON)) / (2 * np.pi * LIGHT)",
        "the mean",
        "with the mean mass",
    ),
    swing("return np.sqrt(k * mu / DALTON) / (2 * np.pi * LIGHT)", "upside down", "upside down"),
    swing("return np.sqrt(k / (first * second * DALTON)) / (2 * np.pi * LIGHT)", "no sum", "is not divided"),
    swing("return right * 1e-10", "Å", "Å are not turned into m"),
    swing("return right * 1e-20", "Å the wrong way", "turned the wrong way"),
    swing("return np.sqrt(constant / mu) / (2 * np.pi * LIGHT)", "no units", "No unit is turned"),
    swing("return np.sqrt(constant / mu)", "no units, ω", "No unit is turned"),
    swing("return np.sqrt(constant / mu) / (2 * np.pi)", "no units, Hz", "No unit is turned"),
    swing("return 1.054571817e-34 * np.sqrt(k / m) / EV", "ħω in eV", "ħω, an energy in eV"),
    swing("return 1.054571817e-34 * np.sqrt(k / m)", "ħω in J", "ħω, an energy in J"),
    swing(
        "m = (first * second / first + second) * DALTON\n    return np.sqrt(k / m) / (2 * np.pi * LIGHT)",
        "no brackets in μ",
        "m₁ + m₂ wants brackets",
    ),
    swing("return np.sqrt(k / m) / 2 * np.pi * LIGHT", "no brackets in 2πc", "2πc wants brackets: after /"),
    swing("return np.sqrt(k / m) / 2 * np.pi / LIGHT", "no brackets in 2π", "π stands above the line"),
    swing("return np.sqrt(k / m) / (2 * np.pi) * LIGHT", "times c", "multiplied by the speed"),
    swing("return np.sqrt(k / m / (2 * np.pi * LIGHT))", "root over everything", "The root is over 2πc too"),
    swing("return np.sqrt(np.sqrt(k / m) / (2 * np.pi * LIGHT))", "two roots", "The root is over 2πc too"),
    swing("return k / m / (2 * np.pi * LIGHT)", "no root over ω²", "The root is missing"),
    swing("return np.sqrt(k) / m / (2 * np.pi * LIGHT)", "root of k", "The root is over k alone"),
    swing("return k / np.sqrt(m) / (2 * np.pi * LIGHT)", "root of μ", "The root is over μ alone"),
    swing("return right / np.sqrt(constant)", "no k", "The constant is not used"),
    swing("return right / 100", "c in mm, or Å as cm", "taken for 10⁻⁸ m, or cm and m mixed"),
    swing("return right / np.sqrt(EV)", "eV", "eV are not turned into J"),
    swing("return right * np.sqrt(DALTON)", "u", "u are not turned into kg"),
    swing("return right * 100", "1/m, or Å as pm", "in 1/m (LIGHT is in cm/s)? Or is an Å taken for 10⁻¹² m"),
    swing("return right * LIGHT", "hertz", "in hertz"),
    swing("return np.sqrt(k / m)", "ω", "ω itself"),
    swing("return right / 2", "zero point, or 4π", "is it 4π for 2π, or the ½ of a zero-point"),
    swing("return 1 / right", "a length", "the wavelength"),
    swing(
        "return np.sqrt(k / (second * DALTON)) / (2 * np.pi * LIGHT)",
        "one mass",
        "with the lighter mass alone",
    ),
    swing(
        "return np.sqrt(k / (first * DALTON)) / (2 * np.pi * LIGHT)",
        "one mass",
        "with the heavier mass alone",
    ),
    swing("return None", "nothing", "nothing"),
    swing("return right / 10", "Å as nm", "a nm? It is 10⁻¹⁰ m"),
    swing("return right * 1e-5", "Å once", "Å are turned once: "),
    swing("return right * 1e-15", "Å once, the wrong way", "turned once, and the wrong way"),
    swing("return right / EV", "divided by EV", "divided by EV"),
    swing(f"{MASS}first * DALTON * second * DALTON / (first + second){ON}", "D²", "DALTON comes in twice"),
    swing(f"{MASS}first * second / ((first + second) * DALTON){ON}", "D on the sum", "stands below the line"),
    swing(f"{MASS}mu * 1000 * DALTON{ON}", "kg into g", "DALTON is in kg already"),
    swing(f"{MASS}mu * DALTON / 1000{ON}", "g into kg", "DALTON is in kg, and stays so"),
    swing(f"{MASS}2 * mu * DALTON{ON}", "harmonic mean", "is k halved, or the reduced mass doubled"),
    swing("return right * np.sqrt(2)", "2 k", "is k doubled, or the reduced mass halved"),
    swing("return np.sqrt(k * m) / (2 * np.pi * LIGHT)", "k μ", "k and μ are multiplied"),
    swing("return np.sqrt(m / k) / (2 * np.pi * LIGHT)", "μ / k", "The root is upside down"),
    swing("return np.sqrt(k / m) / (4 * np.pi**2 * LIGHT)", "4π²", "divided by 2π twice"),
    swing("return np.sqrt(k / m) / (np.pi * LIGHT)", "π", "is it π for 2π"),
    swing("return np.sqrt(k / m / (2 * np.pi)) / LIGHT", "2π in the root", "2π stands under the root"),
    swing("return np.sqrt(k / m) * 2 * np.pi / LIGHT", "times 2π", "multiplied by 2π"),
    swing("return right / LIGHT", "c twice", "divided by the speed of light twice"),
    swing(f"{MASS}mu / (first + second) * DALTON{ON}", "sum squared", "by the sum of the masses twice"),
    swing(f"{MASS}first * second / abs(first - second) * DALTON{ON}", "minus", "The masses are subtracted"),
    swing(f"{MASS}first * second / first + second * DALTON{ON}", "no brackets", "DALTON multiplies both"),
    swing(f"{MASS}mu * 1.67262192e-27{ON}", "proton", "the proton's mass taken for u"),
    swing(f"{MASS}mu * 9.109e-31{ON}", "electron", "electron's mass stands for u"),
    swing(f"{EACH}return sum(each)", "a sum of two", "the sum of what each mass alone"),
    swing(f"{EACH}return np.mean(each)", "a mean of two", "the mean of what each mass alone"),
    swing(f"{EACH}return each", "two numbers", "One swing for both together"),
    swing("return np.sqrt(constant) * EV * 1e20 / m / (2 * np.pi * LIGHT)", "root of k", "with units"),
    swing(
        "return np.sqrt(constant / m) / (2 * np.pi * LIGHT)",
        "eV and Å",
        "Å are not turned into m; eV are not",
    ),
    swing(
        "return np.sqrt(constant * EV / m) / (2 * np.pi)", "Å and c", "into m; the speed of light is missing"
    ),
    swing("return np.sqrt(constant * 1e20 / mu) / (2 * np.pi * LIGHT)", "eV and u", "into J; u are not"),
    swing("return np.sqrt(k / mu) / LIGHT", "u and 2π", "into kg; the 2π is missing"),
    swing("return np.sqrt(k / m) / LIGHT * 100", "2π and 1/m", "the 2π is missing; it is in 1/m"),
    swing("return np.sqrt(100 * constant / m) / (2 * np.pi * LIGHT)", "mdyn/Å", "in mdyn/Å"),
    swing("return right * LIGHT / 1e12", "THz", "in terahertz"),
    swing("return 1e3 * 1.054571817e-34 * np.sqrt(k / m) / EV", "ħω in meV", "an energy in meV"),
    swing("return right * 0.0119627", "kJ/mol", "in kJ/mol"),
    swing("return 8065.544 * constant", "k as an energy", "k itself, as an energy"),
    swing("return 3000", "the text's", "the round number of the text"),
    swing("return 2961.83", "the first case's", "carbon's and hydrogen's on 30 eV"),
    swing("return np.sqrt(30 * EV * 1e20 / m) / (2 * np.pi * LIGHT)", "30 typed in", "30 eV/Å² is typed in"),
    swing(
        f"{MASS}12.011 * 1.008 / 13.019 * DALTON{ON}", "masses typed in", "Carbon and hydrogen are typed in"
    ),
    swing("return 2961.83 * constant / 30", "a law linear in k", "in step with the constant"),
    swing("return right * np.sqrt(constant / 30)", "linear in k, own masses", "in step with the constant"),
    swing("return np.sqrt(-k / m) / (2 * np.pi * LIGHT)", "minus", "NaN, a root of something negative"),
    swing("return right * 1j", "complex", "That is complex: real numbers are wanted"),
    swing("return np.linalg.norm(constant, first, second)", "an axis", "The array has no such axis"),
    springs(
        "return flat.T @ (flat * constants[:, None])", "d not of unit length", "not of unit length", LONG
    ),
    springs("return flat.T @ (flat * constants[:, None])", "plus", "moves the other way", PUSHED),
    springs("return right / 2", "half", "a ½ is left"),
    springs("return 2 * right", "twice", "counted twice"),
    springs("return -right", "sign", "The sign is turned"),
    springs("return np.diag(np.diag(right))", "diagonal", "Only the diagonal"),
    springs("return np.triu(right)", "upper triangle", "Only the upper triangle"),
    springs("return flat.T @ flat", "no constants", "The constants are not used"),
    springs("return constants.mean() * flat.T @ flat", "mean constant", "All springs have the mean"),
    springs("return flat.T @ (flat * constants[:, None] ** 2)", "squared", "constants are squared"),
    springs("return flat.T @ (flat * constants[:, None] ** 0.5)", "root", "The root of the constants"),
    springs(
        "n = len(positions)\n    return right.reshape(n, 3, n, 3).transpose(1, 0, 3, 2).reshape(3 * n, 3 * n)",
        "by axis",
        "Ordered by axis",
    ),
    springs("n = len(positions)\n    return right.reshape(n, 3, n, 3)", "four axes", "reshape it"),
    springs(
        "n = len(positions)\n    found = np.zeros((n, n))\n    for (i, j), k in zip(pairs, constants):\n"
        "        found[[i, j], [i, j]] += k\n        found[[i, j], [j, i]] -= k\n    return found",
        "one number",
        "One number for two atoms",
    ),
    springs(
        "n = len(positions)\n    return right.reshape(n, 3, n, 3).transpose(0, 2, 1, 3)",
        "by block",
        "(n, n, 3, 3): exchange",
    ),
    springs("return flat", "stretches", "coordinate stretches each spring"),
    springs("return np.tril(right)", "lower triangle", "Only the lower triangle"),
    springs(f"{BLOCKS}np.triu(blocks), square)", "blocks above", "below the diagonal are missing"),
    springs(f"{BLOCKS}np.tril(blocks), square)", "blocks below", "above the diagonal are missing"),
    springs(f"{END}rows[range(len(pairs)), pairs[:, 0]] = 0{SUM}", "second atom", "Only the second atom"),
    springs(f"{END}rows[range(len(pairs)), pairs[:, 1]] = 0{SUM}", "first atom", "Only the first atom"),
    springs("return constants[-1] * np.outer(flat[-1], flat[-1])", "overwritten", "Only the last spring"),
    springs(
        "return constants[0] * np.outer(flat[0], flat[0])", "return in the loop", "Only the first spring"
    ),
    springs(
        FILL.replace("[i, i] += k", "[i, i] = k").replace("[j, j] += k", "[j, j] = k"), "own", "own block"
    ),
    springs(FILL.replace("np.outer(d, d)", "np.eye(3)"), "in all directions", "in all directions alike"),
    springs("return {'hessian': right}", "a dictionary", "not a numeric array"),
    springs("return right.round(2)", "rounded", "It is rounded"),
    springs("return np.nan * right", "NaN", "NaN"),
    springs("return 0 * right", "zeros", "All zeros"),
    springs("return None", "nothing", "is there a return"),
    springs("constants *= 0.5\n    return flat.T @ (flat * constants[:, None])", "½ in place", "a ½ is left"),
    springs("return right / 4", "quarter", "both stretches are halved"),
    springs("return right / len(pairs)", "a mean", "mean over the springs"),
    springs("return 4 * right", "four times", "four times the Hessian"),
    springs("return right + right.T", "its transpose added", "or its transpose added"),
    springs("return EV * 1e20 * right", "J/m²", "That is in J/m²"),
    springs("return flat.T @ (flat * constants[:, None] ** 3)", "k³", "once more outside"),
    springs("return 30 * flat.T @ flat", "30 typed in", "One typed-in constant"),
    springs("return constants.sum() * flat.T @ flat", "sum of constants", "the sum of all constants"),
    springs(
        "return flat.T @ (flat * constants[pairs[:, 0], None])",
        "constants by atom",
        "by the first atom's number",
    ),
    springs(
        "return flat.T @ (flat * constants[pairs[:, 1], None])",
        "constants by atom",
        "by the second atom's number",
    ),
    springs(f"{VECTORS}{TRAP}", "NumPy's trap", "np.add.at"),
    springs(
        f"{VECTORS}d = ends / np.linalg.norm(ends){STRETCH}", "one norm", "One norm is taken over all pairs"
    ),
    springs(
        f"{VECTORS}d = ends / np.linalg.norm(ends, axis=0){STRETCH}", "axis 0", "over the pairs (axis=0)"
    ),
    springs(
        f"{VECTORS}d = ends / abs(ends).max(axis=1)[:, None]{STRETCH}", "largest", "its largest component"
    ),
    springs(f"{VECTORS}d = ends / abs(ends).sum(axis=1)[:, None]{STRETCH}", "ℓ1", "its components' sizes"),
    springs(f"{VECTORS}d = abs(ends) / size{STRETCH}", "abs", "has lost its signs"),
    springs(f"{VECTORS}d = ends * size{STRETCH}", "times its length", "multiplied by its length"),
    springs(f"{VECTORS}d = ends / size**2{STRETCH}", "twice", "by its length twice"),
    springs(
        f"{VECTORS}ends = positions[i] + positions[j]\n    d = ends / np.linalg.norm(ends, axis=1)[:, None]{STRETCH}",
        "a sum",
        "the sum of both places",
    ),
    springs(f"{VECTORS}d, constants = ends / size, constants * size[:, 0]{STRETCH}", "once", "One d of d dᵀ"),
    springs(f"{APART}", "i to i + 3", "sought at i to i + 3"),
    springs(
        FILL.replace("        blocks[j, j] += k * np.outer(d, d)\n", ""),
        "own",
        "The second atom of each pair gets",
    ),
    springs(
        FILL.replace("        blocks[i, i] += k * np.outer(d, d)\n", ""),
        "own",
        "The first atom of each pair gets",
    ),
    springs(
        FILL.replace("blocks[i, j] = blocks[j, i] = -k", "blocks[i, j] = blocks[j, i] = k"),
        "plus",
        "minus, also",
    ),
    springs(FILL.replace("+= k", "-= k"), "own blocks negative", "own blocks are negative"),
    springs(
        FILL.replace("np.outer(d, d)", "np.diag(d * d)"), "elementwise", "element by element: outer products"
    ),
    springs(FILL.replace("np.outer(d, d)", "(np.eye(3) - np.outer(d, d))"), "across", "Yours pull across d"),
    springs(FILL.replace(".transpose(0, 2, 1, 3)", ""), "not exchanged", "exchange the middle axes before"),
    springs(FILL.replace("d = d / np.linalg.norm(d)", "pass"), "long d", "not of unit length"),
    springs(
        f"{OWN}return right * (1 - own) - np.diag((right * (1 - own)).sum(axis=1))",
        "row sums",
        "The rows' sums",
    ),
    springs(
        "return flat[:-1].T @ (flat * constants[:, None])[:-1]", "one too few", "The last spring is missed"
    ),
    springs("return flat[1:].T @ (flat * constants[:, None])[1:]", "from 1", "The first spring is missed"),
    springs(f"{SOME}size < 1.6{LEFT}", "neighbours", "between neighbours"),
    springs(f"{SOME}pairs.max(axis=1) < 6{LEFT}", "no hydrogen", "between heavy atoms"),
    springs(f"{WEIGHTED}right / np.outer(root, root)", "mass-weighted", "That is mass-weighted"),
    springs(f"{WEIGHTED}right * np.outer(root, root)", "mass-weighted", "times the roots of the masses"),
    springs(
        "return [k * np.outer(s, s) for k, s in zip(constants, flat)]", "not summed", "one matrix a spring"
    ),
    springs("return np.trace(right)", "one number", "One number: a Hessian"),
    springs("return np.linalg.eigvalsh(right)", "eigenvalues", "its eigenvalues"),
    springs("return np.linalg.eigh(right)[1]", "eigenvectors", "These are eigenvectors"),
    springs("return np.linalg.pinv(right)", "inverse", "its inverse"),
    springs("return right @ np.arange(len(right))", "a gradient", "One number a coordinate"),
    springs("return np.eye(len(right))", "identity", "the identity"),
    springs("return benzene.hessian", "benzene's own", "from quantum chemistry"),
    springs(f"{LOOP}total += k * np.dot(s, s)\n    return total", "dot", "one number (dot)"),
    springs(
        f"{LOOP}total += k * s * s\n    return total", "elementwise", "s times s is taken element by element"
    ),
    springs(f"{LOOP}total += k * s\n    return total", "s once", "The stretches stand there once"),
    springs(
        f"{LOOP.replace('float', 'int')}total += k * np.outer(s, s)\n    return total",
        "whole numbers",
        "Leave the int away",
    ),
    springs("return right.astype(int)", "whole numbers", "It holds whole numbers"),
    springs(
        "return right + 0.1 * np.eye(len(right))", "more on the diagonal", "plus a number on the diagonal"
    ),
    springs("return 1.001 * right", "a factor", "the right ones times 1.001"),
    springs(f"{STEPS}", "long steps", "a numerical derivative of too long steps"),
    springs(
        "positions = tilted\n    " + ROWS + "return right", "benzene's places", "The places are benzene's", ""
    ),
    springs(
        "positions = benzene.positions\n    " + ROWS + "return right",
        "not tilted",
        "for benzene.positions",
        "",
    ),
    springs(
        "pairs = np.argwhere(np.triu(np.ones((len(positions),) * 2), 1))[: len(constants)]\n    "
        + ROWS
        + "return right",
        "pairs ignored",
        "pairs is not used",
        "",
    ),
    springs(ROWS.replace("len(positions)", "12") + "return right", "12 typed in", "is typed in (12)", ""),
    unseen("return molecule.hessian", "the unknown", "A NaN"),
    unseen("return 0 * total", "zeros", "All zeros"),
    unseen("return -total", "sign", "a sign turned"),
    unseen("return np.triu(total)", "triangle", "is symmetric"),
    unseen("return total[:3, :3]", "shape", "coordinates: shape"),
    unseen("return 1e-6 * total", "soft", "below 150"),
    unseen("return 1e6 * total", "units", "above 6000"),
    unseen("return total", "one constant", "one constant for all springs"),
    unseen("return 10 * np.eye(len(total))", "ties", "Atoms are tied each to its place"),
    unseen(
        "return 3 * np.diag(np.repeat(molecule.masses, 3))",
        "ties by mass",
        "Atoms are tied each to its place",
    ),
    unseen(
        "return total * np.kron(np.eye(len(molecule.masses)), np.ones((3, 3)))",
        "blocks",
        "Atoms are tied each",
    ),
    unseen(f"{PLAIN}return plain / 4", "a quarter", "are all springs too soft alike"),
    unseen("return molecule.bonds", "what is not there", "AttributeError at `return molecule.bonds`"),
    unseen(
        "from helpers import pools\n    return pools.molecule(molecule.name).hessian", "cheat", "asks `pools"
    ),
    unseen(f"{PLAIN}return 16.0218 * plain", "N/m", "in N/m?"),
    unseen(f"{PLAIN}return plain / 16.0218", "divided", "turned into eV/Å² twice?"),
    unseen(BONDS, "bonds alone", "holds the angles?"),
    unseen(f"{PLAIN}{ROOT}plain / np.outer(root, root)", "weighted", "mass-weighted?"),
    unseen(f"{PLAIN}{ROOT}plain * np.outer(root, root)", "weighted twice", "mass-weighted?"),
    unseen("return None", "nothing", "nothing"),
]
