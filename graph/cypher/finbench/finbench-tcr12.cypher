// To which accounts of companies did a person transfer money, and how much?
//
// LDBC FinBench, transaction complex read 12. Transfers within the window from all accounts of the person. Sums
// are exact, rounded half up to 3 decimals.
// Truncation: the first edges in the order, ties by id, before any other filter; orders are TIMESTAMP_DESCENDING,
// TIMESTAMP_ASCENDING, AMOUNT_DESCENDING and AMOUNT_ASCENDING, any other gives no rows. It cuts transfers out of
// each account, not ownership.
// Parameters:
//   id: string                    a person
//   startTime: datetime = 1970-01-01T00:00:00+00:00    only what is after it
//   endTime: datetime = 2100-01-01T00:00:00+00:00    only what is before it
//   truncationLimit: integer = 500    at most this many edges are followed from one node
//   truncationOrder: string = "TIMESTAMP_DESCENDING"    which edges come first
// Columns:
//   compAccountId: string         an account that a company owns
//   sumEdge2Amount: float         transferred to it
MATCH (person:Person)-[:OWN]->(own:Account)
WHERE person.id = $id
  AND $truncationOrder IN ['TIMESTAMP_DESCENDING', 'TIMESTAMP_ASCENDING', 'AMOUNT_DESCENDING', 'AMOUNT_ASCENDING']
CALL (own) {
  MATCH (own)-[t:FIN_TRANSFER]->(other:Account)
  WITH t, other
  ORDER BY CASE $truncationOrder WHEN 'TIMESTAMP_DESCENDING' THEN t.created_at END DESC,
           CASE $truncationOrder WHEN 'TIMESTAMP_ASCENDING' THEN t.created_at END,
           CASE $truncationOrder WHEN 'AMOUNT_DESCENDING' THEN -t.amount_micro
                                 WHEN 'AMOUNT_ASCENDING' THEN t.amount_micro END, t.id
  LIMIT $truncationLimit
  RETURN t AS edge, other
}
WITH edge, other
WHERE $startTime < edge.created_at AND edge.created_at < $endTime
  AND EXISTS { MATCH (other)<-[:OWN]-(:Company) }
WITH other, sum(edge.amount_micro) + sum(edge.amount_rest) / 10000000000 AS total
RETURN other.id AS compAccountId, toFloat((total + 500) / 1000) / 1000 AS sumEdge2Amount
ORDER BY sumEdge2Amount DESC, size(compAccountId), compAccountId
