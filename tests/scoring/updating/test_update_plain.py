"""Does a small update of Parquet files go the short way, without the gate of everybody, and end in the same bytes?"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.batch import facts
from scoring.config import Config, stored_config
from scoring.runs import verify
from scoring.updating import job
from scoring.updating.terms import Terms
from tests.scoring.updating.test_update_equals import EXAMPLES
from tests.scoring.updating.update_runs import (
    Row,
    assert_same,
    assert_split_gives_one_run,
    bring,
    first,
    portfolio,
    whole,
    write_typed,
)

HEAVY = ("duckdb", "numba", "scipy", "pydantic", "networkx")


def plain(rows: list[Row]) -> list[Row]:
    """Rows of which each stands: ids once, reversals that take back what they fit."""
    seen: dict[str, Row] = {}
    for row in rows:
        if row["relation_id"][0] == "r":
            seen.setdefault(row["relation_id"], row)
    return list(seen.values())


@settings(max_examples=EXAMPLES)
@given(seed=st.integers(0, 10_000), cuts=st.lists(st.floats(0.3, 1.0), min_size=1, max_size=5), by_time=st.booleans())
def test_any_split_of_a_log_in_parquet_files_gives_the_bytes_of_one_run(
    seed: int, cuts: list[float], by_time: bool
) -> None:
    """Which of the two gates lets a row in makes no difference, nor does it when a row comes."""
    assert_split_gives_one_run(seed, cuts, by_time=by_time, typed=True)


@pytest.mark.parametrize("typed", [True, False])
@pytest.mark.parametrize("seed", range(4))
def test_rows_that_plainly_stand_are_not_judged_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, typed: bool
) -> None:
    """Payments in three currencies, reversals of earlier rows and of new ones, and late rows need no other gate."""
    tables = portfolio(seed, relations=200)
    rows = sorted(plain(tables["relations"]), key=lambda row: row["relation_id"])
    tables = {**tables, "relations": rows}
    base = first(tmp_path, {**tables, "relations": rows[:150]})
    monkeypatch.setattr(job, "judge_additions", None)
    for number, begin in enumerate(range(150, 200, 25)):
        made = bring(tmp_path, number, {"relations": rows[begin : begin + 25]}, typed=typed)
        assert (made.new, made.refused, made.full) == (25, 0, "")
    assert any(row["reverses"] for row in rows[150:])
    assert_same(made.run, whole(tmp_path, tables, base))
    assert verify(tmp_path / "runs").problems == ()


def test_what_is_not_plain_goes_to_the_gate_of_everybody(tmp_path: Path) -> None:
    """An id that was there before, alike or not, falls as it does in a load; the others stand."""
    tables = portfolio(1)
    rows = plain(tables["relations"])
    first(tmp_path, {**tables, "relations": rows[:100]})
    other = {**rows[3], "amount": "7.77", "currency": "CNY", "kind": "transfer", "reverses": ""}
    made = bring(tmp_path, 1, {"relations": [rows[5], *rows[100:110]]}, typed=True)
    assert (made.new, made.refused) == (10, 1)
    again = bring(tmp_path, 2, {"relations": [other, rows[6]]}, typed=True)
    assert again.refused == 2


def test_a_small_update_loads_no_compiled_library_it_has_no_use_for(tmp_path: Path) -> None:
    """Loading databases and compilers takes longer than the work."""
    tables = portfolio(2)
    rows = plain(tables["relations"])
    local = [row for row in rows if row["currency"] in ("", "CNY") and not row["reverses"]]
    first(tmp_path, {**tables, "relations": local[:80]})
    new, runs = write_typed(tmp_path / "new", local[80:90]), tmp_path / "runs"
    code = f"""
import json, sys
from pathlib import Path
from scoring.updating import job
done = job.update({{"relations": [Path({str(new)!r})]}}, runs=Path({str(runs)!r}))
print(json.dumps([done.full, done.new, [name for name in {HEAVY!r} if name in sys.modules]]))
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert json.loads(said.stdout) == ["", 10, []]


def test_terms_read_off_a_manifest_are_those_of_the_policy_built_whole(tmp_path: Path) -> None:
    """Name of the next run, settings of files and what its manifest tells are the same, however they are found."""
    policy = Config.model_validate({"ties": {"windows": 12}, "score": {"rho": 0.5}, "gate": {"max_reject_rate": 0.5}})
    base = first(tmp_path, portfolio(3), policy)
    terms = Terms(base.id, base.manifest)
    config = stored_config(base.manifest).model_copy(update={"constants": base.id})
    order = job.origin_of(base, job.Engine()).order
    assert order.config == config
    assert terms.name_run("0" * 64) == facts.name_run("0" * 64, order)
    assert (terms.settings, terms.ties, terms.propagation) == (
        config.load_settings, config.ties, config.propagation,
    )  # fmt: skip
    assert terms.scoring.score.weights.percent == config.score.weights.percent
    assert terms.told()["config"] == facts.recorded(config)
