// Parameters: run_id
MATCH (score:Score {run_id: $run_id})
RETURN count(score) AS count
