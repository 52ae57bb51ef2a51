"""The maintainers' programs that run notebooks and gather what they stored."""

import json
import math
import sys

import nbformat
import pytest
import results
import robust
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import notebooks
from helpers import course

PREFLIGHT = "from helpers import course; seed = course.begin('A lesson', packages=(), memory_gb=0.01)"


def claim_output(name, **row):
    row = {"name": name, "measured": 1.0, "unit": "mm", "holds": True, **row}
    return new_output("display_data", {course.CLAIM_MIME: row, "text/plain": f"✔ {name}"})


def lesson(*outputs, code="x = 1"):
    contract = "# 01 A lesson\n\n**Can it run?**\n\nTime: <!-- budget -->not yet<!-- /budget -->."
    return new_notebook(cells=[new_markdown_cell(contract), new_code_cell(code, outputs=list(outputs))])


@pytest.fixture
def root(tmp_path):
    (tmp_path / "notebooks" / "solutions").mkdir(parents=True)
    (tmp_path / "notebooks" / "exercises").mkdir()
    (tmp_path / "helpers").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "requirements.txt").write_text("numpy==1\n")
    (tmp_path / "helpers" / "course.py").write_text("x = 1\n")
    nbformat.write(lesson(claim_output("gap", at_most=2.0)), tmp_path / "notebooks" / "01_first.ipynb")
    nbformat.write(lesson(), tmp_path / "notebooks" / "solutions" / "01_first.ipynb")
    return tmp_path


def test_a_run_keeps_outputs_seed_and_peak_memory_and_leaves_the_file_alone(root):
    path = root / "notebooks" / "01_first.ipynb"
    source = new_notebook(
        cells=[
            new_code_cell(PREFLIGHT),
            new_code_cell("import sys\nprint('one'); sys.stdout.flush(); print(seed)"),
            new_code_cell("course.claim('seed', seed)"),
        ]
    )
    nbformat.write(source, path)
    before = path.read_bytes()
    done = notebooks.run(path, seed=4)
    assert done.failure is None and [row["measured"] for row in done.claims] == [4]
    assert done.notebook.cells[1].outputs == [new_output("stream", name="stdout", text="one\n4\n")]
    assert [cell.execution_count for cell in done.notebook.cells] == [1, 2, 3]
    assert done.memory_gb is None or 0.02 < done.memory_gb < 1
    assert path.read_bytes() == before


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
def test_a_hard_limit_stops_what_wants_more_and_nothing_else(root, monkeypatch):
    monkeypatch.setattr(notebooks, "HARD_GB", 0.5)
    path = root / "notebooks" / "01_first.ipynb"
    cells = ["kept = bytearray(10**8)", "more = bytearray(10**9)"]
    nbformat.write(new_notebook(cells=[new_code_cell(cell) for cell in cells]), path)
    assert notebooks.run(path).failure is None
    assert notebooks.run(path, hard=True).failure.startswith("01_first.ipynb, code cell 2: MemoryError")


def test_a_run_stops_at_the_first_failing_cell_and_says_which(root, monkeypatch):
    monkeypatch.setenv("COURSE_SEED", "9")  # a run without a seed keeps the notebook's own
    path = root / "notebooks" / "01_first.ipynb"
    cells = [PREFLIGHT, "assert seed == 1\nraise ValueError('why')", "course.claim('never', 1)"]
    nbformat.write(new_notebook(cells=[new_code_cell(cell) for cell in cells]), path)
    done = notebooks.run(path)
    assert (
        done.failure.startswith("01_first.ipynb, code cell 2: ValueError: why") and "\x1b" not in done.failure
    )
    assert done.claims == []


def test_what_an_interactive_figure_shows_stays_out_of_the_cell_and_nothing_is_sent_back(root):
    path = root / "notebooks" / "01_first.ipynb"
    cells = [
        "from ipywidgets import Output\nout = Output()\nwith out:\n    print('moved')",
        "print(len(out.outputs))",  # nbclient's own mimic of a widget would send the text back
    ]
    nbformat.write(new_notebook(cells=[new_code_cell(cell) for cell in cells]), path)
    done = notebooks.run(path)
    assert [cell.outputs for cell in done.notebook.cells] == [
        [],
        [new_output("stream", name="stdout", text="0\n")],
    ]


def test_notebooks_are_found_by_the_beginning_of_their_name(root):
    assert [path.parent.name for path in notebooks.notebook_files(root)] == ["notebooks", "solutions"]
    assert len(notebooks.notebook_files(root, ["01"])) == 2
    path = root / "notebooks" / "01_first.ipynb"
    assert notebooks.notebook_files(root, [str(path)]) == [path]
    with pytest.raises(ValueError, match="no notebook is called 07"):
        notebooks.notebook_files(root, ["07"])


def test_cleaning_leaves_no_clock_and_no_widget_state():
    widget = new_output(
        "display_data", {notebooks.WIDGET: {"model_id": "x"}, "text/plain": "interactive(0.5)"}
    )
    notebook = lesson(widget)
    notebook.metadata = {"widgets": {"state": {}}, "kernelspec": {"name": "mine"}}
    notebook.cells[1].metadata = nbformat.from_dict({"execution": {"iopub": "now"}, "tags": ["model"]})
    notebooks.clean(notebook)
    assert notebook.metadata.kernelspec.name == "python3" and "widgets" not in notebook.metadata
    assert notebook.cells[1].metadata == {"tags": ["model"]}
    assert notebook.cells[1].outputs[0].data == {"text/plain": notebooks.WIDGET_NOTE}


def test_the_answer_to_a_prediction_is_stored_collapsed_up_to_the_next_text():
    predict = new_markdown_cell("**Predict.** How many?", metadata={"tags": ["predict"]})
    cells = [
        new_code_cell("0"),
        predict,
        new_code_cell("1"),
        new_code_cell("2"),
        new_markdown_cell("So."),
        new_code_cell("3"),
    ]
    notebook = new_notebook(cells=cells)
    notebooks.clean(notebook)
    hidden = [
        c.metadata.get("jupyter", {}).get("outputs_hidden", False)
        for c in notebook.cells
        if c.cell_type == "code"
    ]
    assert hidden == [False, True, True, False]
    notebook.cells[1].metadata = nbformat.NotebookNode()  # no prediction any more: nothing stays hidden
    notebooks.clean(notebook)
    assert all("jupyter" not in cell.metadata for cell in notebook.cells)


def test_an_appendix_is_stored_folded_and_nothing_else_is():
    text = new_markdown_cell("## For the curious", metadata={"tags": ["fold"]})
    notebook = new_notebook(cells=[new_markdown_cell("## Summary"), text, new_code_cell("1")])
    for _ in range(2):  # cleaned again, it is still folded
        notebooks.clean(notebook)
        folded = [cell.metadata.get("jp-MarkdownHeadingCollapsed", False) for cell in notebook.cells]
        assert folded == [False, True, False]
        assert notebook.cells[1].metadata.tags == ["fold"]


def test_every_cell_can_be_run_twice(root):
    path = root / "notebooks" / "01_first.ipynb"
    for code, sound in [
        ("x = 1", True),
        ("x = 1\ndel x", True),
        ("try:\n    x += 1\nexcept NameError:\n    x = 1\nassert x == 1", False),
    ]:
        nbformat.write(new_notebook(cells=[new_code_cell(code)]), path)
        assert notebooks.run(path).failure is None
        assert (notebooks.run(path, twice=True).failure is None) == sound


@pytest.mark.parametrize("text, found", [("3", [3]), ("1-3", [1, 2, 3])])
def test_seeds_are_named_one_by_one_or_from_to(text, found):
    assert list(robust.seeds(text)) == found


def test_a_stored_claim_is_not_given_up_for_one_that_could_not_be_measured():
    stored = lesson(claim_output("real"), claim_output("renamed"))
    said = new_output("display_data", {"text/plain": "– real was not measured in this run: no network"})
    assert notebooks.lost_claims(stored, lesson(said)) == ["real"]
    assert notebooks.lost_claims(stored, lesson(claim_output("real"))) == []


@pytest.mark.parametrize(
    "minutes, memory, words",
    [
        (1.26, 0.61, "about 1.3 minutes, 0.7 GB at most"),
        (0.01, 0.2, "about 0.1 minutes, 0.2 GB at most"),
        (1.02, 1.0, "about 1 minute, 1 GB at most"),
    ],
)
def test_a_budget_goes_into_the_contract(minutes, memory, words):
    notebook = lesson()
    assert notebooks.write_budget(notebook, minutes, memory)
    assert f"Time: <!-- budget -->{words}<!-- /budget -->." in notebook.cells[0].source
    assert not notebooks.write_budget(new_notebook(), minutes, memory)


README = "# C\n<!-- map -->\nold\n<!-- /map -->\ntext\n<!-- results -->\n<!-- /results -->\nend\n"


def test_the_readme_is_filled_from_what_is_stored(root):
    nbformat.write(
        lesson(
            claim_output("clock"),
            claim_output(
                "gap", at_most=2.0, baseline=3, optimum=0.5, published=1.5, source="A | B", says="a gap"
            ),
        ),
        root / "notebooks" / "01_first.ipynb",
    )
    text = results.filled(README, root)
    assert "| [01 A lesson](notebooks/01_first.ipynb) | Can it run? | not yet |  |\n" in text
    row = "A gap (`gap`) | 1 mm | at most 2 | 3 | 0.5 | 1.5 [A \\| B] |\n"
    assert f"| [01](notebooks/01_first.ipynb) | {row}" in text and "clock" not in text
    everything = results.results(root)
    assert f"| [01](../notebooks/01_first.ipynb) | {row}" in everything
    assert "| `clock` | 1 mm | recorded |  |  |  |\n" in everything
    assert text.endswith("<!-- /results -->\nend\n") and "old" not in text
    assert results.filled(text, root) == text


def test_a_course_without_lessons_has_a_readme_too(tmp_path):
    text = results.filled(README, tmp_path)
    assert "No lesson yet." in text and "No lesson has stored a claim yet." in text
    with pytest.raises(ValueError, match="<!-- map -->"):
        results.filled("# C", tmp_path)


def test_a_kept_run_is_known_by_all_that_it_depends_on(root, monkeypatch):
    path = root / "notebooks" / "01_first.ipynb"
    monkeypatch.delenv("COURSE_DATA_MIRROR", raising=False)
    first = robust.key(path, 1, root)
    keys = {first, robust.key(path, 2, root)}
    monkeypatch.setenv("COURSE_DATA_MIRROR", str(root))
    keys.add(robust.key(path, 1, root))
    monkeypatch.delenv("COURSE_DATA_MIRROR")
    (root / "data" / "table.csv").write_text("1\n")
    keys.add(robust.key(path, 1, root))
    (root / "requirements.txt").write_text("numpy==9\n")
    keys.add(robust.key(path, 1, root))
    nbformat.write(lesson(code="x = 2"), path)
    last = robust.key(path, 1, root)
    assert len(keys | {last}) == 6
    changed = lesson(code="x = 2")
    changed.cells[0].source = "# Another text, and outputs"
    nbformat.write(changed, path)
    assert robust.key(path, 1, root) == last


def test_a_kept_run_depends_on_the_code_of_those_helpers_alone_that_the_lesson_imports(root):
    path, helpers = root / "notebooks" / "01_first.ipynb", root / "helpers"
    nbformat.write(lesson(code="%matplotlib inline\nfrom helpers import near"), path)

    def key_with(name, text):
        (helpers / f"{name}.py").write_text(text)
        return robust.key(path, 1, root)

    first = key_with("near", '"""Near."""\nfrom helpers.far import one\n')
    assert (
        key_with("near", '"""Said otherwise."""\nfrom helpers.far import one  # and with a comment\n')
        == first
    )
    assert key_with("stranger", "x = 1\n") == first
    with_far = key_with("far", "one = 1\n")
    assert with_far != first
    assert key_with("far", "one = 2\n") not in (first, with_far)


def test_a_run_is_kept_and_not_run_again(root, monkeypatch):
    path, runs = root / "notebooks" / "01_first.ipynb", []

    def run(path, seed, twice):
        runs.append((seed, twice))
        broken = {"name": "gap", "measured": 3.0, "holds": False}
        return notebooks.Run(lesson(), 0.1, 0.2, "code cell 2: AssertionError: no", [broken])

    monkeypatch.setattr(robust, "run", run)
    for _ in range(2):
        result = robust.outcome(path, 3, root / "cache")
    assert runs == [(3, False)] and robust.word(result) == "✘ gap"
    assert robust.word({"failure": None, "claims": [1, 2]}) == "✔ 2"


def run_of(measured, **bounds):
    row = {"name": "gap", "measured": measured, "unit": "", "holds": True, **bounds}
    return {"failure": None, "claims": [row], "minutes": 1.0, "memory_gb": 0.5}


@pytest.mark.parametrize(
    "measured, bounds, found",
    [
        (1.5, {"at_most": 2.0}, (0.5, 0.25)),
        (2.5, {"at_most": 2.0}, (-0.5, -0.25)),
        (3.0, {"at_least": -2.0}, (5.0, 2.5)),
        (0.9, {"at_least": 0.8, "at_most": 1.2}, (0.1, 0.5)),
        (4.0, {"at_least": 0.0}, (4.0, 1.0)),
        (None, {"at_most": 2.0}, (-math.inf, -math.inf)),
    ],
)
def test_a_margin_is_the_distance_from_the_bound_and_its_share(measured, bounds, found):
    assert robust.margin({"measured": measured, **bounds}) == pytest.approx(found)


def test_a_claim_without_a_bound_or_with_one_value_has_no_margin():
    assert robust.margin({"measured": 1.0}) is None
    assert robust.margin({"measured": 1.0, "at_least": 1, "at_most": 1}) is None
    assert robust.worst([{"measured": 1.0}]) is None


def test_the_page_of_margins_holds_the_worst_seed_and_says_what_is_missing(root):
    path, cache = root / "notebooks" / "01_first.ipynb", root / "kept"
    cache.mkdir()
    for seed, value in ((1, 1.0), (2, 1.9)):
        name = f"{path.stem}-{seed}-{robust.key(path, seed, root)}.json"
        (cache / name).write_text(json.dumps(run_of(value, at_most=2.0)))
    (cache / f"{path.stem}-3-ffff.json").write_text(json.dumps({**run_of(1.3, at_most=2.0), "failure": "no"}))
    runs = {path: robust.kept_runs(path, cache, root), root / "notebooks" / "02_second.ipynb": {}}
    text = robust.page(runs)
    assert "| [01](../notebooks/01_first.ipynb) | 3 | 2 | 3: a cell failed | 0.50 GB |\n" in text
    assert "No run is kept of 02.\n" in text
    # the worst is 0.1 from the bound; the mean, 1.4, is 0.6 from it, and they scatter by 0.458
    assert "| [01](../notebooks/01_first.ipynb) | `gap` | 1 | 1.9 | at most 2 | 5% | 1.3 |\n" in text
