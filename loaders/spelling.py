"""Which known name was probably meant by a mistyped one?"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Suggest the known name nearest to a mistyped one, as the end of a sentence (empty if none is near).

    Parameters
    ----------
    name
        The name that is not known.
    known
        The names that are.

    Examples
    --------
    >>> did_you_mean("roh", ["rho", "weights"])
    "; did you mean 'rho'?"
    >>> did_you_mean("colour", ["rho", "weights"])
    ''
    """
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else ""
