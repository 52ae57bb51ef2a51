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
from scipy.special import ndtr
from scipy.stats import norm

from helpers import check, nest

PHOTOELECTRON_WIDTH = 10.0  # ns: σ of one photoelectron's pulse, a Gaussian (NEST's PULSE_WIDTH)

# Singlet and triplet decay times [ns], singlets per triplet: NEST's PhotonTime, from LUX, arXiv:1802.06162.
# In the gas NEST keeps the electron recoil's decay times and changes only the ratio.
_DECAY = {"NR": (3.27, 23.97, 0.269), "ER": (3.27, 25.89, 0.042), "gas": (3.27, 25.89, 0.1)}

_BLOCK = 1 << 16  # photons at a time: their temporaries then stay in the processor's cache

BATCH = 1024  # events at a time, where the cost goes with the samples

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
        One of `helpers.nest.DETECTORS`.

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
    column = column_of(detector)
    drift_time = inside_column("drift_time", drift_time, column, ndim=1)
    return pd.DataFrame({"drift_time": drift_time} | column.at(drift_time))


def expected_width(drift_time, *, detector="LZ_WS2022", sample_width=10):
    """Return the rms width [µs] of the S2 of many electrons from one vertex, shape (n,).

    A pulse of n electrons has on average (n - 1)/n of its square.

    Parameters
    ----------
    drift_time : array_like, shape (n,)
        Drift times [µs].
    detector : str
        One of `helpers.nest.DETECTORS`.
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
    photon = column_of(detector).delay_variance + sample_width**2 * (kernel @ samples**2 + 1 / 12)
    return np.sqrt(
        c["spread"] ** 2 + c["escape_time"] ** 2 + c["gap_time"] ** 2 / 12 + photon * 1e-6
    ).to_numpy()


def drift(n_electrons, drift_time, *, detector="LZ_WS2022", rng):
    """Draw when each electron enters the gas.

    Parameters
    ----------
    n_electrons : array_like, shape (n,) or (n, k)
        How many electrons reach the gas, for each event or for each of its k vertices.
    drift_time : array_like, of the same shape
        The vertices' drift times [µs].
    detector : str
        One of `helpers.nest.DETECTORS`.
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
    column = column_of(detector)
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
        One of `helpers.nest.DETECTORS`.
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
    column = column_of(detector)
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
        One of `helpers.nest.DETECTORS`.
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
    column = column_of(detector)
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
        One of `helpers.nest.DETECTORS`.
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
    column = column_of(detector)
    check.choice("recoil_type", recoil_type, nest.RECOILS)
    n_photons = check.array("n_photons", n_photons, ndim=1, at_least=0, integer=True, empty=True)
    energy = check.array(
        "recoil_energy", recoil_energy, ndim=1, above=0, at_most=nest.HIGHEST_ENERGY, empty=True
    )
    drift_time = inside_column("drift_time", drift_time, column, ndim=1)
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
    for low in range(0, electrons.n_events, BATCH):
        high = min(low + BATCH, electrons.n_events)
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
    waveforms = waveforms._waveforms(waveforms)
    noise = check.number("noise", noise, at_least=0)
    check.generator("rng", rng)
    return waveforms + np.float32(noise) * rng.standard_normal(waveforms.shape, np.float32)


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


def _vertices(n_electrons, drift_time, column):
    """Return both as arrays (n, k)."""
    n_electrons = check.array("n_electrons", n_electrons, at_least=0, integer=True, empty=True)
    drift_time = inside_column("drift_time", drift_time, column)
    if n_electrons.shape != drift_time.shape:
        raise ValueError(
            "n_electrons and drift_time must have the same shape, "
            f"got {n_electrons.shape} and {drift_time.shape}"
        )
    if n_electrons.ndim not in (1, 2) or n_electrons.ndim == 2 and n_electrons.shape[1] == 0:
        raise ValueError(f"n_electrons must have shape (n,) or (n, k), got {n_electrons.shape}")
    return tuple(values.reshape(len(values), -1) if values.size else values.reshape(len(values), 1)
                 for values in (n_electrons, drift_time))  # fmt: skip


def inside_column(name, drift_time, column, ndim=None):
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


def lengths_of(electrons, **arrays):
    if not isinstance(electrons, Electrons):
        raise ValueError(f"electrons must be Electrons, as drift returns them, got {electrons!r:.60}")
    for name, values in arrays.items():
        if len(values) != electrons.n_events:
            raise ValueError(
                f"{name} must have a value for each of {electrons.n_events} events, got {len(values)}"
            )


def _axis(electrons, origin, sample_width, window):
    origin = check.array("origin", origin, ndim=1, empty=True)
    lengths_of(electrons, origin=origin)
    return origin, *_window(sample_width, window)


def column_of(name):
    return _read(nest.known_detector(name))


@functools.cache
def _read(name):
    with nest.quiet():
        return _Column(name)


class _Column:
    """The column of liquid and gas on a detector's axis: what a pulse meets on its way up."""

    def __init__(self, name):
        self.source = source = nest.response_of(name).source
        self.parameters = p = nest.parameters(name)
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
    one = norm.pdf(area, 1 / nest.truncated_mean(resolution), resolution)
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
    source = nest.response_of(name).source
    energies = np.geomspace(0.01, nest.HIGHEST_ENERGY, 128)
    mean = nest.mean_yields(source, recoil_type, energies, [nest.parameters(name).drift_field])
    ratio = np.maximum(mean["exciton_ratio"][0], 0)
    excitons = (mean["photons"][0] + mean["electrons"][0]) * ratio / (1 + ratio)
    photons = mean["photons"][0]
    return np.log(energies), np.where(photons > 0, np.minimum(excitons / np.maximum(photons, 1e-9), 1), 1)
