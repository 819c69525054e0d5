"""Which setting does each feature have, when settings may be given for all, in column order, or by name?"""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype, is_object_dtype

from loaders.errors import UsageError


class TrainingError(UsageError, ValueError):
    """Settings of an estimator, or the data given to it, break a rule that the message names."""


def by_feature(given: Any, names: Sequence[str], what: str, default: Any) -> list[Any]:
    """Spread a setting over features.

    Parameters
    ----------
    given
        A mapping from names to settings (features it leaves out get ``default``); a list or tuple with one setting per
        column; ``None``, which is the default for all; anything else is the setting of all.
    names
        The features in the order of the columns.
    what
        What the setting is called in errors.
    default
        For features without one.

    Raises
    ------
    TrainingError
        When a name is not a feature, or a list has another length than there are columns.

    Examples
    --------
    >>> by_feature({"age": "up"}, ["debt", "age"], "directions", None)
    [None, 'up']
    >>> by_feature("up", ["debt", "age"], "directions", None)
    ['up', 'up']
    """
    if given is None:
        return [default] * len(names)
    if isinstance(given, Mapping):
        for name in given:
            if name not in names:
                near = difflib.get_close_matches(str(name), names, n=1)
                hint = f"; did you mean {near[0]!r}?" if near else f"; features are {', '.join(names)}"
                raise TrainingError(f"{what}: {name!r} is no feature{hint}")
        return [given.get(name, default) for name in names]
    if isinstance(given, (list, tuple, np.ndarray)):
        if len(given) != len(names):
            raise TrainingError(f"{what} must have one entry per column, {len(names)}; got {len(given)}")
        return list(given)
    return [given] * len(names)


def checked_directions(given: Any, names: Sequence[str], allowed: tuple[Any, ...], default: Any) -> list[Any]:
    """Spread directions over features and check each.

    Raises
    ------
    TrainingError
        When one is not among the allowed.
    """
    found = by_feature(given, names, "directions", default)
    for name, direction in zip(names, found, strict=True):
        if direction not in allowed:
            raise TrainingError(
                f"directions: {name} must have one of {', '.join(map(repr, allowed))}; got {direction!r}"
            )
    return found


def feature_names(estimator: Any) -> list[str]:
    """Give the names of a fitted estimator's columns: those of the DataFrame, or x0, x1, …."""
    named = getattr(estimator, "feature_names_in_", None)
    return (
        [f"x{place}" for place in range(estimator.n_features_in_)] if named is None else [str(name) for name in named]
    )


def refuse_words(X: Any) -> Any:
    """Give ``X`` back, unless it is a DataFrame with columns that are no numbers.

    Parameters
    ----------
    X
        What an estimator was given. A column of objects passes if each of its values is a number or missing.

    Raises
    ------
    TrainingError
        Naming the columns.

    Examples
    --------
    >>> refuse_words(pd.DataFrame({"age": [30, 40], "town": ["Hangzhou", "Ningbo"]}))
    Traceback (most recent call last):
    scoring.training.by_feature.TrainingError: features must be numbers, dates and words are none: town
    """
    if isinstance(X, pd.DataFrame):
        kinds = zip(X.columns, X.dtypes, range(X.shape[1]), strict=True)
        words = [str(name) for name, kind, place in kinds if not _is_numeric(kind, X.iloc[:, place])]
        if words:
            raise TrainingError(f"features must be numbers, dates and words are none: {', '.join(words)}")
    return X


def _is_numeric(kind: Any, column: Any) -> bool:
    if isinstance(kind, pd.CategoricalDtype):
        kind = kind.categories.dtype
    if is_object_dtype(kind):
        return all(value is None or value is pd.NA or isinstance(value, Real) for value in column)
    return bool(is_numeric_dtype(kind) or is_bool_dtype(kind))


def in_fixed_order(X: Any, bad: Any) -> tuple[Any, Any]:
    """Sort rows by their values, so that sums and draws over them do not depend on the order they came in.

    Examples
    --------
    >>> X, bad = in_fixed_order(np.array([[2.0], [1.0], [1.0]]), np.array([False, True, False]))
    >>> X.ravel().tolist(), bad.tolist()
    ([1.0, 1.0, 2.0], [False, True, False])
    """
    order = np.lexsort((bad, *X.T))
    return X[order], bad[order]


def is_number(value: Any) -> bool:
    """Tell whether this is a finite number; true and false are none."""
    return type(value) is not bool and isinstance(value, Real) and math.isfinite(value)


def is_count(value: Any) -> bool:
    """Tell whether this is a whole number of at least 1."""
    return isinstance(value, Integral) and is_number(value) and int(value) >= 1


def two_classes(found: Any) -> TrainingError:
    """Word the refusal of a ``y`` that has not two classes; scikit-learn's checks look for its second sentence.

    Examples
    --------
    >>> print(two_classes([0]))
    y must have two classes, good and bad. Only binary classification is supported; got 1 class: 0
    """
    count, listed = len(found), ", ".join(map(str, found[:5]))
    plural = "" if count == 1 else "es"
    return TrainingError(
        "y must have two classes, good and bad. Only binary classification is supported; "
        f"got {count} class{plural}: {listed}"
    )
