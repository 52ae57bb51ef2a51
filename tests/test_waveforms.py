"""Features, alignment and crops: values known by hand, and what must not depend on where a pulse lies."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import optimum, pulses, scatters
from helpers.waveforms import align, crop, features

PERCENT = (5, 10, 25, 50, 75, 90, 95)


def rng(seed=0):
    return np.random.default_rng(seed)


def s2s(n, electrons, seed=0, sample_width=100):
    return pulses.s2(np.full(n, electrons), np.full(n, 300.0), rng=rng(seed), sample_width=sample_width)


# --- features ---------------------------------------------------------------------------------------------


def test_features_of_a_flat_pulse():
    waveforms = np.zeros((2, 100), np.float32)
    waveforms[0, 20:40] = 2.0  # flat from 2 to 4 µs
    table = features(waveforms, 100)
    row = table.iloc[0]
    assert row["area"] == 40 and row["height"] == pytest.approx(20)  # phd, phd/µs
    for percent in PERCENT:
        assert row[f"t{percent:02d}"] == pytest.approx(2 + 2 * percent / 100)
    assert row["rise"] == pytest.approx(0.9) and row["fall"] == pytest.approx(0.9)
    assert row["asymmetry"] == pytest.approx(0, abs=1e-12)
    assert row["width"] == pytest.approx(0.1 * np.sqrt((20**2 - 1) / 12))
    # t05 is at 2.1 µs: a quarter of the area comes in the next half a microsecond
    assert [row[f"prompt_{ns}ns"] for ns in (500, 1000, 2000)] == pytest.approx([0.25, 0.5, 0.95])
    assert table.iloc[1][["area", "height"]].tolist() == [0, 0]
    assert table.iloc[1].drop(["area", "height"]).isna().all()


def test_features_of_a_lopsided_pulse():
    """Areas 6, 3, 1 in samples of 1 µs: it rises fast and falls slowly, so its asymmetry is positive."""
    row = features([[0, 6, 3, 1, 0]], 1000).iloc[0]
    times = [1 + 0.5 / 6, 1 + 1 / 6, 1 + 2.5 / 6, 1 + 5 / 6, 2 + 1.5 / 3, 3.0, 3.5]
    assert [row[f"t{percent:02d}"] for percent in PERCENT] == pytest.approx(times)
    rise, fall = 4.5 / 6, 3.5 - 11 / 6
    assert (row["rise"], row["fall"]) == pytest.approx((rise, fall))
    assert row["asymmetry"] == pytest.approx((fall - rise) / (fall + rise)) and row["asymmetry"] > 0
    assert row["width"] == pytest.approx(np.sqrt((6 * 1.5**2 + 3 * 2.5**2 + 3.5**2) / 10 - 2.0**2))
    # t05 = 1.083 µs: up to 1.583 come 3.5, up to 2.083 come 6.25, up to 3.083 come 9.083, less the first 0.5
    prompt = [row[f"prompt_{ns}ns"] for ns in (500, 1000, 2000)]
    assert prompt == pytest.approx([0.3, 0.575, 0.8583], abs=1e-4)


def test_features_where_samples_are_negative_or_one():
    """Noise may leave no positive area: those have no shape. A pulse of one sample has no width."""
    table = features([[1, -2, 0.5], [0, 3, 0]], 100)
    assert table["area"].tolist() == [-0.5, 3] and table["height"].tolist() == pytest.approx([10, 30])
    assert table.iloc[0].drop(["area", "height"]).isna().all()
    assert table.iloc[1]["width"] == 0 and table.iloc[1]["t50"] == pytest.approx(0.15)


def test_a_share_that_a_gap_follows_is_reached_before_the_gap():
    assert features([[1, 0, 0, 1]], 1000)["t50"][0] == 1


def test_a_pulse_at_the_windows_end_comes_as_a_whole():
    """From t05 = 2.05 µs on the window holds 0.95 µs, and the pulse's last 95 %."""
    row = features([[0, 0, 1]], 1000).iloc[0]
    assert row["t05"] == pytest.approx(2.05)
    assert (row["prompt_1000ns"], row["prompt_2000ns"]) == pytest.approx((0.95, 0.95))


def test_times_keep_their_digits_in_a_long_pulse():
    """A sum of 100 000 single-precision areas, one by one, would be 1 % off."""
    row = features(np.full((1, 100_000), 0.1), 10).iloc[0]
    assert (row["t50"], row["t95"]) == pytest.approx((500, 950), rel=1e-6)


def test_the_width_keeps_its_digits_late_in_a_long_window():
    short = features(np.eye(1, 40, 20) + np.eye(1, 40, 21), 10)["width"][0]
    long = features(np.eye(1, 200_000, 199_990) + np.eye(1, 200_000, 199_991), 10)["width"][0]
    assert short == pytest.approx(0.005) and long == pytest.approx(0.005, rel=1e-3)


def test_features_scale_and_shift_as_they_must():
    waveforms = s2s(50, 30)
    before = features(waveforms, 100)
    louder = features(3 * waveforms, 100)
    moved = features(np.roll(waveforms, 17, axis=1), 100)
    slower = features(waveforms, 200)
    for column in before:
        is_time, is_size = column[0] == "t", column in ("area", "height")
        np.testing.assert_allclose(louder[column], before[column] * (3 if is_size else 1), rtol=1e-4)
        np.testing.assert_allclose(moved[column], before[column] + 1.7 * is_time, rtol=1e-4, atol=1e-5)
        if is_time or column in ("width", "rise", "fall"):
            np.testing.assert_allclose(slower[column], 2 * before[column], rtol=1e-5)
    np.testing.assert_allclose(slower["height"], before["height"] / 2, rtol=1e-6)


def test_features_take_lists_and_doubles():
    waveforms = s2s(5, 30)
    for same in (waveforms.tolist(), waveforms.astype(float), pd.DataFrame(waveforms)):
        pd.testing.assert_frame_equal(features(same, 100), features(waveforms, 100))


# --- alignment --------------------------------------------------------------------------------------------


def test_alignment_by_hand():
    waveform = np.array([[0, 0, 2, 4, 2, 0, 0, 0]], np.float32)  # t50 in sample 3, t05 in 2, t95 in 4
    np.testing.assert_array_equal(align(waveform, "t50", at=0), [[4, 2, 0, 0, 0, 0, 0, 0]])
    np.testing.assert_array_equal(align(waveform, "t05", at=0), [[2, 4, 2, 0, 0, 0, 0, 0]])
    np.testing.assert_array_equal(align(waveform, "t95", at=1), [[0, 0, 0, 0, 0, 2, 4, 2]])
    np.testing.assert_array_equal(align(waveform, n_samples=5, at=0.5), [[0, 2, 4, 2, 0]])
    np.testing.assert_array_equal(align(waveform, n_samples=11, at=0.3), [[0, 0, 2, 4, 2, 0, 0, 0, 0, 0, 0]])
    np.testing.assert_array_equal(align(waveform, at=0.4), [[0, 2, 4, 2, 0, 0, 0, 0]])  # 0.4 of 7 is in 2
    np.testing.assert_array_equal(align(waveform), [[0, 0, 2, 4, 2, 0, 0, 0]])  # sample 3 of 8 is the middle


@settings(max_examples=20, deadline=None)
@given(st.integers(-60, 60), st.sampled_from(["t05", "t50", "t95"]), st.integers(0, 1000))
def test_alignment_forgets_where_the_pulse_was(shift, on, seed):
    waveforms = s2s(20, 25, seed)
    first = align(waveforms, on)
    second = align(np.roll(waveforms, shift, axis=1), on)
    np.testing.assert_array_equal(first, second)
    pd.testing.assert_frame_equal(features(first, 100), features(second, 100))
    np.testing.assert_array_equal(align(first, on), first)


@pytest.mark.parametrize("n_samples, at", [(400, 0.25), (None, 0.5), (1200, 0.75)])
def test_alignment_puts_the_median_where_it_is_asked(n_samples, at):
    waveforms = s2s(100, 50, sample_width=50)
    aligned = align(waveforms, n_samples=n_samples, at=at)
    assert aligned.dtype == np.float32
    place = int(at * ((n_samples or waveforms.shape[1]) - 1))
    median = features(aligned, 50)["t50"] / 0.05
    assert median.between(place, place + 1).all()
    np.testing.assert_allclose(aligned.sum(axis=1), waveforms.sum(axis=1), rtol=1e-5)


def test_waveforms_without_area_stay_where_they_are():
    for still in (np.zeros((1, 10), np.float32), np.eye(1, 10, 3) - np.eye(1, 10, 7)):
        np.testing.assert_array_equal(align(still), still)


def test_absolute_time_leaks_and_alignment_removes_it():
    """With the upper vertex as the origin, a double scatter's light comes late: that tells the class."""
    n = 1200
    label, parts = np.repeat([0, 1], n), []
    for multiple in (False, True):
        events = scatters.simulate(n, multiple=multiple, rng=rng(31 + multiple))
        electrons = pulses.drift(
            events[["n_upper", "n_lower"]], events[["drift_time_upper", "drift_time_lower"]],
            rng=rng(131 + multiple),
        )  # fmt: skip
        parts.append(
            pulses.luminesce(electrons, events["drift_time_upper"], rng=rng(multiple), sample_width=100)
        )
    waveforms = np.concatenate(parts)
    leak = features(waveforms, 100)["t50"]
    assert optimum.auc(label, leak).value > 0.8
    aligned = features(align(waveforms), 100)["t50"] % 0.1
    area = optimum.auc(label, aligned)
    assert abs(area.value - 0.5) < 4 * area.error


# --- crops ------------------------------------------------------------------------------------------------


def test_crops_by_hand():
    waveforms = np.array([[0, 0, 1, 0, 3, 0.5, 0], [2, 0, 0, 0, 0, 0, 4], [0] * 7], np.float32)
    found = [row.tolist() for row in crop(waveforms)]
    assert found == [[1, 0, 3, 0.5], [2, 0, 0, 0, 0, 0, 4], []]
    assert [row.tolist() for row in crop(waveforms, threshold=1)] == [[3], [2, 0, 0, 0, 0, 0, 4], []]
    assert [row.tolist() for row in crop(waveforms, threshold=1, margin=1)] == [
        [0, 3, 0.5], [2, 0, 0, 0, 0, 0, 4], [],
    ]  # fmt: skip
    assert crop(waveforms, margin=2)[0].tolist() == [0, 0, 1, 0, 3, 0.5, 0]
    assert all(len(row) == 0 for row in crop(waveforms, threshold=9, margin=3))


def test_cropped_pulses_have_unequal_lengths_and_lose_nothing():
    """Filled up with zeros they have the shape of before."""
    waveforms = pulses.s2([1, 5, 0, 80], np.full(4, 600.0), rng=rng(), sample_width=100)
    cropped = crop(waveforms)
    assert len({len(row) for row in cropped}) == 4 and len(cropped[2]) == 0
    assert all(row.dtype == np.float32 for row in cropped)
    np.testing.assert_allclose([row.sum() for row in cropped], waveforms.sum(axis=1), rtol=1e-5)
    assert all(row[0] > 0 and row[-1] > 0 for row in cropped if len(row))
    longest = max(map(len, cropped))
    padded = np.stack([np.pad(row, (0, longest - len(row))) for row in cropped])
    shape, same = features(waveforms, 100), features(padded, 100)
    for column in ("area", "width", "rise", "fall"):
        np.testing.assert_allclose(same[column], shape[column], rtol=1e-3)


# --- the door ---------------------------------------------------------------------------------------------


def test_no_events_are_no_features():
    assert len(features(np.empty((0, 10)), 10)) == 0
    assert align(np.empty((0, 10))).shape == (0, 10)
    assert crop(np.empty((0, 10))) == []


def test_waveforms_that_are_handed_in_stay_as_they_are():
    waveforms = s2s(4, 30)
    before = waveforms.copy()
    features(waveforms, 100)
    align(waveforms, at=0.1)
    crop(waveforms)
    np.testing.assert_array_equal(waveforms, before)


RAGGED = "waveforms must all have the same length.*keras.utils.pad_sequences"

BAD = [
    (lambda: features([[1, 2], [3]], 10), RAGGED),
    (lambda: align([np.ones(3), np.ones(4)]), RAGGED),
    (lambda: crop(np.array([np.ones(3), np.ones(4)], dtype=object)), RAGGED),
    (lambda: features([1, 2], 10), "waveforms must have 2 dimension"),
    (lambda: features(None, 10), "waveforms must"),
    (lambda: features(np.ones(5, np.float32), 10), r"waveforms must have shape \(n, n_samples\), got shape \(5,\)"),
    (lambda: features(np.ones((5, 0), np.float32), 10), r"waveforms must have shape \(n, n_samples\)"),
    (lambda: features([["a", "b"]], 10), "waveforms must be numbers"),
    (lambda: features([[np.inf]], 10), "waveforms must be finite"),
    (lambda: features(np.full((1, 2), np.nan, np.float32), 10), "waveforms must be finite"),
    (lambda: features([[1.0]], -1), "sample_width must be above 0"),
    (lambda: align([[1.0]], on="t42"), "on must be one of .*'t42'"),
    (lambda: align([[1.0]], at=2), "at must be at most 1, got 2"),
    (lambda: align([[1.0]], n_samples=0), "n_samples must be above 0, got 0"),
    (lambda: crop([[1.0]], threshold=-1), "threshold must be at least 0, got -1"),
    (lambda: crop([[1.0]], margin=1.5), "margin must be a whole number, got 1.5"),
]  # fmt: skip


@pytest.mark.parametrize("call, message", BAD, ids=[message[:40] for _, message in BAD])
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
