"""Do the exported scorecards give the run's own numbers? SQL in DuckDB, a spreadsheet by an evaluator of its own."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import duckdb
import formulas
import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pytest

import loaders
from loaders.contract import DIMENSIONS
from loaders.errors import UsageError
from loaders.features import features
from loaders.tables import Tables
from loaders.town import AS_OF, town
from scoring.batch.job import run as batch
from scoring.config import Config
from scoring.export import scorecard_sql, write_spreadsheet, write_sql
from scoring.export.expressions import double, literal, quoted
from scoring.runs.run import Run
from tests.scoring.portfolio_runs import Frames, Portfolio, made_model
from tests.scoring.town_runs import town_of_features

TABLES = ("accounts", "profiles", "consents")


def answer(run: Run, tables: Tables) -> pa.Table:
    """Run the statement in DuckDB over the tables a run was made of; columns the input lacks are NULL."""
    names = [name for name in TABLES if getattr(tables, name) is not None]
    with duckdb.connect() as connection:
        for name in names:
            connection.register(
                name, _with_nulls(getattr(tables, name), run) if name == "profiles" else getattr(tables, name)
            )
        return connection.sql(scorecard_sql(run)).to_arrow_table()


def _with_nulls(profiles: pa.Table, run: Run) -> pa.Table:
    for name in (*(feature.name for feature in features()), *DIMENSIONS, "known_at"):
        if name not in profiles.column_names:
            profiles = profiles.append_column(name, pa.nulls(len(profiles), pa.float64()))
    return profiles


def assert_equal(run: Run, tables: Tables) -> None:
    """Every account of the run is in the answer, each dimension and e to the bit."""
    found, scores = answer(run, tables), run.table("scores").sort_by("account_id")
    assert found["account_id"].to_pylist() == scores["account_id"].to_pylist()
    assert found["holder_id"].to_pylist() == scores["holder_id"].to_pylist()
    for name in (*DIMENSIONS, "tabular"):
        assert np.array_equal(found[name].to_numpy(), scores[name].to_numpy()), name
    alone = scores["connections"].to_numpy() == scores["tabular"].to_numpy()
    assert alone.any()
    assert np.array_equal(found["score"].to_numpy()[alone], scores["score"].to_numpy()[alone])


def test_the_expert_scorecard_in_sql_is_the_run(portfolio: Portfolio, base: Run) -> None:
    """Bit for bit, for every account of a portfolio with gaps and withheld consents."""
    origins = {
        name for dimension in DIMENSIONS for name in base.table("bins")[f"origin_{dimension}"].unique().to_pylist()
    }
    codes = {code for name in ("bills_on_time", "home") for code in base.table("bins")[name].unique().to_pylist()}
    assert {"scorecard", "missing", "withheld"} <= origins
    assert {-1, -2, -3} <= codes
    assert_equal(base, portfolio.tables())


def test_without_connections_the_statement_is_the_whole_score(portfolio: Portfolio) -> None:
    """With the dimension switched off every row of the run is the statement's."""
    config = portfolio.config("[score]\nconnections = false\n[score.weights]\ncredit_history = 0.3\nability = 0.3\n")
    run = portfolio.run(config=config)
    found, scores = answer(run, portfolio.tables()), run.table("scores").sort_by("account_id")
    assert found["score"].to_pylist() == scores["score"].to_pylist()
    assert_equal(run, portfolio.tables())


@pytest.mark.parametrize("kind", ["logistic", "tree"])
def test_a_trained_model_in_sql_is_the_run(portfolio: Portfolio, kind: str) -> None:
    """Points of a logistic model are added up, trees are walked: the same bits."""
    assert_equal(portfolio.run(config=Config().with_model(made_model(kind))), portfolio.tables())


def test_points_of_each_feature_are_the_scorecards(portfolio: Portfolio, base: Run) -> None:
    """The statement names what each feature earned; together they are the dimension."""
    found = answer(base, portfolio.tables())
    total = sum(found[f"points_{feature.name}"].to_numpy() for feature in Config().card.of("behaviour"))
    origins = dict(
        zip(*(base.table("bins")[name].to_pylist() for name in ("holder_id", "origin_behaviour")), strict=True)
    )
    read = np.array([origins[holder] == "scorecard" for holder in found["holder_id"].to_pylist()])
    assert np.array_equal((total / 100)[read], found["behaviour"].to_numpy()[read])


def test_ready_made_dimensions_and_several_accounts(tmp_path: Path) -> None:
    """The town: ready-made cells beside features, a holder of two accounts, no consents table."""
    run = town_of_features(tmp_path)
    frames: dict[str, Any] = town()
    from tests.scoring.town_runs import FEATURES

    ready = frames["profiles"]
    both = pd.concat([ready[~ready.account_id.isin(FEATURES.account_id)], FEATURES]).fillna("")
    assert_equal(run, loaders.load(**{**frames, "profiles": both}))


def test_words_of_consent_and_earlier_profiles(portfolio: Portfolio) -> None:
    """The latest word per source and the latest profile by the moment count; false wins a tie, later rows wait."""

    def more(frames: Frames) -> None:
        profiles, consents = frames["profiles"], frames["consents"]
        older = profiles.head(60).assign(known_at="2025-01-05T00:00:00Z", bills_on_time="0.2", home="true")
        later = profiles.head(50).assign(known_at="2026-02-05T00:00:00Z", bills_on_time="0.1")
        undated = profiles.tail(30).assign(known_at="", on_time_rate="0.5")
        frames["profiles"] = pd.concat([profiles, older, later, undated], ignore_index=True)
        tied = consents.head(80).assign(granted="false")
        ahead = consents.tail(80).assign(granted="false", at="2026-03-01T00:00:00Z")
        opposite = consents[100:150].assign(granted="false", at="2019-03-01T00:00:00Z")
        frames["consents"] = pd.concat([consents, tied, ahead, opposite], ignore_index=True)

    config = portfolio.config("[gate]\nmax_reject_rate = 0.5\n")
    tables = loaders.load(**_changed(portfolio, more), settings=config.load_settings)
    assert_equal(portfolio.run(tables, config), tables)


def _changed(portfolio: Portfolio, change: Any) -> Frames:
    frames = {name: frame.copy() for name, frame in portfolio.frames.items()}
    change(frames)
    return frames


def test_names_and_texts_cannot_leave_their_quotes() -> None:
    """Quotes are doubled, and every number is a DOUBLE with all its bits."""
    assert quoted('a"b; --') == '"a""b; --"'
    assert literal("o'clock") == "'o''clock'"
    values = [0.1, 1 / 3, 5e-324, 1e300, -0.25, 95.0]
    with duckdb.connect() as connection:
        for value in values:
            kind, found = connection.sql(f"SELECT typeof({double(value)}), {double(value)}").fetchall()[0]
            assert (kind, found) == ("DOUBLE", value)


def test_a_scorecards_name_cannot_leave_the_head(portfolio: Portfolio) -> None:
    """A name with a line break in it stays one line of comment."""
    from scoring.scorecard import card

    shipped = Path(card.__file__).with_name("scorecard.toml").read_text(encoding="utf-8")
    own = shipped.replace('name = "expert-1"', 'name = "x\\nDROP TABLE accounts; --"', 1)
    run = portfolio.run(config=portfolio.config('[score]\nscorecard = "card.toml"\n', card=own))
    lines = scorecard_sql(run).splitlines()
    assert [line for line in lines if "DROP" in line] == [lines[0]]
    assert lines[0].startswith("--")


def book(path: Path) -> dict[str, Any]:
    """Compute every formula with the package ``formulas``; cells by SHEET!CELL."""
    model = formulas.ExcelModel().loads(str(path)).finish()
    return {
        f"{key.split(']')[1].split(chr(39))[0]}!{key.rpartition('!')[2]}": value.value[0, 0]
        for key, value in model.calculate().items()
        if ":" not in key
    }


@pytest.fixture(scope="module")
def chosen(base: Run) -> list[str]:
    """Accounts at both ends, one lifted most, one withholding."""
    scores = base.table("scores").to_pandas()
    lifted = (scores.connections - scores.tabular).idxmax()
    picked = [scores.score.idxmin(), scores.score.idxmax(), lifted, scores.history_months.idxmin()]
    return sorted({str(scores.account_id[place]) for place in picked})


@pytest.mark.filterwarnings("ignore")  # the evaluator's own modules warn as they are compiled
def test_the_spreadsheets_formulas_give_the_runs_scores(base: Run, chosen: list[str], tmp_path: Path) -> None:
    """An evaluator that never saw the stored values arrives at each account's score and dimensions."""
    path = write_spreadsheet(base, tmp_path, accounts=chosen)
    cells = book(path)
    rows = {row["account_id"]: row for row in base.rows("scores", "account_id", chosen).to_pylist()}
    for line, account in enumerate(chosen, start=2):
        expected = rows[account]
        assert cells[f"SCORES!A{line}"] == account
        assert cells[f"SCORES!N{line}"] == expected["score"] == cells[f"SCORES!O{line}"]
        actual = [float(cells[f"SCORES!{column}{line}"]) for column in "CDEF"]
        assert actual == pytest.approx([expected[name] for name in DIMENSIONS], abs=1e-12)


def test_the_same_run_gives_the_same_spreadsheet(base: Run, chosen: list[str], tmp_path: Path) -> None:
    """Bytes do not depend on when it was written, and only its owner may read it."""
    first, second = (write_spreadsheet(base, tmp_path / name, accounts=chosen[:1]) for name in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()
    assert stat.S_IMODE(first.stat().st_mode) == 0o600


def test_a_logistic_models_points_are_in_the_spreadsheet(portfolio: Portfolio, tmp_path: Path) -> None:
    """Trained points take the place of the scorecard's; stored values are the run's."""
    run = portfolio.run(config=Config().with_model(made_model("logistic")))
    path = write_spreadsheet(run, tmp_path, limit=40)
    sheet = openpyxl.load_workbook(path, data_only=True)["Scores"]
    stored = {row[0]: row[13] for row in sheet.iter_rows(min_row=2, values_only=True)}
    scores = run.table("scores").sort_by("account_id").slice(0, 40)
    assert stored == dict(zip(scores["account_id"].to_pylist(), scores["score"].to_pylist(), strict=True))


def test_trees_have_no_points_to_add_up(portfolio: Portfolio, tmp_path: Path) -> None:
    """A tree is refused with a sentence that names the other way."""
    run = portfolio.run(config=Config().with_model(made_model("tree")))
    with pytest.raises(UsageError, match="come from decision trees, which have no points to add up; --format sql"):
        write_spreadsheet(run, tmp_path)


def test_no_cell_of_the_spreadsheet_is_run_as_a_formula(tmp_path: Path) -> None:
    """Ids that begin like formulas are text with an apostrophe before them."""
    names = ["=1+1", "+1", "-1", "@sum", "plain"]
    accounts = pd.DataFrame({"account_id": names, "holder_id": names, "kind": "person", "opened_on": "2020-01-01"})
    settings = Config.model_validate({"data": {"id_pattern": r"[=+@a-z0-9-]{1,20}"}, "gate": {"allow_empty": True}})
    relations = town()["relations"].head(0)
    tables = loaders.load(accounts=accounts, relations=relations, settings=settings.load_settings)
    run = batch(tables, as_of=AS_OF, runs=tmp_path / "runs", config=settings)
    sheet = openpyxl.load_workbook(write_spreadsheet(run, tmp_path / "out"))["Scores"]
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert sorted(cell.value for cell in cells) == sorted(["'=1+1", "'+1", "'-1", "'@sum", "plain"])
    assert {cell.data_type for cell in cells} == {"s"}


def test_unknown_accounts_and_limits_are_refused(base: Run, tmp_path: Path) -> None:
    """A sentence says how many have no score."""
    with pytest.raises(UsageError, match=r"1 of these accounts have no score in run .*, such as 'nobody'"):
        write_spreadsheet(base, tmp_path, accounts=["nobody"])
    with pytest.raises(UsageError, match=r"limit must be in \[1, 20000\]; got 0"):
        write_spreadsheet(base, tmp_path, limit=0)


def test_the_command_writes_both(
    portfolio: Portfolio, base: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`renmai export --format sql|xlsx` writes what the functions write."""
    from scoring.cli import execute

    runs = ["--runs", str(portfolio.folder / "runs"), "--out", str(tmp_path / "out"), base.id]
    assert execute(["export", "--format", "sql", *runs]) == 0
    assert execute(["export", "--format", "xlsx", "--limit", "2", *runs]) == 0
    assert capsys.readouterr().out.split() == [
        str(tmp_path / "out" / name) for name in ("scorecard.sql", "scorecard.xlsx")
    ]
    assert (tmp_path / "out" / "scorecard.sql").read_bytes() == write_sql(base, tmp_path / "direct").read_bytes()
    assert execute(["export", "--format", "sql", "--account", "x", *runs]) == 2
