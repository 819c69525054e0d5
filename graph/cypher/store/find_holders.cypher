// Parameters: ids
MATCH (h:Holder)
WHERE h.id IN $ids
RETURN h.id AS id, h.kind AS kind
