"""Which reversals stand: do they fit their original, and is enough of it left to take back?

A reversal has the kind and currency of its original and its parties swapped. Reversals are taken in order of
(at, relation_id); one that wants more than is left is refused whole and takes nothing. One whose original is unknown
stands and waits for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from loaders.contract import CONTACT_KINDS


@dataclass(frozen=True, slots=True)
class Entry:
    """One relation, as far as reversals care. ``place`` is (file, line, offset); ``text`` its canonical text."""

    at: int
    relation_id: str
    text: str
    place: tuple[int, int, int | None]
    kind: str
    currency: str | None
    from_id: str
    to_id: str
    amount: int | None
    reverses: str | None


@dataclass(frozen=True, slots=True)
class Fallen:
    """One relation that does not stand: its place, why, and the place of what stands instead of it."""

    place: tuple[int, int, int | None]
    reason: str
    column: str
    stands: tuple[int, int, int | None] | None


def judge(entries: Iterable[Entry]) -> list[Fallen]:
    """Which relations of a log fall, looking at reversals and at relations that share an id with one?

    Of relations with one id the first by (at, canonical text) that can stand stands.

    Parameters
    ----------
    entries
        All reversals, what they reverse, and everything that shares an id with these; no exact duplicates.

    Returns
    -------
    list of Fallen

    Examples
    --------
    >>> from loaders.gate.reversals import Entry, judge
    >>> paid = Entry(1, "p", "p", (0, 2, 80), "transfer", "CNY", "ann", "bob", 100, None)
    >>> back = Entry(2, "q", "q", (0, 3, 160), "transfer", "CNY", "bob", "ann", 80, "p")
    >>> more = Entry(3, "r", "r", (0, 4, 240), "transfer", "CNY", "bob", "ann", 21, "p")
    >>> [fallen.reason for fallen in judge([more, back, paid])]
    ['refund_exceeds']
    """
    ordered = sorted(entries, key=lambda entry: (entry.at, entry.relation_id.encode(), entry.text.encode()))
    first: dict[str, Entry] = {}
    for entry in ordered:
        first.setdefault(entry.relation_id, entry)
    standing: dict[str, Entry] = {}
    left: dict[str, int] = {}
    fallen: list[Fallen] = []
    for entry in ordered:
        stands = standing.get(entry.relation_id)
        if stands is not None:
            fallen.append(Fallen(entry.place, "tx_id_conflict", "relation_id", stands.place))
            continue
        reason = _refusal(entry, first, left) if entry.reverses else ""
        if reason:
            original = first.get(entry.reverses or "")
            fallen.append(Fallen(entry.place, reason, "reverses", original.place if original else None))
        else:
            standing[entry.relation_id] = entry
    return fallen


def _refusal(entry: Entry, first: dict[str, Entry], left: dict[str, int]) -> str:
    """Tell why a reversal falls ("" when it stands) and take what it takes from its original."""
    if entry.kind in CONTACT_KINDS:
        return "reversal_mismatch"
    original = first.get(entry.reverses or "")
    if original is None:
        return ""
    same = (original.kind, original.currency, original.to_id, original.from_id)
    if original.reverses or same != (entry.kind, entry.currency, entry.from_id, entry.to_id):
        return "reversal_mismatch"
    rest = left.get(original.relation_id, original.amount or 0)
    if (entry.amount or 0) > rest:
        return "refund_exceeds"
    left[original.relation_id] = rest - (entry.amount or 0)
    return ""
