// Parameters: run_id, ids
UNWIND $ids AS id
MATCH (score:Score {run_id: $run_id, holder_id: id})
DETACH DELETE score
