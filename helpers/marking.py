"""How an exercise's check talks: it knows what the usual mistakes give, names the one that was made, and else accuses of nothing."""

import sysconfig
import traceback
from pathlib import Path

import numpy as np

from helpers import course

LIBRARIES = (sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"), str(Path(__file__).parent))
EXPLAINED = {  # what libraries say, and what it means for a learner
    "only integers, slices": "an index is a whole number: no text, and no float, which SciPy returns: int(…).",
    "must be of integer": "an index is a whole number, and np.ceil returns floats: .astype(int).",
    "inconsistent numbers of samples": "the two arrays do not describe the same events.",
    "remapped shapes": "two factors of einsum have axes of different lengths.",
    "does not match previous terms": "two factors of einsum have axes of different lengths.",
    "boolean index did not match": "a mask is as long as the axis it chooses from; np.ix_ chooses rows and columns.",
    "mismatch in its core dimension": "the shapes of two factors do not fit: columns of the left, rows of the right.",
    "not aligned": "the left factor has not as many columns as the right one has rows.",
    "out of bounds": "an index points beyond the end.",
    "contains NaN": "NaN stands where there is no number: leave it out, or fill it first.",
    "Singular matrix": "it has no inverse: are two rows equal, or is something missing on its diagonal?",
    "could not convert string": "a text stands where a number is wanted.",
    "empty sequence": "nothing is left to choose from: no value met the condition.",
    "must be square": "there must be as many equations as unknowns, one row each: take the means of the events first.",
    "with a sequence": "several numbers stand where one is wanted.",
    "Inclusive has to be": "between takes the two ends alone, and asks the values themselves: values.between(low, high).",
    "KeyError": "nothing goes by that name.",
    "could not be broadcast": "two arrays of different lengths are combined.",
    "truth value of an array": "an array stands where one true or false is wanted.",
    "truth value of a Series": "a column stands where one true or false is wanted; & and | go row by row.",
    "cannot convert float NaN": "NaN came out where a number was wanted: are the arguments in their order?",
    "continuous format is not supported": "labels are wanted first, then scores: roc_auc_score(label, score).",
    "is not defined": "has the cell that defines it been run, and is the name spelt so?",
    "'tuple' and": "a pair stands where one number is wanted: take one of the two.",
    "'NoneType' object": "something is None: is a return missing?",
    "not 'NoneType'": "something is None: is a return missing?",
    "'tuple' object has no attribute": "a pair stands where one array is wanted: take it apart first.",
    "'list' object has no attribute": "a list is no array: np.asarray(…) makes it one.",
    "'float' object has no attribute": "a number has no parts.",
    "object is not subscriptable": "one thing stands where several are wanted: are the brackets of a call missing?",
    "cannot unpack non-iterable": "one thing stands where several are wanted.",
    "positional argument": "a function got more arguments than it takes, or fewer.",
    "has no len()": "one thing stands where several are wanted: are the arguments in their order?",
    "zero-size array": "an array without elements has no largest and no smallest: how far do your slices go?",
    "cannot reshape": "the numbers do not fill the new shape to its end.",
    "only 0-dimensional arrays can be converted": "int() and math take one number; for arrays there are NumPy's own and .astype(int).",
    "only length-1 arrays can be converted": "int() and math take one number; for arrays there are NumPy's own and .astype(int).",
    "too many indices": "the array has fewer axes than you index: has one been summed or maximised away?",
    "does not have enough dimensions": "an array has fewer axes than wanted: has one been summed or maximised away?",
    "must match len(axes)": "the filter has not as many axes as what it goes over: hand it one picture at a time.",
    "SeedSequence expects": "a seed is a whole number, or a list of some.",
    "p is NaN": "a chance lies from 0 to 1: is yours a sum that comes out a little above?",
    "object has no attribute": "it has nothing of that name: what is it, and what was handed over?",
}


class WrongAnswer(AssertionError):
    """An answer that is not right: shown as one readable line in place of a traceback."""

    def _render_traceback_(self):  # what IPython asks an exception for
        return [f"✘ {self}"]


class NotSolved(NotImplementedError):
    """An exercise that still holds its stub: shown as one line that says the task."""

    def _render_traceback_(self):  # what IPython asks an exception for
        return [f"… {self}"]


def mark(
    yours, right, mistakes=(), *, what="answer", tolerance=0.01, within=0.0, says="", stops=(), otherwise=None
):
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
    stops : sequence of (str, str)
        What errors mean in this exercise: a part of their text, and a sentence; they go before the general ones.
    otherwise : callable, optional
        Asked when no known mistake matches: gets the answer, returns a sentence that holds for it, or "".

    Raises
    ------
    WrongAnswer
        When the answer is not right, or computing it raises an error.
    NotSolved
        When it raises NotImplementedError, as a stub does.
    """
    answer = _called(yours, stops)
    if _same(answer, right, tolerance, within):
        if says:
            course.say(f"✔ {_words(answer)}: {says}")
        return
    matches = []
    for known, hint in mistakes:
        if callable(known):
            if answer is not None and _asked(known, answer):
                matches.append((0.0, hint))
        elif _same(answer, known, tolerance, within):
            matches.append((_distance(answer, known), hint))
    both = f"Your {what} is {_words(answer)}; the course's is {_words(right)}."
    if matches:
        both += f" {min(matches, key=lambda match: match[0])[1]}"
    elif seen := _further(otherwise, answer) or fact(answer, right) or _largest(answer, right):
        both += f" {seen}"
    raise WrongAnswer(both) from None


def expect(condition, hint):
    """Go on if the `condition` holds, or show the `hint` as one readable line.

    Raises
    ------
    WrongAnswer
        When the condition does not hold.
    """
    if not condition:
        raise WrongAnswer(hint)


def as_numbers(answer, what="answer"):
    """Return an answer as an array of floats, for a check that goes on computing with it.

    Raises
    ------
    WrongAnswer
        When it is nothing, a text, a dictionary or rows of different lengths.
    """
    array = _floats(answer)
    if array is None or isinstance(answer, str | dict | set):
        raise WrongAnswer(f"Your {what} is {_words(answer)}. {fact(answer, 0.0)}".strip()) from None
    return array


def fact(answer, right):
    """Return in a sentence how an answer differs from the right one, without a guess at the cause, or ""."""
    if _is_text(answer) and not _is_text(right):
        return "That is text: numbers are wanted."
    if isinstance(answer, dict | set):
        return f"Numbers are wanted, not a {type(answer).__name__}."
    if _kind(answer) == "c" and _floats(answer) is None:
        return "That is complex: real numbers are wanted."
    if isinstance(right, str | bool | np.bool_) or isinstance(answer, bool | np.bool_):
        return ""
    if isinstance(answer, tuple) and any(_close(one, right) for one in answer):
        return f"It is right, but one of the {len(answer)} things that are returned: return it alone."
    several, answer, right = isinstance(answer, tuple), _floats(answer), _floats(right)
    if answer is None or right is None:
        return "Several things are returned: one is wanted." if several else ""
    return _of_shape(answer, right) if answer.shape != right.shape else _of_values(answer, right)


def _of_shape(answer, right):
    if answer.size == right.size and _close(answer.ravel(), right.ravel()):
        return "The numbers are right, their shape is not."
    if _close(answer.T, right):
        return "Rows and columns are exchanged."
    if right.ndim == 0:
        return f"One number is wanted, not {answer.size}." if answer.size != 1 else ""
    if answer.shape[1:] != right.shape[1:] or answer.ndim == 0:
        return ""
    for shorter, longer, says in ((answer, right, "is missing"), (right, answer, "is one too many")):
        for end, place in ((slice(-1), "last"), (slice(1, None), "first")):
            if _close(shorter, longer[end]):
                return f"The {place} one {says}; the others are right."
    return ""


def _of_values(answer, right):
    if right.ndim and (known := _of_order(answer, right)):
        return known
    if right.any() and _close(answer, -right):
        return "The sign is turned."
    if right.size < 3:
        return ""
    same = np.isclose(answer, right, rtol=1e-4, atol=0)
    for odd, name in (
        (np.isnan(answer), "NaN"),
        (answer == 0, "zero"),
        (_isclose(answer, -right), "of the wrong sign"),
    ):
        if 0 < odd.sum() < odd.size and (odd | same).all() and not (odd & same).all():
            return f"{(odd & ~same).sum()} of {odd.size} are {name}; the others are right."
    with np.errstate(all="ignore"):
        factor, offset = np.nanmedian(answer / right), np.median(answer - right)
    if np.isfinite(factor) and factor and _close(answer, factor * right):
        return f"They are the right ones times {factor:.6g}."
    if np.isfinite(offset) and _isclose(answer - right, offset).all():
        return f"They are the right ones plus {offset:.6g}."
    return ""


def _of_order(answer, right):
    if right.ndim == 2 and _close(answer.T, right):
        return "Rows and columns are exchanged."
    for axis in range(right.ndim):
        name = "" if right.ndim == 1 else f" along axis {axis}"
        if _close(np.flip(answer, axis), right):
            return f"The right numbers, the other way round{name}."
        for step in (1, -1):
            first, last = np.moveaxis(answer, axis, 0), np.moveaxis(right, axis, 0)
            if len(first) > 3 and _close(
                first[1:] if step > 0 else first[:-1], last[:-1] if step > 0 else last[1:]
            ):
                return f"The right numbers, shifted by one place{name}."
    if right.size > 2 and _close(np.sort(answer, axis=None), np.sort(right, axis=None)):
        return "The right numbers, in another order."
    return ""


def _close(one, other):
    """Say whether two are the same, far more strictly than an answer is judged: facts must be facts."""
    one, other = _floats(one), _floats(other)
    return one is not None and one.shape == other.shape and bool(_isclose(one, other, equal_nan=True).all())


def _isclose(one, other, **more):
    return np.isclose(one, other, rtol=1e-4, atol=0, **more)


def _further(otherwise, answer):
    """What an exercise's own last question finds, which must not fail on an answer of another kind."""
    if otherwise is None or answer is None:
        return ""
    try:
        return otherwise(answer) or ""
    except Exception:  # it may call the learner's code
        return ""


def _called(yours, stops=()):
    try:
        return yours()
    except NotImplementedError as stub:
        raise NotSolved(f"Not solved yet: {stub}") from None
    except WrongAnswer:
        raise
    except Exception as error:
        kind, text = type(error).__name__, str(error).strip().partition("\n")[0].rstrip(".") + "."
        means = next(
            (
                f" In words: {words}"
                for said, words in [*stops, *EXPLAINED.items()]
                if said in f"{kind} {error}"
            ),
            "",
        )
        raise WrongAnswer(f"Your code stopped with {kind}{_own_line(error)}: {text}{means}") from None


def _own_line(error):
    """The last line of the learner's own code, not the one deep in a library that complains."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.line]
    own = [frame for frame in frames if not frame.filename.startswith(LIBRARIES)]
    return f" at `{own[-1].line}`" if own else ""


def _largest(answer, right):
    """Where an array, too long to be read out, differs most from the right one."""
    answer, right = _floats(answer), _floats(right)
    if (
        answer is None
        or answer.shape != right.shape
        or answer.size <= 6
        or not np.isfinite(answer - right).any()
    ):
        return ""
    at = np.unravel_index(np.nanargmax(np.abs(answer - right)), right.shape)
    place = ", ".join(map(str, at))
    return f"They differ most at [{place}]: yours {answer[at]:.6g}, the course's {right[at]:.6g}."


def _is_text(value):
    return isinstance(value, str) or (isinstance(value, list | tuple | np.ndarray) and _kind(value) in "US")


def _kind(value):
    try:
        return np.asarray(value).dtype.kind
    except ValueError:  # lists of different lengths
        return "O"


def _floats(answer):
    try:
        if answer is None or _is_text(answer):
            return None
        array = np.asarray(answer)
        if (
            array.dtype.kind == "c"
        ):  # real numbers in complex dress are numbers; others are not cut down to some
            real = np.allclose(array.imag, 0, atol=1e-9 * np.abs(array).max(initial=0))
            return array.real if real else None
        return np.asarray(array, dtype=float)
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
    answer, known = _floats(answer), _floats(known)
    if answer is None or known is None:
        return False
    close = answer.shape == known.shape and np.allclose(
        answer, known, rtol=tolerance, atol=within, equal_nan=True
    )
    return bool(close)


def _distance(answer, known):
    if isinstance(known, str | bool):
        return 0.0
    return float(np.abs(_floats(answer) - _floats(known)).max(initial=0.0))


def _words(value):
    """A value as a person would read it out."""
    if value is None:
        return "nothing (None: is there a return?)"
    if isinstance(value, str | bool | np.bool_):
        return repr(value) if isinstance(value, str) else str(bool(value))
    array = _floats(value)
    if array is None:
        if _kind(value) == "c":
            return "an array of complex numbers" if np.ndim(value) else f"{complex(value):.4g}"
        return "an array of texts" if _is_text(value) else f"a {type(value).__name__}"
    if array.ndim == 0:
        return f"{array:.4g}"
    if array.size > 6:
        return f"an array of shape {array.shape} that begins with {array.flat[0]:.4g}"
    return "[" + ", ".join(f"{number:.4g}" for number in array.flat) + "]"
