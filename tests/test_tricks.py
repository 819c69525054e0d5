"""Does the work give the same without each trick? On tiny inputs; what a trick is worth is measured, never tested."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.asked import Asked
from benchmarks.switches import TRICKS
from benchmarks.trick import Trick, altered, same
from benchmarks.tricks import reading

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    return Asked(
        relations=(6_000,),
        scales=(8,),
        servers_relations=3_000,
        servers_accounts=150,
        data=tmp_path_factory.mktemp("tricks"),
    )


@pytest.mark.parametrize("trick", TRICKS, ids=lambda trick: trick.name)
def test_the_work_is_the_same_without_the_trick(trick: Trick, asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both works of a pair can be done, and give the same values to the bit."""
    monkeypatch.setattr(reading, "SMALL", (3_000, 150))
    with_it, without = trick.pair(asked)
    assert same(with_it(), without())


@pytest.mark.parametrize("trick", TRICKS, ids=lambda trick: trick.name)
def test_a_trick_is_told_in_a_line(trick: Trick) -> None:
    """Its file is there, and why it helps fits a cell of the table."""
    assert (ROOT / trick.file).is_file()
    assert 10 < len(trick.why) < 80


def test_no_two_tricks_have_one_name() -> None:
    """A line of the table is one trick."""
    assert len({trick.name for trick in TRICKS}) == len(TRICKS)


def test_a_twin_of_something_that_changed_is_refused() -> None:
    """A copy is made only of source that still says what is to be switched off, once."""
    with pytest.raises(LookupError, match=r"benchmarks\.trick\.same does not say once: no such line"):
        altered(same, ("no such line", "pass"))
