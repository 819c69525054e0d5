"""Do the four commands of an investigator's first day give the same on both servers, and the numbers of explain?"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from graph.stores.embedded import status
from graph.stores.settings import Secret, StoreSettings
from scoring.explanation import AnalystCard, explain
from scoring.runs import open_run

ROOT = Path(__file__).parents[2]
RENMAI = Path(sys.executable).with_name("renmai")
PRINTED = 6  # significant digits of a table's cell


def environment(settings: StoreSettings) -> dict[str, str]:
    """The variables that lead to a server; none for the embedded one."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("NEO4J_")}
    if settings.uri is None:
        return clean
    assert isinstance(settings.password, Secret)
    given = {"NEO4J_URI": settings.uri, "NEO4J_USERNAME": settings.username}
    return {**clean, **given, "NEO4J_PASSWORD": settings.password.reveal()}


def renmai(folder: Path, settings: StoreSettings, *arguments: str) -> str:
    command = [str(RENMAI), *arguments]
    done = subprocess.run(command, cwd=folder, env=environment(settings), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean folder after ``renmai demo``, before any server was spoken to."""
    folder = tmp_path_factory.mktemp("clean")
    renmai(folder, StoreSettings(), "demo", "--accounts", "300")
    return folder


def expected_supporters(folder: Path, account: str) -> list[dict[str, Any]]:
    """What ``renmai explain`` says of those who lift an account."""
    run = open_run(folder / "runs")
    card = explain(run, account)
    assert isinstance(card, AnalystCard)
    names = ("supporter_id", "standing", "share", "contribution", "points")
    return [{name: getattr(row, name) for name in names} for row in card.supporters if row.contribution > 0]


def test_demo_load_publish_and_query_give_the_numbers_of_explain(demo: Path, wiped: StoreSettings) -> None:
    """demo, db load, publish, then who-lifts: the supporters of the demo's newcomer, with explain's own numbers."""
    settings = wiped
    account = json.loads((demo / "demo/truth.json").read_text())["planted"]["newcomer"]["accounts"][0]
    lead(demo, settings)
    said = renmai(demo, settings, "db", "load") + renmai(demo, settings, "publish")
    assert "bolt:" not in said, "what is printed is the same on both servers"
    assert str(settings.folder) not in said
    table = renmai(demo, settings, "query", "who-lifts", "--param", f"id={account}")
    found = json.loads(renmai(demo, settings, "query", "who-lifts", "--param", f"id={account}", "--format", "json"))
    expected = expected_supporters(demo, account)
    assert expected != []
    assert found == expected
    assert all(f"{float(row['points']):.{PRINTED}g}" in table for row in expected)


def reached(settings: StoreSettings) -> dict[str, str]:
    """The variables of a driver: on the embedded server what ``renmai db start`` prints of its reader."""
    if settings.uri is not None:
        return {**environment(settings), "NEO4J_DATABASE": settings.database}
    told = status(settings)
    given = {"NEO4J_URI": told.uri, "NEO4J_USERNAME": told.reader, "NEO4J_DATABASE": settings.database}
    return {**environment(settings), **given, "NEO4J_PASSWORD": told.reader_password_file.read_text()}


def lead(demo: Path, settings: StoreSettings) -> None:
    """Let the clean folder's commands find the session's embedded server; a Neo4j is found by its variables."""
    (demo / "renmai.toml").write_text(f'[database]\nfolder = "{settings.folder}"\nmemory = "768MiB"\n')


def test_the_stock_driver_script_of_the_readme_reads_the_scores(demo: Path, wiped: StoreSettings) -> None:
    """Five lines with the official driver and nothing of ours read every published score."""
    settings = wiped
    lead(demo, settings)
    renmai(demo, settings, "db", "load")
    renmai(demo, settings, "publish")
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    script = next(block for block in blocks if "GraphDatabase" in block)
    assert len([line for line in script.splitlines() if line.strip()]) == 5
    assert "import graph" not in script
    done = subprocess.run(
        [sys.executable, "-c", script], env=reached(settings), capture_output=True, text=True, check=True
    )
    scores = open_run(demo / "runs").scores
    expected = dict(zip(scores.holder_id, scores.score, strict=True))
    actual = dict(re.findall(r"^<Record id='(\S+)' score=(\d+)>$", done.stdout, re.MULTILINE))
    assert actual == {holder: str(score) for holder, score in expected.items()}
