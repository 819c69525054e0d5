// Which third accounts close a cycle with a transfer between two, and with how much money?
//
// LDBC FinBench, transaction complex read 4. Only if the first account transferred to the second within the
// window: all that got transfers from the second (edge 3) and sent transfers to the first (edge 2) within it.
// Amounts are exact, rounded half up to 3 decimals.
// Parameters:
//   id1: string                   the account that sends
//   id2: string                   the account that receives
//   startTime: datetime = 1970-01-01T00:00:00+00:00    only what is after it
//   endTime: datetime = 2100-01-01T00:00:00+00:00    only what is before it
// Columns:
//   otherId: string               the third account
//   numEdge2: integer             transfers from it to the first
//   sumEdge2Amount: float         their sum
//   maxEdge2Amount: float         the greatest of them
//   numEdge3: integer             transfers from the second to it
//   sumEdge3Amount: float         their sum
//   maxEdge3Amount: float         the greatest of them
MATCH (src:Account), (dst:Account)
WHERE src.id = $id1 AND dst.id = $id2 AND EXISTS {
  MATCH (src)-[t:FIN_TRANSFER]->(dst)
  WHERE $startTime < t.created_at AND t.created_at < $endTime
}
MATCH (src)<-[t:FIN_TRANSFER]-(other:Account)
WHERE $startTime < t.created_at AND t.created_at < $endTime
WITH dst, other, count(t) AS count2, sum(t.amount_micro) + sum(t.amount_rest) / 10000000000 AS sum2,
     max(t.amount_micro) AS max2
MATCH (other)<-[t:FIN_TRANSFER]-(dst)
WHERE $startTime < t.created_at AND t.created_at < $endTime
WITH other, count2, sum2, max2, count(t) AS count3,
     sum(t.amount_micro) + sum(t.amount_rest) / 10000000000 AS sum3, max(t.amount_micro) AS max3
RETURN other.id AS otherId, count2 AS numEdge2, toFloat((sum2 + 500) / 1000) / 1000 AS sumEdge2Amount,
       toFloat((max2 + 500) / 1000) / 1000 AS maxEdge2Amount, count3 AS numEdge3,
       toFloat((sum3 + 500) / 1000) / 1000 AS sumEdge3Amount, toFloat((max3 + 500) / 1000) / 1000 AS maxEdge3Amount
ORDER BY sumEdge2Amount DESC, sumEdge3Amount DESC, size(otherId), otherId
