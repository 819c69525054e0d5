// The run is incomplete from its first moment, and belongs to the publisher that named itself last.
// Parameters: run_id, writer, facts {as_of, rule, certificate, …}
MERGE (run:Run {id: $run_id})
SET run += $facts, run.complete = false, run.writer = $writer, run.written = coalesce(run.written, 0)
RETURN run.written AS written
