"""A day of commissioning data in which things are wrong, each by its physical cause; and what a detector makes of it.

`take_day` draws events of six kinds and their waveforms, `reconstruct` finds the pulses in them and returns twelve
numbers an event, the only thing that an analysis sees. The kinds (`KINDS`), and what makes them:

- `good`: an electron recoil of 1 to 10 keV anywhere between cathode and gate, one S1, one S2 (NEST: `detector`, `pulses`);
- `fault`: a good event that a stray photon precedes. A reconstruction that looks back too far for a pulse's start
  joins it to the S1, which then seems to rise slowly; one that does not, sees nothing unusual;
- `gas`: a recoil in the gas above the anode. The gas gives fewer photons, seen mostly by the top array; its electrons
  come *down* to the anode's wires through a weak field, and make little light there, with the anode in its way down;
- `s2_only`: a recoil so small that fewer than three photomultipliers saw its S1. It has no S1 and no drift time;
- `train`: a good event above a hot spot of the gate's wires, from which the S2's light frees electrons for a while;
- `double`: a recoil shared between two places so close in depth that their S2s are one pulse.

`severity` scales how much an event of a faulty kind differs; 1 is plainly wrong, towards 0 it becomes a good event
(gas keeps its shares of an S1 and its shallow place). Drift times are in µs, S1 times in ns, S2 times in µs, areas in phd.
The detector is `DETECTOR`. In all functions `rng` is the numpy.random.Generator from which all randomness comes; a bad
argument raises a ValueError that names it.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers import check, detector, nest, pulses, scatters
from helpers import waveforms as shapes

DETECTOR = "LZ_WS2022"
KINDS = ("good", "fault", "gas", "s2_only", "train", "double")

# The share of each kind in a day; what is left is good.
SHARES = {"fault": 0.025, "gas": 0.025, "s2_only": 0.03, "train": 0.025, "double": 0.025}

# What `reconstruct` returns; the notebook takes the logarithms.
FEATURES = ("s1_area", "s1_rise", "s1_width", "s1_asymmetry", "s2_area", "s2_rise", "s2_width", "s2_length")
FEATURES += ("s2_asymmetry", "s2_skew", "s2_peak", "drift_time")

# Severities at which one test that was taught all kinds finds 0.90 to 0.94 of each at 1 % false flags; all of the gas.
SUBTLE = {"fault": 0.11, "gas": 0.05, "train": 0.4, "double": 0.4}

S1_SAMPLE, S1_WINDOW = 10, (-1.5, 1.5)  # ns, µs from the recoil
S2_SAMPLE, S2_WINDOW = 100, (-15.0, 60.0)  # ns, µs from the expected arrival
QUIET = 0.1  # µs without light before an S1: what a sound reconstruction asks for
TOO_FAR = 1.0  # µs: the faulty one, ten samples written as a hundred
HOT_SPOT = (-310.0, 180.0, 60.0)  # mm: x, y and radius of the gate's emitting wires

_ENERGY = (1.0, 10.0)  # keV
# µs before the recoil, at severity 1; nearer than `QUIET` any reconstruction would join it
_STRAY = (0.2, 0.95)
_S1_LEVEL, _S2_LEVEL = 0.05, 1.0  # phd a sample, above which there is light
_S1_AFTER, _S2_APART = 0.2, 3.0  # µs without light that end an S1, and part two S2s

# The gas. Energy per electron and per photon [keV]: Henriques et al., arXiv:2309.14202 (39 eV) and, for the electron,
# the 22 eV of gaseous xenon in the literature that it cites. The field above the anode is ours: some 500 V/cm, in which
# electrons of 0.7 eV drift 1 mm a µs; so is the light that they make at the anode, a quarter of an extracted electron's.
_PER_ELECTRON, _PER_PHOTON = 0.022, 0.039
_ABOVE_ANODE = (2.0, 30.0)  # mm
_GAS_VELOCITY, _GAS_FIELD, _GAS_ENERGY = 1.0, 50.0, 0.7  # mm/µs, V/mm, eV
_GAS_LIGHT, _SHADOW = 0.75, 0.25  # what is missing of the light, and of its way down, at severity 1

_TRAIN_ELECTRONS, _TRAIN_TIME = 45.0, 12.0  # mean number at severity 1, and their mean delay [µs]
_DOUBLE_DISTANCE = (6.0, 9.0)  # mm in depth, at severity 1


class Day(NamedTuple):
    """A day of data. truth: `kind`, `x`, `y` [mm], `drift_time` [µs], `s1_bottom` and `s2_bottom` (the bottom array's
    shares of the light that is seen); s1, s2: waveforms [phd a sample], (n_events, n_samples).
    """

    truth: pd.DataFrame
    s1: np.ndarray
    s2: np.ndarray


def take_day(n, *, rng, shares=None, severity=1.0):
    """Draw a day of data.

    Parameters
    ----------
    n : int
        How many events.
    rng : see the module's head
    shares : dict of str to float, optional
        Share of each faulty kind, by default `SHARES`; what is left is good. A kind that is not named does not occur.
    severity : float or dict of str to float
        How much each faulty kind differs: from 0 to 1, for all or (those not named: 1) for each; `s2_only` has none.

    Returns
    -------
    Day
        Its events in random order; share × n of each kind, within one.
    """
    n = check.number("n", n, at_least=1, integer=True)
    check.generator("rng", rng)
    counts = _counts(n, SHARES if shares is None else shares)
    severity = _severities(severity)
    parts = [_DRAW[kind](counts[kind], severity.get(kind, 1.0), rng) for kind in KINDS]
    truth = pd.concat([part.truth.assign(kind=kind) for kind, part in zip(KINDS, parts, strict=True)])
    truth["kind"] = pd.Categorical(truth["kind"], categories=KINDS)
    order = rng.permutation(n)
    s1, s2 = (np.concatenate([part[k] for part in parts])[order] for k in (1, 2))
    return Day(truth.iloc[order].reset_index(drop=True), s1, s2)


def reconstruct(day, *, look_back=TOO_FAR):
    """Find the pulses and return what an analysis sees of a day.

    Parameters
    ----------
    day : Day
        From `take_day`.
    look_back : float
        How long [µs] it must have been quiet for an S1 to begin. `QUIET` is right; with `TOO_FAR` photons that have
        nothing to do with the S1 are joined to it.

    Returns
    -------
    pandas.DataFrame
        `FEATURES`: areas [phd]; `s1_rise` [ns] and `s2_rise` [µs], from the pulse's start to half of its area;
        `s1_width` [ns] and `s2_width` [µs], rms; `s2_length` [µs], start to end; the asymmetries (top - bottom) / (top +
        bottom); `s2_skew`, (fall - rise) / (fall + rise) of `waveforms.features`; `s2_peak` [1/µs], height over area;
        `drift_time` [µs]. NaN where there is no S1.
    """
    if not isinstance(day, Day):
        raise ValueError(f"day must be a Day, as take_day returns it, got {day!r:.60}")
    look_back = check.number("look_back", look_back, above=0)
    s1, start, _ = _pulse(day.s1, S1_SAMPLE, _S1_LEVEL, look_back, _S1_AFTER, core=5)
    shape = shapes.features(s1, S1_SAMPLE)
    seen = shape["area"].to_numpy() > 0
    table = {
        "s1_area": np.where(seen, shape["area"], np.nan),
        "s1_rise": 1e3 * (shape["t50"] - start),
        "s1_width": 1e3 * shape["width"],
        "s1_asymmetry": np.where(seen, 1 - 2 * day.truth["s1_bottom"], np.nan),
    }
    s2, start, length = _pulse(day.s2, S2_SAMPLE, _S2_LEVEL, _S2_APART, _S2_APART, core=10)
    shape = shapes.features(s2, S2_SAMPLE)
    table |= {"s2_area": shape["area"], "s2_rise": shape["t50"] - start, "s2_width": shape["width"]}
    table |= {"s2_length": length, "s2_asymmetry": 1 - 2 * day.truth["s2_bottom"]}
    table |= {"s2_skew": shape["asymmetry"], "s2_peak": shape["height"] / shape["area"]}
    table["drift_time"] = np.where(seen, day.truth["drift_time"], np.nan)
    return pd.DataFrame(table)[list(FEATURES)]


def _pulse(waveforms, sample_width, level, quiet_before, quiet_after, core):
    """Return waveforms of which only the pulse is left, its start and its length [µs].

    The pulse is round the sample where most light comes within `core` samples; it reaches as far as no pause is longer
    than `quiet_before` (backwards) and `quiet_after` (forwards).
    """
    width = sample_width * 1e-3
    n_samples = waveforms.shape[1]
    index = np.arange(n_samples)
    light = waveforms > level
    total = np.cumsum(waveforms, axis=1, dtype=np.float32)
    recent = total - np.pad(total, ((0, 0), (core, 0)))[:, :n_samples]
    rows = np.arange(len(waveforms))
    peak = np.where(light, recent, -1).argmax(axis=1)

    before = np.maximum.accumulate(np.where(light, index, -n_samples), axis=1)
    pause = index - np.pad(before, ((0, 0), (1, 0)), constant_values=-n_samples)[:, :-1] - 1
    begins = np.where(light & (pause * width >= quiet_before), index, 0)
    start = np.maximum.accumulate(begins, axis=1)[rows, peak]
    after = np.minimum.accumulate(np.where(light, index, 2 * n_samples)[:, ::-1], axis=1)[:, ::-1]
    pause = np.pad(after, ((0, 0), (0, 1)), constant_values=2 * n_samples)[:, 1:] - index - 1
    ends = np.where(light & (pause * width >= quiet_after), index, n_samples - 1)
    end = np.minimum.accumulate(ends[:, ::-1], axis=1)[:, ::-1][rows, peak]
    inside = (index >= start[:, None]) & (index <= end[:, None])
    return np.where(inside, waveforms, np.float32(0)), start * width, (end - start + 1) * width


def _recoils(n, rng, energy=_ENERGY, low=0.0, high=None, spot=None):
    """Draw n electron recoils that make an S1 and an S2: `detector.simulate`'s columns.

    `low` and `high` bound the drift time [µs]; `spot` (x, y, radius) [mm] says above which disc.
    """
    column, p = pulses.Column.of(DETECTOR), nest.parameters(DETECTOR)
    high = column.time[-1] if high is None else high
    low = max(low, float(column.drift_time(column.gate)))
    kept, missing = [], n
    while missing > 0:
        m = int(1.4 * missing) + 20
        drift_time = rng.uniform(low, high, m)
        x, y, radius = (0, 0, p.fiducial_radius) if spot is None else spot
        r, angle = radius * np.sqrt(rng.random(m)), rng.uniform(0, 2 * np.pi, m)
        z = np.interp(drift_time, column.time, column.z)
        place = np.column_stack([x + r * np.cos(angle), y + r * np.sin(angle), z])
        recoils = detector.simulate(rng.uniform(*energy, m), "ER", detector=DETECTOR, rng=rng, position=place)
        recoils = recoils.dropna().iloc[:missing]
        kept, missing = [*kept, recoils], missing - len(recoils)
    return pd.concat(kept, ignore_index=True) if kept else _no_recoils()


def _no_recoils():
    return detector.simulate([], "ER", detector=DETECTOR, rng=np.random.default_rng(0))


def _electrons(recoils):
    """Return how many electrons were pulled into the gas."""
    return np.rint(recoils["s2"] / nest.parameters(DETECTOR).single_electron).astype(np.int64).to_numpy()


def _assembled(recoils, photons, electrons, rng, shares=None):
    """Return a part of a day: truth and waveforms from photons that are seen and electrons that enter the gas."""
    n, drift_time = len(recoils), recoils["drift_time"].to_numpy(dtype=float)
    s1 = pulses.s1(
        photons, "ER", np.maximum(recoils["recoil_energy"], 0.01), np.minimum(drift_time, 950.0),
        detector=DETECTOR, rng=rng, sample_width=S1_SAMPLE, window=S1_WINDOW,
    )  # fmt: skip
    s2 = pulses.luminesce(
        electrons, drift_time, detector=DETECTOR, rng=rng, sample_width=S2_SAMPLE, window=S2_WINDOW
    )
    s1_share, s2_share = _bottom_shares() if shares is None else shares
    seen = np.rint(s2.sum(axis=1)).astype(np.int64)
    truth = recoils[["x", "y", "drift_time"]].copy()
    truth["s1_bottom"] = rng.binomial(photons, s1_share, n) / np.maximum(photons, 1)
    truth["s2_bottom"] = rng.binomial(seen, s2_share, n) / np.maximum(seen, 1)
    return Day(truth, s1, s2)


def _bottom_shares():
    """The bottom array's shares of an S1's and of an S2's light (NEST's FitTBA: the same at all depths in this detector)."""
    return nest.shipped(DETECTOR)[1]["bottom_shares"][0]


def _photons(recoils):
    return np.rint(recoils["s1"]).astype(np.int64).to_numpy()


def _good(n, severity, rng, spot=None, train=0.0):
    """Good events; with a mean number of electrons in a `train`, each of which follows the S2 after a while."""
    recoils = _recoils(n, rng, spot=spot)
    count, drift_time = _electrons(recoils), recoils["drift_time"].to_numpy(dtype=float)
    electrons = pulses.drift(count, drift_time, detector=DETECTOR, rng=rng)
    late = np.repeat(np.arange(n), rng.poisson(train, n))
    time = drift_time[late] + rng.exponential(_TRAIN_TIME, len(late))
    electrons = _joined(electrons, time, late)
    return _assembled(recoils, _photons(recoils), electrons, rng)


def _joined(electrons, time, event):
    """Return electrons with more of them, sorted by their events."""
    event = np.concatenate([electrons.event, event])
    time = np.concatenate([electrons.time, time.astype(np.float32)])
    order = np.argsort(event, kind="stable")
    return pulses.Electrons(time[order], event[order], electrons.n_events)


def _train(n, severity, rng):
    return _good(n, severity, rng, spot=HOT_SPOT, train=_TRAIN_ELECTRONS * severity)


def _fault(n, severity, rng):
    """Good events with one stray photon each, early enough not to belong to the S1, late enough to be joined to it."""
    day = _good(n, severity, rng)
    axis = pulses.sample_times(sample_width=S1_SAMPLE, window=S1_WINDOW)
    early = -severity * rng.uniform(*_STRAY, n)
    width = pulses.PHOTOELECTRON_WIDTH * 1e-3
    shape = np.exp(-0.5 * ((axis - early[:, None]) / width) ** 2)
    area = pulses.Column.of(DETECTOR).area(n, rng)
    stray = area[:, None] * shape / shape.sum(axis=1, keepdims=True)
    return day._replace(s1=day.s1 + stray.astype(np.float32))


def _gas(n, severity, rng):
    """Recoils between the anode and the top array."""
    p, column = nest.parameters(DETECTOR), pulses.Column.of(DETECTOR)
    energy = rng.uniform(*_ENERGY, 4 * n + 20)
    photons = rng.binomial(rng.poisson(energy / _PER_PHOTON), column.light[1])
    keep = np.flatnonzero(photons >= p.coincidence)[:n]
    energy, photons = energy[keep], photons[keep]
    height = rng.uniform(*_ABOVE_ANODE, n)
    r, angle = p.fiducial_radius * np.sqrt(rng.random(n)), rng.uniform(0, 2 * np.pi, n)
    recoils = pd.DataFrame({"x": r * np.cos(angle), "y": r * np.sin(angle), "recoil_energy": energy})
    recoils["drift_time"] = height / _GAS_VELOCITY
    # one that makes a quarter of the light counts here as a quarter of an electron
    count = rng.binomial(rng.poisson(energy / _PER_ELECTRON), 1 - _GAS_LIGHT * severity)
    count = np.maximum(count, 1)
    event = np.repeat(np.arange(n), count)
    spread = np.sqrt(2 * _GAS_ENERGY * height / _GAS_FIELD) / _GAS_VELOCITY
    time = recoils["drift_time"].to_numpy()[event] + spread[event] * rng.standard_normal(len(event))
    electrons = pulses.Electrons(time.astype(np.float32), event, n)
    above = _bottom_shares()[1] * (1 - _SHADOW * severity)
    return _assembled(recoils, photons, electrons, rng, shares=(above, above))


def _s2_only(n, severity, rng):
    """Recoils whose S1 was too small."""
    kept, missing = [_no_recoils()], n
    while missing > 0:
        recoils = detector.simulate(
            rng.uniform(0.2, _ENERGY[0], 2 * missing + 20), "ER", detector=DETECTOR, rng=rng
        )
        recoils = recoils[recoils["s1"].isna() & recoils["s2"].notna()].iloc[:missing]
        kept, missing = [*kept, recoils], missing - len(recoils)
    recoils = pd.concat(kept, ignore_index=True)
    electrons = pulses.drift(_electrons(recoils), recoils["drift_time"], detector=DETECTOR, rng=rng)
    return _assembled(recoils, np.zeros(n, np.int64), electrons, rng)


def _double(n, severity, rng):
    """Recoils in two places; all that differs from a good event of the same energy is when the electrons come."""
    far = pulses.Column.of(DETECTOR).time[-1]
    recoils = _recoils(n, rng, low=20.0, high=far - 20.0)
    count, drift_time = _electrons(recoils), recoils["drift_time"].to_numpy(dtype=float)
    share = rng.uniform(0.3, 0.7, n)
    distance = severity * rng.uniform(*_DOUBLE_DISTANCE, n)
    places = np.column_stack(scatters.vertices(drift_time, distance, share, detector=DETECTOR))
    upper = rng.binomial(count, share)
    both = np.column_stack([upper, count - upper])
    electrons = pulses.drift(both, places, detector=DETECTOR, rng=rng)
    return _assembled(recoils, _photons(recoils), electrons, rng)


_DRAW = {"good": _good, "fault": _fault, "gas": _gas, "s2_only": _s2_only, "train": _train, "double": _double}


def _counts(n, shares):
    """Return how many events of each kind."""
    shares = _of_kinds("shares", shares)
    total = np.cumsum([shares.get(kind, 0.0) for kind in KINDS[1:]])
    if total[-1] > 1 + 1e-9:
        raise ValueError(f"shares must add up to at most 1, got {total[-1]:g}")
    last = np.rint(n * total).astype(int).clip(max=n)  # whole numbers whose sum is right
    return {"good": n - last[-1]} | dict(zip(KINDS[1:], np.diff(last, prepend=0), strict=True))


def _severities(severity):
    if isinstance(severity, dict):
        return _of_kinds("severity", severity)
    return dict.fromkeys(KINDS[1:], check.number("severity", severity, at_least=0, at_most=1))


def _of_kinds(name, values):
    if not isinstance(values, dict):
        raise ValueError(f"{name} must be a dict of kinds, got {values!r:.60}")
    for kind in values:
        check.choice(name, kind, KINDS[1:])
    return {kind: check.number(name, value, at_least=0, at_most=1) for kind, value in values.items()}
