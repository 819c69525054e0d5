"""Which two portfolios differ in nothing but a hub? The same accounts, amounts and moments; one star, one ring.

In the star, one account exchanges money with every other; in the ring, each with the next. Every second payment goes
the other way. Everything follows from row numbers, so the files are the same wherever they are made.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Literal

from benchmarks.asked import Asked
from benchmarks.measure import say

Shape = Literal["hub", "even"]
ACCOUNTS = """
SELECT printf('a%07d', i) AS account_id, printf('a%07d', i) AS holder_id, 'person' AS kind,
       DATE '2010-01-01' + CAST(i * 7919 % 5400 AS INTEGER) AS opened_on
FROM range({n} + 1) r(i) ORDER BY account_id
"""
PROFILES = """
SELECT printf('a%07d', i) AS account_id, CAST(TIMESTAMP '2025-12-01 00:00:00' AS TIMESTAMPTZ) AS known_at,
       i * 7919 % 1000 / 1000.0 AS credit_history, i * 104729 % 1000 / 1000.0 AS ability,
       i * 1299709 % 1000 / 1000.0 AS behaviour, i * 15485863 % 1000 / 1000.0 AS identity
FROM range({n} + 1) r(i) ORDER BY account_id
"""
ENDS = {"hub": "0", "even": "i"}
RELATIONS = """
WITH paired AS (SELECT i, {one} AS one, i + 1 AS other FROM range({n}) r(i))
SELECT printf('r%07d', i) AS relation_id, 'transfer' AS kind,
       printf('a%07d', CASE WHEN i % 2 = 0 THEN one ELSE other END) AS from_id,
       printf('a%07d', CASE WHEN i % 2 = 0 THEN other ELSE one END) AS to_id,
       CAST(1000 + i * 104729 % 500000 AS BIGINT) AS amount_minor, 'CNY' AS currency,
       CAST(TIMESTAMP '2024-01-01 00:00:00' + to_seconds(CAST(i * 63000000 // {n} AS BIGINT)) AS TIMESTAMPTZ) AS "at",
       CAST(NULL AS VARCHAR) AS reverses
FROM paired ORDER BY "at", relation_id
"""


def portfolio(asked: Asked, counterparties: int, shape: Shape) -> Path:
    """Give the folder of a star or a ring, in Parquet; made on first use.

    Parameters
    ----------
    asked
        The cache folder.
    counterparties
        How many accounts there are beside the first; as many relations.
    shape
        ``hub`` or ``even``.
    """
    place = asked.data / f"{shape}-{counterparties}"
    if not place.is_dir():
        say(f"writing {counterparties:,} relations, shape {shape}")
        fresh = asked.data / f".fresh-{shape}-{os.getpid()}"
        try:
            write(fresh, counterparties, shape)
            fresh.rename(place)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return place


def write(folder: Path, counterparties: int, shape: Shape) -> None:
    """Write accounts, profiles and relations into a new folder."""
    import duckdb

    folder.mkdir(parents=True)
    texts = {"accounts": ACCOUNTS, "profiles": PROFILES, "relations": RELATIONS}
    with duckdb.connect(config={"threads": 1}) as database:
        for name, text in texts.items():
            query = text.format(n=int(counterparties), one=ENDS[shape])
            database.execute(f"COPY ({query}) TO '{folder / name}.parquet' (FORMAT parquet)")
