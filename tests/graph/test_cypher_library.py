"""Does every statement of Renmai keep the rules, read as text, without a server?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from cypher_lint import findings, store_findings

import graph
from graph.inquiry.catalog import FOLDER, SHELVES, load_query, queries
from graph.inquiry.head import COLUMN_TYPES, TYPES

ROOT = Path(__file__).parents[2]
LIBRARY = [path for shelf in SHELVES for path in sorted((FOLDER / shelf).glob("*.cypher"))]
STORE = sorted((FOLDER / "store").glob("*.cypher"))
HEAD = "// Who is it?\n// Parameters:\n//   id: string  an account\n// Columns:\n//   kind: string  of it\n"
GOOD = HEAD + "MATCH (a:Account)\nWHERE a.id = $id\nRETURN a.kind AS kind"
KEYWORDS = r"\b(MATCH|MERGE|CREATE|UNWIND|RETURN|DETACH|CALL|SHOW|TERMINATE|EXPLAIN|DROP)\b\s*[\w($`{]?"
CYPHER = re.compile(KEYWORDS)
BUILDERS = {
    "graph/inquiry/statements.py",  # EXPLAIN before, and a comment behind, a query that passed the gate
    "graph/stores/embedded/builder.py",  # SQL of the embedded engine's own schema, names from the contract
}

BAD = {
    "no question": GOOD.replace("Who is it?", "Who it is."),
    "no head": GOOD.removeprefix(HEAD),
    "a parameter that is not declared": GOOD.replace("$id", "$name"),
    "a parameter that is not used": GOOD.replace("$id", "'a1'"),
    "a parameter of no type": GOOD.replace("id: string", "id: text"),
    "a semicolon": GOOD + ";",
    "two statements": GOOD + "; RETURN 1 AS one",
    "a column without a name": GOOD.replace(" AS kind", ""),
    "another column": GOOD.replace("AS kind", "AS sort"),
    "one column more": GOOD.replace("a.kind AS kind", "a.kind AS kind, a.id AS id"),
    "columns in another order": GOOD.replace("of it\n", "of it\n//   id: string  of it\n").replace(
        "a.kind AS kind", "a.id AS id, a.kind AS kind"
    ),
    "no columns declared": GOOD.replace("// Columns:\n//   kind: string  of it\n", ""),
    "a node without label": GOOD.replace("(a:Account)", "(a)"),
    "a far node without label": GOOD.replace("t)\n", "t)-[:TRANSFER]->(b)\n"),
    "an unnamed node": GOOD.replace("t)\n", "t)-[:TRANSFER]->()\n"),
    "a node in a list without label": GOOD.replace("t)\n", "t), (b)\n"),
    "a relationship without type": GOOD.replace("t)\n", "t)-[r]->(b:Account)\n"),
    "a relationship in no brackets": GOOD.replace("t)\n", "t)-->(b:Account)\n"),
    "a path of any length": GOOD.replace("t)\n", "t)-[:TRANSFER*]->(b:Account)\n"),
    "a path without an upper bound": GOOD.replace("t)\n", "t)-[:TRANSFER*2..]->(b:Account)\n"),
    "a path of great length": GOOD.replace("t)\n", "t)-[:TRANSFER*1..99]->(b:Account)\n"),
    "LOAD CSV": GOOD.replace("MATCH", "LOAD CSV FROM 'file:///a.csv' AS row\nMATCH"),
    "a procedure": GOOD.replace("MATCH", "CALL db.awaitIndexes(60)\nMATCH"),
    "a function of a plug-in": GOOD.replace("a.kind", "apoc.text.join([a.kind], '')"),
    "a write": GOOD.replace("RETURN", "SET a.kind = 'person'\nRETURN"),
    "the old form of subqueries": GOOD.replace("RETURN", "CALL { WITH a RETURN 1 AS one }\nRETURN"),
    "a parameter in a map": GOOD.replace("(a:Account)\nWHERE a.id = $id", "(a:Account {id: $id})"),
    "a parameter in the map of a relationship": GOOD.replace("t)\n", "t)-[:TRANSFER {id: $id}]->(b:Account)\n"),
    "an inner id": GOOD.replace("a.kind", "elementId(a)"),
}


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", LIBRARY, ids=name_of)
def test_a_query_of_the_library_keeps_the_rules(path: Path) -> None:
    """Head complete, parameters declared and used, labels and types named, lengths bounded, columns as declared."""
    assert findings(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", STORE, ids=name_of)
def test_a_statement_of_the_store_keeps_the_rules(path: Path) -> None:
    """One statement, its parameters named in its head, no file read, no placeholder but those of the contract."""
    assert store_findings(path.read_text(encoding="utf-8")) == []


def test_the_lint_lets_a_good_file_pass() -> None:
    """A file that keeps every rule has no finding."""
    assert findings(GOOD) == []


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_the_lint_finds(text: str) -> None:
    """Each broken rule is found, one at a time."""
    assert len(findings(text)) >= 1


def test_no_two_queries_share_a_name_and_each_is_kebab_case() -> None:
    """Names are words with hyphens, and every file is reached by its own."""
    names = [query.name for query in queries()]
    assert [name for name in names if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)] == []
    assert len(set(names)) == len(LIBRARY)


def test_every_query_has_a_title_of_its_own_and_types_that_are_known() -> None:
    """No two questions are the same, and every parameter and column is of a type that can be read."""
    assert len({query.title for query in queries()}) == len(LIBRARY)
    kinds = {entry.type for query in queries() for entry in query.parameters}
    assert kinds <= set(TYPES)
    assert {column.type for query in queries() for column in query.columns} <= set(COLUMN_TYPES)


def test_the_library_is_reached_from_the_graph_room() -> None:
    """``graph.queries`` lists it, and a name finds the question."""
    assert graph.queries() == queries()
    assert load_query("who_lifts") is load_query("who-lifts")


def built_texts(path: Path) -> Iterator[str]:
    """Texts with a keyword of Cypher in them that a file builds by f-string, sum, ``%``, ``format`` or ``join``."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        built = isinstance(node, ast.JoinedStr)
        built |= isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod)
        made = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        built |= made and node.func.attr in ("format", "join", "replace") and isinstance(node.func.value, ast.Constant)
        parts = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)] if built else []
        yield from (part for part in parts if isinstance(part, str) and CYPHER.search(part))


@pytest.mark.parametrize("path", sorted((ROOT / "graph").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_cypher_is_built_from_pieces(path: Path) -> None:
    """No statement is put together in Python, except where the list of builders says why it may be."""
    if str(path.relative_to(ROOT)) not in BUILDERS:
        assert list(built_texts(path)) == []


def test_the_search_for_built_cypher_finds_some(tmp_path: Path) -> None:
    """The search is no blind one: each way of building a statement is seen."""
    ways = ['f"MATCH (n:{label}) RETURN n"', '"MATCH (n:" + label', '"RETURN %s" % name', '"CALL {}".format(name)']
    for way in ways:
        (tmp_path / "builder.py").write_text(f"text = {way}\n")
        assert list(built_texts(tmp_path / "builder.py")) != [], way
