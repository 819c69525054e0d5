"""Does a server that is killed lose or double anything? SIGKILL at seeded moments, while loading and publishing."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from graph.stores.connection import connect
from graph.stores.embedded import Lease, status, stop
from graph.stores.settings import StoreSettings
from tests.servers.acts import BATCH, FULL, LOAD, PUBLISH, SERVERS, Act
from tests.servers.conftest import wipe
from tests.servers.neo4j_server import Neo4jServer, missing

KILLS = [(LOAD, number) for number in range(15 if FULL else 1)]
KILLS += [(PUBLISH, number) for number in range(15 if FULL else 2)]


class Victim:
    """A server of this file's own, with what kills it; who ``mends`` it waits until it is there again."""

    def __init__(self, settings: StoreSettings, kill: Callable[[], None]) -> None:
        self.settings = replace(settings, batch_rows=BATCH, retry_seconds=30)
        self.kill = kill
        self._killing: threading.Timer | None = None

    def aim(self, share: float, delay: float) -> Callable[[int, int], None]:
        """Give a progress that kills the server once, ``delay`` seconds after that share of the work is done."""
        self._killing = None

        def tell(done: int, of: int) -> None:
            if self._killing is None and done >= share * of:
                self._killing = threading.Timer(delay, self.kill)
                self._killing.start()

        return tell

    def mend(self) -> None:
        """Wait until the killing, and the start that an operator makes after it, are over."""
        assert self._killing is not None, "the act ended before its server was to be killed"
        self._killing.join()


@pytest.fixture(scope="module")
def victim(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victim]:
    place = tmp_path_factory.mktemp("victim")
    if request.param == "embedded":
        settings = StoreSettings(folder=place / "db", memory="512MiB")
        lease = Lease(settings).take()
        yield Victim(settings, lambda: os.kill(status(settings).pid, signal.SIGKILL))
        lease.release()
        stop(settings)
        return
    if reason := missing():
        pytest.skip(reason)
    server = Neo4jServer(place)
    server.start()

    def kill_and_start() -> None:
        server.kill()
        server.start()

    yield Victim(server.settings, kill_and_start)
    server.kill()


def name(value: Any) -> str:
    return f"{value[0].name}-{value[1]}" if isinstance(value, tuple) else str(value)


@pytest.mark.parametrize("kill", KILLS, ids=name)
@pytest.mark.parametrize("victim", SERVERS, indirect=True)
def test_a_killed_server_loses_and_doubles_nothing(victim: Victim, kill: tuple[Act, int]) -> None:
    """Killed in the middle of a batch or between two, started again: the act ends with the graph that it should."""
    act, number = kill
    dice = random.Random(f"{act.name} {number}")
    with connect(victim.settings) as connection:
        wipe(connection)
        act.begin(connection)
    act.persist(victim.settings, victim.aim(dice.uniform(0, 0.95), dice.uniform(0, 0.05)), victim.mend)
    victim.mend()
    with connect(victim.settings) as connection:
        assert act.found(connection) == act.wanted()
