"""Is each dimension what the method says: ready-made, from points, or standing in for what is missing?"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.asof import Snapshot
from loaders.contract import DIMENSIONS
from loaders.errors import RenmaiError, UsageError
from loaders.features import features
from scoring.config import Config, Score
from scoring.scorecard.card import MISSING, SILENT, WITHHELD
from scoring.tabular.dimensions import ORIGINS
from scoring.tabular.portfolio import Assessment, Constants, assess, weighted_mean
from tests.scoring.snapshots import snapshot

CONFIG = Config()
Cells = dict[str, Any]
READY = dict.fromkeys(DIMENSIONS, 0.5)
FINANCE_ABILITY = ("mean_balance", "money_market", "wealth_products", "income_stability", "credit_limit")
WORST = {feature.name: feature.low if feature.direction == "up" else feature.high for feature in features()}
BEST = {feature.name: feature.high if feature.direction == "up" else feature.low for feature in features()}


def value(snap: Snapshot, holder: str, dimension: str, constants: Constants | None = None) -> float:
    found = assess(snap, CONFIG, constants)
    return float(found.dimensions[found.holders.to_pylist().index(holder), DIMENSIONS.index(dimension)])


def origin(found: Assessment, holder: str, dimension: str) -> str:
    return ORIGINS[found.origin[found.holders.to_pylist().index(holder), DIMENSIONS.index(dimension)]]


def bin_of(snap: Snapshot, holder: str, feature: str) -> int:
    bins = assess(snap, CONFIG).bins
    assert bins is not None
    return int(bins[feature][bins["holder_id"].to_pylist().index(holder)].as_py())


def test_the_worst_of_everything_is_0_and_the_best_is_1() -> None:
    """Every dimension runs from exactly 0 to exactly 1, and so does their mean."""
    found = assess(snapshot({"best": BEST, "worst": WORST}), CONFIG)
    assert found.dimensions.tolist() == [[1.0] * 4, [0.0] * 4]
    assert found.tabular.tolist() == [1.0, 0.0]


def test_a_dimension_is_points_over_the_best_points() -> None:
    """Identity document (30 of 30) and a bachelor's degree (8 of 10) of 100 best points: 0.38 of them asked for."""
    cells = {"id_document": True, "degree": 2} | {name: WORST[name] for name in ("work_email", "address_months")}
    assert value(snapshot({"ann": cells}), "ann", "identity") == 38 / 100


def test_a_ready_made_cell_takes_precedence_over_features() -> None:
    """Who has a ready-made value keeps it; who has a blank one gets the scorecard's."""
    snap = snapshot({"ann": {"identity": 0.9, "id_document": True}, "bob": {"identity": None, "id_document": True}})
    assert (value(snap, "ann", "identity"), value(snap, "bob", "identity")) == (0.9, 0.30)
    found = assess(snap, CONFIG)
    assert (origin(found, "ann", "identity"), origin(found, "bob", "identity")) == ("ready_made", "scorecard")


def test_ready_made_columns_take_precedence_one_by_one() -> None:
    """A ready-made ability leaves identity to its features."""
    found = assess(snapshot({"ann": {"ability": 0.4, "id_document": True}}), CONFIG)
    assert (origin(found, "ann", "ability"), origin(found, "ann", "identity")) == ("ready_made", "scorecard")


def test_a_withheld_ready_made_value_counts_as_the_worst() -> None:
    """Without consent of finance, ready-made credit history and ability are 0; the others stay."""
    found = assess(snapshot({"ann": READY}, withheld={"ann": {"finance"}}), CONFIG)
    assert found.dimensions.tolist() == [[0.0, 0.0, 0.5, 0.5]]
    assert origin(found, "ann", "ability") == "withheld"


def test_a_withheld_feature_counts_as_its_worst_bin() -> None:
    """Without consent of public records, a clean court record earns what the worst one earns."""
    clean, bad = dict(BEST), dict(BEST) | {"court_enforcements": 1000}
    without = value(snapshot({"ann": clean}, withheld={"ann": {"public_records"}}), "ann", "credit_history")
    assert without == value(snapshot({"ann": bad}), "ann", "credit_history")


def test_each_way_of_having_no_value_has_its_own_code() -> None:
    """Not known, consent withheld, and not supplied by the holder are told apart for the explanation."""
    cells: dict[str, Any] = {"mean_balance": 5, "money_market": None, "home": None}
    granted, withheld = snapshot({"ann": cells}), snapshot({"ann": cells}, withheld={"ann": {"finance"}})
    actual = (
        bin_of(granted, "ann", "money_market"),
        bin_of(granted, "ann", "home"),
        bin_of(withheld, "ann", "mean_balance"),
    )
    assert actual == (MISSING, SILENT, WITHHELD)


def test_a_missing_feature_earns_the_points_for_missing() -> None:
    """A feature that is blank, or whose column the input lacks, has a bin of its own."""
    card = CONFIG.card
    expected = sum(card.feature(name).missing for name in FINANCE_ABILITY[1:]) + card.feature("mean_balance").best
    blank = snapshot({"ann": {"mean_balance": 10**15, "money_market": None}})
    lacking = snapshot({"ann": {"mean_balance": 10**15}})
    assert (value(blank, "ann", "ability"), value(lacking, "ann", "ability")) == (expected / 100, expected / 100)


def test_a_dimension_of_which_nothing_is_there_takes_the_lower_quartile() -> None:
    """Of 0.2, 0.4, 0.6, 0.8 the lower quartile is 0.35; it stands in for a blank value and for no profile at all."""
    profiles = {f"p{place}": {"behaviour": share} for place, share in enumerate((0.2, 0.4, 0.6, 0.8))}
    snap = snapshot({**profiles, "blank": {"behaviour": None}, "none": {}})
    actual = [value(snap, holder, "behaviour") for holder in ("blank", "none")]
    assert actual == pytest.approx([0.35, 0.35], abs=1e-15)


def test_quartiles_are_taken_over_values_that_may_be_read() -> None:
    """A withheld value is no value of the portfolio: it moves nobody else's stand-in."""
    profiles = {"ann": {"behaviour": 0.4}, "bob": {"behaviour": 0.8}, "dan": {"behaviour": 1.0}, "none": {}}
    snap = snapshot(profiles, withheld={"dan": {"ecommerce"}})
    assert value(snap, "none", "behaviour") == pytest.approx(0.5, abs=1e-15)


def test_nobody_has_the_dimension_takes_the_fallback() -> None:
    """A dimension the portfolio does not know is the configured value for everyone."""
    assert value(snapshot({"ann": {"ability": 0.5}}), "ann", "identity") == CONFIG.score.missing_fallback


def test_withholding_what_is_not_there_counts_as_the_worst() -> None:
    """Nothing there and no consent is 0, not the quartile: an empty cell that may not be read looks like a full one."""
    snap = snapshot({"ann": {"behaviour": 0.4}, "bob": {"behaviour": None}}, withheld={"bob": {"ecommerce"}})
    assert value(snap, "bob", "behaviour") == 0.0


def test_silence_about_everything_does_not_pay() -> None:
    """Who supplies nothing of its identity gets what its bins give, 0, not the portfolio's quartile."""
    snap = snapshot({"ann": BEST, "quiet": {"id_document": None, "mean_balance": 100}})
    assert value(snap, "quiet", "identity") == 0.0


def test_a_stand_in_is_never_above_what_the_bins_give() -> None:
    """Nothing of ability may be read, home and vehicle are not supplied: the lower of quartile and bins counts."""
    snap = snapshot({"ann": {"mean_balance": 10**15}, "quiet": {"id_document": True}})
    card = CONFIG.card
    bins = sum(card.feature(name).missing for name in FINANCE_ABILITY) / 100
    for quartile, expected in ((0.9, bins), (0.01, 0.01)):
        constants = Constants(0.5, 200_000.0, dict.fromkeys(DIMENSIONS, quartile))
        assert value(snap, "quiet", "ability", constants) == expected


def test_history_months_beside_ready_made_columns_put_no_scorecard_to_use() -> None:
    """Months of history are n; alone they say nothing of credit history, and the quartile stands in for a blank."""
    snap = snapshot({"ann": {"credit_history": 0.8, "history_months": 5}, "bob": {"history_months": 90}})
    assert value(snap, "bob", "credit_history") == 0.8
    assert assess(snap, CONFIG).bins is None


def test_given_constants_are_used_as_they_are() -> None:
    """Mean, median and quartiles of an earlier run replace the portfolio's own."""
    constants = Constants(0.123, 777.0, dict.fromkeys(DIMENSIONS, 0.25))
    found = assess(snapshot({"ann": {"behaviour": 1.0}}), CONFIG, constants)
    assert found.constants == constants
    assert (found.evidence.tolist(), found.scale.tolist()) == ([0.123], [777.0])


def test_constants_survive_json_to_the_bit() -> None:
    """What a manifest keeps is what was computed."""
    import json

    constants = assess(snapshot({"ann": {"ability": 1 / 3}, "bob": {"ability": 0.1}}), CONFIG).constants
    assert Constants.from_json(json.loads(json.dumps(constants.to_json()))) == constants


def test_the_tabular_value_weighs_35_25_20_15() -> None:
    """The tabular value is the weighted mean of the four tabular dimensions."""
    cells = dict(zip(DIMENSIONS, (0.8, 0.6, 0.4, 0.2), strict=True))
    expected = (35 * 0.8 + 25 * 0.6 + 20 * 0.4 + 15 * 0.2) / 95
    assert assess(snapshot({"ann": cells}), CONFIG).tabular.tolist() == pytest.approx([expected], abs=1e-15)


def test_evidence_is_the_tabular_value_shrunk_towards_the_mean() -> None:
    """Evidence is z e + (1 − z) m with z = n / (n + 6) and m over persons alone."""
    profiles: dict[str, Any] = {
        "old": {**dict.fromkeys(DIMENSIONS, 0.9), "history_months": 6},
        "new": dict.fromkeys(DIMENSIONS, 0.5),
    }
    found = assess(snapshot(profiles, others=("acme",)), CONFIG)
    assert found.holders.to_pylist() == ["new", "old"]
    assert found.evidence.tolist() == pytest.approx([0.7, 0.5 * 0.9 + 0.5 * 0.7], abs=1e-15)


@pytest.mark.parametrize(
    ("opened", "expected"),
    [(None, 0), (date(2026, 1, 1), 0), (date(2025, 12, 3), 0), (date(2025, 12, 2), 1), (date(2025, 1, 6), 12)],
)
def test_without_history_months_n_is_the_age_of_the_oldest_account(opened: date | None, expected: int) -> None:
    """Whole 30-day months since opening; no day of opening is no history."""
    found = assess(snapshot({"ann": READY}, opened={"ann": opened} if opened else {}), CONFIG)
    assert found.months.tolist() == [expected]


def test_months_are_counted_in_utc_days_wherever_as_of_is_written() -> None:
    """07:30 in Shanghai is the evening before in UTC: the 30th day is not over."""
    shanghai = datetime(2026, 1, 1, 7, 30, tzinfo=timezone(timedelta(hours=8)))
    opened = {"ann": date(2025, 12, 2)}
    found = [
        assess(replace(snapshot({"ann": READY}, opened=opened), as_of=moment), CONFIG).months.tolist()
        for moment in (shanghai, shanghai.astimezone(UTC))
    ]
    assert found == [[0], [0]]


def test_history_months_come_before_the_accounts_age() -> None:
    """What the profile says counts; withheld, it counts as none, and an old account does not make up for it."""
    profiles: dict[str, Cells] = {
        "ann": {"history_months": 40},
        "bob": {"history_months": 40},
        "dan": {"history_months": None},
    }
    opened = dict.fromkeys(profiles, date(2025, 1, 6))
    found = assess(snapshot(profiles, opened=opened, withheld={"bob": {"finance"}}), CONFIG)
    assert found.months.tolist() == [40, 0, 12]


def test_the_spending_scale_is_the_profiles_or_the_median_of_those_read() -> None:
    """The median is taken over scales that may be read; it serves the blank and the withheld ones."""
    profiles = {name: {"spending_scale": scale} for name, scale in zip("abcd", (100, 300, 900, None), strict=True)}
    found = assess(snapshot(profiles, withheld={"c": {"finance"}}), CONFIG)
    assert found.scale.tolist() == [100, 300, 200, 200]
    assert found.scale_withheld.tolist() == [False, False, True, False]


def test_without_any_spending_scale_it_is_the_configs() -> None:
    """Never derived from the transfers being scored."""
    config = Config(score=Score(spending_scale=12_345))
    assert assess(snapshot({"ann": READY}), config).scale.tolist() == [12_345]


def test_consents_open_lift_and_distress() -> None:
    """Lift needs finance and connections, distress connections; without a table of consents all is granted."""
    names = ("all", "no_connections", "no_finance")
    profiles = dict.fromkeys(names, READY)
    found = assess(snapshot(profiles, withheld={"no_connections": {"connections"}, "no_finance": {"finance"}}), CONFIG)
    assert (found.lift_allowed.tolist(), found.distress_allowed.tolist()) == ([True, False, False], [True, False, True])
    free = assess(snapshot(profiles), CONFIG)
    assert free.lift_allowed.all()
    assert free.distress_allowed.all()


def test_no_row_of_consent_is_no_consent() -> None:
    """A holder the table of consents does not know has granted nothing."""
    snap = snapshot({"ann": READY, "bob": READY}, withheld={})
    assert snap.consents is not None
    found = assess(_with_consents(snap, snap.consents.slice(0, 1)), CONFIG)
    assert found.dimensions.tolist() == [[0.5] * 4, [0.0] * 4]


def _with_consents(snap: Snapshot, consents: Any) -> Snapshot:
    from dataclasses import replace

    return replace(snap, consents=consents)


def test_an_empty_portfolio_is_assessed_without_a_fault() -> None:
    """Nobody to score is no division by zero."""
    found = assess(snapshot({}), CONFIG)
    assert (len(found.holders), found.dimensions.shape) == (0, (0, 4))


@pytest.mark.parametrize(("share", "named"), [(math.nan, "bob"), (math.inf, "bob"), (1.5, "bob"), (-0.1, "bob")])
def test_a_value_that_is_no_share_is_refused_by_name(share: float, named: str) -> None:
    """NaN, infinity and shares outside 0 to 1 stop the run and name the holder."""
    with pytest.raises(RenmaiError, match=f"holder {named}: ability"):
        assess(snapshot({"ann": {"ability": 0.5}, "bob": {"ability": share}}), CONFIG)


def test_money_bins_of_another_currency_are_refused() -> None:
    """A scorecard of yuan does not judge balances in euro, but ready-made values need no scorecard."""
    config = Config.model_validate({"data": {"base_currency": "EUR"}})
    with pytest.raises(UsageError, match=r"bins of CNY for mean_balance, but data\.base_currency is EUR"):
        assess(snapshot({"ann": {"mean_balance": 5}}), config)
    assert assess(snapshot({"ann": READY}), config).tabular.tolist() == [0.5]


@given(st.lists(st.tuples(*[st.floats(0, 1)] * 4), min_size=1, max_size=30))
def test_one_row_gives_the_bits_it_gives_in_a_batch(rows: list[tuple[float, ...]]) -> None:
    """The mean of a holder does not depend on who is scored beside it."""
    percent = CONFIG.score.weights.percent[:4]
    alone = [weighted_mean(np.array([row]), percent)[0] for row in rows]
    assert weighted_mean(np.array(rows), percent).tolist() == alone
