"""Do the benchmarks compare what they say? Seams, generators and the page, on tiny sizes; nothing here is timed."""

from __future__ import annotations

import doctest
import importlib
import sys
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from benchmarks import graphs, hub, measure, pagerank, peers, results, tables
from benchmarks.asked import Asked
from benchmarks.page import Goal
from benchmarks.tables.update import copied, split
from loaders.simulate import simulate

ROOM = Path(measure.__file__).parent
APART = ("benchmarks.peers.optbinning", "benchmarks.launch")
"""Programs that another interpreter runs."""
MODULES = sorted(
    name
    for path in ROOM.rglob("*.py")
    if (name := ".".join(path.relative_to(ROOM.parent).with_suffix("").parts)) not in APART
)
WHAT_A_PEER_HAS = ("version", "build", "stops", "solve", "ranks")


@pytest.fixture(scope="module")
def edges() -> graphs.Edges:
    return graphs.make(7)


@pytest.mark.parametrize("name", [name for name in MODULES if not name.endswith("__main__")])
def test_examples_of_the_room_run(name: str) -> None:
    """Every module can be imported without any peer, and its examples give what they say."""
    assert doctest.testmod(importlib.import_module(name.removesuffix(".__init__"))).failed == 0


@pytest.mark.parametrize("name", peers.NAMES)
def test_a_peer_has_its_seam(name: str) -> None:
    """Each peer says its name, settings and variants, and can be asked for version, graph, stops, work and ranks."""
    module = peers.peer(name)
    assert module.NAME
    assert module.SETTINGS
    assert all(isinstance(variant, str) for variant in module.VARIANTS)
    assert [verb for verb in WHAT_A_PEER_HAS if not callable(getattr(module, verb, None))] == []


def test_a_peer_that_is_not_installed_is_named_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch, edges: graphs.Edges
) -> None:
    """Without NetworKit the table says so, and SciPy is measured."""
    monkeypatch.setattr(peers.peer("networkit"), "version", lambda: None)
    with pagerank.ready(edges, ("networkit", "scipy"), 1e-6, 1) as (ready, absent):
        assert sorted(ready) == ["SciPy, float32", "SciPy, float64"]
    assert absent == {"NetworKit": "not installed (`make bench-peers`)"}


def test_a_peer_that_fails_is_named_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch, edges: graphs.Edges) -> None:
    """A peer that breaks while it works costs its own row only."""
    scipy = peers.peer("scipy")
    whole = scipy.solve

    def broken(built: Any, stop: float, variant: str) -> Any:
        if variant == "float32":
            raise ValueError("no such precision")
        return whole(built, stop, variant)

    monkeypatch.setattr(scipy, "solve", broken)
    with pagerank.ready(edges, ("scipy",), 1e-6, 1) as (ready, absent):
        assert list(ready) == ["SciPy, float64"]
    assert absent == {"SciPy, float32": "failed with ValueError: no such precision"}


@pytest.mark.parametrize("name", [name for name in peers.NAMES if name != "gds"])
def test_peers_that_count_agree_with_networkx(name: str, edges: graphs.Edges) -> None:
    """What a peer that counts computes is the PageRank that NetworkX computes on the same ties and weights."""
    module = peers.peer(name)
    if module.version() is None:
        pytest.skip(f"{module.NAME} is not installed")
    walk = nx.DiGraph()
    walk.add_nodes_from(range(edges.nodes))
    walk.add_weighted_edges_from(zip(edges.payer.tolist(), edges.payee.tolist(), edges.weight.tolist(), strict=True))
    known = nx.pagerank(walk, alpha=peers.DAMPING, tol=1e-14, max_iter=1000)
    expected = np.array([known[node] for node in range(edges.nodes)])
    built = module.build(edges, 1)
    with pagerank.ready(edges, (name,), 1e-6, 1) as (ready, _):
        for label, one in ready.items():
            variant = label.partition(", ")[2]
            if one.facts["counts"] and getattr(module, "truth", lambda *_: None)(built, variant) is None:
                actual = module.ranks(built, one.work())
                assert pagerank.distance(actual, expected) < 1e-5
        assert ready


def test_the_symmetrised_graph_has_every_tie_both_ways(edges: graphs.Edges) -> None:
    """Its weights are w + wᵀ."""
    dense = np.zeros((edges.nodes, edges.nodes))
    dense[edges.payee, edges.payer] = edges.weight
    both = edges.symmetrised()
    actual = np.zeros_like(dense)
    actual[both.payee, both.payer] = both.weight
    assert np.allclose(actual, dense + dense.T)


def test_hub_and_ring_differ_in_nothing_but_who_pays_whom(tmp_path: Path) -> None:
    """Accounts, profiles, moments and amounts are the same; in the star one account is at every payment."""
    for shape in ("hub", "even"):
        hub.write(tmp_path / shape, 500, shape)
    star, ring = (pq.read_table(tmp_path / shape / "relations.parquet") for shape in ("hub", "even"))
    same = ["relation_id", "kind", "amount_minor", "currency", "at", "reverses"]
    assert star.select(same).equals(ring.select(same))
    for table in ("accounts", "profiles"):
        first, second = (tmp_path / shape / f"{table}.parquet" for shape in ("hub", "even"))
        assert pq.read_table(first).equals(pq.read_table(second))
    counterparties = {
        frozenset(pair) for pair in zip(*(star[name].to_pylist() for name in ("from_id", "to_id")), strict=True)
    }
    assert len(counterparties) == 500
    assert all("a0000000" in pair for pair in counterparties)
    assert pc.max(ring["from_id"].value_counts().field(1)).as_py() == 2


def test_what_is_held_out_for_an_update_is_the_last_by_time(tmp_path: Path) -> None:
    """Rest and new relations together are the whole log, and none of the rest is later than a new one."""
    simulate(tmp_path / "whole", accounts=400, relations=8_000, format="parquet")
    rest, fresh = split(tmp_path / "whole", tmp_path / "split", 8)
    whole = pq.read_table(tmp_path / "whole/relations.parquet")
    kept, held = pq.read_table(rest / "relations.parquet"), pq.read_table(fresh)
    assert len(held) == 8
    assert sorted(kept["relation_id"].to_pylist() + held["relation_id"].to_pylist()) == sorted(
        whole["relation_id"].to_pylist()
    )
    assert pc.max(kept["at"]).as_py() <= pc.min(held["at"]).as_py()
    assert sorted(path.name for path in rest.iterdir()) == sorted(
        path.name for path in (tmp_path / "whole").glob("*.parquet")
    )


def test_a_copied_folder_of_runs_shares_tables_and_nothing_that_is_written_again(tmp_path: Path) -> None:
    """Tables are hard links, and the log is a file of its own."""
    (tmp_path / "base").mkdir()
    for name in ("scores.parquet", "LOG"):
        (tmp_path / "base" / name).write_text("old")
    copy = copied(tmp_path / "base", tmp_path / "copy")
    (copy / "LOG").write_text("new")
    assert (tmp_path / "base/LOG").read_text() == "old"
    assert (copy / "scores.parquet").samefile(tmp_path / "base/scores.parquet")


def test_the_peak_of_a_process_is_its_own(tmp_path: Path) -> None:
    """A small process started by one that holds 400 MB is told as small; its exit code and output come through."""
    held = np.ones(50_000_000)
    cost = measure.process([sys.executable, "-c", "print('done'); raise SystemExit(3)"], tmp_path / "log")
    assert held[0] == 1
    assert (cost.code, (tmp_path / "log").read_text()) == (3, "done\n")
    assert cost.peak_gb < 0.2


def test_disk_counts_hard_links_once(tmp_path: Path) -> None:
    """Two names of one file hold what one holds."""
    (tmp_path / "one").write_bytes(b"x" * 100_000)
    before = measure.held(tmp_path)
    (tmp_path / "two").hardlink_to(tmp_path / "one")
    assert measure.held(tmp_path) == before > 0


@pytest.mark.parametrize("name", ["vouch", "association", "floor"])
def test_a_table_is_written_from_its_figures_alone(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures go to JSON and back, and the section shows title, command and numbers to reach."""
    monkeypatch.setattr(measure, "REST", 0.0)
    monkeypatch.setattr("benchmarks.tables.floor.WORDS", 1000)
    asked = Asked(scales=(6,), rounds=1, peers=("scipy",), threads=1, data=tmp_path)
    results.write(tmp_path, name, f"python -m benchmarks {name}", tables.table(name).measure(asked))
    kept = results.read(tmp_path, name)
    assert kept is not None
    section = results.section(kept)
    assert section.startswith(f"## {tables.table(name).TITLE}\n\n`python -m benchmarks {name}`\n")
    assert all(isinstance(goal, Goal) for goal in tables.table(name).goals(kept["found"]))


@pytest.mark.parametrize("name", tables.NAMES)
def test_a_table_has_its_seam(name: str) -> None:
    """Each table has a title and can be measured, shown and judged."""
    module = tables.table(name)
    assert module.TITLE
    assert all(callable(getattr(module, verb)) for verb in ("measure", "show", "goals"))


GROWTH = {
    "accounts_per": 20,
    "sizes": [
        {
            "relations": 1_000_000,
            "seconds": {"median": 2.0, "least": 1.9, "most": 2.5, "rounds": 3},
            "peak_gb": 0.5,
            "time_ratio": None,
            "memory_ratio": None,
        },
        {
            "relations": 10_000_000,
            "seconds": {"median": 14.0, "least": 13.0, "most": 15.5, "rounds": 3},
            "peak_gb": 2.0,
            "time_ratio": {"median": 0.7, "least": 0.65, "most": 0.75, "rounds": 3},
            "memory_ratio": {"median": 1.4, "least": 1.4, "most": 1.4, "rounds": 3},
        },
    ],
}
SECTION = """\
## Growth

`python -m benchmarks growth`

Whole runs as above, 20 relations per account at every size; all sizes in every round.

| relations | time | µs per relation | ÷ smaller size | peak memory | bytes per relation | ÷ smaller size |
|---|---|---|---|---|---|---|
| 1,000,000 | 2.00 s (1.90 to 2.50) | 2.00 |  | 0.50 GB | 500 |  |
| 10,000,000 | 14.0 s (13.0 to 15.5) | 1.40 | 0.70 × (0.65 to 0.75) | 2.00 GB | 200 | 1.40 × (1.40 to 1.40) |

| what | to reach | reached | holds |
|---|---|---|---|
| 1,000,000 → 10,000,000 relations: time per relation | ≤ 1.3 × | 0.70 × (0.65 to 0.75) | yes |
| 1,000,000 → 10,000,000 relations: memory per relation | ≤ 1.3 × | 1.40 × (1.40 to 1.40) | no |
"""


def test_a_section_is_the_same_to_the_byte() -> None:
    """Given figures give this text, whether a number was reached or not."""
    kept = {"table": "growth", "command": "python -m benchmarks growth", "found": GROWTH}
    assert results.section(kept) == SECTION


def test_the_page_names_what_was_not_measured(tmp_path: Path) -> None:
    """A page of one table has its numbers to reach, its section, and the names of the other tables."""
    results.write(tmp_path, "growth", "python -m benchmarks growth", GROWTH)
    page = results.page(tmp_path)
    others = ", ".join(f"`{name}`" for name in tables.NAMES if name != "growth")
    assert page.count("memory per relation | ≤ 1.3 × | 1.40 × (1.40 to 1.40) | no |") == 2
    assert " ".join(page.split()).endswith(f"Not measured: {others}; `python -m benchmarks TABLE` measures one.")


def test_the_page_in_docs_is_what_the_figures_give() -> None:
    """Nothing in docs/benchmarks.md is typed in: rendering benchmarks/results again changes no byte."""
    assert results.PAGE.read_text(encoding="utf-8") == results.page(results.FOLDER)
