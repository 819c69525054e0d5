"""Tricks of what was known at a moment: reversals, consents, and rows that all count."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks import inputs
from benchmarks.asked import Asked
from benchmarks.trick import Pair, Trick, Work, altered, without
from loaders import asof, owners, taken_back

MICROS = int(inputs.MOMENT.timestamp() * 1_000_000)


def _taken(asked: Asked) -> Work:
    batches = inputs.tables(asked).relations.to_batches()
    known = [batch["at"].cast(pa.int64()).to_numpy() <= MICROS for batch in batches]
    return lambda: taken_back.taken_back(batches, known)


def _same_accounts(asked: Asked) -> Pair:
    work = _taken(asked)
    return work, without(work, "loaders.taken_back._coded_alike", lambda _: False)


def _one_place(asked: Asked) -> Pair:
    work, place = _taken(asked), "(one.buffers()[-1].address if len(one) else 0, one.offset, len(one))"
    plain = altered(taken_back._coded_alike, (place, "len(lists)"))
    return work, without(work, "loaders.taken_back._coded_alike", plain)


def _all_count(asked: Asked) -> Pair:
    tables = inputs.tables(asked)

    def work() -> Any:
        return asof.at(tables, inputs.MOMENT, threads=asked.threads)

    return work, without(work, "loaders.asof._kept", lambda table, mask: table.filter(mask))


def _in_a_row(asked: Asked) -> Pair:
    tables = inputs.tables(asked)
    owner = owners.holding(tables.accounts, np.ones(len(tables.accounts), np.bool_))[1]
    named = tables.consents["account_id"]
    return lambda: owner.of(named), lambda: owner.rows[owners.places_among(named, owner.accounts)]


def _side_by_side(asked: Asked) -> Pair:
    tables = inputs.tables(asked)

    def work(threads: int) -> Any:
        return asof.at(tables, inputs.MOMENT, threads=threads)

    return lambda: work(asked.threads), lambda: work(1)


BACK, ASOF = "loaders/taken_back.py", "loaders/asof.py"
TRICKS = (
    Trick("between the same accounts", BACK, "ids are compared only of relations the other way round", _same_accounts),
    Trick("lists in one place", BACK, "two lists at one place in memory are one", _one_place),
    Trick("where all rows count", ASOF, "the log is not copied to leave nothing out", _all_count),
    Trick(
        "accounts in a row",
        "loaders/owners.py",
        "an account is looked up once where it stands several times",
        _in_a_row,
    ),
    Trick("tables on threads", ASOF, "tables know nothing of each other", _side_by_side),
)
