"""How does an explanation read? Plain text for a screen, a file or a letter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scoring.explanation.cards import AnalystCard, ConsumerLetter, ReasonCode, Waterfall

PATHS = 10  # paths shown before the rest is folded; JSON has them all


def name_of(column: str) -> str:
    """Say a column's name in words.

    Examples
    --------
    >>> name_of("credit_history")
    'credit history'
    """
    return column.replace("_", " ")


def columns(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Align a table: the first column on the left, numbers on the right.

    Examples
    --------
    >>> columns(["band", "n"], [["poor", "7"], ["very good", "12"]])
    ['band        n', 'poor        7', 'very good  12']
    """
    widths = [max(len(line[place]) for line in (heads, *rows)) for place in range(len(heads))]
    lines = []
    for line in (heads, *rows):
        cells = [
            line[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)),
        ]
        lines.append("  ".join(cells).rstrip())
    return lines


def analyst_text(card: AnalystCard) -> str:
    """Write the analyst's card: every point, every supporter, the benefits."""
    parts = (part(card) for part in (_head, _points, _standing, _supporters, _paths, _features, _benefits))
    return "\n\n".join("\n".join(lines) for lines in map(list, parts) if lines) + "\n"


def waterfall_text(fall: Waterfall) -> str:
    """Write the way from the base to the score: what each step adds, and where it leads."""
    rows = [
        [f"  {name_of(step.label)}" if step.kind == "feature" else step.label, f"{step.points:+d}", str(step.running)]
        for step in fall.steps[1:]
    ]
    base = [fall.steps[0].label, "", str(fall.steps[0].running)]
    return "\n".join(columns(["from the base to the score", "points", "score"], [base, *rows])) + "\n"


def reasons_text(reasons: Sequence[ReasonCode]) -> str:
    """Write the reason codes, the dearest first, with what would help where something can be done."""
    if not reasons:
        return "No points are missing.\n"
    lines = columns(["reason", "points lost"], [[reason.code, f"{reason.lost:.2f}"] for reason in reasons])
    told = [f"  {reason.text}{f' > {reason.advice}' if reason.advice else ''}" for reason in reasons]
    return "\n".join([lines[0], *(f"{line}{words}" for line, words in zip(lines[1:], told, strict=True))]) + "\n"


def consumer_text(letter: ConsumerLetter) -> str:
    """Write the consumer's letter in plain words, in its language."""
    words = letter.words
    lines = [words.opening, words.given_by]
    if letter.reasons:
        lines += ["", words.reasons, *(f"- {reason}" for reason in letter.reasons)]
    if letter.improvements:
        lines += ["", words.improvements, *(f"- {advice}" for advice in letter.improvements)]
    lines += ["", words.dispute, f"- {letter.dispute}"]
    return "\n".join(lines) + "\n"


def _head(card: AnalystCard) -> Iterator[str]:
    yield f"Account {card.account_id} of holder {card.holder_id}: score {card.score}, {card.band}"
    months = f"{card.history_months:g} months of history"
    yield f"as of {card.as_of}, run {card.run_id}; {months}{', a thin file' if card.thin else ''}"
    if (likely := card.probability) is not None:
        between = f"95 % interval {100 * likely.low:.2f} to {100 * likely.high:.2f} %, {likely.band} files"
        yield f"default within {likely.horizon}: {100 * likely.pd:.2f} % ({between}, model {likely.model})"


def _points(card: AnalystCard) -> Iterator[str]:
    rows = [
        [
            name_of(row.dimension),
            f"{100 * row.weight:.2f} %",
            f"{row.value:.4f}",
            str(row.points),
            str(row.lost),
            name_of(row.origin),
        ]
        for row in card.dimensions
    ]
    total, lost = sum(row.points for row in card.dimensions), sum(row.lost for row in card.dimensions)
    rows.append(["sum", f"{100 * sum(row.weight for row in card.dimensions):.2f} %", "", str(total), str(lost), ""])
    yield from columns(["dimension", "weight", "value", "points", "lost", "from"], rows)
    yield f"{card.base} + {total} points = {card.score}, residual {card.residual}"


def _standing(card: AnalystCard) -> Iterator[str]:
    yield from columns(
        ["tabular", "evidence", "lift", "standing", "distress", "credibility"],
        [
            [
                *(f"{value:.4f}" for value in (card.tabular, card.evidence, card.lift, card.standing, card.distress)),
                f"{card.credibility:.4f}",
            ]
        ],
    )
    parts = [f"lift {card.lift_points:+.2f}", f"distress {card.distress_points:+.2f}"]
    parts += [f"cut at the end of the dimension {card.cut_points:+.2f}"] if abs(card.cut_points) >= 0.005 else []
    yield f"The graph moves this score by {card.graph_points:+.2f} points before rounding: {', '.join(parts)}."
    if card.responsible:
        tie = card.responsible
        strength, severity = f"strength {tie.strength:.4f}", f"severity {tie.severity:.4f}"
        yield f"Distress comes from the tie to {tie.holder_id} ({strength}, {severity})."


def _supporters(card: AnalystCard) -> list[str]:
    if not card.supporters:
        alone = "nobody lifts this account" if card.lift == 0 else "this run's rule names none"
        return [f"Supporters: {alone}."]
    rows = [
        [
            row.supporter_id,
            *(f"{value:.4f}" for value in (row.strength, row.share, row.standing)),
            f"{row.contribution:.6f}",
            f"{row.points:.2f}",
        ]
        for row in card.supporters
    ]
    lift, points = sum(row.contribution for row in card.supporters), sum(row.points for row in card.supporters)
    rows.append(["sum", "", "", "", f"{lift:.6f}", f"{points:.2f}"])
    return columns(["supporter", "strength", "share", "standing", "contribution", "points"], rows)


def _paths(card: AnalystCard) -> list[str]:
    if not card.paths:
        return []
    shown = sorted(card.paths, key=lambda path: (-path.contribution, path.through, path.source))
    rows = [
        [
            f"{path.source} > {path.through}" if path.source != path.through else path.through,
            f"{path.contribution:.6f}",
            f"{path.points:.2f}",
        ]
        for path in shown[:PATHS]
    ]
    if rest := shown[PATHS:]:
        lift, points = sum(path.contribution for path in rest), sum(path.points for path in rest)
        rows.append([f"and {len(rest)} more", f"{lift:.6f}", f"{points:.2f}"])
    return columns(["out of whose record", "contribution", "points"], rows)


def _features(card: AnalystCard) -> list[str]:
    rows = [[row.feature, name_of(row.dimension), row.bin, f"{row.lost:.2f}"] for row in card.features if row.lost > 0]
    return columns(["feature", "dimension", "bin", "points lost"], rows) if rows else []


def _benefits(card: AnalystCard) -> Iterator[str]:
    reached = [row.name for row in card.benefits if row.reached]
    yield f"Benefits reached: {', '.join(reached) or 'none'}."
    for missing in sorted({row.missing for row in card.benefits if row.missing}):
        names = ", ".join(row.name for row in card.benefits if row.missing == missing)
        yield f"{missing} points more: {names}."
    if closed := [row.name for row in card.benefits if row.record_stands_in_the_way]:
        yield f"Closed by a bad record: {', '.join(closed)}."
