"""Run every lesson for COURSE_SEED = 1 … 8 without writing it (`make robust`): do its claims survive?

At seed 1 every cell is run twice in a row. `--seeds 1-3 7` takes others, `--once` leaves the second run out.

A run is kept in .cache/robust/ under a hash of all that it depends on (the lesson's code, the helpers, the
shipped data, the pinned packages, the seed, whether there is a mirror), so that only what changed runs
again. Prints a table, lesson by seed; fails when a lesson fails for any seed.
"""

import argparse
import hashlib
import json
import os
import sys
from pathlib import Path

import nbformat

from notebooks import notebook_files, run

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "robust"


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
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            digest.update(cell.source.encode() + b"\0")
    data = [file for file in (root / "data").rglob("*") if file.is_file() and file.suffix != ".md"]
    for file in [*sorted((root / "helpers").glob("*.py")), *sorted(data), root / "requirements.txt"]:
        digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:24]


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


def spread(results):
    """Yield one line a claim: its values over the seeds."""
    for name in dict.fromkeys(row["name"] for result in results for row in result["claims"]):
        values = [row["measured"] for result in results for row in result["claims"] if row["name"] == name]
        yield f"    {name}: " + ", ".join("not finite" if value is None else f"{value:g}" for value in values)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", nargs="+", type=seeds, default=[range(1, 9)], help="1-8, or 2 5 8")
    parser.add_argument("--once", action="store_true", help="at seed 1, too, run every cell once")
    parser.add_argument("--lessons", nargs="+", default=[], help="how their names begin: 02 (all by default)")
    options = parser.parse_args(arguments)
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


if __name__ == "__main__":
    sys.exit(main())
