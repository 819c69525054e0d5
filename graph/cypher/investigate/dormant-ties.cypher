// Which ties have gone dormant: many payments once, none for a long time?
//
// Ties of the run with at least so many payments in its windows, the last of them longer ago than so many days, counted
// back from the time of the run.
// Parameters:
//   days: integer = 180             no payment for at least this many days before the run
//   payments: integer = 6           at least this many payments before that
//   limit: integer = 100            at most this many rows
//   run: string = null              a published run; null: the current one
// Columns:
//   payer_id: string                who parted with money
//   payee_id: string                who received it
//   money_minor: integer            paid within the run's windows, minor units of the base currency
//   count: integer                  in how many payments
//   first_at: datetime              the first of them
//   last_at: datetime               the last of them
//   v: float                        what is left of the tie's strength
//   capped: boolean                 whether there are more rows than the limit
// Cap: at most 100 rows, the most payments first
MATCH (:Publication {id: 'current'})-[:CURRENT]->(current:Run)
MATCH (run:Run)
WHERE run.id = coalesce($run, current.id) AND (run.id = current.id OR run.complete)
WITH run.id AS run_id, run.as_of - duration({days: $days}) AS silent_since
MATCH (payer:Holder)-[tie:TIE]->(payee:Holder)
WHERE tie.count >= $payments AND tie.last_at <= silent_since AND tie.run_id = run_id
WITH payer.id AS payer_id, payee.id AS payee_id, tie.money_minor AS money_minor, tie.count AS count,
     tie.first_at AS first_at, tie.last_at AS last_at, tie.v AS v
WITH payer_id, payee_id, money_minor, count, first_at, last_at, v
ORDER BY count DESC, payer_id, payee_id
LIMIT $limit + 1
WITH collect({payer_id: payer_id, payee_id: payee_id, money_minor: money_minor, count: count,
              first_at: first_at, last_at: last_at, v: v}) AS found
UNWIND found[..$limit] AS row
RETURN row.payer_id AS payer_id, row.payee_id AS payee_id, row.money_minor AS money_minor, row.count AS count,
       row.first_at AS first_at, row.last_at AS last_at, row.v AS v, size(found) > $limit AS capped
ORDER BY count DESC, payer_id, payee_id
