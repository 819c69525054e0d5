// Parameters: none
MATCH (run:Run)
WHERE run.complete
RETURN coalesce(max(run.number), 0) AS number
