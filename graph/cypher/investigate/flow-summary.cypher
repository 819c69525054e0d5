// What flowed out of and into this account, by kind and currency?
//
// Money: every money kind; a guarantee moves none but has a row of its own. Amounts of different currencies are never
// added. A taking back (a relation with `reverses`) is no payment of its own: it is summed apart, beside the direction
// and kind of what it takes back, by its own time.
// Parameters:
//   id: string                      the account
//   since: datetime = null          payments at or after this time, null: from the first on
//   until: datetime = null          payments before this time, null: up to the last
// Columns:
//   direction: string               out or in
//   kind: string                    transfer, purchase, …
//   currency: string                ISO 4217 code
//   payments: integer               how many
//   counterparties: integer         with how many other accounts
//   amount_minor: integer           their sum in minor units
//   largest_minor: integer          the largest of them, null if there are only takings back
//   taken_back_minor: integer       what was taken back of this direction and kind
//   first_at: datetime              the first payment
//   last_at: datetime               the last payment
MATCH (a:Account)
WHERE a.id = $id
CALL (a) {
  MATCH (a)-[r:TRANSFER|PAY_ON_BEHALF|PURCHASE|REFUND|PAYROLL|REPAYMENT|BILL|INVESTMENT|DONATION|LOAN|GUARANTEE
    |WITHDRAWAL|FEE]->(b:Account)
  WHERE ($since IS NULL OR r.at >= $since) AND ($until IS NULL OR r.at < $until)
  RETURN b, r, CASE WHEN r.reverses IS NULL THEN 'out' ELSE 'in' END AS direction
  UNION ALL
  MATCH (a)<-[r:TRANSFER|PAY_ON_BEHALF|PURCHASE|REFUND|PAYROLL|REPAYMENT|BILL|INVESTMENT|DONATION|LOAN|GUARANTEE
    |WITHDRAWAL|FEE]-(b:Account)
  WHERE ($since IS NULL OR r.at >= $since) AND ($until IS NULL OR r.at < $until)
  RETURN b, r, CASE WHEN r.reverses IS NULL THEN 'in' ELSE 'out' END AS direction
}
WITH direction, toLower(type(r)) AS kind, r.currency AS currency, r.reverses IS NULL AS paid, b.id AS other_id,
  r.amount_minor AS minor, r.at AS at
RETURN direction AS direction, kind AS kind, currency AS currency, sum(CASE WHEN paid THEN 1 ELSE 0 END) AS payments,
  count(DISTINCT CASE WHEN paid THEN other_id END) AS counterparties,
  sum(CASE WHEN paid THEN minor ELSE 0 END) AS amount_minor, max(CASE WHEN paid THEN minor END) AS largest_minor,
  sum(CASE WHEN paid THEN 0 ELSE minor END) AS taken_back_minor, min(CASE WHEN paid THEN at END) AS first_at,
  max(CASE WHEN paid THEN at END) AS last_at
ORDER BY direction DESC, kind, currency
