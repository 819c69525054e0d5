"""Which portfolios do the tests of what-ifs share? A dense one and a simulated one, each run once."""

from __future__ import annotations

import pytest

from tests.scoring.whatif.whole_runs import Portfolio, dense, featured


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Portfolio:
    return dense(tmp_path_factory.mktemp("dense"))


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Portfolio:
    return featured(tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("runs"))
