"""What happened between the persons of some pairs, from the first day on? The whole history of a few pairs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from loaders.contract import CREDIT_KINDS
from scoring.runs.id_hashes import hash_texts
from scoring.updating.earlier import KINDS, MONEY, PARTIES, codes_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scoring.updating.earlier import Earlier
    from scoring.updating.people import People, Places

BEHALF = KINDS.index(CREDIT_KINDS[1]).as_py()


@dataclass(frozen=True, eq=False)
class History:
    """Relations of some pairs that may carry credit, by pair and within it in order of (at, relation_id).

    Attributes
    ----------
    pair : int64[m]
        low · n + high.
    upward, behalf, back : bool[m]
        Whether the lower place pays the higher one, on behalf, or takes back.
    amount, at : int64[m]
        Minor units and microseconds since 1970.
    currency : int64[m]
        Code of the currency.
    taken : int64[m]
        How much of each was taken back.
    """

    pair: Places
    upward: NDArray[np.bool_]
    behalf: NDArray[np.bool_]
    back: NDArray[np.bool_]
    amount: Places
    at: Places
    currency: Places
    taken: Places


def history_of(wanted: Places, people: People, earlier: Earlier, new: pa.Table, now: int, threads: int) -> History:
    """Gather everything that happened in some pairs until ``now``.

    Parameters
    ----------
    wanted
        The pairs, ascending.
    people
        Who is behind the accounts.
    earlier, new
        The log before, and the new rows.
    now
        Microseconds since 1970; later rows are set aside.
    threads
        How many threads look through the log.
    """
    numbers = _numbers(wanted, people, earlier, threads)
    pieces = [_columns(batch, people) for batch in _batches(earlier, numbers)]
    pieces += [_columns(batch, people) for batch in new.to_batches()]
    row = np.concatenate([numbers, np.arange(-len(new), 0)])  # a new row is numbered from the end
    columns: dict[str, Any] = {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}
    used = np.flatnonzero(among(columns["pair"], wanted) & (columns["at"] <= now))
    columns = {name: values[used] for name, values in columns.items()}
    texts = _Texts(earlier, new, row[used])
    order = _in_order(columns, texts)
    columns["taken"] = _taken_back(columns, texts)
    return History(**{name: values[order] for name, values in columns.items()})


def among(values: Places, wanted: Places) -> Any:
    """Mark which values are wanted ones, which ascend."""
    if not len(wanted):
        return np.zeros(len(values), np.bool_)
    place = np.minimum(np.searchsorted(wanted, values), len(wanted) - 1)
    return wanted[place] == values


def _numbers(wanted: Places, people: People, earlier: Earlier, threads: int) -> Places:
    """Number the earlier relations of the pairs: one look at the parties of every row."""
    marked = people.marked(people.members(wanted))
    tasks = []
    with ThreadPoolExecutor(threads) as pool:
        for piece in earlier.pieces:
            piece.log.check(*PARTIES)
            first = piece.first
            for batch in piece.log.batches:
                tasks.append(pool.submit(_near, batch, first, wanted, people, marked))
                first += batch.num_rows
    return np.concatenate([np.zeros(0, np.int64), *(task.result() for task in tasks)])


def _near(batch: pa.RecordBatch, first: int, wanted: Places, people: People, marked: Any) -> Places:
    near = np.flatnonzero(marked[codes_of(batch["from_id"])])  # few persons are touched: one side tells most apart
    near = near[marked[codes_of(batch["to_id"])[near]]]
    ends = (codes_of(batch[name])[near] for name in ("kind", "from_id", "to_id"))
    found: Places = first + near[among(people.pairs(*ends), wanted)]
    return found


def _batches(earlier: Earlier, numbers: Places) -> list[pa.RecordBatch]:
    """Take the columns of fixed width of some rows."""
    found = []
    for piece in earlier.pieces:
        piece.log.check(*PARTIES, *MONEY)
        piece.log.check_validity("reverses")
        first = piece.first
        for batch in piece.log.batches:
            begin, end = np.searchsorted(numbers, [first, first + batch.num_rows])
            if end > begin:
                own = pa.array(numbers[begin:end] - first)
                found.append(_taken(batch, own))
            first += batch.num_rows
    return found


def _taken(batch: pa.RecordBatch, rows: pa.Array) -> pa.RecordBatch:
    back = pc.is_valid(batch["reverses"]).take(rows)
    columns = [batch[name].take(rows) for name in (*PARTIES, *MONEY)]
    return pa.RecordBatch.from_arrays([*columns, back], names=[*PARTIES, *MONEY, "back"])


def _columns(batch: pa.RecordBatch, people: People) -> dict[str, Any]:
    kind, payer, payee = (codes_of(batch[name]) for name in PARTIES)
    back = batch["back"] if "back" in batch.schema.names else pc.is_valid(batch["reverses"])
    one, other = people.person[payer], people.person[payee]
    return {
        "pair": people.pairs(kind, payer, payee),
        "upward": one < other,
        "behalf": kind == BEHALF,
        "back": back.to_numpy(zero_copy_only=False),
        "amount": codes_of(batch["amount_minor"]),
        "at": batch["at"].cast(pa.int64()).to_numpy(),
        "currency": codes_of(batch["currency"]).astype(np.int64),
    }


class _Texts:
    """Ids of some rows, and what they take back: looked up only where something depends on them."""

    def __init__(self, earlier: Earlier, new: pa.Table, row: Places) -> None:
        self._earlier, self._new, self.row = earlier, new, row

    def of(self, column: str, places: Places) -> list[str]:
        """Give the texts of some places."""
        rows = self.row[places]
        old = np.unique(rows[rows >= 0])
        texts = dict(zip(old.tolist(), self._earlier.texts(column, old).to_pylist(), strict=True))
        fresh = rows[rows < 0] + len(self._new)
        new = iter(self._new[column].take(pa.array(fresh)).to_pylist())
        return [texts[row] if row >= 0 else next(new) for row in rows.tolist()]

    def with_hashes(self, places: Places, wanted: Sequence[str]) -> Places:
        """Keep the places whose id may be a wanted one."""
        rows = self.row[places]
        keys = hash_texts(pa.array(wanted, pa.string()))
        old, where = np.unique(rows[rows >= 0], return_inverse=True)
        may = np.ones(len(places), np.bool_)
        may[rows >= 0] = np.isin(self._earlier.hashes(old), keys)[where]
        return places[may]


def _in_order(columns: dict[str, Any], texts: _Texts) -> Places:
    """Order rows by (pair, at, relation_id); ids are asked for only where the times of two pieces are the same."""
    order = np.lexsort((columns["at"], columns["pair"]))
    pair, at = columns["pair"][order], columns["at"][order]
    same = (pair[1:] == pair[:-1]) & (at[1:] == at[:-1])
    starts = np.flatnonzero(np.diff(np.concatenate([[False], same, [False]]).astype(np.int8)) == 1)
    ends = np.flatnonzero(np.diff(np.concatenate([[False], same, [False]]).astype(np.int8)) == -1)
    for begin, end in zip(starts.tolist(), ends.tolist(), strict=True):
        places = order[begin : end + 1]
        ids = texts.of("relation_id", places)
        order[begin : end + 1] = [place for _, place in sorted(zip((one.encode() for one in ids), places, strict=True))]
    return order


def _taken_back(columns: dict[str, Any], texts: _Texts) -> Places:
    """Sum up what was taken back of each payment: reversals are few, and are of the pair of what they take back."""
    taken = np.zeros(len(columns["pair"]), np.int64)
    back = np.flatnonzero(columns["back"])
    if not len(back):
        return taken
    aims = texts.of("reverses", back)
    near = np.flatnonzero(np.isin(columns["pair"], columns["pair"][back]) & ~columns["back"])
    near = texts.with_hashes(near, aims)
    place = dict(zip(texts.of("relation_id", near), near.tolist(), strict=True))
    for aim, amount in zip(aims, columns["amount"][back].tolist(), strict=True):
        if aim in place:
            taken[place[aim]] += amount
    return taken
