"""What stands in the 18 files of an LDBC FinBench sample, and are they whole?

Only the 18 names are opened, each as ``NAME.csv`` or ``NAME.csv.gz``. A file that is not what FinBench writes is
refused with its line: a converter that guesses would put wrong money into scores.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from loaders.errors import ContractError, UnavailableError, UsageError

Row = dict[str, str]
Sample = dict[str, list[Row]]

FILES: dict[str, tuple[str, ...]] = {
    # "accoutType" is how FinBench spells it.
    "Account": ("accountId", "createTime", "isBlocked", "accoutType"),
    "AccountRepayLoan": ("accountId", "loanId", "amount", "createTime"),
    "AccountTransferAccount": ("fromId", "toId", "amount", "createTime"),
    "AccountWithdrawAccount": ("fromId", "toId", "amount", "createTime"),
    "Company": ("companyId", "companyName", "isBlocked", "createTime"),
    "CompanyApplyLoan": ("companyId", "loanId", "createTime"),
    "CompanyGuaranteeCompany": ("fromId", "toId", "createTime"),
    "CompanyInvestCompany": ("investorId", "companyId", "ratio", "createTime"),
    "CompanyOwnAccount": ("companyId", "accountId", "createTime"),
    "Loan": ("loanId", "loanAmount", "balance", "createTime"),
    "LoanDepositAccount": ("loanId", "accountId", "amount", "createTime"),
    "Medium": ("mediumId", "mediumType", "isBlocked", "createTime"),
    "MediumSignInAccount": ("mediumId", "accountId", "createTime"),
    "Person": ("personId", "personName", "isBlocked", "createTime"),
    "PersonApplyLoan": ("personId", "loanId", "createTime"),
    "PersonGuaranteePerson": ("fromId", "toId", "createTime"),
    "PersonInvestCompany": ("investorId", "companyId", "ratio", "createTime"),
    "PersonOwnAccount": ("personId", "accountId", "createTime"),
}

_ID = (re.compile(r"[0-9]{1,19}"), "id_charset", "1 to 19 digits")
_MONEY = (re.compile(r"[0-9]{1,15}(\.[0-9]+)?"), "amount_format", "digits with an optional decimal point, not negative")
_CHECKS = {
    "createTime": (
        re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?"),
        "ts_format",
        "YYYY-MM-DD HH:MM:SS, taken as UTC",
    ),
    "isBlocked": (re.compile("true|false"), "flag_format", "true or false"),
    **dict.fromkeys(("amount", "loanAmount", "balance"), _MONEY),
    **dict.fromkeys(("accountId", "loanId", "personId", "companyId", "mediumId", "investorId", "fromId", "toId"), _ID),
}
MAX_BYTES = 1024**3


def read_sample(source: Path) -> Sample:
    """Read the 18 files of a FinBench sample.

    Parameters
    ----------
    source : Path
        Folder of the files, pipe separated with a header, plain or gzip.

    Returns
    -------
    dict
        Per file name (without ending) its rows in file order, as text by column.

    Raises
    ------
    UsageError
        When the source is not a folder.
    ContractError
        When a file is missing (``missing_table``), has another header (``header``), is cut (``truncated``), not UTF-8
        (``encoding``), damaged (``corrupt``) or holds a value that FinBench does not write.
    UnavailableError
        When a file can't be read.
    """
    if not source.is_dir():
        raise UsageError(f"{source} must be the folder of a FinBench sample; it is not a folder")
    return {name: list(_rows(name, *_text(source, name))) for name in FILES}


def _text(source: Path, name: str) -> tuple[str, str]:
    """Name and text of a file."""
    path = next((path for path in (source / f"{name}.csv", source / f"{name}.csv.gz") if path.exists()), None)
    if path is None:
        detail = f"{name}.csv is not in {source}; a FinBench sample has {len(FILES)} files: {', '.join(FILES)}"
        raise ContractError("missing_table", detail, file=f"{name}.csv")
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ContractError("corrupt", f"{path.name} can't be unpacked: {error}", file=path.name) from error
    except OSError as error:
        raise UnavailableError(f"{path.name} can't be read: {error.strerror}") from error
    if len(content) > MAX_BYTES:
        raise ContractError("too_large", f"{path.name} holds more than {MAX_BYTES} bytes", file=path.name)
    try:
        return path.name, content.decode("utf-8")
    except UnicodeDecodeError as error:
        detail = f"{path.name} is not UTF-8 at byte {error.start}"
        raise ContractError("encoding", detail, file=path.name) from error


def _rows(name: str, file: str, text: str) -> Iterator[Row]:
    columns = FILES[name]
    lines = text.split("\n")
    if lines[0] != "|".join(columns):
        raise ContractError("header", f"{file} must start with {'|'.join(columns)}; got {lines[0][:200]!r}", file=file)
    if lines.pop() != "":
        raise ContractError("truncated", f"{file} ends within a line, so it may be cut", file=file)
    checks = [(place, *_CHECKS[column]) for place, column in enumerate(columns) if column in _CHECKS]
    for number, line in enumerate(lines[1:], start=2):
        values = line.split("|")
        if len(values) != len(columns):
            detail = f"{file} line {number} must have {len(columns)} fields; got {len(values)}"
            raise ContractError("field_count", detail, file=file)
        for place, pattern, reason, allowed in checks:
            if not pattern.fullmatch(values[place]):
                detail = f"{file} line {number}: {columns[place]} must be {allowed}; got {values[place][:80]!r}"
                raise ContractError(reason, detail, file=file)
        row = dict(zip(columns, values, strict=True))
        _require_time(row["createTime"], f"{file} line {number}", file)
        yield row


def _require_time(time: str, place: str, file: str) -> None:
    try:
        datetime.fromisoformat(time)
    except ValueError as error:
        raise ContractError("ts_invalid", f"{place}: createTime {time!r} is no time: {error}", file=file) from error
