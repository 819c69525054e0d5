"""How does a score add up in a spreadsheet? Points, bins and formulas to follow from a bin to the score."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from loaders.contract import DIMENSIONS
from loaders.errors import UsageError
from scoring.combination import SPAN
from scoring.config import ALL_DIMENSIONS, LOWEST, Config, stored_config
from scoring.explanation.features import bin_name
from scoring.export.ladders import DimensionLadders, Ladder, ladders
from scoring.export.tables import FORMULA
from scoring.runs.run import Run
from scoring.writing import write_whole

FILE = "scorecard.xlsx"
ACCOUNTS = 1000  # accounts of a spreadsheet nobody named any for
MOST = 20_000  # more are no longer looked at one by one, and a sheet would not open
FROM_BINS = ("scorecard", "model")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a feature's points stand: rows on sheet Points, column on sheets Bins and Earned."""

    ladder: Ladder
    first: int
    last: int
    column: int


def write_spreadsheet(run: Run, out: Path, *, accounts: Sequence[str] | None = None, limit: int = ACCOUNTS) -> Path:
    """Write ``out/scorecard.xlsx``: sheets Policy, Points, Bins, Earned and Scores, each built on the ones before.

    A bin, as the run found it, looks up its points; points make a dimension, dimensions, weights and the connections
    value of the run make the score. The same run gives the same bytes.

    Parameters
    ----------
    run
        The run.
    out
        The folder, made if need be.
    accounts
        Whom to show; None: the first ``limit`` by account_id.
    limit
        How many accounts, 1 to 20,000.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    UsageError
        When an account has no score, the limit is out of range, or trees decide: they have no points to add up.
    """
    config = stored_config(run.manifest)
    found = [ladders(config.reader(name)) for name in DIMENSIONS]
    if trees := [part.dimension for part in found if part.trees is not None]:
        raise UsageError(
            f"{', '.join(trees)} of run {run.id} come from decision trees, which have no points to add up; "
            "--format sql writes them as CASE"
        )
    rows = _rows(run, accounts, limit)
    content = io.BytesIO()
    _Book(run, config, found, content).write(rows)
    return write_whole(Path(out) / FILE, content.getvalue())


def _rows(run: Run, accounts: Sequence[str] | None, limit: int) -> list[Row]:
    if not 1 <= limit <= MOST:
        raise UsageError(f"limit must be in [1, {MOST}]; got {limit}")
    if accounts:
        table = run.rows("scores", "account_id", list(accounts))
        if missing := sorted({*accounts} - {*table["account_id"].to_pylist()}):
            raise UsageError(f"{len(missing)} of these accounts have no score in run {run.id}, such as {missing[0]!r}")
    else:
        table = run.table("scores")
    scores = table.sort_by("account_id").slice(0, max(limit, len(accounts or ()))).to_pylist()
    holders = sorted({row["holder_id"] for row in scores})
    bins = {row["holder_id"]: row for row in run.rows("bins", "holder_id", holders).to_pylist()}
    return [{**row, "bins": bins[row["holder_id"]]} for row in scores]


class _Book:
    """The sheets, written one after the other."""

    def __init__(self, run: Run, config: Config, found: list[DimensionLadders], content: io.BytesIO) -> None:
        import xlsxwriter

        self.run, self.config = run, config
        self.book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False})
        moment = datetime.fromisoformat(str(run.manifest["as_of"])).replace(tzinfo=None)
        self.book.set_properties({"title": f"Renmai scorecard of run {run.id}", "created": moment})
        self.bold = self.book.add_format({"bold": True})
        names = run.table("bins").column_names
        self.found = [part for part in found if all(ladder.feature.name in names for ladder in part.ladders)]
        self.places: dict[str, _Place] = {}

    def write(self, rows: list[Row]) -> None:
        """Write all sheets and close the book."""
        self._policy()
        self._points()
        self._bins(rows)
        self._earned(rows)
        self._scores(rows)
        self.book.close()

    def _sheet(self, name: str, heads: Sequence[str]) -> Any:
        sheet = self.book.add_worksheet(name)
        for column, head in enumerate(heads):
            sheet.write_string(0, column, plain(head), self.bold)
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, len(heads), 14)
        return sheet

    def _policy(self) -> None:
        score = self.config.score
        percent = score.weights.percent
        lines = [
            ("lowest score", LOWEST),
            ("points from lowest to highest", SPAN),
            *((f"weight of {name} in percent", weight) for name, weight in zip(ALL_DIMENSIONS, percent, strict=True)),
            ("more weight of connections in a thin file", score.thin_extra),
            ("months at which own history counts half", self.config.propagation.prior_months),
        ]
        sheet = self._sheet("Policy", ("what", "value"))
        sheet.set_column(0, 0, 44)
        for row, (what, value) in enumerate(lines, start=1):
            sheet.write_string(row, 0, what)
            sheet.write_number(row, 1, value)

    def _points(self) -> None:
        sheet = self._sheet("Points", ("feature", "dimension", "code", "values", "points"))
        sheet.set_column(3, 3, 34)
        row = 1
        for part in self.found:
            for ladder in part.ladders:
                self.places[ladder.feature.name] = _Place(
                    ladder, row, row + len(ladder.codes) - 1, 1 + len(self.places)
                )
                for code, points in zip(ladder.codes, ladder.worth, strict=True):
                    sheet.write_string(row, 0, ladder.feature.name)
                    sheet.write_string(row, 1, part.dimension)
                    sheet.write_number(row, 2, code)
                    sheet.write_string(row, 3, plain(bin_name(ladder.feature, code)))
                    sheet.write_number(row, 4, points)
                    row += 1

    def _bins(self, rows: list[Row]) -> None:
        sheet = self._sheet("Bins", ("account_id", *self.places))
        for line, row in enumerate(rows, start=1):
            sheet.write_string(line, 0, plain(row["account_id"]))
            for place in self.places.values():
                sheet.write_number(line, place.column, row["bins"][place.ladder.feature.name])

    def _earned(self, rows: list[Row]) -> None:
        sheet = self._sheet("Earned", ("account_id", *self.places))
        for line, row in enumerate(rows, start=1):
            sheet.write_string(line, 0, plain(row["account_id"]))
            for name, place in self.places.items():
                block = f"Points!$C${place.first + 1}:$E${place.last + 1}"
                formula = f"=VLOOKUP(Bins!{_cell(line, place.column)},{block},3,FALSE)"
                sheet.write_formula(line, place.column, formula, None, place.ladder.of(row["bins"][name]))

    def _scores(self, rows: list[Row]) -> None:
        heads = ["account_id", "months", *DIMENSIONS, "weight of connections", "connections (of the run)"]
        heads += [f"points of {name}" for name in ALL_DIMENSIONS] + ["score", "score of the run"]
        sheet = self._sheet("Scores", heads)
        for line, row in enumerate(rows, start=1):
            sheet.write_string(line, 0, plain(row["account_id"]))
            sheet.write_number(line, 1, row["history_months"])
            for column, name in enumerate(DIMENSIONS, start=2):
                if formula := self._dimension(name, row, line):
                    sheet.write_formula(line, column, formula, None, row[name])
                else:  # ready-made, or what stands in where nothing is there
                    sheet.write_number(line, column, row[name])
            for column, (formula, value) in enumerate(self._score(line, row), start=6):
                if formula:
                    sheet.write_formula(line, column, formula, None, value)
                else:
                    sheet.write_number(line, column, value)

    def _dimension(self, name: str, row: Row, line: int) -> str:
        part = next((part for part in self.found if part.dimension == name), None)
        if part is None or row["bins"][f"origin_{name}"] not in FROM_BINS:
            return ""
        columns = [self.places[ladder.feature.name].column for ladder in part.ladders]
        return f"=SUM(Earned!{_cell(line, columns[0])}:{_cell(line, columns[-1])})/{part.most}"

    def _score(self, line: int, row: Row) -> Iterator[tuple[str, float]]:
        months, weight, connections = (_cell(line, column) for column in (1, 6, 7))
        k = "Policy!$B$10"
        yield f"=Policy!$B$8/100+Policy!$B$9*(1-{months}/({months}+{k}))", self._weight(row)
        yield "", row["connections"]
        for number, name in enumerate(DIMENSIONS):
            share = f"Policy!$B${4 + number}/SUM(Policy!$B$4:$B$7)"
            yield f"=Policy!$B$3*(1-{weight})*{share}*{_cell(line, 2 + number)}", row[f"points_{name}"]
        yield f"=Policy!$B$3*{weight}*{connections}", row["points_connections"]
        points = f"{_cell(line, 8)}:{_cell(line, 12)}"
        yield f"=Policy!$B$2+INT(ROUND(SUM({points}),9)+0.5)", row["score"]
        yield "", row["score"]

    def _weight(self, row: Row) -> float:
        score, n = self.config.score, row["history_months"]
        z = n / (n + self.config.propagation.prior_months)
        return float(score.weights.connections + score.thin_extra * (1 - z))


def plain(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula.

    Examples
    --------
    >>> plain("=1+1"), plain("a1"), plain("'-2")
    ("'=1+1", 'a1', "''-2")
    """
    return f"'{text}" if re.match(FORMULA, text) else text


def _cell(row: int, column: int) -> str:
    """Name a cell, both from 0.

    Examples
    --------
    >>> _cell(0, 0), _cell(1, 26)
    ('A1', 'AA2')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"
