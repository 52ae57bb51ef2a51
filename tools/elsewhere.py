"""Run a cheap lesson and some helpers' tests where a reader may be (`make elsewhere`), each in a copy of the course.

Without a network (no socket leads out of this machine), in a folder that nobody may write, in a plain ASCII locale
beyond the date line, in German where that locale is installed, under a path with blanks and foreign letters, and two
lessons at once on one empty cache. First a probe sees that the place is as strange as it should be: without that, a
pass would say nothing. Prints a table; fails when something failed. `--places` and `--lesson` choose.

That a warning out of the helpers is an error is a setting of all tests (pyproject.toml); that a lesson writes none,
`make test` holds.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent
TESTS = ("check", "data", "descriptors", "lattice")  # the quick ones, and those that fetch files
NO_NETWORK = """
import ipaddress, socket

def _near(address):
    if isinstance(address, tuple):
        host = address[0]
        if host != "localhost" and not (host and ipaddress.ip_address(host).is_loopback):
            raise OSError(f"no network here: {host}")

def _guarded(name):
    plain = getattr(socket.socket, name)
    def guarded(self, address, *more):
        _near(address)
        return plain(self, address, *more)
    setattr(socket.socket, name, guarded)

for name in ("connect", "connect_ex"):
    _guarded(name)
_plain = socket.getaddrinfo
def getaddrinfo(host, *more, **named):
    if host not in (None, "", "localhost", "127.0.0.1", "::1"):
        raise socket.gaierror(f"no network here: {host}")
    return _plain(host, *more, **named)
socket.getaddrinfo = getaddrinfo
"""
PROBES = {
    "no network": """
import socket
for call in (lambda: socket.create_connection(("192.0.2.1", 80), 5), lambda: socket.getaddrinfo("example.org", 80)):
    try:
        call()
    except OSError as error:
        assert "no network here" in str(error), error
    else:
        raise AssertionError("the network is there")
""",
    "read-only": """
import pathlib
for name in ("new.txt", "helpers/new.py", "README.md"):
    try:
        pathlib.Path(name).open("a")
    except OSError:
        continue
    raise AssertionError(f"{name} can be written")
""",
    "ASCII, Kiritimati": """
import codecs, locale, time
assert codecs.lookup(locale.getpreferredencoding(False)).name == "ascii" and time.timezone == -14 * 3600
""",
    "German": "import locale; locale.setlocale(locale.LC_ALL, ''); assert locale.localeconv()['decimal_point'] == ','",
    "blanks and letters": "import os; assert ' ' in os.getcwd() and not os.getcwd().isascii()",
    "one cache for two": "import os; assert not os.listdir(os.environ['COURSE_DATA_CACHE'])",
}


@dataclass
class Place:
    """Where the course is run: the copy's folder, what is in the environment, what stands before the command."""

    folder: str = "course"
    environment: dict = field(default_factory=dict)
    before: tuple = ()
    lessons: int = 1  # how many at once


PLACES = {
    "no network": Place(environment={"PYTHONPATH": "hook"}),
    "read-only": Place(),
    "ASCII, Kiritimati": Place(
        environment={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "TZ": "Pacific/Kiritimati"}
        # A terminal of its own: what our tools print has marks that ASCII lacks.
        | {"PYTHONIOENCODING": "utf-8"}
    ),
    "German": Place(environment={"LC_ALL": "de_DE.UTF-8", "TZ": "Europe/Berlin"}),
    "blanks and letters": Place("für Anfänger 初/faint signals"),
    "one cache for two": Place(lessons=2),
}


def missing(name):
    """Return why this machine cannot be such a place, or an empty string."""
    if name == "German":
        listed = subprocess.run(["locale", "-a"], capture_output=True, text=True).stdout.lower()
        return "" if "de_de.utf8" in listed else "this machine has no de_DE.UTF-8"
    if name == "read-only" and os.geteuid() == 0 and not shutil.which("setpriv"):
        return "root may write anywhere, and there is no setpriv to give that up"
    return ""


def laid(name, folder, root=ROOT):
    """Lay a copy of the course into a folder, as strange as the place asks; return (copy, environment, before).

    Parameters
    ----------
    name : str
        The place.
    folder : pathlib.Path
        An empty folder.
    root : pathlib.Path
        The course.
    """
    place = PLACES[name]
    left = shutil.ignore_patterns(".git", ".venv*", ".cache", "__pycache__", "build", "my")
    copy = Path(shutil.copytree(root, folder / place.folder, ignore=left))
    cache = folder / "cache"
    cache.mkdir()
    paths = [str(copy)]
    if "PYTHONPATH" in place.environment:
        hook = folder / "hook"
        hook.mkdir()
        (hook / "sitecustomize.py").write_text(NO_NETWORK, encoding="utf-8")
        paths.insert(0, str(hook))
    environment = {
        key: value for key, value in os.environ.items() if key != "COURSE_SEED"
    } | place.environment
    environment |= {"PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1", "MPLBACKEND": "Agg"}
    environment |= {
        "COURSE_DATA_CACHE": str(cache),
        "XDG_CACHE_HOME": str(folder),
        "MPLCONFIGDIR": str(cache.parent),
    }
    before = []
    if name == "no network":
        environment.pop("COURSE_DATA_MIRROR", None)
    if name == "read-only":
        for path in [copy, *copy.rglob("*")]:
            path.chmod(path.stat().st_mode & ~0o222)
        if os.geteuid() == 0:
            before = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"]
    return copy, environment, before


def tried(name, folder, lesson):
    """Return what failed in a place, {probe, tests or lesson: its last words}, empty where all is well.

    Parameters
    ----------
    name : str
        The place.
    folder : pathlib.Path
        An empty folder.
    lesson : str
        How the lesson's name begins.
    """
    copy, environment, before = laid(name, folder)
    python = [*before, "nice", "-n", "19", sys.executable]
    pytest = ["-m", "pytest", "-q", "-x", "--tb=line", "-p", "no:cacheprovider", "-p", "no:nbval"]
    commands = {
        "probe": [["-c", PROBES[name]]],
        "lesson": [["tools/notebooks.py", "--check", f"notebooks/{found.name}"] for found in _lesson(lesson)]
        * PLACES[name].lessons,
        "tests": [[*pytest, *(f"tests/test_{test}.py" for test in TESTS)]],
    }
    failed = {}
    for what, together in commands.items():
        running = [
            subprocess.Popen(
                [*python, *command], cwd=copy, env=environment, text=True, encoding="utf-8",
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )
            for command in together
        ]  # fmt: skip
        for process in running:
            said = process.communicate()[0]
            if process.returncode:
                failed[what] = said.strip()[-600:]
        if failed:
            break
    return failed


def _lesson(begins):
    found = sorted((ROOT / "notebooks").glob(f"{begins}*.ipynb"))
    if len(found) != 1:
        raise SystemExit(f"{begins} names {len(found)} lessons, not one")
    return found


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--places", nargs="+", default=list(PLACES), choices=PLACES, metavar="PLACE")
    parser.add_argument(
        "--lesson", default="02", help="how its name begins: 02, the cheapest that reads data"
    )
    options = parser.parse_args(arguments)
    rows = []
    for name in tqdm(options.places, desc="places"):
        if why := missing(name):
            rows.append((name, f"– not tried: {why}", 0.0))
            continue
        started = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            failed = tried(name, Path(folder), options.lesson)
        what = "; ".join(f"✘ {key}: {words}" for key, words in failed.items())
        rows.append(
            (
                name,
                what or f"✔ lesson {options.lesson}, {len(TESTS)} files of tests",
                time.monotonic() - started,
            )
        )
    for name, what, seconds in rows:
        print(f"{name:20} {seconds:5.0f} s  {what}")
    return any(what.startswith("✘") for _, what, _ in rows)


if __name__ == "__main__":
    sys.exit(main())
