"""Do the loops over all ties say and sort what NumPy says and sorts?"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from graph.association import association
from graph.credit_graph import CreditGraph
from graph.layout import are_sound, turn
from graph.threads import SMALL
from graph.ties import Ties


def pairs(seed: int, n: int, many: int):
    """Random pairs of two different holders, ascending."""
    dice = np.random.default_rng(seed)
    payer, payee = np.divmod(np.unique(dice.integers(0, n * n, many)), n)
    return payer[payer != payee].astype(np.int32), payee[payer != payee].astype(np.int32)


def sound(payer, payee, v=None, g=None, n: int = 9) -> bool:
    many = len(payer)
    one = np.ones(many)
    return are_sound(n, np.int32(payer), np.int32(payee), one if v is None else v, one if g is None else g)


@pytest.mark.parametrize(("n", "many"), [(1, 0), (2, 3), (50, 900), (3_000, 40_000)])
def test_ties_turned_are_sorted_by_payee_then_payer(n: int, many: int) -> None:
    """As a stable sort would do it."""
    payer, payee = pairs(n, n, many)
    begin, payers, payees, order = turn(n, payer, payee)
    expected = np.argsort(payee, kind="stable")
    assert np.array_equal(order, expected)
    assert np.array_equal(payers, payer[expected])
    assert np.array_equal(payees, payee[expected])
    assert np.array_equal(begin, np.searchsorted(payee[expected], np.arange(n + 1)))
    assert (begin.dtype, payers.dtype, payees.dtype, order.dtype) == (np.int64, np.int32, np.int32, np.int64)


@pytest.mark.parametrize("seed", range(3))
def test_random_pairs_are_sound(seed: int) -> None:
    """Whatever their strengths, as long as they are finite and not negative."""
    payer, payee = pairs(seed, 500, 9_000)
    strength = np.random.default_rng(seed).random(len(payer))
    assert sound(payer, payee, strength, np.zeros(len(payer)), n=500)


@pytest.mark.parametrize(
    ("payer", "payee"),
    [
        ([0, 0], [1, 1]),
        ([1, 0], [0, 1]),
        ([0, 0], [2, 1]),
        ([3], [3]),
        ([-1], [0]),
        ([0], [9]),
        ([9], [0]),
        ([0], [-1]),
    ],
)
def test_pairs_that_no_graph_may_have(payer: list[int], payee: list[int]) -> None:
    """Twice, out of order, with oneself or with nobody."""
    assert not sound(payer, payee)


@pytest.mark.parametrize("bad", [-1e-300, np.nan, np.inf, -np.inf])
def test_strengths_that_no_tie_may_have(bad: float) -> None:
    """In either of the two."""
    values = np.array([1.0, bad])
    assert not sound([0, 1], [1, 0], v=values)
    assert not sound([0, 1], [1, 0], g=values)
    assert sound([0, 1], [1, 0], np.zeros(2), np.full(2, 1e308))


@pytest.mark.parametrize("names", [["b", "a"], ["a", "ab", "b"], ["", "é", "z"], []])
def test_holders_may_come_in_any_order(names: list[str]) -> None:
    """As long as they are distinct."""
    none = np.empty(0)
    assert len(CreditGraph(pa.array(names, pa.string()), Ties(*[none] * 9))) == len(names)


@pytest.mark.parametrize("names", [["a", "a"], ["b", "a", "b"], ["a", "b", "b"], ["a", None, "b"]])
def test_holders_must_be_distinct(names: list[str | None]) -> None:
    """And be there."""
    none = np.empty(0)
    with pytest.raises(ValueError, match="holders must be distinct; got"):
        CreditGraph(pa.array(names, pa.string()), Ties(*[none] * 9))


def test_threads_change_no_bit_of_an_association() -> None:
    """Its sums are taken by ranges that are cut by ties."""
    payer, payee = pairs(4, 3_000, 2 * SMALL)
    dice, zeros = np.random.default_rng(4), np.zeros(len(payer), dtype=np.int64)
    strength = dice.random(len(payer))
    ties = Ties(payer, payee, strength, strength, zeros, zeros + 1, zeros + 1, zeros, zeros)
    credit = CreditGraph(pa.array([f"{who:05d}" for who in range(3_000)]), ties)
    b, n = dice.random(3_000), dice.integers(0, 40, 3_000).astype(float)
    one, two, five = (association(credit, b, n, threads=threads).standing for threads in (1, 2, 5))
    assert one.tobytes() == two.tobytes() == five.tobytes()
    both = credit.matrix("g") + credit.matrix("g").T
    K = 6 + n
    assert (K + both.sum(axis=1)) * one - both @ one == pytest.approx(K * b, abs=1e-9)
