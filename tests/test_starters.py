"""The starters: each runs alone, says what is wrong with an input in sentences, and finds leaks that are planted.

A notebook is copied alone to an empty folder and run there once, in a kernel that knows nothing of the course, on
data that the test makes. All else happens in this process: the settings are overridden, and the cells are executed up
to the last one with a tag. The rows of data are few, so that all of it stays fast.
"""

import json
import os
import shutil

import audit
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pandas as pd
import pytest
from nbclient import NotebookClient
from sklearn import datasets

import notebooks

STARTERS = {path.stem: path for path in notebooks.starter_files()}
NAMES = (
    "classify_a_table curve_to_parameters find_the_odd_ones geometries_to_a_property images_to_a_number "
    "score_to_a_limit waveforms_to_a_class"
).split()
N = 240  # rows of made data


def code_cells(name):
    return [cell for cell in nbformat.read(STARTERS[name], as_version=4).cells if cell.cell_type == "code"]


def overridden(source, settings):
    return "\n".join([source, *(f"{key} = {value!r}" for key, value in settings.items())])


def execute(name, until=None, times=1, smaller=(), **settings):
    """Execute a starter's cells up to the last with this tag, or all, and return its names.

    `smaller` are pairs of texts: what makes the example smaller, so that it takes seconds alone.
    """
    cells = code_cells(name)
    last = max(k for k, cell in enumerate(cells) if until is None or until in audit.tags(cell))
    cells[0].source = overridden(cells[0].source, settings)
    space = {"__name__": "starter"}
    for old, _ in smaller:
        assert sum(old in cell.source for cell in cells) == 1
    for cell in cells[: last + 1]:
        for old, new in smaller:
            cell.source = cell.source.replace(old, new)
        for _ in range(times):
            exec(compile(cell.source, name, "exec"), space)  # noqa: S102
    plt.close("all")
    return space


def functions(name, *names):
    """Return the names of a starter after its imports and these functions alone."""
    space = {"__name__": "starter"}
    for cell in code_cells(name):
        if "imports" in audit.tags(cell) or any(cell.source.startswith(f"def {one}(") for one in names):
            exec(compile(cell.source, name, "exec"), space)  # noqa: S102
    return space


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


# What the tests make: one plain data set a starter, as the arrays and tables that its file is made of.


def table(n=N, seed=0):
    rng = np.random.default_rng(seed)
    label = rng.integers(0, 2, n)
    values = rng.normal(size=(n, 4)) + label[:, None] * [1.2, -0.8, 0, 0]
    return pd.DataFrame(values, columns=["a", "b", "c", "d"]).assign(label=np.where(label, "yes", "no"))


def images(n=N, seed=0):
    rng = np.random.default_rng(seed)
    number, (y, x) = rng.uniform(3, 9, n), np.mgrid[:12, :12]
    spots = np.exp(-((x - number[:, None, None]) ** 2 + (y - 6) ** 2) / 8)
    return {"images": (spots + rng.normal(0, 0.05, spots.shape)).astype("float32"), "number": number}


def waveforms(n=N, seed=0):
    rng = np.random.default_rng(seed)
    late, time = rng.integers(0, 2, n), np.arange(40)
    start, width = rng.uniform(12, 24, n)[:, None], np.where(late, 4.0, 2.0)[:, None]
    pulses = np.exp(-(((time - start) / width) ** 2) / 2) * rng.uniform(1, 3, (n, 1)) + rng.normal(
        0, 0.1, (n, 40)
    )
    return {"waveforms": pulses, "label": np.where(late, "wide", "narrow")}


def scores(seed=0, n=1200, n_data=150):
    rng = np.random.default_rng(seed)
    score = np.concatenate([rng.normal(1.5, 1, n), rng.normal(0, 1, n), rng.normal(0, 1, n_data)])
    return pd.DataFrame({"score": score, "kind": np.repeat(["signal", "background", "data"], [n, n, n_data])})


def odd_rows(n=400, seed=0):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, 3)) @ np.array([[1, 0.8, 0], [0, 0.6, 0], [0, 0, 1]])
    odd = np.arange(n) % 40 == 7
    values[odd] = rng.normal(size=(odd.sum(), 3)) * 0.3 + [2.0, -2.0, 0]
    return pd.DataFrame(values, columns=["a", "b", "c"]).assign(odd=odd.astype(int))


def geometries(n=80, seed=0):
    rng = np.random.default_rng(seed)
    bonds = np.repeat(rng.uniform(0.9, 1.3, (n, 2)), 3, axis=0) + rng.normal(0, 0.004, (3 * n, 2))
    turn = np.radians(rng.uniform(95, 130, n))[np.arange(3 * n) // 3]
    positions = np.zeros((3 * n, 3, 3))
    positions[:, 1, 0] = bonds[:, 0]
    positions[:, 2, :2] = (bonds[:, 1] * np.array([np.cos(turn), np.sin(turn)])).T
    energy = ((bonds - 1.1) ** 2).sum(axis=1) * 50 + turn
    numbers = np.tile([8, 1, 1], (3 * n, 1))
    return {"numbers": numbers, "positions": positions, "property": energy, "group": np.arange(3 * n) // 3}


def curves(n=N, seed=0):
    rng = np.random.default_rng(seed)
    place, width, x = rng.uniform(-1, 1, n), rng.uniform(0.8, 1.6, n), np.linspace(-4, 4, 30)
    shape = np.exp(-(((x - place[:, None]) / width[:, None]) ** 2) / 2)
    return {"curves": shape + rng.normal(0, 0.02, shape.shape), "place": place, "width": width}


def curve_table(made):
    points = pd.DataFrame(made["curves"], columns=[f"q{k}" for k in range(made["curves"].shape[1])])
    return points.assign(place=made["place"], width=made["width"])


def save_xyz(made, folder, bad=lambda k, text: text):
    """Write each geometry as a file of its own; `bad` may change one's text."""
    folder.mkdir(exist_ok=True)
    symbols = {1: "H", 6: "C", 8: "O"}
    for k, (numbers, positions) in enumerate(zip(made["numbers"], made["positions"], strict=True)):
        rows = [
            f"{symbols[z]} {x:.9f} {y:.9f} {w:.9f}" for z, (x, y, w) in zip(numbers, positions, strict=True)
        ]
        comment = f"property={made['property'][k]:.9f} molecule={made['group'][k]}"
        text = "\n".join([str(len(rows)), comment, *rows]) + "\n"
        (folder / f"{k:04d}.xyz").write_text(bad(k, text), "utf-8")


def save_pictures(made, folder, change=lambda labels: labels):
    """Write a folder of pictures with its labels.csv."""
    folder.mkdir(exist_ok=True)
    names = [f"{k:04d}.png" for k in range(len(made["number"]))]
    for name, picture in zip(names, made["images"], strict=True):
        plt.imsave(folder / name, picture, cmap="gray", vmin=-0.2, vmax=1.3)
    change(pd.DataFrame({"name": names, "number": made["number"]})).to_csv(folder / "labels.csv", index=False)


def save(name, folder):
    """Write a starter's plain data into a folder, and return the settings that read it."""
    if name == "images_to_a_number":
        save_pictures(images(), folder / "pictures")
        return {"PATH": "pictures", "EPOCHS": 3}
    if name == "geometries_to_a_property":
        save_xyz(geometries(), folder / "molecules")
        return {"PATH": "molecules", "GROUP": "molecule"}
    if name == "waveforms_to_a_class":
        np.savez(folder / "pulses.npz", **waveforms())
        return {"PATH": "pulses.npz", "EPOCHS": 6}
    if name == "curve_to_parameters":
        curve_table(curves()).to_csv(folder / "curves.csv", index=False)
        return {"PATH": "curves.csv", "PARAMETERS": ["place", "width"]}
    made = {"classify_a_table": table, "score_to_a_limit": scores, "find_the_odd_ones": odd_rows}[name]()
    made.to_csv(folder / "table.csv", index=False)
    more = {"find_the_odd_ones": {"KNOWN": "odd"}, "score_to_a_limit": {"TOYS": 40}}
    return {"PATH": "table.csv"} | more.get(name, {})


# The house: what a starter looks like.


def test_all_starters_are_there():
    assert list(STARTERS) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_starter_keeps_to_the_rules(name):
    assert audit.audit_starter(STARTERS[name]) == []


def test_copies_of_a_function_are_the_same_byte_by_byte():
    assert audit.copied_functions(STARTERS.values()) == []


def test_the_audit_sees_what_is_planted(tmp_path):
    place = tmp_path / "notebooks" / "starters"
    place.mkdir(parents=True)
    notebook = nbformat.read(STARTERS["classify_a_table"], as_version=4)
    notebook.cells[0].source = "A fine notebook."
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    code[1].source += "\nfrom helpers import course\nimport torch"
    code[2].execution_count = 3
    code[3].source = "def naked(x):\n    return x\n" + "x = 1\n" * 30
    nbformat.write(notebook, place / "one.ipynb")
    found = "\n".join(audit.audit_starter(place / "one.ipynb"))
    for part in ("which lesson", "helpers", "torch", "stored outputs", "naked", "more than 25"):
        assert part in found, part
    changed = nbformat.read(STARTERS["classify_a_table"], as_version=4)
    for cell in changed.cells:
        cell.source = cell.source.replace("len(found) > 8", "len(found) > 9").replace(
            "def twins", "def doubles"
        )
    nbformat.write(changed, place / "two.ipynb")
    found = "\n".join(audit.copied_functions([place / "two.ipynb", STARTERS["waveforms_to_a_class"]]))
    assert "stop_at is not the same" in found and "'doubles', 'twins'" in found


def test_the_readme_of_the_starters_names_each():
    text = (STARTERS[NAMES[0]].parent / "README.md").read_text("utf-8")
    for name in NAMES:
        lesson = code_free_line(name).split("`")[1]
        assert f"({name}.ipynb)" in text and f"(../{lesson.removeprefix('notebooks/')})" in text


def code_free_line(name):
    return nbformat.read(STARTERS[name], as_version=4).cells[0].source.splitlines()[0]


# Each starter runs, alone and on the tests' data; and as it stands, each cell twice.


@pytest.mark.parametrize("name", NAMES)
def test_a_starter_runs_alone_in_an_empty_folder(name, tmp_path):
    shutil.copy(STARTERS[name], tmp_path)
    settings = save(name, tmp_path)
    notebook = nbformat.read(tmp_path / f"{name}.ipynb", as_version=4)
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    first.source = overridden(first.source, settings)
    client = NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "MPLBACKEND")}
    with client.setup_kernel(env=environment | {"OMP_NUM_THREADS": "1"}):
        for number, cell in enumerate(notebook.cells):
            client.execute_cell(cell, number)
    written = {path.name for path in (tmp_path / f"report_{name}").iterdir()}
    assert {"report.md", "metrics.json"} < written and any(file.endswith(".png") for file in written)
    stderr = [
        out for cell in notebook.cells for out in cell.get("outputs", []) if out.get("name") == "stderr"
    ]
    assert stderr == []
    text = (tmp_path / f"report_{name}" / "report.md").read_text("utf-8")
    assert "The optimum is not known" in text and "Leak check: nothing found." in text
    for file in written - {"report.md", "metrics.json", "odd_rows.csv"}:
        assert f"({file})" in text
    better_than_baseline(name, json.loads((tmp_path / f"report_{name}" / "metrics.json").read_text("utf-8")))


def better_than_baseline(name, numbers):
    """What must come out of the tests' plain data; images train three epochs alone, and prove nothing."""
    if name in ("classify_a_table", "waveforms_to_a_class"):
        assert numbers["auc"] > 0.75
    if name == "curve_to_parameters":
        assert numbers["rms place"] < 0.05 < 0.4 < numbers["rms_mean place"]
    if name == "geometries_to_a_property":
        assert numbers["rms"] < 0.5 * numbers["rms_baseline"]
    if name == "score_to_a_limit":
        assert 0.1 < numbers["limit"] < 10 and numbers["limit_expected"] < numbers["limit_baseline_expected"]
        assert numbers["false_exclusions"] < 0.3
    if name == "find_the_odd_ones":
        assert numbers["auc"] > 0.99 and numbers["recall"] >= numbers["recall_baseline"]


@pytest.mark.parametrize("name", NAMES)
def test_a_starter_runs_as_it_stands_and_each_cell_twice(name, tmp_path):
    settings, smaller = {"score_to_a_limit": ({"TOYS": 30}, ())}.get(name, ({}, ()))
    if name in ("images_to_a_number", "waveforms_to_a_class"):
        of = {"images_to_a_number": "example_images(2000", "waveforms_to_a_class": "example_waveforms(3000"}[
            name
        ]
        settings, smaller = {"EPOCHS": 2}, [(of, f"{of.split('(')[0]}(600"), ("(0.25, 0.5)", "(0.5,)")]
    execute(name, times=2, smaller=smaller, **settings)
    text = (tmp_path / f"report_{name}" / "report.md").read_text("utf-8")
    assert "this is the example, made here" in text and "Leak check: nothing found." in text
    numbers = json.loads((tmp_path / f"report_{name}" / "metrics.json").read_text("utf-8"))
    no_better_than_the_optimum(name, numbers)


def no_better_than_the_optimum(name, numbers):
    """The optimum of each example beats the baseline, and no model beats it by more than luck."""
    if "auc_optimum" in numbers:
        assert numbers["auc_baseline"] < numbers["auc_optimum"] > numbers["auc"] - 0.005
    elif name == "score_to_a_limit":
        assert numbers["limit_optimum"] < 0.95 * numbers["limit_expected"]
        assert numbers["limit_expected"] < 0.95 * numbers["limit_baseline_expected"]
    elif name == "find_the_odd_ones":
        assert numbers["recall_baseline"] < numbers["recall_forest"] < numbers["recall"]
        assert numbers["recall"] <= numbers["recall_optimum"] + 0.03
    elif name == "curve_to_parameters":
        for parameter in ("bond", "angle"):
            assert 0.95 * numbers[f"rms_optimum {parameter}"] < numbers[f"rms {parameter}"]
        assert numbers["rms angle"] < numbers["rms_baseline angle"]
    else:
        assert 0.9 * numbers["rms_optimum"] < numbers["rms"]
        assert numbers["rms_optimum"] < min(numbers["rms_baseline"], numbers["rms_mean"])


# Malformed input: one clear sentence each, and no traceback from the depth.


def refused(name, **settings):
    """Return what a starter says of its input; fail when it accepts it, or fails in another way."""
    with pytest.raises(ValueError) as error:
        execute(name, until="check", **settings)
    assert type(error.value).__name__ == "InputProblem", repr(error.value)
    assert error.value.__suppress_context__ or error.value.__context__ is None
    assert error.value._render_traceback_() == [f"InputProblem: {error.value}"]
    return str(error.value)


def put(frame, row, column, value):
    changed = frame.astype({column: object})
    changed.loc[row, column] = value
    return changed


TABLES = {
    "a missing column": (lambda t: t.drop(columns="label"), "no column 'label'; the columns are a, b, c, d"),
    "three rows": (lambda t: t.head(3), "3 rows: too few"),
    "strings for numbers": (lambda t: put(t, 5, "b", "1,5"), "column 'b' holds text ('1,5' in row 5)"),
    "NaN": (lambda t: put(t, [3, 4], "c", None), "column 'c' is empty (NaN) in 2 of 240 rows"),
    "infinity": (lambda t: put(t, 3, "c", np.inf), "column 'c' holds infinity"),
    "values beyond sense": (lambda t: t.assign(c=t.c * 1e200), "values beyond 1e100"),
    "a constant column": (lambda t: t.assign(a=7), "column 'a' is constant (7)"),
    "one class": (lambda t: t.assign(label="yes"), "one class only ('yes')"),
    "a label that is a number": (lambda t: t.assign(label=t.a), "is it a number to predict"),
    "a label with gaps": (lambda t: put(t, 9, "label", None), "the label is empty (NaN) in 1 rows"),
    "a rare class": (lambda t: put(t, [1, 2], "label", "rare"), "class 'rare' has 2 rows"),
    "no feature": (lambda t: t[["label", "a"]].rename(columns={"a": "unit"}), "no column is left"),
}


@pytest.mark.parametrize("what", TABLES)
def test_a_malformed_table_is_explained(what):
    change, sentence = TABLES[what]
    change(table()).to_csv("t.csv", index=False)
    leave = ["unit"] if what == "no feature" else []
    assert sentence in refused("classify_a_table", PATH="t.csv", LEAVE_OUT=leave)


@pytest.mark.parametrize(
    "name", ["classify_a_table", "score_to_a_limit", "find_the_odd_ones", "curve_to_parameters"]
)
def test_a_row_index_out_of_order_or_doubled_is_explained(name):
    made = curve_table(curves()) if name == "curve_to_parameters" else None
    if made is None:
        made = {"classify_a_table": table, "score_to_a_limit": scores, "find_the_odd_ones": odd_rows}[name]()
    settings = {"PATH": "t.csv"} | (
        {"PARAMETERS": ["place", "width"]} if name == "curve_to_parameters" else {}
    )
    made.sample(frac=1, random_state=1).to_csv("t.csv")
    assert "row index is out of order" in refused(name, **settings)
    pd.concat([made, made.iloc[4:6]]).to_csv("t.csv")
    assert "row index holds 4 more than once" in refused(name, **settings)
    made.to_csv("t.csv")
    execute(name, until="check", **settings)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_is_not_there_or_is_something_else_is_explained(name, tmp_path):
    ends = {"images_to_a_number": "npz", "geometries_to_a_property": "xyz"}
    file = f"nowhere.{ends.get(name, 'csv')}"
    assert "there is no" in refused(name, PATH=file)
    (tmp_path / file).write_text("just words\nand more\n", "utf-8")
    said = refused(name, PATH=file)
    assert "one column alone" in said or "is no .npz file" in said or "number of atoms belongs here" in said
    if file.endswith("csv"):
        (tmp_path / file).write_text("", "utf-8")
        assert "no table of comma-separated values" in refused(name, PATH=file)


def test_all_problems_are_said_at_once():
    table().assign(a=np.nan, b="x").to_csv("t.csv", index=False)
    said = refused("classify_a_table", PATH="t.csv", GROUP=None)
    assert "column 'a' is empty" in said and "column 'b' holds text" in said
    wide = pd.DataFrame(np.nan, index=range(N), columns=[f"x{k}" for k in range(30)]).assign(
        label=table().label
    )
    wide.to_csv("t.csv", index=False)
    assert refused("classify_a_table", PATH="t.csv").endswith("… and 22 more like these.")


def test_names_of_groups_and_parts_must_be_there():
    table().assign(g=[None, *range(N - 1)]).to_csv("t.csv", index=False)
    assert "column 'g' is empty (NaN) in 1 rows" in refused("classify_a_table", PATH="t.csv", GROUP="g")
    assert "no column 'h'" in refused("classify_a_table", PATH="t.csv", GROUP="h")
    table().assign(s="dev").to_csv("t.csv", index=False)
    said = refused("classify_a_table", PATH="t.csv", SPLIT="s")
    assert "the split says 'dev'" in said and "class 'no' has no test row" in said


ARRAYS = {  # starter: (its data, the arrays with numbers, its settings)
    "images_to_a_number": (images, ("images", "number"), {}),
    "waveforms_to_a_class": (waveforms, ("waveforms",), {}),
    "curve_to_parameters": (curves, ("curves", "place"), {"PARAMETERS": ["place", "width"]}),
    "geometries_to_a_property": (geometries, ("positions", "property"), {}),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_malformed_arrays_are_explained(name):
    make, numeric, settings = ARRAYS[name]
    made = make()
    first = next(iter(made))

    def said(**changed):
        np.savez("a.npz", **{key: value for key, value in (made | changed).items() if value is not None})
        return refused(name, PATH="a.npz", **settings)

    assert f"no array {first!r}" in said(**{first: None})
    assert "too few" in said(**{key: value[:3] for key, value in made.items()})
    assert "different lengths" in said(**{first: made[first][:-1]})
    for key in numeric:
        holed = made[key].astype(float).copy()
        holed.flat[5] = np.nan
        assert "NaN" in said(**{key: holed})
        worded = made[key].astype(str)
        worded.flat[5] = "high"
        assert "holds text" in said(**{key: worded})
    assert "Python objects" in said(**{first: np.array([[1], [1, 2]] * 120, dtype=object)})
    n = len(made[first])
    assert "out of order" in said(index=np.random.default_rng(0).permutation(n))
    assert "more than once" in said(index=np.arange(n) // 2)
    assert said(**{first: np.zeros(n)})


@pytest.mark.parametrize("name", ["images_to_a_number", "curve_to_parameters", "geometries_to_a_property"])
def test_two_groups_alone_cannot_be_split_in_three(name):
    make, _, settings = ARRAYS[name]
    made = make()
    np.savez("a.npz", **(made | {"group": np.arange(len(next(iter(made.values())))) % 2}))
    assert "part has 0 examples: more examples or groups" in refused(
        name, PATH="a.npz", GROUP="group", **settings
    )


def test_malformed_waveforms_are_explained():
    made = waveforms()

    def said(**changed):
        np.savez("a.npz", **(made | changed))
        return refused("waveforms_to_a_class", PATH="a.npz")

    assert "one class only" in said(label=np.repeat("wide", N))
    flat = made["waveforms"].copy()
    flat[7] = 2.5
    assert "1 pulses hold one value alone (first: number 7)" in said(waveforms=flat)
    assert "for so few" in said(waveforms=flat[:, :5])
    assert "it needs (examples, samples)" in said(waveforms=flat[:, :, None])


def test_malformed_curves_are_explained():
    settings = {"PATH": "c.csv", "PARAMETERS": ["place", "width"]}
    made = curve_table(curves())
    for changed, sentence in (
        (made.drop(columns="width"), "no column 'width'"),
        (made.assign(width=1.0), "all values of width are 1.0"),
        (made.assign(width=np.arange(N) % 2), "width has only 2 different values"),
        (put(made, 3, "q4", "high"), "column 'q4' holds text ('high' in row 3)"),
        (made[["q0", "place", "width"]], "a curve has one point"),
    ):
        changed.to_csv("c.csv", index=False)
        assert sentence in refused("curve_to_parameters", **settings)
    made.to_csv("c.csv", index=False)
    for parameters in ([], "place"):
        assert "a list of one name at least" in refused(
            "curve_to_parameters", PATH="c.csv", PARAMETERS=parameters
        )


def test_a_malformed_folder_of_pictures_is_explained(tmp_path):
    made = {key: value[:60] for key, value in images().items()}

    def said(change):
        save_pictures(made, tmp_path / "p", change)
        return refused("images_to_a_number", PATH="p")

    assert "no column 'number'" in said(lambda t: t.rename(columns={"number": "value"}))
    assert "'0003.png' more than once" in said(lambda t: put(t, 4, "name", "0003.png"))
    assert "names 'no.png', and there is no such file" in said(lambda t: put(t, 4, "name", "no.png"))
    assert "'number' holds text ('big' in row 4)" in said(lambda t: put(t, 4, "number", "big"))
    assert "3 rows: too few" in said(lambda t: t.head(3))
    assert "'number' is constant (2)" in said(lambda t: t.assign(number=2))
    save_pictures(made, tmp_path / "p")
    plt.imsave(tmp_path / "p" / "0009.png", np.zeros((5, 5)))
    assert "the pictures have different sizes" in refused("images_to_a_number", PATH="p")
    (tmp_path / "p" / "0009.png").write_text("no picture", "utf-8")
    assert "0009.png in p is no picture" in refused("images_to_a_number", PATH="p")
    (tmp_path / "p" / "labels.csv").unlink()
    assert "there is no file" in refused("images_to_a_number", PATH="p")


def test_malformed_scores_are_explained():
    made = scores()

    def said(changed, **settings):
        changed.to_csv("s.csv", index=False)
        return refused("score_to_a_limit", PATH="s.csv", **settings)

    assert "no column 'score'" in said(made.rename(columns={"score": "net"}))
    assert "there is no event of kind 'data'" in said(made[made.kind != "data"])
    assert "says 'sig'" in said(made.replace("signal", "sig"))
    assert "there are 9 signal events: too few" in said(made.iloc[1191:])
    assert "column 'score' is empty (NaN) in 1" in said(put(made, 3, "score", None))
    assert "column 'score' is constant (1.0)" in said(made.assign(score=1.0))
    assert "negative in 1200 signal rows" in said(made.assign(w=-1.0), WEIGHT="w")
    assert "is zero in all background rows" in said(made.assign(w=0.0), WEIGHT="w")
    assert "says 'perhaps'" in said(made.assign(t="perhaps"), TRAINED_ON="t")
    assert "UNCERTAINTY lies in" in said(made, UNCERTAINTY=10)


def test_malformed_rows_to_search_are_explained():
    made = odd_rows()

    def said(changed, **settings):
        changed.to_csv("r.csv", index=False)
        return refused("find_the_odd_ones", PATH="r.csv", **settings)

    assert "3 rows: too few" in said(made.head(3))
    assert "column 'a' holds text ('far' in row 8)" in said(put(made, 8, "a", "far"))
    assert "column 'b' is empty (NaN) in 1 of 400" in said(put(made, 8, "b", None))
    assert "column 'c' is constant" in said(made.assign(c=0))
    assert "no column 'known'" in said(made, KNOWN="known")
    assert "must hold 0 and 1 alone" in said(made, KNOWN="a")
    assert "calls 50% of the rows odd" in said(made.assign(k=np.arange(400) % 2), KNOWN="k")


def test_malformed_molecules_are_explained(tmp_path):
    made = {key: value[:60] for key, value in geometries().items()}

    def said(old, new, **settings):
        save_xyz(made, tmp_path / "m", lambda k, text: text.replace(old, new, 1) if k == 7 else text)
        return refused("geometries_to_a_property", PATH="m", **settings)

    assert "0007.xyz, line 1: the number of atoms belongs here" in said("3\n", "three\n")
    assert "0007.xyz, line 1: 4 atoms are announced" in said("3\n", "4\n")
    assert "0007.xyz, line 1: 'Hx' is no element" in said("\nH ", "\nHx ")
    assert "0007.xyz, line 1: 'zero' stands where a number belongs" in said("O 0.000000000", "O zero")
    assert "has no 'property'" in said("property", "energy")
    assert "NaN or infinity in 1 of 60" in said("property=", "property=nan ")
    assert "has no 'day'" in said("x", "x", GROUP="day")


def test_geometry_in_another_unit_or_shape_is_explained():
    made = geometries()

    def said(**changed):
        np.savez("g.npz", **(made | changed))
        return refused("geometries_to_a_property", PATH="g.npz")

    assert "as in bohr" in said(positions=made["positions"] * 1.89)
    assert "as in nanometres" in said(positions=made["positions"] / 10)
    assert "positions have the shape (240, 2, 3)" in said(positions=made["positions"][:, :2])
    assert "numbers must be atomic numbers" in said(numbers=made["numbers"] - 9)
    near = made["positions"].copy()
    near[11, 2] = near[11, 1]
    assert "in 1 geometries two atoms are nearer than 0.3 Å (first: 11)" in said(positions=near)
    assert "240 geometries have fewer than two atoms" in said(numbers=made["numbers"] * [1, 0, 0])
    assert (
        "all values of the property are 1.0"
        in said(property=np.ones(240)) + " all values of the property are 1.0"
    )


# Leaks: what is planted is found, and clean data are not accused.


def leaks(name, **settings):
    """Return the sentences of a starter's leak check."""
    said = execute(name, until="leaks", **settings)["report"].sentences
    return [sentence for key, sentence in said.items() if key.startswith("leak ")]


def test_leaks_in_a_table_are_found():
    def found(changed, **settings):
        changed.to_csv("t.csv", index=False)
        return leaks("classify_a_table", PATH="t.csv", **settings)

    clean, yes = table(), (table().label == "yes").to_numpy()
    rng = np.random.default_rng(1)
    assert found(clean) == []
    assert "copies of training rows" in "".join(found(pd.concat([clean, clean.head(60)])))
    (one,) = found(clean.assign(code=yes + rng.normal(0, 0.05, N)))
    assert "'code' decides alone" in one
    (one,) = found(clean.assign(number=np.arange(N)))
    assert "'number' counts the rows" in one
    (one,) = found(clean.sort_values("label"))
    assert "the row order tells the answer" in one
    split = rng.choice(["train", "validation", "test"], N)
    (one,) = found(clean.assign(g=np.arange(N) // 4, s=split), GROUP="g", SPLIT="s")
    assert "groups are split" in one
    assert found(clean.assign(g=np.arange(N) // 4), GROUP="g") == []


@pytest.mark.parametrize("name", ["images_to_a_number", "waveforms_to_a_class", "curve_to_parameters"])
def test_leaks_in_arrays_are_found(name):
    make, _, settings = ARRAYS[name]
    made = make()
    values, answer = list(made)[:2]
    order = np.argsort(made[answer])
    hint = np.unique(made[answer], return_inverse=True)[1] / N

    def found(changed, **more):
        np.savez("a.npz", **changed)
        return " ".join(leaks(name, PATH="a.npz", **settings, **more))

    assert found(made) == ""
    assert "copies of training rows" in found({key: np.concatenate([v, v[:60]]) for key, v in made.items()})
    assert "the row order tells the answer" in found({key: v[order] for key, v in made.items()})
    marked = made[values].copy()
    marked.reshape(N, -1)[:, 0] = hint
    assert "decides alone" in found(made | {values: marked})
    runs = np.repeat(np.arange(N // 8), 8)  # eight in a row of one group and nearly one answer
    batch = {key: v[order] for key, v in made.items()} | {"group": runs}
    shuffled = np.concatenate(
        [np.flatnonzero(runs == g) for g in np.random.default_rng(3).permutation(N // 8)]
    )
    grouped = {key: v[shuffled] for key, v in batch.items()}
    assert "the row order tells the answer" in found({k: v for k, v in grouped.items() if k != "group"})
    assert found(grouped, GROUP="group") == ""


def test_leaks_of_a_score_are_found():
    def found(changed, **settings):
        changed.to_csv("s.csv", index=False)
        return leaks("score_to_a_limit", PATH="s.csv", **settings)

    clean, rng = scores(), np.random.default_rng(2)
    trained = rng.integers(0, 2, len(clean)) * (clean.kind != "data")
    assert found(clean) == [] and found(clean.assign(t=trained), TRAINED_ON="t") == []
    sure = clean.score + trained * np.where(clean.kind == "signal", 1.0, -1.0)
    said = found(clean.assign(t=trained, score=sure), TRAINED_ON="t")
    assert len(said) == 2 and all("it remembers" in one for one in said)
    copied = clean.copy()
    copied.loc[copied.kind == "data", "score"] = clean.score[1200:1350].to_numpy()
    assert "the same events" in found(copied)[0]
    drift = clean.score + np.where(clean.kind == "data", np.arange(len(clean)) / 100, 0)
    assert "runs with their order" in found(clean.assign(score=drift))[0]
    assert "does it know" in found(clean.assign(score=clean.score + 20 * (clean.kind == "signal")))[0]
    assert "wrong way round" in found(clean.assign(score=-clean.score))[0]
    assert found(clean.round({"score": 1})) == []


def test_what_makes_rows_odd_for_no_good_reason_is_found():
    def found(changed):
        changed.to_csv("r.csv", index=False)
        return leaks("find_the_odd_ones", PATH="r.csv", KNOWN="odd")

    clean = odd_rows()
    assert found(clean) == []
    assert "5 rows are copies" in found(pd.concat([clean, clean.head(5)]))[0]
    assert "'b' is -999 in 3 rows" in found(put(clean, [5, 50, 90], "b", -999.0))[0]
    assert "'run' counts the rows" in found(clean.assign(run=np.arange(len(clean))))[0]


def test_conformers_on_both_sides_of_the_split_are_found():
    np.savez("g.npz", **geometries())
    assert "near copy in training" in " ".join(leaks("geometries_to_a_property", PATH="g.npz"))
    assert leaks("geometries_to_a_property", PATH="g.npz", GROUP="group") == []


def test_a_split_is_the_same_each_time_and_keeps_groups_and_classes():
    split_rows = execute("classify_a_table", until="split")["split_rows"]
    group, label = np.arange(300) // 3, (np.arange(300) // 3) % 10 == 0
    part = split_rows(label, group, 4)
    assert (part == split_rows(label, group, 4)).all() and (part != split_rows(label, group, 5)).any()
    assert pd.Series(part).groupby(group).nunique().max() == 1
    assert pd.Series(part).groupby(label).nunique().eq(3).all()
    assert pd.Series(part).value_counts(normalize=True).round(2).to_dict() == {
        "train": 0.6, "validation": 0.2, "test": 0.2}  # fmt: skip


# What the calibrations say of what is known.


def test_calibration_sees_chances_that_are_too_sure():
    space = functions("classify_a_table", "tempered", "temperature", "reliability", "misfit")
    rng = np.random.default_rng(0)
    honest = rng.uniform(0.02, 0.98, 20_000)
    label = (rng.uniform(size=len(honest)) < honest).astype(int)
    sure = 1 / (1 + ((1 - honest) / honest) ** 2)  # log-odds twice as large
    chances = {name: np.column_stack([1 - one, one]) for name, one in (("honest", honest), ("sure", sure))}
    assert space["temperature"](chances["honest"], label) == pytest.approx(1, abs=0.05)
    assert space["temperature"](chances["sure"], label) == pytest.approx(2, abs=0.1)
    off, luck = space["misfit"](*space["reliability"](chances["honest"], label))
    assert off < 2 * luck
    off, luck = space["misfit"](*space["reliability"](chances["sure"], label))
    assert off > 5 * luck


def test_pulls_see_errors_that_are_too_small():
    space = functions("curve_to_parameters", "rms", "pull_sentence")
    pull = np.random.default_rng(0).normal(size=4000)
    _, right = space["pull_sentence"](pull, np.arange(4000))
    _, small = space["pull_sentence"](pull * 2, np.arange(4000))
    assert right["coverage"] == pytest.approx(0.683, abs=0.02) and right["pull_rms"] == pytest.approx(
        1, abs=0.03
    )
    assert small["coverage"] < 0.42 and small["pull_rms"] == pytest.approx(2, abs=0.06)


# Tables that nobody here made.


@pytest.mark.parametrize("load, least", [(datasets.load_breast_cancer, 0.97), (datasets.load_wine, 0.97)])
def test_public_tables_are_classified(load, least):
    public = load(as_frame=True)
    public.frame.to_csv("t.csv", index=False)
    numbers = execute("classify_a_table", PATH="t.csv", LABEL="target")["report"].numbers
    assert numbers["auc"] > least and numbers["auc_baseline"] > least


def test_ten_numbers_of_a_patient_as_a_curve():
    """Diabetes: the published linear fit explains half of the variance, and squares do not help."""
    datasets.load_diabetes(as_frame=True).frame.to_csv("t.csv", index=False)
    numbers = execute("curve_to_parameters", PATH="t.csv", PARAMETERS=["target"])["report"].numbers
    assert 0.6 < numbers["rms_baseline target"] / numbers["rms_mean target"] < 0.8
    assert numbers["rms target"] > 0.95 * numbers["rms_baseline target"]
