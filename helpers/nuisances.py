"""Two searches in a detector that is known only within a nuisance: its events, and the limits that scores set.

The detector is LUX's; the search has one tonne and year of it, in which LUX saw electron recoils at the rate of
`ELECTRONS`. It looks for WIMPs of 50 GeV/c², which strike nuclei ("wimp"), or for a line of electron recoils at
2.8 keV ("line"). A *shift*, in σ, says where the detector really is:

- "band": recombination takes more (or fewer) electrons of an electron recoil; for each σ log10(s2c/s1c) falls by
  `BAND`, while the energy stays;
- "gain": every S1, of any recoil, is `GAIN` larger for each σ.

Events are float32 arrays (n, 2): log10 s1c and log10(s2c/s1c), both in phd. What cannot be is a ValueError that names
the argument.
"""

from typing import NamedTuple

import numpy as np
from scipy.ndimage import gaussian_filter

from helpers import check, detector, limits, morphing, nest, recoils, spectra

DETECTOR = "LUX_Run03"
S1C = (3.0, 80.0)  # phd: where events are searched
ELECTRONS = 20_000  # expected; LUX saw about 1900 in 0.092 t y with S1 up to 100 phd (see `search`)
NORMALISATION = 0.01  # how well their number is known, relative: from as many events beside the search
BAND, GAIN = 0.035, 0.05  # of one σ
SHIFTS = np.arange(-3, 3.5, 0.5)  # σ: where templates are made
NOMINAL = len(SHIFTS) // 2
ACCEPTANCES = np.arange(0.05, 0.96, 0.025)  # of cuts that are tried

_WIDER = (2.0, 100.0)  # phd: what a shift may bring into the search
_N_S1, _N_HEIGHT, _STEP, _LOWEST = 80, 240, 0.01, -1.6  # cells: along log10 s1c, and above the band's middle
# Of electron recoils above the bulk's lower end one in twenty is kept, with twenty times the weight.
_BULK, _PRESCALE = -0.15, 20
_LOW, _HIGH = (float(end) for end in np.log10(S1C))
_CENTRES = _LOW + (_HIGH - _LOW) * (np.arange(_N_S1) + 0.5) / _N_S1
_SMOOTH = {"wimp": (5, 2), "line": (1.5, 1.5)}  # cells, for a ratio: far down the band events are few
_FEWEST = 0.1  # electron recoils expected in a bin of the full likelihood
_NOTHING = 1e-4  # events, where none is expected
_SIZES = {"wimp": 5_000_000, "line": 1_500_000}  # electron recoils: behind a cut for WIMPs few are left
_ENERGIES = {
    "electron": spectra.sampler(lambda energy: recoils.flat_er_rate(energy, 1.0), (0.2, 18)),
    "wimp": spectra.sampler(lambda energy: recoils.wimp_rate(energy, 50, 1e-46), (0.1, 200)),
    "line": lambda n, *, rng: np.full(n, 2.8),
}


class Count(NamedTuple):
    """Expected limits [seen signal events] of counting behind a cut, and the cut.

    `profiled`: the shift is known to 1 σ and profiled; `known`: exactly. `electrons` are those expected behind the cut
    at the shifts −1, 0 and 1.
    """

    profiled: float
    known: float
    acceptance: float
    electrons: np.ndarray
    cells: np.ndarray  # of the plane, behind the cut


def sample(kind, n, *, rng):
    """Draw events of one kind, S1 from 2 to 100 phd: wider than the search, so that they may be `moved`.

    Parameters
    ----------
    kind : {"electron", "wimp", "line"}
    n : int
    rng : numpy.random.Generator

    Returns
    -------
    numpy.ndarray, shape (n, 2), float32
    """
    energies = _ENERGIES[check.choice("kind", kind, list(_ENERGIES))]
    recoil_type = "NR" if kind == "wimp" else "ER"
    events = detector.sample(energies, recoil_type, n, detector=DETECTOR, rng=rng, s1c=_WIDER)
    return np.log10(np.column_stack([events["s1c"], events["s2c"] / events["s1c"]]))


def moved(events, nuisance, shift):
    """Return events as a detector at this shift sees them.

    Parameters
    ----------
    events : array_like, shape (n, 2)
        For the band electron recoils: no others move.
    nuisance : {"band", "gain"}
    shift : float or array_like, shape (n,)
        In σ.

    Returns
    -------
    numpy.ndarray, shape (n, 2), float32
    """
    check.choice("nuisance", nuisance, ["band", "gain"])
    return _shifted(_features("events", events), nuisance, np.float32(check.array("shift", shift)))


def searched(events):
    """Return which events have an S1 within the search, bool (n,).

    Parameters
    ----------
    events : array_like, shape (n, 2)
    """
    return _within(_features("events", events))


class Plane:
    """One search under one nuisance: what is expected in fine cells of the features, at every shift.

    Scores are judged on it: a score is its value at the cells' `places`. One half of the simulated events chooses cuts
    and bins, the other half says what is expected in them.

    Parameters
    ----------
    signal : {"wimp", "line"}
    nuisance : {"band", "gain"}
    rng : numpy.random.Generator

    Attributes
    ----------
    places : numpy.ndarray, shape (n_cells, 2), float32
        Features at the cells' middles.
    signal, electrons : numpy.ndarray, shape (2, n_shifts, n_cells)
        Of the halves: events expected of a signal of one event (at no shift), and of electron recoils.
    """

    def __init__(self, signal, nuisance, *, rng):
        """Simulate, move and count."""
        check.choice("signal", signal, ["wimp", "line"])
        check.choice("nuisance", nuisance, ["band", "gain"])
        check.generator("rng", rng)
        self._signal, electrons = signal, sample("electron", _SIZES[signal], rng=rng)
        self._middle = _middles(electrons[:500_000])
        weight = np.ones(len(electrons))
        if signal == "wimp":
            bulk = self._height(electrons) >= _BULK
            kept = ~bulk | (np.arange(len(bulk)) % _PRESCALE == 0)
            electrons, weight = electrons[kept], np.where(bulk, _PRESCALE, 1.0)[kept]
        self.electrons = ELECTRONS * self._filled(electrons, weight, nuisance)
        signals = sample(signal, 400_000, rng=rng)
        still = signal == "wimp" and nuisance == "band"  # only electron recoils have a band that moves
        self.signal = self._filled(signals, np.ones(len(signals)), None if still else nuisance)
        places = np.meshgrid(_CENTRES, _LOWEST + _STEP * (np.arange(_N_HEIGHT) + 0.5), indexing="ij")
        self.places = np.stack(places, axis=-1).reshape(-1, 2).astype(np.float32)
        self.places[:, 1] += np.interp(self.places[:, 0], *self._middle)

    def ratio(self, lean=0.0):
        """Return the best score, signal over electron recoils; with a `lean`, cells that the shift fills count less.

        Parameters
        ----------
        lean : float
            The score is s / (b + lean × what one σ adds to b): cuts on it are, for some lean, the best regions that
            there are for counting.
        """
        lean = check.number("lean", lean)
        signal, electrons = self.signal[0, NOMINAL], self.electrons[0, NOMINAL]
        slope = (self.electrons[0, NOMINAL + 2] - self.electrons[0, NOMINAL - 2]) / 2
        smooth = [
            gaussian_filter(part.reshape(_N_S1, -1), _SMOOTH[self._signal]).ravel()
            for part in (signal, electrons, slope)
        ]
        return smooth[0] / np.maximum(smooth[1] + lean * smooth[2] + 1e-3, 1e-4)

    def count(self, score, safe=False):
        """Return the `Count` behind the best cut on a score.

        Parameters
        ----------
        score : array_like, shape (n_cells,)
        safe : bool
            Choose the cut, and set the limit, without profiling: the weakest of the limits at the shifts −1, 0, 1
            stands under `profiled`.
        """
        order = np.argsort(-self._score(score), kind="stable")
        passed = np.searchsorted(np.cumsum(self.signal[0, NOMINAL][order]), ACCEPTANCES)
        limit = weakest_limit if safe else expected_limit
        behind = [self._grouped(order[:k], half) for k in passed for half in (0, 1)]
        best = int(np.argmin([limit(*templates) for templates in behind[::2]]))
        signal, electrons = behind[2 * best + 1]
        return Count(
            limit(signal, electrons),
            known_limit(signal, electrons),
            float(ACCEPTANCES[best]),
            electrons[[NOMINAL - 2, NOMINAL, NOMINAL + 2], 0],
            order[: passed[best]],
        )

    def bins(self, score, first=0.3, growth=1.5):
        """Return each cell's bin of a score: from the highest down with ever more electron recoils, all of them kept.

        Parameters
        ----------
        score : array_like, shape (n_cells,)
        first, growth : float
            Events expected in the first bin, and how many times as many in the next.
        """
        order = np.argsort(-self._score(score), kind="stable")
        edges = np.cumsum(first * growth ** np.arange(200))
        edges = edges[edges < 0.8 * ELECTRONS]
        place = np.empty(len(order), int)
        place[order] = np.searchsorted(edges, np.cumsum(self.electrons[0, NOMINAL][order]))
        return place

    def binned(self, place):
        """Return signal and electron recoils, each (n_shifts, n_bins), from the half that judges.

        Parameters
        ----------
        place : array_like of int, shape (n_cells,)
            The bin of each cell.
        """
        place = check.array("place", place, ndim=1, at_least=0, integer=True).astype(int)
        check.same_length(place=place, places=self.places)
        n_bins = place.max() + 1
        return [
            np.array([np.bincount(place, row, n_bins) for row in part[1]])
            for part in (self.signal, self.electrons)
        ]

    def height(self, events):
        """Return how far events lie above the middle of the electron recoils' band, in log10(s2c/s1c), shape (n,).

        Parameters
        ----------
        events : array_like, shape (n, 2)
        """
        return self._height(_features("events", events))

    def cells(self, events):
        """Return the cell of each event, int (n,); what lies beyond an end counts as in the last cell.

        Parameters
        ----------
        events : array_like, shape (n, 2)
        """
        return self._cell(_features("events", events))

    def full(self, score, fine=1):
        """Return the bin of each cell for the full likelihood in both features: bins of S1 and S2/S1 within a score's.

        Since its bins divide those of the score, the score's own limit cannot be below.

        Parameters
        ----------
        score : array_like, shape (n_cells,)
            Where there are too few simulated events the score's bins are not divided.
        fine : int
            2 halves the widths of the features' bins.
        """
        fine = check.number("fine", fine, at_least=1, integer=True)
        own, cell = self.bins(score), np.arange(len(self.places))
        s1, height = cell // _N_HEIGHT // (10 // fine), cell % _N_HEIGHT // (12 // fine)
        name, place = np.unique(own * 10_000 + s1 * 100 + height, return_inverse=True)
        sparse = np.bincount(place, self.electrons[0, NOMINAL]) < _FEWEST
        name = np.where(sparse, name // 10_000 * 10_000 + 9999, name)
        return np.unique(name[place], return_inverse=True)[1]

    def _score(self, score):
        score = check.array("score", score, ndim=1)
        check.same_length(score=score, places=self.places)
        return score

    def _grouped(self, cells, half):
        return [part[half][:, cells].sum(axis=1)[:, None] for part in (self.signal, self.electrons)]

    def _height(self, x):
        return x[:, 1] - np.interp(x[:, 0], *self._middle)

    def _cell(self, x):
        above = ((self._height(x) - _LOWEST) / _STEP).astype(int)
        return _s1_cell(x) * _N_HEIGHT + np.clip(above, 0, _N_HEIGHT - 1)

    def _filled(self, events, weight, nuisance):
        """Return the share of events in each cell, (2, n_shifts, n_cells); at no shift all together are 1."""
        counts = np.empty((2, len(SHIFTS), _N_S1 * _N_HEIGHT))
        for half in (0, 1):
            rows, own = events[half::2], weight[half::2]
            for k, shift in enumerate(SHIFTS):
                x = _shifted(rows, nuisance, np.float32(shift)) if nuisance else rows
                seen = _within(x)
                place = self._cell(x[seen])
                counts[half, k] = np.bincount(place, own[seen], counts.shape[-1])
        return counts / counts[:, NOMINAL].sum(axis=1)[:, None, None]


def likelihood(signal, electrons, observed=None, constraint=0.0, width=1.0):
    """Return the likelihood of one search, the shift profiled within what calibration knows of it.

    Parameters
    ----------
    signal, electrons : array_like, shape (n_shifts, n_bins)
    observed : array_like, shape (..., n_bins), optional
        By default what is expected without signal, at no shift.
    constraint : float or array_like, shape (...)
        Where the calibration found the shift [σ].
    width : float
        How well it knows the shift [σ].

    Returns
    -------
    morphing.MorphedLikelihood
        Its nuisance `shift` is in units of the width.
    """
    width = check.number("width", width, above=0)
    electrons = np.maximum(electrons, _NOTHING)
    observed = electrons[NOMINAL] if observed is None else observed
    model = morphing.MorphedLikelihood(
        morphing.Template(signal),
        [morphing.Template(electrons, ("electrons",))],
        observed,
        normalisations={"electrons": (NORMALISATION, 0.0, np.inf)},
        shifts={"shift": SHIFTS / width},
    )
    return model.measured(shift=check.array("constraint", constraint) / width)


def expected_limit(signal, electrons):
    """Return the expected 90 % limit [seen signal events], the shift profiled (Asimov data).

    Parameters
    ----------
    signal, electrons : array_like, shape (n_shifts, n_bins)
    """
    return likelihood(signal, electrons).upper_limit()


def rigid(signal, electrons, observed=None, shift=0.0):
    """Return the likelihood of a search that holds the shift at a value.

    Parameters
    ----------
    signal, electrons : array_like, shape (n_shifts, n_bins)
    observed : array_like, shape (..., n_bins), optional
        By default what is expected without signal, at no shift.
    shift : float
        One of `SHIFTS`.

    Returns
    -------
    limits.ProfileLikelihood
    """
    shift = check.number("shift", shift)
    if shift not in SHIFTS:
        raise ValueError(f"shift must be one of {SHIFTS.tolist()}, got {shift:g}")
    k = int(np.argmax(shift == SHIFTS))
    electrons = np.maximum(electrons, _NOTHING)
    observed = electrons[NOMINAL] if observed is None else observed
    return limits.ProfileLikelihood(signal[k], electrons[k], observed, NORMALISATION)


def known_limit(signal, electrons):
    """Return the expected limit where the shift is known, to a hundredth of a σ.

    Parameters
    ----------
    signal, electrons : array_like, shape (n_shifts, n_bins)
    """
    return likelihood(signal, electrons, width=0.01).upper_limit()


def weakest_limit(signal, electrons):
    """Return the weakest of the expected limits that hold the shift at −1, 0 and 1: safe, and not profiled.

    Parameters
    ----------
    signal, electrons : array_like, shape (n_shifts, n_bins)
    """
    return max(rigid(signal, electrons, shift=shift).upper_limit() for shift in (-1.0, 0.0, 1.0))


def _features(name, events):
    events = check.array(name, events, ndim=2)
    if events.shape[1] != 2:
        raise ValueError(f"{name} must have two columns, got shape {events.shape}")
    return events.astype(np.float32, copy=False)


def _shifted(x, nuisance, shift):
    s1, height = x.T
    if nuisance == "gain":
        gained = np.log10(1 + np.float32(GAIN) * shift)
        return np.column_stack([s1 + gained, height - gained])
    # The electrons a photon fall by a factor; all quanta together are as many as before.
    quanta, down = nest.parameters(DETECTOR), np.float32(BAND) * shift
    each, factor = 10**height * np.float32(quanta.g1 / quanta.g2), np.float32(10) ** -down
    return np.column_stack([s1 + np.log10((1 + each) / (1 + factor * each)), height - down])


def _within(x):
    return (x[:, 0] >= _LOW) & (x[:, 0] < _HIGH)


def _s1_cell(x):
    return np.clip(((x[:, 0] - _LOW) / (_HIGH - _LOW) * _N_S1).astype(int), 0, _N_S1 - 1)


def _middles(x):
    """Return where the electron recoils' band lies: log10 s1c, and the median of the other feature there."""
    x = x[_within(x)]
    cell = _s1_cell(x)
    return _CENTRES, np.array([np.median(x[cell == k, 1]) for k in range(_N_S1)])
