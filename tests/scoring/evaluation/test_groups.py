"""Are groups compared by their definitions, and can no small group be read off?"""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from loaders.errors import UsageError
from scoring.evaluation.groups import NOBODY, People, Selection, merged, monitor
from scoring.evaluation.membership import group_of, refuse_scored
from scoring.evaluation.monitoring import Monitoring
from scoring.evaluation.study import evaluate
from tests.scoring.evaluation.planted import Scored

SELECTION = Selection(600, "", no_bad_record=False)


def people(groups: dict[str, int], seed: int = 7) -> People:
    """Persons of groups of these sizes, with scores, outcomes and probabilities at random."""
    dice = np.random.default_rng(seed)
    names = np.array([name for name, size in groups.items() for _ in range(size)], object)
    many = len(names)
    score = dice.integers(500, 700, many)
    return People(names, score, dice.random(many) < 0.2, np.ones(many, bool), dice.random(many))


def test_the_impact_ratio_is_of_selection_rates() -> None:
    """Selected are those from the threshold on; the ratio is over the highest rate; under four fifths is adverse."""
    score = np.array([700] * 40 + [500] * 10 + [700] * 15 + [500] * 35)
    names = np.array(["x"] * 50 + ["y"] * 50, object)
    found = monitor("region", People(names, score, score < 600, np.ones(100, bool), None), SELECTION, least=30)
    assert [(row.selected, row.selection_rate) for row in found.rows] == [(40, 0.8), (15, 0.3)]
    assert [row.impact_ratio for row in found.rows] == pytest.approx([1.0, 0.375])
    assert found.adverse == ("y",)


def test_a_bad_record_closes_a_benefit_that_wants_none() -> None:
    """For a benefit without bad record, those who have one are not selected."""
    names, score = np.array(["x"] * 40, object), np.full(40, 700)
    clean = np.arange(40) < 10
    who = People(names, score, np.zeros(40, bool), clean, None)
    rates = [monitor("r", who, Selection(600, "hotel", want), least=1).rows[0].selection_rate for want in (True, False)]
    assert rates == [0.25, 1.0]


@pytest.mark.parametrize("seed", range(20))
def test_no_figure_is_of_fewer_than_the_least(seed: int) -> None:
    """Whatever the sizes: every row has at least 30 persons, and what is hidden is of two groups or more."""
    dice = random.Random(seed)
    sizes = {f"g{number}": dice.choice([1, 3, 12, 29, 30, 31, 80]) for number in range(dice.randrange(1, 7))}
    found = monitor("g", people(sizes), SELECTION, least=30)
    assert all(row.persons >= 30 for row in found.rows)
    shown = {row.group for row in found.rows if not row.group.startswith("(other")}
    hidden = {name for name in sizes if name not in shown}
    assert found.hidden == len(hidden)
    assert len(hidden) != 1 or len(sizes) == 1
    rest = sum(sizes.values()) - sum(sizes[name] for name in shown)
    assert rest == 0 or rest >= 30 or not shown
    assert all(sizes[name] >= 30 for name in shown)


def test_a_single_small_group_takes_the_next_one_with_it() -> None:
    """One hidden group alone could be had by subtraction, so the smallest one shown joins it."""
    assert merged({"a": 500, "b": 60, "c": 5}, 30) == {"b", "c"}
    assert merged({"a": 500, "b": 60, "c": 5, "d": 29}, 30) == {"c", "d"}
    assert merged({"a": 500, "b": 60, "c": 5, "d": 9}, 30) == {"b", "c", "d"}


def test_calibration_of_a_group_hides_small_rows() -> None:
    """No row of a group's calibration is of fewer than the least, when probabilities differ."""
    found = monitor("g", people({"a": 200, "b": 100}), SELECTION, least=30)
    assert all(cell.observed.persons >= 30 for row in found.rows for cell in row.calibration)
    assert [len(row.calibration) for row in found.rows] == [5, 3]


@pytest.mark.parametrize("column", ["credit_history", "Degree", "on_time_rate", "spending_scale", "known_at"])
def test_a_column_that_enters_a_score_is_refused(column: str) -> None:
    """Features, ready-made dimensions and what stands beside them are no groups."""
    with pytest.raises(UsageError, match="enters the score"):
        refuse_scored(column)


def test_a_person_with_two_groups_has_none() -> None:
    """Accounts of one holder that contradict each other give it no group; blanks and strangers count for nothing."""
    frame = pd.DataFrame({"account_id": ["a1", "a2", "b1", "c1", "zz"], "region": ["n", "s", " n ", "", "n"]})
    accounts = pa.table({"account_id": ["a1", "a2", "b1", "c1"], "holder_id": ["a", "a", "b", "c"]})
    found = group_of(frame, "region", pa.array(["a", "b", "c", "d"]), accounts)
    assert found.tolist() == [NOBODY, "n", NOBODY, NOBODY]


def test_ids_keep_their_zeros(tmp_path: Path) -> None:
    """Ids and groups of a CSV are text: 007 is not 7, and a group called 01 keeps its name."""
    path = tmp_path / "groups.csv"
    path.write_text('holder_id,region\n007,01\n"8",""\n')
    found = group_of(path, "region", pa.array(["007", "7", "8"]), pa.table({"account_id": [], "holder_id": []}))
    assert found.tolist() == ["01", NOBODY, NOBODY]


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "no table of groups"), ("who,region\n1,2\n", "holder_id or account_id"), ("holder_id\n1\n", "'region'")],
)
def test_a_file_without_the_columns_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """A file that can't be used is told in a sentence that names what is needed."""
    path = tmp_path / "groups.csv"
    path.write_text(text)
    with pytest.raises(UsageError, match=said):
        group_of(path, "region", pa.array(["1"]), pa.table({"account_id": ["1"], "holder_id": ["1"]}))


def test_groups_of_a_run_add_up(helping: Scored) -> None:
    """The groups of an evaluation hold every person once, those without a group too."""
    names = helping.frames["accounts"]["account_id"]
    frame = pd.DataFrame({"account_id": names[:400], "region": ["n", "s"] * 200})
    found = evaluate(helping.run, helping.frames["outcomes"], group=Monitoring(frame, "region"), draws=5).groups
    assert found is not None
    assert sum(row.persons for row in found.rows) == len(names)
    assert found.unknown == 80 and {row.group for row in found.rows} == {"n", "s", NOBODY}


@pytest.mark.parametrize("group", [Monitoring("x.csv", "ability"), Monitoring("x.csv", "region", least=0)])
def test_monitoring_is_refused_before_anything_is_read(helping: Scored, group: Monitoring) -> None:
    """A scored column, or a least size of nobody, ends in a usage error though the file is not there."""
    with pytest.raises(UsageError, match=r"enters the score|at least 1"):
        evaluate(helping.run, helping.frames["outcomes"], group=group)


def test_an_unknown_benefit_is_refused(helping: Scored) -> None:
    """The sentence names the benefits of the policy."""
    frame = pd.DataFrame({"account_id": ["t000"], "region": ["n"]})
    with pytest.raises(UsageError, match="consumer loan"):
        evaluate(helping.run, helping.frames["outcomes"], group=Monitoring(frame, "region", benefit="yacht"))


def test_equal_probabilities_make_no_small_row() -> None:
    """Rows that ties of the probability leave small join a neighbour, so none is of fewer than the least."""
    who = people({"a": 100})
    likely = np.array([0.1] * 94 + [0.2] * 3 + [0.9] * 3)
    found = monitor("g", replace(who, probability=likely), SELECTION, least=30)
    assert [cell.observed.persons for cell in found.rows[0].calibration] == [100]
    two = np.array([0.1] * 10 + [0.2] * 50 + [0.9] * 40)
    found = monitor("g", replace(who, probability=two), SELECTION, least=30)
    assert [cell.observed.persons for cell in found.rows[0].calibration] == [60, 40]
