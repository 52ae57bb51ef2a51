"""Five questions before a lesson's exercises, answered with buttons: each choice has a reply of its own.

The questions lie in notebooks/exercises/quizzes, made by `make exercises`. Which choice is right, and what
the reader of each is told, is sealed there. The seal is a curtain, no lock: it keeps an answer from the eye
that falls on the file, not from anyone who calls `unseal`. So nothing is graded by it.
"""

import base64
import hashlib
import json
import random
from pathlib import Path

import ipywidgets as widgets
from IPython import get_ipython
from IPython.display import display

from helpers import check, course

FOLDER = Path(__file__).resolve().parent.parent / "notebooks" / "exercises" / "quizzes"
# ipywidgets gives a label one line of a fixed height; a choice is a sentence.
_STYLE = """<style>
.faint-quiz .widget-radio-box label { height: auto; line-height: 1.4; white-space: normal; max-width: 46em;
  margin-bottom: 0.4em; display: grid; grid-template-columns: 1.8em 1fr; }
.faint-quiz .widget-radio-box label input { grid-column: 1; grid-row: 1; margin: 0.15em 0;
  width: 1.1em; height: 1.1em; }
.faint-quiz .widget-html-content { line-height: 1.4; max-width: 48em; white-space: normal; }
.faint-quiz .widget-html-content p { margin: 0.4em 0; }
</style>"""


def seal(asks, says, told):
    """Return what a choice's reader is told as text that nobody reads in passing.

    Parameters
    ----------
    asks, says : str
        The question and the choice: together they are the key.
    told : dict
        `right` (bool) and `why` (str).
    """
    # not compressed: the same bytes with every zlib, so that a generated file can be compared
    plain = json.dumps(told, ensure_ascii=False, sort_keys=True).encode()
    return base64.b64encode(_veiled(plain, asks, says)).decode()


def unseal(asks, says, sealed):
    """Return what `seal` was given.

    Parameters
    ----------
    asks, says : str
        The question and the choice, as they were when it was sealed.
    sealed : str
        What `seal` returned.

    Raises
    ------
    ValueError
        When question and choice are not those of the seal: one of them was changed by hand.
    """
    try:
        return json.loads(_veiled(base64.b64decode(sealed, validate=True), asks, says))
    except (ValueError, TypeError):
        raise ValueError(f"the seal does not fit the choice {says!r}: run `make exercises`") from None


def _veiled(content, asks, says):
    key = hashlib.shake_256(f"{asks}\n{says}".encode()).digest(len(content))
    return bytes(one ^ other for one, other in zip(content, key, strict=True))


def ask(lesson, *, seed=1):
    """Show a lesson's questions with their choices; each has a button that checks it.

    Parameters
    ----------
    lesson : str
        The lesson's number in two digits: "03".
    seed : int
        Shuffles the choices; another seed, another order.

    Raises
    ------
    FileNotFoundError
        When the folder of the questions is not where it belongs.
    ValueError
        When there are no questions of this lesson, or their file is broken: the message says how to mend it.
    """
    questions = _questions(lesson)
    check.number("seed", seed, at_least=0, integer=True)
    sheet = _Sheet(questions, random.Random(f"{lesson} {seed}"))
    instead = (
        f"Lesson {lesson}: {len(questions)} questions with buttons stand here, and this view shows none. "
        "Start JupyterLab with `make lab`, open this notebook there and run this cell."
    )
    if get_ipython() is None:  # a script or a test
        course.say(instead)
        return
    display(sheet.box._repr_mimebundle_() | {"text/plain": instead}, raw=True)


def _questions(lesson):
    known = sorted(path.stem for path in FOLDER.glob("*.json"))
    if not known:
        raise FileNotFoundError(
            f"no questions in {FOLDER}: the course's folder must be whole (`make exercises` makes them)"
        )
    check.choice("lesson", lesson, known)
    try:
        questions = json.loads((FOLDER / f"{lesson}.json").read_text("utf-8"))["questions"]
        opened = [
            [unseal(one["asks"], choice["says"], choice["sealed"])["right"] for choice in one["choices"]]
            for one in questions
        ]
    except (ValueError, KeyError, TypeError) as reason:
        raise ValueError(
            f"the questions of lesson {lesson} are broken ({reason}): run `make exercises`"
        ) from None
    for number, right in enumerate(opened, 1):
        if sum(right) != 1:
            raise ValueError(
                f"question {number} of lesson {lesson} has {sum(right)} right choices, not one: "
                "run `make exercises`"
            )
    return questions


class _Sheet:
    """All questions of a lesson, and the count below them."""

    def __init__(self, questions, shuffle):
        self.count = widgets.HTML()
        self.parts = [_Part(number, one, shuffle, self.tell) for number, one in enumerate(questions, 1)]
        boxes = [part.box for part in self.parts]
        self.box = widgets.VBox([widgets.HTML(_STYLE), *boxes, self.count])
        self.box.add_class("faint-quiz")

    def tell(self):
        """Say how many are found, and at the end which deserve a second look."""
        found = [part for part in self.parts if part.found]
        at_first = [part for part in found if part.tried == 1]
        text = f"{len(found)} of {len(self.parts)} found, {len(at_first)} at the first try."
        if len(found) == len(self.parts):
            again = [str(part.number) for part in found if part.tried > 1]
            text += (
                f" A second look at the lesson is worth it for what you met in {' and '.join(again)}."
                if again
                else " You are ready for the exercises."
            )
        self.count.value = _alert(f"<strong>{text}</strong>")


class _Part:
    """One question: its text, its choices, its button and the reply."""

    def __init__(self, number, question, shuffle, after):
        self.number, self.asks, self.after = number, question["asks"], after
        self.choices = shuffle.sample(question["choices"], len(question["choices"]))
        self.checked = []  # the choices' places, in the order in which they were checked
        self.found, self.tried = False, 0
        self.text = widgets.HTMLMath(_markup(f"**{number}.** {self.asks}"))
        self.radio = widgets.RadioButtons(
            options=[choice["says"] for choice in self.choices], value=None, layout={"width": "auto"}
        )
        self.button = widgets.Button(
            description=f"Check {number}", tooltip=f"Check the answer to question {number}"
        )
        self.button.on_click(self.check)
        self.reply = widgets.HTMLMath()
        self.box = widgets.VBox([self.text, self.radio, self.button, self.reply])

    def check(self, _button):
        """Reply to the choice; the first time that it is right is counted."""
        place = self.radio.index
        if place is None:
            self.reply.value = _alert("Choose one of the answers first.")
            return
        choice = self.choices[place]
        told = unseal(self.asks, choice["says"], choice["sealed"])
        if not self.found:
            self.checked += [place] if place not in self.checked else []
            self.found, self.tried = told["right"], len(self.checked)
        self.reply.value = _alert(_markup(f"{'✔' if told['right'] else 'Not yet:'} {told['why']}"))
        self.after()


def _alert(markup):
    """Mark what changes, so that a screen reader says it."""
    return f'<div role="alert">{markup}</div>'


def _markup(text):
    from nbconvert.filters import markdown2html  # late: it takes a second to import

    return markdown2html(text)
