"""JupyterLab as `make lab` starts it, in a real browser: what a learner does in the first hour.

Nothing of the checkout changes: the notebooks are copied, and JupyterLab's settings, workspaces and runtime
files live in a temporary folder. Each test that types opens a copy, a workspace and a kernel of its own.
"""

import json
import os
import re
import runpy
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

ROOT = Path(__file__).resolve().parents[3]
LESSON = ROOT / "notebooks" / "01_dark_matter_detection.ipynb"
EXERCISES = ROOT / "notebooks" / "exercises" / "01_exercises.ipynb"
SOLUTION = ROOT / "notebooks" / "solutions" / LESSON.name
WRONG_ANSWERS = ROOT / "tests" / "wrong_answers" / "01.py"
# Binder's and a class's machines are slow, and both run other things beside: seconds.
STARTS_WITHIN, RUNS_WITHIN, ANSWERS_WITHIN = 120, 600, 180
CELL, OUTPUT, FIGURE = ".jp-Notebook .jp-Cell", ".jp-OutputArea-output", "img[alt]"
ERROR = "[data-mime-type='application/vnd.jupyter.error'], [data-mime-type='application/vnd.jupyter.stderr']"

expect.set_options(timeout=1000 * ANSWERS_WITHIN)


@pytest.fixture(scope="module")
def browser():
    """The machine's own Chromium, headless."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.skip(f"there is no browser here: none of {', '.join(names)} is on the PATH")
    root = hasattr(os, "geteuid") and os.geteuid() == 0  # for whom Chromium has no sandbox
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"] if root else [])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def server(browser, tmp_path_factory):
    """JupyterLab from `make lab` on a copy of the notebooks: what its own runtime file says of it."""
    home = tmp_path_factory.mktemp("lab")
    notebooks = shutil.copytree(ROOT / "notebooks", home / "notebooks")
    places = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    }
    environment = os.environ | {name: str(home / folder) for name, folder in places.items()}
    # Port 0: the system gives a free one.
    arguments = f"--no-browser --port 0 --ServerApp.root_dir={shlex.quote(str(notebooks))}"
    make = shlex.split(os.environ.get("MAKE", "make"))
    with open(home / "log", "wb") as log:
        process = subprocess.Popen(
            [*make, "lab", f"ARGS={arguments}"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    try:
        running = _started(process, home)
    except BaseException:
        process.terminate()  # make passes it on
        raise
    yield running
    os.kill(running["pid"], signal.SIGTERM)  # it ends its kernels too
    process.wait(STARTS_WITHIN)


def _started(process, home):
    """Wait until JupyterLab has written where it listens; it tells nobody else."""
    end = time.monotonic() + STARTS_WITHIN
    while not list((home / "runtime").glob("jpserver-*-open.html")):
        said = (home / "log").read_text(errors="replace")
        assert process.poll() is None and time.monotonic() < end, f"`make lab` did not start: {said}"
        time.sleep(0.1)
    (file,) = (home / "runtime").glob("jpserver-*.json")
    return json.loads(file.read_text())


def _opened(browser, server, notebook, place=""):
    """Return a page that shows a whole notebook with its kernel ready."""
    page = browser.new_page(viewport={"width": 1300, "height": 900})
    page.set_default_timeout(1000 * ANSWERS_WITHIN)
    page.goto(f"{server['url']}{place}?token={server['token']}")
    expect(page.get_by_text(re.compile(r"^Python 3 .*\| Idle$"))).to_be_visible()
    expect(page.locator(CELL)).to_have_count(len(cells_of(notebook)))  # they come by and by
    expect(page.locator(".jp-Cell.jp-mod-active")).to_be_focused()
    return page


@pytest.fixture
def opened(browser, server):
    """Opens a fresh copy of a notebook in a workspace of its own."""
    pages = []

    def open_copy(path):
        folder = Path(tempfile.mkdtemp(dir=server["root_dir"]))
        shutil.copy(path, folder)
        place = quote(f"lab/workspaces/{folder.name}/tree/{folder.name}/{path.name}")
        pages.append(_opened(browser, server, path, place))
        return pages[-1]

    yield open_copy
    for page in pages:
        page.close()


@pytest.fixture(scope="module")
def lesson(browser, server):
    """Lesson 1 as `make lab` opens it by itself, all its cells run."""
    page = _opened(browser, server, LESSON)
    for name in ("Run", "Run All Cells"):
        page.get_by_role("menuitem", name=name, exact=True).click()
    waiting = page.locator(".jp-InputPrompt", has_text="[*]")
    expect(waiting).not_to_have_count(0)
    expect(waiting).to_have_count(0, timeout=1000 * RUNS_WITHIN)
    yield page
    page.close()


def cells_of(path):
    return nbformat.read(path, as_version=4).cells


def place_of(cells, tag):
    """The first cell with a tag."""
    return next(index for index, cell in enumerate(cells) if tag in cell.metadata.get("tags", []))


def test_make_lab_opens_lesson_1_and_all_its_cells_run_without_an_error(lesson):
    assert LESSON.name in lesson.url
    cells = cells_of(LESSON)
    code = [cell for cell in cells if cell.cell_type == "code"]
    prompts = lesson.locator(f"{CELL} .jp-InputPrompt").all_text_contents()
    assert [text for text in prompts if text.strip()] == [f"[{n + 1}]:" for n in range(len(code))]
    expect(lesson.locator(ERROR)).to_have_count(0)
    figures = lesson.locator(f"{OUTPUT} {FIGURE}")
    assert figures.count() >= sum("figures.show(fig" in cell.source for cell in code) > 0
    assert all(
        figures.evaluate_all("images => images.map(image => image.complete && image.naturalWidth > 0)")
    )


def _flat(text):
    return " ".join(text.split())


def test_a_prediction_is_answered_by_keyboard_alone_and_not_before(opened):
    page, cells = opened(LESSON), cells_of(LESSON)
    asked = place_of(cells, "predict")
    told = next(index for index in range(asked + 1, len(cells)) if cells[index].cell_type == "markdown")
    shown = page.locator(CELL)
    answer = shown.nth(told - 1).locator(OUTPUT).get_by_text(cells[told - 1].outputs[-1].data["text/plain"])
    drawn = next(index for index in range(asked, told) if "figures.show(" in cells[index].source)
    figure = shown.nth(drawn).locator(f"{OUTPUT} {FIGURE}")
    for hidden in (answer, figure):
        expect(hidden).not_to_be_visible()
    for _ in range(told):
        page.keyboard.press("Shift+Enter")
    for open_now in (answer, figure):
        expect(open_now).to_be_visible()

    details = shown.nth(told).locator("details")
    why = _flat(details.evaluate("fold => fold.lastChild.textContent"))
    assert len(why.split()) > 5 and why not in _flat(shown.nth(told).inner_text())
    summary = details.locator("summary")
    for _ in range(5):  # past the cell's own buttons
        page.keyboard.press("Tab")
        if summary.evaluate("fold => fold === document.activeElement"):
            break
    expect(summary).to_be_focused()
    page.keyboard.press("Enter")
    expect(details).to_have_attribute("open", "")
    assert why in _flat(shown.nth(told).inner_text())


def _mass(lesson):
    """The slider of the WIMP's mass, and the figure that it draws."""
    cell = lesson.locator(CELL).filter(has=lesson.locator(".widget-slider"))
    handle = cell.locator(".widget-slider", has_text="WIMP mass").get_by_role("slider")
    handle.scroll_into_view_if_needed()
    return handle, cell.locator(FIGURE)


def test_a_slider_moved_by_keyboard_draws_another_figure_and_moved_back_the_same(lesson):
    handle, figure = _mass(lesson)
    handle.focus()
    drawn = [figure.get_attribute("src")]
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
        lesson.keyboard.press(key)
        expect(figure).not_to_have_attribute("src", drawn[-1])
        drawn.append(figure.get_attribute("src"))
    assert drawn[3] == drawn[1] != drawn[2]  # not the first: the slider knows steps of 0.1, the lesson none


def test_a_slider_moved_by_mouse_draws_another_figure(lesson):
    handle, figure = _mass(lesson)
    before, value = figure.get_attribute("src"), float(handle.get_attribute("aria-valuenow"))
    handle.hover()
    place = handle.bounding_box()
    lesson.mouse.down()
    lesson.mouse.move(place["x"] - 40, place["y"] + place["height"] / 2, steps=4)
    lesson.mouse.up()
    expect(figure).not_to_have_attribute("src", before)
    assert float(handle.get_attribute("aria-valuenow")) < value


def _answer(page, place, code, check):
    """Write an answer into its cell, and run from there to the check."""
    page.locator(CELL).nth(place).locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(code)
    for _ in range(place, check + 1):
        page.keyboard.press("Shift+Enter")


def test_an_exercise_done_wrong_shows_the_hint_and_done_right_says_so(opened):
    page, cells = opened(EXERCISES), cells_of(EXERCISES)
    place, check = place_of(cells, "solution"), place_of(cells, "check")
    said = page.locator(CELL).nth(check).locator(OUTPUT)
    for _ in range(check + 1):
        page.keyboard.press("Shift+Enter")
    expect(said).to_contain_text("… Not solved yet")

    wrong = runpy.run_path(WRONG_ANSWERS)["WRONG"][0]
    assert wrong["exercise"] == "1"
    _answer(page, place, wrong["code"], check)
    expect(said).to_contain_text(wrong["hint"])
    assert said.inner_text().startswith("✘") and "Traceback" not in said.inner_text()
    expect(page.locator(ERROR)).to_have_count(1)

    solved = cells_of(SOLUTION)
    _answer(page, place, solved[place_of(solved, "solution")].source, check)
    expect(said).to_contain_text("✔")
    expect(page.locator(ERROR)).to_have_count(0)


def test_what_the_lesson_itself_shows_is_accessible(lesson):
    """JupyterLab's editors and feed, and ipywidgets' sliders, have findings of their own: theirs to mend."""
    ours = {"include": [[".jp-RenderedMarkdown"], [OUTPUT]], "exclude": [[".noUi-handle"]]}

    def findings():
        found = Axe().run(lesson, context=ours).response["violations"]
        return {
            rule["id"]: [node["html"][:200] for node in rule["nodes"]]
            for rule in found
            if rule["impact"] != "minor"
        }

    assert findings() == {}
    image = lesson.locator(f"{OUTPUT} {FIGURE}").last
    alt = image.get_attribute("alt")
    image.evaluate("image => image.removeAttribute('alt')")
    assert list(findings()) == ["image-alt"]  # so it looks where it should
    lesson.locator(f"{OUTPUT} img:not([alt])").evaluate("(image, alt) => image.setAttribute('alt', alt)", alt)
