"""Non-relativistic effective field theory of dark matter and nucleons: 14 operators on xenon.

Units, halo and errors are those of `recoils`; couplings are plain numbers, in units of 1/`WEAK_SCALE`².
"""

import functools
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.polynomial.polynomial import polyval
from scipy import constants

from helpers import check, recoils

# What a particle of spin ½ can do to a nucleon at low speed: the operators of arXiv 1308.6288. O2 is absent there as
# here (it is quadratic in the speed, and no exchange of a particle makes it at leading order).
EFT_OPERATORS = ("O1", *(f"O{k}" for k in range(3, 16)))

EFT_TABLES = Path(__file__).resolve().parents[1] / "data" / "eft_responses"

WEAK_SCALE = 246.2  # vacuum expectation value of the Higgs field, which makes couplings plain numbers [GeV]


def eft_rate(recoil_energy, mass, couplings, *, spin=0.5, halo=None):
    """Return the rate of nuclear recoils in xenon from any combination of the operators of effective field theory.

    Parameters
    ----------
    recoil_energy : array_like
        Recoil energy [keV], any shape.
    mass : array_like
        WIMP masses [GeV/c²], any shape: all of them at once cost little more than one.
    couplings : dict
        The model: for each operator, a key of `EFT_OPERATORS`, its coupling. A number is isoscalar (the same to
        protons and neutrons); a pair (c0, c1) is isoscalar and isovector, so that protons couple with c0 + c1 and
        neutrons with c0 - c1. Operators in one model interfere.
    spin : float
        Spin of the WIMP, a multiple of ½. Only O1, O3, O7 and O10 act without one.
    halo : Halo, optional

    Returns
    -------
    numpy.ndarray
        Rate [events/(keV t y)], of the shape of `mass` followed by that of `recoil_energy`; zero beyond the
        kinematic end.

    Examples
    --------
    >>> eft_rate([5.0, 20.0], [30, 300], {"O6": 1.0}).shape
    (2, 2)

    Notes
    -----
    Anand, Fitzpatrick and Haxton, arXiv 1308.6288, equation 38, with the nuclear responses of their xenon shell-model
    states (Fitzpatrick et al., arXiv 1203.3542, appendix A.3; `data/eft_responses`), summed over seven isotopes.
    Each term is a response of the nucleus, W(y) with y = (qb/2)², times a strength that does not depend on the speed or
    is proportional to v⊥² = v² - v_min²: the average over the halo needs `inverse_speed` and `mean_speed` alone.

    O1 is spin-independent scattering with σ = (c/`WEAK_SCALE`²)² μ²/π, where μ is the reduced mass of WIMP and
    nucleon: within 3 % of `wimp_rate` up to 41 keV (there wimprates lets the nucleon weigh 1 u, and the form factor is
    Helm's). The card in `data/eft_responses` says how the other operators compare with the public code WIMpy.
    """
    energy = check.array("recoil_energy", recoil_energy, at_least=0)
    masses = check.array("mass", mass, above=0)
    coupling = _checked_couplings(couplings)
    spin = check.number("spin", spin, at_least=0)
    if (2 * spin) % 1:
        raise ValueError(f"spin must be a multiple of 1/2, got {spin:g}")
    halo = recoils.Halo() if halo is None else halo
    if not isinstance(halo, recoils.Halo):
        raise ValueError(f"halo must be a recoils.Halo, got {halo!r}")

    (number, j, abundance, weight), responses = _xenon()
    nucleus = (weight * recoils.GEV_PER_AMU)[:, None]
    q_squared = 2 * nucleus * energy.ravel() * 1e-6  # [GeV²], shape (isotopes, energies), as all that follows
    oscillator = 41.467 / (45 * number ** (-1 / 3) - 25 * number ** (-2 / 3))  # b², 1308.6288 [fm²]
    y = q_squared / (recoils.HBARC * 1e13) ** 2 * oscillator[:, None] / 4
    constant, rising = _eft_strengths(coupling, spin, q_squared / recoils.NUCLEON_MASS**2, y, responses)

    reduced = masses.ravel()[:, None, None] * nucleus / (masses.ravel()[:, None, None] + nucleus)
    slowest = np.sqrt(q_squared) / (2 * reduced)  # of the speed of light, shape (masses, isotopes, energies)
    inverse = halo.inverse_speed(slowest * recoils.SPEED_OF_LIGHT) * recoils.SPEED_OF_LIGHT
    across = np.maximum(
        halo.mean_speed(slowest * recoils.SPEED_OF_LIGHT) / recoils.SPEED_OF_LIGHT - slowest**2 * inverse, 0.0
    )

    # dσ/dE v² = m/2π Σ R W 4π/(2J+1); the published responses are for c0 = c_p + c_n, twice ours: hence 16π.
    targets = (
        recoils.AMU_PER_TONNE
        * abundance
        / (abundance @ weight)
        * 8
        * weight
        * recoils.GEV_PER_AMU
        / (2 * j + 1)
    )
    strength = np.maximum(constant, 0.0) * inverse + np.maximum(rising, 0.0) * across
    per_mass = halo.density / masses.ravel()[:, None] * np.einsum("i,mie->me", targets, strength)
    rate = per_mass * recoils.HBARC**2 * constants.c * 1e2 * 1e-6 * recoils.SECONDS_PER_YEAR
    return rate.reshape(masses.shape + energy.shape)


def _checked_couplings(couplings):
    """Return for every operator (isoscalar, isovector) [GeV⁻²], zero where `couplings` does not name it."""
    if not isinstance(couplings, Mapping) or not couplings:
        raise ValueError(f"couplings must be a dict of operators and their couplings, got {couplings!r}")
    pairs = {name: np.zeros(2) for name in EFT_OPERATORS}
    for name, value in couplings.items():
        check.choice("couplings' operator", name, EFT_OPERATORS)
        numbers = check.array(f"couplings[{name!r}]", value)
        if numbers.shape not in ((), (2,)):
            raise ValueError(f"couplings[{name!r}] must be a number or a pair (c0, c1), got {value!r}")
        pairs[name][: numbers.size] = numbers / WEAK_SCALE**2
    return pairs


@functools.cache
def _xenon():
    """Return the isotopes (mass number, spin, abundance, mass [u]) as columns, and each response's polynomials.

    A response is of shape (powers of y, 2, 2, isotopes).
    """
    isotopes = pd.read_csv(EFT_TABLES / "isotopes.csv")
    table = pd.read_csv(EFT_TABLES / "xenon.csv")
    powers = [f"y{k}" for k in range(11)]
    responses = {name: np.zeros((len(powers), 2, 2, len(isotopes))) for name in table["response"].unique()}
    place = dict(zip(isotopes["isotope"], isotopes.index, strict=True))
    for row, polynomial in zip(table.itertuples(), table[powers].to_numpy(), strict=True):
        response = responses[row.response]
        response[:, row.tau, row.tau_prime, place[row.isotope]] = polynomial
        if row.response not in ("Phi2M", "DeltaSigma1"):  # symmetric, and listed once
            response[:, row.tau_prime, row.tau, place[row.isotope]] = polynomial
    return isotopes[["isotope", "spin", "abundance", "mass_u"]].to_numpy().T, responses


def _eft_strengths(c, spin, q2, y, responses):
    """Return Σ R W, the part that is constant in the speed and the factor of v⊥² [GeV⁻⁴], shapes of `y`.

    `q2` is (q/nucleon mass)². Each term is (response, left, right, weight): the responses that hold two operators of
    the nucleus are not symmetric.
    """
    c = {name: pair[:, None, None] for name, pair in c.items()}
    k = spin * (spin + 1)
    c46, c1215 = c["O4"] + q2 * c["O6"], c["O12"] - q2 * c["O15"]
    constant = [
        ("M", c["O1"], c["O1"], 1),
        ("M", c["O11"], c["O11"], k / 3 * q2),
        ("Phi2", c["O3"], c["O3"], q2**2 / 4),
        ("Phi2", c1215, c1215, k / 12 * q2),
        ("Phi2M", c["O3"], c["O1"], q2),
        ("Phi2M", c1215, c["O11"], k / 3 * q2),
        ("PhiTilde1", c["O12"], c["O12"], k / 12 * q2),
        ("PhiTilde1", c["O13"], c["O13"], k / 12 * q2**2),
        ("Sigma2", c["O10"], c["O10"], q2 / 4),
        ("Sigma2", c46, c46, k / 12),
        ("Sigma1", c["O4"], c["O4"], k / 12),
        ("Sigma1", c["O9"], c["O9"], k / 12 * q2),
        ("Delta", c["O5"], c["O5"], k / 3 * q2**2),
        ("Delta", c["O8"], c["O8"], k / 3 * q2),
        ("DeltaSigma1", c["O5"], c["O4"], k / 3 * q2),
        ("DeltaSigma1", c["O8"], c["O9"], -k / 3 * q2),
    ]
    rising = [
        ("M", c["O5"], c["O5"], k / 3 * q2),
        ("M", c["O8"], c["O8"], k / 3),
        ("Sigma2", c["O12"], c["O12"], k / 12),
        ("Sigma2", c["O13"], c["O13"], k / 12 * q2),
        ("Sigma1", c["O3"], c["O3"], q2 / 8),
        ("Sigma1", c["O7"], c["O7"], 1 / 8),
        ("Sigma1", c1215, c1215, k / 24),
        ("Sigma1", c["O14"], c["O14"], k / 24 * q2),
    ]

    def total(terms):
        result = np.zeros_like(y)
        for name, left, right, weight in terms:
            if np.any(left) and np.any(right):
                response = polyval(y, responses[name][..., None], tensor=False) * np.exp(-2 * y)
                result += weight * np.einsum("tie,tuie,uie->ie", left, response, right)
        return result

    return total(constant), total(rising)
