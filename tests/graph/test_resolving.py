"""Is a change solved row by row the same as everything solved anew, and is only what may move touched?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.credit_graph import CreditGraph
from graph.parameters import PropagationParameters
from graph.resolving import changed_rows, resolve
from graph.ties import Ties
from graph.vouch import vouch, vouching_weights

claim = settings(max_examples=80, deadline=None)


class Portfolio:
    """A random graph with random evidence: dense, with couples and rings, so that credit goes several steps."""

    def __init__(self, seed: int, holders: int = 14, ties: int = 45) -> None:
        dice = np.random.default_rng(seed)
        pairs = np.unique(dice.choice(holders * holders, ties, replace=False))
        payer, payee = np.divmod(pairs[pairs // holders != pairs % holders], holders)
        g = dice.uniform(0, 8.6, len(payer)) * (dice.random(len(payer)) < 0.9)
        plain = np.ones(len(payer), np.int64)
        v = g * dice.choice([0.0, 0.5, 1.0], len(payer))
        self.graph = CreditGraph.from_ties(
            [f"h{i:03d}" for i in range(holders)], Ties(payer, payee, v, g, plain, plain, plain, plain, plain)
        )
        self.evidence, self.months = dice.uniform(0, 1, holders), dice.choice([0.0, 3.0, 24.0, 120.0], holders)
        self.severity, self.allowed = dice.choice([0.0, 0.0, 0.7], holders), dice.random(holders) < 0.9

    def weights(self):
        return vouching_weights(self.graph, self.months / (self.months + 6), self.severity, self.allowed)

    def solve(self):
        support = self.graph.by_payee
        return vouch(support.indptr, support.indices, self.weights(), self.evidence, self.months).standing

    def moved_from(self, before: Portfolio):
        columns = (before.evidence, self.evidence), (before.months, self.months)
        rows = changed_rows(self.graph, before.weights(), self.weights(), *columns)
        parts = self.graph, self.weights(), self.evidence, self.months
        return rows, resolve(*parts, start=before.solve(), changed=rows)

    def changed(self, **columns) -> Portfolio:
        other = object.__new__(Portfolio)
        other.__dict__ |= self.__dict__ | columns
        return other

    def without_tie(self, row: int) -> Portfolio:
        ties = self.graph.ties
        gone = np.arange(len(ties)) == row
        less = replace(ties, v=np.where(gone, 0.0, ties.v), g=np.where(gone, 0.0, ties.g))
        return self.changed(graph=CreditGraph.from_ties(self.graph.holders, less))


def one(values, place: int, value: float):
    return np.where(np.arange(len(values)) == place, value, values)


@claim
@given(st.integers(0, 10**6), st.lists(st.tuples(st.integers(0, 13), st.floats(0, 1)), min_size=1, max_size=4))
def test_any_change_of_evidence_ends_where_a_full_solve_ends(seed: int, moves: list[tuple[int, float]]) -> None:
    """Evidence that rises or falls for some holders: the same standing for everyone, bit for bit."""
    before = Portfolio(seed)
    evidence = before.evidence.copy()
    for place, value in moves:
        evidence[place] = value
    after = before.changed(evidence=evidence)
    _, found = after.moved_from(before)
    assert found.converged
    assert found.standing.tolist() == after.solve().tolist()


@claim
@given(st.integers(0, 10**6), st.integers(0, 13), st.sampled_from([0.0, 1.0, 60.0, 1200.0]), st.floats(0, 1))
def test_any_change_of_history_or_outcome_ends_where_a_full_solve_ends(
    seed: int, place: int, months: float, severity: float
) -> None:
    """Other months and another outcome of one holder change what it passes on and what it takes: bit for bit."""
    before = Portfolio(seed)
    after = before.changed(months=one(before.months, place, months), severity=one(before.severity, place, severity))
    _, found = after.moved_from(before)
    assert found.standing.tolist() == after.solve().tolist()


@claim
@given(st.integers(0, 10**6), st.integers(0, 30), st.booleans())
def test_a_tie_that_goes_or_comes_ends_where_a_full_solve_ends(seed: int, row: int, comes: bool) -> None:
    """Without a tie, and with it again: standings fall and rise to those of a full solve, bit for bit."""
    whole = Portfolio(seed)
    less = whole.without_tie(row)
    before, after = (less, whole) if comes else (whole, less)
    _, found = after.moved_from(before)
    assert found.standing.tolist() == after.solve().tolist()


@claim
@given(st.integers(0, 10**6), st.integers(0, 10**6), st.lists(st.floats(0, 2), min_size=14, max_size=14))
def test_the_end_does_not_depend_on_where_it_starts(seed: int, other: int, start: list[float]) -> None:
    """From any standing, however far from the truth, solving every row ends at the one fixed point."""
    town = Portfolio(seed)
    parts = town.graph, town.weights(), town.evidence, town.months
    found = resolve(*parts, start=np.array(start), changed=np.arange(14))
    assert found.standing.tolist() == town.solve().tolist()


def test_a_couple_that_held_each_other_up_falls_all_the_way() -> None:
    """Two low holders who pay each other lose their common supporter: several passes, then the full solve's bits."""
    payer, payee = np.array([0, 1, 2]), np.array([1, 2, 1])
    plain = np.ones(3, np.int64)
    strong = np.full(3, 8.0)
    ties = Ties(payer, payee, strong, strong, plain, plain, plain, plain, plain)
    town = Portfolio(0).changed(
        graph=CreditGraph.from_ties(["ann", "bob", "cem"], ties),
        evidence=np.array([0.9, 0.2, 0.3]),
        months=np.full(3, 1200.0),
        severity=np.zeros(3),
        allowed=np.full(3, True),
    )
    after = town.changed(evidence=np.array([0.0, 0.2, 0.3]), months=np.array([1200.0, 0.0, 1200.0]))
    _, found = after.moved_from(town.changed(months=np.array([1200.0, 0.0, 1200.0])))
    assert found.standing.tolist() == after.solve().tolist()
    assert found.rows > 2


def test_only_who_may_move_is_solved() -> None:
    """In a chain of a hundred payers a change in the middle solves the rows downhill of it and no other."""
    n = 100
    payer = np.arange(n - 1)
    plain, strong = np.ones(n - 1, np.int64), np.full(n - 1, 8.0)
    ties = Ties(payer, payer + 1, strong, strong, plain, plain, plain, plain, plain)
    town = Portfolio(0).changed(
        graph=CreditGraph.from_ties([f"h{i:03d}" for i in range(n)], ties),
        evidence=np.linspace(0.9, 0.1, n),
        months=np.full(n, 24.0),
        severity=np.zeros(n),
        allowed=np.full(n, True),
    )
    after = town.changed(evidence=one(town.evidence, 90, 0.0))
    rows, found = after.moved_from(town)
    assert rows.tolist() == [90]
    assert found.standing.tolist() == after.solve().tolist()
    assert found.moved.min() == 90
    assert found.rows <= 10


def test_no_change_solves_nothing() -> None:
    """Where nothing changed nothing is solved and nothing moves."""
    town = Portfolio(3)
    rows, found = town.moved_from(town)
    assert (rows.tolist(), found.rows, found.moved.tolist(), found.converged) == ([], 0, [], True)


def test_too_few_passes_are_told() -> None:
    """A solve that may not come to its end says that it did not converge."""
    town = Portfolio(5)
    found = resolve(
        town.graph, town.weights(), town.evidence, town.months, start=np.full(14, 2.0), changed=np.arange(14),
        parameters=PropagationParameters(max_iterations=1),
    )  # fmt: skip
    assert not found.converged


@pytest.mark.parametrize("changed", [[-1], [14]])
def test_a_holder_that_is_none_is_refused(changed: list[int]) -> None:
    """Whoever changed must be one of the graph's holders."""
    town = Portfolio(1)
    with pytest.raises(ValueError, match="changed must be holders 0 to 13; got"):
        resolve(town.graph, town.weights(), town.evidence, town.months, start=town.evidence, changed=changed)
