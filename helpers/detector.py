"""From recoil energies to events: what a dual-phase xenon detector records, as NEST models it.

A recoil of some energy frees photons and electrons in liquid xenon. The photons become the prompt S1, the
electrons drift up and become the S2. NEST (the Noble Element Simulation Technique, Szydagis et al.,
arXiv:2211.10726) models each step, and nestpy is its Python package. This module draws from the same model,
but many events at once: mean yields, efficiencies, position maps and the parameters of all fluctuations are
read from nestpy and kept in small tables, and NumPy does the rest. `reference` runs nestpy itself.

NaN means "not seen": `s1` and `s1c` are NaN where too few photomultipliers fired in coincidence, `s2` and
`s2c` where the pulse stayed below the S2 threshold. Any cut on them then drops the event, and
`events.dropna()` keeps the events that have both.
"""

import contextlib
import copy
import dataclasses
import functools
import math
import os
import sys

import nestpy
import numpy as np
import pandas as pd
from scipy.special import erf, ndtr
from scipy.stats import norm

from helpers import check

DETECTORS = {"LUX_Run03": nestpy.detectors.LUX_Run03, "LZ_WS2022": nestpy.detectors.LZ_WS2022}
RECOILS = {"NR": nestpy.interactions.NR, "ER": nestpy.interactions.beta}
COLUMNS = ("recoil_energy", "recoil_type", "x", "y", "z", "drift_time", "n_photons", "n_electrons")
COLUMNS += ("s1", "s2", "s1c", "s2c")
HIGHEST_ENERGY = 300.0  # keV: NEST has no nuclear-recoil data beyond

_BLOCK = 1 << 15  # events at a time: their temporaries then stay in the processor's cache
_ENERGIES = np.geomspace(0.01, HIGHEST_ENERGY, 2048)  # keV: table nodes 0.5 % apart, looked up by the nearest
_LOG_STEP = math.log(_ENERGIES[1] / _ENERGIES[0])
_MAP_SHAPE = (32, 256)  # cells of the S1 map in r² and z
_RADII = 1024  # cells of the S2 map in r²


@dataclasses.dataclass(frozen=True)
class Parameters:
    """The numbers that describe a detector, as nestpy ships them.

    g1 [phd per photon, at the detector's centre], g2 [phd per electron that reaches the liquid's surface],
    single_electron [phd per electron pulled out of it], extraction_efficiency, electron_lifetime [µs],
    drift_field [V/cm] and drift_velocity [mm/µs] (both at mid-height), work_function [keV per quantum], radius
    and fiducial_radius [mm], cathode and surface [mm: the heights z between which electrons drift],
    fiducial_drift_time [µs: shortest, longest], coincidence [photomultipliers], s2_threshold [phd,
    uncorrected], double_photoelectron [chance that a photon frees two electrons in the photocathode].
    """

    name: str
    g1: float
    g2: float
    single_electron: float
    extraction_efficiency: float
    electron_lifetime: float
    drift_field: float
    drift_velocity: float
    work_function: float
    radius: float
    fiducial_radius: float
    cathode: float
    surface: float
    fiducial_drift_time: tuple
    coincidence: int
    s2_threshold: float
    double_photoelectron: float


def parameters(detector="LZ_WS2022", *, field=None):
    """Return a detector's `Parameters`, read from nestpy.

    Parameters
    ----------
    detector : str
        One of `DETECTORS`.
    field : float, optional
        As for `simulate`.

    Raises
    ------
    ValueError
        Naming the bad argument.
    """
    return _tables(detector, field).parameters


def yields(recoil_energy, recoil_type, *, detector="LZ_WS2022", field=None):
    """Return the mean numbers of photons and electrons that recoils free.

    Parameters
    ----------
    recoil_energy : array_like, shape (n,)
        Recoil energies [keV], 0 to 300.
    recoil_type : str
        "NR" (nuclear) or "ER" (electron).
    detector : str
        One of `DETECTORS`: it sets the xenon's density and the drift field.
    field : float, optional
        Another drift field [V/cm] than the detector's at mid-height.

    Returns
    -------
    pandas.DataFrame
        Columns `recoil_energy` [keV], `n_photons`, `n_electrons`.

    Raises
    ------
    ValueError
        Naming the bad argument.

    Notes
    -----
    Asked of `nestpy.NESTcalc.GetYields` energy by energy: NEST's NR and β models (arXiv:2211.10726).
    """
    energy = check.array(
        "recoil_energy", recoil_energy, ndim=1, at_least=0, at_most=HIGHEST_ENERGY, empty=True
    )
    check.choice("recoil_type", recoil_type, RECOILS)
    response = _response(_known(detector))
    if field is None:
        field = response.parameters.drift_field
    field = check.number("field", field, above=0)
    table = _mean_yields(response.source, recoil_type, np.maximum(energy, _ENERGIES[0]), [field])
    return pd.DataFrame(
        {"recoil_energy": energy, "n_photons": table["photons"][0], "n_electrons": table["electrons"][0]}
    )


def combined_energy(s1c, s2c, *, detector="LZ_WS2022"):
    """Return the energy [keV, electron-equivalent] that light and charge add up to.

    E = W (s1c / g1 + s2c / g2): what recombination takes from the electrons it gives to the photons, so that
    the sum fluctuates less than either (Dahl's thesis, Princeton 2009; Aprile & Doke, arXiv:0910.4956).

    Parameters
    ----------
    s1c, s2c : array_like
        Corrected signals [phd] of equal shape; NaN stays NaN.
    detector : str
        One of `DETECTORS`: it sets g1, g2 and W.

    Raises
    ------
    ValueError
        If the detector is unknown, the signals are no numbers, or their shapes differ.
    """
    p = parameters(detector)
    s1c, s2c = _signals(s1c, s2c)
    return p.work_function * (s1c / p.g1 + s2c / p.g2)


def simulate(recoil_energy, recoil_type, *, detector="LZ_WS2022", rng, position=None, field=None):
    """Simulate one event for each recoil.

    Parameters
    ----------
    recoil_energy : array_like, shape (n,)
        Recoil energies [keV], 0 to 300.
    recoil_type : str
        "NR" (nuclear) or "ER" (electron).
    detector : str
        One of `DETECTORS`.
    rng : numpy.random.Generator
        Where all randomness comes from.
    position : array_like, shape (n, 3), optional
        x, y, z [mm] of each recoil, with z = 0 at the bottom. By default uniform in the fiducial volume:
        within the fiducial radius, and between the shortest and longest fiducial drift times.
    field : float, optional
        A uniform drift field [V/cm], 10 to 10 000, in place of the detector's own: yields, their fluctuations and
        the drift velocity change; g1, g2, maps, electron lifetime and the fiducial volume stay.

    Returns
    -------
    pandas.DataFrame
        A row for each recoil, in order: `recoil_energy` [keV], `recoil_type`, `x`, `y`, `z` [mm],
        `drift_time` [µs], the true quanta `n_photons` and `n_electrons`, the raw signals `s1` and `s2` [phd]
        and the position-corrected `s1c` and `s2c` [phd]; NaN where a signal is below threshold.

    Raises
    ------
    ValueError
        Naming the bad argument.

    Notes
    -----
    The model is NEST's (arXiv:2211.10726), with nestpy's default parameters: `nestpy.array.runNESTvec` on the
    same recoils gives the same bands, widths and efficiencies. Positions are taken as known exactly, as there.
    """
    energy, response = _at_the_door(recoil_energy, recoil_type, detector, rng, field)
    n = len(energy)
    if position is not None:
        position = _inside(response.parameters, position, n)
    columns = {name: np.empty(n, np.float32) for name in COLUMNS if name != "recoil_type"}
    columns["recoil_energy"][:] = energy
    for start in range(0, n, _BLOCK):
        rows = slice(start, min(start + _BLOCK, n))
        if position is None:
            x, y, z = _fiducial_xyz(response, rows.stop - start, rng)
        else:
            x, y, z = position[rows].T.astype(np.float32)
        block = _block(response, recoil_type, columns["recoil_energy"][rows], x * x + y * y, z, rng)
        for name, values in (block | {"x": x, "y": y, "z": z}).items():
            columns[name][rows] = values
    return _frame(columns, recoil_type)


def reference(recoil_energy, recoil_type, *, detector="LZ_WS2022", rng, position=None):
    """Simulate one event for each recoil with nestpy itself: what `simulate` is measured against.

    Parameters, result and errors are those of `simulate`; it takes tens of times longer.

    Notes
    -----
    `nestpy.array.runNESTvec` marks what is below threshold with a sign and then drops the sign. The S2
    threshold is applied again here, and the coincidence of photomultipliers drawn again with NEST's own
    chance for the number of spikes that nestpy reports.
    """
    energy, response = _at_the_door(recoil_energy, recoil_type, detector, rng)
    n = len(energy)
    if position is None:
        position = np.column_stack(_fiducial_xyz(response, n, rng))
    position = _inside(response.parameters, position, n)
    seed = int(rng.integers(2**31))
    source = _Source(detector)
    with _quiet():
        events = source.events(RECOILS[recoil_type], energy, position, seed)
    x, y, z = position.T
    field = source.field(z)
    columns = {"recoil_energy": energy, "x": x, "y": y, "z": z}
    columns["drift_time"] = (response.parameters.surface - z) / source.velocity(field)
    names = {"s1": "s1r_phd", "s2": "s2r_phd", "s1c": "s1c_phd", "s2c": "s2c_phd"}
    names |= {"n_photons": "n_photons", "n_electrons": "n_electrons"}
    columns |= {name: np.array(events[theirs], dtype=np.float32) for name, theirs in names.items()}
    chance = _coincidence(source.detector)
    spikes = np.minimum(np.asarray(events["s1_nhits_thr"]), len(chance) - 1)
    dark = rng.random(n) >= chance[spikes]
    faint = columns["s2"] < response.parameters.s2_threshold
    for name, missing in (("s1", dark), ("s1c", dark), ("s2", faint), ("s2c", faint)):
        columns[name][missing] = np.nan
    return _frame({name: np.asarray(values, np.float32) for name, values in columns.items()}, recoil_type)


def corrections(position, *, detector="LZ_WS2022"):
    """Return what a place does to the signals: the drift time, and raw over corrected S1 and S2.

    Parameters
    ----------
    position : array_like, shape (n, 3)
        x, y, z [mm], as for `simulate`.
    detector : str
        One of `DETECTORS`.

    Returns
    -------
    pandas.DataFrame
        Columns `drift_time` [µs], `s1` and `s2`: s1c is a raw S1 divided by the one, s2c a raw S2 by the other.

    Raises
    ------
    ValueError
        If the detector is unknown or a position lies outside of the drift volume.

    Notes
    -----
    NEST's maps of light collection, as nestpy hands them out, and the electrons' lifetime.
    """
    response = _response(_known(detector))
    position = check.array("position", position, ndim=2, empty=True)
    x, y, z = _inside(response.parameters, position, len(position)).T.astype(np.float32)
    z_cell, drift_time, _ = response.along_z(z)
    s1_map, survival, r_cell = _place(response, x * x + y * y, z_cell, drift_time)
    return pd.DataFrame({"drift_time": drift_time, "s1": s1_map, "s2": survival * response.s2_map[r_cell]})


def height(drift_time, *, detector="LZ_WS2022"):
    """Return the heights z from which electrons need these times to drift up.

    Parameters
    ----------
    drift_time : array_like
        Drift times [µs], any shape, from 0 to that of the cathode.
    detector : str
        One of `DETECTORS`.

    Returns
    -------
    numpy.ndarray
        z [mm], same shape.

    Raises
    ------
    ValueError
        If the detector is unknown or a drift time is impossible.
    """
    response = _response(_known(detector))
    p = response.parameters
    heights = np.linspace(p.surface, p.cathode, 16 * _MAP_SHAPE[1] + 1)
    times = response.along_z(heights.astype(np.float32))[1]
    drift_time = check.array("drift_time", drift_time, at_least=0, at_most=float(times[-1]))
    return np.interp(drift_time, times, heights)


def bands(s1c, s2c, edges=tuple(range(5, 81, 5))):
    """Return the median and width of log10(s2c/s1c) in bins of s1c.

    Parameters
    ----------
    s1c, s2c : array_like, shape (n,)
        Corrected signals [phd]; events with a NaN are left out.
    edges : array_like, shape (k + 1,)
        Increasing edges of the bins in s1c [phd], the upper one excluded.

    Returns
    -------
    pandas.DataFrame
        A row for each bin: `s1c_low`, `s1c_high` [phd], `n_events`, `median`, `width` (half of the range from
        the 16th to the 84th percentile), and their statistical errors `median_error` and `width_error`; NaN
        in bins of fewer than 100 events.

    Raises
    ------
    ValueError
        If the edges do not increase or the signals' shapes differ.

    Notes
    -----
    The errors are the asymptotic ones of quantiles (e.g. David & Nagaraja, Order Statistics, ch. 10), with
    the density taken from quantiles 2 % to either side.
    """
    edges = check.array("edges", edges, ndim=1, above=0)
    if len(edges) < 2 or np.any(np.diff(edges) <= 0):
        raise ValueError(f"edges must increase, got {edges.tolist()!r:.60}")
    s1c, s2c = _signals(s1c, s2c)
    seen = (s1c >= edges[0]) & (s1c < edges[-1]) & (s2c > 0)
    s1c, ratio = s1c[seen], np.log10(s2c[seen] / s1c[seen])
    order = np.argsort(np.digitize(s1c, edges), kind="stable")
    parts = np.split(ratio[order], np.cumsum(np.histogram(s1c, edges)[0])[:-1])
    rows = []
    for low, high, part in zip(edges[:-1], edges[1:], parts, strict=True):
        n, share = len(part), 0.16
        row = {"s1c_low": low, "s1c_high": high, "n_events": n}
        if n >= 100:
            grid = np.quantile(part, np.add.outer([share, 0.5, 1 - share], [-0.02, 0, 0.02]))
            below, middle, above = (grid[:, 2] - grid[:, 0]) / 0.04  # spread of each quantile: 1/density
            row["median"], row["width"] = grid[1, 1], (grid[2, 1] - grid[0, 1]) / 2
            row["median_error"] = 0.5 * middle / math.sqrt(n)
            variance = share * (1 - share) * (below**2 + above**2) - 2 * share**2 * below * above
            row["width_error"] = math.sqrt(variance / n) / 2
        rows.append(row)
    names = ["s1c_low", "s1c_high", "n_events", "median", "width", "median_error", "width_error"]
    return pd.DataFrame(rows, columns=names)


def sample(energies, recoil_type, n, *, detector="LZ_WS2022", rng, s1c=(3.0, 80.0), columns=("s1c", "s2c")):
    """Simulate until exactly `n` events have an S2 and an S1 in a range; keep only the columns asked for.

    Parameters
    ----------
    energies : callable
        `energies(m, rng)` returns m recoil energies [keV].
    recoil_type : str
        "NR" (nuclear) or "ER" (electron).
    n : int
        How many events to return.
    detector : str
        One of `DETECTORS`.
    rng : numpy.random.Generator
        Where all randomness comes from.
    s1c : (float, float)
        The range: lowest ≤ s1c < highest [phd].
    columns : sequence of str
        Which of `recoil_energy`, `z`, `drift_time`, `n_photons`, `n_electrons`, `s1`, `s2`, `s1c`, `s2c`.

    Returns
    -------
    pandas.DataFrame
        n rows of float32: 8 bytes an event for two columns, however many recoils were needed.

    Raises
    ------
    ValueError
        Naming the bad argument; also if fewer than one recoil in 100 000 passes.
    """
    if not callable(energies):
        raise ValueError(f"energies must be a callable (n, rng) -> keV, got {energies!r:.60}")
    check.choice("recoil_type", recoil_type, RECOILS)
    n = check.number("n", n, at_least=0, integer=True)
    check.generator("rng", rng)
    lowest, highest = check.span("s1c", s1c, at_least=0)
    columns = list(columns)
    for name in columns:
        check.choice("columns", name, [c for c in COLUMNS if c not in ("recoil_type", "x", "y")])
    response = _response(_known(detector))

    kept = np.empty((len(columns), n), np.float32)
    filled = tried = 0
    while filled < n:
        energy = np.asarray(energies(_BLOCK, rng), dtype=np.float32)
        if energy.shape != (_BLOCK,) or not (energy.min() >= 0 and energy.max() <= HIGHEST_ENERGY):
            raise ValueError(
                f"energies must return as many energies as asked for, from 0 to {HIGHEST_ENERGY:g} keV"
            )
        r2, z = _fiducial(response, _BLOCK, rng)
        block = _block(response, recoil_type, energy, r2, z, rng) | {"recoil_energy": energy, "z": z}
        passed = (block["s1c"] >= lowest) & (block["s1c"] < highest) & (block["s2c"] > 0)
        passed = np.flatnonzero(passed)[: n - filled]
        for row, name in zip(kept, columns, strict=True):
            row[filled : filled + len(passed)] = block[name][passed]
        filled, tried = filled + len(passed), tried + _BLOCK
        if tried > 1_000_000 and filled < 1e-5 * tried:
            raise ValueError(f"energies must reach the s1c range: {filled} of {tried} recoils passed")
    return pd.DataFrame(dict(zip(columns, kept, strict=True)), copy=False)


# ---------------------------------------------------------------------------------------------------------
# The simulation of one block: float32 arrays of at most _BLOCK events


def _block(response, recoil_type, energy, r2, z, rng):
    """Return drift times, quanta and signals of a block, as a dict of float32 arrays."""
    z_cell, drift_time, field = response.along_z(z)
    photons, electrons = _quanta(response.quanta[recoil_type], energy, field, rng)

    # S1: each photon is seen with g1 × the map's value, and its pulse stands above the noise with chance `seen`
    s1_map, survival, r_cell = _place(response, r2, z_cell, drift_time)
    hit = response.hit
    spikes = _binomial(photons, np.minimum(s1_map * np.float32(response.g1), 1) * np.float32(hit.seen), rng)
    s1 = hit.area(spikes, _normal(len(z), rng))
    if response.s1_noise:
        s1 *= 1 + np.float32(response.s1_noise) * _normal(len(z), rng)
    fired = np.minimum(spikes, len(response.coincidence) - 1).astype(np.int32)
    s1[rng.random(len(z), dtype=np.float32) >= response.coincidence[fired]] = np.nan
    s1c = s1 / s1_map

    # S2: electrons survive the drift, are pulled out of the liquid, and each makes many photons in the gas
    extracted = _binomial(electrons, survival * np.float32(response.parameters.extraction_efficiency), rng)
    s2 = extracted * response.s2_mean[r_cell]
    s2 += np.sqrt(extracted) * response.s2_spread[r_cell] * _normal(len(z), rng)
    if response.s2_noise:
        s2 *= 1 + np.float32(response.s2_noise) * _normal(len(z), rng)
    s2[s2 < response.parameters.s2_threshold] = np.nan
    s2c = s2 / (survival * response.s2_map[r_cell])
    return {
        "drift_time": drift_time,
        "n_photons": photons,
        "n_electrons": electrons,
        "s1": s1,
        "s2": s2,
        "s1c": s1c,
        "s2c": s2c,
    }


def _place(response, r2, z_cell, drift_time):
    """Return the S1 map's values, the electrons' chances to survive the drift, and the cells in r²."""
    r_cell = np.minimum((r2 * response.r2_scale).astype(np.int32), _RADII - 1)
    s1_map = response.s1_map.ravel()[(r_cell * _MAP_SHAPE[0] // _RADII) * _MAP_SHAPE[1] + z_cell]
    survival = np.exp(drift_time * np.float32(-1 / response.parameters.electron_lifetime))
    return s1_map, survival, r_cell


def _quanta(table, energy, field, rng):
    """Draw the photons and electrons that leave the recoil's track: NEST's GetQuanta."""
    n = len(energy)
    with np.errstate(divide="ignore"):  # log(0) is -inf, and -inf lands in the lowest cell
        cell = (np.log(energy) - np.float32(math.log(_ENERGIES[0]))) / np.float32(_LOG_STEP)
    cell = np.clip(np.rint(cell), 0, len(_ENERGIES) - 1).astype(np.int32) + field * len(_ENERGIES)
    ions = energy * table["ions"][cell]
    excitons = energy * table["excitons"][cell]
    if "fano" in table:  # an electron recoil shares a fixed sum of quanta between excitons and ions
        quanta = ions + excitons
        ion_share = ions / np.maximum(quanta, np.float32(1e-9))
        quanta = np.rint(np.maximum(quanta + np.sqrt(table["fano"][cell] * quanta) * _normal(n, rng), 0))
        ions = quanta * ion_share
        ions += np.sqrt(ions * (1 - ion_share)) * _normal(n, rng)
        np.clip(ions, 0, quanta, out=ions)
    else:  # a nuclear recoil also loses energy to heat, so that both numbers vary on their own
        fano, slope = table["fano_ions"]
        ions = np.rint(np.maximum(ions + np.sqrt((fano + slope * ions) * ions) * _normal(n, rng), 0))
        fano, slope = table["fano_excitons"]
        excitons += np.sqrt((fano + slope * excitons) * excitons) * _normal(n, rng)
        excitons = np.rint(np.maximum(excitons, 0))
        quanta = ions + excitons

    # ions that escape recombination are the electrons; the spread is binomial plus NEST's ω, and skewed
    escape, omega = table["escape"][cell], table["omega"][cell]
    folded, straight = table["folded"][cell], table["straight"][cell]
    skewed = folded * (np.abs(_normal(n, rng)) - np.float32(math.sqrt(2 / math.pi)))
    skewed += straight * _normal(n, rng)
    electrons = ions * escape
    spread = omega * ions
    electrons += np.sqrt(electrons * (1 - escape) + spread * spread) * skewed
    electrons = np.clip(np.rint(electrons), 0, np.rint(ions))
    return quanta - electrons, electrons


def _normal(n, rng):
    """Draw float32 standard normals by Box and Muller's transform: in NumPy nearly three times as fast as its ziggurat."""
    half = (n + 1) // 2
    radius = np.sqrt(-2 * np.log1p(-rng.random(half, dtype=np.float32)))
    angle = rng.random(half, dtype=np.float32) * np.float32(2 * math.pi)
    return np.concatenate((radius * np.cos(angle), radius * np.sin(angle)))[:n]


def _binomial(n, p, rng):
    """Draw binomial numbers from float32 arrays, three orders beyond the normal approximation.

    Cornish and Fisher's expansion turns a normal number into a binomial one: its distribution is within 0.1 %
    (total variation) of the binomial wherever the variance is above 3; below, NumPy draws exactly.
    """
    mean = n * p
    variance = mean * (1 - p)
    few = np.flatnonzero(variance < 3)
    width2 = np.maximum(variance, 3) - np.float32(1 / 12)  # rounding adds 1/12 (Sheppard)
    drawn = mean + _cornish_fisher(_normal(len(n), rng), np.sqrt(width2), (1 - 2 * p), 1 - 6 * p * (1 - p))
    np.clip(np.rint(drawn, out=drawn), 0, n, out=drawn)
    drawn[few] = rng.binomial(n[few].astype(np.int64), p[few])
    return drawn


def _cornish_fisher(z, width, skew, kurtosis):
    """Return width × a standard variable with skewness `skew`/width and excess kurtosis `kurtosis`/width².

    Cornish & Fisher, Revue de l'Institut International de Statistique 5 (1938) 307, to third order.
    """
    z2 = z * z
    third = ((z2 - 3) * (kurtosis / 24) - (2 * z2 - 5) * (skew * skew / 36)) / width
    return z * (width + third) + (z2 - 1) * (skew / 6)


def _fiducial(response, n, rng):
    """Draw r² [mm²] and z [mm] uniformly in the fiducial volume."""
    lowest, highest = response.fiducial_z
    r2 = rng.random(n, dtype=np.float32) * np.float32(response.parameters.fiducial_radius**2)
    z = rng.random(n, dtype=np.float32) * np.float32(highest - lowest) + np.float32(lowest)
    return r2, z


def _fiducial_xyz(response, n, rng):
    """Draw x, y and z [mm] uniformly in the fiducial volume."""
    r2, z = _fiducial(response, n, rng)
    r = np.sqrt(r2)
    angle = rng.random(n, dtype=np.float32) * np.float32(2 * math.pi)
    return r * np.cos(angle), r * np.sin(angle), z


def _frame(columns, recoil_type):
    """Return the columns as a DataFrame in their order, quanta as integers, the recoil type as a category."""
    for name in ("n_photons", "n_electrons"):
        columns[name] = columns[name].astype(np.int32)
    codes = np.full(len(columns["z"]), list(RECOILS).index(recoil_type), np.int8)
    columns["recoil_type"] = pd.Categorical.from_codes(codes, categories=list(RECOILS))
    return pd.DataFrame({name: columns[name] for name in COLUMNS}, copy=False)


# ---------------------------------------------------------------------------------------------------------
# The door


def _at_the_door(recoil_energy, recoil_type, detector, rng, field=None):
    energy = check.array(
        "recoil_energy", recoil_energy, ndim=1, at_least=0, at_most=HIGHEST_ENERGY, empty=True
    )
    check.choice("recoil_type", recoil_type, RECOILS)
    check.generator("rng", rng)
    return energy, _tables(detector, field)


def _known(detector):
    return check.choice("detector", detector, DETECTORS)


def _tables(detector, field):
    """Return a detector's tables, in its own drift field or in another."""
    if field is None:
        return _response(_known(detector))
    return _response_in(_known(detector), check.number("field", field, at_least=10, at_most=10_000))


def _signals(s1c, s2c):
    """Return two arrays of equal shape, in which NaN is welcome."""
    signals = []
    for name, value in (("s1c", s1c), ("s2c", s2c)):
        try:
            signals.append(np.asarray(value, dtype=float))
        except (TypeError, ValueError):
            raise ValueError(f"{name} must be numbers, got {value!r:.60}") from None
    if signals[0].shape != signals[1].shape:
        raise ValueError(
            f"s1c and s2c must have the same shape, got {signals[0].shape} and {signals[1].shape}"
        )
    return signals


def _inside(p, position, n):
    """Return positions of shape (n, 3) that lie in the drift volume, or say what is wrong."""
    position = check.array("position", position, ndim=2, empty=True)
    if position.shape != (n, 3):
        raise ValueError(f"position must have shape ({n}, 3) like recoil_energy, got {position.shape}")
    if n and np.hypot(position[:, 0], position[:, 1]).max() > p.radius:
        raise ValueError(f"position must lie within the radius of {p.radius:g} mm")
    if n and (position[:, 2].min() < p.cathode or position[:, 2].max() > p.surface):
        raise ValueError(f"position must have z from {p.cathode:g} (cathode) to {p.surface:g} mm (surface)")
    return position


# ---------------------------------------------------------------------------------------------------------
# What nestpy knows, read once for each detector


@contextlib.contextmanager
def _quiet():
    """Keep what C++ writes to file descriptor 2 off the notebook: NEST says once how its β model is built."""
    sys.stderr.flush()
    saved, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)


class _Source:
    """One of nestpy's detectors, and the questions that we ask it."""

    def __init__(self, name, **changes):
        self.detector = DETECTORS[name]()
        for quantity, values in changes.items():
            getattr(self.detector, f"set_{quantity}")(*values)
        self.calculator = nestpy.NESTcalc(self.detector)
        self.density = self.calculator.SetDensity(self.detector.T_Kelvin, self.detector.p_bar)
        self.work = nestpy.NESTcalc.WorkFunction(self.density, self.detector.molarMass).Wq_eV  # eV

    def events(self, interaction, energy, position, seed):
        """Run nestpy's own simulation, event by event."""
        return nestpy.array.runNESTvec(self.detector, interaction, energy, position, seed=seed)

    def probe(self, r, z):
        """Run nestpy's own simulation of one 30 keV nuclear recoil at each place, always with the same seed."""
        r, z = np.broadcast_arrays(r, z)
        position = np.column_stack((r, np.zeros(r.shape), z))
        return self.events(nestpy.interactions.NR, np.full(len(r), 30.0), position, seed=1)

    def field(self, z):
        return np.array([self.detector.get_field(0.0, 0.0, height) for height in z])

    def velocity(self, field):
        temperature, pressure = self.detector.T_Kelvin, self.detector.p_bar
        return np.array(
            [self.calculator.SetDriftVelocity(temperature, self.density, f, pressure) for f in field]
        )


class _Hit:
    """The area [phd] of one photon's pulse, above the threshold of a single photomultiplier.

    A photon frees one photoelectron, or two with chance P_dphe; each has a Gaussian area cut off at zero, of
    mean 1 after the cut, plus baseline noise (NEST's GetS1). Its cumulants give those of their sum.
    """

    def __init__(self, detector, baseline):
        step = 0.002
        area = np.arange(0.5 * step, 6, step)
        resolution = detector.sPEres
        one = norm.pdf(area, 1 / _truncated_mean(resolution), resolution)
        offset = area[0] + baseline[0]
        if baseline[1] > 0:
            noise = np.arange(-5 * baseline[1], 5 * baseline[1] + step, step)
            one = np.convolve(one, norm.pdf(noise, 0, baseline[1]))
            offset += noise[0]
        one /= one.sum()
        two = np.convolve(one, one)
        area = np.concatenate((offset + step * np.arange(len(one)), 2 * offset + step * np.arange(len(two))))
        weight = np.concatenate(((1 - detector.P_dphe) * one, detector.P_dphe * two))
        above = area > detector.sPEthr
        self.seen = weight[above].sum()
        weight, area = weight[above] / self.seen, area[above] / (1 + detector.P_dphe)
        mean = weight @ area
        variance = weight @ (area - mean) ** 2
        self.mean, self.width = np.float32(mean), np.float32(math.sqrt(variance))
        self.skew = np.float32(weight @ (area - mean) ** 3 / variance**1.5)
        self.kurtosis = np.float32(weight @ (area - mean) ** 4 / variance**2 - 3)

    def area(self, count, z):
        """Return the summed area [phd] of `count` pulses from standard normals z."""
        root = np.sqrt(np.maximum(count, 1))
        return np.maximum(
            count * self.mean + self.width * _cornish_fisher(z, root, self.skew, self.kurtosis), 0
        )


def _truncated_mean(width):
    """Return the mean of a Gaussian of mean 1 and this width, cut off at zero."""
    return 1 + width * norm.pdf(1 / width) / ndtr(1 / width)


class _Response:
    """All tables of one detector."""

    def __init__(self, name):
        self.source = source = _Source(name)
        d = source.detector
        charge = d.extraction_parameters
        middle = (d.cathode + d.TopDrift) / 2
        field = source.field([middle])[0]
        double = d.P_dphe
        self.parameters = p = Parameters(
            name=name,
            g1=d.g1,
            g2=charge["g2"],
            single_electron=charge["SE"],
            extraction_efficiency=charge["ExtEff"],
            electron_lifetime=d.eLife_us,
            drift_field=float(field),
            drift_velocity=float(source.velocity([field])[0]),
            work_function=source.work * 1e-3,
            radius=d.radmax,
            fiducial_radius=d.radius,
            cathode=d.cathode,
            surface=d.TopDrift,
            fiducial_drift_time=(d.dt_min, d.dt_max),
            coincidence=d.coinLevel,
            s2_threshold=d.s2_thr / (1 + double),
            double_photoelectron=double,
        )
        self.g1 = d.g1

        # along the drift: velocity at the edges of the cells, and which of the field's table rows is nearest
        n_r, n_z = _MAP_SHAPE
        edges = np.linspace(p.cathode, p.surface, n_z + 1)
        centres = (edges[1:] + edges[:-1]) / 2
        fields = source.field(centres)
        nodes = np.linspace(fields.min(), fields.max(), 16) if np.ptp(fields) > 0 else fields[:1]
        self.slowness = (1 / source.velocity(source.field(edges))).astype(np.float32)
        self.field_row = np.abs(fields[:, None] - nodes).argmin(1).astype(np.int32)
        times = (p.surface - edges) / source.velocity(source.field(edges))
        self.fiducial_z = tuple(np.interp([d.dt_max, d.dt_min], times[::-1], edges[::-1]))
        self.quanta = {recoil: _quanta_table(source, recoil, nodes) for recoil in RECOILS}

        # maps: nestpy keeps them to itself, but raw over corrected signal is the map's value
        self.r2_scale = np.float32(_RADII / p.radius**2)
        r = np.sqrt((np.arange(n_r) + 0.5) / n_r) * p.radius
        seen = source.probe(np.repeat(r, n_z), np.tile(centres, n_r))
        s1_map = np.asarray(seen["s1r_phd"]) / np.asarray(seen["s1c_phd"])
        self.s1_map = s1_map.reshape(_MAP_SHAPE).astype(np.float32)
        r = np.sqrt((np.arange(_RADII) + 0.5) / _RADII) * p.radius
        seen = source.probe(r, middle)
        survival = math.exp(-(p.surface - middle) / p.drift_velocity / p.electron_lifetime)
        s2_map = np.asarray(seen["s2r_phd"]) / np.asarray(seen["s2c_phd"]) / survival
        self.s2_map = s2_map.astype(np.float32)
        if not (np.isfinite(s1_map).all() and np.isfinite(s2_map).all()):
            raise RuntimeError(f"{name}: a probe of nestpy's position maps gave no signal")

        # S2 of one electron [phd]: photons in the gas, hits, double photoelectrons, areas (NEST's GetS2)
        light = charge["elYield"]
        chance = d.g1_gas * s2_map
        hits = light * chance
        variance = d.s2Fano * light * chance**2 + hits * (1 - chance)
        variance = (1 + double) ** 2 * variance + double * (1 - double) * hits
        scale = _truncated_mean(d.sPEres)
        variance = variance / scale**2 + d.sPEres**2 * (1 + double) * hits / scale
        self.s2_mean = (hits / scale).astype(np.float32)
        self.s2_spread = (np.sqrt(variance) / (1 + double)).astype(np.float32)

        self.s1_noise = d.get_noiseLinear()
        self.s2_noise = _s2_noise(name)
        self.hit = _Hit(d, (d.get_noiseBaseline(), _baseline_noise(name)))
        self.coincidence = _coincidence(d) * _in_time(d)

    def along_z(self, z):
        """Return for each height its cell, drift time [µs] and row in the table of fields."""
        place = (z - np.float32(self.parameters.cathode)) * np.float32(
            _MAP_SHAPE[1] / (self.parameters.surface - self.parameters.cathode)
        )
        cell = np.clip(place.astype(np.int32), 0, _MAP_SHAPE[1] - 1)
        low = self.slowness[cell]
        slowness = low + (place - cell) * (self.slowness[cell + 1] - low)
        return cell, (np.float32(self.parameters.surface) - z) * slowness, self.field_row[cell]

    def in_field(self, field):
        """Return the tables of the same detector in a uniform drift field [V/cm]."""
        other, p = copy.copy(self), self.parameters
        velocity = float(self.source.velocity([field])[0])
        other.slowness = np.full_like(self.slowness, 1 / velocity)
        other.field_row = np.zeros_like(self.field_row)
        other.quanta = {recoil: _quanta_table(self.source, recoil, [field]) for recoil in RECOILS}
        times = tuple((p.surface - z) / velocity for z in reversed(self.fiducial_z))
        other.parameters = dataclasses.replace(
            p, drift_field=field, drift_velocity=velocity, fiducial_drift_time=times
        )
        return other


@functools.cache
def _response(name):
    with _quiet():
        return _Response(name)


@functools.cache
def _response_in(name, field):
    return _response(name).in_field(field)


def _mean_yields(source, recoil_type, energies, fields):
    """Return nestpy's mean yields on a grid: a dict of arrays of shape (fields, energies)."""
    with _quiet():
        grid = [
            [
                source.calculator.GetYields(
                    RECOILS[recoil_type], energy=e, density=source.density, drift_field=f
                )
                for e in energies
            ]
            for f in fields
        ]
    names = {"photons": "PhotonYield", "electrons": "ElectronYield", "exciton_ratio": "ExcitonRatio"}
    return {key: np.array([[getattr(y, name) for y in row] for row in grid]) for key, name in names.items()}


def _quanta_table(source, recoil_type, fields):
    """Tabulate what `_quanta` needs, on energies × fields, flat and float32.

    The yields are nestpy's, and so are the width parameters (`default_nr_er_width_parameters`). The formulas
    that they enter are NEST's (arXiv:2211.10726): nestpy offers no function for Fano factor, ω and skewness,
    so they stand here, and a test holds their moments against nestpy's own draws.
    """
    energies, fields = _ENERGIES, np.asarray(fields)
    means = _mean_yields(source, recoil_type, energies, fields)
    quanta = means["photons"] + means["electrons"]
    some = quanta > 0
    electron_share = np.where(some, means["electrons"] / np.where(some, quanta, 1), 1)
    ratio = np.maximum(means["exciton_ratio"], 0)
    ions = quanta / (1 + ratio)
    escape = np.minimum((1 + ratio) * electron_share, 1)
    width = nestpy.default_nr_er_width_parameters
    if width[2] < 0 or width[8] >= 1:
        raise RuntimeError(
            f"nestpy's width parameters ask for a form of NEST's model not written here: {width}"
        )
    table = {}
    if recoil_type == "ER":
        table["fano"] = _fano(quanta, fields[:, None], source.density, width)
        excitons = quanta - ions
        omega = _omega_er(electron_share, fields[:, None], width)
        shape = _skewness_er(1e-3 * source.work * quanta, fields[:, None])
    else:
        table["fano_ions"], table["fano_excitons"] = (width[0], width[11]), (width[1], width[12])
        # where recombination would be negative, NEST makes it zero by changing the excitons' share
        ratio = np.where((1 + ratio) * electron_share > 1, 1 / electron_share - 1, ratio)
        excitons = ratio * ions
        omega = width[2] * np.exp(-0.5 * ((electron_share - width[3]) / width[4]) ** 2)
        shape = np.full(quanta.shape, width[5])
    shape = np.where((quanta > 1e4) | (fields[:, None] > 4e3) | (fields[:, None] < 50), 0, shape)
    delta = shape / np.sqrt(1 + shape**2)
    unit = np.sqrt(1 - 2 / math.pi * delta**2)
    grids = {
        "ions": ions / energies,
        "excitons": excitons / energies,
        "escape": escape,
        "omega": np.where(escape < 1, np.maximum(omega, 0), 0),
        "folded": delta / unit,  # a skew-normal is δ|z1| + √(1-δ²) z2 (Azzalini 1985)
        "straight": np.sqrt(1 - delta**2) / unit,
    }
    if "fano" in table:
        grids["fano"] = table.pop("fano")
    return table | {key: grid.astype(np.float32).ravel() for key, grid in grids.items()}


def _fano(quanta, field, density, width):
    """Return the Fano factor of the sum of quanta of electron recoils (NEST's FanoER)."""
    if width[6] >= 0:
        return np.full(quanta.shape, width[6])
    liquid = 0.12707 - 0.029623 * density - 0.0057042 * density**2 + 0.0015957 * density**3
    return liquid + abs(width[6]) * np.sqrt(quanta * field)


def _omega_er(electron_share, field, width):
    """Return the extra spread of recombination in electron recoils (NEST's RecombOmegaER)."""
    amplitude = 0.07 + (width[7] - 0.07) / (1 + (field / 295.2) ** 251.6) ** 0.0069114
    centre, sigma, skew = width[8:11]

    def bump(x):
        return np.exp(-0.5 * ((x - centre) / sigma) ** 2) * (
            1 + erf(skew * (x - centre) / (sigma * math.sqrt(2)))
        )

    mode = centre + math.sqrt(2 / math.pi) * skew * sigma / math.sqrt(1 + skew**2)
    return amplitude * bump(electron_share) / bump(mode)


def _skewness_er(energy, field):
    """Return the shape of the skewed recombination in electron recoils (LUX's model in NEST's GetQuanta)."""
    switch = 1 / (1 + np.exp((energy - 26.7) / 6.4))
    low = 1.39 + 4.0 * np.exp(-field / 225) * (1 - np.exp(-energy / 7.7))
    high = 22.1 * np.exp(-energy / 54) * np.exp(-np.sqrt(field / 71))
    return switch * low + (1 - switch) * high


def _s2_noise(name):
    """Return the relative noise of S2 areas.

    nestpy hands out only the first number of NEST's noise arrays, and this is the second. One seed, run with
    no noise, with 10 %, and as shipped, gives it exactly: the same draw is scaled by each.
    """
    none, tenth = (_Source(name, noiseLinear=(0.0, s)).probe([0.0], 300.0)["s2r_phd"][0] for s in (0.0, 0.1))
    shipped = _Source(name).probe([0.0], 300.0)["s2r_phd"][0]
    return 0.1 * (shipped - none) / (tenth - none)


def _baseline_noise(name):
    """Return the width of the noise on each photoelectron's area [phe], read like `_s2_noise`."""
    all_seen = {"sPEthr": (-100.0,)}
    none, whole = (
        _Source(name, noiseBaseline=(0.0, s, 0.0, 0.0), **all_seen).probe([0.0], 300.0)["s1r_phe"][0]
        for s in (0.0, 1.0)
    )
    source = _Source(name, **all_seen)
    shipped = source.probe([0.0], 300.0)
    offset = source.detector.get_noiseBaseline() * shipped["s1_nhits_dpe"][0]
    return (shipped["s1r_phe"][0] - none - offset) / (whole - none)


def _coincidence(d):
    """Return the chance that 0, 1, 2, … spikes lie in enough different photomultipliers (NEST's GetS1).

    It is a sum over sets of photomultipliers, and certain above 10 spikes.
    """
    count = np.arange(12)
    if d.coinLevel <= 2:
        chance = 1 - (d.coinLevel == 2) * float(d.numPMTs) ** (1.0 - count)
    else:
        sets = np.array([0] + [math.comb(d.numPMTs, k) for k in count[1:]], dtype=float)
        chance = np.cumsum(np.where(count >= d.coinLevel, sets, 0)) / np.maximum(np.cumsum(sets), 1)
    chance[11] = 1
    return np.where(count >= d.coinLevel, chance, 0).astype(np.float32)


def _in_time(d):
    """Return the chance that 0, 1, 2, … spikes all lie in the coincidence window.

    NEST's GetS1 asks only where no more photons were seen than are required, and cuts off the tail of a
    20 ns decay.
    """
    count = np.arange(12)
    chance = (1 - math.exp(-d.coinWind / 20)) ** count
    return np.where(count <= d.coinLevel, chance, 1).astype(np.float32)
