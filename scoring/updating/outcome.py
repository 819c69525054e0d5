"""What did an update come to, whichever way it went?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from scoring.runs.early import Early
    from scoring.runs.patching import Revised


@dataclass(frozen=True)
class Outcome:
    """What an update came to.

    Attributes
    ----------
    results : dict
        The run's tables by name: whole, or what is other in those of the run before.
    about : dict
        What the manifest tells of order, counts, certificate and inputs.
    accepted : dict
        Accepted rows per table, for the gate.
    touched : dict
        How many ties, holders and scores were touched.
    kept : dict
        What the next update takes over, as far as it is other than before.
    scores : pyarrow.Table
        At least the column ``score`` of all scores.
    fresh : tuple of pyarrow.Table
        Rows of ``scores`` and of ``standing`` that were computed.
    """

    results: Mapping[str, pa.Table | Revised | Early]
    about: dict[str, Any]
    accepted: Mapping[str, int]
    touched: Mapping[str, int]
    kept: Mapping[str, pa.Table]
    scores: pa.Table
    fresh: tuple[pa.Table, pa.Table]
