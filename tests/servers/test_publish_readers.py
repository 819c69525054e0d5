"""What does somebody see who reads all the while that runs are published and cleared away?"""

from __future__ import annotations

import threading
from typing import Any

from graph.stores.connection import Connection, connect
from graph.stores.publication import Publication
from graph.stores.publishing import publish
from graph.stores.settings import StoreSettings
from tests.servers.publications import town_publication

SEEN = """\
MATCH (:Publication {id: 'current'})-[:CURRENT]->(run:Run)
MATCH (score:Score {run_id: run.id})
RETURN run.id AS id, count(score) AS scores, count(DISTINCT score.holder_id) AS holders
"""
SEEN_TIES = """\
MATCH (:Publication {id: 'current'})-[:CURRENT]->(run:Run)
MATCH (:Holder)-[tie:TIE]->(:Holder) WHERE tie.run_id = run.id
RETURN run.id AS id, count(tie) AS ties
"""


class Watcher(threading.Thread):
    """Reads through the pointer in a loop, and remembers each answer that is not one whole run."""

    def __init__(self, settings: StoreSettings, wanted: list[Publication]) -> None:
        super().__init__()
        self.settings = settings
        self.sizes = {run.id: (run.scores.num_rows, run.ties.num_rows) for run in wanted}
        self.ended = threading.Event()
        self.looks = 0
        self.seen: set[str] = set()
        self.wrong: list[Any] = []

    def run(self) -> None:
        with connect(self.settings, reader=True) as connection:
            while not self.ended.is_set():
                found, ties = connection.read(SEEN), connection.read(SEEN_TIES)
                self.looks += 1
                whole = [(row["id"], (row["scores"], row["holders"])) for row in found]
                if whole not in [[(name, (size[0], size[0]))] for name, size in self.sizes.items()]:
                    self.wrong.append(found)
                if [(row["id"], row["ties"]) for row in ties] not in [[(n, s[1])] for n, s in self.sizes.items()]:
                    self.wrong.append(ties)
                self.seen |= {row["id"] for row in found}


def test_a_reader_sees_one_whole_run_at_every_moment(small: Connection) -> None:
    """While twelve publications come, go and are cleared away, every look through the pointer shows one whole run."""
    runs = [town_publication(months) for months in (3, 2, 1, 0)]
    publish(small, runs[0])
    watcher = Watcher(small.settings, runs)
    watcher.start()
    try:
        for number in range(1, 13):
            publish(small, runs[number % 4], keep=2)
    finally:
        watcher.ended.set()
        watcher.join()
    assert watcher.wrong == []
    assert watcher.looks > 12
    assert len(watcher.seen) > 1
