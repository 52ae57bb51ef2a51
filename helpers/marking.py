"""How an exercise's check talks: it knows what the usual mistakes give, names the one that was made, and else accuses of nothing."""

import sysconfig
import traceback
from pathlib import Path

import numpy as np

from helpers import course

LIBRARIES = (sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"), str(Path(__file__).parent))
EXPLAINED = {  # what libraries say, and what it means for a learner
    "only integers, slices": "an index is a whole number, and SciPy returns a float: int(…).",
    "inconsistent numbers of samples": "the two arrays do not describe the same events.",
    "could not be broadcast": "two arrays of different lengths are combined.",
    "truth value of an array": "an array stands where one true or false is wanted.",
    "is not defined": "has the cell that defines it been run?",
    "'tuple' and": "a pair stands where one number is wanted: take one of the two.",
    "'NoneType' object": "something is None: is a return missing?",
    "not 'NoneType'": "something is None: is a return missing?",
}


class WrongAnswer(AssertionError):
    """An answer that is not right: shown as one readable line in place of a traceback."""

    def _render_traceback_(self):  # what IPython asks an exception for
        return [f"✘ {self}"]


class NotSolved(NotImplementedError):
    """An exercise that still holds its stub: shown as one line that says the task."""

    def _render_traceback_(self):  # what IPython asks an exception for
        return [f"… {self}"]


def mark(yours, right, mistakes=(), *, what="answer", tolerance=0.01, within=0.0, says=""):
    """Compare an answer with the right one, and say which known mistake it is if it is one.

    Parameters
    ----------
    yours : callable
        Called without arguments; returns the learner's answer: a number, an array, a word or a truth value. It is
        called here so that an error in the learner's code becomes a sentence.
    right : number, array_like, str or bool
        The right answer.
    mistakes : sequence of (value or callable, str)
        What known mistakes give, each with the sentence that names the mistake; a callable gets the answer and says
        whether it is that mistake. Among values that match, the nearest counts, the first of equals.
    what : str
        What the answer is, in a word or two: "leakage", "number of trees".
    tolerance, within : float
        Relative and absolute tolerance, with which an answer is compared with the right one and with each mistake.
    says : str
        What a right answer means, in a sentence; without it a right answer passes in silence.

    Raises
    ------
    WrongAnswer
        When the answer is not right, or computing it raises an error.
    NotSolved
        When it raises NotImplementedError, as a stub does.
    """
    answer = _called(yours)
    if _same(answer, right, tolerance, within):
        if says:
            course.say(f"✔ {_words(answer)}: {says}")
        return
    matches = []
    for known, hint in mistakes:
        if callable(known):
            if _asked(known, answer):
                matches.append((0.0, hint))
        elif _same(answer, known, tolerance, within):
            matches.append((_distance(answer, known), hint))
    numbers = f"Your {what} is {_words(answer)}; the course's is {_words(right)}."
    if matches:
        numbers += f" {min(matches, key=lambda match: match[0])[1]}"
    elif np.shape(right) != _shape(answer) and _same(_flat(answer), np.ravel(right), tolerance, within):
        numbers += " The numbers are right, their shape is not."
    raise WrongAnswer(numbers) from None


def expect(condition, hint):
    """Go on if the `condition` holds, or show the `hint` as one readable line.

    Raises
    ------
    WrongAnswer
        When the condition does not hold.
    """
    if not condition:
        raise WrongAnswer(hint)


def _called(yours):
    try:
        return yours()
    except NotImplementedError as stub:
        raise NotSolved(f"Not solved yet: {stub}") from None
    except WrongAnswer:
        raise
    except Exception as error:
        means = next((f" In words: {words}" for said, words in EXPLAINED.items() if said in str(error)), "")
        where = _own_line(error)
        raise WrongAnswer(f"Your code stopped with {type(error).__name__}{where}: {error}{means}") from None


def _own_line(error):
    """The last line of the learner's own code, not the one deep in a library that complains."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.line]
    own = [frame for frame in frames if not frame.filename.startswith(LIBRARIES)]
    return f" at `{own[-1].line}`" if own else ""


def _shape(answer):
    try:
        return np.shape(answer)
    except ValueError:  # lists of different lengths
        return None


def _flat(answer):
    try:
        return np.ravel(np.asarray(answer, dtype=float))
    except (TypeError, ValueError):
        return None


def _asked(known, answer):
    try:
        return bool(known(answer))
    except (TypeError, ValueError, IndexError, KeyError, AttributeError):
        return False  # an answer of another kind is not this mistake


def _same(answer, known, tolerance, within):
    if (
        isinstance(known, str | bool | np.bool_)
        or isinstance(answer, str | bool | np.bool_)
        or answer is None
    ):
        return type(answer) in (type(known), np.bool_) and answer == known
    try:
        answer, known = np.asarray(answer, dtype=float), np.asarray(known, dtype=float)
    except (TypeError, ValueError):
        return False
    close = answer.shape == known.shape and np.allclose(
        answer, known, rtol=tolerance, atol=within, equal_nan=True
    )
    return bool(close)


def _distance(answer, known):
    if isinstance(known, str | bool):
        return 0.0
    return float(np.abs(np.asarray(answer, dtype=float) - np.asarray(known, dtype=float)).max(initial=0.0))


def _words(value):
    """A value as a person would read it out."""
    if value is None:
        return "nothing (None: is there a return?)"
    if isinstance(value, str | bool | np.bool_):
        return repr(value) if isinstance(value, str) else str(bool(value))
    try:
        numbers = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return f"a {type(value).__name__}"
    if numbers.ndim == 0:
        return f"{numbers:.4g}"
    if numbers.size > 6:
        return f"an array of shape {numbers.shape} that begins with {numbers.flat[0]:.4g}"
    return "[" + ", ".join(f"{number:.4g}" for number in numbers.flat) + "]"
