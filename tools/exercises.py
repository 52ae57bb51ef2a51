"""Make the exercise notebooks from the solutions (`make exercises`); never edit an exercise by hand.

A solution's cells are tagged: `solution` with `exercise-1` (or -2, -3) becomes a stub that raises
NotImplementedError with the task's sentence; `check` with the same `exercise-…` stays, its source folded,
and so does `judge`, which works out once what known mistakes give; a text cell tagged `solution` is left
out. The sentence is the docstring's first line, or `# task: …` in the cell's first line. A lesson's quiz
(tools/quizzes.py) is written beside the exercises, its answers sealed, and the notebook begins with the
cell that asks it. `--check` writes nothing and fails when a generated file is out of date.
"""

import argparse
import ast
import copy
import json
import sys
from pathlib import Path

import nbformat
import quizzes

ROOT = Path(__file__).resolve().parent.parent
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


QUIZ = """## Before you start: five questions

Do you still hold the lesson's story? Run the cell, choose an answer, press its button (by keyboard: Tab goes
on, the space bar chooses and presses). Each answer has a reply of its own; nothing is recorded."""
EXERCISES = "## The exercises"


def tags(cell):
    """Return a cell's tags as a set."""
    return set(cell.metadata.get("tags", []))


def exercise_of(cell):
    """Return the exercise that a cell belongs to ("1", "2", …), or None."""
    return next(
        (tag.removeprefix("exercise-") for tag in sorted(tags(cell)) if tag.startswith("exercise-")), None
    )


def solution_files(root=ROOT):
    """Return the solution notebooks, in order."""
    return sorted((root / "notebooks" / "solutions").glob("[0-9]*.ipynb"))


def stub(source, later=""):
    """Return what is left of a solution cell: signatures and docstrings, or a comment with the names to define.

    Parameters
    ----------
    source : str
        The solution cell's code: functions (and imports) alone, or statements that end in names.
    later : str
        The code that follows it in the notebook; of the names that the cell defines, those used there are named.

    Raises
    ------
    ValueError
        When the cell mixes functions with other statements, or says nowhere what the task is.
    """
    tree, lines = ast.parse(source), source.splitlines()
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    if not functions:
        used = {node.id for node in ast.walk(ast.parse(later)) if isinstance(node, ast.Name)}
        names = dict.fromkeys(
            node.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        )
        wanted = [name for name in names if name in used] or list(names)
        comment = [f"# Define here: {', '.join(wanted)}"] if wanted else []
        return "\n".join([*comment, _raise(_task(source, None))])
    if len(functions) + len(imports) < len(tree.body):
        raise ValueError(
            "a solution cell holds functions (and imports) or other statements, not both: split it"
        )
    parts = ["\n".join(ast.unparse(node) for node in imports)] if imports else []
    for function in functions:
        first = min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])
        last = function.body[0].end_lineno if ast.get_docstring(function) else function.body[0].lineno - 1
        if last < function.lineno or function.body[0].lineno == function.lineno:
            raise ValueError(f"{function.name} must have its body on lines of its own")
        parts.append("\n".join([*lines[first - 1 : last], _raise(_task(source, function), "    ")]))
    return "\n\n\n".join(parts)


def _task(source, function):
    first = source.strip().splitlines()[0]
    if first.startswith("# task:"):
        return first.removeprefix("# task:").strip()
    said = ast.get_docstring(function) if function is not None else None
    if not said:
        raise ValueError("a solution cell says its task in the docstring or in a first line `# task: …`")
    return said.splitlines()[0]


def _raise(sentence, indent=""):
    return f"{indent}raise NotImplementedError({json.dumps(sentence, ensure_ascii=False)})"


def exercise_from(solution, name, asks=False):
    """Return the exercise notebook that belongs to a solution notebook.

    Parameters
    ----------
    solution : nbformat.NotebookNode
        The solution.
    name : str
        Its file name, for the line that says where the exercise comes from.
    asks : bool
        Whether it begins with the lesson's quiz.
    """
    metadata = METADATA | {
        "generated": f"from ../solutions/{name} by `make exercises`: change that file, not this one"
    }
    cells = []
    for number, cell in enumerate(solution.cells):
        cell = copy.deepcopy(cell)
        cell.metadata = nbformat.NotebookNode({"tags": sorted(tags(cell))} if tags(cell) else {})
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            if tags(cell) & {"check", "judge"}:  # they hold the answer's values; one click opens them
                cell.metadata.jupyter = nbformat.NotebookNode({"source_hidden": True})
            if "solution" in tags(cell):
                later = "\n".join(
                    plain_code(c.source) for c in solution.cells[number + 1 :] if c.cell_type == "code"
                )
                try:
                    cell.source = stub(cell.source, later)
                except ValueError as reason:
                    raise ValueError(f"{name}, exercise {exercise_of(cell)}: {reason}") from None
        elif "solution" in tags(cell):
            continue
        cells.append(cell)
    if asks:
        _insert_quiz(cells, name[:2])
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)


def _insert_quiz(cells, lesson):
    """Put the quiz after the preflight and the imports, which say what is wrong with a machine."""
    place = next(n for n, cell in enumerate(cells) if n and cell.cell_type == "markdown")
    code = f'from helpers import quiz\n\nquiz.ask("{lesson}")'
    section = [nbformat.v4.new_markdown_cell(QUIZ), nbformat.v4.new_code_cell(code)]
    if not cells[place].source.startswith("#"):
        section.append(nbformat.v4.new_markdown_cell(EXERCISES))
    for number, cell in enumerate(section):
        cell.id = f"quiz-{number}"  # else drawn by chance, and the file were never the same twice
    cells[place:place] = section


def plain_code(source):
    """Return a cell's source without its magics, so that it can be parsed."""
    return "\n".join(line for line in source.splitlines() if not line.lstrip().startswith(("%", "!")))


def text_of(notebook):
    """Return a notebook as the text of its file."""
    return nbformat.writes(notebook, version=4) + "\n"


def exercise_file(lesson, root=ROOT):
    """Return the exercises' file of a lesson's or a solution's: their tabs in JupyterLab must not look the same."""
    return root / "notebooks" / "exercises" / f"{lesson.name[:2]}_exercises.ipynb"


def quiz_file(source, root=ROOT):
    """Return the learner's file of a quiz."""
    return root / "notebooks" / "exercises" / "quizzes" / f"{source.stem}.json"


def generated(root=ROOT):
    """Return {path of an exercise or a quiz: its text} for all solutions."""
    sources = quizzes.quiz_files(root)
    asked = {source.stem for source in sources}
    texts = {quiz_file(source, root): quizzes.sealed(source) for source in sources}
    for path in solution_files(root):
        solution = nbformat.read(path, as_version=4)
        texts[exercise_file(path, root)] = text_of(
            exercise_from(solution, path.name, asks=path.name[:2] in asked)
        )
    return texts


def stale(root=ROOT):
    """Return the exercise files that differ from what their solutions make, or have none."""
    wanted = generated(root)
    folder = root / "notebooks" / "exercises"
    found = {*folder.glob("*.ipynb"), *folder.glob("quizzes/*.json")}
    different = [
        path for path, text in wanted.items() if path not in found or path.read_text("utf-8") != text
    ]
    return sorted([*different, *(found - set(wanted))])


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file is out of date")
    if parser.parse_args(arguments).check:
        names = [path.name for path in stale()]
        print(f"out of date: {', '.join(names)}; run `make exercises`" if names else "exercises: up to date")
        return bool(names)
    for path, text in generated().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        print(f"wrote {path.relative_to(ROOT)}")
    for path in stale():
        path.unlink()
        print(f"removed {path.relative_to(ROOT)}: its source is gone")
    return 0


if __name__ == "__main__":
    sys.exit(main())
