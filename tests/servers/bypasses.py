"""How might somebody get past the gate? Attempts to write, administer, or reach files and the network.

``FILE`` stands for the path of a canary file and ``PORT`` for a port on which a test listens.
"""

from __future__ import annotations

WRITES = r"""
CREATE (n:Intruder)
create (n:Intruder)
CrEaTe (n:Intruder) RETURN n
MERGE (n:Intruder {id: 1})
MATCH (n) SET n.id = 'owned'
MATCH (n) SET n:Intruder
MATCH (n) SET n += {id: 'owned'} RETURN n
MATCH (n) SET n = {} RETURN count(n)
MATCH (n) REMOVE n.id
MATCH (n) REMOVE n:Account
MATCH (n) DELETE n
MATCH (n) DETACH DELETE n
MATCH (n) NODETACH DELETE n
MATCH ()-[r]-() DELETE r
MATCH (n) RETURN n; CREATE (m:Intruder)
RETURN 1; MATCH (n) DETACH DELETE n;
RETURN 1 AS a;;CREATE (:Intruder)
CREATE (n:Intruder); RETURN 1
MATCH (n)/**/DETACH/**/DELETE/**/n
MATCH (n)/* a /* comment */DETACH DELETE n
RETURN 1 /* */ UNION CREATE (n:Intruder) RETURN 1
RETURN '// ' AS a CREATE (n:Intruder)
RETURN 1 AS a // \u000ACREATE (n:Intruder)
RETURN 1 AS a //¶CREATE (n:Intruder)
RETURN "/*" AS a CREATE (n:Intruder) RETURN "*/" AS b
RETURN `//` CREATE (n:Intruder) //`
WITH 1 AS `a``//` CREATE (n:Intruder) RETURN 1
RETURN 'it''s' AS a CREATE (n:Intruder)
RETURN '\u0027 AS a CREATE (n:Intruder) //' AS a
RETURN "\u0022 AS a CREATE (n:Intruder) //" AS a
RETURN `a\u0060 CREATE (n:Intruder) //`
\u0043REATE (n:Intruder)
C\u0052EATE (n:Intruder)
\u0043\u0052\u0045\u0041\u0054\u0045 (n:Intruder)
MATCH (n) \u0053ET n.id = 'owned'
\U00000043REATE (n:Intruder)
MATCH (n) SET n.id = 'owned'
MATCH (n) ＳＥＴ n.id = 'owned'
MATCH (n) DELEТE n
𝐂𝐑𝐄𝐀𝐓𝐄 (n:Intruder)
MATCH (n)\DETACH DELETE n
MATCH (n)\u00A0DETACH DELETE n
CREATE (n:Intruder)
CREATE (n:Intruder)
MATCH (n) DELETE n
RETURN 1 CREATE (n:Intruder)
RETURN 1CREATE (n:Intruder)
RETURN 0x1CREATE (n:Intruder)
RETURN 1.CREATE (n:Intruder)
MATCH (n) WHERE n.x = 1.SET n.id = 'owned'
CALL { CREATE (n:Intruder) } RETURN 1
CALL { MATCH (n) DETACH DELETE n } RETURN 1
CALL () { CREATE (n:Intruder) } RETURN 1
MATCH (a) CALL (a) { SET a.id = 'owned' } RETURN a
MATCH (a) CALL (a) { CALL (a) { CALL (a) { SET a.id = 'owned' } } } RETURN 1
OPTIONAL CALL { CREATE (n:Intruder) } RETURN 1
CALL { RETURN 1 AS x UNION CREATE (n:Intruder) RETURN 1 AS x } RETURN x
MATCH (a) CALL { WITH a DETACH DELETE a } IN TRANSACTIONS OF 1 ROWS RETURN 1
MATCH (a) CALL (a) { DETACH DELETE a } IN 2 CONCURRENT TRANSACTIONS
UNWIND [1] AS x CALL { CREATE (n:Intruder) } IN TRANSACTIONS
:auto CREATE (n:Intruder)
USING PERIODIC COMMIT CREATE (n:Intruder)
FOREACH (x IN [1] | CREATE (n:Intruder))
MATCH (n) FOREACH (x IN [n] | SET x.id = 'owned')
MATCH (n) FOREACH (x IN [1] | FOREACH (y IN [1] | DETACH DELETE n))
WITH 1 AS create CREATE (n:Intruder)
RETURN CASE WHEN true THEN 1 END CREATE (n:Intruder)
MATCH (n) WHERE EXISTS { CREATE (m:Intruder) } RETURN n
RETURN COLLECT { CREATE (m:Intruder) RETURN m }
RETURN COUNT { MATCH (m) DETACH DELETE m }
EXPLAIN CREATE (n:Intruder)
PROFILE CREATE (n:Intruder)
PROFILE MATCH (n) DETACH DELETE n
EXPLAIN PROFILE CREATE (n:Intruder)
CYPHER 5 CREATE (n:Intruder)
CYPHER runtime=slotted CREATE (n:Intruder)
CYPHER 25 INSERT (n:Intruder)
EXPLAIN RETURN 1; CREATE (n:Intruder)
INSERT (n:Intruder)
INSERT (n:Intruder {id: 'x'})-[:TRANSFER]->(m:Intruder)
MATCH (n) INSERT (n)-[:X]->(:Intruder)
MATCH (n:$('Account')) SET n.id = 'owned'
CREATE (n:$('Intruder'))
MERGE (n:$any(['Intruder'])) RETURN n
MATCH (a:Account) MERGE (a)-[:X]->(:Intruder) ON CREATE SET a.id = 'owned'
LET x = 1 CREATE (n:Intruder)
FINISH CREATE (n:Intruder)
{sql}INSERT INTO Account SET id = 'owned'
INSERT INTO Account SET id = 'owned'
DELETE FROM Account
CREATE VERTEX Account SET id = 'owned'
UPDATE Account SET id = 'owned'
"""

SCHEMA_AND_ADMINISTRATION = r"""
CREATE INDEX owned FOR (n:Account) ON (n.kind)
CREATE CONSTRAINT owned FOR (n:Account) REQUIRE n.kind IS UNIQUE
EXPLAIN CREATE CONSTRAINT owned FOR (n:Account) REQUIRE n.kind IS UNIQUE
DROP CONSTRAINT kept IF EXISTS
EXPLAIN DROP CONSTRAINT kept IF EXISTS
DROP INDEX kept IF EXISTS
CREATE USER owned SET PASSWORD 'password1' CHANGE NOT REQUIRED
EXPLAIN CREATE USER owned SET PASSWORD 'password1'
CREATE USER `owned` SET PLAINTEXT PASSWORD 'password1'
DROP USER kept IF EXISTS
ALTER USER reader SET PASSWORD 'password1'
ALTER CURRENT USER SET PASSWORD FROM 'a' TO 'password1'
RENAME USER reader TO owned
CREATE ROLE owned
GRANT ROLE admin TO reader
DENY READ {*} ON GRAPH * TO reader
REVOKE ROLE admin FROM reader
CREATE DATABASE owned
DROP DATABASE neo4j
STOP DATABASE neo4j
START DATABASE neo4j
USE system CREATE USER owned SET PASSWORD 'password1'
USE system SHOW USERS
USE neo4j CREATE (n:Intruder)
CALL { USE system SHOW USERS }
CALL { USE neo4j CREATE (n:Intruder) } RETURN 1
UNWIND [1] AS x CALL (x) { USE graph.byName('system') MATCH (n) RETURN n } RETURN n
SHOW USERS
SHOW TRANSACTIONS
SHOW TRANSACTIONS YIELD * TERMINATE TRANSACTIONS transactionId
SHOW SETTINGS
TERMINATE TRANSACTIONS 'neo4j-transaction-1'
ENABLE SERVER 'x'
DRYRUN REALLOCATE DATABASES
CALL dbms.listConfig()
CALL dbms.setConfigValue('server.databases.read_only', 'neo4j')
CALL dbms.security.createUser('owned', 'password1', false)
CALL db.clearQueryCaches()
CALL db.createLabel('Intruder')
CALL db.createProperty('intruder')
CALL `db`.`createLabel`('Intruder')
CALL db . createLabel ('Intruder')
CALL/**/db.createLabel('Intruder')
CALL dbms.killConnection('bolt-1')
CALL dbms.listConfig
MATCH (n) CALL db.create.setNodeVectorProperty(n, 'id', [1.0]) RETURN n
CALL db.index.fulltext.queryNodes('x', 'y')
CALL tx.setMetaData({owned: true})
"""

REACHING = r"""
LOAD CSV FROM 'file:///FILE' AS row RETURN row
LOAD CSV WITH HEADERS FROM 'file:///FILE' AS row RETURN row
load csv from "file:FILE" as row return row
LOAD/**/CSV/**/FROM 'file:///FILE' AS row RETURN row
LOAD¶ CSV FROM 'file:///FILE' AS row RETURN row
LOAD CSV FROM 'http://127.0.0.1:PORT/a.csv' AS row RETURN row
LOAD CSV FROM 'http://localhost:PORT/' + 'a.csv' AS row RETURN row
LOAD CSV FROM 'ftp://127.0.0.1:PORT/a.csv' AS row RETURN row
MATCH (n) WITH n LIMIT 1 LOAD CSV FROM 'http://127.0.0.1:PORT/' + n.id AS row RETURN row
CALL { LOAD CSV FROM 'file:///FILE' AS row RETURN row } RETURN row
CALL () { LOAD CSV FROM 'http://127.0.0.1:PORT/a' AS row RETURN row } RETURN row
L\u004FAD CSV FROM 'file:///FILE' AS row RETURN row
RETURN 1 AS a UNION LOAD CSV FROM 'file:///FILE' AS row RETURN row AS a
EXPLAIN LOAD CSV FROM 'http://127.0.0.1:PORT/a' AS row RETURN row
PROFILE LOAD CSV FROM 'file:///FILE' AS row RETURN row
RETURN apoc.load.json('http://127.0.0.1:PORT/a')
CALL apoc.load.csv('file:///FILE') YIELD map RETURN map
CALL apoc.load.jdbc('jdbc:mysql://127.0.0.1:PORT/a', 'x') YIELD row RETURN row
CALL apoc.cypher.run('CREATE (n:Intruder)', {}) YIELD value RETURN value
CALL apoc.cypher.doIt('CREATE (n:Intruder)', {}) YIELD value RETURN value
CALL apoc.create.node(['Intruder'], {})
CALL apoc.export.csv.all('/tmp/owned.csv', {})
RETURN `apoc`.`load`.`json`('file:///FILE')
RETURN apoc . load . json ('file:///FILE')
RETURN apoc.util.sleep(10)
RETURN genai.vector.encode('x', 'OpenAI', {endpoint: 'http://127.0.0.1:PORT'})
CALL gds.graph.project('g', '*', '*')
RETURN gds.util.asNode(0)
CALL n10s.rdf.import.fetch('http://127.0.0.1:PORT/a', 'Turtle')
RETURN file()
RETURN linenumber()
RETURN eval('1 + 1')
RETURN js.eval('1')
RETURN java.lang.System.exit(0)
CALL sql('CREATE VERTEX Account')
IMPORT DATABASE http://127.0.0.1:PORT/a
BACKUP DATABASE file:///tmp/owned
"""


def attempts(path: str, port: int) -> list[str]:
    """Every attempt, with the canary file and the port put in."""
    lines = (WRITES + SCHEMA_AND_ADMINISTRATION + REACHING).split("\n")
    texts = [line.replace("FILE", path.lstrip("/")).replace("PORT", str(port)) for line in lines if line]
    shown = [text.replace("¶", "\r" if "//¶" in text else "\n") for text in texts]
    return list(dict.fromkeys(shown + CONTROLS))


CONTROLS = [
    *(f"MATCH (n){space}DETACH{space}DELETE{space}n" for space in "\x00\x0b\x0c\x1c\x1f\x85\xa0\u2003\u2028\u3000"),
    *(f"{sign}CREATE (n:Intruder)" for sign in "\ufeff\u200b\u202e\u00ad\x00"),
    "RETURN 1 AS a // \u2028 CREATE (n:Intruder)",
    "RETURN 1 AS a // \x85 CREATE (n:Intruder)",
    "RETURN 'a\x00' AS a CREATE (n:Intruder)",
    "MATCH (n) \u017fET n.id = 'owned'",
    "MATCH (n) \uff33ET n.id = 'owned'",
    "RETURN \u212a CREATE (n:Intruder)",
]
"""Attempts with characters that are better named than shown."""


TOO_DEEP = "RETURN " + "(" * 5000 + "1" + ")" * 5000 + " AS a"
"""Keeps the parser of a Neo4j busy for minutes, whatever the timeout: only the gate stops it."""
