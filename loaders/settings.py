"""Which choices does loading leave to its user?

Every number and word here has a default; the config file of a run sets them under ``[data]``, ``[columns]``,
``[kinds]``, ``[gate]`` and ``[engine]``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal

from loaders.contract import ACCOUNT_KINDS, OUTCOME_KINDS, RELATION_KINDS, TABLES
from loaders.errors import UsageError


@dataclass(frozen=True, slots=True)
class LoadSettings:
    """How the input is read and what of it is refused.

    Attributes
    ----------
    base_currency
        ISO 4217 code into which all money is converted.
    max_reject_rate
        Share of rejected records, per table and without exact duplicates, above which a run stops; in [0, 1].
    self_transfer
        ``reject`` refuses a relation of an account with itself, ``count`` keeps it (it is never a tie).
    id_pattern
        Pattern (RE2) a whole id must match instead of the default ``[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}``.
    integer_ids
        Whether integer id columns of Parquet files and DataFrames are read as their decimal text.
    columns
        Per table, the input's column names and ours: ``{"relations": {"tx_id": "relation_id"}}``.
    kinds
        The input's words for kinds and ours: ``{"P2P": "transfer"}``.
    duckdb_memory
        Memory limit of the checks, as DuckDB writes it.
    duckdb_threads
        Threads of the checks, at least 1.

    Examples
    --------
    >>> from loaders.settings import LoadSettings
    >>> LoadSettings(base_currency="EUR").max_reject_rate
    0.01
    """

    base_currency: str = "CNY"
    max_reject_rate: float = 0.01
    self_transfer: Literal["reject", "count"] = "reject"
    id_pattern: str | None = None
    integer_ids: bool = False
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    duckdb_memory: str = "1500MiB"
    duckdb_threads: int = 2

    def __post_init__(self) -> None:
        if self.self_transfer not in ("reject", "count"):
            raise UsageError(f"self_transfer must be 'reject' or 'count'; got {self.self_transfer!r}")
        if not 0 <= self.max_reject_rate <= 1:
            raise UsageError(f"max_reject_rate must be in [0, 1]; got {self.max_reject_rate!r}")
        if self.duckdb_threads < 1:
            raise UsageError(f"duckdb_threads must be at least 1; got {self.duckdb_threads!r}")
        for table, names in self.columns.items():
            _refuse_unknown("columns", [table], TABLES)
            _refuse_unknown(f"columns.{table}", names.values(), TABLES[table].names)
        _refuse_unknown("kinds", self.kinds.values(), (*RELATION_KINDS, *ACCOUNT_KINDS, *OUTCOME_KINDS))


def _refuse_unknown(where: str, words: Iterable[str], allowed: Collection[str]) -> None:
    for word in words:
        if word not in allowed:
            near = get_close_matches(str(word), allowed, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"allowed are {', '.join(allowed)}"
            raise UsageError(f"{where}: {word!r} is not in the contract; {hint}")
