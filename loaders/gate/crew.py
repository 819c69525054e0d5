"""How do several threads read several files so that nothing of the outcome depends on who read what?

Each stream (a file, or a part of one) is read by one thread at a time, so its items come in order; what is made of an
item is made beside the reading. Results lie at the place of their item, and of several faults the first stream's is
told: streams before a broken one are read to their end, later ones are not begun.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from threading import Condition, Thread
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class StreamError(Exception):
    """A stream broke: its number; the fault itself is the cause."""

    def __init__(self, number: int) -> None:
        super().__init__(f"stream {number}")
        self.number = number


def worked(
    streams: Sequence[Callable[[], Iterator[T]]],
    work: Callable[[int, T], R],
    threads: int,
    begun: Callable[[int], None] | None = None,
) -> list[list[R]]:
    """Do a piece of work on every item of every stream.

    Parameters
    ----------
    streams
        Each begins a stream; called in order, when a thread is free for it.
    work
        What is made of an item, given the number of its stream; called by several threads.
    threads
        At least 1.
    begun
        Told of each stream before it begins, in order, by one thread at a time.

    Returns
    -------
    list of list
        Per stream, the results in order of its items.

    Raises
    ------
    StreamError
        From the fault of the first stream that broke.

    Examples
    --------
    >>> from loaders.gate.crew import worked
    >>> worked([lambda: iter([1, 2]), lambda: iter([3])], lambda number, item: (number, item * 10), 2)
    [[(0, 10), (0, 20)], [(1, 30)]]
    """
    crew = _Crew(streams, work, begun or (lambda _number: None))
    helpers = [Thread(target=crew.run, daemon=True) for _ in range(threads - 1)]
    for helper in helpers:
        helper.start()
    try:
        crew.run()
    finally:
        crew.stop()
        for helper in helpers:
            helper.join()
    if crew.faults:
        first = min(crew.faults)
        raise StreamError(first) from crew.faults[first]
    return [[of_stream[place] for place in sorted(of_stream)] for of_stream in crew.found]


def spread(work: Callable[[T], R], items: Sequence[T], threads: int) -> list[R]:
    """Do a piece of work on every item, results in order of the items."""
    if threads == 1 or len(items) < 2:
        return [work(item) for item in items]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, items))


class _Crew(Generic[T, R]):
    """The streams that are open, those that wait, and what was made of the items so far."""

    def __init__(
        self,
        streams: Sequence[Callable[[], Iterator[T]]],
        work: Callable[[int, T], R],
        begun: Callable[[int], None],
    ) -> None:
        self.streams = streams
        self.work = work
        self.begun = begun
        self.opened: dict[int, Iterator[T] | None] = {}
        self.busy: set[int] = set()
        self.next = 0
        self.stopped = False
        self.found: list[dict[int, R]] = [{} for _ in streams]
        self.taken = [0] * len(streams)
        self.faults: dict[int, Exception] = {}
        self.changed = Condition()

    def run(self) -> None:
        """Take one item after the other until none is left."""
        while (number := self._reserved()) is not None:
            try:
                items = self._next(number)
            except Exception as fault:
                self._broke(number, fault)
                items = []
            with self.changed:
                place = self.taken[number]
                self.taken[number] += len(items)
                if not items:
                    self.opened.pop(number, None)
                self.busy.discard(number)
                self.changed.notify_all()
            try:
                for item in items:
                    self.found[number][place] = self.work(number, item)
            except Exception as fault:
                self._broke(number, fault)

    def stop(self) -> None:
        """Let nobody take anything more: who asked is gone."""
        with self.changed:
            self.stopped = True
            self.changed.notify_all()

    def _reserved(self) -> int | None:
        """Reserve the first stream nobody reads from; None when all are done."""
        with self.changed:
            while not self.stopped:
                end = min(self.faults, default=len(self.streams))
                free = [number for number in sorted(self.opened) if number not in self.busy and number < end]
                if free:
                    self.busy.add(free[0])
                    return free[0]
                if self.next < end:
                    self.next += 1
                    self._announce(self.next - 1)
                    continue
                if not self.busy:
                    break
                self.changed.wait()
            return None

    def _announce(self, number: int) -> None:
        """Tell of a stream that begins; reading it is up to whoever comes first."""
        try:
            self.begun(number)
        except Exception as fault:
            self.faults.setdefault(number, fault)
        else:
            self.opened[number] = None

    def _next(self, number: int) -> list[T]:
        """Read the next item of a stream; nothing at its end."""
        stream = self.opened[number]
        if stream is None:
            stream = self.opened[number] = self.streams[number]()
        return list(islice(stream, 1))

    def _broke(self, number: int, fault: Exception) -> None:
        with self.changed:
            self.faults.setdefault(number, fault)
            self.changed.notify_all()
