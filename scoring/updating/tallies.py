"""By how much do the counts of relations change? What the new rows are, and what they make of earlier ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from loaders.contract import CONTACT_KINDS, CREDIT_KINDS
from scoring.updating.earlier import KINDS, codes_of

if TYPE_CHECKING:
    from scoring.updating.people import People

_CREDIT, _CONTACT = (np.isin(np.array(KINDS.to_pylist()), kinds) for kinds in (CREDIT_KINDS, CONTACT_KINDS))
Tally = dict[str, int]


def change(spoken: pa.Table, new: pa.Table, people: People, now: int) -> tuple[Tally, Tally]:
    """Say by how much the counts change.

    Parameters
    ----------
    spoken, new
        Earlier relations that the new ones speak of, and the new ones.
    people
        Who is behind the accounts.
    now
        Microseconds since 1970; later rows are set aside.

    Returns
    -------
    tuple of dict
        How many relations are used, pending or later, and what those used are.
    """
    before = _counted(spoken, people, now)
    after = _counted(pa.concat_tables([spoken, new.select(spoken.column_names)]), people, now)
    used, what = (
        {key: count - past[key] for key, count in later.items()} for past, later in zip(before, after, strict=True)
    )
    return used, what


def _counted(rows: pa.Table, people: People, now: int) -> tuple[Tally, Tally]:
    rows = rows.combine_chunks()
    known = pc.less_equal(rows["at"].cast(pa.int64()), now).to_numpy()
    back = pc.is_valid(rows["reverses"]).to_numpy()
    originals = rows["relation_id"].filter(pa.array(known & ~back)).combine_chunks()
    waits = known & back
    if waits.any():
        waits &= ~pc.is_in(rows["reverses"], value_set=originals).to_numpy()
    used = known & ~waits
    counts = {"used": int(used.sum()), "after_as_of": int((~known).sum()), "pending": int(waits.sum())}
    kind, payer, payee = (_codes(rows[name]) for name in ("kind", "from_id", "to_id"))
    credit, one, other = _CREDIT[kind], people.person[payer], people.person[payee]
    paid, nobody = credit & ~back, (one < 0) | (other < 0)
    what = {
        "payments": paid & ~nobody & (one != other),
        "reversals": credit & back,
        "within_holder": paid & ~nobody & (one == other),
        "not_person": paid & nobody,
        "contact": _CONTACT[kind],
        "other": ~credit & ~_CONTACT[kind],
    }
    return counts, {name: int((marks & used).sum()) for name, marks in what.items()}


def _codes(column: pa.ChunkedArray) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    found = [np.zeros(0, np.int64), *(codes_of(chunk).astype(np.int64) for chunk in column.chunks)]
    return np.concatenate(found)
