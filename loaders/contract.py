"""What must the input tables look like: which tables, columns, types and values?

The contract is data: the gate, the readers, the JSON schema and the printed table are all made from it. Checks run in
the order of the columns here, so the first failing one gives a record its reason code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from loaders.features import features

CREDIT_KINDS = ("transfer", "pay_on_behalf")
MONEY_KINDS = (
    *CREDIT_KINDS,
    *("purchase", "refund", "payroll", "repayment", "bill", "investment"),
    *("donation", "loan", "guarantee", "withdrawal", "fee"),
)
CONTACT_KINDS = ("chat", "friend", "nearby", "shake")
RELATION_KINDS = (*MONEY_KINDS, *CONTACT_KINDS)
ACCOUNT_KINDS = ("person", "merchant", "institution")
OUTCOME_KINDS = ("default", "overdue", "court", "blocked")
SOURCES = ("ecommerce", "finance", "public_records", "supplied", "connections")
DIMENSIONS = ("credit_history", "ability", "behaviour", "identity")
DIMENSION_SOURCE = {
    "credit_history": "finance",
    "ability": "finance",
    "behaviour": "ecommerce",
    "identity": "supplied",
}

ID_PATTERN = "[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}"
RECORD_BYTES = 64 * 1024
INTEGER_DIGITS = 15
YEARS = (1990, 2100)
OPENED_YEARS = (1900, 2100)

ColumnType = Literal[
    "id", "kind", "amount", "amount_minor", "currency", "timestamp", "date", "share", "flag", "rate", "feature"
]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table of the contract.

    ``required``: the header must have it. ``blank``: a record may leave it empty. ``empty`` is the reason code of an
    empty id. ``choices`` are the allowed words; ``unknown`` is the reason code of any other.
    """

    name: str
    type: ColumnType
    meaning: str
    required: bool = True
    blank: bool = False
    empty: str = ""
    choices: tuple[str, ...] = ()
    unknown: str = ""
    years: tuple[int, int] = YEARS
    number: Literal["", "number", "integer", "boolean", "money"] = ""
    low: int = 0
    high: int = 1


@dataclass(frozen=True, slots=True)
class TableContract:
    """One table of the contract: its columns in order and what makes two of its records the same thing."""

    name: str
    required: bool
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    conflict: str
    time: str = ""

    def column(self, name: str) -> Column:
        """Which column has this name?"""
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all columns, in contract order."""
        return tuple(column.name for column in self.columns)


def _account(meaning: str) -> Column:
    return Column("account_id", "id", meaning, empty="account_id_empty")


def _kind(choices: tuple[str, ...], meaning: str) -> Column:
    return Column("kind", "kind", meaning, choices=choices, unknown="kind_unknown")


def _profile_columns() -> tuple[Column, ...]:
    known = Column("known_at", "timestamp", "when this was known; the latest row counts", required=False, blank=True)
    ready = [
        Column(name, "feature", f"ready-made {name.replace('_', ' ')}", False, True, number="number")
        for name in DIMENSIONS
    ]
    single = [
        Column(f.name, "feature", f.meaning, False, True, number=f.type, low=f.low, high=f.high) for f in features()
    ]
    spending = Column(
        "spending_scale",
        "feature",
        "usual monthly outflow in minor units of the base currency",
        required=False,
        blank=True,
        number="money",
        low=1,
        high=10**15,
    )
    return (_account("any account of the holder"), known, *ready, *single, spending)


TABLES: dict[str, TableContract] = {
    table.name: table
    for table in (
        TableContract(
            "accounts",
            True,
            "ids that take part in relations, and who holds them",
            (
                _account("the account"),
                Column("holder_id", "id", "who holds it; blank: the account itself", blank=True),
                _kind(ACCOUNT_KINDS, "what the account is"),
                Column("opened_on", "date", "day of opening; blank: no history", blank=True, years=OPENED_YEARS),
            ),
            key=("account_id",),
            conflict="account_id_conflict",
        ),
        TableContract(
            "relations",
            True,
            "events between two accounts",
            (
                Column("relation_id", "id", "the event", empty="tx_id_empty"),
                _kind(RELATION_KINDS, "what happened"),
                Column("from_id", "id", "account that parted with money, or spoke first", empty="src_empty"),
                Column("to_id", "id", "account that received", empty="dst_empty"),
                Column("amount", "amount", "decimal text; blank for contacts", required=False, blank=True),
                Column("amount_minor", "amount_minor", "or: integer minor units", required=False, blank=True),
                Column("currency", "currency", "ISO 4217 code; blank for contacts", blank=True),
                Column("at", "timestamp", "when it happened"),
                Column("reverses", "id", "relation taken back, whole or in part", required=False, blank=True),
            ),
            key=("relation_id",),
            conflict="tx_id_conflict",
            time="at",
        ),
        TableContract(
            "profiles",
            False,
            "what is known about holders",
            _profile_columns(),
            key=("account_id", "known_at"),
            conflict="profile_conflict",
            time="known_at",
        ),
        TableContract(
            "consents",
            False,
            "which sources holders let be used",
            (
                _account("any account of the holder"),
                Column("source", "kind", "the source", choices=SOURCES, unknown="source_unknown"),
                Column("granted", "flag", "true or false"),
                Column("at", "timestamp", "when it was said"),
            ),
            key=(),
            conflict="",
            time="at",
        ),
        TableContract(
            "outcomes",
            False,
            "what went wrong later",
            (
                _account("any account of the holder"),
                _kind(OUTCOME_KINDS, "what happened"),
                Column("severity", "share", "0 to 1"),
                Column("at", "timestamp", "when it became known"),
            ),
            key=(),
            conflict="",
            time="at",
        ),
        TableContract(
            "rates",
            False,
            "base units for one unit of a currency, per UTC day",
            (
                Column("currency", "currency", "ISO 4217 code"),
                Column("on", "date", "UTC day"),
                Column("rate", "rate", "decimal text, > 0, at most 12 integer and 12 fraction digits"),
            ),
            key=("currency", "on"),
            conflict="rate_conflict",
        ),
    )
}
