"""What would a patient reader compute, one holder at a time? Plain twins of the kernels, the oracles of the tests.

They share no code with the kernels: dictionaries, loops, NetworkX and exact fractions, slow and readable. Parameters
are the defaults.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction

import networkx as nx
import numpy as np

MONTH = timedelta(days=30)
WINDOWS = 24


@dataclass(frozen=True)
class Payment:
    """One payment between two persons, in minor units of the base currency."""

    payer: str
    payee: str
    at: datetime
    gross: int
    left: int
    behalf: bool = False
    currency: str = "CNY"


def net(payments: Sequence[Payment]) -> list[Payment]:
    """Cancel what came back within 30 days and say what is left of each payment.

    Parameters
    ----------
    payments
        In the order in which they happened; ``left`` is what was not taken back.

    Examples
    --------
    >>> first = Payment("ann", "bob", datetime(2025, 1, 1), gross=100, left=100)
    >>> back = Payment("bob", "ann", datetime(2025, 1, 31), gross=30, left=30)
    >>> [payment.left for payment in net([first, back])]
    [70, 0]
    """
    left = [payment.left for payment in payments]
    waiting: dict[tuple[str, str, str], deque[int]] = defaultdict(deque)
    for now, payment in enumerate(payments):
        queue = waiting[payment.payee, payment.payer, payment.currency]
        while left[now] and queue:
            then = queue[0]
            if not left[then] or payment.at - payments[then].at > MONTH:
                queue.popleft()
                continue
            cancelled = min(left[now], left[then])
            left[now] -= cancelled
            left[then] -= cancelled
        waiting[payment.payer, payment.payee, payment.currency].append(now)
    return [replace(payment, left=rest) for payment, rest in zip(payments, left, strict=True)]


def net_circles(payments: Sequence[Payment]) -> list[Payment]:
    """Cancel circles of three holders in what :func:`net` left, and say what is left now."""
    left = [payment.left for payment in payments]

    def oldest(payer: str, payee: str, now: int) -> int | None:
        for then in range(now):
            payment = payments[then]
            if (payment.payer, payment.payee, payment.currency) != (payer, payee, payments[now].currency):
                continue
            if left[then] and payments[now].at - payment.at <= MONTH:
                return then
        return None

    for now, payment in enumerate(payments):
        while left[now]:
            circles = []
            for third in {other.payer for other in payments}:
                first, second = oldest(payment.payee, third, now), oldest(third, payment.payer, now)
                if first is not None and second is not None:
                    circles.append((first, second))
            if not circles:
                break
            first, second = min(circles)
            cancelled = min(left[now], left[first], left[second])
            for place in (now, first, second):
                left[place] -= cancelled
    return [replace(payment, left=rest) for payment, rest in zip(payments, left, strict=True)]


def ties(payments: Sequence[Payment], scale: Mapping[str, float], as_of: datetime) -> nx.DiGraph:
    """How strong is each tie? Edges from payer to payee with v, g, money, count, months.

    Parameters
    ----------
    payments
        After netting.
    scale
        Usual monthly outflow of each holder; its keys are the nodes.
    as_of
        The moment; windows go back from it.
    """
    groups: dict[tuple[str, str], list[Payment]] = defaultdict(list)
    for payment in payments:
        if as_of - payment.at < WINDOWS * MONTH:
            groups[payment.payer, payment.payee].append(payment)
    graph = nx.DiGraph()
    graph.add_nodes_from(scale)
    for (payer, payee), group in groups.items():
        v, months = _strength([(p, p.left) for p in group], scale[payer], as_of)
        g, _ = _strength([(p, p.gross) for p in group], scale[payer], as_of)
        money = sum(payment.gross for payment in group)
        graph.add_edge(payer, payee, v=v, g=g, money=money, count=len(group), months=months)
    return graph


def _strength(group: Sequence[tuple[Payment, int]], scale: float, as_of: datetime) -> tuple[float, int]:
    money: dict[int, Fraction] = defaultdict(Fraction)
    days = defaultdict(set)
    for payment, value in group:
        if value > 0:
            window = (as_of - payment.at) // MONTH
            money[window] += value * (Fraction(3, 2) if payment.behalf else 1)
            days[window].add(payment.at.date())
    active = len(money)
    if active < 2:
        return 0.0, active
    strength = 0.0
    for window, much in money.items():
        u = min(1.0, math.log(1 + much / Fraction(scale)) / math.log(5))
        h = u * (0.5 + 0.5 * min(1.0, len(days[window]) / 3))
        strength += 2 ** (-30 * window / 180) * h * min(1.0, active / 6)
    return strength, active


def kappa() -> float:
    """How strong is a steady monthly tie of one full spending scale?"""
    return sum(2 ** (-30 * window / 180) * math.log(2) / math.log(5) * (0.5 + 0.5 / 3) for window in range(WINDOWS))


def vouch(graph: nx.DiGraph, *, tolerance: float = 1e-14) -> dict[str, float]:
    """Where does everyone stand under rule ``vouch``?

    Parameters
    ----------
    graph
        Edges from payer to payee with v and g; nodes with evidence, months and, if not 0, severity; nodes with
        ``lift_allowed`` false receive nothing.
    tolerance
        The largest move after which to stop.
    """
    weight = {}
    for payer, node in graph.nodes.items():
        budget = max(kappa(), sum(tie["g"] for tie in graph.succ[payer].values()))
        voice = 6 * node["months"] / (node["months"] + 6) * (1 - node.get("severity", 0.0))
        for payee, tie in graph.succ[payer].items():
            allowed = graph.nodes[payee].get("lift_allowed", True)
            weight[payer, payee] = voice * tie["v"] / budget if allowed else 0.0
    x = {who: node["evidence"] for who, node in graph.nodes.items()}
    moved = math.inf
    while moved > tolerance:
        before = x
        x = {}
        for who, node in graph.nodes.items():
            supporters = [(weight[payer, who], before[payer] - node["evidence"]) for payer in graph.pred[who]]
            x[who] = node["evidence"] + 0.8 * _root(supporters, 6 + node["months"])
        moved = max((abs(x[who] - before[who]) for who in x), default=0.0)
    return x


def _root(supporters: Sequence[tuple[float, float]], own_weight: float) -> float:
    """Solve K y = Σ w max(0, gap − y): take in supporters from the highest down, as long as they stand above y."""
    y = total = pulled = 0.0
    for weight, gap in sorted(supporters, key=lambda one: -one[1]):
        if gap <= y:
            break
        total += weight
        pulled += weight * gap
        y = pulled / (own_weight + total)
    return y


def association(graph: nx.DiGraph) -> dict[str, float]:
    """Where does everyone stand under rule ``association``? Solves (K + L) x = K b as one dense system."""
    both = nx.Graph()
    both.add_nodes_from(graph)
    for payer, payee, tie in graph.edges(data=True):
        known = both.get_edge_data(payer, payee, {"weight": 0.0})["weight"]
        both.add_edge(payer, payee, weight=known + tie["g"])
    if not both:
        return {}
    laplacian = nx.laplacian_matrix(both).toarray()
    own_weight = np.array([6.0 + graph.nodes[who]["months"] for who in both])
    evidence = np.array([graph.nodes[who]["evidence"] for who in both])
    x = np.linalg.solve(np.diag(own_weight) + laplacian, own_weight * evidence)
    return dict(zip(both, x.tolist(), strict=True))


def distress(graph: nx.DiGraph) -> dict[str, float]:
    """Say what falls back on each holder. Nodes may have severity, ``distress_allowed`` and ``scale_withheld``."""
    fallen = {}
    for payer, node in graph.nodes.items():
        worst = 0.0
        for payee, tie in graph.succ[payer].items():
            known = min(1.0, tie["g"] / kappa())
            if node.get("scale_withheld", False) and tie["g"] > 0:
                known = 1.0
            worst = max(worst, known * graph.nodes[payee].get("severity", 0.0))
        fallen[payer] = 0.4 * worst if node.get("distress_allowed", True) else 0.0
    return fallen
