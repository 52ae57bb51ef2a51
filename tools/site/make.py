"""Build the course's pages (`make site`): sources into build/site-source, pages into build/site.

Nothing is executed. All of it works without a network, while it is built and when it is read. A warning of Sphinx is an error.
"""

import argparse
import shutil
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE), str(ROOT / "tools"), str(ROOT)]

from lay import Site  # noqa: E402
from sphinx.cmd.build import build_main  # noqa: E402


def build(source, target, log):
    """Build pages from laid sources; return 0, or 1 when Sphinx warned of something.

    Parameters
    ----------
    source, target, log : pathlib.Path
        The sources' folder, the pages' folder, and the file that takes the warnings.
    """
    shutil.rmtree(target, ignore_errors=True)
    options = ["-q", "-E", "-W", "--keep-going", "-n", "-b", "html", "-c", str(HERE)]
    doctrees = str(source.parent / f"{source.name}-doctrees")
    return build_main([*options, "-w", str(log), "-d", doctrees, str(source), str(target)])


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--to", type=Path, default=ROOT / "build", help="a folder (build/ by default)")
    folder = parser.parse_args(arguments).to
    began = time.monotonic()
    site = Site(ROOT, folder / "site-source")
    site.lay()
    failed = build(site.target, folder / "site", folder / "site-warnings.txt")
    for path in site.notebooks:  # what a page offers to download is the notebook as it stands in the course
        place = path.relative_to(ROOT)
        shutil.copyfile(path, folder / "site" / "_sources" / place)
    said = "with warnings, " if failed else ""
    print(f"{folder / 'site' / 'index.html'}: {said}{time.monotonic() - began:.0f} s")
    return failed


if __name__ == "__main__":
    sys.exit(main())
