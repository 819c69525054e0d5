"""How do the tests of updates make a log with everything in it, run a part of it and bring in the rest?"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from scoring.batch.job import run
from scoring.config import Config
from scoring.runs.columns import RESULTS
from scoring.runs.run import Run
from scoring.updating.job import Updated, update
from tests.portfolios import AS_OF, random_portfolio

Row = dict[str, str]
Tables = dict[str, list[Row]]


def config(**sections: Any) -> Config:
    """A policy whose gates let everything through: what is refused here is refused on purpose."""
    gate = {"max_reject_rate": 1.0, "max_psi": 1e9, "min_rows_share": 0.0, **sections.pop("gate", {})}
    return Config.model_validate({"gate": gate, **sections})


def portfolio(seed: int, holders: int = 10, relations: int = 150) -> Tables:
    """Random tables, the log with duplicates, conflicts, and reversals that fit, wait, exceed and do not fit."""
    tables = random_portfolio(seed, holders, relations)
    dice = random.Random(seed)
    rows = tables["relations"]
    rows += [dict(dice.choice(rows)) for _ in range(4)]
    rows += [_other(dice, dice.choice(rows)) for _ in range(5)]
    rows += [back for number in range(12) if (back := _back(dice, dice.choice(rows), number)) is not None]
    dice.shuffle(rows)
    return tables


def _other(dice: random.Random, row: Row) -> Row:
    """The same id with another content."""
    later = datetime.fromisoformat(row["at"]) + timedelta(days=dice.choice([-2, 0, 3]))
    return {**row, "at": later.isoformat(), "amount": "7.77" if row["currency"] == "CNY" else row["amount"]}


def _back(dice: random.Random, row: Row, number: int) -> Row | None:
    """A reversal of a row: of a part, too much, by the wrong one, or of what nobody knows."""
    if row["currency"] != "CNY" or row["reverses"]:
        return None
    later = datetime.fromisoformat(row["at"]) + timedelta(days=dice.choice([-1, 1, 20]), seconds=number)
    back = {**row, "relation_id": f"b{number:02d}", "from_id": row["to_id"], "to_id": row["from_id"],
            "at": later.isoformat(), "reverses": row["relation_id"]}  # fmt: skip
    how = dice.choice(["part", "part", "whole", "much", "wrong", "unknown"])
    if how == "part":
        back["amount"] = "3.21"
    elif how == "much":
        back["amount"] = "99999.00"
    elif how == "wrong":
        back |= {"from_id": row["from_id"], "to_id": row["to_id"]}
    elif how == "unknown":
        back["reverses"] = f"nobody{number}"
    return back


def write(folder: Path, tables: Mapping[str, Sequence[Row]]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        pd.DataFrame(rows).to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    return folder


def first(place: Path, tables: Tables, policy: Config | None = None, as_of: datetime = AS_OF) -> Run:
    """Run tables that lie in ``place/data``."""
    return run(write(place / "data", tables), as_of=as_of, runs=place / "runs", config=policy or config())


def bring(
    place: Path, number: int, tables: Mapping[str, Sequence[Row]], *, typed: bool = False, **more: Any
) -> Updated:
    """Update with rows that lie in a folder of their own; ``typed``: as a Parquet file with the types of a database."""
    folder = place / f"new{number}"
    if typed:
        files = [write_typed(folder, tables["relations"])]
        return update({"relations": files}, runs=place / "runs", **more)
    write(folder, tables)
    return update({name: [folder / f"{name}.csv"] for name in tables}, runs=place / "runs", **more)


def write_typed(folder: Path, rows: Sequence[Row]) -> Path:
    """Write relations as a Parquet file: amounts in minor units, times as times, nothing where there is nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = ("relation_id", "kind", "from_id", "to_id", "currency", "reverses")
    columns: dict[str, Any] = {name: pa.array([row[name] or None for row in rows], pa.string()) for name in texts}
    columns["amount_minor"] = pa.array([minor(row) for row in rows], pa.int64())
    columns["at"] = pa.array([datetime.fromisoformat(row["at"]) for row in rows], pa.timestamp("us", tz="UTC"))
    pq.write_table(pa.table(columns), folder / "relations.parquet")
    return folder / "relations.parquet"


def minor(row: Row) -> int | None:
    """The amount of a row in minor units of its currency."""
    if not row["amount"]:
        return None
    return int(Decimal(row["amount"]) * (1 if row["currency"] == "JPY" else 100))


def whole(place: Path, tables: Tables, base: Run, policy: Config | None = None, as_of: datetime = AS_OF) -> Run:
    """Run everything at once with the constants of the first run."""
    chosen = (policy or config()).model_copy(update={"constants": base.id})
    return run(write(place / "whole", tables), as_of=as_of, runs=place / "runs", config=chosen)


def assert_same(made: Run, wanted: Run) -> None:
    """All four result tables have the same bytes, and the manifests count the same."""
    for name in RESULTS:
        assert (made.path / f"{name}.parquet").read_bytes() == (wanted.path / f"{name}.parquet").read_bytes(), name
    assert made.manifest["counts"]["graph"] == wanted.manifest["counts"]["graph"]
    used = [
        {table: (counts["accepted"], counts.get("used"), counts.get("pending")) for table, counts in tables.items()}
        for tables in (made.manifest["counts"]["tables"], wanted.manifest["counts"]["tables"])
    ]
    assert used[0] == used[1]


def assert_split_gives_one_run(seed: int, cuts: list[float], *, by_time: bool, typed: bool) -> None:
    """Cut a log into a first run and updates, and compare the end with one run of all of it."""
    tables = portfolio(seed)
    rows = sorted(tables["relations"], key=lambda row: row["at"]) if by_time else tables["relations"]
    places = sorted({int(cut * len(rows)) for cut in cuts} - {len(rows)})
    pieces = [rows[begin:end] for begin, end in zip([0, *places], [*places, len(rows)], strict=True)]
    with TemporaryDirectory() as folder:
        place = Path(folder)
        base = made = first(place, {**tables, "relations": pieces[0]})
        for number, piece in enumerate(pieces[1:]):
            made = bring(place, number, {"relations": piece}, typed=typed).run
        assert_same(made, whole(place, tables, base))
