"""Which reversals take back so plainly what their original gave that nobody need judge them?

A group is an original and all that aim at it. Where every one of them fits, and the original is enough for all of them
together, their order does not matter and all stand, whether or not the original does. Every other group is doubtful as
a whole and goes to `loaders.gate.reversals.judge`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from loaders.contract import CONTACT_KINDS
from loaders.gate.pieces import Piece
from loaders.quick import KINDS

_PLENTY = 2.0**61
_SAID = ["relation_id", "kind", "from_code", "to_code", "amount_minor", "currency", "reverses"]
_CONTACT = np.isin(np.array(KINDS.to_pylist()), CONTACT_KINDS)
Keys = NDArray[np.uint64]
Rows = Sequence[NDArray[np.int64]]


def doubtful_aims(pieces: Sequence[Piece], aimed: Rows, unclear: Keys) -> Keys:
    """Find the originals whose group must be judged.

    Parameters
    ----------
    pieces
        Relations that passed by themselves.
    aimed
        Rows of each piece whose key a reversal aims at.
    unclear
        Ascending keys of ids that come twice, or that records name which are judged in any case.

    Returns
    -------
    uint64[]
        Ascending keys of these originals. A record with such a key, and whatever aims at one, is a candidate.
    """
    aims = np.concatenate([piece.aims for piece in pieces])
    own = np.concatenate([piece.keys[piece.back] for piece in pieces])
    keys = np.concatenate([piece.keys[rows] for piece, rows in zip(pieces, aimed, strict=True)])
    # an id that comes twice is unclear anyway, so it does not matter which of its records is found
    keys, first = np.unique(keys, return_index=True)
    back, original = _said(pieces, [piece.back for piece in pieces]), _said(pieces, aimed)
    place = np.minimum(np.searchsorted(keys, aims), max(len(keys) - 1, 0))
    known = keys[place] == aims if len(keys) else np.zeros(len(aims), np.bool_)
    doubt = _CONTACT[_codes(back, "kind")]
    if len(keys):
        doubt |= known & ~_fits(back, original.take(pa.array(first[place])), place)
    doubt |= np.isin(own, unclear) | np.isin(aims, unclear)
    # whoever is taken back and takes back himself belongs to two groups
    both = np.isin(own, aims)
    return np.unique(np.concatenate([aims[doubt | both], own[both]]))


def _said(pieces: Sequence[Piece], rows: Rows) -> pa.Table:
    taken = [piece.rows.select(_SAID).take(pa.array(among)) for piece, among in zip(pieces, rows, strict=True)]
    return pa.Table.from_batches(taken).combine_chunks()


def _codes(rows: pa.Table, name: str) -> NDArray[np.int64]:
    """The words of a column as numbers, -1 where there is none."""
    column = rows[name].combine_chunks()
    found: NDArray[np.int64] = column.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return found


def _fits(back: pa.Table, original: pa.Table, place: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Does each reversal fit what it aims at, and is that enough for all that aim at it?"""
    fits = pc.fill_null(pc.equal(back["reverses"], original["relation_id"]), False).to_numpy()
    fits &= original["reverses"].is_null().to_numpy()
    for name in ("kind", "currency"):
        fits &= _codes(back, name) == _codes(original, name)
    for one, other in (("from_code", "to_code"), ("to_code", "from_code")):
        fits &= back[one].to_numpy() == original[other].to_numpy()
    amount = back["amount_minor"].fill_null(0).to_numpy()
    taken = np.zeros(int(place.max()) + 1, np.int64)
    np.add.at(taken, place, amount)
    about = np.bincount(place, weights=amount)
    enough = (taken[place] <= original["amount_minor"].fill_null(0).to_numpy()) & (about[place] < _PLENTY)
    found: NDArray[np.bool_] = fits & enough
    return found
