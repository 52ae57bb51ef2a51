"""How often, and with what energy, a particle strikes a nucleus or an electron.

Rates are in events/(keV t y) on a recoil energy in keV; `sampler` turns any of them into energies for
`detector.sample`. Masses are in GeV/c², cross-sections in cm² per nucleon, speeds in km/s.
"""

import warnings
from dataclasses import dataclass
from pathlib import Path

import numericalunits as nu
import numpy as np
from scipy import constants
from scipy.integrate import cumulative_trapezoid
from scipy.special import erf

from helpers import check

with warnings.catch_warnings():  # it announces its conventions, arXiv 2105.00599, which are ours too
    warnings.filterwarnings("ignore", message="Default WIMP parameters are changed", category=UserWarning)
    import wimprates

ATOMIC_WEIGHT = wimprates.ATOMIC_WEIGHT

ATOMIC_NUMBER = {"Xe": 54, "Ar": 18, "Ge": 32, "Si": 14}

B8_FLUX = 5.25e6  # solar 8B neutrinos of all flavours [/cm²/s]: SNO, arXiv 1109.0763

B8_FLUX_ERROR = 0.20e6  # statistical and systematic error together, as XENON1T quotes it: arXiv 2012.02846

WEAK_MIXING = 0.2386  # sin²θ_W at low momentum transfer, Particle Data Group

B8_TABLE = Path(__file__).resolve().parents[1] / "data" / "b8_spectrum" / "winter_2006.csv"

GEV_PER_AMU = constants.physical_constants["atomic mass constant energy equivalent in MeV"][0] / 1e3

HBARC = constants.hbar * constants.c / constants.e * 1e-9 * 1e2  # [GeV cm]

_FERMI = constants.physical_constants["Fermi coupling constant"][0]  # [GeV⁻²]

NUCLEON = 0.5e-3 * sum(
    constants.physical_constants[f"{name} mass energy equivalent in MeV"][0] for name in ("proton", "neutron")
)  # [GeV]

LIGHT = constants.c / 1e3  # [km/s]

YEAR = constants.Julian_year  # [s]

NUCLEI = 1e3 / constants.atomic_mass  # nuclei a tonne, to be divided by the atomic weight

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
        return np.maximum(mean, 0.0) * self.v0 / (np.sqrt(np.pi) * y * self._normalisation)

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
    """Return Helm's nuclear form factor, squared: how much coherence survives at a recoil energy.

    Parameters
    ----------
    recoil_energy : array_like
        Recoil energy [keV], any shape.
    target : str
        Element, a key of `ATOMIC_WEIGHT`.

    Returns
    -------
    numpy.ndarray
        F², 1 at no energy, same shape.

    Raises
    ------
    ValueError
        When an energy is negative or the target is unknown.

    Notes
    -----
    Lewin and Smith (1996), equations 4.7 and 4.11: skin thickness 0.9 fm, a = 0.52 fm.
    """
    energy = np.maximum(check.array("recoil_energy", recoil_energy, at_least=0), _TINY)
    weight = ATOMIC_WEIGHT[check.choice("target", target, ATOMIC_WEIGHT)]
    return wimprates.helm_form_factor_squared(energy.ravel() * nu.keV, weight).reshape(energy.shape)


def wimp_rate(recoil_energy, mass, cross_section, *, halo=None, target="Xe"):
    """Return the rate of nuclear recoils from spin-independent WIMP scattering.

    Parameters
    ----------
    recoil_energy : array_like
        Recoil energy [keV], any shape.
    mass : float
        WIMP mass [GeV/c²].
    cross_section : float
        WIMP-nucleon cross-section [cm²].
    halo : Halo, optional
        The dark-matter halo; `Halo()`, the recommended conventions, by default.
    target : str
        Element, a key of `ATOMIC_WEIGHT`.

    Returns
    -------
    numpy.ndarray
        Rate [events/(keV t y)], same shape; zero beyond the kinematic end.

    Raises
    ------
    ValueError
        When an argument is negative, not finite or unknown.

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
    return (rate * (nu.keV * nu.tonne * nu.year)).reshape(energy.shape)


def b8_spectrum(neutrino_energy):
    """Return the energy spectrum of solar ⁸B neutrinos.

    Parameters
    ----------
    neutrino_energy : array_like
        Neutrino energy [MeV], any shape.

    Returns
    -------
    numpy.ndarray
        Probability density [1/MeV], same shape.

    Raises
    ------
    ValueError
        When an energy is negative.

    Notes
    -----
    Winter et al., Phys. Rev. C 73 (2006) 025503, from their table (`data/b8_spectrum`), straight lines between.
    """
    energy = check.array("neutrino_energy", neutrino_energy, at_least=0)
    table = np.loadtxt(B8_TABLE, delimiter=",", skiprows=1)
    return np.interp(energy, table[:, 0], table[:, 1] / np.trapezoid(table[:, 1], table[:, 0]), right=0.0)


def b8_rate(recoil_energy, *, flux=B8_FLUX, target="Xe"):
    """Return the rate of nuclear recoils from coherent scattering of solar ⁸B neutrinos.

    All flavours scatter alike, so that neutrino oscillation does not matter.

    Parameters
    ----------
    recoil_energy : array_like
        Recoil energy [keV], any shape.
    flux : float
        Neutrino flux of all flavours [/cm²/s]; SNO's by default, known to 4 % (`B8_FLUX_ERROR`).
    target : str
        Element, a key of `ATOMIC_WEIGHT`.

    Returns
    -------
    numpy.ndarray
        Rate [events/(keV t y)], same shape.

    Raises
    ------
    ValueError
        When an energy or the flux is negative or the target is unknown.

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
    # The spectrum folded with 1 - MT/2E² above E_min = √(MT/2): two integrals down from the highest neutrino energy,
    # tabulated once, so that any number of recoil energies is a look-up.
    neutrino = np.linspace(0.002, 16.0, 8000)  # [MeV]
    spectrum = b8_spectrum(neutrino)
    plain, inverse_square = (
        np.append(cumulative_trapezoid(f[::-1], dx=neutrino[1] - neutrino[0], initial=0)[::-1], 0.0)
        for f in (spectrum, spectrum / neutrino**2)
    )
    slowest = np.sqrt(nucleus * energy * 1e-6 / 2) * 1e3  # [MeV]
    grid = np.append(neutrino, 16.1)
    folded = np.interp(slowest, grid, plain) - slowest**2 * np.interp(slowest, grid, inverse_square)
    folded = np.maximum(folded, 0.0)
    cross_section = _FERMI**2 * nucleus / (4 * np.pi) * weak_charge**2 * folded * HBARC**2  # [cm²/GeV]
    return cross_section * form_factor_squared(energy, target) * 1e-6 * flux * NUCLEI / weight * YEAR


def flat_er_rate(recoil_energy, rate):
    """Return a rate of electron recoils that does not depend on energy.

    What solar neutrinos, ⁸⁵Kr and ²¹⁴Pb leave in a xenon detector is flat to a good approximation at a few keV.

    Parameters
    ----------
    recoil_energy : array_like
        Recoil energy [keV], any shape.
    rate : float
        The rate [events/(keV t y)].

    Returns
    -------
    numpy.ndarray
        `rate` at each energy, same shape.

    Raises
    ------
    ValueError
        When an energy or the rate is negative.
    """
    energy = check.array("recoil_energy", recoil_energy, at_least=0)
    return np.full_like(energy, check.number("rate", rate, at_least=0))
