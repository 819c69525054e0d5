"""Does an evaluation find what was planted, and nothing that was not known?"""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from sklearn.metrics import roc_auc_score

import loaders
from loaders.errors import RenmaiError, UsageError
from scoring.batch.job import run
from scoring.evaluation.filing import document, encode, read_filed
from scoring.evaluation.followed import refuse_later_relations
from scoring.evaluation.study import evaluate
from tests.scoring.evaluation.planted import BACK, Scored, outcomes, planted

FEW = {"draws": 20}


def test_planted_connections_are_found(helping: Scored) -> None:
    """Where the good thin files are vouched for, the interval of the uplift is above zero, and the headline says so."""
    found = helping.evaluation
    assert found.uplift.low is not None and found.uplift.low > 0 and found.uplift.shown
    assert found.headline.startswith("On thin files connections add to the score")


def test_shuffled_connections_are_not(shuffled: Scored) -> None:
    """Where anybody is vouched for, the interval includes zero, and the first line of the report says so."""
    found = shuffled.evaluation
    assert found.uplift.low is not None and found.uplift.high is not None
    assert found.uplift.low <= 0 <= found.uplift.high and not found.uplift.shown
    assert found.headline.startswith("On thin files the interval of the uplift includes zero")
    assert list(found.to_dict())[1] == "headline"


def test_auc_is_of_the_published_scores_by_person(helping: Scored) -> None:
    """AUC equals scikit-learn's of the run's own scores, one row per person, for all, thin and thick files."""
    scores = helping.run.scores.drop_duplicates("holder_id")
    bad = scores["holder_id"].isin(helping.frames["outcomes"]["account_id"])
    parts = {"all": bad | True, "thin": scores["thin"], "thick": ~scores["thin"]}
    expected = [roc_auc_score(bad[here], -scores["score"][here]) for here in parts.values()]
    assert [part.auc for part in helping.evaluation.segments] == pytest.approx(expected, abs=1e-12)
    with_it = [row.auc for row in helping.evaluation.variants if row.variant == "with"]
    assert with_it == [part.auc for part in helping.evaluation.segments]


def test_without_is_the_tabular_score(helping: Scored) -> None:
    """The variant without the dimension has the AUC of e alone, in whole points."""
    scores = helping.run.scores
    bad = scores["holder_id"].isin(helping.frames["outcomes"]["account_id"])
    expected = roc_auc_score(bad, -np.floor(600 * scores["tabular"] + 0.5))
    actual = next(row.auc for row in helping.evaluation.variants if (row.variant, row.segment) == ("without", "all"))
    assert actual == pytest.approx(expected, abs=1e-9)


def test_nothing_later_than_as_of_moves_anything(helping: Scored, tmp_path: Path) -> None:
    """Payments after as_of, profiles after as_of and outcomes at or before it leave every figure as it was."""
    frames = planted(helps=True)
    later = frames["relations"].assign(
        relation_id="x" + frames["relations"]["relation_id"],
        at=(BACK + timedelta(days=30)).isoformat(),
        to_id=frames["outcomes"]["account_id"].iloc[0],
    )
    told = frames["profiles"].assign(known_at=(BACK + timedelta(seconds=1)).isoformat(), credit_history="0.0")
    grown = frames | {
        "relations": pd.concat([frames["relations"], later[later["from_id"] != later["to_id"]]]),
        "profiles": pd.concat([frames["profiles"], told]),
    }
    made = run(loaders.load(**grown), as_of=BACK, runs=tmp_path)
    assert made.table("scores").equals(helping.run.table("scores"))
    known = outcomes(frames["accounts"]["account_id"].tolist(), BACK - timedelta(days=400))
    known = pd.concat([known, known[:1].assign(at=BACK.isoformat())])
    before = evaluate(helping.run, frames["outcomes"])
    after = evaluate(made, pd.concat([frames["outcomes"], known]))
    assert (after.outcomes.at_or_before, after.outcomes.bad) == (len(known), before.outcomes.bad)
    assert (after.segments, after.variants, after.differences) == (before.segments, before.variants, before.differences)


def test_a_run_that_knew_its_future_is_refused(helping: Scored, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tie with a payment after as_of can't be, and is never evaluated."""
    ties = helping.run.table("ties")
    future = pa.array([BACK + timedelta(days=1)] * len(ties), ties["last_at"].type)
    monkeypatch.setattr(
        type(helping.run), "table", lambda *_: ties.set_column(ties.column_names.index("last_at"), "last_at", future)
    )
    with pytest.raises(RenmaiError, match="knew its own future"):
        refuse_later_relations(helping.run)


def test_the_horizon_ends_with_its_last_moment(helping: Scored) -> None:
    """A default at the end of twelve months counts, one a microsecond later does not."""
    last = BACK.replace(year=BACK.year + 1)
    frame = pd.DataFrame(
        {
            "account_id": ["t000", "t001"],
            "kind": "default",
            "severity": "1",
            "at": [last.isoformat(), (last + timedelta(microseconds=1)).isoformat()],
        }
    )
    found = evaluate(helping.run, frame, **FEW)
    assert (found.segments[0].observed.bad, found.outcomes.bad, found.outcomes.after) == (1, 1, 1)


def test_every_row_of_outcomes_is_accounted_for(helping: Scored) -> None:
    """Rows are bad, of another kind, too early, too late, not scored or rejected; they add up."""
    day = (BACK + timedelta(days=9)).isoformat()
    rows = [("t000", "default", day), ("t000", "court", day), ("t001", "overdue", day), ("zz", "default", day)]
    rows += [("t002", "default", (BACK - timedelta(days=1)).isoformat())]
    rows += [("t003", "default", (BACK + timedelta(days=500)).isoformat())]
    frame = pd.DataFrame([{"account_id": a, "kind": k, "severity": "1", "at": at} for a, k, at in rows])
    counts = evaluate(helping.run, frame, **FEW).outcomes
    assert (counts.rows, counts.bad, counts.other_kind, counts.at_or_before, counts.after) == (6, 2, 1, 1, 1)
    assert (counts.not_scored, counts.rejected) == (1, 0)


def test_a_horizon_that_outcomes_do_not_reach_is_told(helping: Scored) -> None:
    """Outcomes that end in spring say of a year's horizon that it is not fully observed."""
    frame = helping.frames["outcomes"]
    early = frame[pd.to_datetime(frame["at"]) < BACK + timedelta(days=90)]
    found = evaluate(helping.run, early, **FEW)
    assert not found.complete
    assert any("not fully observed" in note for note in found.notes)
    assert evaluate(helping.run, early, horizon="60d", **FEW).complete


@pytest.mark.parametrize("kind", ["nobody", "everybody"])
def test_one_class_gives_sentences_and_nulls(helping: Scored, kind: str) -> None:
    """Without bads, or without goods, figures are null with a reason, and the JSON holds no NaN."""
    names = [] if kind == "nobody" else helping.frames["accounts"]["account_id"].tolist()
    found = evaluate(helping.run, outcomes(names, BACK), **FEW)
    assert [part.auc for part in found.segments] == [None] * 3
    assert all(part.note for part in found.segments)
    assert found.headline.startswith("On thin files nothing can be said")
    json.loads(encode(found), parse_constant=pytest.fail)


def test_a_run_without_thin_files_is_evaluated(tmp_path: Path) -> None:
    """An empty segment is told in a sentence; the others have their figures."""
    frames = planted(helps=True)
    frames["profiles"] = frames["profiles"].assign(history_months="60")
    found = evaluate(run(loaders.load(**frames), as_of=BACK, runs=tmp_path), frames["outcomes"], **FEW)
    thin = found.segments[1]
    assert (thin.observed.persons, thin.observed.rate, thin.auc, thin.calibration) == (0, None, None, ())
    assert "nobody" in thin.note and found.segments[2].auc is not None


def test_rows_in_another_order_give_the_same_bytes(helping: Scored, tmp_path: Path) -> None:
    """The JSON does not depend on the order of rows in any table or in the outcomes."""
    mixed = {name: frame.sample(frac=1, random_state=3) for name, frame in helping.frames.items()}
    made = run(loaders.load(**mixed), as_of=BACK, runs=tmp_path)
    assert encode(evaluate(made, mixed["outcomes"])) == encode(helping.evaluation)


def test_bands_hold_everybody_once(helping: Scored) -> None:
    """Persons and bads of the bands add up to the segment's."""
    for part in helping.evaluation.segments:
        assert sum(row.observed.persons for row in part.bands) == part.observed.persons
        assert sum(row.observed.bad for row in part.bands) == part.observed.bad


def test_curves_end_where_everybody_is_found(helping: Scored) -> None:
    """A curve rises from (0, 0) to (1, 1), and the area under it is the AUC up to the corners left out."""
    for curve in helping.evaluation.curves:
        goods, bads = np.array(curve.points).T
        assert curve.points[0] == (0, 0) and curve.points[-1] == pytest.approx((1, 1))
        area = float(np.sum(np.diff(goods) * (bads[1:] + bads[:-1]) / 2))
        auc = next(
            row.auc
            for row in helping.evaluation.variants
            if (row.variant, row.segment) == (curve.variant, curve.segment)
        )
        assert area == pytest.approx(auc, abs=0.01)


def test_a_file_written_is_a_file_read(helping: Scored) -> None:
    """An evaluation comes back from its JSON as it was, and a changed byte is seen."""
    text = encode(helping.evaluation)
    filed = read_filed(text.encode(), "e.json")
    assert filed.evaluation.to_dict() == helping.evaluation.to_dict()
    assert filed.sha256 == document(helping.evaluation)["sha256"]
    for old, new in ((f'"draws": {1000}', '"draws": 1001'), ('"shown": true', '"shown": false')):
        assert old in text
        with pytest.raises(UsageError, match="was changed since it was written"):
            read_filed(text.replace(old, new, 1).encode(), "e.json")


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"[]", b"null", b"{", b'{"format": NaN}', b"[" * 100_000, b'{"format": "renmai-evaluation-1"}'],
)
def test_a_foreign_file_is_refused_in_a_sentence(content: bytes) -> None:
    """What is no evaluation is refused as one, whatever it is."""
    with pytest.raises(UsageError):
        read_filed(content, "e.json")


@pytest.mark.parametrize("draws", [0, 100_001])
def test_draws_out_of_range_are_refused(helping: Scored, draws: int) -> None:
    """The bootstrap draws 1 to 100,000 times."""
    with pytest.raises(UsageError, match="draws must be"):
        evaluate(helping.run, helping.frames["outcomes"], draws=draws)


def test_several_accounts_are_one_person(tmp_path: Path) -> None:
    """A holder with two accounts is one person in every figure, bad if an outcome is of either account."""
    frames = planted(helps=True)
    second = frames["accounts"][:1].assign(account_id="t000b", holder_id="t000")
    frames["accounts"] = pd.concat([frames["accounts"].assign(holder_id=frames["accounts"]["account_id"]), second])
    made = run(loaders.load(**frames), as_of=BACK, runs=tmp_path)
    found = evaluate(made, outcomes(["t000b"], BACK), **FEW)
    persons = pc.count_distinct(made.table("scores")["holder_id"]).as_py()
    assert made.table("scores").num_rows == persons + 1
    assert (found.segments[0].observed.persons, found.segments[0].observed.bad) == (persons, 1)
