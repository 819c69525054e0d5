// Times come as two integers: the driver packs them many times faster than zoned datetimes. What a table does not have
// is null, and no property. WHERE, since in a map of MATCH the embedded server takes some texts for parameters.
// Parameters: rows [[from id, to id, id, seconds since 1970, nanoseconds, amount_micro, amount_rest, share]]
UNWIND $rows AS row
WITH row, row[0] AS from_id, row[1] AS to_id
MATCH (a:__FROM__)
WHERE a.id = from_id
MATCH (b:__TO__)
WHERE b.id = to_id
CREATE (a)-[r:__KIND__ {
  id: row[2], created_at: datetime({epochSeconds: row[3], nanosecond: row[4]}), amount_micro: row[5],
  amount_rest: row[6], share: row[7]}]->(b)
RETURN count(r) AS count
