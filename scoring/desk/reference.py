"""What can be imported, and what does it say of itself? ``docs/reference.md``, written from the docstrings.

``python -m scoring.desk.reference docs/reference.md`` writes the page; the examples in it are the doctests, which run.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

ROOMS = ("loaders", "graph", "scoring")
INTRODUCTION = """# Reference

Everything that can be imported from the three packages, written from their docstrings by `make reference`; every
example runs as a test. What is not listed here may change without notice. [method.md](method.md) has the formulas.
"""
SECTIONS = ("Parameters", "Attributes", "Returns", "Raises", "Examples", "Notes", "References", "Yields", "See Also")
PROSE = ("Notes", "References", "See Also")
WIDTH = 100
_ROLE = re.compile(r":(?:func|class|meth|mod|data|attr):`~?([^`]+)`")
_LITERAL = re.compile(r"``(.+?)``")
_TYPE = re.compile(r"[\w, |.]+")
_HEAD = re.compile(rf"^({'|'.join(SECTIONS)})\n-+\n", re.MULTILINE)


def page() -> str:
    """Write the reference page.

    Returns
    -------
    str
        Markdown; the same text every time.

    Examples
    --------
    >>> page().startswith("# Reference")
    True
    """
    parts = [INTRODUCTION]
    for room in ROOMS:
        module = importlib.import_module(room)
        parts.append(f"## {room}\n\n{_prose(inspect.getdoc(module) or '')}\n")
        parts.append("".join(f"* [`{room}.{name}`](#{_anchor(room, name)})\n" for name in module.__all__))
        for name in module.__all__:
            parts += _entry(f"{room}.{name}", getattr(module, name))
    return "\n".join(parts)


def public_members(kind: type) -> Iterator[tuple[str, Any]]:
    """List the public methods and properties that our code gives a class, in the order of their names.

    Examples
    --------
    >>> from graph import Explanation
    >>> [name for name, _ in public_members(Explanation)]
    []
    """
    for name in sorted(dir(kind)):
        found = inspect.getattr_static(kind, name)
        function = getattr(found, "fget", None) or getattr(found, "func", None) or getattr(found, "__func__", found)
        ours = (getattr(function, "__module__", None) or "").partition(".")[0] in ROOMS
        if not name.startswith("_") and ours and inspect.isfunction(function):
            yield name, found


def _anchor(room: str, name: str) -> str:
    return f"{room}{name}".lower()


def _entry(title: str, value: Any) -> Iterator[str]:
    yield f"### {title}\n"
    if isinstance(value, ModuleType):
        yield f"{_prose(inspect.getdoc(value) or '')}\n"
        for name in value.__all__:
            yield from _described(f"{title}.{name}", getattr(value, name))
        return
    yield from _described(title, value)


def _described(title: str, value: Any) -> Iterator[str]:
    if not callable(value):
        yield f"```python\n{title} = {_shown(value)}\n```\n\n{_note_on(title)}".rstrip() + "\n"
        return
    yield f"```python\n{signature_of(title, value)}\n```\n"
    yield f"{markdown(inspect.getdoc(value) or '')}\n"
    if isinstance(value, type) and (members := list(public_members(value))):
        yield "Methods and properties:\n"
        yield "".join(f"* `{name}{_arguments(found)}` {_first_line(found)}\n" for name, found in members)


def signature_of(title: str, value: Any) -> str:
    """Write how something is called, on one line if it fits, else one argument a line.

    Examples
    --------
    >>> import loaders
    >>> signature_of("loaders.town", loaders.town)
    'loaders.town() -> dict[str, pd.DataFrame]'
    """
    if isinstance(value, type) and hasattr(value, "model_fields"):
        return f"class {title}  # {', '.join(value.model_fields)}"
    shown = inspect.signature(value)
    arguments = list(_arguments_of(shown))
    kind = "class " if isinstance(value, type) else ""
    back = "" if kind or shown.return_annotation is shown.empty else f" -> {_type(shown.return_annotation)}"
    line = f"{kind}{title}({', '.join(arguments)}){back}"
    if len(line) <= WIDTH:
        return line
    return "\n".join([f"{kind}{title}(", *(f"    {argument}," for argument in arguments), f"){back}"])


def _arguments_of(shown: inspect.Signature) -> Iterator[str]:
    starred = False
    for name, one in shown.parameters.items():
        if one.kind is one.KEYWORD_ONLY and not starred:
            starred = True
            yield "*"
        mark = "**" if one.kind is one.VAR_KEYWORD else "*" * (one.kind is one.VAR_POSITIONAL)
        starred = starred or mark == "*"
        if name.startswith("_"):
            continue
        kind = "" if one.annotation is one.empty else f": {_type(one.annotation)}"
        equals = " = " if kind else "="
        yield f"{mark}{name}{kind}" + ("" if one.default is one.empty else f"{equals}{_default(one.default)}")


def _type(annotation: Any) -> str:
    return annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)


def _default(value: Any) -> str:
    plain = value is None or isinstance(value, bool | int | float | str | tuple)
    return repr(value) if plain else "…"


def _arguments(found: Any) -> str:
    function = getattr(found, "__func__", found)
    if not inspect.isfunction(function):
        return ""
    plain = [one.replace(annotation=one.empty) for one in inspect.signature(function).parameters.values()]
    told = _arguments_of(inspect.Signature(plain))
    return f"({', '.join(one for one in told if one not in ('self', 'cls', '*'))})"


def _first_line(found: Any) -> str:
    return _prose((inspect.getdoc(found) or "").partition("\n")[0])


def _shown(value: Any) -> str:
    written = repr(value)
    return written if len(written) <= WIDTH else f"{written[:WIDTH]}…"


def _note_on(title: str) -> str:
    """Read what stands under a constant in the module it comes from."""
    room, _, name = title.rpartition(".")
    package = importlib.import_module(room)
    lazy = vars(package).get("_HOMES", {}).get(name)
    told = re.search(rf"^from (\S+) import [^\n]*\b{name}\b", inspect.getsource(package), re.MULTILINE)
    home = importlib.import_module(lazy or (told[1] if told else room))
    for line, below in pairwise(ast.parse(inspect.getsource(home)).body):
        if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == name and isinstance(below, ast.Expr):
            return _prose(ast.literal_eval(below.value))
    return ""


def markdown(docstring: str) -> str:
    r"""Turn a NumPy docstring into Markdown: sections in bold, parameters as a list, examples as code.

    Examples
    --------
    >>> print(markdown("Which one?\n\nParameters\n----------\nname\n    Its ``id``."))
    Which one?
    <BLANKLINE>
    **Parameters**
    <BLANKLINE>
    * `name`: Its `id`.
    """
    pieces = _HEAD.split(docstring)
    parts = [_prose(pieces[0])]
    for head, body in zip(pieces[1::2], pieces[2::2], strict=True):
        parts.append(f"**{head}**\n\n{_inside(head, body)}")
    return "\n\n".join(part for part in parts if part)


def _inside(head: str, body: str) -> str:
    if head == "Examples":
        return f"```pycon\n{body.strip()}\n```"
    return _prose(body) if head in PROSE else "\n".join(_listed(body.strip("\n")))


def _listed(body: str) -> Iterator[str]:
    """Turn names with indented texts below them into a list; other lines stay."""
    for block in re.split(r"\n(?=\S)", body):
        name, _, told = block.partition("\n")
        words = " ".join(_prose(inspect.cleandoc(told)).split())
        bullet = "* " if _TYPE.fullmatch(name) else ""
        yield f"* `{name.partition(' : ')[0]}`: {words}" if words else f"{bullet}{_prose(name)}"


def _prose(text: str) -> str:
    return _LITERAL.sub(r"`\1`", _ROLE.sub(r"`\1`", text)).strip()


if __name__ == "__main__":
    Path(sys.argv[1] if len(sys.argv) > 1 else "docs/reference.md").write_text(page(), encoding="utf-8")
