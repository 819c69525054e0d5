"""Does the graph of FinBench stand beside our tables row by row, to the last digit, without disturbing them?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

import loaders
from loaders.errors import ContractError, UnavailableError, UsageError
from loaders.finbench import convert
from loaders.finbench.graph_tables import FOLDER, MARKER, NODES, RELATIONSHIPS, Table, has_graph, read_table
from tests.loaders.finbench_rows import SAMPLE, original

TABLES = {table.name: table for table in (*NODES, *RELATIONSHIPS)}
MILLIONTH, REST = Decimal("1e-6"), Decimal("1e-16")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("graph") / "tables"
    convert(SAMPLE, folder, with_graph=True)
    return folder


@pytest.mark.parametrize("table", [table for table in TABLES.values() if "unnamed" not in table.name], ids=str)
def test_each_file_is_a_table_with_as_many_rows(table: Table, whole: Path) -> None:
    """Ids stand in the order of the file, both ends of relationships too."""
    found = read_table(whole / FOLDER, table)
    columns = ["from_id", "to_id"] if table.to else ["id"]
    expected = [[row[column] for column in table.ids] for row in original(table.file)]
    assert [list(ends) for ends in zip(*(found[column].to_pylist() for column in columns), strict=True)] == expected


@pytest.mark.parametrize(
    ("name", "column", "stem"),
    [
        ("account_transfer_account", "amount", "amount"),
        ("account_repay_loan", "amount", "amount"),
        ("loan", "loanAmount", "amount"),
        ("loan", "balance", "balance"),
    ],
)
def test_amounts_are_whole_to_the_last_digit(name: str, column: str, stem: str, whole: Path) -> None:
    """Millionths and their rest add up to what the file says, exactly."""
    found = read_table(whole / FOLDER, TABLES[name])
    pairs = zip(found[f"{stem}_micro"].to_pylist(), found[f"{stem}_rest"].to_pylist(), strict=True)
    actual = [micro * MILLIONTH + rest * REST for micro, rest in pairs]
    assert actual == [Decimal(row[column]) for row in original(TABLES[name].file)]


def test_facts_of_an_account_and_of_an_investment_are_those_of_the_file(whole: Path) -> None:
    """Times are UTC, flags are flags, shares are the floats that the file writes."""
    account = read_table(whole / FOLDER, TABLES["account"]).slice(0, 1).to_pylist()[0]
    opened = datetime(2020, 1, 9, 18, 8, 45, 162_000, UTC)
    expected = {"id": "4613937818241074769", "type": "foreign currency", "is_blocked": False, "created_at": opened}
    assert account == expected
    shares = read_table(whole / FOLDER, TABLES["person_invest_company"])["share"].to_pylist()
    assert list(map(repr, shares)) == [repr(float(row["ratio"])) for row in original("PersonInvestCompany")]


def test_owners_that_no_file_names_are_nodes_of_their_own(whole: Path) -> None:
    """42 persons and 33 companies own accounts and have no row elsewhere."""
    for kind, missing in (("person", 42), ("company", 33)):
        found = set(read_table(whole / FOLDER, TABLES[f"unnamed_{kind}"])["id"].to_pylist())
        owning = {row[f"{kind}Id"] for row in original(f"{kind.title()}OwnAccount")}
        assert found == owning - {row[f"{kind}Id"] for row in original(kind.title())}
        assert len(found) == missing


def test_our_tables_are_the_same_with_the_graph_and_without(whole: Path, tmp_path: Path) -> None:
    """The graph is a folder beside them that no reader of tables sees; a later import without it takes it away."""
    convert(SAMPLE, tmp_path / "out", with_graph=True)
    convert(SAMPLE, tmp_path / "out")
    assert has_graph(whole) and not has_graph(tmp_path / "out")
    for path in sorted((tmp_path / "out").glob("*.csv")):
        assert path.read_bytes() == (whole / path.name).read_bytes()
    assert loaders.read(whole).relations.equals(loaders.read(tmp_path / "out").relations)
    assert not (tmp_path / "out" / FOLDER).exists()


@pytest.mark.parametrize(
    ("files", "reason", "place"),
    [
        ({"Person": ["1|A|false|2020-01-01 00:00:00"] * 2}, "duplicate_id", "Person row 2: personId 1"),
        ({"MediumSignInAccount": ["9|1|2020-01-01 00:00:00"]}, "dangling", "MediumSignInAccount row 1: mediumId"),
        ({"LoanDepositAccount": ["9|1|1.0|2020-01-01 00:00:00"]}, "dangling", "LoanDepositAccount row 1: loanId"),
        ({"Loan": ["9|1.0|0.12345678901234567|2020-01-01 00:00:00"]}, "amount_scale", "Loan row 1: balance must have"),
        ({"Loan": ["9|12345678901.0|0|2020-01-01 00:00:00"]}, "amount_scale", "Loan row 1: amount must have"),
        (
            {"Company": ["3|C|false|2020-01-01 00:00:00"], "PersonInvestCompany": ["1|3|1.5|2020-01-01 00:00:00"]},
            "ratio_format",
            "PersonInvestCompany row 1: ratio must be",
        ),
    ],
)
def test_a_graph_that_would_lose_something_is_refused(
    files: dict[str, list[str]], reason: str, place: str, small: Callable[..., Path], tmp_path: Path
) -> None:
    """What cannot stand exactly ends the import with its row, and nothing is written."""
    with pytest.raises(ContractError, match=place) as refused:
        convert(small(**files), tmp_path / "out", with_graph=True)
    assert refused.value.reason == reason
    assert list((tmp_path / "out").iterdir()) == []


def test_a_folder_of_that_name_that_is_not_ours_stays(small: Callable[..., Path], tmp_path: Path) -> None:
    """Without the marker it may be somebody's work."""
    (tmp_path / "out" / FOLDER).mkdir(parents=True)
    with pytest.raises(UsageError, match=r"finbench is there without graph\.json"):
        convert(small(), tmp_path / "out", with_graph=True)
    assert (tmp_path / "out" / FOLDER).is_dir()


def test_a_damaged_graph_is_refused(small: Callable[..., Path], tmp_path: Path) -> None:
    """A table that is gone, cut or not what the marker says is named."""
    convert(small(), tmp_path / "out", with_graph=True)
    folder = tmp_path / "out" / FOLDER
    table = TABLES["person"]
    (folder / "person.parquet").write_bytes((folder / "company.parquet").read_bytes())
    with pytest.raises(ContractError, match=r"person\.parquet must hold 2 rows"):
        read_table(folder, table)
    (folder / "person.parquet").write_bytes(b"PAR1")
    with pytest.raises(ContractError, match=f"person.parquet and {MARKER} must be as written"):
        read_table(folder, table)
    (folder / "person.parquet").unlink()
    with pytest.raises(UnavailableError, match=r"person\.parquet can't be read: No such file"):
        read_table(folder, table)
