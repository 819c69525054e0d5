// Ties of the holder in all runs, a batch of them.
// Parameters: id, limit
MATCH (h:Holder)
WHERE h.id = $id
MATCH (h)-[t:TIE]-(:Holder)
WITH DISTINCT t LIMIT $limit
DELETE t
RETURN count(t) AS count
