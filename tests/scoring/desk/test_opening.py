"""How does an analyst come to a run from Python? DataFrames, tables or a folder in; a run that can be asked, out."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import loaders
import scoring
from graph.credit_graph import CreditGraph
from loaders.errors import ContractError, UsageError
from loaders.town import AS_OF, town
from scoring.batch import job
from scoring.runs.run import open_run
from scoring.runs.upkeep import rollback
from tests.scoring.batch_runs import folder

MOMENT = "2026-01-01T00:00:00+00:00"


def test_dataframes_tables_and_a_folder_give_the_same_run(run: scoring.Run, tmp_path: Path) -> None:
    """What counts is the rows, not how they came in; the command's own function gives it as well."""
    made = [
        scoring.run(loaders.load(**town()), as_of=AS_OF, runs=tmp_path / "a"),
        scoring.run(folder(tmp_path / "data"), as_of=AS_OF, runs=str(tmp_path / "b")),
        job.run(tmp_path / "data", as_of=AS_OF, runs=tmp_path / "c"),
    ]
    assert {one.id for one in made} == {run.id}
    assert all(one.manifest["outputs"] == run.manifest["outputs"] for one in made)


@pytest.mark.parametrize("as_of", [MOMENT, "2026-01-01T08:00:00+08:00", AS_OF], ids=str)
def test_the_moment_may_be_text_in_any_zone(run: scoring.Run, as_of: Any) -> None:
    """Text with an offset and a datetime name the same moment."""
    assert scoring.run(**town(), as_of=as_of).id == run.id


def test_ids_come_back_as_the_caller_wrote_them() -> None:
    """Ids with dots, colons and leading zeros, rows in any order: the same ids in the order of their bytes."""
    names = {"nina": "007", "sam": "s:am", "zoe": "Zoe.1"}
    frames = {name: frame.replace(names)[::-1] for name, frame in town().items()}
    made = scoring.run(**frames, as_of=AS_OF)
    expected = sorted({*frames["profiles"].account_id, "tom-2"}, key=str.encode)
    assert made.scores.account_id.tolist() == expected
    assert made.standing.holder_id.tolist() == sorted({*frames["profiles"].account_id}, key=str.encode)
    assert made.ties[["from_id", "to_id"]].apply(tuple, axis=1).is_monotonic_increasing
    assert made.contributions.query("holder_id == '007'").supporter_id.tolist() == ["s:am"]


def _minor(relations: pd.DataFrame) -> pd.DataFrame:
    """Amounts as whole minor units, and none where none is."""
    minor = [int(Decimal(text) * 100) if text else None for text in relations["amount"]]
    return relations.drop(columns="amount").assign(amount_minor=pd.array(minor, dtype="Int64"))


WRITTEN: dict[str, Callable[[str, pd.DataFrame], pd.DataFrame]] = {
    "objects": lambda _, frame: frame.astype(object),
    "arrow": lambda _, frame: frame.convert_dtypes(dtype_backend="pyarrow"),
    "categories": lambda _, frame: frame.astype("category"),
    "another index": lambda _, frame: frame.set_index(pd.Index([7] * len(frame))),
    "two indices": lambda _, frame: frame.set_index(pd.MultiIndex.from_arrays([range(len(frame))] * 2)),
    "times in a zone": lambda _, frame: frame.assign(
        **{name: pd.to_datetime(frame[name], utc=True).dt.tz_convert("Asia/Shanghai") for name in frame if name == "at"}
    ),
    "decimals": lambda name, frame: (
        frame.assign(amount=[Decimal(text) if text else None for text in frame["amount"]])
        if name == "relations"
        else frame
    ),
    "minor units": lambda name, frame: _minor(frame) if name == "relations" else frame,
}


@pytest.mark.parametrize("name", WRITTEN)
def test_what_a_dataframe_is_made_of_changes_nothing(run: scoring.Run, name: str) -> None:
    """Objects, categories, any index, times in any zone, decimals, minor units: the same rows are the same run."""
    made = scoring.run(**{table: WRITTEN[name](table, frame) for table, frame in town().items()}, as_of=AS_OF)
    assert (made.id, made.manifest["outputs"]) == (run.id, run.manifest["outputs"])


def test_a_timestamp_of_pandas_is_a_moment(run: scoring.Run) -> None:
    """In any zone, it is the datetime that it stands for."""
    assert scoring.run(**town(), as_of=pd.Timestamp(AS_OF).tz_convert("Asia/Shanghai")).id == run.id


def test_a_run_is_found_from_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run made or opened by a relative path can be asked after the working directory changed."""
    monkeypatch.chdir(tmp_path)
    runs = [scoring.run(**town(), as_of=AS_OF, runs="runs"), scoring.open("runs"), scoring.open()]
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert [one.explain("nina").score for one in runs] == [670] * 3
    assert scoring.open("../runs").id == runs[0].id


def test_open_follows_the_current_run(tmp_path: Path) -> None:
    """After a new run it is the new one, after a rollback the one before; what is open stays what it was."""
    first = scoring.run(**town(), as_of=AS_OF, runs=tmp_path)
    frames = town()
    second = scoring.run(**{**frames, "relations": frames["relations"][:-9]}, as_of=AS_OF, runs=tmp_path)
    opened = scoring.open(tmp_path)
    rollback(tmp_path)
    assert (opened.id, scoring.open(tmp_path).id) == (second.id, first.id)
    assert opened.explain("nina").run_id == second.id


def test_integer_ids_are_text_when_the_policy_says_so() -> None:
    """Integers are refused as ids, unless ``data.integer_ids`` takes their decimal text."""
    numbers = {name: str(1000 + place) for place, name in enumerate(town()["accounts"].account_id)}
    frames = {name: frame.replace(numbers) for name, frame in town().items()}
    frames["profiles"] = frames["profiles"].assign(account_id=frames["profiles"].account_id.astype("int64"))
    with pytest.raises(ContractError, match="account_id"):
        scoring.run(**frames, as_of=AS_OF)
    made = scoring.run(**frames, as_of=AS_OF, config={"data": {"integer_ids": True}})
    assert made.scores.account_id.iloc[0] == "1000"


def test_a_run_without_a_folder_lives_as_long_as_it_is_held() -> None:
    """Its files stand in a temporary folder, which goes away with the run, and with a run that failed."""
    made = scoring.run(**town(), as_of=AS_OF)
    place = made.path.parent
    assert made.path.is_dir()
    del made
    assert not place.exists()


def test_a_forked_process_leaves_the_folder_alone(run: scoring.Run) -> None:
    """What ends elsewhere with a copy of the run, such as a worker, takes nothing away from it."""
    made = scoring.run(**town(), as_of=AS_OF)
    child = "from scoring.desk.opening import _remove; import sys; _remove(sys.argv[1], int(sys.argv[2]))"
    subprocess.run([sys.executable, "-c", child, str(made.path.parent), str(os.getpid())], check=True)
    made.check()


def test_a_failed_run_leaves_no_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not pass the gate leaves nothing behind."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    empty = {name: frame[:0] for name, frame in town().items()}
    with pytest.raises(Exception, match="no accepted"):
        scoring.run(**empty, as_of=AS_OF)
    assert list(tmp_path.iterdir()) == []


def test_the_policy_may_be_a_mapping_a_file_or_beside_the_data(tmp_path: Path) -> None:
    """All three say the same, and ``renmai.toml`` in the data folder counts as it does for the command."""
    data = folder(tmp_path / "data")
    (tmp_path / "other.toml").write_text("[score]\nconnections = false\n")
    plain = scoring.run(data, as_of=AS_OF).id
    expected = scoring.run(data, as_of=AS_OF, config={"score": {"connections": False}}).id
    assert scoring.run(data, as_of=AS_OF, config=tmp_path / "other.toml").id == expected
    (tmp_path / "other.toml").rename(data / "renmai.toml")
    assert scoring.run(data, as_of=AS_OF).id == expected != plain


def test_open_follows_current_and_finds_a_run_by_its_id(tmp_path: Path) -> None:
    """Without an id it is the run that CURRENT names; the old one can still be named."""
    first = scoring.run(**town(), as_of=AS_OF, runs=tmp_path)
    later = datetime(2026, 1, 2, tzinfo=UTC)
    second = scoring.run(**town(), as_of=later, runs=tmp_path)
    assert scoring.open(tmp_path).id == second.id
    assert scoring.open(str(tmp_path), first.id).scores.equals(first.scores)
    assert type(scoring.open(tmp_path)) is scoring.Run


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "typo": ({"acounts": 1}, "run has no argument 'acounts'; did you mean 'accounts'?"),
    "nothing": ({}, "accounts and relations must be given"),
    "no relations": ({"accounts": town()["accounts"]}, "relations must be given"),
    "twice": ({"data": ".", "accounts": town()["accounts"]}, "data is given, so accounts must not be"),
    "frame as data": ({"data": town()["accounts"]}, "DataFrames are given by name: accounts=…"),
    "list as frame": ({"accounts": [], "relations": []}, "accounts must be a pandas DataFrame; got list"),
    "no offset": ({**town(), "as_of": "2026-01-01"}, "it must have an offset"),
    "no time": ({**town(), "as_of": "yesterday"}, "it must be ISO 8601"),
    "number as time": ({**town(), "as_of": 2026}, "as_of must be a datetime or ISO 8601 text; got int"),
    "unknown policy": ({**town(), "config": {"score": {"roh": 1}}}, "did you mean 'rho'?"),
    "unknown model": ({**town(), "model": "no-such-model"}, "there is no model 'no-such-model'"),
    "model of another kind": ({**town(), "model": 3}, "model must be a trained model, its file or its name; got int"),
    "no time at all": ({**town(), "as_of": pd.NaT}, "as_of must be a datetime or ISO 8601 text; got NaTType"),
    "too fine a time": (
        {**town(), "as_of": pd.Timestamp("2026-01-01T00:00:00.000000001Z")},
        "microseconds are the finest",
    ),
    "no folder of runs": ({**town(), "runs": 3}, "runs must be a folder; got int"),
    "policy of another kind": ({**town(), "config": [1]}, "config must be a Config, a mapping or the path of a TOML"),
    "engine of another kind": ({**town(), "engine": 2}, "engine must be a scoring.batch.engine.Engine; got int"),
    "progress of another kind": ({**town(), "progress": True}, "progress must be a scoring.batch.progress.Reporter"),
    "unknown rule": ({**town(), "rule": "pagerank"}, "rule must be one of vouch, association"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_used_is_told_in_a_sentence(name: str) -> None:
    """Each mistake of a caller ends in one sentence that says what was found and what is allowed."""
    given, expected = REFUSED[name]
    with pytest.raises(UsageError) as refused:
        scoring.run(**{"as_of": AS_OF, **given})
    assert expected in str(refused.value)


def test_a_typo_in_open_is_told() -> None:
    """``scoring.open(folder, runid=…)`` does not open another run silently."""
    with pytest.raises(UsageError, match="did you mean 'run_id'"):
        scoring.open("runs", runid="x")
    with pytest.raises(UsageError, match="runs must be a folder; got int"):
        scoring.open(3)  # type: ignore[arg-type]


def test_networkx_and_back_loses_nothing(run: scoring.Run) -> None:
    """Ties, their numbers and what stands on the persons come back to the bit, in the run's order."""
    drawn = run.to_networkx()
    back = CreditGraph.from_networkx(drawn)
    ties = run.table("ties")
    assert back.holders.to_pylist() == run.standing.holder_id.tolist()
    assert back.ties.to_arrow(back.holders).equals(ties.select(back.ties.to_arrow(back.holders).column_names))
    scores = run.scores.drop_duplicates("holder_id")
    expected = {name: scores[name].tolist() for name in ("score", "thin", "band")}
    expected |= {name: run.standing[name].tolist() for name in ("evidence", "standing", "lift", "distress")}
    assert {name: back.attributes[name].tolist() for name in expected} == expected


def test_changing_a_dataframe_changes_no_other_answer() -> None:
    """DataFrames are the caller's to change; the run answers from its files."""
    made = scoring.run(**town(), as_of=AS_OF)
    made.scores["score"] = 0
    assert made.to_networkx().nodes["nina"]["score"] == made.explain("nina").score == 670


def test_the_run_of_the_desk_is_the_run_of_the_folder(run: scoring.Run) -> None:
    """Whatever reads a stored run reads this one: the same tables, the same manifest."""
    stored = open_run(run.path.parent)
    assert run.names == stored.names
    assert all(run.table(name).equals(stored.table(name)) for name in run.names)
    pd.testing.assert_frame_equal(run.scores, stored.scores)


def test_a_run_prints_as_one_line(run: scoring.Run) -> None:
    """Which run, of when, by which rule and where: not its whole manifest."""
    assert repr(run) == f"Run({run.id}, as of 2026-01-01T00:00:00+00:00, rule vouch, in {run.path.parent})"


def test_a_run_without_a_model_has_no_probabilities(run: scoring.Run) -> None:
    """The sentence says how they come about."""
    with pytest.raises(UsageError, match="it was made without a model"):
        _ = run.probabilities
