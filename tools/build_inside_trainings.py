"""Train the tables that lesson 19 reads: learning curves of two tasks, controls, and a random search.

    python tools/build_inside_trainings.py       # one core, about 30 minutes; resumes where it stopped

An architecture is written once: what is trained here are the lesson's own cells, those tagged `preflight`, `world`
and `model`. Each training has events, an order and first weights of its own, given by its number; all are judged on
the same test events, which no training sees.
"""

import csv
from pathlib import Path

import numpy as np
from lesson_cells import defined_by

ROOT = Path(__file__).resolve().parent.parent
LESSON = ROOT / "notebooks" / "19_looking_inside.ipynb"
FOLDER = ROOT / "data" / "inside_trainings"
TEST_EVENTS, LONGER = 5000, 12_000  # updates, in place of 3000


def jobs():
    """Return what is to be trained: (kind, way, events, training)."""
    found = []
    for training in (1, 2, 3):
        for way in ("plain", "shown", "framed", "shown, centroid"):
            found += [("flash", way, n, training) for n in (300, 1000, 3000, 10_000, 30_000)]
        found += [("flash", "shown, another's centroid", n, training) for n in (300, 1000, 3000)]
        for way in ("plain", "shown", "framed", "summed"):
            found += [("electrons", way, n, training) for n in (300, 3000, 30_000)]
        for way in ("plain", "shown", "framed"):
            found += [(kind, way, 30_000, training) for kind in ("dead", "ring", "longer")]
        found += [("dead", way, 1000, training) for way in ("plain", "shown")]
        found.append(("longer", "shown", 3000, training))
        found += [("electrons longer", "shown", n, training) for n in (300, 30_000)]
        found.append(("electrons longer", "plain", 30_000, training))
        found.append(("longer", "shown, centroid", 30_000, training))
    return found


def judge(cells, kind, say):
    """Return a network's rms on the test events, in mm or µs, and that of its mean over the 12 turns."""
    electrons = kind.startswith("electrons")
    draw = cells["pulses_of"] if electrons else draw_of(cells, kind) or cells["flashes"]
    x, y = draw(TEST_EVENTS, [cells["TABLE_SEED"], 0])
    unit = cells["LONGEST"] if electrons else cells["pmts"].radius
    mean = say(x) if electrons else np.mean([say(x[:, turn]) for turn in cells["turns"]], axis=0)
    return [round(unit * cells["rms"](said - y), 3) for said in (say(x), mean)]


def draw_of(cells, kind):
    """Return what draws the events of a kind where it is not the way's usual one, or None."""
    return {"dead": cells["with_dead_tubes"], "ring": cells["with_dead_ring"]}.get(kind)


def stored(file):
    """Return a table's rows."""
    if not file.is_file():
        return []
    with open(file, encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def store(file, rows):
    """Write a table."""
    with open(file, "w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def curves(cells):
    """Train what the learning curves need."""
    file = FOLDER / "curves.csv"
    rows = stored(file)
    done = {(row["kind"], row["way"], int(row["events"]), int(row["training"])) for row in rows}
    for kind, way, n, training in jobs():
        if (kind, way, n, training) in done:
            continue
        task = "electrons" if kind.startswith("electrons") else "flash"
        longer = {"updates": LONGER} if kind.endswith("longer") else {}
        say, _ = cells["learn"](task, way, n, training, draw_of(cells, kind), **longer)
        alone, mean = judge(cells, kind, say)
        rows.append(dict(kind=kind, way=way, events=n, training=training, rms=alone, rms_of_mean=mean))
        store(file, rows)
        print(rows[-1], flush=True)
        cells["keras"].backend.clear_session()


def search(cells):
    """Train the random search of a plain network, and its winner and the usual settings on other events."""
    file = FOLDER / "search.csv"
    rows = stored(file)
    for part in ("search", "again"):
        trials = [(number, 1) for number in range(16)]
        if part == "again":
            tried = [row for row in rows if row["part"] == "search"]
            winner = int(min(tried, key=lambda row: float(row["fresh"]))["number"])
            trials = [(number, training) for number in (0, winner) for training in range(11, 17)]
        for number, training in trials:
            key = (part, str(number), str(training))
            if key in {(row["part"], row["number"], row["training"]) for row in rows}:
                continue
            shape, settings = cells["drawn_settings"](number)
            say, least = cells["learn"]("flash", "plain", 1000, training, None, shape, **settings)
            alone, mean = judge(cells, "flash", say)
            found = dict(fresh=round(least * cells["pmts"].radius, 3), rms=alone, rms_of_mean=mean)
            rows.append(dict(zip(("part", "number", "training"), key, strict=True)) | found)
            store(file, rows)
            print(rows[-1], shape, settings, flush=True)
            cells["keras"].backend.clear_session()


def main():
    cells = defined_by(LESSON)
    FOLDER.mkdir(parents=True, exist_ok=True)
    curves(cells)
    search(cells)
    print("now run tools/checksums.py")


if __name__ == "__main__":
    main()
