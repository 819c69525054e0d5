"""Does a backtest say at each date what a run made then would have said?"""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pytest

import loaders
from loaders.errors import UsageError
from scoring.batch.stages import Order
from scoring.config import Config
from scoring.evaluation.backtesting import Dates, backtest, look_back
from scoring.evaluation.results import Backtest
from scoring.training.labels import Horizon
from tests.scoring.evaluation.planted import AS_OF, BACK, Scored, outcomes, planted

QUARTER, YEAR = Horizon.parse("3m"), Horizon.parse("12m")


def looked_back(frames: dict[str, pd.DataFrame], dates: Dates, **more: object) -> Backtest:
    tables = loaders.load(**frames)
    order = Order(dates.until, Config(), "vouch")
    return backtest(tables, order, dates, fingerprint=loaders.fingerprint(tables), **more)  # type: ignore[arg-type]


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
    assert "above zero at 1 of 1 dates" in found.headline
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
