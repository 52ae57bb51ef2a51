"""The best possible answer, and how far a model is from it.

No classifier beats the ratio of the two classes' probability densities (Neyman and Pearson, Phil. Trans. R.
Soc. A 231 (1933) 289). Where we own the simulators we can have that ratio, and every model is measured
against it.

Throughout, `label`, shape (events,), is 1 for signal and 0 for background, `score`, shape (events,), is
higher for signal, and `cl` is a confidence level. What cannot be (a class that is missing, a score that is
not finite) is a ValueError that names the argument.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.ndimage import gaussian_filter, map_coordinates
from scipy.stats import beta, rankdata
from sklearn.metrics import roc_curve

from helpers import check

_WIDTHS = (1, 2, 4)  # smoothing widths, in bandwidths: a cell takes the first that gathers enough events
_ENOUGH = 30  # events under a kernel
_CELLS = 2  # grid cells a bandwidth
_MOST_CELLS = 20_000_000
_BLOCK = 1 << 20  # events at a time, so that temporaries stay small


class Estimate(NamedTuple):
    """A measured number and its standard error."""

    value: float
    error: float


class Leakage(NamedTuple):
    """The share of background that passes, its interval, and the number of events that it is."""

    value: float
    low: float
    high: float
    events: float


class Roc(NamedTuple):
    """The corners of a ROC curve, from the strictest threshold to the loosest: three arrays of one length."""

    background_acceptance: np.ndarray
    signal_acceptance: np.ndarray
    threshold: np.ndarray


class LikelihoodRatio:
    """The likelihood-ratio classifier, from simulated events of two classes.

    Each class's density is a fine histogram smoothed with a Gaussian kernel that is wider where events are
    few; the logarithm of their ratio is interpolated between cells. Two features are first straightened: the
    second is measured from the middle of the background's band, in the band's widths, at that value of the
    first. (That is a change of coordinates: the ratio does not feel it, but a band that bends does not blur.)

    Parameters
    ----------
    signal, background : array_like
        Features of simulated events, shape (events, features), with one or two features in which the
        densities are smooth, for example log10(s1c) and log10(s2c/s1c). They must not be the events that are
        scored later: a density is biased towards its own events. Use 4 million a class for an AUC good to
        1e-5. The columns of a DataFrame are read by name, here and in `score`; those of an array by their
        order.
    scale : float
        Bandwidth in units of Scott's rule, σ n^(-1/(features+4)); the grid has two cells a bandwidth.

    Attributes
    ----------
    bandwidth : numpy.ndarray
        Narrowest kernel width of each straightened feature, shape (features,).
    bins : tuple of int
        Cells of the grid along each feature.
    columns : tuple of str or None
        The names of the features, where they came in a DataFrame.

    Notes
    -----
    Bandwidth: Scott, Multivariate Density Estimation (1992), equation 6.42. Measured with 4 million events a
    class, in worlds of Gaussians where the ratio is known: the AUC is 0.5 · 10⁻⁵ low, the leakage at 50 %
    within 3 %, and half or twice the bandwidth moves the AUC by up to 1.0 · 10⁻⁵. In LZ's bands half the
    bandwidth moves it by less than 10⁻⁵. `refined` and `thinned` show it for any other world.
    """

    def __init__(self, signal, background, *, scale=1.0):  # noqa: D107
        self._classes = (signal, background)
        self.columns = _names(signal) or _names(background)
        signal = _features("signal", signal, self.columns)
        background = _features("background", background, self.columns)
        if signal.shape[1] != background.shape[1]:
            raise ValueError(
                f"signal must have {background.shape[1]} features, as background has, got {signal.shape[1]}"
            )
        for name, events in (("signal", signal), ("background", background)):
            if len(events) < 1000 or np.any(np.ptp(events, axis=0) == 0):
                raise ValueError(
                    f"{name} must have 1000 events or more and features that vary, got {len(events)} events"
                )
        self.scale = check.number("scale", scale, above=0)

        # A million events a class fix the coordinates and the grid; what lies beyond joins the edge cells.
        self._band = _band(background[:_BLOCK]) if signal.shape[1] == 2 else None
        first = [self._straighten(events[:_BLOCK]) for events in (signal, background)]
        middle, spread = np.array([_middle_and_spread(x) for x in first]).swapaxes(0, 1)
        fewest = min(len(signal), len(background))
        self.bandwidth = self.scale * spread.min(axis=0) * fewest ** (-1 / (signal.shape[1] + 4))
        # A lone event far out must not stretch the grid.
        self._low = np.maximum([x.min(axis=0) for x in first], middle - 15 * spread).min(axis=0)
        high = np.minimum([x.max(axis=0) for x in first], middle + 15 * spread).max(axis=0)
        bins = np.maximum(np.ceil((high - self._low) / self.bandwidth * _CELLS), 2)
        if np.prod(bins) > _MOST_CELLS:
            raise ValueError(
                f"scale must be larger: {self.scale:g} makes a grid of {np.prod(bins):.0f} cells"
            )
        self.bins = tuple(int(n) for n in bins)
        self._step = (high - self._low) / self.bins
        self._log_ratio = np.log(self._density(signal) / self._density(background))

    def score(self, features):
        """Return the logarithm of the likelihood ratio, signal over background.

        Parameters
        ----------
        features : array_like
            Features of events, shape (events, features): an array in the order of the simulated ones, or a
            DataFrame that has their columns, in any order.

        Returns
        -------
        numpy.ndarray
            The score, shape (events,).
        """
        features = _features("features", features, self.columns)
        if features.shape[1] != len(self.bins):
            raise ValueError(f"features must have {len(self.bins)} columns, got {features.shape[1]}")
        scores = [
            map_coordinates(self._log_ratio, (self._cells(block) - 0.5).T, order=1, mode="nearest")
            for block in _blocks(features)
        ]
        return np.concatenate(scores)

    def refined(self, factor=2):
        """Return the classifier from the same events with kernels and cells `factor` times narrower."""
        factor = check.number("factor", factor, above=0)
        return LikelihoodRatio(*self._classes, scale=self.scale / factor)

    def thinned(self, fraction):
        """Return the classifier from the first `fraction` of each class's events, with the same `scale`."""
        fraction = check.number("fraction", fraction, above=0, at_most=1)
        return LikelihoodRatio(*(x[: int(len(x) * fraction)] for x in self._classes), scale=self.scale)

    def _straighten(self, features):
        if self._band is None:
            return features
        first, middle, spread = self._band
        x, y = features.T
        return np.stack([x, (y - np.interp(x, first, middle)) / np.interp(x, first, spread)], axis=1)

    def _cells(self, features):
        return (self._straighten(features) - self._low) / self._step

    def _density(self, events):
        counts = np.zeros(int(np.prod(self.bins)))
        for block in _blocks(events):
            cell = np.clip(self._cells(block).astype(np.int64), 0, np.array(self.bins) - 1)
            counts += np.bincount(np.ravel_multi_index(tuple(cell.T), self.bins), minlength=len(counts))
        counts = counts.reshape(self.bins)
        smooth, settled = 0.0, False
        for width in _WIDTHS:
            # Reflected at the grid's edges: a cut on a feature is an edge of its density, not a slope.
            wider = gaussian_filter(counts, _CELLS * width, mode="reflect")
            kernel = (2 * np.sqrt(np.pi) * _CELLS * width) ** len(self.bins)  # its effective number of cells
            smooth = np.where(settled, smooth, wider)
            settled = settled | (wider * kernel >= _ENOUGH)
        # Half an event under the widest kernel, so that the ratio stays finite where there is nothing.
        return (smooth + 0.5 / kernel) / len(events)


class ConditionalTail:
    """How far out in the background an event lies: the rank of one feature at fixed value of another.

    Where no signal is known there is no likelihood ratio. What can be asked of an event without a signal, and
    without a choice of coordinates, is which share of the background has a smaller second feature at the same
    value of the first. No monotone change of either feature alters it, while a density does change.

    Parameters
    ----------
    background : array_like, shape (events, 2)
        Simulated background, which must not be the events that are ranked later. Its first feature is cut into
        slices with as many events each; within a slice the second is ranked, from slice to slice interpolated.
    slices : int
        At least 2, with 100 events in each.

    Raises
    ------
    ValueError
        Also if the first feature is the same in two slices.
    """

    def __init__(self, background, *, slices=48):  # noqa: D107
        background = _pair("background", background)
        slices = check.number("slices", slices, at_least=2, integer=True)
        if len(background) < 100 * slices:
            raise ValueError(f"background must have {100 * slices} events or more, got {len(background)}")
        parts = np.array_split(background[np.argsort(background[:, 0], kind="stable")], slices)
        self._first, self._middle = np.array([np.median(part, axis=0) for part in parts]).T
        if np.any(np.diff(self._first) <= 0):
            raise ValueError("background must have a first feature that differs from slice to slice")
        # Measured from the slices' medians, a sloping band is level, and hardly changes within a slice.
        self._ranked = [np.sort(self._level(part)) for part in parts]

    def below(self, features):
        """Return which share of the background lies below each event, at its value of the first feature.

        Parameters
        ----------
        features : array_like, shape (events, 2)

        Returns
        -------
        numpy.ndarray
            Shape (events,), above 0 and below 1: beyond the outermost event of a slice it says half an event.
        """
        features = _pair("features", features)
        level, first = self._level(features), features[:, 0]
        left = np.clip(np.searchsorted(self._first, first) - 1, 0, len(self._first) - 2)
        weight = np.clip((first - self._first[left]) / np.diff(self._first)[left], 0, 1)
        share = np.empty(len(features))
        for k in np.unique(left):
            here = left == k
            ranks = [_share_below(ranked, level[here]) for ranked in self._ranked[k : k + 2]]
            share[here] = (1 - weight[here]) * ranks[0] + weight[here] * ranks[1]
        return share

    def _level(self, features):
        return features[:, 1] - np.interp(features[:, 0], self._first, self._middle)


def _pair(name, value):
    """Return two features as an array."""
    value = check.array(name, value, ndim=2)
    if value.shape[1] != 2:
        raise ValueError(f"{name} must have two columns, got shape {value.shape}")
    return value


def _share_below(ranked, value):
    """Return the share of sorted numbers below each value, ties half, and half an event beyond the ends."""
    place = (np.searchsorted(ranked, value, "left") + np.searchsorted(ranked, value, "right")) / 2
    return (place + 0.5) / (len(ranked) + 1)


def _names(features):
    """Return a DataFrame's columns, if they are names, else None."""
    columns = tuple(getattr(features, "columns", ()))
    return columns if columns and all(isinstance(column, str) for column in columns) else None


def _features(name, value, columns):
    """Return features as an array; the columns of a DataFrame are sought by name where there are names."""
    if columns and isinstance(value, pd.DataFrame):
        value = check.columns(name, value, columns)
    value = check.array(name, value, ndim=2)
    if value.shape[1] not in (1, 2):
        raise ValueError(f"{name} must have one or two columns, got shape {value.shape}")
    return value


def _blocks(events):
    return (events[start : start + _BLOCK] for start in range(0, len(events), _BLOCK))


def _middle_and_spread(events):
    """Return each feature's median and half the width of its middle 68 %: outliers do not move them."""
    low, middle, high = np.quantile(events, (0.16, 0.5, 0.84), axis=0)
    spread = (high - low) / 2
    return middle, np.where(spread > 0, spread, events.std(axis=0))


def _band(events, slices=64):
    """Return where a band lies: values of the first feature, middle and spread of the second there."""
    parts = np.array_split(events[np.argsort(events[:, 0])], slices)
    middle, spread = np.array([_middle_and_spread(part) for part in parts]).swapaxes(0, 1)
    return middle[:, 0], middle[:, 1], np.maximum(spread[:, 1], 1e-3 * events[:, 1].std())


def _labels(label):
    label = check.array("label", label, ndim=1, integer=True, at_least=0, at_most=1)
    if not 0 < label.sum() < len(label):
        raise ValueError("label must hold both classes, 0 and 1")
    return label


def _scored(label, score, name="score"):
    label, score = _labels(label), check.array(name, score, ndim=1)
    check.same_length(**{"label": label, name: score})
    return label, score


def roc(label, score, points=None):
    """Return the ROC curve: which share of the signal passes at which share of the background.

    Parameters
    ----------
    label, score : array_like, shape (events,)
    points : int, optional
        Keep about this many corners, spread evenly over the logarithm of the background's acceptance and over
        the signal's acceptance: for figures. By default all, the exact curve.

    Returns
    -------
    Roc
        `background_acceptance`, `signal_acceptance` and `threshold` (events with a score at or above it
        pass), from (0, 0) to (1, 1). Equal scores are one straight piece.
    """
    label, score = _scored(label, score)
    curve = Roc(*roc_curve(label, score, drop_intermediate=False))
    if points is None:
        return curve
    points = check.number("points", points, at_least=2, integer=True)
    rare = np.searchsorted(curve.background_acceptance, np.geomspace(1 / np.sum(label == 0), 1, points // 2))
    even = np.searchsorted(curve.signal_acceptance, np.linspace(0, 1, points - points // 2))
    keep = np.unique(np.concatenate([[0, len(curve.threshold) - 1], rare, even]))
    return Roc(*(axis[keep] for axis in curve))


def _placements(signal, score):
    """Return for each event the share of the other class that lies on its right side (ties count half)."""
    rank = rankdata(score)
    for own in (signal, ~signal):
        rank[own] -= rankdata(score[own])
    placement = rank / np.where(signal, np.count_nonzero(~signal), np.count_nonzero(signal))
    return np.where(signal, placement, 1 - placement)


def auc(label, score):
    """Return the area under the ROC curve and its standard error.

    It is the chance that a signal event scores higher than a background event, a tie counting half.

    Parameters
    ----------
    label, score : array_like, shape (events,)

    Returns
    -------
    Estimate
        `value` and `error`.

    Notes
    -----
    Error: DeLong, DeLong and Clarke-Pearson, Biometrics 44 (1988) 837, through ranks, so that millions take
    seconds.
    """
    label, score = _scored(label, score)
    signal = label == 1
    placement = _placements(signal, score)
    return Estimate(float(placement[signal].mean()), _delong(signal, placement))


def auc_difference(label, score, other):
    """Return by how much the AUC of `score` exceeds that of `other`, and its standard error.

    On the same events most of the chance is common to both: the difference is known far better than either.

    Parameters
    ----------
    label, score, other : array_like, shape (events,)

    Returns
    -------
    Estimate
        `value` (positive where `score` is better) and `error`.

    Notes
    -----
    Error: DeLong, DeLong and Clarke-Pearson (1988), for correlated curves.
    """
    label, score = _scored(label, score)
    signal = label == 1
    difference = _placements(signal, score) - _placements(signal, _scored(label, other, "other")[1])
    return Estimate(float(difference[signal].mean()), _delong(signal, difference))


def _delong(signal, placement):
    parts = (placement[signal], placement[~signal])
    # One event of a class has no spread to measure: its part of the error is then left out.
    return float(np.sqrt(sum(np.var(part, ddof=min(1, len(part) - 1)) / len(part) for part in parts)))


def leakage(score_background, score_signal, acceptance=0.5, cl=0.6827):
    """Return which share of the background passes the threshold that a given share of the signal passes.

    The scores of a tree ensemble tie, and then no threshold may accept exactly `acceptance`. Events at
    the threshold are therefore accepted with the chance that makes it exact, which is the straight line
    between two corners of the ROC curve: what a classifier with ties can honestly promise.

    Parameters
    ----------
    score_background, score_signal : array_like
        Scores of the two classes, each of shape (events,).
    acceptance : float
        Share of the signal that passes, above 0 and at most 1.
    cl : float
        Confidence level of the interval.

    Returns
    -------
    Leakage
        `value`, `low`, `high` and `events`, the (with ties, mean) number of background events that pass.

    Notes
    -----
    Interval: Clopper and Pearson, Biometrika 26 (1934) 404: binomial, of the background's events alone. With
    as many signal events as background, the threshold's own error is far smaller where leakage is small.
    """
    background = check.array("score_background", score_background, ndim=1)
    signal = check.array("score_signal", score_signal, ndim=1)
    acceptance = check.number("acceptance", acceptance, above=0, at_most=1)
    cl = check.number("cl", cl, above=0, at_most=1)
    wanted = acceptance * len(signal)
    last = len(signal) - int(np.ceil(wanted))
    threshold = np.partition(signal, last)[last]
    tied = np.count_nonzero(signal == threshold)
    chance = (wanted - np.count_nonzero(signal > threshold)) / tied
    passed = np.count_nonzero(background > threshold) + chance * np.count_nonzero(background == threshold)
    n, tail = len(background), (1 - cl) / 2
    low = beta.ppf(tail, passed, n - passed + 1) if passed > 0 else 0.0
    high = beta.ppf(1 - tail, passed + 1, n - passed) if passed < n else 1.0
    return Leakage(float(passed / n), float(low), float(high), float(passed))


def mutual_information(label, score, bins=200):
    """Return how many bits a score tells about the label, and its standard error.

    It needs no threshold and no assumption: 0 bits for a useless score, the label's entropy (1 bit where
    the classes are equally many) for a perfect one. No function of the data tells more than the data.

    Parameters
    ----------
    label : array_like, shape (events,)
        The shares of the two classes are the prior.
    score : array_like, shape (events,)
        Any score: only its order matters.
    bins : int
        Bins of the score, each with as many events; fewer where scores tie. Binning can only lose
        information.

    Returns
    -------
    Estimate
        `value` and `error` [bit]. Corrected for the bias of finite counts, a useless score's value scatters
        round 0 and may be negative.

    Notes
    -----
    Bias: Miller, in Information Theory in Psychology (1955), page 95, the Miller-Madow correction: half an
    event for each occupied cell of the joint histogram, less those of its margins.
    """
    label, score = _scored(label, score)
    bins = check.number("bins", bins, at_least=2, integer=True)
    # Edges are scores that occur, so that a monotone change of the score changes nothing.
    edges = np.unique(np.quantile(score, np.arange(1, bins) / bins, method="inverted_cdf"))
    cell = np.searchsorted(edges, score)
    n = len(label)
    joint = np.bincount(2 * cell + label, minlength=2 * (len(edges) + 1)).reshape(-1, 2)
    margins = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    used = joint > 0
    information = np.log2(joint[used] / margins[used] * n)
    weight = joint[used] / n
    mean = weight @ information
    surplus = np.count_nonzero(used) - np.count_nonzero(joint.sum(axis=1)) - 2 + 1
    variance = weight @ (information - mean) ** 2
    return Estimate(float(mean - surplus / (2 * n * np.log(2))), float(np.sqrt(variance / n)))
