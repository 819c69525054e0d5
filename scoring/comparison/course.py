"""How did one account's score go over the runs?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from loaders.errors import UsageError
from scoring.runs.run import Run


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """An account in one run; ``score`` is None where it was not scored, ``change`` is against its last score."""

    run_id: str
    as_of: str
    score: int | None
    band: str | None
    change: int | None


def history(runs: Iterable[Run], account_id: str) -> tuple[HistoryRow, ...]:
    """Follow one account over runs in the order given; runs before its first score are left out.

    Parameters
    ----------
    runs
        The runs, oldest first.
    account_id
        The account.

    Raises
    ------
    UsageError
        When no run has a score for the account.

    Examples
    --------
    >>> import scoring
    >>> from loaders.town import AS_OF, town
    >>> run = scoring.run(**town(), as_of=AS_OF)
    >>> [(row.score, row.change) for row in history([run, run], "nina")]
    [(670, None), (670, 0)]
    """
    rows: list[HistoryRow] = []
    last: int | None = None
    for run in runs:
        found = run.rows("scores", "account_id", [account_id]).to_pylist()
        if not found and not rows:
            continue
        score = found[0]["score"] if found else None
        change = None if score is None or last is None else score - last
        rows.append(HistoryRow(run.id, str(run.manifest["as_of"]), score, found[0]["band"] if found else None, change))
        last = score if score is not None else last
    if not rows:
        raise UsageError(f"no run has a score for account {account_id!r}: only accounts of persons are scored")
    return tuple(rows)
