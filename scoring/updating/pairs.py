"""Which ties do new relations change, and what are they now? The whole history of the touched pairs, tied again.

Nothing but payments between two persons makes a tie, and a tie knows of no others' payments: so the history of the
pairs that new rows speak of is netted and summed up anew, and what comes out replaces their ties.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from loaders.errors import RenmaiError
from scoring.updating.earlier import PARTIES, codes_of
from scoring.updating.history import History, among, history_of
from scoring.updating.portfolio import NUMBERS
from scoring.updating.tying import DAY, Payment, Rule, left_of

if TYPE_CHECKING:
    from scoring.updating.earlier import Earlier
    from scoring.updating.people import Places
    from scoring.updating.portfolio import Portfolio
    from scoring.updating.terms import Terms

Columns = dict[str, Any]
_TYPES = {"v": np.float64, "g": np.float64, "money": np.int64, "count": np.int32, "months": np.int32}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, eq=False)
class Retied:
    """The ties, those of the touched pairs made anew.

    Attributes
    ----------
    ties : dict
        Of everybody, as :attr:`scoring.updating.portfolio.Portfolio.ties`.
    persons : int64 array
        Who is in a touched pair, ascending.
    made : int
        How many ties were made anew.
    """

    ties: Columns
    persons: Places
    made: int


def microseconds(moment: datetime) -> int:
    """Say how many microseconds after 1970 began a moment is."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def retie(before: Portfolio, earlier: Earlier, new: pa.Table, terms: Terms, threads: int) -> Retied:
    """Make the ties of the pairs anew that new relations speak of.

    Parameters
    ----------
    before
        Everybody, and the ties before.
    earlier, new
        The log before, and the new rows that stand.
    terms
        The moment and the policy.
    threads
        How many threads look through the log.
    """
    people, now = before.people, microseconds(terms.as_of)
    spoken = [people.pairs(*(codes_of(batch[name]) for name in PARTIES)) for batch in new.to_batches()]
    wanted = np.unique(np.concatenate([np.zeros(0, np.int64), *spoken]))
    wanted = wanted[wanted >= 0]
    history = history_of(wanted, people, earlier, new, now, threads)
    made = _ties(history, before, earlier, terms, now)
    return Retied(_replaced(before.ties, made, wanted, len(before)), people.members(wanted), len(made["payer"]))


def _ties(history: History, before: Portfolio, earlier: Earlier, terms: Terms, now: int) -> Columns:
    """Net and sum up the history of some pairs; ties by (payer, payee)."""
    paid = np.flatnonzero(~history.back)
    gross = history.amount[paid]
    marks = (getattr(history, name)[paid].tolist() for name in ("upward", "behalf", "currency", "at"))
    payments = [Payment(*marks_of) for marks_of in zip(*marks, strict=True)]
    pair, kept = history.pair[paid], (gross - history.taken[paid]).tolist()
    cuts = np.flatnonzero(np.diff(pair, prepend=-1, append=-1)).tolist()
    left: list[int] = []
    for begin, end in pairwise(cuts):
        left += left_of(payments[begin:end], kept[begin:end], terms.ties.netting_days * DAY)
    worth = [
        _in_base(money, history.currency[paid], history.at[paid], earlier, terms).tolist()
        for money in (gross, np.array(left, np.int64))
    ]
    scale, rule, rows = before.number("scale"), Rule(terms.ties, now), []
    for begin, end in pairwise(cuts):
        low, high = divmod(int(pair[begin]), len(before))
        for payer, payee, upward in ((low, high, True), (high, low, False)):
            own = [place for place in range(begin, end) if payments[place].upward is upward]
            theirs, *money = [[values[place] for place in own] for values in (payments, *worth)]
            if (found := rule.strength(theirs, money[0], money[1], float(scale[payer]))) is not None:
                rows.append((payer, payee, *found))
    rows.sort()
    columns = zip(*rows, strict=True) if rows else [()] * (2 + len(NUMBERS))
    names = ("payer", "payee", *NUMBERS)
    return {name: np.array(values, _TYPES.get(name, np.int64)) for name, values in zip(names, columns, strict=True)}


def _in_base(money: Places, currency: Places, at: Places, earlier: Earlier, terms: Terms) -> Any:
    """Convert what is in other currencies, at the rates of the days of the payments."""
    codes, place = np.unique(currency, return_inverse=True)
    names = [earlier.currencies[code].as_py() for code in codes.tolist()]
    if set(names) <= {terms.base_currency}:
        return money
    from graph.money import to_base  # the list of all currencies is read only where there are some

    rates = earlier.state.table("rates")
    return to_base(money, place, names, at // DAY, rates, terms.base_currency)


def _replaced(old: Columns, made: Columns, wanted: Places, n: int) -> Columns:
    """Put the ties made anew into the place of those of the same pairs."""
    keys = old["payer"].astype(np.int64) * n + old["payee"]
    fresh = made["payer"] * n + made["payee"]
    place = np.searchsorted(keys, fresh)
    known = among(fresh, keys)
    if (gone := np.setdiff1d(_both_ways(wanted, n), fresh)).size and among(gone, keys).any():
        raise RenmaiError("a tie is gone although nothing of it was taken away; nothing was published")
    at = place + np.cumsum(~known) - ~known  # new ties move what comes behind them
    stays = np.ones(len(keys) + int((~known).sum()), np.bool_)
    stays[at[~known]] = False
    columns = {}
    for name, values in made.items():
        columns[name] = np.empty(len(stays), old[name].dtype)
        columns[name][stays] = old[name]
        columns[name][at] = values
    return columns


def _both_ways(pairs: Places, n: int) -> Places:
    low, high = pairs // n, pairs % n
    return np.concatenate([low * n + high, high * n + low])
