"""Which relations are payments between two persons, and what is each worth after what was taken back or came back?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.circles import net_circles
from graph.money import to_base
from graph.netting import net
from graph.parameters import TieParameters
from loaders.asof import Snapshot
from loaders.contract import CONTACT_KINDS, CREDIT_KINDS

Array = np.ndarray[Any, Any]
DAY = 86_400_000_000
"""Microseconds of a day."""


@dataclass(frozen=True, eq=False)
class Payments:
    """Money between persons that may carry credit, in the order of (at, relation_id).

    Attributes
    ----------
    holders
        Ids of the persons, sorted by their bytes; the integers below are positions in it.
    payer, payee : int32[m]
        Who parted with the money and who received it; never the same.
    at : int64[m]
        Microseconds since 1970-01-01 UTC.
    behalf : bool[m]
        Whether it was paid on behalf of the payee.
    gross : int64[m]
        Face value in minor units of the base currency.
    net : int64[m]
        What is left after reversals and netting, in minor units of the base currency.
    counts
        What became of the used relations: payments, reversals, within_holder, not_person, contact, other.
    """

    holders: pa.StringArray
    payer: Array
    payee: Array
    at: Array
    behalf: Array
    gross: Array
    net: Array
    counts: Mapping[str, int]

    def __len__(self) -> int:
        return len(self.at)


def payments(snapshot: Snapshot, *, base_currency: str = "CNY", parameters: TieParameters | None = None) -> Payments:
    """Which payments between persons does a snapshot hold, and what is left of each?

    A payment is a relation of a whitelisted kind (``transfer``, ``pay_on_behalf``) between accounts of two different
    persons that is not itself a reversal. What was taken back no longer counts for ``net`` but stays in ``gross``.
    Netting runs in each payment's own currency, over everything up to ``as_of``; only then is money converted, at the
    rate of the payment's UTC day.

    Parameters
    ----------
    snapshot
        The input as it was known; its relations come in the order of (at, relation_id).
    base_currency
        ISO 4217 code.
    parameters
        Netting rule and days.

    Raises
    ------
    ContractError
        If a rate is missing or a value leaves 64 bits.

    Examples
    --------
    Wages, purchases and chats are no payments between persons; what Uma sent back is no payment either.

    >>> import loaders
    >>> from loaders.town import AS_OF, town
    >>> found = payments(loaders.at(loaders.load(**town()), AS_OF))
    >>> found.counts["payments"], found.counts["reversals"]
    (112, 8)
    >>> int(found.gross.sum()), int(found.net.sum())
    (39200000, 32800000)
    """
    parameters = parameters or TieParameters()
    persons = snapshot.holders.filter(snapshot.holders["person"])["holder_id"].combine_chunks()
    rows, payer, payee, counts = _between_persons(snapshot, persons)
    at = rows["at"].to_numpy().astype("datetime64[us]").astype(np.int64)
    amount = rows["amount_minor"].to_numpy().astype(np.int64)
    codes = rows["currency"].combine_chunks().dictionary_encode()
    currency, names = codes.indices.to_numpy(zero_copy_only=False), codes.dictionary.to_pylist()
    kept = amount - rows["reversed_minor"].to_numpy().astype(np.int64)
    limit = parameters.netting_days * DAY
    left = net(payer, payee, currency, at, kept, limit)
    if parameters.netting == "cycles":
        left = net_circles(payer, payee, currency, at, left, limit)
    money = (currency, names, at // DAY, snapshot.rates, base_currency)
    behalf = pc.equal(rows["kind"], "pay_on_behalf").to_numpy(zero_copy_only=False)
    return Payments(persons, payer, payee, at, behalf, to_base(amount, *money), to_base(left, *money), counts)


def _between_persons(snapshot: Snapshot, persons: pa.StringArray) -> tuple[pa.Table, Array, Array, dict[str, int]]:
    """Pick the payments, say who is on either side, and count what every used relation is."""
    relations, accounts = snapshot.relations, snapshot.accounts
    credit = pc.is_in(relations["kind"], value_set=pa.array(CREDIT_KINDS))
    contact = pc.is_in(relations["kind"], value_set=pa.array(CONTACT_KINDS))
    reversal = pc.and_(credit, pc.is_valid(relations["reverses"]))
    rows = relations.filter(pc.and_(credit, pc.invert(reversal)))
    # One more place at the end, for accounts that are not open yet: nobody's.
    person_of = np.append(_positions(accounts["holder_id"], persons), -1)
    payer = person_of[_positions(rows["from_id"], accounts["account_id"].combine_chunks())]
    payee = person_of[_positions(rows["to_id"], accounts["account_id"].combine_chunks())]
    outside = (payer < 0) | (payee < 0)
    within = ~outside & (payer == payee)
    used = ~outside & ~within
    counts = {
        "payments": int(used.sum()),
        "reversals": _count(reversal),
        "within_holder": int(within.sum()),
        "not_person": int(outside.sum()),
        "contact": _count(contact),
        "other": len(relations) - _count(credit) - _count(contact),
    }
    return rows.filter(pa.array(used)), payer[used], payee[used], counts


def _positions(ids: pa.ChunkedArray, among: pa.StringArray) -> Array:
    """Where does each id stand among others? −1: nowhere."""
    found = pc.fill_null(pc.index_in(ids, value_set=among), -1)
    return np.asarray(found.to_numpy(), dtype=np.int32)


def _count(mask: pa.ChunkedArray) -> int:
    return int(pc.sum(mask).as_py() or 0)
