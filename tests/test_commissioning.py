"""A day of commissioning data: each kind differs by its cause and by nothing else, and the fix mends what was broken."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import commissioning, nest, pulses

ONLY = {kind: {kind: 1.0} for kind in commissioning.KINDS[1:]} | {"good": {}}


def take(kind, n=400, seed=1, severity=1.0):
    """A day of one kind."""
    return commissioning.take_day(n, rng=np.random.default_rng(seed), shares=ONLY[kind], severity=severity)


@pytest.fixture(scope="module")
def days():
    return {kind: take(kind) for kind in commissioning.KINDS}


@pytest.fixture(scope="module")
def tables(days):
    return {kind: commissioning.reconstruct(day) for kind, day in days.items()}


def apart(first, second):
    """How many standard errors the medians of two samples lie apart."""
    spread = [(np.quantile(x, 0.84) - np.quantile(x, 0.16)) / 2 for x in (first, second)]
    error = 1.253 * np.hypot(spread[0] / np.sqrt(len(first)), spread[1] / np.sqrt(len(second)))
    return (np.median(first) - np.median(second)) / error


@settings(max_examples=8, deadline=None)
@given(
    n=st.integers(1, 60),
    share=st.floats(0, 0.19),
    seed=st.integers(0, 1000),
    severity=st.floats(0, 1),
)
def test_a_day_has_the_kinds_asked_for_and_finite_features(n, share, seed, severity):
    shares = dict.fromkeys(commissioning.KINDS[1:], share)
    day = commissioning.take_day(n, rng=np.random.default_rng(seed), shares=shares, severity=severity)
    counts = day.truth["kind"].value_counts()
    assert all(abs(counts[kind] - n * share) <= 1 for kind in shares)
    assert counts["good"] == n - round(n * 5 * share)
    assert len(day.truth) == len(day.s1) == len(day.s2) == n
    table = commissioning.reconstruct(day)
    assert tuple(table.columns) == commissioning.FEATURES
    missing = day.truth["kind"] == "s2_only"
    of_s1 = ["s1_area", "s1_rise", "s1_width", "s1_asymmetry", "drift_time"]
    assert (table[of_s1].isna().all(axis=1) == missing).all()
    assert np.isfinite(table.drop(columns=of_s1)).all(axis=None)
    assert np.isfinite(table[~missing]).all(axis=None)


def test_waveforms_are_3_and_75_microseconds_long_in_samples_of_10_and_100_ns():
    day = take("good", n=3)
    assert day.s1.shape[-1] == 300 and day.s2.shape[-1] == 750


def test_the_same_seed_gives_the_same_day():
    first, again = (take("train", n=30, seed=4) for _ in range(2))
    pd.testing.assert_frame_equal(first.truth, again.truth)
    assert np.array_equal(first.s1, again.s1) and np.array_equal(first.s2, again.s2)


def test_a_good_event_looks_as_the_detector_says(tables, days):
    good, truth = tables["good"], days["good"].truth
    shares = nest.shipped(commissioning.DETECTOR)[1]["bottom_shares"][0]
    for name, share in zip(("s1_asymmetry", "s2_asymmetry"), shares, strict=True):
        error = good[name].std() / np.sqrt(len(good))
        assert abs(good[name].mean() - (1 - 2 * share)) < 4 * error
    expected = pulses.expected_width(truth["drift_time"], sample_width=commissioning.S2_SAMPLE)
    assert np.median(good["s2_width"] / expected) == pytest.approx(1, abs=0.02)
    assert good["s1_rise"].median() == pytest.approx(50, abs=10)


def test_the_pulse_is_what_a_straight_line_would_find():
    """Light at known samples: start, end and pauses, against numbers that are counted by hand."""
    waveform = np.zeros((1, 300), np.float32)
    waveform[0, [20, 100, 150, 155, 158, 240]] = [1, 1, 3, 5, 3, 1]
    found, start, length = commissioning._pulse(waveform, 10, 0.05, 0.3, 0.2, core=5)
    assert (start[0], length[0]) == (pytest.approx(1.5), pytest.approx(0.09)) and found.sum() == 11
    found, start, length = commissioning._pulse(waveform, 10, 0.05, 0.5, 0.2, core=5)
    assert (start[0], length[0]) == (pytest.approx(1.0), pytest.approx(0.59)) and found.sum() == 12
    found, start, length = commissioning._pulse(waveform, 10, 0.05, 0.3, 1.0, core=5)
    assert (start[0], length[0]) == (pytest.approx(1.5), pytest.approx(0.91)) and found.sum() == 12


def test_a_stray_photon_lengthens_the_rise_only_when_the_reconstruction_looks_back_too_far(tables, days):
    fixed = {k: commissioning.reconstruct(days[k], look_back=commissioning.QUIET) for k in ("good", "fault")}
    assert np.mean(tables["fault"]["s1_rise"] > 200) > 0.98
    assert np.mean(fixed["fault"]["s1_rise"] > 200) < 0.02
    for name in commissioning.FEATURES:
        assert abs(apart(fixed["fault"][name], fixed["good"][name])) < 4, name
    # the waveforms are the same before and after: only the reading has changed
    assert np.mean(tables["good"]["s1_rise"] > 200) < 0.01


def test_gas_has_small_s2s_and_light_at_the_top(tables):
    gas, good = tables["gas"], tables["good"]
    assert gas["s2_area"].median() < 0.6 * good["s2_area"].median()
    above = nest.shipped(commissioning.DETECTOR)[1]["bottom_shares"][0][1]
    for name in ("s1_asymmetry", "s2_asymmetry"):
        assert gas[name].mean() == pytest.approx(1 - 2 * 0.75 * above, abs=0.05)
    assert gas["drift_time"].max() <= 30.0


def test_a_train_lengthens_the_pulse_and_lies_above_the_hot_spot(tables, days):
    assert tables["train"]["s2_length"].median() > 2 * tables["good"]["s2_length"].median()
    x, y, radius = commissioning.HOT_SPOT
    place = days["train"].truth
    assert np.hypot(place["x"] - x, place["y"] - y).max() <= radius * 1.001
    for name in ("s1_area", "s1_rise", "s1_asymmetry"):
        assert abs(apart(tables["train"][name], tables["good"][name])) < 4, name


def test_a_double_is_wider_by_what_two_depths_give():
    """The rms² of two places is the one's, plus share × (1 - share) × (Δt)²."""
    double, good = take("double", 1500, seed=5), take("good", 1500, seed=6)
    table, plain = commissioning.reconstruct(double), commissioning.reconstruct(good)
    extra = table["s2_width"] ** 2 - pulses.expected_width(double.truth["drift_time"]) ** 2
    velocity = nest.parameters(commissioning.DETECTOR).drift_velocity
    distance = np.mean(np.linspace(*commissioning._DOUBLE_DISTANCE, 1001) ** 2)
    share = np.mean(np.linspace(0.3, 0.7, 1001) * (1 - np.linspace(0.3, 0.7, 1001)))
    assert extra.mean() == pytest.approx(share * distance / velocity**2, rel=0.1)
    assert abs(apart(table["s2_area"], plain["s2_area"])) < 4
    assert np.mean(table["s2_area"] > 0.9 * double.s2.sum(axis=1)) > 0.97, "both places are one pulse"


def test_s2_only_events_are_small(tables, days):
    assert np.all(days["s2_only"].s1 == 0)
    assert tables["s2_only"]["s2_area"].median() < 0.5 * tables["good"]["s2_area"].median()


@pytest.mark.parametrize("kind", ["fault", "train", "double"])
def test_without_severity_a_faulty_event_is_a_good_one(kind, tables):
    """A stray photon that comes with the recoil adds one photon to the S1."""
    none = commissioning.reconstruct(take(kind, severity=0.0, seed=9))
    for name in set(commissioning.FEATURES) - {"drift_time"}:
        assert abs(apart(none[name], tables["good"][name])) < 4.5, name


@pytest.mark.parametrize(
    "kind, feature",
    [("fault", "s1_rise"), ("gas", "s2_asymmetry"), ("train", "s2_length"), ("double", "s2_width")],
)
def test_the_shift_grows_with_severity(kind, feature):
    medians = [commissioning.reconstruct(take(kind, severity=s))[feature].median() for s in (0.1, 0.5, 1.0)]
    assert medians[0] < medians[1] < medians[2]


def test_severity_can_be_said_kind_by_kind(tables):
    mixed = {"gas": 0.2}
    table = commissioning.reconstruct(take("gas", severity=mixed))
    assert table["s2_area"].median() > 1.5 * tables["gas"]["s2_area"].median()
    table = commissioning.reconstruct(take("train", severity=mixed))
    pd.testing.assert_frame_equal(table, tables["train"])


@pytest.mark.parametrize(
    "wrong, named",
    [
        ({"n": 0}, "n must"),
        ({"rng": 1}, "rng must"),
        ({"shares": {"noise": 0.1}}, "shares must"),
        ({"shares": {"good": 0.1}}, "shares must"),
        ({"shares": {"gas": 0.6, "fault": 0.6}}, "shares must"),
        ({"severity": -0.1}, "severity must"),
        ({"severity": {"gas": 2}}, "severity must"),
        ({"shares": 0.1}, "shares must"),
    ],
)
def test_what_cannot_be_is_said(wrong, named):
    with pytest.raises(ValueError, match=named):
        commissioning.take_day(**{"n": 10, "rng": np.random.default_rng(1)} | wrong)


def test_reconstruct_says_what_cannot_be(days):
    with pytest.raises(ValueError, match="day must"):
        commissioning.reconstruct(days["good"].truth)
    with pytest.raises(ValueError, match="look_back must"):
        commissioning.reconstruct(days["good"], look_back=0)


def test_umap_can_be_imported_without_tensorflow():
    """What lesson 13's second cell does: umap loads TensorFlow where it can, 650 MB that nothing here needs."""
    code = (
        "import sys, json; sys.modules['tensorflow'] = None; import umap; from helpers import commissioning; "
        "print(json.dumps([m for m in sys.modules if m.split('.')[0] in ('tensorflow', 'keras')]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == ["tensorflow"]  # the empty place that blocks it
