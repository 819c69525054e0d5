"""Tricks of finding again what a run or its state has: short hashes, sorted tables, places instead of ids."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import neo4j
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks import inputs
from benchmarks.asked import Asked
from benchmarks.trick import Pair, Trick, altered, without
from benchmarks.tricks.writing import scores
from scoring.comparison import differences
from scoring.explanation.shelf import Index
from scoring.recall import recall
from scoring.runs.columns import SCHEMAS
from scoring.runs.id_hashes import MANY, hash_texts
from scoring.updating import earlier

ROWS = 3_000_000
QUESTIONS = 200


def _compiled(asked: Asked) -> Pair:
    ids = inputs.tables(asked).relations["relation_id"].slice(0, ROWS).combine_chunks()
    return lambda: hash_texts(ids), without(lambda: hash_texts(ids), "scoring.runs.id_hashes.MANY", 1 << 62)


def _pieces(asked: Asked) -> Pair:
    """As many as are hashed without the kernel."""
    ids = inputs.tables(asked).relations["relation_id"].slice(0, MANY - 1).combine_chunks()
    return lambda: hash_texts(ids), without(lambda: hash_texts(ids), "scoring.runs.id_hashes._PIECE", 1 << 62)


def _by_hash(asked: Asked) -> Pair:
    log = inputs.tables(asked).relations.select(["relation_id"])
    hashes, wanted = _hashed(log["relation_id"]), log["relation_id"].slice(5, 1_000).combine_chunks()
    near, exactly = earlier._candidates, earlier._exactly

    def plain() -> Any:
        return np.flatnonzero(pc.is_in(log["relation_id"], value_set=wanted).to_numpy())

    return lambda: exactly(_sound(log), "relation_id", near(hashes, wanted), wanted), plain


def _hashed(ids: pa.ChunkedArray) -> Any:
    return _sound(pa.table({"hash": hash_texts(ids)}))


def _sound(table: pa.Table) -> Any:
    """A table of a state whose bytes are as they were written."""
    return SimpleNamespace(unchecked=table, check=lambda *_: None, check_texts=lambda *_: None)


def _flags(asked: Asked) -> Pair:
    ids = inputs.tables(asked).relations["relation_id"].slice(0, ROWS)
    hashes, wanted = _hashed(ids), ids.slice(5, 1_000).combine_chunks()

    def work() -> Any:
        return earlier._candidates(hashes, wanted)

    return work, without(work, "scoring.updating.earlier._SHIFT", np.uint32(31))  # one flag for half of all hashes


def _ends(asked: Asked) -> Pair:
    made = inputs.run(asked)
    known = recall(made).graph.ties

    def work(ends: Any) -> Any:
        return recall(made, ends).graph.ties

    return lambda: work((known.payer, known.payee)), lambda: work(None)


def _halves(asked: Asked) -> Pair:
    made = inputs.run(asked)
    accounts = made.table("scores")["account_id"].to_pylist()[:QUESTIONS]

    def work() -> Any:
        shelf = Index(made)
        return [shelf.rows("scores", "account_id", [account]) for account in accounts]

    def looked_through(keys: Any, value: str) -> Any:
        rows = np.flatnonzero(pc.equal(keys.keys, value).to_numpy(zero_copy_only=False))
        return rows if keys.order is None else keys.order[rows]

    return work, without(work, "scoring.explanation.shelf._Keys.places", looked_through)


def _skipped(asked: Asked) -> Pair:
    made = inputs.run(asked)
    account = made.table("scores")["account_id"][7].as_py()

    def work() -> Any:
        return [made.rows(name, key, [account]) for name, key in (("scores", "account_id"), ("ties", "from_id"))]

    return work, without(work, "scoring.runs.run._may_hold", lambda *_: True)


def _movers(asked: Asked) -> Pair:
    before = scores(asked)
    change = np.random.default_rng(12).integers(-300, 300, len(before)).astype(np.int32)
    after = before.set_column(2, "score", pa.array(before["score"].to_numpy() + change))
    plain = altered(differences._movers, ("if len(moved) > limit > 0:", "if False:"))
    return lambda: differences._movers(before, after, 10), lambda: plain(before, after, 10)


def _by_place(asked: Asked) -> Pair:  # noqa: ARG001 (one seam for all)
    names = SCHEMAS["ties"].names
    records = [neo4j.Record(zip(names, range(len(names)), strict=True)) for _ in range(50_000)]
    return (
        lambda: [dict(zip(names, record.values(), strict=True)) for record in records],
        lambda: [{name: record[name] for name in names} for record in records],
    )


EARLIER = "scoring/updating/earlier.py"
TRICKS = (
    Trick("hashes compiled", "scoring/runs/id_hashes.py", "NumPy writes a column for each step of the hash", _compiled),
    Trick("texts hashed in pieces", "scoring/runs/id_hashes.py", "what lies in between stays in the cache", _pieces),
    Trick("ids by their hashes", EARLIER, "a few ids are found among millions without reading their text", _by_hash),
    Trick("flags before hashes", EARLIER, "one look at a small table tells most hashes apart", _flags),
    Trick("ends of ties kept", "scoring/recall.py", "millions of ids need not be looked up", _ends),
    Trick("keys by halves", "scoring/explanation/shelf.py", "sorted tables need no index of all keys", _halves),
    Trick("row groups skipped", "scoring/runs/run.py", "statistics tell where an id cannot be", _skipped),
    Trick("the largest sorted alone", "scoring/comparison/differences.py", "few of all that moved are told", _movers),
    Trick("records by place", "graph/stores/proof.py", "no value is looked up by its name", _by_place),
)
