"""Which tables are the graph of FinBench, and how is one read back?

One Parquet file for each of the 18 files of a sample, named like it, with a row for each of its rows; and
``unnamed_person`` and ``unnamed_company`` for owners of accounts that their files don't name.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

from loaders.errors import ContractError, UnavailableError

FOLDER = "finbench"
MARKER = "graph.json"

_TIME = pa.timestamp("us", "UTC")
_AMOUNT = (("amount_micro", pa.int64()), ("amount_rest", pa.int64()))


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the graph: of nodes where ``to`` is empty, of relationships otherwise.

    Attributes
    ----------
    name : str
        Of its Parquet file.
    file : str
        The file of FinBench its rows come from.
    kind : str
        Label of the nodes, type of the relationships.
    ids : tuple of str
        The file's columns of the node's id, or of the ids of both ends.
    start, to : str
        Labels of both ends of a relationship.
    facts : tuple
        Names and types of the further columns.
    """

    name: str
    file: str
    kind: str
    ids: tuple[str, ...]
    start: str = ""
    to: str = ""
    facts: tuple[tuple[str, pa.DataType], ...] = ()

    @property
    def schema(self) -> pa.Schema:
        """Columns of the Parquet file."""
        ends = [("from_id", pa.string()), ("to_id", pa.string())] if self.to else []
        return pa.schema([("id", pa.string()), *ends, *self.facts])


_BLOCKED = (("is_blocked", pa.bool_()), ("created_at", _TIME))
_DATED = (("created_at", _TIME),)
_PAID = (*_AMOUNT, *_DATED)
_SHARED = (("share", pa.float64()), *_DATED)
_LOAN = (*_AMOUNT, ("balance_micro", pa.int64()), ("balance_rest", pa.int64()), *_DATED)


def _between(file: str, kind: str, ends: str, labels: str, facts: tuple[tuple[str, pa.DataType], ...]) -> Table:
    start, to = labels.split()
    return Table(_snake(file), file, kind, tuple(ends.split()), start, to, facts)


def _snake(file: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in file).lstrip("_")


NODES = (
    Table("account", "Account", "Account", ("accountId",), facts=(("type", pa.string()), *_BLOCKED)),
    Table("person", "Person", "Person", ("personId",), facts=(("name", pa.string()), *_BLOCKED)),
    Table("company", "Company", "Company", ("companyId",), facts=(("name", pa.string()), *_BLOCKED)),
    Table("loan", "Loan", "Loan", ("loanId",), facts=_LOAN),
    Table("medium", "Medium", "Medium", ("mediumId",), facts=(("kind", pa.string()), *_BLOCKED)),
    Table("unnamed_person", "PersonOwnAccount", "Person", ("personId",)),
    Table("unnamed_company", "CompanyOwnAccount", "Company", ("companyId",)),
)
RELATIONSHIPS = (
    _between("AccountTransferAccount", "FIN_TRANSFER", "fromId toId", "Account Account", _PAID),
    _between("AccountWithdrawAccount", "FIN_WITHDRAWAL", "fromId toId", "Account Account", _PAID),
    _between("LoanDepositAccount", "DEPOSIT", "loanId accountId", "Loan Account", _PAID),
    _between("AccountRepayLoan", "REPAY", "accountId loanId", "Account Loan", _PAID),
    _between("PersonOwnAccount", "OWN", "personId accountId", "Person Account", _DATED),
    _between("CompanyOwnAccount", "OWN", "companyId accountId", "Company Account", _DATED),
    _between("PersonApplyLoan", "APPLY", "personId loanId", "Person Loan", _DATED),
    _between("CompanyApplyLoan", "APPLY", "companyId loanId", "Company Loan", _DATED),
    _between("PersonGuaranteePerson", "GUARANTEES", "fromId toId", "Person Person", _DATED),
    _between("CompanyGuaranteeCompany", "GUARANTEES", "fromId toId", "Company Company", _DATED),
    _between("PersonInvestCompany", "INVESTS", "investorId companyId", "Person Company", _SHARED),
    _between("CompanyInvestCompany", "INVESTS", "investorId companyId", "Company Company", _SHARED),
    _between("MediumSignInAccount", "SIGN_IN", "mediumId accountId", "Medium Account", _DATED),
)


def has_graph(data: Path) -> bool:
    """Tell whether a folder of tables holds a graph of FinBench too.

    Examples
    --------
    >>> has_graph(Path("nowhere"))
    False
    """
    return (data / FOLDER / MARKER).is_file()


def read_table(folder: Path, table: Table) -> pa.Table:
    """Read one table of a graph, which must be whole.

    Raises
    ------
    ContractError
        When the file is not what `write_graph` writes.
    UnavailableError
        When it can't be read.
    """
    path = folder / f"{table.name}.parquet"
    try:
        expected = json.loads((folder / MARKER).read_text(encoding="utf-8"))["rows"][table.name]
        with path.open("rb") as file:
            found = pa.parquet.ParquetFile(file).read()
    except OSError as error:
        raise UnavailableError(f"{path} can't be read: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError, pa.ArrowException) as error:
        raise ContractError("corrupt", f"{path} and {MARKER} must be as written: {error}", file=path.name) from error
    if not found.schema.equals(table.schema) or found.num_rows != expected:
        detail = f"{path} must hold {expected} rows of {', '.join(table.schema.names)}; got {found.num_rows} rows"
        raise ContractError("corrupt", f"{detail} of {', '.join(found.schema.names)}", file=path.name)
    return found
