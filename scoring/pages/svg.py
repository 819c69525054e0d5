"""How does a chart become SVG? One element with its title, its description and, standing alone, its own style."""

from __future__ import annotations

from functools import cache, singledispatch
from hashlib import sha256
from importlib import resources

from markupsafe import escape

from scoring.pages.marks import Box, Chart, Dot, Group, Line, Mark, Path, Word


@cache
def style() -> str:
    """Read the style sheet of pictures: light, dark and printed."""
    return resources.files("scoring.pages").joinpath("templates", "picture.css").read_text(encoding="utf-8").strip()


def picture(chart: Chart, *, alone: bool = True) -> str:
    """Draw a chart.

    Parameters
    ----------
    chart
        Marks with places.
    alone
        With the style inside, for a notebook or a file; a page has the style once for all its pictures.

    Returns
    -------
    str
        An ``<svg>`` element. Alone it has no ids, so that any number of them can stand in one notebook; on a page its
        ids hold a digest of its content.

    Examples
    --------
    >>> drawn = picture(Chart("chart-one", "One bar", "A bar.", 40, 20, (Box(0, 0, 40, 20, "up", "all <of> it"),)))
    >>> drawn.count("<rect"), "all &lt;of&gt; it" in drawn, drawn.startswith("<svg ")
    (1, True, True)
    """
    inside = "\n".join(_draw(mark) for mark in chart.marks)
    told = f"{chart.title}\n{chart.description}\n{chart.width} {chart.height}\n{inside}"
    name = f"{escape(chart.name)}-{sha256(told.encode()).hexdigest()[:8]}"
    size = f'width="{chart.width}" height="{chart.height}" viewBox="0 0 {chart.width} {chart.height}" role="img"'
    title, description = escape(chart.title), escape(chart.description)
    if alone:  # without any id: a notebook may show the same picture twice
        return (
            f'<svg class="renmai" xmlns="http://www.w3.org/2000/svg" {size} aria-label="{title}">\n'
            f"<title>{title}</title>\n<desc>{description}</desc>\n<style>{style()}</style>\n{inside}\n</svg>"
        )
    return (
        f'<svg class="renmai" id="{name}" {size} aria-labelledby="{name}-title" aria-describedby="{name}-desc">\n'
        f'<title id="{name}-title">{title}</title>\n<desc id="{name}-desc">{description}</desc>\n{inside}\n</svg>'
    )


@singledispatch
def _draw(mark: Mark) -> str:
    raise TypeError(f"a chart holds boxes, lines, dots, paths, words and groups; got {type(mark).__name__}")


@_draw.register
def _box(mark: Box) -> str:
    place = f'x="{mark.x:g}" y="{mark.y:g}" width="{mark.width:g}" height="{mark.height:g}"'
    return _element("rect", mark.look, place, mark.tip)


@_draw.register
def _line(mark: Line) -> str:
    return _element("line", mark.look, f'x1="{mark.x1:g}" y1="{mark.y1:g}" x2="{mark.x2:g}" y2="{mark.y2:g}"', mark.tip)


@_draw.register
def _dot(mark: Dot) -> str:
    return _element("circle", mark.look, f'cx="{mark.x:g}" cy="{mark.y:g}" r="{mark.radius:g}"', mark.tip)


@_draw.register
def _path(mark: Path) -> str:
    stroke = "" if mark.stroke is None else f' stroke-width="{mark.stroke:g}"'
    return _element("path", mark.look, f'd="{mark.d}"{stroke}', mark.tip)


@_draw.register
def _word(mark: Word) -> str:
    turn = f' transform="rotate({mark.turn:g} {mark.x:g} {mark.y:g})"' if mark.turn else ""
    anchor = "" if mark.anchor == "start" else f' text-anchor="{mark.anchor}"'
    look = "" if mark.look == "label" else f' class="{mark.look}"'
    return f'<text{look} x="{mark.x:g}" y="{mark.y:g}"{anchor}{turn}>{escape(mark.text)}</text>'


@_draw.register
def _group(mark: Group) -> str:
    data = "".join(f' data-{name}="{escape(value)}"' for name, value in mark.data)
    inside = "".join(_draw(part) for part in mark.marks)
    return f'<g class="{mark.look}"{data}>{_title(mark.tip)}{inside}</g>'


def _element(name: str, look: str, place: str, tip: str) -> str:
    start = f'<{name} class="{look}" {place}'
    return f"{start}>{_title(tip)}</{name}>" if tip else f"{start}/>"


def _title(tip: str) -> str:
    return f"<title>{escape(tip)}</title>" if tip else ""
