"""How does a score come together, step by step? From the base over the dimensions to the score, in whole points."""

from __future__ import annotations

from collections.abc import Iterator

from scoring.combination import SPAN
from scoring.explanation.cards import AnalystCard, DimensionRow, Waterfall, WaterfallStep
from scoring.explanation.rounding import whole_parts

MAIN = 5  # supporters with a step of their own, if they bring half a point; the others share one
HALF = 0.5
CONNECTIONS = "connections"
Part = tuple[str, float, str]


def waterfall(card: AnalystCard, *, detail: bool = False) -> Waterfall:
    """Lead from 350 to the score.

    A dimension's step is its points. Connections are taken apart into what the holder's own record gives, 600 w e, the
    lift of each main supporter, distress, and what the ends of the dimension cut off; whole parts by the largest
    remainder, so that they add up to the dimension's points.

    Parameters
    ----------
    card
        The analyst's card.
    detail
        Take every dimension apart that has features: all points that its weight allows, less what each feature loses.

    Returns
    -------
    Waterfall
        Σ points of the steps = score, exactly.

    Examples
    --------
    >>> import tempfile, loaders, scoring
    >>> from loaders.town import AS_OF, town
    >>> from scoring.explanation import explain
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     card = explain(scoring.run(loaders.load(**town()), as_of=AS_OF, runs=folder), "nina")
    >>> [(step.label, step.points, step.running) for step in waterfall(card).steps][-3:]
    [('identity', 59, 630), ('own record', 34, 664), ('sam', 6, 670)]
    """
    running, steps = card.base, [WaterfallStep("base", card.base, card.base, "base", "")]
    for row in card.dimensions:
        for label, points, kind in _parts(card, row, detail=detail):
            running += points
            steps.append(WaterfallStep(label, points, running, kind, row.dimension))
    return Waterfall(card.account_id, card.run_id, card.score, tuple(steps))


def _parts(card: AnalystCard, row: DimensionRow, *, detail: bool) -> Iterator[tuple[str, int, str]]:
    if row.dimension == CONNECTIONS:
        parts = _connections(card, row)
        yield from _whole(parts, row.points)
        return
    features = [feature for feature in card.features if feature.dimension == row.dimension and feature.lost > 0]
    label = row.dimension.replace("_", " ")
    if not (detail and features):
        yield label, row.points, "dimension"
        return
    yield f"{label}, all it allows", row.points + row.lost, "dimension"
    yield from _whole([(feature.feature, -feature.lost, "feature") for feature in features], -row.lost)


def _connections(card: AnalystCard, row: DimensionRow) -> list[Part]:
    """Take connections apart; their parts add up to 600 w C."""
    parts: list[Part] = [("own record", SPAN * row.weight * card.tabular, "own")]
    worth = [supporter for supporter in card.supporters if supporter.points]
    main = [supporter for supporter in worth[:MAIN] if supporter.points >= HALF]
    parts += [(supporter.supporter_id, supporter.points, "supporter") for supporter in main]
    if rest := worth[len(main) :]:
        label = f"{len(rest)} {'more ' if main else ''}supporter{'s' if len(rest) > 1 else ''}"
        parts.append((label, sum(supporter.points for supporter in rest), "supporter"))
    unnamed = card.lift_points - sum(supporter.points for supporter in worth)
    ends = [("lift", unnamed, "lift"), ("distress", card.distress_points, "distress"), ("cut", card.cut_points, "cut")]
    return parts + [part for part in ends if abs(part[1]) >= 1e-6]


def _whole(parts: list[Part], total: int) -> Iterator[tuple[str, int, str]]:
    points = whole_parts([part for _, part, _ in parts], total)
    for (label, _, kind), number in zip(parts, points, strict=True):
        yield label, number, kind
