"""How a lesson begins (preflight), shows that it works (progress) and ends (claims).

Nothing heavy is imported at the top: `begin` must run before NumPy and TensorFlow load, because both
read their thread and log settings once, on import.
"""

import atexit
import ctypes
import html
import json
import math
import os
import re
import shutil
import sys
import tempfile
import threading
import time
from importlib import metadata, util
from pathlib import Path

CLAIM_MIME = "application/vnd.faint-signals.claim+json"
# The first line of what may be stored collapsed: it stands where the output will open.
PREDICT_FIRST = "<!-- Predict first; then run this cell. -->"
_ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)
# The log level alone leaves oneDNN's line on stderr.
_QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0"}

# malloc.h: M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_TOP_PAD [bytes].
_MALLOC = {-1: 1 << 30, -3: 1 << 30, -2: 1 << 26}

# Other kernels are what one can most often do without.
_SHUT_DOWN = "Shut down other kernels (Kernel → Shut Down All Kernels) and run this cell again."
# What the helpers themselves import, whatever the lesson names.
_HELPERS_NEED = (
    "numpy scipy pandas matplotlib seaborn cycler PIL sklearn h5py numba pooch requests wimprates "
    "numericalunits packaging psutil threadpoolctl ipywidgets nbconvert"
).split()
# Where libraries keep what lasts (downloads, compiled code, fonts), and the variables that say otherwise.
_HOMES = {"XDG_CACHE_HOME": "~/.cache", "XDG_CONFIG_HOME": "~/.config"}
_KEPT = {
    "COURSE_DATA_CACHE": ("XDG_CACHE_HOME",),
    "NUMBA_CACHE_DIR": ("XDG_CACHE_HOME",),
    "MPLCONFIGDIR": ("XDG_CACHE_HOME", "XDG_CONFIG_HOME"),
}
_LIST = Path(__file__).resolve().parent.parent / "requirements.txt"
_IMPORTED_AS = {"scikit-learn": "sklearn", "tensorflow-cpu": "tensorflow"}


class NotReady(RuntimeError):
    """What is wrong with this machine and how to mend it: one readable line in place of a traceback."""

    def _render_traceback_(self):  # what IPython asks an exception for
        return [f"✘ {self}"]


def begin(lesson, *, seed=1, memory_gb=1.5, packages=("numpy", "pandas", "matplotlib")):
    """Check that a lesson can run here, fix its seed and its one thread, and say so in one line.

    Parameters
    ----------
    lesson : str
        The lesson's number and name, as in its title.
    seed : int
        The lesson's seed; `COURSE_SEED` in the environment overrides it.
    memory_gb : float
        Free memory that the lesson needs [GB].
    packages : sequence of str
        Import names of the packages that the lesson needs.

    Returns
    -------
    int
        The seed in force, for `numpy.random.default_rng(seed)` and `keras.utils.set_random_seed(seed)`.

    Raises
    ------
    NotReady
        When the Python version, a package, memory, threads or any folder to write in are missing: the
        message says how to mend it.
    ValueError
        When `seed` or `COURSE_SEED` is not a whole number from 0 up.
    """
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        raise NotReady(
            f"This course needs Python 3.11, 3.12 or 3.13; this kernel runs {sys.version.split()[0]}. "
            "Start it with `make lab`, which picks the right one."
        )
    missing = [name for name in dict.fromkeys([*packages, *_HELPERS_NEED]) if not _is_there(name)]
    if missing:
        raise NotReady(
            f"Missing here: {', '.join(missing)}. Close this notebook and start it with `make lab` "
            "(or, in your own environment: pip install -r requirements.txt)."
        )
    seed = _seed_in_force(seed)
    _one_thread()
    _hold_freed_memory()
    _expect_room(memory_gb)
    kept = _keep_elsewhere()
    versions = {name: _version(name) for name in packages}
    shown = ", ".join(f"{name} {version}" for name, version in versions.items())
    say(f"Lesson {lesson}: ready. Seed {seed}, one thread; {shown}.")
    others = [f"{name} {pinned}" for name, pinned in _pins().items() if versions.get(name, pinned) != pinned]
    if others:
        say(
            f"The course was tested with {', '.join(others)}: what differs below may come from that. To mend "
            f'it, run `%pip install -r "{_LIST}"` in a cell and restart the kernel.'
        )
    if kept:
        say(kept)
    if not os.access(os.curdir, os.W_OK):
        say(
            "This folder cannot be written: what you change here is not saved. To keep it, copy the course's "
            "folder to one of yours and open it there."
        )
    return seed


def _is_there(name):
    try:
        return util.find_spec(name) is not None
    except ImportError:  # something stands in its way
        return False


def _one_thread():
    """Set one thread and silence for all that is imported later, and cap what is loaded already."""
    late = [name for name in ("numpy", "tensorflow") if name in sys.modules]
    for name in _ONE_THREAD:
        os.environ[name] = "1"
    os.environ.update(_QUIET)
    if late:  # a notebook run twice in one kernel: the settings are read on import
        import threadpoolctl

        threadpoolctl.threadpool_limits(1)


def _hold_freed_memory():
    """Let glibc keep the memory that is freed, and grow by large steps.

    A training frees after each step what it needs in the next one. To give it back to the system and to ask for it
    anew took a tenth of lesson 05's time.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if set_option is not None:  # musl, Linux's other C library, has none
        for option, value in _MALLOC.items():
            set_option(option, value)


def _expect_room(memory_gb):
    """Raise unless the memory that a lesson needs is free, and a thread can be started."""
    raise_it = "Run `ulimit -v unlimited` before you start JupyterLab."
    room = {
        "are free": (_free_memory_gb(), _SHUT_DOWN),
        "are left to this kernel (ulimit -v)": (_allowed_memory_gb(), raise_it),
    }
    for is_left, (found, mend) in room.items():
        if found < memory_gb:
            shown = max(math.floor(found * 10) / 10, 0.0)  # never rounded up to what is needed
            raise NotReady(
                f"This lesson needs {memory_gb:g} GB of free memory, and {shown} GB {is_left}. {mend}"
            )
    try:
        thread = threading.Thread(target=int)
        thread.start()
        thread.join()
    except RuntimeError:
        raise NotReady(f"No more threads can be started here (ulimit -u). {_SHUT_DOWN}") from None


def _keep_elsewhere():
    """Give libraries a temporary folder where the user's own is closed, and return what to say of it."""
    places = {name: os.path.expanduser(os.environ.get(name) or usual) for name, usual in _HOMES.items()}
    closed = [name for name, place in places.items() if not _writable(Path(place))]
    lost = [name for name, homes in _KEPT.items() if name not in os.environ and set(homes) & set(closed)]
    if not lost:
        return ""
    try:
        folder = tempfile.mkdtemp(prefix="faint-signals-")
    except OSError:
        raise NotReady(
            f"Neither {places[closed[0]]} nor a folder for temporary files can be written here. Set TMPDIR "
            "to a folder that can be written, with some space left, before you start JupyterLab."
        ) from None
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ.update({name: os.path.join(folder, name.lower()) for name in lost})
    to_set = closed[0] if os.environ.get(closed[0]) else "HOME"
    return (
        f"{places[closed[0]]} cannot be written: what libraries keep there (downloads, compiled code) goes "
        f"to {folder} and is gone when this kernel ends. To keep it, set {to_set} to a folder of yours before "
        "you start JupyterLab."
    )


def _writable(folder):
    """Say whether files can be kept in a folder, there already or to be made."""
    there = next(filter(os.path.exists, (folder, *folder.parents)), "")
    return folder.is_absolute() and os.path.isdir(there) and os.access(there, os.W_OK | os.X_OK)


def _pins():
    """Return {import name: version} of the course's list, where that lies beside the helpers."""
    if not _LIST.is_file():
        return {}
    from packaging.markers import Marker  # here: a Python without it shall hear what is wrong, too

    found = {}
    for name, version, marker in re.findall(
        r"^([\w.-]+)==([\w.]+) ?;? ?([^\\\n]*)", _LIST.read_text(encoding="utf-8"), re.MULTILINE
    ):
        if not marker.strip() or Marker(marker).evaluate():
            found[_IMPORTED_AS.get(name, name)] = version
    return found


def _version(name):
    """Return the version of an importable package, whatever its distribution is called (tensorflow-cpu)."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return metadata.version(metadata.packages_distributions()[name][0])


def _seed_in_force(seed):
    text = os.environ.get("COURSE_SEED", "").strip() or str(seed)
    if not text.isdecimal():
        raise ValueError(f"COURSE_SEED (or seed) must be a whole number from 0 up, got {text!r}")
    return int(text)


def _free_memory_gb(cgroup="/sys/fs/cgroup"):
    """Return the memory that this process may still take [GB]: the machine's, or its container's if less.

    Binder and Kubernetes cap memory through the container (`cgroup`, version 2 or 1), which psutil does not
    see. What the container holds as a cache of files counts as used there, and is given up when memory is
    asked for.
    """
    import psutil

    free = psutil.virtual_memory().available
    places = [
        ("memory.max", "memory.current", "memory.stat"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat"),
    ]
    for names in places:
        try:
            cap, used, stat = (Path(cgroup, name).read_text() for name in names)
            cache = re.findall(r"^(?:in)?active_file (\d+)$", stat, re.MULTILINE)
            free = min(free, int(cap) - int(used) + sum(map(int, cache)))
        except (OSError, ValueError):  # not this version, or no cap ("max")
            continue
    return free / 1e9


def _allowed_memory_gb():
    """Return what the limit on this process's address space, if there is one, leaves to it [GB]."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return math.inf
    import psutil

    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return math.inf if limit == resource.RLIM_INFINITY else (limit - psutil.Process().memory_info().vms) / 1e9


class progress:
    """One progress bar for everything over five seconds; it leaves a single clean line behind.

    Use it around any iterable, `for step in course.progress(steps, "Training"):`, or by hand:
    `bar = course.progress(total=10, description="Scan")`, then `bar.update()` and `bar.close()`.

    Parameters
    ----------
    iterable : iterable, optional
        What to run through; its length is the total.
    description : str
        What is being done, in a word or two.
    total : int, optional
        The number of steps, where `iterable` has no length.

    Raises
    ------
    ValueError
        When the number of steps is not known or is negative.
    """

    def __init__(self, iterable=None, description="Working", *, total=None):
        """See the class: all parameters are explained there."""
        if total is None:
            if not hasattr(iterable, "__len__"):
                raise ValueError("total must be given when iterable has no length")
            total = len(iterable)
        if total < 0:
            raise ValueError(f"total must be at least 0, got {total}")
        self.iterable, self.description, self.total, self.done = iterable, description, total, 0
        self._shown, self._started = 0.0, time.monotonic()
        self._handle = _display(self._bundle(), display_id=True)

    def __iter__(self):
        """Yield what the iterable holds, counting."""
        if self.iterable is None:
            raise ValueError("iterable must be given to loop over this progress bar")
        for item in self.iterable:
            yield item
            self.update()
        self.close()

    def update(self, steps=1):
        """Count `steps` more steps as done."""
        self.done += steps
        if time.monotonic() - self._shown > 0.25:
            self._shown = time.monotonic()
            self._show()

    def close(self):
        """Leave the one line that says how much was done."""
        self._show(closed=True)

    def _show(self, closed=False):
        if self._handle is not None:
            self._handle.update(self._bundle(closed), raw=True)

    def _bundle(self, closed=False):
        if closed:  # no clock here: stored outputs are equal on every machine
            return _text_bundle(f"{self.description}: {self.done} of {self.total} done.")
        spent = time.monotonic() - self._started
        left = f", about {spent / self.done * (self.total - self.done):.0f} s left" if self.done else ""
        label = f"{self.description}: {self.done} of {self.total}{left}"
        bar = (
            f'<progress value="{self.done}" max="{self.total}" aria-label="{html.escape(label)}"></progress>'
        )
        return {"text/plain": label, "text/html": f"<div>{bar} {html.escape(label)}</div>"}


def training_progress(epochs, description="Training"):
    """Return a Keras callback that shows `progress` over the epochs of one `fit`.

    Parameters
    ----------
    epochs : int
        The largest number of epochs (early stopping may end before).
    description : str
        What is being trained.
    """
    import keras

    bar = progress(total=epochs, description=description)
    return keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: bar.update(), on_train_end=lambda logs: bar.close()
    )


def claim(
    name,
    measured,
    at_most=None,
    at_least=None,
    baseline=None,
    optimum=None,
    published=None,
    source=None,
    unit="",
    says="",
    headline=False,
):
    """Show one measured claim beside its bound, store it for the results table, and fail if it is broken.

    A bound that the plain baseline passes too says nothing about the model: that is an error as well.
    Invariants, coverages and cross-checks carry no baseline, and say in `says` what would break them.

    Parameters
    ----------
    name : str
        The claim's name, as in the issue and the results table.
    measured : float
        The number that the bound is on.
    at_most, at_least : float, optional
        Bounds; both make a window; none only records the number.
    baseline : float, optional
        The same quantity for the lesson's plain baseline, which must break the bound.
    optimum, published : float or str, optional
        The best possible and the published figure of the same quantity, shown beside it.
    source : str, optional
        Where the published figure stands.
    unit : str
        The unit of `measured`.
    says : str
        What it means, in half a sentence.
    headline : bool
        Whether this is the row that stands for the lesson in the README.

    Raises
    ------
    AssertionError
        Naming the claim, when a bound is broken, `measured` is not finite, or the baseline passes the bound.
    ValueError
        When `name` is empty or `published` comes without a source.
    """
    if not name or not isinstance(name, str):
        raise ValueError(f"name must be a non-empty string, got {name!r}")
    if published is not None and not source:
        raise ValueError(f"source must say where the published figure of {name} stands, got {source!r}")
    measured = float(measured)
    holds = _within(measured, at_least, at_most)
    row = {"name": name, "measured": _rounded(measured), "unit": unit, "holds": bool(holds)}
    optional = {"at_most": at_most, "at_least": at_least, "baseline": baseline, "optimum": optimum}
    optional |= {"published": published, "headline": 1 if headline else None}
    for key, value in {**optional, "source": source, "says": says or None}.items():
        if value is not None:
            row[key] = value if isinstance(value, str) else _rounded(float(value))
    plain = _claim_text(row)
    _display({CLAIM_MIME: row, "text/html": _claim_html(row, plain), "text/plain": plain})
    if not holds:
        raise AssertionError(f"claim {name} does not hold: {plain} [measured {measured!r}]")
    if baseline is not None and (at_most, at_least) != (None, None) and _within(baseline, at_least, at_most):
        raise AssertionError(
            f"claim {name} says nothing: its baseline, {baseline:g}, keeps the bound too: {plain}"
        )


def _within(value, at_least, at_most):
    return (
        math.isfinite(value)
        and (at_most is None or value <= at_most)
        and (at_least is None or value >= at_least)
    )


def not_run(name, reason):
    """Say in one line why a claim could not be measured here (no network, no mirror).

    Parameters
    ----------
    name : str
        The claim's name, or what else was to be measured.
    reason : str
        Why, and what would have to be there.
    """
    say(f"– {name} was not measured in this run: {reason}")


def answer(text):
    """Show the number that a prediction is compared with.

    JupyterLab shows the first line of an output that is stored collapsed; here it tells nothing.

    Parameters
    ----------
    text : str
        What came out, in one line.
    """
    _display({"text/plain": text, "text/html": f"{PREDICT_FIRST}\n<div>{html.escape(text)}</div>"})


def bound_text(row):
    """Return a claim's bound in words: 'at most 0.03', 'within 0.345 to 0.36', or 'recorded'.

    Parameters
    ----------
    row : dict
        A stored claim.
    """
    low, high = row.get("at_least"), row.get("at_most")
    if low is not None and high is not None:
        return f"within {low:g} to {high:g}" if low != high else f"equal to {low:g}"
    if high is not None:
        return f"at most {high:g}"
    return f"at least {low:g}" if low is not None else "recorded"


def _claim_text(row):
    mark = "✔" if row["holds"] else "✘"
    measured = "not finite" if row["measured"] is None else f"{row['measured']:g} {row['unit']}".strip()
    parts = [f"{mark} {row['name']} {measured} ({bound_text(row)})"]
    if "baseline" in row:
        parts.append(f"baseline {_show(row['baseline'])}")
    if "optimum" in row:
        parts.append(f"optimum {_show(row['optimum'])}")
    if "published" in row:
        parts.append(f"published {_show(row['published'])} [{row['source']}]")
    return "; ".join(parts) + (f": {row['says']}" if "says" in row else "")


def _claim_html(row, plain):
    text = html.escape(plain).replace(row["name"], f"<code>{row['name']}</code>", 1)
    return f"<div>{text}</div>"


def _show(value):
    return value if isinstance(value, str) else f"{value:g}"


def _rounded(value):
    """Three significant digits: what a stored number can honestly carry."""
    return float(f"{value:.3g}") if math.isfinite(value) else None


def say(text):
    """Show one line of plain text, alike in a notebook and in a script.

    Parameters
    ----------
    text : str
        The line.
    """
    _display(_text_bundle(text))


def _text_bundle(text):
    return {"text/plain": text, "text/html": f"<div>{html.escape(text)}</div>"}


def _display(bundle, **keywords):
    from IPython import get_ipython
    from IPython.display import display

    if get_ipython() is None:  # a script or a test: plain text is enough
        print(bundle["text/plain"])
        return None
    return display(bundle, raw=True, **keywords)


def claims_of(notebook):
    """Return the claims stored in a notebook's outputs, in order.

    Parameters
    ----------
    notebook : dict
        A notebook as `nbformat.read` or `json.load` gives it.
    """
    rows = []
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            row = output.get("data", {}).get(CLAIM_MIME)
            if row is not None:
                rows.append(json.loads("".join(row)) if isinstance(row, str | list) else dict(row))
    return rows
