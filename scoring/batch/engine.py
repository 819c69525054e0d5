"""How much of the machine may a batch use?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Engine:
    """How much of the machine a batch may use; it changes no bit of any result.

    Attributes
    ----------
    threads : int or None
        Threads of the gate and the kernels, at least 1; None: as many as they find.
    memory : str or None
        What the process may hold, such as ``2GB``; a run that needs more ends with a sentence.
    """

    threads: int | None = None
    memory: str | None = None
