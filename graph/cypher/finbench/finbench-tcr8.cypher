// Where did the money of a loan go, and what share of it came there?
//
// LDBC FinBench, transaction complex read 8. From the accounts the loan was paid out to within the window, up to 3
// transfers or withdrawals within it, each greater than threshold times all transfers into its account within the
// window. The ratio of an account is the sum of the last edges of all such traces to it, each edge once, over the
// loan, rounded to 3 decimals.
// Truncation: the first edges in the order, ties by id, before any other filter; orders are TIMESTAMP_DESCENDING,
// TIMESTAMP_ASCENDING, AMOUNT_DESCENDING and AMOUNT_ASCENDING, any other gives no rows. It cuts transfers and
// withdrawals out of an account, taken together, not deposits of the loan nor what an edge is compared with.
// Parameters:
//   id: string                    a loan
//   threshold: float = 0.0        share of what came in that an edge must exceed
//   startTime: datetime = 1970-01-01T00:00:00+00:00    only what is after it
//   endTime: datetime = 2100-01-01T00:00:00+00:00    only what is before it
//   truncationLimit: integer = 500    at most this many edges are followed from one node
//   truncationOrder: string = "TIMESTAMP_DESCENDING"    which edges come first
// Columns:
//   dstId: string                 an account that was reached
//   ratio: float                  what came to it over the loan
//   minDistanceFromLoan: integer    edges from the loan to it, at least 2
MATCH (loan:Loan)-[d:DEPOSIT]->(first:Account)
WHERE loan.id = $id AND $startTime < d.created_at AND d.created_at < $endTime
  AND $truncationOrder IN ['TIMESTAMP_DESCENDING', 'TIMESTAMP_ASCENDING', 'AMOUNT_DESCENDING', 'AMOUNT_ASCENDING']
WITH loan, collect({account: first}) AS zero
CALL (zero) {
  UNWIND zero AS step
  WITH step.account AS here
  WITH DISTINCT here
  CALL (here) {
    OPTIONAL MATCH (here)<-[t:FIN_TRANSFER]-(:Account)
    WHERE $startTime < t.created_at AND t.created_at < $endTime
    RETURN sum(t.amount_micro) + sum(t.amount_rest) / 10000000000 AS upstream
  }
  CALL (here) {
    MATCH (here)-[t:FIN_TRANSFER|FIN_WITHDRAWAL]->(next:Account)
    WITH t, next
    ORDER BY CASE $truncationOrder WHEN 'TIMESTAMP_DESCENDING' THEN t.created_at END DESC,
             CASE $truncationOrder WHEN 'TIMESTAMP_ASCENDING' THEN t.created_at END,
             CASE $truncationOrder WHEN 'AMOUNT_DESCENDING' THEN -t.amount_micro
                                   WHEN 'AMOUNT_ASCENDING' THEN t.amount_micro END, t.id
    LIMIT $truncationLimit
    RETURN t AS edge, next
  }
  WITH edge, next, upstream
  WHERE $startTime < edge.created_at AND edge.created_at < $endTime
    AND edge.amount_micro > $threshold * upstream
  RETURN collect({account: next, hops: 2, id: edge.id, micro: edge.amount_micro, rest: edge.amount_rest}) AS one
}
CALL (one) {
  UNWIND one AS step
  WITH step.account AS here
  WITH DISTINCT here
  CALL (here) {
    OPTIONAL MATCH (here)<-[t:FIN_TRANSFER]-(:Account)
    WHERE $startTime < t.created_at AND t.created_at < $endTime
    RETURN sum(t.amount_micro) + sum(t.amount_rest) / 10000000000 AS upstream
  }
  CALL (here) {
    MATCH (here)-[t:FIN_TRANSFER|FIN_WITHDRAWAL]->(next:Account)
    WITH t, next
    ORDER BY CASE $truncationOrder WHEN 'TIMESTAMP_DESCENDING' THEN t.created_at END DESC,
             CASE $truncationOrder WHEN 'TIMESTAMP_ASCENDING' THEN t.created_at END,
             CASE $truncationOrder WHEN 'AMOUNT_DESCENDING' THEN -t.amount_micro
                                   WHEN 'AMOUNT_ASCENDING' THEN t.amount_micro END, t.id
    LIMIT $truncationLimit
    RETURN t AS edge, next
  }
  WITH edge, next, upstream
  WHERE $startTime < edge.created_at AND edge.created_at < $endTime
    AND edge.amount_micro > $threshold * upstream
  RETURN collect({account: next, hops: 3, id: edge.id, micro: edge.amount_micro, rest: edge.amount_rest}) AS two
}
CALL (two) {
  UNWIND two AS step
  WITH step.account AS here
  WITH DISTINCT here
  CALL (here) {
    OPTIONAL MATCH (here)<-[t:FIN_TRANSFER]-(:Account)
    WHERE $startTime < t.created_at AND t.created_at < $endTime
    RETURN sum(t.amount_micro) + sum(t.amount_rest) / 10000000000 AS upstream
  }
  CALL (here) {
    MATCH (here)-[t:FIN_TRANSFER|FIN_WITHDRAWAL]->(next:Account)
    WITH t, next
    ORDER BY CASE $truncationOrder WHEN 'TIMESTAMP_DESCENDING' THEN t.created_at END DESC,
             CASE $truncationOrder WHEN 'TIMESTAMP_ASCENDING' THEN t.created_at END,
             CASE $truncationOrder WHEN 'AMOUNT_DESCENDING' THEN -t.amount_micro
                                   WHEN 'AMOUNT_ASCENDING' THEN t.amount_micro END, t.id
    LIMIT $truncationLimit
    RETURN t AS edge, next
  }
  WITH edge, next, upstream
  WHERE $startTime < edge.created_at AND edge.created_at < $endTime
    AND edge.amount_micro > $threshold * upstream
  RETURN collect({account: next, hops: 4, id: edge.id, micro: edge.amount_micro, rest: edge.amount_rest}) AS three
}
UNWIND one + two + three AS step
WITH loan, step.account AS dst, step.id AS id, step.micro AS micro, step.rest AS rest, step.hops AS hops
WITH loan, dst, id, micro, rest, min(hops) AS hops
WITH loan, dst, sum(micro) + sum(rest) / 10000000000 AS inflow, min(hops) AS hops
RETURN dst.id AS dstId, round(1000.0 * inflow / loan.amount_micro) / 1000 AS ratio, hops AS minDistanceFromLoan
ORDER BY minDistanceFromLoan DESC, ratio DESC, size(dstId), dstId
