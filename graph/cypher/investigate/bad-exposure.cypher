// How is this holder exposed to defaulted or blocked accounts, and how far is the nearest?
//
// Steps are transfers, payments on behalf and guarantees up to the time of the run, either way, from any account of the
// holder. Only the nearest bad accounts are listed, at most 3 steps away; the sums are of direct payments (step 1).
// Parameters:
//   id: string                      an account or holder id
//   limit: integer = 100            at most this many rows
//   run: string = null              a published run; null: the current one
// Columns:
//   steps: integer                  how far: 1 to 3
//   account_id: string              the bad account
//   holder_id: string               who holds it
//   known_at: datetime              when its first default or block became known
//   currency: string                of the sums (null beyond step 1)
//   sent_minor: integer             what this holder sent or guaranteed to it, minor units (null beyond step 1)
//   received_minor: integer         what this holder received from it, minor units (null beyond step 1)
//   capped: boolean                 whether there are more rows than the limit
// Cap: at most 100 rows, the longest known first
MATCH (:Publication {id: 'current'})-[:CURRENT]->(current:Run)
MATCH (run:Run)
WHERE run.id = coalesce($run, current.id) AND (run.id = current.id OR run.complete)
OPTIONAL MATCH (account:Account)-[:HELD_BY]->(owner:Holder)
WHERE account.id = $id
OPTIONAL MATCH (named:Holder)
WHERE named.id = $id
WITH run.as_of AS as_of, coalesce(owner, named) AS holder
MATCH (own:Account)-[:HELD_BY]->(holder)
WITH as_of, collect(own) AS start
CALL (as_of, start) {
  UNWIND start AS near
  MATCH (near)-[r:TRANSFER|PAY_ON_BEHALF|GUARANTEE]-(far:Account)
  WHERE r.at <= as_of AND NOT far IN start
  RETURN collect(DISTINCT far) AS one
}
CALL (as_of, one) {
  UNWIND one AS far
  MATCH (far)-[:HELD_BY]->(:Holder)-[:HAD]->(o:Outcome)
  WHERE o.account_id = far.id AND o.kind IN ['default', 'blocked'] AND o.at <= as_of
  RETURN collect(DISTINCT far) AS bad_one
}
CALL (as_of, start, one, bad_one) {
  UNWIND CASE WHEN size(bad_one) = 0 THEN one ELSE [] END AS near
  MATCH (near)-[r:TRANSFER|PAY_ON_BEHALF|GUARANTEE]-(far:Account)
  WHERE r.at <= as_of AND NOT far IN start
  RETURN collect(DISTINCT far) AS two
}
CALL (as_of, two) {
  UNWIND two AS far
  MATCH (far)-[:HELD_BY]->(:Holder)-[:HAD]->(o:Outcome)
  WHERE o.account_id = far.id AND o.kind IN ['default', 'blocked'] AND o.at <= as_of
  RETURN collect(DISTINCT far) AS bad_two
}
CALL (as_of, start, two, bad_two) {
  UNWIND CASE WHEN size(bad_two) = 0 THEN two ELSE [] END AS near
  MATCH (near)-[r:TRANSFER|PAY_ON_BEHALF|GUARANTEE]-(far:Account)
  WHERE r.at <= as_of AND NOT far IN start
  WITH DISTINCT far, as_of
  MATCH (far)-[:HELD_BY]->(:Holder)-[:HAD]->(o:Outcome)
  WHERE o.account_id = far.id AND o.kind IN ['default', 'blocked'] AND o.at <= as_of
  RETURN collect(DISTINCT far) AS bad_three
}
WITH as_of, start, CASE WHEN size(bad_one) > 0 THEN 1 WHEN size(bad_two) > 0 THEN 2 ELSE 3 END AS steps,
     bad_one + bad_two + bad_three AS bad
UNWIND bad AS far
MATCH (far)-[:HELD_BY]->(holder:Holder)-[:HAD]->(o:Outcome)
WHERE o.account_id = far.id AND o.kind IN ['default', 'blocked'] AND o.at <= as_of
WITH as_of, start, steps, far, holder, min(o.at) AS known_at
OPTIONAL MATCH (far)-[r:TRANSFER|PAY_ON_BEHALF|GUARANTEE]-(own:Account)
WHERE steps = 1 AND r.at <= as_of AND own IN start
WITH steps, far, holder, known_at, r.currency AS currency,
     sum(CASE WHEN endNode(r) = far THEN r.amount_minor ELSE 0 END) AS sent,
     sum(CASE WHEN startNode(r) = far THEN r.amount_minor ELSE 0 END) AS received
WITH steps, far.id AS account_id, holder.id AS holder_id, known_at, currency,
     CASE WHEN steps = 1 THEN sent END AS sent_minor, CASE WHEN steps = 1 THEN received END AS received_minor
ORDER BY known_at, account_id, currency
LIMIT $limit + 1
WITH collect({steps: steps, account_id: account_id, holder_id: holder_id, known_at: known_at, currency: currency,
              sent_minor: sent_minor, received_minor: received_minor}) AS found
UNWIND found[..$limit] AS row
RETURN row.steps AS steps, row.account_id AS account_id, row.holder_id AS holder_id, row.known_at AS known_at,
       row.currency AS currency, row.sent_minor AS sent_minor, row.received_minor AS received_minor,
       size(found) > $limit AS capped
ORDER BY known_at, account_id, currency
