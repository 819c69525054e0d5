"""What of a log counts as of a moment?"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pandas as pd
import pytest

from loaders import LoadSettings, Tables, at, load
from loaders.errors import UsageError
from loaders.town import AS_OF, town

ACCOUNTS = pd.DataFrame(
    [
        ("a1", "ann", "merchant", "2020-05-01"),
        ("a2", "ann", "person", "2019-01-01"),
        ("b1", "", "person", ""),
        ("n1", "new", "person", "2025-06-02"),
        ("s1", "shop", "merchant", "2001-01-01"),
    ],
    columns=["account_id", "holder_id", "kind", "opened_on"],
)


def day(number: int) -> str:
    return f"2025-06-{number:02}T00:00:00+00:00"


def moment(number: int) -> datetime:
    return datetime(2025, 6, number, tzinfo=UTC)


def tables(relations: list[tuple[str, ...]] | None = None, **others: pd.DataFrame) -> Tables:
    columns = ["relation_id", "kind", "from_id", "to_id", "amount", "currency", "at", "reverses"]
    found = load(accounts=ACCOUNTS, relations=pd.DataFrame(relations or [], columns=columns, dtype="str"), **others)
    assert found.rejects.num_rows == 0
    return found


PAID = ("p", "transfer", "a2", "b1", "100.00", "CNY", day(3), "")
BACK = ("q", "transfer", "b1", "a2", "30.00", "CNY", day(5), "p")
MORE = ("r", "transfer", "b1", "a2", "20.00", "CNY", day(7), "p")


def test_later_rows_are_set_aside() -> None:
    """Rows later than the moment are counted, not used; a row at the very moment is used."""
    snapshot = at(tables([PAID, BACK, MORE]), moment(5))
    assert snapshot.relations["relation_id"].to_pylist() == ["p", "q"]
    assert snapshot.counts["relations"] == {"accepted": 3, "used": 2, "after_as_of": 1, "pending": 0}


def test_what_is_taken_back_by_then() -> None:
    """What was reversed grows with the moment."""
    found = tables([PAID, BACK, MORE])
    taken = [at(found, moment(n)).relations["reversed_minor"].to_pylist() for n in (4, 5, 8)]
    assert taken == [[0], [3000, 0], [5000, 0, 0]]


def test_pending_until_the_original_arrives() -> None:
    """A reversal without its original waits, and is matched once that has arrived."""
    alone, whole = at(tables([BACK]), moment(9)), at(tables([BACK, PAID]), moment(9))
    assert (alone.relations.num_rows, alone.counts["relations"]["pending"]) == (0, 1)
    assert (whole.relations["reversed_minor"].to_pylist(), whole.counts["relations"]["pending"]) == ([3000, 0], 0)


def test_pending_while_the_original_is_later() -> None:
    """A reversal dated before its original is pending as of a moment between the two."""
    early = (*BACK[:6], day(1), "p")
    snapshot = at(tables([PAID, early]), moment(2))
    assert snapshot.counts["relations"] == {"accepted": 2, "used": 0, "after_as_of": 1, "pending": 1}


def test_holders_of_open_accounts() -> None:
    """A holder is a person if any open account is, as old as the oldest; one opened later does not count."""
    rows = at(tables(), moment(1)).holders.to_pylist()
    assert rows == [
        {"holder_id": "ann", "person": True, "opened_on": date(2019, 1, 1)},
        {"holder_id": "b1", "person": True, "opened_on": None},
        {"holder_id": "shop", "person": False, "opened_on": date(2001, 1, 1)},
    ]
    assert at(tables(), moment(1)).counts["accounts"]["after_as_of"] == 1


def test_opening_day_is_a_utc_day() -> None:
    """An account opened on 2 June is open when that day has begun in UTC."""
    shanghai = timezone(timedelta(hours=8))
    opened = [at(tables(), datetime(2025, 6, 2, hour, tzinfo=shanghai)).accounts.num_rows for hour in (7, 8)]
    assert opened == [4, 5]


def test_latest_profile_of_a_holder() -> None:
    """Over a holder's accounts the latest row counts; undated is earliest; the smallest account_id wins a tie."""
    profiles = pd.DataFrame(
        [("a1", "", "1"), ("a2", day(2), "2"), ("a1", day(2), "3"), ("a2", day(8), "4"), ("b1", "", "0")],
        columns=["account_id", "known_at", "degree"],
    )
    found = tables(profiles=profiles)
    degrees = [at(found, moment(n)).profiles.select(["holder_id", "degree"]).to_pylist() for n in (1, 2, 9)]
    expected = [[{"holder_id": "ann", "degree": n}, {"holder_id": "b1", "degree": 0}] for n in (1, 3, 4)]
    assert degrees == expected
    assert at(found, moment(2)).counts["profiles"] == {"accepted": 5, "used": 4, "after_as_of": 1, "pending": 0}


def test_latest_consent_of_a_holder() -> None:
    """The latest word over a holder's accounts counts, false wins a tie, and no word is no."""
    consents = pd.DataFrame(
        [
            ("a1", "finance", "true", day(2)),
            ("a2", "finance", "false", day(2)),
            ("a1", "connections", "false", day(1)),
            ("a2", "connections", "true", day(2)),
            ("b1", "finance", "true", day(8)),
        ],
        columns=["account_id", "source", "granted", "at"],
    )
    rows = at(tables(consents=consents), moment(3)).consents
    assert rows is not None
    assert rows.select(["holder_id", "finance", "connections", "supplied"]).to_pylist() == [
        {"holder_id": "ann", "finance": False, "connections": True, "supplied": False},
        {"holder_id": "b1", "finance": False, "connections": False, "supplied": False},
        {"holder_id": "new", "finance": False, "connections": False, "supplied": False},
        {"holder_id": "shop", "finance": False, "connections": False, "supplied": False},
    ]


def test_no_table_of_consents() -> None:
    """Without a table of consents there is none in the snapshot; an empty one refuses everything."""
    empty = pd.DataFrame([], columns=["account_id", "source", "granted", "at"], dtype="str")
    refused = at(tables(consents=empty), moment(3)).consents
    assert at(tables(), moment(3)).consents is None
    assert refused is not None
    assert refused["finance"].to_pylist() == [False, False, False, False]


def test_outcomes_known_by_then() -> None:
    """Outcomes are told by holder, once they are known."""
    outcomes = pd.DataFrame(
        [("a2", "overdue", "0.5", day(2)), ("a1", "default", "1", day(8))],
        columns=["account_id", "kind", "severity", "at"],
    )
    found = at(tables(outcomes=outcomes), moment(3)).outcomes
    assert found.select(["holder_id", "kind", "severity"]).to_pylist() == [
        {"holder_id": "ann", "kind": "overdue", "severity": 0.5}
    ]


def test_counts_add_up_for_the_town() -> None:
    """Accepted is used, later and pending, in every table, at every moment."""
    found = load(**town(), settings=LoadSettings())
    for back in range(0, 800, 50):
        for counts in at(found, AS_OF - timedelta(days=back)).counts.values():
            assert counts["accepted"] == counts["used"] + counts["after_as_of"] + counts["pending"]


def test_moment_needs_an_offset() -> None:
    """A moment without offset is refused."""
    with pytest.raises(UsageError, match="as_of must have a UTC offset; got 2025-06-01T00:00:00"):
        at(tables(), datetime(2025, 6, 1))  # noqa: DTZ001 (naive on purpose)


def test_rates_known_by_then() -> None:
    """A rate of a later day is set aside and counted like any other later row; that of the very day is used."""
    rates = pd.DataFrame({"currency": "USD", "on": ["2025-06-04", "2025-06-05", "2025-06-06"], "rate": "7.1"})
    snapshot = at(tables(rates=rates), moment(5))
    assert snapshot.rates["on"].to_pylist() == [date(2025, 6, 4), date(2025, 6, 5)]
    assert snapshot.counts["rates"] == {"accepted": 3, "used": 2, "after_as_of": 1, "pending": 0}


def test_many_accounts_are_looked_up_to_the_same_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """The index that serves millions of accounts finds the same owners, odd ids and strangers among them."""
    tables = town()
    odd = "é" * 40  # longer than the index knows
    tables["accounts"] = pd.concat(
        [tables["accounts"], pd.DataFrame([{"account_id": odd, "holder_id": "", "kind": "person", "opened_on": ""}])]
    )
    row = {"account_id": odd, "kind": "default", "severity": "1", "at": "2024-01-01T00:00:00Z"}
    tables["outcomes"] = pd.concat([tables["outcomes"], pd.DataFrame([row])])
    loaded = load(**tables, settings=LoadSettings(id_pattern=".*"))
    few = at(loaded, AS_OF)
    monkeypatch.setattr("loaders.owners._MANY", 0)
    many = at(loaded, AS_OF)
    assert odd in many.outcomes["holder_id"].to_pylist()
    for name in ("profiles", "consents", "outcomes", "holders", "counts"):
        assert getattr(few, name) == getattr(many, name)
