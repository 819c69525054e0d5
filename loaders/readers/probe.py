"""How large do Parquet files really get when they are unpacked? Asked in a process of its own, with little memory.

A few kilobytes of Parquet can unpack to gigabytes, and the sizes in its footer may lie. So the files are unpacked here
first, in small batches, under a limit of memory; whatever happens, the parent lives on.
Standalone: reads JSON from stdin, answers with one line of JSON, imports nothing of the package.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import Any

BATCH_ROWS = 4096
PLACE_BYTES = 32


def main() -> None:
    """Probe the files named on stdin and print what is wrong with the first that is not right ({} when all are)."""
    asked = json.load(sys.stdin)
    # loaded before the limit is set: what the libraries themselves map differs from machine to machine
    from pyarrow import compute, parquet  # noqa: F401

    limit = _mapped() + asked["memory"]
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    answer: dict[str, Any] = {}
    for number, path in enumerate(asked["paths"]):
        fault = _fault(path, asked)
        if fault is not None:
            answer = {"file": number, "reason": fault[0], "detail": fault[1]}
            break
    print(json.dumps(answer))


def _mapped() -> int:
    """How many bytes this process has mapped; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 (nothing more is imported than needed)
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def _fault(path: str, asked: dict[str, Any]) -> tuple[str, str] | None:
    import pyarrow as pa
    from pyarrow import parquet

    too_large = "too_large", f"needs more than {asked['memory'] >> 20} MiB of memory to unpack"
    try:
        with open(path, "rb") as raw:  # noqa: PTH123 (nothing more is imported than needed)
            size = raw.seek(0, 2)
            raw.seek(0)
            with parquet.ParquetFile(raw, buffer_size=1 << 20, pre_buffer=False, **asked["options"]) as file:
                return _unpack(file, max(asked["free"], asked["ratio"] * size), asked["field"])
    except (MemoryError, pa.ArrowMemoryError):
        return too_large
    except (pa.ArrowException, OSError, ValueError, EOFError) as error:
        text = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        return too_large if "memory" in text.lower() or "alloc" in text.lower() else ("corrupt", text)


def _unpack(file: Any, cap: int, longest: int) -> tuple[str, str] | None:
    total = 0
    for batch in file.iter_batches(batch_size=BATCH_ROWS, use_threads=False):
        total += batch.num_rows * PLACE_BYTES
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            length, size = _sizes(column)
            if length > longest:
                return "too_large", f"column '{name[:60]}' has a value of {length} bytes; allowed are {longest}"
            total += size
        if total > cap:
            return "too_large", f"unpacks to more than {cap} bytes"
    return None


def _sizes(column: Any) -> tuple[int, int]:
    """Tell the length of the longest value and the bytes of all."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if not any(test(column.type) for test in (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary)):
        return 0, column.nbytes
    lengths = pc.binary_length(column)
    return pc.max(lengths).as_py() or 0, (pc.sum(lengths).as_py() or 0) + 8 * len(column)


if __name__ == "__main__":
    main()
