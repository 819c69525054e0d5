// Which accounts pooled transfers of many and then withdrew to a card?
//
// LDBC FinBench, transaction complex read 6. Accounts with withdrawals to the card above threshold2 (edge 2) and
// more than 3 incoming transfers above threshold1 (edge 1), all within the window; transfers are counted, not
// those who sent them. Thresholds are read to 6 decimals; sums are exact, rounded half up to 3 decimals.
// Truncation: the first edges in the order, ties by id, before any other filter; orders are TIMESTAMP_DESCENDING,
// TIMESTAMP_ASCENDING, AMOUNT_DESCENDING and AMOUNT_ASCENDING, any other gives no rows. It cuts withdrawals into
// the card and transfers into each account.
// Parameters:
//   id: string                    an account whose type ends with card
//   threshold1: float = 0.0       transfers count above it
//   threshold2: float = 0.0       withdrawals count above it
//   startTime: datetime = 1970-01-01T00:00:00+00:00    only what is after it
//   endTime: datetime = 2100-01-01T00:00:00+00:00    only what is before it
//   truncationLimit: integer = 500    at most this many edges are followed from one node
//   truncationOrder: string = "TIMESTAMP_DESCENDING"    which edges come first
// Columns:
//   midId: string                 the account in between
//   sumEdge1Amount: float         transfers to it
//   sumEdge2Amount: float         withdrawals from it to the card
MATCH (card:Account)
WHERE card.id = $id AND card.type ENDS WITH 'card'
  AND $truncationOrder IN ['TIMESTAMP_DESCENDING', 'TIMESTAMP_ASCENDING', 'AMOUNT_DESCENDING', 'AMOUNT_ASCENDING']
WITH card, toInteger(round($threshold1 * 1000000)) AS bar1, toInteger(round($threshold2 * 1000000)) AS bar2
CALL (card) {
  MATCH (card)<-[t:FIN_WITHDRAWAL]-(mid:Account)
  WITH t, mid
  ORDER BY CASE $truncationOrder WHEN 'TIMESTAMP_DESCENDING' THEN t.created_at END DESC,
           CASE $truncationOrder WHEN 'TIMESTAMP_ASCENDING' THEN t.created_at END,
           CASE $truncationOrder WHEN 'AMOUNT_DESCENDING' THEN -t.amount_micro
                                 WHEN 'AMOUNT_ASCENDING' THEN t.amount_micro END, t.id
  LIMIT $truncationLimit
  RETURN t AS out, mid
}
WITH mid, out, bar1, bar2
WHERE $startTime < out.created_at AND out.created_at < $endTime
  AND (out.amount_micro > bar2 OR out.amount_micro = bar2 AND out.amount_rest > 0)
WITH mid, bar1, sum(out.amount_micro) + sum(out.amount_rest) / 10000000000 AS sum2
CALL (mid) {
  MATCH (mid)<-[t:FIN_TRANSFER]-(src:Account)
  WITH t
  ORDER BY CASE $truncationOrder WHEN 'TIMESTAMP_DESCENDING' THEN t.created_at END DESC,
           CASE $truncationOrder WHEN 'TIMESTAMP_ASCENDING' THEN t.created_at END,
           CASE $truncationOrder WHEN 'AMOUNT_DESCENDING' THEN -t.amount_micro
                                 WHEN 'AMOUNT_ASCENDING' THEN t.amount_micro END, t.id
  LIMIT $truncationLimit
  RETURN t AS into
}
WITH mid, sum2, into, bar1
WHERE $startTime < into.created_at AND into.created_at < $endTime
  AND (into.amount_micro > bar1 OR into.amount_micro = bar1 AND into.amount_rest > 0)
WITH mid, sum2, count(into) AS count1, sum(into.amount_micro) + sum(into.amount_rest) / 10000000000 AS sum1
WHERE count1 > 3
RETURN mid.id AS midId, toFloat((sum1 + 500) / 1000) / 1000 AS sumEdge1Amount,
       toFloat((sum2 + 500) / 1000) / 1000 AS sumEdge2Amount
ORDER BY sumEdge2Amount DESC, size(midId), midId
