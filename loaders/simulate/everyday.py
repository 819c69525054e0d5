"""What happens between the accounts of a town in a month: shopping, bills, chats, money lent once, money returned?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from loaders.simulate.acts import ACTS, FRIENDLY, PURCHASE, REFUND, REVERSAL, Scene, split_count
from loaders.simulate.plan import DAY, Plan
from loaders.simulate.rows import KIND, Rows, busy_days, foreign, make_rows, money, times

Ints = npt.NDArray[np.int64]

FOREIGN_SHARE = 0.015
RETURN_DAYS = 20


def everyday_rows(plan: Plan, scene: Scene, month: int, count: int, dice: np.random.Generator) -> Rows:
    """Give exactly ``count`` relations of everyday life in a month."""
    act = np.repeat(np.arange(len(ACTS)), split_count(count, scene))
    kind = np.array([KIND[known.kind] for known in ACTS], dtype=np.int8)[act]
    payer, payee = scene.cast(act, dice)
    amount = np.zeros(count, dtype=np.int64)
    for number, known in enumerate(ACTS):
        if known.amount:
            mine = act == number
            amount[mine] = money(known.amount, known.spread, int(mine.sum()), dice)
    payable = (act == ACTS.index(PURCHASE)) | (act == ACTS.index(FRIENDLY))
    abroad = payable & (dice.random(count) < FOREIGN_SHARE)
    currency = np.where(abroad, dice.integers(1, 4, count), 0).astype(np.int8)
    amount = foreign(amount, currency)
    at = times(plan, month, busy_days(plan, month, count, dice), dice)
    rows = make_rows(kind, payer, payee, amount, at, currency)
    for undo, done in ((REFUND, PURCHASE), (REVERSAL, FRIENDLY)):
        last = int(plan.bounds[month + 1]) - 1
        _undo(rows, np.flatnonzero(act == ACTS.index(undo)), np.flatnonzero(act == ACTS.index(done)), last, dice)
    # A refund is a payment of its own; only a reversal names what it takes back.
    rows.original[act == ACTS.index(REFUND)] = -1
    return rows


def _undo(rows: Rows, mine: Ints, done: Ints, last: int, dice: np.random.Generator) -> None:
    """Turn the rows ``mine`` into returns, whole or in part, of as many of the rows ``done``, before ``last``."""
    undone = dice.permutation(done)[: len(mine)]
    rows.payer[mine], rows.payee[mine] = rows.payee[undone], rows.payer[undone]
    rows.currency[mine], rows.original[mine] = rows.currency[undone], undone
    part = np.where(dice.random(len(mine)) < 0.3, dice.uniform(0.2, 0.9, len(mine)), 1.0)
    rows.amount[mine] = np.maximum(1, rows.amount[undone] * part).astype(np.int64)
    wait = np.minimum(RETURN_DAYS * DAY, last - rows.at[undone])
    rows.at[mine] = rows.at[undone] + (wait * dice.random(len(mine))).astype(np.int64)
