// Which runs are whole, newest first, and which is current?
// Parameters: none
MATCH (run:Run)
WHERE run.complete
OPTIONAL MATCH (pointer:Publication {id: 'current'})-[:CURRENT]->(run)
RETURN properties(run) AS facts, pointer IS NOT NULL AS current
ORDER BY run.number DESC
