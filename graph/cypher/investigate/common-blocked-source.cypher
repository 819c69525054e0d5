// Which other accounts had money from the same blocked accounts as this holder?
//
// Sources are blocked accounts that sent transfers or payments on behalf to any account of the holder; listed are the
// other accounts they paid. Both up to the time of the run, and blocked means: known to be by then.
// Parameters:
//   id: string                      an account or holder id
//   limit: integer = 100            at most this many rows
//   run: string = null              a published run; null: the current one
// Columns:
//   source_id: string               the blocked account
//   blocked_at: datetime            when the block became known
//   account_id: string              another account it paid
//   holder_id: string               who holds that
//   currency: string                of the sum
//   received_minor: integer         what that account received from the source, minor units
//   count: integer                  in how many payments
//   capped: boolean                 whether there are more rows than the limit
// Cap: at most 100 rows, the most payments first
MATCH (:Publication {id: 'current'})-[:CURRENT]->(current:Run)
MATCH (run:Run)
WHERE run.id = coalesce($run, current.id) AND (run.id = current.id OR run.complete)
OPTIONAL MATCH (account:Account)-[:HELD_BY]->(owner:Holder)
WHERE account.id = $id
OPTIONAL MATCH (named:Holder)
WHERE named.id = $id
WITH run.as_of AS as_of, coalesce(owner, named) AS holder
MATCH (own:Account)-[:HELD_BY]->(holder)
MATCH (source:Account)-[paid:TRANSFER|PAY_ON_BEHALF]->(own)
WHERE paid.at <= as_of
WITH DISTINCT as_of, holder, source
MATCH (source)-[:HELD_BY]->(:Holder)-[:HAD]->(o:Outcome)
WHERE o.account_id = source.id AND o.kind = 'blocked' AND o.at <= as_of
WITH as_of, holder, source, min(o.at) AS blocked_at
MATCH (source)-[r:TRANSFER|PAY_ON_BEHALF]->(other:Account)
WHERE r.at <= as_of
MATCH (other)-[:HELD_BY]->(receiver:Holder)
WHERE receiver.id <> holder.id
WITH source.id AS source_id, blocked_at, other.id AS account_id, receiver.id AS holder_id, r.currency AS currency,
     sum(r.amount_minor) AS received_minor, count(*) AS count
ORDER BY count DESC, source_id, account_id, currency
LIMIT $limit + 1
WITH collect({source_id: source_id, blocked_at: blocked_at, account_id: account_id, holder_id: holder_id,
              currency: currency, received_minor: received_minor, count: count}) AS found
UNWIND found[..$limit] AS row
RETURN row.source_id AS source_id, row.blocked_at AS blocked_at, row.account_id AS account_id,
       row.holder_id AS holder_id, row.currency AS currency, row.received_minor AS received_minor,
       row.count AS count, size(found) > $limit AS capped
ORDER BY count DESC, source_id, account_id, currency
