// In which rings does money that left this account come back to it?
//
// A ring starts with a payment of this account; each further payment is made by who received the one before, later than
// it; the last one returns to this account at most `days` after the first. 3 to 6 payments, no account twice.
// Money: TRANSFER and PAY_ON_BEHALF. A taking back (a relation with `reverses`) is no payment of its own: it is left
// out, and what it takes back stays in.
// Parameters:
//   id: string                      the account
//   longest: integer = 6            at most this many payments in a ring, 3 to 6
//   days: integer = 30              at most this many days from the first payment to the last
//   since: datetime = null          payments at or after this time, null: from the first on
//   until: datetime = null          payments before this time, null: up to the last
//   limit: integer = 1000           at most this many open trails of each length
// Columns:
//   length: integer                 how many accounts, and payments
//   accounts: list of string        the accounts in order, this one first
//   relation_ids: list of string    the payments in order
//   amounts_minor: list of integer  their amounts in minor units
//   currencies: list of string      their currencies
//   started_at: datetime            the first payment
//   ended_at: datetime              the last payment
//   capped: boolean                 true on every row if the cap left any trail out
// Cap: of the trails that are still open, the `limit` that end first are kept at each length, and only they
// go on
MATCH (a:Account)
WHERE a.id = $id
CALL (a) {
  MATCH (a)-[r:TRANSFER|PAY_ON_BEHALF]->(b:Account)
  WHERE b <> a AND r.reverses IS NULL AND ($since IS NULL OR r.at >= $since) AND ($until IS NULL OR r.at < $until)
  WITH r, b
  ORDER BY r.at, r.id
  LIMIT $limit + 1
  RETURN collect({here: b, at: r.at, accounts: [$id, b.id], relations: [r.id], amounts: [r.amount_minor],
    codes: [r.currency], first: r.at, end: r.at + duration({days: $days})}) AS trails1
}
CALL (a, trails1) {
  UNWIND trails1[..$limit] AS t
  WITH a, t, t.here AS here
  MATCH (here)-[r:TRANSFER|PAY_ON_BEHALF]->(b:Account)
  WHERE b <> a AND r.at > t.at AND r.at <= t.end AND ($until IS NULL OR r.at < $until) AND r.reverses IS NULL
    AND NOT b.id IN t.accounts
  WITH t, r, b
  ORDER BY r.at, t.relations, r.id
  LIMIT $limit + 1
  RETURN collect({here: b, at: r.at, accounts: t.accounts + b.id, relations: t.relations + r.id,
    amounts: t.amounts + r.amount_minor, codes: t.codes + r.currency, first: t.first, end: t.end}) AS trails2
}
CALL (a, trails2) {
  UNWIND trails2[..$limit] AS t
  WITH a, t, t.here AS here
  WHERE $longest > 3
  MATCH (here)-[r:TRANSFER|PAY_ON_BEHALF]->(b:Account)
  WHERE b <> a AND r.at > t.at AND r.at <= t.end AND ($until IS NULL OR r.at < $until) AND r.reverses IS NULL
    AND NOT b.id IN t.accounts
  WITH t, r, b
  ORDER BY r.at, t.relations, r.id
  LIMIT $limit + 1
  RETURN collect({here: b, at: r.at, accounts: t.accounts + b.id, relations: t.relations + r.id,
    amounts: t.amounts + r.amount_minor, codes: t.codes + r.currency, first: t.first, end: t.end}) AS trails3
}
CALL (a, trails3) {
  UNWIND trails3[..$limit] AS t
  WITH a, t, t.here AS here
  WHERE $longest > 4
  MATCH (here)-[r:TRANSFER|PAY_ON_BEHALF]->(b:Account)
  WHERE b <> a AND r.at > t.at AND r.at <= t.end AND ($until IS NULL OR r.at < $until) AND r.reverses IS NULL
    AND NOT b.id IN t.accounts
  WITH t, r, b
  ORDER BY r.at, t.relations, r.id
  LIMIT $limit + 1
  RETURN collect({here: b, at: r.at, accounts: t.accounts + b.id, relations: t.relations + r.id,
    amounts: t.amounts + r.amount_minor, codes: t.codes + r.currency, first: t.first, end: t.end}) AS trails4
}
CALL (a, trails4) {
  UNWIND trails4[..$limit] AS t
  WITH a, t, t.here AS here
  WHERE $longest > 5
  MATCH (here)-[r:TRANSFER|PAY_ON_BEHALF]->(b:Account)
  WHERE b <> a AND r.at > t.at AND r.at <= t.end AND ($until IS NULL OR r.at < $until) AND r.reverses IS NULL
    AND NOT b.id IN t.accounts
  WITH t, r, b
  ORDER BY r.at, t.relations, r.id
  LIMIT $limit + 1
  RETURN collect({here: b, at: r.at, accounts: t.accounts + b.id, relations: t.relations + r.id,
    amounts: t.amounts + r.amount_minor, codes: t.codes + r.currency, first: t.first, end: t.end}) AS trails5
}
CALL (trails2, trails3, trails4, trails5) {
  UNWIND trails2[..$limit] + trails3[..$limit] + trails4[..$limit] + trails5[..$limit] AS t
  WITH t, t.here AS here
  MATCH (here)-[r:TRANSFER|PAY_ON_BEHALF]->(b:Account)
  WHERE b.id = $id AND r.at > t.at AND r.at <= t.end AND ($until IS NULL OR r.at < $until) AND r.reverses IS NULL
  RETURN t, r
}
WITH t, r, size(trails1) > $limit OR size(trails2) > $limit OR size(trails3) > $limit OR size(trails4) > $limit
  OR size(trails5) > $limit AS capped
RETURN size(t.accounts) AS length, t.accounts AS accounts, t.relations + r.id AS relation_ids,
  t.amounts + r.amount_minor AS amounts_minor, t.codes + r.currency AS currencies, t.first AS started_at,
  r.at AS ended_at, capped AS capped
ORDER BY started_at, relation_ids
