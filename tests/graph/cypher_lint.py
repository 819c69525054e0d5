"""Which rules does a query file of the library keep? Each finding is one sentence."""

from __future__ import annotations

from collections.abc import Iterator

from graph.inquiry.gate import admit
from graph.inquiry.head import read_head, split
from graph.inquiry.lexer import Token, tokens
from loaders.errors import RenmaiError

ENDS = {"ORDER", "SKIP", "LIMIT", "UNION"}
OPENING, CLOSING = ("(", "[", "{"), (")", "]", "}")
PLACEHOLDERS = ("__KIND__", "__FROM__", "__TO__")


def findings(text: str) -> list[str]:
    """Everything that is wrong with a file of the library."""
    lines, body = split(text)
    try:
        head, statement = read_head(lines, "the file"), admit(body)
    except RenmaiError as error:
        return [str(error)]
    found = tokens(body)
    declared, columns = {entry.name for entry in head.parameters}, [column.name for column in head.columns]
    wrong = []
    if declared != statement.parameters:
        wrong.append(f"declares {sorted(declared)} and uses {sorted(statement.parameters)}")
    if statement.text != body:
        wrong.append("ends with a semicolon")
    if not columns:
        wrong.append("declares no column")
    wrong += [f"returns {names}, declares {columns}" for names in returned(found) if names != columns]
    wrong += mapped(found)
    return wrong + list(unlabelled(found)) + list(untyped(found)) + list(not_portable(found))


def store_findings(text: str) -> list[str]:
    """Everything that is wrong with a statement of the store, which may write."""
    lines, body = split(text)
    for placeholder in PLACEHOLDERS:
        body = body.replace(placeholder, "KIND")
    found = tokens(body)
    used = {token.text for token in found if token.kind == "parameter"}
    named = {word.strip(",:") for line in lines if line.startswith(("Parameters:", " ")) for word in line.split()}
    wrong = [f"uses ${name} and does not declare it" for name in sorted(used - named)]
    words = {token.upper for token in found}
    wrong += ["several statements or a semicolon"] if any(token.text == ";" for token in found) else []
    wrong += ["LOAD CSV"] if {"LOAD", "CSV"} <= words else []
    wrong += ["a placeholder of its own"] if "__" in body else []
    wrong += (
        ["texts instead of parameters"] if any("$" in token.text for token in found if token.kind == "string") else []
    )
    return wrong


def returned(found: list[Token]) -> Iterator[list[str]]:
    """The names of the columns of each RETURN that is in no bracket."""
    depths = list(_depths(found))
    for place, token in enumerate(found):
        if token.upper != "RETURN" or depths[place]:
            continue
        items: list[list[Token]] = [[]]
        for inner, depth in zip(found[place + 1 :], depths[place + 1 :], strict=True):
            if depth == 0 and inner.upper in ENDS:
                break
            if depth == 0 and inner.text == ",":
                items.append([])
            elif not (len(items) == 1 and not items[0] and inner.upper == "DISTINCT"):
                items[-1].append(inner)
        yield [_column(item) for item in items]


def _column(item: list[Token]) -> str:
    named = len(item) == 1 or (len(item) > 1 and item[-2].upper == "AS")
    return item[-1].text if item and named and item[-1].kind in ("word", "name") else "(no name)"


def _depths(found: list[Token]) -> Iterator[int]:
    depth = 0
    for token in found:
        depth -= token.kind == "sign" and token.text in CLOSING
        yield depth
        depth += token.kind == "sign" and token.text in OPENING


def unlabelled(found: list[Token]) -> Iterator[str]:
    """Node patterns that name neither a label nor a variable that stood before."""
    known = set()
    for place, token in enumerate(found):
        if token.upper == "AS" and place + 1 < len(found):
            known.add(found[place + 1].text)
        if token.text == "(" and token.kind == "sign" and _is_node(found, place):
            inner = found[place + 1]
            variable = inner.text if inner.kind in ("word", "name") else ""
            labelled = found[place + 1 + bool(variable)].text == ":"
            if not labelled and variable not in known:
                yield f"node ({variable}) has no label where it is first named"
            known.add(variable)


def _is_node(found: list[Token], place: int) -> bool:
    before = found[place - 1] if place else token_end()
    close = _closing(found, place)
    after, behind = (found[close + at] if close + at < len(found) else token_end() for at in (1, 2))
    if (
        before.upper == "MATCH"
        or before.text == "->"
        or (before.text == "-" and found[place - 2].text in ("]", "-", "<-"))
    ):
        return True
    if after.text in ("-", "<-") and behind.text in ("[", "-", "->", ">"):
        return True
    return before.text == "," and _clause(found, place) == "MATCH"


def _clause(found: list[Token], place: int) -> str:
    """The keyword of the clause a place stands in, at its own depth."""
    depth = 0
    for token in reversed(found[:place]):
        depth += token.kind == "sign" and token.text in CLOSING
        depth -= token.kind == "sign" and token.text in OPENING
        if depth < 0:
            return ""
        if depth == 0 and token.upper in {"MATCH", "WHERE", "WITH", "RETURN", "UNWIND", "CALL", "ORDER"}:
            return token.upper
    return ""


def _closing(found: list[Token], place: int) -> int:
    depth = 0
    for at in range(place, len(found)):
        if found[at].kind == "sign":
            depth += (found[at].text in OPENING) - (found[at].text in CLOSING)
        if depth == 0:
            return at
    return len(found)


def mapped(found: list[Token]) -> Iterator[str]:
    """Maps of a pattern that hold a parameter: pasted into a client, the embedded server reads "$x" in it once more."""
    for place, token in enumerate(found):
        label = place > 1 and found[place - 1].kind in ("word", "name") and found[place - 2].text in (":", "|")
        if token.text == "{" and token.kind == "sign" and label:
            inner = found[place : _closing(found, place)]
            yield from (f"${part.text.lstrip('$')} in a map; write WHERE" for part in inner if part.kind == "parameter")


def untyped(found: list[Token]) -> Iterator[str]:
    """Relationship patterns that name no type, or whose length has no bound."""
    known = set()
    for place, token in enumerate(found):
        after = found[place + 1] if place + 1 < len(found) else token_end()
        if token.text in ("-", "<-") and after.text in ("-", "->") and token.kind == "sign":
            yield "a relationship in no brackets has no type"
        if token.text != "[" or found[place - 1].text not in ("-", "<-"):
            continue
        inner = found[place + 1 : _closing(found, place)]
        variable = inner[0].text if inner and inner[0].kind in ("word", "name") else ""
        if not any(part.text == ":" for part in inner[:2]) and variable not in known:
            yield f"relationship [{variable}] has no type"
        known.add(variable)
        star = next((at for at, part in enumerate(inner) if part.text == "*" and part.kind == "sign"), None)
        if star is not None and not _bounded([part.text for part in inner[star + 1 :]]):
            yield f"relationship [{variable}] may be of any length"


def _bounded(length: list[str]) -> bool:
    upper = length[length.index("..") + 1 :] if ".." in length else length
    return bool(upper) and upper[0].isdigit() and int(upper[0]) <= 10


def not_portable(found: list[Token]) -> Iterator[str]:
    """Forms that one of the servers does not read, or warns of."""
    for place, token in enumerate(found):
        after = [part.text.upper() for part in found[place + 1 : place + 3]]
        if token.upper == "CALL" and after == ["{", "WITH"]:
            yield "CALL { WITH ... } is deprecated; write CALL (a) { ... }"
        if token.text == ")" and after[:1] == ["{"] and after[1:] and after[1][:1].isdigit():
            yield "quantified paths are not read by the embedded server"
        if token.kind == "word" and token.text.lower() in ("id", "elementid") and after[:1] == ["("]:
            yield "inner ids of a server mean nothing outside"


def token_end() -> Token:
    """What stands behind the last token."""
    return Token("end", "", 0, 0)
