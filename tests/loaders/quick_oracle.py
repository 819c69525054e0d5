"""What do the checks in SQL say of every record of a batch? The oracle of the quick lane."""

# ruff: noqa: S608 (the SQL is made of the contract's own names)

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from loaders.contract import TABLES
from loaders.gate.checks import checks
from loaders.gate.conversion import typed
from loaders.gate.rows import prepare
from loaders.gate.wide_ids import deceptive
from loaders.quick import AccountIndex, Context, Judged, judge
from loaders.raw import Batch
from loaders.readers.arrow_text import text_of
from loaders.settings import LoadSettings

ACCOUNTS = pa.array(sorted(["A1", "B1", "C1", "-odd", "x" * 64, "a0000001", "customer-0000017"]))
GOOD = {
    "accounts": {"account_id": "A1", "holder_id": "H1", "kind": "person", "opened_on": "2019-03-01"},
    "relations": {
        "relation_id": "r1",
        "kind": "transfer",
        "from_id": "A1",
        "to_id": "B1",
        "amount": "12.50",
        "currency": "CNY",
        "at": "2025-01-05T08:00:00+08:00",
        "reverses": "",
    },
    "profiles": {"account_id": "A1", "known_at": "2025-01-05T08:00:00Z"},
    "consents": {"account_id": "A1", "source": "finance", "granted": "true", "at": "2025-01-05T08:00:00Z"},
    "outcomes": {"account_id": "A1", "kind": "default", "severity": "0.5", "at": "2025-01-05T08:00:00Z"},
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the checks in SQL say: which records pass (known accounts among it), and the values of those that do."""

    passed: np.ndarray
    values: pa.Table


def batch_of(table: str, columns: Mapping[str, pa.Array]) -> Batch:
    """Records with these columns and a good value in every other column that must be there."""
    size = len(next(iter(columns.values())))
    good = dict(GOOD[table])
    if "amount_minor" in columns:
        good.pop("amount", None)
    filled = {name: columns.get(name, pa.array([value] * size, pa.string())) for name, value in good.items()}
    return Batch({**filled, **columns}, range(1, size + 1))


def present_in(batch: Batch) -> set[str]:
    return {"amount" if name == "amount_minor" else name for name in batch.columns}


def by_sql(table: str, batch: Batch, settings: LoadSettings) -> Verdict:
    """Judge by the checks of the contract in SQL, one record at a time."""
    contract, present = TABLES[table], present_in(batch)
    texts = {
        "amount" if name == "amount_minor" else name: text_of(contract.column(name), values)
        for name, values in batch.columns.items()
    }
    words = {theirs: ours for theirs, ours in settings.kinds.items() if ours in _choices(table)}
    if "kind" in texts:
        texts["kind"] = pa.array([words.get(word, word) for word in texts["kind"].to_pylist()], pa.string())
    minor = pa.array([("amount_minor" in batch.columns)] * len(batch))
    places = {name: pa.array(np.arange(len(batch))) for name in ("_file", "_line", "_offset")}
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET TimeZone = 'UTC'")
        prepare(connection, settings)
        connection.register("raw", pa.table({**places, "_minor": minor, **texts}))
        connection.execute("CREATE TABLE comma_files (_file BIGINT)")
        ids = {
            text for c in contract.columns if c.type == "id" and c.name in texts for text in texts[c.name].to_pylist()
        }
        hiding = pa.table({"id": pa.array(sorted(text for text in ids if text and deceptive(text)), pa.string())})
        connection.register("refused_ids", hiding)
        known = pa.table({"account_id": ACCOUNTS})
        connection.register("known", known)
        fails = [check.fails for check in checks(contract, present, settings)]
        if table != "accounts":
            named = [name for name in ("account_id", "from_id", "to_id") if name in texts]
            fails += [f"{name} NOT IN (SELECT account_id FROM known)" for name in named]
        failed = " OR ".join(f"coalesce({fail}, false)" for fail in fails)
        joined = "LEFT JOIN currencies ON code = currency" if "currency" in present else ""
        source = f"(SELECT raw.*{', exponent' if joined else ''} FROM raw {joined})"
        passed = np.ones(len(batch), np.bool_)
        connection.execute(f"CREATE TABLE judged AS SELECT *, ({failed}) AS failed FROM {source}")
        lines = connection.execute("SELECT _line FROM judged WHERE failed").fetchnumpy()["_line"]
        passed[np.asarray(lines, np.int64)] = False
        select = ", ".join(f'{expression} AS "{name}"' for name, expression in typed(contract, present).items())
        values = connection.sql(f"SELECT _line, {select} FROM judged WHERE NOT failed ORDER BY _line").to_arrow_table()
    return Verdict(passed, values)


def _choices(table: str) -> tuple[str, ...]:
    return next((column.choices for column in TABLES[table].columns if column.name == "kind"), ())


def by_quick(table: str, batch: Batch, settings: LoadSettings, *, accounts: bool = True) -> Judged:
    index = AccountIndex(ACCOUNTS) if accounts and table != "accounts" else None
    return judge(TABLES[table], batch, present_in(batch), Context(settings, index))


def differences(table: str, batch: Batch, settings: LoadSettings) -> list[str]:
    """In what does the quick lane say more or other things than the checks in SQL? Empty: it is right."""
    verdict, judged = by_sql(table, batch, settings), by_quick(table, batch, settings)
    wrong = np.flatnonzero(judged.sure & ~verdict.passed)
    told = [f"{index} is sure and falls: {_row(batch, index)}" for index in wrong.tolist()]
    both = np.flatnonzero(judged.sure & verdict.passed)
    lines = verdict.values["_line"].to_numpy()
    expected = verdict.values.take(pa.array(np.searchsorted(lines, both)))
    for name in typed(TABLES[table], present_in(batch)):
        actual = _decoded(judged, name).take(pa.array(both)).to_pylist()
        hoped = _comparable(expected[name]).to_pylist()
        told += [
            f"{name} is {one!r}, not {other!r}: {_row(batch, index)}"
            for index, one, other in zip(both.tolist(), actual, hoped, strict=True)
            if (one, repr(one)) != (other, repr(other))
        ]
    return told


def _decoded(judged: Judged, name: str) -> pa.Array:
    code = {"from_id": "from_code", "to_id": "to_code"}.get(name, name)
    if code != name and code in judged.values:
        codes = judged.values[code].to_numpy()
        return ACCOUNTS.take(pa.array(np.maximum(codes, 0)))
    values = judged.values[name]
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    return _comparable(values)


def _comparable(values: pa.Array) -> pa.Array:
    return values.cast(pa.int64()) if pa.types.is_timestamp(values.type) else values


def _row(batch: Batch, index: int) -> dict[str, object]:
    return {name: repr(values[index]) for name, values in batch.columns.items()}
