// From here on nobody takes the run for whole, and who was writing it can't go on.
// Parameters: run_id, writer
MATCH (run:Run {id: $run_id})
WHERE NOT EXISTS { MATCH (:Publication {id: 'current'})-[:CURRENT]->(run) }
SET run.complete = false, run.clearing = true, run.writer = $writer
RETURN run.id AS run_id
