// Which blocked accounts got money from one that also sent money to this account?
//
// LDBC FinBench, transaction simple read 6. Both transfers are within the window; the account itself is left out.
// Parameters:
//   id: string                    an account id
//   startTime: datetime = 1970-01-01T00:00:00+00:00    only what is after it
//   endTime: datetime = 2100-01-01T00:00:00+00:00    only what is before it
// Columns:
//   dstId: string                 a blocked account
MATCH (account:Account)<-[into:FIN_TRANSFER]-(mid:Account)
WHERE account.id = $id AND $startTime < into.created_at AND into.created_at < $endTime
WITH DISTINCT account, mid
MATCH (mid)-[t:FIN_TRANSFER]->(dst:Account {is_blocked: true})
WHERE $startTime < t.created_at AND t.created_at < $endTime AND dst.id <> $id
RETURN DISTINCT dst.id AS dstId
ORDER BY size(dstId), dstId
