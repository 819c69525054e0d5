// How do loans paid out, repaid, transfers in and transfers out of an account compare?
//
// LDBC FinBench, transaction complex read 9. Sums of what is above the threshold within the window: deposits of
// loans (edge 1), repayments (edge 2), transfers in (edge 3) and out (edge 4). A ratio is rounded to 3 decimals,
// and -1 where nothing stands under it. The threshold is read to 6 decimals.
// Truncation: the first edges in the order, ties by id, before any other filter; orders are TIMESTAMP_DESCENDING,
// TIMESTAMP_ASCENDING, AMOUNT_DESCENDING and AMOUNT_ASCENDING, any other gives no rows. It cuts transfers in and
// transfers out, not deposits and repayments.
// Parameters:
//   id: string                    an account id
//   threshold: float = 0.0        what counts is above it
//   startTime: datetime = 1970-01-01T00:00:00+00:00    only what is after it
//   endTime: datetime = 2100-01-01T00:00:00+00:00    only what is before it
//   truncationLimit: integer = 500    at most this many edges are followed from one node
//   truncationOrder: string = "TIMESTAMP_DESCENDING"    which edges come first
// Columns:
//   ratioRepay: float             deposits over repayments, or -1
//   ratioDeposit: float           deposits over transfers out, or -1
//   ratioTransfer: float          transfers in over transfers out, or -1
MATCH (mid:Account)
WHERE mid.id = $id
  AND $truncationOrder IN ['TIMESTAMP_DESCENDING', 'TIMESTAMP_ASCENDING', 'AMOUNT_DESCENDING', 'AMOUNT_ASCENDING']
WITH mid, toInteger(round($threshold * 1000000)) AS bar
CALL (mid, bar) {
  OPTIONAL MATCH (mid)<-[t:DEPOSIT]-(:Loan)
  WITH t, bar
  WITH CASE WHEN $startTime < t.created_at AND t.created_at < $endTime
             AND (t.amount_micro > bar OR t.amount_micro = bar AND t.amount_rest > 0) THEN t END AS t
  RETURN count(t) AS count1, sum(t.amount_micro) + sum(t.amount_rest) / 10000000000 AS sum1
}
CALL (mid, bar) {
  OPTIONAL MATCH (mid)-[t:REPAY]->(:Loan)
  WITH t, bar
  WITH CASE WHEN $startTime < t.created_at AND t.created_at < $endTime
             AND (t.amount_micro > bar OR t.amount_micro = bar AND t.amount_rest > 0) THEN t END AS t
  RETURN count(t) AS count2, sum(t.amount_micro) + sum(t.amount_rest) / 10000000000 AS sum2
}
CALL (mid, bar) {
  OPTIONAL MATCH (mid)<-[t:FIN_TRANSFER]-(:Account)
  WITH t, bar
  ORDER BY CASE $truncationOrder WHEN 'TIMESTAMP_DESCENDING' THEN t.created_at END DESC,
           CASE $truncationOrder WHEN 'TIMESTAMP_ASCENDING' THEN t.created_at END,
           CASE $truncationOrder WHEN 'AMOUNT_DESCENDING' THEN -t.amount_micro
                                 WHEN 'AMOUNT_ASCENDING' THEN t.amount_micro END, t.id
  LIMIT $truncationLimit
  WITH CASE WHEN $startTime < t.created_at AND t.created_at < $endTime
             AND (t.amount_micro > bar OR t.amount_micro = bar AND t.amount_rest > 0) THEN t END AS t
  RETURN count(t) AS count3, sum(t.amount_micro) + sum(t.amount_rest) / 10000000000 AS sum3
}
CALL (mid, bar) {
  OPTIONAL MATCH (mid)-[t:FIN_TRANSFER]->(:Account)
  WITH t, bar
  ORDER BY CASE $truncationOrder WHEN 'TIMESTAMP_DESCENDING' THEN t.created_at END DESC,
           CASE $truncationOrder WHEN 'TIMESTAMP_ASCENDING' THEN t.created_at END,
           CASE $truncationOrder WHEN 'AMOUNT_DESCENDING' THEN -t.amount_micro
                                 WHEN 'AMOUNT_ASCENDING' THEN t.amount_micro END, t.id
  LIMIT $truncationLimit
  WITH CASE WHEN $startTime < t.created_at AND t.created_at < $endTime
             AND (t.amount_micro > bar OR t.amount_micro = bar AND t.amount_rest > 0) THEN t END AS t
  RETURN count(t) AS count4, sum(t.amount_micro) + sum(t.amount_rest) / 10000000000 AS sum4
}
RETURN CASE WHEN count2 = 0 THEN -1.0 ELSE round(1000.0 * sum1 / sum2) / 1000 END AS ratioRepay,
       CASE WHEN count4 = 0 THEN -1.0 ELSE round(1000.0 * sum1 / sum4) / 1000 END AS ratioDeposit,
       CASE WHEN count4 = 0 THEN -1.0 ELSE round(1000.0 * sum3 / sum4) / 1000 END AS ratioTransfer
