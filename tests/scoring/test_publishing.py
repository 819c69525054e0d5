"""Are the rows that are published the numbers that `renmai explain` gives?"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

import loaders
from graph.stores.publication import Publication
from loaders.errors import RenmaiError
from loaders.tables import Tables
from scoring.explanation.analyst import analyst_card
from scoring.explanation.policy import Policy
from scoring.explanation.shelf import Index
from scoring.publishing import publication_of
from scoring.runs.run import Run
from tests.portfolios import AS_OF, Row, random_portfolio
from tests.scoring.batch_runs import config, go
from tests.scoring.town_runs import town_run

CARD = ("score", "band", "thin", "history_months", "tabular", "evidence", "standing", "lift", "distress", "credibility")


@pytest.fixture(scope="module", params=["town", "portfolio", "simulated", "connections off"])
def any_run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    place = tmp_path_factory.mktemp("published")
    if request.param == "simulated":
        from loaders.simulate import simulate

        simulate(place / "data", accounts=200, relations=3000, seed=3)
        return go(place / "runs", place / "data", AS_OF)
    if request.param == "portfolio":
        return go(place / "runs", frames(random_portfolio(7, holders=30, relations=1500)), AS_OF, force=True)
    if request.param == "connections off":
        return go(place / "runs", config=config("[score]\nconnections = false\n", place / "config"))
    return town_run(place / "runs")


def frames(rows: dict[str, list[Row]]) -> Tables:
    return loaders.load(**{name: pd.DataFrame(table) for name, table in rows.items()})


def test_each_supporter_is_published_with_the_numbers_of_explain(any_run: Run) -> None:
    """Share, contribution, points and standing are equal to the bit for every supporter of every account."""
    made = publication_of(any_run)
    ties = {(row["to_id"], row["from_id"]): row for row in made.ties.to_pylist()}
    standing = {row["holder_id"]: row["standing"] for row in made.scores.to_pylist()}
    shelf, policy = Index(any_run), Policy.of(any_run.manifest)
    named = set()
    for account in any_run.scores["account_id"]:
        card = analyst_card(shelf, policy, account)
        for told in card.supporters:
            key = card.holder_id, told.supporter_id
            tie = ties[key]
            named.add(key)
            assert (tie["share"], tie["contribution"], tie["points"]) == (told.share, told.contribution, told.points)
            assert (tie["v"], tie["months"], tie["money_minor"]) == (told.strength, told.months, told.money)
            assert standing[told.supporter_id] == told.standing
    assert {key for key, tie in ties.items() if tie["contribution"] > 0} == named != set()


def test_each_account_has_the_score_that_its_holder_is_published_with(any_run: Run) -> None:
    """One row per holder tells what every account of the holder was given."""
    rows = {row["holder_id"]: row for row in publication_of(any_run).scores.to_pylist()}
    shelf, policy = Index(any_run), Policy.of(any_run.manifest)
    for account in any_run.scores["account_id"]:
        card = analyst_card(shelf, policy, account)
        row = rows[card.holder_id]
        assert [row[name] for name in CARD] == [getattr(card, name) for name in CARD]
        assert [row[f"points_{part.dimension}"] for part in card.dimensions] == [
            part.points for part in card.dimensions
        ]
    assert set(rows) == set(any_run.scores["holder_id"])


def test_every_tie_of_the_run_is_published(any_run: Run) -> None:
    """Ties without strength are published too, in the order of payer and payee, with share 0."""
    made = publication_of(any_run).ties.to_pandas()
    ties = any_run.ties.sort_values(["from_id", "to_id"], ignore_index=True)
    for name in ("from_id", "to_id", "v", "g", "count", "months", "first_at", "last_at"):
        assert made[name].tolist() == ties[name].tolist()
    assert made["money_minor"].tolist() == ties["money"].tolist()
    assert (made["share"] == 0).tolist() == (ties["v"] == 0).tolist()


def test_the_challenger_names_no_supporters(tmp_path: Path) -> None:
    """Under rule association nobody contributes, and nothing else is missing."""
    made = publication_of(go(tmp_path / "runs", rule="association"))
    assert made.run["rule"] == "association"
    assert set(made.ties["contribution"].to_pylist()) == set(made.ties["points"].to_pylist()) == {0.0}


def test_the_same_run_has_the_same_checksum_and_another_has_another(tmp_path: Path) -> None:
    """The checksum is of the rows alone."""
    first, again = town_run(tmp_path / "a"), town_run(tmp_path / "b")
    other = town_run(tmp_path / "c", months=1)
    assert publication_of(first).checksum == publication_of(again).checksum != publication_of(other).checksum


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (lambda ties: ties.take([1, 0]), "must be sorted by id, each key once"),
        (lambda ties: pa.concat_tables([ties.slice(0, 1)] * 2), "must be sorted by id, each key once"),
        (lambda ties: ties.drop_columns(["points"]), "ties of a publication must have"),
    ],
    ids=["order", "twice", "columns"],
)
def test_rows_that_are_no_publication_are_refused(tmp_path: Path, rows: object, said: str) -> None:
    """Wrong order, a key twice or other columns never reach a database."""
    made = publication_of(town_run(tmp_path / "runs"))
    with pytest.raises(RenmaiError, match=said):
        Publication(made.run, made.scores, rows(made.ties))
