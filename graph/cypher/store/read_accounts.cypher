// One page of accounts in the order of their ids.
// Parameters: after, limit
MATCH (a:Account)
WHERE a.id >= $after
WITH a ORDER BY a.id LIMIT $limit
OPTIONAL MATCH (a)-[:HELD_BY]->(h:Holder)
RETURN a.id AS id, a.id AS account_id, h.id AS holder_id, a.kind AS kind, a.opened_on AS opened_on
ORDER BY id
