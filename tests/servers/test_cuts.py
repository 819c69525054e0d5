"""Does a broken connection lose or double anything? Cut at every kind of message, while loading and publishing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from graph.stores.connection import connect
from graph.stores.settings import StoreSettings
from tests.servers.acts import ACTS, FULL, SERVERS, Act, addressed
from tests.servers.conftest import wipe
from tests.servers.proxy import POINTS, Proxy

TIMES = 10 if FULL else 1


@pytest.fixture(scope="module")
def proxy(server: StoreSettings) -> Iterator[Proxy]:
    port = int(addressed(server).uri.rpartition(":")[2])
    with Proxy(port) as opened:
        yield opened


@pytest.fixture(scope="module")
def counted(server: StoreSettings, proxy: Proxy) -> dict[str, Counter[str]]:
    """How many messages of each kind each act sends when nothing goes wrong."""
    found = {}
    for act in ACTS:
        begin(act, server)
        proxy.cut_at()
        assert act.persist(addressed(server, proxy.port)) == 1
        found[act.name] = Counter(proxy.seen)
    return found


def begin(act: Act, server: StoreSettings) -> None:
    with connect(addressed(server)) as connection:
        wipe(connection)
        act.begin(connection)


def plan(point: str, number: int, counts: Counter[str]) -> list[tuple[str, int]]:
    """Spread the cuts evenly over all messages of their kind; a connection says HELLO again only after a cut."""
    if point == "HELLO":
        return [("HELLO", 1)] if number == 0 else [("RUN", place(number, counts["RUN"])), ("HELLO", 1)]
    return [(point, place(number, counts[point.split()[-1]]))]


def place(number: int, count: int) -> int:
    return max(1, round(count * (number + 0.5) / TIMES))


@pytest.mark.parametrize("number", range(TIMES))
@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
@pytest.mark.parametrize("server", SERVERS, indirect=True)
def test_a_cut_connection_loses_and_doubles_nothing(
    server: StoreSettings, act: Act, point: str, number: int, proxy: Proxy, counted: dict[str, Counter[str]]
) -> None:
    """Cut once there, the act goes on by itself or is begun again; in the end the graph is what it should be."""
    begin(act, server)
    steps = plan(point, number, counted[act.name])
    proxy.cut_at(*steps)
    act.persist(addressed(server, proxy.port))
    assert proxy.cuts == [step for step, _ in steps]
    with connect(addressed(server)) as connection:
        assert act.found(connection) == act.wanted()
