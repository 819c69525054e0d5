"""Tricks of payments and ties: codes instead of texts, whole numbers, blocks and partitions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks import inputs
from benchmarks.asked import Asked
from benchmarks.trick import Pair, Trick, Work, altered, without
from graph import money, payments, sifting
from graph import ties as tying

ROWS = 2_000_000


def tie(asked: Asked, threads: int | None = None) -> Work:
    """The stage: payments from the log, ties from the payments."""
    snapshot, many = inputs.snapshot(asked), threads or asked.threads

    def work() -> Any:
        found = payments.payments(snapshot, threads=many)
        return tying.ties(found, np.full(len(found.holders), 200_000.0), snapshot.as_of, threads=many)

    return work


def _partitions(asked: Asked) -> Pair:
    work = tie(asked)
    return work, without(work, "graph.sifting.FILL", 1 << 62)


def _threads(asked: Asked) -> Pair:
    return tie(asked), tie(asked, threads=1)


def _boxes(asked: Asked) -> Pair:
    found = payments.payments(inputs.snapshot(asked), threads=asked.threads)
    pairs = np.concatenate([page.pair for page in found.ledger.pages])
    return lambda: sifting.ascending(pairs, asked.threads), lambda: np.argsort(pairs)


def _coded(asked: Asked) -> Pair:
    snapshot = inputs.snapshot(asked)
    coded = replace(snapshot, relations=snapshot.relations.slice(0, ROWS))
    text = coded.relations
    for name in sifting.CODED:
        text = text.set_column(text.schema.get_field_index(name), name, text[name].cast(pa.string()))
    said = replace(coded, relations=text)

    def work(known: Any) -> Any:
        found = payments.payments(known, threads=asked.threads)
        return found.counts, found.payer, found.net

    return lambda: work(coded), lambda: work(said)


def _owners(asked: Asked) -> Pair:
    snapshot = inputs.snapshot(asked)
    unknown, ids = replace(snapshot, owners=None), snapshot.relations["from_id"].chunk(0).dictionary
    return lambda: payments.person_of_account(snapshot, ids), lambda: payments.person_of_account(unknown, ids)


def _remembered(asked: Asked) -> Pair:
    snapshot = inputs.snapshot(asked)

    def work() -> Any:
        found = sifting.sifted(
            snapshot.relations, lambda ids: payments.person_of_account(snapshot, ids), threads=asked.threads
        )
        return found.counts, found.starts

    plain = altered(sifting._Lookup.of, ("if place not in self._known:", "if True:"))
    return work, without(work, "graph.sifting._Lookup.of", plain)


def _quotients(asked: Asked) -> Pair:  # noqa: ARG001 (one seam for all)
    """A million amounts at six hundred rates."""
    dice = np.random.default_rng(4)
    amounts, case = dice.integers(1, 10**7, 1_000_000), dice.integers(0, 600, 1_000_000)
    ratios = [(71_000 + number, 10_000) for number in range(600)]
    fits = "[above <= LARGEST and below < 2**62 for above, below in ratios]"
    plain = altered(money._quotients, (fits, "[False for _ in ratios]"))
    return lambda: money._quotients(amounts, ratios, case), lambda: plain(amounts, ratios, case)


SIFT = "graph/sifting.py"
TRICKS = (
    Trick("accounts as codes", SIFT, "whole numbers are compared, no texts", _coded),
    Trick("meanings remembered", SIFT, "blocks that share a list ask once what its codes mean", _remembered),
    Trick(
        "holders beside accounts", "graph/payments.py", "the log's list is all accounts: nobody is looked up", _owners
    ),
    Trick("pairs in partitions", SIFT, "the payments of a partition stay in the processor's cache", _partitions),
    Trick("ties on threads", SIFT, "blocks and partitions are worked on apart", _threads),
    Trick("ties sorted in boxes", SIFT, "each box is sorted in the cache, on any thread", _boxes),
    Trick(
        "quotients of 64 bits", "graph/money.py", "the processor's whole numbers, where they surely hold", _quotients
    ),
)
