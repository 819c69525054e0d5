"""What does a run say about one account? All rows an explanation needs, gathered in one place."""

from __future__ import annotations

from dataclasses import dataclass

from loaders.errors import RenmaiError, UsageError
from scoring.explanation.shelf import Row, Shelf

SEARCHED = (
    ("scores", "account_id"),
    *((name, "holder_id") for name in ("standing", "contributions", "bins", "probabilities")),
    ("ties", "to_id"),
    ("ties", "from_id"),
)
"""By which columns the tables of a run are searched for an explanation."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Rows about one account's holder and those around; ``budgets`` is Σ g of all that a payer sends."""

    score: Row
    standing: Row
    contributions: list[Row]
    onward: dict[str, list[Row]]
    standings: dict[str, Row]
    received: dict[str, Row]
    budgets: dict[str, float]
    sent: dict[str, Row]
    bins: Row
    probability: Row | None = None


def gather(shelf: Shelf, account_id: str) -> Facts:
    """Read what the run knows about an account, its supporters and theirs.

    Parameters
    ----------
    shelf
        The run's rows by key.
    account_id
        An account; a holder's id is taken for the first of the holder's accounts.

    Raises
    ------
    UsageError
        When the run has no score for it.
    RenmaiError
        When the tables of the run contradict each other.
    """
    score = _score(shelf, account_id)
    holder = score["holder_id"]
    contributions = shelf.rows("contributions", "holder_id", [holder])
    supporters = [row["supporter_id"] for row in contributions]
    onward: dict[str, list[Row]] = {supporter: [] for supporter in supporters}
    for row in shelf.rows("contributions", "holder_id", supporters):
        onward[row["holder_id"]].append(row)
    standings = {row["holder_id"]: row for row in shelf.rows("standing", "holder_id", [holder, *supporters])}
    received = {row["from_id"]: row for row in shelf.rows("ties", "to_id", [holder])} if supporters else {}
    if missing := {holder, *supporters} - set(standings) | set(supporters) - set(received):
        raise RenmaiError(
            f"run {shelf.run.id} contradicts itself: {len(missing)} supporters have no standing or no tie"
        )
    own = standings[holder]
    sent = shelf.rows("ties", "from_id", [holder]) if own["distress"] > 0 else []
    return Facts(
        score=score,
        standing=own,
        contributions=contributions,
        onward=onward,
        standings=standings,
        received=received,
        budgets=shelf.totals("ties", "from_id", supporters, "g"),
        sent={row["to_id"]: row for row in sent},
        bins=shelf.rows("bins", "holder_id", [holder])[0],
        probability=next(iter(shelf.rows("probabilities", "holder_id", [holder])), None),
    )


def _score(shelf: Shelf, account_id: str) -> Row:
    found = shelf.rows("scores", "account_id", [account_id]) or shelf.rows("scores", "holder_id", [account_id])
    if not found:
        raise UsageError(
            f"account {account_id!r} has no score in run {shelf.run.id}: scored are the accounts of persons that were "
            f"open on {str(shelf.run.manifest['as_of'])[:10]}; merchants and institutions have no score"
        )
    return found[0]
