"""Run every lesson for COURSE_SEED = 1 … 8 without writing it (`make robust`): do its claims survive?

At seed 1 every cell is run twice in a row. `--seeds 1-3 7` takes others, `--once` leaves the second run out.

A run is kept in .cache/robust/ under a hash of all that it depends on (the lesson's code, that of the helpers which
it imports and of those that these import, the shipped data, the pinned packages, the seed, whether there is a
mirror), so that only what changed runs again. Prints a table, lesson by seed, and docs/robust.md: for each claim
the worst distance from its bound; `--kept` runs nothing and writes that page from what is kept. Fails when a lesson
fails for any seed.
"""

import argparse
import ast
import hashlib
import json
import math
import os
import statistics
import sys
from pathlib import Path

import nbformat
from IPython.core.inputtransformer2 import TransformerManager
from results import lesson_files

from helpers import course
from notebooks import notebook_files, run

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "robust"
PAGE = ROOT / "docs" / "robust.md"
SEEDS = range(1, 9)
HEAD = """# How far the claims are from their bounds

Lessons run for `COURSE_SEED` = 1 … 8, at 1 each cell twice (`make robust`, which writes this page). For each
claim that has a bound: the lowest and the highest value over the seeds, the bound, and the *margin*: how far the worst
of these values is from its bound, as a share of that bound, or of half the window where there are two. A negative
margin is a broken claim. *Spreads* is how far the mean of these values is from its nearest bound, in standard
deviations between the seeds. Where a bound is made of a measured error, the one shown is that of the worst seed. A run
that is older than the last change of the lesson or of a helper that it imports is counted among the seeds, but not with
the course as it is.

"""


def key(path, seed, root=ROOT, twice=False):
    """Return the hash under which one run of a lesson is kept.

    Parameters
    ----------
    path : pathlib.Path
        The lesson.
    seed : int
        COURSE_SEED of the run.
    root : pathlib.Path
        The course's folder.
    twice : bool
        Whether every cell runs twice.
    """
    digest = hashlib.sha256(
        f"{path.name} {seed} {twice} {bool(os.environ.get('COURSE_DATA_MIRROR'))}".encode()
    )
    code = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    digest.update("\0".join(code).encode())
    for name, tree in sorted(_helpers(code, root / "helpers").items()):
        digest.update(f"{name}\0{ast.dump(tree)}\0".encode())
    data = [file for file in (root / "data").rglob("*") if file.is_file() and file.suffix != ".md"]
    for file in [*sorted(data), root / "requirements.txt"]:
        digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:24]


def _helpers(code, folder):
    """Return the syntax trees, without docstrings, of the helpers that some cells import, directly or through others."""
    plain = TransformerManager().transform_cell  # without magics such as %matplotlib
    trees, asked = {}, {"__init__"}.union(*(_imported(ast.parse(plain(cell))) for cell in code))
    while asked:
        name = asked.pop()
        if name in trees or not (folder / f"{name}.py").exists():
            continue
        tree = trees[name] = ast.parse((folder / f"{name}.py").read_text("utf-8"))
        asked |= _imported(tree)
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
                and ast.get_docstring(node) is not None
            ):
                node.body = node.body[1:]
    return trees


def _imported(tree):
    """Return the names of the helpers that a piece of code imports."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("helpers.")}
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "helpers":
            found |= set(node.module.split(".")[1:]) or {alias.name for alias in node.names}
    return found


def outcome(path, seed, cache=CACHE, twice=False):
    """Return what a lesson gives for a seed: {"failure", "claims", "minutes", "memory_gb"}, run or kept.

    Parameters
    ----------
    path : pathlib.Path
        The lesson.
    seed : int
        COURSE_SEED of the run.
    cache : pathlib.Path
        Where runs are kept.
    twice : bool
        Whether every cell runs twice.
    """
    kept = cache / f"{path.stem}-{seed}-{key(path, seed, twice=twice)}.json"
    if kept.exists():
        return json.loads(kept.read_text("utf-8"))
    done = run(path, seed=seed, twice=twice)
    result = {
        "failure": done.failure,
        "claims": done.claims,
        "minutes": done.minutes,
        "memory_gb": done.memory_gb,
    }
    cache.mkdir(parents=True, exist_ok=True)
    for old in cache.glob(f"{path.stem}-{seed}-*.json"):
        old.unlink()
    kept.write_text(json.dumps(result, indent=1), encoding="utf-8")
    return result


def seeds(text):
    """Return the seeds that one argument names: `3`, or `1-8` with both ends.

    Raises
    ------
    ValueError
        When it is neither.
    """
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def word(result):
    """Return one run in a word or two: how many claims held, or which one broke."""
    if not result["failure"]:
        return f"✔ {len(result['claims'])}"
    broken = [row["name"] for row in result["claims"] if not row["holds"]]
    return f"✘ {broken[0] if broken else 'a cell failed'}"


def claims(results):
    """Return the claims of some runs of a lesson, {name: its rows, one a run}, in the lesson's order."""
    found = {}
    for row in (row for result in results for row in result["claims"]):
        found.setdefault(row["name"], []).append(row)
    return found


def spread(results):
    """Yield one line a claim: its values over the seeds, and its margin."""
    for name, rows in claims(results).items():
        values = ["not finite" if row["measured"] is None else f"{row['measured']:g}" for row in rows]
        near = worst(rows)
        yield f"    {name}: {', '.join(values)}" + (f" (margin {margin(near)[1]:.0%})" if near else "")


def margin(row):
    """Return (how far a claim's value is from its nearest bound, the same as a share of that bound), or None.

    Where there are two bounds the share is of half the window, and where the bound is nought of the value. None is for
    a claim without a bound and for one that names a value ("equal to 1"), which has no distance.

    Parameters
    ----------
    row : dict
        A stored claim.
    """
    low, high, value = row.get("at_least"), row.get("at_most"), row["measured"]
    if low == high:
        return None
    if value is None:
        return -math.inf, -math.inf
    if low is None or high is None:
        far, size = (value - low, abs(low)) if high is None else (high - value, abs(high))
    else:
        far, size = min(value - low, high - value), (high - low) / 2
    return far, far / (size or abs(value) or 1.0)


def worst(rows):
    """Return the row of a claim that comes nearest to its bound, or None where there is none to come near to."""
    bounded = [row for row in rows if margin(row)]
    return min(bounded, key=lambda row: margin(row)[1]) if bounded else None


def spreads(rows):
    """Return how many standard deviations the rows' mean is from its nearest bound, or None where they do not differ."""
    values = [row["measured"] for row in rows]
    if len(values) < 2 or None in values or not (wide := statistics.stdev(values)):
        return None
    room = [
        statistics.mean(sign * (row["measured"] - row[bound]) for row in rows) / wide
        for bound, sign in (("at_least", 1), ("at_most", -1))
        if all(row.get(bound) is not None for row in rows)
    ]
    return min(room, default=None)


def kept_runs(path, cache=CACHE, root=ROOT):
    """Return a lesson's kept runs, {seed: (result, whether the course is still as it was then)}.

    Parameters
    ----------
    path : pathlib.Path
        The lesson.
    cache : pathlib.Path
        Where runs are kept.
    root : pathlib.Path
        The course's folder.
    """
    found = {}
    for file in sorted(cache.glob(f"{path.stem}-*.json"), key=lambda file: file.stat().st_mtime):
        seed, digest = file.stem.removeprefix(f"{path.stem}-").split("-")
        now = digest in {key(path, int(seed), root, twice) for twice in (False, True)}
        found[int(seed)] = json.loads(file.read_text("utf-8")), now
    return {seed: found[seed] for seed in SEEDS if seed in found}


def page(runs):
    """Return the text of docs/robust.md.

    Parameters
    ----------
    runs : dict
        For each lesson's path what `kept_runs` gives.
    """
    lessons = "| lesson | seeds | of them with the course as it is | failed | peak memory |\n|---|---|---|---|---|\n"
    table = (
        "| lesson | claim | lowest | highest | bound | margin | spreads |\n|---|---|---|---|---|---|---|\n"
    )
    for path, found in runs.items():
        results = [result for result, _ in found.values()]
        link = f"[{path.stem[:2]}](../notebooks/{path.name})"
        if results:
            failed = [
                f"{seed}: {word(result)[2:]}" for seed, (result, _) in found.items() if result["failure"]
            ]
            current, memory = sum(now for _, now in found.values()), max(r["memory_gb"] or 0 for r in results)
            lessons += f"| {link} | {len(found)} | {current} | {', '.join(failed)} | {memory:.2f} GB |\n"
        for name, rows in claims(results).items():
            if worst(rows):
                table += _margin_row(link, name, rows)
    missing = [path.stem[:2] for path, found in runs.items() if not found]
    text = f"No run is kept of {', '.join(missing)}.\n\n" if missing else ""
    return f"{HEAD}{lessons}\n{text}{table}"


def _margin_row(link, name, rows):
    values = [row["measured"] for row in rows if row["measured"] is not None]
    ends = f"{min(values, default=math.nan):g} | {max(values, default=math.nan):g}"
    near, wide = worst(rows), spreads(rows)
    says = f"{course.bound_text(near)} | {margin(near)[1]:.0%} | {'' if wide is None else f'{wide:.1f}'}"
    return f"| {link} | `{name}` | {ends} | {says} |\n"


def run_all(options):
    """Run what the options ask for, print it, and return whether something failed."""
    chosen = list(dict.fromkeys(seed for group in options.seeds for seed in group))
    failures = []
    print("lesson".ljust(34) + "".join(f"seed {seed}".ljust(22) for seed in chosen))
    for path in notebook_files(names=options.lessons):
        if path.parent.name != "notebooks":
            continue
        print(path.stem.ljust(34), end="", flush=True)
        results = []
        for seed in chosen:
            results.append(outcome(path, seed, twice=seed == 1 and not options.once))
            print(word(results[-1]).ljust(22), end="", flush=True)
        print()
        print("\n".join(spread(results)))
        failures += [
            f"seed {seed}: {result['failure'].splitlines()[0]}"
            for seed, result in zip(chosen, results, strict=True)
            if result["failure"]
        ]
    for failure in failures:
        print(f"✘ {failure}", file=sys.stderr)
    return bool(failures)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", nargs="+", type=seeds, default=[SEEDS], help="1-8, or 2 5 8")
    parser.add_argument("--once", action="store_true", help="at seed 1, too, run every cell once")
    parser.add_argument("--lessons", nargs="+", default=[], help="how their names begin: 02 (all by default)")
    parser.add_argument(
        "--kept", action="store_true", help="run nothing: write docs/robust.md from what is kept"
    )
    options = parser.parse_args(arguments)
    failed = not options.kept and run_all(options)
    PAGE.write_text(page({path: kept_runs(path) for path in lesson_files()}), encoding="utf-8", newline="\n")
    return failed


if __name__ == "__main__":
    sys.exit(main())
