"""What do the tests of the loaders share: one simulated town, one import of FinBench's sample?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from loaders.finbench.sample import FILES
from loaders.simulate import simulate
from tests.loaders.finbench_rows import Imported
from tests.loaders.simulated import SMALL, Town


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return Town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="session")
def parquet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parquet")
    simulate(folder, **SMALL, format="parquet")
    return folder


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Imported:
    return Imported(tmp_path_factory.mktemp("finbench"))


@pytest.fixture
def small(tmp_path: Path) -> Callable[..., Path]:
    """Make a sample of two persons with an account each; keywords give further rows or whole files."""

    def make(**files: list[str] | bytes) -> Path:
        source = tmp_path / "source"
        source.mkdir(exist_ok=True)
        rows: dict[str, list[str] | bytes] = {
            "Person": ["1|A|false|2020-01-01 00:00:00", "2|B|false|2020-01-01 00:00:00"],
            "Account": ["1|2020-01-01 00:00:00|false|x", "2|2020-01-02 00:00:00|false|x"],
            "PersonOwnAccount": ["1|1|2020-01-01 00:00:00", "2|2|2020-01-02 00:00:00"],
            **files,
        }
        for name, columns in FILES.items():
            content = rows.get(name, [])
            text = content if isinstance(content, bytes) else "\n".join(["|".join(columns), *content, ""]).encode()
            (source / f"{name}.csv").write_bytes(text)
        return source

    return make
