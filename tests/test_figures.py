"""helpers/figures.py: one style, one way to show, the four roles."""

import base64
import io
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from helpers import figures

ALT = 'A line rises from zero to one, "straight" & <even>.'


@pytest.fixture(autouse=True)
def no_figure_left():
    yield
    plt.close("all")


@pytest.fixture
def shown(monkeypatch):
    """What a notebook would have been given."""
    bundles = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: bundles.append(bundle))
    return bundles


def labelled():
    fig, axes = plt.subplots()
    axes.plot([0, 1], [0, 1])
    axes.set(xlabel="x [mm]", ylabel="y [mm]")
    return fig


def test_a_figure_is_shown_with_its_alt_text_and_closed(shown):
    fig = labelled()
    figures.show(fig, alt=ALT)
    image = shown[0]["text/html"]
    alt = re.search(r'alt="([^"]*)"', image)[1]
    assert alt == "A line rises from zero to one, &quot;straight&quot; &amp; &lt;even&gt;."
    picture = Image.open(io.BytesIO(base64.b64decode(re.search(r"base64,([^\"]+)", image)[1])))
    assert picture.size == (900, 500)
    assert shown[0]["text/plain"] == f"[figure: {ALT}]"
    assert not plt.fignum_exists(fig.number)


@pytest.mark.parametrize("alt", ["", "A plot", None, 7])
def test_an_alt_text_that_says_nothing_is_refused(alt, shown):
    with pytest.raises(ValueError, match="alt"):
        figures.show(labelled(), alt=alt)


def test_axes_without_labels_are_refused(shown):
    fig, axes = plt.subplots()
    axes.set_title("No labels")
    with pytest.raises(ValueError, match="fig.*No labels"):
        figures.show(fig, alt=ALT)


def test_shared_axes_colour_bars_and_axes_switched_off_need_no_labels_of_their_own(shown):
    fig, axes = plt.subplots(1, 3, sharex=True, sharey=True)
    axes[0].set(xlabel="x", ylabel="y")
    figures.show(fig, alt=ALT)
    fig, axes = plt.subplots()
    fig.colorbar(axes.imshow(np.eye(3)))
    axes.set(xlabel="x", ylabel="y")
    figures.show(fig, alt=ALT)
    fig, axes = plt.subplots()
    axes.axis("off")
    figures.show(fig, alt=ALT)
    assert len(shown) == 3


def test_roc_draws_the_optimum_dotted_the_cut_dashed_and_the_model_solid():
    rng = np.random.default_rng(1)
    label = np.arange(2000) % 2 == 1
    score = rng.normal(size=2000) + 2 * label
    axes = figures.roc(label, {"network": score, "cut on x": score}, optimum=score, title="They agree")
    looks = {line.get_label(): line.get_linestyle() for line in axes.get_lines()}
    assert looks == {"network": "-", "cut on x": "--", "optimum (likelihood ratio)": ":"}
    assert axes.get_yscale() == "log" and "log" in axes.get_ylabel()


@pytest.mark.parametrize(
    "label, score, message",
    [
        ([1, 0, 1], [1, 2], r"scores\['network'\] must have 3 values, got 2"),
        ([1, 0, 1], [1, 2, np.nan], r"scores\['network'\] must be finite"),
        ([1, 0, 1], np.ma.masked_equal([1, 2, 3], 3), r"scores\['network'\] must not be masked"),
        ([1, 0, 2], [1, 2, 3], "label must be at most 1, got 2"),
    ],
)
def test_roc_names_what_is_wrong(label, score, message):
    with pytest.raises(ValueError, match=message):
        figures.roc(label, {"network": score})


def test_roc_draws_the_curve_to_its_ends_and_as_fine_as_a_picture_needs():
    rng = np.random.default_rng(2)
    label = np.arange(100_000) % 2
    score = rng.normal(size=100_000) + 2 * label
    axes = figures.roc(label, {"network": score}, floor=1e-3)
    assert axes.get_ylim() == (1e-3, 1) and axes.get_xlim() == (0, 1)
    acceptance, leakage = axes.get_lines()[0].get_data()
    assert (acceptance[0], leakage[0], acceptance[-1], leakage[-1]) == (0, 0, 1, 1)
    assert np.diff(acceptance).max() < 0.05 and 1000 < len(acceptance) <= 4000
    share = np.mean(score[label == 0] >= np.quantile(score[label == 1], 0.5))
    assert np.interp(0.5, acceptance, leakage) == pytest.approx(share, rel=0.05)


def test_ticks_of_a_logarithmic_axis_are_plain_numbers():
    _, axes = plt.subplots()
    axes.set(xscale="log", xlim=(1, 100))
    figures.log_ticks(axes.xaxis, [3, 10, 30])
    axes.figure.canvas.draw()
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["3", "10", "30"]
    assert not any(tick.get_text() for tick in axes.get_xticklabels(minor=True))


def test_roc_of_a_perfect_score_leaks_nothing():
    label = np.array([True] * 50 + [False] * 50)
    axes = figures.roc(label, {"perfect": label.astype(float)})
    acceptance, leakage = axes.get_lines()[0].get_data()
    assert leakage[acceptance < 1].max() == 0


def test_the_four_roles_look_as_in_the_voice():
    """Dotted black, dashed grey, the palette's first colour with markers, a hollow diamond."""
    assert (figures.OPTIMUM["color"], figures.OPTIMUM["linestyle"]) == ("black", ":")
    assert 0.3 < float(figures.BASELINE["color"]) < 0.6 and figures.BASELINE["linestyle"] == "--"
    assert (figures.MODEL["color"], figures.MODEL["linestyle"]) == (figures.PALETTE[0], "-")
    assert figures.MODEL["marker"] == "o"
    assert (figures.PUBLISHED["marker"], figures.PUBLISHED["markerfacecolor"]) == ("D", "none")


def test_importing_it_sets_the_style():
    assert plt.rcParams["image.cmap"] == "cividis" and plt.rcParams["font.size"] >= 12
    assert plt.rcParams["figure.constrained_layout.use"] and not plt.rcParams["axes.spines.top"]


def test_a_shown_figure_is_the_saved_one_to_the_eye(shown):
    """256 colours: hardly a pixel is far off, and the background is white, not see-through."""
    fig, axes = plt.subplots()
    axes.imshow(np.linspace(0, 1, 300)[None], aspect="auto")
    axes.set(xlabel="x [mm]", ylabel="y [mm]")
    raw = io.BytesIO()
    fig.savefig(raw, format="png", facecolor="white")
    figures.show(fig, alt=ALT)
    stored = base64.b64decode(re.search(r"base64,([^\"]+)", shown[0]["text/html"])[1])
    before, after = (
        np.asarray(Image.open(data).convert("RGBA"), float) for data in (raw, io.BytesIO(stored))
    )
    away = np.abs(before - after)
    assert np.quantile(away, 0.999) < 25 and away.mean() < 2
    assert after[0, 0].tolist() == [255, 255, 255, 255]
    assert len(stored) < len(raw.getvalue())


def test_the_two_kinds_of_event_differ_in_more_than_colour():
    assert figures.NUCLEAR["marker"] != figures.ELECTRON["marker"]
    assert figures.NUCLEAR_FILL["hatch"] != figures.ELECTRON_FILL["hatch"]
    assert figures.NUCLEAR["color"] != figures.ELECTRON["color"]


def test_hover_draws_each_event_with_its_curves(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, **_: shown.append(bundle))
    points, curves = np.random.default_rng(1).normal(size=(9, 2)), np.eye(9, 240)
    groups = {"<a>": [0, 1], "b": [5]}
    figures.hover(
        points, groups, {"S1 [ns]": (np.arange(240), curves), "S2": (np.arange(240), curves)}, "Points."
    )
    drawing = shown[0]["text/html"]
    assert drawing.count('class="e"') == 3 and drawing.count("<polyline") == 6
    assert "&lt;a&gt;" in drawing and "<script" not in drawing
    assert shown[0]["text/plain"] == "[interactive: Points.]"
    # event 5's curve peaks in its sample: the third of 120 points, of two samples each
    peak = [place.split(",")[1] for place in drawing.split('points="')[-1].split('"')[0].split()]
    assert np.argmin(np.array(peak, int)) == 2
    with pytest.raises(ValueError, match="points must"):
        figures.hover(np.zeros((3, 3)), groups, {}, "Points.")
