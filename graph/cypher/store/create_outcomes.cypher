// Parameters: rows [[holder, account, id, kind, severity, seconds since 1970, nanoseconds]]
UNWIND $rows AS row
WITH row, row[0] AS holder_id
MATCH (h:Holder)
WHERE h.id = holder_id
CREATE (h)-[:HAD]->(o:Outcome {
  id: row[2], account_id: row[1], kind: row[3], severity: row[4],
  at: datetime({epochSeconds: row[5], nanosecond: row[6]})})
