"""Which commands bring data in to begin with? init, schema, simulate, import."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from scoring.cli.display import print_json, print_table, progress
from scoring.cli.options import ConfigFile, Insecure, TableFormat, read_time

importing = typer.Typer(no_args_is_help=True, help="Turn public formats into tables of the data contract.")


class SchemaFormat(StrEnum):
    """How the contract is printed."""

    table = "table"
    json = "json"


def init(folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write into; made if need be.")]) -> None:
    """Write a commented renmai.toml and small sample tables to start from; nothing is ever replaced.

    Example: renmai init my-data
    """
    from scoring.starter import write_starter

    for path in write_starter(folder):
        typer.echo(str(path))
    typer.echo(f"Next: renmai run {folder} --as-of 2026-01-01T00:00:00+00:00")


def schema(
    format: Annotated[  # noqa: A002
        SchemaFormat, typer.Option("--format", help="table for people, json for programs (JSON schema).")
    ] = SchemaFormat.table,
) -> None:
    """Print the data contract: tables, columns, types, allowed values and the features of profiles.

    Example: renmai schema --format json
    """
    import loaders

    if format is SchemaFormat.json:
        print_json(loaders.schema())
        return
    from loaders.contract import TABLES

    for table in TABLES.values():
        need = "required" if table.required else "optional"
        if table.name == "profiles":
            rows = [_feature_row(column) for column in table.columns]
            heads = ["column", "type", "dimension", "source", "unit", "range", "better", "meaning"]
        else:
            rows = [_column_row(column) for column in table.columns]
            heads = ["column", "type", "header", "cell", "allowed", "meaning"]
        print_table(f"{table.name} ({need}): {table.meaning}", heads, rows, words=len(heads))


def _column_row(column: Any) -> tuple[str, ...]:
    header = "required" if column.required else "optional"
    cell = "may be blank" if column.blank else "required"
    return (column.name, column.type, header, cell, ", ".join(column.choices), column.meaning)


def _feature_row(column: Any) -> tuple[str, ...]:
    from loaders.contract import DIMENSION_SOURCE
    from loaders.features import features

    known = {feature.name: feature for feature in features()}
    if column.name in known:
        feature = known[column.name]
        told = (feature.type, feature.dimension, feature.source, feature.unit, f"{feature.low} to {feature.high}")
        return (column.name, *told, "more" if feature.direction == "up" else "less", feature.meaning)
    source = DIMENSION_SOURCE.get(column.name, "finance" if column.name == "spending_scale" else "")
    dimension = column.name if column.name in DIMENSION_SOURCE else ""
    span = f"{column.low} to {column.high}" if column.number else ""
    return (column.name, column.number or column.type, dimension, source, "", span, "", column.meaning)


def simulate(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder to write the tables and truth.json into.")],
    accounts: Annotated[int, typer.Option("--accounts", help="How many accounts, at least 100.")] = 5000,
    relations: Annotated[
        int | None, typer.Option("--relations", help="How many relations; without it 30 per account, at least 6,000.")
    ] = None,
    months: Annotated[int, typer.Option("--months", help="How many months of log.")] = 24,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same bytes.")] = 7,
    format: Annotated[TableFormat, typer.Option("--format", help="csv or parquet.")] = TableFormat.csv,  # noqa: A002
    as_of: Annotated[str, typer.Option("--as-of", help="Where the log ends.")] = "2026-01-01T00:00:00+00:00",
    profile_history: Annotated[
        int,
        typer.Option(
            "--profile-history",
            help="Quarterly rows of each profile before the latest, 0 to 40: for backtests and out-of-time training.",
        ),
    ] = 0,
) -> None:
    """Make up a believable portfolio with planted truths, told in truth.json.

    With --profile-history N each profile also has up to N earlier rows, known 3, 6, … months before the latest, none
    before the account was opened; all other rows stay as they are without it.

    Example: renmai simulate town --accounts 5000 --months 24 --seed 7
    """
    from loaders.simulate import simulate as make

    end = read_time(as_of)
    with progress("simulating") as tell:
        make(
            out,
            accounts=accounts,
            relations=relations,
            months=months,
            seed=seed,
            format=format.value,
            as_of=end,
            profile_history=profile_history,
            progress=tell,
        )
    typer.echo(f"{out} holds the tables and truth.json; next: renmai run {out} --as-of {end.isoformat()}")


@importing.command("finbench")
def finbench(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder with the LDBC FinBench files.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder to write our tables into.")],
    with_graph: Annotated[
        bool,
        typer.Option(
            "--with-graph",
            help="Also write FinBench's own nodes and relationships, and load all into the graph database.",
        ),
    ] = False,
    config: ConfigFile = None,
    insecure: Insecure = False,
) -> None:
    """Turn an LDBC FinBench data set into tables of the data contract.

    With --with-graph its loans, persons, companies and media go into OUT/finbench, and everything into the graph
    database, as `renmai db load OUT` does: its reads are then there as `renmai query finbench-tcr1` and so on.

    Example: renmai import finbench sf0.1 finbench
    """
    from loaders.finbench import convert

    counts = convert(folder, out, with_graph=with_graph)
    print_table("Counted while reading", ["what", "count"], list(_flat(counts)))
    if with_graph:
        from scoring.cli.loading import load

        load(out, config, insecure)
    typer.echo(f"{out} holds the tables; next: renmai run {out} --as-of {counts['last_time']}")


@importing.command("credit-clients")
def credit_clients(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder to write our tables into.")],
) -> None:
    """Turn 30,000 real credit card clients (Taiwan 2005), who come with Renmai, into tables of the data contract.

    Source: I-Cheng Yeh, Default of Credit Card Clients, UCI Machine Learning Repository, 2009, doi 10.24432/C55S3H,
    CC BY 4.0. Amounts are in TWD, so scores need a model trained on them; groups.csv is for monitoring alone.

    Example: renmai import credit-clients clients
    """
    from loaders.credit_clients import convert

    counts = convert(out)
    print_table("Counted while reading", ["what", "count"], list(_flat(counts)))
    typer.echo(f"{out} holds the tables; next: renmai train {out} --as-of {counts['as_of']} --horizon 1m")


def _flat(counts: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """One row per number, named by the way to it."""
    for name, count in counts.items():
        way = f"{above}, {name}" if above else name
        if isinstance(count, Mapping):
            yield from _flat(count, way.replace("_", " "))
        else:
            yield way.replace("_", " "), f"{count:,}" if isinstance(count, int) else str(count)
