// For whom does this holder stand in, down the chain of guarantees and payments on behalf, and with how much?
//
// From every account of the holder along guarantees and payments on behalf up to the time of the run, at most 4 steps
// down. Each link sums all such relations between its two accounts; exposure_minor adds up all links so far.
// Parameters:
//   id: string                      an account or holder id
//   limit: integer = 100            at most this many rows
//   run: string = null              a published run; null: the current one
// Columns:
//   step: integer                   how far down: 1 to 4
//   guarantor_id: string            the account that stands in
//   account_id: string              the account it stands in for
//   currency: string                of the sums
//   amount_minor: integer           guaranteed and paid on behalf, minor units
//   count: integer                  in how many relations
//   exposure_minor: integer         all links of this currency down to this step, minor units
//   bad: boolean                    whether account_id was known to be in default or blocked
//   capped: boolean                 whether there are more rows than the limit
// Cap: at most 100 rows, the nearest first; within a step the greatest first
MATCH (:Publication {id: 'current'})-[:CURRENT]->(current:Run)
MATCH (run:Run)
WHERE run.id = coalesce($run, current.id) AND (run.id = current.id OR run.complete)
OPTIONAL MATCH (account:Account)-[:HELD_BY]->(owner:Holder)
WHERE account.id = $id
OPTIONAL MATCH (named:Holder)
WHERE named.id = $id
WITH run.as_of AS as_of, coalesce(owner, named) AS holder
MATCH (own:Account)-[:HELD_BY]->(holder)
WITH as_of, collect(own) AS zero
CALL (as_of, zero) {
  UNWIND zero AS upper
  MATCH (upper)-[r:GUARANTEE|PAY_ON_BEHALF]->(lower:Account)
  WHERE r.at <= as_of AND NOT lower IN zero
  RETURN collect(DISTINCT lower) AS one
}
CALL (as_of, zero, one) {
  UNWIND one AS upper
  MATCH (upper)-[r:GUARANTEE|PAY_ON_BEHALF]->(lower:Account)
  WHERE r.at <= as_of AND NOT lower IN zero AND NOT lower IN one
  RETURN collect(DISTINCT lower) AS two
}
CALL (as_of, zero, one, two) {
  UNWIND two AS upper
  MATCH (upper)-[r:GUARANTEE|PAY_ON_BEHALF]->(lower:Account)
  WHERE r.at <= as_of AND NOT lower IN zero AND NOT lower IN one AND NOT lower IN two
  RETURN collect(DISTINCT lower) AS three
}
UNWIND [{step: 1, uppers: zero}, {step: 2, uppers: one}, {step: 3, uppers: two}, {step: 4, uppers: three}] AS level
UNWIND level.uppers AS upper
MATCH (upper)-[r:GUARANTEE|PAY_ON_BEHALF]->(lower:Account)
WHERE r.at <= as_of
WITH as_of, level.step AS step, upper.id AS guarantor_id, lower, r.currency AS currency,
     sum(r.amount_minor) AS amount_minor, count(*) AS count
WITH step, guarantor_id, lower.id AS account_id, currency, amount_minor, count, EXISTS {
       (lower)-[:HELD_BY]->(:Holder)-[:HAD]->(o:Outcome)
       WHERE o.account_id = lower.id AND o.kind IN ['default', 'blocked'] AND o.at <= as_of
     } AS bad
ORDER BY step, amount_minor DESC, guarantor_id, account_id, currency
WITH collect({step: step, guarantor_id: guarantor_id, account_id: account_id, currency: currency,
              amount_minor: amount_minor, count: count, bad: bad}) AS found
UNWIND found AS link
WITH found, link.step AS step, link.currency AS currency, sum(link.amount_minor) AS total
WITH found, collect({step: step, currency: currency, total: total}) AS totals
UNWIND found[..$limit] AS row
RETURN row.step AS step, row.guarantor_id AS guarantor_id, row.account_id AS account_id, row.currency AS currency,
       row.amount_minor AS amount_minor, row.count AS count,
       reduce(sum = 0, part IN totals |
         sum + CASE WHEN part.step <= row.step AND part.currency = row.currency THEN part.total ELSE 0 END
       ) AS exposure_minor,
       row.bad AS bad, size(found) > $limit AS capped
ORDER BY step, amount_minor DESC, guarantor_id, account_id, currency
