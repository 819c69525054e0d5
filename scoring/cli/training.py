"""Which command learns from outcomes? train."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scoring.cli.display import Format, Formatted, print_json, print_table, progress
from scoring.cli.options import DEFAULT_MODELS, ConfigFile, Data, Models, read_config, read_time

if TYPE_CHECKING:
    from scoring.models.model import Model

PARTS = ("train", "test", "out_of_time")


class Kind(StrEnum):
    """What is learnt."""

    logistic = "logistic"
    tree = "tree"
    forest = "forest"


class Dimension(StrEnum):
    """The tabular dimensions."""

    credit_history = "credit_history"
    ability = "ability"
    behaviour = "behaviour"
    identity = "identity"


def train(
    data: Data,
    as_of: Annotated[
        str, typer.Option("--as-of", help="Features are those known by then, ISO 8601 with offset; labels come after.")
    ],
    horizon: Annotated[
        str, typer.Option("--horizon", help="Bad is a default or a court order within it: months or days, 12m or 90d.")
    ] = "12m",
    model: Annotated[
        Kind, typer.Option("--model", help="logistic: points per bin; tree; forest. All monotone in each feature.")
    ] = Kind.logistic,
    dimension: Annotated[
        list[Dimension] | None,
        typer.Option("--dimension", help="A dimension to learn; more than once for several. Without it: all four."),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help="Name of the model. Without it: kind and day, logistic-20260101.")
    ] = None,
    models: Models = DEFAULT_MODELS,
    outcomes: Annotated[
        Path | None, typer.Option("--outcomes", help="File the labels come from. Without it: the outcomes in DATA.")
    ] = None,
    undated_ok: Annotated[
        bool,
        typer.Option("--undated-ok", help="Learn from profiles without known_at as well; the model records it."),
    ] = False,
    cohorts: Annotated[
        int,
        typer.Option("--cohorts", min=1, max=100, help="Earlier moments to train on at most, if profiles reach back."),
    ] = 4,
    every: Annotated[str, typer.Option("--every", help="How far apart they are, 3m or 90d.")] = "3m",
    config: ConfigFile = None,
    format: Formatted = Format.text,  # noqa: A002 - the option's name
) -> None:
    """Learn the tabular dimensions and a probability of default from what became of people.

    Point in time: a feature counts as it was known at --as-of, a label as it came within --horizon after. Part of the
    people, later in time where the data reach back, is kept aside to test on. A dimension whose features tell nothing
    keeps the scorecard. The model is JSON with its own hash; `renmai run --model NAME` scores with it.

    Example: renmai train data --as-of 2025-01-01T00:00:00+00:00 --horizon 12m --model logistic --name spring

    Example: renmai train data --as-of 2025-01-01T00:00:00+00:00 --model forest --dimension ability --format json
    """
    moment, policy = read_time(as_of), read_config(data, config)
    from scoring.models.storing import checked_name, save_model
    from scoring.training.learning import train as learn

    checked_name(name)
    wanted = [chosen.value for chosen in dimension or ()] or None
    with progress("training") as told:
        made = learn(
            data,
            as_of=moment,
            horizon=horizon,
            kind=model.value,
            dimensions=wanted,
            name=name,
            outcomes=outcomes,
            undated_ok=undated_ok,
            cohorts=cohorts,
            every=every,
            config=policy,
            progress=told,
        )
    path = save_model(made, models)
    if format is Format.json:
        print_json(_told(made, path))
    else:
        _show(made)
        beside = "" if models == DEFAULT_MODELS else f" --models {models}"
        typer.echo(f"{path} holds the model; next: renmai run {data} --as-of {as_of} --model {made.name}{beside}")


def _told(model: Model, path: Path) -> dict[str, Any]:
    """Tell what came of training, without bins and trees, which are in the file."""
    document = model.document()
    dimensions = {
        name: {"features": {feature.name: feature.iv for feature in learnt.features}, "auc": dict(learnt.auc)}
        for name, learnt in model.dimensions.items()
    }
    beside = {key: document[key] for key in ("name", "kind", "as_of", "horizon", "currency", "sha256")}
    rest = {key: document[key] for key in ("calibration", "fitted_weights", "facts")}
    return {"path": str(path), **beside, "dimensions": dimensions, **rest}


def _show(model: Model) -> None:
    facts = model.facts
    rows = []
    for name, learnt in model.dimensions.items():
        iv = f"{sum(feature.iv for feature in learnt.features):.3f}"
        rows.append((name, f"{len(learnt.features)}", iv, *(_cell(learnt.auc.get(part)) for part in PARTS)))
    rows.append(("tabular value", "", "", *(_cell(facts["auc"].get(part)) for part in PARTS)))
    aside = "AUC kept aside" if facts["split"]["method"] == "hash" else "AUC out of time"
    heads = ("dimension", "features", "IV", "AUC train", "AUC out of fold", aside)
    print_table(f"model {model.name} ({model.kind})", heads, rows)
    for name, why in facts["kept"].items():
        typer.echo(f"{name} keeps the scorecard: {why}")
    for name, why in facts["left_out"].items():
        typer.echo(f"left out: {name} ({why})")
    for part, words in (("train", "trained on"), ("out_of_time", "tested on")):
        count = facts["counts"][part]
        typer.echo(f"{words} {count['persons']:,} persons, {count['bads']:,} of them bad within {model.horizon}")
    typer.echo(f"split: {facts['split']['text']}")
    if facts["undated_ok"] and facts["undated"]:
        typer.echo(f"{facts['undated']:,} profiles are undated: nothing proves that they were known at {model.as_of}")
    for note in facts["notes"]:
        typer.echo(note)
    for band, curve in model.calibration.curves.items():
        fitted = f"log odds {curve.intercept:+.3f} {curve.slope:+.3f} e"
        typer.echo(f"probability of default, {band} files: {fitted} ({curve.bads:,} bad of {curve.persons:,})")


def _cell(value: float | None) -> str:
    return "none" if value is None else f"{value:.4f}"
