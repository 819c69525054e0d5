"""Are the zeros and bounds of rule ``vouch`` there in the town, and is a broken one an error that names it?"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from graph.parameters import steady_strength
from loaders.errors import GateError
from scoring.attacks import promises
from scoring.attacks.catalogue import ATTACKS
from scoring.attacks.outcome import Outcome
from scoring.attacks.results import RULES, AttackReport
from scoring.attacks.target import Target
from tests.scoring.attacks.lab import carried_out

ZEROS = ("ring_fresh", "refund_within", "refund_reversed31", "mule2", "mule3", "smurfing", "topup")


@pytest.mark.parametrize("name", ZEROS)
def test_what_the_theory_says_is_nothing_is_nothing(report: AttackReport, name: str) -> None:
    """No attacker moves by a bit where the method promises exactly 0."""
    row = report.row(name, "vouch")
    assert (row.attacker_best, row.attacker_mean, row.attacker_total) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("name", ZEROS)
def test_a_zero_is_of_standings_to_the_bit(target: Target, name: str) -> None:
    """The attackers of these stand at their own evidence, bit for bit."""
    outcome = carried_out(target, name)
    places = outcome.after.places(outcome.plot.attackers)
    assert outcome.after.standing[places].tolist() == outcome.after.ground.assessment.evidence[places].tolist()


def test_own_sending_to_the_reputable_raises_no_score(report: AttackReport) -> None:
    """Under ``vouch`` sending to the most reputable gains nothing; under ``association`` it does."""
    assert report.row("reputable20", "vouch").attacker_best <= 0
    assert report.row("reputable20", "association").attacker_best > 1


def test_nobody_in_an_aged_ring_ends_above_its_best(target: Target) -> None:
    """The ring's highest standing is the evidence of its best member, who gains nothing; others do gain."""
    outcome = carried_out(target, "ring_aged")
    ring = outcome.after.places(outcome.plot.attackers)
    evidence, standing = outcome.after.ground.assessment.evidence[ring], outcome.after.standing[ring]
    assert standing.max() == evidence.max()
    assert standing.sum() > evidence.sum()


def test_twenty_bad_payers_move_their_victim_by_nothing(report: AttackReport) -> None:
    """The thin-file holder's score does not move under ``vouch``, and falls under ``averages``."""
    grieved, averaged = report.row("griefing", "vouch"), report.row("griefing", "averages")
    assert (grieved.victims, grieved.victims_worst, grieved.victims_hurt) == (1, 0.0, 0)
    assert averaged.victims_worst < -1


def test_spreading_lifts_nobody_as_far_as_one_account_alone(report: AttackReport) -> None:
    """The same money gives one account more than it gives any of fifty."""
    assert 0 < report.row("spread", "vouch").attacker_best < report.row("capture", "vouch").attacker_best


def test_fresh_accounts_stay_within_their_bound(report: AttackReport) -> None:
    """What accounts without history gain together is at most the bound beside it, and capture comes near."""
    rows = [row for row in report.rows if row.bound is not None]
    assert len(rows) == len(ATTACKS) - 2  # an aged ring and bad payers have histories
    assert all(row.reached <= row.bound + 1e-9 for row in rows)
    captured = report.row("capture", "vouch")
    assert 0.5 * captured.bound < captured.reached < captured.bound <= report.supporter_bound


def test_one_captured_supporter_gives_what_the_formula_says(target: Target, report: AttackReport) -> None:
    """X = b + λ w (x_j − b) / (k + w), with w = c z_j v / κ of twelve steady months: 90 points per unit of lift."""
    run = target.recalled
    who = run.graph.index(target.supporter)
    spent = float(run.graph.ties.g[run.graph.ties.payer == who].sum())
    v = sum(2 ** (-month / 6) for month in range(12)) * math.log(2) / math.log(5) * (0.5 + 0.5 / 3)
    w = 6 * run.assessment.credibility[who] * v / max(steady_strength(), spent + v)
    lift = 0.8 * w * (run.standing[who] - run.assessment.constants.mean) / (6 + w)
    assert report.row("capture", "vouch").attacker_best == pytest.approx(90 * lift, abs=1e-9)


def test_money_from_outside_changes_nothing_under_any_rule(report: AttackReport) -> None:
    """An institution's payments and transfers move neither the attacker nor anybody else, whatever the rule."""
    moved = [(row.attacker_best, row.victims_worst) for row in map(report.row, ["topup"] * len(RULES), RULES)]
    assert moved == [(0.0, 0.0)] * len(RULES)


def test_every_promise_that_was_held_is_told(report: AttackReport) -> None:
    """Each check of an attack that speaks of it leaves a line, beside the bound for accounts without history."""
    told = {(each.attack, each.promise) for each in report.promises}
    assert len(told) == len(report.promises)
    assert {each.attack for each in report.promises} == set(ATTACKS)
    assert sum(each.promise == promises.SYBILS for each in report.promises) == len(ATTACKS) - 2


@pytest.mark.parametrize(
    ("check", "name", "sentence"),
    [
        (promises.fresh_gain_nothing, "capture", "without honest money gain exactly 0"),
        (promises.returned_counts_nothing, "refund_late31", "was taken back, gains exactly 0"),
        (promises.fresh_pass_on_nothing, "mule2_aged", "passes on exactly 0"),
        (promises.sending_raises_nobody, "capture", "own sending never raises"),
        (promises.outside_money_changes_nothing, "capture", "money from outside changes no score"),
        (promises.ring_stays_below_its_best, "capture", "nobody ends above its best member"),
    ],
)
def test_a_broken_promise_is_an_error_that_names_it(
    target: Target, check: promises.Check, name: str, sentence: str
) -> None:
    """Where an attack does gain, a promise that it did not is refused: with the attack, the promise and the figure."""
    with pytest.raises(GateError, match=f"attack {name} breaks a promise of rule vouch: .*{sentence}.*; "):
        check(carried_out(target, name))


def test_a_victim_that_moves_is_an_error(target: Target) -> None:
    """A supporter that stands higher is no griefer; were its money to count for less, the promise would be broken."""
    outcome = carried_out(target, "capture")
    lifted = replace(outcome.plot, attackers=("zoe",), victims=outcome.plot.attackers)
    with pytest.raises(GateError, match="money from someone standing no higher changes nothing"):
        promises.nobody_is_grieved(replace(outcome, plot=lifted, before=_raised(outcome)))


def _raised(outcome: Outcome) -> object:
    """The world before, had the attacker stood above everybody all along."""

    class Raised(type(outcome.before)):  # type: ignore[misc]
        standing = property(lambda world: np.ones(len(world.ground.graph)))

    before = outcome.before
    return Raised(before.recalled, before.ranks, before.ground)


def test_a_spread_that_lifts_more_is_an_error(target: Target) -> None:
    """Were the whole to lift less than the pieces, the promise would be broken."""
    outcome = carried_out(target, "spread")
    with pytest.raises(GateError, match="splitting incoming payments never raises the largest lift"):
        promises.spreading_raises_no_lift(replace(outcome, whole=outcome.after, after=outcome.whole))


def test_a_bound_that_is_passed_is_an_error(target: Target) -> None:
    """Under a smaller λ the bound would be smaller than what was gained."""
    outcome = carried_out(target, "capture")
    config = target.order.config
    damped = replace(config.propagation, damping=0.1)

    class Damped:
        propagation = damped

    other = replace(target, order=replace(target.order, config=Damped()))
    with pytest.raises(GateError, match="accounts without history gain at most"):
        promises.sybils_stay_within_bound(replace(outcome, target=other))
