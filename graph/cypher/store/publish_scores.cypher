// Rows are lists, in the order of graph.stores.publication.SCORE: names in each row would double what is sent.
// Parameters: run_id, rows [[holder_id, score, ...]]
UNWIND $rows AS row
MERGE (holder:Holder {id: row[0]})
ON CREATE SET holder.kind = 'person'
CREATE (holder)-[:SCORED]->(score:Score {
  run_id: $run_id, holder_id: row[0], score: row[1], band: row[2], thin: row[3], history_months: row[4],
  tabular: row[5], evidence: row[6], standing: row[7], lift: row[8], distress: row[9], credibility: row[10],
  credit_history: row[11], ability: row[12], behaviour: row[13], identity: row[14], connections: row[15],
  points_credit_history: row[16], points_ability: row[17], points_behaviour: row[18], points_identity: row[19],
  points_connections: row[20]})
