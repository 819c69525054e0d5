"""What of the input stands? Every table passes the same gate, in the order in which they need each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

import duckdb
import pyarrow as pa

from loaders.contract import TABLES
from loaders.errors import RenmaiError
from loaders.gate.conversion import typed
from loaders.gate.engine import engine
from loaders.gate.finish import finished
from loaders.gate.lanes import Doubtful, Lane, present_columns
from loaders.gate.pieces import REFERRING
from loaders.gate.rates import RateDays
from loaders.gate.rejects import rejects_table
from loaders.gate.rows import check_rows, prepare
from loaders.gate.standing import lay_open, stand
from loaders.quick import AccountIndex, Context
from loaders.raw import RawFile, Refusal
from loaders.settings import LoadSettings
from loaders.tables import Counts, InputFile, Tables

# accounts and rates first: the others refer to them
ORDER = ("accounts", "rates", "relations", "profiles", "consents", "outcomes")

Opener = Callable[[], RawFile]
Begun = Callable[[RawFile], None]


def passed(
    inputs: Mapping[str, Sequence[Opener]],
    settings: LoadSettings,
    *,
    ignored: tuple[str, ...] = (),
    begun: Begun = lambda _file: None,
    quick: bool = True,
) -> Tables:
    """Let the input through the gate.

    Parameters
    ----------
    inputs
        Per table, how to open each of its files. A table without entry was not given.
    settings
        How it is read.
    ignored
        Names that were not opened.
    begun
        Told of each file before it is read, one file at a time.
    quick
        Whether records that surely pass are spared the checks in SQL; the outcome is the same, so tests compare both.

    Returns
    -------
    Tables

    Raises
    ------
    ContractError
        When a file as a whole breaks the contract.
    UnavailableError
        When memory or disk run out.
    """
    with engine(settings) as connection:
        gate = Gate(connection, settings, begun, quick=quick)
        tables = {table: gate.let_in(table, inputs.get(table, ())) for table in ORDER}
        listed = gate.told()
        return Tables(
            accounts=tables["accounts"],
            relations=tables["relations"],
            profiles=tables["profiles"],
            consents=tables["consents"] if "consents" in inputs else None,
            outcomes=tables["outcomes"],
            rates=tables["rates"],
            rejects=rejects_table(gate.refusals, gate.files),
            files=listed,
            ignored=ignored,
            counts=counted(listed, gate.refusals),
        )


class Gate:
    """Lets in one table after the other and remembers what fell."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        settings: LoadSettings,
        begun: Begun = lambda _file: None,
        *,
        quick: bool = True,
    ) -> None:
        self.refusals: list[Refusal] = []
        self.files: dict[int, RawFile] = {}
        self._accepted: Counter[int] = Counter()
        self._connection = connection
        self._settings = settings
        self._begun = begun
        self._quick = quick
        self._known: dict[str, pa.Table] = {}
        prepare(connection, settings)

    def know(self, table: str, rows: pa.Table) -> None:
        """Take accounts or rates that stand, for the tables that refer to them."""
        self._known[table] = rows
        self._connection.execute(f"DROP TABLE IF EXISTS {table}_typed")
        self._connection.register(f"{table}_typed", rows)

    def let_in(self, table: str, openers: Sequence[Opener]) -> pa.Table:
        """Read the files of a table; which of their records stand?"""
        contract, connection, threads = TABLES[table], self._connection, self._settings.duckdb_threads
        opened = [opener() for opener in openers]
        self.files |= {file.number: file for file in opened}
        present = present_columns(contract, opened)
        names = list(typed(contract, present))
        accounts = self._accounts if table in REFERRING else None
        days = self._days if table == "relations" else None
        lay_open(connection, table, names)
        doubtful = Doubtful(connection, contract, present)
        context = Context(self._settings, accounts) if self._quick else None
        lane = Lane(contract, present, context, doubtful, days)
        pieces = lane.read(opened, threads, self._begun)
        self.refusals += [refusal for file in opened for refusal in file.facts().refusals]
        if doubtful.records:
            self.refusals += check_rows(connection, table, present, self._settings)
        standing = stand(connection, table, names, pieces, accounts, self._settings)
        del pieces
        connection.execute(f"DROP TABLE {table}_typed")
        self.refusals += standing.refusals
        self._accepted += standing.accepted
        found = finished(table, names, standing.batches, accounts.ids if accounts else None, threads)
        if table in ("accounts", "rates"):
            self.know(table, found)
        return found

    def told(self) -> tuple[InputFile, ...]:
        """Which files were read, and what became of their records?"""
        return _told(self.files, self.refusals, self._accepted)

    @cached_property
    def _accounts(self) -> AccountIndex:
        return AccountIndex(self._known["accounts"]["account_id"].combine_chunks())

    @cached_property
    def _days(self) -> RateDays:
        return RateDays(self._known["rates"], self._settings.base_currency)


def _told(files: dict[int, RawFile], refusals: list[Refusal], accepted: Mapping[int, int]) -> tuple[InputFile, ...]:
    rejected: dict[int, int] = {}
    for refusal in refusals:
        rejected[refusal.file] = rejected.get(refusal.file, 0) + 1
    told = []
    for number, file in sorted(files.items()):
        facts, stands, fell = file.facts(), accepted.get(number, 0), rejected.get(number, 0)
        records, blank = facts.records, facts.blank
        if records != stands + fell + blank:
            counted = f"{stands} accepted, {fell} rejected and {blank} blank"
            raise RenmaiError(f"{file.name}: {records} records are not {counted}")
        told.append(InputFile(file.table, file.name, facts.sha256, facts.bytes, records, stands, fell, blank))
    return tuple(told)


def counted(files: tuple[InputFile, ...], refusals: Sequence[Refusal]) -> dict[str, Counts]:
    """Per table, what became of its records."""
    counts = {}
    for table in TABLES:
        own = [file for file in files if file.table == table]
        counts[table] = Counts(
            records=sum(file.records for file in own),
            accepted=sum(file.accepted for file in own),
            rejected=sum(file.rejected for file in own),
            blank=sum(file.blank for file in own),
            duplicates=sum(one.table == table and one.reason == "duplicate" for one in refusals),
        )
    return counts
