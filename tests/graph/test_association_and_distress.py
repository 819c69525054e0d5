"""Do the other two rules compute what can be computed by hand?"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from money_logs import Town, claim, name, towns

from graph import twins
from graph.association import association
from graph.credit_graph import CreditGraph
from graph.distress import distress
from graph.parameters import steady_strength
from graph.ties import Ties


def graph_of(n: int, *ties: tuple[int, int, float]) -> CreditGraph:
    """Holders h00 … with ties (payer, payee, v = g)."""
    payer, payee, g = zip(*sorted(ties), strict=True) if ties else ((), (), ())
    zero = np.zeros(len(g))
    return CreditGraph(pa.array(map(name, range(n)), pa.string()), Ties(payer, payee, g, g, *[zero] * 5))


def test_a_pair_of_associates_moves_together() -> None:
    """Two holders: (K1 + s) x1 − s x2 = K1 b1, solved by hand."""
    b, n, s = np.array([0.2, 0.8]), np.array([0.0, 6.0]), 3.0
    result = association(graph_of(2, (0, 1, 1.0), (1, 0, 2.0)), b, n)
    expected = np.linalg.solve([[6 + s, -s], [-s, 12 + s]], [6 * 0.2, 12 * 0.8])
    assert result.standing == pytest.approx(expected, abs=1e-12)
    assert result.converged


@claim
@given(towns())
def test_association_equals_its_twin_within_its_certificate(town: Town) -> None:
    """The dense solution is no further away than the certificate says."""
    graph = town.run().graph
    result = association(graph, town.evidence, town.months, tolerance=1e-13)
    twin = graph.to_networkx()
    for who in range(town.holders):
        twin.add_node(name(who), evidence=town.evidence[who], months=town.months[who])
    error = np.abs(result.standing - list(twins.association(twin).values())).max()
    assert result.certificate < 1e-12
    assert error <= result.certificate + 1e-13


def test_association_stays_between_the_evidences() -> None:
    """An M-matrix mixes: nobody leaves the range of what went in."""
    dice = np.random.default_rng(5)
    ends = {(int(i), int(j)) for i, j in dice.integers(0, 300, (2_000, 2)) if i != j}
    b = dice.random(300)
    result = association(graph_of(300, *[(i, j, 3.0) for i, j in ends]), b, dice.integers(0, 90, 300))
    assert result.converged
    assert b.min() <= result.standing.min() <= result.standing.max() <= b.max()


def test_association_not_converged_is_a_value() -> None:
    """One step on a long chain is not enough, and the result says so."""
    chain = graph_of(50, *[(i, i + 1, 8.0) for i in range(49)])
    result = association(chain, np.linspace(0, 1, 50) ** 3, np.zeros(50), max_iterations=1)
    assert (result.converged, result.iterations) == (False, 1)
    assert result.certificate == result.residual / 6 > 1e-10


@pytest.mark.parametrize("seed", range(12))
def test_association_comes_to_an_end_whatever_is_asked_of_it(seed: int) -> None:
    """A tolerance of nothing is not reached, and the result says what was, also where squares of the rest run under."""
    dice = np.random.default_rng(seed)
    ends = {(int(i), int(j)) for i, j in dice.integers(0, 40, (200, 2)) if i != j}
    result = association(graph_of(40, *[(i, j, 3.0) for i, j in ends]), dice.random(40), np.zeros(40), tolerance=0.0)
    assert result.converged == (result.certificate == 0.0)
    assert result.certificate < 1e-13


@pytest.mark.parametrize("n", [0, 1, 3])
def test_association_without_ties_leaves_everyone_alone(n: int) -> None:
    """No ties, no steps."""
    b = np.linspace(0, 1, n)
    result = association(graph_of(n), b, np.zeros(n))
    assert (result.standing.tolist(), result.iterations, result.converged) == (b.tolist(), 0, True)


def test_who_vouched_for_a_defaulter_answers_for_it() -> None:
    """R = μ min(1, g/κ) d: in full for a steady tie, by its strength for a weaker one, nothing the other way."""
    kappa = steady_strength()
    graph = graph_of(3, (0, 2, kappa / 2), (1, 2, 5.0), (2, 1, 5.0))
    result = distress(graph, np.array([0.0, 0.0, 0.9]))
    assert result.distress.tolist() == pytest.approx([0.4 * 0.5 * 0.9, 0.4 * 0.9, 0.0], abs=1e-15)
    assert result.culprit.tolist() == [2, 2, -1]


def test_of_several_defaulters_the_worst_one_counts_and_does_not_echo() -> None:
    """One tie is responsible; who vouched for the voucher is not touched."""
    graph = graph_of(4, (0, 1, 5.0), (0, 2, 5.0), (3, 0, 5.0))
    result = distress(graph, np.array([0.0, 0.3, 0.7, 0.0]))
    assert result.distress.tolist() == pytest.approx([0.28, 0.0, 0.0, 0.0], abs=1e-15)
    assert result.culprit.tolist() == [2, -1, -1, -1]


@claim
@given(towns(), st.lists(st.booleans(), min_size=12, max_size=12))
def test_distress_equals_its_twin(town: Town, flags: list[bool]) -> None:
    """With every mix of consents, to 1e-12; withholding the scale never lowers it."""
    graph, n = town.run().graph, town.holders
    allowed, withheld = np.array(flags[:n]), np.array(flags[6 : 6 + n])
    actual = distress(graph, np.array(town.severity), allowed, withheld).distress
    twin = graph.to_networkx()
    for who in range(n):
        consents = {"distress_allowed": bool(allowed[who]), "scale_withheld": bool(withheld[who])}
        twin.add_node(name(who), severity=town.severity[who], **consents)
    assert actual.tolist() == pytest.approx(list(twins.distress(twin).values()), abs=1e-12)
    assert np.all(actual >= distress(graph, np.array(town.severity), allowed).distress)


def test_flags_must_be_booleans() -> None:
    """Zeros and ones are not taken for consents."""
    with pytest.raises(ValueError, match="distress_allowed must be 2 booleans; got int64"):
        distress(graph_of(2, (0, 1, 1.0)), np.zeros(2), np.array([0, 1]))
