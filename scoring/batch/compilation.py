"""How long did compiling take? A first run on a machine compiles its kernels; later ones load them from a cache."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from numba.core import event

_COMPILE = "numba:compile"


class _Watch(event.Listener):
    """Counts the kernels that are compiled and the seconds it takes; loading from the cache is no compiling."""

    def __init__(self) -> None:
        self.kernels: set[str] = set()
        self.seconds = 0.0
        self._depth, self._began = 0, 0.0

    def on_start(self, event: Any) -> None:
        """Begin to count; a kernel that another one calls is compiled within it."""
        self.kernels.add(event.data["dispatcher"].py_func.__qualname__)
        if not self._depth:
            self._began = time.monotonic()
        self._depth += 1

    def on_end(self, event: Any) -> None:  # noqa: ARG002 (numba's signature)
        """End counting."""
        self._depth -= 1
        if not self._depth:
            self.seconds += time.monotonic() - self._began


@contextmanager
def compiling_told(tell: Callable[[str], None]) -> Iterator[None]:
    """Tell, once the body is done, which part of its time went into compiling; nothing where nothing was compiled.

    Parameters
    ----------
    tell
        Takes the sentence.
    """
    watch = _Watch()
    event.register(_COMPILE, watch)  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        event.unregister(_COMPILE, watch)  # type: ignore[no-untyped-call]
    if watch.kernels:
        tell(
            f"{len(watch.kernels)} kernels were compiled in {watch.seconds:.1f} s; this happens once on a machine, "
            "later runs load them from the cache"
        )
