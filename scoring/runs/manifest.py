"""What does a run say about itself? The manifest: canonical JSON that carries its own hash.

The manifest names every file of the run with SHA-256, size and rows, so a reader opens nothing else, and holds what
made the run: inputs, config, portfolio constants, versions, counts and the certificate. It carries no clock: when
a run was made stands in the log. ``sha256`` is the hash of everything else in it, so a changed byte is seen
without any other file.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from loaders.errors import UnavailableError

FORMAT_VERSION = 1
NAME = "manifest.json"
COUNTS = ("records", "accepted", "rejected", "blank", "used", "after_as_of", "pending")
"""What is counted of the rows of each input table, in the order in which it is told."""
_RUN_ID = re.compile(r"[0-9]{8}-[0-9a-f]{16}")
_FILE = re.compile(r"[a-z][a-z_]*\.parquet")


def canonical(value: Any) -> bytes:
    """Write a value as JSON in the one form that is hashed: sorted keys, no blanks, no NaN.

    Examples
    --------
    >>> canonical({"b": 1, "a": [True, "人脉"]}).decode()
    '{"a":[true,"人脉"],"b":1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def sha256(content: bytes) -> str:
    """SHA-256 (hex) of bytes."""
    return hashlib.sha256(content).hexdigest()


def is_run_id(text: str) -> bool:
    """Say whether a text has the form of a run id: the day of ``as_of`` and 16 hex digits.

    Examples
    --------
    >>> is_run_id("20260101-3f9a000000000000"), is_run_id("../20260101-3f9a000000000000")
    (True, False)
    """
    return _RUN_ID.fullmatch(text) is not None


def identify(*, fingerprint: str, config: Any, as_of: str, rule: str) -> str:
    """Name a run by what goes into it, whatever the order and files the rows came in.

    Parameters
    ----------
    fingerprint : str
        SHA-256 of the accepted content (``loaders.fingerprint``).
    config : JSON value
        The effective config, policy numbers and scorecard included.
    as_of : str
        ISO 8601, UTC.
    rule : str
        ``vouch`` or ``association``.

    Returns
    -------
    str
        ``YYYYMMDD-`` of ``as_of`` and 16 hex digits of the hash.

    Examples
    --------
    >>> identify(fingerprint="00", config={}, as_of="2026-01-01T00:00:00+00:00", rule="vouch")
    '20260101-9d0578e8da703ac9'
    """
    parts = {"as_of": as_of, "config": config, "content": fingerprint, "format_version": FORMAT_VERSION, "rule": rule}
    return f"{as_of[:10].replace('-', '')}-{sha256(canonical(parts))[:16]}"


def encode(manifest: dict[str, Any]) -> bytes:
    """Write a manifest as readable canonical JSON with its own hash under ``sha256``."""
    body = {key: value for key, value in manifest.items() if key != "sha256"}
    full = {**body, "sha256": sha256(canonical(body))}
    return (json.dumps(full, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def decode(content: bytes, run_id: str, where: str) -> dict[str, Any]:
    """Read a manifest and check it against its own hash, its form and the run it should belong to.

    Parameters
    ----------
    content : bytes
        What the file holds.
    run_id : str
        The run whose folder the file stands in.
    where : str
        The file's path, for the sentence.

    Raises
    ------
    UnavailableError
        When a byte was changed, the run is another one, or the format is of another release.
    """
    try:
        manifest = json.loads(content)
        version, found = manifest["format_version"], manifest["run_id"]
    except (ValueError, TypeError, KeyError) as error:
        raise UnavailableError(f"{where} is damaged: not a manifest. {ADVICE}") from error
    if version != FORMAT_VERSION:
        raise UnavailableError(
            f"{where} has format_version {version!r}; this release reads {FORMAT_VERSION}: read it with the release"
            " that wrote it, or run again"
        )
    if content != encode(manifest):
        raise UnavailableError(f"{where} is damaged: its content does not have the SHA-256 it states. {ADVICE}")
    if found != run_id:
        raise UnavailableError(f"{where} belongs to run {found}, not to {run_id}: folders were swapped. {ADVICE}")
    for output in manifest["outputs"]:
        if not _FILE.fullmatch(output["name"]):
            raise UnavailableError(f"{where} lists {output['name']!r}, which is no file of a run. {ADVICE}")
    return dict(manifest)


ADVICE = "`renmai rollback` goes back to the last run that stands, `renmai verify` tells what is damaged"
