// What is the shortest way money took from one account to another?
//
// The way with the fewest accounts in between, of payments within the window, in whatever order of time (see
// `money-trail` for one payment after the other), of at most six steps. Among equally short ways the one whose ids come
// first. One row for each step and currency.
// Money: TRANSFER and PAY_ON_BEHALF. A taking back (a relation with `reverses`) is no payment of its own: it is left
// out, and what it takes back stays in.
// Parameters:
//   id: string                      the account where the way starts
//   to_id: string                   the account where it ends
//   since: datetime = null          payments at or after this time, null: from the first on
//   until: datetime = null          payments before this time, null: up to the last
//   limit: integer = 1000           at most this many accounts are followed at each distance from either end
// Columns:
//   hops: integer                   how many steps the way has
//   step: integer                   which of them, from 1 on; null if the cap bit and no way was found
//   payer_id: string                who pays
//   payee_id: string                who is paid
//   currency: string                ISO 4217 code
//   payments: integer               how many payments within the window
//   amount_minor: integer           their sum in minor units
//   first_at: datetime              the first of them
//   last_at: datetime               the last of them
//   capped: boolean                 true if the cap left accounts out, so a shorter way may have been missed
// Cap: at each distance (1 to 3) from either end the first `limit` accounts are followed, in order of their ways' ids
MATCH (a:Account)
WHERE a.id = $id
MATCH (z:Account)
WHERE z.id = $to_id AND a <> z
WITH [{node: a, way: a.id}] AS f0, [{node: z, way: z.id}] AS b0, null AS met
CALL (f0, met) {
  UNWIND CASE WHEN met IS NULL THEN f0[..$limit] ELSE [] END AS t
  WITH t, t.node AS n
  MATCH (n)-[r:TRANSFER|PAY_ON_BEHALF]->(m:Account)
  WHERE r.reverses IS NULL AND ($since IS NULL OR r.at >= $since) AND ($until IS NULL OR r.at < $until)
  WITH m, t.way + ' ' + m.id AS way
  WITH m, min(way) AS way
  ORDER BY way
  LIMIT $limit + 1
  RETURN collect({node: m, way: way}) AS f1
}
CALL (f1, b0, met) {
  UNWIND CASE WHEN met IS NULL THEN f1[..$limit] + [x IN b0[..$limit] | {node: x.node, rest: x.way}] ELSE [] END AS t
  WITH t.node.id AS at, t.way AS way, t.rest AS rest
  WITH at, min(way) AS way, min(rest) AS rest
  WHERE way IS NOT NULL AND rest IS NOT NULL
  RETURN min(way + substring(rest, size(at))) AS found
}
WITH f1, b0, coalesce(met, found) AS met
CALL (b0, met) {
  UNWIND CASE WHEN met IS NULL THEN b0[..$limit] ELSE [] END AS t
  WITH t, t.node AS n
  MATCH (n)<-[r:TRANSFER|PAY_ON_BEHALF]-(m:Account)
  WHERE r.reverses IS NULL AND ($since IS NULL OR r.at >= $since) AND ($until IS NULL OR r.at < $until)
  WITH m, m.id + ' ' + t.way AS way
  WITH m, min(way) AS way
  ORDER BY way
  LIMIT $limit + 1
  RETURN collect({node: m, way: way}) AS b1
}
CALL (f1, b1, met) {
  UNWIND CASE WHEN met IS NULL THEN f1[..$limit] + [x IN b1[..$limit] | {node: x.node, rest: x.way}] ELSE [] END AS t
  WITH t.node.id AS at, t.way AS way, t.rest AS rest
  WITH at, min(way) AS way, min(rest) AS rest
  WHERE way IS NOT NULL AND rest IS NOT NULL
  RETURN min(way + substring(rest, size(at))) AS found
}
WITH f1, b1, coalesce(met, found) AS met
CALL (f1, met) {
  UNWIND CASE WHEN met IS NULL THEN f1[..$limit] ELSE [] END AS t
  WITH t, t.node AS n
  MATCH (n)-[r:TRANSFER|PAY_ON_BEHALF]->(m:Account)
  WHERE r.reverses IS NULL AND ($since IS NULL OR r.at >= $since) AND ($until IS NULL OR r.at < $until)
  WITH m, t.way + ' ' + m.id AS way
  WITH m, min(way) AS way
  ORDER BY way
  LIMIT $limit + 1
  RETURN collect({node: m, way: way}) AS f2
}
CALL (f2, b1, met) {
  UNWIND CASE WHEN met IS NULL THEN f2[..$limit] + [x IN b1[..$limit] | {node: x.node, rest: x.way}] ELSE [] END AS t
  WITH t.node.id AS at, t.way AS way, t.rest AS rest
  WITH at, min(way) AS way, min(rest) AS rest
  WHERE way IS NOT NULL AND rest IS NOT NULL
  RETURN min(way + substring(rest, size(at))) AS found
}
WITH f1, f2, b1, coalesce(met, found) AS met
CALL (b1, met) {
  UNWIND CASE WHEN met IS NULL THEN b1[..$limit] ELSE [] END AS t
  WITH t, t.node AS n
  MATCH (n)<-[r:TRANSFER|PAY_ON_BEHALF]-(m:Account)
  WHERE r.reverses IS NULL AND ($since IS NULL OR r.at >= $since) AND ($until IS NULL OR r.at < $until)
  WITH m, m.id + ' ' + t.way AS way
  WITH m, min(way) AS way
  ORDER BY way
  LIMIT $limit + 1
  RETURN collect({node: m, way: way}) AS b2
}
CALL (f2, b2, met) {
  UNWIND CASE WHEN met IS NULL THEN f2[..$limit] + [x IN b2[..$limit] | {node: x.node, rest: x.way}] ELSE [] END AS t
  WITH t.node.id AS at, t.way AS way, t.rest AS rest
  WITH at, min(way) AS way, min(rest) AS rest
  WHERE way IS NOT NULL AND rest IS NOT NULL
  RETURN min(way + substring(rest, size(at))) AS found
}
WITH f1, f2, b1, b2, coalesce(met, found) AS met
CALL (f2, met) {
  UNWIND CASE WHEN met IS NULL THEN f2[..$limit] ELSE [] END AS t
  WITH t, t.node AS n
  MATCH (n)-[r:TRANSFER|PAY_ON_BEHALF]->(m:Account)
  WHERE r.reverses IS NULL AND ($since IS NULL OR r.at >= $since) AND ($until IS NULL OR r.at < $until)
  WITH m, t.way + ' ' + m.id AS way
  WITH m, min(way) AS way
  ORDER BY way
  LIMIT $limit + 1
  RETURN collect({node: m, way: way}) AS f3
}
CALL (f3, b2, met) {
  UNWIND CASE WHEN met IS NULL THEN f3[..$limit] + [x IN b2[..$limit] | {node: x.node, rest: x.way}] ELSE [] END AS t
  WITH t.node.id AS at, t.way AS way, t.rest AS rest
  WITH at, min(way) AS way, min(rest) AS rest
  WHERE way IS NOT NULL AND rest IS NOT NULL
  RETURN min(way + substring(rest, size(at))) AS found
}
WITH f1, f2, f3, b1, b2, coalesce(met, found) AS met
CALL (b2, met) {
  UNWIND CASE WHEN met IS NULL THEN b2[..$limit] ELSE [] END AS t
  WITH t, t.node AS n
  MATCH (n)<-[r:TRANSFER|PAY_ON_BEHALF]-(m:Account)
  WHERE r.reverses IS NULL AND ($since IS NULL OR r.at >= $since) AND ($until IS NULL OR r.at < $until)
  WITH m, m.id + ' ' + t.way AS way
  WITH m, min(way) AS way
  ORDER BY way
  LIMIT $limit + 1
  RETURN collect({node: m, way: way}) AS b3
}
CALL (f3, b3, met) {
  UNWIND CASE WHEN met IS NULL THEN f3[..$limit] + [x IN b3[..$limit] | {node: x.node, rest: x.way}] ELSE [] END AS t
  WITH t.node.id AS at, t.way AS way, t.rest AS rest
  WITH at, min(way) AS way, min(rest) AS rest
  WHERE way IS NOT NULL AND rest IS NOT NULL
  RETURN min(way + substring(rest, size(at))) AS found
}
WITH f1, f2, f3, b1, b2, b3, coalesce(met, found) AS met
WITH met, any(list IN [f1, f2, f3, b1, b2, b3] WHERE size(list) > $limit) AS capped
WITH split(met, ' ') AS way, capped
WHERE capped OR way IS NOT NULL
UNWIND CASE WHEN way IS NULL THEN [null] ELSE range(1, size(way) - 1) END AS step
OPTIONAL MATCH (p:Account {id: way[step - 1]})-[r:TRANSFER|PAY_ON_BEHALF]->(q:Account {id: way[step]})
WHERE r.reverses IS NULL AND ($since IS NULL OR r.at >= $since) AND ($until IS NULL OR r.at < $until)
RETURN size(way) - 1 AS hops, step AS step, p.id AS payer_id, q.id AS payee_id, r.currency AS currency,
  count(r) AS payments, sum(r.amount_minor) AS amount_minor, min(r.at) AS first_at, max(r.at) AS last_at,
  capped AS capped
ORDER BY step, currency
