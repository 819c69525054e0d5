"""What would the older run's facts have given under the newer policy? Dimensions from their bins, ties solved anew."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from loaders.contract import DIMENSIONS
from scoring.batch.facts import NO_SHIFT, policy
from scoring.comparison.states import State, state, state_of
from scoring.config import Config
from scoring.recall import Recalled
from scoring.scorecard.card import MISSING
from scoring.standing import stand
from scoring.tabular.dimensions import ORIGINS
from scoring.tabular.persons import Numbers
from scoring.tabular.portfolio import Assessment, Constants, weighted_mean

NO_MOVE = tuple(name for name in (*NO_SHIFT, "bands", "reasons") if name != "constants")
"""Parts of a policy that move no score; whose constants are used is a choice that does."""
READ = tuple(ORIGINS.index(name) for name in ("scorecard", "model"))
READY_MADE, NOTHING, REFUSED = (ORIGINS.index(name) for name in ("ready_made", "missing", "withheld"))
Bins = Mapping[str, npt.NDArray[np.int16]]


@dataclass(frozen=True, eq=False)
class Retold:
    """The older facts under the newer policy.

    Attributes
    ----------
    state
        Rows in the order of the older run's holders.
    bins
        Per dimension the bins its features were read from.
    contributions
        holder_id, supporter_id, contribution.
    changed
        Which parts of the policy differ, by their full keys; empty where nothing does.
    notes
        What could not be told apart.
    """

    state: State
    bins: Mapping[str, Bins]
    contributions: pa.Table
    changed: tuple[str, ...]
    notes: tuple[str, ...]


def retell(older: Recalled, newer: Recalled) -> Retold:
    """Tell the older run's facts under the newer run's policy and rule.

    Exact, as a run of the older input under the newer policy would be, wherever only points, weights, ρ, the rule,
    portfolio quantiles or [propagation] differ. A feature whose bins begin elsewhere can only be read from the newer
    run, and ties are those of the older run; both are told in ``notes``.
    """
    changed = tuple(_changed(older, newer))
    if not changed:
        same: dict[str, Bins] = {name: _bins_of(older, name, older.config) for name in DIMENSIONS}
        return Retold(state_of(older), same, older.run.table("contributions"), (), ())
    notes = list(_beyond(older, newer))
    bins = {name: _mixed(older, newer, name, notes) for name in DIMENSIONS}
    assessment = _assessed(older, newer, bins)
    found = stand(older.graph, assessment, older.severity, newer.config, newer.run.manifest["rule"])
    told = state(newer.config, assessment, found.standing, found.distress)
    return Retold(told, bins, found.contributions, changed, tuple(notes))


def _changed(older: Recalled, newer: Recalled) -> Iterator[str]:
    before, after = (_flat(policy(known.config, NO_MOVE)) for known in (older, newer))
    yield from sorted({key.split(".features.")[0] for key in {**before, **after} if before.get(key) != after.get(key)})
    if older.run.manifest["rule"] != newer.run.manifest["rule"]:
        yield "rule"


def _flat(values: Mapping[str, object], prefix: str = "") -> dict[str, object]:
    """Give every value by its full key."""
    flat: dict[str, object] = {}
    for key, value in values.items():
        flat |= _flat(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {f"{prefix}{key}": value}
    return flat


def _beyond(older: Recalled, newer: Recalled) -> Iterator[str]:
    """Say which changes the older run's tables can't follow."""
    if older.config.ties != newer.config.ties or older.config.data != newer.config.data:
        yield "[ties] or [data] changed and ties can't be made anew: what that did is counted as connections"
    if older.config.score.spending_scale != newer.config.score.spending_scale:
        yield "score.spending_scale changed and ties can't be made anew: what that did is counted as connections"
    if older.config.propagation.outcome_half_life_days != newer.config.propagation.outcome_half_life_days:
        yield "the half-life of outcomes changed: what that did is counted as connections"


def _bins_of(known: Recalled, dimension: str, config: Config) -> dict[str, npt.NDArray[np.int16]]:
    """Give the bins of a dimension's features; empty where the input had none of them."""
    table, features = known.assessment.bins, config.reader(dimension).features
    if table is None or not all(feature.name in table.column_names for feature in features):
        return {}
    return {feature.name: table[feature.name].to_numpy() for feature in features}


def _mixed(older: Recalled, newer: Recalled, dimension: str, notes: list[str]) -> Bins:
    """Give the older bins; for a feature whose bins begin elsewhere now, the newer ones."""
    before, after = _bins_of(older, dimension, older.config), _bins_of(newer, dimension, newer.config)
    edges = {feature.name: feature.at_least for feature in older.config.reader(dimension).features}
    place = pc.index_in(older.assessment.holders, value_set=newer.assessment.holders)
    there, row = place.is_valid().to_numpy(zero_copy_only=False), place.fill_null(0).to_numpy(zero_copy_only=False)
    mixed, taken = {}, []
    for feature in newer.config.reader(dimension).features:
        if feature.name in before and edges[feature.name] == feature.at_least:
            mixed[feature.name] = before[feature.name]
        elif feature.name in after and len(row):
            mixed[feature.name] = np.where(there, after[feature.name][row], MISSING).astype(np.int16)
            taken.append(feature.name)
        else:
            return {}
    if taken:
        notes.append(
            f"the bins of {', '.join(taken)} ({dimension.replace('_', ' ')}) begin elsewhere now: what own data did to "
            "them can't be told from the policy and is counted as policy"
        )
    return mixed


def _assessed(older: Recalled, newer: Recalled, bins: Mapping[str, Bins]) -> Assessment:
    """Assess the older holders under the newer policy: dimensions, portfolio constants, evidence."""
    known, config = older.assessment, newer.config
    read = [_values(older, newer, number, bins[name]) for number, name in enumerate(DIMENSIONS)]
    fixed = newer.assessment.constants if config.constants != "run" else None
    quartiles = fixed.quartiles if fixed else {
        name: _quantile(read[number], known.origin[:, number], config) for number, name in enumerate(DIMENSIONS)
    }  # fmt: skip
    dimensions = np.column_stack(
        [
            _completed(known, number, read[number], bins[name], quartiles[name], config)
            for number, name in enumerate(DIMENSIONS)
        ]
    )
    tabular = weighted_mean(dimensions, config.score.weights.percent[:4])
    mean = fixed.mean if fixed else math.fsum(tabular) / len(tabular) if len(tabular) else 0.0
    credibility = known.months / (known.months + config.propagation.prior_months)
    return replace(
        known,
        dimensions=dimensions,
        tabular=tabular,
        credibility=credibility,
        evidence=credibility * tabular + (1 - credibility) * mean,
        constants=Constants(mean, known.constants.scale, quartiles),
    )


def _values(older: Recalled, newer: Recalled, number: int, bins: Bins) -> Numbers:
    """Read one dimension anew where it comes from features; else, and for who is gone under new bins, as it was."""
    known = older.assessment
    before = known.dimensions[:, number]
    if not bins:
        return before
    value = newer.config.reader(DIMENSIONS[number]).value(bins)
    return np.where(np.isin(known.origin[:, number], READ), value, before)


def _quantile(values: Numbers, origin: npt.NDArray[np.int8], config: Config) -> float:
    there = values[np.isin(origin, (READY_MADE, *READ))]
    return float(np.quantile(there, config.score.missing_quantile)) if len(there) else config.score.missing_fallback


def _completed(known: Assessment, number: int, values: Numbers, bins: Bins, quantile: float, config: Config) -> Numbers:
    """Put the quantile where nothing is there, never above what withheld and unsupplied features leave."""
    origin = known.origin[:, number]
    if not bins:
        return np.where(origin == NOTHING, quantile, values)
    barred = (np.stack(list(bins.values())) < MISSING).any(axis=0)
    cap = np.where(barred, config.reader(DIMENSIONS[number]).value(bins), 1.0)
    stands_in = (origin == NOTHING) | ((origin == REFUSED) & (values > 0))
    return np.where(stands_in, np.minimum(quantile, cap), values)
