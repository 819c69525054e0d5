"""Start a command from a small process and tell what it cost, as JSON: ``python launch.py LOG COMMAND ...``.

Linux counts the memory of whoever starts a process into the peak of what is started; from here that is next to nothing.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path


def main() -> None:
    """Run the command with its output in LOG; print seconds, processor seconds, peak bytes and exit code."""
    with Path(sys.argv[1]).open("wb") as sink:
        start = time.perf_counter()
        child = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL, stdout=sink, stderr=sink)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    cost = {"seconds": seconds, "cpu_seconds": usage.ru_utime + usage.ru_stime, "code": child.returncode}
    print(json.dumps(cost | {"peak_gb": usage.ru_maxrss * 1024 / 1e9}))


if __name__ == "__main__":
    main()
