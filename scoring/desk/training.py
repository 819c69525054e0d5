"""How is a model learnt from Python? What ``renmai train`` does, with DataFrames, text and mappings as well."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from scoring.desk.arguments import Data, Policy, config_of, input_of, moment_of, refuse_unknown

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd

    from scoring.models.model import Model


def train(
    data: Data | None = None,
    *,
    as_of: datetime | str,
    accounts: pd.DataFrame | None = None,
    relations: pd.DataFrame | None = None,
    profiles: pd.DataFrame | None = None,
    consents: pd.DataFrame | None = None,
    outcomes: pd.DataFrame | None = None,
    rates: pd.DataFrame | None = None,
    config: Policy | None = None,
    **choices: Any,
) -> Model:
    """Learn the tabular dimensions from what became of people, point in time.

    Parameters
    ----------
    data
        A folder with the tables, or what ``loaders.load`` gave. Without it: the DataFrames below.
    as_of
        The last moment at which features count, a datetime or ISO 8601 text, with an offset; labels are the outcomes
        in the horizon after it.
    accounts, relations, profiles, consents, outcomes, rates
        DataFrames with the columns of the contract. Beside a folder, ``outcomes`` may be given alone: a DataFrame or
        file with the labels.
    config
        A ``Config``, a TOML file, or its sections as a mapping; as for :func:`scoring.run`.
    choices
        ``horizon="12m"``, ``kind="logistic"`` (``tree``, ``forest``), ``dimensions``, ``name``, ``undated_ok=False``,
        ``cohorts=4``, ``every="3m"``, ``progress``: as told in :mod:`scoring.training.learning`.

    Returns
    -------
    Model
        To be kept by :func:`scoring.save_model` or given to :func:`scoring.run`.

    Raises
    ------
    UsageError
        When an argument is not known or cannot be used, profiles are undated, a column gives the label away, or there
        are fewer than 20 bad ones.
    ContractError, GateError
        When the input does not pass.

    Examples
    --------
    >>> from loaders.town import AS_OF, town
    >>> train(**town(), as_of=AS_OF)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    scoring.training.by_feature.TrainingError: profiles of 12 persons have no known_at, so nothing says that they ...
    """
    from scoring.training import learning

    known = [one for one in inspect.signature(learning.train).parameters if one not in ("data", "outcomes")]
    refuse_unknown("train", choices, known)
    policy = config_of(config, data)
    frames = {"accounts": accounts, "relations": relations, "profiles": profiles}
    frames |= {"consents": consents, "rates": rates}
    if data is None:
        frames["outcomes"] = outcomes
    elif outcomes is not None:
        choices["outcomes"] = outcomes
    return learning.train(input_of(data, frames, policy), as_of=moment_of(as_of), config=policy, **choices)
