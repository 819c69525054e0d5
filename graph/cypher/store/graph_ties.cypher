// Parameters: run_id, ids
MATCH (payer:Holder)-[tie:TIE]->(payee:Holder)
WHERE payer.id IN $ids AND tie.run_id = $run_id
RETURN payer.id AS from_id, payee.id AS to_id, tie.v AS v, tie.g AS g, tie.money_minor AS money, tie.count AS count,
  tie.months AS months, datetime(tie.first_at).epochSeconds * 1000000 + tie.first_at.microsecond AS first_at,
  datetime(tie.last_at).epochSeconds * 1000000 + tie.last_at.microsecond AS last_at
