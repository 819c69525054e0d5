// With whom do both of these accounts exchange money?
//
// Counterparties: who was paid by or paid the account; the two accounts themselves are none. Jaccard: how many are
// shared, divided by how many at least one of the two has; 0 if neither has any. If nothing is shared, one row without
// a counterparty says so.
// Money: TRANSFER and PAY_ON_BEHALF. A taking back (a relation with `reverses`) is no payment of its own: it is left
// out, and what it takes back stays in.
// Parameters:
//   id: string                      one account
//   other_id: string                the other account
//   since: datetime = null          payments at or after this time, null: from the first on
//   until: datetime = null          payments before this time, null: up to the last
//   limit: integer = 1000           at most this many rows
// Columns:
//   counterparty_id: string         a shared counterparty, null if there is none
//   payments: integer               payments between it and the one account, either way
//   other_payments: integer         payments between it and the other account, either way
//   shared: integer                 how many counterparties are shared
//   either: integer                 how many counterparties at least one of the two has
//   jaccard: float                  shared / either
//   capped: boolean                 true on every row if more than `limit` are shared
// Cap: at most `limit` rows, those with the most payments first
MATCH (a:Account)
WHERE a.id = $id
MATCH (b:Account)
WHERE b.id = $other_id
CALL (a, b) {
  UNWIND [{node: a, mine: 1, theirs: 0}, {node: b, mine: 0, theirs: 1}] AS side
  WITH side.node AS owner, side.mine AS mine, side.theirs AS theirs
  MATCH (owner)-[r:TRANSFER|PAY_ON_BEHALF]-(c:Account)
  WHERE NOT c.id IN [$id, $other_id]
    AND r.reverses IS NULL AND ($since IS NULL OR r.at >= $since) AND ($until IS NULL OR r.at < $until)
  WITH c.id AS found_id, sum(mine) AS mine, sum(theirs) AS theirs
  ORDER BY mine + theirs DESC, found_id
  RETURN count(found_id) AS either,
    collect(CASE WHEN mine > 0 AND theirs > 0 THEN {found_id: found_id, mine: mine, theirs: theirs} END) AS shared
}
UNWIND CASE WHEN size(shared) = 0 THEN [null] ELSE shared[..$limit] END AS row
WITH row, size(shared) AS shared, either
RETURN row.found_id AS counterparty_id, row.mine AS payments, row.theirs AS other_payments, shared AS shared,
  either AS either, CASE WHEN either = 0 THEN 0.0 ELSE 1.0 * shared / either END AS jaccard, shared > $limit AS capped
ORDER BY payments + other_payments DESC, counterparty_id
