"""Which values do profiles, consents, outcomes and rates take, and what do the settings change?"""

from __future__ import annotations

import json
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from gate_data import AT, RELATIONS_HEADER, data, kept, reasons, relation

import loaders
from loaders import LoadSettings, features, fingerprint, load, read, schema
from loaders.contract import TABLES
from loaders.errors import ContractError, UnavailableError, UsageError
from loaders.town import town

PROFILES = {
    "not a number": ("on_time_rate", "x", "value_format"),
    "NaN": ("on_time_rate", "NaN", "value_format"),
    "above one": ("on_time_rate", "1.01", "value_range"),
    "negative": ("history_months", "-1", "value_range"),
    "huge": ("credit_history", "1e308", "value_range"),
    "half a card": ("linked_cards", "1.5", "value_format"),
    "too many cards": ("linked_cards", "101", "value_range"),
    "beyond int64": ("mean_balance", "9" * 30, "value_range"),
    "yes": ("home", "yes", "value_format"),
    "no outflow": ("spending_scale", "0", "value_range"),
}


@pytest.mark.parametrize("case", PROFILES)
def test_bad_features(tmp_path: Path, case: str) -> None:
    """A feature outside its type or range costs its record."""
    name, value, expected = PROFILES[case]
    text = f"account_id,known_at,{name}\nA1,,{value}\nB1,,\n"
    found = read(data(tmp_path, [], profiles=text))
    assert (reasons(found, "profiles"), found.profiles.to_pylist()) == (
        [expected],
        [{"account_id": "B1", "known_at": None, name: None}],
    )


def test_every_feature_has_its_type(tmp_path: Path) -> None:
    """All features are read, each at both ends of its range."""
    names = [feature.name for feature in features()]
    ends = [
        ("false", "true") if feature.type == "boolean" else (str(feature.low), str(feature.high))
        for feature in features()
    ]
    rows = [",".join([account, *values]) for account, values in zip(("A1", "B1"), zip(*ends, strict=True), strict=True)]
    found = read(data(tmp_path, [], profiles="\n".join([",".join(["account_id", *names]), *rows, ""])))
    types = {"number": "double", "integer": "int64", "money": "int64", "boolean": "bool"}
    assert {name: str(found.profiles[name].type) for name in names} == {f.name: types[f.type] for f in features()}
    assert found.profiles.num_rows == 2


OTHERS = {
    "unknown source": ("consents", "account_id,source,granted,at", f"A1,friends,true,{AT}", "source_unknown"),
    "granted yes": ("consents", "account_id,source,granted,at", f"A1,finance,yes,{AT}", "granted_format"),
    "consent of nobody": ("consents", "account_id,source,granted,at", f"Z,finance,true,{AT}", "account_unknown"),
    "unknown outcome": ("outcomes", "account_id,kind,severity,at", f"A1,late,1,{AT}", "kind_unknown"),
    "severity word": ("outcomes", "account_id,kind,severity,at", f"A1,default,high,{AT}", "severity_format"),
    "severity 2": ("outcomes", "account_id,kind,severity,at", f"A1,default,2,{AT}", "severity_range"),
    "rate zero": ("rates", "currency,on,rate", "USD,2025-01-05,0.0", "rate_format"),
    "rate negative": ("rates", "currency,on,rate", "USD,2025-01-05,-7", "rate_format"),
    "rate too fine": ("rates", "currency,on,rate", "USD,2025-01-05,7.0000000000001", "rate_format"),
    "rate of no currency": ("rates", "currency,on,rate", "XXX,2025-01-05,7", "currency_unknown"),
    "rate of no day": ("rates", "currency,on,rate", "USD,2025-02-30,7", "ts_invalid"),
    "opened in another form": ("accounts", "account_id,holder_id,kind,opened_on", "D,,person,1/2/2019", "ts_format"),
    "opened in 1066": ("accounts", "account_id,holder_id,kind,opened_on", "D,,person,1066-10-14", "ts_range"),
    "account without id": ("accounts", "account_id,holder_id,kind,opened_on", ",,person,", "account_id_empty"),
    "account of no kind": ("accounts", "account_id,holder_id,kind,opened_on", "D,,robot,", "kind_unknown"),
    "holder": ("accounts", "account_id,holder_id,kind,opened_on", "D,a b,person,", "id_charset"),
}


@pytest.mark.parametrize("case", OTHERS)
def test_bad_values_of_other_tables(tmp_path: Path, case: str) -> None:
    """Each table has its own words and ranges."""
    table, header, line, expected = OTHERS[case]
    folder = data(tmp_path, [])
    (folder / f"{table}.csv").write_text(f"{header}\n{line}\n")
    assert reasons(read(folder), table) == [expected]


def test_contacts_have_no_money(tmp_path: Path) -> None:
    """A chat stands without amount and currency, and falls with either."""
    lines = [
        relation("r1", kind="chat", amount="", currency=""),
        relation("r2", kind="chat", currency=""),
        relation("r3", kind="chat", amount=""),
    ]
    found = read(data(tmp_path, lines))
    assert (kept(found), reasons(found)) == (["r1"], ["contact_with_money"] * 2)


def test_first_failing_check_gives_the_reason(tmp_path: Path) -> None:
    """A record with several faults has the reason of the first column of the contract that fails."""
    assert reasons(read(data(tmp_path, [relation("", src="", amount="x", at="x")]))) == ["tx_id_empty"]
    assert reasons(read(data(tmp_path, [relation(amount="x", at="x")]))) == ["amount_format"]


MINOR = {"100": None, "1.00": "amount_format", "-1": "amount_negative", "0": "amount_zero", "1" * 19: "amount_range"}


@pytest.mark.parametrize("amount", MINOR)
def test_minor_units(tmp_path: Path, amount: str) -> None:
    """amount_minor is integer minor units of the currency."""
    text = f"{RELATIONS_HEADER.replace('amount', 'amount_minor')}\n{relation(amount=amount)}\n"
    found = read(data(tmp_path, text))
    assert reasons(found) == ([MINOR[amount]] if MINOR[amount] else [])
    assert found.rejects["column"].to_pylist() == (["amount_minor"] if MINOR[amount] else [])


@pytest.mark.parametrize(
    ("id_", "stands"),
    [
        ("张三", True),
        ("a b", True),
        ("a ", False),
        ("e\u0301", False),
        ("p\u0430y", False),
        ("A\u200b1", False),
        ("\uff11", False),
    ],
)
def test_widened_ids(tmp_path: Path, id_: str, stands: bool) -> None:
    """A widened pattern lets other scripts in, but no look-alikes, invisible characters or decomposed forms."""
    folder = data(tmp_path, [relation(src=id_)], ["B1", id_])
    found = read(folder, LoadSettings(id_pattern="[^/]+"))
    assert (kept(found), reasons(found)) == ((["r1"], []) if stands else ([], ["id_charset"]))


def test_broken_pattern() -> None:
    """A pattern that is none is told."""
    with pytest.raises(UsageError, match="id_pattern is not a regular expression"):
        load(**town(), settings=LoadSettings(id_pattern="["))


def test_unknown_base_currency() -> None:
    """The base currency must be one with minor units."""
    with pytest.raises(UsageError, match="base_currency must be an ISO 4217 code"):
        load(**town(), settings=LoadSettings(base_currency="XXX"))


def test_frames_of_real_types() -> None:
    """Zoned times, dates, decimals, floats of features and missing values read as their text would."""
    typed = town()
    relations, accounts, profiles = typed["relations"], typed["accounts"], typed["profiles"]
    relations["at"] = pd.to_datetime(relations["at"]).dt.tz_convert("Asia/Shanghai")
    relations["amount"] = [Decimal(text) if text else None for text in relations["amount"]]
    relations["currency"] = relations["currency"].replace("", pd.NA)
    relations["kind"] = relations["kind"].astype("category")
    accounts["opened_on"] = [date.fromisoformat(text) for text in accounts["opened_on"]]
    accounts["holder_id"] = accounts["holder_id"].replace("", None)
    for name in profiles.columns[1:]:
        profiles[name] = profiles[name].astype(float)
    assert fingerprint(load(**typed)) == fingerprint(load(**town()))


@pytest.mark.parametrize(("column", "reason"), [("amount", "schema"), ("from_id", "schema"), ("at", "ts_zone")])
def test_frames_that_lost_something(column: str, reason: str) -> None:
    """Float money, float ids and naive times are refused whole."""
    tables = town()
    values = {"amount": 1.5, "from_id": 2.0, "at": pd.Timestamp("2025-01-01")}
    tables["relations"][column] = values[column]
    with pytest.raises(ContractError) as caught:
        load(**tables)
    assert caught.value.reason == reason


def test_frames_with_missing_values() -> None:
    """None and NaN are blank, and a missing feature is missing."""
    tables = town()
    tables["relations"].loc[0, "from_id"] = None
    tables["profiles"]["history_months"] = tables["profiles"]["history_months"].astype(float)
    tables["profiles"].loc[0, "history_months"] = float("nan")
    found = load(**tables)
    assert (reasons(found), found.profiles["history_months"].null_count) == (["src_empty"], 1)
    assert json.loads(found.rejects["original"][0].as_py())["relation_id"] == "r0001"


def test_frames_must_be_frames() -> None:
    """Anything but a DataFrame is told."""
    with pytest.raises(UsageError, match="relations must be a pandas DataFrame; got list"):
        load(accounts=town()["accounts"], relations=[])  # type: ignore[arg-type]


@pytest.mark.parametrize("filler", ["9", "a", "(", " ", "1.", "é"])
def test_long_fields_fall_fast(tmp_path: Path, filler: str) -> None:
    """60 KB of anything in each field of a record is refused within 50 ms a record."""
    lines = [
        relation(**{name: filler * (60_000 // len(filler.encode()))})
        for name in ("relation_id", "kind", "src", "dst", "amount", "currency", "at", "reverses")
        for _ in range(10)
    ]
    folder = data(tmp_path, lines)
    started = time.monotonic()
    found = read(folder)
    assert (found.relations.num_rows, found.rejects.num_rows) == (0, 80)
    assert time.monotonic() - started < 80 * 0.05


def test_megabytes_fall_fast(tmp_path: Path) -> None:
    """A megabyte of digits in a field is refused by its length alone."""
    lines = [relation(amount="9" * 1_000_000) for _ in range(20)]
    folder = data(tmp_path, lines)
    started = time.monotonic()
    assert reasons(read(folder)) == ["record_too_long"] * 20
    assert time.monotonic() - started < 20 * 0.05


def test_progress_is_told(tmp_path: Path) -> None:
    """Each file is told before it is read, with the bytes done and the bytes of all."""
    told: list[tuple[str, int, int]] = []
    folder = data(tmp_path, [relation()])
    read(folder, progress=lambda *event: told.append(event))
    size = {name: (folder / name).stat().st_size for name in ("accounts.csv", "relations.csv")}
    total = sum(size.values())
    assert told == [("accounts.csv", 0, total), ("relations.csv", size["accounts.csv"], total)]


def test_json_schema_names_the_contract() -> None:
    """The JSON schema has each table with exactly the contract's columns."""
    found = schema()["$defs"]
    assert {name: tuple(record["properties"]) for name, record in found.items()} == {
        name: table.names for name, table in TABLES.items()
    }


def test_public_names_are_there() -> None:
    """Everything the package lists can be had from it."""
    assert all(getattr(loaders, name) is not None for name in loaders.__all__)


def test_checks_that_run_out_of_memory(tmp_path: Path) -> None:
    """A memory limit that is no limit, or too small to work in, is told in a sentence."""
    folder = data(tmp_path, [relation()])
    with pytest.raises(UsageError, match="a memory limit reads like '1500MiB'"):
        read(folder, LoadSettings(duckdb_memory="much"))
    with pytest.raises(UnavailableError, match="the checks need more than 1KiB of memory"):
        read(folder, LoadSettings(duckdb_memory="1KiB"))


@pytest.mark.parametrize("wrong", [{"self_transfer": "drop"}, {"max_reject_rate": 1.5}, {"duckdb_threads": 0}])
def test_settings_are_checked(wrong: dict[str, object]) -> None:
    """A setting that is not one of those allowed is refused where it is made."""
    with pytest.raises(UsageError, match=f"{next(iter(wrong))} must be"):
        LoadSettings(**wrong)  # type: ignore[arg-type]
