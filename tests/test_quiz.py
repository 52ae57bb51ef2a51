"""A lesson's quiz: sound at its source, sealed for the learner, fair, and worked with buttons."""

import functools
import json
import random
import re
from collections import Counter
from pathlib import Path

import exercises
import handout
import nbformat
import numpy as np
import pytest
import quizzes
from nbclient import NotebookClient
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from helpers import course, quiz

ROOT = Path(__file__).resolve().parent.parent
SOURCES = quizzes.quiz_files()
each_quiz = pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)

GOOD = """
[[question]]
asks = "How many are $2 + {n}$?"
[[question.choice]]
says = "more than 2"
right = true
why = "One adds to the other."
[[question.choice]]
says = "2"
why = "That leaves one *out*."
[[question.choice]]
says = "less"
why = "That takes one away."
"""


def source(tmp_path, text=None, name="03"):
    """A quiz's source in a course of its own: five sums, or this text."""
    path = tmp_path / "notebooks" / "solutions" / "quizzes" / f"{name}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text or "".join(GOOD.format(n=n) for n in range(1, 6)), encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of sealed quizzes with one in it, where `quiz.ask` looks."""
    monkeypatch.setattr(quiz, "FOLDER", tmp_path)
    (tmp_path / "03.json").write_text(quizzes.sealed(source(tmp_path)), encoding="utf-8")
    return tmp_path


def sheet(folder, seed=1):
    """The sheet that `ask` would show."""
    return quiz._Sheet(quiz._questions("03"), random.Random(seed))


def press(part, says):
    """Choose an answer (or none), press the button, and return the reply without its markup."""
    if says is not None:
        part.radio.value = says
    part.button.click()
    return re.sub("<[^>]+>", "", part.reply.value).strip()


# the source


@pytest.mark.parametrize(
    "old, new, says",
    [
        ('says = "2"\n', 'says = "2"\nright = true\n', "question 1: exactly one choice must be right, got 2"),
        ("right = true\n", "", "question 1: exactly one choice must be right, got 0"),
        ("right = true\n", "right = 1\n", "exactly one choice must be right, got 0"),
        ('says = "less"', 'says = "2"', "two choices say the same"),
        ('says = "less"', 'says = "$-2$"', "plain text"),
        ('why = "That takes one away."', 'why = " "', "why must be a text"),
        ('why = "That takes one away."\n', "", "lacks"),
        ("asks =", 'aks = "?"\nasks =', "too many"),
        ('[[question.choice]]\nsays = "less"\nwhy = "That takes one away."\n', "", "3 or 4 choices, got 2"),
        ("[[question]]", "[[question", "is no TOML"),
    ],
)
def test_a_source_that_is_not_sound_is_refused_with_its_place(tmp_path, old, new, says):
    text = "".join(GOOD.format(n=n) for n in range(1, 6))
    assert old in text
    with pytest.raises(ValueError, match=says) as error:
        quizzes.read(source(tmp_path, text.replace(old, new, 1)))
    assert str(error.value).startswith("03.toml")


def test_four_or_six_questions_are_refused(tmp_path):
    for number in (4, 6):
        with pytest.raises(ValueError, match="must hold 5"):
            quizzes.read(source(tmp_path, "".join(GOOD.format(n=n) for n in range(number))))


# the seal


def test_a_seal_opens_with_its_question_and_choice_alone():
    told = {"right": False, "why": "Weil Ärger: $x^2$ ≠ ✔"}
    sealed = quiz.seal("asks", "says", told)
    assert quiz.unseal("asks", "says", sealed) == told
    for asks, says in (("ask", "ssays"), ("asks", "other")):
        with pytest.raises(ValueError, match="make exercises"):
            quiz.unseal(asks, says, sealed)
    with pytest.raises(ValueError, match="make exercises"):
        quiz.unseal("asks", "says", "no seal")


def test_right_and_wrong_look_alike(tmp_path):
    """Without the keys one would read base64's first letters: the same for all wrong choices."""
    content = json.loads(quizzes.sealed(source(tmp_path)))
    seals = [choice["sealed"] for one in content["questions"] for choice in one["choices"]]
    assert len({seal[:6] for seal in seals}) == len(seals)


def test_a_course_with_a_quiz_gets_its_file_and_its_cell(tmp_path):
    source(tmp_path)
    (tmp_path / "notebooks" / "exercises").mkdir()
    cells = [
        nbformat.v4.new_markdown_cell("# Exercises"),
        nbformat.v4.new_code_cell("from helpers import course"),
        nbformat.v4.new_code_cell("import numpy"),
        nbformat.v4.new_markdown_cell("The world."),
    ]
    for name in ("03_asked.ipynb", "04_not.ipynb"):
        nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "notebooks" / "solutions" / name)
    made = {path.name: text for path, text in exercises.generated(tmp_path).items()}
    assert sorted(made) == ["03.json", "03_exercises.ipynb", "04_exercises.ipynb"]
    assert made == {path.name: text for path, text in exercises.generated(tmp_path).items()}
    asked = nbformat.reads(made["03_exercises.ipynb"], as_version=4).cells
    assert [cell.source.splitlines()[0] for cell in asked] == [
        *("# Exercises", "from helpers import course", "import numpy"),
        *(
            "## Before you start: five questions",
            "from helpers import quiz",
            "## The exercises",
            "The world.",
        ),
    ]
    assert 'quiz.ask("03")' in asked[4].source
    assert "quiz" not in made["04_exercises.ipynb"]
    for path, text in exercises.generated(tmp_path).items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert exercises.stale(tmp_path) == []
    (tmp_path / "notebooks/solutions/quizzes/03.toml").unlink()
    assert [path.name for path in exercises.stale(tmp_path)] == ["03_exercises.ipynb", "03.json"]


# the buttons


def test_each_choice_has_its_reply_and_the_first_try_counts(folder):
    questions = sheet(folder)
    first, second, *others = questions.parts
    assert press(first, None) == "Choose one of the answers first."
    assert questions.count.value == ""
    assert press(first, "2") == "Not yet: That leaves one out."
    assert press(first, "more than 2") == "✔ One adds to the other."
    assert press(second, "more than 2").startswith("✔")
    assert "2 of 5 found, 1 at the first try." in questions.count.value
    assert press(second, "less") == "Not yet: That takes one away."  # curious: found stays found
    assert "2 of 5 found, 1 at the first try." in questions.count.value
    for part in others:
        press(part, "more than 2")
    assert "5 of 5 found, 4 at the first try. A second look" in questions.count.value
    assert questions.count.value.count("met in 1.") == 1


def test_the_same_wrong_choice_twice_is_one_try_and_all_at_first_is_said(folder):
    questions = sheet(folder)
    press(questions.parts[0], "2")
    press(questions.parts[0], "2")
    assert questions.parts[0].tried == 1
    questions = sheet(folder)
    for part in questions.parts:
        press(part, "more than 2")
    assert "5 of 5 found, 5 at the first try. You are ready" in questions.count.value


def test_choices_are_shuffled_by_the_seed_and_nothing_is_chosen_before(folder):
    orders = [[part.radio.options for part in sheet(folder, seed).parts] for seed in (1, 1, 2)]
    assert orders[0] == orders[1] != orders[2]
    assert len(set(orders[0])) > 1, "one order for all questions"
    assert all(part.radio.value is None for part in sheet(folder).parts)


def test_replies_are_announced_and_formulas_kept(folder):
    part = sheet(folder).parts[0]
    assert "$2 + 1$" in part.text.value and "<strong>1.</strong>" in part.text.value
    press(part, "2")
    assert 'role="alert"' in part.reply.value and "<em>out</em>" in part.reply.value
    assert part.button.description == "Check 1"


@pytest.mark.parametrize("lesson", ["99", "3", 3, None, "../03"])
def test_an_unknown_lesson_is_refused_and_the_known_are_named(folder, lesson):
    with pytest.raises(ValueError, match=r"lesson must be one of \['03'\]"):
        quiz.ask(lesson)


def test_a_missing_folder_and_broken_files_say_how_to_mend_it(folder, monkeypatch):
    file = folder / "03.json"
    whole = file.read_text("utf-8")
    for broken in ("", "[]", '{"questions": [{}]}', whole.replace("How many", "How few", 1)):
        file.write_text(broken, encoding="utf-8")
        with pytest.raises(ValueError, match="run `make exercises`"):
            quiz.ask("03")
    content = json.loads(whole)
    one = content["questions"][1]
    for choice in one["choices"]:
        choice["sealed"] = quiz.seal(one["asks"], choice["says"], {"right": True, "why": "All are."})
    file.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ValueError, match="question 2 of lesson 03 has 3 right choices, not one"):
        quiz.ask("03")
    monkeypatch.setattr(quiz, "FOLDER", folder / "nowhere")
    with pytest.raises(FileNotFoundError, match="whole"):
        quiz.ask("03")


def test_without_a_notebook_a_sentence_says_what_to_do(folder, capsys):
    quiz.ask("03")
    said = capsys.readouterr().out
    assert "make lab" in said and len(said.splitlines()) == 1


def test_in_a_notebook_buttons_come_with_that_sentence_for_a_view_without_them():
    lesson = SOURCES[0].stem
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(f'from helpers import quiz\n\nquiz.ask("{lesson}")')]
    )
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    (shown,) = notebook.cells[0].outputs
    assert "application/vnd.jupyter.widget-view+json" in shown.data
    assert "make lab" in shown.data["text/plain"]
    assert not told_in(flat(json.dumps(notebook, ensure_ascii=False)), SOURCES[0])


# what the course asks


def test_each_lesson_has_its_quiz():
    assert [path.stem for path in SOURCES] == [path.name[:2] for path in exercises.solution_files()]


@each_quiz
def test_a_quiz_is_sound_and_its_lines_fit_beside_a_window(path):
    quizzes.read(path)
    assert [line for line in path.read_text("utf-8").splitlines() if len(line) > 110] == []


@each_quiz
def test_the_right_answer_is_not_known_by_its_length_or_place(path):
    questions = quizzes.read(path)
    longest = [max(one["choice"], key=lambda choice: len(choice["says"]))["right"] for one in questions]
    assert 2 * sum(longest) <= len(longest), "the right answer is the longest in more than half"
    shortest = [min(one["choice"], key=lambda choice: len(choice["says"]))["right"] for one in questions]
    assert sum(shortest) <= 3, "the right answer is the shortest nearly always"
    places = [[choice["right"] for choice in one["choice"]].index(True) for one in questions]
    assert max(map(places.count, places)) <= 2 or len(set(places)) > 2, "the right answers stand at one place"


def test_over_the_course_neither_place_nor_length_gives_the_answer_away():
    """Who always takes one place (of the source, as shown), the longest or shortest finds less than half."""
    found = Counter()
    for path in SOURCES:
        shuffle, questions = random.Random(f"{path.stem} 1"), quizzes.read(path)
        for one in questions:
            choices = one["choice"]
            shown = shuffle.sample(choices, len(choices))
            found["questions"] += 1
            found["at the source", [choice["right"] for choice in choices].index(True)] += 1
            found["as shown", [choice["right"] for choice in shown].index(True)] += 1
            for taken in (max, min):
                found[taken.__name__] += taken(choices, key=lambda choice: len(choice["says"]))["right"]
    number = found.pop("questions")
    assert {way: count for way, count in found.items() if count >= 0.45 * number} == {}


def found_by_words(asked):
    """Return how many right answers a model finds that knows no physics, and how many chance would find.

    Parameters: `asked`, {lesson: its questions}. A logistic regression learns from all other lessons which
    words stand in right choices, and takes the likeliest of each question.
    """
    lessons = [name for name, questions in asked.items() for _ in questions]
    choices = [one["choice"] for questions in asked.values() for one in questions]
    right = [np.array([choice["right"] for choice in several]) for several in choices]
    counts = CountVectorizer(binary=True, token_pattern=r"[^\W\d]+")
    counts.fit([choice["says"] for several in choices for choice in several])
    words = [counts.transform([choice["says"] for choice in several]).toarray() for several in choices]
    found = 0
    for name in asked:
        others = [k for k, lesson in enumerate(lessons) if lesson != name]
        model = LogisticRegression(C=0.3, max_iter=2000)
        model.fit(np.concatenate([words[k] for k in others]), np.concatenate([right[k] for k in others]))
        mine = [k for k, lesson in enumerate(lessons) if lesson == name]
        found += sum(right[k][model.decision_function(words[k]).argmax()] for k in mine)
    return found, np.array([1 / len(several) for several in choices])


def test_the_tone_does_not_give_the_answer_away():
    """If reasons ("since …") or a "No" stood in choices of one kind alone, half were found unread."""
    asked = {path.stem: quizzes.read(path) for path in SOURCES}
    found, chance = found_by_words(asked)
    luck = chance.sum() + 3 * np.sqrt((chance * (1 - chance)).sum())
    assert found < luck, f"{found} of {len(chance)} are found by their words alone"
    for questions in asked.values():
        for choice in (choice for one in questions for choice in one["choice"]):
            choice["says"] += " surely" if choice["right"] else " perhaps"
    assert found_by_words(asked)[0] == len(chance), "a word that tells would not be seen"


def numbers(text):
    """Yield each number of a text with half of its last digit: 0.52 ± 0.005; 98 % as 98 and as 0.98."""
    text = re.sub(r"(?<=\d)[ ,\u202f\u00a0](?=\d{3}(?!\d))", "", text.replace("−", "-"))
    text = re.sub("10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda power: f"10^{power[1]}", text)
    text = text.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    form = r"(-?\d+(?:\.(\d+))?)(?: ?(?:×|\\times) ?10\^\{?(-?\d+)\}?)?( ?\\?%)?"
    for match in re.finditer(form, text):
        power = int(match[3] or 0)
        value, half = float(match[1]) * 10.0**power, 0.5 * 10.0 ** (power - len(match[2] or ""))
        yield value, half
        if match[4]:
            yield value / 100, half / 100


def quotes(question, row):
    """Whether a question quotes a figure that a claim has stored, rounded; a digit alone is no figure."""
    texts = [question["asks"], *(choice[key] for choice in question["choice"] for key in ("says", "why"))]
    stored = [row.get(key) for key in ("measured", "baseline", "optimum", "published")]
    return any(
        abs(value - figure) <= half * 1.001 and half <= abs(figure) / 5
        for text in texts
        for value, half in numbers(text)
        for figure in stored
        if isinstance(figure, float | int)
    )


@pytest.mark.parametrize(
    "text, quoted",
    [
        ("about 1.6 times", True),
        ("1.57", True),
        ("1.5 times", False),
        ("2 times", False),
        ("$1.57 \\times 10^{0}$", True),
        ("157 %", True),
        ("0.0157 × 10²", True),
        ("1.57 × 10⁻²", False),
    ],
)
def test_a_figure_is_compared_within_its_rounding(text, quoted):
    question = {"asks": text, "choice": [{"says": "no figure", "why": "none"}]}
    assert quotes(question, {"measured": 1.574}) == quoted


@each_quiz
def test_a_figure_that_is_quoted_is_the_stored_one(path):
    (lesson,) = (ROOT / "notebooks").glob(f"{path.stem}_*.ipynb")
    claims = {row["name"]: row for row in course.claims_of(nbformat.read(lesson, as_version=4))}
    for number, question in enumerate(quizzes.read(path), 1):
        if name := question["figures"]:
            assert name in claims, f"question {number}: lesson {path.stem} stores no claim {name}"
            assert quotes(question, claims[name]), (
                f"question {number}: {name} is stored as {claims[name]['measured']}, and no figure is"
            )
    assert any(question["figures"] for question in quizzes.read(path)), "no question quotes a measured figure"


# no answer in plain sight


def flat(text):
    """A text with one space wherever it has any, so that line breaks hide nothing."""
    return " ".join(text.split())


@functools.cache
def replies(path):
    """What the readers of a quiz's choices are told."""
    return [flat(choice["why"]) for one in quizzes.read(path) for choice in one["choice"]]


def told_in(text, path):
    """The replies of a quiz that stand in a text."""
    return [why for why in replies(path) if why in text]


def readable(path):
    """What a reader sees in a file."""
    text = path.read_text("utf-8")
    if path.suffix == ".json":
        return json.dumps(json.loads(text), ensure_ascii=False)
    if path.suffix == ".ipynb":
        return "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
    return text


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="what is handed out is asked of git")
def test_nothing_of_an_answer_stands_in_the_handout_and_the_sealed_files_are_in_it():
    kept = handout.files()
    sealed = [f"notebooks/exercises/quizzes/{path.stem}.json" for path in SOURCES]
    assert set(sealed) <= set(kept)
    assert not [name for name in kept if name.startswith("notebooks/solutions/")]
    names = [name for name in kept if name.endswith((".md", ".ipynb", ".json", ".py"))]
    plain = [(name, flat(readable(ROOT / name))) for name in names]
    found = [(name, told) for path in SOURCES for name, text in plain for told in told_in(text, path)]
    assert found == []


@each_quiz
def test_no_key_of_a_sealed_file_says_which_choice_is_right(path):
    content = json.loads(exercises.quiz_file(path).read_text("utf-8"))
    assert [set(choice) for one in content["questions"] for choice in one["choices"]] == [
        {"says", "sealed"} for one in content["questions"] for _ in one["choices"]
    ]


def test_a_reply_in_plain_sight_would_be_seen():
    why = replies(SOURCES[0])[0]
    assert told_in(f"… {why} …", SOURCES[0]) == [why]
