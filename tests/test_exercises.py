"""Every exercise: generated from its solution, its stub unfinished and nothing else, its check no pushover.

Plausible wrong answers stand in tests/wrong_answers/NN.py as a list `WRONG` of
`{"exercise": "1", "why": "…", "code": '''def …''', "hint": "…"}`: `code` replaces the solution cell tagged
`exercise-1`, and the check of that exercise must refuse it with an AssertionError whose message holds `hint`.
nbval runs the solutions, and so shows that each check accepts its reference.
"""

import copy
import functools
import importlib.util
import subprocess
from collections import Counter
from pathlib import Path

import exercises
import nbformat
import pytest
from nbclient import NotebookClient

FILES = exercises.solution_files()
WRONG_ANSWERS = Path(__file__).parent / "wrong_answers"
each_solution = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def wrong_answers(path):
    """The wrong answers to one notebook's exercises."""
    file = WRONG_ANSWERS / f"{path.stem[:2]}.py"
    spec = importlib.util.spec_from_file_location(f"wrong_answers_{file.stem}", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.WRONG


@functools.cache
def trial(path):
    """Run an exercise notebook once, and each wrong answer at its place: [(what, cell, error or None)].

    One kernel for all of it: the set-up cells run once, a check runs for its stub and for each wrong answer,
    and the stub is then put back.
    """
    notebook = exercises.exercise_from(nbformat.read(path, as_version=4), path.name)
    wrong = wrong_answers(path)
    stubs, results = {}, []
    client = NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}
    )

    def run(cell, code=None):
        cell = copy.deepcopy(cell)
        cell.source = code if code is not None else cell.source
        cell.metadata.tags = ["raises-exception"]
        client.execute_cell(cell, 0)
        return next(((o.ename, o.evalue) for o in cell.outputs if o.output_type == "error"), None)

    with client.setup_kernel(stderr=subprocess.DEVNULL):
        for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
            number, kind = exercises.exercise_of(cell), exercises.tags(cell) & {"solution", "check"}
            error = run(cell)
            results.append((("stub", number), kind, error))
            if "solution" in kind:
                stubs[number] = cell
                continue
            tried = [(index, answer) for index, answer in enumerate(wrong) if answer["exercise"] == number]
            if "check" not in kind or not tried:
                continue
            run(cell, "_before = set(globals())")
            for index, answer in tried:
                error = run(cell, answer["code"]) or run(cell)
                results.append((("wrong", index), kind, error))
            run(cell, "for _name in set(globals()) - _before:\n    del globals()[_name]")
            run(stubs[number])
    return results


@pytest.mark.skipif(not FILES, reason="no solution notebook yet")
def test_exercises_are_those_that_the_solutions_make():
    assert [path.name for path in exercises.stale()] == [], "run make exercises"


@each_solution
def test_there_are_three_exercises_each_with_a_check_and_the_open_one_with_a_rubric(path):
    notebook = nbformat.read(path, as_version=4)
    solutions, checks = Counter(), Counter()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            solutions[exercises.exercise_of(cell)] += "solution" in exercises.tags(cell)
            checks[exercises.exercise_of(cell)] += "check" in exercises.tags(cell)
    numbers = sorted(number for number in solutions if number)
    assert len(numbers) >= 3 and numbers == [str(k + 1) for k in range(len(numbers))]
    assert not solutions[None] and not checks[None], "each solution and check is tagged exercise-1, -2, …"
    assert all(solutions[number] >= 1 and checks[number] >= 1 for number in numbers)
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert "rubric" in text.lower()


@each_solution
def test_a_stub_raises_not_implemented_and_nothing_else(path):
    stubs = [(number, kind, error) for (what, number), kind, error in trial(path) if what == "stub"]
    raised = set()
    for number, kind, error in stubs:
        if not kind:
            assert error is None, f"a cell around the exercises fails while they are unsolved: {error}"
        elif error and error[0] in ("NotImplementedError", "NotSolved"):
            raised.add((number, *kind))
        elif "check" in kind:
            # A name that the stub should have defined is missing: the reader stopped at the stub above.
            stopped = (number, "solution") in raised and error and error[0] == "NameError"
            assert stopped, f"the check of exercise {number} does not refuse its stub: {error}"
        else:
            assert error is None, f"the stub of exercise {number} raises something else: {error}"
    assert {number for number, _ in raised} == {number for number, _, _ in stubs if number}


@each_solution
def test_each_check_refuses_the_wrong_answers_with_a_hint(path):
    wrong = wrong_answers(path)
    counts = Counter(answer["exercise"] for answer in wrong)
    talks = any(
        "from helpers.marking import" in cell.source for cell in nbformat.read(path, as_version=4).cells
    )
    least = 8 if talks else 2  # the older exercises move to `marking` one by one
    assert counts["1"] >= least and counts["2"] >= least, (
        f"at least {least} wrong answers to each of the first two"
    )
    errors = {}
    for (what, index), _, error in trial(path):
        if what == "wrong":  # of two checks the first that refuses is what a learner sees
            errors[index] = errors.get(index) or error
    for index, answer in enumerate(wrong):
        label = f"exercise {answer['exercise']}, {answer['why']}"
        assert index in errors, f"{label}: there is no check cell for it"
        assert errors[index], f"{label}: the check accepts it"
        name, message = errors[index]
        assert name in ("AssertionError", "WrongAnswer"), f"{label}: {name}: {message}"
        assert answer["hint"] in message, f"{label}: the hint is {message!r}"


def solution_cell(source, *tags):
    cell = nbformat.v4.new_code_cell(source)
    cell.metadata.tags = list(tags)
    return cell


def test_a_stub_keeps_signature_and_docstring_and_says_the_task():
    source = 'def leakage(score,\n            cut=0.5):\n    """Return the leakage.\n\n    More.\n    """\n    return 1\n'
    assert exercises.stub(source) == (
        'def leakage(score,\n            cut=0.5):\n    """Return the leakage.\n\n    More.\n    """\n'
        '    raise NotImplementedError("Return the leakage.")'
    )


def test_a_stub_of_a_cell_without_functions_names_what_later_cells_use():
    stub = exercises.stub("# task: Find the cut.\nstep = 3\ncut = 2 * step", later="assert cut == 6")
    assert stub == '# Define here: cut\nraise NotImplementedError("Find the cut.")'


@pytest.mark.parametrize(
    "source", ["def f(x):\n    '''Do.'''\n    return x\ny = f(1)", "def f(x):\n    return x", "x = 1"]
)
def test_a_solution_that_cannot_become_a_stub_is_refused(source):
    with pytest.raises(ValueError):
        exercises.stub(source)


def test_an_exercise_holds_no_output_and_no_solution_and_is_the_same_each_time():
    solution = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# Exercises"),
            solution_cell("# task: Find it.\nsecret = 42", "solution", "exercise-1"),
            solution_cell("assert secret == 6 * 7", "check", "exercise-1"),
            nbformat.v4.new_code_cell(
                "print(1)", outputs=[nbformat.v4.new_output("stream", text="1")], execution_count=1
            ),
        ]
    )
    first, again = (exercises.exercise_from(solution, "01_x.ipynb") for _ in range(2))
    assert exercises.text_of(first) == exercises.text_of(again)
    assert not any("42" in cell.source for cell in first.cells)
    assert all(
        not cell.outputs and cell.execution_count is None for cell in first.cells if cell.cell_type == "code"
    )
    assert "../solutions/01_x.ipynb" in first.metadata["generated"]
    assert [cell.metadata.get("jupyter") for cell in first.cells if "check" in exercises.tags(cell)] == [
        {"source_hidden": True}
    ]
