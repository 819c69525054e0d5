// Does this account pool money of many payers and then pay it out?
//
// For each large payment out: what came in during the `days` before it, in its currency. A row if that came from many
// payers and the payment passes on much of it. One payment in can be part of several pools.
// Money: TRANSFER and PAY_ON_BEHALF. A taking back (a relation with `reverses`) is no payment of its own: it is left
// out, and what it takes back stays in.
// Parameters:
//   id: string                      the account that pools
//   days: integer = 7               how long before the payment out the payments in may be
//   minimum_payers: integer = 3     from how many payers at least
//   share: float = 0.5              the payment out is at least this share of what came in
//   since: datetime = null          payments at or after this time, null: from the first on
//   until: datetime = null          payments before this time, null: up to the last
//   limit: integer = 50             at most this many payments out are looked at
// Columns:
//   relation_id: string             the payment out
//   payee_id: string                to whom
//   at: datetime                    when
//   currency: string                ISO 4217 code
//   amount_minor: integer           its amount in minor units
//   payers: integer                 how many accounts paid in before it
//   payments_in: integer            with how many payments
//   pooled_minor: integer           their sum in minor units
//   first_in_at: datetime           the first of them
//   passed_on: float                amount_minor / pooled_minor
//   capped: boolean                 true on every row if there are more than `limit` payments out
// Cap: looked at are the `limit` largest payments out
MATCH (a:Account)
WHERE a.id = $id
CALL (a) {
  MATCH (a)<-[r:TRANSFER|PAY_ON_BEHALF]-(payer:Account)
  WHERE r.reverses IS NULL AND ($since IS NULL OR r.at >= $since) AND ($until IS NULL OR r.at < $until)
  RETURN collect({payer: payer.id, at: r.at, minor: r.amount_minor, code: r.currency}) AS ins
}
CALL (a) {
  MATCH (a)-[r:TRANSFER|PAY_ON_BEHALF]->(payee:Account)
  WHERE r.reverses IS NULL AND ($since IS NULL OR r.at >= $since) AND ($until IS NULL OR r.at < $until)
  WITH r, payee
  ORDER BY r.amount_minor DESC, r.at, r.id
  LIMIT $limit + 1
  RETURN collect({id: r.id, payee: payee.id, at: r.at, minor: r.amount_minor, code: r.currency,
    since: r.at - duration({days: $days})}) AS outs
}
UNWIND outs[..$limit] AS out
WITH size(outs) > $limit AS capped, out, ins
UNWIND ins AS paid
WITH capped, out, paid
WHERE paid.at < out.at AND paid.at >= out.since AND paid.code = out.code
WITH capped, out, count(DISTINCT paid.payer) AS payers, count(paid) AS n, sum(paid.minor) AS pooled, min(paid.at) AS first
WHERE payers >= $minimum_payers AND out.minor >= $share * pooled
RETURN out.id AS relation_id, out.payee AS payee_id, out.at AS at, out.code AS currency, out.minor AS amount_minor,
  payers AS payers, n AS payments_in, pooled AS pooled_minor, first AS first_in_at,
  CASE WHEN pooled = 0 THEN null ELSE 1.0 * out.minor / pooled END AS passed_on, capped AS capped
ORDER BY amount_minor DESC, at, relation_id
