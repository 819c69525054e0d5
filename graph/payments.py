"""Which relations are payments between two persons, and what is each worth after what was taken back or came back?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.circles import net_circles
from graph.grouping import CURRENCY, ON_BEHALF
from graph.ledger import Ledger, written, written_from
from graph.money import to_base
from graph.netting import cancel_all
from graph.parameters import TieParameters
from graph.sifting import sifted
from loaders.asof import Snapshot

Array = np.ndarray[Any, Any]
DAY = 86_400_000_000
"""Microseconds of a day."""


class Payments:
    """Money between persons that may carry credit, in the order of (at, relation_id).

    The columns are made when they are asked for; what ties are made of is the ledger, where they stand by pair.

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
    ledger
        The same payments by pair of persons.
    """

    def __init__(
        self,
        holders: pa.StringArray,
        payer: Array,
        payee: Array,
        at: Array,
        behalf: Array,
        gross: Array,
        net: Array,
        counts: Mapping[str, int],
    ) -> None:
        nothing = np.zeros(len(at), np.int16)
        self.holders, self.counts = holders, counts
        self.ledger = written_from(payer, payee, nothing, behalf, at, gross, net)

    @classmethod
    def of(cls, holders: pa.StringArray, ledger: Ledger, counts: Mapping[str, int]) -> Payments:
        """Payments that are in a ledger already, in the base currency."""
        made = cls.__new__(cls)
        made.holders, made.counts, made.ledger = holders, counts, ledger
        return made

    def __len__(self) -> int:
        return len(self.ledger)

    @cached_property
    def _ends(self) -> tuple[Array, Array]:
        return self.ledger.ends()

    @property
    def payer(self) -> Array:
        """Who parted with the money."""
        return self._ends[0]

    @property
    def payee(self) -> Array:
        """Who received it."""
        return self._ends[1]

    @cached_property
    def at(self) -> Array:
        """When, in microseconds since 1970."""
        return self.ledger.in_order(self.ledger.at)

    @cached_property
    def behalf(self) -> Array:
        """Whether it was paid on behalf of the payee."""
        return self.ledger.in_order((self.ledger.mark & ON_BEHALF) > 0)

    @cached_property
    def gross(self) -> Array:
        """Face value in the base currency."""
        return self.ledger.in_order(self.ledger.gross)

    @cached_property
    def net(self) -> Array:
        """What is left of it after reversals and netting."""
        return self.ledger.in_order(self.ledger.left)


def payments(
    snapshot: Snapshot,
    *,
    base_currency: str = "CNY",
    parameters: TieParameters | None = None,
    threads: int | None = None,
) -> Payments:
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
    threads
        How many threads; ``None``: as many as this process may use. No bit depends on it.

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
    found = sifted(snapshot.relations, lambda ids: person_of_account(snapshot, ids), threads=threads)
    ledger = written(found, threads)
    limit = parameters.netting_days * DAY
    cancel_all(ledger, limit, threads)
    if parameters.netting == "cycles":
        ledger = _without_circles(ledger, limit)
    return Payments.of(persons, _converted(ledger, found.currencies, snapshot.rates, base_currency), found.counts)


def person_of_account(snapshot: Snapshot, accounts: pa.Array) -> Array:
    """Which person is behind each of these accounts?

    Parameters
    ----------
    snapshot
        Says whose the accounts are.
    accounts
        Ids, such as the dictionary of the relations' from_id.

    Returns
    -------
    int32[len(accounts)]
        Number among the persons by holder_id, −1: not open yet, or no person's.

    Examples
    --------
    >>> import loaders
    >>> from loaders.town import AS_OF, town
    >>> snapshot = loaders.at(loaders.load(**town()), AS_OF)
    >>> person_of_account(snapshot, pa.array(["nobody", "bob"]))
    array([-1,  1], dtype=int32)
    """
    person = snapshot.holders["person"].to_numpy()
    # One more place at the end, for those who are nobody.
    number = np.append(np.where(person, np.cumsum(person) - 1, -1), -1).astype(np.int32)
    owners = snapshot.owners
    # the list that a loaded log's codes point into is all accounts, whose holders are known: nobody is looked up
    if owners is not None and len(owners.accounts) == len(accounts) and owners.accounts.equals(accounts):
        return number[owners.holder]
    holder = np.append(_positions(snapshot.accounts["holder_id"], snapshot.holders["holder_id"]), -1)
    return number[holder[_positions(accounts, snapshot.accounts["account_id"])]]


def _positions(ids: pa.Array | pa.ChunkedArray, among: pa.ChunkedArray) -> Array:
    """Where does each id stand among others? −1: nowhere."""
    found = pc.fill_null(pc.index_in(ids, value_set=among.combine_chunks()), -1)
    return np.asarray(found.to_numpy(), dtype=np.int32)


def _without_circles(ledger: Ledger, limit: int) -> Ledger:
    (payer, payee), at, mark = ledger.ends(), ledger.in_order(ledger.at), ledger.in_order(ledger.mark)
    left = net_circles(payer, payee, mark >> CURRENCY, at, ledger.in_order(ledger.left), limit)
    back = np.empty_like(left)
    back[:] = left[np.argsort(ledger.part, kind="stable")]
    return ledger.with_money(ledger.gross, back)


def _converted(ledger: Ledger, names: Sequence[str], rates: pa.Table, base_currency: str) -> Ledger:
    """Convert what is in other currencies, which is little; the rest stays where it is."""
    base = names.index(base_currency) if base_currency in names else -1
    foreign = np.flatnonzero((ledger.mark >> CURRENCY) != base)
    if len(foreign):
        currency, day = ledger.mark[foreign] >> CURRENCY, ledger.at[foreign] // DAY
        for money in (ledger.gross, ledger.left):
            money[foreign] = to_base(money[foreign], currency, names, day, rates, base_currency)
    return ledger
