"""Make the thresholds that lesson 12 reads: a two-sided Neyman construction of XENONnT's light-WIMP search.

    COURSE_DATA_MIRROR=/a/folder python tools/build_xenonnt_thresholds.py      # one core, about 5 minutes
    python tools/build_xenonnt_thresholds.py --masses 6

It resumes where it stopped. For each mass, cross-sections round our own asymptotic limit; for each of them,
and for each of two choices of the true nuisances, the 90 % quantile of the test statistic in toys. A row has
its own seed, so that it does not depend on what else is computed.
"""

import argparse
import itertools
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from helpers import morphing, releases

TABLE = Path(__file__).resolve().parent.parent / "data" / "xenonnt_thresholds" / "thresholds.csv"
FRACTIONS = (0.7, 0.8, 0.9, 1.0, 1.1)  # of the asymptotic limit
TRUTHS = ("predicted", "fitted")
KEY = ["mass_gev", "truth", "step"]


def threshold(likelihood, mass, truth, step, strength, n_toys):
    """Return one row of the table."""
    rng = np.random.default_rng([2409, mass, TRUTHS.index(truth), step])
    value, error = likelihood.critical_value(strength, rng=rng, n_toys=n_toys, truth=truth)
    return {
        "mass_gev": mass,
        "truth": truth,
        "step": step,
        "cross_section_cm2": float(f"{strength * 1e-45:.4e}"),
        "n_toys": n_toys,
        "threshold": round(value, 4),
        "error": round(error, 4),
    }


def main():
    """Fill the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--masses", type=int, nargs="*", default=releases.XENONNT_MASSES)
    parser.add_argument("--toys", type=int, default=20_000)
    parser.add_argument("--table", type=Path, default=TABLE)
    arguments = parser.parse_args()
    table = arguments.table
    rows = pd.read_csv(table).to_dict("records") if table.is_file() else []
    rows = [row for row in rows if row["n_toys"] == arguments.toys]
    done = {tuple(row[name] for name in KEY) for row in rows}
    release = releases.xenonnt_light_wimp()
    for truth, mass in itertools.product(TRUTHS, arguments.masses):
        todo = [step for step in range(len(FRACTIONS)) if (mass, truth, step) not in done]
        if not todo:
            continue
        likelihood = morphing.light_wimp_search(release, releases.xenonnt_wimp(mass))
        limit = likelihood.upper_limit()
        for step in tqdm(todo, desc=f"{mass} GeV, {truth}"):
            strength = float(f"{FRACTIONS[step] * limit:.4e}")
            rows.append(threshold(likelihood, mass, truth, step, strength, arguments.toys))
            table.parent.mkdir(exist_ok=True)
            pd.DataFrame(rows).sort_values(KEY).to_csv(table, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
