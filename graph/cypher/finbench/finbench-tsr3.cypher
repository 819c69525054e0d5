// What share of the transfers to an account comes from blocked accounts?
//
// LDBC FinBench, transaction simple read 3. Transfers in from blocked accounts, above the threshold and within the
// window, over all transfers in, whenever and however small, as the benchmark's implementations read it; rounded
// to 3 decimals, -1 if there is none. The threshold is read to 6 decimals.
// Parameters:
//   id: string                    an account id
//   threshold: float = 0.0        transfers count above it
//   startTime: datetime = 1970-01-01T00:00:00+00:00    only what is after it
//   endTime: datetime = 2100-01-01T00:00:00+00:00    only what is before it
// Columns:
//   blockRatio: float             from 0 to 1, or -1
MATCH (account:Account)
WHERE account.id = $id
WITH account, toInteger(round($threshold * 1000000)) AS bar
OPTIONAL MATCH (account)<-[t:FIN_TRANSFER]-(src:Account)
WITH account, count(t) AS edges, sum(CASE WHEN src.is_blocked AND $startTime < t.created_at AND t.created_at < $endTime
  AND (t.amount_micro > bar OR t.amount_micro = bar AND t.amount_rest > 0) THEN 1 ELSE 0 END) AS blocked
RETURN CASE WHEN edges = 0 THEN -1.0 ELSE round(1000.0 * blocked / edges) / 1000 END AS blockRatio
