// Readers go through this pointer; it moves in the transaction that makes the run complete.
// Parameters: run_id
MERGE (pointer:Publication {id: 'current'})
WITH pointer
MATCH (run:Run {id: $run_id})
OPTIONAL MATCH (pointer)-[old:CURRENT]->(:Run)
WITH pointer, run, collect(old) AS olds
FOREACH (old IN olds | DELETE old)
CREATE (pointer)-[:CURRENT]->(run)
RETURN run.id AS run_id
