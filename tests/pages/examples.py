"""One page of each kind, with the data it was made of: made-up results with gaps, and the small town's run."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from scoring.attacks.results import CONSTANTS, AttackReport, AttackRow, Promise
from scoring.evaluation.model_card import CardSection, CardTable, ModelCard
from scoring.evaluation.results import (
    Backtest,
    BacktestRow,
    BandRate,
    CalibrationRow,
    Curve,
    Difference,
    Drift,
    DriftRow,
    Evaluation,
    GroupFigures,
    Groups,
    OutcomeCounts,
    Rate,
    Segment,
    Uplift,
    VariantFigures,
)
from scoring.explanation import explain
from scoring.pages import (
    attack_page,
    backtest_page,
    card_page,
    ego_page,
    evaluation_page,
    letter_page,
    report_page,
)
from scoring.runs.run import Run
from tests.scoring.town_runs import town_run

BANDS = (("poor", 350, 549), ("medium", 550, 599), ("good", 600, 649), ("very good", 650, 699), ("excellent", 700, 950))
VARIANTS = ("with", "without", "association", "pagerank")
RULES = ("vouch", "association", "pagerank")


@cache
def town() -> Run:
    """The town's second run."""
    folder = Path(mkdtemp())
    town_run(folder, months=12)
    return town_run(folder)


def rate(persons: int, bad: int) -> Rate:
    if not persons:
        return Rate(0, 0, None, None, None)
    share = bad / persons
    return Rate(persons, bad, share, max(0.0, share - 0.03), min(1.0, share + 0.05))


def segment(name: str, *, known: bool = True) -> Segment:
    bands = tuple(
        BandRate(band, low, high, rate(40 * place, 5 - place)) for place, (band, low, high) in enumerate(BANDS)
    )
    tenths = tuple(CalibrationRow(0.1 * place, 0.1 * place + 0.1, 0.05 * place, rate(30, place)) for place in range(4))
    figures = (0.71, 0.3, 0.42, 0.05) if known else (None, None, None, None)
    return Segment(name, rate(400, 10), *figures, tenths if known else (), bands, "" if known else "no bads")


@cache
def evaluation() -> Evaluation:
    """An evaluation with gaps: nobody thick is bad, one difference is not known."""
    figures = tuple(
        VariantFigures(variant, name, None if name == "thick" else 0.7 + 0.01 * place, 0.3, 0.4, 640.5)
        for name in ("all", "thin", "thick")
        for place, variant in enumerate(VARIANTS)
    )
    differences = tuple(
        Difference(variant, "without", name, *numbers)
        for name in ("all", "thin")
        for variant, numbers in (
            ("with", (0.012, 0.004, 0.021, False)),
            ("association", (-0.002, -0.01, 0.006, True)),
            ("pagerank", (None, None, None, None)),
        )
    )
    verdict = Uplift(120, 9, 0.0004, -0.001, 0.002, False, "On thin files the interval of the uplift includes zero.")
    row = GroupFigures("north & <south>", 200, 90, 0.45, 0.75, rate(200, 6), 0.03, None, ())
    return Evaluation(
        format="renmai-evaluation-1",
        headline="On thin files the interval of the uplift includes zero.",
        run_id="20260101-0123456789abcdef",
        as_of="2026-01-01T00:00:00+00:00",
        rule="vouch",
        policy="00",
        horizon="12m",
        until="2027-01-01T00:00:00+00:00",
        observed_until=None,
        complete=False,
        outcomes=OutcomeCounts(30, 10, 5, 5, 5, 5, 0),
        seed=7,
        draws=1000,
        resampling="paired bootstrap of persons",
        probability="the score calibrated on these very outcomes",
        uplift=verdict,
        segments=(segment("all"), segment("thin"), segment("thick", known=False)),
        variants=figures,
        curves=tuple(Curve(name, "all", ((0.0, 0.0), (0.2, 0.6), (1.0, 1.0))) for name in VARIANTS),
        differences=differences,
        drift=Drift("r", "Against one.", {"all": 0.01, "thin": None}, {"age": 0.2}, (DriftRow("age", "0", 0.5, 0.4),)),
        groups=Groups("region", 600, "a card", 30, (row,), 2, 3, ("north & <south>",), ""),
        notes=("Outcomes do not reach the end of the horizon.",),
    )  # fmt: skip


@cache
def backtest() -> Backtest:
    """Two dates, the first without figures."""
    none = Uplift(0, 0, None, None, None, False, "No bads.")
    some = Uplift(90, 12, 0.01, 0.002, 0.02, True, "Shown.")
    rows = (
        BacktestRow(
            "2025-01-01T00:00:00+00:00", "2026-01-01", True, 0, 0, None, None, None, None, None, none, "nobody"
        ),
        BacktestRow("2025-04-01T00:00:00+00:00", "2026-04-01", False, 90, 12, 0.7, 0.3, 0.69, 0.66, 0.65, some, ""),
    )
    return Backtest("f", "Shown at one of two dates.", "12m", "3m", 7, 500, "paired bootstrap", "00", rows, ())


@cache
def attacks() -> AttackReport:
    """Two attacks under three rules; vouch yields nothing to one of them."""

    def row(attack: str, rule: str, gain: float, loss: float) -> AttackRow:
        return AttackRow(attack, rule, 50, gain, gain, 50 * gain, 350, 350, None, 400, 3, loss, loss / 9, loss, 12_345,
                         5_000_000, 24, 1, 50, 3.5, 0.0, None, "a note")  # fmt: skip

    rows = [row("ring_fresh", rule, gain, -gain / 7) for rule, gain in zip(RULES, (0.0, 7.5, 61.25), strict=True)]
    rows += [row("griefing", rule, -gain, -gain) for rule, gain in zip(RULES, (1e-15, 2.5, 0.004), strict=True)]
    rows.append(row("ring_fresh", CONSTANTS, 0.3, -0.1))
    told = {"ring_fresh": "Fifty fresh accounts pay each other.", "griefing": "Bad payers flood a holder."}
    promises = (Promise("ring_fresh", "nobody gains", "0 points"),)
    return AttackReport(
        "20260101-0123456789abcdef", "2026-01-01", 7, "CNY", 2, RULES, told, 12.5, tuple(rows), promises
    )


@cache
def model_card() -> ModelCard:
    """A card with two sections and a table."""
    table = CardTable(("figure", "value"), (("AUC", "0.71"), ("persons", "400")))
    return ModelCard(
        "Model card of a run",
        "20260101-0123456789abcdef",
        "2026-01-01T00:00:00+00:00",
        (CardSection("Purpose", ("To score <people>.",)), CardSection("Figures", (), (table, table))),
    )


@cache
def pages() -> dict[str, str]:
    """One page of each kind."""
    return {
        "report": report_page(town(), "nina"),
        "ego": ego_page(town(), "nina"),
        "evaluation": evaluation_page(evaluation()),
        "backtest": backtest_page(backtest()),
        "attacks": attack_page(attacks()),
        "card": card_page(model_card()),
        "letter": letter_page(explain(town(), "nina", audience="consumer")),
        "letter-zh": letter_page(explain(town(), "nina", audience="consumer", language="zh")),
    }
