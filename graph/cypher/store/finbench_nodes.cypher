// Parameters: rows [{id, further facts}]
UNWIND $rows AS row
MERGE (n:__KIND__ {id: row.id})
SET n += row
RETURN count(n) AS count
