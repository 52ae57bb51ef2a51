"""An exercise's check: right, wrong with the fitting hint, wrong without one, broken, not solved."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.marking import NotSolved, WrongAnswer, as_numbers, expect, mark

MISTAKES = [
    (0.2, "Twice as much."),
    (0.9, "The share that is rejected."),
    (lambda share: share < 0, "Below 0."),
]


def told(answer, right=0.1, mistakes=MISTAKES, **options):
    """What a wrong answer is told."""
    with pytest.raises(WrongAnswer) as error:
        mark(lambda: answer, right, mistakes, **options)
    return str(error.value)


def test_a_right_answer_passes_and_says_what_it_means(capsys):
    mark(lambda: 0.1004, 0.1, MISTAKES, says="one in ten")
    assert capsys.readouterr().out == "✔ 0.1004: one in ten\n"
    mark(lambda: np.array([1, 2]), [1, 2])
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "answer, hint", [(0.2, "Twice as much."), (0.9, "The share that is rejected."), (-3, "Below 0.")]
)
def test_a_known_mistake_is_named_beside_both_numbers(answer, hint):
    text = told(answer, what="leakage")
    assert text.startswith(f"Your leakage is {answer:g}; the course's is 0.1.") and text.endswith(hint)


def test_an_unknown_mistake_is_shown_and_accused_of_nothing():
    assert told(0.5) == "Your answer is 0.5; the course's is 0.1."


@given(st.floats(-1e6, 1e6))
def test_what_is_not_right_is_refused(answer):
    if abs(answer - 3) > 0.03:
        told(answer, 3.0)
    else:
        mark(lambda: answer, 3.0)


def test_of_two_mistakes_that_match_the_nearer_one_is_named():
    assert told(2.02, 1.0, [(2.04, "far"), (2.01, "near")], tolerance=0.05).endswith("near")


@pytest.mark.parametrize(
    "answer, words",
    [
        (None, "is there a return?"),
        ([1.0, 2.0], "Your answer is [1, 2]"),
        (np.zeros(9), "shape (9,)"),
        ({"a": 1}, "a dict"),
        ("yes", "'yes'"),
        (True, "True"),
        (float("nan"), "nan"),
    ],
)
def test_an_answer_of_another_kind_is_read_out(answer, words):
    assert words in told(answer)


def test_truth_is_no_number_and_a_word_is_compared_as_a_word():
    assert told(True, 1.0) and told(1.0, True)
    mark(lambda: np.bool_(True), True)
    mark(lambda: "wall", "wall")
    assert told("gas", "wall", [("gas", "Above the anode.")]).endswith("Above the anode.")


def test_the_right_number_in_a_list_is_told_that_its_shape_is_wrong():
    assert told([0.1]).endswith("The numbers are right, their shape is not.")
    assert told([[0.1, 0.2]], [0.1, 0.2]).endswith("their shape is not.")
    assert "shape" not in told([0.5]) + told(["wall"], "wall") + told([[1], [1, 2]])


@pytest.mark.parametrize(
    "answer, right, says",
    [
        (["1", "2"], [1, 2], "That is text"),
        ({"a": 1}, [1, 2], "not a dict"),
        (([1, 2, 3], [9, 8, 7]), [9, 8, 7], "one of the 2 things"),
        ([1, 2], [1, 2, 3], "The last one is missing"),
        ([0, 1, 2], [1, 2], "The first one is one too many"),
        ([[1, 3], [2, 4]], [[1, 2], [3, 4]], "Rows and columns are exchanged."),
        ([-1, -2], [1, 2], "The sign is turned."),
        ([2, 4, 7], [1, 2, 3.5], "times 2."),
        ([2, 3, 4.5], [1, 2, 3.5], "plus 1."),
        ([3, 2, 1.5], [1.5, 2, 3], "the other way round"),
        ([2, 3, 5, 8], [1, 2, 3, 5], "shifted by one place"),
        ([2, 3, 1, 9], [1, 9, 2, 3], "in another order"),
        ([1, 2, 0], [1, 2, 5], "1 of 3 are zero"),
        (np.arange(8.0), np.arange(8) * 1.0 + (np.arange(8) == 5), "differ most at [5]"),
    ],
)
def test_where_no_mistake_is_known_a_fact_is_said(answer, right, says):
    assert says in told(answer, right)


@pytest.mark.parametrize("answer", [None, "1", ["1"], {"a": 1}, [[1], [1, 2]], ([1], [1, 2])])
def test_what_is_no_array_of_numbers_is_refused_in_words(answer):
    with pytest.raises(WrongAnswer, match="Your score is"):
        as_numbers(answer, "score")
    assert np.array_equal(as_numbers([1, 2]), [1.0, 2.0])


@pytest.mark.parametrize(
    "answer, right",
    [(0.1 + 2j, 0.1), (np.array([0.1 + 2j, 1]), [0.1, 1.0]), ([2j], 0.1), (0.1 + 2j, [0.1, 1])],
)
def test_a_complex_answer_is_refused_in_words_and_without_a_warning(answer, right):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "That is complex: real numbers are wanted." in told(answer, right)
        with pytest.raises(WrongAnswer, match="complex"):
            as_numbers(answer, "score")


def test_real_numbers_in_complex_dress_are_numbers():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mark(lambda: np.array([0.1 + 1e-17j, 1 + 0j]), [0.1, 1.0])
        assert "Twice as much." in told(0.2 + 0j)


def test_an_error_in_the_answer_becomes_a_sentence_with_its_line():
    def broken():
        return 1 / 0

    with pytest.raises(WrongAnswer, match="ZeroDivisionError at `return 1 / 0`: division by zero"):
        mark(broken, 1.0)


def test_an_error_in_a_library_is_shown_at_the_learners_line_and_in_words():
    def by_a_float():
        return np.arange(3)[np.float64(1)]

    def of_two_lengths():
        return np.average([1, 2, 3], weights=[1, 2])  # NumPy complains a few frames deeper

    with pytest.raises(WrongAnswer, match=r"at `return np.arange.*In words: an index is a whole number"):
        mark(by_a_float, 1.0)
    with pytest.raises(WrongAnswer, match=r"at `return np.average\("):
        mark(of_two_lengths, 1.0)


def test_a_stub_is_said_to_be_one():
    def stub():
        raise NotImplementedError("Return the leakage.")

    with pytest.raises(NotSolved, match="Not solved yet: Return the leakage."):
        mark(stub, 1.0)


def test_a_notebook_shows_one_line_and_no_traceback():
    assert WrongAnswer("why")._render_traceback_() == ["✘ why"]
    assert NotSolved("why")._render_traceback_() == ["… why"]
    expect(True, "never")
    with pytest.raises(WrongAnswer, match="because"):
        expect(False, "because")


def test_what_an_error_means_here_goes_before_what_it_means_in_general():
    def broken():
        return np.zeros(3) + np.zeros(2)

    with pytest.raises(WrongAnswer, match="In words: two arrays of different lengths"):
        mark(broken, 1.0)
    with pytest.raises(WrongAnswer, match="In words: @ multiplies matrices"):
        mark(broken, 1.0, stops=[("broadcast", "@ multiplies matrices.")])


def test_a_last_question_is_asked_only_when_no_mistake_is_known_and_may_fail():
    assert told(0.2, otherwise=lambda answer: "Asked.").endswith("Twice as much.")
    assert told(0.5, otherwise=lambda answer: "Asked.").endswith("Asked.")
    assert told(0.5, otherwise=lambda answer: 1 / 0) == told(0.5)
    assert told(None, otherwise=lambda answer: "Asked.").endswith("the course's is 0.1.")


def test_nothing_is_no_known_mistake():
    assert told(None, mistakes=[(lambda answer: np.ndim(answer) == 0, "One number.")]).endswith("is 0.1.")
