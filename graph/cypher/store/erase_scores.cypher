// A batch of the holder's scores.
// Parameters: id, limit
MATCH (h:Holder)
WHERE h.id = $id
MATCH (h)-[:SCORED]->(s:Score)
WITH s LIMIT $limit
DETACH DELETE s
RETURN count(s) AS count
