"""Break the helpers on purpose, one small change at a time, and see whether anything notices (`make mutate`).

A mutant is a helper with one sign flipped, one axis swapped, one constant 2 % too large or one comparison turned. The
module's own tests look at it first; if they all pass, the cheapest lesson that calls what was changed runs, and its
claims decide. A mutant that survives says that the tests are too weak there: add a known right value to them.

Which changes are tried is drawn from a hash of the line and `--seed`, so that an edit elsewhere in a module leaves the
choice alone. All happens in a copy of the course. A result is kept in .cache/mutants/ under a hash of the helpers, of
the tests that looked and of the change: stop it at any moment, and it goes on where it was.
"""

import argparse
import ast
import hashlib
import importlib
import inspect
import itertools
import json
import multiprocessing
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest
from threadpoolctl import threadpool_limits
from tqdm import tqdm

import notebooks

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "mutants"
NO_PHYSICS = {"__init__", "check", "course", "marking", "figures", "data"}
KINDS = ("sign", "constant", "axis", "comparison")
GOAL = 0.95  # the share of mutants that must be caught
TEST_SECONDS, MEMORY_GB = 120, 16  # of processor time, so that a busy machine is no error
# Tests run in forks of this process, which has loaded what takes seconds: a mutant costs its tests and no more.
LIBRARIES = "scipy.stats scipy.optimize pandas hypothesis.strategies sklearn.neighbors numba h5py pooch joblib".split()
LIBRARIES += "matplotlib.pyplot seaborn pyhf iminuit".split()
FORK = multiprocessing.get_context("fork")
# Changes that nothing can observe, "module: the line as it was | what became of it", each with its reason.
EQUIVALENT = {
    "likelihood: ends = np.where(np.isinf(high), 2 * strength - best + step, high) | 2 → 2.04": (
        "how far a search for the root steps ahead, while it has no end yet"
    ),
    "limits: if n_sets < 8:  # too few to gain from shared templates | < → >": "speed alone: the blocks hold the same",
    "tightbinding: _START_S = (-13.6, -19.4, -25.6, -32.4, -40.2) | 40.2 → 41.004": "where a fit begins",
    "positions: value -= true_size * shares.sum(axis=0) | * → /": "at each place the shares add up to one",
    "positions: for bin_, larger in itertools.product(np.unique(bins), (1.0, 1.15, 1.4)):  "
    "# part may have gone unseen | 1.15 → 1.173": "where a fit begins",
    "molecules: is_large = np.bincount(group)[group] > 0.02 * len(self) | 0.02 → 0.0204": (
        "no scaffold's share of the shipped set lies between the two"
    ),
    "optimum: return middle[:, 0], middle[:, 1], np.maximum(spread[:, 1], 1e-3 * events[:, 1].std()) | 1e-3 → 0.00102": (
        "only lest one divides by nought"
    ),
    'nest_source: return self.events("NR", np.full(len(r), 30.0), position, seed=1) | 30.0 → 30.6': (
        "a recoil that is seen wherever it happens; which one is no matter"
    ),
}


class Mutant(NamedTuple):
    """One change: bytes `start` to `end` of a helper become `after`."""

    module: str
    kind: str
    line: int
    start: int
    end: int
    before: str
    after: str
    code: str  # the line as it stands
    owner: str  # the top-level name that holds it

    @property
    def name(self):
        """The change in words that other edits of the module leave alone."""
        return f"{self.module}: {self.code} | {self.before} → {self.after}"


def modules(root=ROOT):
    """Return the names of the helpers that hold physics or statistics."""
    return sorted(path.stem for path in (root / "helpers").glob("*.py") if path.stem not in NO_PHYSICS)


def mutants(module, root=ROOT):
    """Return every change that could be tried in a helper.

    Parameters
    ----------
    module : str
        Its name.
    root : pathlib.Path
        The course's folder.
    """
    source = (root / "helpers" / f"{module}.py").read_bytes()
    lines = source.splitlines(keepends=True)
    begins = [sum(map(len, lines[:number])) for number in range(len(lines))]
    found = []
    for statement in ast.parse(source).body:
        for kind, start, end, after in _changes(statement, begins, source):
            number = source.count(b"\n", 0, start)
            before, code = source[start:end].decode(), lines[number].decode().strip()
            owner = next(iter(_defines(statement)), "")
            found.append(Mutant(module, kind, number + 1, start, end, before, after, code, owner))
    return found


def chosen(module, each, seed=1, root=ROOT):
    """Return `each` changes of a helper, all kinds in turn, as a hash of the line and the seed has it.

    Parameters
    ----------
    module : str
        The helper's name.
    each : int
        How many; fewer where it holds fewer.
    seed : int
        Another seed chooses others.
    root : pathlib.Path
        The course's folder.
    """
    pools = {kind: [] for kind in KINDS}
    for mutant in mutants(module, root):
        pools[mutant.kind].append(mutant)
    for pool in pools.values():
        pool.sort(key=lambda mutant: hashlib.sha256(f"{seed} {mutant.name}".encode()).digest())
    taken = []
    for pool in itertools.cycle(list(pools.values())):
        if len(taken) == each or not any(pools.values()):
            return taken
        if pool:
            taken.append(pool.pop(0))
            for other in pools.values():  # one change a line: they are spread over the module
                other[:] = [mutant for mutant in other if mutant.line != taken[-1].line]


def _changes(node, begins, source):
    """Yield (kind, first byte, last byte + 1, new text) for a node and all below it."""
    if _is_message(node):
        return
    if isinstance(node, ast.BinOp) and not any(_is_text(side) for side in (node.left, node.right)):
        pairs = {ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*")}
        yield from _between("sign", node.left, node.right, pairs.get(type(node.op)), begins, source)
        for side in (node.left, node.right):
            if _is_factor(side, node):
                yield "constant", *_span(side, begins), f"{side.value * 1.02:.6g}"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and not _is_whole(node.operand):
        start = _span(node, begins)[0]
        yield "sign", start, start + 1, "+"
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        pairs = {ast.Lt: ("<", ">"), ast.Gt: (">", "<"), ast.LtE: ("<=", ">="), ast.GtE: (">=", "<=")}
        sides = node.left, node.comparators[0]
        yield from _between("comparison", *sides, pairs.get(type(node.ops[0])), begins, source)
    elif isinstance(node, ast.keyword) and node.arg == "axis":
        other = {"0": "1", "1": "0", "-1": "0"}.get(ast.unparse(node.value))
        if other:
            yield "axis", *_span(node.value, begins), other
    elif isinstance(node, ast.Constant) and isinstance(node.value, float) and not _is_tolerance(node.value):
        yield "constant", *_span(node, begins), f"{node.value * 1.02:.12g}"
    at_door = isinstance(node, ast.If) and isinstance(node.body[0], ast.Raise)
    for child in node.body if at_door else ast.iter_child_nodes(node):
        yield from _changes(child, begins, source)


def _between(kind, left, right, pair, begins, source):
    """Yield the change of an operator, where nothing but brackets and blanks stands beside it."""
    if pair:
        start, end = _span(left, begins)[1], _span(right, begins)[0]
        found = re.fullmatch(rb"[\s)]*?(" + re.escape(pair[0].encode()) + rb")[\s(]*", source[start:end])
        if found:
            yield kind, start + found.start(1), start + found.end(1), pair[1]


def _span(node, begins):
    return begins[node.lineno - 1] + node.col_offset, begins[node.end_lineno - 1] + node.end_col_offset


def _is_message(node):
    """What a reader is told, and the door where input is checked, hold no physics."""
    called = node.func if isinstance(node, ast.Call) else None
    at_door = isinstance(called, ast.Attribute) and ast.unparse(called.value) == "check"
    return isinstance(node, ast.Raise | ast.JoinedStr) or at_door


def _is_tolerance(value):
    """Nought, and a bare small power of ten: 2 % more of them is nothing that anyone could see."""
    return value == 0 or (abs(value) <= 1e-4 and f"{value:e}".startswith("1.000000"))


def _is_text(node):
    return any(isinstance(part, ast.JoinedStr) or _is_string(part) for part in ast.walk(node))


def _is_string(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_whole(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, int)


def _is_factor(node, parent):
    """A whole number that multiplies, divides or is a power: 2 % of it is no whole number, and a formula minds."""
    return _is_whole(node) and node.value > 1 and isinstance(parent.op, ast.Mult | ast.Div | ast.Pow)


def _defines(statement):
    """Yield the names that a top-level statement defines."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        yield statement.name
    for target in getattr(statement, "targets", [getattr(statement, "target", None)]):
        yield from (part.id for part in ast.walk(target) if isinstance(part, ast.Name)) if target else ()


def reached(mutant, root=ROOT):
    """Return the public names of a helper that lead to a change: what a lesson may call.

    Parameters
    ----------
    mutant : Mutant
        The change.
    root : pathlib.Path
        The course's folder.
    """
    uses = {}
    for statement in ast.parse((root / "helpers" / f"{mutant.module}.py").read_bytes()).body:
        names = {part.id for part in ast.walk(statement) if isinstance(part, ast.Name)}
        uses |= dict.fromkeys(_defines(statement), names)
    found = {mutant.owner}
    while more := {name for name, names in uses.items() if names & found} - found:
        found |= more
    return {name for name in found if not name.startswith("_")}


def cheapest_lesson(mutant, root=ROOT):
    """Return the lesson of the fewest minutes that calls what was changed, or None.

    Parameters
    ----------
    mutant : Mutant
        The change.
    root : pathlib.Path
        The course's folder.
    """
    called = re.compile(rf"\b{mutant.module}\.({'|'.join(sorted(reached(mutant, root)))})\b")
    found = []
    for path in notebooks.notebook_files(root):
        cells = nbformat.read(path, as_version=4).cells
        budget = next(filter(None, (notebooks.BUDGET.search(cell.source) for cell in cells)), None)
        if budget and any(called.search(cell.source) for cell in cells if cell.cell_type == "code"):
            found.append((float(re.search(r"[\d.]+", budget[2])[0]), path))
    return min(found)[1] if found else None


def by_tests(mutant, copy):
    """Return which of the module's own tests notices a mutant that lies in the copy, or None."""
    said = copy / "said.txt"
    process = FORK.Process(target=_test, args=(copy, mutant, said))
    process.start()
    process.join()
    if process.exitcode == 0:
        return None
    named = re.search(r"^(?:FAILED|ERROR) tests/(\S+)", said.read_text("utf-8"), re.M)
    return named[1] if named else f"no end within {TEST_SECONDS} s, or of the process ({process.exitcode})"


class _NearestFirst:
    """Has the tests that name what was changed, or what leads to it, run first: most mutants end there."""

    def __init__(self, names):
        self.named = re.compile(rf"\b({'|'.join(map(re.escape, sorted(names)))})\b")

    def pytest_collection_modifyitems(self, items):
        items.sort(key=lambda item: not self.named.search(inspect.getsource(item.function)))


def _test(copy, mutant, said):
    """Run tests in this forked process, which has the libraries and nothing of the course, and leave it."""
    os.nice(19)
    # A mutant that asks for all the machine's memory, or never ends, is stopped.
    resource.setrlimit(resource.RLIMIT_AS, (int(MEMORY_GB * 1e9),) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (TEST_SECONDS,) * 2)
    sys.stdout = sys.stderr = said.open("w", encoding="utf-8")
    os.dup2(sys.stdout.fileno(), 1)
    os.dup2(sys.stdout.fileno(), 2)
    os.chdir(copy)
    shutil.rmtree(".hypothesis", ignore_errors=True)  # what one mutant taught is not told to the next
    sys.path[:] = [str(copy), *(place for place in sys.path if Path(place) != ROOT and not _is_ours(place))]
    for name, module in list(sys.modules.items()):
        if _is_ours(getattr(module, "__file__", None) or "") and name != "__main__":
            del sys.modules[name]
    options = ["-x", "-q", "--tb=no", "--hypothesis-seed=1"]
    options += [part for plugin in ("cacheprovider", "nbval", "xdist") for part in ("-p", f"no:{plugin}")]
    code = pytest.main(
        [*options, f"tests/test_{mutant.module}.py"], [_NearestFirst(reached(mutant, copy) or {"test"})]
    )
    sys.stdout.flush()
    os._exit(code)


def _is_ours(path):
    """Whether a file or folder is of this checkout's code (the environment lies in the checkout, too)."""
    return any(Path(path).is_relative_to(ROOT / folder) for folder in ("helpers", "tools", "tests"))


def by_lesson(mutant, copy):
    """Return which lesson notices a mutant that lies in the copy and how, or None: the cheapest that calls it."""
    lesson = cheapest_lesson(mutant, copy)
    if lesson is None:
        return None
    environment = {name: value for name, value in os.environ.items() if name != "COURSE_SEED"}
    environment["PYTHONPATH"] = str(copy)
    command = ["nice", "-n", "19", sys.executable, "tools/notebooks.py", "--check", str(lesson)]
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True)
    said = re.search(r"^✘ .*: (.+)", done.stderr, re.M)
    return f"lesson {lesson.stem[:2]}: {said[1][:60] if said else 'no run'}" if done.returncode else None


def key(module, change, root=ROOT):
    """Return the hash under which a result is kept.

    Parameters
    ----------
    module : str
        The helper's name.
    change : str
        What was changed, where; empty for the helper as it is.
    root : pathlib.Path
        The course's folder.
    """
    digest = hashlib.sha256(f"{module} {change}".encode())
    files = [
        *sorted((root / "helpers").glob("*.py")),
        root / "requirements.txt",
        root / "data" / "checksums.txt",
    ]
    for file in [*files, root / "tests" / f"test_{module}.py"]:
        digest.update(file.read_bytes() + b"\0")
    return digest.hexdigest()[:24]


def outcome(mutant, copy, look=by_tests, cache=CACHE):
    """Return {"name", "caught", "seconds"} of one mutant, run or kept.

    Parameters
    ----------
    mutant : Mutant
        The change.
    copy : pathlib.Path
        A copy of the course, as it is; it is left as it was.
    look : callable
        Who looks at it: `by_tests` or `by_lesson`.
    cache : pathlib.Path
        Where results are kept.
    """
    change = f"{look.__name__} {mutant.start} {mutant.name}"
    kept = cache / f"{mutant.module}-{key(mutant.module, change, copy)}.json"
    if kept.exists():
        return json.loads(kept.read_text("utf-8"))
    file = copy / "helpers" / f"{mutant.module}.py"
    sound, started = file.read_bytes(), time.monotonic()
    _write(file, sound[: mutant.start] + mutant.after.encode() + sound[mutant.end :])
    try:
        caught = look(mutant, copy)
    finally:
        _write(file, sound)
    result = {"name": mutant.name, "caught": caught, "seconds": time.monotonic() - started}
    cache.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(result, indent=1, ensure_ascii=False), encoding="utf-8")
    return result


def _write(file, content):
    """Write a helper with a time of its own: Python takes a file of one size and second for the one it compiled."""
    later = file.stat().st_mtime + 2
    file.write_bytes(content)
    os.utime(file, (later, later))


def copied(folder, root=ROOT):
    """Lay a copy of what the tests and lessons need into a folder and return it.

    Parameters
    ----------
    folder : pathlib.Path
        Where to; it is made.
    root : pathlib.Path
        The course's folder.
    """
    left = shutil.ignore_patterns(".*", "__pycache__", "build", "my", "*.egg-info")
    return Path(shutil.copytree(root, folder, ignore=left))


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--each", type=int, default=5, help="how many in a module (5)")
    parser.add_argument("--seed", type=int, default=1, help="another seed tries others (1)")
    parser.add_argument("--modules", nargs="+", default=modules(), choices=modules(), metavar="MODULE")
    parser.add_argument("--tests-only", action="store_true", help="no lessons")
    options = parser.parse_args(arguments)
    rounds = [chosen(module, options.each, options.seed) for module in options.modules]
    # One of each module in turn: whenever it is stopped, all modules have been looked at.
    drawn = [mutant for turn in itertools.zip_longest(*rounds) for mutant in turn if mutant]
    tried = [mutant for mutant in drawn if mutant.name not in EQUIVALENT]
    rows = []
    os.environ["MPLBACKEND"] = "Agg"
    for library in LIBRARIES:
        importlib.import_module(library)
    threadpool_limits(1)
    tqdm.monitor_interval = 0  # its thread would be lost in a fork
    with tempfile.TemporaryDirectory() as folder:
        copy = copied(Path(folder) / "course")
        for mutant in tqdm(tried, desc="mutants"):
            row = outcome(mutant, copy)
            if row["caught"] is None and not options.tests_only:
                last = outcome(mutant, copy, by_lesson)
                row = {**last, "seconds": row["seconds"] + last["seconds"]}
            rows.append((mutant, row))
        for module in tqdm(options.modules, desc="as they are"):
            same = Mutant(module, "none", 1, 0, 0, "", "", "", "")
            if noticed := outcome(same, copy)["caught"]:
                sys.exit(
                    f"✘ {module} fails its tests as it is, too ({noticed}): what they caught says nothing"
                )
    print(table(rows, len(drawn) - len(tried)))
    return sum(row["caught"] is not None for _, row in rows) < GOAL * len(rows)


def table(rows, equivalent=0):
    """Return the table: what was changed and which test or lesson noticed, survivors last.

    Parameters
    ----------
    rows : list of (Mutant, dict)
        The mutants and what `outcome` gave.
    equivalent : int
        How many more change nothing that can be observed.
    """
    said = [
        f"{'✔' if row['caught'] else '✘'} {mutant.module}.py:{mutant.line} {mutant.kind}: {mutant.before} → "
        f"{mutant.after} in `{mutant.code[:70]}`: {row['caught'] or 'SURVIVED'}"
        for mutant, row in sorted(rows, key=lambda pair: (pair[1]["caught"] is None, pair[0].module))
    ]
    for kind in KINDS:
        of_kind = [row for mutant, row in rows if mutant.kind == kind]
        said.append(f"{kind}: {sum(row['caught'] is not None for row in of_kind)} of {len(of_kind)} caught")
    caught = [row for _, row in rows if row["caught"]]
    tested = [row for row in caught if not row["caught"].startswith("lesson")]
    return "\n".join(
        [
            *said,
            f"all: {len(caught)} of {len(rows)} caught ({len(caught) / max(len(rows), 1):.1%}), {len(tested)} by tests, "
            f"{len(caught) - len(tested)} by a lesson; {equivalent} more change nothing that can be observed",
            f"{sum(row['seconds'] for _, row in rows) / max(len(rows), 1):.0f} s a mutant",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
