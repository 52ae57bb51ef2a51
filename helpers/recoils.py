"""How often, and with what energy, dark matter or a neutrino strikes a nucleus, or a background an electron.

Every rate is a function of recoil energies [keV], of any shape, and returns events/(keV t y) in the same shape, so that
`spectra` turns it into sampled energies or numbers of events. Masses are in GeV/c², cross-sections in cm² per nucleon,
speeds in km/s. `target` is an element, a key of `ATOMIC_WEIGHT`; `halo` is a `Halo`, by default `Halo()`. A ValueError
names the argument that is negative, not finite or unknown.
"""

import functools
import warnings
from dataclasses import dataclass
from pathlib import Path

import numericalunits as nu
import numpy as np
import pandas as pd
from scipy import constants
from scipy.integrate import cumulative_trapezoid
from scipy.special import erf

from helpers import check

with warnings.catch_warnings():  # it announces its conventions, arXiv 2105.00599, which are ours too
    warnings.filterwarnings("ignore", message="Default WIMP parameters are changed", category=UserWarning)
    import wimprates

ATOMIC_WEIGHT = wimprates.ATOMIC_WEIGHT  # mean mass of an atom [u]

ATOMIC_NUMBER = {"Xe": 54, "Ar": 18, "Ge": 32, "Si": 14}

B8_FLUX = 5.25e6  # solar 8B neutrinos of all flavours [/cm²/s]: SNO, arXiv 1109.0763

B8_FLUX_ERROR = 0.20e6  # statistical and systematic error together, as XENON1T quotes it: arXiv 2012.02846

B8_TABLE = Path(__file__).resolve().parents[1] / "data" / "b8_spectrum" / "winter_2006.csv"

WEAK_MIXING = 0.2386  # sin²θ_W at low momentum transfer, Particle Data Group

# CODATA's constants in the units of this module and of `operators`.

FERMI = constants.physical_constants["Fermi coupling constant"][0]  # G_F [GeV⁻²]

GEV_PER_AMU = constants.physical_constants["atomic mass constant energy equivalent in MeV"][0] / 1e3

NUCLEON_MASS = 0.5e-3 * sum(  # the mean of proton and neutron [GeV/c²]
    constants.physical_constants[f"{name} mass energy equivalent in MeV"][0] for name in ("proton", "neutron")
)

HBARC = constants.hbar * constants.c / constants.e * 1e-9 * 1e2  # turns 1/GeV into cm [GeV cm]

SPEED_OF_LIGHT = constants.c / 1e3  # [km/s]

SECONDS_PER_YEAR = constants.Julian_year

AMU_PER_TONNE = 1e3 / constants.atomic_mass  # over the atomic weight: nuclei in a tonne

_TRITIUM_END = 18.59  # [keV]: the β decay's end point
_ELECTRON_MASS = constants.physical_constants["electron mass energy equivalent in MeV"][0] * 1e3  # [keV]

# Below a millielectronvolt every rate here is constant; at exactly zero the formulas divide zero by zero.
_TINY = 1e-6  # [keV]


@dataclass(frozen=True)
class Halo:
    """The standard halo model: dark matter's speeds at the Earth, as a distribution that integrates to 1.

    A Maxwell-Boltzmann distribution cut off at the escape speed, seen from the moving Earth. It is
    also a `halo_model` for wimprates. (wimprates 0.5.0 multiplies its own distribution by the normalisation
    instead of dividing by it: its integral is 0.970 by default and 0.987 for v0 = 220 km/s, so its
    rates are 3 % and 1.3 % low.)

    Parameters
    ----------
    v0 : float
        Local standard of rest, which is also the most probable speed in the galactic frame [km/s].
    v_earth : float, optional
        The Earth's speed through the halo [km/s]. By default that of 2105.00599, equation 12: `v0`, the Sun's
        peculiar motion and the Earth's motion on 9 March, which stands for the yearly mean
        (253.7 km/s for v0 = 238).
    v_escape : float
        Escape speed from the Galaxy [km/s], above `v_earth`.
    density : float
        Local density of dark matter [GeV/cm³].

    Raises
    ------
    ValueError
        When a speed or the density is not positive or `v_earth` is not below `v_escape`.

    Notes
    -----
    The defaults are the recommended conventions of arXiv 2105.00599. Published limits may need others:
    XENON1T used v0 = 220 and v_earth = 232 km/s. The closed form of `inverse_speed` is in Lewin and
    Smith, Astropart. Phys. 6 (1996) 87, and Savage, Gelmini, Gondolo and Freese, arXiv 0808.3607.
    """

    v0: float = 238.0
    v_earth: float | None = None
    v_escape: float = 544.0
    density: float = 0.3

    def __post_init__(self):  # noqa: D105
        for name in ("v0", "v_escape", "density"):
            object.__setattr__(self, name, check.number(name, getattr(self, name), above=0))
        if self.v_earth is None:
            sun, earth = np.array([11.1, 12.2, 7.3]), np.array([29.2, -0.1, 5.9])
            object.__setattr__(self, "v_earth", float(np.linalg.norm([0, self.v0, 0] + sun + earth)))
        object.__setattr__(self, "v_earth", check.number("v_earth", self.v_earth, above=0))
        if self.v_earth >= self.v_escape:
            raise ValueError(f"v_earth must be below v_escape ({self.v_escape:g}), got {self.v_earth:g}")

    @property
    def v_max(self):
        """The fastest dark matter that meets the Earth [km/s]."""
        return self.v_earth + self.v_escape

    @property
    def _normalisation(self):
        z = self.v_escape / self.v0
        return erf(z) - 2 / np.sqrt(np.pi) * z * np.exp(-(z**2))

    def speed_distribution(self, speed):
        """Return the probability density of the speed relative to the Earth [s/km], shape of `speed` [km/s]."""
        v = check.array("speed", speed, at_least=0)
        # Beyond v_escape - v_earth only part of the directions is below the escape speed.
        farthest = np.minimum((v + self.v_earth) ** 2, self.v_escape**2)
        shape = np.exp(-(((v - self.v_earth) / self.v0) ** 2)) - np.exp(-farthest / self.v0**2)
        density = v * shape / (np.sqrt(np.pi) * self.v0 * self.v_earth * self._normalisation)
        return np.where(v < self.v_max, density, 0.0)

    def inverse_speed(self, v_min):
        """Return the mean of 1/speed above `v_min` [s/km], shape of `v_min` [km/s], in closed form."""
        x = check.array("v_min", v_min, at_least=0) / self.v0
        y, z = self.v_earth / self.v0, self.v_escape / self.v0
        tail = np.exp(-(z**2)) * 2 / np.sqrt(np.pi)
        whole = erf(x + y) - erf(x - y) - 2 * y * tail
        cut = erf(z) - erf(x - y) - (y + z - x) * tail
        mean = np.where(x < z - y, whole, np.where(x < z + y, cut, 0.0))
        return np.maximum(mean, 0.0) / (2 * self._normalisation * self.v0 * y)

    def mean_speed(self, v_min):
        """Return the integral of the speed over the distribution above `v_min` [km/s], shape of `v_min` [km/s].

        In closed form; at `v_min` = 0 it is the mean speed. With `inverse_speed` it gives the rate of every
        interaction that depends on the speed: see `eft_rate`.
        """
        x = check.array("v_min", v_min, at_least=0) / self.v0
        y, z = self.v_earth / self.v0, self.v_escape / self.v0

        def gaussian(t, shift):  # an antiderivative of t² exp(-(t - shift)²)
            d = t - shift
            return np.sqrt(np.pi) / 2 * (shift**2 + 0.5) * erf(d) - (t + shift) / 2 * np.exp(-(d**2))

        # Above z - y the escape speed cuts: a constant takes the place of the second exponential there.
        whole, cut = np.minimum(x, z - y), np.clip(x, z - y, z + y)
        mean = gaussian(z + y, y) - gaussian(np.minimum(x, z + y), y)
        mean = mean - (gaussian(z - y, -y) - gaussian(whole, -y))
        mean = mean - np.exp(-(z**2)) * ((z + y) ** 3 - cut**3) / 3
        mean = np.where(x < z + y, np.maximum(mean, 0.0), 0.0)  # beyond, rounding would leave 1e-16
        return mean * self.v0 / (np.sqrt(np.pi) * y * self._normalisation)

    # What wimprates asks of a halo model, in its own units.

    @property
    def v_esc(self):
        """The escape speed, for wimprates."""
        return self.v_escape * nu.km / nu.s

    @property
    def rho_dm(self):
        """The density, for wimprates."""
        return self.density * nu.GeV / nu.c0**2 / nu.cm**3

    def velocity_dist(self, v, t):
        """Return the speed distribution for wimprates; the time `t` does not enter."""
        return self.speed_distribution(v / (nu.km / nu.s)) / (nu.km / nu.s)


def form_factor_squared(recoil_energy, target="Xe"):
    """Return Helm's nuclear form factor, squared, 1 at no energy: what coherence survives at `recoil_energy` [keV].

    Lewin and Smith (1996), equations 4.7 and 4.11: skin thickness 0.9 fm, a = 0.52 fm. `target` is an element, a key
    of `ATOMIC_WEIGHT`.
    """
    energy = np.maximum(check.array("recoil_energy", recoil_energy, at_least=0), _TINY)
    weight = ATOMIC_WEIGHT[check.choice("target", target, ATOMIC_WEIGHT)]
    return wimprates.helm_form_factor_squared(energy.ravel() * nu.keV, weight).reshape(energy.shape)


def momentum_transfer(recoil_energy, target="Xe"):
    """Return what a nucleus took over when it recoils with `recoil_energy` [keV]: q = √(2 M E) [MeV/c].

    M is the mean mass of the atom of `target`. A light mediator of mass m scales a rate by (1 + q²/m²)⁻², a coupling
    that grows with the momentum by a power of q².
    """
    energy = check.array("recoil_energy", recoil_energy, at_least=0)
    nucleus = ATOMIC_WEIGHT[check.choice("target", target, ATOMIC_WEIGHT)] * GEV_PER_AMU * 1e3  # [MeV/c²]
    return np.sqrt(2 * nucleus * energy * 1e-3)


def wimp_rate(recoil_energy, mass, cross_section, *, halo=None, target="Xe"):
    """Return the rate of nuclear recoils from spin-independent WIMP scattering; zero beyond the kinematic end.

    Parameters
    ----------
    recoil_energy : array_like
    mass : float
        WIMP mass [GeV/c²].
    cross_section : float
        WIMP-nucleon cross-section [cm²].
    halo : Halo, optional
    target : str

    Returns
    -------
    numpy.ndarray

    Notes
    -----
    Lewin and Smith (1996), sections 3 and 4. Cross-section, form factor and kinematics are those of wimprates
    (`sigma_erec`, `vmin_elastic`). A spin-independent cross-section falls as 1/speed², so that the integral over
    speeds is the halo's mean inverse speed, which is taken in closed form: the rate is that of
    `wimprates.rate_wimp_std` with the same halo (a test compares the two), without one numerical integral an energy.
    """
    energy = check.array("recoil_energy", recoil_energy, at_least=0)
    mass = check.number("mass", mass, above=0)
    cross_section = check.number("cross_section", cross_section, at_least=0)
    halo = Halo() if halo is None else halo
    if not isinstance(halo, Halo):
        raise ValueError(f"halo must be a recoils.Halo, got {halo!r}")
    check.choice("target", target, ATOMIC_WEIGHT)

    recoil, dark = np.maximum(energy.ravel(), _TINY) * nu.keV, mass * nu.GeV / nu.c0**2
    slowest = wimprates.vmin_elastic(recoil, dark, target) / (nu.km / nu.s)
    speed = nu.km / nu.s  # any: its square cancels against the cross-section's 1/speed²
    per_energy = (
        wimprates.sigma_erec(recoil, speed, dark, cross_section * nu.cm**2, material=target) * speed**2
    )
    rate = (
        halo.rho_dm / dark / wimprates.mn(target) * per_energy * halo.inverse_speed(slowest) / (nu.km / nu.s)
    )
    return (rate * (nu.keV * nu.tonne * SECONDS_PER_YEAR * nu.s)).reshape(energy.shape)


def b8_rate(recoil_energy, *, flux=B8_FLUX, target="Xe"):
    """Return the rate of nuclear recoils from coherent scattering of solar ⁸B neutrinos.

    All flavours scatter alike, so that neutrino oscillation does not matter.

    Parameters
    ----------
    recoil_energy : array_like
    flux : float
        Neutrino flux of all flavours [/cm²/s]; SNO's by default, known to 4 % (`B8_FLUX_ERROR`).
    target : str

    Returns
    -------
    numpy.ndarray

    Notes
    -----
    Cross-section of Freedman, Phys. Rev. D 9 (1974) 1389: G_F² M Q²/(4π) (1 - M T/2E²) F²(T), weak charge
    Q = N - (1 - 4 sin²θ_W) Z, with Helm's form factor and the mean atomic weight.
    """
    energy = check.array("recoil_energy", recoil_energy, at_least=0)
    flux = check.number("flux", flux, at_least=0)
    weight = ATOMIC_WEIGHT[check.choice("target", target, ATOMIC_WEIGHT)]
    charge = ATOMIC_NUMBER[target]

    nucleus = weight * GEV_PER_AMU
    weak_charge = (weight - charge) - (1 - 4 * WEAK_MIXING) * charge
    neutrino, plain, inverse_square = _b8_integrals()
    slowest = np.sqrt(nucleus * energy * 1e-6 / 2) * 1e3  # [MeV]
    folded = np.interp(slowest, neutrino, plain) - slowest**2 * np.interp(slowest, neutrino, inverse_square)
    folded = np.maximum(folded, 0.0)
    cross_section = FERMI**2 * nucleus / (4 * np.pi) * weak_charge**2 * folded * HBARC**2  # [cm²/GeV]
    per_nucleus = cross_section * form_factor_squared(energy, target) * 1e-6 * flux
    return per_nucleus * AMU_PER_TONNE / weight * SECONDS_PER_YEAR


@functools.cache
def _b8_integrals():
    """Return neutrino energies [MeV] and the integrals of the ⁸B spectrum and of spectrum/energy² above them.

    Folded with 1 - M T/2E² above E = √(M T/2), the spectrum is these two: any number of recoil energies is a look-up.
    """
    neutrino = np.linspace(0.002, 16.0, 8000)
    spectrum = _b8_spectrum(neutrino)
    integrals = (
        np.append(cumulative_trapezoid(f[::-1], dx=neutrino[1] - neutrino[0], initial=0)[::-1], 0.0)
        for f in (spectrum, spectrum / neutrino**2)
    )
    return np.append(neutrino, 16.1), *integrals


def _b8_spectrum(neutrino_energy):
    """Return the probability density [1/MeV] of solar ⁸B neutrinos' energies [MeV], straight lines in the table.

    Winter et al., Phys. Rev. C 73 (2006) 025503 (`data/b8_spectrum`).
    """
    table = pd.read_csv(B8_TABLE)
    energy, density = table["neutrino_energy_mev"], table["spectrum_per_1000_mev"]
    return np.interp(neutrino_energy, energy, density / np.trapezoid(density, energy), right=0.0)


def flat_er_rate(recoil_energy, rate):
    """Return a rate of electron recoils that does not depend on energy: `rate` [events/(keV t y)] at each
    `recoil_energy` [keV].

    What solar neutrinos, ⁸⁵Kr and ²¹⁴Pb leave in a xenon detector is flat to a good approximation at a few keV.
    """
    energy = check.array("recoil_energy", recoil_energy, at_least=0)
    return np.full_like(energy, check.number("rate", rate, at_least=0))


def tritium_rate(recoil_energy, decays):
    """Return the rate of electron recoils from tritium that is dissolved in the xenon.

    Parameters
    ----------
    recoil_energy : array_like
        Energy of the β electron [keV]; above the end point the rate is zero.
    decays : float
        How many tritium atoms decay [per t y].

    Notes
    -----
    An allowed β decay with the non-relativistic Fermi function of helium, massless neutrinos, and an end point of
    18.59 keV; how LUX used it to calibrate: arXiv 1512.03133.
    """
    decays = check.number("decays", decays, at_least=0)
    return decays / _tritium_area() * _tritium_shape(check.array("recoil_energy", recoil_energy, at_least=0))


def _tritium_shape(energy):
    energy = np.maximum(energy, _TINY)
    momentum = np.sqrt(energy * (energy + 2 * _ELECTRON_MASS))
    total = energy + _ELECTRON_MASS
    coulomb = 2 * np.pi * constants.fine_structure * 2 * total / momentum  # of helium's two charges
    left = np.maximum(_TRITIUM_END - energy, 0)  # to the neutrino
    return momentum * total * left**2 * coulomb / -np.expm1(-coulomb)


@functools.cache
def _tritium_area():
    energy = np.linspace(0, _TRITIUM_END, 4001)
    return np.trapezoid(_tritium_shape(energy), energy)
