"""How are people's own names for columns and kinds read, and told back to them?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from gate_data import AT, data, relation

from loaders import LoadSettings, read
from loaders.errors import ContractError, UsageError


def test_own_columns_and_kinds(tmp_path: Path) -> None:
    """A mapping reads people's own names, tells errors in them, and their words for kinds."""
    mapping = {"tx_id": "relation_id", "src": "from_id", "dst": "to_id", "ts": "at"}
    settings = LoadSettings(columns={"relations": mapping}, kinds={"P2P": "transfer", "individual": "person"})
    header = "tx_id,ts,src,dst,amount,currency,kind"
    text = f"{header}\nr1,{AT},A1,B1,1.00,CNY,P2P\nr2,{AT},,B1,1.00,CNY,P2P\n"
    folder = data(tmp_path, text)
    (folder / "accounts.csv").write_text("account_id,holder_id,kind,opened_on\nA1,,individual,\nB1,,person,\n")
    found = read(folder, settings)
    assert (found.relations["kind"].to_pylist(), found.rejects["column"].to_pylist()) == (["transfer"], ["src"])
    data(folder, text.replace("src", "source"))
    with pytest.raises(ContractError, match="column 'src' is missing"):
        read(folder, settings)


def test_rejects_speak_the_own_names(tmp_path: Path) -> None:
    """Whatever check a record fails, the reject names the column as its file does and the value that stands there."""
    mapping = {"tx": "relation_id", "src": "from_id", "dst": "to_id", "cur": "currency", "undo": "reverses"}
    text = "tx,kind,src,dst,amount,cur,at,undo\n" + "".join(
        f"{line}\n"
        for line in (
            relation("r1"),
            relation("r1", amount="2.00"),
            relation("r2", src="X1"),
            relation("r3", currency="USD"),
            relation("r4", dst="A1"),
            relation("r5", reverses="r1"),
        )
    )
    found = read(data(tmp_path, text), LoadSettings(columns={"relations": mapping})).rejects
    told = found.select(["column", "reason", "found"]).to_pylist()
    assert [tuple(row.values()) for row in told] == [
        ("tx", "tx_id_conflict", "r1"),
        ("src", "account_unknown", "X1"),
        ("cur", "fx_missing", "USD"),
        ("dst", "self_transfer", "A1"),
        ("undo", "reversal_mismatch", "r1"),
    ]


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("tx,kind,src,to_id,sum,currency,at,relation_id", "columns 'tx' and 'relation_id' are both 'relation_id'"),
        ("tx,kind,src,to_id,currency,at", "exactly one of the columns 'sum' and 'amount_minor' must be there"),
        ("tx,tx,kind,src,to_id,sum,currency,at", "column 'tx' is there 2 times"),
    ],
)
def test_faults_of_a_header_speak_the_own_names(tmp_path: Path, header: str, told: str) -> None:
    """A header that is wrong after a mapping is told in the names of the file."""
    settings = LoadSettings(columns={"relations": {"tx": "relation_id", "src": "from_id", "sum": "amount"}})
    with pytest.raises(ContractError, match=told):
        read(data(tmp_path, f"{header}\n"), settings)


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ({"columns": {"accounts": {"id": "acount_id"}}}, "did you mean 'account_id'"),
        ({"columns": {"relation": {"id": "kind"}}}, "did you mean 'relations'"),
        ({"kinds": {"P2P": "tranfser"}}, "did you mean 'transfer'"),
    ],
)
def test_mapping_to_nothing_of_the_contract(wrong: dict[str, Any], meant: str) -> None:
    """A mapping to a name that is not in the contract is refused with what was meant."""
    with pytest.raises(UsageError, match=meant):
        LoadSettings(**wrong)
