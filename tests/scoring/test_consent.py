"""Does withdrawing a consent ever pay? The whole way from profile and payments to the score, all constants fixed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.credit_graph import CreditGraph
from graph.payments import DAY, Payments
from graph.propagation import propagate
from graph.ties import EPOCH, ties
from loaders.contract import DIMENSION_SOURCE, DIMENSIONS, SOURCES
from loaders.features import features
from scoring.combination import ScoreTable, combine, weights
from scoring.config import Config
from scoring.tabular.portfolio import Assessment, Constants, assess
from tests.scoring.snapshots import AS_OF, snapshot

CONFIG = Config()
NAMES = ("ann", "bob", "dan", "sam", "zoe")
FINANCE_ONLY = tuple(source for source in SOURCES if source != "connections")
Dice = np.random.Generator
Cells = dict[str, Any]


@dataclass
class World:
    """A random portfolio: profiles, opening days, withheld sources, payments, severities and given constants."""

    profiles: dict[str, Cells]
    opened: dict[str, date]
    withheld: dict[str, set[str]]
    payments: Payments
    severity: np.ndarray[Any, Any]
    constants: Constants

    def scored(self, withheld: dict[str, set[str]]) -> tuple[Assessment, ScoreTable]:
        """Score everybody under these consents."""
        who = assess(snapshot(self.profiles, withheld=withheld, opened=self.opened), CONFIG, self.constants)
        credit = CreditGraph.from_ties(who.holders.to_pylist(), ties(self.payments, who.scale, AS_OF, CONFIG.ties))
        flow = propagate(
            credit,
            who.evidence,
            who.months,
            severity=self.severity,
            lift_allowed=who.lift_allowed,
            distress_allowed=who.distress_allowed,
            scale_withheld=who.scale_withheld,
            parameters=CONFIG.propagation,
            threads=1,
        )
        return who, combine(who, flow.vouch.standing, flow.distress.distress, CONFIG)


def cell(dice: Dice, low: float, high: float, whole: bool) -> float | int | None:
    """Draw a blank, an end of the range or something between."""
    kind = dice.choice(4)
    if kind == 0:
        return None
    place = (0.0, dice.random() ** 3, 1.0)[kind - 1]
    drawn = low + place * (high - low)
    return round(drawn) if whole else drawn


def profile(dice: Dice, columns: dict[str, bool], *, broke: bool) -> Cells:
    """Draw the cells of a holder; some have no profile, and who is broke has nothing to lose but history and scale."""
    cells: Cells = {}
    if dice.random() < 0.1:
        return dict.fromkeys((name for name, used in columns.items() if used))
    for feature in features():
        if columns[feature.name]:
            drawn = cell(dice, feature.low, feature.high, feature.type != "number")
            cells[feature.name] = bool(drawn) if feature.type == "boolean" and drawn is not None else drawn
    for dimension in DIMENSIONS:
        if columns[dimension]:
            lost = broke and DIMENSION_SOURCE[dimension] == "finance"
            cells[dimension] = 0.0 if lost else cell(dice, 0, 1, whole=False)
    if columns["history_months"]:
        cells["history_months"] = [None, 0, 2, 9, 40, 300][dice.choice(6)]
    if columns["spending_scale"]:
        cells["spending_scale"] = [None, 1_000, 50_000, 5_000_000][dice.choice(4)]
    return cells


def payments(dice: Dice) -> Payments:
    """Draw monthly habits between random pairs."""
    rows = []
    now = (AS_OF - EPOCH) // timedelta(microseconds=1)
    for _ in range(dice.integers(4, 13)):
        payer, payee = dice.choice(len(NAMES), 2, replace=False)
        amount, days = int(10 ** dice.uniform(2, 7)), dice.integers(1, 4)
        for month in range(dice.integers(1, 12)):
            rows += [(now - (30 * month + 1 + 5 * int(day)) * DAY, payer, payee, amount) for day in range(days)]
    at, payer, payee, gross = (np.array(column, np.int64) for column in zip(*sorted(rows), strict=True))
    net = gross * (dice.random(len(gross)) < 0.9)
    plain = dice.random(len(gross)) < 0.3
    return Payments(
        pa.array(NAMES, pa.string()),
        *(payer.astype(np.int32), payee.astype(np.int32), at, plain, gross, net, {}),
    )


def world(seed: int) -> World:
    """Draw a portfolio from a seed; each column is there or not for everybody."""
    dice = np.random.default_rng(seed)
    density = dice.choice([0.0, 0.2, 0.7, 1.0])
    columns = {feature.name: bool(dice.random() < density) for feature in features()}
    columns |= {name: bool(dice.random() < 0.5) for name in (*DIMENSIONS, "history_months", "spending_scale")}
    opened = {name: AS_OF.date() - timedelta(days=int(dice.integers(0, 3000))) for name in NAMES if dice.random() < 0.7}
    withheld = {name: {source for source in SOURCES if dice.random() < 0.15} for name in NAMES}
    broke = dice.random() < 0.5
    if broke:
        columns |= {"credit_history": True, "ability": True}
    quartiles = {name: float(dice.random()) for name in DIMENSIONS}
    return World(
        profiles={name: profile(dice, columns, broke=broke) for name in NAMES},
        opened=opened,
        withheld=withheld,
        payments=payments(dice),
        severity=np.where(dice.random(len(NAMES)) < 0.6, dice.random(len(NAMES)), 0.0),
        constants=Constants(float(dice.random()), float(10 ** dice.uniform(3, 6)), quartiles),
    )


SEEDS = st.integers(0, 2**63 - 1)


@settings(max_examples=500, deadline=None)
@given(SEEDS, st.sampled_from(NAMES))
def test_no_withdrawal_but_of_connections_raises_ones_score(seed: int, name: str) -> None:
    """Whatever is there, ready-made, featured or nothing, and whatever the graph says, withdrawing never pays."""
    town, place = world(seed), NAMES.index(name)
    before = town.scored(town.withheld)[1].score[place]
    for source in FINANCE_ONLY:
        withheld = {**town.withheld, name: town.withheld[name] | {source}}
        assert (source, town.scored(withheld)[1].score[place]) <= (source, before)


@settings(max_examples=100, deadline=None)
@given(SEEDS, st.sampled_from(NAMES))
def test_withdrawing_connections_pays_at_most_the_distress_it_ends(seed: int, name: str) -> None:
    """The one exception is bounded: at most 600 w ρ μ points, and the rounding of one."""
    town, place = world(seed), NAMES.index(name)
    who, table = town.scored(town.withheld)
    after = town.scored({**town.withheld, name: town.withheld[name] | {"connections"}})[1]
    most = 600 * weights(who.credibility, CONFIG)[place, 4] * CONFIG.score.rho * CONFIG.propagation.fallback
    assert after.score[place] - table.score[place] <= most + 1


@settings(max_examples=100, deadline=None)
@given(SEEDS, st.sampled_from(NAMES), st.permutations(FINANCE_ONLY))
def test_withdrawing_one_after_another_never_pays_on_the_way(seed: int, name: str, order: list[str]) -> None:
    """Every step of a holder that takes back everything lowers its score or leaves it."""
    town, place = world(seed), NAMES.index(name)
    withheld, scores = set(town.withheld[name]), []
    for source in ["", *order]:
        withheld |= {source} - {""}
        scores.append(int(town.scored({**town.withheld, name: withheld})[1].score[place]))
    assert scores == sorted(scores, reverse=True)


def test_who_withholds_everything_and_vouched_for_nobody_gets_350() -> None:
    """Without any consent nothing speaks for a holder."""
    town = world(1)
    withheld = {name: set(SOURCES) for name in NAMES}
    assert town.scored(withheld)[1].score.tolist() == [350] * len(NAMES)


def test_withheld_cells_are_not_read() -> None:
    """Without consent, any two values of a cell give the same bits."""
    results = []
    for share in (0.1, 0.9):
        cells: Cells = dict.fromkeys(DIMENSIONS, share) | {"history_months": 100 * share}
        cells |= {"spending_scale": int(10_000 * share)}
        snap = snapshot({"ann": cells}, withheld={"ann": set(SOURCES)})
        found = assess(snap, CONFIG)
        results.append((found.dimensions.tolist(), found.evidence.tolist(), found.months.tolist(), found.constants))
    assert results[0] == results[1]


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_a_ready_made_dimension_has_the_source_of_its_dimension(dimension: str) -> None:
    """Withholding one source takes the dimensions of that source and no other."""
    source = DIMENSION_SOURCE[dimension]
    found = assess(snapshot({"ann": dict.fromkeys(DIMENSIONS, 0.5)}, withheld={"ann": {source}}), CONFIG)
    lost = {name for name, share in zip(DIMENSIONS, found.dimensions[0], strict=True) if share == 0}
    assert lost == {name for name in DIMENSIONS if DIMENSION_SOURCE[name] == source}
