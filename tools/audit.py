"""Read every lesson and solution as it is stored, and say what a lax nbval run would silently pass.

`python tools/audit.py` prints one line a finding and fails when there is one; tests/test_notebooks.py
holds the list empty. What shows only while a notebook runs (memory, TensorFlow in a lesson without Keras,
stderr, a `raises-exception` cell that does not raise) is watched by tests/conftest.py.
"""

import argparse
import ast
import html
import re
import statistics
import sys
from collections import defaultdict
from pathlib import Path

import nbformat
from exercises import tags
from IPython.core.inputtransformer2 import TransformerManager

from helpers import course
from notebooks import BUDGET, notebook_files, starter_files

LONGEST_CELL, MEDIAN_CELL, LARGEST_FILE = 25, 8, 1_500_000
LONGEST_LINE = 110  # characters
LONGEST_RUN = 5  # code cells in a row without a sentence
# a starter runs alone: what pip brings, and nothing of the course
STARTER_PACKAGES = {"numpy", "pandas", "scipy", "sklearn", "matplotlib", "IPython", "keras", "pyhf"}
CHECKED = "NBVAL_CHECK_OUTPUT"
CONTRACT = (
    "**You will** ",
    "**You will learn** ",
    "**You need** ",
    "*Necessary earlier lessons:*",
    "`helpers`",
    "make lab",
)
LAST_SECTIONS = ("What could be wrong", "What we measured", "Summary")  # in this order
FIRST_CELL = re.compile(r"from helpers import course(; ?|\n+)(\w+ = )?course\.begin\(")
# A decimal or a power of ten, but not a version (3.11.2) or part of a name.
DECIMAL = re.compile(r"(?<![\w.])\d+(?:\.\d+(?:e[-+]?\d+)?|e[-+]?\d+)(?![\w]|\.\d)", re.IGNORECASE)
PICTURES = ("image/png", "image/jpeg", "image/svg+xml")


def audit(path):
    """Return what is wrong with one lesson or solution, a sentence each.

    Parameters
    ----------
    path : pathlib.Path
        The notebook's file.
    """
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    found = []
    for number, cell in enumerate(code, 1):
        findings = [*_source(cell.source), *_tags(cell), *_outputs(cell, number)]
        found += [f"code cell {number}: {finding}" for finding in findings]
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            found += _markdown(cell.source)
    return [*found, *_whole(path, notebook, code)]


def _whole(path, notebook, code):
    lengths = [cell.source.count("\n") + 1 for cell in code]
    # a solution cell holds a whole function with its docstring, and its check cell all of its hints
    lesson = path.parent.name != "solutions"
    if lesson:
        yield from _long_lines(notebook)
    if lesson and lengths and statistics.median(lengths) > MEDIAN_CELL:
        yield f"the median code cell has {statistics.median(lengths):g} lines, more than {MEDIAN_CELL}"
    if not code or not FIRST_CELL.match(code[0].source):
        yield "the first code cell does not begin with `from helpers import course; course.begin(`"
    if [cell.execution_count for cell in code] != list(range(1, len(code) + 1)):
        yield "its outputs are stripped, or not those of one run from top to bottom (run make notebooks)"
    if path.stat().st_size > LARGEST_FILE:
        yield f"the file has {path.stat().st_size / 1e6:.1f} MB, more than {LARGEST_FILE / 1e6:g}"
    if path.parent.name == "notebooks":
        yield from _skeleton(path.stem, [c.source for c in notebook.cells if c.cell_type == "markdown"])
        yield from (
            f"{n} code cells in a row without a sentence, more than {LONGEST_RUN}" for n in _runs(notebook)
        )
        if not course.claims_of(notebook):
            yield "no claim is stored"
        if sum(len(BUDGET.findall(c.source)) for c in notebook.cells if c.cell_type == "markdown") != 1:
            yield "the contract has no <!-- budget --> … <!-- /budget -->"
    for row in course.claims_of(notebook):
        low, high = row.get("at_least", row["measured"]), row.get("at_most", row["measured"])
        if not row["holds"] or not low <= row["measured"] <= high:
            yield f"the stored claim {row['name']} does not hold"


def audit_starter(path):
    """Return what is wrong with one starter, a sentence each: it must run alone, and is stored without outputs.

    Parameters
    ----------
    path : pathlib.Path
        The notebook's file.
    """
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    found = [f"code cell {n}: {one}" for n, cell in enumerate(code, 1) for one in _starter_cell(cell.source)]
    for cell in notebook.cells:
        found += _markdown(cell.source) if cell.cell_type == "markdown" else _tags(cell)
    return [*found, *_long_lines(notebook), *_starter_whole(path, notebook, code)]


def _long_lines(notebook):
    """Say which lines do not fit beside another window; a table's row cannot be broken."""
    for cell in notebook.cells:
        for line in cell.source.splitlines():
            if len(line) > LONGEST_LINE and not line.startswith("|"):
                yield f"a line of {len(line)} characters, more than {LONGEST_LINE}: {line[:40]} …"


def _starter_cell(source):
    yield from _source(source)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not ast.get_docstring(node):
            if not node.name.startswith("_") and node.col_offset == 0:
                yield f"{node.name} has no docstring"
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name in (
                [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module]
            ):
                if name.split(".")[0] not in STARTER_PACKAGES | sys.stdlib_module_names:
                    yield f"it imports {name}, which a starter may not"


def _starter_whole(path, notebook, code):
    first = notebook.cells[0].source.splitlines()[0]
    lesson = re.match(r"Lesson (\d\d) of \*Faint Signals\* \(`(notebooks/\1_\w+\.ipynb)`\) explains", first)
    if not lesson or not (path.resolve().parents[2] / lesson[2]).exists():
        yield "its first line does not say which lesson explains it"
    if "settings" not in tags(code[0]) or "PATH = None" not in code[0].source:
        yield "its first code cell is not the settings, with PATH = None"
    if any(cell.outputs or cell.execution_count for cell in code):
        yield "it has stored outputs (a starter is stored without)"
    median = statistics.median(cell.source.count("\n") + 1 for cell in code)
    if median > MEDIAN_CELL:
        yield f"the median code cell has {median:g} lines, more than {MEDIAN_CELL}"
    missing = {"settings", "check", "leaks"} - set().union(*map(tags, code))
    yield from (f"no cell is tagged {name}" for name in sorted(missing))


def copied_functions(paths):
    """Return which functions and classes of several starters carry one name and differ, or differ in name alone.

    Each starter is one file, so what two of them need stands in both: byte by byte the same.

    Parameters
    ----------
    paths : sequence of pathlib.Path
        The starters.
    """
    sources, names = defaultdict(set), defaultdict(set)
    for path in paths:
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type != "code":
                continue
            for node in ast.parse(cell.source).body:
                if isinstance(node, ast.FunctionDef | ast.ClassDef):
                    sources[node.name].add(ast.get_source_segment(cell.source, node))
            for name, body in _functions(cell.source):
                names[body].add(name)
    found = [f"{name} is not the same in all starters" for name, texts in sources.items() if len(texts) > 1]
    return found + [
        f"one function has several names: {sorted(two)}" for two in names.values() if len(two) > 1
    ]


def _runs(notebook):
    """How many code cells stand in a row, wherever they are too many."""
    kinds = "".join("c" if cell.cell_type == "code" else "m" for cell in notebook.cells)
    return [len(run) for run in kinds.split("m") if len(run) > LONGEST_RUN]


def _skeleton(name, texts):
    """What every lesson has at the same place: title, contract, last sections."""
    title, contract, *_ = *texts, "", ""
    if not re.match(rf"# {name[:2]} · \S", title):
        yield f"the title is not of the form “# {name[:2]} · Name”"
    if not contract.startswith("## The contract\n"):
        yield "the second cell is not the contract"
    told = re.sub(r"\s+", " ", contract)
    yield from (f"the contract lacks {part}" for part in CONTRACT if part not in told)
    headings = re.findall(r"^##+ (?:\d+ )?(.*)$", "\n".join(texts), re.MULTILINE)
    places = [[n for n, h in enumerate(headings) if h.startswith(part)] for part in LAST_SECTIONS]
    for part, found in zip(LAST_SECTIONS, places, strict=True):
        if not found:
            yield f"there is no section “{part} …”"
    if all(places) and sorted(places) != places:
        yield f"the last sections do not come in the order {', '.join(LAST_SECTIONS)}"


def _source(source):
    if source.count("\n") + 1 > LONGEST_CELL:
        yield f"{source.count(chr(10)) + 1} lines, more than {LONGEST_CELL}"
    if re.search(r"TODO|FIXME|XXX", source):
        yield "an open TODO"
    try:
        tree = ast.parse(TransformerManager().transform_cell(source))
    except SyntaxError as reason:
        yield f"it does not parse: {reason.msg}"
        return
    yield from _escapes(tree)
    yield from swallowed(tree)
    yield from wide_warnings(tree)
    for node in ast.walk(tree):
        name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        if name in ("plt.show", "fig.show", "figure.show"):
            yield f"{name}(): show figures with figures.show(fig, alt=…)"
        if name in ("np.random.seed", "numpy.random.seed"):
            yield "a global seed: draw from a numpy.random.Generator"
        if name in ("pickle.load", "pickle.loads", "joblib.load", "pd.read_pickle"):
            yield f"{name}() opens a pickle"
        if (
            isinstance(node, ast.keyword)
            and node.arg == "allow_pickle"
            and ast.unparse(node.value) != "False"
        ):
            yield "allow_pickle is not False"


def _escapes(tree):
    """Shell escapes and magics: IPython turns both into calls, which nbval does not see fail."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        call = ast.unparse(node)
        if (
            call.startswith("get_ipython().")
            and call != "get_ipython().run_line_magic('matplotlib', 'inline')"
        ):
            yield f"a shell escape or a magic ({call.removeprefix('get_ipython().')})"
        if ast.unparse(node.func) in ("os.system", "os.popen", "subprocess.call", "subprocess.Popen"):
            yield f"{ast.unparse(node.func)}() does not fail when its command does"


def swallowed(tree):
    """Yield a sentence for each place in a syntax tree where an error can vanish."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            caught = "everything" if node.type is None else ast.unparse(node.type)
            silent = all(
                isinstance(s, ast.Pass | ast.Continue | ast.Break) or _is_constant(s) for s in node.body
            )
            broad = caught in ("everything", "Exception", "BaseException")
            if silent or (broad and not any(isinstance(n, ast.Raise) for n in ast.walk(node))):
                yield f"an error is swallowed (except {caught})"
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("contextlib.suppress", "suppress"):
            yield "an error is swallowed (contextlib.suppress)"


def _is_constant(statement):
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def wide_warnings(tree):
    """Yield a sentence for each warnings filter that is wider than one named warning."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func).removeprefix("warnings.")
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        given |= dict(zip(("action", "message", "category"), node.args, strict=False))
        action = given.get("action")
        quiet = isinstance(action, ast.Constant) and action.value == "ignore"
        if name == "filterwarnings" and quiet and not (_says(given.get("message")) and "category" in given):
            yield "filterwarnings without the warning's message and category"
        if name in ("simplefilter", "catch_warnings") and quiet:
            yield f"{name}('ignore') silences more than one named warning"


def _says(node):
    """Whether a filter's message is there and more than a pattern for everything."""
    return node is not None and not (isinstance(node, ast.Constant) and node.value in ("", ".*", None))


def _tags(cell):
    markers = " ".join([*tags(cell), *re.findall(r"^\s*#+\s*((?:NBVAL|PYTEST)_\w+)\s*$", cell.source, re.M)])
    markers = markers.upper().replace("-", "_")
    errors = [output for output in cell.outputs if output.output_type == "error"]
    if "NBVAL_SKIP" in markers:
        yield "nbval is told to skip it"
    if "RAISES_EXCEPTION" in markers and not errors:
        yield "it is tagged raises-exception, and its stored output holds no error"
    if errors and "RAISES_EXCEPTION" not in markers:
        yield f"a stored error ({errors[0].ename})"


def _outputs(cell, number):
    for output in cell.outputs:
        data = output.get("data", {})
        if output.output_type == "stream" and output.name == "stderr":
            yield f"stored stderr ({output.text.strip()[:60]!r})"
        if any(kind in data for kind in PICTURES):
            yield "a picture without alt text: show figures with figures.show(fig, alt=…)"
        yield from _pictures(data.get("text/html", ""))
        # The preflight prints versions; a claim is checked against its bound whenever the cell runs.
        if number == 1 or CHECKED in cell.source or course.CLAIM_MIME in data:
            continue
        if stale := DECIMAL.search(_words(output)):
            yield (
                f"the number {stale[0]} stands in an unchecked output: make it a claim, a figure, "
                f"or a rounded NumPy result in a cell marked # {CHECKED}"
            )


def _words(output):
    """What an output says in words and numbers; a figure says it in its picture.

    The answer to a prediction and a check's ✔ are left out: the one is rounded to what the reader compares with a
    guess, the other was compared when the cell ran.
    """
    data = output.get("data", {})
    markup, plain = data.get("text/html", ""), data.get("text/plain", "")
    if "<img" in markup or markup.startswith(course.PREDICT_FIRST) or plain.startswith(("– ", "✔ ")):
        return ""
    parts = [
        output.get("text", ""),
        *(data.get(f"text/{kind}", "") for kind in ("plain", "markdown", "latex")),
    ]
    without_style = re.sub(r"<style.*?</style>", " ", data.get("text/html", ""), flags=re.DOTALL)
    return "\n".join([*parts, html.unescape(re.sub(r"<[^>]*>", " ", without_style))])


def _pictures(text):
    for picture in re.findall(r"<img\b[^>]*>", text):
        alt = re.search(r'\balt="([^"]*)"', picture)
        if not alt or not alt[1].strip():
            yield "a picture without alt text"
        if re.search(r'src="https?:', picture):
            yield "a picture loaded from a URL"


def _markdown(source):
    yield from _pictures(source)
    if re.search(r"!\[\s*\]\(", source):
        yield "a picture without alt text in a text cell"
    if re.search(r"!\[[^\]]*\]\(https?:", source):
        yield "a picture loaded from a URL in a text cell"
    if re.search(r"TODO|FIXME|XXX", source):
        yield "an open TODO in a text cell"


def uses_keras(notebook):
    """Return whether a notebook imports Keras or TensorFlow itself."""
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    return re.search(r"^\s*(?:import|from) (?:keras|tensorflow)\b", code, re.MULTILINE) is not None


def together(paths):
    """Return what is wrong with the notebooks as a set: claims named twice, functions that two lessons write.

    Parameters
    ----------
    paths : sequence of pathlib.Path
        Lessons and solutions.
    """
    names, functions = defaultdict(list), defaultdict(set)
    for path in paths:
        notebook = nbformat.read(path, as_version=4)
        here = f"{path.parent.name}/{path.name}"
        for row in course.claims_of(notebook):
            names[row["name"]].append(here)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                for name, body in _functions(cell.source):
                    functions[body].add((here, name))
    found = [f"the claim {name} is made in {', '.join(w)}" for name, w in names.items() if len(w) > 1]
    for places in functions.values():
        # a lesson and its exercises, which must stand alone, carry the same file name
        if len({here.rsplit("/", 1)[1] for here, _ in places}) > 1:
            written = ", ".join(f"{name} in {here}" for here, name in sorted(places))
            found.append(f"one function is written in two notebooks ({written}): move it to helpers")
    return found


def _functions(source):
    """Yield each function's name and what it does, whatever its name and docstring say."""
    try:
        tree = ast.parse(TransformerManager().transform_cell(source))
    except SyntaxError:  # said by `audit`
        return
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            if body:
                yield node.name, ast.dump(node.args) + "".join(ast.dump(statement) for statement in body)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="a file, or how its name begins: 02 (all by default)")
    options = parser.parse_args(arguments)
    paths = notebook_files(names=options.names)
    root = Path(__file__).resolve().parent.parent
    found = [f"{path.relative_to(root)}: {finding}" for path in paths for finding in audit(path)]
    found += together(paths)
    starters = [] if options.names else starter_files()
    found += [f"{path.relative_to(root)}: {finding}" for path in starters for finding in audit_starter(path)]
    found += copied_functions(starters)
    print("\n".join(found) if found else f"{len(paths) + len(starters)} notebooks: nothing found")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
