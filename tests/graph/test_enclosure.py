"""Does the exact standing lie between its bounds, however early they are looked at?"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from money_logs import Town, claim, name, towns

from graph import twins
from graph.descent import LEVELS, blocks
from graph.enclosure import LARGEST, LEAST, enclose
from graph.parameters import PropagationParameters
from graph.threads import SMALL, rows_on_threads
from graph.vouch import contributions, vouch, vouching_weights

DAMPING = PropagationParameters().damping


def bounds_of(indptr, indices, weights, b, own_weight, sweeps: int, tolerance: float = 1e-6, threads: int = 1):
    """Lower and upper bounds after at most so many sweeps."""
    rows = indptr.astype(np.int64), indices.astype(np.int32), weights
    totals = np.bincount(np.repeat(np.arange(len(b)), np.diff(indptr)), weights, len(b))
    with rows_on_threads(rows[0], threads) as run:
        return enclose(run, rows, totals, b, own_weight, DAMPING, tolerance, sweeps)


def heavy(seed: int, n: int = 3_000, ties: int = 60_000, scale: float = 1.0):
    """A portfolio in which credit goes a long way, some of it between very light ties."""
    dice = np.random.default_rng(seed)
    payee, payer = np.sort(dice.integers(0, n, ties)), dice.integers(0, n, ties, dtype=np.int32)
    indptr = np.append(0, np.cumsum(np.bincount(payee, minlength=n)))
    weights = dice.random(ties) * 10.0 ** dice.integers(-6, 1, ties)
    return indptr, payer, weights, (dice.random(n) - 0.3) * scale, dice.integers(0, 40, n).astype(float)


@claim
@given(towns(), st.integers(0, 6))
def test_the_twin_stands_between_the_bounds(town: Town, sweeps: int) -> None:
    """Whatever the ties, and after any number of sweeps."""
    graph = town.run().graph
    months, severity = np.array(town.months, dtype=float), np.array(town.severity)
    weights = vouching_weights(graph, months / (months + 6), severity)
    support, b = graph.by_payee, np.array(town.evidence, dtype=float)
    found = bounds_of(support.indptr, support.indices, weights, b, 6 + months, sweeps)
    twin = graph.to_networkx()
    for who in range(town.holders):
        twin.add_node(name(who), evidence=b[who], months=months[who], severity=severity[who])
    exact = np.array(list(twins.vouch(twin).values()))
    assert (found.bounds[:, 0] <= exact).all()
    assert (exact <= found.bounds[:, 1]).all()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("scale", [1.0, 1e-3, 900.0])
def test_bounds_only_close_in(seed: int, scale: float) -> None:
    """Each sweep's bounds lie within those before and around the fixed point, until they are near enough."""
    indptr, indices, weights, b, n = heavy(seed, scale=scale)
    exact = vouch(indptr, indices, weights, b, n).standing
    before = bounds_of(indptr, indices, weights, b, 6 + n, 0).bounds
    for sweeps in range(1, 9):
        found = bounds_of(indptr, indices, weights, b, 6 + n, sweeps, 1e-6 * scale)
        assert (found.bounds[:, 0] >= before[:, 0]).all()
        assert (found.bounds[:, 1] <= before[:, 1]).all()
        assert (found.bounds[:, 0] <= exact).all()
        assert (exact <= found.bounds[:, 1]).all()
        before = found.bounds
    assert found.sweeps < 8
    assert (before[:, 1].astype(float) - before[:, 0]).max() <= 2e-6 * scale


def test_a_newcomer_can_push_out_a_heavy_supporter() -> None:
    """The upper bound holds where the weight that slows the pull down at the lower bounds is gone at the upper ones."""
    # 0 has a heavy supporter just above the pull and a light one whose own standing is still unknown and may be high.
    indptr, indices = np.array([0, 2, 2, 3, 3]), np.array([1, 2, 3])
    weights, b, months = np.array([100.0, 1.0, 1e6]), np.array([0.0, 0.1, 0.0, 1.0]), np.zeros(4)
    exact = vouch(indptr, indices, weights, b, months).standing
    for sweeps in range(4):
        found = bounds_of(indptr, indices, weights, b, 6 + months, sweeps)
        assert (found.bounds[:, 0] <= exact).all()
        assert (exact <= found.bounds[:, 1]).all()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("tolerance", [1e-3, 1e-6, 1e-9, 1e-13])
def test_the_certificate_is_true(seed: int, tolerance: float) -> None:
    """Whether bounds met, or all step together because float32 is too coarse for them."""
    arrays = heavy(seed)
    exact, rough = vouch(*arrays), vouch(*arrays, tolerance=tolerance)
    assert rough.converged
    assert rough.certificate <= tolerance
    assert np.abs(rough.standing - exact.standing).max() <= rough.certificate + 1e-15
    assert (rough.standing >= arrays[3]).all()
    assert rough.iterations <= exact.iterations
    added = contributions(*arrays[:3], rough, *arrays[3:])
    row = np.repeat(np.arange(len(arrays[3])), np.diff(arrays[0]))
    assert np.bincount(row, added, len(arrays[3])) == pytest.approx(rough.standing - arrays[3], abs=50 * tolerance)


def test_threads_change_no_bit_of_the_bounds() -> None:
    """Blocks and ranges are cut by ties, not by threads."""
    arrays = heavy(5, n=20_000, ties=2 * SMALL)
    one, two, five = (vouch(*arrays, tolerance=1e-6, threads=threads) for threads in (1, 2, 5))
    assert one.converged
    assert one.standing.tobytes() == two.standing.tobytes() == five.standing.tobytes()


@pytest.mark.parametrize("tolerance", [1e-6, 1e-12])
def test_steps_are_never_more_than_allowed(tolerance: float) -> None:
    """The last is a plain step from the bounds so far or the evidence; its certificate tells how far it is."""
    arrays = heavy(1)
    exact = vouch(*arrays).standing
    for steps in range(1, 4):
        cut = vouch(*arrays, tolerance=tolerance, max_iterations=steps)
        assert (cut.iterations, cut.converged) == (steps, False)
        assert cut.certificate == pytest.approx(4 * cut.last_change)
        assert np.abs(cut.standing - exact).max() <= cut.certificate


@pytest.mark.parametrize("scale", [LARGEST * 10, LEAST / 10, 1e-71, 0.0])
def test_numbers_that_float32_cannot_hold_bound_nobody(scale: float) -> None:
    """Then the bounds are infinite, the steps start at the evidence, and the end is that from any other start."""
    indptr, indices, weights, b, n = heavy(2)
    b *= scale
    found = bounds_of(indptr, indices, weights, b, 6 + n, 3)
    assert found.sweeps == 0
    assert np.isinf(found.bounds).all()
    assert found.start(b).tolist() == b.tolist()
    assert np.array_equal(
        vouch(indptr, indices, weights, b, n).standing, vouch(indptr, indices, weights, b, n, start=b).standing
    )


def test_blocks_hold_each_open_row_once_from_the_highest_down() -> None:
    """Nobody is lost between levels, ranges and blocks."""
    dice = np.random.default_rng(3)
    n = 20_000
    indptr = np.append(0, np.cumsum(dice.integers(0, 200, n)))
    high = dice.random(n).astype(np.float32)
    bounds = np.stack([high - dice.choice([0, 1e-3], n).astype(np.float32), high], axis=1)
    with rows_on_threads(indptr, 2) as run:
        rows, order = blocks(run, indptr, dice.random(n), dice.random(n), bounds, 1e-6, 1.0, 1.0)
    rows = rows["row"]
    assert np.sort(rows).tolist() == np.flatnonzero(bounds[:, 1] - bounds[:, 0] > 1e-6).tolist()
    assert (np.diff(high[rows]) < 1.01 / LEVELS).all()
    ends = [end for ranges in order for _, end in ranges]
    assert [0, *ends[:-1]] == [begin for ranges in order for begin, _ in ranges]
    assert ends[-1] == len(rows)
