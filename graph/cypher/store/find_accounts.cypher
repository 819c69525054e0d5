// Parameters: ids
MATCH (a:Account)
WHERE a.id IN $ids
OPTIONAL MATCH (a)-[:HELD_BY]->(h:Holder)
RETURN a.id AS account_id, h.id AS holder_id, a.kind AS kind, a.opened_on AS opened_on
