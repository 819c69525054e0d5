"""Are the columns of a file the contract's, each once, under the names agreed on?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from loaders.contract import TABLES, TableContract
from loaders.errors import ContractError
from loaders.settings import LoadSettings


def contract_columns(
    table: str, found: Sequence[str], settings: LoadSettings, *, name: str, reason: str = "header"
) -> list[str]:
    """Which column of the contract is each column of a file?

    Parameters
    ----------
    table
        Name of the table.
    found
        The column names as they stand in the file.
    settings
        With ``columns``, the names the input uses for ours.
    name
        The file, for the message.
    reason
        Reason code when they are not the contract's.

    Returns
    -------
    list of str
        Our names, in the order of ``found``.

    Raises
    ------
    ContractError
        If a column is unknown, there twice, or missing.

    Examples
    --------
    >>> from loaders.readers.header import contract_columns
    >>> from loaders.settings import LoadSettings
    >>> contract_columns("rates", ["on", "rate", "currency"], LoadSettings(), name="rates.csv")
    ['on', 'rate', 'currency']
    """
    contract = TABLES[table]
    mapping = settings.columns.get(table, {})
    ours = [mapping.get(column, column) for column in found]
    known = [our for our in ours if our in contract.names]
    if not known:
        # the first record of a file without header would be quoted here, so it is not
        detail = (
            f"{name}: none of its {len(found)} columns has a name of the contract; its first line must be the header"
        )
        raise ContractError(reason, f"{detail}: {', '.join(contract.names)}", file=name)
    faults = [_unknown(contract, column, mapping) for column in found if mapping.get(column, column) not in known]
    theirs = {our: column for column, our in mapping.items()}
    faults += [_repeated(our, found, ours) for our in sorted(set(known)) if known.count(our) > 1]
    faults += [
        f"column '{theirs.get(column.name, column.name)}' is missing"
        for column in contract.columns
        if column.required and column.name not in known
    ]
    if table == "relations" and (("amount" in known) == ("amount_minor" in known)):
        either = " and ".join(f"'{theirs.get(our, our)}'" for our in ("amount", "amount_minor"))
        faults.append(f"exactly one of the columns {either} must be there")
    if faults:
        allowed = ", ".join(theirs.get(column, column) for column in contract.names)
        shown = "; ".join(faults[:5]) + (f"; and {len(faults) - 5} more" if len(faults) > 5 else "")
        raise ContractError(reason, f"{name}: {shown}. Columns of {table}: {allowed}", file=name)
    return ours


def _repeated(our: str, found: Sequence[str], ours: Sequence[str]) -> str:
    names = [column for column, one in zip(found, ours, strict=True) if one == our]
    if len(set(names)) == 1:
        return f"column '{names[0]}' is there {len(names)} times"
    return f"columns {' and '.join(map(repr, names))} are both '{our}'"


def _unknown(contract: TableContract, column: str, mapping: Mapping[str, str]) -> str:
    shown = column if len(column) <= 60 else f"{column[:60]}…"
    near = get_close_matches(column.strip().lower()[:100], [*mapping, *contract.names], 1)
    hint = f" (did you mean '{near[0]}'?)" if near else ""
    return f"column {shown!r} is not known{hint}"
