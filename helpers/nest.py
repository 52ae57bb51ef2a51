"""What NEST knows of a detector: response, yields, noise, tables of quanta.

NEST (the Noble Element Simulation Technique, Szydagis et al., arXiv:2211.10726) models how a recoil in liquid
xenon frees photons and electrons and how a detector sees them; nestpy is its Python package. Nothing here is
random, and nestpy is not needed: it was asked once a detector (tools/build_nest.py), and its answers are shipped
in data/nest as numbers (`parameters`) and as tables (`response_of`) from which `detector` and `pulses` draw many
events at once.

In all functions `detector` is the name of one of `DETECTORS`; what cannot be is a ValueError that names the
argument.
"""

import copy
import dataclasses
import functools
import json
import math
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.interpolate import CubicSpline, RectBivariateSpline
from scipy.special import erf, ndtr
from scipy.stats import norm

from helpers import check, data

DETECTORS = ("LUX_Run03", "LZ_WS2022")
RECOILS = ("NR", "ER")
HIGHEST_ENERGY = 300.0  # keV: NEST has no nuclear-recoil data beyond

# The nodes of the shipped tables; their cards say which table stands on which.
ENERGIES = np.geomspace(0.01, HIGHEST_ENERGY, 2048)  # keV, 0.5 % apart
COARSE_ENERGIES = np.geomspace(0.01, HIGHEST_ENERGY, 256)
EXCITON_ENERGIES = np.geomspace(0.01, HIGHEST_ENERGY, 128)
FIELDS = np.geomspace(10, 10_000, 46)  # V/cm
VELOCITY_FIELDS = np.geomspace(10, 10_000, 512)
MAP_SHAPE = (32, 256)  # cells of the S1 map in r² and z
RADII = 1024  # cells of the S2 map in r²
COLUMN_HEIGHTS = 1025  # of `pulses.Column`

_LOG_STEP = math.log(ENERGIES[1] / ENERGIES[0])


@dataclasses.dataclass(frozen=True)
class Parameters:
    """The numbers that describe a detector, as NEST has them.

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
    """Return a detector's `Parameters`.

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
        Another drift field [V/cm] than the detector's at mid-height, 10 to 10 000.

    Returns
    -------
    pandas.DataFrame
        Columns `recoil_energy` [keV], `n_photons`, `n_electrons`.

    Notes
    -----
    NEST's NR and β models (arXiv:2211.10726), by splines through a table of `nestpy.NESTcalc.GetYields`:
    to 1e-5 above 1 keV, and half a quantum below, where a clipped yield has a corner.
    """
    energy = check.array(
        "recoil_energy", recoil_energy, ndim=1, at_least=0, at_most=HIGHEST_ENERGY, empty=True
    )
    check.choice("recoil_type", recoil_type, RECOILS)
    known_detector(detector)
    field = parameters(detector).drift_field if field is None else _known_field(field)
    photons, electrons, _ = yields_in_field(detector, recoil_type, np.maximum(energy, ENERGIES[0]), field)
    return pd.DataFrame({"recoil_energy": energy, "n_photons": photons, "n_electrons": electrons})


def known_detector(detector):
    """Return the name of a detector if it is one of `DETECTORS`."""
    return check.choice("detector", detector, DETECTORS)


def _known_field(field):
    return check.number("field", field, at_least=FIELDS[0], at_most=FIELDS[-1])


@functools.cache
def shipped(detector):
    """Return what data/nest holds of a detector: a dict of numbers and a dict of arrays, as its card names them."""
    numbers = json.loads(data.shipped("nest/detectors.json").read_text(encoding="utf-8"))
    with np.load(data.shipped(f"nest/{detector}.npz")) as file:
        return numbers["detectors"][detector] | {"widths": numbers["widths"]}, dict(file)


def yields_in_field(detector, recoil_type, energy, field):
    """Return what `yields` does, with the excitons an ion, as an array (3, n): the engine, unchecked.

    `energy` (n,) [keV] of a `recoil_type`, in one `field` [V/cm].
    """
    splines = _yield_splines(detector, recoil_type)
    at = math.log(field), np.log(energy)
    found = np.array([spline(*at)[0] for spline in splines])
    return np.where(found > 1e-6, found, 0)  # a spline's zero is not quite one


@functools.cache
def _yield_splines(detector, recoil_type):
    tables = shipped(detector)[1][f"{recoil_type}_in_field"].astype(float)
    return [RectBivariateSpline(np.log(FIELDS), np.log(COARSE_ENERGIES), table) for table in tables]


def response_of(detector, field=None):
    """Return a detector's `Response`, in its own drift field or in a uniform one [V/cm], 10 to 10 000."""
    return _response(known_detector(detector), None if field is None else _known_field(field))


@functools.cache
def _response(name, field):
    return Response(name) if field is None else _response(name, None).in_field(field)


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


class _Hit:
    """The area [phd] of one photon's pulse, above the threshold of a single photomultiplier.

    A photon frees one photoelectron, or two with chance P_dphe; each has a Gaussian area cut off at zero, of
    mean 1 after the cut, plus baseline noise (NEST's GetS1). Its cumulants give those of their sum.
    """

    def __init__(self, numbers):
        step = 0.002
        area = np.arange(0.5 * step, 6, step)
        resolution, double = numbers["phe_resolution"], numbers["double_photoelectron"]
        baseline = numbers["baseline_noise"]
        one = norm.pdf(area, 1 / truncated_mean(resolution), resolution)
        offset = area[0] + baseline[0]
        if baseline[1] > 0:
            noise = np.arange(-5 * baseline[1], 5 * baseline[1] + step, step)
            one = np.convolve(one, norm.pdf(noise, 0, baseline[1]))
            offset += noise[0]
        one /= one.sum()
        two = np.convolve(one, one)
        area = np.concatenate((offset + step * np.arange(len(one)), 2 * offset + step * np.arange(len(two))))
        weight = np.concatenate(((1 - double) * one, double * two))
        above = area > numbers["phe_threshold"]
        self.seen = weight[above].sum()
        weight, area = weight[above] / self.seen, area[above] / (1 + double)
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
    """All tables of one detector; `response_of` keeps one each.

    Attributes
    ----------
    parameters : Parameters
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
        d, tables = shipped(name)
        names = [field.name for field in dataclasses.fields(Parameters)]
        known = d | {"name": name, "fiducial_drift_time": tuple(d["fiducial_drift_time"])}
        self.parameters = Parameters(**{key: known[key] for key in names})
        self._tabulate_drift(tables)
        self.quanta = {
            kind: _quanta_table(d, kind, tables[f"{kind}_yields"], ENERGIES, tables["drift_fields"])
            for kind in RECOILS
        }
        self.s1_map, self.s2_map = tables["s1_map"], tables["s2_map"].astype(np.float32)
        self._tabulate_electron(d, tables["s2_map"])
        self.s1_noise, self.s2_noise = d["s1_noise"], d["s2_noise"]
        self.hit = _Hit(d)
        self.coincidence = coincidence(name) * _in_time(d)

    def along_z(self, z):
        """Return for each height [mm] its cell, drift time [µs] and row in the table of fields."""
        place = (z - np.float32(self.parameters.cathode)) * np.float32(
            MAP_SHAPE[1] / (self.parameters.surface - self.parameters.cathode)
        )
        cell = np.clip(place.astype(np.int32), 0, MAP_SHAPE[1] - 1)
        low = self.slowness[cell]
        slowness = low + (place - cell) * (self.slowness[cell + 1] - low)
        return cell, (np.float32(self.parameters.surface) - z) * slowness, self.field_row[cell]

    def place(self, r2, z):
        """Return the `Place` of events at r² [mm²] and z [mm], float32 arrays (n,)."""
        z_cell, drift_time, field_row = self.along_z(z)
        r_cell = np.minimum((r2 * self.r2_scale).astype(np.int32), RADII - 1)
        s1 = self.s1_map.ravel()[(r_cell * MAP_SHAPE[0] // RADII) * MAP_SHAPE[1] + z_cell]
        survival = np.exp(drift_time * np.float32(-1 / self.parameters.electron_lifetime))
        return Place(drift_time, field_row, s1, survival, r_cell)

    def in_field(self, field):
        """Return the tables of the same detector in a uniform drift field [V/cm]."""
        other, p = copy.copy(self), self.parameters
        d, tables = shipped(p.name)
        velocity = float(CubicSpline(np.log(VELOCITY_FIELDS), tables["velocity_in_field"])(math.log(field)))
        other.slowness = np.full_like(self.slowness, 1 / velocity)
        other.field_row = np.zeros_like(self.field_row)
        other.quanta = {
            kind: _quanta_table(
                d, kind, yields_in_field(p.name, kind, ENERGIES, field)[:, None], ENERGIES, [field]
            )
            for kind in RECOILS
        }
        times = tuple(float((p.surface - z) / velocity) for z in reversed(self.fiducial_z))
        other.parameters = dataclasses.replace(
            p, drift_field=field, drift_velocity=velocity, fiducial_drift_time=times
        )
        return other

    def _tabulate_drift(self, tables):
        """Tabulate the electrons' slowness and the nearest table of quanta in the cells of z."""
        p = self.parameters
        self.r2_scale = np.float32(RADII / p.radius**2)
        edges = np.linspace(p.cathode, p.surface, MAP_SHAPE[1] + 1)
        self.slowness = (1 / tables["edge_velocity"]).astype(np.float32)
        distance = np.abs(tables["cell_field"][:, None] - tables["drift_fields"])
        self.field_row = distance.argmin(1).astype(np.int32)
        times = (p.surface - edges) / tables["edge_velocity"]
        self.fiducial_z = tuple(np.interp(p.fiducial_drift_time[::-1], times[::-1], edges[::-1]))

    def _tabulate_electron(self, d, s2_map):
        """Tabulate one electron's S2: gas photons, hits, double photoelectrons, areas (NEST's GetS2)."""
        light, double, resolution = d["gas_light"], d["double_photoelectron"], d["phe_resolution"]
        chance = d["g1_gas"] * s2_map
        hits = light * chance
        variance = d["s2_fano"] * light * chance**2 + hits * (1 - chance)
        variance = (1 + double) ** 2 * variance + double * (1 - double) * hits
        scale = truncated_mean(resolution)
        variance = variance / scale**2 + resolution**2 * (1 + double) * hits / scale
        self.s2_mean = (hits / scale).astype(np.float32)
        self.s2_spread = (np.sqrt(variance) / (1 + double)).astype(np.float32)


def quanta_row(energy, field_row):
    """Return the rows of the tables of quanta nearest to each `energy` [keV], float32, in its `field_row`."""
    with np.errstate(divide="ignore"):  # log(0) is -inf, and -inf lands in the lowest row
        row = (np.log(energy) - np.float32(math.log(ENERGIES[0]))) / np.float32(_LOG_STEP)
    return np.clip(np.rint(row), 0, len(ENERGIES) - 1).astype(np.int32) + field_row * len(ENERGIES)


def _quanta_table(d, recoil_type, means, energies, fields):
    """Tabulate what `detector` draws quanta with, on energies × fields, flat and float32.

    The yields are nestpy's, `means` (3, fields, energies), and so are the width parameters. The formulas that they
    enter are NEST's (arXiv:2211.10726): nestpy offers no function for Fano factor, ω and skewness, so they stand
    here, and a test holds their moments against nestpy's own draws.
    """
    fields = np.asarray(fields)
    photons, electrons, ratio = means
    quanta = photons + electrons
    some = quanta > 0
    electron_share = np.where(some, electrons / np.where(some, quanta, 1), 1)
    ratio = np.maximum(ratio, 0)
    ions = quanta / (1 + ratio)
    escape = np.minimum((1 + ratio) * electron_share, 1)
    width = d["widths"]
    if width[2] < 0 or width[8] >= 1:
        raise RuntimeError(
            f"NEST's width parameters ask for a form of NEST's model not written here: {width}"
        )
    table = {}
    if recoil_type == "ER":
        fano = _fano(quanta, fields[:, None], d["density"], width)
        excitons = quanta - ions
        omega = _omega_er(electron_share, fields[:, None], width)
        shape = _skewness_er(1e-3 * d["work"] * quanta, fields[:, None])
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
    with np.errstate(over="ignore"):  # in fields beyond 5 kV/cm: infinity gives the right limit
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


def coincidence(detector):
    """Return the chance that 0, 1, … 11 spikes lie in as many photomultipliers as a detector asks for.

    It is a sum over sets of photomultipliers (NEST's GetS1), and certain above 10 spikes.
    """
    d = shipped(detector)[0]
    count, level, n_pmts = np.arange(12), d["coincidence"], d["n_pmts"]
    if level <= 2:
        chance = 1 - (level == 2) * float(n_pmts) ** (1.0 - count)
    else:
        sets = np.array([0] + [math.comb(n_pmts, k) for k in count[1:]], dtype=float)
        chance = np.cumsum(np.where(count >= level, sets, 0)) / np.maximum(np.cumsum(sets), 1)
    chance[11] = 1
    return np.where(count >= level, chance, 0).astype(np.float32)


def _in_time(d):
    """Return the chance that 0, 1, 2, … spikes all lie in the coincidence window.

    NEST's GetS1 asks only where no more photons were seen than are required, and cuts off the tail of a
    20 ns decay.
    """
    count = np.arange(12)
    chance = (1 - math.exp(-d["coincidence_window"] / 20)) ** count
    return np.where(count <= d["coincidence"], chance, 1).astype(np.float32)
