"""Where files come from: shipped with the course, or cached, mirrored or downloaded with a checksum."""

import functools
import hashlib
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
import pooch
import requests

from helpers import check

SHIPPED = Path(__file__).resolve().parent.parent / "data"

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
}

FIRST_ANSWER_WITHIN = 5  # seconds until a server counts as silent: a lesson without network must not wait
DOWNLOAD_WITHIN = 60  # seconds for one whole file
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


def available(name):
    """Say whether a release (or one file of it) is here or can be had now, fetching it if so.

    Without network this takes a few seconds the first time and no time afterwards. With
    `COURSE_DATA_MIRROR` set, damaged files and wrong settings raise instead: who names a mirror
    wants the lesson to use it.

    Parameters
    ----------
    name : str
        A release (``"xenon1t_s2only"``) or a file of one, as in `fetch`.

    Returns
    -------
    Availability
        True or false; ``.reason`` says in one line why not.

    Raises
    ------
    ValueError
        For an unknown name.
    DataUnavailable
        See above.
    """
    names = [f"{name}/{path}" for path in RELEASES[name]["files"]] if name in RELEASES else [name]
    try:
        for one in names:
            fetch(one)
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


@dataclass(frozen=True)
class Response:
    """A detector's response to recoils: what fraction of those of an energy ends in an S2 bin.

    Attributes
    ----------
    energy, energy_low, energy_high : ndarray, shape (n_energies,)
        Simulated energies and the edges of the bins they stand for [keV].
    fraction : ndarray, shape (n_energies, n_s2_bins)
        All selections included, so no row sums to one.
    """

    energy: np.ndarray
    energy_low: np.ndarray
    energy_high: np.ndarray
    fraction: np.ndarray


@dataclass(frozen=True)
class S2Only:
    """XENON1T's S2-only search, as released.

    Attributes
    ----------
    exposure, training_exposure : float
        Of the search and of the disjoint training data [tonne year], before selections.
    s2_edges : ndarray, shape (n_s2_bins + 1,)
        Edges of the S2 bins [PE].
    nuclear, electronic : Response
        Response to nuclear and to electronic recoils. The paper's cut-off at 0.7 keV nuclear-recoil
        energy is *not* applied.
    events, training_events : DataFrame
        ``s2_area_pe`` [PE], ``s2_width_ns`` [ns], ``has_s1``.
    background : DataFrame
        Expected events in the exposure, a row an S2 bin: ``er_background_events``,
        ``cevns_background_events``. The cathode background is not released.
    limits, limits_nest : DataFrame
        The published 90 % limits on spin-independent scattering, with the default charge yield and
        with NEST 2.0.1: ``mass_gev`` [GeV/c²], ``limit_cm2`` [cm²], the region of interest
        ``s2_roi_min`` and ``s2_roi_max`` [PE], ``n_observed``, and ``n_expected_signal_mean`` (at
        the limit), ``n_expected_background_mean`` with their ``…_sigma`` [events].
    """

    exposure: float
    training_exposure: float
    s2_edges: np.ndarray
    nuclear: Response
    electronic: Response
    events: pd.DataFrame
    training_events: pd.DataFrame
    background: pd.DataFrame
    limits: pd.DataFrame
    limits_nest: pd.DataFrame


def xenon1t_s2only():
    """Read XENON1T's S2-only release: response, events, background and published limits.

    The exposures, 0.97678 tonne year and 3/7 of it, are those of the release's README. Cite
    E. Aprile et al. (XENON), Phys. Rev. Lett. 123, 251801 (2019), arXiv 1907.11485.

    Returns
    -------
    S2Only

    Raises
    ------
    DataUnavailable
        If a file cannot be had (ask `available` first).
    """

    def table(path):
        return pd.read_csv(fetch(f"xenon1t_s2only/{path}"))

    def response(path):
        columns = table(path)
        return Response(
            energy=columns["energy_kev"].to_numpy(),
            energy_low=columns["energy_bin_start_kev"].to_numpy(),
            energy_high=columns["energy_bin_end_kev"].to_numpy(),
            fraction=columns.filter(like="s2_bin_").to_numpy(),
        )

    bins = table("s2_binning_info.csv")
    return S2Only(
        exposure=0.97678,
        training_exposure=0.97678 * 3 / 7,
        s2_edges=np.append(bins["start_pe"], bins["end_pe"].iloc[-1]),
        nuclear=response("s2_response_nr.csv"),
        electronic=response("s2_response_er.csv"),
        events=table("events_after_cuts.csv"),
        training_events=table("events_after_cuts_training.csv"),
        background=table("er_and_cevns_background.csv"),
        limits=table("limits/5a_results_si_nr.csv"),
        limits_nest=table("limits/5a_results_si_nr_nestv201.csv"),
    )


def _split(name):
    names = [f"{release}/{path}" for release, entry in RELEASES.items() for path in entry["files"]]
    return check.choice("name", name, names).split("/", 1)


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
            raise requests.ConnectionError(_silent[host])
        # Looking up a host's name obeys none of requests' time-outs, hence the thread.
        _within(FIRST_ANSWER_WITHIN, lambda: requests.head(url, timeout=FIRST_ANSWER_WITHIN))
        download = pooch.HTTPDownloader(timeout=FIRST_ANSWER_WITHIN)
        _within(DOWNLOAD_WITHIN, lambda: download(url, output_file, None))
    except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError):
        raise DataUnavailable(f"The download of {url} broke off: try again.") from None
    except requests.HTTPError as problem:
        raise Unreachable(
            f"No copy of {name} here, and {host} answers {problem.response.status_code}."
        ) from None
    except requests.RequestException as problem:
        _silent[host] = str(problem)
        raise Unreachable(
            f"No copy of {name} here, and {host} cannot be reached. Connect to the network, call data.retry() "
            "and run again, or set COURSE_DATA_MIRROR to a folder with the releases."
        ) from None


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
