"""Make data/nest_bands: the ER and NR bands of LUX Run 3 and LZ 2022 as nestpy itself simulates them.

Lesson 01 holds helpers/detector.py against this table; nestpy needs minutes for what the lesson has seconds.
Run from the repository's root: python tools/build_nest_bands.py
"""

from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import detector, nest

FOLDER = Path("data/nest_bands")
SEED = 20220701
BATCH = 100_000
AT_LEAST = 100_000  # events a bin
EDGES = np.arange(5, 81, 5)  # phd
# flat spectra [keV] that go on beyond the energies that reach 80 phd, so that no bin is cut
SPECTRA = {"ER": (0.1, 30.0), "NR": (0.5, 110.0)}

CARD = """# Bands of log10(S2c/S1c) from nestpy

`bands.csv` holds the medians and widths of the electron- and nuclear-recoil bands of LUX Run 3 and LZ 2022 in
5 phd bins of S1c, simulated event by event with `nestpy.array.runNESTvec`. Lesson 01 and `tests/test_detector.py`
hold the vectorised simulation of `helpers/detector.py` against it.

| | |
|---|---|
| made by | `python tools/build_nest_bands.py` (a few minutes on one core) |
| with | nestpy {nestpy}, its detectors `LUX_Run03` and `LZ_WS2022`, its default yields and widths |
| seed | {seed} (positions, energies and NEST's own generator; NumPy {numpy}) |
| energies | flat: {spectra} |
| positions | uniform in the fiducial volume (`detector.reference`) |
| selection | S1 in coincidence and S2 above threshold, as `detector.reference` applies them |
| events | {thrown:.1f} million recoils; at least {fewest} in every bin |
| size | {rows} rows |
| licence | CC BY 4.0, The Faint Signals developers; made by running nestpy (GPL-3.0) and NEST (Apache-2.0) |
| sha256 | in `data/checksums.txt` |

Columns: `detector`, `recoil_type`, `s1c_low`, `s1c_high` [phd, upper edge excluded], `n_events`, `median` and
`width` of log10(s2c/s1c) (width: half of the range from the 16th to the 84th percentile), their statistical
errors `median_error` and `width_error` (asymptotic, 68 %), `energy_low` and `energy_high` [keV]: the lowest and
highest energy that reached the bin. To repeat one row it is enough to draw energies flat between these two.
"""


def band_rows(name, recoil_type, rng):
    """Simulate until every bin is filled; return the rows of one band and how many recoils it took."""
    low, high = SPECTRA[recoil_type]
    batches, thrown = [], 0
    counts = np.zeros(len(EDGES) - 1, dtype=int)
    while counts.min() < AT_LEAST:
        events = detector.reference(rng.uniform(low, high, BATCH), recoil_type, detector=name, rng=rng)
        events = events.loc[
            events["s2c"].notna() & events["s1c"].between(EDGES[0], EDGES[-1], inclusive="left")
        ]
        batches.append(events[["recoil_energy", "s1c", "s2c"]])
        counts += np.histogram(events["s1c"], EDGES)[0]
        thrown += BATCH
    events = pd.concat(batches)
    rows = detector.bands(events["s1c"], events["s2c"], EDGES)
    energies = events.groupby(np.digitize(events["s1c"], EDGES))["recoil_energy"]
    rows["energy_low"], rows["energy_high"] = energies.min().to_numpy(), energies.max().to_numpy()
    if not (rows["energy_low"].min() > low and rows["energy_high"].max() < high):
        raise SystemExit(
            f"{name} {recoil_type}: the spectrum {low:g}-{high:g} keV is too narrow for the bins"
        )
    rows.insert(0, "recoil_type", recoil_type)
    rows.insert(0, "detector", name)
    print(name, recoil_type, thrown, "recoils")
    return rows, thrown


def main():
    tables, thrown = [], 0
    streams = iter(np.random.SeedSequence(SEED).spawn(len(nest.DETECTORS) * len(SPECTRA)))
    for name in nest.DETECTORS:
        for recoil_type in SPECTRA:
            rows, recoils = band_rows(name, recoil_type, np.random.default_rng(next(streams)))
            tables.append(rows)
            thrown += recoils
    table = pd.concat(tables, ignore_index=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    text = table.to_csv(index=False, float_format="%.6g", lineterminator="\n")
    (FOLDER / "bands.csv").write_text(text, encoding="utf-8", newline="\n")
    card = CARD.format(
        nestpy=version("nestpy"),
        numpy=version("numpy"),
        seed=SEED,
        spectra=", ".join(f"{recoil} {low:g}–{high:g} keV" for recoil, (low, high) in SPECTRA.items()),
        thrown=thrown / 1e6,
        fewest=int(table["n_events"].min()),
        rows=len(table),
    )
    (FOLDER / "README.md").write_text(card, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
