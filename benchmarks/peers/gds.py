"""PageRank by Neo4j's graph data science library: Java, in a Neo4j that is a process of its own."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv

from benchmarks.graphs import Edges
from benchmarks.peers import DAMPING
from tests.servers import neo4j_server
from tests.servers.neo4j_server import Neo4jServer

VERSION = "2.13.9"
NAME = "Neo4j GDS"
SETTINGS = "projected once from a file, weights as relationship property, no more than 4 threads, mutate mode, warm"
VARIANTS = ("weights",)
HEAP = "6g"
LINES = ("dbms.security.allow_csv_import_from_file_urls=true", "dbms.security.procedures.unrestricted=gds.*")
"""What the library wants of a Neo4j beyond the settings of the tests: it may read the ties from its import folder."""
PROJECT = (
    "LOAD CSV FROM 'file:///ties.csv' AS row WITH gds.graph.project('ties', toInteger(row[0]), toInteger(row[1]), "
    "{relationshipProperties: {w: toFloat(row[2])}}, {readConcurrency: $threads}) AS g RETURN g.nodeCount AS nodes"
)
RANK = (
    "CALL gds.pageRank.mutate('ties', {mutateProperty: $name, dampingFactor: $damping, tolerance: $tolerance, "
    "maxIterations: 200, concurrency: $threads, relationshipWeightProperty: 'w'}) "
    "YIELD ranIterations, didConverge, computeMillis RETURN ranIterations, didConverge, computeMillis"
)
STREAM = "CALL gds.graph.nodeProperty.stream('ties', $name) YIELD nodeId, propertyValue RETURN nodeId, propertyValue"
DROP = "CALL gds.graph.nodeProperties.drop('ties', $names) YIELD propertiesRemoved RETURN propertiesRemoved"


@dataclass(eq=False)
class Built:
    """A server, a session on it, and how often it was asked."""

    home: Path
    server: Neo4jServer
    driver: Any
    threads: int
    nodes: int
    asked: int = 0


def jars() -> Path:
    """The folder into which ``make gds`` puts the library."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "renmai" / f"gds-{VERSION}" / "lib"


def version() -> str | None:
    """Version of the library; None where it, its Neo4j or Java is missing."""
    return None if absent() else VERSION


def absent() -> str:
    """What is missing; empty when it can run."""
    return neo4j_server.missing() or ("" if jars().is_dir() else "not installed (`make gds`; needs Java 17 and Maven)")


def build(edges: Edges, threads: int) -> Built:
    """Start a server with the library and project the graph into its memory."""
    from neo4j import GraphDatabase

    home = Path(tempfile.mkdtemp(prefix="renmai-bench-"))
    try:
        server = Neo4jServer(home, *LINES, heap=HEAP, collector="Parallel", beside=[jars()])
        (home / "import").mkdir()
        (home / "plugins").mkdir()
        for jar in jars().iterdir():
            (home / "plugins" / jar.name).symlink_to(jar)
        table = pa.table([edges.payer, edges.payee, edges.weight], names=["payer", "payee", "weight"])
        csv.write_csv(table, home / "import/ties.csv", csv.WriteOptions(include_header=False))
        server.start()
        driver = GraphDatabase.driver(server.settings.uri, auth=(neo4j_server.USER, neo4j_server.PASSWORD))
        built = Built(home, server, driver, min(threads, 4), edges.nodes)
        driver.execute_query(PROJECT, threads=built.threads)
    except BaseException:
        shutil.rmtree(home, ignore_errors=True)
        raise
    return built


def stops(tolerance: float, variant: str) -> Sequence[float]:  # noqa: ARG001 (one seam for all)
    """It stops when no rank, of which the mean is about 1, moves by more than this."""
    return tuple(tolerance * factor for factor in (1e4, 1e3, 100, 10, 1, 0.1))


def solve(built: Built, stop: float, variant: str) -> str:  # noqa: ARG001 (one seam for all)
    """Let it compute; the ranks stay in the server."""
    built.asked += 1
    name = f"rank{built.asked}"
    built.driver.execute_query(RANK, name=name, damping=DAMPING, tolerance=stop, threads=built.threads)
    return name


def ranks(built: Built, solved: str) -> NDArray[np.float64]:
    """Fetch them, summing to 1; holders without ties, which it never saw, have the rank of who is paid by nobody."""
    rank = np.full(built.nodes, 1 - DAMPING)
    with built.driver.session() as session:
        for record in session.run(STREAM, name=solved):
            rank[record["nodeId"]] = record["propertyValue"]
    built.driver.execute_query(DROP, names=[solved])
    return rank / rank.sum()


def close(built: Built) -> None:
    """End the server and remove its folder."""
    built.driver.close()
    built.server.stop()
    shutil.rmtree(built.home, ignore_errors=True)
