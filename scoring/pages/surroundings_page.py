"""What does the page about an account's surroundings say? Its rings, and in tables the numbers of its card."""

from __future__ import annotations

from scoring.pages import figures
from scoring.pages.charts.surroundings import ego as draw
from scoring.pages.surroundings import Ego, Tie, ego
from scoring.pages.template import fill
from scoring.runs.run import Run


def ego_page(run: Run, account: str, hops: int = 2) -> str:
    """Write the page about who stands around an account.

    Parameters
    ----------
    run
        A run on disk or its like.
    account
        An account; a holder's id is taken for the first of the holder's accounts.
    hops
        How many rings, 1 to 3.

    Returns
    -------
    str
        HTML that needs no network; ids and texts are escaped.

    Raises
    ------
    UsageError
        When the run has no score for the account, or hops are not 1, 2 or 3.

    Examples
    --------
    >>> import tempfile, loaders, scoring
    >>> from loaders.town import AS_OF, town
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = ego_page(scoring.run(loaders.load(**town()), as_of=AS_OF, runs=folder), "nina")
    >>> 'data-account="nina"' in page
    True
    """
    return render(ego(run, account, hops))


def render(found: Ego) -> str:
    """Write the page from what was gathered."""
    card = found.card
    folded = sum(fold.ties for fold in found.folds)
    return fill(
        "ego.html.j2",
        card=card,
        chart=draw(found),
        day=card.as_of[:10],
        months=f"{card.history_months:g}",
        graph_points=f"{card.graph_points + 0.0:+.2f}",
        facts=[
            ("score", f"{card.score}"),
            ("band", card.band),
            ("standing", f"{card.standing:.4f}"),
            ("lift", f"{card.lift:.4f}"),
            ("supporters", f"{len(card.supporters):,}"),
            ("ties shown", f"{len(found.ties):,}"),
            ("ties folded", f"{folded:,}"),
        ],
        support=figures.supporter_rows(card),
        ties=[_tie_cells(tie, found.named) for tie in found.ties],
        folds=[
            (
                card.account_id if fold.hop == 0 else fold.holder_id,
                f"{fold.ties:,}",
                *(
                    (f"{fold.flowing:,}", f"{fold.received:.6f}", f"{fold.given:.6f}")
                    if found.named
                    else ("not told", "", "")
                ),
            )
            for fold in found.folds
        ],
        nodes=[
            (
                node.holder_id,
                node.account_id if node.score is not None else "",
                node.band or "no score",
                "" if node.score is None else str(node.score),
                str(node.hop),
                _number(node.standing, 4),
            )
            for node in found.nodes
        ],
        likely=figures.likelihood(card),
        counts=found.counts,
        named=found.named,
        seen=found.seen,
        shown=len(found.ties),
        folded=folded,
    )


def _tie_cells(tie: Tie, named: bool) -> tuple[str, ...]:
    return (
        tie.from_id,
        tie.to_id,
        "not told" if not named else "flows" if tie.flows else "none",
        f"{tie.strength:.4f}",
        _number(tie.share, 4),
        _number(tie.standing, 4),
        f"{tie.contribution:.6f}" if named else "",
        figures.points(tie.points) if named and tie.points is not None else "",
        str(tie.months),
    )


def _number(value: float | None, decimals: int) -> str:
    return "" if value is None else f"{value:.{decimals}f}"
