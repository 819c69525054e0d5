"""Were two runs made by the same policy, as far as it orders people? One hash says so."""

from __future__ import annotations

from scoring.batch.facts import NO_SHIFT, policy
from scoring.config import Config
from scoring.runs.manifest import canonical, sha256

NO_ORDER = (*NO_SHIFT, "bands")
"""Parts of the config that change the order of no two scores."""


def policy_digest(config: Config, rule: str) -> str:
    """Sum up what orders people: policy, scorecard, model and rule (SHA-256, hex).

    Whether connections are switched on is left out: an evaluation of a neutral run says what they would add.

    Examples
    --------
    >>> config = Config()
    >>> neutral = config.model_copy(update={"score": config.score.model_copy(update={"connections": False})})
    >>> policy_digest(config, "vouch") == policy_digest(neutral, "vouch") != policy_digest(config, "association")
    True
    """
    told = policy(config, NO_ORDER)
    told.pop("reasons", None)  # words order nobody
    told["score"] = {name: value for name, value in told["score"].items() if name != "connections"}
    return sha256(canonical({"policy": told, "rule": rule}))
