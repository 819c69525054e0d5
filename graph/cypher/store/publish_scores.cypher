// Parameters: rows [properties of a score]
UNWIND $rows AS row
MERGE (holder:Holder {id: row.holder_id})
ON CREATE SET holder.kind = 'person'
CREATE (holder)-[:SCORED]->(score:Score)
SET score = row
