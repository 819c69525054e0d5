"""The ties of a log, one payment at a time: the oracle of the compiled kernels, to the bit."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

from money_logs import AS_OF, DAY, SCALE, Event, name

from graph.parameters import TieParameters

MICRO = 1_000_000


def moment(event: Event) -> int:
    return int(AS_OF.timestamp()) * MICRO - event.ago


def in_log(events: Sequence[Event]) -> list[Event]:
    """The payments in the order of (at, relation_id)."""
    order = sorted(range(len(events)), key=lambda number: (-events[number].ago, number))
    return [events[number] for number in order]


def plain_ties(payments: Sequence[Event], left: Sequence[int]) -> list[tuple[object, ...]]:
    """Rows payer, payee, v, g, money, count, months, first, last by (payer, payee); ``left`` is what netting left."""
    rules, groups = TieParameters(), defaultdict(list)
    for payment, rest in zip(payments, left, strict=True):
        if payment.ago // (rules.window_days * DAY) < rules.windows:
            groups[name(payment.payer), name(payment.payee)].append((payment, rest))
    rows: list[tuple[object, ...]] = []
    for (payer, payee), group in sorted(groups.items()):
        v, months = _strength([(payment, rest) for payment, rest in group], rules)
        g, _ = _strength([(payment, payment.amount) for payment, _ in group], rules)
        times = [moment(payment) for payment, _ in group]
        money = sum(payment.amount for payment, _ in group)
        rows.append((payer, payee, v, g, money, len(group), months, min(times), max(times)))
    return rows


def _strength(group: Sequence[tuple[Event, int]], rules: TieParameters) -> tuple[float, int]:
    """Fill a table of windows, then weigh it window by window, the latest first."""
    table: dict[int, tuple[list[int], set[int]]] = defaultdict(lambda: ([0, 0], set()))
    for payment, value in group:
        if value > 0:
            sums, days = table[payment.ago // (rules.window_days * DAY)]
            sums[payment.kind == "pay_on_behalf"] += value
            days.add(moment(payment) // DAY)
    total = 0.0
    for window in sorted(table):
        (transfers, behalf), days = table[window]
        share = (transfers + rules.behalf_factor * behalf) / SCALE
        much = min(1.0, math.log1p(share) / math.log1p(rules.saturation))
        often = 0.5 + 0.5 * min(1.0, len(days) / rules.full_days)
        total += 2.0 ** (-rules.window_days * window / rules.half_life_days) * (much * often)
    if len(table) < rules.least_months:
        return 0.0, len(table)
    return total * min(1.0, len(table) / rules.full_months), len(table)
