"""What is learnt of each dimension: once from everybody in training, and once without each fold?"""

from __future__ import annotations

from collections.abc import Callable

from loaders.contract import DIMENSIONS
from scoring.models.dimension import DimensionModel
from scoring.tabular.persons import Flags
from scoring.training.fitting import Fitted, fit_dimension
from scoring.training.measures import tells_something
from scoring.training.stacks import FOLDS, Stack, Values

Models = dict[str, DimensionModel]
Progress = Callable[[int, int], None]


class Lessons:
    """Fits of every dimension: once on all training rows, and once without each fold."""

    def __init__(self, stack: Stack, kind: str, wanted: tuple[str, ...], progress: Progress | None) -> None:
        self.stack, self.kind, self.wanted = stack, kind, wanted
        self.progress, self.done = progress, 0
        self.cells = {dimension: stack.cells(dimension) for dimension in wanted}
        self.folds: list[Models] = []
        self.repeats = stack.split.repeats

    def learn(self) -> tuple[Models, dict[str, str], dict[str, str]]:
        """Give the models, which dimensions keep the scorecard and why, and which features were left out and why."""
        stack = self.stack
        whole = {dimension: self._fit(dimension, stack.train) for dimension in self.wanted}
        for fold in range(FOLDS):
            rows = stack.train & (stack.fold != fold)
            found = {name: self._fit(name, rows).model for name in self.wanted if whole[name].model is not None}
            self.folds.append({name: model for name, model in found.items() if model is not None})
        models = {name: fitted.model for name, fitted in whole.items() if fitted.model is not None}
        kept = {name: "not asked for" for name in DIMENSIONS if name not in self.wanted}
        kept |= {name: fitted.why for name, fitted in whole.items() if fitted.model is None}
        fair = self.out_of_fold(models)
        for name in [name for name in models if not self._tells(fair, name)]:
            del models[name]
            kept[name] = "out of fold it tells good from bad no better than chance"
        left_out = {feature: why for name in models for feature, why in whole[name].left_out.items()}
        return models, {name: kept[name] for name in DIMENSIONS if name in kept}, left_out

    def out_of_fold(self, models: Models) -> Values:
        """Give each training row the values of the models that did not see its holder."""
        stack = self.stack
        found = stack.values(models)
        for fold, fitted in enumerate(self.folds):
            readers = {name: fitted.get(name, models[name]) for name in models}
            # a fold whose own fit failed takes the scorecard, never the model that saw its rows
            readers = {name: reader for name, reader in readers.items() if name in fitted}
            found = stack.values(readers).of(stack.train & (stack.fold == fold), found)
        return found

    def _tells(self, fair: Values, name: str) -> bool:
        place = DIMENSIONS.index(name)
        rows = self.stack.train & fair.told[:, place]
        bad = self.stack.bad[rows]
        return bool(bad.any() and not bad.all() and tells_something(fair.dimensions[rows, place], bad, self.repeats))

    def _fit(self, dimension: str, rows: Flags) -> Fitted:
        cells = [cell.of(rows) for cell in self.cells[dimension]]
        fitted = fit_dimension(dimension, cells, self.stack.bad[rows], self.kind, self.repeats)
        self.done += 1
        if self.progress is not None:
            self.progress(self.done, max(self.done, len(self.wanted) * (FOLDS + 1)))
        return fitted
