"""What is a trained model? Dimensions, a calibration and what they were made of; one JSON document with its hash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from loaders.contract import DIMENSIONS
from loaders.features import Feature, features
from scoring.models.calibration import Calibration, Curve
from scoring.models.checks import ModelError, check
from scoring.models.dimension import DimensionModel
from scoring.models.feature import ModelFeature
from scoring.models.layout import FORMAT, FORMAT_VERSION
from scoring.models.points import Points
from scoring.models.trees import Tree, Trees
from scoring.runs.manifest import canonical, sha256


@dataclass(frozen=True)
class Model:
    """Everything a run needs of training.

    Attributes
    ----------
    name
        Letters, digits, ``_`` and ``-``.
    kind
        ``logistic``, ``tree`` or ``forest``.
    as_of
        When the features of the last cohort were known, ISO 8601 in UTC.
    horizon
        How far labels look ahead, such as ``12m``.
    currency
        Base currency of money features, ISO 4217.
    dimensions
        The dimensions that were learnt; the others keep the scorecard.
    calibration
        Tabular value → probability of default.
    fitted_weights
        Weights of the four tabular dimensions fitted to the outcomes, ≥ 0 with sum 1; a challenger of the published
        ones and used by no run. None: they could not be fitted.
    facts
        Fingerprint of the data, versions, split, counts, AUCs, what was left out and why.

    Examples
    --------
    What is not exactly the layout of a model is refused, with every finding.

    >>> Model.from_document({"name": "spring"}, "spring.json")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    scoring.models.checks.ModelError: spring.json is no usable model: format: Field required; ...
    """

    name: str
    kind: str
    as_of: str
    horizon: str
    currency: str
    dimensions: Mapping[str, DimensionModel]
    calibration: Calibration
    fitted_weights: tuple[float, float, float, float] | None
    facts: Mapping[str, Any]

    def document(self) -> dict[str, Any]:
        """Tell the whole model as JSON values, with its hash under ``sha256``."""
        return {**self._body(), "sha256": self.digest}

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of the model's canonical JSON without the hash itself."""
        return sha256(canonical(self._body()))

    @staticmethod
    def from_document(document: Any, source: str = "model") -> Model:
        """Rebuild a model from what ``document`` gave.

        Parameters
        ----------
        document
            JSON values, as a file or a manifest keeps them.
        source
            Where they come from, for the sentence.

        Raises
        ------
        ModelError
            When the layout, a number, the order of bins or the hash is not a model's.
        """
        if problems := check(document):
            raise ModelError(problems, source)
        weights = document["fitted_weights"]
        calibration = document["calibration"]
        curves = {name: _curve(curve) for name, curve in calibration["curves"].items()}
        model = Model(
            **{key: document[key] for key in ("name", "kind", "as_of", "horizon", "currency")},
            dimensions={name: _dimension(name, entry) for name, entry in document["dimensions"].items()},
            calibration=Calibration(calibration["thin_months"], curves),
            fitted_weights=None if weights is None else (weights[0], weights[1], weights[2], weights[3]),
            facts=document["facts"],
        )
        if model.digest != document["sha256"]:
            raise ModelError(
                [f"its content does not have the SHA-256 {document['sha256'][:16]}… that it states"], source
            )
        return model

    def _body(self) -> dict[str, Any]:
        calibration = {
            "thin_months": self.calibration.thin_months,
            "curves": {
                name: {**asdict(curve), "variances": list(curve.variances)}
                for name, curve in self.calibration.curves.items()
            },
        }
        return {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "name": self.name,
            "kind": self.kind,
            "as_of": self.as_of,
            "horizon": self.horizon,
            "currency": self.currency,
            "dimensions": {name: _entry(self.dimensions[name]) for name in DIMENSIONS if name in self.dimensions},
            "calibration": calibration,
            "fitted_weights": None if self.fitted_weights is None else list(self.fitted_weights),
            "facts": dict(self.facts),
        }


def _entry(model: DimensionModel) -> dict[str, Any]:
    features = [
        {
            "name": feature.name,
            "at_least": list(feature.at_least),
            "woe": list(feature.woe),
            "missing": feature.missing,
            "iv": feature.iv,
            "shares": list(feature.shares),
            "absent": list(feature.absent),
        }
        for feature in model.features
    ]
    if isinstance(model.form, Points):
        form: dict[str, Any] = {"points": [list(steps) for steps in model.form.points]}
    else:
        form = {"trees": [{key: list(value) for key, value in asdict(tree).items()} for tree in model.form.trees]}
    return {"features": features, **form, "auc": dict(model.auc)}


def _dimension(name: str, entry: Mapping[str, Any]) -> DimensionModel:
    known = {feature.name: feature for feature in features()}
    read = tuple(_feature(feature, known[feature["name"]]) for feature in entry["features"])
    form: Points | Trees
    if entry.get("points") is not None:
        form = Points(tuple(tuple(steps) for steps in entry["points"]))
    else:
        trees = tuple(Tree(**{key: tuple(value) for key, value in tree.items()}) for tree in entry["trees"])
        form = Trees(trees, tuple(feature.best for feature in read))
    return DimensionModel(name, read, form, dict(entry["auc"]))


def _feature(entry: Mapping[str, Any], known: Feature) -> ModelFeature:
    unknown, withheld, silent = entry["absent"]
    return ModelFeature(
        name=known.name,
        dimension=known.dimension,
        source=known.source,
        unit=known.unit,
        direction=known.direction,
        at_least=tuple(entry["at_least"]),
        woe=tuple(entry["woe"]),
        missing=entry["missing"],
        iv=entry["iv"],
        shares=tuple(entry["shares"]),
        absent=(unknown, withheld, silent),
    )


def _curve(entry: Mapping[str, Any]) -> Curve:
    own, both, other = entry["variances"]
    return Curve(entry["intercept"], entry["slope"], (own, both, other), entry["persons"], entry["bads"])
