"""By which column is a run monitored, and who of it is selected?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from loaders.errors import UsageError
from scoring.evaluation.groups import People, Selection, monitor
from scoring.evaluation.measures import Flags, Numbers, Scores
from scoring.evaluation.membership import group_of, refuse_scored
from scoring.evaluation.results import Groups
from scoring.recall import Recalled

if TYPE_CHECKING:
    import pandas as pd

LEAST = 30
THRESHOLD = 600


@dataclass(frozen=True)
class Monitoring:
    """By which column groups are monitored.

    Attributes
    ----------
    source
        A CSV or Parquet file, or a DataFrame, with ``holder_id`` or ``account_id`` and the column.
    column
        The column.
    threshold
        The score from which one is selected; None: that of the benefit.
    benefit
        A benefit of the policy; "" without.
    least
        Groups of fewer persons are hidden, at least 1.

    Examples
    --------
    >>> import pandas as pd
    >>> teams = pd.DataFrame({"account_id": ["ann", "sam"], "team": ["east", "west"]})
    >>> Monitoring(teams, "team").least
    30
    """

    source: Path | str | pd.DataFrame
    column: str
    threshold: int | None = None
    benefit: str = ""
    least: int = LEAST


def refuse_unfit(group: Monitoring, known: Recalled) -> None:
    """Refuse to monitor by what enters the run's scores, or to hide groups of nobody.

    Raises
    ------
    UsageError
        With the column or the size.
    """
    if group.least < 1:
        raise UsageError(f"the least size of a group must be at least 1; got {group.least}")
    bins = known.assessment.bins
    refuse_scored(group.column, bins.column_names if bins is not None else ())


def groups_of(group: Monitoring, known: Recalled, published: Scores, bad: Flags, probability: Numbers | None) -> Groups:
    """Compare the groups of a run's persons, who have these scores, outcomes and probabilities."""
    names = group_of(group.source, group.column, known.assessment.holders, known.accounts)
    people = People(names, published, bad, known.assessment.no_bad_record, probability)
    return monitor(group.column, people, selection_of(group, known), least=group.least)


def selection_of(group: Monitoring, known: Recalled) -> Selection:
    """Say who is selected: at the threshold named, else by the benefit named, else from 600."""
    if not group.benefit:
        return Selection(THRESHOLD if group.threshold is None else group.threshold, "", no_bad_record=False)
    found = {entry.name: entry for entry in known.config.benefits}
    if group.benefit not in found:
        raise UsageError(f"there is no benefit {group.benefit!r}; the run's policy has {', '.join(found)}")
    entry = found[group.benefit]
    threshold = entry.at_least if group.threshold is None else group.threshold
    return Selection(threshold, entry.name, entry.no_bad_record)
