"""Which texts are surely ids that the settings let through?"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from loaders.gate.wide_ids import MAX_CHARS
from loaders.quick.texts import texts


def fit_ids(values: pa.StringArray, pattern: str | None) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Judge ids: which surely fit, and which are blank (null or empty)?

    Parameters
    ----------
    values
        The ids.
    pattern
        ``id_pattern`` of the settings; None is the contract's own. Of a pattern of the user's own only ids in visible
        ASCII are sure, for those alone can't deceive (`loaders.gate.wide_ids`).
    """
    from loaders.quick.grammar import BLANK, SURE, plain_ids

    column = texts(values)
    state = np.empty(len(column), np.int8)
    if pattern is None:
        plain_ids(column.offsets, column.data, state)
    else:
        visible = _matched(values, f"[!-~]{{1,{MAX_CHARS}}}") & _matched(values, pattern)
        state[:] = np.where(np.diff(column.offsets) == 0, BLANK, np.where(visible, SURE, 0))
    if column.valid is not None:
        state[~column.valid] = BLANK
    return state == SURE, state == BLANK


def _matched(values: pa.StringArray, pattern: str) -> NDArray[np.bool_]:
    """Whole matches by RE2, the engine of the checks in SQL."""
    found = pc.match_substring_regex(values, rf"\A(?:{pattern})\z")
    return found.fill_null(False).to_numpy(zero_copy_only=False)
