"""What is a trick, and how is its work done without it? By an argument, or by a plain twin of something for a while."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any
from unittest.mock import patch

import numba
import numpy as np
import pyarrow as pa

from benchmarks.asked import Asked

Work = Callable[[], Any]
Pair = tuple[Work, Work]


@dataclass(frozen=True)
class Trick:
    """One trick: its name, the file it is in, why it helps, and a maker of the works with it and without it.

    ``pair(asked)`` prepares what both need and gives ``(with, without)``, each a call that does the work once; both
    give the same, see :func:`same`.
    """

    name: str
    file: str
    why: str
    pair: Callable[[Asked], Pair]


def without(work: Work, place: str, plain: Any) -> Work:
    """The same work while a name, such as ``graph.ties.ascending``, is something plain."""

    def done() -> Any:
        with patch(place, plain):
            return work()

    return done


def altered(function: Any, *changes: tuple[str, str], **others: Any) -> Any:
    """A copy of a function in which some text is another; a kernel's copy is compiled like the kernel.

    Parameters
    ----------
    function
        Its source is read; a kernel of numba stays one.
    *changes
        What stands there once, and what stands there instead.
    **others
        Names of its module that shall mean something else in the copy.

    Raises
    ------
    LookupError
        When the function says something else by now, so that the twin must be written again.

    Examples
    --------
    >>> plain = altered(textwrap.indent, ("prefix + line", "line"))
    >>> textwrap.indent("a", "> "), plain("a", "> ")
    ('> a', 'a')
    """
    python = getattr(function, "py_func", function)
    text = textwrap.dedent(inspect.getsource(python))
    text = text[text.index("def ") :]
    for old, new in changes:
        if text.count(old) != 1:
            raise LookupError(f"{python.__module__}.{python.__qualname__} does not say once: {old}")
        text = text.replace(old, new)
    names = {**python.__globals__, **others}
    exec(compile(f"from __future__ import annotations\n{text}", inspect.getfile(python), "exec"), names)  # noqa: S102 (our own source)
    made = names[python.__name__]
    if python is function:
        return made
    options = {name: value for name, value in function.targetoptions.items() if name in ("inline", "nogil")}
    return numba.njit(**options)(made)


def same(one: Any, other: Any) -> bool:
    """Are these the same values to the bit, whatever holds them?

    Examples
    --------
    >>> same({"a": np.array([1.0, np.nan])}, {"a": np.array([1.0, np.nan])}), same([1], [2]), same(1, np.int64(1))
    (True, False, True)
    """
    if isinstance(one, np.ndarray):
        return isinstance(other, np.ndarray) and one.dtype == other.dtype and one.tobytes() == other.tobytes()
    if isinstance(one, (pa.Table, pa.RecordBatch, pa.Array, pa.ChunkedArray)):
        return bool(one.equals(other))
    if is_dataclass(one) and type(one) is type(other):
        return all(same(getattr(one, field.name), getattr(other, field.name)) for field in fields(one))
    if isinstance(one, Mapping):
        return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    return bool(one == other)
