"""How is a finished stage laid down for ``--resume`` and ``update`` while the next ones work? In one thread."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Self, TypeVar

from scoring.runs import disk, index, state

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future
    from types import TracebackType

    import pyarrow as pa

    from scoring.runs.resume import Resume, Stored

T = TypeVar("T")
PATIENCE = 3.0
"""Seconds that a start which was stopped gives to what is still being written, so that it need not be done again."""


class Laying:
    """Writes finished stages beside the work; what goes wrong there is an error of the run.

    Parameters
    ----------
    resume : Resume
        Where the stages go.
    """

    def __init__(self, resume: Resume) -> None:
        self.resume = resume
        self._stop = Event()
        # one thread: the disk is the narrow part, and stages come to lie in their order
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="laying", initializer=_step_back)
        self._under_way: dict[str, Future[None]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        wait(self._under_way.values(), PATIENCE)
        self.drop()

    def lay(self, stage: str, stored: Stored) -> None:
        """Begin to write a stage; it can be used by a later start when all of it is on the disk."""
        self._begin(stage, partial(self.resume.save, stage, stored.tables, stored.facts, stop=self._stop.is_set))

    def seal(self, run_id: str, relations: pa.Table) -> None:
        """Begin to make what was read the state of a run, once it is on the disk."""
        self._begin(index.FOLDER, partial(self._seal, run_id, relations))

    def complete(self, tables: Callable[[], Mapping[str, pa.Table]]) -> None:
        """Begin to put to the state what the run found out of its input."""
        self._begin("complete", lambda: state.complete(self.resume.folder(index.FOLDER), tables()))

    def beside(self, job: Callable[[], T]) -> Future[T]:
        """Begin to make something that is written in the end, where one core has nothing else to do."""
        return self._pool.submit(job)

    def finish(self, stage: str | None = None) -> None:
        """Wait until a stage, or each of them, is on the disk.

        Raises
        ------
        UnavailableError
            When the disk failed.
        """
        for name in [stage] if stage is not None else list(self._under_way):
            if name in self._under_way:
                self._under_way[name].result()

    def drop(self) -> None:
        """Write no more: a stage that is not whole is none."""
        self._stop.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _begin(self, name: str, job: Callable[[], None]) -> None:
        self._under_way[name] = self._pool.submit(job)

    def _seal(self, run_id: str, relations: pa.Table) -> None:
        folder = self.resume.folder(index.FOLDER)
        with disk.translated(folder):
            if folder.exists():
                shutil.rmtree(folder)
            disk.link_folder(self.resume.folder("read"), folder)
        state.seal(folder, run_id=run_id, relations=relations)


def _step_back() -> None:
    """Leave the cores to the stages while these keep all of them busy; later ones leave gaps enough."""
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
