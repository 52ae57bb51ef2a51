"""Where files come from: shipped with the course, or cached, mirrored or downloaded with a checksum."""

import functools
import hashlib
import os
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
import pooch
import requests

from helpers import check

SHIPPED = Path(__file__).resolve().parent.parent / "data"


def _listed(release):
    """Return the files of a release that has too many to be written out here."""
    rows = (SHIPPED / "releases" / f"{release}.txt").read_text(encoding="utf-8").splitlines()
    return {path: (sha256, int(size)) for sha256, size, path in (row.split("  ", 2) for row in rows)}


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
    name : str or list of str
        A release (``"xenon1t_s2only"``), a file of one, as in `fetch`, or several files.

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
    if isinstance(name, str) and name in RELEASES:
        name = [f"{name}/{path}" for path in RELEASES[name]["files"]]
    names = list(name) if isinstance(name, list | tuple) else [name]
    try:
        fetch(names[0])  # alone: without network, one time-out and not eight
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for _ in pool.map(fetch, names[1:]):
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


XENONNT_MASSES = (3, 4, 5, 6, 8, 10, 12)  # GeV/c², those with templates of spin-independent scattering
_XENONNT = "xenonnt_light_wimp/light_wimp_data_release"
_XENONNT_SHIFTS = np.arange(-3.0, 4.0)
_XENONNT_QUANTITIES = ("cs2", "s2_time_shadow", "s1_bdt_score", "s2_bdt_score")


@dataclass(frozen=True)
class LightWimp:
    """XENONnT's search for light dark matter in its first two science runs, as released.

    The bins of both runs stand one after the other, 2 × 81: in each run three in every one of four
    quantities, the first of them slowest. All templates are events expected in the run's live time, with
    every nuisance parameter at its nominal value.

    Attributes
    ----------
    events : DataFrame
        The 37 candidates: ``run`` (0 or 1), ``cs2`` [PE], ``s2_time_shadow``, ``s1_bdt_score``,
        ``s2_bdt_score`` (the last three between 0 and 1).
    edges : tuple of tuple of ndarray
        For each run the edges of the bins in those four quantities.
    observed : ndarray, shape (162,)
        The events in each bin.
    shifts : ndarray, shape (7,)
        Shifts of the light and of the charge yield for which templates exist [σ].
    b8, neutron : ndarray, shape (7, 7, 162)
        Solar ⁸B neutrinos' nuclear recoils and radiogenic neutrons, by shift of the light yield and of the
        charge yield.
    accidental : ndarray, shape (2, 162)
        Accidental coincidences of an S1 and an S2, a row a run (its normalisation is the run's own).
    electronic : ndarray, shape (162,)
        Electronic recoils.
    constraints : dict of str to (float, float, float)
        What floats: relative width of its Gaussian, lowest and highest value. The yields' shifts, not among
        them, have width 1 within ±3.
    measured : dict of str to float
        Where the measurements behind the Gaussians came out; the yields' as ``light_yield`` and
        ``charge_yield`` [σ].
    limits : DataFrame
        The published 90 % limits on spin-independent scattering: ``dm_mass_gev`` [GeV/c²], and in cm²
        ``unconstrained_upper_limit_cm2``, ``upper_limit_cm2`` (power-constrained) and the sensitivity's
        quantiles ``sensitivity_median_cm2``, ``sensitivity_p1sigma_cm2``, ….
    """

    events: pd.DataFrame
    edges: tuple
    observed: np.ndarray
    shifts: np.ndarray
    b8: np.ndarray
    neutron: np.ndarray
    accidental: np.ndarray
    electronic: np.ndarray
    constraints: dict
    measured: dict
    limits: pd.DataFrame


def xenonnt_files(mass=None):
    """Return the names of the files behind `xenonnt_light_wimp` or `xenonnt_wimp`, for `available`.

    Parameters
    ----------
    mass : int, optional
        Of the dark-matter particle [GeV/c²], one of `XENONNT_MASSES`; its 98 files of 11 kB. By default
        the 202 files (2 MB) that do not depend on it.

    Returns
    -------
    list of str

    Raises
    ------
    ValueError
        For another mass.
    """
    if mass is not None:
        return [name for names in _xenonnt_grid("wimp_si", _xenonnt_mass(mass)) for name in names.flat]
    grids = [_xenonnt_grid(kind) for kind in ("b8", "rg", "ac", "er")]
    names = [f"{_XENONNT}/data/real_data.pkl", f"{_XENONNT}/limits/XENONnT_2024_SI.csv"]
    return names + [name for grid in grids for run in grid for name in run.flat]


def xenonnt_light_wimp():
    """Read XENONnT's light dark matter release: events, backgrounds, uncertainties, published limits.

    The live times (1.174398 and 2.342593 in the templates' unit) and the uncertainties are those of the
    release's own statistical model. Cite E. Aprile et al. (XENON), Phys. Rev. Lett. 134, 111802 (2025),
    arXiv 2409.17868, and the release, Zenodo 10.5281/zenodo.14522706.

    Returns
    -------
    LightWimp

    Raises
    ------
    DataUnavailable
        If a file cannot be had (ask ``available(xenonnt_files())`` first), or its pickle holds anything but
        arrays.
    """
    edges = tuple(_xenonnt_edges(run[0]) for run in _xenonnt_grid("ac"))
    *runs, ancillary = _pickled_arrays(fetch(f"{_XENONNT}/data/real_data.pkl"))
    tables = [
        pd.DataFrame(
            {"run": run}
            | {
                name: events[field]
                for name, field in zip(_XENONNT_QUANTITIES, events.dtype.names, strict=False)
            }
        )
        for run, events in enumerate(runs)
    ]
    counts = [
        np.histogramdd(table[list(_XENONNT_QUANTITIES)].to_numpy(), bins)[0].ravel()
        for table, bins in zip(tables, edges, strict=True)
    ]
    accidental = np.zeros((2, 2, 81))
    accidental[[0, 1], [0, 1]] = _xenonnt_template("ac").reshape(2, 81)
    return LightWimp(
        events=pd.concat(tables, ignore_index=True),
        edges=edges,
        observed=np.concatenate(counts),
        shifts=_XENONNT_SHIFTS,
        b8=_xenonnt_template("b8"),
        neutron=_xenonnt_template("rg"),
        accidental=accidental.reshape(2, 162),
        electronic=_xenonnt_template("er"),
        constraints={
            "efficiency": (0.25, 0.5, 1.5),
            "b8_flux": (0.0381, 0.0, np.inf),
            "accidental_run0": (0.0904, 0.0, np.inf),
            "accidental_run1": (0.0576, 0.0, np.inf),
            "electronic": (1.0, 0.0, np.inf),
            "neutron": (0.58, 0.0, np.inf),
        },
        measured={
            ours: float(ancillary[theirs][0])
            for ours, theirs in {
                "efficiency": "signal_efficiency",
                "b8_flux": "b8_rate_multiplier",
                "accidental_run0": "ac_sr0_rate_multiplier",
                "accidental_run1": "ac_sr1_rate_multiplier",
                "electronic": "er_rate_multiplier",
                "neutron": "nr_rate_multiplier",
                "light_yield": "t_ly",
                "charge_yield": "t_qy",
            }.items()
        },
        limits=pd.read_csv(fetch(f"{_XENONNT}/limits/XENONnT_2024_SI.csv"), index_col="index"),
    )


def xenonnt_wimp(mass):
    """Read the same release's templates of spin-independent scattering for one mass.

    Parameters
    ----------
    mass : int
        Of the dark-matter particle [GeV/c²], one of `XENONNT_MASSES`.

    Returns
    -------
    ndarray, shape (7, 7, 162)
        Events expected at a cross-section of 10⁻⁴⁵ cm² per nucleon, laid out as `LightWimp.b8`.

    Raises
    ------
    ValueError
        For another mass.
    DataUnavailable
        If a file cannot be had (ask ``available(xenonnt_files(mass))`` first).
    """
    return _xenonnt_template("wimp_si", _xenonnt_mass(mass))


def _xenonnt_mass(mass):
    return f"wimp_si_{check.choice('mass', mass, list(XENONNT_MASSES))}"


def _xenonnt_grid(kind, name=None):
    """Return for each run the files of a kind of event: an array by the yields' shifts, or of one."""
    grids = []
    for run in (0, 1):
        start = f"{_XENONNT}/data/{kind}/template_XENONnT_sr{run}_{name or kind}_cevns"
        if kind in ("ac", "er"):
            grids.append(np.array([f"{start}.h5"]))
        else:
            shifts = _XENONNT_SHIFTS
            grids.append(np.array([[f"{start}_tly_{x}_tqy_{y}.h5" for y in shifts] for x in shifts]))
    return grids


def _xenonnt_template(kind, name=None):
    """Return the events expected in both runs' bins, by the yields' shifts where there are any."""
    import h5py  # here: no other part of the course pays for it

    def events(file, live_time):
        with h5py.File(fetch(file)) as content:
            return live_time * content["templates/template"][:].ravel()

    runs = [
        np.reshape([events(file, live_time) for file in names.flat], (*names.shape, 81))
        for names, live_time in zip(_xenonnt_grid(kind, name), (1.174398, 2.342593), strict=True)
    ]
    template = np.concatenate(runs, axis=-1)
    return template[0] if kind in ("ac", "er") else template


def _xenonnt_edges(file):
    import h5py

    with h5py.File(fetch(str(file))) as content:
        return tuple(content[f"bins/{axis}"][:] for axis in range(4))


class _ArraysOnly(pickle.Unpickler):
    """Reads NumPy arrays and nothing else: whatever else a pickle names is refused unexecuted."""

    _names = {  # NumPy has moved its core since some releases were written
        ("numpy", "ndarray"): np.ndarray,
        ("numpy", "dtype"): np.dtype,
        ("numpy.core.multiarray", "_reconstruct"): np._core.multiarray._reconstruct,
        ("numpy._core.multiarray", "_reconstruct"): np._core.multiarray._reconstruct,
    }

    def find_class(self, module, name):
        """Return what builds arrays; refuse every other name."""
        try:
            return self._names[module, name]
        except KeyError:
            raise DataUnavailable(
                f"The pickle asks for {module}.{name}, and only arrays may enter."
            ) from None


def _pickled_arrays(file):
    """Return the list of arrays in a pickle file whose checksum has been verified."""
    with open(file, "rb") as stream:
        arrays = _ArraysOnly(stream).load()
    if not isinstance(arrays, list) or not all(
        isinstance(one, np.ndarray) and not one.dtype.hasobject for one in arrays
    ):
        raise DataUnavailable(f"{file} holds something else than a list of arrays of numbers.")
    return arrays


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
