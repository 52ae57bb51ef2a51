"""A search that knows its background alone: worlds of events, and the judge of an anomaly score.

The detector is LZ as in 2022 (NEST). The background is electron recoils, flat in energy; the signals that judge a
score, and that no score is trained on, are WIMPs with spin-independent scattering at one cross-section. An event
has an S2 and at most 80 phd of S1; an S1 of less than 3 phd counts as none: the event is then *S2-only*.

Events as numbers are float32 arrays (n, 2): log10 of s1c (0 stands for no S1) and log10 of s2c, both in phd. As
pictures they are the counts of `hits.event_images`, shape (n, 127, 4). A *score* is a callable that gives each of
n events a number, the higher the more anomalous; a *channel* is a callable that picks some of a sample's events.
What cannot be is a ValueError that names the argument.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from helpers import check, detector, hits, limits, nest, recoils, spectra

DETECTOR = "LZ_WS2022"
S1C = (3.0, 80.0)  # phd
CROSS_SECTION = 5e-47  # cm² per nucleon, of the WIMPs
ER_RATE = 300.0  # electron recoils with both pulses, /(t y): about what LZ saw in 2022, arXiv 2207.03764
MASSES = (10, 30, 100, 500)  # GeV/c²
HEAVY = MASSES[1:]  # those of which most are seen with both pulses
UNCERTAINTY = 0.1  # of the background's rate, relative
COLUMNS = ("x", "y", "z", "s1c", "s2c")  # of an event
LEAST = 100  # rows of background in a bin

_SIZES = {"train": 200_000, "frozen": 100_000, "templates": 400_000, "density": 2_000_000}
_ALBUM_SIZE, _ALBUM_NUCLEAR = 40_000, 10_000
_MOST = 300_000  # recoils at a time
_ELECTRONS = spectra.sampler(lambda energy: recoils.flat_er_rate(energy, rate=1), (0.05, 18))
_WIMP_ENERGIES = (0.1, 100)  # keV


@dataclass
class World:
    """Samples that share no event, as numbers or as pictures, and how many real events a row stands for.

    `train`, `frozen`, `templates` (and, of numbers, `density`) are background: to train on, to freeze a score's
    bins on, to say what is expected in them, and to make bounds from. `nuclear` holds a sample for each WIMP mass,
    `weight` the events/(t y) that one of its rows stands for; `er_weight` is the same for `templates`.
    """

    train: np.ndarray
    frozen: np.ndarray
    templates: np.ndarray
    density: np.ndarray | None = None
    er_weight: float = 0.0
    nuclear: dict = field(default_factory=dict)
    weight: dict = field(default_factory=dict)


def recorded(kind, n, *, rng):
    """Simulate until n events are recorded.

    Parameters
    ----------
    kind : "ER" or float
        Electron recoils, or WIMPs of this mass [GeV/c²].
    n : int
    rng : numpy.random.Generator

    Returns
    -------
    events : pandas.DataFrame
        n rows; `COLUMNS`, as `detector.simulate` gives them [mm, phd].
    share : float
        The share of recoils that are recorded.
    """
    n = check.number("n", n, at_least=1, integer=True)
    check.generator("rng", rng)
    if isinstance(kind, str):
        check.choice("kind", kind, ["ER"])
        energies, recoil_type = _ELECTRONS, "ER"
    else:
        energies, recoil_type = spectra.sampler(_rate(kind), _WIMP_ENERGIES), "NR"
    parts, tried = [], 0
    while sum(map(len, parts)) < n:
        energy = energies(min(2 * n + 1000, _MOST), rng=rng)
        events = detector.simulate(energy, recoil_type, detector=DETECTOR, rng=rng)
        parts.append(events.loc[(events.s2c > 0) & ~(events.s1c >= S1C[1]), list(COLUMNS)])
        tried += len(energy)
    events = pd.concat(parts, ignore_index=True)
    return events[:n], len(events) / tried


def numbers(events):
    """Return log10 s1c (0 for none of 3 phd) and log10 s2c, float32 (n, 2), of events as `recorded` gives them.

    Parameters
    ----------
    events : pandas.DataFrame
    """
    check.columns("events", events, ("s1c", "s2c"))
    s1 = np.where(events["s1c"] >= S1C[0], events["s1c"], 1)
    return np.log10(np.column_stack([s1, events["s2c"]])).astype("float32")


def both(events):
    """Return the events, as numbers, that have both pulses.

    Parameters
    ----------
    events : numpy.ndarray, shape (n, 2)
    """
    return events[events[:, 0] > 0]


def alone(events):
    """Return the S2-only events, as numbers.

    Parameters
    ----------
    events : numpy.ndarray, shape (n, 2)
    """
    return events[events[:, 0] == 0]


def world(seed):
    """Simulate a `World` of events as numbers: 2.7 million electron recoils, 100 000 WIMPs of each mass.

    Parameters
    ----------
    seed : int or sequence of int
        For numpy.random.default_rng.

    Returns
    -------
    World
    """
    background, signal = np.random.default_rng(seed).spawn(2)
    samples = {name: numbers(recorded("ER", n, rng=background)[0]) for name, n in _SIZES.items()}
    made = World(**samples)
    made.er_weight = ER_RATE / len(both(made.templates))
    for mass in MASSES:
        events, share = recorded(mass, 100_000, rng=signal)
        made.nuclear[mass] = numbers(events)
        struck = spectra.expected_events(_rate(mass), 1.0, _WIMP_ENERGIES)
        made.weight[mass] = struck * share / len(events)
    return made


def album(seed, world):
    """Photograph a `World` of events with both pulses: 40 000 pictures a sample of background, 10 000 a mass.

    Parameters
    ----------
    seed : int or sequence of int
    world : World
        Of numbers: it says how many events a WIMP of each mass brings.

    Returns
    -------
    World
        Of the `HEAVY` masses; counts, uint16 (n, 127, 4). S1 and S2 are the corrected ones: the place shows in the
        pictures, but not in their sums.
    """
    rng = np.random.default_rng(seed)
    tubes = hits.array(127, radius=nest.parameters(DETECTOR).radius)
    response = hits.LightResponse(tubes, height=100.0)
    samples = {name: _photographs("ER", _ALBUM_SIZE, response, rng) for name in _SIZES if name != "density"}
    made = World(**samples, er_weight=ER_RATE / _ALBUM_SIZE)
    for mass in HEAVY:
        made.nuclear[mass] = _photographs(mass, _ALBUM_NUCLEAR, response, rng)
        made.weight[mass] = world.weight[mass] * len(both(world.nuclear[mass])) / _ALBUM_NUCLEAR
    return made


def totals(counts):
    """Return log10 S1 and log10 S2, shape (n, 2), of pictures: what all tubes counted together.

    Parameters
    ----------
    counts : numpy.ndarray, shape (n, n_pmts, 4)
    """
    n, n_pmts, _ = counts.shape
    return np.log10(counts.reshape(n, n_pmts, 2, 2).sum(axis=(1, 3)))


def frozen_edges(score):
    """Choose a score's bins on background: from the highest score down 100 events, 100 more, 200, 400 …

    Parameters
    ----------
    score : array_like, shape (n,)
        Of background that is used for nothing else; n at least 200.

    Returns
    -------
    numpy.ndarray
        Rising edges, one fewer than there are bins.
    """
    score = check.array("score", score, ndim=1)
    if len(score) < 2 * LEAST:
        raise ValueError(f"score must have {2 * LEAST} values or more, got {len(score)}")
    beyond = LEAST * 2 ** np.arange(int(np.log2(len(score) / LEAST)))
    return np.sort(np.sort(score)[::-1][beyond])


def filled(score, edges, weight=1.0):
    """Return how many events are expected in each bin of a score, where one value stands for `weight` events.

    Parameters
    ----------
    score : array_like, shape (n,)
    edges : array_like
        As `frozen_edges` gives them.
    weight : float

    Returns
    -------
    numpy.ndarray, shape (len(edges) + 1,)
    """
    score, edges = check.array("score", score, ndim=1, empty=True), check.array("edges", edges, ndim=1)
    weight = check.number("weight", weight, at_least=0)
    return weight * np.bincount(np.searchsorted(edges, score), minlength=len(edges) + 1)


def templates(score, world, masses=HEAVY, channel=both):
    """Return what is expected in a score's frozen bins, in events/(t y).

    Parameters
    ----------
    score : callable
    world : World
    masses : sequence of float
        Keys of `world.nuclear`.
    channel : callable
        By default `both`; of an album, whose events all have both pulses, `everything`.

    Returns
    -------
    signal : numpy.ndarray, shape (n_masses, n_bins)
    background : numpy.ndarray, shape (n_bins,)
    """
    for mass in masses:
        check.choice("masses", mass, list(world.nuclear))
    edges = frozen_edges(score(channel(world.frozen)))
    background = filled(score(channel(world.templates)), edges, world.er_weight)
    signal = [filled(score(channel(world.nuclear[m])), edges, world.weight[m]) for m in masses]
    return np.array(signal), background


def significance(score, world, masses=HEAVY, channel=both):
    """Return the Asimov significance of a score for one tonne and year, the background's rate known to 10 %.

    Parameters
    ----------
    score, world, masses, channel
        As for `templates`.

    Returns
    -------
    numpy.ndarray, shape (n_masses,)
    """
    return limits.asimov_significance(*templates(score, world, masses, channel), UNCERTAINTY)


def everything(events):
    """Return all events: the channel of an album.

    Parameters
    ----------
    events : numpy.ndarray
    """
    return events


def _rate(mass):
    return lambda energy: recoils.wimp_rate(energy, mass, CROSS_SECTION)


def _photographs(kind, n, response, rng):
    """Return the counts (n, 127, 4) of n events with both pulses."""
    events = recorded(kind, int(1.6 * n), rng=rng)[0]
    events = events[events["s1c"] >= S1C[0]][:n]
    if len(events) < n:
        raise ValueError(f"kind must be seen with both pulses in most cases, got {kind!r:.60}")
    counts = np.empty((n, response.array.n_pmts, 4), np.uint16)
    for start in range(0, n, 5000):  # they are drawn as 32-bit numbers
        block = events[start : start + 5000]
        counts[start : start + 5000] = hits.event_images(block, response, rng=rng, columns=("s1c", "s2c"))
    return counts
