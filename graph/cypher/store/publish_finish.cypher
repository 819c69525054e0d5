// Parameters: run_id, number, checksum
MATCH (run:Run {id: $run_id})
SET run.complete = true, run.number = $number, run.checksum = $checksum
REMOVE run.writer, run.written
RETURN run.number AS number
