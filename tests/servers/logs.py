"""Which logs do the tests load into a database: the town, odd ones and hostile ones?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import pyarrow as pa

import loaders
from graph.stores.reading import ACCOUNTS, OUTCOMES, RELATIONS
from loaders.tables import Tables
from loaders.town import town

TABLES = ("accounts", "relations", "outcomes")
LONG_AGO = datetime(1990, 1, 1, 0, 0, 0, 1, tzinfo=UTC)
FAR_OFF = datetime(2100, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)


@cache
def town_tables() -> Tables:
    return loaders.load(**town())


def made(
    accounts: list[tuple[Any, ...]], relations: list[tuple[Any, ...]], outcomes: list[tuple[Any, ...]] = ()
) -> Tables:
    """Make tables that no gate has seen, sorted as loading sorts."""

    def table(rows: Any, schema: pa.Schema, *keys: str) -> pa.Table:
        columns = list(zip(*rows, strict=True)) or [()] * len(schema)
        arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
        whole = pa.table(arrays, schema=schema)
        return whole.sort_by([(key, "ascending") for key in keys]).combine_chunks()

    return replace(
        town_tables(),
        accounts=table(accounts, ACCOUNTS, "account_id"),
        relations=table(relations, RELATIONS, "at", "relation_id"),
        outcomes=table(outcomes, OUTCOMES, "account_id", "at", "kind", "severity"),
    )


def odd() -> Tables:
    """Amounts beyond 2**53, microseconds, the first and last moment, contacts, a pending reversal, no opening day."""
    accounts = [
        ("a", "one", "person", None),
        ("b", "one", "merchant", date(1900, 1, 1)),
        ("c", "shop", "merchant", date(2100, 12, 31)),
        ("d", "bank", "institution", date(2024, 2, 29)),
    ]
    relations = [
        ("r1", "transfer", "a", "c", 2**53 + 1, "CNY", LONG_AGO, None),
        ("r2", "transfer", "c", "a", 10**15, "JPY", FAR_OFF, None),
        ("r3", "chat", "a", "d", None, None, datetime(2024, 2, 29, 1, 2, 3, 456_789, tzinfo=UTC), None),
        ("r4", "refund", "d", "b", 1, "CNY", datetime(2024, 3, 31, 1, 59, 59, 10, tzinfo=UTC), "never-came"),
        ("r5", "transfer", "a", "c", 5, "CNY", datetime(2025, 1, 1, tzinfo=UTC), "r1"),
    ]
    outcomes = [("a", "default", 0.1 + 0.2, LONG_AGO), ("a", "default", 0.5, FAR_OFF), ("c", "court", 0.0, FAR_OFF)]
    return made(accounts, relations, outcomes)


def hostile_texts() -> list[str]:
    """A hundred texts and more that would break out of a statement or a file if anything took them for more."""
    return [
        *("'", '"', "`", "\\", "\\u0060", "\\u000D", "\\u0027", "\\'", '\\"', "''", '""', "``", "\0", "a\0b"),
        *("\n", "\r", "\r\n", "\t", "\u2028", "\u2029", "\u0085", "\x1f", "\x7f", "\ufeff", "\u200b", "\u202e"),
        *("//", "/*", "*/", "--", ";", "$id", "$rows", "{id: 'x'}", "}", "{", "})", "[", "]", "|", "%", "%s", "{0}"),
        *("😀", "人", "é", "e\u0301", "\u0130", "\u1e9e", "ß", "\U0010ffff", "\ue000", "\u0660", "𝒳", "🏳️‍🌈"),
        *(
            ",",
            ";;",
            ":",
            "a,b",
            '"a","b"',
            "=1+1",
            "@x",
            "+1",
            "-1",
            "0",
            "00",
            "1e309",
            "NaN",
            "null",
            "NULL",
            "true",
        ),
        *("' OR 1=1 //", "') DETACH DELETE a //", "`) MATCH (n) DETACH DELETE n //", '"}) RETURN 1; MATCH (n', "id"),
        *(
            "../../etc/passwd",
            "file:///etc/passwd",
            "<script>",
            "&amp;",
            "${jndi:ldap://x}",
            "#{1}",
            "%00",
            "\\0",
            "\\n",
        ),
        *(
            " ",
            "  ",
            " a",
            "a ",
            "A",
            "a",
            "Z" * 64,
            "y" * 1000,
            "current",
            "x" * 65,
            "Account",
            "1.0",
            "01",
            "1_000",
            "-0",
        ),
    ]


def hostile() -> Tables:
    """Each text as an account, a holder and a relation, and in currency and reverses too."""
    texts = hostile_texts()
    at = datetime(2024, 5, 6, 7, 8, 9, 123_456, tzinfo=UTC)
    accounts = [(text, f"{text}'s", "person", None) for text in texts]
    ring = zip(texts, texts[1:] + texts[:1], strict=True)
    relations = [(text, "transfer", text, other, 1, text, at, other) for text, other in ring]
    return made(accounts, relations, [(text, "default", 0.5, at) for text in texts])


def without(tables: Tables, **changes: pa.Table) -> Tables:
    return replace(tables, **changes)
