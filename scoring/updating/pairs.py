"""Which ties do new relations change, and what are they now? The whole history of the touched pairs, tied again.

Nothing but payments between two persons makes a tie, and a tie knows of no others' payments: so the log of the pairs
that new rows speak of goes through the functions of a full run, and what comes out replaces their ties.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from graph.payments import payments
from graph.ties import Ties, ties
from loaders.asof import Snapshot, at
from loaders.tables import Tables
from scoring.updating.people import People, Places, positions

if TYPE_CHECKING:
    from scoring.batch.stages import Order
    from scoring.updating.additions import Additions
    from scoring.updating.earlier import Earlier


@dataclass(frozen=True, eq=False)
class Retied:
    """The ties, those of the touched pairs made anew.

    Attributes
    ----------
    ties : Ties
        Of everybody.
    persons : int64 array
        Who is in a touched pair, ascending.
    made : int
        How many ties were made anew.
    used, what : dict
        By how much the counts of relations change: how many are used, and what they are.
    snapshot : Snapshot
        Of the touched pairs alone.
    """

    ties: Ties
    persons: Places
    made: int
    used: dict[str, int]
    what: dict[str, int]
    snapshot: Snapshot


def retie(
    old: Ties, holders: pa.StringArray, scale: Any, earlier: Earlier, added: Additions, order: Order
) -> Retied:  # fmt: skip
    """Make the ties of the pairs anew that new relations speak of.

    Parameters
    ----------
    old
        The ties before.
    holders, scale
        The persons by id, and their usual monthly outflow.
    earlier, added
        The log before, and the new rows that stand.
    order
        The moment and the policy.
    """
    people = People(earlier.accounts, holders, order.as_of)
    new = added.tables.relations
    speaking = people.pairs(new)
    wanted = np.unique(speaking[speaking >= 0])
    touched = people.members(wanted)
    rows = earlier.rows(_history(earlier, people, touched, wanted))
    around = people.around(pa.concat_tables([new, added.spoken]))
    log = pa.concat_tables([rows, new.filter(pa.array(speaking >= 0))])
    snapshot = at(_tables(earlier, around, log), order.as_of)
    found = payments(snapshot, base_currency=order.config.data.base_currency, parameters=order.config.ties)
    place = positions(found.holders, holders).astype(np.int64)
    made = ties(found, scale[place], order.as_of, order.config.ties)
    used, what = _change(earlier, around, added, order)
    return Retied(_replaced(old, made, place, wanted, len(holders)), touched, len(made), used, what, snapshot)


def _history(earlier: Earlier, people: People, touched: Places, wanted: Places) -> Places:
    """Number the earlier relations of the touched pairs: one look at the parties of every row."""
    marked = people.marked(touched)
    found = [np.zeros(0, np.int64)]
    for piece in earlier.pieces:
        first = piece.first
        for batch in piece.table.select(["from_id", "to_id", "kind"]).to_batches():
            one, other = (people.accounts_of(batch[name]) for name in ("from_id", "to_id"))
            near = np.flatnonzero(marked[one] & marked[other])
            pairs = people.pairs(pa.Table.from_batches([batch.take(pa.array(near))]))
            found.append(first + near[_among(pairs, wanted)])
            first += batch.num_rows
    return np.concatenate(found)


def _among(values: Places, wanted: Places) -> Any:
    if not len(wanted):
        return np.zeros(len(values), np.bool_)
    place = np.minimum(np.searchsorted(wanted, values), len(wanted) - 1)
    return wanted[place] == values


def _tables(earlier: Earlier, accounts: pa.Table, relations: pa.Table) -> Tables:
    """Dress a part of a log as an input of its own."""
    state = earlier.state
    nothing = {name: _empty(state.table(name)) for name in ("profiles", "consents", "outcomes")}
    order = [("at", "ascending"), ("relation_id", "ascending")]
    return Tables(
        accounts=accounts,
        relations=relations.sort_by(order),
        **nothing,
        rates=state.table("rates"),
        rejects=pa.table({}),
        files=(),
        ignored=(),
        counts={},
    )


def _empty(table: pa.Table | None) -> Any:
    return None if table is None else table.slice(0, 0)


def _change(
    earlier: Earlier, accounts: pa.Table, added: Additions, order: Order
) -> tuple[dict[str, int], dict[str, int]]:
    """Say by how much the counts of relations change: what the new rows are, and what they make of earlier ones."""
    before = _counts(at(_tables(earlier, accounts, added.spoken), order.as_of), order)
    both = pa.concat_tables([added.spoken, added.tables.relations])
    after = _counts(at(_tables(earlier, accounts, both), order.as_of), order)
    used, what = (
        {key: count - past[key] for key, count in now.items()} for past, now in zip(before, after, strict=True)
    )
    return used, what


def _counts(snapshot: Snapshot, order: Order) -> tuple[dict[str, int], dict[str, int]]:
    found = payments(snapshot, base_currency=order.config.data.base_currency, parameters=order.config.ties)
    return dict(snapshot.counts["relations"]), dict(found.counts)


def _replaced(old: Ties, made: Ties, place: Places, wanted: Places, n: int) -> Ties:
    """Put the ties made anew into the place of those of the same pairs."""
    payer, payee = old.payer.astype(np.int64), old.payee.astype(np.int64)
    stays = ~_among(np.minimum(payer, payee) * n + np.maximum(payer, payee), wanted)
    columns = {field.name: getattr(made, field.name) for field in fields(Ties)}
    columns |= {"payer": place[made.payer], "payee": place[made.payee]}
    where = np.searchsorted((payer * n + payee)[stays], columns["payer"] * n + columns["payee"])
    return Ties(*(np.insert(getattr(old, name)[stays], where, values) for name, values in columns.items()))
