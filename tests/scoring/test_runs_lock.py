"""Does one writer at a time hold a folder of runs, and one whose lock is gone publish nothing?"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from loaders.errors import LockedError
from scoring.runs import prune, rollback
from scoring.runs.lock import Lock
from scoring.runs.log import read_log
from scoring.runs.run import current_id, run_ids
from tests.scoring.small_runs import chain, content, make_run, run_id, write_run

HOLD = """
import sys, time
from pathlib import Path
from scoring.runs.lock import Lock
with Lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_writer_ends_at_once_and_touches_nothing(tmp_path: Path) -> None:
    """While another process holds the lock, a writer is refused within a second, with that process's number."""
    make_run(tmp_path, 1)
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        expected = content(tmp_path)
        began = time.monotonic()
        for attempt in (lambda: make_run(tmp_path, 2), lambda: rollback(tmp_path), lambda: prune(tmp_path, 1)):
            with pytest.raises(LockedError, match=rf"process {holder.pid}\)"):
                attempt()
        assert time.monotonic() - began < 1
        assert content(tmp_path) == expected
        holder.kill()
    make_run(tmp_path, 2)
    assert current_id(tmp_path) == run_id(2)


@pytest.mark.parametrize("theft", ["removed", "replaced", "taken over"])
def test_a_writer_whose_lock_was_taken_away_publishes_nothing(tmp_path: Path, theft: str) -> None:
    """The fence is checked before the pointer moves: a lock file removed, replaced or re-fenced stops the writer."""
    make_run(tmp_path, 1)
    with Lock(tmp_path) as lock, pytest.raises(LockedError, match="nothing was published"):
        path = tmp_path / ".lock"
        if theft == "removed":
            path.unlink()
        elif theft == "replaced":
            path.unlink()
            path.write_text(json.dumps({"fence": lock.fence, "head": lock.head, "pid": 1}))
        else:
            path.write_text(json.dumps({"fence": lock.fence + 1, "head": lock.head, "pid": 1}))
        write_run(lock, 2)
    assert current_id(tmp_path) == run_id(1)
    assert run_ids(tmp_path) == [run_id(1)]


def test_the_fence_grows_with_every_writer(tmp_path: Path) -> None:
    """Each writer has a number above the last one's, and it stands in the log."""
    chain(tmp_path, 1, 2)
    rollback(tmp_path)
    assert [line["fence"] for line in read_log(tmp_path).lines] == [1, 2, 3]
