"""Which band and which benefits does a score have?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from scoring.bands import band_of
from scoring.benefits import benefits, without_bad_record
from scoring.config import Config
from tests.scoring.snapshots import snapshot

CONFIG = Config()


@pytest.mark.parametrize(
    ("band", "lowest", "highest"),
    [
        ("poor", 350, 549),
        ("medium", 550, 599),
        ("good", 600, 649),
        ("very good", 650, 699),
        ("excellent", 700, 950),
    ],
)
def test_a_band_holds_its_lowest_and_highest_score(band: str, lowest: int, highest: int) -> None:
    """Bands begin at 350, 550, 600, 650 and 700; the last ends with 950."""
    assert band_of([lowest, highest], CONFIG).to_pylist() == [band, band]


def test_every_score_has_a_band() -> None:
    """No score from 350 to 950 falls between two bands."""
    assert band_of(list(range(350, 951)), CONFIG).null_count == 0


@pytest.mark.parametrize(
    ("name", "threshold"),
    [
        *[("recycling", 580), ("consumer loan", 600), ("rental without deposit", 600), ("hotel", 600)],
        *[("item rental", 600), ("try first pay later", 650), ("dining", 650), ("car rental", 651)],
        *[("premium loan", 700), ("Singapore visa", 700), ("premium rental", 750), ("Luxembourg visa", 750)],
    ],
)
def test_a_benefit_opens_at_its_threshold(name: str, threshold: int) -> None:
    """One point below it is not reached and one point is missing; "above 650" is 651."""
    below, at = (
        next(status for status in benefits(score, True, CONFIG) if status.name == name)
        for score in (threshold - 1, threshold)
    )
    assert (below.reached, below.missing, at.reached, at.missing) == (False, 1, True, 0)


def test_a_bad_record_closes_hotel_and_car_rental_alone() -> None:
    """With all points, only what asks for a clean record is closed."""
    closed = [status.name for status in benefits(950, False, CONFIG) if not status.reached]
    assert closed == ["hotel", "car rental"]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), False),
        (datetime(2024, 1, 1, tzinfo=UTC), False),
        (datetime(2024, 1, 1, tzinfo=UTC) - timedelta(microseconds=1), True),
    ],
)
def test_a_bad_record_fades_after_24_calendar_months(at: datetime, expected: bool) -> None:
    """An outcome known exactly 24 months ago still counts; a microsecond earlier it does not."""
    snap = snapshot({"ann": {}}, outcomes=[("ann", at)])
    assert without_bad_record(pa.array(["ann"]), snap, 24).tolist() == [expected]


def test_an_outcome_marks_its_holder_alone() -> None:
    """Others keep a clean record, outcomes of non-persons mark nobody."""
    snap = snapshot({"ann": {}, "bob": {}}, outcomes=[("bob", datetime(2025, 6, 1, tzinfo=UTC))] * 2)
    assert without_bad_record(pa.array(["ann", "bob"]), snap, 24).tolist() == [True, False]
