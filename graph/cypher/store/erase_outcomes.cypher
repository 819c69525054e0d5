// A batch of the holder's outcomes.
// Parameters: id, limit
MATCH (h:Holder)
WHERE h.id = $id
MATCH (h)-[:HAD]->(o:Outcome)
WITH o LIMIT $limit
DETACH DELETE o
RETURN count(o) AS count
