"""Is a published run in the database whole, exactly as it was made, and the only one that readers see?"""

from __future__ import annotations

import pytest

from graph.stores.clearing import clear, execute
from graph.stores.connection import Connection
from graph.stores.publication import moment
from graph.stores.published import published, roll_back
from graph.stores.publishing import publish
from graph.stores.schema import prepare
from loaders.errors import LockedError, UnavailableError, UsageError
from tests.servers.publications import expected, held, portfolio_publication, town_publication


class Killed(BaseException):
    """Ends a publication where a test wants it, as a kill would: nothing is tidied up."""


class Until:
    """Progress that lets so many steps pass."""

    def __init__(self, steps: int) -> None:
        self.steps = steps

    def __call__(self, _done: int, _of: int) -> None:
        self.steps -= 1
        if self.steps < 0:
            raise Killed


def current(connection: Connection) -> str:
    return next(run["id"] for run in published(connection) if run["current"])


def test_the_database_holds_the_run_to_the_last_bit(connection: Connection) -> None:
    """Scores and ties read back by another query are those of the run: floats, integers, times, and nothing twice."""
    prepare(connection)
    done = publish(connection, portfolio_publication())
    assert held(connection) == expected(portfolio_publication())
    assert (done.number, done.checksum, done.changed) == (1, portfolio_publication().checksum, True)


def test_a_run_node_tells_what_made_it(small: Connection) -> None:
    """The Run node bears id, as_of as a zoned time, rule, certificate, counts, checksum and its number."""
    wanted = town_publication()
    publish(small, wanted)
    (run,) = published(small)
    facts = {key: run[key] for key in ("id", "rule", "certificate", "scores", "ties", "checksum", "number", "current")}
    assert facts == {
        "id": wanted.id, "rule": "vouch", "certificate": wanted.run["certificate"], "scores": wanted.scores.num_rows,
        "ties": wanted.ties.num_rows, "checksum": wanted.checksum, "number": 1, "current": True,
    }  # fmt: skip
    assert run["as_of"] == moment(wanted.run["as_of"])


def test_publishing_needs_nothing_loaded(small: Connection) -> None:
    """Holders that the database does not know are made, as persons."""
    publish(small, town_publication())
    rows = small.read("MATCH (h:Holder) RETURN h.id AS id, h.kind AS kind ORDER BY id")
    assert rows == [{"id": name, "kind": "person"} for name in town_publication().scores["holder_id"].to_pylist()]


def test_holders_that_stand_are_left_as_they_are(small: Connection) -> None:
    """A holder that was loaded keeps its kind."""
    name = town_publication().scores["holder_id"][0].as_py()
    small.write(lambda tx: tx.run("CREATE (:Holder {id: $id, kind: 'merchant'})", id=name).consume())
    publish(small, town_publication())
    assert small.read("MATCH (h:Holder {id: $id}) RETURN h.kind AS kind", {"id": name}) == [{"kind": "merchant"}]


def test_publishing_the_current_run_again_changes_nothing(small: Connection) -> None:
    """The second time the rows are only compared: same number, same nodes, and it says so."""
    publish(small, town_publication())
    before = small.read("MATCH (n) RETURN elementId(n) AS id ORDER BY id")
    again = publish(small, town_publication())
    assert (again.changed, again.number, again.removed) == (False, 1, ())
    assert small.read("MATCH (n) RETURN elementId(n) AS id ORDER BY id") == before


def test_killed_at_any_batch_publishing_again_ends_equal(small: Connection) -> None:
    """Stopped after each step in turn, a publication leaves the old run to readers, and the next one completes it."""
    before, wanted = town_publication(1), town_publication()
    publish(small, before)
    steps = 0
    while True:
        try:
            publish(small, wanted, progress=Until(steps), keep=3)
        except Killed:
            assert current(small) == before.id
            steps += 1
        else:
            break
        if steps % 3 == 2:  # else the next try goes on where this one stood
            clear(small, wanted.id, "test")
        publish(small, before)
    assert steps > 6
    assert held(small) == expected(before, wanted)
    assert current(small) == wanted.id


def test_an_interrupted_publication_of_another_run_is_cleared_away(small: Connection) -> None:
    """What nobody went on with is removed by the next publication, which says so."""
    with pytest.raises(Killed):
        publish(small, town_publication(1), progress=Until(3))
    done = publish(small, town_publication())
    assert done.removed == (town_publication(1).id,)
    assert held(small) == expected(town_publication())


def test_a_run_half_cleared_away_can_be_published_again(small: Connection) -> None:
    """Rows that an interrupted removal left do not spoil the next publication of that run."""
    publish(small, town_publication(1))
    publish(small, town_publication())
    small.write(lambda tx: execute(tx, "clear_begin", run_id=town_publication(1).id, writer="killed"))
    names = town_publication(1).scores["holder_id"].to_pylist()[:4]
    small.write(lambda tx: execute(tx, "clear_scores_of", run_id=town_publication(1).id, ids=names))
    publish(small, town_publication(1))
    assert held(small) == expected(town_publication(1), town_publication())


def test_runs_beyond_keep_go_after_the_move(small: Connection) -> None:
    """With keep = 2 the third publication removes the first; rows, node and all."""
    runs = [town_publication(months) for months in (2, 1, 0)]
    removed = [publish(small, run, keep=2).removed for run in runs]
    assert removed == [(), (), (runs[0].id,)]
    assert held(small) == expected(*runs[1:])
    assert [run["number"] for run in published(small)] == [3, 2]


def test_keep_must_leave_a_run(small: Connection) -> None:
    """Keep below 1 is refused before anything is written."""
    with pytest.raises(UsageError, match="--keep must be at least 1; got 0"):
        publish(small, town_publication(), keep=0)
    assert published(small) == []


def test_rows_that_were_changed_are_noticed(small: Connection) -> None:
    """A score changed in the database by one point is told, with how many rows differ; the pointer stays."""
    publish(small, town_publication())
    small.write(lambda tx: tx.run("MATCH (s:Score {holder_id: 'uma'}) SET s.score = s.score + 1").consume())
    with pytest.raises(UnavailableError, match="1 rows differ"):
        publish(small, town_publication())
    assert current(small) == town_publication().id


@pytest.mark.parametrize(
    "damage",
    [
        "MATCH (:Holder)-[t:TIE]->(:Holder) WITH t LIMIT 1 DELETE t",
        "MATCH (a:Holder)-[t:TIE]->(b:Holder) WITH a, b, t LIMIT 1 CREATE (a)-[s:TIE]->(b) SET s = properties(t)",
        "MATCH (a:Holder {id: 'uma'}) CREATE (a)-[:SCORED]->(:Score {run_id: $run, holder_id: 'nobody'})",
        "MATCH (:Holder)-[r:SCORED]->(:Score {holder_id: 'uma'}) DELETE r",
    ],
    ids=["a tie less", "a tie twice", "a score more", "a score without its holder"],
)
def test_an_earlier_run_that_was_changed_is_made_anew(small: Connection, damage: str) -> None:
    """A run that is not current and differs is removed and written again before it becomes current."""
    publish(small, town_publication())
    other = town_publication(1)
    only_one = {"run": town_publication().id}
    small.write(lambda tx: tx.run(damage, only_one).consume())
    publish(small, other)
    publish(small, town_publication())
    assert held(small) == expected(other, town_publication())


def test_a_publisher_that_was_overtaken_writes_nothing_more(small: Connection) -> None:
    """When another publisher takes the run over, the first ends with a sentence; the run is whole all the same."""

    def overtake(done: int, _of: int) -> None:
        if done == 10:
            publish(small, town_publication())

    # the other one publishes the same run wholly while the first is between two of its batches
    with pytest.raises(LockedError, match="taken over by another publisher"):
        publish(small, town_publication(), progress=overtake)
    assert held(small) == expected(town_publication())


def test_rollback_goes_one_publication_back_or_to_the_one_named(small: Connection) -> None:
    """The pointer moves to the run published before, or to any that stands; no row is touched."""
    runs = [town_publication(months) for months in (2, 1, 0)]
    for run in runs:
        publish(small, run)
    before = held(small)
    assert roll_back(small)["id"] == runs[1].id == current(small)
    assert roll_back(small)["id"] == runs[0].id == current(small)
    assert roll_back(small, runs[2].id)["id"] == runs[2].id == current(small)
    assert held(small) == before


def test_rollback_without_an_earlier_run_is_a_sentence(small: Connection) -> None:
    """There is nothing before the first publication, and an unknown run is told with those that are there."""
    with pytest.raises(UsageError, match="holds no published run; `renmai publish` makes the first"):
        roll_back(small)
    publish(small, town_publication())
    with pytest.raises(UsageError, match="no run published before the current one"):
        roll_back(small)
    with pytest.raises(UsageError, match=f"no published run '20250101-0'; it has {town_publication().id}"):
        roll_back(small, "20250101-0")


def test_a_run_half_written_is_no_target_of_a_rollback(small: Connection) -> None:
    """Only runs that are whole are listed and can be pointed at."""
    publish(small, town_publication())
    with pytest.raises(Killed):
        publish(small, town_publication(1), progress=Until(4))
    assert [run["id"] for run in published(small)] == [town_publication().id]
    with pytest.raises(UsageError, match="no published run"):
        roll_back(small, town_publication(1).id)
