// What no holder with a score led to.
// Parameters: run_id, rows
MATCH (:Holder)-[tie:TIE {run_id: $run_id}]->(:Holder)
WITH tie LIMIT $rows
DELETE tie
RETURN count(*) AS count
