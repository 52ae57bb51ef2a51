"""Multiple scatters and events from the grids' wires, and the likelihood ratios that tell them apart.

`simulate` draws single and double scatters for `helpers.pulses`; `grid_events` draws events whose electrons come from
the wires of gate and cathode, late by an assumption of ours. Each kind has its best possible test, for someone who
knows when each electron enters the gas: `multiscatter_log_ratio` and `multiscatter_mean_log_ratio`, `bulk_log_ratio`.
An electron's time is Gaussian by diffusion and exponential by its wait at the surface: the density of the sum is an
exponentially modified Gaussian (e.g. Grushka, Anal. Chem. 44 (1972) 1733), SciPy's `exponnorm`.

Times are in µs. Everywhere

- `detector` (str) is one of `helpers.nest.DETECTORS`, and `rng` (numpy.random.Generator) where all randomness
  comes from;
- `electrons` are `helpers.pulses.Electrons`, from `helpers.pulses.drift` or `grid_events`;
- `drift_time` is the time that electrons take from a double scatter's mean depth, weighted with the shares; `delta_z`
  [mm] its vertices' distance in depth, and `share` (0 to 1) the upper one's share of the electrons;
- a bad argument raises a ValueError that names it.
"""

import math

import numpy as np
import pandas as pd
from scipy.special import ndtr
from scipy.stats import exponnorm

from helpers import check, nest, pulses

GRID_STRETCH = {"gate": 0.75, "cathode": 0.9}  # µs: our assumption, see `grid_events`

_BATCH = 1024  # events at a time, where the cost goes with the cells

_FEW = 128  # events at a time, where it goes with the electrons


def simulate(
    n,
    *,
    multiple,
    detector="LZ_WS2022",
    rng,
    n_electrons=(20, 200),
    drift_time=None,
    delta_z=(0.0, 20.0),
    share=(0.1, 0.9),
):
    """Draw single scatters, or double scatters of which one S2 remains because they lie close in depth.

    All numbers are uniform in their range and independent; each electron belongs to the upper vertex with the
    chance `share`. The depth that is drawn is the electrons' expected mean, in both classes: neither it nor the
    number of electrons tells them apart.

    Parameters
    ----------
    n : int
        How many events.
    multiple : bool
        Whether they are double scatters.
    detector, rng : see the module's head
    n_electrons : (int, int)
        Least and most electrons that reach the gas.
    drift_time : (float, float), optional
        Shortest and longest drift time [µs] of the mean depth. By default the fiducial volume's.
    delta_z : (float, float)
        Range of the vertices' distance in depth [mm].
    share : (float, float)
        Range of the upper vertex's share of the energy.

    Returns
    -------
    pandas.DataFrame
        `n_electrons`, `drift_time` [µs] (of the mean depth), `delta_z` [mm] and `share`; and of the upper and the
        lower vertex `n_upper`, `n_lower`, `drift_time_upper`, `drift_time_lower`. A single scatter has all its
        electrons in the upper vertex, at `drift_time`; its `delta_z` and `share` are those of the double scatter
        that it is to be told from.
    """
    p = nest.parameters(detector)
    n = check.number("n", n, at_least=0, integer=True)
    if not isinstance(multiple, (bool, np.bool_)):
        raise ValueError(f"multiple must be True or False, got {multiple!r:.60}")
    check.generator("rng", rng)
    low, high = (int(x) for x in check.span("n_electrons", n_electrons, at_least=0, integer=True, point=True))
    drift_time = check.span(
        "drift_time", p.fiducial_drift_time if drift_time is None else drift_time, at_least=0, point=True
    )
    delta_z = check.span("delta_z", delta_z, at_least=0, point=True)
    share = check.span("share", share, at_least=0, at_most=1, point=True)
    events = pd.DataFrame({"n_electrons": rng.integers(low, high, n, endpoint=True)})
    for column, (lowest, highest) in (("drift_time", drift_time), ("delta_z", delta_z), ("share", share)):
        events[column] = rng.uniform(lowest, highest, n)
    mean, apart, part = (events[name].to_numpy() for name in ("drift_time", "delta_z", "share"))
    column = pulses.Column.of(detector)
    upper, lower = _vertices(column, column.checked(mean), apart, part)
    if multiple:
        events["n_upper"] = rng.binomial(events["n_electrons"], events["share"])
        events["drift_time_upper"], events["drift_time_lower"] = upper, lower
    else:
        events["n_upper"] = events["n_electrons"]
        events["drift_time_upper"] = events["drift_time_lower"] = events["drift_time"]
    events["n_lower"] = events["n_electrons"] - events["n_upper"]
    return events


def vertices(drift_time, delta_z, share, *, detector="LZ_WS2022"):
    """Return the drift times [µs] of the upper and the lower vertex of double scatters, each of shape (n,).

    Parameters
    ----------
    drift_time : array_like, shape (n,)
        Drift time [µs] of the mean depth, weighted with the shares.
    delta_z : array_like, shape (n,)
        The vertices' distance in depth [mm].
    share : array_like, shape (n,)
        The upper vertex's share.
    detector : see the module's head

    Raises
    ------
    ValueError
        Also when a vertex would lie outside the drift volume.
    """
    return _vertices(*_nuisances(drift_time, delta_z, share, detector))


def _nuisances(drift_time, delta_z, share, detector):
    column = pulses.Column.of(detector)
    drift_time = column.checked(drift_time, ndim=1)
    delta_z = check.array("delta_z", delta_z, ndim=1, at_least=0, empty=True)
    share = check.array("share", share, ndim=1, at_least=0, at_most=1, empty=True)
    check.same_length(drift_time=drift_time, delta_z=delta_z, share=share)
    return column, drift_time, delta_z, share


def _vertices(column, drift_time, delta_z, share):
    z = column.at(drift_time)["z"]
    heights = z + (1 - share) * delta_z, z - share * delta_z
    for height in heights:
        outside = (height > column.z[0] + 1e-9) | (height < column.z[-1] - 1e-9)
        if np.any(outside):
            raise ValueError(
                f"delta_z must leave both vertices between cathode and surface, got "
                f"{np.broadcast_to(delta_z, len(z))[outside][0]:g} mm at a drift time of "
                f"{drift_time[outside][0]:g} µs"
            )
    return tuple(column.drift_time(height) for height in heights)


def arrival_density(time, drift_time, *, detector="LZ_WS2022", light=False):
    """Return the density [1/µs] of when an electron enters the gas, or of when its light is seen.

    Parameters
    ----------
    time : array_like, shape (n,)
        Times since the recoil [µs].
    drift_time : array_like, shape (n,)
        The vertex's drift time [µs], for each.
    detector : see the module's head
    light : bool
        Whether the light's density is wanted. Photoelectron shape and photon delays then enter by their mean and
        variance, added to the diffusion's: the distribution is then right to 0.006.

    Returns
    -------
    numpy.ndarray, shape (n,)
        Gaussian diffusion ⊗ exponential wait at the surface (⊗ even light in the gap).
    """
    column = pulses.Column.of(detector)
    time = check.array("time", time, ndim=1, empty=True)
    drift_time = column.checked(drift_time, ndim=1)
    check.same_length(time=time, drift_time=drift_time)
    at = column.at(drift_time)
    if not light:
        return _density(time - drift_time, at["spread"], at["escape_time"])
    late = time - drift_time - column.delay_mean * 1e-3
    photons = 1e-6 * (column.delay_variance + pulses.PHOTOELECTRON_WIDTH**2)
    spread = np.sqrt(at["spread"] ** 2 + photons)
    shape = exponnorm(at["escape_time"] / spread, scale=spread)
    return np.maximum(shape.cdf(late) - shape.cdf(late - column.gap_time), 0) / column.gap_time


def multiscatter_log_ratio(electrons, drift_time, delta_z, share, *, detector="LZ_WS2022"):
    """Return log p(electron times | double scatter) - log p(electron times | single scatter), nuisances known.

    It is exact, and it is more than any waveform tells: it knows each electron's time, where the waveform shows
    them smeared by the gap, and it knows depth, distance and share. No classifier of the waveforms that `luminesce`
    makes of these electrons separates better, whatever else it is told of these numbers.

    Parameters
    ----------
    electrons : see the module's head
    drift_time, delta_z, share : array_like, shape (n_events,)
        Mean depth's drift time [µs], the vertices' distance [mm] and the upper one's share, as `simulate` gives
        them (for single scatters: of the double scatter that they are to be told from).
    detector : see the module's head

    Returns
    -------
    numpy.ndarray, shape (n_events,)

    Notes
    -----
    Given the nuisances, the electrons' times are independent draws, from a density f under one hypothesis and from
    share f_upper + (1 - share) f_lower under the other; their number is equally distributed under both. The
    likelihood ratio is the best test (Neyman & Pearson, Phil. Trans. A 231 (1933) 289).
    """
    column, drift_time, delta_z, share = _nuisances(drift_time, delta_z, share, detector)
    pulses.check_electrons(electrons, drift_time=drift_time)
    single = _electron_density(column, electrons, drift_time)
    return _log_ratio(column, electrons, single, drift_time, delta_z, share)


def multiscatter_mean_log_ratio(
    electrons,
    drift_time,
    *,
    delta_z=(0.0, 20.0),
    share=(0.1, 0.9),
    detector="LZ_WS2022",
    points=(40, 8),
):
    """Return the log of the likelihood ratio averaged over uniform priors of the vertices' distance and share.

    The best possible score for someone who knows each electron's time and the mean depth, and of distance and share
    only their priors: what a classifier of waveforms knows of them. A closer bound than `multiscatter_log_ratio`.

    Parameters
    ----------
    electrons : see the module's head
    drift_time : array_like, shape (n_events,)
        Drift times of the mean depths.
    delta_z : (float, float)
        Range of the vertices' distance in depth [mm].
    share : (float, float)
        Range of the upper vertex's share.
    detector : see the module's head
    points : (int, int)
        Distances and shares at which the ratio is taken (midpoints of even cells); the time goes as their product.

    Returns
    -------
    numpy.ndarray, shape (n_events,)
    """
    column = pulses.Column.of(detector)
    drift_time = column.checked(drift_time, ndim=1)
    pulses.check_electrons(electrons, drift_time=drift_time)
    points = check.array("points", points, ndim=1, at_least=1, integer=True)
    if len(points) != 2:
        raise ValueError(f"points must be two numbers, got {len(points)}")
    ranges = (
        check.span("delta_z", delta_z, at_least=0, point=True),
        check.span("share", share, at_least=0, at_most=1, point=True),
    )
    grids = [
        low + (high - low) * (np.arange(n) + 0.5) / n for (low, high), n in zip(ranges, points, strict=True)
    ]
    mean = [_mean_log_ratio(column, *part, *grids) for part in _in_batches(electrons, drift_time)]
    return np.concatenate(mean) if mean else np.empty(0)


def _in_batches(electrons, drift_time):
    """Yield the electrons and drift times of some events at a time: what belongs to few fits into the cache."""
    order = np.argsort(electrons.event, kind="stable")
    time, event = electrons.time[order], electrons.event[order]
    for low in range(0, electrons.n_events, _FEW):
        high = min(low + _FEW, electrons.n_events)
        part = slice(*np.searchsorted(event, (low, high)))
        yield pulses.Electrons(time[part], event[part] - low, high - low), drift_time[low:high]


def _mean_log_ratio(column, electrons, drift_time, distances, shares):
    """Return the log of the likelihood ratio's mean over a grid of distances and shares."""
    single = _electron_density(column, electrons, drift_time)
    best = np.full(electrons.n_events, -np.inf)
    for distance in distances:
        for share in shares:
            everywhere = np.full(len(drift_time), share)
            ratio = _log_ratio(column, electrons, single, drift_time, distance, everywhere)
            best = np.logaddexp(best, ratio)
    return best - math.log(len(distances) * len(shares))


def _log_ratio(column, electrons, single, drift_time, delta_z, share):
    """Return each event's log ratio of double against single scatter, whose densities are known."""
    times = _vertices(column, drift_time, delta_z, share)
    upper, lower = (_electron_density(column, electrons, time) for time in times)
    mixed = share[electrons.event] * upper + (1 - share[electrons.event]) * lower
    # densities vanish some 40 σ away: the floor keeps a finite answer there
    ratio = np.log(np.maximum(mixed, 1e-300)) - np.log(np.maximum(single, 1e-300))
    return np.bincount(electrons.event, ratio, minlength=electrons.n_events)


def _electron_density(column, electrons, drift_time):
    """Return the density of each electron's time, were it from its event's vertex at this drift time."""
    at, event = column.at(drift_time), electrons.event
    late = electrons.time.astype(float) - drift_time[event]
    return _density(late, at["spread"][event], at["escape_time"][event])


def _density(late, spread, wait):
    """Return the density [1/µs] of an electron's time less its drift time: as `exponnorm.pdf`, faster."""
    k = spread / wait
    x = np.maximum(late / spread, -60)  # where it has vanished, and before the exponential overflows
    return np.exp(k * (k / 2 - x)) * ndtr(x - k) / wait


def stretch(electrons, scale, *, rng):
    """Delay each electron by an exponentially distributed time: what an uneven field does, in one number.

    Parameters
    ----------
    electrons : see the module's head
    scale : float or array_like, shape (n_events,)
        Mean delay [µs]; 0 leaves the electrons as they are.
    rng : see the module's head

    Returns
    -------
    Electrons
        The same electrons, later.
    """
    pulses.check_electrons(electrons)
    scale = check.array("scale", scale, at_least=0, empty=True)
    if scale.ndim > 1 or scale.ndim == 1 and len(scale) != electrons.n_events:
        raise ValueError(
            f"scale must be one number or one for each of {electrons.n_events} events, got shape {scale.shape}"
        )
    check.generator("rng", rng)
    delay = rng.standard_exponential(len(electrons.time), np.float32)
    delay *= np.broadcast_to(scale, electrons.n_events).astype(np.float32)[electrons.event]
    return electrons._replace(time=electrons.time + delay)


def grid_drift_times(*, detector="LZ_WS2022"):
    """Return the drift times [µs] of the gate's and the cathode's wires, as a dict.

    Parameters
    ----------
    detector : see the module's head

    Notes
    -----
    nestpy's heights, at the drift velocity below the gate (as in NEST, which knows no faster drift above it).
    """
    column = pulses.Column.of(detector)
    return {"gate": float(column.drift_time(column.gate)), "cathode": float(column.time[-1])}


def grid_events(n_electrons, *, cathode=0.5, stretched=None, detector="LZ_WS2022", rng):
    """Draw events from the wires of gate and cathode: the electrons come late, by an exponential delay.

    **The delay is an assumption of this course**, no measurement: close to a wire the field is uneven, electrons
    take longer and shorter ways, and pulses of such events come out lopsided. How much, nobody can simulate
    well, which is why one learns it from data. Scan `stretched` before you believe a number that depends on it.

    Parameters
    ----------
    n_electrons : array_like, shape (n,)
        How many electrons of each event reach the gas.
    cathode : float
        The chance that an event comes from the cathode's wires; the others come from the gate's.
    stretched : dict, optional
        Mean delays [µs] of "gate" and "cathode"; by default `GRID_STRETCH`, 0.75 and 0.9.
    detector, rng : see the module's head

    Returns
    -------
    pandas.DataFrame
        `grid` ("gate" or "cathode"), `drift_time` [µs] of its wires, `n_electrons`.
    Electrons
        When each enters the gas: drift, diffusion, delay and the wait at the surface. For `luminesce`.

    Notes
    -----
    LUX, arXiv:2011.09602, tells events at the grids from those of the bulk by the shapes of their pulses.
    """
    n_electrons = check.array("n_electrons", n_electrons, ndim=1, at_least=0, integer=True, empty=True)
    cathode = check.number("cathode", cathode, at_least=0, at_most=1)
    delays = _delays(stretched)
    check.generator("rng", rng)
    deep = rng.random(len(n_electrons)) < cathode
    times = grid_drift_times(detector=detector)
    drift_time, delay = (np.where(deep, x["cathode"], x["gate"]) for x in (times, delays))
    electrons = stretch(pulses.drift(n_electrons, drift_time, detector=detector, rng=rng), delay, rng=rng)
    grid = np.where(deep, "cathode", "gate")
    return pd.DataFrame({"grid": grid, "drift_time": drift_time, "n_electrons": n_electrons}), electrons


def bulk_log_ratio(
    electrons, *, cathode=0.5, stretched=None, drift_time=None, detector="LZ_WS2022", points=24, step=0.1
):
    """Return log p(electron times | bulk) - log p(electron times | grid) for someone who has no S1.

    Without an S1 neither the depth nor the moment of the recoil is known: both likelihoods are averaged, over all
    moments evenly, over the bulk's depths and over the two grids. It is more than any waveform tells, because the
    light smears the electrons' times. So no classifier of aligned waveforms separates better.

    Parameters
    ----------
    electrons : see the module's head
    cathode, stretched, detector
        As for `grid_events`.
    drift_time : (float, float), optional
        Range of the bulk's drift times [µs], evenly filled; by default from the gate's wires to the cathode's.
    points : int
        Drift times at which the bulk's likelihood is taken (midpoints of even cells).
    step : float
        Width [µs] of the cells in which electrons and recoil moments are counted; the answer is exact as it gets small.

    Returns
    -------
    numpy.ndarray, shape (n_events,)
        0 for events without electrons.

    Notes
    -----
    Given the hypothesis, depth and moment, electrons are independent draws. The ratio of likelihoods averaged over
    the moment is the best of all tests that do not change when a pulse is moved in time (Lehmann & Romano, Testing
    Statistical Hypotheses, section 6.3).
    """
    pulses.check_electrons(electrons)
    column = pulses.Column.of(detector)
    cathode = check.number("cathode", cathode, at_least=0, at_most=1)
    delays = _delays(stretched)
    grids = grid_drift_times(detector=detector)
    bulk = (
        tuple(grids.values())
        if drift_time is None
        else check.span("drift_time", drift_time, at_least=0, point=True)
    )
    low, high = column.checked(bulk)
    points = check.number("points", points, above=0, integer=True)
    step = check.number("step", step, above=0)

    shapes = [(time, 0.0, 1 / points) for time in low + (high - low) * (np.arange(points) + 0.5) / points]
    shapes += [(grids["gate"], delays["gate"], 1 - cathode), (grids["cathode"], delays["cathode"], cathode)]
    # electrons are counted round their event's median; a recoil's moment lies within 8 µs of where that puts it
    cells, moments = (np.arange(round(-x / step), round(y / step) + 1) for x, y in ((12, 20), (10, 6)))
    table = _log_table(column, shapes, step, cells, moments)
    share = np.repeat([shape[2] for shape in shapes], len(moments))

    counts = _counts_round_median(electrons, step, cells)
    ratio = np.empty(electrons.n_events)
    for first in range(0, electrons.n_events, _BATCH):
        part = slice(first, first + _BATCH)
        log_likelihood = counts[part].astype(np.float32) @ table
        likelihood = np.exp(log_likelihood - log_likelihood.max(axis=1, keepdims=True)) * share
        each = likelihood.reshape(len(likelihood), len(shapes), -1).sum(axis=2)
        ratio[part] = np.log(np.maximum(each[:, :points].sum(axis=1), 1e-300))
        ratio[part] -= np.log(np.maximum(each[:, points:].sum(axis=1), 1e-300))
    return ratio


def _log_table(column, shapes, step, cells, moments):
    """Return each cell's log density for every shape and moment of the recoil, (cells, shapes × moments)."""
    late = step * (cells[:, None] - moments[None, :]).ravel()
    table = [np.maximum(_delayed_density(column, late, *shape[:2]), 1e-30) for shape in shapes]
    table = np.log(table).reshape(len(shapes), len(cells), len(moments)).astype(np.float32)
    return np.ascontiguousarray(table.swapaxes(0, 1).reshape(len(cells), -1))


def _delayed_density(column, late, drift_time, delay):
    """Return the density [1/µs] of an electron's time less its drift time, with an exponential delay of this mean."""
    at = column.at(drift_time)
    spread, wait = float(at["spread"]), float(at["escape_time"])
    if delay < 1e-3 * wait:
        return _density(late, spread, wait)
    if abs(delay - wait) < 1e-3 * wait:  # two equal means: the formula's limit, from close by
        delay = 1.001 * wait
    slow, fast = (_density(late, spread, mean) for mean in (delay, wait))
    return np.maximum((delay * slow - wait * fast) / (delay - wait), 0)


def _counts_round_median(electrons, step, cells):
    """Return how many electrons lie in each cell round their event's median, shape (n_events, cells)."""
    order = np.lexsort((electrons.time, electrons.event))
    number = np.bincount(electrons.event, minlength=electrons.n_events)
    middle = np.cumsum(number) - number + number // 2
    median = np.zeros(electrons.n_events)
    some = number > 0
    median[some] = electrons.time[order][middle[some]]
    cell = np.rint((electrons.time - median[electrons.event]) / step).astype(np.int64)
    cell = np.clip(cell, cells[0], cells[-1]) - cells[0]
    shape = (electrons.n_events, len(cells))
    place = electrons.event * len(cells) + cell
    return np.bincount(place, minlength=shape[0] * shape[1]).reshape(shape)


def _delays(stretched):
    """Return the mean delays [µs] of both grids' electrons."""
    stretched = GRID_STRETCH if stretched is None else stretched
    if not isinstance(stretched, dict) or set(stretched) != set(GRID_STRETCH):
        raise ValueError(f"stretched must be a dict of 'gate' and 'cathode', got {stretched!r:.60}")
    return {name: check.number("stretched", stretched[name], at_least=0) for name in GRID_STRETCH}
