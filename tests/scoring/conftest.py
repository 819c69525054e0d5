"""What do the tests of the scoring share: town and portfolio as files and runs, and small folders of runs?"""

from __future__ import annotations

from pathlib import Path

import pytest

from loaders.town import town
from scoring.runs.run import Run
from tests.scoring.batch_runs import folder, go
from tests.scoring.portfolio_runs import Portfolio
from tests.scoring.small_runs import make_run


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return go(tmp_path_factory.mktemp("town") / "runs", folder(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def portfolio(tmp_path_factory: pytest.TempPathFactory) -> Portfolio:
    return Portfolio(tmp_path_factory.mktemp("portfolio"))


@pytest.fixture(scope="module")
def base(portfolio: Portfolio) -> Run:
    return portfolio.run()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    place = tmp_path / "data"
    place.mkdir()
    for name, frame in town().items():
        frame.to_csv(place / f"{name}.csv", index=False, lineterminator="\n")
    return place


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return tmp_path / "runs"


@pytest.fixture
def three(runs: Path) -> Path:
    for number in (1, 2, 3):
        make_run(runs, number, shift=number)
    return runs


@pytest.fixture
def root(tmp_path: Path) -> Path:
    make_run(tmp_path / "runs", 1, shift=1)
    make_run(tmp_path / "runs", 2, shift=2)
    return tmp_path / "runs"
