"""Tricks of the gate: who is judged among others, and in which order records come to lie."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

import loaders
from benchmarks import inputs
from benchmarks.asked import Asked
from benchmarks.trick import Pair, Trick, altered, without
from loaders import prints
from loaders.gate import candidates, finish, ordering, passage, standing
from loaders.gate.engine import engine
from loaders.id_order import by_bytes
from loaders.quick import hash_ids
from loaders.settings import LoadSettings

NAMES = ("relation_id", "kind", "from_id", "to_id", "amount_minor", "currency", "at", "reverses")


def _shuffled(rows: Any) -> Any:
    return rows.take(pa.array(np.random.default_rng(2).permutation(len(rows))))


def _hashes(asked: Asked) -> Pair:
    """Ids in any order, every thousandth of them twice."""
    ids = _shuffled(inputs.tables(asked).relations["relation_id"].slice(0, 1_000_000).combine_chunks())
    parts = [ids, ids[::1_000]]

    def plain() -> Any:
        order = pa.concat_arrays(parts).sort()
        return np.sort(hash_ids(order[1:].filter(pc.equal(order[1:], order[:-1]))))

    return lambda: candidates.repeated([hash_ids(part) for part in parts], asked.threads), plain


def _hash_parts(asked: Asked) -> Pair:
    keys = [hash_ids(chunk) for chunk in inputs.tables(asked).relations["relation_id"].chunks]

    def work() -> Any:
        return candidates.repeated(keys, asked.threads)

    return work, without(work, "loaders.gate.candidates._FEW", 1 << 62)


def _ascending(asked: Asked) -> Pair:
    pieces = inputs.pieces(asked)

    def work() -> Any:
        return candidates.candidates(pieces, [], asked.threads, "relation_id")

    return work, without(work, "loaders.gate.candidates._ascending", lambda *_: False)


def _low_bits(asked: Asked) -> Pair:
    pieces = inputs.pieces(asked)
    wanted, members = np.unique(np.concatenate([piece.aims for piece in pieces])), candidates._members

    def work(table: Any) -> Any:
        return [members(wanted, table, piece.keys) for piece in pieces]

    return lambda: work(candidates._table(wanted)), lambda: work(np.ones(1, np.bool_))


def _plain_groups(asked: Asked) -> Pair:
    tables, pieces, settings = inputs.tables(asked), inputs.pieces(asked), LoadSettings()
    accounts = inputs.context(asked).accounts

    def work() -> Any:
        with engine(settings) as connection:
            gate = passage.Gate(connection, settings)
            gate.know("accounts", tables.accounts)
            gate.know("rates", tables.rates)
            standing.lay_open(connection, "relations", NAMES)
            return standing.stand(connection, "relations", NAMES, pieces, accounts, settings).batches

    def all_of(found: Any, *_: Any) -> Any:
        return np.unique(np.concatenate([piece.aims for piece in found]))

    return work, without(work, "loaders.gate.candidates.doubtful_aims", all_of)


def _follow(asked: Asked) -> Pair:
    log = inputs.tables(asked).relations.select(["relation_id", "at"])

    def work() -> Any:
        return pa.Table.from_batches(ordering.in_time(log.to_batches(), asked.threads), log.schema)

    return work, without(work, "loaders.gate.ordering._follow", lambda found: not found)


def _consents(asked: Asked) -> pa.Table:
    """Consents as they wait for their order; no two are alike."""
    found = inputs.tables(asked).consents
    code = pc.index_in(found["account_id"], value_set=inputs.ids(asked))
    return _shuffled(found.drop_columns(["account_id"]).append_column("account_code", code))


def _one_word(asked: Asked) -> Pair:
    rows = _consents(asked)

    def work() -> Any:
        return ordering.order_of("consents", rows, asked.threads)

    return work, without(work, "loaders.gate.ordering._WORD_BITS", 0)


def _word_parts(asked: Asked) -> Pair:
    rows = _consents(asked)

    def work() -> Any:
        return ordering.order_of("consents", rows, asked.threads)

    return work, without(work, "loaders.gate.ordering.SLICE_ROWS", 1 << 62)


def _unchecked(asked: Asked) -> Pair:
    rows, ids = [piece.rows for piece in inputs.pieces(asked)], inputs.ids(asked)
    plain = altered(finish._relations, ("ids, safe=False", "ids"))
    return lambda: finish._relations(NAMES, rows, ids), lambda: plain(NAMES, rows, ids)


def _by_bytes(asked: Asked) -> Pair:
    ids = _shuffled(inputs.ids(asked))
    return lambda: by_bytes(ids), lambda: pc.sort_indices(ids).to_numpy().astype(np.int64)


def _shared_list(asked: Asked) -> Pair:
    ids, payers = inputs.ids(asked), inputs.tables(asked).relations["from_id"]

    def work() -> Any:
        return prints._of_column(ids, "from_id", payers)

    return work, without(work, "loaders.prints._add_parties", altered(prints._add_parties, ("place in same or ", "")))


def _columns(asked: Asked) -> Pair:
    tables = inputs.tables(asked)

    def work() -> Any:
        return loaders.fingerprint(tables)

    return work, without(work, "loaders.prints.os.cpu_count", lambda: 1)


GATE = "loaders/gate/candidates.py"
ORDER = "loaders/gate/ordering.py"
TRICKS = (
    Trick(
        "hashes instead of ids", GATE, "whole numbers are sorted, and texts compared only where hashes meet", _hashes
    ),
    Trick("hashes in parts", GATE, "parts of their range are sorted side by side", _hash_parts),
    Trick("ids that ascend", GATE, "where each is greater than the one before, none comes twice", _ascending),
    Trick("low bits first", GATE, "one look at a small table tells most keys apart", _low_bits),
    Trick(
        "reversals that plainly fit", "loaders/gate/returns.py", "only doubtful groups are judged in SQL", _plain_groups
    ),
    Trick("batches that follow", ORDER, "a log that is in order is not merged", _follow),
    Trick("one word to sort by", ORDER, "one whole number says what four columns say", _one_word),
    Trick("words in parts", ORDER, "parts of their range are sorted side by side", _word_parts),
    Trick("codes not checked again", "loaders/gate/finish.py", "every code was given by the list itself", _unchecked),
    Trick("ids as whole numbers", "loaders/id_order.py", "eight bytes are compared at once", _by_bytes),
    Trick("a shared list read once", "loaders/prints.py", "chunks that lie on one list compare it once", _shared_list),
    Trick("columns on threads", "loaders/prints.py", "each column has a digest of its own", _columns),
)
