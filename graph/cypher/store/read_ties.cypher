// What does the database hold of the ties that these payers have? Times come in microseconds since 1970, for speed.
// Parameters: run_id, ids
UNWIND $ids AS id
MATCH (payer:Holder {id: id})-[tie:TIE {run_id: $run_id}]->(payee:Holder)
RETURN payer.id AS from_id, payee.id AS to_id, tie.v AS v, tie.g AS g, tie.money_minor AS money_minor,
  tie.count AS count, tie.months AS months,
  datetime(tie.first_at).epochSeconds * 1000000 + tie.first_at.microsecond AS first_at,
  datetime(tie.last_at).epochSeconds * 1000000 + tie.last_at.microsecond AS last_at, tie.share AS share,
  tie.contribution AS contribution, tie.points AS points
