"""Can the graph database be asked from the command line? What needs no server: lists, texts, parameters, forms."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from graph.inquiry.ask import Answer
from graph.inquiry.catalog import load_query, queries, read_file
from graph.inquiry.gate import admit
from graph.inquiry.head import Entry
from graph.inquiry.parameters import complete
from loaders.errors import UsageError
from scoring.cli.answers import as_cells, as_csv, as_json
from scoring.cli.query import pasteable, read_parameters

ANSWER = Answer(
    ("id", "at", "day", "money", "share", "tags", "yes"),
    [
        ('=cmd|"x"', datetime(2026, 1, 1, tzinfo=UTC), date(2026, 1, 2), 1234567, 0.1 + 0.2, ["a", "b"], True),
        ("plain", None, None, -5, None, [], False),
    ],
)
WRONG = {
    "limit=many": "parameter 'limit' is 'many'; it must be a whole number",
    "limit=99999999999999999999": "it must be a whole number",
    "since=2026-01-01": "it must be ISO 8601 with offset",
    "share=nan": "it must be a finite number",
    "on=perhaps": "it must be true or false",
    "lmit=5": "parameter 'lmit' is unknown; did you mean 'limit'?",
    "limit": "--param is 'limit'; it must be key=value",
}
ENTRIES = [
    Entry("limit", "integer", "", 5),
    Entry("since", "datetime", "", None),
    Entry("share", "float", "", 0.5),
    Entry("on", "boolean", "", False),
    Entry("ids", "list of string", "", None),
]


@pytest.mark.parametrize("name", [query.name for query in queries()])
def test_what_show_prints_is_a_query_file_again(name: str, tmp_path: Path) -> None:
    """The text can be kept and asked as a file of one's own: same parameters, same columns, same statement."""
    query = load_query(name)
    (tmp_path / "own.cypher").write_text(pasteable(query), encoding="utf-8")
    again = read_file(tmp_path / "own.cypher")
    assert (again.parameters, again.columns, again.cap) == (query.parameters, query.columns, query.cap)
    assert admit(again.text).text.endswith(query.text)


def test_help_shows_every_word_of_an_option() -> None:
    """Words in brackets are markup of the terminal, so they would be swallowed."""
    from typer.main import get_command

    from scoring.cli import app

    helps = [(name, option.help) for name, option in _options(get_command(app)) if getattr(option, "help", None)]
    assert ("publish", "Policy file with a section database. Without it: ./renmai.toml, else defaults.") in helps
    assert [pair for pair in helps if re.search(r"\[[a-z]", pair[1])] == []


def _options(command: Any) -> Iterator[tuple[str, Any]]:
    yield from ((command.name, option) for option in command.params)
    for one in getattr(command, "commands", {}).values():
        yield from _options(one)


@pytest.mark.parametrize(("text", "sentence"), WRONG.items())
def test_a_wrong_parameter_is_told_with_what_is_allowed(text: str, sentence: str) -> None:
    """Unknown, of another type, or without a value: one sentence each."""
    query = load_query("who-lifts")
    with pytest.raises(UsageError, match=sentence):
        complete(ENTRIES, read_parameters(query, [text]))


def test_texts_become_values_of_their_types() -> None:
    """Times in UTC, lists by commas or as JSON, null where it is allowed, the defaults elsewhere."""
    given = {"since": "2026-01-01T08:00:00+08:00", "ids": '["a,b", "c"]', "on": "true"}
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert complete(ENTRIES, given) == {"limit": 5, "since": at, "share": 0.5, "on": True, "ids": ["a,b", "c"]}
    assert complete(ENTRIES, {"ids": "a,b", "since": "null"})["ids"] == ["a", "b"]


def test_json_is_a_list_of_objects() -> None:
    """Numbers stay numbers to the last digit, times are ISO 8601, what is missing is null."""
    first, second = json.loads(as_json(ANSWER))
    assert first == {
        "id": '=cmd|"x"',
        "at": "2026-01-01T00:00:00+00:00",
        "day": "2026-01-02",
        "money": 1234567,
        "share": 0.1 + 0.2,
        "tags": ["a", "b"],
        "yes": True,
    }
    assert second["at"] is None


def test_csv_runs_no_formula_and_reads_back() -> None:
    """A text that a spreadsheet would run has an apostrophe before it; lines end as RFC 4180 says."""
    text = as_csv(ANSWER)
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[1] == ["'=cmd|\"x\"", "2026-01-01T00:00:00+00:00", "2026-01-02", "1234567", "0.30000000000000004",
                       '["a", "b"]', "true"]  # fmt: skip
    assert rows[2] == ["plain", "", "", "-5", "", "[]", "false"]
    assert text.count("\r\n") == 3


def test_a_table_shows_no_last_digits_and_no_control_characters() -> None:
    """What servers may add up differently is left out, and a text cannot move the cursor."""
    assert as_cells(ANSWER)[0] == [
        '=cmd|"x"',
        "2026-01-01 00:00",
        "2026-01-02",
        "1,234,567",
        "0.3",
        '["a", "b"]',
        "yes",
    ]
    assert as_cells(Answer(("id",), [("a\x1b[2J\n",)])) == [["a\\x1b[2J\\x0a"]]
