// Which accounts that a blocked medium signed in to did money reach, and over how many transfers?
//
// LDBC FinBench, transaction complex read 1. Traces of 1 to 3 transfers away from the account, each later than the
// one before, all within the window, as is the sign-in. An account stands once for each length at which a trace
// reaches it.
// Truncation: the first edges in the order, ties by id, before any other filter; orders are TIMESTAMP_DESCENDING,
// TIMESTAMP_ASCENDING, AMOUNT_DESCENDING and AMOUNT_ASCENDING, any other gives no rows. It cuts transfers, not
// sign-ins.
// Parameters:
//   id: string                    the account that traces start from
//   startTime: datetime = 1970-01-01T00:00:00+00:00    only what is after it
//   endTime: datetime = 2100-01-01T00:00:00+00:00    only what is before it
//   truncationLimit: integer = 500    at most this many edges are followed from one node
//   truncationOrder: string = "TIMESTAMP_DESCENDING"    which edges come first
// Columns:
//   otherId: string               the account that was reached
//   accountDistance: integer      transfers from the first account to it
//   mediumId: string              a blocked medium that signed in to it
//   mediumType: string            of the medium
MATCH (start:Account)
WHERE start.id = $id
  AND $truncationOrder IN ['TIMESTAMP_DESCENDING', 'TIMESTAMP_ASCENDING', 'AMOUNT_DESCENDING', 'AMOUNT_ASCENDING']
WITH [{account: start, at: $startTime}] AS zero
CALL (zero) {
  UNWIND zero AS step
  WITH step.account AS here, step.at AS since
  CALL (here) {
    MATCH (here)-[t:FIN_TRANSFER]->(next:Account)
    WITH t, next
    ORDER BY CASE $truncationOrder WHEN 'TIMESTAMP_DESCENDING' THEN t.created_at END DESC,
             CASE $truncationOrder WHEN 'TIMESTAMP_ASCENDING' THEN t.created_at END,
             CASE $truncationOrder WHEN 'AMOUNT_DESCENDING' THEN -t.amount_micro
                                   WHEN 'AMOUNT_ASCENDING' THEN t.amount_micro END, t.id
    LIMIT $truncationLimit
    RETURN next, t.created_at AS at
  }
  WITH next, at, since
  WHERE since < at AND at < $endTime
  WITH next, min(at) AS at
  RETURN collect({account: next, at: at, hops: 1}) AS one
}
CALL (one) {
  UNWIND one AS step
  WITH step.account AS here, step.at AS since
  CALL (here) {
    MATCH (here)-[t:FIN_TRANSFER]->(next:Account)
    WITH t, next
    ORDER BY CASE $truncationOrder WHEN 'TIMESTAMP_DESCENDING' THEN t.created_at END DESC,
             CASE $truncationOrder WHEN 'TIMESTAMP_ASCENDING' THEN t.created_at END,
             CASE $truncationOrder WHEN 'AMOUNT_DESCENDING' THEN -t.amount_micro
                                   WHEN 'AMOUNT_ASCENDING' THEN t.amount_micro END, t.id
    LIMIT $truncationLimit
    RETURN next, t.created_at AS at
  }
  WITH next, at, since
  WHERE since < at AND at < $endTime
  WITH next, min(at) AS at
  RETURN collect({account: next, at: at, hops: 2}) AS two
}
CALL (two) {
  UNWIND two AS step
  WITH step.account AS here, step.at AS since
  CALL (here) {
    MATCH (here)-[t:FIN_TRANSFER]->(next:Account)
    WITH t, next
    ORDER BY CASE $truncationOrder WHEN 'TIMESTAMP_DESCENDING' THEN t.created_at END DESC,
             CASE $truncationOrder WHEN 'TIMESTAMP_ASCENDING' THEN t.created_at END,
             CASE $truncationOrder WHEN 'AMOUNT_DESCENDING' THEN -t.amount_micro
                                   WHEN 'AMOUNT_ASCENDING' THEN t.amount_micro END, t.id
    LIMIT $truncationLimit
    RETURN next, t.created_at AS at
  }
  WITH next, at, since
  WHERE since < at AND at < $endTime
  WITH next, min(at) AS at
  RETURN collect({account: next, at: at, hops: 3}) AS three
}
UNWIND one + two + three AS step
WITH step.account AS other, step.hops AS hops
MATCH (other)<-[s:SIGN_IN]-(medium:Medium {is_blocked: true})
WHERE $startTime < s.created_at AND s.created_at < $endTime
RETURN DISTINCT other.id AS otherId, hops AS accountDistance, medium.id AS mediumId, medium.kind AS mediumType
ORDER BY accountDistance, size(otherId), otherId, size(mediumId), mediumId
