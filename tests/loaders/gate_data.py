"""Which small data folders do the tests of the gate read?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from loaders.tables import Tables

ACCOUNTS_HEADER = "account_id,holder_id,kind,opened_on"
RELATIONS_HEADER = "relation_id,kind,from_id,to_id,amount,currency,at,reverses"
AT = "2025-01-05T08:00:00+08:00"


def relation(
    relation_id: str = "r1",
    *,
    kind: str = "transfer",
    src: str = "A1",
    dst: str = "B1",
    amount: str = "1.00",
    currency: str = "CNY",
    at: str = AT,
    reverses: str = "",
) -> str:
    """One line of relations.csv, good unless told otherwise."""
    return f"{relation_id},{kind},{src},{dst},{amount},{currency},{at},{reverses}"


def accounts(ids: Sequence[str]) -> str:
    """The text of accounts.csv."""
    return "".join(f"{line}\n" for line in (ACCOUNTS_HEADER, *(f"{one},,person,2019-03-01" for one in ids)))


def relations(lines: Sequence[str], header: str = RELATIONS_HEADER) -> str:
    """The text of relations.csv."""
    return "".join(f"{line}\n" for line in (header, *lines))


def data(
    folder: Path, lines: Sequence[str] | str | bytes, ids: Sequence[str] = ("A1", "B1", "C1"), **others: str
) -> Path:
    """Write a data folder: lines of relations (or the whole file), accounts of these ids, other tables as text."""
    folder.mkdir(exist_ok=True)
    text = lines if isinstance(lines, str | bytes) else relations(lines)
    (folder / "relations.csv").write_bytes(text.encode() if isinstance(text, str) else text)
    (folder / "accounts.csv").write_text(accounts(ids), encoding="utf-8")
    for name, content in others.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    return folder


def reasons(tables: Tables, table: str = "relations") -> list[str]:
    """The reason codes of a table's refused records, in order of file and line."""
    return [row["reason"] for row in tables.rejects.to_pylist() if row["table"] == table]


def kept(tables: Tables) -> list[str]:
    """The ids of the relations that stand, sorted."""
    return sorted(tables.relations["relation_id"].to_pylist())
