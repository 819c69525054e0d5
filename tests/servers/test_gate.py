"""Does the gate refuse what does more than read, and let pass what only looks so? Without a server."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.inquiry.catalog import queries
from graph.inquiry.gate import admit
from graph.inquiry.lexer import tokens
from loaders.errors import RefusedQueryError
from tests.servers.bypasses import TOO_DEEP, attempts

INNOCENT = [
    "RETURN 'a\\' AS a CREATE (n:Intruder) //' AS b",
    "MATCH (n:Account) WHERE n.id = 'CREATE (n) DELETE n; DROP' RETURN n.id AS id",
    "MATCH (n:Account) WHERE n.id = \"LOAD CSV FROM 'file:///etc/passwd'\" RETURN n.id AS id",
    "// MERGE, then DELETE\nMATCH (n:Account) RETURN n.id AS id /* SET n.x = 1; */",
    "MATCH (n:Account) RETURN n.set AS a, n.delete AS b, n.create AS c, n.`remove` AS d, n.call AS e",
    "MATCH (n:Account) RETURN n {.id, .merge, load: 1, set: n.drop} AS card",
    "RETURN {create: 1, delete: 2, use: 3, show: 4} AS keys",
    "MATCH (`create`:`Delete`) RETURN `create`.id AS `set`",
    "MATCH ()-[r:TRANSFER]->() WITH startNode(r) AS start, endNode(r) AS stop RETURN start.id AS id, stop",
    "MATCH (start:Account)-[:TRANSFER*1..3]->(end:Account) WHERE NOT end IN [start] RETURN start, end",
    "MATCH (show:Account) WHERE show.id STARTS WITH 'a' RETURN show.kind AS kind;",
    "RETURN 'it\\'s -- // /* \\\\' AS text, \"a\\\"b\" AS other;  \n",
    "MATCH (a:Account) CALL (a) { MATCH (a)-[r:TRANSFER]->(b:Account) RETURN count(r) AS out } RETURN a.id AS id, out",
    "MATCH (a:Account) CALL { MATCH (b:Account) RETURN count(b) AS all } RETURN a.id AS id, all LIMIT $n",
    "MATCH (a:Account) WHERE EXISTS { MATCH (a)-[:TRANSFER]->(b:Account) WHERE b.id = $id } RETURN a.id AS id",
    "MATCH (a:Account) RETURN COUNT { (a)-[:TRANSFER]->() } AS n, COLLECT { MATCH (a) RETURN a.id } AS h",
    "MATCH p = shortestPath((a:Account {id: $a})-[:TRANSFER*..4]-(b:Account {id: $b})) RETURN length(p) AS steps",
    "UNWIND [1, 2, 3] AS x WITH x WHERE x % 2 = 1 RETURN sum(x) AS odd, 1.5e-3 AS f, 0xFF AS h, -x AS minus",
    "RETURN date('2026-01-01') AS d, duration.between(date('2026-01-01'), date()) AS e, datetime.truncate('day') AS t",
    "MATCH (账户:Account) RETURN 账户.id AS 编号, 'é ü ß 中文 😀' AS text",
    "MATCH (a:Account) RETURN reduce(s = 0, x IN [y IN [1, 2] WHERE y > 1 | y * 2] | s + x) AS s",
    "MATCH (a:Account) WHERE any(x IN labels(a) WHERE x = 'Account') RETURN a.id AS id UNION RETURN 'b' AS id",
    "MATCH (a:Account)\r\nRETURN a.id AS id\r\n",
    "CALL db.labels() YIELD label RETURN label ORDER BY label",
    "MATCH (a:Account) USING INDEX a:Account(id) WHERE a.id = $id RETURN a.kind AS kind",
    "MATCH ()-[r:TRANSFER]->() USING TEXT INDEX SEEK r:TRANSFER(id) WHERE r.id = $id RETURN r.currency AS currency",
    "WITH 1 AS loads, 2 AS created, 3 AS sets, 4 AS dropped RETURN loads + created AS settings",
    "OPTIONAL MATCH (a:Account|Holder) WHERE a.id =~ '.*(CREATE).*' RETURN a.id[0..1] AS first, a.`odd ``name` AS odd",
]

TOLD = {
    "MATCH (a:Account)\nSET a.x = 1": "line 2, column 1: found 'SET', which writes; allowed is one statement",
    "RETURN 1 AS a; RETURN 2 AS b": "line 1, column 14: found a second statement behind ';'",
    "MATCH (a) RETURN apoc.load.json('x') AS x": "line 1, column 18: found the function 'apoc.load.json'",
    "RETURN lenght('a') AS n": "did you mean 'length'?",
    "MATCH (a:Account) WHERE a:file('x') RETURN a": "found the function 'file'",
    "RETURN {index: a, using: a:file('x')} AS a": "found the function 'file'",
    "CALL db.lables()": "procedures that may be called: db.labels, db.propertyKeys, db.relationshipTypes",
    "MACH (a) RETURN a": "found 'MACH' at the beginning",
    "RETURN '\\u0041' AS a": "found the escape \\u; write the character itself",
    "RETURN\u00a01 AS a": "found the character '\\xa0' (U+00A0), which no query needs here",
    "RETURN 'a AS a": "this text does not end",
    "MATCH (a RETURN a": "'(' is never closed",
    "// only a comment": "the query is empty",
    "EXPLAIN RETURN 1 AS a": "found 'EXPLAIN', which is added by Renmai where it is needed",
}


def test_there_are_at_least_a_hundred_ways_tried() -> None:
    """The list of attempts is as long as it claims, and none is there twice."""
    tried = attempts("canary.csv", 4444)
    assert len(tried) >= 100
    assert len(set(tried)) == len(tried)


@pytest.mark.parametrize("text", [*attempts("canary.csv", 4444), TOO_DEEP], ids=lambda text: ascii(text)[:80])
def test_an_attempt_to_get_past_is_refused(text: str) -> None:
    """Each attempt to do more than read ends with exit code 7."""
    with pytest.raises(RefusedQueryError) as refused:
        admit(text)
    assert refused.value.exit_code == 7


@pytest.mark.parametrize("text", INNOCENT)
def test_a_query_that_only_looks_dangerous_passes(text: str) -> None:
    """Keywords in texts, comments, names of properties and keys of maps hinder nobody."""
    assert admit(text).text.strip() == text.strip().removesuffix(";").strip()


def test_the_whole_library_passes() -> None:
    """Every question of the library is admitted as it stands, with the parameters it declares."""
    for query in queries():
        admitted = admit(query.text)
        assert (admitted.text, admitted.parameters) == (query.text, {entry.name for entry in query.parameters})


@pytest.mark.parametrize(("text", "sentence"), TOLD.items(), ids=ascii)
def test_a_refusal_says_where_what_and_what_is_allowed(text: str, sentence: str) -> None:
    """The sentence holds the place, what was found there and what could stand instead."""
    with pytest.raises(RefusedQueryError, match=re.escape(sentence)):
        admit(text)


@given(st.text(), st.sampled_from(["CREATE (n:X)", "MATCH (n) DELETE n", "LOAD CSV FROM 'a' AS r RETURN r"]))
def test_no_text_before_hides_a_write(noise: str, write: str) -> None:
    """Whatever stands in the line above: a write on a line of its own is seen, or all of it is refused."""
    with pytest.raises(RefusedQueryError):
        admit(f"{noise}\n{write}")


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_every_admitted_text_is_read_to_its_last_character(text: str) -> None:
    """What the lexer gives and leaves out together is the whole text: nothing is skipped but spaces and comments."""
    try:
        found = tokens(text)
    except RefusedQueryError:
        return
    edges = [0, *(edge for token in found for edge in (token.start, token.end)), len(text)]
    between = [text[a:b].strip(" \t\n\r") for a, b in zip(edges[::2], edges[1::2], strict=True)]
    assert [part for part in between if part and not part.startswith(("//", "/*"))] == []
