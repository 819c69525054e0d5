"""How is a run read so that damaged or foreign bytes are never used? CURRENT -> manifest -> only listed files.

Nothing is found by looking into a folder: the manifest lists each file with its SHA-256 and size, both are checked
before the first row is used, and a file that fails is named together with the way back.
"""

from __future__ import annotations

import json
import mmap
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loaders.errors import UnavailableError, UsageError
from scoring.runs import disk, lock, log
from scoring.runs import manifest as manifests

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future, ThreadPoolExecutor
    from io import BufferedReader

    import pandas as pd
    import pyarrow as pa

CURRENT = "CURRENT"


@dataclass(frozen=True)
class Run:
    """One complete, immutable result.

    Attributes
    ----------
    path : Path
        The run's folder.
    manifest : dict
        What the run says about itself, checked against its own hash.
    """

    path: Path
    manifest: dict[str, Any]
    _checked: set[str] = field(default_factory=set, repr=False, compare=False)
    _begun: dict[str, Future[None]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def id(self) -> str:
        """The run's id."""
        return str(self.manifest["run_id"])

    @property
    def names(self) -> tuple[str, ...]:
        """The tables of the run."""
        return tuple(output["name"].removesuffix(".parquet") for output in self.manifest["outputs"])

    def table(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """Read a table of the run, all columns or some.

        Raises
        ------
        UsageError
            When the run has no such table.
        UnavailableError
            When its bytes are not those that the manifest lists.
        """
        import pyarrow.parquet as pq

        with self._open(name) as file:
            return pq.ParquetFile(file).read(columns=None if columns is None else list(columns))

    def rows(
        self, name: str, column: str, values: Sequence[str] | str, columns: Sequence[str] | None = None
    ) -> pa.Table:
        """Read the rows of a table in which ``column`` is one of ``values``, in the table's order.

        Row groups that cannot hold them are skipped by their statistics.
        """
        # ParquetFile, as the filters of pyarrow.dataset would import pandas: a third of the time of `renmai explain`
        import pyarrow as pa
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        wanted = pa.array([values] if isinstance(values, str) else sorted(values), pa.string())
        with self._open(name) as file:
            table = pq.ParquetFile(file)
            place = table.schema_arrow.get_field_index(column)
            chosen = table.schema_arrow.names if columns is None else list(columns)
            found = [table.schema_arrow.empty_table().select(chosen)]
            for group in range(table.num_row_groups):
                if _may_hold(table.metadata.row_group(group).column(place).statistics, wanted):
                    hit = pc.is_in(table.read_row_group(group, [column])[column], value_set=wanted)
                    if pc.any(hit).as_py():
                        found.append(table.read_row_group(group, chosen).select(chosen).filter(hit))
            return pa.concat_tables(found)

    @cached_property
    def scores(self) -> pd.DataFrame:
        """One row per account of a person, by account_id."""
        return self._frame("scores")

    @cached_property
    def standing(self) -> pd.DataFrame:
        """One row per person, by holder_id."""
        return self._frame("standing")

    @cached_property
    def ties(self) -> pd.DataFrame:
        """One row per tie, by (from_id, to_id)."""
        return self._frame("ties")

    @cached_property
    def contributions(self) -> pd.DataFrame:
        """What each supporter adds to a holder's standing, by (holder_id, supporter_id)."""
        return self._frame("contributions")

    @cached_property
    def probabilities(self) -> pd.DataFrame:
        """Probability of default of each person with its 95 % interval; only a run with a trained model has it."""
        return self._frame("probabilities")

    def check(self) -> None:
        """Check SHA-256 and size of every listed file.

        Raises
        ------
        UnavailableError
            Naming the first file that is damaged or missing.
        """
        for name in self.names:
            self._open(name).close()

    def _frame(self, name: str) -> pd.DataFrame:
        return self.table(name).to_pandas()

    def _open(self, name: str, *, ahead: bool = False) -> BufferedReader:
        if not ahead and name in self._begun:
            self._begun.pop(name).result()
        listed = {output["name"]: output for output in self.manifest["outputs"]}
        path = self.path / f"{name}.parquet"
        if path.name not in listed:
            raise UsageError(f"run {self.id} has no table {name!r}; it has {', '.join(self.names)}")
        try:
            file = path.open("rb")
        except OSError as error:
            raise UnavailableError(f"{path} cannot be read ({error.strerror}). {manifests.ADVICE}") from error
        if name not in self._checked:
            size, wanted = file.seek(0, 2), listed[path.name]
            if size != wanted["bytes"] or disk.digest(file) != wanted["sha256"]:
                file.close()
                raise UnavailableError(
                    f"{path} is damaged: its {size} bytes do not have the SHA-256 of the manifest"
                    f" ({wanted['bytes']} bytes). {manifests.ADVICE}"
                )
            self._checked.add(name)
        file.seek(0)
        return file


def content_of(run: Run, name: str) -> mmap.mmap:
    """Map the bytes of a table's file, which are those that the manifest lists."""
    with run._open(name) as file:  # noqa: SLF001 (of this file, and not for the users of a run)
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def begin_checks(run: Run, pool: ThreadPoolExecutor, *names: str) -> None:
    """Begin to compare tables of a run in the background; what is wrong is told to who reads them."""
    for name in names:
        task = pool.submit(lambda name: run._open(name, ahead=True).close(), name)  # noqa: SLF001 (of this file)
        run._begun[name] = task  # noqa: SLF001 (of this file)


def _may_hold(statistics: Any, wanted: pa.Array) -> bool:
    """Say whether a row group with these statistics may hold one of the sorted values."""
    if not len(wanted):
        return False
    if statistics is None or not statistics.has_min_max:
        return True
    return bool(statistics.min <= wanted[-1].as_py() and wanted[0].as_py() <= statistics.max)


def open_run(root: Path, run_id: str | None = None) -> Run:
    """Open a run: the current one, or the one named.

    Parameters
    ----------
    root : Path
        The runs folder.
    run_id : str, optional
        Without it the run that ``CURRENT`` names.

    Returns
    -------
    Run
        Its manifest is checked; its tables are checked as they are opened.

    Raises
    ------
    UsageError
        When there is no run yet, or none of that id; the known ones are named.
    UnavailableError
        When the manifest is damaged, or ``CURRENT`` names a run that is gone.
    """
    root = Path(root)
    wanted, run_id = run_id, current_id(root) if run_id is None else run_id
    if run_id is None:
        raise UsageError(f"{root} holds no run yet; `renmai run DATA --as-of TIME --runs {root}` makes the first")
    known = run_ids(root)
    if run_id not in known:
        if wanted is None:
            raise UnavailableError(f"{root / CURRENT} names run {run_id}, which is not there. {manifests.ADVICE}")
        listed = ", ".join(known[-5:]) or "none"
        raise UsageError(f"{root} has no run {run_id!r}; it has {listed}{' as the latest' if len(known) > 5 else ''}")
    path = root / run_id
    with disk.translated(path):
        try:
            content = (path / manifests.NAME).read_bytes()
        except FileNotFoundError as error:
            raise UnavailableError(f"{path / manifests.NAME} is missing. {manifests.ADVICE}") from error
    return Run(path, manifests.decode(content, run_id, str(path / manifests.NAME)))


def run_ids(root: Path) -> list[str]:
    """List the run folders that stand, by id; temporary and foreign folders are none."""
    if not root.is_dir():
        return []
    with disk.translated(root):
        return sorted(path.name for path in root.iterdir() if manifests.is_run_id(path.name) and path.is_dir())


def current_id(root: Path) -> str | None:
    """Read which run is current; None when there is none yet.

    Raises
    ------
    UnavailableError
        When ``CURRENT`` holds something else than a run id, or is missing though a run was made current: unreadable is
        never taken for empty.
    """
    path = root / CURRENT
    with disk.translated(path):
        try:
            content = path.read_bytes()
        except FileNotFoundError as error:
            lines, head = log.read_log(root), lock.read_head(root)
            if lines.holds(head) and "" in lines.current(head):
                return None
            raise UnavailableError(f"{path} is missing though runs were made here. {manifests.ADVICE}") from error
    run_id = content.decode("ascii", errors="replace").removesuffix("\n")
    if not manifests.is_run_id(run_id) or content != f"{run_id}\n".encode():
        raise UnavailableError(
            f"{path} is damaged: it holds {json.dumps(run_id[:40])}, not a run id. {manifests.ADVICE}"
        )
    return run_id
