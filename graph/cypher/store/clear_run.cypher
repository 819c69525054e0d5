// Parameters: run_id
MATCH (run:Run {id: $run_id})
WHERE run.complete = false
DETACH DELETE run
