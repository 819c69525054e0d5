"""On which portfolios are the questions about money checked? The small town and the FinBench sample, loaded once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

import pandas as pd

import loaders
from graph.stores.connection import Connection
from graph.stores.loading import load
from graph.stores.schema import prepare
from loaders.finbench import convert
from loaders.tables import Tables
from loaders.town import town
from tests.portfolios import random_portfolio

SAMPLE = Path(__file__).parents[2] / "data" / "finbench"
PEOPLE = ("transfer", "pay_on_behalf")
PAYMENTS = (
    *PEOPLE,
    *("purchase", "refund", "payroll", "repayment", "bill", "investment", "donation", "loan", "withdrawal", "fee"),
)


@dataclass(frozen=True)
class Data:
    """A portfolio as DataFrames, for oracles that never see a database."""

    name: str
    tables: Tables

    @cached_property
    def accounts(self) -> pd.DataFrame:
        return self.tables.accounts.to_pandas()

    @cached_property
    def relations(self) -> pd.DataFrame:
        return self.tables.relations.to_pandas()

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        return self.tables.outcomes.to_pandas()

    def known(self, account: str) -> bool:
        """Whether there is such an account."""
        return bool((self.accounts.account_id == account).any())

    def payments(
        self, kinds: tuple[str, ...] = PEOPLE, since: datetime | None = None, until: datetime | None = None
    ) -> pd.DataFrame:
        """All payments of these kinds in a window; what takes another back is none."""
        found = self.relations
        found = found[found.kind.isin(kinds) & found.reverses.isna()].astype({"amount_minor": "int64"})
        found = found[found["at"] >= since] if since else found
        return found[found["at"] < until] if until else found


def small_town() -> Data:
    return Data("town", loaders.load(**town()))


def mixed() -> Data:
    """Random payments in several currencies, some of them taken back."""
    rows = {name: pd.DataFrame(table, dtype=str) for name, table in random_portfolio(7).items()}
    return Data("mixed", loaders.load(**rows))


def finbench(folder: Path) -> Data:
    convert(SAMPLE, folder)
    return Data("finbench", loaders.read(folder))


def fill_database(connection: Connection, data: Data, wipe: Callable[[Connection], None]) -> None:
    """Make the database hold this portfolio, unless the tests before left it there: a load of FinBench takes long."""
    if not _holds(connection, data):
        wipe(connection)
        prepare(connection)
        load(connection, data.tables)
    assert _holds(connection, data)


def _holds(connection: Connection, data: Data) -> bool:
    accounts = connection.read("MATCH (a:Account) RETURN a.id AS id")
    relations = connection.read("MATCH (:Account)-[r]->(:Account) RETURN count(r) AS relations")
    return {row["id"] for row in accounts} == set(data.accounts.account_id) and relations[0]["relations"] == len(
        data.relations
    )
