// Which of these relationships stand, and with what content? Without labels, or the embedded server walks over all
// instead of using the index.
// Parameters: ids
MATCH ()-[r:__KIND__]->()
WHERE r.id IN $ids
RETURN r.id AS id, startNode(r).id AS from_id, endNode(r).id AS to_id, properties(r) AS facts
