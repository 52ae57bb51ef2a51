"""Measure speeds as ratios: ours beside a peer, in one run, on one thread. `make bench` prints the table.

A helper adds a row by adding to `ROWS` a function that returns a `Row`. Rates are per second of processor time,
so that other work on the machine does not count; the two sides run in turn. Nothing here is a test.
"""

import os

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import statistics  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from dataclasses import dataclass  # noqa: E402

import nestpy  # noqa: E402
import numpy as np  # noqa: E402

from helpers import detector  # noqa: E402

ROUNDS = 5


@dataclass
class Row:
    """One comparison: each side does its amount of work (in `unit`) when called."""

    task: str
    unit: str
    ours: Callable
    amount: float
    peer_name: str
    peer: Callable
    peer_amount: float


def simulated_events(name, recoil_type, spectrum):
    """Events from energies: ours draws positions too and makes a DataFrame, nestpy is given its positions."""
    rng = np.random.default_rng(1)
    many, few = 500_000, 20_000
    energies = spectrum(many, rng)
    events = detector.simulate(energies[:few], recoil_type, detector=name, rng=rng)  # also reads the tables
    position = events[["x", "y", "z"]].to_numpy(float)
    theirs = detector.DETECTORS[name]()

    def ours():
        detector.simulate(energies, recoil_type, detector=name, rng=rng)

    def peer():
        nestpy.array.runNESTvec(theirs, detector.RECOILS[recoil_type], energies[:few], position, seed=1)

    return Row(f"{name} {recoil_type} events", "events/s", ours, many, "nestpy.array.runNESTvec", peer, few)


def flat(low, high):
    return lambda n, rng: rng.uniform(low, high, n)


def falling(mean):
    return lambda n, rng: np.minimum(rng.exponential(mean, n), detector.HIGHEST_ENERGY)


ROWS = [
    lambda: simulated_events("LZ_WS2022", "ER", flat(0.2, 18.0)),
    lambda: simulated_events("LZ_WS2022", "NR", falling(10.0)),
    lambda: simulated_events("LUX_Run03", "ER", flat(0.2, 18.0)),
    lambda: simulated_events("LUX_Run03", "NR", falling(10.0)),
]


def rate(work, amount):
    start = time.process_time()
    work()
    return amount / (time.process_time() - start)


def measure(row):
    """Return the median rates of both sides and the median ratio of `ROUNDS` turns, after one to warm up."""
    turns = [(rate(row.ours, row.amount), rate(row.peer, row.peer_amount)) for _ in range(ROUNDS + 1)][1:]
    ours, peer = (statistics.median(side) for side in zip(*turns, strict=True))
    return ours, peer, statistics.median(a / b for a, b in turns)


def main():
    head = ("task", "ours", "peer", "unit", "ratio", "the peer")
    lines = [head]
    for make in ROWS:
        row = make()
        ours, peer, ratio = measure(row)
        lines.append((row.task, f"{ours:,.0f}", f"{peer:,.0f}", row.unit, f"{ratio:.1f} x", row.peer_name))
    widths = [max(len(line[k]) for line in lines) for k in range(len(head))]
    for k, line in enumerate(lines):
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
        if k == 0:
            print("  ".join("-" * width for width in widths))


if __name__ == "__main__":
    main()
