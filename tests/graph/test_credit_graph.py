"""Does the graph keep what it was given, by name, unchanged, and give it back?"""

from __future__ import annotations

import subprocess
import sys

import networkx as nx
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from money_logs import Town, claim, towns

import graph
from graph.credit_graph import CreditGraph
from graph.parameters import TieParameters
from graph.paths import split_paths
from graph.ties import Ties
from loaders.errors import UsageError
from loaders.town import AS_OF, town


@pytest.fixture(scope="module")
def credit() -> CreditGraph:
    tables = town()
    return graph.build(tables["relations"], tables["accounts"], AS_OF, outcomes=tables["outcomes"])


def same(one: CreditGraph, other: CreditGraph) -> bool:
    ties = one.ties.to_arrow(one.holders).equals(other.ties.to_arrow(other.holders))
    known = {key: values.tolist() for key, values in one.attributes.items()}
    return ties and known == {key: values.tolist() for key, values in other.attributes.items()}


@claim
@given(towns())
def test_networkx_and_back_is_the_same_graph(any_town: Town) -> None:
    """Every number comes back to the bit."""
    made = any_town.run().graph
    assert same(CreditGraph.from_networkx(made.to_networkx()), made)


def test_networkx_keeps_attributes_and_parameters() -> None:
    """What is known per holder, and how strengths were made, goes along."""
    made = CreditGraph.from_ties(["a", "b"], ONE, parameters=TieParameters(windows=12), scale=[1.5, 2.5])
    back = CreditGraph.from_networkx(made.to_networkx())
    assert same(back, made)
    assert back.parameters == made.parameters


ONE = Ties([0], [1], [1.0], [2.0], [3], [4], [5], [6], [7])


@pytest.mark.parametrize("kind", ["float32", "int16", "bool", "datetime64[D]", "datetime64[us]"])
def test_networkx_keeps_the_type_of_an_attribute(kind: str) -> None:
    """Days, flags and small numbers come back as what they were."""
    known = np.array([0, 1]).astype(kind)
    back = CreditGraph.from_networkx(CreditGraph.from_ties(["a", "b"], ONE, known=known).to_networkx())
    assert (back.attributes["known"].dtype, back.attributes["known"].tolist()) == (known.dtype, known.tolist())


@pytest.mark.parametrize(("was", "becomes"), [([1, 2], [1.5, 2.5]), (["a", "b"], ["longer", "b"]), ([True], [3])])
def test_an_attribute_changed_in_networkx_is_not_cut_to_its_old_type(was: list[object], becomes: list[object]) -> None:
    """New values count as they are."""
    no_ties = Ties(*[[]] * 9)
    names = ["a", "b"][: len(was)]
    made = CreditGraph.from_ties(names, no_ties, known=was).to_networkx()
    for name, value in zip(names, becomes, strict=True):
        made.nodes[name]["known"] = value
    assert CreditGraph.from_networkx(made).attributes["known"].tolist() == becomes


@pytest.mark.parametrize("kind", [nx.Graph, nx.MultiDiGraph])
def test_edges_without_direction_or_in_parallel_are_refused(kind: type) -> None:
    """Who paid whom must not be guessed."""
    made = kind(CreditGraph.from_ties(["a", "b"], ONE).to_networkx())
    with pytest.raises(ValueError, match=r"source must be a networkx\.DiGraph"):
        CreditGraph.from_networkx(made)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda made: made.add_node(7), "nodes must be ids of holders, which are text; got 7"),
        (lambda made: made.add_edge("b", "a", v=1.0), "the edge from b to a must have g, money, count, months"),
        (lambda made: made.add_node("c"), "the node c must have scale, as others have"),
    ],
)
def test_networkx_graphs_that_lack_something_are_refused(change, message: str) -> None:
    """The sentence names what is missing where."""
    made = CreditGraph.from_ties(["a", "b"], ONE, scale=[1.5, 2.5]).to_networkx()
    change(made)
    with pytest.raises(ValueError, match=message):
        CreditGraph.from_networkx(made)


def test_a_table_of_ties_and_back_is_the_same_graph(credit: CreditGraph) -> None:
    """``ties.parquet`` of a run makes the graph again."""
    table = credit.ties.to_arrow(credit.holders)
    shuffled = table.take(np.random.default_rng(1).permutation(len(table)))
    assert same(CreditGraph.from_ties(credit.holders, shuffled, **credit.attributes), credit)
    assert same(CreditGraph.from_ties(credit.holders.to_pylist(), shuffled.to_pandas(), **credit.attributes), credit)


def test_nothing_in_a_graph_can_be_changed(credit: CreditGraph) -> None:
    """Arrays are read-only, fields are frozen."""
    for array in (credit.ties.v, credit.by_payee.indptr, credit.attributes["scale"]):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    with pytest.raises(AttributeError):
        credit.holders = pa.array(["x"])


def test_rows_of_the_matrix_are_what_came_in(credit: CreditGraph) -> None:
    """Row i holds what i received, column j what j gave."""
    ann, bob = credit.index("ann"), credit.index("bob")
    net, gross = credit.matrix("v").toarray(), credit.matrix("g").toarray()
    # What Ann gave was all answered by Bob, who gave more.
    assert (net[bob, ann], net[ann, bob] > 0, gross[bob, ann] > 0) == (0.0, True, True)
    assert net.sum() == pytest.approx(credit.ties.v.sum())


def test_the_town_has_the_ties_that_were_planted(credit: CreditGraph) -> None:
    """Couple, mentor, ring, default and refund trick; nobody is tied to wages, shops or chats."""
    rows = credit.ties.to_arrow(credit.holders).to_pylist()
    strong = {(row["from_id"], row["to_id"]) for row in rows if row["v"] > 0}
    expected = {("bob", "ann"), ("sam", "nina"), ("vera", "dan"), ("rita", "rob"), ("rob", "ruth"), ("ruth", "rita")}
    assert strong == expected
    assert {(row["from_id"], row["to_id"]) for row in rows} == expected | {("ann", "bob"), ("tom", "uma")}


def test_the_summary_counts_the_town(credit: CreditGraph) -> None:
    """Sizes, mutuality and components."""
    expected = {"holders": 12, "ties": 8, "vouching_ties": 6, "components": 6, "largest_component": 3, "isolated": 1}
    summary = credit.summary()
    assert summary == summary | expected
    assert summary["reciprocity"] == 2 / 8


def test_order_of_rows_changes_no_bit(credit: CreditGraph) -> None:
    """Shuffled tables make the same graph to the bit."""
    tables = town()
    for seed in range(5):
        relations, accounts = (tables[key].sample(frac=1, random_state=seed) for key in ("relations", "accounts"))
        assert same(graph.build(relations, accounts, AS_OF, outcomes=tables["outcomes"]), credit)


def test_a_scale_by_holder_changes_who_is_generous() -> None:
    """A poor payer's 50 can equal a rich one's 5,000."""
    tables = town()
    poor = graph.build(tables["relations"], tables["accounts"], AS_OF, scale={"sam": 20_000})
    usual = graph.build(tables["relations"], tables["accounts"], AS_OF)
    nina, sam = usual.index("nina"), usual.index("sam")
    assert poor.matrix()[nina, sam] > usual.matrix()[nina, sam]
    with pytest.raises(UsageError, match="scale must name persons of the accounts; got 'acme'"):
        graph.build(tables["relations"], tables["accounts"], AS_OF, scale={"acme": 1})


def test_a_scale_may_be_a_series_by_holder() -> None:
    """What a notebook gets by ``groupby`` goes to the holders it names, be it one or many."""
    tables = town()
    for scale in ({"sam": 20_000.0}, {"sam": 20_000.0, "ann": 5.0}):
        made = graph.build(tables["relations"], tables["accounts"], AS_OF, scale=pd.Series(scale))
        expected = [scale.get(name, float(graph.SPENDING_SCALE)) for name in made.holders.to_pylist()]
        assert made.attributes["scale"].tolist() == expected


def test_circles_of_three_can_be_cancelled() -> None:
    """With ``netting = "cycles"`` the ring's money is gone."""
    tables, rule = town(), TieParameters(netting="cycles")
    made = graph.build(tables["relations"], tables["accounts"], AS_OF, parameters=rule)
    assert made.matrix()[made.index("rob"), made.index("rita")] == 0.0


def test_build_says_what_it_needs() -> None:
    """Without accounts or a moment there is no graph."""
    with pytest.raises(UsageError, match="build needs relations, accounts and as_of"):
        graph.build(town()["relations"])


@pytest.mark.parametrize(
    ("holders", "ties", "message"),
    [
        (["a", "a"], ONE, "holders must be distinct"),
        (["a"], ONE, "ties must join holders 0 to 0; got 0 to 1"),
        (["a", "b"], Ties([1], [1], *[[1]] * 7), "a tie joins two different holders"),
        (["a", "b"], Ties([1, 0], [0, 1], *[[1, 1]] * 7), r"ties must be sorted by \(payer, payee\)"),
        (["a", "c"], ONE.to_arrow(pa.array(["a", "b"])), "to_id must name one of the 2 holders; got 'b'"),
        (["a", "b"], ONE.to_arrow(pa.array(["a", "b"])).drop_columns(["v", "g"]), "; v, g is missing"),
        ([1, 2], ONE, "ids of holders are text, always; .* got a 'int'"),
        (["a", "b"], Ties([0], [1], [-1.0], *[[1]] * 6), "v must be finite and at least 0 in every tie; got -1.0"),
        (["a", "b"], Ties([0], [1], [1.0], [np.nan], *[[1]] * 5), "g must be finite and at least 0 in every tie"),
    ],
)
def test_what_is_no_graph_is_refused(holders: list[str], ties: Ties, message: str) -> None:
    """One sentence says why."""
    with pytest.raises(ValueError, match=message):
        CreditGraph.from_ties(holders, ties)


def test_paths_follow_supporters_to_the_depth_asked_for() -> None:
    """Credit that came over three hands: at depth 1 it is the nearest one's, at depth 3 its giver's."""
    lifted = {"a": [("b", 0.1)], "b": [("c", 0.1)], "c": [("d", 0.1)], "d": []}
    b, x = {"a": 0.1, "b": 0.1, "c": 0.1, "d": 1.0}, {"a": 0.2, "b": 0.3, "c": 0.5, "d": 1.0}
    for depth, expected in [(1, ("b",)), (2, ("b", "c")), (3, ("b", "c", "d")), (9, ("b", "c", "d"))]:
        paths = split_paths("a", lifted.__getitem__, b.__getitem__, x.__getitem__, 0.8, depth=depth)
        assert paths == [(expected, pytest.approx(0.1))]


def test_importing_the_room_imports_nothing_heavy() -> None:
    """Numba, SciPy and the like come with the first use."""
    heavy = ("numpy", "numba", "scipy", "pandas", "pyarrow", "networkx")
    code = f"import sys, graph, graph.parameters; print([name for name in {heavy!r} if name in sys.modules])"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert output.strip() == "[]"
