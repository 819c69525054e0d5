"""Which Cypher does the store send? One statement per file in ``graph/cypher/store``, with parameters only."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from loaders.contract import RELATION_KINDS

FOLDER = Path(__file__).parents[1] / "cypher" / "store"
_KIND = "__KIND__"


@cache
def statement(name: str, kind: str | None = None) -> str:
    """Read a statement of the store, without the comments at its head.

    Parameters
    ----------
    name
        The file's stem.
    kind
        A kind of relation of the contract; its upper case stands for ``__KIND__``, since a type can be no parameter.

    Raises
    ------
    ValueError
        When ``kind`` is none of the contract's.

    Examples
    --------
    >>> print(statement("count_relations", "pay_on_behalf"))
    MATCH (:Account)-[r:PAY_ON_BEHALF]->(:Account)
    RETURN count(r) AS count
    """
    if kind is not None and kind not in RELATION_KINDS:
        raise ValueError(f"kind must be one of {', '.join(RELATION_KINDS)}; got {kind!r}")
    lines = (FOLDER / f"{name}.cypher").read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.startswith("//")).strip()
    return text.replace(_KIND, kind.upper()) if kind is not None else text
