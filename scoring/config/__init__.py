"""Which number is policy? Each can be set here; those of the formulas have their defaults in `graph.parameters`."""

from __future__ import annotations

from scoring.config.errors import ConfigError
from scoring.config.model import Config
from scoring.config.reading import load_config, stored_config
from scoring.config.sections import ALL_DIMENSIONS, CONNECTIONS, Band, Benefit, Score
from scoring.config.writing import commented_toml, effective_toml, json_schema
from scoring.span import HIGHEST, LOWEST

__all__ = [
    "ALL_DIMENSIONS",
    "CONNECTIONS",
    "HIGHEST",
    "LOWEST",
    "Band",
    "Benefit",
    "Config",
    "ConfigError",
    "Score",
    "commented_toml",
    "effective_toml",
    "json_schema",
    "load_config",
    "stored_config",
]
