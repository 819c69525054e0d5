// Which payments out of and into this account reach a threshold?
//
// Money: every money kind but guarantee (a promise, no payment). A taking back (a relation with `reverses`) is no
// payment of its own: it is left out, and what it takes back stays in.
// Parameters:
//   id: string                      the account
//   minimum_minor: integer          the least amount in minor units
//   currency: string = null         ISO 4217 code, null: the same number of minor units in each
//   since: datetime = null          payments at or after this time, null: from the first on
//   until: datetime = null          payments before this time, null: up to the last
//   limit: integer = 1000           at most this many rows
// Columns:
//   direction: string               out or in
//   relation_id: string             the payment
//   kind: string                    transfer, purchase, …
//   counterparty_id: string         the other account
//   amount_minor: integer           its amount in minor units
//   currency: string                ISO 4217 code
//   at: datetime                    when
//   capped: boolean                 true on every row if there are more than `limit`
// Cap: at most `limit` rows, the largest amounts first
MATCH (a:Account)
WHERE a.id = $id
CALL (a) {
  MATCH (a)-[r:TRANSFER|PAY_ON_BEHALF|PURCHASE|REFUND|PAYROLL|REPAYMENT|BILL|INVESTMENT|DONATION|LOAN|WITHDRAWAL|FEE]
    ->(b:Account)
  WHERE r.amount_minor >= $minimum_minor AND r.reverses IS NULL AND ($currency IS NULL OR r.currency = $currency)
    AND ($since IS NULL OR r.at >= $since) AND ($until IS NULL OR r.at < $until)
  RETURN 'out' AS direction, r, b
  UNION ALL
  MATCH (a)<-
    [r:TRANSFER|PAY_ON_BEHALF|PURCHASE|REFUND|PAYROLL|REPAYMENT|BILL|INVESTMENT|DONATION|LOAN|WITHDRAWAL|FEE]
    -(b:Account)
  WHERE r.amount_minor >= $minimum_minor AND r.reverses IS NULL AND ($currency IS NULL OR r.currency = $currency)
    AND ($since IS NULL OR r.at >= $since) AND ($until IS NULL OR r.at < $until)
  RETURN 'in' AS direction, r, b
}
WITH direction, r, b
ORDER BY r.amount_minor DESC, r.at, r.id
LIMIT $limit + 1
WITH collect({direction: direction, relation_id: r.id, kind: toLower(type(r)), other_id: b.id, minor: r.amount_minor,
  code: r.currency, at: r.at}) AS found
UNWIND found[..$limit] AS row
WITH row, size(found) > $limit AS capped
RETURN row.direction AS direction, row.relation_id AS relation_id, row.kind AS kind, row.other_id AS counterparty_id,
  row.minor AS amount_minor, row.code AS currency, row.at AS at, capped AS capped
ORDER BY amount_minor DESC, at, relation_id
