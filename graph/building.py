"""How does a notebook come from tables of relations and accounts to a graph in one call?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from graph.credit_graph import CreditGraph
from graph.distress import severity
from graph.parameters import SPENDING_SCALE, PropagationParameters, TieParameters
from graph.payments import payments
from graph.ties import ties
from loaders.asof import Snapshot, at
from loaders.errors import UsageError
from loaders.limits import check_rates
from loaders.reader import load
from loaders.settings import LoadSettings

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray[Any, Any]


def build(
    relations: pd.DataFrame | Snapshot,
    accounts: pd.DataFrame | None = None,
    as_of: datetime | None = None,
    *,
    outcomes: pd.DataFrame | None = None,
    rates: pd.DataFrame | None = None,
    scale: float | Mapping[str, float] | pd.Series[float] | None = None,
    settings: LoadSettings | None = None,
    parameters: TieParameters | None = None,
) -> CreditGraph:
    """Which ties between persons do these relations make, as of a moment?

    Parameters
    ----------
    relations
        The table of relations, or a snapshot that was loaded already (then accounts, as_of, outcomes and rates are in
        it).
    accounts
        The table of accounts.
    as_of
        The moment, with an offset; later rows are set aside.
    outcomes, rates
        The tables of outcomes and of rates of exchange.
    scale
        Usual monthly outflow in minor units of the base currency: one number for all, or by holder id (others get
        2,000.00). Never derived from the transfers themselves.
    settings
        How the tables are read, and the base currency.
    parameters
        Windows, netting and weights of the ties.

    Returns
    -------
    CreditGraph
        With the attributes ``scale`` and ``severity``.

    Raises
    ------
    UsageError
        If accounts or as_of is missing, or ``scale`` names an unknown holder.
    ContractError, GateError
        If the tables break the contract, or too many of their rows do.

    Examples
    --------
    >>> from loaders.town import AS_OF, town
    >>> tables = town()
    >>> credit = build(tables["relations"], tables["accounts"], AS_OF)
    >>> bob, ann = credit.index("bob"), credit.index("ann")
    >>> round(float(credit.matrix("v")[ann, bob]), 2)  # what Bob is to Ann
    2.89
    """
    settings = settings or LoadSettings()
    if isinstance(relations, Snapshot):
        if any(given is not None for given in (accounts, as_of, outcomes, rates)):
            raise UsageError("accounts, as_of, outcomes and rates are in the snapshot; give one or the other")
        snapshot = relations
    elif accounts is None or as_of is None:
        raise UsageError("build needs relations, accounts and as_of, or a snapshot that has them all")
    else:
        tables = load(accounts=accounts, relations=relations, outcomes=outcomes, rates=rates, settings=settings)
        check_rates(tables, settings)
        snapshot = at(tables, as_of)
    found = payments(snapshot, base_currency=settings.base_currency, parameters=parameters)
    scales = _scales(found.holders, scale)
    made = ties(found, scales, snapshot.as_of, parameters)
    known = {"scale": scales, "severity": severity(snapshot, found.holders, PropagationParameters())}
    return CreditGraph(found.holders, made, parameters or TieParameters(), known)


def _scales(holders: pa.StringArray, scale: float | Mapping[str, float] | pd.Series[float] | None) -> Array:
    if scale is None or isinstance(scale, int | float | np.number):
        return np.full(len(holders), SPENDING_SCALE if scale is None else scale, dtype=np.float64)
    given, names = dict(scale.items()), holders.to_pylist()
    known = set(names)
    if unknown := [name for name in given if name not in known]:
        raise UsageError(f"scale must name persons of the accounts; got {unknown[0]!r}")
    return np.array([given.get(name, SPENDING_SCALE) for name in names], dtype=np.float64)
