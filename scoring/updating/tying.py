"""How strong is the tie between two persons, from the whole history of the money between them? A few pairs at a time.

The arithmetic of :mod:`graph.netting` and :mod:`graph.strength`, operation by operation, in plain Python: for the few
pairs that an update touches it is done before compiled kernels are loaded. That both give the same bits is what the
tests of updates compare.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from loaders.errors import ContractError

if TYPE_CHECKING:
    from graph.parameters import TieParameters

DAY = 86_400_000_000
"""Microseconds of a day."""
LARGEST = 2**63 - 1


class Payment(NamedTuple):
    """One payment between two persons.

    ``upward``: from the lower place to the higher; ``at``: microseconds since 1970.
    """

    upward: bool
    behalf: bool
    currency: int
    at: int


Strength = tuple[float, float, int, int, int, int, int]
"""A tie: v, g, money, count, months, first_us and last_us of :class:`graph.ties.Ties`."""


def left_of(history: Sequence[Payment], kept: Sequence[int], limit: int) -> list[int]:
    """Cancel what came back within ``limit`` microseconds, oldest first, and say what is left of each payment.

    Parameters
    ----------
    history
        Payments of one pair, in order of (at, relation_id).
    kept
        Minor units of each that were not taken back.

    Examples
    --------
    >>> there, back = Payment(True, False, 0, 0), Payment(False, False, 0, DAY)
    >>> left_of([there, back], [100, 30], 30 * DAY)
    [70, 0]
    """
    left = list(kept)
    waiting: dict[tuple[bool, int], deque[int]] = {}
    for now, payment in enumerate(history):
        queue = waiting.get((not payment.upward, payment.currency))
        while queue and left[now]:
            then = queue[0]
            if not left[then] or payment.at - history[then].at > limit:
                queue.popleft()
                continue
            cancelled = min(left[now], left[then])
            left[now] -= cancelled
            left[then] -= cancelled
        waiting.setdefault((payment.upward, payment.currency), deque()).append(now)
    return left


@dataclass(frozen=True)
class Rule:
    """How windows count.

    Attributes
    ----------
    parameters : TieParameters
        Windows and weights.
    now : int
        ``as_of`` in microseconds since 1970.
    """

    parameters: TieParameters
    now: int

    @cached_property
    def _decay(self) -> list[float]:
        ages = self.parameters.window_days * np.arange(self.parameters.windows)
        found: list[float] = (2.0 ** (-ages / self.parameters.half_life_days)).tolist()
        return found

    def strength(
        self, history: Sequence[Payment], gross: Sequence[int], left: Sequence[int], scale: float
    ) -> Strength | None:
        """Sum the payments of one direction up to a tie; None when there is none in the windows.

        Parameters
        ----------
        history, gross, left
            Payments in order of time, their face values and what is left, in the base currency.
        scale
            The payer's usual monthly outflow.
        """
        window, decay = self.parameters.window_days * DAY, self._decay
        rows = [row for row in range(len(history)) if (self.now - history[row].at) // window < len(decay)]
        if not rows:
            return None
        total = sum(gross[row] for row in rows)
        if total > LARGEST:
            raise ContractError("amount_range", f"the payments of a tie add up to more than {LARGEST} minor units")
        v_sum, g_sum, v_months, g_months = 0.0, 0.0, 0, 0
        # latest first, as the kernel adds: the order of additions is part of the result
        for t, own in groupby(reversed(rows), key=lambda row: (self.now - history[row].at) // window):
            within = list(own)
            whole, rest = (self._windowed(history, money, within) for money in (gross, left))
            if whole[2]:
                g_sum += decay[t] * self._weight(*whole, scale)
                g_months += 1
            if rest[2]:
                v_sum += decay[t] * self._weight(*rest, scale)
                v_months += 1
        return (
            self._counted(v_sum, v_months), self._counted(g_sum, g_months), total, len(rows), v_months,
            history[rows[0]].at, history[rows[-1]].at,
        )  # fmt: skip

    @staticmethod
    def _windowed(history: Sequence[Payment], money: Sequence[int], rows: Sequence[int]) -> tuple[int, int, int]:
        """Money transferred, money paid on behalf and distinct days with money."""
        transfers = sum(money[row] for row in rows if not history[row].behalf)
        behalf = sum(money[row] for row in rows if history[row].behalf)
        return transfers, behalf, len({history[row].at // DAY for row in rows if money[row] > 0})

    def _weight(self, transfers: int, behalf: int, days: int, scale: float) -> float:
        parameters = self.parameters
        share = (transfers + parameters.behalf_factor * behalf) / scale
        much = min(1.0, math.log1p(share) / math.log1p(parameters.saturation))
        return much * (0.5 + 0.5 * min(1.0, days / parameters.full_days))

    def _counted(self, total: float, months: int) -> float:
        parameters = self.parameters
        return total * min(1.0, months / parameters.full_months) if months >= parameters.least_months else 0.0
