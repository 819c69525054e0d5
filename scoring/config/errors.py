"""How is a configuration that cannot be used told to its user, all at once?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from loaders.errors import UsageError
from loaders.spelling import did_you_mean

# pydantic's name of a failure: what would have been allowed, with the numbers of the failure filled in
ALLOWED = {
    "bool_type": "true or false",
    "date_type": "a date",
    "dict_type": "a table",
    "dataclass_type": "a table",
    "model_type": "a table",
    "mapping_type": "a table",
    "finite_number": "a finite number",
    "float_type": "a number",
    "int_type": "a whole number",
    "list_type": "a list",
    "tuple_type": "a list",
    "string_type": "text in quotes",
    "greater_than": "greater than {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than": "less than {lt}",
    "less_than_equal": "at most {le}",
    "literal_error": "{expected}",
    "string_pattern_mismatch": "text of the form {pattern}",
    "string_too_short": "text of at least {min_length} character(s)",
    "too_short": "a list of at least {min_length}",
}


class ConfigError(UsageError):
    """The configuration is not usable; ``problems`` holds every finding, one sentence each."""

    def __init__(self, problems: Sequence[str], source: str = "configuration") -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        head = f"{source}: 1 setting is not usable" if count == 1 else f"{source}: {count} settings are not usable"
        super().__init__("\n  ".join([f"{head}:", *self.problems]))


def problems(failure: ValidationError, known_keys: dict[str, tuple[str, ...]]) -> list[str]:
    """Say each failure of a validation as ``full.key: found ..., allowed ...``.

    Parameters
    ----------
    failure : pydantic.ValidationError
        What pydantic found.
    known_keys : dict
        The keys each table allows, by the table's full key ("" is the top).

    Returns
    -------
    list of str
        One sentence per failure, in the order of the file's tables.
    """
    return [_sentence(error, known_keys) for error in failure.errors(include_url=False)]


def _sentence(error: Any, known_keys: dict[str, tuple[str, ...]]) -> str:
    location = error["loc"]
    key, kind, found = full_key(location), error["type"], error["input"]
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        known = known_keys.get(".".join(str(part) for part in location[:-1] if not isinstance(part, int)), ())
        hint = did_you_mean(str(location[-1]), known) or f"; allowed here: {', '.join(known)}"
        return f"{key}: unknown key{hint} (found {shown(found)})"
    if kind in ("missing", "missing_argument"):
        return f"{key}: missing; this key is required"
    if kind in ("value_error", "assertion_error"):
        return f"{key}: {error['ctx']['error']}"
    context = {name: _number(value) for name, value in error.get("ctx", {}).items()}
    allowed = ALLOWED[kind].format(**context) if kind in ALLOWED else error["msg"]
    hint = did_you_mean(str(found), _quoted(allowed)) if kind == "literal_error" else ""
    return f"{key}: found {shown(found)}, allowed is {allowed}{hint}"


def full_key(location: Sequence[str | int]) -> str:
    """Join the parts of a place in the file: ``("bands", 2, "name")`` is ``bands[2].name``."""
    key = ""
    for part in location:
        key += f"[{part}]" if isinstance(part, int) else f".{part}" if key else part
    return key or "the file"


def shown(value: object) -> str:
    """Show a found value as TOML would write it, cut short when it is long."""
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, str):
        text = f'"{value}"'
    elif isinstance(value, float) and not math.isfinite(value):
        text = str(value)
    else:
        text = "a table" if isinstance(value, dict) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _number(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _quoted(text: str) -> list[str]:
    return text.split("'")[1::2]
