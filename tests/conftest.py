"""Settings of the whole suite: properties draw the same examples everywhere, and each server starts once."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "same-everywhere", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("same-everywhere")

# several files of this name can't be collected for doctests side by side, and none holds a doctest
collect_ignore_glob = ["conftest.py", "*/conftest.py"]

SERVERS = "tests/servers/"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `make test-servers` ask for every fault."""
    parser.addoption("--full-faults", action="store_true", help="cut and kill both servers at every point, ten times")


def pytest_configure(config: pytest.Config) -> None:
    """Tell the files of the faults, which make their list of cases as they are imported."""
    if config.getoption("--full-faults"):
        os.environ["RENMAI_FULL_FAULTS"] = "1"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give whole groups to workers; xdist's own ``loadgroup`` marks nothing under pytest 9.2."""
    from xdist.scheduler import LoadScopeScheduling

    class ByGroup(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group(nodeid)

    return ByGroup(config, log)


def group(nodeid: str) -> str:
    """Name a test's group: the server it needs, elsewhere its file or class.

    A test that needs a Neo4j says so in its name or its parameters, so that the server starts on one worker only.
    """
    scope, _, name = nodeid.rpartition("::")
    if not scope.startswith(SERVERS):
        return scope
    return "neo4j" if "neo4j" in name else "embedded"
