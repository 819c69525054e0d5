"""Are the challengers what their formulas say? Twins in NetworkX and in dense NumPy, closed forms, laws."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import graph
from graph.challengers import pagerank, row_averages, smoothing
from graph.credit_graph import CreditGraph
from graph.ties import Ties
from loaders.town import AS_OF, town
from tests.portfolios import random_portfolio

SEEDS = range(4)


def drawn(seed: int) -> tuple[CreditGraph, np.ndarray]:
    """The ties of a random portfolio, and evidence for its persons."""
    tables = {name: pd.DataFrame(rows) for name, rows in random_portfolio(seed, holders=20, relations=250).items()}
    made = graph.build(tables["relations"], tables["accounts"], AS_OF, rates=tables["rates"])
    return made, np.random.default_rng(seed).random(len(made))


def dense(made: CreditGraph, column: str) -> np.ndarray:
    """A matrix of ties, row = who is paid, column = who pays; entry by entry."""
    ties = made.ties
    found = np.zeros((len(made), len(made)))
    for payer, payee, value in zip(ties.payer, ties.payee, getattr(ties, column), strict=True):
        found[payee, payer] += value
    return found


def nobody(people: int) -> CreditGraph:
    """People without ties."""
    frame = pd.DataFrame({"account_id": [f"p{number}" for number in range(people)], "holder_id": "", "kind": "person",
                          "opened_on": "2020-01-01"}, dtype=str)  # fmt: skip
    relations = pd.DataFrame(columns=list(town()["relations"].columns), dtype=str)
    return graph.build(relations, frame, AS_OF)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("damping", [0.5, 0.85])
def test_pagerank_is_networkx(seed: int, damping: float) -> None:
    """With money as weights every rank equals NetworkX's, those who pay nobody included."""
    made, _ = drawn(seed)
    twin = nx.DiGraph()
    twin.add_nodes_from(range(len(made)))
    ties = made.ties
    twin.add_weighted_edges_from(zip(ties.payer.tolist(), ties.payee.tolist(), ties.money.tolist(), strict=True))
    expected = nx.pagerank(twin, alpha=damping, tol=1e-14, max_iter=2000)
    actual = pagerank(made, damping=damping)
    assert len(ties) > 20
    assert actual.tolist() == pytest.approx([expected[number] for number in range(len(made))], abs=1e-10)


@pytest.mark.parametrize("seed", SEEDS)
def test_pagerank_solves_its_linear_equation(seed: int) -> None:
    """Ranks solve p = (1 − α)/n + α (P p + what those who pay nobody hold, shared by all), solved densely."""
    made, _ = drawn(seed)
    people, money = len(made), dense(made, "money")
    out = money.sum(axis=0)
    flow = np.where(out > 0, money / np.where(out > 0, out, 1), 1 / people)
    expected = np.linalg.solve(np.eye(people) - 0.85 * flow, np.full(people, 0.15 / people))
    assert np.abs(pagerank(made) - expected).max() < 1e-10


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("pull", [0.0, 0.5, 0.9])
def test_smoothing_solves_its_linear_equation(seed: int, pull: float) -> None:
    """Values solve x = (1 − γ) b + γ S x with S the rows of g + gᵀ divided by their sums; b where there is no tie."""
    made, evidence = drawn(seed)
    both = dense(made, "g") + dense(made, "g").T
    total = both.sum(axis=1)
    around = both / np.where(total > 0, total, 1)[:, None]
    right = np.where(total > 0, (1 - pull) * evidence, evidence)
    expected = np.linalg.solve(np.eye(len(made)) - pull * around, right)
    assert np.abs(smoothing(made, evidence, pull=pull) - expected).max() < 1e-10


@pytest.mark.parametrize("seed", SEEDS)
def test_row_averages_are_sums_over_payers(seed: int) -> None:
    """Values are x_i = (1 − γ) b_i + γ Σ_j g b_j / Σ_j g, written out payer by payer."""
    made, evidence = drawn(seed)
    strength = dense(made, "g")
    expected = []
    for mine, row in zip(evidence, strength, strict=True):
        payers = [(value, evidence[place]) for place, value in enumerate(row) if value > 0]
        total = sum(value for value, _ in payers)
        expected.append(mine if not payers else 0.7 * mine + 0.3 * sum(v * b for v, b in payers) / total)
    assert row_averages(made, evidence, pull=0.3).tolist() == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_leaves_the_range_of_the_evidence(seed: int) -> None:
    """Smoothing and averages stay between the least and the greatest evidence; equal evidence stays as it is."""
    made, evidence = drawn(seed)
    for rule in (smoothing, row_averages):
        found = rule(made, evidence)
        assert evidence.min() - 1e-12 <= found.min() and found.max() <= evidence.max() + 1e-12
        assert rule(made, np.full(len(made), 0.4)) == pytest.approx(0.4, abs=1e-12)


def test_a_pair_is_the_closed_form() -> None:
    """Ann pays Bob alone: ranks (1, 1 + α)/(2 + α); smoothing draws both together; only Bob's average moves."""
    ties = Ties(
        payer=np.array([0], np.int32), payee=np.array([1], np.int32), v=np.array([2.0]), g=np.array([2.0]),
        money=np.array([100]), count=np.array([1], np.int32), months=np.array([1], np.int32),
        first_us=np.array([0]), last_us=np.array([0]),
    )  # fmt: skip
    made = CreditGraph(pa.array(["ann", "bob"]), ties)
    assert pagerank(made).tolist() == pytest.approx([1 / 2.85, 1.85 / 2.85], abs=1e-9)
    evidence = np.array([0.2, 0.8])
    assert smoothing(made, evidence, pull=0.5).tolist() == pytest.approx([0.4, 0.6], abs=1e-9)
    assert row_averages(made, evidence, pull=0.5).tolist() == pytest.approx([0.2, 0.5])


def test_without_ties_everybody_is_alike() -> None:
    """Ranks are 1/n, and evidence stays to the bit; nobody at all gives empty arrays."""
    made, evidence = nobody(3), np.array([0.1, 0.5, 0.9])
    assert pagerank(made).tolist() == pytest.approx([1 / 3] * 3)
    assert smoothing(made, evidence).tolist() == row_averages(made, evidence).tolist() == evidence.tolist()


def test_money_sent_moves_undirected_smoothing_but_not_vouching() -> None:
    """Paying a good name raises the payer under smoothing: the flaw for which it enters no score."""
    tables = town()
    made = graph.build(tables["relations"], tables["accounts"], AS_OF)
    bob, ann = made.index("bob"), made.index("ann")
    assert dense(made, "g")[ann, bob] > 0
    evidence = np.full(len(made), 0.5)
    evidence[ann] = 0.9
    assert smoothing(made, evidence)[bob] > 0.5


@pytest.mark.parametrize("rule", [smoothing, row_averages])
def test_evidence_of_another_length_is_refused(rule: object) -> None:
    """As many values as persons, and finite ones."""
    made = nobody(2)
    for wrong in ([0.5], [0.5, np.nan]):
        with pytest.raises(ValueError, match="evidence"):
            rule(made, wrong)  # type: ignore[operator]
