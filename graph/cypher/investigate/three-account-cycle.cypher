// Which two others does this account send money round in a circle with?
//
// This account pays a second, which pays a third, which pays this account, all in one currency; sums over all payments
// in the window, in whatever order of time (see `rings` for one payment after the other).
// Money: TRANSFER and PAY_ON_BEHALF. A taking back (a relation with `reverses`) is no payment of its own: it is left
// out, and what it takes back stays in.
// Parameters:
//   id: string                      the account, the first of the three
//   since: datetime = null          payments at or after this time, null: from the first on
//   until: datetime = null          payments before this time, null: up to the last
//   limit: integer = 100            at most this many rows
// Columns:
//   second_id: string               whom this account pays
//   third_id: string                whom the second pays, and who pays this account
//   currency: string                ISO 4217 code
//   first_minor: integer            sum from this account to the second, in minor units
//   second_minor: integer           sum from the second to the third
//   third_minor: integer            sum from the third to this account
//   round_minor: integer            the least of the three: what can have gone all the way round
//   payments: integer               how many payments in all
//   first_at: datetime              the first of them
//   last_at: datetime               the last of them
//   capped: boolean                 true on every row if there are more than `limit`
// Cap: at most `limit` rows, the greatest `round_minor` first
MATCH (a:Account)-[r:TRANSFER|PAY_ON_BEHALF]->(b:Account)
WHERE a.id = $id AND r.reverses IS NULL AND ($since IS NULL OR r.at >= $since) AND ($until IS NULL OR r.at < $until)
WITH a, b, r.currency AS code, sum(r.amount_minor) AS minor1, count(r) AS n1, min(r.at) AS first1, max(r.at) AS last1
MATCH (b)-[r:TRANSFER|PAY_ON_BEHALF]->(c:Account)
WHERE c.id <> $id AND r.currency = code AND r.reverses IS NULL
  AND ($since IS NULL OR r.at >= $since) AND ($until IS NULL OR r.at < $until)
WITH a, b, c, code, minor1, n1, first1, last1,
  sum(r.amount_minor) AS minor2, count(r) AS n2, min(r.at) AS first2, max(r.at) AS last2
MATCH (c)-[r:TRANSFER|PAY_ON_BEHALF]->(a)
WHERE r.currency = code AND r.reverses IS NULL
  AND ($since IS NULL OR r.at >= $since) AND ($until IS NULL OR r.at < $until)
WITH b, c, code, minor1, n1, first1, last1, minor2, n2, first2, last2,
  sum(r.amount_minor) AS minor3, count(r) AS n3, min(r.at) AS first3, max(r.at) AS last3
WITH b, c, code, minor1, minor2, minor3, n1 + n2 + n3 AS payments,
  CASE WHEN minor1 <= minor2 AND minor1 <= minor3 THEN minor1 WHEN minor2 <= minor3 THEN minor2 ELSE minor3 END AS round,
  CASE WHEN first1 <= first2 AND first1 <= first3 THEN first1 WHEN first2 <= first3 THEN first2 ELSE first3 END AS first,
  CASE WHEN last1 >= last2 AND last1 >= last3 THEN last1 WHEN last2 >= last3 THEN last2 ELSE last3 END AS last
ORDER BY round DESC, b.id, c.id, code
LIMIT $limit + 1
WITH collect({second: b.id, third: c.id, code: code, minor1: minor1, minor2: minor2, minor3: minor3, round: round,
  payments: payments, first: first, last: last}) AS found
UNWIND found[..$limit] AS row
WITH row, size(found) > $limit AS capped
RETURN row.second AS second_id, row.third AS third_id, row.code AS currency, row.minor1 AS first_minor,
  row.minor2 AS second_minor, row.minor3 AS third_minor, row.round AS round_minor, row.payments AS payments,
  row.first AS first_at, row.last AS last_at, capped AS capped
ORDER BY round_minor DESC, second_id, third_id, currency
