"""Is too much of the input refused for a run to go on?"""

from __future__ import annotations

from loaders.errors import GateError
from loaders.settings import LoadSettings
from loaders.tables import Tables


def check_rates(tables: Tables, settings: LoadSettings) -> None:
    """Stop when more of a table was refused than allowed.

    Parameters
    ----------
    tables
        The loaded input.
    settings
        With ``max_reject_rate``.

    Raises
    ------
    GateError
        Naming each table over the limit, its rate and its commonest reason.

    Examples
    --------
    >>> from loaders import LoadSettings, check_rates, load
    >>> from loaders.town import town
    >>> check_rates(load(**town()), LoadSettings())
    """
    over = [table for table in tables.counts if tables.reject_rate(table) > settings.max_reject_rate]
    if not over:
        return
    reasons = tables.reasons().to_pylist()
    told = []
    for table in over:
        counts = tables.counts[table]
        commonest = next(row["reason"] for row in reasons if row["table"] == table and row["reason"] != "duplicate")
        share = f"{counts.rejected - counts.duplicates} of {counts.accepted + counts.rejected} records"
        told.append(f"{table}: {share} were rejected ({tables.reject_rate(table):.2%}), mostly {commonest}")
    raise GateError(f"{'; '.join(told)}; allowed is {settings.max_reject_rate:.2%} (max_reject_rate)")
