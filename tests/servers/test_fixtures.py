"""Do the tests' own servers end with the tests, however these end?"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.servers.neo4j_server import WATCH

OWNER = """
import subprocess, sys, time
process = subprocess.Popen(["/bin/sh", "-c", sys.argv[1], "sh", "60"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
print(process.stdout.readline().decode(), end="", flush=True)
time.sleep(60)
"""


def test_a_neo4j_dies_with_a_killed_owner(tmp_path: Path) -> None:
    """The shell between sees its pipe close and kills its Java (here: a sleep of that name)."""
    (tmp_path / "java").write_text("#!/bin/sh\nexec sleep $1\n")
    (tmp_path / "java").chmod(0o700)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "LOG": str(tmp_path / "log")}
    command = [sys.executable, "-c", OWNER, WATCH]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as owner:
        pid = int(owner.stdout.readline())
        assert _lives(pid)
        owner.kill()
    end = time.monotonic() + 30
    while _lives(pid) and time.monotonic() < end:
        time.sleep(0.05)
    assert not _lives(pid)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
