// With whom does this account exchange the most money?
//
// Money: every money kind but guarantee (a promise, no payment). A taking back (a relation with `reverses`) is no
// payment of its own: it is left out, and what it takes back stays in. Amounts of different currencies are never added:
// each has its own row; name a currency to rank within it.
// Parameters:
//   id: string                      the account
//   since: datetime = null          payments at or after this time, null: from the first on
//   until: datetime = null          payments before this time, null: up to the last
//   currency: string = null         ISO 4217 code, null: each
//   limit: integer = 20             at most this many rows
// Columns:
//   counterparty_id: string         the other account
//   currency: string                ISO 4217 code
//   paid_minor: integer             what this account paid it, in minor units
//   received_minor: integer         what this account received from it
//   total_minor: integer            both together
//   payments_out: integer           how many payments to it
//   payments_in: integer            how many payments from it
//   first_at: datetime              the first payment either way
//   last_at: datetime               the last payment either way
//   capped: boolean                 true on every row if there are more than `limit`
// Cap: at most `limit` rows, the greatest totals first
MATCH (a:Account)
WHERE a.id = $id
CALL (a) {
  MATCH (a)-[r:TRANSFER|PAY_ON_BEHALF|PURCHASE|REFUND|PAYROLL|REPAYMENT|BILL|INVESTMENT|DONATION|LOAN|WITHDRAWAL|FEE]
    ->(b:Account)
  WHERE r.reverses IS NULL AND ($currency IS NULL OR r.currency = $currency)
    AND ($since IS NULL OR r.at >= $since) AND ($until IS NULL OR r.at < $until)
  RETURN b.id AS other_id, r.currency AS code, r.amount_minor AS paid, 0 AS received, 1 AS outs, 0 AS ins, r.at AS at
  UNION ALL
  MATCH (a)<-
    [r:TRANSFER|PAY_ON_BEHALF|PURCHASE|REFUND|PAYROLL|REPAYMENT|BILL|INVESTMENT|DONATION|LOAN|WITHDRAWAL|FEE]
    -(b:Account)
  WHERE r.reverses IS NULL AND ($currency IS NULL OR r.currency = $currency)
    AND ($since IS NULL OR r.at >= $since) AND ($until IS NULL OR r.at < $until)
  RETURN b.id AS other_id, r.currency AS code, 0 AS paid, r.amount_minor AS received, 0 AS outs, 1 AS ins, r.at AS at
}
WITH other_id, code, sum(paid) AS paid, sum(received) AS received, sum(outs) AS outs, sum(ins) AS ins,
  min(at) AS first_at, max(at) AS last_at
ORDER BY paid + received DESC, other_id, code
LIMIT $limit + 1
WITH collect({other_id: other_id, code: code, paid: paid, received: received, outs: outs, ins: ins,
  first_at: first_at, last_at: last_at}) AS found
UNWIND found[..$limit] AS row
WITH row, size(found) > $limit AS capped
RETURN row.other_id AS counterparty_id, row.code AS currency, row.paid AS paid_minor, row.received AS received_minor,
  row.paid + row.received AS total_minor, row.outs AS payments_out, row.ins AS payments_in, row.first_at AS first_at,
  row.last_at AS last_at, capped AS capped
ORDER BY total_minor DESC, counterparty_id, currency
