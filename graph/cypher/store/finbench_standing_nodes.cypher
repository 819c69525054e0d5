// Which of these nodes stand, and with what content?
// Parameters: ids
MATCH (n:__KIND__)
WHERE n.id IN $ids
RETURN n.id AS id, properties(n) AS facts
