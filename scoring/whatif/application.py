"""What does an applicant's file say? Every field judged as the gate judges a table, all findings told at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from loaders.contract import ACCOUNT_KINDS, SOURCES
from loaders.errors import ContractError, UnavailableError
from scoring.whatif import judging
from scoring.whatif.records import Relation, Rules, contradictions, outcome_of, rate_of, relation_of, unknown
from scoring.whatif.values import profile_column, read_value

T = TypeVar("T")
FIELDS = ("account_id", "holder_id", "opened_on", "kind", "profile", "consents", "relations", "outcomes", "rates")
TOLD = 10


@dataclass(frozen=True, slots=True)
class Application:
    """An applicant, typed: only what passed every check."""

    account_id: str
    holder_id: str
    opened_on: date | None
    profile: Mapping[str, float]
    consents: Mapping[str, bool] | None
    relations: tuple[Relation, ...]
    outcomes: tuple[tuple[str, float, datetime], ...]
    rates: tuple[tuple[str, date, Decimal], ...]


class Findings:
    """Gathers what is wrong, so that all of it is told at once."""

    def __init__(self) -> None:
        self.found: list[ContractError] = []

    def gather(self, read: Callable[..., T], *arguments: Any) -> T | None:
        """Give what a reader gives; None after a finding."""
        try:
            return read(*arguments)
        except ContractError as error:
            self.found.append(error)
            return None

    def stop(self, name: str) -> None:
        """Raise one error with the first reason and all sentences, if there is any."""
        if self.found:
            sentences = [error.detail for error in self.found]
            rest = [f"and {len(sentences) - TOLD} more"] if len(sentences) > TOLD else []
            raise ContractError(self.found[0].reason, f"{name}: {'; '.join([*sentences[:TOLD], *rest])}", file=name)


def open_application(source: Mapping[str, Any] | str | Path) -> tuple[Mapping[str, Any], str]:
    """Read an applicant's file, or take what was read already; with the name to call it by.

    Raises
    ------
    UnavailableError
        When the file cannot be read.
    ContractError
        ``schema`` when it holds no JSON object, or a key twice.
    """
    if isinstance(source, Mapping):
        return source, "applicant"
    path = Path(source)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UnavailableError(f"{path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ContractError("encoding", f"{path.name} is not UTF-8: {error}", file=path.name) from error
    try:
        value = json.loads(text, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise ContractError("schema", f"{path.name} is not JSON: {error}", file=path.name) from error
    if not isinstance(value, dict):
        raise ContractError("schema", f"{path.name} must hold one JSON object; got {judging.shown(value)}")
    return value, path.name


def read_application(said: Mapping[str, Any], rules: Rules, known: Callable[[str], bool], name: str) -> Application:
    """Judge every value of an applicant.

    Parameters
    ----------
    said
        The fields, as JSON gives them.
    rules
        The policy.
    known
        Whether an account is that of a scored person of the run.
    name
        What to call the file in a sentence.

    Raises
    ------
    ContractError
        With the gate's reason of the first finding and a sentence for each of the first ten.
    """
    findings = Findings()
    for key in said:
        if key not in FIELDS:
            findings.found.append(unknown(key, FIELDS, "applicant"))
    gather = findings.gather
    account = gather(_id, said, "account_id", rules) or ""
    holder = gather(_id, said, "holder_id", rules) if said.get("holder_id") else account
    opened = gather(judging.read_day, "opened_on", said["opened_on"]) if said.get("opened_on") else None
    gather(_person, said)
    profile = {key: gather(_cell, key, value) for key, value in _object(said, "profile", findings).items()}
    consents = {key: gather(_consent, key, value) for key, value in _object(said, "consents", findings).items()}
    rows = {name: _rows(said, name, findings) for name in ("relations", "outcomes", "rates")}
    relations = [gather(relation_of, one, place, account, rules, known) for place, one in enumerate(rows["relations"])]
    outcomes = [gather(outcome_of, one, place) for place, one in enumerate(rows["outcomes"])]
    rates = [gather(rate_of, one, place) for place, one in enumerate(rows["rates"])]
    stand = [one for one in relations if one is not None]
    findings.found += contradictions(stand, rules, {(rate[0], rate[1]) for rate in rates if rate})
    findings.stop(name)
    return Application(
        account_id=account,
        holder_id=holder or account,
        opened_on=opened,
        profile={key: value for key, value in profile.items() if value is not None},
        consents=None if said.get("consents") is None else {key: value is True for key, value in consents.items()},
        relations=tuple(stand),
        outcomes=tuple(one for one in outcomes if one),
        rates=tuple(one for one in rates if one),
    )


def _id(said: Mapping[str, Any], field: str, rules: Rules) -> str:
    return judging.read_id(field, said.get(field), "account_id_empty", rules.id_pattern)


def _person(said: Mapping[str, Any]) -> None:
    kind = judging.read_word("kind", said.get("kind") or "person", ACCOUNT_KINDS, "kind_unknown")
    if kind != "person":
        raise ContractError("kind_unknown", f"kind is {kind!r}; only persons have a score")


def _cell(name: str, value: Any) -> float | None:
    column = profile_column(name, "profile")
    return None if value is None or value == "" else read_value(column, value, "profile")


def _consent(source: str, value: Any) -> bool:
    judging.read_word("consents: a source", source, SOURCES, "source_unknown")
    return judging.read_flag(f"consents.{source}", value)


def _rows(said: Mapping[str, Any], name: str, findings: Findings) -> list[Any]:
    rows = said.get(name)
    if rows is None:
        return []
    if not isinstance(rows, list | tuple):
        findings.found.append(ContractError("schema", f"{name} is {judging.shown(rows)}; allowed is a list of objects"))
        return []
    return list(rows)


def _object(said: Mapping[str, Any], name: str, findings: Findings) -> Mapping[str, Any]:
    found = said.get(name)
    if found is None:
        return {}
    if not isinstance(found, Mapping):
        findings.found.append(ContractError("schema", f"{name} is {judging.shown(found)}; allowed is an object"))
        return {}
    return found


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(key for key, _ in pairs if [name for name, _ in pairs].count(key) > 1)
        raise ValueError(f"{twice!r} stands there twice")
    return found
