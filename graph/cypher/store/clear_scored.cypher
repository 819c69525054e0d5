// Parameters: run_id, rows
MATCH (score:Score {run_id: $run_id})
RETURN score.holder_id AS id
LIMIT $rows
