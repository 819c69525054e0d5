// Which chains of payments from this account pass most of the money on each time?
//
// Each payment is made by who received the one before, later than it and at most `days` after it, in the same currency,
// and is at least `share` of it (and at most `most` of it); no account is on a trace twice. Every trace of two payments
// or more is a row, also as the beginning of a longer one, which follows it.
// Money: TRANSFER and PAY_ON_BEHALF. A taking back (a relation with `reverses`) is no payment of its own: it is left
// out, and what it takes back stays in.
// Parameters:
//   id: string                      the account where the traces start
//   share: float = 0.8              each payment is at least this share of the one before
//   most: float = 1.0               and at most this share of it; a large number: however much
//   minimum_minor: integer = 0      the first payment is at least this much, in minor units
//   hops: integer = 4               at most this many payments on a trace, 2 to 4
//   days: integer = 30              at most this many days from one payment to the next
//   since: datetime = null          payments at or after this time, null: from the first on
//   until: datetime = null          payments before this time, null: up to the last
//   limit: integer = 500            at most this many traces of each length
// Columns:
//   hops: integer                   how many payments
//   end_id: string                  the last account
//   accounts: list of string        all accounts in order
//   relation_ids: list of string    the payments in order
//   currency: string                their currency
//   amounts_minor: list of integer  their amounts in minor units
//   kept: float                     the last amount / the first amount
//   started_at: datetime            the first payment
//   ended_at: datetime              the last payment
//   capped: boolean                 true on every row if the cap left any trace out
// Cap: of each length the `limit` traces that end first are kept, and only they go on;
// narrow the window to see the others
MATCH (a:Account)
WHERE a.id = $id
CALL (a) {
  MATCH (a)-[r:TRANSFER|PAY_ON_BEHALF]->(b:Account)
  WHERE b <> a AND r.amount_minor >= $minimum_minor
    AND r.reverses IS NULL AND ($since IS NULL OR r.at >= $since) AND ($until IS NULL OR r.at < $until)
  WITH r, b
  ORDER BY r.at, r.id
  LIMIT $limit + 1
  RETURN collect({here: b, at: r.at, accounts: [$id, b.id], relations: [r.id], amounts: [r.amount_minor],
    codes: [r.currency], first: r.at}) AS trails1
}
CALL (trails1) {
  UNWIND trails1[..$limit] AS t
  WITH t, t.here AS here
  WHERE $hops >= 2
  MATCH (here)-[r:TRANSFER|PAY_ON_BEHALF]->(b:Account)
  WHERE r.at > t.at AND r.at <= t.at + duration({days: $days}) AND ($until IS NULL OR r.at < $until)
    AND r.reverses IS NULL AND NOT b.id IN t.accounts
    AND r.currency = t.codes[0] AND r.amount_minor >= $share * t.amounts[-1]
    AND r.amount_minor <= $most * t.amounts[-1]
  WITH t, r, b
  ORDER BY r.at, t.relations, r.id
  LIMIT $limit + 1
  RETURN collect({here: b, at: r.at, accounts: t.accounts + b.id, relations: t.relations + r.id,
    amounts: t.amounts + r.amount_minor, codes: t.codes + r.currency, first: t.first}) AS trails2
}
CALL (trails2) {
  UNWIND trails2[..$limit] AS t
  WITH t, t.here AS here
  WHERE $hops >= 3
  MATCH (here)-[r:TRANSFER|PAY_ON_BEHALF]->(b:Account)
  WHERE r.at > t.at AND r.at <= t.at + duration({days: $days}) AND ($until IS NULL OR r.at < $until)
    AND r.reverses IS NULL AND NOT b.id IN t.accounts
    AND r.currency = t.codes[0] AND r.amount_minor >= $share * t.amounts[-1]
    AND r.amount_minor <= $most * t.amounts[-1]
  WITH t, r, b
  ORDER BY r.at, t.relations, r.id
  LIMIT $limit + 1
  RETURN collect({here: b, at: r.at, accounts: t.accounts + b.id, relations: t.relations + r.id,
    amounts: t.amounts + r.amount_minor, codes: t.codes + r.currency, first: t.first}) AS trails3
}
CALL (trails3) {
  UNWIND trails3[..$limit] AS t
  WITH t, t.here AS here
  WHERE $hops >= 4
  MATCH (here)-[r:TRANSFER|PAY_ON_BEHALF]->(b:Account)
  WHERE r.at > t.at AND r.at <= t.at + duration({days: $days}) AND ($until IS NULL OR r.at < $until)
    AND r.reverses IS NULL AND NOT b.id IN t.accounts
    AND r.currency = t.codes[0] AND r.amount_minor >= $share * t.amounts[-1]
    AND r.amount_minor <= $most * t.amounts[-1]
  WITH t, r, b
  ORDER BY r.at, t.relations, r.id
  LIMIT $limit + 1
  RETURN collect({here: b, at: r.at, accounts: t.accounts + b.id, relations: t.relations + r.id,
    amounts: t.amounts + r.amount_minor, codes: t.codes + r.currency, first: t.first}) AS trails4
}
UNWIND trails2[..$limit] + trails3[..$limit] + trails4[..$limit] AS t
WITH t,
  size(trails1) > $limit OR size(trails2) > $limit OR size(trails3) > $limit OR size(trails4) > $limit AS capped
RETURN size(t.relations) AS hops, t.accounts[-1] AS end_id, t.accounts AS accounts, t.relations AS relation_ids,
  t.codes[0] AS currency, t.amounts AS amounts_minor,
  CASE WHEN t.amounts[0] = 0 THEN null ELSE 1.0 * t.amounts[-1] / t.amounts[0] END AS kept, t.first AS started_at,
  t.at AS ended_at,
  capped AS capped
ORDER BY started_at, relation_ids
