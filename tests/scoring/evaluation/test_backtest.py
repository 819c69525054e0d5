"""Does a backtest say at each date what a run made then would have said?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import loaders
from loaders.errors import UsageError
from scoring.batch.job import run
from scoring.batch.stages import Order
from scoring.config import Config, load_config
from scoring.evaluation.backtesting import backtest
from scoring.evaluation.dates import Dates
from scoring.evaluation.filing import encode
from scoring.evaluation.lookback import look_back
from scoring.evaluation.results import Backtest
from scoring.recall import recall
from scoring.training.labels import Horizon
from tests.scoring.evaluation.planted import AS_OF, BACK, Scored, outcomes, planted

QUARTER, YEAR = Horizon.parse("3m"), Horizon.parse("12m")


def looked_back(frames: dict[str, pd.DataFrame], dates: Dates, **more: object) -> Backtest:
    given = {"as_of": dates.until, "every": str(dates.every), "horizon": str(dates.horizon), "count": dates.count}
    return backtest(frames, **given, **more)  # type: ignore[arg-type]


def test_a_date_is_what_a_run_of_then_says(helping: Scored) -> None:
    """The last date has persons, AUC and uplift of the run made as of that date."""
    row = looked_back(helping.frames, Dates(AS_OF, QUARTER, YEAR, 1)).rows[-1]
    found, segment = helping.evaluation, helping.evaluation.segments[0]
    assert (row.as_of, row.persons, row.bad) == (BACK.isoformat(), segment.observed.persons, segment.observed.bad)
    assert (row.auc, row.ks, row.uplift) == (segment.auc, segment.ks, found.uplift)


def test_rows_after_the_end_change_nothing() -> None:
    """Payments and outcomes after --as-of are the future of every date, and move no figure."""
    dates = Dates(AS_OF, QUARTER, YEAR, 2)
    before, after = planted(helps=True), planted(helps=True, after=40)
    late = outcomes([name for name in before["accounts"]["account_id"] if name.startswith("k")], AS_OF)
    after["outcomes"] = pd.concat([after["outcomes"], late])
    assert looked_back(before, dates, draws=50).rows == looked_back(after, dates, draws=50).rows


def test_a_date_before_any_profile_shows_nothing(helping: Scored) -> None:
    """Where no profile was known yet there is nothing to add connections to, and the row says so."""
    found = looked_back(helping.frames, Dates(AS_OF, QUARTER, YEAR, 3), draws=20)
    early = found.rows[0]
    assert early.as_of == "2024-07-01T00:00:00+00:00"
    assert (early.auc, early.uplift.shown) == (None, False) and "no dated profile" in early.note
    assert found.headline == (
        "On thin files an uplift is shown at 1 of 1 date; its interval includes zero at none of them; "
        "at 2 more nothing can be said."
    )
    assert any("overlap" in note for note in found.notes)


def test_a_horizon_that_goes_on_is_judged_by_what_is_known() -> None:
    """Of a horizon that ends after the end of the log only outcomes up to that end count, and the row says so."""
    tables, end = loaders.load(**planted(helps=True)), BACK.replace(month=7)
    order, dates = Order(end, Config(), "vouch"), Dates(end, QUARTER, YEAR, 1)
    row = look_back(tables, order, BACK, dates, undated_ok=False, seed=7, draws=20)
    days = pd.to_datetime(planted(helps=True)["outcomes"]["at"])
    assert (row.complete, row.until, row.bad) == (False, end.isoformat(), int((days <= end).sum()))
    assert 0 < row.bad < len(days)


def test_before_any_account_there_is_nobody(helping: Scored) -> None:
    """A date before the first account has nobody, and no figure."""
    dates = Dates(datetime(2024, 1, 1, tzinfo=UTC), QUARTER, YEAR, 1)
    row = looked_back(helping.frames, dates, draws=20).rows[0]
    assert (row.persons, row.bad, row.auc, row.note) == (0, 0, None, "nobody had an account yet")


def test_undated_profiles_are_set_aside_unless_let_in(helping: Scored) -> None:
    """Rows without known_at count at no date; with leave they count at every date, and both are told."""
    frames = helping.frames | {"profiles": helping.frames["profiles"].assign(known_at="")}
    dates = Dates(AS_OF, QUARTER, YEAR, 1)
    aside, let_in = (looked_back(frames, dates, undated_ok=leave, draws=20) for leave in (False, True))
    assert aside.rows[0].auc is None and "set aside" in aside.notes[0]
    assert let_in.rows[0].auc is not None and "count at every date" in let_in.notes[0]


def test_a_horizon_that_is_not_over_has_no_date() -> None:
    """Dates end one horizon before the end, and a beginning after that leaves none."""
    listed = Dates(AS_OF, QUARTER, YEAR, since=datetime(2024, 6, 1, tzinfo=UTC)).listed()
    assert [day.date().isoformat() for day in listed] == ["2024-07-01", "2024-10-01", "2025-01-01"]
    with pytest.raises(UsageError, match="no date is left"):
        Dates(AS_OF, QUARTER, YEAR, since=BACK.replace(month=2)).listed()


def test_a_log_is_the_same_however_it_is_given(helping: Scored, tmp_path: Path) -> None:
    """A folder, its run, loaded tables and DataFrames give the same bytes; the run brings its own as_of and policy."""
    data = tmp_path / "data"
    data.mkdir()
    for name, frame in helping.frames.items():
        frame.to_csv(data / f"{name}.csv", index=False)
    (data / "renmai.toml").write_text("[score]\nthin_extra = 0.01\n", encoding="utf-8")
    policy = load_config(data / "renmai.toml")
    made = run(data, as_of=AS_OF, runs=tmp_path / "runs", config=policy)
    asked: dict[str, Any] = {"count": 1, "draws": 20}
    own = encode(backtest(made, **asked))
    assert own == encode(backtest(data, as_of=AS_OF.isoformat(), **asked))
    for log in (helping.frames, loaders.load(**helping.frames)):
        assert own == encode(backtest(log, as_of=AS_OF, config=policy, **asked))
    assert own != encode(backtest(helping.frames, as_of=AS_OF, **asked))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "as_of is missing"),
        ({"as_of": "2026-01-01"}, "must have an offset"),
        ({"as_of": AS_OF, "since": "soon"}, "since is 'soon'; it must be ISO 8601"),
        ({"as_of": AS_OF, "draws": 0}, "draws must be 1 to 100,000"),
        ({"as_of": AS_OF, "every": "year"}, "months or days"),
    ],
)
def test_arguments_that_name_nothing_are_refused(helping: Scored, given: dict[str, Any], said: str) -> None:
    """A moment without offset, none at all, or a word that makes no sense is told before anything is read."""
    with pytest.raises(UsageError, match=said):
        backtest(helping.frames, **given)


def test_constants_of_a_later_run_are_not_looked_back_with(helping: Scored) -> None:
    """Portfolio constants that an order brings may be of a run made after the date: the look back has its own."""
    tables, dates = loaders.load(**helping.frames), Dates(AS_OF, QUARTER, YEAR, 1)
    order = Order(AS_OF, Config(), "vouch")
    own = recall(helping.run).assessment.constants
    later = replace(order, constants=replace(own, mean=0.0, scale=1.0))
    rows = [look_back(tables, asked, BACK, dates, undated_ok=False, seed=7, draws=5) for asked in (order, later)]
    assert rows[0] == rows[1]
