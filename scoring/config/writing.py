"""How is a configuration written down: as commented TOML, and as the JSON schema of what is allowed?"""

from __future__ import annotations

import inspect
import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from typing import Any

from pydantic import BaseModel

from scoring.config.model import Config

HEAD = """\
# The policy of Renmai: every number that may be chosen, with its default. Delete what you do not change.
# `renmai config show` prints what is in force, `renmai config schema` what is allowed."""
RENAMING = """\
# Read your own tables without rewriting them: names on the left are yours, on the right ours.
#
# [columns.relations]
# tx_id = "relation_id"
#
# [kinds]
# P2P = "transfer\""""


def effective_toml(config: Config) -> str:
    """Write a whole configuration as TOML, a comment above each key; ``load_config`` reads an equal one back.

    Examples
    --------
    >>> effective_toml(Config()).splitlines()[-2:]
    ['# how many published runs stay in the database', 'keep = 3']
    """
    # a list of tables without any table has no place of its own further down
    empty = tuple(name for name in type(config).model_fields if getattr(config, name) == ())
    blocks = [HEAD, "\n".join(_keys(config, ("constants", *empty)))]
    for name in type(config).model_fields:
        value = getattr(config, name)
        if name == "columns":
            renamed = {f"columns.{table}": words for table, words in value.model_dump().items() if words}
            renamed |= {"kinds": config.kinds} if config.kinds else {}
            blocks += [_renaming(table, words) for table, words in renamed.items()] or [RENAMING]
        elif isinstance(value, tuple) and value:
            blocks += ["\n".join([f"[[{name}]]", *_keys(item, commented=item is value[0])]) for item in value]
        elif not isinstance(value, str | dict | tuple):
            blocks += _tables(name, value)
    return "\n\n".join(blocks) + "\n"


def commented_toml() -> str:
    """Write the file ``renmai init`` puts into a new folder: every key with its default and a comment."""
    return effective_toml(Config())


def json_schema() -> dict[str, Any]:
    """Tell what a ``renmai.toml`` may hold, as JSON schema.

    Examples
    --------
    >>> json_schema()["$defs"]["Gate"]["properties"]["max_psi"]["default"]
    0.25
    """
    return Config.model_json_schema()


def comments(section: Any) -> dict[str, str]:
    """Say for each key of a section what it is for: from its description, or its docstring for plain dataclasses."""
    if isinstance(section, BaseModel):
        described = type(section).model_fields
        return {name: field.description or "" for name, field in described.items()}
    parameters = inspect.getdoc(type(section)) or ""
    entries = re.findall(r"^(\w+(?:, \w+)*)(?: :[^\n]*)?\n((?:    [^\n]*\n)+)", parameters + "\n", re.MULTILINE)
    return {name: " ".join(text.split()) for names, text in entries for name in names.split(", ")}


def _tables(name: str, section: Any) -> Iterator[str]:
    """One block for the section itself and one for each table inside it."""
    title = (inspect.getdoc(type(section)) or "").splitlines()[0]
    yield "\n".join([f"# {title}", f"[{name}]", *_keys(section)])
    for inner in _names(section):
        value = getattr(section, inner)
        if isinstance(value, BaseModel) or is_dataclass(value):
            yield from _tables(f"{name}.{inner}", value)


def _keys(section: Any, only: tuple[str, ...] = (), *, commented: bool = True) -> Iterator[str]:
    told, before = comments(section), ""
    for name in only or _names(section):
        value = getattr(section, name)
        if isinstance(value, BaseModel) or is_dataclass(value):
            continue
        comment = told.get(name, "")
        if commented and comment and comment != before:
            yield from textwrap.wrap(comment, 116, initial_indent="# ", subsequent_indent="# ")
        before = comment
        yield f"{name} = {_literal(value)}"


def _names(section: Any) -> tuple[str, ...]:
    return tuple(type(section).model_fields if isinstance(section, BaseModel) else vars(section))


def _renaming(table: str, words: Mapping[str, str]) -> str:
    return "\n".join([f"[{table}]", *(f"{_literal(theirs)} = {_literal(ours)}" for theirs, ours in words.items())])


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):  # a JSON string is a TOML string, but for the one control character JSON leaves alone
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return "[]" if value == () else repr(value)
