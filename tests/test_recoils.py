import hashlib
import re
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad

from helpers import operators, recoils, spectra

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
@settings(max_examples=20)
def test_the_mean_speed_falls_to_zero_at_the_fastest(halo):
    mean = halo.mean_speed(np.linspace(0, halo.v_max, 200))
    assert np.all(np.diff(mean) <= 1e-9) and halo.v_earth < mean[0] < halo.v_max
    assert np.all(halo.mean_speed(halo.v_max * np.array([1.0001, 1.01, 3])) == 0)


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
    assert ours / recoils.form_factor_squared(energy, target) == pytest.approx(published, rel=0.003)


@given(masses, st.floats(1e-3, 1e3))
@settings(max_examples=30)
def test_the_rate_is_linear_in_the_cross_section_and_the_density(mass, factor):
    energy = np.linspace(0, 50, 30)
    one = recoils.wimp_rate(energy, mass, 1e-46)
    assert recoils.wimp_rate(energy, mass, factor * 1e-46) == pytest.approx(factor * one)
    denser = recoils.Halo(density=0.3 * factor)
    assert recoils.wimp_rate(energy, mass, 1e-46, halo=denser) == pytest.approx(factor * one)


@given(masses, st.sampled_from(["Xe", "Ar", "Ge"]))
@settings(max_examples=50)
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


@given(st.sampled_from(["Xe", "Ar", "Ge", "Si"]))
def test_the_form_factor_starts_at_one_and_agrees_with_wimprates(target):
    energy = np.linspace(0.5, 60, 20)
    theirs = wimprates.helm_form_factor_squared(energy * nu.keV, recoils.ATOMIC_WEIGHT[target])
    assert recoils.form_factor_squared(0, target) == pytest.approx(1, abs=1e-4)
    assert recoils.form_factor_squared(energy, target) == pytest.approx(theirs, rel=1e-3)


# --- effective field theory ----------------------------------------------------------------------------------

FOUND_BY_WIMPY = {  # events/(keV t y) at 3 and 30 keV for 50 GeV and a coupling of 1, XENON1T's halo; see the card
    "O1": (7.878e8, 4.766e7),
    "O3": (5.172, 42.72),
    "O4": (725.8, 44.33),
    "O5": (0.1614, 0.09708),
    "O6": (0.0001834, 0.002294),
    "O7": (0.0008862, 1.914e-05),
    "O8": (190.6, 11.48),
    "O9": (0.3853, 0.09658),
    "O10": (0.8796, 1.096),
    "O11": (1.668e5, 1.008e5),
    "O12": (1522.0, 1259.0),
    "O14": (1.847e-7, 3.979e-8),
    "O15": (0.001099, 0.09067),
}
SPINS = {128: 0, 129: 0.5, 130: 0, 131: 1.5, 132: 0, 134: 0, 136: 0}
operators = st.sampled_from(operators.EFT_OPERATORS)
pairs = st.tuples(st.floats(-2, 2), st.floats(-2, 2)).filter(lambda pair: max(map(abs, pair)) > 1e-3)


def response(name, isotope, y=0.0):
    """W(y) of one isotope in xenon, both isospins by both, without exp(-2y)."""
    (numbers, *_), tables = operators._xenon()
    table = tables[name][..., list(numbers).index(isotope)]
    return np.moveaxis(np.polynomial.polynomial.polyval(np.asarray(y), table), (0, 1), (-2, -1))


def by_nucleon(isospins):
    """From (c_p + c_n, c_p - c_n) to (c_p, c_n)."""
    turn = np.array([[1, 1], [1, -1]])
    return turn @ isospins @ turn


def test_the_isotopes_make_up_xenon():
    (numbers, spins, abundance, weight), _ = operators._xenon()
    assert dict(zip(numbers, spins, strict=True)) == SPINS
    # 124Xe and 126Xe, 0.095 and 0.089 %, complete them
    assert abundance.sum() == pytest.approx(1 - 0.000952 - 0.000890, abs=1e-9)
    whole = abundance @ weight + 0.000952 * 123.9059 + 0.000890 * 125.9043
    assert whole == pytest.approx(recoils.ATOMIC_WEIGHT["Xe"], abs=0.001)


@pytest.mark.parametrize("isotope, spin", SPINS.items())
def test_at_no_momentum_the_responses_count_the_nucleons(isotope, spin):
    count = np.array([54, isotope - 54])
    nucleons = by_nucleon(response("M", isotope)) * 4 * np.pi / (2 * spin + 1)
    assert nucleons == pytest.approx(np.outer(count, count), rel=1e-3)
    if spin:  # only one multipole of the spin is left
        assert response("Sigma1", isotope) == pytest.approx(2 * response("Sigma2", isotope), rel=1e-6)
    for name in ("Sigma1", "Sigma2", "Delta", "DeltaSigma1"):
        assert np.any(response(name, isotope)) == (spin > 0)
    assert np.any(response("PhiTilde1", isotope)) == (spin > 1)


@pytest.mark.parametrize("isotope", [isotope for isotope, spin in SPINS.items() if spin < 1])
def test_a_nucleus_with_one_multipole_has_responses_that_are_products(isotope):
    # Below spin 1 the even responses hold J = 0 alone, the odd ones J = 1 alone: one amplitude for each isospin.
    y = np.linspace(0, 1.5, 16)
    for mixed, left, right in (
        ("M", "M", "M"),
        ("Phi2", "Phi2", "Phi2"),
        ("Sigma1", "Sigma1", "Sigma1"),
        ("Sigma2", "Sigma2", "Sigma2"),
        ("Delta", "Delta", "Delta"),
        ("Phi2M", "Phi2", "M"),
        ("DeltaSigma1", "Delta", "Sigma1"),
    ):
        squares = [np.diagonal(response(name, isotope, y), axis1=-2, axis2=-1) for name in (left, right)]
        product = squares[0][:, :, None] * squares[1][:, None, :]
        assert response(mixed, isotope, y) ** 2 == pytest.approx(product, rel=1e-6, abs=1e-12 * product.max())


@pytest.mark.parametrize(
    "name, isotope, nucleons, printed",
    [
        ("M", 136, "nn", "6700 -30000 51000 -46000 24000 -7300 1300 -140 7.6 -0.17 0.0014"),
        ("Phi2", 132, "pn", "150 -430 460 -240 67 -10 0.77 -0.023"),
        ("Phi2M", 128, "np", "-360 1200 -1600 1100 -390 81 -9.5 0.57 -0.014"),
        ("Sigma1", 129, "nn", "0.49 -3.3 8.8 -12 9.8 -4.5 1.2 -0.16 0.010"),
        ("Sigma2", 131, "nn", "0.088 0.30 -0.23 -0.47 1.2 -1.1 0.44 -0.086 0.0067"),
        ("Delta", 131, "pn", "0.11 -0.28 0.31 -0.19 0.062 -0.010 0.00073"),
        ("DeltaSigma1", 131, "pn", "0.063 -0.37 0.72 -0.68 0.35 -0.098 0.014 -0.00077"),
    ],
)
def test_the_coefficients_are_the_published_ones(name, isotope, nucleons, printed):
    # arXiv 1203.3542, equations 82 to 88, which print two digits and put the density (M, Σ') first in a mixed response
    (numbers, *_), tables = operators._xenon()
    table = np.moveaxis(tables[name][..., list(numbers).index(isotope)], 0, -1)
    turn = np.array([[1, 1], [1, -1]])
    ours = np.einsum("ta,tuk,ub->abk", turn, table, turn) * 4 * np.pi / (2 * SPINS[isotope] + 1)
    ours = ours["pn".index(nucleons[0]), "pn".index(nucleons[1])]
    for value, number in zip(ours, printed.split(), strict=False):
        last_digit = 10.0 ** (np.floor(np.log10(abs(float(number)))) - 1)
        assert value == pytest.approx(float(number), abs=0.51 * last_digit)


def test_o1_is_spin_independent_scattering():
    # 1 u for the nucleon is wimprates' convention; what remains is the shell model against Helm's form factor
    energy, mass, coupling = np.linspace(0, 41, 42), 100.0, 1e-4
    reduced = mass * 0.9314941 / (mass + 0.9314941)
    cross_section = (coupling / 246.2**2 * reduced * 1.973269804e-14) ** 2 / np.pi
    ratio = operators.eft_rate(energy, mass, {"O1": coupling}) / recoils.wimp_rate(
        energy, mass, cross_section
    )
    assert ratio[0] == pytest.approx(1, abs=0.005)
    assert ratio == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize("operator", FOUND_BY_WIMPY)
def test_the_rates_are_those_of_wimpy(operator):
    # It takes 0.9315 GeV for the nucleon, 0.8 % less than we: 5 % in what rises with the sixth power of q
    ours = operators.eft_rate([3, 30], 50, {operator: 1}, halo=XENON1T_HALO)
    assert ours == pytest.approx(np.array(FOUND_BY_WIMPY[operator]), rel=0.052)


@pytest.mark.parametrize(
    "couplings, wimpy",
    [
        ({"O1": (0.01, 0.1), "O3": (1, 0.5)}, (45771, 740.03)),
        ({"O4": (1, 0.3), "O5": (30, -20)}, (577.06, 141.50)),
        ({"O4": (1, 0.3), "O6": (-300, 100)}, (277.05, 229.73)),
        ({"O8": (1, 0.7), "O9": (20, -3)}, (350.96, 63.731)),
        ({"O11": (0.1, 0.2), "O12": (1, 0.5)}, (99.013, 114.64)),
        ({"O11": (0.1, 0.2), "O15": (100, 10)}, (891.01, 2841.7)),
    ],
)
def test_operators_interfere_as_in_wimpy(couplings, wimpy):
    ours = operators.eft_rate([3, 30], 50, couplings, halo=XENON1T_HALO)
    alone = sum(
        operators.eft_rate([3, 30], 50, {name: c}, halo=XENON1T_HALO) for name, c in couplings.items()
    )
    off, off_alone = (np.max(np.abs(rate / np.array(wimpy) - 1)) for rate in (ours, alone))
    assert off < 0.04 and off_alone > 4 * off


@pytest.mark.parametrize(
    "operator, slower, factor, power",
    [
        ("O11", "O1", 1 / 4, 1),
        ("O5", "O8", 1, 1),
        ("O14", "O7", 1 / 4, 1),
        ("O10", "O4", 4 / 3, 1),
        ("O9", "O4", 2 / 3, 1),
        ("O6", "O4", 1 / 3, 2),
    ],
)
def test_momentum_makes_the_difference_between_two_operators(operator, slower, factor, power):
    energy = np.array([1e-3, 0.01, 0.1])
    momentum_squared = 2 * 122.3 * energy * 1e-6 / 0.9389**2  # in nucleon masses
    ratio = operators.eft_rate(energy, 80, {operator: 1}) / operators.eft_rate(energy, 80, {slower: 1})
    assert ratio == pytest.approx(factor * momentum_squared**power, rel=0.05)


def test_o13_lives_on_the_one_isotope_with_a_tensor_response():
    # Φ̃' rises with q⁴ and leaves the longitudinal spin, which v⊥² suppresses a million times, far behind
    energy = np.array([1.0, 2.0])
    ratio = operators.eft_rate(energy, 1000, {"O13": 1}) / operators.eft_rate(energy, 1000, {"O1": 1})
    assert ratio[1] / ratio[0] == pytest.approx(4, rel=0.15)


@pytest.mark.parametrize("v_min_energy", [1e-4, 2.0, 6.0])
def test_velocity_operators_average_the_transverse_speed(v_min_energy):
    # O8 is O1 times v⊥²/4 but for Δ, which is small at low momentum
    halo, mass = recoils.Halo(), 40.0
    nucleus = 131.293 * 0.93149410
    slowest = (
        np.sqrt(2 * nucleus * v_min_energy * 1e-6) / (2 * mass * nucleus / (mass + nucleus)) * 299792.458
    )
    kink = halo.v_escape - halo.v_earth

    def above(weight):
        edges = (slowest, max(slowest, kink), halo.v_max)
        return sum(
            quad(lambda v: weight(v) * halo.speed_distribution(v) / v, a, b)[0]
            for a, b in zip(edges, edges[1:], strict=False)
            if b > a
        )

    expected = 0.25 * above(lambda v: v**2 - slowest**2) / above(lambda v: 1.0) / 299792.458**2
    energy = [v_min_energy]
    ratio = operators.eft_rate(energy, mass, {"O8": 1}) / operators.eft_rate(energy, mass, {"O1": 1})
    assert ratio == pytest.approx(expected, rel=0.05)


@given(operators, pairs, masses, st.floats(0.01, 100))
@settings(max_examples=30, deadline=None)
def test_the_rate_is_quadratic_in_the_coupling_and_linear_in_the_density(operator, pair, mass, factor):
    energy = np.linspace(0, 60, 20)
    one = operators.eft_rate(energy, mass, {operator: pair})
    more = operators.eft_rate(energy, mass, {operator: factor * np.array(pair)})
    assert np.all(one >= 0)
    assert more == pytest.approx(factor**2 * one, rel=1e-6, abs=1e-9 * more.max())
    denser = operators.eft_rate(energy, mass, {operator: pair}, halo=recoils.Halo(density=0.3 * factor))
    assert denser == pytest.approx(factor * one)


@given(st.dictionaries(operators, pairs, min_size=2, max_size=4), masses)
@settings(max_examples=30, deadline=None)
def test_the_rate_is_a_quadratic_form_that_is_nowhere_negative(couplings, mass):
    energy = np.linspace(0, 60, 20)
    name, *_ = couplings

    def rate(sign):
        changed = couplings | {name: sign * np.array(couplings[name])}
        return operators.eft_rate(energy, mass, changed)

    plus, minus, without = rate(1), rate(-1), rate(0)
    alone = operators.eft_rate(energy, mass, {name: couplings[name]})
    scale = max(plus.max(), minus.max(), 1e-300)
    assert np.all(plus >= 0) and np.all(minus >= 0)
    assert (plus + minus) / scale == pytest.approx(2 * (without + alone) / scale, abs=1e-9)


@given(operators, masses)
@settings(max_examples=20, deadline=None)
def test_isospin_turns_into_protons_and_neutrons(operator, mass):
    # c0 = (c_p + c_n)/2: protons alone are (½, ½), neutrons (½, -½)
    energy = np.linspace(0, 60, 20)
    scalar, vector, proton, neutron = (
        operators.eft_rate(energy, mass, {operator: pair}) for pair in (1, (0, 1), (0.5, 0.5), (0.5, -0.5))
    )
    assert scalar + vector == pytest.approx(2 * (proton + neutron), rel=1e-9, abs=1e-12 * scalar.max())
    assert np.array_equal(scalar, operators.eft_rate(energy, mass, {operator: (1, 0)}))


@given(operators, masses)
@settings(max_examples=20, deadline=None)
def test_no_recoil_is_above_the_kinematic_end(operator, mass):
    halo = recoils.Halo()
    ends = [
        2e6 * (mass * m / (mass + m) * halo.v_max / 299792.458) ** 2 / m
        for m in 0.9314941 * np.array([128, 136])
    ]
    assert np.all(operators.eft_rate(max(ends) * np.array([1.01, 2, 9]), mass, {operator: 1}) == 0)
    assert operators.eft_rate(min(ends) * 0.97, mass, {operator: 1}) > 0


def test_a_wimp_without_spin_has_four_operators():
    rates = {name: operators.eft_rate(10.0, 100, {name: 1}, spin=0) for name in operators.EFT_OPERATORS}
    assert [name for name, rate in rates.items() if rate > 0] == ["O1", "O3", "O7", "O10"]
    one, half = (operators.eft_rate(10.0, 100, {"O8": 1}, spin=spin) for spin in (1, 0.5))
    assert one / half == pytest.approx(2 / 0.75)


def test_many_masses_at_once_are_the_same_as_one_by_one():
    energy, many = np.array([[1.0, 5.0], [20.0, 60.0]]), np.geomspace(10, 4000, 3)
    together = operators.eft_rate(energy, many, {"O12": (1, 0.3), "O15": 10})
    assert together.shape == (3, 2, 2)
    for mass, rate in zip(many, together, strict=True):
        assert operators.eft_rate(energy, mass, {"O12": (1, 0.3), "O15": 10}) == pytest.approx(
            rate, rel=1e-12
        )
    assert operators.eft_rate(5.0, 100, {"O1": 1}).shape == ()


# --- neutrinos and electrons ---------------------------------------------------------------------------------


def test_the_neutrino_table_is_the_one_on_its_card():
    digest = hashlib.sha256(recoils.B8_TABLE.read_bytes()).hexdigest()
    assert digest in (recoils.B8_TABLE.parent / "README.md").read_text()


def test_the_neutrino_spectrum_is_a_density():
    energy = np.linspace(0, 20, 20_001)
    density = recoils.b8_spectrum(energy)
    assert np.trapezoid(density, energy) == pytest.approx(1, abs=1e-6)
    assert np.all(density >= 0) and recoils.b8_spectrum(16) == 0


def test_the_b8_rate_has_the_published_cross_section():
    # XENONnT (arXiv 2408.02877) quotes one measurement in two ways: a flux of 4.7e6 /cm²/s with the standard
    # cross-section, and a cross-section of 1.1e-39 cm² with SNO's flux of 5.25e6. Their ratio holds the standard
    # cross-section: 1.1e-39 · 5.25/4.7, known to the rounding of 1.1.
    events = spectra.expected_events(recoils.b8_rate, 1, (0, 6))
    cross_section = events / (1e6 / 131.293 * 6.02214076e23) / (recoils.B8_FLUX * 365.25 * 86400)
    assert cross_section * 4.7 / 5.25 == pytest.approx(1.1e-39, abs=0.05e-39)


def test_the_b8_recoils_are_those_of_nest():
    from nestpy import spectra

    theirs = np.asarray(spectra.B8(20_000))
    ours = spectra.sample_energies(recoils.b8_rate, 20_000, (0, 4), rng=np.random.default_rng(1))
    assert np.quantile(ours, [0.25, 0.5, 0.9]) == pytest.approx(
        np.quantile(theirs, [0.25, 0.5, 0.9]), rel=0.12
    )


@given(st.floats(0, 1e7))
def test_the_b8_rate_is_linear_in_the_flux_and_falls_with_energy(flux):
    energy = np.linspace(0, 6, 61)
    rate = recoils.b8_rate(energy, flux=flux)
    assert rate == pytest.approx(flux / recoils.B8_FLUX * recoils.b8_rate(energy))
    assert np.all(np.diff(rate) <= 0) and rate[-1] == 0


@pytest.mark.parametrize("decay", recoils.BETA_DECAYS)
def test_a_beta_spectrum_holds_its_activity_and_ends(decay):
    endpoint = recoils.BETA_DECAYS[decay][0]
    energy = np.linspace(0, endpoint, 20_001)
    assert np.trapezoid(recoils.beta_rate(energy, 7, decay), energy) == pytest.approx(7, rel=1e-5)
    assert np.all(recoils.beta_rate(endpoint * np.array([1, 1.1]), 7, decay) == 0)


def test_the_mean_energy_of_tritium_is_the_published_one():
    # 5.68 keV: the evaluated mean β energy of ³H
    events = spectra.sample_energies(
        lambda e: recoils.beta_rate(e, 1), 200_000, (0, 18.6), rng=np.random.default_rng(2)
    )
    assert events.mean() == pytest.approx(5.68, abs=0.04)


def test_flat_is_flat():
    assert np.all(recoils.flat_er_rate([0, 5, 18], 40) == 40)


# --- sampling ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rate, energy_range",
    [
        (lambda e: recoils.wimp_rate(e, 500, 1e-47), (0, 100)),
        (lambda e: recoils.wimp_rate(e, 4, 1e-47), (0, 100)),
        (lambda e: recoils.flat_er_rate(e, 3), (0.2, 18)),
        (lambda e: recoils.beta_rate(e, 1), (1, 10)),
        (([0, 1, 2, 5], [0, 4, 1, 0]), (0.5, 4)),
    ],
)
def test_samples_follow_their_rate(rate, energy_range):
    energies = spectra.sampler(rate, energy_range)(100_000, np.random.default_rng(3))
    energy, density = spectra.tabulate(rate, energy_range, points=40_001)
    fine = np.linspace(*energy_range, 100_001)
    values = np.interp(fine, energy, density)
    cdf = np.concatenate([[0], np.cumsum((values[1:] + values[:-1]) / 2)])
    assert energies.min() >= energy_range[0] and energies.max() <= energy_range[1]
    assert stats.kstest(energies, lambda e: np.interp(e, fine, cdf / cdf[-1])).pvalue > 0.001


def test_the_same_generator_draws_the_same_energies():
    draw = spectra.sampler(recoils.b8_rate, (0, 4))
    assert np.array_equal(draw(100, np.random.default_rng(4)), draw(100, np.random.default_rng(4)))
    assert draw(0, np.random.default_rng(4)).shape == (0,)


@given(st.lists(st.floats(0, 10), min_size=2, max_size=20), st.integers(0, 2**32))
def test_samples_stay_where_the_rate_is(rates, seed):
    table = (np.arange(len(rates)), rates)
    if sum(rates) < 1e-9:
        return
    energies = spectra.sample_energies(table, 50, (0, len(rates)), rng=np.random.default_rng(seed))
    assert np.all((energies >= 0) & (energies <= len(rates) - 1))
    cell = np.minimum(energies.astype(int), len(rates) - 2)
    assert np.all(np.array(rates)[cell] + np.array(rates)[cell + 1] > 0)


def test_expected_events_of_a_flat_rate_is_a_product():
    flat = ([0, 30], [40, 40])
    assert spectra.expected_events(flat, 2.5, (5, 15)) == pytest.approx(1000)
    assert spectra.expected_events(
        lambda e: 40 + 0 * e, 2.5, (5, 15), lambda e: 0.5 + 0 * e
    ) == pytest.approx(500)


@given(st.floats(3, 1000))
@settings(max_examples=20)
def test_bins_add_up_to_the_whole(mass):
    def rate(energy):
        return recoils.wimp_rate(energy, mass, 1e-45)

    binned = spectra.binned_events(rate, 3, np.maximum([0, 0.2, 0.4, 1, 4, 10, 20, 60], 0.3))
    assert binned[0] == 0
    assert binned.sum() == pytest.approx(spectra.expected_events(rate, 3, (0.3, 60)), rel=1e-3)


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
        ("recoil_energy", lambda: operators.eft_rate(-1, 50, {"O1": 1})),
        ("mass", lambda: operators.eft_rate(1, [50, 0], {"O1": 1})),
        ("couplings", lambda: operators.eft_rate(1, 50, "O1")),
        ("couplings", lambda: operators.eft_rate(1, 50, {})),
        ("couplings", lambda: operators.eft_rate(1, 50, {"O2": 1})),
        ("couplings", lambda: operators.eft_rate(1, 50, {"O1": (1, 2, 3)})),
        ("couplings", lambda: operators.eft_rate(1, 50, {"O1": np.nan})),
        ("spin", lambda: operators.eft_rate(1, 50, {"O1": 1}, spin=0.4)),
        ("halo", lambda: operators.eft_rate(1, 50, {"O1": 1}, halo=220)),
        ("recoil_energy", lambda: recoils.wimp_rate(-1, 50, 1e-46)),
        ("mass", lambda: recoils.wimp_rate(1, 0, 1e-46)),
        ("cross_section", lambda: recoils.wimp_rate(1, 50, -1e-46)),
        ("halo", lambda: recoils.wimp_rate(1, 50, 1e-46, halo="standard")),
        ("target", lambda: recoils.wimp_rate(1, 50, 1e-46, target="Pb")),
        ("target", lambda: recoils.form_factor_squared(1, "xe")),
        ("recoil_energy", lambda: recoils.b8_rate([1, np.inf])),
        ("flux", lambda: recoils.b8_rate(1, flux=-1)),
        ("neutrino_energy", lambda: recoils.b8_spectrum(-1)),
        ("rate", lambda: recoils.flat_er_rate(1, -1)),
        ("activity", lambda: recoils.beta_rate(1, -1)),
        ("decay", lambda: recoils.beta_rate(1, 1, "U238")),
        ("energy_range", lambda: spectra.sampler(recoils.b8_rate, (4, 0))),
        ("energy_range", lambda: spectra.sampler(([0, 1], [1, 1]), (2, 3))),
        ("rate", lambda: spectra.sampler(recoils.b8_rate, (10, 20))),
        ("rate", lambda: spectra.sampler(np.ones(3), (0, 1))),
        ("rate", lambda: spectra.sampler(lambda e: -e, (0, 1))),
        ("rate", lambda: spectra.sampler(lambda e: 1.0, (0, 1))),
        ("rate[0]", lambda: spectra.sampler(([1, 0], [1, 1]), (0, 1))),
        ("n", lambda: spectra.sample_energies(recoils.b8_rate, -1, (0, 4), rng=np.random.default_rng(1))),
        ("rng", lambda: spectra.sample_energies(recoils.b8_rate, 1, (0, 4), rng=np.random)),
        ("exposure", lambda: spectra.expected_events(recoils.b8_rate, -1, (0, 4))),
        ("efficiency", lambda: spectra.expected_events(recoils.b8_rate, 1, (0, 4), lambda e: 2 + e)),
        ("efficiency", lambda: spectra.expected_events(recoils.b8_rate, 1, (0, 4), 0.5)),
        ("edges", lambda: spectra.binned_events(recoils.b8_rate, 1, [1, 0])),
        ("rate", lambda: spectra.binned_events(([0, 1], [1, 1]), 1, [0, 1])),
    ],
)
def test_bad_input_is_named(name, call):
    with pytest.raises(ValueError, match="^" + re.escape(name)):
        call()
