"""Read a lesson's quiz, notebooks/solutions/quizzes/NN.toml, and seal it for the learner (`make exercises`).

A file holds five questions. Each has `asks` (Markdown and formulas), perhaps `figures` (the stored claim
whose figure it quotes) and three or four `choice`s: what it `says` (plain text: a button's label is one),
`why` it is right or which misunderstanding it is (Markdown: its reader is told), and, for one of them,
`right = true`.
"""

import json
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS, CHOICES = 5, (3, 4)
MARKUP = re.compile(r"[$`*\\]|\]\(")


def quiz_files(root=ROOT):
    """Return the quizzes' sources, in order."""
    return sorted((root / "notebooks" / "solutions" / "quizzes").glob("[0-9]*.toml"))


def read(path):
    """Return a quiz's questions, each with `asks`, `figures` (or None) and `choice`: says, right, why.

    Parameters
    ----------
    path : pathlib.Path
        The source.

    Raises
    ------
    ValueError
        Naming the file and the question that is not of the form above.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as reason:
        raise ValueError(f"{path.name} is no TOML: {reason}") from None
    questions = content.get("question", [])
    if list(content) != ["question"] or len(questions) != QUESTIONS:
        raise ValueError(f"{path.name} must hold {QUESTIONS} [[question]]s and no more, got {len(questions)}")
    for number, question in enumerate(questions, 1):
        try:
            _look_at(question)
        except ValueError as reason:
            raise ValueError(f"{path.name}, question {number}: {reason}") from None
    return [
        {
            "asks": question["asks"].strip(),
            "figures": question.get("figures"),
            "choice": [
                {"says": _flat(one["says"]), "right": one.get("right", False), "why": one["why"].strip()}
                for one in question["choice"]
            ],
        }
        for question in questions
    ]


def _look_at(question):
    """Raise ValueError for what is wrong with one question."""
    _keys("a question", question, {"asks", "choice"}, {"figures"})
    choices = question["choice"]
    if not CHOICES[0] <= len(choices) <= CHOICES[1]:
        raise ValueError(f"it must have {CHOICES[0]} or {CHOICES[1]} choices, got {len(choices)}")
    for choice in choices:
        _keys("a choice", choice, {"says", "why"}, {"right"})
        if marked := MARKUP.search(choice["says"]):
            raise ValueError(f"a choice is plain text, it shows {marked[0]!r} as it is: {choice['says']!r}")
    right = sum(choice.get("right") is True for choice in choices)
    if right != 1:
        raise ValueError(f"exactly one choice must be right, got {right}")
    if len({_flat(choice["says"]) for choice in choices}) < len(choices):
        raise ValueError("two choices say the same")


def _keys(what, table, needed, optional):
    missing, alien = sorted(needed - set(table)), sorted(set(table) - needed - optional)
    if missing or alien:
        raise ValueError(f"{what} lacks {missing} or has {alien} too many")
    for key, value in table.items():
        if key not in ("choice", "right") and not (isinstance(value, str) and value.strip()):
            raise ValueError(f"{key} must be a text, got {value!r}")


def _flat(text):
    return " ".join(text.split())


def sealed(path):
    """Return the text of the learner's file: questions and choices in plain, what is right sealed.

    Parameters
    ----------
    path : pathlib.Path
        The source.
    """
    from helpers import quiz  # late: the site's tools read this module where there are no widgets

    questions = [
        {
            "asks": one["asks"],
            "choices": [
                {
                    "says": choice["says"],
                    "sealed": quiz.seal(
                        one["asks"], choice["says"], {"right": choice["right"], "why": choice["why"]}
                    ),
                }
                for choice in one["choice"]
            ],
        }
        for one in read(path)
    ]
    content = {"generated": "by `make exercises`; what is right is behind a curtain, not a lock"}
    return json.dumps(content | {"questions": questions}, ensure_ascii=False, indent=1) + "\n"
