"""Execute a lesson's tagged cells, so that what is shipped is made by the code that the reader sees."""

import matplotlib
import nbformat
from exercises import plain_code, tags


def defined_by(lesson, wanted=("preflight", "world", "model")):
    """Return the names that a lesson's cells with one of these tags define.

    Parameters
    ----------
    lesson : pathlib.Path
        The notebook.
    wanted : sequence of str
        Tags; a cell that carries one of them is executed, in order.
    """
    matplotlib.use("Agg")
    names = {}
    for cell in nbformat.read(lesson, as_version=4).cells:
        if cell.cell_type == "code" and tags(cell) & set(wanted):
            exec(compile(plain_code(cell.source), lesson.name, "exec"), names)
    return names
