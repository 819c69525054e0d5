"""Which tables does a run keep beside scores and standings? Probabilities, bins and ties, by ids of holders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from loaders.contract import DIMENSIONS
from loaders.errors import RenmaiError
from scoring.runs.columns import SCHEMAS
from scoring.tabular.dimensions import ORIGINS

if TYPE_CHECKING:
    from scoring.batch.stages import Known, Order, Propagated, Tied


def probabilities(known: Known, order: Order) -> pa.Table | None:
    """Read each person's probability of default off the trained model's calibration; None without a model.

    Raises
    ------
    RenmaiError
        When one is not a number: it never becomes part of a run.
    """
    model, assessment = order.config.model, known.assessment
    if model is None:
        return None
    found = model.calibration.probabilities(assessment.tabular, assessment.months)
    if wrong := np.flatnonzero(~np.isfinite(found.low + found.pd + found.high)).tolist():
        raise RenmaiError(f"holder {assessment.holders[wrong[0]]}: the model {model.name!r} gives no probability")
    columns = [assessment.holders, found.pd, found.low, found.high, found.band]
    return pa.Table.from_arrays([pa.array(column) for column in columns], schema=SCHEMAS["probabilities"])


def bins(known: Known, propagated: Propagated) -> pa.Table:
    """Tell what an explanation needs beside the results.

    In which bin each feature of each person fell, where each dimension comes from, whether there is a bad record, the
    usual outflow, what consents allow, how severe its own outcomes are, and whose outcome a distress comes from.
    """
    assessment = known.assessment
    table = assessment.bins if assessment.bins is not None else pa.table({"holder_id": assessment.holders})
    names = pa.array(ORIGINS)
    for number, name in enumerate(DIMENSIONS):
        table = table.append_column(f"origin_{name}", names.take(pa.array(assessment.origin[:, number])))
    table = table.append_column("no_bad_record", pa.array(assessment.no_bad_record))
    for name in ("scale", "lift_allowed", "distress_allowed", "scale_withheld"):
        table = table.append_column(name, pa.array(getattr(assessment, name)))
    for name in ("severity", "responsible_id", "responsible_severity"):
        table = table.append_column(name, propagated.blame[name])
    return table


def tie_table(tied: Tied, known: Known) -> pa.Table:
    """Tell the ties by the ids of their holders, as in the run."""
    return tied.ties.to_arrow(known.assessment.holders).cast(SCHEMAS["ties"])
