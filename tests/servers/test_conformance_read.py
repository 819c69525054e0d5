"""Does a log that went through a database give the same run, and the same graph, as its files?"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

import graph
import loaders
from graph.credit_graph import CreditGraph
from graph.stores.bolt import BoltStore, open_store
from graph.stores.settings import StoreSettings
from loaders.errors import UsageError
from loaders.simulate import simulate
from loaders.tables import plain
from loaders.town import AS_OF, town
from scoring.cli import execute
from scoring.runs.run import open_run
from tests.scoring.batch_runs import folder, go, result_bytes
from tests.servers.logs import TABLES, town_tables

MIDDLE = datetime(2025, 9, 1, 12, 34, 56, 789, tzinfo=UTC)


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("simulated") / "data"
    simulate(place, accounts=300, relations=4_000)
    return place


def speak(monkeypatch: pytest.MonkeyPatch, settings: StoreSettings, place: Path) -> None:
    """Make the commands use this database, as a user would."""
    (place / "renmai.toml").write_text(f'[database]\nfolder = "{settings.folder}"\nmemory = "{settings.memory}"\n')
    monkeypatch.chdir(place)
    if settings.uri is not None:
        user, password = settings.credentials()
        for name, value in (("URI", settings.uri), ("USERNAME", user), ("PASSWORD", password)):
            monkeypatch.setenv(f"NEO4J_{name}", value)


def files_and_database(data: Path, place: Path, as_of: datetime, *tables: str) -> tuple[Any, Any]:
    """Run from files and from the database."""
    moment = ["--as-of", as_of.isoformat(), "--config", str(place / "renmai.toml")]
    assert execute(["run", str(data), *moment, "--runs", str(place / "files")]) == 0
    assert execute(["run", "--from-db", *tables, *moment, "--runs", str(place / "database")]) == 0
    return open_run(place / "files"), open_run(place / "database")


@pytest.mark.parametrize("as_of", [datetime(2026, 1, 1, tzinfo=UTC), MIDDLE])
def test_a_run_from_the_database_is_the_run_from_files(
    wiped: StoreSettings,
    simulated: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    as_of: datetime,
) -> None:
    """Loaded by `db load` and read back: same run id, same bytes of every result, also when half the log is later."""
    speak(monkeypatch, wiped, tmp_path)
    assert execute(["db", "load", str(simulated), "--format", "json"]) == 0
    tables = loaders.read(simulated)
    counts = json.loads(capsys.readouterr().out)["tables"]
    assert counts["relations"] == {"written": tables.relations.num_rows, "already there": 0}
    with open_store(replace(wiped, batch_rows=500), reader=True) as store:
        found = store.read()
    assert all(found[name].equals(plain(getattr(tables, name)), check_metadata=True) for name in TABLES)
    one, other = files_and_database(simulated, tmp_path, as_of, "--tables", str(simulated))
    assert one.id == other.id
    assert result_bytes(one) == result_bytes(other)
    told = {(file["table"], file["file"]) for file in other.manifest["inputs"]}
    assert ("relations", f"graph database {wiped.database}: relations") in told
    assert ("profiles", "profiles.csv") in told


def test_without_tables_the_database_stands_alone(
    wiped: StoreSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without --tables there are no profiles, consents and rates: the run of a folder that has none."""
    speak(monkeypatch, wiped, tmp_path)
    frames = {name: frame for name, frame in town().items() if name in TABLES}
    data = folder(tmp_path / "data", frames)
    assert execute(["db", "load", str(data)]) == 0
    one, other = files_and_database(data, tmp_path, AS_OF)
    assert one.id == other.id
    assert result_bytes(one) == result_bytes(other)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["data", "--from-db"], "--from-db takes the place of DATA, which is 'data'; did you mean --tables data?"),
        (["data", "--tables", "data"], "--tables goes with --from-db"),
        ([], "DATA is missing"),
    ],
)
def test_a_run_has_one_source(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    """DATA and --from-db are one or the other; a sentence says so before anything is started."""
    assert execute(["run", *arguments, "--as-of", AS_OF.isoformat()]) == 2
    assert told in capsys.readouterr().err


def test_what_came_in_pieces_is_judged_as_one(store: BoltStore, tmp_path: Path) -> None:
    """A reversal loaded before what it takes back counts as in one file: the run is the same."""
    tables = town_tables()
    half = tables.relations.num_rows // 2
    store.load(replace(tables, relations=tables.relations.slice(half)))
    store.load(replace(tables, relations=tables.relations.slice(0, half)))
    joined = loaders.rejoin(store.read())
    joined = replace(joined, profiles=tables.profiles, consents=tables.consents, rates=tables.rates)
    assert result_bytes(go(tmp_path / "one")) == result_bytes(go(tmp_path / "other", joined))


def same(one: CreditGraph, other: CreditGraph) -> bool:
    return nx.utils.graphs_equal(one.to_networkx(), other.to_networkx())


def test_the_graph_from_a_store_is_the_graph_from_files(store: BoltStore) -> None:
    """With a moment the ties are built anew: the same nodes, edges and attributes as from the tables."""
    store.load(town_tables())
    frames = town()
    for as_of in (AS_OF, AS_OF - timedelta(days=90)):
        built = graph.build(frames["relations"], frames["accounts"], as_of, outcomes=frames["outcomes"], scale=1234.0)
        assert same(CreditGraph.from_store(store, as_of=as_of, scale=1234.0), built)
    with pytest.raises(UsageError, match="holds no published run"):
        CreditGraph.from_store(store)
    with pytest.raises(UsageError, match="scale: ties of a published run are made already"):
        CreditGraph.from_store(store, scale=1.0)


def test_without_a_moment_the_graph_is_the_published_one(store: BoltStore, tmp_path: Path) -> None:
    """Without a moment the ties are those of the published run, with the standing of everybody in it."""
    from scoring.publishing import publication_of

    run = go(tmp_path / "runs")
    store.load(town_tables())
    store.publish(publication_of(run))
    standing = run.table("standing").sort_by("holder_id")
    expected = CreditGraph.from_ties(
        standing["holder_id"].to_pylist(), run.table("ties"), standing=standing["standing"].to_numpy()
    )
    assert same(CreditGraph.from_store(store), expected)
