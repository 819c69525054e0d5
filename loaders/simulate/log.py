"""In which order does the simulated log come, part by part, with exactly the relations that were asked for?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from loaders.simulate.acts import Scene
from loaders.simulate.everyday import everyday_rows
from loaders.simulate.plan import Plan, Stream
from loaders.simulate.planted import members, planted_rows
from loaders.simulate.population import Population
from loaders.simulate.rows import Rows, in_order_of_time
from loaders.simulate.support import Support, support_rows
from loaders.simulate.work import Work, employed, make_work, wage_rows

Ints = npt.NDArray[np.int64]


def log_parts(plan: Plan, population: Population, support: Support) -> Iterator[Rows]:
    """Give the log in parts of at most about 1,400,000 relations, each in order of time, month after month."""
    work = make_work(plan, population)
    planted = [_planted(plan, population, month) for month in range(plan.months)]
    everyday = _everyday_counts(plan, population, support, work, sum(map(len, planted)))
    for month in range(plan.months):
        scene = Scene(plan, population, month)
        for part in range(plan.parts):
            dice = plan.dice(Stream.LOG, month, part)
            pieces = [
                everyday_rows(plan, scene, month, int(everyday[month, part]), dice),
                support_rows(plan, support, month, part, dice),
                wage_rows(plan, population, work, month, part, dice),
            ]
            yield in_order_of_time([*pieces, planted[month]] if part == 0 else pieces)


def _planted(plan: Plan, population: Population, month: int) -> Rows:
    trickster = population.ordinary + int(members("refund_trickster")[0])
    return planted_rows(plan, month, population.ordinary, int(population.second[trickster]))


def _everyday_counts(plan: Plan, population: Population, support: Support, work: Work, planted: int) -> Ints:
    """How many relations of everyday life each part of each month has: what the others leave, growing by a half."""
    others = planted
    for month in range(plan.months):
        for part in range(plan.parts):
            others += support.count(plan, month, part) + len(employed(plan, population, work, month, part))
    share = np.repeat(np.linspace(0.8, 1.2, plan.months), plan.parts)
    border = np.floor(np.cumsum(share) / share.sum() * (plan.relations - others)).astype(np.int64)
    border[-1] = plan.relations - others
    return np.diff(border, prepend=0).reshape(plan.months, plan.parts)
