"""What does the same cost from CSV, beside DuckDB's own typed reading of the file and a group-by?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks import bare
from benchmarks.asked import Asked
from benchmarks.measure import ratios, say, spread, warm_up
from benchmarks.page import Goal, at_most, number, prose, rows, seconds, times
from benchmarks.portfolios import files, portfolio
from benchmarks.tables.floor import copy_rate
from benchmarks.tables.portfolio import WORDS, once, told

TITLE = "Whole run from CSV"


def measure(asked: Asked) -> dict[str, Any]:
    """Measure ten million relations, or the largest size below that was asked for."""
    relations = asked.middling
    data = portfolio(asked, relations, form="csv")
    read, paths = warm_up(data), files(data, "relations")
    scored, bares = [], {"all": [], "sums": []}
    for turn in range(asked.rounds):
        for what, taken in bares.items():
            taken.append(bare.seconds(asked, paths, what)["seconds"])
        scored.append(once(asked, data, turn))
        say(
            f"round {turn + 1} of {asked.rounds}: run {scored[-1].cost.seconds:.2f} s, DuckDB {bares['all'][-1]:.2f} s "
            f"(all columns), {bares['sums'][-1]:.2f} s (sum and count)"
        )
    mine = [one.cost.seconds for one in scored]
    return {
        "relations": relations,
        "bytes": read,
        "query": bare.query([Path(paths[0].name)], "all"),
        **told(scored),
        "bare_seconds": {what: spread(taken) for what, taken in bares.items()},
        "ratios": {what: ratios(mine, taken) for what, taken in bares.items()},
        "copy_seconds": read / 1e9 / copy_rate(asked.threads)["median"],
    }


def show(found: dict[str, Any]) -> str:
    """Write the table."""
    words = prose(
        f"""{found["relations"]:,} relations in one CSV file ({number(found["bytes"] / 1e9)} GB with the other tables),
        gate included. DuckDB is told the columns' types and reads them all for the first group-by; for the second it
        need not convert what it does not use."""
    )
    words += f"\n\nDuckDB: `{found['query']}`"
    body = [("`renmai run`, files in, published run out", seconds(found["seconds"]))]
    body += [(f"of it, stage “{name}”", seconds(taken)) for name, taken in found["stages"].items()]
    body += [("its peak memory", f"{number(found['peak_gb'])} GB")]
    for what, taken in found["bare_seconds"].items():
        body += [(f"bare DuckDB, {WORDS[what]}", seconds(taken)), ("run ÷ bare DuckDB", times(found["ratios"][what]))]
    body += [("copying the files in memory once", f"{number(found['copy_seconds'])} s")]
    return f"{words}\n\n{rows(('what', 'cost'), body)}"


def goals(found: dict[str, Any]) -> list[Goal]:
    """Within 4 times DuckDB's typed reading and group-by."""
    named = f"whole run of {found['relations']:,} relations from CSV ÷ DuckDB's typed `read_csv` + group-by"
    return [at_most(named, 4, found["ratios"]["all"])]
