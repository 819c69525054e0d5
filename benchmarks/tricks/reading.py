"""Tricks of reading files: what is known before they are unpacked, and records that are surely right."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks import inputs
from benchmarks.asked import Asked
from benchmarks.portfolios import files, portfolio
from benchmarks.trick import Pair, Trick, altered, without
from loaders.contract import TABLES
from loaders.gate.passage import passed
from loaders.quick import AccountIndex, judge, lookup
from loaders.quick.texts import as_string, texts
from loaders.reader import openers
from loaders.readers import csv_block, csv_file, parquet_safety, plain_text
from loaders.readers.source import source_of, sources
from loaders.settings import LoadSettings

SMALL = (150_000, 5_000)
ROWS = 3_000_000


def _lane(asked: Asked) -> Pair:
    found = sources(portfolio(asked, *SMALL))[0]

    def work(*, quick: bool) -> Any:
        return passed(openers(found, LoadSettings()), LoadSettings(), quick=quick)

    return lambda: work(quick=True), lambda: work(quick=False)


def _headers(asked: Asked) -> Pair:
    found = sources(portfolio(asked, asked.servers_relations, asked.servers_accounts))[0]

    def work() -> Any:
        return [source.name for source in parquet_safety.check_parquet_files(found, LoadSettings())]

    return work, without(work, "loaders.readers.parquet_safety.bound", lambda *_: None)


def _words(asked: Asked) -> Pair:
    contract, context = TABLES["relations"], inputs.context(asked)

    def work() -> Any:
        judged = [judge(contract, batch, set(batch.columns) | {"amount"}, context) for batch in inputs.batches(asked)]
        rows = [pa.RecordBatch.from_pydict(one.values).filter(pa.array(one.sure)) for one in judged]
        return pa.Table.from_batches(rows)

    return work, without(work, "loaders.readers.parquet_file._without_deltas", lambda _: set())


def _named(asked: Asked) -> pa.StringArray:
    """Who pays, as text."""
    return as_string(inputs.tables(asked).relations["from_id"].slice(0, ROWS).combine_chunks())


def _index(asked: Asked) -> Pair:
    ids, named = inputs.ids(asked), _named(asked)
    return lambda: AccountIndex(ids).codes(named), lambda: pc.index_in(named, value_set=ids).to_numpy()


def _same_list(asked: Asked) -> Pair:
    coded = inputs.tables(asked).relations["from_id"].chunks
    index = AccountIndex(coded[0].dictionary)

    def work() -> Any:
        return [index.codes(one) for one in coded]

    return work, without(work, "loaders.quick.accounts._same_memory", lambda *_: False)


def _eight_bytes(asked: Asked) -> Pair:
    column = texts(_named(asked))
    word = altered(lookup._word, ("if at + 8 <= len(data):", "if False:"))
    plain = altered(lookup.hashes, _mixed=altered(lookup._mixed, _word=word))

    def work(kernel: Any) -> Any:
        out = np.empty(len(column), np.uint64)
        kernel(column.offsets, column.data, out)
        return out

    return lambda: work(lookup.hashes), lambda: work(plain)


def _blocks(asked: Asked) -> Pair:
    index, named = AccountIndex(inputs.ids(asked)), _named(asked)

    def work() -> Any:
        return index.codes(named)

    return work, without(work, "loaders.quick.lookup.find", altered(lookup.find, _BLOCK=1))


def _even_lines(asked: Asked) -> Pair:
    path = files(portfolio(asked, *SMALL, form="csv"), "relations")[0]
    header, _, block = path.read_bytes().partition(b"\n")
    layout = csv_block.Layout(tuple(header.decode().split(",")), csv_block.physical.LF)

    def work() -> Any:
        found = csv_block.records(block, layout)
        return found.lines, found.pieces, found.fallen

    return work, without(work, "loaders.readers.csv_block.physical.even_lines", lambda *_, **__: None)


def _csv_threads(asked: Asked) -> Pair:
    folder = portfolio(asked, asked.servers_relations, asked.servers_accounts, form="csv")
    source = source_of("relations", files(folder, "relations")[0])

    def work() -> Any:
        file = csv_file.read_csv_file(source, 0, LoadSettings())
        return [one.columns for one in file.batches()]

    return work, without(work, "loaders.readers.csv_file._WORKERS", 1)


def _ascii(asked: Asked) -> Pair:
    folder = portfolio(asked, asked.servers_relations, asked.servers_accounts, form="csv")
    block = files(folder, "relations")[0].read_bytes()
    plain = altered(plain_text.decode, ("data.isascii()", "False"))
    return lambda: plain_text.decode(block, "log", 0), lambda: plain(block, "log", 0)


def _threads(asked: Asked) -> Pair:
    def work(threads: int) -> Any:
        return [(piece.file, piece.rows, piece.keys) for piece in inputs.let_in(asked, threads)]

    return lambda: work(asked.threads), lambda: work(1)


TRICKS = (
    Trick("a lane for sure records", "loaders/quick/judging.py", "millions need no SQL, which judges the rest", _lane),
    Trick(
        "sizes from page headers",
        "loaders/readers/parquet_bounds.py",
        "nothing is unpacked to learn its size",
        _headers,
    ),
    Trick(
        "words as dictionaries", "loaders/readers/parquet_file.py", "few words are judged once, not per record", _words
    ),
    Trick(
        "accounts by packed ids", "loaders/quick/accounts.py", "an id is compared as one or two whole numbers", _index
    ),
    Trick(
        "codes of the same list", "loaders/quick/accounts.py", "codes into the list of all accounts stay", _same_list
    ),
    Trick("eight bytes in one load", "loaders/quick/lookup.py", "one instruction instead of eight", _eight_bytes),
    Trick("look-ups in blocks", "loaders/quick/lookup.py", "the waits for memory of many texts overlap", _blocks),
    Trick(
        "even lines at once", "loaders/readers/csv_block.py", "no line of an even block is judged alone", _even_lines
    ),
    Trick("CSV beside its hash", "loaders/readers/csv_file.py", "blocks are parsed on other threads", _csv_threads),
    Trick("ASCII is UTF-8", "loaders/readers/plain_text.py", "no text is made only to be thrown away", _ascii),
    Trick("files on threads", "loaders/gate/crew.py", "files are read and judged side by side", _threads),
)
