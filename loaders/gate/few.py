"""Which of a few new relations surely stand by themselves? Judged without compiled code and without a database.

A command that brings in some thousand rows ends before either of them is loaded. What is not plainly right here goes
to the gate of everybody, which alone refuses anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from loaders.contract import CONTACT_KINDS, CREDIT_KINDS, INTEGER_DIGITS, RELATION_KINDS, TABLES
from loaders.gate.few_texts import STAMP, minor_units, moments, whole_numbers
from loaders.readers.csv_file import read_csv_file
from loaders.readers.parquet_file import read_parquet_file
from loaders.readers.parquet_safety import check_parquet_files
from loaders.readers.source import source_of
from loaders.settings import LoadSettings
from loaders.tables import InputFile

MOST = 200_000
"""With more rows the compiled gate has done its work before this one."""
_ID = r"\A[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}\z"
_LIMIT = 10**INTEGER_DIGITS
_DAY_US = 86_400_000_000
_EPOCH = date(1970, 1, 1)
_YEARS = TABLES["relations"].column("at").years
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Few:
    """New relations that surely stand by themselves; whether they stand beside others is not said.

    Attributes
    ----------
    relations : pyarrow.Table
        As in :class:`loaders.tables.Tables`, in order of (at, relation_id), ids distinct.
    files : tuple of InputFile
        The files, every record accepted.
    """

    relations: pa.Table
    files: tuple[InputFile, ...]


def few_relations(
    paths: Sequence[Any], accounts: pa.Array, currencies: pa.Array, rates: pa.Table, settings: LoadSettings
) -> Few | None:
    """Judge the relations of a few files by themselves.

    Parameters
    ----------
    paths
        Files; anything else is not for here.
    accounts : pyarrow.StringArray
        Ids of all accounts, sorted; coded relations count in its order.
    currencies : pyarrow.StringArray
        The words of the column ``currency``, by their codes.
    rates
        As in :class:`loaders.tables.Tables`.
    settings
        How files are read.

    Returns
    -------
    Few or None
        None unless every record surely stands.

    Raises
    ------
    ContractError
        When a file as a whole breaks the contract, as for any input.

    Examples
    --------
    >>> import tempfile
    >>> import pyarrow.parquet as pq
    >>> from loaders import load
    >>> from loaders.town import town
    >>> tables = load(**town())
    >>> plain = pa.table({name: column.cast(pa.string()) if name in ("kind", "currency", "from_id", "to_id") else column
    ...                   for name, column in zip(tables.relations.column_names, tables.relations.columns)})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     pq.write_table(plain.slice(9, 40), Path(folder, "new.parquet"))
    ...     ids = tables.accounts["account_id"].combine_chunks()
    ...     coins = tables.relations["currency"].chunk(0).dictionary
    ...     found = few_relations([Path(folder, "new.parquet")], ids, coins, tables.rates, LoadSettings())
    >>> found.relations.equals(tables.relations.slice(9, 40)), found.files[0].accepted
    (True, 40)
    """
    if settings.id_pattern is not None or settings.kinds or not all(_is_file(path) for path in paths):
        return None
    sources = check_parquet_files([source_of("relations", Path(path)) for path in paths], settings)
    batches, files = [], []
    for number, source in enumerate(sources):
        read = read_parquet_file if source.format == "parquet" else read_csv_file
        file = read(source, number, settings)
        for batch in file.batches():
            batches.append(pa.table(dict(batch.columns)))
            if sum(map(len, batches)) > MOST:
                return None
        facts = file.facts()
        if facts.refusals or facts.blank:
            return None
        files.append(InputFile("relations", file.name, facts.sha256, facts.bytes, facts.records, facts.records, 0, 0))
    columns = _columns(batches)
    found = None if columns is None else _judged(columns, accounts, currencies, rates, settings)
    return None if found is None else Few(found, tuple(files))


def _is_file(path: Any) -> bool:
    return isinstance(path, str | Path) and str(path).endswith((".parquet", ".csv")) and Path(path).is_file()


def _columns(batches: Sequence[pa.Table]) -> dict[str, pa.Array] | None:
    """Bring the columns of all files together, in the types of the contract; None where they have others."""
    wanted = {"relation_id": pa.string(), "kind": pa.string(), "from_id": pa.string(), "to_id": pa.string()}
    wanted |= {"amount_minor": pa.int64(), "currency": pa.string(), "at": STAMP, "reverses": pa.string()}
    tables = []
    for said in batches:
        batch = _typed(said)
        if batch is None or {*wanted} - {"reverses"} - {*batch.column_names}:
            return None
        columns = {}
        for name, kind in wanted.items():
            column = batch[name] if name in batch.column_names else pa.chunked_array([pa.nulls(len(batch), kind)])
            given = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
            if given != kind and not (name == "amount_minor" and given in (pa.int32(), pa.uint32())):
                return None
            columns[name] = column.cast(kind)
        tables.append(pa.table(columns))
    if not tables:
        return None
    whole = pa.concat_tables(tables)
    return {name: whole[name].combine_chunks() for name in wanted}


def _typed(batch: pa.Table) -> pa.Table | None:
    """Read amounts and times that are told as text; None where one is not plain."""
    for name, column in zip(batch.column_names, batch.columns, strict=True):
        text = pa.types.is_string(column.type)
        if not text or name not in ("at", "amount", "amount_minor") or "currency" not in batch.column_names:
            continue
        values = column.combine_chunks()
        if name == "amount":
            found = minor_units(values, batch["currency"].combine_chunks())
        else:
            found = moments(values) if name == "at" else whole_numbers(values)
        if found is None:
            return None
        place = batch.schema.get_field_index(name)
        batch = batch.set_column(place, "amount_minor" if name == "amount" else name, found)
    return batch


def _judged(
    said: dict[str, pa.Array], accounts: pa.Array, currencies: pa.Array, rates: pa.Table, settings: LoadSettings
) -> pa.Table | None:
    """Code and order relations of which all surely stand by themselves; None where one does not."""
    back = pc.if_else(pc.equal(said["reverses"], ""), pa.scalar(None, pa.string()), said["reverses"])
    ids, at = said["relation_id"], said["at"]
    words = pa.array(sorted(RELATION_KINDS), pa.string())
    kinds, coins = pc.index_in(said["kind"], value_set=words), pc.index_in(said["currency"], value_set=currencies)
    payer, payee = codes_among(accounts, [said["from_id"], said["to_id"]])
    contact = _marked(said["kind"], CONTACT_KINDS)
    amount = said["amount_minor"]
    no_coin = _flags(pc.or_kleene(pc.is_null(said["currency"]), pc.equal(said["currency"], "")), otherwise=True)
    value = pc.fill_null(amount, 0).to_numpy()
    sure = _fit(ids) & _fit(back, blank=True) & (payer >= 0) & (payee >= 0)
    sure &= _flags(pc.is_valid(kinds)) & _flags(pc.is_valid(at)) & _within_years(at)
    paid = _flags(pc.is_valid(coins)) & (value > 0) & (value < _LIMIT)
    sure &= np.where(contact, no_coin & _flags(pc.is_null(amount)), paid)
    if settings.self_transfer == "reject":
        sure &= payer != payee
    if not sure.all() or pc.count_distinct(ids).as_py() != len(ids):
        return None
    abroad = _flags(pc.not_equal(said["currency"], settings.base_currency)) & _marked(said["kind"], CREDIT_KINDS)
    if not _have_rates(said["currency"], at, np.flatnonzero(abroad & _flags(pc.is_null(back))), rates):
        return None
    columns = {
        "relation_id": ids,
        "kind": pa.DictionaryArray.from_arrays(kinds.cast(pa.int8()), words),
        "from_id": pa.DictionaryArray.from_arrays(pa.array(payer), accounts, safe=False),
        "to_id": pa.DictionaryArray.from_arrays(pa.array(payee), accounts, safe=False),
        "amount_minor": amount,
        "currency": pa.DictionaryArray.from_arrays(coins.cast(pa.int16()), currencies),
        "at": at,
        "reverses": back,
    }
    order = pc.sort_indices(pa.table({"at": at, "id": ids}), [("at", "ascending"), ("id", "ascending")])
    return pa.table({name: column.take(order) for name, column in columns.items()})


def codes_among(accounts: pa.Array, columns: Sequence[pa.Array]) -> list[NDArray[np.int32]]:
    """Find the accounts that some columns name: a small table of what is wanted is asked by every account.

    Examples
    --------
    >>> [codes.tolist() for codes in codes_among(pa.array(["a", "b", "c"]), [pa.array(["c", "x"]), pa.array(["a"])])]
    [[2, -1], [0]]
    """
    wanted = pa.chunked_array(columns, pa.string()).unique()
    place = pc.fill_null(pc.index_in(accounts, value_set=wanted), -1).to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(place >= 0)
    code = np.full(len(wanted) + 1, -1, np.int32)
    code[place[rows]] = rows
    return [code[pc.index_in(column, value_set=wanted).to_numpy(zero_copy_only=False)] for column in columns]


def _marked(values: pa.Array, words: Sequence[str]) -> Flags:
    return _flags(pc.is_in(values, value_set=pa.array(words, pa.string())))


def _flags(values: pa.Array, *, otherwise: bool = False) -> Flags:
    found: Flags = pc.fill_null(values, otherwise).to_numpy(zero_copy_only=False)
    return found


def _fit(ids: pa.Array, *, blank: bool = False) -> Flags:
    return _flags(pc.match_substring_regex(ids, _ID), otherwise=blank)


def _within_years(at: pa.Array) -> Flags:
    low, high = ((date(year, 1, 1) - _EPOCH).days * _DAY_US for year in (_YEARS[0], _YEARS[1] + 1))
    moments = pc.fill_null(at.cast(pa.int64()), low).to_numpy(zero_copy_only=False)
    found: Flags = (moments >= low) & (moments < high)
    return found


def _have_rates(coins: pa.Array, at: pa.Array, rows: NDArray[np.int64], rates: pa.Table) -> bool:
    """Is there a rate of its day for each of some payments in other currencies?"""
    if not len(rows):
        return True
    days = (at.cast(pa.int64()).to_numpy()[rows] // _DAY_US).tolist()
    known = set(zip(rates["currency"].to_pylist(), rates["on"].cast(pa.int32()).to_pylist(), strict=True))
    return set(zip(coins.take(pa.array(rows)).to_pylist(), days, strict=True)) <= known
