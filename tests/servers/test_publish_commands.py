"""What do `renmai publish` and `renmai rollback --published` say, do and write down?"""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.stores.connection import connect
from graph.stores.published import published
from graph.stores.settings import StoreSettings
from scoring.cli import execute
from scoring.runs import verify
from tests.scoring.small_runs import actions
from tests.scoring.town_runs import town_run
from tests.servers.commands import use
from tests.servers.publications import town_publication


def test_the_commands_publish_tell_and_write_it_down(
    wiped: StoreSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`renmai publish` and `renmai rollback --published` say what was done; LOG tells both, and stays whole."""
    runs = tmp_path / "runs"
    first, second = town_run(runs, months=1), town_run(runs)
    use(wiped, monkeypatch, tmp_path)
    assert execute(["publish", first.id, "--runs", str(runs)]) == 0
    assert execute(["publish", "--runs", str(runs)]) == 0
    assert execute(["publish", "--runs", str(runs)]) == 0
    assert execute(["rollback", "--published", "--runs", str(runs)]) == 0
    told = capsys.readouterr().out.splitlines()
    wanted = town_publication(1), town_publication()
    assert [line.split(",")[0] for line in told] == [
        f"run {first.id} is published: publication 1",
        f"run {second.id} is published: publication 2",
        f"run {second.id} was published already",
        f"published: {first.id} (publication 1)",
    ]
    assert all(run.checksum in line for run, line in zip(wanted, told, strict=False))
    last = actions(runs)[-3:]
    assert last == [("publish", first.id), ("publish", second.id), ("rollback published", first.id)]
    assert verify(runs).problems == verify(runs).notes == ()


def test_an_altered_run_is_not_published(
    wiped: StoreSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run of which a byte was changed ends with 6 before the database is asked."""
    runs = tmp_path / "runs"
    made = town_run(runs)
    path = made.path / "ties.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    use(wiped, monkeypatch, tmp_path)
    assert execute(["publish", "--runs", str(runs)]) == 6
    assert "is damaged" in capsys.readouterr().err
    with connect(wiped) as connection:
        assert published(connection) == []
