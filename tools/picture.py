"""Draw the README's picture from the course's own simulator: `python tools/picture.py`."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.lines import Line2D

from helpers import detector, figures, optimum, recoils, spectra

ROOT = Path(__file__).resolve().parents[1]
SHOWN = 4000  # events of each kind in the picture


def events_of(recoil_type, energies, n, rng):
    """Return `n` events as log10(s1c) and log10(s2c/s1c)."""
    events = detector.sample(energies, recoil_type, n, detector="LZ_WS2022", rng=rng)
    s1c, s2c = events["s1c"].to_numpy(), events["s2c"].to_numpy()
    return np.column_stack([np.log10(s1c), np.log10(s2c / s1c)])


def main():
    rng = np.random.default_rng(1)
    wimps = spectra.sampler(lambda energy: recoils.wimp_rate(energy, 500, 1e-47), (0.1, 120))
    betas = spectra.sampler(lambda energy: recoils.flat_er_rate(energy, 1.0), (0.2, 18))
    nuclear = events_of("NR", wimps, 4_000_000, rng)
    electron = events_of("ER", betas, 4_000_000, rng)
    ratio = optimum.LikelihoodRatio(nuclear, electron)
    fresh = {"NR": events_of("NR", wimps, 100_000, rng), "ER": events_of("ER", betas, SHOWN, rng)}
    threshold = np.median(ratio.score(fresh["NR"]))

    s1, height = np.meshgrid(np.linspace(0.48, 1.9, 120), np.linspace(1.0, 3.4, 240))
    score = ratio.score(np.column_stack([s1.ravel(), height.ravel()])).reshape(s1.shape)
    # where no nuclear recoil falls, the ratio of two empty densities says nothing
    rows = np.digitize(nuclear[:, 0], s1[0])
    lowest = [np.quantile(nuclear[rows == k, 1], 0.01) for k in range(1, len(s1[0]))]
    score[height < np.append(lowest, lowest[-1])] = np.nan
    fig, axes = plt.subplots(figsize=(9, 4.8))
    for look, events in ((figures.ELECTRON, fresh["ER"]), (figures.NUCLEAR, fresh["NR"][:SHOWN])):
        axes.scatter(10 ** events[:, 0], 10 ** events[:, 1], s=10, alpha=0.35, linewidths=0, **look)
    axes.contour(
        10**s1, 10**height, score, levels=[threshold], colors="black", linestyles=":", linewidths=2.5
    )
    axes.set(xscale="log", yscale="log", xlim=(3, 80), ylim=(40, 2000))
    figures.log_ticks(axes.xaxis, (3, 5, 10, 20, 40, 80))
    figures.log_ticks(axes.yaxis, (50, 100, 200, 500, 1000, 2000))
    axes.set_xlabel("corrected S1 [phd] (log scale)")
    axes.set_ylabel("S2/S1, corrected (log scale)")
    axes.set_title("The best possible cut follows the band")
    handles = [
        Line2D([], [], linestyle="none", label="electron recoils (background)", **figures.ELECTRON),
        Line2D([], [], linestyle="none", label="nuclear recoils (dark matter, 500 GeV)", **figures.NUCLEAR),
        Line2D([], [], label="likelihood ratio: half of the nuclear recoils lie below", **figures.OPTIMUM),
    ]
    fig.legend(handles=handles, loc="outside lower center", ncols=2, markerscale=1.5)
    fig.savefig(ROOT / "docs" / "bands.png", dpi=130)


if __name__ == "__main__":
    main()
