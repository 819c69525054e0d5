"""How strong are a run's ties? Counts by strength, of what vouches (v) and of what is sent (g)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scoring.runs.run import Run

EDGES = (0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, float("inf"))  # a strength lies in (lower, upper]; 0 is counted apart


@dataclass(frozen=True, slots=True)
class StrengthRow:
    """Ties with a strength above ``low`` and at most ``high``: by v, by g."""

    low: float
    high: float
    v: int
    g: int

    @property
    def label(self) -> str:
        """The strengths in words."""
        return f"over {self.low:g}" if self.high == float("inf") else f"{self.low:g} to {self.high:g}"


@dataclass(frozen=True, slots=True)
class Strengths:
    """All ties counted by strength; ``zero_v`` and ``zero_g`` have none of it, as a single payment has none."""

    ties: int
    zero_v: int
    zero_g: int
    rows: tuple[StrengthRow, ...]


def strengths(run: Run) -> Strengths:
    """Count a run's ties by strength.

    Parameters
    ----------
    run
        A run on disk or its like.

    Returns
    -------
    Strengths
        ``ties = zero_v + Σ v = zero_g + Σ g``.

    Examples
    --------
    >>> import tempfile, loaders, scoring
    >>> from loaders.town import AS_OF, town
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = strengths(scoring.run(loaders.load(**town()), as_of=AS_OF, runs=folder))
    >>> found.ties == found.zero_v + sum(row.v for row in found.rows)
    True
    """
    table = run.table("ties", ["v", "g"])
    vouching, sent = (table[name].to_numpy() for name in ("v", "g"))
    counts = zip(EDGES[:-1], EDGES[1:], _counts(vouching), _counts(sent), strict=True)
    return Strengths(
        len(table), int((vouching == 0).sum()), int((sent == 0).sum()), tuple(StrengthRow(*row) for row in counts)
    )


def _counts(values: npt.NDArray[np.float64]) -> list[int]:
    places = np.searchsorted(np.array(EDGES), values[values > 0], side="left") - 1
    return [int(count) for count in np.bincount(places, minlength=len(EDGES) - 1)]
