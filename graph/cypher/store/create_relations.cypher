// Times come as two integers: the driver packs them many times faster than zoned datetimes. WHERE, since the embedded
// server takes an id such as '$rows' in a map of MATCH for the parameter of that name.
// Parameters: rows [[from account, to account, id, amount_minor, currency, seconds since 1970, nanoseconds, reverses]]
UNWIND $rows AS row
WITH row, row[0] AS from_id, row[1] AS to_id
MATCH (a:Account)
WHERE a.id = from_id
MATCH (b:Account)
WHERE b.id = to_id
CREATE (a)-[r:__KIND__ {
  id: row[2], amount_minor: row[3], currency: row[4], at: datetime({epochSeconds: row[5], nanosecond: row[6]}),
  reverses: row[7]}]->(b)
