"""Does the kernel of rule ``vouch`` compute what can be computed by hand, and say so when it cannot?"""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from money_logs import Town, claim, name, towns

from graph import twins
from graph.parameters import PropagationParameters, TieParameters
from graph.propagation import propagate
from graph.threads import SMALL
from graph.vouch import contributions, vouch


def rows(n: int, *supports: tuple[int, int, float]):
    """Arrays of (payee, payer, weight) triples."""
    ordered = sorted(supports)
    indptr = np.searchsorted([payee for payee, *_ in ordered], np.arange(n + 1))
    return indptr, np.array([j for _, j, _ in ordered], dtype=np.int32), np.array([w for *_, w in ordered], dtype=float)


def random_rows(n: int, ties: int, seed: int):
    """A large portfolio of heavy weights, so that credit goes a long way."""
    dice = np.random.default_rng(seed)
    payee, payer = dice.integers(0, n, (2, ties))
    indptr = np.append(0, np.cumsum(np.bincount(payee, minlength=n)))
    return indptr, payer.astype(np.int32), dice.random(ties) * 3, dice.random(n), dice.integers(0, 40, n).astype(float)


def test_a_single_supporter_lifts_by_its_weight() -> None:
    """Y = w (x_j − b) / (K + w)."""
    result = vouch(*rows(2, (0, 1, 3.0)), np.array([0.5, 0.9]), np.array([2.0, 50.0]))
    expected = 0.5 + 0.8 * 3 * 0.4 / (8 + 3)
    assert result.standing.tolist() == pytest.approx([expected, 0.9], abs=1e-15)


def test_in_a_couple_the_better_one_lifts_the_other() -> None:
    """Support goes downhill only: the better one stays where it is."""
    result = vouch(*rows(2, (0, 1, 2.0), (1, 0, 2.0)), np.array([0.8, 0.4]), np.zeros(2))
    assert result.standing.tolist() == pytest.approx([0.8, 0.4 + 0.8 * 2 * 0.4 / 8], abs=1e-15)


def test_along_a_chain_credit_thins_out() -> None:
    """Each link passes on λ w / (k + w) of what stands above the next."""
    n, share = 6, 0.8 * 3 / 9
    result = vouch(*rows(n, *[(i + 1, i, 3.0) for i in range(n - 1)]), np.array([1.0] + [0.2] * (n - 1)), np.zeros(n))
    expected = [0.2 + 0.8 * share**i for i in range(n)]
    assert result.standing.tolist() == pytest.approx(expected, abs=1e-15)
    assert result.iterations == n


def test_a_supporter_below_the_pull_of_others_adds_nothing() -> None:
    """A weak friend neither helps nor harms whoever better ones have pulled above it."""
    b, n = np.array([0.0, 1.0, 0.3]), np.zeros(3)
    alone, both = vouch(*rows(3, (0, 1, 6.0)), b, n), vouch(*rows(3, (0, 1, 6.0), (0, 2, 6.0)), b, n)
    assert both.pull[0] == alone.pull[0] == 0.5
    assert contributions(*rows(3, (0, 1, 6.0), (0, 2, 6.0)), both, b, n).tolist() == pytest.approx([0.4, 0.0])


@claim
@given(towns(), st.lists(st.booleans(), min_size=6, max_size=6))
def test_standing_equals_its_twin(town: Town, allowed: list[bool]) -> None:
    """Weights, budgets, consents and propagation, to 1e-12."""
    lift_allowed = np.array(allowed[: town.holders])
    graph = town.run().graph
    actual = propagate(
        graph, town.evidence, town.months, severity=np.array(town.severity), lift_allowed=lift_allowed
    ).vouch.standing
    twin = graph.to_networkx()
    for who in range(town.holders):
        node = {"evidence": town.evidence[who], "months": town.months[who], "severity": town.severity[who]}
        twin.add_node(name(who), **node, lift_allowed=bool(lift_allowed[who]))
    assert actual.tolist() == pytest.approx(list(twins.vouch(twin).values()), abs=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_threads_change_no_bit(seed: int) -> None:
    """One, two or five threads give the same standing, pull and contributions."""
    arrays = random_rows(5_000, 2 * SMALL, seed)
    one, *others = (vouch(*arrays, threads=threads) for threads in (1, 2, 5))
    for other in others:
        assert other.standing.tobytes() == one.standing.tobytes()
        assert other.pull.tobytes() == one.pull.tobytes()
        added = [contributions(*arrays[:3], one, *arrays[3:], threads=threads).tobytes() for threads in (1, 2)]
        assert added[0] == added[1]


@pytest.mark.parametrize("seed", range(3))
def test_a_large_portfolio_has_one_fixed_point(seed: int) -> None:
    """With 16 heavy supporters each, from below, above and anywhere, the same bits; and y solves its equation."""
    indptr, indices, weights, b, n = random_rows(2_000, 32_000, seed)
    weights *= 0.2
    result = vouch(indptr, indices, weights, b, n)
    for start in (np.zeros(2_000), np.ones(2_000), np.random.default_rng(seed).normal(0.5, 3, 2_000)):
        assert vouch(indptr, indices, weights, b, n, start=start).standing.tobytes() == result.standing.tobytes()
    row = np.repeat(np.arange(2_000), np.diff(indptr))
    above = np.maximum(0, result.standing[indices] - b[row] - result.pull[row])
    assert (6 + n) * result.pull == pytest.approx(np.bincount(row, weights * above, 2_000), abs=1e-12)
    assert result.iterations > 5


def test_contributions_add_up_even_where_the_steps_were_cut_short() -> None:
    """They use the standing from which the pull was computed."""
    indptr, indices, weights, b, n = random_rows(2_000, 32_000, 7)
    result = vouch(indptr, indices, weights, b, n, max_iterations=2)
    added = contributions(indptr, indices, weights, result, b, n)
    row = np.repeat(np.arange(2_000), np.diff(indptr))
    assert np.bincount(row, added, 2_000) == pytest.approx(result.standing - b, abs=1e-12)


def test_not_converged_is_a_value() -> None:
    """A chain that needs more steps than allowed comes back with its certificate, not with an error."""
    chain = rows(9, *[(i + 1, i, 3.0) for i in range(8)])
    result = vouch(*chain, np.linspace(1, 0, 9), np.zeros(9), max_iterations=1)
    assert (result.converged, result.iterations) == (False, 1)
    assert result.certificate == pytest.approx(4 * result.last_change)
    assert result.certificate > 0


def test_a_tolerance_ends_the_steps_early() -> None:
    """The certificate, not the change, is held against the tolerance."""
    arrays = random_rows(2_000, 32_000, 1)
    rough, exact = vouch(*arrays, tolerance=1e-3), vouch(*arrays)
    assert rough.converged
    assert 0 < rough.certificate <= 1e-3
    assert rough.iterations < exact.iterations
    assert exact.certificate == 0.0


@pytest.mark.parametrize(
    ("n", "supports"),
    [(0, []), (1, []), (3, []), (2, [(0, 0, 5.0), (1, 1, 5.0)]), (3, [(0, 1, 0.0), (2, 1, 0.0)])],
    ids=["nobody", "one", "no ties", "only self-loops", "no weight"],
)
def test_degenerate_graphs_lift_nobody(n: int, supports: list[tuple[int, int, float]]) -> None:
    """Nothing is divided by zero and everybody stands at its evidence."""
    b = np.linspace(0, 1, n)
    result = vouch(*rows(n, *supports), b, np.zeros(n))
    assert (result.standing.tolist(), result.converged) == (b.tolist(), True)


def test_hubs_take_one_look_at_each_supporter() -> None:
    """200,000 supporters of one holder, which in turn supports 200,000: no step is quadratic in them."""
    n = 200_000
    b = np.append(0.0, np.linspace(0.1, 1.0, 2 * n))
    indptr = np.concatenate([[0], np.full(n + 1, n), n + np.arange(1, n + 1)])
    indices = np.concatenate([np.arange(1, n + 1), np.zeros(n, dtype=np.int64)])
    result = vouch(indptr, indices, np.full(2 * n, 0.01), b, np.zeros(2 * n + 1))
    assert result.converged
    assert result.iterations <= 3
    assert 0.0 < result.standing[0] < b[n]


def test_equals_do_not_lift_each_other() -> None:
    """Everyone pays everyone and all are alike: nobody stands above anybody."""
    everyone = [(i, j, 6.0) for i in range(5) for j in range(5) if i != j]
    result = vouch(*rows(5, *everyone), np.full(5, 0.3), np.full(5, 12.0))
    assert result.standing.tolist() == [0.3] * 5


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"evidence": [0.5, np.nan]}, "evidence must be finite; got nan at holder 1"),
        ({"months": [np.inf, 1]}, "months must be finite; got inf at holder 0"),
        ({"months": [0, -1]}, "months must be at least 0; got -1.0 at holder 1"),
        ({"weights": [np.nan]}, "weights must be finite and at least 0; got nan from holder 1 to holder 0"),
        ({"weights": [-1.0]}, "weights must be finite and at least 0; got -1.0 from holder 1 to holder 0"),
        ({"indices": [2]}, "indices must be holders 0 to 1; got 2 to 2"),
        ({"indptr": [0, 2, 1]}, r"indptr must ascend from 0 to the 1 ties; got \[0 2 1\]"),
        ({"start": [0.0]}, r"start must have one value for each of 2 holders; got shape \(1,\)"),
        ({"max_iterations": 0}, "max_iterations must be at least 1; got 0"),
        ({"threads": 0}, "threads must be at least 1; got 0"),
    ],
)
def test_what_is_not_usable_is_refused_before_the_first_step(change: dict, message: str) -> None:
    """One sentence says what must be, what was found and where."""
    fine = {"indptr": [0, 1, 1], "indices": [1], "weights": [1.0], "evidence": [0.1, 0.9], "months": [0, 0]}
    with pytest.raises(ValueError, match=message):
        vouch(**(fine | change))


def test_a_number_that_breaks_inside_stops_with_holder_and_step() -> None:
    """Weights whose sums leave the range of floats make no standing."""
    heavy = rows(3, (1, 0, 1.0), (2, 0, 1e308), (2, 1, 1e308))
    with pytest.raises(ValueError, match="standing must stay finite; it did not at holder 2 in step 1"):
        vouch(*heavy, np.array([1e10, 1e9, 0.0]), np.zeros(3))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"damping": 1.0}, r"damping must be in \(0, 1\); got 1.0"),
        ({"fallback": 1.5}, r"fallback must be in \[0, 1\]; got 1.5"),
        ({"tolerance": -1.0}, "tolerance must be at least 0 and finite; got -1.0"),
        ({"prior_months": 0.0}, "prior_months must be positive and finite; got 0.0"),
    ],
)
def test_parameters_say_what_is_allowed(values: dict, message: str) -> None:
    """A policy number out of range is refused when it is set."""
    with pytest.raises(ValueError, match=message):
        PropagationParameters(**values)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"windows": 0}, "windows must be positive and finite; got 0"),
        ({"window_days": 30.5}, "window_days must be a whole number; got 30.5"),
        ({"netting": "none"}, 'netting must be "pairs" or "cycles"; got \'none\''),
        ({"behalf_factor": 0.5}, "behalf_factor must be at least 1; got 0.5"),
    ],
)
def test_tie_parameters_say_what_is_allowed(values: dict, message: str) -> None:
    """The same for the numbers of ties."""
    with pytest.raises(ValueError, match=message):
        TieParameters(**values)


def test_the_twin_needs_no_graph_to_answer() -> None:
    """An empty town has no standings."""
    assert twins.vouch(nx.DiGraph()) == {}
