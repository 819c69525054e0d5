// Parameters: rows [[kind, nothing, id]]
UNWIND $rows AS row
WITH row, row[2] AS holder_id
MATCH (h:Holder)
WHERE h.id = holder_id
SET h.kind = row[0]
