"""How do the tests stand between a writer and the disk, and read what is left?"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scoring.runs import open_run
from scoring.runs.columns import RESULTS

STEPS = ("open", "write", "pwrite", "ftruncate", "fsync", "rename", "replace", "mkdir", "unlink", "rmdir")
"""The system calls by which a writer changes the disk."""


def count_steps(patch: pytest.MonkeyPatch, act: Callable[[int, str], None]) -> None:
    """Call ``act`` before each step with the step's number and name."""
    number = 0

    def hook(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def step(*arguments: Any, **named: Any) -> Any:
            nonlocal number
            if name == "open" and not arguments[1] & (os.O_WRONLY | os.O_RDWR):
                return call(*arguments, **named)
            number += 1
            act(number, name)
            return call(*arguments, **named)

        return step

    for name in STEPS:
        patch.setattr(os, name, hook(name, getattr(os, name)))


def killed_at(step: int, work: Callable[[], object]) -> bool:
    """Do ``work`` in a forked child that kills itself before its n-th step; say whether it came to that."""
    child = os.fork()
    if child == 0:
        with pytest.MonkeyPatch.context() as patch:
            count_steps(patch, lambda number, _: os.kill(os.getpid(), signal.SIGKILL) if number == step else None)
            try:
                work()
            finally:
                os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def result(root: Path) -> tuple[str, list[bytes]]:
    """Read the current run as a reader does; every byte is checked."""
    run = open_run(root)
    run.check()
    return run.id, [(run.path / f"{name}.parquet").read_bytes() for name in RESULTS]
