"""Which policy numbers are there, table by table, and what may each of them be?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Literal, Self

from iso4217 import Currency
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from graph.parameters import SPENDING_SCALE
from loaders.contract import ACCOUNT_KINDS, DIMENSIONS, OUTCOME_KINDS, RELATION_KINDS, TABLES
from loaders.settings import LoadSettings
from loaders.spelling import did_you_mean
from scoring.span import HIGHEST, LOWEST

CONNECTIONS = "connections"
ALL_DIMENSIONS = (*DIMENSIONS, CONNECTIONS)
Share = Annotated[float, Field(ge=0, le=1)]


class Section(BaseModel):
    """A table of the configuration: its keys are known, its values fixed once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, validate_default=True)


class Data(Section):
    """How the input tables are read."""

    base_currency: str = Field(
        default="CNY", pattern="^[A-Z]{3}$", description="ISO 4217 code every amount is converted to"
    )
    self_transfer: Literal["reject", "count"] = Field(
        default="reject", description="a payment from an account to itself: reject the row, or accept and count it"
    )
    id_pattern: str = Field(
        default="", description="regular expression that widens the allowed ids; empty: the contract's own"
    )
    integer_ids: bool = Field(
        default=False, description="true: Parquet id columns of whole numbers are read as their digits"
    )

    @field_validator("base_currency")
    @classmethod
    def _is_money(cls, code: str) -> str:
        known = [currency.code for currency in Currency if currency.exponent is not None]
        if code not in known:
            raise ValueError(f'found "{code}", allowed is a currency of ISO 4217{did_you_mean(code, known)}')
        return code

    @field_validator("id_pattern")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"found {pattern!r}, allowed is a regular expression; {error}") from None
        return pattern


def _renamed(words: dict[str, str], ours: Iterable[str]) -> dict[str, str]:
    """Check that every name on the right is one of ours; all findings in one sentence."""
    known = tuple(ours)
    wrong = [f"{word!r}{did_you_mean(word, known)}" for word in words.values() if word not in known]
    if wrong:
        raise ValueError(f"found {', '.join(wrong)}, allowed on the right are {', '.join(known)}")
    return words


def _columns_of(table: str) -> AfterValidator:
    def check(words: dict[str, str]) -> dict[str, str]:
        _renamed(words, TABLES[table].names)
        twice = sorted({word for word in words.values() if list(words.values()).count(word) > 1})
        if twice:
            raise ValueError(f"found {', '.join(twice)} twice on the right, allowed is each of our columns once")
        return words

    return AfterValidator(check)


class Columns(Section):
    """Your own column names, theirs = ours, table by table."""

    accounts: Annotated[dict[str, str], _columns_of("accounts")] = {}
    relations: Annotated[dict[str, str], _columns_of("relations")] = {}
    profiles: Annotated[dict[str, str], _columns_of("profiles")] = {}
    consents: Annotated[dict[str, str], _columns_of("consents")] = {}
    outcomes: Annotated[dict[str, str], _columns_of("outcomes")] = {}
    rates: Annotated[dict[str, str], _columns_of("rates")] = {}


Kinds = Annotated[
    dict[str, str], AfterValidator(lambda words: _renamed(words, (*RELATION_KINDS, *ACCOUNT_KINDS, *OUTCOME_KINDS)))
]


class Weights(Section):
    """What each dimension weighs in the score of a holder with a long history."""

    credit_history: Share = Field(default=0.35, description="the five weights add up to 1")
    ability: Share = Field(default=0.25, description="see credit_history")
    behaviour: Share = Field(default=0.20, description="see credit_history")
    identity: Share = Field(default=0.15, description="see credit_history")
    connections: Share = Field(default=0.05, description="see credit_history; thin files: up to thin_extra more")

    @property
    def percent(self) -> tuple[float, ...]:
        """The five weights in percent, in the order of dimensions; exact for decimal text such as 0.35."""
        return tuple(float(Decimal(str(getattr(self, name))) * 100) for name in ALL_DIMENSIONS)

    @model_validator(mode="after")
    def _one(self) -> Self:
        total = sum((Decimal(str(getattr(self, name))) for name in ALL_DIMENSIONS), Decimal(0))
        if total != 1:
            raise ValueError(f"the five weights add up to {total.normalize():f}, allowed is exactly 1")
        if self.connections == 1:
            raise ValueError("connections is 1, allowed is less than 1: it builds on the other four dimensions")
        return self


class Score(Section):
    """How dimensions become a score."""

    weights: Weights = Weights()
    connections: bool = Field(
        default=True, description="false switches the connections dimension off: C = e for everyone"
    )
    thin_extra: Share = Field(
        default=0.10, description="what connections may weigh more in a thin file, times (1 - z); 0 switches it off"
    )
    thin_months: int = Field(default=12, ge=0, le=1200, description="a file with fewer months of history is thin")
    rho: Share = Field(
        default=0.25, description="how much of distress reaches the connections dimension, times (1 - z)"
    )
    scorecard: str = Field(default="", description="a scorecard file beside this file; empty: the one that is shipped")
    model: str = Field(
        default="", description="a trained model's file beside this file; empty: the scorecard makes every dimension"
    )
    missing_quantile: Share = Field(
        default=0.25, description="a dimension of which nothing is known takes this quantile of the portfolio"
    )
    missing_fallback: Share = Field(
        default=0.25, description="and this value where nobody in the portfolio has the dimension"
    )
    spending_scale: int = Field(
        default=SPENDING_SCALE,
        gt=0,
        le=10**15,
        description="usual monthly outflow in minor units of the base currency where no profile gives one",
    )
    bad_record_months: int = Field(
        default=24, ge=0, le=1200, description="an outcome younger than this is a bad record"
    )

    @model_validator(mode="after")
    def _room(self) -> Self:
        if Decimal(str(self.weights.connections)) + Decimal(str(self.thin_extra)) > 1:
            raise ValueError(
                f"weights.connections {self.weights.connections} and thin_extra {self.thin_extra} add up to more than 1"
            )
        return self


class Band(Section):
    """A named part of the scores: from ``at_least`` up to the next band."""

    name: str = Field(min_length=1, description="the band's name")
    at_least: int = Field(ge=LOWEST, le=HIGHEST, description="its lowest score; it ends where the next band begins")


class Benefit(Section):
    """What a score opens."""

    name: str = Field(min_length=1, description="what the holder may use")
    at_least: int = Field(ge=LOWEST, le=HIGHEST, description="the lowest score that opens it")
    no_bad_record: bool = Field(default=False, description="true: only for holders without a bad record")


class Gate(Section):
    """What stops a run before it becomes the current one."""

    max_reject_rate: Share = Field(
        default=0.01, description="share of rejected rows of a table above which the run stops"
    )
    min_rows_share: Share = Field(
        default=0.5,
        description="the run stops with fewer accounts, relations or scores than this share of the last run's",
    )
    max_psi: float = Field(default=0.25, ge=0, description="population stability index against the last run, at most")
    allow_empty: bool = Field(
        default=False, description="true: a run without accepted accounts or relations may become current"
    )
    connections: Literal["always", "require_uplift"] = Field(
        default="always",
        description="require_uplift: connections enter a score only where an evaluation or a backtest shows an uplift",
    )
    evaluation: str = Field(
        default="",
        description="what `renmai evaluate --out FILE.json` wrote, beside this file; empty: a backtest, 12 months back",
    )


class Lender(Section):
    """Who speaks to the consumer."""

    name: str = Field(default="the lender", min_length=1, description="named in every letter to a consumer")
    dispute: str = Field(
        default="Write to the lender's customer service and ask for a review of your score.",
        min_length=1,
        description="how a consumer disputes a score: a whole sentence with an address",
    )
    reasons: str = Field(
        default="", description="a file of reason codes in your own words beside this file; empty: those shipped"
    )


class Keeping(Section):
    """What of runs stays; no part of a run's id."""

    keep: int = Field(default=30, ge=1, description="how many of the latest runs `renmai prune` keeps")
    keep_state: bool = Field(
        default=True,
        description="true: a run keeps what it read (about 50 bytes per relation), from which `renmai update` goes on",
    )


class Engine(Section):
    """What the machine may use; no part of a run's id, since it changes no result."""

    memory: str = Field(
        default=LoadSettings().duckdb_memory,
        pattern=r"^[1-9][0-9]*(KiB|MiB|GiB|TiB|KB|MB|GB|TB)$",
        description="memory limit",
    )
    threads: int = Field(default=LoadSettings().duckdb_threads, ge=1, le=256, description="threads that read and check")
