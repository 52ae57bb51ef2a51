"""Formulas as MathML, made by docutils while the site is built: no script, no fonts, nothing to fetch."""

import html

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util import logging

# What JupyterLab's renderer takes, and docutils does not know.
SPELLED = {"…": r"\ldots ", "±": r"\pm ", r"\Big": ""}


def mathml(node, block):
    """Return a formula as MathML, or its TeX with a warning when docutils cannot read it.

    Parameters
    ----------
    node : docutils.nodes.Node
        The formula.
    block : bool
        Whether it stands on a line of its own.
    """
    tex = node.astext()
    for known, spelled in SPELLED.items():
        tex = tex.replace(known, spelled)
    try:
        return tex2mathml(tex, as_block=block)
    except MathError as error:
        logging.getLogger(__name__).warning("formula %r: %s", tex, error, location=node)
        return f"<code>{html.escape(tex)}</code>"


def inline(translator, node):
    translator.body.append(mathml(node, block=False))
    raise nodes.SkipNode


def display(translator, node):
    translator.body.append(f'<div class="formula">{mathml(node, block=True)}</div>')
    raise nodes.SkipNode


def setup(app):
    app.add_html_math_renderer("mathml", inline_renderers=(inline, None), block_renderers=(display, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
