"""helpers/check.py: input checked at the door, the argument named."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import check

finite = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(finite, min_size=1))
def test_sound_numbers_pass_unchanged(values):
    assert np.array_equal(check.array("energy", values), np.asarray(values, dtype=float))


@pytest.mark.parametrize("value", ["text", [1, "two"], [[1, 2], [3]], object(), None])
def test_what_is_no_number_is_named(value):
    with pytest.raises(ValueError, match="^energy must be"):
        check.array("energy", value)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_named(value):
    with pytest.raises(ValueError, match="energy must be finite"):
        check.array("energy", [1.0, value])


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


def test_the_offending_value_is_shown():
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


@pytest.mark.parametrize("value", [True, [1.0], np.array([1.0])])
def test_a_number_is_one_number(value):
    with pytest.raises(ValueError, match="mass must be a single number"):
        check.number("mass", value)


def test_a_number_is_a_plain_one():
    assert type(check.number("mass", np.float32(2))) is float
    assert type(check.number("count", 3, integer=True)) is int


def test_a_choice_lists_the_options():
    assert check.choice("detector", "LZ", ("LUX", "LZ")) == "LZ"
    with pytest.raises(ValueError, match=r"detector must be one of \['LUX', 'LZ'\], got 'lz'"):
        check.choice("detector", "lz", ("LUX", "LZ"))
    with pytest.raises(ValueError, match="flag"):  # 1 == True, but it is no flag
        check.choice("flag", 1, (True, False))


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


def test_a_long_value_is_shortened_in_the_message():
    with pytest.raises(ValueError) as caught:
        check.choice("detector", "x" * 500, ("LZ",))
    assert len(str(caught.value)) < 120
