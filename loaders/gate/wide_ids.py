"""Which ids of a widened pattern still must not pass, because two of them look alike or hide something?

The default pattern is plain ASCII and needs none of this. A pattern of the user's own may let other scripts in; then
an id must be in its composed form (NFC), without compatibility forms, control characters and spaces that do not show,
and must not mix Latin with Cyrillic or Greek letters.
"""

from __future__ import annotations

import unicodedata

_MIXABLE = ("LATIN", "CYRILLIC", "GREEK")
MAX_CHARS = 256


def deceptive(text: str) -> bool:
    r"""Does an id hide or imitate something?

    Parameters
    ----------
    text
        The id.

    Returns
    -------
    bool

    Examples
    --------
    >>> from loaders.gate.wide_ids import deceptive
    >>> deceptive("张三"), deceptive("p\u0430ypal"), deceptive("A\u200b1")
    (False, True, True)
    """
    if len(text) > MAX_CHARS or unicodedata.normalize("NFKC", text) != text:
        return True
    if text != text.strip() or any(unicodedata.category(letter)[0] in "CZ" for letter in text if letter != " "):
        return True
    names = [unicodedata.name(letter, "") for letter in text if letter.isalpha()]
    scripts = {script for script in _MIXABLE for name in names if name.startswith(script)}
    return len(scripts) > 1
