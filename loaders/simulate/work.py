"""Who earns a wage, from whom, how much and on which day of the month?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from loaders.simulate.plan import DAY, Plan, Stream
from loaders.simulate.population import Population
from loaders.simulate.rows import KIND, Rows, make_rows, times

Ints = npt.NDArray[np.int64]

SHARE_OF_LOG = 0.12


@dataclass(frozen=True)
class Work:
    """Who earns: person, employer's account, pay day (0 to 27) and wage in minor units."""

    person: Ints
    employer: Ints
    day: Ints
    wage: Ints


def make_work(plan: Plan, population: Population) -> Work:
    """Hire persons, so that wages are `SHARE_OF_LOG` of the log; a few employers have most of them."""
    dice = plan.dice(Stream.WORK)
    count = min(population.ordinary * 3 // 5, plan.share_of_log(SHARE_OF_LOG) // plan.months)
    person = dice.permutation(population.ordinary)[:count]
    number = (population.institutions * dice.random(count) ** 2).astype(np.int64)
    days = dice.choice((4, 9, 14, 24), size=population.institutions, p=(0.1, 0.4, 0.3, 0.2))
    wage = population.scale[person] * np.exp(np.log(1.6) + 0.3 * dice.standard_normal(count))
    return Work(
        person, population.first_institution + number, days[number], wage.astype(np.int64) // 1000 * 1000 + 1000
    )


def wage_rows(plan: Plan, population: Population, work: Work, month: int, part: int, dice: np.random.Generator) -> Rows:
    """Give one part of the wages of a month; a pay day on a weekend moves to the Friday before."""
    mine = employed(plan, population, work, month, part)
    weekday = (int(plan.bounds[month]) // DAY + work.day[mine] + 3) % 7
    at = times(plan, month, (work.day[mine] - (weekday - 4).clip(0)).clip(0), dice)
    kind = np.full(len(mine), KIND["payroll"], dtype=np.int8)
    return make_rows(kind, work.employer[mine], work.person[mine], work.wage[mine], at)


def employed(plan: Plan, population: Population, work: Work, month: int, part: int) -> Ints:
    """Positions in ``work`` that are paid in a part of a month: those whose account is open."""
    mine = np.arange(part, len(work.person), plan.parts)
    return mine[population.opened[work.person[mine]] * DAY <= plan.bounds[month]]
