"""Is the quick lane sure of ordinary records, and do its index and its hashes find what they should?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_quick_laws import LAYOUTS, laid_out

import loaders
from loaders.contract import TABLES
from loaders.quick import AccountIndex, Context, Judged, hash_ids, judge
from loaders.raw import Batch
from loaders.settings import LoadSettings
from loaders.town import town

moderate = settings(max_examples=60, deadline=None, derandomize=True)
TEXTS = st.lists(st.one_of(st.none(), st.text(max_size=20), st.text("ab\0é", max_size=90)), min_size=1, max_size=60)


def judged(table: str, columns: dict[str, pa.Array], accounts: AccountIndex | None) -> Judged:
    batch = Batch(columns, range(1, len(next(iter(columns.values()))) + 1))
    present = {"amount" if name == "amount_minor" else name for name in columns}
    return judge(TABLES[table], batch, present, Context(LoadSettings(), accounts))


TOWN = {name: pa.Table.from_pandas(rows, preserve_index=False).combine_chunks() for name, rows in town().items()}


@pytest.mark.parametrize("name", [name for name in TOWN if name != "rates"])
def test_every_record_of_the_town_is_sure(name: str) -> None:
    """A clean table needs no check in SQL, whether its values are typed or text."""
    accounts = AccountIndex(TOWN["accounts"]["account_id"].combine_chunks())
    typed = {column: TOWN[name][column].combine_chunks() for column in TOWN[name].column_names}
    tables = loaders.load(**town())
    stood = getattr(tables, name)
    again = {column: stood[column].combine_chunks() for column in stood.column_names}
    for columns in (typed, again):
        assert judged(name, columns, None if name == "accounts" else accounts).sure.all()


def test_unknown_accounts_are_not_sure() -> None:
    """A record that names an account nobody has heard of goes to the checks in SQL."""
    columns = {name: TOWN["outcomes"][name].combine_chunks() for name in TOWN["outcomes"].column_names}
    assert not judged("outcomes", columns, AccountIndex(pa.array(["somebody"]))).sure.any()


def test_rates_are_left_to_the_checks_in_sql() -> None:
    """No rate is sure."""
    columns = {"currency": pa.array(["USD"]), "on": pa.array(["2025-01-01"]), "rate": pa.array(["7.1"])}
    assert not judged("rates", columns, None).sure.any()


@moderate
@given(ids=TEXTS, asked=TEXTS, layout=st.sampled_from(LAYOUTS))
def test_the_index_finds_the_rows_that_arrow_finds(ids: list[str | None], asked: list[str | None], layout: str) -> None:
    """Codes are rows of the list; what is not in it, or too long, has none."""
    known = pa.array(sorted({text for text in ids if text is not None}), pa.string())
    values = [*asked, *ids]
    actual = AccountIndex(known).codes(laid_out(values, layout))
    expected = pc.index_in(pa.array(values, pa.string()), value_set=known, skip_nulls=True).fill_null(-1).to_numpy()
    findable = [text is None or (len(text.encode()) <= 64 and not text.endswith("\0")) for text in values]
    assert actual.tolist() == np.where(findable, expected, -1).tolist()


def test_the_index_finds_each_of_many_from_several_threads() -> None:
    """A hundred thousand ids of several lengths are found, in threads as in one, and their neighbours are not."""
    ids = pa.array(sorted(f"{'long-' * (n % 5)}{n:06}" for n in range(100_000)))
    index = AccountIndex(ids)
    order = np.random.default_rng(7).permutation(len(ids))
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda part: index.codes(ids.take(pa.array(part))), np.array_split(order, 8)))
    assert np.concatenate(found).tolist() == order.tolist()
    assert (index.codes(pc.binary_join_element_wise(ids, "x", "")) == -1).all()


def test_codes_into_the_accounts_themselves_are_not_searched() -> None:
    """A dictionary that is the list of accounts has the codes already."""
    ids = pa.array(["a", "b", "c"])
    values = pa.DictionaryArray.from_arrays(pa.array([2, None, 0], pa.int32()), ids)
    assert AccountIndex(ids).codes(values).tolist() == [2, -1, 0]


@moderate
@given(texts=TEXTS, layout=st.sampled_from(LAYOUTS))
def test_a_hash_is_of_the_text_alone(texts: list[str | None], layout: str) -> None:
    """Equal texts have equal hashes in every layout, and unequal ones others."""
    hashed = dict(zip(texts, hash_ids(pa.array(texts, pa.string())).tolist(), strict=True))
    assert hash_ids(laid_out(texts, layout)).tolist() == [hashed[text] for text in texts]
    assert len(set(hashed.values())) == len(hashed)


def plain_hash(text: str) -> int:
    """The rounds and the finish of XXH64 over words of eight bytes, in Python's own integers."""
    data, full = text.encode(), 2**64
    p1, p2, p3, p4, p5 = (
        *(0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9),
        *(0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5),
    )
    mixed = (p5 + len(data)) % full
    for at in range(0, len(data), 8):
        word = int.from_bytes(data[at : at + 8], "little") * p2 % full
        mixed ^= (word << 31 | word >> 33) % full * p1 % full
        mixed = ((mixed << 27 | mixed >> 37) % full * p1 + p4) % full
    mixed = (mixed ^ mixed >> 33) * p2 % full
    mixed = (mixed ^ mixed >> 29) * p3 % full
    return mixed ^ mixed >> 32


@moderate
@given(texts=TEXTS)
def test_hashes_never_change(texts: list[str | None]) -> None:
    """Hashes are kept in files, so they are what plain arithmetic says, on every machine."""
    expected = [0 if text is None else plain_hash(text) for text in texts]
    assert hash_ids(pa.array(texts, pa.string())).tolist() == expected


def test_many_ids_have_different_hashes_whose_bits_are_even() -> None:
    """Among 300,000 ids that differ in few digits no two hashes are the same, and every bit is set half the time."""
    hashed = hash_ids(pa.array([f"relation-{n:07}" for n in range(300_000)]))
    shares = np.array([((hashed >> np.uint64(bit)) & np.uint64(1)).mean() for bit in range(64)])
    assert len(np.unique(hashed)) == len(hashed)
    assert np.abs(shares - 0.5).max() < 0.01
