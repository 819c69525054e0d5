"""How do the tests call the commands of the batch, and spoil their data?"""

from __future__ import annotations

from pathlib import Path

from scoring.cli import execute

AS_OF = "2026-01-01T00:00:00+00:00"


def score(data: Path, runs: Path, *more: str, as_of: str = AS_OF) -> int:
    return execute(["run", str(data), "--as-of", as_of, "--runs", str(runs), *more])


def spoil(data: Path, rows: int) -> None:
    """Write a currency that does not exist into some relations."""
    lines = (data / "relations.csv").read_text().splitlines(keepends=True)
    for number in range(1, rows + 1):
        lines[number] = lines[number].replace("CNY", "cny")
    (data / "relations.csv").write_text("".join(lines))
