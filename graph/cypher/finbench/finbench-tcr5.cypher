// Along which traces did money of a person's accounts go on?
//
// LDBC FinBench, transaction complex read 5. Traces of 1 to 3 transfers away from an account of the person, each
// later than the one before, all within the window, no account twice. Several transfers between the same accounts
// are one trace. The benchmark leaves open how traces of one length are ordered: by ids here.
// Truncation: the first edges in the order, ties by id, before any other filter; orders are TIMESTAMP_DESCENDING,
// TIMESTAMP_ASCENDING, AMOUNT_DESCENDING and AMOUNT_ASCENDING, any other gives no rows. It cuts transfers, not
// accounts owned.
// Parameters:
//   id: string                    a person
//   startTime: datetime = 1970-01-01T00:00:00+00:00    only what is after it
//   endTime: datetime = 2100-01-01T00:00:00+00:00    only what is before it
//   truncationLimit: integer = 500    at most this many edges are followed from one node
//   truncationOrder: string = "TIMESTAMP_DESCENDING"    which edges come first
// Columns:
//   path: list of string          ids of the accounts along the trace
MATCH (person:Person)-[:OWN]->(own:Account)
WHERE person.id = $id
  AND $truncationOrder IN ['TIMESTAMP_DESCENDING', 'TIMESTAMP_ASCENDING', 'AMOUNT_DESCENDING', 'AMOUNT_ASCENDING']
WITH collect({account: own, at: $startTime, path: [own.id]}) AS zero
CALL (zero) {
  UNWIND zero AS step
  WITH step.account AS here, step.at AS since, step.path AS path
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
  WITH path, next, at, since
  WHERE since < at AND at < $endTime AND NOT next.id IN path
  WITH path, next, min(at) AS at
  RETURN collect({account: next, at: at, path: path + [next.id]}) AS one
}
CALL (one) {
  UNWIND one AS step
  WITH step.account AS here, step.at AS since, step.path AS path
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
  WITH path, next, at, since
  WHERE since < at AND at < $endTime AND NOT next.id IN path
  WITH path, next, min(at) AS at
  RETURN collect({account: next, at: at, path: path + [next.id]}) AS two
}
CALL (two) {
  UNWIND two AS step
  WITH step.account AS here, step.at AS since, step.path AS path
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
  WITH path, next, at, since
  WHERE since < at AND at < $endTime AND NOT next.id IN path
  WITH path, next, min(at) AS at
  RETURN collect({account: next, at: at, path: path + [next.id]}) AS three
}
UNWIND one + two + three AS step
WITH step.path AS path
RETURN path AS path
ORDER BY size(path) DESC, path
