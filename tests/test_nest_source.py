"""NEST itself: its numbers are xenon's, and the questions put to it change nothing but what is asked."""

import subprocess
import sys

import numpy as np
import pytest


def test_xenon_is_xenon(nest_source):
    """Density 2.9 g/cm³ at its boiling point (NIST), 13.5 eV a quantum (Dahl 2009: 13.7 ± 0.2)."""
    source = nest_source.Source("LZ_WS2022")
    assert source.density == pytest.approx(2.88, abs=0.03)
    assert source.work == pytest.approx(13.7, abs=0.4)
    assert source.velocity([193.0])[0] == pytest.approx(1.52, abs=0.05)  # mm/µs: LZ 2022, arXiv 2207.03764
    assert source.field([730.0]).tolist() == [192.0]


def test_electrons_and_photons_trade(nest_source):
    """More field frees more electrons and fewer photons: their sum stays, and it is the energy over the work function."""
    source = nest_source.Source("LUX_Run03")
    photons, electrons, _ = source.yields("ER", [20.0], [50.0, 200.0, 1000.0])[:, :, 0]
    assert np.all(np.diff(electrons) > 0) and np.all(np.diff(photons) < 0)
    np.testing.assert_allclose(photons + electrons, 20e3 / source.work, rtol=1e-3)


def test_only_what_is_changed_changes(nest_source):
    """One seed: the same place gives the same signals, and another noise other ones."""
    plain, again = (nest_source.Source("LZ_WS2022").probe([0.0], 300.0) for _ in range(2))
    noisy = nest_source.Source("LZ_WS2022", noiseLinear=(0.0, 0.3)).probe([0.0], 300.0)
    assert plain["s2r_phd"][0] == again["s2r_phd"][0] != noisy["s2r_phd"][0]
    assert plain["s1r_phd"][0] == noisy["s1r_phd"][0]


def test_another_seed_gives_other_events(nest_source):
    source, place = nest_source.Source("LZ_WS2022"), np.tile([0.0, 0.0, 700.0], (3, 1))
    first, second = (np.asarray(source.events("NR", np.full(3, 20.0), place, s)["s1r_phd"]) for s in (1, 2))
    assert not np.array_equal(first, second)


@pytest.mark.usefixtures("nest_source")
def test_nothing_reaches_standard_error():
    # a fresh process: NEST says its line once, the first time that β yields are asked for
    ours = "d.reference([5.0], 'ER', rng=np.random.default_rng(1))"
    code = (
        "import numpy as np, nestpy, os; from helpers import nest, detector as d; {}; os.write(2, b'after')"
    )
    bare = "nestpy.NESTcalc(nestpy.detectors.LUX_Run03()).GetYields(nestpy.interactions.beta, energy=5.0)"
    said = [
        subprocess.run([sys.executable, "-c", code.format(call)], capture_output=True, check=True).stderr
        for call in (ours, bare)
    ]
    assert said[0] == b"after" and len(said[1]) > len(b"after")
