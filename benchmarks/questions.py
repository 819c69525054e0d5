"""With which parameters is each investigation timed? The busiest accounts of a portfolio, found by rule.

The hub is the account with the most payments between people, out and in together, of those that both pay and are paid;
the start of a trail to it is the first payer of the hub, by id. So each question meets the hub as its start or within
its reach. Questions about credit are asked about the holder of most ties, the most lifted one and the one who lifts
most.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from scoring.runs.run import Run

STANDING_IN = ("guarantee", "pay_on_behalf")
PEOPLE = ("transfer", "pay_on_behalf")
ANCHORED = (
    *("account-card", "flow-summary", "top-counterparties", "money-trail", "rings", "three-account-cycle"),
    *("pooling", "fast-in-fast-out", "fan-in-fan-out", "similar-accounts", "decaying-trace"),
)

PORTFOLIO = ("mutual-boosting", "one-sided-ties", "dormant-ties", "sudden-ties", "many-accounts", "band-statistics")
"""Questions about all holders at once."""


def money_questions(relations: pd.DataFrame) -> list[tuple[str, dict[str, Any]]]:
    """Name each question about payments with the parameters that make it hardest here.

    Parameters
    ----------
    relations : pandas.DataFrame
        The relations of the portfolio, with ``kind``, ``from_id`` and ``to_id``.

    Returns
    -------
    list of tuple
        Name and parameters; once from the hub, once from one who pays it.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"kind": ["transfer"] * 6, "from_id": list("abhabd"), "to_id": list("hhcccc")})
    >>> money_questions(rows)[0]
    ('account-card', {'id': 'h'})
    """
    paid = relations[relations.kind.isin(PEOPLE)]
    degree = paid.from_id.value_counts().add(paid.to_id.value_counts(), fill_value=0)
    degree = degree[degree.index.isin(paid.from_id) & degree.index.isin(paid.to_id)]
    hub = min(degree.index[degree == degree.max()])
    payer, payee = min(paid.from_id[paid.to_id == hub]), min(paid.to_id[paid.from_id == hub])
    questions: list[tuple[str, dict[str, Any]]] = []
    for start, other in ((hub, payee), (payer, hub)):
        questions += [(name, {"id": start}) for name in ANCHORED]
        questions += [
            ("threshold-flows", {"id": start, "minimum_minor": 100_000}),
            ("ego-network", {"id": start, "hops": 2}),
            ("shortest-money-path", {"id": start, "to_id": other}),
            ("shared-counterparties", {"id": start, "other_id": other}),
        ]
    return [*questions, ("guarantee-chain", {"id": _guarantor(relations) or hub})]


def _guarantor(relations: pd.DataFrame) -> str | None:
    """Give who stands in most often for somebody who stands in for others, if anybody does."""
    found = relations[relations.kind.isin(STANDING_IN)]
    chained = found.from_id[found.to_id.isin(set(found.from_id)) & (found.to_id != found.from_id)]
    return next(iter(busiest(chained.tolist(), 1)), None)


def credit_questions(runs: Path) -> list[tuple[str, dict[str, Any]]]:
    """Name each question about credit with the parameters that make it hardest for the newest run of a folder.

    Parameters
    ----------
    runs
        A folder of at least two runs; the newest two are compared.

    Returns
    -------
    list of tuple
        Name and parameters; some names twice, about different holders.

    Raises
    ------
    RenmaiError
        When the folder holds no two runs, or its files are damaged.
    """
    from loaders.errors import RenmaiError
    from scoring.runs import open_run, run_ids

    newest = sorted(run_ids(runs))[-2:]
    if len(newest) < 2:
        raise RenmaiError(f"{runs} holds {len(newest)} runs; questions about credit need two")
    before, now = (open_run(runs, name) for name in newest)
    ties, given = now.ties, now.contributions
    hub, second = busiest(ties.from_id.tolist() + ties.to_id.tolist(), 2)
    (lifted,), (lifting,) = busiest(given.holder_id.tolist(), 1), busiest(given.supporter_id.tolist(), 1)
    return [
        *(
            (name, {"id": who})
            for name, best in (("who-lifts", lifted), ("standing-reach", lifting))
            for who in (best, hub)
        ),
        *((name, {}) for name in PORTFOLIO),
        *((name, {"id": hub}) for name in ("bad-exposure", "common-blocked-source")),
        ("score-change", {"id": _changed(before, now)}),
        ("bridges", {"left": hub, "right": second}),
        ("bridges", {"left": hub, "right": lifted}),
    ]


def busiest(ids: list[str], count: int) -> list[str]:
    """Give the ids named most often, the least id first among equals.

    Examples
    --------
    >>> busiest(["b", "c", "a", "c", "a"], 2)
    ['a', 'c']
    """
    times = Counter(ids)
    return sorted(times, key=lambda name: (-times[name], name))[:count]


def _changed(before: Run, now: Run) -> str:
    """Give the holder whose score changed most; the least id among equals."""
    then, after = (run.scores.drop_duplicates("holder_id").set_index("holder_id").score for run in (before, now))
    change = (after - then).abs().dropna()
    return str(min(change.index[change == change.max()]))
