"""Do 30,000 real credit card clients come in as they are, and do our tables say only what they say?"""

from __future__ import annotations

import hashlib
import json
from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import loaders
from loaders.credit_clients import FEATURES, GROUPS, STATUS, convert, frame, is_test
from loaders.credit_clients.conversion import profile_rows
from loaders.errors import UsageError
from loaders.features import features
from scoring.cli import app
from tests.loaders.simulated import digests


@pytest.fixture(scope="module")
def clients() -> pd.DataFrame:
    return frame()


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clients")
    convert(folder)
    return folder


def made(**cells: object) -> pd.DataFrame:
    """One client of the usual kind, with these cells changed."""
    usual: dict[str, object] = dict.fromkeys(FEATURES, 0.0) | dict.fromkeys(STATUS, 0) | {"limit_bal": 50_000.0}
    return pd.DataFrame([usual | cells], index=pd.Index(["c1"], name="client"))


def test_all_clients_are_there_with_stated_types(clients: pd.DataFrame) -> None:
    """30,000 clients, 19 features, 4 groups, 6,636 defaults; amounts float64, statuses int64, groups in words."""
    assert clients.shape == (30_000, len(FEATURES) + len(GROUPS) + 1)
    assert clients["has_default"].sum() == 6_636
    assert {str(clients[name].dtype) for name in STATUS} == {"int64"}
    assert {str(clients[name].dtype) for name in FEATURES if name not in STATUS} == {"float64"}
    assert clients["sex"].value_counts().to_dict() == {"female": 18_112, "male": 11_888, "not documented": 0}
    assert clients["education"].value_counts()["not documented"] == 14 + 280 + 51
    assert not clients.isna().any().any()


def test_no_group_is_a_feature() -> None:
    """Sex, education, marriage and age stand apart from what a score may use."""
    assert set(GROUPS) & set(FEATURES) == set()


def test_the_file_names_its_source_and_licence() -> None:
    """The source, its identifier and the licence stand beside the compressed file, and in the package's own words."""
    folder = resources.files("loaders.credit_clients")
    told = folder.joinpath("README.md").read_text(encoding="utf-8")
    assert all(words in told for words in ("I-Cheng Yeh", "10.24432/C55S3H", "CC BY 4.0"))
    assert folder.joinpath("creditcard_default.csv.gz").is_file()


def test_the_split_depends_on_a_clients_number_alone(clients: pd.DataFrame) -> None:
    """A client is tested on if the first 8 bytes of its SHA-256 are in the lowest 30 percent, whoever else is there."""
    found = is_test(clients.index)
    ids = ["c00001", "c00017", "c29999"]
    expected = [int(hashlib.sha256(name.encode()).hexdigest()[:16], 16) < 0.3 * 2**64 for name in ids]
    assert [bool(found[int(name[1:]) - 1]) for name in ids] == expected == is_test(ids).tolist()
    assert abs(found.mean() - 0.3) < 0.01
    rates = [clients["has_default"][found].mean(), clients["has_default"][~found].mean()]
    assert abs(rates[0] - rates[1]) < 0.02


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({}, ("1", 0, 0, 5_000_000)),
        ({"pay_0": 2, "pay_2": -1, "pay_3": -2}, ("0.8", 0, 60, 5_000_000)),
        (dict.fromkeys(STATUS, -2), (None, 0, 0, 5_000_000)),
        ({"pay_amt1": 10.0, "pay_amt6": 1.0, "limit_bal": 1.0}, ("1", 2, 0, 100)),
        ({"pay_6": 8}, ("0.833333", 0, 240, 5_000_000)),
    ],
)
def test_a_profile_follows_the_stated_rules(cells: dict[str, float], expected: tuple[object, ...]) -> None:
    """On time of the months in use, months with a payment, worst month at 30 days each, limit in minor units."""
    row = profile_rows(made(**cells)).iloc[0]
    assert (row["on_time_rate"] if isinstance(row["on_time_rate"], str) else None, *row.iloc[3:].tolist()) == expected


def test_tables_pass_the_gate_whole(imported: Path) -> None:
    """Every record of every table is accepted, known before October 2005, with defaults within it."""
    tables = loaders.read(imported, loaders.LoadSettings(base_currency="TWD"))
    assert {name: counted.rejected for name, counted in tables.counts.items() if counted.rejected} == {}
    assert (len(tables.accounts), len(tables.profiles), len(tables.outcomes)) == (30_000, 30_000, 6_636)
    assert len(tables.relations) == 0


def test_profiles_carry_only_contract_features_that_the_data_knows(imported: Path) -> None:
    """Four features stand in the profiles; nobody's opening day, months of history or degree is made up."""
    columns = pd.read_csv(imported / "profiles.csv", nrows=1).columns
    assert set(columns) - {"account_id", "known_at"} == {
        "on_time_rate", "repayments_12m", "worst_days_overdue", "credit_limit",
    }  # fmt: skip
    assert set(columns[2:]) <= {feature.name for feature in features()}
    assert pd.read_csv(imported / "accounts.csv")["opened_on"].isna().all()


def test_groups_stand_apart_from_the_contract(imported: Path) -> None:
    """Groups are in a file of their own that is no table of the contract, one row per account."""
    groups = pd.read_csv(imported / "groups.csv")
    assert list(groups.columns) == ["account_id", "sex", "education", "marriage", "age_band", "part"]
    assert (len(groups), set(groups["age_band"])) == (
        30_000, {"20-29", "30-39", "40-49", "50-59", "60-69", "70-79"},
    )  # fmt: skip
    assert np.array_equal(groups["part"] == "test", is_test(groups["account_id"]))


def test_importing_again_gives_the_same_bytes_and_keeps_a_policy(imported: Path, tmp_path: Path) -> None:
    """The same import gives the same bytes; a policy that was edited stays; tables of someone else are refused."""
    convert(tmp_path)
    assert digests(tmp_path) == digests(imported)
    (tmp_path / "renmai.toml").write_text("# mine\n")
    convert(tmp_path)
    assert (tmp_path / "renmai.toml").read_text() == "# mine\n"
    (tmp_path / "import.json").unlink()
    with pytest.raises(UsageError, match=r"no import.json, so they may be yours"):
        convert(tmp_path)


def test_the_command_says_what_it_counted_and_what_comes_next(tmp_path: Path) -> None:
    """`renmai import credit-clients OUT` names source, counts and the next command; the expert card refuses TWD."""
    told = CliRunner().invoke(app, ["import", "credit-clients", str(tmp_path / "out")])
    assert told.exit_code == 0
    assert "30,000" in told.output and "CC BY 4.0" in told.output and "renmai train" in told.output
    assert json.loads((tmp_path / "out" / "import.json").read_text())["outcomes"] == 6_636
    helped = CliRunner().invoke(app, ["import", "credit-clients", "--help"])
    assert "Example: renmai import credit-clients clients" in helped.output
    scored = [str(tmp_path / "out"), "--as-of", "2005-10-01T00:00:00+08:00"]
    refused = CliRunner().invoke(app, ["run", *scored, "--runs", str(tmp_path / "runs")])
    assert refused.exit_code != 0
    assert "expert-1" in str(refused.exception) + refused.output
