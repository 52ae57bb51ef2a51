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
import pyhf  # noqa: E402
from scipy.optimize import minimize  # noqa: E402

from helpers import (  # noqa: E402
    detector,
    hits,
    limits,
    nest,
    nest_source,
    operators,
    pools,
    positions,
    pulses,
    recoils,
    scattering,
    scatters,
    waveforms,
)

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
    energies = spectrum(many, rng=rng)
    events = detector.simulate(energies[:few], recoil_type, detector=name, rng=rng)  # also reads the tables
    position = events[["x", "y", "z"]].to_numpy(float)
    theirs = nest_source.DETECTORS[name]()

    def ours():
        detector.simulate(energies, recoil_type, detector=name, rng=rng)

    def peer():
        nestpy.array.runNESTvec(theirs, nest_source.RECOILS[recoil_type], energies[:few], position, seed=1)

    return Row(f"{name} {recoil_type} events", "events/s", ours, many, "nestpy.array.runNESTvec", peer, few)


def hit_patterns(n_pmts, n_photons):
    """Patterns from positions: the peer shares one event's photons one by one, in one call."""
    rng = np.random.default_rng(1)
    response = hits.LightResponse(hits.array(n_pmts))
    many, few = 50_000, 2_000
    x, y = hits.uniform(many, response.array, rng=rng)

    def ours():
        hits.simulate(x, y, n_photons, response, rng=rng)

    def peer():
        for shares in response.expected(x[:few], y[:few]):
            np.bincount(rng.choice(n_pmts, n_photons, p=shares), minlength=n_pmts)

    task = f"hit patterns, {n_pmts} tubes, {n_photons} photons"
    return Row(task, "patterns/s", ours, many, "numpy Generator.choice", peer, few)


def position_fits(n_photons):
    """Maximum likelihood: the peer fits one event at a time, and is given the true position to start from."""
    rng = np.random.default_rng(1)
    response = hits.LightResponse(hits.array(127))
    many, few = 5_000, 50
    x, y = hits.uniform(many, response.array, rng=rng, within=0.8)
    patterns = hits.simulate(x, y, n_photons, response, rng=rng)

    def ours():
        positions.maximum_likelihood(patterns, response)

    def peer():
        for pattern, *start in zip(patterns[:few], x, y, strict=False):
            minimize(lambda at, n=pattern: -np.log(response.expected(*at[:, None])[0]) @ n, start)

    return Row(
        f"position fits, {n_photons} photons", "fits/s", ours, many, "scipy.optimize.minimize", peer, few
    )


def s2_waveforms(name, energy, drift_time):
    """The same numbers of electrons at the same depth, in samples of 10 ns; ours over a window of 15 µs."""
    rng = np.random.default_rng(1)
    few, repeats = 100, 20
    depth = pulses.constants([drift_time], detector=name)["z"][0]
    position = np.tile([0.0, 0.0, depth], (few, 1))
    theirs, energies = nest_source.DETECTORS[name](), np.full(few, energy)
    modes = {"s2_mode": nestpy.S2CalculationMode.Waveform, "calculate_times": True}

    def peer():
        return nestpy.array.runNESTvec(theirs, nest_source.RECOILS["ER"], energies, position, seed=1, **modes)

    electrons = np.tile(np.asarray(peer()["s2_Nee"]), repeats)
    times = np.full(len(electrons), drift_time)

    def ours():
        pulses.s2(electrons, times, detector=name, rng=rng, window=(-5.0, 10.0))

    task = f"{name} S2 waveforms, {electrons.mean():.0f} electrons"
    return Row(task, "waveforms/s", ours, len(electrons), "nestpy.array.runNESTvec", peer, few)


def grid_features(n_electrons, energy):
    """Grid events drawn, turned to light in samples of 100 ns over 20 µs, and their features; nestpy: waveforms alone.

    The course asks for less than a third of 160 µs each: more than 18,750 a second.
    """
    rng = np.random.default_rng(1)
    many, few, name = 20_000, 100, "LUX_Run03"
    numbers, theirs = np.full(many, n_electrons), nest_source.DETECTORS[name]()
    axis = {"sample_width": 100, "window": (-8.0, 12.0)}
    depth = pulses.constants([scatters.grid_drift_times(detector=name)["cathode"]], detector=name)["z"][0]
    position, energies = np.tile([0.0, 0.0, depth], (few, 1)), np.full(few, energy)
    modes = {"s2_mode": nestpy.S2CalculationMode.Waveform, "calculate_times": True}

    def ours():
        events, electrons = scatters.grid_events(numbers, detector=name, rng=rng)
        light = pulses.luminesce(electrons, events["drift_time"], detector=name, rng=rng, **axis)
        waveforms.features(light, axis["sample_width"])

    def peer():
        nestpy.array.runNESTvec(theirs, nest_source.RECOILS["ER"], energies, position, seed=1, **modes)

    mean = np.mean(
        nestpy.array.runNESTvec(theirs, nest_source.RECOILS["ER"], energies, position, seed=1, **modes)[
            "s2_Nee"
        ]
    )
    task = f"{name} grid events and features, {n_electrons} (peer: {mean:.0f}) electrons"
    return Row(task, "waveforms/s", ours, many, "nestpy.array.runNESTvec", peer, few)


def recoil_spectra():
    """Fifteen models at 24 masses, in 60 energies; the peer integrates over the halo, for the simplest model alone."""
    energy, masses = np.linspace(0.5, 80, 60), np.geomspace(10, 4000, 24)
    models = len(operators.EFT_OPERATORS) + 1

    def ours():
        for operator in operators.EFT_OPERATORS:
            operators.eft_rate(energy, masses, {operator: 1})
        for mass in masses:
            recoils.wimp_rate(energy, mass, 1e-46)

    def peer():
        recoils.wimprates.rate_wimp_std(energy, mw=masses[12], sigma_nucleon=1e-46)

    task = f"recoil spectra, {models} models, 24 masses, 60 energies"
    return Row(task, "spectra/s", ours, models * len(masses), "wimprates.rate_wimp_std", peer, 1)


def upper_limits(n_hypotheses, n_toys):
    """CLs limits in 30 bins over three uncertain backgrounds: Asimov data (no toys) or toys; the peer finds one."""
    rng = np.random.default_rng(1)
    at, centre, width = np.linspace(0, 1, 30), np.linspace(0.3, 1, n_hypotheses)[:, None], 0.1
    signal = np.exp(-0.5 * ((at - centre) / width) ** 2)
    background = np.array([60 * np.exp(-8 * at), np.full(30, 0.5), 3 * np.exp(-3 * at)])
    uncertainty = np.array([0.1, 0.3, 0.2])
    expected = limits.ProfileLikelihood(signal, background, np.zeros(30), uncertainty).asimov()

    def ours():
        (expected.toys(0.0, n_toys, rng=rng) if n_toys else expected.asimov()).cls_limit()

    strength = {"name": "mu", "type": "normfactor", "data": None}
    samples = [{"name": "signal", "data": list(signal[0]), "modifiers": [strength]}]
    for k, (events, share) in enumerate(zip(background, uncertainty, strict=True)):
        band = {"hi_data": list(events * (1 + share)), "lo_data": list(events * (1 - share))}
        shift = {"name": f"shift_{k}", "type": "histosys", "data": band}
        samples.append({"name": f"b{k}", "data": list(events), "modifiers": [shift]})
    model = pyhf.Model({"channels": [{"name": "bins", "samples": samples}]}, poi_name="mu", validate=False)
    data = list(background.sum(axis=0)) + model.config.auxdata

    def peer():
        pyhf.infer.intervals.upper_limits.upper_limit(data, model, level=0.1)

    task = f"CLs limits, {n_hypotheses} hypotheses" + (f" x {n_toys} toys" if n_toys else ", Asimov")
    return Row(task, "limits/s", ours, n_hypotheses * max(n_toys, 1), "pyhf upper_limit", peer, 1)


def scattering_patterns(n_q):
    """Patterns of cyclohexadiene at evenly spaced q; the peer sums pairs once, its arrays small enough for the cache."""
    many, few, q = 20_000, 200, np.linspace(0.2, 8, n_q)
    molecule = pools.molecule("1,3-cyclohexadiene")
    shapes = pools.wigner(molecule, many, rng=np.random.default_rng(1))
    factors = scattering.form_factors(molecule.symbols, q)
    first, second = np.triu_indices(len(molecule.symbols), 1)
    pairs, alone = 2 * factors[first] * factors[second], (factors**2).sum(axis=0)

    def ours():
        scattering.intensity(shapes, factors, q)

    def peer():
        for part in np.split(shapes[:few], 40):
            r = np.linalg.norm(part[:, first] - part[:, second], axis=2)
            alone + (pairs * np.sinc(r[:, :, None] * (q / np.pi))).sum(axis=1)

    return Row(f"X-ray patterns of C6H8, {n_q} q", "patterns/s", ours, many, "NumPy", peer, few)


def flat(low, high):
    return lambda n, rng: rng.uniform(low, high, n)


def falling(mean):
    return lambda n, rng: np.minimum(rng.exponential(mean, n), nest.HIGHEST_ENERGY)


ROWS = [
    lambda: simulated_events("LZ_WS2022", "ER", flat(0.2, 18.0)),
    lambda: simulated_events("LZ_WS2022", "NR", falling(10.0)),
    lambda: simulated_events("LUX_Run03", "ER", flat(0.2, 18.0)),
    lambda: simulated_events("LUX_Run03", "NR", falling(10.0)),
    lambda: hit_patterns(127, 100),
    lambda: hit_patterns(127, 3000),
    lambda: hit_patterns(253, 100),
    lambda: position_fits(100),
    lambda: position_fits(3000),
    lambda: s2_waveforms("LUX_Run03", 1.0, 150.0),
    lambda: s2_waveforms("LUX_Run03", 3.0, 150.0),
    lambda: s2_waveforms("LZ_WS2022", 1.0, 400.0),
    recoil_spectra,
    lambda: grid_features(9, 0.3),
    lambda: grid_features(39, 1.0),
    lambda: upper_limits(360, 0),
    lambda: upper_limits(36, 1000),
    lambda: scattering_patterns(100),
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
