// Who pays whom around this account, one or two steps away?
//
// Step 1: payments between this account and another. Step 2: payments between an account of step 1 and any other than
// this one. One row for each payer, payee and currency.
// Money: TRANSFER and PAY_ON_BEHALF. A taking back (a relation with `reverses`) is no payment of its own: it is left
// out, and what it takes back stays in.
// Parameters:
//   id: string                      the account
//   hops: integer = 1               1 or 2 steps
//   since: datetime = null          payments at or after this time, null: from the first on
//   until: datetime = null          payments before this time, null: up to the last
//   limit: integer = 1000           at most this many rows
//   spread: integer = 50            at most this many accounts of step 1 are followed to step 2
// Columns:
//   hop: integer                    1 or 2
//   payer_id: string                who pays
//   payee_id: string                who is paid
//   currency: string                ISO 4217 code
//   payments: integer               how many payments
//   amount_minor: integer           their sum in minor units
//   first_at: datetime              the first of them
//   last_at: datetime               the last of them
//   capped: boolean                 true on every row if either cap left something out
// Cap: at most `limit` rows, step 1 first, then the most payments; to step 2 go the `spread` accounts with the most
// payments with this one (then by id)
MATCH (a:Account)
WHERE a.id = $id
CALL (a) {
  MATCH (a)-[r:TRANSFER|PAY_ON_BEHALF]-(b:Account)
  WHERE b <> a AND r.reverses IS NULL AND ($since IS NULL OR r.at >= $since) AND ($until IS NULL OR r.at < $until)
  WITH b, count(*) AS n
  ORDER BY n DESC, b.id
  LIMIT $spread + 1
  RETURN collect(b) AS near
}
CALL (a, near) {
  MATCH (a)-[r:TRANSFER|PAY_ON_BEHALF]-(c:Account)
  WHERE c <> a AND r.reverses IS NULL AND ($since IS NULL OR r.at >= $since) AND ($until IS NULL OR r.at < $until)
  RETURN 1 AS hop, a AS b, c AS c, startNode(r) = a AS out, r.currency AS code, count(*) AS n,
    sum(r.amount_minor) AS minor, min(r.at) AS first, max(r.at) AS last
  UNION ALL
  UNWIND CASE WHEN $hops >= 2 THEN near[..$spread] ELSE [] END AS b
  MATCH (b)-[r:TRANSFER|PAY_ON_BEHALF]-(c:Account)
  WHERE c <> a AND c <> b AND r.reverses IS NULL AND ($since IS NULL OR r.at >= $since)
    AND ($until IS NULL OR r.at < $until)
  RETURN 2 AS hop, b AS b, c AS c, startNode(r) = b AS out, r.currency AS code, count(*) AS n,
    sum(r.amount_minor) AS minor, min(r.at) AS first, max(r.at) AS last
}
WITH $hops >= 2 AND size(near) > $spread AS spared, hop, CASE WHEN out THEN b.id ELSE c.id END AS payer,
  CASE WHEN out THEN c.id ELSE b.id END AS payee, code, n, minor, first, last
// two accounts of step 1 are met from either side, with the same payments between them
WITH DISTINCT spared, hop, payer, payee, code, n, minor, first, last
ORDER BY hop, n DESC, payer, payee, code
LIMIT $limit + 1
WITH collect({spared: spared, hop: hop, payer: payer, payee: payee, code: code, n: n, minor: minor, first: first,
  last: last}) AS found
UNWIND found[..$limit] AS row
WITH row, row.spared OR size(found) > $limit AS capped
RETURN row.hop AS hop, row.payer AS payer_id, row.payee AS payee_id, row.code AS currency, row.n AS payments,
  row.minor AS amount_minor, row.first AS first_at, row.last AS last_at, capped AS capped
ORDER BY hop, payments DESC, payer_id, payee_id, currency
