"""Is anybody treated worse? Figures by a column that never enters a score, with small groups hidden."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scoring.evaluation.measures import Flags, Numbers, Scores, power, rate
from scoring.evaluation.probability import calibration
from scoring.evaluation.results import GroupFigures, Groups

FOUR_FIFTHS = 0.8
MOST_ROWS = 5
NOBODY = "(no group)"


@dataclass(frozen=True, slots=True)
class Selection:
    """Who gets something: a score of at least ``threshold``, and for some benefits no bad record."""

    threshold: int
    benefit: str
    no_bad_record: bool


@dataclass(frozen=True, eq=False)
class People:
    """What is known of everybody, in one order.

    ``group`` is the name of each person's group, ``NOBODY`` where it has none.
    """

    group: npt.NDArray[np.object_]
    score: Scores
    bad: Flags
    clean: Flags
    probability: Numbers | None


def merged(sizes: Mapping[str, int], least: int) -> frozenset[str]:
    """Say which groups are merged so that no figure is of fewer than ``least`` persons, even by subtraction.

    Groups under ``least`` are merged. As all persons' figures are known as well, what is hidden can be had by
    subtraction; so while the hidden ones together are fewer than ``least``, as a single one always is, the smallest one
    still shown joins them.

    Examples
    --------
    >>> sorted(merged({"a": 90, "b": 40, "c": 3}, 30)), sorted(merged({"a": 90, "b": 40}, 30))
    (['b', 'c'], [])
    """
    order = sorted(sizes, key=lambda name: (sizes[name], name))
    hidden = [name for name in order if sizes[name] < least]
    shown = [name for name in order if sizes[name] >= least]
    while hidden and shown and sum(sizes[name] for name in hidden) < least:
        hidden.append(shown.pop(0))
    return frozenset(hidden)


def monitor(column: str, people: People, selection: Selection, *, least: int) -> Groups:
    """Compare groups: who is selected, how often bad came, how well score and probability fit.

    Parameters
    ----------
    column
        What the groups are by; it has no part in any score.
    people
        Everybody.
    selection
        Who gets something.
    least
        Groups of fewer persons are merged, at least 1.

    Examples
    --------
    >>> people = People(np.array(["x"] * 40 + ["y"] * 40, object), np.array([700] * 40 + [500, 700] * 20),
    ...                 np.zeros(80, bool), np.ones(80, bool), None)
    >>> found = monitor("region", people, Selection(600, "", False), least=30)
    >>> [(row.group, row.selection_rate, row.impact_ratio) for row in found.rows], found.adverse
    ([('x', 1.0, 1.0), ('y', 0.5, 0.5)], ('y',))
    """
    names, counts = np.unique(people.group.astype(str), return_counts=True)
    sizes = dict(zip(names.tolist(), counts.tolist(), strict=True))
    hidden = merged(sizes, least)
    chosen = (people.score >= selection.threshold) & (people.clean | (not selection.no_bad_record))
    parts = {name: people.group == name for name in sizes if name not in hidden}
    together = np.isin(people.group.astype(str), list(hidden)) if hidden else np.zeros(len(people.score), np.bool_)
    note = ""
    if hidden and together.sum() >= least:
        parts[f"(other: {len(hidden)} groups merged)"] = together
        note = (
            f"{len(hidden)} groups are merged: some have fewer than {least} persons, and none may be had by subtraction"
        )
    elif hidden:
        note = f"there are fewer than {least} persons in all groups together; nothing is shown"
    rates = {name: float(chosen[here].mean()) for name, here in parts.items()}
    best = max(rates.values(), default=0.0)
    rows = tuple(_figures(name, here, people, chosen, best, least) for name, here in parts.items())
    adverse = tuple(row.group for row in rows if row.impact_ratio is not None and row.impact_ratio < FOUR_FIFTHS)
    unknown = sizes.get(NOBODY, 0)
    return Groups(column, selection.threshold, selection.benefit, least, rows, len(hidden), unknown, adverse, note)


def _figures(name: str, here: Flags, people: People, chosen: Flags, best: float, least: int) -> GroupFigures:
    bad, persons = people.bad[here], int(here.sum())
    mine = None if people.probability is None else people.probability[here]
    share = float(chosen[here].mean())
    return GroupFigures(
        group=name,
        persons=persons,
        selected=int(chosen[here].sum()),
        selection_rate=share,
        impact_ratio=share / best if best else None,
        observed=rate(bad),
        predicted=None if mine is None else float(mine.mean()),
        auc=power(people.score[here], bad).auc,
        calibration=()
        if mine is None
        else calibration(mine, bad, min(MOST_ROWS, max(1, persons // least)), least=least),
    )
