"""Which options do many commands share, and how is a time on the command line read?"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from loaders.errors import UsageError

if TYPE_CHECKING:
    from graph.stores.settings import StoreSettings
    from scoring.config import Config

Runs = Annotated[Path, typer.Option("--runs", help="Folder of the runs.", show_default="runs")]
Data = Annotated[Path, typer.Argument(help="Folder with accounts, relations and what else there is (CSV or Parquet).")]
ConfigFile = Annotated[
    Path | None, typer.Option("--config", help="Policy file. Without it: renmai.toml in DATA, else the defaults.")
]
AsOf = Annotated[str, typer.Option("--as-of", help="The moment to score at, ISO 8601 with offset.")]
RunId = Annotated[str | None, typer.Option("--run", help="Run to read. Without it: the current one.")]
DEFAULT_RUNS = Path("runs")
DatabaseConfig = Annotated[
    Path | None,
    typer.Option("--config", help="Policy file with a section database. Without it: ./renmai.toml, else defaults."),
]
Insecure = Annotated[
    bool, typer.Option("--insecure", help="Speak to a remote database without TLS: others may read along.")
]


ModelName = Annotated[
    str | None,
    typer.Option(
        "--model", help="Trained model: a name in the models folder, or a file. Without it: score.model of the policy."
    ),
]
Models = Annotated[Path, typer.Option("--models", help="Folder of the trained models.", show_default="models")]
DEFAULT_MODELS = Path("models")


class TableFormat(StrEnum):
    """How tables are written."""

    csv = "csv"
    parquet = "parquet"


def read_time(text: str, option: str = "--as-of") -> datetime:
    """Read ``--as-of`` or another time: ISO 8601 with offset; a time without one is refused, since it names no moment.

    Examples
    --------
    >>> read_time("2026-01-01T08:00:00+08:00").isoformat()
    '2026-01-01T00:00:00+00:00'
    >>> read_time("2026-01-01")
    Traceback (most recent call last):
    loaders.errors.UsageError: --as-of is '2026-01-01'; it must be ISO 8601 with offset, like 2026-01-01T00:00:00+00:00
    """
    wrong = f"{option} is {text!r}; it must be ISO 8601 with offset, like 2026-01-01T00:00:00+00:00"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(wrong) from error
    if moment.tzinfo is None:
        raise UsageError(wrong)
    return moment.astimezone(UTC)


def find_config(data: Path | None, config: Path | None) -> Path | None:
    """Say which policy file counts: the one named, else ``renmai.toml`` in DATA, else none (the defaults)."""
    if config is not None:
        return config
    beside = data / "renmai.toml" if data is not None else None
    return beside if beside is not None and beside.is_file() else None


def read_config(data: Path | None, config: Path | None) -> Config:
    """Read the policy that counts for DATA."""
    from scoring.config import load_config

    return load_config(find_config(data, config))


def read_store(config: Path | None, *, insecure: bool = False) -> StoreSettings:
    """Say which graph database is meant: NEO4J_URI and its companions, else ``[database]`` of the policy that counts.

    Parameters
    ----------
    config
        The file of ``--config``; without it ``renmai.toml`` in the working folder counts, if it is there.
    insecure
        Whether ``--insecure`` was given.
    """
    return read_config(Path(), config).store_settings(insecure=insecure)


def with_model(config: Config, model: str | None, models: Path) -> Config:
    """Put the trained model that ``--model`` names into a policy; without one it stays as it is."""
    if model is None:
        return config
    from scoring.models.storing import load_model

    return config.with_model(load_model(model, models))
