// Which accounts have the most similar counterparties to this one's?
//
// Similarity is Jaccard: how many counterparties (who was paid by or paid the account) the two share, divided by how
// many at least one of them has; the two accounts themselves are none.
// Money: TRANSFER and PAY_ON_BEHALF. A taking back (a relation with `reverses`) is no payment of its own: it is left
// out, and what it takes back stays in.
// Parameters:
//   id: string                      the account
//   since: datetime = null          payments at or after this time, null: from the first on
//   until: datetime = null          payments before this time, null: up to the last
//   limit: integer = 20             at most this many rows
//   candidates: integer = 200       at most this many accounts are compared
// Columns:
//   account_id: string              a similar account
//   shared: integer                 how many counterparties are shared
//   either: integer                 how many counterparties at least one of the two has
//   jaccard: float                  shared / either
//   capped: boolean                 true on every row if more than `candidates` accounts share a counterparty
// Cap: compared are the `candidates` accounts that share the most counterparties (then by id), so one that shares few
// but has hardly any others can be missed; the first `limit` of them by similarity are shown
MATCH (a:Account)
WHERE a.id = $id
CALL (a) {
  MATCH (a)-[r:TRANSFER|PAY_ON_BEHALF]-(c:Account)
  WHERE c <> a AND r.reverses IS NULL AND ($since IS NULL OR r.at >= $since) AND ($until IS NULL OR r.at < $until)
  RETURN collect(DISTINCT c) AS circle
}
CALL (a, circle) {
  UNWIND circle AS c
  MATCH (c)-[r:TRANSFER|PAY_ON_BEHALF]-(s:Account)
  WHERE s <> a AND r.reverses IS NULL AND ($since IS NULL OR r.at >= $since) AND ($until IS NULL OR r.at < $until)
  WITH DISTINCT s, c
  WITH s, count(*) AS shared
  ORDER BY shared DESC, s.id
  LIMIT $candidates + 1
  RETURN collect({node: s, shared: shared}) AS found
}
UNWIND found[..$candidates] AS candidate
WITH a, size(circle) AS own, size(found) > $candidates AS capped, candidate.node AS s, candidate.shared AS shared
MATCH (s)-[r:TRANSFER|PAY_ON_BEHALF]-(c:Account)
WHERE c <> s AND r.reverses IS NULL AND ($since IS NULL OR r.at >= $since) AND ($until IS NULL OR r.at < $until)
WITH DISTINCT own, capped, s, shared, c, c = a AS direct
WITH own, capped, s, shared, count(*) AS others, sum(CASE WHEN direct THEN 1 ELSE 0 END) AS direct
WITH capped, s.id AS account_id, shared, own + others - 2 * direct - shared AS either
RETURN account_id AS account_id, shared AS shared, either AS either, 1.0 * shared / either AS jaccard, capped AS capped
ORDER BY jaccard DESC, shared DESC, account_id
LIMIT $limit
