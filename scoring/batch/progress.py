"""How is the batch's progress told: bars for people, JSON lines for a scheduler, or nothing?

Nothing that is told names an account or a holder.
"""

from __future__ import annotations

import json
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TextIO

from scoring.batch.durations import told_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress


class Reporter(Protocol):
    """What the batch tells while it works."""

    def stage(self, name: str, done: int, of: int) -> None:
        """Tell that a stage begins, ``done`` of ``of`` being finished."""

    def within(self, share: float) -> None:
        """Tell which share of the stage under way is done, 0 to 1."""

    def finished(self, name: str, seconds: float, counts: dict[str, int]) -> None:
        """Tell that a stage ended, how long it took and what it counted."""

    def note(self, text: str) -> None:
        """Tell something the operator should know."""


class Silence:
    """Tells nothing; for notebooks and tests."""

    def stage(self, name: str, done: int, of: int) -> None:
        """Tell nothing."""

    def within(self, share: float) -> None:
        """Tell nothing."""

    def finished(self, name: str, seconds: float, counts: dict[str, int]) -> None:
        """Tell nothing."""

    def note(self, text: str) -> None:
        """Tell nothing."""


SHARES = {"read": 0.62, "tie": 0.28, "propagate": 0.05, "score": 0.01, "write": 0.04}
"""Which part of a large batch each stage takes, as measured with ten million relations; others take next to none."""
EVERY = 5.0
"""Seconds between two lines about a stage that goes on."""


class Course:
    """How much of a batch is done, and how long will the rest take at the pace so far?"""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._before = self._share = 0.0

    def stage(self, name: str) -> None:
        """Begin a stage; the ones before are done."""
        self._before, self._share = self._before + self._share, SHARES.get(name, 0.0)

    def done(self, within: float = 0.0) -> float:
        """Give the share of the whole batch that is done, with a share of the stage under way."""
        return min(self._before + self._share * within, 1.0)

    def left(self, within: float = 0.0) -> float | None:
        """Give the seconds that are probably left; None while there is too little to go by."""
        done, passed = self.done(within), time.monotonic() - self._began
        left = passed * (1 - done) / max(done, LEAST_DONE)
        return left if done >= LEAST_DONE and min(passed, left) >= LEAST_SECONDS else None


LEAST_DONE, LEAST_SECONDS = 0.02, 2.0
"""With less done, passed or left nothing is told of the time left: it would be a guess, or nobody waits."""


@dataclass
class Lines:
    """One line per event on a stream: plain text, or one JSON object with ``event``, ``stage``, ``seconds``, counts.

    A stage that begins, and every few seconds of one that goes on, tells how much time is probably left.
    """

    stream: TextIO = field(default_factory=lambda: sys.stderr)
    json: bool = False
    _course: Course = field(default_factory=Course, init=False)
    _stage: str = field(default="", init=False)
    _told: float = field(default_factory=time.monotonic, init=False)

    def stage(self, name: str, done: int, of: int) -> None:
        """Tell that a stage begins."""
        self._course.stage(name)
        self._stage, self._told = name, time.monotonic()
        event = {"event": "stage_started", "stage": name, "done": done, "of": of}
        self._write(f"[{done + 1}/{of}] {name}{_left(self._course.left())}", event | _seconds(self._course.left()))

    def within(self, share: float) -> None:
        """Tell now and then which share of the stage under way is done, 0 to 1."""
        if time.monotonic() - self._told < EVERY:
            return
        self._told, left = time.monotonic(), self._course.left(share)
        event = {"event": "stage_going_on", "stage": self._stage, "share": round(share, 3)}
        self._write(f"      {self._stage}: {share:.0%}{_left(left)}", event | _seconds(left))

    def finished(self, name: str, seconds: float, counts: dict[str, int]) -> None:
        """Tell that a stage ended."""
        event = {"event": "stage_finished", "stage": name, "seconds": round(seconds, 3), "counts": counts}
        self._write(f"      {name}: {seconds:.1f} s{_listed(counts)}", event)

    def note(self, text: str) -> None:
        """Tell something the operator should know."""
        self._write(f"note: {text}", {"event": "note", "text": text})

    def _write(self, text: str, event: dict[str, object]) -> None:
        self.stream.write((json.dumps(event, sort_keys=True) if self.json else text) + "\n")
        self.stream.flush()


class Bars:
    """A progress bar over the stages with the time that is probably left, on a terminal."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("start", total=1.0)
        self._course = Course()
        self._name = "start"

    def stage(self, name: str, _done: int, _of: int) -> None:
        """Tell that a stage begins."""
        self._name = name
        self._course.stage(name)
        self._progress.update(self._task, description=name, completed=self._course.done())

    def within(self, share: float) -> None:
        """Tell which share of the stage under way is done."""
        # a stage that has no part of the bar, such as a look back, moves in words
        told = self._name if self._name in SHARES else f"{self._name} {share:.0%}"
        self._progress.update(self._task, description=told, completed=self._course.done(share))

    def finished(self, name: str, seconds: float, counts: dict[str, int]) -> None:
        """Tell that a stage ended."""
        self._print(f"{name:<12} {seconds:6.1f} s{_listed(counts)}")
        self.within(1.0)

    def note(self, text: str) -> None:
        """Tell something the operator should know."""
        self._print(f"note: {text}")

    def _print(self, text: str) -> None:
        self._progress.console.print(text, highlight=False, markup=False)


@contextmanager
def reporter(log_format: str | None) -> Iterator[Reporter]:
    """Choose how to tell: ``json`` or ``text`` lines when asked for, else bars on a terminal and text elsewhere."""
    if log_format is not None or not sys.stderr.isatty():
        yield Lines(json=log_format == "json")
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description:<12}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield Bars(progress)


@contextmanager
def timed(reporter: Reporter, name: str, done: int, of: int) -> Iterator[dict[str, int]]:
    """Tell a stage's beginning and end; what the body puts into the dict is told as its counts."""
    counts: dict[str, int] = {}
    reporter.stage(name, done, of)
    began = time.monotonic()
    yield counts
    reporter.finished(name, time.monotonic() - began, counts)


def _left(seconds: float | None) -> str:
    return "" if seconds is None else f", about {told_seconds(seconds)} left"


def _seconds(left: float | None) -> dict[str, object]:
    return {} if left is None else {"seconds_left": round(left, 1)}


def _listed(counts: dict[str, int]) -> str:
    return "".join(f", {key} {count:,}" for key, count in counts.items())
