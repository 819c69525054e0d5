// Goes with every batch, in its transaction: no row when the batch stands already or the run has another writer.
// Parameters: run_id, writer, start, end
MATCH (run:Run {id: $run_id})
WHERE run.writer = $writer AND run.complete = false AND run.written = $start
SET run.written = $end
RETURN run.written AS written
