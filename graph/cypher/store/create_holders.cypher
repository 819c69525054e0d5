// Parameters: rows [[kind, nothing, id]]
UNWIND $rows AS row
CREATE (h:Holder {id: row[2], kind: row[0]})
