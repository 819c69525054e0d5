"""Is a Parquet file what its sender says, sound, of bearable size and of the right types? Asked before it is read."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from loaders.contract import RECORD_BYTES, TABLES
from loaders.errors import ContractError, RenmaiError
from loaders.readers.arrow_text import refuse_type
from loaders.readers.header import contract_columns
from loaders.readers.parquet_bounds import bound
from loaders.readers.source import Source
from loaders.settings import LoadSettings

PROBE_MEMORY = 768 * 1024 * 1024
PROBE_SECONDS = 8.0
PROBE_BYTES_PER_SECOND = 4_000_000
UNPACKED_FREE_BYTES = 256 * 1024 * 1024
UNPACKED_RATIO = 100
OPTIONS: dict[str, Any] = {
    "page_checksum_verification": True,
    "thrift_string_size_limit": 16 * 1024 * 1024,
    "thrift_container_size_limit": 1_000_000,
}


def check_parquet_files(sources: Sequence[Source], settings: LoadSettings) -> list[Source]:
    """Refuse Parquet files that are changed, broken, too large or of unlike types, before anything is read.

    Parameters
    ----------
    sources
        All files of a load; those of other formats pass as they are.
    settings
        Column names of the input, integer ids.

    Returns
    -------
    list of Source
        The same files, those marked as ``even`` of which large batches can be read.

    Raises
    ------
    ContractError
        ``sha256``, ``corrupt``, ``too_large``, ``schema`` or ``schema drift``.
    """
    checked = [source for source in sources if source.format == "parquet"]
    for source in checked:
        _compare_with_sidecar(source)
    with ThreadPoolExecutor(settings.duckdb_threads) as pool:  # dictionaries are unpacked without the interpreter
        doubtful = [source for source, fine in zip(checked, pool.map(_is_bearable, checked), strict=True) if not fine]
    if doubtful:
        _probe(doubtful)
    _refuse_drift(checked, settings)
    return [replace(one, even=one.format == "parquet" and one not in doubtful) for one in sources]


def _refuse_drift(sources: Sequence[Source], settings: LoadSettings) -> None:
    first: dict[tuple[str, str], tuple[pa.DataType, str]] = {}
    schemas = [(source, _schema(source)) for source in sources]
    for source, schema in schemas:
        for field in schema:
            like, where = first.setdefault((source.table, field.name), (_plain(field.type), source.name))
            if pa.types.is_null(like):
                first[source.table, field.name] = (_plain(field.type), source.name)
            elif not pa.types.is_null(field.type) and _plain(field.type) != like:
                detail = f"{source.name}: column '{field.name}' is {field.type}, in {where} it is {like}"
                raise ContractError(
                    "schema drift", f"{detail}; parts of a table must have the same types", file=source.name
                )
    for source, schema in schemas:
        _refuse_schema(source, schema, settings)


def _compare_with_sidecar(source: Source) -> None:
    if source.sidecar is None:
        return
    with source.open() as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != source.sidecar.sha256:
        detail = f"{source.name} has SHA-256 {digest}; its sidecar says {source.sidecar.sha256}"
        raise ContractError("sha256", detail, file=source.name)


def _is_bearable(source: Source) -> bool:
    """Tell whether the headers of a file's pages alone prove that it can't hurt; nearly always they do."""
    with source.open() as file:
        size = file.seek(0, 2)
        most = bound(file, OPTIONS)
    return most is not None and most <= max(UNPACKED_FREE_BYTES, UNPACKED_RATIO * size)


def _probe(sources: Sequence[Source]) -> None:
    """Unpack the files in a child with little memory and time; see `loaders.readers.probe`."""
    paths = []
    for source in sources:
        source.open().close()
        paths.append(str(source.path))
    asked = {
        "paths": paths,
        "memory": PROBE_MEMORY,
        "free": UNPACKED_FREE_BYTES,
        "ratio": UNPACKED_RATIO,
        "field": RECORD_BYTES,
        "options": OPTIONS,
    }
    size = sum(source.path.stat().st_size for source in sources)
    names = sources[0].name if len(sources) == 1 else f"{sources[0].name} and {len(sources) - 1} more"
    child = Path(__file__).with_name("probe.py")
    # one thread each: thread stacks and memory pools would eat the limit
    frugal = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
    frugal["ARROW_DEFAULT_MEMORY_POOL"] = "system"
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(child)],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            timeout=PROBE_SECONDS + size / PROBE_BYTES_PER_SECOND,
            env=frugal,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ContractError("too_large", f"{names}: takes too long to unpack for its {size} bytes") from error
    if done.returncode > 0 and "MemoryError" not in done.stderr:
        raise RenmaiError(f"{names}: the probe of Parquet files failed with {done.stderr.strip().splitlines()[-1:]}")
    if done.returncode != 0:
        raise ContractError("too_large", f"{names}: can't be unpacked within {PROBE_MEMORY >> 20} MiB of memory")
    answer = json.loads(done.stdout)
    if answer:
        source = sources[answer["file"]]
        raise ContractError(answer["reason"], f"{source.name}: {answer['detail']}", file=source.name)


def _schema(source: Source) -> pa.Schema:
    with source.open() as file:
        try:
            with parquet.ParquetFile(file, **OPTIONS) as opened:
                return opened.schema_arrow
        except (pa.ArrowException, OSError) as error:
            raise corrupt(source, str(error)) from error


def corrupt(source: Source, text: str) -> ContractError:
    """Tell that a file can't be read, in the words of the reader."""
    detail = f"{source.name} can't be read as Parquet: {text.splitlines()[0][:200] if text else 'no reason given'}"
    return ContractError("corrupt", detail, file=source.name)


def _plain(kind: pa.DataType) -> pa.DataType:
    """The type of the values, however they are laid out."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return pa.string() if pa.types.is_large_string(kind) or pa.types.is_string_view(kind) else kind


def _refuse_schema(source: Source, schema: pa.Schema, settings: LoadSettings) -> None:
    for field in schema:
        extension = (field.metadata or {}).get(b"ARROW:extension:name")
        if extension is not None or isinstance(field.type, pa.BaseExtensionType):
            detail = f"{source.name}: column '{field.name}' has the extension type {field.type}; use a plain type"
            raise ContractError("schema", detail, file=source.name)
    ours = contract_columns(source.table, schema.names, settings, name=source.name, reason="schema")
    for field, our in zip(schema, ours, strict=True):
        refuse_type(source.table, TABLES[source.table].column(our), field.type, settings, name=source.name)
