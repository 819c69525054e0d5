"""With which parameters is each investigation timed? The busiest accounts of a portfolio, found by rule.

The hub is the account with the most payments between people, out and in together; the start of a trail to it is the
first payer of the hub, by id. So each question meets the hub as its start or within its reach.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

PEOPLE = ("transfer", "pay_on_behalf")
ANCHORED = (
    *("account-card", "flow-summary", "top-counterparties", "money-trail", "rings", "three-account-cycle"),
    *("pooling", "fast-in-fast-out", "fan-in-fan-out", "similar-accounts", "decaying-trace"),
)


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
    >>> rows = pd.DataFrame({"kind": ["transfer"] * 3, "from_id": ["a", "b", "h"], "to_id": ["h", "h", "c"]})
    >>> money_questions(rows)[0]
    ('account-card', {'id': 'h'})
    """
    paid = relations[relations.kind.isin(PEOPLE)]
    degree = paid.from_id.value_counts().add(paid.to_id.value_counts(), fill_value=0)
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
    return questions
