"""What does a command do without that takes longer to load than to use?

What is set here stays for the whole process, so only the command ``renmai`` itself does it, never a program that calls
it.
"""

from __future__ import annotations

import os
import sys
from importlib.abc import MetaPathFinder
from pathlib import Path


def spare_pandas() -> None:
    """Do without pandas, which pyarrow looks for at its first list: it takes longer to load than an answer."""
    if _is_command() and "pandas" not in sys.modules:
        sys.meta_path.insert(0, _WithoutPandas())


def spare_kernels() -> None:
    """Do without compiled kernels: a few rows in plain Python take milliseconds, with the same bits."""
    if _is_command() and "numba" not in sys.modules:
        os.environ["NUMBA_DISABLE_JIT"] = "1"


def take_turns() -> None:
    """Let threads that hash have the interpreter back soon: a block is hashed in a fiftieth of the usual turn."""
    if _is_command():
        sys.setswitchinterval(TURN)


TURN = 0.0002
"""Seconds of a turn, instead of 0.005."""


def _is_command() -> bool:
    return Path(sys.argv[0]).stem == "renmai"


class _WithoutPandas(MetaPathFinder):
    """Tells who looks for pandas that it is not there, as None in ``sys.modules`` does not tell compiled pyarrow."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:  # noqa: ARG002 - as called
        """Refuse pandas, leave the rest to others."""
        if fullname == "pandas":
            raise ModuleNotFoundError("this command does without pandas", name=fullname)
