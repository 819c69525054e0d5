// Where did money that left this account go on to?
//
// Each payment is made by who received the one before, later than it and at most `days` after it; no account is on a
// trail twice. Every trail is a row, also as the beginning of a longer one, which follows it.
// Money: TRANSFER and PAY_ON_BEHALF. A taking back (a relation with `reverses`) is no payment of its own: it is left
// out, and what it takes back stays in.
// Parameters:
//   id: string                      the account where the trails start
//   hops: integer = 4               at most this many payments on a trail, up to 4
//   days: integer = 30              at most this many days from one payment to the next
//   since: datetime = null          payments at or after this time, null: from the first on
//   until: datetime = null          payments before this time, null: up to the last
//   limit: integer = 500            at most this many trails of each length
// Columns:
//   hops: integer                   how many payments
//   end_id: string                  the last account
//   accounts: list of string        all accounts in order
//   relation_ids: list of string    the payments in order
//   amounts_minor: list of integer  their amounts in minor units
//   currencies: list of string      their currencies
//   started_at: datetime            the first payment
//   ended_at: datetime              the last payment
//   capped: boolean                 true on every row if the cap left any trail out
// Cap: of each length the `limit` trails that end first are kept, and only they go on;
// narrow the window to see the others
MATCH (a:Account)
WHERE a.id = $id
CALL (a) {
  MATCH (a)-[r:TRANSFER|PAY_ON_BEHALF]->(b:Account)
  WHERE b <> a AND r.reverses IS NULL AND ($since IS NULL OR r.at >= $since) AND ($until IS NULL OR r.at < $until)
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
  WITH t, r, b
  ORDER BY r.at, t.relations, r.id
  LIMIT $limit + 1
  RETURN collect({here: b, at: r.at, accounts: t.accounts + b.id, relations: t.relations + r.id,
    amounts: t.amounts + r.amount_minor, codes: t.codes + r.currency, first: t.first}) AS trails4
}
UNWIND trails1[..$limit] + trails2[..$limit] + trails3[..$limit] + trails4[..$limit] AS t
WITH t,
  size(trails1) > $limit OR size(trails2) > $limit OR size(trails3) > $limit OR size(trails4) > $limit AS capped
RETURN size(t.relations) AS hops, t.accounts[-1] AS end_id, t.accounts AS accounts, t.relations AS relation_ids,
  t.amounts AS amounts_minor, t.codes AS currencies, t.first AS started_at, t.at AS ended_at,
  capped AS capped
ORDER BY started_at, relation_ids
