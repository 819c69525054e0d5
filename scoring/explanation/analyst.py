"""Why this score, to the last point? The analyst's card, computed again from the run and checked against it."""

from __future__ import annotations

import math

from graph.paths import split_paths
from loaders.errors import RenmaiError
from scoring.benefits import benefits
from scoring.combination import SPAN
from scoring.config import ALL_DIMENSIONS
from scoring.config import LOWEST as BASE
from scoring.explanation.cards import (
    AnalystCard,
    DimensionRow,
    Probability,
    Responsible,
    Supporter,
    SupportPath,
)
from scoring.explanation.facts import Facts, gather
from scoring.explanation.features import feature_rows
from scoring.explanation.policy import Policy
from scoring.explanation.rounding import whole_parts
from scoring.explanation.shelf import Row, Shelf

AGREEMENT = 1e-9  # how far contributions may add up from the lift: the order of additions differs


def analyst_card(shelf: Shelf, policy: Policy, account_id: str) -> AnalystCard:
    """Explain one account's score: dimensions, supporters, distress, features, benefits.

    Parameters
    ----------
    shelf
        The run's rows by key.
    policy
        The numbers the run was made with.
    account_id
        The account.

    Returns
    -------
    AnalystCard
        ``base + Σ points = score`` and Σ contributions = lift, both checked.

    Raises
    ------
    UsageError
        When the run has no score for the account.
    RenmaiError
        When parts do not add up: the run is not to be trusted.
    """
    facts = gather(shelf, account_id)
    score, standing = facts.score, facts.standing
    weights = policy.weights(standing["credibility"])
    effect = weights[-1] * SPAN if policy.config.score.connections else 0.0
    dimensions = _dimensions(facts, weights)
    supporters = _supporters(facts, policy, effect)
    residual = _residual(shelf, score, standing, dimensions, supporters)
    lift = effect * standing["lift"]
    distress = 0.0 - effect * policy.config.score.rho * (1 - standing["credibility"]) * standing["distress"]
    moved = effect * (score["connections"] - score["tabular"])
    return AnalystCard(
        account_id=score["account_id"],
        holder_id=score["holder_id"],
        score=score["score"],
        band=score["band"],
        as_of=str(shelf.run.manifest["as_of"]),
        run_id=shelf.run.id,
        thin=score["thin"],
        history_months=score["history_months"],
        tabular=score["tabular"],
        base=BASE,
        residual=residual,
        dimensions=dimensions,
        evidence=standing["evidence"],
        standing=standing["standing"],
        lift=standing["lift"],
        distress=standing["distress"],
        credibility=standing["credibility"],
        lift_points=lift,
        distress_points=distress,
        cut_points=moved - lift - distress,
        graph_points=moved,
        supporters=supporters,
        paths=_paths(facts, policy, effect, supporters),
        responsible=_responsible(facts),
        features=feature_rows(policy.config, dimensions, facts.bins),
        benefits=benefits(score["score"], facts.bins["no_bad_record"], policy.config),
        no_bad_record=facts.bins["no_bad_record"],
        probability=_probability(facts, policy),
    )


def _residual(
    shelf: Shelf, score: Row, standing: Row, dimensions: tuple[DimensionRow, ...], supporters: tuple[Supporter, ...]
) -> int:
    """Give what is left over: 0, or a refusal. Only rule ``vouch`` names supporters, so only its lift is checked."""
    residual = score["score"] - BASE - sum(row.points for row in dimensions)
    apart = abs(math.fsum(row.contribution for row in supporters) - standing["lift"])
    if residual != 0 or (apart > AGREEMENT and shelf.run.manifest["rule"] == "vouch"):
        raise RenmaiError(
            f"run {shelf.run.id} does not add up for account {score['account_id']!r}: {residual} points are left over, "
            f"contributions and lift are {apart:.3g} apart; `renmai verify` tells whether the run is damaged"
        )
    return int(residual)


def _dimensions(facts: Facts, weights: tuple[float, ...]) -> tuple[DimensionRow, ...]:
    score = facts.score
    exact = [SPAN * weight * (1 - score[name]) for name, weight in zip(ALL_DIMENSIONS, weights, strict=True)]
    lost = whole_parts(exact, BASE + SPAN - score["score"])
    return tuple(
        DimensionRow(name, weight, score[name], score[f"points_{name}"], missing, facts.bins.get(f"origin_{name}", ""))
        for name, weight, missing in zip(ALL_DIMENSIONS, weights, lost, strict=True)
    )


def _supporters(facts: Facts, policy: Policy, effect: float) -> tuple[Supporter, ...]:
    rows = []
    for row in facts.contributions:
        name, contribution = row["supporter_id"], row["contribution"]
        tie = facts.received[name]
        rows.append(
            Supporter(
                supporter_id=name,
                share=tie["v"] / max(policy.steady_tie, facts.budgets[name]),
                standing=facts.standings[name]["standing"],
                contribution=contribution,
                points=effect * contribution,
                strength=tie["v"],
                months=tie["months"],
                money=tie["money"],
            )
        )
    return tuple(sorted(rows, key=lambda row: (-row.contribution, row.supporter_id)))


def _paths(facts: Facts, policy: Policy, effect: float, supporters: tuple[Supporter, ...]) -> tuple[SupportPath, ...]:
    """Follow each contribution one step further: what the supporter has of its own, and what others lent it."""
    lifted_by = {facts.score["holder_id"]: facts.contributions, **facts.onward}
    found = split_paths(
        facts.score["holder_id"],
        lambda name: [(row["supporter_id"], row["contribution"]) for row in lifted_by[name]],
        lambda name: float(facts.standings[name]["evidence"]),
        lambda name: float(facts.standings[name]["standing"]),
        policy.config.propagation.damping,
    )
    rank = {row.supporter_id: place for place, row in enumerate(supporters)}
    found.sort(key=lambda path: (rank[path[0][0]], len(path[0]), path[0]))
    return tuple(SupportPath(names[0], names[-1], part, effect * part) for names, part in found)


def _probability(facts: Facts, policy: Policy) -> Probability | None:
    row, model = facts.probability, policy.config.model
    if row is None or model is None:
        return None
    return Probability(row["pd"], row["pd_low"], row["pd_high"], row["band"], model.name, model.horizon)


def _responsible(facts: Facts) -> Responsible | None:
    name = facts.bins["responsible_id"]
    if facts.standing["distress"] <= 0 or name is None:
        return None
    return Responsible(name, facts.sent[name]["g"], facts.bins["responsible_severity"])
