"""What did a run find out of everybody that an update takes over? Own evidence, ties and standings, to the bit."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from loaders.contract import DIMENSIONS
from scoring.runs.index import StateError
from scoring.updating.people import People

if TYPE_CHECKING:
    from scoring.runs.run import Run
    from scoring.runs.state import State

NUMBERS = ("v", "g", "money", "count", "months", "first_at", "last_at")
"""Columns of ties that are numbers, in the order of the run's table."""
KEPT = ("persons", "people", "ends", "severity")


class Portfolio:
    """The persons of a run: columns are read when they are asked for.

    Parameters
    ----------
    run, state
        The run and what it keeps.

    Raises
    ------
    StateError
        When the state was kept without them.
    """

    def __init__(self, run: Run, state: State) -> None:
        if missing := [name for name in KEPT if not state.has(name)]:
            raise StateError(f"{state.path} does not keep {missing[0]}.arrow")
        self._run, self._state = run, state

    def __len__(self) -> int:
        return len(self._state.look("persons"))

    @cached_property
    def holders(self) -> pa.StringArray:
        """Ids of the persons, by bytes."""
        persons = self._state.look("persons")
        persons.check("holder_id")
        return persons.unchecked["holder_id"].combine_chunks()

    @cached_property
    def people(self) -> People:
        """Whose each account is."""
        return People(self._state.look("people").values("person"), len(self))

    def number(self, name: str) -> Any:
        """Give a number of everybody: evidence, credibility, months, tabular, scale, or what consents allow."""
        return self._state.look("persons").values(name)

    @cached_property
    def severity(self) -> Any:
        """Give d of known outcomes, in [0, 1]."""
        return self._state.look("severity").values("severity")

    def dimensions(self, who: Any) -> Any:
        """Give the tabular dimensions of some persons, (k, 4)."""
        return np.column_stack([self.number(name)[who] for name in DIMENSIONS])

    @cached_property
    def standing(self) -> Any:
        """Give x of everybody."""
        return self._stands["standing"]

    @cached_property
    def distress(self) -> Any:
        """Give r of everybody."""
        return self._stands["distress"]

    @cached_property
    def ties(self) -> dict[str, Any]:
        """Give all ties by (payer, payee): the places of their holders, and their numbers."""
        ends = self._state.look("ends")
        return {name: ends.values(name) for name in ("payer", "payee")} | self._columns("ties", NUMBERS)

    @cached_property
    def _stands(self) -> dict[str, Any]:
        return self._columns("standing", ("standing", "distress"))

    def _columns(self, table: str, names: tuple[str, ...]) -> dict[str, Any]:
        found = self._run.table(table, names)
        moments = {name: found[name].cast(pa.int64()) for name in names if pa.types.is_timestamp(found[name].type)}
        return {name: moments.get(name, found[name]).to_numpy() for name in names}
