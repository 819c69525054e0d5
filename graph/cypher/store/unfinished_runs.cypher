// Which runs are being written or cleared away, or were when somebody was interrupted?
// Parameters: none
MATCH (run:Run)
WHERE run.complete = false
RETURN run.id AS run_id, run.writer AS writer, run.written AS written
ORDER BY run_id
