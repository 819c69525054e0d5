"""How does an evaluation become a file that a gate can believe? JSON that carries its own hash, checked as it is read.

The hash shows that a file was cut or changed by mistake; it is no signature, so the file is as trustworthy as the
folder it lies in.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from loaders.errors import ContractError, UnavailableError, UsageError
from loaders.readers.source import open_regular
from scoring.evaluation.results import FORMAT, Backtest, Evaluation, Uplift
from scoring.evaluation.verdict import judge
from scoring.runs.manifest import canonical, sha256

MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Filed:
    """An evaluation read back: its hash, what it says, and its verdict, judged anew from its figures."""

    sha256: str
    evaluation: Evaluation
    uplift: Uplift


def document(result: Evaluation | Backtest) -> dict[str, Any]:
    """Tell a result as JSON values with its hash under ``sha256``."""
    body = result.to_dict()
    return {**body, "sha256": sha256(canonical(body))}


def encode(result: Evaluation | Backtest) -> str:
    """Write a result as JSON text with its hash; the same result gives the same text."""
    return json.dumps(document(result), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def read_filed(content: bytes, source: str) -> Filed:
    """Read an evaluation back, for a gate or a card.

    Parameters
    ----------
    content
        The file's bytes.
    source
        What the file is called in a sentence.

    Raises
    ------
    UsageError
        When it is no evaluation, or was changed since it was written.

    Examples
    --------
    >>> read_filed(b"{}", "e.json")  # doctest: +NORMALIZE_WHITESPACE
    Traceback (most recent call last):
    loaders.errors.UsageError: e.json is no evaluation as `renmai evaluate --out e.json` writes it: its format is None,
    not 'renmai-evaluation-1'
    """
    wrong = f"{source} is no evaluation as `renmai evaluate --out {source}` writes it"
    if len(content) > MOST_BYTES:
        raise UsageError(f"{wrong}: it has more than {MOST_BYTES:,} bytes")
    try:
        read = json.loads(content, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{wrong}: {str(error) or 'it is nested too deeply'}") from None
    if not isinstance(read, dict) or read.get("format") != FORMAT:
        found = read.get("format") if isinstance(read, dict) else type(read).__name__
        raise UsageError(f"{wrong}: its format is {found!r}, not {FORMAT!r}")
    body = {key: value for key, value in read.items() if key != "sha256"}
    try:
        digest = sha256(canonical(body))
    except (ValueError, UnicodeEncodeError):
        raise UsageError(f"{wrong}: it holds text or numbers that JSON has not") from None
    if read.get("sha256") != digest:
        raise UsageError(f"{source} was changed since it was written: its content does not have the SHA-256 it states")
    try:
        evaluation = TypeAdapter(Evaluation).validate_json(canonical(body))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"{wrong}: {place}: {first['msg']}") from None
    found = evaluation.uplift
    interval = None if found.low is None or found.high is None else (found.low, found.high)
    return Filed(digest, evaluation, judge(found.persons, found.bad, found.difference, interval))


def read_file(path: Path) -> Filed:
    """Read an evaluation from a file.

    Raises
    ------
    UsageError
        When there is no such file, or it is not what :func:`read_filed` takes.
    """
    try:
        with open_regular(path.resolve(), path.name) as file:
            content = file.read(MOST_BYTES + 1)
    except (UnavailableError, ContractError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from None
    return read_filed(content, path.name)


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")
