// Which accounts here look like mules: paid by many, paying many, keeping little?
//
// Looked at are this account and its counterparties, so start from an account under suspicion: the whole portfolio is
// not searched. Sums are per currency.
// Money: TRANSFER and PAY_ON_BEHALF. A taking back (a relation with `reverses`) is no payment of its own: it is left
// out, and what it takes back stays in.
// Parameters:
//   id: string                      the account
//   minimum_payers: integer = 3     paid by at least this many
//   minimum_payees: integer = 3     paying at least this many
//   share: float = 0.8              what goes out is at least this share of what comes in, and the other way round
//   since: datetime = null          payments at or after this time, null: from the first on
//   until: datetime = null          payments before this time, null: up to the last
//   limit: integer = 500            at most this many counterparties are looked at
// Columns:
//   account_id: string              who looks like a mule
//   currency: string                ISO 4217 code
//   payers: integer                 how many pay it
//   payees: integer                 how many it pays
//   in_minor: integer               what comes in, in minor units
//   out_minor: integer              what goes out
//   passed_on: float                out_minor / in_minor
//   first_at: datetime              the first payment either way
//   last_at: datetime               the last payment either way
//   capped: boolean                 true on every row if there are more than `limit` counterparties
// Cap: looked at are the `limit` counterparties with the most payments with this account (then by id)
MATCH (a:Account)
WHERE a.id = $id
CALL (a) {
  MATCH (a)-[r:TRANSFER|PAY_ON_BEHALF]-(b:Account)
  WHERE b.id <> $id AND r.reverses IS NULL AND ($since IS NULL OR r.at >= $since) AND ($until IS NULL OR r.at < $until)
  WITH b, count(r) AS n
  ORDER BY n DESC, b.id
  LIMIT $limit + 1
  RETURN collect(b) AS near
}
UNWIND [a] + near[..$limit] AS m
WITH size(near) > $limit AS capped, m
MATCH (m)<-[r:TRANSFER|PAY_ON_BEHALF]-(payer:Account)
WHERE payer <> m AND r.reverses IS NULL AND ($since IS NULL OR r.at >= $since) AND ($until IS NULL OR r.at < $until)
WITH capped, m, r.currency AS code, count(DISTINCT payer) AS payers, sum(r.amount_minor) AS came, min(r.at) AS first_in,
  max(r.at) AS last_in
WHERE payers >= $minimum_payers
MATCH (m)-[r:TRANSFER|PAY_ON_BEHALF]->(payee:Account)
WHERE payee <> m AND r.currency = code
  AND r.reverses IS NULL AND ($since IS NULL OR r.at >= $since) AND ($until IS NULL OR r.at < $until)
WITH capped, m, code, payers, came, first_in, last_in, count(DISTINCT payee) AS payees, sum(r.amount_minor) AS went,
  min(r.at) AS first_out, max(r.at) AS last_out
WHERE payees >= $minimum_payees AND went >= $share * came AND came >= $share * went
RETURN m.id AS account_id, code AS currency, payers AS payers, payees AS payees, came AS in_minor, went AS out_minor,
  CASE WHEN came = 0 THEN null ELSE 1.0 * went / came END AS passed_on,
  CASE WHEN first_in <= first_out THEN first_in ELSE first_out END AS first_at,
  CASE WHEN last_in >= last_out THEN last_in ELSE last_out END AS last_at, capped AS capped
ORDER BY payers + payees DESC, account_id, currency
