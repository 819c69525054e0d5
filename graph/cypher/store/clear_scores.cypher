// Parameters: run_id, rows
MATCH (score:Score {run_id: $run_id})
WITH score LIMIT $rows
DETACH DELETE score
RETURN count(*) AS count
