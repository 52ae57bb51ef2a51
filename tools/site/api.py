"""What autodoc needs to read the helpers where their libraries are not installed."""

import ast
import sys
from pathlib import Path

from sphinx.ext.autodoc.mock import _MockObject

ROOT = Path(__file__).resolve().parent.parent.parent
OPERATORS = "add radd sub rsub mul rmul truediv rtruediv pow rpow neg or ror".split()


def libraries():
    """Return the top-level names that the helpers import and that are neither theirs nor Python's."""
    found = set()
    for path in (ROOT / "helpers").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add(node.module.partition(".")[0])
    return sorted(found - {"helpers", *sys.stdlib_module_names})


def skip(app, what, name, obj, skipped, options):
    """Leave out what a named tuple says of its own fields."""
    return True if (getattr(obj, "__doc__", None) or "").startswith("Alias for field number") else None


def setup(app):
    for name in OPERATORS:  # modules compute constants from libraries' constants while they are imported
        setattr(_MockObject, f"__{name}__", lambda self, *others: self)
    _MockObject.__float__ = lambda self: 1.0
    _MockObject.__iter__ = lambda self: iter((self, self))  # a range's two ends
    app.config.autodoc_mock_imports = libraries()
    app.connect("autodoc-skip-member", skip)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
