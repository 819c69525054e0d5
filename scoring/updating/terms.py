"""Under which policy does an update go on? That of its run, read off the manifest without building it anew.

Numbers of the policy are plain values in the manifest. Loading what checks and explains them takes longer than a small
update, and they were checked when the run was made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from graph.parameters import PropagationParameters, TieParameters
from loaders.contract import DIMENSIONS
from loaders.settings import LoadSettings
from scoring.batch import facts
from scoring.runs.manifest import identify

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Terms:
    """The policy, the moment and the constants of a run, as its manifest tells them.

    Attributes
    ----------
    run_id : str
        The run.
    manifest : dict
        Its manifest.
    """

    run_id: str
    manifest: Mapping[str, Any]

    @property
    def as_of(self) -> datetime:
        """The moment that the run scores at."""
        return datetime.fromisoformat(self.manifest["as_of"])

    @cached_property
    def config(self) -> dict[str, Any]:
        """The policy as recorded; its constants are those of the first run."""
        told = dict(self.manifest["config"])
        return told | {"constants": self.run_id if told["constants"] == "run" else told["constants"]}

    @cached_property
    def ties(self) -> TieParameters:
        """The numbers of ties."""
        return TieParameters(**self.config["ties"])

    @cached_property
    def propagation(self) -> PropagationParameters:
        """The numbers of propagation."""
        return PropagationParameters(**self.config["propagation"])

    @property
    def scoring(self) -> Any:
        """The numbers of the score, as :func:`scoring.combination.combine` asks for them."""
        told = self.config["score"]
        weights = [told["weights"][name] for name in (*DIMENSIONS, "connections")]
        percent = tuple(float(Decimal(str(weight)) * 100) for weight in weights)
        score = SimpleNamespace(**{**told, "weights": SimpleNamespace(percent=percent)})
        return SimpleNamespace(score=score, bands=[SimpleNamespace(**band) for band in self.config["bands"]])

    @property
    def base_currency(self) -> str:
        """The currency that ties are made in."""
        return str(self.config["data"]["base_currency"])

    @property
    def limits(self) -> Any:
        """What the gate allows, as :func:`scoring.batch.gates.measure` asks for it."""
        return SimpleNamespace(**self.config["gate"])

    @property
    def keeps_state(self) -> bool:
        """Whether the next run keeps a state as well."""
        return bool(self.config["run"].get("keep_state", True))

    @property
    def settings(self) -> LoadSettings:
        """How new files are read."""
        data, engine = self.config["data"], self.config["engine"]
        return LoadSettings(
            base_currency=data["base_currency"],
            max_reject_rate=self.config["gate"]["max_reject_rate"],
            self_transfer=data["self_transfer"],
            id_pattern=data["id_pattern"] or None,
            integer_ids=data["integer_ids"],
            columns={table: words for table, words in self.config["columns"].items() if words},
            kinds=self.config["kinds"],
            duckdb_memory=engine["memory"],
            duckdb_threads=engine["threads"],
        )

    @property
    def no_shortcut(self) -> str:
        """Say why new rows may change what nothing of the run tells; "" when only what they touch changes."""
        if self.manifest["rule"] == "association":
            return "under rule association every standing depends on all others"
        if self.ties.netting == "cycles":
            return "with netting = cycles a payment may count for pairs of others"
        if self.propagation.tolerance:
            return "with a tolerance standings depend on where the steps begin"
        if self.config["gate"].get("connections", "always") != "always":
            return "gate.connections asks for evidence, which is looked for in the whole input"
        return ""

    def name_run(self, fingerprint: str) -> str:
        """Give the id of a run of other rows under these terms, as :func:`scoring.batch.facts.name_run` does."""
        told = self.manifest
        policy = {name: value for name, value in self.config.items() if name not in facts.NO_EFFECT}
        policy["score"] = {key: value for key, value in self.config["score"].items() if key != "model"}
        policy["scorecard"] = told["scorecard"]
        policy |= {"reasons": told["reasons"]} if told.get("reasons") else {}
        policy |= {"model": told["model"]["sha256"]} if told.get("model") else {}
        return identify(fingerprint=fingerprint, config=policy, as_of=told["as_of"], rule=told["rule"])

    def told(self) -> dict[str, Any]:
        """Tell for the next manifest what was asked for, as :func:`scoring.batch.facts.order_facts` does."""
        kept = ("as_of", "constants", "model", "reasons", "rule", "scorecard")
        same = {key: self.manifest[key] for key in kept if key in self.manifest}
        return {**same, "config": self.config, "versions": facts.versions()}
