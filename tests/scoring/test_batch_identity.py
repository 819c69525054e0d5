"""Is the same work the same run, and other work another one?"""

from __future__ import annotations

from datetime import timedelta, timezone
from pathlib import Path

import pandas as pd
import pytest

import loaders
from loaders.town import AS_OF, town
from scoring.batch import facts
from scoring.runs import verify
from scoring.runs.log import read_log
from scoring.runs.run import Run, current_id
from scoring.scorecard import card
from tests.scoring.batch_runs import Told, config, folder, go, result_bytes


def test_files_and_dataframes_give_the_same_run(made: Run, tmp_path: Path) -> None:
    """The id names the content, not where it came from; the result tables are the same to the byte."""
    other = go(tmp_path / "runs")
    assert other.id == made.id
    assert result_bytes(other) == result_bytes(made)


def test_the_offset_of_as_of_does_not_matter(made: Run, tmp_path: Path) -> None:
    """The same moment told in another zone is the same run."""
    there = AS_OF.astimezone(timezone(timedelta(hours=8)))
    assert go(tmp_path / "runs", as_of=there).id == made.id


@pytest.mark.parametrize("what", ["as_of", "config", "rule", "content", "scorecard"])
def test_other_work_has_another_id(made: Run, tmp_path: Path, what: str) -> None:
    """Whatever changes a result changes the id."""
    frames = town()
    if what == "as_of":
        other = go(tmp_path / "runs", as_of=AS_OF + timedelta(microseconds=1))
    elif what == "config":
        other = go(tmp_path / "runs", config=config("[score]\nrho = 0.5\n", tmp_path))
    elif what == "rule":
        other = go(tmp_path / "runs", rule="association")
    elif what == "content":
        other = go(tmp_path / "runs", loaders.load(**{**frames, "relations": frames["relations"][:-1]}))
    else:
        shipped = Path(card.__file__).with_name("scorecard.toml").read_text()
        text = shipped.replace('name = "expert-1"', 'name = "expert-2"', 1)
        assert text != shipped
        (tmp_path / "card.toml").write_text(text)
        other = go(tmp_path / "runs", config=config('[score]\nscorecard = "card.toml"\n', tmp_path))
    assert other.id != made.id


def test_limits_of_the_gate_are_no_part_of_the_id(made: Run, tmp_path: Path) -> None:
    """A stricter gate that is passed gives the same run."""
    strict = config("[gate]\nmax_psi = 0.1\n[run]\nkeep = 3\n", tmp_path)
    assert go(tmp_path / "runs", config=strict).id == made.id


def test_the_engine_is_no_part_of_the_id(made: Run, tmp_path: Path) -> None:
    """Fewer threads or less memory in the config give the same run, to be compared with the last one as before."""
    slower = config('[engine]\nthreads = 1\nmemory = "1GB"\n', tmp_path)
    assert go(tmp_path / "runs", config=slower).id == made.id


def test_the_database_is_no_part_of_the_id_and_stands_in_no_manifest(made: Run, tmp_path: Path) -> None:
    """Another database gives the same run, and a manifest does not tell where it is."""
    elsewhere = config('[database]\nuri = "bolt://localhost:1"\nkeep = 9\n', tmp_path)
    again = go(tmp_path / "runs", config=elsewhere)
    assert (again.id, "database" in again.manifest["config"]) == (made.id, False)


def test_a_run_made_by_another_version_stands_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Repeating the work of an older version never passes its result off as this version's."""
    first = go(tmp_path)
    older = {**facts.versions(), "renmai": "9.9.9"}
    monkeypatch.setattr(facts, "versions", lambda: older)
    told = Told()
    assert go(tmp_path, progress=told).id == first.id
    assert any("made with other versions (renmai" in note for note in told.notes)


def test_repeating_a_run_verifies_it_and_repoints(tmp_path: Path) -> None:
    """The same work again reads, finds the run whole, and makes it current without computing it."""
    first = go(tmp_path)
    later = go(tmp_path, as_of=AS_OF + timedelta(days=1))
    assert current_id(tmp_path) == later.id
    told = Told()
    assert go(tmp_path, progress=told).id == first.id == current_id(tmp_path)
    assert told.stages == ["read", "gate", "make current"]
    assert read_log(tmp_path).lines[-1]["action"] == "repeat"


def test_a_replayed_file_is_the_same_run(tmp_path: Path) -> None:
    """A log given twice changes the rejects and nothing else: the run that stands is kept as it is."""
    first = go(tmp_path / "runs", folder(tmp_path / "once"))
    twice = town()
    twice["relations"] = pd.concat([twice["relations"], twice["relations"]])
    again = go(tmp_path / "runs", folder(tmp_path / "twice", twice))
    assert (again.id, again.manifest) == (first.id, first.manifest)


def test_constants_of_an_earlier_run_are_used(tmp_path: Path) -> None:
    """With constants = "<run_id>" the portfolio mean is that run's, so a new neighbour changes nobody's evidence."""
    base = go(tmp_path / "runs")
    fixed = config(f'constants = "{base.id}"\n', tmp_path)
    frames = town()
    newcomer = {"account_id": "yan", "holder_id": "yan", "kind": "person", "opened_on": "2025-12-01"}
    frames["accounts"] = pd.concat([frames["accounts"], pd.DataFrame([newcomer])])
    other = go(tmp_path / "runs", loaders.load(**frames), config=fixed)
    assert other.manifest["constants"] == base.manifest["constants"]
    before = base.standing.set_index("holder_id").evidence
    assert other.standing.set_index("holder_id").evidence[before.index].tolist() == before.tolist()


def test_the_same_work_repairs_a_damaged_run(tmp_path: Path) -> None:
    """The run that stands damaged under the same id is written anew."""
    first = go(tmp_path)
    expected = result_bytes(first)
    (first.path / "scores.parquet").write_bytes(b"damaged")
    assert result_bytes(go(tmp_path)) == expected
    assert verify(tmp_path).problems == ()
