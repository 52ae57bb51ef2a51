"""Run lessons and solutions in fresh kernels and write their stored outputs (`make notebooks`).

Nothing else writes stored outputs. `--check` runs without writing; `--budget` also measures and writes
minutes and memory into each lesson's contract, and stops a lesson that wants more than Binder's 2 GB. A
failing cell, or a peak above 1.5 GB, fails the run; a lesson above 3 minutes is reported, and fails it with
`--strict` alone: clocks differ between machines.
"""

import argparse
import math
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from exercises import METADATA, tags
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbclient.output_widget import OutputWidget

from helpers import course

ROOT = Path(__file__).resolve().parent.parent
MINUTES, MEMORY_GB = 3.0, 1.5
HARD_GB = 2.0  # what Binder gives at most
BUDGET = re.compile(r"(<!-- budget -->)(.*?)(<!-- /budget -->)", re.DOTALL)
WIDGET = "application/vnd.jupyter.widget-view+json"
WIDGET_NOTE = "[interactive: run the notebook to move its controls; the figure below shows one setting]"


class SilentOutput(OutputWidget):
    """Keeps what an interactive figure shows out of the cell's output, and tells the kernel nothing about it.

    nbclient tells it, on the channel on which it awaits the cell's end; now and then it then misses the end and
    waits for ever (https://github.com/jupyter/nbclient/issues/312).
    """

    def send(self, data=None, metadata=None, buffers=None):
        """Send nothing."""


@dataclass
class Run:
    """What one run of a notebook gave: the notebook with its outputs, and what it cost."""

    notebook: nbformat.NotebookNode
    minutes: float
    memory_gb: float | None
    failure: str | None
    claims: list = field(default_factory=list)


def notebook_files(root=ROOT, names=()):
    """Return lessons and then solutions, all or those whose names begin as one of `names`.

    Raises
    ------
    ValueError
        When a name fits no notebook.
    """
    folder = root / "notebooks"
    files = [*sorted(folder.glob("[0-9]*.ipynb")), *sorted((folder / "solutions").glob("[0-9]*.ipynb"))]
    if not names:
        return files
    fits = {name: [path for path in files if _fits(path, name)] for name in names}
    for name, found in fits.items():
        if not found:
            raise ValueError(f"no notebook is called {name}")
    return [path for path in files if any(path in found for found in fits.values())]


def starter_files(root=ROOT):
    """Return the starters: notebooks that run alone, stored without outputs, which nothing here runs."""
    return sorted((root / "notebooks" / "starters").glob("*.ipynb"))


def _fits(path, name):
    name = Path(name)
    return path.resolve() == name.resolve() if name.suffix == ".ipynb" else path.name.startswith(str(name))


def peak_memory_gb(pid):
    """Return the most memory that a running process has held so far [GB], or None where Linux does not say."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024 / 1e9


def limit_memory(pid, gigabytes):
    """Give a running process so much memory to write to and no more; elsewhere than on Linux do nothing.

    What counts is its data (RLIMIT_DATA), touched or not, and not its address space: TensorFlow reserves more of that
    than any machine has.
    """
    if sys.platform == "linux":
        import resource

        resource.prlimit(pid, resource.RLIMIT_DATA, (int(gigabytes * 1e9),) * 2)


def run(path, seed=None, timeout=900, twice=False, hard=False):
    """Run a notebook top to bottom in a fresh kernel, in its own folder.

    Parameters
    ----------
    path : pathlib.Path
        The notebook; the file is left alone.
    seed : int, optional
        COURSE_SEED; without it the notebook's own seed is in force.
    timeout : float
        The longest that one cell may take [s].
    twice : bool
        Run every cell two times in a row, as a reader does who presses the wrong key; the second run counts.
    hard : bool
        Stop what wants more than `HARD_GB` of memory.
    """
    notebook = nbformat.read(path, as_version=4)
    environment = {name: value for name, value in os.environ.items() if name != "COURSE_SEED"}
    if seed is not None:
        environment["COURSE_SEED"] = str(seed)
    client = NotebookClient(
        notebook,
        timeout=timeout,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        record_timing=False,
    )
    client.widget_registry["@jupyter-widgets/output"]["OutputModel"] = SilentOutput
    failure, started, memory = None, time.monotonic(), None
    with client.setup_kernel(env=environment, stderr=subprocess.DEVNULL):
        if hard:
            limit_memory(client.km.provisioner.pid, HARD_GB)
        count = 0
        for number, cell in enumerate(notebook.cells):
            if cell.cell_type != "code":
                continue
            cell.outputs, cell.execution_count = [], None
            count += 1
            try:
                for _ in range(1 + twice):
                    client.execute_cell(cell, number, execution_count=count)
            except (CellExecutionError, CellTimeoutError, DeadKernelError) as reason:
                failure = f"{path.name}, code cell {count}: {_in_short(reason)}"
                break
        memory = peak_memory_gb(client.km.provisioner.pid)
    clean(notebook)
    minutes = (time.monotonic() - started) / 60
    return Run(notebook, minutes, memory, failure, course.claims_of(notebook))


def _in_short(reason):
    """An error in one line, then its traceback without colours."""
    if not isinstance(reason, CellExecutionError):
        return str(reason)
    traceback = re.sub(r"\x1b\[[0-9;]*m", "", reason.traceback)
    return f"{reason.ename}: {reason.evalue}\n{traceback}"


def clean(notebook):
    """Leave in a notebook what every run leaves alike: no clocks, no widget state, no machine's names.

    The code cells between a text cell tagged `predict` and the next text cell answer it: their outputs are stored
    collapsed, and JupyterLab opens them when the cell runs.
    A heading tagged `fold` (an appendix "For the curious") is stored collapsed, with all that follows under it.
    """
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat_minor = 5
    answers = (
        False  # whether this cell answers a prediction: the reader writes it down before this output opens
    )
    for cell in notebook.cells:
        cell.metadata = nbformat.NotebookNode({"tags": sorted(tags(cell))} if tags(cell) else {})
        if cell.cell_type != "code":
            answers = "predict" in tags(cell)
            if "fold" in tags(cell):
                cell.metadata["jp-MarkdownHeadingCollapsed"] = True
            continue
        if answers:
            cell.metadata.jupyter = nbformat.NotebookNode({"outputs_hidden": True})
        outputs = []
        for output in cell.outputs:
            output.pop("transient", None)
            if WIDGET in output.get("data", {}):
                output.data = nbformat.NotebookNode({"text/plain": WIDGET_NOTE})
                output.metadata = nbformat.NotebookNode()
            last = outputs[-1] if outputs else None
            if output.output_type == "stream" and last and last.get("name") == output.name:
                last.text += output.text
            else:
                outputs.append(output)
        cell.outputs = outputs


def lost_claims(old, new):
    """Return the names of claims that the stored notebook has and the new run says it could not measure."""
    said = [
        "".join(output.get("data", {}).get("text/plain", ""))
        for cell in new.cells
        for output in cell.get("outputs", [])
    ]
    missing = {row["name"] for row in course.claims_of(old)} - {row["name"] for row in course.claims_of(new)}
    return sorted(
        name for name in missing if any(text.startswith(f"– {name} was not measured") for text in said)
    )


def budget_text(minutes, memory_gb):
    """Return the words for a contract: 'about 1.3 minutes, 0.7 GB at most'."""
    minutes, gigabytes = max(0.1, round(minutes, 1)), math.ceil(memory_gb * 10 - 1e-9) / 10
    return f"about {minutes:g} {'minute' if minutes == 1 else 'minutes'}, {gigabytes:g} GB at most"


def write_budget(notebook, minutes, memory_gb):
    """Write minutes and memory into the contract cell; return whether there was a place for them."""
    places = 0
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            words = rf"\g<1>{budget_text(minutes, memory_gb)}\g<3>"
            cell.source, count = BUDGET.subn(words, cell.source)
            places += count
    return places == 1


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="a file, or how its name begins: 02 (all by default)")
    parser.add_argument("--check", action="store_true", help="run, but write nothing")
    parser.add_argument("--budget", action="store_true", help="write minutes and memory into the contracts")
    parser.add_argument(
        "--strict", action="store_true", help="fail a lesson that takes longer than 3 minutes"
    )
    options = parser.parse_args(arguments)
    problems = []
    for path in notebook_files(names=options.names):
        name = str(path.relative_to(ROOT))
        done = run(path, hard=options.budget)
        memory = "peak not known here" if done.memory_gb is None else f"{done.memory_gb:.2f} GB"
        print(f"{name}: {done.minutes * 60:.0f} s, {memory}, {len(done.claims)} claims", flush=True)
        if done.failure:
            problems.append(done.failure)
            continue
        if done.memory_gb is not None and done.memory_gb > MEMORY_GB:
            problems.append(f"{name} took {done.memory_gb:.2f} GB; a lesson may take {MEMORY_GB} GB")
        if done.minutes > MINUTES:
            words = f"{name} took {done.minutes:.1f} minutes; a lesson may take {MINUTES:g}"
            print(f"  SLOW: {words}")
            problems += [words] if options.strict else []
        if options.check:
            continue
        stored = nbformat.read(path, as_version=4)
        if lost := lost_claims(stored, done.notebook):
            problems.append(
                f"{name} was left as stored: {', '.join(lost)} could not be measured in this run, and a stored "
                "claim is not given up for that (set COURSE_DATA_MIRROR, or connect to the network)"
            )
            continue
        if options.budget and path.parent.name == "notebooks":
            if done.memory_gb is None:
                problems.append(f"{name}: the budget is measured on Linux")
            elif not write_budget(done.notebook, done.minutes, done.memory_gb):
                problems.append(f"{name}: the contract needs one <!-- budget --> … <!-- /budget -->")
        path.write_text(nbformat.writes(done.notebook, version=4) + "\n", encoding="utf-8", newline="\n")
    for problem in problems:
        print(f"✘ {problem}", file=sys.stderr)
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
