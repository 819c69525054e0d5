// One page of outcomes in the order of their ids. Times come in microseconds since 1970, for the sake of speed.
// Parameters: after, limit
MATCH (o:Outcome)
WHERE o.id >= $after
RETURN o.id AS id, o.account_id AS account_id, o.kind AS kind, o.severity AS severity, datetime(o.at).epochSeconds * 1000000 + o.at.microsecond AS at
ORDER BY id LIMIT $limit
