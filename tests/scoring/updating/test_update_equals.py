"""Is an update what a full run is? Any split of a log, whatever is in it, gives the bytes of one run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.runs.state import open_state
from scoring.updating import keeping
from tests.scoring.updating.update_runs import assert_same, assert_split_gives_one_run, bring, first, portfolio, whole

EXAMPLES = 60 if os.environ.get("RENMAI_FULL_FAULTS") else 4


@settings(max_examples=EXAMPLES)
@given(seed=st.integers(0, 10_000), cuts=st.lists(st.floats(0.3, 1.0), min_size=1, max_size=5), by_time=st.booleans())
def test_any_split_of_a_log_into_a_run_and_updates_gives_the_bytes_of_one_run(
    seed: int, cuts: list[float], by_time: bool
) -> None:
    """Duplicates, conflicts, reversals, late rows and currencies: it does not matter when a row comes in."""
    assert_split_gives_one_run(seed, cuts, by_time=by_time, typed=False)


@pytest.mark.parametrize("table", ["profiles", "outcomes", "consents"])
def test_what_is_known_of_holders_may_come_later(tmp_path: Path, table: str) -> None:
    """New profiles, outcomes and consents give what a full run of all files with the same constants gives."""
    tables = portfolio(3)
    rows = tables[table]
    some = {**tables, table: rows[::2]}
    base = first(tmp_path, some)
    made = bring(tmp_path, 1, {table: rows[1::2]})
    assert made.new
    assert_same(made.run, whole(tmp_path, tables, base))


def test_all_tables_may_come_at_once_again_and_again(tmp_path: Path) -> None:
    """Five updates with rows of every table end where one run ends."""
    tables = portfolio(4, relations=90)
    names = ("relations", "profiles", "outcomes", "consents")
    base = first(tmp_path, {**tables, **{name: tables[name][::6] for name in names}})
    for number in range(1, 6):
        made = bring(tmp_path, number, {name: tables[name][number::6] for name in names if tables[name][number::6]})
    assert len(made.run.manifest["updates"]) == 5
    assert_same(made.run, whole(tmp_path, tables, base))


def test_after_many_updates_the_log_is_written_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces do not grow for ever, and the run of all of them is the same."""
    monkeypatch.setattr(keeping, "SEGMENTS", 2)
    tables = portfolio(5)
    rows = sorted(tables["relations"], key=lambda row: row["at"])
    base = made = first(tmp_path, {**tables, "relations": rows[:140]})
    most = 0
    for number, begin in enumerate(range(140, len(rows), 6)):
        made = bring(tmp_path, number, {"relations": rows[begin : begin + 6]}).run
        most = max(most, len(open_state(made).segments))
    assert 1 < most <= 3
    assert_same(made, whole(tmp_path, tables, base))
