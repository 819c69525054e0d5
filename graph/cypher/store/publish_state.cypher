// How far did a publication of this run come? No row when the database does not know it.
// Parameters: run_id
MATCH (run:Run {id: $run_id})
OPTIONAL MATCH (pointer:Publication {id: 'current'})-[:CURRENT]->(run)
RETURN coalesce(run.complete, false) AS complete, coalesce(run.clearing, false) AS clearing, run.number AS number,
  run.writer AS writer, coalesce(run.written, 0) AS written, pointer IS NOT NULL AS current
