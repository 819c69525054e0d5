"""Do tables become right scores, whatever way they arrive? The whole job against the oracle and against itself."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import loaders
import scoring
from tests.oracle import score_all
from tests.portfolios import AS_OF, random_portfolio

RESULTS = ("scores", "standing", "ties", "contributions")
Tables = dict[str, list[dict[str, str]]]


def frames(tables: Tables) -> dict[str, pd.DataFrame]:
    return {name: pd.DataFrame(rows, dtype=str) for name, rows in tables.items() if rows}


def write(tables: Tables, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in frames(tables).items():
        frame.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    return folder


def run(data: Any, runs: Path) -> scoring.Run:
    config = scoring.load_config(None)
    return scoring.run(data, as_of=AS_OF, runs=runs, config=config)


def result_bytes(result: scoring.Run) -> dict[str, bytes]:
    return {name: (result.path / f"{name}.parquet").read_bytes() for name in RESULTS}


@pytest.mark.parametrize("seed", range(12))
def test_every_integer_score_is_the_oracles(seed: int, tmp_path: Path) -> None:
    """Arrays, kernels and integers give the scores that plain Python gives: consents, currencies, reversals and all."""
    tables = random_portfolio(seed, consents=seed % 3 != 0)
    expected = {
        account: holder["score"] for holder in score_all(tables, AS_OF).values() for account in holder["accounts"]
    }
    scores = run(loaders.load(**frames(tables)), tmp_path).scores
    actual = dict(zip(scores.account_id, scores.score.astype(int), strict=True))
    assert actual == {account: score for account, score in expected.items() if account in actual}
    assert len(actual) > 10


@pytest.mark.parametrize("seed", range(4))
def test_standing_and_distress_are_the_oracles(seed: int, tmp_path: Path) -> None:
    """Evidence, standing and distress agree with bisection in plain Python to twelve digits."""
    tables = random_portfolio(seed, consents=False)
    expected = score_all(tables, AS_OF)
    standing = run(loaders.load(**frames(tables)), tmp_path).standing.set_index("holder_id")
    for holder in standing.index:
        actual = standing.loc[holder, ["evidence", "standing", "distress"]].tolist()
        assert actual == pytest.approx(
            [expected[holder][name] for name in ("evidence", "standing", "distress")], abs=1e-12
        )


def test_replays_shuffles_and_splits_change_no_byte(tmp_path: Path) -> None:
    """One file, a hundred shuffled parts, and the whole log twice give the same bytes and the same run id."""
    tables = random_portfolio(3)
    expected = run(write(tables, tmp_path / "one"), tmp_path / "runs-one")
    parts = write({**tables, "relations": []}, tmp_path / "parts") / "relations"
    parts.mkdir()
    rows = tables["relations"] * 2
    random.Random(1).shuffle(rows)
    for number in range(100):
        frame = pd.DataFrame(rows[number::100], dtype=str)
        frame.to_csv(parts / f"part-{number:03d}.csv", index=False, lineterminator="\n")
    actual = run(tmp_path / "parts", tmp_path / "runs-parts")
    assert actual.id == expected.id
    assert result_bytes(actual) == result_bytes(expected)


def test_late_files_and_dataframes_change_no_byte(tmp_path: Path) -> None:
    """Rows that come in a second file, or as DataFrames, give the same bytes as one file."""
    tables = random_portfolio(4)
    expected = run(write(tables, tmp_path / "one"), tmp_path / "runs-one")
    late = write({**tables, "relations": []}, tmp_path / "late") / "relations"
    late.mkdir()
    for name, rows in (("a", tables["relations"][100:]), ("b-late", tables["relations"][:100])):
        pd.DataFrame(rows, dtype=str).to_csv(late / f"{name}.csv", index=False, lineterminator="\n")
    for data, runs in ((tmp_path / "late", "runs-late"), (loaders.load(**frames(tables)), "runs-frames")):
        assert result_bytes(run(data, tmp_path / runs)) == result_bytes(expected)


def test_the_firewall_lets_nothing_through(tmp_path: Path) -> None:
    """Ten thousand chats, purchases and friend requests more leave every result table the same to the bit."""
    tables = random_portfolio(5)
    expected = run(loaders.load(**frames(tables)), tmp_path / "without")
    dice = random.Random(9)
    names = [row["account_id"] for row in tables["accounts"]]
    extra = []
    for number in range(10_000):
        payer, payee = dice.sample(names, 2)
        kind = dice.choice(["chat", "friend", "nearby", "shake", "purchase", "loan", "payroll", "donation"])
        money = kind in ("purchase", "loan", "payroll", "donation")
        at = datetime.fromtimestamp(AS_OF.timestamp() - dice.randrange(1, 60_000_000), UTC)
        extra.append({"relation_id": f"x{number:05d}", "kind": kind, "from_id": payer, "to_id": payee,
                      "amount": "880.00" if money else "", "currency": "CNY" if money else "",
                      "at": at.isoformat(), "reverses": ""})  # fmt: skip
    actual = run(loaders.load(**frames({**tables, "relations": tables["relations"] + extra})), tmp_path / "with")
    assert result_bytes(actual) == result_bytes(expected)
