"""Train what lesson 17 reads: ways around a nuisance, weights of the adversary, in two searches, three trainings each.

    python tools/build_systematics_trainings.py    # resumes where it stopped; one core, about 20 minutes

An architecture is written once: what is trained here are the lesson's own cells, those tagged `preflight`, `world`
and `model`. All are judged in the same simulated searches, which are not those of the lesson. Every row is written as
soon as it is there.
"""

import os
from itertools import product
from pathlib import Path

import pandas as pd
from lesson_cells import defined_by
from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent
LESSON = ROOT / "notebooks" / "17_systematics.ipynb"
TABLE = ROOT / "data" / "systematics_trainings" / "trainings.csv"
WORLD = 2026  # of the simulated searches
TRAININGS = (1, 2, 3)
WEIGHTS = (0.0, 1.0, 10.0, 30.0, 100.0, 300.0)  # 0: trained on as long, without an adversary
WAYS = [("plain", 0.0), ("augmented", 0.0), ("parameterised", 0.0), ("aware", 0.0), ("focused", 0.0)]
WAYS += [("pivoted", weight) for weight in WEIGHTS]
STRONGER = [("pivoted", 1000.0), ("pivoted", 3000.0)]  # for the line, whose limit still falls at 300
WITHIN = ("plain", "augmented", "aware")  # whose first trainings' bins the full likelihood divides
KEY = ["case", "training", "way", "weight"]


def main():
    """Train what is missing and write the table."""
    os.environ["COURSE_SEED"] = "1"
    cells = defined_by(LESSON)
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    rows = pd.read_csv(TABLE).to_dict("records") if TABLE.is_file() else []
    done = {tuple(row[key] for key in KEY) for row in rows}
    planes = {case: cells["plane_of"](case, WORLD) for case in cells["CASES"]}
    for training, (case, plane) in tqdm(list(product(TRAININGS, planes.items()))):
        wanted = WAYS + (STRONGER if case == cells["LINE"] else [])
        missing = [way for way in wanted if (case, training, *way) not in done]
        places, start = cells["scaled"](plane.places), cells["plain"](case, training) if missing else None
        for way, weight in missing:
            score = cells["trained"](way, case, start, training, weight)(places)
            counted = plane.count(score).profiled
            whole = cells["nuisances"].expected_limit(*plane.binned(plane.bins(score)))
            found = {"counted": round(counted, 3), "whole": round(whole, 3)}
            rows.append(dict(zip(KEY, (case, training, way, weight), strict=True)) | found)
            pd.DataFrame(rows).to_csv(TABLE, index=False)
            cells["keras"].backend.clear_session()
    for case, plane in planes.items():
        if (case, 0, "bound", 0.0) not in done:
            rows.append(dict(zip(KEY, (case, 0, "bound", 0.0), strict=True)) | bound(cells, case, plane))
            pd.DataFrame(rows).to_csv(TABLE, index=False)
    print(f"wrote {TABLE.relative_to(ROOT)}: {len(rows)} rows; now run tools/checksums.py")


def bound(cells, case, plane):
    """Return what no way can beat: the best region's limit counted, the full likelihood's from the whole."""
    start, places = cells["plain"](case, 1), cells["scaled"](plane.places)
    scores = [start[0](places).numpy()[:, 0]]
    scores += [cells["trained"](way, case, start, 1)(places) for way in WITHIN[1:]]
    bins = [plane.full(score, fine) for score in scores for fine in (1, 2)]
    full = [cells["nuisances"].expected_limit(*plane.binned(place)) for place in bins]
    print(case, "full likelihood, bins of", WITHIN, "and halved:", [round(limit, 2) for limit in full])
    return {"counted": round(cells["best_region"](case, plane), 3), "whole": round(min(full), 3)}


if __name__ == "__main__":
    main()
