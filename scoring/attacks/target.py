"""Whom does an attack find in the run: the most reputable, a supporter, somebody's twin, a thin file to grieve?

All choices are by rank; among equal candidates by the SHA-256 of the seed and the id.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

import loaders
from loaders.contract import SOURCES
from loaders.errors import UsageError
from scoring.attacks.planting import Soil, free_prefix, plant, without_idle_relations
from scoring.attacks.plot import Newcomer, Payment
from scoring.attacks.world import World, settle, unheld
from scoring.batch.stages import Order
from scoring.evaluation.variants import rank_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from loaders.tables import Tables
    from scoring.recall import Recalled
    from scoring.tabular.persons import Numbers


@dataclass(frozen=True, eq=False)
class Target:
    """The run that is attacked; arrays in the order of its holders.

    Attributes
    ----------
    recalled
        The run.
    soil
        Its input, ready to plant in.
    order
        Its moment, policy and portfolio constants.
    ranks
        n · PageRank.
    seed
        What choices among equals are drawn with.
    """

    recalled: Recalled
    soil: Soil
    order: Order
    ranks: Numbers
    seed: int

    @property
    def scale(self) -> float:
        """The usual monthly outflow of a newcomer: the portfolio's median."""
        return self.recalled.assessment.constants.scale

    @cached_property
    def holders(self) -> list[str]:
        """Ids of the run's persons."""
        return self.recalled.assessment.holders.to_pylist()

    @cached_property
    def _account(self) -> dict[str, str]:
        pairs = zip(*(self.recalled.accounts[name].to_pylist() for name in ("holder_id", "account_id")), strict=True)
        return dict(sorted(pairs, reverse=True))

    def account(self, holder: str) -> str:
        """Name a holder's first account."""
        return self._account[holder]

    @cached_property
    def standing(self) -> Numbers:
        """Everyone's standing under rule ``vouch``, whatever rule the run was made with."""
        return self.planted((), ()).standing

    def scale_of(self, holder: str) -> float:
        """Tell a holder's usual monthly outflow in minor units."""
        return float(self.recalled.assessment.scale[self.recalled.graph.index(holder)])

    def reputable(self, count: int) -> list[str]:
        """Name the holders of the highest standing."""
        return [self.holders[place] for place in np.argsort(-self.standing, kind="stable")[:count]]

    @cached_property
    def _voice(self) -> Numbers:
        """Say how much weight each holder's whole budget has: c z (1 − d)."""
        run = self.recalled
        return self.order.config.propagation.vouching * run.assessment.credibility * (1 - run.severity)

    @cached_property
    def _height(self) -> Numbers:
        """Say how far each holder stands above a fresh account: x − m, at least 0."""
        return np.maximum(0.0, self.standing - self.recalled.assessment.constants.mean)

    @cached_property
    def supporter(self) -> str:
        """Name the holder one more steady tie of whom is worth most to a fresh account, beside those it has."""
        graph = self.recalled.graph
        spent = np.bincount(graph.ties.payer, weights=graph.ties.g, minlength=len(graph))
        return self.holders[int(np.argmax(self._voice * self._height / (spent + graph.kappa)))]

    @property
    def supporter_bound(self) -> float:
        """Bound what fresh accounts gain of one whole budget, in standing: λ (B − m) A / k, A = max c z (1 − d)."""
        parameters = self.order.config.propagation
        return float(parameters.damping * self._height.max() * self._voice.max() / parameters.prior_months)

    def twin(self, low: float, high: float, number: int = 0) -> str:
        """Name a holder between two ranks of e, counted as shares from the lowest; ``number`` gives different ones."""
        order = self._open_books[np.argsort(self.recalled.assessment.tabular[self._open_books], kind="stable")]
        first = min(int(low * len(order)), len(order) - 1)
        among = self.shuffled(self.holders[place] for place in order[first : max(first + 1, int(high * len(order)))])
        return among[number % len(among)]

    @cached_property
    def _open_books(self) -> npt.NDArray[np.int64]:
        """Find who consents to everything: a twin does too, so only such a one is worth as much as its twin."""
        consents, n = self.soil.snapshot.consents, len(self.holders)
        if consents is None:
            return np.arange(n, dtype=np.int64)
        place = pc.index_in(self.recalled.assessment.holders, value_set=consents["holder_id"].combine_chunks())
        granted = np.column_stack([consents[source].to_numpy() for source in SOURCES])[place.to_numpy()]
        everything: npt.NDArray[np.int64] = np.flatnonzero(granted.all(axis=1))
        return everything if len(everything) else np.arange(n, dtype=np.int64)

    def thin_victim(self) -> str:
        """Name a thin-file holder that a lift may reach, of the upper half of such by standing.

        Where there is none, the shortest history stands in for a thin file, and everybody for those a lift may reach.
        """
        run = self.recalled
        months, allowed = run.assessment.months, run.assessment.lift_allowed
        reached = np.flatnonzero(allowed if allowed.any() else np.ones_like(allowed))
        thin = reached[months[reached] < max(self.order.config.score.thin_months, months[reached].min() + 1)]
        upper = thin[self.standing[thin] >= np.median(self.standing[thin])]
        return self.shuffled(self.holders[place] for place in upper)[0]

    def shuffled(self, holders: Iterable[str]) -> list[str]:
        """Put holders in an order that only the seed and their ids decide."""
        return sorted(holders, key=lambda holder: hashlib.sha256(f"{self.seed}:{holder}".encode()).digest())

    def planted(self, newcomers: Sequence[Newcomer], payments: Iterable[Payment], *, held: bool = True) -> World:
        """Settle the portfolio with what is planted; constants are the run's, unless they are not ``held``."""
        tables = plant(self.soil, newcomers, payments)
        return settle(tables, self.order if held else unheld(self.order), self.recalled, self.ranks)


def target_of(recalled: Recalled, tables: Tables, seed: int) -> Target:
    """Get a run ready to be attacked.

    Parameters
    ----------
    recalled
        The run.
    tables
        The input it was made of.
    seed
        What choices among equals are drawn with.

    Raises
    ------
    UsageError
        When the run has no persons.
    """
    if not len(recalled.graph):
        raise UsageError(f"run {recalled.run.id} has no persons, so there is nobody to attack")
    as_of = datetime.fromisoformat(recalled.run.manifest["as_of"])
    order = Order(as_of, recalled.config, "vouch", recalled.assessment.constants)
    slim = without_idle_relations(tables)
    soil = Soil(slim, loaders.at(slim, as_of), recalled.config.data.base_currency, free_prefix(tables))
    return Target(recalled, soil, order, rank_values(recalled.graph), seed)
