// Parameters: rows [[holder, kind, id, opened_on]]
UNWIND $rows AS row
WITH row, row[0] AS holder_id
MATCH (h:Holder)
WHERE h.id = holder_id
CREATE (a:Account {id: row[2], kind: row[1], opened_on: row[3]})-[:HELD_BY]->(h)
