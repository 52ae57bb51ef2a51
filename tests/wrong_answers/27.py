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
    swing("return right / 100", "c in mm", "a hundred once too often"),
    swing("return right / np.sqrt(EV)", "eV", "eV are not turned into J"),
    swing("return right * np.sqrt(DALTON)", "u", "u are not turned into kg"),
    swing("return right * 100", "1/m", "in 1/m"),
    swing("return right * LIGHT", "hertz", "in hertz"),
    swing("return np.sqrt(k / m)", "ω", "ω itself"),
    swing("return right / 2", "zero point", "half of it"),
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
    springs(
        "return flat.T @ (flat * constants[:, None])", "d not of unit length", "not of unit length", LONG
    ),
    springs("return flat.T @ (flat * constants[:, None])", "plus", "moves the other way", PUSHED),
    springs("return right / 2", "half", "the ½ of the energy"),
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
    springs("return right.round(2)", "rounded", "nearly right"),
    springs("return np.nan * right", "NaN", "NaN"),
    springs("return 0 * right", "zeros", "All zeros"),
    springs("return None", "nothing", "not a numeric array"),
    unseen("return molecule.hessian", "the unknown", "A NaN"),
    unseen("return 0 * total", "zeros", "All zeros"),
    unseen("return -total", "sign", "a sign turned"),
    unseen("return np.triu(total)", "triangle", "is symmetric"),
    unseen("return total[:3, :3]", "shape", "coordinates: shape"),
    unseen("return 1e-6 * total", "soft", "below 150"),
    unseen("return 1e6 * total", "units", "above 6000"),
    unseen("return total", "one constant", "one constant for all springs"),
    unseen("return 10 * np.eye(len(total))", "diagonal", "Only the diagonal is there"),
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
