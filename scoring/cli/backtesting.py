"""Would the policy have helped before? The command backtest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from loaders.errors import UsageError
from scoring.cli.display import progress
from scoring.cli.evaluation_output import DRAWS, HORIZON, SEED, TableOrJson, hand_over, require_ending
from scoring.cli.options import DEFAULT_RUNS, RunId, Runs, read_config, read_time

if TYPE_CHECKING:
    from datetime import datetime

    from loaders.tables import Tables
    from scoring.batch.stages import Rule
    from scoring.config import Config


def backtest(
    data: Annotated[
        Path | None, typer.Argument(help="Folder with the tables. Without it: what the run was made of.")
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", help="Up to when outcomes are known, ISO 8601 with offset. Without DATA: as the run."),
    ] = None,
    every: Annotated[str, typer.Option("--every", help="Time between two dates: months or days.")] = "3m",
    since: Annotated[
        str | None, typer.Option("--from", help="The earliest date, ISO 8601 with offset. Without it: --count dates.")
    ] = None,
    count: Annotated[
        int | None, typer.Option("--count", min=1, max=200, help="How many dates; 4 without it and --from.")
    ] = None,
    horizon: Annotated[str, HORIZON] = "12m",
    undated_ok: Annotated[
        bool, typer.Option("--undated-ok", help="Let profile rows without known_at count at every date.")
    ] = False,
    seed: Annotated[int, SEED] = 7,
    draws: Annotated[int, DRAWS] = 1000,
    config: Annotated[
        Path | None,
        typer.Option("--config", help="Policy file. Without it: renmai.toml in DATA; without DATA the run's own."),
    ] = None,
    run: RunId = None,
    runs: Runs = DEFAULT_RUNS,
    out: Annotated[Path | None, typer.Option("--out", help="Write it as a page (.html) or a file (.json).")] = None,
    format: Annotated[  # noqa: A002 - the option's name
        TableOrJson, typer.Option("--format", help="table (or text) for people, json for programs.")
    ] = TableOrJson.table,
) -> None:
    """Evaluate the policy at earlier dates of one log: what it would have said then, and what came.

    The last date is one horizon before --as-of; each sees only what was known at its own moment. Without DATA it is the
    input, the moment and the policy of the current run, or of --run.

    Example: renmai backtest data --as-of 2026-01-01T00:00:00+00:00 --every 3m --count 4

    Example: renmai backtest --every 3m
    """
    require_ending(out, (".html", ".json"))
    log = _log_of_run(runs, run, as_of, config) if data is None else _log_in(data, run, as_of, config)
    from scoring.evaluation.backtesting import backtest as over

    with progress("looking back") as tell:
        found = over(
            log.tables,
            as_of=log.as_of,
            every=every,
            since=None if since is None else read_time(since, "--from"),
            count=count,
            horizon=horizon,
            config=log.config,
            rule=log.rule,
            undated_ok=undated_ok,
            seed=seed,
            draws=draws,
            progress=tell,
        )
    hand_over(found, out, format)


class Log(NamedTuple):
    """What is looked back on: the tables, up to when, by which policy and rule."""

    tables: Tables
    as_of: datetime
    config: Config
    rule: Rule


def _log_in(data: Path, run: str | None, as_of: str | None, config: Path | None) -> Log:
    if run is not None:
        raise UsageError(f"--run {run} and DATA {data} are both given; a backtest is of one of them")
    if as_of is None:
        raise UsageError("--as-of is missing: up to when are the outcomes in DATA known?")
    import loaders

    moment, policy = read_time(as_of), read_config(data, config)
    with progress("reading") as tell:
        tables = loaders.read(data, policy.load_settings, lambda _name, done, of: tell(done, of))
    return Log(tables, moment, policy, "vouch")


def _log_of_run(runs: Path, run: str | None, as_of: str | None, config: Path | None) -> Log:
    from scoring.batch.inputs import inputs_of
    from scoring.config import stored_config
    from scoring.runs import open_run

    opened = open_run(runs, run)
    moment = read_time(str(opened.manifest["as_of"]) if as_of is None else as_of)
    policy = stored_config(opened.manifest) if config is None else read_config(None, config)
    with progress("reading") as tell:
        tables = inputs_of(opened, progress=lambda _name, done, of: tell(done, of))
    return Log(tables, moment, policy, opened.manifest["rule"])
