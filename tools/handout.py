"""Make the zip that a class gets (`make handout`): the course without solutions, wrong answers and teacher's pages.

`build/faint-signals-VERSION.zip` unpacks into one folder of that name in which `make lab`, the lessons and the exercises
work; nothing in it has to be kept from a student. The same commit gives the same bytes (with one zlib): names are
sorted, times are those of no day. Left out: notebooks/solutions, tests (its wrong answers and its reference runs), the
teaching kit, the tools that read solutions, and what only maintainers need. Links to what is left out become plain text.
"""

import argparse
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = (
    "notebooks/solutions/",
    "tests/",
    "docs/teaching/",
    ".github/",
    ".ci/",
    "tools/template/",
    "tools/molecules/",
)
TOOLS = ("tools/make_venv.sh", "tools/copy_lessons.py")  # all that a class needs of tools/
ALONE = (".pre-commit-config.yaml", "CONTRIBUTING.md")
TEXT = (".md", ".ipynb")
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\((?!https?:|#|mailto:)([^)\s]+)\)")
NOTE = (
    "> This is the copy for a class: without solutions, tests and the teacher's pages. `make lab` opens it; `make copy` "
    "lays\n> copies of lessons and exercises into `my/`, which no update touches.\n\n"
)
NO_DAY = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can state


def version(root=ROOT):
    """Return the course's version, as pyproject.toml has it."""
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"]


def files(root=ROOT):
    """Return what git knows of the course and a class may have, sorted, as paths relative to the root."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True)
    names = sorted(name for name in listed.stdout.split("\0") if name and (root / name).is_file())
    return [
        name
        for name in names
        if not name.startswith(LEFT_OUT)
        and name not in ALONE
        and (not name.startswith("tools/") or name in TOOLS)
    ]


def content(name, kept, root=ROOT):
    """Return a file's bytes as the handout has them: links to what is left out are plain text.

    Parameters
    ----------
    name : str
        The file, relative to the root.
    kept : collection of str
        All files of the handout.
    """
    path = root / name
    if path.suffix not in TEXT:
        return path.read_bytes()
    there = set(kept) | {parent.as_posix() for file in kept for parent in Path(file).parents}

    def plain(link):
        target = os.path.normpath(path.parent.relative_to(root) / link[2].partition("#")[0])
        return link[0] if Path(target).as_posix() in there else link[1]

    if path.suffix == ".md":
        return ((NOTE if name == "README.md" else "") + LINK.sub(plain, path.read_text("utf-8"))).encode()
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.pop("generated", None)  # a class has nothing that generates it
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = LINK.sub(plain, cell.source)
    return (nbformat.writes(notebook, version=4) + "\n").encode()


def write(file, root=ROOT):
    """Write the zip and return the names in it.

    Parameters
    ----------
    file : pathlib.Path
        Where to.
    """
    kept = files(root)
    file.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in kept:
            entry = zipfile.ZipInfo(f"{file.stem}/{name}", NO_DAY)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            runs = name.endswith(".sh") or name in ("binder/postBuild", "binder/start")
            entry.external_attr = (0o100755 if runs else 0o100644) << 16
            archive.writestr(entry, content(name, kept, root))
    return kept


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--to", type=Path, default=ROOT / "build", help="a folder (build/ by default)")
    file = parser.parse_args(arguments).to / f"faint-signals-{version()}.zip"
    kept = write(file)
    print(f"{file}: {len(kept)} files, {file.stat().st_size / 1e6:.0f} MB, without solutions")
    return 0


if __name__ == "__main__":
    sys.exit(main())
