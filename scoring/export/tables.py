"""How does a run leave the house? As CSV that no spreadsheet runs as formulas, or as its own Parquet files."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from loaders.errors import UnavailableError, UsageError
from scoring.runs.run import Run

TABLES = ("scores", "standing", "ties", "contributions", "rejects")
FORMATS = ("csv", "parquet")
FORMULA = r"^'*[=+\-@\t\r\x00]"
"""What common spreadsheets run instead of showing it; apostrophes before it, so that one can be taken off again."""


def escaped(table: pa.Table) -> pa.Table:
    """Put an apostrophe before every text cell that a spreadsheet would run as a formula; numbers stay numbers.

    A cell that already is apostrophes and a formula gets one more: taking off one gives every cell back.

    Examples
    --------
    >>> import pyarrow as pa
    >>> escaped(pa.table({"id": ["a1", "=1+1", "@x"], "change": [-1, 0, 1]})).to_pydict()
    {'id': ['a1', "'=1+1", "'@x"], 'change': [-1, 0, 1]}
    """
    for place, field in enumerate(table.schema):
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
            cells = table.column(place)
            marked = pc.binary_join_element_wise(pa.scalar("'", field.type), cells, pa.scalar("", field.type))
            runs = pc.match_substring_regex(cells, FORMULA)
            table = table.set_column(place, field.name, pc.if_else(runs, marked, cells))
    return table


def export(run: Run, out: Path, *, format: str = "csv", progress: Callable[[str], None] | None = None) -> list[Path]:  # noqa: A002
    """Write the tables of a run into folder ``out`` as CSV or Parquet and return the files written.

    With a trained model ``scores.csv`` has the default probability and its interval beside each score.

    Parameters
    ----------
    run
        The run to export; each table is checked against the manifest when it is read.
    out
        The folder, made if need be; files of these names are replaced.
    format
        ``csv`` (formulas escaped) or ``parquet`` (the run's own bytes).
    progress
        Called with the name of each table once it is written.

    Raises
    ------
    UsageError
        When the format is another.
    UnavailableError
        When a file cannot be written.

    Examples
    --------
    >>> import tempfile, loaders, scoring
    >>> from loaders.town import AS_OF, town
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     run = scoring.run(loaders.load(**town()), as_of=AS_OF, runs=folder)
    ...     files = export(run, run.path.parent / "out")
    >>> [file.name for file in files]
    ['scores.csv', 'standing.csv', 'ties.csv', 'contributions.csv', 'rejects.csv']
    """
    if format not in FORMATS:
        raise UsageError(f"format must be csv or parquet; got {format!r}")
    written = []
    for name in (*TABLES, *(name for name in ("probabilities",) if name in run.names)):
        target = out / f"{name}.{format}"
        # opening a table checks its bytes, which is all that copying needs
        table = run.table(name, None if format == "csv" else [])
        if name == "scores" and format == "csv" and "probabilities" in run.names:
            table = _with_probabilities(table, run.table("probabilities"))
        try:
            out.mkdir(parents=True, exist_ok=True)
            if format == "csv":
                csv.write_csv(escaped(table), str(target))
            else:
                shutil.copyfile(run.path / f"{name}.parquet", target)
        except OSError as error:
            raise UnavailableError(f"{target} cannot be written: {error.strerror or error}") from error
        written.append(target)
        if progress:
            progress(name)
    return written


def _with_probabilities(scores: pa.Table, likely: pa.Table) -> pa.Table:
    """Put each holder's default probability and its interval beside the scores of its accounts."""
    place = pc.index_in(scores["holder_id"], value_set=likely["holder_id"].combine_chunks())
    for name in ("pd", "pd_low", "pd_high"):
        scores = scores.append_column(name, likely[name].take(place))
    return scores
