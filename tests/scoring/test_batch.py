"""Does the batch publish what it should, stop where it must, and go on where it was interrupted?"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

import loaders
from loaders.errors import ContractError, GateError, RenmaiError, UnavailableError, UsageError
from loaders.town import AS_OF, PEOPLE, town
from scoring.batch import gates, stages
from scoring.batch.job import plan, run
from scoring.batch.progress import Silence
from scoring.config import Config, load_config
from scoring.runs import open_run, verify
from scoring.runs.columns import RESULTS, SCHEMAS
from scoring.runs.log import read_log
from scoring.runs.run import Run, current_id, run_ids
from scoring.scorecard import card

Frames = dict[str, pd.DataFrame]


def go(root: Path, data: Any = None, as_of: datetime = AS_OF, **more: Any) -> Run:
    return run(loaders.load(**town()) if data is None else data, as_of=as_of, runs=root, **more)


def folder(place: Path, frames: Frames | None = None) -> Path:
    place.mkdir(parents=True, exist_ok=True)
    for name, frame in (frames or town()).items():
        frame.to_csv(place / f"{name}.csv", index=False, lineterminator="\n")
    return place


def config(text: str, place: Path) -> Config:
    place.mkdir(parents=True, exist_ok=True)
    (place / "renmai.toml").write_text(text)
    return load_config(place / "renmai.toml")


def result_bytes(made: Run) -> dict[str, bytes]:
    return {name: (made.path / f"{name}.parquet").read_bytes() for name in RESULTS}


def richer(frames: Frames) -> Frames:
    """Give the town in which everybody's profile became excellent."""
    profiles = frames["profiles"].copy()
    profiles[["credit_history", "ability", "behaviour", "identity"]] = "0.99"
    return {**frames, "profiles": profiles}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return go(tmp_path_factory.mktemp("town") / "runs", folder(tmp_path_factory.mktemp("data")))


def test_every_account_of_a_person_has_one_score(made: Run) -> None:
    """Merchants and institutions have none; two accounts of one holder share theirs."""
    scores = made.scores.set_index("account_id")
    assert sorted(scores.index) == sorted([*PEOPLE, "tom-2"])
    assert scores.score["tom-2"] == scores.score["tom"]
    assert scores.score.between(350, 950).all()


def test_points_add_up_to_the_score(made: Run) -> None:
    """350 and the points of the five dimensions are the score, for everybody."""
    points = made.scores.filter(like="points_").sum(axis=1)
    assert (350 + points).tolist() == made.scores.score.tolist()


def test_tables_have_the_columns_and_the_order_of_the_contract(made: Run) -> None:
    """Names, types and sorting of the four result tables are fixed."""
    keys = {
        "scores": ["account_id"],
        "standing": ["holder_id"],
        "ties": ["from_id", "to_id"],
        "contributions": ["holder_id", "supporter_id"],
    }
    for name, key in keys.items():
        table = made.table(name)
        assert table.schema.equals(SCHEMAS[name])
        rows = table.select(key).to_pylist()
        assert rows == sorted(rows, key=lambda row: [row[column].encode() for column in key])


def test_contributions_add_up_to_the_lift(made: Run) -> None:
    """What supporters add to a holder is its lift, to twelve digits; nobody adds nothing."""
    added = made.contributions.groupby("holder_id").contribution.sum()
    lift = made.standing.set_index("holder_id").lift
    assert (made.contributions.contribution > 0).all()
    assert {name: round(value, 12) for name, value in lift[lift != 0].items()} == {
        name: round(value, 12) for name, value in added.items()
    }


def test_the_manifest_tells_how_the_run_was_made(made: Run) -> None:
    """Inputs with their hash, config, constants, versions, counts, consent and the certificate stand in it."""
    import hashlib

    manifest = made.manifest
    relations = next(file for file in manifest["inputs"] if file["table"] == "relations")
    assert (relations["file"], relations["accepted"]) == ("relations.csv", len(town()["relations"]))
    assert relations["sha256"] == hashlib.sha256(_csv(town()["relations"])).hexdigest()
    assert manifest["certificate"] == 0.0
    assert manifest["convergence"]["converged"] is True
    assert manifest["consent"] == "all granted: there is no consents table"
    assert set(manifest["constants"]) == {"mean", "scale", "quartiles"}
    assert {"python", "renmai", "numba", "pyarrow"} <= set(manifest["versions"])
    assert manifest["counts"]["graph"]["persons"] == len(PEOPLE)
    assert Config.model_validate(manifest["config"]) == load_config(None)


def _csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False, lineterminator="\n").encode()


def test_what_was_accepted_is_used_or_set_aside(tmp_path: Path) -> None:
    """For every table, records = accepted + rejected + blank and accepted = used + after_as_of + pending."""
    early = go(tmp_path, as_of=AS_OF - timedelta(days=200))
    for counts in early.manifest["counts"]["tables"].values():
        assert counts["records"] == counts["accepted"] + counts["rejected"] + counts["blank"]
        if "used" in counts:
            assert counts["accepted"] == counts["used"] + counts["after_as_of"] + counts["pending"]
    assert early.manifest["counts"]["tables"]["relations"]["after_as_of"] > 0


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
        text = shipped.replace('improve = "', 'improve = "Please: ', 1)
        assert text != shipped
        (tmp_path / "card.toml").write_text(text)
        other = go(tmp_path / "runs", config=config('[score]\nscorecard = "card.toml"\n', tmp_path))
    assert other.id != made.id


def test_limits_of_the_gate_are_no_part_of_the_id(made: Run, tmp_path: Path) -> None:
    """A stricter gate that is passed gives the same run."""
    strict = config("[gate]\nmax_psi = 0.1\n[run]\nkeep = 3\n", tmp_path)
    assert go(tmp_path / "runs", config=strict).id == made.id


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


def test_association_is_a_challenger_with_its_own_run(tmp_path: Path) -> None:
    """Its standing is the posterior mean of the field; it names the rule and has no contributions."""
    made = go(tmp_path, rule="association")
    assert made.manifest["rule"] == "association"
    assert 0 < made.manifest["certificate"] <= 1e-9
    assert len(made.contributions) == 0
    assert (made.standing.lift < 0).any()


class Told(Silence):
    """A reporter that remembers, and stops the batch when a stage begins."""

    def __init__(self, stop_at: str = "") -> None:
        self.stages: list[str] = []
        self.notes: list[str] = []
        self.stop_at = stop_at

    def stage(self, name: str, *_: int) -> None:
        if name == self.stop_at:
            raise Stop
        self.stages.append(name)

    def note(self, text: str) -> None:
        self.notes.append(text)


def test_the_stages_are_told_in_order(tmp_path: Path) -> None:
    """read, tie, propagate, score, gate, write, make current."""
    told = Told()
    go(tmp_path, progress=told)
    assert tuple(told.stages) == stages.STAGES


def test_a_plan_writes_nothing(tmp_path: Path) -> None:
    """A dry run tells the id, the counts and who would be scored, and leaves no trace."""
    wanted = plan(folder(tmp_path / "data"), as_of=AS_OF, runs=tmp_path / "runs")
    assert (wanted.persons, wanted.accounts, wanted.stands) == (12, 13, False)
    assert not (tmp_path / "runs").exists()
    made = go(tmp_path / "runs", tmp_path / "data")
    assert made.id == wanted.run_id
    assert plan(tmp_path / "data", as_of=AS_OF, runs=tmp_path / "runs").stands


def test_an_input_without_rows_is_refused_unless_allowed(tmp_path: Path) -> None:
    """No accepted relation: ABORT(no_rows); with allow_empty everybody gets the tabular score."""
    frames = town()
    frames["relations"] = frames["relations"][:0]
    with pytest.raises(ContractError, match=r"ABORT\(no_rows\): relations"):
        go(tmp_path / "runs", loaders.load(**frames))
    assert run_ids(tmp_path / "runs") == []
    made = go(tmp_path / "runs", loaders.load(**frames), allow_empty=True)
    assert made.standing.lift.tolist() == [0.0] * 12
    assert made.table("ties").num_rows == 0


def test_an_input_without_persons_can_be_run_when_allowed(tmp_path: Path) -> None:
    """A portfolio of nobody has empty tables, not an error."""
    empty = {name: town()[name][:0] for name in ("accounts", "relations")}
    made = go(tmp_path, loaders.load(**empty), allow_empty=True)
    assert [made.table(name).num_rows for name in RESULTS] == [0, 0, 0, 0]


def test_a_naive_as_of_is_refused(tmp_path: Path) -> None:
    """A time without offset names no moment."""
    with pytest.raises(UsageError, match="as_of must have an offset"):
        go(tmp_path, as_of=datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point
    with pytest.raises(UsageError, match="rule must be one of"):
        go(tmp_path, rule="pagerank")


def test_too_many_rejects_stop_the_run(tmp_path: Path) -> None:
    """More than one percent of bad rows: the gate names the table and the reason, the old run stays."""
    first = go(tmp_path / "runs")
    frames = town()
    frames["relations"].loc[:20, "currency"] = "usd"
    with pytest.raises(GateError, match="currency_unknown"):
        go(tmp_path / "runs", loaders.load(**frames))
    assert current_id(tmp_path / "runs") == first.id


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


def test_the_same_work_repairs_a_damaged_run(tmp_path: Path) -> None:
    """The run that stands damaged under the same id is written anew."""
    first = go(tmp_path)
    expected = result_bytes(first)
    (first.path / "scores.parquet").write_bytes(b"damaged")
    assert result_bytes(go(tmp_path)) == expected
    assert verify(tmp_path).problems == ()


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

    def poisoned(*arguments: Any) -> Any:
        found = real(*arguments)
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


class Stop(BaseException):
    """Ends a batch where a test wants it."""


def interrupted(after: str, root: Path, data: Path) -> None:
    """Start a batch and stop it when the named stage has ended."""
    follower = stages.STAGES[stages.STAGES.index(after) + 1]
    with pytest.raises(Stop):
        go(root, data, progress=Told(stop_at=follower))


@pytest.mark.parametrize("after", ["read", "tie", "propagate", "score", "gate", "write"])
def test_resume_goes_on_from_the_finished_stages(made: Run, tmp_path: Path, after: str) -> None:
    """Stopped after any stage, --resume takes up what was finished and ends in the same bytes, leaving no state."""
    data, root = folder(tmp_path / "data"), tmp_path / "runs"
    interrupted(after, root, data)
    assert run_ids(root) == []
    told = Told()
    again = go(root, data, resume=True, progress=told)
    kept = [stage for stage in ("read", "tie", "propagate") if stages.STAGES.index(stage) <= stages.STAGES.index(after)]
    assert told.notes == [f"stage {stage} is taken up from the interrupted run" for stage in kept]
    assert (again.id, result_bytes(again)) == (made.id, result_bytes(made))
    assert again.manifest == made.manifest
    assert [path.name for path in root.iterdir() if path.name.startswith(".resume")] == []


def test_a_file_that_changes_while_it_is_read_stops_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file still being written is named; nothing of it is published or kept for --resume."""
    data, root, real = folder(tmp_path / "data"), tmp_path / "runs", loaders.read

    def read(place: Path, *more: Any) -> loaders.Tables:
        with (data / "relations.csv").open("a") as file:
            file.write("late,chat,ann,bob,,,2025-12-01T00:00:00+00:00,\n")
        return real(place, *more)

    monkeypatch.setattr(loaders, "read", read)
    with pytest.raises(UnavailableError, match=r"relations\.csv changed while it was read"):
        go(root, data)
    assert {path.name for path in root.iterdir()} == {".lock"}


def test_a_folder_that_is_no_data_makes_no_runs(tmp_path: Path) -> None:
    """A mistyped DATA is told before a runs folder is made."""
    with pytest.raises(UsageError, match="is not a folder"):
        go(tmp_path / "runs", tmp_path / "nowhere")
    assert not (tmp_path / "runs").exists()


def test_rejected_to_the_last_row_is_told_as_rejects(tmp_path: Path) -> None:
    """When every relation is bad the gate tells why, rather than that there is none."""
    frames = town()
    frames["relations"]["currency"] = "usd"
    with pytest.raises(GateError, match="currency_unknown"):
        go(tmp_path, loaders.load(**{**frames, "relations": frames["relations"][frames["relations"].amount != ""]}))


def test_without_resume_everything_is_computed_anew(tmp_path: Path) -> None:
    """A plain start uses nothing of an interrupted one."""
    data, root = folder(tmp_path / "data"), tmp_path / "runs"
    interrupted("propagate", root, data)
    told = Told()
    go(root, data, progress=told)
    assert told.notes == []


@pytest.mark.parametrize("change", ["inputs", "config", "as_of"])
def test_resume_uses_nothing_of_other_work(tmp_path: Path, change: str) -> None:
    """Inputs, config or as_of changed since: it says so and computes all stages."""
    data, root = folder(tmp_path / "data"), tmp_path / "runs"
    interrupted("propagate", root, data)
    more: dict[str, Any] = {}
    if change == "inputs":
        with (data / "relations.csv").open("a") as file:
            file.write("late,chat,ann,bob,,,2025-12-01T00:00:00+00:00,\n")
    elif change == "config":
        more["config"] = config("[score]\nrho = 0.5\n", tmp_path)
    else:
        more["as_of"] = AS_OF + timedelta(days=1)
    told = Told()
    go(root, data, resume=True, progress=told, **more)
    expected = "nothing to resume: inputs, config, as_of, rule or versions are others; all stages are computed"
    assert told.notes == [expected]


def damages(whole: bytes) -> Iterator[bytes]:
    """Empty a file, cut it, flip a bit in its first, second and third quarter."""
    yield b""
    yield whole[: len(whole) // 2]
    for quarter in (1, 2, 3):
        at = len(whole) * quarter // 4
        yield whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :]


@pytest.mark.parametrize("stage", ["read", "tie", "propagate"])
def test_damaged_resume_state_is_never_read_as_anything(made: Run, tmp_path: Path, stage: str) -> None:
    """Emptied, cut or flipped, a file of the state: it says so, computes the stage, and the bytes are right."""
    data, root = folder(tmp_path / "data"), tmp_path / "runs"
    interrupted("gate", root, data)
    files = sorted(next(root.glob(f".resume-*/{stage}")).iterdir())
    for number, path in enumerate([files[0], files[-1], next(file for file in files if file.suffix == ".arrow")]):
        for damage, damaged in enumerate(damages(path.read_bytes())):
            copy = tmp_path / f"copy-{number}-{damage}"
            shutil.copytree(root, copy)
            (copy / path.relative_to(root)).write_bytes(damaged)
            told = Told()
            assert result_bytes(go(copy, data, resume=True, progress=told)) == result_bytes(made)
            assert sum(f"stage {stage} is damaged" in note for note in told.notes) == 1


def test_the_log_and_the_manifest_name_nobody(made: Run) -> None:
    """No id of a person or an account stands in what a run tells about itself."""
    told = (made.path / "manifest.json").read_text() + (made.path.parent / "LOG").read_text()
    values = set(json.dumps(json.loads((made.path / "manifest.json").read_text())).split('"'))
    assert values & {*PEOPLE, "tom-2", "acme", "shop"} == set()
    assert "tom-2" not in told


def test_the_clock_plays_no_part(made: Run) -> None:
    """Neither manifest nor tables hold the time they were made."""
    today = datetime.now(UTC).date().isoformat()
    assert today not in (made.path / "manifest.json").read_text()


def test_open_run_gives_the_batchs_run(made: Run) -> None:
    """What run returns is what a reader opens."""
    assert open_run(made.path.parent).manifest == made.manifest
