"""How are the answers to an analyst's questions shown? With the pages' pictures and a table of the same numbers."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from scoring import comparison
from scoring.attacks import lab
from scoring.attacks.results import CONSTANTS, AttackReport, AttackRow
from scoring.desk import html
from scoring.desk.cards import dressed
from scoring.evaluation import card, model_card, study
from scoring.evaluation import results as outcomes
from scoring.pages import surroundings
from scoring.pages.charts import attack_lab, intervals, moves
from scoring.pages.charts.surroundings import ego as around
from scoring.whatif import asking
from scoring.whatif import results as whatif

if TYPE_CHECKING:
    from collections.abc import Callable

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


class Ego(surroundings.Ego):
    """Who stands around an account; shown ring by ring."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        lent = [(tie.contribution, tie.points) if self.named else (None, None) for tie in self.ties]
        rows = [(tie.from_id, tie.to_id, tie.strength, *parts) for tie, parts in zip(self.ties, lent, strict=True)]
        return html.shown(
            html.text(f"Around {self.card.account_id}: {self.seen:,} ties seen, {len(self.ties):,} shown", strong=True),
            html.drawn(around(self)),
            html.table(("from", "to", "strength", "contribution", "points"), rows),
        )


class Evaluation(outcomes.Evaluation):
    """What outcomes say about a run; shown headline first, then each difference with its interval."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        rows = [
            (row.segment, f"{row.variant} − {row.against}", *map(_signed, (row.difference, row.low, row.high)))
            for row in self.differences
        ]
        figures = [
            (row.name, row.observed.persons, row.observed.bad, row.auc, row.ks, row.gini, row.brier)
            for row in self.segments
        ]
        return html.shown(
            html.text(self.headline, strong=True),
            html.drawn(intervals.uplift(self.differences)),
            html.table(("files", "AUC", "difference", "low", "high"), rows),
            html.table(("files", "persons", "bad", "AUC", "KS", "Gini", "Brier"), figures),
            *map(html.text, self.notes),
        )


class Attacks(AttackReport):
    """What attacks would gain and cost; shown per attack and rule, with the price."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        found = {(row.attack, row.rule): row for row in self.rows if row.rule != CONSTANTS}
        names = dict.fromkeys(attack for attack, _ in found)
        rules = list(dict.fromkeys(rule for _, rule in found))
        gains = {name: [found[name, rule].attacker_best for rule in rules] for name in names}
        prices = {name: self._price(found[name, rules[0]]) for name in names}
        heads = ("attack", *rules, f"{self.currency} gone", "months", "honest people", "accounts")
        rows = [(name, *map(_points, gains[name]), *prices[name]) for name in names]
        said = "Change of the best attacker's score in points under each rule, and what it costs:"
        return html.shown(html.drawn(attack_lab.attacks(self)), html.text(said), html.table(heads, rows))

    def _price(self, row: AttackRow) -> tuple[Any, ...]:
        return self.money(row.money_out), row.months, row.honest_people, row.accounts


class WhatIf(whatif.WhatIf):
    """An account as it stands and as it would stand; shown side by side, with who else moves."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        names = ("score", "band", "tabular", "evidence", "standing", "lift", "distress")
        rows = [(name, getattr(self.before, name), getattr(self.after, name)) for name in names]
        moved = [(row.holder_id, row.before, row.after, row.change) for row in self.movers]
        parts = [
            html.listed(f"{self.account_id}, if", (*self.changes, *self.notes)),
            html.table(("", "as it stands", "as it would stand"), rows),
            html.text(f"{self.others:,} others move."),
        ]
        return html.shown(*parts, *([html.table(("holder", "before", "after", "change"), moved)] if moved else []))


class Comparison(comparison.Comparison):
    """Two runs side by side; shown with the largest movers."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        rows = [(row.account_id, row.before, row.after, row.change, row.cause) for row in self.movers]
        told = f"{self.common:,} accounts in both, {self.unchanged:,} unchanged, PSI {self.psi:.4f}"
        parts = [html.text(f"From {self.older} to {self.newer}", strong=True), html.text(told)]
        if rows:
            parts.append(html.drawn(moves.movers(self.movers)))
            parts.append(html.table(("account", "before", "after", "change", "most by"), rows))
        return html.shown(*parts)


class ModelCard(model_card.ModelCard):
    """The card of a run's model; shown as its Markdown."""

    __slots__ = ()

    def _repr_markdown_(self) -> str:
        return self.markdown()


def _signed(value: float | None) -> str:
    return "" if value is None else f"{value:+.4f}"


def _points(value: float) -> str:
    """Write a change in points; exactly 0 is told from what only rounds to it."""
    return f"{value:+.2f}" if value else "0"


def shown_as(kind: type[Answer], verb: Callable[Arguments, Any]) -> Callable[Arguments, Answer]:
    """Make a verb whose answer shows itself; name, signature and docstring are those of the verb."""

    @wraps(verb)
    def answer(*given: Arguments.args, **named: Arguments.kwargs) -> Answer:
        return dressed(kind, verb(*given, **named))

    return answer


attack = shown_as(Attacks, lab.attack)
compare = shown_as(Comparison, comparison.compare)
describe = shown_as(ModelCard, card.describe)
ego = shown_as(Ego, surroundings.ego)
evaluate = shown_as(Evaluation, study.evaluate)
what_if = shown_as(WhatIf, asking.what_if)
