"""How are ties shown in a notebook? As a DataFrame like any other, whose picture tells how strong they are."""

from __future__ import annotations

from typing import Any, ClassVar

import pandas as pd

from scoring.desk import html
from scoring.pages.charts.ties import strengths as chart
from scoring.pages.strengths import Strengths, strengths
from scoring.runs.run import Run

SHOWN = 10
"""Rows under the picture."""


class TieFrame(pd.DataFrame):
    """The ties of a run: a DataFrame, shown in notebooks as a picture of strengths and the strongest rows.

    What is derived from it, by a filter, a sort or a copy, is a plain DataFrame.

    Examples
    --------
    >>> import scoring
    >>> from loaders.town import AS_OF, town
    >>> run = scoring.run(**town(), as_of=AS_OF)
    >>> type(run.ties).__name__, type(run.ties.query("v > 1")).__name__
    ('TieFrame', 'DataFrame')
    >>> run.ties._repr_html_().count("<svg")
    1
    """

    strengths: Strengths
    _metadata: ClassVar[list[str]] = ["strengths"]

    @property
    def _constructor(self) -> Any:
        return pd.DataFrame

    def _repr_html_(self) -> str:
        strongest = self.sort_values(["v", "from_id", "to_id"], ascending=[False, True, True]).head(SHOWN)
        which = f"The {SHOWN} strongest of {len(self):,} ties" if len(self) > SHOWN else f"All {len(self)} ties"
        words = f"{which} (v: strength after netting, g: gross; money in minor units)"
        return html.shown(html.drawn(chart(self.strengths)), html.text(words), html.table_of(strongest))


def ties_of(run: Run) -> TieFrame:
    """Read the ties of a run, counted by strength for their picture."""
    frame = TieFrame(run.table("ties").to_pandas())
    frame.strengths = strengths(run)
    return frame
