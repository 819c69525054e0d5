// Relations of the holder's accounts, a batch of them.
// Parameters: id, limit
MATCH (h:Holder)
WHERE h.id = $id
MATCH (h)<-[:HELD_BY]-(a:Account)-[r:TRANSFER|PAY_ON_BEHALF|PURCHASE|REFUND|PAYROLL|REPAYMENT|BILL|INVESTMENT|DONATION|LOAN|GUARANTEE|WITHDRAWAL|FEE|CHAT|FRIEND|NEARBY|SHAKE]-(:Account)
WITH DISTINCT r LIMIT $limit
DELETE r
RETURN count(r) AS count
