"""What does the card of a run say? Purpose, data, policy, figures, limits, what moves a score at most, disputes.

Written from the run alone, and an evaluation of it if one is given; the same run gives the same card.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from loaders.errors import UsageError
from scoring.combination import SPAN
from scoring.config import ALL_DIMENSIONS, Config, stored_config
from scoring.evaluation.model_card import CardSection, CardTable, ModelCard
from scoring.evaluation.results import Evaluation
from scoring.evaluation.verdict import signed
from scoring.runs.run import Run
from scoring.summary import Summary, summarize

LIMITS = """\
A score orders people by what is known of them. It is no statement about character, and no decision should rest on it
alone.

Connections count money that people send each other, net of what comes back. Chats, friends, purchases and wages never
count.

Who has few months of history, withheld consents or nobody who sends money stands near the portfolio's mean: that is
lack of knowledge, no judgement.

Portfolio constants (the mean, the usual outflow, the quartiles) are those of this run: in another portfolio the same
person may have another score."""
PURPOSE = """\
A credit score from 350 to 950 for natural persons: the higher, the more speaks for paying back. It is used by {lender}.

Four dimensions come from the person's own file; the fifth, connections, from the money that others send to the
person."""
MOVES = """\
Long and none: the points that a dimension holds at its best, in a file with a very long history and in one without
any; every other file lies in between, and each column adds up to {span}.

Moves: how far the score moves at most while the dimension goes from its worst to its best and all else stays.
Connections start from what the own file says (C = e and what the ties add), so a dimension of the own file moves more
than it holds; connections move most in a file without history.

Distress, what falls back on those who vouched for a defaulter, costs at most {fall:.1f} points, and only a file without
history that much."""


def describe(run: Run, evaluation: Evaluation | None = None) -> ModelCard:
    """Write the card of a run.

    Parameters
    ----------
    run
        The run.
    evaluation
        Figures of this very run; None: the card says that there are none.

    Raises
    ------
    UsageError
        When the evaluation is of another run.

    Examples
    --------
    >>> import tempfile, loaders, scoring
    >>> from loaders.town import AS_OF, town
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     card = describe(scoring.run(loaders.load(**town()), as_of=AS_OF, runs=folder))
    >>> [section.heading for section in card.sections]
    ['Purpose', 'Data', 'Policy', 'Figures', 'What may move a score at most', 'Limits', 'How to dispute a score']
    """
    if evaluation is not None and evaluation.run_id != run.id:
        raise UsageError(f"the evaluation is of run {evaluation.run_id}, the card of run {run.id}")
    config, manifest, summary = stored_config(run.manifest), run.manifest, summarize(run)
    sections = (
        _purpose(config),
        _data(manifest, summary),
        _policy(config, manifest, summary),
        _figures(evaluation),
        _moves(config),
        CardSection("Limits", (*_paragraphs(LIMITS), *_more_limits(manifest, evaluation))),
        CardSection("How to dispute a score", (config.lender.dispute,)),
    )
    return ModelCard(f"Model card of run {run.id}", run.id, str(manifest["as_of"]), sections)


def _purpose(config: Config) -> CardSection:
    return CardSection("Purpose", _paragraphs(PURPOSE.format(lender=config.lender.name)))


def _data(manifest: dict[str, Any], summary: Summary) -> CardSection:
    day = datetime.fromisoformat(str(manifest["as_of"])).isoformat()
    told = (
        f"Scored as of {day}; nothing later was known. Fingerprint of the accepted input: {manifest['fingerprint']}.",
        f"{summary.holders:,} persons, {summary.thin:,} of them with thin files; {summary.accounts:,} accounts.",
        f"{summary.ties:,} ties. Consent: {manifest['consent']}.",
    )
    names = ("accepted", "rejected", "used", "after_as_of")
    rows = tuple(
        (table, *(f"{counts.get(name, 0):,}" for name in names))
        for table, counts in manifest["counts"]["tables"].items()
    )
    return CardSection("Data", told, (CardTable(("table", *(name.replace("_", " ") for name in names)), rows),))


def _policy(config: Config, manifest: dict[str, Any], summary: Summary) -> CardSection:
    made = f"scorecard {config.card.name}"
    if config.model is not None:
        learnt = ", ".join(name.replace("_", " ") for name in config.model.dimensions)
        made = (
            f"model {config.model.name} ({config.model.kind}, SHA-256 {config.model.digest}) for {learnt}; else {made}"
        )
    told = [f"Rule {manifest['rule']}; the dimensions of the own file come from {made}."]
    if "uplift" in manifest:
        told.append(manifest["uplift"]["sentence"])
    elif not config.score.connections:
        told.append("The connections dimension is switched off: C = e for everyone.")
    bands = tuple(
        (row.band, f"{row.low} to {row.high}", f"{row.accounts:,}", f"{100 * row.share:.1f} %") for row in summary.bands
    )
    benefits = tuple(
        (entry.name, str(entry.at_least), "yes" if entry.no_bad_record else "") for entry in config.benefits
    )
    tables = (
        CardTable(("band", "scores", "accounts", "share"), bands),
        CardTable(("benefit", "from", "only without a bad record"), benefits),
    )
    return CardSection("Policy", tuple(told), tables)


def _figures(evaluation: Evaluation | None) -> CardSection:
    if evaluation is None:
        return CardSection(
            "Figures", ("This run has not been evaluated: how well it finds those who default is unknown.",)
        )
    told = (
        evaluation.headline,
        f"Bad is a default or a court order within {evaluation.horizon} after {evaluation.as_of}.",
        f"Figures are of persons. Brier is of {evaluation.probability}.",
    )
    rows = tuple(
        (
            part.name,
            f"{part.observed.persons:,}",
            f"{part.observed.bad:,}",
            *(_number(value) for value in (part.auc, part.ks, part.gini, part.brier)),
        )
        for part in evaluation.segments
    )
    differences = tuple(
        (row.segment, row.variant, signed(row.difference), f"{signed(row.low)} to {signed(row.high)}")
        for row in evaluation.differences
        if row.against == "without" and row.difference is not None and row.low is not None and row.high is not None
    )
    tables = (
        CardTable(("files", "persons", "bad", "AUC", "KS", "Gini", "Brier"), rows),
        CardTable(("files", "variant", "AUC − without", "95 % interval"), differences),
    )
    return CardSection("Figures", told, tables)


def _moves(config: Config) -> CardSection:
    """Tell what each part holds, its weight in a long file and in an empty one times 600, and how far it can move.

    With C = e + lift − burden a change of e by Δ moves C by at most Δ, as a lift never grows with the own evidence; so
    the score moves by at most 600 Δ, and Δ is the dimension's share among the four of the own file.
    """
    percent, extra = config.score.weights.percent, config.score.thin_extra
    own = percent[4] / 100
    rows = []
    for name, weight in zip(ALL_DIMENSIONS, percent, strict=True):
        is_connections = name == ALL_DIMENSIONS[-1]
        share = 0.0 if is_connections else weight / sum(percent[:4])
        thin = own + extra if is_connections else share * (1 - own - extra)
        moves = thin * config.score.connections if is_connections else share
        rows.append((name.replace("_", " "), *(f"{SPAN * part:.1f}" for part in (weight / 100, thin, moves))))
    fall = SPAN * (own + extra) * config.score.rho * config.propagation.fallback
    told = _paragraphs(MOVES.format(span=SPAN, fall=fall))
    if not config.score.connections:
        told = (*told[:-1], "In this run connections and distress move no score: C = e for everyone.")
    table = CardTable(("dimension", "long", "none", "moves"), tuple(rows))
    return CardSection("What may move a score at most", told, (table,))


def _more_limits(manifest: dict[str, Any], evaluation: Evaluation | None) -> tuple[str, ...]:
    told = () if evaluation is None else evaluation.notes
    rejected = sum(counts.get("rejected", 0) for counts in manifest["counts"]["tables"].values())
    return (*told, f"{rejected:,} input rows were rejected and count for nothing.") if rejected else told


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(part.replace("\n", " ") for part in text.split("\n\n"))


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
