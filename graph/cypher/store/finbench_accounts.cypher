// Facts of FinBench about accounts that stand: an account that doesn't is not made, as it would belong to nobody.
// Parameters: rows [{id, type, is_blocked, created_at}]
UNWIND $rows AS row
MATCH (n:Account {id: row.id})
SET n += row
RETURN count(n) AS count
