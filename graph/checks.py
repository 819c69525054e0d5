"""Is an argument of a kernel what it must be? One sentence with the first bad place, before anything is computed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def require_vector(
    name: str, values: Any, n: int, *, low: float = -math.inf, high: float = math.inf, above: float = -math.inf
) -> Array:
    """Give one finite float64 per holder, or say which holder has none.

    Parameters
    ----------
    name
        As the message shall call it.
    values
        One number per holder.
    n
        How many holders there are.
    low, high, above
        Values must be in [low, high] and greater than ``above``.

    Raises
    ------
    ValueError
        If the shape is another, or a value is not a number, infinite or out of range.

    Examples
    --------
    >>> require_vector("evidence", [0.5, float("nan")], 2)
    Traceback (most recent call last):
    ValueError: evidence must be finite; got nan at holder 1
    >>> require_vector("months", [-1], 1, low=0)
    Traceback (most recent call last):
    ValueError: months must be at least 0; got -1.0 at holder 0
    """
    vector = np.ascontiguousarray(values, dtype=np.float64)
    if vector.shape != (n,):
        raise ValueError(f"{name} must have one value for each of {n} holders; got shape {vector.shape}")
    rules = [
        (np.isfinite(vector), "finite"),
        (vector >= low, f"at least {low:g}"),
        (vector <= high, f"at most {high:g}"),
        (vector > above, f"greater than {above:g}"),
    ]
    for fine, rule in rules:
        if not fine.all():
            bad = int(np.flatnonzero(~fine)[0])
            raise ValueError(f"{name} must be {rule}; got {float(vector[bad])} at holder {bad}")
    return vector


def require_flags(name: str, values: Any, n: int, default: bool) -> Array:
    """Give one bool per holder; ``None`` means the default for all.

    Raises
    ------
    ValueError
        If there is not one per holder or they are not bool.
    """
    if values is None:
        return np.full(n, default)
    flags = np.asarray(values)
    if flags.shape != (n,) or flags.dtype != np.bool_:
        raise ValueError(f"{name} must be {n} booleans; got {flags.dtype} of shape {flags.shape}")
    return flags


def require_rows(indptr: Array, indices: Array, weights: Array) -> tuple[Array, Array, Array]:
    """Give rows of supporters in the types of the kernels; that each one fits is for a kernel to see.

    Raises
    ------
    ValueError
        If the lengths do not go together or the rows do not ascend.
    """
    indptr = np.ascontiguousarray(indptr, dtype=np.int64)
    indices = np.ascontiguousarray(indices, dtype=np.int32)
    if not len(indptr) or indptr[0] != 0 or indptr[-1] != len(indices) or np.any(indptr[1:] < indptr[:-1]):
        raise ValueError(f"indptr must ascend from 0 to the {len(indices)} ties; got {indptr}")
    weights = np.ascontiguousarray(weights, dtype=np.float64)
    if weights.shape != indices.shape:
        raise ValueError(f"weights must have {len(indices)} values; got shape {weights.shape}")
    return indptr, indices, weights


def refuse_unfit(indptr: Array, indices: Array, weights: Array) -> None:
    """Say which supporter is no holder or which weight is no weight, if one is.

    Raises
    ------
    ValueError
        With the place.
    """
    n = len(indptr) - 1
    if indices.min() < 0 or indices.max() >= n:
        raise ValueError(f"indices must be holders 0 to {n - 1}; got {indices.min()} to {indices.max()}")
    unfit = np.flatnonzero(~(np.isfinite(weights) & (weights >= 0)))
    if not len(unfit):  # only their sum is not finite, which the steps will tell
        return
    bad = int(unfit[0])
    holder = int(np.searchsorted(indptr, bad, side="right") - 1)
    found = f"{float(weights[bad])} from holder {indices[bad]} to holder {holder}"
    raise ValueError(f"weights must be finite and at least 0; got {found}")
