"""What do the tests of the attack lab share: the town's run, attacked in full once?"""

from __future__ import annotations

from pathlib import Path

import pytest

from scoring.attacks.lab import attack
from scoring.attacks.results import AttackReport
from scoring.attacks.target import Target
from tests.scoring.attacks.lab import town_base, town_run, town_tables


@pytest.fixture(scope="session")
def attacked_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("attacked") / "runs"


@pytest.fixture(scope="session")
def target(attacked_runs: Path) -> Target:
    return town_base(attacked_runs)


@pytest.fixture(scope="session")
def report(attacked_runs: Path) -> AttackReport:
    return attack(town_run(attacked_runs), data=town_tables())
