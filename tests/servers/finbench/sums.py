"""What do the reads that count and add up find in the raw files? Lists and exact decimals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from tests.servers.finbench.raw import (
    Edge,
    Window,
    arriving,
    leaving,
    moment,
    named,
    number,
    ratio,
    rounded,
    total,
)  # fmt: skip
from tests.servers.finbench.traces import DEPOSIT, TRANSFER, WITHDRAW, Answer


def tcr4(id1: str, id2: str, window: Window) -> Answer:
    if not any(edge.to == id2 for edge in window.inside(leaving(TRANSFER).get(id1, []))):
        return []
    second = _group(window.inside(arriving(TRANSFER).get(id1, [])), lambda edge: edge.start)
    third = _group(window.inside(leaving(TRANSFER).get(id2, [])), lambda edge: edge.to)
    answer = [(other, *_told(second[other]), *_told(third[other])) for other in second.keys() & third.keys()]
    return sorted(answer, key=lambda row: (-row[2], -row[5], number(row[0])))


def tcr6(node: str, threshold1: float, threshold2: float, window: Window) -> Answer:
    if not named("Account").get(node, {"accoutType": ""})["accoutType"].endswith("card"):
        return []
    paid = _group(_over(window.cut(arriving(WITHDRAW).get(node, [])), threshold2, window), lambda edge: edge.start)
    answer = []
    for mid, withdrawn in paid.items():
        got = _over(window.cut(arriving(TRANSFER).get(mid, [])), threshold1, window)
        if len(got) > 3:
            answer.append((mid, rounded(total(got)), rounded(total(withdrawn))))
    return sorted(answer, key=lambda row: (-row[2], number(row[0])))


def tcr7(node: str, threshold: float, window: Window) -> Answer:
    got = _over(window.cut(arriving(TRANSFER).get(node, [])), threshold, window)
    sent = _over(window.cut(leaving(TRANSFER).get(node, [])), threshold, window)
    row = (len({edge.start for edge in got}), len({edge.to for edge in sent}), ratio(total(got), total(sent)))
    return _known(node, row)


def tcr9(node: str, threshold: float, window: Window) -> Answer:
    lent = total(_over(arriving(DEPOSIT).get(node, []), threshold, window))
    repaid = total(_over(leaving("AccountRepayLoan").get(node, []), threshold, window))
    got = total(_over(window.cut(arriving(TRANSFER).get(node, [])), threshold, window))
    sent = total(_over(window.cut(leaving(TRANSFER).get(node, [])), threshold, window))
    return _known(node, (ratio(lent, repaid), ratio(lent, sent), ratio(got, sent)))


def tcr10(pid1: str, pid2: str, window: Window) -> Answer:
    one, two = ({edge.to for edge in window.inside(leaving("PersonInvestCompany").get(p, []))} for p in (pid1, pid2))
    return [(ratio(Decimal(len(one & two)), Decimal(len(one | two))) if one | two else 0.0,)]


def tcr12(node: str, window: Window) -> Answer:
    companies = arriving("CompanyOwnAccount")
    sent = [
        edge
        for own in leaving("PersonOwnAccount").get(node, [])
        for edge in window.inside(window.cut(leaving(TRANSFER).get(own.to, [])))
        if edge.to in companies
    ]
    answer = [(to, rounded(total(kept))) for to, kept in _group(sent, lambda edge: edge.to).items()]
    return sorted(answer, key=lambda row: (-row[1], number(row[0])))


def tsr1(node: str, window: Window) -> Answer:
    row = named("Account").get(node)
    return [] if row is None else [(moment(row["createTime"]), row["isBlocked"] == "true", row["accoutType"])]


def tsr2(node: str, window: Window) -> Answer:
    sides = [_told(window.inside(by(TRANSFER).get(node, []))) for by in (leaving, arriving)]
    return _known(node, tuple(value for count, added, most in sides for value in (added, most, count)))


def tsr3(node: str, threshold: float, window: Window) -> Answer:
    every = arriving(TRANSFER).get(node, [])
    blocked = [edge for edge in _over(every, threshold, window) if named("Account")[edge.start]["isBlocked"] == "true"]
    return _known(node, (ratio(Decimal(len(blocked)), Decimal(len(every))),))


def tsr4(node: str, threshold: float, window: Window) -> Answer:
    return _by_other(_over(leaving(TRANSFER).get(node, []), threshold, window), lambda edge: edge.to)


def tsr5(node: str, threshold: float, window: Window) -> Answer:
    return _by_other(_over(arriving(TRANSFER).get(node, []), threshold, window), lambda edge: edge.start)


def tsr6(node: str, window: Window) -> Answer:
    mids = {edge.start for edge in window.inside(arriving(TRANSFER).get(node, []))}
    reached = {edge.to for mid in mids for edge in window.inside(leaving(TRANSFER).get(mid, []))} - {node}
    blocked = [account for account in reached if named("Account")[account]["isBlocked"] == "true"]
    return [(account,) for account in sorted(blocked, key=number)]


def _over(edges: Iterable[Edge], threshold: float, window: Window) -> list[Edge]:
    return window.inside(edges, over=Decimal(str(threshold)))


def _group(edges: Iterable[Edge], key: Callable[[Edge], str]) -> dict[str, list[Edge]]:
    found: dict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        found[key(edge)].append(edge)
    return found


def _told(edges: list[Edge]) -> tuple[int, float, float]:
    return len(edges), rounded(total(edges)), rounded(max((edge.amount for edge in edges), default=Decimal(-1)))


def _by_other(edges: list[Edge], key: Callable[[Edge], str]) -> Answer:
    answer = [(other, len(kept), rounded(total(kept))) for other, kept in _group(edges, key).items()]
    return sorted(answer, key=lambda row: (-row[2], number(row[0])))


def _known(node: str, row: tuple[Any, ...]) -> Answer:
    return [row] if node in named("Account") else []
