"""From electrons and photons to waveforms: S1s, single electrons and S2s, electron by electron.

Electrons drift up from each place where a recoil freed some, spread on the way, leave the liquid one by one, and
make light in the gas for about a microsecond each. `drift` draws the electrons' times, `luminesce` turns them
into waveforms, and `s2` does both; what stands between the two (a wire's uneven field, say) may change the times.
An event with several vertices is a multiple scatter, and a single electron is an S2 of one: `helpers.scatters`
draws both kinds. The model is NEST's (Szydagis et al., arXiv:2211.10726), as nestpy runs it with
`calculate_times=True` and `S2CalculationMode.Waveform`, with these choices of ours: all on the detector's axis, and
the two photoelectrons that one photon may free come together.

Waveforms are float32 arrays (n_events, n_samples): the area [phd] in each sample. Times are in µs, except
`sample_width` and what belongs to a single photon, which are in ns. Everywhere

- `detector` (str) is one of `helpers.nest.DETECTORS`, and `rng` (numpy.random.Generator) where all randomness
  comes from;
- `drift_time` [µs] lies between 0 and the cathode's;
- `sample_width` (float) is the width of a sample [ns], and `window` (float, float) the first and last time [µs from
  a waveform's origin]: a whole number of samples, and what comes outside is lost;
- a bad argument raises a ValueError that names it.
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

_BATCH = 1024  # events at a time, where the cost goes with the samples

_QUANTILES = 1 << 16  # a 16-bit random number looks an area or a delay up


class Electrons(NamedTuple):
    """Electrons of many events in one flat array, event after event.

    time [µs since the recoil], shape (all electrons,); event, the index of the event that each belongs to;
    n_events, which counts events without electrons too.
    """

    time: np.ndarray
    event: np.ndarray
    n_events: int


def check_electrons(electrons, **arrays):
    """Raise unless these are electrons, and each of the named arrays has a value for each of their events.

    Parameters
    ----------
    electrons : Electrons
        What was passed.
    arrays : array_like, shape (n_events,)
        Whatever belongs to the events, by its name.
    """
    if not isinstance(electrons, Electrons):
        raise ValueError(f"electrons must be Electrons, as drift returns them, got {electrons!r:.60}")
    for name, values in arrays.items():
        if len(values) != electrons.n_events:
            raise ValueError(
                f"{name} must have a value for each of {electrons.n_events} events, got {len(values)}"
            )


def constants(drift_time, *, detector="LZ_WS2022"):
    """Return what shapes an S2 at these drift times.

    Parameters
    ----------
    drift_time : array_like, shape (n,)
        Drift times [µs], from 0 to the cathode's.
    detector : see the module's head

    Returns
    -------
    pandas.DataFrame
        `drift_time` [µs], `z` [mm], `field` [V/cm] and `drift_velocity` [mm/µs] there, `diffusion` (D_L) [cm²/s],
        `spread` [µs], the σ that diffusion in liquid and gas gives an electron's time, `escape_time` [µs], the
        mean of its exponential wait at the surface, and `gap_time` [µs], for which it then makes light.

    Notes
    -----
    spread² = 2 D_L t / v_d² + the gas's. D_L, the wait at the surface and the gas's diffusion are written down from
    NEST (GetDiffLong_Liquid's default, a fit to LZ data of 2023; GetS2), since nestpy does not offer them; a test
    holds the pulses against nestpy's. Velocities and gap are read from nestpy.
    """
    column = Column.of(detector)
    drift_time = column.checked(drift_time, ndim=1)
    return pd.DataFrame({"drift_time": drift_time} | column.at(drift_time))


def expected_width(drift_time, *, detector="LZ_WS2022", sample_width=10):
    """Return the rms width [µs] of the S2 of many electrons from one vertex, shape (n,).

    A pulse of n electrons has on average (n - 1)/n of its square.

    Parameters
    ----------
    drift_time : array_like, shape (n,)
        Drift times [µs].
    detector, sample_width : see the module's head
    """
    column = Column.of(detector)
    at = column.at(column.checked(drift_time, ndim=1))
    sample_width = check.number("sample_width", sample_width, above=0)
    kernel = _photoelectron_kernel(sample_width * 1e-3)
    samples = np.arange(len(kernel)) - len(kernel) // 2
    # w²/12 is what counting in samples adds (Sheppard)
    photon = column.delay_variance + sample_width**2 * (kernel @ samples**2 + 1 / 12)
    return np.sqrt(at["spread"] ** 2 + at["escape_time"] ** 2 + at["gap_time"] ** 2 / 12 + photon * 1e-6)


def drift(n_electrons, drift_time, *, detector="LZ_WS2022", rng):
    """Draw when each electron enters the gas.

    Parameters
    ----------
    n_electrons : array_like, shape (n,) or (n, k)
        How many electrons reach the gas, for each event or for each of its k vertices.
    drift_time : array_like, of the same shape
        The vertices' drift times [µs].
    detector, rng : see the module's head

    Returns
    -------
    Electrons
        Times since the recoil: drift, diffusion and the wait at the surface.
    """
    column = Column.of(detector)
    n_electrons, drift_time = _vertices(n_electrons, drift_time, column)
    return _drift(n_electrons, drift_time, column, check.generator("rng", rng))


def _drift(n_electrons, drift_time, column, rng):
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
    detector, rng, sample_width, window : see the module's head

    Returns
    -------
    numpy.ndarray, shape (n_events, n_samples), float32
        Area [phd] in each sample.

    Notes
    -----
    NEST's GetS2: Gaussian light with its Fano factor, seen with the chance g1_gas. A photoelectron's pulse is a
    Gaussian of σ = 10 ns; its photon's place within the sample is taken as even.
    """
    column = Column.of(detector)
    origin, axis = _origin(electrons, origin), _window(sample_width, window)
    return _luminesce(electrons, origin, axis, column, check.generator("rng", rng))


def _luminesce(electrons, origin, axis, column, rng):
    start, width, n_samples = axis
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
    return _shaped(waveforms, width)


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
    detector, rng, sample_width, window : see the module's head
    origin : array_like, shape (n,), optional
        The time [µs since the recoil] that is 0 on each waveform's axis. By default the electrons' mean drift time.

    Returns
    -------
    numpy.ndarray, shape (n, n_samples), float32
        Area [phd] in each sample.
    """
    column = Column.of(detector)
    n_electrons, drift_time = _vertices(n_electrons, drift_time, column)
    axis = _window(sample_width, window)
    check.generator("rng", rng)
    if origin is None:
        weight = np.where(n_electrons.sum(axis=1, keepdims=True) > 0, n_electrons, 1)
        origin = (weight * drift_time).sum(axis=1) / weight.sum(axis=1)
    electrons = _drift(n_electrons, drift_time, column, rng)
    return _luminesce(electrons, _origin(electrons, origin), axis, column, rng)


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
    detector, rng, sample_width, window : see the module's head

    Returns
    -------
    numpy.ndarray, shape (n, n_samples), float32
        Area [phd] in each sample.

    Notes
    -----
    Singlets and triplets: NEST's PhotonTime, from LUX, arXiv:1802.06162; the recombination's time has a tail in 1/t²
    (Kubota et al., Phys. Rev. B 20 (1979) 3486) with the scale of Mock et al., arXiv:1310.1117. Optical transport:
    drawn by NEST's own `OptTrans` (none for LZ_WS2022).
    """
    column = Column.of(detector)
    check.choice("recoil_type", recoil_type, nest.RECOILS)
    n_photons = check.array("n_photons", n_photons, ndim=1, at_least=0, integer=True, empty=True)
    energy = check.array(
        "recoil_energy", recoil_energy, ndim=1, above=0, at_most=nest.HIGHEST_ENERGY, empty=True
    )
    drift_time = column.checked(drift_time, ndim=1)
    check.same_length(n_photons=n_photons, recoil_energy=energy, drift_time=drift_time)
    check.generator("rng", rng)
    start, width, n_samples = _window(sample_width, window)
    event = np.repeat(np.arange(len(energy)), n_photons)
    time = _s1_times(event, recoil_type, energy, column, column.at(drift_time), rng)
    time = (time * 1e-3 - start).astype(np.float32)
    row, area = event * (n_samples + 2), column.area(len(event), rng)
    return _shaped(_record(time, row, area, (len(energy), n_samples), width), width)


def _s1_times(event, recoil_type, energy, column, at, rng):
    """Draw how long after the recoil each photon is seen [ns]: recombination, decay, transport."""
    m, share = len(event), column.exciton_share(recoil_type, energy)
    if recoil_type == "ER":
        slow = np.exp(-0.009 * at["field"]) * (7.3138 + 3.8431 * np.log10(energy))
        recombination, excitation = np.maximum(slow, 0), np.zeros(len(energy))
    else:
        recombination, excitation = np.zeros(len(energy)), np.full(len(energy), 0.5)
    scale = np.where(rng.random(m) < share[event], excitation[event], recombination[event])
    time = scale * (1 / (1 - rng.random(m)) - 1)
    singlet, triplet, ratio = _DECAY[recoil_type]
    time += rng.standard_exponential(m) * np.where(rng.random(m) < ratio / (1 + ratio), singlet, triplet)
    return time + column.transport(at["z"][event], rng)


def histogram(electrons, origin, *, sample_width=10, window=(-20.0, 20.0)):
    """Return how many electrons enter the gas in each sample: what a deconvolution of the waveform must find.

    Parameters
    ----------
    electrons : Electrons
        From `drift`.
    origin : array_like, shape (n_events,)
        As for `luminesce`.
    sample_width, window : see the module's head

    Returns
    -------
    numpy.ndarray, shape (n_events, n_samples), float32
    """
    origin = _origin(electrons, origin)
    start, width, n_samples = _window(sample_width, window)
    time = electrons.time - (origin + start).astype(np.float32)[electrons.event]
    counts = np.empty((electrons.n_events, n_samples), np.float32)
    last = np.searchsorted(electrons.event, np.arange(electrons.n_events + 1))
    for low in range(0, electrons.n_events, _BATCH):
        high = min(low + _BATCH, electrons.n_events)
        part = slice(last[low], last[high])
        row = (electrons.event[part] - low) * (n_samples + 2)
        counts[low:high] = _record(time[part], row, None, (high - low, n_samples), width)
    return counts


def sample_times(*, sample_width=10, window=(-20.0, 20.0)):
    """Return the times [µs from the origin] of the samples' centres, shape (n_samples,).

    Parameters
    ----------
    sample_width, window : see the module's head
    """
    start, width, n_samples = _window(sample_width, window)
    return start + width * (np.arange(n_samples) + 0.5)


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


def _shaped(waveforms, width):
    """Return waveforms of photoelectrons that have the shape of a pulse."""
    return convolve1d(waveforms, _photoelectron_kernel(width), axis=1, mode="constant")


def _vertices(n_electrons, drift_time, column):
    """Return both as arrays (n, k)."""
    n_electrons = check.array("n_electrons", n_electrons, at_least=0, integer=True, empty=True)
    drift_time = column.checked(drift_time)
    if n_electrons.shape != drift_time.shape:
        raise ValueError(
            "n_electrons and drift_time must have the same shape, "
            f"got {n_electrons.shape} and {drift_time.shape}"
        )
    if n_electrons.ndim not in (1, 2) or n_electrons.ndim == 2 and n_electrons.shape[1] == 0:
        raise ValueError(f"n_electrons must have shape (n,) or (n, k), got {n_electrons.shape}")
    return tuple(values.reshape(len(values), -1) if values.size else values.reshape(len(values), 1)
                 for values in (n_electrons, drift_time))  # fmt: skip


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


def _origin(electrons, origin):
    """Return the waveforms' origins: event by event the electrons are found, so they must come in that order."""
    origin = check.array("origin", origin, ndim=1, empty=True)
    check_electrons(electrons, origin=origin)
    if np.any(np.diff(electrons.event) < 0):
        raise ValueError("electrons must come event after event (sorted by `event`)")
    return origin


class Column:
    """The column of liquid and gas on a detector's axis: what electrons and photons meet on their way.

    Get it with `of`, which reads each detector once. `z` [mm], downwards from the surface to the cathode, and there
    `time` [µs to the surface], `field` [V/cm], `velocity` [mm/µs], `diffusion` (D_L) [cm²/s] and `wait` [µs], the mean
    of the exponential wait at the surface; `gate` [mm], the height of the gate's wires; `gap_time` [µs], for which an
    electron makes light; `light`, its mean photons, the chance that one is seen, the Fano factor; `delay_mean` [ns]
    and `delay_variance` [ns²] of a photon's way from the gas into a waveform, without the photoelectron's shape.
    """

    def __init__(self, name):
        """Read it from the shipped tables; `of` does so once for each detector."""
        d, tables = nest.shipped(name)
        self.parameters = p = nest.parameters(name)
        self.gate = d["gate"]
        self.z = np.linspace(p.surface, p.cathode, nest.COLUMN_HEIGHTS)  # downwards, as drift times increase
        self.field, self.velocity = tables["column_field"], tables["column_velocity"]
        self.time = (p.surface - self.z) / self.velocity
        self.diffusion = 66.35 * self.field**-0.24855 + 36.85 * np.exp(-self.field / 35.661)  # cm²/s
        self.wait = 0.28326 + 5303 / self.field**2  # µs: NEST's tauTrap

        # the gas: crossing, diffusion (Nygren's formula in NEST's GetS2), light
        field, velocity = d["gas_field"], d["gas_velocity"]
        self.gap_time = d["gas_gap"] / velocity
        diffusion = 4.265 + 19097 / field - 1.7397e6 / field**2 + 1.2477e8 / field**3
        self.gas_spread2 = 2e-4 * diffusion * self.gap_time / velocity**2  # 1 cm²/s is 1e-4 mm²/µs
        self.light = d["gas_light"], d["g1_gas"], d["s2_fano"]

        self._areas = _area_table(d["phe_resolution"], p.double_photoelectron)
        self._decays = _decay_table(*_DECAY["gas"])
        self._ways = tables["transport"]
        self._way_heights = np.linspace(p.cathode, p.surface, len(self._ways) - 1)
        delay = self._decays, self._ways[-1]
        self.delay_mean = float(sum(part.mean() for part in delay))  # ns
        self.delay_variance = float(sum(part.var() for part in delay))  # ns²

    @staticmethod
    @functools.cache
    def _read(name):
        return Column(name)

    @classmethod
    def of(cls, detector):
        """Return the column of a detector: one of `helpers.nest.DETECTORS`."""
        return cls._read(check.choice("detector", detector, nest.DETECTORS))

    def checked(self, drift_time, ndim=None):
        """Return drift times [µs] as an array, or say which of them lies outside the detector."""
        return check.array("drift_time", drift_time, ndim=ndim, at_least=0, at_most=self.time[-1], empty=True)

    def drift_time(self, z):
        """Return the drift times [µs] from heights [mm]."""
        return np.interp(-np.asarray(z), -self.z, self.time)

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
            delay += self._ways[-1][rng.integers(0, self._ways.shape[1], n, np.uint16)] * np.float32(1e-3)
        return delay

    def transport(self, z, rng):
        """Draw how long photons from these heights are under way [ns]."""
        step = (self._way_heights[-1] - self._way_heights[0]) / (len(self._way_heights) - 1)
        row = np.rint((z - self._way_heights[0]) / step).astype(np.int64)
        return self._ways[row, rng.integers(0, self._ways.shape[1], len(z))]

    def exciton_share(self, recoil_type, energy):
        """Return the share of the photons that come from excitons, by NEST's mean yields at mid-height."""
        nodes, share = _exciton_table(self.parameters.name, recoil_type)
        return np.interp(np.log(energy), nodes, share)


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
    photons, electrons, ratio = nest.shipped(name)[1]["mean_field_excitons"][nest.RECOILS.index(recoil_type)]
    ratio = np.maximum(ratio, 0)
    excitons = (photons + electrons) * ratio / (1 + ratio)
    share = np.where(photons > 0, np.minimum(excitons / np.maximum(photons, 1e-9), 1), 1)
    return np.log(nest.EXCITON_ENERGIES), share
