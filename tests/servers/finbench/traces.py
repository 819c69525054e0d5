"""What do the reads that follow money or guarantees find in the raw files? Plain walks, edge by edge."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.servers.finbench.raw import Edge, Window, arriving, leaving, named, number, ratio, rounded, total

TRANSFER, WITHDRAW, DEPOSIT = "AccountTransferAccount", "AccountWithdrawAccount", "LoanDepositAccount"
Answer = list[tuple[Any, ...]]
Walk = tuple[Edge, ...]


def tcr1(node: str, window: Window) -> Answer:
    found = set()
    for walk in _walks([node], window):
        for sign_in in window.inside(arriving("MediumSignInAccount").get(walk[-1].to, [])):
            medium = named("Medium")[sign_in.start]
            if medium["isBlocked"] == "true":
                found.add((walk[-1].to, len(walk), sign_in.start, medium["mediumType"]))
    return sorted(found, key=lambda row: (row[1], number(row[0]), number(row[2])))


def tcr2(node: str, window: Window) -> Answer:
    sources = {walk[-1].start for walk in _walks(_owned(node), window, backwards=True)}
    answer = []
    for account in sources:
        loans = {edge.start for edge in window.inside(arriving(DEPOSIT).get(account, []))}
        if loans:
            sums = [
                sum((Decimal(named("Loan")[loan][what]) for loan in loans), Decimal(0))
                for what in ("loanAmount", "balance")
            ]
            answer.append((account, *map(rounded, sums)))
    return sorted(answer, key=lambda row: (-row[1], number(row[0])))


def tcr3(id1: str, id2: str, window: Window) -> Answer:
    seen, front, steps = {id1}, {id1}, 0
    while front and id2 not in front:
        front = {edge.to for here in front for edge in window.inside(leaving(TRANSFER).get(here, []))} - seen
        seen |= front
        steps += 1
    return [(steps if front else -1,)]


def tcr5(node: str, window: Window) -> Answer:
    paths = set()
    for walk in _walks(_owned(node), window):
        path = (walk[0].start, *(edge.to for edge in walk))
        if len(set(path)) == len(path):
            paths.add(path)
    return [(list(path),) for path in sorted(paths, key=lambda path: (-len(path), path))]


def tcr8(node: str, threshold: float, window: Window) -> Answer:
    front = {edge.to for edge in window.inside(leaving(DEPOSIT).get(node, []))}
    last: dict[str, set[Edge]] = {}
    distance: dict[str, int] = {}
    for step in (2, 3, 4):
        reached = set()
        for here in front:
            for edge in _spent(here, threshold, window):
                last.setdefault(edge.to, set()).add(edge)
                distance.setdefault(edge.to, step)
                reached.add(edge.to)
        front = reached
    loan = Decimal(named("Loan")[node]["loanAmount"]) if last else Decimal(1)
    answer = [(account, ratio(total(kept), loan), distance[account]) for account, kept in last.items()]
    return sorted(answer, key=lambda row: (-row[2], -row[1], number(row[0])))


def tcr11(node: str, window: Window) -> Answer:
    if node not in named("Person"):
        return []
    reached: set[str] = set()
    front = {node}
    while front:
        kept = [edge for here in front for edge in window.cut(leaving("PersonGuaranteePerson").get(here, []))]
        front = {edge.to for edge in window.inside(kept)} - reached
        reached |= front
    loans = {edge.to for person in reached for edge in leaving("PersonApplyLoan").get(person, [])}
    return [(rounded(sum((Decimal(named("Loan")[loan]["loanAmount"]) for loan in loans), Decimal(0))), len(loans))]


def _owned(person: str) -> list[str]:
    return [edge.to for edge in leaving("PersonOwnAccount").get(person, [])]


def _spent(here: str, threshold: float, window: Window) -> list[Edge]:
    into = total(window.inside(arriving(TRANSFER).get(here, [])))
    away = [*leaving(TRANSFER).get(here, []), *leaving(WITHDRAW).get(here, [])]
    return window.inside(window.cut(away), over=Decimal(str(threshold)) * into)


def _walks(accounts: list[str], window: Window, *, backwards: bool = False) -> list[Walk]:
    """Walks of one to three transfers, strictly ever later, or ever earlier upstream."""
    found: list[Walk] = []
    for account in accounts:
        walks: list[Walk] = [()]
        for _ in range(3):
            walks = [(*walk, edge) for walk in walks for edge in _next(walk, account, window, backwards)]
            found += walks
    return found


def _next(walk: Walk, account: str, window: Window, backwards: bool) -> list[Edge]:
    here = account if not walk else walk[-1].start if backwards else walk[-1].to
    kept = window.inside(window.cut((arriving if backwards else leaving)(TRANSFER).get(here, [])))
    if not walk:
        return kept
    return [edge for edge in kept if (edge.at < walk[-1].at if backwards else edge.at > walk[-1].at)]
