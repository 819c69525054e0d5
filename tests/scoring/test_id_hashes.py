"""Does the short hash of an id depend on nothing but its text?"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.quick import hash_ids
from scoring.runs import id_hashes
from scoring.runs.id_hashes import hash_texts
from scoring.runs.index import FORMAT

texts = st.lists(st.text(max_size=40), max_size=30)


@given(said=texts, cut=st.integers(0, 30))
def test_few_and_many_are_hashed_alike(said: list[str], cut: int) -> None:
    """NumPy, for a few, and the compiled kernel, for many, give the same, however the column is cut."""
    whole = pa.array(said, pa.string())
    column = pa.chunked_array([whole[:cut], whole[cut:]])
    few = hash_texts(column)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(id_hashes, "MANY", 0)
        many = hash_texts(column)
    assert few.tolist() == many.tolist() == (hash_ids(whole) >> np.uint64(32)).tolist()
    assert few.dtype == many.dtype == np.uint32


def test_what_a_state_holds_is_found_again() -> None:
    """Hashes lie in states: who changes one of these gives the states another format, so that old ones are told."""
    assert hash_texts(pa.array(["r1", "TX-2024-000000017", ""])).tolist() == [3700473215, 1867044449, 4014398263]
    assert FORMAT == 3
