// Parameters: id, limit
MATCH (h:Holder)
WHERE h.id = $id
WITH h LIMIT $limit
DETACH DELETE h
RETURN count(h) AS count
