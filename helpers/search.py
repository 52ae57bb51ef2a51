"""A dark-matter search in a xenon detector such as LUX: what it expects to see, 360 things it may look for.

Fifteen models at 24 masses are one table of spectra (`hypotheses`, `spectra`), and one simulation serves them
all (`simulate`): nuclear recoils of `ENERGIES`, to be weighted with any spectrum, and five backgrounds that
carry their weights. `templates` counts such events in bins, for every hypothesis at once.

In all functions `events` is a table from `simulate`, or what is left of it after a round through a file:
columns are read by name, kinds by name too, whatever their type. `rates` are events/(keV t y) at `ENERGIES`,
such as `spectra(ENERGIES)`. What cannot be is a ValueError that names the argument; so is a row without a
place or a signal, which belongs in no bin.
"""

import functools
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers import backgrounds, check, nest, operators, pulses, recoils
from helpers import detector as detectors

DETECTOR = "LUX_Run03"
EXPOSURE = 3.35e4 / 1000 / 365.25  # t y: all of LUX, arXiv 1608.07648
S1C = (1.0, 100.0)  # phd: where events are searched
MODELS = ("SI", *operators.EFT_OPERATORS)
MASSES = np.geomspace(10, 4000, 24)  # GeV/c²
# Energies of the simulated nuclear recoils [keV]: 2 % apart, far less than the detector can tell.
_STEPS = 240
LOG_STEP = np.log(120 / 1.0) / _STEPS
ENERGIES = np.exp(LOG_STEP * (np.arange(_STEPS) + 0.5))
GROUPS = np.searchsorted(np.geomspace(3, 60, 13), ENERGIES)  # a network's 14 classes of nuclear recoils
SIGNAL = "nuclear"
BACKGROUNDS = ("beta", "gamma", "wall", "b8", "accidental")
KINDS = (SIGNAL, *BACKGROUNDS)
# How many of each are simulated, in units of `n`: most of the β and γ, of which a few in a thousand are like
# the signal.
_SHARES = {SIGNAL: 0.6, "beta": 12, "gamma": 12, "wall": 0.4, "b8": 0.6, "accidental": 0.2}
# How well each is known beforehand, relative. β and γ: from counts beside the searched region; the others are
# of the size that LUX quotes for its own (arXiv 1512.03506, table I). All are this course's choice.
UNCERTAINTY = np.array([0.1, 0.1, 0.3, 0.25, 0.35])
PROMPT = 0.032  # µs: photons within it of the recoil are prompt; LUX's window ends there, arXiv 1802.06162
START_ERROR = 0.008  # µs: how well a pulse's start is known, our assumption
LEAST_ROWS = 30  # of simulated background in a bin of a score: fewer do not say what is expected there
NOTHING = 1e-6  # events: in place of none, where something must be expected
_BLOCK = 1_000_000  # recoils at a time: what is not seen then takes little memory
_FINE = 4096  # steps of a score's range, out of which bins are made
AXES = ("r6", "drift_time", "log_s1c", "below_band")


def hypotheses():
    """Return the models and masses that are searched for.

    Returns
    -------
    pandas.DataFrame
        `model` (one of `MODELS`) and `mass` [GeV/c²], 15 × 24 rows, mass fastest.
    """
    model, mass = np.meshgrid(MODELS, MASSES, indexing="ij")
    return pd.DataFrame({"model": model.ravel(), "mass": mass.ravel()})


def spectra(energy):
    """Return the rates of all hypotheses at their reference strengths.

    Parameters
    ----------
    energy : array_like, shape (n,)
        Recoil energies [keV].

    Returns
    -------
    numpy.ndarray, shape (360, n)
        Rates [events/(keV t y)], rows as in `hypotheses`: SI at 10⁻⁴⁶ cm², an operator at an isoscalar
        coupling of 1 (`operators.eft_rate`), so that a limit on the strength is one on the coupling's square.
    """
    energy = check.array("energy", energy, ndim=1, at_least=0)
    plain = [np.stack([recoils.wimp_rate(energy, mass, 1e-46) for mass in MASSES])]
    effective = [operators.eft_rate(energy, MASSES, {name: 1.0}) for name in operators.EFT_OPERATORS]
    return np.concatenate(plain + effective)


def simulate(n, *, rng, kinds=KINDS, prescale=1):
    """Simulate what the search sees of nuclear recoils and of its backgrounds.

    Parameters
    ----------
    n : int
        How much is simulated: 12 n recoils of β and of γ each, of which few are like the signal, 0.6 n
        nuclear recoils, 0.4 n decays on the wall, 0.6 n recoils of ⁸B, 0.2 n accidental pairs. What is not
        seen leaves no row; with a prescale of 50 about 1.4 n rows are left.
    rng : numpy.random.Generator
    kinds : sequence of str
        Some of `SIGNAL` and `BACKGROUNDS`.
    prescale : int
        Of the β and γ events in the upper 98 % of their band, where few nuclear recoils lie, keep one in so
        many, with so many times the weight: for a given number of rows more of the rare ones.

    Returns
    -------
    pandas.DataFrame
        A row an event with an S1 in `S1C` and an S2: `kind`; `r2` [mm²], `phi` [rad], `drift_time` [µs];
        `s1`, `s2`, `s1c`, `s2c` [phd]; `prompt_fraction`, the share of its photons that come within `PROMPT`;
        `energy`, the index of a nuclear recoil's energy in `ENERGIES` (−1 otherwise); `weight`, the events
        that the row stands for in the exposure: a nuclear recoil's is still to be multiplied with the rate
        [events/(keV t y)] at its energy.

    Notes
    -----
    Events expected within `S1C`: about 1050 β, 820 γ, 20 from the wall, 0.16 of ⁸B and 2 accidental pairs:
    the kinds of LUX's search (arXiv 1512.03506), their sizes a choice of this course. Photons of one recoil
    are prompt independently of each other, with the chance that `pulses.s1` gives for its kind and energy;
    that the pulse's start is only known to `START_ERROR` blurs it.
    """
    n = check.number("n", n, at_least=1, integer=True)
    check.generator("rng", rng)
    prescale = check.number("prescale", prescale, at_least=1, integer=True)
    if np.ndim(kinds) != 1 or len(kinds) == 0:
        raise ValueError(f"kinds must be some of {KINDS}, got {kinds!r:.60}")
    for kind in kinds:
        check.choice("kinds", kind, KINDS)
    tables = []
    for kind in kinds:
        least = len(ENERGIES) if kind == SIGNAL else 1
        recoils_of_kind = max(least, round(_SHARES[kind] * n))
        blocks = -(-recoils_of_kind // _BLOCK)
        for size in np.diff(np.linspace(0, recoils_of_kind, blocks + 1).astype(int)):
            block = _seen(_raw(kind, size, rng), kind, prescale, rng)
            block["weight"] *= size / recoils_of_kind
            tables.append(block)
    return pd.concat(tables, ignore_index=True)


def coordinates(events):
    """Return the four numbers in which templates are binned, on axes along which they change slowly.

    Parameters
    ----------
    events : pandas.DataFrame

    Returns
    -------
    numpy.ndarray, shape (n, 4), float32
        `AXES`: (r / fiducial radius)⁶, in which the wall's events are spread out; drift time [µs]; log10 s1c;
        log10 s2c less its value at the lower edge of the electron recoils' band (a fifth of them lie below),
        where that S1 is.
    """
    radius = nest.parameters(DETECTOR).fiducial_radius
    r2, drift_time = (_column(events, name, at_least=0) for name in ("r2", "drift_time"))
    s1c, s2c = (_column(events, name, above=0) for name in ("s1c", "s2c"))
    columns = (r2 / radius**2) ** 3, drift_time, np.log10(s1c), _below_band(s1c, s2c)
    return np.stack([np.asarray(column, dtype=np.float32) for column in columns], axis=1)


def cells(events, shape):
    """Return in which cell of a regular 4-D grid each event lies.

    Parameters
    ----------
    events : pandas.DataFrame
    shape : (int, int, int, int)
        Bins along the `AXES`; what lies beyond an end counts as in the last bin.

    Returns
    -------
    numpy.ndarray, shape (n,), int64
        Index into the flattened grid, the last axis fastest.
    """
    shape = check.array("shape", shape, ndim=1, at_least=1, integer=True)
    if shape.shape != (4,):
        raise ValueError(f"shape must be four numbers, got {shape.tolist()}")
    earliest, latest = nest.parameters(DETECTOR).fiducial_drift_time
    low = np.array([0, earliest, np.log10(S1C[0]), -0.9], np.float32)
    high = np.array([1, latest, np.log10(S1C[1]), 0.1], np.float32)
    place = (coordinates(events) - low) / (high - low) * shape.astype(np.float32)
    return np.ravel_multi_index(tuple(np.clip(place.astype(np.int64), 0, shape - 1).T), tuple(shape))


def templates(events, cell, n_cells, rates):
    """Count weighted events in cells: a template for each hypothesis and each background.

    Parameters
    ----------
    events : pandas.DataFrame
    cell : array_like of int, shape (n,)
        The cell of each event, the same for all hypotheses: from `cells`, or bins of a score.
    n_cells : int
    rates : array_like, shape (n_hypotheses, len(ENERGIES))

    Returns
    -------
    signal : numpy.ndarray, shape (n_hypotheses, n_cells)
    background : numpy.ndarray, shape (len(BACKGROUNDS), n_cells)
        Events expected, the signal's at strength 1.
    """
    rates = _rates(rates)
    n_cells = check.number("n_cells", n_cells, at_least=1, integer=True)
    cell = check.array("cell", cell, ndim=1, at_least=0, at_most=n_cells - 1, integer=True)
    check.same_length(events=events, cell=cell)
    code, energy, weight = counted(events)
    background = np.zeros((len(BACKGROUNDS), n_cells))
    for k in range(len(BACKGROUNDS)):
        here = code == k + 1
        background[k] = np.bincount(cell[here], weight[here], n_cells)
    here = code == 0
    at = energy[here] * n_cells + cell[here]
    by_energy = np.bincount(at, weight[here], len(ENERGIES) * n_cells).reshape(len(ENERGIES), n_cells)
    return rates @ by_energy, background


def group_shares(events, rates):
    """Return how the nuclear recoils that are seen are shared among the `GROUPS` of energies.

    Parameters
    ----------
    events : pandas.DataFrame
    rates : array_like, shape (n_hypotheses, len(ENERGIES))

    Returns
    -------
    numpy.ndarray, shape (n_hypotheses, 14)
        Rows of sum 1.

    Raises
    ------
    ValueError
        Also when nothing is seen of a hypothesis.
    """
    rates = _rates(rates)
    code, energy, weight = counted(events)
    nuclear = code == 0
    seen = rates * np.bincount(energy[nuclear], weight[nuclear], len(ENERGIES))
    shares = np.stack([seen[:, group == GROUPS].sum(axis=1) for group in range(GROUPS[-1] + 1)], axis=1)
    if np.any(shares.sum(axis=1) <= 0):
        raise ValueError("rates must leave something to be seen of every hypothesis")
    return shares / shares.sum(axis=1, keepdims=True)


class Counted(NamedTuple):
    """What is counted of simulated events, checked once: `counted` returns it."""

    code: np.ndarray  # (n,), index in `KINDS`
    energy: np.ndarray  # (n,), index in `ENERGIES`; 0 for what is no nuclear recoil
    weight: np.ndarray  # (n,)


def counted(events):
    """Return kind, energy and weight of events, checked once for many calls of `score_templates`.

    Parameters
    ----------
    events : pandas.DataFrame

    Returns
    -------
    Counted

    Raises
    ------
    ValueError
        When a column is missing, or holds what `simulate` does not write.
    """
    for name in ("kind", "energy"):
        if name not in getattr(events, "columns", ()):
            raise ValueError(f"events must be a DataFrame from simulate, with the column {name}")
    kind = events["kind"]
    if isinstance(kind.dtype, pd.CategoricalDtype) and tuple(kind.cat.categories) == KINDS:
        code = kind.cat.codes.to_numpy().astype(np.int64)
    else:  # other categories, or names: their order is not ours
        code = pd.Index(KINDS, dtype=object).get_indexer(np.asarray(kind, dtype=object))
    if np.any(code < 0):
        raise ValueError(f'events["kind"] must be one of {KINDS}, got {kind[code < 0].iloc[0]!r:.60}')
    energy = np.where(code == 0, np.asarray(events["energy"]), 0)
    bounds = {"at_least": 0, "at_most": len(ENERGIES) - 1, "integer": True, "empty": True}
    energy = check.array('events["energy"] of nuclear recoils', energy, **bounds)
    return Counted(code, energy, _column(events, "weight", at_least=0).astype(float))


class ScoreTemplates(NamedTuple):
    """What is expected in the bins of a score."""

    signal: np.ndarray  # (n_bins,), at strength 1
    background: np.ndarray  # (len(BACKGROUNDS), n_bins)
    edges: np.ndarray  # (n_bins - 1,), rising; infinite where fewer bins are used


def score_templates(score, events, rate, n_bins=40):
    """Choose bins of one hypothesis' score and count its signal and the backgrounds in them.

    Three quarters of the bins hold equal shares of the signal, the others of the background. A bin with fewer
    than `LEAST_ROWS` rows of background is taken together with the next lower one, so that less than `n_bins`
    may be used; the last ones are then empty.

    Parameters
    ----------
    score : array_like, shape (n,)
        Of each event: the higher, the more like the signal.
    events : pandas.DataFrame or Counted
        What `counted` returned saves two fifths of the time where many scores are binned.
    rate : array_like, shape (len(ENERGIES),)
        The hypothesis' row of `rates`.
    n_bins : int

    Returns
    -------
    ScoreTemplates

    Raises
    ------
    ValueError
        Also when no signal or background is there.
    """
    score = check.array("score", score, ndim=1)
    rate = check.array("rate", rate, ndim=1, at_least=0)
    n_bins = check.number("n_bins", n_bins, at_least=4, integer=True)
    code, energy, weight = events if isinstance(events, Counted) else counted(events)
    check.same_length(score=score, events=code)
    check.same_length(rate=rate, ENERGIES=ENERGIES)
    nuclear = code == 0
    weight = np.where(nuclear, weight * rate[energy], weight)
    # what lies beyond `end` rows is in the first or the last bin in any case
    end = min(LEAST_ROWS, (len(score) - 1) // 2)
    low, high = _inner_range(score, end)
    fine = np.clip((score - low) * (_FINE / max(high - low, 1e-9)), 0, _FINE - 1).astype(np.int64)
    n_codes = 1 + len(BACKGROUNDS)
    counts = np.bincount(code * _FINE + fine, weight, n_codes * _FINE).reshape(n_codes, _FINE)
    rows = np.bincount(fine[~nuclear], minlength=_FINE)
    if not (counts[0].sum() > 0 and rows.sum() > 0):
        raise ValueError("events must hold signal of this rate and background")
    ends = _bin_ends(counts[0], counts[1:].sum(axis=0), rows, n_bins)
    binned = np.add.reduceat(counts, np.append(0, ends), axis=1)
    binned = np.pad(binned, ((0, 0), (0, n_bins - binned.shape[1])))
    edges = low + ends * (high - low) / _FINE
    return ScoreTemplates(
        binned[0], binned[1:], np.pad(edges, (0, n_bins - 1 - len(edges)), constant_values=np.inf)
    )


def _inner_range(score, end):
    """Return the lowest and the highest score without the `end` outermost rows on each side."""
    # a fast first sieve: the inner range of some rows is narrower, so that all that is sought lies at or beyond its ends
    some = score[:: max(1, len(score) // (64 * (end + 1)))]
    low, high = np.partition(some, (end, len(some) - 1 - end))[[end, -1 - end]]
    return np.partition(score[score <= low], end)[end], np.partition(score[score >= high], -1 - end)[-1 - end]


def draw(n, events, *, rng):
    """Draw what n searches see if there is no signal: of each background a Poisson number of rows.

    Parameters
    ----------
    n : int
    events : pandas.DataFrame
        Rows that fill no template by which these searches are judged. Each is drawn as often as its weight
        says, and with replacement: where it matters, there should be many more rows than are drawn.
    rng : numpy.random.Generator

    Returns
    -------
    pandas.DataFrame
        The rows, with a new column `search`, from 0 to n − 1.
    """
    n = check.number("n", n, at_least=1, integer=True)
    check.generator("rng", rng)
    code, _, weight = counted(events)
    drawn, owner = [], []
    for k in range(1, len(KINDS)):
        rows = np.flatnonzero(code == k)
        share = weight[rows] / max(weight[rows].sum(), NOTHING)
        numbers = rng.poisson(weight[rows].sum(), n)
        drawn.append(rng.choice(rows, numbers.sum(), p=share) if len(rows) else rows)
        owner.append(np.repeat(np.arange(n), numbers))
    return events.iloc[np.concatenate(drawn)].assign(search=np.concatenate(owner)).reset_index(drop=True)


def merge_empty(signal, background, rows):
    """Take all cells that no simulated background reached as one, the last.

    What is expected there the simulation says too (Good and Turing; I. J. Good, Biometrika 40, 237): of each
    background as much as it saw in cells that hold a single row, since that row, had it not been drawn, would
    have been expected there.

    Parameters
    ----------
    signal : array_like, shape (..., n_cells)
    background : array_like, shape (n_components, n_cells)
    rows : array_like of int, shape (n_cells,)
        Simulated rows of background in each cell.

    Returns
    -------
    signal : numpy.ndarray, shape (..., n_filled + 1)
    background : numpy.ndarray, shape (n_components, n_filled + 1)
    place : numpy.ndarray of int, shape (n_cells,)
        Where each cell went.
    """
    signal = check.array("signal", signal, at_least=0)
    background = check.array("background", background, ndim=2, at_least=0)
    rows = check.array("rows", rows, ndim=1, at_least=0, integer=True)
    for name, part in (("signal", signal), ("background", background)):
        if part.shape[-1] != len(rows):
            raise ValueError(f"{name} must have {len(rows)} cells like rows, got shape {part.shape}")
    filled = (rows > 0) & (background.sum(axis=0) > 0)
    place = np.where(filled, np.cumsum(filled) - 1, filled.sum())
    rest = signal[..., ~filled].sum(axis=-1, keepdims=True)
    unseen = background[:, rows == 1].sum(axis=1, keepdims=True)
    unseen[-1] += NOTHING  # where no row stands alone
    merged = np.concatenate([signal[..., filled], rest], axis=-1)
    return merged, np.concatenate([background[:, filled], unseen], axis=1), place


def occupied(signal, background, counts):
    """Return likelihoods of the same value in fewer cells: those that were hit, and one for all the rest.

    Of a cell without an event −ln L needs no more than what is expected there, and that adds up.

    Parameters
    ----------
    signal : array_like, shape (n_cells,)
    background : array_like, shape (n_components, n_cells)
    counts : array_like, shape (n, n_cells)
        Of each data set.

    Returns
    -------
    signal : numpy.ndarray, shape (n, m)
    background : numpy.ndarray, shape (n, n_components, m)
    counts : numpy.ndarray, shape (n, m)
        Of `limits.ProfileLikelihood`; m is one more than the most cells that a data set has hit.
    """
    signal = check.array("signal", signal, ndim=1, at_least=0)
    background = check.array("background", background, ndim=2, at_least=0)
    counts = check.array("counts", counts, ndim=2, at_least=0)
    if not signal.shape[-1] == background.shape[-1] == counts.shape[-1]:
        shapes = signal.shape, background.shape, counts.shape
        raise ValueError(f"signal, background and counts must have the same cells, got shapes {shapes}")
    most = np.count_nonzero(counts, axis=1).max(initial=0)
    hit = np.argsort(counts == 0, axis=1, kind="stable")[:, :most]  # filled up with cells that are empty
    near = signal[hit], np.moveaxis(background[:, hit], 0, 1)
    total = signal.sum(), background.sum(axis=1)[:, None]
    rest = [np.maximum(t - part.sum(axis=-1, keepdims=True), 0) for t, part in zip(total, near, strict=True)]
    own, others = (np.concatenate(pair, axis=-1) for pair in zip(near, rest, strict=True))
    return own, others, np.pad(np.take_along_axis(counts, hit, axis=1), ((0, 0), (0, 1)))


def _bin_ends(signal, background, rows, n_bins):
    """Return where bins but the first begin, in fine steps: each holds enough rows of background."""
    of_background = n_bins // 4
    parts = (signal, n_bins - of_background), (background, of_background + 1)
    found = [
        np.searchsorted(np.cumsum(part), part.sum() * np.arange(1, n) / n, side="right") for part, n in parts
    ]
    candidates = np.unique(np.clip(np.concatenate(found), 1, _FINE - 1))
    above = np.cumsum(rows[::-1])[::-1]
    kept, last = [], 0
    for end in candidates[::-1]:
        if above[end] - last >= LEAST_ROWS and above[0] - above[end] >= LEAST_ROWS:
            kept.append(end)
            last = above[end]
    return np.array(kept[::-1], dtype=np.int64)


def _column(events, name, **bounds):
    """Return one column as floats, whatever type it has; the bounds are those of `check.array`."""
    if name not in getattr(events, "columns", ()):
        raise ValueError(f"events must be a DataFrame from simulate, with the column {name}")
    values = np.asarray(events[name])
    checked = check.array(f'events["{name}"]', values, ndim=1, empty=True, **bounds)
    return values if values.dtype.kind == "f" else checked


def _rates(rates):
    rates = check.array("rates", rates, ndim=2, at_least=0)
    if rates.shape[1] != len(ENERGIES):
        raise ValueError(f"rates must have {len(ENERGIES)} columns, one an energy, got shape {rates.shape}")
    return rates


def _seen(events, kind, prescale, rng):
    """Return the events that the search sees, with the columns that `simulate` promises."""
    events["phi"] = np.arctan2(events["y"], events["x"]).astype(np.float32)
    events["r2"] = events["x"] ** 2 + events["y"] ** 2
    seen = events["s1c"].between(*S1C) & (events["s2c"] > 0)
    events = events[seen].drop(columns=["x", "y", "z"])
    if kind in ("beta", "gamma") and prescale > 1:
        upper = _below_band(events["s1c"].to_numpy(), events["s2c"].to_numpy()) > -0.12
        kept = ~upper | (rng.random(len(events)) < 1 / prescale)
        events.loc[upper, "weight"] *= prescale
        events = events[kept]
    events["prompt_fraction"] = _prompt_fraction(events, kind, rng)
    code = np.full(len(events), KINDS.index(kind), np.int8)
    events = events.astype({"energy": np.int32, "weight": np.float32})
    return events.assign(kind=pd.Categorical.from_codes(code, KINDS))


def _raw(kind, n, rng):
    """Return n recoils of one kind as `backgrounds` gives them, with the column `energy`."""
    common = {"detector": DETECTOR, "rng": rng}
    if kind == SIGNAL:
        energy = np.arange(n) % len(ENERGIES)
        events = detectors.simulate(ENERGIES[energy], "NR", **common)
        events = events[list(backgrounds.COLUMNS[:-1])].assign(energy=energy)
        return events.assign(weight=EXPOSURE * ENERGIES[energy] * LOG_STEP / np.bincount(energy)[energy])
    if kind == "beta":
        events = backgrounds.betas(n, lambda e: recoils.flat_er_rate(e, 700.0), exposure=EXPOSURE, **common)
    elif kind == "gamma":
        events = backgrounds.gammas(n, expected=1500.0, **common)
    elif kind == "wall":
        events = backgrounds.wall(n, expected=6000.0, **common)
    elif kind == "b8":
        table = np.linspace(0.8, 4.0, 400)
        rate = recoils.b8_rate(table)
        events = backgrounds.nuclear_recoils(
            n, lambda e: np.interp(e, table, rate), exposure=EXPOSURE, energy_range=(0.8, 4.0), **common
        )
    else:  # lone pulses are small: those of recoils below 6 keV
        lone = backgrounds.betas(
            min(max(n, 2000), 200_000),
            lambda e: recoils.flat_er_rate(e, 1.0),
            exposure=1.0,
            energy_range=(0.1, 6.0),
            **common,
        )
        events = backgrounds.accidentals(n, lone, expected=2.0, **common)
    return events.assign(energy=-1)


def _below_band(s1c, s2c):
    return np.log10(s2c) - np.interp(np.log10(s1c), *_lower_edge())


@functools.cache
def _lower_edge():
    """Return log10 s1c and, at each, the value that a fifth of the electron recoils lie below."""
    energy = np.random.default_rng(1).uniform(0.1, 30, 200_000)
    events = detectors.simulate(energy, "ER", detector=DETECTOR, rng=np.random.default_rng(2)).dropna()
    events = events[events["s1c"].between(*S1C)]
    part = pd.qcut(events["s1c"], 40, labels=False)
    return tuple(np.log10(events[name].groupby(part).quantile(q)) for name, q in (("s1c", 0.5), ("s2c", 0.2)))


def _prompt_fraction(events, kind, rng):
    """Draw how many of an event's photons are prompt, and return their share."""
    grid, chance, slope = _prompt_chance("NR" if kind in (SIGNAL, "b8") else "ER")
    if kind == SIGNAL:
        energy = ENERGIES[events["energy"]]
    else:
        energy = detectors.combined_energy(events["s1c"], events["s2c"], detector=DETECTOR)
    photons = np.maximum(np.rint(events["s1"]), 1).astype(int)
    start = START_ERROR * rng.standard_normal(len(events))
    prompt = np.clip(np.interp(energy, grid, chance) + start * np.interp(energy, grid, slope), 0, 1)
    return (rng.binomial(photons, prompt) / photons).astype(np.float32)


@functools.cache
def _prompt_chance(recoil_type):
    """Return energies [keV], at each the chance to be prompt, and its slope with the window's end [1/µs]."""
    rng, grid = np.random.default_rng(1), np.geomspace(0.5, 150, 24)
    at_end = np.array([PROMPT - START_ERROR, PROMPT, PROMPT + START_ERROR])
    chance = []
    for energy in grid:
        light = pulses.s1(
            np.full(400, 50),
            recoil_type,
            np.full(400, energy),
            np.full(400, 170.0),
            detector=DETECTOR,
            rng=rng,
            sample_width=4,
            window=(-0.1, 1.9),
        ).sum(axis=0)
        cumulative = np.cumsum(light) / light.sum()
        chance.append(cumulative[np.rint((at_end + 0.1) / 0.004).astype(int) - 1])
    early, middle, late = np.transpose(chance)
    return grid, middle, (late - early) / (2 * START_ERROR)
