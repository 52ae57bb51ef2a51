"""Link the first place where a notebook's page names a term of docs/terms.md to its definition."""

import re

from docutils import nodes

GLOSSARY = "docs/terms"
# Words in these are titles, links, code: nothing to link.
CLOSED = (
    nodes.title,
    nodes.reference,
    nodes.literal,
    nodes.literal_block,
    nodes.raw,
    nodes.math,
    nodes.caption,
)


def definitions(env):
    """Return {name: (anchor, definition)} of all terms.

    Parameters
    ----------
    env : sphinx.environment.BuildEnvironment
        After all sources are read.
    """
    found = {}
    for item in env.get_doctree(GLOSSARY).findall(nodes.definition_list_item):
        said = " ".join(item.next_node(nodes.definition).astext().split())
        names = list(item.findall(nodes.term))
        for term in names:
            found[term.astext()] = (names[0]["ids"][0], said)
    return found


def pattern(names):
    """Return the expression that finds a name: longest first, a plural's s or a capital at the start allowed.

    Parameters
    ----------
    names : iterable of str
        The terms.
    """
    parts = []
    for name in sorted(names, key=len, reverse=True):
        head = f"[{name[0]}{name[0].upper()}]" if name[0].islower() else re.escape(name[0])
        rest = r"\s+".join(map(re.escape, name[1:].split(" ")))
        parts.append(f"(?P<t{len(parts)}>{head}{rest}s?)")
    return re.compile(rf"(?<![\w-])(?:{'|'.join(parts)})(?![\w-])"), sorted(names, key=len, reverse=True)


def link(app, doctree, docname):
    """Replace each term's first occurrence by a link with its definition as the title."""
    if not docname.startswith("notebooks/"):
        return
    if not hasattr(app, "_terms"):
        app._terms = definitions(app.env)
        app._pattern = pattern(app._terms)
    expression, names = app._pattern
    page = app.builder.get_relative_uri(docname, GLOSSARY)
    seen = set()
    for text in list(doctree.findall(nodes.Text)):
        above, closed = text.parent, False
        while above is not None and not closed:
            closed, above = isinstance(above, CLOSED), above.parent
        if closed:
            continue
        parts, end = [], 0
        for found in expression.finditer(str(text)):
            anchor, said = app._terms[names[int(found.lastgroup[1:])]]
            if anchor in seen:
                continue
            seen.add(anchor)
            parts.append(nodes.Text(text[end : found.start()]))
            reference = nodes.reference(
                "", found[0], refuri=f"{page}#{anchor}", internal=True, classes=["term"]
            )
            reference["reftitle"] = said
            parts.append(reference)
            end = found.end()
        if parts:
            text.parent.replace(text, [*parts, nodes.Text(text[end:])])


def setup(app):
    app.connect("doctree-resolved", link)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
