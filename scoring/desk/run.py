"""What can be asked of a run? Its tables as DataFrames, and the questions of the command line, with pictures."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pandas as pd

from graph.credit_graph import CreditGraph
from loaders.errors import UsageError
from loaders.tables import Tables
from scoring.desk import html, results
from scoring.desk.arguments import account_of, path_of, refuse_unknown
from scoring.desk.cards import Card, Letter, explain
from scoring.desk.frames import TieFrame, ties_of
from scoring.explanation.writing import Explainer
from scoring.pages.charts.portfolio import distribution
from scoring.pages.figures import facts
from scoring.pages.report import write_report
from scoring.recall import Recalled, recall
from scoring.runs.run import Run as StoredRun
from scoring.summary import Summary, summarize
from scoring.whatif.placing import score_one
from scoring.whatif.reaching import would_reach

if TYPE_CHECKING:
    import networkx as nx

    from scoring.whatif.results import ScoredApplicant, Way

ON_NODES = ("evidence", "standing", "lift", "distress", "credibility")
"""What of ``standing`` goes onto the nodes of :meth:`Run.to_networkx`, beside score, band and thin."""


@dataclass(frozen=True, eq=False, repr=False)
class Run(StoredRun):
    """One complete, immutable result, as an analyst uses it; shown in notebooks as its scores by band.

    Ids in all DataFrames are the caller's, as text; rows come in the order of the UTF-8 bytes of the ids.

    Attributes
    ----------
    path : Path
        The run's folder.
    manifest : dict
        What the run says about itself, checked against its own hash.
    input : loaders.Tables, optional
        What it was made of, when it was made here of tables or DataFrames.

    Examples
    --------
    >>> import scoring
    >>> from loaders.town import AS_OF, town
    >>> run = scoring.run(**town(), as_of=AS_OF)
    >>> run.explain("nina").score, run.ties.loc[run.ties.to_id == "nina", "from_id"].tolist()
    (670, ['sam'])
    >>> run.standing.set_index("holder_id").lift.idxmax()
    'nina'
    >>> run.what_if("nina", without_tie="sam").change
    -6
    """

    input: Tables | None = field(default=None, repr=False, compare=False)

    @classmethod
    def of(cls, run: StoredRun, input: Tables | None = None) -> Self:  # noqa: A002 (the name of the field)
        """Seat a stored run at the desk; ``input`` is what it was made of, if that is at hand."""
        # absolute, so that the run is still found after the working directory changed
        return cls(run.path.absolute(), run.manifest, input=input)

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Which score has everybody? One row per account of a person, by account_id.

        Columns: account_id, holder_id, score in [350, 950], band, the five dimensions in [0, 1] and their ``points_…``
        (350 + Σ points = score), tabular (e), thin, history_months; with a trained model also pd, the probability of a
        default, and its 95 % interval pd_low, pd_high.
        """
        scores = self._frame("scores")
        if "probabilities" not in self.names:
            return scores
        return scores.merge(self.probabilities.drop(columns="band"), on="holder_id", how="left", validate="m:1")

    @cached_property
    def standing(self) -> pd.DataFrame:
        """Where does everybody stand? One row per person, by holder_id.

        Columns: holder_id, evidence (b), standing (x), lift (x − b), distress (r), credibility (z); all in [0, 1].
        """
        return self._frame("standing")

    @cached_property
    def ties(self) -> TieFrame:
        """Who is tied to whom, how strongly? One row per payer and payee, by (from_id, to_id).

        Columns: from_id, to_id, v (strength after netting), g (gross), money in minor units, count, months, first_at,
        last_at. Shown in notebooks with the picture of strengths.
        """
        return ties_of(self)

    @cached_property
    def contributions(self) -> pd.DataFrame:
        """Who lifts whom? One row per holder and supporter, by (holder_id, supporter_id); they add up to the lift."""
        return self._frame("contributions")

    @cached_property
    def probabilities(self) -> pd.DataFrame:
        """How probable is a default? One row per person, by holder_id: pd and its 95 % interval pd_low, pd_high.

        Raises
        ------
        UsageError
            When the run was made without a trained model.
        """
        if "probabilities" not in self.names:
            raise UsageError(
                f"run {self.id} has no probabilities: it was made without a model; scoring.run(…, model=…)"
            )
        return self._frame("probabilities")

    @cached_property
    def summary(self) -> Summary:
        """The run in a few numbers: bands, dimensions, lift by length of history, counts."""
        return summarize(self)

    def explain(self, account: str, *, audience: str = "analyst", language: str = "en") -> Card | Letter:
        """Why this score? As :func:`scoring.explain`; shown as a waterfall."""
        return explain(self, account, audience=audience, language=language)

    def evaluate(self, outcomes: pd.DataFrame | Path | str, **choices: Any) -> results.Evaluation:
        """What do outcomes say about it? ``choices`` as for :func:`scoring.evaluate`; shown as differences of AUC."""
        if not isinstance(outcomes, pd.DataFrame):
            outcomes = path_of("outcomes", outcomes, "a DataFrame or a file")
        return self._ask(results.evaluate, self, (outcomes,), choices)

    def model_card(self, evaluation: results.Evaluation | None = None) -> results.ModelCard:
        """What is it for, how was it made, how good is it, what are its limits? Markdown, for who signs it."""
        return results.describe(self, evaluation)

    def ego(self, account: str, hops: int = 2) -> results.Ego:
        """Who stands around an account, in 1 to 3 rings? Shown as the picture of ``renmai ego``."""
        return results.ego(self, account_of(account), hops)

    def what_if(self, account: str, **choices: Any) -> results.WhatIf:
        """What if something were different? ``choices`` as for :func:`scoring.what_if`: ``without_tie``, ``set``, …"""
        return self._ask(results.what_if, self._known, (account_of(account),), choices)

    def would_reach(self, account: str, threshold: int | None = None) -> tuple[Way, ...]:
        """What would lead an account to a score, by default the next band? As :func:`scoring.would_reach`."""
        return would_reach(self._known, account_of(account), threshold)

    def score_one(self, applicant: Mapping[str, Any] | Path | str, **choices: Any) -> ScoredApplicant:
        """Which score would a new applicant have beside these people? As :func:`scoring.score_one`."""
        return self._ask(score_one, self._known, (applicant,), choices)

    def attack(self, **choices: Any) -> results.Attacks:
        """Can it be gamed, and at what price? ``choices`` as for :func:`scoring.attack`."""
        return self._ask(results.attack, self, (), {"data": self.input, **choices})

    def compare(self, other: StoredRun, **choices: Any) -> results.Comparison:
        """What changed from this run to the other? ``choices`` as for :func:`scoring.compare`; shown as movers."""
        if not isinstance(other, StoredRun):
            raise UsageError(
                f"other must be a run, as scoring.run or scoring.open gives it; got {type(other).__name__}"
            )
        return self._ask(results.compare, self, (other,), choices)

    def report(self, out: Path | str, *, account: str | None = None) -> Path:
        """Write the run's page, with an account explained: the one named, else the most lifted one, if any is."""
        return write_report(self, path_of("out", out, "the path of the page"), account=account, summary=self.summary)

    def to_networkx(self) -> nx.DiGraph:
        """Give persons and ties as a NetworkX graph; ``graph.CreditGraph.from_networkx`` reads it back, nothing lost.

        Returns
        -------
        networkx.DiGraph
            Nodes are holder ids with score, band, thin, evidence, standing, lift, distress and credibility; an edge
            goes from payer to payee, as credit flows, with v, g, money, count, months, first_us and last_us.

        Examples
        --------
        >>> import scoring
        >>> from loaders.town import AS_OF, town
        >>> drawn = scoring.run(**town(), as_of=AS_OF).to_networkx()
        >>> drawn.nodes["nina"]["score"], round(drawn.edges["sam", "nina"]["v"], 2)
        (670, 1.59)
        """
        ties = self._known.graph
        scores, standing = self._frame("scores"), self._frame("standing")  # not what a caller may have changed
        own = scores.drop_duplicates("holder_id").set_index("holder_id").loc[ties.holders.to_pylist()]
        attributes = {name: own[name].to_numpy() for name in ("score", "thin")}
        attributes |= {"band": own["band"].to_numpy(dtype=str)}
        attributes |= {name: standing[name].to_numpy() for name in ON_NODES}
        return CreditGraph.from_ties(ties.holders, ties.ties, parameters=ties.parameters, **attributes).to_networkx()

    @cached_property
    def explainer(self) -> Explainer:
        """Explains account after account; the first question reads the tables, the others search in memory."""
        return Explainer(StoredRun(self.path, self.manifest))

    @cached_property
    def _known(self) -> Recalled:
        # of a run beside this one: were it this one, a temporary folder would outlive it until the next collection
        return recall(StoredRun(self.path, self.manifest))

    def _ask(self, verb: Callable[..., Any], run: Any, about: tuple[Any, ...], choices: Mapping[str, Any]) -> Any:
        taken = inspect.signature(verb).parameters.values()
        refuse_unknown(verb.__name__, choices, [one.name for one in taken if one.kind is one.KEYWORD_ONLY])
        return verb(run, *about, **choices)

    def __repr__(self) -> str:
        return f"Run({self.id}, as of {self.manifest['as_of']}, rule {self.manifest['rule']}, in {self.path.parent})"

    def _repr_html_(self) -> str:
        head = f"Run {self.id} as of {self.summary.as_of}, rule {self.manifest['rule']}"
        chart = distribution(self.summary.histogram, self.summary.bands)
        return html.shown(html.text(head, strong=True), html.drawn(chart), html.table((), facts(self.summary)))
