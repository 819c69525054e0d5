"""Which texts try the quick lane? Good and odd ones of each column, mangled, in every layout of Arrow."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import settings
from hypothesis import strategies as st

from loaders.contract import RELATION_KINDS

thorough = settings(max_examples=12, deadline=None, derandomize=True)

SIGNS = "0123456789.,-+eE:TZ /xA_ٱ１é\0\n\t\"'"
IDS = ["A1", "B1", "a0000001", "customer-0000017", "x" * 64, "x" * 65, "-odd", "000123", "123", "1E5", "NA", "null"]
STRANGE_IDS = [
    " A1 ",
    "A1\u00a0",
    "А1",
    "A\u200b1",
    "A\u202e1",
    "１２３",
    "é",
    "e\u0301",
    "A\0",
    "=HYPERLINK",
    "../../etc",
]
AMOUNTS = ["1.00", "12", "0.5", "007", "0.01", "90071992547409.93", "999999999999999.99", "1000000000000000", "1.234"]
ODD_AMOUNTS = ["0", "0.00", "-0.00", "-1", "NaN", "inf", "1e5", "1e400", "9223372036854775808", "1,234.56", "1.234,56"]
ODD_AMOUNTS += ["¥100", "(100.00)", "12.3o", "", "1.", ".5", ".", "1.005", "100.5", "+1", "1_000", "1.0000", "0.00001"]
STAMPS = ["2025-01-05T08:00:00Z", "2025-01-05 08:00+05:30", "2024-02-29T23:59:59.999999-14:59", "1990-01-01T00:00Z"]
STAMPS += ["2100-12-31T23:59:59.5Z", "1989-12-31T23:00:00-01:00", "2101-01-01T00:00:00+01:00", "2000-02-29T00:00:00.1Z"]
ODD_STAMPS = ["2025-01-05T08:00:00", "05/01/2026", "1736064000", "2025-02-30T00:00:00Z", "2025-01-05T24:00:00Z", "now"]
ODD_STAMPS += ["2025-01-05T23:59:60Z", "2999-01-01T00:00:00Z", "1066-01-01T00:00:00Z", "0000-01-01T00:00:00Z", ""]
ODD_STAMPS += ["2025-01-05T08:00:00+24:00", "2025-01-05T08:00:00+15:00", "2100-02-29T00:00:00Z", "2025-01-05T08:00:00z"]
ODD_STAMPS += ["2025-01-05T08:00:00.1234567Z", "2025-01-05T08:00:00.Z", "2025-01-05T8:00:00Z", "2025-1-5T08:00:00Z"]
DAYS = [
    "2019-03-01",
    "1900-01-01",
    "2100-12-31",
    "2024-02-29",
    "1899-12-31",
    "2101-01-01",
    "2023-02-29",
    "2019-3-1",
    "",
]
NUMBERS = [
    "0",
    "1",
    "0.5",
    "0.1234567890123456789",
    "12",
    "1.0",
    "7.00",
    "1e-3",
    "1E2",
    "-0",
    "-0.0",
    "1.5",
    "100",
    "101",
]
NUMBERS += [
    "1000000000000000",
    "1000000000000001",
    "9007199254740993",
    "0.30000000000000004",
    "NaN",
    "inf",
    "-1",
    "",
    "007",
]
NUMBERS += ["1.", ".5", "0.0000000000000001", "1234567890123456789", "12345678901234567890", "0.1e400", "1e-400", "yes"]


def mangled(text: str, edits: list[tuple[int, int, str]]) -> str:
    """A text with some signs put in, taken out or replaced."""
    for place, taken, put in edits:
        at = place % (len(text) + 1)
        text = text[:at] + put + text[at + taken :]
    return text


EDITS = st.lists(st.tuples(st.integers(0, 70), st.integers(0, 2), st.sampled_from([*SIGNS, ""])), max_size=2)


def messy(texts: list[str]) -> st.SearchStrategy[list[str | None]]:
    """Columns that are half as they should be and half odd, with some nulls."""
    odd = st.builds(mangled, st.sampled_from(texts), EDITS)
    return st.lists(st.one_of(st.sampled_from(texts), odd, st.none()), min_size=1, max_size=120)


LAYOUTS = ("string", "large", "view", "words", "slice")


def laid_out(values: list[str | None], layout: str) -> pa.Array:
    """The same texts in one of the layouts that Arrow has for them."""
    plain = pa.array(values, pa.string())
    if layout == "words":
        return plain.dictionary_encode()
    if layout == "slice":
        return pa.concat_arrays([pa.array(["before", None]), plain, pa.array(["behind"])])[2 : 2 + len(plain)]
    return plain.cast({"string": pa.string(), "large": pa.large_string(), "view": pa.string_view()}[layout])


TEXTS = {
    ("relations", "relation_id"): IDS + STRANGE_IDS,
    ("relations", "from_id"): IDS + STRANGE_IDS,
    ("relations", "reverses"): ["", *IDS, *STRANGE_IDS],
    ("relations", "kind"): [*RELATION_KINDS, "P2P", "Transfer", ""],
    ("relations", "amount"): AMOUNTS + ODD_AMOUNTS,
    ("relations", "amount_minor"): AMOUNTS + ODD_AMOUNTS,
    ("relations", "currency"): ["CNY", "JPY", "TND", "CLF", "usd", "XXX", "XAU", "", "CNYA", "CN"],
    ("relations", "at"): STAMPS + ODD_STAMPS,
    ("accounts", "account_id"): IDS + STRANGE_IDS,
    ("accounts", "holder_id"): ["", *IDS, *STRANGE_IDS],
    ("accounts", "kind"): ["person", "merchant", "institution", "P2P", "", "persons"],
    ("accounts", "opened_on"): DAYS,
    ("profiles", "account_id"): IDS,
    ("profiles", "known_at"): STAMPS + ODD_STAMPS,
    ("profiles", "on_time_rate"): NUMBERS,
    ("profiles", "history_months"): NUMBERS,
    ("profiles", "linked_cards"): NUMBERS,
    ("profiles", "mean_balance"): NUMBERS,
    ("profiles", "spending_scale"): NUMBERS,
    ("profiles", "home"): ["true", "false", "True", "1", "", "truee"],
    ("consents", "source"): ["finance", "ecommerce", "connections", "", "P2P"],
    ("consents", "granted"): ["true", "false", "", "TRUE"],
    ("outcomes", "kind"): ["default", "overdue", "", "late"],
    ("outcomes", "severity"): NUMBERS,
}
MONEY = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["transfer", "refund", "chat", "shake", "loan", "P2P", None]),
        "currency": st.sampled_from(["CNY", "JPY", "TND", "CLF", "USD", "", None, "XXX"]),
        "amount": st.one_of(
            st.sampled_from([*AMOUNTS, *ODD_AMOUNTS]), st.none(), st.from_regex(r"[0-9]{1,20}(\.[0-9]{1,5})?\Z")
        ),
    }
)
