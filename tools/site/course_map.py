"""Draw the course: which lesson leans on which, from the lessons' own contracts.

The lessons stand one below another, in their order; from each an arc runs up to the lessons that it needs. An
arc that follows from others is left out: 16 needs 04, and 04 needs 03, so that none runs from 16 to 03.
"""

import html
import re
import tomllib
from pathlib import Path
from typing import NamedTuple

# Arcs to one lesson share a colour, a shade of seaborn's `colorblind` palette dark enough for white paper.
COLOURS = ("#0173b2", "#b35900", "#02815d", "#a8479c", "#8a5d2b", "#c1272d", "#5b5b5b", "#1f6f8b", "#6b5b00")
WIDTH, ROW, PART = 384, 30, 46  # the drawing's width, a lesson's and a part's height, in its own units
SPINE = 104  # where the lessons' points stand; the arcs are left of it, the titles right
WIDEST = 98  # how far the longest arc goes to the left


class Part(NamedTuple):
    """A part of the course: its Roman number with its name, a sentence, the numbers of its lessons."""

    name: str
    says: str
    lessons: tuple


def parts(root):
    """Return the course's parts, as docs/parts.toml has them.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.

    Raises
    ------
    ValueError
        When a lesson is in no part, in two, or out of order.
    """
    listed = tomllib.loads((Path(root) / "docs" / "parts.toml").read_text("utf-8"))["part"]
    numbers = [number for part in listed for number in part["lessons"]]
    there = [path.name[:2] for path in sorted((Path(root) / "notebooks").glob("[0-9]*.ipynb"))]
    if numbers != there:
        raise ValueError(f"docs/parts.toml lists the lessons {numbers}, and there are {there}")
    roman = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
    return [
        Part(f"{number} {part['name']}", part["says"], tuple(part["lessons"]))
        for number, part in zip(roman, listed, strict=False)
    ]


def needed(necessary):
    """Return {lesson: all that must be read before it}, what its own necessary lessons need among them.

    Parameters
    ----------
    necessary : dict
        {lesson: the lessons that its contract calls necessary}, in the course's order.

    Raises
    ------
    ValueError
        When a lesson needs one that does not stand before it.
    """
    closed = {}
    for lesson, wanted in necessary.items():
        if late := [other for other in wanted if other not in closed]:
            raise ValueError(f"lesson {lesson} needs {', '.join(late)}, which do not stand before it")
        closed[lesson] = set(wanted).union(*(closed[other] for other in wanted))
    return closed


def arcs(necessary):
    """Return {lesson: the necessary ones that none of its other necessary ones needs}: see `needed`."""
    closed = needed(necessary)
    return {
        lesson: [other for other in wanted if not any(other in closed[third] for third in wanted)]
        for lesson, wanted in necessary.items()
    }


def _short(title):
    """Return a title's first half, without its number: what fits on a phone."""
    return re.split(r": ", title.split(" · ")[1])[0]


def drawing(course_parts, lessons):
    """Return the map as an SVG element: each lesson a link, with its arcs.

    Parameters
    ----------
    course_parts : sequence of Part
        What `parts` returns.
    lessons : dict
        {number: lesson}, each with `title`, `necessary` and the `page` that it links to.
    """
    leans = arcs({number: lesson.necessary for number, lesson in lessons.items()})
    leaned_on = dict.fromkeys(other for wanted in leans.values() for other in sorted(wanted))
    colour = dict(zip(leaned_on, COLOURS * len(leaned_on), strict=False))
    place, heads, y = {}, [], 0
    for part in course_parts:
        y += PART
        heads.append(f'<text class="part" x="{SPINE - 6}" y="{y - 12}">{html.escape(part.name)}</text>')
        for number in part.lessons:
            place[number] = y + ROW / 2
            y += ROW
    longest = max((place[n] - place[o] for n, wanted in leans.items() for o in wanted), default=1)
    lines, links = [], []
    for number, lesson in lessons.items():
        after = f", after {' and '.join(leans[number])}" if leans[number] else ""
        for other in leans[number]:
            tall = place[number] - place[other]
            wide = WIDEST * (tall / longest) ** 0.5
            lines.append(
                f'<path class="to-{number} from-{other}" stroke="{colour[other]}" '
                f'd="M{SPINE} {place[other]} A{wide:.0f} {tall / 2:.0f} 0 0 0 {SPINE} {place[number]}"/>'
            )
        links.append(
            f'<a href="{lesson.page}" aria-label="{html.escape(lesson.title)}{after}" data-lesson="{number}">'
            f'<rect x="{SPINE - 8}" y="{place[number] - ROW / 2 + 1}" width="{WIDTH - SPINE + 6}" '
            f'height="{ROW - 2}" rx="4"/>'
            f'<circle cx="{SPINE}" cy="{place[number]}" r="5" fill="{colour.get(number, "#444")}"/>'
            f'<text x="{SPINE + 14}" y="{place[number] + 5}">'
            f"{number} {html.escape(_short(lesson.title))}</text></a>"
        )
    return (
        f'<svg class="course-map" viewBox="0 0 {WIDTH} {y + 8}" xmlns="http://www.w3.org/2000/svg" '
        'role="group" aria-labelledby="map-title map-text">'
        '<title id="map-title">Which lesson leans on which</title>'
        f'<desc id="map-text">{html.escape(said(leans))}</desc>'
        f"<style>{_hover(leans)}</style>{''.join(heads)}<g>{''.join(lines)}</g>{''.join(links)}</svg>"
    )


def _hover(leans):
    """Return the rules that make a lesson's arcs heavy, upwards and downwards, while one points at it."""
    rules = []
    for number in leans:
        at = f'.course-map:has([data-lesson="{number}"]:is(:hover, :focus-visible))'
        rules.append(f"{at} :is(.to-{number}, .from-{number})")
    return f"{', '.join(rules)} {{ stroke-width: 4; opacity: 1 }}"


def said(leans):
    """Return the drawing in words.

    Parameters
    ----------
    leans : dict
        What `arcs` returns.
    """
    first = [number for number, wanted in leans.items() if not wanted]
    rest = [f"{number} on {' and '.join(wanted)}" for number, wanted in leans.items() if wanted]
    return f"Lessons {', '.join(first)} lean on no other; {'; '.join(rest)}."
