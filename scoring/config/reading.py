"""How does a ``renmai.toml`` become a configuration, or a list of everything that is wrong with it?"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from graph.parameters import PropagationParameters, TieParameters
from loaders.errors import UsageError
from scoring.config.errors import ConfigError, problems
from scoring.config.model import Config
from scoring.evaluation.filing import Filed, read_file
from scoring.explanation.dictionary import Dictionary, ReasonsError
from scoring.models.model import Model
from scoring.models.storing import load_model
from scoring.scorecard.card import Scorecard, ScorecardError


def load_config(path: Path | None = None) -> Config:
    """Read the policy numbers of a TOML file; what it does not name keeps its default.

    Parameters
    ----------
    path
        The file; ``None`` gives the defaults.

    Returns
    -------
    Config
        Frozen; with the scorecard its ``score.scorecard`` names already read and checked.

    Raises
    ------
    ConfigError
        With every finding at once, each with its full key, what was found and what is allowed.

    Examples
    --------
    >>> load_config().score.weights.connections
    0.05
    """
    if path is None:
        return Config()
    path = Path(path)
    return config_from(_table(path), path)


def config_from(table: dict[str, Any], path: Path) -> Config:
    """Read the policy numbers of tables as TOML gives them; ``path`` is what they are called and stand beside.

    Raises
    ------
    ConfigError
        With every finding at once.

    Examples
    --------
    >>> config_from({"score": {"rho": 0.5}}, Path("notebook")).score.rho
    0.5
    """
    found: list[str] = []
    config, card, model = None, None, None
    try:
        # JSON knows lists but no tuples, so strict types can be asked for: "0.3" is no number, 1 is no true.
        config = Config.model_validate_json(json.dumps(table, default=str), strict=True)
    except ValidationError as failure:
        found += problems(failure, known_keys(Config))
        found = _with_parameters(found, table)
    try:
        card = _scorecard(table, path)
    except ScorecardError as failure:
        found += [f"score.scorecard: {problem}" for problem in failure.problems]
    try:
        model = _model(table, path)
    except UsageError as failure:
        found.append(f"score.model: {failure}")
    reasons = _reasons(table, path, found)
    evaluation = _evaluation(table, path, found)
    if config is None or found:
        raise ConfigError(found, path.name)
    config = config if card is None else config.with_card(card)
    config = config if reasons is None else config.with_reasons(reasons)
    config = config if evaluation is None else config.with_evaluation(evaluation)
    return config if model is None else config.with_model(model)


def stored_config(manifest: Mapping[str, Any]) -> Config:
    """Rebuild the configuration a run was made with, scorecard and trained model included.

    Parameters
    ----------
    manifest
        The run's.

    Raises
    ------
    ScorecardError, ModelError
        When what the manifest keeps is not usable.

    Examples
    --------
    >>> manifest = {"config": Config().model_dump(mode="json"), "scorecard": Config().card.document()}
    >>> stored_config(manifest).card.name, stored_config(manifest).model
    ('expert-1', None)
    """
    config = Config.model_validate(manifest["config"]).with_card(Scorecard.from_document(manifest["scorecard"]))
    if words := manifest.get("reasons"):
        config = config.with_reasons(Dictionary.load().changed(words, "the manifest's reasons"))
    document = manifest.get("model")
    return config if document is None else config.with_model(Model.from_document(document, "the manifest's model"))


def known_keys(model: Any, place: str = "") -> dict[str, tuple[str, ...]]:
    """List the keys each table of a model allows, by the table's full key ("" is the top).

    Examples
    --------
    >>> known_keys(Config)["gate"]
    ('max_reject_rate', 'min_rows_share', 'max_psi', 'allow_empty', 'connections', 'evaluation')
    """
    if isinstance(model, type) and issubclass(model, BaseModel):
        kinds = {name: field.annotation for name, field in model.model_fields.items()}
    elif isinstance(model, type) and is_dataclass(model):
        kinds = {field.name: None for field in fields(model)}
    else:  # a list of tables: bands, benefits
        inner = [kind for kind in get_args(model) if isinstance(kind, type) and issubclass(kind, BaseModel)]
        return known_keys(inner[0], place) if inner else {}
    keys = {place: tuple(kinds)}
    for name, kind in kinds.items():
        keys |= known_keys(kind, f"{place}.{name}" if place else name)
    return keys


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"not valid TOML: {error}"], path.name) from None
    except UnicodeDecodeError as error:
        raise ConfigError([f"not UTF-8 text: byte {error.start} cannot be read"], path.name) from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _with_parameters(found: list[str], table: dict[str, Any]) -> list[str]:
    """Say what is wrong with each parameter of the graph; on its own a dataclass stops at the first one."""
    for name, parameters in (("ties", TieParameters), ("propagation", PropagationParameters)):
        keys, told = table.get(name), {problem.split(":")[0] for problem in found}
        given = {key: keys[key] for key in keys if f"{name}.{key}" not in told} if isinstance(keys, dict) else {}
        found = [problem for problem in found if not problem.startswith(f"{name}: ") or not given]
        for key, value in list(given.items()):
            error = _refusal(parameters, {key: value})
            if error.startswith(f"{key} must"):  # else it is about keys that do not go together, which is asked below
                found.append(f"{name}.{key}: {error.removeprefix(key).strip()}")
                del given[key]
        if error := _refusal(parameters, given):
            found.append(f"{name}: {error}")
    return found


def _refusal(parameters: Callable[..., object], values: Mapping[str, Any]) -> str:
    """Give the sentence with which a dataclass refuses these values; empty if it takes them."""
    try:
        parameters(**values)
    except ValueError as error:
        return str(error)
    return ""


def _scorecard(table: dict[str, Any], path: Path) -> Scorecard | None:
    name = _named(table, "score", "scorecard")
    if name is None:
        return None
    if (file := _beside(path, name)) is None:
        raise ScorecardError([f"found {name!r}, allowed is a file in the folder of {path.name}"], name)
    return Scorecard.load(file)


def _model(table: dict[str, Any], path: Path) -> Model | None:
    name = _named(table, "score", "model")
    if name is None:
        return None
    if (file := _beside(path, name)) is None:
        raise UsageError(f"found {name!r}, allowed is a file in the folder of {path.name}")
    return load_model(file)


def _reasons(table: dict[str, Any], path: Path, found: list[str]) -> Dictionary | None:
    name = _named(table, "lender", "reasons")
    if name is None:
        return None
    if (file := _beside(path, name)) is None:
        found.append(f"lender.reasons: found {name!r}, allowed is a file in the folder of {path.name}")
        return None
    try:
        return Dictionary.load(file)
    except ReasonsError as failure:
        found += [f"lender.reasons: {problem}" for problem in failure.problems]
        return None


def _evaluation(table: dict[str, Any], path: Path, found: list[str]) -> Filed | None:
    name = _named(table, "gate", "evaluation")
    if name is None:
        return None
    if (file := _beside(path, name)) is None:
        found.append(f"gate.evaluation: found {name!r}, allowed is a file in the folder of {path.name}")
        return None
    try:
        return read_file(file)
    except UsageError as failure:
        found.append(f"gate.evaluation: {failure}")
        return None


def _named(table: dict[str, Any], section: str, key: str) -> str | None:
    """Give the file that a key of a section names, if any."""
    keys = table.get(section)
    name = keys.get(key) if isinstance(keys, dict) else None
    return name if isinstance(name, str) and name else None


def _beside(path: Path, name: str) -> Path | None:
    """Find a file in the folder of the configuration; None if there is none or it leads out."""
    folder = path.resolve().parent
    try:
        file = (folder / name).resolve()
        return file if file.is_relative_to(folder) and file.is_file() else None
    except (OSError, ValueError):
        return None
