// Parameters: rows [{from_id, to_id, properties}]
UNWIND $rows AS row
MATCH (payer:Holder {id: row.from_id})
MATCH (payee:Holder {id: row.to_id})
CREATE (payer)-[tie:TIE]->(payee)
SET tie = row.properties
