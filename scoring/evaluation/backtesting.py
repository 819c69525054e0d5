"""Would it have helped before? The same policy at earlier dates of one log, judged by what the log tells came later."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

import loaders
from loaders.errors import UsageError
from loaders.tables import Tables
from scoring.batch.inputs import inputs_of
from scoring.batch.stages import Order
from scoring.config import Config, load_config, stored_config
from scoring.evaluation.bootstrap import RESAMPLING, require_draws
from scoring.evaluation.dates import Dates
from scoring.evaluation.lookback import look_back
from scoring.evaluation.results import BACKTEST_FORMAT, Backtest, BacktestRow
from scoring.runs.run import Run
from scoring.training.labels import Horizon

if TYPE_CHECKING:
    from scoring.batch.stages import Rule

Tell = Callable[[int, int], None]
Data = Run | Tables | Mapping[str, Any] | Path | str


def backtest(
    data: Data,
    *,
    as_of: datetime | str | None = None,
    every: str = "3m",
    since: datetime | str | None = None,
    count: int | None = None,
    horizon: str = "12m",
    config: Config | None = None,
    rule: Rule | None = None,
    undated_ok: bool = False,
    seed: int = 7,
    draws: int = 1000,
    progress: Tell | None = None,
) -> Backtest:
    """Evaluate a policy at earlier dates of one log.

    Parameters
    ----------
    data
        The log: a run (what it was made of), a folder with tables, ``loaders.Tables``, or DataFrames by table name.
    as_of
        Up to when outcomes are known, with an offset; later rows are not looked at. None: that of the run.
    every
        Time between two dates, ``3m`` or ``90d``.
    since
        The earliest date, with an offset; None: ``count`` dates.
    count
        How many dates, 1 to 200; None: 4, or all since ``since``.
    horizon
        How far each date looks ahead; the last date is one horizon before ``as_of``.
    config
        The policy. None: that of the run, ``renmai.toml`` in the folder, or the defaults.
    rule
        ``vouch`` or ``association``. None: that of the run, or ``vouch``.
    undated_ok
        Whether profile rows without ``known_at`` count at every date.
    seed, draws
        Of the bootstrap; 1 to 100,000 draws.
    progress
        Told how many of how many dates are done.

    Returns
    -------
    Backtest
        One row per date, oldest first.

    Raises
    ------
    UsageError
        When an argument is not usable, no date is left, or the run's input is not where it was.
    ContractError, GateError
        When the data do not pass the gate.

    Examples
    --------
    >>> from loaders.town import AS_OF, town
    >>> found = backtest(town(), as_of=AS_OF, count=2, undated_ok=True, draws=20)
    >>> [(row.as_of[:10], row.persons, row.bad) for row in found.rows]
    [('2024-10-01', 7, 0), ('2025-01-01', 7, 1)]
    """
    require_draws(draws)
    if isinstance(data, Run):
        as_of, rule = as_of or str(data.manifest["as_of"]), rule or data.manifest["rule"]
    if as_of is None:
        raise UsageError("as_of is missing: up to when are outcomes known?")
    first = None if since is None else _moment("since", since)
    dates = Dates(_moment("as_of", as_of), Horizon.parse(every), Horizon.parse(horizon), count, first)
    listed = dates.listed()
    policy = config or _policy(data)
    tables, rows = _tables(data, policy), []
    order = Order(dates.until, policy, rule or "vouch")
    for done, moment in enumerate(listed, start=1):
        rows.append(look_back(tables, order, moment, dates, undated_ok=undated_ok, seed=seed, draws=draws))
        if progress is not None:
            progress(done, len(listed))
    return Backtest(
        format=BACKTEST_FORMAT,
        headline=_headline(rows),
        horizon=str(dates.horizon),
        every=str(dates.every),
        seed=seed,
        draws=draws,
        resampling=RESAMPLING,
        fingerprint=loaders.fingerprint(tables),
        rows=tuple(rows),
        notes=_notes(tables, dates, listed, undated_ok=undated_ok),
    )


def _moment(name: str, given: datetime | str) -> datetime:
    try:
        moment = datetime.fromisoformat(given) if isinstance(given, str) else given
    except ValueError:
        raise UsageError(f"{name} is {given!r}; it must be ISO 8601, like 2026-01-01T00:00:00+00:00") from None
    if moment.utcoffset() is None:
        raise UsageError(f"{name} is {given!s}; it must have an offset, like 2026-01-01T00:00:00+00:00")
    return moment


def _policy(data: Data) -> Config:
    if isinstance(data, Run):
        return stored_config(data.manifest)
    beside = Path(data) / "renmai.toml" if isinstance(data, Path | str) else None
    return load_config(beside if beside is not None and beside.is_file() else None)


def _tables(data: Data, config: Config) -> Tables:
    if isinstance(data, Tables):
        return data
    if isinstance(data, Run):
        return inputs_of(data)
    if isinstance(data, Mapping):
        return loaders.load(**data, settings=config.load_settings)
    return loaders.read(Path(data), config.load_settings)


def _notes(tables: Tables, dates: Dates, listed: tuple[datetime, ...], *, undated_ok: bool) -> tuple[str, ...]:
    notes = []
    if undated := int(pc.sum(pc.is_null(tables.profiles["known_at"])).as_py() or 0):
        what = "count at every date, whenever they became known" if undated_ok else "are set aside at every date"
        notes.append(f"{undated:,} profile rows say not when they were known; they {what}.")
    if any(dates.horizon.after(one) > two for one, two in pairwise(listed)):
        notes.append("Horizons of neighbouring dates overlap, so the dates are not independent of each other.")
    return tuple(notes)


def _headline(rows: Iterable[BacktestRow]) -> str:
    rows = list(rows)
    measured = [row.uplift for row in rows if row.uplift.difference is not None]
    shown = [found for found in measured if found.shown]
    if not measured:
        return f"On thin files nothing can be said about an uplift at any of {_dates(len(rows))}."
    zero = sum(found.low <= 0 <= found.high for found in measured if found.low is not None and found.high is not None)
    told = f"On thin files an uplift is shown at {len(shown) or 'none'} of {_dates(len(measured))}"
    told += f"; its interval includes zero at {zero or 'none'} of them"
    rest = len(rows) - len(measured)
    return f"{told}; at {rest} more nothing can be said." if rest else f"{told}."


def _dates(count: int) -> str:
    return f"{count} date{'s' * (count != 1)}"
