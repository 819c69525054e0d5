"""Which keys has a model's file, and what may each of them be? Strict types, finite numbers, nothing else."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"
FORMAT, FORMAT_VERSION = "renmai-model", 1
KINDS = ("logistic", "tree", "forest")

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0, le=10**12)]
Text = Annotated[str, Field(max_length=2_000, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]  # nothing a terminal obeys
LogOdds = Annotated[float, Field(ge=-1_000, le=1_000)]
Variance = Annotated[float, Field(ge=-1e9, le=1e9)]
Dimension = Literal["credit_history", "ability", "behaviour", "identity"]
Part = Literal["train", "test", "out_of_time"]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Nodes = Annotated[list[Annotated[int, Field(ge=-1, le=10_000)]], Field(min_length=1, max_length=511)]


class Entry(BaseModel):
    """A part of the file: no key beside those named, no text where a number is meant, no NaN."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class FeatureEntry(Entry):
    """Bins of one feature; see ``ModelFeature``."""

    name: Text
    at_least: Annotated[list[float], Field(min_length=1, max_length=100)]
    woe: Annotated[list[LogOdds], Field(min_length=1, max_length=100)]
    missing: LogOdds
    iv: Annotated[float, Field(ge=0, le=1_000)]
    shares: Annotated[list[Share], Field(min_length=1, max_length=100)]
    absent: Annotated[list[Share], Field(min_length=3, max_length=3)]


class TreeEntry(Entry):
    """Node arrays of one tree; see ``Tree``."""

    feature: Nodes
    level: Nodes
    left: Nodes
    right: Nodes
    value: Annotated[list[Annotated[float, Field(ge=-50, le=50)]], Field(min_length=1, max_length=511)]


class DimensionEntry(Entry):
    """One dimension: its features, and either points or trees."""

    features: Annotated[list[FeatureEntry], Field(min_length=1, max_length=64)]
    points: Annotated[list[Annotated[list[Count], Field(max_length=101)]], Field(max_length=64)] | None = None
    trees: Annotated[list[TreeEntry], Field(min_length=1, max_length=1_000)] | None = None
    auc: dict[Part, Share | None]


class CurveEntry(Entry):
    """A calibration curve; see ``Curve``."""

    intercept: LogOdds
    slope: Annotated[float, Field(ge=-1_000, le=0)]
    variances: Annotated[list[Variance], Field(min_length=3, max_length=3)]
    persons: Count
    bads: Count


class CalibrationEntry(Entry):
    """Curves per band; see ``Calibration``."""

    thin_months: Annotated[int, Field(ge=0, le=1200)]
    curves: dict[Literal["thin", "thick", "all"], CurveEntry]


class SplitEntry(Entry):
    """How training and out-of-time persons were told apart."""

    method: Literal["cohorts", "vintage", "hash", "none"]
    text: Text
    cohorts: Annotated[list[Text], Field(max_length=1_000)]
    test: list[Text]


class CountEntry(Entry):
    """How many persons, and how many of them bad."""

    persons: Count
    bads: Count


class FactsEntry(Entry):
    """What training was made of and how it went."""

    fingerprint: Digest
    outcomes: Text
    versions: dict[Text, Text]
    undated_ok: bool
    undated: Count
    split: SplitEntry
    counts: dict[Part, CountEntry]
    auc: dict[Part, Share | None]
    bands: dict[Literal["thin", "thick"], CountEntry]
    kept: dict[Dimension, Text]
    left_out: dict[Text, Text]
    notes: list[Text]
    folds: Count
    seed: Count


class ModelEntry(Entry):
    """The whole file."""

    format: Literal["renmai-model"]
    format_version: Literal[1]
    name: Annotated[str, Field(pattern=NAME)]
    kind: Literal["logistic", "tree", "forest"]
    as_of: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{6})?\+00:00$")]
    horizon: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,3}[md]$")]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    dimensions: Annotated[dict[Dimension, DimensionEntry], Field(min_length=1)]
    calibration: CalibrationEntry
    fitted_weights: Annotated[list[Share], Field(min_length=4, max_length=4)] | None
    facts: FactsEntry
    sha256: Digest


def shape_problems(document: Any) -> list[str]:
    """Say where a document is not laid out as a model's file; empty if it is.

    Examples
    --------
    >>> shape_problems({"format": "other"})[0]
    "format: Input should be 'renmai-model'"
    """
    from pydantic import ValidationError

    try:
        ModelEntry.model_validate(document)
    except ValidationError as failure:
        return [f"{'.'.join(map(str, found['loc'])) or 'file'}: {found['msg']}" for found in failure.errors()]
    return []
