// What went out from these accounts? Times come in microseconds since 1970, for the sake of speed.
// Parameters: ids
MATCH (a:Account)-[r:TRANSFER|PAY_ON_BEHALF|PURCHASE|REFUND|PAYROLL|REPAYMENT|BILL|INVESTMENT|DONATION|LOAN|GUARANTEE|WITHDRAWAL|FEE|CHAT|FRIEND|NEARBY|SHAKE]->(b:Account)
WHERE a.id IN $ids
RETURN r.id AS relation_id, toLower(type(r)) AS kind, a.id AS from_id, b.id AS to_id, r.amount_minor AS amount_minor,
  r.currency AS currency, datetime(r.at).epochSeconds * 1000000 + r.at.microsecond AS at, r.reverses AS reverses
