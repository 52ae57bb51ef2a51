"""From recoil energies to events: what a dual-phase xenon detector records, as NEST models it.

A recoil of some energy frees photons and electrons in liquid xenon. The photons become the prompt S1, the
electrons drift up and become the S2. This module draws from NEST's model of each step (arXiv:2211.10726), but
many events at once: mean yields, efficiencies, position maps and the parameters of all fluctuations are the
tables of `nest`, and NumPy does the rest. `reference` runs nestpy itself.

NaN means "not seen": `s1` and `s1c` are NaN where too few photomultipliers fired in coincidence, `s2` and
`s2c` where the pulse stayed below the S2 threshold. Any cut on them then drops the event, and
`events.dropna()` keeps the events that have both.

In all functions `detector` is the name of one of `nest.DETECTORS` and `rng` the numpy.random.Generator from
which all randomness comes; what cannot be is a ValueError that names the argument.
"""

import math

import numpy as np
import pandas as pd

from helpers import check, nest

COLUMNS = ("recoil_energy", "recoil_type", "x", "y", "z", "drift_time", "n_photons", "n_electrons")
COLUMNS += ("s1", "s2", "s1c", "s2c")

_BLOCK = 1 << 15  # events at a time: their temporaries then stay in the processor's cache


def combined_energy(s1c, s2c, *, detector="LZ_WS2022"):
    """Return the energy [keV, electron-equivalent] that light and charge add up to.

    E = W (s1c / g1 + s2c / g2): what recombination takes from the electrons it gives to the photons, so that
    the sum fluctuates less than either (Dahl's thesis, Princeton 2009; Aprile & Doke, arXiv:0910.4956).

    Parameters
    ----------
    s1c, s2c : array_like
        Corrected signals [phd] of equal shape; NaN stays NaN.
    detector : str
        It sets g1, g2 and W.

    Returns
    -------
    numpy.ndarray
        Same shape.
    """
    p = nest.parameters(detector)
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
    rng : numpy.random.Generator
    position : array_like, shape (n, 3), optional
        x, y, z [mm] of each recoil, with z = 0 at the bottom. By default uniform in the fiducial volume:
        within the fiducial radius, and between the shortest and longest fiducial drift times.
    field : float, optional
        A uniform drift field [V/cm], 10 to 10 000, in place of the detector's own: yields, their fluctuations
        and the drift velocity change; g1, g2, maps, electron lifetime and the fiducial volume stay.

    Returns
    -------
    pandas.DataFrame
        A row for each recoil, in order: `recoil_energy` [keV], `recoil_type`, `x`, `y`, `z` [mm],
        `drift_time` [µs], the true quanta `n_photons` and `n_electrons`, the raw signals `s1` and `s2` [phd]
        and the position-corrected `s1c` and `s2c` [phd]; NaN where a signal is below threshold.

    Notes
    -----
    The model is NEST's (arXiv:2211.10726), with nestpy's default parameters: `nestpy.array.runNESTvec` on the
    same recoils gives the same bands, widths and efficiencies. Positions are taken as known exactly.
    """
    energy, response = _at_the_door(recoil_energy, recoil_type, detector, rng, field)
    n = len(energy)
    if position is not None:
        position = _inside(response.parameters, check.array("position", position, ndim=2, empty=True), n)
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

    Parameters and result are those of `simulate`; it takes tens of times longer.

    Raises
    ------
    ModuleNotFoundError
        Where nestpy has no wheels and so is not installed: on Windows, ARM Linux and Python beyond 3.12.

    Notes
    -----
    `nestpy.array.runNESTvec` marks what is below threshold with a sign and then drops the sign. The S2
    threshold is applied again here, and the coincidence of photomultipliers drawn again with NEST's own
    chance for the number of spikes that nestpy reports.
    """
    from helpers.nest_source import Source  # here, since the course runs without nestpy

    energy, response = _at_the_door(recoil_energy, recoil_type, detector, rng)
    n = len(energy)
    if position is None:
        position = np.column_stack(_fiducial_xyz(response, n, rng))
    position = _inside(response.parameters, check.array("position", position, ndim=2, empty=True), n)
    seed = int(rng.integers(2**31))
    source = Source(detector)
    events = source.events(recoil_type, energy, position, seed)
    x, y, z = position.T
    field = source.field(z)
    columns = {"recoil_energy": energy, "x": x, "y": y, "z": z}
    columns["drift_time"] = (response.parameters.surface - z) / source.velocity(field)
    names = {"s1": "s1r_phd", "s2": "s2r_phd", "s1c": "s1c_phd", "s2c": "s2c_phd"}
    names |= {"n_photons": "n_photons", "n_electrons": "n_electrons"}
    columns |= {name: np.array(events[theirs], dtype=np.float32) for name, theirs in names.items()}
    chance = nest.coincidence(detector)
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
        x, y, z [mm], as for `simulate`: within the drift volume.
    detector : str

    Returns
    -------
    pandas.DataFrame
        Columns `drift_time` [µs], `s1` and `s2`: s1c is a raw S1 over the one, s2c a raw S2 over the other.

    Notes
    -----
    NEST's maps of light collection, as nestpy hands them out, and the electrons' lifetime.
    """
    response = nest.response_of(detector)
    position = check.array("position", position, ndim=2, empty=True)
    x, y, z = _inside(response.parameters, position, len(position)).T.astype(np.float32)
    place = response.place(x * x + y * y, z)
    s2 = place.survival * response.s2_map[place.r_cell]
    return pd.DataFrame({"drift_time": place.drift_time, "s1": place.s1, "s2": s2})


def height(drift_time, *, detector="LZ_WS2022"):
    """Return the heights z from which electrons need these times to drift up.

    Parameters
    ----------
    drift_time : array_like
        Drift times [µs], any shape, from 0 to that of the cathode.
    detector : str

    Returns
    -------
    numpy.ndarray
        z [mm], same shape.
    """
    response = nest.response_of(detector)
    p = response.parameters
    heights = np.linspace(p.surface, p.cathode, 4097)  # 16 steps a cell of the response
    times = response.along_z(heights.astype(np.float32))[1]
    drift_time = check.array("drift_time", drift_time, at_least=0, at_most=float(times[-1]))
    return np.interp(drift_time, times, heights)


def altered(events, *, lifetime=None, tilt=0.0, detector="LZ_WS2022", rng):
    """Return events as the same detector would have seen them with fewer electrons arriving, and tilted.

    Parameters
    ----------
    events : pandas.DataFrame
        Simulated events: at least the columns `x`, `drift_time`, `s2` and `s2c`.
    lifetime : float, optional
        The electrons' lifetime [µs], above zero and at most the detector's own, which is the default.
    tilt : float
        The liquid's surface is tilted along x, so that an S2 is larger by this share at the fiducial radius, and
        smaller by it at the other side: from -0.5 to 0.5.
    detector : str
    rng : numpy.random.Generator

    Returns
    -------
    pandas.DataFrame
        A copy in which `s2` has changed, NaN where it is now below threshold, and `s2c` with it: it is still
        corrected with the old lifetime and no tilt, as by somebody who does not know. `arrived` is new: the mean
        factor on each S2.

    Notes
    -----
    An electron that would have arrived arrives with chance f = exp(-t/lifetime + t/old lifetime); of n electrons the
    variance is f (1 - f) n. That an S2's gain changes in a straight line along the tilt is an assumption of ours.
    """
    p = nest.parameters(detector)
    for name in ("x", "drift_time", "s2", "s2c"):
        if name not in getattr(events, "columns", ()):
            raise ValueError(
                f"events must be a DataFrame with the columns x, drift_time, s2, s2c; it lacks {name}"
            )
    lifetime = p.electron_lifetime if lifetime is None else lifetime
    lifetime = check.number("lifetime", lifetime, above=0, at_most=p.electron_lifetime)
    tilt = check.number("tilt", tilt, at_least=-0.5, at_most=0.5)
    check.generator("rng", rng)
    s2 = events["s2"].to_numpy(float)
    arrive = np.exp(-events["drift_time"].to_numpy(float) * (1 / lifetime - 1 / p.electron_lifetime))
    slope = 1 + tilt * events["x"].to_numpy(float) / p.fiducial_radius
    # √(number of electrons) × the area of one is √(S2 × that area).
    spread = np.sqrt(arrive * (1 - arrive) * np.nan_to_num(s2) * p.single_electron)
    later = slope * (arrive * s2 + spread * rng.standard_normal(len(s2)))
    later[~(later >= p.s2_threshold)] = np.nan
    with np.errstate(invalid="ignore"):
        s2c = events["s2c"].to_numpy(float) * later / s2
    changed = {"s2": later, "s2c": s2c, "arrived": arrive * slope}
    return events.assign(**{name: values.astype(np.float32) for name, values in changed.items()})


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
        `energies(m, rng=rng)` returns m recoil energies [keV].
    recoil_type : str
        "NR" (nuclear) or "ER" (electron).
    n : int
        How many events to return.
    detector : str
    rng : numpy.random.Generator
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
        Also if fewer than one recoil in 100 000 passes.
    """
    if not callable(energies):
        raise ValueError(f"energies must be a callable (n, rng) -> keV, got {energies!r:.60}")
    check.choice("recoil_type", recoil_type, nest.RECOILS)
    n = check.number("n", n, at_least=0, integer=True)
    check.generator("rng", rng)
    lowest, highest = check.span("s1c", s1c, at_least=0)
    if isinstance(columns, str):
        raise ValueError(f"columns must be a sequence of names, such as ({columns!r},), got {columns!r:.60}")
    columns = list(columns)
    for name in columns:
        check.choice("columns", name, [c for c in COLUMNS if c not in ("recoil_type", "x", "y")])
    response = nest.response_of(detector)

    kept = np.empty((len(columns), n), np.float32)
    filled = tried = 0
    while filled < n:
        energy = np.asarray(energies(_BLOCK, rng=rng), dtype=np.float32)
        if energy.shape != (_BLOCK,) or not (energy.min() >= 0 and energy.max() <= nest.HIGHEST_ENERGY):
            raise ValueError(
                f"energies must return as many energies as asked for, from 0 to {nest.HIGHEST_ENERGY:g} keV"
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


def _block(response, recoil_type, energy, r2, z, rng):
    """Return drift times, quanta and signals of a block, as a dict of float32 arrays."""
    place = response.place(r2, z)
    photons, electrons = _quanta(response.quanta[recoil_type], energy, place.field_row, rng)
    s1 = _light(response, photons, place, rng)
    s2 = _charge(response, electrons, place, rng)
    return {
        "drift_time": place.drift_time,
        "n_photons": photons,
        "n_electrons": electrons,
        "s1": s1,
        "s2": s2,
        "s1c": s1 / place.s1,
        "s2c": s2 / (place.survival * response.s2_map[place.r_cell]),
    }


def _light(response, photons, place, rng):
    """Draw S1s [phd]: a photon is seen with g1 × the map's value, its pulse above the noise with `seen`."""
    n, hit = len(photons), response.hit
    chance = np.minimum(place.s1 * np.float32(response.parameters.g1), 1) * np.float32(hit.seen)
    spikes = _binomial(photons, chance, rng)
    s1 = hit.area(spikes, _normal(n, rng))
    if response.s1_noise:
        s1 *= 1 + np.float32(response.s1_noise) * _normal(n, rng)
    fired = np.minimum(spikes, len(response.coincidence) - 1).astype(np.int32)
    s1[rng.random(n, dtype=np.float32) >= response.coincidence[fired]] = np.nan
    return s1


def _charge(response, electrons, place, rng):
    """Draw S2s [phd]: electrons survive the drift, are pulled out, and make many photons each in the gas."""
    n = len(electrons)
    chance = place.survival * np.float32(response.parameters.extraction_efficiency)
    extracted = _binomial(electrons, chance, rng)
    s2 = extracted * response.s2_mean[place.r_cell]
    s2 += np.sqrt(extracted) * response.s2_spread[place.r_cell] * _normal(n, rng)
    if response.s2_noise:
        s2 *= 1 + np.float32(response.s2_noise) * _normal(n, rng)
    s2[s2 < response.parameters.s2_threshold] = np.nan
    return s2


def _quanta(table, energy, field_row, rng):
    """Draw the photons and electrons that leave the recoil's track: NEST's GetQuanta."""
    n = len(energy)
    row = nest.quanta_row(energy, field_row)
    ions = energy * table["ions"][row]
    excitons = energy * table["excitons"][row]
    if "fano" in table:  # an electron recoil shares a fixed sum of quanta between excitons and ions
        quanta = ions + excitons
        ion_share = ions / np.maximum(quanta, np.float32(1e-9))
        quanta = np.rint(np.maximum(quanta + np.sqrt(table["fano"][row] * quanta) * _normal(n, rng), 0))
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
    escape, omega = table["escape"][row], table["omega"][row]
    folded, straight = table["folded"][row], table["straight"][row]
    skewed = folded * (np.abs(_normal(n, rng)) - np.float32(math.sqrt(2 / math.pi)))
    skewed += straight * _normal(n, rng)
    electrons = ions * escape
    spread = omega * ions
    electrons += np.sqrt(electrons * (1 - escape) + spread * spread) * skewed
    electrons = np.clip(np.rint(electrons), 0, np.rint(ions))
    return quanta - electrons, electrons


def _normal(n, rng):
    """Draw float32 standard normals by Box and Muller's transform: nearly three times NumPy's own speed."""
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
    drawn = mean + nest.cornish_fisher(
        _normal(len(n), rng), np.sqrt(width2), (1 - 2 * p), 1 - 6 * p * (1 - p)
    )
    np.clip(np.rint(drawn, out=drawn), 0, n, out=drawn)
    drawn[few] = rng.binomial(n[few].astype(np.int64), p[few])
    return drawn


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
    codes = np.full(len(columns["z"]), list(nest.RECOILS).index(recoil_type), np.int8)
    columns["recoil_type"] = pd.Categorical.from_codes(codes, categories=list(nest.RECOILS))
    return pd.DataFrame({name: columns[name] for name in COLUMNS}, copy=False)


def _at_the_door(recoil_energy, recoil_type, detector, rng, field=None):
    energy = check.array(
        "recoil_energy", recoil_energy, ndim=1, at_least=0, at_most=nest.HIGHEST_ENERGY, empty=True
    )
    check.choice("recoil_type", recoil_type, nest.RECOILS)
    check.generator("rng", rng)
    return energy, nest.response_of(detector, field)


def _signals(s1c, s2c):
    """Return two arrays of equal shape, in which NaN is welcome; a masked value is one."""
    signals = []
    for name, value in (("s1c", s1c), ("s2c", s2c)):
        try:
            signals.append(np.ma.filled(np.ma.asarray(value, dtype=float), np.nan))
        except (TypeError, ValueError):
            raise ValueError(f"{name} must be numbers, got {value!r:.60}") from None
    if signals[0].shape != signals[1].shape:
        raise ValueError(
            f"s1c and s2c must have the same shape, got {signals[0].shape} and {signals[1].shape}"
        )
    return signals


def _inside(p, position, n):
    """Return positions of shape (n, 3) that lie in the drift volume, or say what is wrong."""
    if position.shape != (n, 3):
        raise ValueError(f"position must have shape ({n}, 3) like recoil_energy, got {position.shape}")
    if n and np.hypot(position[:, 0], position[:, 1]).max() > p.radius:
        raise ValueError(f"position must lie within the radius of {p.radius:g} mm")
    if n and (position[:, 2].min() < p.cathode or position[:, 2].max() > p.surface):
        raise ValueError(f"position must have z from {p.cathode:g} (cathode) to {p.surface:g} mm (surface)")
    return position
