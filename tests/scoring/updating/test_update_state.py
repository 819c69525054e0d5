"""What if the state that an update begins from is not as it was written? It is told, and everything is computed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from loaders.errors import LockedError, UsageError
from scoring.batch.inputs import inputs_of
from scoring.batch.job import run
from scoring.runs import verify
from scoring.runs.lock import Lock
from scoring.runs.manifest import canonical, sha256
from scoring.runs.run import Run, open_run
from scoring.updating.job import Updated
from tests.portfolios import AS_OF
from tests.scoring.disk_steps import count_steps, result
from tests.scoring.updating.update_runs import Tables, assert_same, bring, config, first, portfolio, write

CUT = 110


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Tables, Run, Run]:
    """A first run of a part of a log, and the run of all of it."""
    place = tmp_path_factory.mktemp("updates")
    tables = clean(portfolio(8, relations=130))
    base = first(place, {**tables, "relations": tables["relations"][:CUT]})
    shutil.copytree(place / "runs", place / "other")
    return place, tables, base, run(
        write(place / "whole", tables), as_of=AS_OF, runs=place / "other",
        config=config().model_copy(update={"constants": base.id}),
    )  # fmt: skip


def clean(tables: Tables) -> Tables:
    """Leave out what falls because of others, so that nothing but the state decides how an update works."""
    seen: set[str] = set()
    rows = []
    for row in tables["relations"]:
        if row["relation_id"] not in seen and not row["reverses"]:
            rows.append(row)
        seen.add(row["relation_id"])
    return {**tables, "relations": rows}


def copied(begun: tuple[Path, Tables, Run, Run], to: Path) -> tuple[Path, Path]:
    """Copy the first run's folder; give the place and its state."""
    place, _, base, _ = begun
    shutil.copytree(place / "runs", to / "runs")
    return to, to / "runs" / base.id / "state"


def updated(begun: tuple[Path, Tables, Run, Run], place: Path, number: int = 0, **more: object) -> Updated:
    return bring(place, number, {"relations": begun[1]["relations"][CUT:]}, **more)


def number_of_runs(place: Path) -> int:
    return sum((path / "manifest.json").is_file() for path in (place / "runs").iterdir())


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def empty(path: Path) -> None:
    path.write_bytes(b"")


DAMAGES: list[Callable[[Path], None]] = [flip, cut, empty, Path.unlink]
NAMES = ("relations.arrow", "ids.arrow", "backs.arrow", "accounts.arrow", "profiles.arrow", "rates.arrow", "state.json")


@pytest.mark.parametrize(("name", "damage"), [(name, DAMAGES[k % 4]) for k, name in enumerate(NAMES)] + [
    ("relations.arrow", cut), ("state.json", flip), ("ids.arrow", empty),
])  # fmt: skip
def test_a_damaged_state_is_named_and_everything_computed(
    begun: tuple[Path, Tables, Run, Run], tmp_path: Path, name: str, damage: Callable[[Path], None]
) -> None:
    """A flipped bit, a cut, an empty or a missing file is never read as a smaller log."""
    place, state = copied(begun, tmp_path)
    damage(state / name)
    made = updated(begun, place)
    assert str(state / name) in made.full
    assert_same(made.run, begun[3])


def test_a_state_of_another_run_or_release_is_not_used(begun: tuple[Path, Tables, Run, Run], tmp_path: Path) -> None:
    """Whoever swaps folders, or goes back to an older release, gets a full computation and the reason."""
    place, state = copied(begun, tmp_path)
    told = json.loads((state / "state.json").read_bytes())
    for change, said in (({"run_id": "20260101-0000000000000000"}, "belongs to run"), ({"format": 0}, "format")):
        body = {key: value for key, value in told.items() if key != "sha256"} | change
        (state / "state.json").write_bytes(canonical({**body, "sha256": sha256(canonical(body))}))
        made = updated(begun, place)
        assert said in made.full
        assert_same(made.run, begun[3])
        shutil.rmtree(place / "runs")
        place, state = copied(begun, tmp_path)


def test_without_state_and_without_its_folder_a_run_cannot_be_updated(
    begun: tuple[Path, Tables, Run, Run], tmp_path: Path
) -> None:
    """It is told what is missing and how to help; with --data the update goes on."""
    place, state = copied(begun, tmp_path)
    shutil.rmtree(state)
    data = begun[0] / "data"
    data.rename(begun[0] / "moved")
    try:
        with pytest.raises(UsageError, match="--data"):
            updated(begun, place)
        made = updated(begun, place, data=str(begun[0] / "moved"))
    finally:
        (begun[0] / "moved").rename(data)
    assert "state.json is missing" in made.full
    assert_same(made.run, begun[3])


def test_the_same_rows_again_change_nothing(begun: tuple[Path, Tables, Run, Run], tmp_path: Path) -> None:
    """All of them are duplicates: the run stays, and the log of the folder has no new line."""
    place, _ = copied(begun, tmp_path)
    made = updated(begun, place)
    lines = (place / "runs" / "LOG").read_bytes()
    again = updated(begun, place, 1)
    assert (again.run.id, again.new, again.refused, again.touched) == (made.run.id, 0, made.new, {})
    assert "nothing is new" in again.sentence
    assert (place / "runs" / "LOG").read_bytes() == lines


def test_only_what_is_touched_is_computed_and_counted(begun: tuple[Path, Tables, Run, Run], tmp_path: Path) -> None:
    """The way is the short one, the manifest tells of base, files and counts, and the folder is sound."""
    place, _ = copied(begun, tmp_path)
    made = updated(begun, place)
    entry = made.run.manifest["updates"][-1]
    assert (made.full, entry["base"], entry["new"], len(entry["files"][0]["sha256"])) == ("", begun[2].id, made.new, 64)
    assert entry["touched"]["ties"] > 0
    assert entry["touched"]["holders"] > 0
    assert verify(place / "runs").problems == ()
    assert_same(made.run, begun[3])
    assert inputs_of(made.run).relations.equals(inputs_of(begun[3]).relations)


def test_an_update_after_a_rollback_begins_from_the_run_gone_back_to(
    begun: tuple[Path, Tables, Run, Run], tmp_path: Path
) -> None:
    """Two other halves after the way back end at the same bytes."""
    from scoring.runs import rollback

    place, _ = copied(begun, tmp_path)
    updated(begun, place)
    rollback(place / "runs")
    rows = begun[1]["relations"][CUT:]
    half = len(rows) // 2
    bring(place, 1, {"relations": rows[half:]})
    made = bring(place, 2, {"relations": rows[:half]})
    assert made.full == ""
    assert_same(made.run, begun[3])


def test_another_moment_is_a_full_computation(begun: tuple[Path, Tables, Run, Run], tmp_path: Path) -> None:
    """Every window shifts, which is told; the constants are kept all the same."""
    from datetime import timedelta

    place, _ = copied(begun, tmp_path)
    later = AS_OF + timedelta(days=9)
    made = updated(begun, place, as_of=later)
    assert "as_of moved" in made.full
    wanted = run(
        begun[0] / "whole",
        as_of=later,
        runs=place / "runs",
        config=config().model_copy(update={"constants": begun[2].id}),
    )
    assert_same(made.run, wanted)


def test_one_writer_at_a_time(begun: tuple[Path, Tables, Run, Run], tmp_path: Path) -> None:
    """While somebody writes in the folder an update ends at once."""
    place, _ = copied(begun, tmp_path)
    with Lock(place / "runs"), pytest.raises(LockedError):
        updated(begun, place)


def test_an_update_killed_at_any_step_leaves_the_old_run_or_the_new_one(
    begun: tuple[Path, Tables, Run, Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever was written by then, the folder holds whole runs, and the same update ends where it would have."""

    class Killed(BaseException):
        pass

    ends = set()
    for step in range(1, 200, 9):
        place, _ = copied(begun, tmp_path / str(step))
        old = result(place / "runs")[0]

        def kill(number: int, _: str, step: int = step) -> None:
            if number >= step:
                raise Killed

        with monkeypatch.context() as patch:
            count_steps(patch, kill)
            try:
                updated(begun, place)
            except Killed:
                ends.add("killed")
            else:
                ends.add("done")
        assert open_run(place / "runs").id == old or number_of_runs(place) > 1
        assert verify(place / "runs").problems == ()
        assert_same(updated(begun, place, 1).run, begun[3])
        if "done" in ends:
            break
    assert ends == {"killed", "done"}
