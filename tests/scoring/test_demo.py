"""Does the first minute hold what it promises? The demonstration, small, twice."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scoring.demo import Demo, make_up, score_and_pick
from scoring.explanation import explain


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def found(folder: Path) -> Demo:
    return score_and_pick(folder / "demo", folder / "runs", make_up(folder / "demo", accounts=400))


def test_the_newcomer_is_lifted_by_its_supporter_alone(found: Demo) -> None:
    """A thin file with one honest supporter gains points, all of them from that supporter."""
    card = explain(found.run, found.newcomer)
    assert card.thin
    assert card.lift_points > 1
    assert len(card.supporters) == 1


def test_the_ring_gained_nothing_however_much_it_sent(found: Demo) -> None:
    """Money went round in the ring for months, and the lift is exactly 0."""
    card = explain(found.run, found.ring_member)
    assert found.ring_money > 100_000_00
    assert (card.lift, card.graph_points, card.supporters) == (0.0, 0.0, ())


def test_the_command_tells_the_story_and_can_be_repeated(found: Demo, folder: Path) -> None:
    """Bands, both accounts, the page and what to try next; the second time gives the same run and page."""
    command = [sys.executable, "-c", "from scoring.cli import main; main()", "demo", "--accounts", "400"]
    environment = {**os.environ, "COLUMNS": "120"}
    first, second = (
        subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    )
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert first == second
    for told in (found.run.id, "Bands", found.newcomer, found.ring_member, "renmai explain", "residual 0"):
        assert told in first
    assert f"<code>{found.newcomer}</code>" in page
