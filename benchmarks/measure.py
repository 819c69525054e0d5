"""What did it cost? Seconds, processor time, peak memory and temporary disk, as the operating system has them."""

from __future__ import annotations

import gc
import json
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

RENMAI = [str(Path(sys.executable).with_name("renmai"))]
REST = 0.2
"""Seconds between two works, in which threads of the one before go to sleep."""


@dataclass(frozen=True)
class Cost:
    """One finished process.

    Attributes
    ----------
    seconds, cpu_seconds
        By the wall clock; of all its threads, in user and system mode.
    peak_gb
        Peak resident memory.
    code
        Exit code.
    disk_gb
        The most that lay in the watched folders at once, above what lay there at the start.
    """

    seconds: float
    peak_gb: float
    code: int
    cpu_seconds: float
    disk_gb: float = 0.0


class Watch:
    """Look at folders five times a second while something runs; remember how much they held at most.

    Files that were unlinked while still open are not seen.
    """

    def __init__(self, folders: Iterable[Path]) -> None:
        self.folders = tuple(folders)
        self._start = self._most = self._held()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        if self.folders:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        if self.folders:
            self._thread.join()
        self._most = max(self._most, self._held())

    @property
    def peak_gb(self) -> float:
        """The most at once, in GB, above the start."""
        return (self._most - self._start) / 1e9

    def _look(self) -> None:
        while not self._end.wait(0.2):
            self._most = max(self._most, self._held())

    def _held(self) -> int:
        return sum(held(folder) for folder in self.folders)


def held(folder: Path) -> int:
    """How many bytes of disk do the files below a folder take? Hard links count once; files may vanish meanwhile."""
    seen: dict[tuple[int, int], int] = {}
    waiting = [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    facts = entry.stat(follow_symlinks=False)
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry.path))
                    else:
                        seen[facts.st_dev, facts.st_ino] = facts.st_blocks * 512
        except OSError:
            continue
    return sum(seen.values())


def process(
    command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None, watched: Iterable[Path] = ()
) -> Cost:
    """Run a command to its end, its output going to ``log``, and say what it cost."""
    starter = [sys.executable, "-S", str(Path(__file__).with_name("launch.py")), str(log), *command]
    with Watch(watched) as watch:
        child = subprocess.Popen(
            starter,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )
        try:
            told, _ = child.communicate()
        except BaseException:
            os.killpg(child.pid, signal.SIGKILL)  # the starter and what it started
            raise
    return Cost(**json.loads(told), disk_gb=watch.peak_gb)


def require(cost: Cost, log: Path, what: str = "renmai") -> Cost:
    """End the benchmark, with what the process said last, when it failed."""
    if cost.code:
        raise SystemExit(f"{what} ended with {cost.code}: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")
    return cost


def in_turn(works: Mapping[str, Callable[[], Any]], rounds: int, warm: bool = True) -> dict[str, list[float]]:
    """Time works in this process, one after the other in each round; seconds of each round, by name.

    Interleaved, so that what else the machine does falls on all of them. One unmeasured round comes first.
    """
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(-int(warm), rounds):
        for name, work in works.items():
            gc.collect()
            time.sleep(REST)
            start = time.perf_counter()
            work()
            taken = time.perf_counter() - start
            if turn >= 0:
                seconds[name].append(taken)
                say(f"round {turn + 1} of {rounds}: {name} {taken:.3f} s")
    return seconds


def median_seconds(work: Callable[[], object], runs: int = 3) -> float:
    """Median wall time of ``work`` over some runs in this process."""
    return statistics.median(in_turn({"work": work}, runs, warm=False)["work"])


def spread(values: Iterable[float]) -> dict[str, float]:
    """Median, least and most of what the rounds gave, and how many they were.

    Examples
    --------
    >>> spread([3.0, 1.0, 2.0])
    {'median': 2.0, 'least': 1.0, 'most': 3.0, 'rounds': 3}
    """
    numbers = list(values)
    return {"median": statistics.median(numbers), "least": min(numbers), "most": max(numbers), "rounds": len(numbers)}


def ratios(above: Sequence[float], below: Sequence[float]) -> dict[str, float]:
    """Spread of the ratios taken within each round.

    Examples
    --------
    >>> ratios([4.0, 9.0, 2.0], [2.0, 3.0, 2.0])
    {'median': 2.0, 'least': 1.0, 'most': 3.0, 'rounds': 3}
    """
    return spread(a / b for a, b in zip(above, below, strict=True))


def warm_up(*places: Path) -> int:
    """Read every file below these places once, so that all rounds find them in the disk cache; bytes read."""
    read = 0
    for place in places:
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file():
                with path.open("rb", buffering=0) as file:
                    while found := len(file.read(1 << 24)):
                        read += found
    return read


def cool_down(place: Path) -> None:
    """Ask the system to forget the files below a folder, so that the next reader finds them on disk."""
    for path in place.rglob("*"):
        if path.is_file() and hasattr(os, "posix_fadvise"):
            with path.open("rb") as file:
                os.fsync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


_START = time.monotonic()


def say(line: str) -> None:
    """Tell on stderr what is being measured, with the minutes since the start."""
    print(f"[{(time.monotonic() - _START) / 60:6.1f} min] {line}", file=sys.stderr, flush=True)
