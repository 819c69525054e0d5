"""Where do the checks run? In a DuckDB of our own: in memory, cut off from files, network and extensions."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from loaders.errors import RenmaiError, UnavailableError, UsageError
from loaders.settings import LoadSettings


@contextmanager
def engine(settings: LoadSettings) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a private database that reads only what is registered with it.

    It spills to a folder of its own when memory runs short; the folder is gone afterwards.

    Parameters
    ----------
    settings
        Memory and threads.

    Yields
    ------
    duckdb.DuckDBPyConnection

    Raises
    ------
    UnavailableError
        When memory or disk run out.
    """
    try:
        spill = tempfile.TemporaryDirectory(prefix="renmai-")
    except OSError as error:
        raise UnavailableError(f"no folder can be made in {tempfile.gettempdir()}: {error.strerror}") from error
    with spill as folder, _connected(settings, folder) as connection:
        try:
            yield connection
        except duckdb.OutOfMemoryException:
            detail = f"the checks need more than {settings.duckdb_memory} of memory and found no room to spill to disk"
            hint = f"raise duckdb_memory or free space in {tempfile.gettempdir()}"
            raise UnavailableError(f"{detail}; {hint}") from None
        except duckdb.IOException:
            raise UnavailableError(f"the checks could not write to {folder}; is the disk full?") from None
        except duckdb.Error as error:
            # its text may quote records, so it is not passed on
            raise RenmaiError(f"the checks failed inside DuckDB ({type(error).__name__})") from None


def _connected(settings: LoadSettings, folder: str) -> duckdb.DuckDBPyConnection:
    config: dict[str, str | bool | int | float | list[str]] = {
        "temp_directory": folder,
        "memory_limit": settings.duckdb_memory,
        "threads": settings.duckdb_threads,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "python_enable_replacements": False,
        "preserve_insertion_order": False,
    }
    try:
        connection = duckdb.connect(":memory:", config=config)
    except duckdb.Error as error:
        wanted = f"duckdb_memory = {settings.duckdb_memory!r}, duckdb_threads = {settings.duckdb_threads!r}"
        raise UsageError(f"DuckDB does not start with {wanted}; a memory limit reads like '1500MiB'") from error
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection
