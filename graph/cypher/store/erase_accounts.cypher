// Accounts of the holder, a batch of them; their relations are gone by now.
// Parameters: id, limit
MATCH (h:Holder)
WHERE h.id = $id
MATCH (h)<-[:HELD_BY]-(a:Account)
WITH a LIMIT $limit
DETACH DELETE a
RETURN count(a) AS count
