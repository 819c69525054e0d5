"""Does the machine give a batch enough room to work in, and does the batch keep within the room it may have?"""

from __future__ import annotations

import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loaders.errors import UnavailableError, UsageError

LEAST = 2_000_000_000
"""Bytes of address space; with less, libraries that cannot start their threads crash instead of failing."""
LEAST_FOR_CHECKS = 64 << 20
"""Bytes without which DuckDB checks nothing."""
_MEMORY = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?(([KMGT]?)(i?)B)", re.IGNORECASE)


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


def bytes_of(memory: str) -> int:
    """How many bytes is an amount of memory?

    Raises
    ------
    UsageError
        When it is no number with a unit.

    Examples
    --------
    >>> bytes_of("2GB"), bytes_of("1.5 GiB")
    (2000000000, 1610612736)
    """
    found = _MEMORY.fullmatch(memory)
    if found is None:
        raise UsageError(f"memory must be a number with a unit, such as 2GB; got {memory!r}")
    power = " KMGT".index(found[3].upper() or " ")
    return int(float(found[1]) * (1024 if found[4] else 1000) ** power)


def part_for_checks(memory: str) -> str:
    """Tell DuckDB how much of the memory of a run its checks may take: half, and what it needs to start at least.

    Examples
    --------
    >>> part_for_checks("2GB")
    '976562KiB'
    """
    return f"{max(bytes_of(memory) // 2, LEAST_FOR_CHECKS) // 1024}KiB"


@contextmanager
def limited(memory: str | None) -> Iterator[None]:
    """Let the body have no more memory than allowed; the operating system refuses the rest.

    What counts is what the process itself fills: files that are mapped for reading are not in it.

    Parameters
    ----------
    memory
        A number with a unit, such as ``2GB``; None: as much as there is.

    Raises
    ------
    UnavailableError
        When the body needed more.
    UsageError
        When ``memory`` is no number with a unit.
    """
    if memory is None:
        yield
        return
    import pyarrow as pa

    before = resource.getrlimit(resource.RLIMIT_DATA)
    allowed = bytes_of(memory)
    if (held := _held()) > allowed:
        raise UnavailableError(_too_little(memory, f"; Python and its libraries alone hold {held / 1e6:,.0f} MB"))
    pool = pa.default_memory_pool()
    # the default pool reserves a gigabyte at its first use, of which most may stay empty; it would count as used
    pa.set_memory_pool(pa.system_memory_pool())
    soft = allowed if before[1] == resource.RLIM_INFINITY else min(allowed, before[1])
    resource.setrlimit(resource.RLIMIT_DATA, (soft, before[1]))
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "thread" not in str(error):
            raise
        raise UnavailableError(_too_little(memory)) from error
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)
        pa.set_memory_pool(pool)


def _held() -> int:
    """How many bytes of its own this process has reserved; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5]) * resource.getpagesize()
    except OSError:
        return 0


def _too_little(memory: str, why: str = "") -> str:
    return (
        f"not enough memory: the run needs more than the {memory} it may have (--memory){why}; the last run stands."
        " --estimate tells what a run needs"
    )
