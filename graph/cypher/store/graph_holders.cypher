// Parameters: run_id
MATCH (h:Holder)-[:SCORED]->(s:Score)
WHERE s.run_id = $run_id
RETURN h.id AS id, s.standing AS standing
