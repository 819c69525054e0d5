"""How does an explanation come out? One as text or JSON, or all of a run as files."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from loaders.errors import UnavailableError, UsageError
from scoring.explanation.analyst import analyst_card
from scoring.explanation.cards import AnalystCard, ConsumerLetter
from scoring.explanation.consumer import consumer_letter
from scoring.explanation.facts import SEARCHED
from scoring.explanation.policy import Policy
from scoring.explanation.reasons import reason_codes
from scoring.explanation.shelf import Index, Shelf
from scoring.explanation.text import analyst_text, consumer_text, reasons_text, waterfall_text
from scoring.explanation.waterfall import waterfall
from scoring.runs.run import Run

AUDIENCES = ("analyst", "consumer")
FORMATS = ("text", "json")
SAFE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,100}")
FOLDER = 1000  # files in one folder before the next is begun
ENDING = {"text": "txt", "json": "json"}


def explain(
    run: Run, account_id: str, *, audience: str = "analyst", language: str = "en"
) -> AnalystCard | ConsumerLetter:
    """Explain one account of a run as an object: ``AnalystCard``, or ``ConsumerLetter`` for the consumer.

    Parameters
    ----------
    run
        A run, as ``open_run`` gives it.
    account_id
        The account; a holder's id is taken for the first of the holder's accounts.
    audience
        ``analyst`` or ``consumer``.
    language
        Of a letter: ``en`` or ``zh``.

    Raises
    ------
    UsageError
        When the run has no score for the account, or the audience or the language is not known.

    Examples
    --------
    >>> import tempfile, loaders, scoring
    >>> from loaders.town import AS_OF, town
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     run = scoring.run(loaders.load(**town()), as_of=AS_OF, runs=folder)
    ...     card = explain(run, "nina")
    >>> card.base + sum(row.points for row in card.dimensions) == card.score, card.residual
    (True, 0)
    >>> [row.supporter_id for row in card.supporters]
    ['sam']
    """
    return _explained(Shelf(run), Policy.of(run.manifest), account_id, audience, language)


class Explainer:
    """Explains one account after the other: tables and policy of a run are read once, at the first of them.

    Parameters
    ----------
    run
        A run, as ``open_run`` gives it.

    Examples
    --------
    >>> import tempfile, loaders, scoring
    >>> from loaders.town import AS_OF, town
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     asked = Explainer(scoring.run(loaders.load(**town()), as_of=AS_OF, runs=folder))
    ...     print([asked.explain(name).score for name in ("nina", "sam")])
    [670, 925]
    """

    def __init__(self, run: Run) -> None:
        self.shelf, self.policy = Index(run), Policy.of(run.manifest)
        self.shelf.prepare(SEARCHED)

    def explain(
        self, account_id: str, *, audience: str = "analyst", language: str = "en"
    ) -> AnalystCard | ConsumerLetter:
        """Explain one account: as :func:`explain`, with the same words and numbers."""
        return _explained(self.shelf, self.policy, account_id, audience, language)


def explain_account(
    shelf: Shelf,
    account_id: str,
    *,
    audience: str = "analyst",
    format: str = "text",  # noqa: A002 - the word of the command line
    language: str = "en",
    policy: Policy | None = None,
) -> str:
    """Explain one account of a run.

    Parameters
    ----------
    shelf
        ``Shelf(run)``, or ``Index(run)`` for many accounts.
    account_id
        The account.
    audience
        ``analyst`` (every point) or ``consumer`` (nothing about anyone else, no weight, no threshold).
    format
        ``text`` or ``json``.
    language
        Of a letter and of reason codes: ``en`` or ``zh``.
    policy
        The run's policy, when it has been read already.

    Returns
    -------
    str
        Text, or JSON with the fields of ``AnalystCard`` (and ``reasons``, ``waterfall``) or ``ConsumerLetter`` as keys.

    Raises
    ------
    UsageError
        When the run has no score for the account, or a word is not known.
    """
    if format not in FORMATS:
        raise UsageError(f"format must be one of {', '.join(FORMATS)}; got {format!r}")
    policy = policy or Policy.of(shelf.run.manifest)
    found = _explained(shelf, policy, account_id, audience, language)
    if not isinstance(found, AnalystCard):
        return _json(asdict(found)) if format == "json" else consumer_text(found)
    reasons, fall = reason_codes(found, policy, language), waterfall(found)
    if format == "json":
        return _json({**asdict(found), "reasons": [asdict(reason) for reason in reasons], "waterfall": asdict(fall)})
    return "\n".join([analyst_text(found), waterfall_text(fall), reasons_text(reasons)])


def write_all(
    run: Run,
    out: Path,
    *,
    audience: str = "analyst",
    format: str = "text",  # noqa: A002
    language: str = "en",
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Explain every account of a run into files ``OUT/00000/ACCOUNT.txt``, a thousand to a folder.

    Parameters
    ----------
    run
        The run; its tables are read once.
    out
        The folder, made if need be; the folders in it are for their owner alone (0700). Files of these names are
        replaced.
    audience, format, language
        As for ``explain_account``.
    progress
        Called with the number of accounts done and of all.

    Returns
    -------
    int
        How many were written. An id that is no safe file name is written with its other bytes as ``%XX``.
    """
    shelf, policy = Index(run), Policy.of(run.manifest)
    accounts = run.table("scores")["account_id"].to_pylist()
    for number, account in enumerate(accounts):
        text = explain_account(shelf, account, audience=audience, format=format, language=language, policy=policy)
        folder = out / f"{number // FOLDER:05d}"
        target = folder / f"{file_name(account)}.{ENDING[format]}"
        try:
            if number % FOLDER == 0:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            target.write_text(text, encoding="utf-8")
        except OSError as error:
            raise UnavailableError(f"{target} cannot be written: {error.strerror or error}") from error
        if progress:
            progress(number + 1, len(accounts))
    return len(accounts)


def file_name(account_id: str) -> str:
    """Turn an id into a file name that cannot leave its folder and that no two ids share.

    Examples
    --------
    >>> file_name("a-1"), file_name("../x"), file_name(".")
    ('a-1', '%2E%2E%2Fx', '%2E')
    """
    if SAFE.fullmatch(account_id):
        return account_id
    kept = {ord(sign) for sign in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"}
    return "".join(chr(byte) if byte in kept else f"%{byte:02X}" for byte in account_id.encode())


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _explained(
    shelf: Shelf, policy: Policy, account_id: str, audience: str, language: str
) -> AnalystCard | ConsumerLetter:
    if audience not in AUDIENCES:
        raise UsageError(f"audience must be one of {', '.join(AUDIENCES)}; got {audience!r}")
    card = analyst_card(shelf, policy, account_id)
    return card if audience == "analyst" else consumer_letter(card, policy, language)
