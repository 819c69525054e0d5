"""Which of the records that passed by themselves must be judged among others, as another may speak against them?

Found by hashes of ids and keys: whoever might be concerned is a candidate; whether he is, the checks in SQL decide by
the texts. Nobody else can fall, so the millions of records that come once are never compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from loaders.gate.crew import spread
from loaders.gate.pieces import Piece
from loaders.gate.returns import doubtful_aims

_PART_BITS = 3
_FEW = 1 << 20
Keys = NDArray[np.uint64]


def candidates(
    pieces: Sequence[Piece], others: Sequence[Keys], threads: int, key: str | None
) -> list[NDArray[np.int64]]:
    """Find the rows of each piece that must be judged among others.

    Parameters
    ----------
    pieces
        Records that passed by themselves.
    others
        Keys of records that are judged in any case, and keys that those speak of.
    threads
        At least 1.
    key
        The column whose ascending texts tell that no key comes twice; None: there is none.

    Returns
    -------
    list of int64[]
        Ascending row numbers: suspects, records whose key comes twice or is one of ``others``, and reversals with
        their originals where it is not plain that they stand.
    """
    if not pieces:
        return []
    twice = np.zeros(0, np.uint64) if _ascending(pieces, key) else repeated([piece.keys for piece in pieces], threads)
    unclear = np.unique(np.concatenate([twice, *others]))
    wanted = np.unique(np.concatenate([unclear, *(piece.aims for piece in pieces)]))
    found = spread(partial(_members, wanted, _table(wanted)), [piece.keys for piece in pieces], threads)
    if not any(len(piece.aims) for piece in pieces):
        return [np.union1d(piece.suspects, rows) for piece, rows in zip(pieces, found, strict=True)]
    doubtful = doubtful_aims(pieces, found, unclear)
    asked = np.union1d(unclear, doubtful)
    return [
        np.unique(
            np.concatenate(
                [piece.suspects, rows[np.isin(piece.keys[rows], asked)], piece.back[np.isin(piece.aims, doubtful)]]
            )
        )
        for piece, rows in zip(pieces, found, strict=True)
    ]


def _ascending(pieces: Sequence[Piece], key: str | None) -> bool:
    """Do the texts of a key ascend over all pieces?"""
    if key is None or not all(piece.ascending for piece in pieces):
        return False
    return all(one.rows[key][-1].as_py() < other.rows[key][0].as_py() for one, other in pairwise(pieces))


def repeated(parts: Sequence[Keys], threads: int) -> Keys:
    """Which keys come more than once? Ascending.

    Examples
    --------
    >>> import numpy as np
    >>> from loaders.gate.candidates import repeated
    >>> repeated([np.array([5, 7], np.uint64), np.array([9, 5], np.uint64)], 1).tolist()
    [5]
    """
    if sum(map(len, parts)) < _FEW:
        return _twice(np.concatenate([np.zeros(0, np.uint64), *parts]))
    found = spread(partial(_twice_of, parts), range(1 << _PART_BITS), threads)
    return np.concatenate(found)


def _twice_of(parts: Sequence[Keys], number: int) -> Keys:
    """Keys with these first bits: parts of the range of hashes are sorted beside each other, and held one at a time."""
    shift = np.uint64(64 - _PART_BITS)
    return _twice(np.concatenate([part[part >> shift == np.uint64(number)] for part in parts]))


def _twice(keys: Keys) -> Keys:
    keys.sort()
    return np.unique(keys[1:][keys[1:] == keys[:-1]])


def _table(wanted: Keys) -> NDArray[np.bool_]:
    """Mark the low bits of the wanted keys, so that most of the others are told apart by one look."""
    bits = min(26, max(10, (8 * len(wanted)).bit_length()))
    marked = np.zeros(1 << bits, np.bool_)
    marked[wanted & np.uint64(len(marked) - 1)] = True
    return marked


def _members(wanted: Keys, table: NDArray[np.bool_], keys: Keys) -> NDArray[np.int64]:
    """Rows whose key is wanted."""
    if not len(wanted):
        return np.zeros(0, np.int64)
    near = np.flatnonzero(table[keys & np.uint64(len(table) - 1)])
    place = np.minimum(np.searchsorted(wanted, keys[near]), len(wanted) - 1)
    found: NDArray[np.int64] = near[wanted[place] == keys[near]]
    return found
