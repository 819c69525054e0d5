"""Does the FinBench sample, imported, run to its fixed point and give each person who owns an account a score?"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

import scoring
from loaders.finbench import convert

SAMPLE = Path(__file__).parent / "data" / "finbench"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> scoring.Run:
    folder = tmp_path_factory.mktemp("finbench")
    convert(SAMPLE, folder / "data")
    as_of = datetime(2023, 1, 1, tzinfo=UTC)
    return scoring.run(folder / "data", as_of=as_of, runs=folder / "runs", config=scoring.load_config(None))


def test_each_of_the_1966_persons_has_a_score(run: scoring.Run) -> None:
    """1,966 persons own 4,185 accounts, and each of these has its holder's score from 350 to 950."""
    scores = run.scores
    assert (len(scores), scores.holder_id.nunique()) == (4185, 1966)
    assert scores.score.between(350, 950).all()
    assert (scores.groupby("holder_id").score.nunique() == 1).all()


def test_companies_have_no_score(run: scoring.Run) -> None:
    """Companies and the lender are nodes without a score."""
    assert run.scores.holder_id.str.startswith("person:").all()


def test_it_ends_at_its_fixed_point(run: scoring.Run) -> None:
    """The certificate is at most 1e-12."""
    assert run.manifest["certificate"] <= 1e-12


def test_connections_move_some_scores(run: scoring.Run) -> None:
    """Hundreds of persons are lifted by those who sent them money, and some carry distress for blocked accounts."""
    assert (run.standing.lift > 0).sum() > 500
    assert (run.standing.distress > 0).sum() > 10


def test_every_kind_of_person_is_explained_without_residual(run: scoring.Run) -> None:
    """The most lifted, the most distressed and the first person are explained to the last point."""
    standing = run.standing.set_index("holder_id")
    for holder in (standing.lift.idxmax(), standing.distress.idxmax(), standing.index[0]):
        card = scoring.explain(run, holder)
        assert card.residual == 0
        assert card.base + sum(row.points for row in card.dimensions) == card.score
