"""Which commands tell what the policy is? config show and config schema."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from loaders.errors import UsageError
from scoring.cli.options import read_config

config = typer.Typer(no_args_is_help=True, help="Show the policy numbers that a run would use.")


@config.command("show")
def show(
    path: Annotated[
        Path | None, typer.Argument(metavar="FILE|DATA", help="A policy file, or a data folder with renmai.toml.")
    ] = None,
    config_file: Annotated[Path | None, typer.Option("--config", help="The policy file.")] = None,
) -> None:
    """Print the effective configuration as TOML: the file's values and every default.

    Example: renmai config show my-data
    """
    from scoring.config import effective_toml

    if path is not None and config_file is not None:
        raise UsageError(f"name one policy: {path} or --config {config_file}, not both")
    is_folder = path is not None and path.is_dir()
    found = read_config(path, None) if is_folder else read_config(None, config_file or path)
    typer.echo(effective_toml(found), nl=False)


@config.command("schema")
def schema() -> None:
    """Print the JSON schema of renmai.toml.

    Example: renmai config schema > renmai.schema.json
    """
    from scoring.cli.display import print_json
    from scoring.config import json_schema

    print_json(json_schema())
