// How many fed an account, how many did it feed, and how much of what came in went out?
//
// LDBC FinBench, transaction complex read 7. Transfers above the threshold within the window; the ratio is the sum
// of those in over the sum of those out, rounded to 3 decimals, -1 if none go out. The threshold is read to 6
// decimals.
// Truncation: the first edges in the order, ties by id, before any other filter; orders are TIMESTAMP_DESCENDING,
// TIMESTAMP_ASCENDING, AMOUNT_DESCENDING and AMOUNT_ASCENDING, any other gives no rows. It cuts transfers in and
// transfers out.
// Parameters:
//   id: string                    an account id
//   threshold: float = 0.0        transfers count above it
//   startTime: datetime = 1970-01-01T00:00:00+00:00    only what is after it
//   endTime: datetime = 2100-01-01T00:00:00+00:00    only what is before it
//   truncationLimit: integer = 500    at most this many edges are followed from one node
//   truncationOrder: string = "TIMESTAMP_DESCENDING"    which edges come first
// Columns:
//   numSrc: integer               accounts that sent
//   numDst: integer               accounts that got
//   inOutRatio: float             money in over money out, or -1
MATCH (mid:Account)
WHERE mid.id = $id
  AND $truncationOrder IN ['TIMESTAMP_DESCENDING', 'TIMESTAMP_ASCENDING', 'AMOUNT_DESCENDING', 'AMOUNT_ASCENDING']
WITH mid, toInteger(round($threshold * 1000000)) AS bar
CALL (mid, bar) {
  OPTIONAL MATCH (mid)<-[t:FIN_TRANSFER]-(src:Account)
  WITH t, src, bar
  ORDER BY CASE $truncationOrder WHEN 'TIMESTAMP_DESCENDING' THEN t.created_at END DESC,
           CASE $truncationOrder WHEN 'TIMESTAMP_ASCENDING' THEN t.created_at END,
           CASE $truncationOrder WHEN 'AMOUNT_DESCENDING' THEN -t.amount_micro
                                 WHEN 'AMOUNT_ASCENDING' THEN t.amount_micro END, t.id
  LIMIT $truncationLimit
  WITH src, CASE WHEN $startTime < t.created_at AND t.created_at < $endTime
                  AND (t.amount_micro > bar OR t.amount_micro = bar AND t.amount_rest > 0) THEN t END AS t
  RETURN count(DISTINCT CASE WHEN t IS NOT NULL THEN src.id END) AS numSrc,
         sum(t.amount_micro) + sum(t.amount_rest) / 10000000000 AS sum1
}
CALL (mid, bar) {
  OPTIONAL MATCH (mid)-[t:FIN_TRANSFER]->(dst:Account)
  WITH t, dst, bar
  ORDER BY CASE $truncationOrder WHEN 'TIMESTAMP_DESCENDING' THEN t.created_at END DESC,
           CASE $truncationOrder WHEN 'TIMESTAMP_ASCENDING' THEN t.created_at END,
           CASE $truncationOrder WHEN 'AMOUNT_DESCENDING' THEN -t.amount_micro
                                 WHEN 'AMOUNT_ASCENDING' THEN t.amount_micro END, t.id
  LIMIT $truncationLimit
  WITH dst, CASE WHEN $startTime < t.created_at AND t.created_at < $endTime
                  AND (t.amount_micro > bar OR t.amount_micro = bar AND t.amount_rest > 0) THEN t END AS t
  RETURN count(DISTINCT CASE WHEN t IS NOT NULL THEN dst.id END) AS numDst,
         sum(t.amount_micro) + sum(t.amount_rest) / 10000000000 AS sum2
}
RETURN numSrc AS numSrc, numDst AS numDst,
       CASE WHEN numDst = 0 THEN -1.0 ELSE round(1000.0 * sum1 / sum2) / 1000 END AS inOutRatio
