"""Does the operating system give a batch enough room to work in?"""

from __future__ import annotations

import resource

from loaders.errors import UnavailableError

LEAST = 2_000_000_000
"""Bytes of address space; with less, libraries that cannot start their threads crash instead of failing."""


def refuse_tight_limit() -> None:
    """Refuse to work under a limit of address space in which compiled libraries are known to crash.

    Raises
    ------
    UnavailableError
        With the limit that is set (``ulimit -v``) and the least that is needed.
    """
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY and limit < LEAST:
        raise UnavailableError(
            f"not enough memory: the address space is limited to {limit:,} bytes (ulimit -v), at least {LEAST:,} are"
            " needed; the last run stands"
        )
