"""May this run be made current? Rejects, rows and the shift of scores against the last run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from loaders.errors import ContractError, GateError, RenmaiError
from scoring.batch.stability import psi

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from scoring.config.sections import Gate
    from scoring.runs.run import Run

REQUIRED = ("accounts", "relations")


@dataclass(frozen=True)
class Passage:
    """What the gate measured.

    Attributes
    ----------
    against : str or None
        The run compared with; None when there is none of the same config and rule.
    shares : dict
        Rows of this run over rows of that one, per table and for the scores.
    psi : float or None
        Shift of the scores.
    failures : tuple of str
        One sentence per limit that is not kept.
    """

    against: str | None
    shares: Mapping[str, float]
    psi: float | None
    failures: tuple[str, ...]

    def facts(self) -> dict[str, Any]:
        """Tell it for the manifest."""
        return {"against": self.against, "psi": self.psi, "shares": dict(self.shares), "failures": list(self.failures)}


def refuse_empty(accepted: Mapping[str, int], *, allow_empty: bool) -> None:
    """Refuse an input of which a required table has no accepted row, unless that is allowed.

    Raises
    ------
    ContractError
        ``no_rows``, naming the table.
    """
    empty = [table for table in REQUIRED if not accepted.get(table)]
    if empty and not allow_empty:
        raise ContractError(
            "no_rows", f"{' and '.join(empty)} have no accepted row; --allow-empty makes a run of them all the same"
        )


def measure(accepted: Mapping[str, int], scores: pa.Table, last: Run | None, limits: Gate) -> Passage:
    """Compare a run with the last one of the same config and rule.

    Parameters
    ----------
    accepted : mapping
        Accepted rows per table.
    scores : pyarrow.Table
        The run's ``scores``.
    last : Run or None
        The run to compare with.
    limits : Gate
        What must be kept.

    Returns
    -------
    Passage
        With a sentence for each limit that is not kept; none without a last run.
    """
    if last is None:
        return Passage(None, {}, None, ())
    before = last.table("scores", ["score"])["score"].to_numpy()
    then = {table: counts["accepted"] for table, counts in last.manifest["counts"]["tables"].items()}
    pairs = {table: (accepted[table], then.get(table, 0)) for table in REQUIRED} | {
        "scores": (len(scores), len(before))
    }
    shares = {name: now / past for name, (now, past) in pairs.items() if past}
    failures = [
        f"{name}: {pairs[name][0]:,} rows, that is {share:.0%} of the {pairs[name][1]:,} of run {last.id};"
        f" at least {limits.min_rows_share:.0%} is allowed"
        for name, share in shares.items()
        if share < limits.min_rows_share
    ]
    shift = psi(before, scores["score"].to_numpy())
    if shift > limits.max_psi:
        failures.append(f"scores shifted by PSI {shift:.3f} against run {last.id}; at most {limits.max_psi} is allowed")
    return Passage(last.id, shares, shift, tuple(failures))


def pass_or_stop(passage: Passage, *, force: bool) -> tuple[str, ...]:
    """Stop a run that does not keep the limits, or give what ``LOG`` must tell when it is forced through.

    Raises
    ------
    GateError
        With every limit that is not kept.
    """
    if passage.failures and not force:
        raise GateError(f"{'; '.join(passage.failures)}. The last run stays; --force publishes all the same")
    return passage.failures


def refuse_nonsense(scores: pa.Table, standing: pa.Table) -> None:
    """Refuse numbers that are no scores: the last guard before anything is written.

    Raises
    ------
    RenmaiError
        When a score is outside [350, 950], or any number is not finite; the column is named.
    """
    for name, table in (("scores", scores), ("standing", standing)):
        for column in table.column_names:
            values = table[column]
            if values.null_count:
                raise RenmaiError(f"{name}.{column} lacks {values.null_count} value(s); nothing was published")
            if str(values.type) == "double" and not np.isfinite(values.to_numpy()).all():
                raise RenmaiError(f"{name}.{column} holds a value that is not finite; nothing was published")
    values = scores["score"].to_numpy()
    if len(values) and (values.min() < 350 or values.max() > 950):
        raise RenmaiError(f"scores reach from {values.min()} to {values.max()}; they must lie in [350, 950]")
