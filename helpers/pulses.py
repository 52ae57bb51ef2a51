"""From electrons and photons to waveforms: S1s, single electrons and S2s, electron by electron.

Electrons drift up from each place where a recoil freed some, spread on the way, leave the liquid one by one, and
make light in the gas for about a microsecond each. `drift` draws the electrons' times, `luminesce` turns them
into waveforms, and `s2` does both; what stands between the two (a wire's uneven field, say) may change the times.
An event with several vertices is a multiple scatter, and a single electron is an S2 of one; from beside a grid's
wires electrons come late, by an assumption of ours (`grid_events`). Otherwise the model is NEST's
(Szydagis et al., arXiv:2211.10726), as nestpy runs it with `calculate_times=True` and
`S2CalculationMode.Waveform`, with these choices of ours: all on the detector's axis, and the two photoelectrons
that one photon may free come together.

Waveforms are arrays (n_events, n_samples) of float32: the area [phd] in each sample. Times are in µs, except
`sample_width` and what belongs to a single photon, which are in ns.
"""

import functools
import math
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.ndimage import convolve1d
from scipy.special import erfcx, ndtr
from scipy.stats import norm

from helpers import check
from helpers import detector as detectors

FRACTIONS = (5, 10, 25, 50, 75, 90, 95)  # % of the area, for the times t05 … t95
PROMPT = (0.5, 1.0, 2.0)  # µs after t05, for the prompt fractions
GRID_STRETCH = {"gate": 0.75, "cathode": 0.9}  # µs: our assumption, see `grid_events`
PHOTOELECTRON_WIDTH = 10.0  # ns: σ of one photoelectron's pulse, a Gaussian (NEST's PULSE_WIDTH)

# Singlet and triplet decay times [ns], singlets per triplet: NEST's PhotonTime, from LUX, arXiv:1802.06162.
# In the gas NEST keeps the electron recoil's decay times and changes only the ratio.
_DECAY = {"NR": (3.27, 23.97, 0.269), "ER": (3.27, 25.89, 0.042), "gas": (3.27, 25.89, 0.1)}
_BLOCK = 1 << 16  # photons at a time: their temporaries then stay in the processor's cache
_EVENTS = 1024  # events at a time, where the cost goes with the samples
_QUANTILES = 1 << 16  # a 16-bit random number looks an area or a delay up
_HEIGHTS, _DRAWS = 32, 4096  # nestpy's optical transport: draws at each of these heights


class Electrons(NamedTuple):
    """Electrons of many events in one flat array, event after event.

    time [µs since the recoil], shape (all electrons,); event, the index of the event that each belongs to;
    n_events, which counts events without electrons too.
    """

    time: np.ndarray
    event: np.ndarray
    n_events: int


def constants(drift_time, *, detector="LZ_WS2022"):
    """Return what shapes an S2 at these drift times.

    Parameters
    ----------
    drift_time : array_like, shape (n,)
        Drift times [µs], from 0 to the cathode's.
    detector : str
        One of `helpers.detector.DETECTORS`.

    Returns
    -------
    pandas.DataFrame
        `drift_time` [µs], `z` [mm], `field` [V/cm] and `drift_velocity` [mm/µs] there, `diffusion` (D_L) [cm²/s],
        `spread` [µs], the σ that diffusion in liquid and gas gives an electron's time, `escape_time` [µs], the
        mean of its exponential wait at the surface, and `gap_time` [µs], for which it then makes light.

    Raises
    ------
    ValueError
        If a drift time lies outside the detector, or the detector is unknown.

    Notes
    -----
    spread² = 2 D_L t / v_d² + the gas's. D_L, the wait at the surface and the gas's diffusion are written down from
    NEST (GetDiffLong_Liquid's default, a fit to LZ data of 2023; GetS2), since nestpy does not offer them; a test
    holds the pulses against nestpy's. Velocities and gap are read from nestpy.
    """
    column = _column(detector)
    drift_time = _inside("drift_time", drift_time, column, ndim=1)
    return pd.DataFrame({"drift_time": drift_time} | column.at(drift_time))


def expected_width(drift_time, *, detector="LZ_WS2022", sample_width=10):
    """Return the rms width [µs] of the S2 of many electrons from one vertex, shape (n,).

    A pulse of n electrons has on average (n - 1)/n of its square.

    Parameters
    ----------
    drift_time : array_like, shape (n,)
        Drift times [µs].
    detector : str
        One of `helpers.detector.DETECTORS`.
    sample_width : float
        Width of a sample [ns].

    Raises
    ------
    ValueError
        Naming the bad argument.
    """
    c = constants(drift_time, detector=detector)
    sample_width = check.number("sample_width", sample_width, above=0)
    kernel = _photoelectron_kernel(sample_width * 1e-3)
    samples = np.arange(len(kernel)) - len(kernel) // 2
    # w²/12 is what counting in samples adds (Sheppard)
    photon = _column(detector).delay_variance + sample_width**2 * (kernel @ samples**2 + 1 / 12)
    return np.sqrt(
        c["spread"] ** 2 + c["escape_time"] ** 2 + c["gap_time"] ** 2 / 12 + photon * 1e-6
    ).to_numpy()


# ---------------------------------------------------------------------------------------------------------
# Electrons, photons, waveforms


def drift(n_electrons, drift_time, *, detector="LZ_WS2022", rng):
    """Draw when each electron enters the gas.

    Parameters
    ----------
    n_electrons : array_like, shape (n,) or (n, k)
        How many electrons reach the gas, for each event or for each of its k vertices.
    drift_time : array_like, of the same shape
        The vertices' drift times [µs].
    detector : str
        One of `helpers.detector.DETECTORS`.
    rng : numpy.random.Generator
        Where all randomness comes from.

    Returns
    -------
    Electrons
        Times since the recoil: drift, diffusion and the wait at the surface.

    Raises
    ------
    ValueError
        Naming the bad argument.
    """
    column = _column(detector)
    n_electrons, drift_time = _vertices(n_electrons, drift_time, column)
    check.generator("rng", rng)
    n, k = n_electrons.shape
    at = column.at(drift_time.ravel())
    vertex = np.repeat(np.arange(n * k), n_electrons.ravel())
    time = rng.standard_normal(len(vertex), np.float32) * at["spread"].astype(np.float32)[vertex]
    time += rng.standard_exponential(len(vertex), np.float32) * at["escape_time"].astype(np.float32)[vertex]
    time += drift_time.ravel().astype(np.float32)[vertex]
    return Electrons(time, vertex // k, n)


def luminesce(electrons, origin, *, detector="LZ_WS2022", rng, sample_width=10, window=(-20.0, 20.0)):
    """Turn electrons that enter the gas into waveforms.

    Each makes light evenly while it crosses the gap; each photon that is seen comes after its decay and transport
    times, with a photoelectron's area and shape.

    Parameters
    ----------
    electrons : Electrons
        From `drift`.
    origin : array_like, shape (n_events,)
        The time [µs since the recoil] that is 0 on each waveform's axis.
    detector : str
        One of `helpers.detector.DETECTORS`.
    rng : numpy.random.Generator
        Where all randomness comes from.
    sample_width : float
        Width of a sample [ns].
    window : (float, float)
        First and last time [µs from the origin] of the waveform; photons outside are lost.

    Returns
    -------
    numpy.ndarray, shape (n_events, n_samples), float32
        Area [phd] in each sample.

    Raises
    ------
    ValueError
        Naming the bad argument.

    Notes
    -----
    NEST's GetS2: Gaussian light with its Fano factor, seen with the chance g1_gas. A photoelectron's pulse is a
    Gaussian of σ = 10 ns; its photon's place within the sample is taken as even.
    """
    column = _column(detector)
    origin, start, width, n_samples = _axis(electrons, origin, sample_width, window)
    check.generator("rng", rng)
    light, chance, fano = column.light
    made = np.maximum(np.rint(rng.normal(light, math.sqrt(fano * light), len(electrons.time))), 0)
    seen = rng.binomial(made.astype(np.int64), chance)
    entered = electrons.time - (origin + start).astype(np.float32)[electrons.event]

    # whole events in a block, so that a block fills rows of its own
    last = np.searchsorted(electrons.event, np.arange(electrons.n_events + 1))
    total = np.concatenate([[0], np.cumsum(seen)])[last]
    waveforms = np.empty((electrons.n_events, n_samples), np.float32)
    low = 0
    while low < electrons.n_events:
        high = max(low + 1, int(np.searchsorted(total, total[low] + _BLOCK, side="right")) - 1)
        part = slice(last[low], last[high])
        time = np.repeat(entered[part], seen[part])
        row = np.repeat((electrons.event[part] - low) * (n_samples + 2), seen[part])
        time += rng.random(len(time), np.float32) * np.float32(column.gap_time)
        time += column.gas_delay(len(time), rng)
        area = column.area(len(time), rng)
        waveforms[low:high] = _record(time, row, area, (high - low, n_samples), width)
        low = high
    return convolve1d(waveforms, _photoelectron_kernel(width), axis=1, mode="constant")


def s2(
    n_electrons, drift_time, *, detector="LZ_WS2022", rng, sample_width=10, window=(-20.0, 20.0), origin=None
):
    """Draw S2 waveforms: of one vertex, or of several (a multiple scatter); of one electron, a single electron.

    Parameters
    ----------
    n_electrons : array_like, shape (n,) or (n, k)
        How many electrons reach the gas, for each event or for each of its k vertices.
    drift_time : array_like, of the same shape
        The vertices' drift times [µs].
    detector : str
        One of `helpers.detector.DETECTORS`.
    rng : numpy.random.Generator
        Where all randomness comes from.
    sample_width : float
        Width of a sample [ns].
    window : (float, float)
        First and last time [µs from the origin] of the waveform; photons outside are lost.
    origin : array_like, shape (n,), optional
        The time [µs since the recoil] that is 0 on each waveform's axis. By default the electrons' mean drift time.

    Returns
    -------
    numpy.ndarray, shape (n, n_samples), float32
        Area [phd] in each sample.

    Raises
    ------
    ValueError
        Naming the bad argument.
    """
    column = _column(detector)
    n_electrons, drift_time = _vertices(n_electrons, drift_time, column)
    if origin is None:
        weight = np.where(n_electrons.sum(axis=1, keepdims=True) > 0, n_electrons, 1)
        origin = (weight * drift_time).sum(axis=1) / weight.sum(axis=1)
    electrons = drift(n_electrons, drift_time, detector=detector, rng=rng)
    return luminesce(electrons, origin, detector=detector, rng=rng, sample_width=sample_width, window=window)


def s1(
    n_photons,
    recoil_type,
    recoil_energy,
    drift_time,
    *,
    detector="LZ_WS2022",
    rng,
    sample_width=10,
    window=(-0.2, 1.8),
):
    """Draw S1 waveforms.

    Parameters
    ----------
    n_photons : array_like, shape (n,)
        How many photons are seen.
    recoil_type : str
        "NR" (nuclear) or "ER" (electron).
    recoil_energy : array_like, shape (n,)
        Recoil energies [keV]: they set how many photons come from excitons, and how slowly ions recombine.
    drift_time : array_like, shape (n,)
        Drift times [µs]: the depth sets the field and the photons' way to the photomultipliers.
    detector : str
        One of `helpers.detector.DETECTORS`.
    rng : numpy.random.Generator
        Where all randomness comes from.
    sample_width : float
        Width of a sample [ns].
    window : (float, float)
        First and last time [µs from the recoil] of the waveform; photons outside are lost.

    Returns
    -------
    numpy.ndarray, shape (n, n_samples), float32
        Area [phd] in each sample.

    Raises
    ------
    ValueError
        Naming the bad argument.

    Notes
    -----
    Singlets and triplets: NEST's PhotonTime, from LUX, arXiv:1802.06162; the recombination's time has a tail in 1/t²
    (Kubota et al., Phys. Rev. B 20 (1979) 3486) with the scale of Mock et al., arXiv:1310.1117. Optical transport:
    drawn from nestpy's own `OptTrans` (none for LZ_WS2022).
    """
    column = _column(detector)
    check.choice("recoil_type", recoil_type, detectors.RECOILS)
    n_photons = check.array("n_photons", n_photons, ndim=1, at_least=0, integer=True, empty=True)
    energy = check.array(
        "recoil_energy", recoil_energy, ndim=1, above=0, at_most=detectors.HIGHEST_ENERGY, empty=True
    )
    drift_time = _inside("drift_time", drift_time, column, ndim=1)
    check.same_length(n_photons=n_photons, recoil_energy=energy, drift_time=drift_time)
    check.generator("rng", rng)
    start, width, n_samples = _window(sample_width, window)

    at = column.at(drift_time)
    share = column.exciton_share(recoil_type, energy)
    if recoil_type == "ER":
        slow = np.exp(-0.009 * at["field"]) * (7.3138 + 3.8431 * np.log10(energy))
        recombination, excitation = np.maximum(slow, 0), np.zeros(len(energy))
    else:
        recombination, excitation = np.zeros(len(energy)), np.full(len(energy), 0.5)
    event = np.repeat(np.arange(len(energy)), n_photons)
    m = len(event)
    scale = np.where(rng.random(m) < share[event], excitation[event], recombination[event])
    time = scale * (1 / (1 - rng.random(m)) - 1)  # ns
    singlet, triplet, ratio = _DECAY[recoil_type]
    time += rng.standard_exponential(m) * np.where(rng.random(m) < ratio / (1 + ratio), singlet, triplet)
    time += column.transport(at["z"][event], rng)
    time = (time * 1e-3 - start).astype(np.float32)
    row = event * (n_samples + 2)
    waveforms = _record(time, row, column.area(m, rng), (len(energy), n_samples), width)
    return convolve1d(waveforms, _photoelectron_kernel(width), axis=1, mode="constant")


def histogram(electrons, origin, *, sample_width=10, window=(-20.0, 20.0)):
    """Return how many electrons enter the gas in each sample: what a deconvolution of the waveform must find.

    Parameters
    ----------
    electrons : Electrons
        From `drift`.
    origin, sample_width, window
        As for `luminesce`.

    Returns
    -------
    numpy.ndarray, shape (n_events, n_samples), float32

    Raises
    ------
    ValueError
        Naming the bad argument.
    """
    origin, start, width, n_samples = _axis(electrons, origin, sample_width, window)
    time = electrons.time - (origin + start).astype(np.float32)[electrons.event]
    counts = np.empty((electrons.n_events, n_samples), np.float32)
    last = np.searchsorted(electrons.event, np.arange(electrons.n_events + 1))
    for low in range(0, electrons.n_events, _EVENTS):
        high = min(low + _EVENTS, electrons.n_events)
        part = slice(last[low], last[high])
        row = (electrons.event[part] - low) * (n_samples + 2)
        counts[low:high] = _record(time[part], row, None, (high - low, n_samples), width)
    return counts


def sample_times(*, sample_width=10, window=(-20.0, 20.0)):
    """Return the times [µs from the origin] of the samples' centres, shape (n_samples,).

    Parameters
    ----------
    sample_width, window
        As for `luminesce`.

    Raises
    ------
    ValueError
        Naming the bad argument.
    """
    start, width, n_samples = _window(sample_width, window)
    return start + width * (np.arange(n_samples) + 0.5)


def add_noise(waveforms, noise, *, rng):
    """Return waveforms with electronic noise: Gaussian, of the same width in every sample.

    Parameters
    ----------
    waveforms : array_like, shape (n, n_samples)
        Area [phd] in each sample.
    noise : float
        σ of the noise [phd in a sample].
    rng : numpy.random.Generator
        Where all randomness comes from.

    Raises
    ------
    ValueError
        Naming the bad argument.
    """
    waveforms = _waveforms(waveforms)
    noise = check.number("noise", noise, at_least=0)
    check.generator("rng", rng)
    return waveforms + np.float32(noise) * rng.standard_normal(waveforms.shape, np.float32)


# ---------------------------------------------------------------------------------------------------------
# Multiple scatters, and how well they can be told


def scatters(
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
        One of `helpers.detector.DETECTORS`.
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
    p = detectors.parameters(detector)
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
        One of `helpers.detector.DETECTORS`.

    Raises
    ------
    ValueError
        Naming the bad argument; also when a vertex would lie outside the drift volume.
    """
    column = _column(detector)
    drift_time = _inside("drift_time", drift_time, column, ndim=1)
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
        One of `helpers.detector.DETECTORS`.
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
    column = _column(detector)
    time = check.array("time", time, ndim=1, empty=True)
    drift_time = _inside("drift_time", drift_time, column, ndim=1)
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
        One of `helpers.detector.DETECTORS`.

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
    column = _column(detector)
    times = vertices(drift_time, delta_z, share, detector=detector)
    drift_time, share = np.asarray(drift_time, dtype=float), np.asarray(share, dtype=float)
    _lengths_of(electrons, drift_time=drift_time)
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
        One of `helpers.detector.DETECTORS`.
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
    column = _column(detector)
    drift_time = _inside("drift_time", drift_time, column, ndim=1)
    _lengths_of(electrons, drift_time=drift_time)
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
    column = _column(detector)
    waveforms = _waveforms(waveforms)
    upper, lower = vertices(drift_time, delta_z, share, detector=detector)
    drift_time, share = np.asarray(drift_time, dtype=float), np.asarray(share, dtype=float)
    check.same_length(waveforms=waveforms, drift_time=drift_time)
    times = sample_times(sample_width=sample_width, window=window)
    if waveforms.shape[1] != len(times):
        raise ValueError(
            f"waveforms must have the window's {len(times)} samples, got shape {waveforms.shape}"
        )
    ratio = np.empty(len(waveforms))
    for low in range(0, len(waveforms), _EVENTS):
        part = slice(low, low + _EVENTS)
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


# ---------------------------------------------------------------------------------------------------------
# Events from a grid's wires, and how well they can be told


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
    _lengths_of(electrons)
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
        One of `helpers.detector.DETECTORS`.

    Raises
    ------
    ValueError
        If the detector is unknown.

    Notes
    -----
    nestpy's heights, at the drift velocity below the gate (as in NEST, which knows no faster drift above it).
    """
    column = _column(detector)
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
        One of `helpers.detector.DETECTORS`.
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
    electrons = stretch(drift(n_electrons, drift_time, detector=detector, rng=rng), delay, rng=rng)
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
    _lengths_of(electrons)
    column = _column(detector)
    cathode = check.number("cathode", cathode, at_least=0, at_most=1)
    delays = _delays(stretched)
    grids = grid_drift_times(detector=detector)
    bulk = (
        tuple(grids.values())
        if drift_time is None
        else check.span("drift_time", drift_time, at_least=0, point=True)
    )
    low, high = _inside("drift_time", bulk, column)
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
    for first in range(0, electrons.n_events, _EVENTS):
        part = slice(first, first + _EVENTS)
        log_likelihood = counts[part].astype(np.float32) @ table
        likelihood = np.exp(log_likelihood - log_likelihood.max(axis=1, keepdims=True)) * share
        each = likelihood.reshape(len(likelihood), len(shapes), -1).sum(axis=2)
        ratio[part] = np.log(np.maximum(each[:, :points].sum(axis=1), 1e-300))
        ratio[part] -= np.log(np.maximum(each[:, points:].sum(axis=1), 1e-300))
    return ratio


# ---------------------------------------------------------------------------------------------------------
# What to make of waveforms: features, alignment, unequal lengths


def features(waveforms, sample_width):
    """Return what a pulse's shape says in a few numbers.

    Parameters
    ----------
    waveforms : array_like, shape (n, n_samples)
        Area [phd] in each sample.
    sample_width : float
        Width of a sample [ns].

    Returns
    -------
    pandas.DataFrame
        `area` [phd]; `height` [phd/µs], the largest sample's; `t05`, `t10`, `t25`, `t50`, `t75`, `t90`, `t95` [µs from
        the window's start], when that share of the area is first reached (straight within a sample); `width`, the
        rms [µs]; `rise` = t50 - t05 and `fall` = t95 - t50 [µs]; `asymmetry` = (fall - rise) / (fall + rise);
        `prompt_500ns`, `prompt_1000ns`, `prompt_2000ns`, the shares of the area that come within so long after t05.
        Of a waveform without positive area all but the first two are NaN.

    Raises
    ------
    ValueError
        Naming the bad argument.

    Notes
    -----
    Only t05 … t95 depend on where in the window the pulse lies: take differences, or `align` first.
    """
    waveforms = _waveforms(waveforms)
    sample_width = check.number("sample_width", sample_width, above=0)
    width = sample_width * 1e-3
    area = waveforms.sum(axis=1, dtype=float)
    table = {"area": area, "height": waveforms.max(axis=1) / width}
    total = np.cumsum(waveforms, axis=1, dtype=float)
    times = _fraction_times(total, np.array(FRACTIONS) / 100) * width
    table |= {f"t{percent:02d}": column for percent, column in zip(FRACTIONS, times, strict=True)}
    centre = (np.arange(waveforms.shape[1]) + 0.5) * width
    whole = np.where(area > 0, area, np.nan)
    mean = waveforms @ centre / whole
    # about the window's middle first: the difference of two large squares would lose digits
    middle = centre.mean()
    square = waveforms @ (centre - middle) ** 2 / whole - (mean - middle) ** 2
    table["width"] = np.sqrt(np.where(square > 0, square, np.where(np.isnan(square), np.nan, 0)))
    table["rise"], table["fall"] = table["t50"] - table["t05"], table["t95"] - table["t50"]
    table["asymmetry"] = (table["fall"] - table["rise"]) / (table["fall"] + table["rise"])
    for after in PROMPT:
        reached = _share_reached(total, (table["t05"] + after) / width)
        table[f"prompt_{after * 1e3:.0f}ns"] = reached - FRACTIONS[0] / 100
    return pd.DataFrame(table)


def align(waveforms, on="t50", *, n_samples=None, at=0.5):
    """Shift each waveform by whole samples, so that all have `on` in the same sample.

    Where in the window a pulse lies may tell what no detector would: alignment takes that away. What moves in from
    outside the window is zero, so that noise belongs after it (or a window wide enough, cut down by `n_samples`).

    Parameters
    ----------
    waveforms : array_like, shape (n, n_samples)
        Area [phd] in each sample; those without positive area stay where they are.
    on : str
        What to align: "t05", "t10", "t25", "t50", "t75", "t90" or "t95".
    n_samples : int, optional
        Samples of the result; by default as many as before.
    at : float
        Where in the result, from 0 (first sample) to 1 (last).

    Returns
    -------
    numpy.ndarray, shape (n, n_samples), float32

    Raises
    ------
    ValueError
        Naming the bad argument.
    """
    waveforms = _waveforms(waveforms)
    names = {f"t{percent:02d}": percent for percent in FRACTIONS}
    fraction = names[check.choice("on", on, names)] / 100
    before = waveforms.shape[1]
    n_samples = before if n_samples is None else check.number("n_samples", n_samples, above=0, integer=True)
    place = int(check.number("at", at, at_least=0, at_most=1) * (n_samples - 1))
    reached = _fraction_times(np.cumsum(waveforms, axis=1, dtype=float), np.array([fraction]))[0]
    reached = np.where(np.isnan(reached), place, np.minimum(reached, before - 1)).astype(np.int64)
    source = np.arange(n_samples) + (reached - place)[:, None]
    inside = (source >= 0) & (source < before)
    aligned = np.take_along_axis(waveforms, np.clip(source, 0, before - 1), axis=1)
    return np.where(inside, aligned, np.float32(0))


def crop(waveforms, threshold=0.0, margin=0):
    """Cut each waveform down to its pulse: a list of float32 arrays of unequal lengths.

    Parameters
    ----------
    waveforms : array_like, shape (n, n_samples)
        Area [phd] in each sample.
    threshold : float
        The pulse reaches from the first to the last sample above this [phd].
    margin : int
        Samples kept before and after it, where the window has them.

    Returns
    -------
    list of numpy.ndarray
        Empty arrays where no sample is above the threshold.

    Raises
    ------
    ValueError
        Naming the bad argument.
    """
    waveforms = _waveforms(waveforms)
    above = waveforms > check.number("threshold", threshold, at_least=0)
    margin = check.number("margin", margin, at_least=0, integer=True)
    n = waveforms.shape[1]
    first = np.maximum(above.argmax(axis=1) - margin, 0)
    last = np.minimum(n - above[:, ::-1].argmax(axis=1) + margin, n)
    last = np.where(above.any(axis=1), last, first)
    return [row[a:b] for row, a, b in zip(waveforms, first, last, strict=True)]


def pad(waveforms, n_samples=None):
    """Fill waveforms of unequal lengths up with zeros.

    Parameters
    ----------
    waveforms : sequence of array_like
        One waveform each.
    n_samples : int, optional
        Samples of the result, at least as many as the longest has; by default as many.

    Returns
    -------
    numpy.ndarray, shape (n, n_samples), float32
        The waveforms, each from the first sample on.
    numpy.ndarray, shape (n,), int64
        Their lengths.

    Raises
    ------
    ValueError
        Naming the bad argument.
    """
    rows = [check.array("waveforms", row, ndim=1, empty=True) for row in waveforms]
    lengths = np.array([len(row) for row in rows], dtype=np.int64)
    longest = int(lengths.max(initial=0))
    n_samples = longest if n_samples is None else check.number("n_samples", n_samples, integer=True)
    if n_samples < longest:
        raise ValueError(f"n_samples must be at least the longest waveform's {longest}, got {n_samples}")
    padded = np.zeros((len(rows), n_samples), np.float32)
    padded[mask(lengths, n_samples)] = np.concatenate([*rows, np.empty(0)])
    return padded, lengths


def mask(lengths, n_samples):
    """Return where padded waveforms hold samples: a boolean array of shape (n, n_samples).

    Parameters
    ----------
    lengths : array_like, shape (n,)
        The waveforms' lengths, from `pad`.
    n_samples : int
        Samples of the padded array.

    Raises
    ------
    ValueError
        Naming the bad argument; also when a length is above `n_samples`.
    """
    n_samples = check.number("n_samples", n_samples, at_least=0, integer=True)
    lengths = check.array("lengths", lengths, ndim=1, at_least=0, at_most=n_samples, integer=True, empty=True)
    return np.arange(n_samples) < lengths[:, None]


# ---------------------------------------------------------------------------------------------------------
# Small parts


def _record(time, row, area, shape, width):
    """Return the sums of areas (or counts) in the samples; what falls outside the window is dropped.

    `row` is where each one's waveform starts in one long array, in which every waveform has a sample more at
    both ends. It is used up.
    """
    n, n_samples = shape
    sample = np.floor(time * np.float32(1 / width))
    row += np.clip(sample, -1, n_samples, out=sample).astype(np.int64)
    row += 1
    total = np.bincount(row, area, minlength=n * (n_samples + 2))
    return total.reshape(n, n_samples + 2)[:, 1:-1].astype(np.float32)


def _photoelectron_kernel(width):
    """Return how the pulse of a photoelectron that starts anywhere in a sample spreads over its neighbours."""
    scale = PHOTOELECTRON_WIDTH * 1e-3 / width
    reach = math.ceil(5 * scale + 1)
    edge = np.arange(-reach - 1, reach + 2)
    integral = edge * ndtr(edge / scale) + scale * norm.pdf(edge / scale)  # of the Gaussian's CDF
    kernel = np.diff(integral, 2)
    return kernel / kernel.sum()


def _shape_at(column, drift_time, event):
    """Return drift time, spread and mean wait [µs] of each electron or sample, from those of its event."""
    at = column.at(drift_time)
    return drift_time[event], at["spread"][event], at["escape_time"][event]


def _density(column, time, drift_time, spread, wait, light):
    late = time - drift_time
    if not light:
        return _modified_gaussian(late, spread, wait)
    late = late - column.delay_mean * 1e-3
    spread = np.sqrt(spread**2 + 1e-6 * (column.delay_variance + PHOTOELECTRON_WIDTH**2))

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


def _fraction_times(total, fractions):
    """Return when each fraction of the area is first reached [samples from the start], shape (fractions, n).

    `total` is the area up to the end of each sample.
    """
    n, n_samples = total.shape
    rows = np.arange(n)
    times = np.full((len(fractions), n), np.nan)
    for time, fraction in zip(times, fractions, strict=True):
        goal = fraction * total[:, -1]
        sample = (total >= goal[:, None]).argmax(axis=1)
        before = np.where(sample > 0, total[rows, np.maximum(sample - 1, 0)], 0)
        step = total[rows, sample] - before
        usable = (total[:, -1] > 0) & (step > 0)
        time[usable] = (sample + np.where(usable, (goal - before) / np.where(usable, step, 1), 0))[usable]
    return times


def _share_reached(total, time):
    """Return which share of the area has come at these times [samples from the start]: NaN where they are."""
    rows, last = np.arange(len(total)), total.shape[1] - 1
    known = ~np.isnan(time)
    time = np.clip(np.where(known, time, 0), 0, last + 1)
    sample = np.minimum(time.astype(np.int64), last)
    before = np.where(sample > 0, total[rows, np.maximum(sample - 1, 0)], 0)
    here = before + (time - sample) * (total[rows, sample] - before)
    return np.where(known, here, np.nan) / np.where(known, total[:, -1], 1)


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


# ---------------------------------------------------------------------------------------------------------
# The door


def _delays(stretched):
    """Return the mean delays [µs] of both grids' electrons."""
    stretched = GRID_STRETCH if stretched is None else stretched
    if not isinstance(stretched, dict) or set(stretched) != set(GRID_STRETCH):
        raise ValueError(f"stretched must be a dict of 'gate' and 'cathode', got {stretched!r:.60}")
    return {name: check.number("stretched", stretched[name], at_least=0) for name in GRID_STRETCH}


def _waveforms(waveforms):
    waveforms = np.asarray(waveforms)
    if waveforms.dtype != np.float32:
        waveforms = check.array("waveforms", waveforms, ndim=2, empty=True).astype(np.float32)
    if waveforms.ndim != 2 or waveforms.shape[1] == 0:
        raise ValueError(f"waveforms must have shape (n, n_samples), got shape {waveforms.shape}")
    if not np.isfinite(waveforms).all():
        raise ValueError("waveforms must be finite")
    return waveforms


def _vertices(n_electrons, drift_time, column):
    """Return both as arrays (n, k)."""
    n_electrons = check.array("n_electrons", n_electrons, at_least=0, integer=True, empty=True)
    drift_time = _inside("drift_time", drift_time, column)
    if n_electrons.shape != drift_time.shape:
        raise ValueError(
            "n_electrons and drift_time must have the same shape, "
            f"got {n_electrons.shape} and {drift_time.shape}"
        )
    if n_electrons.ndim not in (1, 2) or n_electrons.ndim == 2 and n_electrons.shape[1] == 0:
        raise ValueError(f"n_electrons must have shape (n,) or (n, k), got {n_electrons.shape}")
    return tuple(values.reshape(len(values), -1) if values.size else values.reshape(len(values), 1)
                 for values in (n_electrons, drift_time))  # fmt: skip


def _inside(name, drift_time, column, ndim=None):
    return check.array(name, drift_time, ndim=ndim, at_least=0, at_most=column.time[-1], empty=True)


def _window(sample_width, window):
    """Return the start [µs], the sample's width [µs] and the number of samples."""
    width = check.number("sample_width", sample_width, above=0) * 1e-3
    low, high = check.span("window", window, point=True)
    n_samples = round((high - low) / width)
    if n_samples < 1 or abs(n_samples * width - (high - low)) > 1e-6 * width * n_samples:
        raise ValueError(
            f"window must hold a whole number of samples of {sample_width:g} ns, got {window!r:.60}"
        )
    return float(low), width, n_samples


def _lengths_of(electrons, **arrays):
    if not isinstance(electrons, Electrons):
        raise ValueError(f"electrons must be Electrons, as drift returns them, got {electrons!r:.60}")
    for name, values in arrays.items():
        if len(values) != electrons.n_events:
            raise ValueError(
                f"{name} must have a value for each of {electrons.n_events} events, got {len(values)}"
            )


def _axis(electrons, origin, sample_width, window):
    origin = check.array("origin", origin, ndim=1, empty=True)
    _lengths_of(electrons, origin=origin)
    return origin, *_window(sample_width, window)


# ---------------------------------------------------------------------------------------------------------
# What nestpy knows, read once for each detector


def _column(name):
    return _read(detectors._known(name))


@functools.cache
def _read(name):
    with detectors._quiet():
        return _Column(name)


class _Column:
    """The column of liquid and gas on a detector's axis: what a pulse meets on its way up."""

    def __init__(self, name):
        self.source = source = detectors._response(name).source
        self.parameters = p = detectors.parameters(name)
        d = source.detector
        self.z = np.linspace(p.surface, p.cathode, 1025)  # downwards, as drift times increase
        self.field = source.field(self.z)
        self.velocity = source.velocity(self.field)
        self.time = (p.surface - self.z) / self.velocity
        self.diffusion = 66.35 * self.field**-0.24855 + 36.85 * np.exp(-self.field / 35.661)  # cm²/s
        self.wait = 0.28326 + 5303 / self.field**2  # µs: NEST's tauTrap

        # the gas: crossing, diffusion (Nygren's formula in NEST's GetS2), light
        gap = d.extraction_parameters["gasGap"]
        field = 1e3 * d.E_gas
        velocity = float(
            source.calculator.calculate_drift_velocity_gas(d.T_Kelvin, d.p_bar, d.density_gas, field)
        )
        self.gap_time = gap / velocity
        diffusion = 4.265 + 19097 / field - 1.7397e6 / field**2 + 1.2477e8 / field**3
        self.gas_spread2 = 2e-4 * diffusion * self.gap_time / velocity**2  # 1 cm²/s is 1e-4 mm²/µs
        self.light = d.extraction_parameters["elYield"], d.g1_gas, d.s2Fano

        self._areas = _area_table(d.sPEres, d.P_dphe)
        self._decays = _decay_table(*_DECAY["gas"])
        self._way_heights, self._ways = self._read_transport(d, p.surface + gap / 2)
        delay = self._decays, self._ways[-1]
        self.delay_mean = float(sum(part.mean() for part in delay))  # ns
        self.delay_variance = float(sum(part.var() for part in delay))  # ns²

    def at(self, drift_time):
        """Return what `constants` returns beside the drift times, as a dict."""
        read = {
            "z": self.z,
            "field": self.field,
            "drift_velocity": self.velocity,
            "diffusion": self.diffusion,
        }
        found = {key: np.interp(drift_time, self.time, values) for key, values in read.items()}
        spread2 = 2e-4 * found["diffusion"] * drift_time / found["drift_velocity"] ** 2
        found["spread"] = np.sqrt(spread2 + self.gas_spread2)
        found["escape_time"] = np.interp(drift_time, self.time, self.wait)
        found["gap_time"] = np.full(np.shape(drift_time), self.gap_time)
        return found

    def area(self, n, rng):
        """Draw the areas [phd] of n photons."""
        return self._areas[rng.integers(0, _QUANTILES, n, np.uint16)]

    def gas_delay(self, n, rng):
        """Draw how long after its making in the gas each of n photons is seen [µs]."""
        delay = self._decays[rng.integers(0, _QUANTILES, n, np.uint16)] * np.float32(1e-3)
        if self._ways[-1].any():
            delay += self._ways[-1][rng.integers(0, _DRAWS, n, np.uint16)] * np.float32(1e-3)
        return delay

    def transport(self, z, rng):
        """Draw how long photons from these heights are under way [ns]."""
        step = (self._way_heights[-1] - self._way_heights[0]) / (_HEIGHTS - 1)
        row = np.rint((z - self._way_heights[0]) / step).astype(np.int64)
        return self._ways[row, rng.integers(0, _DRAWS, len(z))]

    def exciton_share(self, recoil_type, energy):
        """Return the share of the photons that come from excitons, by nestpy's mean yields at mid-height."""
        nodes, share = _exciton_table(self.parameters.name, recoil_type)
        return np.interp(np.log(energy), nodes, share)

    def _read_transport(self, d, gas):
        heights = np.linspace(self.parameters.cathode, self.parameters.surface, _HEIGHTS)
        self.source.probe(np.zeros(1), heights[-1:] - 1.0)  # sets nestpy's seed: the table is always the same
        ways = [[d.OptTrans(0.0, 0.0, z) for _ in range(_DRAWS)] for z in (*heights, gas)]
        return heights, np.array(ways, dtype=np.float32)


def _area_table(resolution, double):
    """Return equally likely areas [phd] of a photon: one photoelectron or two, Gaussians cut off at 0 (NEST)."""
    step = 0.001
    area = np.arange(0.5 * step, 6, step)
    one = norm.pdf(area, 1 / detectors._truncated_mean(resolution), resolution)
    one /= one.sum()
    two = np.convolve(one, one)
    density = double * two
    density[: len(one) - 1] += (1 - double) * one[1:]  # the sum of two starts one step later
    area = step * (np.arange(len(two)) + 1)
    chance = (np.arange(_QUANTILES) + 0.5) / _QUANTILES
    return np.interp(chance, np.cumsum(density) / density.sum(), area) / (1 + double)


def _decay_table(singlet, triplet, ratio):
    """Return equally likely decay times [ns] of singlets and triplets."""
    time = np.linspace(0, 15 * triplet, 20_001)
    alive = (ratio * np.exp(-time / singlet) + np.exp(-time / triplet)) / (1 + ratio)
    chance = (np.arange(_QUANTILES) + 0.5) / _QUANTILES
    return np.interp(chance, 1 - alive, time).astype(np.float32)


@functools.cache
def _exciton_table(name, recoil_type):
    source = detectors._response(name).source
    energies = np.geomspace(0.01, detectors.HIGHEST_ENERGY, 128)
    mean = detectors._mean_yields(source, recoil_type, energies, [detectors.parameters(name).drift_field])
    ratio = np.maximum(mean["exciton_ratio"][0], 0)
    excitons = (mean["photons"][0] + mean["electrons"][0]) * ratio / (1 + ratio)
    photons = mean["photons"][0]
    return np.log(energies), np.where(photons > 0, np.minimum(excitons / np.maximum(photons, 1e-9), 1), 1)
