// Parameters: ids
MATCH (o:Outcome)
WHERE o.id IN $ids
RETURN o.id AS id
