"""Make the table by which lesson 11 bills its ways: how much each loses after so many simulated events.

    python tools/build_held_out_limits.py                          # one core, about 25 minutes; resumes
    python tools/build_held_out_limits.py --chunks 4 --searches 20 --folder /tmp/trial

A way is a histogram in four dimensions on one of two grids, whose cells or whose ratio of signal to background, in
60 bins, set limits; or the shipped network's score in 60 bins. Histograms are filled by 0.125 M units of
`search.simulate`, by 0.25 M, and so on, and judged by searches that filled nothing. What is stored is by how much a
limit lies above that by the network's score, whose bins 1 M units filled: medians over the searches, and how far
several fillings of one size lie apart.

What is computed here are the lesson's own cells, those tagged `preflight` and `world`. Each chunk of events has a
seed of its own; what was found so far is kept in `.cache`.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from lesson_cells import defined_by
from tqdm import tqdm

from helpers import search

ROOT = Path(__file__).resolve().parent.parent
LESSON = ROOT / "notebooks" / "11_any_model_to_limit.ipynb"
FOLDER, CACHE = ROOT / "data" / "held_out_limits", ROOT / ".cache" / "held_out_limits"
SEED = 2211
CHUNK, BINS = 125_000, 250_000  # units of `search.simulate` in a histogram's step, and behind 60 bins
PRESCALE = 50  # of what fills bins of a score; a histogram needs every event
SMALLEST = {"coarse": CHUNK, "fine": 8 * CHUNK}  # below, most cells of the fine grid are empty
FILLINGS = 2  # of one size, as far as the events reach


def simulated(units, *key, prescale=PRESCALE, **how):
    """Return events with a seed of their own."""
    return search.simulate(units, rng=np.random.default_rng([SEED, *key]), prescale=prescale, **how)


class Judge:
    """Searches that fill nothing, and the limits that the network's score sets on them."""

    def __init__(self, cells, n_searches):
        """Draw them, from a simulation of their own."""
        self.cells, self.bins = cells, simulated(BINS, 1)
        source = simulated(200_000, 0, kinds=search.BACKGROUNDS, prescale=5)
        self.seen = search.draw(n_searches, source, rng=np.random.default_rng([SEED, 0, 1]))
        self.chosen = cells["HYPOTHESES"]
        many = simulated(4 * BINS, 2)
        self.reference = {h: self.by_network(h, many) for h in self.chosen}

    def by_network(self, h, filling):
        """Return the limits by the score of hypothesis h, its bins filled by these events."""
        if getattr(self, "_filling", None) is not filling:
            parts = self.cells["parts_of_scores"]
            self._filling, self._parts = filling, (parts(filling), parts(self.seen, like=filling))
        scores = [self.cells["score"](parts, h) for parts in self._parts]
        return self.cells["limits_by_score"](scores, filling, self.seen, self.cells["rates"][h])

    def row(self, way, grid, units, h, found):
        """Return what is kept of the limits of one filling."""
        ratio = np.log(found / self.reference[h])
        loss, scatter = np.expm1(np.median(ratio)), np.std(ratio)
        return {"way": way, "grid": grid, "units": units, "h": h, "loss": loss, "scatter": scatter}


def rows_of_histogram(judge, sums, units):
    """Return the rows of one filling of all grids."""
    cells, rows = judge.cells, []
    for grid, (signal, background, number) in sums.items():
        if units < SMALLEST[grid]:
            continue
        shape = cells["GRIDS"][grid]
        place = [search.cells(events, shape) for events in (judge.bins, judge.seen)]
        for h, own in zip(judge.chosen, signal * CHUNK / units, strict=True):
            filled = own, background * CHUNK / units, number
            found = cells["limits_in_4d"](*filled, place[1], judge.seen)
            rows.append(judge.row("cells", grid, units, h, found))
            ratio = cells["log_ratio"](*filled)
            scores = [ratio[at] for at in place]
            found = cells["limits_by_score"](scores, judge.bins, judge.seen, cells["rates"][h])
            rows.append(judge.row("ratio", grid, units, h, found))
    return rows


def counted(cells, events):
    """Return the sums of one chunk: {grid: [signals, backgrounds, rows of background]}."""
    sums = {}
    for grid, shape in cells["GRIDS"].items():
        sums[grid] = list(cells["histogram"](events, shape, cells["rates"][cells["HYPOTHESES"]]))
    return sums


def with_histograms(judge, n_chunks, keep):
    """Fill histograms of 1, 2, 4… chunks as a counter counts, and write what they find as it is found."""
    table = keep / "rows.csv"
    rows = pd.read_csv(table).to_dict("records") if table.is_file() else []
    state = keep / "sums.npz"
    waiting, first = {}, 0
    if state.is_file():
        with np.load(state, allow_pickle=False) as file:
            first = int(file["next"])
            for name in file.files:
                if name != "next":
                    level, grid, part = name.split("|")
                    waiting.setdefault(int(level), {}).setdefault(grid, [None] * 3)[int(part)] = file[name]
    rows = [row for row in rows if row["chunk"] < first]
    for chunk in tqdm(range(first, n_chunks), initial=first, total=n_chunks, desc="chunks"):
        sums, level = counted(judge.cells, simulated(CHUNK, 3, chunk, prescale=1)), 0
        while True:
            units = CHUNK * 2**level
            done = {row["chunk"] for row in rows if row["units"] == units and row["way"] == "cells"}
            if len(done) < FILLINGS:
                rows += [row | {"chunk": chunk} for row in rows_of_histogram(judge, sums, units)]
            if level not in waiting:
                waiting[level] = sums
                break
            other = waiting.pop(level)
            sums = {grid: [a + b for a, b in zip(sums[grid], other[grid], strict=True)] for grid in sums}
            level += 1
        arrays = {
            f"{k}|{g}|{i}": part for k, s in waiting.items() for g, p in s.items() for i, part in enumerate(p)
        }
        np.savez(state, next=chunk + 1, **arrays)
        pd.DataFrame(rows).to_csv(table, index=False)
    return rows


def with_network(judge):
    """Return the rows of the score, its bins filled by less and less."""
    rows = []
    for size in (BINS // 8, BINS // 4, BINS // 2, BINS, 2 * BINS):
        for filling in range(FILLINGS):
            events = simulated(size, 4, size, filling)
            rows += [judge.row("network", "", size, h, judge.by_network(h, events)) for h in judge.chosen]
    return rows


def main():
    """Find what is missing, and write the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--chunks", type=int, default=64, help="of an eighth of a million units")
    parser.add_argument("--searches", type=int, default=400)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--cache", type=Path, default=CACHE)
    arguments = parser.parse_args()
    for folder in (arguments.folder, arguments.cache):
        folder.mkdir(parents=True, exist_ok=True)
    cells = defined_by(LESSON, ("preflight", "world"))
    judge = Judge(cells, arguments.searches)
    table = pd.DataFrame(with_network(judge) + with_histograms(judge, arguments.chunks, arguments.cache))
    by = table.groupby(["way", "grid", "units", "h"])
    found = by.agg(
        fillings=("loss", "size"), loss=("loss", "mean"), spread=("loss", "std"), scatter=("scatter", "mean")
    )
    found.reset_index().to_csv(
        arguments.folder / "limits.csv", index=False, float_format="%.4g", lineterminator="\n"
    )
    print("wrote limits.csv; now run tools/checksums.py")


if __name__ == "__main__":
    main()
