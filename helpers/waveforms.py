"""From waveforms to what a classifier reads: features of a pulse's shape, alignment in time, crops.

Waveforms are arrays (n, n_samples): the area [phd] in each sample, all of one length (crops of unequal lengths become
such an array by `keras.utils.pad_sequences(crops, dtype="float32", padding="post")`). What comes back is float32.
Everywhere a bad argument raises a ValueError that names it.
"""

import numpy as np
import pandas as pd

from helpers import check

_FRACTIONS = (5, 10, 25, 50, 75, 90, 95)  # % of the area, for the times t05 … t95

_PROMPT = (0.5, 1.0, 2.0)  # µs after t05, for the prompt fractions


def features(waveforms, sample_width):
    """Return what a pulse's shape says in a few numbers.

    Parameters
    ----------
    waveforms : array_like, shape (n, n_samples)
    sample_width : float
        Width of a sample [ns].

    Returns
    -------
    pandas.DataFrame
        `area` [phd]; `height` [phd/µs], the largest sample's; `t05`, `t10`, `t25`, `t50`, `t75`, `t90`, `t95` [µs from
        the window's start], when that share of the area is first reached (straight within a sample); `width`, the
        rms [µs]; `rise` = t50 - t05 and `fall` = t95 - t50 [µs]; `asymmetry` = (fall - rise) / (fall + rise);
        `prompt_500ns`, `prompt_1000ns`, `prompt_2000ns`, the shares of the area that come within so long after t05.
        Of a waveform without positive area all but the first two are NaN.

    Notes
    -----
    Only t05 … t95 depend on where in the window the pulse lies: take differences, or `align` first.
    """
    waveforms = _waveforms(waveforms)
    sample_width = check.number("sample_width", sample_width, above=0)
    width = sample_width * 1e-3
    area = waveforms.sum(axis=1, dtype=float)
    table = {"area": area, "height": waveforms.max(axis=1) / width}
    total = np.cumsum(waveforms, axis=1, dtype=float)
    times = _fraction_times(total, np.array(_FRACTIONS) / 100) * width
    table |= {f"t{percent:02d}": column for percent, column in zip(_FRACTIONS, times, strict=True)}
    centre = (np.arange(waveforms.shape[1]) + 0.5) * width
    whole = np.where(area > 0, area, np.nan)
    mean = waveforms @ centre / whole
    # about the window's middle first: the difference of two large squares would lose digits
    middle = centre.mean()
    square = waveforms @ (centre - middle) ** 2 / whole - (mean - middle) ** 2
    table["width"] = np.sqrt(np.where(square > 0, square, np.where(np.isnan(square), np.nan, 0)))
    table["rise"], table["fall"] = table["t50"] - table["t05"], table["t95"] - table["t50"]
    table["asymmetry"] = (table["fall"] - table["rise"]) / (table["fall"] + table["rise"])
    for after in _PROMPT:
        reached = _share_reached(total, (table["t05"] + after) / width)
        table[f"prompt_{after * 1e3:.0f}ns"] = reached - _FRACTIONS[0] / 100
    return pd.DataFrame(table)


def align(waveforms, on="t50", *, n_samples=None, at=0.5):
    """Shift each waveform by whole samples, so that all have `on` in the same sample.

    Where in the window a pulse lies may tell what no detector would: alignment takes that away. What moves in from
    outside the window is zero, so that noise belongs after it (or a window wide enough, cut down by `n_samples`).

    Parameters
    ----------
    waveforms : array_like, shape (n, n_samples)
        Area [phd] in each sample; those without positive area stay where they are.
    on : str
        What to align: "t05", "t10", "t25", "t50", "t75", "t90" or "t95".
    n_samples : int, optional
        Samples of the result; by default as many as before.
    at : float
        Where in the result, from 0 (first sample) to 1 (last).

    Returns
    -------
    numpy.ndarray, shape (n, n_samples), float32
    """
    waveforms = _waveforms(waveforms)
    names = {f"t{percent:02d}": percent for percent in _FRACTIONS}
    fraction = names[check.choice("on", on, names)] / 100
    before = waveforms.shape[1]
    n_samples = before if n_samples is None else check.number("n_samples", n_samples, above=0, integer=True)
    place = int(check.number("at", at, at_least=0, at_most=1) * (n_samples - 1))
    reached = _fraction_times(np.cumsum(waveforms, axis=1, dtype=float), np.array([fraction]))[0]
    reached = np.where(np.isnan(reached), place, np.minimum(reached, before - 1)).astype(np.int64)
    source = np.arange(n_samples) + (reached - place)[:, None]
    inside = (source >= 0) & (source < before)
    aligned = np.take_along_axis(waveforms, np.clip(source, 0, before - 1), axis=1)
    return np.where(inside, aligned, np.float32(0))


def crop(waveforms, threshold=0.0, margin=0):
    """Cut each waveform down to its pulse: a list of float32 arrays of unequal lengths.

    Parameters
    ----------
    waveforms : array_like, shape (n, n_samples)
    threshold : float
        The pulse reaches from the first to the last sample above this [phd].
    margin : int
        Samples kept before and after it, where the window has them.

    Returns
    -------
    list of numpy.ndarray
        Empty arrays where no sample is above the threshold.
    """
    waveforms = _waveforms(waveforms)
    above = waveforms > check.number("threshold", threshold, at_least=0)
    margin = check.number("margin", margin, at_least=0, integer=True)
    n = waveforms.shape[1]
    first = np.maximum(above.argmax(axis=1) - margin, 0)
    last = np.minimum(n - above[:, ::-1].argmax(axis=1) + margin, n)
    last = np.where(above.any(axis=1), last, first)
    return [row[a:b] for row, a, b in zip(waveforms, first, last, strict=True)]


def _fraction_times(total, fractions):
    """Return when each fraction of the area is first reached [samples from the start], shape (fractions, n).

    `total` is the area up to the end of each sample.
    """
    n, n_samples = total.shape
    rows = np.arange(n)
    times = np.full((len(fractions), n), np.nan)
    for time, fraction in zip(times, fractions, strict=True):
        goal = fraction * total[:, -1]
        sample = (total >= goal[:, None]).argmax(axis=1)
        before = np.where(sample > 0, total[rows, np.maximum(sample - 1, 0)], 0)
        step = total[rows, sample] - before
        usable = (total[:, -1] > 0) & (step > 0)
        time[usable] = (sample + np.where(usable, (goal - before) / np.where(usable, step, 1), 0))[usable]
    return times


def _share_reached(total, time):
    """Return which share of the area has come at these times [samples from the start]: NaN where they are."""
    rows, last = np.arange(len(total)), total.shape[1] - 1
    known = ~np.isnan(time)
    time = np.clip(np.where(known, time, 0), 0, last + 1)
    sample = np.minimum(time.astype(np.int64), last)
    before = np.where(sample > 0, total[rows, np.maximum(sample - 1, 0)], 0)
    here = before + (time - sample) * (total[rows, sample] - before)
    return np.where(known, here, np.nan) / np.where(known, total[:, -1], 1)


def _waveforms(waveforms):
    """Return waveforms as a finite float32 array; those that are one already are not copied."""
    if type(waveforms) is not np.ndarray or waveforms.dtype != np.float32:
        if _ragged(waveforms):
            raise ValueError(
                "waveforms must all have the same length: fill them up first, "
                'with keras.utils.pad_sequences(waveforms, dtype="float32", padding="post")'
            )
        waveforms = check.array("waveforms", waveforms, ndim=2, empty=True).astype(np.float32)
    if waveforms.ndim != 2 or waveforms.shape[1] == 0:
        raise ValueError(f"waveforms must have shape (n, n_samples), got shape {waveforms.shape}")
    if not np.isfinite(waveforms).all():
        raise ValueError("waveforms must be finite")
    return waveforms


def _ragged(waveforms):
    """Say whether these are one-dimensional sequences of unequal lengths."""
    if isinstance(waveforms, np.ndarray) and waveforms.dtype != object:
        return False
    try:
        lengths = {len(row) for row in waveforms if np.ndim(row) == 1}
    except (TypeError, ValueError):
        return False
    return len(lengths) > 1
