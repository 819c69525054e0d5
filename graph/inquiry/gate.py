"""May an analyst's query run? Only one statement that reads, and nothing that reaches beyond the graph.

The text is read by :mod:`graph.inquiry.lexer`, and every word of it is judged where it stands: by lists of what is
allowed for beginnings, functions and procedures, and by a list of what is not for clauses, since a clause can follow
anything. The gate is the first of three walls; a READ session (Neo4j) or a user who may only read (the embedded
server) stands behind it, and the server's own settings behind that.
"""

from __future__ import annotations

from dataclasses import dataclass

from graph.inquiry import grammar
from graph.inquiry.lexer import Token, refused, tokens
from loaders.errors import RefusedQueryError
from loaders.spelling import did_you_mean

DEEPEST = 60
"""Brackets open at once at most; beyond it a server's parser may run out of stack."""

_NOTHING = Token("end", "", 0, 0)
_PAIRS = {")": "(", "]": "[", "}": "{"}
_AS_A_NAME = "if it is a name, write it in backticks"


@dataclass(frozen=True, slots=True)
class Statement:
    """A query that passed the gate.

    Attributes
    ----------
    text : str
        What is sent: the query as written, without a semicolon at its end.
    parameters : frozenset of str
        The names of the parameters it uses.
    counts : frozenset of str
        Those of them behind LIMIT, SKIP or OFFSET, which are whole numbers for sure.
    ends : tuple of int
        Where in the text the name of each parameter ends, in order.
    """

    text: str
    parameters: frozenset[str]
    counts: frozenset[str] = frozenset()
    ends: tuple[int, ...] = ()


def admit(text: str) -> Statement:
    """Let a query through that is one statement and only reads.

    Parameters
    ----------
    text
        The query in Cypher.

    Returns
    -------
    Statement
        The text to send and the parameters it uses.

    Raises
    ------
    RefusedQueryError
        With line, column, what was found and what is allowed.

    Examples
    --------
    >>> admit("MATCH (a:Account {id: $id}) RETURN a.kind AS kind;").parameters
    frozenset({'id'})
    >>> admit("MATCH (n) DELETE n")
    Traceback (most recent call last):
    loaders.errors.RefusedQueryError: line 1, column 11: found 'DELETE', which writes; allowed is one statement that \
reads: MATCH, OPTIONAL MATCH, WHERE, WITH, UNWIND, CALL { ... }, UNION, RETURN, ORDER BY, SKIP, LIMIT; if it is a \
name, write it in backticks.
    """
    found = tokens(text)
    sent = text
    if found and found[-1].text == ";":
        end = found.pop()
        sent = text[: end.start] + text[end.end :]
    if not found:
        raise RefusedQueryError(f"the query is empty; {grammar.ALLOWED}.")
    _check_beginning(text, found[0])
    _check_brackets(text, found)
    for place in range(len(found)):
        _check(text, found, place)
    used = [
        (before, token.text)
        for before, token in zip([_NOTHING, *found], found, strict=False)
        if token.kind == "parameter"
    ]
    counts = frozenset(name for before, name in used if before.upper in ("LIMIT", "SKIP", "OFFSET"))
    ends = tuple(token.end for token in found if token.kind == "parameter")
    return Statement(sent, frozenset(name for _, name in used), counts, ends)


def _check_beginning(text: str, first: Token) -> None:
    if first.upper in grammar.BEGINNINGS:
        return
    what = grammar.WRITING.get(first.upper) or grammar.COMMANDS.get(first.upper)
    why = f", which {what}" if what else " at the beginning"
    hint = "" if what else did_you_mean(first.upper, grammar.BEGINNINGS)
    raise refused(text, first.start, f"found {first.text!r}{why}; {grammar.ALLOWED}{hint or '.'}")


def _check_brackets(text: str, found: list[Token]) -> None:
    opened: list[Token] = []
    for token in found:
        if token.kind != "sign":
            continue
        if token.text in ("(", "[", "{"):
            opened.append(token)
        elif token.text in _PAIRS and (not opened or opened.pop().text != _PAIRS[token.text]):
            raise refused(text, token.start, f"{token.text!r} closes nothing that was opened before it.")
        if len(opened) > DEEPEST:
            raise refused(text, token.start, f"more than {DEEPEST} brackets are open at once; write it flatter.")
    if opened:
        raise refused(text, opened[-1].start, f"{opened[-1].text!r} is never closed.")


def _check(text: str, found: list[Token], place: int) -> None:
    """Judge one piece of the query by itself and its neighbours."""
    token = found[place]
    before = found[place - 1] if place else _NOTHING
    after = found[place + 1] if place + 1 < len(found) else _NOTHING
    if token.text == ";" and token.kind == "sign":
        raise refused(text, token.start, "found a second statement behind ';'; send one statement at a time.")
    if token.kind == "sign" and token.text == "$":
        raise refused(text, token.start, "labels and types that are computed are not read; name them.")
    if token.kind == "parameter" and after.text == "(" and after.kind == "sign":
        raise refused(text, token.start, "labels and types that are computed are not read; name them.")
    if token.kind == "word" and not _is_property(found, place) and not _is_key(before, after):
        _check_word(text, token, before, after)
        if token.upper == "CALL":
            _check_call(text, found, place)
    if token.kind in ("word", "name") and after.kind == "sign" and after.text == "(":
        _check_function(text, found, place)


def _is_property(found: list[Token], place: int) -> bool:
    """Say whether a word follows a dot that follows a value, where only the name of a property can stand."""
    if place < 2 or found[place - 1].text != "." or found[place - 1].kind != "sign":
        return False
    value = found[place - 2]
    return value.kind in ("word", "name", "parameter") or (
        value.kind == "sign" and value.text in (")", "]", "}", "{", ",")
    )


def _is_key(before: Token, after: Token) -> bool:
    """Say whether a word stands where only the key of a map can stand."""
    signs = before.kind == after.kind == "sign"
    return signs and before.text in ("{", ",") and after.text == ":"


def _check_word(text: str, token: Token, before: Token, after: Token) -> None:
    what = grammar.WRITING.get(token.upper)
    if what is None and token.upper in grammar.COMMANDS and _commands(token, before, after):
        what = grammar.COMMANDS[token.upper]
    if what:
        raise refused(text, token.start, f"found {token.text!r}, which {what}; {grammar.ALLOWED}; {_AS_A_NAME}.")


def _commands(token: Token, before: Token, after: Token) -> bool:
    """Say whether a word that can begin a command does, by what stands around it."""
    if (before.upper or (before.kind == "sign" and before.text)) in grammar.BEFORE_A_VALUE:
        return False
    if after.kind == "sign":
        return token.upper == "USE" and after.text == "("
    return after.kind != "end" and (token.upper == "USE" or after.upper not in grammar.AFTER_A_NAME)


def _check_call(text: str, found: list[Token], place: int) -> None:
    """Let ``CALL`` open a subquery or call a procedure of the list."""
    after = found[place + 1] if place + 1 < len(found) else _NOTHING
    if after.kind == "sign" and after.text == "{":
        return
    if after.kind == "sign" and after.text == "(":
        close = next(at for at in range(place + 2, len(found)) if found[at].kind == "sign" and found[at].text == ")")
        behind = found[close + 1] if close + 1 < len(found) else _NOTHING
        if behind.kind == "sign" and behind.text == "{":
            return
    name, _ = _dotted(found, place + 1)
    if name not in grammar.PROCEDURES:
        known = ", ".join(sorted(grammar.PROCEDURES))
        raise refused(
            text, after.start, f"found a call of {name or after.text!r}; procedures that may be called: {known}."
        )


def _check_function(text: str, found: list[Token], place: int) -> None:
    """Let a name before a parenthesis be a function of the lists, or a keyword."""
    start = place
    while start >= 2 and found[start - 1].text == "." and found[start - 1].kind == "sign" and _named(found[start - 2]):
        start -= 2
    name, _ = _dotted(found, start)
    token = found[start]
    if start == place and token.upper in grammar.BEFORE_A_PARENTHESIS:
        return
    if start and found[start - 1].upper == "CALL" and name in grammar.PROCEDURES:
        return
    if start == place and _is_hint(found, place):
        return
    if name.lower() in (grammar.FUNCTIONS if start == place else grammar.DOTTED_FUNCTIONS):
        return
    near = did_you_mean(name, grammar.FUNCTIONS | grammar.DOTTED_FUNCTIONS)
    raise refused(
        text, token.start, f"found the function {name!r}, which is not among those that may be called{near or '.'}"
    )


def _is_hint(found: list[Token], place: int) -> bool:
    """Say whether a name before a parenthesis is a label or type, as in ``USING INDEX a:Account(id)``."""
    if place < 4 or found[place - 1].text != ":" or found[place - 1].kind != "sign" or not _named(found[place - 2]):
        return False
    place -= 3
    while place and found[place].upper in grammar.HINTS:
        place -= 1
    return found[place].upper == "USING" and found[place + 1].upper in grammar.HINTS


def _dotted(found: list[Token], place: int) -> tuple[str, int]:
    """Join names with dots from a place on; give the name and the place behind it."""
    parts = []
    while place < len(found) and _named(found[place]):
        parts.append(found[place].text)
        place += 1
        if not (place + 1 < len(found) and found[place].kind == "sign" and found[place].text == "."):
            break
        place += 1
    return ".".join(parts), place


def _named(token: Token) -> bool:
    return token.kind in ("word", "name")
