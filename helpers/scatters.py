"""Multiple scatters and the wires' events, and the likelihood ratios that tell them apart."""

import math

import numpy as np
import pandas as pd
from scipy.special import erfcx, ndtr

from helpers import check, nest, pulses

GRID_STRETCH = {"gate": 0.75, "cathode": 0.9}  # µs: our assumption, see `grid_events`


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
    detector : str
        One of `helpers.nest.DETECTORS`.
    rng : numpy.random.Generator
        Where all randomness comes from.
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

    Raises
    ------
    ValueError
        Naming the bad argument.
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
    upper, lower = vertices(events["drift_time"], events["delta_z"], events["share"], detector=detector)
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
    detector : str
        One of `helpers.nest.DETECTORS`.

    Raises
    ------
    ValueError
        Naming the bad argument; also when a vertex would lie outside the drift volume.
    """
    column = pulses.column_of(detector)
    drift_time = pulses.inside_column("drift_time", drift_time, column, ndim=1)
    delta_z = check.array("delta_z", delta_z, ndim=1, at_least=0, empty=True)
    share = check.array("share", share, ndim=1, at_least=0, at_most=1, empty=True)
    check.same_length(drift_time=drift_time, delta_z=delta_z, share=share)
    z = column.at(drift_time)["z"]
    times = []
    for height in (z + (1 - share) * delta_z, z - share * delta_z):
        outside = (height > column.z[0] + 1e-9) | (height < column.z[-1] - 1e-9)
        if np.any(outside):
            raise ValueError(
                f"delta_z must leave both vertices between cathode and surface, got {delta_z[outside][0]:g} mm "
                f"at a drift time of {drift_time[outside][0]:g} µs"
            )
        times.append(np.interp(-height, -column.z, column.time))
    return tuple(times)


def arrival_density(time, drift_time, *, detector="LZ_WS2022", light=False):
    """Return the density [1/µs] of when an electron enters the gas, or of when its light is seen.

    Parameters
    ----------
    time : array_like, shape (n,)
        Times since the recoil [µs].
    drift_time : array_like, shape (n,)
        The vertex's drift time [µs], for each.
    detector : str
        One of `helpers.nest.DETECTORS`.
    light : bool
        Whether the light's density is wanted. Photoelectron shape and photon delays then enter by their mean and
        variance, added to the diffusion's: the distribution is then right to 0.006.

    Returns
    -------
    numpy.ndarray, shape (n,)
        Gaussian diffusion ⊗ exponential wait at the surface (⊗ even light in the gap).

    Raises
    ------
    ValueError
        Naming the bad argument.

    Notes
    -----
    An exponentially modified Gaussian (e.g. Grushka, Anal. Chem. 44 (1972) 1733), written with erfcx, so that far
    tails neither overflow nor vanish.
    """
    column = pulses.column_of(detector)
    time = check.array("time", time, ndim=1, empty=True)
    drift_time = pulses.inside_column("drift_time", drift_time, column, ndim=1)
    check.same_length(time=time, drift_time=drift_time)
    return _density(column, time, *_shape_at(column, drift_time, slice(None)), light)


def multiscatter_log_ratio(electrons, drift_time, delta_z, share, *, detector="LZ_WS2022"):
    """Return log p(electron times | double scatter) - log p(electron times | single scatter), nuisances known.

    It is exact, and it is more than any waveform tells: it knows each electron's time, where the waveform shows
    them smeared by the gap, and it knows depth, distance and share. No classifier of the waveforms that `luminesce`
    makes of these electrons separates better, whatever else it is told of these numbers.

    Parameters
    ----------
    electrons : Electrons
        From `drift`.
    drift_time, delta_z, share : array_like, shape (n_events,)
        Mean depth's drift time [µs], the vertices' distance [mm] and the upper one's share, as `scatters` gives
        them (for single scatters: of the double scatter that they are to be told from).
    detector : str
        One of `helpers.nest.DETECTORS`.

    Returns
    -------
    numpy.ndarray, shape (n_events,)

    Raises
    ------
    ValueError
        Naming the bad argument.

    Notes
    -----
    Given the nuisances, the electrons' times are independent draws, from a density f under one hypothesis and from
    share f_upper + (1 - share) f_lower under the other; their number is equally distributed under both. The
    likelihood ratio is the best test (Neyman & Pearson, Phil. Trans. A 231 (1933) 289).
    """
    column = pulses.column_of(detector)
    times = vertices(drift_time, delta_z, share, detector=detector)
    drift_time, share = np.asarray(drift_time, dtype=float), np.asarray(share, dtype=float)
    pulses.lengths_of(electrons, drift_time=drift_time)
    single = _electron_density(column, electrons, drift_time)
    upper, lower = (_electron_density(column, electrons, t) for t in times)
    return _sum_log_ratio(electrons, single, upper, lower, share)


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
    electrons : Electrons
        From `drift`.
    drift_time : array_like, shape (n_events,)
        Mean depth's drift time [µs].
    delta_z : (float, float)
        Range of the vertices' distance in depth [mm].
    share : (float, float)
        Range of the upper vertex's share.
    detector : str
        One of `helpers.nest.DETECTORS`.
    points : (int, int)
        Distances and shares at which the ratio is taken (midpoints of even cells); the time goes as their product.

    Returns
    -------
    numpy.ndarray, shape (n_events,)

    Raises
    ------
    ValueError
        Naming the bad argument.
    """
    column = pulses.column_of(detector)
    drift_time = pulses.inside_column("drift_time", drift_time, column, ndim=1)
    pulses.lengths_of(electrons, drift_time=drift_time)
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
    single = _electron_density(column, electrons, drift_time)
    best = np.full(electrons.n_events, -np.inf)
    for distance in grids[0]:
        for part in grids[1]:
            everywhere = np.full(len(drift_time), part)
            times = vertices(drift_time, np.full(len(drift_time), distance), everywhere, detector=detector)
            upper, lower = (_electron_density(column, electrons, t) for t in times)
            best = np.logaddexp(best, _sum_log_ratio(electrons, single, upper, lower, everywhere))
    return best - math.log(len(grids[0]) * len(grids[1]))


def binned_log_ratio(
    waveforms, drift_time, delta_z, share, *, detector="LZ_WS2022", sample_width=10, window=(-20.0, 20.0)
):
    """Return the log ratio of double against single scatter for binned waveforms, shape (n,).

    Each sample counts as area / (area of one electron) independent draws from the light's density: a multinomial
    likelihood. It is *not* exact: the photons of one electron belong together, which it does not use. It
    says what depth, distance and share are worth to someone who looks at waveforms only through the mean pulse.

    Parameters
    ----------
    waveforms : array_like, shape (n, n_samples)
        Area [phd] in each sample, with the origin at `drift_time`.
    drift_time, delta_z, share : array_like, shape (n,)
        As for `multiscatter_log_ratio`.
    detector, sample_width, window
        As for `luminesce`.

    Raises
    ------
    ValueError
        Naming the bad argument.
    """
    column = pulses.column_of(detector)
    waveforms = waveforms._waveforms(waveforms)
    upper, lower = vertices(drift_time, delta_z, share, detector=detector)
    drift_time, share = np.asarray(drift_time, dtype=float), np.asarray(share, dtype=float)
    check.same_length(waveforms=waveforms, drift_time=drift_time)
    times = pulses.sample_times(sample_width=sample_width, window=window)
    if waveforms.shape[1] != len(times):
        raise ValueError(
            f"waveforms must have the window's {len(times)} samples, got shape {waveforms.shape}"
        )
    ratio = np.empty(len(waveforms))
    for low in range(0, len(waveforms), pulses.BATCH):
        part = slice(low, low + pulses.BATCH)
        event, sample = np.nonzero(waveforms[part])
        at_time = drift_time[part][event] + times[sample]
        single, above, below = (
            _density(column, at_time, *_shape_at(column, t[part], event), True)
            for t in (drift_time, upper, lower)
        )
        mixed = share[part][event] * above + (1 - share[part][event]) * below
        # stray photons of the long tails, which the smooth density lacks, must not decide alone
        weight = waveforms[part][event, sample] / column.parameters.single_electron
        each = weight * (np.log(mixed + 1e-6) - np.log(single + 1e-6))
        ratio[part] = np.bincount(event, each, minlength=len(waveforms[part]))
    return ratio


def stretch(electrons, scale, *, rng):
    """Delay each electron by an exponentially distributed time: what an uneven field does, in one number.

    Parameters
    ----------
    electrons : Electrons
        From `drift`.
    scale : float or array_like, shape (n_events,)
        Mean delay [µs]; 0 leaves the electrons as they are.
    rng : numpy.random.Generator
        Where all randomness comes from.

    Returns
    -------
    Electrons
        The same electrons, later.

    Raises
    ------
    ValueError
        Naming the bad argument.
    """
    pulses.lengths_of(electrons)
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
    detector : str
        One of `helpers.nest.DETECTORS`.

    Raises
    ------
    ValueError
        If the detector is unknown.

    Notes
    -----
    nestpy's heights, at the drift velocity below the gate (as in NEST, which knows no faster drift above it).
    """
    column = pulses.column_of(detector)
    gate = float(np.interp(-column.source.detector.gate, -column.z, column.time))
    return {"gate": gate, "cathode": float(column.time[-1])}


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
    detector : str
        One of `helpers.nest.DETECTORS`.
    rng : numpy.random.Generator
        Where all randomness comes from.

    Returns
    -------
    pandas.DataFrame
        `grid` ("gate" or "cathode"), `drift_time` [µs] of its wires, `n_electrons`.
    Electrons
        When each enters the gas: drift, diffusion, delay and the wait at the surface. For `luminesce`.

    Raises
    ------
    ValueError
        Naming the bad argument.

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
    electrons : Electrons
        From `drift` or `grid_events`.
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

    Raises
    ------
    ValueError
        Naming the bad argument.

    Notes
    -----
    Given the hypothesis, depth and moment, electrons are independent draws. The ratio of likelihoods averaged over
    the moment is the best of all tests that do not change when a pulse is moved in time (Lehmann & Romano, Testing
    Statistical Hypotheses, section 6.3).
    """
    pulses.lengths_of(electrons)
    column = pulses.column_of(detector)
    cathode = check.number("cathode", cathode, at_least=0, at_most=1)
    delays = _delays(stretched)
    grids = grid_drift_times(detector=detector)
    bulk = (
        tuple(grids.values())
        if drift_time is None
        else check.span("drift_time", drift_time, at_least=0, point=True)
    )
    low, high = pulses.inside_column("drift_time", bulk, column)
    points = check.number("points", points, above=0, integer=True)
    step = check.number("step", step, above=0)

    shapes = [(time, 0.0, 1 / points) for time in low + (high - low) * (np.arange(points) + 0.5) / points]
    shapes += [
        (grids[name], delays[name], share) for name, share in (("gate", 1 - cathode), ("cathode", cathode))
    ]
    # electrons are counted round their event's median; a recoil's moment lies within 8 µs of where that puts it
    cells, moments = (np.arange(round(-x / step), round(y / step) + 1) for x, y in ((12, 20), (10, 6)))
    late = step * (cells[:, None] - moments[None, :]).ravel()
    table = [np.maximum(_delayed_density(column, late, *shape[:2]), 1e-30) for shape in shapes]
    table = np.log(table).reshape(len(shapes), len(cells), len(moments)).astype(np.float32)
    table = np.ascontiguousarray(table.swapaxes(0, 1).reshape(len(cells), -1))
    share = np.repeat([shape[2] for shape in shapes], len(moments))

    counts = _counts_round_median(electrons, step, cells)
    ratio = np.empty(electrons.n_events)
    for first in range(0, electrons.n_events, pulses.BATCH):
        part = slice(first, first + pulses.BATCH)
        log_likelihood = counts[part].astype(np.float32) @ table
        likelihood = np.exp(log_likelihood - log_likelihood.max(axis=1, keepdims=True)) * share
        each = likelihood.reshape(len(likelihood), len(shapes), -1).sum(axis=2)
        ratio[part] = np.log(np.maximum(each[:, :points].sum(axis=1), 1e-300))
        ratio[part] -= np.log(np.maximum(each[:, points:].sum(axis=1), 1e-300))
    return ratio


def _shape_at(column, drift_time, event):
    """Return drift time, spread and mean wait [µs] of each electron or sample, from those of its event."""
    at = column.at(drift_time)
    return drift_time[event], at["spread"][event], at["escape_time"][event]


def _density(column, time, drift_time, spread, wait, light):
    late = time - drift_time
    if not light:
        return _modified_gaussian(late, spread, wait)
    late = late - column.delay_mean * 1e-3
    spread = np.sqrt(spread**2 + 1e-6 * (column.delay_variance + pulses.PHOTOELECTRON_WIDTH**2))

    def reached(x):
        return ndtr(x / spread) - wait * _modified_gaussian(x, spread, wait)

    return np.maximum(reached(late) - reached(late - column.gap_time), 0) / column.gap_time


def _electron_density(column, electrons, drift_time):
    """Return the density of each electron's time, were it from its event's vertex at this drift time."""
    return _density(
        column, electrons.time.astype(float), *_shape_at(column, drift_time, electrons.event), False
    )


def _sum_log_ratio(electrons, single, upper, lower, share):
    share = share[electrons.event]
    # densities vanish some 40 σ away: the floor keeps a finite answer there
    ratio = np.log(np.maximum(share * upper + (1 - share) * lower, 1e-300)) - np.log(
        np.maximum(single, 1e-300)
    )
    return np.bincount(electrons.event, ratio, minlength=electrons.n_events)


def _modified_gaussian(x, sigma, tau):
    """Return the density of a Gaussian (0, σ) plus an exponential (mean τ)."""
    u = (sigma / tau - x / sigma) / math.sqrt(2)
    # erfcx overflows for very negative u, where erfc is 2 to all digits
    low = np.maximum(u, -20)
    left = np.exp(-0.5 * (x / sigma) ** 2) * erfcx(low)
    right = 2 * np.exp(np.minimum(0.5 * (sigma / tau) ** 2 - x / tau, 0))
    return np.where(u > -20, left, right) / (2 * tau)


def _delayed_density(column, late, drift_time, delay):
    """Return the density [1/µs] of an electron's time less its drift time, with an exponential delay of this mean."""
    at = column.at(drift_time)
    spread, wait = float(at["spread"]), float(at["escape_time"])
    if delay < 1e-3 * wait:
        return _modified_gaussian(late, spread, wait)
    if abs(delay - wait) < 1e-3 * wait:  # two equal means: the formula's limit, from close by
        delay = 1.001 * wait
    slow, fast = (_modified_gaussian(late, spread, mean) for mean in (delay, wait))
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
