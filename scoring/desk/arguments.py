"""What did the caller mean? A moment, a policy, tables or a folder, and names that were mistyped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

import loaders
from loaders.errors import UsageError
from loaders.spelling import did_you_mean
from loaders.tables import Tables
from scoring.config import Config, load_config
from scoring.config.reading import config_from
from scoring.models.model import Model
from scoring.models.storing import load_model

Data = Tables | Path | str
Policy = Config | Mapping[str, Any] | Path | str


def refuse_unknown(verb: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Refuse keywords that a verb does not know, and say what was probably meant.

    Raises
    ------
    UsageError
        Naming the first one.

    Examples
    --------
    >>> refuse_unknown("run", ["acounts"], ["accounts", "relations"])
    Traceback (most recent call last):
    loaders.errors.UsageError: run has no argument 'acounts'; did you mean 'accounts'? It takes accounts, relations
    """
    known = list(known)
    for name in (name for name in given if name not in known):
        hint = did_you_mean(name, known) or ";"
        raise UsageError(
            f"{verb} has no argument {name!r}{hint} {'It' if hint != ';' else 'it'} takes {', '.join(known)}"
        )


def path_of(name: str, given: Path | str, wanted: str) -> Path:
    """Read a path.

    Raises
    ------
    UsageError
        When it is none.

    Examples
    --------
    >>> path_of("runs", 3, "a folder")
    Traceback (most recent call last):
    loaders.errors.UsageError: runs must be a folder; got int
    """
    if not isinstance(given, Path | str):
        raise UsageError(f"{name} must be {wanted}; got {type(given).__name__}")
    return Path(given)


def account_of(given: str) -> str:
    """Read an account's id, which is text in every table.

    Raises
    ------
    UsageError
        When it is none, such as a number where ``data.integer_ids`` took numbers in.

    Examples
    --------
    >>> account_of(1000)
    Traceback (most recent call last):
    loaders.errors.UsageError: account must be text, as in run.scores; got int 1000
    """
    if not isinstance(given, str):
        raise UsageError(f"account must be text, as in run.scores; got {type(given).__name__} {given!r}")
    return given


def moment_of(as_of: datetime | str) -> datetime:
    """Read the moment to score at: a datetime, or ISO 8601 text; both with an offset.

    Raises
    ------
    UsageError
        When it is neither, or names no moment since it has no offset.

    Examples
    --------
    >>> moment_of("2026-01-01T00:00:00+08:00").isoformat()
    '2026-01-01T00:00:00+08:00'
    >>> moment_of("2026-01-01")
    Traceback (most recent call last):
    loaders.errors.UsageError: as_of is '2026-01-01'; it must have an offset, like 2026-01-01T00:00:00+00:00
    """
    moment: Any = as_of
    if isinstance(as_of, str):
        try:
            moment = datetime.fromisoformat(as_of)
        except ValueError as error:
            raise UsageError(f"as_of is {as_of!r}; it must be ISO 8601, like 2026-01-01T00:00:00+00:00") from error
    if not isinstance(moment, datetime) or moment is pd.NaT:
        raise UsageError(f"as_of must be a datetime or ISO 8601 text; got {type(as_of).__name__}")
    if isinstance(moment, pd.Timestamp):
        if moment.nanosecond:
            raise UsageError(f"as_of is {moment.isoformat()}; microseconds are the finest that a run keeps")
        moment = moment.to_pydatetime()
    if moment.utcoffset() is None:
        shown = as_of if isinstance(as_of, str) else moment.isoformat()
        raise UsageError(f"as_of is {shown!r}; it must have an offset, like 2026-01-01T00:00:00+00:00")
    return moment


def config_of(config: Policy | None, data: Data | None = None) -> Config:
    """Read the policy: a Config, a TOML file or its sections as a mapping; else ``renmai.toml`` beside the data.

    Parameters
    ----------
    config
        What the caller gave.
    data
        Where the tables are: the policy file of a folder counts, as it does for ``renmai run``.

    Raises
    ------
    ConfigError
        With every finding at once.

    Examples
    --------
    >>> config_of({"score": {"connections": False}}).score.connections
    False
    >>> config_of({"score": {"roh": 0.5}})
    Traceback (most recent call last):
    scoring.config.errors.ConfigError: config: 1 setting is not usable:
      score.roh: unknown key; did you mean 'rho'? (found 0.5)
    """
    if isinstance(config, Config):
        return config
    if isinstance(config, Mapping):
        return config_from(dict(config), Path("config"))
    if config is not None:
        return load_config(path_of("config", config, "a Config, a mapping or the path of a TOML file"))
    beside = Path(data) / "renmai.toml" if isinstance(data, Path | str) else None
    return load_config(beside if beside is not None and beside.is_file() else None)


def with_model(config: Config, model: Model | Path | str | None) -> Config:
    """Put a trained model into the policy: the object, its file, or its name in the folder ``models``.

    Raises
    ------
    UsageError
        When there is no such model, or its file is damaged or foreign.
    """
    if model is None:
        return config
    if not isinstance(model, Model | Path | str):
        raise UsageError(f"model must be a trained model, its file or its name; got {type(model).__name__}")
    return config.with_model(model if isinstance(model, Model) else load_model(model))


def input_of(data: Data | None, frames: Mapping[str, Any], config: Config) -> Tables | Path:
    """Say what is scored: a folder, tables that passed the gate, or DataFrames, which pass it here.

    Parameters
    ----------
    data
        A folder or tables.
    frames
        DataFrames by table name, None where there is none.
    config
        How they are read.

    Raises
    ------
    UsageError
        When there is nothing to score, or both are given, or one of accounts and relations is missing.
    ContractError
        When a DataFrame breaks the contract as a whole.
    """
    given = {name: frame for name, frame in frames.items() if frame is not None}
    if data is not None:
        if given:
            raise UsageError(f"data is given, so {', '.join(given)} must not be: tables come from one place")
        if not isinstance(data, Tables | Path | str):
            raise UsageError(
                f"data must be a folder or what loaders.load gave; got {type(data).__name__}."
                " DataFrames are given by name: accounts=…, relations=…"
            )
        return data if isinstance(data, Tables) else Path(data)
    if missing := [name for name in ("accounts", "relations") if name not in given]:
        raise UsageError(f"{' and '.join(missing)} must be given: a DataFrame each, or a folder as data")
    return loaders.load(**given, settings=config.load_settings)
