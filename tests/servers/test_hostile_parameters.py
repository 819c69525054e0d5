"""Do texts made to break a query come back exactly as they were given?"""

from __future__ import annotations

from graph.inquiry.ask import ask
from graph.stores.connection import Connection

QUOTES = [
    "'",
    '"',
    "`",
    "''",
    "\\",
    "\\'",
    "\\\\",
    "\\u0027",
    "\\u0060",
    "\\u000D",
    "\\x00",
    "$",
    "$id",
    "${id}",
    "{{id}}",
]
SIGNS = [
    "//",
    "/*",
    "*/",
    ";",
    "--",
    "#",
    "%",
    "%s",
    "{}",
    "()",
    "[]",
    "<>",
    "&",
    "|",
    "=1+1",
    "@x",
    "+1",
    "-1",
    "\t=1",
]
CONTROL = [
    "\x00",
    "a\x00b",
    "\r",
    "\n",
    "\r\n",
    "\x1b[31m",
    "\x7f",
    "\x85",
    "\u2028",
    "\u2029",
    "\u200b",
    "\ufeff",
    "\u202e",
]
LETTERS = [
    "İ",
    "ı",
    "ſ",
    "ß",
    "é",
    "e\u0301",
    "中文",
    "账户",
    "😀",
    "👩‍👩‍👧",
    "𝐂",
    "Ⅷ",
    "ﬁ",
    "\u0660",
    "\U0010ffff",
    "\ue000",
    "\ufffd",
]
WORDS = [
    "",
    " ",
    "  a ",
    "null",
    "NULL",
    "None",
    "NaN",
    "true",
    "0",
    "007",
    "1e309",
    "-0",
    "Infinity",
    "undefined",
    "[object Object]",
]
ATTACKS = [
    "' OR 1=1 //",
    "'}) DETACH DELETE a //",
    "a'}) RETURN a UNION MATCH (n) RETURN n //",
    "a`) DELETE n //",
    "'; MATCH (n) DETACH DELETE n; //",
    "x' SET a.kind = 'owned",
    "$id",
    "{id: $id}",
    "*/ CREATE (n) /*",
    "\\u0027}) DETACH DELETE a //",
    "'+(CALL{CREATE(n)})+'",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "file:///etc/passwd",
    "http://127.0.0.1:1/",
    "${jndi:ldap://127.0.0.1/a}",
    "a" * 10_000,
    "'" * 1000,
    "\\" * 999,
    "(" * 1000,
    "datetime('2026-01-01')",
    "CREATE",
]
HOSTILE = list(dict.fromkeys([*QUOTES, *SIGNS, *CONTROL, *LETTERS, *WORDS, *ATTACKS]))


def test_a_hundred_hostile_texts_come_back_as_they_were_given(reader: Connection) -> None:
    """As parameters of their own, in a list, in a map and as part of a larger text, to the last character."""
    assert len(HOSTILE) >= 100
    for text in HOSTILE:
        (row,) = ask(reader, "RETURN $id AS one, [$id] AS list, {id: $id} AS map, size($id) AS size", {"id": text}).rows
        assert row[:3] == (text, [text], {"id": text})


def test_hostile_texts_find_what_is_stored_under_them_and_nothing_else(
    connection: Connection, reader: Connection
) -> None:
    """Each text is an id like any other: what is stored under it is found by it, one node each."""
    create = "UNWIND $ids AS id CREATE (:Account {id: id})"
    connection.write(lambda transaction: transaction.run(create, {"ids": HOSTILE}).consume())
    text = "MATCH (a:Account {id: $id}) RETURN a.id AS id"
    found = [ask(reader, text, {"id": hostile}).rows for hostile in HOSTILE]
    assert found == [[(hostile,)] for hostile in HOSTILE]
    assert ask(reader, "MATCH (n) RETURN count(n) AS n").rows == [(len(HOSTILE),)]
