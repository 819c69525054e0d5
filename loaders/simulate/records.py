"""What stands beside the log: accounts, profiles, consents, outcomes, rates?

Persons are made in chunks, each with its own dice, so that millions of them need no more memory than a few.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from loaders.contract import ACCOUNT_KINDS, OUTCOME_KINDS, SOURCES
from loaders.simulate.before import Remembered, earlier_profiles
from loaders.simulate.columns import days, ids, times, words
from loaders.simulate.plan import CURRENCIES, DAY, PRICES, Plan, Stream
from loaders.simulate.planted import members
from loaders.simulate.population import Population
from loaders.simulate.profiles import NO_PROFILE_SHARE, profile_columns

Ints = npt.NDArray[np.int64]

PERSONS_PER_CHUNK = 250_000
FURTHER_SHARE = 0.3
WITHDRAWN_SHARE = 0.02
NEVER_GRANTED_SHARE = 0.004
SEVERITY = (1.0, 0.0, 0.8, 0.5)
OUTCOME_SHARES = (0.3, 0.5, 0.1, 0.1)
YEAR = 365 * DAY


def account_ids(plan: Plan, population: Population) -> pa.Array:
    """Id of each account by number."""
    return ids("a", population.account_number, max(7, len(str(plan.accounts))))


def holder_ids(plan: Plan, population: Population) -> pa.Array:
    """Id of each person by number."""
    return ids("h", population.holder_number, max(7, len(str(plan.accounts))))


def accounts_table(plan: Plan, population: Population) -> pa.Table:
    """All accounts in order of their ids; merchants and institutions hold themselves, so their holder is blank."""
    public = population.merchants + population.institutions
    holder = np.concatenate([np.arange(population.persons), population.owner, np.full(public, -1)])
    kind = np.repeat([0, 1, 2], [plan.accounts - public, population.merchants, population.institutions])
    opened = np.concatenate([population.opened, population.owner_opened, population.public_opened])
    holders = holder_ids(plan, population).take(pa.array(holder, mask=holder < 0))
    table = pa.table(
        {
            "account_id": account_ids(plan, population),
            "holder_id": holders,
            "kind": words(ACCOUNT_KINDS, kind),
            "opened_on": days(opened),
        }
    )
    return table.take(pa.array(np.argsort(population.account_number)))


def person_chunks(population: Population) -> Iterator[tuple[int, Ints, bool]]:
    """Give number, persons and whether they are ordinary, chunk by chunk; the planted come last."""
    chunks = range(0, population.ordinary, PERSONS_PER_CHUNK)
    for number, start in enumerate(chunks):
        yield number, np.arange(start, min(start + PERSONS_PER_CHUNK, population.ordinary)), True
    yield len(chunks), np.arange(population.ordinary, population.persons), False


def profile_tables(plan: Plan, population: Population, accounts: pa.Array, *, text: bool) -> Iterator[pa.Table]:
    """Profiles, one row per person, known a few days before ``as_of``, now and then by a further account.

    A few persons have none. After the latest rows of a chunk come its earlier ones, quarter by quarter.
    """
    for number, person, ordinary in person_chunks(population):
        dice = plan.dice(Stream.PROFILES, number)
        if ordinary:
            person = person[dice.random(len(person)) >= NO_PROFILE_SHARE]
        known = plan.bounds[-1] - dice.integers(1, 20 * DAY, len(person))
        thrown = Remembered(dice)
        columns = profile_columns(
            population.quality[person], population.history[person], population.scale[person], thrown, noise=ordinary
        )
        further = population.second[person]
        account = np.where((further >= 0) & (dice.random(len(person)) < FURTHER_SHARE), further, person)
        yield pa.table({"account_id": accounts.take(pa.array(account)), "known_at": times(known, text), **columns})
        for earlier, at, columns in earlier_profiles(plan, population, number, person, known, thrown, noise=ordinary):
            yield pa.table({"account_id": accounts.take(pa.array(earlier)), "known_at": times(at, text), **columns})


def consents(plan: Plan, population: Population) -> Iterator[tuple[Ints, Ints, npt.NDArray[np.bool_], Ints]]:
    """Person, source, granted and time of consents, chunk by chunk: all say yes once, a few take a yes back later."""
    for number, person, ordinary in person_chunks(population):
        dice = plan.dice(Stream.CONSENTS, number)
        who, source = np.repeat(person, len(SOURCES)), np.tile(np.arange(len(SOURCES)), len(person))
        opened = population.opened[who] * DAY
        at = opened + dice.integers(1, DAY, len(who))
        chance = dice.random(len(who)) if ordinary else np.ones(len(who))
        asked = chance >= NEVER_GRANTED_SHARE
        back = np.flatnonzero(asked & (chance < NEVER_GRANTED_SHARE + WITHDRAWN_SHARE))
        left = plan.bounds[-1] - 1 - at[back]
        later = at[back] + 1 + (left * dice.random(len(back))).astype(np.int64)
        granted = np.repeat([True, False], [int(asked.sum()), len(back)])
        yield (
            np.concatenate([who[asked], who[back]]), np.concatenate([source[asked], source[back]]),
            granted, np.concatenate([at[asked], later]),
        )  # fmt: skip


def consent_tables(plan: Plan, population: Population, accounts: pa.Array, *, text: bool) -> Iterator[pa.Table]:
    """Consents as tables of the contract."""
    for person, source, granted, at in consents(plan, population):
        yield pa.table(
            {
                "account_id": accounts.take(pa.array(person)),
                "source": words(SOURCES, source),
                "granted": pa.array(granted),
                "at": times(at, text),
            }
        )


def outcomes(plan: Plan, population: Population) -> tuple[Ints, Ints, npt.NDArray[np.float64], Ints]:
    """Person, kind, severity and time of outcomes: three years before ``as_of`` and one year after it.

    Their odds follow the latent quality: log-odds −3.6 − 1.2 q before and −3.0 − 1.3 q after.
    """
    dice = plan.dice(Stream.OUTCOMES)
    end = int(plan.bounds[-1])
    quality = population.quality[: population.ordinary]
    before = np.flatnonzero(dice.random(len(quality)) < 1 / (1 + np.exp(3.6 + 1.2 * quality)))
    after = np.flatnonzero(dice.random(len(quality)) < 1 / (1 + np.exp(3.0 + 1.3 * quality)))
    past = np.minimum(3 * YEAR, end - 1 - population.opened[before] * DAY) * dice.random(len(before))
    defaulters = members("defaulter") + population.ordinary
    person = np.concatenate([before, after, defaulters])
    at = np.concatenate(
        [
            end - 1 - past.astype(np.int64),
            end + 1 + dice.integers(0, YEAR, len(after)),
            end - 45 * DAY * (1 + np.arange(len(defaulters))),
        ]
    )
    kind = dice.choice(len(OUTCOME_KINDS), size=len(person), p=OUTCOME_SHARES)
    overdue = np.round(dice.uniform(0.1, 0.6, len(person)), 2)
    kind[len(before) + len(after) :] = OUTCOME_KINDS.index("default")
    severity = np.where(kind == OUTCOME_KINDS.index("overdue"), overdue, np.array(SEVERITY)[kind])
    return person, kind, severity, at


def outcomes_table(plan: Plan, population: Population, accounts: pa.Array, *, text: bool) -> pa.Table:
    """Outcomes as a table of the contract, in order of time."""
    person, kind, severity, at = outcomes(plan, population)
    order = np.argsort(at, kind="stable")
    return pa.table(
        {
            "account_id": accounts.take(pa.array(person[order])),
            "kind": words(OUTCOME_KINDS, kind[order]),
            "severity": pa.array(severity[order]),
            "at": times(at[order], text),
        }
    )


def rates_table(plan: Plan, used: npt.NDArray[np.bool_]) -> pa.Table:
    """Rates for the days on which a currency was paid in; ``used`` has a row per currency, a column per day of the log.

    Each currency walks at random around its price, by about 0.2 percent a day.
    """
    steps = plan.dice(Stream.RATES).standard_normal(used.shape)
    prices = np.array(PRICES)[:, None] * np.exp(0.002 * np.cumsum(steps, axis=1))
    currency, day = np.nonzero(used)
    rate = pa.array([f"{price:.6f}" for price in prices[currency, day].tolist()], pa.string())
    return pa.table(
        {
            "currency": words(CURRENCIES, currency),
            "on": days(day + int(plan.bounds[0]) // DAY),
            "rate": rate.cast(pa.decimal128(18, 6)),
        }
    )
