"""The house itself: one list of pins everywhere, data with checksums, modules in their order, no loose ends."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import checksums
import exercises
import nbformat
import pytest
import results
import yaml
from audit import wide_warnings
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import notebooks

ROOT = Path(__file__).resolve().parent.parent
# Each module imports only from modules above it.
ORDER = (
    "check course marking quiz figures data releases spectra recoils operators nest_source nest detector pulses waveforms scatters "
    "hits positions backgrounds search commissioning molecules descriptors tightbinding lattice pools scattering "
    "posterior optimum counting likelihood limits morphing blind nuisances"
).split()  # fmt: skip
HELPERS = sorted(path for path in (ROOT / "helpers").glob("*.py") if path.name != "__init__.py")
each_helper = pytest.mark.parametrize("path", HELPERS, ids=lambda path: path.stem)


def pins(path):
    """A requirements file's entries, {requirement: its hashes}, files that it includes among them."""
    found = {}
    for line in re.sub(r"\\\n", " ", path.read_text("utf-8")).splitlines():
        words = re.sub(r"(^|\s)#.*", "", line).split()
        if not words:
            continue
        if words[0] in ("-r", "--requirement"):
            found |= pins((path.parent / words[1]).resolve())
            continue
        hashes = frozenset(word.removeprefix("--hash=") for word in words if word.startswith("--hash="))
        name = " ".join(word for word in words if not word.startswith("--hash="))
        found[str(Requirement(name))] = hashes
    return found


def conda_pins(path):
    """What an environment file has pip install; `-r` is relative to that file, as for conda and mamba."""
    listed = [
        item["pip"]
        for item in yaml.safe_load(path.read_text("utf-8"))["dependencies"]
        if isinstance(item, dict)
    ]
    assert len(listed) == 1
    found = {}
    for line in listed[0]:
        option, name = line.split()
        assert option == "-r"
        found |= pins((path.parent / name).resolve())
    return found


PINS = pins(ROOT / "requirements.txt")


def test_every_requirement_is_exact_and_hashed():
    assert len(PINS) > 50
    for pin, hashes in PINS.items():
        specifiers = list(Requirement(pin).specifier)
        assert len(specifiers) == 1 and specifiers[0].operator == "==" and "*" not in specifiers[0].version, (
            pin
        )
        assert hashes and all(re.fullmatch(r"sha256:[0-9a-f]{64}", item) for item in hashes), pin
        assert Requirement(pin).url is None, pin


def test_the_list_names_no_index_and_no_host():
    text = (ROOT / "requirements.txt").read_text("utf-8")
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host|^-[if]\b", text, re.MULTILINE)


PYTHONS = ("3.11", "3.12", "3.13")


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize(
    "platform, machine, tensorflow",
    [
        ("linux", "x86_64", "tensorflow-cpu"),
        ("linux", "aarch64", "tensorflow"),
        ("darwin", "arm64", "tensorflow"),
        ("win32", "AMD64", "tensorflow"),
    ],
)
def test_every_dependency_is_pinned_on_each_platform(python, platform, machine, tensorflow):
    place = {"python_version": python, "python_full_version": f"{python}.9", "sys_platform": platform}
    place |= {"platform_machine": machine, "extra": "", "implementation_name": "cpython"}
    place |= {"platform_system": {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}[platform]}
    place |= {"platform_python_implementation": "CPython"}

    def here(requirement):
        return requirement.marker is None or requirement.marker.evaluate(place)

    pinned = {}
    for pin in map(Requirement, PINS):
        if here(pin):
            assert canonicalize_name(pin.name) not in pinned, f"{pin.name} is pinned twice"
            pinned[canonicalize_name(pin.name)] = next(iter(pin.specifier)).version
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = project["project"]["dependencies"] + project["build-system"]["requires"]
    for dependency in map(Requirement, wanted):
        if here(dependency):
            version = pinned[canonicalize_name(dependency.name)]
            assert dependency.specifier.contains(version), f"{dependency} is pinned to {version}"
    assert {name for name in pinned if name in ("tensorflow", "tensorflow-cpu")} == {tensorflow}
    wheels = python != "3.13" and (platform, machine) in (("linux", "x86_64"), ("darwin", "arm64"))
    assert ("nestpy" in pinned) == wheels


def test_all_name_the_same_pythons():
    """README, the environment's maker, the lock and pyproject; `make lock` asks for each one's wheels."""
    said = "3.11, 3.12 or 3.13"
    assert said in (ROOT / "README.md").read_text("utf-8")
    assert said in (ROOT / "tools" / "make_venv.sh").read_text("utf-8")
    assert f"PYTHONS := {' '.join(PYTHONS)}\n" in (ROOT / "Makefile").read_text("utf-8")
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"]
    taken = [
        f"3.{minor}"
        for minor in range(30)
        if Requirement(f"python{wanted}").specifier.contains(f"3.{minor}.0")
    ]
    assert tuple(taken) == PYTHONS


def test_workflows_run_the_readme_command_on_the_oldest_and_the_newest_python():
    """On Linux (x86-64 and ARM) and macOS; where make is not at hand, the command that `make test` stands for."""
    flow = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text("utf-8"))
    matrix = flow["jobs"]["test"]["strategy"]["matrix"]
    assert matrix["python"] == [PYTHONS[0], PYTHONS[-1]]
    assert [system.split("-")[0] for system in matrix["os"]] == ["ubuntu", "ubuntu", "macos"]
    assert "arm" in matrix["os"][1]
    assert flow["jobs"]["test"]["steps"][-1]["run"] == "make test"
    assert flow["jobs"]["site"]["steps"][-1]["run"] == "make site"
    makefile = (ROOT / "Makefile").read_text("utf-8")
    options = re.search(r"^PYTEST := \$\(RUN\) (-m pytest .*)$", makefile, re.MULTILINE)[1]
    for name in ("test.yml", "newest.yml"):
        assert f"python {options}" in " ".join((ROOT / ".github/workflows" / name).read_text("utf-8").split())


def test_venv_conda_and_binder_install_the_same_list():
    install = (ROOT / "tools" / "make_venv.sh").read_text("utf-8")
    assert "list=$2" in install and '--require-hashes -r "$list"' in install
    calls = re.findall(r"sh tools/make_venv.sh (\S+) (\S+)", (ROOT / "Makefile").read_text("utf-8"))
    assert calls == [
        (".venv", "requirements.txt"),
        (".venv-build", "tools/molecules/requirements.txt"),
        (".venv-site", "tools/site/requirements.txt"),
    ]
    for name in ("environment.yml", "binder/environment.yml"):
        assert conda_pins(ROOT / name) == PINS, name


def test_conda_and_binder_pin_a_python_that_the_course_runs_on():
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"]
    for name in ("environment.yml", "binder/environment.yml"):
        conda = yaml.safe_load((ROOT / name).read_text("utf-8"))["dependencies"]
        python = next(item for item in conda if isinstance(item, str) and item.startswith("python"))
        assert Requirement(f"python{wanted}").specifier.contains(
            python.partition("=")[2].strip("=") + ".0"
        ), name


def test_binder_installs_our_file():
    """Binder's own builder is asked, without Docker, what it would do with this checkout."""
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", "."]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    dockerfile = done.stdout + done.stderr
    installed = re.findall(r'env update .*--file "([^"]+)"', dockerfile)
    assert installed == ["binder/environment.yml"]
    assert conda_pins(ROOT / installed[0]) == PINS
    assert "RUN ./binder/postBuild" in dockerfile and "binder/start" in dockerfile


def test_binder_scripts_stop_at_an_error_and_cap_the_threads():
    post_build, start = (ROOT / "binder" / name for name in ("postBuild", "start"))
    lines = post_build.read_text("utf-8").splitlines()
    assert lines[0].startswith("#!") and "set -e" in lines[:3]
    lines = start.read_text("utf-8").splitlines()
    assert lines[0].startswith("#!") and lines[-1] == 'exec "$@"'
    for name in (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "TF_NUM_INTRAOP_THREADS",
        "TF_NUM_INTEROP_THREADS",
    ):
        assert f"{name}=1" in start.read_text("utf-8")
    for script in (post_build, start, ROOT / ".ci" / "run"):
        assert os.access(script, os.X_OK), f"{script.name} is not executable"


def test_ci_runs_the_readme_command_with_the_mirror_beside_the_checkout(tmp_path):
    """`.ci/run` in a copy with a stand-in for make: it says which mirror it was given."""
    for name, mirror in (("with", True), ("without", False)):
        place = tmp_path / f"{name} a space" / "course"
        (place / ".ci").mkdir(parents=True)
        (place / ".ci" / "run").write_text((ROOT / ".ci" / "run").read_text("utf-8"))
        data = place.parent / "shared" / "data"
        if mirror:
            data.mkdir(parents=True)
        make = tmp_path / "bin" / "make"
        make.parent.mkdir(exist_ok=True)
        make.write_text('#!/bin/sh\necho "$PWD|${COURSE_DATA_MIRROR:-none}|$*"\n')
        make.chmod(0o755)
        environment = {k: v for k, v in os.environ.items() if k != "COURSE_DATA_MIRROR"}
        environment["PATH"] = f"{make.parent}{os.pathsep}{environment['PATH']}"
        done = subprocess.run(
            ["bash", str(place / ".ci" / "run")], env=environment, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == f"{place}|{data if mirror else 'none'}|test"


def tracked():
    """The files that belong to the course: what git knows, or (in an unpacked archive) what lies in its folders."""
    known = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if known.returncode == 0 and known.stdout:
        return [ROOT / name for name in known.stdout.split("\0") if name and (ROOT / name).is_file()]
    folders = ("binder", "data", "docs", "helpers", "notebooks", "tests", "tools", ".ci")
    return [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]


def texts():
    for path in tracked():
        try:
            yield path, re.sub(r'base64,[^"\\]*', "", path.read_text("utf-8"))
        except UnicodeDecodeError:
            continue


def test_no_file_names_a_path_of_one_machine():
    path = re.compile(r"(?<![\w.$}])/(?:" + "|".join(("work", "root", "Users", "home")) + r")/\w")
    found = [
        f"{file.relative_to(ROOT)}: {place[0]}" for file, text in texts() for place in path.finditer(text)
    ]
    assert found == []


def test_links_between_our_files_lead_somewhere():
    broken = []
    for path, text in texts():
        if (
            path.parent == ROOT / "tools" / "template"
        ):  # its links lead somewhere once `make lesson` laid it down
            continue
        if path.suffix == ".ipynb":
            cells = nbformat.reads(text, as_version=4).cells
            text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        elif path.suffix != ".md":
            continue
        text = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            file = target.partition("#")[0]
            if not re.match(r"[a-z]+:", target) and file and not (path.parent / file).exists():
                broken.append(f"{path.relative_to(ROOT)}: {target}")
    assert broken == []


def test_lessons_call_one_thing_by_one_word():
    table = [
        row.split("|")
        for row in (ROOT / "docs" / "glossary.md").read_text("utf-8").splitlines()
        if "|" in row
    ]
    banned = [form for row in table for form in re.findall(r"`([^`]+)`", row[3])]
    assert len(banned) > 12
    said = re.compile("|".join(rf"(?<!\w){re.escape(form)}(?![a-z])" for form in banned))
    for path in [*notebooks.notebook_files(), *notebooks.starter_files()]:
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                found = said.search(cell.source)
                assert not found, f"{path.name}: {found[0]!r} (docs/glossary.md): {cell.source[:80]}"


def test_thousands_are_set_off_by_a_comma():
    blank = re.compile(r"(?<![\d.,×\[] )(?<![\d.,\[])\b\d{1,3}[ \u202f\xa0]\d{3}\b(?![\d.,]*\d)")
    texts = {
        f"{path.name} {cell.id}": cell.source
        for path in notebooks.notebook_files()
        for cell in nbformat.read(path, as_version=4).cells
        if cell.cell_type == "markdown"
    }
    for pattern in ("notebooks/solutions/quizzes/*.toml", "data/*/README.md", "docs/**/*.md"):
        texts |= {
            path.name: path.read_text("utf-8") for path in ROOT.glob(pattern) if path.name != "glossary.md"
        }
    for name, text in texts.items():
        found = blank.search(re.sub(r"\$[^$]*\$|`[^`]*`|https?://\S*", "", text))
        assert found is None, f"{name}: {found[0]!r} (docs/glossary.md)"


@pytest.mark.parametrize("path", results.lesson_files(), ids=lambda path: path.stem[:2])
def test_the_alt_text_of_a_figure_with_controls_says_what_was_chosen(path):
    cells = nbformat.read(path, as_version=4).cells
    tree = ast.parse("\n".join(re.sub("(?m)^%.*", "", c.source) for c in cells if c.cell_type == "code"))
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    controlled = [call.args[0] for call in calls(tree, "interact", "interactive_output")]
    assert controlled
    for one in controlled:
        drawing = functions[one.id] if isinstance(one, ast.Name) else one
        inner = [functions[name] for name in map(called, calls(drawing)) if name in functions]
        for function in (drawing, *inner):
            texts = {
                node.targets[0].id: node.value
                for node in ast.walk(function)
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
            }
            for shown in calls(function, "show"):
                alt = {word.arg: word.value for word in shown.keywords}["alt"]
                alt = texts[alt.id] if isinstance(alt, ast.Name) else alt
                assert any(isinstance(part, ast.FormattedValue) for part in ast.walk(alt)), ast.unparse(alt)


def calls(tree, *names):
    """The calls in a syntax tree, or those of functions of some names."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [node for node in found if not names or called(node) in names]


def called(call):
    """The name of the function that is called, `show` for `figures.show(…)`."""
    return getattr(call.func, "attr", getattr(call.func, "id", None))


def test_ruff_finds_nothing():
    for command in (
        ["check", "helpers", "tools", "tests", "notebooks"],
        ["format", "--check", "helpers", "tools", "tests"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache", "-q"],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_readme_says_what_the_lessons_stored():
    readme = (ROOT / "README.md").read_text("utf-8")
    assert results.filled(readme) == readme, "run make results"
    assert (ROOT / results.RESULTS).read_text("utf-8") == results.results(), "run make results"
    for path in results.lesson_files():
        assert f"notebooks/{path.name}" in readme
    assert "make lab" in readme and "make test" in readme


def test_each_lesson_has_exercises_and_the_other_way_round():
    lessons = {path.name for path in results.lesson_files()}
    assert lessons == {path.name for path in exercises.solution_files()}
    assert len(
        {path.name[:2] for path in notebooks.notebook_files() if path.parent.name == "notebooks"}
    ) == len(lessons)


def test_every_data_file_has_its_checksum():
    assert (ROOT / "data" / "checksums.txt").read_text("utf-8") == checksums.listing(), (
        "run tools/checksums.py"
    )


def test_checksums_have_one_home():
    """Cards point to the list; the molecules' manifest, which lets their build go on, agrees with it."""
    listed = dict(reversed(row.split("  ")) for row in checksums.listing().splitlines())
    for card in (ROOT / "data").glob("*/README.md"):
        assert not re.search(r"\b[0-9a-f]{64}\b", card.read_text("utf-8")), card
    manifest = json.loads((ROOT / "data" / "molecules" / "manifest.json").read_text("utf-8"))
    for name, sha256 in manifest["files"].items():
        assert listed[f"molecules/{name}"] == sha256


def test_every_data_folder_has_a_card_and_all_are_small():
    for folder in (path for path in (ROOT / "data").iterdir() if path.is_dir()):
        card = folder / "README.md"
        assert card.exists(), f"data/{folder.name} has no card"
        assert "licen" in card.read_text("utf-8").lower(), f"the card of data/{folder.name} names no licence"
    size = sum(path.stat().st_size for path in (ROOT / "data").rglob("*") if path.is_file())
    assert size < 25e6, f"data/ holds {size / 1e6:.1f} MB"


@each_helper
def test_every_helper_has_its_tests(path):
    assert (ROOT / "tests" / f"test_{path.stem}.py").exists()


@each_helper
def test_helpers_import_only_what_stands_above_them(path):
    assert path.stem in ORDER, f"{path.stem} has no place in the order of the modules"
    imported = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.level or node.module == "helpers"):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module.startswith("helpers."):
            imported.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            imported |= {
                alias.name.split(".")[1] for alias in node.names if alias.name.startswith("helpers.")
            }
    below = [name for name in imported if ORDER.index(name) >= ORDER.index(path.stem)]
    assert below == []


@each_helper
def test_every_public_function_is_explained(path):
    module = ast.parse(path.read_text("utf-8"))
    head = ast.get_docstring(module)
    for node in module.body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
            continue
        said = ast.get_docstring(node)
        assert said, f"{node.name} has no docstring"
        if isinstance(node, ast.ClassDef):
            methods = [item for item in node.body if isinstance(item, ast.FunctionDef)]
            assert all(ast.get_docstring(item) for item in methods if not item.name.startswith("_")), (
                node.name
            )
            continue
        given = node.args.posonlyargs + node.args.args + node.args.kwonlyargs
        # What all of a module's functions take is said once, at its head; in `check` they take what `array` explains.
        if given and path.stem != "check":
            unsaid = [a.arg for a in given if not re.search(rf"\b{a.arg}\b", f"{head} {said}")]
            assert unsaid == [] or re.search(r"\bsee\b|Parameters and", said, re.IGNORECASE), (
                f"{node.name} does not explain {unsaid}"
            )


@pytest.mark.parametrize(
    "path", [path for path in tracked() if path.suffix == ".py"], ids=lambda path: path.name
)
def test_no_code_silences_more_than_one_named_warning(path):
    assert list(wide_warnings(ast.parse(path.read_text("utf-8")))) == []
