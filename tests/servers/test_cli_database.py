"""Do the commands of the database say where it is, and never what its password is?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graph.stores import embedded
from graph.stores.settings import StoreSettings
from scoring.cli import execute


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder without a database, and an environment that names none."""
    monkeypatch.chdir(tmp_path)
    for name in ("URI", "USERNAME", "PASSWORD", "PASSWORD_FILE", "DATABASE"):
        monkeypatch.delenv(f"NEO4J_{name}", raising=False)
    return tmp_path


def test_start_status_and_stop_tell_address_user_and_password_file(here: Path, capsys: pytest.CaptureFixture) -> None:
    """A driver finds all it needs; the password itself is printed nowhere."""
    (here / "renmai.toml").write_text('[database]\nfolder = "mine"\nmemory = "512MiB"\n')
    try:
        codes = [execute(["db", verb, "--format", "json"]) for verb in ("status", "start", "status")]
        out = capsys.readouterr().out
        secret = (here / "mine/root.password").read_text()
    finally:
        codes.append(execute(["db", "stop"]))
    before, started, found = _documents(out)
    assert codes == [0, 0, 0, 0]
    assert (before["running"], started == found, embedded.status(StoreSettings(folder=here / "mine")).running) == (
        False,
        True,
        False,
    )
    assert (started["user"], started["password_file"], started["memory"]) == (
        "root",
        str(here / "mine/root.password"),
        "512MiB",
    )
    assert secret not in out


def _documents(text: str) -> list[dict]:
    decoder, found = json.JSONDecoder(), []
    while text.strip():
        document, end = decoder.raw_decode(text.lstrip())
        found.append(document)
        text = text.lstrip()[end:]
    return found


def test_a_neo4j_is_looked_at_and_left_alone(
    here: Path, neo4j_server: StoreSettings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    """Status tells edition and version of a server with an address; start and stop are not for it."""
    monkeypatch.setenv("NEO4J_URI", neo4j_server.uri)
    monkeypatch.setenv("NEO4J_PASSWORD", neo4j_server.credentials()[1])
    assert execute(["db", "status", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["server"], told["edition"], told["version"]) == ("neo4j", "community", "5.26.25")
    assert [execute(["db", "start"]), execute(["db", "stop"])] == [2, 2]
    assert "which Renmai does not stop" in capsys.readouterr().err


def test_a_wrong_password_for_a_neo4j_ends_a_command_with_6(
    here: Path, neo4j_server: StoreSettings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    """One sentence, without the password."""
    (here / "secret").write_text("canary-password\n")
    monkeypatch.setenv("NEO4J_URI", neo4j_server.uri)
    monkeypatch.setenv("NEO4J_PASSWORD_FILE", "secret")
    code, err = execute(["db", "status"]), capsys.readouterr().err
    assert (code, err.count("\n"), "canary" in err) == (6, 1, False)


def test_a_remote_server_in_the_clear_needs_leave(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    """Without --insecure a usage error that names the option; with it the server is tried."""
    monkeypatch.setenv("NEO4J_URI", "bolt://renmai.invalid")
    assert execute(["db", "status"]) == 2
    assert "--insecure" in capsys.readouterr().err
    assert execute(["db", "status", "--insecure"]) == 6
