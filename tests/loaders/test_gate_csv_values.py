"""What happens to each bad value in CSV? One test per row (1 to 32) of the list of bad inputs, with its reason code."""

from __future__ import annotations

from pathlib import Path

import pytest
from gate_data import AT, RELATIONS_HEADER, data, kept, reasons, relation

from loaders import LoadSettings, read
from loaders.errors import ContractError


def aborted(folder: Path, settings: LoadSettings | None = None) -> ContractError:
    with pytest.raises(ContractError) as caught:
        read(folder, settings or LoadSettings())
    return caught.value


LOOKALIKES = {
    1: ("000123", "123"),
    4: ("1234567890123456789012", "1234567890123456789013"),
    5: ("1E5", "100000"),
    6: ("NA", "null", "None", "nan"),
    7: ("true", "false", "True"),
    8: ("0x10", "16"),
    9: ("2026-1-1", "2026-01-01"),
}


@pytest.mark.parametrize("row", LOOKALIKES)
def test_ids_are_text(tmp_path: Path, row: int) -> None:
    """Ids that look like numbers, nulls, booleans or dates are accepted as different accounts."""
    ids = LOOKALIKES[row]
    lines = [relation(f"r{n}", src=one, dst=ids[n - 1]) for n, one in enumerate(ids)]
    found = read(data(tmp_path, lines, ids))
    assert found.accounts["account_id"].to_pylist() == sorted(ids)
    assert (found.relations.num_rows, reasons(found)) == (len(ids), [])


def test_row_2_zeros_are_kept_far_down(tmp_path: Path) -> None:
    """A zero-led id that comes first at record 60,001 keeps its zeros."""
    ids = [str(n) for n in range(1, 60_001)] + ["000007"]
    found = read(data(tmp_path, [relation(src="000007", dst="7")], ids))
    assert (found.accounts.num_rows, found.relations["from_id"].to_pylist()) == (60_001, ["000007"])


def test_row_3_large_id_next_to_blank(tmp_path: Path) -> None:
    """2^53+1 is kept to the digit next to a blank source, which is refused."""
    found = read(data(tmp_path, [relation(src="9007199254740993"), relation("r2", src="")], ["9007199254740993", "B1"]))
    assert (found.relations["from_id"].to_pylist(), reasons(found)) == (["9007199254740993"], ["src_empty"])


def test_row_10_text_id_among_numbers(tmp_path: Path) -> None:
    """1,200,001 ids with one text id in the middle stay 1,200,001 ids."""
    ids = [str(n) for n in range(1_200_000)]
    ids.insert(600_000, "x")
    assert read(data(tmp_path, [], ids)).accounts.num_rows == 1_200_001


HOSTILE_IDS = {
    11: (" A1 ", "A1\u00a0"),
    12: ("\u0410\u0031", "A\u200b1", "A\u202e1", "\uff11\uff12\uff13", "e\u0301", "\u00e9", "A\x001", "\u0661"),
    14: ('"=HYPERLINK(""http://x"",""y"")"', "x'}) DETACH DELETE n //", "../../etc/passwd", "=1+1", "-A1", "a" * 65),
}


@pytest.mark.parametrize(("row", "id_"), [(row, one) for row, ids in HOSTILE_IDS.items() for one in ids])
def test_hostile_ids(tmp_path: Path, row: int, id_: str) -> None:
    """Ids that are padded, deceptive or code are refused, never trimmed or repaired."""
    found = read(data(tmp_path, [relation("r1"), relation("r2", src=id_)]))
    assert (kept(found), reasons(found)) == (["r1"], ["id_charset"])


AMOUNTS = {
    "16 NaN": ("NaN", "CNY", "amount_format"),
    "16 inf": ("inf", "CNY", "amount_format"),
    "16 -Infinity": ("-Infinity", "CNY", "amount_format"),
    "17 negative": ("-1.00", "CNY", "amount_negative"),
    "17 zero": ("0.00", "CNY", "amount_zero"),
    "17 minus zero": ("-0.00", "CNY", "amount_zero"),
    "18 beyond int64": ("9223372036854775808", "CNY", "amount_range"),
    "18 sixteen digits": ("1000000000000000", "CNY", "amount_range"),
    "18 1e400": ("1e400", "CNY", "amount_range"),
    "18 1e5": ("1e5", "CNY", "amount_format"),
    "19 thousands": ('"1,234.56"', "CNY", "amount_format"),
    "19 decimal comma": ('"1.234,56"', "CNY", "amount_format"),
    "21 sign": ("¥100", "CNY", "amount_format"),
    "21 brackets": ("(100.00)", "CNY", "amount_format"),
    "21 letter o": ("12.3o", "CNY", "amount_format"),
    "21 blank": ("", "CNY", "amount_format"),
    "22 CNY": ("1.005", "CNY", "amount_scale"),
    "22 JPY": ("100.5", "JPY", "amount_scale"),
    "24 lower case": ("1.00", "usd", "currency_unknown"),
    "24 XXX": ("1.00", "XXX", "currency_unknown"),
    "24 blank": ("1.00", "", "currency_unknown"),
    "24 no rate": ("1.00", "USD", "fx_missing"),
    "plus": ("+1.00", "CNY", "amount_format"),
    "point first": (".5", "CNY", "amount_format"),
    "four decimals": ("999999999999999.0001", "CLF", "amount_range"),
}


@pytest.mark.parametrize("row", AMOUNTS)
def test_bad_amounts(tmp_path: Path, row: str) -> None:
    """An amount that is not exact, positive decimal money in a known currency is refused, and only its record."""
    amount, currency, expected = AMOUNTS[row]
    found = read(data(tmp_path, [relation("r1"), relation("r2", amount=amount, currency=currency)]))
    assert (kept(found), reasons(found)) == (["r1"], [expected])


def test_row_15_exact_amount(tmp_path: Path) -> None:
    """90071992547409.93 is 9007199254740993 minor units, not ...94."""
    found = read(data(tmp_path, [relation(amount="90071992547409.93")]))
    assert found.relations["amount_minor"].to_pylist() == [9007199254740993]


def test_row_19_grouped_in_a_european_file(tmp_path: Path) -> None:
    """1.234 beside an amount with decimal comma is a thousand and more, so its format is wrong, not its scale."""
    found = read(data(tmp_path, [relation("r1", amount="1.234"), relation("r2", amount='"1.234,56"')]))
    assert reasons(found) == ["amount_format", "amount_format"]


def test_row_20_semicolon_file(tmp_path: Path) -> None:
    """A file with semicolons is refused whole."""
    text = RELATIONS_HEADER.replace(",", ";") + "\nr1;transfer;A1;B1;1234,56;CNY;" + AT + ";\n"
    assert aborted(data(tmp_path, text)).reason == "header"


def test_row_23_one_bad_value(tmp_path: Path) -> None:
    """A bad value at record 40,003 costs that record alone."""
    lines = [relation(f"r{n}", amount="x" if n == 40_003 else "1.00") for n in range(1, 40_011)]
    found = read(data(tmp_path, lines))
    assert (found.relations.num_rows, found.rejects["line"].to_pylist()) == (40_009, [40_004])


def test_row_24_mixed_currencies_with_rates(tmp_path: Path) -> None:
    """A credit in another currency stands when its UTC day has a rate, and its amount has that currency's scale."""
    rates = "currency,on,rate\nJPY,2025-01-05,0.047\n"
    found = read(data(tmp_path, [relation(amount="100", currency="JPY"), relation("r2")], rates=rates))
    assert found.relations.select(["amount_minor", "currency"]).to_pylist() == [
        {"amount_minor": 100, "currency": "JPY"},
        {"amount_minor": 100, "currency": "CNY"},
    ]


def test_row_24_rate_of_another_utc_day(tmp_path: Path) -> None:
    """The day of a rate is the UTC day: 07:59 in Shanghai is still the day before."""
    rates = "currency,on,rate\nUSD,2025-01-05,7.2\n"
    early = relation(currency="USD", at="2025-01-05T07:59:00+08:00")
    assert reasons(read(data(tmp_path, [early], rates=rates))) == ["fx_missing"]


def test_row_24_a_reversal_needs_no_rate(tmp_path: Path) -> None:
    """What is taken back is never converted, so its day needs no rate; in another currency it is a mismatch."""
    rates = "currency,on,rate\nUSD,2025-01-05,7.2\n"
    back = {"src": "B1", "dst": "A1", "at": "2025-01-08T00:00:00Z", "reverses": "r1"}
    lines = [relation("r1", currency="USD"), relation("r2", currency="USD", **back)]
    found = read(data(tmp_path, [*lines, relation("r3", currency="JPY", amount="1", **back)], rates=rates))
    assert (kept(found), reasons(found)) == (["r1", "r2"], ["reversal_mismatch"])


def test_row_25_refund_above_original(tmp_path: Path) -> None:
    """Refunds are taken in order of time; the one beyond the remainder is refused whole."""
    lines = [
        relation("late", src="B1", dst="A1", amount="0.50", at="2025-01-08T00:00:00Z", reverses="r1"),
        relation("r1"),
        relation("above", src="B1", dst="A1", amount="0.60", at="2025-01-07T00:00:00Z", reverses="r1"),
        relation("first", src="B1", dst="A1", amount="0.50", at="2025-01-06T00:00:00Z", reverses="r1"),
    ]
    found = read(data(tmp_path, lines))
    assert (kept(found), reasons(found)) == (["first", "late", "r1"], ["refund_exceeds"])


def test_row_25_refund_twice(tmp_path: Path) -> None:
    """A full refund cannot be made twice."""
    back = [relation(f"b{n}", src="B1", dst="A1", at=f"2025-01-0{n}T00:00:00Z", reverses="r1") for n in (7, 8)]
    found = read(data(tmp_path, [relation(), *back]))
    assert (kept(found), reasons(found)) == (["b7", "r1"], ["refund_exceeds"])


def test_row_25_orphan_refund(tmp_path: Path) -> None:
    """A refund whose original is unknown is accepted; it is pending as of any moment."""
    assert kept(read(data(tmp_path, [relation(reverses="r0")]))) == ["r1"]


MISMATCHES = {
    "same direction": relation("b", reverses="r1"),
    "other kind": relation("b", kind="refund", src="B1", dst="A1", reverses="r1"),
    "other party": relation("b", src="C1", dst="A1", reverses="r1"),
    "a reversal of itself": relation("b", src="B1", dst="A1", reverses="b"),
    "a contact": relation("b", kind="chat", src="B1", dst="A1", amount="", currency="", reverses="r1"),
}


@pytest.mark.parametrize("case", MISMATCHES)
def test_row_25_reversal_mismatch(tmp_path: Path, case: str) -> None:
    """A reversal must have its original's kind and currency and swapped parties."""
    assert reasons(read(data(tmp_path, [relation(), MISMATCHES[case]]))) == ["reversal_mismatch"]


def test_row_25_reversal_of_a_reversal(tmp_path: Path) -> None:
    """A reversal cannot be taken back by another."""
    back = relation("b", src="B1", dst="A1", reverses="r1", at="2025-01-06T00:00:00Z")
    again = relation("c", reverses="b", at="2025-01-07T00:00:00Z")
    assert reasons(read(data(tmp_path, [relation(), back, again]))) == ["reversal_mismatch"]


def test_row_26_self_transfer(tmp_path: Path) -> None:
    """A transfer to oneself is refused by default and kept when the settings say so."""
    folder = data(tmp_path, [relation(dst="A1")])
    assert reasons(read(folder)) == ["self_transfer"]
    assert kept(read(folder, LoadSettings(self_transfer="count"))) == ["r1"]


def test_row_27_exact_duplicate(tmp_path: Path) -> None:
    """The same record twice counts once, also when the amount, the instant or the quotes are written otherwise."""
    lines = [
        relation(amount="5.0"),
        relation(amount="5.00"),
        relation(amount="5", at="2025-01-05T00:00:00Z"),
        ",".join(f'"{field}"' for field in relation(amount="5").split(",")),
    ]
    found = read(data(tmp_path, lines))
    assert (found.relations.num_rows, reasons(found)) == (1, ["duplicate"] * 3)
    assert found.reject_rate("relations") == 0


def test_row_28_conflict(tmp_path: Path) -> None:
    """Of two records with one id the earlier stands, wherever it is in the file; the report has both lines."""
    early, late = relation(amount="2.00"), relation(amount="1.00", at="2025-01-06T00:00:00Z")
    for lines in ([early, late], [late, early]):
        found = read(data(tmp_path, lines))
        (row,) = found.rejects.to_pylist()
        assert (found.relations["amount_minor"].to_pylist(), row["reason"]) == ([200], "tx_id_conflict")
        assert (row["original"], row["note"].split(": ", 2)[2]) == (late, early)


TIMES = {
    "29 naive": ("2025-01-05T08:00:00", "ts_format"),
    "29 slashes": ("05/01/2026", "ts_format"),
    "29 epoch seconds": ("1736035200", "ts_format"),
    "29 epoch milliseconds": ("1736035200000", "ts_format"),
    "29 a word": ("now", "ts_format"),
    "29 blank": ("", "ts_format"),
    "29 seven decimals": ("2025-01-05T08:00:00.1234567Z", "ts_format"),
    "30 Feb 30": ("2025-02-30T08:00:00Z", "ts_invalid"),
    "30 24:00": ("2025-01-05T24:00:00Z", "ts_invalid"),
    "30 leap second": ("2016-12-31T23:59:60Z", "ts_invalid"),
    "30 offset": ("2025-01-05T08:00:00+25:00", "ts_invalid"),
    "31 2999": ("2999-01-01T00:00:00Z", "ts_range"),
    "31 1066": ("1066-10-14T00:00:00Z", "ts_range"),
    "31 0000": ("0000-01-01T00:00:00Z", "ts_range"),
    "31 by its offset": ("1990-01-01T00:00:00+00:01", "ts_range"),
}


@pytest.mark.parametrize("row", TIMES)
def test_bad_times(tmp_path: Path, row: str) -> None:
    """A time that is not ISO 8601 with offset, does not exist or is outside 1990 to 2100 is refused."""
    at, expected = TIMES[row]
    assert reasons(read(data(tmp_path, [relation(at=at)]))) == [expected]


def test_row_32_any_order(tmp_path: Path) -> None:
    """Late and out-of-order records are accepted, and any order gives the same bytes."""
    lines = [relation(f"r{n}", at=f"2025-01-{n:02}T00:00:00Z") for n in range(1, 29)]
    tables = [read(data(tmp_path, order)) for order in (lines, lines[::-1], lines[14:] + lines[:14])]
    assert tables[0].relations.num_rows == 28
    assert all(one.relations.equals(tables[0].relations) for one in tables)
