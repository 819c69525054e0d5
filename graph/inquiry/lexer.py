"""Which words, names and strings does a Cypher text consist of, read so that no server can read it otherwise?

Whatever two servers might read differently is refused here rather than guessed: unicode escapes (Neo4j turns them into
characters before it reads anything), a carriage return alone (a line end for one, none for another), look-alikes of
letters and of spaces, comments in comments, numbers that grow into words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from loaders.errors import RefusedQueryError

LONGEST = 100_000
"""Characters of a query at most."""

_SPACE = re.compile(r"[ \t\n\r]+")
_WORD = re.compile(r"[^\W\d]\w*")
_NUMBER = re.compile(r"0x[0-9a-fA-F]+|0o[0-7]+|(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?")
_STRING = {quote: re.compile(rf"{quote}(?:[^{quote}\\]|\\[\\'\"`bfnrt])*{quote}") for quote in "'\""}
_NAME = re.compile(r"`(?:[^`\\]|``)+`")
_LATIN = re.compile(r"[A-Za-z]")
_SIGNS = ("<=", ">=", "<>", "=~", "+=", "..", "->", "<-", "||", *"()[]{}.,:;|&!%^*/+-=<>$")


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a query: what it is, how it is written, and where it begins.

    Attributes
    ----------
    kind : str
        ``word`` (bare), ``name`` (in backticks), ``string``, ``number``, ``parameter`` or ``sign``.
    text : str
        As written; a name without its backticks, a parameter without its dollar.
    start, end : int
        Place in the query, in characters from 0; the end is behind the last one.
    """

    kind: str
    text: str
    start: int
    end: int

    @property
    def upper(self) -> str:
        """The word in capitals, as servers compare keywords; empty for all that is no bare word."""
        return self.text.upper() if self.kind == "word" else ""


def refused(text: str, place: int, sentence: str) -> RefusedQueryError:
    r"""Say where in the query something is not allowed.

    Examples
    --------
    >>> str(refused("RETURN 1;\nRETURN 2", 10, "a second statement."))
    'line 2, column 1: a second statement.'
    """
    line = text.count("\n", 0, place) + 1
    column = place - text.rfind("\n", 0, place)
    return RefusedQueryError(f"line {line}, column {column}: {sentence}")


def tokens(text: str) -> list[Token]:
    r"""Read a query into its pieces; spaces and comments fall away.

    Parameters
    ----------
    text
        The query.

    Returns
    -------
    list of Token
        In their order.

    Raises
    ------
    RefusedQueryError
        Where a character or an escape could be read in more than one way.

    Examples
    --------
    >>> [(token.kind, token.text) for token in tokens("MATCH (n) // CREATE\nRETURN n.`a b`, $id")]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('word', 'MATCH'), ('sign', '('), ('word', 'n'), ('sign', ')'), ('word', 'RETURN'), ('word', 'n'), ('sign', '.'),
     ('name', 'a b'), ('sign', ','), ('parameter', 'id')]
    >>> tokens(r"RETURN '\u0027'")
    Traceback (most recent call last):
    loaders.errors.RefusedQueryError: line 1, column 9: found the escape \u; write the character itself.
    """
    _check_characters(text)
    return list(_pieces(text))


def _check_characters(text: str) -> None:
    if len(text) > LONGEST:
        raise refused(text, LONGEST, f"the query has {len(text):,} characters; at most {LONGEST:,} are read.")
    escape = re.search(r"\\[uU]", text)
    if escape:
        advice = "write the character itself."
        raise refused(text, escape.start(), f"found the escape \\{escape[0][1]}; {advice}")
    for place, character in enumerate(text):
        if character in "\n\t" or " " <= character <= "~":
            continue
        if character == "\r" and text[place + 1 : place + 2] == "\n":
            continue
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
            raise refused(text, place, f"found the control character U+{ord(character):04X}; take it out.")


def _pieces(text: str) -> Iterator[Token]:
    place = 0
    while place < len(text):
        after = _skipped(text, place)
        if after == place:
            token = _piece(text, place)
            yield token
            after = token.end
        place = after


def _skipped(text: str, place: int) -> int:
    """Step over spaces or a comment; a place where neither stands is given back."""
    space = _SPACE.match(text, place)
    if space:
        return space.end()
    if text.startswith("//", place):
        end = text.find("\n", place)
        return len(text) if end < 0 else end
    if text.startswith("/*", place):
        end = text.find("*/", place + 2)
        if end < 0:
            raise refused(text, place, "this comment does not end; close it with */.")
        if "/*" in text[place + 2 : end]:
            raise refused(text, text.find("/*", place + 2), "found a comment in a comment; close the first one before.")
        return end + 2
    return place


def _piece(text: str, place: int) -> Token:
    first = text[place]
    if first in _STRING:
        return _matched(text, place, _STRING[first], "string", "this text does not end, or holds an unknown escape")
    if first == "`":
        name = _matched(
            text, place, _NAME, "name", "this name in backticks does not end, is empty or holds a backslash"
        )
        return Token("name", name.text[1:-1].replace("``", "`"), name.start, name.end)
    if first.isascii() and first.isdigit():
        return _number(text, place)
    if first == "$":
        return _parameter(text, place)
    word = _WORD.match(text, place)
    if word:
        _check_letters(text, place, word[0])
        return Token("word", word[0], place, word.end())
    sign = next((sign for sign in _SIGNS if text.startswith(sign, place)), None)
    if sign is None:
        raise refused(text, place, f"found the character {first!r} (U+{ord(first):04X}), which no query needs here.")
    return Token("sign", sign, place, place + len(sign))


def _matched(text: str, place: int, pattern: re.Pattern[str], kind: str, trouble: str) -> Token:
    match = pattern.match(text, place)
    if match is None:
        raise refused(text, place, f"{trouble}; allowed escapes are \\\\ \\' \\\" \\b \\f \\n \\r \\t.")
    return Token(kind, match[0], place, match.end())


def _number(text: str, place: int) -> Token:
    match = _NUMBER.match(text, place)
    end = match.end() if match else place + 1
    if _WORD.match(text, end) or text[end : end + 1].isdigit():
        raise refused(text, place, "a number runs into a word; put a space between them.")
    return Token("number", text[place:end], place, end)


def _parameter(text: str, place: int) -> Token:
    name = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9]+").match(text, place + 1)
    if name is None:
        raise refused(text, place, "after $ stands the name of a parameter, in letters, digits and _.")
    if _WORD.match(text, name.end()):
        raise refused(text, place, "the name of a parameter has letters a to z, digits and _ only.")
    return Token("parameter", name[0], place, name.end())


def _check_letters(text: str, place: int, word: str) -> None:
    """Refuse letters that a server might take for others: long s, dotless i, styled ones, Т among Latin ones."""
    for offset, letter in enumerate(word):
        if letter.isascii():
            continue
        forms = unicodedata.normalize("NFKC", letter) + letter.upper() + letter.lower() + letter.casefold()
        plain = letter <= "\uffff" and unicodedata.category(letter).startswith("L")
        mixed = _LATIN.search(word) and unicodedata.name(letter, "").startswith(("CYRILLIC", "GREEK", "ARMENIAN"))
        if not plain or mixed or any(form.isascii() for form in forms):
            sentence = f"found {letter!r} (U+{ord(letter):04X}) in a bare word; write the name in backticks."
            raise refused(text, place + offset, sentence)
