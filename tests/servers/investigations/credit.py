"""Who lifts whom, how far does that reach, and what changed between two runs? From the tables of the runs."""

from __future__ import annotations

from typing import Any

import pandas as pd

from graph.paths import split_paths
from loaders.errors import UsageError
from scoring.explanation import Policy, Shelf, analyst_card
from tests.servers.investigations.runs import Portfolio, scored, ties

Rows = list[tuple[Any, ...]]


def who_lifts(portfolio: Portfolio, name: str) -> Rows:
    """The supporters on the analyst's card; nobody for whom there is no card."""
    run = portfolio.now
    try:
        card = analyst_card(Shelf(run), Policy.of(run.manifest), name)
    except UsageError:
        return []
    return [(s.supporter_id, s.standing, s.share, s.contribution, s.points) for s in card.supporters]


def standing_reach(portfolio: Portfolio, name: str) -> Rows:
    """Split the lift of everyone who could be reached into paths, and keep those that come from this holder."""
    run, source = portfolio.now, portfolio.holder(name)
    policy, standing = Policy.of(run.manifest), run.standing.set_index("holder_id")
    lifted_by = {
        holder: list(zip(rows.supporter_id, rows.contribution, strict=True))
        for holder, rows in run.contributions.groupby("holder_id")
    }
    direct = {holder for holder, rows in lifted_by.items() if source in dict(rows)}
    further = {holder for holder, rows in lifted_by.items() if direct & set(dict(rows))}
    found = [(1, holder, None, dict(lifted_by[holder])[source]) for holder in direct]
    for holder in further:
        paths = split_paths(
            holder,
            lambda of: lifted_by.get(of, []),
            lambda of: float(standing.evidence[of]),
            lambda of: float(standing.standing[of]),
            policy.config.propagation.damping,
        )
        found += [(2, holder, names[0], part) for names, part in paths if names[1:] == (source,)]
    worth = {holder: 600 * policy.weights(standing.credibility[holder])[-1] for _, holder, _, _ in found}
    found.sort(key=lambda row: (row[0], -row[3], row[1], row[2]))
    return [(*row, worth[row[1]] * row[3]) for row in found]


def score_change(portfolio: Portfolio, name: str, least: float) -> Rows:
    """Lay the ties of the two runs side by side, those received and those sent."""
    runs, holder = (portfolio.before, portfolio.now), portfolio.holder(name)
    scores = [scored(run).score.get(holder) for run in runs]
    if all(score is None for score in scores):
        return []
    both = ties(runs[0]).merge(ties(runs[1]), on=["from_id", "to_id"], how="outer", suffixes=("_before", "_after"))
    both = both[(both.from_id == holder) | (both.to_id == holder)]
    columns = ["v_before", "v_after", "contribution_before", "contribution_after"]
    both[columns] = both[columns].fillna(0.0)
    gain = (both.contribution_after - both.contribution_before).abs()
    moved = (both.v_after - both.v_before).abs()
    both = both.assign(gain=gain, moved=moved)[(gain > 0) | ((moved > 0) & (moved >= least))]
    both["direction"] = (both.from_id == holder).map({True: "sent", False: "received"})
    both["other_id"] = both.to_id.where(both.from_id == holder, both.from_id)
    both = both.sort_values(["gain", "moved", "direction", "other_id"], ascending=[False, False, True, True])
    head = (runs[0].id, runs[1].id, *(None if score is None else int(score) for score in scores))
    rows = [(*head, *row) for row in both[["direction", "other_id", *columns]].itertuples(index=False)]
    return rows or [(*head, *[None] * 6)]


def sudden_ties(portfolio: Portfolio, rise: int) -> Rows:
    """Ties of the later run that lift somebody and are none of the earlier one, by whom they lift."""
    before, now = scored(portfolio.before), scored(portfolio.now)
    policy, known = Policy.of(portfolio.now.manifest), ties(portfolio.before)
    old = set(zip(known.from_id, known.to_id, strict=True))
    all_now = ties(portfolio.now)
    new = [pair not in old for pair in zip(all_now.from_id, all_now.to_id, strict=True)]
    rows = []
    for holder, found in all_now[pd.Series(new) & (all_now.contribution > 0)].groupby("to_id"):
        if holder in before.index and (up := int(now.score[holder] - before.score[holder])) >= rise:
            first = found.sort_values(["contribution", "from_id"], ascending=[False, True]).from_id.iloc[0]
            worth = 600 * policy.weights(now.credibility[holder])[-1] * found.contribution.sum()
            scores = (int(before.score[holder]), int(now.score[holder]))
            rows.append((holder, *scores, up, len(found), worth, first, found.first_at.min()))
    return sorted(rows, key=lambda row: (-row[5], row[0]))


def band_statistics(portfolio: Portfolio) -> Rows:
    """Describe the scores of each band, and of all."""
    everyone = scored(portfolio.now)
    groups = [(band, rows) for band, rows in everyone.groupby("band")]
    groups = [*sorted(groups, key=lambda group: group[1].score.min()), (None, everyone)]
    shares = (0.1, 0.25, 0.5, 0.75, 0.9)
    return [
        (
            *(band, len(rows), int(rows.score.min()), *rows.score.quantile(list(shares)), int(rows.score.max())),
            *(rows.score.mean(), int(rows.thin.sum()), int((rows.lift > 0).sum()), int((rows.distress > 0).sum())),
        )
        for band, rows in groups
    ]


def many_accounts(portfolio: Portfolio, least: int) -> Rows:
    """Count accounts by holder."""
    score, rank = scored(portfolio.now).score, ["person", "merchant", "institution"]
    rows = []
    for holder, found in portfolio.accounts.groupby("holder_id"):
        if len(found) >= least:
            kind = min(found.kind, key=rank.index)
            days = found.opened_on.dropna()
            span = (days.min(), days.max()) if len(days) else (None, None)
            rows.append((holder, kind, len(found), *span, int(score[holder]) if holder in score.index else None))
    return sorted(rows, key=lambda row: (-row[2], row[0]))
