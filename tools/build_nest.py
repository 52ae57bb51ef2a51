"""Make data/nest: what the course reads of NEST, so that it runs where nestpy does not.

Run from the repository's root (half a minute): python tools/build_nest.py
`tests/test_nest.py` makes the tables anew and asks for the same bits.
"""

import json
from importlib.metadata import version
from pathlib import Path

import nestpy
import numpy as np

from helpers import nest
from helpers.nest_source import DETECTORS, Source

FOLDER = Path("data/nest")
TRANSPORT_DRAWS, SHARE_NODES = 4096, 200

CARD = """# What the course reads of NEST

NEST (Szydagis et al., arXiv:2211.10726) is asked once, through nestpy {nestpy}, and its answers lie here, so that
the course runs where nestpy has no wheels. `helpers/nest.py` and `helpers/pulses.py` read them; `detector.reference`
runs nestpy itself, and the tests hold one against the other.

| | |
|---|---|
| made by | `python tools/build_nest.py` (half a minute on one core) |
| with | nestpy {nestpy}: its detectors `LUX_Run03` and `LZ_WS2022`, its default yields and widths |
| randomness | none, but for the photons' ways in the liquid, drawn by NEST with its seed 1 |
| sha256 | in `data/checksums.txt` |
| licence | CC BY 4.0, The Faint Signals developers; made by running nestpy (GPL-3.0) and NEST (Apache-2.0) |

`detectors.json`: for each detector its numbers (mm, µs, V/cm, phd, phe; `helpers.nest.Parameters` names most), and
`widths`, NEST's parameters of the fluctuations (`default_nr_er_width_parameters`).

`LUX_Run03.npz`, `LZ_WS2022.npz`:

| array | shape | what it is |
|---|---|---|
| `NR_yields`, `ER_yields` | 3 × fields × {energies} | mean photons, mean electrons, excitons an ion: at `drift_fields` [V/cm] and {energies} energies from 0.01 to 300 keV, evenly in their logarithm |
| `NR_in_field`, `ER_in_field` | 3 × {fields} × {coarse} | the same at {fields} fields from 10 to 10 000 V/cm and {coarse} energies, both evenly in their logarithms |
| `velocity_in_field` | {velocities} | drift velocity [mm/µs] at as many fields of that range |
| `mean_field_excitons` | 2 × 3 × 128 | the same three at mid-height's field, NR and ER, 128 energies |
| `cell_field`, `edge_velocity` | {cells}, {cells} + 1 | field [V/cm] and velocity [mm/µs] in {cells} cells of height, cathode to surface |
| `column_field`, `column_velocity` | {column} | the same at {column} heights, surface to cathode |
| `s1_map` | 32 × {cells} | raw over corrected S1, in cells of r² and height |
| `s2_map` | {radii} | raw over corrected S2 without the electrons' lifetime, in cells of r² |
| `transport` | 33 × {draws} | a photon's way to a photomultiplier [ns]: draws at 32 heights, cathode to surface, and in the gas |
| `bottom_shares` | {shares} × 2 | the bottom array's share of S1 and of S2 at `share_heights` [mm] |
"""


def second_noise(name, quantity, seen, scale, offset=0.0, **changes):
    """Return the second number of one of NEST's noise arrays: nestpy hands out the first only.

    One seed, run with none of it, with `scale`, and as shipped, gives it exactly: the same draw is scaled by each.
    `offset` is what the first number adds to the shipped one.
    """
    none, some = (
        Source(name, **{quantity[0]: (0.0, s, *quantity[1])}, **changes).probe([0.0], 300.0)[seen][0]
        for s in (0.0, scale)
    )
    shipped = Source(name, **changes).probe([0.0], 300.0)[seen][0]
    return float(scale * (shipped - none - offset) / (some - none))


def s2_noise(name):
    """Return the relative noise of S2 areas."""
    return second_noise(name, ("noiseLinear", ()), "s2r_phd", 0.1)


def baseline_noise(name):
    """Return the mean and the width of the noise on each photoelectron's area [phe]."""
    every = {"sPEthr": (-100.0,)}  # so that no photoelectron is lost
    source = Source(name, **every)
    mean = source.detector.get_noiseBaseline()
    offset = mean * source.probe([0.0], 300.0)["s1_nhits_dpe"][0]
    return mean, second_noise(name, ("noiseBaseline", (0.0, 0.0)), "s1r_phe", 1.0, offset, **every)


def numbers(name, source):
    """Return the numbers that describe a detector, as a dict."""
    d = source.detector
    charge = d.extraction_parameters
    field = float(source.field([(d.cathode + d.TopDrift) / 2])[0])
    gas_field = 1e3 * d.E_gas
    return {
        "g1": d.g1,
        "g2": charge["g2"],
        "single_electron": charge["SE"],
        "extraction_efficiency": charge["ExtEff"],
        "electron_lifetime": d.eLife_us,
        "drift_field": field,
        "drift_velocity": float(source.velocity([field])[0]),
        "work_function": source.work * 1e-3,
        "radius": d.radmax,
        "fiducial_radius": d.radius,
        "cathode": d.cathode,
        "surface": d.TopDrift,
        "fiducial_drift_time": [d.dt_min, d.dt_max],
        "coincidence": d.coinLevel,
        "s2_threshold": d.s2_thr / (1 + d.P_dphe),
        "double_photoelectron": d.P_dphe,
        # what else `nest` and `pulses` compute with
        "gate": d.gate,
        "density": source.density,
        "work": source.work,
        "n_pmts": d.numPMTs,
        "coincidence_window": d.coinWind,
        "phe_resolution": d.sPEres,
        "phe_threshold": d.sPEthr,
        "baseline_noise": list(baseline_noise(name)),
        "s1_noise": d.get_noiseLinear(),
        "s2_noise": s2_noise(name),
        "gas_gap": charge["gasGap"],
        "gas_field": gas_field,
        "gas_velocity": float(
            source.calculator.calculate_drift_velocity_gas(d.T_Kelvin, d.p_bar, d.density_gas, gas_field)
        ),
        "gas_light": charge["elYield"],
        "g1_gas": d.g1_gas,
        "s2_fano": d.s2Fano,
    }


def maps(name, source, p, centres):
    """Return the maps of S1 and S2: nestpy keeps them, but raw over corrected signal is their value."""
    n_r, n_z = nest.MAP_SHAPE
    r = np.sqrt((np.arange(n_r) + 0.5) / n_r) * p["radius"]
    seen = source.probe(np.repeat(r, n_z), np.tile(centres, n_r))
    s1_map = (np.asarray(seen["s1r_phd"]) / np.asarray(seen["s1c_phd"])).reshape(nest.MAP_SHAPE)
    middle = (p["cathode"] + p["surface"]) / 2
    r = np.sqrt((np.arange(nest.RADII) + 0.5) / nest.RADII) * p["radius"]
    seen = source.probe(r, middle)
    survival = np.exp(-(p["surface"] - middle) / p["drift_velocity"] / p["electron_lifetime"])
    s2_map = np.asarray(seen["s2r_phd"]) / np.asarray(seen["s2c_phd"]) / survival
    if not (np.isfinite(s1_map).all() and np.isfinite(s2_map).all()):
        raise RuntimeError(f"{name}: a probe of nestpy's position maps gave no signal")
    return s1_map.astype(np.float32), s2_map


def tables(name, source, p):
    """Return the tables of a detector, as a dict of arrays."""
    edges = np.linspace(p["cathode"], p["surface"], nest.MAP_SHAPE[1] + 1)
    centres = (edges[1:] + edges[:-1]) / 2
    fields = source.field(centres)
    own = np.linspace(fields.min(), fields.max(), 16) if np.ptp(fields) > 0 else fields[:1]
    column_field = source.field(np.linspace(p["surface"], p["cathode"], nest.COLUMN_HEIGHTS))
    s1_map, s2_map = maps(name, source, p, centres)
    heights = np.linspace(p["cathode"], p["surface"], 32)
    share_heights = np.linspace(0, p["surface"], SHARE_NODES)
    found = {
        "drift_fields": own,
        "cell_field": fields,
        "edge_velocity": source.velocity(source.field(edges)),
        "column_field": column_field,
        "column_velocity": source.velocity(column_field),
        "velocity_in_field": source.velocity(nest.VELOCITY_FIELDS),
        "mean_field_excitons": np.array(
            [source.yields(kind, nest.EXCITON_ENERGIES, [p["drift_field"]])[:, 0] for kind in nest.RECOILS]
        ),
        "s1_map": s1_map,
        "s2_map": s2_map,
        "share_heights": share_heights,
        "bottom_shares": np.array([source.detector.FitTBA(0.0, 0.0, float(z)) for z in share_heights]),
    }
    for kind in nest.RECOILS:
        found[f"{kind}_yields"] = source.yields(kind, nest.ENERGIES, own)
        # a spline through these is good to 1e-6, so that single precision is enough
        found[f"{kind}_in_field"] = source.yields(kind, nest.COARSE_ENERGIES, nest.FIELDS).astype(np.float32)
    gas = p["surface"] + p["gas_gap"] / 2
    source.probe(np.zeros(1), heights[-1:] - 1.0)  # sets nestpy's seed: the draws are always the same
    found["transport"] = np.array(
        [[source.detector.OptTrans(0.0, 0.0, z) for _ in range(TRANSPORT_DRAWS)] for z in (*heights, gas)],
        dtype=np.float32,
    )
    return found


def read(name):
    """Return what nestpy says of a detector: its numbers and its tables."""
    source = Source(name)
    p = numbers(name, source)
    return p, tables(name, source, p)


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    described = {}
    for name in DETECTORS:
        described[name], arrays = read(name)
        np.savez_compressed(FOLDER / f"{name}.npz", **arrays)
    text = json.dumps(
        {"detectors": described, "widths": list(nestpy.default_nr_er_width_parameters)}, indent=1
    )
    (FOLDER / "detectors.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    card = CARD.format(
        nestpy=version("nestpy"),
        energies=len(nest.ENERGIES),
        coarse=len(nest.COARSE_ENERGIES),
        fields=len(nest.FIELDS),
        velocities=len(nest.VELOCITY_FIELDS),
        cells=nest.MAP_SHAPE[1],
        column=nest.COLUMN_HEIGHTS,
        radii=nest.RADII,
        draws=TRANSPORT_DRAWS,
        shares=SHARE_NODES,
    )
    (FOLDER / "README.md").write_text(card, encoding="utf-8", newline="\n")
    print("now run tools/checksums.py")


if __name__ == "__main__":
    main()
