"""What did the gate of a run measure, and against which limits? Reject rates, shares of rows, the shift of scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class GateRow:
    """One measure beside its limit; ``highest`` says whether the limit is a highest value or a lowest."""

    name: str
    value: float
    limit: float
    highest: bool
    percent: bool

    @property
    def kept(self) -> bool:
        """Whether the limit is kept."""
        return self.value <= self.limit if self.highest else self.value >= self.limit

    @property
    def said(self) -> str:
        """The value in words."""
        return _said(self.value, self.percent)

    @property
    def limit_said(self) -> str:
        """The limit in words."""
        return f"{'at most' if self.highest else 'at least'} {_said(self.limit, self.percent)}"


def gate_rows(manifest: Mapping[str, Any]) -> tuple[GateRow, ...]:
    """Read what the gate measured from a run's manifest; without an earlier run there are only reject rates.

    Parameters
    ----------
    manifest
        The run's manifest.

    Examples
    --------
    >>> counts = {"tables": {"relations": {"accepted": 199, "rejected": 1}}}
    >>> limits = {"gate": {"max_reject_rate": 0.01, "min_rows_share": 0.5, "max_psi": 0.25}}
    >>> (row,) = gate_rows({"counts": counts, "config": limits, "gate": {}})
    >>> row.name, row.said, row.limit_said, row.kept
    ('rejected relations', '0.50 %', 'at most 1.00 %', True)
    """
    limits, measured = manifest["config"]["gate"], manifest.get("gate") or {}
    rows = [
        GateRow(f"rejected {table}", _reject_rate(counts), limits["max_reject_rate"], True, True)
        for table, counts in sorted(manifest["counts"]["tables"].items())
        if counts.get("accepted", 0) + counts.get("rejected", 0)
    ]
    rows += [
        GateRow(f"{name} against the last run", share, limits["min_rows_share"], False, True)
        for name, share in sorted((measured.get("shares") or {}).items())
    ]
    if measured.get("psi") is not None:
        rows.append(GateRow("shift of scores (PSI)", measured["psi"], limits["max_psi"], True, False))
    return tuple(rows)


def _reject_rate(counts: Mapping[str, int]) -> float:
    """Rate as the gate does (`loaders.Tables.reject_rate`): exact duplicates are not counted as refused."""
    refused = counts.get("rejected", 0) - counts.get("duplicates", 0)
    return refused / (counts.get("accepted", 0) + counts.get("rejected", 0))


def _said(value: float, percent: bool) -> str:
    return f"{100 * value:.2f} %" if percent else f"{value:.3f}"
