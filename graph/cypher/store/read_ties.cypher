// What does the database hold of the ties that these payers have?
// Parameters: run_id, ids
UNWIND $ids AS id
MATCH (payer:Holder {id: id})-[tie:TIE {run_id: $run_id}]->(payee:Holder)
RETURN payer.id AS from_id, payee.id AS to_id, tie.v AS v, tie.g AS g, tie.money_minor AS money_minor,
  tie.count AS count, tie.months AS months, tie.first_at AS first_at, tie.last_at AS last_at, tie.share AS share,
  tie.contribution AS contribution, tie.points AS points
