"""What NEST knows of a detector: sources, response, yields, noise, tables of quanta.

NEST (the Noble Element Simulation Technique, Szydagis et al., arXiv:2211.10726) models how a recoil in liquid
xenon frees photons and electrons and how a detector sees them; nestpy is its Python package. Nothing here is
random: nestpy is asked once a detector, and its answers are kept as numbers (`parameters`) and as tables
(`response_of`) from which `detector` and `pulses` draw many events at once.

In all functions `detector` is the name of one of `DETECTORS`; what cannot be is a ValueError that names the
argument.
"""

import contextlib
import copy
import dataclasses
import functools
import math
import os
import sys
from typing import NamedTuple

import nestpy
import numpy as np
import pandas as pd
from scipy.special import erf, ndtr
from scipy.stats import norm

from helpers import check

DETECTORS = {"LUX_Run03": nestpy.detectors.LUX_Run03, "LZ_WS2022": nestpy.detectors.LZ_WS2022}
RECOILS = {"NR": nestpy.interactions.NR, "ER": nestpy.interactions.beta}
HIGHEST_ENERGY = 300.0  # keV: NEST has no nuclear-recoil data beyond

_ENERGIES = np.geomspace(0.01, HIGHEST_ENERGY, 2048)  # keV: nodes of the tables of quanta, 0.5 % apart
_LOG_STEP = math.log(_ENERGIES[1] / _ENERGIES[0])
_MAP_SHAPE = (32, 256)  # cells of the S1 map in r² and z
_RADII = 1024  # cells of the S2 map in r²


@dataclasses.dataclass(frozen=True)
class Parameters:
    """The numbers that describe a detector, as nestpy ships them.

    g1 [phd per photon, at the detector's centre], g2 [phd per electron that reaches the liquid's surface],
    single_electron [phd per electron pulled out of it], extraction_efficiency, electron_lifetime [µs],
    drift_field [V/cm] and drift_velocity [mm/µs] (both at mid-height), work_function [keV per quantum],
    radius and fiducial_radius [mm], cathode and surface [mm: the heights z between which electrons drift],
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
    field : float, optional
        Another drift field [V/cm], 10 to 10 000, as for `detector.simulate`.
    """
    return response_of(detector, field).parameters


def yields(recoil_energy, recoil_type, *, detector="LZ_WS2022", field=None):
    """Return the mean numbers of photons and electrons that recoils free.

    Parameters
    ----------
    recoil_energy : array_like, shape (n,)
        Recoil energies [keV], 0 to 300.
    recoil_type : str
        "NR" (nuclear) or "ER" (electron).
    detector : str
        It sets the xenon's density and the drift field.
    field : float, optional
        Another drift field [V/cm] than the detector's at mid-height.

    Returns
    -------
    pandas.DataFrame
        Columns `recoil_energy` [keV], `n_photons`, `n_electrons`.

    Notes
    -----
    Asked of `nestpy.NESTcalc.GetYields` energy by energy: NEST's NR and β models (arXiv:2211.10726).
    """
    energy = check.array(
        "recoil_energy", recoil_energy, ndim=1, at_least=0, at_most=HIGHEST_ENERGY, empty=True
    )
    check.choice("recoil_type", recoil_type, RECOILS)
    response = response_of(detector)
    field = check.number("field", response.parameters.drift_field if field is None else field, above=0)
    table = mean_yields(response.source, recoil_type, np.maximum(energy, _ENERGIES[0]), [field])
    return pd.DataFrame(
        {"recoil_energy": energy, "n_photons": table["photons"][0], "n_electrons": table["electrons"][0]}
    )


def known_detector(detector):
    """Return the name of a detector if it is one of `DETECTORS`."""
    return check.choice("detector", detector, DETECTORS)


def response_of(detector, field=None):
    """Return a detector's `Response`, in its own drift field or in a uniform one [V/cm], 10 to 10 000."""
    if field is not None:
        field = check.number("field", field, at_least=10, at_most=10_000)
    return _response(known_detector(detector), field)


@functools.cache
def _response(name, field):
    if field is not None:
        return _response(name, None).in_field(field)
    with quiet():
        return Response(name)


def cornish_fisher(z, width, skew, kurtosis):
    """Return width × a standard variable, from a normal `z`, with skewness `skew`/width and excess kurtosis `kurtosis`/width².

    Cornish & Fisher, Revue de l'Institut International de Statistique 5 (1938) 307, to third order.
    """
    z2 = z * z
    third = ((z2 - 3) * (kurtosis / 24) - (2 * z2 - 5) * (skew * skew / 36)) / width
    return z * (width + third) + (z2 - 1) * (skew / 6)


def truncated_mean(width):
    """Return the mean of a Gaussian of mean 1 and this width, cut off at zero."""
    return 1 + width * norm.pdf(1 / width) / ndtr(1 / width)


@contextlib.contextmanager
def quiet():
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


class Source:
    """One of nestpy's detectors, and the questions that we ask it.

    Parameters
    ----------
    name : str
        A key of `DETECTORS`.
    **changes : tuple
        What to set otherwise, as the arguments of nestpy's setters: `noiseLinear=(0.0, 0.1)`.

    Attributes
    ----------
    detector, calculator
        nestpy's detector and its `NESTcalc`.
    density : float
        Of the liquid [g/cm³].
    work : float
        Energy a quantum [eV].
    """

    def __init__(self, name, **changes):  # noqa: D107
        self.detector = DETECTORS[name]()
        for quantity, values in changes.items():
            getattr(self.detector, f"set_{quantity}")(*values)
        self.calculator = nestpy.NESTcalc(self.detector)
        self.density = self.calculator.SetDensity(self.detector.T_Kelvin, self.detector.p_bar)
        self.work = nestpy.NESTcalc.WorkFunction(self.density, self.detector.molarMass).Wq_eV

    def events(self, interaction, energy, position, seed):
        """Run nestpy's own simulation, event by event, of energies (n,) [keV] at positions (n, 3) [mm]."""
        return nestpy.array.runNESTvec(self.detector, interaction, energy, position, seed=seed)

    def probe(self, r, z):
        """Run nestpy's own simulation of one 30 keV nuclear recoil at each r, z [mm], with one seed."""
        r, z = np.broadcast_arrays(r, z)
        position = np.column_stack((r, np.zeros(r.shape), z))
        return self.events(nestpy.interactions.NR, np.full(len(r), 30.0), position, seed=1)

    def field(self, z):
        """Return the drift field [V/cm] on the axis at each height z [mm]."""
        return np.array([self.detector.get_field(0.0, 0.0, height) for height in z])

    def velocity(self, field):
        """Return the electrons' drift velocity [mm/µs] in each field [V/cm]."""
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
        one = norm.pdf(area, 1 / truncated_mean(resolution), resolution)
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
            count * self.mean + self.width * cornish_fisher(z, root, self.skew, self.kurtosis), 0
        )


class Place(NamedTuple):
    """What places do to signals, arrays (n,): all that `detector` looks up for a block of events."""

    drift_time: np.ndarray  # µs
    field_row: np.ndarray  # row of the tables of quanta
    s1: np.ndarray  # raw over corrected S1
    survival: np.ndarray  # chance of an electron to reach the surface
    r_cell: np.ndarray  # cell in r² of all that an S2 depends on


class Response:
    """All tables of one detector, read from nestpy; `response_of` keeps one each.

    Attributes
    ----------
    parameters : Parameters
    source : Source
    quanta : dict
        For each of `RECOILS` the tables of its quanta, rows as `quanta_row` finds them.
    hit
        The area of one photon's pulse, and with `hit.seen` the chance that it stands above the noise.
    s2_map, s2_mean, s2_spread : numpy.ndarray, shape (cells in r²,)
        Raw over corrected S2 but for the electrons' lifetime; mean and spread of one electron's S2 [phd].
    s1_noise, s2_noise : float
        Relative noise of an S1 and an S2.
    coincidence : numpy.ndarray, shape (12,)
        The chance that 0, 1, 2, … spikes count as an S1; the last holds for all beyond.
    """

    def __init__(self, name):  # noqa: D107
        self.source = source = Source(name)
        d = source.detector
        self.parameters = _parameters(name, source)
        centres = self._tabulate_drift()
        s2_map = self._probe_maps(centres)
        self._tabulate_electron(s2_map)
        self.s1_noise, self.s2_noise = d.get_noiseLinear(), _s2_noise(name)
        self.hit = _Hit(d, (d.get_noiseBaseline(), _baseline_noise(name)))
        self.coincidence = coincidence(d) * _in_time(d)

    def along_z(self, z):
        """Return for each height [mm] its cell, drift time [µs] and row in the table of fields."""
        place = (z - np.float32(self.parameters.cathode)) * np.float32(
            _MAP_SHAPE[1] / (self.parameters.surface - self.parameters.cathode)
        )
        cell = np.clip(place.astype(np.int32), 0, _MAP_SHAPE[1] - 1)
        low = self.slowness[cell]
        slowness = low + (place - cell) * (self.slowness[cell + 1] - low)
        return cell, (np.float32(self.parameters.surface) - z) * slowness, self.field_row[cell]

    def place(self, r2, z):
        """Return the `Place` of events at r² [mm²] and z [mm], float32 arrays (n,)."""
        z_cell, drift_time, field_row = self.along_z(z)
        r_cell = np.minimum((r2 * self.r2_scale).astype(np.int32), _RADII - 1)
        s1 = self.s1_map.ravel()[(r_cell * _MAP_SHAPE[0] // _RADII) * _MAP_SHAPE[1] + z_cell]
        survival = np.exp(drift_time * np.float32(-1 / self.parameters.electron_lifetime))
        return Place(drift_time, field_row, s1, survival, r_cell)

    def in_field(self, field):
        """Return the tables of the same detector in a uniform drift field [V/cm]."""
        other, p = copy.copy(self), self.parameters
        velocity = float(self.source.velocity([field])[0])
        other.slowness = np.full_like(self.slowness, 1 / velocity)
        other.field_row = np.zeros_like(self.field_row)
        other.quanta = {recoil: _quanta_table(self.source, recoil, [field]) for recoil in RECOILS}
        times = tuple(float((p.surface - z) / velocity) for z in reversed(self.fiducial_z))
        other.parameters = dataclasses.replace(
            p, drift_field=field, drift_velocity=velocity, fiducial_drift_time=times
        )
        return other

    def _tabulate_drift(self):
        """Tabulate velocity and nearest table of quanta in the cells of z; return the cells' centres."""
        source, p = self.source, self.parameters
        edges = np.linspace(p.cathode, p.surface, _MAP_SHAPE[1] + 1)
        centres = (edges[1:] + edges[:-1]) / 2
        fields = source.field(centres)
        nodes = np.linspace(fields.min(), fields.max(), 16) if np.ptp(fields) > 0 else fields[:1]
        velocity = source.velocity(source.field(edges))
        self.slowness = (1 / velocity).astype(np.float32)
        self.field_row = np.abs(fields[:, None] - nodes).argmin(1).astype(np.int32)
        times = (p.surface - edges) / velocity
        self.fiducial_z = tuple(np.interp(p.fiducial_drift_time[::-1], times[::-1], edges[::-1]))
        self.quanta = {recoil: _quanta_table(source, recoil, nodes) for recoil in RECOILS}
        return centres

    def _probe_maps(self, centres):
        """Read the maps of S1 and S2: nestpy keeps them, but raw over corrected signal is their value."""
        p, (n_r, n_z) = self.parameters, _MAP_SHAPE
        self.r2_scale = np.float32(_RADII / p.radius**2)
        r = np.sqrt((np.arange(n_r) + 0.5) / n_r) * p.radius
        seen = self.source.probe(np.repeat(r, n_z), np.tile(centres, n_r))
        s1_map = np.asarray(seen["s1r_phd"]) / np.asarray(seen["s1c_phd"])
        self.s1_map = s1_map.reshape(_MAP_SHAPE).astype(np.float32)
        middle = (p.cathode + p.surface) / 2
        r = np.sqrt((np.arange(_RADII) + 0.5) / _RADII) * p.radius
        seen = self.source.probe(r, middle)
        survival = math.exp(-(p.surface - middle) / p.drift_velocity / p.electron_lifetime)
        s2_map = np.asarray(seen["s2r_phd"]) / np.asarray(seen["s2c_phd"]) / survival
        self.s2_map = s2_map.astype(np.float32)
        if not (np.isfinite(s1_map).all() and np.isfinite(s2_map).all()):
            raise RuntimeError(f"{p.name}: a probe of nestpy's position maps gave no signal")
        return s2_map

    def _tabulate_electron(self, s2_map):
        """Tabulate one electron's S2: gas photons, hits, double photoelectrons, areas (NEST's GetS2)."""
        d = self.source.detector
        light, double = d.extraction_parameters["elYield"], d.P_dphe
        chance = d.g1_gas * s2_map
        hits = light * chance
        variance = d.s2Fano * light * chance**2 + hits * (1 - chance)
        variance = (1 + double) ** 2 * variance + double * (1 - double) * hits
        scale = truncated_mean(d.sPEres)
        variance = variance / scale**2 + d.sPEres**2 * (1 + double) * hits / scale
        self.s2_mean = (hits / scale).astype(np.float32)
        self.s2_spread = (np.sqrt(variance) / (1 + double)).astype(np.float32)


def _parameters(name, source):
    d = source.detector
    charge = d.extraction_parameters
    field = source.field([(d.cathode + d.TopDrift) / 2])[0]
    return Parameters(
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
        s2_threshold=d.s2_thr / (1 + d.P_dphe),
        double_photoelectron=d.P_dphe,
    )


def quanta_row(energy, field_row):
    """Return the rows of the tables of quanta nearest to each `energy` [keV], float32, in its `field_row`."""
    with np.errstate(divide="ignore"):  # log(0) is -inf, and -inf lands in the lowest row
        row = (np.log(energy) - np.float32(math.log(_ENERGIES[0]))) / np.float32(_LOG_STEP)
    return np.clip(np.rint(row), 0, len(_ENERGIES) - 1).astype(np.int32) + field_row * len(_ENERGIES)


def mean_yields(source, recoil_type, energies, fields):
    """Return the mean yields that a `source` gives for a `recoil_type`, on a grid of energies [keV] and fields [V/cm].

    A dict of arrays (fields, energies): `photons`, `electrons`, and `exciton_ratio`, excitons per ion.
    """
    with quiet():
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
    """Tabulate what `detector` draws quanta with, on energies × fields, flat and float32.

    The yields are nestpy's, and so are the width parameters (`default_nr_er_width_parameters`). The formulas
    that they enter are NEST's (arXiv:2211.10726): nestpy offers no function for Fano factor, ω and skewness,
    so they stand here, and a test holds their moments against nestpy's own draws.
    """
    energies, fields = _ENERGIES, np.asarray(fields)
    means = mean_yields(source, recoil_type, energies, fields)
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
        fano = _fano(quanta, fields[:, None], source.density, width)
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
    if recoil_type == "ER":
        grids["fano"] = fano
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
    none, tenth = (Source(name, noiseLinear=(0.0, s)).probe([0.0], 300.0)["s2r_phd"][0] for s in (0.0, 0.1))
    shipped = Source(name).probe([0.0], 300.0)["s2r_phd"][0]
    return 0.1 * (shipped - none) / (tenth - none)


def _baseline_noise(name):
    """Return the width of the noise on each photoelectron's area [phe], read like `_s2_noise`."""
    all_seen = {"sPEthr": (-100.0,)}
    none, whole = (
        Source(name, noiseBaseline=(0.0, s, 0.0, 0.0), **all_seen).probe([0.0], 300.0)["s1r_phe"][0]
        for s in (0.0, 1.0)
    )
    source = Source(name, **all_seen)
    shipped = source.probe([0.0], 300.0)
    offset = source.detector.get_noiseBaseline() * shipped["s1_nhits_dpe"][0]
    return (shipped["s1r_phe"][0] - none - offset) / (whole - none)


def coincidence(d):
    """Return the chance that 0, 1, … 11 spikes lie in enough photomultipliers of nestpy's detector `d`.

    It is a sum over sets of photomultipliers (NEST's GetS1), and certain above 10 spikes.
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
