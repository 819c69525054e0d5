"""Do new relations stand beside everything before so plainly that nobody need judge them again?

They do when no id of theirs was there before, no earlier reversal waits for one of them, and each reversal among them
fits what it takes back and leaves it something. All else goes to the gate, which judges them beside the earlier rows.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from loaders.contract import CONTACT_KINDS
from loaders.gate.few import Few, few_relations
from loaders.tables import REJECTS_SCHEMA, Counts, Tables
from scoring.updating.additions import Additions, refused_ids

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from loaders.settings import LoadSettings
    from scoring.updating.earlier import Earlier

_NONE = Counts(0, 0, 0, 0, 0)
_FIT = ("kind", "currency")


def plain_additions(
    inputs: Mapping[str, Sequence[Any]], earlier: Earlier, rejects: pa.Table, settings: LoadSettings
) -> Additions | None:
    """Take new relations that surely stand.

    Parameters
    ----------
    inputs
        Per table, files.
    earlier
        The log of the run.
    rejects
        What was refused of its input.
    settings
        How files are read.

    Returns
    -------
    Additions or None
        None unless every new row surely stands, alone and beside the others.

    Raises
    ------
    ContractError
        When a file as a whole breaks the contract.
    """
    if {*inputs} != {"relations"} or refused_ids(rejects):
        return None
    rates = earlier.state.table("rates")
    found = few_relations(inputs["relations"], earlier.ids, earlier.currencies, rates, settings)
    spoken = None if found is None else _spoken_of(found.relations, earlier)
    return None if found is None or spoken is None else Additions(_told(found, earlier), spoken, "")


def _spoken_of(new: pa.Table, earlier: Earlier) -> pa.Table | None:
    """Take the earlier rows that new reversals speak of; None where something is not plain."""
    ids = new["relation_id"].combine_chunks()
    back = new.filter(new["reverses"].is_valid())
    aims = back["reverses"].combine_chunks().unique()
    both = pa.chunked_array([ids, aims]).combine_chunks()  # one look at all hashes for both
    spoken = earlier.rows(np.union1d(earlier.with_ids(both), earlier.taking_back(both)).astype(np.int64))
    if _any(spoken["relation_id"], ids) or _any(spoken["reverses"], ids):
        return None
    if not len(aims):
        return spoken
    columns = ("relation_id", "kind", "currency", "from_id", "to_id", "amount_minor", "reverses")
    rows = _dicts(spoken, columns)
    own = new.filter(pc.is_in(new["relation_id"], value_set=aims))
    originals = {row["relation_id"]: row for row in [*rows, *_dicts(own, columns)]}
    taken: Counter[str] = Counter()
    for row in rows:
        if row["reverses"] is not None:
            taken[row["reverses"]] += row["amount_minor"]
    for row in _dicts(back, columns):
        taken[row["reverses"]] += row["amount_minor"]
        if row["kind"] in CONTACT_KINDS or not _fits(row, originals.get(row["reverses"])):
            return None
    enough = all(amount <= originals[aim]["amount_minor"] for aim, amount in taken.items() if aim in originals)
    return spoken if enough else None


def _any(texts: pa.ChunkedArray, wanted: pa.Array) -> bool:
    return bool(pc.any(pc.is_in(texts.drop_null(), value_set=wanted), min_count=0).as_py())


def _fits(back: Mapping[str, Any], original: Mapping[str, Any] | None) -> bool:
    """Say whether a reversal fits what it takes back; one that waits for it is not refused."""
    if original is None:
        return True
    swapped = back["from_id"] == original["to_id"] and back["to_id"] == original["from_id"]
    return swapped and original["reverses"] is None and all(back[name] == original[name] for name in _FIT)


def _dicts(table: pa.Table, columns: Sequence[str]) -> list[dict[str, Any]]:
    rows = zip(*(table[name].to_pylist() for name in columns), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _told(found: Few, earlier: Earlier) -> Tables:
    """Dress the new rows as an input of their own: nothing of it was refused."""
    state, rows = earlier.state, found.relations.num_rows
    nothing = {name: _empty(state.look(name).unchecked) if state.has(name) else None for name in _OTHERS}
    return Tables(
        accounts=state.look("accounts").unchecked,
        relations=found.relations,
        profiles=nothing["profiles"],
        consents=nothing["consents"],
        outcomes=nothing["outcomes"],
        rates=state.table("rates"),
        rejects=REJECTS_SCHEMA.empty_table(),
        files=found.files,
        ignored=(),
        counts=dict.fromkeys(_OTHERS, _NONE) | {"relations": Counts(rows, rows, 0, 0, 0)},
    )


_OTHERS = ("profiles", "consents", "outcomes")


def _empty(table: pa.Table) -> pa.Table:
    return table.schema.empty_table()
