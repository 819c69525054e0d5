"""How do a what-if, a scored applicant and ways to a score read on a screen?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scoring.config import LOWEST
from scoring.explanation.text import columns, name_of
from scoring.whatif.results import Card, Mover, Placed, Reach, ScoredApplicant, WhatIf, Work


def what_if_text(found: WhatIf) -> str:
    """Write a what-if: the account before and after, and who else moves."""
    lines = [
        f"Account {found.account_id} of holder {found.holder_id}, run {found.run_id}, as of {found.as_of}",
        *(f"What if {change}?" for change in found.changes),
        *(f"Note: {note}." for note in found.notes),
        "",
        *_beside(found.before, found.after),
        "",
        *_others(found.others, found.movers),
        _work(found.work),
    ]
    return "\n".join(lines) + "\n"


def applicant_text(found: ScoredApplicant) -> str:
    """Write a scored applicant: the result, and the one with what is disputed beside it."""
    counted = ", ".join(f"{count} {name_of(name)}" for name, count in found.relations.items() if count)
    card = found.result.card
    lines = [
        f"Applicant {found.account_id} (holder {found.holder_id}): score {card.score}, {card.band}",
        f"against run {found.run_id}, as of {found.as_of}; relations: {counted or 'none'}",
        *(f"Note: {note}." for note in found.notes),
        "",
        *_result(found.result),
    ]
    if found.with_disputed is not None:
        with_them = found.with_disputed.card
        lines += [
            "",
            f"Left out because disputed: {', '.join(found.disputed)}. With them:",
            *_beside(card, with_them, heads=("without", "with")),
            *_others(found.with_disputed.others, found.with_disputed.movers),
        ]
    return "\n".join(lines) + "\n"


def reach_text(found: Reach) -> str:
    """Write the ways of an account to a score."""
    lines = [f"Account {found.account_id} of holder {found.holder_id}, run {found.run_id}", f"{found.sentence}."]
    for number, way in enumerate(found.ways, start=1):
        rows = [[step.name, step.now, step.then] for step in way.steps]
        lines += [
            "",
            f"Way {number}: score {way.score_after}, {way.band_after}",
            *columns(["what", "now", "then"], rows),
        ]
    return "\n".join(lines) + "\n"


def _result(placed: Placed) -> Iterator[str]:
    card = placed.card
    yield from columns(["dimension", "points"], [[name_of(name), str(points)] for name, points in card.points.items()])
    yield f"{LOWEST} + {sum(card.points.values())} points = {card.score}"
    yield (
        f"evidence {card.evidence:.4f}, standing {card.standing:.4f}, lift {card.lift:.4f}, "
        f"distress {card.distress:.4f}; {card.history_months:g} months of history{', a thin file' if card.thin else ''}"
    )
    if card.pd is not None:
        yield f"Probability of default {_percent(card)}."
    yield f"Ties with strength: {placed.received} to it, {placed.sent} from it."
    yield from _others(placed.others, placed.movers)
    yield _work(placed.work)


def _beside(before: Card, after: Card, heads: tuple[str, str] = ("before", "after")) -> list[str]:
    rows = [["score", str(before.score), str(after.score), f"{after.score - before.score:+d}"]]
    rows.append(["band", before.band, after.band, ""])
    rows += [
        [f"points {name_of(name)}", str(points), str(after.points[name]), f"{after.points[name] - points:+d}"]
        for name, points in before.points.items()
    ]
    for name in ("tabular", "evidence", "lift", "standing", "distress"):
        old, new = getattr(before, name), getattr(after, name)
        rows.append([name, f"{old:.4f}", f"{new:.4f}", f"{new - old:+.4f}"])
    months = before.history_months, after.history_months
    rows.append(["history months", f"{months[0]:g}", f"{months[1]:g}", f"{months[1] - months[0]:+g}"])
    if before.pd is not None and after.pd is not None:
        rows.append(["default probability", _percent(before), _percent(after), f"{100 * (after.pd - before.pd):+.2f}"])
    return columns(["", *heads, "change"], rows)


def _percent(card: Card) -> str:
    """Say how likely a default is, with its interval."""
    return f"{100 * (card.pd or 0):.2f} % ({100 * (card.pd_low or 0):.2f} to {100 * (card.pd_high or 0):.2f})"


def _others(count: int, movers: Sequence[Mover]) -> list[str]:
    if not count:
        return ["Nobody else's score moves."]
    rows = [[one.holder_id, str(one.before), str(one.after), f"{one.change:+d}"] for one in movers]
    told = [f"{count:,} other {'holder moves' if count == 1 else 'holders move'}:"]
    rest = [f"and {count - len(movers):,} more"] if count > len(movers) else []
    return [*told, *columns(["holder", "before", "after", "change"], rows), *rest]


def _work(work: Work) -> str:
    if work.full:
        return f"Everything was solved anew: {work.holders:,} holders, {work.passes} steps."
    return f"Solved again: {work.rows:,} rows of {work.holders:,}, {work.moved:,} standings moved."
