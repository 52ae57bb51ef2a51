"""Make the limits that lessons 10 and 11 measure networks against: the full 4-D likelihood, 360 hypotheses.

    python tools/build_full_limits.py              # one core, about 12 minutes; resumes where it stopped
    python tools/build_full_limits.py --chunks 4 --folder /tmp/trial

Events are counted on four grids, each finer than the one before by the same factor in S1 and S2, and limits
are computed from half and from all of the events. Too few events make a fine grid look better than it is, by
an amount that falls as one over their number: twice the limit from all less the limit from half is free of
it. What remains falls with the square of the cells' width, and is extrapolated to none.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from helpers import limits, search

ROOT = Path(__file__).resolve().parent.parent
FOLDER, KEPT = ROOT / "data" / "full_limits", ROOT / ".cache" / "full_limits.npz"
SHAPES = ((3, 2, 8, 25), (4, 3, 12, 38), (5, 3, 18, 57), (6, 4, 27, 85))  # bins along search.AXES
FINER = 1.5  # from each to the next, in S1 and S2
EVENTS = 200_000  # in a chunk, as `search.simulate` counts them


def expected_limits(signal, background, observed=None):
    """Return the expected 90 % limits [strength] of hypotheses (n, cells) over backgrounds (k, cells).

    Cells in which no background was simulated are taken together, with a millionth of an event.
    """
    seen = background.sum(axis=0) > 0
    signal, background = (
        np.concatenate([events[:, seen], events[:, ~seen].sum(axis=1, keepdims=True)], axis=1)
        for events in (signal, background)
    )
    background[-1, -1] += 1e-6
    if observed is None:
        observed = background.sum(axis=0)
    else:
        observed = np.append(observed[seen], observed[~seen].sum() + 1e-6)
    block = max(1, 1_200_000 // signal.shape[1])
    return np.concatenate(
        [
            limits.ProfileLikelihood(
                signal[k : k + block], background, observed, search.UNCERTAINTY
            ).upper_limit()
            for k in range(0, len(signal), block)
        ]
    )


def factorised(events, shape):
    """Return templates (n, cells) as if place and signals were independent: their two marginals' product."""
    grid = events.reshape(-1, *shape)
    place, pulses = grid.sum(axis=(3, 4)), grid.sum(axis=(1, 2))
    product = (
        place[:, :, :, None, None] * pulses[:, None, None] / events.sum(axis=1)[:, None, None, None, None]
    )
    return product.reshape(len(events), -1)


def extrapolated(free):
    """Return the limits at cells of no width, from those of the two finest grids, (grids, n)."""
    return free[-1] - (free[-2] - free[-1]) / (FINER**2 - 1)


def counted(chunk):
    """Return the templates of one chunk's events: a list of (signal by energy, background), one a grid."""
    rng = np.random.default_rng([2201, chunk])
    parts = [
        search.simulate(EVENTS, rng=rng, kinds=search.BACKGROUNDS),
        search.simulate(10 * EVENTS, rng=rng, kinds=[search.SIGNAL]),
    ]
    events = pd.concat(parts, ignore_index=True)
    one_each = np.eye(len(search.ENERGIES))
    found = []
    for shape in SHAPES:
        found.append(search.templates(events, search.cells(events, shape), int(np.prod(shape)), one_each))
    return found


def table(sums, half, rates, chunks):
    """Return the table that is shipped."""
    free, columns = [], search.hypotheses()
    columns["seen"] = (rates @ sums[0][0]).sum(axis=1) / chunks
    for k, shape in enumerate(SHAPES):
        found = [
            expected_limits(rates @ signal / share, background / share)
            for (signal, background), share in ((half[k], chunks // 2), (sums[k], chunks))
        ]
        columns[f"half_{k}"], columns[f"all_{k}"] = found
        free.append(2 * found[1] - found[0])
        if k == 2:
            signal, background = rates @ sums[k][0] / chunks, sums[k][1] / chunks
            false = factorised(signal, shape), factorised(background, shape)
            columns["factorised_believed"] = expected_limits(*false)
            columns["factorised_real"] = expected_limits(*false, observed=background.sum(axis=0))
    columns["limit"] = extrapolated(free)
    columns["error"] = np.abs(extrapolated(free) - free[-1])  # the whole last step
    return columns


def main():
    """Count, fit, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--chunks", type=int, default=100, help="an even number")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    KEPT.parent.mkdir(exist_ok=True)
    rates, first, sums, half = search.spectra(search.ENERGIES), 0, None, None
    if KEPT.is_file():
        with np.load(KEPT, allow_pickle=False) as file:
            first = int(file["chunks"])
            sums = [(file[f"s{k}"], file[f"b{k}"]) for k in range(len(SHAPES))]
            half = [(file[f"hs{k}"], file[f"hb{k}"]) for k in range(len(SHAPES))] if "hs0" in file else None
    for chunk in tqdm(range(first, arguments.chunks), desc="chunks", initial=first, total=arguments.chunks):
        new = counted(chunk)
        sums = new if sums is None else [(a + c, b + d) for (a, b), (c, d) in zip(sums, new, strict=True)]
        if chunk + 1 == arguments.chunks // 2:
            half = sums
        if (chunk + 1) % 10 == 0 or chunk + 1 == arguments.chunks:
            arrays = {"chunks": chunk + 1}
            for names, grids in (("sb", sums), (("hs", "hb"), half or [])):
                for k, pair in enumerate(grids):
                    arrays |= {f"{name}{k}": array for name, array in zip(names, pair, strict=True)}
            np.savez(KEPT, **arrays)
    table(sums, half, rates, arguments.chunks).to_csv(
        arguments.folder / "limits.csv", index=False, float_format="%.6g", lineterminator="\n"
    )
    KEPT.unlink()
    print("wrote limits.csv; now run tools/checksums.py")


if __name__ == "__main__":
    main()
