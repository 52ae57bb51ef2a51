"""What the collaborations' released files mean: each release as one object of named arrays and tables.

The files come from `data`, which raises DataUnavailable where one cannot be had: ask `data.available` first.
"""

import pickle
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.io

from helpers import check, data


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
    """

    def table(path):
        return pd.read_csv(data.fetch(f"xenon1t_s2only/{path}"))

    bins = table("s2_binning_info.csv").sort_values("s2_bin_number")

    def response(path):
        columns = table(path)
        return Response(
            energy=columns["energy_kev"].to_numpy(),
            energy_low=columns["energy_bin_start_kev"].to_numpy(),
            energy_high=columns["energy_bin_end_kev"].to_numpy(),
            fraction=columns[[f"s2_bin_{k:03d}" for k in bins["s2_bin_number"]]].to_numpy(),
        )

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

_XENONNT_LIVE_TIMES = (1.174398, 2.342593)  # of the two runs, in the templates' unit

_XENONNT_QUANTITIES = {  # ours -> the release's, in the order of the templates' axes
    "cs2": "cs2",
    "s2_time_shadow": "s2_shadow_s2_time_shadow",
    "s1_bdt_score": "s1_bdt_score",
    "s2_bdt_score": "s2_bdt_score",
}

_XENONNT_CONSTRAINTS = {  # relative width, lowest and highest value, as in the release's statistical model
    "efficiency": (0.25, 0.5, 1.5),
    "b8_flux": (0.0381, 0.0, np.inf),
    "accidental_run0": (0.0904, 0.0, np.inf),
    "accidental_run1": (0.0576, 0.0, np.inf),
    "electronic": (1.0, 0.0, np.inf),
    "neutron": (0.58, 0.0, np.inf),
}

_XENONNT_MEASURED = {  # ours -> the release's
    "efficiency": "signal_efficiency",
    "b8_flux": "b8_rate_multiplier",
    "accidental_run0": "ac_sr0_rate_multiplier",
    "accidental_run1": "ac_sr1_rate_multiplier",
    "electronic": "er_rate_multiplier",
    "neutron": "nr_rate_multiplier",
    "light_yield": "t_ly",
    "charge_yield": "t_qy",
}


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

    The live times and the uncertainties are those of the release's own statistical model. Cite E. Aprile et al.
    (XENON), Phys. Rev. Lett. 134, 111802 (2025), arXiv 2409.17868, and the release, Zenodo 10.5281/zenodo.14522706.

    Returns
    -------
    LightWimp

    Raises
    ------
    DataUnavailable
        Also if its pickle holds anything but arrays.
    """
    edges = tuple(_xenonnt_edges(run[0]) for run in _xenonnt_grid("ac"))
    *runs, ancillary = _pickled_arrays(data.fetch(f"{_XENONNT}/data/real_data.pkl"))
    tables = [
        pd.DataFrame({"run": run} | {ours: events[theirs] for ours, theirs in _XENONNT_QUANTITIES.items()})
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
        constraints=dict(_XENONNT_CONSTRAINTS),
        measured={ours: float(ancillary[theirs][0]) for ours, theirs in _XENONNT_MEASURED.items()},
        limits=pd.read_csv(data.fetch(f"{_XENONNT}/limits/XENONnT_2024_SI.csv"), index_col="index"),
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
    grids = zip(_xenonnt_grid(kind, name), _XENONNT_LIVE_TIMES, strict=True)
    template = np.concatenate([_events(names, live_time) for names, live_time in grids], axis=-1)
    return template[0] if kind in ("ac", "er") else template


def _events(names, live_time):
    """Return the events expected in a run's bins, for an array of files: its shape and 81."""
    import h5py  # here: no other part of the course pays for it

    def template(file):
        with h5py.File(data.fetch(str(file))) as content:
            return content["templates/template"][:].ravel()

    return live_time * np.reshape([template(file) for file in names.flat], (*names.shape, 81))


def _xenonnt_edges(file):
    """Return the bins' edges in each quantity; the file says which of the template's axes it is."""
    import h5py

    with h5py.File(data.fetch(str(file))) as content:
        axes = [content[f"bins/{axis}"] for axis in range(4)]
        if [axis.attrs["name"] for axis in axes] != list(_XENONNT_QUANTITIES.values()):
            raise data.DataUnavailable(f"{file} does not hold the quantities that its release names.")
        return tuple(axis[:] for axis in axes)


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
            raise data.DataUnavailable(
                f"The pickle asks for {module}.{name}, and only arrays may enter."
            ) from None


def _pickled_arrays(file):
    """Return the list of arrays in a pickle file whose checksum has been verified."""
    with open(file, "rb") as stream:
        arrays = _ArraysOnly(stream).load()
    if not isinstance(arrays, list) or not all(
        isinstance(one, np.ndarray) and not one.dtype.hasobject for one in arrays
    ):
        raise data.DataUnavailable(f"{file} holds something else than a list of arrays of numbers.")
    return arrays


# --- XENONnT, three runs, 2026 ----------------------------------------------------------------------------------

CEVNS_ENERGIES = np.round(np.arange(0.5, 5.05, 0.1), 1)  # of the monoenergetic templates [keV]

CEVNS_SHIFTS = np.arange(-1.0, 2.0)  # of the yields, those of the release's −3 … 3 that the course reads [σ]

CEVNS_LIMITS = ("wimp_si", "wimp_sd_neutron", "dm_light_mediator", "dm_dmmd_1", "dm_dmmd_2")

_CEVNS_LIVE_TIMES = (*_XENONNT_LIVE_TIMES, 3.249665)

_CEVNS_SHADOW = "s2_shadow_s2_time_shadow"  # in the tables its name goes on: it is given as a quantile


@dataclass(frozen=True)
class Cevns:
    """XENONnT's search for solar neutrinos and light dark matter in three science runs, as released.

    The bins of the runs stand one after the other, 3 × 81, each run's as in `LightWimp`. All templates are events
    expected in the run's live time, with every nuisance parameter at its nominal value.

    Attributes
    ----------
    events : DataFrame
        The 62 candidates, with the columns of `LightWimp.events`; ``run`` is 0, 1 or 2.
    observed : ndarray, shape (243,)
        The events in the bins.
    energies, shifts : ndarray
        `CEVNS_ENERGIES` [keV] and `CEVNS_SHIFTS` [σ].
    live_times : ndarray, shape (3,)
        Of the runs [t y].
    response : ndarray, shape (46, 3, 3, 243)
        **Monoenergetic** nuclear recoils: events for one recoil of that energy a tonne and year, by the shifts of
        the light and the charge yield. Divided by the live time it is the detection efficiency.
    neutron : ndarray, shape (3, 3, 243)
        By the same shifts.
    accidental : ndarray, shape (3, 243)
        A row a run.
    electronic : ndarray, shape (243,)
    limits : dict of str to DataFrame
        For each of `CEVNS_LIMITS` the 90 % limits by ``mass`` [GeV/c²]: ``upper_limit`` and the sensitivity's
        quantiles ``sensitivity_-2`` … ``sensitivity_2`` [cm²]. **At the pinned commit the five tables are one and
        the same**, the spin-independent one.
    """

    events: pd.DataFrame
    observed: np.ndarray
    energies: np.ndarray
    shifts: np.ndarray
    live_times: np.ndarray
    response: np.ndarray
    neutron: np.ndarray
    accidental: np.ndarray
    electronic: np.ndarray
    limits: dict


def xenonnt_cevns():
    """Read XENONnT's release of 2026: events, monoenergetic templates, backgrounds, published limits.

    Cite E. Aprile et al. (XENON), arXiv 2604.06002, and the release, Zenodo 10.5281/zenodo.20576156 (CC BY 4.0). Not
    released are the widths of the efficiency's and of run 2's accidental rate's uncertainty.

    Returns
    -------
    Cevns
    """
    tables, counts = [], []
    columns = {
        theirs + "_quantile" * (theirs == _CEVNS_SHADOW): o for o, theirs in _XENONNT_QUANTITIES.items()
    }
    runs = range(len(_CEVNS_LIVE_TIMES))
    for run in runs:
        found = pd.read_csv(data.fetch(f"xenonnt_cevns/data/sr{run}.csv"), index_col=0).rename(
            columns=columns
        )
        tables.append(found[list(columns.values())].assign(run=run))
        edges = _xenonnt_edges(_cevns_files("ac", run).item())
        counts.append(np.histogramdd(tables[-1][list(columns.values())].to_numpy(), edges)[0].ravel())
    accidental = np.zeros((len(runs), len(runs), 81))
    for run, live_time in enumerate(_CEVNS_LIVE_TIMES):
        accidental[run, run] = _events(_cevns_files("ac", run), live_time)
    limits = {
        name: pd.read_csv(data.fetch(f"xenonnt_cevns/limits/sr2/xenonnt_2026_{name}.csv"), index_col=0)
        for name in CEVNS_LIMITS
    }
    return Cevns(
        events=pd.concat(tables, ignore_index=True),
        observed=np.concatenate(counts),
        energies=CEVNS_ENERGIES,
        shifts=CEVNS_SHIFTS,
        live_times=np.array(_CEVNS_LIVE_TIMES),
        response=_cevns_template("mono"),
        neutron=_cevns_template("rg"),
        accidental=accidental.reshape(len(runs), -1),
        electronic=_cevns_template("er"),
        limits={name: table.set_index("mass") for name, table in limits.items()},
    )


def _cevns_files(kind, run):
    """Return the files of a kind of event in a run: an array by energy and shifts where there are any."""
    start = f"xenonnt_cevns/templates/sr{run}/{kind}/template_XENONnT_sr{run}_{kind}"
    if kind in ("ac", "er"):
        return np.array(f"{start}_cevns.h5")
    by_shift = [[f"_cevns_tly_{x}_tqy_{y}.h5" for y in CEVNS_SHIFTS] for x in CEVNS_SHIFTS]
    energies = [f"_{energy:.3f}" for energy in CEVNS_ENERGIES] if kind == "mono" else [""]
    return np.array([[[start + e + end for end in row] for row in by_shift] for e in energies]).squeeze()


def _cevns_template(kind):
    """Return the events expected in all runs' bins, by energy and shifts where there are any."""
    runs = [_events(_cevns_files(kind, run), live) for run, live in enumerate(_CEVNS_LIVE_TIMES)]
    return np.concatenate(runs, axis=-1)


# --- X-rays -----------------------------------------------------------------------------------------------------

XTRUCTURE_MODELS = ("cnn-0", "cnn-std-0", "cnn-std-1", "cnn-std-5", "cnn-std-exp", "rnn", "transformer")


@dataclass(frozen=True)
class Xtructure:
    """What networks of 2021 made of two X-ray patterns of N-methylmorpholine.

    Attributes
    ----------
    symbols : tuple of str
        Of all geometries, in the order of their atoms.
    truths : ndarray, shape (2, 18, 3)
        The geometries behind the first and the last pattern of the test set [Å].
    predictions : dict of str to ndarray
        For each of `XTRUCTURE_MODELS`, of the same shape.
    losses : dict of str to ndarray, shape (2500,)
        One a step of training: the mean square distance of the atoms from their places [Å²], for the last five
        with a term for the bonds.
    """

    symbols: tuple
    truths: np.ndarray
    predictions: dict
    losses: dict


def xtructure():
    """Read the outputs of Si and Ma's course project: two true geometries, what seven networks said, their losses.

    "cnn-0" was given intensities, the others intensities standardised. As the project's program has it, dropout was on
    while the convolutional networks predicted. "rnn" and "transformer" come with a second set of predictions, which is
    left alone. GitHub sunoru/Xtructure.

    Returns
    -------
    Xtructure

    Raises
    ------
    DataUnavailable
        Also if the models' truths, or the atoms' order, were not the same.
    """
    predictions, losses, truths, orders = {}, {}, [], set()
    for model in XTRUCTURE_MODELS:
        folder = f"xtructure/output/report-{model}"
        inner = "report-tranformer" if model == "transformer" else f"report-{model}"  # as spelt there
        found = {}
        for kind in ("real", "predicted"):
            files = [f"{folder}/{inner}/{number}-{kind}.xyz" for number in (0, -1)]
            symbols, found[kind] = zip(*(_xyz(data.fetch(file)) for file in files), strict=True)
            orders.update(symbols)
        truths.append(np.array(found["real"]))
        predictions[model] = np.array(found["predicted"])
        losses[model] = scipy.io.loadmat(data.fetch(f"{folder}/losses.mat"))["train_losses"].ravel()
    if len(orders) > 1 or np.ptp(truths, axis=0).any():
        raise data.DataUnavailable("xtructure's models do not share their two true geometries.")
    return Xtructure(orders.pop(), truths[0], predictions, losses)


def _xyz(file):
    """Return the symbols and the positions of an xyz file: a count, a line of words, a line an atom."""
    count, _, *rows = file.read_text(encoding="utf-8").splitlines()
    symbols, *positions = zip(*(row.split() for row in rows[: int(count)]), strict=True)
    return symbols, np.array(positions, dtype=float).T


@dataclass(frozen=True)
class PumpProbe:
    """How a gas scatters X-rays differently after a flash of light.

    Attributes
    ----------
    q : ndarray, shape (n_q,)
        [1/Å].
    t : ndarray, shape (n_t,)
        After the flash [ps].
    iso, iso_std : ndarray, shape (n_q, n_t)
        The isotropic part of the difference, as a share of the pattern without the flash [%], and its standard
        deviation.
    """

    q: np.ndarray
    t: np.ndarray
    iso: np.ndarray
    iso_std: np.ndarray


def nmm_xray():
    """Read N-methylmorpholine's X-ray scattering, measured in the gas phase at a free-electron laser.

    As kept beside the code of Northey, Weber and Kirrander (2025), GitHub tnorthey/mol; of the molecules a few in a
    hundred are excited.

    Returns
    -------
    PumpProbe
    """
    found = scipy.io.loadmat(data.fetch("nmm_xray/data_/nmm/NMM_exp_dataset.mat"))
    return PumpProbe(found["q"].ravel(), found["t"].ravel(), found["iso"], found["iso_stdx"])
