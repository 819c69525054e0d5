"""Is one record of an applicant's file what the data contract allows, alone and among the others?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from loaders.contract import CONTACT_KINDS, CREDIT_KINDS, OUTCOME_KINDS, RELATION_KINDS
from loaders.errors import ContractError
from loaders.gate.reversals import Entry, judge
from loaders.spelling import did_you_mean
from scoring.whatif import judging

RELATION = (
    "relation_id",
    "kind",
    "from_id",
    "to_id",
    "amount",
    "amount_minor",
    "currency",
    "at",
    "reverses",
    "disputed",
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
OUTCOME, RATE = ("kind", "severity", "at"), ("currency", "on", "rate")


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation of an applicant, typed; money in minor units of its own currency."""

    relation_id: str
    kind: str
    from_id: str
    to_id: str
    amount_minor: int | None
    currency: str | None
    at: datetime
    reverses: str | None
    disputed: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """What of a run's policy judges an applicant: ids allowed, words for kinds, the base currency, self-transfers."""

    base_currency: str = "CNY"
    id_pattern: str = ""
    kinds: Mapping[str, str] = field(default_factory=dict)
    self_transfer: str = "reject"


def relation_of(said: Any, place: int, account: str, rules: Rules, known: Callable[[str], bool]) -> Relation:
    """Read one relation; one side of it is the applicant, the other, where money counts, a person of the run."""
    where = f"relations[{place}]"
    row = fields_of(said, RELATION, where)
    relation_id = judging.read_id(f"{where}.relation_id", row.get("relation_id"), "tx_id_empty", rules.id_pattern)
    word = row.get("kind")
    kind = judging.read_word(
        f"{where}.kind",
        rules.kinds.get(word, word) if isinstance(word, str) else word,
        RELATION_KINDS,
        "kind_unknown",
    )
    ends = [
        judging.read_id(f"{where}.{end}", row.get(end), empty, rules.id_pattern)
        for end, empty in (("from_id", "src_empty"), ("to_id", "dst_empty"))
    ]
    amount, currency = _money(where, row, kind)
    at = judging.read_moment(f"{where}.at", row.get("at"))
    back = row.get("reverses")
    reverses = judging.read_id(f"{where}.reverses", back, "null", rules.id_pattern) if back else None
    disputed = judging.read_flag(f"{where}.disputed", row.get("disputed", False))
    _parties(where, kind, ends, account, rules, known)
    return Relation(relation_id, kind, ends[0], ends[1], amount, currency, at, reverses, disputed)


def _parties(where: str, kind: str, ends: list[str], account: str, rules: Rules, known: Callable[[str], bool]) -> None:
    if ends[0] == ends[1] and rules.self_transfer == "reject":
        raise judging.refuse("self_transfer", f"{where}.to_id", ends[1], "another account than from_id")
    if not account:  # its own finding is told; whose side is whose, nobody can say
        return
    if account not in ends:
        raise ContractError(
            "account_unknown", f"{where}: neither from_id nor to_id is the applicant's account {account!r}"
        )
    if kind in CREDIT_KINDS:
        for end, value in zip(("from_id", "to_id"), ends, strict=True):
            if value != account and not known(value):
                raise judging.refuse(
                    "account_unknown", f"{where}.{end}", value, "an account of a person scored in the run"
                )


def _money(where: str, row: Mapping[str, Any], kind: str) -> tuple[int | None, str | None]:
    given = [name for name in ("amount", "amount_minor") if row.get(name) not in (None, "")]
    currency = row.get("currency")
    if kind in CONTACT_KINDS:
        if given or currency not in (None, ""):
            raise ContractError("contact_with_money", f"{where} is a {kind} with money; a contact has none")
        return None, None
    if len(given) > 1:
        raise ContractError("amount_format", f"{where} has amount and amount_minor; give one of them")
    exponent = judging.exponent_of(f"{where}.currency", currency)
    name = given[0] if given else "amount"
    value = row.get(name)
    amount = judging.read_amount(f"{where}.{name}", value, exponent if name == "amount" else 0)
    return amount, str(currency)


def outcome_of(said: Any, place: int) -> tuple[str, float, datetime]:
    """Read one outcome: kind, severity, at."""
    where = f"outcomes[{place}]"
    row = fields_of(said, OUTCOME, where)
    return (
        judging.read_word(f"{where}.kind", row.get("kind"), OUTCOME_KINDS, "kind_unknown"),
        judging.read_share(f"{where}.severity", row.get("severity")),
        judging.read_moment(f"{where}.at", row.get("at")),
    )


def rate_of(said: Any, place: int) -> tuple[str, date, Decimal]:
    """Read one rate of exchange: currency, on, rate."""
    where = f"rates[{place}]"
    row = fields_of(said, RATE, where)
    judging.exponent_of(f"{where}.currency", row.get("currency"))
    day = judging.read_day(f"{where}.on", row.get("on"))
    return str(row["currency"]), day, judging.read_rate(f"{where}.rate", row.get("rate"))


def contradictions(
    relations: Sequence[Relation], rules: Rules, rates: Collection[tuple[str, date]]
) -> Iterator[ContractError]:
    """Judge relations against each other and against the rates: ids that come twice, rates missing, reversals."""
    seen: set[str] = set()
    for one in relations:
        if one.relation_id in seen:
            yield ContractError("tx_id_conflict", f"relation_id {one.relation_id!r} comes twice")
        seen.add(one.relation_id)
        foreign = one.kind in CREDIT_KINDS and one.reverses is None and one.currency != rules.base_currency
        if foreign and (one.currency, one.at.date()) not in rates:
            yield ContractError(
                "fx_missing",
                f"relation {one.relation_id!r} is in {one.currency}; give its rate of {one.at.date()} in rates, or "
                f"the amount in {rules.base_currency}",
            )
    entries = [
        Entry(
            (one.at - EPOCH) // timedelta(microseconds=1), one.relation_id, one.relation_id, (0, place, None), one.kind,
            one.currency, one.from_id, one.to_id, one.amount_minor, one.reverses,
        )
        for place, one in enumerate(relations)
    ]  # fmt: skip
    for fallen in judge(entries):
        if fallen.reason != "tx_id_conflict":
            one = relations[fallen.place[1]]
            why = "takes back more than is left of" if fallen.reason == "refund_exceeds" else "does not fit"
            sentence = f"relation {one.relation_id!r} {why} {one.reverses!r}, which it reverses"
            yield ContractError(fallen.reason, sentence)


def fields_of(said: Any, fields: tuple[str, ...], where: str) -> Mapping[str, Any]:
    """Take an object whose fields are all known."""
    if not isinstance(said, Mapping):
        raise ContractError("schema", f"{where} is {judging.shown(said)}; allowed is an object of {', '.join(fields)}")
    for key in said:
        if key not in fields:
            raise unknown(key, fields, where)
    return said


def unknown(key: Any, fields: tuple[str, ...], where: str) -> ContractError:
    """Say that a field is not known, and which may be meant."""
    hint = did_you_mean(str(key), fields) or f"; allowed are {', '.join(fields)}"
    return ContractError("header", f"{where}: field {judging.shown(key)} is not known{hint}")
