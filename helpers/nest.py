"""What NEST knows of a detector: sources, response, yields, noise, tables of quanta."""

import contextlib
import copy
import dataclasses
import functools
import math
import os
import sys

import nestpy
import numpy as np
import pandas as pd
from scipy.special import erf, ndtr
from scipy.stats import norm

from helpers import check

DETECTORS = {"LUX_Run03": nestpy.detectors.LUX_Run03, "LZ_WS2022": nestpy.detectors.LZ_WS2022}

RECOILS = {"NR": nestpy.interactions.NR, "ER": nestpy.interactions.beta}

HIGHEST_ENERGY = 300.0  # keV: NEST has no nuclear-recoil data beyond

ENERGIES = np.geomspace(0.01, HIGHEST_ENERGY, 2048)  # keV: table nodes 0.5 % apart, looked up by the nearest

LOG_STEP = math.log(ENERGIES[1] / ENERGIES[0])

MAP_SHAPE = (32, 256)  # cells of the S1 map in r² and z

RADII = 1024  # cells of the S2 map in r²


@dataclasses.dataclass(frozen=True)
class Parameters:
    """The numbers that describe a detector, as nestpy ships them.

    g1 [phd per photon, at the detector's centre], g2 [phd per electron that reaches the liquid's surface],
    single_electron [phd per electron pulled out of it], extraction_efficiency, electron_lifetime [µs],
    drift_field [V/cm] and drift_velocity [mm/µs] (both at mid-height), work_function [keV per quantum], radius
    and fiducial_radius [mm], cathode and surface [mm: the heights z between which electrons drift],
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
        One of `DETECTORS`.
    field : float, optional
        As for `simulate`.

    Raises
    ------
    ValueError
        Naming the bad argument.
    """
    return tables_of(detector, field).parameters


def yields(recoil_energy, recoil_type, *, detector="LZ_WS2022", field=None):
    """Return the mean numbers of photons and electrons that recoils free.

    Parameters
    ----------
    recoil_energy : array_like, shape (n,)
        Recoil energies [keV], 0 to 300.
    recoil_type : str
        "NR" (nuclear) or "ER" (electron).
    detector : str
        One of `DETECTORS`: it sets the xenon's density and the drift field.
    field : float, optional
        Another drift field [V/cm] than the detector's at mid-height.

    Returns
    -------
    pandas.DataFrame
        Columns `recoil_energy` [keV], `n_photons`, `n_electrons`.

    Raises
    ------
    ValueError
        Naming the bad argument.

    Notes
    -----
    Asked of `nestpy.NESTcalc.GetYields` energy by energy: NEST's NR and β models (arXiv:2211.10726).
    """
    energy = check.array(
        "recoil_energy", recoil_energy, ndim=1, at_least=0, at_most=HIGHEST_ENERGY, empty=True
    )
    check.choice("recoil_type", recoil_type, RECOILS)
    response = response_of(known_detector(detector))
    if field is None:
        field = response.parameters.drift_field
    field = check.number("field", field, above=0)
    table = mean_yields(response.source, recoil_type, np.maximum(energy, ENERGIES[0]), [field])
    return pd.DataFrame(
        {"recoil_energy": energy, "n_photons": table["photons"][0], "n_electrons": table["electrons"][0]}
    )


def cornish_fisher(z, width, skew, kurtosis):
    """Return width × a standard variable with skewness `skew`/width and excess kurtosis `kurtosis`/width².

    Cornish & Fisher, Revue de l'Institut International de Statistique 5 (1938) 307, to third order.
    """
    z2 = z * z
    third = ((z2 - 3) * (kurtosis / 24) - (2 * z2 - 5) * (skew * skew / 36)) / width
    return z * (width + third) + (z2 - 1) * (skew / 6)


def known_detector(detector):
    return check.choice("detector", detector, DETECTORS)


def tables_of(detector, field):
    """Return a detector's tables, in its own drift field or in another."""
    if field is None:
        return response_of(known_detector(detector))
    return response_in_field(
        known_detector(detector), check.number("field", field, at_least=10, at_most=10_000)
    )


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
    """One of nestpy's detectors, and the questions that we ask it."""

    def __init__(self, name, **changes):
        self.detector = DETECTORS[name]()
        for quantity, values in changes.items():
            getattr(self.detector, f"set_{quantity}")(*values)
        self.calculator = nestpy.NESTcalc(self.detector)
        self.density = self.calculator.SetDensity(self.detector.T_Kelvin, self.detector.p_bar)
        self.work = nestpy.NESTcalc.WorkFunction(self.density, self.detector.molarMass).Wq_eV  # eV

    def events(self, interaction, energy, position, seed):
        """Run nestpy's own simulation, event by event."""
        return nestpy.array.runNESTvec(self.detector, interaction, energy, position, seed=seed)

    def probe(self, r, z):
        """Run nestpy's own simulation of one 30 keV nuclear recoil at each place, always with the same seed."""
        r, z = np.broadcast_arrays(r, z)
        position = np.column_stack((r, np.zeros(r.shape), z))
        return self.events(nestpy.interactions.NR, np.full(len(r), 30.0), position, seed=1)

    def field(self, z):
        return np.array([self.detector.get_field(0.0, 0.0, height) for height in z])

    def velocity(self, field):
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


def truncated_mean(width):
    """Return the mean of a Gaussian of mean 1 and this width, cut off at zero."""
    return 1 + width * norm.pdf(1 / width) / ndtr(1 / width)


class _Response:
    """All tables of one detector."""

    def __init__(self, name):
        self.source = source = Source(name)
        d = source.detector
        charge = d.extraction_parameters
        middle = (d.cathode + d.TopDrift) / 2
        field = source.field([middle])[0]
        double = d.P_dphe
        self.parameters = p = Parameters(
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
            s2_threshold=d.s2_thr / (1 + double),
            double_photoelectron=double,
        )
        self.g1 = d.g1

        # along the drift: velocity at the edges of the cells, and which of the field's table rows is nearest
        n_r, n_z = MAP_SHAPE
        edges = np.linspace(p.cathode, p.surface, n_z + 1)
        centres = (edges[1:] + edges[:-1]) / 2
        fields = source.field(centres)
        nodes = np.linspace(fields.min(), fields.max(), 16) if np.ptp(fields) > 0 else fields[:1]
        self.slowness = (1 / source.velocity(source.field(edges))).astype(np.float32)
        self.field_row = np.abs(fields[:, None] - nodes).argmin(1).astype(np.int32)
        times = (p.surface - edges) / source.velocity(source.field(edges))
        self.fiducial_z = tuple(np.interp([d.dt_max, d.dt_min], times[::-1], edges[::-1]))
        self.quanta = {recoil: _quanta_table(source, recoil, nodes) for recoil in RECOILS}

        # maps: nestpy keeps them to itself, but raw over corrected signal is the map's value
        self.r2_scale = np.float32(RADII / p.radius**2)
        r = np.sqrt((np.arange(n_r) + 0.5) / n_r) * p.radius
        seen = source.probe(np.repeat(r, n_z), np.tile(centres, n_r))
        s1_map = np.asarray(seen["s1r_phd"]) / np.asarray(seen["s1c_phd"])
        self.s1_map = s1_map.reshape(MAP_SHAPE).astype(np.float32)
        r = np.sqrt((np.arange(RADII) + 0.5) / RADII) * p.radius
        seen = source.probe(r, middle)
        survival = math.exp(-(p.surface - middle) / p.drift_velocity / p.electron_lifetime)
        s2_map = np.asarray(seen["s2r_phd"]) / np.asarray(seen["s2c_phd"]) / survival
        self.s2_map = s2_map.astype(np.float32)
        if not (np.isfinite(s1_map).all() and np.isfinite(s2_map).all()):
            raise RuntimeError(f"{name}: a probe of nestpy's position maps gave no signal")

        # S2 of one electron [phd]: photons in the gas, hits, double photoelectrons, areas (NEST's GetS2)
        light = charge["elYield"]
        chance = d.g1_gas * s2_map
        hits = light * chance
        variance = d.s2Fano * light * chance**2 + hits * (1 - chance)
        variance = (1 + double) ** 2 * variance + double * (1 - double) * hits
        scale = truncated_mean(d.sPEres)
        variance = variance / scale**2 + d.sPEres**2 * (1 + double) * hits / scale
        self.s2_mean = (hits / scale).astype(np.float32)
        self.s2_spread = (np.sqrt(variance) / (1 + double)).astype(np.float32)

        self.s1_noise = d.get_noiseLinear()
        self.s2_noise = _s2_noise(name)
        self.hit = _Hit(d, (d.get_noiseBaseline(), baseline_noise(name)))
        self.coincidence = coincidence(d) * _in_time(d)

    def along_z(self, z):
        """Return for each height its cell, drift time [µs] and row in the table of fields."""
        place = (z - np.float32(self.parameters.cathode)) * np.float32(
            MAP_SHAPE[1] / (self.parameters.surface - self.parameters.cathode)
        )
        cell = np.clip(place.astype(np.int32), 0, MAP_SHAPE[1] - 1)
        low = self.slowness[cell]
        slowness = low + (place - cell) * (self.slowness[cell + 1] - low)
        return cell, (np.float32(self.parameters.surface) - z) * slowness, self.field_row[cell]

    def in_field(self, field):
        """Return the tables of the same detector in a uniform drift field [V/cm]."""
        other, p = copy.copy(self), self.parameters
        velocity = float(self.source.velocity([field])[0])
        other.slowness = np.full_like(self.slowness, 1 / velocity)
        other.field_row = np.zeros_like(self.field_row)
        other.quanta = {recoil: _quanta_table(self.source, recoil, [field]) for recoil in RECOILS}
        times = tuple((p.surface - z) / velocity for z in reversed(self.fiducial_z))
        other.parameters = dataclasses.replace(
            p, drift_field=field, drift_velocity=velocity, fiducial_drift_time=times
        )
        return other


@functools.cache
def response_of(name):
    with quiet():
        return _Response(name)


@functools.cache
def response_in_field(name, field):
    return response_of(name).in_field(field)


def mean_yields(source, recoil_type, energies, fields):
    """Return nestpy's mean yields on a grid: a dict of arrays of shape (fields, energies)."""
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
    """Tabulate what `_quanta` needs, on energies × fields, flat and float32.

    The yields are nestpy's, and so are the width parameters (`default_nr_er_width_parameters`). The formulas
    that they enter are NEST's (arXiv:2211.10726): nestpy offers no function for Fano factor, ω and skewness,
    so they stand here, and a test holds their moments against nestpy's own draws.
    """
    energies, fields = ENERGIES, np.asarray(fields)
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
        table["fano"] = _fano(quanta, fields[:, None], source.density, width)
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
    if "fano" in table:
        grids["fano"] = table.pop("fano")
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


def baseline_noise(name):
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
    """Return the chance that 0, 1, 2, … spikes lie in enough different photomultipliers (NEST's GetS1).

    It is a sum over sets of photomultipliers, and certain above 10 spikes.
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
