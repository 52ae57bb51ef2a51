"""Make an nbgrader source notebook from a lesson's solutions: `python tools/nbgrader_source.py 01 FOLDER`.

What a solution cell computes stands between `### BEGIN SOLUTION` and `### END SOLUTION`; check cells are graded by
themselves and locked, what they work out is locked; the open-ended exercise is graded by hand, by its rubric. The notebook
goes to FOLDER/source/lesson_NN/NN_exercises.ipynb, where nbgrader looks for it; docs/teaching/running.md goes on.
"""

import argparse
import ast
import sys
from pathlib import Path

import nbformat
from exercises import METADATA, exercise_file, exercise_of, solution_files, tags

POINTS = {"1": 2, "2": 4, "3": 8}  # of an exercise; those of the open-ended one are given by its rubric
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


def hidden(source):
    """Return a solution cell's source with all that a student shall write between nbgrader's marks.

    Parameters
    ----------
    source : str
        Functions (and imports), whose signatures and docstrings stay, or statements.
    """
    tree, lines = ast.parse(source), source.splitlines()
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    if not functions:
        return "\n".join([BEGIN, *lines, END])
    for function in reversed(functions):
        first = function.body[0]
        start = first.end_lineno if ast.get_docstring(function) else first.lineno - 1
        lines.insert(function.end_lineno, f"    {END}")
        lines.insert(start, f"    {BEGIN}")
    return "\n".join(lines)


def source_from(solution):
    """Return the nbgrader source notebook of a solution notebook.

    Parameters
    ----------
    solution : nbformat.NotebookNode
        As it stands in notebooks/solutions.
    """
    cells, checks = [], {}
    for cell in solution.cells:
        if cell.cell_type == "code" and "check" in tags(cell):
            checks.setdefault(exercise_of(cell), []).append(cell.id)
    by_hand = max(checks)
    for number, cell in enumerate(solution.cells):
        if cell.cell_type == "markdown":
            if "solution" not in tags(cell):
                cells.append(nbformat.v4.new_markdown_cell(cell.source))
            continue
        exercise, kind = exercise_of(cell), tags(cell)
        new = nbformat.v4.new_code_cell(hidden(cell.source) if "solution" in kind else cell.source)
        says = {"schema_version": 3, "grade_id": f"cell-{number:03d}", "task": False, "cell_type": "code"}
        says |= {"solution": "solution" in kind, "locked": "solution" not in kind, "grade": False}
        if exercise == by_hand and "solution" in kind and not any(
            c.metadata.nbgrader.get("points") == POINTS["3"] for c in cells if "nbgrader" in c.metadata
        ):  # fmt: skip
            says |= {"grade": True, "points": POINTS["3"]}
        if exercise != by_hand and cell.id in checks.get(exercise, ()):
            says |= {"grade": True, "points": POINTS[exercise] / len(checks[exercise])}
        new.metadata.nbgrader = nbformat.NotebookNode(says)
        cells.append(new)
    return nbformat.v4.new_notebook(cells=cells, metadata=METADATA)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lesson", help="a lesson's number: 01")
    parser.add_argument("folder", type=Path, help="the nbgrader course's folder")
    options = parser.parse_args(arguments)
    path = next((p for p in solution_files() if p.name.startswith(options.lesson)), None)
    if path is None:
        parser.error(f"there is no lesson {options.lesson}")
    file = options.folder / "source" / f"lesson_{path.name[:2]}" / exercise_file(path).name
    file.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(source_from(nbformat.read(path, as_version=4)), file)
    print(f"wrote {file}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
