"""How things look: one style, four roles, one way to show a figure with its alt text."""

import base64
import html
import io

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from cycler import cycler

from helpers import check, course

PALETTE = sns.color_palette("colorblind").as_hex()

# The four roles, the same in every lesson.
OPTIMUM = {"color": "black", "linestyle": ":", "linewidth": 2.5}
BASELINE = {"color": "0.45", "linestyle": "--", "linewidth": 2}
MODEL = {"color": PALETTE[0], "linestyle": "-", "linewidth": 2, "marker": "o"}
PUBLISHED = {"color": "black", "linestyle": "none", "marker": "D", "markerfacecolor": "none", "markersize": 7}

# The two kinds of event, the same in every lesson: colour and marker or hatch, never colour alone.
NUCLEAR = {"color": PALETTE[3], "marker": "^"}
ELECTRON = {"color": PALETTE[9], "marker": "o"}
NUCLEAR_FILL = {"facecolor": PALETTE[3], "edgecolor": PALETTE[3], "hatch": "///", "alpha": 0.35}
ELECTRON_FILL = {"facecolor": PALETTE[9], "edgecolor": PALETTE[9], "hatch": "...", "alpha": 0.35}

_STYLE = {
    "figure.figsize": (9.0, 5.0),
    "figure.dpi": 100,
    "figure.constrained_layout.use": True,
    "font.size": 13,
    "axes.titlesize": 15,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 13,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "0.9",
    "axes.axisbelow": True,
    "legend.frameon": False,
    "legend.fontsize": 12,
    "lines.linewidth": 2,
    "lines.markersize": 6,
    "errorbar.capsize": 3,
    "axes.prop_cycle": cycler(color=PALETTE),
    "image.cmap": "cividis",
    "hatch.linewidth": 0.8,
}
# One style for all lessons: importing this module is asking for it.
mpl.rcdefaults()  # a reader's own matplotlibrc (text.usetex without LaTeX) would break or change every figure
mpl.rcParams.update(_STYLE)


def show(fig, alt):
    """Show a figure with its alternative text, the one way in which lessons show figures.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        The figure; it is closed afterwards, so that it does not appear twice.
    alt : str
        What the figure says, for a reader who does not see it: axes, shape, message.

    Raises
    ------
    ValueError
        When `alt` is shorter than a sentence, or an axis has no label.
    """
    if not isinstance(alt, str) or len(alt.split()) < 6:
        raise ValueError(f"alt must say in a sentence what the figure shows, got {alt!r}")
    for axes in fig.axes:
        unlabelled = (
            axes.axison and axes.get_label() != "<colorbar>" and not (axes.get_xlabel() and axes.get_ylabel())
        )
        shared = axes.get_shared_x_axes().get_siblings(axes) + axes.get_shared_y_axes().get_siblings(axes)
        if unlabelled and len(shared) <= 2:
            raise ValueError(
                f"fig must have labelled axes with units, got an axis titled {axes.get_title(loc='left')!r}"
            )
    from IPython.display import display

    data = base64.b64encode(_png(fig)).decode()
    # An <img> in text/html is the one form whose alt text JupyterLab, nbconvert and the site all keep.
    source = f'src="data:image/png;base64,{data}" style="max-width: 100%"'
    image = f'<img alt="{html.escape(alt, quote=True)}" {source}>'
    # JupyterLab shows the first line of a collapsed output: not the alt text, which holds the answer.
    display({"text/html": f"{course.PREDICT_FIRST}\n{image}", "text/plain": f"[figure: {alt}]"}, raw=True)
    plt.close(fig)


def _png(fig):
    """The figure as a PNG of 256 colours: half the size, no visible difference."""
    from PIL import Image

    raw, small = io.BytesIO(), io.BytesIO()
    fig.savefig(raw, format="png", facecolor="white")
    raw.seek(0)
    Image.open(raw).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(
        small, format="png", optimize=True
    )
    return small.getvalue()


def roc(label, scores, *, optimum=None, axes=None, title=None, floor=1e-5):
    """Draw electron-recoil leakage against nuclear-recoil acceptance, the optimum dotted.

    Parameters
    ----------
    label : array_like of bool or of 0 and 1, shape (n_events,)
        True for nuclear recoils (signal).
    scores : dict of str to array_like, shape (n_events,)
        A score for each classifier, larger for nuclear recoils. The first is the lesson's model; one
        named "cut" or "baseline" (or starting so) is drawn as the plain baseline.
    optimum : array_like, shape (n_events,), optional
        The likelihood ratio of the same events.
    axes : matplotlib.axes.Axes, optional
        Where to draw; a new figure otherwise.
    title : str, optional
        The figure's message.
    floor : float
        The lower end of the logarithmic leakage axis.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        When `label` holds anything else, or a score is not finite or has another length than `label`.
    """
    from sklearn.metrics import roc_curve

    label = check.array("label", label, ndim=1, at_least=0, at_most=1, integer=True)
    axes = axes if axes is not None else plt.subplots()[1]
    curves = dict(scores)
    if optimum is not None:
        curves["optimum (likelihood ratio)"] = optimum
    colours = iter(PALETTE)
    for name, score in curves.items():
        score = check.array(f"scores[{name!r}]", score, ndim=1)
        if len(score) != len(label):
            raise ValueError(f"scores[{name!r}] must have {len(label)} values, got {len(score)}")
        leakage, acceptance, _ = roc_curve(label, score)
        if name.startswith("optimum"):
            look = OPTIMUM
        elif name.startswith(("cut", "baseline")):
            look = BASELINE
        else:
            look = {"color": next(colours), "linewidth": 2}
        keep = np.unique(np.linspace(0, len(leakage) - 1, 4000).astype(int))  # a picture needs no more points
        axes.plot(acceptance[keep], leakage[keep], label=name, **look)
    axes.set(yscale="log", ylim=(floor, 1), xlim=(0, 1), title=title)
    axes.set_xlabel("nuclear-recoil acceptance")
    axes.set_ylabel("electron-recoil leakage (log scale)")
    axes.legend(loc="lower right")
    return axes


def log_ticks(axis, ticks):
    """Label a logarithmic axis with plain numbers (3, 10, 30 …) instead of powers of ten.

    Parameters
    ----------
    axis : matplotlib.axis.Axis
        `axes.xaxis` or `axes.yaxis`.
    ticks : sequence of float
        Where to put labelled ticks.
    """
    axis.set_major_locator(mpl.ticker.FixedLocator(list(ticks)))
    axis.set_major_formatter(mpl.ticker.FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(mpl.ticker.NullFormatter())


def hover(points, groups, curves, alt):
    """Show points of a plane; where the pointer rests on one (or the tab key stops), its event's curves appear.

    It is drawing and style sheet alone, without a script: it works in every notebook, stored pages included.

    Parameters
    ----------
    points : array_like, shape (n, 2)
        Every event's place.
    groups : dict of str to array_like of int
        Which events are shown, by group: each group has a colour and a marker.
    curves : dict of str to (array_like, array_like)
        The curves of each event by their axis' name: abscissa (n_samples,), ordinates (n, n_samples).
    alt : str
        What there is to see, for a reader who does not see it.

    Raises
    ------
    ValueError
        When there are more groups than markers, or `points` has another shape.
    """
    points = check.array("points", points, ndim=2)
    if points.shape[1] != 2 or len(groups) > len(_GLYPHS):
        raise ValueError(
            f"points must be (n, 2), groups at most {len(_GLYPHS)}, got {points.shape}, {len(groups)}"
        )
    shown = points[np.concatenate([np.asarray(g) for g in groups.values()])]
    low, high = shown.min(axis=0), shown.max(axis=0)
    places = 20 + 430 * (points - low) / np.where(high > low, high - low, 1)
    places[:, 1] = 470 - places[:, 1]
    parts = [_frame(row, name, *curves[name]) for row, name in enumerate(curves)]
    for k, (name, events) in enumerate(groups.items()):
        look = f'fill="{PALETTE[k] if k else "#888"}" text-anchor="middle" font-size="15"'
        parts.append(
            f'<text x="{40 + 115 * (k % 4)}" y="{490 + 20 * (k // 4)}" {look}>{_GLYPHS[k]} {html.escape(name)}</text>'
        )
        for event in events:
            x, y = places[event]
            lines = "".join(_curve(row, *curves[c], event) for row, c in enumerate(curves))
            glyph = f'<text x="{x:.0f}" y="{y:.0f}" {look}>{_GLYPHS[k]}</text>'
            parts.append(f'<g class="e" tabindex="0">{glyph}<g class="c">{lines}</g></g>')
    from IPython.display import display

    style = ".fs-hover .c{visibility:hidden}.fs-hover .e:hover .c,.fs-hover .e:focus .c{visibility:visible}"
    head = (
        f'<svg class="fs-hover" role="img" aria-label="{html.escape(alt, quote=True)}" viewBox="0 0 900 540"'
    )
    drawing = (
        f"<style>{style}</style>{head} style='max-width: 100%; background: white'>{''.join(parts)}</svg>"
    )
    display({"text/html": drawing, "text/plain": f"[interactive: {alt}]"}, raw=True)


_GLYPHS = "●■▲▼◆✚★✖◀▶⬟⬢"


def _box(row):
    """Left, top, width and height of a curve's panel."""
    return 520, 20 + 235 * row, 370, 185


def _frame(row, name, abscissa, _):
    """The frame of a panel and its axis' name."""
    x, y, width, height = _box(row)
    said = f"{html.escape(name)}, {abscissa[0]:.0f} to {abscissa[-1]:.0f}"
    label = f'<text x="{x}" y="{y + height + 20}" font-size="15">{said}</text>'
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="none" stroke="#bbb"/>{label}'


def _curve(row, abscissa, ordinates, event, n=120):
    """One event's curve as a line of n points, each the largest of what it stands for, scaled to its panel."""
    x, y, width, height = _box(row)
    values = np.array([part.max() for part in np.array_split(ordinates[event], n)])
    values = np.clip(values / max(values.max(), 1e-9), 0, 1)
    places = zip(np.linspace(x, x + width, n), y + height - 5 - (height - 10) * values, strict=True)
    line = " ".join(f"{a:.0f},{b:.0f}" for a, b in places)
    return f'<polyline points="{line}" fill="none" stroke="{PALETTE[0]}" stroke-width="1.5"/>'
