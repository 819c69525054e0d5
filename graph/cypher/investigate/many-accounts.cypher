// Which holders have many accounts?
//
// All accounts known, of any kind and day of opening; the score is that of the run.
// Parameters:
//   least: integer = 3              at least this many accounts
//   limit: integer = 100            at most this many rows
//   run: string = null              a published run; null: the current one
// Columns:
//   holder_id: string               the holder
//   kind: string                    person, merchant or institution
//   accounts: integer               how many accounts it has
//   first_opened_on: date           when the first was opened (null: unknown)
//   last_opened_on: date            when the last was opened (null: unknown)
//   score: integer                  its score (null: has none)
//   capped: boolean                 whether there are more rows than the limit
// Cap: at most 100 rows, the most accounts first
MATCH (account:Account)-[:HELD_BY]->(holder:Holder)
WITH holder, count(account) AS accounts
WHERE accounts >= $least
WITH holder, accounts
ORDER BY accounts DESC, holder.id
LIMIT $limit + 1
WITH collect({holder: holder, accounts: accounts}) AS found
MATCH (:Publication {id: 'current'})-[:CURRENT]->(current:Run)
MATCH (run:Run)
WHERE run.id = coalesce($run, current.id) AND (run.id = current.id OR run.complete)
WITH run.id AS run_id, found
UNWIND found[..$limit] AS row
WITH run_id, row.holder AS holder, row.accounts AS accounts, size(found) > $limit AS capped
MATCH (account:Account)-[:HELD_BY]->(holder)
WITH run_id, holder, accounts, capped, min(account.opened_on) AS first_opened_on,
     max(account.opened_on) AS last_opened_on
OPTIONAL MATCH (holder)-[:SCORED]->(score:Score {run_id: run_id})
RETURN holder.id AS holder_id, holder.kind AS kind, accounts AS accounts, first_opened_on AS first_opened_on,
       last_opened_on AS last_opened_on, score.score AS score, capped AS capped
ORDER BY accounts DESC, holder_id
