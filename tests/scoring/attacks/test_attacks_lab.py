"""Does the lab attack a copy, hold the run's constants, tell prices right and agree with a patient reader?"""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

import loaders
from loaders.errors import UsageError
from loaders.tables import plain
from loaders.town import AS_OF, town
from scoring.attacks.catalogue import ATTACKS
from scoring.attacks.lab import attack
from scoring.attacks.planting import plant
from scoring.attacks.results import CONSTANTS, FORMAT, RULES, AttackReport, AttackRow
from scoring.attacks.target import Target
from scoring.batch.job import run
from scoring.config import Config, load_config
from tests.oracle import score_all
from tests.scoring.attacks.lab import TABLES, carried_out, digests, text_rows, town_base, town_run, town_tables

SCALE = 200_000  # what a person of the town spends in a month, in minor units


@pytest.mark.parametrize("name", ["capture", "ring_aged", "refund_late31", "refund_mule", "griefing", "mule3_aged"])
def test_a_patient_reader_of_the_method_gives_the_same_scores(target: Target, report: AttackReport, name: str) -> None:
    """The oracle scores the planted rows, constants and all, as the row ``constants`` says."""
    outcome = carried_out(target, name)
    tables = plant(target.soil, outcome.plot.newcomers, outcome.plot.payments)
    expected = score_all({table: text_rows(getattr(tables, table)) for table in TABLES}, AS_OF)
    anew = target.planted(outcome.plot.newcomers, outcome.plot.payments, held=False).scores("vouch")
    actual = dict(zip(anew_holders(target, name), anew.score.tolist(), strict=True))
    assert actual == {holder: row["score"] for holder, row in expected.items()}
    assert report.row(name, CONSTANTS).score_after in actual.values()


def anew_holders(target: Target, name: str) -> list[str]:
    plot = ATTACKS[name].plot(target)
    return target.planted(plot.newcomers, ()).ground.assessment.holders.to_pylist()


@pytest.mark.parametrize("name", ATTACKS)
def test_planted_rows_would_pass_the_gate(target: Target, name: str) -> None:
    """The copy is an input as a loader would give it: nothing refused, nothing in another order."""
    plot = ATTACKS[name].plot(target)
    tables = plant(target.soil, plot.newcomers, plot.payments)
    again = loaders.rejoin({table: getattr(tables, table) for table in TABLES})
    assert again.rejects.num_rows == 0
    assert [plain(getattr(again, table)).equals(plain(getattr(tables, table))) for table in TABLES] == [True] * len(
        TABLES
    )


def test_the_rows_of_the_input_stay_as_they_are(target: Target) -> None:
    """What is planted stands beside the input's rows and begins with a prefix that none of these has."""
    plot = ATTACKS["griefing"].plot(target)
    tables = plant(target.soil, plot.newcomers, plot.payments)
    for table, key in (("accounts", "account_id"), ("relations", "relation_id"), ("profiles", "account_id")):
        rows = [row for row in getattr(tables, table).to_pylist() if not row[key].startswith(target.soil.prefix)]
        assert rows == getattr(target.soil.tables, table).to_pylist()


def test_planting_nothing_gives_the_run_itself(target: Target) -> None:
    """Without newcomers and payments everyone stands where the run says, to the bit."""
    world = target.planted((), ())
    assert world.standing.tolist() == target.recalled.standing.tolist()
    own = dict(target.recalled.run.table("scores").select(["holder_id", "score"]).to_pandas().to_numpy().tolist())
    assert dict(zip(target.holders, world.scores("vouch").score.tolist(), strict=True)) == own


def test_the_run_is_only_read(attacked_runs: Path) -> None:
    """No file of the runs folder is written, changed or added by an attack."""
    made = town_run(attacked_runs)
    before = digests(attacked_runs)
    attack(made, attacks=["ring_aged", "spread"], data=town_tables())
    assert digests(attacked_runs) == before


def test_the_same_work_gives_the_same_report(attacked_runs: Path, report: AttackReport) -> None:
    """Twice the same run, attacks and seed: the same JSON; fewer attacks and rules: the same rows of them."""
    made = town_run(attacked_runs)
    again = attack(made, data=town_tables())
    some = attack(made, attacks=["spread", "capture"], rules=["pagerank", "vouch"], data=town_tables())
    assert json.dumps(again.to_dict()) == json.dumps(report.to_dict())
    assert some.rows == tuple(
        row
        for row in report.rows
        if row.attack in ("capture", "spread") and row.rule in ("vouch", "pagerank", CONSTANTS)
    )


def test_the_rule_of_the_run_plays_no_part(report: AttackReport, tmp_path: Path) -> None:
    """A run made with ``association`` is attacked like one made with ``vouch``."""
    other = run(town_tables(), as_of=AS_OF, runs=tmp_path / "runs", rule="association")
    assert attack(other, data=town_tables()).rows == report.rows


def test_a_run_without_connections_is_attacked_as_if_it_had_them(report: AttackReport, tmp_path: Path) -> None:
    """Points are those that connections would give, and the report says that they enter no score."""
    neutral = Config().with_card(load_config().card).neutral()
    found = attack(town_run(tmp_path, neutral), data=town_tables())
    assert (found.rows, report.connections, found.connections) == (report.rows, True, False)


def test_the_seed_decides_among_equals(attacked_runs: Path) -> None:
    """Another seed may choose other twins; the supporter, who is chosen by rank, stays."""
    bases = [town_base(attacked_runs, seed=seed) for seed in range(8)]
    assert len({each.twin(0.2, 0.8) for each in bases}) > 1
    assert {each.supporter for each in bases} == {"sam"}


def test_an_attack_is_held_to_the_constants_of_the_run(target: Target, report: AttackReport) -> None:
    """Fresh accounts are worth the run's mean; what fifty of them do to it is the row ``constants``."""
    outcome = carried_out(target, "ring_fresh")
    assessment = outcome.after.ground.assessment
    ring = outcome.after.places(outcome.plot.attackers)
    mean = target.recalled.assessment.constants.mean
    shift = math.fsum(assessment.tabular) / len(assessment.tabular) - mean
    assert set(assessment.evidence[ring].tolist()) == {mean}
    assert report.row("ring_fresh", CONSTANTS).constants["mean"] == pytest.approx(shift, abs=1e-12)
    assert f"mean {shift:+.6g}" in report.row("ring_fresh", CONSTANTS).note


def test_every_attack_has_a_row_per_rule_and_one_for_the_constants(report: AttackReport) -> None:
    """Twenty attacks, five rules: a hundred rows, and twenty that tell what the constants would do."""
    assert [(row.attack, row.rule) for row in report.rows] == [
        *((name, rule) for name in ATTACKS for rule in RULES),
        *((name, CONSTANTS) for name in ATTACKS),
    ]


@pytest.mark.parametrize(
    ("name", "price"),
    [
        # 12 months × the town's 12 persons, of whom all are among the 20 most reputable, × 4 scales / 20
        ("reputable20", (12 * 12 * 40_000, 12 * 12 * 40_000, 12, 0, 1)),
        # 50 members × 12 months × 3 payments of 4/3 of a scale, which stay in the ring
        ("ring_fresh", (0, 50 * 12 * 3 * 266_667, 12, 0, 50)),
        ("ring_aged", (0, 50 * 12 * 3 * 266_667, 36, 0, 50)),
        # there and back, 12 times
        ("refund_within", (0, 2 * 12 * SCALE, 12, 1, 1)),
        ("refund_reversed31", (0, 2 * 12 * SCALE, 13, 1, 1)),
        # one sum in 12 steps of 31 days, in 6 of 62
        ("refund_late31", (0, 12 * SCALE, 12, 1, 1)),
        ("refund_late62", (0, 6 * SCALE, 12, 1, 1)),
        ("refund_lump", (0, 24 * SCALE, 13, 1, 1)),
        ("mule2", (0, 3 * 12 * SCALE, 12, 1, 3)),
        ("mule3_aged", (0, 4 * 12 * SCALE, 36, 1, 4)),
        ("smurfing", (0, 12 * 4 * 20 * 10_000, 12, 0, 41)),
        ("capture", (0, 12 * SCALE, 12, 1, 1)),
        ("spread", (0, 12 * SCALE, 12, 1, 50)),
        # 20 payers part with a scale a month for good
        ("griefing", (20 * 12 * SCALE, 20 * 12 * SCALE, 48, 0, 20)),
    ],
)
def test_the_price_is_what_was_planted(report: AttackReport, name: str, price: tuple[int, ...]) -> None:
    """Money gone, money moved, months, honest people and accounts follow from the attack's own description."""
    row = report.row(name, "vouch")
    assert (row.money_out, row.money_moved, row.months, row.honest_people, row.accounts) == price


def test_what_is_not_zero_has_its_order(report: AttackReport) -> None:
    """Slower returns gain less; money over a mule gains what honest money does; small sums on many days gain more."""
    gained = {name: report.row(name, "vouch").attacker_best for name in ATTACKS}
    assert 0 < gained["refund_late62"] < gained["refund_late31"] < gained["refund_lump"] < gained["capture"]
    assert gained["refund_mule"] == gained["capture"] < gained["smurfing_supported"]


def test_netting_of_circles_closes_the_way_over_a_mule(tmp_path: Path) -> None:
    """With ``netting = "cycles"`` money that comes back over a mule gains exactly 0, and the promise is held."""
    target = town_base(tmp_path / "runs", ties={"netting": "cycles"})
    outcome = carried_out(target, "refund_mule")
    promise = ATTACKS["refund_mule"].checks[0](outcome)
    assert outcome.change("vouch", outcome.plot.attackers).tolist() == [0.0]
    assert promise is not None and "three steps" in promise.promise


def test_a_shed_record_is_compared_with_the_one_left_behind(target: Target, report: AttackReport) -> None:
    """The fresh account's score stands against the defaulter's, and the note says what the money added: nothing."""
    outcome = carried_out(target, "shedding")
    old, new = (outcome.before.places((holder,))[0] for holder in ("planted-defaulter", "planted-fresh"))
    scores, row = outcome.before.scores("vouch"), report.row("shedding", "vouch")
    assert (row.score_before, row.score_after) == (scores.score[old], scores.score[new])
    assert row.attacker_total == pytest.approx(scores.exact[new] - scores.exact[old])
    assert row.note.endswith("the money adds 0.00")


def test_a_report_is_a_table_and_json(report: AttackReport) -> None:
    """One line per row, the columns of the rows, money as the currency writes it, an exact 0 as 0."""
    frame, told = report.to_frame(), report.to_dict()
    assert len(frame) == len(report.rows) == len(told["rows"])
    assert set(frame.columns) == set(AttackRow.__dataclass_fields__) - {"constants"}
    assert (told["format"], told["rows"][0]["attack"]) == (FORMAT, "reputable20")
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert [report.money(minor) for minor in (0, 5, -120_050, 123_456_789)] == [
        "0.00",
        "0.05",
        "-1,200.50",
        "1,234,567.89",
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"attacks": ["capturd"]}, "attack must be one of .*; got 'capturd'; did you mean 'capture'"),
        ({"rules": ["page-rank"]}, "rule must be one of vouch, .*; got 'page-rank'; did you mean 'pagerank'"),
    ],
)
def test_an_unknown_name_is_refused(attacked_runs: Path, arguments: dict[str, list[str]], sentence: str) -> None:
    """The sentence lists what there is and suggests what was meant."""
    with pytest.raises(UsageError, match=sentence):
        attack(town_run(attacked_runs), data=town_tables(), **arguments)


def test_other_tables_than_the_run_was_made_of_are_refused(attacked_runs: Path) -> None:
    """Attacks on an input that is not the run's would say nothing of it."""
    tables = town()
    other = loaders.load(**{**tables, "relations": tables["relations"].iloc[:-1]})
    with pytest.raises(UsageError, match=r"data are not the tables that run .* was made of"):
        attack(town_run(attacked_runs), data=other)
