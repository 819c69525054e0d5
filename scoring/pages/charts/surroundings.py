"""How are an account's surroundings drawn? Rings by hop, arrows that say where credit flows, weaker ties folded."""

from __future__ import annotations

from scoring.pages.charts.arrows import arrow
from scoring.pages.charts.places import GAP, Key, Spot, plan
from scoring.pages.charts.portfolio import band_look
from scoring.pages.marks import Box, Chart, Dot, Group, Line, Mark, Path, Word, length, place, short
from scoring.pages.surroundings import Ego, Fold, Node, Tie

WIDEST = 6.0  # of an arrow, beyond the least
SIZE, BOLD = 12, 1.1  # of the words, and how much wider they are in bold
LABEL = 22  # signs of a label on the outermost ring; the tooltip and the table have all
UNTOLD = "whether credit flows is not told by this rule"
ARROWS = [
    ("arrow", "flows", "credit flows to the arrow's end"),
    ("arrow", "still", "no credit flows"),
]
WORDS = [
    ("", "", "The wider the line, the stronger the tie."),
    ("", "", "The number in a node is its score."),
]


def ego(found: Ego) -> Chart:
    """Draw who stands around an account: the score in the node, arrows by strength, solid where credit flows."""
    planned = plan(found, _lengths(found))
    places, (x, y) = planned.spots, planned.middle
    marks: list[Mark] = [Dot(x, y, radius, "ring") for radius in planned.radii[1:]]
    marks += [_fold(fold, places[fold.holder_id, "fold"], places[fold.holder_id, ""], found) for fold in found.folds]
    strongest = max((tie.strength for tie in found.ties), default=0.0) or 1.0
    weakest_first = sorted(found.ties, key=lambda tie: (tie.flows, tie.strength, tie.from_id, tie.to_id))
    marks += [_tie(tie, places, strongest, found.named) for tie in weakest_first]
    marks += [_node(node, places[node.holder_id, ""], found) for node in found.nodes]
    legend, floor = _legend(found, planned.width, planned.height + 12)
    name = f"Around {short(found.card.account_id, 40)}"
    return Chart("chart-ego", name, _told(found), planned.width, int(floor), (*marks, *legend))


def _lengths(found: Ego) -> dict[Key, float]:
    """Guess how long the words at each place are, along the line they are written on."""
    parents = {node.parent for node in found.nodes} | {fold.holder_id for fold in found.folds}
    lengths: dict[Key, float] = {(fold.holder_id, "fold"): length(fold.words, SIZE) for fold in found.folds}
    for node in found.nodes:
        label, band = _labels(node)
        inner = node.hop == 0 or node.holder_id in parents
        lengths[node.holder_id, ""] = (
            max(BOLD * length(label, SIZE), length(band, SIZE)) if inner else length(f"{label} · {band}", SIZE)
        )
    return lengths


def _labels(node: Node) -> tuple[str, str]:
    """Give the name and the band of a node as they are written beside it."""
    band = short(node.band or "no score", 12)
    return short(_name(node), 24 if node.hop == 0 else max(8, LABEL - 3 - len(band))), band


def _name(node: Node) -> str:
    return node.account_id if node.hop == 0 else node.holder_id


def _tie(tie: Tie, places: dict[Key, Spot], strongest: float, named: bool) -> Group:
    start, end = places[tie.from_id, ""], places[tie.to_id, ""]
    width = round(1.2 + WIDEST * tie.strength / strongest, 2)
    line, head = arrow(start, end, width)
    look = "flows" if tie.flows else "still"
    marks = (Path(line, look, stroke=width), Path(head, f"head-{look}"))
    return Group(marks, "edge", tie_words(tie, named), (("from", tie.from_id), ("to", tie.to_id)))


def tie_words(tie: Tie, named: bool = True) -> str:
    """Say a tie in words, with the figures of the card."""
    parts = [f"{tie.from_id} sends to {tie.to_id}", f"strength {tie.strength:.4f}"]
    if tie.share is not None and tie.standing is not None:
        parts += [f"share {tie.share:.4f}", f"standing of the sender {tie.standing:.4f}"]
    if tie.flows:
        worth = "" if tie.points is None else f", {tie.points:+.2f} points"
        return f"{'; '.join(parts)}; credit flows: contribution {tie.contribution:.6f}{worth}"
    return f"{'; '.join(parts)}; {'no credit flows' if named else UNTOLD}"


def _node(node: Node, spot: Spot, found: Ego) -> Group:
    look = None if node.band is None else band_look(found.bands.index(node.band), len(found.bands))
    name = _name(node)
    label, band = _labels(node)
    marks: list[Mark] = [
        Dot(spot.x, spot.y, spot.radius, "none" if look is None else f"band-{look}"),
        Word(spot.x, spot.y + 4, "–" if node.score is None else str(node.score), "middle",
             "small" if look is None else f"on-{look} {'strong' if node.hop == 0 else 'small'}"),
    ]  # fmt: skip
    if spot.end:
        marks.append(_radial(spot, f"{label} · {band}", "small halo"))
    else:
        marks.append(Word(spot.x, spot.y + spot.radius + 13, label, "middle", "small halo strong"))
        marks.append(Word(spot.x, spot.y + spot.radius + 26, band, "middle", "small halo"))
    who = name if node.account_id in (name, node.holder_id) else f"{name}, account {node.account_id}"
    tip = f"{who}: no score" if node.score is None else f"{who}: {node.score}, {node.band}"
    tip += "" if node.standing is None else f", standing {node.standing:.4f}"
    data = (("id", node.holder_id), ("account", node.account_id), ("ring", str(node.hop)))
    return Group(tuple(marks), "node", tip, data)


def _fold(fold: Fold, spot: Spot, parent: Spot, found: Ego) -> Group:
    words = Word(spot.x, spot.y + 4, fold.words, "middle", "small halo")
    if spot.end:
        words = _radial(spot, fold.words, "small halo")
    name = found.card.account_id if fold.hop == 0 else fold.holder_id
    tip = f"{fold.words} of {name}, {f'credit flows along {fold.flowing:,} of them' if found.named else UNTOLD}"
    if fold.flowing:
        tip += f": contributions {fold.received:.6f} received, {fold.given:.6f} given"
    spoke = Line(parent.x, parent.y, spot.x, spot.y, "link")
    return Group((spoke, Dot(spot.x, spot.y, 3, "none"), words), "fold", tip,
                 (("of", fold.holder_id), ("ties", str(fold.ties))))  # fmt: skip


def _radial(spot: Spot, text: str, look: str) -> Word:
    """Write outwards from a spot on the outermost ring, never upside down."""
    x, y = spot.out(spot.radius + GAP)
    if spot.left:
        return Word(x, y, text, "end", f"{look} level", spot.degrees + 180)
    return Word(x, y, text, "start", f"{look} level", spot.degrees)


def _legend(found: Ego, width: int, top: float) -> tuple[list[Mark], float]:
    """Explain the looks, in lines no wider than the picture; give them and where they end."""
    bands = [("", f"band-{band_look(number, len(found.bands))}", short(band, 20))
             for number, band in enumerate(found.bands)]  # fmt: skip
    arrows = ARROWS if found.named else [("arrow", "still", UNTOLD)]
    parts = [*arrows, *WORDS, *bands] if found.ties else bands
    first = bands[0][-1]
    marks: list[Mark] = []
    x, y = 20.0, top
    for kind, look, words in parts:
        indent = 54 if kind == "arrow" else 18 if look else 0
        wide = indent + length(words, SIZE)
        if x > 20 and (x + wide > width - 8 or words == first):
            x, y = 20.0, y + 22
        if kind == "arrow":
            marks.append(Path(f"M{place(x):g} {y:g}h38", look, stroke=3))
            marks.append(Path(f"M{place(x + 46):g} {y:g}l-10 -5v10z", f"head-{look}"))
        elif look:
            marks.append(Box(place(x), y - 6, 12, 12, look))
        marks.append(Word(place(x + indent), y + 4, words, look="small"))
        x += wide + 20
    return marks, y + 16


def _told(found: Ego) -> str:
    card = found.card
    flowing = [tie for tie in found.ties if tie.flows and tie.to_id == card.holder_id]
    lifted = "; ".join(f"{tie.from_id} {tie.points or 0:+.2f}" for tie in flowing[:12]) or "nobody"
    lifted = lifted if found.named else "not told by this rule"
    folded = sum(fold.ties for fold in found.folds)
    return (
        f"{card.account_id} has {card.score}, {card.band}. {len(found.nodes) - 1:,} holders and {len(found.ties):,}"
        f" ties are shown on {found.hops} ring(s), {folded:,} weaker ties are folded. Lifted by, in points: {lifted}."
        " The tables below have every number."
    )
