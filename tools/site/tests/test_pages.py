"""The built pages (`make site` first): what they hold, where links lead, how they behave in a browser."""

import ast
import functools
import html
import json
import re
import shutil
import sys
import threading
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "tools" / "site"), str(ROOT / "tools"), str(ROOT)]

import course_map  # noqa: E402
import lay  # noqa: E402
import make  # noqa: E402
import nbformat  # noqa: E402
from axe_playwright_python.sync_playwright import Axe  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

SITE = ROOT / "build" / "site"
LOOKED_AT = (
    "index map docs/results docs/glossary docs/terms notebooks/01_dark_matter_detection "
    "notebooks/02_events_to_limit notebooks/04_neural_networks notebooks/exercises/01_exercises "
    "notebooks/starters/classify_a_table api/index api/optimum docs/teaching/README "
    "docs/teaching/lessons/01 docs/teaching/paths search"
).split()
WIDTHS = (390, 1280)


class Page(HTMLParser):
    """What a page holds: anchors, links, pictures, what it loads, what its folds say."""

    def __init__(self, path):
        super().__init__()
        self.ids, self.links, self.pictures, self.loads, self.folds = set(), [], [], [], []
        self._in_summary = False
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.ids |= {given[name] for name in ("id", "name") if given.get(name)}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "img":
            self.pictures.append(given)
        if tag in ("img", "script", "iframe", "source") and "src" in given:
            self.loads.append(given["src"])
        elif tag == "link" and given.get("rel") != "canonical":
            self.loads.append(given["href"])
        elif tag == "summary":
            self._in_summary = True
            self.folds.append("")

    def handle_endtag(self, tag):
        if tag == "summary":
            self._in_summary = False

    def handle_data(self, data):
        if self._in_summary:
            self.folds[-1] += data


@pytest.fixture(scope="module")
def site():
    """The course as the site's maker sees it; without pages, `make site` comes first."""
    assert (SITE / "index.html").exists(), "there are no pages in build/site: run `make site` first"
    return lay.Site(ROOT, ROOT / "build" / "site-source")


@pytest.fixture(scope="module")
def pages(site):
    return {path.relative_to(SITE).as_posix(): Page(path) for path in sorted(SITE.rglob("*.html"))}


def page_of(notebook):
    return notebook.relative_to(ROOT).with_suffix(".html").as_posix()


# ---------------------------------------------------------------------------------------------- the build


def test_sphinx_warned_of_nothing(site):
    assert (ROOT / "build" / "site-warnings.txt").read_text("utf-8") == ""


@pytest.mark.parametrize(
    "target, failed", [("b.md", False), ("b.md#there", False), ("c.md", True), ("b.md#no", True)]
)
def test_the_build_refuses_a_broken_link(tmp_path, target, failed):
    source = tmp_path / "source"
    source.mkdir()
    (source / "index.md").write_text(f"# A\n\n[a link]({target})\n\n{lay.toctree(None, ['b'])}")
    (source / "b.md").write_text("# B\n\n## There\n")
    assert bool(make.build(source, tmp_path / "pages", tmp_path / "warnings.txt")) == failed


def test_the_build_refuses_a_formula_that_it_cannot_read(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "index.md").write_text("# A\n\n$\\nocommand{x}$\n")
    assert make.build(source, tmp_path / "pages", tmp_path / "warnings.txt") == 1


def test_links_lead_to_pages_or_to_the_repository(site):
    place = "notebooks/01_dark_matter_detection.ipynb"
    assert site.relinked("[a](../docs/results.md#x)", place) == "[a](../docs/results.md#x)"
    assert (
        site.relinked("[a](solutions/01_dark_matter_detection.ipynb)", place)
        == "[a](exercises/01_exercises.ipynb)"
    )
    assert site.relinked("[`d`](../data)", place) == f"[`d`]({site.web}/tree/main/data)"
    assert site.relinked("[d](../LICENSE)", place) == f"[d]({site.web}/blob/main/LICENSE)"
    assert site.relinked("[w](https://arxiv.org) [h](#here)", place) == "[w](https://arxiv.org) [h](#here)"
    with pytest.raises(ValueError, match="not there"):
        site.relinked("[a](nothing.md)", place)


# ---------------------------------------------------------------------------------------------- the pages


def test_every_internal_link_and_anchor_leads_somewhere(pages):
    broken = []
    for name, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or link in ("#", ""):
                continue
            file = (SITE / name).parent / unquote(parts.path) if parts.path else SITE / name
            there = file.resolve()
            if not there.is_file():
                broken.append(f"{name}: {link}")
            elif parts.fragment and there.suffix == ".html":
                anchor = unquote(parts.fragment)
                if anchor not in pages[there.relative_to(SITE).as_posix()].ids:
                    broken.append(f"{name}: {link}")
    assert broken == []


def test_every_picture_says_what_it_shows(pages):
    silent = [f"{name}: {picture.get('src', '')[:60]}" for name, page in pages.items()
              for picture in page.pictures if not (picture.get("alt") or "").strip()]  # fmt: skip
    assert silent == []
    assert sum(len(page.pictures) for page in pages.values()) > 300


def test_a_page_loads_nothing_from_elsewhere(pages):
    found = {f"{name}: {source}" for name, page in pages.items() for source in page.loads
             if re.match(r"(https?:)?//", source)}  # fmt: skip
    assert found == set()
    styles = "".join(path.read_text("utf-8") for path in SITE.rglob("*.css"))
    assert not re.search(r"(url\(|@import )[\"']?(https?:)?//", styles)


def test_each_notebook_can_be_opened_on_binder_and_downloaded_as_it_stands(site, pages):
    for notebook in site.notebooks:
        place, page = notebook.relative_to(ROOT).as_posix(), pages[page_of(notebook)]
        assert any("mybinder.org/v2/gh/" in link and unquote(link).endswith(place) for link in page.links), (
            place
        )
        copies = [(SITE / page_of(notebook)).parent / link for link in page.links if link.endswith(".ipynb")]
        mine = [
            copy for copy in copies if copy.resolve().name == notebook.name and "_sources" in copy.as_posix()
        ]
        assert mine and mine[0].resolve().read_bytes() == notebook.read_bytes(), place


def test_answers_to_predictions_are_folded(site, pages):
    total = 0
    for lesson in site.lessons.values():
        hidden = [cell for cell in nbformat.read(lesson.path, as_version=4).cells
                  if cell.metadata.get("jupyter", {}).get("outputs_hidden") and cell.outputs]  # fmt: skip
        folds = [text for text in pages[page_of(lesson.path)].folds if lay.FOLD["answer"] in text]
        assert len(folds) == len(hidden), lesson.path.name
        total += len(hidden)
    assert total > 200


def test_each_exercise_has_its_solution_folded_beside_it(site, pages):
    for lesson in site.lessons.values():
        solution = nbformat.read(ROOT / "notebooks" / "solutions" / lesson.path.name, as_version=4)
        wanted = [cell for cell in solution.cells if "solution" in cell.metadata.get("tags", [])]
        folds = pages[page_of(lay.exercise_file(lesson.path, ROOT))].folds
        assert (
            len([text for text in folds if text.strip().startswith(lay.FOLD["solution"])]) == len(wanted) >= 3
        )


def test_an_interactive_figure_leaves_a_sentence(site):
    for lesson in site.lessons.values():
        text = (SITE / page_of(lesson.path)).read_text("utf-8")
        stored = [output for cell in nbformat.read(lesson.path, as_version=4).cells
                  for output in cell.get("outputs", [])
                  if output.get("data", {}).get("text/plain", "").startswith(lay.WIDGET)
                  and "text/html" not in output.data]  # fmt: skip
        assert text.count(lay.WIDGET) == len(stored), lesson.path.name
        assert "application/vnd.jupyter.widget" not in text


def test_all_that_is_public_in_helpers_is_on_a_page(pages):
    for path in (ROOT / "helpers").glob("*.py"):
        if path.stem == "__init__":
            continue
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                assert f"helpers.{path.stem}.{node.name}" in pages[f"api/{path.stem}.html"].ids


def test_every_term_is_in_its_order_short_and_linked_from_a_notebook(pages):
    terms = lay.TERM.findall((ROOT / "docs" / "terms.md").read_text("utf-8"))
    first = [re.sub(r"[^a-z0-9]", "", names.partition(",")[0].lower()) for names, _ in terms]
    assert first == sorted(first) and len(first) > 50
    assert {"NR", "ER", "S1", "S2", "AUC", "MBTR"} <= {
        n.strip() for names, _ in terms for n in names.split(",")
    }
    read = [page for name, page in pages.items() if name.startswith("notebooks/")]
    linked = {urlsplit(link).fragment for page in read for link in page.links if "docs/terms.html#" in link}
    anchor = {html.unescape(name).replace("’", "'"): id_ for id_, name in re.findall(
        r'<dt id="(term-[^"]+)">([^<]+)', (SITE / "docs" / "terms.html").read_text("utf-8"))}  # fmt: skip
    for names, said in terms:
        assert len(re.findall(r"[.!?](?:\s|$)", said)) <= 2, f"{names}: more than two sentences"
        assert anchor[names.partition(",")[0]] in linked, f"no notebook's page links {names}"


def test_the_front_page_is_the_readmes_words(site):
    readme = re.sub(r"\s+", " ", site.section("What it is"))
    words = re.sub(r"<[^>]+>", "", (SITE / "index.html").read_text("utf-8"))
    words = re.sub(r"\s+", " ", words)
    assert re.search(r"An ordered set of Jupyter notebooks", readme)[0] in words


# ---------------------------------------------------------------------------------------------- the map


def test_the_drawn_arcs_say_what_the_contracts_say(site):
    necessary = {number: lesson.necessary for number, lesson in site.lessons.items()}
    drawn = course_map.arcs(necessary)
    assert course_map.needed(drawn) == course_map.needed(necessary)
    svg = (SITE / "map.html").read_text("utf-8")
    arcs = set(re.findall(r'class="to-(\d\d) from-(\d\d)"', svg))
    assert arcs == {(number, other) for number, wanted in drawn.items() for other in wanted}
    assert re.findall(r'data-lesson="(\d\d)"', svg) == list(site.lessons)


def test_an_arc_that_follows_from_others_is_left_out():
    assert course_map.arcs({"1": (), "2": ("1",), "3": ("1", "2")}) == {"1": [], "2": ["1"], "3": ["2"]}
    with pytest.raises(ValueError, match="lesson 1 needs 2"):
        course_map.needed({"1": ("2",), "2": ()})


def test_a_lesson_outside_of_the_parts_is_refused(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "docs" / "parts.toml").write_text('[[part]]\nname = "A"\nsays = "b"\nlessons = ["01"]\n')
    for number, right in (("01", True), ("02", False)):
        (tmp_path / "notebooks" / f"{number}_a.ipynb").write_text("{}")
        if right:
            assert course_map.parts(tmp_path) == [("I A", "b", ("01",))]
        else:
            with pytest.raises(ValueError, match="parts.toml"):
                course_map.parts(tmp_path)


# ---------------------------------------------------------------------------------------------- in a browser


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def address(site):
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(SITE)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture(scope="module")
def chromium():
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = next(filter(None, map(shutil.which, names)), None)
    if not found:
        pytest.skip("no Chromium here: the pages were not looked at in a browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium):
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.failed = []
    page.on("pageerror", lambda error: page.failed.append(str(error)))
    page.on("request", lambda request: page.failed.extend(
        [request.url] if not request.url.startswith(("http://127.0.0.1", "data:")) else []))  # fmt: skip
    yield page
    assert page.failed == [], "an error, or something that was fetched from elsewhere"
    page.close()


def serious(tab):
    """Return what axe calls serious or critical on a page, with the first places."""
    found = Axe().run(tab).response["violations"]
    return [(rule["id"], [node["html"][:120] for node in rule["nodes"][:3]]) for rule in found
            if rule["impact"] in ("serious", "critical")]  # fmt: skip


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", LOOKED_AT)
def test_axe_finds_nothing_serious_and_nothing_scrolls_sideways(tab, address, name, width):
    tab.set_viewport_size({"width": width, "height": 900})
    tab.goto(f"{address}{name}.html")
    assert serious(tab) == []
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert tab.evaluate(wide) <= 0


@pytest.mark.parametrize("name", ["index", "map", "docs/results", "notebooks/01_dark_matter_detection"])
def test_axe_finds_nothing_serious_in_the_dark(tab, address, name):
    tab.add_init_script("['mode', 'theme'].forEach(name => localStorage.setItem(name, 'dark'))")
    tab.goto(f"{address}{name}.html")
    assert tab.evaluate("document.documentElement.dataset.theme") == "dark"
    assert serious(tab) == []


def focused(tab, script):
    return tab.evaluate(f"(() => {{ const e = document.activeElement; return {script}; }})()")


def test_by_keyboard_one_skips_to_the_text_and_finds_the_search(tab, address):
    tab.goto(f"{address}notebooks/01_dark_matter_detection.html")
    tab.keyboard.press("Tab")
    assert "skip" in focused(tab, "e.textContent").lower()
    tab.keyboard.press("Enter")
    assert tab.url.endswith("#main-content")
    tab.goto(f"{address}index.html")
    reached = []
    for _ in range(6):
        tab.keyboard.press("Tab")
        reached.append(focused(tab, "e.className + ' ' + (e.getAttribute('aria-label') || '')").lower())
    assert any("search" in text for text in reached), reached


@pytest.mark.parametrize("key", ["Enter", "Space"])
@pytest.mark.parametrize("name", ["notebooks/01_dark_matter_detection", "notebooks/exercises/01_exercises"])
def test_by_keyboard_a_fold_opens_and_closes(tab, address, name, key):
    tab.goto(f"{address}{name}.html")
    folds = tab.locator("article details > summary")
    kinds = {folds.nth(k).evaluate("e => e.parentElement.className"): k for k in range(folds.count())}
    for k in kinds.values():
        folds.nth(k).focus()
        opened = [folds.nth(k).evaluate("e => e.parentElement.open")]
        for _ in range(2):
            tab.keyboard.press(key)
            opened.append(folds.nth(k).evaluate("e => e.parentElement.open"))
        assert opened == [False, True, False]


def test_by_keyboard_the_map_leads_to_each_lesson(tab, address, site):
    tab.goto(f"{address}map.html")
    links = tab.locator("svg.course-map a")
    assert links.count() == len(site.lessons)
    links.first.focus()
    tab.keyboard.press("Tab")
    assert focused(tab, "e.getAttribute('data-lesson')") == "02"
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/02_*.html")


def test_the_map_can_be_read_on_a_phone(tab, address):
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.goto(f"{address}map.html")
    svg = tab.locator("svg.course-map").bounding_box()
    for text in tab.locator("svg.course-map text").all():
        box = text.bounding_box()
        assert box["x"] >= svg["x"] and box["x"] + box["width"] <= svg["x"] + svg["width"] + 0.5, (
            text.text_content()
        )
    assert 13 * svg["width"] / course_map.WIDTH >= 12  # pixels of the letters


def test_the_search_finds_leakage(tab, address):
    tab.goto(f"{address}search.html?q=leakage")
    tab.wait_for_selector("#search-results li")
    titles = json.dumps(tab.locator("#search-results li").all_text_contents(), ensure_ascii=False)
    assert "Boosted trees" in titles and tab.locator("#search-results li").count() > 5


def test_the_pages_work_without_a_server(chromium):
    page = chromium.new_page()
    page.goto((SITE / "map.html").as_uri())
    page.locator('svg.course-map a[data-lesson="04"]').click()
    page.wait_for_url("**/04_neural_networks.html")
    assert page.locator("math").count() > 0
    page.close()
