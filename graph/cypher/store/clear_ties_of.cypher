// By payers, so that no server looks for each tie among all of them.
// Parameters: run_id, ids
UNWIND $ids AS id
MATCH (payer:Holder {id: id})-[tie:TIE {run_id: $run_id}]->(:Holder)
DELETE tie
