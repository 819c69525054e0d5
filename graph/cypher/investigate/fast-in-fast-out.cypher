// Which money that came into this account left it again at once?
//
// For each large payment in: what the account paid out within `hours` after it, in its currency. A row if that is at
// least `share` of what came in. One payment out can follow several payments in.
// Money: TRANSFER and PAY_ON_BEHALF. A taking back (a relation with `reverses`) is no payment of its own: it is left
// out, and what it takes back stays in.
// Parameters:
//   id: string                      the account
//   hours: integer = 48             how soon after the payment in the payments out are
//   share: float = 0.9              they sum up to at least this share of it
//   since: datetime = null          payments at or after this time, null: from the first on
//   until: datetime = null          payments before this time, null: up to the last
//   limit: integer = 100            at most this many payments in are looked at
// Columns:
//   relation_id: string             the payment in
//   payer_id: string                from whom
//   at: datetime                    when
//   currency: string                ISO 4217 code
//   amount_minor: integer           its amount in minor units
//   payments_out: integer           how many payments out followed
//   payees: integer                 to how many accounts
//   out_minor: integer              their sum in minor units
//   last_out_at: datetime           the last of them
//   passed_on: float                out_minor / amount_minor
//   capped: boolean                 true on every row if there are more than `limit` payments in
// Cap: looked at are the `limit` largest payments in
MATCH (a:Account)
WHERE a.id = $id
CALL (a) {
  MATCH (a)-[r:TRANSFER|PAY_ON_BEHALF]->(payee:Account)
  WHERE r.reverses IS NULL AND ($since IS NULL OR r.at >= $since) AND ($until IS NULL OR r.at < $until)
  RETURN collect({payee: payee.id, at: r.at, minor: r.amount_minor, code: r.currency}) AS outs
}
CALL (a) {
  MATCH (a)<-[r:TRANSFER|PAY_ON_BEHALF]-(payer:Account)
  WHERE r.reverses IS NULL AND ($since IS NULL OR r.at >= $since) AND ($until IS NULL OR r.at < $until)
  WITH r, payer
  ORDER BY r.amount_minor DESC, r.at, r.id
  LIMIT $limit + 1
  RETURN collect({id: r.id, payer: payer.id, at: r.at, minor: r.amount_minor, code: r.currency,
    until: r.at + duration({hours: $hours})}) AS ins
}
UNWIND ins[..$limit] AS paid
WITH size(ins) > $limit AS capped, paid, outs
UNWIND outs AS out
WITH capped, paid, out
WHERE out.at > paid.at AND out.at <= paid.until AND out.code = paid.code
WITH capped, paid, count(out) AS n, count(DISTINCT out.payee) AS payees, sum(out.minor) AS passed, max(out.at) AS last
WHERE passed >= $share * paid.minor
RETURN paid.id AS relation_id, paid.payer AS payer_id, paid.at AS at, paid.code AS currency, paid.minor AS amount_minor,
  n AS payments_out, payees AS payees, passed AS out_minor, last AS last_out_at,
  CASE WHEN paid.minor = 0 THEN null ELSE 1.0 * passed / paid.minor END AS passed_on, capped AS capped
ORDER BY amount_minor DESC, at, relation_id
