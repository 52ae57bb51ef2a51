"""Build data/form_factors/: how one free atom scatters, elastically and by the Compton effect.

Run it with the environment of the molecular data set, which has xraydb and xraylib:
`.venv-build/bin/python tools/build_form_factors.py`, a second, and then `tools/checksums.py`. The course ships the
tables: xraydb alone costs 0.8 s and 75 MB at each import.
"""

import json
from pathlib import Path

import numpy as np
import xraydb
import xraylib

DATA = Path(__file__).resolve().parent.parent / "data" / "form_factors"
ELEMENTS = "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar Br I".split()
# q [1/Å] of the incoherent functions, so fine where they rise that a straight line between two is good enough
Q = np.concatenate([np.arange(0, 4, 0.1), np.arange(4, 10, 0.25), np.arange(10, 20.5, 0.5)])


def main():
    rows = ["element,number,a1,a2,a3,a4,a5,b1,b2,b3,b4,b5,c"]
    table = {row.ion: row for row in xraydb.get_xraydb().get_cache("Waasmaier")}
    for element in ELEMENTS:
        row = table[element]
        numbers = [*json.loads(row.scale), *json.loads(row.exponents), row.offset]
        rows.append(",".join([element, str(row.atomic_number), *(repr(float(x)) for x in numbers)]))
    DATA.mkdir(parents=True, exist_ok=True)
    (DATA / "waasmaier_kirfel.csv").write_text("\n".join(rows) + "\n", encoding="utf-8", newline="\n")

    rows = ["q," + ",".join(ELEMENTS)]
    for q in Q:
        values = [xraylib.SF_Compt(table[e].atomic_number, q / (4 * np.pi)) if q else 0.0 for e in ELEMENTS]
        rows.append(",".join([f"{q:g}", *(f"{value:.5g}" for value in values)]))
    (DATA / "hubbell.csv").write_text("\n".join(rows) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
