"""Does rule ``vouch`` keep every promise of the method, on logs with netting, reversals and budgets?"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from money_logs import DAY, SCALE, Event, Town, claim, credit_graph, logs, name, towns

from graph.explanation import explain
from graph.propagation import propagate
from graph.vouch import vouch

SLACK = 1e-12


def rows_of(propagation):
    support = propagation.graph.by_payee
    return support.indptr, support.indices, propagation.weights, propagation.evidence, propagation.months


@claim
@given(towns(), st.lists(st.floats(-2, 3), min_size=6, max_size=6))
def test_there_is_one_solution_from_any_start(town: Town, start: list[float]) -> None:
    """Wherever the steps start, they end at the same standing, bit for bit."""
    result = town.run()
    elsewhere = vouch(*rows_of(result), start=np.array(start[: town.holders]))
    assert elsewhere.converged
    assert elsewhere.standing.tolist() == result.vouch.standing.tolist()


@claim
@given(towns(), st.integers(1, 4))
def test_the_certificate_bounds_the_error_of_every_step(town: Town, steps: int) -> None:
    """After any number of steps no standing is further from the 1e-14 solution than the certificate says."""
    result = town.run()
    exact = vouch(*rows_of(result), tolerance=1e-14)
    early = vouch(*rows_of(result), max_iterations=steps)
    assert exact.converged
    assert np.abs(early.standing - exact.standing).max() <= early.certificate + 2e-14


@claim
@given(towns())
def test_nobody_ends_below_its_evidence_or_above_its_best_supporter(town: Town) -> None:
    """b_i ≤ x_i ≤ max(b_i, best supporter)."""
    result = town.run()
    x, support = result.vouch.standing, result.graph.by_payee
    best = np.array(town.evidence)
    vouching = result.weights > 0
    np.maximum.at(best, support.row[vouching], x[support.indices[vouching]])
    assert np.all(x >= town.evidence)
    assert np.all(x <= best + SLACK)


@claim
@given(towns(), st.data())
def test_more_evidence_lowers_nobody(town: Town, data: st.DataObject) -> None:
    """Standing is monotone in everyone's evidence."""
    more = [data.draw(st.floats(b, 1)) for b in town.evidence]
    assert np.all(town.run(evidence=more).vouch.standing >= town.run().vouch.standing - SLACK)


@claim
@given(towns(), st.data())
def test_own_sending_never_raises_own_standing(town: Town, data: st.DataObject) -> None:
    """Whatever a holder sends on top, to whom and when: it does not end higher."""
    who = data.draw(st.integers(0, town.holders - 1))
    more = data.draw(logs([who], range(town.holders), most=3))
    assert town.run(*more).vouch.standing[who] <= town.run().vouch.standing[who] + SLACK


@claim
@given(towns(), st.data())
def test_money_from_someone_standing_no_higher_changes_nothing_for_the_payee(town: Town, data: st.DataObject) -> None:
    """Nobody is harmed or lifted by what those below send it: no griefing."""
    before = town.run().vouch.standing
    low, high = data.draw(st.permutations(np.argsort(before, kind="stable").tolist()).map(lambda two: two[:2]))
    if before[low] > before[high]:
        low, high = high, low
    more = data.draw(logs([low], [high], most=3))
    assert town.run(*more).vouch.standing[high] == pytest.approx(before[high], abs=SLACK)


@claim
@given(towns(), st.data())
def test_fresh_accounts_without_honest_money_gain_exactly_nothing(town: Town, data: st.DataObject) -> None:
    """Accounts without history that only pay each other stand at their evidence, to the bit."""
    fresh = data.draw(st.sets(st.integers(0, town.holders - 1), min_size=1))
    months = [0.0 if who in fresh else own for who, own in enumerate(town.months)]
    honest = tuple(e for e in town.events if e.payee not in fresh or e.payer in fresh)
    result = Town(honest, town.evidence, tuple(months), town.severity).run()
    assert [result.vouch.standing[who] for who in fresh] == [town.evidence[who] for who in fresh]


@claim
@given(towns(least=3), st.data())
def test_sybils_share_what_comes_from_outside_however_many_they_are(town: Town, data: st.DataObject) -> None:
    """For a set with n = 0: Σ max(0, x_i − β) ≤ λ (B − β) A / k."""
    sybils = data.draw(st.sets(st.integers(0, town.holders - 1), min_size=1, max_size=town.holders - 1))
    months = [0.0 if who in sybils else own for who, own in enumerate(town.months)]
    result = Town(town.events, town.evidence, tuple(months), town.severity).run()
    inside = np.isin(np.arange(town.holders), list(sybils))
    support, x = result.graph.by_payee, result.vouch.standing
    A = result.weights[inside[support.row] & ~inside[support.indices]].sum()
    B, beta = x[~inside].max(), np.array(town.evidence)[inside].max()
    gained = np.maximum(0.0, x[inside] - beta).sum()
    assert gained <= 0.8 * max(0.0, B - beta) * A / 6 + SLACK


@claim
@given(towns())
def test_in_an_aged_ring_nobody_ends_above_its_best_member(town: Town) -> None:
    """Holders of long history who pay only each other cannot exceed the best evidence among them."""
    aged = Town(town.events, town.evidence, (120.0,) * town.holders, (0.0,) * town.holders)
    assert aged.run().vouch.standing.max() <= max(town.evidence)


@claim
@given(st.data())
def test_splitting_incoming_payments_never_raises_the_largest_lift(data: st.DataObject) -> None:
    """One holder's incoming money, shared out over three of the same history and evidence, lifts none of them more."""
    others = data.draw(logs([1, 2, 3], [0, 1, 2, 3], most=8))
    # Before netting: no money that was taken back or came back.
    forward = [Event(e.payer, e.payee, e.ago, e.amount, e.kind) for e in others if e.payee < e.payer]
    parts = [data.draw(st.sampled_from([0, 4, 5])) if e.payee == 0 else e.payee for e in forward]
    split = [Event(e.payer, to, e.ago, e.amount, e.kind) for e, to in zip(forward, parts, strict=True)]
    b = [data.draw(st.floats(0, 1)) for _ in range(4)]
    n = [data.draw(st.sampled_from([0.0, 6.0, 60.0])) for _ in range(4)]
    whole = Town(tuple(forward), (*b, b[0], b[0]), (*n, n[0], n[0]), (0.0,) * 6)
    pieces = Town(tuple(split), whole.evidence, whole.months, whole.severity)
    assert max(pieces.run().lift[[0, 4, 5]]) <= whole.run().lift[0] + SLACK


@claim
@given(towns())
def test_the_explanation_is_the_arithmetic(town: Town) -> None:
    """Contributions and paths of every holder add up to its lift, and stand above nobody they do not lift."""
    result = town.run()
    for who in range(town.holders):
        why = explain(result, name(who))
        lift = result.vouch.standing[who] - town.evidence[who]
        assert sum(supporter.contribution for supporter in why.supporters) == pytest.approx(lift, abs=SLACK)
        assert sum(path.contribution for path in why.paths) == pytest.approx(lift, abs=SLACK)
        assert all(supporter.standing > result.vouch.standing[who] - SLACK for supporter in why.supporters)


@claim
@given(towns(), st.data())
def test_renaming_holders_renames_standings(town: Town, data: st.DataObject) -> None:
    """Other names, and so another order of all sums: standings move by rounding only."""
    order = data.draw(st.permutations(range(town.holders)))
    graph = credit_graph(town.events, town.holders, names={who: name(new) for who, new in enumerate(order)})
    place = np.argsort(order)
    known = [np.array(values)[place] for values in (town.evidence, town.months, town.severity)]
    renamed = propagate(graph, known[0], known[1], severity=known[2]).vouch.standing
    assert renamed[order] == pytest.approx(town.run().vouch.standing, abs=SLACK)


@claim
@given(st.lists(st.tuples(st.integers(0, 700 * DAY), st.integers(0, 30 * DAY), st.integers(1, SCALE)), max_size=9))
def test_what_is_returned_within_30_days_counts_nothing(rounds: list[tuple[int, int, int]]) -> None:
    """Whatever the dates, window borders included: money that came back whole within 30 days is no vouching."""
    events = []
    for ago, later, amount in rounds:
        events += [Event(0, 1, ago, amount), Event(1, 0, max(0, ago - later), amount)]
    made = credit_graph(events, 2).ties
    assert made.v.tolist() == [0.0] * len(made)


@claim
@given(towns())
def test_what_was_taken_back_frees_no_budget(town: Town) -> None:
    """Reversing payments changes no g, and raises no v."""
    kept = [Event(e.payer, e.payee, e.ago, e.amount, e.kind) for e in town.events]
    gone = [Event(e.payer, e.payee, e.ago, e.amount, e.kind, e.amount) for e in town.events]
    before, after = credit_graph(kept, town.holders).ties, credit_graph(gone, town.holders).ties
    assert after.g.tolist() == before.g.tolist()
    assert after.v.tolist() == [0.0] * len(after)
