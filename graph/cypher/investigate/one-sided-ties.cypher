// Which strong ties are one-sided?
//
// Ties of at least this strength (v) on whose other side little comes back: the gross strength (g) of the tie the other
// way is at most a part of this one's. A steady monthly tie is 2.47.
// Parameters:
//   strong: float = 2.0             least strength of the tie
//   back: float = 0.1               at most this part of it may come back
//   limit: integer = 100            at most this many rows
//   run: string = null              a published run; null: the current one
// Columns:
//   payer_id: string                who parts with money
//   payee_id: string                who receives it
//   v: float                        strength of the tie
//   g_back: float                   gross strength the other way (0: nothing comes back)
//   money_minor: integer            paid within the run's windows, minor units of the base currency
//   count: integer                  in how many payments
//   last_at: datetime               the last of them
//   capped: boolean                 whether there are more rows than the limit
// Cap: at most 100 rows, the strongest first
MATCH (:Publication {id: 'current'})-[:CURRENT]->(current:Run)
MATCH (run:Run)
WHERE run.id = coalesce($run, current.id) AND (run.id = current.id OR run.complete)
WITH run.id AS run_id
MATCH (payer:Holder)-[tie:TIE]->(payee:Holder)
WHERE tie.v >= $strong AND tie.run_id = run_id
OPTIONAL MATCH (payee)-[other:TIE {run_id: run_id}]->(payer)
WITH payer.id AS payer_id, payee.id AS payee_id, tie, coalesce(other.g, 0.0) AS g_back
WHERE g_back <= $back * tie.g
WITH payer_id, payee_id, tie.v AS v, g_back, tie.money_minor AS money_minor, tie.count AS count, tie.last_at AS last_at
ORDER BY v DESC, payer_id, payee_id
LIMIT $limit + 1
WITH collect({payer_id: payer_id, payee_id: payee_id, v: v, g_back: g_back, money_minor: money_minor,
              count: count, last_at: last_at}) AS found
UNWIND found[..$limit] AS row
RETURN row.payer_id AS payer_id, row.payee_id AS payee_id, row.v AS v, row.g_back AS g_back,
       row.money_minor AS money_minor, row.count AS count, row.last_at AS last_at, size(found) > $limit AS capped
ORDER BY v DESC, payer_id, payee_id
