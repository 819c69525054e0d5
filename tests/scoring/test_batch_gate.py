"""Does the batch publish nothing that its gate should stop?"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import loaders
from loaders.errors import GateError, RenmaiError, UnavailableError
from loaders.town import AS_OF, town
from scoring.batch import gates, stages
from scoring.runs.log import read_log
from scoring.runs.run import Run, current_id, run_ids
from tests.scoring.batch_runs import config, go, richer


def test_too_many_rejects_stop_the_run(tmp_path: Path) -> None:
    """More than one percent of bad rows: the gate names the table and the reason, the old run stays."""
    first = go(tmp_path / "runs")
    frames = town()
    frames["relations"].loc[:20, "currency"] = "usd"
    with pytest.raises(GateError, match="currency_unknown"):
        go(tmp_path / "runs", loaders.load(**frames))
    assert current_id(tmp_path / "runs") == first.id


def test_rejected_to_the_last_row_is_told_as_rejects(tmp_path: Path) -> None:
    """When every relation is bad the gate tells why, rather than that there is none."""
    frames = town()
    frames["relations"]["currency"] = "usd"
    with pytest.raises(GateError, match="currency_unknown"):
        go(tmp_path, loaders.load(**{**frames, "relations": frames["relations"][frames["relations"].amount != ""]}))


def test_a_shift_of_scores_stops_the_run_unless_forced(tmp_path: Path) -> None:
    """PSI above 0.25 against the last run: not published; --force publishes and the log tells it."""
    first = go(tmp_path)
    shifted = loaders.load(**richer(town()))
    with pytest.raises(GateError, match=f"PSI .* against run {first.id}.*--force"):
        go(tmp_path, shifted)
    assert current_id(tmp_path) == first.id
    forced = go(tmp_path, shifted, force=True)
    assert current_id(tmp_path) == forced.id
    assert read_log(tmp_path).lines[-1]["note"].startswith("forced: scores shifted")
    assert forced.manifest["gate"]["psi"] > 0.25


def test_a_lost_half_of_the_rows_stops_the_run(tmp_path: Path) -> None:
    """Fewer than half of the last run's rows: not published, and the sentence tells both numbers."""
    go(tmp_path)
    frames = town()
    frames["relations"] = frames["relations"].iloc[::3]
    with pytest.raises(GateError, match=r"relations: .* rows, that is .* of the"):
        go(tmp_path, loaders.load(**frames))


def test_runs_of_another_policy_or_rule_are_not_compared(tmp_path: Path) -> None:
    """The gate compares like with like: a new rho or the challenger is published without a comparison."""
    go(tmp_path / "runs")
    shifted = loaders.load(**richer(town()))
    assert go(tmp_path / "runs", shifted, rule="association").manifest["gate"]["against"] is None
    other = config("[score]\nrho = 0.5\n", tmp_path)
    assert go(tmp_path / "runs", shifted, config=other).manifest["gate"]["against"] is None


def test_a_damaged_last_run_stops_the_next_unless_forced(tmp_path: Path) -> None:
    """Without the last run's scores nothing can be compared: the file is named, rollback offered; --force goes on."""
    first = go(tmp_path)
    (first.path / "scores.parquet").write_bytes(b"damaged")
    later = AS_OF + timedelta(days=1)
    with pytest.raises(UnavailableError, match=r"scores\.parquet is damaged.*renmai rollback"):
        go(tmp_path, as_of=later)
    assert go(tmp_path, as_of=later, force=True).manifest["gate"]["against"] is None


def test_what_did_not_converge_is_never_published(tmp_path: Path) -> None:
    """Too few iterations: an error with their number and what was left, and no run."""
    hasty = config("[propagation]\nmax_iterations = 1\n", tmp_path)
    with pytest.raises(GateError, match="did not converge in 1 iterations: the last change was 0"):
        go(tmp_path / "runs", config=hasty)
    assert run_ids(tmp_path / "runs") == []


def test_a_cell_that_is_no_number_is_never_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """NaN set in one cell before propagation aborts with the holder named; the clamp is never reached."""
    first = go(tmp_path)
    real = stages.assess

    def poisoned(*arguments: Any, **named: Any) -> Any:
        found = real(*arguments, **named)
        found.evidence[found.holders.to_pylist().index("nina")] = float("nan")
        return found

    monkeypatch.setattr(stages, "assess", poisoned)
    with pytest.raises(RenmaiError, match="nina"):
        go(tmp_path, as_of=AS_OF + timedelta(days=1))
    assert current_id(tmp_path) == first.id


@pytest.mark.parametrize("column", ["evidence", "standing", "distress", "credibility"])
def test_the_last_guard_finds_what_is_not_finite(made: Run, column: str) -> None:
    """Any cell of standing that is not finite stops the writer, whatever the stages before let through."""
    standing = made.table("standing")
    values = standing[column].to_pylist()
    values[3] = float("inf")
    place = standing.schema.get_field_index(column)
    with pytest.raises(RenmaiError, match=f"standing.{column} holds a value that is not finite"):
        gates.refuse_nonsense(made.table("scores"), standing.set_column(place, column, pa.array(values)))


@pytest.mark.parametrize("score", [349, 951, None])
def test_the_last_guard_finds_what_is_no_score(made: Run, score: int | None) -> None:
    """A score below 350, above 950 or missing stops the writer."""
    scores = made.table("scores")
    values = pa.array([score, *scores["score"].to_pylist()[1:]], pa.int32())
    with pytest.raises(RenmaiError, match="score"):
        gates.refuse_nonsense(scores.set_column(2, "score", values), made.table("standing"))
