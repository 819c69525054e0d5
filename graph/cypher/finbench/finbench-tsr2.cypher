// How much did an account transfer out and get in a time window?
//
// LDBC FinBench, transaction simple read 2. Sums of nothing are 0, the greatest of nothing is -1. Amounts are
// exact, rounded half up to 3 decimals.
// Parameters:
//   id: string                    an account id
//   startTime: datetime = 1970-01-01T00:00:00+00:00    only what is after it
//   endTime: datetime = 2100-01-01T00:00:00+00:00    only what is before it
// Columns:
//   sumEdge1Amount: float         sum of transfers out
//   maxEdge1Amount: float         the greatest of them, or -1
//   numEdge1: integer             how many
//   sumEdge2Amount: float         sum of transfers in
//   maxEdge2Amount: float         the greatest of them, or -1
//   numEdge2: integer             how many
MATCH (account:Account)
WHERE account.id = $id
OPTIONAL MATCH (account)-[t:FIN_TRANSFER]->(:Account)
WHERE $startTime < t.created_at AND t.created_at < $endTime
WITH account, count(t) AS count1, sum(t.amount_micro) + sum(t.amount_rest) / 10000000000 AS sum1,
     max(t.amount_micro) AS max1
OPTIONAL MATCH (account)<-[t:FIN_TRANSFER]-(:Account)
WHERE $startTime < t.created_at AND t.created_at < $endTime
WITH count1, sum1, max1, count(t) AS count2,
     sum(t.amount_micro) + sum(t.amount_rest) / 10000000000 AS sum2, max(t.amount_micro) AS max2
RETURN toFloat((sum1 + 500) / 1000) / 1000 AS sumEdge1Amount,
       CASE WHEN count1 = 0 THEN -1.0 ELSE toFloat((max1 + 500) / 1000) / 1000 END AS maxEdge1Amount,
       count1 AS numEdge1,
       toFloat((sum2 + 500) / 1000) / 1000 AS sumEdge2Amount,
       CASE WHEN count2 = 0 THEN -1.0 ELSE toFloat((max2 + 500) / 1000) / 1000 END AS maxEdge2Amount,
       count2 AS numEdge2
