"""What do readers see while a writer publishes, and which of several writers does?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from scoring.runs import verify
from scoring.runs.run import run_ids
from tests.scoring.small_runs import make_run

READ = """
import sys, time
from pathlib import Path
from scoring.runs import open_run
root, wrong, last, reads, end = Path(sys.argv[1]), 0, 0, 0, time.monotonic() + 120
while last < int(sys.argv[2]) and time.monotonic() < end:
    run = open_run(root)
    number, shift = int(run.id[-16:], 16), run.table("scores")["score"][0].as_py() - 600
    run.check()
    wrong += shift != number or number < last
    last, reads = number, reads + 1
print(wrong, reads > 0, last)
"""


def test_readers_see_whole_runs_in_order_while_a_writer_publishes(tmp_path: Path) -> None:
    """One writer publishes 60 runs while two readers loop: no mixed, missing or older read."""
    root = tmp_path / "runs"
    make_run(root, 1, shift=1)
    arguments = [sys.executable, "-c", READ, str(root), "60"]
    readers = [subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for number in range(2, 61):
        make_run(root, number, shift=number)
    told = [reader.communicate()[0].split() for reader in readers]
    assert told == [["0", "True", "60"]] * 2
    assert verify(root).problems == ()


START = """
import sys
from pathlib import Path
from loaders.errors import LockedError
from scoring.runs.lock import Lock
from tests.scoring.small_runs import write_run
sys.stdin.readline()
try:
    with Lock(Path(sys.argv[1])) as lock:
        write_run(lock, int(sys.argv[2]), shift=int(sys.argv[2]))
        sys.stdin.readline()
except LockedError as error:
    print("refused", flush=True)
    sys.exit(error.exit_code)
print("published", flush=True)
"""


def test_of_several_writers_at_once_exactly_one_publishes(tmp_path: Path) -> None:
    """Five starts at the same moment: one publishes, four end with exit code 5."""
    root = tmp_path / "runs"
    make_run(root, 1, shift=1)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    writers = [subprocess.Popen([sys.executable, "-c", START, str(root), str(n)], **pipes) for n in range(2, 7)]  # type: ignore[call-overload]
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    # the one that holds the lock waits for a second line, so all others meet it
    refused = 0
    while refused < 4:
        refused = sum(writer.poll() == 5 for writer in writers)
    for writer in writers:
        writer.communicate("go\n" if writer.poll() is None else None)
    assert sorted(writer.returncode for writer in writers) == [0, 5, 5, 5, 5]
    assert len(run_ids(root)) == 2
    assert verify(root).problems == ()
