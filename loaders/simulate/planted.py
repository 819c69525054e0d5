"""Whom do we plant among the ordinary persons, so that every claim of the theory has someone to hold for?

The planted send and receive money only as written here, so no honest money reaches a ring or a sybil by chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from loaders.simulate.plan import DAY, Plan, Stream
from loaders.simulate.rows import KIND, Rows, make_rows

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Role:
    """A group of planted persons: how many, how good, with how much history, for how many months on the books."""

    count: int
    quality: float
    history: int
    months: int
    claim: str


NO_LIFT = "lift is exactly 0"
ROLES = {
    "wash_ring_fresh": Role(6, -0.5, 0, 9, f"accounts without history send 9,000 in a circle: {NO_LIFT}"),
    "wash_ring_aged": Role(6, -0.5, 36, 60, "accounts with history send 9,000 in a circle: nobody ends above its best"),
    "sybils_supported": Role(12, -0.5, 0, 7, "what reaches these accounts without history is bounded by one supporter"),
    "sybils_supporter": Role(1, 1.0, 60, 80, "sends honest money to two of the supported sybils"),
    "sybils_alone": Role(12, -0.5, 0, 7, f"accounts without history, no honest money: {NO_LIFT}"),
    "refund_trickster": Role(1, 2.5, 96, 120, "gets back within 30 days all that it pays, by two accounts"),
    "refund_returner": Role(1, -0.2, 6, 26, f"returns by transfers what the trickster pays: {NO_LIFT}"),
    "refund_reversed": Role(1, -0.2, 6, 26, f"has reversed what the trickster pays: {NO_LIFT}"),
    "griefing_victim": Role(1, 0.6, 6, 26, "scores the same without the payers' money"),
    "griefing_friend": Role(1, 1.5, 80, 100, "supports the victim honestly"),
    "griefing_payer": Role(8, -4.0, 48, 60, "stands lower than the victim and floods it with money"),
    "defaulter": Role(3, -2.0, 30, 40, "defaulted before as_of"),
    "voucher": Role(6, 0.3, 18, 40, "sent its defaulter money every month: distress falls on it"),
    "newcomer": Role(1, 0.0, 4, 9, "thin file with sustained support by an excellent person: lift above 0"),
    "newcomer_supporter": Role(1, 3.0, 140, 150, "supports the newcomer and gets nothing back"),
    "stranger": Role(1, 0.2, 50, 60, "chats and friend requests, no money: connections equals the tabular score"),
}
SIZE = sum(role.count for role in ROLES.values())
SCALE = 500_000
MONTHS = 24


@dataclass(frozen=True)
class Cast:
    """The planted persons as arrays, in the order of `ROLES`; ``second_owners`` have a second account."""

    quality: npt.NDArray[np.float64]
    history: Ints
    opened_days: Ints
    scale: Ints
    second_owners: Ints


def members(role: str) -> Ints:
    """Numbers of a role's persons among the planted.

    Examples
    --------
    >>> members("wash_ring_aged")
    array([ 6,  7,  8,  9, 10, 11])
    """
    names = list(ROLES)
    start = sum(ROLES[name].count for name in names[: names.index(role)])
    return np.arange(start, start + ROLES[role].count, dtype=np.int64)


def cast_roles() -> Cast:
    """Make the planted persons; members of a role differ a little, so that a ring has a best member."""
    place = np.concatenate([np.arange(role.count) for role in ROLES.values()])
    roles = [role for role in ROLES.values() for _ in range(role.count)]
    quality = np.array([role.quality for role in roles]) + 0.05 * place
    history = np.array([role.history for role in roles], dtype=np.int64)
    opened = np.array([role.months for role in roles], dtype=np.int64) * 30 + 5
    return Cast(quality, history, opened, np.full(SIZE, SCALE, dtype=np.int64), members("refund_trickster"))


def planted_rows(plan: Plan, month: int, first: int, trickster_second: int) -> Rows:
    """Give the planted relations of one month of the log; there are some in its last 24 months.

    Parameters
    ----------
    plan, month
        The plan and the month, 0 to ``plan.months - 1``.
    first : int
        Account of the first planted person.
    trickster_second : int
        The trickster's second account.
    """
    dice = plan.dice(Stream.PLANTED, month)
    left = plan.months - month
    script = _Script(plan, month, first, dice)
    if left > MONTHS:
        return script.rows()
    if left <= 8:
        _ring(script, members("wash_ring_fresh"))
        script.pay(members("newcomer_supporter"), members("newcomer"), 300_000, (3, 11, 19))
    _ring(script, members("wash_ring_aged"))
    if left <= 6:
        for role in ("sybils_supported", "sybils_alone"):
            crowd = members(role)
            script.pay(crowd, np.roll(crowd, -1), 500_000, (5,))
            script.pay(crowd, np.roll(crowd, -5), 400_000, (12, 21))
        script.pay(members("sybils_supporter").repeat(2), members("sybils_supported")[:2], 200_000, (8, 16))
    script.pay(members("griefing_friend"), members("griefing_victim"), 150_000, (6, 20))
    script.pay(members("griefing_payer"), members("griefing_victim").repeat(8), 600_000, (4, 13, 22))
    script.pay(members("voucher"), members("defaulter").repeat(2), 250_000, (7, 15, 23))
    _trick(script, trickster_second)
    stranger = members("stranger").repeat(4)
    known = np.array([*members("newcomer_supporter"), *members("griefing_friend"), *members("voucher")[:2]])
    for kind in ("chat", "friend", "nearby", "shake"):
        script.pay(stranger, known, 0, (10,), kind)
    return script.rows()


def _ring(script: _Script, ring: Ints) -> None:
    script.pay(ring, np.roll(ring, -1), 300_000, (2, 10, 18))


def _trick(script: _Script, second: int) -> None:
    trickster, returner, taken = (int(members(name)[0]) + script.first for name in
                                  ("refund_trickster", "refund_returner", "refund_reversed"))  # fmt: skip
    transfer = KIND["transfer"]
    script.add(transfer, trickster, returner, 800_000, 3)
    script.add(transfer, returner, trickster, 500_000, 14)
    script.add(transfer, returner, trickster, 300_000, 22)
    # Both accounts of the trickster take part: netting is between holders, reversals are between accounts.
    for account, day in ((trickster, 4), (second, 5)):
        paid = script.add(transfer, account, taken, 700_000, day)
        script.add(transfer, taken, account, 700_000, 24, paid)
    script.add(transfer, trickster, second, 100_000, 6)


class _Script:
    """Collects the planted relations of one month."""

    def __init__(self, plan: Plan, month: int, first: int, dice: np.random.Generator) -> None:
        self.first = first
        self._start, self._end = int(plan.bounds[month]), int(plan.bounds[month + 1])
        self._dice = dice
        self._rows: list[tuple[int, int, int, int, int, int]] = []

    def add(self, kind: int, payer: int, payee: int, amount: int, day: int, original: int = -1) -> int:
        """Add one relation in the daytime of a day of the month (day 0 to 27 exist in all); give its position."""
        at = self._start + day * DAY + int(self._dice.integers(1, 16 * 3600))
        self._rows.append((kind, payer, payee, amount, min(at, self._end - 1), original))
        return len(self._rows) - 1

    def pay(self, payers: Ints, payees: Ints, amount: int, days: tuple[int, ...], kind: str = "transfer") -> None:
        """Add a relation per pair and day, amounts a little apart."""
        for day in days:
            for payer, payee in zip(payers.tolist(), payees.tolist(), strict=True):
                varied = int(amount * self._dice.uniform(0.95, 1.05))
                self.add(KIND[kind], payer + self.first, payee + self.first, varied, day)

    def rows(self) -> Rows:
        """Give what was collected."""
        kind, payer, payee, amount, at, original = np.array(self._rows, dtype=np.int64).reshape(-1, 6).T
        return make_rows(kind.astype(np.int8), payer, payee, amount, at, original=original)
