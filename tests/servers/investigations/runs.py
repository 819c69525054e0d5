"""What do the oracles of credit know? The tables of a portfolio and two of its runs, before a database sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import pandas as pd

import scoring
from scoring.runs.run import Run
from tests.scoring.town_runs import town_run
from tests.servers.investigations import data
from tests.servers.investigations.data import Data

AS_OF = (datetime(2022, 10, 1, tzinfo=UTC), datetime(2023, 1, 1, tzinfo=UTC))


@dataclass(frozen=True)
class Portfolio(Data):
    """A portfolio with the run published first and the run published after it."""

    before: Run
    now: Run

    @cached_property
    def holder_of(self) -> dict[str, str]:
        return dict(zip(self.accounts.account_id, self.accounts.holder_id, strict=True))

    @property
    def as_of(self) -> pd.Timestamp:
        return as_of(self.now)

    def holder(self, name: str) -> str | None:
        """Whom an id stands for: an account's holder, else the holder of this id."""
        return self.holder_of.get(name) or (name if name in set(self.accounts.holder_id) else None)

    def accounts_of(self, name: str) -> list[str]:
        """All accounts of whom an id stands for."""
        return self.accounts.account_id[self.accounts.holder_id == self.holder(name)].tolist()

    def bad(self, *kinds: str) -> dict[str, pd.Timestamp]:
        """Accounts with such an outcome by the time of the run, and since when."""
        found = self.outcomes[self.outcomes.kind.isin(kinds) & (self.outcomes["at"] <= self.as_of)]
        return found.groupby("account_id")["at"].min().to_dict()

    def known(self, *kinds: str) -> pd.DataFrame:
        """Money relations of these kinds up to the time of the run."""
        found = self.relations[self.relations.kind.isin(kinds) & (self.relations["at"] <= self.as_of)]
        return found.astype({"amount_minor": "int64"})


def as_of(run: Run) -> pd.Timestamp:
    return pd.Timestamp(run.manifest["as_of"])


def ties(run: Run) -> pd.DataFrame:
    """The ties of a run with what each contributes."""
    given = run.contributions.rename(columns={"supporter_id": "from_id", "holder_id": "to_id"})
    return run.ties.merge(given, on=["from_id", "to_id"], how="left").fillna({"contribution": 0.0})


def scored(run: Run) -> pd.DataFrame:
    """One row per holder: its score and where it stands."""
    return run.scores.drop_duplicates("holder_id").merge(run.standing, on="holder_id").set_index("holder_id")


def small_town(folder: Path) -> Portfolio:
    """The town, four months ago and now."""
    known = data.small_town()
    return Portfolio(known.name, known.tables, town_run(folder, months=4), town_run(folder))


def finbench(folder: Path) -> Portfolio:
    """The FinBench sample, before its profiles were known and after."""
    known, config = data.finbench(folder / "data"), scoring.load_config(None)
    made = [scoring.run(folder / "data", as_of=at, runs=folder / "runs", config=config, force=True) for at in AS_OF]
    return Portfolio(known.name, known.tables, *made)
