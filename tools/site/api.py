"""Write the helpers' pages from their source: signatures and docstrings are read, nothing is imported.

Some modules work out tables while they are imported; autodoc's stand-ins for NumPy cannot do that.
"""

import ast
import re
import textwrap

from sphinx.ext.napoleon import Config, NumpyDocstring

CONFIG = Config(napoleon_use_param=False, napoleon_use_rtype=False, napoleon_use_ivar=True)


def page(path):
    """Return a module's page as reStructuredText: what its head says, then all that is public, in its order.

    Parameters
    ----------
    path : pathlib.Path
        The module's source.
    """
    module = ast.parse(path.read_text("utf-8"))
    parts = [f".. py:module:: helpers.{path.stem}", ast.get_docstring(module)]
    for node in public(module):
        if isinstance(node, ast.FunctionDef):
            parts.append(_entry("function", node.name, _signature(node.args), node))
            continue
        fields = [item for item in node.body if isinstance(item, ast.AnnAssign)]
        made = [item for item in node.body if isinstance(item, ast.FunctionDef) and item.name == "__init__"]
        signature = _signature(made[0].args, bound=True) if made else ", ".join(map(ast.unparse, fields))
        methods = [
            _entry("property", item.name, None, item)
            if any(ast.unparse(d).endswith("property") for d in item.decorator_list)
            else _entry("method", item.name, _signature(item.args, bound=True), item)
            for item in public(node)
            if isinstance(item, ast.FunctionDef)
        ]
        inside = textwrap.indent("\n\n".join(methods), "   ")
        parts.append(f"{_entry('class', node.name, signature, node)}\n\n{inside}")
    # After `name`, reStructuredText wants a space or its escaped likeness.
    return re.sub(r"(`[^`\n]+`)(\w?)", lambda m: m[1] + (m[2] and rf"\ {m[2]}"), "\n\n".join(parts))


def public(node):
    """Return a module's functions and classes, or a class's methods, that have no underscore before them."""
    kinds = ast.FunctionDef | ast.ClassDef
    return [item for item in node.body if isinstance(item, kinds) and not item.name.startswith("_")]


def _signature(arguments, *, bound=False):
    """Return a call's arguments; a method's first one is left out."""
    if bound:
        (arguments.posonlyargs or arguments.args).pop(0)
    return ast.unparse(arguments)


def _entry(kind, name, signature, node):
    call = name if signature is None else f"{name}({signature})"
    said = str(NumpyDocstring(ast.get_docstring(node) or "", CONFIG, what=kind))
    return f".. py:{kind}:: {call}\n\n{textwrap.indent(said, '   ')}"
