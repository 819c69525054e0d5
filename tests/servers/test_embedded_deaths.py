"""What does a server that died leave behind, and whom does it mislead? Nobody."""

from __future__ import annotations

import errno
import json
import os
import signal
import threading

import pytest

from graph.stores import embedded
from graph.stores.connection import connect
from graph.stores.embedded.folder import ServerFolder
from graph.stores.settings import StoreSettings
from loaders.errors import UnavailableError


@pytest.mark.parametrize("content", ["", "{", '{"pid": 1, "port": 1}'])
def test_a_stale_state_file_misleads_nobody(content: str, own_folder: StoreSettings) -> None:
    """What a dead server left behind is neither believed nor in the way: nobody holds its lock."""
    folder = ServerFolder(own_folder.folder)
    folder.make()
    folder.state.write_text(content)
    assert not embedded.status(own_folder).running


def test_the_port_of_a_killed_server_is_gone_before_the_next_one_starts(
    own_folder: StoreSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next one locks the state before it writes it: whoever reads in between finds a wish, and no port."""
    folder = ServerFolder(own_folder.folder)
    folder.make()
    folder.state.write_text('{"pid": 1, "port": 40000, "database": "renmai"}')
    found = []

    def spawn(*_arguments: object, **_files: object) -> int:
        found.append(json.loads(folder.state.read_text()))
        raise OSError(errno.EAGAIN, "no process today")

    monkeypatch.setattr("os.posix_spawn", spawn)
    with pytest.raises(UnavailableError):
        connect(own_folder)
    assert found == [{"wish": 40000}]


def test_who_comes_while_a_killed_server_goes_gets_the_next_one(own_folder: StoreSettings) -> None:
    """Stopped dead, a server takes connections and answers none; killed, it is waited for, and another starts."""
    before = embedded.start(own_folder)
    os.kill(before.pid, signal.SIGSTOP)
    late = threading.Timer(0.5, os.kill, (before.pid, signal.SIGKILL))
    late.start()
    with connect(own_folder) as connection:
        assert connection.read("RETURN 1 AS one") == [{"one": 1}]
    assert embedded.status(own_folder).pid != before.pid
