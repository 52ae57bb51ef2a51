import re
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import spherical_jn

from helpers import recoils, spectra

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message="Default WIMP parameters are changed", category=UserWarning)
    import numericalunits as nu
    import wimprates

XENON1T_HALO = recoils.Halo(v0=220, v_earth=232)
masses = st.floats(3, 1e4)
halos = st.builds(
    recoils.Halo, v0=st.floats(150, 300), v_earth=st.floats(50, 300), v_escape=st.floats(450, 700)
)


# --- the halo ------------------------------------------------------------------------------------------------


@given(halos)
@settings(max_examples=30, deadline=None)
def test_the_halo_integrates_to_one(halo):
    kink = halo.v_escape - halo.v_earth
    total = quad(halo.speed_distribution, 0, kink)[0] + quad(halo.speed_distribution, kink, halo.v_max)[0]
    assert total == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("v0, integral", [(238, 0.970), (220, 0.987)])
def test_wimprates_own_halo_does_not_integrate_to_one(v0, integral):
    theirs = wimprates.StandardHaloModel(v_0=v0 * nu.km / nu.s)
    fastest = wimprates.v_max(None, theirs.v_esc, theirs.v_0)
    total = quad(lambda v: theirs.velocity_dist(v, None), 0, fastest, epsabs=0, epsrel=1e-8)[0]
    assert total == pytest.approx(integral, abs=0.0005)


@given(halos, st.floats(0, 900))
@settings(max_examples=50, deadline=None)
def test_the_closed_form_of_the_mean_inverse_speed_is_the_integral(halo, v_min):
    edges = sorted(
        {min(v_min, halo.v_max), min(max(v_min, halo.v_escape - halo.v_earth), halo.v_max), halo.v_max}
    )
    pieces = [
        quad(lambda v: halo.speed_distribution(v) / v if v else 0.0, low, high, epsabs=1e-13)[0]
        for low, high in zip(edges, edges[1:], strict=False)
    ]
    assert halo.inverse_speed(v_min) == pytest.approx(sum(pieces), rel=1e-6, abs=1e-11)


@given(halos, st.floats(0, 900))
@settings(max_examples=30, deadline=None)
def test_the_closed_form_of_the_mean_speed_is_the_integral(halo, v_min):
    kink = halo.v_escape - halo.v_earth
    edges = sorted({min(v_min, halo.v_max), min(max(v_min, kink), halo.v_max), halo.v_max})
    pieces = [
        quad(lambda v: v * halo.speed_distribution(v), low, high, epsabs=1e-10)[0]
        for low, high in zip(edges, edges[1:], strict=False)
    ]
    assert halo.mean_speed(v_min) == pytest.approx(sum(pieces), rel=1e-6, abs=1e-8)


@given(halos)
@settings(max_examples=20, deadline=None)
def test_the_mean_speed_falls_to_zero_at_the_fastest(halo):
    mean = halo.mean_speed(np.linspace(0, halo.v_max, 200))
    assert np.all(np.diff(mean) <= 1e-9) and halo.v_earth < mean[0] < halo.v_max
    beyond = halo.v_max * np.array([1.0001, 1.01, 3])
    assert np.all(halo.mean_speed(beyond) == 0) and np.all(halo.inverse_speed(beyond) == 0)


def test_rounding_leaves_no_speed_beyond_the_fastest():
    halo = recoils.Halo(251.828125, 246.2, 658.9686211336707)  # 4e-16, once
    assert np.all(halo.mean_speed(halo.v_max * np.array([1, 1.0001, 1.01, 3])) == 0)


def test_the_default_halo_is_the_recommended_one():
    halo = recoils.Halo()
    assert (halo.v0, halo.v_escape, halo.density) == (238, 544, 0.3)
    assert halo.v_earth == pytest.approx(253.7, abs=0.05)  # arXiv 2105.00599, equation 12


# --- WIMPs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["Xe", "Ar", "Ge"])
@pytest.mark.parametrize("mass", [5, 50, 500])
def test_the_rate_is_that_of_wimprates_with_the_same_halo(mass, target):
    # XENON1T's halo: wimprates integrates to the fastest speed of its own, and that one's is below
    energy = np.linspace(0.1, 60, 40)
    theirs = wimprates.rate_wimp_std(
        energy, mw=mass, sigma_nucleon=1e-47, halo_model=XENON1T_HALO, material=target, epsrel=1e-6
    )
    ours = recoils.wimp_rate(energy, mass, 1e-47, halo=XENON1T_HALO, target=target)
    assert ours == pytest.approx(theirs, rel=2e-4, abs=1e-6 * ours.max())


@pytest.mark.parametrize("mass, target", [(10, "Ar"), (100, "Xe"), (1000, "Ge")])
def test_the_rate_of_lewin_and_smith(mass, target):
    # Their equations 3.1 and 3.4: R0 = 503/(M_D M_T) events/(kg d) for 1 pb per nucleus, 0.4 GeV/cm³, 230 km/s,
    # and dR/dE = R0/(E0 r) exp(-E/(E0 r)) for an Earth at rest and no escape speed.
    weight = recoils.ATOMIC_WEIGHT[target]
    nucleus, nucleon = 0.9315 * weight, 0.9315
    reduced, reduced_nucleon = mass * nucleus / (mass + nucleus), mass * nucleon / (mass + nucleon)
    per_nucleon = 1e-36 / (weight * reduced / reduced_nucleon) ** 2
    e0r = 0.5 * mass * (230 / 299792.458) ** 2 * 1e6 * 4 * mass * nucleus / (mass + nucleus) ** 2
    energy = np.array([0.1, 1, 3]) * e0r
    published = 503 / (mass * nucleus) / e0r * np.exp(-energy / e0r) * 365.25e3
    halo = recoils.Halo(v0=230, v_earth=0.5, v_escape=3000, density=0.4)
    ours = recoils.wimp_rate(energy, mass, per_nucleon, halo=halo, target=target)
    assert ours / helm(energy, weight) == pytest.approx(published, rel=0.003)


@given(masses, st.floats(1e-3, 1e3))
@settings(max_examples=30, deadline=None)
def test_the_rate_is_linear_in_the_cross_section_and_the_density(mass, factor):
    energy = np.linspace(0, 50, 30)
    one = recoils.wimp_rate(energy, mass, 1e-46)
    assert recoils.wimp_rate(energy, mass, factor * 1e-46) == pytest.approx(factor * one)
    denser = recoils.Halo(density=0.3 * factor)
    assert recoils.wimp_rate(energy, mass, 1e-46, halo=denser) == pytest.approx(factor * one)


@given(masses, st.sampled_from(["Xe", "Ar", "Ge"]))
@settings(max_examples=50, deadline=None)
def test_the_rate_falls_with_energy_up_to_the_kinematic_end_and_is_zero_beyond(mass, target):
    halo = recoils.Halo()
    nucleus = recoils.ATOMIC_WEIGHT[target] * 0.93149410
    reduced = mass * nucleus / (mass + nucleus)
    end = 2 * (reduced * halo.v_max / 299792.458) ** 2 / nucleus * 1e6
    # The form factor's first zero, near 90 keV in xenon, ends the fall of heavy WIMPs' rates.
    energy = np.linspace(0, min(end, 80), 200)
    rate = recoils.wimp_rate(energy, mass, 1e-46, target=target)
    assert np.all(np.diff(rate) <= 0) and rate[0] > 0
    assert recoils.wimp_rate(end * 0.99, mass, 1e-46, target=target) > 0
    assert np.all(recoils.wimp_rate(end * np.array([1.001, 2, 10]), mass, 1e-46, target=target) == 0)


def test_heavy_wimps_are_rare_and_light_ones_leave_too_little():
    def above_threshold(mass):
        return spectra.expected_events(lambda e: recoils.wimp_rate(e, mass, 1e-46), 1, (5, 80))

    assert above_threshold(1000) / above_threshold(10_000) == pytest.approx(10, rel=0.1)
    assert above_threshold(5) < 1e-3 * above_threshold(30)


def test_heavier_nuclei_win_through_coherence():
    totals = [
        spectra.expected_events(lambda e, t=t: recoils.wimp_rate(e, 50, 1e-46, target=t), 1, (0, 5))
        for t in ("Xe", "Ge", "Ar")
    ]
    assert totals == sorted(totals, reverse=True)


def helm(energy, weight):
    """Lewin and Smith's form factor, squared, written out: equations 4.7 and 4.11."""
    momentum = np.sqrt(2 * weight * 0.93149410 * energy * 1e-6) / 0.1973269804  # [1/fm]
    radius = np.sqrt((1.23 * weight ** (1 / 3) - 0.60) ** 2 + 7 / 3 * (np.pi * 0.52) ** 2 - 5 * 0.9**2)
    return (3 * spherical_jn(1, momentum * radius) / (momentum * radius)) ** 2 * np.exp(
        -((momentum * 0.9) ** 2)
    )


@pytest.mark.parametrize("target, weight", [("Xe", 131.293), ("Ar", 39.948), ("Ge", 72.64), ("Si", 28.0855)])
def test_coherence_is_lost_as_lewin_and_smith_say(target, weight):
    # Two rates differ by the form factor and, known in closed form, by the halo
    energy = np.linspace(0.5, 60, 20)
    halo, mass = recoils.Halo(), 100.0
    nucleus = 0.93149410 * weight
    slowest = np.sqrt(nucleus * energy * 1e-6 / 2) * (mass + nucleus) / (mass * nucleus) * 299792.458
    coherent = halo.inverse_speed(slowest) / halo.inverse_speed(0)
    rate = recoils.wimp_rate(energy, mass, 1e-46, target=target)
    start = recoils.wimp_rate(0, mass, 1e-46, target=target)
    assert rate / start / coherent == pytest.approx(helm(energy, weight), rel=1e-4)


def test_xenons_form_factor_has_its_first_zero_near_ninety_kev():
    energy = np.linspace(60, 130, 141)
    rate = recoils.wimp_rate(energy, 500, 1e-46)
    assert energy[np.argmin(rate)] == pytest.approx(94.5, abs=1.0)


# --- neutrinos and electrons ---------------------------------------------------------------------------------


def test_the_neutrino_spectrum_is_a_density():
    energy = np.linspace(0, 20, 20_001)
    density = recoils._b8_spectrum(energy)
    assert np.trapezoid(density, energy) == pytest.approx(1, abs=1e-6)
    assert np.all(density >= 0) and recoils._b8_spectrum(16) == 0
    mean = np.trapezoid(energy * density, energy)
    assert mean == pytest.approx(6.75, abs=0.05)  # MeV, as in all evaluations


# G_F [GeV⁻²], sin²θ_W at low momentum (PDG), SNO's flux [/cm²/s], and ħc [GeV cm]: written out, not taken from helpers
G_F, MIXING, FLUX, HBARC = 1.1663787e-5, 0.2386, 5.25e6, 1.973269804e-14


def freedman(recoil, weight, charge):
    """Coherent scattering of ⁸B neutrinos [events/(keV t y)] at one recoil energy [keV], Freedman (1974).

    Gauss and Legendre within each straight piece of the neutrino table, from the slowest neutrino on.
    """
    table = np.loadtxt(recoils.B8_TABLE, delimiter=",", skiprows=1)
    nucleus = weight * 0.93149410
    weak = weight - charge - (1 - 4 * MIXING) * charge
    slowest = np.sqrt(nucleus * recoil * 1e-6 / 2) * 1e3  # [MeV]
    edges = np.unique(np.maximum(table[:, 0], slowest))
    node, share = np.polynomial.legendre.leggauss(16)
    half = np.diff(edges)[:, None] / 2
    neutrino = edges[:-1, None] + half * (1 + node)
    spectrum = np.interp(neutrino, *table.T, right=0.0) / 1000
    flux_above = np.sum(half * share * spectrum * (1 - nucleus * recoil / 2 / neutrino**2))  # keV GeV = MeV²
    form = helm(recoil, weight)
    cross_section = (
        G_F**2 * nucleus / (4 * np.pi) * weak**2 * form * flux_above * HBARC**2 * 1e-6
    )  # [cm²/keV]
    return cross_section * FLUX * 365.25 * 86400 * 1e6 / weight * 6.02214076e23


def test_neutrinos_recoil_as_an_independent_integral_says():
    for target, weight, charge in (
        ("Xe", 131.293, 54),
        ("Ar", 39.948, 18),
        ("Ge", 72.64, 32),
        ("Si", 28.0855, 14),
    ):
        energy = np.array([1e-4, 0.3, 1.0, 2.0, 3.8])
        right = [freedman(recoil, weight, charge) for recoil in energy]
        assert recoils.b8_rate(energy, target=target) == pytest.approx(right, rel=0.003)
    node, share = np.polynomial.legendre.leggauss(10)
    edges, total = np.log([1e-4, 0.03, 0.3, 1, 2, 3.5, 5]), 1e-4 * freedman(1e-4, 131.293, 54)
    for low, high in zip(edges, edges[1:], strict=False):  # Gauss and Legendre in the logarithm of the energy
        at = np.exp((low + high + (high - low) * node) / 2)
        total += (
            (high - low) / 2 * sum(w * e * freedman(e, 131.293, 54) for w, e in zip(share, at, strict=True))
        )
    assert total == pytest.approx(935.4, rel=0.001)
    assert spectra.expected_events(recoils.b8_rate, 1, (0, 100)) == pytest.approx(935.4, rel=0.003)


def test_the_b8_rate_has_the_published_cross_section():
    # XENONnT (arXiv 2408.02877) quotes one measurement in two ways: a flux of 4.7e6 /cm²/s with the standard
    # cross-section, and a cross-section of 1.1e-39 cm² with SNO's flux of 5.25e6. Their ratio holds the standard
    # cross-section: 1.1e-39 · 5.25/4.7, known to the rounding of 1.1.
    events = spectra.expected_events(recoils.b8_rate, 1, (0, 6))
    cross_section = events / (1e6 / 131.293 * 6.02214076e23) / (5.25e6 * 365.25 * 86400)
    assert cross_section * 4.7 / 5.25 == pytest.approx(1.1e-39, abs=0.05e-39)


def test_sno_measured_the_flux():
    assert (recoils.B8_FLUX, recoils.B8_FLUX_ERROR) == (5.25e6, 0.20e6)  # arXiv 1109.0763; 2012.02846


def test_the_b8_recoils_are_those_of_nest(nest_source):
    theirs = np.asarray(nest_source.nestpy.spectra.B8(20_000))
    ours = spectra.sample_energies(recoils.b8_rate, 20_000, (0, 4), rng=np.random.default_rng(1))
    shared = (0.3, 4)  # NEST's parametrisation is for what can be seen: below, it is not the same
    theirs, ours = (e[(e > shared[0]) & (e < shared[1])] for e in (theirs, ours))
    assert np.quantile(ours, [0.25, 0.5, 0.9]) == pytest.approx(
        np.quantile(theirs, [0.25, 0.5, 0.9]), rel=0.05
    )


@given(st.floats(0, 1e7))
@settings(max_examples=20, deadline=None)
def test_the_b8_rate_is_linear_in_the_flux_and_falls_with_energy(flux):
    energy = np.linspace(0, 6, 61)
    rate = recoils.b8_rate(energy, flux=flux)
    assert rate == pytest.approx(flux / recoils.B8_FLUX * recoils.b8_rate(energy))
    assert np.all(np.diff(rate) <= 0) and rate[-1] == 0


def test_flat_is_flat():
    assert np.all(recoils.flat_er_rate([0, 5, 18], 40) == 40)


@pytest.mark.parametrize(
    "rate",
    [lambda e: recoils.wimp_rate(e, 50, 1e-46), recoils.b8_rate, lambda e: recoils.flat_er_rate(e, 40)],
    ids=["WIMPs", "neutrinos", "flat"],
)
def test_a_rate_has_the_shape_of_its_energies(rate):
    energy = np.array([[0.0, 0.3, 1.0], [2.0, 3.0, 4.0]])
    found = rate(energy)
    assert found.shape == (2, 3) and rate(0.3).shape == ()
    np.testing.assert_allclose(found, [[rate(e) for e in row] for row in energy], rtol=1e-12)


# --- bad input -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name, call",
    [
        ("v0", lambda: recoils.Halo(v0=0)),
        ("v_earth", lambda: recoils.Halo(v_earth=600)),
        ("density", lambda: recoils.Halo(density=np.nan)),
        ("speed", lambda: recoils.Halo().speed_distribution(-1)),
        ("v_min", lambda: recoils.Halo().inverse_speed(-1)),
        ("v_min", lambda: recoils.Halo().mean_speed(-1)),
        ("recoil_energy", lambda: recoils.wimp_rate(-1, 50, 1e-46)),
        ("mass", lambda: recoils.wimp_rate(1, 0, 1e-46)),
        ("cross_section", lambda: recoils.wimp_rate(1, 50, -1e-46)),
        ("halo", lambda: recoils.wimp_rate(1, 50, 1e-46, halo="standard")),
        ("target", lambda: recoils.form_factor_squared(1, "xe")),
        ("recoil_energy", lambda: recoils.form_factor_squared(-1)),
        ("target", lambda: recoils.wimp_rate(1, 50, 1e-46, target="Pb")),
        ("recoil_energy", lambda: recoils.b8_rate([1, np.inf])),
        ("flux", lambda: recoils.b8_rate(1, flux=-1)),
        ("rate", lambda: recoils.flat_er_rate(1, -1)),
        ("decays", lambda: recoils.tritium_rate(1, -1)),
        ("recoil_energy", lambda: recoils.tritium_rate(-1, 1)),
    ],
)
def test_bad_input_is_named(name, call):
    with pytest.raises(ValueError, match="^" + re.escape(name)):
        call()


# --- momentum ------------------------------------------------------------------------------------------------


def test_momentum_transfer_of_a_kev_on_xenon():
    # q² = 2 M E: M = 131.293 u = 122.30 GeV, E = 1e-6 GeV
    assert recoils.momentum_transfer(1.0) == pytest.approx((2 * 131.293 * 931.494 * 1e-3) ** 0.5, rel=1e-4)
    assert recoils.momentum_transfer([0.0, 4.0]) == pytest.approx([0, 2 * recoils.momentum_transfer(1.0)])


def test_momentum_transfer_gives_wimprates_light_mediator():
    energy = np.array([0.5, 1.0, 5.0])
    theirs = wimprates.mediator_factor(energy * nu.keV, 10 * nu.MeV / nu.c0**2, "Xe")
    ours = (1 + (recoils.momentum_transfer(energy) / 10) ** 2) ** -2.0
    assert ours / ours[0] == pytest.approx(theirs / theirs[0], rel=0.01)


@pytest.mark.parametrize("energy, target, says", [(-1, "Xe", "recoil_energy"), (1, "Pb", "target")])
def test_momentum_transfer_says_what_is_wrong(energy, target, says):
    with pytest.raises(ValueError, match=says):
        recoils.momentum_transfer(energy, target)


# --- tritium ----------------------------------------------------------------------------------------------------


def test_tritium_has_its_known_mean_energy_and_end_point():
    mean = quad(lambda e: e * recoils.tritium_rate(e, 1), 0, 18.59)[0]
    assert mean == pytest.approx(5.7, abs=0.05)  # keV, as LUX quotes it (arXiv 1512.03133: 5.6)
    assert recoils.tritium_rate(18.6, 1) == 0 < recoils.tritium_rate(18.5, 1)
    energy = np.linspace(0.01, 18.5, 2000)
    assert energy[recoils.tritium_rate(energy, 1).argmax()] == pytest.approx(2.5, abs=0.5)


@given(st.floats(0, 1e6), st.lists(st.floats(0, 40), min_size=1, max_size=5))
@settings(max_examples=30, deadline=None)
def test_tritium_decays_as_often_as_it_is_told(decays, energy):
    total = quad(lambda e: recoils.tritium_rate(e, decays), 0, 18.59)[0]
    assert total == pytest.approx(decays, rel=1e-4)
    rate = recoils.tritium_rate(energy, decays)
    assert rate.shape == np.shape(energy) and np.all(rate >= 0)
