"""What is the whole configuration: the one place of policy numbers?"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Self

from pydantic import Field, PrivateAttr, field_validator

from graph.parameters import PropagationParameters, TieParameters
from graph.stores.settings import StoreSettings
from loaders.settings import LoadSettings
from scoring.config.database import Database
from scoring.config.sections import (
    Band,
    Benefit,
    Columns,
    Data,
    Engine,
    Gate,
    Keeping,
    Kinds,
    Lender,
    Score,
    Section,
)
from scoring.evaluation.filing import Filed
from scoring.explanation.dictionary import Dictionary
from scoring.models.model import Model
from scoring.scorecard.card import Scorecard
from scoring.scorecard.reader import Reader
from scoring.span import LOWEST

BANDS = (
    Band(name="poor", at_least=350),
    Band(name="medium", at_least=550),
    Band(name="good", at_least=600),
    Band(name="very good", at_least=650),
    Band(name="excellent", at_least=700),
)
BENEFITS = (
    Benefit(name="recycling", at_least=580),
    Benefit(name="consumer loan", at_least=600),
    Benefit(name="rental without deposit", at_least=600),
    Benefit(name="hotel", at_least=600, no_bad_record=True),
    Benefit(name="item rental", at_least=600),
    Benefit(name="try first pay later", at_least=650),
    Benefit(name="dining", at_least=650),
    Benefit(name="car rental", at_least=651, no_bad_record=True),
    Benefit(name="premium loan", at_least=700),
    Benefit(name="Singapore visa", at_least=700),
    Benefit(name="premium rental", at_least=750),
    Benefit(name="Luxembourg visa", at_least=750),
)


class Config(Section):
    """Every policy number of Renmai, with its default; read it with ``load_config``.

    Examples
    --------
    >>> from scoring.config import load_config
    >>> config = load_config(None)
    >>> config.score.rho, config.bands[1].name, config.bands[1].at_least
    (0.25, 'medium', 550)
    """

    constants: str = Field(
        default="run",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$",
        description="portfolio constants: 'run' computes them in each run, a run_id takes those of that run",
    )
    data: Data = Data()
    columns: Columns = Columns()
    kinds: Kinds = Field(default={})
    ties: TieParameters = TieParameters()
    propagation: PropagationParameters = PropagationParameters()
    score: Score = Score()
    bands: tuple[Band, ...] = BANDS
    benefits: tuple[Benefit, ...] = BENEFITS
    gate: Gate = Gate()
    lender: Lender = Lender()
    engine: Engine = Engine()
    run: Keeping = Keeping()
    database: Database = Database()

    _card: Scorecard | None = PrivateAttr(None)
    _model: Model | None = PrivateAttr(None)
    _reasons: Dictionary | None = PrivateAttr(None)
    _evaluation: Filed | None = PrivateAttr(None)

    @property
    def card(self) -> Scorecard:
        """The scorecard this configuration names: the file beside it, or the one that is shipped."""
        return self._card if self._card is not None else Scorecard.load()

    @property
    def reasons(self) -> Dictionary:
        """The words that explain a score: those of the file this configuration names on top of the shipped ones."""
        return self._reasons if self._reasons is not None else Dictionary.load()

    @property
    def model(self) -> Model | None:
        """The trained model this configuration names; None: every dimension comes from the scorecard."""
        return self._model

    @property
    def evaluation(self) -> Filed | None:
        """The evaluation that ``gate.evaluation`` names; None: none is named."""
        return self._evaluation

    def reader(self, dimension: str) -> Reader:
        """Say what makes a dimension of its features: the model if it was trained for it, else the scorecard.

        Examples
        --------
        >>> Config().reader("ability").origin
        'scorecard'
        """
        if self._model is not None and dimension in self._model.dimensions:
            return self._model.dimensions[dimension]
        return self.card.reader(dimension)

    @property
    def load_settings(self) -> LoadSettings:
        """What the loaders need of this configuration."""
        return LoadSettings(
            base_currency=self.data.base_currency,
            max_reject_rate=self.gate.max_reject_rate,
            self_transfer=self.data.self_transfer,
            id_pattern=self.data.id_pattern or None,
            integer_ids=self.data.integer_ids,
            columns={table: words for table, words in self.columns.model_dump().items() if words},
            kinds=self.kinds,
            duckdb_memory=self.engine.memory,
            duckdb_threads=self.engine.threads,
        )

    def store_settings(self, environ: Mapping[str, str] = os.environ, *, insecure: bool = False) -> StoreSettings:
        """Say which graph database is meant: what the environment names, else what ``[database]`` does.

        Parameters
        ----------
        environ
            Variables of the process, ``NEO4J_URI`` and its companions.
        insecure
            Whether ``--insecure`` was given.

        Examples
        --------
        >>> Config().store_settings({"NEO4J_URI": "bolt://localhost"}).place
        'bolt://localhost'
        """
        given = {**self.database.given, "insecure": insecure or self.database.insecure}
        return StoreSettings.from_environment(environ, **given)

    def with_card(self, card: Scorecard) -> Self:
        """Copy this configuration with the scorecard that its ``score.scorecard`` names."""
        copy = self.model_copy()
        copy._card = card  # noqa: SLF001 (its own class; a frozen model is changed on a copy)
        return copy

    def with_reasons(self, reasons: Dictionary) -> Self:
        """Copy this configuration with the words that its ``lender.reasons`` names."""
        copy = self.model_copy()
        copy._reasons = reasons  # noqa: SLF001 (as above)
        return copy

    def with_model(self, model: Model | None) -> Self:
        """Copy this configuration with a trained model, or without any."""
        copy = self.model_copy()
        copy._model = model  # noqa: SLF001 (as above)
        return copy

    def with_evaluation(self, evaluation: Filed | None) -> Self:
        """Copy this configuration with the evaluation that its ``gate.evaluation`` names."""
        copy = self.model_copy()
        copy._evaluation = evaluation  # noqa: SLF001 (as above)
        return copy

    def neutral(self) -> Self:
        """Copy this configuration with the connections dimension switched off: C = e for everyone."""
        return self.model_copy(update={"score": self.score.model_copy(update={"connections": False})})

    @field_validator("bands")
    @classmethod
    def _cover(cls, bands: tuple[Band, ...]) -> tuple[Band, ...]:
        if not bands:
            raise ValueError("found no band, allowed are bands that cover 350 to 950")
        wrong = (
            [] if bands[0].at_least == LOWEST else [f"{bands[0].name!r} begins at {bands[0].at_least}, not {LOWEST}"]
        )
        wrong += [
            f"{upper.name!r} begins at {upper.at_least}, not above the {lower.at_least} of {lower.name!r}"
            for lower, upper in pairwise(bands)
            if upper.at_least <= lower.at_least
        ]
        wrong += _twice(band.name for band in bands)
        if wrong:
            raise ValueError(f"{'; '.join(wrong)}; allowed are bands that rise from 350 without gap or overlap")
        return bands

    @field_validator("benefits")
    @classmethod
    def _once(cls, benefits: tuple[Benefit, ...]) -> tuple[Benefit, ...]:
        if wrong := _twice(benefit.name for benefit in benefits):
            raise ValueError(f"{'; '.join(wrong)}; allowed is each benefit once")
        return benefits


def _twice(names: Iterable[str]) -> list[str]:
    return [f"{name!r} stands there {count} times" for name, count in Counter(names).items() if count > 1]
