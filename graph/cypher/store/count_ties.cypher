// Parameters: run_id
MATCH (:Holder)-[tie:TIE {run_id: $run_id}]->(:Holder)
RETURN count(tie) AS count
