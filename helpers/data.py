"""Where files come from: shipped with the course, or cached, mirrored or downloaded with a checksum."""

import functools
import gzip
import hashlib
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pooch
import requests

from helpers import check, course

SHIPPED = Path(__file__).resolve().parent.parent / "data"


def _listed(release):
    """Return the files of a release that has too many to be written out here."""
    file = SHIPPED / "releases" / f"{release}.txt"
    packed = file.with_name(f"{file.name}.gz")  # a thousand checksums are 200 kB
    content = gzip.decompress(packed.read_bytes()) if packed.is_file() else file.read_bytes()
    rows = (row.split("  ", 2) for row in content.decode().splitlines())
    return {path: (sha256, int(size)) for sha256, size, path in rows}


# One entry a release: the address of its files at a pinned commit, and for each file that the
# course reads its sha256 and its size in bytes.
RELEASES = {
    # XENON1T S2-only (Phys. Rev. Lett. 123, 251801); Zenodo names the licence "other-open".
    "xenon1t_s2only": {
        "url": "https://raw.githubusercontent.com/XENON1T/s2only_data_release/5a364bc8709f2561e5a013ddea6993a5a7c8e313/",
        "files": {
            "s2_binning_info.csv": ("6ee893b8dff0a92848369026ec34ddfbeeac583ed6b9cdb5a9b2e1331cdbd341", 8032),
            "s2_response_nr.csv": (
                "76098a792eaf576ac835fcab7c412b2cc7763f2808c93db93998e256684dc202",
                170120,
            ),
            "s2_response_er.csv": (
                "296a2b385469f299ad80ee1270bb9d42e9e347cb6f796e395faf9915127cd597",
                158592,
            ),
            "events_after_cuts.csv": (
                "3e4c6b3f1b974237b2642e088608115fc187af4c3ad583030017da642fcbd771",
                3464,
            ),
            "events_after_cuts_training.csv": (
                "8bea82d49e14226e7aff881a42b51e256ec45a7910f5144d946213462b86a308",
                1514,
            ),
            "er_and_cevns_background.csv": (
                "aadb40ac69f06d399a499279d9826515380e71a66696b2f80aea0ea99a855c08",
                8388,
            ),
            "limits/5a_results_si_nr.csv": (
                "14c09097981e343aec62cc6fcb107a6eecd603ab156d9044052d2ed2a3fb71cd",
                5522,
            ),
            "limits/5a_results_si_nr_nestv201.csv": (
                "e52a87b19ec2c99284d1337ec2e81858c728301cf5d0bc8fcc5bbd41eb7b5450",
                6567,
            ),
        },
    },
    # XENONnT, light dark matter (Phys. Rev. Lett. 134, 111802); the release has no licence file.
    "xenonnt_light_wimp": {
        "url": "https://raw.githubusercontent.com/XENONnT/light_wimp_data_release/a09cd8fd77570dc2095f65f094fbcc114b634dfc/",
        "files": _listed("xenonnt_light_wimp"),
    },
    # XENONnT's three runs, solar neutrinos and light dark matter (arXiv 2604.06002; Zenodo 10.5281/zenodo.20576156);
    # CC BY 4.0.
    "xenonnt_cevns": {
        "url": "https://raw.githubusercontent.com/XENONnT/cevns_data_release/60d230dd7a5646fd4aa2368c5fdfba575ee0cb88/",
        "files": _listed("xenonnt_cevns"),
    },
    # The outputs of the course project that wanted atoms from X-ray patterns; no licence file.
    "xtructure": {
        "url": "https://raw.githubusercontent.com/sunoru/Xtructure/c04e42448548def211299886bed13fe089969db1/",
        "files": _listed("xtructure"),
    },
    # N-methylmorpholine's measured X-ray scattering, beside the code that retrieves structures from it; no licence file.
    "nmm_xray": {
        "url": "https://raw.githubusercontent.com/tnorthey/mol/c4db9dc219069a48bb7ac363b6150c966e60e34e/",
        "files": {
            "data_/nmm/NMM_exp_dataset.mat": (
                "a2122941bf0dda8f3fb440956fd42003bce71f008ea27d133ce7e5a2e4d1f171",
                59808,
            ),
        },
    },
}

FIRST_ANSWER_WITHIN = 5  # seconds until a server counts as silent: a lesson without network must not wait

DOWNLOAD_WITHIN = 60  # seconds for one whole file

AT_ONCE = 8  # files on their way together: hundreds of small ones would wait for each other's answers

_silent = {}  # host -> why it did not answer; asked once a process

pooch.get_logger().setLevel("WARNING")  # a lesson's output is no place for "Downloading file …"


class DataUnavailable(RuntimeError):
    """A file cannot be had, or is not what was published; the message says what to do."""


class Unreachable(DataUnavailable):
    """The file is in neither cache nor mirror, and its server gives no answer or no file."""


@dataclass(frozen=True)
class Availability:
    """Whether files are here; true or false in an `if`, with the reason when false."""

    reason: str = ""

    def __bool__(self):
        """Return whether the files are here."""
        return not self.reason


def fetch(name):
    """Return the local path of one file of a release, its checksum verified.

    The file comes from the cache (`COURSE_DATA_CACHE`, or the user's cache folder), else from the
    folder that `COURSE_DATA_MIRROR` names, else from the release's pinned address. It enters the
    cache whole or not at all.

    Parameters
    ----------
    name : str
        The release, a slash, and the path inside it: ``"xenon1t_s2only/events_after_cuts.csv"``.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    ValueError
        For a name that no release has.
    DataUnavailable
        If the file cannot be had whole and unaltered; the message says what to do.
    """
    release, path = _split(name)
    url = RELEASES[release]["url"] + path
    cache = _folder("COURSE_DATA_CACHE", pooch.os_cache("faint-signals"))
    sha256 = RELEASES[release]["files"][path][0]
    store = pooch.create(path=cache, base_url="", registry={name: f"sha256:{sha256}"}, urls={name: url})
    try:
        # Before pooch does: its own way stumbles where a neighbour has just made the same folder.
        (cache / name).parent.mkdir(parents=True, exist_ok=True)
        return Path(store.fetch(name, downloader=functools.partial(_obtain, name)))
    except DataUnavailable as problem:
        if (cache / name).is_file():
            raise type(problem)(
                f"The cached copy {cache / name} is damaged, and no new one: {problem}"
            ) from None
        raise
    except OSError as problem:
        raise DataUnavailable(
            f"Cannot write {name} into the cache folder {cache} ({problem.strerror or problem}). "
            "Free it or set COURSE_DATA_CACHE to the absolute path of a folder that can be written."
        ) from None


def available(name, progress=None):
    """Say whether a release (or one file of it) is here or can be had now, fetching it if so.

    Without network this takes a few seconds the first time and no time afterwards. With
    `COURSE_DATA_MIRROR` set, damaged files and wrong settings raise instead: who names a mirror
    wants the lesson to use it.

    Parameters
    ----------
    name : str or list of str
        A release (``"xenon1t_s2only"``), a file of one, as in `fetch`, or several files.
    progress : str, optional
        What comes, for a `course.progress` bar over many files; by default there is none.

    Returns
    -------
    Availability
        True or false; ``.reason`` says in one line why not.

    Raises
    ------
    ValueError
        For an unknown name, or none.
    DataUnavailable
        See above.
    """
    if isinstance(name, str) and name in RELEASES:
        name = [f"{name}/{path}" for path in RELEASES[name]["files"]]
    names = list(name) if isinstance(name, list | tuple) else [name]
    if not names:
        raise ValueError("name must name at least one file, got none")
    try:
        fetch(names[0])  # alone: without network, one time-out and not eight
        with ThreadPoolExecutor(AT_ONCE) as pool:
            rest = pool.map(fetch, names[1:])
            for _ in rest if progress is None else course.progress(rest, progress, total=len(names) - 1):
                pass
    except DataUnavailable as problem:
        if os.environ.get("COURSE_DATA_MIRROR") and not isinstance(problem, Unreachable):
            raise
        return Availability(str(problem))
    return Availability()


def retry():
    """Forget which servers did not answer, after the network has come back."""
    _silent.clear()


def shipped(path):
    """Return the path of a file in the repository's `data/` folder, its checksum verified.

    Parameters
    ----------
    path : str
        Relative to `data/`, as listed in `data/checksums.txt`.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    DataUnavailable
        If the file is not listed, missing or altered.
    """
    listed = {}
    if (SHIPPED / "checksums.txt").is_file():
        rows = (SHIPPED / "checksums.txt").read_text(encoding="utf-8").splitlines()
        listed = {row.split("  ", 1)[1]: row.split("  ", 1)[0] for row in rows}
    if path not in listed:
        raise DataUnavailable(
            f"{path!r} is not listed in {SHIPPED / 'checksums.txt'}. Run from a checkout of the course "
            "(pip install -e .); after adding a file, run `python tools/checksums.py`."
        )
    file = SHIPPED / path
    if not file.is_file() or _sha256(file) != listed[path]:
        fault = "is not the file that was shipped" if file.is_file() else "is missing"
        raise DataUnavailable(f"{file} {fault}: restore it with `git restore data/{path}`.")
    return file


def _split(name):
    release, _, path = name.partition("/") if isinstance(name, str) else ("", "", "")
    check.choice("name", release, list(RELEASES))
    if path not in RELEASES[release]["files"]:
        raise ValueError(f"name must be a file that the course reads of {release}, got {name!r}")
    return release, path


def _folder(variable, default=None):
    """Return the folder that an environment variable names, which must be an absolute path."""
    value = os.environ.get(variable)
    if not value:
        return default
    if not Path(value).is_absolute():
        raise DataUnavailable(
            f"{variable} must be an absolute path, not {value!r}: a notebook runs elsewhere."
        )
    return Path(value)


def _sha256(file):
    with open(file, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _obtain(name, url, output_file, store):
    """Write the file to `output_file`, from the mirror or else the network; pooch's downloader."""
    mirror = _folder("COURSE_DATA_MIRROR")
    if mirror and not mirror.is_dir():
        raise DataUnavailable(f"COURSE_DATA_MIRROR names {mirror}, which is no folder: correct or unset it.")
    if mirror and (mirror / name).is_file():
        try:
            content = (mirror / name).read_bytes()
        except OSError as problem:
            raise DataUnavailable(
                f"Cannot read the mirror's file {mirror / name} ({problem.strerror})."
            ) from None
        Path(output_file).write_bytes(content)
        source, advice = (
            f"The mirror's file {mirror / name}",
            "Repair the mirror or unset COURSE_DATA_MIRROR.",
        )
    else:
        _download(name, url, output_file)
        source, advice = f"What {url} sent", "Look whether a proxy or log-in page answers, and try again."
    release, path = _split(name)
    sha256, size = RELEASES[release]["files"][path]
    arrived = os.path.getsize(output_file)
    if arrived != size:
        fault = "is truncated" if arrived < size else "is too long"
        raise DataUnavailable(f"{source} {fault}: {arrived} of {size} bytes. {advice}")
    if _sha256(output_file) != sha256:
        raise DataUnavailable(f"{source} has the wrong checksum: it is not what was published. {advice}")


def _download(name, url, output_file):
    host = urlsplit(url).netloc
    try:
        if host in _silent:
            raise requests.ConnectionError()
        # Looking up a host's name obeys none of requests' time-outs, hence the thread.
        _within(FIRST_ANSWER_WITHIN, lambda: _first_answer(url))
        download = pooch.HTTPDownloader(timeout=FIRST_ANSWER_WITHIN)
        _within(DOWNLOAD_WITHIN, lambda: download(url, output_file, None))
    except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError):
        raise DataUnavailable(f"The download of {url} broke off: try again.") from None
    except requests.HTTPError as problem:
        raise Unreachable(
            f"No copy of {name} here, and {host} answers {problem.response.status_code}."
        ) from None
    except requests.RequestException as problem:
        _silent.setdefault(host, _cause(problem))
        raise Unreachable(
            f"No copy of {name} here, and {host} cannot be reached{_silent[host]}. Connect to the network, call data.retry() "
            "and run again, or set COURSE_DATA_MIRROR to a folder with the releases."
        ) from None


def _first_answer(url):
    try:
        return requests.head(url, timeout=FIRST_ANSWER_WITHIN)
    except requests.RequestException:
        raise
    except OSError as problem:  # a certificates' file that is not there
        raise DataUnavailable(
            f"{problem}: correct or unset REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE or SSL_CERT_FILE, and try again."
        ) from None


def _cause(problem):
    """Return why a server cannot be reached, as far as one can say more than that."""
    if isinstance(problem, requests.exceptions.ProxyError):
        return " (the proxy that HTTPS_PROXY or HTTP_PROXY names does not let us through)"
    if isinstance(problem, requests.exceptions.SSLError):
        return " (its certificate cannot be verified: does a proxy sign in its place? SSL_CERT_FILE names its file)"
    return ""


def _within(seconds, action):
    """Return what `action` returns; give up on it, wherever it hangs, after `seconds`."""
    outcome = {}

    def run():
        try:
            outcome["value"] = action()
        except Exception as problem:
            outcome["problem"] = problem

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise requests.Timeout(f"no answer within {seconds} s")
    if "problem" in outcome:
        raise outcome["problem"]
    return outcome["value"]
