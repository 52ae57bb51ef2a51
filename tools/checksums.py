"""Write data/checksums.txt: the sha256 of every shipped file, which helpers.data verifies on reading.

Run `python tools/checksums.py` after adding or changing a file in data/ (its cards, *.md, are not listed).
"""

import hashlib
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data"


def listing(folder=DATA):
    """Return the text of checksums.txt for what lies in `folder` now."""
    names = sorted(
        file.relative_to(folder).as_posix()
        for file in folder.rglob("*")
        if file.is_file() and file.suffix != ".md" and file.name != "checksums.txt"
    )
    names = [name for name in names if not any(part.startswith(".") for part in name.split("/"))]
    return "".join(f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names)


if __name__ == "__main__":
    (DATA / "checksums.txt").write_text(listing(), encoding="utf-8", newline="\n")
