"""What would have to be better for a score of 700? Ways over features that can be acted on, each scored to prove it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from graph.vouch import vouch, vouching_weights
from loaders.errors import UsageError
from scoring.bands import band_of
from scoring.combination import combine
from scoring.config import HIGHEST, LOWEST, Config
from scoring.explanation.features import YES_OR_NO, bin_name
from scoring.recall import Recalled, recall
from scoring.runs.run import Run
from scoring.whatif.asking import find, what_if
from scoring.whatif.own import Own, plain
from scoring.whatif.results import Reach, Step, Way
from scoring.whatif.search import Found, Reckoner, ways
from scoring.whatif.standing import as_it_stands, only, scores
from scoring.whatif.steps import options

MOST = 3
"""Ways told."""
TRIED = 12
"""Ways that are scored again before those that hold are told."""


def would_reach(run: Run | Recalled, account: str, threshold: int | None = None) -> tuple[Way, ...]:
    """Find up to three ways of an account to a score, each scored again to prove it.

    Parameters
    ----------
    run, account, threshold
        As for :func:`reach`, which also tells why there is no way.

    Examples
    --------
    >>> import pandas as pd, scoring
    >>> from loaders.town import AS_OF, town
    >>> tables = town()
    >>> uma = pd.DataFrame([{"account_id": "uma", "on_time_rate": "0.5", "history_months": "30"}])
    >>> tables["profiles"] = pd.concat([tables["profiles"].query("account_id != 'uma'"), uma]).fillna("")
    >>> print(would_reach(scoring.run(**tables, as_of=AS_OF), "uma")[0].text)
    would reach 581 if the share of card repayments made on time were 0.7 to below 0.85
    """
    return reach(run, account, threshold).ways


def reach(run: Run | Recalled, account: str, threshold: int | None = None) -> Reach:
    """Find what would have to be better for a score: fewest features first, then fewest bins.

    Only features that can be acted on are moved, only in the good direction; consents, time and other people are not.
    Each way is scored again as a what-if, and told only if it reaches the threshold.

    Parameters
    ----------
    run
        A run, or what ``recall`` made of it.
    account
        The account.
    threshold
        The score to reach, 350 to 950; ``None``: where the next band or benefit begins.

    Raises
    ------
    UsageError
        When the account has no score in the run, or the threshold is none.

    Examples
    --------
    >>> import tempfile, loaders, scoring
    >>> from loaders.town import AS_OF, town
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     run = scoring.run(loaders.load(**town()), as_of=AS_OF, runs=folder)
    ...     print(reach(run, "nina", 700).sentence)
    700 cannot be reached: nothing that can be acted on is read from features; the score is 670
    """
    known = run if isinstance(run, Recalled) else recall(run)
    account_id, place = find(known, account)
    before = as_it_stands(known)
    score = int(scores(before, np.array([place]), known.config).score[0])
    goal = _next(score, known.config) if threshold is None else threshold
    if isinstance(goal, bool) or not isinstance(goal, int) or not LOWEST <= goal <= HIGHEST:
        raise UsageError(f"a score to reach must be a whole number from {LOWEST} to {HIGHEST}; got {goal!r}")
    own = Own.of(known.assessment, known.config, place)
    choices, reckoner = options(own, known.config), Reckoner(own, known.config)
    best = score
    if choices:
        ends = tuple(option.targets[-1] for option in choices)
        best = max(score, _proved(known, account_id, Found(choices, ends, 1.0)))
    found: list[Way] = []
    if score < goal <= best:
        for one in ways(reckoner, choices, _needed(known, place, goal))[:TRIED]:
            after = _proved(known, account_id, one)
            if after >= goal and len(found) < MOST:
                found.append(_way(one, after, known.config))
    return Reach(
        account_id=account_id,
        holder_id=own.holder,
        run_id=known.run.id,
        score=score,
        threshold=goal,
        ways=tuple(found),
        best=best,
        sentence=_sentence(score, goal, best, found, bool(choices)),
    )


def _next(score: int, config: Config) -> int:
    """Say where the next band or benefit begins; the highest score if there is none."""
    starts = [band.at_least for band in config.bands] + [benefit.at_least for benefit in config.benefits]
    return min((start for start in starts if start > score), default=HIGHEST)


def _proved(known: Recalled, account_id: str, found: Found) -> int:
    values = {name: plain(name, value) for name, value in found.values.items()}
    return what_if(known, account_id, set=values, top=0).after.score


def _needed(known: Recalled, place: int, goal: int) -> float:
    """Find the least e that gives the score, by halves; more than 1 if none does.

    The holder's own row is solved alone, with those who lift it as they stand: they stand above it, so nothing that it
    does moves them.
    """
    config, told = known.config, known.assessment
    support, one = known.graph.by_payee, np.array([place])
    row = slice(support.indptr[place], support.indptr[place + 1])
    facts = known.graph, told.credibility, known.severity, told.lift_allowed, config.propagation
    behind, others = vouching_weights(*facts)[row], known.standing[support.indices[row]]
    rows = np.array([0, *[len(others)] * (len(others) + 1)]), np.arange(1, len(others) + 1), behind
    months = np.concatenate([told.months[one], np.zeros(len(others))])
    alone, distress = only(told, one), known.distress[one]

    def enough(tabular: float) -> bool:
        evidence = alone.credibility * tabular + (1 - alone.credibility) * told.constants.mean
        solved = vouch(*rows, np.concatenate([evidence, others]), months, parameters=config.propagation, threads=1)
        own = replace(alone, tabular=np.array([tabular]), evidence=evidence)
        return int(combine(own, solved.standing[:1], distress, config).score[0]) >= goal

    low, high = 0.0, 1.0
    if not enough(high):
        return 2.0
    while low < (middle := (low + high) / 2) < high:
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _way(found: Found, score: int, config: Config) -> Way:
    steps = tuple(
        Step(
            feature=option.feature.name,
            name=config.reasons.of(option.feature.name).words["en"].name,
            dimension=option.feature.dimension,
            now=bin_name(option.feature, option.now),
            then=bin_name(option.feature, target.place),
            value=bool(target.value) if option.feature.unit == YES_OR_NO else target.value,
            bins=target.bins,
        )
        for option, target in zip(found.options, found.targets, strict=True)
    )
    return Way(steps, score, str(band_of(score, config)[0].as_py()))


def _sentence(score: int, goal: int, best: int, found: list[Way], choices: bool) -> str:
    if score >= goal:
        return f"{goal} is reached: the score is {score}"
    if found:
        return f"{found[0].text}; the score is {score}"
    if not choices:
        return f"{goal} cannot be reached: nothing that can be acted on is read from features; the score is {score}"
    return (
        f"{goal} cannot be reached by what can be acted on: with all of it at its best the score would be {best}; it "
        f"is {score}"
    )
