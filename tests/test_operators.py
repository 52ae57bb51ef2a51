import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from helpers import operators, recoils

XENON1T_HALO = recoils.Halo(v0=220, v_earth=232)
masses = st.floats(3, 1e4)
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
any_operator = st.sampled_from(operators.EFT_OPERATORS)
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


@pytest.fixture
def wimpys_nucleon(monkeypatch):
    """WIMpy takes 0.9315 GeV for the nucleon, 0.8 % less than we: 5 % in what rises with the sixth power of q."""
    monkeypatch.setattr(recoils, "NUCLEON_MASS", 0.9315)


@pytest.fixture
def wimpys_constants(monkeypatch, wimpys_nucleon):
    """All that it rounds."""
    monkeypatch.setattr(recoils, "GEV_PER_AMU", 0.9315)
    monkeypatch.setattr(recoils, "HBARC", 0.197e-13)
    monkeypatch.setattr(recoils, "SPEED_OF_LIGHT", 3e5)


@pytest.mark.parametrize("operator", FOUND_BY_WIMPY)
def test_the_rates_are_those_of_wimpy(operator, wimpys_nucleon):
    ours = operators.eft_rate([3, 30], 50, {operator: 1}, halo=XENON1T_HALO)
    assert ours == pytest.approx(np.array(FOUND_BY_WIMPY[operator]), rel=0.012)


def test_our_nucleon_weighs_the_mean_of_proton_and_neutron():
    assert recoils.NUCLEON_MASS == pytest.approx((0.93827209 + 0.93956542) / 2, rel=1e-8)
    # ... and O6, with the fourth power of q over the nucleon's mass, says so
    ratio = operators.eft_rate([3, 30], 50, {"O6": 1}, halo=XENON1T_HALO) / FOUND_BY_WIMPY["O6"]
    assert ratio == pytest.approx((0.9315 / 0.9389) ** 4, rel=0.006)


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
def test_operators_interfere_as_in_wimpy(couplings, wimpy, wimpys_constants):
    ours = operators.eft_rate([3, 30], 50, couplings, halo=XENON1T_HALO)
    alone = sum(
        operators.eft_rate([3, 30], 50, {name: c}, halo=XENON1T_HALO) for name, c in couplings.items()
    )
    off, off_alone = (np.max(np.abs(rate / np.array(wimpy) - 1)) for rate in (ours, alone))
    assert off < 0.008 and off_alone > 5 * off


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


def test_o13_is_o12_times_the_momentum_squared_in_the_tensor_response(monkeypatch):
    # arXiv 1308.6288, equation 38: both act through Φ̃' on 131Xe alone, O12 with q²/m_N², O13 with its square
    isotopes, tables = operators._xenon()
    only = {name: table * (name == "PhiTilde1") for name, table in tables.items()}
    monkeypatch.setattr(operators, "_xenon", lambda: (isotopes, only))
    energy = np.array([0.1, 1.0, 2.0, 20.0])
    momentum_squared = 2 * 130.905084 * 0.93149410 * energy * 1e-6 / 0.93891875**2
    thirteen, twelve = (operators.eft_rate(energy, 1000, {name: 1}) for name in ("O13", "O12"))
    assert thirteen / twelve == pytest.approx(momentum_squared, rel=1e-6)


@pytest.mark.parametrize("operator, power", [("O3", 1), ("O12", 0), ("O14", 1), ("O15", 2)])
def test_in_the_transverse_spin_response_operators_differ_by_their_spins_alone(operator, power, monkeypatch):
    # arXiv 1308.6288, equation 38: beside O7's 1/8 stand j(j + 1)/24 and powers of q²/m_N²; O3 has no WIMP's spin
    isotopes, tables = operators._xenon()
    only = {name: table * (name == "Sigma1") for name, table in tables.items()}
    monkeypatch.setattr(operators, "_xenon", lambda: (isotopes, only))
    energy = np.array([0.1, 1.0, 5.0])
    momentum_squared = 2 * 130 * 0.9315 * energy * 1e-6 / 0.9389**2  # 129Xe and 131Xe alone
    ratio = operators.eft_rate(energy, 1000, {operator: 1}) / operators.eft_rate(energy, 1000, {"O7": 1})
    spin = 1 if operator == "O3" else 0.5 * 1.5 / 3
    assert ratio == pytest.approx(spin * momentum_squared**power, rel=0.02)


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


@given(any_operator, pairs, masses, st.floats(0.01, 100))
@settings(max_examples=30, deadline=None)
def test_the_rate_is_quadratic_in_the_coupling_and_linear_in_the_density(operator, pair, mass, factor):
    energy = np.linspace(0, 60, 20)
    one = operators.eft_rate(energy, mass, {operator: pair})
    more = operators.eft_rate(energy, mass, {operator: factor * np.array(pair)})
    assert np.all(one >= 0)
    assert more == pytest.approx(factor**2 * one, rel=1e-6, abs=1e-9 * more.max())
    denser = operators.eft_rate(energy, mass, {operator: pair}, halo=recoils.Halo(density=0.3 * factor))
    assert denser == pytest.approx(factor * one)


@given(st.dictionaries(any_operator, pairs, min_size=2, max_size=4), masses)
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


@given(any_operator, masses)
@settings(max_examples=20, deadline=None)
def test_isospin_turns_into_protons_and_neutrons(operator, mass):
    # c0 = (c_p + c_n)/2: protons alone are (½, ½), neutrons (½, -½)
    energy = np.linspace(0, 60, 20)
    scalar, vector, proton, neutron = (
        operators.eft_rate(energy, mass, {operator: pair}) for pair in (1, (0, 1), (0.5, 0.5), (0.5, -0.5))
    )
    assert scalar + vector == pytest.approx(2 * (proton + neutron), rel=1e-9, abs=1e-12 * scalar.max())
    assert np.array_equal(scalar, operators.eft_rate(energy, mass, {operator: (1, 0)}))


@given(any_operator, masses)
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


# --- bad input -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name, call",
    [
        ("recoil_energy", lambda: operators.eft_rate(-1, 50, {"O1": 1})),
        ("mass", lambda: operators.eft_rate(1, [50, 0], {"O1": 1})),
        ("couplings", lambda: operators.eft_rate(1, 50, "O1")),
        ("couplings", lambda: operators.eft_rate(1, 50, {})),
        ("couplings", lambda: operators.eft_rate(1, 50, {"O2": 1})),
        ("couplings", lambda: operators.eft_rate(1, 50, {"O1": (1, 2, 3)})),
        ("couplings", lambda: operators.eft_rate(1, 50, {"O1": np.nan})),
        ("spin", lambda: operators.eft_rate(1, 50, {"O1": 1}, spin=0.4)),
        ("halo", lambda: operators.eft_rate(1, 50, {"O1": 1}, halo=220)),
        ("spin", lambda: operators.eft_rate(1, 50, {"O1": 1}, spin=-0.5)),
    ],
)
def test_bad_input_is_named(name, call):
    with pytest.raises(ValueError, match="^" + re.escape(name)):
        call()
