"""helpers/check.py: input checked at the door, the argument named."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from helpers import check

finite = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(finite, min_size=1))
def test_sound_numbers_pass_unchanged(values):
    assert np.array_equal(check.array("energy", values), np.asarray(values, dtype=float))


@pytest.mark.parametrize("kind", ["float32", "int8", "uint64", "bool", "object", "Float64", "category"])
def test_every_kind_of_number_passes(kind):
    result = check.array("energy", pd.Series([1, 0, 1]).astype(kind))
    assert result.dtype == float and result.tolist() == [1, 0, 1]


@pytest.mark.parametrize(
    "value, shown",
    [
        ("text", "'text'"),
        ("3", "'3'"),
        (["1", "2"], "['1', '2']"),
        (np.array([1, "2"], dtype=object), "'2'"),
        ([1, "two"], "[1, 'two']"),
        (object(), "<object object"),
        (None, "None"),
        ([1, None], "None"),
        (1j, "1j"),
        (np.array([1 + 1j]), "array([1.+1.j])"),
        (np.array(["2020"], dtype="M8[Y]"), "array(['2020']"),
        (pd.DataFrame({"s1": [1.0], "recoil_type": ["NR"]}), "'NR'"),
        (10**400, "1000"),
    ],
)
def test_what_is_no_number_is_named_and_shown(value, shown):
    with pytest.raises(ValueError) as caught:
        check.array("energy", value)
    assert str(caught.value).startswith(f"energy must be numbers, got {shown}")


def test_ragged_rows_are_named():
    with pytest.raises(ValueError, match=r"^energy must have rows of one length, got \[\[1, 2\], \[3\]\]"):
        check.array("energy", [[1, 2], [3]])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_named(value):
    with pytest.raises(ValueError, match=f"energy must be finite, got {value}"):
        check.array("energy", [1.0, value])


@pytest.mark.parametrize(
    "value, masked",
    [
        (np.ma.masked_array([1.0, 2.0, 3.0], [False, True, True]), 2),
        (np.ma.masked_array(np.eye(2), [[True, False]] * 2), 2),
        ([np.ma.masked_array([1.0, 2.0], [True, False]), [3.0, 4.0]], 1),
        ([1.0, np.ma.masked], 1),
        (np.ma.masked, 1),
    ],
)
def test_masked_entries_are_refused(value, masked):
    for door in (check.array, check.unmasked):
        with pytest.raises(ValueError, match=f"^energy must not be masked, got {masked} masked"):
            door("energy", value)


def test_a_masked_array_with_nothing_masked_is_an_array():
    result = check.array("energy", np.ma.masked_array([1.0, 2.0], [False, False]))
    assert type(result) is np.ndarray and result.tolist() == [1, 2]


def test_a_large_array_is_kept_as_it_is():
    counts = np.ones((2, 3), np.uint16)
    assert check.unmasked("counts", counts) is counts
    assert check.unmasked("counts", [[1, 2]]).shape == (1, 2)


@given(value=finite, bound=finite)
def test_bounds_hold_at_their_edge(value, bound):
    rules = {
        "at_least": value >= bound,
        "above": value > bound,
        "at_most": value <= bound,
    }
    for rule, sound in rules.items():
        if sound:
            assert check.number("energy", value, **{rule: bound}) == value
        else:
            with pytest.raises(ValueError, match="energy must be " + rule.replace("_", " ")):
                check.number("energy", value, **{rule: bound})


@given(bound=finite, steps=st.integers(1, 1000))
def test_a_message_has_enough_digits_to_tell_the_value_from_the_bound(bound, steps):
    value = bound
    for _ in range(steps):
        value = math.nextafter(value, math.inf)
    assume(math.isfinite(value))
    with pytest.raises(ValueError) as caught:
        check.number("energy", value, at_most=bound)
    rule, shown = str(caught.value).split(", got ")
    assert float(shown) > float(rule.removeprefix("energy must be at most "))


@pytest.mark.parametrize(
    "value, bounds, message",
    [
        (300.0001, {"at_most": 300}, "at most 300, got 300.0001"),
        (1000001, {"at_most": 1e6}, "at most 1000000, got 1000001"),
        (2.9999999, {"at_least": 3}, "at least 3, got 2.9999999"),
        (1 / 3, {"above": 1 / 3}, "above 0.333333, got 0.333333"),
        (-3, {"at_least": 0}, "at least 0, got -3"),
        (2.0000001, {"integer": True}, "a whole number, got 2.0000001"),
    ],
)
def test_messages_to_the_letter(value, bounds, message):
    with pytest.raises(ValueError) as caught:
        check.number("energy", value, **bounds)
    assert str(caught.value) == f"energy must be {message}"


def test_the_first_offending_value_is_shown():
    with pytest.raises(ValueError, match="s1 must be at least 0, got -3"):
        check.array("s1", [1, -3, -5], at_least=0)


def test_shape_and_emptiness():
    with pytest.raises(ValueError, match=r"x must have 1 dimension\(s\), got shape \(2, 2\)"):
        check.array("x", np.eye(2), ndim=1)
    with pytest.raises(ValueError, match="x must not be empty"):
        check.array("x", [])
    assert check.array("x", [], empty=True).size == 0


def test_whole_numbers():
    counts = check.array("counts", [1.0, 2.0], integer=True)
    assert counts.dtype == np.int64 and counts.tolist() == [1, 2]
    with pytest.raises(ValueError, match="counts must be a whole number, got 1.5"):
        check.array("counts", [1, 1.5], integer=True)


@given(st.integers(-(2**63) + 1024, 2**63 - 1025))
def test_whole_numbers_keep_their_last_digit(value):
    assert check.number("counts", value, integer=True) == value


@pytest.mark.parametrize("value", [1e20, -1e20, 2**63, 2**64 - 1, 2**70])
def test_a_whole_number_that_would_wrap_round_is_refused(value):
    with pytest.raises(ValueError, match="counts must be a whole number of size below 9.2"):
        check.number("counts", value, integer=True)


@pytest.mark.parametrize("value", [True, np.True_, [1.0], np.array([1.0]), None, "3"])
def test_a_number_is_one_number(value):
    with pytest.raises(ValueError, match="mass must be a single number, got"):
        check.number("mass", value)


def test_a_number_is_a_plain_one():
    assert type(check.number("mass", np.float32(2))) is float
    assert type(check.number("count", 3, integer=True)) is int
    assert check.number("mass", np.array(2.5)) == 2.5


def test_a_choice_lists_the_options():
    assert check.choice("detector", "LZ", ("LUX", "LZ")) == "LZ"
    with pytest.raises(ValueError, match=r"detector must be one of \['LUX', 'LZ'\], got 'lz'"):
        check.choice("detector", "lz", ("LUX", "LZ"))
    with pytest.raises(ValueError, match="flag"):  # 1 == True, but it is no flag
        check.choice("flag", 1, (True, False))


def test_a_choice_from_a_table_counts_as_pythons():
    assert type(check.choice("detector", np.str_("LZ"), ("LUX", "LZ"))) is str
    assert type(check.choice("n_pmts", np.int64(127), {127: 6})) is int
    with pytest.raises(ValueError, match="n_pmts"):
        check.choice("n_pmts", np.array([127]), {127: 6})


def test_names_are_several_and_known():
    assert check.names("columns", ["s1", "s2"]) == ("s1", "s2")
    assert check.names("columns", iter(("s1", "s2")), {"s1": 0, "s2": 0}) == ("s1", "s2")
    assert check.names("columns", ()) == ()
    for value in ("s1c", 3, None):
        with pytest.raises(ValueError, match=rf"columns must be several names, .*got {value!r}"):
            check.names("columns", value, ("s", "1", "c"))
    with pytest.raises(ValueError, match=r"columns must be names, got 3"):
        check.names("columns", ["s1", 3])
    with pytest.raises(ValueError, match=r"columns must be one of \['s1'\], got 's2'"):
        check.names("columns", ["s1", "s2"], ["s1"])


def test_a_span_has_two_ends_in_order():
    np.testing.assert_array_equal(check.span("window", (1, 2)), [1, 2])
    np.testing.assert_array_equal(check.span("share", (0.5, 0.5), point=True), [0.5, 0.5])
    for value, point in (((2, 1), False), ((2, 1), True), ((1, 1), False), ((1, 2, 3), True), ((1,), False)):
        with pytest.raises(ValueError, match=r"window must be \(lowest, highest\)"):
            check.span("window", value, point=point)
    with pytest.raises(ValueError, match="window must be at least 0"):
        check.span("window", (-1, 1), at_least=0)


def test_a_generator_and_nothing_else_is_random():
    rng = np.random.default_rng(1)
    assert check.generator("rng", rng) is rng
    for value in (None, 1, np.random):
        with pytest.raises(ValueError, match="rng must be a numpy.random.Generator"):
            check.generator("rng", value)


def test_lengths_that_differ_are_listed():
    check.same_length(s1=[1, 2], s2=[3, 4])
    with pytest.raises(ValueError, match="s1 has 2, s2 has 1"):
        check.same_length(s1=[1, 2], s2=[3])


def test_a_long_value_is_shortened_in_the_message_and_stands_on_one_line():
    for value in ("x" * 500, np.eye(10)):
        with pytest.raises(ValueError) as caught:
            check.choice("detector", value, ("LZ",))
        assert len(str(caught.value)) < 120 and "\n" not in str(caught.value)
