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
SPRINGS = "flat = np.concatenate(list(kinds(molecule).values()))\n    total = 3 * flat.T @ flat\n    "


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
    swing("return right * 1e-5", "one Å", "not 10¹⁰"),
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
    springs("return np.nan * right", "NaN", "NaN"),
    springs("return 0 * right", "zeros", "All zeros"),
    springs("return None", "nothing", "nothing"),
    unseen("return molecule.hessian", "the unknown", "A NaN"),
    unseen("return 0 * total", "zeros", "All zeros"),
    unseen("return -total", "sign", "a sign turned"),
    unseen("return np.triu(total)", "triangle", "is symmetric"),
    unseen("return total[:3, :3]", "shape", "coordinates: shape"),
    unseen("return 1e-6 * total", "soft", "below 150"),
    unseen("return 1e6 * total", "units", "above 6000"),
    unseen("return None", "nothing", "nothing"),
]
