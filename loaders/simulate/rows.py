"""What is a piece of the simulated log, while it is still numbers?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from loaders.contract import MONEY_KINDS, RELATION_KINDS
from loaders.simulate.plan import DAY, EXPONENTS, PRICES, Plan

KIND = {name: number for number, name in enumerate(RELATION_KINDS)}


@dataclass(frozen=True)
class Rows:
    """Relations as arrays of equal length.

    ``kind`` numbers `RELATION_KINDS`; ``payer`` and ``payee`` number accounts; ``amount`` is in minor units of
    ``currency`` (a number of `plan.CURRENCIES`; -1 for contacts); ``at`` is in seconds since 1970; ``original`` is
    the position of the relation that a reversal takes back, else -1.
    """

    kind: npt.NDArray[np.int8]
    payer: npt.NDArray[np.int64]
    payee: npt.NDArray[np.int64]
    amount: npt.NDArray[np.int64]
    currency: npt.NDArray[np.int8]
    at: npt.NDArray[np.int64]
    original: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.kind)


def make_rows(
    kind: npt.NDArray[np.int8],
    payer: npt.NDArray[np.int64],
    payee: npt.NDArray[np.int64],
    amount: npt.NDArray[np.int64],
    at: npt.NDArray[np.int64],
    currency: npt.NDArray[np.int8] | None = None,
    original: npt.NDArray[np.int64] | None = None,
) -> Rows:
    """Make rows; without ``currency`` money is in the base currency, without ``original`` nothing is a reversal."""
    contact = kind >= len(MONEY_KINDS)
    original = np.full(len(kind), -1, dtype=np.int64) if original is None else original
    currency = np.zeros(len(kind), dtype=np.int8) if currency is None else currency
    currency = np.where(contact, np.int8(-1), currency)
    return Rows(kind, payer, payee, np.where(contact, 0, amount), currency, at, original)


def in_order_of_time(pieces: Sequence[Rows]) -> Rows:
    """Join pieces and sort them by time; a reversal made in the same second stays behind its original."""
    starts = np.cumsum([0, *(len(piece) for piece in pieces[:-1])])
    original = np.concatenate(
        [np.where(piece.original < 0, -1, piece.original + start) for piece, start in zip(pieces, starts, strict=True)]
    )
    joined = {f.name: np.concatenate([getattr(piece, f.name) for piece in pieces]) for f in fields(Rows)}
    order = np.argsort(joined["at"], kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    joined["original"] = np.where(original < 0, -1, place[original])
    return Rows(**{name: column[order] for name, column in joined.items()})


def times(plan: Plan, month: int, day: npt.NDArray[np.int64], dice: np.random.Generator) -> npt.NDArray[np.int64]:
    """Draw times in the daytime (08:00 to 24:00 at UTC+8, most around 16:00) of days of a month of the log."""
    first, last = int(plan.bounds[month]), int(plan.bounds[month + 1]) - 1
    second = (dice.random(len(day)) + dice.random(len(day))) * (8 * 3600)
    at = first // DAY * DAY + np.minimum(day, (last - first) // DAY) * DAY + second.astype(np.int64)
    return np.clip(at, first, last)


def foreign(amount: npt.NDArray[np.int64], currency: npt.NDArray[np.int8]) -> npt.NDArray[np.int64]:
    """Find the minor units of each currency that buy about so many minor units of the base currency, at least one."""
    minor_units = np.array([10**exponent / (100 * price) for exponent, price in zip(EXPONENTS, PRICES, strict=True)])
    return np.where(currency > 0, (amount * minor_units[currency]).astype(np.int64) + 1, amount)


def busy_days(plan: Plan, month: int, count: int, dice: np.random.Generator) -> npt.NDArray[np.int64]:
    """Draw days of a month of the log, Saturdays and Sundays half as likely again as other days."""
    length = max(1, (int(plan.bounds[month + 1]) - int(plan.bounds[month])) // DAY)
    # 1970-01-01 was a Thursday, so (days + 3) % 7 is 0 on Mondays.
    weekday = (int(plan.bounds[month]) // DAY + np.arange(length) + 3) % 7
    weights = np.where(weekday >= 5, 3, 2)
    table = np.repeat(np.arange(length), weights)
    return table[(dice.random(count) * len(table)).astype(np.int64)]


def money(middle: float, spread: float, count: int, dice: np.random.Generator) -> npt.NDArray[np.int64]:
    """Draw lognormal amounts in minor units; three in ten are round, as people's amounts are."""
    amount = np.exp(np.log(middle) + spread * dice.standard_normal(count)).astype(np.int64) + 1
    return np.where(dice.random(count) < 0.3, (amount + 999) // 1000 * 1000, amount)
