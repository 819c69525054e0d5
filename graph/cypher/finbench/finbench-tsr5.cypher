// From whom did an account get transfers above a threshold, how often and how much?
//
// LDBC FinBench, transaction simple read 5. Transfers in above the threshold within the window, by the other
// account. The threshold is read to 6 decimals; sums are exact, rounded half up to 3 decimals.
// Parameters:
//   id: string                    an account id
//   threshold: float = 0.0        transfers count above it
//   startTime: datetime = 1970-01-01T00:00:00+00:00    only what is after it
//   endTime: datetime = 2100-01-01T00:00:00+00:00    only what is before it
// Columns:
//   srcId: string                 the other account
//   numEdges: integer             how many transfers
//   sumAmount: float              their sum
WITH toInteger(round($threshold * 1000000)) AS bar
MATCH (account:Account)<-[t:FIN_TRANSFER]-(other:Account)
WHERE account.id = $id AND $startTime < t.created_at AND t.created_at < $endTime
  AND (t.amount_micro > bar OR t.amount_micro = bar AND t.amount_rest > 0)
WITH other, count(t) AS numEdges, sum(t.amount_micro) + sum(t.amount_rest) / 10000000000 AS total
RETURN other.id AS srcId, numEdges AS numEdges, toFloat((total + 500) / 1000) / 1000 AS sumAmount
ORDER BY sumAmount DESC, size(srcId), srcId
