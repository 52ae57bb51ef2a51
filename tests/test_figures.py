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


def test_roc_refuses_scores_of_another_length():
    with pytest.raises(ValueError, match=r"scores\['network'\] must have 3 values, got 2"):
        figures.roc([True, False, True], {"network": [1, 2]})


def test_roc_of_a_perfect_score_leaks_nothing():
    label = np.array([True] * 50 + [False] * 50)
    axes = figures.roc(label, {"perfect": label.astype(float)})
    acceptance, leakage = axes.get_lines()[0].get_data()
    assert leakage[acceptance < 1].max() == 0


def test_the_two_kinds_of_event_differ_in_more_than_colour():
    assert figures.NUCLEAR["marker"] != figures.ELECTRON["marker"]
    assert figures.NUCLEAR_FILL["hatch"] != figures.ELECTRON_FILL["hatch"]
    assert figures.NUCLEAR["color"] != figures.ELECTRON["color"]
