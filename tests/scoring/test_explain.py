"""Does the analyst's card account for every point? And does it refuse to explain what does not add up."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

import graph
from loaders.errors import RenmaiError, UsageError
from loaders.town import AS_OF, town
from scoring.explanation import Index, Shelf, explain, explain_account, write_all
from scoring.explanation.rounding import whole_parts
from scoring.explanation.writing import file_name
from scoring.runs.run import Run
from tests.scoring.made_run import DIMENSIONS, LIFT, made_run
from tests.scoring.town_runs import town_of_features, town_run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return town_run(tmp_path_factory.mktemp("runs"))


def accounts(run: Run) -> list[str]:
    return run.table("scores")["account_id"].to_pylist()


def test_every_point_of_every_score_is_accounted_for(run: Run) -> None:
    """350 and the five dimensions' points are the score; with what was lost they are 950; no weight is left over."""
    for account in accounts(run):
        card = explain(run, account)
        assert card.residual == 0
        assert card.base + sum(row.points for row in card.dimensions) == card.score
        assert card.score + sum(row.lost for row in card.dimensions) == 950
        assert sum(row.weight for row in card.dimensions) == pytest.approx(1, abs=1e-12)
        assert min(row.lost for row in card.dimensions) >= 0


def test_supporters_add_up_to_the_lift(run: Run) -> None:
    """Contributions add up to the lift, their points to the lift's points, paths to both."""
    for account in accounts(run):
        card = explain(run, account)
        assert sum(row.contribution for row in card.supporters) == pytest.approx(card.lift, abs=1e-12)
        assert sum(row.points for row in card.supporters) == pytest.approx(card.lift_points, abs=1e-9)
        assert sum(path.contribution for path in card.paths) == pytest.approx(card.lift, abs=1e-12)
        expected = card.lift_points + card.distress_points + card.cut_points
        assert card.graph_points == pytest.approx(expected, abs=1e-12)


def test_a_thin_files_connections_weigh_more() -> None:
    """With four months of history connections weigh 5 % + 10 % · 6/10 and the others share the rest."""
    expected = 0.05 + 0.10 * 0.6
    weights = {row.dimension: row.weight for row in explain(made_run(), "nina").dimensions}
    assert weights["connections"] == pytest.approx(expected)
    assert weights["credit_history"] == pytest.approx(0.35 * (1 - expected) / 0.95)


def test_a_supporters_points_are_600_times_weight_times_contribution() -> None:
    """Nina's supporters bring 600 · 0.11 · their contribution."""
    expected = {name: 600 * 0.11 * part for name, part in LIFT["nina"].items()}
    actual = {row.supporter_id: row.points for row in explain(made_run(), "nina").supporters}
    assert actual == pytest.approx(expected)


def test_a_share_is_the_tie_over_the_supporters_whole_budget() -> None:
    """Sam gives v = 2.0 of Σ g = 3.6; Vera's Σ g of 2.9 is above the steady tie, so she gives 0.5 of it."""
    expected = {"sam": 2.0 / 3.6, "vera": 0.5 / 2.9}
    actual = {row.supporter_id: row.share for row in explain(made_run(), "nina").supporters}
    assert actual == pytest.approx(expected)


def test_card_and_graph_tell_the_same_story(run: Run) -> None:
    """Supporters, shares and paths read from the run are those the graph room explains in memory."""
    tables = town()
    credit = graph.build(tables["relations"], tables["accounts"], AS_OF)
    standing = run.standing.set_index("holder_id").loc[credit.holders.to_pylist()]
    months = run.scores.drop_duplicates("holder_id").set_index("holder_id").loc[standing.index, "history_months"]
    result = graph.propagate(credit, standing.evidence.to_numpy(), months.to_numpy(float), severity=None)
    expected, actual = graph.explain(result, "nina"), explain(run, "nina")
    assert [row.holder for row in expected.supporters] == [row.supporter_id for row in actual.supporters] == ["sam"]
    assert actual.supporters[0].share == pytest.approx(expected.supporters[0].share)
    assert actual.supporters[0].contribution == pytest.approx(expected.supporters[0].contribution, abs=1e-12)
    assert len(actual.paths) == len(expected.paths)


def test_a_path_is_followed_one_step_further() -> None:
    """What Vera lends Nina above Nina's floor comes out of what Sam lent Vera."""
    expected = [("sam", "sam"), ("vera", "sam")]
    actual = [(path.through, path.source) for path in explain(made_run(), "nina").paths]
    assert actual == expected


def test_distress_names_the_one_tie_it_comes_from() -> None:
    """Vera vouched for Dan: his id, the strength of her tie to him and how severe his outcome is."""
    found = explain(made_run(), "vera").responsible
    assert found is not None
    assert (found.holder_id, found.strength, found.severity) == ("dan", 2.4, 0.925)
    assert "Distress comes from the tie to dan" in explain_account(Shelf(made_run()), "vera")
    assert explain(made_run(), "nina").responsible is None


def test_what_the_graph_moves_is_lift_less_distress() -> None:
    """Vera gains 600 · 7.5 % · 0.02 and loses 600 · 7.5 % · ρ (1 - z) r."""
    card = explain(made_run(), "vera")
    expected = (600 * 0.075 * 0.02, -600 * 0.075 * 0.25 * 0.25 * 0.37)
    assert (card.lift_points, card.distress_points) == pytest.approx(expected)
    assert card.graph_points == pytest.approx(sum(expected))


def test_a_bad_record_closes_benefits_whatever_the_score() -> None:
    """With a recent outcome hotels and car rental are closed, and no points are missing for them."""
    run = made_run()
    rows = [{**row, "no_bad_record": False} for row in run.tables["bins"].to_pylist()]
    run.tables["bins"] = pa.Table.from_pylist(rows, run.tables["bins"].schema)
    closed = [row for row in explain(run, "sam").benefits if not row.reached]
    assert [(row.name, row.missing) for row in closed] == [("hotel", 0), ("car rental", 0)]
    assert "Closed by a bad record: hotel, car rental." in explain_account(Shelf(run), "sam")


def test_another_rule_names_no_supporters() -> None:
    """A run of the challenger has standings without contributions, and is explained without supporters."""
    run = made_run()
    run.manifest["rule"] = "association"
    run.tables["contributions"] = run.tables["contributions"].slice(0, 0)
    card = explain(run, "nina")
    assert (card.residual, card.supporters, card.paths) == (0, (), ())
    assert "Supporters: this run's rule names none." in explain_account(Shelf(run), "nina")


def test_connections_switched_off_are_worth_nothing() -> None:
    """With the dimension off no supporter's contribution is worth a point."""
    run = made_run()
    run.manifest["config"]["score"]["connections"] = False
    assert [row.points for row in explain(run, "nina").supporters] == [0.0, 0.0]


def test_a_run_whose_points_do_not_add_up_is_not_explained() -> None:
    """One point more in a dimension is a contradiction, told as such."""
    run = made_run()
    scores = run.tables["scores"]
    run.tables["scores"] = scores.set_column(
        scores.column_names.index("points_ability"), "points_ability", pc.add(scores["points_ability"], 1)
    )
    with pytest.raises(RenmaiError, match=r"does not add up for account .nina.: -1 points"):
        explain(run, "nina")


def test_a_run_whose_contributions_do_not_add_up_is_not_explained() -> None:
    """A supporter missing from the run is a contradiction, told as such."""
    run = made_run()
    run.tables["contributions"] = run.tables["contributions"].slice(1)
    with pytest.raises(RenmaiError, match=r"contributions and lift are 0\.07 apart"):
        explain(run, "nina")


def test_an_unknown_account_is_told_who_is_scored(run: Run) -> None:
    """A merchant gets a sentence, no score and nobody else's id."""
    with pytest.raises(UsageError, match=r"'shop' has no score in run .*: scored are the accounts of persons"):
        explain(run, "shop")


def test_all_accounts_of_a_holder_have_the_holders_card(run: Run) -> None:
    """Tom's two accounts are explained alike but for the account's id."""
    expected, actual = asdict(explain(run, "tom")), asdict(explain(run, "tom-2"))
    assert actual == {**expected, "account_id": "tom-2"}


def test_features_lose_what_their_dimension_loses(tmp_path: Path) -> None:
    """Points lost by the features of a scorecard's dimension add up to what the dimension loses, before rounding."""
    card = explain(town_of_features(tmp_path), "zoe")
    for row in card.dimensions[:4]:
        lost = sum(feature.lost for feature in card.features if feature.dimension == row.dimension)
        if row.origin == "scorecard":
            assert lost == pytest.approx(600 * row.weight * (1 - row.value), abs=1e-9)
            assert abs(lost - row.lost) < 1
        else:
            assert lost == 0
    assert {feature.dimension for feature in card.features} == {"credit_history", "identity"}


def test_json_has_stable_keys(run: Run) -> None:
    """Programs find the score, the five dimensions, supporters, benefits and a residual of 0."""
    card = json.loads(explain_account(Shelf(run), "nina", format="json"))
    assert (card["account_id"], card["holder_id"], card["residual"], card["base"]) == ("nina", "nina", 0, 350)
    assert [row["dimension"] for row in card["dimensions"]] == list(DIMENSIONS)
    assert set(card["dimensions"][0]) == {"dimension", "weight", "value", "points", "lost", "origin"}
    assert {"supporter_id", "share", "standing", "contribution", "points"} <= set(card["supporters"][0])
    assert {"name", "at_least", "reached", "missing"} <= set(card["benefits"][0])


def test_text_shows_the_sum(run: Run) -> None:
    """The text card ends its table of dimensions with 350 + points = score, residual 0."""
    card = explain(run, "nina")
    expected = f"350 + {card.score - 350} points = {card.score}, residual 0"
    assert expected in explain_account(Shelf(run), "nina").splitlines()


def test_one_by_one_and_all_at_once_say_the_same(run: Run, tmp_path: Path) -> None:
    """--all writes for every account the very text that explain prints for it."""
    count = write_all(run, tmp_path)
    assert count == len(accounts(run))
    for account in accounts(run):
        expected = explain_account(Shelf(run), account)
        assert (tmp_path / "00000" / f"{account}.txt").read_text(encoding="utf-8") == expected


def test_an_index_finds_the_rows_a_filter_finds() -> None:
    """Rows and totals by key are the same from memory and from the files, missing keys and empty tables included."""
    run = made_run()
    run.tables["empty"] = pa.table({"from_id": pa.array([], pa.string()), "g": pa.array([], pa.float64())})
    shelf, index = Shelf(run), Index(run)
    for name, keys in (("ties", ["sam", "vera", "nobody"]), ("ties", []), ("empty", ["sam"]), ("absent", ["sam"])):
        assert index.rows(name, "from_id", keys) == shelf.rows(name, "from_id", keys)
    assert index.totals("ties", "from_id", ["sam", "x"], "g") == shelf.totals("ties", "from_id", ["sam", "x"], "g")


@pytest.mark.parametrize("account", ["../../etc/passwd", "..", "a/b", "a\x00b", "%2E", "人脉", "a" * 64])
def test_no_id_leaves_its_folder(account: str, tmp_path: Path) -> None:
    """Whatever the id, its file stands in the folder it was meant for."""
    target = (tmp_path / file_name(account)).resolve()
    assert target.parent == tmp_path.resolve()


def test_no_two_ids_share_a_file() -> None:
    """Ids that look alike once escaped keep files of their own."""
    names = ["a", "A", "a.b", "a%2Eb", "%61", ".", "..", "%2E", "a/b", "a%2Fb"]
    assert len({file_name(name) for name in names}) == len(names)


def test_whole_parts_are_the_combinations_rule() -> None:
    """Parts become integers by the largest remainder, ties to the first."""
    expected = (2, 2, 3)
    assert whole_parts([1.5, 2.5, 3.1], 7) == expected
