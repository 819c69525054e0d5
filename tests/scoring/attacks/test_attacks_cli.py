"""What does ``renmai attack`` print, write and refuse?"""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from scoring.attacks.catalogue import ATTACKS
from scoring.attacks.results import RULES
from scoring.batch.job import run
from scoring.cli import execute
from tests.loaders.simulated import AS_OF
from tests.scoring.attacks.lab import digests

ROOT = Path(__file__).parents[3]
TWO = ("--attack", "capture", "--attack", "ring_fresh")


@pytest.fixture
def attacked(data: Path, runs: Path) -> list[str]:
    run(data, as_of=AS_OF, runs=runs)
    return ["attack", "--runs", str(runs)]


def test_the_table_names_gains_prices_bounds_and_promises(
    attacked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Every rule is a column, every attack a line; price, bound, constants and promises follow."""
    assert execute([*attacked, *TWO]) == 0
    told = capsys.readouterr().out
    heads = [
        "attacker that gains most",
        "all attackers together",
        "victim that loses most",
        "Price",
        "constants",
        "kept",
    ]
    assert [head for head in heads if head not in told] == []
    assert [rule for rule in RULES if rule not in told] == []
    assert re.search(r"ring_fresh +│ +0 │", told)
    assert re.search(r"capture +│ +\+\d+\.\d\d │", told)
    assert "Each whole budget that fresh accounts get is worth at most" in told


def test_json_is_the_report(attacked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """``--format json`` prints what ``to_dict`` gives: two attacks under two rules, and their constants."""
    assert execute([*attacked, *TWO, "--rule", "vouch", "--rule", "averages", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["rules"] == ["vouch", "averages"]
    assert len(told["rows"]) == 2 * 2 + 2
    assert {row["attack"] for row in told["rows"]} == {"ring_fresh", "capture"}


def test_the_list_tells_every_attack(capsys: pytest.CaptureFixture[str]) -> None:
    """``--list`` needs no run and has one sentence per attack."""
    assert execute(["attack", "--list", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == list(ATTACKS)
    assert all(sentence.endswith(".") and ". " not in sentence for sentence in told.values())


def test_files_are_written_by_their_ending_and_nothing_else(attacked: list[str], runs: Path, tmp_path: Path) -> None:
    """A page, a table and JSON; the runs folder has the same bytes as before; twice the same is the same bytes."""
    before = digests(runs)
    outs = [tmp_path / "out" / f"attacks.{ending}" for ending in ("html", "csv", "json")]
    assert [execute([*attacked, *TWO, "--out", str(out)]) for out in outs] == [0, 0, 0]
    written = digests(tmp_path / "out")
    assert [execute([*attacked, *TWO, "--out", str(out)]) for out in outs] == [0, 0, 0]
    assert digests(tmp_path / "out") == written
    assert sorted(written) == ["attacks.csv", "attacks.html", "attacks.json"]
    assert digests(runs) == before
    with outs[1].open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 2 * len(RULES) + 2
    assert "ring_fresh" in outs[0].read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--attack", "sybil"], "attack must be one of reputable20,"),
        (["--rule", "trust"], "rule must be one of vouch,"),
        (["--out", "attacks.pdf"], "--out must end in .html, .csv or .json; got attacks.pdf"),
        (["--data", "nowhere"], "nowhere is no folder; name the one that holds the tables run"),
    ],
)
def test_what_cannot_be_done_is_a_usage_error(
    attacked: list[str], arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2 and one sentence."""
    assert execute([*attacked, *arguments]) == 2
    assert sentence in capsys.readouterr().err


def test_the_page_about_attacks_tells_each_of_them() -> None:
    """docs/attacks.md has every attack and every rule by its name, and no attack that is not there."""
    page = (ROOT / "docs" / "attacks.md").read_text(encoding="utf-8")
    table = page.partition("## The attacks")[2]
    told = set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE))
    assert told == set(ATTACKS)
    assert [rule for rule in RULES if f"`{rule}`" not in page] == []
