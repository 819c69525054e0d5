"""How does a template become a page? One environment that escapes everything, the style sheets inside."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from scoring.pages.marks import Chart
from scoring.pages.svg import picture, style


def read(name: str) -> str:
    """Read a file of the templates' folder."""
    return resources.files("scoring.pages").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, loader=FunctionLoader(read)
    )
    environment.globals |= {"svg": _drawn, "style": Markup(read("page.css") + style())}  # noqa: S704 - files of ours
    return environment


def _drawn(chart: Chart) -> Markup:
    return Markup(picture(chart, alone=False))  # noqa: S704 - `picture` escapes what it is given


def fill(name: str, **values: Any) -> str:
    """Fill the template ``name``; every text in ``values`` is escaped.

    Examples
    --------
    >>> page = fill("letter.html.j2", **dict.fromkeys(["letter"]))
    Traceback (most recent call last):
    jinja2.exceptions.UndefinedError: 'None' has no attribute 'language'
    """
    return _environment().get_template(name).render(**values)
