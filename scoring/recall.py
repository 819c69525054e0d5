"""What did a run know? Its assessment and its graph, taken back from its tables without the input.

What-if, challengers and evaluation start from here: the same numbers as in the run, to the bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.credit_graph import CreditGraph
from graph.ties import COLUMNS, Ties
from loaders.contract import DIMENSIONS
from loaders.errors import UsageError
from scoring.config import Config, stored_config
from scoring.runs.run import Run
from scoring.tabular.dimensions import ORIGINS
from scoring.tabular.persons import Numbers
from scoring.tabular.portfolio import Assessment, Constants

BESIDE = ("no_bad_record", "scale", "lift_allowed", "distress_allowed", "scale_withheld", "severity")
"""Columns of the run's ``bins`` that are no bins of features, beside origins and whom a distress comes from."""
BLAME = ("responsible_id", "responsible_severity")


@dataclass(frozen=True, eq=False)
class Recalled:
    """A run as its stages knew it; arrays in the order of ``assessment.holders`` (ids by bytes).

    Attributes
    ----------
    run
        The run.
    config
        Its policy, with its scorecard and its trained model.
    assessment
        Everyone's own evidence.
    graph
        Its ties.
    severity : float64[n]
        d of known outcomes, in [0, 1].
    standing, distress : float64[n]
        x and r.
    accounts
        account_id and holder_id of every scored account, in the order of ``scores``.
    """

    run: Run
    config: Config
    assessment: Assessment
    graph: CreditGraph
    severity: Numbers
    standing: Numbers
    distress: Numbers
    accounts: pa.Table


def recall(run: Run, ends: tuple[Any, Any] | None = None) -> Recalled:
    """Take a run's assessment and graph back from its tables.

    Parameters
    ----------
    run
        A run, as :func:`scoring.open` gives it.
    ends
        Places of the payer and the payee of every tie, where they are known; else they are found by their ids.

    Raises
    ------
    UsageError
        When the run is of an earlier version that did not keep what this needs.
    UnavailableError
        When a table's bytes are not those that the manifest lists.

    Examples
    --------
    Combining what was recalled gives the run's own scores.

    >>> import tempfile, loaders, scoring
    >>> from loaders.town import AS_OF, town
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     known = recall(scoring.run(loaders.load(**town()), as_of=AS_OF, runs=folder))
    >>> scores = scoring.combine(known.assessment, known.standing, known.distress, known.config)
    >>> nina = known.graph.index("nina")
    >>> int(scores.score[nina]), round(float(known.standing[nina] - known.assessment.evidence[nina]), 4)
    (670, 0.0845)
    """
    config = stored_config(run.manifest)
    scores, standing, beside = run.table("scores"), run.table("standing"), run.table("bins").combine_chunks()
    if not {*BESIDE} <= {*beside.column_names}:
        raise UsageError(
            f"run {run.id} does not keep consents and scales, as runs once did not, so nothing can be worked out anew "
            "from it; run its input again"
        )
    holders = standing["holder_id"].combine_chunks()
    rows = pc.index_in(holders, value_set=scores["holder_id"].combine_chunks())
    own = scores.select([*DIMENSIONS, "tabular", "history_months"]).take(rows)
    ties = run.table("ties") if ends is None else _placed(run, *ends)
    graph = CreditGraph.from_ties(holders, ties, parameters=config.ties)
    marks = {name: beside[name].to_numpy(zero_copy_only=False) for name in BESIDE}
    assessment = Assessment(
        holders=holders,
        dimensions=np.column_stack([own[name].to_numpy() for name in DIMENSIONS]),
        tabular=own["tabular"].to_numpy(),
        months=own["history_months"].to_numpy(),
        credibility=standing["credibility"].to_numpy(),
        evidence=standing["evidence"].to_numpy(),
        **{name: marks[name] for name in BESIDE if name != "severity"},
        origin=_origin(beside),
        bins=_bins(beside),
        constants=Constants.from_json(run.manifest["constants"]),
    )
    return Recalled(
        run=run,
        config=config,
        assessment=assessment,
        graph=graph,
        severity=marks["severity"],
        standing=standing["standing"].to_numpy(),
        distress=standing["distress"].to_numpy(),
        accounts=scores.select(["account_id", "holder_id"]),
    )


def _placed(run: Run, payer: Any, payee: Any) -> Ties:
    """Give the run's ties by the places of their holders."""
    table = run.table("ties", COLUMNS[2:])
    plain = [table[name].to_numpy() for name in COLUMNS[2:7]]
    return Ties(payer, payee, *plain, *(table[name].cast(pa.int64()).to_numpy() for name in COLUMNS[7:]))


def can_recall(run: Run) -> bool:
    """Tell whether a run keeps what recalling needs: runs of earlier versions did not."""
    return {*BESIDE} <= {*run.table("bins").column_names}


def _origin(beside: pa.Table) -> Any:
    names = pa.array(ORIGINS)
    found = [pc.index_in(beside[f"origin_{name}"], value_set=names).to_numpy() for name in DIMENSIONS]
    return np.column_stack(found).astype(np.int8)


def _bins(beside: pa.Table) -> pa.Table | None:
    """Give the bins of features alone; None where the run had none."""
    other = {*BESIDE, *BLAME, *(f"origin_{name}" for name in DIMENSIONS)}
    features = [name for name in beside.column_names if name not in other]
    return beside.select(features) if len(features) > 1 else None
