// Times come as two integers each: the driver packs them many times faster than zoned datetimes.
// Parameters: run_id, rows [[from_id, to_id, v, g, money_minor, count, months, seconds since 1970 and nanoseconds of
// first_at, the same of last_at, share, contribution, points]]
UNWIND $rows AS row
WITH row, row[0] AS from_id, row[1] AS to_id
MATCH (payer:Holder)
WHERE payer.id = from_id
MATCH (payee:Holder)
WHERE payee.id = to_id
CREATE (payer)-[tie:TIE {
  run_id: $run_id, v: row[2], g: row[3], money_minor: row[4], count: row[5], months: row[6],
  first_at: datetime({epochSeconds: row[7], nanosecond: row[8]}),
  last_at: datetime({epochSeconds: row[9], nanosecond: row[10]}), share: row[11], contribution: row[12],
  points: row[13]}]->(payee)
