"""What does an attack plant? Newcomers, payments, and who in the end should gain or be hurt."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

MONTHS = 12
"""How long an attack goes on, in 30-day months: half as long as ties look back, twice what a full tie takes."""
AGED = 36
"""Months of history of an aged account."""
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A planted holder with one account of the same id, or more.

    Attributes
    ----------
    id
        Of the holder and of its first account.
    months
        n, its months of history; 0 for a fresh one.
    twin
        The holder of the run whose profile it has; "" for none.
    severity
        Of a default known 30 days before the run's moment; 0 for none.
    kind
        ``person`` or ``institution``.
    accounts
        How many accounts it holds.
    """

    id: str
    months: int = 0
    twin: str = ""
    severity: float = 0.0
    kind: str = "person"
    accounts: int = 1

    def account(self, number: int) -> str:
        """Name one of its accounts, counted round and round."""
        place = number % self.accounts
        return f"{self.id}.{place}" if place else self.id


@dataclass(frozen=True, slots=True)
class Payment:
    """One planted relation between two accounts, ``ago`` before the run's moment.

    ``taken_back``: so long after it, it is reversed as a whole; None: never.
    """

    payer: str
    payee: str
    amount: int
    ago: timedelta
    kind: str = "transfer"
    taken_back: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Plot:
    """An attack as it is planted.

    Attributes
    ----------
    newcomers, payments
        What is planted.
    attackers
        Holders who should gain.
    helpers
        Other holders who serve them: mules, smurfs, a complicit supporter.
    victims
        The holders aimed at; empty: everybody of the run who takes no part.
    instead
        Attacker to the holder whose score it leaves behind; others are compared with themselves.
    whole
        The same payments as if they all went to one attacker, where a promise compares with that.
    note
        What the row should say.
    """

    newcomers: tuple[Newcomer, ...]
    payments: tuple[Payment, ...]
    attackers: tuple[str, ...]
    helpers: tuple[str, ...] = ()
    victims: tuple[str, ...] = ()
    instead: Mapping[str, str] = field(default_factory=dict)
    whole: tuple[Payment, ...] = ()
    note: str = ""


def steady(payer: str, payee: str, amount: int, *, day: int = 10, months: int = MONTHS) -> Iterator[Payment]:
    """Give one payment a month, ``day`` days before each month's end, the latest month first.

    Examples
    --------
    >>> [payment.ago.days for payment in steady("ann", "bob", 100, months=3)]
    [10, 40, 70]
    """
    return (Payment(payer, payee, amount, (30 * month + day) * DAY) for month in range(months))


def strong(payer: str, payee: str, scale: float, *, months: int = MONTHS) -> Iterator[Payment]:
    """Give what makes a tie as strong as it can be: four times the payer's scale a month, on three days.

    Examples
    --------
    >>> [(payment.amount, payment.ago.days) for payment in strong("ann", "bob", 300, months=1)]
    [(400, 5), (400, 13), (400, 21)]
    """
    amount = math.ceil(4 * scale / 3)
    return (payment for day in (5, 13, 21) for payment in steady(payer, payee, amount, day=day, months=months))


def to_and_fro(payer: str, payee: str, amount: int, step: int) -> Iterator[Payment]:
    """Give one sum that changes hands every ``step`` days within the months of an attack, ending where it began.

    Examples
    --------
    >>> [(payment.payer, payment.ago.days) for payment in to_and_fro("ann", "bob", 100, 100)]
    [('ann', 350), ('bob', 250), ('ann', 150), ('bob', 50)]
    """
    first = 30 * MONTHS - 10
    moves = (first // step + 1) // 2 * 2
    for number in range(moves):
        ends = (payer, payee) if number % 2 == 0 else (payee, payer)
        yield Payment(*ends, amount, (first - step * number) * DAY)
