// What does the database hold of these holders' scores? The holder is told by the node, not by the score's own word.
// Parameters: run_id, ids
UNWIND $ids AS id
MATCH (holder:Holder {id: id})-[:SCORED]->(score:Score {run_id: $run_id})
RETURN holder.id AS holder_id, score.score AS score, score.band AS band, score.thin AS thin,
  score.history_months AS history_months, score.tabular AS tabular, score.evidence AS evidence,
  score.standing AS standing, score.lift AS lift, score.distress AS distress, score.credibility AS credibility,
  score.credit_history AS credit_history, score.ability AS ability, score.behaviour AS behaviour,
  score.identity AS identity, score.connections AS connections,
  score.points_credit_history AS points_credit_history, score.points_ability AS points_ability,
  score.points_behaviour AS points_behaviour, score.points_identity AS points_identity,
  score.points_connections AS points_connections
